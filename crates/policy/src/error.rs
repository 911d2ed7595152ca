//! What can go wrong in this room.

use model::{Code, Failure};

/// Work this room could not do. Problems *in* policies are not errors; they are [`model::Problem`]s.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder does not exist or is not a folder.
    #[error("`{0}` is not a folder")]
    NotAFolder(String),
    /// A file or folder could not be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// Its path.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A request cannot be read or does not fit the schema.
    #[error("{0}")]
    Request(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::NotAFolder(_) => Code::WorkspaceMissing,
            Error::Read { .. } => Code::FileRead,
            Error::Request(_) => Code::RequestInvalid,
        };
        Self::new(code, error.to_string())
    }
}
