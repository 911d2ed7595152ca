//! The drift report: which recorded requests would be decided differently, and why.

use serde::{Deserialize, Serialize};

use crate::{Decision, Effect, PolicyError, SkippedLine, Source};

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

/// A clause whose truth the facts of a log leave open, without those parts of it that are known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OpenClause {
    /// As written, with a link's slots filled, e.g. `resource.legalHold`.
    pub text: String,
    /// What it must come to for its policy to apply. A clause that fails to evaluate comes to neither.
    pub holds_if: bool,
    /// What the log does not carry, as the clause speaks of it, e.g. `resource.owner.team`, `ancestors of principal`.
    pub needs: Vec<String>,
}

/// A policy that may or may not apply. It applies if all its open clauses come to what they must.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OpenPolicy {
    /// Its id.
    pub policy: String,
    /// Permit or forbid.
    pub effect: Effect,
    /// The clauses that stay open.
    pub clauses: Vec<OpenClause>,
}

/// What decisions that cannot be told turn on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Residual {
    /// In a sentence without its end, e.g. ``gains access if `resource.legalHold` is false``.
    pub words: String,
    /// The policies on which the base's decision turns, by id; empty when it is certain. Access is allowed when one of the
    /// permits among them applies, or there is none among them, and no forbid among them applies.
    pub before: Vec<OpenPolicy>,
    /// The same of the edit.
    pub after: Vec<OpenPolicy>,
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
    /// Policies that made the difference, sorted: added, removed or changed ones, and those that say something else because
    /// entities or schema do; see [`DriftReport::is_unedited`].
    pub causes: Vec<String>,
    /// How bad if it is a mistake.
    pub risk: Risk,
    /// An evaluation error appeared or vanished.
    pub error_changed: bool,
    /// The base set does not reproduce the recorded decision for some of the rows.
    pub log_disagrees: bool,
    /// What the decisions turn on that cannot be told, where policies leave them open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residual: Option<Residual>,
}

impl Change {
    /// What the log lacks to tell each side's decision, sorted: as the open clauses speak of it, or in the engine's words.
    #[must_use]
    pub fn lacks(&self) -> [Vec<String>; 2] {
        let residual = self.residual.as_ref();
        let side = |open: Option<&Vec<OpenPolicy>>, outcome: &Outcome| {
            let clauses = open.into_iter().flatten().flat_map(|it| &it.clauses);
            let mut names: Vec<String> = clauses.flat_map(|it| it.needs.clone()).collect();
            if names.is_empty() {
                names.clone_from(&outcome.needs);
            }
            names.sort_unstable();
            names.dedup();
            names
        };
        [
            side(residual.map(|it| &it.before), &self.before),
            side(residual.map(|it| &it.after), &self.after),
        ]
    }

    /// What would have to be known and what follows from it, in a sentence without its end; nothing when both sides are
    /// certain or no policy says what is missing. `quote` marks a clause as a piece of policy.
    #[must_use]
    pub fn turns_on(&self, quote: impl Fn(&str) -> String) -> Option<String> {
        let Residual { before, after, .. } = self.residual.as_ref()?;
        let allowed = |side: &[OpenPolicy]| allowed(side, &quote);
        let denied = |side: &[OpenPolicy]| denied(side, &quote);
        Some(match (self.before.decision, self.after.decision) {
            (Some(Decision::Deny), None) => format!("gains access {}", allowed(after)),
            (Some(Decision::Allow), None) => format!("loses access {}", denied(after)),
            (None, Some(Decision::Allow)) => format!("gains access {}", denied(before)),
            (None, Some(Decision::Deny)) => format!("loses access {}", allowed(before)),
            (None, None) => format!(
                "was allowed {}; is now allowed {}",
                allowed(before),
                allowed(after)
            ),
            (Some(_), Some(_)) => return None,
        })
    }
}

/// Conditions that a sentence names one by one.
const NAMED: usize = 4;

/// The policies of an effect, as a condition: that one of them applies. Empty when there is none.
fn applies(side: &[OpenPolicy], effect: Effect, quote: &impl Fn(&str) -> String) -> String {
    let clause = |clause: &OpenClause| format!("{} is {}", quote(&clause.text), clause.holds_if);
    let policies = side.iter().filter(|policy| policy.effect == effect);
    let mut conditions: Vec<String> = policies
        .map(|policy| {
            let clauses: Vec<String> = policy.clauses.iter().map(clause).collect();
            clauses.join(" and ")
        })
        .collect();
    conditions.sort_unstable();
    conditions.dedup();
    let more = conditions.len().saturating_sub(NAMED);
    if more > 0 {
        conditions.truncate(NAMED);
        let noun = if more == 1 { "condition" } else { "conditions" };
        conditions.push(format!("one of {more} more {noun} is met"));
    }
    conditions.join(", or ")
}

/// When a side allows.
fn allowed(side: &[OpenPolicy], quote: &impl Fn(&str) -> String) -> String {
    let [permitted, forbidden] =
        [Effect::Permit, Effect::Forbid].map(|effect| applies(side, effect, quote));
    match (permitted.as_str(), forbidden.as_str()) {
        ("", forbidden) => format!("unless {forbidden}"),
        (permitted, "") => format!("if {permitted}"),
        (permitted, forbidden) => format!("if {permitted}, unless {forbidden}"),
    }
}

/// When it does not.
fn denied(side: &[OpenPolicy], quote: &impl Fn(&str) -> String) -> String {
    let [permitted, forbidden] =
        [Effect::Permit, Effect::Forbid].map(|effect| applies(side, effect, quote));
    match (permitted.as_str(), forbidden.as_str()) {
        ("", forbidden) => format!("if {forbidden}"),
        (permitted, "") => format!("unless {permitted}"),
        (permitted, forbidden) => format!("if {forbidden}, and else unless {permitted}"),
    }
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
    /// The first few of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub first_skipped: Vec<SkippedLine>,
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

    /// The policy is the same on both sides: where it causes a change, the facts that it reads differ, entities or schema. Of
    /// Rego only what was changed is a cause.
    #[must_use]
    pub fn is_unedited(&self, policy: &str) -> bool {
        let names = |change: &PolicyChange| {
            change.kind != PolicyChangeKind::Moved
                && (change.id == policy || change.old_id.as_deref() == Some(policy))
        };
        self.engine.starts_with("cedar/") && !self.policies.iter().any(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RiskLevel;

    fn open(policy: &str, effect: Effect, clauses: &[(&str, bool)]) -> OpenPolicy {
        let clause = |(text, holds_if): &(&str, bool)| OpenClause {
            text: (*text).to_owned(),
            holds_if: *holds_if,
            needs: vec![format!("{text} itself")],
        };
        OpenPolicy {
            policy: policy.to_owned(),
            effect,
            clauses: clauses.iter().map(clause).collect(),
        }
    }

    fn change(
        decisions: [Option<Decision>; 2],
        before: Vec<OpenPolicy>,
        after: Vec<OpenPolicy>,
    ) -> Change {
        let [old, new] = decisions.map(|decision| Outcome {
            decision,
            reasons: Vec::new(),
            errors: Vec::new(),
            needs: vec!["principal".to_owned()],
        });
        Change {
            id: 0,
            class: ChangeClass::Undeterminable,
            rows: 1,
            first_at: String::new(),
            last_at: String::new(),
            principal: String::new(),
            action: String::new(),
            resource: String::new(),
            before: old,
            after: new,
            causes: Vec::new(),
            risk: Risk {
                level: RiskLevel::Low,
                why: String::new(),
            },
            error_changed: false,
            log_disagrees: false,
            residual: Some(Residual {
                words: String::new(),
                before,
                after,
            }),
        }
    }

    #[test]
    fn a_sentence_says_what_follows_from_what() {
        use Decision::{Allow, Deny};
        let permit = || open("p", Effect::Permit, &[("a", true), ("b", false)]);
        let other = || open("o", Effect::Permit, &[("c", true)]);
        let forbid = || open("f", Effect::Forbid, &[("h", true)]);
        let said = |decisions, before, after| {
            change(decisions, before, after)
                .turns_on(|clause| format!("`{clause}`"))
                .unwrap_or_default()
        };
        let now = |before, after| said([Some(before), None], Vec::new(), after);
        let then = |after, before| said([None, Some(after)], before, Vec::new());
        assert_eq!(
            now(Deny, vec![permit(), other()]),
            "gains access if `a` is true and `b` is false, or `c` is true"
        );
        assert_eq!(
            now(Deny, vec![other(), forbid()]),
            "gains access if `c` is true, unless `h` is true"
        );
        assert_eq!(now(Deny, vec![forbid()]), "gains access unless `h` is true");
        assert_eq!(now(Allow, vec![forbid()]), "loses access if `h` is true");
        assert_eq!(now(Allow, vec![other()]), "loses access unless `c` is true");
        assert_eq!(
            now(Allow, vec![other(), forbid()]),
            "loses access if `h` is true, and else unless `c` is true"
        );
        assert_eq!(then(Allow, vec![forbid()]), "gains access if `h` is true");
        assert_eq!(then(Deny, vec![other()]), "loses access if `c` is true");
        assert_eq!(
            said([None, None], vec![other()], vec![forbid()]),
            "was allowed if `c` is true; is now allowed unless `h` is true"
        );
        let many: Vec<OpenPolicy> = ["a", "b", "c", "d", "e", "f", "f"]
            .map(|clause| open(clause, Effect::Permit, &[(clause, true)]))
            .into();
        assert!(now(Deny, many).ends_with(", or `d` is true, or one of 2 more conditions is met"));
        assert_eq!(said([Some(Allow), Some(Deny)], vec![], vec![]), "");
    }

    #[test]
    fn what_is_lacking_is_what_the_clauses_speak_of() {
        let permit = open("p", Effect::Permit, &[("b", true), ("a", false)]);
        let it = change([None, None], vec![permit], Vec::new());
        let [before, after] = it.lacks();
        assert_eq!(before, ["a itself", "b itself"]);
        assert_eq!(after, ["principal"]);
    }
}
