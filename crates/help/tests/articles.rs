//! What a reader is sent to is there, in every language.

use std::{
    fs,
    path::{Path, PathBuf},
};

use help::{Article, Block, Language, about, articles};
use model::Code;

/// Places of the window: each opens the article of its name.
const PLACES: [&str; 7] = [
    "policies",
    "drift",
    "what-ifs",
    "releases",
    "evidence",
    "narratives",
    "settings",
];

/// What stands in an article, one after the other, but for the words.
fn shape(article: &Article, language: Language) -> Vec<String> {
    let blocks = article.blocks(language);
    let kind = |block: &Block| match block {
        Block::Heading { anchor, .. } => format!("heading {anchor:?}"),
        Block::Paragraph(_) => "paragraph".to_owned(),
        Block::Item(_) => "item".to_owned(),
        Block::Code(text) => format!("code of {} lines", text.lines().count()),
    };
    blocks.iter().map(kind).collect()
}

fn has(article: &Article, language: Language, wanted: &str) -> bool {
    let blocks = article.blocks(language);
    blocks.iter().any(
        |block| matches!(block, Block::Heading { anchor, .. } if anchor.as_deref() == Some(wanted)),
    )
}

#[test]
fn every_error_leads_to_a_heading_in_every_language() {
    for &code in Code::ALL {
        let topic = about(code);
        let article = articles()
            .iter()
            .find(|article| article.id == topic.article);
        let article = article.unwrap_or_else(|| panic!("{code:?}: {topic:?}"));
        for language in Language::ALL {
            assert!(
                has(article, language, topic.anchor),
                "{code:?} {language:?}: no heading `{{#{}}}` in `{}`",
                topic.anchor,
                topic.article
            );
        }
    }
}

#[test]
fn every_place_has_its_article() {
    for place in PLACES {
        assert!(
            articles().iter().any(|article| article.id == place),
            "{place}"
        );
    }
}

#[test]
fn languages_say_the_same_in_the_same_order() {
    for article in articles() {
        let english = shape(article, Language::English);
        assert!(english.len() > 3, "{}", article.id);
        for language in Language::ALL {
            assert_eq!(
                shape(article, language),
                english,
                "{} {language:?}",
                article.id
            );
            let text = article.text(language);
            assert!(text.starts_with("# "), "{} {language:?}", article.id);
            // A heading without an anchor could not be reached in the other languages.
            let named = |line: &str| !line.starts_with("## ") || line.ends_with('}');
            assert!(text.lines().all(named), "{} {language:?}", article.id);
            assert!(language == Language::English || text != article.text(Language::English));
        }
    }
}

#[test]
fn every_link_leads_to_an_article_that_is_there() {
    for article in articles() {
        for language in Language::ALL {
            for link in article.links(language) {
                let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
                let to = articles()
                    .iter()
                    .find(|article| format!("{}.md", article.id) == file);
                let to = to.unwrap_or_else(|| panic!("{} {language:?}: {link}", article.id));
                assert!(
                    anchor.is_empty() || has(to, language, anchor),
                    "{} {language:?}: {link}",
                    article.id
                );
            }
        }
    }
}

#[test]
fn no_file_is_left_out() {
    let root = Path::new("../../assets/help");
    for language in Language::ALL {
        for entry in fs::read_dir(root.join(language.tag())).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let listed = articles()
                .iter()
                .any(|article| format!("{}.md", article.id) == name);
            assert!(
                listed,
                "`{}/{name}` is not listed in `articles!`",
                language.tag()
            );
        }
    }
    let folders = fs::read_dir(root).unwrap().count();
    assert_eq!(folders, Language::ALL.len(), "a folder for each language");
}

/// What the window names where `F1` looks for a topic.
#[test]
fn every_topic_of_the_window_is_there() {
    let mut found = 0;
    let mut folders = vec![PathBuf::from("../../ui/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for topic in text.split("data-help=\"").skip(1) {
                let topic = topic.split('"').next().unwrap();
                let (article, anchor) = topic.split_once('/').unwrap_or((topic, ""));
                let (article, _) = help::find(article).unwrap();
                found += 1;
                for language in Language::ALL {
                    let there = anchor.is_empty() || has(article, language, anchor);
                    assert!(there, "{}: `{topic}`", path.display());
                }
            }
        }
    }
    assert!(found > 8, "{found}");
}
