//! The arguments of diagnostics.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::Dir;

/// `fabric diagnose`
#[derive(Debug, Args)]
#[command(after_help = "\
    fabric diagnose
    fabric diagnose --out . --without log.jsonl
    fabric diagnose --open trust-fabric-diagnostics-2026-11-22-expires-2026-11-29.zip")]
pub struct Diagnose {
    /// What else is told about.
    #[command(flatten)]
    pub dir: Dir,
    /// Write the archive: to this file, or into this folder under a name that says when it expires. Without it all that would be in it is
    /// printed, and nothing is written.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub out: Option<PathBuf>,
    /// Leave out a file, by the name that is printed. May be given several times.
    #[arg(long, value_name = "NAME")]
    pub without: Vec<String>,
    /// Read an archive instead, and say whether it has expired.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with_all = ["out", "without", "dir"])]
    pub open: Option<PathBuf>,
}
