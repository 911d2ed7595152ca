//! What can go wrong in this room.

use model::{Code, Failure, Problem};

/// Work this room could not do. What cannot be *decided* is no error but an answer: deny, with the reason.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A release cannot be enforced as its authors mean it.
    #[error("the {which} of version {version} do not compile: {}", first(.problems))]
    Broken {
        /// The version.
        version: String,
        /// Which of its files: `files`, or the `base`.
        which: &'static str,
        /// What is wrong with them.
        problems: Vec<Problem>,
    },
    /// There is nothing to decide by.
    #[error("version {0} holds no Cedar policies")]
    Empty(String),
    /// The release is Rego.
    #[error("version {0} holds Rego, which is not enforced here")]
    Rego(String),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The address is not this machine's alone, and nobody said that it may be.
    #[error("{0} can be reached from elsewhere")]
    Exposed(String),
    /// What was remembered for a restart is not for this enforcement point, or is held by another.
    #[error("the state in `{path}` {why}")]
    State {
        /// Its folder.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// The source of releases does not give any.
    #[error("{0}")]
    Source(String),
    /// The shadow log, or what is remembered for a restart, cannot be written.
    #[error("cannot write `{path}`: {source}")]
    Write {
        /// Its path.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
}

fn first(problems: &[Problem]) -> String {
    let first = problems.first();
    first
        .map(|it| format!("{}:{}: {}", it.file, it.line, it.message))
        .unwrap_or_default()
}

impl Error {
    /// Its code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Broken { .. } => Code::SetBroken,
            Self::Empty(_) => Code::RevisionUnknown,
            Self::Rego(_) => Code::EngineMixed,
            Self::Listen { .. } | Self::Exposed(_) => Code::PdpAddress,
            Self::State { .. } => Code::PdpState,
            Self::Source(_) => Code::PdpSource,
            Self::Write { .. } => Code::FileWrite,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(error.code(), error.to_string())
    }
}
