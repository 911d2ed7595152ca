//! Named tests and how they fared.

use std::{collections::BTreeMap, fmt::Write as _};

use model::{Decision, Failure, Problem};
use serde::Serialize;

use super::{access, problems::Sources};
use crate::text::{Columns, Look, Tone, counted, paragraph, visible};

/// All tests of a workspace: the JSON of `fabric test`.
#[derive(Debug, Serialize)]
pub struct TestRun {
    /// Tests that decide as they say.
    pub passed: u64,
    /// The others.
    pub failed: u64,
    /// Every test, by file and place in it.
    pub tests: Vec<TestLine>,
    /// Test files that cannot be read.
    pub problems: Vec<Problem>,
}

/// One test.
#[derive(Debug, Serialize)]
pub struct TestLine {
    /// Its name.
    pub name: String,
    /// The file it stands in.
    pub file: String,
    /// It decides as it says.
    pub passed: bool,
    /// What it must decide.
    pub expected: Decision,
    /// What it decided, unless it could not.
    pub decision: Option<Decision>,
    /// Policies that must determine it; empty = any.
    pub expected_reasons: Vec<String>,
    /// Policies that did.
    pub reasons: Vec<String>,
    /// Why it could not be decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
}

/// Counts per file; what failed, in full.
pub fn tests(run: &TestRun, sources: Sources<'_>, look: Look) -> String {
    let mut out = super::problems(&run.problems, sources, look);
    let mut files: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for test in &run.tests {
        let entry = files.entry(shelf(&test.file)).or_default();
        if test.passed {
            entry.0 += 1;
        } else {
            entry.1 += 1;
        }
    }
    let mut table = Columns::new(0, &[1, 2]);
    for (file, (passed, failed)) in files {
        let failed = match failed {
            0 => String::new(),
            failed => look.tone(Tone::Risk, format!("{failed} failed")),
        };
        table.row([visible(file), format!("{passed} passed"), failed]);
    }
    out.push_str(&table.text());
    for test in run.tests.iter().filter(|test| !test.passed) {
        let lead = format!("\n{} ", look.tone(Tone::Risk, "failed"));
        out.push_str(&paragraph(&lead, 2, look.width, &test.name));
        let _ = writeln!(out, "  {}", look.quiet(visible(&test.file)));
        out.push_str(&paragraph("  ", 4, look.width, &difference(test)));
    }
    let _ = writeln!(
        out,
        "{}{}",
        if out.is_empty() { "" } else { "\n" },
        match (run.passed, run.failed) {
            (0, 0) =>
                "no tests; put requests under ALLOW/ and DENY/, or write tests/*.json".to_owned(),
            (passed, 0) => look.tone(Tone::Good, format!("{} passed", counted(passed, "test"))),
            (passed, failed) => format!(
                "{}, {}",
                counted(passed, "test passed|tests passed"),
                look.tone(Tone::Risk, format!("{failed} failed"))
            ),
        }
    );
    out
}

/// Where a test is counted: its file, or the folder when the folder says what to expect.
fn shelf(file: &str) -> &str {
    match file.rsplit_once('/') {
        Some((folder, _)) if matches!(folder.rsplit('/').next(), Some("ALLOW" | "DENY")) => folder,
        _ => file,
    }
}

fn difference(test: &TestLine) -> String {
    let expected = access::word(test.expected);
    match (&test.error, test.decision) {
        (Some(error), _) => format!("expected {expected}, could not decide: {}", error.message),
        (None, Some(decision)) if decision == test.expected => format!(
            "{expected}, as expected, but decided by {} instead of {}",
            or_none(&test.reasons),
            or_none(&test.expected_reasons)
        ),
        (None, Some(decision)) => {
            let reasons = match (decision, test.reasons.as_slice()) {
                (Decision::Deny, []) => "no permit matched".to_owned(),
                (Decision::Deny, reasons) => format!("forbidden by {}", super::listed(reasons)),
                (Decision::Allow, reasons) => format!("permitted by {}", super::listed(reasons)),
            };
            format!(
                "expected {expected}, got {}: {reasons}",
                access::word(decision)
            )
        }
        (None, None) => format!("expected {expected}, could not decide"),
    }
}

fn or_none(names: &[String]) -> String {
    if names.is_empty() {
        "no policy".to_owned()
    } else {
        super::listed(names)
    }
}

#[cfg(test)]
mod unit {
    use insta::assert_snapshot;
    use model::Code;

    use super::*;
    use crate::render::unit::PLAIN;

    fn line(name: &str, file: &str, expected: Decision, decision: Option<Decision>) -> TestLine {
        TestLine {
            name: name.into(),
            file: file.into(),
            passed: Some(expected) == decision,
            expected,
            decision,
            expected_reasons: Vec::new(),
            reasons: vec!["staff-read".into()],
            error: None,
        }
    }

    #[test]
    fn what_failed_is_told_in_full_and_the_rest_is_counted() {
        let mut reason = line(
            "nurse on call",
            "tests/on-call.json",
            Decision::Allow,
            Some(Decision::Allow),
        );
        reason.passed = false;
        reason.expected_reasons = vec!["on-call".into()];
        let mut broken = line("alice_view", "ALLOW/alice_view.json", Decision::Allow, None);
        broken.error = Some(Failure::new(
            Code::RequestInvalid,
            "`Action::\"vieww\"` is not an action of the schema",
        ));
        let run = TestRun {
            passed: 1,
            failed: 3,
            tests: vec![
                broken,
                line(
                    "contractor reads",
                    "tests/on-call.json",
                    Decision::Allow,
                    Some(Decision::Allow),
                ),
                line(
                    "contractor cannot read P0",
                    "tests/on-call.json",
                    Decision::Deny,
                    Some(Decision::Allow),
                ),
                reason,
            ],
            problems: Vec::new(),
        };
        assert_snapshot!(tests(&run, &|_| None, PLAIN), @r#"
        ALLOW               0 passed  1 failed
        tests/on-call.json  1 passed  2 failed

        failed alice_view
          ALLOW/alice_view.json
          expected allow, could not decide: `Action::"vieww"` is not an action of the
            schema

        failed contractor cannot read P0
          tests/on-call.json
          expected deny, got allow: permitted by staff-read

        failed nurse on call
          tests/on-call.json
          allow, as expected, but decided by staff-read instead of on-call

        1 test passed, 3 failed
        "#);
    }

    #[test]
    fn no_tests_is_said_and_how_to_write_some() {
        let run = TestRun {
            passed: 0,
            failed: 0,
            tests: Vec::new(),
            problems: Vec::new(),
        };
        assert_snapshot!(tests(&run, &|_| None, PLAIN), @"no tests; put requests under ALLOW/ and DENY/, or write tests/*.json");
    }
}
