//! Facts about a ledger: what it holds, and a verdict of the guard that it has a receipt of.

use std::collections::BTreeMap;

use evidence::{
    checkpoint::Checkpoint as Head,
    entry::Entry,
    hex, moment,
    note::Note,
    sha256,
    statement::{KINDS, Said, Statement},
};
use guard::{Limit, Report};
use narrative::{
    Facts,
    facts::{
        Audit, Bound, Checkpoint, Drift, Evidence, Exception, Kind, Measure, Overridden, Reached,
        Receipt, Replayed, Ruling, Verdict,
    },
};

use super::{Ground, access, channel, nothing};
use crate::{Error, Ledger, LedgerKey, ledger::statement_of};

/// Entries read at once.
const PAGE: u64 = 512;

/// The receipts of moves, by the digest of what they speak of.
pub(super) struct Receipts(BTreeMap<String, Receipt>);

impl Receipts {
    pub(super) fn of(ledger: Option<&Ledger>) -> Result<Self, Error> {
        let mut found = BTreeMap::new();
        if let Some(ledger) = ledger {
            each(ledger, |entry| {
                for subject in moved(entry).into_iter().flat_map(|it| it.subject) {
                    if let Some(digest) = subject
                        .digest
                        .get("sha256")
                        .filter(|_| subject.name == "move")
                    {
                        found.insert(digest.clone(), receipt(entry));
                    }
                }
            })?;
        }
        Ok(Self(found))
    }

    /// That of a move, by the move's id.
    pub(super) fn of_move(&self, id: &str) -> Option<Receipt> {
        self.0.get(&hex(&sha256(&[id.as_bytes()]))).cloned()
    }
}

/// What a receipt of a promotion or a rollback says; others are not opened.
fn moved(entry: &Entry) -> Option<Statement> {
    ["promotion", "rollback"]
        .contains(&kind(entry.leaf.kind))
        .then(|| statement_of(entry))
        .flatten()
}

/// An override that a promotion was given is signed right before it, and is the same safeguard as the check of that move.
fn is_of(given: &Exception, gate: &Exception) -> bool {
    let number = |it: &Exception| it.receipt.as_ref().map(|receipt| receipt.number);
    gate.what == "drift"
        && (&gate.by, &gate.reason) == (&given.by, &given.reason)
        && number(given).is_some_and(|before| number(gate) == Some(before.saturating_add(1)))
}

/// What keepers call their keys; those of one name are told apart by how their public halves begin.
fn key_names(keys: &[LedgerKey]) -> Vec<String> {
    let name = |key: &LedgerKey| {
        let alike = keys.iter().filter(|other| other.name == key.name).count();
        match alike {
            1 => key.name.clone(),
            _ => {
                let public = hex(&key.public.to_bytes());
                format!("{} {}", key.name, public.get(..8).unwrap_or(&public))
            }
        }
    };
    keys.iter().map(name).collect()
}

fn receipt(entry: &Entry) -> Receipt {
    Receipt {
        number: entry.leaf.seq,
        leaf: hex(&entry.leaf.hash()),
    }
}

/// A kind by its number in leaves, `promotion`.
fn kind(number: u8) -> &'static str {
    let known = KINDS.iter().find(|(known, _)| *known == number);
    known
        .and_then(|(_, name)| name.split('/').next())
        .unwrap_or("other")
}

fn each(ledger: &Ledger, mut see: impl FnMut(&Entry)) -> Result<(), Error> {
    let size = ledger.size()?;
    let mut start = 0;
    while start < size {
        let end = size.min(start + PAGE);
        ledger.entries(start..end)?.iter().for_each(&mut see);
        start = end;
    }
    Ok(())
}

/// The numbers of the guard's verdicts and when they were signed, in order.
pub(super) fn verdicts(ledger: &Ledger) -> Result<Vec<(u64, u64)>, Error> {
    let mut found = Vec::new();
    each(ledger, |entry| {
        if kind(entry.leaf.kind) == "guard-verdict" {
            found.push((entry.leaf.seq, entry.leaf.time));
        }
    })?;
    Ok(found)
}

pub(super) fn verdict(ground: &Ground<'_>, number: Option<u64>) -> Result<Facts, Error> {
    let ledger = ground.ledger.ok_or(Error::NoLedger)?;
    let mut last: Option<Entry> = None;
    match number {
        Some(number) => last = ledger.entries(number..number.saturating_add(1))?.pop(),
        None => each(ledger, |entry| {
            if kind(entry.leaf.kind) == "guard-verdict" {
                last = Some(entry.clone());
            }
        })?,
    }
    let entry = last.ok_or_else(|| {
        nothing(match number {
            Some(number) => format!("the ledger has no receipt {number}"),
            None => "the ledger has no verdict of the guard".to_owned(),
        })
    })?;
    if kind(entry.leaf.kind) != "guard-verdict" {
        let message = format!("receipt {} is no verdict of the guard", entry.leaf.seq);
        return Err(nothing(message));
    }
    let statement = statement_of(&entry)
        .ok_or_else(|| nothing(format!("receipt {} was purged", entry.leaf.seq)))?;
    let said = match Said::of(&statement)? {
        Said::GuardVerdict(said) => said,
        _ => {
            return Err(nothing(format!(
                "receipt {} is no verdict of the guard",
                entry.leaf.seq
            )));
        }
    };
    let digest = statement
        .subject
        .first()
        .and_then(|it| it.digest.get("sha256"))
        .cloned()
        .unwrap_or_default();
    let report = ledger
        .kept_at(&digest)
        .and_then(|text| Report::read(&String::from_utf8(text).ok()?).ok());
    let ruling = match said.verdict {
        evidence::statement::Ruling::Pass => Ruling::Pass,
        evidence::statement::Ruling::Blocked => Ruling::Blocked,
        evidence::statement::Ruling::Undecided => Ruling::Undecided,
    };
    Ok(Facts::Verdict(match report {
        Some(report) => Verdict {
            base: report.drift.base.label.clone(),
            head: report.drift.head.label.clone(),
            at: Some(entry.leaf.time),
            ruling,
            bounds: bounds(&report),
            authors: report.authors.clone(),
            overridden: report.r#override.as_ref().map(|it| Overridden {
                by: it.approver.clone(),
                reason: it.reason.clone(),
                until: it.expires.clone(),
                ends: moment::seconds(&it.expires),
            }),
            receipt: Some(receipt(&entry)),
            tolerance: report.verdict.tolerance.digest.clone(),
            drift: Replayed::Drift(Box::new(Drift {
                reached: Reached::Proposed,
                ..access::reported(&report, digest, ground.log.as_deref())
            })),
        },
        // What the receipt itself says is all that is left.
        None => Verdict {
            base: said.base,
            head: said.head,
            at: Some(entry.leaf.time),
            ruling,
            bounds: Vec::new(),
            authors: Vec::new(),
            overridden: None,
            drift: Replayed::NotKept,
            receipt: Some(receipt(&entry)),
            tolerance: said.tolerance,
        },
    }))
}

fn bounds(report: &Report) -> Vec<Bound> {
    let bands = report.verdict.tolerance.bands.iter();
    bands
        .flat_map(|band| {
            band.counts.iter().map(|count| Bound {
                rule: band.name.clone(),
                measure: match count.measure {
                    guard::Measure::Gained => Measure::Gained,
                    guard::Measure::Lost => Measure::Lost,
                    guard::Measure::Open => Measure::Open,
                    guard::Measure::ErrorChanged => Measure::ErrorChanged,
                },
                found: count.rows,
                limit: match count.limit {
                    Limit::AtMost(limit) => Some(limit),
                    Limit::Any => None,
                },
            })
        })
        .collect()
}

pub(super) fn evidence(ground: &Ground<'_>) -> Result<Facts, Error> {
    let ledger = ground.ledger.ok_or(Error::NoLedger)?;
    let info = ledger.info()?;
    let mut kinds: BTreeMap<&str, Kind> = BTreeMap::new();
    let mut period: Option<(u64, u64)> = None;
    let (mut purged, mut exceptions) = (0, Vec::new());
    each(ledger, |entry| {
        let at = entry.leaf.time;
        period = Some(period.map_or((at, at), |(from, until)| (from.min(at), until.max(at))));
        purged += u64::from(entry.receipt.is_none());
        let name = kind(entry.leaf.kind);
        let known = kinds.entry(name).or_insert_with(|| Kind {
            kind: name.to_owned(),
            receipts: 0,
            last: at,
        });
        known.receipts += 1;
        known.last = known.last.max(at);
        if name == "override"
            && let Some(Ok(Said::Override(said))) = statement_of(entry).map(|it| Said::of(&it))
        {
            exceptions.push(Exception {
                at,
                by: said.approver,
                what: "guard".to_owned(),
                place: String::new(),
                reason: said.reason,
                receipt: Some(receipt(entry)),
            });
        }
    })?;
    let (moves, left_out) = channel::all(ground)?;
    exceptions.retain(|given| !left_out.iter().any(|gate| is_of(given, gate)));
    exceptions.extend(left_out);
    exceptions.sort_by_key(|it| it.at);
    let mut kinds: Vec<Kind> = kinds.into_values().collect();
    kinds.sort_by_key(|it| (std::cmp::Reverse(it.receipts), it.kind.clone()));
    let fault = ledger.check().err().map(|error| error.to_string());
    let checkpoint = info.checkpoint.as_deref().and_then(|text| {
        let note = Note::parse(text.as_bytes()).ok()?;
        let head = Head::parse(&note.text).ok()?;
        let mut witnesses: Vec<String> = note.signatures.into_iter().map(|it| it.name).collect();
        witnesses.retain(|name| *name != info.origin);
        Some(Checkpoint {
            receipts: head.size,
            root: hex(&head.root),
            witnesses,
        })
    });
    Ok(Facts::Evidence(Evidence {
        origin: info.origin.clone(),
        receipts: info.size,
        period,
        kinds,
        purged,
        checkpoint,
        audit: Some(Audit {
            at: ground.now,
            fault,
        }),
        exceptions,
        keys: key_names(&info.keys),
        moves,
    }))
}

#[cfg(test)]
mod tests {
    use evidence::ed25519::{SecretKey, Signer};

    use super::*;

    fn exception(what: &str, number: u64, reason: &str) -> Exception {
        Exception {
            at: 0,
            by: "Bo".to_owned(),
            what: what.to_owned(),
            place: String::new(),
            reason: reason.to_owned(),
            receipt: Some(Receipt {
                number,
                leaf: String::new(),
            }),
        }
    }

    #[test]
    fn an_override_and_the_check_it_is_for_are_one_safeguard() {
        let gate = exception("drift", 5, "agreed");
        assert!(is_of(&exception("guard", 4, "agreed"), &gate));
        assert!(!is_of(&exception("guard", 3, "agreed"), &gate));
        assert!(!is_of(&exception("guard", 4, "another"), &gate));
        assert!(!is_of(
            &exception("guard", 4, "agreed"),
            &exception("tests", 5, "agreed")
        ));
    }

    #[test]
    fn keys_of_one_name_are_told_apart() {
        let key = |name: &str, seed: u8| LedgerKey {
            public: SecretKey::from_seed(&[seed; 32]).public(),
            name: name.to_owned(),
            since: 0,
            until: None,
        };
        let names = key_names(&[key("audit", 1), key("audit", 2), key("release", 3)]);
        assert_eq!(names[2], "release");
        assert!(
            names[0].starts_with("audit ") && names[0] != names[1],
            "{names:?}"
        );
    }
}
