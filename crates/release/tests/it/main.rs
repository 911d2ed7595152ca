//! Bundles, sealed, carried, forged and believed: every rule of TUF that a bundle can break, each by a bundle that breaks that
//! one alone.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "clippy takes the helpers of integration tests for program code"
)]

mod forged;
mod mutations;
mod others;
mod parsers;
mod refused;
mod taken;
mod world;
