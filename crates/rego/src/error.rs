//! What can go wrong with a bundle as a whole. Problems *in* modules are not errors; they are [`model::Problem`]s.

use model::{Code, Failure};

/// Work this room could not do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The stream is no archive, or it is damaged.
    #[error("the bundle cannot be read: {0}")]
    Unreadable(std::io::Error),
    /// An entry's path leads out of the bundle, or cannot be written in ours.
    #[error("the bundle holds `{0}`, which leads out of it")]
    Outside(String),
    /// An entry is neither a file nor a folder.
    #[error("the bundle holds `{path}`, which is {what}")]
    NoFile {
        /// Its path.
        path: String,
        /// What it is instead.
        what: &'static str,
    },
    /// Two entries of one path.
    #[error("the bundle holds `{0}` twice")]
    Doubled(String),
    /// More than a bundle may hold.
    #[error("the bundle holds more than {0}")]
    TooLarge(String),
    /// It is a bundle of changes to another one.
    #[error(
        "this is a delta bundle (`patch.json`), which changes another bundle and decides nothing by itself"
    )]
    Delta,
    /// A file of the bundle's own form cannot be read.
    #[error("`{file}` of the bundle cannot be read: {why}")]
    Malformed {
        /// `.manifest` or `.signatures.json`.
        file: &'static str,
        /// The first thing found wrong.
        why: String,
    },
    /// A key is given, and the bundle is not signed.
    #[error(
        "the bundle is not signed (it has no `.signatures.json`), and a key is given to check it with"
    )]
    Unsigned,
    /// The bundle is signed, and no key is given.
    #[error("the bundle is signed, and no key is given to check it with")]
    NoKey,
    /// The signature does not fit.
    #[error("the signature of the bundle does not hold: {0}")]
    Signature(String),
    /// A key cannot be used.
    #[error("the key cannot be used: {0}")]
    Key(String),
    /// Nobody said which rule decides.
    #[error("{0}")]
    Entrypoint(String),
    /// The input is no JSON.
    #[error("the input is not JSON: {0}")]
    Input(String),
}

impl Error {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Unreadable(_)
            | Self::Outside(_)
            | Self::NoFile { .. }
            | Self::Doubled(_)
            | Self::TooLarge(_)
            | Self::Delta
            | Self::Malformed { .. } => Code::BundleInvalid,
            Self::Unsigned | Self::Signature(_) => Code::BundleSignature,
            Self::NoKey | Self::Key(_) => Code::BundleKey,
            Self::Entrypoint(_) => Code::RegoEntrypoint,
            Self::Input(_) => Code::RequestInvalid,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut failure = Self::new(error.code(), error.to_string());
        match error {
            Error::NoKey => {
                failure.hint =
                    "give the key it was signed with: --bundle-key FILE, or [rego] key in workspace.toml"
                        .to_owned();
            }
            Error::Delta => failure.hint = "give the snapshot bundle that results".to_owned(),
            Error::Input(_) => failure.hint = "give the input document as JSON".to_owned(),
            _ => {}
        }
        failure
    }
}
