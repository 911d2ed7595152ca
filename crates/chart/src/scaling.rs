//! How numbers grow with another: both scales logarithmic, so that a straight line is a power and its slope the exponent.

use plotters::{
    prelude::{
        ChartBuilder, Circle, Color, Cross, DashedLineSeries, DrawingBackend, EmptyElement,
        IntoDrawingArea, IntoFont, IntoLogRange, LineSeries, PathElement, RGBColor, SVGBackend,
        Text, TriangleMarker,
    },
    style::{ShapeStyle, TextStyle},
};

use crate::{Area, Drawn, GAIN, Ground, INK, LOSS, WIDTH, framed, text};

/// One thing that grows.
#[derive(Clone, Debug)]
pub struct Curve {
    /// What it is.
    pub name: String,
    /// Where and how much, from left to right. What is not above zero has no place on these scales and is left out.
    pub points: Vec<(f64, f64)>,
}

/// Curves that share a scale.
#[derive(Clone, Debug)]
pub struct Plane {
    /// What the scale counts, with its unit.
    pub title: String,
    /// At most five look different from each other.
    pub curves: Vec<Curve>,
}

/// A drawing of growth.
#[derive(Clone, Debug)]
pub struct Scaling {
    /// What it shows, in one line.
    pub title: String,
    /// What the scale from left to right counts.
    pub across: String,
    /// From top to bottom; they share the scale from left to right.
    pub planes: Vec<Plane>,
}

const PLANE: u32 = 260;
pub(crate) const COLORS: [RGBColor; 5] = [
    GAIN,
    LOSS,
    RGBColor(0x3a, 0x8f, 0x5c),
    RGBColor(0x9a, 0x6f, 0xc9),
    RGBColor(0xc9, 0x55, 0x5f),
];

/// Draws growth. The same drawing gives the same text.
#[must_use]
pub fn scaling(scaling: &Scaling, ground: Ground) -> String {
    let scaling = &clean(scaling);
    let planes = scaling.planes.len().max(1) as u32;
    let size = (WIDTH, 20 + planes * PLANE);
    let mut drawing = String::new();
    // INVARIANT: a string takes everything that is drawn; should a scale ever be refused, the words still say it all.
    let _ = draw(
        scaling,
        &SVGBackend::with_string(&mut drawing, size).into_drawing_area(),
    );
    framed(&drawing, size, &scaling.title, &words(scaling), ground)
}

fn ink(size: i32) -> TextStyle<'static> {
    TextStyle::from(("sans-serif", size).into_font()).color(&INK)
}

fn draw<B>(scaling: &Scaling, root: &Area<B>) -> Drawn
where
    B: DrawingBackend,
    B::ErrorType: 'static,
{
    root.draw(&Text::new(scaling.title.clone(), (8, 4), ink(15)))?;
    let (_, rest) = root.split_vertically(20);
    let areas = rest.split_evenly((scaling.planes.len().max(1), 1));
    let points = || scaling.planes.iter().flat_map(points);
    let Some(across) = range(points().map(|(x, _)| x), 1.15) else {
        root.draw(&Text::new("nothing was measured", (48, 60), ink(15)))?;
        return Ok(root.present()?);
    };
    for (plane, area) in scaling.planes.iter().zip(&areas) {
        if let Some(up) = range(points_of(plane), 1.4) {
            self::plane(scaling, plane, area, [across.clone(), up])?;
        }
    }
    Ok(root.present()?)
}

fn points(plane: &Plane) -> impl Iterator<Item = (f64, f64)> + '_ {
    plane.curves.iter().flat_map(|curve| &curve.points).copied()
}

fn points_of(plane: &Plane) -> impl Iterator<Item = f64> + '_ {
    points(plane).map(|(_, y)| y)
}

/// From the least to the most with room to both sides.
fn range(values: impl Iterator<Item = f64>, room: f64) -> Option<std::ops::Range<f64>> {
    let (least, most) = values.fold((f64::INFINITY, 0.0_f64), |(least, most), value| {
        (least.min(value), most.max(value))
    });
    (least <= most).then(|| least / room..most * room)
}

fn plane<B>(
    scaling: &Scaling,
    plane: &Plane,
    area: &Area<B>,
    [across, up]: [std::ops::Range<f64>; 2],
) -> Drawn
where
    B: DrawingBackend,
    B::ErrorType: 'static,
{
    let mut chart = ChartBuilder::on(area)
        .margin_right(40)
        .margin_top(44)
        .x_label_area_size(36)
        .y_label_area_size(64)
        .build_cartesian_2d(across.log_scale(), up.log_scale())?;
    chart
        .configure_mesh()
        .light_line_style(INK.mix(0.0))
        .bold_line_style(INK.mix(0.15))
        .axis_style(INK.mix(0.5))
        .label_style(ink(13))
        .x_desc(scaling.across.clone())
        .axis_desc_style(ink(13))
        .x_labels(6)
        .y_labels(6)
        .x_label_formatter(&|value| tens(*value))
        .y_label_formatter(&|value| tens(*value))
        .draw()?;
    // Lines first, so that no line lies over a mark.
    for (place, curve) in plane.curves.iter().enumerate() {
        let (points, stroke) = (curve.points.iter().copied(), stroke(place));
        if place % 2 == 0 {
            chart.draw_series(LineSeries::new(points, stroke))?;
        } else {
            chart.draw_series(DashedLineSeries::new(points, 6, 4, stroke))?;
        }
    }
    for (place, curve) in plane.curves.iter().enumerate() {
        let points = curve.points.iter().copied();
        let fill = color(place).filled();
        match place % 3 {
            0 => chart.draw_series(points.map(|at| Circle::new(at, 4, fill)))?,
            1 => chart.draw_series(points.map(|at| TriangleMarker::new(at, 5, fill)))?,
            _ => chart.draw_series(points.map(|at| Cross::new(at, 4, stroke(place))))?,
        };
    }
    area.draw(&Text::new(plane.title.clone(), (8, 6), ink(13)))?;
    // The key, from the left under the title. Widths are a guess, as everywhere in a drawing whose fonts nobody knows.
    let mut x = 64;
    for (place, curve) in plane.curves.iter().enumerate() {
        area.draw(&PathElement::new(
            vec![(x, 33), (x + 16, 33)],
            stroke(place),
        ))?;
        let fill = color(place).filled();
        match place % 3 {
            0 => area.draw(&Circle::new((x + 8, 33), 4, fill))?,
            1 => area.draw(&TriangleMarker::new((x + 8, 33), 5, fill))?,
            _ => area.draw(&Cross::new((x + 8, 33), 4, stroke(place)))?,
        }
        area.draw(
            &(EmptyElement::at((x + 22, 26)) + Text::new(curve.name.clone(), (0, 0), ink(13))),
        )?;
        x += 8 * curve.name.chars().count() as i32 + 36;
    }
    Ok(())
}

fn color(place: usize) -> RGBColor {
    COLORS.iter().cycle().nth(place).copied().unwrap_or(GAIN)
}

fn stroke(place: usize) -> ShapeStyle {
    ShapeStyle::from(color(place)).stroke_width(2)
}

/// Powers of ten are written, what lies between them is not.
fn tens(value: f64) -> String {
    let power = value.log10();
    if (power - power.round()).abs() > 1e-6 {
        String::new()
    } else {
        plain(value)
    }
}

/// A number without a tail of digits.
fn plain(value: f64) -> String {
    let digits = (2.0 - value.abs().log10().floor()).clamp(0.0, 9.0) as usize;
    let text = format!("{value:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// What the curves show, for who does not see them.
fn words(scaling: &Scaling) -> String {
    let mut words = Vec::new();
    for plane in &scaling.planes {
        for curve in &plane.curves {
            let points: Vec<_> = curve
                .points
                .iter()
                .map(|(x, y)| format!("{} at {} {}", plain(*y), plain(*x), scaling.across))
                .collect();
            words.push(format!(
                "{}, {}: {}.",
                plane.title,
                curve.name,
                points.join(", ")
            ));
        }
    }
    if words.is_empty() {
        words.push("Nothing was measured.".to_owned());
    }
    words.join(" ")
}

/// The same in characters that XML can hold, and with what can be drawn.
fn clean(scaling: &Scaling) -> Scaling {
    let mut scaling = scaling.clone();
    scaling.title = text(&scaling.title);
    scaling.across = text(&scaling.across);
    for plane in &mut scaling.planes {
        plane.title = text(&plane.title);
        for curve in &mut plane.curves {
            curve.name = text(&curve.name);
            let fits = |value: f64| value.is_finite() && value > 0.0;
            curve.points.retain(|(x, y)| fits(*x) && fits(*y));
        }
        plane.curves.retain(|curve| !curve.points.is_empty());
    }
    scaling
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(points: &[(f64, f64)]) -> String {
        let curve = |name: &str| Curve {
            name: name.to_owned(),
            points: points.to_vec(),
        };
        let plane = Plane {
            title: "seconds".to_owned(),
            curves: vec![curve("ours"), curve("<theirs>\u{1b}")],
        };
        scaling(
            &Scaling {
                title: "Growth".to_owned(),
                across: "policies".to_owned(),
                planes: vec![plane],
            },
            Ground::Own,
        )
    }

    #[test]
    fn growth_is_drawn_and_told() {
        let drawn = drawing(&[(10.0, 0.012), (1_000.0, 1.5)]);
        assert!(drawn.contains("<title>Growth</title>"), "{drawn}");
        assert!(
            drawn.contains("seconds, ours: 0.012 at 10 policies, 1.5 at 1000 policies."),
            "{drawn}"
        );
        assert!(!drawn.contains("<theirs") && !drawn.contains('\u{1b}'));
        assert!(drawn.contains("<circle") && drawn.contains("<polygon"));
        assert_eq!(drawn, drawing(&[(10.0, 0.012), (1_000.0, 1.5)]));
    }

    #[test]
    fn what_has_no_place_on_the_scale_is_left_out() {
        let bad = [
            (0.0, 1.0),
            (1.0, -1.0),
            (f64::NAN, 1.0),
            (1.0, f64::INFINITY),
        ];
        let none = drawing(&bad);
        assert!(none.contains("Nothing was measured."), "{none}");
        assert!(none.trim_end().ends_with("</svg>"));
        let one = drawing(&[(10.0, 5.0), (0.0, 1.0)]);
        assert!(
            one.contains("<circle") && one.contains("5 at 10 policies."),
            "{one}"
        );
    }

    #[test]
    fn numbers_have_no_tail() {
        assert_eq!(plain(1_000_000.0), "1000000");
        assert_eq!(plain(0.0123), "0.0123");
        assert_eq!(plain(1.5), "1.5");
        assert_eq!(tens(1e-3), "0.001");
        assert_eq!(tens(20.0), "");
    }
}
