//! What help shows: articles, what is found in them, and how often they were opened.

use serde::{Deserialize, Serialize};

/// Which article is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpAsked {
    /// The name of an article, of a place, or of an error.
    pub id: String,
    /// The language, as `de`.
    pub lang: String,
}

/// An article as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpArticle {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// HTML in which nothing runs and no link leads out: headings have `id="article/anchor"`, links are `#article/anchor`.
    pub html: String,
    /// The heading that was asked for, if an error was: `locked`.
    pub anchor: Option<String>,
    /// The errors it explains.
    pub codes: Vec<model::Code>,
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpSearch {
    /// The words.
    pub words: String,
    /// The language, as `de`.
    pub lang: String,
}

/// A section of an article in which words were found; without words, an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpHit {
    /// The name of the article.
    pub id: String,
    /// The heading in it; empty for its beginning.
    pub anchor: String,
    /// The title of the article.
    pub title: String,
    /// The words of the heading; empty for its beginning.
    pub heading: String,
    /// Where the words stand.
    pub excerpt: String,
}

/// In which language titles are wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpLanguage {
    /// The language, as `de`.
    pub lang: String,
}

/// How often an article of the help was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpCount {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How often.
    pub opened: u64,
    /// The day it was opened last: `2026-11-22`.
    pub last: String,
}
