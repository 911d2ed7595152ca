//! What can go wrong with a log as a whole. A single line that cannot be used is no error: it is counted and skipped.

use std::io;
use std::path::{Path, PathBuf};

use model::{Code, Failure, SkippedLine};

/// Work on a decision log that could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or stream could not be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// The file, or `-` for standard input.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("cannot write `{path}`: {source}")]
    Write {
        /// The file, or `-` for standard output.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// Not one line was a decision.
    #[error("no row of `{origin}` can be replayed{}", in_vain(*.skipped))]
    Empty {
        /// Where the lines came from.
        origin: String,
        /// How many lines were read in vain.
        skipped: u64,
        /// The first of them.
        first: Vec<SkippedLine>,
    },
    /// A line of a shadow log is no row.
    #[error("line {line} of `{path}` is no row of a decision log: {why}")]
    Shadow {
        /// The log.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// A compact store does not hold what it claims to hold.
    #[error("`{path}` is damaged: {what}")]
    Damaged {
        /// The store.
        path: String,
        /// The first thing found wrong.
        what: String,
    },
    /// A compact store of a later version.
    #[error("`{path}` has version {found} of the log store; this program reads version {known}")]
    Newer {
        /// The store.
        path: String,
        /// Its version.
        found: u32,
        /// The latest version this program reads.
        known: u32,
    },
    /// A log that outgrows the numbers of its format.
    #[error("the log holds more than {0} distinct values of one kind")]
    TooLarge(u32),
    /// The recipe of a generated log cannot be used.
    #[error("`log.toml` cannot be used: {0}")]
    Recipe(String),
    /// A log cannot be generated without knowing which requests make sense.
    #[error("a log cannot be generated: {0}")]
    NoSchema(String),
    /// The policies of the workspace do not compile, so nothing can be decided.
    #[error("a log cannot be generated: {0}")]
    BrokenPolicies(String),
    /// The log was written for another engine.
    #[error("the log holds decisions of the Open Policy Agent, which read no entities")]
    Foreign,
    /// The caller said stop.
    #[error("cancelled")]
    Cancelled,
}

fn in_vain(skipped: u64) -> String {
    match skipped {
        0 => String::new(),
        1 => "; 1 line skipped".to_owned(),
        many => format!("; {many} lines skipped"),
    }
}

impl Error {
    pub(crate) fn read(path: impl AsRef<Path>, source: io::Error) -> Self {
        Self::Read {
            path: shown(path.as_ref()),
            source,
        }
    }

    pub(crate) fn write(path: impl AsRef<Path>, source: io::Error) -> Self {
        Self::Write {
            path: shown(path.as_ref()),
            source,
        }
    }

    pub(crate) fn damaged(path: impl AsRef<Path>, what: impl Into<String>) -> Self {
        Self::Damaged {
            path: shown(path.as_ref()),
            what: what.into(),
        }
    }

    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Read { .. } => Code::FileRead,
            Self::Write { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                Code::StoreFull
            }
            Self::Write { .. } => Code::FileWrite,
            Self::Empty { .. } | Self::TooLarge(_) | Self::Foreign => Code::LogEmpty,
            Self::Shadow { .. } => Code::LogLine,
            Self::Damaged { .. } => Code::LogDamaged,
            Self::Newer { .. } => Code::LogNewer,
            Self::Recipe(_) => Code::WorkspaceConfig,
            Self::NoSchema(_) => Code::SchemaMissing,
            Self::BrokenPolicies(_) => Code::SetBroken,
            Self::Cancelled => Code::Cancelled,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut failure = Failure::new(error.code(), error.to_string());
        match &error {
            Error::Recipe(_) => {
                "correct log.toml at the marked place".clone_into(&mut failure.hint)
            }
            Error::Foreign => "give a log of decisions made by Cedar".clone_into(&mut failure.hint),
            Error::Shadow { .. } => {
                "no line of it is a row: name a log that `fabric pdp serve --shadow FILE` wrote"
                    .clone_into(&mut failure.hint);
            }
            Error::Empty { skipped, first, .. } if *skipped > 0 => {
                failure.details = Some(SkippedLine::list(*skipped, first));
            }
            Error::TooLarge(_) => "import the log in parts".clone_into(&mut failure.hint),
            Error::Write { path, source } if source.kind() != io::ErrorKind::StorageFull => {
                failure.hint = format!(
                    "check that you may write `{path}` and that there is free space, then try again"
                );
            }
            _ => {}
        }
        failure
    }
}

fn shown(path: &Path) -> String {
    PathBuf::from(path).display().to_string()
}
