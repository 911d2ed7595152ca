//! The log in memory: every distinct value once, every distinct request once with the number of rows that ask it, and the
//! rows themselves in compressed blocks that are read only when someone asks for rows.

use std::ops::Range;
use std::path::Path;

use model::{Decision, LogInfo, PolicyError, Request};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::block::{self, Blocks};
use crate::row::{self, Facts, Row};
use crate::{Error, Slice, slice};

/// Stands for "no slice was recorded: the workspace's entities are assumed" in [`Distinct::slice`].
pub const NO_SLICE: u32 = u32::MAX;

/// Stands for "the row carries no input document" in [`Distinct::input`].
pub const NO_INPUT: u32 = u32::MAX;

/// A distinct request: what was asked, and under which facts. All numbers point into the tables of the [`Log`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Distinct {
    /// The slice, or [`NO_SLICE`]. First, so that requests sort by it.
    pub slice: u32,
    /// Who.
    pub principal: u32,
    /// What.
    pub action: u32,
    /// On what.
    pub resource: u32,
    /// Facts of the moment.
    pub context: u32,
    /// What an engine without principals was asked, or [`NO_INPUT`].
    pub input: u32,
}

/// A distinct recorded outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The answer.
    pub decision: Decision,
    /// Determining policies, sorted.
    pub reasons: Vec<String>,
    /// Policies that could not be evaluated, sorted.
    pub errors: Vec<PolicyError>,
    /// The policies in force; may be empty.
    pub bundle: String,
    /// The engine that decided; may be empty.
    pub engine: String,
    /// Whose request; may be empty.
    pub tenant: String,
}

/// How many rows ask one distinct request and record one outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Number of the request.
    pub request: u32,
    /// Number of the outcome.
    pub outcome: u32,
    /// Rows.
    pub rows: u32,
    /// Earliest time among them, or [`crate::NO_TIME`] when none has one.
    pub first_at: i64,
    /// Latest time.
    pub last_at: i64,
}

/// One row as recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRow {
    /// Its place in the log, from 0.
    pub number: u64,
    /// The producer's name for it; may be empty.
    pub id: String,
    /// When, or [`crate::NO_TIME`].
    pub at: i64,
    /// Number of its tally, which says what was asked and answered.
    pub tally: u32,
}

/// A decision log. INVARIANT: every number in a request, tally or slice points into its table, so `get` always finds.
#[derive(Debug, Default)]
pub struct Log {
    /// Entity ids as Cedar prints them.
    pub uids: Vec<String>,
    /// Contexts, canonical JSON objects.
    pub contexts: Vec<String>,
    /// What the Open Policy Agent was asked, canonical JSON as [`crate::opa`] says.
    pub inputs: Vec<String>,
    /// Entities of the slices, canonical JSON of `{attrs, parents, tags?, uid}`.
    pub entities: Vec<String>,
    /// Distinct slices.
    pub slices: Vec<Slice>,
    /// Distinct requests, sorted, hence by slice.
    pub requests: Vec<Distinct>,
    /// Distinct outcomes.
    pub outcomes: Vec<Recorded>,
    /// Rows by request and outcome, sorted by request.
    pub tallies: Vec<Tally>,
    /// What the log holds, in numbers.
    pub info: LogInfo,
    pub(crate) blocks: Blocks,
}

/// The entry of a table that a number points to.
pub(crate) fn at<T>(table: &[T], number: u32) -> Option<&T> {
    table.get(usize::try_from(number).ok()?)
}

impl Log {
    /// Opens a compact store. The tables are read and checked; the rows stay in the file until [`Log::rows`] asks for them.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Damaged`], [`Error::Newer`].
    pub fn open(path: &Path) -> Result<Self, Error> {
        crate::store::open(path)
    }

    /// Writes the compact store: to a temporary file beside `path`, made durable, then renamed over it. Returns its size.
    ///
    /// # Errors
    /// [`Error::Write`]; [`Error::Read`] or [`Error::Damaged`] when the rows come from another store that fails.
    pub fn write(&self, path: &Path) -> Result<u64, Error> {
        crate::store::write(self, path)
    }

    /// `sha256:…` over what was asked, under which facts, how often and with which answer: the same whatever the order in
    /// which the log was put together, its rows' names and times. A digest of a slice without content counts as its content.
    #[must_use]
    pub fn digest(&self) -> String {
        let digests = |texts: &[String]| -> Vec<[u8; 32]> {
            texts
                .iter()
                .map(|text| Sha256::digest(text).into())
                .collect()
        };
        let (uids, contexts) = (digests(&self.uids), digests(&self.contexts));
        let outcomes: Vec<[u8; 32]> = self
            .outcomes
            .iter()
            .map(|outcome| {
                let mut text = String::new();
                row::write_outcome(outcome, &mut text);
                Sha256::digest(text).into()
            })
            .collect();
        let known =
            |table: &[[u8; 32]], number: u32| at(table, number).copied().unwrap_or_default();
        let mut rows: Vec<[u8; 32]> = self
            .tallies
            .iter()
            .filter_map(|tally| {
                let asked = at(&self.requests, tally.request)?;
                let slice = at(&self.slices, asked.slice).map(|slice| slice.digest);
                let mut hash = Sha256::new();
                hash.update(slice.unwrap_or_default());
                for uid in [asked.principal, asked.action, asked.resource] {
                    hash.update(known(&uids, uid));
                }
                hash.update(known(&contexts, asked.context));
                hash.update(known(&outcomes, tally.outcome));
                hash.update(tally.rows.to_le_bytes());
                Some(hash.finalize().into())
            })
            .collect();
        rows.sort_unstable();
        let mut hash = Sha256::new();
        rows.iter().for_each(|row| hash.update(row));
        slice::digest_text(&hash.finalize().into())
    }

    /// A distinct request in words.
    #[must_use]
    pub fn request(&self, number: u32) -> Option<Request> {
        let distinct = at(&self.requests, number)?;
        Some(Request {
            principal: at(&self.uids, distinct.principal)?.clone(),
            action: at(&self.uids, distinct.action)?.clone(),
            resource: at(&self.uids, distinct.resource)?.clone(),
            context: self.context(distinct.context),
        })
    }

    /// What the Open Policy Agent was asked, canonical JSON as [`crate::opa`] says; nothing when the row is not its.
    #[must_use]
    pub fn input(&self, number: u32) -> Option<&str> {
        at(&self.inputs, at(&self.requests, number)?.input).map(String::as_str)
    }

    fn context(&self, number: u32) -> Map<String, Value> {
        let text = at(&self.contexts, number).map_or("{}", String::as_str);
        serde_json::from_str(text).unwrap_or_default()
    }

    /// The rows of a range, in the order in which they were recorded. A block is read from the file when its first row is
    /// asked for.
    pub fn rows(&self, range: Range<u64>) -> impl Iterator<Item = Result<RecordedRow, Error>> + '_ {
        block::rows(&self.blocks, range, self.tallies.len())
    }

    /// A row with everything recorded about it; its slice by digest.
    #[must_use]
    pub fn row(&self, recorded: &RecordedRow) -> Option<Row> {
        let tally = at(&self.tallies, recorded.tally)?;
        let outcome = at(&self.outcomes, tally.outcome)?;
        let distinct = at(&self.requests, tally.request)?;
        let request = self.request(tally.request)?;
        let entities = if distinct.slice == NO_SLICE {
            Facts::Assumed
        } else {
            Facts::Digest(at(&self.slices, distinct.slice)?.digest)
        };
        Some(Row {
            id: recorded.id.clone(),
            at: recorded.at,
            tenant: outcome.tenant.clone(),
            principal: request.principal,
            action: request.action,
            resource: request.resource,
            context: request.context,
            entities,
            decision: outcome.decision,
            reasons: outcome.reasons.clone(),
            errors: outcome.errors.clone(),
            bundle: outcome.bundle.clone(),
            engine: outcome.engine.clone(),
            shadow: None,
        })
    }

    /// The entities of a slice, each as JSON; nothing when the log lacks its content.
    #[must_use]
    pub fn slice(&self, number: u32) -> Option<Vec<&str>> {
        let entities = at(&self.slices, number)?.entities.as_deref()?;
        entities
            .iter()
            .map(|entity| at(&self.entities, *entity).map(String::as_str))
            .collect()
    }
}
