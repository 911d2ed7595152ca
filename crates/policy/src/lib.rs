//! The only room that knows a policy engine. It turns the files of a workspace into a [`Compiled`] policy set with its
//! schema and entities, finds every problem in them with its place, decides and explains requests, formats and compares
//! policies, and offers the replay a kernel ([`Material`], [`Evaluation`]) in which nothing is parsed twice.
//!
//! Boundary: the engine's own types do not leave this crate, except through the opaque types named here.

mod compile;
mod entities;
mod error;
mod files;
mod index;
mod kernel;
mod schema;
mod set;
mod text;

pub use compile::{Compiled, compile};
pub use entities::EntityStore;
pub use error::Error;
pub use files::{FileKind, Files, digest, kind, read_dir};
pub use index::{Candidate, ScopeIndex, Shape};
pub use kernel::{
    Combined, Decided, Evaluation, Facts, Material, OpenFacts, Tables, Verdict, combine, decide,
    normalize_uid,
};
pub use schema::Schema;
pub use set::{Policy, PolicySet};

/// The engine and its version, as it appears in logs, reports and receipts.
pub const ENGINE: &str = "cedar/4.14.1";
