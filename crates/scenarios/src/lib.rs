//! Scenario packs: named what-ifs that are replayed like an edit, except that the facts change and not the policies. A
//! [`Pack`] is a TOML file that says what would be otherwise ("the EMEA rota is down", "all contractors lose clearance") and
//! what is expected of it; [`Pack::check`] holds it against a workspace; [`run`] replays one of its scenarios and counts;
//! [`Schedule`] says when a pack is due; [`timer`] writes what an operating system needs to run packs by itself.
//!
//! Pure: no database, no files, no clock, no network. Rows, policies and times come in as values.

mod alter;
mod expect;
mod pack;
mod run;
mod schedule;
mod select;
pub mod timer;
mod value;

use model::{Code, Failure, Problem, Severity};

pub use pack::{FOLDER, Pack, Policies, Rows, Scenario, read};
pub use run::{Setting, result, run};
pub use schedule::Schedule;
pub use select::Vocabulary;

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A pack says something that is not understood, or speaks of what is not there.
    #[error("{message}")]
    Invalid {
        /// The file.
        file: String,
        /// Line, from 1.
        line: u32,
        /// Column, from 1, in UTF-16 code units.
        column: u32,
        /// What is wrong.
        message: String,
    },
    /// The replay failed.
    #[error("{0}")]
    Replay(Failure),
}

impl Error {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Invalid { .. } => Code::ScenarioInvalid,
            Self::Replay(failure) => failure.code,
        }
    }

    /// The same as an entry in a list of problems.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let (file, line, column) = match self {
            Self::Invalid {
                file, line, column, ..
            } => (file.clone(), *line, *column),
            Self::Replay(_) => (String::new(), 0, 0),
        };
        Problem {
            code: self.code(),
            severity: Severity::Error,
            file,
            line,
            column,
            end_line: line,
            end_column: column,
            message: self.to_string(),
            hint: self.code().hint().to_owned(),
        }
    }
}

impl From<drift::Error> for Error {
    fn from(error: drift::Error) -> Self {
        Self::Replay(error.into())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Replay(failure) => failure,
            Error::Invalid {
                file,
                line,
                column,
                message,
            } => Self::new(Code::ScenarioInvalid, message)
                .with_details(format!("{file}:{line}:{column}")),
        }
    }
}
