//! What can be typed. Every command's help text is written here; nothing else knows about flags.

mod diagnose;
mod evidence;
mod guard;
mod narrate;
mod pdp;
mod releases;
mod update;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

pub use diagnose::Diagnose;
pub use evidence::{
    AskWitness, Bundle, Keeping, Keys, KeysCreate, KeysExport, KeysRecover, KeysRotate, KeysShow,
    Ledger, LedgerCompact, LedgerExport, LedgerInit, LedgerProve, LedgerPurge, LedgerRestore,
    LedgerSample, LedgerSign, LedgerTrust, Opening, Verify, Witness, WitnessServe,
};
pub use guard::{Guard, GuardCommand, GuardJudge, GuardKey, GuardOverride, GuardRun};
pub use narrate::{
    Narrate, NarrateMove, NarrateRate, NarrateSchedule, NarrateWeeks, Sheet, Telling, Told,
};
pub use pdp::{Enforced, Pdp, PdpCutover, PdpDecide, PdpServe};
pub use releases::{
    Approve, ChannelExport, ChannelMode, ChannelRoot, Channels, Form, History, OfChannel, Promote,
    Rollback, Whose,
};
pub use update::{UpdateDescribe, UpdateFrom, Updating};

const EXIT: &str = "Exit status: 0 fine, 1 found something, 2 could not be done. `fabric codes` lists every error.";

/// Change an access policy and see whose real access changes, before anyone is affected.
///
/// DIR is a workspace, or any folder that holds Cedar or Rego policies; without it the current folder is meant.
#[derive(Debug, Parser)]
#[command(name = "fabric", version, after_help = EXIT, max_term_width = 100, disable_help_subcommand = false)]
pub struct Cli {
    /// Flags every command has.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// The flags every command has, as this command means them: with `fabric guard --json FILE` the JSON goes to the file,
    /// and what goes to the terminal is text.
    pub fn global(&self) -> Global {
        let elsewhere = matches!(
            &self.command,
            Command::Guard(guard) if guard.run.as_ref().is_some_and(GuardRun::json_elsewhere)
        );
        Global {
            json: self.global.json && !elsewhere,
            ..self.global.clone()
        }
    }
}

/// Flags every command has.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// Print JSON instead of text.
    #[arg(long, global = true, help_heading = "Output")]
    pub json: bool,
    /// When to use colours. NO_COLOR is honoured.
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true,
        help_heading = "Output",
        help = "When to use colours: auto, always or never [default: auto]",
        hide_default_value = true
    )]
    pub color: When,
    /// Print nothing but results and errors: no progress, no closing remarks.
    #[arg(short, long, global = true, help_heading = "Output")]
    pub quiet: bool,
    /// The language of errors, of help and of narratives: de, en or fr, also with a region, like de-AT [default: the system's, else en].
    #[arg(
        long,
        visible_alias = "lang",
        global = true,
        value_name = "TAG",
        help_heading = "Output"
    )]
    pub language: Option<String>,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a workspace.
    Init(Init),
    /// Parse and validate policies, schema, links, entities and tests.
    Check(Check),
    /// Format policy files in place.
    Fmt(Fmt),
    /// Decide one request.
    Decide(Decide),
    /// Decide one request and show the clauses that decided, with what they read.
    Explain(Asked),
    /// Import, make or describe a decision log.
    #[command(subcommand)]
    Log(Log),
    /// Replay a decision log against two policy sets: who gains access, who loses it, and why.
    Drift(Drift),
    /// Prove what an edit changes for all requests, or find what a solver can find in one policy set.
    Prove(Prove),
    /// Judge an edit by a tolerance: may it change what it changes?
    Guard(Box<Guard>),
    /// Run the named tests, ALLOW/ and DENY/ folders included.
    Test(Test),
    /// Run named what-ifs: whose access changes when facts do, and is that as expected?
    #[command(subcommand)]
    Scenarios(Scenarios),
    /// List or apply the prepared edits of a workspace.
    #[command(subcommand)]
    Story(Story),
    /// Make, list, replace, revoke and recover signing keys.
    #[command(subcommand)]
    Keys(Keys),
    /// The workspace's ledger: receipts of what was decided, over which checkpoints are signed.
    #[command(subcommand)]
    Ledger(Ledger),
    /// Watch over the ledgers of others.
    #[command(subcommand)]
    Witness(Witness),
    /// Answer at the moment of access, by the policies of a folder.
    #[command(subcommand)]
    Pdp(Pdp),
    /// Ship a version in a channel: gates are looked at, the way back is sealed, then the channel moves.
    Promote(Promote),
    /// Take the last move of a channel back.
    Rollback(Rollback),
    /// Approve that a version is shipped.
    Approve(Approve),
    /// Who moved a channel, when, to what, and why.
    History(History),
    /// Where each channel stands.
    Channel(Channels),
    /// Tell in words what happened to a channel, what the guard said, or what the ledger holds.
    #[command(subcommand)]
    Narrate(Box<Narrate>),
    /// Export receipts of the workspace's ledger as a bundle that verifies offline.
    Bundle(Bundle),
    /// Verify a bundle of receipts, offline: who signed, what the ledger holds, what its decisions are when run again.
    Verify(Verify),
    /// Take a newer version from a signed file, without any network.
    #[command(subcommand)]
    Update(Updating),
    /// Show what may be told of this machine and a workspace when something is wrong, and write it as an archive. Nothing is sent.
    Diagnose(Diagnose),
    /// Measure import, open, replay and analysis on this machine.
    Bench(Bench),
    /// Print a completion script for a shell.
    Completions(Completions),
    /// Print the manual page, or write one page per command into a folder.
    Man(Man),
    /// Explain an error or a subject, or find the articles in which words stand.
    Guide(Guide),
    /// Tell what came with a version.
    Notes(Notes),
    /// List every error: code, exit status and what to do.
    Codes(Codes),
}

/// A workspace.
#[derive(Clone, Debug, Args)]
pub struct Dir {
    /// The workspace, or a folder that holds Cedar or Rego policies.
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true, value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
}

/// How OPA bundles are checked.
#[derive(Clone, Debug, Args)]
pub struct Bundles {
    /// Key that OPA bundles must be signed with: a public key in PEM form, or a file with the shared secret [default: what
    /// workspace.toml names].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub bundle_key: Option<PathBuf>,
}

/// `fabric init`
#[derive(Debug, Args)]
pub struct Init {
    /// Folder of the new workspace.
    #[command(flatten)]
    pub dir: Dir,
    /// Fill it with the sample: an organisation with its policies, people and records, and three edits to try.
    #[arg(long)]
    pub sample: bool,
    /// Make it of somebody's project: a folder or archive with Cedar policies, or an OPA bundle. What is left out is told.
    #[arg(long, value_name = "PROJECT", value_hint = ValueHint::AnyPath, conflicts_with = "sample")]
    pub from: Option<PathBuf>,
}

/// `fabric check`
#[derive(Debug, Args)]
pub struct Check {
    /// What to check.
    #[command(flatten)]
    pub dir: Dir,
    /// Let warnings count as errors in the exit status.
    #[arg(long)]
    pub strict: bool,
    /// How bundles are checked.
    #[command(flatten)]
    pub bundles: Bundles,
}

/// `fabric fmt`
#[derive(Debug, Args)]
pub struct Fmt {
    /// Policy files, or folders of them; `-` formats standard input to standard output.
    #[arg(value_name = "DIR|FILE", default_value = ".", hide_default_value = true, value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Change nothing; name the files that are not formatted.
    #[arg(long)]
    pub check: bool,
}

/// How a request is written.
const REQUEST: &str = "The request is a JSON object:\n  \
    {\"principal\": \"User::\\\"alice\\\"\", \"action\": \"Action::\\\"view\\\"\", \"resource\": \"Doc::\\\"d1\\\"\", \"context\": {}}";

/// `fabric decide`
#[derive(Debug, Args)]
#[command(after_help = REQUEST)]
pub struct Decide {
    /// What is asked.
    #[command(flatten)]
    pub asked: Asked,
    /// Append the decision to a log, as a row that carries what it read.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub record: Option<PathBuf>,
}

/// `fabric explain`, and what `fabric decide` asks
#[derive(Debug, Args)]
#[command(after_help = REQUEST)]
pub struct Asked {
    /// Whose policies decide.
    #[command(flatten)]
    pub dir: Dir,
    /// File with the request as JSON, for Rego with the input document; `-` is standard input.
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub request: PathBuf,
    /// For Rego: the rule that decides, e.g. authz/allow [default: what workspace.toml names, else the only `allow`].
    #[arg(long, value_name = "RULE")]
    pub entrypoint: Option<String>,
    /// How bundles are checked.
    #[command(flatten)]
    pub bundles: Bundles,
}

/// `fabric log`
#[derive(Debug, Subcommand)]
pub enum Log {
    /// Read decision logs into the workspace, in place of the log it has.
    ///
    /// Understands our own rows, Cedar request and decision pairs, and OPA decision logs; one JSON object a line, plain, .gz or .zst.
    Import(LogImport),
    /// Make a believable log from the workspace's schema and entities. The same seed makes the same log.
    Generate(LogGenerate),
    /// Write a log anew whose rows carry only what their decisions read.
    ///
    /// Of each row's entities, those stay, with those of their attributes and tags, that the workspace's policies read to decide it. What is left out is said to be omitted.
    Slice(LogSlice),
    /// Say what the workspace's log holds.
    Info(LogInfo),
}

/// `fabric log import`
#[derive(Debug, Args)]
pub struct LogImport {
    /// The workspace.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
    /// Logs; `-` is standard input.
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
}

/// `fabric log generate`
#[derive(Debug, Args)]
pub struct LogGenerate {
    /// The workspace.
    #[command(flatten)]
    pub dir: Dir,
    /// How many rows.
    #[arg(long, value_name = "N", value_parser = rows)]
    pub rows: u64,
    /// Seed; without it the one that log.toml names, else always the same.
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Write to a file instead of standard output; compressed when its name ends in .zst or .gz.
    #[arg(long, value_name = "FILE", conflicts_with = "store", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Write straight into the workspace, in place of the log it has.
    #[arg(long)]
    pub store: bool,
    /// What rows carry: all entities that their decisions may read, or the least that they did.
    #[arg(long, value_name = "WHICH", value_enum, default_value_t)]
    pub slices: Slices,
}

/// Which entities the rows of a log carry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Slices {
    /// What was read.
    Least,
    /// What may be read.
    #[default]
    Whole,
}

/// `fabric log slice`
#[derive(Debug, Args)]
pub struct LogSlice {
    /// Whose policies decide.
    #[command(flatten)]
    pub dir: Dir,
    /// The recorded decisions: a log file, or a workspace whose log to use.
    #[arg(long, value_name = "FILE|DIR", value_hint = ValueHint::AnyPath)]
    pub log: PathBuf,
    /// Write to a file instead of standard output; compressed when its name ends in .zst or .gz.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
}

/// `fabric log info`
#[derive(Debug, Args)]
pub struct LogInfo {
    /// The workspace.
    #[command(flatten)]
    pub dir: Dir,
}

/// `fabric drift`
#[derive(Debug, Args)]
#[command(
    after_help = "Each side is a folder, a git revision, or a .tar, .tar.gz or .tar.zst archive of policies:\n  \
    fabric drift HEAD . --log .\n  fabric drift v1.2 main --repo policies/ --log access.jsonl.zst\n\
    Both may be Rego, as folders or OPA bundles, with a decision log of OPA:\n  \
    fabric drift bundle.tar.gz . --log decisions.jsonl.gz --bundle-key key.pem"
)]
pub struct Drift {
    /// The policies in force.
    #[arg(value_name = "A")]
    pub base: String,
    /// The edit.
    #[arg(value_name = "B")]
    pub head: String,
    /// The recorded decisions: a log file, or a workspace whose log to use.
    #[arg(long, value_name = "FILE|DIR", value_hint = ValueHint::AnyPath)]
    pub log: PathBuf,
    /// Repository that revisions are looked up in; else the workspace of the log, else the current folder.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub repo: Option<PathBuf>,
    /// Show so many changed requests; 0 = all [default: 10, as JSON 1000].
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Keep a receipt of the report in the ledger of this workspace [default: the current folder]. Its subject is what --json
    /// prints.
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = ".", value_hint = ValueHint::DirPath)]
    pub receipt: Option<PathBuf>,
    /// How an encrypted key opens.
    #[command(flatten)]
    pub opening: Opening,
    /// How bundles are checked.
    #[command(flatten)]
    pub bundles: Bundles,
}

/// `fabric prove`
#[derive(Debug, Args)]
#[command(
    after_help = "Each side is a folder, a git revision, or a .tar, .tar.gz or .tar.zst archive of policies with their schema:\n  \
    fabric prove HEAD .\n  fabric prove v1.2 main --repo policies/\n  fabric prove . --lints\n\
    The solver is cvc5: the program that CVC5 names, else `cvc5` on the path."
)]
pub struct Prove {
    /// The policies in force; with --lints, the policies to judge.
    #[arg(value_name = "A")]
    pub base: String,
    /// The edit.
    #[arg(value_name = "B", required_unless_present = "lints")]
    pub head: Option<String>,
    /// Find policies that never match, permits that always do, policies that can fail, and pairs that
    /// workspace.toml wants separate and that are not.
    #[arg(long, conflicts_with = "head")]
    pub lints: bool,
    /// Repository that revisions are looked up in; else the folder among A and B, else the current folder.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub repo: Option<PathBuf>,
    /// Give a question up after so many seconds, and all of them after twenty times as many; what is not answered is not
    /// proven.
    #[arg(long, value_name = "N", default_value = "10", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub seconds: u64,
    /// How bundles are checked.
    #[command(flatten)]
    pub bundles: Bundles,
}

/// `fabric test`
#[derive(Debug, Args)]
pub struct Test {
    /// Whose tests.
    #[command(flatten)]
    pub dir: Dir,
}

/// `fabric story`
#[derive(Debug, Subcommand)]
pub enum Story {
    /// List the prepared edits.
    List(StoryList),
    /// Write a prepared edit into its file.
    Apply(StoryApply),
}

/// `fabric story list`
#[derive(Debug, Args)]
pub struct StoryList {
    /// The workspace.
    #[command(flatten)]
    pub dir: Dir,
}

/// `fabric story apply`
#[derive(Debug, Args)]
pub struct StoryApply {
    /// The workspace.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
    /// The edit's name, as `fabric story list` shows it.
    pub name: String,
}

/// `fabric scenarios`
#[derive(Debug, Subcommand)]
pub enum Scenarios {
    /// Replay the what-ifs of scenario packs and hold them against their expectations.
    ///
    /// The results are kept for ninety days: see `fabric scenarios history`.
    Run(ScenariosRun),
    /// List the scenario packs of a workspace.
    List(Dir),
    /// Show how packs went over time.
    History(ScenariosHistory),
    /// Let this machine run all packs every night.
    Schedule(ScenariosSchedule),
}

/// `fabric scenarios run`
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 every expectation is met, 1 some are not, 2 a pack could not be run.\n\n  \
    fabric scenarios run\n  fabric scenarios run on-call contractors northwind"
)]
pub struct ScenariosRun {
    /// Packs, by the names of their files in scenarios/; all when none is named. A folder at the end is the workspace.
    #[arg(value_name = "PACK|DIR", value_hint = ValueHint::DirPath)]
    pub what: Vec<String>,
}

/// `fabric scenarios history`
#[derive(Debug, Args)]
pub struct ScenariosHistory {
    /// A pack; all when none is named. A folder at the end is the workspace.
    #[arg(value_name = "PACK|DIR", num_args = 0..=2, value_hint = ValueHint::DirPath)]
    pub what: Vec<String>,
    /// Draw gains, losses and expectations of the pack over time; `-` is standard output.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub svg: Option<PathBuf>,
    /// Draw only this scenario of it.
    #[arg(long, value_name = "NAME", requires = "svg")]
    pub scenario: Option<String>,
}

/// `fabric scenarios schedule`
#[derive(Debug, Args)]
pub struct ScenariosSchedule {
    /// The timer.
    #[command(flatten)]
    pub timer: Timer,
}

/// What starts a command by itself.
#[derive(Debug, Args)]
pub struct Timer {
    /// The workspace.
    #[command(flatten)]
    pub dir: Dir,
    /// When, in UTC: a time for every night, or one night a week such as `sunday 03:00` [default: 02:30 for packs, for narratives when they are due].
    #[arg(long, value_name = "WHEN")]
    pub at: Option<String>,
    /// For which system: systemd, launchd or windows [default: this one's].
    #[arg(long = "for", value_name = "SYSTEM", hide_possible_values = true)]
    pub system: Option<TimerSystem>,
    /// Print the files instead of writing them.
    #[arg(long)]
    pub print: bool,
}

/// What starts programs at a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TimerSystem {
    /// A systemd user timer.
    Systemd,
    /// A launchd agent.
    Launchd,
    /// A task of the Windows Task Scheduler.
    Windows,
}

/// `fabric bench`
#[derive(Debug, Args)]
pub struct Bench {
    /// What to measure; everything but `drift`, `pdp` and `release` when left out.
    #[arg(value_name = "WHAT")]
    pub what: Vec<Measure>,
    /// Rows of the log.
    #[arg(long, value_name = "N", default_value = "1000000", value_parser = rows)]
    pub rows: u64,
    /// Workspace to measure on, instead of the sample.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
    /// With `drift`: small sizes only, to see that everything agrees.
    #[arg(long)]
    pub quick: bool,
    /// With `drift`: policies of the sets, instead of all sizes; nothing is typed.
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = clap::value_parser!(u64).range(10..=100_000))]
    pub policies: Vec<u64>,
    /// With `drift` and `pdp`: the program of Cerbos, to measure beside.
    #[arg(long, value_name = "PROGRAM", value_hint = ValueHint::ExecutablePath)]
    pub cerbos: Option<PathBuf>,
    /// Keep the measures in STEM.json and the table in STEM.txt, with `drift` the scaling curve in STEM.svg.
    #[arg(long, value_name = "STEM", value_hint = ValueHint::AnyPath)]
    pub keep: Option<PathBuf>,
    /// Tell what a session over this log holds in memory, and nothing else.
    #[arg(long, value_name = "LOG", hide = true)]
    pub resident: Option<PathBuf>,
}

/// A group of measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Measure {
    /// Making a log.
    Generate,
    /// Importing it, its size, opening it again.
    Import,
    /// Full replay and replay after an edit, with the plain authorizer loop as peer.
    Replay,
    /// From a keystroke to problems, and to refreshed counts.
    Edit,
    /// What a solver proves of an edit.
    Prove,
    /// Receipts into a ledger, and proofs out of it.
    Evidence,
    /// Replay beside other engines, on policy sets of every size; takes minutes, only when named.
    Drift,
    /// The enforcement point, in process and over HTTP; takes a minute, only when named.
    Pdp,
    /// Shipping a version and taking it back, the history of a channel; only when named.
    Release,
    /// What happened, told and printed; only when named.
    Narrative,
}

impl Measure {
    /// It is measured on the log of a workspace.
    pub fn needs_log(self) -> bool {
        !self.is_apart() && !matches!(self, Self::Prove | Self::Evidence)
    }

    /// It is measured when it is named, and has its own ground.
    pub fn is_apart(self) -> bool {
        matches!(
            self,
            Self::Drift | Self::Pdp | Self::Release | Self::Narrative
        )
    }
}

/// `fabric completions`
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell.
    pub shell: Shell,
}

/// `fabric man`
#[derive(Debug, Args)]
pub struct Man {
    /// Write one page per command into this folder.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
    /// Print all commands as one chapter in Markdown.
    #[arg(long, conflicts_with_all = ["dir", "json"])]
    pub markdown: bool,
}

/// `fabric guide`
#[derive(Debug, Args)]
#[command(
    after_help = "  fabric guide\n  fabric guide key_locked\n  fabric guide ledger\n  fabric guide --language de Sicherung zurückspielen"
)]
pub struct Guide {
    /// An error, the name of an article, or words to look for; all articles are listed when there are none.
    #[arg(value_name = "CODE|ARTICLE|WORDS")]
    pub what: Vec<String>,
}

/// `fabric notes`
#[derive(Debug, Args)]
pub struct Notes {
    /// The version, like 0.1.0 [default: all, newest first].
    #[arg(value_name = "VERSION")]
    pub version: Option<String>,
    /// Print them as a chapter in Markdown.
    #[arg(long, conflicts_with = "json")]
    pub markdown: bool,
}

/// `fabric codes`
#[derive(Debug, Args)]
pub struct Codes {
    /// Print them as a chapter in Markdown, with what each means.
    #[arg(long, conflicts_with = "json")]
    pub markdown: bool,
}

/// A count as people write it: `1000000`, `1_000_000`, `1,000,000`, `500k`, `1M`.
fn rows(text: &str) -> Result<u64, String> {
    let digits: String = text.chars().filter(|c| !matches!(c, '_' | ',')).collect();
    let (digits, factor) = match digits.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1_000),
        None => match digits.strip_suffix(['m', 'M']) {
            Some(digits) => (digits, 1_000_000),
            None => (digits.as_str(), 1),
        },
    };
    digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(factor))
        .filter(|number| *number > 0)
        .ok_or_else(|| "give a number of rows, such as 1000000 or 1M".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn counts_are_read_as_people_write_them() {
        assert_eq!(rows("1000000"), Ok(1_000_000));
        assert_eq!(rows("1_000_000"), Ok(1_000_000));
        assert_eq!(rows("1,000"), Ok(1_000));
        assert_eq!(rows("250k"), Ok(250_000));
        assert_eq!(rows("1M"), Ok(1_000_000));
        for bad in [
            "",
            "0",
            "-1",
            "k",
            "ten",
            "99999999999999999999",
            "18446744073709551615k",
        ] {
            assert!(rows(bad).is_err(), "{bad}");
        }
    }
}
