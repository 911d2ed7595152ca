//! What would change for whom if the new version were enforced, counted from what the shadow log holds.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::BufRead,
};

use model::Decision;
use serde::{Deserialize, Serialize};

use crate::Error;

/// A row of the shadow log, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Recorded {
    /// RFC 3339; may be empty.
    #[serde(default)]
    pub at: String,
    /// Who asked.
    pub principal: String,
    /// For what.
    pub action: String,
    /// Of what.
    pub resource: String,
    /// What was enforced, and by which policies.
    #[serde(flatten)]
    pub enforced: Side,
    /// What the new version would have decided; nothing in rows that nobody compared.
    pub shadow: Option<Side>,
}

/// One of the two answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// The answer.
    pub decision: Decision,
    /// Determining policies.
    #[serde(default)]
    pub reasons: Vec<String>,
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

/// Counts what would change if the new version were enforced.
pub fn cutover(rows: impl IntoIterator<Item = Recorded>) -> Cutover {
    let mut found = Cutover::default();
    let mut changes: BTreeMap<(String, String, Decision), Counted> = BTreeMap::new();
    for row in rows {
        let Some(shadow) = row.shadow else {
            found.others += 1;
            continue;
        };
        found.compared += 1;
        if !row.at.is_empty() {
            if found.first_at.is_empty() || row.at < found.first_at {
                found.first_at.clone_from(&row.at);
            }
            found.last_at = found.last_at.max(row.at.clone());
        }
        if shadow.decision == row.enforced.decision {
            continue;
        }
        match shadow.decision {
            Decision::Deny => found.would_deny += 1,
            Decision::Allow => found.would_allow += 1,
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
    found.changes = changes
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
    // Stable: what is equally frequent stays in the order of names.
    found
        .changes
        .sort_by_key(|change| std::cmp::Reverse(change.times));
    found
}

#[derive(Default)]
struct Counted {
    times: u64,
    resources: BTreeSet<String>,
    policies: BTreeSet<String>,
    last_at: String,
}

/// Reads the rows of a shadow log.
///
/// # Errors
/// [`Error::Line`] for the first line that is none; empty lines are passed over.
pub fn read(lines: impl BufRead) -> Result<Vec<Recorded>, Error> {
    let mut rows = Vec::new();
    for (at, line) in lines.lines().enumerate() {
        let wrong = |why: String| Error::Line { line: at + 1, why };
        let line = line.map_err(|error| wrong(error.to_string()))?;
        if !line.trim().is_empty() {
            rows.push(serde_json::from_str(&line).map_err(|error| wrong(error.to_string()))?);
        }
    }
    Ok(rows)
}
