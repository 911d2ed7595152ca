//! Somebody's project, looked at before it is taken over; and what is let go over the window.

use ipc::{
    Dropped, ImportLog, ImportPaths, LookAtProject, Path, PickFile, PickFolder, Picked,
    ProjectAsked, ProjectView, TakeProject,
};
use leptos::{prelude::*, task::spawn_local};
use model::Failure;

use super::{
    Job, Overlay, Studio, Undo,
    known::{Answer, Known},
};
use crate::{calls::call, texts::shell, words};

/// Signals of the dialog.
#[derive(Clone, Copy)]
pub struct Projects {
    /// The project that was looked at, as of the last answer; nothing before one is chosen.
    pub view: Known<Answer<ProjectView>>,
    /// Something is under way.
    pub busy: RwSignal<bool>,
    /// Why the last one was not taken over.
    pub failure: RwSignal<Option<Failure>>,
}

impl Projects {
    pub(super) fn new() -> Self {
        Self {
            view: Known::new(None),
            busy: RwSignal::new(false),
            failure: RwSignal::new(None),
        }
    }
}

impl Studio {
    /// Opens the dialog, with nothing chosen.
    pub fn offer_project(self) {
        self.projects.view.set(None);
        self.projects.failure.set(None);
        self.overlay.set(Some(Overlay::Project));
    }

    /// Asks for a folder, or for an archive, and looks at it.
    pub fn pick_project(self, archive: bool) {
        spawn_local(async move {
            let picked = match archive {
                true => call::<PickFile>(Picked::Project).await,
                false => call::<PickFolder>(()).await,
            };
            match picked {
                Ok(Some(path)) => self.look_at_project(path),
                Ok(None) => {}
                Err(why) => self.projects.failure.set(Some(why)),
            }
        });
    }

    /// Looks at a project and shows what it holds.
    pub fn look_at_project(self, path: String) {
        let projects = self.projects;
        self.offer_project();
        projects.busy.set(true);
        spawn_local(async move {
            let answer = call::<LookAtProject>(Path { path }).await;
            projects.busy.set(false);
            projects.view.set(Some(answer));
        });
    }

    /// Takes the project over: into a new workspace in a folder that is asked for, or into the open one; then its logs, if wanted.
    pub fn take_project(self, extend: bool, logs: bool) {
        let projects = self.projects;
        let Some(Ok(view)) = projects.view.get_untracked() else {
            return;
        };
        spawn_local(async move {
            let taken = async {
                let into = match extend {
                    true => None,
                    false => match call::<PickFolder>(()).await? {
                        Some(folder) => Some(folder),
                        None => return Ok(None),
                    },
                };
                projects.busy.set(true);
                let path = view.path.clone();
                Ok(Some(
                    call::<TakeProject>(ProjectAsked { path, into }).await?,
                ))
            };
            let taken = taken.await;
            projects.busy.set(false);
            let taken = match taken {
                Ok(Some(taken)) => taken,
                Ok(None) => return,
                Err(why) => return projects.failure.set(Some(why)),
            };
            self.overlay.set(None);
            if extend {
                self.workspace.set(Some(taken.workspace));
                self.next_revision();
                self.preview_soon();
                let count = taken.created.len() as u64;
                let title = shell::FilesAdded { count }.say();
                self.offer_undo(title, String::new(), Undo::Files(taken.created));
            } else {
                self.opened_or(Ok(taken.workspace));
            }
            if logs && !view.logs.is_empty() {
                self.import_logs(view.logs.into_iter().map(|log| log.path).collect());
            }
        });
    }

    /// Imports log files.
    pub fn import_logs(self, paths: Vec<String>) {
        let names: Vec<&str> = paths.iter().map(|path| words::file(path).1).collect();
        let files = &names.join(", ");
        self.job.set(Some(Job {
            title: shell::Importing { files }.say(),
            done: 0,
            total: 0,
        }));
        spawn_local(async move {
            let answer = call::<ImportLog>(ImportPaths { paths }).await;
            self.imported(answer);
        });
    }

    /// Does what is to be done with files that were let go over the window.
    pub fn dropped(self, what: Dropped, paths: Vec<String>) {
        let Some(first) = paths.first().cloned() else {
            return;
        };
        match what {
            Dropped::Bundle | Dropped::Report => self.verify(first),
            Dropped::Workspace => self.open(first),
            Dropped::Project => self.look_at_project(first),
            Dropped::Logs if self.workspace.with_untracked(Option::is_none) => {
                self.toast(shell::NOT_TAKEN, shell::LOGS_NEED_WORKSPACE, true);
            }
            Dropped::Logs => match self.busy() {
                Some(job) => {
                    let job = &job;
                    let wait = crate::texts::evidence::BusyWait { job }.say();
                    self.toast(shell::NOT_TAKEN, wait, true);
                }
                None => self.import_logs(paths),
            },
            Dropped::Unknown => self.toast(shell::NOT_TAKEN, shell::ACCEPTED, true),
        }
    }
}
