//! The registry in real repositories: versions, moves, what is refused, what a kill leaves, and the author's own git beside it.

#![expect(
    clippy::unwrap_used,
    reason = "clippy takes the helpers of integration tests for program code"
)]

mod approvals;
mod authors_git;
mod clones;
mod hardship;
mod history;
mod kills;
mod moves;
mod refused;
mod versions;
mod world;
