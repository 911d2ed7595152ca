//! Whose access changes, where a canary decides for some people and not for others: the log is replayed for each kind of people, and
//! of each replay the requests of these people count.

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::AtomicBool},
};

use decisions::Log;
use drift::{Replay, Seen};
use model::{Change, ChangeClass, DriftReport, Headline, Reach, Totals};
use narrative::facts::{Drift, Part, Reached, Replayed};

use super::{
    access::{EXAMPLES, changes, counted, is_generated, side, window},
    effect::{Class, People},
};
use crate::{Error, compare};

/// Counts every kind of people by what decides for them.
pub(super) fn replayed(classes: &[Class], log: Option<Arc<Log>>) -> Replayed {
    let Some(log) = log else {
        return Replayed::NoLog;
    };
    let (window, generated) = (window(&log), is_generated(&log));
    let kinds = classes.iter().map(|class| Kind::of(class, &log));
    let kinds: Vec<Kind<'_>> = match kinds.collect() {
        Ok(kinds) => kinds,
        Err(error) => return Replayed::Failed(error.to_string()),
    };
    // What does not depend on the edit (lines, facts that are not there) is told of those who are the most.
    let Some(most) = kinds
        .iter()
        .max_by_key(|kind| kind.class.people.buckets.len())
    else {
        return Replayed::Failed("nobody is left to tell of".to_owned());
    };
    let report = together(&kinds, most.replay.report(0));
    Replayed::Drift(Box::new(Drift {
        reached: Reached::Apart,
        apart: parts(&kinds),
        complete: true,
        window,
        generated,
        ..counted(&report, kinds.iter().flat_map(Kind::changes))
    }))
}

/// People for whom the same decides, and the log replayed as it decides.
struct Kind<'a> {
    class: &'a Class,
    replay: Replay,
}

impl<'a> Kind<'a> {
    fn of(class: &'a Class, log: &Arc<Log>) -> Result<Self, Error> {
        let (before, after) = (side("before", &class.before), side("after", &class.after));
        let never = AtomicBool::new(false);
        let replay = compare(&before, &after, Arc::clone(log), &never)?;
        Ok(Self { class, replay })
    }

    /// Of the requests of these people, those that change.
    fn changes(&self) -> impl Iterator<Item = Seen<'_>> {
        changes(&self.replay).filter(|it| self.class.people.has(it.principal))
    }

    /// The riskiest of them.
    fn examples(&self) -> impl Iterator<Item = Change> {
        let riskiest = self.changes().take(EXAMPLES);
        riskiest.filter_map(|it| self.replay.change(it.id))
    }
}

/// What each kind comes to, those of one name as one.
fn parts(kinds: &[Kind<'_>]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for part in kinds.iter().map(|it| part(&it.class.people, it.changes())) {
        match parts.iter_mut().find(|it| it.whom == part.whom) {
            Some(other) => {
                other.percent += part.percent;
                other.gained += part.gained;
                other.lost += part.lost;
                other.open += part.open;
            }
            None => parts.push(part),
        }
    }
    parts
}

/// What changes come to for people who made the requests.
pub(super) fn part<'a>(people: &People, changes: impl Iterator<Item = Seen<'a>>) -> Part {
    let totals = summed(changes.filter(|it| people.has(it.principal)));
    Part {
        whom: people.whom,
        percent: u8::try_from(people.buckets.len()).unwrap_or(100),
        gained: totals.gained,
        lost: totals.lost,
        open: totals.undeterminable,
    }
}

/// One report of all kinds, in what narratives read of it.
fn together(kinds: &[Kind<'_>], most: DriftReport) -> DriftReport {
    let all = || kinds.iter().flat_map(Kind::changes);
    let mut examples: Vec<Change> = kinds.iter().flat_map(Kind::examples).collect();
    // `High` sorts first.
    examples.sort_by_key(|change| change.risk.level);
    DriftReport {
        totals: Totals {
            rows: most.totals.rows,
            log_disagrees: most.totals.log_disagrees,
            entities_assumed: most.totals.entities_assumed,
            ..summed(all())
        },
        headline: Headline {
            gained: reach(all().filter(|it| it.class == ChangeClass::Gained)),
            lost: reach(all().filter(|it| it.class == ChangeClass::Lost)),
            ..Headline::default()
        },
        changes: examples,
        changes_total: all().count() as u64,
        ..most
    }
}

/// Rows of changes. All that the log cannot tell counts as undeterminable.
fn summed<'a>(changes: impl Iterator<Item = Seen<'a>>) -> Totals {
    let mut totals = Totals::default();
    for it in changes {
        match it.class {
            ChangeClass::Gained => totals.gained += it.rows,
            ChangeClass::Lost => totals.lost += it.rows,
            ChangeClass::MaybeGained | ChangeClass::MaybeLost | ChangeClass::Undeterminable => {
                totals.undeterminable += it.rows;
            }
            ChangeClass::Unchanged => {}
        }
        totals.error_changed += if it.error_changed { it.rows } else { 0 };
    }
    totals
}

fn reach<'a>(changes: impl Iterator<Item = Seen<'a>>) -> Reach {
    let (principals, resources): (BTreeSet<&str>, BTreeSet<&str>) =
        changes.map(|it| (it.principal, it.resource)).unzip();
    Reach {
        principals: principals.len() as u64,
        resources: resources.len() as u64,
    }
}
