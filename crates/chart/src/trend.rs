//! Numbers over time: one or more panels, one above the other.

use std::ops::Range;

use plotters::{
    coord::{
        ranged1d::{BoldPoints, KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter},
        types::RangedCoordf64,
    },
    prelude::{
        ChartBuilder, Circle, Color, DashedLineSeries, DrawingBackend, EmptyElement, IntoFont,
        LineSeries, PathElement, Text, TriangleMarker,
    },
    style::{ShapeStyle, TextStyle},
};
use time::{OffsetDateTime, macros::format_description};

use crate::{Area, Chart, Drawn, INK, Line, Panel, Tone, WIDTH, Words, grouped, heading, text};

const PANEL: u32 = 150;
/// More than a page of panels is nobody's drawing.
const PANELS: usize = 40;
const DAY: f64 = 86_400_000.0;
/// Moments named below a panel, where the drawing chooses them.
const NAMED: usize = 6;
/// Milliseconds to the end of the year 9999.
const MOMENTS: i64 = 253_402_300_799_999;
const MOST: f64 = 1e15;

/// Width and height.
pub(crate) fn size(chart: &Chart) -> (u32, u32) {
    let panels = chart.panels.len().clamp(1, PANELS) as u32;
    (WIDTH, 20 + panels * PANEL)
}

/// Draws on any ground; where there are no numbers, words are written instead.
pub(crate) fn draw<B>(chart: &Chart, words: Words<'_>, root: Area<B>) -> Drawn
where
    B: DrawingBackend,
    B::ErrorType: 'static,
{
    let finite = |line: &Line| -> Vec<(f64, f64)> {
        let points = line.points.iter().filter(|(_, value)| value.is_finite());
        points
            .map(|(at, value)| (*at as f64 / DAY, *value))
            .collect()
    };
    let ink = TextStyle::from(("sans-serif", 15).into_font()).color(&INK);
    root.draw(&Text::new(chart.title.clone(), (8, 4), heading()))?;
    let days = chart.panels.iter().flat_map(|panel| &panel.lines);
    let days: Vec<f64> = days.flat_map(&finite).map(|(day, _)| day).collect();
    let first = days.iter().copied().reduce(f64::min);
    let last = days.iter().copied().reduce(f64::max);
    let (_, rest) = root.split_vertically(20);
    let areas = rest.split_evenly((chart.panels.len().max(1), 1));
    let Some((first, last)) = first.zip(last) else {
        root.draw(&Text::new(words.empty.to_owned(), (48, 60), ink))?;
        return Ok(root.present()?);
    };
    // A single run has room to both sides, too.
    let margin = ((last - first) * 0.03).max(0.5);
    let days = Days::of(chart, first - margin..last + margin);
    for (panel, area) in chart.panels.iter().zip(&areas) {
        let lines: Vec<(&Line, Vec<(f64, f64)>)> = panel
            .lines
            .iter()
            .map(|line| (line, finite(line)))
            .collect();
        let values = lines.iter().flat_map(|(_, points)| points);
        let top = values.map(|(_, value)| *value).fold(1.0, f64::max);
        self::panel(panel, &lines, area, (days.clone(), top * 1.15), words.group)?;
    }
    Ok(root.present()?)
}

fn panel<B>(
    panel: &Panel,
    lines: &[(&Line, Vec<(f64, f64)>)],
    area: &Area<B>,
    (days, top): (Days, f64),
    group: &str,
) -> Drawn
where
    B: DrawingBackend,
    B::ErrorType: 'static,
{
    let text = TextStyle::from(("sans-serif", 13).into_font()).color(&INK);
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
        .y_labels(4)
        // Half a row is no row.
        .y_label_formatter(&|rows| whole(*rows, group))
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

/// A scale of moments, in days, and the names of those that stand below it.
#[derive(Clone)]
struct Days {
    range: Range<f64>,
    named: Vec<(f64, String)>,
}

impl Days {
    fn of(chart: &Chart, range: Range<f64>) -> Self {
        let span = range.end - range.start;
        let given = chart.days.iter();
        let given = given.map(|(at, name)| (*at as f64 / DAY, name.clone()));
        let named = if chart.days.is_empty() {
            let days = RangedCoordf64::from(range.clone()).key_points(BoldPoints(NAMED));
            let name = |day| (day, moment(day, span));
            days.into_iter().map(name).collect()
        } else {
            given.filter(|(day, _)| range.contains(day)).collect()
        };
        Self { range, named }
    }
}

impl Ranged for Days {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, day: &f64, pixels: (i32, i32)) -> i32 {
        RangedCoordf64::from(self.range.clone()).map(day, pixels)
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        match hint.weight().allow_light_points() {
            true => Vec::new(),
            false => self.named.iter().map(|(day, _)| *day).collect(),
        }
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

impl ValueFormatter<f64> for Days {
    fn format_ext(&self, day: &f64) -> String {
        let named = self.named.iter().find(|(named, _)| named == day);
        named.map_or_else(String::new, |(_, name)| name.clone())
    }
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

fn whole(rows: f64, group: &str) -> String {
    if rows.fract() == 0.0 {
        grouped(rows, group)
    } else {
        String::new()
    }
}

/// What the lines show, for who does not see them.
pub(crate) fn words(chart: &Chart) -> String {
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

/// The same drawing in characters that XML can hold, and in numbers that a scale can.
pub(crate) fn clean(chart: &Chart) -> Chart {
    let mut chart = chart.clone();
    chart.title = text(&chart.title);
    for (at, name) in &mut chart.days {
        *name = text(name);
        *at = (*at).clamp(-MOMENTS, MOMENTS);
    }
    chart.panels.truncate(PANELS);
    for panel in &mut chart.panels {
        panel.title = text(&panel.title);
        for line in &mut panel.lines {
            line.name = text(&line.name);
            for (at, value) in &mut line.points {
                // What has no date has no place, and no scale has room for more.
                *at = (*at).clamp(-MOMENTS, MOMENTS);
                if value.is_finite() {
                    *value = value.clamp(-MOST, MOST);
                }
            }
        }
    }
    chart
}
