//! What narratives say, in every language and form.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod editing;
mod findings;
mod hostile;
mod plurals;
mod reading;
mod samples;
mod snapshots;
