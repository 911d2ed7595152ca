//! Facts in, a page of words out. Typed [`facts`] are ranked and written by the templates of a [`language`] into a
//! [`Document`]; renderers print that document as Markdown, HTML, PDF, Slack blocks or plain text and add nothing of their own.
//! The same facts in the same language give the same document, on every machine.

pub mod document;
pub mod edit;
pub mod facts;
pub mod language;
mod rank;
pub mod render;
pub mod risk;
mod rounding;
pub mod visible;
mod write;

use model::{Code, Failure};

pub use document::Document;
pub use facts::Facts;
pub use write::{tags, write};

/// Why there is no narrative.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// There is no such language.
    #[error("`{0}` is no language of narratives")]
    Language(String),
    /// Facts cannot be written or read.
    #[error("these are no facts: {0}")]
    Facts(String),
    /// A block cannot be edited so.
    #[error("the edit cannot be taken: {0}")]
    Edit(String),
}

impl Error {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Language(_) => Code::LanguageUnknown,
            Self::Facts(_) => Code::Internal,
            Self::Edit(_) => Code::EditRefused,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(error.code(), error.to_string())
    }
}
