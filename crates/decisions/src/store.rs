//! The compact store on disk, version 1, or 2 when it holds inputs of the Open Policy Agent:
//!
//! ```text
//! 8 bytes   magic 89 54 46 4c 0d 0a 1a 0a
//! u32       version of the format
//! u32       length of the table of contents
//! u64       its offset
//! 32 bytes  its SHA-256
//! …         sections, each one or more zstd frames
//! …         table of contents: JSON, see [`Contents`]
//! ```
//!
//! Numbers are little-endian. A section is checked against its SHA-256 before it is decompressed, and never decompresses to
//! more than it announced; what it announces is believed only within limits, so that a hostile file cannot make the reader
//! allocate without end. The magic has a high bit, a CR LF and an end-of-file character, so that a transfer that mangles
//! text is noticed at once.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Mutex;

use model::LogInfo;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::block::{Blocks, read_at};
use crate::slice::{digest_text, parse_digest};
use crate::{Error, Log, table};

const MAGIC: [u8; 8] = *b"\x89TFL\r\n\x1a\n";
const VERSION: u32 = 2;
const HEADER: u64 = 56;
const MAX_CONTENTS: u32 = 64 << 20;
const LEVEL: i32 = 3;

/// One part of the store.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Section {
    pub(crate) name: String,
    pub(crate) offset: u64,
    /// Bytes in the file.
    pub(crate) length: u64,
    /// Bytes decompressed.
    pub(crate) raw_length: u64,
    /// Digest of the bytes in the file.
    pub(crate) sha256: String,
    /// Rows in a block of rows; 0 for other sections.
    #[serde(default)]
    pub(crate) rows: u64,
}

/// The table of contents.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    info: LogInfo,
    sections: Vec<Section>,
}

/// True when the file starts as a compact store does.
#[must_use]
pub fn is_store(path: &Path) -> bool {
    let mut start = [0; 8];
    File::open(path).is_ok_and(|mut file| file.read_exact(&mut start).is_ok()) && start == MAGIC
}

/// Compresses one part. The offset is given when it is written.
pub(crate) fn deflate(name: &str, raw: &[u8]) -> io::Result<(Vec<u8>, Section)> {
    let stored = zstd::encode_all(raw, LEVEL)?;
    let section = describe(name, &stored, raw.len());
    Ok((stored, section))
}

/// The entry of a part that is compressed already.
pub(crate) fn describe(name: &str, stored: &[u8], raw_length: usize) -> Section {
    Section {
        name: name.to_owned(),
        offset: 0,
        length: u64::try_from(stored.len()).unwrap_or(u64::MAX),
        raw_length: u64::try_from(raw_length).unwrap_or(u64::MAX),
        sha256: digest_text(&Sha256::digest(stored).into()),
        rows: 0,
    }
}

/// Reads the bytes of a section and checks them.
pub(crate) fn read_stored(
    file: &mut (impl Read + Seek),
    section: &Section,
    path: &Path,
) -> Result<Vec<u8>, Error> {
    let stored = read_bytes(file, section, path)?;
    checked(&stored, section, path)?;
    Ok(stored)
}

fn read_bytes(
    file: &mut (impl Read + Seek),
    section: &Section,
    path: &Path,
) -> Result<Vec<u8>, Error> {
    let length = usize::try_from(section.length)
        .map_err(|_| Error::damaged(path, format!("`{}` is too long", section.name)))?;
    read_at(file, section.offset, length).map_err(|error| Error::read(path, error))
}

/// The bytes of a section, if they are those that were written.
fn checked<'s>(stored: &'s [u8], section: &Section, path: &Path) -> Result<&'s [u8], Error> {
    let digest: [u8; 32] = Sha256::digest(stored).into();
    let whole = u64::try_from(stored.len()) == Ok(section.length);
    if whole && parse_digest(&section.sha256) == Some(digest) {
        Ok(stored)
    } else {
        let why = format!("`{}` does not match its checksum", section.name);
        Err(Error::damaged(path, why))
    }
}

/// Decompresses a section to exactly the length it announced.
pub(crate) fn inflate(stored: &[u8], section: &Section, path: &Path) -> Result<Vec<u8>, Error> {
    let garbled = || Error::damaged(path, format!("`{}` cannot be decompressed", section.name));
    let mut raw = Vec::with_capacity(usize::try_from(section.raw_length.min(1 << 20)).unwrap_or(0));
    let decoder = zstd::Decoder::with_buffer(stored).map_err(|_| garbled())?;
    decoder
        .take(section.raw_length + 1)
        .read_to_end(&mut raw)
        .map_err(|_| garbled())?;
    if u64::try_from(raw.len()) == Ok(section.raw_length) {
        Ok(raw)
    } else {
        Err(garbled())
    }
}

/// Opens a store: all tables, no rows.
pub(crate) fn open(path: &Path) -> Result<Log, Error> {
    let mut file = File::open(path).map_err(|error| Error::read(path, error))?;
    let size = file
        .metadata()
        .map_err(|error| Error::read(path, error))?
        .len();
    let (version, contents) = contents(&mut file, size, path)?;
    let (blocks, tables): (Vec<Section>, Vec<Section>) = contents
        .sections
        .into_iter()
        .partition(|section| section.name == table::ROWS);
    // Read one after another, as the disk likes it; checked and decompressed on every core.
    let stored: Vec<Vec<u8>> = tables
        .iter()
        .map(|section| read_bytes(&mut file, section, path))
        .collect::<Result<_, _>>()?;
    let raw: Vec<Vec<u8>> = stored
        .par_iter()
        .zip(&tables)
        .map(|(stored, section)| inflate(checked(stored, section, path)?, section, path))
        .collect::<Result<_, _>>()?;
    let mut log = Log::default();
    let mut seen = 0;
    // Tables in the order in which they refer to one another, whatever their order in the file.
    for name in table::NAMES {
        let named = |(section, _): &(&Section, &Vec<u8>)| section.name == name;
        let mut sections = tables.iter().zip(&raw).filter(named);
        if name == table::INPUTS && version == 1 {
            continue;
        }
        let (Some((_, raw)), None) = (sections.next(), sections.next()) else {
            return Err(Error::damaged(
                path,
                format!("`{name}` is missing or doubled"),
            ));
        };
        seen += 1;
        table::decode(name, raw, &mut log)
            .ok_or_else(|| Error::damaged(path, format!("`{name}` is garbled")))?;
    }
    let rows = blocks
        .iter()
        .try_fold(0_u64, |sum, block| sum.checked_add(block.rows));
    let tallied: u64 = log.tallies.iter().map(|tally| u64::from(tally.rows)).sum();
    if seen != tables.len() || rows != Some(contents.info.rows) || tallied != contents.info.rows {
        return Err(Error::damaged(path, "its parts do not add up"));
    }
    log.info = contents.info;
    log.info.bytes = size;
    log.blocks = Blocks::Stored {
        path: path.to_path_buf(),
        file: Mutex::new(file),
        sections: blocks,
    };
    Ok(log)
}

fn contents(file: &mut File, size: u64, path: &Path) -> Result<(u32, Contents), Error> {
    let damaged = |what: &str| Error::damaged(path, what);
    let failed = |error| Error::read(path, error);
    let mut header = &read_at(file, 0, 56).map_err(failed)?[..];
    let mut magic = [0; 8];
    if header.read_exact(&mut magic).is_err() || magic != MAGIC {
        return Err(damaged("it is no log store"));
    }
    let mut word = [0; 4];
    let mut offset = [0; 8];
    let mut digest = [0; 32];
    let cut = |_| damaged("it ends within its header");
    header.read_exact(&mut word).map_err(cut)?;
    let version = u32::from_le_bytes(word);
    if version > VERSION {
        return Err(Error::Newer {
            path: path.display().to_string(),
            found: version,
            known: VERSION,
        });
    }
    header.read_exact(&mut word).map_err(cut)?;
    header.read_exact(&mut offset).map_err(cut)?;
    header.read_exact(&mut digest).map_err(cut)?;
    let (length, offset) = (u32::from_le_bytes(word), u64::from_le_bytes(offset));
    if version == 0 || length > MAX_CONTENTS || offset.checked_add(u64::from(length)) != Some(size)
    {
        return Err(damaged("it is cut short or its header is garbled"));
    }
    let length = usize::try_from(length).unwrap_or(0);
    let json = read_at(file, offset, length).map_err(failed)?;
    if digest != <[u8; 32]>::from(Sha256::digest(&json)) {
        return Err(damaged("its table of contents does not match its checksum"));
    }
    let contents: Contents =
        serde_json::from_slice(&json).map_err(|_| damaged("its table of contents is garbled"))?;
    for section in &contents.sections {
        let end = section.offset.checked_add(section.length);
        let inside = section.offset >= HEADER && end.is_some_and(|end| end <= offset);
        // Distinct values do not compress without limit: a section that claims so is no log.
        let most = section.length.saturating_mul(256).max(64 << 20);
        if !inside || section.raw_length > most {
            return Err(damaged("its table of contents is impossible"));
        }
    }
    Ok((version, contents))
}

/// Writes a store. See [`Log::write`].
pub(crate) fn write(log: &Log, path: &Path) -> Result<u64, Error> {
    let failed = |error| Error::write(path, error);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let temporary = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    let mut out = BufWriter::with_capacity(1 << 20, temporary);
    out.write_all(&[0; 56]).map_err(failed)?;
    let mut offset = HEADER;
    let mut sections = Vec::new();
    let mut append = |stored: &[u8], mut section: Section| {
        section.offset = offset;
        offset += section.length;
        sections.push(section);
        out.write_all(stored)
    };
    // A log without inputs can be opened by programs that know of none.
    let version = if log.inputs.is_empty() { 1 } else { VERSION };
    for name in table::NAMES {
        if name == table::INPUTS && version == 1 {
            continue;
        }
        let (stored, section) = deflate(name, &table::encode(name, log)).map_err(failed)?;
        append(&stored, section).map_err(failed)?;
    }
    for (number, section) in log.blocks.sections().enumerate() {
        append(&log.blocks.stored(number)?, section.clone()).map_err(failed)?;
    }
    let contents = Contents {
        info: log.info.clone(),
        sections,
    };
    let json = serde_json::to_vec(&contents).map_err(|error| failed(error.into()))?;
    out.write_all(&json).map_err(failed)?;

    let mut header = Vec::with_capacity(56);
    header.extend_from_slice(&MAGIC);
    header.extend_from_slice(&version.to_le_bytes());
    let length = u32::try_from(json.len())
        .ok()
        .filter(|length| *length <= MAX_CONTENTS);
    let length = length.ok_or(Error::TooLarge(u32::MAX))?;
    header.extend_from_slice(&length.to_le_bytes());
    header.extend_from_slice(&offset.to_le_bytes());
    header.extend_from_slice(&Sha256::digest(&json));
    out.seek(SeekFrom::Start(0)).map_err(failed)?;
    out.write_all(&header).map_err(failed)?;

    let temporary = out
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    temporary.as_file().sync_all().map_err(failed)?;
    temporary
        .persist(path)
        .map_err(|error| failed(error.error))?;
    // The name is durable once the folder is; where folders cannot be opened, the system sees to it.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(offset + u64::from(length))
}
