//! Changes to refs that outlive a power cut, one process at a time, and without trace of one that was killed meanwhile.
//!
//! libgit2 flushes objects and refs before it renames them when the setting `core.fsyncObjectFiles` says so. It is read from a
//! file of our own, for the author's git would complain about it in the repository's.
//!
//! A process that is killed while it changes a ref leaves git's lock on that ref behind, and nobody could change it any more. So
//! the names of the refs stand in our own lock file meanwhile; who takes that lock next finds them there, and removes git's.
//!
//! A full disk is success to libgit2: when an object cannot be written it tries another way, and forgets that this failed, too. So
//! objects are looked for before anything names them, and the system is asked why they are not there.

use std::{
    fs::{self, File, TryLockError},
    io::{ErrorKind, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use git2::{ConfigLevel, Oid, Repository};

use crate::Error;

/// Less room than this is none: a move takes some files of a block each, and two bundles.
const PROBE: usize = 1 << 20;
/// Read by libgit2, not by git.
const SETTINGS: &str = "[core]\n\tfsyncObjectFiles = true\n";

/// A repository that is written to, and the right to change some of its refs. Both end with the process, however it ends.
pub(crate) struct Writer {
    pub repository: Repository,
    lock: File,
    path: PathBuf,
}

impl Writer {
    /// Takes the right; `None` when another process has it and nobody wants to wait.
    pub fn take(git: &Path, name: &str, wait: bool) -> Result<Option<Self>, Error> {
        let repository = Repository::open(git).map_err(Error::read("the repository"))?;
        let folder = repository.commondir().join("fabric");
        let (settings, path) = (folder.join("config"), folder.join(format!("{name}.lock")));
        let wrong = |path: &Path| Error::io(format!("`{}`", path.display()));
        fs::create_dir_all(path.parent().unwrap_or(&folder)).map_err(wrong(&folder))?;
        if fs::read(&settings).ok().as_deref() != Some(SETTINGS.as_bytes()) {
            disk::replace(&settings, SETTINGS.as_bytes()).map_err(wrong(&settings))?;
        }
        // INVARIANT: before anything asks for objects or refs, which read the settings once.
        repository
            .config()
            .and_then(|mut config| config.add_file(&settings, ConfigLevel::App, true))
            .map_err(Error::read("the settings"))?;
        let lock = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(wrong(&path))?;
        let taken = if wait {
            lock.lock().map_err(TryLockError::Error)
        } else {
            lock.try_lock()
        };
        match taken {
            Err(TryLockError::WouldBlock) => return Ok(None),
            // Some network file systems know no locks; git's own still keep each ref whole there.
            Err(TryLockError::Error(error)) if error.kind() != ErrorKind::Unsupported => {
                return Err(wrong(&path)(error));
            }
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        let mut writer = Self {
            repository,
            lock,
            path,
        };
        writer.clear_after_a_kill()?;
        Ok(Some(writer))
    }

    /// Changes refs, all of which are named.
    pub fn change<T>(
        &mut self,
        names: &[&str],
        change: impl FnOnce(&Repository) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.mark(names)?;
        let done = change(&self.repository);
        self.mark(&[])?;
        done.map_err(|error| self.explained(error))
    }

    /// Refuses to go on with an object that was not written.
    pub fn is_there(&self, id: Oid, what: &str) -> Result<(), Error> {
        let odb = self.repository.odb().map_err(Error::read(what))?;
        if odb.exists(id) {
            return Ok(());
        }
        Err(self.explained(Error::Write {
            what: what.to_owned(),
            why: "it is not there afterwards".to_owned(),
        }))
    }

    /// The same error, or that the disk is full.
    pub fn explained(&self, error: Error) -> Error {
        let Error::Write { what, .. } = &error else {
            return error;
        };
        let probe = self.path.with_extension("probe");
        let tried = disk::replace(&probe, &vec![0; PROBE]);
        // It is empty room; what matters is whether there was any.
        let _ = fs::remove_file(&probe);
        match tried.map_err(Error::io(what)) {
            Err(full @ Error::Full(_)) => full,
            _ => error,
        }
    }

    fn mark(&mut self, names: &[&str]) -> Result<(), Error> {
        let mut write = || {
            self.lock.set_len(0)?;
            self.lock.rewind()?;
            self.lock.write_all(names.join("\n").as_bytes())?;
            // A mark that stays after its time does no harm.
            if names.is_empty() {
                Ok(())
            } else {
                self.lock.sync_data()
            }
        };
        write().map_err(Error::io(format!("`{}`", self.path.display())))
    }

    /// Removes the locks of git that the last holder of ours left behind.
    fn clear_after_a_kill(&mut self) -> Result<(), Error> {
        let mut names = String::new();
        self.lock
            .read_to_string(&mut names)
            .map_err(Error::io(format!("`{}`", self.path.display())))?;
        for name in names.lines().filter(|name| is_ours(name)) {
            let left = self.repository.commondir().join(format!("{name}.lock"));
            match fs::remove_file(&left) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(Error::io(format!("`{}`", left.display()))(error));
                }
                _ => {}
            }
        }
        if names.is_empty() {
            Ok(())
        } else {
            self.mark(&[])
        }
    }
}

/// Whether a name is one that this crate may have written.
fn is_ours(name: &str) -> bool {
    git2::Reference::is_valid_name(name)
        && (name.starts_with("refs/fabric/") || name.starts_with(crate::version::TAGS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_killed_process_leaves_no_ref_locked() {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::init(folder.path()).unwrap();
        let blob = repository.blob(b"x").unwrap();
        let name = "refs/fabric/channels/stable";
        let change = |repository: &Repository| {
            let made = repository.reference(name, blob, true, "");
            made.map(drop).map_err(Error::write(name))
        };
        let mut writer = Writer::take(repository.path(), "a", false)
            .unwrap()
            .unwrap();
        assert!(
            Writer::take(repository.path(), "a", false)
                .unwrap()
                .is_none()
        );
        writer.change(&[name], change).unwrap();
        // As after a kill in the middle of a change: git's lock is there, and our mark.
        let left = repository.path().join(format!("{name}.lock"));
        fs::write(&left, "").unwrap();
        assert!(writer.change(&[name], change).is_err());
        writer.mark(&[name, "refs/heads/main"]).unwrap();
        drop(writer);
        let others = repository.path().join("refs/heads/main.lock");
        fs::write(&others, "").unwrap();
        let mut writer = Writer::take(repository.path(), "a", false)
            .unwrap()
            .unwrap();
        writer.change(&[name], change).unwrap();
        assert!(!left.exists());
        assert!(
            others.exists(),
            "the lock of somebody else's ref is none of our business"
        );
        // A lock without a mark is another program's.
        drop(writer);
        fs::write(&left, "").unwrap();
        let mut writer = Writer::take(repository.path(), "a", false)
            .unwrap()
            .unwrap();
        assert!(writer.change(&[name], change).is_err());
        assert!(left.exists());
    }

    #[test]
    fn the_author_s_settings_stay_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::init(folder.path()).unwrap();
        let before = fs::read(repository.path().join("config")).unwrap();
        let writer = Writer::take(repository.path(), "a", false)
            .unwrap()
            .unwrap();
        let config = writer.repository.config().unwrap();
        assert!(config.get_bool("core.fsyncObjectFiles").unwrap());
        assert!(
            repository
                .config()
                .unwrap()
                .get_bool("core.fsyncObjectFiles")
                .is_err()
        );
        assert_eq!(fs::read(repository.path().join("config")).unwrap(), before);
    }
}
