//! The bundle (`.tfr`): a container that is a TUF repository when it is unpacked. `metadata/` holds the chain of roots and the
//! three signed documents, `targets/` the release and its files by their digests. Nothing in it is compressed, so that there is
//! one way to write it, and git keeps what two bundles share once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use evidence::{
    Hash,
    ed25519::Signer,
    hex,
    json::MAX_INTEGER,
    moment, sha256,
    zip::{self, Archive, Packed},
};

use crate::{
    Error, Files, Release, Role, Root, Roots, manifest,
    metadata::{Body, File, JSON, Names, Said, Signed, Targets},
};

/// What a reader admits: 64 MiB a file, 256 MiB in all.
pub const LIMITS: zip::Limits = zip::Limits {
    files: zip::MAX_FILES,
    file: 64 << 20,
    total: 256 << 20,
};

/// How often one release can be renewed, and one more.
pub const MAX_RENEWALS: u64 = 1_000_000;

pub(crate) const RELEASE: &str = "targets/release.json";
const TARGETS: &str = "metadata/targets.json";
const SNAPSHOT: &str = "metadata/snapshot.json";
const TIMESTAMP: &str = "metadata/timestamp.json";

/// Who seals a bundle, and for how long.
#[derive(Clone, Copy)]
pub struct Sealing<'a> {
    /// The chain of roots, whose last version says who signs what.
    pub roots: &'a Roots,
    /// The keys at hand. Each signs where it has a part.
    pub keys: &'a [&'a dyn Signer],
    /// The second from which no consumer takes it any more, since 1970.
    pub expires: u64,
    /// How often this release was sealed before, with the same content: a channel that does not move for long is kept from
    /// expiring so. Below [`MAX_RENEWALS`].
    pub renewed: u64,
}

/// Seals a release: same release, same roots, keys and times, same bytes.
///
/// # Errors
/// [`Error::Form`] for a release that does not hold together, [`Error::Untrusted`] when too few of the keys that it takes are at
/// hand, [`Error::Evidence`] when one does not sign.
pub fn seal(release: &Release, with: &Sealing<'_>) -> Result<Vec<u8>, Error> {
    let manifest = manifest::write(release)?;
    let version = version(release.sequence, with.renewed)?;
    let mut files = BTreeMap::from([(RELEASE.to_owned(), manifest.into_bytes().into())]);
    let base = release.base.iter().flat_map(Files::values);
    for content in release.files.values().chain(base) {
        files.insert(file_name(&hex(&sha256(&[content]))), content.clone());
    }
    let targets = Targets {
        targets: named(&files),
    };
    let roles = with.roots.last().roles();
    let targets = document(TARGETS, version, targets, &roles.targets, with)?;
    let snapshot = names(SNAPSHOT, version, &targets, &roles.snapshot, with)?;
    let timestamp = names(TIMESTAMP, version, &snapshot, &roles.timestamp, with)?;
    let mut packed = vec![
        Packed::stored(TARGETS, targets.text)?,
        Packed::stored(SNAPSHOT, snapshot.text)?,
        Packed::stored(TIMESTAMP, timestamp.text)?,
    ];
    for root in with.roots.all() {
        packed.push(Packed::stored(
            &Root::name(root.version()),
            root.text().to_vec(),
        )?);
    }
    for (name, content) in files {
        packed.push(Packed::stored(&name, content.to_vec())?);
    }
    Ok(zip::write(packed)?)
}

/// The version of all three documents: it rises with the sequence, and between with every renewal.
fn version(sequence: u64, renewed: u64) -> Result<u64, Error> {
    sequence
        .checked_mul(MAX_RENEWALS)
        .and_then(|version| version.checked_add(renewed))
        .filter(|version| renewed < MAX_RENEWALS && *version <= MAX_INTEGER)
        .ok_or_else(|| {
            Error::form(
                "the release",
                "has a sequence, or was renewed, beyond what metadata can number",
            )
        })
}

fn document<T: Body>(
    name: &str,
    version: u64,
    body: T,
    role: &Role,
    with: &Sealing<'_>,
) -> Result<Signed<T>, Error> {
    let said = Said::new(name, version, with.expires, body);
    Signed::sign(name, said, &[role], with.keys)
}

fn names<T: Body>(
    name: &str,
    version: u64,
    other: &Signed<T>,
    role: &Role,
    with: &Sealing<'_>,
) -> Result<Signed<Names>, Error> {
    let file = File::of(&other.text, Some(version));
    let meta = BTreeMap::from([(short(&other.name).to_owned(), file)]);
    document(name, version, Names { meta }, role, with)
}

/// `metadata/targets.json` as other documents write it.
fn short(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The name of a file in a bundle, by its digest in hexadecimal digits.
pub(crate) fn file_name(digest: &str) -> String {
    format!("targets/files/{digest}")
}

/// The targets that a bundle's files are, by TUF's path: the name without its folder.
fn named(files: &BTreeMap<String, Arc<[u8]>>) -> BTreeMap<String, File> {
    files
        .iter()
        .filter_map(|(name, content)| {
            let path = name.strip_prefix("targets/")?;
            Some((path.to_owned(), File::of(content, None)))
        })
        .collect()
}

/// A bundle, read. It holds together, and nothing in it is to be believed: that is for a [`crate::Consumer`].
#[derive(Clone, Debug)]
pub struct Bundle {
    pub(crate) digest: Hash,
    pub(crate) roots: Vec<Root>,
    pub(crate) targets: Signed<Targets>,
    pub(crate) snapshot: Signed<Names>,
    pub(crate) timestamp: Signed<Names>,
    pub(crate) release: Release,
    pub(crate) manifest: Vec<u8>,
    files: BTreeMap<String, Arc<[u8]>>,
}

impl Bundle {
    /// Reads a bundle.
    ///
    /// # Errors
    /// [`Error::Evidence`] and [`Error::Form`] for what is no bundle, [`Error::Altered`] when it is incomplete, or its release is
    /// of other files.
    pub fn open(bytes: &[u8], limits: zip::Limits) -> Result<Self, Error> {
        let archive = Archive::open(bytes, limits)?;
        let mut files: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
        for file in archive.files() {
            if !file.is_stored() {
                return Err(Error::form(
                    file.name,
                    "is compressed, as no bundle's file is",
                ));
            }
            files.insert(file.name.to_owned(), file.read()?.into());
        }
        let mut take = |name: &str| {
            let found = files.remove(name);
            found.ok_or_else(|| Error::altered(name, "is missing in the bundle"))
        };
        let targets = Signed::read(TARGETS, &take(TARGETS)?)?;
        let snapshot = Signed::read(SNAPSHOT, &take(SNAPSHOT)?)?;
        let timestamp = Signed::read(TIMESTAMP, &take(TIMESTAMP)?)?;
        let roots = roots(&mut files)?;
        let manifest = files
            .get(RELEASE)
            .ok_or_else(|| Error::altered(RELEASE, "is missing in the bundle"))?
            .to_vec();
        let release = manifest::read(&manifest, JSON, |digest| {
            files.get(&file_name(digest)).cloned()
        })?;
        let base = release.base.iter().flat_map(Files::values);
        let mut needed: BTreeSet<String> = release
            .files
            .values()
            .chain(base)
            .map(|content| file_name(&hex(&sha256(&[content]))))
            .collect();
        needed.insert(RELEASE.to_owned());
        // A file under the digest of another would be needed under its own name, and not there.
        if let Some(name) = needed.iter().find(|name| !files.contains_key(*name)) {
            return Err(Error::altered(name, "is missing in the bundle, or changed"));
        }
        if let Some(name) = files.keys().find(|name| !needed.contains(*name)) {
            return Err(Error::altered(
                name,
                "is a file that the release does not have",
            ));
        }
        Ok(Self {
            digest: sha256(&[bytes]),
            roots,
            targets,
            snapshot,
            timestamp,
            release,
            manifest,
            files,
        })
    }

    /// What it says it is. Believe it only from [`crate::Consumer::accept`].
    #[must_use]
    pub fn claims(&self) -> &Release {
        &self.release
    }

    /// The roots it brings, the oldest first.
    #[must_use]
    pub fn roots(&self) -> &[Root] {
        &self.roots
    }

    /// SHA-256 of its bytes.
    #[must_use]
    pub fn digest(&self) -> Hash {
        self.digest
    }

    /// The second from which no consumer takes it any more, since 1970: that of the document which expires first.
    #[must_use]
    pub fn expires(&self) -> u64 {
        let each = [
            &self.timestamp.said.expires,
            &self.snapshot.said.expires,
            &self.targets.said.expires,
        ];
        let seconds = |text: &String| moment::seconds(text).unwrap_or_default();
        each.into_iter().map(seconds).min().unwrap_or_default()
    }

    /// Whether the documents name each other and the files, these and no others.
    pub(crate) fn whole(&self) -> Result<(), Error> {
        let one = |names: &Signed<Names>, other: &str| {
            let meta = &names.said.body.meta;
            if meta.len() == 1 {
                meta.get(short(other)).cloned()
            } else {
                None
            }
        };
        self.snapshot.is(one(&self.timestamp, SNAPSHOT).as_ref())?;
        self.targets.is(one(&self.snapshot, TARGETS).as_ref())?;
        let (listed, here) = (&self.targets.said.body.targets, named(&self.files));
        for (path, file) in listed {
            if here.get(path) != Some(file) {
                let why = "is not there, or not as it was signed";
                return Err(Error::altered(format!("targets/{path}"), why));
            }
        }
        if let Some(path) = here.keys().find(|path| !listed.contains_key(*path)) {
            let why = "is a file that nobody signed for";
            return Err(Error::altered(format!("targets/{path}"), why));
        }
        let version = self.timestamp.said.version;
        if version / MAX_RENEWALS != self.release.sequence {
            let why = format!("is of version {version}, which is not of this sequence");
            return Err(Error::altered(TIMESTAMP, why));
        }
        Ok(())
    }
}

/// The roots among the files, which are without gap.
fn roots(files: &mut BTreeMap<String, Arc<[u8]>>) -> Result<Vec<Root>, Error> {
    let number = |name: &str| {
        let number = name.strip_prefix("metadata/")?.strip_suffix(".root.json")?;
        number.parse::<u64>().ok()
    };
    let mut numbers: Vec<u64> = files.keys().filter_map(|name| number(name)).collect();
    numbers.sort_unstable();
    let mut roots: Vec<Root> = Vec::new();
    for version in numbers {
        let name = Root::name(version);
        let text = files
            .remove(&name)
            .ok_or_else(|| Error::form("the bundle", "numbers a root in another way"))?;
        let root = Root::parse(&text)?;
        let expected = roots.last().map_or(version, |last| last.version() + 1);
        if root.version() != version || version != expected {
            return Err(Error::form(
                name,
                "is of another version, or one before it is missing",
            ));
        }
        roots.push(root);
    }
    Ok(roots)
}
