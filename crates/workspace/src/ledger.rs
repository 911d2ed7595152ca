//! A workspace's ledger: receipts in the order they were written, over which checkpoints are signed. It is a database in the
//! workspace's memory, and a mark outside of it (`high_water`) that tells a backup from the ledger itself.
//!
//! **Appending.** Many threads append at once; whoever holds the pen writes what all of them brought in one transaction, and
//! an append returns when that is on the disk. **Signing.** What lies in storage since the last checkpoint is read again,
//! leaf, tile and root; then the mark is raised, then the checkpoint is handed out. A ledger that is behind its mark signs and
//! appends nothing, until the newer database is put back or [`Ledger::restore`] begins a new origin. **Keys** change by signing
//! twice: the receipt of the change with both, and checkpoints with both for a while.

mod append;
mod bundle;
mod choice;
mod compact;
mod moves;
mod opening;
mod part;
mod proofs;
mod purge;
mod receipt;
mod sign;
mod succession;
mod tree;
pub(crate) mod trust;
mod view;

use std::{ops::Range, path::PathBuf, sync::Mutex};

use evidence::{Hash, ed25519::PublicKey, entry::Entry, sha256};
use model::{Code, Failure};
use store::ledger::View;

pub use bundle::Wanted;
pub use choice::Choice;
pub(crate) use choice::statement_of;
pub use compact::Compacted;
pub use proofs::LedgerChecked;
pub use receipt::Receipt;
pub(crate) use succession::ROLE;
pub use succession::{Lingers, OVERLAP};
pub use trust::Drafted;
pub use view::Listed;

use append::Waiting;
use compact::Blocks;
use tree::entries;

use crate::{Error, high_water::HighWater};

/// A ledger.
pub struct Ledger {
    store: store::Ledger,
    path: PathBuf,
    origin: String,
    high: HighWater,
    /// Why nothing may be written.
    trouble: Option<Failure>,
    waiting: Mutex<Vec<Waiting>>,
    pen: Mutex<()>,
    /// Transactions in which receipts were written.
    #[cfg(test)]
    pub(crate) commits: std::sync::atomic::AtomicU64,
}

/// A key of a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerKey {
    /// Its public half.
    pub public: PublicKey,
    /// What its keeper calls it.
    pub name: String,
    /// From when on, seconds since 1970.
    pub since: u64,
    /// Until when it signs beside its successor; `None` for the key in force.
    pub until: Option<u64>,
}

/// What a ledger is.
#[derive(Clone, Debug)]
pub struct LedgerInfo {
    /// Its database.
    pub path: PathBuf,
    /// Which log.
    pub origin: String,
    /// Receipts.
    pub size: u64,
    /// Its keys, the oldest first.
    pub keys: Vec<LedgerKey>,
    /// The checkpoint signed last.
    pub checkpoint: Option<String>,
    /// Receipts the checkpoint signed last covers.
    pub signed: u64,
    /// Why nothing may be signed.
    pub trouble: Option<Failure>,
}

impl Ledger {
    /// Which log this is.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    fn sound(&self) -> Result<(), Error> {
        self.trouble
            .as_ref()
            .map_or(Ok(()), |trouble| Err(Error::Failed(trouble.clone())))
    }

    /// What there is to know.
    ///
    /// # Errors
    /// `store_…`, `ledger_damaged`.
    pub fn info(&self) -> Result<LedgerInfo, Error> {
        self.store.read(|view| {
            let last = view.last_checkpoint()?;
            Ok(LedgerInfo {
                path: self.path.clone(),
                origin: self.origin.clone(),
                size: view.size()?,
                keys: keys(view)?,
                signed: last.as_ref().map_or(0, |last| last.size),
                checkpoint: last.map(|last| last.note),
                trouble: self.trouble.clone(),
            })
        })
    }

    /// How many receipts there are.
    ///
    /// # Errors
    /// `store_…`.
    pub fn size(&self) -> Result<u64, Error> {
        self.store.read(|view| Ok(view.size()?))
    }

    /// Receipts by number; as many as there are in the range.
    ///
    /// # Errors
    /// `store_…`, `ledger_damaged`.
    pub fn entries(&self, numbers: Range<u64>) -> Result<Vec<Entry>, Error> {
        self.store.read(|view| {
            let end = numbers.end.min(view.size()?);
            entries(view, numbers.start..end).collect()
        })
    }

    /// Numbers of the receipts with this envelope, by its SHA-256.
    ///
    /// # Errors
    /// `store_…`.
    pub fn find(&self, envelope: &Hash) -> Result<Vec<u64>, Error> {
        self.store.read(|view| {
            let mut numbers = view.find(envelope)?;
            let blocks = Blocks::of(view);
            for seq in view.find_in_blocks(envelope)? {
                let same = |entry: Entry| {
                    let receipt = entry.receipt?;
                    (sha256(&[receipt.envelope.as_bytes()]) == *envelope).then_some(seq)
                };
                if !numbers.contains(&seq) {
                    numbers.extend(blocks.entry(seq)?.and_then(same));
                }
            }
            numbers.sort_unstable();
            Ok(numbers)
        })
    }

    /// All checkpoints that were signed, the oldest first.
    ///
    /// # Errors
    /// `store_…`.
    pub fn checkpoints(&self) -> Result<Vec<String>, Error> {
        self.store.read(|view| {
            let all = view.checkpoints()?;
            Ok(all.into_iter().map(|checkpoint| checkpoint.note).collect())
        })
    }
}

fn keys(view: &View<'_>) -> Result<Vec<LedgerKey>, Error> {
    view.keys()?
        .into_iter()
        .map(|key| {
            Ok(LedgerKey {
                public: PublicKey::from_bytes(key.public)
                    .map_err(|error| Error::LedgerDamaged(error.to_string()))?,
                name: key.name,
                since: u64::try_from(key.since).unwrap_or_default(),
                until: key
                    .until
                    .map(|until| u64::try_from(until).unwrap_or_default()),
            })
        })
        .collect()
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        let message = format!("the system gives no randomness: {error}");
        Error::Failed(Failure::new(Code::Internal, message))
    })?;
    Ok(bytes)
}

fn seconds(time: u64) -> i64 {
    i64::try_from(time).unwrap_or(i64::MAX)
}
