//! Plain text: for terminals, mails, and who listens to a page.

use crate::{
    document::{Block, Content, Document, Source, Span, Table},
    language::plain,
    visible,
};

use super::{is_told, marked, sources};

/// Characters of a line.
const WIDTH: usize = 78;
/// Stands for a blank at which a line does not end, until lines are made: a command is copied whole. No text holds it, for
/// control characters are made visible.
const KEPT: char = '\u{1}';

/// The document as plain text.
#[must_use]
pub fn text(document: &Document) -> String {
    let mut out = Vec::new();
    out.push(underlined(&document.title, '='));
    out.push(wrapped(&document.subtitle, "", ""));
    let width = document
        .particulars
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    let pairs = document
        .particulars
        .iter()
        .map(|(name, value)| format!("{name:width$}  {value}"));
    out.push(pairs.collect::<Vec<_>>().join("\n"));
    let mut notes: Vec<String> = Vec::new();
    for block in &document.blocks {
        let mut references = String::new();
        for note in &block.notes {
            notes.push(note.text.clone());
            references += &format!(" [{}]", notes.len());
        }
        out.push(self::block(document, block, &references));
    }
    if !notes.is_empty() {
        let numbered = (1..)
            .zip(&notes)
            .map(|(number, note)| format!("[{number}] {note}"));
        out.push(numbered.collect::<Vec<_>>().join("\n"));
    }
    let sources = sources(document);
    if !sources.is_empty() {
        out.push(underlined(&document.furniture.sources, '-'));
        let line = |source: &&Source| match source {
            Source::Receipt(id) | Source::Policy(id) | Source::Block(id) | Source::Address(id) => {
                format!("- {}", visible::whole(id))
            }
        };
        out.push(sources.iter().map(line).collect::<Vec<_>>().join("\n"));
    }
    out.retain(|part| !part.is_empty());
    out.join("\n\n") + "\n"
}

/// A caption is left out where the heading before said it.
fn block(document: &Document, block: &Block, references: &str) -> String {
    let is_told = is_told(document, block);
    let mut text = match &block.content {
        Content::Heading { level: 1, text } => underlined(&text.to_uppercase(), '-'),
        Content::Heading { text, .. } => text.clone(),
        Content::Paragraph(spans) => wrapped(&(words(spans) + references), "", ""),
        Content::List(items) => list(items) + references,
        Content::Callout { title, items, .. } => {
            format!(
                "{}{references}\n{}",
                wrapped(title, "| ", "| "),
                list(items)
            )
        }
        Content::Table(table) => {
            let caption = if is_told {
                references.trim_start()
            } else {
                &format!("{}{references}", table.caption)
            };
            [caption, &rows(table)]
                .join("\n")
                .trim_start_matches('\n')
                .to_owned()
        }
        Content::Chart {
            alternative, data, ..
        } => {
            let caption = wrapped(alternative, "", "");
            format!("{caption}{references}\n{}", rows(data))
        }
        Content::Glossary(terms) => {
            let term =
                |(name, means): &(String, String)| wrapped(&format!("{name} – {means}"), "", "  ");
            terms.iter().map(term).collect::<Vec<_>>().join("\n")
        }
    };
    if let Some(marked) = marked(document, block) {
        text += "\n";
        text += &wrapped(&format!("({marked})"), "", "");
    }
    text
}

/// An address stands behind the words that lead to it.
fn words(spans: &[Span]) -> String {
    let word = |span: &Span| match span {
        Span::Link {
            text,
            source: Source::Address(address),
        } => format!("{text} <{address}>"),
        Span::Code(code) => code.replace(' ', &KEPT.to_string()),
        span => plain(std::slice::from_ref(span)),
    };
    spans.iter().map(word).collect()
}

fn list(items: &[Vec<Span>]) -> String {
    let item = |item: &Vec<Span>| wrapped(&words(item), "- ", "  ");
    items.iter().map(item).collect::<Vec<_>>().join("\n")
}

/// Columns as wide as their widest cell; a row that is too long for a line is one for each cell.
fn rows(table: &Table) -> String {
    let heads = table
        .columns
        .iter()
        .map(|column| column.title.clone())
        .collect::<Vec<_>>();
    let cells: Vec<Vec<String>> = table
        .rows
        .iter()
        .map(|row| row.iter().map(|cell| words(cell)).collect())
        .collect();
    let width = |at: usize| {
        let column = cells.iter().chain([&heads]).filter_map(|row| row.get(at));
        column.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    if widths.iter().sum::<usize>() + 2 * widths.len() > WIDTH {
        let row = |row: &Vec<String>| {
            let cell = |(head, cell): (&String, &String)| {
                wrapped(&format!("{head} – {cell}"), "  ", "    ")
            };
            heads
                .iter()
                .zip(row)
                .map(cell)
                .collect::<Vec<_>>()
                .join("\n")
        };
        return cells.iter().map(row).collect::<Vec<_>>().join("\n\n");
    }
    let line = |row: &Vec<String>| {
        let mut line = String::new();
        for ((cell, width), column) in row.iter().zip(&widths).zip(&table.columns) {
            let blank = " ".repeat(width.saturating_sub(cell.chars().count()));
            let (before, after) = if column.numeric {
                (blank.as_str(), "")
            } else {
                ("", blank.as_str())
            };
            line += &format!("{before}{cell}{after}  ");
        }
        line.trim_end().to_owned()
    };
    let rule = widths
        .iter()
        .map(|width| "-".repeat(*width) + "  ")
        .collect::<String>();
    let mut lines = vec![line(&heads), rule.trim_end().to_owned()];
    lines.extend(cells.iter().map(line));
    lines.join("\n").replace(KEPT, " ")
}

fn underlined(text: &str, with: char) -> String {
    let line: String = std::iter::repeat_n(with, text.chars().count().min(WIDTH)).collect();
    format!("{}\n{line}", wrapped(text, "", ""))
}

/// Lines of at most [`WIDTH`] characters, where words allow.
fn wrapped(text: &str, first: &str, others: &str) -> String {
    let mut lines = vec![first.to_owned()];
    let mut empty = true;
    // Not at spaces that must not break.
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let Some(line) = lines.last_mut() else { break };
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(format!("{others}{word}"));
            continue;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    lines.join("\n").replace(KEPT, " ")
}
