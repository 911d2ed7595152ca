//! Receipts and hashes as the database has them: a page of entries after another, and a tile after another.

use std::{cell::RefCell, collections::HashMap, ops::Range};

use evidence::{
    Hash,
    entry::{self, Entry},
    leaf::Leaf,
    ledger::Fault,
    merkle::{Hashes, TILE_WIDTH},
};
use store::ledger::View;

use super::compact::Blocks;
use crate::Error;

/// Entries read at once.
const PAGE: u32 = 512;

/// The tree in a database. A tile is read once in a row; an error of the database is kept for who asked.
pub(super) struct Tiles<'v> {
    view: &'v View<'v>,
    last: RefCell<HashMap<u8, (u64, Vec<u8>)>>,
    trouble: RefCell<Option<store::Error>>,
}

impl<'v> Tiles<'v> {
    pub(super) fn of(view: &'v View<'v>) -> Self {
        Self {
            view,
            last: RefCell::default(),
            trouble: RefCell::default(),
        }
    }

    /// What really went wrong.
    pub(super) fn trouble(&self, error: Error) -> Error {
        match (self.trouble.take(), error) {
            (Some(trouble), _) => trouble.into(),
            (None, Error::Evidence(error @ evidence::Error::Proof(_))) => {
                Error::LedgerDamaged(error.to_string())
            }
            (None, error) => error,
        }
    }
}

impl Hashes for Tiles<'_> {
    fn hash(&self, level: u8, index: u64) -> Option<Hash> {
        let number = index / TILE_WIDTH;
        let mut last = self.last.borrow_mut();
        let (at, hashes) = last.entry(level).or_insert((u64::MAX, Vec::new()));
        if *at != number {
            *hashes = match self.view.tile(level, number) {
                Ok(hashes) => hashes,
                Err(error) => {
                    self.trouble.borrow_mut().get_or_insert(error);
                    Vec::new()
                }
            };
            *at = number;
        }
        let place = usize::try_from(index % TILE_WIDTH).ok()? * 32;
        hashes.get(place..place + 32)?.try_into().ok()
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Short { size, known } => Self::LedgerStale { size, known },
            Fault::Fork { size } => Self::LedgerForked { size },
            other => Self::LedgerDamaged(other.to_string()),
        }
    }
}

/// Entries in a range, a page at a time; what has no row is rebuilt from its block.
pub(super) fn entries<'v>(
    view: &'v View<'v>,
    range: Range<u64>,
) -> impl Iterator<Item = Result<Entry, Error>> + 'v {
    let blocks = Blocks::of(view);
    let page = move |from: u64| {
        let most = range.end.saturating_sub(from).min(u64::from(PAGE));
        let rows = view.entries(from, u32::try_from(most).unwrap_or(PAGE));
        let mut rows = match rows {
            Ok(rows) => rows.into_iter().peekable(),
            Err(error) => return vec![Err(error.into())],
        };
        let one = |seq| match rows.next_if(|(there, _)| *there == seq) {
            Some((seq, entry)) => Some(read_entry(seq, entry)),
            None => blocks.entry(seq).transpose(),
        };
        (from..from + most).filter_map(one).collect()
    };
    (range.start..range.end)
        .step_by(PAGE as usize)
        .flat_map(page)
}

pub(super) fn read_entry(seq: u64, entry: store::ledger::Entry) -> Result<Entry, Error> {
    let wrong = || Error::LedgerDamaged(format!("receipt {seq} cannot be read"));
    let leaf = Leaf::parse(&entry.leaf).map_err(|_| wrong())?;
    if leaf.seq != seq {
        return Err(wrong());
    }
    let receipt = match entry.receipt {
        None => None,
        Some(receipt) => Some(entry::Receipt {
            salt: receipt.salt.try_into().map_err(|_| wrong())?,
            envelope: receipt.envelope,
        }),
    };
    Ok(Entry { leaf, receipt })
}
