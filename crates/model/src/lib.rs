//! The plain values rooms hand each other: requests and decisions, problems and failures, facts about a log, the drift
//! report, the proof, what scenario packs and gates found. Nothing here computes; everything serialises, and the JSON shapes are promises that the command line, the
//! window and other programs build on. The interface compiles this crate to WebAssembly, so it knows serde and no engine.

mod access;
mod amiss;
mod drift;
mod failure;
mod gate;
mod language;
mod log;
mod proof;
mod scenario;
mod situation;
mod words;

pub use access::{
    Clause, Decision, Effect, Explanation, PolicyError, PolicyKind, PolicySummary, ReadValue,
    Request, Source,
};
pub use amiss::Amiss;
pub use drift::{
    Change, ChangeClass, DriftReport, Group, GroupBy, Headline, OpenClause, OpenPolicy, Outcome,
    PolicyChange, PolicyChangeKind, Reach, Residual, Risk, RiskLevel, SetInfo, Totals,
};
pub use failure::{Code, Failure, Problem, Severity};
pub use gate::{ActionProof, Answer, Broken, Found, Hours, Judged, Remark, Weekday};
pub use language::{Completion, CompletionKind, Hover};
pub use log::{LogImport, LogInfo, SkippedLine};
pub use proof::{
    Counterexample, Environment, EnvironmentProof, Finding, FindingKind, Lints, Proof, ProofLine,
    Relation, Undecided,
};
pub use scenario::{
    ExpectationResult, Expected, PackOutcome, PackResult, PackRun, ScenarioResult, ScenarioRows,
};
pub use situation::{Comparison, Condition, Element, Fact, Reference, Situation, Someone, Spot};
pub use words::{count, counted};
