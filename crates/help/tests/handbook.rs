//! The handbook in `docs`: every page has its place, every link and every promised address leads somewhere. Its commands are run by the tests of
//! `fabric`.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
};

use model::Code;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

fn root() -> PathBuf {
    PathBuf::from("../..")
}

/// What a page offers and where it leads.
#[derive(Default)]
struct Page {
    anchors: BTreeSet<String>,
    links: Vec<String>,
}

/// The address that mdBook and forges alike give a heading.
fn slug(heading: &str) -> String {
    heading
        .chars()
        .filter_map(|c| match c {
            c if c.is_alphanumeric() || matches!(c, '-' | '_') => Some(c.to_ascii_lowercase()),
            c if c.is_whitespace() => Some('-'),
            _ => None,
        })
        .collect()
}

fn read(path: &Path) -> Page {
    let text = fs::read_to_string(path).unwrap();
    let mut page = Page::default();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let slug = slug(&heading.take().unwrap());
                assert!(
                    page.anchors.insert(slug.clone()),
                    "{}: two headings `{slug}`, so their addresses depend on their order",
                    path.display()
                );
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                page.links.push(dest_url.to_string());
            }
            _ => {}
        }
    }
    page
}

/// `a/../b` as `b`; nothing for what leads out.
fn plain(path: &Path) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(part) => parts.push(part.to_str()?.to_owned()),
            Component::ParentDir => {
                parts.pop()?;
            }
            _ => {}
        }
    }
    Some(parts.join("/"))
}

/// The chapters, by their paths below `docs`.
fn chapters() -> BTreeMap<String, Page> {
    let docs = root().join("docs");
    let summary = read(&docs.join("SUMMARY.md"));
    let chapters: BTreeMap<_, _> = summary
        .links
        .iter()
        .map(|link| (link.clone(), read(&docs.join(link))))
        .collect();
    assert_eq!(
        chapters.len(),
        summary.links.len(),
        "a chapter stands twice"
    );
    chapters
}

#[test]
fn every_page_is_a_chapter() {
    let docs = root().join("docs");
    let chapters = chapters();
    let mut folders = vec![docs.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = plain(path.strip_prefix(&docs).unwrap()).unwrap();
            // Records of decisions speak to who works on the project.
            if path.is_dir() && name != "decisions" {
                folders.push(path);
            } else if name.ends_with(".md") && name != "SUMMARY.md" {
                assert!(
                    chapters.contains_key(&name),
                    "`{name}` is not in SUMMARY.md"
                );
            }
        }
    }
}

#[test]
fn every_link_leads_somewhere() {
    let docs = root().join("docs");
    let chapters = chapters();
    let mut wrong = Vec::new();
    for (name, page) in &chapters {
        for link in &page.links {
            if link.starts_with("http://") || link.starts_with("https://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let to = if file.is_empty() {
                Some(name.clone())
            } else {
                plain(&Path::new(name).parent().unwrap().join(file))
            };
            let found = to.is_some_and(|to| match chapters.get(&to) {
                Some(page) => anchor.is_empty() || page.anchors.contains(anchor),
                // Beside chapters, the built handbook has the other files of the folder, and no lists of folders.
                None => !to.ends_with(".md") && docs.join(to).is_file(),
            });
            if !found {
                wrong.push(format!("docs/{name}: {link}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_error_has_its_address() {
    let errors = read(&root().join("docs/errors.md"));
    for code in Code::ALL {
        assert!(
            errors.anchors.contains(code.as_str()),
            "{code:?}: run `cargo xtask book`"
        );
    }
}

#[test]
fn every_page_that_a_hint_names_is_there() {
    let mut named = 0;
    for code in Code::ALL {
        for word in code.hint().split_whitespace() {
            if word.starts_with("docs/") {
                let page = word.trim_end_matches([',', ';', '.', ':']);
                assert!(root().join(page).is_file(), "{code:?}: {page}");
                named += 1;
            }
        }
    }
    assert!(named > 0);
}

#[test]
fn addresses_are_made_as_they_are_published() {
    for (heading, slug_) in [
        ("policy_syntax", "policy_syntax"),
        ("fabric log import", "fabric-log-import"),
        ("1. A workspace", "1-a-workspace"),
        ("May I rely on it?", "may-i-rely-on-it"),
    ] {
        assert_eq!(slug(heading), slug_);
    }
}
