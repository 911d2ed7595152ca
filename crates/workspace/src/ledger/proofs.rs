//! What a ledger shows of itself: that a receipt is in it, that it only grew, that all of it holds together, and its tiles for others.

use std::{fs, io, path::Path};

use evidence::{
    Hash,
    checkpoint::Checkpoint,
    ledger,
    merkle::{self, TILE_WIDTH, TileId},
    note::{Kind, Note, VerifierKey},
    tlog_proof::{Growth, Proof},
};
use model::{Code, Failure};
use store::ledger::View;

use super::{
    Ledger,
    compact::{self, Words},
    keys,
    opening::stands,
    tree::{Tiles, entries},
};
use crate::Error;

/// What a check of a whole ledger found in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerChecked {
    /// Receipts.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// Receipts that were purged.
    pub purged: u64,
    /// Checkpoints that hold.
    pub checkpoints: usize,
}

impl Ledger {
    /// The proof that a receipt is in the ledger, against the checkpoint signed last.
    ///
    /// # Errors
    /// `bad_call` for a receipt the checkpoint does not cover; `ledger_stale`, `ledger_forked`, `store_…`, `ledger_damaged`.
    pub fn prove(&self, seq: u64) -> Result<Proof, Error> {
        self.sound()?;
        self.way(seq)
    }

    /// As [`Ledger::prove`], for who looks at the ledger here: what it holds is shown even if it is behind.
    pub(super) fn way(&self, seq: u64) -> Result<Proof, Error> {
        self.store.read(|view| {
            let last = view.last_checkpoint()?.ok_or(Error::NoLedger)?;
            if seq >= last.size {
                return Err(Error::BadCall(format!(
                    "the last checkpoint covers {} receipts, and this is number {seq}: sign a newer one first",
                    last.size
                )));
            }
            let tiles = Tiles::of(view);
            let hashes = merkle::inclusion_proof(&tiles, seq, last.size)
                .map_err(|error| tiles.trouble(error.into()))?;
            Ok(Proof {
                extra: Vec::new(),
                index: seq,
                hashes,
                checkpoint: last.note,
            })
        })
    }

    /// The proof that the ledger grew from a size to that of the checkpoint signed last.
    ///
    /// # Errors
    /// `bad_call` for a size the checkpoint does not cover; `ledger_stale`, `ledger_forked`, `store_…`, `ledger_damaged`.
    pub fn growth(&self, old: u64) -> Result<Growth, Error> {
        self.sound()?;
        self.store.read(|view| {
            let last = view.last_checkpoint()?.ok_or(Error::NoLedger)?;
            if old > last.size {
                return Err(Error::BadCall(format!(
                    "the last checkpoint covers {} receipts, and not {old}",
                    last.size
                )));
            }
            let tiles = Tiles::of(view);
            let hashes = merkle::consistency_proof(&tiles, old, last.size)
                .map_err(|error| tiles.trouble(error.into()))?;
            Ok(Growth {
                old,
                hashes,
                checkpoint: last.note,
            })
        })
    }

    /// Reads everything again: every receipt, block, leaf, tile and checkpoint.
    ///
    /// # Errors
    /// `ledger_damaged` or `ledger_forked` with the first place that disagrees, `ledger_stale`, `store_…`.
    pub fn check(&self) -> Result<LedgerChecked, Error> {
        let mark = self.high.read()?;
        self.store.read(|view| {
            let tiles = Tiles::of(view);
            let size = view.size()?;
            let mut purged = 0;
            let counted = entries(view, 0..size).inspect(|entry| {
                purged += u64::from(entry.as_ref().is_ok_and(|entry| entry.receipt.is_none()));
            });
            let nothing = (0, merkle::empty_root());
            let audited = ledger::audit(&tiles, nothing, size, counted)
                .map_err(|error| tiles.trouble(error))?;
            let (mut words, mut next) = (Words::default(), 0);
            while let Some(held) = compact::hold(view, &mut words, next)? {
                next = held.numbers.end;
            }
            let known: Vec<_> = keys(view)?
                .into_iter()
                .map(|key| VerifierKey::new(&self.origin, Kind::Ed25519, key.public))
                .collect::<Result<_, _>>()?;
            let checkpoints = view.checkpoints()?;
            for checkpoint in &checkpoints {
                let wrong = |why: &str| {
                    let size = checkpoint.size;
                    Error::LedgerDamaged(format!("the checkpoint over {size} receipts {why}"))
                };
                let (head, _) = evidence::checkpoint::open(checkpoint.note.as_bytes(), &known, &[])
                    .map_err(|error| wrong(&format!("is none of this ledger: {error}")))?;
                if head.size != checkpoint.size || head.size > size {
                    return Err(wrong("covers another number of receipts"));
                }
                if merkle::root(&tiles, head.size).ok() != Some(head.root) {
                    return Err(Error::LedgerForked { size: head.size });
                }
            }
            stands(&self.origin, mark.as_ref(), view)?;
            Ok(LedgerChecked {
                size,
                root: audited.root(),
                purged,
                checkpoints: checkpoints.len(),
            })
        })
    }

    /// Writes tiles, leaves and the checkpoint signed last into a folder, as C2SP tlog-tiles has them. What an interrupted
    /// export wrote is not written again; the checkpoint comes last. The number of files written comes back.
    ///
    /// # Errors
    /// `bad_call` for a folder with the checkpoint of another log; `ledger_stale`, `ledger_forked`, `file_read`, `file_write`, `store_…`,
    /// `ledger_damaged`.
    pub fn export(&self, folder: &Path) -> Result<usize, Error> {
        self.sound()?;
        self.is_its_own(&folder.join("checkpoint"))?;
        self.store.read(|view| {
            let last = view.last_checkpoint()?.ok_or(Error::NoLedger)?;
            let mut written = 0;
            let mut put = |name: &str, content: &[u8]| {
                let path = folder.join(name);
                // A tile never changes; a checkpoint does.
                if fs::read(&path).is_ok_and(|there| there == content) {
                    return Ok(());
                }
                written += 1;
                disk::replace(&path, content).map_err(Error::write(&path))
            };
            for tile in merkle::tiles(last.size) {
                let missing = || Error::LedgerDamaged(format!("`{}` is not there", tile.path()));
                let hashes = view.tile(tile.level, tile.index)?;
                let hashes = hashes.get(..32 * usize::from(tile.width));
                put(&tile.path(), hashes.ok_or_else(missing)?)?;
                if tile.level == 0 {
                    put(&bundle_path(tile), &leaves(view, tile)?)?;
                }
            }
            put("checkpoint", last.note.as_bytes())?;
            Ok(written)
        })
    }

    /// Refuses to take a checkpoint's place that is no checkpoint of this log.
    fn is_its_own(&self, path: &Path) -> Result<(), Error> {
        let there = match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            there => there.map_err(Error::read(path))?,
        };
        let head = Note::parse(&there).and_then(|note| Checkpoint::parse(&note.text));
        if head.as_ref().is_ok_and(|head| head.origin == self.origin) {
            return Ok(());
        }
        let message = match head {
            Ok(head) => format!("`{}` is that of {}", path.display(), head.origin),
            Err(_) => format!("`{}` is no checkpoint", path.display()),
        };
        let mut failure = Failure::new(Code::BadCall, message);
        failure.hint = "name an empty folder, or the one this ledger was exported to".to_owned();
        Err(failure.into())
    }
}

/// The leaves below a tile of level 0, each with its length before it, as tlog-tiles bundles entries.
fn leaves(view: &View<'_>, tile: TileId) -> Result<Vec<u8>, Error> {
    let first = tile.index * TILE_WIDTH;
    let mut bundle = Vec::new();
    for entry in entries(view, first..first + u64::from(tile.width)) {
        let leaf = entry?.leaf.to_bytes();
        let length = u16::try_from(leaf.len()).unwrap_or(u16::MAX);
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(&leaf);
    }
    Ok(bundle)
}

fn bundle_path(tile: TileId) -> String {
    tile.path().replacen("tile/0/", "tile/entries/", 1)
}
