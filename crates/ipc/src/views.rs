//! What the commands carry. Views are made for one screen each; the values inside them are `model`'s.

use model::{
    Amiss, Change, ChangeClass, Decision, Explanation, Failure, GroupBy, Headline, Lints, LogInfo,
    PackOutcome, PolicyChange, PolicySummary, Problem, Proof, Request, Source, Totals,
};
use serde::{Deserialize, Serialize};

use crate::EndedBadly;

/// A path: of a workspace on disk, or of a file inside the workspace with `/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path {
    /// The path.
    pub path: String,
}

/// A name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// The name.
    pub name: String,
}

/// How the window looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// High contrast.
    Contrast,
}

/// How much room rows take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    /// Ordinary.
    #[default]
    Comfortable,
    /// More rows.
    Compact,
}

/// The language of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// The first of the system's that there is, else English.
    #[default]
    #[serde(rename = "system")]
    System,
    /// English.
    #[serde(rename = "en")]
    English,
    /// German.
    #[serde(rename = "de")]
    German,
    /// French.
    #[serde(rename = "fr")]
    French,
    /// English with accents, made longer: shows what is cut off and what is not translated. Nobody is offered it.
    #[serde(rename = "en-XA")]
    Pseudo,
}

impl Language {
    /// As it is stored: its tag, or `system`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Pseudo => "en-XA",
        }
    }
}

/// What the user has set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Colours.
    pub theme: Theme,
    /// Row height.
    pub density: Density,
    /// What is said in which language.
    pub language: Language,
    /// Format a policy file when it is saved.
    pub format_on_save: bool,
    /// How far the guide through first run and tour has come.
    pub guide: Guide,
    /// Tell nobody of long work that ends while the window is not in front.
    pub quiet: bool,
    /// Do not count which articles of the help are opened.
    pub help_uncounted: bool,
}

/// The guide through first run and tour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Guide {
    /// Steps that are done.
    pub done: u32,
    /// It was left, and waits until it is taken up again.
    pub left: bool,
}

/// What this machine has that the Studio uses if it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineView {
    /// A solver was found: edits can be proven.
    pub solver: bool,
    /// Why keys cannot be kept in the system's keyring; nothing if they can.
    pub keyring: Option<Failure>,
}

/// A workspace opened before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// Its folder.
    pub path: String,
    /// Its name.
    pub name: String,
    /// When, RFC 3339 UTC.
    pub opened_at: String,
    /// The folder is still there.
    pub exists: bool,
}

/// What a window needs first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartView {
    /// Version of the Studio.
    pub version: String,
    /// The policy engine, e.g. `cedar/4.14.1`.
    pub engine: String,
    /// Where the Studio keeps its own data.
    pub data_dir: String,
    /// Settings.
    pub settings: Settings,
    /// Workspaces opened before, newest first.
    pub recent: Vec<Recent>,
    /// The workspace that is open.
    pub workspace: Option<WorkspaceView>,
    /// What stands in the way of the Studio itself, on this machine.
    pub notices: Vec<Failure>,
    /// The run before, if it ended badly and nobody was told yet.
    pub ended_badly: Option<EndedBadly>,
}

/// What a file of a workspace holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// Cedar policies and templates.
    Policies,
    /// A schema.
    Schema,
    /// Template links.
    Links,
    /// Entities.
    Entities,
    /// Named tests.
    Tests,
    /// A scenario pack.
    Scenarios,
}

/// A file in the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileView {
    /// Path inside the workspace.
    pub path: String,
    /// What it holds.
    pub kind: FileKind,
    /// Policies and templates in it.
    pub policies: u32,
    /// It has a draft that is not saved.
    pub draft: bool,
    /// It differs from the base.
    pub changed: bool,
    /// Errors and warnings in it.
    pub problems: u32,
    /// It can be edited here (entities files can be very large).
    pub editable: bool,
}

/// An entity type or action of the schema, for filling in a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionView {
    /// `Action::"read"`.
    pub id: String,
    /// Principal types it applies to.
    pub principals: Vec<String>,
    /// Resource types it applies to.
    pub resources: Vec<String>,
    /// Attributes of its context: name, type, required.
    pub context: Vec<(String, String, bool)>,
}

/// A prepared edit worth previewing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryView {
    /// Its name, for `story.apply`.
    pub name: String,
    /// One line.
    pub title: String,
    /// What the author thinks they do.
    pub summary: String,
    /// What the preview will show.
    pub expect: String,
    /// The file it edits.
    pub file: String,
}

/// A workspace as the window shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceView {
    /// Its folder.
    pub root: String,
    /// Its name.
    pub name: String,
    /// Tenant; may be empty.
    pub tenant: String,
    /// Residency; may be empty.
    pub residency: String,
    /// What edits are compared with, e.g. `HEAD 3f2a91c` or `saved files`.
    pub base: String,
    /// Files, sorted by path.
    pub files: Vec<FileView>,
    /// Policies that decide.
    pub policies: u32,
    /// Templates.
    pub templates: u32,
    /// Entities.
    pub entities: u32,
    /// Actions of the schema.
    pub actions: Vec<ActionView>,
    /// All problems, drafts taken into account.
    pub problems: Vec<Problem>,
    /// The log, if one was imported.
    pub log: Option<LogInfo>,
    /// Prepared edits (the sample has some).
    pub stories: Vec<StoryView>,
    /// What the user should know about the workspace as a whole: read-only, locked, damaged state.
    pub notices: Vec<Failure>,
    /// Drafts found from an earlier session that ended without saving.
    pub recovered: Vec<String>,
    /// How many rows a generated log has by default, when the workspace describes one and has none yet.
    pub generate_rows: Option<u64>,
}

/// A file's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileText {
    /// Path inside the workspace.
    pub path: String,
    /// What to edit: the draft if there is one, else the saved text.
    pub text: String,
    /// The text on disk.
    pub saved: String,
    /// The text in the base; nothing when the file is new.
    pub base: Option<String>,
    /// `text` is a draft.
    pub draft: bool,
    /// The file changed on disk since the draft was begun.
    pub conflict: bool,
    /// Policies in it.
    pub policies: Vec<PolicySummary>,
    /// Problems in it.
    pub problems: Vec<Problem>,
}

/// Text as typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Path inside the workspace.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// Grows with every edit of the window; comes back in the result.
    pub revision: u32,
}

/// What an edit means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditResult {
    /// The edit's revision.
    pub revision: u32,
    /// Problems in this file.
    pub problems: Vec<Problem>,
    /// Errors and warnings in the whole workspace.
    pub problems_total: u32,
    /// Policies in this file.
    pub policies: Vec<PolicySummary>,
    /// The text differs from the saved one.
    pub draft: bool,
    /// The text differs from the base.
    pub changed: bool,
    /// Why the draft could not be stored (a full disk, say): until it can be, it lives in this window only.
    #[serde(default)]
    pub unkept: Option<Failure>,
}

/// A place in a text that may not be saved yet. Line and column from 1, columns in UTF-16 code units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Path inside the workspace.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

/// A text to format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormatText {
    /// Path inside the workspace.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// Which ids to suggest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggest {
    /// Entity types to choose from; empty = any. `Action` = actions.
    pub types: Vec<String>,
    /// Text the id must contain, without regard to case.
    pub text: String,
    /// At most so many.
    pub limit: u32,
}

/// A request with the decision it should have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedTest {
    /// Its name, unique in the workspace.
    pub name: String,
    /// The request.
    pub request: Request,
    /// All entities there are for it; nothing: those of the workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entities: Option<Vec<serde_json::Value>>,
    /// What it must decide.
    pub decision: Decision,
    /// Policies that must determine it; empty = any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// A named test and how it fared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestView {
    /// The test.
    pub test: NamedTest,
    /// File it stands in.
    pub file: String,
    /// It decides as it says.
    pub passed: bool,
    /// What it decided, or why it could not.
    pub outcome: Result<Explanation, Failure>,
}

/// A request to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The request.
    pub request: Request,
    /// All entities there are for it; nothing: those of the workspace.
    pub entities: Option<Vec<serde_json::Value>>,
}

impl From<Request> for Ask {
    fn from(request: Request) -> Self {
        Self {
            request,
            entities: None,
        }
    }
}

/// The two sides of a comparison, each a git revision, a folder or an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// Nothing: the policies in force.
    pub base: Option<String>,
    /// Nothing: the policies as edited.
    pub head: Option<String>,
}

/// A version that can be compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The commit, as short as it is still one of its kind.
    pub name: String,
    /// First line of its message.
    pub title: String,
    /// When it was made, RFC 3339 UTC.
    pub at: String,
}

/// A revision of the edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// As in `Edit`.
    pub revision: u32,
}

/// The preview in short; the rest is fetched in pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The revision it belongs to.
    pub revision: u32,
    /// What the edit was compared with.
    pub base: String,
    /// What was compared with it: the edit, unless other versions were chosen.
    pub head: String,
    /// Counts.
    pub totals: Totals,
    /// How far it reaches.
    pub headline: Headline,
    /// Policies that differ.
    pub policies: Vec<PolicyChange>,
    /// The groups to show beside the editor, by policy, riskiest first, at most eight.
    pub top: Vec<TopGroup>,
    /// Distinct requests that change or are open.
    pub changes: u64,
    /// How many of them are marked as viewed.
    pub viewed: u64,
    /// What may not be known in general, e.g. that some rows rest on the workspace's entities.
    pub notes: Vec<String>,
    /// Time the replay took.
    pub milliseconds: u32,
}

/// What a solver proves about the edit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProofView {
    /// The revision it belongs to.
    pub revision: u32,
    /// For every kind of request.
    pub proof: Proof,
    /// Time it took.
    pub milliseconds: u32,
}

/// What a solver finds in the policies as edited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LintsView {
    /// The revision it belongs to.
    pub revision: u32,
    /// What was found, and what could not be decided.
    pub lints: Lints,
    /// Time it took.
    pub milliseconds: u32,
}

/// A group in one sentence, with its first change for the details.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopGroup {
    /// In words, e.g. `Contractor: read Record (P1)`.
    pub title: String,
    /// The class of its rows.
    pub class: ChangeClass,
    /// Rows.
    pub rows: u64,
    /// Distinct principals.
    pub principals: u64,
    /// Distinct resources.
    pub resources: u64,
    /// The worst risk inside.
    pub risk: model::Risk,
    /// Policy that caused it, and where it stands.
    pub cause: Option<(String, Source)>,
    /// The first change, to open.
    pub change: u32,
}

/// A part of a long list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// Length of the whole list.
    pub total: u64,
    /// Place of the first item in it.
    pub offset: u64,
    /// The items.
    pub items: Vec<T>,
}

/// Which changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangeFilter {
    /// Only these classes; empty = all that changed or are open.
    pub classes: Vec<ChangeClass>,
    /// Only where an evaluation error appeared or vanished.
    pub errors_only: bool,
    /// Only where the base disagrees with the log.
    pub disagreements_only: bool,
    /// Only those not marked as viewed.
    pub unviewed_only: bool,
    /// Text that the principal, action, resource or a cause must contain, without regard to case.
    pub text: String,
    /// Only this group.
    pub group: Option<(GroupBy, String)>,
}

/// A page of groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupQuery {
    /// By what.
    pub by: GroupBy,
    /// Which changes.
    pub filter: ChangeFilter,
    /// First group wanted.
    pub offset: u64,
    /// At most so many.
    pub limit: u32,
}

/// A page of changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeQuery {
    /// Which changes.
    pub filter: ChangeFilter,
    /// First change wanted.
    pub offset: u64,
    /// At most so many.
    pub limit: u32,
}

/// A change in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeView {
    /// The change.
    pub change: Change,
    /// It was marked as viewed.
    pub viewed: bool,
}

/// A change of the last preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeId {
    /// `Change::id`.
    pub id: u32,
}

/// One change explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyView {
    /// The change.
    pub change: Change,
    /// The request as recorded.
    pub request: Request,
    /// Under the base set.
    pub before: Explanation,
    /// Under the edit.
    pub after: Explanation,
    /// The entities that were read, as the log has them.
    pub entities: Vec<EntityView>,
    /// The workspace's entities were assumed, because the row carries none.
    pub entities_assumed: bool,
    /// What open decisions turn on, in a sentence without its end; empty where both sides are certain. Clauses stand in
    /// `backticks`.
    pub turns_on: String,
    /// What the log lacks to tell the decision: under the base set, under the edit.
    pub lacks: (Vec<String>, Vec<String>),
    /// The policies that leave it open, each with what its clauses must come to: under the base set, under the edit.
    pub left_open: (Vec<String>, Vec<String>),
    /// What the log recorded: decision and reasons with row counts.
    pub recorded: Vec<Recorded>,
    /// It was marked as viewed.
    pub viewed: bool,
}

/// A recorded outcome of one distinct request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// The decision, if the log has it.
    pub decision: Option<Decision>,
    /// Determining policies as recorded.
    pub reasons: Vec<String>,
    /// Rows.
    pub rows: u64,
    /// First such row.
    pub first_at: String,
    /// Last such row.
    pub last_at: String,
}

/// An entity as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityView {
    /// Its id.
    pub id: String,
    /// Attributes and values, as text.
    pub attributes: Vec<(String, String)>,
    /// Its parents.
    pub parents: Vec<String>,
}

/// Marks for changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewed {
    /// Changes of the last preview.
    pub ids: Vec<u32>,
    /// Viewed, or not.
    pub viewed: bool,
}

/// How many changes are marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewedCount {
    /// Marked.
    pub viewed: u64,
    /// Of so many.
    pub total: u64,
}

/// A file whose text differs from the base.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDiff {
    /// Path inside the workspace.
    pub path: String,
    /// Text in the base; empty when the file is new.
    pub before: String,
    /// Text as edited; empty when the file is gone.
    pub after: String,
}

/// Something that happened in the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// When, RFC 3339 UTC.
    pub at: String,
    /// What, in words.
    pub title: String,
    /// Counts, for a preview.
    pub totals: Option<Totals>,
}

/// A receipt in the workspace's ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptReceipt {
    /// Its number.
    pub number: u32,
    /// What the ledger is called wherever it is trusted.
    pub origin: String,
}

/// Logs to import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPaths {
    /// Files.
    pub paths: Vec<String>,
}

/// A log to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenerateRows {
    /// How many rows.
    pub rows: u64,
    /// Seed: the same seed makes the same log.
    pub seed: u64,
}

/// One what-if of a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioView {
    /// Its name.
    pub name: String,
    /// What is supposed; may be empty.
    pub about: String,
    /// What is expected, in words.
    pub expectations: Vec<String>,
}

/// A scenario pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackView {
    /// Its name.
    pub name: String,
    /// Its file, as a path inside the workspace.
    pub file: String,
    /// What it is about, in one line.
    pub title: String,
    /// The same at length; may be empty.
    pub about: String,
    /// Digest of what it says.
    pub digest: String,
    /// Where its rows come from, in words.
    pub rows: String,
    /// When it runs by itself (UTC), e.g. `nightly 02:30`.
    pub schedule: Option<String>,
    /// When it runs next while the Studio is open, RFC 3339 UTC; a moment that has passed means as soon as there is time.
    pub next_at: Option<String>,
    /// Its what-ifs.
    pub scenarios: Vec<ScenarioView>,
    /// Its last run, with everything it found.
    pub last: Option<LastRun>,
    /// Gains, losses and expectations over the last ninety days, as SVG.
    pub trend: String,
}

/// The last run of a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastRun {
    /// When, RFC 3339 UTC.
    pub at: String,
    /// What came of it.
    pub outcome: PackOutcome,
}

/// The scenario packs of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PacksView {
    /// By name.
    pub packs: Vec<PackView>,
    /// What is wrong with packs that cannot be read.
    pub broken: Vec<Failure>,
    /// Why the last results could not be kept (a read-only workspace, a full disk), if so.
    pub unkept: Option<Failure>,
}

/// Which packs to run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunPacks {
    /// By name; empty = all.
    pub packs: Vec<String>,
}

/// A run of a pack in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunLine {
    /// When, RFC 3339 UTC.
    pub at: String,
    /// The pack.
    pub pack: String,
    /// `met`, `unmet` or `failed`.
    pub state: String,
    /// Rows gained, all scenarios together.
    pub gained: u64,
    /// Rows lost.
    pub lost: u64,
    /// Rows that may change or cannot be told.
    pub open: u64,
    /// Expectations met.
    pub met: u64,
    /// Expectations there are.
    pub expectations: u64,
}

/// How a pack went over the last ninety days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackHistory {
    /// Its runs, oldest first.
    pub runs: Vec<RunLine>,
    /// All its scenarios together, as SVG.
    pub trend: String,
    /// Each of its scenarios: name and SVG.
    pub trends: Vec<(String, String)>,
}

/// Something the window should know without having asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A long job got on.
    Progress {
        /// What it does, e.g. `Importing access.jsonl`.
        title: String,
        /// Done so far.
        done: u64,
        /// Of so many; 0 = not known.
        total: u64,
    },
    /// Files changed on disk, or another part of the application changed the workspace: fetch the view again.
    WorkspaceChanged,
    /// A workspace or a bundle was handed to the running application.
    OpenPath {
        /// The path.
        path: String,
    },
    /// Files are held over the window, or no longer.
    Hover {
        /// What they are; nothing when they are gone.
        over: Option<Dropped>,
    },
    /// Files were let go over the window.
    Dropped {
        /// What they are.
        what: Dropped,
        /// Their paths.
        paths: Vec<String>,
    },
}

/// What files are, by their content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dropped {
    /// A bundle of receipts, to be verified.
    Bundle,
    /// A report that carries its receipts, to be verified.
    Report,
    /// Decision logs, to be imported.
    Logs,
    /// A folder that opens as a workspace.
    Workspace,
    /// An archive, an OPA bundle or a file of policies, to be taken over.
    Project,
    /// Something that is not accepted, or several things at once.
    Unknown,
}

/// Something that policies may cite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CitableView {
    /// Its name.
    pub name: String,
    /// What it is, in a word: `regulation`, `contract`.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// Why it should not be cited now, if it should not.
    pub amiss: Option<Amiss>,
}

/// A name to be cited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CiteAsked {
    /// Where the cursor stands.
    pub place: Place,
    /// `authority` or `evidence`.
    pub annotation: String,
    /// The name.
    pub name: String,
}
