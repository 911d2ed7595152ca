//! What the Releases place shows: channels as lanes, their moves as stops, and the gates of a promotion as a checklist.

use model::{Decision, Failure, Found, Hours, Remark};
use serde::{Deserialize, Serialize};

/// Every channel, and what a promotion could begin with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasesView {
    /// Channels that moved or that `workspace.toml` asks something of, by name.
    pub lanes: Vec<LaneView>,
    /// The versions there are, highest first.
    pub versions: Vec<String>,
    /// What the version after the highest would be called.
    pub next: String,
    /// The commit that a new version would be made of: its first line.
    pub commit: String,
    /// Why no version can be made of what is checked out.
    pub unready: Option<Failure>,
}

/// A channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneView {
    /// Its name.
    pub name: String,
    /// Where it is in force.
    pub environment: String,
    /// What is asked before it moves.
    pub asks: Vec<Asked>,
    /// Since when its version is in force, RFC 3339 UTC; empty before its first move.
    pub since: String,
    /// Its moves, newest first.
    pub stops: Vec<StopView>,
    /// Moves that are older than those.
    pub older: u64,
    /// What a rollback would ship, if there is something to go back to.
    pub way_back: Option<WayBackView>,
    /// Nothing was in force before what it ships: whom its policies do not reach is denied everything.
    pub nothing_before: bool,
    /// None of its policies decides for everybody, and nothing else does: whom no canary reaches is denied everything.
    pub nothing_decides: bool,
    /// Why its history cannot be read.
    pub failure: Option<Failure>,
}

/// Something that is asked before a channel moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asked {
    /// Drift within the bounds of this file.
    Tolerance(String),
    /// Approvals by so many others.
    Approvals(u64),
    /// That it is this time.
    Window(Hours),
}

/// What a rollback would ship.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayBackView {
    /// The version.
    pub version: String,
    /// How its policies would be applied, if not all of it would be enforced, or nothing else differs.
    pub applied: Option<AppliedView>,
}

/// How a policy is applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Applied {
    /// It decides for everybody.
    #[default]
    Enforced,
    /// It decides for nobody, and what it would decide is recorded.
    AuditOnly,
    /// It decides for so many of a hundred principals.
    Canary(u8),
}

/// How the policies of a version are applied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedView {
    /// Those that are not listed.
    pub all: Applied,
    /// Policies and groups of them, by name.
    pub others: Vec<(String, Applied)>,
}

impl AppliedView {
    /// Whether every policy decides for everybody.
    #[must_use]
    pub fn is_enforced(&self) -> bool {
        *self == Self::default()
    }
}

/// What a move did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Did {
    /// It shipped another version.
    Promotion,
    /// It applied what was shipped otherwise.
    Modes,
    /// It took the move of this number back.
    Undid(u64),
    /// It took some policies of that move back.
    UndidPart(u64),
}

impl Did {
    /// Whether it took something back.
    #[must_use]
    pub fn goes_back(self) -> bool {
        matches!(self, Self::Undid(_) | Self::UndidPart(_))
    }
}

/// A move of a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopView {
    /// The commit that records it.
    pub id: String,
    /// Its number in the channel.
    pub sequence: u64,
    /// What it shipped.
    pub version: String,
    /// The version's commit.
    pub commit: String,
    /// When, RFC 3339 UTC.
    pub at: String,
    /// Who.
    pub by: String,
    /// What happened.
    pub did: Did,
    /// The same in English: `promotion`, `undoes 3`.
    pub kind: String,
    /// How its policies are applied.
    pub applied: AppliedView,
    /// The same in English; empty if all of it is enforced.
    pub mode: String,
    /// What was said about it.
    pub reason: String,
    /// Policies that differ from the move before, by id.
    pub policies: Vec<String>,
    /// Who approved it.
    pub approvers: Vec<String>,
    /// Gates that did not hold, or were left out.
    pub overridden: Vec<String>,
}

/// A promotion, looked at or wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromoteAsked {
    /// Where.
    pub channel: String,
    /// Which version; it is made of what is checked out if there is none of this name.
    pub version: String,
    /// `enforce`, `audit-only`, `canary=10`.
    pub mode: String,
    /// What is said about it; empty for nothing.
    pub reason: String,
    /// Why it cannot wait for the channel's window; empty if it can.
    pub outside_window: String,
    /// Why broken references are no hindrance; empty if they are.
    pub skip_references: String,
    /// A signed override, a file; empty for none.
    pub overriding: String,
}

/// What was found at a gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateView {
    /// Which: `validation`, `tests`, `references`, `drift`, `approvals`, `window`.
    pub gate: String,
    /// `passed`, `overridden`, `skipped`, `not-asked` or `blocked`.
    pub standing: String,
    /// In English words.
    pub found: String,
    /// The same as a value, which the window words in its language.
    pub finding: Option<Found>,
    /// What is to be known beside it.
    pub remarks: Vec<Remark>,
    /// What to do about it, in English; empty if it holds.
    pub hint: String,
}

/// A channel to take back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollbackAsked {
    /// Which.
    pub channel: String,
    /// Why.
    pub reason: String,
}

/// A version in force, to be applied otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModeAsked {
    /// In which channel.
    pub channel: String,
    /// The id of the one policy that is meant; empty for all.
    pub policy: String,
    /// `enforce`, `audit-only`, `canary=10`.
    pub mode: String,
    /// Why.
    pub reason: String,
    /// Why it cannot wait for the channel's window; empty if it can.
    pub outside_window: String,
}

/// A shadow log, read for what a channel ships now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShadowAsked {
    /// Which channel.
    pub channel: String,
    /// The log.
    pub path: String,
}

/// What an enforcement point recorded of a version that only ran along: what enforcing it would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutoverView {
    /// Decisions that were compared, of what the channel ships now.
    pub compared: u64,
    /// Those of other versions, or of other modes; they are in none of the other numbers.
    pub of_others: u64,
    /// Rows that nobody compared.
    pub others: u64,
    /// Lines that could not be read.
    pub unread: u64,
    /// Decisions that were allowed and would be denied.
    pub would_deny: u64,
    /// Decisions that were denied and would be allowed.
    pub would_allow: u64,
    /// Time of the first, RFC 3339 UTC; empty when no row carries one.
    pub first_at: String,
    /// Time of the last.
    pub last_at: String,
    /// By who asked for what, the most frequent first.
    pub changes: Vec<CutoverLine>,
    /// Lines beyond those.
    pub more: u64,
}

/// A change of access for one principal and action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutoverLine {
    /// Who asked.
    pub principal: String,
    /// For what.
    pub action: String,
    /// What would be decided.
    pub decision: Decision,
    /// How often it was asked.
    pub times: u64,
    /// Of how many resources.
    pub resources: u64,
    /// Policies that would decide so, or that allow now and then would not.
    pub policies: Vec<String>,
}

/// What came of a promotion, a rollback or a change of modes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedView {
    /// What was looked at.
    pub gates: Vec<GateView>,
    /// What is shipped now; nothing if a gate is closed and nothing moved.
    pub moved: Option<ShippedView>,
}

/// What a channel ships after a move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippedView {
    /// Which channel.
    pub channel: String,
    /// The version.
    pub version: String,
    /// How its policies are applied.
    pub applied: AppliedView,
    /// The number of the move's receipt.
    pub receipt: u64,
}
