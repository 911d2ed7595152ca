//! A ledger's database: receipts with their leaves, the hashes of their tree in tiles, signed checkpoints, and the keys that
//! sign. Receipts may lie in compact blocks beside their rows, and in the place of them. Bytes go in and come out; what they mean,
//! and whether they agree, is the caller's business. All reading and writing is done in transactions, so that what a caller sees is
//! of one moment, and what it adds is there whole or not at all. Every commit waits for the disk.

mod moves;

use std::path::Path;

use rusqlite::{OptionalExtension as _, Row, Transaction, TransactionBehavior};
use rusqlite_migration::{M, Migrations};

use crate::{
    Error,
    database::{Database, Synchronous},
};

pub use moves::Move;

const MIGRATIONS: &[M<'_>] = &[
    M::up(
        "CREATE TABLE ledger (only INTEGER PRIMARY KEY CHECK (only = 1), origin TEXT NOT NULL) STRICT;
     CREATE TABLE entries (
         seq INTEGER PRIMARY KEY,
         leaf BLOB NOT NULL,
         salt BLOB,
         envelope TEXT,
         digest BLOB,
         CHECK ((salt IS NULL) = (envelope IS NULL) AND (salt IS NULL) = (digest IS NULL))
     ) STRICT;
     CREATE INDEX entries_by_digest ON entries (digest) WHERE digest IS NOT NULL;
     CREATE TABLE tiles (
         level INTEGER NOT NULL,
         number INTEGER NOT NULL,
         hashes BLOB NOT NULL,
         PRIMARY KEY (level, number)
     ) STRICT;
     CREATE TABLE checkpoints (id INTEGER PRIMARY KEY, size INTEGER NOT NULL, note TEXT NOT NULL) STRICT;
     CREATE TABLE keys (
         public BLOB PRIMARY KEY,
         name TEXT NOT NULL,
         since INTEGER NOT NULL,
         until INTEGER
     ) STRICT;",
    ),
    M::up(
        "CREATE TABLE words (first INTEGER PRIMARY KEY, words BLOB NOT NULL) STRICT;
     CREATE TABLE blocks (
         first INTEGER PRIMARY KEY,
         count INTEGER NOT NULL CHECK (count > 0),
         block BLOB NOT NULL,
         digests BLOB NOT NULL CHECK (length(digests) = 3 * count)
     ) STRICT;",
    ),
    M::up(
        "ALTER TABLE ledger ADD COLUMN followed INTEGER NOT NULL DEFAULT 0;
     CREATE TABLE moves (
         digest BLOB PRIMARY KEY,
         channel TEXT NOT NULL,
         sequence INTEGER NOT NULL,
         receipt INTEGER
     ) STRICT;
     CREATE INDEX moves_by_channel ON moves (channel, sequence);",
    ),
];

/// Bytes of a digest that are kept beside a block: enough that few receipts look like the one that is looked for.
pub const BRIEF: usize = 3;

/// Bytes of a hash, and hashes of a full tile.
const HASH: usize = 32;
const WIDTH: u64 = 256;

/// One receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What stands in the tree for it.
    pub leaf: Vec<u8>,
    /// The receipt itself; `None` once purged.
    pub receipt: Option<Receipt>,
}

/// What a purge destroys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The salt of its leaf.
    pub salt: Vec<u8>,
    /// The envelope.
    pub envelope: String,
    /// The envelope's digest, by which it is found again.
    pub digest: Vec<u8>,
}

/// Receipts without gap in few bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Number of the first.
    pub first: u64,
    /// How many.
    pub count: u64,
    /// The receipts.
    pub block: Vec<u8>,
    /// The first [`BRIEF`] bytes of each envelope's digest, by which it is found again; zeros for a purged one.
    pub digests: Vec<u8>,
}

/// A hash of the tree, to be appended to the tile it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its level.
    pub level: u8,
    /// Its number within the level.
    pub index: u64,
    /// The hash.
    pub hash: [u8; HASH],
}

/// A signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Receipts it covers.
    pub size: u64,
    /// The signed note.
    pub note: String,
}

/// A key that signs, or signed, for the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its public half.
    pub public: [u8; 32],
    /// What its keeper calls it.
    pub name: String,
    /// From when on, seconds since 1970.
    pub since: i64,
    /// Until when; `None` for the key in force.
    pub until: Option<i64>,
}

/// A ledger's database.
pub struct Ledger(Database);

impl Ledger {
    /// Opens the database at `path`, and makes it if there is none. One that is there and cannot be written opens for reading; what
    /// would change it is refused then.
    ///
    /// # Errors
    /// Newer (nothing was changed), read-only, full, damaged, locked.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let newest = MIGRATIONS.len() as i64;
        let migrations = Migrations::from_slice(MIGRATIONS);
        let database = match Database::open(path, &migrations, newest, Synchronous::Full) {
            Err(Error::ReadOnly { .. }) if path.is_file() => {
                return Self::open_to_read(path);
            }
            opened => opened?,
        };
        // What is removed is overwritten, and not only forgotten.
        database
            .with(|connection| connection.query_row("PRAGMA secure_delete = ON", [], |_| Ok(())))?;
        Ok(Self(database))
    }

    pub(crate) fn open_to_read(path: &Path) -> Result<Self, Error> {
        Database::open_to_read(path, MIGRATIONS.len() as i64).map(Self)
    }

    /// Reads what is there at one moment.
    ///
    /// # Errors
    /// Those of `work`, and when the database cannot be read.
    pub fn read<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&View<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.0
            .transact(TransactionBehavior::Deferred, |transaction, path| {
                work(&View { transaction, path })
            })
    }

    /// Changes what is there, while nobody else does. When this returns, no end of the process or of the power undoes it.
    ///
    /// # Errors
    /// Those of `work`, and when the database cannot be written; then nothing was changed.
    pub fn write<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&Change<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.0
            .transact(TransactionBehavior::Immediate, |transaction, path| {
                work(&Change(View { transaction, path }))
            })
    }

    /// Gives back to the disk what is not used any more, if that is an eighth of all or more: less is used again by what comes.
    ///
    /// # Errors
    /// The disk is full, for everything is written anew beside what is there; somebody else reads or writes. Then nothing was
    /// changed.
    pub fn shrink(&self) -> Result<(), Error> {
        self.0.with(|connection| {
            let free: bool = connection.query_row(
                "SELECT freelist_count > 0 AND freelist_count >= page_count / 8
                 FROM pragma_freelist_count(), pragma_page_count()",
                [],
                |row| row.get(0),
            )?;
            if free {
                connection.execute("VACUUM", [])?;
            }
            // Those who read may keep the log from being emptied; then whoever closes the database last does it.
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        })
    }
}

/// What a ledger holds at one moment.
pub struct View<'a> {
    transaction: &'a Transaction<'a>,
    path: &'a Path,
}

/// A change under way; it also sees what it changed.
pub struct Change<'a>(View<'a>);

impl<'a> std::ops::Deref for Change<'a> {
    type Target = View<'a>;

    fn deref(&self) -> &View<'a> {
        &self.0
    }
}

fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}

/// INVARIANT: numbers of receipts, hashes and tiles stay far below 2^63; beyond it there is nothing to be found.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl View<'_> {
    fn sqlite(&self) -> impl Fn(rusqlite::Error) -> Error {
        |error| Error::sqlite(self.path, &error)
    }

    fn damaged(&self, message: &str) -> Error {
        Error::Damaged {
            path: self.path.display().to_string(),
            message: message.to_owned(),
        }
    }

    /// Which log this is; nothing in a ledger that was not begun.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn origin(&self) -> Result<Option<String>, Error> {
        self.transaction
            .prepare_cached("SELECT origin FROM ledger")
            .and_then(|mut query| query.query_row([], |row| row.get(0)).optional())
            .map_err(self.sqlite())
    }

    /// How many receipts there are: one more than the last one's number.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn size(&self) -> Result<u64, Error> {
        self.transaction
            .prepare_cached(
                "SELECT max(coalesce((SELECT max(seq) + 1 FROM entries), 0),
                     coalesce((SELECT first + count FROM blocks ORDER BY first DESC LIMIT 1), 0))",
            )
            .and_then(|mut query| query.query_row([], |row| unsigned(row, 0)))
            .map_err(self.sqlite())
    }

    /// Receipts from a number on, at most so many, each with its number; not those that lie in blocks only.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn entries(&self, from: u64, limit: u32) -> Result<Vec<(u64, Entry)>, Error> {
        self.transaction
            .prepare_cached(
                "SELECT seq, leaf, salt, envelope, digest FROM entries WHERE seq >= ?1 ORDER BY seq LIMIT ?2",
            )
            .and_then(|mut query| query.query_map((signed(from), limit), entry)?.collect())
            .map_err(self.sqlite())
    }

    /// The first block that reaches beyond a number.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn block(&self, from: u64) -> Result<Option<Block>, Error> {
        // Blocks do not overlap: only the last one that begins before can reach here.
        self.transaction
            .prepare_cached(
                "SELECT first, count, block, digests FROM blocks
                 WHERE first >= coalesce((SELECT max(first) FROM blocks WHERE first <= ?1), 0) AND first + count > ?1
                 ORDER BY first LIMIT 1",
            )
            .and_then(|mut query| query.query_row([signed(from)], block).optional())
            .map_err(self.sqlite())
    }

    /// Words of blocks from a number on, in the pieces in which they were put.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn words(&self, from: usize) -> Result<Vec<Vec<u8>>, Error> {
        self.transaction
            .prepare_cached("SELECT words FROM words WHERE first >= ?1 ORDER BY first")
            .and_then(|mut query| {
                query
                    .query_map([signed(from as u64)], |row| row.get(0))?
                    .collect()
            })
            .map_err(self.sqlite())
    }

    /// Numbers of the receipts in blocks whose envelope may have this digest, for its first bytes are the same; at most 100.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn find_in_blocks(&self, digest: &[u8]) -> Result<Vec<u64>, Error> {
        let brief = digest.get(..BRIEF).unwrap_or_default();
        let mut found = Vec::new();
        self.transaction
            .prepare_cached("SELECT first, digests FROM blocks ORDER BY first")
            .and_then(|mut query| {
                let mut rows = query.query([])?;
                while let Some(row) = rows.next()? {
                    let first = unsigned(row, 0)?;
                    let digests = row.get_ref(1)?.as_blob()?.chunks(BRIEF);
                    let same = (first..).zip(digests).filter(|(_, there)| *there == brief);
                    found.extend(same.map(|(seq, _)| seq));
                }
                Ok(())
            })
            .map_err(self.sqlite())?;
        found.truncate(100);
        Ok(found)
    }

    /// Numbers of the receipts whose envelope has this digest, at most 100; not those that lie in blocks only.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn find(&self, digest: &[u8]) -> Result<Vec<u64>, Error> {
        self.transaction
            .prepare_cached("SELECT seq FROM entries WHERE digest = ?1 ORDER BY seq LIMIT 100")
            .and_then(|mut query| query.query_map([digest], |row| unsigned(row, 0))?.collect())
            .map_err(self.sqlite())
    }

    /// The hashes of a tile, one after another, as many as there are.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn tile(&self, level: u8, number: u64) -> Result<Vec<u8>, Error> {
        self.transaction
            .prepare_cached("SELECT hashes FROM tiles WHERE level = ?1 AND number = ?2")
            .and_then(|mut query| {
                query
                    .query_row((level, signed(number)), |row| row.get(0))
                    .optional()
            })
            .map(Option::unwrap_or_default)
            .map_err(self.sqlite())
    }

    /// All checkpoints, in the order they were signed.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn checkpoints(&self) -> Result<Vec<Checkpoint>, Error> {
        self.transaction
            .prepare_cached("SELECT size, note FROM checkpoints ORDER BY id")
            .and_then(|mut query| query.query_map([], checkpoint)?.collect())
            .map_err(self.sqlite())
    }

    /// The checkpoint that was signed last.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn last_checkpoint(&self) -> Result<Option<Checkpoint>, Error> {
        self.transaction
            .prepare_cached("SELECT size, note FROM checkpoints ORDER BY id DESC LIMIT 1")
            .and_then(|mut query| query.query_row([], checkpoint).optional())
            .map_err(self.sqlite())
    }

    /// All keys, the oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn keys(&self) -> Result<Vec<Key>, Error> {
        self.transaction
            .prepare_cached("SELECT public, name, since, until FROM keys ORDER BY since, rowid")
            .and_then(|mut query| {
                query
                    .query_map([], |row| {
                        Ok(Key {
                            public: row.get(0)?,
                            name: row.get(1)?,
                            since: row.get(2)?,
                            until: row.get(3)?,
                        })
                    })?
                    .collect()
            })
            .map_err(self.sqlite())
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<(u64, Entry)> {
    let salt: Option<Vec<u8>> = row.get(2)?;
    let receipt = match salt {
        None => None,
        Some(salt) => Some(Receipt {
            salt,
            envelope: row.get(3)?,
            digest: row.get(4)?,
        }),
    };
    let leaf = row.get(1)?;
    Ok((unsigned(row, 0)?, Entry { leaf, receipt }))
}

fn block(row: &Row<'_>) -> rusqlite::Result<Block> {
    Ok(Block {
        first: unsigned(row, 0)?,
        count: unsigned(row, 1)?,
        block: row.get(2)?,
        digests: row.get(3)?,
    })
}

fn checkpoint(row: &Row<'_>) -> rusqlite::Result<Checkpoint> {
    Ok(Checkpoint {
        size: unsigned(row, 0)?,
        note: row.get(1)?,
    })
}

impl Change<'_> {
    /// Says which log this is, once.
    ///
    /// # Errors
    /// The database cannot be written; a ledger that has an origin keeps it.
    pub fn begin(&self, origin: &str) -> Result<(), Error> {
        self.transaction
            .execute("INSERT INTO ledger (only, origin) VALUES (1, ?1)", [origin])
            .map(drop)
            .map_err(self.sqlite())
    }

    /// Appends receipts, the first of them with this number, and hashes to the ends of their tiles.
    ///
    /// # Errors
    /// The database cannot be written; damaged when a number is taken or a hash does not follow on the last of its tile.
    pub fn append(&self, first: u64, entries: &[Entry], nodes: &[Node]) -> Result<(), Error> {
        if first != self.size()? {
            return Err(self.damaged("receipts do not follow one another"));
        }
        self.put_rows(first, entries)?;
        let mut sorted: Vec<_> = nodes.iter().collect();
        sorted.sort_by_key(|node| (node.level, node.index));
        let tile = |node: &Node| (node.level, node.index / WIDTH);
        for nodes in sorted.chunk_by(|a, b| tile(a) == tile(b)) {
            let Some((level, number)) = nodes.first().map(|first| tile(first)) else {
                continue;
            };
            let mut hashes = self.tile(level, number)?;
            for node in nodes {
                let place = usize::try_from(node.index % WIDTH).unwrap_or(usize::MAX);
                if hashes.len() != place.saturating_mul(HASH) {
                    return Err(self.damaged("hashes of the tree do not follow one another"));
                }
                hashes.extend_from_slice(&node.hash);
            }
            self.transaction
                .prepare_cached(
                    "INSERT INTO tiles VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET hashes = excluded.hashes",
                )
                .and_then(|mut put| put.execute((level, signed(number), hashes)))
                .map_err(self.sqlite())?;
        }
        Ok(())
    }

    /// Keeps a signed checkpoint.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn put_checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), Error> {
        self.transaction
            .prepare_cached("INSERT INTO checkpoints (size, note) VALUES (?1, ?2)")
            .and_then(|mut put| put.execute((signed(checkpoint.size), &checkpoint.note)))
            .map(drop)
            .map_err(self.sqlite())
    }

    /// Puts other notes in the place of the last checkpoint's: the same one, with more signatures.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn amend_checkpoint(&self, note: &str) -> Result<(), Error> {
        self.transaction
            .execute(
                "UPDATE checkpoints SET note = ?1 WHERE id = (SELECT max(id) FROM checkpoints)",
                [note],
            )
            .map(drop)
            .map_err(self.sqlite())
    }

    /// Adds a key, or changes what is known of it.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn put_key(&self, key: &Key) -> Result<(), Error> {
        self.transaction
            .execute(
                "INSERT INTO keys (public, name, since, until) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET name = excluded.name, since = excluded.since, until = excluded.until",
                (key.public, &key.name, key.since, key.until),
            )
            .map(drop)
            .map_err(self.sqlite())
    }

    /// Keeps a block, and the words it needs that were not there, the first of them with this number.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn put_block(
        &self,
        block: &Block,
        (number, words): (usize, Option<&[u8]>),
    ) -> Result<(), Error> {
        if let Some(words) = words {
            self.transaction
                .prepare_cached("INSERT INTO words (first, words) VALUES (?1, ?2)")
                .and_then(|mut put| put.execute((signed(number as u64), words)))
                .map_err(self.sqlite())?;
        }
        self.transaction
            .prepare_cached(
                "INSERT INTO blocks (first, count, block, digests) VALUES (?1, ?2, ?3, ?4)",
            )
            .and_then(|mut put| {
                put.execute((
                    signed(block.first),
                    signed(block.count),
                    &block.block,
                    &block.digests,
                ))
            })
            .map(drop)
            .map_err(self.sqlite())
    }

    /// Removes a block whose receipts all have their rows.
    ///
    /// # Errors
    /// The database cannot be written; damaged when a receipt would be lost.
    pub fn drop_block(&self, first: u64) -> Result<(), Error> {
        let there: bool = self
            .transaction
            .prepare_cached(
                "SELECT count = (SELECT count(*) FROM entries WHERE seq >= first AND seq < first + count)
                 FROM blocks WHERE first = ?1",
            )
            .and_then(|mut query| query.query_row([signed(first)], |row| row.get(0)))
            .map_err(self.sqlite())?;
        if !there {
            return Err(self.damaged("receipts of a block to be removed have no rows"));
        }
        self.transaction
            .execute("DELETE FROM blocks WHERE first = ?1", [signed(first)])
            .map(drop)
            .map_err(self.sqlite())
    }

    /// Writes rows of receipts, the first of them with this number, that lie in a block only.
    ///
    /// # Errors
    /// The database cannot be written; one has its row.
    pub fn put_rows(&self, first: u64, entries: &[Entry]) -> Result<(), Error> {
        let mut insert = self
            .transaction
            .prepare_cached("INSERT INTO entries VALUES (?1, ?2, ?3, ?4, ?5)")
            .map_err(self.sqlite())?;
        for (seq, entry) in (first..).zip(entries) {
            let receipt = entry.receipt.as_ref();
            insert
                .execute((
                    signed(seq),
                    &entry.leaf,
                    receipt.map(|receipt| &receipt.salt),
                    receipt.map(|receipt| &receipt.envelope),
                    receipt.map(|receipt| &receipt.digest),
                ))
                .map_err(self.sqlite())?;
        }
        Ok(())
    }

    /// Removes all blocks, whose receipts all have their rows, and the words in them.
    ///
    /// # Errors
    /// The database cannot be written; damaged when a receipt would be lost.
    pub fn drop_blocks(&self) -> Result<(), Error> {
        while let Some(block) = self.block(0)? {
            self.drop_block(block.first)?;
        }
        self.transaction
            .execute("DELETE FROM words", [])
            .map(drop)
            .map_err(self.sqlite())
    }

    /// Removes the rows of receipts that lie in a block too, and says how many there were.
    ///
    /// # Errors
    /// The database cannot be written; damaged when there is no such block.
    pub fn drop_rows(&self, first: u64, count: u64) -> Result<u64, Error> {
        let there = self.block(first)?;
        if there.is_none_or(|block| (block.first, block.count) != (first, count)) {
            return Err(self.damaged("receipts to be removed lie in no block"));
        }
        self.transaction
            .prepare_cached("DELETE FROM entries WHERE seq >= ?1 AND seq < ?2")
            .and_then(|mut delete| delete.execute((signed(first), signed(first + count))))
            .map(|changed| changed as u64)
            .map_err(self.sqlite())
    }

    /// Destroys a receipt, its salt and its digest. The leaf stays, and with it the tree. True when there was something.
    ///
    /// # Errors
    /// The database cannot be written; damaged for a receipt that lies in a block, of which no part is purged.
    pub fn purge(&self, seq: u64) -> Result<bool, Error> {
        if self.block(seq)?.is_some_and(|block| block.first <= seq) {
            return Err(self.damaged("a receipt to be purged lies in a block"));
        }
        self.transaction
            .execute(
                "UPDATE entries SET salt = NULL, envelope = NULL, digest = NULL WHERE seq = ?1 AND salt IS NOT NULL",
                [signed(seq)],
            )
            .map(|changed| changed == 1)
            .map_err(self.sqlite())
    }
}

#[cfg(test)]
mod tests {
    use model::Code;

    use super::*;

    fn entry(n: u8) -> Entry {
        Entry {
            leaf: vec![n; 104],
            receipt: Some(Receipt {
                salt: vec![n; 32],
                envelope: format!("{{\"n\":{n}}}"),
                digest: vec![n, 1, 2],
            }),
        }
    }

    fn node(level: u8, index: u64) -> Node {
        Node {
            level,
            index,
            hash: [u8::try_from(index % 251).unwrap(); 32],
        }
    }

    pub(super) fn place() -> (tempfile::TempDir, Ledger) {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("ledger.sqlite")).unwrap();
        (folder, ledger)
    }

    #[test]
    fn what_was_appended_comes_back_and_is_found() {
        let (folder, ledger) = place();
        ledger
            .write::<_, Error>(|change| {
                change.begin("example.com/l")?;
                change.append(0, &[entry(0), entry(1)], &[node(0, 1), node(0, 0)])?;
                change.append(2, &[entry(2)], &[node(0, 2), node(1, 0)])?;
                change.put_checkpoint(&Checkpoint {
                    size: 3,
                    note: "n".into(),
                })?;
                change.amend_checkpoint("m")
            })
            .unwrap();
        drop(ledger);
        let ledger = Ledger::open(&folder.path().join("ledger.sqlite")).unwrap();
        ledger
            .read::<_, Error>(|view| {
                assert_eq!(view.origin()?.as_deref(), Some("example.com/l"));
                assert_eq!(view.size()?, 3);
                assert_eq!(view.entries(1, 9)?, [(1, entry(1)), (2, entry(2))]);
                assert_eq!(view.entries(0, 1)?.len(), 1);
                assert_eq!(view.find(&[2, 1, 2])?, [2]);
                assert!(view.find(&[9])?.is_empty());
                assert_eq!(view.tile(0, 0)?, [[0; 32], [1; 32], [2; 32]].concat());
                assert_eq!(view.tile(1, 0)?.len(), 32);
                assert!(view.tile(1, 1)?.is_empty());
                assert_eq!(view.last_checkpoint()?.unwrap().note, "m");
                assert_eq!(view.checkpoints()?.len(), 1);
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn nothing_is_appended_out_of_turn_and_half_a_change_is_none() {
        let (_folder, ledger) = place();
        let write = |first, entries: &[Entry], nodes: &[Node]| {
            ledger.write::<_, Error>(|change| change.append(first, entries, nodes))
        };
        write(0, &[entry(0)], &[node(0, 0)]).unwrap();
        for (first, node) in [
            (0, node(0, 1)),
            (2, node(0, 1)),
            (1, node(0, 0)),
            (1, node(0, 2)),
        ] {
            let error = write(first, &[entry(1)], &[node]).unwrap_err();
            assert_eq!(error.code(), Code::StoreDamaged);
        }
        let error = ledger
            .write::<(), Error>(|change| {
                change.append(change.size()?, &[entry(7)], &[])?;
                Err(change.damaged("on purpose"))
            })
            .unwrap_err();
        assert!(error.to_string().contains("on purpose"));
        assert!(
            ledger
                .read::<_, Error>(|view| view.find(&[7, 1, 2]))
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn a_purge_leaves_the_leaf_alone() {
        let (_folder, ledger) = place();
        ledger
            .write::<_, Error>(|change| {
                change.append(0, &[entry(0), entry(1)], &[])?;
                assert!(change.purge(0)?);
                assert!(!change.purge(0)?);
                Ok(())
            })
            .unwrap();
        ledger
            .read::<_, Error>(|view| {
                let purged = Entry {
                    receipt: None,
                    ..entry(0)
                };
                assert_eq!(view.entries(0, 2)?, [(0, purged), (1, entry(1))]);
                assert!(view.find(&[0, 1, 2])?.is_empty());
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn blocks_take_the_place_of_rows() {
        let (_folder, ledger) = place();
        let block = |first: u64, count: u64| Block {
            first,
            count,
            block: vec![7; 9],
            digests: (0..count).flat_map(|n| [(first + n) as u8, 1, 2]).collect(),
        };
        ledger
            .write::<_, Error>(|change| {
                change.append(0, &[entry(0), entry(1), entry(2), entry(3)], &[])?;
                change.put_block(&block(1, 2), (0, Some(b"words")))?;
                assert!(change.drop_rows(1, 1).is_err());
                assert_eq!(change.drop_rows(1, 2)?, 2);
                assert_eq!(change.drop_rows(1, 2)?, 0);
                Ok(())
            })
            .unwrap();
        ledger.shrink().unwrap();
        ledger
            .write::<_, Error>(|change| {
                let numbers: Vec<_> = change
                    .entries(0, 9)?
                    .into_iter()
                    .map(|(seq, _)| seq)
                    .collect();
                assert_eq!(numbers, [0, 3]);
                for from in 0..3 {
                    assert_eq!(change.block(from)?, Some(block(1, 2)));
                }
                assert_eq!(change.block(3)?, None);
                assert_eq!(change.find_in_blocks(&[2, 1, 2, 3])?, [2]);
                assert!(change.find_in_blocks(&[2, 1])?.is_empty());
                assert_eq!(change.words(0)?, [b"words"]);
                assert!(change.words(1)?.is_empty());
                assert_eq!(change.size()?, 4);
                // The last rows may lie in a block alone.
                change.put_block(&block(3, 1), (1, None))?;
                change.drop_rows(3, 1)?;
                assert_eq!(change.size()?, 4);
                change.append(4, &[entry(4)], &[])?;
                assert!(change.purge(2).is_err());
                assert!(change.drop_block(1).is_err());
                change.put_block(&block(4, 1), (1, None))?;
                assert!(change.purge(4).is_err());
                // Back in rows, they need no blocks and no words.
                assert!(change.drop_blocks().is_err());
                assert!(change.put_rows(0, &[entry(0)]).is_err());
                change.put_rows(1, &[entry(1), entry(2)])?;
                change.drop_block(1)?;
                assert!(change.drop_blocks().is_err());
                change.put_rows(3, &[entry(3)])?;
                change.drop_blocks()?;
                assert!(change.words(0)?.is_empty());
                assert!(change.purge(4)?);
                assert_eq!(change.size()?, 5);
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn what_is_dropped_is_given_back_to_the_disk() {
        let (folder, ledger) = place();
        let path = folder.path().join("ledger.sqlite");
        let large = Entry {
            receipt: Some(Receipt {
                envelope: "x".repeat(4000),
                ..entry(1).receipt.unwrap()
            }),
            ..entry(1)
        };
        let large = vec![large; 100];
        let block = Block {
            first: 0,
            count: 100,
            block: vec![7; 9],
            digests: vec![0; 100 * BRIEF],
        };
        ledger
            .write::<_, Error>(|change| {
                change.append(0, &large, &[])?;
                change.put_block(&block, (0, None))?;
                change.drop_rows(0, 100)
            })
            .unwrap();
        ledger.shrink().unwrap();
        let length = || std::fs::metadata(&path).unwrap().len();
        let before = length();
        assert!(before < 100_000, "{before}");
        ledger.shrink().unwrap();
        assert_eq!(length(), before);
        assert_eq!(
            ledger.read::<_, Error>(|view| view.block(99)).unwrap(),
            Some(block)
        );
    }

    /// A ledger as it was before there were blocks.
    fn older(path: &Path) -> Result<Ledger, Error> {
        let known = &MIGRATIONS[..1];
        let migrations = Migrations::from_slice(known);
        Database::open(path, &migrations, 1, Synchronous::Full).map(Ledger)
    }

    #[test]
    fn an_older_ledger_is_brought_along_whoever_comes_first() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let path = &folder.path().join("ledger.sqlite");
            let insert = "INSERT INTO entries VALUES (0, ?1, ?2, ?3, ?4)";
            let Entry { leaf, receipt } = entry(0);
            let row = receipt.map(|it| (leaf, it.salt, it.envelope, it.digest));
            let old = older(path).unwrap();
            old.0.with(|it| it.execute(insert, row.unwrap())).unwrap();
            drop(old);
            std::thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        let ledger = Ledger::open(path).unwrap();
                        let read = |view: &View<'_>| Ok((view.entries(0, 9)?, view.block(0)?));
                        let (rows, block) = ledger.read::<_, Error>(read).unwrap();
                        assert_eq!((rows, block), (vec![(0, entry(0))], None));
                    });
                }
            });
            // Of two that close at the same moment each may take the other for open, and leave the log; one alone puts it away.
            drop(Ledger::open(path).unwrap());
            let bytes = std::fs::read(path).unwrap();
            assert_eq!(older(path).err().unwrap().code(), Code::StoreNewer);
            assert_eq!(std::fs::read(path).unwrap(), bytes);
        }
    }

    #[test]
    fn keys_come_in_the_order_of_their_time() {
        let (_folder, ledger) = place();
        let key = |n: u8, until| Key {
            public: [n; 32],
            name: n.to_string(),
            since: i64::from(n),
            until,
        };
        ledger
            .write::<_, Error>(|change| {
                change.put_key(&key(2, None))?;
                change.put_key(&key(1, None))?;
                change.put_key(&key(1, Some(9)))
            })
            .unwrap();
        let keys = ledger.read::<_, Error>(|view| view.keys()).unwrap();
        assert_eq!(keys, [key(1, Some(9)), key(2, None)]);
    }

    #[test]
    fn two_programs_append_one_after_the_other() {
        let (folder, one) = place();
        let two = Ledger::open(&folder.path().join("ledger.sqlite")).unwrap();
        std::thread::scope(|scope| {
            for ledger in [&one, &two] {
                scope.spawn(move || {
                    for _ in 0..50 {
                        ledger
                            .write::<_, Error>(|change| {
                                let size = change.size()?;
                                change.append(size, &[entry(1)], &[node(0, size)])
                            })
                            .unwrap();
                    }
                });
            }
        });
        assert_eq!(one.read::<_, Error>(|view| view.size()).unwrap(), 100);
        assert_eq!(
            two.read::<_, Error>(|view| view.tile(0, 0)).unwrap().len(),
            3200
        );
    }
}
