//! `fabric prove A B` and `fabric prove DIR --lints`: what a solver proves, and whether anything is in it.

use std::{
    env,
    path::{Path, PathBuf},
    time::Duration,
};

use model::{Code, Failure, Lints, Proof, Relation};
use proof::{Limits, Prover};

use super::{FINE, FOUND, UNDECIDED, failed, named};
use crate::{
    args::Prove,
    progress, render,
    terminal::{Stop, Terminal},
};

pub fn prove(arguments: &Prove, terminal: &Terminal) -> Result<u8, Stop> {
    let near = near(arguments)?;
    let base = named(
        &arguments.base,
        &near,
        arguments.bundles.bundle_key.as_deref(),
    )?;
    let prover = Prover::new(Limits {
        time: Duration::from_secs(arguments.seconds),
        ..Limits::default()
    });
    let Some(head) = &arguments.head else {
        let lints = workspace::lint(&base, &prover, progress::cancelled()).map_err(failed)?;
        terminal.result(&lints, |look| render::lints(&lints, look))?;
        return Ok(judged(&lints));
    };
    let head = named(head, &near, arguments.bundles.bundle_key.as_deref())?;
    let proof = workspace::prove(&base, &head, &prover, progress::cancelled()).map_err(failed)?;
    terminal.result(&proof, |look| render::proof(&proof, look))?;
    Ok(proven(&proof))
}

/// A difference was found; else something is open; else both sides are the same to everybody.
fn proven(proof: &Proof) -> u8 {
    let mut environments = proof.environments.iter();
    if environments.any(|proof| proof.gained.is_some() || proof.lost.is_some()) {
        FOUND
    } else if proof.relation == Relation::NotProven {
        UNDECIDED
    } else {
        FINE
    }
}

fn judged(lints: &Lints) -> u8 {
    if !lints.findings.is_empty() {
        FOUND
    } else if !lints.undecided.is_empty() {
        UNDECIDED
    } else {
        FINE
    }
}

/// The folder whose repository revisions are looked up in.
fn near(arguments: &Prove) -> Result<PathBuf, Failure> {
    let folder = [Some(&arguments.base), arguments.head.as_ref()]
        .into_iter()
        .flatten()
        .map(Path::new)
        .find(|path| path.is_dir());
    match (&arguments.repo, folder) {
        (Some(repo), _) => Ok(repo.clone()),
        (None, Some(folder)) => Ok(folder.to_owned()),
        (None, None) => env::current_dir().map_err(|error| {
            Failure::new(
                Code::FileRead,
                format!("cannot tell the current folder: {error}"),
            )
        }),
    }
}
