//! A reference enforcement point: decides by what a channel ships, and records what would have been decided.
//!
//! - [`Engine`] is one release, compiled: [`Engine::decide`] answers by the modes of its policies, and says what the whole of the
//!   new version would have answered where that is another set.
//! - [`Point`] is who is asked: the engine in force, answers kept for a moment, figures, and the shadow log. After [`Point::swap`]
//!   returned nothing is answered by an older engine any more.
//! - [`Follower`] takes new releases from a [`Source`]; when it fails, the last good one goes on deciding, and says how stale it is.
//! - [`BundleSource`] believes signed bundles, and those alone, wherever a [`Fetcher`] has them from; it remembers what it took.
//! - [`server`] answers over HTTP, as the OpenID AuthZEN Authorization API has it (`docs/pdp.md`).
//! - [`Context`] adds facts that neither request nor entities have.
//! - [`shadow`] writes what would have been decided as rows of the decision log; [`decisions::cutover()`] counts them for who would
//!   switch.
//!
//! INVARIANT: what cannot be decided is denied, with a reason that does not change: a request that cannot be read, a fault in here.

mod cache;
mod context;
mod engine;
mod error;
mod follow;
mod meter;
mod point;
pub mod server;
pub mod shadow;
mod source;

pub use context::{Context, TableStatus};
pub use engine::{Answer, Engine, Version};
pub use error::Error;
pub use follow::{Follower, Source, Stop};
pub use meter::{Figures, Meter};
pub use point::{Options, Point, Status};
pub use policy::{Party, Question};
pub use source::{BundleSource, Clock, Fetcher, FileBundle, HttpBundle, Whose, remembered};
