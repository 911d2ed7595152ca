//! How a use case goes wrong. Failures of other rooms pass through with their own codes.

use std::{io, path::Path};

use model::{Code, Failure, Problem, counted};

/// Work that could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another room's failure, or one put together for the occasion.
    #[error("{0}")]
    Failed(Failure),
    /// No workspace is open.
    #[error("no workspace is open")]
    NoneOpen,
    /// The folder is not there, or holds nothing a workspace is made of.
    #[error("`{0}` is not a workspace")]
    NoWorkspace(String),
    /// The folder for a new workspace holds something.
    #[error("`{0}` is not empty")]
    NotEmpty(String),
    /// A file or folder could not be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// Its path.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
    /// A file or folder could not be written.
    #[error("cannot write `{path}`: {source}")]
    Write {
        /// Its path.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
    /// A file of this name is there.
    #[error("`{0}` exists already")]
    Exists(String),
    /// A file that is to be edited is not UTF-8.
    #[error("`{path}` is not UTF-8 (byte {at})")]
    Encoding {
        /// Its path.
        path: String,
        /// Place of the first bad byte, from 0.
        at: usize,
    },
    /// The file on disk is not the one the draft was begun from.
    #[error("`{0}` was changed by another program since you began to edit it")]
    Conflict(String),
    /// A path leads out of the workspace.
    #[error("`{0}` is not a path inside the workspace")]
    Outside(String),
    /// A path names something the Studio does not edit.
    #[error("`{path}` cannot be edited here: {why}")]
    NotEditable {
        /// The path.
        path: String,
        /// Why not.
        why: &'static str,
    },
    /// A revision, folder or archive cannot be read as a policy set.
    #[error("`{spec}` {why}")]
    Revision {
        /// As the user wrote it.
        spec: String,
        /// What is wrong with it.
        why: String,
    },
    /// `workspace.toml` or a story is not what it should be.
    #[error("{0}")]
    Config(String),
    /// A name that nothing has.
    #[error("there is no {kind} `{name}`")]
    Unknown {
        /// What it should name.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// A prepared edit does not fit the text any more.
    #[error("the edit `{story}` does not fit `{file}` as it is now")]
    StoryStale {
        /// The story.
        story: String,
        /// The file.
        file: String,
    },
    /// A policy set does not compile.
    #[error("{label} does not compile: {}", first(.problems))]
    Broken {
        /// Which set.
        label: String,
        /// What is wrong with it.
        problems: Vec<Problem>,
    },
    /// No log was imported.
    #[error("the workspace has no decision log")]
    NoLog,
    /// The workspace was opened by another Studio first.
    #[error("another Studio has this workspace open, so nothing can be saved here")]
    Locked,
    /// The workspace has no ledger.
    #[error("the workspace has no ledger")]
    NoLedger,
    /// The ledger's database is older than what was signed.
    #[error(
        "the ledger holds {}, and a checkpoint over {known} was signed: this is an older copy", counted(*.size, "receipt")
    )]
    LedgerStale {
        /// Receipts there are.
        size: u64,
        /// Receipts that were signed for.
        known: u64,
    },
    /// A ledger is to begin that signed before, and whose database is not here.
    #[error("the ledger `{origin}` signed for {}, and its database is not here", counted(*.known, "receipt"))]
    LedgerLost {
        /// Which.
        origin: String,
        /// Receipts that were signed for.
        known: u64,
    },
    /// The ledger signed before, and nothing tells how far.
    #[error(
        "nothing on this machine remembers what the ledger `{0}` signed, so this may be an older copy"
    )]
    LedgerForgotten(String),
    /// The ledger's database holds another history than what was signed.
    #[error("a checkpoint over {} was signed, and those in the ledger are others", counted(*.size, "receipt"))]
    LedgerForked {
        /// The size that was signed.
        size: u64,
    },
    /// What lies in the ledger contradicts itself.
    #[error("the ledger is damaged: {0}")]
    LedgerDamaged(String),
    /// The key that is to sign is not at hand.
    #[error("{0}")]
    NoKey(String),
    /// Evidence that cannot be made or read.
    #[error("{0}")]
    Evidence(#[from] evidence::Error),
    /// Cancelled, or overtaken by a newer revision.
    #[error("cancelled")]
    Cancelled,
    /// A page, change or revision that does not exist.
    #[error("{0}")]
    BadCall(String),
}

fn first(problems: &[Problem]) -> String {
    problems.first().map_or_else(
        || "see its problems".to_owned(),
        |p| format!("{}:{}:{}: {}", p.file, p.line, p.column, p.message),
    )
}

impl Error {
    pub(crate) fn read(path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Read {
            path: path.as_ref().display().to_string(),
            source,
        }
    }

    pub(crate) fn write(path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Write {
            path: path.as_ref().display().to_string(),
            source,
        }
    }

    /// That a set does not compile, with those of the problems that are errors.
    pub(crate) fn broken(label: &str, problems: &[Problem]) -> Self {
        let problems = problems
            .iter()
            .filter(|problem| problem.severity == model::Severity::Error)
            .cloned()
            .collect();
        Self::Broken {
            label: label.to_owned(),
            problems,
        }
    }

    /// That a text cannot be formatted, because it does not parse.
    pub(crate) fn unformatted(path: &str, problems: &[Problem]) -> Self {
        let failure = Failure::new(
            Code::PolicySyntax,
            format!("`{path}` cannot be formatted: {}", first(problems)),
        );
        Self::Failed(failure)
    }

    pub(crate) fn revision(spec: &str, why: impl Into<String>) -> Self {
        Self::Revision {
            spec: spec.to_owned(),
            why: why.into(),
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Failed(failure) => failure.code,
            Self::NoneOpen | Self::NoWorkspace(_) => Code::WorkspaceMissing,
            Self::NotEmpty(_) => Code::WorkspaceExists,
            Self::Read { .. } => Code::FileRead,
            Self::Write { .. } | Self::Exists(_) => Code::FileWrite,
            Self::Encoding { .. } => Code::FileEncoding,
            Self::Conflict(_) | Self::StoryStale { .. } => Code::FileConflict,
            Self::Outside(_) => Code::FileOutside,
            Self::NotEditable { .. } | Self::Unknown { .. } | Self::BadCall(_) => Code::BadCall,
            Self::Revision { .. } => Code::RevisionUnknown,
            Self::Config(_) => Code::WorkspaceConfig,
            Self::Broken { .. } => Code::SetBroken,
            Self::NoLog => Code::LogMissing,
            Self::Locked => Code::StoreLocked,
            Self::NoLedger => Code::LedgerMissing,
            Self::LedgerStale { .. } | Self::LedgerLost { .. } | Self::LedgerForgotten(_) => {
                Code::LedgerStale
            }
            Self::LedgerForked { .. } => Code::LedgerForked,
            Self::LedgerDamaged(_) => Code::LedgerDamaged,
            Self::NoKey(_) | Self::Evidence(evidence::Error::Signer(_)) => Code::KeyMissing,
            Self::Evidence(_) => Code::BadCall,
            Self::Cancelled => Code::Cancelled,
        }
    }

    fn hint(&self) -> Option<String> {
        if let Self::LedgerLost { origin, .. } = self {
            return Some(format!(
                "put its newest database back into the workspace's `.fabric`; if it is lost, go on under a new origin: \
                 `fabric ledger restore DIR --origin {origin} --key KEY --by WHO`"
            ));
        }
        let hint = match self {
            Self::NoneOpen => "open a workspace first",
            Self::Exists(_) => "choose another name",
            Self::NotEditable { .. } => "open it in another editor; the Studio sees the change",
            Self::Unknown { .. } => "choose one that is listed",
            Self::StoryStale { .. } => "discard the draft of that file, then apply the edit again",
            Self::BadCall(_) => {
                "try again; what it is about has to be there first: a preview, a verified bundle, a receipt"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }

    fn details(&self) -> Option<String> {
        match self {
            // The message has the first.
            Self::Broken { problems, .. } => {
                let others = problems.get(1..20.min(problems.len())).unwrap_or_default();
                let others: Vec<_> = others
                    .iter()
                    .map(|p| format!("{}:{}:{}: {}", p.file, p.line, p.column, p.message))
                    .collect();
                (!others.is_empty()).then(|| others.join("\n"))
            }
            _ => None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if let Error::Failed(failure) = error {
            return failure;
        }
        let mut failure = Self::new(error.code(), error.to_string());
        if let Some(hint) = error.hint() {
            failure.hint = hint;
        }
        failure.details = error.details();
        failure
    }
}

impl From<pdf::Error> for Error {
    fn from(error: pdf::Error) -> Self {
        Self::Failed(Failure::new(error.code(), error.to_string()))
    }
}

macro_rules! passes_through {
    ($($error:ty),+) => {$(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::Failed(error.into())
            }
        }
    )+};
}
passes_through!(
    Failure,
    policy::Error,
    store::Error,
    help::Error,
    decisions::Error,
    drift::Error,
    guard::Error,
    narrative::Error,
    pdp::Error,
    proof::Error,
    registry::Error,
    release::Error,
    scenarios::Error
);
