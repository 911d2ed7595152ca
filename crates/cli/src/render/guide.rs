//! Articles of the help for a terminal.

use help::{Block, Note};
use ipc::HelpHit;
use model::Code;

use crate::text::{Columns, Look, paragraph, visible};

/// Pieces of an article.
pub fn article(blocks: &[Block], look: Look) -> String {
    let mut out = String::new();
    let mut list = false;
    for block in blocks {
        let item = matches!(block, Block::Item(_));
        let goes_on = out.is_empty() || (item && list);
        if !goes_on {
            out.push('\n');
        }
        list = item;
        match block {
            Block::Heading { text, .. } => out.push_str(&format!("{}\n", look.strong(text))),
            Block::Paragraph(text) => out.push_str(&paragraph("", 0, look.width, text)),
            Block::Item(text) => out.push_str(&paragraph("- ", 2, look.width, text)),
            Block::Code(text) => {
                for line in text.lines() {
                    out.push_str(&format!("  {line}\n"));
                }
            }
        }
    }
    out
}

/// What an error means and what to do, above the section that explains it.
pub fn code(code: Code, look: Look) -> String {
    let mut out = format!("{}\n", look.strong(code.as_str()));
    out.push_str(&paragraph(
        "  ",
        2,
        look.width,
        help::meaning(code, look.language),
    ));
    out.push_str(&paragraph(
        "  hint: ",
        8,
        look.width,
        help::hint(code, look.language),
    ));
    out.push('\n');
    out
}

/// What was found: the article, the heading, and the words around it; of all articles, their titles.
pub fn hits(hits: &[HelpHit], words: &str, look: Look) -> String {
    if hits.is_empty() {
        return format!("nothing is said about `{}`\n", visible(words));
    }
    if words.trim().is_empty() {
        let mut columns = Columns::new(0, &[]);
        for hit in hits {
            columns.row([look.strong(&hit.id), hit.title.clone()]);
        }
        return columns.text();
    }
    let mut out = String::new();
    for hit in hits {
        let heading = [&hit.heading, &hit.title]
            .into_iter()
            .find(|it| !it.is_empty());
        let heading = heading.map_or("", String::as_str);
        out.push_str(&format!("{}  {heading}\n", look.strong(&hit.id)));
        out.push_str(&paragraph("  ", 2, look.width, &hit.excerpt));
    }
    out
}

/// What came with which version.
pub fn notes(notes: &[Note], look: Look) -> String {
    if notes.is_empty() {
        return "nothing came with that version\n".to_owned();
    }
    let longest = notes.iter().map(|note| note.command.len()).max();
    let indent = longest.unwrap_or(0) + 4;
    let mut out = String::new();
    for (at, note) in notes.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| notes.get(before));
        if before.is_none_or(|before| before.since != note.since) {
            let gap = if out.is_empty() { "" } else { "\n" };
            out.push_str(&format!("{gap}{}\n", look.strong(note.since)));
        }
        let lead = format!("  {:indent$}", note.command, indent = indent - 2);
        out.push_str(&paragraph(&lead, indent, look.width, note.text));
    }
    out
}
