//! Help: an article by its name or by an error, and what stands where. Needs no workspace.

use help::{Article, Language, Section, articles};
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
    let sections: Vec<_> = articles()
        .iter()
        .flat_map(|article| {
            let sections = article.sections(language);
            sections.into_iter().map(move |section| (article, section))
        })
        .collect();
    if asked.words.trim().is_empty() {
        let first = sections.iter().filter(|(_, it)| it.anchor.is_empty());
        return Ok(first.map(|(of, it)| hit(of, it, language)).collect());
    }
    // Made anew each time: a few hundred sentences take less than a screen needs to be drawn.
    let index = Index::new(sections.iter().map(|(of, it)| {
        let codes: Vec<_> = it.codes.iter().map(|code| code.as_str()).collect();
        Text {
            title: format!("{} {} {}", of.id, it.title, codes.join(" ")),
            body: it.text.clone(),
        }
    }))?;
    let found = index.search(&asked.words, HITS)?;
    Ok(found
        .into_iter()
        .filter_map(|found| {
            let (of, it) = sections.get(found.number)?;
            Some(HelpHit {
                excerpt: found.excerpt,
                ..hit(of, it, language)
            })
        })
        .collect())
}

fn hit(article: &Article, section: &Section, language: Language) -> HelpHit {
    HelpHit {
        id: article.id.to_owned(),
        anchor: section.anchor.clone(),
        title: article.title(language).to_owned(),
        heading: if section.anchor.is_empty() {
            String::new()
        } else {
            section.title.clone()
        },
        excerpt: section.text.clone(),
    }
}
