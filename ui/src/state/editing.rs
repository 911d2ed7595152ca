//! The open file and the way of an edit: keystroke -> `file.edit` (draft kept, problems back) -> replay. One call is on
//! its way at a time and only the newest text waits behind it, so typing never queues up work.

use futures_channel::oneshot;
use ipc::{
    CitableView, Cite, CiteAsked, Definition, DiscardDraft, Edit, EditFile, EditResult, FileKind,
    FileText, FindPolicy, Format, FormatText, ListCitable, Name, OpenFile as OpenFileCall, Path,
    SaveFile,
};
use leptos::{prelude::*, task::spawn_local};
use model::{Failure, PolicyKind, PolicySummary, Problem, Severity, Source};
use web_sys::HtmlElement;

use super::{
    Place, Studio,
    known::{Answer, Known},
};
use crate::{calls::call, dom, editor::Editor, texts::policies, words};

/// What the window knows about the file in the editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenFile {
    /// Path inside the workspace.
    pub path: String,
    /// What it holds.
    pub kind: FileKind,
    /// It can be edited here.
    pub editable: bool,
    /// Its text differs from the one on disk.
    pub draft: bool,
    /// Its text differs from the base.
    pub changed: bool,
    /// It changed on disk since the draft was begun.
    pub conflict: bool,
    /// It was not part of the base.
    pub new: bool,
}

/// Signals of the editor.
#[derive(Clone, Copy)]
pub struct Editing {
    /// The file in front.
    pub file: Known<Option<OpenFile>>,
    /// Policies in it.
    pub policies: Known<Vec<PolicySummary>>,
    /// Line and column of the cursor, from 1.
    pub cursor: Known<(u32, u32)>,
    /// What policies may cite, as of the last answer.
    pub citable: Known<Answer<Vec<CitableView>>>,
    /// Number of the newest edit.
    pub revision: RwSignal<u32>,
    /// Why the last action on the file failed.
    pub failure: RwSignal<Option<Failure>>,
    /// The story whose edit was applied last.
    pub story: RwSignal<Option<String>>,
    editor: StoredValue<Option<Editor>, LocalStorage>,
    /// A text that arrived before the editor.
    early: StoredValue<Option<FileText>>,
    waiting: StoredValue<Option<Edit>>,
    sending: StoredValue<bool>,
    settled: StoredValue<Vec<oneshot::Sender<()>>, LocalStorage>,
    last_key: StoredValue<f64>,
}

/// Tenths of a second since the beginning of 2026: a reloaded window goes on with larger revisions than it had before.
fn first_revision() -> u32 {
    const BEGIN: f64 = 1_767_225_600_000.0;
    ((js_sys::Date::now() - BEGIN) / 100.0).clamp(1.0, f64::from(u32::MAX / 2)) as u32
}

impl Editing {
    pub(super) fn new() -> Self {
        Self {
            file: Known::new(None),
            policies: Known::new(Default::default()),
            cursor: Known::new((1, 1)),
            citable: Known::new(None),
            revision: RwSignal::new(first_revision()),
            failure: RwSignal::new(None),
            story: RwSignal::new(None),
            editor: StoredValue::new_local(None),
            early: StoredValue::new(None),
            waiting: StoredValue::new(None),
            sending: StoredValue::new(false),
            settled: StoredValue::new_local(Vec::new()),
            last_key: StoredValue::new(0.0),
        }
    }

    pub(super) fn clear(self) {
        self.with_editor(|editor| editor.forget(None));
        self.early.set_value(None);
        self.file.set(None);
        self.policies.set(Vec::new());
        self.failure.set(None);
        self.story.set(None);
    }

    /// Takes the editor when it has been mounted. It lives as long as the page.
    pub fn set_editor(self, editor: Editor) {
        self.editor.set_value(Some(editor));
    }

    /// Puts the editor into another element, if it is there.
    pub fn move_editor(self, host: &HtmlElement) -> bool {
        let editor = self.editor.get_value();
        if let Some(editor) = &editor {
            editor.move_to(host);
        }
        editor.is_some()
    }

    /// Does something with the editor, if it is there.
    pub fn with_editor(self, act: impl FnOnce(&Editor)) {
        if let Some(editor) = self.editor.get_value() {
            act(&editor);
        }
    }

    /// An edit is on its way and not taken by the application yet.
    pub fn is_sending(self) -> bool {
        self.sending.get_value()
    }

    /// When the last key was typed.
    pub fn last_key(self) -> f64 {
        self.last_key.get_value()
    }

    /// The policy the cursor stands in; tracked.
    pub fn policy_at_cursor(self) -> Option<PolicySummary> {
        let (line, _) = self.cursor.get();
        self.policies.with(|policies| {
            policies
                .iter()
                .find(|policy| {
                    policy.kind != PolicyKind::Link
                        && (policy.source.line..=policy.source.end_line).contains(&line)
                })
                .cloned()
        })
    }

    fn update_file(self, change: impl FnOnce(&mut OpenFile)) {
        self.file.update(|file| {
            if let Some(file) = file {
                change(file);
            }
        });
    }
}

impl Studio {
    /// Opens a file, at a place if one is given.
    pub fn open_file(self, path: &str, at: Option<Source>) {
        self.go(Place::Policies);
        if self
            .editing
            .file
            .with_untracked(|file| file.as_ref().is_some_and(|file| file.path == path))
        {
            self.go_to(at);
            return;
        }
        let path = path.to_owned();
        spawn_local(async move {
            match call::<OpenFileCall>(Path { path: path.clone() }).await {
                Ok(text) => {
                    self.show_file(text);
                    self.go_to(at);
                }
                Err(failure) => {
                    let title = policies::NotOpened { path: &path }.say();
                    self.toast(title, told(&failure), true);
                }
            }
        });
    }

    /// Moves the cursor; with no place, only the focus.
    pub fn go_to(self, at: Option<Source>) {
        // After the place has changed, so that the editor is visible and can scroll.
        request_animation_frame(move || {
            self.editing.with_editor(|editor| match &at {
                Some(at) if at.line > 0 => {
                    editor.go_to(at.line, at.column, at.end_line, at.end_column)
                }
                _ => editor.focus(),
            });
        });
    }

    /// Shows a text that the application sent for a file.
    pub fn show_file(self, text: FileText) {
        let (kind, editable) = self.workspace.with_untracked(|workspace| {
            let file = workspace
                .as_ref()
                .and_then(|workspace| workspace.files.iter().find(|file| file.path == text.path));
            file.map_or((FileKind::Policies, true), |file| {
                (file.kind, file.editable)
            })
        });
        let changed = text.base.as_ref() != Some(&text.text);
        self.editing.failure.set(None);
        self.editing.policies.set(text.policies.clone());
        self.editing.file.set(Some(OpenFile {
            path: text.path.clone(),
            kind,
            editable,
            draft: text.draft,
            changed,
            conflict: text.conflict,
            new: text.base.is_none(),
        }));
        self.file_state(&text.path, text.draft, changed, &text.problems);
        dom::remember("file", &text.path);
        match self.editing.editor.get_value() {
            Some(editor) => {
                editor.open(&text.path, &text.text, text.base.as_deref(), !editable);
                editor.set_problems(&text.problems);
            }
            None => self.editing.early.set_value(Some(text)),
        }
    }

    /// Shows the text that arrived before the editor.
    pub fn show_early(self) {
        if let Some(text) = self.editing.early.try_update_value(Option::take).flatten() {
            self.show_file(text);
        }
    }

    /// Takes a keystroke.
    pub fn changed(self, path: String, text: String) {
        self.editing.last_key.set_value(dom::now());
        let revision = self.next_revision();
        self.editing.waiting.set_value(Some(Edit {
            path,
            text,
            revision,
        }));
        if !self.editing.sending.get_value() {
            self.editing.sending.set_value(true);
            spawn_local(self.send_edits());
        }
    }

    /// Marks everything computed so far as older than what is on screen.
    pub fn next_revision(self) -> u32 {
        let revision = self.editing.revision.get_untracked() + 1;
        self.editing.revision.set(revision);
        revision
    }

    async fn send_edits(self) {
        while let Some(edit) = self
            .editing
            .waiting
            .try_update_value(Option::take)
            .flatten()
        {
            let path = edit.path.clone();
            match call::<EditFile>(edit).await {
                Ok(result) => self.accept(&path, result),
                Err(failure) => self.editing.failure.set(Some(failure)),
            }
        }
        self.editing.sending.set_value(false);
        let settled = self
            .editing
            .settled
            .try_update_value(std::mem::take)
            .unwrap_or_default();
        for waiter in settled {
            // A waiter that gave up needs no word.
            let _ = waiter.send(());
        }
        self.preview_soon();
    }

    fn accept(self, path: &str, result: EditResult) {
        self.editing.failure.set(None);
        self.file_state(path, result.draft, result.changed, &result.problems);
        let newest = result.revision == self.editing.revision.get_untracked();
        let in_front = self
            .editing
            .file
            .with_untracked(|file| file.as_ref().is_some_and(|file| file.path == path));
        if in_front {
            self.editing.update_file(|file| {
                file.draft = result.draft;
                file.changed = result.changed;
            });
            if newest {
                self.editing.policies.set(result.policies);
                self.editing
                    .with_editor(|editor| editor.set_problems(&result.problems));
            }
        }
        // An edit of the schema finds problems in other files too: then the whole view is asked for again.
        let known = self.workspace.with_untracked(|workspace| {
            workspace
                .as_ref()
                .map_or(0, |workspace| problems_that_count(&workspace.problems))
        });
        if newest && known != result.problems_total {
            self.refresh();
        }
    }

    fn file_state(self, path: &str, draft: bool, changed: bool, problems: &[Problem]) {
        self.workspace.update(|workspace| {
            let Some(workspace) = workspace else { return };
            if let Some(file) = workspace.files.iter_mut().find(|file| file.path == path) {
                file.draft = draft;
                file.changed = changed;
                file.problems = problems_that_count(problems);
            }
            workspace.problems.retain(|problem| problem.file != path);
            workspace.problems.extend(problems.iter().cloned());
            workspace
                .problems
                .sort_by(|a, b| (a.severity, &a.file, a.line).cmp(&(b.severity, &b.file, b.line)));
        });
    }

    /// Waits until every keystroke so far has been taken by the application.
    async fn settle(self) {
        if self.editing.sending.get_value() {
            let (sender, receiver) = oneshot::channel();
            self.editing
                .settled
                .update_value(|waiters| waiters.push(sender));
            // A dropped sender means there is nothing left to wait for.
            let _ = receiver.await;
        }
    }

    /// Writes the draft to its file, formatted first when the user wants that.
    pub fn save(self) {
        let Some(file) = self.editing.file.get_untracked() else {
            return;
        };
        spawn_local(async move {
            if self
                .settings
                .with_untracked(|settings| settings.format_on_save)
                && file.kind == FileKind::Policies
            {
                // A text that does not parse is saved as it stands.
                let _ = self.formatted(&file.path).await;
            }
            self.settle().await;
            match call::<SaveFile>(Path {
                path: file.path.clone(),
            })
            .await
            {
                Ok(text) => {
                    self.show_file(text);
                    self.say(policies::Saved { path: &file.path }.say());
                    self.next_revision();
                    self.preview_soon();
                    self.run_tests();
                    self.refresh();
                }
                Err(failure) => self.editing.failure.set(Some(failure)),
            }
        });
    }

    /// Formats the file as one undo step.
    pub fn format(self) {
        let Some(file) = self.editing.file.get_untracked() else {
            return;
        };
        spawn_local(async move {
            match self.formatted(&file.path).await {
                Ok(true) => self.say(policies::FORMATTED),
                Ok(false) => self.say(policies::FORMATTED_ALREADY),
                Err(failure) => self.editing.failure.set(Some(failure)),
            }
        });
    }

    async fn formatted(self, path: &str) -> Result<bool, Failure> {
        let mut text = String::new();
        self.editing.with_editor(|editor| text = editor.text());
        let formatted = call::<Format>(FormatText {
            path: path.to_owned(),
            text: text.clone(),
        })
        .await?;
        let mut replaced = false;
        self.editing.with_editor(|editor| {
            // Keys typed while the formatter ran win over its answer.
            if formatted != text && editor.text() == text {
                editor.replace(&formatted);
                replaced = true;
            }
        });
        Ok(replaced)
    }

    /// Goes back to the saved text; the editor's undo brings the draft back.
    pub fn discard(self) {
        let Some(file) = self.editing.file.get_untracked() else {
            return;
        };
        spawn_local(async move {
            self.settle().await;
            match call::<DiscardDraft>(Path { path: file.path }).await {
                Ok(text) => {
                    self.editing
                        .with_editor(|editor| editor.replace(&text.text));
                    self.editing.update_file(|file| file.conflict = false);
                    self.editing.story.set(None);
                    self.say(policies::DISCARDED);
                }
                Err(failure) => self.editing.failure.set(Some(failure)),
            }
        });
    }

    /// Asks what policies may cite.
    pub fn list_citable(self) {
        self.editing.citable.set(None);
        spawn_local(async move {
            let answer = call::<ListCitable>(()).await;
            self.editing.citable.set(Some(answer));
            dom::focus_soon("#cite-find");
        });
    }

    /// Has the policy at the cursor cite something, as one undo step.
    pub async fn cite(self, annotation: String, name: String) -> Result<(), Failure> {
        let Some(file) = self.editing.file.get_untracked() else {
            return Ok(());
        };
        let (line, column) = self.editing.cursor.get_untracked();
        let mut text = String::new();
        self.editing.with_editor(|editor| text = editor.text());
        let cited = call::<Cite>(CiteAsked {
            place: ipc::Place {
                path: file.path,
                text: text.clone(),
                line,
                column,
            },
            annotation,
            name: name.clone(),
        });
        let cited = cited.await?;
        self.editing.with_editor(|editor| {
            // Keys typed meanwhile win.
            if editor.text() == text {
                editor.replace(&cited);
            }
            editor.focus();
        });
        self.say(policies::Cited { name: &name }.say());
        Ok(())
    }

    /// Goes to the definition of what the cursor stands on.
    pub fn definition(self) {
        let Some(file) = self.editing.file.get_untracked() else {
            return;
        };
        let (line, column) = self.editing.cursor.get_untracked();
        let mut text = String::new();
        self.editing.with_editor(|editor| text = editor.text());
        spawn_local(async move {
            match call::<Definition>(ipc::Place {
                path: file.path,
                text,
                line,
                column,
            })
            .await
            {
                Ok(Some(source)) => self.open_file(&source.file.clone(), Some(source)),
                Ok(None) => self.say(policies::DEFINED_NOWHERE),
                Err(failure) => self.say(failure.message),
            }
        });
    }

    /// Opens the file in which a policy stands.
    pub fn open_policy(self, name: String) {
        spawn_local(async move {
            match call::<FindPolicy>(Name { name: name.clone() }).await {
                Ok(Some(source)) => {
                    self.go(Place::Policies);
                    self.open_file(&source.file.clone(), Some(source));
                }
                Ok(None) => self.say(policies::Gone { name: &name }.say()),
                Err(failure) => self.say(failure.message),
            }
        });
    }

    /// Takes the edit in front back and applies another prepared one, so that each is seen alone.
    pub fn next_story(self, name: String, file: String) {
        let Some(open) = self.editing.file.get_untracked() else {
            return;
        };
        spawn_local(async move {
            self.settle().await;
            match call::<DiscardDraft>(Path { path: open.path }).await {
                Ok(text) => {
                    self.editing
                        .with_editor(|editor| editor.replace(&text.text));
                    self.settle().await;
                    self.apply_story(name, file);
                }
                Err(failure) => self.editing.failure.set(Some(failure)),
            }
        });
    }

    /// Puts a prepared edit into its file.
    pub fn apply_story(self, name: String, file: String) {
        spawn_local(async move {
            self.settle().await;
            // Opened first, so that the story's edit is one undo step away from the text before it.
            if self
                .editing
                .file
                .with_untracked(|open| open.as_ref().is_none_or(|open| open.path != file))
                && let Ok(text) = call::<OpenFileCall>(Path { path: file }).await
            {
                self.show_file(text);
            }
            match call::<ipc::ApplyStory>(Name { name: name.clone() }).await {
                Ok(text) => {
                    // Taking a new text sends it as an edit, which starts the replay; the application has it already.
                    self.editing
                        .with_editor(|editor| editor.replace(&text.text));
                    self.show_file(text);
                    self.editing.story.set(Some(name));
                    // Whoever has gone elsewhere since stays there.
                    self.page.set("drift");
                    self.inspector.set(true);
                    if !self.editing.is_sending() {
                        self.next_revision();
                        self.preview_soon();
                    }
                    self.refresh();
                }
                Err(failure) => self.toast(policies::EDIT_NOT_APPLIED, told(&failure), true),
            }
        });
    }
}

/// A failure as one paragraph.
pub fn told(failure: &Failure) -> String {
    format!(
        "{}. {}.",
        failure.message.trim_end_matches('.'),
        words::sentence(&failure.hint)
    )
}

fn problems_that_count(problems: &[Problem]) -> u32 {
    u32::try_from(
        problems
            .iter()
            .filter(|problem| problem.severity != Severity::Info)
            .count(),
    )
    .unwrap_or(u32::MAX)
}
