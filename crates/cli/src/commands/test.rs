//! `fabric test`: every named test of a workspace, or of each of the workspaces in a folder.

use model::{Code, Failure, Problem, Severity};

use super::{FINE, FOUND, read, text_of, whole};
use crate::{
    args::Test,
    render::{self, TestLine, TestRun},
    terminal::{Stop, Terminal},
};

pub fn test(arguments: &Test, terminal: &Terminal) -> Result<u8, Stop> {
    let root = &arguments.dir.dir;
    let files = read(root)?;
    let mut run = TestRun {
        passed: 0,
        failed: 0,
        tests: Vec::new(),
        problems: Vec::new(),
    };
    for part in workspace::apart(&files) {
        if workspace::check(&part.files).rego.is_some() {
            let message = format!("`{}` is Rego, whose tests are not run here", root.display());
            let mut failure = Failure::new(Code::EngineMixed, message);
            failure.hint = "run them with `opa test`".to_owned();
            return Err(failure.into());
        }
        let compiled = policy::compile(&part.files);
        whole(&compiled.problems, &root.join(&part.folder))?;
        let problems = policy::read_tests(&part.files).1;
        run.problems
            .extend(problems.into_iter().map(|mut problem: Problem| {
                problem.file = part.path(&problem.file);
                problem
            }));
        for view in workspace::run_tests(&part.files, &compiled) {
            let (outcome, error) = match view.outcome {
                Ok(outcome) => (Some(outcome), None),
                Err(failure) => (None, Some(failure)),
            };
            run.tests.push(TestLine {
                name: view.test.name,
                file: part.path(&view.file),
                passed: view.passed,
                expected: view.test.decision,
                decision: outcome.as_ref().map(|outcome| outcome.decision),
                expected_reasons: view.test.reasons,
                reasons: outcome.map(|outcome| outcome.reasons).unwrap_or_default(),
                error,
            });
        }
    }
    run.failed = run.tests.iter().filter(|test| !test.passed).count() as u64;
    run.passed = run.tests.len() as u64 - run.failed;
    terminal.result(&run, |look| render::tests(&run, &text_of(&files), look))?;
    let unreadable = run
        .problems
        .iter()
        .any(|problem| problem.severity == Severity::Error);
    Ok(if run.failed > 0 || unreadable {
        FOUND
    } else {
        FINE
    })
}
