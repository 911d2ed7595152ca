//! Scenario packs: those of the sample hold, the Studio runs and keeps them, what is wrong is said.

use std::{ops::ControlFlow, sync::atomic::AtomicBool};

use decisions::{Log, Recipe};
use model::{PackOutcome, PackResult};

use super::*;
use crate::{check, packs};

fn sample_log(checked: &crate::Checked, rows: u64) -> Arc<Log> {
    let recipe = Recipe::read(&crate::sample_files()).unwrap().with_rows(rows);
    let (builder, _) = decisions::generate(&checked.compiled, &recipe, &mut |_, _| {
        ControlFlow::Continue(())
    })
    .unwrap();
    Arc::new(builder.build().unwrap().0)
}

fn run_all(files: &policy::Files, rows: u64) -> Vec<PackResult> {
    let checked = check(files);
    let wanted = packs::choose(files, &[]).unwrap();
    let mut log = || Ok(sample_log(&checked, rows));
    let never = AtomicBool::new(false);
    let outcomes = packs::run(
        Path::new("/"),
        files,
        &checked,
        &wanted,
        &mut log,
        &never,
        &mut |_, _, _| ControlFlow::Continue(()),
    )
    .unwrap();
    let result = |outcome| match outcome {
        PackOutcome::Result(result) => result,
        PackOutcome::Error(failure) => panic!("{failure:?}"),
    };
    outcomes.into_iter().map(result).collect()
}

fn unmet(results: &[PackResult]) -> Vec<String> {
    let scenarios = results.iter().flat_map(|result| &result.scenarios);
    scenarios
        .flat_map(|it| it.expectations.iter().map(move |expectation| (it, expectation)))
        .filter(|(_, expectation)| !expectation.met)
        .map(|(it, expectation)| format!("{}: {}, found {}", it.name, expectation.text, expectation.found))
        .collect()
}

#[test]
fn the_packs_of_the_sample_hold() {
    let results = run_all(&crate::sample_files(), 30_000);
    for result in &results {
        for it in &result.scenarios {
            println!("{} / {}: {:?} {} {} {:?}", result.pack, it.name, it.totals, it.entities_changed, it.requests_changed, it.notes);
            for e in &it.expectations { println!("    {} {} found {}", e.met, e.text, e.found); }
        }
    }
    assert_eq!(unmet(&results), [""; 0]);
    assert!(results.len() >= 5);
}
