//! The largest checkpoint a ledger ever signed, kept apart from the ledger: in the user's state folder, where no backup of the
//! database reaches. A database that is put back from a backup is smaller than this mark, or has another root at its size,
//! and then must not sign: it would give the same numbers to other receipts, which is a fork.
//!
//! INVARIANT: the mark is durable before the checkpoint leaves the house, and only rises.

use std::{fs, io, path::PathBuf};

use evidence::{Hash, checkpoint::Checkpoint, hex, note::Note, sha256};
use store::Lock;

use crate::{Error, Folders};

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

impl HighWater {
    /// That of a ledger, known by its origin wherever its database lies.
    #[must_use]
    pub fn of(origin: &str, folders: &Folders) -> Self {
        let name = hex(&sha256(&[origin.as_bytes()]));
        let name = name.get(..32).unwrap_or(&name);
        Self {
            path: folders
                .state
                .join("ledgers")
                .join(name)
                .with_extension("checkpoint"),
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
