//! Beginning a ledger and opening one: which database it is, and whether that goes as far as the mark outside of it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
};

use evidence::{
    ed25519::Signer,
    hex,
    ledger::{self, Fault},
    merkle,
};
use model::{Code, Failure};
use store::ledger::{Move, View};

use super::{Ledger, Receipt, append::add, random, seconds, tree::Tiles};
use crate::{
    Error, Folders,
    high_water::{HighWater, Mark},
    home,
};

impl Ledger {
    /// Begins a ledger in the workspace at `root` (canonical), signed by `signer`, which its keeper calls `name`.
    ///
    /// # Errors
    /// `bad_call` when there is one, and for an origin that is none; `ledger_stale` for an origin that signed before.
    pub fn create(
        root: &Path,
        folders: &Folders,
        origin: Option<&str>,
        (name, signer): (&str, &dyn Signer),
        now: u64,
    ) -> Result<Self, Error> {
        if let Some(there) = Self::open(root, folders)? {
            let message = format!("there is a ledger already: {}", there.origin);
            let mut failure = Failure::new(Code::BadCall, message);
            "go on with it: `fabric ledger info` says what it holds and signs with; a workspace has one"
                .clone_into(&mut failure.hint);
            return Err(failure.into());
        }
        let origin = match origin {
            Some(origin) => origin.to_owned(),
            None => format!("ledger.trustfabric.eu/{}", hex(&random::<8>()?)),
        };
        let path = home::ledger_to_write(root, folders)?.join(file(1));
        Self::begin(path, folders, origin, (name, signer), None, now)
    }

    /// With what it takes over from the one whose place it takes: a receipt of that, and the moves that are known of.
    ///
    /// INVARIANT: the mark is there before the database says which ledger it is, so that a database which does, and has no
    /// mark, was brought here from elsewhere.
    pub(super) fn begin(
        path: PathBuf,
        folders: &Folders,
        origin: String,
        (name, signer): (&str, &dyn Signer),
        taken: Option<(Receipt, &[Move])>,
        now: u64,
    ) -> Result<Self, Error> {
        let high = HighWater::of(&origin, folders);
        let store = store::Ledger::open(&path)?;
        {
            let held = high.hold()?;
            // The mark of a beginning that was interrupted covers nothing.
            if let Some(mark) = held.read()?.filter(|mark| mark.size > 0) {
                return Err(Error::LedgerLost {
                    origin,
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
                if let Some((receipt, moves)) = taken {
                    change.put_moves(moves, 0)?;
                    add(change, [receipt])?;
                }
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

    /// Whether this is the log of that origin, or one that took its place.
    #[must_use]
    pub fn goes_on_from(&self, origin: &str) -> bool {
        goes_on(&self.origin, origin)
    }

    /// Whether one of them took the other's place, or they are the same.
    #[must_use]
    pub fn is_of_one_line_with(&self, origin: &str) -> bool {
        lineage(&self.origin).0 == lineage(origin).0
    }
}

/// Whether an origin is that one, or took its place.
pub(super) fn goes_on(origin: &str, from: &str) -> bool {
    let ((own, number), (other, earlier)) = (lineage(origin), lineage(from));
    own == other && earlier <= number
}

/// Whether the database goes as far as its mark, on the same way.
///
/// INVARIANT: the mark was read before the database: it is raised after receipts are written, so that it is never ahead of what
/// is read after it.
pub(super) fn stands(origin: &str, mark: Option<&Mark>, view: &View<'_>) -> Result<(), Error> {
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

/// The name of the n-th database of a workspace's ledger.
pub(super) fn file(number: u64) -> String {
    match number {
        0 | 1 => "ledger.sqlite".to_owned(),
        number => format!("ledger-{number}.sqlite"),
    }
}

/// Databases of ledgers in a folder, the oldest first.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
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
pub(super) fn lineage(origin: &str) -> (&str, u64) {
    let earlier = origin
        .rsplit_once('/')
        .and_then(|(before, number)| Some((before, number.parse::<u64>().ok()?)))
        .filter(|(before, number)| *number >= 2 && format!("{before}/{number}") == origin);
    earlier.unwrap_or((origin, 1))
}

/// The origin after this one, and its number.
pub(super) fn succeeding(origin: &str) -> (String, u64) {
    let (before, number) = lineage(origin);
    (format!("{before}/{}", number + 1), number + 1)
}
