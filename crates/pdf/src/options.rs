//! What is chosen when a document is written.

use narrative::document::Column;
use serde::{Deserialize, Serialize};

/// A size of paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    /// 210 by 297 millimetres.
    #[default]
    A4,
    /// 8.5 by 11 inches.
    Letter,
}

impl Paper {
    /// Width and height in points.
    pub(crate) fn size(self) -> (f64, f64) {
        match self {
            Self::A4 => (595.28, 841.89),
            Self::Letter => (612.0, 792.0),
        }
    }
}

/// How a document is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Its paper.
    pub paper: Paper,
    /// Who answers for it.
    pub author: String,
    /// When it was made, in milliseconds since 1970 UTC: a moment of its facts, never the clock's, or equal facts would not give equal bytes.
    pub date: i64,
    /// What it carries.
    pub attachment: Option<Attachment>,
}

/// A file within the file: the bundle of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// As `evidence.tfb`. Neither `narrative.json` nor `annex-1.csv` and so on, which the file has itself.
    pub name: String,
    /// What it is, for who looks at the list of attachments.
    pub description: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A table too long to be read: set small, page by page, and carried as CSV.
pub struct Annex<'a> {
    /// What it shows.
    pub caption: String,
    /// From left to right.
    pub columns: Vec<Column>,
    /// From top to bottom. A row that is too short is filled up, one too long is cut.
    pub rows: &'a mut dyn Iterator<Item = Vec<String>>,
}
