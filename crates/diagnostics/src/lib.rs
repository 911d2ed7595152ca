//! What may be told of a Studio that is in trouble, and nothing else of it. Three parts that a newcomer can read alone: the [`log`]
//! takes lines of one fixed form and no free text; a [`Sentinel`] tells the next start that the last one ended badly; and a [`Draft`]
//! is the archive that a user looks at, thins out and saves.
//!
//! Nothing secret gets into an archive, by two ways that do not know of each other. **By type**: a document is made of [`Fact`]s,
//! and a text from outside becomes one only as a salted digest ([`Redactor`]) or in a form too narrow for a secret. **By search**:
//! the bytes that are to be written are searched for what the caller knows to be secret and for the forms that tokens have
//! ([`Canaries`]); where one is found, nothing is written.
//!
//! Time, chance and everything that is told come in through parameters. The crate opens no workspace and no connection.

mod archive;
mod canary;
mod fact;
pub mod log;
mod sentinel;

use std::io;

use model::{Code, Failure};

pub use archive::{DAYS, Document, Draft, LeftOut, Listed, Manifest, Opened, open};
pub use canary::{Canaries, Hit, Secret};
pub use fact::{Fact, Redactor};
pub use sentinel::{Ended, Sentinel};

/// Why there is no archive.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A document holds something secret. Nothing was written.
    #[error("`{file}` holds {what}; nothing was written")]
    Secret {
        /// The document.
        file: String,
        /// What kind of secret, in words; never the secret itself.
        what: &'static str,
    },
    /// No document of that name.
    #[error("the archive has no `{0}`")]
    Unknown(String),
    /// A file that is no archive of ours, or was changed.
    #[error("it is no archive of diagnostics: {0}")]
    Invalid(String),
    /// The system refused.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl Error {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Secret { .. } => Code::DiagnosticsSecret,
            Self::Unknown(_) => Code::BadCall,
            Self::Invalid(_) => Code::DiagnosticsInvalid,
            Self::Io(_) => Code::FileRead,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut failure = Self::new(error.code(), error.to_string());
        if let Error::Unknown(_) = error {
            failure.hint = "leave out a file by the name that the preview gives it".to_owned();
        }
        failure
    }
}
