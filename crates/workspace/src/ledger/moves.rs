//! Which moves of channels a ledger knows of. They are kept beside the receipts that told of them, so that nobody looks through a
//! hundred thousand receipts for one, and so that they stay known when those receipts are purged and when the ledger goes on under
//! another origin. What is kept names no person: a channel, a number and a digest.

use std::collections::BTreeMap;

use evidence::{
    entry::Entry,
    sha256,
    statement::{self, Predicate as _, Said},
    unhex,
};
use store::ledger::{Change, Move};

use super::{Ledger, choice::statement_of, tree::entries};
use crate::Error;

impl Ledger {
    /// Channels, each with the number of its last move that is known of.
    ///
    /// # Errors
    /// `store_…`, `ledger_damaged`.
    pub fn last_moves(&self) -> Result<BTreeMap<String, u64>, Error> {
        self.follow()?;
        self.store
            .read(|view| Ok(view.last_moves()?.into_iter().collect()))
    }

    /// Whether a receipt tells of a move, here or under an earlier origin.
    ///
    /// # Errors
    /// `store_…`, `ledger_damaged`.
    pub fn has_move(&self, id: &str) -> Result<bool, Error> {
        Ok(self.move_of(id)?.is_some())
    }

    /// The number of the receipt that tells of a move, by the move's id.
    ///
    /// # Errors
    /// `store_…`, `ledger_damaged`.
    pub fn receipt_of_move(&self, id: &str) -> Result<Option<u64>, Error> {
        Ok(self.move_of(id)?.and_then(|told| told.receipt))
    }

    fn move_of(&self, id: &str) -> Result<Option<Move>, Error> {
        self.follow()?;
        let digest = sha256(&[id.as_bytes()]);
        self.store.read(|view| Ok(view.move_of(&digest)?))
    }

    /// All moves that are known of, for a ledger that takes the place of this one. Receipts that cannot be read may be why it does: the
    /// others count. Nothing is written.
    pub(super) fn moves_before(&self) -> Result<Vec<Move>, Error> {
        self.store.read(|view| {
            let since = view.followed()?..view.size()?;
            let told = entries(view, since).filter_map(|entry| told_by(&entry.ok()?));
            let known = view.moves()?.into_iter().chain(told);
            let earlier = known.map(|told| Move {
                receipt: None,
                ..told
            });
            Ok(earlier.collect())
        })
    }

    /// Looks through the receipts of a ledger that was written before moves were kept.
    fn follow(&self) -> Result<(), Error> {
        let (followed, size) = self
            .store
            .read::<_, Error>(|view| Ok((view.followed()?, view.size()?)))?;
        match followed < size {
            true => self.store.write(follow),
            false => Ok(()),
        }
    }
}

/// Keeps the moves that receipts tell of which were not looked through yet.
pub(super) fn follow(change: &Change<'_>) -> Result<(), Error> {
    let size = change.size()?;
    let mut moves = Vec::new();
    for entry in entries(change, change.followed()?..size) {
        moves.extend(told_by(&entry?));
    }
    Ok(change.put_moves(&moves, size)?)
}

/// The move that a receipt tells of; nothing of others, and of those that were destroyed.
fn told_by(entry: &Entry) -> Option<Move> {
    let moves = [statement::Promotion::KIND, statement::Rollback::KIND];
    if !moves.contains(&entry.leaf.kind) {
        return None;
    }
    let statement = statement_of(entry)?;
    let (channel, sequence) = match Said::of(&statement).ok()? {
        Said::Promotion(said) => (said.channel, said.version),
        Said::Rollback(said) => (said.channel, said.version),
        _ => return None,
    };
    let about = statement.subject.iter().find(|it| it.name == "move")?;
    Some(Move {
        digest: unhex::<32>(about.digest.get("sha256")?)?.to_vec(),
        channel,
        sequence,
        receipt: Some(entry.leaf.seq),
    })
}

#[cfg(test)]
mod tests {
    use evidence::{
        ed25519::{SecretKey, Signer},
        statement::Subject,
    };

    use super::{
        super::{Receipt, append::add},
        *,
    };

    const NOW: &str = "2026-11-23T12:00:00Z";

    fn promotion(channel: &str, version: u64) -> Receipt {
        let said = statement::Promotion {
            issued: NOW.to_owned(),
            channel: channel.to_owned(),
            version,
            from: format!("sha256:{}", "0".repeat(64)),
            to: format!("sha256:{}", "1".repeat(64)),
            by: "ana".to_owned(),
        };
        let id = format!("{channel} {version}");
        let key = SecretKey::from_seed(&[1; 32]);
        Receipt::seal(
            vec![Subject::of("move", id.as_bytes())],
            &said,
            &[&key as &dyn Signer],
        )
        .unwrap()
    }

    #[test]
    fn a_ledger_that_was_written_before_moves_were_kept_is_looked_through() {
        let place = tempfile::tempdir().unwrap();
        let open = |name| store::Ledger::open(&place.path().join(name)).unwrap();
        let (new, old) = (open("new.sqlite"), open("old.sqlite"));
        let receipts = [
            promotion("stable", 1),
            promotion("beta", 1),
            promotion("stable", 2),
        ];
        new.write::<_, Error>(|change| {
            change.begin("example.com/l")?;
            add(change, receipts)?;
            Ok(())
        })
        .unwrap();
        let rows = new
            .read::<_, store::Error>(|view| view.entries(0, 9))
            .unwrap();
        let rows: Vec<_> = rows.into_iter().map(|(_, entry)| entry).collect();
        old.write::<_, store::Error>(|change| {
            change.begin("example.com/l")?;
            change.append(0, &rows, &[])
        })
        .unwrap();
        let known = |ledger: &store::Ledger| {
            ledger
                .read::<_, store::Error>(|view| Ok((view.followed()?, view.moves()?)))
                .unwrap()
        };
        assert_eq!(known(&old), (0, Vec::new()));
        old.write(follow).unwrap();
        assert_eq!(known(&old), known(&new));
        let (followed, moves) = known(&new);
        assert_eq!((followed, moves.len()), (3, 3));
        let digest = sha256(&[b"stable 2"]).to_vec();
        assert!(moves.contains(&Move {
            digest,
            channel: "stable".to_owned(),
            sequence: 2,
            receipt: Some(2)
        }));
    }
}
