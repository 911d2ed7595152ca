//! A set as an OPA bundle: its modules, its data and a manifest, as an uncompressed tar archive. Same files, same revision, same bytes:
//! entries are in the order of their paths, without owner and time. Signing it is `opa sign`'s.

use serde_json::{Map, Value, json};
use tar::{Builder, EntryType, Header};

use crate::{Error, Files, MANIFEST, Set, bundle::Manifest};

/// Writes the bundle of a set that was compiled from these files. What its own manifest says stays, but the revision; where it names no
/// roots, these are the packages and the places of its data, so that other bundles can be loaded beside it.
///
/// # Errors
/// [`Error::Malformed`] for a manifest that is none, [`Error::Unreadable`] for a path that no archive can hold.
pub fn write_bundle(files: &Files, set: &Set, revision: &str) -> Result<Vec<u8>, Error> {
    let mut said: Map<String, Value> = match files.get(MANIFEST) {
        None => Map::new(),
        Some(text) => {
            Manifest::read(text)?;
            serde_json::from_slice(text).unwrap_or_default()
        }
    };
    said.insert("revision".to_owned(), revision.into());
    if !said.contains_key("roots") {
        said.insert("roots".to_owned(), set.roots().into());
    }
    if let Some(version) = set.language() {
        said.entry("rego_version").or_insert(version.into());
    }
    let mut archive = Builder::new(Vec::new());
    let manifest = json!(said).to_string();
    add(&mut archive, MANIFEST, manifest.as_bytes())?;
    for (path, content) in files {
        let name = path.rsplit('/').next().unwrap_or(path);
        if name.ends_with(".rego") || name == "data.json" {
            add(&mut archive, path, content)?;
        }
    }
    archive.into_inner().map_err(Error::Unreadable)
}

fn add(archive: &mut Builder<Vec<u8>>, path: &str, content: &[u8]) -> Result<(), Error> {
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o644);
    header.set_size(content.len() as u64);
    let added = archive.append_data(&mut header, path, content);
    added.map_err(Error::Unreadable)
}

impl Set {
    /// The places of `data` that it has something at, `/` between their parts; what is below another is left out.
    fn roots(&self) -> Vec<String> {
        let packages = self.modules.iter().map(|module| module.package.clone());
        let mut all: Vec<Vec<String>> = packages.chain(self.data.places()).collect();
        all.sort_unstable();
        all.dedup();
        let top = |place: &&Vec<String>| {
            let above = all
                .iter()
                .any(|other| other != *place && place.starts_with(other));
            !above
        };
        all.iter()
            .filter(top)
            .map(|place| place.join("/"))
            .collect()
    }
}
