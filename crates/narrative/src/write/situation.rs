//! A made-up request that shows what is proven, in the words of the language: who could do what on which, and what holds of them.
//! Names and keys are the policies' own, so each condition is a sentence in which they need no article and no ending.

use model::{Comparison, Condition, Decision, Element, Fact, Reference, Situation, Someone, Spot};

use super::{Span, Writer, code, say};
use crate::language::Arg;

/// Whose the keys of a condition are.
enum Whose<'a> {
    Entity(&'a Someone),
    Request,
}

impl Writer<'_> {
    /// A request, and how it is decided afterwards.
    pub(super) fn situation(&self, told: &Situation, after: Decision) -> Vec<Span> {
        let language = self.language;
        let form = || {
            Arg::Choice(match after {
                Decision::Allow => "could",
                Decision::Deny => "no-longer",
            })
        };
        let (who, act) = (Arg::Words(someone(&told.principal)), code(told.act()));
        let lead = match &told.resource {
            Some(resource) => language.say(say::Situation {
                form: form(),
                who,
                act,
                what: Arg::Words(someone(resource)),
            }),
            None => language.say(say::SituationItself {
                form: form(),
                who,
                act,
            }),
        };
        let mut conditions = Vec::new();
        for someone in [Some(&told.principal), told.resource.as_ref()]
            .into_iter()
            .flatten()
        {
            let of = someone.conditions.iter();
            conditions.extend(of.map(|it| (Whose::Entity(someone), it)));
        }
        conditions.extend(told.context.iter().map(|it| (Whose::Request, it)));
        let conditions: Vec<Vec<Span>> = conditions
            .into_iter()
            .map(|(whose, condition)| self.condition(&whose, condition))
            .collect();
        if conditions.is_empty() {
            return language.say(say::SituationAlone {
                lead: Arg::Words(lead),
            });
        }
        language.say(say::SituationWhere {
            lead: Arg::Words(lead),
            conditions: Arg::Words(language.list(&conditions)),
        })
    }

    fn condition(&self, whose: &Whose<'_>, condition: &Condition) -> Vec<Span> {
        let language = self.language;
        let what = match (condition.of.is_empty(), whose) {
            (true, Whose::Entity(it)) => someone(it),
            (true, Whose::Request) => Vec::new(),
            (false, Whose::Entity(it)) => language.say(say::ValueOf {
                key: code(&condition.of.join(".")),
                whose: Arg::Words(someone(it)),
            }),
            (false, Whose::Request) => language.say(say::ValueOfRequest {
                key: code(&condition.of.join(".")),
            }),
        };
        let what = Arg::Words(what);
        match &condition.is {
            Fact::In(reference) => language.say(say::HoldsIn {
                what,
                place: self.reference(reference),
            }),
            Fact::Flag(true) => language.say(say::HoldsTrue { what }),
            Fact::Flag(false) => language.say(say::HoldsFalse { what }),
            Fact::Value(value) => language.say(say::HoldsValue {
                what,
                value: code(value),
            }),
            Fact::NoneOf(values) => {
                let values: Vec<Vec<Span>> = values.iter().map(|value| super::id(value)).collect();
                language.say(say::HoldsNone {
                    what,
                    count: super::exact(values.len() as u64),
                    values: Arg::Words(language.list(&values)),
                })
            }
            Fact::Entity(reference) => language.say(say::HoldsValue {
                what,
                value: self.reference(reference),
            }),
            Fact::Present => language.say(say::HoldsPresent { what }),
            Fact::Set(elements) if elements.is_empty() => language.say(say::HoldsEmpty { what }),
            Fact::Set(elements) => {
                let element = |element: &Element| match element {
                    Element::Value(value) => super::id(value),
                    Element::Entity(reference) => match self.reference(reference) {
                        Arg::Words(spans) => spans,
                        _ => Vec::new(),
                    },
                };
                let elements: Vec<Vec<Span>> = elements.iter().map(element).collect();
                language.say(say::HoldsSet {
                    what,
                    values: Arg::Words(language.list(&elements)),
                })
            }
            Fact::Compares { how, time, to } => language.say(say::HoldsCompared {
                what,
                how: comparison(*how, *time),
                to: self.spot(to, whose),
            }),
        }
    }

    fn reference(&self, reference: &Reference) -> Arg {
        match reference {
            Reference::Named { kind, name } => code(&format!("{kind} {name}")),
            Reference::That { kind } => code(kind),
            Reference::Of { kind, key } => Arg::Words(self.language.say(say::ValueOf {
                key: code(key),
                whose: code(kind),
            })),
            Reference::Any { kind } => {
                Arg::Words(self.language.say(say::AnyOf { kind: code(kind) }))
            }
        }
    }

    fn spot(&self, spot: &Spot, whose: &Whose<'_>) -> Arg {
        let language = self.language;
        Arg::Words(match (spot, whose) {
            (Spot::Request { key }, _) | (Spot::Own { key }, Whose::Request) => {
                language.say(say::ValueOfRequest { key: code(key) })
            }
            (Spot::Own { key }, Whose::Entity(it)) => language.say(say::ValueOf {
                key: code(key),
                whose: Arg::Words(someone(it)),
            }),
            (Spot::Of { kind, key }, _) => language.say(say::ValueOf {
                key: code(key),
                whose: code(kind),
            }),
        })
    }
}

fn someone(someone: &Someone) -> Vec<Span> {
    match &someone.name {
        Some(name) => super::id(&format!("{} {name}", someone.kind)),
        None => super::id(&someone.kind),
    }
}

fn comparison(how: Comparison, time: bool) -> Arg {
    Arg::Choice(match (how, time) {
        (Comparison::Same, _) => "same",
        (Comparison::Other, _) => "other",
        (Comparison::Less, false) => "less",
        (Comparison::AtMost, false) => "at-most",
        (Comparison::AtLeast, false) => "at-least",
        (Comparison::More, false) => "more",
        (Comparison::Less, true) => "earlier",
        (Comparison::AtMost, true) => "no-later",
        (Comparison::AtLeast, true) => "no-earlier",
        (Comparison::More, true) => "later",
    })
}
