//! The command line's own help in the user's language. What the arguments say about themselves is written in English, where they are
//! declared ([`crate::args`]); `locales/<language>/commands.toml` has each of these sentences in another language. Only a help that is shown is
//! put into it: what is typed is understood without it.

use clap::{Arg, Command, builder::StyledStr};
use help::Language;

/// How lines of examples begin; other lines say something.
const EXAMPLE: [&str; 2] = ["  ", "fabric "];

/// Headings that clap sets itself, with a colon behind them; ours among them, which it does not let go of either.
const HEADINGS: [&str; 5] = ["Usage", "Arguments", "Options", "Commands", "Output"];

/// Puts a sentence into other words.
type Words<'w> = &'w mut dyn FnMut(&str) -> String;

/// The program, as its help tells of it in a language.
pub fn in_language(mut program: Command, language: Language) -> Command {
    // First, so that what clap adds itself is told as well.
    program.build();
    reworded(program, &mut |text| said(text, language))
}

/// A help that clap made, with its headings in a language.
pub fn headings(text: &str, language: Language) -> String {
    let blank = match language {
        Language::French => "\u{a0}",
        _ => "",
    };
    HEADINGS.iter().fold(text.to_owned(), |text, word| {
        let heading = format!("{}{blank}:", said(word, language));
        text.replace(&format!("{word}:"), &heading)
    })
}

/// The sentence in a language; as it is where that has none.
fn said(text: &str, language: Language) -> String {
    help::command_text(text, language)
        .unwrap_or(text)
        .to_owned()
}

fn reworded(mut command: Command, words: Words<'_>) -> Command {
    let styled = |text: Option<&StyledStr>| text.map(ToString::to_string);
    if let Some(text) = styled(command.get_about()) {
        command = command.about(paragraphs(&text, words));
    }
    if let Some(text) = styled(command.get_long_about()) {
        command = command.long_about(paragraphs(&text, words));
    }
    if let Some(text) = styled(command.get_after_help()) {
        command = command.after_help(paragraphs(&text, words));
    }
    command
        .mut_args(|argument| argued(argument, words))
        .mut_subcommands(|inner| reworded(inner, words))
}

fn argued(mut argument: Arg, words: Words<'_>) -> Arg {
    if argument.is_hide_set() {
        return argument;
    }
    let (mut help, mut long) = (
        argument.get_help().map(ToString::to_string),
        argument.get_long_help().map(ToString::to_string),
    );
    for text in [&mut help, &mut long].into_iter().flatten() {
        *text = paragraphs(text, words);
    }
    // What clap would add in English.
    let names = |values: Vec<String>| values.join(", ");
    let takes = argument.get_action().takes_values();
    let possible: Vec<_> = argument.get_possible_values();
    if takes && !argument.is_hide_possible_values_set() && !possible.is_empty() {
        let shown = possible.iter().filter(|value| !value.is_hide_set());
        let shown = names(shown.map(|value| value.get_name().to_owned()).collect());
        add(&mut help, &mut long, &words("possible values"), &shown);
        argument = argument.hide_possible_values(true);
    }
    let values = argument.get_default_values().iter();
    let default = names(
        values
            .map(|value| value.to_string_lossy().into_owned())
            .collect(),
    );
    if takes && !argument.is_hide_default_value_set() && !default.is_empty() {
        add(&mut help, &mut long, &words("default"), &default);
        argument = argument.hide_default_value(true);
    }
    if let Some(help) = help {
        argument = argument.help(help);
    }
    if let Some(long) = long {
        argument = argument.long_help(long);
    }
    argument
}

fn add(help: &mut Option<String>, long: &mut Option<String>, what: &str, values: &str) {
    for text in [help, long].into_iter().flatten() {
        text.push_str(&format!(" [{what}: {values}]"));
    }
}

/// A text of paragraphs and examples: what is said is put into other words, a paragraph each; examples stay.
fn paragraphs(text: &str, words: Words<'_>) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut say = |paragraph: &mut Vec<&str>, lines: &mut Vec<String>| {
        if !paragraph.is_empty() {
            let text = paragraph.join(" ");
            let bare = text.strip_suffix('.').unwrap_or(&text);
            let stop = if bare == text { "" } else { "." };
            lines.push(words(bare) + stop);
            paragraph.clear();
        }
    };
    for line in text.lines() {
        let example = EXAMPLE.iter().any(|begins| line.starts_with(begins));
        if example || line.trim().is_empty() {
            say(&mut paragraph, &mut lines);
            lines.push(line.to_owned());
        } else {
            paragraph.push(line.trim());
        }
    }
    say(&mut paragraph, &mut lines);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory as _;

    use super::*;
    use crate::args::Cli;

    #[test]
    fn every_sentence_of_the_help_is_there_in_every_language() {
        let mut program = Cli::command();
        program.build();
        let mut asked: BTreeSet<String> = HEADINGS.map(str::to_owned).into();
        reworded(program, &mut |text| {
            asked.insert(text.to_owned());
            String::new()
        });
        for language in [Language::German, Language::French] {
            let there: BTreeSet<String> =
                help::command_texts(language).map(str::to_owned).collect();
            let missing: Vec<_> = asked.difference(&there).collect();
            let unused: Vec<_> = there.difference(&asked).collect();
            assert!(missing.is_empty(), "{language:?} lacks {missing:#?}");
            assert!(unused.is_empty(), "{language:?} has no use for {unused:#?}");
        }
    }

    #[test]
    fn examples_stand_as_they_are_typed() {
        let text = "One,\ntwo.\n\n  fabric check\nThree:\n  fabric test";
        let mut heard = Vec::new();
        let said = paragraphs(text, &mut |text| {
            heard.push(text.to_owned());
            text.to_uppercase()
        });
        assert_eq!(heard, ["One, two", "Three:"]);
        assert_eq!(said, "ONE, TWO.\n\n  fabric check\nTHREE:\n  fabric test");
    }
}
