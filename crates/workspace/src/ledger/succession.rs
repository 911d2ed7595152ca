//! Another key in the place of one, and another origin in the place of one that cannot go on.

use std::path::Path;

use evidence::{
    ed25519::Signer,
    hex, moment,
    statement::{KeyRotation, Restore, Subject},
};
use model::{Code, Failure};
use witness::Client;

use super::{
    Ledger, LedgerKey, Receipt,
    append::add,
    keys,
    opening::{file, succeeding},
    seconds,
};
use crate::{Error, Folders, high_water::Mark};

/// What the key of a ledger is for, as receipts of its rotation say: trust files give it this role.
pub(crate) const ROLE: &str = "ledger";

/// How long a key that was replaced signs checkpoints beside its successor, seconds.
pub const OVERLAP: u64 = 30 * 24 * 3600;

impl Ledger {
    /// Puts a key in the place of the one in force. Both sign the receipt of it, and both sign checkpoints for a while.
    ///
    /// # Errors
    /// As [`Ledger::append`] and [`Ledger::sign`]; `key_missing` when `old` is not the key in force.
    pub fn rotate(
        &self,
        old: &dyn Signer,
        (name, new): (&str, &dyn Signer),
        now: u64,
    ) -> Result<String, Error> {
        self.sound()?;
        let said = KeyRotation {
            issued: moment::text(now),
            old: hex(&old.public().to_bytes()),
            new: hex(&new.public().to_bytes()),
            role: ROLE.to_owned(),
        };
        let subject = Subject::of(&self.origin, &new.public().to_bytes());
        let receipt = Receipt::seal(vec![subject], &said, &[old, new])?;
        self.store.write(|change| {
            let known = change.keys()?;
            let in_force = known
                .into_iter()
                .find(|key| key.until.is_none() && key.public == old.public().to_bytes());
            let Some(in_force) = in_force else {
                return Err(Error::NoKey(
                    "the key to be replaced is not the one this ledger signs with".to_owned(),
                ));
            };
            add(change, [receipt])?;
            change.put_key(&store::ledger::Key {
                until: Some(seconds(now.saturating_add(OVERLAP))),
                ..in_force
            })?;
            change.put_key(&store::ledger::Key {
                public: new.public().to_bytes(),
                name: name.to_owned(),
                since: seconds(now),
                until: None,
            })?;
            Ok(())
        })?;
        self.sign(&[old, new], now)
    }

    /// Begins a new origin where the old one cannot go on: `…/2`, then `…/3`. Its first receipt says what was restored; the old
    /// database stays as it is, beside the new one. With a witness, what it saw counts as known. A ledger that holds all that was signed
    /// cannot go on when its key is `lost`, which the caller finds out: see [`crate::key_is_lost`]. A key that signs here is not.
    ///
    /// # Errors
    /// `bad_call` for a ledger that can go on, and where nobody says so; `key_missing`, `store_…`, `file_write`, `witness_silent`.
    pub fn restore(
        self,
        folders: &Folders,
        (name, signer): (&str, &dyn Signer),
        by: &str,
        witness: Option<&Client>,
        (lost, now): (bool, u64),
    ) -> Result<Self, Error> {
        if by.trim().is_empty() {
            let mut failure = Failure::new(Code::BadCall, "a restore says by whom");
            "say who does it: `--by NAME`".clone_into(&mut failure.hint);
            return Err(failure.into());
        }
        let size = self.size()?;
        let seen = match witness {
            Some(witness) => witness.seen(&self.origin).map_err(Failure::from)?,
            None => 0,
        };
        let in_force = |key: &LedgerKey| key.until.is_none() && key.public == signer.public();
        let lost = lost && !self.store.read(keys)?.iter().any(in_force);
        if self.trouble.is_none() && seen <= size && !lost {
            let mut failure = Failure::new(
                Code::BadCall,
                "the ledger holds all that was signed, and its key is among yours, so it goes on as it is",
            );
            "use it as before; another key takes the place of its own with `fabric keys rotate NAME --dir DIR`; if nobody can open its key \
             any more, say so with `--lost`"
                .clone_into(&mut failure.hint);
            return Err(failure.into());
        }
        // A mark that cannot be read any more is one of the reasons to be here.
        let mark = self.high.read().ok().flatten();
        let (origin, number) = succeeding(&self.origin);
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let next = Self::begin(
            folder.join(file(number)),
            folders,
            origin,
            (name, signer),
            now,
        )?;
        let said = Restore {
            issued: moment::text(now),
            origin: self.origin.clone(),
            backup: size,
            known: mark.as_ref().map_or(size, |mark| mark.size).max(seen),
            by: by.to_owned(),
        };
        let known = mark.map_or_else(String::new, |mark: Mark| mark.note);
        // Nothing of a database that cannot be read at all.
        let moves = self.moves_before().unwrap_or_default();
        next.store
            .write(|change| Ok::<_, Error>(change.put_moves(&moves, 0)?))?;
        let about = Subject::of("checkpoint", known.as_bytes());
        next.append(vec![Receipt::seal(vec![about], &said, &[signer])?])?;
        next.sign(&[signer], now)?;
        Ok(next)
    }
}
