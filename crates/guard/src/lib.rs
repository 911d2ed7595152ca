//! Is a drift within tolerance? A [`Tolerance`] says how many rows may gain access, lose it, or stay open, and for which
//! actions and resources; [`judge`] counts a replay against it and gives a [`Verdict`]; an [`Override`] signed by an approver
//! lets through what was seen, and nothing else; [`markdown`] and [`html`] turn the [`Report`] into what a reviewer reads.
//!
//! Pure: no database, no files, no clock, no network, no randomness of its own. Time, keys and the facts of a proof come in
//! as values.

mod key;
mod overriding;
mod record;
mod render;
mod report;
mod tolerance;
mod verdict;

use model::{Code, Failure};

pub use key::{PublicKey, SecretKey};
pub use overriding::{Accepted, Case, Override, Statement, expiry};
pub use record::{Judged, Judgement, Stats};
pub use render::{html, markdown, visible};
pub use report::Report;
pub use tolerance::{Approver, Bounds, Limit, Rule, Tolerance};
pub use verdict::{Band, Count, Example, Measure, Ruling, Tolerated, Verdict, Violation, judge};

/// Why there is no verdict.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The tolerance file says something that is not understood.
    #[error("the tolerance is not understood: {message}")]
    Tolerance {
        /// What is wrong.
        message: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1, in characters.
        column: usize,
    },
    /// A text is no key.
    #[error("{0}")]
    Key(String),
    /// A text is no report of the guard.
    #[error("this is no report of the guard: {0}")]
    Report(String),
    /// The report has nothing that could be judged or overridden.
    #[error("the report names no violation, so there is no block to {0}")]
    NoBlock(&'static str),
    /// A text is no override.
    #[error("the override cannot be read: {0}")]
    OverrideUnreadable(String),
    /// Nobody is named as the author.
    #[error("nobody is named as the author of the change: the report knows none")]
    NoAuthor,
    /// No reason is given.
    #[error("the override gives no reason")]
    NoReason,
    /// A moment cannot be read.
    #[error("`{0}` is no date: write 2026-12-01, or 2026-12-01T18:00:00Z")]
    Moment(String),
    /// It is over.
    #[error("the override expired at {0}")]
    Expired(String),
    /// The author approves their own change.
    #[error("`{0}` is the author of the change, so cannot approve it")]
    SelfApproved(String),
    /// Nobody the tolerance knows.
    #[error("`{0}` is not an approver in the tolerance file")]
    UnknownApprover(String),
    /// Not signed by who it says, or altered since.
    #[error("the signature is not `{0}`'s over this override")]
    BadSignature(String),
    /// It is for another comparison.
    #[error("the override is for another {what}: it names `{named}`, and this is `{actual}`")]
    OtherCase {
        /// Base, head or tolerance.
        what: &'static str,
        /// The digest it names.
        named: String,
        /// The digest at hand.
        actual: String,
    },
    /// More happens than was approved.
    #[error(
        "the override accepts {accepted} rows {measure} in `{band}`, and there are {rows}",
        measure = .measure.words()
    )]
    Exceeded {
        /// The band.
        band: String,
        /// Of what.
        measure: Measure,
        /// How many the override accepts.
        accepted: u64,
        /// How many there are.
        rows: u64,
    },
}

impl Error {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Tolerance { .. } => Code::ToleranceInvalid,
            Self::Key(_) => Code::KeyInvalid,
            Self::Report(_) | Self::NoBlock(_) => Code::ReportInvalid,
            Self::Moment(_) | Self::NoAuthor => Code::BadCall,
            Self::OverrideUnreadable(_)
            | Self::NoReason
            | Self::Expired(_)
            | Self::SelfApproved(_)
            | Self::UnknownApprover(_)
            | Self::BadSignature(_)
            | Self::OtherCase { .. }
            | Self::Exceeded { .. } => Code::OverrideRefused,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let failure = Self::new(error.code(), error.to_string());
        match error {
            Error::Tolerance { line, column, .. } => {
                failure.with_details(format!("line {line}, column {column}"))
            }
            Error::NoAuthor => Self {
                hint: "name them with --author".to_owned(),
                ..failure
            },
            _ => failure,
        }
    }
}

/// Lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes from hexadecimal digits, exactly `N` of them.
fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if !text.is_ascii() || text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}
