//! The application behind a window: every command of [`ipc::Host`], callable from many threads at once.
//!
//! A call takes the open workspace by reference count and works on it; opening another one in its place disturbs no call
//! that is under way. Typing waits for nothing but the compilation of the policies: replays, imports and the opening of
//! logs run beside it.

mod channels;
mod diagnostics;
mod narratives;
mod projects;
mod tables;

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use ::diagnostics::{Draft, Ended};
use decisions::{Log, Recipe, Source};
use ipc::{
    ActionView, Ask, BundleView, ChangeId, ChangeQuery, ChangeView, ChooseTrust, CitableView,
    CiteAsked, CreatedFile, CutoverView, DiagnosticsSave, DiagnosticsView, Edit, EditResult,
    EditedProse, Event, EvidenceView, ExportAsked, Exported, FileDiff, FileText, FormatText,
    GateView, GenerateRows, GroupQuery, HeadView, HelpArticle, HelpAsked, HelpCount, HelpHit,
    HelpLanguage, HelpSearch, HistoryEntry, Host, ImportPaths, KeptReceipt, LedgerView, LintsView,
    MachineView, ModeAsked, MovedView, Name, NamedTest, NarrativeExport, NarrativePublish,
    NarrativeView, NarrativesView, PackHistory, PacksView, Page, Place, Preview, ProjectAsked,
    ProjectTaken, ProjectView, PromoteAsked, ProofView, Rated, ReceiptAsked, ReceiptProof,
    ReceiptView, ReceiptsAsked, ReceiptsOf, Recent, ReleasesView, Revision, RollbackAsked,
    RunPacks, Settings, ShadowAsked, StartView, Suggest, TableExport, TableOf, Telling, TestView,
    TrustView, Unlock, VerifyAsked, Version, Versions, Viewed, ViewedCount, WhyView, WorkspaceView,
};
use model::{Code, Completion, Explanation, Failure, Group, Hover, LogImport, Proof};
use policy::{AttributeOutline, EntityStore, ValueOutline};
use proof::Prover;
use store::{App, Entry, EntryKind, Run};
use vault::Passphrase;

use crate::{
    Error, Folders, Ledger,
    auditor::Auditor,
    compare::{Session, Side},
    counting, git, home, logs,
    loopback::Loopback,
    named,
    narratives::Narrative,
    open::{CheckedBase, Open, Snapshot, lock},
    packs::{self, Chosen, Ground},
    preview::Previewed,
    prove, releases, sample, signing, story,
};

/// Entries of the history a window gets.
const HISTORY: u32 = 200;
/// Versions offered for comparison.
const VERSIONS: usize = 100;
/// How often to look for scenario packs that are due.
const DUE_EVERY: Duration = Duration::from_secs(30);
/// Suggestions a window gets at most.
const SUGGESTIONS: usize = 200;

/// What a Studio is made with.
#[derive(Clone)]
pub struct Config {
    /// The user's folders.
    pub folders: Folders,
    /// Milliseconds since 1970 UTC.
    pub clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    /// Where events go.
    pub sink: Arc<dyn Fn(Event) + Send + Sync>,
    /// The version of the web view, where there is one.
    pub webview: Option<String>,
}

impl Config {
    /// The user's own folders and the system's clock.
    #[must_use]
    pub fn of_user(sink: Arc<dyn Fn(Event) + Send + Sync>) -> Self {
        let clock = || (time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000) as i64;
        Self {
            folders: Folders::of_user(),
            clock: Arc::new(clock),
            sink,
            webview: None,
        }
    }
}

/// The application behind a window.
pub struct Studio {
    config: Config,
    app: App,
    /// Why settings are forgotten at the end, if they are.
    app_trouble: Option<Failure>,
    open: Mutex<Option<Arc<Desk>>>,
    auditor: Auditor,
    /// Who watches over the sample.
    loopback: Arc<Loopback>,
    /// Makes the sample's evidence.
    making: Mutex<Making>,
    /// Opens the keys of ledgers, once the user gave it.
    passphrase: Mutex<Option<Passphrase>>,
    /// Raised to cancel the import, generation, verification or run of packs that is under way.
    job: Mutex<Option<Arc<AtomicBool>>>,
    /// Raised to put off the packs that run by themselves.
    by_itself: Mutex<Option<Arc<AtomicBool>>>,
    /// The run before, until somebody was told that it ended badly.
    ended: Mutex<Option<Ended>>,
    /// What was gathered last, to be saved as it was shown.
    diagnosed: Mutex<Option<Draft>>,
    /// One count of help at a time.
    counting: Mutex<()>,
}

/// Evidence of the sample that is being made, and why it could not be.
#[derive(Default)]
struct Making {
    thread: Option<JoinHandle<Option<Failure>>>,
    failure: Option<Failure>,
}

/// An open workspace, and what is being looked at in it.
struct Desk {
    workspace: Open,
    log: Mutex<OpenLog>,
    session: Mutex<Option<Ready>>,
    replays: Turns,
    proofs: Turns,
    lints: Turns,
    prover: Prover,
    previewed: Mutex<Option<Arc<Previewed>>>,
    /// What was proven last.
    proved: Mutex<Option<Proof>>,
    packs: Mutex<Packs>,
    /// The narrative told last, with what was asked for.
    narrative: Mutex<Option<(Telling, Narrative)>>,
    /// Channels whose week could not be told by itself: when that was tried, and why not.
    untold: Mutex<BTreeMap<String, (u64, Failure)>>,
    closing: AtomicBool,
}

/// What a Studio knows of the workspace's scenario packs without looking into the archive.
#[derive(Default)]
struct Packs {
    /// When the workspace was opened: packs that never ran wait for their hour from then on.
    since: i64,
    /// When each ran last, as far as this Studio knows.
    last: BTreeMap<String, i64>,
    /// The last results, when they could not be kept, and why not.
    unkept: Option<(Vec<Run>, Failure)>,
}

#[derive(Clone, Default)]
struct OpenLog {
    log: Option<Arc<Log>>,
    trouble: Option<Failure>,
    /// The file and its stamp, to see when another program wrote a new one.
    file: Option<(PathBuf, Option<std::time::SystemTime>)>,
}

/// A log, replayed against a base, ready for edits.
struct Ready {
    base_digest: String,
    session: Arc<Session>,
}

/// One kind of long work, of which only the newest is wanted.
#[derive(Default)]
struct Turns(Mutex<Option<Running>>);

struct Running {
    revision: u32,
    cancel: Arc<AtomicBool>,
}

impl Turns {
    /// Says what is running, and cancels what ran before. Nothing when something newer is running already.
    fn begin(&self, revision: u32) -> Option<Arc<AtomicBool>> {
        let mut running = lock(&self.0);
        if let Some(before) = &*running {
            if before.revision > revision {
                return None;
            }
            before.cancel.store(true, Ordering::Relaxed);
        }
        let cancel = Arc::new(AtomicBool::new(false));
        *running = Some(Running {
            revision,
            cancel: cancel.clone(),
        });
        Some(cancel)
    }

    fn end(&self, cancel: &Arc<AtomicBool>) {
        let mut running = lock(&self.0);
        if running
            .as_ref()
            .is_some_and(|running| Arc::ptr_eq(&running.cancel, cancel))
        {
            *running = None;
        }
    }

    fn is_busy(&self) -> bool {
        lock(&self.0).is_some()
    }

    fn cancel(&self) {
        if let Some(running) = &*lock(&self.0) {
            running.cancel.store(true, Ordering::Relaxed);
        }
    }
}

impl OpenLog {
    fn read(root: &Path, folders: &Folders) -> Self {
        let Some(path) = home::log_to_read(root, folders) else {
            return Self::default();
        };
        let stamp = path.metadata().and_then(|meta| meta.modified()).ok();
        match Log::open(&path) {
            Ok(log) => Self {
                log: Some(Arc::new(log)),
                trouble: None,
                file: Some((path, stamp)),
            },
            Err(error) => Self {
                log: None,
                trouble: Some(error.into()),
                file: Some((path, stamp)),
            },
        }
    }

    fn is_current(&self, root: &Path, folders: &Folders) -> bool {
        let now = home::log_to_read(root, folders).map(|path| {
            let stamp = path.metadata().and_then(|meta| meta.modified()).ok();
            (path, stamp)
        });
        now == self.file
    }
}

impl Desk {
    fn open(root: PathBuf, folders: &Folders, now: i64) -> Result<Self, Error> {
        let workspace = Open::new(root, folders, now)?;
        // Two halves of the waiting, on two cores.
        let log = thread::scope(|scope| {
            let log = scope.spawn(|| OpenLog::read(&workspace.root, folders));
            workspace.snapshot();
            log.join().unwrap_or_default()
        });
        Ok(Self {
            workspace,
            log: Mutex::new(log),
            session: Mutex::default(),
            replays: Turns::default(),
            proofs: Turns::default(),
            lints: Turns::default(),
            prover: Prover::default(),
            previewed: Mutex::default(),
            proved: Mutex::default(),
            packs: Mutex::new(Packs {
                since: now,
                ..Packs::default()
            }),
            narrative: Mutex::default(),
            untold: Mutex::default(),
            closing: AtomicBool::new(false),
        })
    }

    fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
        self.replays.cancel();
        self.proofs.cancel();
        self.lints.cancel();
        self.workspace.home.leave();
    }

    /// The policies as edited; fails when they do not compile.
    fn compiled(&self) -> Result<Arc<Snapshot>, Error> {
        self.whole(self.workspace.snapshot())
    }

    /// What is to be compared; fails when the edit does not compile.
    fn compared(&self) -> Result<Arc<Snapshot>, Error> {
        self.whole(self.workspace.compared())
    }

    fn whole(&self, snapshot: Arc<Snapshot>) -> Result<Arc<Snapshot>, Error> {
        let checked = &snapshot.checked;
        let rego = checked.rego.as_ref();
        if checked.compiled.set.broken() || rego.is_some_and(|rego| rego.set.is_none()) {
            let problems = rego.map_or(&checked.compiled.problems, |rego| &rego.problems);
            return Err(Error::broken("the edit", problems));
        }
        Ok(snapshot)
    }

    fn previewed(&self) -> Result<Arc<Previewed>, Error> {
        lock(&self.previewed)
            .clone()
            .ok_or_else(|| Error::BadCall("nothing was previewed yet".into()))
    }

    /// The session of a log and a base. Making one takes long and is never in vain, so a newer revision does not cancel it:
    /// it waits here and finds it made.
    fn session(&self, log: &Arc<Log>, base: &CheckedBase) -> Result<Arc<Session>, Error> {
        let mut ready = lock(&self.session);
        if let Some(ready) = &*ready
            && ready.base_digest == base.digest
            && Arc::ptr_eq(ready.session.log(), log)
        {
            return Ok(ready.session.clone());
        }
        // The old one's memory first.
        *ready = None;
        let session = Arc::new(Session::new(
            log.clone(),
            Side::new(&base.label, &base.checked)?,
            &self.closing,
        )?);
        *ready = Some(Ready {
            base_digest: base.digest.clone(),
            session: session.clone(),
        });
        Ok(session)
    }

    fn preview(
        &self,
        revision: u32,
        cancel: &AtomicBool,
        clock: &dyn Fn() -> i64,
    ) -> Result<Preview, Error> {
        let snapshot = self.compared()?;
        let log = lock(&self.log).log.clone().ok_or(Error::NoLog)?;
        let base = self.workspace.compile_base(&snapshot.base);
        let session = self.session(&log, &base)?;
        if cancel.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        let head = Side::new(&snapshot.label, &snapshot.checked)?;
        let started = clock();
        let replay = session.preview(&head, &snapshot.checked.manifest.risk(), cancel)?;
        let milliseconds = u32::try_from(clock() - started).unwrap_or_default();

        let previewed = Arc::new(Previewed::new(
            replay,
            log,
            (session.base(), head),
            [snapshot.base.files.clone(), snapshot.files.clone()],
            &self.workspace.home.history,
        ));
        let preview = Preview {
            revision,
            base: snapshot.base.label.clone(),
            head: snapshot.label.clone(),
            totals: previewed.replay.totals(),
            headline: previewed.replay.headline(),
            policies: previewed.replay.policies().to_vec(),
            top: previewed.top(),
            changes: previewed.changes_total(),
            viewed: previewed.viewed_total(),
            notes: previewed.notes(),
            milliseconds,
        };
        // INVARIANT: what pages are cut from is the newest preview that was answered.
        let mut last = lock(&self.previewed);
        if cancel.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        *last = Some(previewed);
        drop(last);
        self.record_preview(&snapshot, &preview, clock());
        Ok(preview)
    }

    fn prove(
        &self,
        revision: u32,
        cancel: &AtomicBool,
        clock: &dyn Fn() -> i64,
    ) -> Result<ProofView, Error> {
        let snapshot = self.compared()?;
        let base = self.workspace.compile_base(&snapshot.base);
        let started = clock();
        let proof = self.prover.prove(
            prove::side(&base.label, &base.checked)?,
            prove::side(&snapshot.label, &snapshot.checked)?,
            cancel,
        )?;
        *lock(&self.proved) = Some(proof.clone());
        Ok(ProofView {
            revision,
            proof,
            milliseconds: u32::try_from(clock() - started).unwrap_or_default(),
        })
    }

    /// What a solver finds in the text on screen, whichever versions are compared meanwhile.
    fn lint(
        &self,
        revision: u32,
        cancel: &AtomicBool,
        clock: &dyn Fn() -> i64,
    ) -> Result<LintsView, Error> {
        let edited = self.compiled()?;
        let started = clock();
        let lints = prove::lint_checked(
            &edited.label,
            &edited.files,
            &edited.checked,
            &self.prover,
            cancel,
        )?;
        Ok(LintsView {
            revision,
            lints,
            milliseconds: u32::try_from(clock() - started).unwrap_or_default(),
        })
    }

    fn record_preview(&self, snapshot: &Snapshot, preview: &Preview, at: i64) {
        let mut files: Vec<_> = snapshot
            .text_diff()
            .into_iter()
            .map(|diff| format!("`{}`", diff.path))
            .collect();
        if files.is_empty() {
            return;
        }
        let more = files.len().saturating_sub(3);
        files.truncate(3);
        let mut title = format!("Previewed {}", files.join(", "));
        if more > 0 {
            title.push_str(&format!(" and {more} more"));
        }
        let facts = serde_json::to_string(&preview.totals).ok();
        // The history is a convenience: a preview that could not be written down is still a preview.
        let _ = self.workspace.home.history.record(&Entry {
            kind: EntryKind::Preview,
            at,
            title,
            facts,
        });
    }
}

impl Studio {
    /// A Studio without a workspace.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let (app, app_trouble) = match App::open(&config.folders.data) {
            Ok(app) => (app, None),
            Err(error) => {
                // INVARIANT: a database in memory needs nothing that could be missing.
                #[expect(clippy::expect_used, reason = "there is nothing left to fall back to")]
                let app = App::in_memory().expect("SQLite opens a database in memory");
                let failure = Failure::from(error);
                (app, Some(failure.with_details("settings and recently opened workspaces are forgotten when the Studio ends")))
            }
        };
        let clock = config.clock.clone();
        let seconds = move || u64::try_from(clock() / 1000).unwrap_or_default();
        Self {
            auditor: Auditor::new(&config.folders),
            loopback: Arc::new(Loopback::new(&config.folders, Arc::new(seconds))),
            making: Mutex::default(),
            passphrase: Mutex::default(),
            config,
            app,
            app_trouble,
            open: Mutex::default(),
            job: Mutex::default(),
            by_itself: Mutex::default(),
            ended: Mutex::default(),
            diagnosed: Mutex::default(),
            counting: Mutex::default(),
        }
    }

    /// Reads again what other programs changed on disk, and tells the window when there is anything.
    pub fn poll(&self) -> bool {
        let Some(desk) = lock(&self.open).clone() else {
            return false;
        };
        let (root, folders) = (&desk.workspace.root, &self.config.folders);
        // A folder that cannot be read this time may be the next.
        let mut changed = desk.workspace.reload().unwrap_or(false);
        let known = lock(&desk.log).clone();
        if !known.is_current(root, folders) {
            let fresh = OpenLog::read(root, folders);
            *lock(&desk.log) = fresh;
            changed = true;
        }
        if changed {
            (self.config.sink)(Event::WorkspaceChanged);
        }
        changed
    }

    fn now(&self) -> i64 {
        (self.config.clock)()
    }

    fn desk(&self) -> Result<Arc<Desk>, Error> {
        lock(&self.open).clone().ok_or(Error::NoneOpen)
    }

    fn open(&self, path: &Path) -> Result<WorkspaceView, Error> {
        let missing = |_| Error::NoWorkspace(path.display().to_string());
        let root = path.canonicalize().map_err(missing)?;
        let same = lock(&self.open)
            .clone()
            .filter(|desk| desk.workspace.root == root);
        let desk = match same {
            // Its lock is ours already; opened again it would find it taken.
            Some(desk) => {
                desk.workspace.reload()?;
                desk
            }
            None => {
                let desk = Arc::new(Desk::open(root, &self.config.folders, self.now())?);
                if let Some(before) = lock(&self.open).replace(desk.clone()) {
                    self.put_off();
                    self.made();
                    before.close();
                    self.loopback.leave();
                }
                self.watch_over(&desk);
                desk
            }
        };
        let view = self.view(&desk);
        let recent = store::Recent {
            path: view.root.clone(),
            name: view.name.clone(),
            opened_at: self.now(),
        };
        // That a workspace is not in the list next time keeps nobody from working in it now.
        let _ = self.app.touch_recent(&recent);
        Ok(view)
    }

    fn view(&self, desk: &Desk) -> WorkspaceView {
        let workspace = &desk.workspace;
        let snapshot = workspace.snapshot();
        let (manifest, compiled) = (&snapshot.checked.manifest, &snapshot.checked.compiled);
        let log = lock(&desk.log).clone();
        let mut notices = workspace.notices();
        notices.extend(log.trouble.iter().chain(&self.app_trouble).cloned());
        WorkspaceView {
            root: workspace.root.display().to_string(),
            name: if manifest.name.is_empty() {
                workspace.folder_name()
            } else {
                manifest.name.clone()
            },
            tenant: manifest.tenant.clone(),
            residency: manifest.residency.clone(),
            base: snapshot.base.label.clone(),
            files: workspace.file_views(&snapshot),
            policies: (compiled.set.policies().len() + snapshot.checked.rules().len()) as u32,
            templates: compiled.set.templates() as u32,
            entities: compiled.entities.len() as u32,
            actions: compiled.schema.as_deref().map(actions).unwrap_or_default(),
            problems: snapshot.checked.problems.clone(),
            generate_rows: if log.log.is_none() {
                logs::described_rows(&snapshot.files)
            } else {
                None
            },
            log: log.log.map(|log| log.info.clone()),
            stories: story::read(&snapshot.files)
                .0
                .into_iter()
                .map(|story| story.view)
                .collect(),
            notices,
            recovered: workspace.recovered(),
        }
    }

    /// Runs the one long job there may be, telling the window how it gets on.
    fn exclusively<T>(
        &self,
        title: &str,
        work: impl FnOnce(&AtomicBool, &mut dyn FnMut(u64, u64) -> ControlFlow<()>) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let cancel = Arc::new(AtomicBool::new(false));
        {
            let mut job = lock(&self.job);
            if job.is_some() {
                return Err(Error::BadCall("another long job is running already".into()).into());
            }
            *job = Some(cancel.clone());
        }
        self.put_off();
        let mut told = None;
        let mut progress = |done: u64, total: u64| {
            // So many steps a window can show.
            let step = (done * 200).checked_div(total).unwrap_or(done >> 22);
            if told != Some(step) {
                told = Some(step);
                (self.config.sink)(Event::Progress {
                    title: title.to_owned(),
                    done,
                    total,
                });
            }
            if cancel.load(Ordering::Relaxed) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let result = work(&cancel, &mut progress);
        *lock(&self.job) = None;
        Ok(result?)
    }

    /// Begins the witness of the sample, if this is the sample, and gives it evidence where it has none; who asks for either waits.
    fn watch_over(&self, desk: &Desk) {
        let root = desk.workspace.root.clone();
        let mut making = lock(&self.making);
        *making = Making::default();
        if !self.loopback.watches(&root) {
            return;
        }
        let (loopback, folders) = (self.loopback.clone(), self.config.folders.clone());
        let now = self.seconds();
        making.thread = Some(thread::spawn(move || {
            let made = sample::make(&root, &folders, &loopback, now);
            // What is wrong with a ledger that is there is told where it is shown.
            match Ledger::open(&root, &folders) {
                Ok(Some(ledger)) => {
                    loopback.watch(&root, &ledger);
                    None
                }
                _ => made.err().map(Failure::from),
            }
        }));
    }

    /// Waits for the sample's evidence, and tells why there is none.
    fn made(&self) -> Option<Failure> {
        let mut making = lock(&self.making);
        if let Some(thread) = making.thread.take() {
            making.failure = thread.join().unwrap_or_default();
        }
        making.failure.clone()
    }

    /// Lets the sample's witness see what its ledger signed.
    fn witnessed(&self, ledger: &Ledger) {
        if let Ok(desk) = self.desk() {
            self.loopback.watch(&desk.workspace.root, ledger);
        }
    }

    /// A ledger as a window shows it.
    fn ledger_view(&self, ledger: &Ledger) -> Result<LedgerView, Error> {
        let desk = self.desk()?;
        self.witnessed(ledger);
        Ok(LedgerView {
            witness: self.loopback.told(&desk.workspace.root),
            ..ledger.view()?
        })
    }

    /// The open workspace's ledger.
    fn ledger(&self) -> Result<Ledger, Error> {
        let desk = self.desk()?;
        let failure = self.made();
        let missing = || failure.map_or(Error::NoLedger, Error::Failed);
        Ledger::open(&desk.workspace.root, &self.config.folders)?.ok_or_else(missing)
    }

    fn ledger_if_any(&self) -> Result<Option<Ledger>, Error> {
        match self.ledger() {
            Err(Error::NoLedger) => Ok(None),
            ledger => ledger.map(Some),
        }
    }

    /// What opens a key, if the user gave it. Nobody is asked in the middle of something else.
    fn opened(&self, key: &vault::Key) -> Result<Passphrase, Failure> {
        if key.name == sample::KEY {
            return Ok(sample::passphrase());
        }
        lock(&self.passphrase).clone().ok_or_else(|| {
            let message = format!("the key `{}` opens with a passphrase", key.name);
            let mut failure = Failure::new(Code::KeyLocked, message);
            "give the passphrase in the Evidence place, or keep the key in the keyring"
                .clone_into(&mut failure.hint);
            failure
        })
    }

    /// Seconds since 1970.
    fn seconds(&self) -> u64 {
        u64::try_from((self.config.clock)() / 1000).unwrap_or_default()
    }

    /// A log, imported or made.
    fn job(
        &self,
        title: &str,
        work: impl FnOnce(&mut dyn FnMut(u64, u64) -> ControlFlow<()>) -> Result<LogImport, Error>,
    ) -> Result<LogImport, Failure> {
        let desk = self.desk()?;
        let import = self.exclusively(title, |_, progress| work(progress))?;
        let folders = &self.config.folders;
        *lock(&desk.log) = OpenLog::read(&desk.workspace.root, folders);
        let entry = Entry {
            kind: EntryKind::Import,
            at: self.now(),
            title: format!("{title}: {} rows", import.rows),
            facts: None,
        };
        // As with previews: the log is there whether this line is or not.
        let _ = desk.workspace.home.history.record(&entry);
        (self.config.sink)(Event::WorkspaceChanged);
        Ok(import)
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        self.put_off();
        self.made();
        if let Some(desk) = lock(&self.open).take() {
            desk.close();
        }
    }
}

/// Looks for changes on disk every so often, for as long as the Studio lives, and now and then for what is due by itself.
pub fn watch(studio: &Arc<Studio>, every: Duration) {
    let again = |every: Duration, studio: Weak<Studio>, look: fn(&Studio)| {
        thread::spawn(move || {
            loop {
                thread::sleep(every);
                match studio.upgrade() {
                    Some(studio) => look(&studio),
                    None => return,
                }
            }
        });
    };
    again(every, Arc::downgrade(studio), |studio| {
        studio.poll();
    });
    // On a thread of its own: packs may take minutes, and a change on disk is to be seen meanwhile.
    again(DUE_EVERY, Arc::downgrade(studio), |studio| {
        studio.run_due();
        studio.tell_due();
    });
}

fn actions(schema: &policy::Schema) -> Vec<ActionView> {
    let outline = schema.outline();
    let view = |(id, action): (String, policy::ActionOutline)| ActionView {
        id,
        principals: action.principals,
        resources: action.resources,
        context: action
            .context
            .into_iter()
            .map(|(name, attribute)| (name, written(&attribute.value), attribute.required))
            .collect(),
    };
    outline.actions.into_iter().map(view).collect()
}

/// A type as a schema would have it.
fn written(value: &ValueOutline) -> String {
    match value {
        ValueOutline::Bool => "Bool".into(),
        ValueOutline::Long => "Long".into(),
        ValueOutline::String => "String".into(),
        ValueOutline::Entity(kind) | ValueOutline::Extension(kind) => kind.clone(),
        ValueOutline::Set(of) => format!("Set<{}>", written(of)),
        ValueOutline::Record(fields) => {
            let field = |(name, field): (&String, &AttributeOutline)| {
                format!(
                    "{name}{}: {}",
                    if field.required { "" } else { "?" },
                    written(&field.value)
                )
            };
            format!(
                "{{ {} }}",
                fields.iter().map(field).collect::<Vec<_>>().join(", ")
            )
        }
        ValueOutline::Unknown => "?".into(),
    }
}

/// Rego is asked with input documents, so a request of the window means nothing to it.
fn no_requests(snapshot: &Snapshot) -> Result<(), Failure> {
    if snapshot.checked.rego.is_none() {
        return Ok(());
    }
    let message = "Rego decides input documents, not a principal, an action and a resource";
    let mut failure = Failure::new(Code::BadCall, message);
    failure.hint = "decide one with `fabric decide`, and test with `opa test`".to_owned();
    Err(failure)
}

fn suggest(ids: Vec<String>, asked: &Suggest) -> Vec<String> {
    let needle = asked.text.to_lowercase();
    let kind = |id: &str| {
        id.split_once("::\"")
            .map_or(String::new(), |(kind, _)| kind.to_owned())
    };
    let wanted = |id: &String| {
        let kind = kind(id);
        let is_action = kind == "Action" || kind.ends_with("::Action");
        asked.types.is_empty()
            || asked
                .types
                .iter()
                .any(|wanted| *wanted == kind || (wanted == "Action" && is_action))
    };
    let mut found: Vec<(bool, String)> = ids
        .into_iter()
        .filter(wanted)
        .filter_map(|id| {
            let lower = id.to_lowercase();
            let name = lower
                .split_once("::\"")
                .map_or(lower.as_str(), |(_, name)| name);
            // What begins with the text stands before what contains it.
            lower
                .contains(&needle)
                .then(|| (!name.starts_with(&needle), id))
        })
        .collect();
    found.sort();
    let limit = (asked.limit as usize).min(SUGGESTIONS);
    found.into_iter().take(limit).map(|(_, id)| id).collect()
}

fn time(at: i64) -> String {
    decisions::format_time(at)
}

impl Host for Studio {
    fn start(&self, (): ()) -> Result<StartView, Failure> {
        let recent = |recent: store::Recent| Recent {
            exists: Path::new(&recent.path).is_dir(),
            path: recent.path,
            name: recent.name,
            opened_at: time(recent.opened_at),
        };
        let desk = lock(&self.open).clone();
        if let Some(desk) = &desk {
            // A window that starts anew shows the edit, not the versions it compared before.
            desk.workspace.choose(None, None)?;
        }
        Ok(StartView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            engine: policy::ENGINE.to_owned(),
            data_dir: self.config.folders.data.display().to_string(),
            settings: self.settings(),
            recent: self
                .app
                .recent()
                .unwrap_or_default()
                .into_iter()
                .map(recent)
                .collect(),
            workspace: desk.map(|desk| self.view(&desk)),
            notices: self.notices(),
            ended_badly: self.ended_badly(),
        })
    }

    fn save_settings(&self, settings: Settings) -> Result<(), Failure> {
        let text =
            serde_json::to_string(&settings).map_err(|error| Error::BadCall(error.to_string()))?;
        Ok(self.app.set_settings(&text)?)
    }

    fn look_at_machine(&self, (): ()) -> Result<MachineView, Failure> {
        Ok(MachineView {
            solver: Prover::default().has_solver(),
            keyring: vault::keyring().err().map(Failure::from),
        })
    }

    fn open_workspace(&self, path: ipc::Path) -> Result<WorkspaceView, Failure> {
        Ok(self.open(Path::new(&path.path))?)
    }

    fn open_sample(&self, (): ()) -> Result<WorkspaceView, Failure> {
        let folder = Loopback::sample(&self.config.folders);
        if sample::is_free(&folder)? {
            sample::copy_to(&folder)?;
        }
        Ok(self.open(&folder)?)
    }

    fn view_workspace(&self, (): ()) -> Result<WorkspaceView, Failure> {
        let desk = self.desk()?;
        desk.workspace.reload()?;
        Ok(self.view(&desk))
    }

    fn close_workspace(&self, (): ()) -> Result<(), Failure> {
        self.put_off();
        self.made();
        if let Some(desk) = lock(&self.open).take() {
            desk.close();
        }
        self.loopback.leave();
        Ok(())
    }

    fn look_at_project(&self, path: ipc::Path) -> Result<ProjectView, Failure> {
        Ok(self.project(&path.path)?)
    }

    fn take_project(&self, asked: ProjectAsked) -> Result<ProjectTaken, Failure> {
        Ok(self.project_taken(&asked)?)
    }

    fn take_back_project(&self, created: Vec<CreatedFile>) -> Result<Vec<String>, Failure> {
        Ok(self.project_taken_back(&created)?)
    }

    fn open_file(&self, path: ipc::Path) -> Result<FileText, Failure> {
        Ok(self.desk()?.workspace.open_file(&path.path)?)
    }

    fn edit_file(&self, edit: Edit) -> Result<EditResult, Failure> {
        Ok(self.desk()?.workspace.edit(&edit, self.now())?)
    }

    fn save_file(&self, path: ipc::Path) -> Result<FileText, Failure> {
        let (format, now) = (self.settings().format_on_save, self.now());
        let saved = self.desk()?.workspace.save(&path.path, format, now);
        saved.map_err(|error| {
            let mut failure = Failure::from(error);
            if failure.code == Code::FileWrite {
                failure.hint += "; the edit is kept as a draft";
            }
            failure
        })
    }

    fn discard_draft(&self, path: ipc::Path) -> Result<FileText, Failure> {
        Ok(self.desk()?.workspace.discard(&path.path)?)
    }

    fn create_file(&self, path: ipc::Path) -> Result<FileText, Failure> {
        Ok(self.desk()?.workspace.create(&path.path)?)
    }

    fn complete(&self, place: Place) -> Result<Vec<Completion>, Failure> {
        if policy::kind(&place.path) != Some(policy::FileKind::Policies) {
            return Ok(Vec::new());
        }
        let snapshot = self.desk()?.workspace.snapshot();
        let compiled = &snapshot.checked.compiled;
        let authorities = &snapshot.checked.authorities;
        if let Some(found) = authorities.complete(&place.text, place.line, place.column) {
            return Ok(found);
        }
        let found = policy::complete(
            compiled.schema.as_deref(),
            Some(&compiled.set),
            Some(&compiled.entities),
            &place.text,
            place.line,
            place.column,
        );
        Ok(found)
    }

    fn hover(&self, place: Place) -> Result<Option<Hover>, Failure> {
        let snapshot = self.desk()?.workspace.snapshot();
        let authorities = &snapshot.checked.authorities;
        if policy::kind(&place.path) == Some(policy::FileKind::Policies)
            && let Some(found) = authorities.hover(&place, self.seconds())
        {
            return Ok(Some(found));
        }
        let compiled = &snapshot.checked.compiled;
        Ok(policy::hover(
            compiled.schema.as_deref(),
            Some(&compiled.set),
            &place.path,
            &place.text,
            place.line,
            place.column,
        ))
    }

    fn definition(&self, place: Place) -> Result<Option<model::Source>, Failure> {
        let snapshot = self.desk()?.workspace.snapshot();
        let compiled = &snapshot.checked.compiled;
        Ok(policy::definition(
            compiled.schema.as_deref(),
            Some(&compiled.set),
            &place.path,
            &place.text,
            place.line,
            place.column,
        ))
    }

    fn find_policy(&self, Name { name }: Name) -> Result<Option<model::Source>, Failure> {
        let snapshot = self.desk()?.workspace.snapshot();
        let mut policies = snapshot.checked.compiled.set.policies().iter();
        let found = policies.find(|policy| policy.id == name);
        Ok(found.map(|policy| policy.source.clone()))
    }

    fn format(&self, text: FormatText) -> Result<String, Failure> {
        let formatted = policy::format(&text.path, &text.text, policy::WIDTH);
        Ok(formatted.map_err(|problems| Error::unformatted(&text.path, &problems))?)
    }

    fn list_citable(&self, (): ()) -> Result<Vec<CitableView>, Failure> {
        let snapshot = self.desk()?.workspace.snapshot();
        Ok(snapshot.checked.authorities.citable(self.seconds()))
    }

    fn cite(&self, asked: CiteAsked) -> Result<String, Failure> {
        let (place, name) = (asked.place, asked.name);
        let annotation = &asked.annotation;
        policy::cite(&place.text, place.line, place.column, annotation, &name).ok_or_else(|| {
            let message = format!("there is no policy here that does not cite `{name}` yet");
            let mut failure = Failure::new(Code::BadCall, message);
            "put the cursor into the policy that rests on it".clone_into(&mut failure.hint);
            failure
        })
    }

    fn decide(&self, Ask { request, entities }: Ask) -> Result<Explanation, Failure> {
        let snapshot = self.desk()?.compiled()?;
        no_requests(&snapshot)?;
        let compiled = &snapshot.checked.compiled;
        let schema = compiled.schema.as_deref();
        let given = entities.map(|given| EntityStore::from_json(&given, schema));
        let given = given.transpose()?;
        let entities = given.as_ref().unwrap_or(&compiled.entities);
        Ok(policy::explain(&compiled.set, entities, schema, &request)?)
    }

    fn suggest_ids(&self, asked: Suggest) -> Result<Vec<String>, Failure> {
        let ids = self
            .desk()?
            .workspace
            .snapshot()
            .checked
            .compiled
            .entities
            .ids();
        Ok(suggest(ids, &asked))
    }

    fn run_tests(&self, (): ()) -> Result<Vec<TestView>, Failure> {
        let snapshot = self.desk()?.workspace.snapshot();
        Ok(named::run(&snapshot.files, &snapshot.checked.compiled))
    }

    fn save_test(&self, test: NamedTest) -> Result<Vec<TestView>, Failure> {
        let desk = self.desk()?;
        no_requests(&desk.workspace.snapshot())?;
        desk.workspace
            .change_tests(|files| named::save(files, &test))?;
        self.run_tests(())
    }

    fn delete_test(&self, name: Name) -> Result<Vec<TestView>, Failure> {
        self.desk()?
            .workspace
            .change_tests(|files| named::delete(files, &name.name))?;
        self.run_tests(())
    }

    fn preview_drift(&self, asked: Revision) -> Result<Preview, Failure> {
        let desk = self.desk()?;
        let cancel = desk.replays.begin(asked.revision).ok_or(Error::Cancelled)?;
        // The cores are the replay's; what is proven of an older text is of no use any more.
        desk.proofs.cancel();
        desk.lints.cancel();
        self.put_off();
        let preview = desk.preview(asked.revision, &cancel, &*self.config.clock);
        desk.replays.end(&cancel);
        Ok(preview?)
    }

    fn prove_edit(&self, asked: Revision) -> Result<ProofView, Failure> {
        let desk = self.desk()?;
        let cancel = desk.proofs.begin(asked.revision).ok_or(Error::Cancelled)?;
        let proof = desk.prove(asked.revision, &cancel, &*self.config.clock);
        desk.proofs.end(&cancel);
        Ok(proof?)
    }

    fn lint_edit(&self, asked: Revision) -> Result<LintsView, Failure> {
        let desk = self.desk()?;
        let cancel = desk.lints.begin(asked.revision).ok_or(Error::Cancelled)?;
        let lints = desk.lint(asked.revision, &cancel, &*self.config.clock);
        desk.lints.end(&cancel);
        Ok(lints?)
    }

    fn drift_groups(&self, query: GroupQuery) -> Result<Page<Group>, Failure> {
        Ok(self.desk()?.previewed()?.groups(&query))
    }

    fn drift_changes(&self, query: ChangeQuery) -> Result<Page<ChangeView>, Failure> {
        Ok(self.desk()?.previewed()?.changes(&query))
    }

    fn list_versions(&self, (): ()) -> Result<Vec<Version>, Failure> {
        let found = git::versions(&self.desk()?.workspace.root, VERSIONS)?;
        let version = |(name, title, at)| Version {
            name,
            title,
            at: time(at),
        };
        Ok(found.into_iter().map(version).collect())
    }

    fn compare_versions(&self, asked: Versions) -> Result<(), Failure> {
        let desk = self.desk()?;
        Ok(desk
            .workspace
            .choose(asked.base.as_deref(), asked.head.as_deref())?)
    }

    fn why(&self, change: ChangeId) -> Result<WhyView, Failure> {
        Ok(self.desk()?.previewed()?.why(change.id)?)
    }

    fn mark_viewed(&self, asked: Viewed) -> Result<ViewedCount, Failure> {
        let desk = self.desk()?;
        Ok(desk
            .previewed()?
            .mark(&asked, &desk.workspace.home.history, self.now())?)
    }

    fn text_diff(&self, (): ()) -> Result<Vec<FileDiff>, Failure> {
        Ok(self.desk()?.workspace.compared().text_diff())
    }

    fn keep_preview(&self, (): ()) -> Result<KeptReceipt, Failure> {
        let report = self.desk()?.previewed()?.replay.report(signing::KEPT);
        let (ledger, now) = (self.ledger()?, self.seconds());
        let vault = signing::vault_of(&self.config.folders);
        let ask = |key: &vault::Key| self.opened(key);
        let kept = signing::record(&ledger, &vault, &ask, now, |signer| {
            Ok(vec![signing::preview_receipt(
                &ledger, &report, signer, now,
            )?])
        })?;
        self.witnessed(&ledger);
        Ok(KeptReceipt {
            number: u32::try_from(kept.first).unwrap_or(u32::MAX),
            origin: kept.origin,
        })
    }

    fn history(&self, (): ()) -> Result<Vec<HistoryEntry>, Failure> {
        let entries = self.desk()?.workspace.home.history.entries(HISTORY)?;
        let entry = |entry: Entry| HistoryEntry {
            at: time(entry.at),
            title: entry.title,
            totals: entry
                .facts
                .and_then(|facts| serde_json::from_str(&facts).ok()),
        };
        Ok(entries.into_iter().map(entry).collect())
    }

    fn import_log(&self, paths: ImportPaths) -> Result<LogImport, Failure> {
        let desk = self.desk()?;
        let names: Vec<_> = paths
            .paths
            .iter()
            .filter_map(|path| Path::new(path).file_name())
            .map(|name| name.to_string_lossy())
            .collect();
        let title = format!("Importing {}", names.join(", "));
        let sources = paths
            .paths
            .iter()
            .map(|path| Source::Path(path.into()))
            .collect();
        self.job(&title, |progress| {
            logs::import(
                &desk.workspace.root,
                &self.config.folders,
                sources,
                progress,
            )
        })
    }

    fn generate_log(&self, asked: GenerateRows) -> Result<LogImport, Failure> {
        let desk = self.desk()?;
        let snapshot = desk.workspace.snapshot();
        // What was decided in the past was decided by the policies in force.
        let base = desk.workspace.compile_base(&snapshot.base);
        let title = format!("Making a log, seed {}", asked.seed);
        self.job(&title, |progress| {
            let compiled = match Side::new(&base.label, &base.checked)? {
                Side::Cedar(side) => side.compiled,
                Side::Rego(_) => return Err(logs::not_for_rego()),
            };
            let recipe = Recipe::read(&snapshot.files).map_err(Error::from)?;
            let recipe = recipe.with_rows(asked.rows).with_seed(asked.seed);
            let folders = &self.config.folders;
            logs::generate(&desk.workspace.root, folders, &compiled, &recipe, progress)
        })
    }

    fn view_evidence(&self, (): ()) -> Result<EvidenceView, Failure> {
        self.made();
        Ok(self.auditor.view())
    }

    fn choose_trust(&self, chosen: ChooseTrust) -> Result<Option<TrustView>, Failure> {
        self.auditor.choose_trust(chosen.path)
    }

    fn verify_bundle(&self, asked: VerifyAsked) -> Result<BundleView, Failure> {
        let name = Path::new(&asked.path).file_name().unwrap_or_default();
        let title = format!("Verifying {}", name.to_string_lossy());
        self.exclusively(&title, |_, progress| {
            let _quiet = self.loopback.quiet();
            Ok(self.auditor.verify(&asked, self.seconds(), progress)?)
        })
    }

    fn remember_head(&self, (): ()) -> Result<HeadView, Failure> {
        self.auditor.remember_head()
    }

    fn list_receipts(&self, asked: ReceiptsAsked) -> Result<Page<ReceiptView>, Failure> {
        match asked.of {
            ReceiptsOf::Bundle => self.auditor.receipts(asked.offset, asked.limit),
            ReceiptsOf::Ledger => Ok(self.ledger()?.page(asked.offset, asked.limit)?),
        }
    }

    fn prove_receipt(&self, asked: ReceiptAsked) -> Result<ReceiptProof, Failure> {
        match asked.of {
            ReceiptsOf::Bundle => self.auditor.receipt(asked.number),
            ReceiptsOf::Ledger => Ok(self.ledger()?.receipt(asked.number)?),
        }
    }

    fn view_ledger(&self, (): ()) -> Result<Option<LedgerView>, Failure> {
        match self.ledger() {
            Ok(ledger) => Ok(Some(self.ledger_view(&ledger)?)),
            Err(Error::NoLedger | Error::NoneOpen) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn check_ledger(&self, (): ()) -> Result<LedgerView, Failure> {
        let ledger = self.ledger()?;
        ledger.check()?;
        Ok(self.ledger_view(&ledger)?)
    }

    fn export_bundle(&self, asked: ExportAsked) -> Result<Exported, Failure> {
        self.config.folders.may_write_in(Path::new(&asked.path))?;
        let (ledger, now) = (self.ledger()?, self.seconds());
        let vault = signing::vault_of(&self.config.folders);
        let ask = |key: &vault::Key| self.opened(key);
        let root = self.desk()?.workspace.root.clone();
        let previewed = match asked.decisions {
            true => Some(self.desk()?.previewed()?),
            false => None,
        };
        let keys = signing::signers(&ledger, &vault, &ask, now)?;
        let keys = signing::by_reference(&keys);
        self.exclusively("Exporting receipts", |_, progress| {
            let signed = |ledger: &Ledger| self.witnessed(ledger);
            let previewed = previewed.as_deref();
            ledger.export_bundle((&root, &asked), previewed, &keys, &signed, now, progress)
        })
    }

    fn unlock_ledger(&self, unlock: Unlock) -> Result<(), Failure> {
        let ledger = self.ledger()?;
        let given = Passphrase::new(unlock.passphrase);
        let vault = signing::vault_of(&self.config.folders);
        let ask = |_: &vault::Key| Ok(given.clone());
        signing::signers(&ledger, &vault, &ask, self.seconds())?;
        *lock(&self.passphrase) = Some(given);
        Ok(())
    }

    fn view_releases(&self, (): ()) -> Result<ReleasesView, Failure> {
        let ledger = self.ledger_if_any().unwrap_or_default();
        Ok(releases::view(
            &self.desk()?.workspace.root,
            ledger.as_ref(),
        )?)
    }

    fn look_at_gates(&self, asked: PromoteAsked) -> Result<Vec<GateView>, Failure> {
        self.gates_of(&asked)
    }

    fn promote(&self, asked: PromoteAsked) -> Result<MovedView, Failure> {
        self.promoted(&asked)
    }

    fn roll_back(&self, asked: RollbackAsked) -> Result<MovedView, Failure> {
        self.rolled_back(&asked)
    }

    fn change_mode(&self, asked: ModeAsked) -> Result<MovedView, Failure> {
        self.applied_otherwise(&asked)
    }

    fn read_shadow_log(&self, asked: ShadowAsked) -> Result<CutoverView, Failure> {
        let ShadowAsked { channel, path } = asked;
        let in_force = releases::shadow_pairs(&self.desk()?.workspace.root, &channel)?;
        let found = decisions::cutover(&[path], Some(&in_force))?;
        Ok(releases::recorded(found))
    }

    fn view_narratives(&self, (): ()) -> Result<NarrativesView, Failure> {
        self.narratives()
    }

    fn tell(&self, telling: Telling) -> Result<NarrativeView, Failure> {
        self.told(&telling)
    }

    fn edit_prose(&self, edited: EditedProse) -> Result<NarrativeView, Failure> {
        self.edited(&edited)
    }

    fn export_narrative(&self, asked: NarrativeExport) -> Result<(), Failure> {
        self.exported(&asked)
    }

    fn publish_narrative(&self, asked: NarrativePublish) -> Result<u64, Failure> {
        self.published(&asked)
    }

    fn rate_narrative(&self, rated: Rated) -> Result<NarrativesView, Failure> {
        self.rated(rated)
    }

    fn receipt_of_move(&self, Name { name }: Name) -> Result<u64, Failure> {
        let found = self.ledger()?.receipt_of_move(&name)?;
        found.ok_or_else(|| {
            let message = "this ledger has no receipt of the move";
            let mut failure = Failure::new(Code::LedgerMissing, message);
            "it was made in another clone, or before the ledger was restored: the ledger of then has the receipt"
                .clone_into(&mut failure.hint);
            failure
        })
    }

    fn export_table(&self, asked: TableExport) -> Result<u64, Failure> {
        self.table_exported(&asked)
    }

    fn copy_table(&self, table: TableOf) -> Result<String, Failure> {
        self.table_copied(&table)
    }

    fn read_help(&self, asked: HelpAsked) -> Result<HelpArticle, Failure> {
        let article = crate::read_help(&asked)?;
        if !self.settings().help_uncounted {
            let _counting = lock(&self.counting);
            // Help is shown, whether it is counted or not.
            let _ = counting::count(&self.config.folders, &article.id, self.seconds());
        }
        Ok(article)
    }

    fn count_help(&self, HelpLanguage { lang }: HelpLanguage) -> Result<Vec<HelpCount>, Failure> {
        Ok(counting::view(&self.config.folders, &lang)?)
    }

    fn export_help_counts(&self, ipc::Path { path }: ipc::Path) -> Result<(), Failure> {
        self.config.folders.may_write_in(Path::new(&path))?;
        Ok(counting::export(&self.config.folders, Path::new(&path))?)
    }

    fn clear_help_counts(&self, (): ()) -> Result<(), Failure> {
        let _counting = lock(&self.counting);
        Ok(counting::clear(&self.config.folders)?)
    }

    fn search_help(&self, asked: HelpSearch) -> Result<Vec<HelpHit>, Failure> {
        Ok(crate::search_help(&asked)?)
    }

    fn prepare_diagnostics(&self, (): ()) -> Result<DiagnosticsView, Failure> {
        self.diagnose()
    }

    fn save_diagnostics(&self, asked: DiagnosticsSave) -> Result<(), Failure> {
        self.save_diagnosed(&asked)
    }

    fn cancel_job(&self, (): ()) -> Result<(), Failure> {
        if let Some(cancel) = &*lock(&self.job) {
            cancel.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    fn list_packs(&self, (): ()) -> Result<PacksView, Failure> {
        let desk = self.desk()?;
        let (runs, unkept) = self.pack_runs(&desk, None);
        let since = lock(&desk.packs).since;
        let view = packs::view(&desk.workspace.saved_files(), &runs, since);
        Ok(PacksView { unkept, ..view })
    }

    fn run_scenarios(&self, asked: RunPacks) -> Result<PacksView, Failure> {
        let desk = self.desk()?;
        let chosen = packs::choose(&desk.workspace.saved_files(), &asked.packs)?;
        self.exclusively("Running what-ifs", |cancel, progress| {
            self.run_packs(&desk, chosen, cancel, &mut |_, done, all| {
                progress(done, all)
            })
        })?;
        self.list_packs(())
    }

    fn pack_trend(&self, pack: Name) -> Result<PackHistory, Failure> {
        let desk = self.desk()?;
        let (runs, _) = self.pack_runs(&desk, Some(&pack.name));
        // A pack that is gone has its history still.
        let known = scenarios::read(&desk.workspace.saved_files()).0;
        let title = known.into_iter().find(|it| it.name == pack.name);
        let title = title.map_or(pack.name, |it| it.title);
        let mut names: Vec<&str> = Vec::new();
        for point in runs.iter().rev().flat_map(|run| &run.points) {
            if !names.contains(&point.scenario.as_str()) {
                names.push(&point.scenario);
            }
        }
        let one = |name: &str| {
            let drawing = packs::trend(&title, &runs, Some(name), Ground::Page);
            (name.to_owned(), drawing)
        };
        Ok(PackHistory {
            trends: names.into_iter().map(one).collect(),
            trend: packs::trend(&title, &runs, None, Ground::Page),
            runs: runs.iter().map(packs::line).collect(),
        })
    }

    fn apply_story(&self, name: Name) -> Result<FileText, Failure> {
        Ok(self.desk()?.workspace.apply_story(&name.name, self.now())?)
    }
}

impl Studio {
    /// Runs the scenario packs that are due, unless somebody is at work: a preview, a proof, a lint or a long job comes first,
    /// and one that begins meanwhile puts the packs off. The names of those that ran come back.
    pub fn run_due(&self) -> Vec<String> {
        let Some(desk) = self.unused() else {
            return Vec::new();
        };
        let (root, folders) = (&desk.workspace.root, &self.config.folders);
        let known = scenarios::read(&desk.workspace.saved_files()).0;
        let now = self.now();
        let due = |desk: &Desk| {
            let packs = lock(&desk.packs);
            packs::due(&known, &packs.last, packs.since, now)
        };
        if due(&desk).is_empty() {
            return Vec::new();
        }
        // Somebody else may have run them meanwhile: `fabric scenarios run`, or a Studio before this one.
        for run in packs::kept_runs(root, folders, None, now).unwrap_or_default() {
            lock(&desk.packs).last.insert(run.pack, run.at);
        }
        let due: Vec<_> = due(&desk).into_iter().cloned().collect();
        if due.is_empty() {
            return Vec::new();
        }
        let cancel = Arc::new(AtomicBool::new(false));
        *lock(&self.by_itself) = Some(cancel.clone());
        let chosen = Chosen {
            packs: due,
            ..Chosen::default()
        };
        let ran = self.run_packs(&desk, chosen, &cancel, &mut |_, _, _| {
            if self.is_busy(&desk) || cancel.load(Ordering::Relaxed) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        *lock(&self.by_itself) = None;
        // What was put off is still due.
        let ran = ran.unwrap_or_default();
        if !ran.is_empty() {
            (self.config.sink)(Event::WorkspaceChanged);
        }
        ran
    }

    /// The open workspace, if nobody is at work in it. Of two Studios on one workspace the first is enough.
    fn unused(&self) -> Option<Arc<Desk>> {
        let desk = lock(&self.open).clone()?;
        (!self.is_busy(&desk) && !desk.workspace.home.guest).then_some(desk)
    }

    fn is_busy(&self, desk: &Desk) -> bool {
        let working = [&desk.replays, &desk.proofs, &desk.lints];
        working.iter().any(|turns| turns.is_busy()) || lock(&self.job).is_some()
    }

    /// Gives the cores to who asked for them.
    fn put_off(&self) {
        if let Some(cancel) = &*lock(&self.by_itself) {
            cancel.store(true, Ordering::Relaxed);
        }
    }

    /// Runs packs against the saved files and keeps what they found; their names come back.
    fn run_packs(
        &self,
        desk: &Desk,
        chosen: Chosen,
        cancel: &AtomicBool,
        step: packs::Step<'_>,
    ) -> Result<Vec<String>, Error> {
        let (root, folders) = (&desk.workspace.root, &self.config.folders);
        let (files, checked) = desk.workspace.saved();
        let mut log = || lock(&desk.log).log.clone().ok_or(Error::NoLog);
        let outcomes = packs::run(root, &files, &checked, chosen, &mut log, cancel, step)?;
        let now = self.now();
        let runs = outcomes
            .iter()
            .map(|(pack, outcome)| packs::run_of(pack, outcome, now));
        let runs: Vec<Run> = runs.collect();
        let kept = packs::keep(root, folders, &runs, now);
        let mut packs = lock(&desk.packs);
        packs
            .last
            .extend(runs.iter().map(|run| (run.pack.clone(), now)));
        let names = runs.iter().map(|run| run.pack.clone()).collect();
        packs.unkept = kept.err().map(|error| (runs, error.into()));
        Ok(names)
    }

    /// What is known of earlier runs, and why it may not be all there is.
    fn pack_runs(&self, desk: &Desk, pack: Option<&str>) -> (Vec<Run>, Option<Failure>) {
        let (root, folders) = (&desk.workspace.root, &self.config.folders);
        let (mut runs, mut trouble) = match packs::kept_runs(root, folders, pack, self.now()) {
            Ok(runs) => (runs, None),
            Err(error) => (Vec::new(), Some(Failure::from(error))),
        };
        if let Some((unkept, why)) = &lock(&desk.packs).unkept {
            let mine = |run: &&Run| pack.is_none_or(|pack| run.pack == pack);
            runs.extend(unkept.iter().filter(mine).cloned());
            trouble = Some(why.clone());
        }
        (runs, trouble)
    }

    fn settings(&self) -> Settings {
        self.stored_settings().unwrap_or_default()
    }

    /// The settings as they are stored; nothing where they cannot be understood.
    fn stored_settings(&self) -> Option<Settings> {
        match self.app.settings() {
            Ok(Some(text)) => serde_json::from_str(&text).ok(),
            // That the database is in the way is told on its own.
            Ok(None) | Err(_) => Some(Settings::default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{
        open,
        scenarios::{BEFORE, MFA, small, with_clock},
    };

    #[test]
    fn who_is_at_work_comes_before_packs_that_run_by_themselves() {
        let (bench, first) = small(MFA);
        first.close_workspace(()).unwrap();
        let (studio, clock) = with_clock(&bench, BEFORE);
        open(&studio, &bench.base.join("small"));
        let desk = studio.desk().unwrap();
        clock.fetch_add(1000, Ordering::Relaxed);
        for turns in [&desk.replays, &desk.proofs, &desk.lints] {
            let working = turns.begin(1).unwrap();
            assert!(studio.run_due().is_empty());
            turns.end(&working);
        }
        // A preview that begins while packs run raises their flag, and they are due still.
        let cancel = Arc::new(AtomicBool::new(false));
        *lock(&studio.by_itself) = Some(cancel.clone());
        studio.preview_drift(Revision { revision: 2 }).unwrap();
        assert!(cancel.load(Ordering::Relaxed));
        assert_eq!(studio.run_due(), ["mfa"]);
    }

    #[test]
    fn newer_text_ends_the_lints_of_older_text() {
        let (_bench, studio) = small(MFA);
        let desk = studio.desk().unwrap();
        let lint = |revision| studio.lint_edit(Revision { revision });
        let old = desk.lints.begin(1).unwrap();
        assert_eq!(lint(2).unwrap().revision, 2);
        assert!(old.load(Ordering::Relaxed));
        let old = desk.lints.begin(3).unwrap();
        assert_eq!(lint(2).unwrap_err().code, Code::Cancelled);
        studio.preview_drift(Revision { revision: 4 }).unwrap();
        assert!(old.load(Ordering::Relaxed));
    }

    #[test]
    fn ids_are_suggested_by_type_and_text_best_first() {
        let ids = || {
            [
                "Action::\"view\"",
                "A::Action::\"review\"",
                "User::\"vera\"",
                "User::\"olive\"",
                "Doc::\"v\"",
            ]
            .map(str::to_owned)
            .to_vec()
        };
        let ask = |types: &[&str], text: &str| {
            suggest(
                ids(),
                &Suggest {
                    types: types.iter().map(|name| (*name).to_owned()).collect(),
                    text: text.into(),
                    limit: 10,
                },
            )
        };
        assert_eq!(
            ask(&["Action"], "VI"),
            ["Action::\"view\"", "A::Action::\"review\""]
        );
        assert_eq!(ask(&["User"], "v"), ["User::\"vera\"", "User::\"olive\""]);
        assert_eq!(ask(&[], "").len(), 5);
    }
}
