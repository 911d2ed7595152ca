//! A [`narrative::Document`] as the bytes of a PDF that carries its own evidence, and the evidence out of such a file again.
//!
//! [`write`] sets the document: blocks become rows ([`layout`]), rows stand on pages ([`paginate`]), pages are written ([`file`]).
//! The same document and options give the same bytes on every machine. The document itself lies in the file beside the bundle of
//! evidence, and its SHA-256 is the content hash in the foot of every page. So [`check`] needs no trust in what a PDF shows: it
//! writes the file again from what it carries, and any byte that differs is named by its part. [`pages`] gives the same pages as SVG.
//!
//! Pure: no files, no clock, no network, no threads.

mod annex;
mod carry;
mod check;
mod face;
mod figure;
mod file;
mod fonts;
mod layout;
mod options;
mod paginate;
mod sheet;
mod svg;
mod table;
mod text;

use std::io;

use model::Code;
use narrative::Document;

pub use carry::{Carried, LARGEST, read};
pub use check::{Check, Part, State, check};
pub use options::{Annex, Attachment, Options, Paper};

use face::Faces;
use layout::{Geometry, Setter};
use sheet::Sheets;

/// The number of the layout. Files of another number are set differently, so their pages cannot be compared with ours.
pub const LAYOUT: u32 = 3;

/// Why a file could not be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The embedded fonts cannot be read: a broken build.
    #[error("the fonts of this program cannot be read; install it again")]
    Fonts,
    /// The document holds a number that has no text, as the result of a division by zero.
    #[error("the document cannot be written down ({0}); give its charts finite numbers")]
    Document(String),
    /// An attachment has a name that the file needs itself, or none.
    #[error("an attachment cannot be named `{0}`; choose another name")]
    Name(String),
    /// Larger than is read or written.
    #[error("{what} is larger than {limit} bytes; take less into it")]
    Large {
        /// What is.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// Not a file of ours, or damaged where it says what it carries.
    #[error(
        "this is no report of Trust Fabric Studio, or it was saved by another program ({0}); ask for the file as it was published"
    )]
    Foreign(&'static str),
    /// Somebody did not want the rest.
    #[error("stopped before the last page")]
    Cancelled,
    /// The bytes could not be put where they were to go.
    #[error("the file could not be written: {0}")]
    Io(#[from] io::Error),
}

impl Error {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Fonts => Code::Internal,
            Self::Document(_) | Self::Name(_) => Code::BadCall,
            Self::Large { .. } => Code::ReportTooLarge,
            Self::Foreign(_) => Code::ReportUnreadable,
            Self::Cancelled => Code::Cancelled,
            Self::Io(_) => Code::FileWrite,
        }
    }
}

/// Writes a document.
///
/// # Errors
/// When it holds what cannot be written down, or its attachment a name that it cannot have.
pub fn write(document: &Document, options: &Options) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    write_to(document, options, &mut [], &mut bytes, &mut |_| true)?;
    Ok(bytes)
}

/// What a file says, as it is signed before there is a file: `narrative.json` without an attachment. Who attaches a signature over
/// these bytes has a file that tells whose words it holds.
///
/// # Errors
/// As [`write`].
pub fn text(document: &Document, options: &Options) -> Result<Vec<u8>, Error> {
    carry::Statement::new(document, options)?.text()
}

/// Writes a document with annexes, page by page, keeping none. `go_on` hears after every page how many rows of annexes are
/// written, and ends the work by saying no.
///
/// # Errors
/// As [`write`]; when `out` takes no more; [`Error::Cancelled`].
pub fn write_to(
    document: &Document,
    options: &Options,
    annexes: &mut [Annex<'_>],
    out: &mut dyn io::Write,
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Result<(), Error> {
    let statement = carry::Statement::new(document, options)?;
    let attachment = options
        .attachment
        .as_ref()
        .map(|attachment| attachment.bytes.as_slice());
    file::write(
        &statement,
        attachment,
        annexes,
        &mut file::Stream(out),
        go_on,
    )
}

/// The pages of a document as SVG drawings, for a window: what stands in the PDF, glyph by glyph. Each is self-contained and safe
/// to put into a page; links are `<a>`, to `#block:…` within the document.
///
/// # Errors
/// As [`write`].
pub fn pages(document: &Document, options: &Options) -> Result<Vec<String>, Error> {
    let statement = carry::Statement::new(document, options)?;
    let faces = Faces::get().ok_or(Error::Fonts)?;
    let hash = carry::hash(&statement.bytes()?);
    Ok(svg::pages(faces, &statement, &hash))
}

/// The pages of a document; with contents when it is longer than two.
pub(crate) fn set(faces: &'static Faces, geometry: Geometry, document: &Document) -> Sheets {
    let set = |contents| {
        let mut setter = Setter::new(faces, geometry, document);
        setter.set(contents);
        paginate::pages(setter.rows, &geometry)
    };
    let mut sheets = set(false);
    if sheets.pages.len() > 2 && !sheets.outline.is_empty() {
        sheets = set(true);
    }
    sheets.number(faces);
    sheets
}

#[cfg(test)]
#[path = "../tests/report/sample.rs"]
mod sample;
