//! What the Releases place shows: channels as lanes, their moves as stops, and the gates of a promotion as a checklist.

use model::{Decision, Failure, Found};
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
    /// What is asked before it moves, each in words.
    pub asks: Vec<String>,
    /// Since when its version is in force, RFC 3339 UTC; empty before its first move.
    pub since: String,
    /// Its moves, newest first.
    pub stops: Vec<StopView>,
    /// Moves that are older than those.
    pub older: u64,
    /// What a rollback would ship, in words: a version, and its mode if not all of it is enforced or nothing else differs; empty if
    /// there is nothing to go back to.
    pub way_back: String,
    /// Why its history cannot be read.
    pub failure: Option<Failure>,
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
    /// What happened, in words: `promotion`, `undoes 3`.
    pub kind: String,
    /// It takes another back.
    pub back: bool,
    /// In which mode, in words; empty if all of it is enforced.
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

/// What an enforcement point recorded of a version that only ran along: what enforcing it would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutoverView {
    /// Decisions that were compared.
    pub compared: u64,
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
    /// What happened, in words; empty if a gate is closed and nothing moved.
    pub moved: String,
    /// The number of its receipt.
    pub receipt: u64,
}
