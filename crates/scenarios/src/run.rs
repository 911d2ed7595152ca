//! One scenario against one log: facts as they would be, replayed, counted.

use std::sync::atomic::AtomicBool;

use decisions::NO_SLICE;
use drift::{Filter, RiskRules, Session, Side};
use model::{PackResult, ScenarioResult, ScenarioRows};

use crate::{Error, Pack, Scenario, alter::Plan, select::Vocabulary};

/// Changed rows a result shows: it is kept for ninety days, and is no drift report.
const EXAMPLES: usize = 5;

/// A log replayed under the policies of the one side, and the policies of the other. Scenarios that compare the same policies
/// share it.
pub struct Setting<'a> {
    session: &'a Session,
    head: &'a Side,
    risk: &'a RiskRules,
    known: Vocabulary<'a>,
}

impl<'a> Setting<'a> {
    /// `session` holds the rows, and the policies that decide as things were; `head` those that decide as they would be.
    #[must_use]
    pub fn new(session: &'a Session, head: &'a Side, risk: &'a RiskRules) -> Self {
        Self {
            session,
            head,
            risk,
            known: Vocabulary::new(&head.compiled),
        }
    }
}

/// Replays a scenario.
///
/// # Errors
/// [`Error::Invalid`] when it speaks of something that is not there or does not fit; what a replay fails of.
pub fn run(
    scenario: &Scenario,
    setting: &Setting<'_>,
    cancel: &AtomicBool,
) -> Result<ScenarioResult, Error> {
    let Setting {
        session,
        head,
        risk,
        known,
    } = setting;
    let plan = Plan::new(scenario, known)?;
    let mut resolved = Vec::new();
    for expectation in &scenario.expectations {
        resolved.push(expectation.of.resolve(known, &expectation.place)?);
    }
    let closed = session.log().requests.iter().any(|it| it.slice == NO_SLICE);
    let supposed = plan.supposed(&head.compiled.entities, closed)?;
    let differ = session.base().compiled.entities.digest() != head.compiled.entities.digest();
    let (altered, mut notes) = plan.altered(session.log(), &supposed, differ)?;
    let mut then = (*head).clone();
    if let Some(store) = supposed.store {
        then.compiled.entities = store.into();
    }
    let requests_changed = altered.requests.len() as u64;
    let replay = session.what_if(altered, &then, risk, cancel)?;
    let totals = replay.totals();
    if totals.entities_assumed > 0 {
        notes.push(format!(
            "{} rows without entities: those of the workspace are assumed",
            totals.entities_assumed
        ));
    }
    if totals.log_disagrees > 0 {
        notes.push(format!(
            "{} rows are decided otherwise than the log recorded, whatever is supposed",
            totals.log_disagrees
        ));
    }
    let expectations = scenario.expectations.iter().zip(&resolved);
    Ok(ScenarioResult {
        name: scenario.name.clone(),
        about: scenario.about.clone(),
        base: replay.base().clone(),
        head: replay.head().clone(),
        entities: session.base().compiled.entities.digest().to_owned(),
        entities_changed: supposed.changed.len() as u64,
        requests_changed,
        totals,
        headline: replay.headline(),
        expectations: expectations
            .map(|(expectation, of)| expectation.judge(of, &replay))
            .collect(),
        examples: replay.changes(&Filter::default(), 0, EXAMPLES).1,
        notes,
    })
}

/// What a pack found, from what its scenarios found.
#[must_use]
pub fn result(pack: &Pack, rows: ScenarioRows, scenarios: Vec<ScenarioResult>) -> PackResult {
    let all = || scenarios.iter().flat_map(|scenario| &scenario.expectations);
    PackResult {
        version: 1,
        pack: pack.name.clone(),
        title: pack.title.clone(),
        digest: pack.digest.clone(),
        rows,
        met: all().filter(|expectation| expectation.met).count() as u64,
        expectations: all().count() as u64,
        scenarios,
    }
}
