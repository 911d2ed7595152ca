//! Appending: many threads bring receipts, and whoever holds the pen writes what all of them brought in one transaction.

use std::{
    ops::Range,
    sync::{Arc, MutexGuard, OnceLock, TryLockError},
    thread::{self, Thread},
};

use evidence::{
    entry::Entry,
    ledger::{self, Draft},
    sha256,
};
use model::{Code, Failure};
use store::ledger::Change;

use super::{Ledger, Receipt, moves, random, tree::Tiles};
use crate::{Error, open::lock};

/// Receipts written in one transaction at most.
const BATCH: usize = 4096;

/// Receipts somebody waits to see written.
pub(super) struct Waiting {
    receipts: Vec<Receipt>,
    written: Arc<OnceLock<Result<Range<u64>, Failure>>>,
    who: Thread,
}

/// Nobody waits for ever: not even for a writer that fell over its pen.
impl Drop for Waiting {
    fn drop(&mut self) {
        self.written.get_or_init(|| {
            Err(Failure::new(
                Code::Internal,
                "the receipt was not written: whoever wrote did not come to an end",
            ))
        });
        self.who.unpark();
    }
}

/// Lays the pen down and wakes who is to take it up, however the writing ends.
struct Free<'l> {
    pen: Option<MutexGuard<'l, ()>>,
    ledger: &'l Ledger,
}

impl Drop for Free<'_> {
    fn drop(&mut self) {
        self.pen = None;
        if let Some(next) = lock(&self.ledger.waiting).first() {
            next.who.unpark();
        }
    }
}

impl Ledger {
    /// Appends receipts one after another, and says which numbers they have. When this returns, they are on the disk.
    ///
    /// # Errors
    /// `ledger_stale`, `ledger_forked`, `store_…`; then none of them is in the ledger.
    pub fn append(&self, receipts: Vec<Receipt>) -> Result<Range<u64>, Error> {
        self.sound()?;
        let written = Arc::new(OnceLock::new());
        lock(&self.waiting).push(Waiting {
            receipts,
            written: written.clone(),
            who: thread::current(),
        });
        // INVARIANT: whoever lays the pen down looks into the queue after that and wakes the first in it. So who stands in the
        // queue and finds the pen taken is written for, or woken to write.
        loop {
            if let Some(written) = written.get() {
                return written.clone().map_err(Error::Failed);
            }
            match self.pen.try_lock() {
                Err(TryLockError::WouldBlock) => thread::park(),
                Ok(pen) => self.write_turn(pen),
                Err(TryLockError::Poisoned(pen)) => self.write_turn(pen.into_inner()),
            }
        }
    }

    /// Writes what all who wait brought, and wakes them.
    fn write_turn<'l>(&'l self, pen: MutexGuard<'l, ()>) {
        let free = Free {
            pen: Some(pen),
            ledger: self,
        };
        // Those who were written for last are about to come again: as long as the queue grows, waiting costs less than another
        // commit would.
        let (mut before, mut length) = (0, lock(&self.waiting).len());
        while before < length && length < BATCH {
            before = length;
            thread::yield_now();
            length = lock(&self.waiting).len();
        }
        // Nobody waits any more when who had the pen before wrote for this one, too.
        if length > 0 {
            self.write_waiting();
        }
        drop(free);
    }

    fn write_waiting(&self) {
        #[cfg(test)]
        self.commits
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let mut batch = Vec::new();
        {
            let mut waiting = lock(&self.waiting);
            let mut receipts = 0;
            let fits = waiting.iter().take_while(|one| {
                let first = receipts == 0;
                receipts += one.receipts.len();
                first || receipts <= BATCH
            });
            let taken = fits.count();
            batch.extend(waiting.drain(..taken));
        }
        let receipts = batch
            .iter_mut()
            .map(|one| std::mem::take(&mut one.receipts));
        let (lengths, receipts): (Vec<_>, Vec<_>) = receipts
            .map(|receipts| (receipts.len() as u64, receipts))
            .unzip();
        let first = self
            .store
            .write(|change| add(change, receipts.into_iter().flatten()))
            .map_err(Failure::from);
        let mut next = first;
        for (one, length) in batch.into_iter().zip(lengths) {
            let numbers = next.clone().map(|first| first..first + length);
            next = numbers.clone().map(|numbers| numbers.end);
            // INVARIANT: each place is filled once, by who took it out of the queue.
            let _ = one.written.set(numbers);
        }
    }
}

/// Adds receipts to what is there; the number of the first comes back.
pub(super) fn add(
    change: &Change<'_>,
    receipts: impl IntoIterator<Item = Receipt>,
) -> Result<u64, Error> {
    let drafts = receipts
        .into_iter()
        .map(|receipt| {
            Ok(Draft {
                envelope: receipt.envelope,
                kind: receipt.kind,
                keyid: receipt.keyid,
                time: receipt.time,
                salt: random()?,
            })
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let first = change.size()?;
    let tiles = Tiles::of(change);
    let added =
        ledger::append(&tiles, first, drafts).map_err(|error| tiles.trouble(error.into()))?;
    let entries: Vec<_> = added.entries.into_iter().map(stored).collect();
    let nodes: Vec<_> = added
        .nodes
        .iter()
        .map(|node| store::ledger::Node {
            level: node.level,
            index: node.index,
            hash: node.hash,
        })
        .collect();
    change.append(first, &entries, &nodes)?;
    moves::follow(change)?;
    Ok(first)
}

pub(super) fn stored(entry: Entry) -> store::ledger::Entry {
    store::ledger::Entry {
        leaf: entry.leaf.to_bytes(),
        receipt: entry.receipt.map(|receipt| store::ledger::Receipt {
            salt: receipt.salt.to_vec(),
            digest: sha256(&[receipt.envelope.as_bytes()]).to_vec(),
            envelope: receipt.envelope,
        }),
    }
}
