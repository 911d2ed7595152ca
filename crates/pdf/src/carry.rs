//! What a file says it carries: `narrative.json`, the document with everything that decides how it is set, and the digests of all
//! other parts. Its SHA-256 is the content hash. [`read`] takes it out again, from files that were written here and from no others:
//! PDF can be read in many ways, and what can be read in two ways is refused.

use std::{io::Read as _, ops::Range};

use narrative::{Document, document::Column};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{Attachment, Error, LAYOUT, Options, Paper};

/// Larger files are not read.
pub const LARGEST: usize = 256 << 20;
/// A statement that is longer is neither written nor read: setting it takes some fifty times its size.
const STATED: u64 = 16 << 20;
/// The same for the rows of all annexes together.
pub(crate) const ROWS: u64 = 128 << 20;
const FORMAT: &str = "trust-fabric-narrative/1";
/// The statement's name in the list of attachments.
pub(crate) const STATEMENT: &str = "narrative.json";

/// What the content hash is of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Statement {
    format: String,
    pub layout: u32,
    pub paper: Paper,
    pub author: String,
    pub date: i64,
    pub attachment: Option<Listed>,
    pub annexes: Vec<ListedAnnex>,
    pub document: Document,
}

/// An attachment by its digest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listed {
    pub name: String,
    pub description: String,
    pub sha256: String,
}

/// An annex by its digest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListedAnnex {
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: u64,
    pub sha256: String,
}

/// SHA-256 in hexadecimal.
pub(crate) fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(digest: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(digest)
}

/// The name of an annex in the list of attachments; they count from 0.
pub(crate) fn annex_name(place: usize) -> String {
    format!("annex-{}.csv", place + 1)
}

impl Statement {
    pub(crate) fn new(document: &Document, options: &Options) -> Result<Self, Error> {
        if let Some(Attachment { name, .. }) = &options.attachment {
            let ours = name == STATEMENT || name.starts_with("annex-");
            let plain = name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c));
            if ours || !plain || name.is_empty() || name.len() > 100 {
                return Err(Error::Name(name.clone()));
            }
        }
        let statement = Self {
            format: FORMAT.to_owned(),
            layout: LAYOUT,
            paper: options.paper,
            author: options.author.clone(),
            date: options.date,
            attachment: options.attachment.as_ref().map(|attachment| Listed {
                name: attachment.name.clone(),
                description: attachment.description.clone(),
                sha256: hash(&attachment.bytes),
            }),
            annexes: Vec::new(),
            document: document.clone(),
        };
        // INVARIANT: what is set is what a reader will read, to the last digit.
        let bytes = statement.bytes()?;
        let again: Self =
            serde_json::from_slice(&bytes).map_err(|error| Error::Document(error.to_string()))?;
        if again != statement {
            return Err(Error::Document("a number is lost".to_owned()));
        }
        Ok(statement)
    }

    /// What is said, whatever is carried beside it.
    pub(crate) fn text(&self) -> Result<Vec<u8>, Error> {
        let alone = Self {
            attachment: None,
            ..self.clone()
        };
        alone.bytes()
    }

    /// The one way to write it.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, Error> {
        let bytes = serde_json::to_vec(self).map_err(|error| Error::Document(error.to_string()))?;
        if bytes.len() as u64 > STATED {
            return Err(too_large("the document", STATED));
        }
        Ok(bytes)
    }
}

/// What a file carries.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    /// SHA-256 of `narrative.json`, in hexadecimal: what the foot of every page has to say.
    pub hash: String,
    /// SHA-256 of the same without the attachment, in hexadecimal: of what [`crate::text`] gives, which a signature can be over that
    /// lies in the attachment.
    pub text: String,
    /// The document, in which every sentence stands as data.
    pub document: Document,
    /// Who answers for it, as the file says.
    pub author: String,
    /// The moment of its facts, in milliseconds since 1970 UTC.
    pub date: i64,
    /// The bundle of evidence. Its digest was not held against the document: [`crate::check`] does.
    pub attachment: Option<Attachment>,
    /// The rows of annexes as CSV, in order; as unchecked as the attachment.
    pub annexes: Vec<Vec<u8>>,
}

/// The statement as it lies in a file.
pub(crate) struct Found {
    pub statement: Statement,
    pub bytes: Vec<u8>,
    pub attachment: Option<Vec<u8>>,
    pub annexes: Vec<Vec<u8>>,
    pub objects: Objects,
}

/// Takes out of a file what it carries. Believes nothing: use [`crate::check`] to know what holds.
///
/// # Errors
/// When the file was not written by this program as it stands, or is larger than is read.
pub fn read(bytes: &[u8]) -> Result<Carried, Error> {
    Ok(find(bytes)?.carried())
}

impl Found {
    pub(crate) fn carried(&self) -> Carried {
        let Statement {
            document,
            author,
            date,
            attachment,
            ..
        } = self.statement.clone();
        let attachment = attachment.zip(self.attachment.clone());
        Carried {
            hash: hash(&self.bytes),
            // INVARIANT: what was read is no longer without its attachment.
            text: self
                .statement
                .text()
                .map_or_else(|_| String::new(), |text| hash(&text)),
            document,
            author,
            date,
            attachment: attachment.map(|(listed, bytes)| Attachment {
                name: listed.name,
                description: listed.description,
                bytes,
            }),
            annexes: self.annexes.clone(),
        }
    }
}

pub(crate) fn find(bytes: &[u8]) -> Result<Found, Error> {
    if bytes.len() > LARGEST {
        return Err(too_large("the file", LARGEST as u64));
    }
    let objects = Objects::read(bytes)?;
    let unread = || Error::Foreign("what it carries cannot be found");
    // The last three objects of ours say where the parts are: one array of references, in this order.
    let carried = objects.carried(bytes).ok_or_else(unread)?;
    let (first, rest) = carried.split_first().ok_or_else(unread)?;
    let text = unfolded(objects.stream(bytes, *first).ok_or_else(unread)?, STATED)?;
    let statement: Statement =
        serde_json::from_slice(&text).map_err(|_| Error::Foreign("its document cannot be read"))?;
    if statement.format != FORMAT {
        return Err(Error::Foreign("its format has another version"));
    }
    let many = usize::from(statement.attachment.is_some()) + statement.annexes.len();
    if rest.len() != many {
        return Err(Error::Foreign("it carries other parts than it says"));
    }
    let mut rest = rest.iter();
    let attachment = match &statement.attachment {
        Some(_) => {
            let id = rest.next().ok_or_else(unread)?;
            Some(objects.stream(bytes, *id).ok_or_else(unread)?.to_vec())
        }
        None => None,
    };
    let mut annexes = Vec::new();
    let mut left = ROWS;
    for id in rest {
        let annex = unfolded(objects.stream(bytes, *id).ok_or_else(unread)?, left)?;
        left = left.saturating_sub(annex.len() as u64);
        annexes.push(annex);
    }
    Ok(Found {
        statement,
        bytes: text,
        attachment,
        annexes,
        objects,
    })
}

pub(crate) fn too_large(what: &'static str, limit: u64) -> Error {
    Error::Large { what, limit }
}

fn unfolded(stream: &[u8], limit: u64) -> Result<Vec<u8>, Error> {
    let mut text = Vec::new();
    let mut reader = flate2::read::ZlibDecoder::new(stream).take(limit + 1);
    reader
        .read_to_end(&mut text)
        .map_err(|_| Error::Foreign("a part cannot be unfolded"))?;
    if text.len() as u64 > limit {
        return Err(too_large("what the file carries", limit));
    }
    Ok(text)
}

/// Where the objects of a file are, by its own table.
pub(crate) struct Objects {
    offsets: Vec<usize>,
    /// Where the table begins.
    pub table: usize,
}

impl Objects {
    fn read(bytes: &[u8]) -> Result<Self, Error> {
        let foreign = |what| Error::Foreign(what);
        if !bytes.starts_with(crate::file::HEADER) {
            return Err(foreign("another beginning"));
        }
        let tail = bytes
            .get(bytes.len().saturating_sub(64)..)
            .unwrap_or_default();
        let tail = tail
            .strip_suffix(b"\n%%EOF\n")
            .ok_or_else(|| foreign("another end"))?;
        let at = find_last(tail, b"startxref\n").ok_or_else(|| foreign("another end"))?;
        let table = number(tail.get(at + 10..).unwrap_or_default())
            .ok_or_else(|| foreign("another end"))?;
        let list = bytes.get(table..).unwrap_or_default();
        let list = list
            .strip_prefix(b"xref\n0 ")
            .ok_or_else(|| foreign("another table of objects"))?;
        let line = list
            .iter()
            .position(|byte| *byte == b'\n')
            .filter(|end| *end < 10);
        let line = line.ok_or_else(|| foreign("another table of objects"))?;
        let many = number(list.get(..line).unwrap_or_default()).filter(|many| *many < 1 << 24);
        let many = many.ok_or_else(|| foreign("another table of objects"))?;
        let entries = list
            .get(line + 1..line + 1 + many * 20)
            .ok_or_else(|| foreign("another table of objects"))?;
        let offsets: Option<Vec<usize>> = entries
            .chunks(20)
            .map(|entry| number(entry.get(..10)?))
            .collect();
        let offsets = offsets.ok_or_else(|| foreign("another table of objects"))?;
        Ok(Self { offsets, table })
    }

    /// Where an object begins.
    pub(crate) fn offset(&self, id: i32) -> Option<usize> {
        self.offsets.get(usize::try_from(id).ok()?).copied()
    }

    /// What a stream holds, as it is stored.
    fn stream<'a>(&self, bytes: &'a [u8], id: i32) -> Option<&'a [u8]> {
        let object = bytes.get(self.offset(id)?..)?;
        let object = object.strip_prefix(format!("{id} 0 obj\n").as_bytes())?;
        let head = object.get(..object.len().min(4096))?;
        let Range { start, .. } = span(head, b"\nstream\n")?;
        let length = span(head.get(..start)?, b"/Length ")?;
        let length = number(head.get(length.end..)?)?;
        let from = start + b"\nstream\n".len();
        object.get(from..from.checked_add(length)?)
    }

    /// The references of the array that the trailer names.
    fn carried(&self, bytes: &[u8]) -> Option<Vec<i32>> {
        let trailer = bytes.get(self.table..)?;
        let trailer = trailer.get(trailer.len().saturating_sub(1024)..)?;
        let list = trailer.get(span(trailer, b"/Carried [")?.end..)?;
        let list = list.get(..list.iter().position(|byte| *byte == b']')?)?;
        let list = std::str::from_utf8(list).ok()?;
        let ids = list
            .split_terminator(" 0 R")
            .map(|id| id.trim().parse().ok());
        ids.collect()
    }
}

fn span(text: &[u8], what: &[u8]) -> Option<Range<usize>> {
    let start = text.windows(what.len()).position(|window| window == what)?;
    Some(start..start + what.len())
}

fn find_last(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).rposition(|window| window == what)
}

/// The digits that a text begins with, at most ten.
fn number(text: &[u8]) -> Option<usize> {
    let digits = text
        .iter()
        .take(10)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    std::str::from_utf8(text.get(..digits)?).ok()?.parse().ok()
}
