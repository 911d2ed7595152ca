//! Gains and losses by group: a row for each, losses to the left of a line and gains to its right, with the numbers where the bars
//! end. No scale is drawn, because every number is written; side and sign say what colour says.

use plotters::{
    prelude::{Color, DrawingBackend, IntoFont, PathElement, RGBColor, Rectangle, Text},
    style::{
        ShapeStyle, TextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};

use crate::{Area, Bar, Bars, Drawn, GAIN, INK, LOSS, WIDTH, Words, grouped, heading, text};

const HEAD: i32 = 52;
const ROW: i32 = 24;
/// Where names end.
const NAMES: i32 = 216;
/// Room for a number beside a bar.
const NUMBER: i32 = 76;
/// More rows are nobody's picture; the table of the same numbers has them all.
const ROWS: usize = 40;
/// Letters of a name that have room, by a guess, as everywhere in a drawing whose fonts nobody knows.
const LETTERS: usize = 30;

/// Width and height.
pub(crate) fn size(bars: &Bars) -> (u32, u32) {
    let rows = bars.groups.len().clamp(1, ROWS) as u32;
    (WIDTH, HEAD as u32 + rows * ROW as u32 + 10)
}

/// Draws on any ground; where there are no groups, words are written instead.
pub(crate) fn draw<B>(bars: &Bars, words: Words<'_>, root: &Area<B>) -> Drawn
where
    B: DrawingBackend,
    B::ErrorType: 'static,
{
    let ink = TextStyle::from(("sans-serif", 13).into_font()).color(&INK);
    let faint = INK.mix(0.65);
    let quiet = TextStyle::from(("sans-serif", 13).into_font()).color(&faint);
    let at = |horizontal| ink.pos(Pos::new(horizontal, VPos::Center));
    root.draw(&Text::new(bars.title.clone(), (8, 4), heading()))?;
    root.draw(&Text::new(bars.unit.clone(), (8, 26), quiet))?;
    if bars.groups.is_empty() {
        root.draw(&Text::new(words.empty.to_owned(), (48, HEAD), ink))?;
        return Ok(root.present()?);
    }
    let most = |of: fn(&Bar) -> f64| bars.groups.iter().map(of).fold(0.0, f64::max);
    let (lost, gained) = (most(|bar| bar.lost), most(|bar| bar.gained));
    // Numbers to the left of the line only where something was lost.
    let left = NAMES + if lost > 0.0 { NUMBER } else { 0 };
    let right = WIDTH as i32 - 8 - NUMBER;
    let scale = f64::from(right - left) / (lost + gained).max(f64::MIN_POSITIVE);
    let zero = left + (lost * scale).round() as i32;
    let bottom = HEAD + ROW * bars.groups.len().min(ROWS) as i32;
    for (row, bar) in (0_i32..).zip(bars.groups.iter().take(ROWS)) {
        let middle = HEAD + row * ROW + ROW / 2;
        root.draw(&Text::new(
            name(&bar.name),
            (NAMES - 12, middle),
            at(HPos::Right),
        ))?;
        for (value, color, side) in [(bar.lost, LOSS, -1), (bar.gained, GAIN, 1)] {
            if value > 0.0 {
                // What is there is seen, however little it is.
                let end = zero + side * ((value * scale).round() as i32).max(1);
                self::bar(root, color, (zero.min(end), zero.max(end)), middle)?;
                let (sign, horizontal) = if side < 0 {
                    ('\u{2212}', HPos::Right)
                } else {
                    ('+', HPos::Left)
                };
                root.draw(&Text::new(
                    format!("{sign}{}", number(value, words.group)),
                    (end + side * 6, middle),
                    at(horizontal),
                ))?;
            }
        }
    }
    root.draw(&PathElement::new(
        vec![(zero, HEAD), (zero, bottom)],
        ShapeStyle::from(INK.mix(0.5)).stroke_width(1),
    ))?;
    Ok(root.present()?)
}

fn bar<B>(root: &Area<B>, color: RGBColor, (from, to): (i32, i32), middle: i32) -> Drawn
where
    B: DrawingBackend,
    B::ErrorType: 'static,
{
    let corners = [(from, middle - 7), (to, middle + 7)];
    Ok(root.draw(&Rectangle::new(corners, color.filled()))?)
}

/// As much of a name as has room.
fn name(name: &str) -> String {
    if name.chars().count() <= LETTERS {
        return name.to_owned();
    }
    let mut short: String = name.chars().take(LETTERS - 1).collect();
    short.push('\u{2026}');
    short
}

fn number(value: f64, group: &str) -> String {
    if value.fract() == 0.0 || value >= 1e6 {
        grouped(value, group)
    } else {
        format!("{value:.1}")
    }
}

/// The same in characters that XML can hold, and with what can be drawn.
pub(crate) fn clean(bars: &Bars) -> Bars {
    let length = |value: f64| {
        if value.is_finite() && value > 0.0 {
            value.min(1e15)
        } else {
            0.0
        }
    };
    Bars {
        title: text(&bars.title),
        unit: text(&bars.unit),
        groups: bars
            .groups
            .iter()
            .map(|bar| Bar {
                name: text(&bar.name),
                gained: length(bar.gained),
                lost: length(bar.lost),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Bar, Bars, Ground, Picture, Shape, Words, shapes, svg_of};

    fn bars(groups: &[(&str, f64, f64)]) -> Bars {
        Bars {
            title: "Access by group".to_owned(),
            unit: "decisions".to_owned(),
            groups: groups
                .iter()
                .map(|(name, gained, lost)| Bar {
                    name: (*name).to_owned(),
                    gained: *gained,
                    lost: *lost,
                })
                .collect(),
        }
    }

    const WORDS: Words<'static> = Words {
        alternative: "Vertrieb gewinnt <12>.",
        empty: "noch nichts",
        group: ".",
    };

    fn drawn(bars: &Bars) -> String {
        svg_of(Picture::Bars(bars), WORDS, Ground::Page)
    }

    /// From left to right: the bars of a drawing.
    fn spans(bars: &Bars) -> Vec<(f64, f64)> {
        let shapes = shapes(Picture::Bars(bars), WORDS);
        let spans = shapes.iter().filter_map(|shape| match shape {
            Shape::Polygon { points, .. } => {
                let across = || points.iter().map(|(x, _)| *x);
                Some((
                    across().fold(f64::INFINITY, f64::min),
                    across().fold(0.0, f64::max),
                ))
            }
            _ => None,
        });
        spans.collect()
    }

    #[test]
    fn losses_stand_left_of_the_line_and_gains_right_with_their_numbers() {
        let bars = bars(&[
            ("Contractors", 12_000.0, 4_000.0),
            ("Finance", 0.0, 8_000.0),
        ]);
        let drawing = drawn(&bars);
        for word in ["Contractors", "+12.000", "\u{2212}8.000", "decisions"] {
            assert!(drawing.contains(word), "{word}: {drawing}");
        }
        let [lost, gained, finance] = spans(&bars)[..] else {
            panic!("{:?}", spans(&bars));
        };
        assert!(lost.1 == gained.0 && finance.1 == gained.0, "one line");
        let long = |(from, to): (f64, f64)| to - from;
        assert!((long(gained) - 3.0 * long(lost)).abs() <= 2.0, "one scale");
        assert!((long(finance) - 2.0 * long(lost)).abs() <= 2.0);
    }

    #[test]
    fn the_words_are_the_readers() {
        let none = drawn(&bars(&[]));
        assert!(
            none.contains("<desc>Vertrieb gewinnt &lt;12&gt;.</desc>"),
            "{none}"
        );
        assert!(none.contains("noch nichts") && !none.contains("no runs"));
    }

    #[test]
    fn nonsense_is_drawn_too() {
        let long = "n".repeat(300);
        let bars = bars(&[
            (&long, f64::NAN, f64::INFINITY),
            ("</text><script>", -5.0, 1e300),
            ("little", 0.4, 0.0),
        ]);
        let drawing = drawn(&bars);
        assert!(drawing.trim_end().ends_with("</svg>"));
        assert!(!drawing.contains("<script") && !drawing.contains(&long));
        assert!(
            drawing.contains('\u{2026}') && drawing.contains("+0.4"),
            "{drawing}"
        );
        for (from, to) in spans(&bars) {
            assert!(from < to && from >= 0.0 && to <= 640.0, "{from} {to}");
        }
    }
}
