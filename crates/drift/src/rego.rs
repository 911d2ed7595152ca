//! The same for Rego: a log of the Open Policy Agent replayed against two sets of modules and data. A rule's value depends on
//! rules that it calls and on all of the input, so nothing is indexed and no policy is proved unchanged: every distinct
//! question is asked of both sides, each on every core. Only equal sets are not evaluated twice.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use ::rego::{Cause, Evaluator, Probe, Prober, Question, Set};
use decisions::Log;
use model::{ChangeClass, Outcome, SetInfo, Totals};
use rayon::prelude::*;

use crate::{
    Error, Replay, RiskRules, classify,
    replay::{Compared, Row, Said},
    risk::{Guard, assess},
    tally::against_record,
};

/// Questions between two clones of an evaluator.
const STRIDE: usize = 256;
/// With more questions than this given up for taking too long, the replay is.
const MOST_GIVEN_UP: usize = 16;

/// One side of a comparison.
#[derive(Clone, Debug)]
pub struct Side {
    /// As the user named it.
    pub label: String,
    /// What decides.
    pub set: Arc<Set>,
}

/// A log, and what the set in force says to it.
#[derive(Debug)]
pub struct Session {
    log: Arc<Log>,
    base: Side,
    before: Outcomes,
    /// The rules that the log asked; nothing stands for the entrypoint.
    asked: BTreeSet<Option<Vec<String>>>,
    /// Those of them that the base has.
    known: BTreeSet<Option<Vec<String>>>,
    disagreeing: Vec<u32>,
    totals: Totals,
}

/// Outcomes by request, each distinct one once.
#[derive(Clone, Debug, Default)]
struct Outcomes {
    numbers: Vec<u32>,
    distinct: Vec<Outcome>,
}

impl Outcomes {
    fn of(&self, request: usize) -> Option<&Outcome> {
        let number = self.numbers.get(request)?;
        self.distinct.get(*number as usize)
    }
}

/// An interpreter leaves no residual: what is open says so in its own words.
fn said(outcome: &Outcome) -> Said {
    Said {
        outcome: outcome.clone(),
        open: Vec::new(),
    }
}

/// What an evaluation needs besides the log.
struct Run<'a> {
    set: &'a Set,
    known: &'a BTreeSet<Option<Vec<String>>>,
    cancel: &'a AtomicBool,
    given_up: AtomicUsize,
}

impl Run<'_> {
    /// Asks the set every question of the log, on every core.
    fn evaluate(&self, log: &Log) -> Result<Outcomes, Error> {
        let starts: Vec<u32> = (0..log.requests.len() as u32).step_by(STRIDE).collect();
        let found: Vec<Vec<Outcome>> = starts
            .into_par_iter()
            .map(|start| {
                let mut evaluator = self.set.evaluator();
                let end = (start + STRIDE as u32).min(log.requests.len() as u32);
                (start..end)
                    .map(|request| self.one(log, request, &mut evaluator))
                    .collect()
            })
            .collect::<Result<_, _>>()?;
        let mut outcomes = Outcomes::default();
        let mut numbers: HashMap<Outcome, u32> = HashMap::new();
        for outcome in found.into_iter().flatten() {
            let next = outcomes.distinct.len() as u32;
            let number = *numbers.entry(outcome).or_insert_with_key(|outcome| {
                outcomes.distinct.push(outcome.clone());
                next
            });
            outcomes.numbers.push(number);
        }
        Ok(outcomes)
    }

    fn one(
        &self,
        log: &Log,
        request: u32,
        evaluator: &mut Evaluator<'_>,
    ) -> Result<Outcome, Error> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        let Some(question) = log.input(request).and_then(Question::read) else {
            return Ok(Outcome {
                decision: None,
                reasons: Vec::new(),
                errors: Vec::new(),
                needs: vec!["the input that was asked, which the row does not carry".to_owned()],
            });
        };
        let before = evaluator.given_up();
        let outcome = evaluator.decide(&question, self.known.contains(&question.path));
        let given_up = evaluator.given_up() - before;
        if self.given_up.fetch_add(given_up, Ordering::Relaxed) + given_up > MOST_GIVEN_UP {
            return Err(Error::TooSlow(MOST_GIVEN_UP));
        }
        Ok(outcome)
    }
}

/// Who knows why: both sides' definitions, each askable by itself.
struct Why<'s> {
    before: Option<Prober<'s>>,
    after: Option<Prober<'s>>,
}

impl Session {
    /// Asks the base every question of the log.
    ///
    /// # Errors
    /// [`Error::Empty`] when there are no rows, [`Error::NoInput`] when none carries an input, [`Error::Cancelled`],
    /// [`Error::TooSlow`].
    pub fn new(log: Arc<Log>, base: Side, cancel: &AtomicBool) -> Result<Self, Error> {
        if log.requests.is_empty() {
            return Err(Error::Empty);
        }
        if log.inputs.is_empty() {
            return Err(Error::NoInput);
        }
        let asked: BTreeSet<_> = log
            .inputs
            .iter()
            .filter_map(|input| Some(Question::read(input)?.path))
            .collect();
        let known = asked
            .iter()
            .filter(|path| base.set.answers(path.as_deref()))
            .cloned()
            .collect();
        let before = Run {
            set: &base.set,
            // The base answers for itself alone: what it does not have is not its to deny.
            known: &BTreeSet::new(),
            cancel,
            given_up: AtomicUsize::new(0),
        }
        .evaluate(&log)?;
        let decided = |request: u32| before.of(request as usize)?.decision;
        let (totals, disagreeing) = against_record(&log, decided);
        Ok(Self {
            log,
            base,
            before,
            asked,
            known,
            disagreeing,
            totals,
        })
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> &Arc<Log> {
        &self.log
    }

    /// The set in force.
    #[must_use]
    pub fn base(&self) -> &Side {
        &self.base
    }

    /// Replays the log against an edit.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when the flag was raised, [`Error::TooSlow`].
    pub fn preview(
        &self,
        head: &Side,
        risk: &RiskRules,
        cancel: &AtomicBool,
    ) -> Result<Replay, Error> {
        let same = self.base.set.digest() == head.set.digest();
        let after = if same {
            self.before.clone()
        } else {
            Run {
                set: &head.set,
                known: &self.known,
                cancel,
                given_up: AtomicUsize::new(0),
            }
            .evaluate(&self.log)?
        };
        let rows = self.changed_rows(head, &after, same, risk, cancel)?;
        let compared = Compared {
            log: &self.log,
            engine: ::rego::ENGINE,
            base: set_info(&self.base),
            head: set_info(head),
            policies: ::rego::diff(&self.base.set, &head.set),
            totals: self.totals,
        };
        Ok(Replay::new(compared, rows, (said, said), None))
    }

    fn changed_rows(
        &self,
        head: &Side,
        after: &Outcomes,
        same: bool,
        risk: &RiskRules,
        cancel: &AtomicBool,
    ) -> Result<Vec<Row<Outcome>>, Error> {
        let mut rows: Vec<Row<Outcome>> = (0..self.log.requests.len() as u32)
            .filter_map(|request| self.row(request, after, same))
            .collect();
        let mut asked: BTreeSet<Vec<String>> = self.asked.iter().flatten().cloned().collect();
        for set in [&self.base.set, &head.set] {
            asked.extend(set.entrypoint().ok().map(<[String]>::to_vec));
        }
        let why = (!rows.is_empty()).then(|| Why {
            before: self.base.set.prober(&head.set, &asked),
            after: head.set.prober(&self.base.set, &asked),
        });
        rows.par_chunks_mut(STRIDE).try_for_each(|rows| {
            let (mut before, mut after) = match &why {
                Some(why) => (why.before.clone(), why.after.clone()),
                None => (None, None),
            };
            for row in rows {
                if cancel.load(Ordering::Relaxed) {
                    return Err(Error::Cancelled);
                }
                self.explain(row, before.as_mut(), after.as_mut(), risk);
            }
            Ok(())
        })?;
        Ok(rows)
    }

    /// One distinct request, if it is worth a place in the report.
    fn row(&self, request: u32, after: &Outcomes, same: bool) -> Option<Row<Outcome>> {
        let before = self.before.of(request as usize)?;
        let after = after.of(request as usize)?;
        let log_disagrees = self.disagreeing.binary_search(&request).is_ok();
        let class = if same {
            ChangeClass::Unchanged
        } else {
            classify::class(before.decision, after.decision)
        };
        let error_changed = before.errors.is_empty() != after.errors.is_empty();
        if class == ChangeClass::Unchanged && !error_changed && !log_disagrees {
            return None;
        }
        Some(Row {
            request,
            class,
            risk: assess(class, None, Guard::default()),
            causes: Vec::new(),
            before: before.clone(),
            after: after.clone(),
            error_changed,
            log_disagrees,
        })
    }

    /// Completes a row: why each side decided as it did, what made the difference, how much it matters.
    fn explain(
        &self,
        row: &mut Row<Outcome>,
        before: Option<&mut Prober<'_>>,
        after: Option<&mut Prober<'_>>,
        risk: &RiskRules,
    ) {
        let Some(question) = self.log.input(row.request).and_then(Question::read) else {
            return;
        };
        row.risk = assess(
            row.class,
            self.sensitivity(row.request, &question, risk).as_ref(),
            Guard::default(),
        );
        let look = |prober: Option<&mut Prober<'_>>, outcome: &Outcome| {
            prober.map_or_else(Probe::default, |prober| prober.look(&question, outcome))
        };
        let (before, after) = (look(before, &row.before), look(after, &row.after));
        row.before.reasons = before.reasons;
        row.after.reasons = after.reasons;
        if row.class != ChangeClass::Unchanged || row.error_changed {
            row.causes = causes(&before.changed, &after.changed);
        }
    }

    fn sensitivity(
        &self,
        request: u32,
        question: &Question<'_>,
        risk: &RiskRules,
    ) -> Option<model::Risk> {
        let resource = self.log.requests.get(request as usize)?.resource;
        let uid = self.log.uids.get(resource as usize)?;
        let kind = uid
            .split_once("::\"")
            .map_or(uid.as_str(), |(kind, _)| kind);
        risk.sensitivity(kind, |name| {
            let input: serde_json::Value = serde_json::from_str(question.input).ok()?;
            let resource = input.get("resource").or_else(|| input.get("object"))?;
            match resource.get(name)? {
                serde_json::Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            }
        })
    }
}

/// Changed definitions that say something else on the other side, and those that cannot be asked by themselves.
fn causes(
    before: &std::collections::BTreeMap<String, Cause>,
    after: &std::collections::BTreeMap<String, Cause>,
) -> Vec<String> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .filter(|name| {
            let (before, after) = (before.get(*name), after.get(*name));
            before != after || before == Some(&Cause::Unknown)
        })
        .cloned()
        .collect()
}

fn set_info(side: &Side) -> SetInfo {
    SetInfo {
        label: side.label.clone(),
        digest: side.set.digest().to_owned(),
        policies: side.set.rules().len() as u64,
    }
}
