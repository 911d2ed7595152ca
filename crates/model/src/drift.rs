//! The drift report: which recorded requests would be decided differently, and why.

use serde::{Deserialize, Serialize};

use crate::{Decision, PolicyError, Source};

/// How one recorded request fares under the edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeClass {
    /// Denied before, allowed now.
    Gained,
    /// Allowed before, denied now.
    Lost,
    /// Access may be gained: one side is certain, the other depends on facts the log lacks.
    MaybeGained,
    /// Access may be lost, likewise.
    MaybeLost,
    /// Neither side can be decided, or the request cannot be replayed at all.
    Undeterminable,
    /// Same outcome.
    Unchanged,
}

/// Row counts. The first six classes add up to `rows`; the last three are counted apart from them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Rows replayed.
    pub rows: u64,
    /// Same outcome under both.
    pub unchanged: u64,
    /// Denied, then allowed.
    pub gained: u64,
    /// Allowed, then denied.
    pub lost: u64,
    /// Perhaps gained.
    pub maybe_gained: u64,
    /// Perhaps lost.
    pub maybe_lost: u64,
    /// Cannot be told.
    pub undeterminable: u64,
    /// A policy's evaluation error appeared or vanished. In Cedar an erroring `forbid` is skipped.
    pub error_changed: u64,
    /// The base set does not reproduce what the log recorded.
    pub log_disagrees: u64,
    /// Rows without a slice, replayed against the workspace's entities.
    pub entities_assumed: u64,
}

/// How bad a change would be if it were a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskLevel {
    /// Look at it first.
    High,
    /// Look at it.
    Medium,
    /// Expected to be harmless.
    Low,
}

/// A risk and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// How bad.
    pub level: RiskLevel,
    /// In words, e.g. `resource is P0` or `forbid no-p0-contractors no longer matches`.
    pub why: String,
}

/// What one policy set says to one request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Outcome {
    /// The decision, or nothing when it depends on facts the log lacks.
    pub decision: Option<Decision>,
    /// Determining policies, sorted.
    pub reasons: Vec<String>,
    /// Policies that could not be evaluated.
    pub errors: Vec<PolicyError>,
    /// What would have to be known, in words, e.g. `resource.legalHold`; empty when `decision` is certain.
    pub needs: Vec<String>,
}

/// One distinct recorded request whose outcome differs (or cannot be told), with the number of rows that ask it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Number of the distinct request in the log; names the change within its report.
    pub id: u32,
    /// What happens.
    pub class: ChangeClass,
    /// Rows that ask exactly this.
    pub rows: u64,
    /// First such row, RFC 3339 UTC; empty without times.
    pub first_at: String,
    /// Last such row.
    pub last_at: String,
    /// Who.
    pub principal: String,
    /// What.
    pub action: String,
    /// On what.
    pub resource: String,
    /// Under the base set.
    pub before: Outcome,
    /// Under the edit.
    pub after: Outcome,
    /// Added, removed or changed policies that made the difference, sorted.
    pub causes: Vec<String>,
    /// How bad if it is a mistake.
    pub risk: Risk,
    /// An evaluation error appeared or vanished.
    pub error_changed: bool,
    /// The base set does not reproduce the recorded decision for some of the rows.
    pub log_disagrees: bool,
}

/// What changes are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// Who asks.
    Principal,
    /// To what.
    Resource,
    /// What they want to do.
    Action,
    /// The policy that caused it.
    Policy,
}

/// Changes that share a principal, resource, action or cause. Riskiest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The shared value.
    pub key: String,
    /// Rows gained.
    pub gained: u64,
    /// Rows lost.
    pub lost: u64,
    /// Rows that may change or cannot be told.
    pub open: u64,
    /// Distinct requests.
    pub changes: u64,
    /// Distinct principals.
    pub principals: u64,
    /// Distinct resources.
    pub resources: u64,
    /// The worst risk inside.
    pub risk: Risk,
}

/// How far one class of changes reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// Distinct principals.
    pub principals: u64,
    /// Distinct resources.
    pub resources: u64,
}

/// The reach of gains, losses and open rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headline {
    /// Of what is gained.
    pub gained: Reach,
    /// Of what is lost.
    pub lost: Reach,
    /// Of maybe and undeterminable rows.
    pub open: Reach,
}

/// One side of the comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetInfo {
    /// As the user named it: a folder, a revision, `draft`.
    pub label: String,
    /// `sha256:…` over the policies as syntax trees: the same whatever the formatting, order or file.
    pub digest: String,
    /// Policies that decide (links counted, templates not).
    pub policies: u64,
}

/// How a policy differs between the two sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyChangeKind {
    /// Only in the edit.
    Added,
    /// Only in the base.
    Removed,
    /// In both, with another meaning.
    Changed,
    /// In both with the same meaning under another id or in another file.
    Moved,
}

/// A policy that differs, as a syntax tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyChange {
    /// How.
    pub kind: PolicyChangeKind,
    /// Its id (in the edit if it is there).
    pub id: String,
    /// Its id in the base, when it had another.
    pub old_id: Option<String>,
    /// What changed, in words, e.g. `condition 2`, `scope of the resource`, `effect`; empty for added and removed.
    pub parts: Vec<String>,
    /// Canonical text in the base; empty when added.
    pub before: String,
    /// Canonical text in the edit; empty when removed.
    pub after: String,
    /// Where it stands (in the edit if it is there).
    pub source: Source,
}

/// Whose real access would change. Deterministic: it holds no times of its own making and does not depend on threads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftReport {
    /// Version of this shape: 1.
    pub version: u32,
    /// The engine that decided, e.g. `cedar/4.14.1`.
    pub engine: String,
    /// The set in force.
    pub base: SetInfo,
    /// The edit.
    pub head: SetInfo,
    /// Rows by class.
    pub totals: Totals,
    /// Lines of the log that could not be read, and so were not replayed.
    #[serde(default)]
    pub skipped: u64,
    /// How far it reaches.
    pub headline: Headline,
    /// Policies that differ.
    pub policies: Vec<PolicyChange>,
    /// Changed and open requests, riskiest first; may be cut, see `changes_total`.
    pub changes: Vec<Change>,
    /// How many there are all told.
    pub changes_total: u64,
    /// The same, grouped; each list riskiest first, at most a hundred groups.
    pub by_principal: Vec<Group>,
    /// By resource.
    pub by_resource: Vec<Group>,
    /// By action.
    pub by_action: Vec<Group>,
    /// By the policy that caused it.
    pub by_policy: Vec<Group>,
}

impl DriftReport {
    /// A policy that fails to evaluate is skipped, as Cedar does it; in Rego, a rule that fails leaves no decision.
    #[must_use]
    pub fn skips_failures(&self) -> bool {
        self.engine.starts_with("cedar/")
    }
}
