//! Compaction of a ledger: receipts written in blocks beside their rows, then in the place of them. A block counts for as much as
//! the rows it was made of: it is read wherever they would be, and its receipts must have the leaves that the tree holds.
//!
//! One transaction writes a block, another reads it back and, when that is wished, removes the rows: whatever ends the program,
//! each receipt lies in a row, in a block, or in both.

use std::{cell::RefCell, fs, ops::Range};

use evidence::{
    bundle::PACK,
    compact::{self, Dictionary},
    entry::Entry,
    leaf,
    merkle::Hashes as _,
    sha256,
};
use store::ledger::{BRIEF, Block, Change, View};

use super::{Ledger, Tiles, entries, read_entry};
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
    /// Bytes that the receipts take, or took, as rows: leaf, salt, envelope and digest.
    pub before: u64,
    /// Bytes of blocks and dictionary.
    pub after: u64,
    /// Bytes of the database before and after.
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
        let bytes = || fs::metadata(&self.path).map_or(0, |about| about.len());
        let mut done = Compacted::default();
        done.database = [bytes(); 2];
        let mut words = Words::default();
        let mut next = 0;
        while let Some((end, written)) = self
            .store
            .write(|change| write_block(change, &mut words, next))?
        {
            done.written += u64::from(written);
            done.left += if written { 0 } else { end - next };
            next = end;
        }
        let mut words = Words::default();
        next = 0;
        loop {
            let mut held = |view: &View<'_>| {
                let mut blocks = Blocks::of(view);
                blocks.words = RefCell::new(std::mem::take(&mut words));
                let held = hold(view, &blocks, next);
                words = blocks.words.into_inner();
                held
            };
            let held = if drop {
                self.store.write(|change| {
                    let held = held(change)?;
                    if let Some(held) = held.as_ref().filter(|held| held.rows) {
                        let numbers = &held.numbers;
                        done.dropped +=
                            change.drop_rows(numbers.start, numbers.end - numbers.start)?;
                    }
                    Ok::<_, Error>(held)
                })
            } else {
                self.store.read(held)
            };
            let Some(held) = held? else { break };
            done.receipts += held.numbers.end - held.numbers.start;
            done.blocks += 1;
            done.before += held.before;
            done.after += held.after;
            next = held.numbers.end;
        }
        done.after += words.bytes;
        if done.dropped > 0 {
            self.store.shrink()?;
        }
        done.database[1] = bytes();
        Ok(done)
    }
}

/// Writes the first receipts from a number on that lie in no block into one. Their numbers' end, and whether they fitted; nothing
/// when all lie in blocks.
fn write_block(
    change: &Change<'_>,
    words: &mut Words,
    from: u64,
) -> Result<Option<(u64, bool)>, Error> {
    let mut first = from;
    while let Some(block) = change.block(first)?.filter(|block| block.first <= first) {
        first = block.first + block.count;
    }
    let size = change.size()?;
    if first >= size {
        return Ok(None);
    }
    let end = (first / PACK + 1).saturating_mul(PACK).min(size);
    let receipts = entries(change, first..end).collect::<Result<Vec<_>, _>>()?;
    if receipts.len() as u64 != end - first {
        return Err(Error::LedgerDamaged(format!(
            "a receipt from {first} on is missing"
        )));
    }
    words.read(change)?;
    let known = words.dictionary.len();
    words.dictionary.learn(&receipts);
    let Ok(block) = compact::encode(first, &receipts, &words.dictionary) else {
        // What was learned from them is not written.
        *words = Words::default();
        return Ok(Some((end, false)));
    };
    let new = (words.dictionary.len() > known).then(|| words.dictionary.to_bytes(known));
    let block = Block {
        first,
        count: end - first,
        block,
        digests: receipts.iter().flat_map(brief).collect(),
    };
    change.put_block(&block, (known, new.as_deref()))?;
    Ok(Some((end, true)))
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
pub(super) fn hold(view: &View<'_>, blocks: &Blocks<'_>, from: u64) -> Result<Option<Held>, Error> {
    let Some(block) = view.block(from)? else {
        return Ok(None);
    };
    let first = block.first;
    let wrong = |seq: u64, why: &str| {
        Error::LedgerDamaged(format!("receipt {seq}, rebuilt from its block, {why}"))
    };
    let rebuilt = blocks.rebuild(&block)?;
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
        leaf::LENGTH + receipt.map_or(0, |receipt| 32 + receipt.envelope.len() + 32)
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
struct Words {
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

    /// The receipts of a block.
    fn rebuild(&self, block: &Block) -> Result<Vec<Entry>, Error> {
        let mut words = self.words.borrow_mut();
        words.read(self.view)?;
        let numbers = format!("{} to {}", block.first, block.first + block.count - 1);
        let damaged =
            |why: String| Error::LedgerDamaged(format!("the block of receipts {numbers}: {why}"));
        let (first, entries) = compact::decode(&block.block, &words.dictionary)
            .map_err(|error| damaged(error.to_string()))?;
        if first == block.first && entries.len() as u64 == block.count {
            Ok(entries)
        } else {
            Err(damaged("it holds others".to_owned()))
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
        *open = Some((block.first, self.rebuild(&block)?));
        let found = find(&open);
        match &found {
            Some(entry) if entry.leaf.seq != seq => Err(Error::LedgerDamaged(format!(
                "receipt {seq} cannot be read"
            ))),
            _ => Ok(found),
        }
    }
}
