//! What a narrative is before it is printed: blocks of words whose claims know their source.
//!
//! A document is complete in its language: what a renderer has to say itself (page numbers, the heading of a list of contents) stands
//! in [`Furniture`], so that no renderer knows a language.

use serde::{Deserialize, Serialize};

/// A narrative.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// BCP 47 tag of its language, as `en`.
    pub language: String,
    /// What happened, in one line.
    pub title: String,
    /// Whose, where and when, in one line.
    pub subtitle: String,
    /// What identifies it: pairs of a name and a value, as "Receipt" and an id.
    pub particulars: Vec<(String, String)>,
    /// The text, in order.
    pub blocks: Vec<Block>,
    /// What a renderer says itself.
    pub furniture: Furniture,
}

/// A part of the text. Its id stays the same as long as it speaks of the same facts: edits and flags hold on to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Unique in its document; a valid XML id.
    pub id: String,
    /// What it is.
    pub content: Content,
    /// What proves it; printed in the margin.
    pub notes: Vec<Note>,
    /// Whether somebody changed it.
    pub mark: Mark,
}

/// Kinds of blocks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// A heading; 1 opens a part, 2 a part of it.
    Heading {
        /// Which.
        level: u8,
        /// Its words.
        text: String,
    },
    /// A paragraph.
    Paragraph(Vec<Span>),
    /// Items of equal rank.
    List(Vec<Vec<Span>>),
    /// A level of risk, or another thing nobody should miss, with its reasons.
    Callout {
        /// How serious it is.
        tone: Tone,
        /// What it says in a few words.
        title: String,
        /// The reasons.
        items: Vec<Vec<Span>>,
    },
    /// Rows and columns.
    Table(Table),
    /// A drawing, with the same in words and numbers for who does not see it.
    Chart {
        /// What to draw.
        drawing: Drawing,
        /// What it shows, in words.
        alternative: String,
        /// The numbers drawn.
        data: Table,
    },
    /// Terms and what they mean.
    Glossary(Vec<(String, String)>),
}

/// A run of text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Words.
    Text(String),
    /// Words that carry the claim.
    Strong(String),
    /// An id or a piece of policy: character for character.
    Code(String),
    /// A term of the glossary, where it is first used.
    Term(String),
    /// What a program said, in its English.
    Said(String),
    /// Words that lead to a source.
    Link {
        /// The words.
        text: String,
        /// Where they lead.
        source: Source,
    },
}

/// What a claim rests on, and the exact figure behind a rounded one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// A short line, as "24,871 of 1,000,000 decisions".
    pub text: String,
    /// Where it can be checked.
    pub source: Option<Source>,
}

/// Where a claim can be checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A receipt, by the hash of its leaf in hexadecimal.
    Receipt(String),
    /// A policy, by its id.
    Policy(String),
    /// A paragraph of this document, by its id.
    Block(String),
    /// An address outside; only what a policy cites.
    Address(String),
}

/// How serious a callout is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Good to know.
    Plain,
    /// Look at it.
    Caution,
    /// Act on it.
    Risk,
    /// Checked, and it holds.
    Verified,
}

/// Rows and columns. Every row has as many cells as there are columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// From left to right.
    pub columns: Vec<Column>,
    /// From top to bottom.
    pub rows: Vec<Vec<Vec<Span>>>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its head.
    pub title: String,
    /// Numbers stand at the right.
    pub numeric: bool,
}

/// What to draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drawing {
    /// Numbers over time.
    Trend(chart::Chart),
    /// Gains and losses by group.
    Bars(chart::Bars),
}

/// Whether somebody changed a block.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// As it was computed.
    #[default]
    Computed,
    /// In the words of its author.
    Edited {
        /// Whose.
        by: String,
    },
    /// In the words of its author, whose facts are there no more or have changed; says which.
    Unfounded {
        /// Whose.
        by: String,
        /// What is missing, in a sentence.
        missing: String,
    },
}

/// What a renderer says itself, in the document's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Furniture {
    /// "Contents".
    pub contents: String,
    /// "Page {page} of {pages}", with these two placeholders.
    pub page: String,
    /// "continued", after the caption of a table that goes on.
    pub continued: String,
    /// "edited by {by}".
    pub edited: String,
    /// "no longer supported by facts".
    pub unfounded: String,
    /// "Data" of a chart.
    pub data: String,
    /// "Content hash".
    pub hash: String,
    /// "Sources", before the list of all receipts and policies in full.
    pub sources: String,
    /// What stands between groups of three digits, as "," in English; numbers of drawings are written with it.
    pub group: String,
}
