//! From facts to a document. Each kind has a module that says what stands where; what several kinds tell is in `access` (whose
//! access changes), `moves` (of a channel) and `risks`. Every text opens with the answers to the same questions, in the same
//! order: what changed, who is affected, why, what is the risk, what if we undo it, how do we know. Tables and charts follow.
//!
//! A block's id says what it is about and stays the same from one writing to the next.

mod access;
mod evidence;
mod found;
mod moves;
mod promotion;
mod risks;
mod rollback;
mod situation;
mod verdict;
mod week;

use model::RiskLevel;

use std::collections::HashSet;

use crate::{
    Document, Error, Facts,
    document::{Block, Column, Content, Drawing, Furniture, Mark, Note, Source, Span, Table, Tone},
    facts::{Citation, Receipt},
    language::{
        Arg, Language, code, exact, languages, merged, messages as say, messages::Message, name,
        words,
    },
    rounding::Rounded,
    visible::{address, person, visible},
};

/// Rows of a table. What is cut is told.
const ROWS: usize = 40;
/// Items that a sentence lists.
const LISTED: usize = 4;

/// Writes facts in a language.
///
/// # Errors
/// [`Error::Language`] for a language that is not there.
pub fn write(facts: &Facts, language: &str) -> Result<Document, Error> {
    let language = Language::find(language)?;
    let mut writer = Writer {
        language: &language,
        blocks: Vec::new(),
        risk: None,
    };
    let head = match facts {
        Facts::Promotion(promotion) => writer.promotion(promotion),
        Facts::Week(week) => writer.week(week),
        Facts::Rollback(rollback) => writer.rollback(rollback),
        Facts::Verdict(verdict) => writer.verdict(verdict),
        Facts::Evidence(evidence) => writer.evidence(evidence),
    };
    let glossary = language.glossary();
    if !glossary.is_empty() {
        writer.section("glossary", say::SectionGlossary {});
        writer.add("glossary-terms", Content::Glossary(glossary), Vec::new());
    }
    // What is not there is not led to.
    let there: HashSet<String> = writer.blocks.iter().map(|block| block.id.clone()).collect();
    for note in writer.blocks.iter_mut().flat_map(|block| &mut block.notes) {
        if matches!(&note.source, Some(Source::Block(id)) if !there.contains(id)) {
            note.source = None;
        }
    }
    // Who reads no further has read this.
    let risk = writer.risk.map(|found| {
        let level = risks::level(found);
        let label = writer.word(say::ColumnRisk {});
        (label, writer.word(say::RiskWord { level }))
    });
    Ok(Document {
        language: language.tag().to_owned(),
        title: head.title,
        subtitle: head.subtitle,
        particulars: risk.into_iter().chain(head.particulars).collect(),
        blocks: writer.blocks,
        furniture: furniture(&language),
    })
}

/// The languages there are, by their tags.
#[must_use]
pub fn tags() -> Vec<&'static str> {
    languages()
}

/// What stands above the text.
struct Head {
    title: String,
    subtitle: String,
    particulars: Vec<(String, String)>,
}

/// A document that is being written.
struct Writer<'a> {
    language: &'a Language,
    blocks: Vec<Block>,
    /// Once it was told.
    risk: Option<RiskLevel>,
}

fn furniture(language: &Language) -> Furniture {
    Furniture {
        contents: language.text(say::FurnitureContents {}),
        page: language.text(say::FurniturePage {
            page: words("{page}"),
            pages: words("{pages}"),
        }),
        continued: language.text(say::FurnitureContinued {}),
        edited: language.text(say::FurnitureEdited { by: words("{by}") }),
        unfounded: language.text(say::FurnitureUnfounded {}),
        data: language.text(say::FurnitureData {}),
        hash: language.text(say::FurnitureHash {}),
        sources: language.text(say::FurnitureSources {}),
        // What stands among the digits of a number that has two groups.
        group: {
            let number = language.number(10_000);
            number.trim_matches(char::is_numeric).to_owned()
        },
    }
}

impl Writer<'_> {
    fn add(&mut self, id: impl Into<String>, content: Content, notes: Vec<Note>) {
        self.blocks.push(Block {
            id: id.into(),
            content,
            notes,
            mark: Mark::Computed,
        });
    }

    /// A heading of a part.
    fn section(&mut self, id: &str, title: impl Message) {
        let text = self.language.text(title);
        self.add(id, Content::Heading { level: 1, text }, Vec::new());
    }

    /// A heading below it.
    fn part(&mut self, id: &str, title: impl Message) {
        let text = self.language.text(title);
        self.add(id, Content::Heading { level: 2, text }, Vec::new());
    }

    /// Sentences, one after the other. Without any, there is no paragraph.
    fn paragraph(&mut self, id: &str, sentences: Vec<Vec<Span>>, notes: Vec<Note>) {
        let mut spans: Vec<Span> = Vec::new();
        for sentence in sentences
            .into_iter()
            .filter(|sentence| !sentence.is_empty())
        {
            if !spans.is_empty() {
                spans.push(Span::Text(" ".to_owned()));
            }
            spans.extend(sentence);
        }
        if !spans.is_empty() {
            self.add(id, Content::Paragraph(merged(spans)), notes);
        }
    }

    fn callout(
        &mut self,
        id: &str,
        (tone, title): (Tone, String),
        items: Vec<Vec<Span>>,
        notes: Vec<Note>,
    ) {
        self.add(id, Content::Callout { tone, title, items }, notes);
    }

    fn chart(&mut self, id: &str, drawing: Drawing, alternative: String, data: Table) {
        let notes = Vec::new();
        self.add(
            id,
            Content::Chart {
                drawing,
                alternative,
                data,
            },
            notes,
        );
    }

    fn table(&mut self, id: &str, table: Table) {
        if !table.rows.is_empty() {
            self.add(id, Content::Table(table), Vec::new());
        }
    }

    /// A number of requests, exact or rounded.
    fn requests(&self, count: Rounded) -> String {
        self.language.text(say::Requests {
            count: Arg::Number(count),
        })
    }

    /// At most so many items as a sentence bears, and how many more there are.
    fn listed(&self, mut items: Vec<Vec<Span>>) -> Arg {
        let more = items.len().saturating_sub(LISTED);
        // "And 1 more" is no shorter than the item.
        if more > 1 {
            items.truncate(LISTED);
            items.push(self.language.say(say::More {
                count: exact(more as u64),
            }));
        }
        Arg::Words(self.language.list(&items))
    }

    fn listed_codes<'b>(&self, names: impl IntoIterator<Item = &'b String>) -> Arg {
        self.listed(
            names
                .into_iter()
                .map(|name| vec![Span::Code(visible(name))])
                .collect(),
        )
    }

    /// Actions as people say them, `read` of `Action::"read"`.
    fn listed_actions<'b>(&self, names: impl IntoIterator<Item = &'b String>) -> Arg {
        let said = |name: &'b String| {
            let inner = name
                .split_once("::\"")
                .and_then(|(_, rest)| rest.strip_suffix('"'));
            id(inner.unwrap_or(name))
        };
        self.listed(names.into_iter().map(said).collect())
    }

    /// What a policy cites, in a sentence: a title stands between quotation marks.
    fn cited(&self, cited: &Citation) -> Vec<Span> {
        let quoted = Citation {
            title: cited
                .title
                .as_ref()
                .map(|title| self.language.quoted(title)),
            ..cited.clone()
        };
        citation(&quoted)
    }

    /// Moves by their numbers, with the versions that were shipped since.
    fn listed_moves(&self, moves: &[(u64, String)]) -> Arg {
        let said = |(sequence, version): &(u64, String)| {
            self.language.say(say::MoveItem {
                sequence: words(sequence.to_string()),
                version: name(version),
            })
        };
        self.listed(moves.iter().map(said).collect())
    }

    fn listed_people<'b>(&self, names: impl IntoIterator<Item = &'b String>) -> Arg {
        self.listed(
            names
                .into_iter()
                .map(|name| vec![Span::Text(person(name))])
                .collect(),
        )
    }

    fn receipt_note(&self, receipt: Option<&Receipt>) -> Option<Note> {
        receipt.map(|receipt| Note {
            text: self.language.text(say::NoteReceipt {
                number: exact(receipt.number),
            }),
            source: Some(Source::Receipt(receipt.leaf.clone())),
        })
    }

    /// The very figures behind rounded ones; they stand in a block below.
    fn figures(&self, part: u64, whole: u64, block: &str) -> Note {
        Note {
            text: self.language.text(say::NoteOf {
                part: exact(part),
                whole: exact(whole),
            }),
            source: Some(Source::Block(block.to_owned())),
        }
    }

    fn columns<const N: usize>(&self, columns: [(String, bool); N]) -> Vec<Column> {
        let column = |(title, numeric)| Column { title, numeric };
        columns.map(column).into()
    }

    fn word(&self, message: impl Message) -> String {
        self.language.text(message)
    }

    /// A day, on one line: a column of dates that break is hard to follow.
    fn date_cell(&self, at: u64) -> Vec<Span> {
        text(self.language.short_date(at).replace(' ', "\u{a0}"))
    }

    fn number_cell(&self, value: u64) -> Vec<Span> {
        text(self.language.number(value))
    }
}

fn text(text: impl Into<String>) -> Vec<Span> {
    vec![Span::Text(text.into())]
}

fn id(name: &str) -> Vec<Span> {
    vec![Span::Code(visible(name))]
}

/// The same spans, their words strong.
fn strong(spans: Vec<Span>) -> Vec<Span> {
    let strong = |span| match span {
        Span::Text(text) => Span::Strong(text),
        other => other,
    };
    spans.into_iter().map(strong).collect()
}

/// A number as it is said.
fn about(exact: u64) -> Arg {
    Arg::Number(Rounded::of(exact))
}

/// A digest, short enough for a line.
fn short(digest: &str) -> String {
    let digits = digest.strip_prefix("sha256:").unwrap_or(digest);
    visible(digits.get(..12).unwrap_or(digits))
}

/// What a policy cites: its title where there is one, and a way to it.
fn citation(cited: &Citation) -> Vec<Span> {
    let title = visible(cited.title.as_ref().unwrap_or(&cited.id));
    match cited
        .link
        .as_ref()
        .filter(|link| link.starts_with("https://") || link.starts_with("http://"))
    {
        Some(link) => vec![Span::Link {
            text: title,
            source: Source::Address(address(link)),
        }],
        None => vec![Span::Text(title)],
    }
}

fn command(text: &str) -> Arg {
    code(text)
}
