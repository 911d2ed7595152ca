//! The decision log: what was asked, what was answered, and what the answer could read. A log comes in as lines of JSON (our
//! own rows, Cedar request and decision pairs, OPA decision logs; plain or compressed), is kept in a compact store that
//! holds every distinct value once, and can be generated for any workspace.
//!
//! - [`import()`] reads logs into a [`Builder`]; [`Builder::finish`] writes the store, [`Log::open`] opens it.
//! - [`Row`] is one recorded decision, and [`Row::to_json`] the line that says so.
//! - [`lessen`] writes a log whose rows carry only what their decisions read.
//! - [`cutover()`] tells what would change if a version that only ran along were enforced.
//! - A row names the entities it could read by the digest of their content ([`slice`]); replay is honest only with them.

mod batch;
mod block;
mod builder;
mod bytes;
mod canonical;
pub mod cedar_pairs;
mod cutover;
mod error;
mod generate;
mod instant;
mod intern;
mod least;
mod line;
mod log;
pub mod opa;
mod read;
mod row;
mod skip;
pub mod slice;
mod source;
mod split;
mod store;
mod table;
pub mod uid;

pub use builder::Builder;
pub use cutover::{Change, Compared, Counts, Cutover, Pair, Unread, cutover};
pub use error::Error;
pub use generate::{Generated, Recipe, generate, generate_lines};
pub use instant::{NO_TIME, format as format_time};
pub use least::{Lessened, lessen};
pub use log::{Distinct, Log, NO_INPUT, NO_SLICE, Recorded, RecordedRow, Tally};
pub use read::{Progress, import};
pub use row::{Facts, Row, Shadow};
pub use skip::{NAMED_SKIPS, TOLD_SKIPS};
pub use slice::Slice;
pub use source::Source;
pub use split::MAX_LINE;
pub use store::is_store;

#[cfg(test)]
mod tests;
