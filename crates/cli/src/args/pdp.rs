//! The arguments of the enforcement point.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use super::Dir;

/// `fabric pdp`
#[derive(Debug, Subcommand)]
pub enum Pdp {
    /// Answer over HTTP, as the OpenID AuthZEN Authorization API has it.
    Serve(Box<PdpServe>),
    /// Decide one AuthZEN request, as `serve` would.
    Decide(PdpDecide),
    /// Tell what would change, for whom and how often, if the new version were enforced: from a shadow log.
    Cutover(PdpCutover),
}

/// What an enforcement point decides by.
#[derive(Clone, Debug, Args)]
pub struct Enforced {
    /// The new version: a workspace, or any folder that holds Cedar policies.
    #[command(flatten)]
    pub dir: Dir,
    /// What was enforced before: a folder, a git revision or an archive. Policies that are not enforced yet are taken from it.
    #[arg(long, value_name = "REVISION|DIR")]
    pub base: Option<String>,
    /// How each policy is applied, TOML: `default = "audit-only"`, `[policies]` with `id = { canary = 10 }`, `[groups]`
    /// [default: all are enforced].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub modes: Option<PathBuf>,
}

/// `fabric pdp serve`
#[derive(Debug, Args)]
#[command(after_help = "\
    fabric pdp serve northwind --base HEAD~1 --modes modes.toml --shadow shadow.jsonl\n  \
    fabric pdp serve northwind --channel stable --root root.json\n  \
    fabric pdp serve --channel stable --from http://bundles.internal/ --root root.json --tenant northwind --environment production\n  \
    curl localhost:8181/access/v1/evaluation -H 'Content-Type: application/json' \\\n    \
    -d '{\"subject\":{\"type\":\"User\",\"id\":\"alice\"},\"action\":{\"name\":\"view\"},\"resource\":{\"type\":\"Doc\",\"id\":\"d1\"}}'")]
pub struct PdpServe {
    /// What it decides by: the folder itself, which is read again when it changes, or with --channel what is shipped from there.
    #[command(flatten)]
    pub enforced: Enforced,
    /// Decide by what this channel ships: of the workspace in DIR, or with --from.
    #[arg(long, value_name = "CHANNEL", requires = "root", conflicts_with_all = ["base", "modes"])]
    pub channel: Option<String>,
    /// Where bundles of the channel are put: a .tfr file, a folder with CHANNEL.tfr in it, or an http:// address of either.
    #[arg(long, value_name = "FILE|FOLDER|URL", requires_all = ["channel", "tenant", "environment"], conflicts_with = "dir", value_hint = ValueHint::AnyPath)]
    pub from: Option<String>,
    /// The root that releases are believed by, of `fabric channel root`: given to you by whoever signs, not found with the bundles.
    #[arg(long, value_name = "FILE", requires = "channel", value_hint = ValueHint::FilePath)]
    pub root: Option<PathBuf>,
    /// Whose releases are taken [default: with DIR, those of the workspace; later, those taken before].
    #[arg(long, value_name = "NAME", requires = "channel")]
    pub tenant: Option<String>,
    /// For where releases have to be, likewise.
    #[arg(long, value_name = "NAME", requires = "channel")]
    pub environment: Option<String>,
    /// Where it keeps what it took last, to go on from after a restart [default: the user's state folder].
    #[arg(long, value_name = "FOLDER", requires = "channel", value_hint = ValueHint::DirPath)]
    pub state: Option<PathBuf>,
    /// Where to listen. There is no TLS here: put it behind a proxy that has it.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8181")]
    pub listen: std::net::SocketAddr,
    /// The address may be one that other machines can reach.
    #[arg(long)]
    pub exposed: bool,
    /// What its metadata calls it [default: the address].
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// A file with the token that whoever asks has to show (`Authorization: Bearer …`).
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub token_file: Option<PathBuf>,
    /// Record here what the new version would have decided.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub shadow: Option<PathBuf>,
    /// Facts from elsewhere, TOML: tables of who is on call, where an address lies and the like.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub context: Option<PathBuf>,
    /// How long an answer may be given again without being decided again, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = clap::value_parser!(u64).range(0..=300))]
    pub cache: u64,
    /// How often to look whether there is something new, in seconds [default: 2; for a channel that is at hand as a repository or
    /// a file, a hundred times a second].
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub every: Option<u64>,
    /// Threads that answer.
    #[arg(long, value_name = "N", default_value = "2", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: u16,
}

/// `fabric pdp decide`
#[derive(Debug, Args)]
pub struct PdpDecide {
    /// What it decides by.
    #[command(flatten)]
    pub enforced: Enforced,
    /// The request, `{subject, action, resource, context}`; `-` is standard input.
    #[arg(long, value_name = "FILE", default_value = "-", hide_default_value = true, value_hint = ValueHint::FilePath)]
    pub request: PathBuf,
}

/// `fabric pdp cutover`
#[derive(Debug, Args)]
pub struct PdpCutover {
    /// Shadow logs, those that were put aside too.
    #[arg(value_name = "LOG", required = true, value_hint = ValueHint::FilePath)]
    pub logs: Vec<PathBuf>,
    /// Count only rows of what this channel ships now; rows of other versions are told beside them.
    #[arg(long, value_name = "CHANNEL")]
    pub channel: Option<String>,
    /// The workspace, in a git repository.
    #[arg(long, value_name = "DIR", requires = "channel", value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
}
