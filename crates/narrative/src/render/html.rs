//! One HTML file: no script, no network, light and dark as the reader's system is, fit for paper. `maud` escapes every text that
//! is put in; the policy in the head forbids whatever might slip through. A chart is drawn, said in words, and its figures are a
//! table one can open.

use chart::{Ground, Picture, Words};
use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

use crate::{
    document::{Block, Content, Document, Drawing, Mark, Note, Source, Span, Table, Tone},
    language::plain,
    visible,
};

use super::{contents, is_told, marked, sources};

const STYLE: &str = include_str!("style.css");

/// The document as HTML.
#[must_use]
pub fn html(document: &Document) -> String {
    let sources = sources(document);
    let page = markup! {
        (DOCTYPE)
        html lang=(document.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="referrer" content="no-referrer";
                title { (document.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.eyebrow { (document.subtitle) }
                    h1 { (document.title) }
                    dl.particulars {
                        @for (name, value) in &document.particulars { div { dt { (name) } dd { code { (value) } } } }
                    }
                }
                nav aria-label=(document.furniture.contents) {
                    ol { @for (id, text) in contents(document) { li { a href={ "#" (id) } { (text) } } } }
                }
                main {
                    @for section in sections(&document.blocks) {
                        @match section {
                            [first, rest @ ..] if is_heading(first) => {
                                section aria-labelledby=(first.id) {
                                    @for block in std::iter::once(first).chain(rest) { (self::block(document, block, &sources)) }
                                }
                            },
                            blocks => { @for block in blocks { (self::block(document, block, &sources)) } },
                        }
                    }
                }
                @if !sources.is_empty() {
                    footer aria-labelledby="sources" {
                        h2 #sources { (document.furniture.sources) }
                        ol { @for (at, source) in sources.iter().enumerate() { li #{ "source-" (at + 1) } { (whole(source)) } } }
                    }
                }
            }
        }
    };
    page.into_string()
}

/// Blocks, cut before each heading of the first level.
fn sections(blocks: &[Block]) -> Vec<&[Block]> {
    let mut sections = Vec::new();
    let mut rest = blocks;
    while let Some((_, after)) = rest.split_first() {
        let next = after
            .iter()
            .position(is_heading)
            .map_or(rest.len(), |at| at + 1);
        let Some((section, left)) = rest.split_at_checked(next) else {
            break;
        };
        sections.push(section);
        rest = left;
    }
    sections
}

fn is_heading(block: &Block) -> bool {
    matches!(block.content, Content::Heading { level: 1, .. })
}

fn block(document: &Document, block: &Block, sources: &[&Source]) -> Markup {
    if let Content::Heading { level, text } = &block.content {
        return match level {
            1 => markup! { h2 id=(block.id) { (text) } },
            _ => markup! { h3 id=(block.id) { (text) } },
        };
    }
    let flagged = match &block.mark {
        Mark::Computed => "block",
        Mark::Edited { .. } => "block edited",
        Mark::Unfounded { .. } => "block unfounded",
    };
    markup! {
        div id=(block.id) class=(flagged) {
            div.content {
                (content(document, block))
                @if let Some(marked) = marked(document, block) { p.mark { (marked) } }
            }
            @if !block.notes.is_empty() {
                ul.notes { @for note in &block.notes { li { (self::note(note, sources)) } } }
            }
        }
    }
}

fn content(document: &Document, block: &Block) -> Markup {
    let is_told = is_told(document, block);
    match &block.content {
        Content::Heading { .. } => markup! {},
        Content::Paragraph(spans) => markup! { p { (self::spans(spans)) } },
        Content::List(items) => list(items),
        Content::Callout { tone, title, items } => {
            let class = match tone {
                Tone::Plain => "plain",
                Tone::Caution => "caution",
                Tone::Risk => "risk",
                Tone::Verified => "verified",
            };
            markup! { div class={ "callout " (class) } { p.title { (title) } (list(items)) } }
        }
        Content::Table(table) => self::table(table, is_told),
        Content::Chart {
            drawing,
            alternative,
            data,
        } => {
            let words = Words {
                alternative,
                empty: "",
                group: &document.furniture.group,
            };
            let picture = match drawing {
                Drawing::Trend(chart) => Picture::Trend(chart),
                Drawing::Bars(bars) => Picture::Bars(bars),
            };
            markup! {
                figure {
                    (PreEscaped(chart::svg_of(picture, words, Ground::Page)))
                    details {
                        summary { (document.furniture.data) }
                        (table(data, is_told))
                    }
                }
            }
        }
        Content::Glossary(terms) => markup! {
            dl.glossary { @for (name, means) in terms { div { dt { (name) } dd { (means) } } } }
        },
    }
}

fn list(items: &[Vec<Span>]) -> Markup {
    markup! { ul { @for item in items { li { (spans(item)) } } } }
}

/// A caption that was said before is for who does not see the page.
fn table(table: &Table, is_told: bool) -> Markup {
    let numeric = |at: usize| table.columns.get(at).is_some_and(|column| column.numeric);
    markup! {
        // Wide tables are scrolled by themselves, also with the keyboard.
        div.scroll role="region" aria-label=(table.caption) tabindex="0" {
            table {
                caption class=[is_told.then_some("sr")] { (table.caption) }
                thead { tr { @for column in &table.columns {
                    th scope="col" class=[column.numeric.then_some("r")] { (column.title) }
                } } }
                tbody { @for row in &table.rows { tr {
                    @for (at, cell) in row.iter().enumerate() {
                        @if at == 0 { th scope="row" class=[numeric(at).then_some("r")] { (spans(cell)) } }
                        @else { td class=[numeric(at).then_some("r")] { (spans(cell)) } }
                    }
                } } }
            }
        }
    }
}

fn spans(spans: &[Span]) -> Markup {
    markup! {
        @for span in spans {
            @match span {
                Span::Text(text) => (text),
                Span::Strong(text) => strong { (text) },
                Span::Code(text) => code { (text) },
                Span::Term(text) => dfn { (text) },
                Span::Said(text) => span lang="en" { (text) },
                Span::Link { text, source: Source::Address(address) } if is_web(address) => {
                    a href=(address) rel="noreferrer noopener" { (text) }
                },
                Span::Link { text, source: Source::Block(id) } => a href={ "#" (id) } { (text) },
                other => (plain(std::slice::from_ref(other))),
            }
        }
    }
}

/// What a link may lead to; anything else is shown as text.
fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

fn note(note: &Note, sources: &[&Source]) -> Markup {
    let place = |source: &Source| sources.iter().position(|it| *it == source).map(|at| at + 1);
    match &note.source {
        Some(Source::Block(id)) => markup! { a href={ "#" (id) } { (note.text) } },
        Some(source) => match place(source) {
            Some(at) => markup! { a href={ "#source-" (at) } { (note.text) } },
            None => markup! { (note.text) },
        },
        None => markup! { (note.text) },
    }
}

fn whole(source: &Source) -> Markup {
    match source {
        Source::Address(address) if is_web(address) => {
            markup! { a href=(address) rel="noreferrer noopener" { (address) } }
        }
        Source::Receipt(id) | Source::Policy(id) | Source::Block(id) | Source::Address(id) => {
            markup! { code { (visible::whole(id)) } }
        }
    }
}
