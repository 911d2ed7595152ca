//! The typefaces that are embedded: which glyph stands for a character, how wide it is, how near two stand to each other.
//!
//! A character is shown by its own glyph or, when it has none or would hide or reorder its neighbours (combining marks,
//! formatting characters, right-to-left letters), by its code point in brackets: nothing is ever blank.

use std::{collections::BTreeMap, sync::OnceLock};

use ttf_parser::{
    GlyphId,
    gpos::{PairAdjustment, PositioningSubtable},
    gsub::{SingleSubstitution, SubstitutionSubtable},
};

/// A typeface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Typeface {
    Regular,
    Strong,
    Italic,
    Title,
    Mono,
}

impl Typeface {
    pub(crate) const ALL: [Self; 5] = [
        Self::Regular,
        Self::Strong,
        Self::Italic,
        Self::Title,
        Self::Mono,
    ];

    /// What it is called in a file.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Regular => "Inter-Regular",
            Self::Strong => "Inter-SemiBold",
            Self::Italic => "Inter-Italic",
            Self::Title => "InterDisplay-SemiBold",
            Self::Mono => "JetBrainsMono-Regular",
        }
    }

    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("../../../assets/fonts/pdf/Inter-Regular.ttf"),
            Self::Strong => include_bytes!("../../../assets/fonts/pdf/Inter-SemiBold.ttf"),
            Self::Italic => include_bytes!("../../../assets/fonts/pdf/Inter-Italic.ttf"),
            Self::Title => include_bytes!("../../../assets/fonts/pdf/InterDisplay-SemiBold.ttf"),
            Self::Mono => include_bytes!("../../../assets/fonts/pdf/JetBrainsMono-Regular.ttf"),
        }
    }
}

/// A glyph and its width in thousandths of the size of type.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Measured {
    pub id: u16,
    pub width: f64,
}

/// A typeface that was read.
pub(crate) struct Face {
    pub typeface: Typeface,
    pub data: &'static [u8],
    pub font: ttf_parser::Face<'static>,
    unit: f64,
    /// Characters below [`COMMON`]; the rest is looked up.
    common: Vec<Option<Measured>>,
    /// Kerning of [`KERNED`] by [`KERNED`] characters from the space on, in thousandths.
    kerns: Vec<f32>,
    /// Digits of one width.
    tabular: BTreeMap<u16, u16>,
}

const COMMON: u32 = 0x250;
const KERNED: u32 = 96;

/// The typefaces, read once.
pub(crate) struct Faces {
    regular: Face,
    strong: Face,
    italic: Face,
    title: Face,
    mono: Face,
}

impl Faces {
    /// Nothing when one cannot be read, which a test rules out.
    pub(crate) fn get() -> Option<&'static Self> {
        static FACES: OnceLock<Option<Faces>> = OnceLock::new();
        let read = || {
            Some(Self {
                regular: Face::read(Typeface::Regular)?,
                strong: Face::read(Typeface::Strong)?,
                italic: Face::read(Typeface::Italic)?,
                title: Face::read(Typeface::Title)?,
                mono: Face::read(Typeface::Mono)?,
            })
        };
        FACES.get_or_init(read).as_ref()
    }

    pub(crate) fn face(&self, typeface: Typeface) -> &Face {
        match typeface {
            Typeface::Regular => &self.regular,
            Typeface::Strong => &self.strong,
            Typeface::Italic => &self.italic,
            Typeface::Title => &self.title,
            Typeface::Mono => &self.mono,
        }
    }
}

impl Face {
    fn read(typeface: Typeface) -> Option<Self> {
        let data = typeface.bytes();
        let font = ttf_parser::Face::parse(data, 0).ok()?;
        let mut face = Self {
            typeface,
            data,
            unit: 1000.0 / f64::from(font.units_per_em()),
            tabular: tabular(&font),
            font,
            common: Vec::new(),
            kerns: Vec::new(),
        };
        let common = (0..COMMON).map(|c| char::from_u32(c).and_then(|c| face.look_up(c)));
        face.common = common.collect();
        let ids: Vec<u16> = (0x20..0x20 + KERNED)
            .map(|c| char::from_u32(c).and_then(|c| face.look_up(c)))
            .map(|measured| measured.unwrap_or_default().id)
            .collect();
        let pairs = ids
            .iter()
            .flat_map(|left| ids.iter().map(move |right| (*left, *right)));
        face.kerns = pairs
            .map(|(left, right)| face.pair(left, right) as f32)
            .collect();
        Some(face)
    }

    fn look_up(&self, c: char) -> Option<Measured> {
        if hides(c) {
            return None;
        }
        let id = self.font.glyph_index(c).filter(|id| id.0 != 0)?;
        Some(Measured {
            id: id.0,
            width: self.width(id.0),
        })
    }

    /// The width of a glyph in thousandths.
    pub(crate) fn width(&self, id: u16) -> f64 {
        f64::from(self.font.glyph_hor_advance(GlyphId(id)).unwrap_or_default()) * self.unit
    }

    /// The glyph of a character; nothing when the character must be shown by its code point.
    pub(crate) fn glyph(&self, c: char) -> Option<Measured> {
        match self.common.get(c as usize) {
            Some(known) => *known,
            None => self.look_up(c),
        }
    }

    /// The digit of the width that all digits share.
    pub(crate) fn tabular(&self, glyph: Measured) -> Measured {
        match self.tabular.get(&glyph.id) {
            Some(id) => Measured {
                id: *id,
                width: self.width(*id),
            },
            None => glyph,
        }
    }

    /// How much farther two characters stand from each other, in thousandths; mostly negative.
    pub(crate) fn kern(&self, (left, left_id): (char, u16), (right, right_id): (char, u16)) -> f64 {
        let place = |c: char| (c as u32).checked_sub(0x20).filter(|place| *place < KERNED);
        match (place(left), place(right)) {
            (Some(left), Some(right)) => {
                let kern = self.kerns.get((left * KERNED + right) as usize);
                f64::from(kern.copied().unwrap_or_default())
            }
            _ => self.pair(left_id, right_id),
        }
    }

    fn pair(&self, left: u16, right: u16) -> f64 {
        let (left, right) = (GlyphId(left), GlyphId(right));
        let Some(table) = self.font.tables().gpos else {
            return 0.0;
        };
        for lookup in table.lookups {
            for subtable in lookup.subtables.into_iter::<PositioningSubtable<'_>>() {
                let PositioningSubtable::Pair(pair) = subtable else {
                    continue;
                };
                let found = match pair {
                    PairAdjustment::Format1 { coverage, sets } => coverage
                        .get(left)
                        .and_then(|place| sets.get(place)?.get(right)),
                    PairAdjustment::Format2 {
                        coverage,
                        classes,
                        matrix,
                    } => coverage
                        .get(left)
                        .and_then(|_| matrix.get((classes.0.get(left), classes.1.get(right)))),
                };
                if let Some((first, _)) = found {
                    return f64::from(first.x_advance) * self.unit;
                }
            }
        }
        0.0
    }

    /// A measure of the whole face in thousandths.
    pub(crate) fn thousandths(&self, units: i16) -> f32 {
        (f64::from(units) * self.unit) as f32
    }
}

fn tabular(font: &ttf_parser::Face<'_>) -> BTreeMap<u16, u16> {
    let mut glyphs = BTreeMap::new();
    let Some(table) = font.tables().gsub else {
        return glyphs;
    };
    // The fonts were cut down to this one feature.
    for lookup in table.lookups {
        for subtable in lookup.subtables.into_iter::<SubstitutionSubtable<'_>>() {
            let SubstitutionSubtable::Single(single) = subtable else {
                continue;
            };
            for digit in ('0'..='9').filter_map(|digit| font.glyph_index(digit)) {
                let Some(place) = single.coverage().get(digit) else {
                    continue;
                };
                let to = match single {
                    SingleSubstitution::Format1 { delta, .. } => {
                        Some(GlyphId(digit.0.wrapping_add_signed(delta)))
                    }
                    SingleSubstitution::Format2 { substitutes, .. } => substitutes.get(place),
                };
                if let Some(to) = to {
                    glyphs.entry(digit.0).or_insert(to.0);
                }
            }
        }
    }
    glyphs
}

/// Whether a character would not be seen, or would change how its neighbours are.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{590}'..='\u{8ff}' | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{20d0}'..='\u{20ff}' | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe00}'..='\u{fe2f}' | '\u{fe70}'..='\u{fefe}' | '\u{fff0}'..='\u{fffb}'
            | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_face_is_read_and_has_what_a_text_in_our_languages_needs() {
        let faces = Faces::get().unwrap();
        for typeface in Typeface::ALL {
            let face = faces.face(typeface);
            assert_eq!(face.typeface, typeface);
            for c in "ÄÖÜäöüßẞéèêëàâçîïôœŒùûÿ«»„“”‚‘’–—…·•€§°±×−≤≥≠≈→←↑↓0123456789\u{a0}".chars()
            {
                assert!(face.glyph(c).is_some(), "{c} in {}", typeface.name());
            }
        }
        for c in "⟨⟩U+0123456789ABCDEF".chars() {
            assert!(faces.face(Typeface::Mono).glyph(c).is_some(), "{c}");
        }
    }

    #[test]
    fn what_hides_or_reorders_has_no_glyph() {
        for typeface in Typeface::ALL {
            let face = Faces::get().unwrap().face(typeface);
            for c in "\u{301}\u{202e}\u{200b}\u{5d0}\u{627}\u{feff}\u{ad}\n\u{0}\u{fe0f}\u{1f600}漢"
                .chars()
            {
                assert!(face.glyph(c).is_none(), "{c:?}");
            }
        }
    }

    #[test]
    fn pairs_are_kerned_and_digits_of_a_column_are_of_one_width() {
        let face = Faces::get().unwrap().face(Typeface::Regular);
        let at = |c: char| (c, face.glyph(c).unwrap().id);
        assert!(face.kern(at('A'), at('V')) < -20.0);
        assert!(
            face.kern(at('T'), at('ä')) < -20.0,
            "beyond the table of pairs"
        );
        assert_eq!(face.kern(at('n'), at('n')), 0.0);
        let widths: Vec<f64> = ('0'..='9')
            .map(|digit| face.tabular(face.glyph(digit).unwrap()).width)
            .collect();
        assert!(
            widths.windows(2).all(|pair| pair[0] == pair[1]),
            "{widths:?}"
        );
        assert_ne!(
            face.glyph('1').unwrap().width,
            face.glyph('0').unwrap().width
        );
    }
}
