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
    /// Digest of the policies that decided.
    #[serde(default)]
    bundle: String,
}

/// What would change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cutover {
    /// Over all of `compared_of` together, or, where it was said which are in force, over those alone.
    #[serde(flatten)]
    pub all: Counts,
    /// The same of each pair of versions that was compared, the one that was compared last at the end.
    pub compared_of: Vec<Compared>,
    /// Rows that nobody compared; they are in none of the other numbers.
    pub others: u64,
    /// Lines that are no row; they are in none of the other numbers.
    pub unread: u64,
    /// The first of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_unread: Option<Unread>,
}

/// How many answers would be others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Decisions that were compared.
    pub compared: u64,
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

/// Policies that decided, and policies that ran along.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct Pair {
    /// Digest of the policies that decided, `sha256:…`; empty where rows do not name them.
    pub enforced: String,
    /// Digest of those that ran along, likewise.
    pub shadow: String,
}

/// What would change by the rows of one pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// Which.
    #[serde(flatten)]
    pub pair: Pair,
    /// Whether it is in force; nothing where nobody said what is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_force: Option<bool>,
    /// What would change.
    #[serde(flatten)]
    pub counts: Counts,
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

/// Counts what would change if the new version were enforced, over the rows of shadow logs. Empty lines are passed over. Rows of other
/// versions are kept apart; of which of them something is told in all is said by what is in force now, where that is known.
///
/// # Errors
/// [`Error::Read`], and [`Error::Shadow`] when not one line is a row. A line that is none is counted and passed over.
pub fn cutover(
    logs: &[impl AsRef<Path>],
    in_force: Option<&BTreeSet<Pair>>,
) -> Result<Cutover, Error> {
    let mut found = Cutover::default();
    let mut tallies = Tallies::new();
    let mut rows = 0;
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
            match serde_json::from_slice::<Recorded>(&line) {
                Ok(mut row) => {
                    rows += 1;
                    match row.shadow.take() {
                        None => found.others += 1,
                        Some(shadow) => count(row, shadow, rows, &mut tallies),
                    }
                }
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
        && rows == 0
    {
        return Err(Error::Shadow {
            path: path.clone(),
            line: *line,
            why: why.clone(),
        });
    }
    let mut tallies: Vec<_> = tallies.into_iter().collect();
    tallies.sort_by(|(_, one), (_, other)| one.last().cmp(&other.last()));
    let mut all = Tally::default();
    for (pair, tally) in tallies {
        let in_force = in_force.map(|known| known.contains(&pair));
        if in_force != Some(false) {
            all.add(&tally);
        }
        found.compared_of.push(Compared {
            pair,
            in_force,
            counts: tally.counts(),
        });
    }
    found.all = all.counts();
    Ok(found)
}

type Tallies = BTreeMap<Pair, Tally>;

/// What is counted of a pair.
#[derive(Default)]
struct Tally {
    counts: Counts,
    changes: BTreeMap<(String, String, Decision), Counted>,
    /// The place of the last row.
    row: u64,
}

fn count(row: Recorded, shadow: Side, place: u64, tallies: &mut Tallies) {
    let pair = Pair {
        enforced: row.enforced.bundle,
        shadow: shadow.bundle,
    };
    let tally = tallies.entry(pair).or_default();
    tally.row = place;
    let counts = &mut tally.counts;
    counts.compared += 1;
    counts.spans(&row.at, &row.at);
    if shadow.decision == row.enforced.decision {
        return;
    }
    match shadow.decision {
        Decision::Deny => counts.would_deny += 1,
        Decision::Allow => counts.would_allow += 1,
    }
    let key = (row.principal, row.action, shadow.decision);
    let counted = tally.changes.entry(key).or_default();
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

impl Counts {
    /// Reaches from the one to the other; empty is no time.
    fn spans(&mut self, first: &str, last: &str) {
        if !first.is_empty() && (self.first_at.is_empty() || first < self.first_at.as_str()) {
            first.clone_into(&mut self.first_at);
        }
        if last > self.last_at.as_str() {
            last.clone_into(&mut self.last_at);
        }
    }
}

impl Tally {
    /// When it was counted last.
    fn last(&self) -> (&str, u64) {
        (&self.counts.last_at, self.row)
    }

    fn add(&mut self, other: &Self) {
        let (counts, more) = (&mut self.counts, &other.counts);
        counts.compared += more.compared;
        counts.would_deny += more.would_deny;
        counts.would_allow += more.would_allow;
        counts.spans(&more.first_at, &more.last_at);
        for (key, more) in &other.changes {
            let counted = self.changes.entry(key.clone()).or_default();
            counted.times += more.times;
            counted.resources.extend(more.resources.iter().cloned());
            counted.policies.extend(more.policies.iter().cloned());
            if more.last_at > counted.last_at {
                counted.last_at.clone_from(&more.last_at);
            }
        }
    }

    fn counts(self) -> Counts {
        Counts {
            changes: listed(self.changes),
            ..self.counts
        }
    }
}

/// The most frequent first; what is equally frequent stays in the order of names.
fn listed(changes: BTreeMap<(String, String, Decision), Counted>) -> Vec<Change> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn row(at: &str, pair: (&str, &str), shadow: &str) -> String {
        let (enforced, along) = pair;
        format!(
            "{{\"at\":\"{at}\",\"principal\":\"p\",\"action\":\"a\",\"resource\":\"r\",\"decision\":\"allow\",\
             \"bundle\":\"{enforced}\",\"shadow\":{{\"decision\":\"{shadow}\",\"bundle\":\"{along}\"}}}}\n"
        )
    }

    #[test]
    fn rows_of_several_versions_are_kept_apart_and_only_those_in_force_count_in_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shadow.jsonl");
        // The file put aside last may be named last.
        let (old, new) = (("old", "z"), ("old", "a"));
        let text = row("2026-11-03T00:00:00Z", new, "allow")
            + &row("2026-11-01T00:00:00Z", old, "deny")
            + &row("2026-11-02T00:00:00Z", old, "deny");
        std::fs::write(&path, text).unwrap();
        let told = |found: &Cutover| -> Vec<_> {
            let of = |one: &Compared| {
                let counts = &one.counts;
                let (first, last) = (counts.first_at.clone(), counts.last_at.clone());
                let shadow = one.pair.shadow.clone();
                (shadow, counts.compared, counts.would_deny, first, last)
            };
            found.compared_of.iter().map(of).collect()
        };
        let at = |day| format!("2026-11-0{day}T00:00:00Z");
        let apart = [
            ("z".to_owned(), 2, 2, at(1), at(2)),
            ("a".to_owned(), 1, 0, at(3), at(3)),
        ];
        let found = cutover(&[&path], None).unwrap();
        assert_eq!(told(&found), apart);
        let all = (
            found.all.compared,
            found.all.would_deny,
            found.all.changes.len(),
        );
        assert_eq!(all, (3, 2, 1));
        assert_eq!((&found.all.first_at, &found.all.last_at), (&at(1), &at(3)));

        let in_force = BTreeSet::from([Pair {
            enforced: "old".to_owned(),
            shadow: "a".to_owned(),
        }]);
        let found = cutover(&[&path], Some(&in_force)).unwrap();
        assert_eq!(told(&found), apart, "the others are still told");
        let known: Vec<_> = found.compared_of.iter().map(|one| one.in_force).collect();
        assert_eq!(known, [Some(false), Some(true)]);
        assert_eq!((found.all.compared, found.all.would_deny), (1, 0));
        assert!(found.all.changes.is_empty());
    }
}
