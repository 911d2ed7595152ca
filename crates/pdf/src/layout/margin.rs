//! What stands beside a block: what proves it, and whether somebody changed it.

use narrative::document::{Block, Mark, Note, Source};

use super::{LEADING, NOTE, Row, Setter, style};
use crate::{
    face::Typeface,
    sheet::{CAUTION, HAIR, LINK, LOST, QUIET, Style, rectangle},
    text::{Reading, Text},
};

impl Setter<'_> {
    /// A bar beside what somebody changed.
    pub(super) fn marked(&mut self, block: &Block, first: usize) {
        let color = match block.mark {
            Mark::Computed => return,
            Mark::Edited { .. } => HAIR,
            Mark::Unfounded { .. } => LOST,
        };
        let x = self.geometry.text.0 - 12.0;
        for (place, row) in self.rows.iter_mut().enumerate().skip(first) {
            let top = if place == first {
                0.0
            } else {
                -row.before - 0.2
            };
            let bar = rectangle((x, top), (x + 2.0, row.height), color);
            row.ops.push(bar);
        }
    }

    /// What is noted of a block, in the column it will stand in.
    pub(super) fn notes(&mut self, block: &Block, column: (f64, f64)) -> Vec<Row> {
        let furniture = &self.document.furniture;
        let mark = match &block.mark {
            Mark::Computed => None,
            Mark::Edited { by } => Some((furniture.edited.replace("{by}", by), None)),
            Mark::Unfounded { by, missing } => Some((
                furniture.edited.replace("{by}", by),
                Some(format!("{}: {missing}", furniture.unfounded)),
            )),
        };
        let mut rows = Vec::new();
        if let Some((edited, unfounded)) = mark {
            let italic = Style {
                typeface: Typeface::Italic,
                ..NOTE
            };
            let told = Text::of(self.faces, &edited, italic, Reading::Words);
            self.note_lines(&told, column, &mut rows);
            if let Some(unfounded) = unfounded {
                let strong = Style {
                    typeface: Typeface::Strong,
                    color: CAUTION,
                    ..NOTE
                };
                let told = Text::of(self.faces, &unfounded, strong, Reading::Words);
                self.note_lines(&told, column, &mut rows);
            }
        }
        for note in &block.notes {
            self.note(note, column, &mut rows);
        }
        rows
    }

    fn note(&mut self, note: &Note, column: (f64, f64), rows: &mut Vec<Row>) {
        let first = rows.len();
        let id = match &note.source {
            Some(Source::Receipt(id) | Source::Policy(id)) => Some(id),
            Some(Source::Address(_) | Source::Block(_)) | None => None,
        };
        let id = id.filter(|id| !note.text.contains(id.as_str()));
        let target = note.source.as_ref().and_then(|source| self.target(source));
        // Where no id has to be read, the words lead to the source.
        let words = target.clone().filter(|_| id.is_none());
        let look = if words.is_some() {
            Style {
                color: LINK,
                ..NOTE
            }
        } else {
            NOTE
        };
        let mut text = Text::new(self.faces);
        text.push(&note.text, look, Reading::Words, words);
        self.note_lines(&text, column, rows);
        if let Some(id) = id {
            // Enough of a hash to find it; it stands in full at the end.
            let shown = if id.is_ascii() && id.len() > 40 && !id.contains(' ') {
                format!("{}\u{2026}", id.chars().take(16).collect::<String>())
            } else {
                id.clone()
            };
            let look = style(
                Typeface::Mono,
                6.8,
                if target.is_some() { LINK } else { QUIET },
            );
            let mut id = Text::new(self.faces);
            id.push(&shown, look, Reading::Exact, target);
            self.note_lines(&id, column, rows);
        }
        if let Some(row) = rows.get_mut(first)
            && first > 0
        {
            row.before = 4.0;
        }
    }

    fn note_lines(&self, text: &Text, (left, right): (f64, f64), rows: &mut Vec<Row>) {
        for line in text.lines(right - left) {
            let mut ops = Vec::new();
            // The first line stands on the base line of the text beside it.
            text.place(line, (left, LEADING * 0.73), &mut ops);
            rows.push(Row {
                height: 10.6,
                ops,
                ..Row::default()
            });
        }
    }
}
