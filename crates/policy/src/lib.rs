//! The only room that knows a policy engine. It turns the files of a workspace into a [`Compiled`] policy set with its
//! schema and entities, finds every problem in them with its place, decides and explains requests, formats and compares
//! policies, and offers the replay a kernel ([`Material`], [`Evaluation`]) in which nothing is parsed twice.
//!
//! Boundary: the engine's own types do not leave this crate, except through the opaque types named here. Only `proof`, whose
//! solver speaks of the same engine, asks for what is inside (`Schema::engine`, `Policy::engine`).

mod cite;
mod compile;
mod decide;
mod depth;
mod diff;
mod entities;
mod environment;
mod error;
mod explain;
mod files;
mod fitting;
mod format;
mod index;
mod kernel;
mod language;
mod members;
mod outline;
mod posed;
mod prepared;
mod reading;
mod recover;
mod relink;
mod schema;
mod set;
mod suite;
mod text;
mod tokens;
mod validate;

pub use cite::{Citable, Citation, citation_at, cite, complete_citation};
pub use compile::{Compiled, compile};
pub use decide::{Asked, Decided, decide};
pub use diff::diff;
pub use entities::{EntityReader, EntityStore, Given, normalize_uid};
pub use environment::Vocabulary;
pub use error::Error;
pub use explain::{explain, explain_recorded};
pub use files::{FileKind, Files, digest, kind, read_dir};
pub use format::{WIDTH, format};
pub use index::{ScopeIndex, Shape};
pub use kernel::{
    Combined, Direct, Evaluation, Facts, Material, OpenFacts, Tables, Verdict, combine, least_slice,
};
pub use language::{complete, definition, hover};
pub use members::laid_over;
pub use outline::{ActionOutline, AttributeOutline, Outline, TypeOutline, ValueOutline};
pub use posed::{Party, Posed, Question, RequestReader};
pub use prepared::Prepared;
pub use relink::relinked;
pub use schema::Schema;
pub use set::{Policy, PolicySet};
pub use suite::{NamedTest, TestRun, read_tests, run_test};
pub use validate::{missing_entities, nearest, validate};

/// The engine and its version, as it appears in logs, reports and receipts.
pub const ENGINE: &str = "cedar/4.14.1";
