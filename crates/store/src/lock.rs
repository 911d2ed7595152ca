//! One Studio at a time writes to a workspace. The lock is the operating system's lock on an open file, so it ends with
//! the process that took it, however that ends; a file left behind means nothing.

use std::{
    fs::{self, File, TryLockError},
    path::Path,
};

use crate::Error;

/// Held as long as it lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a folder, and makes the folder if there is none.
    ///
    /// # Errors
    /// `Locked` when another Studio, or another [`Lock`] of this one, has it; else why the lock file cannot be made.
    pub fn take(folder: &Path) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(|error| Error::io(folder, &error))?;
        let path = folder.join("studio.lock");
        let file = File::options()
            .read(true)
            .append(true)
            .create(true)
            .open(&path)
            .map_err(|error| Error::io(&path, &error))?;
        match file.try_lock() {
            // Some network file systems know no locks. SQLite's own locking still keeps the database whole there.
            Err(TryLockError::Error(error)) if error.kind() != std::io::ErrorKind::Unsupported => {
                Err(Error::io(&path, &error))
            }
            Err(TryLockError::WouldBlock) => Err(Error::Locked {
                path: folder.display().to_string(),
            }),
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Self { _file: file }),
        }
    }
}

impl Lock {
    /// Waits for the lock of a file, and makes file and folder if there are none: for work that is done in a moment.
    ///
    /// # Errors
    /// Why the lock file cannot be made.
    pub fn wait(path: &Path) -> Result<Self, Error> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| Error::io(folder, &error))?;
        }
        let file = File::options()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(|error| Error::io(path, &error))?;
        match file.lock() {
            Err(error) if error.kind() != std::io::ErrorKind::Unsupported => {
                Err(Error::io(path, &error))
            }
            Ok(()) | Err(_) => Ok(Self { _file: file }),
        }
    }
}

#[cfg(test)]
mod tests {
    use model::Code;

    use super::*;

    #[test]
    fn the_second_is_refused_until_the_first_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        assert_eq!(
            Lock::take(folder.path()).unwrap_err().code(),
            Code::StoreLocked
        );
        drop(first);
        Lock::take(folder.path()).unwrap();
    }

    #[test]
    fn one_after_the_other_holds_a_lock_that_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/lock");
        let inside = std::sync::atomic::AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let _lock = Lock::wait(&path).unwrap();
                        assert_eq!(inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0);
                        std::thread::yield_now();
                        inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                    }
                });
            }
        });
    }
}
