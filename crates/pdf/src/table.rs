//! Tables: as wide as their words need and the page allows, numbers at the right in digits of one width, whole rows, and a head that
//! comes again on every page.

use std::rc::Rc;

use narrative::document::{Column, Table};

use crate::{
    face::Typeface,
    layout::{Row, Setter, style},
    sheet::{FAINT, HAIR, INK, Op, QUIET, Style, rule},
    text::{Lines, Reading, Text},
};

const GAP: f64 = 14.0;
/// More rows than this are looked up rather than read, and each is easier found where it is one line.
const LONG: usize = 12;

struct Cell {
    text: Rc<Text>,
    lines: Lines,
}

impl Cell {
    /// As many lines as it takes at this width.
    fn of(text: Text, width: f64) -> Self {
        let lines = text.lines(width);
        Self {
            text: Rc::new(text),
            lines,
        }
    }
}

/// Sets a table; with notes it stays in the column of text, if it is not long and no word is cut there. Says whether it stands over
/// the column of notes.
pub(crate) fn set(setter: &mut Setter<'_>, table: &Table, notes: bool, small: bool) -> bool {
    let size = if small { 8.0 } else { 9.0 };
    let leading = size * 1.4;
    let body = style(Typeface::Regular, size, INK);
    let head = style(Typeface::Strong, size - 1.0, QUIET);
    let titles: Vec<Text> = table
        .columns
        .iter()
        .map(|column| Text::of(setter.faces, &column.title, head, Reading::Words))
        .collect();
    let rows: Vec<Vec<Text>> = table
        .rows
        .iter()
        .map(|row| cells(setter, table, row, body))
        .collect();
    let widest = |of: fn(&Text) -> f64| -> Vec<f64> {
        let columns = titles.iter().enumerate().map(|(place, title)| {
            let cells = rows.iter().filter_map(|row| row.get(place));
            cells.map(of).fold(of(title), f64::max) + 0.01
        });
        columns.collect()
    };
    let (natural, least) = (widest(Text::natural), widest(Text::widest));
    let gaps = GAP * natural.len().saturating_sub(1) as f64;
    let column = setter.geometry.text;
    let full = setter.geometry.full();
    let needs = natural.iter().sum::<f64>() + gaps;
    let long = rows.len() > LONG;
    if long && !small && needs > full.1 - full.0 {
        return set(setter, table, notes, true);
    }
    // Rather than cut a word it stands over the column of notes, and they under it.
    let cuts = least.iter().sum::<f64>() + gaps > column.1 - column.0;
    let wide = needs > column.1 - column.0 && (!notes || cuts || long);
    let (left, right) = if wide { full } else { column };
    let room = right - left;
    // The eye finds its row across a gap of a hand's breadth, not of a page.
    let right = right.min(left + (needs + 72.0).max(190.0));
    // What is left over goes before the numbers, so that they stand at the right edge.
    let grows = growing(&table.columns);
    let widths = shared(&natural, &least, right - left - gaps, grows);
    let mut edges = Vec::new();
    let mut x = left;
    for width in &widths {
        edges.push((x, x + width));
        x += width + GAP;
    }
    let numeric: Vec<bool> = table.columns.iter().map(|column| column.numeric).collect();

    let strong = style(Typeface::Strong, size, INK);
    let above = |words: &str| {
        let words = Text::of(setter.faces, words, strong, Reading::Words);
        Cell::of(words, room)
    };
    let caption = above(&table.caption);
    let again = above(&format!(
        "{} ({})",
        table.caption, setter.document.furniture.continued
    ));
    let across = |texts: Vec<Text>| -> Vec<Cell> {
        let cells = texts.into_iter().zip(&widths);
        cells.map(|(text, width)| Cell::of(text, *width)).collect()
    };
    let titles = across(titles);
    let told = setter.under(&table.caption);
    let opening = |caption: &Cell, before: f64| -> Vec<Row> {
        let mut rows = captioned(caption, left, leading, before);
        if told && before > 0.0 {
            // A heading right above says the same.
            rows.clear();
        }
        let mut row = lined(&titles, &edges, &numeric, leading);
        row.before = if rows.is_empty() { 7.0 } else { 0.0 };
        row.height += 4.0;
        row.keep = true;
        row.ops
            .push(rule((left, right), row.height - 1.5, 0.6, HAIR));
        row.height += 1.5;
        rows.push(row);
        for row in &mut rows {
            row.wide = wide;
        }
        rows
    };
    setter.rows.extend(opening(&caption, 18.0));
    let head = Rc::new(opening(&again, 0.0));
    let page = setter.geometry.bottom - setter.geometry.top;
    let many = rows.len();
    let first = setter.rows.len();
    for (place, row) in rows.into_iter().enumerate() {
        let row = across(row);
        let tallest = row.iter().map(|cell| cell.lines.len()).max().unwrap_or(1);
        let parts = if tallest as f64 * leading > page * 0.5 {
            // A row that is higher than half a page cannot stay whole.
            (0..tallest).map(|place| single(&row, place)).collect()
        } else {
            vec![row]
        };
        let last = parts.len();
        for (part, cells) in parts.into_iter().enumerate() {
            let mut set = lined(&cells, &edges, &numeric, leading);
            if part + 1 == last {
                set.height += if small { 3.0 } else { 4.5 };
                let (width, color) = if place + 1 == many {
                    (0.6, HAIR)
                } else {
                    (0.3, FAINT)
                };
                set.ops
                    .push(rule((left, right), set.height - 2.0, width, color));
            }
            set.head = Some(Rc::clone(&head));
            set.wide = wide;
            // No row is alone on a page.
            set.keep = last == 1 && many > 2 && (place == 0 || place + 2 == many);
            setter.rows.push(set);
        }
    }
    // What is little is not torn apart.
    let height: f64 = setter.rows.iter().skip(first).map(|row| row.height).sum();
    if height < page * 0.3 {
        setter
            .rows
            .iter_mut()
            .skip(first)
            .rev()
            .skip(1)
            .for_each(|row| row.keep = true);
    }
    setter.space(8.0);
    wide
}

fn cells(
    setter: &mut Setter<'_>,
    table: &Table,
    row: &[Vec<narrative::document::Span>],
    body: Style,
) -> Vec<Text> {
    let columns = table.columns.iter().enumerate();
    columns
        .map(|(place, column)| {
            let reading = if column.numeric {
                Reading::Figures
            } else {
                Reading::Words
            };
            let spans = row.get(place).map(Vec::as_slice).unwrap_or_default();
            setter.spans(spans, body, reading)
        })
        .collect()
}

fn captioned(caption: &Cell, left: f64, leading: f64, before: f64) -> Vec<Row> {
    let mut rows = Vec::new();
    for (place, line) in caption.lines.iter().enumerate() {
        let mut ops = Vec::new();
        caption
            .text
            .place(line.clone(), (left, leading * 0.73), &mut ops);
        rows.push(Row {
            height: leading,
            before: if place == 0 { before } else { 0.0 },
            ops,
            keep: true,
            ..Row::default()
        });
    }
    if let Some(row) = rows.last_mut() {
        row.height += 3.0;
    }
    rows
}

/// One line of a row.
fn single(row: &[Cell], place: usize) -> Vec<Cell> {
    row.iter()
        .map(|cell| Cell {
            text: Rc::clone(&cell.text),
            lines: cell.lines.get(place).cloned().into_iter().collect(),
        })
        .collect()
}

fn lined(cells: &[Cell], edges: &[(f64, f64)], numeric: &[bool], leading: f64) -> Row {
    let mut ops: Vec<Op> = Vec::new();
    let mut most = 1;
    for ((cell, (left, right)), numeric) in cells.iter().zip(edges).zip(numeric) {
        for (place, line) in cell.lines.iter().enumerate() {
            let y = leading * (place as f64 + 0.76);
            if *numeric {
                cell.text.place_before(line.clone(), (*right, y), &mut ops);
            } else {
                cell.text.place(line.clone(), (*left, y), &mut ops);
            }
        }
        most = most.max(cell.lines.len());
    }
    Row {
        height: leading * most as f64 + 2.0,
        ops,
        ..Row::default()
    }
}

/// The column before the numbers, or the last.
pub(crate) fn growing(columns: &[Column]) -> usize {
    let pairs = columns.iter().zip(columns.iter().skip(1));
    let before: Vec<bool> = pairs
        .map(|(one, next)| !one.numeric && next.numeric)
        .collect();
    let last = columns.len().saturating_sub(1);
    before.iter().rposition(|found| *found).unwrap_or(last)
}

/// Shares a width among columns: who needs little gets it, the others share what is left, and none gets less than its widest word
/// (`least`) while there is room for all of them. What nobody needs goes to the one that grows.
pub(crate) fn shared(natural: &[f64], least: &[f64], room: f64, grows: usize) -> Vec<f64> {
    let total: f64 = natural.iter().sum();
    if total <= room {
        let mut widths = natural.to_vec();
        if let Some(one) = widths.get_mut(grows) {
            *one += room - total;
        }
        return widths;
    }
    let words: f64 = least.iter().sum();
    if words > room {
        // Some word has to be cut: the longest are.
        return level(least, room);
    }
    // What words need is given; the rest is shared among those that want more.
    let mut widths = level(natural, room);
    loop {
        let short = |(width, least): (&f64, &f64)| width < least;
        if !widths.iter().zip(least).any(short) {
            return widths;
        }
        let kept: Vec<bool> = widths
            .iter()
            .zip(least)
            .map(|(it, least)| it <= least)
            .collect();
        let of_kept = kept.iter().zip(least).filter(|(kept, _)| **kept);
        let given: f64 = of_kept.map(|(_, least)| least).sum();
        let others = kept.iter().zip(natural).filter(|(kept, _)| !**kept);
        let others: Vec<f64> = others.map(|(_, need)| *need).collect();
        let mut others = level(&others, room - given).into_iter();
        let width = |(kept, least): (&bool, &f64)| match kept {
            true => *least,
            false => others.next().unwrap_or(*least),
        };
        widths = kept.iter().zip(least).map(width).collect();
    }
}

/// Who needs little gets it, the others share what is left.
fn level(needs: &[f64], room: f64) -> Vec<f64> {
    let mut sorted = needs.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (mut left, mut limit) = (room, room);
    for (place, need) in sorted.iter().enumerate() {
        limit = left / (sorted.len() - place) as f64;
        if *need > limit {
            break;
        }
        left -= need;
    }
    needs.iter().map(|need| need.min(limit).max(8.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_cut_where_there_is_room_for_all() {
        // A long text takes what is left, and the words beside it stay whole.
        let (natural, least) = ([400.0, 90.0, 90.0, 30.0], [60.0, 80.0, 85.0, 30.0]);
        for room in [255.0, 300.0, 400.0] {
            let widths = shared(&natural, &least, room, 0);
            let whole = widths.iter().zip(&least).all(|(it, least)| it >= least);
            assert!(whole, "{room}: {widths:?}");
            assert!(
                (widths.iter().sum::<f64>() - room).abs() < 1e-6,
                "{widths:?}"
            );
        }
        // Without room for all, the longest word is cut and no other.
        let widths = shared(&[120.0, 40.0, 50.0], &[110.0, 40.0, 50.0], 180.0, 0);
        assert_eq!(widths, [90.0, 40.0, 50.0]);
    }
}
