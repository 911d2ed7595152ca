//! Drawings on a page: the shapes that the chart draws everywhere, in the page's own type, with the same in words below.

use chart::{Anchor, Picture, Shape, Words, shapes};
use narrative::document::Drawing;

use crate::{
    face::Typeface,
    layout::{Row, Setter, style},
    sheet::{Color, INK, LINK, Op, QUIET, Style, Target},
    text::{Reading, Text},
};

/// Sets a drawing over the full width; `data` is where its numbers stand.
pub(crate) fn set(setter: &mut Setter<'_>, drawing: &Drawing, alternative: &str, data: &str) {
    let picture = match drawing {
        Drawing::Trend(chart) => Picture::Trend(chart),
        Drawing::Bars(bars) => Picture::Bars(bars),
    };
    let (left, right) = setter.geometry.full();
    let (width, height) = picture.size();
    let (width, height) = (f64::from(width), f64::from(height));
    // What is higher than a page is drawn smaller.
    let room = setter.geometry.bottom - setter.geometry.top - 120.0;
    let scale = ((right - left) / width).min(room / height);
    let words = Words {
        alternative,
        empty: "\u{2013}",
        group: &setter.document.furniture.group,
    };
    let mut ops = Vec::new();
    let told = setter.under(picture.title());
    for shape in shapes(picture, words) {
        // A heading right above says the same.
        if !(told && matches!(shape, Shape::Text { strong: true, .. })) {
            op(setter, shape, (left - 8.0 * scale, scale), &mut ops);
        }
    }
    let above = if told { 20.0 * scale } else { 0.0 };
    let ops = ops.into_iter().map(|op| op.lowered(-above)).collect();
    setter.rows.push(Row {
        height: height * scale - above,
        before: if told { 6.0 } else { 18.0 },
        ops,
        keep: true,
        wide: true,
        ..Row::default()
    });
    let quiet = style(Typeface::Regular, 8.4, QUIET);
    let mut told = Text::new(setter.faces);
    told.push(alternative, quiet, Reading::Words, None);
    told.push(" ", quiet, Reading::Words, None);
    told.push(
        &setter.document.furniture.data,
        Style {
            color: LINK,
            ..quiet
        },
        Reading::Words,
        Some(Target::Anchor(data.to_owned())),
    );
    setter.lines_of(&told, setter.geometry.text, 12.0, 5.0);
    setter.space(8.0);
}

/// A colour on paper, where nothing shines through.
fn color((color, alpha): (Option<[u8; 3]>, f64)) -> Color {
    let alpha = alpha.clamp(0.0, 1.0);
    color
        .unwrap_or(INK)
        .map(|part| (f64::from(part) * alpha + 255.0 * (1.0 - alpha)).round() as u8)
}

fn op(setter: &Setter<'_>, shape: Shape, (left, scale): (f64, f64), ops: &mut Vec<Op>) {
    let at = |(x, y): (f64, f64)| (left + x * scale, y * scale);
    match shape {
        Shape::Line {
            points,
            width,
            paint,
        } => ops.push(Op::Line {
            points: points.into_iter().map(at).collect(),
            width: (width * scale * 0.8).max(0.25),
            color: color(paint),
        }),
        Shape::Polygon { points, paint } => ops.push(Op::Fill {
            points: points.into_iter().map(at).collect(),
            color: color(paint),
        }),
        Shape::Circle {
            center,
            radius,
            paint,
        } => ops.push(Op::Circle {
            center: at(center),
            radius: radius * scale,
            color: color(paint),
        }),
        Shape::Text {
            at: point,
            anchor,
            size,
            strong,
            paint,
            text,
        } => {
            let typeface = if strong {
                Typeface::Strong
            } else {
                Typeface::Regular
            };
            let look = style(typeface, size * scale, color(paint));
            let text = Text::cut(setter.faces, &text, look, 640.0 * scale);
            let (x, y) = at(point);
            let x = match anchor {
                Anchor::Start => x,
                Anchor::Middle => x - text.natural() / 2.0,
                Anchor::End => x - text.natural(),
            };
            text.place(text.all(), (x, y), ops);
        }
    }
}
