//! Opening a database: the version of SQLite, the format of the file, its health, then the settings every connection has.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard},
    time::{Duration, SystemTime},
};

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
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

/// What tells, without opening it, whether a file was written since.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    at: Option<SystemTime>,
}

impl Stamp {
    /// Of a database that nobody has open: who has one open in WAL mode keeps a log beside it.
    fn unopened(path: &Path) -> Option<Self> {
        let file = fs::metadata(path).ok()?;
        (!beside(path, "-wal").exists()).then(|| Self {
            bytes: file.len(),
            at: file.modified().ok(),
        })
    }
}

/// The file that SQLite keeps beside a database under that ending.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A file as SQLite's URIs name it: <https://www.sqlite.org/uri.html>.
fn uri(path: &Path, query: &str) -> String {
    let mut text = "file:".to_owned();
    if cfg!(windows) {
        text.push('/');
    }
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'\\' if cfg!(windows) => text.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b':' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02x}")),
        }
    }
    text + "?" + query
}

/// What SQLite says of a database that is not too large to be read whole: `ok`, or what is wrong with it.
fn health(connection: &mut Connection) -> rusqlite::Result<String> {
    let bytes: i64 = connection.query_row(
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        [],
        |row| row.get(0),
    )?;
    if bytes > CHECKED_WHOLE {
        return Ok("ok".to_owned());
    }
    connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
}

/// A connection that many threads share, and the path its errors name.
pub(crate) struct Database {
    path: PathBuf,
    connection: Mutex<Connection>,
    /// As the file was when it was opened without a lock, and has to be still.
    unlocked: Option<Stamp>,
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

    /// Opens the database at `path` to read it, where it may not be written. Nothing is made beside it: an index of the log that is
    /// this user's would keep its owner out.
    ///
    /// INVARIANT: where somebody has it open, their log and its index are there, and are read with the locks they know of. Where nobody
    /// has, the file alone is all of it, and is read without any; whoever begins to write makes the log before, and the file is
    /// another after, so that what was read meanwhile is not believed ([`Self::transact`]).
    pub(crate) fn open_to_read(path: &Path, newest: i64) -> Result<Self, Error> {
        let sqlite = |error: rusqlite::Error| Error::sqlite(path, &error);
        let read_only = || Error::ReadOnly {
            path: path.display().to_string(),
        };
        let unlocked = Stamp::unopened(path);
        let query = match unlocked {
            Some(_) => "mode=ro&immutable=1",
            None if beside(path, "-shm").exists() => "mode=ro",
            None => return Err(read_only()),
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(uri(path, query), flags).map_err(sqlite)?;
        connection
            .busy_timeout(Duration::from_secs(30))
            .map_err(sqlite)?;
        let found: i64 = connection
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .map_err(|error| match error.sqlite_error_code() {
                // An index that is of no use, and may not be made anew.
                Some(ErrorCode::CannotOpen) => read_only(),
                _ => sqlite(error),
            })?;
        let database = Self {
            path: path.to_owned(),
            connection: Mutex::new(connection),
            unlocked,
        };
        match found {
            found if found > newest => Err(Error::Newer {
                path: path.display().to_string(),
                found,
                known: newest,
            }),
            // It would have to be brought to the newest format.
            found if found < newest => Err(read_only()),
            _ => {
                let sound = database.sound();
                database.still()?;
                sound?;
                Ok(database)
            }
        }
    }

    /// Refuses what was read without a lock while somebody wrote.
    fn still(&self) -> Result<(), Error> {
        if self.unlocked.is_some() && self.unlocked != Stamp::unopened(&self.path) {
            return Err(Error::Locked {
                path: self.path.display().to_string(),
            });
        }
        Ok(())
    }

    /// Refuses a database whose pages contradict each other, unless it is too large to be read for that.
    fn sound(&self) -> Result<(), Error> {
        let health = self.with(health)?;
        match health.as_str() {
            "ok" => Ok(()),
            _ => Err(Error::Damaged {
                path: self.path.display().to_string(),
                message: health,
            }),
        }
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
        let health = health(&mut connection).map_err(sqlite)?;
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
            unlocked: None,
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
        let done = work(&transaction, &self.path);
        // Also what went wrong may be no more than two moments in one.
        self.still()?;
        let done = done?;
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
