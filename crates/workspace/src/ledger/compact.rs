//! Compaction of a ledger: receipts written in blocks beside their rows, then in the place of them. A block counts for as much as
//! the rows it was made of: it is read wherever they would be, and its receipts must have the leaves that the tree holds.
//!
//! One transaction writes a block, another reads it back and, when that is wished, removes the rows: whatever ends the program,
//! each receipt lies in a row, in a block, or in both. A short block whose rows are there is written anew when there are more.

use std::{cell::RefCell, fs, ops::Range, path::Path};

use evidence::{
    bundle::PACK,
    compact::{self, Dictionary},
    entry::Entry,
    leaf,
    merkle::Hashes as _,
    sha256,
};
use store::ledger::{BRIEF, Block, Change, View};

use super::{
    Ledger,
    append::stored,
    tree::{Tiles, entries, read_entry},
};
use crate::Error;

/// What a compaction did, and what it saved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Receipts that lie in blocks by now.
    pub receipts: u64,
    /// The blocks.
    pub blocks: u64,
    /// Blocks that were written now.
    pub written: u64,
    /// Receipts that fit no block, and stay as they are.
    pub left: u64,
    /// Rows that were removed now.
    pub dropped: u64,
    /// Bytes of the receipts in them as they are: leaf, salt and envelope.
    pub before: u64,
    /// Bytes of blocks and dictionary.
    pub after: u64,
    /// Bytes of the database and its log, before and after.
    pub database: [u64; 2],
}

impl Compacted {
    /// How many times fewer bytes; 1 where there is nothing to compare.
    #[must_use]
    pub fn factor(&self) -> f64 {
        if self.after == 0 {
            1.0
        } else {
            self.before as f64 / self.after as f64
        }
    }
}

impl Ledger {
    /// Writes receipts that lie in no block yet into blocks, and reads all blocks back: each must rebuild to its rows, where they
    /// are still there, and to the leaves of the tree. With `drop`, rows of such blocks are removed.
    ///
    /// # Errors
    /// `ledger_stale`, `ledger_forked`, `ledger_damaged` with the first block that does not rebuild, `store_…`; what was done until
    /// then stays, and no receipt is lost.
    pub fn compact(&self, drop: bool) -> Result<Compacted, Error> {
        self.sound()?;
        let mut done = Compacted {
            database: [self.bytes(); 2],
            ..Compacted::default()
        };
        // What others append meanwhile is for the next time.
        let size = self.size()?;
        let (mut words, mut next) = (Words::default(), 0);
        while let Some(tried) = self
            .store
            .write(|change| write_block(change, &mut words, next..size))?
        {
            next = tried.numbers.end;
            if tried.fits {
                done.written += 1;
            } else {
                done.left += next - tried.numbers.start;
            }
        }
        (words, next) = (Words::default(), 0);
        loop {
            let held = if drop {
                self.store.write(|change| {
                    let held = hold(change, &mut words, next)?;
                    if let Some(Held {
                        numbers,
                        rows: true,
                        ..
                    }) = &held
                    {
                        done.dropped +=
                            change.drop_rows(numbers.start, numbers.end - numbers.start)?;
                    }
                    Ok::<_, Error>(held)
                })
            } else {
                self.store.read(|view| hold(view, &mut words, next))
            };
            let Some(held) = held? else { break };
            done.receipts += held.numbers.end - held.numbers.start;
            done.blocks += 1;
            done.before += held.before;
            done.after += held.after;
            next = held.numbers.end;
        }
        done.after += words.bytes;
        if drop {
            self.store.shrink()?;
        }
        done.database[1] = self.bytes();
        Ok(done)
    }

    /// What the database takes on the disk, with its log.
    fn bytes(&self) -> u64 {
        let log = self.path.with_extension("sqlite-wal");
        let length = |path: &Path| fs::metadata(path).map_or(0, |about| about.len());
        length(&self.path) + length(&log)
    }
}

/// Receipts that were to be written into a block.
struct Tried {
    numbers: Range<u64>,
    fits: bool,
}

/// Writes the first of these receipts that lie in no block into one; nothing when all lie in blocks.
fn write_block(
    change: &Change<'_>,
    words: &mut Words,
    numbers: Range<u64>,
) -> Result<Option<Tried>, Error> {
    let (mut first, mut last) = (numbers.start, None);
    while let Some(block) = change.block(first)?.filter(|block| block.first <= first) {
        first = block.first + block.count;
        last = Some(block.first);
    }
    if first >= numbers.end {
        return Ok(None);
    }
    if let Some(short) = last.filter(|_| !first.is_multiple_of(PACK))
        && has_rows(change, short..first)?
    {
        change.drop_block(short)?;
        first = short;
    }
    let end = (first / PACK + 1).saturating_mul(PACK).min(numbers.end);
    let receipts = entries(change, first..end).collect::<Result<Vec<_>, _>>()?;
    if receipts.len() as u64 != end - first {
        return Err(Error::LedgerDamaged(format!(
            "a receipt from {first} on is missing"
        )));
    }
    words.read(change)?;
    let known = words.dictionary.len();
    words.dictionary.learn(&receipts);
    let numbers = first..end;
    let Ok(block) = compact::encode(first, &receipts, &words.dictionary) else {
        // What was learned from them is not written.
        *words = Words::default();
        return Ok(Some(Tried {
            numbers,
            fits: false,
        }));
    };
    let new = (words.dictionary.len() > known).then(|| words.dictionary.to_bytes(known));
    let block = Block {
        first,
        count: end - first,
        block,
        digests: receipts.iter().flat_map(brief).collect(),
    };
    change.put_block(&block, (known, new.as_deref()))?;
    Ok(Some(Tried {
        numbers,
        fits: true,
    }))
}

/// Puts receipts that lie in blocks back into rows, and removes the blocks and their words, in which strings of any receipt may stand.
pub(super) fn expand(change: &Change<'_>) -> Result<(), Error> {
    let (mut words, mut next) = (Words::default(), 0);
    while let Some(held) = hold(change, &mut words, next)? {
        next = held.numbers.end;
        if !held.rows {
            let first = held.numbers.start;
            let rebuilt = entries(change, held.numbers).collect::<Result<Vec<_>, _>>()?;
            let rows: Vec<_> = rebuilt.into_iter().map(stored).collect();
            change.put_rows(first, &rows)?;
        }
    }
    Ok(change.drop_blocks()?)
}

/// Whether each of these receipts has its row.
fn has_rows(view: &View<'_>, numbers: Range<u64>) -> Result<bool, Error> {
    let count = u32::try_from(numbers.end - numbers.start).unwrap_or(u32::MAX);
    let rows = view.entries(numbers.start, count)?;
    Ok(rows.into_iter().map(|(seq, _)| seq).eq(numbers))
}

/// What is kept of an envelope's digest beside a block.
fn brief(entry: &Entry) -> [u8; BRIEF] {
    let digest = entry
        .receipt
        .as_ref()
        .map(|receipt| sha256(&[receipt.envelope.as_bytes()]));
    digest
        .and_then(|digest| digest.first_chunk().copied())
        .unwrap_or_default()
}

/// A block that was found to hold what it should.
pub(super) struct Held {
    pub(super) numbers: Range<u64>,
    /// Whether its receipts lie in rows, too.
    rows: bool,
    before: u64,
    after: u64,
}

/// Rebuilds the first block from a number on and holds it against the tree, and against the rows beside it.
pub(super) fn hold(view: &View<'_>, words: &mut Words, from: u64) -> Result<Option<Held>, Error> {
    let Some(block) = view.block(from)? else {
        return Ok(None);
    };
    let first = block.first;
    let wrong = |seq: u64, why: &str| {
        Error::LedgerDamaged(format!("receipt {seq}, rebuilt from its block, {why}"))
    };
    let rebuilt = words.rebuild(view, &block)?;
    let tiles = Tiles::of(view);
    for (seq, entry) in (first..).zip(&rebuilt) {
        let same = entry.leaf.seq == seq && tiles.hash(0, seq) == Some(entry.leaf.hash());
        if !same || !entry.is_bound() {
            return Err(tiles.trouble(wrong(seq, "is not the one in the tree")));
        }
    }
    if !rebuilt
        .iter()
        .flat_map(brief)
        .eq(block.digests.iter().copied())
    {
        return Err(wrong(first, "is not found by its digest"));
    }
    let numbers = first..first + block.count;
    let mut rows = view.entries(first, u32::try_from(block.count).unwrap_or(u32::MAX))?;
    rows.retain(|(seq, _)| numbers.contains(seq));
    let beside = !rows.is_empty();
    if beside && rows.len() != rebuilt.len() {
        return Err(wrong(first, "has rows beside it that are not all there"));
    }
    for ((seq, row), entry) in rows.into_iter().zip(&rebuilt) {
        if read_entry(seq, row)? != *entry {
            return Err(wrong(seq, "is another one than in its row"));
        }
    }
    let row = |entry: &Entry| {
        let receipt = entry.receipt.as_ref();
        leaf::LENGTH + receipt.map_or(0, |receipt| receipt.salt.len() + receipt.envelope.len())
    };
    Ok(Some(Held {
        numbers,
        rows: beside,
        before: rebuilt.iter().map(row).sum::<usize>() as u64,
        after: (block.block.len() + block.digests.len()) as u64,
    }))
}

/// The dictionary of a ledger, as far as it was read.
#[derive(Default)]
pub(super) struct Words {
    dictionary: Dictionary,
    bytes: u64,
}

impl Words {
    /// Reads what came since.
    fn read(&mut self, view: &View<'_>) -> Result<(), Error> {
        for piece in view.words(self.dictionary.len())? {
            self.bytes += piece.len() as u64;
            let read = self.dictionary.extend(&piece);
            read.map_err(|error| Error::LedgerDamaged(error.to_string()))?;
        }
        Ok(())
    }

    /// The receipts of a block.
    fn rebuild(&mut self, view: &View<'_>, block: &Block) -> Result<Vec<Entry>, Error> {
        self.read(view)?;
        let numbers = format!("{} to {}", block.first, block.first + block.count - 1);
        let damaged =
            |why: String| Error::LedgerDamaged(format!("the block of receipts {numbers}: {why}"));
        let (first, entries) = compact::decode(&block.block, &self.dictionary)
            .map_err(|error| damaged(error.to_string()))?;
        if first == block.first && entries.len() as u64 == block.count {
            Ok(entries)
        } else {
            Err(damaged("it holds others".to_owned()))
        }
    }
}

/// The blocks of a ledger at one moment. Nothing is read before it is asked for; neighbours are rebuilt together.
pub(super) struct Blocks<'v> {
    view: &'v View<'v>,
    words: RefCell<Words>,
    open: RefCell<Option<(u64, Vec<Entry>)>>,
}

impl<'v> Blocks<'v> {
    pub(super) fn of(view: &'v View<'v>) -> Self {
        Self {
            view,
            words: RefCell::default(),
            open: RefCell::default(),
        }
    }

    /// A receipt, if it lies in a block.
    pub(super) fn entry(&self, seq: u64) -> Result<Option<Entry>, Error> {
        let mut open = self.open.borrow_mut();
        let find = |open: &Option<(u64, Vec<Entry>)>| {
            let (first, entries) = open.as_ref()?;
            let at = usize::try_from(seq.checked_sub(*first)?).ok()?;
            entries.get(at).cloned()
        };
        if let Some(entry) = find(&open) {
            return Ok(Some(entry));
        }
        let Some(block) = self.view.block(seq)?.filter(|block| block.first <= seq) else {
            return Ok(None);
        };
        let rebuilt = self.words.borrow_mut().rebuild(self.view, &block)?;
        *open = Some((block.first, rebuilt));
        let found = find(&open);
        match &found {
            Some(entry) if entry.leaf.seq != seq => Err(Error::LedgerDamaged(format!(
                "receipt {seq} cannot be read"
            ))),
            _ => Ok(found),
        }
    }
}
