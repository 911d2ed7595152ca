//! Numbers as drawings: over time, by group ([`Bars`]), or over another number with logarithmic scales ([`scaling()`]). One code draws them:
//! as SVG text ([`svg`], [`svg_of`]) for windows and pages, as [`shapes()`] for who paints by other means. A chart says in words (`<title>`, `<desc>`) what its lines show; lines differ by mark and
//! dash as well as by colour; ink is `currentColor` and the colours stand out on light and on dark ground.
//!
//! No fonts are read: text is left to who shows the drawing.

mod bars;
mod scaling;
mod shapes;
mod trend;

pub use scaling::{Curve, Plane, Scaling, scaling};
pub use shapes::{Anchor, Shape, shapes};

use plotters::{
    coord::Shift,
    prelude::{
        DrawingArea, DrawingBackend, FontStyle, IntoDrawingArea, IntoFont, RGBColor, SVGBackend,
    },
    style::TextStyle,
};
use serde::{Deserialize, Serialize};

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
    /// Moments (milliseconds since 1970 UTC) that are named below the panels, and their names; where there are none, the drawing
    /// chooses moments and writes them as digits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<(i64, String)>,
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

/// What can be drawn in a document.
#[derive(Clone, Copy, Debug)]
pub enum Picture<'a> {
    /// Numbers over time.
    Trend(&'a Chart),
    /// Gains and losses by group.
    Bars(&'a Bars),
}

/// What a drawing says beside its own names and numbers, in the language of who reads it.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// What it shows, for who does not see it.
    pub alternative: &'a str,
    /// Stands where nothing can be drawn, as "no runs yet".
    pub empty: &'a str,
    /// Stands between groups of three digits, as ",".
    pub group: &'a str,
}

type Area<B> = DrawingArea<B, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

const WIDTH: u32 = 640;
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

/// Draws numbers over time, with words in English. The same chart gives the same text.
#[must_use]
pub fn svg(chart: &Chart, ground: Ground) -> String {
    let words = Words {
        alternative: &trend::words(chart),
        empty: "no runs yet",
        group: ",",
    };
    svg_of(Picture::Trend(chart), words, ground)
}

/// Draws a picture with words in its reader's language. The same picture and words give the same text.
#[must_use]
pub fn svg_of(picture: Picture<'_>, words: Words<'_>, ground: Ground) -> String {
    let size = picture.size();
    let mut drawing = String::new();
    // INVARIANT: a string takes everything that is drawn; should a scale ever be refused, the words below still say it all.
    let _ = picture.draw(words, SVGBackend::with_string(&mut drawing, size));
    framed(
        &drawing,
        size,
        &text(picture.title()),
        &text(words.alternative),
        ground,
    )
}

impl Picture<'_> {
    /// Width and height in its own units, a pixel each where it is shown as it is.
    #[must_use]
    pub fn size(self) -> (u32, u32) {
        match self {
            Self::Trend(chart) => trend::size(chart),
            Self::Bars(bars) => bars::size(bars),
        }
    }

    /// What it shows, in one line.
    #[must_use]
    pub fn title(&self) -> &str {
        match self {
            Self::Trend(chart) => &chart.title,
            Self::Bars(bars) => &bars.title,
        }
    }

    /// The same strokes on whatever draws them.
    fn draw<B>(self, words: Words<'_>, backend: B) -> Drawn
    where
        B: DrawingBackend,
        B::ErrorType: 'static,
    {
        let root = backend.into_drawing_area();
        let (empty, group) = (text(words.empty), text(words.group));
        let words = Words {
            empty: &empty,
            group: &group,
            ..words
        };
        match self {
            Self::Trend(chart) => trend::draw(&trend::clean(chart), words, root),
            Self::Bars(bars) => bars::draw(&bars::clean(bars), words, &root),
        }
    }
}

/// The style of a drawing's title.
fn heading() -> TextStyle<'static> {
    TextStyle::from(("sans-serif", 15, FontStyle::Bold).into_font()).color(&INK)
}

/// A whole number in groups of three.
fn grouped(number: f64, group: &str) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut written = String::new();
    if number < 0.0 {
        written.push('\u{2212}');
    }
    let many = digits.len();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (many - place).is_multiple_of(3) {
            written.push_str(group);
        }
        written.push(digit);
    }
    written
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
            days: Vec::new(),
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
    fn days_are_named_as_the_writer_names_them() {
        let drawn = |days: &[(i64, &str)]| {
            let days = days.iter().map(|(at, name)| (*at, (*name).to_owned()));
            let mut chart = chart("x", &[3.0, 0.0, 7.0]);
            chart.days = days.collect();
            svg(&chart, Ground::Page)
        };
        let named = drawn(&[
            (NOON, "21. Nov"),
            (NOON + 2 * 86_400_000, "23. Nov"),
            (0, "1970"),
        ]);
        assert!(
            named.contains("21. Nov") && named.contains("23. Nov"),
            "{named}"
        );
        // What is not among the days shown has no place, and nothing else is named.
        assert!(
            !named.contains("1970") && !named.contains("\n11-2"),
            "{named}"
        );
        assert!(drawn(&[]).contains("\n11-2"), "{}", drawn(&[]));
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
    fn thousands_of_panels_are_cut_to_a_page_of_them() {
        let mut many = chart("x", &[1.0, 2.0]);
        many.panels = many.panels.iter().cycle().take(3_000).cloned().collect();
        let drawing = svg(&many, Ground::Page);
        assert!(drawing.contains("viewBox=\"0 0 640 6020\""));
        assert_eq!(drawing.matches(">rows<").count(), 0);
        assert_eq!(drawing.matches("\nrows\n").count(), 40);
    }

    #[test]
    fn no_number_ends_the_program_or_takes_for_ever() {
        let values = [
            f64::MAX,
            -f64::MAX,
            f64::MIN_POSITIVE,
            -1.0,
            1e300,
            f64::EPSILON,
            5e-324,
            1e19,
        ];
        let moments = [i64::MIN, i64::MAX, 0, -1, i64::MIN + 1, 1 << 53];
        for value in values {
            for other in values {
                for at in moments {
                    for to in moments {
                        let mut chart = chart("x", &[1.0]);
                        for line in chart.panels.iter_mut().flat_map(|panel| &mut panel.lines) {
                            line.points = vec![(at, value), (to, other)];
                        }
                        let words = Words {
                            alternative: "",
                            empty: "",
                            group: ",",
                        };
                        assert!(!shapes(Picture::Trend(&chart), words).is_empty());
                        assert!(svg(&chart, Ground::Page).ends_with("</svg>\n"));
                    }
                }
            }
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
