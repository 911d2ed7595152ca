//! The built program, run as people and scripts run it: arguments in; standard output, standard error and exit status out.

mod bad_input;
mod commands;
mod examples;
mod pipes;
mod place;
