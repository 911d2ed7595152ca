//! Facts about a decision log.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Code, count};

/// A line that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedLine {
    /// Line number in its file, from 1.
    pub line: u64,
    /// Why.
    pub code: Code,
    /// Why, in words that repeat nothing of the line.
    #[serde(default)]
    pub why: String,
}

impl SkippedLine {
    /// Lines that could not be used, `total` all told and these the first, each on a line of its own; the last says how many more there are.
    #[must_use]
    pub fn list(total: u64, first: &[Self]) -> String {
        let mut lines: Vec<String> = first.iter().map(Self::to_string).collect();
        let more = total.saturating_sub(first.len() as u64);
        if more > 0 {
            lines.push(format!("and {} more", count(more)));
        }
        lines.join("\n")
    }
}

impl fmt::Display for SkippedLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.as_str();
        let why = if self.why.is_empty() { code } else { &self.why };
        write!(f, "line {}: {why}", count(self.line))
    }
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
    /// The first few of them; none where only their number was kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub first_skipped: Vec<SkippedLine>,
    /// Time of the first row, RFC 3339 in UTC; empty when no row carries a time.
    pub first_at: String,
    /// Time of the last row.
    pub last_at: String,
    /// Size of the compact store, bytes.
    pub bytes: u64,
    /// Where it came from, e.g. the imported files' names or `generated, seed 7`.
    pub origin: String,
}
