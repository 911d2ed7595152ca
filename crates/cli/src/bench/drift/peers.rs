//! The other engines in this process: the plain authorizer, and Rego in both ways. Each is given the facts ready made and is
//! timed on deciding alone, on every core; what differs between them is told in `docs/bench.md`.

use std::{
    thread,
    time::{Duration, Instant},
};

use model::{Code, Decision, Failure};
use rego::Question;

use super::{
    super::{
        cores,
        family::{Asked, Requests, rego as family},
        plain, precise,
    },
    case::Case,
};

/// Passes over the requests go on for so long.
const LONG_ENOUGH: Duration = Duration::from_millis(700);
/// Requests that the fastest are timed on.
const MOST: usize = 4_000;
/// Most requests of one principal and moment: a call to Cerbos takes so many documents.
pub const TOGETHER: usize = 500;

/// How fast an engine decides.
#[derive(Clone, Debug)]
pub struct Decided {
    /// Its name in measures.
    pub name: &'static str,
    /// Time a decision takes, all cores together.
    pub each: Duration,
    /// Requests that were decided, and compared.
    pub requests: usize,
}

impl Decided {
    /// So many decisions took so long; some were made more than once.
    pub fn new(name: &'static str, decisions: usize, requests: usize, took: Duration) -> Self {
        Self {
            name,
            each: took.div_f64(precise(decisions.max(1) as u64)),
            requests,
        }
    }
}

/// The requests that engines are timed on: those of the principals who ask most, because an API that takes many documents takes
/// them of one principal.
pub fn sample(requests: &Requests) -> Vec<usize> {
    let mut groups: std::collections::HashMap<_, Vec<usize>> = std::collections::HashMap::new();
    for (number, asked) in requests.distinct.iter().enumerate() {
        groups.entry(moment(asked)).or_default().push(number);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_unstable_by_key(|group| (std::cmp::Reverse(group.len()), group.first().copied()));
    let each = groups
        .into_iter()
        .flat_map(|group| group.into_iter().take(TOGETHER));
    each.take(MOST).collect()
}

/// What requests share that can be asked together.
pub fn moment(asked: &Asked) -> (usize, bool, bool) {
    (asked.user, asked.second_factor, asked.office)
}

/// Of the sample as many as an engine of this speed is given, evenly spread.
fn some(sample: &[usize], policies: usize, work: usize) -> Vec<usize> {
    let wanted = (work / policies.max(1)).clamp(200, MOST);
    sample
        .iter()
        .copied()
        .step_by((sample.len() / wanted).max(1))
        .collect()
}

/// The engine's own authorizer, one request after the other. Two decisions each: both sets.
pub fn plain(case: &Case<'_>, sample: &[usize]) -> Result<Decided, Failure> {
    let log = case.log()?;
    let wanted: std::collections::HashSet<_> = some(sample, case.rules.len(), 2_000_000)
        .into_iter()
        .collect();
    let numbers = (0..).zip(&log.requests).filter_map(|(number, _)| {
        let printed = log.request(number)?;
        wanted
            .contains(&case.requests.number(&printed)?)
            .then_some(number)
    });
    let sample = plain::Sample::of(&log, numbers)?;
    let (mut decisions, mut took) = (0, Duration::ZERO);
    let mut compared = 0;
    while took < LONG_ENOUGH {
        let (said, time) = sample.decide(&case.base, &case.everything);
        took += time;
        decisions += 2 * sample.requests();
        if compared > 0 {
            continue;
        }
        for (log, said) in said {
            for (number, said) in (0..).zip(said) {
                let printed = log.request(number);
                let Some(number) = printed.and_then(|printed| case.requests.number(&printed))
                else {
                    return Err(Failure::new(
                        Code::Internal,
                        "a request of the log is not known",
                    ));
                };
                for outcome in [&said.before, &said.after] {
                    let said = outcome.as_ref().and_then(|outcome| outcome.decision);
                    case.agrees("the plain authorizer", number, said)?;
                }
                compared += 1;
            }
        }
    }
    if compared != wanted.len() {
        return Err(Failure::new(
            Code::Internal,
            "the plain authorizer left out requests",
        ));
    }
    Ok(Decided::new("plain", decisions, compared, took))
}

/// Rego in one of two ways. Nothing when an evaluation is given up for taking too long: what was not decided cannot be compared.
pub fn rego(case: &Case<'_>, sample: &[usize], indexed: bool) -> Result<Option<Decided>, Failure> {
    let (name, files, work) = if indexed {
        ("regorus_indexed", family::indexed(case.rules), usize::MAX)
    } else {
        ("regorus", family::modules(case.rules), 400_000)
    };
    let compiled = rego::compile(&files, &family::settings());
    let Some(set) = compiled.set else {
        let why = compiled
            .problems
            .first()
            .map_or("", |problem| &problem.message);
        return Err(Failure::new(
            Code::RegoInvalid,
            format!("the family in Rego: {why}"),
        ));
    };
    let questions: Vec<(usize, String)> = some(sample, case.rules.len(), work)
        .into_iter()
        .filter_map(|number| Some((number, family::input(&case.request(number)?))))
        .collect();
    let evaluator = set.evaluator();
    let share = questions.len().div_ceil(cores()).max(1);
    let pass = || {
        let mut evaluators: Vec<_> = questions
            .chunks(share)
            .map(|chunk| (chunk, evaluator.clone()))
            .collect();
        let start = Instant::now();
        let said: Vec<(usize, Option<Decision>)> = thread::scope(|scope| {
            let running: Vec<_> = evaluators
                .iter_mut()
                .map(|(chunk, evaluator)| {
                    let decide = |(number, input): &(usize, String)| {
                        let outcome = evaluator.decide(&Question::of(input), true);
                        (*number, outcome.decision)
                    };
                    scope.spawn(|| chunk.iter().map(decide).collect::<Vec<_>>())
                })
                .collect();
            let ended = running
                .into_iter()
                .filter_map(|running| running.join().ok());
            ended.flatten().collect()
        });
        let took = start.elapsed();
        let given_up = evaluators
            .iter()
            .any(|(_, evaluator)| evaluator.given_up() > 0);
        (said, took, given_up)
    };
    let (said, mut took, given_up) = pass();
    if given_up {
        return Ok(None);
    }
    if said.len() != questions.len() {
        return Err(Failure::new(Code::Internal, "Rego left out requests"));
    }
    for (number, said) in &said {
        case.agrees(name, *number, *said)?;
    }
    let mut decisions = said.len();
    while took < LONG_ENOUGH {
        let (said, time, given_up) = pass();
        if given_up {
            return Ok(None);
        }
        took += time;
        decisions += said.len();
    }
    Ok(Some(Decided::new(name, decisions, questions.len(), took)))
}
