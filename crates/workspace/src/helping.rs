//! Help: an article by its name or by an error, and what stands where. Needs no workspace.

use help::{Article, Language, articles};
use ipc::{HelpArticle, HelpAsked, HelpHit, HelpSearch};
use store::{Index, Text};

use crate::Error;

/// Sections that a search gives at most.
const HITS: u32 = 20;

/// The article of a name, or the one that explains the error of that name.
///
/// # Errors
/// `help_unknown` when there is none, `language_unknown` for a language that none is written in.
pub fn read_help(asked: &HelpAsked) -> Result<HelpArticle, Error> {
    let language = Language::find(&asked.lang)?;
    let (article, anchor) = help::find(&asked.id)?;
    Ok(HelpArticle {
        id: article.id.to_owned(),
        title: article.title(language).to_owned(),
        html: article.html(language),
        anchor: anchor.map(str::to_owned),
        codes: article.codes(),
    })
}

/// Sections of articles in which the words stand, best first; all articles when there are no words.
///
/// # Errors
/// `language_unknown` for a language that no article is written in.
pub fn search_help(asked: &HelpSearch) -> Result<Vec<HelpHit>, Error> {
    let language = Language::find(&asked.lang)?;
    let mut hits: Vec<HelpHit> = articles()
        .iter()
        .flat_map(|article| sections(article, language))
        .collect();
    if asked.words.trim().is_empty() {
        hits.retain(|hit| hit.anchor.is_empty());
        return Ok(hits);
    }
    // Made anew each time: a few hundred sentences take less than a screen needs to be drawn.
    let index = Index::new(hits.iter().map(|hit| Text {
        title: format!("{} {} {}", hit.id, hit.title, hit.heading),
        body: hit.excerpt.clone(),
    }))?;
    let found = index.search(&asked.words, HITS)?;
    Ok(found
        .into_iter()
        .filter_map(|found| {
            Some(HelpHit {
                excerpt: found.excerpt,
                ..hits.get(found.number)?.clone()
            })
        })
        .collect())
}

fn sections(article: &'static Article, language: Language) -> impl Iterator<Item = HelpHit> {
    let title = article.title(language);
    article
        .sections(language)
        .into_iter()
        .map(move |section| HelpHit {
            id: article.id.to_owned(),
            title: title.to_owned(),
            heading: if section.anchor.is_empty() {
                String::new()
            } else {
                section.title
            },
            anchor: section.anchor,
            excerpt: section.text,
        })
}
