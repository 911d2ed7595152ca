//! What scenario packs found, for ninety days: one row a run, and one for each of its scenarios, from which trends are drawn.
//! It lies in the workspace's database beside drafts and history. Whoever runs packs opens it, the Studio and `fabric` alike and
//! at the same time; SQLite lets one write after the other.

use std::path::Path;

use rusqlite_migration::Migrations;

use crate::{
    Error,
    database::{Database, Synchronous},
    history::MIGRATIONS,
};

pub(crate) const TABLES: &str = "CREATE TABLE runs (
         id INTEGER PRIMARY KEY,
         pack TEXT NOT NULL,
         at INTEGER NOT NULL,
         state TEXT NOT NULL CHECK (state IN ('met', 'unmet', 'failed')),
         facts TEXT NOT NULL
     ) STRICT;
     CREATE INDEX runs_by_pack ON runs (pack, at);
     CREATE INDEX runs_by_age ON runs (at);
     CREATE TABLE points (
         run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
         place INTEGER NOT NULL,
         scenario TEXT NOT NULL,
         gained INTEGER NOT NULL,
         lost INTEGER NOT NULL,
         open INTEGER NOT NULL,
         met INTEGER NOT NULL,
         expectations INTEGER NOT NULL,
         PRIMARY KEY (run, place)
     ) STRICT, WITHOUT ROWID;";

/// How long a run is kept, milliseconds.
pub const KEPT_FOR: i64 = 90 * 24 * 3600 * 1000;
/// Runs kept at most, however many there are in that time: a pack run every minute must not fill the disk.
const RUNS: u32 = 2000;
/// Facts larger than this are not kept; a result shows a handful of examples and is far smaller.
const LARGEST: usize = 1 << 20;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Every expectation is met.
    Met,
    /// Some are not.
    Unmet,
    /// The pack could not be run.
    Failed,
}

impl State {
    const ALL: [(Self, &'static str); 3] = [
        (Self::Met, "met"),
        (Self::Unmet, "unmet"),
        (Self::Failed, "failed"),
    ];

    /// `met`, `unmet` or `failed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Unmet => "unmet",
            Self::Failed => "failed",
        }
    }
}

/// The counts of one scenario in one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The scenario's name.
    pub scenario: String,
    /// Rows gained.
    pub gained: u64,
    /// Rows lost.
    pub lost: u64,
    /// Rows that may change or cannot be told.
    pub open: u64,
    /// Expectations met.
    pub met: u64,
    /// Expectations there are.
    pub expectations: u64,
}

/// One run of a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The pack.
    pub pack: String,
    /// When, milliseconds since 1970 UTC.
    pub at: i64,
    /// How it ended.
    pub state: State,
    /// What it found, as the caller's JSON.
    pub facts: String,
    /// Its scenarios, in the order of the pack; none of a run that failed.
    pub points: Vec<Point>,
}

/// Earlier runs of a workspace's packs.
pub struct Archive(Database);

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column)
        .map(|number| u64::try_from(number).unwrap_or(0))
}

impl Archive {
    /// Opens the archive in a folder's `studio.db`, and makes it if there is none.
    ///
    /// # Errors
    /// Newer (nothing was changed), read-only, full, damaged, locked.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        Database::open(
            &folder.join("studio.db"),
            &Migrations::from_slice(MIGRATIONS),
            MIGRATIONS.len() as i64,
            Synchronous::Full,
        )
        .map(Self)
    }

    /// Keeps runs that ended together, all of them or none, and drops what is older than [`KEPT_FOR`] at `now`.
    ///
    /// # Errors
    /// The database cannot be written; [`Error::Other`] for facts too large to be a result.
    pub fn keep(&self, runs: &[Run], now: i64) -> Result<(), Error> {
        if let Some(run) = runs.iter().find(|run| run.facts.len() > LARGEST) {
            return Err(Error::Other {
                path: "studio.db".to_owned(),
                message: format!("the result of `{}` is too large to be kept", run.pack),
            });
        }
        self.0.with(|db| {
            let change = db.transaction()?;
            for run in runs {
                change.execute(
                    "INSERT INTO runs (pack, at, state, facts) VALUES (?1, ?2, ?3, ?4)",
                    (&run.pack, run.at, run.state.as_str(), &run.facts),
                )?;
                let id = change.last_insert_rowid();
                let mut insert = change.prepare_cached(
                    "INSERT INTO points VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?;
                for (place, point) in (0_i64..).zip(&run.points) {
                    insert.execute((
                        id,
                        place,
                        &point.scenario,
                        signed(point.gained),
                        signed(point.lost),
                        signed(point.open),
                        signed(point.met),
                        signed(point.expectations),
                    ))?;
                }
            }
            change.execute("DELETE FROM runs WHERE at < ?1", [now.saturating_sub(KEPT_FOR)])?;
            change.execute(
                "DELETE FROM runs WHERE id IN (SELECT id FROM runs ORDER BY id DESC LIMIT -1 OFFSET ?1)",
                [RUNS],
            )?;
            change.commit()
        })
    }

    /// Runs of one pack, or of all, oldest first, from a moment on.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn runs(&self, pack: Option<&str>, from: i64) -> Result<Vec<Run>, Error> {
        self.0.with(|db| {
            let snapshot = db.transaction()?;
            let mut points = snapshot.prepare_cached(
                "SELECT scenario, gained, lost, open, met, expectations FROM points WHERE run = ?1 ORDER BY place",
            )?;
            let mut runs = snapshot.prepare_cached(
                "SELECT id, pack, at, state, facts FROM runs
                 WHERE (?1 IS NULL OR pack = ?1) AND at >= ?2 ORDER BY at, id",
            )?;
            let point = |row: &rusqlite::Row<'_>| {
                Ok(Point {
                    scenario: row.get(0)?,
                    gained: unsigned(row, 1)?,
                    lost: unsigned(row, 2)?,
                    open: unsigned(row, 3)?,
                    met: unsigned(row, 4)?,
                    expectations: unsigned(row, 5)?,
                })
            };
            let mut run = |row: &rusqlite::Row<'_>| {
                let state: String = row.get(3)?;
                let known = State::ALL.iter().find(|(_, name)| *name == state);
                let id: i64 = row.get(0)?;
                Ok(Run {
                    pack: row.get(1)?,
                    at: row.get(2)?,
                    state: known.map_or(State::Failed, |(state, _)| *state),
                    facts: row.get(4)?,
                    points: points.query_map([id], point)?.collect::<rusqlite::Result<_>>()?,
                })
            };
            runs.query_map((pack, from), &mut run)?.collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use model::Code;

    use super::*;
    use crate::{Draft, History};

    fn run(pack: &str, at: i64, state: State) -> Run {
        let point = |scenario: &str, lost| Point {
            scenario: scenario.into(),
            gained: 0,
            lost,
            open: 2,
            met: 1,
            expectations: 3,
        };
        Run {
            pack: pack.into(),
            at,
            state,
            facts: format!("{{\"at\":{at}}}"),
            points: vec![point("b", 7), point("a", u64::MAX)],
        }
    }

    #[test]
    fn runs_come_back_as_they_were_kept_beside_drafts_and_history() {
        let folder = tempfile::tempdir().unwrap();
        let history = History::open(folder.path()).unwrap();
        let archive = Archive::open(folder.path()).unwrap();
        let draft = Draft {
            path: "a.cedar".into(),
            text: "x".into(),
            base_digest: None,
            updated_at: 1,
        };
        archive
            .keep(
                &[
                    run("on-call", 5, State::Met),
                    run("people", 5, State::Failed),
                ],
                5,
            )
            .unwrap();
        history.put_draft(&draft).unwrap();
        archive.keep(&[run("on-call", 4, State::Unmet)], 5).unwrap();
        drop((history, archive));

        let archive = Archive::open(folder.path()).unwrap();
        let mut first = run("on-call", 5, State::Met);
        let earlier = run("on-call", 4, State::Unmet);
        for point in &mut first.points {
            point.lost = point.lost.min(i64::MAX as u64);
        }
        let kept = archive.runs(Some("on-call"), 0).unwrap();
        assert_eq!((kept.len(), kept[0].at, &kept[1]), (2, earlier.at, &first));
        assert_eq!(archive.runs(None, 5).unwrap().len(), 2);
        assert_eq!(archive.runs(Some("nothing"), 0).unwrap(), []);
        assert_eq!(
            History::open(folder.path()).unwrap().drafts().unwrap(),
            [draft]
        );
    }

    #[test]
    fn the_old_goes_with_its_points_and_so_does_the_surplus() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(folder.path()).unwrap();
        archive
            .keep(&[run("p", 10, State::Met), run("p", 11, State::Met)], 11)
            .unwrap();
        archive
            .keep(&[run("p", 11 + KEPT_FOR, State::Met)], 11 + KEPT_FOR)
            .unwrap();
        let times: Vec<_> = archive
            .runs(None, 0)
            .unwrap()
            .iter()
            .map(|run| run.at)
            .collect();
        assert_eq!(
            times,
            [11, 11 + KEPT_FOR],
            "the ninetieth day is still there"
        );
        let many: Vec<_> = (0..RUNS)
            .map(|_| run("p", 12 + KEPT_FOR, State::Met))
            .collect();
        archive.keep(&many, 12 + KEPT_FOR).unwrap();
        let count = |table: &str| {
            let count = format!("SELECT count(*) FROM {table}");
            archive
                .0
                .with(|db| db.query_row(&count, [], |row| row.get::<_, u32>(0)))
                .unwrap()
        };
        assert_eq!((count("runs"), count("points")), (RUNS, 2 * RUNS));
    }

    #[test]
    fn a_run_that_cannot_be_kept_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(folder.path()).unwrap();
        let mut large = run("p", 1, State::Met);
        large.facts = "x".repeat(LARGEST + 1);
        assert!(archive.keep(&[run("p", 1, State::Met), large], 1).is_err());
        archive
            .0
            .with(|db| {
                db.pragma_update_and_check(None, "max_page_count", 1, |row| row.get::<_, i64>(0))
            })
            .unwrap();
        let mut wide = run("p", 1, State::Met);
        wide.facts = "x".repeat(LARGEST);
        let full = archive
            .keep(&[run("p", 1, State::Met), wide], 1)
            .unwrap_err();
        assert_eq!(full.code(), Code::StoreFull);
        assert_eq!(archive.runs(None, 0).unwrap(), []);
    }

    #[test]
    fn an_older_database_gains_the_archive() {
        let folder = tempfile::tempdir().unwrap();
        let db = rusqlite::Connection::open(folder.path().join("studio.db")).unwrap();
        let mut db = db;
        Migrations::from_slice(&MIGRATIONS[..1])
            .to_latest(&mut db)
            .unwrap();
        db.execute("INSERT INTO drafts VALUES ('a.cedar', 'kept', NULL, 0)", [])
            .unwrap();
        drop(db);
        Archive::open(folder.path())
            .unwrap()
            .keep(&[run("p", 1, State::Met)], 1)
            .unwrap();
        assert_eq!(
            History::open(folder.path())
                .unwrap()
                .drafts()
                .unwrap()
                .len(),
            1
        );
    }
}
