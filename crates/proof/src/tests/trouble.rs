//! Solvers that crash, hang, flood, lie and mumble. Whatever they do, nothing is proven, nothing else fails, and it ends.

use std::{
    fs,
    os::unix::fs::symlink,
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use model::Relation;
use tempfile::TempDir;

use super::{compiled, prove, prover};
use crate::{Error, Limits, Prover, Side};

const SCHEMA: &str = "entity User { level: Long }; entity Doc { class: String }; \
    action read, write appliesTo { principal: User, resource: Doc };";
const BASE: &str =
    "@id(\"p\") permit(principal, action, resource) when { resource.class == \"a\" };";
const HEAD: &str = "@id(\"p\") permit(principal, action, resource) when { principal.level > 3 };";

/// The script under a name, in a folder of its own.
fn solver(name: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let script = fs::canonicalize("src/tests/solver.sh").unwrap();
    symlink(script, &path).unwrap();
    (folder, path)
}

fn quick() -> Limits {
    Limits {
        time: Duration::from_millis(300),
        ..Limits::default()
    }
}

#[test]
fn a_bad_solver_proves_nothing_and_keeps_nobody_waiting() {
    let (base, head) = (compiled(SCHEMA, BASE), compiled(SCHEMA, HEAD));
    for (name, reason) in [
        ("crashes", "the solver ended"),
        ("hangs", "did not answer in time"),
        ("hangs-later", "did not answer in time"),
        ("floods", "has no end"),
        ("echoes", "an answer that is none: `(get-info :name)`"),
        ("drones", "an answer that is none: `bananas`"),
        ("spits", "an answer that is none"),
        ("trails-off", "an answer that is none: `bananas`"),
        ("is-killed", "the solver crashed (signal: 11 (SIGSEGV)"),
        ("starves", "ran out of the memory"),
        ("hungers", "ran out of the memory"),
        ("memout", "ran out of the memory"),
        ("incomplete", "cannot tell, whatever time"),
        ("babbles", "Segmentation fault"),
        ("always-unsat", "an answer that is none: `unsat`"),
        ("dies-later", "the solver ended"),
        ("shrugs", "did not answer in time"),
        ("errs", "an answer that is none"),
        ("says-too-much", "an answer that is none"),
        ("mumbles", "an answer that is none"),
        ("deep", "an answer that is none"),
        ("lies", "example"),
    ] {
        let (_folder, path) = solver(name);
        let prover = Prover::with(Some(path), quick());
        let start = Instant::now();
        let proof = prove(&prover, &base, &head);
        assert_eq!(proof.relation, Relation::NotProven, "{name}");
        assert!(start.elapsed() < Duration::from_secs(30), "{name}");
        for environment in &proof.environments {
            let told = environment.reason.clone().unwrap_or_default();
            assert!(told.contains(reason), "{name}: {told}");
            assert_eq!(
                (&environment.gained, &environment.lost),
                (&None, &None),
                "{name}"
            );
        }
        let side = Side {
            label: "head",
            compiled: &head,
        };
        let lints = prover.lint(side, &[], &AtomicBool::new(false)).unwrap();
        assert!(lints.findings.is_empty(), "{name}: {:?}", lints.findings);
    }
}

#[test]
fn the_same_question_is_put_once() {
    let (base, head) = (compiled(SCHEMA, BASE), compiled(SCHEMA, HEAD));
    let (_folder, path) = solver("keeps-count");
    let prover = Prover::with(Some(path.clone()), quick());
    let proof = prove(&prover, &base, &head);
    assert_eq!(proof.environments.len(), 2);
    assert_eq!(proof.relation, Relation::Equivalent);
    // Reading and writing are the same to these policies: can access be gained, can it be lost?
    let asked = fs::read_to_string(path.with_extension("asked")).unwrap();
    assert_eq!(asked.lines().count(), 2, "{asked}");
}

#[test]
fn without_a_solver_everything_that_needs_one_is_open() {
    let (base, head) = (compiled(SCHEMA, BASE), compiled(SCHEMA, HEAD));
    for program in [None, Some(PathBuf::from("/nowhere/cvc5"))] {
        let prover = Prover::with(program.clone(), quick());
        let proof = prove(&prover, &base, &head);
        assert_eq!(proof.solver.is_none(), program.is_none());
        assert_eq!(proof.relation, Relation::NotProven);
        if program.is_none() {
            assert_eq!(proof.environments[0].reason.as_deref(), Some("no solver"));
        }
        // The same policies decide the same, whoever can prove it.
        assert_eq!(prove(&prover, &base, &base).relation, Relation::Equivalent);
    }
}

#[test]
fn the_solver_may_not_take_all_memory() {
    let (_folder, path) = solver("shrugs");
    let limits = Limits {
        memory: 512 << 20,
        ..quick()
    };
    let prover = Prover::with(Some(path), limits);
    let proof = prove(&prover, &compiled(SCHEMA, BASE), &compiled(SCHEMA, HEAD));
    if cfg!(target_os = "linux") {
        assert_eq!(proof.solver.as_deref(), Some("shrugs 524288"));
    }
}

#[test]
fn nobody_waits_for_an_answer_that_is_not_wanted() {
    let (base, head) = (compiled(SCHEMA, BASE), compiled(SCHEMA, HEAD));
    let (_folder, path) = solver("hangs-later");
    let prover = Prover::with(
        Some(path),
        Limits {
            time: Duration::from_secs(600),
            ..Limits::default()
        },
    );
    let (cancel, ended) = (AtomicBool::new(false), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            // Once its version is known, the next thing it is asked is a question it never answers.
            let known = || prover.solver().is_some_and(|name| name.contains(' '));
            while !known() && !ended.load(Ordering::Relaxed) {
                thread::yield_now();
            }
            cancel.store(true, Ordering::Relaxed);
        });
        let side = |label, compiled| Side { label, compiled };
        let proof = prover.prove(side("base", &base), side("head", &head), &cancel);
        ended.store(true, Ordering::Relaxed);
        assert!(matches!(proof, Err(Error::Cancelled)), "{proof:?}");
    });
    cancel.store(true, Ordering::Relaxed);
    let side = |label, compiled| Side { label, compiled };
    let again = prover.prove(side("base", &base), side("head", &head), &cancel);
    assert!(matches!(again, Err(Error::Cancelled)));
}

#[test]
fn what_a_solver_started_ends_with_it() {
    let (folder, program) = solver("wraps");
    let prover = Prover::with(Some(program), quick());
    let proof = prove(&prover, &compiled(SCHEMA, BASE), &compiled(SCHEMA, HEAD));
    assert_eq!(proof.relation, Relation::NotProven);
    drop(prover);
    let child = fs::read_to_string(folder.path().join("wraps.child")).unwrap();
    let state = std::process::Command::new("ps")
        .args(["-o", "stat=", "-p", child.trim()])
        .output()
        .unwrap();
    let state = String::from_utf8(state.stdout).unwrap();
    // Nobody may have looked after the dead yet.
    assert!(state.is_empty() || state.starts_with('Z'), "{state}");
}

#[test]
fn a_proof_as_a_whole_ends_in_time() {
    let Some(found) = prover() else { return };
    let limits = Limits {
        whole: Duration::ZERO,
        ..Limits::default()
    };
    let prover = Prover::with(found.program.clone(), limits);
    let (base, head) = (compiled(SCHEMA, BASE), compiled(SCHEMA, HEAD));
    let proof = prove(&prover, &base, &head);
    let first = proof.environments.first().unwrap();
    assert_eq!(
        first.reason.as_deref(),
        Some("the time for the whole proof was over")
    );
    let side = |compiled| Side {
        label: "s",
        compiled,
    };
    let lints = prover
        .lint(side(&base), &[], &AtomicBool::new(false))
        .unwrap();
    assert!(!lints.undecided.is_empty() && lints.findings.is_empty());
}

/// What the symbolic compiler takes grows with the square of the policies: a question that turns on all of them is not put.
#[test]
fn more_policies_than_fit_are_not_proven_and_an_edit_among_them_is() {
    let Some(prover) = prover() else { return };
    let schema = "entity User; entity Doc { n: Long }; action a appliesTo { principal: User, resource: Doc };";
    let all = |count: usize, than: &str| -> String {
        let each = (0..count).map(|n| {
            format!("permit (principal == User::\"{n}\", action, resource) when {{ resource.n {than} {n} }};\n")
        });
        each.collect()
    };
    let base = compiled(schema, &all(1_200, "=="));
    let proof = prove(&prover, &base, &compiled(schema, &all(1_200, ">")));
    let first = proof.environments.first().unwrap();
    assert_eq!(first.relation, Relation::NotProven);
    assert_eq!(
        first.reason.as_deref(),
        Some(
            "the answer turns on 1200 policies, and no more than 1000 are put to the solver at once"
        )
    );
    let edited =
        all(1_200, "==").replace("resource.n == 7 }", "resource.n == 7 && resource.n > 0 }");
    let proof = prove(&prover, &base, &compiled(schema, &edited));
    assert_eq!(proof.relation, Relation::Equivalent);
}
