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
//! let mut consumer = Consumer::new(tenant, channel, environment, roots.first());
//! let release = consumer.accept(&Bundle::open(&bytes, LIMITS)?, now)?;   // and keep the consumer
//! ```
//!
//! The format is described in `docs/releases.md`.

mod mode;

use std::{collections::BTreeMap, sync::Arc};

pub use mode::{Mode, Modes, bucket};

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
