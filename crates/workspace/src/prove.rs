//! What a solver proves about policy sets that somebody named, for who has no window.

use std::{collections::BTreeSet, sync::atomic::AtomicBool};

use decisions::Log;
use model::{Code, Failure, Lints, Problem, Proof, ProofLine, Relation};
use policy::Files;
use proof::{Prover, Side};

use crate::{Checked, Error, check, check::Compiler, resolve::Resolved};

/// What the edit `head` changes for all requests that its schema allows.
///
/// # Errors
/// `set_broken` when one does not compile, `proof_schema` when one has no schema, `cancelled` when the flag was raised.
pub fn prove(
    base: &Resolved,
    head: &Resolved,
    prover: &Prover,
    cancel: &AtomicBool,
) -> Result<Proof, Error> {
    let mut compiler = Compiler::default();
    let (before, after) = (compiler.check(&base.files), compiler.check(&head.files));
    let (base, head) = (side(&base.label, &before)?, side(&head.label, &after)?);
    Ok(prover.prove(base, head, cancel)?)
}

/// What a solver finds in one policy set, and in the pairs of policies its manifest wants separate.
///
/// # Errors
/// As [`prove`]; `workspace_config` when the manifest cannot be read, or keeps apart what is not there or one and the same.
pub fn lint(of: &Resolved, prover: &Prover, cancel: &AtomicBool) -> Result<Lints, Error> {
    let checked = check(&of.files);
    // A set that does not compile has no policies to name.
    side(&of.label, &checked)?;
    let vain = checked
        .manifest
        .vain_separations(&checked.compiled.set, &of.files);
    if let Some(problem) = vain.first() {
        return Err(unusable(problem));
    }
    lint_checked(&of.label, &of.files, &checked, prover, cancel)
}

/// A manifest by which nothing can be judged.
fn unusable(problem: &Problem) -> Error {
    let place = format!("{}:{}:{}", problem.file, problem.line, problem.column);
    Error::Config(format!("{place}: {}", problem.message))
}

/// The same for files that were checked already.
pub(crate) fn lint_checked(
    label: &str,
    files: &Files,
    checked: &Checked,
    prover: &Prover,
    cancel: &AtomicBool,
) -> Result<Lints, Error> {
    // Without its manifest a set would pass for one with nothing to keep separate.
    if let (_, Some(problem)) = crate::Manifest::read(files) {
        return Err(unusable(&problem));
    }
    let side = side(label, checked)?;
    Ok(prover.lint(side, &checked.manifest.separation, cancel)?)
}

/// What is said of Rego in place of a proof.
const NOT_PROVEN: &str = "replayed, not proven: no solver reads Rego";

/// The lines of a report on policies that no solver reads: one for each action of the log, sorted.
#[must_use]
pub fn not_proven(log: &Log) -> Vec<ProofLine> {
    let actions: BTreeSet<u32> = log.requests.iter().map(|request| request.action).collect();
    let actions: BTreeSet<&String> = actions
        .into_iter()
        .filter_map(|action| log.uids.get(action as usize))
        .collect();
    let line = |action: &String| ProofLine {
        action: action.clone(),
        relation: Relation::NotProven,
        counterexample: None,
        reason: Some(NOT_PROVEN.to_owned()),
    };
    actions.into_iter().map(line).collect()
}

/// A side of a proof. Unlike a replay's, it needs a schema that can be read.
pub(crate) fn side<'a>(label: &'a str, checked: &'a Checked) -> Result<Side<'a>, Error> {
    if checked.rego.is_some() {
        let message = format!("`{label}` is Rego, which is replayed, not proven");
        return Err(Error::Failed(Failure::new(Code::ProofEngine, message)));
    }
    let compiled = &checked.compiled;
    let unreadable = |problem: &Problem| {
        problem.severity == model::Severity::Error
            && policy::kind(&problem.file) == Some(policy::FileKind::Schema)
    };
    if compiled.set.broken() || compiled.problems.iter().any(unreadable) {
        return Err(Error::broken(&format!("`{label}`"), &compiled.problems));
    }
    Ok(Side { label, compiled })
}
