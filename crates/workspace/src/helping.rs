//! Help: an article by its name or by an error, and what stands where; what goes wrong, in a window's language. Needs no workspace.

use help::{Article, Language, Section, Told, articles};
use ipc::{HelpArticle, HelpAsked, HelpHit, HelpSearch};
use model::Code;
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

/// What goes wrong, in the words of a window that speaks a language, for [`ipc::wire::pack_in`]. In another language than English the message is
/// what its code means, and the hint begins with what the program said, in English and between quotation marks: a window shows both, the hint
/// the smaller. English stays as it is; so does what is told to a window whose language is none of ours.
pub fn in_words_of(tag: &str) -> impl Fn(Code, &mut String, &mut String) + use<> {
    let language = Language::find(tag).unwrap_or_default();
    move |code, message, hint| {
        if language == Language::English {
            return;
        }
        let told = Told::new(code, message, hint, language);
        // A hint that says more than the code's is the program's word, too.
        let own = *hint != code.hint() && !hint.is_empty();
        let said = match (told.said, own) {
            (Some(said), true) => Some(format!("{}. {}", bare(&said), sentence(hint))),
            (said, true) => said.or_else(|| Some(hint.clone())),
            (said, false) => said,
        };
        let said = said.map(|said| format!("{}.", language.quoted(bare(&said))));
        let advice = (!own).then(|| sentence(&told.hint));
        *message = told.title;
        *hint = [said, advice]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
    }
}

/// Without the full stop, which stands behind the quotation mark.
fn bare(text: &str) -> &str {
    text.trim_end().trim_end_matches('.')
}

fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(rest).collect()
    })
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
