//! Why there is no key.

use std::{io, path::Path};

use model::{Code, Failure};

use crate::SHORTEST;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No key of this name, or none that may sign.
    #[error("there is no key `{0}`")]
    Unknown(String),
    /// A key that was revoked.
    #[error("the key `{0}` is revoked already: it signs nothing more")]
    Revoked(String),
    /// A key that was revoked is to be recovered.
    #[error("the key `{0}` is revoked already: it does not come back")]
    Ended(String),
    /// The name is that of a key in force.
    #[error("there is a key `{0}` already")]
    Taken(String),
    /// A key that was not lost is to be recovered under another name.
    #[error("the key is here and signs, as `{0}`: recover it under that name, or use it as it is")]
    Here(String),
    /// No name.
    #[error("`{0}` is no name of a key: use letters, digits, `.`, `-` and `_`, at most 64")]
    Name(String),
    /// The passphrase is too short.
    #[error("the passphrase is too short: use at least {SHORTEST} characters")]
    Short,
    /// A sealed key does not open.
    #[error("`{0}` cannot be opened")]
    Locked(String),
    /// The seed is not where the list says.
    #[error("the secret half of the key `{0}` is gone")]
    Gone(String),
    /// The keyring does not answer.
    #[error("this machine's keyring cannot be used: {0}")]
    NoKeyring(String),
    /// The list of keys cannot be understood.
    #[error("`{0}` is no list of keys")]
    List(String),
    /// A file cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// Its path.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write `{path}`: {source}")]
    Write {
        /// Its path.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
    /// No randomness, or no memory.
    #[error("the system gives no {0}")]
    System(&'static str),
}

impl Error {
    pub(super) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::Read { path, source }
    }

    pub(super) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::Write { path, source }
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Unknown(_) | Self::Revoked(_) | Self::Ended(_) | Self::Gone(_) => {
                Code::KeyMissing
            }
            Self::Taken(_) | Self::Here(_) | Self::Name(_) | Self::Short => Code::BadCall,
            Self::Locked(_) | Self::List(_) => Code::KeyLocked,
            Self::NoKeyring(_) => Code::KeyringMissing,
            Self::Read { .. } => Code::FileRead,
            Self::Write { .. } => Code::FileWrite,
            Self::System(_) => Code::Internal,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let failure = Self::new(error.code(), error.to_string());
        let hint = match error {
            Error::Taken(_) => "choose another name, or replace the key: `fabric keys rotate`",
            Error::Revoked(_) => "name another key: `fabric keys list` shows which sign",
            Error::Ended(_) => {
                "make another: `fabric keys create NAME`; a ledger that signed with this one goes on under a new origin with that: \
                 `fabric ledger restore DIR --key NAME --by WHO`"
            }
            Error::Gone(name) => {
                let hint = format!(
                    "bring it back from its recovery file: `fabric keys recover FILE --name {name}`"
                );
                return Self { hint, ..failure };
            }
            Error::Short => "several words are easier to remember than signs",
            _ => return failure,
        };
        Self {
            hint: hint.to_owned(),
            ..failure
        }
    }
}
