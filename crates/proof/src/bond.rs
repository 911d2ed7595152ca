//! Values that matter only by how they compare. That a record was opened on the very day a contractor leaves says too much
//! where any two days come out the same, as long as the one is no later than the other: then that is what is told.
//!
//! A comparison is tried, not guessed: both values are set to all pairs of values on a scale, and it is told only when the
//! outcome stays for the pairs it holds for, and for no others.

use std::cmp::Ordering;

use model::Comparison;
use serde_json::{Value, json};

use crate::{
    example::{Example, Replay},
    plain::Leaf,
};

/// The facts of an example that are worth telling, and how some of them compare.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub example: Example,
    pub bonds: Vec<Bond>,
}

/// Where a value stands: of an entity, or of the context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    pub entity: Option<String>,
    pub key: String,
}

/// Two values of which only the comparison matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bond {
    /// Where it is told.
    pub told: Spot,
    /// How the value there compares…
    pub comparison: Comparison,
    /// …with the value here.
    pub to: Spot,
    /// Moments are earlier, not less.
    pub time: bool,
}

/// In the order in which they are tried.
const COMPARISONS: [Comparison; 6] = [
    Comparison::Less,
    Comparison::AtMost,
    Comparison::Same,
    Comparison::AtLeast,
    Comparison::More,
    Comparison::Other,
];

fn holds(comparison: Comparison, ordering: Ordering) -> bool {
    match comparison {
        Comparison::Less => ordering.is_lt(),
        Comparison::AtMost => ordering.is_le(),
        Comparison::Same => ordering.is_eq(),
        Comparison::AtLeast => ordering.is_ge(),
        Comparison::More => ordering.is_gt(),
        Comparison::Other => ordering.is_ne(),
    }
}

/// The kind of a value, and values of that kind in ascending order: neighbours at both ends and between, so that a bound which
/// only one of two values must keep shows.
fn scale(value: &Value) -> Option<(&'static str, Vec<Value>)> {
    let call = |function: &'static str, args: &[&str]| {
        let values = args
            .iter()
            .map(|arg| json!({"__extn": {"fn": function, "arg": arg}}));
        Some((function, values.collect()))
    };
    match value {
        Value::Number(_) => {
            let values = [-1_000_001, -1_000_000, 0, 1, 1_000_000, 1_000_001];
            let values = values.map(|number| json!(number));
            Some(("number", values.to_vec()))
        }
        Value::String(_) => Some((
            "text",
            ["", "another", "one"].map(|text| json!(text)).to_vec(),
        )),
        _ => match value.pointer("/__extn/fn")?.as_str()? {
            "datetime" | "offset" => call(
                "datetime",
                &[
                    "1900-01-01",
                    "1900-01-02",
                    "2026-01-01T00:00:00.000Z",
                    "2026-01-01T00:00:00.001Z",
                    "2099-12-31",
                    "2100-01-01",
                ],
            ),
            "decimal" => call(
                "decimal",
                &[
                    "-1000001.0",
                    "-1000000.0",
                    "0.0",
                    "0.0001",
                    "1000000.0",
                    "1000001.0",
                ],
            ),
            "duration" => call(
                "duration",
                &["-1001d", "-1000d", "0ms", "1ms", "1000d", "1001d"],
            ),
            _ => None,
        },
    }
}

impl<O: PartialEq> Replay<'_, O> {
    /// The facts, with those told by comparison that matter by nothing else.
    pub fn bonded(&self, example: &Example, facts: Example, outcome: &O) -> Facts {
        let leaves: Vec<_> = Leaf::all(&facts)
            .into_iter()
            .filter_map(|leaf| {
                let (kind, scale) = scale(&leaf.value)?;
                Some((leaf, kind, scale))
            })
            .collect();
        let request = &facts.request;
        // In the order of the sentence. What lies further away can be told, but not be referred to.
        let place = |leaf: &Leaf| match &leaf.spot.entity {
            Some(id) if *id == request.principal => 0,
            Some(id) if *id == request.resource => 1,
            None => 2,
            Some(_) => 3,
        };
        let mut bonds = Vec::new();
        for (at, (one, kind, scale)) in leaves.iter().enumerate() {
            for (other, like, _) in leaves.iter().skip(at + 1) {
                let (to, told) = if place(one) <= place(other) {
                    (one, other)
                } else {
                    (other, one)
                };
                if kind != like || place(to) > 2 {
                    continue;
                }
                if let Some(comparison) = self.comparison(example, told, to, scale, outcome) {
                    bonds.push(Bond {
                        told: told.spot.clone(),
                        comparison,
                        to: to.spot.clone(),
                        time: *kind == "datetime",
                    });
                }
            }
        }
        Facts {
            example: facts,
            bonds,
        }
    }

    /// The one comparison that says for which values the outcome stays, if there is one.
    fn comparison(
        &self,
        example: &Example,
        one: &Leaf,
        other: &Leaf,
        scale: &[Value],
        outcome: &O,
    ) -> Option<Comparison> {
        let mut left = COMPARISONS.to_vec();
        for (a, first) in scale.iter().enumerate() {
            for (b, second) in scale.iter().enumerate() {
                let changed = one
                    .with(example, Some(first.clone()))
                    .and_then(|changed| other.with(&changed, Some(second.clone())))?;
                let stays = self.outcome(&changed).as_ref() == Some(outcome);
                left.retain(|comparison| holds(*comparison, a.cmp(&b)) == stays);
                if left.is_empty() {
                    return None;
                }
            }
        }
        left.pop()
    }
}

#[cfg(test)]
mod unit {
    use model::Request;
    use policy::{Asked, Compiled, EntityStore, compile};
    use proptest::prelude::*;

    use super::*;
    use crate::tests::files;

    const SCHEMA: &str = "entity User { level: Long, until: datetime, team: String, limit: decimal }; \
        entity Doc { level: Long, opened: datetime, team: String, price: decimal }; \
        action read appliesTo { principal: User, resource: Doc, context: { at: datetime } };";

    fn policies(condition: &str) -> Compiled {
        let policy =
            format!("@id(\"p\") permit(principal, action, resource) when {{ {condition} }};");
        compile(&files(&[("s.cedarschema", SCHEMA), ("p.cedar", &policy)]))
    }

    /// An example with these levels, and days that are the same everywhere.
    fn example(user: i64, doc: i64) -> Example {
        let call = |function: &str, arg: &str| json!({"__extn": {"fn": function, "arg": arg}});
        let day = || call("datetime", "2026-01-01");
        Example::new(
            Request {
                principal: "User::\"u\"".into(),
                action: "Action::\"read\"".into(),
                resource: "Doc::\"d\"".into(),
                context: [("at".to_owned(), day())].into_iter().collect(),
            },
            vec![
                json!({"uid": {"type": "User", "id": "u"}, "parents": [], "attrs": {
                    "level": user, "until": day(), "team": "x", "limit": call("decimal", "1.0")
                }}),
                json!({"uid": {"type": "Doc", "id": "d"}, "parents": [], "attrs": {
                    "level": doc, "opened": day(), "team": "x", "price": call("decimal", "1.0")
                }}),
            ],
        )
    }

    type Outcome = (model::Decision, Vec<model::PolicyError>);

    /// What is made of an example with a replay of it.
    fn with_replay<T>(compiled: &Compiled, make: impl FnOnce(&Replay<'_, Outcome>) -> T) -> T {
        let decide = |store: &EntityStore, asked: &Asked| {
            let (decision, _, errors) = compiled.set.decide(store, asked);
            (decision, errors)
        };
        make(&Replay::new(compiled.schema.as_deref().unwrap(), &decide))
    }

    fn allowed(compiled: &Compiled, example: &Example) -> bool {
        let outcome = with_replay(compiled, |replay| replay.outcome(example));
        outcome.is_some_and(|(decision, _)| decision == model::Decision::Allow)
    }

    /// What is told of an example: how its values compare, and the same in words.
    fn told(compiled: &Compiled, example: &Example) -> (Vec<Bond>, String) {
        let mut vocabulary = policy::Vocabulary::default();
        compiled.set.policies()[0].speak(&mut vocabulary);
        let facts = with_replay(compiled, |replay| {
            let outcome = replay.outcome(example).unwrap();
            crate::example::told(replay, example.clone(), &outcome, &vocabulary).1
        });
        let environment = model::Environment {
            principal: "User".into(),
            action: "Action::\"read\"".into(),
            resource: "Doc".into(),
        };
        let words = crate::words::situation(&environment, &facts, &vocabulary).words("could");
        (facts.bonds, words)
    }

    #[test]
    fn values_are_told_by_how_they_compare() {
        let words = |condition: &str, user, doc| told(&policies(condition), &example(user, doc)).1;
        for (condition, user, doc, sentence) in [
            (
                "resource.level <= principal.level",
                3,
                3,
                "a User could read a Doc whose level is at most the User's level",
            ),
            (
                "resource.level < principal.level",
                3,
                2,
                "a User could read a Doc whose level is less than the User's level",
            ),
            (
                "resource.level > principal.level",
                3,
                7,
                "a User could read a Doc whose level is more than the User's level",
            ),
            (
                "resource.level != principal.level",
                3,
                7,
                "a User could read a Doc whose level is not the User's level",
            ),
            (
                "!(resource.opened > principal.until)",
                0,
                0,
                "a User could read a Doc whose opened is no later than the User's until",
            ),
            // Every value next to one of them, and none far below it, comes out the same.
            (
                "resource.level < principal.level",
                0,
                -2,
                "a User could read a Doc whose level is less than the User's level",
            ),
            (
                "context.at >= resource.opened",
                0,
                0,
                "a User could read a Doc, in a request whose at is no earlier than the Doc's opened",
            ),
            (
                "resource.team == principal.team",
                0,
                0,
                "a User could read a Doc whose team is the User's team",
            ),
            (
                "resource.price.lessThanOrEqual(principal.limit)",
                0,
                0,
                "a User could read a Doc whose price is at most the User's limit",
            ),
        ] {
            assert_eq!(words(condition, user, doc), sentence);
        }
        // These matter by more than the comparison, so the values stand.
        for condition in [
            "resource.level - principal.level < 10",
            "resource.level <= principal.level && principal.level > 2",
            "resource.level == 3 && principal.level == 3",
        ] {
            let sentence = words(condition, 3, 3);
            assert!(!sentence.contains("the User's"), "{sentence}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Wherever a comparison is told, it is the whole truth about the two values.
        #[test]
        fn what_is_told_holds_for_all_values(
            operator in prop::sample::select(vec!["<", "<=", "==", "!=", ">=", ">"]),
            shift in prop_oneof![4 => Just(0_i64), 1 => -3_i64..=3],
            least in prop_oneof![4 => Just(-2_000_000_i64), 1 => -5_i64..=5],
            start in (-9_i64..=9, -9_i64..=9),
            tried in prop::collection::vec((-999_999_i64..=999_999, -9_i64..=9), 8),
        ) {
            let condition = format!("resource.level {operator} principal.level + {shift} && principal.level > {least}");
            let compiled = policies(&condition.replace("+ -", "- "));
            let found = example(start.0, start.1);
            if !allowed(&compiled, &found) {
                return Ok(());
            }
            let (bonds, _) = told(&compiled, &found);
            // Of whole numbers, more than one less is at least as much.
            let compares = shift == 0 || matches!((operator, shift), (">" | "<=", -1) | (">=" | "<", 1));
            prop_assert_eq!(bonds.len(), usize::from(compares && least < -1_000_000), "{}", condition);
            for bond in bonds {
                for (user, by) in &tried {
                    let doc = user + by;
                    let allowed = allowed(&compiled, &example(*user, doc));
                    prop_assert_eq!(allowed, holds(bond.comparison, doc.cmp(user)), "{}: {} {}", condition, user, doc);
                }
            }
        }
    }
}
