//! What went wrong, in the reader's language: what an error means and what to do stand in `locales/<language>/codes.toml`, English in [`Code`]
//! itself. What a program says about one occurrence is English everywhere, and is kept beside it as that.

use model::Code;

use crate::Language;

include!(concat!(env!("OUT_DIR"), "/codes.rs"));

/// What an error means: a sentence or two.
#[must_use]
pub fn meaning(code: Code, language: Language) -> &'static str {
    of(code, language).map_or_else(|| code.meaning(), |(_, meaning, _)| meaning)
}

/// What to do about an error.
#[must_use]
pub fn hint(code: Code, language: Language) -> &'static str {
    of(code, language).map_or_else(|| code.hint(), |(_, _, hint)| hint)
}

/// What went wrong, for somebody who reads a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What happened, without a full stop: in English as the program said it, else what its code means.
    pub title: String,
    /// The program's own words on it, where the title is not these and says less.
    pub said: Option<String>,
    /// What to do: in the language, unless the program said more than its code does.
    pub hint: String,
}

impl Told {
    /// Of a code, a message and a hint, as the program says them.
    #[must_use]
    pub fn new(code: Code, message: &str, hint: &str, language: Language) -> Self {
        if language == Language::English {
            return Self {
                title: message.to_owned(),
                said: None,
                hint: hint.to_owned(),
            };
        }
        let bare = |text: &str| text.trim_end_matches('.').to_lowercase();
        let more = bare(message) != bare(code.meaning());
        Self {
            title: meaning(code, language).trim_end_matches('.').to_owned(),
            said: more.then(|| message.to_owned()),
            hint: match hint == code.hint() {
                true => self::hint(code, language).to_owned(),
                false => hint.to_owned(),
            },
        }
    }
}

/// Name, meaning and hint; nothing in English.
fn of(code: Code, language: Language) -> Option<(&'static str, &'static str, &'static str)> {
    let all = match language {
        Language::English => return None,
        Language::German => GERMAN,
        Language::French => FRENCH,
    };
    let at = all.binary_search_by_key(&code.as_str(), |(name, ..)| name);
    at.ok().and_then(|at| all.get(at)).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    type Lines = &'static [(&'static str, &'static str, &'static str)];
    const OTHERS: [(Language, Lines); 2] = [(Language::German, GERMAN), (Language::French, FRENCH)];

    /// What is to be typed or looked for as it stands: between backticks, flags, annotations, names of files.
    fn marked(text: &str) -> BTreeSet<&str> {
        let code = text.split('`').skip(1).step_by(2);
        let file = |word: &&str| [".toml", ".md"].iter().any(|end| word.ends_with(end));
        let plain = text.split('`').step_by(2).flat_map(|text| {
            let ends = |c: char| c.is_whitespace() || matches!(c, ':' | ';' | ',' | '(');
            text.split(ends).filter(move |word| {
                word.starts_with("--") || word.starts_with('@') || word.contains('_') || file(word)
            })
        });
        code.chain(plain).collect()
    }

    #[test]
    fn every_code_is_told_in_every_language() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        names.sort_unstable();
        for (language, all) in OTHERS {
            let told: Vec<_> = all.iter().map(|(name, ..)| *name).collect();
            assert_eq!(told, names, "{language:?}");
        }
        for code in Code::ALL {
            assert_eq!(meaning(*code, Language::English), code.meaning());
            assert_eq!(hint(*code, Language::English), code.hint());
            for (language, _) in OTHERS {
                let (meaning, hint) = (meaning(*code, language), hint(*code, language));
                let whose = format!("{} {language:?}", code.as_str());
                assert!(meaning.ends_with('.'), "{whose}: {meaning}");
                assert!(!hint.ends_with('.') && hint.len() > 10, "{whose}: {hint}");
                assert_ne!(meaning, code.meaning(), "{whose}");
                assert_ne!(hint, code.hint(), "{whose}");
                assert_eq!(marked(meaning), marked(code.meaning()), "{whose}");
                assert_eq!(marked(hint), marked(code.hint()), "{whose}");
                for text in [meaning, hint] {
                    let prose: String = text.split('`').step_by(2).collect();
                    assert!(!prose.contains(['\'', '\n', '\t']), "{whose}: {text}");
                    assert_eq!(text, text.trim(), "{whose}");
                }
            }
        }
    }

    /// French sets a narrow or hard blank before high punctuation, where a plain one would break the line; German sets none.
    #[test]
    fn signs_are_set_as_each_language_sets_them() {
        let high = |text: &str, blank: fn(char) -> bool| {
            let signs = text.char_indices().filter(|(at, c)| {
                let then = text[at + c.len_utf8()..].chars().next();
                matches!(c, ';' | '!' | '?' | ':') && then.is_none_or(char::is_whitespace)
            });
            let before = |at: usize| text[..at].chars().next_back();
            signs
                .into_iter()
                .all(|(at, _)| before(at).is_some_and(blank))
        };
        for (name, meaning, hint) in FRENCH {
            for text in [meaning, hint] {
                let set = high(text, |c| matches!(c, '\u{a0}' | '\u{202f}'));
                let broken = ["\u{a0};", "\u{202f}:", "« ", " »"];
                assert!(
                    set && !broken.iter().any(|it| text.contains(it)),
                    "{name}: {text}"
                );
            }
        }
        for (name, meaning, hint) in GERMAN {
            for text in [meaning, hint] {
                assert!(high(text, |c| !c.is_whitespace()), "{name}: {text}");
            }
        }
    }

    #[test]
    fn what_was_said_is_kept_beside_what_it_means() {
        let code = Code::LogMissing;
        let message = "no log was imported into `northwind`";
        let english = Told::new(code, message, code.hint(), Language::English);
        assert_eq!((english.title.as_str(), english.said), (message, None));
        let german = Told::new(code, message, code.hint(), Language::German);
        assert_eq!(german.title, "Noch wurde kein Protokoll importiert");
        assert_eq!(german.said.as_deref(), Some(message));
        assert_eq!(german.hint, hint(code, Language::German));
        let own = Told::new(
            code,
            "No log has been imported.",
            "try harder",
            Language::French,
        );
        assert_eq!(own.said, None, "it says no more than the meaning");
        assert_eq!(own.hint, "try harder");
    }
}
