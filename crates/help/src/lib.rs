//! What the program explains about itself: one article for each place of the window and for each subject, in every language,
//! built in; and for every error the article and the heading that help ([`about`]).
//!
//! Articles are Markdown in `assets/help/<language>/<article>.md`. The first line is the title, `## Heading {#anchor}` a section, and a link
//! to another article is written `(keys.md#lost)`. Anchors are the same in all languages. An article that a language lacks does not build; a
//! test holds headings, anchors and links of the languages against each other.
//!
//! Beside them what each error means and what to do, in the same languages ([`Told`]), and the release notes ([`notes`]): what came with which
//! version, a note for each command.
//!
//! Pure: who searches gets [`Article::sections`] and brings an index.

mod article;
mod codes;
mod commands;
mod error;
mod notes;
mod told;

pub use article::{Article, Block, Section, articles};
pub use codes::{Topic, about};
pub use commands::{command_text, command_texts};
pub use error::Error;
pub use notes::{Note, notes};
pub use told::{Told, hint, meaning};

/// A language that every article is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
    /// French.
    French,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::English, Self::German, Self::French];

    /// Its tag (BCP 47), which is the name of its folder.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
        }
    }

    /// The language of a tag; of `de-AT` or `de_AT.UTF-8` it is German.
    ///
    /// # Errors
    /// [`Error::Language`] for one that no article is written in.
    pub fn find(tag: &str) -> Result<Self, Error> {
        let primary = tag
            .split(['-', '_', '.'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|language| language.tag() == primary)
            .ok_or_else(|| Error::Language(tag.to_owned()))
    }

    /// Somebody else's words between its quotation marks.
    #[must_use]
    pub fn quoted(self, words: &str) -> String {
        match self {
            Self::English => format!("“{words}”"),
            Self::German => format!("„{words}“"),
            Self::French => format!("«\u{202f}{words}\u{202f}»"),
        }
    }
}

/// The article of that name, or the one that explains the error of that name, with the heading where it does.
///
/// # Errors
/// [`Error::Article`] when there is neither.
pub fn find(name: &str) -> Result<(&'static Article, Option<&'static str>), Error> {
    let unknown = || Error::Article(name.to_owned());
    let by_name = |name: &str| articles().iter().find(|article| article.id == name);
    if let Some(article) = by_name(name) {
        return Ok((article, None));
    }
    let code = model::Code::ALL.iter().find(|code| code.as_str() == name);
    let topic = about(*code.ok_or_else(unknown)?);
    let article = by_name(topic.article).ok_or_else(unknown)?;
    Ok((article, Some(topic.anchor)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_found_as_systems_name_them() {
        for (tag, language) in [
            ("en", Language::English),
            ("de-AT", Language::German),
            ("fr_CA.UTF-8", Language::French),
            ("DE", Language::German),
        ] {
            assert_eq!(Language::find(tag).unwrap(), language, "{tag}");
        }
        for tag in ["", "C", "tlh", "english"] {
            assert_eq!(
                Language::find(tag).unwrap_err().code(),
                model::Code::LanguageUnknown,
                "{tag}"
            );
        }
    }

    #[test]
    fn articles_are_found_by_their_names_and_by_errors() {
        let (article, anchor) = find("keys").unwrap();
        assert_eq!((article.id, anchor), ("keys", None));
        let (article, anchor) = find("key_locked").unwrap();
        assert_eq!((article.id, anchor), ("keys", Some("locked")));
        assert_eq!(find("keyz").unwrap_err().code(), model::Code::HelpUnknown);
    }
}
