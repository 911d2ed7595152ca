//! Blocks become rows: lines of text, lines of tables, drawings, each with what has to stay with it. [`crate::paginate`] puts
//! rows on pages.

mod appendix;
mod margin;
mod opening;

use std::{collections::BTreeMap, rc::Rc};

use narrative::{
    Document,
    document::{Block, Content, Source, Span, Tone},
};

use crate::{
    face::{Faces, Typeface},
    figure,
    options::Paper,
    sheet::{
        CAUTION, Color, FAINT, INK, LINK, Op, QUIET, RISK, Style, TINT, Target, VERIFIED,
        rectangle, rule,
    },
    table,
    text::{Reading, Text},
};

/// Where things stand on a page, in points.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Geometry {
    pub width: f64,
    pub height: f64,
    pub top: f64,
    pub bottom: f64,
    /// The column of text.
    pub text: (f64, f64),
    /// The column of notes.
    pub notes: (f64, f64),
}

impl Geometry {
    pub(crate) fn of(paper: Paper) -> Self {
        let (width, height) = paper.size();
        let left = (width - 595.28) / 2.0 + 62.0;
        Self {
            width,
            height,
            top: 74.0,
            bottom: height - 78.0,
            text: (left, left + 372.0),
            notes: (left + 394.0, width - 40.0),
        }
    }

    /// From the left of the text to the right of the notes.
    pub(crate) fn full(&self) -> (f64, f64) {
        (self.text.0, self.notes.1)
    }
}

/// What stands at one height; its marks are measured from its upper edge, across from the page's.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub height: f64,
    /// Space above it, except at the top of a page.
    pub before: f64,
    pub ops: Vec<Op>,
    /// Whether the next row has to be on the same page.
    pub keep: bool,
    /// What belongs beside it, line by line.
    pub notes: Vec<Row>,
    /// Links lead to it by these names.
    pub anchors: Vec<String>,
    /// It is in the outline, and how deep.
    pub outline: Option<(u8, String)>,
    /// What is repeated above it at the top of a page.
    pub head: Option<Rc<Vec<Row>>>,
    /// Whether it stands below the notes, too.
    pub wide: bool,
}

pub(crate) const fn style(typeface: Typeface, size: f64, color: Color) -> Style {
    Style {
        typeface,
        size,
        color,
    }
}

const BODY: Style = style(Typeface::Regular, 10.5, INK);
const LEADING: f64 = 15.0;
const NOTE: Style = style(Typeface::Regular, 7.8, QUIET);

/// Writes rows.
pub(crate) struct Setter<'a> {
    pub faces: &'static Faces,
    pub geometry: Geometry,
    pub document: &'a Document,
    pub rows: Vec<Row>,
    /// Data of drawings, for the end.
    pub data: Vec<(String, &'a narrative::document::Table)>,
    /// Sources in the order in which they are named, each with the blocks that name it.
    pub sources: Vec<(Source, Vec<String>)>,
    /// Which of them is where.
    known: BTreeMap<Source, usize>,
    /// The block that is being set.
    current: String,
}

/// The name of a source as a place.
pub(crate) fn source_anchor(source: &Source) -> Option<String> {
    match source {
        Source::Receipt(id) => Some(format!("receipt:{id}")),
        Source::Policy(id) => Some(format!("policy:{id}")),
        Source::Block(_) | Source::Address(_) => None,
    }
}

impl<'a> Setter<'a> {
    pub(crate) fn new(faces: &'static Faces, geometry: Geometry, document: &'a Document) -> Self {
        Self {
            faces,
            geometry,
            document,
            rows: Vec::new(),
            data: Vec::new(),
            sources: Vec::new(),
            known: BTreeMap::new(),
            current: String::new(),
        }
    }

    /// All rows, with a list of contents when it is wanted.
    pub(crate) fn set(&mut self, contents: bool) {
        self.opening();
        if contents {
            self.contents();
        }
        for block in &self.document.blocks {
            self.block(block);
        }
        self.appendices();
    }

    /// Lines that stay together where they are few, and never leave one alone.
    pub(crate) fn lines_of(
        &mut self,
        text: &Text,
        (left, right): (f64, f64),
        leading: f64,
        before: f64,
    ) {
        let lines = text.lines(right - left);
        let many = lines.len();
        for (place, line) in lines.into_iter().enumerate() {
            let mut ops = Vec::new();
            text.place(line, (left, leading * 0.73), &mut ops);
            self.rows.push(Row {
                height: leading,
                before: if place == 0 { before } else { 0.0 },
                ops,
                // Neither the first nor the last line is ever alone.
                keep: many > 1 && (place == 0 || place + 2 == many),
                ..Row::default()
            });
        }
    }

    fn block(&mut self, block: &'a Block) {
        let first = self.rows.len();
        self.current = format!("block:{}", block.id);
        let (left, right) = self.geometry.text;
        let mut under = false;
        match &block.content {
            Content::Heading { level, text } => self.heading(*level, text),
            Content::Paragraph(spans) => {
                let text = self.spans(spans, BODY, Reading::Words);
                self.lines_of(&text, (left, right), LEADING, 9.0);
            }
            Content::List(items) => self.items(items, left, right, INK),
            Content::Callout { tone, title, items } => self.callout(*tone, title, items),
            Content::Table(table) => {
                under = table::set(self, table, !block.notes.is_empty(), false)
            }
            Content::Chart {
                drawing,
                alternative,
                data,
            } => {
                let anchor = format!("data:{}", block.id);
                figure::set(self, drawing, alternative, &anchor);
                self.data.push((anchor, data));
                under = true;
            }
            Content::Glossary(terms) => self.glossary(terms),
        }
        self.marked(block, first);
        let beside = match under {
            true => self.geometry.text,
            false => self.geometry.notes,
        };
        let notes = self.notes(block, beside);
        if under {
            let many = notes.len();
            // They stay with the end of what they prove.
            if let Some(end) = self.rows.last_mut() {
                end.keep |= many > 0;
            }
            for (place, note) in notes.into_iter().enumerate() {
                let keep = place + 1 < many;
                self.rows.push(Row { keep, ..note });
            }
            self.space(if many > 0 { 8.0 } else { 0.0 });
        } else if let Some(row) = self.rows.get_mut(first) {
            row.notes = notes;
        }
        if self.rows.len() == first {
            self.rows.push(Row::default());
        }
        if let Some(row) = self.rows.get_mut(first) {
            row.anchors.push(self.current.clone());
        }
    }

    /// A heading that stays with what follows.
    pub(crate) fn heading(&mut self, level: u8, text: &str) {
        let (left, right) = self.geometry.text;
        let (look, leading, before) = match level {
            0 | 1 => (style(Typeface::Title, 15.5, INK), 20.0, 26.0),
            2 => (style(Typeface::Strong, 11.5, INK), 16.0, 17.0),
            _ => (style(Typeface::Strong, 10.0, QUIET), 15.0, 13.0),
        };
        let first = self.rows.len();
        let text_ = Text::of(self.faces, text, look, Reading::Words);
        self.lines_of(&text_, (left, right), leading, before);
        for row in self.rows.iter_mut().skip(first) {
            row.keep = true;
        }
        if let Some(row) = self.rows.get_mut(first) {
            row.outline = Some((level.clamp(1, 6), text.to_owned()));
        }
    }

    /// Whether a heading with these words stands right above.
    pub(crate) fn under(&self, words: &str) -> bool {
        let above = self.rows.iter().rev().take_while(|row| row.keep);
        let mut headings = above.filter_map(|row| row.outline.as_ref());
        headings.next().is_some_and(|(_, heading)| heading == words)
    }

    pub(crate) fn spans(&mut self, spans: &[Span], base: Style, reading: Reading) -> Text {
        let mut text = Text::new(self.faces);
        for span in spans {
            match span {
                Span::Text(words) | Span::Said(words) => text.push(words, base, reading, None),
                Span::Strong(words) => text.push(
                    words,
                    Style {
                        typeface: Typeface::Strong,
                        ..base
                    },
                    reading,
                    None,
                ),
                Span::Code(words) => text.push(words, code(base), Reading::Exact, None),
                // Italic and no more: a page full of underlines is not read.
                Span::Term(words) => text.push(
                    words,
                    Style {
                        typeface: Typeface::Italic,
                        ..base
                    },
                    reading,
                    None,
                ),
                Span::Link {
                    text: words,
                    source,
                } => {
                    let target = self.target(source);
                    let look = if target.is_some() {
                        Style {
                            color: LINK,
                            ..base
                        }
                    } else {
                        base
                    };
                    text.push(words, look, reading, target);
                }
            }
        }
        text
    }

    /// Where a source is found; those at the end are counted in.
    fn target(&mut self, source: &Source) -> Option<Target> {
        match source {
            Source::Block(id) => Some(Target::Anchor(format!("block:{id}"))),
            Source::Address(address) => {
                let safe = ["https://", "http://", "mailto:"];
                let fits = safe.iter().any(|scheme| address.starts_with(scheme))
                    && address.is_ascii()
                    && address.len() < 2_000;
                fits.then(|| Target::Address(address.clone()))
            }
            Source::Receipt(_) | Source::Policy(_) => {
                let many = self.sources.len();
                let place = *self.known.entry(source.clone()).or_insert(many);
                if place == many {
                    self.sources.push((source.clone(), Vec::new()));
                }
                if let Some((_, blocks)) = self.sources.get_mut(place)
                    && blocks.last() != Some(&self.current)
                {
                    blocks.push(self.current.clone());
                }
                source_anchor(source).map(Target::Anchor)
            }
        }
    }

    fn items(&mut self, items: &[Vec<Span>], left: f64, right: f64, color: Color) {
        for (place, item) in items.iter().enumerate() {
            let first = self.rows.len();
            let text = self.spans(item, BODY, Reading::Words);
            self.lines_of(
                &text,
                (left + 14.0, right),
                LEADING,
                if place == 0 { 8.0 } else { 3.5 },
            );
            if let Some(row) = self.rows.get_mut(first) {
                row.ops.push(Op::Circle {
                    center: (left + 4.0, LEADING * 0.73 - 3.6),
                    radius: 1.5,
                    color,
                });
            }
        }
    }

    fn callout(&mut self, tone: Tone, title: &str, items: &[Vec<Span>]) {
        let color = match tone {
            Tone::Plain => INK,
            Tone::Caution => CAUTION,
            Tone::Risk => RISK,
            Tone::Verified => VERIFIED,
        };
        let (left, right) = self.geometry.text;
        let first = self.rows.len();
        let heading = Text::of(
            self.faces,
            title,
            style(Typeface::Strong, 11.0, color),
            Reading::Words,
        );
        self.lines_of(&heading, (left + 14.0, right - 12.0), 15.5, 0.0);
        for row in self.rows.iter_mut().skip(first) {
            row.keep = !items.is_empty();
        }
        let listed = self.rows.len();
        self.items(items, left + 14.0, right - 12.0, color);
        if let Some(row) = self.rows.get_mut(listed) {
            row.before = 2.0;
        }
        // The box is drawn row by row, so that it can go on on the next page.
        let many = self.rows.len() - first;
        for (place, row) in self.rows.iter_mut().skip(first).enumerate() {
            let above = if place == 0 { 10.0 } else { row.before };
            let below = if place + 1 == many { 11.0 } else { 0.0 };
            row.ops = std::mem::take(&mut row.ops)
                .into_iter()
                .map(|op| op.lowered(above))
                .collect();
            row.height += above + below;
            row.before = if place == 0 { 14.0 } else { 0.0 };
            let foot = row.height + if below > 0.0 { 0.0 } else { 0.4 };
            row.ops.splice(
                0..0,
                [
                    rectangle((left, 0.0), (right, foot), TINT),
                    rectangle((left, 0.0), (left + 2.5, foot), color),
                ],
            );
        }
        // What nobody should miss is not torn apart, unless it is long.
        let height: f64 = self.rows.iter().skip(first).map(|row| row.height).sum();
        if height < (self.geometry.bottom - self.geometry.top) * 0.4 {
            let rows = self.rows.iter_mut().skip(first).rev().skip(1);
            rows.for_each(|row| row.keep = true);
        }
        self.space(5.0);
    }

    /// Air below what was set.
    pub(crate) fn space(&mut self, height: f64) {
        if let Some(row) = self.rows.last_mut() {
            row.height += height;
        }
    }

    fn glossary(&mut self, terms: &[(String, String)]) {
        let (left, right) = self.geometry.text;
        let (strong, plain) = (
            style(Typeface::Strong, 9.0, INK),
            style(Typeface::Regular, 9.0, INK),
        );
        for (term, meaning) in terms {
            let term = Text::of(self.faces, term, strong, Reading::Words);
            let meaning = Text::of(self.faces, meaning, plain, Reading::Words);
            let (terms, meanings) = (term.lines(98.0), meaning.lines(right - left - 112.0));
            let many = terms.len().max(meanings.len());
            for place in 0..many {
                let mut ops = Vec::new();
                if place == 0 {
                    ops.push(rule((left, right), -3.0, 0.25, FAINT));
                }
                if let Some(line) = terms.get(place) {
                    term.place(line.clone(), (left, 9.5), &mut ops);
                }
                if let Some(line) = meanings.get(place) {
                    meaning.place(line.clone(), (left + 112.0, 9.5), &mut ops);
                }
                self.rows.push(Row {
                    height: 13.0,
                    before: if place == 0 { 7.0 } else { 0.0 },
                    ops,
                    keep: many > 1
                        && (place == 0 || place + 2 == many || many < 5 && place + 1 < many),
                    ..Row::default()
                });
            }
        }
    }
}

fn code(base: Style) -> Style {
    Style {
        typeface: Typeface::Mono,
        size: base.size * 0.88,
        ..base
    }
}
