//! `fabric keys`, `ledger`, `witness`, `bundle` and `verify`: what is signed, kept and verified.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use super::Dir;

/// How an encrypted key opens.
#[derive(Clone, Debug, Default, Args)]
pub struct Opening {
    /// File with the passphrase of an encrypted key; `-` is standard input [default: ask on the terminal].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub passphrase_file: Option<PathBuf>,
}

/// Where a new key is kept.
#[derive(Clone, Debug, Args)]
pub struct Keeping {
    /// Keep it in a file encrypted with a passphrase instead of in the system's keyring.
    #[arg(long)]
    pub file: bool,
    /// The passphrase.
    #[command(flatten)]
    pub opening: Opening,
}

/// `fabric keys`
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Make a key.
    Create(KeysCreate),
    /// List your keys.
    List,
    /// Show a key: its public half, and how others write it down to trust it.
    Show(KeysShow),
    /// Put a new key in the place of one. The ledger that signs with it signs with both for thirty days, and its channels' next roots are signed with both.
    Rotate(KeysRotate),
    /// Let a key sign nothing more, and destroy its secret half. Refused while a ledger signs with it, or a channel is believed by it alone.
    Revoke(KeysRevoke),
    /// Print the public half of a key, or write a recovery file.
    Export(KeysExport),
    /// Bring a key back from its recovery file.
    Recover(KeysRecover),
}

/// `fabric keys create`
#[derive(Debug, Args)]
pub struct KeysCreate {
    /// Its name.
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Where it is kept.
    #[command(flatten)]
    pub keeping: Keeping,
}

/// `fabric keys show`
#[derive(Debug, Args)]
pub struct KeysShow {
    /// A name, or 64 hexadecimal digits of a public half.
    #[arg(value_name = "KEY")]
    pub key: String,
    /// Which log or witness it is the key of, for its line in a trust policy.
    #[arg(long, value_name = "NAME")]
    pub origin: Option<String>,
}

/// `fabric keys rotate`
#[derive(Debug, Args)]
pub struct KeysRotate {
    /// A name, or 64 hexadecimal digits of a public half. The new key has the name of the old one.
    #[arg(value_name = "KEY")]
    pub name: String,
    /// The workspace whose ledger changes its key with it, if it signs with a key of that name.
    #[arg(long, value_name = "DIR", default_value = ".", hide_default_value = true, value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
    /// Where the new key is kept.
    #[command(flatten)]
    pub keeping: Keeping,
}

/// `fabric keys revoke`
#[derive(Debug, Args)]
pub struct KeysRevoke {
    /// A name, or 64 hexadecimal digits of a public half.
    #[arg(value_name = "KEY")]
    pub key: String,
    /// The workspace whose ledger signed with the key: neither it nor its channels may need it any more. More than one may be named.
    #[arg(long, value_name = "DIR", default_value = ".", hide_default_value = true, value_hint = ValueHint::DirPath)]
    pub dir: Vec<PathBuf>,
    /// Destroy it though a ledger or a channel needs it, or may need it: nobody can sign for that one any more.
    #[arg(long)]
    pub even_if_needed: bool,
}

/// `fabric keys export`
#[derive(Debug, Args)]
pub struct KeysExport {
    /// A name, or 64 hexadecimal digits of a public half.
    #[arg(value_name = "KEY")]
    pub key: String,
    /// Write the secret half into this file, encrypted with a recovery passphrase.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub recovery: Option<PathBuf>,
    /// File with the recovery passphrase; `-` is standard input [default: ask on the terminal].
    #[arg(long, value_name = "FILE", requires = "recovery", value_hint = ValueHint::FilePath)]
    pub recovery_passphrase_file: Option<PathBuf>,
    /// How the key opens.
    #[command(flatten)]
    pub opening: Opening,
}

/// `fabric keys recover`
#[derive(Debug, Args)]
pub struct KeysRecover {
    /// The recovery file.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub from: PathBuf,
    /// Its name from now on.
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// File with the recovery passphrase; `-` is standard input [default: ask on the terminal].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub recovery_passphrase_file: Option<PathBuf>,
    /// Where it is kept.
    #[command(flatten)]
    pub keeping: Keeping,
}

/// `fabric ledger`
#[derive(Debug, Subcommand)]
pub enum Ledger {
    /// Begin the ledger of a workspace.
    Init(LedgerInit),
    /// Say what the ledger holds and whether it may sign.
    Info(Dir),
    /// List the receipts: number, time, kind, what they say.
    List(Dir),
    /// Read every receipt, leaf, tile and checkpoint again.
    Check(Dir),
    /// Write a trust file that names the ledger, its keys and its witnesses, for who is to verify its bundles.
    Trust(LedgerTrust),
    /// Sign a checkpoint over all receipts, and have a witness cosign it.
    Sign(LedgerSign),
    /// Write the proof that a receipt is in the ledger: a C2SP tlog-proof.
    Prove(LedgerProve),
    /// Write tiles, leaves and checkpoint as a C2SP tlog-tiles folder.
    Export(LedgerExport),
    /// Write receipts in a sixth of their bytes, from which each is rebuilt as it was signed.
    Compact(LedgerCompact),
    /// Destroy receipts; their leaves stay, and a receipt says which they were and why.
    Purge(LedgerPurge),
    /// Go on under a new origin when the newest database is lost.
    Restore(LedgerRestore),
    /// Make a copy of the sample with evidence to look around in: three receipts, a bundle of them, a trust file.
    Sample(LedgerSample),
}

/// `fabric ledger sample`
#[derive(Debug, Args)]
#[command(
    after_help = "The bundle DIR.tfb and the trust file DIR-trust.json are written beside the folder. Its ledger is signed with the key\n\
    `northwind-sample`, which opens with the passphrase `northwind sample`: it is anybody's, and proves nothing."
)]
pub struct LedgerSample {
    /// Folder of a copy of the sample, or where there is to be one.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub folder: PathBuf,
}

/// `fabric ledger init`
#[derive(Debug, Args)]
pub struct LedgerInit {
    /// The workspace.
    #[command(flatten)]
    pub dir: Dir,
    /// The key it signs with: see `fabric keys`.
    #[arg(long, value_name = "NAME")]
    pub key: String,
    /// What it is called wherever it is trusted, such as example.com/access [default: a name that nobody else has].
    #[arg(long, value_name = "ORIGIN")]
    pub origin: Option<String>,
    /// How the key opens.
    #[command(flatten)]
    pub opening: Opening,
}

/// Which witness.
#[derive(Clone, Debug, Args)]
pub struct AskWitness {
    /// Where a witness answers, such as http://localhost:7380.
    #[arg(long, value_name = "URL", requires = "witness_key")]
    pub witness: Option<String>,
    /// Its key, as `fabric keys show --origin` prints it.
    #[arg(long, value_name = "VKEY", requires = "witness")]
    pub witness_key: Option<String>,
}

/// `fabric ledger trust`
#[derive(Debug, Args)]
#[command(
    after_help = "Hand it over by another way than the bundles, and have the reader hold the keys in it against what you say yourself: by\n\
    telephone, or on paper. Whom to believe is theirs to say, so the file is theirs to read and to change.\n\n\
    A ledger that was restored is named with the origins it had before, until the next of them began: what was handed out by then verifies\n\
    as it did. A policy names each key once, so that an origin which shares a key with a later one gets a file of its own, with --origin.\n\nExample:\n  \
    fabric ledger trust --witness-key w1.example+3f5c0e11+BDxu… --out trust.json"
)]
pub struct LedgerTrust {
    /// The workspace.
    #[command(flatten)]
    pub dir: Dir,
    /// A witness that cosigns the ledger, by its key; may be given more than once.
    #[arg(long, value_name = "VKEY")]
    pub witness_key: Vec<String>,
    /// Name this origin alone, one that the ledger had before it was restored.
    #[arg(long, value_name = "ORIGIN")]
    pub origin: Option<String>,
    /// How many of the witnesses have to have cosigned [default: all that are named].
    #[arg(long, value_name = "N")]
    pub quorum: Option<usize>,
    /// Where to write it; `-` is standard output. A file that says something else is not overwritten.
    #[arg(long, value_name = "FILE", default_value = "-", hide_default_value = true, value_hint = ValueHint::FilePath)]
    pub out: PathBuf,
}

/// `fabric ledger sign`
#[derive(Debug, Args)]
pub struct LedgerSign {
    /// The workspace.
    #[command(flatten)]
    pub dir: Dir,
    /// Who cosigns.
    #[command(flatten)]
    pub witness: AskWitness,
    /// How the key opens.
    #[command(flatten)]
    pub opening: Opening,
}

/// `fabric ledger prove`
#[derive(Debug, Args)]
pub struct LedgerProve {
    /// Its number in the ledger, or the SHA-256 of its envelope.
    #[arg(value_name = "NUMBER|DIGEST")]
    pub receipt: String,
    /// The workspace.
    #[command(flatten)]
    pub dir: Dir,
    /// Where to write it; `-` is standard output.
    #[arg(long, value_name = "FILE", default_value = "-", hide_default_value = true, value_hint = ValueHint::FilePath)]
    pub out: PathBuf,
    /// How the key opens, when a checkpoint must be signed first.
    #[command(flatten)]
    pub opening: Opening,
}

/// `fabric ledger compact`
#[derive(Debug, Args)]
pub struct LedgerCompact {
    /// The workspace.
    #[command(flatten)]
    pub dir: Dir,
    /// Remove the originals of what was read back and rebuilds to its leaves: the database shrinks.
    #[arg(long)]
    pub drop: bool,
}

/// `fabric ledger export`
#[derive(Debug, Args)]
pub struct LedgerExport {
    /// Folder to write to; an export that was interrupted goes on.
    #[arg(value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub to: PathBuf,
    /// The workspace.
    #[command(flatten)]
    pub dir: Dir,
    /// How the key opens, when a checkpoint must be signed first.
    #[command(flatten)]
    pub opening: Opening,
}

/// `fabric ledger purge`
#[derive(Debug, Args)]
#[command(
    after_help = "Reports beside the ledger that no receipt needs any more go with them, and all verdicts that were kept to be given again.\n\
    Backups, bundles and exports that were made before hold the receipts still. Changes of keys, restores and purges stay."
)]
pub struct LedgerPurge {
    /// The workspace.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
    /// Their numbers: `7`, or `7-12`.
    #[arg(value_name = "SEQ", required = true)]
    pub receipts: Vec<String>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who says so [default: the name of the ledger's key].
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// How the key opens.
    #[command(flatten)]
    pub opening: Opening,
}

/// `fabric ledger restore`
#[derive(Debug, Args)]
#[command(
    after_help = "For a ledger whose newest database is lost, or whose key is: nothing else of such a one is lost. A key that is there and that\n\
    nobody can open any more is lost as well: say so with --lost. The first receipt of the new origin says what was restored.\n\
    Where not even an older copy of the database is left, name the ledger with --origin: its receipts are lost, and the first receipt of\n\
    the new origin says how many there were. The mark in the user's state folder knows that, or a witness.\n\
    The old database stays beside the new one, and every command reads the new one: to reach what is in the old one, move the new one\n\
    (`ledger-2.sqlite`) out of `.fabric` for as long as you need it.\n\
    If a newer copy of the database turns up before you restore, put it back instead: the ledger goes on as if nothing had happened.\n\
    Once restored, the new origin is the ledger, whatever turns up."
)]
pub struct LedgerRestore {
    /// The workspace.
    #[command(flatten)]
    pub dir: Dir,
    /// The ledger's origin, where no database of it is left, not even an older copy.
    #[arg(long, value_name = "ORIGIN", conflicts_with = "lost")]
    pub origin: Option<String>,
    /// The key the new origin signs with.
    #[arg(long, value_name = "NAME")]
    pub key: String,
    /// Who says so.
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// The ledger's key is among yours, and nobody can open it any more: its passphrase is forgotten, or its keyring gone. A key that opens
    /// with the passphrase at hand is not believed lost.
    #[arg(long)]
    pub lost: bool,
    /// Who else knows how far the ledger went.
    #[command(flatten)]
    pub witness: AskWitness,
    /// How the key opens.
    #[command(flatten)]
    pub opening: Opening,
}

/// `fabric witness`
#[derive(Debug, Subcommand)]
pub enum Witness {
    /// Answer as a C2SP tlog-witness: cosign what only grew, refuse forks.
    Serve(WitnessServe),
}

/// `fabric witness serve`
#[derive(Debug, Args)]
#[command(after_help = "\
    fabric keys create witness --file\n  \
    fabric witness serve --listen 127.0.0.1:7380 --state witness/ --key witness --name witness.example/w1 --log VKEY")]
pub struct WitnessServe {
    /// Where to listen. There is no TLS here: put it behind a proxy that has it.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7380")]
    pub listen: std::net::SocketAddr,
    /// Folder for what it saw, and for its own ledger.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub state: PathBuf,
    /// The key it signs with.
    #[arg(long, value_name = "NAME")]
    pub key: String,
    /// What it is called, such as witness.example/w1.
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// Key of a log it watches over: the line `log` that `fabric keys show NAME --origin ORIGIN` prints. May be repeated.
    #[arg(long = "log", value_name = "VKEY")]
    pub logs: Vec<String>,
    /// Also sign receipts that others send, in a ledger of its own. Whoever can reach the witness then has its signature.
    #[arg(long)]
    pub attest: bool,
    /// Requests a peer may make in a minute.
    #[arg(long, value_name = "N", default_value = "120", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub per_minute: u32,
    /// How the key opens.
    #[command(flatten)]
    pub opening: Opening,
}

/// `fabric bundle`
#[derive(Debug, Args)]
#[command(
    after_help = "  fabric bundle northwind 12-15 --out november.tfb --artefact guard-report.json=report.json\n  fabric bundle northwind \
    --base HEAD~1 --head HEAD --log northwind --out change.tfb"
)]
pub struct Bundle {
    /// The workspace.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
    /// Receipts by number, `7` or `7-12` [default: all].
    #[arg(value_name = "RECEIPT")]
    pub receipt: Vec<String>,
    /// Only those signed at this moment or later.
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Only those signed before this moment.
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// And every other receipt about the edits that these are about: previews, verdicts, overrides, coming into force.
    #[arg(long)]
    pub edits: bool,
    /// Where it is written. An export that was interrupted leaves a `.part` beside it, and goes on from there within a day.
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: PathBuf,
    /// With the reports that receipts speak of, as far as they were kept in the workspace.
    #[arg(long)]
    pub reports: bool,
    /// What it is made for.
    #[arg(long, value_name = "TEXT", default_value = "audit")]
    pub purpose: String,
    /// Size of the checkpoint its reader saw last: how the ledger grew from there is proven, too.
    #[arg(long, value_name = "SIZE")]
    pub since: Option<u64>,
    /// Something a receipt speaks of, under the name it goes by there.
    #[arg(long, value_name = "[NAME=]FILE")]
    pub artefact: Vec<String>,
    /// Write receipts in compact blocks, which the verifier rebuilds.
    #[arg(long)]
    pub compact: bool,
    /// With --head and --log: every recorded decision that this edit changes, so that the reader can run it again.
    #[arg(long, value_name = "REV", requires_all = ["head", "log"])]
    pub base: Option<String>,
    /// The edit.
    #[arg(long, value_name = "REV", requires = "base")]
    pub head: Option<String>,
    /// The log whose decisions it changes.
    #[arg(long, value_name = "FILE|DIR", requires = "base", value_hint = ValueHint::AnyPath)]
    pub log: Option<PathBuf>,
    /// How an encrypted key opens.
    #[command(flatten)]
    pub opening: Opening,
}

/// `fabric verify`
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 verified, 1 failed, 2 cannot decide. Nothing is asked over the network, and no clock is read but the \
    one you give with --at.\n\n  fabric verify november.tfb --trust trust.json --last-seen checkpoint.txt"
)]
pub struct Verify {
    /// The bundle, or a report (PDF) that carries one.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Whom you trust: your own file, never one that came with the bundle. docs/evidence.md has the format.
    #[arg(long, value_name = "POLICY", value_hint = ValueHint::FilePath)]
    pub trust: Option<PathBuf>,
    /// The moment to judge at, e.g. 2026-11-21T12:00:00Z: nothing may have been signed after it.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// The checkpoint of the ledger that you saw last: the ledger must have grown from it.
    #[arg(long, value_name = "CHECKPOINT", value_hint = ValueHint::FilePath)]
    pub last_seen: Option<PathBuf>,
    /// Write the verdict as an in-toto statement; `-` is standard output.
    #[arg(long, value_name = "OUT", value_hint = ValueHint::FilePath)]
    pub verdict: Option<PathBuf>,
    /// Sign the verdict with this key file.
    #[arg(long, value_name = "FILE", requires = "verdict", value_hint = ValueHint::FilePath)]
    pub key: Option<PathBuf>,
}
