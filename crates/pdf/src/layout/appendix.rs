//! How a document ends: the numbers behind its drawings, and all sources in full.

use narrative::document::Source;

use super::{Row, Setter, source_anchor, style};
use crate::{
    face::Typeface,
    sheet::{FAINT, INK, Op, QUIET, rule},
    table,
    text::{Reading, Text},
};

impl Setter<'_> {
    /// The numbers behind the drawings, and all sources in full.
    pub(super) fn appendices(&mut self) {
        let data = std::mem::take(&mut self.data);
        if !data.is_empty() {
            self.heading(1, &self.document.furniture.data.clone());
            for (anchor, table) in data {
                let first = self.rows.len();
                table::set(self, table, false, true);
                if let Some(row) = self.rows.get_mut(first) {
                    row.anchors.push(anchor);
                }
            }
        }
        let sources = std::mem::take(&mut self.sources);
        if sources.is_empty() {
            return;
        }
        self.heading(1, &self.document.furniture.sources.clone());
        let (left, right) = self.geometry.full();
        let look = style(Typeface::Mono, 7.6, INK);
        let last = sources.len().saturating_sub(1);
        for (nth, (source, blocks)) in sources.into_iter().enumerate() {
            let (Source::Receipt(id)
            | Source::Policy(id)
            | Source::Block(id)
            | Source::Address(id)) = &source;
            let text = Text::of(self.faces, id, look, Reading::Exact);
            let lines = text.lines(right - left - 70.0);
            let many = lines.len();
            for (place, line) in lines.into_iter().enumerate() {
                let mut ops = Vec::new();
                text.place(line, (left, 8.6), &mut ops);
                let mut row = Row {
                    height: 11.5,
                    before: if place == 0 { 3.5 } else { 0.0 },
                    // Neither the first nor the last are alone.
                    keep: place + 1 < many && many < 8 || nth < 2 || nth + 1 == last,
                    ..Row::default()
                };
                if place == 0 {
                    ops.push(rule((left, right), -1.0, 0.25, FAINT));
                    ops.push(Op::Pages {
                        at: (right, 8.6),
                        style: style(Typeface::Regular, 8.0, QUIET),
                        anchors: blocks.clone(),
                        linked: true,
                    });
                    row.anchors.extend(source_anchor(&source));
                }
                row.ops = ops;
                self.rows.push(row);
            }
        }
    }
}
