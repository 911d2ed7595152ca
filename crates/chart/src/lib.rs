//! Numbers as SVG text: one or more panels, one above the other. [`svg`] draws them over time, [`scaling()`] over another number
//! with logarithmic scales. Window, pages and documents draw with this and nothing else. A chart says in words (`<title>`, `<desc>`) what its lines show; lines differ by mark and
//! dash as well as by colour; ink is `currentColor` and the colours stand out on light and on dark ground.
//!
//! No fonts are read: text is left to who shows the drawing.

mod scaling;

pub use scaling::{Curve, Plane, Scaling, scaling};

use plotters::{
    coord::Shift,
    prelude::{
        ChartBuilder, Circle, Color, DashedLineSeries, DrawingArea, EmptyElement, IntoDrawingArea,
        IntoFont, LineSeries, PathElement, RGBColor, SVGBackend, Text, TriangleMarker,
    },
    style::{ShapeStyle, TextStyle},
};
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, macros::format_description};

/// What a line is about; decides its colour and mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Access gained.
    Gain,
    /// Access lost.
    Loss,
    /// Anything else.
    Plain,
}

/// Numbers over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// What they count.
    pub name: String,
    /// What that is.
    pub tone: Tone,
    /// Moments (milliseconds since 1970 UTC) and numbers, in order of time.
    pub points: Vec<(i64, f64)>,
}

/// Lines that share a scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Panel {
    /// What the scale counts.
    pub title: String,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A drawing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// What it shows, in one line.
    pub title: String,
    /// From top to bottom.
    pub panels: Vec<Panel>,
}

/// Gains and losses by group, as bars to both sides of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bars {
    /// What it shows, in one line.
    pub title: String,
    /// What the bars count.
    pub unit: String,
    /// From top to bottom.
    pub groups: Vec<Bar>,
}

/// One group of [`Bars`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bar {
    /// Its name.
    pub name: String,
    /// How many gained.
    pub gained: f64,
    /// How many lost.
    pub lost: f64,
}

/// Where a drawing will stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// In a page, whose colour of text it takes.
    Page,
    /// In a file of its own, light or dark as the reader's system is.
    Own,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

const WIDTH: u32 = 640;
const PANEL: u32 = 150;
const DAY: f64 = 86_400_000.0;
/// Stands for `currentColor`, which no backend knows.
const INK: RGBColor = RGBColor(1, 2, 3);
const INK_WRITTEN: &str = "#010203";
const GAIN: RGBColor = RGBColor(0x2f, 0x7f, 0xd1);
const LOSS: RGBColor = RGBColor(0xb8, 0x74, 0x1a);
const PLAIN: RGBColor = RGBColor(0x7c, 0x7c, 0x7c);

impl Tone {
    fn color(self) -> RGBColor {
        match self {
            Self::Gain => GAIN,
            Self::Loss => LOSS,
            Self::Plain => PLAIN,
        }
    }
}

/// Draws a chart. The same chart gives the same text.
#[must_use]
pub fn svg(chart: &Chart, ground: Ground) -> String {
    let chart = &clean(chart);
    let panels = chart.panels.len().max(1) as u32;
    let size = (WIDTH, 20 + panels * PANEL);
    let mut drawing = String::new();
    // INVARIANT: a string takes everything that is drawn; should a scale ever be refused, the words below still say it all.
    let _ = draw(
        chart,
        SVGBackend::with_string(&mut drawing, size).into_drawing_area(),
    );
    framed(&drawing, size, &chart.title, &words(chart), ground)
}

/// What a backend drew, with words and the ink of its ground.
fn framed(drawing: &str, size: (u32, u32), title: &str, words: &str, ground: Ground) -> String {
    let drawing = drawing.replace(INK_WRITTEN, "currentColor");
    let body = drawing
        .split_once('>')
        .map_or("</svg>\n", |(_, body)| body.trim_start());
    let (class, style) = match ground {
        Ground::Page => ("", ""),
        Ground::Own => (
            " class=\"fabric-chart\"",
            "<style>.fabric-chart{color:#1c2024;background:#fff}\
             @media (prefers-color-scheme:dark){.fabric-chart{color:#e8eaed;background:#15181c}}</style>\n",
        ),
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {} {}\" width=\"{}\" height=\"{}\"{class}>\n\
         <title>{}</title>\n<desc>{}</desc>\n{style}{body}",
        size.0,
        size.1,
        size.0,
        size.1,
        escaped(title),
        escaped(words)
    )
}

fn draw(chart: &Chart, root: Area<'_>) -> Drawn {
    let finite = |line: &Line| -> Vec<(f64, f64)> {
        let points = line.points.iter().filter(|(_, value)| value.is_finite());
        points
            .map(|(at, value)| (*at as f64 / DAY, *value))
            .collect()
    };
    let ink = TextStyle::from(("sans-serif", 15).into_font()).color(&INK);
    root.draw(&Text::new(chart.title.clone(), (8, 4), ink.clone()))?;
    let days = chart.panels.iter().flat_map(|panel| &panel.lines);
    let days: Vec<f64> = days.flat_map(&finite).map(|(day, _)| day).collect();
    let first = days.iter().copied().reduce(f64::min);
    let last = days.iter().copied().reduce(f64::max);
    let (_, rest) = root.split_vertically(20);
    let areas = rest.split_evenly((chart.panels.len().max(1), 1));
    let Some((first, last)) = first.zip(last) else {
        root.draw(&Text::new("no runs yet", (48, 60), ink))?;
        return Ok(root.present()?);
    };
    // A single run has room to both sides, too.
    let margin = ((last - first) * 0.03).max(0.5);
    let range = first - margin..last + margin;
    for (panel, area) in chart.panels.iter().zip(&areas) {
        let lines: Vec<(&Line, Vec<(f64, f64)>)> = panel
            .lines
            .iter()
            .map(|line| (line, finite(line)))
            .collect();
        let values = lines.iter().flat_map(|(_, points)| points);
        let top = values.map(|(_, value)| *value).fold(1.0, f64::max);
        self::panel(panel, &lines, area, range.clone(), top * 1.15)?;
    }
    Ok(root.present()?)
}

fn panel(
    panel: &Panel,
    lines: &[(&Line, Vec<(f64, f64)>)],
    area: &Area<'_>,
    days: std::ops::Range<f64>,
    top: f64,
) -> Drawn {
    let text = TextStyle::from(("sans-serif", 13).into_font()).color(&INK);
    let span = days.end - days.start;
    let mut chart = ChartBuilder::on(area)
        // Half of the last date stands to the right of the axis.
        .margin_right(40)
        .margin_top(24)
        .x_label_area_size(20)
        .y_label_area_size(56)
        .build_cartesian_2d(days, 0.0..top)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(INK.mix(0.0))
        .bold_line_style(INK.mix(0.15))
        .axis_style(INK.mix(0.5))
        .label_style(text.clone())
        .x_labels(6)
        .y_labels(4)
        .x_label_formatter(&|day| moment(*day, span))
        // Half a row is no row.
        .y_label_formatter(&|rows| whole(*rows))
        .draw()?;
    for (line, points) in lines {
        let color = line.tone.color();
        let stroke = ShapeStyle::from(color).stroke_width(2);
        match line.tone {
            Tone::Loss => {
                chart.draw_series(DashedLineSeries::new(points.iter().copied(), 6, 4, stroke))?;
                chart.draw_series(
                    points
                        .iter()
                        .map(|at| TriangleMarker::new(*at, 4, color.filled())),
                )?;
            }
            Tone::Gain | Tone::Plain => {
                chart.draw_series(LineSeries::new(points.iter().copied(), stroke))?;
                chart.draw_series(points.iter().map(|at| Circle::new(*at, 3, color.filled())))?;
            }
        }
    }
    area.draw(&Text::new(panel.title.clone(), (8, 6), text.clone()))?;
    // The key, from the right. Widths are a guess, as everywhere in a drawing whose fonts nobody knows.
    let mut x = WIDTH as i32 - 40;
    for (line, _) in lines.iter().rev() {
        x -= 8 * line.name.chars().count() as i32 + 30;
        let color = line.tone.color();
        let stroke = ShapeStyle::from(color).stroke_width(2);
        area.draw(&PathElement::new(vec![(x, 13), (x + 16, 13)], stroke))?;
        match line.tone {
            Tone::Loss => area.draw(&TriangleMarker::new((x + 8, 13), 4, color.filled()))?,
            Tone::Gain | Tone::Plain => area.draw(&Circle::new((x + 8, 13), 3, color.filled()))?,
        }
        area.draw(
            &(EmptyElement::at((x + 22, 6)) + Text::new(line.name.clone(), (0, 0), text.clone())),
        )?;
    }
    Ok(())
}

/// A day, with the hour when few days are shown.
fn moment(day: f64, span: f64) -> String {
    let seconds = (day * DAY / 1000.0).round() as i64;
    let Ok(at) = OffsetDateTime::from_unix_timestamp(seconds) else {
        return String::new();
    };
    let written = if span > 3.0 {
        at.format(format_description!("[year]-[month]-[day]"))
    } else {
        at.format(format_description!("[month]-[day] [hour]:[minute]"))
    };
    written.unwrap_or_default()
}

fn whole(rows: f64) -> String {
    if rows.fract() == 0.0 {
        format!("{rows:.0}")
    } else {
        String::new()
    }
}

/// What the lines show, for who does not see them.
fn words(chart: &Chart) -> String {
    let mut words = Vec::new();
    for line in chart.panels.iter().flat_map(|panel| &panel.lines) {
        let values = || line.points.iter().map(|(_, value)| *value);
        let (Some((from, first)), Some((to, last))) = (line.points.first(), line.points.last())
        else {
            continue;
        };
        let day = |at: i64| moment(at as f64 / DAY, f64::MAX);
        let runs = match line.points.len() {
            1 => format!("one run, {}", day(*from)),
            many => format!("{many} runs from {} to {}", day(*from), day(*to)),
        };
        words.push(format!(
            "{}: {runs}; {first} at first, {last} at last, lowest {}, highest {}.",
            line.name,
            values().fold(f64::INFINITY, f64::min),
            values().fold(f64::NEG_INFINITY, f64::max),
        ));
    }
    if words.is_empty() {
        words.push("No runs yet.".to_owned());
    }
    words.join(" ")
}

/// Text for XML.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A text in characters that XML can hold.
fn text(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') {
                ' '
            } else {
                c
            }
        })
        .collect()
}

/// The same drawing in characters that XML can hold.
fn clean(chart: &Chart) -> Chart {
    let mut chart = chart.clone();
    chart.title = text(&chart.title);
    for panel in &mut chart.panels {
        panel.title = text(&panel.title);
        for line in &mut panel.lines {
            line.name = text(&line.name);
        }
    }
    chart
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_795_262_400_000;

    fn chart(name: &str, values: &[f64]) -> Chart {
        let line = |name: &str, tone| Line {
            name: name.to_owned(),
            tone,
            points: (0_i64..)
                .zip(values)
                .map(|(day, value)| (NOON + day * 86_400_000, *value))
                .collect(),
        };
        Chart {
            title: name.to_owned(),
            panels: vec![Panel {
                title: "rows".to_owned(),
                lines: vec![line("gained", Tone::Gain), line("lost", Tone::Loss)],
            }],
        }
    }

    #[test]
    fn a_chart_says_in_words_what_it_draws() {
        let drawing = svg(&chart("Contractors", &[3.0, 0.0, 7.0]), Ground::Page);
        assert!(drawing.starts_with("<svg xmlns="), "{drawing}");
        assert!(drawing.trim_end().ends_with("</svg>"));
        assert!(drawing.contains("<title>Contractors</title>"));
        assert!(
            drawing.contains("gained: 3 runs from 2026-11-21 to 2026-11-23; 3 at first, 7 at last, lowest 0, highest 7."),
            "{drawing}"
        );
        assert!(drawing.contains("role=\"img\"") && drawing.contains("currentColor"));
        assert!(!drawing.contains(INK_WRITTEN) && !drawing.contains("<style>"));
        assert_eq!(drawing.matches("<svg").count(), 1);
        assert_eq!(
            drawing,
            svg(&chart("Contractors", &[3.0, 0.0, 7.0]), Ground::Page)
        );
        assert!(svg(&chart("x", &[1.0]), Ground::Own).contains("prefers-color-scheme:dark"));
    }

    #[test]
    fn nothing_one_run_and_nonsense_are_drawn_too() {
        let none = svg(&chart("x", &[]), Ground::Page);
        assert!(none.contains("No runs yet.") && none.contains("no runs yet"));
        for values in [&[0.0][..], &[1e15, 0.0], &[f64::NAN, 2.0, f64::INFINITY]] {
            let drawing = svg(&chart("x", values), Ground::Page);
            assert!(drawing.trim_end().ends_with("</svg>"), "{drawing}");
            assert!(drawing.contains("<circle"), "{drawing}");
        }
    }

    #[test]
    fn a_title_cannot_escape() {
        let drawing = svg(&chart("</title><script>\u{1b}&\"", &[1.0]), Ground::Own);
        assert!(
            !drawing.contains("<script") && !drawing.contains('\u{1b}'),
            "{drawing}"
        );
    }

    #[test]
    fn colours_stand_out_on_light_and_dark() {
        // WCAG 2.1, 1.4.11: three to one for graphics.
        let light = |RGBColor(r, g, b): RGBColor| {
            let part = |value: u8| {
                let value = f64::from(value) / 255.0;
                if value <= 0.03928 {
                    value / 12.92
                } else {
                    ((value + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
        };
        let ratio = |a: RGBColor, b: RGBColor| {
            let (a, b) = (light(a), light(b));
            (a.max(b) + 0.05) / (a.min(b) + 0.05)
        };
        for color in [PLAIN].into_iter().chain(scaling::COLORS) {
            for ground in [RGBColor(255, 255, 255), RGBColor(0x15, 0x18, 0x1c)] {
                assert!(
                    ratio(color, ground) >= 3.0,
                    "{color:?} on {ground:?}: {}",
                    ratio(color, ground)
                );
            }
        }
    }
}
