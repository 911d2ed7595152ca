//! An open workspace: its files with the drafts laid over them, what they are compared with, and what is wrong with them.
//!
//! Locks are few and taken in one order: `checks`, then `working`. `working` is held for moments (and while one file is
//! written); `checks` while policies are compiled. A replay holds neither, so typing never waits for it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ipc::{Edit, EditResult, FileDiff, FileKind, FileText, FileView};
use model::{Failure, PolicyKind, Problem};
use policy::Files;
use store::{Draft, Entry, EntryKind};

use crate::{
    Error, Folders,
    check::{Checked, Compiler, is_trouble},
    git,
    home::Home,
    named, path,
    resolve::resolve,
    scan, story,
    text::{self, LineEnding},
};

/// Files larger than this are shown in the tree but edited elsewhere.
const EDITABLE_BYTES: usize = 1 << 20;

/// Locks, whatever happened to the thread that held the lock before: every value behind one is whole between statements.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What edits are compared with.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    /// `HEAD 3f2a91c` or `saved files`.
    pub(crate) label: String,
    pub(crate) files: Arc<Files>,
    /// Nothing when the saved files are the base.
    commit: Option<String>,
}

/// Versions to compare in place of the edit and its base.
struct Chosen {
    base: Option<Base>,
    head: Option<Base>,
}

/// Text typed and not saved.
struct Held {
    /// With `\n`, as the editor has it.
    text: String,
    /// As it would be saved, with the file's own line endings.
    content: Arc<[u8]>,
    /// Digest of the file when the draft was begun; nothing when there was none.
    base_digest: Option<String>,
    updated_at: i64,
}

struct Working {
    /// Grows with every change of anything below.
    generation: u64,
    disk: scan::OnDisk,
    drafts: BTreeMap<String, Held>,
    /// Drafts that could not be stored, and why the last one could not.
    unkept: BTreeSet<String>,
    unkept_because: Option<Failure>,
    /// `disk` with `drafts` laid over it.
    current: Arc<Files>,
    base: Base,
    /// Versions somebody chose to compare instead.
    chosen: Option<Arc<Chosen>>,
    /// The newest revision of each file, so that an edit overtaken by a later one changes nothing.
    revisions: HashMap<String, u32>,
    /// Drafts of an earlier session nobody has touched yet.
    recovered: BTreeSet<String>,
}

/// One version of the workspace, compiled.
pub(crate) struct Snapshot {
    generation: u64,
    /// `draft`, `saved files`, or the version that was chosen.
    pub(crate) label: String,
    pub(crate) files: Arc<Files>,
    pub(crate) base: Base,
    pub(crate) checked: Checked,
}

#[derive(Default)]
struct Checks {
    compiler: Compiler,
    last: Option<Arc<Snapshot>>,
    chosen: Option<(Arc<Chosen>, Arc<Snapshot>)>,
    base: Option<Arc<CheckedBase>>,
}

/// The base, compiled.
pub(crate) struct CheckedBase {
    of: Arc<Files>,
    pub(crate) label: String,
    pub(crate) checked: Checked,
    /// Over everything a replay depends on.
    pub(crate) digest: String,
}

/// What a replay depends on.
const DECIDES: &[policy::FileKind] = &[
    policy::FileKind::Policies,
    policy::FileKind::Links,
    policy::FileKind::Schema,
    policy::FileKind::Entities,
    policy::FileKind::Rego,
    policy::FileKind::RegoData,
];

/// An open workspace.
pub(crate) struct Open {
    pub(crate) root: PathBuf,
    pub(crate) home: Home,
    /// When it was opened, in seconds since 1970: what is cited is judged by that day.
    opened: u64,
    working: Mutex<Working>,
    checks: Mutex<Checks>,
}

impl Open {
    /// Opens the workspace at `root`, which is canonical; `now` is in milliseconds since 1970.
    pub(crate) fn new(root: PathBuf, folders: &Folders, now: i64) -> Result<Self, Error> {
        let disk = scan::read(&root, &scan::OnDisk::default())?;
        if disk.files.is_empty() && disk.unreadable.is_empty() {
            return Err(Error::NoWorkspace(root.display().to_string()));
        }
        let mut home = Home::open(&root, folders);
        let (base, trouble) = base_of(&root, &disk.files, None);
        home.notices.extend(trouble);
        let found = home.history.drafts().unwrap_or_else(|error| {
            home.notices.push(error.into());
            Vec::new()
        });
        let mut working = Working {
            generation: 0,
            current: Arc::new(Files::new()),
            disk,
            drafts: BTreeMap::new(),
            unkept: BTreeSet::new(),
            unkept_because: None,
            base,
            chosen: None,
            revisions: HashMap::new(),
            recovered: BTreeSet::new(),
        };
        for draft in found {
            // A draft of a path that could never have been edited was not written by a Studio.
            if path::inside(&root, &draft.path).is_ok() && policy::kind(&draft.path).is_some() {
                working.recovered.insert(draft.path.clone());
                let content = working.content_of(&draft.path, &draft.text);
                let Draft {
                    path,
                    text,
                    base_digest,
                    updated_at,
                } = draft;
                working.drafts.insert(
                    path,
                    Held {
                        text,
                        content,
                        base_digest,
                        updated_at,
                    },
                );
            }
        }
        working.drop_saved_drafts(&home);
        working.lay_over();
        Ok(Self {
            root,
            home,
            opened: u64::try_from(now).unwrap_or(0) / 1000,
            working: Mutex::new(working),
            checks: Mutex::default(),
        })
    }

    /// The name of its folder.
    pub(crate) fn folder_name(&self) -> String {
        self.root.file_name().map_or_else(
            || self.root.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        )
    }

    /// Everything as edited, compiled. Calls that come together share one compilation, of the newest text.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        let mut checks = lock(&self.checks);
        let (generation, label, files, base, unreadable) = {
            let working = lock(&self.working);
            match &checks.last {
                Some(last) if last.generation == working.generation => return last.clone(),
                _ => (
                    working.generation,
                    if working.drafts.is_empty() {
                        "saved files"
                    } else {
                        "draft"
                    },
                    working.current.clone(),
                    working.base.clone(),
                    working.disk.unreadable.clone(),
                ),
            }
        };
        let mut checked = checks.compiler.check(&files).at(self.opened);
        checked.problems.splice(0..0, unreadable);
        let snapshot = Arc::new(Snapshot {
            generation,
            label: label.to_owned(),
            files,
            base,
            checked,
        });
        checks.last = Some(snapshot.clone());
        snapshot
    }

    /// The two sides to compare: the edit and its base, or the versions that were chosen instead.
    pub(crate) fn compared(&self) -> Arc<Snapshot> {
        let edited = self.snapshot();
        let Some(chosen) = lock(&self.working).chosen.clone() else {
            return edited;
        };
        let mut checks = lock(&self.checks);
        if let Some((of, known)) = &checks.chosen
            && Arc::ptr_eq(of, &chosen)
            && known.generation == edited.generation
        {
            return known.clone();
        }
        let (label, files, checked) = match &chosen.head {
            Some(head) => (
                head.label.clone(),
                head.files.clone(),
                checks.compiler.check(&head.files),
            ),
            None => (
                edited.label.clone(),
                edited.files.clone(),
                edited.checked.clone(),
            ),
        };
        let base = chosen.base.clone().unwrap_or_else(|| edited.base.clone());
        let snapshot = Arc::new(Snapshot {
            generation: edited.generation,
            label,
            files,
            base,
            checked,
        });
        checks.chosen = Some((chosen, snapshot.clone()));
        snapshot
    }

    /// Chooses what is compared from now on.
    ///
    /// # Errors
    /// As [`resolve`], when a version cannot be read.
    pub(crate) fn choose(&self, base: Option<&str>, head: Option<&str>) -> Result<(), Error> {
        let version = |spec: Option<&str>| -> Result<Option<Base>, Error> {
            let Some(spec) = spec else { return Ok(None) };
            let found = resolve(spec, &self.root)?;
            let saved = lock(&self.working).disk.files.clone();
            Ok(Some(Base {
                label: found.label,
                files: Arc::new(shared(found.files, &saved)),
                commit: None,
            }))
        };
        let chosen = Chosen {
            base: version(base)?,
            head: version(head)?,
        };
        let usual = chosen.base.is_none() && chosen.head.is_none();
        lock(&self.working).chosen = (!usual).then(|| Arc::new(chosen));
        Ok(())
    }

    /// A base, compiled; parts it shares with the edit are not made twice.
    pub(crate) fn compile_base(&self, base: &Base) -> Arc<CheckedBase> {
        let mut checks = lock(&self.checks);
        if let Some(known) = checks
            .base
            .as_ref()
            .filter(|known| Arc::ptr_eq(&known.of, &base.files))
        {
            return known.clone();
        }
        let checked = checks.compiler.check(&base.files);
        let mut digest = policy::digest(&base.files, DECIDES);
        if checked.rego.is_some() {
            // Which rule decides, and in which version of the language.
            digest.push_str(&format!("{:?}", checked.manifest.rego));
        }
        let compiled = Arc::new(CheckedBase {
            of: base.files.clone(),
            label: base.label.clone(),
            checked,
            digest,
        });
        checks.base = Some(compiled.clone());
        compiled
    }

    /// The saved files, and what is wrong with them.
    pub(crate) fn saved(&self) -> (Files, Checked) {
        let files = lock(&self.working).disk.files.clone();
        let checked = lock(&self.checks).compiler.check(&files);
        (files, checked)
    }

    /// The saved files.
    pub(crate) fn saved_files(&self) -> Files {
        lock(&self.working).disk.files.clone()
    }

    /// Reads again what changed on disk. True when anything did.
    pub(crate) fn reload(&self) -> Result<bool, Error> {
        let mut working = lock(&self.working);
        let disk = scan::read(&self.root, &working.disk)?;
        let (base, _) = base_of(&self.root, &disk.files, Some(&working.base));
        let changed = disk.files != working.disk.files
            || disk.unreadable != working.disk.unreadable
            || base.commit != working.base.commit;
        working.disk = disk;
        working.base = base;
        if changed {
            working.drop_saved_drafts(&self.home);
            working.lay_over();
        }
        Ok(changed)
    }

    /// Which drafts were found from an earlier session and are still as they were found.
    pub(crate) fn recovered(&self) -> Vec<String> {
        lock(&self.working).recovered.iter().cloned().collect()
    }

    /// What the user should know of the workspace as a whole.
    pub(crate) fn notices(&self) -> Vec<Failure> {
        let mut notices = self.home.notices.clone();
        notices.extend(lock(&self.working).unkept_because.clone());
        notices
    }

    /// The place of a file that can be edited here.
    fn editable(&self, path: &str) -> Result<PathBuf, Error> {
        let place = path::inside(&self.root, path)?;
        if shown(path).is_none() {
            return Err(Error::NotEditable {
                path: path.to_owned(),
                why: "it is no policy, schema, links, entities or tests file and no scenario pack",
            });
        }
        Ok(place)
    }

    /// A file for the editor.
    pub(crate) fn open_file(&self, path: &str) -> Result<FileText, Error> {
        self.editable(path)?;
        // A window that opens a file begins to count anew.
        lock(&self.working).revisions.remove(path);
        self.file_text(path)
    }

    fn file_text(&self, path: &str) -> Result<FileText, Error> {
        let (text, saved, draft, conflict, base) = {
            let working = lock(&self.working);
            let on_disk = working.disk.files.get(path);
            let held = working.drafts.get(path);
            if on_disk.is_none() && held.is_none() {
                return Err(Error::Read {
                    path: path.to_owned(),
                    source: io::ErrorKind::NotFound.into(),
                });
            }
            if on_disk.is_some_and(|content| content.len() > EDITABLE_BYTES) {
                return Err(Error::NotEditable {
                    path: path.to_owned(),
                    why: "it is larger than 1 MiB",
                });
            }
            let saved = on_disk
                .map(|content| utf8(path, content))
                .transpose()?
                .unwrap_or_default();
            (
                held.map_or_else(|| saved.clone(), |held| held.text.clone()),
                saved,
                held.is_some(),
                held.is_some_and(|held| on_disk.is_some_and(|content| held.overwrites(content))),
                working
                    .base
                    .files
                    .get(path)
                    .and_then(|content| utf8(path, content).ok()),
            )
        };
        let snapshot = self.snapshot();
        Ok(FileText {
            path: path.to_owned(),
            text,
            saved,
            base,
            draft,
            conflict,
            policies: snapshot.policies_of(path),
            problems: snapshot.problems_of(path),
        })
    }

    /// Takes text as typed. Whatever else fails, the text is part of the workspace as edited from here on.
    pub(crate) fn edit(&self, edit: &Edit, at: i64) -> Result<EditResult, Error> {
        self.editable(&edit.path)?;
        let (draft, changed, unkept) = {
            let mut working = lock(&self.working);
            let newest = working.revisions.entry(edit.path.clone()).or_default();
            if edit.revision >= *newest {
                *newest = edit.revision;
                working.put(&self.home, &edit.path, &edit.text, at)?;
            }
            let base = working.base.files.get(&edit.path);
            let current = working.current.get(&edit.path);
            (
                working.drafts.contains_key(&edit.path),
                !same_text(base, current),
                working
                    .unkept
                    .contains(&edit.path)
                    .then(|| working.unkept_because.clone())
                    .flatten(),
            )
        };
        let snapshot = self.snapshot();
        Ok(EditResult {
            revision: edit.revision,
            problems: snapshot.problems_of(&edit.path),
            problems_total: snapshot.checked.troubles() as u32,
            policies: snapshot.policies_of(&edit.path),
            draft,
            changed,
            unkept,
        })
    }

    /// Puts a prepared edit into its file, as a draft.
    pub(crate) fn apply_story(&self, name: &str, at: i64) -> Result<FileText, Error> {
        let path = {
            let mut working = lock(&self.working);
            let story = story::find(&working.current, name)?;
            let path = story.view.file.clone();
            self.editable(&path)?;
            let now = match working.current.get(&path) {
                Some(content) => utf8(&path, content)?,
                None => {
                    return Err(Error::StoryStale {
                        story: story.view.title,
                        file: path,
                    });
                }
            };
            working.put(&self.home, &path, &story.apply(&now)?, at)?;
            path
        };
        self.file_text(&path)
    }

    /// Writes a draft to its file.
    pub(crate) fn save(&self, path: &str, format: bool, at: i64) -> Result<FileText, Error> {
        let place = self.editable(path)?;
        self.may_write()?;
        let mut saved = false;
        {
            let mut working = lock(&self.working);
            if let Some(held) = working.drafts.get(path) {
                let on_disk = match fs::read(&place) {
                    Ok(content) => Some(content),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                    Err(error) => return Err(Error::read(path)(error)),
                };
                if on_disk.is_some_and(|content| held.overwrites(&content)) {
                    return Err(Error::Conflict(path.to_owned()));
                }
                let formatted = (format && policy::kind(path) == Some(policy::FileKind::Policies))
                    .then(|| policy::format(path, &held.text, policy::WIDTH).ok())
                    .flatten()
                    .map(|formatted| working.content_of(path, &formatted));
                let content = formatted.unwrap_or_else(|| held.content.clone());
                self.write(&mut working, path, &place, Some(content))?;
                working.forget(&self.home, path);
                working.lay_over();
                saved = true;
            }
        }
        if saved {
            // That a file was saved is worth a line; that the line could not be written is not worth failing for.
            let _ = self.home.history.record(&Entry {
                kind: EntryKind::Save,
                at,
                title: format!("Saved `{path}`"),
                facts: None,
            });
        }
        self.file_text(path)
    }

    pub(crate) fn may_write(&self) -> Result<(), Error> {
        if self.home.guest {
            Err(Error::Locked)
        } else {
            Ok(())
        }
    }

    /// Writes or removes a file and remembers what is on disk now.
    fn write(
        &self,
        working: &mut Working,
        path: &str,
        place: &Path,
        content: Option<Arc<[u8]>>,
    ) -> Result<(), Error> {
        match &content {
            Some(content) => disk::replace(place, content).map_err(Error::write(path))?,
            None => match fs::remove_file(place) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(Error::write(path)(error));
                }
                _ => {}
            },
        }
        working.disk.note(path, place, content);
        if working.base.commit.is_none() {
            working.base.files = Arc::new(working.disk.files.clone());
        }
        Ok(())
    }

    /// Drops a draft.
    pub(crate) fn discard(&self, path: &str) -> Result<FileText, Error> {
        self.editable(path)?;
        {
            let mut working = lock(&self.working);
            if working.drafts.contains_key(path) {
                working.forget(&self.home, path);
                working.lay_over();
            }
        }
        self.file_text(path)
    }

    /// Makes an empty policy file.
    pub(crate) fn create(&self, path: &str) -> Result<FileText, Error> {
        let place = self.editable(path)?;
        self.may_write()?;
        if policy::kind(path) != Some(policy::FileKind::Policies) {
            return Err(Error::NotEditable {
                path: path.to_owned(),
                why: "the name of a policy file ends in .cedar",
            });
        }
        {
            let mut working = lock(&self.working);
            if place.exists() || working.drafts.contains_key(path) {
                return Err(Error::Exists(path.to_owned()));
            }
            self.write(&mut working, path, &place, Some(Arc::from([])))?;
            working.lay_over();
        }
        self.file_text(path)
    }

    /// Changes the files of the named tests. A test file with a draft is left to its editor.
    pub(crate) fn change_tests(
        &self,
        change: impl FnOnce(&Files) -> Result<named::Change, Error>,
    ) -> Result<(), Error> {
        self.may_write()?;
        let mut working = lock(&self.working);
        let change = change(&working.disk.files)?;
        for path in change.keys() {
            self.editable(path)?;
            if working.drafts.contains_key(path) {
                return Err(Error::NotEditable {
                    path: path.clone(),
                    why: "it has a draft that is not saved",
                });
            }
        }
        // What is to be added comes first: a test that moves is for a moment there twice, never not at all.
        let (written, removed): (Vec<_>, Vec<_>) = change
            .into_iter()
            .partition(|(_, content)| content.is_some());
        for (path, content) in written.into_iter().chain(removed) {
            let place = path::inside(&self.root, &path)?;
            let content = content.map(|text| working.content_of(&path, &text));
            let done = self.write(&mut working, &path, &place, content);
            working.lay_over();
            done?;
        }
        Ok(())
    }

    /// The files of the tree.
    pub(crate) fn file_views(&self, snapshot: &Snapshot) -> Vec<FileView> {
        let mut policies: HashMap<String, u32> = HashMap::new();
        for summary in snapshot.checked.compiled.set.summaries() {
            if summary.kind != PolicyKind::Link {
                *policies.entry(summary.source.file).or_default() += 1;
            }
        }
        for rule in snapshot.checked.rules() {
            *policies.entry(rule.source.file.clone()).or_default() += 1;
        }
        let mut problems: HashMap<&str, u32> = HashMap::new();
        for problem in snapshot
            .checked
            .problems
            .iter()
            .filter(|problem| is_trouble(problem))
        {
            *problems.entry(&problem.file).or_default() += 1;
        }
        let working = lock(&self.working);
        let view = |(path, content): (&String, &Arc<[u8]>)| {
            Some(FileView {
                path: path.clone(),
                kind: shown(path)?,
                policies: policies.get(path).copied().unwrap_or_default(),
                draft: working.drafts.contains_key(path),
                changed: !same_text(working.base.files.get(path), Some(content)),
                problems: problems.get(path.as_str()).copied().unwrap_or_default(),
                editable: content.len() <= EDITABLE_BYTES && str::from_utf8(content).is_ok(),
            })
        };
        snapshot.files.iter().filter_map(view).collect()
    }
}

impl Snapshot {
    pub(crate) fn problems_of(&self, path: &str) -> Vec<Problem> {
        self.checked
            .problems
            .iter()
            .filter(|problem| problem.file == path)
            .cloned()
            .collect()
    }

    fn policies_of(&self, path: &str) -> Vec<model::PolicySummary> {
        let mut summaries = self.checked.compiled.set.summaries();
        summaries.retain(|summary| summary.source.file == path);
        summaries
    }

    /// Files whose text differs between the base and the edit, entities too large to edit left out.
    pub(crate) fn text_diff(&self) -> Vec<FileDiff> {
        let paths: BTreeSet<&String> = self.base.files.keys().chain(self.files.keys()).collect();
        let text = |content: Option<&Arc<[u8]>>| {
            content
                .map(|content| text::for_editing(&String::from_utf8_lossy(content)))
                .unwrap_or_default()
        };
        let differs = |path: &&String| {
            let (before, after) = (self.base.files.get(*path), self.files.get(*path));
            let size = before
                .map_or(0, |content| content.len())
                .max(after.map_or(0, |content| content.len()));
            shown(path).is_some() && size <= EDITABLE_BYTES && !same_text(before, after)
        };
        let diff = |path: &String| FileDiff {
            path: path.clone(),
            before: text(self.base.files.get(path)),
            after: text(self.files.get(path)),
        };
        paths.into_iter().filter(differs).map(diff).collect()
    }
}

impl Held {
    /// Saving would destroy what somebody else wrote to the file meanwhile.
    fn overwrites(&self, on_disk: &[u8]) -> bool {
        *self.content != *on_disk
            && self.base_digest.as_deref() != Some(text::digest(on_disk).as_str())
    }
}

impl Working {
    /// A text as it would be saved to a file.
    fn content_of(&self, path: &str, edited: &str) -> Arc<[u8]> {
        let ending = self.disk.files.get(path).map_or(LineEnding::Lf, |content| {
            LineEnding::of(&String::from_utf8_lossy(content))
        });
        ending.apply(edited).into_bytes().into()
    }

    /// Takes a text in place of the file's, and stores it.
    fn put(&mut self, home: &Home, path: &str, edited: &str, at: i64) -> Result<(), Error> {
        let on_disk = self.disk.files.get(path);
        if let Some(content) = on_disk {
            // A file that is not text would not survive being edited as text.
            utf8(path, content)?;
        }
        self.recovered.remove(path);
        let edited = text::for_editing(edited);
        let content = self.content_of(path, &edited);
        if on_disk.is_some_and(|saved| text::for_editing(&String::from_utf8_lossy(saved)) == edited)
        {
            if self.drafts.contains_key(path) {
                self.forget(home, path);
            }
        } else {
            let base_digest = match self.drafts.get(path) {
                Some(held) => held.base_digest.clone(),
                None => on_disk.map(|content| text::digest(content)),
            };
            self.drafts.insert(
                path.to_owned(),
                Held {
                    text: edited,
                    content,
                    base_digest,
                    updated_at: at,
                },
            );
            self.unkept.insert(path.to_owned());
            self.keep(home);
        }
        self.lay_over();
        Ok(())
    }

    /// Stores every draft that is not stored yet.
    fn keep(&mut self, home: &Home) {
        self.unkept_because = None;
        for path in std::mem::take(&mut self.unkept) {
            let Some(held) = self.drafts.get(&path) else {
                continue;
            };
            let draft = Draft {
                path: path.clone(),
                text: held.text.clone(),
                base_digest: held.base_digest.clone(),
                updated_at: held.updated_at,
            };
            if let Err(error) = home.history.put_draft(&draft) {
                self.unkept_because = Some(error.into());
                self.unkept.insert(path);
            }
        }
    }

    fn forget(&mut self, home: &Home, path: &str) {
        self.drafts.remove(path);
        self.recovered.remove(path);
        self.unkept.remove(path);
        if self.unkept.is_empty() {
            self.unkept_because = None;
        }
        // A stored draft that could not be removed is removed when the workspace is opened again, for being equal to the
        // file; one that was discarded comes back then, which loses nothing.
        let _ = home.history.remove_draft(path);
    }

    /// Drops drafts that say what their files say by now.
    fn drop_saved_drafts(&mut self, home: &Home) {
        let saved: Vec<_> = self
            .drafts
            .iter()
            .filter(|(path, held)| {
                self.disk
                    .files
                    .get(*path)
                    .is_some_and(|content| **content == *held.content)
            })
            .map(|(path, _)| path.clone())
            .collect();
        for path in saved {
            self.forget(home, &path);
        }
    }

    fn lay_over(&mut self) {
        let mut current = self.disk.files.clone();
        current.extend(
            self.drafts
                .iter()
                .map(|(path, held)| (path.clone(), held.content.clone())),
        );
        self.current = Arc::new(current);
        self.generation += 1;
    }
}

/// What edits are compared with, and why it is not what one would expect.
fn base_of(root: &Path, saved: &Files, known: Option<&Base>) -> (Base, Option<Failure>) {
    let saved_files = || match known {
        Some(known) if known.commit.is_none() && *known.files == *saved => known.clone(),
        _ => Base {
            label: "saved files".into(),
            files: Arc::new(saved.clone()),
            commit: None,
        },
    };
    match git::head_commit(root) {
        Ok(Some(commit)) if known.is_some_and(|known| known.commit.as_ref() == Some(&commit)) => {
            (known.cloned().unwrap_or_else(saved_files), None)
        }
        Ok(None) => (saved_files(), None),
        Ok(Some(_)) => match git::head(root) {
            Ok(Some(head)) => {
                let label = format!("HEAD {}", head.commit.get(..7).unwrap_or(&head.commit));
                let files = Arc::new(shared(head.files, saved));
                (
                    Base {
                        label,
                        files,
                        commit: Some(head.commit),
                    },
                    None,
                )
            }
            Ok(None) => (saved_files(), None),
            Err(error) => (saved_files(), Some(error.into())),
        },
        Err(error) => (saved_files(), Some(error.into())),
    }
}

/// Files, where content that is also on disk keeps that identity, so that it is compiled once.
fn shared(files: Files, saved: &Files) -> Files {
    let share = |(path, content): (String, Arc<[u8]>)| {
        let same = saved.get(&path).filter(|saved| **saved == content);
        let content = same.cloned().unwrap_or(content);
        (path, content)
    };
    files.into_iter().map(share).collect()
}

fn same_text(a: Option<&Arc<[u8]>>, b: Option<&Arc<[u8]>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => {
            Arc::ptr_eq(a, b)
                || a == b
                || text::for_editing(&String::from_utf8_lossy(a))
                    == text::for_editing(&String::from_utf8_lossy(b))
        }
        (a, b) => a.is_none() && b.is_none(),
    }
}

fn utf8(path: &str, content: &[u8]) -> Result<String, Error> {
    str::from_utf8(content)
        .map(text::for_editing)
        .map_err(|error| Error::Encoding {
            path: path.to_owned(),
            at: error.valid_up_to(),
        })
}

/// What a file holds that is shown and edited in a window; nothing for other files.
fn shown(path: &str) -> Option<FileKind> {
    let Some(kind) = policy::kind(path) else {
        let pack = path.starts_with(scenarios::FOLDER) && scan::belongs(path);
        return pack.then_some(FileKind::Scenarios);
    };
    Some(match kind {
        policy::FileKind::Policies | policy::FileKind::Rego => FileKind::Policies,
        policy::FileKind::Schema => FileKind::Schema,
        policy::FileKind::Links => FileKind::Links,
        policy::FileKind::Entities | policy::FileKind::RegoData => FileKind::Entities,
        policy::FileKind::Tests => FileKind::Tests,
    })
}
