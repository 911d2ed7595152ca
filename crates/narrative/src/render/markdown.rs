//! Markdown as GitHub reads it: the source form, with notes as footnotes. Whatever a name holds, it stays text: every character
//! that Markdown or GitHub could act on is escaped, in text with backslashes and references, in code by longer fences.

use table::escaped;

use crate::{
    document::{Block, Content, Document, Note, Source, Span, Table},
    visible,
};

use super::{is_told, marked, notes, sources};

/// The document as Markdown.
#[must_use]
pub fn markdown(document: &Document) -> String {
    let mut out = vec![
        format!("# {}", line(&document.title)),
        between("*", &document.subtitle),
    ];
    let pairs = document
        .particulars
        .iter()
        .map(|(name, value)| format!("- {} {}", between("**", name), code(value)));
    out.push(pairs.collect::<Vec<_>>().join("\n"));
    let mut number = 0;
    for block in &document.blocks {
        let mut references = String::new();
        for _ in &block.notes {
            number += 1;
            references += &format!("[^{number}]");
        }
        if is_led_to(document, &block.id) {
            out.push(format!("<a id=\"{}\"></a>", block.id));
        }
        out.push(self::block(block, is_told(document, block), &references));
        if let Some(marked) = marked(document, block) {
            out.push(between("*", &marked));
        }
    }
    let numbered = (1..).zip(notes(document));
    let footnotes = numbered.map(|(number, note)| format!("[^{number}]: {}", footnote(note)));
    out.push(footnotes.collect::<Vec<_>>().join("\n"));
    let sources = sources(document);
    if !sources.is_empty() {
        out.push(format!("## {}", line(&document.furniture.sources)));
        let listed = sources.iter().map(|source| format!("- {}", whole(source)));
        out.push(listed.collect::<Vec<_>>().join("\n"));
    }
    out.retain(|part| !part.is_empty());
    out.join("\n\n") + "\n"
}

/// A paragraph's words as an author edits them: one line of Markdown, without notes.
#[must_use]
pub fn spans(spans: &[Span]) -> String {
    begun(&inline(spans))
}

fn inline(spans: &[Span]) -> String {
    let mut out = String::new();
    for span in spans {
        match span {
            Span::Text(text) | Span::Said(text) => out += &escaped(text),
            Span::Strong(text) => out += &between("**", text),
            Span::Term(text) => out += &between("*", text),
            Span::Code(text) => out += &code(text),
            Span::Link {
                text,
                source: Source::Address(address),
            } => {
                out += &format!("[{}](<{address}>)", escaped(text));
            }
            Span::Link {
                text,
                source: Source::Block(id),
            } => out += &format!("[{}](#{id})", escaped(text)),
            Span::Link { text, .. } => out += &escaped(text),
        }
    }
    out
}

fn is_led_to(document: &Document, id: &str) -> bool {
    notes(document).any(|note| matches!(&note.source, Some(Source::Block(led_to)) if led_to == id))
}

fn block(block: &Block, is_told: bool, references: &str) -> String {
    let captioned = |caption: &str| match is_told {
        true => references.to_owned(),
        false => between("**", caption) + references,
    };
    match &block.content {
        Content::Heading { level, text } => {
            format!(
                "{} {}",
                "#".repeat(usize::from(*level).clamp(1, 5) + 1),
                line(text)
            )
        }
        Content::Paragraph(spans) => self::spans(spans) + references,
        Content::List(items) => list(items, "") + references,
        Content::Callout { title, items, .. } => {
            format!(
                "> {}{references}\n>\n{}",
                between("**", title),
                list(items, "> ")
            )
        }
        Content::Table(table) => joined([captioned(&table.caption), self::table(table)]),
        Content::Chart {
            alternative, data, ..
        } => joined([
            captioned(&data.caption),
            begun(&escaped(alternative)),
            table(data),
        ]),
        Content::Glossary(terms) => {
            let term = |(name, means): &(String, String)| {
                format!("- {} – {}", between("**", name), escaped(means))
            };
            terms.iter().map(term).collect::<Vec<_>>().join("\n")
        }
    }
}

/// Paragraphs, without the empty ones.
fn joined<const N: usize>(parts: [String; N]) -> String {
    let there: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    there.join("\n\n")
}

fn list(items: &[Vec<Span>], before: &str) -> String {
    let item = |item: &Vec<Span>| format!("{before}- {}", spans(item));
    items.iter().map(item).collect::<Vec<_>>().join("\n")
}

fn table(table: &Table) -> String {
    let row = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let mut lines = vec![
        row(table
            .columns
            .iter()
            .map(|column| escaped(&column.title))
            .collect()),
        row(table
            .columns
            .iter()
            .map(|column| if column.numeric { "--:" } else { "---" }.to_owned())
            .collect()),
    ];
    let cell = |spans: &Vec<Span>| -> String {
        let each = spans.iter().map(|span| match span {
            // A bar ends the cell even inside of code.
            Span::Code(text) if text.contains('|') => format!("<code>{}</code>", referred(text)),
            span => inline(std::slice::from_ref(span)),
        });
        each.collect()
    };
    lines.extend(
        table
            .rows
            .iter()
            .map(|cells| row(cells.iter().map(cell).collect())),
    );
    lines.join("\n")
}

fn footnote(note: &Note) -> String {
    let text = line(&note.text);
    match &note.source {
        Some(Source::Block(id)) => format!("[{text}](#{id})"),
        Some(source @ (Source::Receipt(_) | Source::Policy(_) | Source::Address(_))) => {
            format!("{text}, {}", whole(source))
        }
        None => text,
    }
}

fn whole(source: &Source) -> String {
    match source {
        Source::Receipt(id) | Source::Policy(id) | Source::Block(id) => code(&visible::whole(id)),
        Source::Address(address) => format!("<{address}>"),
    }
}

/// Emphasis does not hold where it begins or ends with a blank.
fn between(mark: &str, text: &str) -> String {
    let inner = text.trim();
    let Some((before, after)) = text.split_once(inner).filter(|_| !inner.is_empty()) else {
        return escaped(text);
    };
    format!("{before}{mark}{}{mark}{after}", escaped(inner))
}

/// Text on a line of its own.
fn line(text: &str) -> String {
    begun(&escaped(text))
}

/// What would open a list or a heading at the beginning of a line does not.
fn begun(text: &str) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let after = text.get(digits..).unwrap_or_default();
    if digits > 0 && after.starts_with(['.', ')']) {
        let (number, rest) = text.split_at_checked(digits).unwrap_or((text, ""));
        return format!("{number}\\{rest}");
    }
    if text.starts_with(['#', '+', '-', '=', '>']) {
        return format!("\\{text}");
    }
    text.to_owned()
}

/// A code span, whatever the text holds.
fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    if text.is_empty() {
        return "` `".to_owned();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // One blank at both ends belongs to the fence, so what needs its own gets another.
    let is_taken = text.starts_with(' ') && text.ends_with(' ') && !text.trim().is_empty();
    let blank = match is_taken || text.starts_with('`') || text.ends_with('`') {
        true => " ",
        false => "",
    };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// References to characters, which are never markup.
fn referred(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            out += &format!("&#{};", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}
