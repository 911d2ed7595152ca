//! Rows in blocks of at most 65,536: the columns of a block (name, tally, time) compressed together, so that a screen of
//! rows costs one block, and an open log costs none.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::bytes::{Cursor, put_signed, put_unsigned};
use crate::log::RecordedRow;
use crate::store::{self, Section};
use crate::{Error, NO_TIME};

/// Rows a block holds at most.
pub(crate) const ROWS: usize = 1 << 16;

/// A block is closed early when its rows' names are longer than this.
pub(crate) const ID_BYTES: usize = 8 << 20;

/// Where the blocks are.
#[derive(Debug)]
pub(crate) enum Blocks {
    /// In memory, compressed.
    Memory(Vec<(Vec<u8>, Section)>),
    /// In a store. The file stays open, so that a newer store may take its name.
    Stored {
        path: PathBuf,
        file: Mutex<File>,
        sections: Vec<Section>,
    },
}

impl Default for Blocks {
    fn default() -> Self {
        Self::Memory(Vec::new())
    }
}

impl Blocks {
    pub(crate) fn sections(&self) -> Box<dyn Iterator<Item = &Section> + '_> {
        match self {
            Self::Memory(blocks) => Box::new(blocks.iter().map(|(_, section)| section)),
            Self::Stored { sections, .. } => Box::new(sections.iter()),
        }
    }

    /// The compressed bytes of a block, checked.
    pub(crate) fn stored(&self, number: usize) -> Result<Vec<u8>, Error> {
        match self {
            Self::Memory(blocks) => Ok(blocks
                .get(number)
                .map(|(bytes, _)| bytes.clone())
                .unwrap_or_default()),
            Self::Stored {
                path,
                file,
                sections,
            } => {
                let Some(section) = sections.get(number) else {
                    return Ok(Vec::new());
                };
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                store::read_stored(&mut *file, section, path)
            }
        }
    }

    fn path(&self) -> PathBuf {
        match self {
            Self::Memory(_) => PathBuf::from("memory"),
            Self::Stored { path, .. } => path.clone(),
        }
    }

    fn rows(&self, number: usize, first: u64, tallies: usize) -> Result<Vec<RecordedRow>, Error> {
        let Some(section) = self.sections().nth(number) else {
            return Ok(Vec::new());
        };
        let raw = store::inflate(&self.stored(number)?, section, &self.path())?;
        decode(&raw, section.rows, first, tallies)
            .ok_or_else(|| Error::damaged(self.path(), format!("rows from {first} on are garbled")))
    }
}

/// The names of some rows as bytes: the first part of a block.
pub(crate) fn encode_names<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut names = Vec::new();
    for id in ids {
        put_unsigned(u64::try_from(id.len()).unwrap_or(0), &mut out);
        names.extend_from_slice(id.as_bytes());
    }
    out.append(&mut names);
    out
}

/// The columns of some rows as bytes: the second part of a block.
pub(crate) fn encode_columns(tallies: &[u32], times: &[i64]) -> Vec<u8> {
    let mut out = Vec::with_capacity(tallies.len() * 8);
    for tally in tallies {
        out.extend_from_slice(&tally.to_le_bytes());
    }
    let mut before = 0_i64;
    for time in times {
        // Wrapping, because NO_TIME is as far away as can be.
        put_signed(time.wrapping_sub(before), &mut out);
        before = *time;
    }
    out
}

/// The rows of a block, or nothing when the bytes do not hold `rows` of them.
fn decode(raw: &[u8], rows: u64, first: u64, tallies: usize) -> Option<Vec<RecordedRow>> {
    let count = usize::try_from(rows).ok().filter(|rows| *rows <= ROWS)?;
    let mut cursor = Cursor::new(raw);
    let mut lengths = Vec::with_capacity(count);
    for _ in 0..count {
        lengths.push(cursor.length()?);
    }
    let mut found = Vec::with_capacity(count);
    for (number, length) in (first..).zip(lengths) {
        found.push(RecordedRow {
            number,
            id: str::from_utf8(cursor.take(length)?).ok()?.to_owned(),
            at: NO_TIME,
            tally: 0,
        });
    }
    for row in &mut found {
        row.tally = u32::from_le_bytes(cursor.take(4)?.try_into().ok()?);
        if usize::try_from(row.tally).ok()? >= tallies {
            return None;
        }
    }
    let mut before = 0_i64;
    for row in &mut found {
        before = before.wrapping_add(cursor.signed()?);
        row.at = before;
    }
    cursor.is_at_end().then_some(found)
}

/// The rows of `range`; after an error, nothing more.
pub(crate) fn rows(
    blocks: &Blocks,
    range: Range<u64>,
    tallies: usize,
) -> impl Iterator<Item = Result<RecordedRow, Error>> + '_ {
    let mut first = 0;
    let mut wanted = Vec::new();
    for (number, section) in blocks.sections().enumerate() {
        let end = first + section.rows;
        if first < range.end && range.start < end {
            wanted.push((number, first));
        }
        first = end;
    }
    let mut failed = false;
    wanted
        .into_iter()
        .flat_map(move |(number, first)| {
            let rows = if failed {
                Ok(Vec::new())
            } else {
                blocks.rows(number, first, tallies)
            };
            let (rows, error) = match rows {
                Ok(rows) => (rows, None),
                Err(error) => (Vec::new(), Some(Err(error))),
            };
            failed = failed || error.is_some();
            rows.into_iter().map(Ok).chain(error)
        })
        .filter(move |row| row.as_ref().map_or(true, |row| range.contains(&row.number)))
}

/// Reads exactly `length` bytes at `offset`.
pub(crate) fn read_at(
    file: &mut (impl Read + Seek),
    offset: u64,
    length: usize,
) -> std::io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::with_capacity(length);
    file.take(u64::try_from(length).unwrap_or(0))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}
