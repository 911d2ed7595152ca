//! An article: its text, taken apart for terminals and for searching, and as HTML for a page.

use model::Code;
use pulldown_cmark::{
    CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html::push_html,
};

use crate::{Language, about};

/// An article.
#[derive(Debug)]
pub struct Article {
    /// Its name, the same in every language. The article of a place has the name of the place.
    pub id: &'static str,
    /// English, German, French.
    texts: [&'static str; 3],
}

/// A piece of an article between two headings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Names it in its article; empty for what stands below the title.
    pub anchor: String,
    /// Its heading.
    pub title: String,
    /// What it says, without markup.
    pub text: String,
    /// The errors it explains.
    pub codes: Vec<Code>,
}

/// A piece of an article as a terminal shows it. Words between backticks are typed or read as they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// The title, or a section's heading.
    Heading {
        /// Names the section; nothing for the title.
        anchor: Option<String>,
        /// The words.
        text: String,
    },
    /// A paragraph.
    Paragraph(String),
    /// An item of a list.
    Item(String),
    /// Lines to be typed, as they stand.
    Code(String),
}

macro_rules! articles {
    ($($id:literal),+ $(,)?) => {
        &[$(Article {
            id: $id,
            texts: [
                include_str!(concat!("../../../assets/help/en/", $id, ".md")),
                include_str!(concat!("../../../assets/help/de/", $id, ".md")),
                include_str!(concat!("../../../assets/help/fr/", $id, ".md")),
            ],
        }),+]
    };
}

/// Every article, as they are listed: where to begin, the places from the top, then subjects.
#[must_use]
pub fn articles() -> &'static [Article] {
    articles![
        "start",
        "policies",
        "drift",
        "what-ifs",
        "releases",
        "evidence",
        "narratives",
        "settings",
        "workspace",
        "decision-log",
        "proof",
        "guard",
        "rego",
        "references",
        "keys",
        "ledger",
        "enforcement",
        "program",
    ]
}

impl Article {
    /// Its text as it was written: Markdown.
    #[must_use]
    pub fn text(&self, language: Language) -> &'static str {
        let [english, german, french] = self.texts;
        match language {
            Language::English => english,
            Language::German => german,
            Language::French => french,
        }
    }

    /// Its title.
    #[must_use]
    pub fn title(&self, language: Language) -> &'static str {
        let first = self.text(language).lines().next().unwrap_or_default();
        first.trim_start_matches('#').trim()
    }

    /// The errors it explains.
    #[must_use]
    pub fn codes(&self) -> Vec<Code> {
        let own = |code: &&Code| about(**code).article == self.id;
        Code::ALL.iter().filter(own).copied().collect()
    }

    /// Taken apart, for a terminal.
    #[must_use]
    pub fn blocks(&self, language: Language) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut words = String::new();
        let mut anchor = None;
        for event in events(self.text(language)) {
            match event {
                Event::Start(Tag::Heading { id, .. }) => anchor = id.map(|id| id.to_string()),
                Event::End(TagEnd::Heading(_)) => blocks.push(Block::Heading {
                    anchor: anchor.take(),
                    text: std::mem::take(&mut words),
                }),
                // The words of an item stand in a paragraph only where the list is a wide one.
                Event::End(TagEnd::Item) if !words.is_empty() => {
                    blocks.push(Block::Item(std::mem::take(&mut words)));
                }
                Event::End(TagEnd::Paragraph) => {
                    blocks.push(Block::Paragraph(std::mem::take(&mut words)));
                }
                Event::End(TagEnd::CodeBlock) => {
                    blocks.push(Block::Code(std::mem::take(&mut words)));
                }
                Event::Text(text) => words.push_str(&text),
                Event::Code(text) => {
                    words.push('`');
                    words.push_str(&text);
                    words.push('`');
                }
                Event::SoftBreak | Event::HardBreak => words.push(' '),
                _ => {}
            }
        }
        blocks
    }

    /// Taken apart, for an index.
    #[must_use]
    pub fn sections(&self, language: Language) -> Vec<Section> {
        let mut sections: Vec<Section> = Vec::new();
        for block in self.blocks(language) {
            match (block, sections.last_mut()) {
                (Block::Heading { anchor, text }, _) => sections.push(Section {
                    anchor: anchor.unwrap_or_default(),
                    title: text,
                    text: String::new(),
                    codes: Vec::new(),
                }),
                (Block::Paragraph(text) | Block::Item(text) | Block::Code(text), Some(last)) => {
                    if !last.text.is_empty() {
                        last.text.push(' ');
                    }
                    last.text.push_str(text.trim_end());
                }
                (_, None) => {}
            }
        }
        for code in self.codes() {
            let named = |section: &&mut Section| section.anchor == about(code).anchor;
            if let Some(section) = sections.iter_mut().find(named) {
                section.codes.push(code);
            }
        }
        sections
    }

    /// As HTML, from the title on. Nothing in it runs, is fetched or leads out of the page: headings have `id="article/anchor"`, and links
    /// are `#article/anchor` or `#article`.
    #[must_use]
    pub fn html(&self, language: Language) -> String {
        let events = events(self.text(language)).map(|event| match event {
            // What would be markup is shown instead.
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            Event::Start(Tag::Heading {
                level,
                id,
                classes,
                attrs,
            }) => Event::Start(Tag::Heading {
                id: match (&id, level) {
                    (Some(id), _) => Some(format!("{}/{id}", self.id).into()),
                    (None, HeadingLevel::H1) => Some(self.id.into()),
                    (None, _) => None,
                },
                level,
                classes,
                attrs,
            }),
            Event::Start(Tag::Link { dest_url, .. }) => Event::Start(Tag::Link {
                link_type: LinkType::Inline,
                dest_url: self.inside(&dest_url),
                title: CowStr::Borrowed(""),
                id: CowStr::Borrowed(""),
            }),
            Event::Start(Tag::Image { .. }) => Event::Start(Tag::Strong),
            Event::End(TagEnd::Image) => Event::End(TagEnd::Strong),
            other => other,
        });
        let mut html = String::new();
        push_html(&mut html, events);
        html
    }

    /// Where a link leads in a page that shows articles: `keys.md#lost` to `#keys/lost`.
    fn inside(&self, link: &str) -> CowStr<'static> {
        let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
        let article = file.strip_suffix(".md").unwrap_or(self.id);
        match anchor {
            "" => format!("#{article}").into(),
            anchor => format!("#{article}/{anchor}").into(),
        }
    }

    /// The links of its text, as they were written.
    #[must_use]
    pub fn links(&self, language: Language) -> Vec<String> {
        events(self.text(language))
            .filter_map(|event| match event {
                Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.to_string()),
                _ => None,
            })
            .collect()
    }
}

fn events(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_HEADING_ATTRIBUTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Title <b>\n\nOne `two`\nthree, see [keys](keys.md#lost).\n\n- a\n- b\n\n## Part {#part}\n\n```sh\nfabric check\n```\n\n<script>x</script>\n\n\
        ![x](http://x.example/y.png) [out](javascript:alert(1)) [there](http://x.example/)\n";

    fn article() -> Article {
        Article {
            id: "test",
            texts: [TEXT; 3],
        }
    }

    #[test]
    fn an_article_is_taken_apart() {
        let blocks = article().blocks(Language::English);
        assert_eq!(
            blocks[..5],
            [
                Block::Heading {
                    anchor: None,
                    text: "Title ".into()
                },
                Block::Paragraph("One `two` three, see keys.".into()),
                Block::Item("a".into()),
                Block::Item("b".into()),
                Block::Heading {
                    anchor: Some("part".into()),
                    text: "Part".into()
                },
            ]
        );
        assert_eq!(blocks[5], Block::Code("fabric check\n".into()));
        let sections = article().sections(Language::English);
        assert_eq!(sections[0].text, "One `two` three, see keys. a b");
        assert_eq!(sections[1].anchor, "part");
    }

    #[test]
    fn nothing_in_the_html_runs_or_leads_out() {
        let html = article().html(Language::German);
        assert!(html.contains("<h1 id=\"test\">"), "{html}");
        assert!(html.contains("<h2 id=\"test/part\">"), "{html}");
        assert!(html.contains("href=\"#keys/lost\""), "{html}");
        for bad in ["<script", "<b>", "<img", "javascript", "http:"] {
            assert!(!html.contains(bad), "{bad}: {html}");
        }
    }
}
