//! What could be told to somebody who helps, and the notices of a start: how the last run ended, what is wrong with this machine.

use ipc::{
    ClearHelpCounts, CountHelp, DiagnosticsSave, DiagnosticsView, EndedBadly, ExportHelpCounts,
    HelpCount, HelpLanguage, Name, Path, PrepareDiagnostics, SaveAs, SaveDiagnostics,
};
use leptos::task::spawn_local;
use model::Failure;

use super::{
    Overlay, Studio, Toast,
    known::{Answer, Known},
};
use crate::{calls::call, dom, texts::diagnostics, words};

/// Signals of diagnostics.
#[derive(Clone, Copy)]
pub struct Diagnostics {
    /// What was gathered last; nothing while it is.
    pub gathered: Known<Answer<DiagnosticsView>>,
    /// Why it was not saved.
    pub unsaved: Known<Option<Failure>>,
    /// How often help was opened, for the settings.
    pub counts: Known<Vec<HelpCount>>,
}

impl Diagnostics {
    pub(super) fn new() -> Self {
        Self {
            gathered: Known::new(None),
            unsaved: Known::new(None),
            counts: Known::new(Vec::new()),
        }
    }
}

/// The address that asks for diagnostics after the view was loaded again.
pub const ASKED: &str = "diagnostics";

impl Studio {
    /// Gathers what could be told, and shows it.
    pub fn diagnose(self) {
        self.diagnostics.gathered.set(None);
        self.diagnostics.unsaved.set(None);
        self.overlay.set(Some(Overlay::Diagnostics));
        spawn_local(async move {
            let gathered = call::<PrepareDiagnostics>(()).await;
            self.diagnostics.gathered.set(Some(gathered));
        });
    }

    /// Writes what is shown, without these files, where the user says.
    pub fn save_diagnostics(self, name: String, without: Vec<String>) {
        spawn_local(async move {
            let saved = async {
                let Some(path) = call::<SaveAs>(Name { name }).await? else {
                    return Ok(None);
                };
                let asked = DiagnosticsSave {
                    path: path.clone(),
                    without,
                };
                call::<SaveDiagnostics>(asked).await.map(|()| Some(path))
            };
            match saved.await {
                Ok(Some(path)) => {
                    if self.overlay.get_untracked() == Some(Overlay::Diagnostics) {
                        self.overlay.set(None);
                    }
                    self.toast(diagnostics::SAVED, path, false);
                }
                // The user thought better of it.
                Ok(None) => {}
                Err(why) => self.diagnostics.unsaved.set(Some(why)),
            }
        });
    }

    /// Tells of what a start found: each once, until it is dismissed.
    pub(super) fn notices(self, notices: Vec<Failure>, ended: Option<EndedBadly>) {
        for notice in notices {
            let hint = words::sentence(&notice.hint);
            self.toast(words::sentence(&notice.message), hint, true);
        }
        if let Some(ended) = ended {
            let text = match ended.since.as_str() {
                "" => diagnostics::ENDED_ABOUT.into(),
                since => diagnostics::EndedSince {
                    since: &words::date_time(since),
                }
                .say(),
            };
            self.show_toast(Toast {
                id: 0,
                title: diagnostics::ENDED.into(),
                text,
                bad: true,
                undo: None,
                offer: Some("diagnose"),
            });
        }
        if dom::hash() == ASKED {
            self.diagnose();
        }
    }

    /// Reads how often help was opened.
    pub fn count_help(self) {
        let lang = self.language.get_untracked();
        spawn_local(async move {
            // Counts that cannot be read are not shown.
            if let Ok(counts) = call::<CountHelp>(HelpLanguage { lang }).await {
                self.diagnostics.counts.set(counts);
            }
        });
    }

    /// Forgets how often help was opened.
    pub fn clear_help_counts(self) {
        spawn_local(async move {
            match call::<ClearHelpCounts>(()).await {
                Ok(()) => self.say(diagnostics::COUNTS_CLEARED),
                Err(why) => self.toast(words::sentence(&why.message), why.hint, true),
            }
            self.count_help();
        });
    }

    /// Writes how often help was opened, where the user says: `end` is `csv` or `json`.
    pub fn export_help_counts(self, end: &'static str) {
        spawn_local(async move {
            let name = format!("help-counts.{end}");
            let written = async {
                let Some(path) = call::<SaveAs>(Name { name }).await? else {
                    return Ok(None);
                };
                let asked = Path { path: path.clone() };
                call::<ExportHelpCounts>(asked).await.map(|()| Some(path))
            };
            match written.await {
                Ok(Some(path)) => self.toast(diagnostics::COUNTS_EXPORTED, path, false),
                Ok(None) => {}
                Err(why) => self.toast(words::sentence(&why.message), why.hint, true),
            }
        });
    }
}
