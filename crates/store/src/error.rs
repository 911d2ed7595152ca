//! How storing goes wrong, and which stable code each way has.

use std::{io, path::Path};

use model::{Code, Failure};
use rusqlite::{ErrorCode, ffi};

/// Why something could not be stored or read back.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A newer version of the program wrote the database. Nothing was changed.
    #[error("`{path}` has format {found}, and this version knows formats up to {known}")]
    Newer {
        /// The database.
        path: String,
        /// Format found.
        found: i64,
        /// Newest format this program knows.
        known: i64,
    },
    /// The folder or the database cannot be written.
    #[error("`{path}` cannot be written")]
    ReadOnly {
        /// The folder or database.
        path: String,
    },
    /// The system does not take what is written: a quota, a limit on the size of files, a failing disk. SQLite does not say which.
    #[error("`{path}` cannot be written: {message}")]
    Refused {
        /// The database.
        path: String,
        /// SQLite's words.
        message: String,
    },
    /// No space is left.
    #[error("no space is left for `{path}`")]
    Full {
        /// The folder or database.
        path: String,
    },
    /// The file is not a database, or its pages contradict each other.
    #[error("`{path}` is damaged: {message}")]
    Damaged {
        /// The database.
        path: String,
        /// SQLite's words.
        message: String,
    },
    /// Another program holds the database or the workspace.
    #[error("`{path}` is held by another Studio")]
    Locked {
        /// The lock file or database.
        path: String,
    },
    /// Anything else.
    #[error("`{path}`: {message}")]
    Other {
        /// The file.
        path: String,
        /// The words of SQLite or of the system.
        message: String,
    },
}

impl Error {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Newer { .. } => Code::StoreNewer,
            Self::ReadOnly { .. } | Self::Refused { .. } => Code::StoreReadOnly,
            Self::Full { .. } => Code::StoreFull,
            Self::Damaged { .. } => Code::StoreDamaged,
            Self::Locked { .. } => Code::StoreLocked,
            Self::Other { .. } => Code::Internal,
        }
    }

    pub(crate) fn sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.display().to_string();
        let message = error.to_string();
        let Some(cause) = error.sqlite_error() else {
            return match error {
                // A row that does not hold what its own schema promises.
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..) => Self::Damaged { path, message },
                _ => Self::Other { path, message },
            };
        };
        match (cause.code, cause.extended_code) {
            (ErrorCode::ReadOnly | ErrorCode::PermissionDenied, _) => Self::ReadOnly { path },
            // The shared-memory index of the write-ahead log is grown by writing to it: on a full disk that is what fails.
            (ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE) => Self::Full { path },
            (
                _,
                ffi::SQLITE_IOERR_WRITE
                | ffi::SQLITE_IOERR_FSYNC
                | ffi::SQLITE_IOERR_DIR_FSYNC
                | ffi::SQLITE_IOERR_TRUNCATE,
            ) => Self::Refused { path, message },
            (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) => {
                Self::Damaged { path, message }
            }
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Self::Locked { path },
            _ => Self::Other { path, message },
        }
    }

    pub(crate) fn io(path: &Path, error: &io::Error) -> Self {
        let path_text = path.display().to_string();
        match error.kind() {
            // A file where a folder has to be is no place to write to either: a home at `/dev/null`, for one.
            io::ErrorKind::PermissionDenied
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::NotADirectory => Self::ReadOnly { path: path_text },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::Full { path: path_text }
            }
            io::ErrorKind::WouldBlock => Self::Locked { path: path_text },
            _ => Self::Other {
                path: path_text,
                message: error.to_string(),
            },
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut failure = Failure::new(error.code(), error.to_string());
        if matches!(error, Error::Refused { .. }) {
            "see whether the disk is full or failing, or a quota or a limit on the size of files is reached; then try again, for nothing \
             was lost"
                .clone_into(&mut failure.hint);
        }
        failure
    }
}
