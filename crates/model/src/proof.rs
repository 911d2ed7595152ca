//! What is known beyond the log: for each action, how the edit relates to the set in force for every possible request.

use serde::{Deserialize, Serialize};

use crate::Request;

/// How the edit relates to the set in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// No request is decided differently.
    Equivalent,
    /// Access can be lost and never gained.
    Narrows,
    /// Access can be gained and never lost.
    Widens,
    /// Both can happen.
    Differs,
    /// Nothing is proved.
    NotProven,
}

/// A request that the two sets decide differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counterexample {
    /// In words, e.g. `any contractor could read a P0 document that is not archived`.
    pub words: String,
    /// The request.
    pub request: Request,
}

/// What is proved about one action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofLine {
    /// The action, e.g. `Action::"read"`.
    pub action: String,
    /// How the edit relates to the set in force.
    pub relation: Relation,
    /// Why it is not equivalent.
    pub counterexample: Option<Counterexample>,
}
