//! What a solver proves about policies: for every request a schema allows, not only for those a log recorded.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Decision, Request, SetInfo, Situation, Source};

/// A kind of request that a schema allows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Environment {
    /// The action's id, e.g. `Action::"read"`.
    pub action: String,
    /// Type of the principal.
    pub principal: String,
    /// Type of the resource.
    pub resource: String,
}

/// How the edit's decisions relate to those in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Every request is decided alike.
    Equivalent,
    /// Some requests lose access, none gains it.
    Narrows,
    /// Some requests gain access, none loses it.
    Widens,
    /// Some gain and some lose.
    Differs,
    /// It could not be proven; `reason` says why.
    NotProven,
}

/// One request on which two policy sets disagree. It was replayed through the ordinary authorizer: it is no opinion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counterexample {
    /// The request.
    pub request: Request,
    /// All entities that exist for it, each `{uid, attrs, parents}`, without what makes no difference.
    pub entities: Vec<Value>,
    /// The decision in force.
    pub before: Decision,
    /// The edit's decision.
    pub after: Decision,
    /// Policies that determine the decision in force, sorted.
    pub before_reasons: Vec<String>,
    /// Policies that determine the edit's decision, sorted.
    pub after_reasons: Vec<String>,
    /// The same in words: `a Contractor could read a Record whose classification is "P0"`.
    pub sentence: String,
    /// The same by its parts, a [`Situation`]; nothing in what older versions kept. A plain value, for the interface shows the sentence, and
    /// need not know the parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Value>,
}

impl Counterexample {
    /// It by its parts, for another language than English. Nothing where an older version, or one that knows more parts, kept it.
    #[must_use]
    pub fn situation(&self) -> Option<Situation> {
        serde_json::from_value(self.told.clone()?).ok()
    }
}

/// What is proven for one kind of request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnvironmentProof {
    /// Which requests.
    #[serde(flatten)]
    pub environment: Environment,
    /// How they fare.
    pub relation: Relation,
    /// A request that gains access.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gained: Option<Counterexample>,
    /// A request that loses access.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<Counterexample>,
    /// Why it is not proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What an edit changes for all requests that fit the schema, over all entities that fit it. An entity that is referred to is
/// taken to exist; a replay tells what happens where one is missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// Version of this shape: 1.
    pub version: u32,
    /// The engine whose decisions are proven, e.g. `cedar/4.14.1`.
    pub engine: String,
    /// The solver and its version; nothing when there is none.
    pub solver: Option<String>,
    /// The set in force.
    pub base: SetInfo,
    /// The edit.
    pub head: SetInfo,
    /// All environments together. `not_proven` when one is, whatever was found in the others.
    pub relation: Relation,
    /// Every kind of request, sorted.
    pub environments: Vec<EnvironmentProof>,
}

/// What is proven about one action: the line of a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProofLine {
    /// The action's id.
    pub action: String,
    /// How the edit's decisions relate to those in force, over all kinds of request with this action.
    pub relation: Relation,
    /// A request that gains access, else one that loses it.
    pub counterexample: Option<Counterexample>,
    /// Why nothing is proven, where no solver could.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Proof {
    /// One line for each action, sorted.
    #[must_use]
    pub fn lines(&self) -> Vec<ProofLine> {
        let mut lines: BTreeMap<&str, ProofLine> = BTreeMap::new();
        let shown = |proof: &EnvironmentProof| proof.gained.clone().or_else(|| proof.lost.clone());
        for proof in &self.environments {
            let line = lines
                .entry(&proof.environment.action)
                .or_insert_with(|| ProofLine {
                    action: proof.environment.action.clone(),
                    relation: Relation::Equivalent,
                    counterexample: None,
                    reason: None,
                });
            line.relation = line.relation.and(proof.relation);
            if line.reason.is_none() {
                line.reason.clone_from(&proof.reason);
            }
            // Access that is gained is what a reader must see first.
            let gains = |shown: &Option<Counterexample>| {
                shown.as_ref().map(|shown| shown.after == Decision::Allow)
            };
            let new = shown(proof);
            if gains(&new) > gains(&line.counterexample) {
                line.counterexample = new;
            }
        }
        lines.into_values().collect()
    }
}

impl Relation {
    /// Of two kinds of request together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::NotProven, _) | (_, Self::NotProven) => Self::NotProven,
            (Self::Equivalent, relation) | (relation, Self::Equivalent) => relation,
            (a, b) if a == b => a,
            _ => Self::Differs,
        }
    }
}

/// What a lint by proof looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Two policies that are to be separate match one request.
    NotSeparate,
    /// Two policies that are to be separate are never asked about the same kind of request, so keeping them apart says nothing.
    NothingToSeparate,
    /// A policy fails to evaluate for some request, and is then skipped.
    MayError,
    /// A permit matches every request of a kind.
    AlwaysAllows,
    /// A policy matches no request at all.
    NeverMatches,
}

/// Something proven about a policy that its author may not have meant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub kind: FindingKind,
    /// The policy.
    pub policy: String,
    /// The policy it is to be separate from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// Where the policy stands.
    pub source: Source,
    /// The kinds of request it holds for; empty when it holds for all.
    pub environments: Vec<Environment>,
    /// A request that shows it, where one can; replayed through the ordinary authorizer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
    /// All entities that exist for that request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Value>,
    /// In words.
    pub sentence: String,
}

/// A lint that could not be decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undecided {
    /// What was looked for.
    pub kind: FindingKind,
    /// In which policy.
    pub policy: String,
    /// Why it could not be decided.
    pub reason: String,
}

/// What a solver finds in one policy set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lints {
    /// Version of this shape: 1.
    pub version: u32,
    /// The engine whose policies are judged.
    pub engine: String,
    /// The solver and its version; nothing when there is none.
    pub solver: Option<String>,
    /// The set.
    pub set: SetInfo,
    /// What was found, by kind and policy.
    pub findings: Vec<Finding>,
    /// What could not be decided, likewise.
    pub undecided: Vec<Undecided>,
}
