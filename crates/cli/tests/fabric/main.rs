//! The built program, run as people and scripts run it: arguments in; standard output, standard error and exit status out.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod bad_input;
mod bundle;
mod channels;
mod clones;
mod diagnose;
mod drift;
mod examples;
mod guard;
mod guide;
mod handbook;
mod keys;
mod language;
mod ledger;
mod logs;
mod moves;
mod narrate;
mod pdp;
mod pipes;
mod place;
mod policies;
mod program;
mod prove;
mod rego;
mod restore;
mod scenarios;
mod trust;
mod update;
mod verify;
mod witness;
mod written;
