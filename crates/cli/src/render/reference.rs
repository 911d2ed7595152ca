//! The reference chapters of the handbook, made of what the program itself knows: every command from its arguments, every
//! error from its code. `cargo xtask book` writes them into `docs`; a test holds them against the program.

use clap::{Arg, ArgAction, Command};
use help::Note;
use model::Code;

const MADE: &str = "<!-- Written by `cargo xtask book`. Change the program, not this page. -->\n";

/// Every command with its arguments, as Markdown.
pub fn commands(program: Command) -> String {
    let mut program = program;
    program.build();
    let mut out = format!(
        "# Commands\n\n{MADE}\n{}\n\n\
         The program tells the same: `fabric help COMMAND`, or `fabric man` for the manual page; the former in German and French, too, with `--language` before it. Examples are held against the \
         command line by a test, so that each is understood as it stands here.\n\n\
         Exit status: 0 all is fine, 1 something was found, 2 the work could not be done; with 1 and 2 the message names \
         an [error](errors.md).\n\n## Of every command\n\n",
        prose(&about(&program))
    );
    let of_all: Vec<_> = program
        .get_arguments()
        .filter(|argument| shown(argument))
        .collect();
    out.push_str(&table(&of_all));
    for command in below(&program) {
        chapter(command, &mut out);
    }
    out
}

/// Commands directly below one, as they are listed.
fn below(command: &Command) -> impl Iterator<Item = &Command> {
    command
        .get_subcommands()
        .filter(|inner| inner.get_name() != "help" && !inner.is_hide_set())
}

fn chapter(command: &Command, out: &mut String) {
    let name = command
        .get_bin_name()
        .unwrap_or(command.get_name())
        .to_owned();
    out.push_str(&format!("\n## {name}\n\n{}\n\n", prose(&about(command))));
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:");
    let lines = usage.lines().map(str::trim);
    let lines: Vec<_> = lines
        .filter(|line| !line.is_empty())
        .map(|line| format!("`{line}`"))
        .collect();
    out.push_str(&lines.join("\\\n"));
    out.push('\n');
    let arguments: Vec<_> = command
        .get_arguments()
        .filter(|argument| shown(argument) && !argument.is_global_set())
        .collect();
    if !arguments.is_empty() {
        out.push('\n');
        out.push_str(&table(&arguments));
    }
    if let Some(after) = command.get_after_help() {
        out.push_str(&remarks(&after.to_string()));
    }
    let inner: Vec<_> = below(command).collect();
    if !inner.is_empty() {
        out.push_str("\n| | |\n|---|---|\n");
        for command in &inner {
            let name = command.get_bin_name().unwrap_or(command.get_name());
            let about = command.get_about().map(ToString::to_string);
            out.push_str(&format!(
                "| [`{name}`](#{}) | {} |\n",
                name.replace(' ', "-"),
                cell(&about.unwrap_or_default())
            ));
        }
    }
    for command in inner {
        chapter(command, out);
    }
}

fn about(command: &Command) -> String {
    command
        .get_long_about()
        .or(command.get_about())
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn shown(argument: &Arg) -> bool {
    !argument.is_hide_set()
        && !matches!(
            argument.get_action(),
            ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
        )
}

/// Arguments with what they mean, what they may be and what they are without being named.
fn table(arguments: &[&Arg]) -> String {
    let mut out = "| | |\n|---|---|\n".to_owned();
    for argument in arguments {
        let names = argument
            .get_value_names()
            .unwrap_or_default()
            .iter()
            .map(|name| name.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        let takes = argument.get_action().takes_values();
        let long = argument.get_long().map(|long| format!("--{long}"));
        let short = argument.get_short().map(|short| format!("-{short}"));
        let flags: Vec<_> = [short, long].into_iter().flatten().collect();
        let written = match (flags.is_empty(), takes) {
            (true, _) => names,
            (false, true) => format!("{} {names}", flags.join(", ")),
            (false, false) => flags.join(", "),
        };
        let mut meaning = argument
            .get_long_help()
            .or(argument.get_help())
            .map(ToString::to_string)
            .unwrap_or_default();
        let values: Vec<_> = argument
            .get_possible_values()
            .iter()
            .filter(|value| !value.is_hide_set())
            .map(|value| format!("`{}`", value.get_name()))
            .collect();
        if takes && !values.is_empty() && !argument.is_hide_possible_values_set() {
            meaning.push_str(&format!(". One of {}", values.join(", ")));
        }
        let without: Vec<_> = argument
            .get_default_values()
            .iter()
            .map(|value| value.to_string_lossy().into_owned())
            .collect();
        if takes && !without.is_empty() && !argument.is_hide_default_value_set() {
            meaning.push_str(&format!(" [default: {}]", without.join(", ")));
        }
        out.push_str(&format!(
            "| `{}` | {} |\n",
            written.replace('|', "\\|"),
            cell(&meaning)
        ));
    }
    out
}

/// What stands below a command's help: sentences as they are, indented lines as examples.
fn remarks(text: &str) -> String {
    let mut out = String::new();
    let mut example = false;
    let mut paragraph = true;
    // A text that begins with an example has lost its first line's indent.
    let text = match text.trim_start().starts_with("fabric ") {
        true => format!("  {}", text.trim_start()),
        false => text.to_owned(),
    };
    for line in text.lines() {
        let indented = line.starts_with("  ");
        if example && !indented {
            out.push_str("```\n");
            example = false;
            paragraph = true;
        }
        if line.trim().is_empty() {
            paragraph = true;
        } else if indented {
            if !example {
                out.push_str("\n```text\n");
                example = true;
            }
            out.push_str(line.strip_prefix("  ").unwrap_or(line));
            out.push('\n');
        } else {
            if paragraph {
                out.push('\n');
            }
            paragraph = false;
            out.push_str(&prose(line));
            out.push('\n');
        }
    }
    if example {
        out.push_str("```\n");
    }
    out
}

/// A text in one cell of a table.
fn cell(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    prose(&words.join(" ")).replace('|', "\\|")
}

/// Help texts are prose with code between backticks; outside of those nothing is markup.
fn prose(text: &str) -> String {
    let mut code = false;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '`' => code = !code,
            '<' | '*' | '_' | '[' | ']' if !code => out.push('\\'),
            _ => {}
        }
        out.push(c);
    }
    out
}

/// Every error with what it means and what to do, as Markdown. Its name is its anchor.
pub fn errors() -> String {
    let mut out = format!(
        "# Errors\n\n{MADE}\n\
         Whatever goes wrong has a code that stays the same from version to version: `error[key_locked]: …` in the terminal, \
         `\"code\"` in JSON, and beside the message in the window. Programs go by the code, never by the message. The address \
         of each is this page and its name: `errors.html#key_locked`.\n\n\
         `fabric codes` lists them all, and `fabric guide CODE` explains one in a terminal. Window and terminal say what an error means and what to \
         do in the language of their user, English, German or French; the message stays beside it as the program said it, in English. In JSON errors are \
         English, whatever the language. The exit status is 0 where something is only \
         told, 1 where something was found, 2 where the work could not be done.\n"
    );
    for code in Code::ALL {
        let hint = code.hint();
        out.push_str(&format!(
            "\n## `{}`\n\n{}\n\n**What to do:** {}{}\n\nExit status {}.\n",
            code.as_str(),
            prose(code.meaning()),
            prose(hint),
            if hint.ends_with(['.', '`']) { "" } else { "." },
            code.exit()
        ));
    }
    out
}

/// What came with which version, as Markdown.
pub fn notes(notes: &[Note]) -> String {
    let mut out = format!(
        "# Release notes\n\n{MADE}\n\
         What came with which version. In a terminal: `fabric notes`. All changes, the small ones too, stand in `CHANGELOG.md` of the source.\n"
    );
    let mut version = "";
    for note in notes {
        if note.since != version {
            version = note.since;
            out.push_str(&format!("\n## {version}\n\n| | |\n|---|---|\n"));
        }
        out.push_str(&format!(
            "| [`fabric {0}`](commands.md#fabric-{0}) | {1} |\n",
            note.command,
            cell(note.text)
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::*;
    use crate::args::Cli;

    #[test]
    fn every_command_of_the_help_is_understood() {
        for article in help::articles() {
            for language in help::Language::ALL {
                for block in article.blocks(language) {
                    let help::Block::Code(text) = block else {
                        continue;
                    };
                    for line in text.lines().filter(|line| line.starts_with("fabric ")) {
                        let parsed = Cli::try_parse_from(words(line));
                        assert!(
                            parsed.is_ok(),
                            "{}: {line}: {}",
                            article.id,
                            parsed.unwrap_err()
                        );
                    }
                }
            }
        }
    }

    /// A line as a shell takes it apart.
    fn words(line: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        let (mut single, mut double) = (false, false);
        for c in line.chars() {
            match c {
                '"' if !single => double = !double,
                '\'' if !double => single = !single,
                ' ' if !single && !double => words.push(String::new()),
                _ => words.last_mut().unwrap().push(c),
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }

    #[test]
    fn every_example_is_understood() {
        let reference = commands(Cli::command()).replace("\\\n", " ");
        let mut fenced = false;
        let mut examples = 0;
        for line in reference.lines() {
            if line.starts_with("```") {
                fenced = !fenced;
            } else if fenced && line.trim().starts_with("fabric ") {
                let line = line.split(['|', '>']).next().unwrap();
                let parsed = Cli::try_parse_from(words(line));
                assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
                examples += 1;
            }
        }
        assert!(examples > 15, "{examples}");
    }

    #[test]
    fn an_argument_tells_what_it_may_be() {
        let reference = commands(Cli::command());
        for part in [
            "## fabric log import\n",
            "One of `markdown`, `html`, `text`, `slack`, `pdf` \\[default: text\\]",
            "`--log FILE\\|DIR`",
            "| `--as FORM` | Its form. One of `markdown`",
            "| [`fabric log import`](#fabric-log-import) |",
        ] {
            assert!(reference.contains(part), "{part}\n{reference}");
        }
        assert!(!reference.contains("## fabric help"));
        assert!(!reference.contains("--resident"), "it is hidden");
    }

    #[test]
    fn every_command_has_its_release_note_and_every_note_its_command() {
        let program = Cli::command();
        let mut commands: Vec<_> = below(&program).map(Command::get_name).collect();
        commands.sort_unstable();
        let noted: Vec<_> = help::notes().iter().map(|note| note.command).collect();
        assert_eq!(noted, commands, "a note is `docs/notes/<command>.toml`");
        for note in help::notes() {
            assert!(help::find(note.article).is_ok(), "{note:?}");
        }
    }

    #[test]
    fn every_error_has_a_chapter() {
        let errors = errors();
        for code in Code::ALL {
            let heading = format!("\n## `{}`\n\n", code.as_str());
            assert_eq!(errors.matches(&heading).count(), 1, "{code:?}");
        }
    }

    #[test]
    fn nothing_in_a_help_text_is_markup() {
        assert_eq!(prose("a <b> `<c>` x_y"), "a \\<b> `<c>` x\\_y");
        assert_eq!(
            remarks("Two ways:\n  fabric a\n  fabric b\nAnd that."),
            "\nTwo ways:\n\n```text\nfabric a\nfabric b\n```\n\nAnd that.\n"
        );
        assert_eq!(
            remarks("fabric a\n  fabric b"),
            "\n```text\nfabric a\nfabric b\n```\n"
        );
    }
}
