//! What narratives say, in every language and form.

mod editing;
mod hostile;
mod reading;
mod samples;
mod snapshots;
