//! Narratives: what can be told, the one in front as pages, and an author's words for it. Nothing is written here: pages and words come
//! from the application.

use ipc::{
    EditProse, EditedProse, ExportNarrative, Name, NarrativeExport, NarrativeForm,
    NarrativeSubject, NarrativeView, NarrativesView, RateNarrative, Rated, SaveAs, Tell, Telling,
    ViewNarratives,
};
use leptos::{prelude::*, task::spawn_local};

use super::{
    Overlay, Studio,
    editing::told,
    known::{Answer, Known},
};
use crate::{calls::call, texts::narratives};

/// Signals of the place.
#[derive(Clone, Copy)]
pub struct Narratives {
    /// What can be told, as of the last answer.
    pub view: Known<Answer<NarrativesView>>,
    /// The narrative in front, as of the last answer; nothing while it is written for the first time.
    pub told: Known<Answer<NarrativeView>>,
    /// What it is about, in which language, on which paper.
    pub telling: RwSignal<Option<Telling>>,
    /// Its words are being edited.
    pub editing: RwSignal<bool>,
    /// Nothing but its pages is shown.
    pub reading: RwSignal<bool>,
    /// Why the last edit was not taken, and of which block.
    pub refused: RwSignal<Option<(String, String)>>,
    /// The receipt of the narrative that is being rated.
    pub rated: RwSignal<u64>,
    /// Counts how often computed words were brought back: the fields show them then.
    pub anew: RwSignal<u32>,
    typed: StoredValue<Typed>,
}

/// Words on their way to the pages.
#[derive(Default)]
struct Typed {
    /// One of each block, those typed first at the front.
    words: Vec<EditedProse>,
    /// A call is under way.
    busy: bool,
}

impl Narratives {
    pub(super) fn new() -> Self {
        Self {
            view: Known::new(None),
            told: Known::new(None),
            telling: RwSignal::new(None),
            editing: RwSignal::new(false),
            reading: RwSignal::new(false),
            refused: RwSignal::new(None),
            rated: RwSignal::new(0),
            anew: RwSignal::new(0),
            typed: StoredValue::new(Typed::default()),
        }
    }

    /// Forgets the narratives with their workspace.
    pub(super) fn leave_workspace(self) {
        self.view.set(None);
        self.told.set(None);
        self.telling.set(None);
    }
}

impl Studio {
    /// Asks what can be told, and tells the newest of it if nothing is in front.
    pub fn view_narratives(self) {
        let narratives = self.narratives;
        spawn_local(async move {
            let answer = call::<ViewNarratives>(()).await;
            let first = answer.as_ref().ok().and_then(|view| {
                // A week is told when it is asked for: something happened is more to the point.
                let is_week =
                    |subject: &NarrativeSubject| matches!(subject, NarrativeSubject::Week { .. });
                let mut all = view.subjects.iter();
                let found = all.find(|it| !is_week(&it.subject));
                Some(found.or(view.subjects.first())?.subject.clone())
            });
            narratives.view.set(Some(answer));
            if narratives.telling.with_untracked(Option::is_none)
                && let Some(subject) = first
            {
                self.tell(|telling| telling.subject = subject);
            }
        });
    }

    /// Tells what is in front otherwise, or something else.
    pub fn tell(self, change: impl FnOnce(&mut Telling)) {
        let narratives = self.narratives;
        let mut telling = narratives.telling.get_untracked().unwrap_or(Telling {
            subject: NarrativeSubject::Evidence,
            language: "en".to_owned(),
            letter: false,
        });
        change(&mut telling);
        narratives.telling.set(Some(telling.clone()));
        narratives.told.set(None);
        narratives.refused.set(None);
        spawn_local(async move {
            let answer = call::<Tell>(telling.clone()).await;
            if narratives.telling.get_untracked() == Some(telling) {
                narratives.told.set(Some(answer));
            }
        });
    }

    /// Has the pages follow an author's words; no words bring back what was computed. One call is under way at a time, and what is typed
    /// meanwhile goes with the next: so the pages are as near as they can be, and no block's last words are lost.
    pub fn edit_prose(self, block: String, text: String) {
        let Some(telling) = self.narratives.telling.get_untracked() else {
            return;
        };
        let typed = self.narratives.typed;
        let busy = typed.with_value(|typed| typed.busy);
        typed.update_value(|typed| {
            let words = &mut typed.words;
            words.retain(|it| (&it.block, &it.telling) != (&block, &telling));
            words.push(EditedProse {
                telling,
                block,
                text,
            });
            typed.busy = true;
        });
        if !busy {
            spawn_local(self.follow_words());
        }
    }

    async fn follow_words(self) {
        let narratives = self.narratives;
        let next = || {
            let mut first = None;
            narratives.typed.update_value(|typed| {
                first = (!typed.words.is_empty()).then(|| typed.words.remove(0));
                typed.busy = first.is_some();
            });
            first
        };
        while let Some(edited) = next() {
            let anew = edited.text.trim().is_empty();
            let (telling, block) = (edited.telling.clone(), edited.block.clone());
            let answer = call::<EditProse>(edited).await;
            // Something else is told by now: what was typed is kept, and not shown.
            if narratives.telling.get_untracked() != Some(telling) {
                continue;
            }
            match answer {
                Ok(view) => {
                    narratives.refused.set(None);
                    narratives.told.set(Some(Ok(view)));
                    if anew {
                        narratives.anew.update(|times| *times += 1);
                    }
                }
                Err(why) => narratives.refused.set(Some((block, why.message))),
            }
        }
    }

    /// Asks where to, and writes the narrative in front there.
    pub fn export_narrative(self, form: NarrativeForm, name: &'static str) {
        let Some(telling) = self.narratives.telling.get_untracked() else {
            return;
        };
        spawn_local(async move {
            let name = name.to_owned();
            let path = match call::<SaveAs>(Name { name }).await {
                Ok(Some(path)) => path,
                Ok(None) => return,
                Err(failure) => {
                    self.toast(narratives::NO_FILE_CHOSEN, told(&failure), true);
                    return;
                }
            };
            let asked = NarrativeExport {
                telling,
                form,
                path: path.clone(),
            };
            match call::<ExportNarrative>(asked).await {
                Ok(()) => self.toast(narratives::EXPORTED, path, false),
                Err(failure) => self.toast(narratives::NOT_EXPORTED, told(&failure), true),
            }
        });
    }

    /// Opens the form that rates a published narrative.
    pub fn offer_rating(self, receipt: u64) {
        self.narratives.rated.set(receipt);
        self.overlay.set(Some(Overlay::Rate));
    }

    /// Keeps what a reader thought.
    pub fn rate(self, rated: Rated) {
        spawn_local(async move {
            match call::<RateNarrative>(rated).await {
                Ok(view) => {
                    self.narratives.view.set(Some(Ok(view)));
                    self.overlay.set(None);
                    self.say(narratives::RATING_KEPT);
                }
                Err(failure) => self.toast(narratives::RATING_NOT_KEPT, told(&failure), true),
            }
        });
    }

    /// Follows a link of a page: to a receipt of the ledger, a policy, or another place of the narrative.
    pub fn follow_link(self, link: &str) -> bool {
        let (kind, name) = link.split_once(':').unwrap_or((link, ""));
        match kind {
            "#receipt" => {
                let number = self.narratives.told.with_untracked(|told| {
                    let view = told.as_ref()?.as_ref().ok()?;
                    let mut all = view.receipts.iter();
                    all.find(|(leaf, _)| leaf == name)
                        .map(|(_, number)| *number)
                });
                if let Some(number) = number {
                    self.evidence.wanted.set(Some(number));
                    self.show_ledger();
                }
                true
            }
            "#policy" => {
                self.open_policy(name.to_owned());
                true
            }
            // A place of the same page: the page goes there by itself.
            "#block" | "#source" => false,
            _ => {
                crate::dom::copy(link);
                self.say(narratives::ADDRESS_COPIED);
                true
            }
        }
    }
}
