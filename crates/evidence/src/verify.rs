//! The verifier: what a bundle proves to somebody who trusts nobody but those named in a trust file. Twenty-one checks, each a
//! thin function over what was read once; each passes, fails, or was not checked, with the reason. The bundle is *verified* when
//! nothing fails and nothing that is needed was left unchecked; it is never verified by omission.
//!
//! Pure, as everything here: bytes, trust, the moment to judge at and the checkpoint seen last come in; decisions are re-run by
//! whoever has a policy engine ([`Replay`]). Packs of receipts are judged on every core, one in hand at a time.

mod case;
mod checks;
mod heads;
mod receipts;
mod report;
mod workers;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{checkpoint::Checkpoint, statement::Subject, trust::Trust};
use case::Case;
pub use report::{Program, Refusal, Resource, Summary, VERIFIER, is_verdict};

/// Where decisions lie that are to be run again.
pub const DECISIONS: &str = "artefacts/decisions/";

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// It could not be asked, or there is nothing to ask about.
    NotChecked,
}

/// How a verification ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing fails, and everything needed was checked.
    Verified,
    /// Something fails.
    Failed,
    /// Nothing fails, but something needed could not be checked.
    CannotDecide,
}

/// A check and its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// `V01` to `V21`; a report has its own before them.
    pub id: String,
    /// How it ended.
    pub state: State,
    /// What holds if it passes.
    pub sentence: String,
    /// What was expected; empty if not checked.
    pub expected: String,
    /// What was found; the reason if not checked.
    pub found: String,
    /// Further failures, one a line.
    #[serde(skip)]
    pub detail: Vec<String>,
    /// Without it, nothing is verified.
    #[serde(skip)]
    pub needed: bool,
}

/// The verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// In one word.
    pub verdict: Outcome,
    /// What was verified.
    pub subject: Subject,
    /// All checks, in order.
    pub checks: Vec<Check>,
}

/// Who runs decisions again. Evidence knows no policy engine.
pub trait Replay {
    /// Runs them.
    fn replay(&self, decisions: &Decisions<'_>) -> Replayed;

    /// Network connections the process opened meanwhile, where that can be counted.
    fn connections(&self) -> Option<u64> {
        None
    }
}

/// What is to be run again.
pub struct Decisions<'a> {
    /// Files below [`DECISIONS`], by what follows it.
    pub files: BTreeMap<&'a str, Vec<u8>>,
    /// What receipts say of pairs of policy sets.
    pub claims: &'a Claims,
    /// Told how far it is; false to stop.
    pub progress: &'a dyn Fn(Progress) -> bool,
}

impl Decisions<'_> {
    /// Tells how many are done, and whether to go on.
    #[must_use]
    pub fn go_on(&self, done: usize, total: usize) -> bool {
        (self.progress)(Progress { done, total })
    }
}

/// What receipts say, by the digests of the set before and after.
pub type Claims = BTreeMap<(String, String), Claim>;

/// What receipts say of a pair of policy sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// Rows said to gain and to lose access, at most, where a receipt counts them.
    pub counts: Option<(u64, u64)>,
}

/// What running decisions again gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// So many decisions, all the same.
    Agree(u64),
    /// Not what the bundle says.
    Differ {
        /// What it says.
        expected: String,
        /// What came out.
        found: String,
    },
    /// Nobody here can run them, and why.
    Unable(String),
}

/// Runs nothing again.
#[derive(Clone, Copy, Debug)]
pub struct NoReplay;

impl Replay for NoReplay {
    fn replay(&self, _: &Decisions<'_>) -> Replayed {
        Replayed::Unable("this verifier has no policy engine".to_owned())
    }
}

/// How far a verification is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Files judged, then decisions run again.
    pub done: usize,
    /// Of how many.
    pub total: usize,
}

/// Verifies a bundle. `at` is the moment to judge at, in seconds since 1970: nothing may have been signed after it. `last_seen` is
/// a checkpoint the auditor has seen, and verified, before. `progress` is called between files; `None` when it returns false.
pub fn verify(
    bytes: &[u8],
    trust: Option<&Trust>,
    at: Option<u64>,
    last_seen: Option<&Checkpoint>,
    replay: &dyn Replay,
    progress: &dyn Fn(Progress) -> bool,
) -> Option<Verdict> {
    let subject = Subject::of("bundle", bytes);
    let checks = match Case::open(bytes, trust, at, last_seen) {
        Ok(mut case) => {
            case.examine(progress)?;
            case.replay(replay, progress)?;
            checks::of(&case)
        }
        Err(error) => checks::of_nothing(&error),
    };
    Some(Verdict::of(subject, checks))
}

impl Verdict {
    /// The verdict that checks come to: failed if one did, undecided if one that is needed could not be made.
    #[must_use]
    pub fn of(subject: Subject, checks: Vec<Check>) -> Self {
        let open = |check: &Check| check.state == State::NotChecked && check.needed;
        let verdict = if checks.iter().any(|check| check.state == State::Fail) {
            Outcome::Failed
        } else if checks.iter().any(open) {
            Outcome::CannotDecide
        } else {
            Outcome::Verified
        };
        Self {
            verdict,
            subject,
            checks,
        }
    }
}

impl Claim {
    fn merge(&mut self, other: Self) {
        if let Some((gained, lost)) = other.counts {
            self.counted(gained, lost);
        }
    }
}

#[cfg(test)]
mod tests;
