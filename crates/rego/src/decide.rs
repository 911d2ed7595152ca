//! One question, one answer. An answer is certain or open, never guessed: what lies outside, what masks took from the input,
//! what takes too long and what fails leave the decision open, and say so.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use model::{Decision, Outcome, PolicyError};
use regorus::{Engine, Value};

use crate::{Question, Set, compile::Way, outside, rule::dotted, text::Said};

/// An evaluation that takes longer is given up. Long enough that only a policy that runs wild comes near it, so that the
/// answer does not depend on how busy the machine is.
pub const LIMIT: Duration = Duration::from_secs(2);

/// Answers questions, one after the other.
#[derive(Clone)]
pub struct Evaluator<'s> {
    set: &'s Set,
    engine: Engine,
    /// How each path that was asked is evaluated.
    ways: HashMap<Vec<String>, Way>,
    given_up: usize,
}

/// What came of an evaluation.
pub(crate) enum Found {
    Value(Value),
    /// What would have to be known, in words.
    Open(String),
    Failed(String),
}

impl<'s> Evaluator<'s> {
    pub(crate) fn new(set: &'s Set, engine: Engine) -> Self {
        Self {
            set,
            engine,
            ways: HashMap::new(),
            given_up: 0,
        }
    }

    /// How many evaluations took too long so far.
    #[must_use]
    pub fn given_up(&self) -> usize {
        self.given_up
    }

    /// The set that answers.
    #[must_use]
    pub fn set(&self) -> &'s Set {
        self.set
    }

    /// Decides. `asked` says that these policies, or those they replace, are known to have the rule in question: where they
    /// have not, OPA's answer is undefined, and its callers take that for a deny. Otherwise the question is not theirs, and open.
    pub fn decide(&mut self, question: &Question<'_>, asked: bool) -> Outcome {
        if let Some(erased) = question.erased.first() {
            let part = erased.trim_start_matches('/').replace('/', ".");
            return open(format!("`{part}`, which the log's masks took"));
        }
        let path = match question
            .path
            .as_deref()
            .map(Ok)
            .unwrap_or_else(|| self.set.entrypoint())
        {
            Ok(path) => path,
            Err(error) => return open(format!("the rule that decides: {error}")),
        };
        let way = match self.ways.get(path) {
            Some(way) => way,
            None => {
                let way = self.set.way(path);
                self.ways.entry(path.to_vec()).or_insert(way)
            }
        };
        if *way == Way::Nothing {
            return if asked {
                certain(Decision::Deny)
            } else {
                open(format!(
                    "a rule `{}`, which the policies do not have",
                    dotted(path)
                ))
            };
        }
        let way = way.clone();
        if let Err(why) = self.put(question) {
            return open(why);
        }
        match self.find(&way, question.recorded) {
            Found::Value(value) => match judge(&value) {
                Some(decision) => certain(decision),
                None => open(format!(
                    "a yes or no: `{}` gives something else",
                    dotted(path)
                )),
            },
            Found::Open(needs) => open(needs),
            Found::Failed(message) => {
                let policy = dotted(path);
                Outcome {
                    errors: vec![PolicyError {
                        policy: policy.clone(),
                        message,
                    }],
                    ..open(format!("`{policy}` to evaluate without an error"))
                }
            }
        }
    }

    /// Makes the input of a question the one that evaluations see.
    pub(crate) fn put(&mut self, question: &Question<'_>) -> Result<(), String> {
        let input = Value::from_json_str(question.input)
            .map_err(|error| format!("an input that can be read: {error}"))?;
        self.engine.set_input(input);
        Ok(())
    }

    /// Evaluates over the input that was put.
    pub(crate) fn find(&mut self, way: &Way, recorded: Option<&str>) -> Found {
        let started = Instant::now();
        let engine = &mut self.engine;
        let (result, reached) = outside::watched(recorded, || match way {
            Way::Rule(path) => engine.eval_rule(path.clone()),
            Way::Document(path) => engine.eval_query(path.clone(), false).map(|found| {
                let first = found.result.into_iter().next();
                let value = first.and_then(|result| result.expressions.into_iter().next());
                value.map_or(Value::Undefined, |expression| expression.value)
            }),
            Way::Nothing => Ok(Value::Undefined),
        });
        // They are kept for whoever asks; nobody does.
        let _ = engine.take_prints();
        if !reached.is_empty() {
            let names: Vec<_> = reached.iter().map(|name| format!("`{name}`")).collect();
            return Found::Open(format!(
                "what {} said, which the log does not record",
                names.join(" and ")
            ));
        }
        match result {
            Ok(value) => Found::Value(value),
            Err(_) if started.elapsed() >= LIMIT => {
                self.given_up += 1;
                Found::Open(format!("an evaluation in less than {} s", LIMIT.as_secs()))
            }
            Err(error) => Found::Failed(Said::of(&error).message),
        }
    }
}

/// What a value decides: true and false, or an object that says so under `allow` or `allowed`. No value is a deny, because
/// OPA's callers take it for one. Everything else is no decision.
pub(crate) fn judge(value: &Value) -> Option<Decision> {
    let decide = |allow: bool| {
        if allow {
            Decision::Allow
        } else {
            Decision::Deny
        }
    };
    match value {
        Value::Undefined => Some(Decision::Deny),
        Value::Bool(allow) => Some(decide(*allow)),
        Value::Object(_) => {
            ["allow", "allowed"]
                .into_iter()
                .find_map(|name| match &value[name] {
                    Value::Undefined => None,
                    found => Some(found.as_bool().ok().map(|allow| decide(*allow))),
                })?
        }
        _ => None,
    }
}

fn certain(decision: Decision) -> Outcome {
    Outcome {
        decision: Some(decision),
        reasons: Vec::new(),
        errors: Vec::new(),
        needs: Vec::new(),
    }
}

fn open(needs: String) -> Outcome {
    Outcome {
        decision: None,
        reasons: Vec::new(),
        errors: Vec::new(),
        needs: vec![needs],
    }
}
