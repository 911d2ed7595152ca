//! Opening a database: the version of SQLite, the format of the file, its health, then the settings every connection has.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use rusqlite_migration::Migrations;

use crate::Error;

/// Older versions can lose a commit when a checkpoint races a reset of the write-ahead log (fixed in 3.51.3).
const OLDEST_SQLITE: i32 = 3_051_003;

/// A database of at most so many bytes is read whole when it is opened, to see whether it is damaged. A larger one would keep a
/// command waiting for seconds; its pages are judged as they are used.
const CHECKED_WHOLE: i64 = 64 << 20;

/// What a file is called that is made to see whether a folder can be written, behind the number of its process.
const PROBE: &str = "probe";

/// Takes away what processes left that were killed between making their probe and removing it. What cannot be taken away, or belongs to
/// somebody who asks just now, does no harm.
fn remove_probes(path: &Path) {
    let (Some(folder), Some(stem)) = (path.parent(), path.file_stem().and_then(OsStr::to_str))
    else {
        return;
    };
    for one in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = one.file_name();
        let process = name.to_str().and_then(|name| {
            let middle = name.strip_prefix(stem)?.strip_prefix('.')?;
            middle.strip_suffix(PROBE)?.strip_suffix('.')
        });
        if process.is_some_and(|number| number.parse::<u32>().is_ok()) {
            let _ = fs::remove_file(one.path());
        }
    }
}

/// When a commit waits for the disk, and how long for another program that writes. Who waits asks again and again, and a program
/// that writes without pause seldom leaves room in between.
#[derive(Clone, Copy)]
pub(crate) enum Synchronous {
    /// Survives the end of the process, at any moment and in any way.
    Normal,
    /// Survives a power cut as well, and makes earlier `Normal` commits of the same database do so.
    Full,
}

/// A connection that many threads share, and the path its errors name.
pub(crate) struct Database {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl Database {
    /// Opens the database at `path`, makes it if there is none, and brings it to the newest of `migrations`.
    pub(crate) fn open(
        path: &Path,
        migrations: &Migrations<'_>,
        newest: i64,
        synchronous: Synchronous,
    ) -> Result<Self, Error> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| Error::io(folder, &error))?;
        }
        // SQLite reports a folder it may not write to in several ways: ask the system directly, so that the reason is plain.
        // INVARIANT: nothing but SQLite ever opens the database itself. Closing a file takes this process's POSIX locks on it
        // away, those of other connections included, and the log could then be deleted under them.
        let probe = path.with_extension(format!("{}.{PROBE}", std::process::id()));
        remove_probes(path);
        let remove = |()| match fs::remove_file(&probe) {
            // Another who asked at the same moment took it away.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        };
        fs::write(&probe, "")
            .and_then(remove)
            .map_err(|error| Error::io(path, &error))?;
        if path.is_dir() {
            return Err(Error::Damaged {
                path: path.display().to_string(),
                message: "it is a folder, and no database".to_owned(),
            });
        }
        let connection = Connection::open(path).map_err(|error| Error::sqlite(path, &error))?;
        Self::prepare(connection, path.to_owned(), migrations, newest, synchronous)
    }

    /// A database that lives as long as the process.
    pub(crate) fn in_memory(migrations: &Migrations<'_>, newest: i64) -> Result<Self, Error> {
        let path = PathBuf::from(":memory:");
        let connection =
            Connection::open_in_memory().map_err(|error| Error::sqlite(&path, &error))?;
        Self::prepare(connection, path, migrations, newest, Synchronous::Normal)
    }

    fn prepare(
        mut connection: Connection,
        path: PathBuf,
        migrations: &Migrations<'_>,
        newest: i64,
        synchronous: Synchronous,
    ) -> Result<Self, Error> {
        if rusqlite::version_number() < OLDEST_SQLITE {
            return Err(Error::Other {
                path: path.display().to_string(),
                message: format!(
                    "SQLite {} is too old, 3.51.3 is needed",
                    rusqlite::version()
                ),
            });
        }
        let sqlite = |error: rusqlite::Error| Error::sqlite(&path, &error);
        // Asked to write, SQLite opens what it may only read without a word.
        if connection.is_readonly("main").map_err(sqlite)? {
            return Err(Error::ReadOnly {
                path: path.display().to_string(),
            });
        }
        let patience = match synchronous {
            Synchronous::Normal => 5,
            // What is to be in there for ever may wait for long work of others.
            Synchronous::Full => 30,
        };
        connection
            .busy_timeout(Duration::from_secs(patience))
            .map_err(sqlite)?;
        // INVARIANT: nothing is written, not even the journal mode, before the format is known to be ours.
        let version = |connection: &Connection| -> rusqlite::Result<i64> {
            connection.pragma_query_value(None, "user_version", |row| row.get(0))
        };
        let found = version(&connection).map_err(sqlite)?;
        if found > newest {
            return Err(Error::Newer {
                path: path.display().to_string(),
                found,
                known: newest,
            });
        }
        let bytes: i64 = connection
            .query_row(
                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
                [],
                |row| row.get(0),
            )
            .map_err(sqlite)?;
        let health = if bytes > CHECKED_WHOLE {
            "ok".to_owned()
        } else {
            connection
                .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
                .map_err(sqlite)?
        };
        if health != "ok" {
            return Err(Error::Damaged {
                path: path.display().to_string(),
                message: health,
            });
        }
        let _: String = connection
            .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
            .map_err(sqlite)?;
        connection
            .pragma_update(
                None,
                "synchronous",
                match synchronous {
                    Synchronous::Normal => "NORMAL",
                    Synchronous::Full => "FULL",
                },
            )
            .map_err(sqlite)?;
        connection
            .pragma_update(None, "foreign_keys", true)
            .map_err(sqlite)?;
        let brought = migrations.to_latest(&mut connection);
        // Another program may have been first: what it made is not made again.
        if let Err(error) = brought
            && version(&connection).map_err(sqlite)? != newest
        {
            return Err(match error {
                rusqlite_migration::Error::RusqliteError { err, .. } => Error::sqlite(&path, &err),
                other => Error::Other {
                    path: path.display().to_string(),
                    message: other.to_string(),
                },
            });
        }
        Ok(Self {
            path,
            connection: Mutex::new(connection),
        })
    }

    /// Runs queries; their errors come back with the path.
    pub(crate) fn with<T>(
        &self,
        queries: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        queries(&mut self.lock()).map_err(|error| Error::sqlite(&self.path, &error))
    }

    /// Runs work in one transaction: all of it happens, or nothing. `Immediate` keeps other writers out from its beginning on.
    pub(crate) fn transact<T, E: From<Error>>(
        &self,
        behavior: TransactionBehavior,
        work: impl FnOnce(&Transaction<'_>, &Path) -> Result<T, E>,
    ) -> Result<T, E> {
        let sqlite = |error: rusqlite::Error| E::from(Error::sqlite(&self.path, &error));
        let mut connection = self.lock();
        let transaction = connection
            .transaction_with_behavior(behavior)
            .map_err(sqlite)?;
        let done = work(&transaction, &self.path)?;
        transaction.commit().map_err(sqlite)?;
        Ok(done)
    }

    // A thread that panicked inside a query left no half-done state behind: SQLite rolls the transaction back.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
