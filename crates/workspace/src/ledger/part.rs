//! What an export leaves beside its target while it runs, so that one that was interrupted goes on where it was: what was asked
//! for, then each file of receipts as it was packed. A record is a container with one file, behind its length and SHA-256; the last may
//! be torn off, and is then written again. Whoever reads it believes nothing of it: receipts are held against the ledger's tree, and a
//! part of another request, ledger, key or version is thrown away.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use evidence::{
    ed25519::Signer,
    hex, sha256,
    zip::{self, Archive, Packed},
};
use serde::{Deserialize, Serialize};

use super::Wanted;

/// The first record.
const BEGUN: &str = "export.json";
/// Bytes of length and digest before a record.
const HEAD: u64 = 4 + 32;
/// How long an export may be gone on with, seconds: a bundle says when it was exported.
const DAY: u64 = 24 * 3600;

/// A part file, which is ours alone as long as it is open.
pub(super) struct Part {
    file: File,
    path: PathBuf,
    /// Where the records that fit end.
    end: u64,
}

/// An export that was begun.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Begun {
    request: Request,
    /// When, in seconds since 1970.
    pub(super) issued: u64,
    /// The checkpoint it proves receipts against.
    pub(super) note: String,
}

/// What makes two exports the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Request {
    program: String,
    origin: String,
    signer: String,
    receipts: Vec<[u64; 2]>,
    purpose: String,
    since: Option<u64>,
    /// Digests by name.
    artefacts: BTreeMap<String, String>,
}

impl Begun {
    /// An export that begins.
    pub(super) fn new(
        origin: &str,
        wanted: &Wanted,
        signer: &dyn Signer,
        (issued, note): (u64, String),
    ) -> Self {
        let artefacts = wanted.artefacts.iter();
        Self {
            request: Request {
                program: env!("CARGO_PKG_VERSION").to_owned(),
                origin: origin.to_owned(),
                signer: hex(&signer.public().to_bytes()),
                receipts: wanted
                    .receipts
                    .iter()
                    .map(|run| [run.start, run.end])
                    .collect(),
                purpose: wanted.purpose.clone(),
                since: wanted.since,
                artefacts: artefacts
                    .map(|(name, content)| (name.clone(), hex(&sha256(&[content]))))
                    .collect(),
            },
            issued,
            note,
        }
    }
}

impl Part {
    /// The part of an export to a file, and how it was begun: now, or earlier if that fits; `known` says whether a checkpoint is one
    /// of the ledger's. Nothing when there can be none, or another program is at it: then an export is made in one go.
    pub(super) fn open(
        target: &Path,
        now: Begun,
        known: impl Fn(&str) -> bool,
    ) -> Option<(Self, Begun)> {
        let mut name = target.file_name()?.to_owned();
        name.push(".part");
        let path = target.with_file_name(name);
        // Somebody else's link is not followed.
        if fs::symlink_metadata(&path).is_ok_and(|about| !about.is_file()) {
            return None;
        }
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(&path).ok()?;
        file.try_lock().ok()?;
        let mut part = Self { file, path, end: 0 };
        let earlier = part.next(BEGUN, |file| {
            let begun: Begun = serde_json::from_slice(&file.read().ok()?).ok()?;
            let young = begun.issued <= now.issued && now.issued - begun.issued < DAY;
            (begun.request == now.request && young && known(&begun.note)).then_some(begun)
        });
        if let Some(earlier) = earlier {
            return Some((part, earlier));
        }
        let record = Packed::stored(BEGUN, serde_json::to_vec(&now).ok()?).ok()?;
        part.put(&record).ok()?;
        Some((part, now))
    }

    /// The next record, if it is whole, of this name, and `fits`.
    pub(super) fn next<T>(
        &mut self,
        name: &str,
        fits: impl FnOnce(&zip::File<'_>) -> Option<T>,
    ) -> Option<T> {
        self.file.seek(SeekFrom::Start(self.end)).ok()?;
        let (mut length, mut digest) = ([0; 4], [0; 32]);
        self.file.read_exact(&mut length).ok()?;
        self.file.read_exact(&mut digest).ok()?;
        let length = u64::from(u32::from_be_bytes(length));
        // What a file claims is not allocated before it is there.
        let rest = self
            .file
            .metadata()
            .ok()?
            .len()
            .checked_sub(self.end + HEAD)?;
        let mut record = vec![0; usize::try_from(length).ok().filter(|_| length <= rest)?];
        self.file.read_exact(&mut record).ok()?;
        if sha256(&[&record]) != digest {
            return None;
        }
        let archive = Archive::open(&record, zip::Limits::BUNDLE).ok()?;
        let [file] = archive.files() else { return None };
        let found = (file.name == name).then(|| fits(file)).flatten()?;
        self.end += HEAD + length;
        Some(found)
    }

    /// Writes a record behind those that fit. What was there is gone.
    pub(super) fn put(&mut self, packed: &Packed) -> io::Result<()> {
        let record = zip::write(vec![packed.clone()]).map_err(io::Error::other)?;
        let length = u32::try_from(record.len()).map_err(io::Error::other)?;
        self.file.set_len(self.end)?;
        self.file.seek(SeekFrom::Start(self.end))?;
        let head = [&length.to_be_bytes()[..], &sha256(&[&record])].concat();
        self.file.write_all(&[head, record].concat())?;
        self.end += HEAD + u64::from(length);
        Ok(())
    }

    /// The export is done.
    pub(super) fn remove(self) {
        // One that stays behind is thrown away by the next export.
        let _ = fs::remove_file(&self.path);
    }
}
