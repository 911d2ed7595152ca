//! Words in lines: characters become glyphs, glyphs stand next to each other with kerning, and a paragraph is broken where its right
//! edge is calmest. Nothing is hyphenated; what is wider than its column is broken where an id can be read on.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::{
    face::{Faces, Typeface},
    sheet::{Color, Glyph, LINK, Op, Style, Target, rule},
};

/// Characters on their way to a line.
struct Item {
    glyph: Glyph,
    style: u32,
    after: Break,
}

/// Whether a line may end after a character.
#[derive(Clone, Copy, PartialEq)]
enum Break {
    Never,
    /// At a space, which is then not there.
    Space,
    /// After a mark that goes on.
    Mark,
}

/// Text that was measured.
pub(crate) struct Text {
    faces: &'static Faces,
    items: Vec<Item>,
    styles: Vec<(Style, Option<Target>)>,
}

/// A line: from the first to behind the last character.
pub(crate) type Lines = Vec<Range<usize>>;

/// A piece between two places where a line may end.
struct Unit {
    from: usize,
    /// Behind the last character that is seen.
    to: usize,
    width: f64,
    /// Of the space after it.
    space: f64,
    /// What ending a line here costs.
    cost: f64,
}

/// How characters are read.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Reading {
    /// Composed, white space as spaces.
    Words,
    /// Character for character.
    Exact,
    /// Words whose digits stand in columns.
    Figures,
}

impl Text {
    pub(crate) fn new(faces: &'static Faces) -> Self {
        Self {
            faces,
            items: Vec::new(),
            styles: Vec::new(),
        }
    }

    /// A text in one style.
    pub(crate) fn of(faces: &'static Faces, text: &str, style: Style, reading: Reading) -> Self {
        let mut set = Self::new(faces);
        set.push(text, style, reading, None);
        set
    }

    /// Adds words.
    pub(crate) fn push(
        &mut self,
        text: &str,
        style: Style,
        reading: Reading,
        target: Option<Target>,
    ) {
        self.styles.push((style, target));
        // What no glyph shows is told in a face that has all of its letters.
        let told = Style {
            typeface: Typeface::Mono,
            size: style.size * 0.82,
            ..style
        };
        let (plain, foreign) = (self.styles.len() as u32 - 1, self.styles.len() as u32);
        self.styles.push((told, None));
        if reading == Reading::Exact || text.is_ascii() {
            text.chars()
                .for_each(|c| self.character(c, reading, plain, foreign));
        } else {
            text.nfc()
                .for_each(|c| self.character(c, reading, plain, foreign));
        }
    }

    fn character(&mut self, c: char, reading: Reading, plain: u32, foreign: u32) {
        let c = match c {
            '\t' | '\n' | '\r' if reading != Reading::Exact => ' ',
            c => c,
        };
        // They hold a name together whose script is written from the right, where there is anything to turn; here nothing is turned.
        if matches!(c, '\u{2068}' | '\u{2069}') || self.put(c, reading, plain) {
            return;
        }
        for c in format!("\u{27e8}U+{:04X}\u{27e9}", c as u32).chars() {
            self.put(c, Reading::Exact, foreign);
        }
    }

    /// Adds a character in a style; says whether there is a glyph for it.
    fn put(&mut self, c: char, reading: Reading, style: u32) -> bool {
        let Some((Style { typeface, .. }, _)) = self.styles.get(style as usize) else {
            return false;
        };
        let face = self.faces.face(*typeface);
        let Some(mut glyph) = face.glyph(c) else {
            return false;
        };
        if reading == Reading::Figures {
            glyph = face.tabular(glyph);
        }
        let mut after = match c {
            ' ' | '\u{2002}'..='\u{2006}' | '\u{2008}' | '\u{2009}' => Break::Space,
            '-' | '\u{2010}' | '\u{2012}'..='\u{2014}' | '\u{27e9}' => Break::Mark,
            '/' | ':' | '.' | '_' | ',' | '@' | '=' | '?' | '&' | ';' | '|' | '#'
                if reading == Reading::Exact =>
            {
                Break::Mark
            }
            _ => Break::Never,
        };
        if let Some(last) = self.items.last_mut() {
            if last.style == style && reading != Reading::Figures {
                last.glyph.kern = face.kern((last.glyph.c, last.glyph.id), (c, glyph.id));
            }
            // No line begins with what closes, and a minus stays with its number.
            if last.after == Break::Mark
                && (c.is_ascii_digit()
                    || matches!(c, ')' | ',' | '.' | ';' | ':' | '?' | '!' | '/' | '-'))
            {
                last.after = Break::Never;
            }
            // A dash between spaces ends a line and never begins one.
            if matches!(c, '\u{2013}' | '\u{2014}') && last.after == Break::Space {
                last.after = Break::Never;
                after = Break::Never;
            }
        }
        self.items.push(Item {
            glyph: Glyph {
                id: glyph.id,
                c,
                width: glyph.width,
                kern: 0.0,
            },
            style,
            after,
        });
        true
    }

    fn style(&self, item: &Item) -> Option<&(Style, Option<Target>)> {
        self.styles.get(item.style as usize)
    }

    fn advance(&self, item: &Item) -> f64 {
        let size = self.style(item).map_or(0.0, |(style, _)| style.size);
        (item.glyph.width + item.glyph.kern) * size / 1000.0
    }

    /// How wide a part is.
    pub(crate) fn width(&self, part: Range<usize>) -> f64 {
        let items = self.items.get(part).unwrap_or_default();
        items.iter().map(|item| self.advance(item)).sum()
    }

    /// How wide it is in one line.
    pub(crate) fn natural(&self) -> f64 {
        self.width(0..self.items.len())
    }

    /// How wide the widest piece is that no line may end within.
    pub(crate) fn widest(&self) -> f64 {
        let units = self.units(f64::INFINITY);
        units.iter().map(|unit| unit.width).fold(0.0, f64::max)
    }

    /// Everything as one line.
    pub(crate) fn all(&self) -> Range<usize> {
        0..self.items.len()
    }

    /// The lines of a column of this width; at least one, should it be empty.
    pub(crate) fn lines(&self, width: f64) -> Lines {
        let units = self.units(width);
        if self.natural() <= width || units.is_empty() {
            let to = units.last().map_or(0, |unit| unit.to);
            return std::iter::once(0..to).collect();
        }
        calmest(&units, width)
    }

    fn units(&self, width: f64) -> Vec<Unit> {
        let mut units: Vec<Unit> = Vec::new();
        let mut open: Option<Unit> = None;
        for (place, item) in self.items.iter().enumerate() {
            let advance = self.advance(item);
            if item.after == Break::Space {
                match open.take().or_else(|| units.pop()) {
                    // Several spaces hold a line together no better than one.
                    Some(unit) => units.push(Unit {
                        space: unit.space + advance,
                        cost: 0.0,
                        ..unit
                    }),
                    None => units.push(Unit {
                        from: place,
                        to: place,
                        width: 0.0,
                        space: advance,
                        cost: 0.0,
                    }),
                }
                continue;
            }
            // A piece that is wider than the column is broken where it must be.
            if let Some(unit) = open.take_if(|unit| unit.width + advance > width) {
                units.push(Unit { cost: 0.2, ..unit });
            }
            let mut unit = open.take().unwrap_or(Unit {
                from: place,
                to: place,
                width: 0.0,
                space: 0.0,
                cost: 0.06,
            });
            unit.width += advance;
            unit.to = place + 1;
            if item.after == Break::Mark {
                units.push(unit);
            } else {
                open = Some(unit);
            }
        }
        units.extend(open);
        units
    }

    /// Puts a part on a page, its base line starting at a point. Says where it ends.
    pub(crate) fn place(&self, part: Range<usize>, at: (f64, f64), ops: &mut Vec<Op>) -> f64 {
        let (mut x, y) = at;
        let mut rest = self.items.get(part).unwrap_or_default();
        while let Some(first) = rest.first() {
            let many = rest
                .iter()
                .take_while(|item| item.style == first.style)
                .count();
            let (run, after) = rest.split_at(many);
            rest = after;
            let width: f64 = run.iter().map(|item| self.advance(item)).sum();
            let Some((style, target)) = self.style(first) else {
                continue;
            };
            let glyphs: Vec<Glyph> = run.iter().map(|item| item.glyph).collect();
            ops.push(Op::Text {
                at: (x, y),
                style: *style,
                glyphs,
            });
            if let Some(target) = target {
                ops.push(rule(
                    (x, x + width),
                    y + style.size * 0.17,
                    0.4,
                    faded(LINK),
                ));
                ops.push(Op::Link {
                    from: (x, y - style.size * 0.95),
                    to: (x + width, y + style.size * 0.3),
                    target: target.clone(),
                });
            }
            x += width;
        }
        x
    }

    /// Puts a part on a page, ending at a point.
    pub(crate) fn place_before(&self, part: Range<usize>, at: (f64, f64), ops: &mut Vec<Op>) {
        let width = self.width(part.clone());
        self.place(part, (at.0 - width, at.1), ops);
    }

    /// As much as has room in one line, with an ellipsis where something is left out.
    pub(crate) fn cut(faces: &'static Faces, text: &str, style: Style, width: f64) -> Self {
        // No line has room for more, and hostile names are long.
        let whole = Self::of(
            faces,
            &text.chars().take(400).collect::<String>(),
            style,
            Reading::Words,
        );
        if whole.natural() <= width && text.chars().nth(400).is_none() {
            return whole;
        }
        let room = width - Self::of(faces, "\u{2026}", style, Reading::Words).natural();
        let mut used = 0.0;
        let many = whole.items.iter().take_while(|item| {
            used += whole.advance(item);
            used <= room
        });
        let many = many.count();
        let mut cut = Self {
            items: whole.items.into_iter().take(many).collect(),
            ..whole
        };
        cut.push("\u{2026}", style, Reading::Words, None);
        cut
    }
}

/// Half way to paper.
fn faded(color: Color) -> Color {
    color.map(|part| (u16::from(part).midpoint(0xff)) as u8)
}

/// The breaks whose lines differ least from the column's width, the last line left alone.
fn calmest(units: &[Unit], width: f64) -> Lines {
    // For every unit a line could begin with: what it costs from there on, and where the next line begins.
    let mut best: Vec<(f64, usize)> = vec![(0.0, units.len()); units.len() + 1];
    for from in (0..units.len()).rev() {
        let mut used = 0.0;
        let mut found = (f64::INFINITY, from + 1);
        for (to, unit) in units.iter().enumerate().skip(from) {
            used += unit.width;
            if used > width && to > from {
                break;
            }
            let slack = ((width - used) / width).max(0.0);
            let last = to + 1 == units.len();
            let cost = if last {
                // A single short word alone is a widow of its own.
                if used < width * 0.2 { 0.06 } else { 0.0 }
            } else {
                slack * slack + unit.cost + 0.002
            };
            let total = cost + best.get(to + 1).map_or(0.0, |(cost, _)| *cost);
            if total <= found.0 {
                found = (total, to + 1);
            }
            used += unit.space;
        }
        if let Some(slot) = best.get_mut(from) {
            *slot = found;
        }
    }
    let (mut lines, mut from) = (Lines::new(), 0);
    while let Some(first) = units.get(from) {
        let next = best
            .get(from)
            .map_or(from + 1, |(_, next)| (*next).max(from + 1));
        let to = units.get(next - 1).map_or(first.to, |unit| unit.to);
        lines.push(first.from..to);
        from = next;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::INK;

    const STYLE: Style = Style {
        typeface: Typeface::Regular,
        size: 10.5,
        color: INK,
    };

    fn shown(text: &Text, lines: &Lines) -> Vec<String> {
        let read = |line: &Range<usize>| {
            text.items[line.clone()]
                .iter()
                .map(|item| item.glyph.c)
                .collect()
        };
        lines.iter().map(read).collect()
    }

    fn set(words: &str, reading: Reading) -> Text {
        Text::of(Faces::get().unwrap(), words, STYLE, reading)
    }

    #[test]
    fn lines_fit_their_column_and_lose_nothing_but_spaces() {
        let words = "Ärzte in der Außenstelle dürfen nun Akten lesen – auch solche, die sie nicht angelegt haben. ".repeat(6);
        let text = set(&words, Reading::Words);
        for width in [40.0, 120.0, 372.0] {
            let lines = text.lines(width);
            for line in &lines {
                assert!(text.width(line.clone()) <= width + 1e-6);
            }
            let joined: String = shown(&text, &lines).concat();
            let bare = |text: &str| text.replace(' ', "");
            assert_eq!(bare(&joined), bare(&words));
            assert!(
                shown(&text, &lines)
                    .iter()
                    .all(|line| !line.starts_with(' ') && !line.starts_with('–'))
            );
        }
    }

    #[test]
    fn a_name_from_the_right_is_told_without_the_marks_that_hold_it_together() {
        for reading in [Reading::Words, Reading::Exact] {
            let text = set("\u{2068}ש\u{2069}!", reading);
            let all: String = shown(&text, &text.lines(400.0)).concat();
            assert_eq!(all, "⟨U+05E9⟩!");
        }
    }

    #[test]
    fn an_id_of_three_hundred_characters_is_broken_where_it_can_be() {
        let id = "a".repeat(300);
        let text = set(&id, Reading::Exact);
        let lines = text.lines(100.0);
        assert!(lines.len() > 10);
        assert_eq!(shown(&text, &lines).concat(), id);
        let path = set("policies/contractors/emea.cedar#lookup", Reading::Exact);
        let lines = shown(&path, &path.lines(130.0));
        assert!(
            lines
                .iter()
                .rev()
                .skip(1)
                .all(|line| line.ends_with(['/', '.', '#'])),
            "{lines:?}"
        );
    }

    #[test]
    fn what_has_no_glyph_is_told_and_reorders_nothing() {
        let text = set("a\u{202e}b\u{5d0}c\u{301}\u{1f600}", Reading::Exact);
        let all = shown(&text, &vec![text.all()]).concat();
        assert_eq!(all, "a⟨U+202E⟩b⟨U+05D0⟩c⟨U+0301⟩⟨U+1F600⟩");
        let composed = set("Re\u{301}sume\u{301}", Reading::Words);
        assert_eq!(shown(&composed, &vec![composed.all()]).concat(), "Résumé");
    }

    #[test]
    fn a_long_text_is_cut_with_an_ellipsis() {
        let faces = Faces::get().unwrap();
        let cut = Text::cut(faces, &"Long ".repeat(1000), STYLE, 200.0);
        assert!(cut.natural() <= 200.0 && cut.natural() > 150.0);
        let shown = shown(&cut, &vec![cut.all()]).concat();
        assert!(shown.ends_with('…'), "{shown}");
    }
}
