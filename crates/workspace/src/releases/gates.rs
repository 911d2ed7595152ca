//! What is looked at before a channel moves: a list of facts, each with what was found. Whether one that does not hold keeps the
//! channel from moving is told here too; nobody else decides it.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use decisions::Log;
use evidence::{hex, sha256};
use guard::{Override, Report, Ruling, Tolerance};
use ipc::TestView;
use model::{
    ActionProof, Amiss, Answer, Broken, Code, Failure, Found, Judged, Problem, ProofLine, Relation,
    Remark, Severity,
};
use policy::FileKind;
use proof::Prover;
use registry::{Approval, Approver, Gate, Outcome, Subject};
use release::Files;
use serde::{Serialize, Serializer};
use time::OffsetDateTime;

use super::{demands::Demands, rules::ChannelRules};
use crate::{
    Checked, Compiler, Error, Ledger, Resolved, check::check_with, git, judged::judged, named,
    references, scan,
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
    /// What was found; in English words where this is written as JSON.
    #[serde(serialize_with = "in_words")]
    pub found: Found,
    /// What to do about it; empty when it holds.
    pub hint: &'static str,
    /// SHA-256 of what proves it, in hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// What is to be known beside it; in English words, too.
    #[serde(
        serialize_with = "each_in_words",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub remarks: Vec<Remark>,
}

fn each_in_words<S: Serializer>(remarks: &[Remark], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(remarks.iter().map(Remark::words))
}

fn in_words<S: Serializer>(found: &Found, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&found.words())
}

impl Fact {
    fn new(gate: &'static str, standing: Standing, found: Found) -> Self {
        Self {
            gate,
            standing,
            found,
            hint: "",
            evidence: None,
            remarks: Vec::new(),
        }
    }

    /// The same, with something beside it, if there is something.
    pub(super) fn with(mut self, remark: Option<Remark>) -> Self {
        self.remarks.extend(remark);
        self
    }

    /// What was found, and what is to be known beside it.
    #[must_use]
    pub fn words(&self) -> String {
        let remarks = self.remarks.iter();
        remarks.fold(self.found.words(), |found, remark| {
            found + "; " + &remark.words()
        })
    }

    fn blocked(gate: &'static str, found: Found, hint: &'static str) -> Self {
        Self {
            hint,
            ..Self::new(gate, Standing::Blocked, found)
        }
    }

    /// As it is recorded with the move; nothing when nothing was asked, and that says it all.
    pub(super) fn recorded(&self) -> Option<Gate> {
        let outcome = match self.standing {
            Standing::NotAsked if !self.remarks.is_empty() => Outcome::Passed,
            Standing::Passed => Outcome::Passed,
            Standing::Overridden => Outcome::Overridden,
            Standing::Skipped => Outcome::Skipped,
            Standing::NotAsked | Standing::Blocked => return None,
        };
        Some(Gate {
            name: self.gate.to_owned(),
            outcome,
            detail: self.words(),
            found: Some(self.found.clone()),
            remarks: self.remarks.clone(),
            evidence: self.evidence.clone(),
        })
    }
}

/// Nothing is an error in the version's files.
pub(super) fn validation(compiler: &mut Compiler, files: &Files) -> (Fact, Checked) {
    let checked = check_with(compiler, files);
    let error = |problem: &&Problem| problem.severity == Severity::Error;
    let fact = validated(checked.problems.iter().filter(error));
    (fact, checked)
}

fn validated<'a>(mut errors: impl Iterator<Item = &'a Problem>) -> Fact {
    match errors.next() {
        None => Fact::new("validation", Standing::Passed, Found::NoErrors),
        Some(first) => {
            let found = Found::Errors {
                file: first.file.clone(),
                line: first.line,
                message: first.message.clone(),
                count: 1 + errors.count() as u64,
            };
            let hint = "correct them, commit, and make a new version";
            Fact::blocked("validation", found, hint)
        }
    }
}

/// What lies in the workspace and is not part of the version, where this is what is checked out: it decides there, and nowhere else.
pub(super) fn not_shipped(
    root: &Path,
    commit: &str,
    files: &Files,
) -> Result<Option<Remark>, Error> {
    if git::head_commit(root)?.as_deref() != Some(commit) {
        return Ok(None);
    }
    let here = scan::list(root)?;
    let mut others = here.keys().filter(|path| !files.contains_key(*path));
    Ok(others.next().map(|first| Remark::NotShipped {
        first: first.clone(),
        count: 1 + others.count() as u64,
    }))
}

/// What the version asks of channels can be met.
pub(super) fn rules(files: &Files, read: &dyn Fn(&str) -> Option<Vec<u8>>) -> Fact {
    let problems = super::rule_problems(files, read);
    let error = |problem: &&Problem| problem.severity == Severity::Error;
    validated(problems.iter().filter(error))
}

/// The version's own tests decide as they say. Of those that were there `before`, it is told which are gone: whoever drops a test together
/// with what it held is passed by the others.
pub(super) fn tests(
    files: &Files,
    before: Option<&Files>,
    checked: &Checked,
    between: &Between,
    compiler: &mut Compiler,
) -> Fact {
    let tests = named::run(files, &checked.compiled);
    if let Some(fact) = between.tests(files, &tests, compiler) {
        return fact;
    }
    let kept: BTreeSet<&str> = tests.iter().map(|test| &*test.test.name).collect();
    let before = before.map(|files| policy::read_tests(files).0);
    let names = before.iter().flatten().map(|test| &test.name);
    let gone: Vec<_> = names.filter(|name| !kept.contains(name.as_str())).collect();
    tested(&tests).with(gone.first().map(|first| Remark::TestsGone {
        first: (*first).clone(),
        count: gone.len() as u64,
    }))
}

/// What is in force for somebody as long as not all of a version is in force for all.
#[derive(Default)]
pub(super) struct Between {
    /// What is in force for everybody now, if anything is.
    pub(super) now: Option<Files>,
    /// Each set that is neither that nor the version.
    pub(super) then: Vec<Files>,
}

impl Between {
    /// Tests that pass now and will pass, and do not pass in between. What only the version is to hold waits for all of it.
    fn tests(&self, files: &Files, whole: &[TestView], compiler: &mut Compiler) -> Option<Fact> {
        let mut passed = |sets: &Files| -> BTreeSet<String> {
            let checked = check_with(compiler, sets);
            let passed = named::run(files, &checked.compiled).into_iter();
            passed
                .filter(|test| test.passed)
                .map(|test| test.test.name)
                .collect()
        };
        if self.then.is_empty() || whole.iter().any(|test| !test.passed) {
            return None;
        }
        // Where nothing decides, everybody is denied.
        let nothing = || {
            let mut files = files.clone();
            let decides = [Some(FileKind::Policies), Some(FileKind::Links)];
            files.retain(|path, _| !decides.contains(&policy::kind(path)));
            files
        };
        let now = passed(&self.now.clone().unwrap_or_else(nothing));
        self.then.iter().find_map(|then| {
            let then = passed(then);
            let tests = whole.iter().map(|test| TestView {
                passed: !now.contains(&test.test.name) || then.contains(&test.test.name),
                ..test.clone()
            });
            let fact = tested(&tests.collect::<Vec<_>>());
            (fact.standing == Standing::Blocked).then(|| fact.with(Some(Remark::InBetween)))
        })
    }
}

fn tested(tests: &[TestView]) -> Fact {
    let gate = "tests";
    let mut failed = tests.iter().filter(|test| !test.passed);
    match (failed.next(), tests.len() as u64) {
        (None, 0) => Fact::new(gate, Standing::NotAsked, Found::NoTests),
        (None, count) => Fact::new(gate, Standing::Passed, Found::TestsPass { count }),
        (Some(first), of) => {
            let found = Found::TestsFail {
                first: first.test.name.clone(),
                failed: 1 + failed.count() as u64,
                of,
            };
            let hint =
                "see `fabric test`; correct the policies or the tests, and make a new version";
            Fact::blocked(gate, found, hint)
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
    let file = || references::FILE.to_owned();
    if !asked && !checked.authorities.listed {
        let found = Found::Unlisted { file: file() };
        return Ok(Fact::new(gate, Standing::NotAsked, found));
    }
    let mut broken = Vec::new();
    if !checked.authorities.listed {
        broken.push(Broken::List { file: file() });
    }
    for reference in &checked.references {
        let mut reference = reference.clone().at(now);
        if let (None, Some(receipt)) = (&reference.amiss, reference.receipt)
            && ledger.find(&receipt)?.is_empty()
        {
            reference.amiss = Some(Amiss::NoReceipt);
        }
        let at = reference.citation.source;
        broken.extend(reference.amiss.map(|amiss| Broken::Citation {
            file: at.file,
            line: at.line,
            column: at.column,
            name: reference.citation.name,
            amiss,
        }));
    }
    // A list that is not there is one of those that are broken.
    let of = checked.references.len() as u64 + u64::from(!checked.authorities.listed);
    let count = broken.len() as u64;
    let Some(first) = broken.into_iter().next() else {
        let found = Found::ReferencesWhole { count: of };
        return Ok(Fact::new(gate, Standing::Passed, found));
    };
    let found = Found::ReferencesBroken {
        broken: count,
        of,
        first,
        left_out: skipped.map(str::to_owned),
    };
    Ok(match skipped {
        Some(_) => Fact::new(gate, Standing::Skipped, found),
        None => {
            let hint = "mend them, commit, and make a new version; or say with --skip-references why it ships as it is";
            Fact::blocked(gate, found, hint)
        }
    })
}

/// What drift is judged by.
pub(super) struct Drift<'a> {
    pub(super) asked: &'a Demands,
    /// What it is held against.
    pub(super) before: Option<&'a Files>,
    /// The version; nothing where one that was judged is applied otherwise, so that what decides in between is all there is to judge.
    pub(super) after: Option<&'a Files>,
    pub(super) between: &'a Between,
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
pub(super) fn drift(mut asked: Drift<'_>) -> Result<(Fact, Option<String>), Error> {
    let gate = "drift";
    let own = asked.asked.own_tolerance.clone();
    let Some(tolerance) = &asked.asked.tolerance else {
        let fact = Fact::new(gate, Standing::NotAsked, Found::NoTolerance);
        return Ok((fact.with(own), None));
    };
    let Some(before) = asked.before else {
        return Ok((
            Fact::new(gate, Standing::NotAsked, Found::NothingShipped),
            None,
        ));
    };
    let Some(log) = asked.log.take() else {
        let hint = "import a log into the workspace, or name one";
        return Ok((Fact::blocked(gate, Found::NoLog, hint), None));
    };
    let tolerance = tolerance
        .as_ref()
        .map_err(|message| Failure::new(Code::ToleranceInvalid, message.clone()))?;
    let mut found = None;
    if let Some(after) = asked.after {
        let (whole, report) = replayed(&mut asked, (before, after), &log, tolerance)?;
        if whole.standing == Standing::Blocked {
            return Ok((whole.with(own), Some(report)));
        }
        found = Some((whole, report));
    }
    // Nobody can sign for what is in force in between: it is no version.
    asked.given = None;
    // Nobody loses what nobody had.
    let gains = asked.between.now.is_none().then(|| tolerance.of_gains());
    for then in &asked.between.then {
        let tolerance = gains.as_ref().unwrap_or(tolerance);
        let (fact, report) = replayed(&mut asked, (before, then), &log, tolerance)?;
        let fact = fact.with(Some(Remark::InBetween));
        if fact.standing == Standing::Blocked {
            let hint = "enforce these policies together, or raise the tolerance in a version of its own first";
            return Ok((Fact { hint, ..fact }.with(own), Some(report)));
        }
        found.get_or_insert((fact, report));
    }
    Ok(match found {
        Some((fact, report)) => (fact.with(own), Some(report)),
        None => (
            Fact::new(gate, Standing::NotAsked, Found::NothingShipped),
            None,
        ),
    })
}

/// What recorded decisions say of one set of files in place of another.
fn replayed(
    asked: &mut Drift<'_>,
    (before, after): (&Files, &Files),
    log: &Arc<Log>,
    tolerance: &Tolerance,
) -> Result<(Fact, String), Error> {
    let gate = "drift";
    let side = |label: &str, files: &Files| Resolved {
        label: label.to_owned(),
        files: files.clone(),
    };
    let (base, head) = (side("in force", before), side("this version", after));
    let mut report = judged(
        (&base, &head),
        Arc::clone(log),
        tolerance,
        asked.prover,
        asked.compiler,
        &asked.kept,
    )?;
    report.authors.clone_from(&asked.authors);
    let ruling = report.verdict.verdict;
    if let Some(given) = asked.given.filter(|_| ruling == Ruling::Blocked) {
        let now = i64::try_from(asked.now).unwrap_or(i64::MAX);
        let now = OffsetDateTime::from_unix_timestamp(now)
            .map_err(|error| Failure::new(Code::BadCall, error.to_string()))?;
        report.apply(given, tolerance, now)?;
    }
    let found = Found::Replayed(reported(&report));
    let json = serde_json::to_string_pretty(&report)
        .map_err(|error| Failure::new(Code::Internal, error.to_string()))?
        + "\n";
    let fact = match (ruling, &report.r#override) {
        (Ruling::Pass, _) => Fact::new(gate, Standing::Passed, found),
        (_, Some(_)) => Fact::new(gate, Standing::Overridden, found),
        _ => {
            let hint = "see `fabric guard` for what exceeds the tolerance; an approver may sign an override";
            Fact::blocked(gate, found, hint)
        }
    };
    let evidence = Some(hex(&sha256(&[json.as_bytes()])));
    Ok((Fact { evidence, ..fact }, json))
}

/// What a verdict on drift comes to. Of what is proven, actions that decide alike are counted, the others named.
fn reported(report: &Report) -> Judged {
    let totals = &report.drift.totals;
    let proof = &report.verdict.proof;
    let differs = |line: &&ProofLine| line.relation != Relation::Equivalent;
    let others: Vec<ActionProof> = proof
        .iter()
        .filter(differs)
        .map(|line| ActionProof {
            action: line.action.clone(),
            relation: line.relation,
            reason: line.reason.clone(),
        })
        .collect();
    Judged {
        rows: totals.rows,
        gained: totals.gained,
        lost: totals.lost,
        open: totals.maybe_gained + totals.maybe_lost + totals.undeterminable,
        alike: (proof.len() - others.len()) as u64,
        others,
        exceeded: report.verdict.violations.len() as u64,
        answer: report.r#override.as_ref().map(|by| Answer {
            by: by.approver.clone(),
            reason: by.reason.clone(),
        }),
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
        return (
            Fact::new(gate, Standing::NotAsked, Found::NoApprovals),
            Vec::new(),
        );
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
    let found = Found::Approvals {
        wanted: wanted as u64,
        by: valid.iter().map(|known| known.by.clone()).collect(),
        refused,
    };
    let fact = if valid.len() >= wanted {
        Fact::new(gate, Standing::Passed, found)
    } else {
        let hint = "ask an approver of `workspace.toml` who did not write the change for `fabric approve`, in the modes that are asked for";
        Fact::blocked(gate, found, hint)
    };
    (fact, valid)
}

/// The channel may move at this time, or somebody says why it does anyway.
pub(super) fn window(rules: &ChannelRules, anyway: Option<&str>, now: u64) -> Fact {
    let gate = "window";
    let Some(window) = &rules.window else {
        return Fact::new(gate, Standing::NotAsked, Found::AnyTime);
    };
    let hours = window.hours();
    if window.is_open(now) {
        return Fact::new(gate, Standing::Passed, Found::Open { hours });
    }
    let found = Found::Closed {
        hours,
        anyway: anyway.map(str::to_owned),
    };
    match anyway {
        Some(_) => Fact::new(gate, Standing::Overridden, found),
        None => {
            let hint = "wait for the window, or say with --outside-window why it cannot wait";
            Fact::blocked(gate, found, hint)
        }
    }
}
