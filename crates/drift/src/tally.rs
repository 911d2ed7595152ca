//! Rows by distinct request, and what was recorded of them.

use decisions::{Log, Tally};
use model::{Decision, Totals};
use rayon::prelude::*;

/// Tallies looked at by one core before it takes more.
const STRIDE: usize = 4096;

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
    decide: impl Fn(u32) -> Option<Decision> + Sync,
) -> (Totals, Vec<u32>) {
    let part = |tallies: &[Tally]| {
        let (mut rows, mut disagree) = (0, 0);
        let mut disagreeing = Vec::new();
        let mut decided = None;
        for tally in tallies {
            let here = u64::from(tally.rows);
            rows += here;
            let Some(outcome) = log.outcomes.get(tally.outcome as usize) else {
                continue;
            };
            // Tallies of one request follow one another.
            let base = match decided {
                Some((request, base)) if request == tally.request => base,
                _ => decide(tally.request),
            };
            decided = Some((tally.request, base));
            if base.is_some_and(|base| base != outcome.decision) {
                disagree += here;
                disagreeing.push(tally.request);
            }
        }
        (rows, disagree, disagreeing)
    };
    let parts: Vec<_> = log.tallies.par_chunks(STRIDE).map(part).collect();
    let mut totals = Totals::default();
    let mut disagreeing = Vec::new();
    for (rows, disagree, mut requests) in parts {
        totals.rows += rows;
        totals.log_disagrees += disagree;
        disagreeing.append(&mut requests);
    }
    disagreeing.dedup();
    (totals, disagreeing)
}
