//! What a channel ships. A [`Release`] is one version of a workspace's files with the [`Mode`] in which each policy is to be
//! applied; who enforces it needs nothing else. It travels as a bundle (`.tfr`), signed by the rules of TUF 1.0. Pure: no git,
//! no database, no clock, no network; bytes, keys and times come in through parameters.
//!
//! **Modes.** A policy that is not enforced yet must not take its predecessor out of force, so a release brings, beside the new
//! files, those that were enforced before ([`Release::base`]). For a principal, each policy is taken from the one or the other
//! by its mode; the whole of the new files is what audit-only decides, and records.
//!
//! **Trust.** A [`Root`] names the keys of each role; [`Roots`] is its chain of versions, each signed by the keys of the one
//! before it and by its own. [`seal`] makes the bundle, [`Bundle::open`] reads one and believes nothing, [`Consumer::accept`]
//! believes it or says why not: untrusted, altered, older than what was seen, expired, somebody else's.
//!
//! ```text
//! let roots = Roots::first(&roles, expires, &[&key])?;
//! let bytes = seal(&release, &Sealing { roots: &roots, keys: &[&key], expires, renewed: 0 })?;
//! let mut consumer = Consumer::new(tenant, channel, environment, roots.last().clone());
//! let release = consumer.accept(&Bundle::open(&bytes, LIMITS)?, now)?;   // and keep the consumer
//! ```
//!
//! The format is described in `docs/releases.md`.

mod bundle;
mod consumer;
mod error;
mod manifest;
mod metadata;
mod mode;
mod oci;
mod root;

use std::{collections::BTreeMap, sync::Arc};

use evidence::{Hash, sha256};

pub use bundle::{Bundle, LIMITS, MAX_RENEWALS, Sealing, seal};
pub use consumer::{Consumer, Seen};
pub use error::Error;
pub use mode::{Mode, Modes, bucket};
pub use oci::{ARTIFACT, oci_layout};
pub use root::{Role, Roles, Root, Roots};

/// Files by path, as `policy` reads them.
pub type Files = BTreeMap<String, Arc<[u8]>>;

/// One version of a workspace, as a channel ships it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Whose it is. Nobody else's enforcement point takes it.
    pub tenant: String,
    /// The channel, like `stable`.
    pub channel: String,
    /// Where the channel is in force, like `production`.
    pub environment: String,
    /// The version of the policies, a semantic version.
    pub version: String,
    /// Rises by one with every move of the channel, also when an old version comes back. The first is 1.
    pub sequence: u64,
    /// The sequence of the move this one takes back; `None` when it takes none back.
    pub undoes: Option<u64>,
    /// How each policy is applied.
    pub modes: Modes,
    /// The version's files.
    pub files: Files,
    /// What was enforced before, for policies that are not enforced yet; `None` when all are.
    pub base: Option<Files>,
}

impl Release {
    /// What this release is, in one digest: SHA-256 of the manifest that names all of the above, the files by their digests.
    ///
    /// # Errors
    /// [`Error::Form`] for a release that cannot be sealed.
    pub fn digest(&self) -> Result<Hash, Error> {
        Ok(sha256(&[manifest::write(self)?.as_bytes()]))
    }
}

/// What these files are, in one digest: SHA-256 over the line `trust-fabric/files/1` and, in the order of the paths as bytes,
/// the SHA-256 of each path followed by the SHA-256 of the content.
#[must_use]
pub fn digest(files: &Files) -> Hash {
    let each = files
        .iter()
        .flat_map(|(path, content)| [sha256(&[path.as_bytes()]), sha256(&[content])]);
    let parts: Vec<Hash> = each.collect();
    let mut all: Vec<&[u8]> = vec![b"trust-fabric/files/1\n"];
    all.extend(parts.iter().map(Hash::as_slice));
    sha256(&all)
}

#[cfg(test)]
mod tests {
    use evidence::ed25519::SecretKey;

    use super::*;

    /// The keys of these tests.
    pub fn key(seed: u8) -> SecretKey {
        SecretKey::from_seed(&[seed; 32])
    }

    pub fn files(files: &[(&str, &str)]) -> Files {
        let file = |(path, text): &(&str, &str)| ((*path).to_owned(), text.as_bytes().into());
        files.iter().map(file).collect()
    }

    /// Everything enforced.
    pub fn release(sequence: u64, version: &str) -> Release {
        Release {
            tenant: "northwind".into(),
            channel: "stable".into(),
            environment: "production".into(),
            version: version.into(),
            sequence,
            undoes: None,
            modes: Modes::default(),
            files: files(&[
                ("policies/a.cedar", "permit(principal, action, resource);"),
                ("policies/b.cedar", ""),
            ]),
            base: None,
        }
    }

    /// Nothing enforced that was not before.
    pub fn audited(sequence: u64, version: &str) -> Release {
        let mut release = release(sequence, version);
        release.modes.default = Mode::AuditOnly;
        release.base = Some(files(&[("policies/a.cedar", "")]));
        release
    }

    #[test]
    fn the_digest_of_files_tells_paths_and_content_apart() {
        let all = [
            files(&[]),
            files(&[("a", "b")]),
            files(&[("ab", "")]),
            files(&[("", "ab")]),
            files(&[("a", "b"), ("c", "")]),
            files(&[("a", ""), ("c", "b")]),
        ];
        let digests: std::collections::BTreeSet<_> = all.iter().map(digest).collect();
        assert_eq!(digests.len(), all.len());
        // What another program gets: printf 'trust-fabric/files/1\n' and the digests of "a" and "b", through sha256sum.
        let known = [
            b"trust-fabric/files/1\n".as_slice(),
            &sha256(&[b"a"]),
            &sha256(&[b"b"]),
        ];
        assert_eq!(digest(&all[1]), sha256(&known));
    }
}
