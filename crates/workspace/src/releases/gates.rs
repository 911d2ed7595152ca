//! What is looked at before a channel moves: a list of facts, each with what was found. Whether one that does not hold keeps the
//! channel from moving is told here too; nobody else decides it.

use std::{path::PathBuf, sync::Arc};

use decisions::Log;
use evidence::{hex, sha256};
use guard::{Override, Ruling, Tolerance};
use model::{Code, Failure, ProofLine, Relation, Severity, count, counted};
use proof::Prover;
use registry::{Approval, Approver, Gate, Outcome, Subject};
use release::Files;
use serde::Serialize;
use time::OffsetDateTime;

use super::rules::ChannelRules;
use crate::{
    Checked, Compiler, Error, Ledger, Resolved,
    check::check_with,
    judged::judged,
    named,
    references::{self, State},
};

/// How a gate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It holds.
    Passed,
    /// It does not, and somebody answers for going on.
    Overridden,
    /// It does not, and was left out for a reason.
    Skipped,
    /// Nothing of the kind is asked of this channel.
    NotAsked,
    /// It does not hold.
    Blocked,
}

/// What was found at a gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// Which gate: `validation`, `tests`, `references`, `drift`, `approvals`, `window`.
    pub gate: &'static str,
    /// How it stands.
    pub standing: Standing,
    /// What was found, in words.
    pub found: String,
    /// What to do about it; empty when it holds.
    pub hint: &'static str,
    /// SHA-256 of what proves it, in hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

impl Fact {
    fn new(gate: &'static str, standing: Standing, found: impl Into<String>) -> Self {
        Self {
            gate,
            standing,
            found: found.into(),
            hint: "",
            evidence: None,
        }
    }

    fn blocked(gate: &'static str, found: impl Into<String>, hint: &'static str) -> Self {
        Self {
            hint,
            ..Self::new(gate, Standing::Blocked, found)
        }
    }

    /// As it is recorded with the move; nothing when nothing was asked.
    pub(super) fn recorded(&self) -> Option<Gate> {
        let outcome = match self.standing {
            Standing::Passed => Outcome::Passed,
            Standing::Overridden => Outcome::Overridden,
            Standing::Skipped => Outcome::Skipped,
            Standing::NotAsked | Standing::Blocked => return None,
        };
        Some(Gate {
            name: self.gate.to_owned(),
            outcome,
            detail: self.found.clone(),
            evidence: self.evidence.clone(),
        })
    }
}

/// Nothing is an error in the version's files.
pub(super) fn validation(compiler: &mut Compiler, files: &Files) -> (Fact, Checked) {
    let checked = check_with(compiler, files);
    let error = |problem: &&model::Problem| problem.severity == Severity::Error;
    let mut errors = checked.problems.iter().filter(error);
    let fact = match errors.next() {
        None => Fact::new("validation", Standing::Passed, "no errors in any file"),
        Some(first) => {
            let count = match errors.count() {
                0 => "1 error,".to_owned(),
                more => format!("{} errors, the first", 1 + more),
            };
            let found = format!(
                "{count} in {}:{}: {}",
                first.file, first.line, first.message
            );
            let hint = "correct them, commit, and make a new version";
            Fact::blocked("validation", found, hint)
        }
    };
    (fact, checked)
}

/// The version's own tests decide as they say.
pub(super) fn tests(files: &Files, checked: &Checked) -> Fact {
    let tests = named::run(files, &checked.compiled);
    let mut failed = tests.iter().filter(|test| !test.passed);
    match (failed.next(), tests.len()) {
        (None, 0) => Fact::new(
            "tests",
            Standing::NotAsked,
            "the version has no named tests",
        ),
        (None, 1) => Fact::new("tests", Standing::Passed, "1 named test passes"),
        (None, all) => Fact::new("tests", Standing::Passed, format!("{all} named tests pass")),
        (Some(first), all) => {
            let found = format!(
                "failed: {} of {}, the first is `{}`",
                1 + failed.count(),
                counted(all as u64, "named test"),
                first.test.name
            );
            let hint =
                "see `fabric test`; correct the policies or the tests, and make a new version";
            Fact::blocked("tests", found, hint)
        }
    }
}

/// What policies rest on is there, or somebody says why it ships anyway. What is in force `asked` for that, if it lists what may be cited.
pub(super) fn references(
    asked: bool,
    checked: &Checked,
    ledger: &Ledger,
    skipped: Option<&str>,
    now: u64,
) -> Result<Fact, Error> {
    let gate = "references";
    if !asked && !checked.authorities.listed {
        let found = format!("the workspace has no `{}`", references::FILE);
        return Ok(Fact::new(gate, Standing::NotAsked, found));
    }
    let mut broken = Vec::new();
    if !checked.authorities.listed {
        broken.push(format!(
            "what is in force has `{}`, and this version has none",
            references::FILE
        ));
    }
    for reference in &checked.references {
        let mut reference = reference.clone().at(now);
        if let (State::Whole, Some(receipt)) = (&reference.state, reference.receipt)
            && ledger.find(&receipt)?.is_empty()
        {
            reference.state = State::Changed("its receipt is not in the ledger".to_owned());
        }
        broken.extend(reference.problem().map(|problem| {
            format!(
                "{}:{}:{}: {}: {}",
                problem.file, problem.line, problem.column, problem.message, problem.hint
            )
        }));
    }
    let all = checked.references.len();
    let Some(first) = broken.first() else {
        let found = match all {
            1 => "1 reference is whole".to_owned(),
            all => format!("{all} references are whole"),
        };
        return Ok(Fact::new(gate, Standing::Passed, found));
    };
    let found = format!(
        "broken: {} of {}, the first in {first}",
        broken.len(),
        counted(all as u64, "reference")
    );
    Ok(match skipped {
        Some(reason) => Fact::new(
            gate,
            Standing::Skipped,
            format!("left out: {reason}; {found}"),
        ),
        None => {
            let hint = "mend them, commit, and make a new version; or say with --skip-references why it ships as it is";
            Fact::blocked(gate, found, hint)
        }
    })
}

/// What drift is judged by.
pub(super) struct Drift<'a> {
    pub(super) rules: &'a ChannelRules,
    /// The tolerance file, as what is in force has it.
    pub(super) tolerance: Option<Vec<u8>>,
    pub(super) before: Option<&'a Files>,
    pub(super) after: &'a Files,
    pub(super) log: Option<Arc<Log>>,
    pub(super) given: Option<&'a Override>,
    pub(super) authors: Vec<String>,
    /// What compiled the version.
    pub(super) compiler: &'a mut Compiler,
    pub(super) prover: &'a Prover,
    /// Where verdicts are kept.
    pub(super) kept: PathBuf,
    pub(super) now: u64,
}

/// What recorded decisions say of the change, against the channel's tolerance. The report comes back as it is to be kept.
pub(super) fn drift(asked: Drift<'_>) -> Result<(Fact, Option<String>), Error> {
    let gate = "drift";
    let Some(path) = &asked.rules.tolerance else {
        let found = "the channel names no tolerance file";
        return Ok((Fact::new(gate, Standing::NotAsked, found), None));
    };
    let Some(before) = asked.before else {
        let found = "the channel ships nothing yet: there is nothing to compare with";
        return Ok((Fact::new(gate, Standing::NotAsked, found), None));
    };
    let Some(log) = asked.log else {
        let hint = "import a log into the workspace, or name one";
        let found = "there is no log to replay";
        return Ok((Fact::blocked(gate, found, hint), None));
    };
    let text = asked
        .tolerance
        .and_then(|text| String::from_utf8(text).ok());
    let Some(text) = text else {
        let message =
            format!("what is in force has no tolerance file `{path}`, which the channel names");
        return Err(Failure::new(Code::WorkspaceConfig, message).into());
    };
    let tolerance = Tolerance::read(&text)?;
    let side = |label: &str, files: &Files| Resolved {
        label: label.to_owned(),
        files: files.clone(),
    };
    let (base, head) = (side("in force", before), side("this version", asked.after));
    let mut report = judged(
        (&base, &head),
        log,
        &tolerance,
        asked.prover,
        asked.compiler,
        &asked.kept,
    )?;
    report.authors = asked.authors;
    let ruling = report.verdict.verdict;
    if let Some(given) = asked.given.filter(|_| ruling == Ruling::Blocked) {
        let now = i64::try_from(asked.now).unwrap_or(i64::MAX);
        let now = OffsetDateTime::from_unix_timestamp(now)
            .map_err(|error| Failure::new(Code::BadCall, error.to_string()))?;
        report.apply(given, &tolerance, now)?;
    }
    let totals = &report.drift.totals;
    let found = format!(
        "{} replayed: +{} gain, \u{2212}{} lose, {} open",
        counted(totals.rows, "row"),
        count(totals.gained),
        count(totals.lost),
        count(totals.maybe_gained + totals.maybe_lost + totals.undeterminable)
    ) + &proven(&report.verdict.proof);
    let json = serde_json::to_string_pretty(&report)
        .map_err(|error| Failure::new(Code::Internal, error.to_string()))?
        + "\n";
    let fact = match (ruling, &report.r#override) {
        (Ruling::Pass, _) => Fact::new(gate, Standing::Passed, found),
        (_, Some(by)) => {
            let found = format!("{found}; {} answers for it: {}", by.approver, by.reason);
            Fact::new(gate, Standing::Overridden, found)
        }
        _ => {
            let hint = "see `fabric guard` for what exceeds the tolerance; an approver may sign an override";
            let bounds = counted(report.verdict.violations.len() as u64, "bound");
            Fact::blocked(gate, format!("{found}; {bounds} exceeded"), hint)
        }
    };
    let evidence = Some(hex(&sha256(&[json.as_bytes()])));
    Ok((Fact { evidence, ..fact }, Some(json)))
}

/// What is proven, by action: those that decide alike are counted, the others named.
fn proven(lines: &[ProofLine]) -> String {
    if lines.is_empty() {
        return "; nothing proven: there is no schema".to_owned();
    }
    let mut alike = 0_u64;
    let mut words = String::new();
    for line in lines {
        let relation = match line.relation {
            Relation::Equivalent => {
                alike += 1;
                continue;
            }
            Relation::Narrows => "narrows",
            Relation::Widens => "widens",
            Relation::Differs => "gains and loses",
            Relation::NotProven => "not proven",
        };
        words += &format!("; {} {relation}", line.action);
        if let Some(reason) = &line.reason {
            words += &format!(" ({reason})");
        }
    }
    match alike {
        0 => words,
        alike => format!("{words}; proven alike for {}", counted(alike, "action")),
    }
}

/// Enough people approved who did not write it. Those that count come back.
pub(super) fn approvals(
    wanted: usize,
    given: Vec<Approval>,
    subject: &Subject,
    (approvers, authors): (&[Approver], &[String]),
    now: u64,
) -> (Fact, Vec<Approval>) {
    let gate = "approvals";
    if wanted == 0 {
        let found = "the channel asks for no approval";
        return (Fact::new(gate, Standing::NotAsked, found), Vec::new());
    }
    let mut refused = Vec::new();
    let mut valid: Vec<Approval> = Vec::new();
    for approval in given {
        match approval.check(subject, approvers, authors, now) {
            // Two keys of one person are one person.
            Ok(()) if valid.iter().any(|known| known.by == approval.by) => {}
            Ok(()) => valid.push(approval),
            Err(error) => refused.push(error.to_string()),
        }
    }
    let people: Vec<_> = valid.iter().map(|approval| approval.by.as_str()).collect();
    let mut found = match people.len() {
        0 => format!(
            "{} asked for, and nobody approved",
            counted(wanted as u64, "approval")
        ),
        there => format!("{} of {wanted}: {}", there.min(wanted), people.join(", ")),
    };
    for refusal in refused {
        found += "; ";
        found += &refusal;
    }
    let fact = if valid.len() >= wanted {
        Fact::new(gate, Standing::Passed, found)
    } else {
        let hint =
            "ask an approver of `workspace.toml` who did not write the change for `fabric approve`";
        Fact::blocked(gate, found, hint)
    };
    (fact, valid)
}

/// The channel may move at this time, or somebody says why it does anyway.
pub(super) fn window(rules: &ChannelRules, anyway: Option<&str>, now: u64) -> Fact {
    let gate = "window";
    match (&rules.window, anyway) {
        (None, _) => Fact::new(gate, Standing::NotAsked, "the channel moves at any time"),
        (Some(window), _) if window.is_open(now) => {
            Fact::new(gate, Standing::Passed, format!("open: {window}"))
        }
        (Some(window), Some(reason)) => {
            let found = format!("closed ({window}); moved anyway: {reason}");
            Fact::new(gate, Standing::Overridden, found)
        }
        (Some(window), None) => {
            let hint = "wait for the window, or say with --outside-window why it cannot wait";
            Fact::blocked(gate, format!("closed: {window}"), hint)
        }
    }
}
