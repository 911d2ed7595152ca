//! The plain way: the engine's own authorizer over one request after the other, both sets whole, on every core.

use std::{
    thread,
    time::{Duration, Instant},
};

use decisions::{Builder, Facts, Log, NO_SLICE, Row};
use drift::{OracleRow, Side};
use model::{Decision, Failure};

use super::{cores, precise};

/// Requests a replay's peer is timed on.
const SAMPLE: u64 = 4_000;

/// Requests of a log, dealt out to the cores as logs of their own, with the facts each was decided on.
pub struct Sample(Vec<Log>);

impl Sample {
    /// The requests with these numbers.
    pub fn of(log: &Log, numbers: impl IntoIterator<Item = u32>) -> Result<Self, Failure> {
        let mut builders: Vec<_> = (0..cores()).map(|_| Builder::new("sample")).collect();
        let turns = (0..builders.len()).cycle();
        let rows = numbers.into_iter().filter_map(|number| row(log, number));
        for (row, turn) in rows.zip(turns) {
            if let Some(builder) = builders.get_mut(turn) {
                builder.push(&row)?;
            }
        }
        let logs = builders
            .into_iter()
            .filter(|builder| builder.rows() > 0)
            .map(|builder| builder.build().map(|(log, _)| log));
        Ok(Self(logs.collect::<Result<_, _>>()?))
    }

    /// How many requests there are.
    pub fn requests(&self) -> usize {
        self.0.iter().map(|log| log.requests.len()).sum()
    }

    /// Decides each under both sets. What is said of each request, by log, and how long it took.
    pub fn decide(&self, base: &Side, head: &Side) -> (Vec<(&Log, Vec<OracleRow>)>, Duration) {
        let start = Instant::now();
        let said = thread::scope(|scope| {
            let running: Vec<_> = self
                .0
                .iter()
                .map(|log| scope.spawn(move || (log, drift::oracle(log, base, head))))
                .collect();
            running
                .into_iter()
                .filter_map(|running| running.join().ok())
                .collect()
        });
        (said, start.elapsed())
    }
}

/// A request as a row that can be decided alone.
fn row(log: &Log, number: u32) -> Option<Row> {
    let request = log.request(number)?;
    let slice = log.requests.get(number as usize)?.slice;
    let mut row = Row::new(
        &request.principal,
        &request.action,
        &request.resource,
        Decision::Deny,
    );
    row.context = request.context;
    if slice != NO_SLICE {
        let entities = log.slice(slice)?;
        let entities = entities.into_iter().map(serde_json::from_str);
        row.entities = Facts::Inline(entities.collect::<Result<_, _>>().ok()?);
    }
    Some(row)
}

/// The time it would take over every row of the log, both sets.
pub fn all(log: &Log, base: &Side, head: &Side) -> Result<Duration, Failure> {
    let stride = (log.info.rows / SAMPLE).max(1);
    // Every `stride`th row, the rows in the order of their requests.
    let (mut passed, mut next) = (0, stride / 2);
    let mut numbers = Vec::new();
    for tally in &log.tallies {
        passed += u64::from(tally.rows);
        if next < passed {
            next += (passed - next).div_ceil(stride) * stride;
            numbers.push(tally.request);
        }
    }
    numbers.dedup();
    let sample = Sample::of(log, numbers)?;
    let (_, took) = sample.decide(base, head);
    let requests = precise(sample.requests().max(1) as u64);
    Ok(took.mul_f64(precise(log.info.rows) / requests))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_decided_on_the_facts_of_the_log() {
        let files = workspace::sample_files();
        let base = Side {
            label: "base".to_owned(),
            compiled: policy::compile(&files),
        };
        let recipe = decisions::Recipe::read(&files).unwrap().with_rows(400);
        let (log, _) = decisions::generate(&base.compiled, &recipe, &mut |_, _| {
            std::ops::ControlFlow::Continue(())
        })
        .and_then(|(builder, _)| builder.build())
        .unwrap();
        assert!(log.requests.iter().any(|request| request.slice != NO_SLICE));
        let sample = Sample::of(&log, 0..log.requests.len() as u32).unwrap();
        assert_eq!(sample.requests(), log.requests.len());
        for (_, said) in sample.decide(&base, &base).0 {
            assert!(said.iter().all(|row| row.before.is_some()), "{said:?}");
        }
    }
}
