//! How a document begins: its title, what identifies it, and what it contains.

use narrative::document::{Block, Content};

use super::{Row, Setter, style};
use crate::{
    face::{Faces, Typeface},
    sheet::{FAINT, HAIR, INK, Op, QUIET, Target, rectangle, rule},
    text::{Reading, Text},
};

impl Setter<'_> {
    pub(super) fn opening(&mut self) {
        let (left, right) = self.geometry.full();
        self.rows.push(Row {
            height: 22.0,
            ops: vec![rectangle((left, 0.0), (left + 34.0, 4.0), INK)],
            keep: true,
            ..Row::default()
        });
        let title = Text::of(
            self.faces,
            &self.document.title,
            style(Typeface::Title, 25.0, INK),
            Reading::Words,
        );
        let lines = title.lines(right - left - 24.0);
        for line in lines {
            let mut ops = Vec::new();
            title.place(line, (left, 24.0), &mut ops);
            self.rows.push(Row {
                height: 30.0,
                ops,
                keep: true,
                ..Row::default()
            });
        }
        let subtitle = style(Typeface::Regular, 11.5, QUIET);
        self.lines_of(
            &Text::of(
                self.faces,
                &self.document.subtitle,
                subtitle,
                Reading::Words,
            ),
            (left, right - 60.0),
            16.5,
            5.0,
        );
        self.particulars();
        if let Some(row) = self.rows.last_mut() {
            row.keep = false;
        }
    }

    fn particulars(&mut self) {
        let (left, right) = self.geometry.full();
        let name = style(Typeface::Regular, 8.0, QUIET);
        let mut before = 20.0;
        self.rows.push(Row {
            height: 6.0,
            before: 14.0,
            ops: vec![rule((left, right), 0.0, 0.5, HAIR)],
            keep: true,
            ..Row::default()
        });
        before -= 20.0;
        for (key, value) in &self.document.particulars {
            let key = Text::of(self.faces, key, name, Reading::Words);
            let value = particular(self.faces, value);
            let keys = key.lines(104.0);
            let values = value.lines(right - left - 116.0);
            for place in 0..keys.len().max(values.len()) {
                let mut ops = Vec::new();
                if let Some(line) = keys.get(place) {
                    key.place(line.clone(), (left, 8.6), &mut ops);
                }
                if let Some(line) = values.get(place) {
                    value.place(line.clone(), (left + 116.0, 8.6), &mut ops);
                }
                self.rows.push(Row {
                    height: 12.5,
                    before,
                    ops,
                    keep: place + 1 < keys.len().max(values.len()),
                    ..Row::default()
                });
            }
        }
        self.rows.push(Row {
            height: 7.0,
            before: 5.0,
            ops: vec![rule((left, right), 0.0, 0.5, HAIR)],
            ..Row::default()
        });
    }

    pub(super) fn contents(&mut self) {
        let headings: Vec<(u8, &Block, &String)> = self
            .document
            .blocks
            .iter()
            .filter_map(|block| match &block.content {
                Content::Heading { level, text } => Some((*level, block, text)),
                _ => None,
            })
            .collect();
        // Parts alone: what matters is on this very page.
        let deepest = headings
            .iter()
            .map(|(level, ..)| *level)
            .min()
            .unwrap_or(1)
            .max(1);
        let (left, right) = self.geometry.full();
        let title = self.document.furniture.contents.clone();
        let heading = Text::of(
            self.faces,
            &title,
            style(Typeface::Strong, 8.0, QUIET),
            Reading::Words,
        );
        let mut ops = Vec::new();
        heading.place(heading.all(), (left, 10.0), &mut ops);
        self.rows.push(Row {
            height: 16.0,
            before: 14.0,
            ops,
            keep: true,
            ..Row::default()
        });
        let parts: Vec<_> = headings
            .into_iter()
            .filter(|(level, ..)| *level <= deepest)
            .collect();
        // Two columns, read downwards, leave the page to its text.
        let half = parts.len().div_ceil(2);
        let middle = (left + right) / 2.0;
        let columns = [(left, middle - 14.0), (middle + 14.0, right)];
        for place in 0..half {
            let mut ops = Vec::new();
            for (column, place) in columns.into_iter().zip([place, place + half]) {
                if let Some((_, block, text)) = parts.get(place) {
                    self.part(&block.id, text, column, &mut ops);
                }
            }
            self.rows.push(Row {
                height: 13.5,
                ops,
                ..Row::default()
            });
        }
        self.rows.push(Row {
            height: 7.0,
            before: 8.0,
            ops: vec![rule((left, self.geometry.notes.1), 0.0, 0.5, HAIR)],
            ..Row::default()
        });
    }

    /// A line of the contents.
    fn part(&self, id: &str, text: &str, (left, right): (f64, f64), ops: &mut Vec<Op>) {
        let line = style(Typeface::Regular, 9.0, INK);
        let text = Text::cut(self.faces, text, line, right - left - 30.0);
        let anchor = format!("block:{id}");
        let end = text.place(text.all(), (left, 9.5), ops);
        ops.push(rule((end + 6.0, right - 18.0), 9.8, 0.25, FAINT));
        ops.push(Op::Pages {
            at: (right, 9.5),
            style: line,
            anchors: vec![anchor.clone()],
            // The whole line leads there.
            linked: false,
        });
        ops.push(Op::Link {
            from: (left, 0.0),
            to: (right, 13.0),
            target: Target::Anchor(anchor),
        });
    }
}

/// A value that is one long word is an id.
fn particular(faces: &'static Faces, value: &str) -> Text {
    if value.chars().count() > 15 && !value.contains(char::is_whitespace) {
        Text::of(
            faces,
            value,
            style(Typeface::Mono, 7.6, INK),
            Reading::Exact,
        )
    } else {
        Text::of(
            faces,
            value,
            style(Typeface::Regular, 8.6, INK),
            Reading::Words,
        )
    }
}
