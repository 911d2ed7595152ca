//! Why a set decided as it did. Each definition in question is copied behind its module under a name of its own, so that it can
//! be asked for by itself: those that hold are the reasons, and a changed one that says something else on the other side is
//! a cause. Done for the requests worth a line in a report, never for all.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Write as _,
};

use model::{Decision, Outcome};
use regorus::Value;

use crate::{
    Evaluator, Question, Rule, RuleKind, Set,
    compile::{Way, build},
    decide::{Found, judge},
    rule::dotted,
};

/// No identifier of anybody's begins like this.
const NAME: &str = "trust_fabric_probe_";
/// With more changed definitions than this, a change is put down to the rule that was asked alone.
const MOST_CHANGED: usize = 200;

/// What a definition says by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It has this value, as text.
    Value(String),
    /// It cannot be asked alone: a function, or one that needs what is not known.
    Unknown,
}

/// What the definitions of one side say to one question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probe {
    /// Definitions of the rule that was asked whose value is the decision, sorted by id.
    pub reasons: Vec<String>,
    /// Changed definitions that have something to say.
    pub changed: BTreeMap<String, Cause>,
}

/// Asks definitions by themselves.
#[derive(Clone)]
pub struct Prober<'s> {
    evaluator: Evaluator<'s>,
    /// Probes by the definition's place in the set.
    ways: HashMap<usize, Way>,
    changed: Vec<usize>,
    /// Changed data files.
    data: Vec<String>,
}

impl Set {
    /// One that asks the definitions of the paths in `asked`, and those that `other` does not have. Nothing when the copies
    /// do not compile; then nobody knows why.
    #[must_use]
    pub fn prober(&self, other: &Self, asked: &BTreeSet<Vec<String>>) -> Option<Prober<'_>> {
        let mut changed = only_in(self, other);
        if changed.len() > MOST_CHANGED {
            changed.clear();
        }
        let of_asked = asked
            .iter()
            .flat_map(|path| [path.clone(), with(path, "allow"), with(path, "allowed")])
            .flat_map(|path| {
                self.definitions(&path)
                    .map(|(place, _)| place)
                    .collect::<Vec<_>>()
            });
        let wanted: BTreeSet<usize> = changed.iter().copied().chain(of_asked).collect();
        let mut more = vec![String::new(); self.modules.len()];
        let mut ways = HashMap::new();
        for place in wanted {
            let Some((rule, way)) = self
                .rules()
                .get(place)
                .and_then(|rule| self.probe(place, rule))
            else {
                continue;
            };
            let module = self.rules().get(place).map_or(0, |rule| rule.module);
            if let Some(more) = more.get_mut(module) {
                let _ = write!(more, "\n{rule}\n");
                ways.insert(place, way);
            }
        }
        let engine = build(&self.modules, &self.data, &more).ok()?;
        let other_data: BTreeSet<_> = other
            .data
            .files
            .iter()
            .map(|file| (&file.file, file.digest))
            .collect();
        let data = self
            .data
            .files
            .iter()
            .filter(|file| !other_data.contains(&(&file.file, file.digest)))
            .map(|file| file.file.clone())
            .collect();
        Some(Prober {
            evaluator: Evaluator::new(self, engine),
            ways,
            changed,
            data,
        })
    }

    /// The copy of a definition, and how it is asked.
    fn probe(&self, place: usize, rule: &Rule) -> Option<(String, Way)> {
        if rule.kind != RuleKind::Value {
            return None;
        }
        let module = self.modules.get(rule.module)?;
        let rest = module.text.get(rule.head.end..rule.range.end)?;
        let name = format!("{NAME}{place}");
        let path = with(&module.package, &name);
        let way = Way::Rule(format!("data.{}", dotted(&path)).replace("data.[", "data["));
        Some((format!("{name}{rest}"), way))
    }
}

fn with(path: &[String], name: &str) -> Vec<String> {
    path.iter().cloned().chain([name.to_owned()]).collect()
}

/// Definitions of `set` without an equal one in `other`, by place.
pub(crate) fn only_in(set: &Set, other: &Set) -> Vec<usize> {
    let mut there: HashMap<[u8; 32], usize> = HashMap::new();
    for rule in other.rules() {
        *there.entry(rule.digest).or_default() += 1;
    }
    let taken = |rule: &Rule| match there.get_mut(&rule.digest) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    let mut taken = taken;
    (0..)
        .zip(set.rules())
        .filter(|(_, rule)| taken(rule))
        .map(|(place, _)| place)
        .collect()
}

impl Prober<'_> {
    /// What the definitions say to a question that was answered with `outcome`.
    pub fn look(&mut self, question: &Question<'_>, outcome: &Outcome) -> Probe {
        let mut probe = Probe::default();
        let set = self.evaluator.set();
        let put = self.evaluator.put(question).is_ok();
        let changed = std::mem::take(&mut self.changed);
        for place in &changed {
            let Some(rule) = set.rules().get(*place) else {
                continue;
            };
            let said = if put {
                self.ask(*place, rule, question)
            } else {
                Some(Cause::Unknown)
            };
            if let Some(said) = said {
                probe.changed.insert(rule.id.clone(), said);
            }
        }
        self.changed = changed;
        for file in &self.data {
            probe.changed.insert(file.clone(), Cause::Unknown);
        }
        if let (Some(decision), true) = (outcome.decision, put) {
            probe.reasons = self.reasons(question, decision);
        }
        probe
    }

    /// What one definition says by itself; nothing when it does not hold.
    fn ask(&mut self, place: usize, rule: &Rule, question: &Question<'_>) -> Option<Cause> {
        if rule.kind == RuleKind::Default {
            return Some(Cause::Value(rule.text.clone()));
        }
        let Some(way) = self.ways.get(&place).cloned() else {
            return Some(Cause::Unknown);
        };
        match self.evaluator.find(&way, question.recorded) {
            Found::Value(value) if is_nothing(&value) => None,
            Found::Value(value) => Some(Cause::Value(value.to_string())),
            Found::Open(_) | Found::Failed(_) => Some(Cause::Unknown),
        }
    }

    fn reasons(&mut self, question: &Question<'_>, decision: Decision) -> Vec<String> {
        let set = self.evaluator.set();
        let path = match &question.path {
            Some(path) => path.as_slice(),
            None => set.entrypoint().unwrap_or_default(),
        };
        // Where a package or an object was asked, its `allow` decides.
        let paths = [path.to_vec(), with(path, "allow"), with(path, "allowed")];
        let Some(path) = paths
            .into_iter()
            .find(|path| set.definitions(path).next().is_some())
        else {
            return Vec::new();
        };
        let mut reasons: Vec<String> = Vec::new();
        for (place, rule) in set.definitions(&path) {
            let Some(way) = self.ways.get(&place).cloned() else {
                continue;
            };
            if let Found::Value(value) = self.evaluator.find(&way, question.recorded)
                && !is_nothing(&value)
                && judge(&value) == Some(decision)
            {
                reasons.push(rule.id.clone());
            }
        }
        if reasons.is_empty() && decision == Decision::Allow {
            reasons.push(dotted(&path));
        }
        reasons.sort_unstable();
        reasons
    }
}

/// A definition that does not hold: it has no value, or adds nothing to its set or object.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Undefined => true,
        Value::Set(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}
