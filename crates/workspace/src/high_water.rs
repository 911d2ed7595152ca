//! The largest checkpoint a ledger ever signed, kept apart from the ledger: in the user's state folder, where no backup of the
//! database reaches. A database that is put back from a backup is smaller than this mark, or has another root at its size,
//! and then must not sign: it would give the same numbers to other receipts, which is a fork.
//!
//! INVARIANT: the mark is durable before the checkpoint leaves the house, and only rises.
//!
//! All marks together are what this machine knows of its user's ledgers, wherever their workspaces lie: which there are, and with which
//! keys each signed last.

use std::{fs, io, path::PathBuf};

use evidence::{
    Hash,
    checkpoint::Checkpoint,
    ed25519::PublicKey,
    hex,
    note::{Kind, Note, VerifierKey},
    sha256,
};
use store::Lock;

use crate::{Error, Folders};

/// How the names of marks end.
const END: &str = "checkpoint";

/// Where the mark of one ledger is.
#[derive(Clone, Debug)]
pub struct HighWater {
    path: PathBuf,
    origin: String,
}

/// A checkpoint that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Receipts it covers.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// The signed note.
    pub note: String,
}

/// The mark while nobody else moves it.
pub struct Held<'a> {
    mark: &'a HighWater,
    _lock: Lock,
}

/// The ledgers, by their origins, whose marks a key signed.
///
/// # Errors
/// `file_read`; `ledger_damaged` for a mark that is none: nobody knows which keys it needs.
pub fn signed_with(key: &PublicKey, folders: &Folders) -> Result<Vec<String>, Error> {
    let mut origins = Vec::new();
    for path in marks(folders)? {
        let text = fs::read(&path).map_err(Error::read(&path))?;
        let read = || {
            let note = Note::parse(&text)?;
            let origin = Checkpoint::parse(&note.text)?.origin;
            let key = VerifierKey::new(&origin, Kind::Ed25519, *key)?;
            let signed = note.verify(&[key]).is_ok();
            Ok::<_, evidence::Error>(signed.then_some(origin))
        };
        let signed = read().map_err(|error| {
            Error::LedgerDamaged(format!("`{}` is no checkpoint: {error}", path.display()))
        })?;
        origins.extend(signed);
    }
    origins.sort();
    Ok(origins)
}

/// The ledgers, by their origins, that signed for receipts here, as far as their marks can be read.
#[must_use]
pub fn signed_origins(folders: &Folders) -> Vec<String> {
    let origin = |path: PathBuf| {
        let note = Note::parse(&fs::read(path).ok()?).ok()?;
        let head = Checkpoint::parse(&note.text).ok()?;
        (head.size > 0).then_some(head.origin)
    };
    let marks = marks(folders).unwrap_or_default();
    let mut origins: Vec<_> = marks.into_iter().filter_map(origin).collect();
    origins.sort();
    origins
}

/// The marks of all ledgers.
fn marks(folders: &Folders) -> Result<Vec<PathBuf>, Error> {
    let folder = HighWater::folder(folders);
    let all = match fs::read_dir(&folder) {
        Ok(all) => all,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::read(&folder)(error)),
    };
    let mut marks = Vec::new();
    for one in all {
        let path = one.map_err(Error::read(&folder))?.path();
        if path.extension().is_some_and(|end| end == END) {
            marks.push(path);
        }
    }
    Ok(marks)
}

impl HighWater {
    fn folder(folders: &Folders) -> PathBuf {
        folders.state.join("ledgers")
    }

    /// That of a ledger, known by its origin wherever its database lies.
    #[must_use]
    pub fn of(origin: &str, folders: &Folders) -> Self {
        let name = hex(&sha256(&[origin.as_bytes()]));
        let name = name.get(..32).unwrap_or(&name);
        Self {
            path: Self::folder(folders).join(name).with_extension(END),
            origin: origin.to_owned(),
        }
    }

    /// The mark; nothing when nothing here remembers one.
    ///
    /// # Errors
    /// `file_read`; `ledger_damaged` for a mark that is none, or another ledger's.
    pub fn read(&self) -> Result<Option<Mark>, Error> {
        let note = match fs::read_to_string(&self.path) {
            Ok(note) => note,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::read(&self.path)(error)),
        };
        let head = Note::parse(note.as_bytes()).and_then(|note| Checkpoint::parse(&note.text));
        match head {
            Ok(head) if head.origin == self.origin => Ok(Some(Mark {
                size: head.size,
                root: head.root,
                note,
            })),
            _ => Err(Error::LedgerDamaged(format!(
                "`{}` is no checkpoint of `{}`",
                self.path.display(),
                self.origin
            ))),
        }
    }

    /// Keeps others, in this process and elsewhere, from moving the mark.
    ///
    /// # Errors
    /// When the state folder cannot be written.
    pub fn hold(&self) -> Result<Held<'_>, Error> {
        Ok(Held {
            mark: self,
            _lock: Lock::wait(&self.path.with_extension("lock"))?,
        })
    }
}

impl Held<'_> {
    /// As [`HighWater::read`].
    ///
    /// # Errors
    /// As [`HighWater::read`].
    pub fn read(&self) -> Result<Option<Mark>, Error> {
        self.mark.read()
    }

    /// Raises the mark. When this returns, it survives the end of the power.
    ///
    /// # Errors
    /// `file_write`; the mark is then what it was.
    pub fn raise(&self, note: &str) -> Result<(), Error> {
        let path = &self.mark.path;
        disk::replace(path, note.as_bytes()).map_err(Error::write(path))
    }
}
