//! What-ifs: the scenario packs with what they found last, the one in front, and running them. They are about the saved
//! policies; the edit on screen plays no part.

use ipc::{ListPacks, Name, PackHistory, PackTrend, PackView, PacksView, RunPacks, RunScenarios};
use leptos::{prelude::*, task::spawn_local};
use model::{Code, Failure, PackOutcome};

use super::{Job, Place, Studio, editing::told, known::Known};
use crate::{
    calls::call,
    texts::{drift, shell},
};

/// Signals of the what-ifs.
#[derive(Clone, Copy)]
pub struct Packs {
    /// The Drift place shows them, and not the changes of the edit.
    pub front: RwSignal<bool>,
    /// All packs, as of the last answer.
    pub view: Known<Option<Result<PacksView, Failure>>>,
    /// Name of the pack in front.
    pub chosen: RwSignal<Option<String>>,
    /// How the pack of that name went over time.
    pub history: Known<Option<(String, Result<PackHistory, Failure>)>>,
    /// Packs that are being run; an empty list means all.
    pub running: Known<Option<Vec<String>>>,
    /// Why the last run came to nothing.
    pub failure: RwSignal<Option<Failure>>,
}

/// How a pack stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It never ran, or too long ago.
    Unknown,
    /// Every expectation was met.
    Met,
    /// So many were not.
    Unmet(u64),
    /// It could not be run.
    Failed,
}

impl Standing {
    /// As of the last run.
    pub fn of(pack: &PackView) -> Self {
        match pack.last.as_ref().map(|run| &run.outcome) {
            None => Self::Unknown,
            Some(PackOutcome::Error(_)) => Self::Failed,
            Some(PackOutcome::Result(result)) if result.is_met() => Self::Met,
            Some(PackOutcome::Result(result)) => Self::Unmet(result.expectations - result.met),
        }
    }

    /// It needs somebody to look at it.
    pub fn is_bad(self) -> bool {
        matches!(self, Self::Unmet(_) | Self::Failed)
    }
}

/// How all packs stand, in one line.
pub fn standings(view: &PacksView) -> String {
    let count = |fits: fn(Standing) -> bool| {
        let packs = view.packs.iter().map(Standing::of);
        packs.filter(|standing| fits(*standing)).count() as u64
    };
    let met = count(|it| it == Standing::Met);
    let unmet = count(|it| matches!(it, Standing::Unmet(_)));
    let failed = count(|it| it == Standing::Failed) + view.broken.len() as u64;
    let unknown = count(|it| it == Standing::Unknown);
    let parts = [
        (met, drift::PacksMet { count: met }.say()),
        (unmet, drift::PacksUnmet { count: unmet }.say()),
        (failed, drift::PacksFailed { count: failed }.say()),
        (unknown, drift::PacksNotRunYet { count: unknown }.say()),
    ];
    let told = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts = &told.map(|(_, told)| told).collect::<Vec<_>>().join(", ");
    let count = (view.packs.len() + view.broken.len()) as u64;
    drift::Standing { count, parts }.say()
}

impl Packs {
    pub(super) fn new() -> Self {
        Self {
            front: RwSignal::new(false),
            view: Known::new(None),
            chosen: RwSignal::new(None),
            history: Known::new(None),
            running: Known::new(None),
            failure: RwSignal::new(None),
        }
    }

    pub(super) fn clear(self) {
        self.front.set(false);
        self.view.set(None);
        self.chosen.set(None);
        self.history.set(None);
        self.running.set(None);
        self.failure.set(None);
    }

    /// A pack by name; tracked.
    pub fn get(self, name: &str) -> Option<PackView> {
        self.view.with(|view| match view {
            Some(Ok(view)) => view.packs.iter().find(|pack| pack.name == name).cloned(),
            _ => None,
        })
    }

    /// Names of all packs; tracked.
    pub fn names(self) -> Vec<String> {
        self.view.with(|view| match view {
            Some(Ok(view)) => view.packs.iter().map(|pack| pack.name.clone()).collect(),
            _ => Vec::new(),
        })
    }

    /// This pack is being run; tracked.
    pub fn runs(self, name: &str) -> bool {
        self.running.with(|running| {
            running
                .as_ref()
                .is_some_and(|names| names.is_empty() || names.iter().any(|it| it == name))
        })
    }
}

impl Studio {
    /// Goes to the what-ifs.
    pub fn show_packs(self) {
        self.packs.front.set(true);
        self.go(Place::Drift);
    }

    /// Goes to the changes of the edit.
    pub fn show_changes(self) {
        self.packs.front.set(false);
        self.go(Place::Drift);
    }

    /// Asks for the packs.
    pub fn list_packs(self) {
        spawn_local(async move {
            let answer = call::<ListPacks>(()).await;
            self.packs_listed(answer);
        });
    }

    fn packs_listed(self, answer: Result<PacksView, Failure>) {
        if let Ok(view) = &answer {
            let still = self.packs.chosen.with_untracked(|chosen| {
                view.packs
                    .iter()
                    .any(|pack| Some(&pack.name) == chosen.as_ref())
            });
            if !still {
                let bad = view.packs.iter().find(|pack| Standing::of(pack).is_bad());
                let first = bad.or(view.packs.first()).map(|pack| pack.name.clone());
                self.packs.chosen.set(first);
            }
        }
        self.packs.view.set(Some(answer));
        self.fetch_history();
    }

    /// Brings a pack to the front.
    pub fn choose_pack(self, name: String) {
        if self
            .packs
            .chosen
            .with_untracked(|chosen| chosen.as_ref() != Some(&name))
        {
            self.packs.chosen.set(Some(name));
            self.fetch_history();
        }
    }

    fn fetch_history(self) {
        let Some(name) = self.packs.chosen.get_untracked() else {
            return;
        };
        spawn_local(async move {
            let answer = call::<PackTrend>(Name { name: name.clone() }).await;
            if self
                .packs
                .chosen
                .with_untracked(|chosen| chosen.as_ref() == Some(&name))
            {
                self.packs.history.set(Some((name, answer)));
            }
        });
    }

    /// Runs packs; an empty list means all.
    pub fn run_packs(self, names: Vec<String>) {
        self.job.set(Some(Job {
            title: drift::WHAT_IFS_RUNNING.into(),
            done: 0,
            total: 0,
        }));
        self.packs.failure.set(None);
        self.packs.running.set(Some(names.clone()));
        spawn_local(async move {
            let answer = call::<RunScenarios>(RunPacks { packs: names }).await;
            self.job.set(None);
            self.packs.running.set(None);
            match answer {
                Ok(view) => {
                    let told = standings(&view);
                    if self.place.get_untracked() != Place::Drift {
                        self.toast(drift::WHAT_IFS_RAN, told.clone(), false);
                    }
                    self.say(told);
                    self.packs_listed(Ok(view));
                }
                Err(failure) if failure.code == Code::Cancelled => self.say(shell::CANCELLED),
                Err(failure) => {
                    if self.place.get_untracked() != Place::Drift {
                        self.toast(drift::WHAT_IFS_DID_NOT_RUN, told(&failure), true);
                    }
                    self.packs.failure.set(Some(failure));
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::LastRun;
    use model::{PackResult, ScenarioRows};

    fn pack(outcome: Option<PackOutcome>) -> PackView {
        PackView {
            name: "on-call".into(),
            file: "scenarios/on-call.toml".into(),
            title: "On call".into(),
            about: String::new(),
            digest: String::new(),
            rows: String::new(),
            schedule: None,
            next_at: None,
            scenarios: vec![],
            last: outcome.map(|outcome| LastRun {
                at: String::new(),
                outcome,
            }),
            trend: String::new(),
        }
    }

    fn result(met: u64, expectations: u64) -> Option<PackOutcome> {
        Some(PackOutcome::Result(PackResult {
            version: 1,
            pack: "on-call".into(),
            title: String::new(),
            digest: String::new(),
            rows: ScenarioRows {
                origin: String::new(),
                rows: 0,
                digest: String::new(),
            },
            scenarios: vec![],
            met,
            expectations,
        }))
    }

    #[test]
    fn a_pack_that_did_not_run_is_never_as_expected() {
        crate::texts::tests::english();
        let no = || Failure::new(Code::LogMissing, "no");
        let view = PacksView {
            packs: vec![
                pack(None),
                pack(result(3, 3)),
                pack(result(1, 3)),
                pack(Some(PackOutcome::Error(no()))),
            ],
            broken: vec![no()],
            unkept: None,
        };
        let found: Vec<_> = view.packs.iter().map(Standing::of).collect();
        assert_eq!(
            found,
            [
                Standing::Unknown,
                Standing::Met,
                Standing::Unmet(2),
                Standing::Failed
            ]
        );
        assert_eq!(
            standings(&view),
            "5 packs: 1 as expected, 1 not as expected, 2 cannot be run, 1 not run yet"
        );
    }
}
