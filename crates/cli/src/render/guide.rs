//! Articles of the help for a terminal.

use help::Block;
use ipc::HelpHit;
use model::Code;

use crate::text::{Columns, Look, fit, paragraph, visible};

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
    out.push_str(&paragraph("  ", 2, look.width, code.meaning()));
    out.push_str(&paragraph("  hint: ", 8, look.width, code.hint()));
    out.push('\n');
    out
}

/// What was found: where, and the words around it; of all articles, their titles.
pub fn hits(hits: &[HelpHit], words: &str, look: Look) -> String {
    if hits.is_empty() {
        return format!("nothing is said about `{}`\n", visible(words));
    }
    let mut columns = Columns::new(0, &[]);
    let longest = hits.iter().map(|hit| hit.id.len()).max().unwrap_or(0);
    for hit in hits {
        let says = match (hit.heading.as_str(), words.trim()) {
            ("", "") => hit.title.clone(),
            ("", _) => format!("{}: {}", hit.title, hit.excerpt),
            (heading, _) => format!("{heading}: {}", hit.excerpt),
        };
        let says = fit(
            &visible(&says.replace('\n', " ")),
            look.width.saturating_sub(longest + 2),
        );
        columns.row([look.strong(&hit.id), says]);
    }
    columns.text()
}
