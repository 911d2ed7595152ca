//! Replay of a decision log against two policy sets: whose real access would change, why, and how much it matters.
//!
//! [`Session`] parses a log once and keeps what every policy in force said to every distinct request. An edit is then
//! answered by [`Session::preview`], which evaluates only policies whose syntax tree changed, only where their scope could
//! match; everything else is proved unchanged without evaluation. [`oracle`] answers the same question with the engine's
//! own authorizer, row by row, and both must agree. The result does not depend on threads.
//!
//! [`rego`] is the same for the second engine: another `Side`, another `Session`, one [`Replay`].

mod classify;
mod oracle;
mod pattern;
mod plan;
mod query;
pub mod rego;
mod replay;
mod residual;
mod risk;
mod session;
mod tally;
mod verdicts;

pub use oracle::{OracleRow, oracle};
pub use pattern::{glob, type_of};
pub use query::{Filter, Seen};
pub use replay::Replay;
pub use risk::{RiskRule, RiskRules};
pub use session::{Altered, Session};

use model::{Code, Failure};
use policy::Compiled;

/// One side of a comparison.
#[derive(Clone, Debug)]
pub struct Side {
    /// As the user named it.
    pub label: String,
    /// The files, compiled.
    pub compiled: Compiled,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A newer question took its place.
    #[error("the replay was cancelled")]
    Cancelled,
    /// A side does not compile.
    #[error("`{0}` does not compile, so nothing can be replayed against it")]
    Broken(String),
    /// The log holds no rows.
    #[error("the log holds no rows")]
    Empty,
    /// The log holds no row that Rego could be asked again.
    #[error(
        "no row of the log carries the input that was asked, so Rego cannot be replayed over it"
    )]
    NoInput,
    /// A policy runs wild.
    #[error(
        "more than {0} questions took longer than {limit} s each to evaluate, so the replay was given up",
        limit = ::rego::LIMIT.as_secs()
    )]
    TooSlow(usize),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::Cancelled => Code::Cancelled,
            Error::Broken(_) => Code::SetBroken,
            Error::Empty | Error::NoInput => Code::LogEmpty,
            Error::TooSlow(_) => Code::RegoInvalid,
        };
        let mut failure = Self::new(code, error.to_string());
        match error {
            Error::NoInput => {
                failure.hint = "give a decision log of the Open Policy Agent".to_owned();
            }
            Error::TooSlow(_) => {
                failure.hint = "try one request with `fabric decide`, and look for rules that go through everything for everything".to_owned();
            }
            _ => {}
        }
        failure
    }
}
