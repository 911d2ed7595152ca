//! Whose access changes, as facts: from a report that was kept, or from a replay made for the occasion.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicBool},
};

use decisions::Log;
use drift::{Replay, Seen};
use evidence::moment;
use guard::Report;
use model::{ChangeClass, DriftReport, ProofLine, RiskLevel};
use narrative::facts::{Changed, Drift, Example, Group, Measure, Part, Proof, Replayed};
use policy::Files;

use super::{apart, effect::Told};
use crate::{Resolved, compare};

/// Requests that are told of one by one.
pub(super) const EXAMPLES: usize = 60;

/// What a kept report says, by its digest.
pub(super) fn reported(report: &Report, digest: String, log: Option<&Log>) -> Drift {
    let drift = &report.drift;
    let times = || {
        let first = drift
            .changes
            .iter()
            .filter_map(|it| second(&it.first_at))
            .min()?;
        let last = drift
            .changes
            .iter()
            .filter_map(|it| second(&it.last_at))
            .max()?;
        Some((first, last))
    };
    Drift {
        complete: drift.changes.len() as u64 == drift.changes_total,
        window: log.and_then(window).or_else(times),
        generated: log.is_some_and(is_generated),
        proof: report.verdict.proof.iter().map(proof).collect(),
        report: Some(digest),
        ..counted(drift, listed(drift))
    }
}

/// The changes of a report.
fn listed(drift: &DriftReport) -> impl Iterator<Item = Seen<'_>> {
    drift.changes.iter().map(|change| Seen {
        id: change.id,
        class: change.class,
        level: change.risk.level,
        rows: change.rows,
        principal: &change.principal,
        action: &change.action,
        resource: &change.resource,
        error_changed: change.error_changed,
    })
}

/// What a kept report says, by its digest, of what a move changes.
pub(super) fn judged(
    told: &Told,
    (report, digest): (&Report, String),
    log: Option<&Log>,
) -> Replayed {
    let drift = reported(report, digest, log);
    Replayed::Drift(Box::new(Drift {
        reached: told.reached,
        // Of a list that was cut, nobody knows whose requests are missing.
        apart: told.parts(drift.complete.then(|| listed(&report.drift))),
        ..drift
    }))
}

/// What a replay finds of what a move changes.
pub(super) fn replayed(told: &Told, log: Option<Arc<Log>>) -> Replayed {
    let Some(log) = log else {
        return Replayed::NoLog;
    };
    let (window, generated) = (window(&log), is_generated(&log));
    let never = AtomicBool::new(false);
    let (before, after) = (side("before", &told.before), side("after", &told.after));
    match compare(&before, &after, log, &never) {
        Err(error) => Replayed::Failed(error.to_string()),
        Ok(replay) => {
            let report = replay.report(EXAMPLES);
            Replayed::Drift(Box::new(Drift {
                reached: told.reached,
                apart: told.parts(Some(changes(&replay))),
                complete: true,
                window,
                generated,
                ..counted(&report, changes(&replay))
            }))
        }
    }
}

impl Told {
    /// What the changes come to for those for whom the answers change, where they are a part of all people.
    fn parts<'a>(&self, changes: Option<impl Iterator<Item = Seen<'a>>>) -> Vec<Part> {
        let counted = self.people.as_ref().zip(changes);
        counted
            .map(|(people, changes)| apart::part(people, changes))
            .into_iter()
            .collect()
    }
}

/// Without requests of which nothing is to say but that the log has another answer.
pub(super) fn changes(replay: &Replay) -> impl Iterator<Item = Seen<'_>> {
    let each = replay.each();
    each.filter(|it| it.class != ChangeClass::Unchanged || it.error_changed)
}

pub(super) fn side(label: &str, files: &Files) -> Resolved {
    Resolved {
        label: label.to_owned(),
        files: files.clone(),
    }
}

/// The times of a log, where its rows carry any.
pub(super) fn window(log: &Log) -> Option<(u64, u64)> {
    Some((second(&log.info.first_at)?, second(&log.info.last_at)?))
}

/// Whether it is one of those that `fabric log generate` stores.
pub(super) fn is_generated(log: &Log) -> bool {
    log.info.origin.starts_with("generated, seed ")
}

/// The second that a row's time is in: logs count thousandths, of which narratives tell nothing.
fn second(at: &str) -> Option<u64> {
    let whole = at.split_once('.').map(|(whole, _)| format!("{whole}Z"));
    moment::seconds(whole.as_deref().unwrap_or(at))
}

/// How many requests a report says are answered differently.
pub(super) fn changed(drift: &DriftReport) -> Changed {
    let totals = &drift.totals;
    Changed {
        of: totals.rows,
        gained: totals.gained,
        lost: totals.lost,
        open: totals.maybe_gained + totals.maybe_lost + totals.undeterminable,
    }
}

pub(super) fn counted<'a>(report: &DriftReport, seen: impl Iterator<Item = Seen<'a>>) -> Drift {
    let (mut people, mut resources, mut actions) =
        (Groups::default(), Groups::default(), Groups::default());
    let (mut sensitive_gained, mut sensitive_lost) = (0, 0);
    // A loss counts one step less than a gain, so a medium one is of something sensitive.
    for change in seen {
        match (change.class, change.level) {
            (ChangeClass::Gained, RiskLevel::High) => sensitive_gained += change.rows,
            (ChangeClass::Lost, RiskLevel::High | RiskLevel::Medium) => {
                sensitive_lost += change.rows
            }
            _ => {}
        }
        people.add(kind(change.principal), &change);
        resources.add(kind(change.resource), &change);
        actions.add(change.action, &change);
    }
    let reach = |reach: model::Reach| (reach.principals, reach.resources);
    let example = |change: &model::Change| Example {
        principal: change.principal.clone(),
        action: change.action.clone(),
        resource: change.resource.clone(),
        measure: measure(change.class),
        requests: change.rows,
        risk: change.risk.level,
        causes: change.causes.clone(),
    };
    Drift {
        changed: changed(report),
        reach_gained: reach(report.headline.gained),
        reach_lost: reach(report.headline.lost),
        sensitive_gained,
        sensitive_lost,
        errors: report.totals.error_changed,
        disagrees: report.totals.log_disagrees,
        assumed: report.totals.entities_assumed,
        skipped: report.skipped,
        people: people.listed(),
        resources: resources.listed(),
        actions: actions.listed(),
        // Riskiest first, as the report has them.
        examples: report.changes.iter().take(EXAMPLES).map(example).collect(),
        distinct: report.changes_total,
        ..Drift::default()
    }
}

fn measure(class: ChangeClass) -> Measure {
    match class {
        ChangeClass::Gained => Measure::Gained,
        ChangeClass::Lost => Measure::Lost,
        ChangeClass::MaybeGained | ChangeClass::MaybeLost | ChangeClass::Undeterminable => {
            Measure::Open
        }
        ChangeClass::Unchanged => Measure::ErrorChanged,
    }
}

fn proof(line: &ProofLine) -> Proof {
    let example = line.counterexample.as_ref();
    Proof {
        action: line.action.clone(),
        relation: line.relation,
        example: example.map(|it| (it.sentence.clone(), it.after)),
        situation: example.and_then(model::Counterexample::situation),
        reason: line.reason.clone(),
    }
}

/// The type of an entity, `Contractor` of `Contractor::"carol"`.
fn kind(uid: &str) -> &str {
    uid.split_once("::\"").map_or(uid, |(kind, _)| kind)
}

/// Requests by what they have in common.
#[derive(Default)]
struct Groups(BTreeMap<String, Group>);

impl Groups {
    fn add(&mut self, name: &str, change: &Seen<'_>) {
        let group = self.0.entry(name.to_owned()).or_insert_with(|| Group {
            name: name.to_owned(),
            gained: 0,
            lost: 0,
            open: 0,
            risk: RiskLevel::Low,
        });
        match measure(change.class) {
            Measure::Gained => group.gained += change.rows,
            Measure::Lost => group.lost += change.rows,
            Measure::Open => group.open += change.rows,
            Measure::ErrorChanged => {}
        }
        // `High` sorts first.
        group.risk = group.risk.min(change.level);
    }

    fn listed(self) -> Vec<Group> {
        self.0.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;

    #[test]
    fn a_generated_log_is_known() {
        let files = crate::sample_files();
        let recipe = decisions::Recipe::read(&files).unwrap().with_rows(100);
        let go = &mut |_, _| ControlFlow::Continue(());
        let compiled = crate::check(&files).compiled;
        let (builder, _) = decisions::generate(&compiled, &recipe, go).unwrap();
        let log = builder.build().unwrap().0;
        assert!(is_generated(&log), "{}", log.info.origin);
    }

    #[test]
    fn times_of_a_log_are_told_though_it_counts_thousandths() {
        assert_eq!(second("2026-11-21T12:00:00.250Z"), Some(1_795_262_400));
        assert_eq!(second("2026-11-21T12:00:00Z"), Some(1_795_262_400));
        assert_eq!(second(""), None);
    }
}
