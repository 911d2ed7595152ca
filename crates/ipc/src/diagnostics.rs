//! What a user sees of an archive of diagnostics before it is written, and of the run before.

use serde::{Deserialize, Serialize};

/// An archive that could be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiagnosticsView {
    /// The name of its file.
    pub name: String,
    /// When it expires, RFC 3339 UTC.
    pub expires: String,
    /// Its files, but for the list of them.
    pub files: Vec<DiagnosticsFile>,
}

/// A file in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiagnosticsFile {
    /// Its name.
    pub name: String,
    /// All that is in it.
    pub text: String,
    /// Something secret was found in it: it cannot be written.
    pub caught: bool,
}

/// An archive is to be written, as it was shown last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiagnosticsSave {
    /// Where.
    pub path: String,
    /// Files that are left out.
    pub without: Vec<String>,
}

/// A run of the Studio that did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedBadly {
    /// When it was started, RFC 3339 UTC; empty when that is not known.
    pub since: String,
    /// The version that ran; empty when that is not known.
    pub version: String,
}
