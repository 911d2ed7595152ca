//! `fabric guard`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use super::Dir;

/// `fabric guard`
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Exit status: 0 pass, 1 blocked, 2 could not decide.\n\n  \
    fabric guard --base origin/main --head HEAD --log . --tolerance tolerance.toml --html report.html"
)]
pub struct Guard {
    /// What to do instead.
    #[command(subcommand)]
    pub command: Option<GuardCommand>,
    /// What to judge.
    #[command(flatten)]
    pub run: Option<GuardRun>,
}

/// `fabric guard` itself
#[derive(Debug, Args)]
pub struct GuardRun {
    /// The policies in force: a git revision, a folder or an archive.
    #[arg(long, value_name = "REV")]
    pub base: String,
    /// The edit, likewise.
    #[arg(long, value_name = "REV")]
    pub head: String,
    /// The recorded decisions: a log file, or a workspace whose log to use.
    #[arg(long, value_name = "FILE|DIR", value_hint = ValueHint::AnyPath)]
    pub log: PathBuf,
    /// How much may change. Take it from the base, so that an edit cannot widen its own tolerance.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub tolerance: PathBuf,
    /// A signed override: see `fabric guard override`.
    #[arg(long = "override", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub overriding: Option<PathBuf>,
    /// Repository that revisions are looked up in; else the workspace of the log, else the current folder.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub repo: Option<PathBuf>,
    /// Write the report as a self-contained page.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub html: Option<PathBuf>,
    /// Write the report as Markdown, for a comment under a pull request; `-` is standard output.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub markdown: Option<PathBuf>,
    /// Key that OPA bundles must be signed with: a public key in PEM form, or a file with the shared secret [default: what
    /// workspace.toml names].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub bundle_key: Option<PathBuf>,
    /// Keep a receipt of the verdict, and of the override, in the ledger of this workspace [default: the current folder].
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = ".", value_hint = ValueHint::DirPath)]
    pub receipt: Option<PathBuf>,
    // Not `Opening`: clap does not see whether an optional group is there once it holds another one.
    /// File with the passphrase of an encrypted key; `-` is standard input [default: ask on the terminal].
    #[arg(long, value_name = "FILE", requires = "receipt", value_hint = ValueHint::FilePath)]
    pub passphrase_file: Option<PathBuf>,
    /// With --json: write the JSON here; `-` or nothing is standard output.
    #[arg(value_name = "FILE", requires = "json", value_hint = ValueHint::FilePath)]
    pub json_to: Option<PathBuf>,
}

impl GuardRun {
    /// JSON goes to a file.
    pub(super) fn json_elsewhere(&self) -> bool {
        self.json_to.as_ref().is_some_and(|path| path != "-")
    }
}

/// `fabric guard …`
#[derive(Debug, Subcommand)]
pub enum GuardCommand {
    /// Sign an override for what a report shows: this edit, these rows, until then.
    Override(GuardOverride),
    /// Make a signing key, and print its public half for the tolerance file.
    Key(GuardKey),
    /// Record whether a block was right.
    Judge(GuardJudge),
    /// Say how many of the judged blocks were wrong.
    Stats(Dir),
    /// Install the pre-push hook into a repository.
    Hook(Dir),
}

/// `fabric guard override`
#[derive(Debug, Args)]
pub struct GuardOverride {
    /// The report, as `fabric guard --json FILE` wrote it.
    #[arg(value_name = "REPORT", value_hint = ValueHint::FilePath)]
    pub report: PathBuf,
    /// Why the edit may go in.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Your name, as the tolerance file has it. The author of the edit cannot be its approver.
    #[arg(long, value_name = "NAME")]
    pub approver: String,
    /// Until when: 2026-12-01 (to its end, UTC) or 2026-12-01T18:00:00Z.
    #[arg(long, value_name = "WHEN")]
    pub expires: String,
    /// Your key file.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub key: PathBuf,
    /// Who made the edit; else those the report names.
    #[arg(long, value_name = "NAME")]
    pub author: Option<String>,
    /// Where to write it; `-` is standard output.
    #[arg(long, value_name = "FILE", default_value = "override.json", value_hint = ValueHint::FilePath)]
    pub out: PathBuf,
}

/// `fabric guard key`
#[derive(Debug, Args)]
pub struct GuardKey {
    /// File to write it to; it must not be there yet.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
}

/// `fabric guard judge`
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("judgement").required(true).args(["false_block", "right"])))]
pub struct GuardJudge {
    /// The report, as `fabric guard --json FILE` wrote it.
    #[arg(value_name = "REPORT", value_hint = ValueHint::FilePath)]
    pub report: PathBuf,
    /// The edit was fine and should have passed.
    #[arg(long)]
    pub false_block: bool,
    /// It was good that the edit was stopped.
    #[arg(long)]
    pub right: bool,
    /// Why.
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    pub note: String,
    /// The workspace that remembers it.
    #[arg(long, value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
}
