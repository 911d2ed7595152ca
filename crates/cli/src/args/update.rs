//! The arguments of updates.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

/// `fabric update`
#[derive(Debug, Subcommand)]
pub enum Updating {
    /// Say whether a file is a newer version for this machine, signed and whole.
    Check(UpdateFrom),
    /// Check a file and put it in the place of what is installed: a package by the system's package manager, the program alone by itself,
    /// keeping the old one beside it as `fabric.previous`.
    Apply(UpdateFrom),
    /// Print what is to be signed along with a file that was built with this program: the trusted comment for `minisign -S -t`.
    Describe(UpdateDescribe),
}

/// `fabric update check`, `fabric update apply`
#[derive(Debug, Args)]
#[command(after_help = "\
    fabric update check trust-fabric-studio_0.2.0_amd64.deb\n  \
    sudo fabric update apply trust-fabric-studio_0.2.0_amd64.deb")]
pub struct UpdateFrom {
    /// The new package or program; its signature lies beside it, as FILE.minisig. Nothing is fetched.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Public key of minisign that it must be signed with [default: the one this program was built with].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub key: Option<PathBuf>,
}

/// `fabric update describe`
#[derive(Debug, Args)]
pub struct UpdateDescribe {
    /// The package or program.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
}
