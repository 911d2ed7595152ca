//! What a narrative is computed from: plain values, filled in by who knows git, the ledger and the log. What is not known is
//! `None` or empty, and the text says so; nothing here is a sentence, but for what people themselves wrote.
//!
//! Times are seconds since 1970 UTC. People are `name <address>`, as git has them. Counts of access are counts of recorded
//! requests (rows of the log).

use model::{Decision, Found, PolicyChangeKind, Relation, Remark, RiskLevel, Situation};
use serde::{Deserialize, Serialize};

/// What there is to tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Facts {
    /// A channel came to ship another version, or the same in other modes.
    Promotion(Box<Promotion>),
    /// What happened to a channel in a week.
    Week(Week),
    /// A channel went back.
    Rollback(Box<Rollback>),
    /// What the guard said of an edit.
    Verdict(Verdict),
    /// What a ledger holds, for who audits it.
    Evidence(Evidence),
}

/// A promotion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promotion {
    /// What moved.
    pub moved: Move,
    /// Whose access it changes.
    pub drift: Replayed,
    /// The moves before it, oldest first, without this one.
    pub before: Vec<Step>,
}

/// A week of a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week {
    /// Which channel.
    pub channel: String,
    /// From when; included.
    pub from: u64,
    /// Until when; not included.
    pub until: u64,
    /// What it ships at the end; `None` if it never moved.
    pub ships: Option<String>,
    /// Its moves, oldest first.
    pub moves: Vec<Step>,
    /// Those of the week before; `None` when the channel is not that old.
    pub before: Option<Vec<Step>>,
    /// Earlier moves, for the trend, oldest first.
    pub earlier: Vec<Step>,
    /// What takes the last move back; `None` when there is none to take back, or others came after the week.
    pub undo: Option<String>,
}

/// A rollback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollback {
    /// What moved.
    pub moved: Move,
    /// What was taken back; `None` when it cannot be read any more.
    pub undone: Option<Step>,
    /// Only some policies went back.
    pub partial: bool,
    /// Whose access it changes.
    pub drift: Replayed,
}

/// A verdict of the guard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What it judged: the sets as their author named them.
    pub base: String,
    /// The edit.
    pub head: String,
    /// When; `None` where no receipt says so.
    pub at: Option<u64>,
    /// What it said.
    pub ruling: Ruling,
    /// What was bounded, and what there was of it.
    pub bounds: Vec<Bound>,
    /// Who wrote the edit.
    pub authors: Vec<String>,
    /// Who let it pass although it was blocked.
    pub overridden: Option<Overridden>,
    /// Whose access changes.
    pub drift: Replayed,
    /// What proves the verdict.
    pub receipt: Option<Receipt>,
    /// Digest of the tolerance, `sha256:…`.
    pub tolerance: String,
}

/// What the guard says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// Within the tolerance, or overridden.
    Pass,
    /// Beyond it.
    Blocked,
    /// The log cannot tell.
    Undecided,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Access gained.
    Gained,
    /// Access lost.
    Lost,
    /// Cannot be told.
    Open,
    /// An error of a policy appeared or vanished.
    ErrorChanged,
}

/// A bound of the tolerance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// Name of its rule.
    pub rule: String,
    /// Of what.
    pub measure: Measure,
    /// Requests there are.
    pub found: u64,
    /// Requests there may be; `None` for any number.
    pub limit: Option<u64>,
}

/// Somebody answers for what was blocked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overridden {
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Until when, as it was written.
    pub until: String,
    /// The same in seconds since 1970; `None` where it is no time.
    #[serde(default)]
    pub ends: Option<u64>,
}

/// What a ledger holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The ledger's name.
    pub origin: String,
    /// Receipts in it.
    pub receipts: u64,
    /// The time of the first and the last.
    pub period: Option<(u64, u64)>,
    /// How many of each kind, the most first.
    pub kinds: Vec<Kind>,
    /// Receipts of which only the leaf is left.
    pub purged: u64,
    /// The last signed checkpoint.
    pub checkpoint: Option<Checkpoint>,
    /// Whether the whole ledger was recomputed; `None` when nobody did.
    pub audit: Option<Audit>,
    /// Times at which a safeguard was left out: overrides, and gates that were overridden or skipped.
    pub exceptions: Vec<Exception>,
    /// Keys that signed, by their names, the one in force last.
    pub keys: Vec<String>,
    /// The moves of all channels, oldest first.
    pub moves: Vec<Step>,
}

/// Receipts of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// As `promotion`.
    pub kind: String,
    /// How many.
    pub receipts: u64,
    /// The last of them.
    pub last: u64,
}

/// A signed head of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Receipts under it.
    pub receipts: u64,
    /// The root, in hexadecimal digits.
    pub root: String,
    /// Witnesses who signed it as well.
    pub witnesses: Vec<String>,
}

/// What recomputing the ledger came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// When.
    pub at: u64,
    /// What was wrong; `None` when all of it holds.
    pub fault: Option<String>,
}

/// A safeguard that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// When.
    pub at: u64,
    /// Who answers for it; empty where that was not recorded.
    pub by: String,
    /// Which: a gate by its name, or `guard`.
    pub what: String,
    /// Of which channel, and to which version it moved; empty for the guard.
    #[serde(default)]
    pub place: String,
    /// Why; empty where nothing was said.
    pub reason: String,
    /// Its receipt.
    pub receipt: Option<Receipt>,
}

/// A move of a channel, in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// In brief.
    pub step: Step,
    /// Whose channel.
    pub tenant: String,
    /// Where it is in force.
    pub environment: String,
    /// What it shipped before; `None` for the first.
    pub from: Option<String>,
    /// The policies that differ.
    pub policies: Vec<Policy>,
    /// How policies are applied that are not enforced for everybody.
    pub modes: Vec<Applied>,
    /// What was looked at before it moved.
    pub gates: Vec<Gate>,
    /// Who approved it.
    pub approvals: Vec<Approval>,
    /// How to undo it, while it is the last.
    pub way_back: Option<WayBack>,
    /// Moves that came after it.
    pub later: u64,
}

/// A move of a channel, in brief.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which channel.
    pub channel: String,
    /// The number of the move.
    pub sequence: u64,
    /// What happened.
    pub what: What,
    /// What it ships since.
    pub version: String,
    /// When.
    pub at: u64,
    /// Who moved it.
    pub by: String,
    /// What was said about it.
    pub reason: Option<String>,
    /// Names of the gates that did not hold or were left out.
    pub left_out: Vec<String>,
    /// Whose access it changed, where that was counted.
    pub changed: Option<Changed>,
    /// How bad if it was a mistake, as its own narrative has it; `None` where that was not worked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<RiskLevel>,
    /// What proves it.
    pub receipt: Option<Receipt>,
    /// Its id in the repository.
    pub id: String,
}

/// What happened to a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Another version.
    Promotion,
    /// The move with this number was taken back.
    Rollback(u64),
    /// The same version in other modes.
    Modes,
    /// Some policies of the move with this number were taken back.
    Partial(u64),
}

/// Requests that are answered differently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// Requests that were replayed.
    pub of: u64,
    /// Access gained.
    pub gained: u64,
    /// Access lost.
    pub lost: u64,
    /// Cannot be told.
    pub open: u64,
}

/// A receipt of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Its number.
    pub number: u64,
    /// The hash of its leaf, in hexadecimal digits.
    pub leaf: String,
}

/// A policy that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Its id.
    pub id: String,
    /// How; `None` where only its name was recorded.
    pub how: Option<PolicyChangeKind>,
    /// What it rests on: ids it cites with `@authority`.
    pub cites: Vec<Citation>,
}

/// Something a policy rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// As the policy names it.
    pub id: String,
    /// Its title in the list of what may be cited.
    pub title: Option<String>,
    /// Where to read it.
    pub link: Option<String>,
}

/// How a policy is applied that is not enforced for everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// The policy; `None` for all that are not named.
    pub policy: Option<String>,
    /// For how many of a hundred people it is enforced; 0 when it is only recorded.
    pub percent: u8,
}

/// A condition for a move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// Its name, `drift`.
    pub name: String,
    /// How it came out.
    pub standing: Standing,
    /// What was found, in the words of who looked.
    pub found: String,
    /// The same as a value, which every language words itself; nothing in old facts, which are told in those words.
    #[serde(
        default,
        deserialize_with = "Found::known",
        skip_serializing_if = "Option::is_none"
    )]
    pub finding: Option<Found>,
    /// What is to be known beside it, where it is a value: in the words it is in there already.
    #[serde(
        default,
        deserialize_with = "Remark::known",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub remarks: Vec<Remark>,
}

/// How a gate came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It holds.
    Passed,
    /// It does not, and somebody answers for it.
    Overridden,
    /// It was left out.
    Skipped,
}

/// An approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Whose.
    pub by: String,
    /// When.
    pub at: u64,
}

/// How to undo a move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayBack {
    /// What is shipped then.
    pub version: String,
    /// What to call.
    pub command: String,
    /// Digest of the bundle that is ready, in hexadecimal digits.
    pub bundle: String,
}

/// A replay of recorded requests, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replayed {
    /// Whose access changes.
    Drift(Box<Drift>),
    /// There is nothing to compare with: it is the first.
    First,
    /// There is no log.
    NoLog,
    /// Canaries divide people into more kinds than are counted apart.
    Canaries,
    /// The report that tells it is not kept here.
    NotKept,
    /// It could not be done, in the words of who tried.
    Failed(String),
}

/// For whom the figures of a change hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// For everybody: the answers change.
    #[default]
    Everybody,
    /// For a part of all people: so much would change if it were for everybody.
    Some,
    /// What decided earlier decides again for a part of all people: so much would change if it were for everybody.
    Again,
    /// What a canary decided for some, decides for everybody since: so much changes for those whom the canary had not reached.
    Rest,
    /// What a canary decided for some, decides for nobody since: so much changes for those whom the canary had reached.
    Withdrawn,
    /// For nobody, as it is an edit that is in force nowhere: so much would change if it were.
    Proposed,
    /// For nobody: so much would change if it were enforced.
    Nobody,
    /// For everybody, each request by what decides for who made it: before or after, a canary decides for some and not for others.
    Apart,
}

/// What changes for people for whom the same decides, in a change where a canary decides for some and not for others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Who they are.
    pub whom: Whom,
    /// How many of a hundred people.
    pub percent: u8,
    /// Access gained.
    pub gained: u64,
    /// Access lost.
    pub lost: u64,
    /// Cannot be told.
    pub open: u64,
}

/// Whether a canary decides for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// One does since.
    Newly,
    /// One did before, and one does since.
    Still,
    /// One did before, and none does since.
    NoLonger,
    /// None did, and none does.
    Never,
}

/// Whose access changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// For whom.
    #[serde(default)]
    pub reached: Reached,
    /// All together.
    pub changed: Changed,
    /// The same for each kind of people, where they were counted apart: all kinds, or those alone for whom the answers change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<Part>,
    /// Different people who gain, and different things they gain access to.
    pub reach_gained: (u64, u64),
    /// The same of those who lose.
    pub reach_lost: (u64, u64),
    /// Of the gains, those that concern what the workspace calls sensitive (its highest level).
    pub sensitive_gained: u64,
    /// Of the losses.
    pub sensitive_lost: u64,
    /// Requests where a policy begins or ceases to fail.
    pub errors: u64,
    /// Requests that the log answers otherwise than the policies in force do.
    pub disagrees: u64,
    /// Requests whose facts were taken from the workspace, as the log has none.
    pub assumed: u64,
    /// Lines of the log that could not be read.
    pub skipped: u64,
    /// The times of the first and last request of the log.
    pub window: Option<(u64, u64)>,
    /// The log was generated: nobody made its requests.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub generated: bool,
    /// By type of who asks, riskiest first.
    pub people: Vec<Group>,
    /// By type of resource.
    pub resources: Vec<Group>,
    /// By action.
    pub actions: Vec<Group>,
    /// Every request that changes is in the groups above and among the examples.
    pub complete: bool,
    /// The riskiest first.
    pub examples: Vec<Example>,
    /// Different requests that change, all told.
    pub distinct: u64,
    /// What is proven for all requests, by action; empty when nothing was tried.
    pub proof: Vec<Proof>,
    /// Digest of the report that these figures are from, in hexadecimal digits, where it is kept.
    pub report: Option<String>,
}

/// Requests that have something in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// What: a type of people or of things, an action.
    pub name: String,
    /// Access gained.
    pub gained: u64,
    /// Access lost.
    pub lost: u64,
    /// Cannot be told.
    pub open: u64,
    /// The worst in it.
    pub risk: RiskLevel,
}

/// A request that is answered differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Who.
    pub principal: String,
    /// What.
    pub action: String,
    /// On what.
    pub resource: String,
    /// What happens to it.
    pub measure: Measure,
    /// How often it was asked.
    pub requests: u64,
    /// How bad if it is a mistake.
    pub risk: RiskLevel,
    /// The policies that make the difference.
    pub causes: Vec<String>,
}

/// What is proven about an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Which.
    pub action: String,
    /// How the decisions relate.
    pub relation: Relation,
    /// A request that shows it, in the words of the prover, and how it is decided afterwards.
    pub example: Option<(String, Decision)>,
    /// The same by its parts, which every language words itself; nothing in old facts, which are told in those words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub situation: Option<Situation>,
    /// Why it is not proven.
    pub reason: Option<String>,
}

impl Facts {
    /// What is digested and signed: the same facts, the same text.
    ///
    /// # Errors
    /// [`crate::Error::Facts`] when they cannot be written, which plain values always can.
    pub fn to_json(&self) -> Result<String, crate::Error> {
        serde_json::to_string(self).map_err(|error| crate::Error::Facts(error.to_string()))
    }
}

impl Bound {
    /// There is more than there may be.
    #[must_use]
    pub fn is_exceeded(&self) -> bool {
        self.limit.is_some_and(|limit| self.found > limit)
    }
}

impl Drift {
    /// What the change did to answers; `None` where it did it for some people only, and theirs were not counted apart.
    #[must_use]
    pub fn effect(&self) -> Option<Changed> {
        match self.reached {
            Reached::Everybody | Reached::Apart => Some(self.changed),
            Reached::Some | Reached::Again | Reached::Rest | Reached::Withdrawn => {
                let sum = |of: fn(&Part) -> u64| self.apart.iter().map(of).sum();
                (!self.apart.is_empty()).then(|| Changed {
                    of: self.changed.of,
                    gained: sum(|part| part.gained),
                    lost: sum(|part| part.lost),
                    open: sum(|part| part.open),
                })
            }
            Reached::Nobody | Reached::Proposed => Some(Changed {
                of: self.changed.of,
                ..Changed::default()
            }),
        }
    }
}

impl Move {
    /// The same version in other modes, forward or back.
    #[must_use]
    pub fn is_of_modes(&self) -> bool {
        self.step.what == What::Modes || self.from.as_ref() == Some(&self.step.version)
    }
}

impl Changed {
    /// Requests that are answered differently for certain.
    #[must_use]
    pub fn answers(&self) -> u64 {
        self.gained.saturating_add(self.lost)
    }
}

impl Step {
    /// Somebody said why.
    #[must_use]
    pub fn has_reason(&self) -> bool {
        self.reason
            .as_ref()
            .is_some_and(|reason| !reason.trim().is_empty())
    }
}
