//! Prose in its author's words. An author changes the text of a block as Markdown; what they wrote replaces what was computed,
//! marked as theirs, for as long as the computed text stays the one they read. Once the facts say something else, or the block is
//! gone, their words stay where they are and are flagged with what is missing: nobody's sentence vanishes, and none outlives its
//! facts unseen.

use std::collections::BTreeMap;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    Document, Error,
    document::{Block, Content, Mark, Source, Span},
    language::{Language, merged, messages as say, plain, words},
    render,
    visible::{address, prose},
};

/// Edits of a document, by the ids of blocks. What is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edits {
    /// One for each block that somebody changed.
    pub blocks: BTreeMap<String, Edit>,
}

/// What somebody made of a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Who.
    pub by: String,
    /// Their words, as Markdown: paragraphs for a paragraph, items for a list or a callout.
    pub markdown: String,
    /// SHA-256 of the computed block that they read, in hexadecimal digits.
    pub replaced: String,
    /// The block before it, where it goes when its own is gone.
    pub after: Option<String>,
}

/// A block as an author edits it; nothing for what cannot be edited: tables, charts, headings, the glossary.
#[must_use]
pub fn editable(block: &Block) -> Option<String> {
    match &block.content {
        Content::Paragraph(spans) => Some(render::spans(spans)),
        Content::List(items) | Content::Callout { items, .. } => {
            let item = |item: &Vec<Span>| format!("- {}", render::spans(item));
            Some(items.iter().map(item).collect::<Vec<_>>().join("\n"))
        }
        Content::Heading { .. }
        | Content::Table(_)
        | Content::Chart { .. }
        | Content::Glossary(_) => None,
    }
}

impl Edits {
    /// Takes over an author's words for a block of a document as it was computed. Words that are those of the block take an edit
    /// back.
    ///
    /// # Errors
    /// [`Error::Edit`] for a block that is not there or cannot be edited, and for words that are none.
    pub fn put(
        &mut self,
        computed: &Document,
        id: &str,
        by: &str,
        markdown: &str,
    ) -> Result<(), Error> {
        let at = computed.blocks.iter().position(|block| block.id == id);
        let block = at.and_then(|at| computed.blocks.get(at));
        let block = block.ok_or_else(|| Error::Edit(format!("there is no block `{id}`")))?;
        let was =
            editable(block).ok_or_else(|| Error::Edit(format!("the block `{id}` is no prose")))?;
        let said = read(markdown);
        if said.iter().all(|spans| plain(spans).trim().is_empty()) {
            return Err(Error::Edit(
                "an edit needs words; to drop it, put back what was there".to_owned(),
            ));
        }
        if said == read(&was) {
            self.blocks.remove(id);
            return Ok(());
        }
        let after = at
            .and_then(|at| at.checked_sub(1))
            .and_then(|at| computed.blocks.get(at));
        let edit = Edit {
            by: by.to_owned(),
            markdown: markdown.to_owned(),
            replaced: digest(block)?,
            after: after.map(|block| block.id.clone()),
        };
        self.blocks.insert(id.to_owned(), edit);
        Ok(())
    }

    /// Puts the edits into a document that was computed, whether from the same facts or from newer ones.
    ///
    /// # Errors
    /// [`Error::Language`] for a document in a language that is not there.
    pub fn apply(&self, computed: &Document) -> Result<Document, Error> {
        let language = Language::find(&computed.language)?;
        let mut document = computed.clone();
        // From the back of the alphabet, so that what lost its block comes in order.
        for (id, edit) in self.blocks.iter().rev() {
            let by = prose(&edit.by);
            let said = read(&edit.markdown);
            match document.blocks.iter_mut().find(|block| block.id == *id) {
                Some(block) => {
                    block.mark = if digest(block)? == edit.replaced {
                        Mark::Edited { by }
                    } else {
                        let now = editable(block)
                            .map(|markdown| read(&markdown))
                            .unwrap_or_default();
                        let now: Vec<String> = now.iter().map(|spans| plain(spans)).collect();
                        let text = words(now.join(" "));
                        Mark::Unfounded {
                            by,
                            missing: language.text(say::EditChanged { text }),
                        }
                    };
                    put(&mut block.content, said);
                }
                None => {
                    let after = edit.after.as_ref();
                    let at = document
                        .blocks
                        .iter()
                        .position(|block| Some(&block.id) == after);
                    let missing = language.text(say::EditMissing {});
                    let block = Block {
                        id: id.clone(),
                        content: Content::Paragraph(joined(said)),
                        notes: Vec::new(),
                        mark: Mark::Unfounded { by, missing },
                    };
                    document
                        .blocks
                        .insert(at.map_or(document.blocks.len(), |at| at + 1), block);
                }
            }
        }
        Ok(document)
    }
}

/// What an author read: the words and figures of a block.
fn digest(block: &Block) -> Result<String, Error> {
    let read = serde_json::to_string(&(&block.content, &block.notes))
        .map_err(|error| Error::Edit(error.to_string()))?;
    let digest = Sha256::digest(read.as_bytes());
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn put(content: &mut Content, said: Vec<Vec<Span>>) {
    match content {
        Content::List(items) | Content::Callout { items, .. } => *items = said,
        other => *other = Content::Paragraph(joined(said)),
    }
}

fn joined(said: Vec<Vec<Span>>) -> Vec<Span> {
    let mut spans = Vec::new();
    for part in said {
        if !spans.is_empty() {
            spans.push(Span::Text(" ".to_owned()));
        }
        spans.extend(part);
    }
    merged(spans)
}

/// Markdown as spans, one list for each paragraph or item. Headings are words, pictures and HTML are left out, and a link leads
/// only to the web or into the document.
#[must_use]
pub fn read(markdown: &str) -> Vec<Vec<Span>> {
    let mut parts: Vec<Vec<Span>> = vec![Vec::new()];
    let (mut strong, mut term, mut hidden) = (0_u32, 0_u32, 0_u32);
    let mut link: Option<(Source, String)> = None;
    for event in Parser::new_ext(markdown, Options::empty()) {
        match event {
            Event::Start(Tag::Strong) => strong += 1,
            Event::End(TagEnd::Strong) => strong = strong.saturating_sub(1),
            Event::Start(Tag::Emphasis) => term += 1,
            Event::End(TagEnd::Emphasis) => term = term.saturating_sub(1),
            Event::Start(Tag::Image { .. }) => hidden += 1,
            Event::End(TagEnd::Image) => hidden = hidden.saturating_sub(1),
            Event::Start(Tag::Link { dest_url, .. }) => {
                link = led_to(&dest_url).map(|source| (source, String::new()))
            }
            Event::End(TagEnd::Link) => {
                if let Some((source, text)) = link.take().filter(|(_, text)| !text.is_empty()) {
                    add(&mut parts, Span::Link { text, source });
                }
            }
            Event::Start(Tag::Paragraph | Tag::Item | Tag::Heading { .. } | Tag::CodeBlock(_))
                if parts.last().is_some_and(|part| !part.is_empty()) =>
            {
                parts.push(Vec::new());
            }
            Event::Text(_) | Event::Code(_) if hidden > 0 => {}
            Event::Text(text) => {
                let text = shown(&text);
                match &mut link {
                    Some((_, words)) => words.push_str(&text),
                    None if strong > 0 => add(&mut parts, Span::Strong(text)),
                    None if term > 0 => add(&mut parts, Span::Term(text)),
                    None => add(&mut parts, Span::Text(text)),
                }
            }
            Event::Code(text) => match &mut link {
                Some((_, words)) => words.push_str(&shown(&text)),
                None => add(&mut parts, Span::Code(shown(&text))),
            },
            Event::SoftBreak | Event::HardBreak => add(&mut parts, Span::Text(" ".to_owned())),
            _ => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.into_iter().map(joined_like).collect()
}

/// Runs of the same kind as one: Markdown tells of every escaped character apart.
fn joined_like(spans: Vec<Span>) -> Vec<Span> {
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match (joined.last_mut(), span) {
            (Some(Span::Text(before)), Span::Text(text))
            | (Some(Span::Strong(before)), Span::Strong(text))
            | (Some(Span::Term(before)), Span::Term(text)) => before.push_str(&text),
            (_, span) => joined.push(span),
        }
    }
    joined
}

fn add(parts: &mut [Vec<Span>], span: Span) {
    if let Some(part) = parts.last_mut() {
        part.push(span);
    }
}

fn led_to(url: &str) -> Option<Source> {
    if let Some(id) = url.strip_prefix('#') {
        return Some(Source::Block(id.to_owned()));
    }
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    is_web.then(|| Source::Address(address(url)))
}

/// An author's text: blanks stay where they are, what acts on a display does not.
fn shown(text: &str) -> String {
    // What the isolates of a computed text hold was made visible before.
    let acts =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}' | '\u{2067}');
    text.chars().filter(|c| !acts(*c)).collect()
}
