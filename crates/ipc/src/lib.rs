//! The one list of commands between the interface and the application, with request and response types; no Tauri, no
//! Leptos. `commands!` turns the list into one type per command (what a caller names), one trait (what a host
//! implements: a command without a handler does not compile) and one `dispatch` (what a transport calls).

mod diagnostics;
mod evidence;
mod help;
mod narratives;
mod project;
mod releases;
mod tables;
mod views;
pub mod wire;

pub use diagnostics::*;
pub use evidence::*;
pub use help::*;
pub use narratives::*;
pub use project::*;
pub use releases::*;
pub use tables::*;
pub use views::*;

use model::{Code, Completion, Explanation, Failure, Hover, LogImport};
use serde::{Serialize, de::DeserializeOwned};

/// A call the interface can make.
pub trait Command {
    /// Its name on the wire.
    const NAME: &'static str;
    /// What goes in.
    type Request: Serialize + DeserializeOwned;
    /// What comes out.
    type Response: Serialize + DeserializeOwned;
}

macro_rules! commands {
    (
        $(#[doc = $host_doc:literal])+ $host:ident, $(#[doc = $dispatch_doc:literal])+ $dispatch:ident;
        $( $(#[doc = $doc:literal])+ $command:ident, $method:ident, $name:literal: $request:ty => $response:ty; )+
    ) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Copy, Debug)]
            pub struct $command;
            impl Command for $command {
                const NAME: &'static str = $name;
                type Request = $request;
                type Response = $response;
            }
        )+

        $(#[doc = $host_doc])+
        pub trait $host {
            $(
                $(#[doc = $doc])+

                fn $method(&self, request: $request) -> Result<$response, Failure>;
            )+
        }

        $(#[doc = $dispatch_doc])+
        ///
        /// # Errors
        /// The handler's own failure, or `bad_call` when the payload does not fit the command.
        pub fn $dispatch<H: $host + ?Sized>(host: &H, name: &str, payload: serde_json::Value, words: wire::Words<'_>) -> Option<Result<serde_json::Value, Failure>> {
            match name {
                $($name => Some(call::<$command>(payload, words, |request| host.$method(request))),)+
                _ => None,
            }
        }
    };
}

fn call<C: Command>(
    payload: serde_json::Value,
    words: wire::Words<'_>,
    handler: impl FnOnce(C::Request) -> Result<C::Response, Failure>,
) -> Result<serde_json::Value, Failure> {
    let malformed =
        |error: serde_json::Error| Failure::new(Code::BadCall, format!("`{}`: {error}", C::NAME));
    let request = serde_json::from_value(payload).map_err(malformed)?;
    wire::pack_in(&handler(request)?, words).map_err(malformed)
}

commands! {
    /// What the application can do for a window. Blocking; a transport runs each call on a thread of its own.
    Host,
    /// Calls the handler of a command by name: JSON in, an answer by position ([`wire`]) out, with what went wrong in these words; nothing when
    /// the host has no such command. A failure of the call itself is returned as it is.
    dispatch;

    /// First call of a window: recent workspaces, settings, and the workspace that is already open, if any.
    Start, start, "app.start": () => StartView;
    /// Stores the settings.
    SaveSettings, save_settings, "app.settings": Settings => ();
    /// What this machine has that the Studio uses if it is there.
    LookAtMachine, look_at_machine, "app.machine": () => MachineView;
    /// Opens a folder as a workspace, in place of the one open now.
    OpenWorkspace, open_workspace, "workspace.open": Path => WorkspaceView;
    /// Opens the sample workspace, making the user's own copy of it first if there is none.
    OpenSample, open_sample, "workspace.sample": () => WorkspaceView;
    /// The open workspace as it is on disk now.
    ViewWorkspace, view_workspace, "workspace.view": () => WorkspaceView;
    /// Closes the workspace; drafts stay.
    CloseWorkspace, close_workspace, "workspace.close": () => ();

    /// What a folder or archive of Cedar policies or an OPA bundle holds, and what taking it over would do. Nothing is changed.
    LookAtProject, look_at_project, "project.look": Path => ProjectView;
    /// Makes a workspace of a project and opens it, or adds what is new to the open one.
    TakeProject, take_project, "project.take": ProjectAsked => ProjectTaken;
    /// Removes what was added to the open workspace, as far as nobody changed it since; the files that stay.
    TakeBackProject, take_back_project, "project.undo": Vec<CreatedFile> => Vec<String>;

    /// Opens a file for editing: the draft if there is one, else the saved text.
    OpenFile, open_file, "file.open": Path => FileText;
    /// Takes the text as typed: keeps it as a draft and analyses it.
    EditFile, edit_file, "file.edit": Edit => EditResult;
    /// Writes the draft to the file. Refused with `file_conflict` when the file changed on disk meanwhile.
    SaveFile, save_file, "file.save": Path => FileText;
    /// Drops the draft and returns the saved text.
    DiscardDraft, discard_draft, "file.discard": Path => FileText;
    /// Makes an empty policy file.
    CreateFile, create_file, "file.create": Path => FileText;

    /// What could stand at a place.
    Complete, complete, "language.complete": Place => Vec<Completion>;
    /// What stands at a place, explained.
    HoverAt, hover, "language.hover": Place => Option<Hover>;
    /// Where the thing at a place is defined.
    Definition, definition, "language.definition": Place => Option<model::Source>;
    /// Where a policy stands, by its id.
    FindPolicy, find_policy, "language.policy": Name => Option<model::Source>;
    /// The text, formatted. Fails with `policy_syntax` when it does not parse.
    Format, format, "language.format": FormatText => String;

    /// What policies may cite, as `authorities.toml` lists it.
    ListCitable, list_citable, "language.citable": () => Vec<CitableView>;
    /// The text with one more name cited by the policy at a place. Fails with `bad_call` where there is nothing to cite it, or
    /// the policy cites it already.
    Cite, cite, "language.cite": CiteAsked => String;

    /// Decides a request with the policies as edited, and explains.
    Decide, decide, "request.decide": Ask => Explanation;
    /// Ids of entities or actions that contain a text, for filling in a request.
    SuggestIds, suggest_ids, "request.suggest": Suggest => Vec<String>;
    /// Runs every named test against the policies as edited.
    RunTests, run_tests, "tests.run": () => Vec<TestView>;
    /// Adds a named test, or replaces the one of that name.
    SaveTest, save_test, "tests.save": NamedTest => Vec<TestView>;
    /// Removes a named test.
    DeleteTest, delete_test, "tests.delete": Name => Vec<TestView>;

    /// Replays the log against the policies as edited. A newer revision cancels the one that is running, which then
    /// fails with `cancelled`.
    PreviewDrift, preview_drift, "drift.preview": Revision => Preview;
    /// Proves what the policies as edited change for requests no log holds. A newer revision, or a newer preview, cancels
    /// the one that is running, which then fails with `cancelled`.
    ProveEdit, prove_edit, "drift.prove": Revision => ProofView;
    /// Looks for what a solver finds in the policies as edited, whatever else is compared: policies that never match, permits
    /// that always do, policies that can fail, pairs that are not separate. A newer revision, or a newer preview, cancels the
    /// one that is running, which then fails with `cancelled`.
    LintEdit, lint_edit, "proof.lints": Revision => LintsView;
    /// Versions of the policies that can be compared, newest first.
    ListVersions, list_versions, "drift.versions": () => Vec<Version>;
    /// Compares other versions than the edit and what is in force, from the next preview on; both `null`: the usual ones.
    CompareVersions, compare_versions, "drift.compare": Versions => ();
    /// Groups of the last preview, riskiest first.
    DriftGroups, drift_groups, "drift.groups": GroupQuery => Page<model::Group>;
    /// Changes of the last preview, riskiest first.
    DriftChanges, drift_changes, "drift.changes": ChangeQuery => Page<ChangeView>;
    /// One change explained under both sets.
    Why, why, "drift.why": ChangeId => WhyView;
    /// Marks changes as viewed, or not.
    MarkViewed, mark_viewed, "drift.viewed": Viewed => ViewedCount;
    /// Files whose text differs from the base.
    TextDiff, text_diff, "drift.text": () => Vec<FileDiff>;
    /// Keeps a receipt of the last preview in the workspace's ledger. Fails with `ledger_missing` when it has none, and with
    /// `key_locked` when its key needs a passphrase.
    KeepPreview, keep_preview, "drift.keep": () => KeptReceipt;
    /// Earlier previews and imports, newest first.
    History, history, "history.list": () => Vec<HistoryEntry>;

    /// Imports logs; progress goes out as events.
    ImportLog, import_log, "log.import": ImportPaths => LogImport;
    /// Makes a log for the workspace from its schema and entities; progress goes out as events.
    GenerateLog, generate_log, "log.generate": GenerateRows => LogImport;
    /// The scenario packs with their last results, when they are due, and their trends.
    ListPacks, list_packs, "scenarios.list": () => PacksView;
    /// Runs scenario packs and keeps what they find; progress goes out as events.
    RunScenarios, run_scenarios, "scenarios.run": RunPacks => PacksView;
    /// How one pack went over time.
    PackTrend, pack_trend, "scenarios.history": Name => PackHistory;

    /// What the Evidence place begins with.
    ViewEvidence, view_evidence, "evidence.view": () => EvidenceView;
    /// Chooses whom to trust from now on.
    ChooseTrustFile, choose_trust, "evidence.trust": ChooseTrust => Option<TrustView>;
    /// Verifies a bundle by the trust file that was chosen; progress goes out as events. Needs no workspace.
    VerifyBundle, verify_bundle, "evidence.verify": VerifyAsked => BundleView;
    /// Remembers the newest checkpoint of the bundle verified last, to compare later bundles of the same ledger with. Refused unless
    /// the bundle is verified.
    RememberHead, remember_head, "evidence.remember": () => HeadView;
    /// Receipts of the bundle verified last or of the workspace's ledger, newest first.
    ListReceipts, list_receipts, "evidence.receipts": ReceiptsAsked => Page<ReceiptView>;
    /// One of them with all that proves it.
    ProveReceipt, prove_receipt, "evidence.receipt": ReceiptAsked => ReceiptProof;
    /// The workspace's ledger; nothing when it has none.
    ViewLedger, view_ledger, "ledger.view": () => Option<LedgerView>;
    /// Reads all of the workspace's ledger again, and fails where it contradicts itself.
    CheckLedger, check_ledger, "ledger.check": () => LedgerView;
    /// Opens the keys of the workspace's ledger, for the receipts and bundles to come. Fails with `key_locked` when the passphrase
    /// is another one.
    UnlockLedger, unlock_ledger, "ledger.unlock": Unlock => ();
    /// Writes receipts of the workspace's ledger with their proofs into a bundle; progress goes out as events. Fails with `key_locked`
    /// when its key needs a passphrase. An export that was interrupted goes on when it is asked for again.
    ExportBundle, export_bundle, "ledger.export": ExportAsked => Exported;

    /// What every channel ships, how it came there, and what a promotion could begin with.
    ViewReleases, view_releases, "releases.view": () => ReleasesView;
    /// What every gate would say of a promotion now. Nothing moves.
    LookAtGates, look_at_gates, "releases.gates": PromoteAsked => Vec<GateView>;
    /// Ships a version, if every gate is open. Fails with `key_locked` when the ledger's key needs a passphrase.
    Promote, promote, "releases.promote": PromoteAsked => MovedView;
    /// Ships again what was in force before the last move of a channel.
    RollBack, roll_back, "releases.rollback": RollbackAsked => MovedView;
    /// Applies the version in force in another mode, without a new one. Fails with `key_locked` when the ledger's key needs a passphrase.
    ChangeMode, change_mode, "releases.mode": ModeAsked => MovedView;
    /// What an enforcement point recorded in a shadow log: what enforcing everything would change, for whom and how often.
    ReadShadowLog, read_shadow_log, "releases.shadow": ShadowAsked => CutoverView;
    /// The number of the receipt of a move, by the move's id.
    ReceiptOfMove, receipt_of_move, "releases.receipt": Name => u64;

    /// What can be told, and what was published.
    ViewNarratives, view_narratives, "narratives.view": () => NarrativesView;
    /// Tells something: gathers its facts and writes them.
    Tell, tell, "narratives.tell": Telling => NarrativeView;
    /// Takes over an author's words for a block of the narrative told last, or drops them.
    EditProse, edit_prose, "narratives.edit": EditedProse => NarrativeView;
    /// Writes a narrative to a file. A PDF carries the receipts it cites; fails with `key_locked` when the key that signs them needs a
    /// passphrase.
    ExportNarrative, export_narrative, "narratives.export": NarrativeExport => ();
    /// Signs a receipt over a narrative's bytes and keeps both; the receipt's number. Fails with `key_locked` likewise.
    PublishNarrative, publish_narrative, "narratives.publish": NarrativePublish => u64;
    /// Keeps what a reader thought of a published narrative.
    RateNarrative, rate_narrative, "narratives.rate": Rated => NarrativesView;

    /// Writes all rows of a table to a file, whole or not at all; how many there are. Progress goes out as events.
    ExportTable, export_table, "table.export": TableExport => u64;
    /// A table as Markdown. Fails with `bad_call` when it is too long for a clipboard.
    CopyTable, copy_table, "table.copy": TableOf => String;

    /// An article of the help, or the one that explains an error. Fails with `help_unknown` when there is none.
    ReadHelp, read_help, "help.article": HelpAsked => HelpArticle;
    /// Sections of articles in which words stand, best first; all articles when there are no words.
    SearchHelp, search_help, "help.search": HelpSearch => Vec<HelpHit>;

    /// How often articles of the help were opened on this machine, most opened first.
    CountHelp, count_help, "help.counts": HelpLanguage => Vec<HelpCount>;
    /// Writes these counts to a file: as CSV where its name ends so, else as JSON.
    ExportHelpCounts, export_help_counts, "help.export": Path => ();
    /// Forgets these counts.
    ClearHelpCounts, clear_help_counts, "help.clear": () => ();

    /// Gathers what may be told of this machine and the open workspace, for the user to look at. Nothing is written.
    PrepareDiagnostics, prepare_diagnostics, "diagnostics.prepare": () => DiagnosticsView;
    /// Writes what was gathered last into an archive. Fails with `diagnostics_secret` when something secret is in it.
    SaveDiagnostics, save_diagnostics, "diagnostics.save": DiagnosticsSave => ();

    /// Cancels the import, generation, verification, export or run of scenario packs that is under way.
    CancelJob, cancel_job, "job.cancel": () => ();

    /// Puts a story's edit into its file as a draft.
    ApplyStory, apply_story, "story.apply": Name => FileText;
}

commands! {
    /// What only the desktop shell can do.
    Shell,
    /// Calls the shell's handler of a command by name; nothing when the shell has no such command.
    dispatch_shell;

    /// Asks the user for a folder.
    PickFolder, pick_folder, "shell.pick_folder": () => Option<String>;
    /// Asks the user for log files.
    PickLogs, pick_logs, "shell.pick_logs": () => Vec<String>;
    /// Asks the user for a file.
    PickFile, pick_file, "shell.pick_file": Picked => Option<String>;
    /// Asks the user where to write a file of that name.
    SaveAs, save_as, "shell.save_as": Name => Option<String>;
    /// Opens the handbook in the system's browser. Fails with `help_unknown` when it is not installed.
    OpenHandbook, open_handbook, "shell.handbook": () => ();
    /// Tells the user by the system's notifications, if the window has not the focus.
    Notify, notify, "shell.notify": Name => ();
    /// Takes a report of a panic in the interface.
    ReportPanic, report_panic, "shell.panic": Name => ();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn as_is(_: Code, _: &mut String, _: &mut String) {}

    struct OnlyShell;
    impl Shell for OnlyShell {
        fn pick_folder(&self, (): ()) -> Result<Option<String>, Failure> {
            Ok(Some("here".into()))
        }
        fn pick_logs(&self, (): ()) -> Result<Vec<String>, Failure> {
            Err(Failure::new(Code::Cancelled, "no"))
        }
        fn pick_file(&self, _: Picked) -> Result<Option<String>, Failure> {
            Ok(None)
        }
        fn save_as(&self, Name { name }: Name) -> Result<Option<String>, Failure> {
            Ok(Some(name))
        }
        fn open_handbook(&self, (): ()) -> Result<(), Failure> {
            Ok(())
        }
        fn notify(&self, _: Name) -> Result<(), Failure> {
            Ok(())
        }
        fn report_panic(&self, _: Name) -> Result<(), Failure> {
            Ok(())
        }
    }

    #[test]
    fn a_call_reaches_its_handler_and_a_bad_one_says_so() {
        let host = OnlyShell;
        assert_eq!(
            dispatch_shell(&host, PickFolder::NAME, serde_json::Value::Null, &as_is)
                .unwrap()
                .unwrap(),
            "here"
        );
        let bad = dispatch_shell(&host, PickFolder::NAME, serde_json::json!({"x": 1}), &as_is)
            .unwrap()
            .unwrap_err();
        assert_eq!(bad.code, Code::BadCall);
        assert_eq!(
            dispatch_shell(&host, "shell.pick_logs", serde_json::Value::Null, &as_is)
                .unwrap()
                .unwrap_err()
                .code,
            Code::Cancelled
        );
        assert!(dispatch_shell(&host, "shell.nothing", serde_json::Value::Null, &as_is).is_none());
    }
}
