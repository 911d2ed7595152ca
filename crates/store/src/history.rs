//! One workspace's database: drafts, log imports, previews and viewed marks.

use std::{collections::HashSet, path::Path};

use rusqlite_migration::{M, Migrations};

use crate::{
    Error,
    database::{Database, Synchronous},
};

pub(crate) const MIGRATIONS: &[M<'_>] = &[
    M::up(
        "CREATE TABLE drafts (
         path TEXT PRIMARY KEY,
         text TEXT NOT NULL,
         base_digest TEXT,
         updated_at INTEGER NOT NULL
     ) STRICT;
     CREATE TABLE entries (
         id INTEGER PRIMARY KEY,
         kind TEXT NOT NULL CHECK (kind IN ('import', 'preview', 'save')),
         at INTEGER NOT NULL,
         title TEXT NOT NULL,
         facts TEXT
     ) STRICT;
     CREATE TABLE viewed (
         base TEXT NOT NULL,
         head TEXT NOT NULL,
         change TEXT NOT NULL,
         at INTEGER NOT NULL,
         PRIMARY KEY (base, head, change)
     ) STRICT, WITHOUT ROWID;",
    ),
    M::up(crate::archive::TABLES),
];

/// How many entries are kept.
const ENTRIES: u32 = 1000;
/// How long viewed marks are kept after they were made, milliseconds.
const VIEWED_FOR: i64 = 90 * 24 * 3600 * 1000;

/// Text that was typed and not saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Path inside the workspace.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// Digest of the file's bytes when the draft was begun; nothing when there was no file.
    pub base_digest: Option<String>,
    /// When it was last typed in, milliseconds since 1970 UTC.
    pub updated_at: i64,
}

/// What an entry of the history tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A log was imported or generated.
    Import,
    /// An edit was previewed.
    Preview,
    /// A file was saved.
    Save,
}

impl EntryKind {
    const ALL: [(EntryKind, &'static str); 3] = [
        (Self::Import, "import"),
        (Self::Preview, "preview"),
        (Self::Save, "save"),
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Preview => "preview",
            Self::Save => "save",
        }
    }
}

/// Something that happened in the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What kind of thing.
    pub kind: EntryKind,
    /// When, milliseconds since 1970 UTC.
    pub at: i64,
    /// What, in words.
    pub title: String,
    /// Counts, as the caller's JSON.
    pub facts: Option<String>,
}

/// What is remembered of one workspace.
pub struct History {
    // Two connections: a draft must wait neither for the disk nor for a list of a thousand entries.
    drafts: Database,
    rest: Database,
}

impl History {
    /// Opens `studio.db` in a folder, and makes both if there are none.
    ///
    /// # Errors
    /// Newer (nothing was changed), read-only, full, damaged, locked.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("studio.db");
        let migrations = Migrations::from_slice(MIGRATIONS);
        let newest = MIGRATIONS.len() as i64;
        let rest = Database::open(&path, &migrations, newest, Synchronous::Full)?;
        let drafts = Database::open(&path, &migrations, newest, Synchronous::Normal)?;
        let history = Self { drafts, rest };
        // A disk may be full and the database whole: find out now, not at the first keystroke.
        history.drafts.with(|db| {
            let probe = db.transaction()?;
            probe.execute("INSERT INTO drafts VALUES ('', '', NULL, 0)", [])?;
            probe.execute("DELETE FROM drafts WHERE path = ''", [])?;
            probe.commit()
        })?;
        Ok(history)
    }

    /// A history that is forgotten at the end of the process, for when nothing can be written anywhere.
    ///
    /// # Errors
    /// None in practice.
    pub fn in_memory() -> Result<Self, Error> {
        let migrations = Migrations::from_slice(MIGRATIONS);
        let newest = MIGRATIONS.len() as i64;
        Ok(Self {
            drafts: Database::in_memory(&migrations, newest)?,
            rest: Database::in_memory(&migrations, newest)?,
        })
    }

    /// All drafts, by path.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn drafts(&self) -> Result<Vec<Draft>, Error> {
        self.drafts.with(|db| {
            db.prepare_cached(
                "SELECT path, text, base_digest, updated_at FROM drafts ORDER BY path",
            )?
            .query_map([], |row| {
                Ok(Draft {
                    path: row.get(0)?,
                    text: row.get(1)?,
                    base_digest: row.get(2)?,
                    updated_at: row.get(3)?,
                })
            })?
            .collect()
        })
    }

    /// Keeps a draft, in place of an earlier one of the same file. When this returns, no end of the process can lose it.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn put_draft(&self, draft: &Draft) -> Result<(), Error> {
        self.drafts.with(|db| {
            db.prepare_cached(
                "INSERT INTO drafts (path, text, base_digest, updated_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET text = excluded.text, base_digest = excluded.base_digest, updated_at = excluded.updated_at",
            )?
            .execute((&draft.path, &draft.text, &draft.base_digest, draft.updated_at))
            .map(drop)
        })
    }

    /// Drops a draft.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn remove_draft(&self, path: &str) -> Result<(), Error> {
        self.drafts.with(|db| {
            db.prepare_cached("DELETE FROM drafts WHERE path = ?1")?
                .execute([path])
                .map(drop)
        })
    }

    /// Adds to the history. A preview or save with the same title as the newest entry replaces it, so that an hour of typing in
    /// one file is one line with its latest counts.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn record(&self, entry: &Entry) -> Result<(), Error> {
        self.rest.with(|db| {
            let change = db.transaction()?;
            if entry.kind != EntryKind::Import {
                change.execute(
                    "DELETE FROM entries WHERE id = (SELECT max(id) FROM entries) AND kind = ?1 AND title = ?2",
                    (entry.kind.as_str(), &entry.title),
                )?;
            }
            change.execute(
                "INSERT INTO entries (kind, at, title, facts) VALUES (?1, ?2, ?3, ?4)",
                (entry.kind.as_str(), entry.at, &entry.title, &entry.facts),
            )?;
            change.execute("DELETE FROM entries WHERE id <= (SELECT max(id) FROM entries) - ?1", [ENTRIES])?;
            change.commit()
        })
    }

    /// The history, newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn entries(&self, limit: u32) -> Result<Vec<Entry>, Error> {
        self.rest.with(|db| {
            db.prepare_cached(
                "SELECT kind, at, title, facts FROM entries ORDER BY id DESC LIMIT ?1",
            )?
            .query_map([limit], |row| {
                let kind: String = row.get(0)?;
                let kind = EntryKind::ALL
                    .iter()
                    .find(|(_, name)| *name == kind)
                    .map(|(kind, _)| *kind);
                Ok(Entry {
                    kind: kind.ok_or(rusqlite::Error::InvalidColumnType(
                        0,
                        "kind".into(),
                        rusqlite::types::Type::Text,
                    ))?,
                    at: row.get(1)?,
                    title: row.get(2)?,
                    facts: row.get(3)?,
                })
            })?
            .collect()
        })
    }

    /// Keys of the changes marked as viewed, in the comparison of two sets.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn viewed(&self, base: &str, head: &str) -> Result<HashSet<String>, Error> {
        self.rest.with(|db| {
            db.prepare_cached("SELECT change FROM viewed WHERE base = ?1 AND head = ?2")?
                .query_map([base, head], |row| row.get(0))?
                .collect()
        })
    }

    /// Marks changes of a comparison as viewed at a time, or unmarks them. Marks older than ninety days go.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn mark_viewed<'a>(
        &self,
        base: &str,
        head: &str,
        changes: impl IntoIterator<Item = &'a str>,
        viewed: bool,
        at: i64,
    ) -> Result<(), Error> {
        self.rest.with(|db| {
            let transaction = db.transaction()?;
            {
                let mut mark = transaction.prepare_cached(if viewed {
                    "INSERT OR REPLACE INTO viewed (base, head, change, at) VALUES (?1, ?2, ?3, ?4)"
                } else {
                    "DELETE FROM viewed WHERE base = ?1 AND head = ?2 AND change = ?3 AND ?4 IS NOT NULL"
                })?;
                for change in changes {
                    mark.execute((base, head, change, at))?;
                }
            }
            transaction.execute("DELETE FROM viewed WHERE at < ?1", [at - VIEWED_FOR])?;
            transaction.commit()
        })
    }
}

#[cfg(test)]
mod tests {
    use model::Code;

    use super::*;

    fn draft(path: &str, text: &str) -> Draft {
        Draft {
            path: path.into(),
            text: text.into(),
            base_digest: Some("sha256:00".into()),
            updated_at: 7,
        }
    }

    fn preview(at: i64, title: &str) -> Entry {
        Entry {
            kind: EntryKind::Preview,
            at,
            title: title.into(),
            facts: Some("{}".into()),
        }
    }

    #[test]
    fn drafts_are_replaced_and_dropped_by_path() {
        let folder = tempfile::tempdir().unwrap();
        let history = History::open(folder.path()).unwrap();
        history.put_draft(&draft("b.cedar", "one")).unwrap();
        history.put_draft(&draft("a.cedar", "two")).unwrap();
        history.put_draft(&draft("b.cedar", "three")).unwrap();
        assert_eq!(
            history.drafts().unwrap(),
            [draft("a.cedar", "two"), draft("b.cedar", "three")]
        );
        history.remove_draft("a.cedar").unwrap();
        drop(history);
        let history = History::open(folder.path()).unwrap();
        assert_eq!(history.drafts().unwrap(), [draft("b.cedar", "three")]);
    }

    #[test]
    fn previews_of_one_edit_are_one_entry_and_the_oldest_entries_go() {
        let history = History::in_memory().unwrap();
        history.record(&preview(1, "a")).unwrap();
        history.record(&preview(2, "a")).unwrap();
        history.record(&preview(3, "b")).unwrap();
        history.record(&preview(4, "a")).unwrap();
        let times: Vec<_> = history
            .entries(10)
            .unwrap()
            .iter()
            .map(|entry| entry.at)
            .collect();
        assert_eq!(times, [4, 3, 2]);
        for n in 0..1100 {
            history.record(&preview(n, &n.to_string())).unwrap();
        }
        let entries = history.entries(u32::MAX).unwrap();
        assert_eq!(entries.len(), 1000);
        assert_eq!(entries[0].at, 1099);
    }

    #[test]
    fn imports_are_never_folded_together() {
        let history = History::in_memory().unwrap();
        for at in [1, 2] {
            history
                .record(&Entry {
                    kind: EntryKind::Import,
                    at,
                    title: "same".into(),
                    facts: None,
                })
                .unwrap();
        }
        assert_eq!(history.entries(10).unwrap().len(), 2);
    }

    #[test]
    fn marks_belong_to_one_comparison_and_age() {
        let history = History::in_memory().unwrap();
        history
            .mark_viewed("base", "head", ["x", "y"], true, 1000)
            .unwrap();
        history
            .mark_viewed("base", "other", ["z"], true, 1000)
            .unwrap();
        history
            .mark_viewed("base", "head", ["y"], false, 1001)
            .unwrap();
        assert_eq!(
            history.viewed("base", "head").unwrap(),
            HashSet::from(["x".to_owned()])
        );
        history
            .mark_viewed("base", "head", ["w"], true, 1002 + VIEWED_FOR)
            .unwrap();
        assert_eq!(
            history.viewed("base", "head").unwrap(),
            HashSet::from(["w".to_owned()])
        );
        assert!(history.viewed("base", "other").unwrap().is_empty());
    }

    #[test]
    fn a_full_database_says_so_and_keeps_what_it_had() {
        let folder = tempfile::tempdir().unwrap();
        let history = History::open(folder.path()).unwrap();
        history.put_draft(&draft("a.cedar", "kept")).unwrap();
        history
            .drafts
            .with(|db| {
                db.pragma_update_and_check(None, "max_page_count", 1, |row| row.get::<_, i64>(0))
            })
            .unwrap();
        let error = history
            .put_draft(&draft("a.cedar", &"x".repeat(1 << 20)))
            .unwrap_err();
        assert_eq!(error.code(), Code::StoreFull);
        assert_eq!(history.drafts().unwrap(), [draft("a.cedar", "kept")]);
    }
}
