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
mod commands;
mod diagnose;
mod examples;
mod guard;
mod guide;
mod handbook;
mod ledger;
mod moves;
mod narrate;
mod pdp;
mod pipes;
mod place;
mod prove;
mod rego;
mod scenarios;
mod update;
mod verify;
