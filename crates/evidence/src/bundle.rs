//! The bundle (`.tfb`): receipts with everything that proves them, as one file that is checked offline. A deterministic zip
//! ([`crate::zip`]); the same input gives the same bytes. What lies where is said by names alone ([`Part`]):
//!
//! | name | content |
//! |---|---|
//! | `bundle.dsse.json` | the [`Manifest`]: a statement whose subjects are all other files, signed by who exported them |
//! | `receipts/<first>.jsonl` | up to 256 [entries](crate::entry) without gap, from number `<first>` (20 digits) |
//! | `receipts/<first>.compact` | the same in few bytes, in the place of lines: leaf hashes, and a block that rebuilds to them ([`compact`]) |
//! | `receipts/dictionary` | what repeats in such blocks |
//! | `proofs/<first>-<last>.txt` | that a run of receipts is in the ledger ([`Range`]) |
//! | `proofs/<index>.tlog-proof` | the same of a run of one, as C2SP has it |
//! | `checkpoints/<size>` | heads of the ledger, signed notes |
//! | `proofs/consistency-<old>-<new>.txt` | that the ledger only grew ([`Growth`]) |
//! | `trust/policy` | whom the exporter would have you trust. For people to read; no verifier goes by it |
//! | `artefacts/…` | what receipts speak of: policies, reports, decisions |

mod builder;
mod contents;
mod lines;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use builder::Builder;
pub use contents::{Contents, Packs, Way};
pub use lines::{Growth, Range};

use crate::{
    Error, Hash,
    checkpoint::{Checkpoint, decimal},
    compact::{self, Dictionary},
    dsse::Envelope,
    json::Limits,
    note::Note,
    sha256,
    statement::{Predicate, Statement},
    zip::{self, Archive, File},
};

/// Entries in a file.
pub const PACK: u64 = 256;

const WHAT: &str = "bundle";
const MANIFEST: &str = "bundle.dsse.json";
const POLICY: &str = "trust/policy";
const DICTIONARY: &str = "receipts/dictionary";
/// Where everything lies that receipts speak of.
pub const ARTEFACTS: &str = "artefacts/";

/// What a manifest may be: it names every file.
pub const MANIFEST_LIMITS: Limits = Limits {
    bytes: 16 << 20,
    ..Limits::RECEIPT
};

/// What the exporter says of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// When it was exported, RFC 3339 in UTC.
    pub issued: String,
    /// Which ledger the receipts are from.
    pub origin: String,
    /// Size of the ledger at the newest checkpoint.
    pub size: u64,
    /// The receipts: first and last number of each run without gap.
    pub runs: Vec<[u64; 2]>,
    /// What for, in words.
    pub purpose: String,
    /// [`container`] of the other files.
    pub container: String,
}

impl Predicate for Manifest {
    /// It stands in no ledger.
    const KIND: u8 = 0;
    const NAME: &'static str = "bundle/v1";

    fn issued(&self) -> &str {
        &self.issued
    }
}

/// The digest of files as they lie in the container, in the order of their names. A stream of deflate can be written in many
/// ways that unpack to the same; with this digest signed, and everything else in a container having one form, no byte of a bundle
/// can change unnoticed.
#[must_use]
pub fn container(stored: impl IntoIterator<Item = Hash>) -> Hash {
    sha256(&[stored.into_iter().collect::<Vec<_>>().as_flattened()])
}

/// What a file in a bundle is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part<'a> {
    /// `bundle.dsse.json`.
    Manifest,
    /// `checkpoints/<size>`.
    Checkpoint(u64),
    /// `proofs/consistency-<old>-<new>.txt`.
    Growth(u64, u64),
    /// `proofs/<first>-<last>.txt`.
    Range(u64, u64),
    /// `proofs/<index>.tlog-proof`.
    Inclusion(u64),
    /// `receipts/<first>.jsonl`.
    Receipts(u64),
    /// `receipts/<first>.compact`.
    Compact(u64),
    /// `receipts/dictionary`.
    Dictionary,
    /// `trust/policy`.
    Policy,
    /// `artefacts/…`, whole.
    Artefact(&'a str),
}

impl<'a> Part<'a> {
    /// What a name says, if it is one that a bundle has.
    #[must_use]
    pub fn of(name: &'a str) -> Option<Self> {
        let pair = |text: &str| {
            let (a, b) = text.split_once('-')?;
            Some((decimal(a)?, decimal(b)?))
        };
        let (folder, file) = name.split_once('/').unwrap_or(("", name));
        match folder {
            "" if file == MANIFEST => Some(Self::Manifest),
            "trust" if name == POLICY => Some(Self::Policy),
            "artefacts" => Some(Self::Artefact(name)),
            "checkpoints" => decimal(file).map(Self::Checkpoint),
            "receipts" if name == DICTIONARY => Some(Self::Dictionary),
            "receipts" => {
                let (digits, form) = file.split_once('.')?;
                let plain = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
                let first = digits.parse().ok().filter(|_| plain)?;
                match form {
                    "jsonl" => Some(Self::Receipts(first)),
                    "compact" => Some(Self::Compact(first)),
                    _ => None,
                }
            }
            "proofs" => {
                if let Some(index) = file.strip_suffix(".tlog-proof") {
                    return decimal(index).map(Self::Inclusion);
                }
                let file = file.strip_suffix(".txt")?;
                match file.strip_prefix("consistency-") {
                    Some(sizes) => pair(sizes).map(|(old, new)| Self::Growth(old, new)),
                    None => pair(file).map(|(first, last)| Self::Range(first, last)),
                }
            }
            _ => None,
        }
    }
}

impl std::fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Manifest => f.write_str(MANIFEST),
            Self::Checkpoint(size) => write!(f, "checkpoints/{size}"),
            Self::Growth(old, new) => write!(f, "proofs/consistency-{old}-{new}.txt"),
            Self::Range(first, last) => write!(f, "proofs/{first}-{last}.txt"),
            Self::Inclusion(index) => write!(f, "proofs/{index}.tlog-proof"),
            Self::Receipts(first) => write!(f, "receipts/{first:020}.jsonl"),
            Self::Compact(first) => write!(f, "receipts/{first:020}.compact"),
            Self::Dictionary => f.write_str(DICTIONARY),
            Self::Policy => f.write_str(POLICY),
            Self::Artefact(name) => f.write_str(name),
        }
    }
}

/// A bundle, its directory read. Nothing in it is to be believed before it is verified.
#[derive(Clone, Debug)]
pub struct Bundle<'a> {
    /// The container.
    pub archive: Archive<'a>,
    /// Its files by what they are.
    pub parts: BTreeMap<Part<'a>, File<'a>>,
    /// Names that no bundle has.
    pub unknown: Vec<&'a str>,
}

impl<'a> Bundle<'a> {
    /// Reads the directory.
    ///
    /// # Errors
    /// As [`Archive::open`], also for what compact blocks may rebuild, and [`Error::Form`] without manifest.
    pub fn open(bytes: &'a [u8], limits: zip::Limits) -> Result<Self, Error> {
        let archive = Archive::open(bytes, limits)?;
        let (mut parts, mut unknown) = (BTreeMap::new(), Vec::new());
        let mut rebuilt = 0;
        for file in archive.files() {
            match Part::of(file.name) {
                Some(part) => {
                    if let Part::Compact(_) = part {
                        rebuilt += u64::from(file.size) * compact::FACTOR as u64;
                    }
                    parts.insert(part, *file);
                }
                None => unknown.push(file.name),
            }
        }
        if rebuilt > limits.total {
            return Err(Error::Limit {
                what: "what the blocks of a bundle rebuild".to_owned(),
                limit: limits.total,
            });
        }
        // The manifest lies there as it is: packed, it could be written in several ways.
        match parts.get(&Part::Manifest) {
            Some(manifest) if manifest.is_stored() => Ok(Self {
                archive,
                parts,
                unknown,
            }),
            Some(_) => Err(Error::form(WHAT, format!("`{MANIFEST}` is packed"))),
            None => Err(Error::form(WHAT, format!("it holds no `{MANIFEST}`"))),
        }
    }

    /// What repeats in its compact blocks; nothing if it holds none.
    ///
    /// # Errors
    /// As [`Dictionary::extend`].
    pub fn dictionary(&self) -> Result<Dictionary, Error> {
        let mut dictionary = Dictionary::default();
        if let Some(file) = self.parts.get(&Part::Dictionary) {
            dictionary.extend(&file.read()?)?;
        }
        Ok(dictionary)
    }

    /// The file of a part, unpacked.
    ///
    /// # Errors
    /// [`Error::Form`] where there is none, or it does not unpack.
    pub fn read(&self, part: &Part<'_>) -> Result<Vec<u8>, Error> {
        let missing = || Error::form(WHAT, format!("it holds no `{part}`"));
        self.parts.get(part).ok_or_else(missing)?.read()
    }

    /// What the exporter says of the bundle.
    ///
    /// # Errors
    /// [`Error::Form`] for something else than a manifest.
    pub fn manifest(&self) -> Result<Manifest, Error> {
        let envelope = Envelope::parse(&self.read(&Part::Manifest)?)?;
        Statement::parse_within(&envelope.payload, MANIFEST_LIMITS)?.predicate()
    }

    /// The newest checkpoint in the bundle, as it was signed.
    ///
    /// # Errors
    /// [`Error::Form`] when it holds none that can be read.
    pub fn newest_checkpoint(&self) -> Result<(Checkpoint, String), Error> {
        let heads = self.parts.keys().rev();
        let head = heads
            .copied()
            .find(|part| matches!(part, Part::Checkpoint(_)))
            .ok_or_else(|| Error::form("bundle", "it holds no checkpoint"))?;
        let text = self.read(&head)?;
        let head = checkpoint(&text)?;
        Ok((head, String::from_utf8_lossy(&text).into_owned()))
    }
}

fn checkpoint(text: &[u8]) -> Result<Checkpoint, Error> {
    Checkpoint::parse(&Note::parse(text)?.text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_say_what_a_file_is() {
        for (name, part) in [
            ("bundle.dsse.json", Part::Manifest),
            ("checkpoints/70", Part::Checkpoint(70)),
            ("proofs/consistency-6-70.txt", Part::Growth(6, 70)),
            ("proofs/0-69.txt", Part::Range(0, 69)),
            ("proofs/5.tlog-proof", Part::Inclusion(5)),
            ("receipts/00000000000000000256.jsonl", Part::Receipts(256)),
            ("receipts/00000000000000000256.compact", Part::Compact(256)),
            ("receipts/dictionary", Part::Dictionary),
            ("trust/policy", Part::Policy),
            ("artefacts/a/b", Part::Artefact("artefacts/a/b")),
        ] {
            assert_eq!(Part::of(name), Some(part));
            assert_eq!(part.to_string(), name);
        }
        for name in [
            "",
            "x",
            "bundle.dsse.json/x",
            "checkpoints/07",
            "checkpoints/",
            "proofs/1.txt",
            "proofs/1-02.txt",
            "proofs/consistency-1.txt",
            "receipts/256.jsonl",
            "receipts/256.compact",
            "receipts/00000000000000000256.compact.jsonl",
            "receipts/dictionary.jsonl",
            "receipts/+0000000000000000256.jsonl",
            "receipts/99999999999999999999.jsonl",
            "trust/policies",
            "artefact",
        ] {
            assert_eq!(Part::of(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_part_has_one_name(name in "(checkpoints/|proofs/|consistency-|receipts/|0{19}|[0-9]{1,3}|-|\\.txt|\\.jsonl|\\.compact|dictionary|\\.tlog-proof|artefacts/|trust/policy){1,6}") {
            if let Some(part) = Part::of(&name) {
                prop_assert_eq!(part.to_string(), name.clone());
            }
        }
    }
}
