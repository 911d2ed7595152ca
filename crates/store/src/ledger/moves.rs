//! Moves of channels that receipts tell of, kept to be found without reading the receipts.

use rusqlite::{OptionalExtension as _, Row};

use super::{Change, View, signed, unsigned};
use crate::Error;

/// A move of a channel that a receipt tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// SHA-256 of the move's id.
    pub digest: Vec<u8>,
    /// Which channel.
    pub channel: String,
    /// The number of the move.
    pub sequence: u64,
    /// The number of the receipt; `None` for one of an earlier ledger.
    pub receipt: Option<u64>,
}

impl View<'_> {
    /// How many receipts, from the first on, were looked through for moves.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn followed(&self) -> Result<u64, Error> {
        self.transaction
            .prepare_cached("SELECT coalesce(max(followed), 0) FROM ledger")
            .and_then(|mut query| query.query_row([], |row| unsigned(row, 0)))
            .map_err(self.sqlite())
    }

    /// All moves that are known of, as they became known.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn moves(&self) -> Result<Vec<Move>, Error> {
        self.transaction
            .prepare_cached("SELECT digest, channel, sequence, receipt FROM moves ORDER BY rowid")
            .and_then(|mut query| query.query_map([], moved)?.collect())
            .map_err(self.sqlite())
    }

    /// A move that is known of, by the digest of its id.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn move_of(&self, digest: &[u8]) -> Result<Option<Move>, Error> {
        self.transaction
            .prepare_cached(
                "SELECT digest, channel, sequence, receipt FROM moves WHERE digest = ?1",
            )
            .and_then(|mut query| query.query_row([digest], moved).optional())
            .map_err(self.sqlite())
    }

    /// Channels, each with the number of its last move that is known of.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn last_moves(&self) -> Result<Vec<(String, u64)>, Error> {
        self.transaction
            .prepare_cached("SELECT channel, max(sequence) FROM moves GROUP BY channel")
            .and_then(|mut query| {
                query
                    .query_map([], |row| Ok((row.get(0)?, unsigned(row, 1)?)))?
                    .collect()
            })
            .map_err(self.sqlite())
    }
}

fn moved(row: &Row<'_>) -> rusqlite::Result<Move> {
    let receipt: Option<i64> = row.get(3)?;
    Ok(Move {
        digest: row.get(0)?,
        channel: row.get(1)?,
        sequence: unsigned(row, 2)?,
        receipt: receipt.map(|_| unsigned(row, 3)).transpose()?,
    })
}

impl Change<'_> {
    /// Adds moves; so many receipts, from the first on, were looked through for them now. One that is known of stays as it is.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn put_moves(&self, moves: &[Move], followed: u64) -> Result<(), Error> {
        for one in moves {
            let Move {
                digest,
                channel,
                sequence,
                receipt,
            } = one;
            self.transaction
                .prepare_cached("INSERT INTO moves VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")
                .and_then(|mut insert| {
                    insert.execute((digest, channel, signed(*sequence), receipt.map(signed)))
                })
                .map_err(self.sqlite())?;
        }
        self.transaction
            .execute("UPDATE ledger SET followed = ?1", [signed(followed)])
            .map(drop)
            .map_err(self.sqlite())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::place, *};

    #[test]
    fn moves_are_found_by_their_digest_and_the_last_of_each_channel() {
        let (_folder, ledger) = place();
        let one = |digest: u8, channel: &str, sequence, receipt| Move {
            digest: vec![digest],
            channel: channel.to_owned(),
            sequence,
            receipt,
        };
        let earlier = one(1, "stable", 10, None);
        let all = [
            earlier.clone(),
            one(2, "stable", 9, Some(4)),
            one(3, "canary", 1, Some(5)),
        ];
        ledger
            .write::<_, Error>(|change| {
                change.begin("example.com/l")?;
                assert_eq!(change.followed()?, 0);
                change.put_moves(&all, 6)?;
                change.put_moves(&[one(1, "stable", 11, Some(7))], 8)
            })
            .unwrap();
        ledger
            .read::<_, Error>(|view| {
                assert_eq!(view.followed()?, 8);
                assert_eq!(view.moves()?, all);
                assert_eq!(view.move_of(&[1])?, Some(earlier));
                assert_eq!(view.move_of(&[9])?, None);
                assert_eq!(
                    view.last_moves()?,
                    [("canary".to_owned(), 1), ("stable".to_owned(), 10)]
                );
                Ok(())
            })
            .unwrap();
    }
}
