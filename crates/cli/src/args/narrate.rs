//! The arguments of what is told in words.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use super::{Opening, Timer, Whose};

/// `fabric narrate`
#[derive(Debug, Subcommand)]
pub enum Narrate {
    /// One promotion of a channel, or one change of its modes.
    #[command(
        after_help = "  fabric narrate promotion --channel stable\n  fabric narrate promotion --channel stable --move 7 --language de --as pdf --out move-7.pdf"
    )]
    Promotion(NarrateMove),
    /// One rollback of a channel.
    Rollback(NarrateMove),
    /// Seven days of a channel.
    Week(NarrateWeek),
    /// A verdict of the guard that the ledger has a receipt of.
    Verdict(NarrateVerdict),
    /// What the ledger holds, for who audits it.
    Evidence(NarrateEvidence),
    /// Publish the weeks that are due, as `[[narrative]]` in workspace.toml asks for them.
    #[command(
        after_help = "  fabric narrate weekly --out reports\n\n  [[narrative]]\n  channel = \"stable\"     # of which channel\n  at = \"monday 06:00\"     # when, in UTC\n  language = \"de\"        # en, de or fr\n  as = \"pdf\"             # or html, markdown, slack, text"
    )]
    Weekly(NarrateWeeks),
    /// Let this machine publish the weeks that are due.
    Schedule(NarrateSchedule),
    /// The narratives that were published, and what readers gave them.
    List(NarrateList),
    /// Rate a published narrative, 1 to 5.
    Rate(NarrateRate),
}

/// `fabric narrate promotion`, `fabric narrate rollback`
#[derive(Debug, Args)]
pub struct NarrateMove {
    /// The channel.
    #[arg(long, value_name = "CHANNEL")]
    pub channel: String,
    /// The number of the move [default: the last of its kind].
    #[arg(long = "move", value_name = "N")]
    pub sequence: Option<u64>,
    /// How it is told.
    #[command(flatten)]
    pub told: Told,
}

/// `fabric narrate week`
#[derive(Debug, Args)]
pub struct NarrateWeek {
    /// The channel.
    #[arg(long, value_name = "CHANNEL")]
    pub channel: String,
    /// The moment at which the seven days end, like 2026-11-23T00:00:00Z [default: now].
    #[arg(long, value_name = "MOMENT")]
    pub until: Option<String>,
    /// How it is told.
    #[command(flatten)]
    pub told: Told,
}

/// `fabric narrate weekly`
#[derive(Debug, Args)]
pub struct NarrateWeeks {
    /// Write them into a folder too, as stable-2026-11-23.en.pdf.
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Whose they are.
    #[command(flatten)]
    pub whose: Whose,
    /// How the ledger's key opens.
    #[command(flatten)]
    pub opening: Opening,
}

/// `fabric narrate schedule`
#[derive(Debug, Args)]
pub struct NarrateSchedule {
    /// The timer.
    #[command(flatten)]
    pub timer: Timer,
    /// How the ledger's key opens: a timer has nobody to ask.
    #[command(flatten)]
    pub opening: Opening,
}

/// `fabric narrate verdict`
#[derive(Debug, Args)]
pub struct NarrateVerdict {
    /// The number of its receipt [default: the last verdict].
    #[arg(long, value_name = "N")]
    pub receipt: Option<u64>,
    /// How it is told.
    #[command(flatten)]
    pub told: Told,
}

/// `fabric narrate evidence`
#[derive(Debug, Args)]
pub struct NarrateEvidence {
    /// How it is told.
    #[command(flatten)]
    pub told: Told,
}

/// How a narrative is told.
#[derive(Clone, Debug, Args)]
pub struct Told {
    /// Its form.
    #[arg(long = "as", value_name = "FORM", default_value = "text")]
    pub form: Telling,
    /// The paper of a PDF.
    #[arg(long, value_name = "PAPER", default_value = "a4")]
    pub paper: Sheet,
    /// Write it to a file instead of standard output.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Sign a receipt over it and keep it beside the ledger. A PDF then carries the receipts that it cites.
    #[arg(long)]
    pub publish: bool,
    /// The decision log to replay where no report was kept [default: the workspace's own].
    #[arg(long, value_name = "LOG", value_hint = ValueHint::AnyPath)]
    pub log: Option<PathBuf>,
    /// Whose it is.
    #[command(flatten)]
    pub whose: Whose,
    /// How the ledger's key opens.
    #[command(flatten)]
    pub opening: Opening,
}

/// A form of a narrative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Telling {
    /// Markdown, the source form.
    Markdown,
    /// One HTML file.
    Html,
    /// Plain text.
    Text,
    /// A message of Slack's Block Kit.
    Slack,
    /// Pages.
    Pdf,
}

/// A size of paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Sheet {
    /// 210 by 297 millimetres.
    A4,
    /// 8.5 by 11 inches.
    Letter,
}

/// `fabric narrate list`
#[derive(Debug, Args)]
pub struct NarrateList {
    /// Whose they are.
    #[command(flatten)]
    pub whose: Whose,
}

/// `fabric narrate rate`
#[derive(Debug, Args)]
pub struct NarrateRate {
    /// The number of its receipt.
    #[arg(value_name = "RECEIPT")]
    pub receipt: u64,
    /// 1 is useless, 5 is just what was needed.
    #[arg(value_name = "STARS", value_parser = clap::value_parser!(u8).range(1..=5))]
    pub stars: u8,
    /// What was good, or missing.
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    pub comment: String,
    /// Whose it is.
    #[command(flatten)]
    pub whose: Whose,
}
