//! What a page must never do, on real documents set on real pages.

use narrative::{
    Document,
    document::{Content, Span, Table},
};

use crate::{
    face::{Faces, Typeface},
    layout::Geometry,
    options::Paper,
    sample,
    sheet::{Op, Sheet, Sheets},
};

fn set(document: &Document, paper: Paper) -> (Sheets, Geometry) {
    let geometry = Geometry::of(paper);
    (
        crate::set(Faces::get().unwrap(), geometry, document),
        geometry,
    )
}

/// Lines of a page in a column: how far down, in which face and size, and what they say.
fn lines(sheet: &Sheet, (from, to): (f64, f64)) -> Vec<(f64, Typeface, f64, String)> {
    let mut lines: Vec<(f64, Typeface, f64, String)> = Vec::new();
    for op in &sheet.ops {
        let Op::Text { at, style, glyphs } = op else {
            continue;
        };
        if at.0 < from - 0.5 || at.0 > to {
            continue;
        }
        let text: String = glyphs.iter().map(|glyph| glyph.c).collect();
        match lines.iter_mut().find(|(y, ..)| (*y - at.1).abs() < 0.01) {
            Some((.., line)) => line.push_str(&text),
            None => lines.push((at.1, style.typeface, style.size, text)),
        }
    }
    lines.sort_by(|a, b| a.0.total_cmp(&b.0));
    lines
}

fn documents() -> Vec<Document> {
    let languages = ["en", "de", "fr"].into_iter();
    let documents =
        languages.flat_map(|language| (0..9).map(move |parts| sample::report(language, parts)));
    // The same, pushed down by one line more each time, so that breaks fall everywhere.
    documents
        .enumerate()
        .map(|(place, mut document)| {
            for line in 0..place {
                document
                    .particulars
                    .push((format!("line {line}"), "x".to_owned()));
            }
            document
        })
        .collect()
}

#[test]
fn nothing_stands_outside_of_its_page_and_nothing_on_something_else() {
    for document in documents() {
        for paper in [Paper::A4, Paper::Letter] {
            let (sheets, geometry) = set(&document, paper);
            for sheet in &sheets.pages {
                for column in [geometry.text, geometry.notes] {
                    let lines = lines(sheet, column);
                    for (y, ..) in &lines {
                        assert!(
                            *y > geometry.top - 1.0 && *y <= geometry.bottom + 0.01,
                            "{y}"
                        );
                    }
                    for pair in lines.windows(2) {
                        let [(above, ..), (below, _, size, text)] = pair else {
                            continue;
                        };
                        assert!(
                            below - above > size * 0.6,
                            "{text:?} at {below} under {above}"
                        );
                    }
                }
                for op in &sheet.ops {
                    if let Op::Text { at, style, glyphs } = op {
                        let width: f64 = glyphs.iter().map(|glyph| glyph.width + glyph.kern).sum();
                        let right = at.0 + width * style.size / 1000.0;
                        assert!(right <= geometry.notes.1 + 0.5, "{right}");
                    }
                }
            }
        }
    }
}

#[test]
fn no_heading_ends_a_page_and_no_line_is_alone() {
    for document in documents() {
        let (sheets, geometry) = set(&document, Paper::A4);
        let last = sheets.pages.len() - 1;
        for (place, sheet) in sheets.pages.iter().enumerate() {
            let lines = lines(sheet, geometry.text);
            if place < last {
                let (_, typeface, size, text) = lines.last().unwrap();
                assert!(
                    *typeface != Typeface::Title && (*typeface != Typeface::Strong || *size < 10.0),
                    "{text}"
                );
            }
            let body = |line: &(f64, Typeface, f64, String)| {
                line.1 == Typeface::Mono || line.1 == Typeface::Regular && line.2 == 10.5
            };
            // Among lines of body at the edge of a page, the second is never far from the first.
            let first: Vec<_> = lines.iter().take(2).collect();
            if let [one, two] = first[..]
                && place > 0
                && body(one)
                && !one.3.ends_with('.')
            {
                assert!(body(two) && two.0 - one.0 < 15.5, "a widow: {}", one.3);
            }
            let end: Vec<_> = lines.iter().rev().take(2).collect();
            if let [one, two] = end[..]
                && place < last
                && body(one)
                && !one.3.trim_end().ends_with(['.', ')'])
            {
                assert!(body(two) && one.0 - two.0 < 15.5, "an orphan: {}", one.3);
            }
        }
    }
}

#[test]
fn tables_begin_again_with_their_head() {
    let mut document = sample::empty("en");
    let Content::Chart { mut data, .. } = sample::bars() else {
        unreachable!()
    };
    data.rows = data.rows.iter().cycle().take(130).cloned().collect();
    let caption = data.caption.clone();
    document
        .blocks
        .push(sample::block("long", Content::Table(data)));
    let (sheets, geometry) = set(&document, Paper::A4);
    assert!(sheets.pages.len() > 2);
    let mut rows = 0;
    for (place, sheet) in sheets.pages.iter().enumerate() {
        let lines = lines(sheet, geometry.full());
        let head = lines
            .iter()
            .position(|(.., text)| text.starts_with("GroupGained"))
            .unwrap();
        let above = &lines[head - 1].3;
        assert_eq!(
            *above,
            if place == 0 {
                caption.clone()
            } else {
                format!("{caption} (continued)")
            }
        );
        rows += lines.len() - head - 1;
    }
    assert_eq!(rows, 130);
}

#[test]
fn each_row_of_a_long_table_is_one_line_and_its_notes_are_under_it() {
    let id = |kind: &str, place| format!("{kind}::\"{}{place}\"", "x".repeat(14));
    let row = |place| {
        let cells = [
            id("Contractor", place),
            id("Action", place),
            id("Record", place),
        ];
        cells.map(|cell| vec![Span::Code(cell)]).to_vec()
    };
    let of = |rows: usize| {
        let mut document = sample::empty("en");
        let columns = ["Who", "Action", "Resource"].map(|title| sample::column(title, false));
        let table = Table {
            caption: "Requests".to_owned(),
            columns: columns.to_vec(),
            rows: (100..100 + rows).map(row).collect(),
        };
        let mut block = sample::block("long", Content::Table(table));
        block.notes = vec![sample::note("what they prove", None)];
        document.blocks.push(block);
        let (sheets, geometry) = set(&document, Paper::A4);
        lines(&sheets.pages[0], geometry.full())
    };
    let has_whole = |lines: &[(f64, Typeface, f64, String)]| {
        let ids = format!(
            "{}{}{}",
            id("Contractor", 100),
            id("Action", 100),
            id("Record", 100)
        );
        lines.iter().any(|(.., text)| text.starts_with(&ids))
    };
    let (few, many) = (of(4), of(20));
    // A few rows stay beside their notes.
    assert!(!has_whole(&few) && has_whole(&many), "{many:?}");
    assert_eq!(many.last().unwrap().3, "what they prove");
}

#[test]
fn notes_stand_beside_what_they_prove() {
    for document in documents() {
        let (sheets, geometry) = set(&document, Paper::A4);
        for (place, sheet) in sheets.pages.iter().enumerate() {
            let notes = lines(sheet, geometry.notes);
            let beside = |text: &str| {
                notes
                    .iter()
                    .find(|(.., note)| note.starts_with(text))
                    .map(|(y, ..)| *y)
            };
            if sheets.anchors["block:lede"].0 == place {
                let (_, y) = sheets.anchors["block:lede"];
                let note = beside("24,871").unwrap();
                assert!((note - y).abs() < 15.0, "{note} beside {y}");
            }
        }
    }
}

#[test]
fn contents_name_the_pages_where_parts_are() {
    let document = sample::report("en", 8);
    let (sheets, geometry) = set(&document, Paper::A4);
    let half = (geometry.text.0 + geometry.notes.1) / 2.0;
    let mut first = lines(&sheets.pages[0], (geometry.text.0, half));
    first.extend(lines(&sheets.pages[0], (half, geometry.notes.1)));
    assert!(first.iter().any(|(.., text)| text == "Contents"));
    for entry in sheets.outline.iter().filter(|entry| entry.level == 1) {
        let Some((.., line)) = first
            .iter()
            .find(|(.., text)| text.starts_with(&entry.text))
        else {
            // Data and sources are behind what is listed.
            assert!(
                ["Data", "Sources"].contains(&entry.text.as_str()),
                "{}",
                entry.text
            );
            continue;
        };
        assert_eq!(*line, format!("{}{}", entry.text, entry.at.0 + 1));
    }
    let (short, geometry) = set(&sample::report("en", 0), Paper::A4);
    assert!(
        short.pages.len() > 2
            || !lines(&short.pages[0], geometry.text)
                .iter()
                .any(|(.., text)| text == "Contents")
    );
}
