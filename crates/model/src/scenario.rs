//! What a scenario pack found: named what-ifs, each with counts and with expectations that are met or not.

use serde::{Deserialize, Serialize};

use crate::{Change, Failure, Headline, SetInfo, Totals};

/// What an expectation counts, in rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// Denied before, allowed then.
    Gained,
    /// Allowed before, denied then.
    Lost,
    /// Perhaps gained, or perhaps lost.
    Maybe,
    /// Cannot be told.
    Undeterminable,
    /// A policy's evaluation error appears or vanishes.
    ErrorChanged,
}

impl Expected {
    /// In words, to stand behind a number of rows.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Gained => "gained",
            Self::Lost => "lost",
            Self::Maybe => "maybe changed",
            Self::Undeterminable => "undeterminable",
            Self::ErrorChanged => "with another error",
        }
    }
}

/// One expectation and what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectationResult {
    /// In words, e.g. `at most 20 rows lost by Employee::"elif.kaya"`.
    pub text: String,
    /// What is counted.
    pub measure: Expected,
    /// No fewer rows than this.
    pub at_least: Option<u64>,
    /// No more rows than this.
    pub at_most: Option<u64>,
    /// Rows there are.
    pub found: u64,
    /// Within the bounds.
    pub met: bool,
    /// Who has most of the rows found, with their number; at most three, and only when there are too many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<(String, u64)>,
}

/// One what-if, replayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioResult {
    /// Its name, unique in the pack.
    pub name: String,
    /// What is supposed, in words; may be empty.
    pub about: String,
    /// The policies that decide as things were.
    pub base: SetInfo,
    /// The policies that decide as things would be; the same unless the scenario names others.
    pub head: SetInfo,
    /// Digest of the entities as the workspace has them.
    pub entities: String,
    /// Entities of the workspace that are supposed to be otherwise.
    pub entities_changed: u64,
    /// Distinct requests whose facts are otherwise.
    pub requests_changed: u64,
    /// Rows by class.
    pub totals: Totals,
    /// How far it reaches.
    pub headline: Headline,
    /// All expectations, in the order of the pack.
    pub expectations: Vec<ExpectationResult>,
    /// Some of the rows that change, riskiest first.
    pub examples: Vec<Change>,
    /// What should be known about the result, in words.
    pub notes: Vec<String>,
}

/// Where the rows of a pack came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioRows {
    /// `imported.jsonl`, `generated, seed 7`.
    pub origin: String,
    /// How many.
    pub rows: u64,
    /// Digest of what they ask and were answered.
    pub digest: String,
}

/// What a pack found. Deterministic: the same pack, policies and rows give the same result; it holds no time of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackResult {
    /// Version of this shape: 1.
    pub version: u32,
    /// Name of the pack: its file's.
    pub pack: String,
    /// What it is about, in one line.
    pub title: String,
    /// Digest of what the pack says.
    pub digest: String,
    /// Its rows.
    pub rows: ScenarioRows,
    /// Every scenario, in the order of the pack.
    pub scenarios: Vec<ScenarioResult>,
    /// Expectations met.
    pub met: u64,
    /// Expectations there are.
    pub expectations: u64,
}

impl PackResult {
    /// Every expectation is met.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.met == self.expectations
    }
}

/// What came of running a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PackOutcome {
    /// It was replayed.
    Result(PackResult),
    /// It could not be.
    Error(Failure),
}

/// One run of a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackRun {
    /// When, RFC 3339 UTC.
    pub at: String,
    /// The pack.
    pub pack: String,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: PackOutcome,
}
