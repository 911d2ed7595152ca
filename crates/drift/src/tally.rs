//! Rows by distinct request, and what was recorded of them.

use std::collections::HashMap;

use decisions::Log;
use model::{Decision, Totals};

/// Rows of one distinct request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tallied {
    pub(crate) rows: u64,
    pub(crate) first_at: i64,
    pub(crate) last_at: i64,
}

/// The rows of a distinct request.
pub(crate) fn tallied(log: &Log, request: u32) -> Tallied {
    let from = log.tallies.partition_point(|tally| tally.request < request);
    let tallies = log.tallies.iter().skip(from);
    let mine = tallies.take_while(|tally| tally.request == request);
    let mut sum = Tallied {
        rows: 0,
        first_at: i64::MIN,
        last_at: i64::MIN,
    };
    for tally in mine {
        sum.rows += u64::from(tally.rows);
        if tally.first_at != i64::MIN && (sum.first_at == i64::MIN || tally.first_at < sum.first_at)
        {
            sum.first_at = tally.first_at;
        }
        sum.last_at = sum.last_at.max(tally.last_at);
    }
    sum
}

/// Counts the rows, and those that the base does not decide as they were recorded; the requests among them, sorted. What the
/// base leaves open disagrees with nothing.
pub(crate) fn against_record(
    log: &Log,
    decide: impl Fn(u32) -> Option<Decision>,
) -> (Totals, Vec<u32>) {
    let mut totals = Totals::default();
    let mut disagreeing = Vec::new();
    let mut decided: HashMap<u32, Option<Decision>> = HashMap::new();
    for tally in &log.tallies {
        let rows = u64::from(tally.rows);
        totals.rows += rows;
        let Some(outcome) = log.outcomes.get(tally.outcome as usize) else {
            continue;
        };
        let base = *decided
            .entry(tally.request)
            .or_insert_with(|| decide(tally.request));
        if base.is_some_and(|base| base != outcome.decision) {
            totals.log_disagrees += rows;
            if disagreeing.last() != Some(&tally.request) {
                disagreeing.push(tally.request);
            }
        }
    }
    (totals, disagreeing)
}
