//! Help: the article in front, and what a search finds. Both come from the application, in the language of the window.

use ipc::{HelpArticle, HelpAsked, HelpHit, HelpSearch, OpenHandbook, ReadHelp, SearchHelp};
use leptos::{prelude::*, task::spawn_local};

use super::{
    Studio,
    editing::told,
    known::{Answer, Known},
};
use crate::{calls::call, dom, texts::help};

/// Signals of the help.
#[derive(Clone, Copy)]
pub struct Help {
    /// It is shown: over everything, dialogs too.
    pub open: RwSignal<bool>,
    /// The article in front; nothing until the first is there.
    pub article: Known<Answer<HelpArticle>>,
    /// What was found; nothing when nothing is looked for.
    pub hits: Known<Answer<Vec<HelpHit>>>,
    /// The words that are looked for.
    pub words: RwSignal<String>,
    /// All articles, for whoever searches elsewhere, as of the last look.
    pub all: Known<Vec<HelpHit>>,
    /// Counts what was asked for: only the last answer is shown.
    asked: StoredValue<u32>,
}

impl Help {
    pub(super) fn new() -> Self {
        Self {
            open: RwSignal::new(false),
            article: Known::new(None),
            hits: Known::new(None),
            words: RwSignal::default(),
            all: Known::new(Vec::new()),
            asked: StoredValue::new(0),
        }
    }

    fn ask(self) -> u32 {
        self.asked.update_value(|asked| *asked += 1);
        self.asked.get_value()
    }
}

impl Studio {
    /// Opens the help for what has the focus: the nearest thing around it that names a topic, else the place in front.
    pub fn help_here(self) {
        let place = self.place.get_untracked().slug();
        self.help(&dom::topic().unwrap_or_else(|| place.to_owned()));
    }

    /// Opens an article: by its name, by the name of a place or of an error, or at a heading of it, as `releases/refused`.
    pub fn help(self, topic: &str) {
        let help = self.help;
        let (id, anchor) = match topic.split_once('/') {
            Some((id, anchor)) => (id.to_owned(), Some(anchor.to_owned())),
            None => (topic.to_owned(), None),
        };
        let lang = self.language.get_untracked();
        let asked = help.ask();
        spawn_local(async move {
            let answer = call::<ReadHelp>(HelpAsked { id, lang }).await;
            if help.asked.get_value() != asked {
                return;
            }
            let anchor = answer.as_ref().ok().and_then(|article| {
                let anchor = anchor.or_else(|| article.anchor.clone())?;
                Some(format!("{}/{anchor}", article.id))
            });
            help.hits.set(None);
            help.article.set(Some(answer));
            help.open.set(true);
            dom::drawn().await;
            dom::focus("#help-article");
            let page = dom::document();
            match anchor.and_then(|id| page?.get_element_by_id(&id)) {
                Some(heading) => heading.scroll_into_view(),
                None => {
                    if let Some(article) = dom::find("#help-article") {
                        article.set_scroll_top(0);
                    }
                }
            }
        });
    }

    /// Looks for words in all articles; for none, all articles are listed.
    pub fn search_help(self, words: String) {
        let help = self.help;
        let lang = self.language.get_untracked();
        let asked = help.ask();
        help.words.set(words.clone());
        spawn_local(async move {
            let answer = call::<SearchHelp>(HelpSearch { words, lang }).await;
            if help.asked.get_value() == asked {
                help.hits.set(Some(answer));
            }
        });
    }

    /// Opens the handbook beside the window.
    pub fn open_handbook(self) {
        spawn_local(async move {
            if let Err(failure) = call::<OpenHandbook>(()).await {
                self.toast(help::NO_HANDBOOK, told(&failure), true);
            }
        });
    }

    /// Has all articles at hand, in the language of the window.
    pub fn list_help(self) {
        let asked = HelpSearch {
            words: String::new(),
            lang: self.language.get_untracked(),
        };
        spawn_local(async move {
            // Without them help is found in its own dialog, which says what is wrong.
            if let Ok(all) = call::<SearchHelp>(asked).await {
                self.help.all.set(all);
            }
        });
    }
}
