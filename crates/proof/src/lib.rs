//! What a solver can prove about policies, for every request and all entities that fit the schema (an entity that is referred to
//! exists), where a replay knows only what was recorded. [`Prover::prove`] tells for each kind of request whether an edit changes nothing, only narrows access,
//! only widens it, or both, and shows a request for each direction. [`Prover::lint`] finds policies that never match, permits
//! that always do, policies that can fail, and policies that ought to be separate and are not.
//!
//! A question is written down symbolically (`ask`) and put to a solver in its own process (`solver`). What the solver
//! shows is a claim: it is decided again by the ordinary authorizer, stripped of what does not matter (`example`, `plain`,
//! `bond`) and told in words (`words`). No answer, a strange answer, or one that does not replay is `not_proven` with the reason, never a
//! proof.
//!
//! Boundary: besides `policy`, this is the only room that names the engine, and it asks `policy` for every decision.

mod ask;
mod bond;
mod cache;
mod direction;
mod example;
mod lint;
mod plain;
mod prover;
mod question;
mod solver;
mod words;

#[cfg(test)]
mod tests;

pub use lint::Separation;
pub use prover::{Prover, Side};
pub use solver::Limits;

use std::sync::atomic::AtomicBool;

use model::{Code, Failure};

/// Name and version of the solver on this machine, as it tells them; nothing when there is none. It is started for that.
///
/// # Errors
/// In words, when there is one and it does not run.
pub fn solver() -> Result<Option<String>, String> {
    let Some(program) = solver::find() else {
        return Ok(None);
    };
    let started = solver::Process::start(&program, Limits::default(), &AtomicBool::new(false));
    started
        .map(|process| Some(process.version.clone()))
        .map_err(|trouble| trouble.reason())
}

/// Why there is no proof at all. A single question that stays open is no error; it is `not_proven` in the result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A newer question took its place.
    #[error("the proof was cancelled")]
    Cancelled,
    /// A side does not compile.
    #[error("`{0}` does not compile, so nothing can be proven about it")]
    Broken(String),
    /// A side has no schema.
    #[error("`{0}` has no schema, so nothing can be proven about it")]
    NoSchema(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::Cancelled => Code::Cancelled,
            Error::Broken(_) => Code::SetBroken,
            Error::NoSchema(_) => Code::ProofSchema,
        };
        Self::new(code, error.to_string())
    }
}
