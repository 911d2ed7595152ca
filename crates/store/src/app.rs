//! The application's own database: settings and recently opened workspaces.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension};
use rusqlite_migration::{M, Migrations};

use crate::{
    Error,
    database::{Database, Synchronous},
};

const MIGRATIONS: &[M<'_>] = &[M::up(
    "CREATE TABLE settings (only INTEGER PRIMARY KEY CHECK (only = 1), value TEXT NOT NULL) STRICT;
     CREATE TABLE recent (
         path TEXT PRIMARY KEY,
         name TEXT NOT NULL,
         opened_at INTEGER NOT NULL
     ) STRICT, WITHOUT ROWID;",
)];

/// How many recently opened workspaces are kept.
const RECENT: u32 = 20;

/// A workspace opened before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recent {
    /// Its folder.
    pub path: String,
    /// Its name when it was opened.
    pub name: String,
    /// When, milliseconds since 1970 UTC.
    pub opened_at: i64,
}

/// Settings and recently opened workspaces.
pub struct App(Database);

impl App {
    /// Opens `app.db` in a folder, and makes both if there are none.
    ///
    /// # Errors
    /// Newer, read-only, full, damaged, locked.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        Database::open(
            &folder.join("app.db"),
            &Migrations::from_slice(MIGRATIONS),
            MIGRATIONS.len() as i64,
            Synchronous::Full,
        )
        .map(Self)
    }

    /// Settings that are forgotten at the end of the process, for when [`App::open`] is refused.
    ///
    /// # Errors
    /// None in practice.
    pub fn in_memory() -> Result<Self, Error> {
        Database::in_memory(&Migrations::from_slice(MIGRATIONS), MIGRATIONS.len() as i64).map(Self)
    }

    /// The settings in the database at `path`, which is neither made nor brought to a newer format for that; nothing where there is none.
    ///
    /// # Errors
    /// It is no database, or cannot be read.
    pub fn peek(path: &Path) -> Result<Option<String>, Error> {
        look(path, None, |db| {
            db.query_row("SELECT value FROM settings", [], |row| row.get(0))
                .optional()
        })
    }

    /// Workspaces opened before, as [`App::peek`] looks.
    ///
    /// # Errors
    /// As [`App::peek`].
    pub fn peek_recent(path: &Path) -> Result<Vec<Recent>, Error> {
        look(path, Vec::new(), recent)
    }

    /// The settings as they were stored, if they were.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn settings(&self) -> Result<Option<String>, Error> {
        self.0.with(|db| {
            db.query_row("SELECT value FROM settings", [], |row| row.get(0))
                .optional()
        })
    }

    /// Stores the settings.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn set_settings(&self, value: &str) -> Result<(), Error> {
        self.0.with(|db| {
            db.execute(
                "INSERT INTO settings (only, value) VALUES (1, ?1) ON CONFLICT DO UPDATE SET value = excluded.value",
                [value],
            )
            .map(drop)
        })
    }

    /// Workspaces opened before, newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn recent(&self) -> Result<Vec<Recent>, Error> {
        self.0.with(|db| recent(db))
    }

    /// Remembers that a workspace was opened, and forgets the oldest when there are too many.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn touch_recent(&self, recent: &Recent) -> Result<(), Error> {
        self.0.with(|db| {
            let change = db.transaction()?;
            change.execute(
                "INSERT INTO recent (path, name, opened_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET name = excluded.name, opened_at = excluded.opened_at",
                (&recent.path, &recent.name, recent.opened_at),
            )?;
            change.execute(
                "DELETE FROM recent WHERE path NOT IN (SELECT path FROM recent ORDER BY opened_at DESC, path LIMIT ?1)",
                [RECENT],
            )?;
            change.commit()
        })
    }
}

fn recent(db: &Connection) -> rusqlite::Result<Vec<Recent>> {
    db.prepare_cached(
        "SELECT path, name, opened_at FROM recent ORDER BY opened_at DESC, path LIMIT ?1",
    )?
    .query_map([RECENT], |row| {
        Ok(Recent {
            path: row.get(0)?,
            name: row.get(1)?,
            opened_at: row.get(2)?,
        })
    })?
    .collect()
}

/// Asks a database that is only read.
fn look<T>(
    path: &Path,
    none: T,
    ask: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> Result<T, Error> {
    if !path.exists() {
        return Ok(none);
    }
    let sqlite = |error: rusqlite::Error| Error::sqlite(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(sqlite)?;
    ask(&db).map_err(sqlite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_and_recents_outlive_the_connection() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path()).unwrap();
        assert_eq!(app.settings().unwrap(), None);
        app.set_settings("{\"theme\":\"dark\"}").unwrap();
        app.set_settings("{\"theme\":\"light\"}").unwrap();
        for n in 0..25 {
            let path = format!("/w/{n}");
            app.touch_recent(&Recent {
                name: path.clone(),
                path,
                opened_at: n,
            })
            .unwrap();
        }
        app.touch_recent(&Recent {
            path: "/w/10".into(),
            name: "ten".into(),
            opened_at: 100,
        })
        .unwrap();
        drop(app);

        let path = folder.path().join("app.db");
        assert_eq!(
            App::peek(&path).unwrap().as_deref(),
            Some("{\"theme\":\"light\"}")
        );
        assert_eq!(App::peek_recent(&path).unwrap().len(), 20);
        let none = folder.path().join("none.db");
        assert_eq!(App::peek(&none).unwrap(), None);
        assert!(!none.exists(), "looking makes nothing");

        let app = App::open(folder.path()).unwrap();
        assert_eq!(
            app.settings().unwrap().as_deref(),
            Some("{\"theme\":\"light\"}")
        );
        let recent = app.recent().unwrap();
        assert_eq!(recent.len(), 20);
        assert_eq!(recent[0].name, "ten");
        assert_eq!(recent[1].path, "/w/24");
    }
}
