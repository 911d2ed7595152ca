//! A document as people and programs take it. A renderer prints what the document says and adds no words of its own; what a
//! format could read as markup is escaped by its renderer, what acts on a display was made visible when the document was
//! written ([`crate::visible`]).

mod html;
mod markdown;
mod slack;
mod text;

pub use html::html;
pub use markdown::{markdown, spans};
pub use slack::slack;
pub use text::text;

use crate::document::{Block, Content, Document, Mark, Note, Source};

/// The receipts and policies that notes lead to, each once, in the order in which they come.
fn sources(document: &Document) -> Vec<&Source> {
    let mut sources = Vec::new();
    for source in notes(document).filter_map(|note| note.source.as_ref()) {
        let is_listed = matches!(
            source,
            Source::Receipt(_) | Source::Policy(_) | Source::Address(_)
        );
        if is_listed && !sources.contains(&source) {
            sources.push(source);
        }
    }
    sources
}

fn notes(document: &Document) -> impl Iterator<Item = &Note> {
    document.blocks.iter().flat_map(|block| &block.notes)
}

/// What is said of a block that somebody changed.
fn marked(document: &Document, block: &Block) -> Option<String> {
    let edited = |by: &str| document.furniture.edited.replace("{by}", by);
    match &block.mark {
        Mark::Computed => None,
        Mark::Edited { by } => Some(edited(by)),
        Mark::Unfounded { by, missing } => Some(format!(
            "{} · {} · {missing}",
            document.furniture.unfounded,
            edited(by)
        )),
    }
}

/// Whether the heading before a block says what its caption would.
fn is_told(document: &Document, block: &Block) -> bool {
    let (Content::Table(table) | Content::Chart { data: table, .. }) = &block.content else {
        return false;
    };
    let before = document.blocks.iter().take_while(|it| it.id != block.id);
    let heading = before.filter_map(|it| match &it.content {
        Content::Heading { text, .. } => Some(text),
        _ => None,
    });
    heading.last() == Some(&table.caption)
}

/// Headings of the first level: an id and a text each.
fn contents(document: &Document) -> impl Iterator<Item = (&str, &str)> {
    document
        .blocks
        .iter()
        .filter_map(|block| match &block.content {
            Content::Heading { level: 1, text } => Some((block.id.as_str(), text.as_str())),
            _ => None,
        })
}
