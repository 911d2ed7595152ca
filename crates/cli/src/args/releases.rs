//! The arguments of what moves channels.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use release::Mode;

use super::Opening;

/// The workspace whose channels these are.
#[derive(Clone, Debug, Args)]
pub struct Whose {
    /// The workspace, in a git repository.
    #[arg(long, value_name = "DIR", default_value = ".", hide_default_value = true, value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
}

/// `fabric promote`
#[derive(Debug, Args)]
#[command(
    after_help = "  fabric promote 1.4.0 --to stable --reason \"contractors read what they work on\"\n  fabric promote 1.4.0 --to stable --mode canary=10"
)]
pub struct Promote {
    /// The version; it is made of what is committed when there is none of this name.
    #[arg(value_name = "VERSION")]
    pub version: String,
    /// The channel.
    #[arg(long, value_name = "CHANNEL")]
    pub to: String,
    /// How its policies are applied: `enforce`, `audit-only`, or `canary=10` for ten of a hundred principals.
    #[arg(long, value_name = "MODE", default_value = "enforce")]
    pub mode: Mode,
    /// What is said about it.
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// The log that drift is judged on [default: the workspace's own].
    #[arg(long, value_name = "LOG", value_hint = ValueHint::AnyPath)]
    pub log: Option<PathBuf>,
    /// A signed override of what exceeds the tolerance, of `fabric guard override`.
    #[arg(long = "override", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub overriding: Option<PathBuf>,
    /// Why it cannot wait for the channel's window.
    #[arg(long, value_name = "REASON")]
    pub outside_window: Option<String>,
    /// Why it ships although policies cite what is not there, or not as it was.
    #[arg(long, value_name = "REASON")]
    pub skip_references: Option<String>,
    /// Whose it is.
    #[command(flatten)]
    pub whose: Whose,
    /// How the ledger's key opens.
    #[command(flatten)]
    pub opening: Opening,
}

/// `fabric rollback`
#[derive(Debug, Args)]
pub struct Rollback {
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    pub channel: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Whose it is.
    #[command(flatten)]
    pub whose: Whose,
    /// How the ledger's key opens.
    #[command(flatten)]
    pub opening: Opening,
}

/// `fabric approve`
#[derive(Debug, Args)]
pub struct Approve {
    /// The version.
    #[arg(value_name = "VERSION")]
    pub version: String,
    /// The channel.
    #[arg(long, value_name = "CHANNEL")]
    pub to: String,
    /// In which mode.
    #[arg(long, value_name = "MODE", default_value = "enforce")]
    pub mode: Mode,
    /// Your key, by name.
    #[arg(long, value_name = "NAME")]
    pub key: String,
    /// Who you are, `name <address>`, as `workspace.toml` names you.
    #[arg(long, value_name = "PERSON")]
    pub by: String,
    /// For how many hours it holds.
    #[arg(long, value_name = "HOURS", default_value = "24", value_parser = clap::value_parser!(u64).range(1..=720))]
    pub hours: u64,
    /// Whose it is.
    #[command(flatten)]
    pub whose: Whose,
    /// How the key opens.
    #[command(flatten)]
    pub opening: Opening,
}

/// `fabric history`
#[derive(Debug, Args)]
pub struct History {
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    pub channel: String,
    /// Moves to show, newest first; 0 = all.
    #[arg(long, value_name = "N", default_value = "20")]
    pub limit: usize,
    /// Only moves by this person, or approved by them.
    #[arg(long, value_name = "PERSON")]
    pub person: Option<String>,
    /// Only moves that changed this policy.
    #[arg(long, value_name = "ID")]
    pub policy: Option<String>,
    /// Only moves to this version.
    #[arg(long, value_name = "VERSION")]
    pub version: Option<String>,
    /// Whose it is.
    #[command(flatten)]
    pub whose: Whose,
}

/// `fabric channel`
#[derive(Debug, Args)]
pub struct Channels {
    /// Whose they are.
    #[command(flatten)]
    pub whose: Whose,
}
