//! The same drawings as plain shapes, for who paints by other means than SVG: a list of polygons, lines and texts in drawing order.

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontStyle,
    text_anchor::{HPos, VPos},
};

use crate::{INK, Picture, Words};

/// Which end of a text stands at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its start.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// Red, green and blue, or nothing for the ink of the ground; and how much of it covers the ground, from 0 to 1.
pub type Paint = (Option<[u8; 3]>, f64);

/// A shape. Units are those of [`Picture::size`], from the upper left corner.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A line.
    Line {
        /// From point to point.
        points: Vec<(f64, f64)>,
        /// Its width.
        width: f64,
        /// Its colour.
        paint: Paint,
    },
    /// A filled polygon.
    Polygon {
        /// Its corners.
        points: Vec<(f64, f64)>,
        /// Its colour.
        paint: Paint,
    },
    /// A circle.
    Circle {
        /// Its middle.
        center: (f64, f64),
        /// Its radius.
        radius: f64,
        /// Its colour.
        paint: Paint,
    },
    /// A line of text.
    Text {
        /// Where it stands; on the base line.
        at: (f64, f64),
        /// Which end stands there.
        anchor: Anchor,
        /// The height of its letters' body.
        size: f64,
        /// Whether it is a title.
        strong: bool,
        /// Its colour.
        paint: Paint,
        /// The text.
        text: String,
    },
}

/// Draws a picture as shapes. The same picture and words give the same shapes.
#[must_use]
pub fn shapes(picture: Picture<'_>, words: Words<'_>) -> Vec<Shape> {
    let mut shapes = Vec::new();
    let recorder = Recorder {
        size: picture.size(),
        shapes: &mut shapes,
    };
    // INVARIANT: a list takes everything that is drawn; should a scale ever be refused, the words still say it all.
    let _ = picture.draw(words, recorder);
    shapes
}

struct Recorder<'a> {
    size: (u32, u32),
    shapes: &'a mut Vec<Shape>,
}

type Recorded = Result<(), DrawingErrorKind<std::convert::Infallible>>;

fn paint(color: BackendColor) -> Paint {
    let (red, green, blue) = color.rgb;
    let ink = color.rgb == (INK.0, INK.1, INK.2);
    ((!ink).then_some([red, green, blue]), color.alpha)
}

fn point((x, y): BackendCoord) -> (f64, f64) {
    (f64::from(x), f64::from(y))
}

impl Recorder<'_> {
    fn record(&mut self, color: BackendColor, shape: Shape) -> Recorded {
        if color.alpha > 0.0 {
            self.shapes.push(shape);
        }
        Ok(())
    }

    fn line<S: BackendStyle>(&mut self, points: Vec<(f64, f64)>, style: &S) -> Recorded {
        let (color, width) = (style.color(), f64::from(style.stroke_width()));
        self.record(
            color,
            Shape::Line {
                points,
                width,
                paint: paint(color),
            },
        )
    }
}

impl DrawingBackend for Recorder<'_> {
    type ErrorType = std::convert::Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Recorded {
        Ok(())
    }

    fn present(&mut self) -> Recorded {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Recorded {
        let ((x, y), paint) = (point(at), paint(color));
        let points = vec![(x, y), (x + 1.0, y), (x + 1.0, y + 1.0), (x, y + 1.0)];
        self.record(color, Shape::Polygon { points, paint })
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Recorded {
        self.line(vec![point(from), point(to)], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Recorded {
        self.line(path.into_iter().map(point).collect(), style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Recorded {
        let ((left, top), (right, bottom)) = (point(from), point(to));
        let mut points = vec![(left, top), (right, top), (right, bottom), (left, bottom)];
        if fill {
            let (color, paint) = (style.color(), paint(style.color()));
            return self.record(color, Shape::Polygon { points, paint });
        }
        points.push((left, top));
        self.line(points, style)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        _fill: bool,
    ) -> Recorded {
        let (color, radius) = (style.color(), f64::from(radius));
        let (center, paint) = (point(center), paint(color));
        self.record(
            color,
            Shape::Circle {
                center,
                radius,
                paint,
            },
        )
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Recorded {
        let points = corners.into_iter().map(point).collect();
        let (color, paint) = (style.color(), paint(style.color()));
        self.record(color, Shape::Polygon { points, paint })
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        at: BackendCoord,
    ) -> Recorded {
        // What plotters' SVG does: sizes are a line's, and the base line follows from the anchor.
        let size = style.size() / 1.24;
        let down = match style.anchor().v_pos {
            VPos::Top => 0.76 * size,
            VPos::Center => 0.27 * size,
            VPos::Bottom => -0.27 * size,
        };
        let anchor = match style.anchor().h_pos {
            HPos::Left => Anchor::Start,
            HPos::Center => Anchor::Middle,
            HPos::Right => Anchor::End,
        };
        let ((x, y), color) = (point(at), style.color());
        self.record(
            color,
            Shape::Text {
                at: (x, y + down),
                anchor,
                size,
                strong: matches!(style.style(), FontStyle::Bold),
                paint: paint(color),
                text: text.to_owned(),
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Chart, Ground, Line, Panel, Tone, svg_of};

    #[test]
    fn shapes_are_what_the_svg_shows() {
        let chart = Chart {
            title: "Drift".to_owned(),
            panels: vec![Panel {
                title: "rows".to_owned(),
                lines: [Tone::Gain, Tone::Loss]
                    .map(|tone| Line {
                        name: "a & b".to_owned(),
                        tone,
                        points: (0..5).map(|day| (day * 86_400_000, day as f64)).collect(),
                    })
                    .to_vec(),
            }],
            days: Vec::new(),
        };
        let words = Words {
            alternative: "",
            empty: "",
            group: "",
        };
        let (picture, of) = (Picture::Trend(&chart), |wanted: fn(&Shape) -> bool| {
            let shapes = shapes(Picture::Trend(&chart), words);
            shapes.iter().filter(|shape| wanted(shape)).count()
        });
        let svg = svg_of(picture, words, Ground::Page);
        let texts = of(|shape| matches!(shape, Shape::Text { .. }));
        assert_eq!(texts, svg.matches("<text").count());
        let circles = of(|shape| matches!(shape, Shape::Circle { .. }));
        assert!(circles > 0);
        assert_eq!(circles, svg.matches("<circle").count());
        let polygons = of(|shape| matches!(shape, Shape::Polygon { .. }));
        assert_eq!(polygons, svg.matches("<polygon").count());
        let titles = of(|shape| matches!(shape, Shape::Text { strong: true, .. }));
        assert_eq!(titles, 1);
    }
}
