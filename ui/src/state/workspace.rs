//! Starting, opening and closing workspaces, logs, settings: the calls that change what the whole window shows.

use ipc::{
    CancelJob, CloseWorkspace, CreateFile, Event, GenerateLog, GenerateRows, OpenSample,
    OpenWorkspace, Path, PickFolder, PickLogs, SaveSettings, Settings, Start, Theme, ViewWorkspace,
    WorkspaceView,
};
use leptos::{prelude::*, task::spawn_local};
use model::{Code, Failure, LogImport};

use super::{About, Job, Place, Studio, Undo, editing::told, evidence::is_bundle};
use crate::{
    calls::{call, tell},
    dom, editor,
    texts::{self, Pack},
};

/// The seed that a generated log begins with.
pub const SEED: u64 = 7;

impl Studio {
    /// Folder of the open workspace; changes only when another one is opened.
    pub fn root(self) -> Memo<Option<String>> {
        Memo::new(move |_| {
            self.workspace
                .with(|workspace| workspace.as_ref().map(|workspace| workspace.root.clone()))
        })
    }

    /// The window's first questions.
    pub fn start(self) {
        spawn_local(async move {
            match call::<Start>(()).await {
                Ok(start) => {
                    self.about.set(About {
                        version: start.version,
                        engine: start.engine,
                        data_dir: start.data_dir,
                    });
                    self.settings.set(start.settings);
                    self.speak();
                    self.recent.set(start.recent);
                    if let Some(workspace) = start.workspace {
                        self.opened(workspace);
                    }
                    self.notices(start.notices, start.ended_badly);
                }
                Err(failure) => self.trouble.set(Some(failure)),
            }
            self.started.set(true);
            dom::drawn().await;
            dom::mark_root("data-ready", Some(&dom::now().to_string()));
        });
    }

    /// Hears what the application tells unasked.
    pub fn hear(self, event: Event) {
        match event {
            // Progress of a job that has been answered meanwhile says nothing any more. What the job is called is said here, in the
            // language of the window.
            Event::Progress { done, total, .. } => self.job.update(|job| {
                if let Some(job) = job {
                    (job.done, job.total) = (done, total);
                }
            }),
            // A job of our own refreshes everything when it ends.
            Event::WorkspaceChanged if self.job.with_untracked(Option::is_some) => {}
            Event::WorkspaceChanged => {
                self.refresh();
                if self.packs.view.with_untracked(Option::is_some) {
                    self.list_packs();
                }
                if self.evidence.ledger.with_untracked(Option::is_some) {
                    self.view_ledger();
                }
                self.next_revision();
                self.preview_soon();
            }
            Event::OpenPath { path } => {
                self.evidence.hover.set(None);
                if is_bundle(&path) {
                    self.verify(path);
                } else {
                    self.open(path);
                }
            }
            Event::Hover { over } => self.evidence.hover.set(over),
            Event::Dropped { what, paths } => self.dropped(what, paths),
        }
    }

    /// Asks for a folder and opens it.
    pub fn pick(self) {
        spawn_local(async move {
            match call::<PickFolder>(()).await {
                Ok(Some(path)) => self.open(path),
                Ok(None) => {}
                Err(failure) => self.trouble.set(Some(failure)),
            }
        });
    }

    /// Opens a folder as a workspace.
    pub fn open(self, path: String) {
        self.opening.set(Some(path.clone()));
        spawn_local(async move {
            let answer = call::<OpenWorkspace>(Path { path }).await;
            self.opened_or(answer);
        });
    }

    /// Opens the sample.
    pub fn open_sample(self) {
        self.opening.set(Some(texts::shell::THE_SAMPLE.into()));
        spawn_local(async move {
            let answer = call::<OpenSample>(()).await;
            self.opened_or(answer);
        });
    }

    pub(super) fn opened_or(self, answer: Result<WorkspaceView, Failure>) {
        self.opening.set(None);
        match answer {
            Ok(workspace) => {
                self.opened(workspace);
                self.go(Place::Policies);
            }
            Err(failure) if self.workspace.with_untracked(Option::is_some) => {
                self.toast(texts::shell::NOT_OPENED, told(&failure), true);
            }
            Err(failure) => self.trouble.set(Some(failure)),
        }
    }

    fn opened(self, workspace: WorkspaceView) {
        self.trouble.set(None);
        self.editing.clear();
        self.drift.clear();
        self.review.clear();
        self.packs.clear();
        self.evidence.leave_workspace();
        self.releases.leave_workspace();
        self.narratives.leave_workspace();
        self.find.leave_workspace();
        self.tests.clear();
        let name = workspace.name.clone();
        let stories = !workspace.stories.is_empty();
        let last = dom::recall("file").filter(|path| {
            workspace
                .files
                .iter()
                .any(|file| file.path == *path && file.draft)
        });
        let recovered = workspace.recovered.first().cloned();
        // The sample's stories say nothing without decisions, and it knows how to make them.
        let missing = workspace
            .generate_rows
            .filter(|_| stories && workspace.log.is_none());
        self.workspace.set(Some(workspace));
        self.next_revision();
        // The replay takes every core; the screen and the editor come first.
        spawn_local(async move {
            dom::drawn().await;
            editor::module().await;
            self.preview_now();
            self.run_tests();
        });
        self.say(texts::shell::Opened { name: &name }.say());
        if let Some(rows) = missing {
            self.generate_log(rows, SEED);
        }
        // A draft is what the user was at; the sample's stories come first otherwise.
        match recovered.or(last) {
            Some(path) if self.place.get_untracked() == Place::Policies => {
                self.open_file(&path, None)
            }
            _ if stories => {}
            _ => self.open_first(),
        }
    }

    /// Opens the first policy file, so that a workspace never begins with an empty middle.
    fn open_first(self) {
        let first = self.workspace.with_untracked(|workspace| {
            let files = &workspace.as_ref()?.files;
            let file = files
                .iter()
                .find(|file| file.kind == ipc::FileKind::Policies)
                .or(files.first())?;
            Some(file.path.clone())
        });
        if let Some(path) = first
            && self.place.get_untracked() == Place::Policies
        {
            self.open_file(&path, None);
        }
    }

    /// Fetches the workspace's view again.
    pub fn refresh(self) {
        spawn_local(async move {
            if let Ok(view) = call::<ViewWorkspace>(()).await {
                self.workspace.set(Some(view));
            }
        });
    }

    /// Closes the workspace and goes back to the start screen.
    pub fn close(self) {
        spawn_local(async move {
            match call::<CloseWorkspace>(()).await {
                Ok(()) => {
                    self.workspace.set(None);
                    self.editing.clear();
                    self.drift.clear();
                    self.review.clear();
                    self.packs.clear();
                    self.evidence.leave_workspace();
                    self.releases.leave_workspace();
                    self.narratives.leave_workspace();
                    self.find.leave_workspace();
                    self.go(Place::Policies);
                    if let Ok(start) = call::<Start>(()).await {
                        self.recent.set(start.recent);
                    }
                }
                Err(failure) => self.toast(texts::shell::NOT_CLOSED, told(&failure), true),
            }
        });
    }

    /// Makes a new policy file and opens it.
    pub fn create_file(self, path: String) {
        spawn_local(async move {
            match call::<CreateFile>(Path { path }).await {
                Ok(text) => {
                    let path = text.path.clone();
                    if let Ok(view) = call::<ViewWorkspace>(()).await {
                        self.workspace.set(Some(view));
                    }
                    self.show_file(text);
                    self.go_to(None);
                    self.say(texts::shell::Created { path: &path }.say());
                }
                Err(failure) => self.toast(texts::shell::NOT_CREATED, told(&failure), true),
            }
        });
    }

    /// Keeps changed settings.
    pub fn set(self, change: impl FnOnce(&mut Settings)) {
        self.can_undo(Undo::Settings(self.settings.get_untracked()));
        self.settings.update(change);
        let settings = self.settings.get_untracked();
        spawn_local(async move {
            if let Err(failure) = call::<SaveSettings>(settings).await {
                self.toast(texts::shell::SETTINGS_NOT_KEPT, told(&failure), true);
            }
        });
    }

    /// Says everything in the language that is set. What had the focus gets it back when the views are made anew.
    pub fn speak(self) {
        let setting = self.settings.with_untracked(|settings| settings.language);
        spawn_local(async move {
            let pack = Pack::fetch(Some(setting.tag())).await;
            let chosen = self.settings.with_untracked(|settings| settings.language);
            let other = |pack: &Pack| self.language.with_untracked(|tag| *tag != pack.tag);
            if let Some(pack) = pack.filter(|pack| chosen == setting && other(pack))
                && let Some(tag) = pack.speak()
            {
                let focused = dom::focused();
                self.language.set(tag);
                request_animation_frame(move || focused.iter().for_each(|it| dom::focus(it)));
            }
        });
    }

    /// Asks for log files and imports them.
    pub fn import_log(self) {
        spawn_local(async move {
            match call::<PickLogs>(()).await {
                Ok(paths) if paths.is_empty() => {}
                Ok(paths) => self.import_logs(paths),
                Err(failure) => self.toast(texts::shell::NO_LOG_CHOSEN, told(&failure), true),
            }
        });
    }

    /// Makes a log from the workspace's schema and entities.
    pub fn generate_log(self, rows: u64, seed: u64) {
        self.job.set(Some(Job {
            title: texts::shell::GENERATING.into(),
            done: 0,
            total: rows,
        }));
        spawn_local(async move {
            let answer = call::<GenerateLog>(GenerateRows { rows, seed }).await;
            self.imported(answer);
        });
    }

    pub(super) fn imported(self, answer: Result<LogImport, Failure>) {
        self.job.set(None);
        match answer {
            Ok(import) => {
                let title = texts::shell::DecisionsReady { count: import.rows }.say();
                let count = import.skipped_total;
                if count > 0 {
                    let skipped = match import.skipped.first() {
                        Some(first) => {
                            let line = &first.line.to_string();
                            texts::shell::LinesSkippedFrom { count, line }.say()
                        }
                        None => texts::shell::LinesSkipped { count }.say(),
                    };
                    self.toast(title, skipped, false);
                } else {
                    self.say(title);
                }
                spawn_local(async move {
                    if let Ok(view) = call::<ViewWorkspace>(()).await {
                        self.workspace.set(Some(view));
                    }
                    self.next_revision();
                    self.preview_now();
                });
            }
            Err(failure) if failure.code == Code::Cancelled => self.say(texts::shell::CANCELLED),
            Err(failure) => self.toast(texts::shell::NOT_IMPORTED, told(&failure), true),
        }
    }

    /// Cancels the long job.
    pub fn cancel_job(self) {
        tell::<CancelJob>(());
    }
}

/// Puts theme and density on the root element, where the tokens look.
pub fn dress(settings: Settings) {
    let theme = match settings.theme {
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
        Theme::System | Theme::Contrast => None,
    };
    let contrast = settings.theme == Theme::Contrast
        || (settings.theme == Theme::System && dom::media("(prefers-contrast: more)"));
    dom::mark_root("data-theme", theme);
    dom::mark_root("data-contrast", contrast.then_some("more"));
    dom::mark_root(
        "data-density",
        (settings.density == ipc::Density::Compact).then_some("compact"),
    );
}
