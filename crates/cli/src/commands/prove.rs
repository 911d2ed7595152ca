//! `fabric prove A B` and `fabric prove DIR --lints`: what a solver proves, and whether anything is in it.

use std::{path::Path, time::Duration};

use model::{Lints, Proof, Relation};
use proof::{Limits, Prover};

use super::{FINE, FOUND, UNDECIDED, failed, named, near};
use crate::{
    args::Prove,
    progress, render,
    terminal::{Stop, Terminal},
};

/// A proof may take as long as so many questions that are given up. Most take some milliseconds.
const QUESTIONS: u32 = 20;

pub fn prove(arguments: &Prove, terminal: &Terminal) -> Result<u8, Stop> {
    let sides = [Some(&arguments.base), arguments.head.as_ref()];
    let sides: Vec<&Path> = sides.into_iter().flatten().map(Path::new).collect();
    let near = near(arguments.repo.as_deref(), &sides)?;
    let base = named(
        &arguments.base,
        &near,
        arguments.bundles.bundle_key.as_deref(),
    )?;
    let prover = Prover::new(Limits {
        time: Duration::from_secs(arguments.seconds),
        whole: Duration::from_secs(arguments.seconds) * QUESTIONS,
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
