//! What is recorded of a move: a commit of the channel's chain. Its message says it in words, and in one line of JSON what a
//! history is asked for; that is all that reading the history reads, and what makes it fast is that it is short. The rest is a
//! file of the commit.

use git2::{ObjectType, Odb, Oid};
use model::{Found, Remark};
use release::Modes;
use serde::{Deserialize, Serialize};

use crate::{Approval, Error, text};

/// Why a channel moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// To another version.
    Promotion,
    /// Back to what it shipped before.
    Rollback,
    /// The same version in other modes.
    Modes,
    /// Back for some policies.
    Partial,
}

/// How a gate came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not, and somebody answers for going on.
    Overridden,
    /// It was left out, for the reason given.
    Skipped,
}

/// A condition that was looked at before a move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// Its name, like `drift`.
    pub name: String,
    /// How it came out.
    pub outcome: Outcome,
    /// In English words: what was found, or why it was overridden or left out.
    pub detail: String,
    /// The same as a value, for readers of other languages; nothing in old moves, and where a later version recorded a kind that this
    /// one does not know.
    #[serde(
        default,
        deserialize_with = "Found::known",
        skip_serializing_if = "Option::is_none"
    )]
    pub found: Option<Found>,
    /// What is to be known beside it, as values, but for kinds that this version does not know; it is in the words, too.
    #[serde(
        default,
        deserialize_with = "Remark::known",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub remarks: Vec<Remark>,
    /// SHA-256 of what proves it, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

/// What a history is asked for. Digests are SHA-256, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Which channel.
    pub channel: String,
    /// The number of the move; the first is 1, and there are no gaps.
    pub sequence: u64,
    /// The version that is shipped.
    pub version: String,
    /// The commit of that version.
    pub commit: String,
    /// [`release::digest`] of its files.
    pub digest: String,
    /// In which modes.
    pub modes: Modes,
    /// Why the channel moved.
    pub kind: Kind,
    /// The number of the move that is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<u64>,
    /// Who moved it, `name <address>`.
    pub by: String,
    /// When, in seconds since 1970; RFC 3339 where it is written.
    #[serde(with = "text::moment")]
    pub at: u64,
    /// What was said about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Ids of the policies that differ from the move before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
    /// Who approved it, `name <address>`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<String>,
    /// Names of the gates that did not hold, or were left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overridden: Vec<String>,
}

/// What proves a move. Digests are SHA-256, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Whose channel.
    pub tenant: String,
    /// Where it is in force.
    pub environment: String,
    /// The workspace's folder inside the repository, with `/`; empty when it is all of it. `None` in records from before 23 November
    /// 2026.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// The approvals.
    pub approvals: Vec<Approval>,
    /// What was looked at before.
    pub gates: Vec<Gate>,
    /// Digest of the roll-forward bundle.
    pub forward: String,
    /// Digest of the bundle that takes the move back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<String>,
}

/// A move of a channel, made or prepared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The commit that records it, in hexadecimal digits: a digest over all that is recorded, both bundles and all moves before.
    pub id: String,
    /// The move before it; `None` for the first.
    pub parent: Option<String>,
    /// What happened. What proves it, [`crate::Registry::details`] gives.
    pub summary: Summary,
}

impl Summary {
    /// What happened, in words: `promotion`, `undoes 3`.
    #[must_use]
    pub fn what(&self) -> String {
        let undone = self.undoes.unwrap_or_default();
        match self.kind {
            Kind::Promotion => "promotion".to_owned(),
            Kind::Modes => "modes".to_owned(),
            Kind::Rollback => format!("undoes {undone}"),
            Kind::Partial => format!("undoes a part of {undone}"),
        }
    }

    /// The message of the commit.
    pub(crate) fn message(&self) -> Result<String, Error> {
        let Self {
            version,
            channel,
            sequence,
            ..
        } = self;
        let undone = self.undoes.unwrap_or_default();
        let words = match self.kind {
            Kind::Promotion => format!("Promote {version} to {channel} ({sequence})"),
            Kind::Rollback => {
                format!("Roll {channel} back to {version} ({sequence}, undoes {undone})")
            }
            Kind::Modes => format!("Change the modes of {version} in {channel} ({sequence})"),
            Kind::Partial => {
                format!("Roll back a part of {version} in {channel} ({sequence}, undoes {undone})")
            }
        };
        text::message(&words, self)
    }
}

impl Move {
    /// The move that a commit records.
    pub(crate) fn read(odb: &Odb<'_>, id: Oid, channel: &str) -> Result<Self, Error> {
        Raw::read(odb, id, channel)?.into_move(channel)
    }
}

/// The commit of a move, of which nothing is known but the one before.
pub(crate) struct Raw {
    id: Oid,
    pub(crate) parent: Option<Oid>,
    text: Vec<u8>,
    /// Where its message begins.
    message: usize,
}

impl Raw {
    pub(crate) fn read(odb: &Odb<'_>, id: Oid, channel: &str) -> Result<Self, Error> {
        let what = || format!("the commit `{id}` of `{channel}`");
        let no_move = || Error::damaged(what(), "is no move of this channel");
        let commit = odb.read(id).map_err(|error| Error::read(what())(error))?;
        if commit.kind() != ObjectType::Commit {
            return Err(no_move());
        }
        let text = commit.data();
        let message = text
            .windows(2)
            .position(|two| two == b"\n\n")
            .ok_or_else(no_move)?;
        let header = text.get(..message).unwrap_or_default();
        let header = std::str::from_utf8(header).map_err(|_| no_move())?;
        let mut parents = header
            .lines()
            .filter_map(|line| line.strip_prefix("parent "));
        let parent = parents.next().map(Oid::from_str).transpose();
        let parent = parent.map_err(|_| no_move())?;
        if parents.next().is_some() {
            return Err(no_move());
        }
        Ok(Self {
            id,
            parent,
            message,
            text: text.to_owned(),
        })
    }

    /// What it says, if that is a move of this channel.
    pub(crate) fn into_move(self, channel: &str) -> Result<Move, Error> {
        let what = || format!("the commit `{}` of `{channel}`", self.id);
        let message = self.text.get(self.message..).unwrap_or_default();
        let (_, summary): (_, Summary) =
            text::record(message).map_err(|why| Error::damaged(what(), why))?;
        if summary.channel != channel
            || summary.sequence == 0
            || (summary.sequence == 1) != self.parent.is_none()
        {
            return Err(Error::damaged(what(), "is no move of this channel"));
        }
        Ok(Move {
            id: self.id.to_string(),
            parent: self.parent.map(|parent| parent.to_string()),
            summary,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(more: &str) -> Gate {
        let text = format!(r#"{{"name":"tests","outcome":"passed","detail":"18 tests"{more}}}"#);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_finding_that_is_old_or_of_a_later_version_makes_no_move_unreadable() {
        for more in [
            "",
            r#","found":"signed-in-blood""#,
            r#","found":{"moon":{"phase":"full"}}"#,
        ] {
            let gate = gate(more);
            assert_eq!((&*gate.detail, gate.found), ("18 tests", None), "{more}");
        }
        let known = gate(r#","found":{"tests-pass":{"count":18}}"#);
        assert_eq!(known.found, Some(Found::TestsPass { count: 18 }));
        let old = serde_json::to_string(&gate("")).unwrap();
        assert!(!old.contains("found"), "{old}");
    }
}
