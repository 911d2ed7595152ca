//! What an enforcement point remembers between two runs, in a folder of its own: `state.json`, and the bundle that it names by its
//! digest. The bundle is written first, so that at every moment the two go together.

use std::{
    fs::{self, File, TryLockError},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use data_encoding::HEXLOWER;
use release::Consumer;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Whose;
use crate::Error;

const STATE: &str = "state.json";

/// What is remembered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// SHA-256 of the root that was given by hand, in hexadecimal digits.
    given: String,
    /// When the source last said that this is in force, in seconds since 1970.
    pub confirmed: u64,
    /// The bundle seen last can be taken up again: it is here, and was taken under the root that is given now.
    pub resumable: bool,
    /// Who takes releases, and what was seen last.
    pub consumer: Consumer,
}

/// The folder, which no other process uses meanwhile.
pub struct Memory {
    folder: PathBuf,
    _lock: File,
}

/// Tenant and environment of whom a folder remembers, if it does.
#[must_use]
pub fn remembered(folder: &Path) -> Option<(String, String)> {
    let State { consumer, .. } = read(folder).ok()??;
    Some((consumer.tenant, consumer.environment))
}

pub fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

fn wrong(folder: &Path, why: impl Into<String>) -> Error {
    Error::State {
        path: folder.display().to_string(),
        why: why.into(),
    }
}

fn read(folder: &Path) -> Result<Option<State>, Error> {
    match fs::read(folder.join(STATE)) {
        Ok(text) => serde_json::from_slice(&text)
            .map(Some)
            .map_err(|error| wrong(folder, format!("cannot be understood: {error}"))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(wrong(folder, format!("cannot be read: {error}"))),
    }
}

fn write(path: &Path, content: &[u8]) -> Result<(), Error> {
    disk::replace(path, content).map_err(|source| Error::Write {
        path: path.display().to_string(),
        source,
    })
}

impl Memory {
    pub fn hold(folder: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Write {
            path: folder.display().to_string(),
            source,
        };
        fs::create_dir_all(folder).map_err(failed)?;
        let path = folder.join("lock");
        let lock = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(failed)?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => {
                return Err(wrong(folder, "is used by another enforcement point"));
            }
            // Some network file systems know no locks.
            Err(TryLockError::Error(error)) if error.kind() != ErrorKind::Unsupported => {
                return Err(failed(error));
            }
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        Ok(Self {
            folder: folder.to_owned(),
            _lock: lock,
        })
    }

    /// What is remembered for somebody, or the beginning of it.
    pub fn state(&self, whose: Whose) -> Result<State, Error> {
        let Whose {
            tenant,
            channel,
            environment,
            root,
        } = whose;
        let given = hex(&Sha256::digest(root.text()));
        let Some(mut state) = read(&self.folder)? else {
            return Ok(State {
                given,
                confirmed: 0,
                resumable: false,
                consumer: Consumer::new(&tenant, &channel, &environment, root),
            });
        };
        let kept = &mut state.consumer;
        if (&kept.tenant, &kept.channel, &kept.environment) != (&tenant, &channel, &environment) {
            let why = format!(
                "is of `{}` of `{}` in `{}`, not of `{channel}` of `{tenant}` in `{environment}`",
                kept.channel, kept.tenant, kept.environment
            );
            return Err(wrong(&self.folder, why));
        }
        if state.given != given {
            kept.trusted = root;
            state.given = given;
            state.resumable = false;
        }
        Ok(state)
    }

    /// The bundle that can be taken up again.
    pub fn bundle(&self, state: &State) -> Result<Option<Vec<u8>>, Error> {
        let Some(seen) = state.consumer.seen.as_ref().filter(|_| state.resumable) else {
            return Ok(None);
        };
        let read = fs::read(self.path(&seen.bundle));
        read.map(Some)
            .map_err(|error| wrong(&self.folder, format!("has lost its bundle: {error}")))
    }

    /// Writes a bundle. Nothing names it yet.
    pub fn put(&self, digest: &str, bytes: &[u8]) -> Result<(), Error> {
        write(&self.path(digest), bytes)
    }

    /// Writes the state, and takes away what it does not name.
    pub fn save(&self, state: &State) -> Result<(), Error> {
        let text = serde_json::to_vec_pretty(state)
            .map_err(|error| wrong(&self.folder, error.to_string()))?;
        write(&self.folder.join(STATE), &text)?;
        let kept = state.consumer.seen.as_ref();
        let kept = kept.map(|seen| self.path(&seen.bundle));
        let others = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for other in others.map(|entry| entry.path()) {
            let is_bundle = other.extension().is_some_and(|end| end == "tfr");
            if is_bundle && Some(&other) != kept.as_ref() {
                // It takes room, and is tried again at the next move.
                let _ = fs::remove_file(other);
            }
        }
        Ok(())
    }

    fn path(&self, digest: &str) -> PathBuf {
        self.folder.join(format!("{digest}.tfr"))
    }
}
