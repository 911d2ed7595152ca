//! Facts about a decision log.

use serde::{Deserialize, Serialize};

use crate::Code;

/// A line that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedLine {
    /// Line number in its file, from 1.
    pub line: u64,
    /// Why.
    pub code: Code,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogImport {
    /// Rows kept.
    pub rows: u64,
    /// Distinct (request, slice) pairs among them.
    pub distinct_requests: u64,
    /// Distinct entity slices.
    pub slices: u64,
    /// The first thousand lines that could not be used.
    pub skipped: Vec<SkippedLine>,
    /// How many lines could not be used, all told.
    pub skipped_total: u64,
}

/// What a log holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogInfo {
    /// Rows.
    pub rows: u64,
    /// Distinct (request, slice) pairs.
    pub distinct_requests: u64,
    /// Distinct entity slices.
    pub slices: u64,
    /// Rows recorded as allowed.
    pub allowed: u64,
    /// Rows without a slice: the workspace's entities are assumed for them.
    pub entities_assumed: u64,
    /// Lines that could not be used when the log was imported.
    pub skipped: u64,
    /// Time of the first row, RFC 3339 in UTC; empty when no row carries a time.
    pub first_at: String,
    /// Time of the last row.
    pub last_at: String,
    /// Size of the compact store, bytes.
    pub bytes: u64,
    /// Where it came from, e.g. the imported files' names or `generated, seed 7`.
    pub origin: String,
}
