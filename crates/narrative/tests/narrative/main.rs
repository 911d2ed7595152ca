//! What narratives say, in every language and form.

mod samples;
mod snapshots;
