//! Slack's Block Kit: the first page, up to the detail, as a message. Text is put into `rich_text` and `plain_text` elements, which
//! Slack shows character for character, so that no name can mention anybody, link anywhere or set anything in bold; only the
//! line of the notification is `mrkdwn`, and there `&`, `<` and `>` are escaped as Slack asks.
//!
//! Limits: 50 blocks a message, 150 characters a heading, 3000 characters a text. What is cut ends with an ellipsis.

use serde_json::{Value, json};

use crate::document::{Content, Document, Note, Source, Span, Table};

use super::marked;

const BLOCKS: usize = 50;
const HEADING: usize = 150;
const TEXT: usize = 3000;
/// Rows of a table in a message.
const ROWS: usize = 10;
/// The block that opens what is left to the other forms.
const DETAIL: &str = "detail";

/// The document as a message: `text` for notifications, and `blocks`.
#[must_use]
pub fn slack(document: &Document) -> Value {
    let mut blocks = vec![
        header(&document.title),
        context(std::slice::from_ref(&document.subtitle)),
    ];
    for block in document
        .blocks
        .iter()
        .take_while(|block| block.id != DETAIL)
    {
        match &block.content {
            Content::Heading { level: 1, text } => blocks.push(header(text)),
            Content::Heading { text, .. } => {
                blocks.push(rich(vec![section(&[Span::Strong(text.clone())])]))
            }
            Content::Paragraph(spans) => blocks.push(rich(vec![section(spans)])),
            Content::List(items) => blocks.push(rich(vec![list(items)])),
            Content::Callout { title, items, .. } => {
                blocks.push(rich(vec![
                    section(&[Span::Strong(title.clone())]),
                    list(items),
                ]));
            }
            Content::Table(table) => blocks.push(rich(rows(table))),
            Content::Chart {
                alternative, data, ..
            } => {
                let words = [
                    Span::Strong(data.caption.clone()),
                    Span::Text(format!("\n{alternative}")),
                ];
                blocks.push(rich(vec![section(&words)]));
            }
            Content::Glossary(_) => {}
        }
        let notes: Vec<String> = block
            .notes
            .iter()
            .map(noted)
            .chain(marked(document, block))
            .collect();
        if !notes.is_empty() {
            blocks.push(context(&notes));
        }
    }
    let cut = blocks.len() > BLOCKS;
    if cut {
        blocks.truncate(BLOCKS - 1);
        blocks.push(context(&["…".to_owned()]));
    }
    json!({ "text": escaped(&cut_to(&document.title, TEXT)), "blocks": blocks })
}

fn header(text: &str) -> Value {
    json!({ "type": "header", "text": { "type": "plain_text", "text": cut_to(text, HEADING), "emoji": false } })
}

/// Small text. An element of a context holds what a text holds; there are at most ten.
fn context(lines: &[String]) -> Value {
    let text = lines.join(" · ");
    json!({ "type": "context", "elements": [{ "type": "plain_text", "text": cut_to(&text, TEXT), "emoji": false }] })
}

fn rich(elements: Vec<Value>) -> Value {
    json!({ "type": "rich_text", "elements": elements })
}

fn section(spans: &[Span]) -> Value {
    json!({ "type": "rich_text_section", "elements": elements(spans, TEXT) })
}

fn list(items: &[Vec<Span>]) -> Value {
    let each = (TEXT / items.len().max(1)).max(60);
    let items: Vec<Value> = items
        .iter()
        .take(TEXT / 60)
        .map(|item| json!({ "type": "rich_text_section", "elements": elements(item, each) }))
        .collect();
    json!({ "type": "rich_text_list", "style": "bullet", "elements": items })
}

fn rows(table: &Table) -> Vec<Value> {
    let row = |row: &Vec<Vec<Span>>| {
        let mut spans = Vec::new();
        for cell in row {
            if !spans.is_empty() {
                spans.push(Span::Text(" · ".to_owned()));
            }
            spans.extend(cell.iter().cloned());
        }
        spans
    };
    let mut rows: Vec<Vec<Span>> = table.rows.iter().take(ROWS).map(row).collect();
    if table.rows.len() > ROWS {
        rows.push(vec![Span::Text("…".to_owned())]);
    }
    vec![section(&[Span::Strong(table.caption.clone())]), list(&rows)]
}

/// Elements of at most so many characters all told.
fn elements(spans: &[Span], mut room: usize) -> Vec<Value> {
    let mut elements = Vec::new();
    for span in spans {
        let (text, style) = match span {
            Span::Text(text) | Span::Said(text) => (text, None),
            Span::Strong(text) => (text, Some("bold")),
            Span::Code(text) => (text, Some("code")),
            Span::Term(text) => (text, Some("italic")),
            Span::Link { text, .. } => (text, None),
        };
        if text.is_empty() {
            continue;
        }
        let shown = cut_to(text, room);
        room = room.saturating_sub(shown.chars().count());
        elements.push(match (span, style) {
            (
                Span::Link {
                    source: Source::Address(url),
                    ..
                },
                _,
            ) if url.chars().count() <= TEXT => {
                json!({ "type": "link", "text": shown, "url": url })
            }
            (_, Some(style)) => json!({ "type": "text", "text": shown, "style": { style: true } }),
            (_, None) => json!({ "type": "text", "text": shown }),
        });
        if room == 0 {
            break;
        }
    }
    if elements.is_empty() {
        elements.push(json!({ "type": "text", "text": " " }));
    }
    elements
}

fn noted(note: &Note) -> String {
    match &note.source {
        Some(Source::Receipt(id)) => format!("{} ({})", note.text, cut_to(id, 13)),
        _ => note.text.clone(),
    }
}

fn cut_to(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let mut shown: String = text.chars().take(room.saturating_sub(1)).collect();
    shown.push('…');
    shown
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
