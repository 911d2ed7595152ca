//! A workspace's ledger: receipts in the order they were written, over which checkpoints are signed. It is a database in the
//! workspace's memory, and a mark outside of it (`high_water`) that tells a backup from the ledger itself.
//!
//! **Appending.** Many threads append at once; whoever holds the pen writes what all of them brought in one transaction, and
//! an append returns when that is on the disk. **Signing.** What lies in storage since the last checkpoint is read again,
//! leaf, tile and root; then the mark is raised, then the checkpoint is handed out. A ledger that is behind its mark signs and
//! appends nothing, until the newer database is put back or [`Ledger::restore`] begins a new origin. **Keys** change by signing
//! twice: the receipt of the change with both, and checkpoints with both for a while.

mod bundle;
mod choice;
mod compact;
mod part;
mod purge;
pub(crate) mod trust;
mod view;

use std::{
    cell::RefCell,
    collections::HashMap,
    fs,
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, OnceLock, TryLockError},
    thread::{self, Thread},
};

use evidence::{
    Hash,
    ed25519::{PublicKey, Signer},
    entry::{self, Entry},
    hex,
    json::Limits,
    leaf::Leaf,
    ledger::{self, Draft, Fault},
    merkle::{self, Hashes, TILE_WIDTH, TileId},
    moment,
    note::{Kind, Note, VerifierKey},
    sha256,
    statement::{self, KeyRotation, Predicate, Restore, Statement, Subject},
    tlog_proof::{Growth, Proof},
};
use model::{Code, Failure};
use store::ledger::{Change, View};
use witness::Client;

pub use bundle::Wanted;
pub use choice::Choice;
pub(crate) use choice::statement_of;
pub use compact::Compacted;
use compact::{Blocks, Words};
pub use trust::Drafted;
pub use view::Listed;

use crate::{
    Error, Folders,
    high_water::{HighWater, Mark},
    home,
    open::lock,
};

/// Receipts written in one transaction at most.
const BATCH: usize = 4096;
/// Entries read at once.
const PAGE: u32 = 512;
/// What the key of a ledger is for, as receipts of its rotation say: trust files give it this role.
pub(crate) const ROLE: &str = "ledger";
/// How long a key that was replaced signs checkpoints beside its successor, seconds.
pub const OVERLAP: u64 = 30 * 24 * 3600;

/// A signed receipt that is not in a ledger yet.
#[derive(Clone, Debug)]
pub struct Receipt {
    envelope: String,
    kind: u8,
    keyid: Hash,
    time: u64,
}

impl Receipt {
    /// Says something about subjects, and signs it with each of the keys.
    ///
    /// # Errors
    /// `key_missing` without a key; what cannot be said in a receipt.
    pub fn seal<P: Predicate>(
        about: Vec<Subject>,
        said: &P,
        signers: &[&dyn Signer],
    ) -> Result<Self, Error> {
        Self::of(&Statement::new(about, said)?, signers)
    }

    /// Signs a statement of a known kind.
    ///
    /// # Errors
    /// As [`Receipt::seal`].
    pub fn of(statement: &Statement, signers: &[&dyn Signer]) -> Result<Self, Error> {
        let kind = statement::check(statement)?;
        let issued = statement.predicate.get("issued").and_then(|at| at.as_str());
        let first = signers
            .first()
            .ok_or_else(|| Error::NoKey("a receipt needs a key that signs it".to_owned()))?;
        let sealed = statement.seal(signers)?;
        if sealed.payload.len() > Limits::RECEIPT.bytes {
            return Err(Error::Evidence(evidence::Error::Limit {
                what: "a receipt".to_owned(),
                limit: Limits::RECEIPT.bytes as u64,
            }));
        }
        Ok(Self {
            envelope: sealed.to_json(),
            kind,
            keyid: first.public().id(),
            // INVARIANT: a statement that was checked says when.
            time: issued.and_then(moment::seconds).unwrap_or_default(),
        })
    }
}

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

/// Receipts somebody waits to see written.
struct Waiting {
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
    /// Begins a ledger in the workspace at `root` (canonical), signed by `signer`, which its keeper calls `name`.
    ///
    /// # Errors
    /// `file_write` when there is one; `ledger_stale` for an origin that signed before; `bad_call` for one that is none.
    pub fn create(
        root: &Path,
        folders: &Folders,
        origin: Option<&str>,
        (name, signer): (&str, &dyn Signer),
        now: u64,
    ) -> Result<Self, Error> {
        if let Some(there) = Self::open(root, folders)? {
            return Err(Error::Exists(there.path.display().to_string()));
        }
        let origin = match origin {
            Some(origin) => origin.to_owned(),
            None => format!("ledger.trustfabric.eu/{}", hex(&random::<8>()?)),
        };
        let path = home::ledger_to_write(root, folders)?.join(file(1));
        Self::begin(path, folders, origin, (name, signer), now)
    }

    /// INVARIANT: the mark is there before the database says which ledger it is, so that a database which does, and has no
    /// mark, was brought here from elsewhere.
    fn begin(
        path: PathBuf,
        folders: &Folders,
        origin: String,
        (name, signer): (&str, &dyn Signer),
        now: u64,
    ) -> Result<Self, Error> {
        let high = HighWater::of(&origin, folders);
        let store = store::Ledger::open(&path)?;
        {
            let held = high.hold()?;
            // The mark of a beginning that was interrupted covers nothing.
            if let Some(mark) = held.read()?.filter(|mark| mark.size > 0) {
                return Err(Error::LedgerStale {
                    size: 0,
                    known: mark.size,
                });
            }
            let nothing = (0, merkle::empty_root());
            let audited = ledger::audit::<Fault>(&merkle::Tree::default(), nothing, 0, [])?;
            let note = ledger::checkpoint(&origin, audited, &[signer])?.to_string();
            store.write(|change| {
                change.begin(&origin)?;
                change.put_key(&store::ledger::Key {
                    public: signer.public().to_bytes(),
                    name: name.to_owned(),
                    since: seconds(now),
                    until: None,
                })?;
                change.put_checkpoint(&store::ledger::Checkpoint {
                    size: 0,
                    note: note.clone(),
                })?;
                held.raise(&note)
            })?;
        }
        Ok(Self {
            store,
            path,
            origin,
            high,
            trouble: None,
            waiting: Mutex::default(),
            pen: Mutex::default(),
            #[cfg(test)]
            commits: std::sync::atomic::AtomicU64::default(),
        })
    }

    /// The ledger of the workspace at `root` (canonical), if one was begun. One that is behind its mark opens for reading, and
    /// [`LedgerInfo::trouble`] says so.
    ///
    /// # Errors
    /// `store_…`, `file_read`.
    pub fn open(root: &Path, folders: &Folders) -> Result<Option<Self>, Error> {
        for folder in home::ledger_to_read(root, folders) {
            for path in files(&folder)?.into_iter().rev() {
                let store = store::Ledger::open(&path)?;
                // A ledger whose beginning was interrupted is none.
                let Some(origin) = store.read::<_, Error>(|view| Ok(view.origin()?))? else {
                    continue;
                };
                let high = HighWater::of(&origin, folders);
                let standing = high
                    .read()
                    .and_then(|mark| store.read(|view| stands(&origin, mark.as_ref(), view)));
                return Ok(Some(Self {
                    store,
                    path,
                    origin,
                    high,
                    trouble: standing.err().map(Failure::from),
                    waiting: Mutex::default(),
                    pen: Mutex::default(),
                    #[cfg(test)]
                    commits: std::sync::atomic::AtomicU64::default(),
                }));
            }
        }
        Ok(None)
    }

    /// Which log this is.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether this is the log of that origin, or one that took its place.
    #[must_use]
    pub fn goes_on_from(&self, origin: &str) -> bool {
        let ((own, number), (other, earlier)) = (lineage(&self.origin), lineage(origin));
        own == other && earlier <= number
    }

    fn sound(&self) -> Result<(), Error> {
        self.trouble
            .as_ref()
            .map_or(Ok(()), |trouble| Err(Error::Failed(trouble.clone())))
    }

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

    /// Signs a checkpoint of all that is in the ledger, with the key in force and those that sign beside it. The same
    /// receipts give the same checkpoint again.
    ///
    /// # Errors
    /// `key_missing`, `ledger_stale`, `ledger_forked`, `ledger_damaged`, `store_…`, `file_write`: then nothing was handed out.
    pub fn sign(&self, signers: &[&dyn Signer], now: u64) -> Result<String, Error> {
        self.sound()?;
        let held = self.high.hold()?;
        let mark = held
            .read()?
            .ok_or_else(|| Error::LedgerForgotten(self.origin.clone()))?;
        self.store.write(|change| {
            let signers = in_force(&keys(change)?, signers, now)?;
            let size = change.size()?;
            let tiles = Tiles::of(change);
            let known = (mark.size, mark.root);
            let audited = ledger::audit(&tiles, known, size, entries(change, mark.size..size))
                .map_err(|error| tiles.trouble(error))?;
            let signed = mark.size == size && self.signed_by_all(&mark.note, &signers);
            let note = if signed {
                mark.note.clone()
            } else {
                ledger::checkpoint(&self.origin, audited, &signers)?.to_string()
            };
            held.raise(&note)?;
            // The one that is there may have more signatures by now: witnesses'.
            let last = change.last_checkpoint()?;
            if let Some(last) = last.filter(|last| signed && last.size == size) {
                return Ok(last.note);
            }
            change.put_checkpoint(&store::ledger::Checkpoint {
                size,
                note: note.clone(),
            })?;
            Ok(note)
        })
    }

    /// As [`Ledger::sign`], and has a witness cosign. It is asked how far it saw the ledger before anything is signed.
    ///
    /// # Errors
    /// As [`Ledger::sign`]; `ledger_stale` when the witness saw more, `witness_silent`, `witness_refused`.
    pub fn sign_witnessed(
        &self,
        signers: &[&dyn Signer],
        witness: &Client,
        now: u64,
    ) -> Result<String, Error> {
        trust::refuse_own(&self.logs()?, &witness.key())?;
        let known = witness.seen(&self.origin).map_err(Failure::from)?;
        let size = self.size()?;
        if known > size {
            return Err(Error::LedgerStale { size, known });
        }
        self.sign(signers, now)?;
        self.cosign(witness)
    }

    /// Has a witness cosign the checkpoint signed last.
    ///
    /// # Errors
    /// `bad_call` when the witness saw more than that, `witness_silent`, `witness_refused`.
    pub fn cosign(&self, witness: &Client) -> Result<String, Error> {
        trust::refuse_own(&self.logs()?, &witness.key())?;
        let known = witness.seen(&self.origin).map_err(Failure::from)?;
        let growth = self.growth(known)?;
        let lines = witness.add_checkpoint(&growth).map_err(Failure::from)?;
        self.cosigned(&growth.checkpoint, &lines)
    }

    fn signed_by_all(&self, note: &str, signers: &[&dyn Signer]) -> bool {
        let known: Result<Vec<_>, _> = signers
            .iter()
            .map(|signer| VerifierKey::new(&self.origin, Kind::Ed25519, signer.public()))
            .collect();
        known.is_ok_and(|known| {
            Note::parse(note.as_bytes())
                .and_then(|note| note.verify(&known))
                .is_ok_and(|signed| signed.len() == known.len())
        })
    }

    /// Puts signatures of witnesses below the checkpoint signed last. They are not checked here; who reads them does.
    ///
    /// # Errors
    /// `bad_call` when it is not the last one any more, or the lines are no signatures; `store_…`.
    pub fn cosigned(&self, checkpoint: &str, lines: &str) -> Result<String, Error> {
        let more = Note::parse(format!("{checkpoint}{lines}").as_bytes())?;
        self.store.write(|change| {
            let last = change.last_checkpoint()?.ok_or(Error::NoLedger)?;
            let mut note = Note::parse(last.note.as_bytes())?;
            if note.text != more.text {
                return Err(Error::BadCall(
                    "the ledger has a newer checkpoint by now".to_owned(),
                ));
            }
            for signature in more.signatures {
                if !note.signatures.contains(&signature) {
                    note.signatures.push(signature);
                }
            }
            let note = note.to_string();
            change.amend_checkpoint(&note)?;
            Ok(note)
        })
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

    /// The proof that a receipt is in the ledger, against the checkpoint signed last.
    ///
    /// # Errors
    /// `bad_call` for a receipt the checkpoint does not cover; `ledger_stale`, `ledger_forked`, `store_…`, `ledger_damaged`.
    pub fn prove(&self, seq: u64) -> Result<Proof, Error> {
        self.sound()?;
        self.way(seq)
    }

    /// As [`Ledger::prove`], for who looks at the ledger here: what it holds is shown even if it is behind.
    fn way(&self, seq: u64) -> Result<Proof, Error> {
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
    /// `ledger_stale`, `ledger_forked`, `file_write`, `store_…`, `ledger_damaged`.
    pub fn export(&self, folder: &Path) -> Result<usize, Error> {
        self.sound()?;
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
    /// `bad_call` for a ledger that can go on; `key_missing`, `store_…`, `file_write`, `witness_silent`.
    pub fn restore(
        self,
        folders: &Folders,
        (name, signer): (&str, &dyn Signer),
        by: &str,
        witness: Option<&Client>,
        (lost, now): (bool, u64),
    ) -> Result<Self, Error> {
        let size = self.size()?;
        let seen = match witness {
            Some(witness) => witness.seen(&self.origin).map_err(Failure::from)?,
            None => 0,
        };
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
        // A mark that cannot be read any more is one of the reasons to be here.
        let mark = self.high.read().ok().flatten();
        let (origin, number) = succeeding(&self.origin);
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let next = Self::begin(
            folder.join(file(number)),
            folders,
            origin,
            (name, signer),
            now,
        )?;
        let said = Restore {
            issued: moment::text(now),
            origin: self.origin.clone(),
            backup: size,
            known: mark.as_ref().map_or(size, |mark| mark.size).max(seen),
            by: by.to_owned(),
        };
        let known = mark.map_or_else(String::new, |mark: Mark| mark.note);
        let about = Subject::of("checkpoint", known.as_bytes());
        next.append(vec![Receipt::seal(vec![about], &said, &[signer])?])?;
        next.sign(&[signer], now)?;
        Ok(next)
    }
}

/// Whether the database goes as far as its mark, on the same way.
///
/// INVARIANT: the mark was read before the database: it is raised after receipts are written, so that it is never ahead of what
/// is read after it.
fn stands(origin: &str, mark: Option<&Mark>, view: &View<'_>) -> Result<(), Error> {
    let mark = mark.ok_or_else(|| Error::LedgerForgotten(origin.to_owned()))?;
    let size = view.size()?;
    if size < mark.size {
        let known = mark.size;
        return Err(Error::LedgerStale { size, known });
    }
    let tiles = Tiles::of(view);
    let root = merkle::root(&tiles, mark.size).map_err(|error| tiles.trouble(error.into()))?;
    if root == mark.root {
        Ok(())
    } else {
        Err(Error::LedgerForked { size: mark.size })
    }
}

/// Adds receipts to what is there; the number of the first comes back.
fn add(change: &Change<'_>, receipts: impl IntoIterator<Item = Receipt>) -> Result<u64, Error> {
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
    Ok(first)
}

fn stored(entry: Entry) -> store::ledger::Entry {
    store::ledger::Entry {
        leaf: entry.leaf.to_bytes(),
        receipt: entry.receipt.map(|receipt| store::ledger::Receipt {
            salt: receipt.salt.to_vec(),
            digest: sha256(&[receipt.envelope.as_bytes()]).to_vec(),
            envelope: receipt.envelope,
        }),
    }
}

fn read_entry(seq: u64, entry: store::ledger::Entry) -> Result<Entry, Error> {
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

/// Entries in a range, a page at a time; what has no row is rebuilt from its block.
fn entries<'v>(
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

/// Those of the signers that may sign now: the key in force, which must be among them, and keys it took the place of lately.
fn in_force<'s>(
    keys: &[LedgerKey],
    signers: &[&'s dyn Signer],
    now: u64,
) -> Result<Vec<&'s dyn Signer>, Error> {
    let at_hand = |key: &LedgerKey| {
        let found = signers.iter().find(|signer| signer.public() == key.public);
        found.copied()
    };
    let current = keys
        .iter()
        .find(|key| key.until.is_none())
        .ok_or_else(|| Error::LedgerDamaged("it has no key".to_owned()))?;
    let signer = at_hand(current).ok_or_else(|| {
        Error::NoKey(format!(
            "the ledger signs with the key `{}`, which is not at hand",
            current.name
        ))
    })?;
    let beside = keys
        .iter()
        .filter(|key| key.until.is_some_and(|until| until > now))
        .filter_map(at_hand);
    Ok(std::iter::once(signer).chain(beside).collect())
}

/// The tree in a database. A tile is read once in a row; an error of the database is kept for who asked.
struct Tiles<'v> {
    view: &'v View<'v>,
    last: RefCell<HashMap<u8, (u64, Vec<u8>)>>,
    trouble: RefCell<Option<store::Error>>,
}

impl<'v> Tiles<'v> {
    fn of(view: &'v View<'v>) -> Self {
        Self {
            view,
            last: RefCell::default(),
            trouble: RefCell::default(),
        }
    }

    /// What really went wrong.
    fn trouble(&self, error: Error) -> Error {
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

/// The name of the n-th database of a workspace's ledger.
fn file(number: u64) -> String {
    match number {
        0 | 1 => "ledger.sqlite".to_owned(),
        number => format!("ledger-{number}.sqlite"),
    }
}

/// Databases of ledgers in a folder, the oldest first.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let all = match fs::read_dir(folder) {
        Ok(all) => all,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::read(folder)(error)),
    };
    let mut found = Vec::new();
    for one in all {
        let one = one.map_err(Error::read(folder))?;
        let name = one.file_name().to_string_lossy().into_owned();
        let number = match name.strip_prefix("ledger") {
            Some(".sqlite") => Some(1),
            Some(rest) => rest
                .strip_prefix('-')
                .and_then(|rest| rest.strip_suffix(".sqlite")?.parse::<u64>().ok()),
            None => None,
        };
        // `ledger-02.sqlite` is not ours.
        if let Some(number) = number.filter(|number| file(*number) == name) {
            found.push((number, one.path()));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

/// The origin that a ledger began with, and how many it had by this one.
fn lineage(origin: &str) -> (&str, u64) {
    let earlier = origin
        .rsplit_once('/')
        .and_then(|(before, number)| Some((before, number.parse::<u64>().ok()?)))
        .filter(|(before, number)| *number >= 2 && format!("{before}/{number}") == origin);
    earlier.unwrap_or((origin, 1))
}

/// The origin after this one, and its number.
fn succeeding(origin: &str) -> (String, u64) {
    let (before, number) = lineage(origin);
    (format!("{before}/{}", number + 1), number + 1)
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
