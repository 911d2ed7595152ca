//! Purging: a receipt's envelope and salt are destroyed, its leaf stays, and another receipt says which they were, why and by whom.
//! Whoever verifies finds each purged leaf named there; what it was a digest of cannot be guessed back.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};

use evidence::{
    ed25519::Signer,
    hex,
    merkle::Hashes as _,
    moment,
    statement::{
        KeyRotation, Predicate as _, PurgeManifest, PurgedReceipt, Restore, Statement, Subject,
    },
};
use model::{Code, Failure};
use store::ledger::{Change, View};

use super::{
    Ledger, Receipt,
    append::add,
    choice::statement_of,
    compact, keys, moves,
    opening::files,
    sign::in_force,
    tree::{Tiles, entries},
};
use crate::Error;

/// Kinds by which other receipts are verified.
const KEPT: [u8; 3] = [KeyRotation::KIND, Restore::KIND, PurgeManifest::KIND];

impl Ledger {
    /// Destroys receipts, with the reports beside the ledger that no other receipt speaks of, and signs a checkpoint over the receipt that
    /// says so, whose number comes back. `moves` says what moves rest on, see [`crate::evidence_of_moves`]: a report stays while the
    /// receipt of a move that rests on it does. Verdicts that were kept to be given again go, all of them. Blocks are taken apart for it;
    /// `compact` makes them again.
    ///
    /// # Errors
    /// `bad_call` without a receipt or a reason, and for receipts that are not there, were purged before, or are what others are
    /// verified by; those of [`Ledger::sign`]. Before the checkpoint is signed, all of it is done or nothing.
    pub fn purge(
        &self,
        numbers: &BTreeSet<u64>,
        (reason, by): (&str, &str),
        moves: &BTreeMap<String, Vec<String>>,
        signers: &[&dyn Signer],
        now: u64,
    ) -> Result<u64, Error> {
        self.sound()?;
        if numbers.is_empty() || reason.trim().is_empty() {
            let message = "a purge names receipts, and says why";
            let mut failure = Failure::new(Code::BadCall, message);
            "say why in words: `--reason TEXT`".clone_into(&mut failure.hint);
            return Err(failure.into());
        }
        let manifest = self.store.write(|change| {
            let signers = in_force(&keys(change)?, signers, now)?;
            compact::expand(change)?;
            // What was moved stays known when nothing here says so any more.
            moves::follow(change)?;
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
            for digest in self.unspoken(change, reports, moves)? {
                self.forget(&digest)?;
            }
            self.forget_cached()?;
            Ok::<_, Error>(manifest)
        })?;
        // What was overwritten stands in the log until it is put away.
        self.store.shrink()?;
        self.sign(signers, now)?;
        Ok(manifest)
    }

    /// Destroys verdicts that were kept to be given again: they hold rows of the log, and the next one is made without them.
    fn forget_cached(&self) -> Result<(), Error> {
        let cached = self.beside("guard");
        match fs::remove_dir_all(&cached) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::write(&cached)(error))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Reports beside the ledger that no receipt needs any more: of those that purged ones spoke of, and of all that lie there. The
    /// databases of earlier origins lie there, too, and need theirs.
    fn unspoken(
        &self,
        change: &Change<'_>,
        reports: BTreeSet<String>,
        moves: &BTreeMap<String, Vec<String>>,
    ) -> Result<BTreeSet<String>, Error> {
        let (mut all, mut unknown) = (spoken(change)?, false);
        for path in files(self.path.parent().unwrap_or(Path::new(".")))? {
            if path != self.path {
                let earlier = store::Ledger::open(&path).map_err(Error::from);
                match earlier.and_then(|earlier| earlier.read(spoken)) {
                    Ok(more) => all.extend(more),
                    // A damaged one is left behind by a restore, and no reason to purge nothing any more.
                    Err(_) => unknown = true,
                }
            }
        }
        let mut needed = BTreeSet::new();
        for (digest, name) in &all {
            needed.insert(digest.clone());
            match moves.get(digest) {
                Some(rests_on) => needed.extend(rests_on.iter().cloned()),
                None => unknown |= name == "move",
            }
        }
        let mut gone = reports;
        gone.extend(
            gone.iter()
                .filter_map(|digest| moves.get(digest))
                .flatten()
                .cloned()
                .collect::<Vec<_>>(),
        );
        // What a receipt or move needs that is not at hand cannot be told from what nobody needs.
        if !unknown {
            gone.extend(self.all_kept()?);
        }
        Ok(gone.difference(&needed).cloned().collect())
    }
}

/// Destroys one, and tells what it spoke of, by digest.
fn destroy(change: &Change<'_>, number: u64) -> Result<(PurgedReceipt, Vec<String>), Error> {
    let refuse = |why: &str| {
        let message = format!("receipt {number} {why}");
        let mut failure = Failure::new(Code::BadCall, message);
        "leave it out; `fabric ledger list` tells which receipts there are"
            .clone_into(&mut failure.hint);
        Error::from(failure)
    };
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
    named(statement).map(|(digest, _)| digest).collect()
}

fn named(statement: Option<Statement>) -> impl Iterator<Item = (String, String)> {
    let subjects = statement.into_iter().flat_map(|it| it.subject);
    subjects.filter_map(|mut subject| Some((subject.digest.remove("sha256")?, subject.name)))
}

/// What the receipts of a database speak of, with the names they give it.
fn spoken(view: &View<'_>) -> Result<BTreeSet<(String, String)>, Error> {
    let mut found = BTreeSet::new();
    for entry in entries(view, 0..view.size()?) {
        found.extend(named(statement_of(&entry?)));
    }
    Ok(found)
}
