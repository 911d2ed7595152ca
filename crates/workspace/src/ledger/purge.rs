//! Purging: a receipt's envelope and salt are destroyed, its leaf stays, and another receipt says which they were, why and by whom.
//! Whoever verifies finds each purged leaf named there; what it was a digest of cannot be guessed back.

use std::collections::BTreeSet;

use evidence::{
    ed25519::Signer,
    hex,
    merkle::Hashes as _,
    moment,
    statement::{
        KeyRotation, Predicate as _, PurgeManifest, PurgedReceipt, Restore, Statement, Subject,
    },
};
use store::ledger::{Change, View};

use super::{Ledger, Receipt, Tiles, add, choice::statement_of, compact, entries, in_force, keys};
use crate::Error;

/// Kinds by which other receipts are verified.
const KEPT: [u8; 3] = [KeyRotation::KIND, Restore::KIND, PurgeManifest::KIND];

impl Ledger {
    /// Destroys receipts, with the reports that no other receipt speaks of, and signs a checkpoint over the receipt that says so, whose
    /// number comes back. Blocks are taken apart for it; `compact` makes them again.
    ///
    /// # Errors
    /// `bad_call` without a receipt or a reason, and for receipts that are not there, were purged before, or are what others are
    /// verified by; those of [`Ledger::sign`]. Before the checkpoint is signed, all of it is done or nothing.
    pub fn purge(
        &self,
        numbers: &BTreeSet<u64>,
        (reason, by): (&str, &str),
        signers: &[&dyn Signer],
        now: u64,
    ) -> Result<u64, Error> {
        self.sound()?;
        if numbers.is_empty() || reason.trim().is_empty() {
            let message = "a purge names receipts, and says why";
            return Err(Error::BadCall(message.to_owned()));
        }
        let manifest = self.store.write(|change| {
            let signers = in_force(&keys(change)?, signers, now)?;
            compact::expand(change)?;
            let (mut purged, mut reports) = (Vec::new(), BTreeSet::new());
            for number in numbers {
                let (receipt, about) = destroy(change, *number)?;
                purged.push(receipt);
                reports.extend(about);
            }
            let leaves: String = purged.iter().map(|it| it.leaf.as_str()).collect();
            let about = Subject::of(&self.origin, leaves.as_bytes());
            let said = PurgeManifest {
                issued: moment::text(now),
                receipts: purged,
                reason: reason.to_owned(),
                by: by.to_owned(),
            };
            let first = signers.get(..1).unwrap_or_default();
            let manifest = add(change, [Receipt::seal(vec![about], &said, first)?])?;
            for digest in unspoken(change, reports)? {
                self.forget(&digest)?;
            }
            Ok::<_, Error>(manifest)
        })?;
        // What was overwritten stands in the log until it is put away.
        self.store.shrink()?;
        self.sign(signers, now)?;
        Ok(manifest)
    }
}

/// Destroys one, and tells what it spoke of, by digest.
fn destroy(change: &Change<'_>, number: u64) -> Result<(PurgedReceipt, Vec<String>), Error> {
    let refuse = |why: &str| Error::BadCall(format!("receipt {number} {why}"));
    if number >= change.size()? {
        return Err(refuse("is not in the ledger"));
    }
    let entry = entries(change, number..number + 1).next().transpose()?;
    let entry = entry.ok_or_else(|| refuse("is missing"))?;
    if KEPT.contains(&entry.leaf.kind) {
        return Err(refuse("is one that others are verified by, and stays"));
    }
    let tiles = Tiles::of(change);
    let leaf = entry.leaf.hash();
    if tiles.hash(0, number) != Some(leaf) || !entry.is_bound() {
        let message = format!("receipt {number} is not the one in the tree");
        return Err(tiles.trouble(Error::LedgerDamaged(message)));
    }
    if !change.purge(number)? {
        return Err(refuse("was purged before"));
    }
    let leaf = hex(&leaf);
    Ok((
        PurgedReceipt { number, leaf },
        digests(statement_of(&entry)),
    ))
}

/// What a statement speaks of.
fn digests(statement: Option<Statement>) -> Vec<String> {
    let subjects = statement.into_iter().flat_map(|it| it.subject);
    subjects
        .filter_map(|mut subject| subject.digest.remove("sha256"))
        .collect()
}

/// Those of which no receipt speaks any more.
fn unspoken(view: &View<'_>, mut reports: BTreeSet<String>) -> Result<BTreeSet<String>, Error> {
    for entry in entries(view, 0..view.size()?) {
        for digest in digests(statement_of(&entry?)) {
            reports.remove(&digest);
        }
    }
    Ok(reports)
}
