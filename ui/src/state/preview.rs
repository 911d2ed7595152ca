//! The preview: what the edit does to recorded decisions. Counts are fresh only when they belong to the text on screen;
//! `Truth` is what may be said about them at any moment.

use std::time::Duration;

use ipc::{
    CompareVersions, LintEdit, LintsView, Preview, PreviewDrift, ProofView, ProveEdit, Revision,
    Versions,
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use model::{Code, Failure, Problem, Severity};

use super::{Studio, known::Known};
use crate::{calls::call, dom, words};

/// A keystroke starts a replay when no other follows within this time.
const PAUSE_MS: f64 = 40.0;

/// Signals of the preview.
#[derive(Clone, Copy)]
pub struct Drift {
    /// The last answer.
    pub preview: Known<Option<Preview>>,
    /// A replay is under way.
    pub running: RwSignal<bool>,
    /// Why the replay of a revision failed.
    pub failure: Known<Option<(u32, Failure)>>,
    /// What was proven last, for the revision it was asked for.
    pub proof: Known<Option<(u32, Result<ProofView, Failure>)>>,
    /// What was found by proof last, for the revision it was asked for.
    pub lints: Known<Option<(u32, Result<LintsView, Failure>)>>,
    /// Versions that are compared instead of the edit and what is in force.
    pub versions: Known<Option<Versions>>,
    asked: StoredValue<u32>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

/// Why counts on screen are not those of the text on screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stale {
    /// New ones are being computed.
    Computing,
    /// The edit cannot be replayed: its first error.
    Broken(Option<Problem>),
    /// The replay failed.
    Failed(Failure),
}

/// What may be said about the edit.
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    /// There are no recorded decisions.
    NoLog,
    /// Nothing has been computed yet.
    First(Option<Stale>),
    /// Counts, and why they may not belong to the text on screen.
    Counts(Box<Preview>, Option<Stale>),
}

impl Truth {
    /// Decides what is true, given the newest revision and everything known.
    pub fn of(
        log: bool,
        revision: u32,
        preview: Option<Preview>,
        failure: Option<(u32, Failure)>,
        problems: &[Problem],
    ) -> Self {
        if !log {
            return Truth::NoLog;
        }
        let fresh = preview
            .as_ref()
            .is_some_and(|preview| preview.revision == revision);
        let stale = match failure {
            _ if fresh => None,
            Some((failed, failure)) if failed == revision => Some(match failure.code {
                Code::SetBroken
                | Code::PolicySyntax
                | Code::PolicyInvalid
                | Code::PolicyDuplicateId
                | Code::LinkInvalid => Stale::Broken(
                    problems
                        .iter()
                        .find(|problem| problem.severity == Severity::Error)
                        .cloned(),
                ),
                _ => Stale::Failed(failure),
            }),
            _ => Some(Stale::Computing),
        };
        match preview {
            Some(preview) => Truth::Counts(Box::new(preview), stale),
            None => Truth::First(stale),
        }
    }
}

impl Drift {
    pub(super) fn new() -> Self {
        Self {
            preview: Known::new(None),
            running: RwSignal::new(false),
            failure: Known::new(None),
            proof: Known::new(None),
            lints: Known::new(None),
            versions: Known::new(None),
            asked: StoredValue::new(0),
            timer: StoredValue::new(None),
        }
    }

    pub(super) fn clear(self) {
        self.preview.set(None);
        self.running.set(false);
        self.failure.set(None);
        self.proof.set(None);
        self.lints.set(None);
        self.versions.set(None);
    }

    /// What is proven about the text on screen; tracked. Nothing while it is being proven, and for any other text.
    pub fn proven(self, revision: u32) -> Option<Result<ProofView, Failure>> {
        self.proof.with(|proof| {
            proof
                .as_ref()
                .filter(|(proven, _)| *proven == revision)
                .map(|(_, answer)| answer.clone())
        })
    }
}

impl Studio {
    /// What is true now; tracked.
    pub fn truth(self) -> Truth {
        let (log, problems) = self.workspace.with(|workspace| {
            workspace.as_ref().map_or((false, Vec::new()), |workspace| {
                (workspace.log.is_some(), workspace.problems.clone())
            })
        });
        Truth::of(
            log,
            self.editing.revision.get(),
            self.drift.preview.get(),
            self.drift.failure.get(),
            &problems,
        )
    }

    /// Replays soon after the last keystroke.
    pub fn preview_soon(self) {
        if let Some(timer) = self.drift.timer.get_value() {
            timer.clear();
        }
        let rest = (PAUSE_MS - (dom::now() - self.editing.last_key())).clamp(0.0, PAUSE_MS);
        let timer = set_timeout_with_handle(
            move || self.preview_now(),
            Duration::from_micros((rest * 1000.0) as u64),
        );
        self.drift.timer.set_value(timer.ok());
    }

    /// Replays the log against the policies as edited; cancels the replay of an older revision.
    pub fn preview_now(self) {
        let has_log = self.workspace.with_untracked(|workspace| {
            workspace
                .as_ref()
                .is_some_and(|workspace| workspace.log.is_some())
        });
        // INVARIANT: a replay is asked for only when the application has the text of that revision, else older counts
        // would come back under a newer number. An edit on its way asks again when it has arrived.
        if self.editing.is_sending() {
            return;
        }
        let revision = self.editing.revision.get_untracked();
        if !has_log {
            // There is nothing to replay; what a solver finds needs no log.
            self.lint(revision);
            return;
        }
        if self.drift.running.get_untracked() && self.drift.asked.get_value() == revision {
            return;
        }
        self.drift.asked.set_value(revision);
        self.drift.running.set(true);
        spawn_local(async move {
            let answer = call::<PreviewDrift>(Revision { revision }).await;
            let newest = self.drift.asked.get_value() == revision;
            match answer {
                Ok(preview) => {
                    let newer = self.drift.preview.with_untracked(|shown| {
                        shown
                            .as_ref()
                            .is_none_or(|shown| shown.revision <= preview.revision)
                    });
                    if newer {
                        if newest {
                            self.say(words::totals(&preview.totals));
                            self.run_tests();
                        }
                        self.drift.failure.set(None);
                        self.drift.preview.set(Some(preview));
                        self.review_again();
                        if newest {
                            self.prove(revision);
                        }
                    }
                }
                Err(failure) if newest && failure.code != Code::Cancelled => {
                    self.drift.failure.set(Some((revision, failure)))
                }
                Err(_) => {}
            }
            if newest {
                self.drift.running.set(false);
            }
        });
    }
}

impl Studio {
    /// Compares other versions, or the usual ones again. `failed` hears why that cannot be.
    pub fn compare(self, versions: Option<Versions>, failed: impl FnOnce(Failure) + 'static) {
        spawn_local(async move {
            let asked = versions.clone().unwrap_or_default();
            if let Err(failure) = call::<CompareVersions>(asked).await {
                return failed(failure);
            }
            self.drift.versions.set(versions);
            self.review.selected.set(None);
            self.review.why.set(None);
            self.next_revision();
            self.preview_now();
            self.overlay.set(None);
        });
    }

    /// Asks for the proof of a text whose replay has been answered.
    fn prove(self, revision: u32) {
        spawn_local(async move {
            let answer = call::<ProveEdit>(Revision { revision }).await;
            if matches!(&answer, Err(failure) if failure.code == Code::Cancelled) {
                return;
            }
            self.drift.proof.set(Some((revision, answer)));
            self.lint(revision);
        });
    }

    /// Asks for what a solver finds in a text. Last of all: counts and proof of the edit come first.
    fn lint(self, revision: u32) {
        if self.workspace.with_untracked(Option::is_none) {
            return;
        }
        spawn_local(async move {
            let answer = call::<LintEdit>(Revision { revision }).await;
            if matches!(&answer, Err(failure) if failure.code == Code::Cancelled) {
                return;
            }
            self.drift.lints.set(Some((revision, answer)));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Headline, Totals};

    fn preview(revision: u32) -> Preview {
        Preview {
            revision,
            base: "HEAD".into(),
            head: "draft".into(),
            totals: Totals::default(),
            headline: Headline::default(),
            policies: vec![],
            top: vec![],
            changes: 0,
            viewed: 0,
            notes: vec![],
            milliseconds: 1,
        }
    }

    #[test]
    fn counts_of_another_text_are_never_fresh() {
        let stale = |truth: Truth| match truth {
            Truth::Counts(_, stale) => stale,
            other => panic!("{other:?}"),
        };
        assert_eq!(stale(Truth::of(true, 7, Some(preview(7)), None, &[])), None);
        assert_eq!(
            stale(Truth::of(true, 8, Some(preview(7)), None, &[])),
            Some(Stale::Computing)
        );
        let broken = Some((8, Failure::new(Code::SetBroken, "no")));
        assert_eq!(
            stale(Truth::of(true, 8, Some(preview(7)), broken.clone(), &[])),
            Some(Stale::Broken(None))
        );
        // The failure of an older text says nothing about this one.
        assert_eq!(
            stale(Truth::of(true, 9, Some(preview(7)), broken.clone(), &[])),
            Some(Stale::Computing)
        );
        // Undoing back to a text that was replayed again makes it fresh.
        assert_eq!(
            stale(Truth::of(true, 9, Some(preview(9)), broken, &[])),
            None
        );
        let full = Failure::new(Code::LogDamaged, "no");
        assert_eq!(
            stale(Truth::of(
                true,
                8,
                Some(preview(7)),
                Some((8, full.clone())),
                &[]
            )),
            Some(Stale::Failed(full))
        );
    }

    #[test]
    fn without_a_log_or_an_answer_nothing_is_claimed() {
        assert_eq!(
            Truth::of(false, 1, Some(preview(1)), None, &[]),
            Truth::NoLog
        );
        assert_eq!(
            Truth::of(true, 1, None, None, &[]),
            Truth::First(Some(Stale::Computing))
        );
    }
}
