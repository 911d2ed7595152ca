//! What a database is like, without what is in it: for whoever has to find out from afar why one does not open. Nothing is made,
//! brought to a newer format or repaired.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::Error;

/// A larger one is not read whole to see whether it is damaged.
const CHECKED_WHOLE: u64 = 64 << 20;

/// What a database is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The number of its format.
    pub format: u64,
    /// Bytes of its file.
    pub bytes: u64,
    /// Whether its pages agree; nothing where it is too large to be read for that.
    pub sound: Option<bool>,
    /// Its tables, by name.
    pub tables: Vec<Table>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Names of its columns.
    pub columns: Vec<String>,
    /// How many rows it has.
    pub rows: u64,
}

impl Shape {
    /// Looks at the database at `path`.
    ///
    /// # Errors
    /// It is not there, is none, or cannot be read.
    pub fn of(path: &Path) -> Result<Self, Error> {
        let sqlite = |error: rusqlite::Error| Error::sqlite(path, &error);
        let bytes = std::fs::metadata(path)
            .map_err(|error| Error::io(path, &error))?
            .len();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags).map_err(sqlite)?;
        let read = || -> rusqlite::Result<(i64, Vec<Table>)> {
            let format = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
            let mut names = db.prepare(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
            )?;
            let names: Vec<String> = names
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let mut tables = Vec::new();
            for name in names {
                let mut columns = db.prepare("SELECT name FROM pragma_table_info(?1)")?;
                let columns = columns
                    .query_map([&name], |row| row.get(0))?
                    .collect::<Result<_, _>>()?;
                let quoted = name.replace('"', "\"\"");
                let rows: i64 =
                    db.query_row(&format!("SELECT count(*) FROM \"{quoted}\""), [], |row| {
                        row.get(0)
                    })?;
                tables.push(Table {
                    name,
                    columns,
                    rows: u64::try_from(rows).unwrap_or_default(),
                });
            }
            Ok((format, tables))
        };
        let (format, tables) = read().map_err(sqlite)?;
        let sound = (bytes <= CHECKED_WHOLE).then(|| {
            let check = db.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
            check.is_ok_and(|said| said == "ok")
        });
        Ok(Self {
            format: u64::try_from(format).unwrap_or_default(),
            bytes,
            sound,
            tables,
        })
    }
}

/// The version of SQLite.
#[must_use]
pub fn sqlite() -> &'static str {
    rusqlite::version()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::App;

    #[test]
    fn tables_and_counts_are_told_and_nothing_that_is_in_them() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path()).unwrap();
        app.set_settings("{\"theme\":\"dark\"}").unwrap();
        let shape = Shape::of(&folder.path().join("app.db")).unwrap();
        assert_eq!((shape.format, shape.sound), (1, Some(true)));
        let tables: Vec<_> = shape
            .tables
            .iter()
            .map(|table| (table.name.as_str(), table.columns.len(), table.rows))
            .collect();
        assert_eq!(tables, [("recent", 3, 0), ("settings", 2, 1)]);
        assert!(!format!("{shape:?}").contains("dark"));
    }

    #[test]
    fn what_is_no_database_is_told_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.db");
        assert!(Shape::of(&path).is_err());
        assert!(!path.exists(), "looking makes nothing");
        fs::write(&path, "no database at all, but long enough").unwrap();
        assert_eq!(
            Shape::of(&path).unwrap_err().code(),
            model::Code::StoreDamaged
        );
    }
}
