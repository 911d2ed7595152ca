//! What is proven agrees with what the ordinary authorizer decides.

mod agreement;
mod findings;
mod sample;
#[cfg(unix)]
mod trouble;

use std::{path::Path, sync::Arc, sync::atomic::AtomicBool};

use model::Proof;
use policy::{Compiled, Files, compile};

use crate::{Prover, Side, ask::lock};

pub(crate) static NEVER: AtomicBool = AtomicBool::new(false);

/// A prover with the machine's solver. Without one a test says so and passes: nothing can be proven then.
pub(crate) fn prover() -> Option<Prover> {
    let prover = Prover::default();
    if !prover.has_solver() {
        eprintln!("skipped: there is no cvc5; install it, or name it in CVC5");
        return None;
    }
    Some(prover)
}

pub(crate) fn files(all: &[(&str, &str)]) -> Files {
    all.iter()
        .map(|(path, text)| ((*path).to_owned(), Arc::from(text.as_bytes())))
        .collect()
}

pub(crate) fn compiled(schema: &str, policies: &str) -> Compiled {
    let compiled = compile(&files(&[("s.cedarschema", schema), ("p.cedar", policies)]));
    let wrong = |problem: &&model::Problem| problem.severity == model::Severity::Error;
    assert_eq!(compiled.problems.iter().find(wrong), None);
    compiled
}

pub(crate) fn northwind() -> Files {
    let root = Path::new("../../bundles/northwind");
    policy::read_dir(root).unwrap()
}

pub(crate) fn prove(prover: &Prover, base: &Compiled, head: &Compiled) -> Proof {
    let side = |label, compiled| Side { label, compiled };
    prover
        .prove(side("base", base), side("head", head), &NEVER)
        .unwrap()
}
