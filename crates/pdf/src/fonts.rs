//! The fonts of a file: which characters were used of each typeface, and those cut out of it. Every character has a code of its own,
//! even where two share a glyph, so that what is copied is what was written.

use std::{collections::HashMap, io::Write as _};

use pdf_writer::{
    Chunk, Finish as _, Name, Rect, Ref, Str,
    types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap},
};
use subsetter::GlyphRemapper;

use crate::{
    Error, carry,
    face::{Face, Faces, Typeface},
    sheet::Glyph,
};

const SYSTEM: SystemInfo<'static> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// What was used of a typeface.
#[derive(Default)]
pub(crate) struct Used {
    codes: HashMap<(u16, char), u16>,
    glyphs: Vec<(u16, char)>,
}

impl Used {
    /// The code of a glyph, from 1, in the order of first use.
    pub(crate) fn code(&mut self, glyph: &Glyph) -> u16 {
        let next = self.glyphs.len() as u16 + 1;
        let glyphs = &mut self.glyphs;
        *self.codes.entry((glyph.id, glyph.c)).or_insert_with(|| {
            glyphs.push((glyph.id, glyph.c));
            next
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.glyphs.is_empty()
    }
}

/// Compressed as everything is, so that equal bytes stay equal.
pub(crate) fn folded(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// Writes a typeface as a font: `take` gets its objects, in order, the first under `id`.
pub(crate) fn write(
    faces: &Faces,
    typeface: Typeface,
    used: &Used,
    id: Ref,
    mut new: impl FnMut() -> Ref,
    mut take: impl FnMut(Ref, &Chunk) -> Result<(), Error>,
) -> Result<(), Error> {
    let face = faces.face(typeface);
    let mut remapper = GlyphRemapper::new();
    let places: Vec<u16> = used
        .glyphs
        .iter()
        .map(|(id, _)| remapper.remap(*id))
        .collect();
    let subset = subsetter::subset(face.data, 0, &remapper).map_err(|_| Error::Fonts)?;
    // Six letters mark a font as cut; they follow from what was cut.
    let tag: String = carry::hash(&subset)
        .bytes()
        .take(6)
        .map(|digit| char::from(b'A' + (digit % 26)))
        .collect();
    let name = format!("{tag}+{}", typeface.name());
    let name = Name(name.as_bytes());
    let (cid, descriptor, program, places_id, unicode) = (new(), new(), new(), new(), new());

    let mut chunk = Chunk::new();
    chunk
        .type0_font(id)
        .base_font(name)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid)
        .to_unicode(unicode);
    take(id, &chunk)?;

    let mut chunk = Chunk::new();
    let mut font = chunk.cid_font(cid);
    font.subtype(CidFontType::Type2)
        .base_font(name)
        .system_info(SYSTEM)
        .font_descriptor(descriptor)
        .default_width(0.0)
        .cid_to_gid_map_stream(places_id);
    let widths = used.glyphs.iter().map(|(id, _)| face.width(*id) as f32);
    font.widths().consecutive(1, widths);
    font.finish();
    take(cid, &chunk)?;

    let mut chunk = Chunk::new();
    describe(&mut chunk, descriptor, face, name, program);
    take(descriptor, &chunk)?;

    let mut chunk = Chunk::new();
    let data = folded(&subset)?;
    chunk
        .stream(program, &data)
        .filter(pdf_writer::Filter::FlateDecode)
        .pair(
            Name(b"Length1"),
            i32::try_from(subset.len()).unwrap_or(i32::MAX),
        );
    take(program, &chunk)?;

    let mut chunk = Chunk::new();
    let mut map = vec![0, 0];
    map.extend(places.iter().flat_map(|place| place.to_be_bytes()));
    chunk
        .stream(places_id, &folded(&map)?)
        .filter(pdf_writer::Filter::FlateDecode);
    take(places_id, &chunk)?;

    let mut chunk = Chunk::new();
    let mut cmap = UnicodeCmap::new(Name(b"Unicode"), SYSTEM);
    for (code, (_, c)) in (1_u16..).zip(&used.glyphs) {
        cmap.pair(code, *c);
    }
    chunk
        .cmap(unicode, &folded(cmap.finish().as_slice())?)
        .filter(pdf_writer::Filter::FlateDecode);
    take(unicode, &chunk)
}

fn describe(chunk: &mut Chunk, id: Ref, face: &Face, name: Name<'_>, program: Ref) {
    let mut flags = FontFlags::SYMBOLIC;
    if face.typeface == Typeface::Mono {
        flags |= FontFlags::FIXED_PITCH;
    }
    if face.typeface == Typeface::Italic {
        flags |= FontFlags::ITALIC;
    }
    let font = &face.font;
    let bounds = font.global_bounding_box();
    let by = |units: i16| face.thousandths(units);
    chunk
        .font_descriptor(id)
        .name(name)
        .flags(flags)
        .bbox(Rect::new(
            by(bounds.x_min),
            by(bounds.y_min),
            by(bounds.x_max),
            by(bounds.y_max),
        ))
        .italic_angle(font.italic_angle())
        .ascent(by(font.ascender()))
        .descent(by(font.descender()))
        .cap_height(by(font.capital_height().unwrap_or(font.ascender())))
        .stem_v(if face.typeface == Typeface::Strong {
            120.0
        } else {
            80.0
        })
        .font_file2(program);
}
