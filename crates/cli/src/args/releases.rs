//! The arguments of what moves channels.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum, ValueHint};
use release::{Mode, Modes};

use super::Opening;

/// The workspace whose channels these are.
#[derive(Clone, Debug, Args)]
pub struct Whose {
    /// The workspace, in a git repository.
    #[arg(long, value_name = "DIR", default_value = ".", hide_default_value = true, value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
}

/// `contractors=audit-only`: the name, and how what is called so is applied.
fn named_mode(text: &str) -> Result<(String, Mode), String> {
    let (name, how) = text
        .split_once('=')
        .ok_or("write `ID=audit-only`, `ID=canary=10` or `ID=enforce`")?;
    Ok((name.to_owned(), how.parse()?))
}

/// How the policies of a version are applied.
#[derive(Clone, Debug, Args)]
pub struct HowApplied {
    /// How its policies are applied: `enforce`, `audit-only`, or `canary=10` for ten of a hundred principals.
    #[arg(long, value_name = "MODE", default_value = "enforce")]
    pub mode: Mode,
    /// How one policy is applied, whatever is said of all.
    #[arg(long, value_name = "ID=MODE", value_parser = named_mode)]
    pub mode_of: Vec<(String, Mode)>,
    /// How the policies of an @group are applied.
    #[arg(long, value_name = "GROUP=MODE", value_parser = named_mode)]
    pub mode_of_group: Vec<(String, Mode)>,
}

impl HowApplied {
    /// The same in one value.
    pub fn modes(&self) -> Modes {
        Modes {
            default: self.mode,
            policies: self.mode_of.iter().cloned().collect(),
            groups: self.mode_of_group.iter().cloned().collect(),
        }
    }
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
    /// How its policies are applied.
    #[command(flatten)]
    pub applied: HowApplied,
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
    /// Only this policy, as it was before the last promotion that changed it.
    #[arg(long, value_name = "ID")]
    pub policy: Option<String>,
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
    /// How its policies are applied then, all that is said of it.
    #[command(flatten)]
    pub applied: HowApplied,
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
#[command(args_conflicts_with_subcommands = true)]
pub struct Channels {
    /// What to do instead of telling where each channel stands.
    #[command(subcommand)]
    pub what: Option<OfChannel>,
    /// Whose they are.
    #[command(flatten)]
    pub whose: Whose,
}

/// What is done with one channel.
#[derive(Debug, Subcommand)]
pub enum OfChannel {
    /// Apply policies of the version in force in another mode.
    Mode(Box<ChannelMode>),
    /// Print the root that the channel's releases are believed by, for who enforces them.
    Root(ChannelRoot),
    /// Write what the channel ships where others take it from.
    Export(ChannelExport),
}

/// `fabric channel mode`
#[derive(Debug, Args)]
#[command(
    group(ArgGroup::new("of").required(true).multiple(true).args(["all", "default", "policy", "group"])),
    after_help = "Approvals and window are asked for as with a promotion; an approval names all modes as they are to be: `fabric approve VERSION --to \
    CHANNEL --mode-of ID=enforce`.\n\n  fabric channel mode stable enforce --policy contractors --reason \"a week without surprises\""
)]
pub struct ChannelMode {
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    pub channel: String,
    /// `enforce`, `audit-only`, or `canary=10` for ten of a hundred principals.
    #[arg(value_name = "MODE")]
    pub mode: Mode,
    /// Of all policies, whatever was said about single ones.
    #[arg(long, conflicts_with_all = ["default", "policy", "group"])]
    pub all: bool,
    /// Of the policies that nothing else is said about.
    #[arg(long)]
    pub default: bool,
    /// Of this policy; of several, if given again.
    #[arg(long, value_name = "ID")]
    pub policy: Vec<String>,
    /// Of the policies with this @group.
    #[arg(long, value_name = "GROUP")]
    pub group: Vec<String>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Why it cannot wait for the channel's window.
    #[arg(long, value_name = "REASON")]
    pub outside_window: Option<String>,
    /// Whose it is.
    #[command(flatten)]
    pub whose: Whose,
    /// How the ledger's key opens.
    #[command(flatten)]
    pub opening: Opening,
}

/// `fabric channel root`
#[derive(Debug, Args)]
#[command(
    after_help = "Hand it over in a way that nobody in between can change, and compare its digest, which goes to standard error.\n\n  fabric channel root stable > root.json"
)]
pub struct ChannelRoot {
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    pub channel: String,
    /// Sign the root of its next move now, with the key it is believed by and the ledger's: after that, the former may go.
    #[arg(long)]
    pub renew: bool,
    /// Begin a root of the ledger's key alone, where the key that the channel is believed by is lost: from its next move on, only
    /// those believe it who were given this root.
    #[arg(long, conflicts_with = "renew")]
    pub begin_again: bool,
    /// Whose it is.
    #[command(flatten)]
    pub whose: Whose,
    /// How the keys open.
    #[command(flatten)]
    pub opening: Opening,
}

/// `fabric channel export`
#[derive(Debug, Args)]
pub struct ChannelExport {
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    pub channel: String,
    /// The folder it is written to.
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub to: PathBuf,
    /// As what.
    #[arg(long = "as", value_name = "FORM", value_enum, default_value_t)]
    pub form: Form,
    /// Whose it is.
    #[command(flatten)]
    pub whose: Whose,
}

/// What a channel is exported as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// The bundle itself, CHANNEL.tfr, as `fabric pdp serve --from` takes it.
    #[default]
    Tfr,
    /// An OCI image layout that holds it, for registries of containers.
    Oci,
    /// For Rego: CHANNEL.tar.gz, a bundle of OPA. It is not signed: see `opa sign`.
    Opa,
}
