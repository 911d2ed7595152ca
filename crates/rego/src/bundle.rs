//! OPA bundles: a tar archive with modules, data, a manifest and a signature. Nothing is unpacked to disk; still a path that
//! leads out of the bundle, a link, or a file given twice is an error and not passed over, because whoever built such a
//! bundle meant harm or lost control of it. A bundle is used whole or not at all.

use std::{io::Read, path::Component, sync::Arc};

use serde::Deserialize;
use tar::EntryType;

use crate::{Error, Files, Key, signature};

/// Name of the manifest.
pub const MANIFEST: &str = ".manifest";

/// How much a bundle may hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Entries.
    pub entries: usize,
    /// Bytes of one file.
    pub file: u64,
    /// Bytes of all files, uncompressed.
    pub all: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 20_000,
            file: 64 << 20,
            all: 256 << 20,
        }
    }
}

/// `.manifest`. OPA allows members that are not known here.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Manifest {
    pub(crate) revision: String,
    /// The parts of `data` that the bundle owns; nothing or an empty root is all.
    pub(crate) roots: Option<Vec<String>>,
    pub(crate) rego_version: Option<u8>,
    /// Version by path or pattern of paths.
    pub(crate) file_rego_versions: std::collections::BTreeMap<String, u8>,
    wasm: Vec<Wasm>,
}

#[derive(Clone, Debug, Deserialize)]
struct Wasm {
    entrypoint: Option<String>,
}

impl Manifest {
    pub(crate) fn read(content: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(content).map_err(|error| Error::Malformed {
            file: MANIFEST,
            why: error.to_string(),
        })
    }

    /// The rule that the bundle was compiled for, when it says one.
    pub(crate) fn entrypoint(&self) -> Option<&str> {
        match &self.wasm[..] {
            [Wasm { entrypoint }] => entrypoint.as_deref(),
            _ => None,
        }
    }
}

/// A file by which a bundle is known among other archives.
#[must_use]
pub fn is_bundle_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.ends_with(".rego") || matches!(name, MANIFEST | signature::FILE)
}

/// An archive that tells whether it was read to its end: one that was cut between two entries looks whole to who reads entries.
pub struct Whole<R> {
    inner: R,
    /// Zero bytes at the end of what was read.
    zeros: usize,
}

impl<R: Read> Whole<R> {
    /// An uncompressed tar archive.
    pub fn new(inner: R) -> Self {
        Self { inner, zeros: 0 }
    }

    /// Reads what is behind the last entry: a compressed file says there whether it is whole, and a tar archive ends with a block of
    /// zeros.
    ///
    /// # Errors
    /// `UnexpectedEof` where it has no such block; those of the source.
    pub fn ended(mut self) -> std::io::Result<()> {
        std::io::copy(&mut self, &mut std::io::sink())?;
        if self.zeros < 512 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let bytes = buffer.get(..read).unwrap_or_default();
        let zeros = bytes.iter().rev().take_while(|byte| **byte == 0).count();
        self.zeros = if zeros == read {
            self.zeros + zeros
        } else {
            zeros
        };
        Ok(read)
    }
}

/// The modules, data and manifest of a bundle, given as an uncompressed tar archive. With a key its signature must hold;
/// without one it must not be signed: a signature that nobody checks would be taken for more than it is.
///
/// # Errors
/// Everything in [`Error`] that speaks of bundles, signatures and keys.
pub fn read(bytes: impl Read, key: Option<&Key>, limits: Limits) -> Result<Files, Error> {
    let mut files = Files::new();
    let mut left = limits.all;
    // Headers and padding come on top of the content; a bomb made of either ends here.
    let most = limits.all.saturating_add(limits.entries as u64 * 2048);
    let mut archive = tar::Archive::new(Whole::new(bytes.take(most)));
    for (place, entry) in archive.entries().map_err(Error::Unreadable)?.enumerate() {
        if place >= limits.entries {
            return Err(Error::TooLarge(format!("{} entries", limits.entries)));
        }
        let mut entry = entry.map_err(Error::Unreadable)?;
        let raw = entry.path_bytes().into_owned();
        let path = inside(&raw)?;
        match entry.header().entry_type() {
            EntryType::Directory => continue,
            EntryType::Regular | EntryType::Continuous => {}
            // Notes of the archiver itself, without a file.
            EntryType::XGlobalHeader => continue,
            other => {
                let what = if other.is_symlink() || other.is_hard_link() {
                    "a link"
                } else {
                    "no plain file"
                };
                return Err(Error::NoFile { path, what });
            }
        }
        if path.is_empty() {
            return Err(Error::Outside(String::from_utf8_lossy(&raw).into_owned()));
        }
        let size = entry.size();
        if size > limits.file {
            return Err(Error::TooLarge(format!(
                "{} bytes in `{path}`",
                limits.file
            )));
        }
        left = left
            .checked_sub(size)
            .ok_or_else(|| Error::TooLarge(format!("{} bytes", limits.all)))?;
        let mut content = Vec::new();
        entry.read_to_end(&mut content).map_err(Error::Unreadable)?;
        if content.len() as u64 != size {
            return Err(Error::Unreadable(std::io::ErrorKind::UnexpectedEof.into()));
        }
        if files.insert(path.clone(), Arc::from(content)).is_some() {
            return Err(Error::Doubled(path));
        }
    }
    archive.into_inner().ended().map_err(Error::Unreadable)?;
    match (files.remove(signature::FILE), key) {
        (Some(signatures), Some(key)) => signature::check(&signatures, &files, key)?,
        (Some(_), None) => return Err(Error::NoKey),
        (None, Some(_)) => return Err(Error::Unsigned),
        (None, None) => {}
    }
    if files.contains_key("patch.json") {
        return Err(Error::Delta);
    }
    if let Some(manifest) = files.get(MANIFEST) {
        Manifest::read(manifest)?;
    }
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    if let Some(yaml) = files
        .keys()
        .find(|path| matches!(name(path).as_str(), "data.yaml" | "data.yml"))
    {
        // OPA would read it, so a bundle without it would decide something else.
        return Err(Error::NoFile {
            path: yaml.clone(),
            what: "YAML; write it as data.json",
        });
    }
    files
        .retain(|path, _| path.ends_with(".rego") || name(path) == "data.json" || path == MANIFEST);
    Ok(files)
}

/// A path in our spelling. OPA itself writes `/data.json`, so one slash in front is the bundle's own root.
fn inside(raw: &[u8]) -> Result<String, Error> {
    let outside = || Error::Outside(String::from_utf8_lossy(raw).into_owned());
    let text = str::from_utf8(raw).map_err(|_| outside())?;
    let relative = text.strip_prefix('/').unwrap_or(text);
    if relative.starts_with('/') || relative.contains(['\\', '\0', ':']) {
        return Err(outside());
    }
    let mut parts = Vec::new();
    for part in std::path::Path::new(relative).components() {
        match part {
            Component::Normal(part) => parts.push(part.to_str().ok_or_else(outside)?),
            Component::CurDir => {}
            _ => return Err(outside()),
        }
    }
    Ok(parts.join("/"))
}
