//! `fabric`: every use case without a window. This crate parses arguments, calls the rooms that do the work, and prints;
//! it decides nothing. Results go to standard output (text, or JSON with `--json`), failures to standard error as
//! `error[code]: …` with a place and a hint, in the user's language (or as `{"error": …}` where the result would have been, in English). The exit status is
//! 0 when all is fine, 1 when something was found, 2 when the work could not be done.

mod args;
mod bench;
mod commands;
mod manual;
mod progress;
mod render;
mod terminal;
mod text;

use std::{
    io::{self, Write as _},
    panic,
    process::ExitCode,
};

use clap::{CommandFactory as _, Parser as _, error::ErrorKind};
use help::Language;
use model::{Code, Failure};

use args::{Cli, Command, Global, When};
use terminal::{Stop, Terminal};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misused(error),
    };
    let terminal = Terminal::of(cli.global());
    // A panic is a fault in the program. It is reported like every other failure, once, and not as a trace.
    panic::set_hook(Box::new(move |fault| {
        terminal.failure(&internal(&fault.to_string()))
    }));
    progress::cancel_on_interrupt();
    match panic::catch_unwind(|| {
        understood(&cli.command, &terminal)?;
        commands::run(cli.command, &terminal)
    }) {
        Ok(Ok(found)) => ExitCode::from(found),
        // Nobody reads the output any more, so nobody misses the rest: `fabric log generate … | head`.
        Ok(Err(Stop::Unread)) => ExitCode::SUCCESS,
        Ok(Err(Stop::Failed(failure))) => {
            terminal.failure(&failure);
            ExitCode::from(failure.code.exit())
        }
        Err(_) => ExitCode::from(Code::Internal.exit()),
    }
}

/// Whether the language that was asked for is spoken. A narrative looks among its own, which may be more.
fn understood(command: &Command, terminal: &Terminal) -> Result<(), Failure> {
    match Language::find(terminal.tag) {
        Err(error) if !matches!(command, Command::Narrate(_)) => Err(error.into()),
        _ => Ok(()),
    }
}

/// A command line that cannot be understood, or a call for help.
fn misused(error: clap::Error) -> ExitCode {
    // The flags could not be parsed, so they are looked for as text.
    let typed = |flag: &str| std::env::args().any(|argument| argument == flag);
    let terminal = Terminal::of(Global {
        json: typed("--json"),
        color: if typed("--color=never") {
            When::Never
        } else {
            When::Auto
        },
        quiet: typed("-q") || typed("--quiet"),
        language: asked_for(),
    });
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    ) {
        return shown(error, &terminal);
    }
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
    let (message, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut failure = Failure::new(Code::BadCall, message.replace('\'', "`"));
    let rest = rest
        .trim_end_matches("For more information, try '--help'.")
        .trim();
    if !rest.is_empty() {
        failure.details = Some(rest.to_owned());
    }
    terminal.failure(&failure);
    ExitCode::from(Code::BadCall.exit())
}

/// Prints the help that was called for, in the user's language.
fn shown(error: clap::Error, terminal: &Terminal) -> ExitCode {
    let status = ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
    let language = terminal.out.language;
    if language == Language::English || error.kind() == ErrorKind::DisplayVersion {
        // A closed standard output is no reason to complain.
        let _ = error.print();
        return status;
    }
    let program = manual::in_language(Cli::command(), language);
    // Asked the same again, it answers the same, in other words.
    let text = program
        .try_get_matches_from(std::env::args_os())
        .err()
        .unwrap_or(error)
        .render();
    let to_error = status != ExitCode::SUCCESS;
    let text = if to_error && terminal.err.color || !to_error && terminal.out.color {
        text.ansi().to_string()
    } else {
        text.to_string()
    };
    let text = manual::headings(&text, language);
    let _ = match to_error {
        true => io::stderr().write_all(text.as_bytes()),
        false => io::stdout().write_all(text.as_bytes()),
    };
    status
}

/// The language, as it was typed.
fn asked_for() -> Option<String> {
    let names = ["--language", "--lang"];
    let mut typed = std::env::args();
    while let Some(argument) = typed.next() {
        match argument.split_once('=') {
            Some((name, tag)) if names.contains(&name) => return Some(tag.to_owned()),
            None if names.contains(&argument.as_str()) => return typed.next(),
            _ => {}
        }
    }
    None
}

fn internal(fault: &str) -> Failure {
    Failure::new(
        Code::Internal,
        fault.split_whitespace().collect::<Vec<_>>().join(" "),
    )
}
