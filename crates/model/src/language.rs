//! What an editor asks of a policy language.

use serde::{Deserialize, Serialize};

use crate::Source;

/// What kind of thing a completion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompletionKind {
    /// A word of the language.
    Keyword,
    /// An entity type.
    Type,
    /// An action.
    Action,
    /// An entity.
    Entity,
    /// An attribute.
    Attribute,
    /// A method or function.
    Function,
    /// A value an attribute often has.
    Value,
    /// Something to fill in; `insert` has `${}` placeholders.
    Snippet,
}

/// Something that could stand at a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// As listed.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// At the right, e.g. its type.
    pub detail: String,
    /// Longer text; may be empty.
    pub info: String,
    /// What is inserted.
    pub insert: String,
    /// Column (same line) where the text it replaces begins; it ends at the place asked about.
    pub from_column: u32,
}

/// An explanation of what stands at a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hover {
    /// Its name.
    pub title: String,
    /// Its type or signature, as code; may be empty.
    pub signature: String,
    /// In words; may be empty.
    pub text: String,
    /// What it covers.
    pub source: Source,
}
