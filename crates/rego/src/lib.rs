//! The only room that knows Rego. It reads OPA bundles and checks their signatures, compiles modules and data into a [`Set`]
//! with every problem in its place, decides with regorus' interpreter, and tells what differs between two sets. What lies
//! outside of policy and input (the network, the clock, chance) is never asked: a decision that needs it is open, unless
//! the log recorded the answer.
//!
//! Boundary: regorus' own types do not leave this crate. What comes out are the house's values, as from `policy`.

mod bundle;
mod compile;
mod data;
mod decide;
mod diff;
mod error;
mod key;
mod outside;
mod probe;
mod question;
mod rule;
mod signature;
mod text;
mod write;

use std::{collections::BTreeMap, sync::Arc};

pub use bundle::{Limits, MANIFEST, Whole, is_bundle_file, read as read_bundle};
pub use compile::{Compiled, Set, compile};
pub use decide::{Evaluator, LIMIT};
pub use diff::diff;
pub use error::Error;
pub use key::Key;
pub use probe::{Cause, Probe, Prober};
pub use question::Question;
pub use rule::{Rule, RuleKind};
pub use write::write_bundle;

use serde::Deserialize;

/// Files by path, with `/`, to content; the same as in `policy`.
pub type Files = BTreeMap<String, Arc<[u8]>>;

/// The engine and its version, as it appears in reports.
pub const ENGINE: &str = "regorus/0.14.1";

/// What `workspace.toml` says under `[rego]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The rule that decides where a log or a caller names none, as OPA writes it: `authz/allow`.
    pub entrypoint: Option<String>,
    /// Version of the language, 0 or 1 (the default), of modules for which no `.manifest` says otherwise.
    pub version: Option<u8>,
    /// File with the key that bundles must be signed with, relative to the workspace.
    pub key: Option<String>,
}
