//! What the command line says of itself, in other languages than English: the sentences are written in English where arguments are declared, and
//! `locales/<language>/commands.toml` has each of them. A test of the command line holds them against each other.

use crate::Language;

include!(concat!(env!("OUT_DIR"), "/commands.rs"));

/// An English sentence of the command line's help in a language; nothing where that has none, and in English.
#[must_use]
pub fn command_text(english: &str, language: Language) -> Option<&'static str> {
    let all = of(language);
    let at = all.binary_search_by_key(&english, |(english, _)| english);
    at.ok().and_then(|at| all.get(at)).map(|(_, text)| *text)
}

/// The English sentences that a language has.
pub fn command_texts(language: Language) -> impl Iterator<Item = &'static str> {
    of(language).iter().map(|(english, _)| *english)
}

fn of(language: Language) -> &'static [(&'static str, &'static str)] {
    match language {
        Language::English => &[],
        Language::German => GERMAN,
        Language::French => FRENCH,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_typed_stands_in_every_language_as_in_english() {
        for language in [Language::German, Language::French] {
            for (english, text) in of(language) {
                let code = |text: &'static str| -> BTreeSet<&str> {
                    let flags = text.split('`').step_by(2).flat_map(str::split_whitespace);
                    let flags = flags.filter(|word| word.starts_with("--"));
                    let flags = flags.map(|word| word.trim_end_matches([':', ';', ',', '.']));
                    text.split('`').skip(1).step_by(2).chain(flags).collect()
                };
                // What clap itself says has its own quotation marks.
                if !english.contains('\'') || english.contains("'s") {
                    assert_eq!(code(english), code(text), "{language:?}: {english}");
                }
                assert!(
                    !text.ends_with('.') && !text.is_empty(),
                    "{language:?}: {text}"
                );
                let prose: String = text.split('`').step_by(2).collect();
                let wrong: &[&str] = match language {
                    Language::French => &[" ;", " :", " ?", " !", "'"],
                    _ => &["\u{a0}", "\u{202f}", "'"],
                };
                assert!(!wrong.iter().any(|it| prose.contains(it)), "{text}");
                assert_eq!(command_text(english, language), Some(*text));
            }
        }
        assert_eq!(command_text("Make a workspace", Language::English), None);
        assert_eq!(command_text("Make a mess", Language::German), None);
    }
}
