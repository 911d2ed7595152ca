//! The guard's verdict on two sets of files and a log: the replay against the tolerance, with what is proven beside it. What was
//! judged once is kept in the workspace's memory by the digests of everything it rests on, so that a promotion that was kept waiting by
//! another gate does not replay the same log again.
//!
//! INVARIANT: what is kept changes no verdict. A file that cannot be read, or is not whole, is as if it were not there.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
    time::SystemTime,
};

use decisions::Log;
use evidence::{hex, sha256};
use guard::{Report, Tolerance};
use model::{Code, Failure, Proof, ProofLine, Relation, SkippedLine};
use proof::Prover;

use crate::{
    Error, Resolved,
    check::Compiler,
    compare::compare_checked,
    prove::{not_proven, prove, side},
};

/// Verdicts that are kept; the oldest goes first.
const KEPT: usize = 16;

/// What is proven about an edit, a line for each action. Without a schema there is nothing to prove over, and of Rego nothing is
/// proven: the verdict rests on the replay alone, and the report says so.
///
/// # Errors
/// As [`crate::prove`].
pub fn proof_lines(
    base: &Resolved,
    head: &Resolved,
    log: &Log,
    prover: &Prover,
    cancel: &AtomicBool,
) -> Result<Vec<ProofLine>, Error> {
    lines_of(prove(base, head, prover, cancel), log)
}

fn lines_of(proof: Result<Proof, Error>, log: &Log) -> Result<Vec<ProofLine>, Error> {
    match proof {
        Ok(proof) => Ok(proof.lines()),
        Err(error) => match error.code() {
            Code::ProofEngine => Ok(not_proven(log)),
            Code::ProofSchema => Ok(Vec::new()),
            _ => Err(error),
        },
    }
}

/// The verdict on an edit, base and head; no override is looked at, and no author. `folder` is where verdicts are kept.
///
/// # Errors
/// Those of [`crate::compare`] and [`proof_lines`].
pub(crate) fn judged(
    (base, head): (&Resolved, &Resolved),
    log: Arc<Log>,
    tolerance: &Tolerance,
    prover: &Prover,
    compiler: &mut Compiler,
    folder: &Path,
) -> Result<Report, Error> {
    is_readable(&log)?;
    // What OPA was asked is in no digest of a log.
    let place = log.inputs.is_empty().then(|| {
        let key = key(base, head, &log, tolerance, prover);
        folder.join(format!("{key}.json"))
    });
    if let Some(report) = place.as_deref().and_then(recall) {
        return Ok(report);
    }
    let never = AtomicBool::new(false);
    let (before, after) = (compiler.check(&base.files), compiler.check(&head.files));
    let (before, after) = ((&*base.label, &before), (&*head.label, &after));
    let (replay, proof) = std::thread::scope(|scope| {
        // The solver is a process of its own.
        let proof = scope.spawn(|| {
            let proof = side(before.0, before.1)
                .and_then(|base| Ok(prover.prove(base, side(after.0, after.1)?, &never)?));
            lines_of(proof, &log)
        });
        let replay = compare_checked(before, after, log.clone(), &never);
        (replay, proof.join())
    });
    let stopped = |_| Failure::new(Code::Internal, "the proof stopped");
    let (replay, proof) = (replay?, proof.map_err(stopped)??);
    // A solver that gave up may know more the next time.
    let lasting = !prover.has_solver()
        || proof
            .iter()
            .all(|line| line.relation != Relation::NotProven);
    let report = Report {
        verdict: guard::judge(tolerance, replay.each(), proof),
        drift: replay.report(crate::KEPT_CHANGES),
        authors: Vec::new(),
        r#override: None,
    };
    if let Some(place) = place.filter(|_| lasting) {
        // It is only kept to save time.
        let _ = remember(&place, &report);
    }
    Ok(report)
}

/// Refuses to judge by a log of which more than one line in ten could not be read: the others may be any.
///
/// # Errors
/// `log_empty`.
pub fn is_readable(log: &Log) -> Result<(), Error> {
    let (skipped, rows) = (log.info.skipped, log.info.rows);
    if skipped.saturating_mul(10) <= skipped.saturating_add(rows) {
        return Ok(());
    }
    let message = format!(
        "{skipped} of the log's {} lines cannot be read: what the others say is no ground for a verdict",
        skipped.saturating_add(rows)
    );
    let mut failure = Failure::new(Code::LogEmpty, message);
    "look at what writes the log".clone_into(&mut failure.hint);
    Err(failure
        .with_details(SkippedLine::list(skipped, &log.info.first_skipped))
        .into())
}

/// A digest of everything a verdict rests on.
fn key(
    base: &Resolved,
    head: &Resolved,
    log: &Log,
    tolerance: &Tolerance,
    prover: &Prover,
) -> String {
    let log = (log.digest(), &log.info);
    let sides = [base, head].map(|side| (&side.label, hex(&release::digest(&side.files))));
    let made_by = (
        env!("CARGO_PKG_VERSION"),
        policy::ENGINE,
        prover.has_solver(),
    );
    let all = format!("{made_by:?} {sides:?} {log:?} {}", tolerance.digest());
    hex(&sha256(&[all.as_bytes()]))
}

/// A digest on the first line, and then the report.
fn recall(place: &Path) -> Option<Report> {
    let text = fs::read_to_string(place).ok()?;
    let (digest, report) = text.split_once('\n')?;
    (digest == hex(&sha256(&[report.as_bytes()])))
        .then(|| Report::read(report).ok())
        .flatten()
}

fn remember(place: &Path, report: &Report) -> io::Result<()> {
    let report = serde_json::to_string(report)?;
    let digest = hex(&sha256(&[report.as_bytes()]));
    let folder = place.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    disk::replace(place, format!("{digest}\n{report}").as_bytes())?;
    let mut there: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        there.push((entry.metadata()?.modified()?, entry.path()));
    }
    there.sort();
    let old = there.len().saturating_sub(KEPT);
    for (_, path) in there.into_iter().take(old) {
        fs::remove_file(path)?;
    }
    Ok(())
}
