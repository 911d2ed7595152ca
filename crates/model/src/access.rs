//! Requests, decisions and their reasons.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One authorization question. Entity ids are written as Cedar writes them: `Type::"id"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Who asks.
    pub principal: String,
    /// What they want to do.
    pub action: String,
    /// To what.
    pub resource: String,
    /// Facts of the moment, in Cedar's JSON form; an object.
    #[serde(default)]
    pub context: Map<String, Value>,
}

/// The answer of an authorizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// At least one permit matched and no forbid did.
    Allow,
    /// Everything else.
    Deny,
}

/// What a policy does when it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Grants.
    Permit,
    /// Overrules every grant.
    Forbid,
}

/// A policy that could not be evaluated. In Cedar it is then skipped, a `forbid` included, so this is evidence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PolicyError {
    /// Id of the policy.
    pub policy: String,
    /// The engine's words.
    pub message: String,
}

/// Where a piece of policy text stands. Lines and columns start at 1; columns count UTF-16 code units, as editors do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    /// Path relative to the workspace, with `/`.
    pub file: String,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column after the last character.
    pub end_column: u32,
}

/// A value an evaluation read, e.g. `principal.engagement` = `Engagement::"E-118"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadValue {
    /// The expression as written.
    pub expression: String,
    /// Its value, or the words `not set`.
    pub value: String,
}

/// The part of one policy that decided, for one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// Id of the policy.
    pub policy: String,
    /// Permit or forbid.
    pub effect: Effect,
    /// `true`: matched. `false`: this clause kept the policy from matching. `null`: it could not be evaluated.
    pub held: Option<bool>,
    /// The clause's text, e.g. `resource.classification != "P0"`; the scope when the whole policy is its scope.
    pub text: String,
    /// Where it stands.
    pub source: Source,
    /// What it read.
    pub reads: Vec<ReadValue>,
}

/// A decision with everything needed to understand it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The answer. Certain only when `needs` is empty.
    pub decision: Decision,
    /// Ids of the determining policies, sorted.
    pub reasons: Vec<String>,
    /// Policies that could not be evaluated.
    pub errors: Vec<PolicyError>,
    /// What a recorded request would need to be known for its decision, e.g. `resource.legalHold`; empty when the decision
    /// is certain, which it always is with all entities at hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// For an allow: the clauses that held. For a deny by a forbid: that forbid's. For a deny by default: the permits
    /// whose scope matched, with the first clause that did not hold (the nearest misses first); if there are none, the
    /// permits for another group of principals or resources, with that part of their scope. Policies that could not be
    /// evaluated follow.
    pub clauses: Vec<Clause>,
    /// Ids of the entities whose attributes or ancestors were read, sorted.
    pub entities_read: Vec<String>,
}

/// What kind of policy an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyKind {
    /// An ordinary policy.
    Static,
    /// A policy with slots; it decides nothing until linked.
    Template,
    /// A template with its slots filled.
    Link,
}

/// A policy in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicySummary {
    /// `@id`, else file and position (`access/baseline.cedar#3`); a link's own id.
    pub id: String,
    /// True when the id comes from an `@id` annotation or a link, so that it survives moves.
    pub stable_id: bool,
    /// Static, template or link.
    pub kind: PolicyKind,
    /// Permit or forbid.
    pub effect: Effect,
    /// Where it stands (for a link: the links file).
    pub source: Source,
    /// All annotations, in order of name.
    pub annotations: Vec<(String, String)>,
}
