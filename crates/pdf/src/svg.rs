//! The same pages as SVG: outlines of the very glyphs that the PDF embeds, at the very points, so that a preview is the page. Under
//! them lies the text, unseen, to be found, marked and read aloud.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use ttf_parser::{GlyphId, OutlineBuilder};

use crate::{
    carry::Statement,
    face::{Faces, Typeface},
    layout::Geometry,
    paginate::Furniture,
    sheet::{Op, Place, Target},
};

/// All pages.
pub(crate) fn pages(faces: &'static Faces, statement: &Statement, hash: &str) -> Vec<String> {
    let geometry = Geometry::of(statement.paper);
    let document = &statement.document;
    let sheets = crate::set(faces, geometry, document);
    let furniture = Furniture {
        faces,
        geometry,
        title: document.title.clone(),
        page: document.furniture.page.clone(),
    };
    let many = sheets.pages.len();
    let anchors = sheets.anchors;
    let numbered = (1..).zip(sheets.pages);
    let pages = numbered.map(|(number, mut sheet)| {
        let (x, y) = furniture.page(number, &mut sheet.ops);
        let mut tail = Vec::new();
        furniture.tail(many, &mut tail);
        for op in tail {
            if let Op::Text { at, style, glyphs } = op {
                let at = (at.0 + x, at.1 + y);
                sheet.ops.push(Op::Text { at, style, glyphs });
            }
        }
        furniture.hash(&document.furniture.hash, hash, &mut sheet.ops);
        page(
            faces,
            &geometry,
            number,
            many,
            &document.furniture.page,
            &sheet.ops,
        )
        .replace("</svg>", &(marked(number, &anchors) + "</svg>"))
    });
    pages.collect()
}

/// Where links of the document lead to on a page, each by its name.
fn marked(number: usize, anchors: &BTreeMap<String, Place>) -> String {
    let here = anchors.iter().filter(|(_, at)| at.0 + 1 == number);
    here.map(|(name, at)| {
        let name = escaped(name);
        format!("<path id=\"{name}\" d=\"M0 {}h1\"/>", near(at.1))
    })
    .collect()
}

fn page(
    faces: &Faces,
    geometry: &Geometry,
    number: usize,
    many: usize,
    words: &str,
    ops: &[Op],
) -> String {
    let mut used: BTreeSet<(Typeface, u16)> = BTreeSet::new();
    let mut body = String::new();
    let mut links = String::new();
    for op in ops {
        match op {
            Op::Text { style, glyphs, .. } => {
                used.extend(glyphs.iter().map(|glyph| (style.typeface, glyph.id)));
                text(&mut body, number, op);
            }
            Op::Line {
                points,
                width,
                color,
            } => {
                let _ = write!(
                    body,
                    "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"/>",
                    path(points),
                    hex(*color),
                    near(*width)
                );
            }
            Op::Fill { points, color } => {
                let _ = write!(
                    body,
                    "<path d=\"{}Z\" fill=\"{}\"/>",
                    path(points),
                    hex(*color)
                );
            }
            Op::Circle {
                center,
                radius,
                color,
            } => {
                let _ = write!(
                    body,
                    "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\"/>",
                    near(center.0),
                    near(center.1),
                    near(*radius),
                    hex(*color)
                );
            }
            Op::Link { from, to, target } => {
                let address = match target {
                    Target::Address(address) => address.clone(),
                    Target::Anchor(name) => format!("#{name}"),
                };
                let _ = write!(
                    links,
                    "<a href=\"{}\" aria-label=\"{}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#fff\" fill-opacity=\"0\"/></a>",
                    escaped(&address),
                    escaped(&within(ops, *from, *to).unwrap_or_else(|| address.clone())),
                    near(from.0),
                    near(from.1),
                    near(to.0 - from.0),
                    near(to.1 - from.1)
                );
            }
            Op::Pages { .. } => {}
        }
    }
    let mut shapes = String::new();
    for (typeface, id) in used {
        let mut outline = Outline(String::new());
        if faces
            .face(typeface)
            .font
            .outline_glyph(GlyphId(id), &mut outline)
            .is_some()
        {
            let _ = write!(
                shapes,
                "<path id=\"{}\" d=\"{}\"/>",
                name(number, typeface, id),
                outline.0
            );
        }
    }
    let (width, height) = (near(geometry.width), near(geometry.height));
    let label = words
        .replace("{pages}", &many.to_string())
        .replace("{page}", &number.to_string());
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"group\" aria-label=\"{}\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\
         <defs>{shapes}</defs><rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>{body}{links}</svg>",
        escaped(&label)
    )
}

/// The words that stand in a rectangle, which are what a link over it is called.
fn within(ops: &[Op], from: (f64, f64), to: (f64, f64)) -> Option<String> {
    let words = ops.iter().filter_map(|op| match op {
        Op::Text { at, glyphs, .. }
            if (from.0 - 1.0..to.0).contains(&at.0) && (from.1..=to.1 + 1.0).contains(&at.1) =>
        {
            Some(glyphs.iter().map(|glyph| glyph.c).collect::<String>())
        }
        _ => None,
    });
    let words: Vec<String> = words.collect();
    Some(words.join(" ").trim().to_owned()).filter(|words| !words.is_empty())
}

fn text(body: &mut String, page: usize, op: &Op) {
    let Op::Text { at, style, glyphs } = op else {
        return;
    };
    // Outlines are in units of the face, upside down.
    let unit = if style.typeface == Typeface::Mono {
        1000.0
    } else {
        2048.0
    };
    let scale = style.size / unit;
    let _ = write!(
        body,
        "<g fill=\"{}\" aria-hidden=\"true\" transform=\"translate({} {}) scale({:.6} {:.6})\">",
        hex(style.color),
        near(at.0),
        near(at.1),
        scale,
        -scale
    );
    let mut x = 0.0;
    for glyph in glyphs {
        if !glyph.c.is_whitespace() {
            let _ = write!(
                body,
                "<use href=\"#{}\" x=\"{:.0}\"/>",
                name(page, style.typeface, glyph.id),
                x * unit / 1000.0
            );
        }
        x += glyph.width + glyph.kern;
    }
    body.push_str("</g>");
    let words: String = glyphs.iter().map(|glyph| glyph.c).collect();
    let family = if style.typeface == Typeface::Mono {
        "monospace"
    } else {
        "sans-serif"
    };
    let _ = write!(
        body,
        "<text x=\"{}\" y=\"{}\" font-family=\"{family}\" font-size=\"{}\" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"#fff\" fill-opacity=\"0\" xml:space=\"preserve\">{}</text>",
        near(at.0),
        near(at.1),
        near(style.size),
        near(x * style.size / 1000.0),
        escaped(&words)
    );
}

/// Unique among the pages of one document.
fn name(page: usize, typeface: Typeface, id: u16) -> String {
    format!("p{page}f{}g{id}", typeface as u8)
}

struct Outline(String);

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        let _ = write!(self.0, "M{x} {y}");
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let _ = write!(self.0, "L{x} {y}");
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let _ = write!(self.0, "Q{x1} {y1} {x} {y}");
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let _ = write!(self.0, "C{x1} {y1} {x2} {y2} {x} {y}");
    }

    fn close(&mut self) {
        self.0.push('Z');
    }
}

fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (place, (x, y)) in points.iter().enumerate() {
        let letter = if place == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{letter}{} {}", near(*x), near(*y));
    }
    path
}

/// As exact as the PDF.
fn near(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
