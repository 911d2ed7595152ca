//! What would change for whom if a version that only ran along were enforced: counted from the rows that an enforcement point
//! recorded with the answers of both ([`Row::shadow`](crate::Row::shadow)).

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use model::Decision;
use serde::{Deserialize, Serialize};

use crate::{Error, skip};

/// A row of the shadow log, as far as it matters here.
#[derive(Deserialize)]
struct Recorded {
    /// RFC 3339; may be empty.
    #[serde(default)]
    at: String,
    /// Who asked.
    principal: String,
    /// For what.
    action: String,
    /// Of what.
    resource: String,
    /// What was enforced, and by which policies.
    #[serde(flatten)]
    enforced: Side,
    /// What the new version would have decided; nothing in rows that nobody compared.
    shadow: Option<Side>,
}

/// One of the two answers.
#[derive(Deserialize)]
struct Side {
    /// The answer.
    decision: Decision,
    /// Determining policies.
    #[serde(default)]
    reasons: Vec<String>,
}

/// What would change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cutover {
    /// Decisions that were compared.
    pub compared: u64,
    /// Rows that nobody compared; they are in none of the other numbers.
    pub others: u64,
    /// Decisions that were allowed and would be denied.
    pub would_deny: u64,
    /// Decisions that were denied and would be allowed.
    pub would_allow: u64,
    /// The same by who asked for what, the most frequent first.
    pub changes: Vec<Change>,
    /// Time of the first decision that was compared; empty when no row carries one.
    pub first_at: String,
    /// Time of the last.
    pub last_at: String,
    /// Lines that are no row; they are in none of the other numbers.
    pub unread: u64,
    /// The first of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_unread: Option<Unread>,
}

/// A line that is no row: cut off when the disk was full or the machine stopped, or something else altogether.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// The log.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

/// A change of access for one principal and action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
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
    /// The policies that would decide so: of the new version, or those that allow now and then would not.
    pub policies: Vec<String>,
    /// Time of the last; may be empty.
    pub last_at: String,
}

/// Counts what would change if the new version were enforced, over the rows of shadow logs. Empty lines are passed over.
///
/// # Errors
/// [`Error::Read`], and [`Error::Shadow`] when not one line is a row. A line that is none is counted and passed over.
pub fn cutover(logs: &[impl AsRef<Path>]) -> Result<Cutover, Error> {
    let mut found = Cutover::default();
    let mut changes = Changes::new();
    for path in logs {
        let path = path.as_ref();
        let failed = |source| Error::read(path, source);
        let log = BufReader::new(File::open(path).map_err(failed)?);
        // As bytes: a line that was cut off may end within a character.
        for (at, line) in log.split(b'\n').enumerate() {
            let line = line.map_err(failed)?;
            if line.trim_ascii().is_empty() {
                continue;
            }
            match serde_json::from_slice(&line) {
                Ok(row) => found.count(row, &mut changes),
                Err(error) => {
                    found.unread += 1;
                    found.first_unread.get_or_insert_with(|| Unread {
                        path: path.display().to_string(),
                        line: at + 1,
                        why: skip::words(&error),
                    });
                }
            }
        }
    }
    if let Some(Unread { path, line, why }) = &found.first_unread
        && found.compared + found.others == 0
    {
        return Err(Error::Shadow {
            path: path.clone(),
            line: *line,
            why: why.clone(),
        });
    }
    found.changes = listed(changes);
    Ok(found)
}

type Changes = BTreeMap<(String, String, Decision), Counted>;

impl Cutover {
    fn count(&mut self, row: Recorded, changes: &mut Changes) {
        let Some(shadow) = row.shadow else {
            self.others += 1;
            return;
        };
        self.compared += 1;
        if !row.at.is_empty() {
            if self.first_at.is_empty() || row.at < self.first_at {
                self.first_at.clone_from(&row.at);
            }
            if row.at > self.last_at {
                self.last_at.clone_from(&row.at);
            }
        }
        if shadow.decision == row.enforced.decision {
            return;
        }
        match shadow.decision {
            Decision::Deny => self.would_deny += 1,
            Decision::Allow => self.would_allow += 1,
        }
        let key = (row.principal, row.action, shadow.decision);
        let counted = changes.entry(key).or_default();
        counted.times += 1;
        counted.resources.insert(row.resource);
        counted.last_at = std::mem::take(&mut counted.last_at).max(row.at);
        // Denied for want of a permit: what matters is which permits no longer apply.
        let policies = if shadow.reasons.is_empty() {
            row.enforced.reasons
        } else {
            shadow.reasons
        };
        counted.policies.extend(policies);
    }
}

/// The most frequent first; what is equally frequent stays in the order of names.
fn listed(changes: Changes) -> Vec<Change> {
    let mut listed: Vec<Change> = changes
        .into_iter()
        .map(|((principal, action, decision), counted)| Change {
            principal,
            action,
            decision,
            times: counted.times,
            resources: counted.resources.len() as u64,
            policies: counted.policies.into_iter().collect(),
            last_at: counted.last_at,
        })
        .collect();
    listed.sort_by_key(|change| std::cmp::Reverse(change.times));
    listed
}

#[derive(Default)]
struct Counted {
    times: u64,
    resources: BTreeSet<String>,
    policies: BTreeSet<String>,
    last_at: String,
}
