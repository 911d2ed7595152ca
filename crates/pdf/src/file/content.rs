//! Marks as the operators of a page.

use std::collections::BTreeMap;

use pdf_writer::{Content, Finish as _, Name, Str};

use super::font_name;
use crate::{
    face::Typeface,
    fonts::Used,
    sheet::{Color, Op},
};

/// The operators of a page or of what pages share.
pub(crate) fn write(ops: &[Op], height: f64, all: &mut BTreeMap<Typeface, Used>) -> Content {
    let mut content = Content::new();
    let mut font: Option<(Typeface, f64)> = None;
    let (mut fill, mut stroke): (Option<Color>, Option<Color>) = (None, None);
    let at = |(x, y): (f64, f64)| (near(x), near(height - y));
    for op in ops {
        match op {
            Op::Text {
                at: point,
                style,
                glyphs,
            } => {
                filled(&mut content, &mut fill, style.color);
                content.begin_text();
                if font != Some((style.typeface, style.size)) {
                    font = Some((style.typeface, style.size));
                    content.set_font(Name(font_name(style.typeface).as_bytes()), near(style.size));
                }
                let (x, y) = at(*point);
                content.next_line(x, y);
                let used = all.entry(style.typeface).or_default();
                let mut shown = content.show_positioned();
                let mut items = shown.items();
                let mut run: Vec<u8> = Vec::with_capacity(glyphs.len() * 2);
                for glyph in glyphs {
                    run.extend(used.code(glyph).to_be_bytes());
                    if glyph.kern != 0.0 {
                        items.show(Str(&run)).adjust(near(-glyph.kern));
                        run.clear();
                    }
                }
                if !run.is_empty() {
                    items.show(Str(&run));
                }
                items.finish();
                shown.finish();
                content.end_text();
            }
            Op::Line {
                points,
                width,
                color,
            } => {
                if stroke != Some(*color) {
                    stroke = Some(*color);
                    let [r, g, b] = color.map(part);
                    content.set_stroke_rgb(r, g, b);
                }
                content.set_line_width(near(*width));
                path(&mut content, points.iter().copied().map(at));
                content.stroke();
            }
            Op::Fill { points, color } => {
                filled(&mut content, &mut fill, *color);
                path(&mut content, points.iter().copied().map(at));
                content.close_path().fill_nonzero();
            }
            Op::Circle {
                center,
                radius,
                color,
            } => {
                filled(&mut content, &mut fill, *color);
                circle(&mut content, at(*center), near(*radius));
            }
            Op::Link { .. } | Op::Pages { .. } => {}
        }
    }
    content
}

/// A number as it is written: hundredths of a point are finer than any printer.
pub(super) fn near(value: f64) -> f32 {
    ((value * 100.0).round() / 100.0) as f32
}

fn part(color: u8) -> f32 {
    (f32::from(color) / 255.0 * 1000.0).round() / 1000.0
}

fn filled(content: &mut Content, fill: &mut Option<Color>, color: Color) {
    if *fill != Some(color) {
        *fill = Some(color);
        let [r, g, b] = color.map(part);
        content.set_fill_rgb(r, g, b);
    }
}

fn path(content: &mut Content, points: impl Iterator<Item = (f32, f32)>) {
    for (place, (x, y)) in points.enumerate() {
        if place == 0 {
            content.move_to(x, y);
        } else {
            content.line_to(x, y);
        }
    }
}

fn circle(content: &mut Content, (x, y): (f32, f32), r: f32) {
    // What a quarter of a circle takes as a Bézier curve.
    let k = r * 0.552_284_8;
    content
        .move_to(x + r, y)
        .cubic_to(x + r, y + k, x + k, y + r, x, y + r)
        .cubic_to(x - k, y + r, x - r, y + k, x - r, y)
        .cubic_to(x - r, y - k, x - k, y - r, x, y - r)
        .cubic_to(x + k, y - r, x + r, y - k, x + r, y)
        .close_path()
        .fill_nonzero();
}
