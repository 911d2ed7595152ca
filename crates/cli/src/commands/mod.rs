//! One function per command: read arguments, call, print, and say with the exit status whether something was found.

mod format;
mod shell;

use crate::{
    args::Command,
    render,
    terminal::{Stop, Terminal},
};

/// Exit status of work that was done and found nothing to object to.
pub const FINE: u8 = 0;
/// Exit status of work that was done and found something.
pub const FOUND: u8 = 1;

/// Runs a command; the exit status comes back.
pub fn run(command: Command, terminal: &Terminal) -> Result<u8, Stop> {
    match command {
        Command::Fmt(arguments) => format::fmt(&arguments, terminal),
        Command::Completions(arguments) => shell::completions(&arguments, terminal),
        Command::Man(arguments) => shell::man(&arguments, terminal),
        Command::Codes => shell::codes(terminal),
        _ => Ok(FINE),
    }
}
