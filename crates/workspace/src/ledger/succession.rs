//! Another key in the place of one, and another origin in the place of one that cannot go on.

use std::path::Path;

use evidence::{
    ed25519::Signer,
    hex, moment, sha256,
    statement::{KeyRotation, Restore, Subject},
};
use model::{Code, Failure};
use store::ledger::{Move, View};
use witness::Client;

use super::{
    Ledger, LedgerKey, Receipt,
    append::add,
    choice::{keep_beside, statement_of},
    keys,
    opening::{file, files, goes_on, succeeding},
    seconds,
    tree::entries,
};
use crate::{
    Error, Folders,
    high_water::{HighWater, Mark},
    home,
};

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
        named(by)?;
        let size = self.size()?;
        let seen = seen(witness, &self.origin)?;
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
        let before = Before {
            origin: &self.origin,
            held: size,
            // A mark that cannot be read any more is one of the reasons to be here.
            mark: self.high.read().ok().flatten(),
            seen,
            // Nothing of a database that cannot be read at all.
            moves: self.moves_before().unwrap_or_default(),
        };
        let folder = self.path.parent().unwrap_or(Path::new("."));
        before.succeeded(folder, folders, (name, signer), by, now)
    }

    /// The same for a ledger of the workspace at `root` (canonical) whose database is lost, and every copy of it with it: what its mark or a
    /// witness knows is all that is left. An older database of an origin before it may lie there, and stays.
    ///
    /// # Errors
    /// `bad_call` where the database is here, or another ledger's, and where nothing tells that this origin signed; `ledger_stale` where it went
    /// on under another, which is lost, too; `ledger_damaged` for a mark that is none; `key_missing`, `store_…`, `file_write`, `witness_silent`.
    pub fn restore_lost(
        (root, origin): (&Path, &str),
        folders: &Folders,
        (name, signer): (&str, &dyn Signer),
        by: &str,
        witness: Option<&Client>,
        now: u64,
    ) -> Result<Self, Error> {
        named(by)?;
        let there = Self::open(root, folders)?;
        if let Some(there) = &there {
            // An earlier one is no copy of it; whatever else is there is the workspace's ledger.
            if there.goes_on_from(origin) || !goes_on(origin, &there.origin) {
                let mut failure = Failure::new(
                    Code::BadCall,
                    format!("the workspace has a ledger: {}", there.origin),
                );
                "leave out `--origin`: `fabric ledger restore` goes on from the database that is there"
                    .clone_into(&mut failure.hint);
                return Err(failure.into());
            }
        }
        let mark = HighWater::of(origin, folders).read()?;
        let seen = seen(witness, origin)?;
        if mark.as_ref().map_or(0, |mark| mark.size).max(seen) == 0 {
            let mut failure = Failure::new(
                Code::BadCall,
                format!("nothing here tells that the ledger `{origin}` signed for a receipt"),
            );
            "see whether the origin is spelt as it was; if it signed on another machine, bring that one's marks, the state folder's `ledgers/`, or ask \
             its witness with `--witness`; a ledger that never signed for any begins with `fabric ledger init`"
                .clone_into(&mut failure.hint);
            return Err(failure.into());
        }
        let before = Before {
            origin,
            held: 0,
            mark,
            seen,
            moves: there
                .and_then(|there| there.moves_before().ok())
                .unwrap_or_default(),
        };
        let folder = home::ledger_to_write(root, folders)?;
        before.succeeded(&folder, folders, (name, signer), by, now)
    }
}

/// Why an origin whose place another took may go on all the same, in another copy of the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lingers {
    /// It signed after the other had begun.
    Signed,
    /// It did not, and the other began less than thirty days before this second since 1970: a copy in use may not have signed since.
    Until(u64),
}

impl Ledger {
    /// Whether an origin before this one may still go on in another copy of the workspace, and need its key. A copy that is in use signs,
    /// which raises its mark; one that did not for as long as keys overlap is taken to be in use no more.
    ///
    /// # Errors
    /// `file_read`, `store_…`; `ledger_damaged` for a mark that is none.
    pub fn lingers(
        &self,
        origin: &str,
        folders: &Folders,
        now: u64,
    ) -> Result<Option<Lingers>, Error> {
        let Some(mark) = HighWater::of(origin, folders).read()? else {
            return Ok(None);
        };
        let own = self.store.read(restored)?;
        let mut taken = own.iter().find(|it| it.origin == origin).cloned();
        for path in files(self.path.parent().unwrap_or(Path::new(".")))? {
            let read = || store::Ledger::open(&path)?.read(restored);
            let Ok(Some(found)) = read() else { continue };
            if taken.is_none() && path != self.path && found.origin == origin {
                taken = Some(found);
            }
        }
        let digest = hex(&sha256(&[mark.note.as_bytes()]));
        if taken.as_ref().is_some_and(|it| it.checkpoint != digest) {
            return Ok(Some(Lingers::Signed));
        }
        // Where the one that took its place is lost, too, the first that is there began later.
        let began = taken.or(own).map_or(now, |it| it.at);
        let until = began.saturating_add(OVERLAP);
        Ok((now < until).then_some(Lingers::Until(until)))
    }
}

/// What the first receipt of a ledger says that took the place of another.
#[derive(Clone, Debug)]
pub(super) struct Restored {
    /// Whose place it took.
    pub(super) origin: String,
    /// SHA-256 of the last checkpoint that was known of that, in hexadecimal digits.
    pub(super) checkpoint: String,
    /// When, seconds since 1970.
    pub(super) at: u64,
}

pub(super) fn restored(view: &View<'_>) -> Result<Option<Restored>, Error> {
    let first = entries(view, 0..view.size()?.min(1)).next().transpose()?;
    Ok(first.and_then(|first| {
        let statement = statement_of(&first)?;
        let said: Restore = statement.predicate().ok()?;
        let about = statement.subject.into_iter().next()?;
        Some(Restored {
            origin: said.origin,
            checkpoint: about.digest.get("sha256")?.clone(),
            at: first.leaf.time,
        })
    }))
}

/// A ledger that cannot go on, and all that is known of it.
struct Before<'a> {
    origin: &'a str,
    /// Receipts that its database holds.
    held: u64,
    /// How far it signed, by its mark.
    mark: Option<Mark>,
    /// How far it signed, by its witness.
    seen: u64,
    /// The moves it knew of.
    moves: Vec<Move>,
}

impl Before<'_> {
    /// Begins the next origin. What the mark says is kept as reports are, for it alone tells an auditor the root that was lost, and who
    /// signed it.
    fn succeeded(
        self,
        folder: &Path,
        folders: &Folders,
        (name, signer): (&str, &dyn Signer),
        by: &str,
        now: u64,
    ) -> Result<Ledger, Error> {
        let (origin, number) = succeeding(self.origin);
        let known = self.mark.as_ref().map_or(self.held, |mark| mark.size);
        let said = Restore {
            issued: moment::text(now),
            origin: self.origin.to_owned(),
            backup: self.held,
            known: known.max(self.seen),
            by: by.to_owned(),
        };
        let note = self.mark.map_or_else(String::new, |mark| mark.note);
        if !note.is_empty() {
            keep_beside(folder, note.as_bytes())?;
        }
        let about = Subject::of("checkpoint", note.as_bytes());
        let receipt = Receipt::seal(vec![about], &said, &[signer])?;
        let next = Ledger::begin(
            folder.join(file(number)),
            folders,
            origin,
            (name, signer),
            Some((receipt, &self.moves)),
            now,
        )?;
        next.sign(&[signer], now)?;
        Ok(next)
    }
}

/// Refuses a restore that nobody answers for.
fn named(by: &str) -> Result<(), Error> {
    if by.trim().is_empty() {
        let mut failure = Failure::new(Code::BadCall, "a restore says by whom");
        "say who does it: `--by NAME`".clone_into(&mut failure.hint);
        return Err(failure.into());
    }
    Ok(())
}

/// How far a witness saw the log of an origin, if there is one to ask.
fn seen(witness: Option<&Client>, origin: &str) -> Result<u64, Error> {
    match witness {
        Some(witness) => Ok(witness.seen(origin).map_err(Failure::from)?),
        None => Ok(0),
    }
}
