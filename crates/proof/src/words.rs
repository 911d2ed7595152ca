//! An example told by its parts: `a Contractor could read a Record whose classification is "P0"`. What the policies name is named;
//! what the solver made up is not.

use model::{Condition, Element, Environment, Fact, Reference, Situation, Someone, Spot};
use policy::Vocabulary;
use serde_json::Value;

use crate::{
    bond::{self, Facts},
    example::{kind, uid},
};

/// How far into the entities a sentence goes.
const DEPTH: usize = 2;

/// What is told of a request. `facts` holds what matters and nothing else.
pub(crate) fn situation(
    environment: &Environment,
    facts: &Facts,
    vocabulary: &Vocabulary,
) -> Situation {
    let teller = Teller { facts, vocabulary };
    let request = &facts.example.request;
    let mut context = Vec::new();
    for (key, value) in &request.context {
        if !teller.compared(None, key, &mut context) {
            teller.property(&[key], value, &mut context, Whose::Other, 0);
        }
    }
    let is_itself = request.resource == request.principal;
    Situation {
        principal: teller.who(&request.principal, &environment.principal, Whose::Principal),
        action: environment.action.clone(),
        resource: (!is_itself)
            .then(|| teller.who(&request.resource, &environment.resource, Whose::Other)),
        context,
    }
}

/// `Action::"read"` as `read`.
pub(crate) fn name(action: &str) -> &str {
    action
        .split_once("::\"")
        .map_or(action, |(_, id)| id.trim_end_matches('"'))
}

/// `Acme::Record` as `Record`.
fn short(kind: &str) -> &str {
    kind.rsplit("::").next().unwrap_or(kind)
}

/// `"P0"`, as policies write it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.escape_debug())
}

/// Whom an attribute belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Principal,
    Other,
}

struct Teller<'a> {
    facts: &'a Facts,
    vocabulary: &'a Vocabulary,
}

impl Teller<'_> {
    /// A principal or resource: by name when the policies name it, else by type.
    fn who(&self, id: &str, of: &str, whose: Whose) -> Someone {
        let conditions = self.about(id, whose, 0);
        match self.named(id) {
            Some((kind, name)) => Someone {
                kind,
                name: Some(name),
                conditions,
            },
            None => Someone {
                kind: short(of).to_owned(),
                name: None,
                conditions,
            },
        }
    }

    /// `Group` and `"staff"`, when the policies name it.
    fn named(&self, id: &str) -> Option<(String, String)> {
        let kind = self.vocabulary.ids.contains(id).then(|| kind(id))?;
        let name = id.get(kind.len() + 2..).unwrap_or_default();
        Some((short(kind).to_owned(), name.to_owned()))
    }

    /// What is told about an entity.
    fn about(&self, id: &str, whose: Whose, depth: usize) -> Vec<Condition> {
        let mut told = Vec::new();
        let Some(entity) = self.facts.example.entity(id) else {
            return told;
        };
        for parent in entity
            .get("parents")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(uid)
        {
            told.push(Condition {
                of: Vec::new(),
                is: Fact::In(self.reference(&parent)),
            });
        }
        for part in ["attrs", "tags"] {
            let fields = entity.get(part).and_then(Value::as_object);
            for (key, value) in fields.into_iter().flatten() {
                if part == "attrs" && self.compared(Some(id), key, &mut told) {
                    continue;
                }
                self.property(&[key], value, &mut told, whose, depth);
            }
        }
        told
    }

    /// Tells how a value compares with others, where nothing else about it matters; on one of the sides.
    fn compared(&self, entity: Option<&str>, key: &str, told: &mut Vec<Condition>) -> bool {
        let here = |spot: &bond::Spot| spot.entity.as_deref() == entity && spot.key == key;
        let mut known = false;
        for bond in &self.facts.bonds {
            known |= here(&bond.told) || here(&bond.to);
            if here(&bond.told) {
                told.push(Condition {
                    of: vec![key.to_owned()],
                    is: Fact::Compares {
                        how: bond.comparison,
                        time: bond.time,
                        to: spot(&bond.to, entity),
                    },
                });
            }
        }
        known
    }

    /// An entity that is referred to: by its name, by what it is to the request, or by its type.
    fn reference(&self, id: &str) -> Reference {
        if let Some((kind, name)) = self.named(id) {
            return Reference::Named { kind, name };
        }
        let of = |id: &str| short(kind(id)).to_owned();
        let request = &self.facts.example.request;
        if id == request.principal || id == request.resource {
            return Reference::That { kind: of(id) };
        }
        [&request.principal, &request.resource]
            .into_iter()
            .find_map(|owner| Some((owner, self.belongs(owner, id)?)))
            .map_or_else(
                || Reference::Any { kind: of(id) },
                |(owner, key)| Reference::Of {
                    kind: of(owner),
                    key,
                },
            )
    }

    /// The attribute by which one entity refers to another.
    fn belongs(&self, owner: &str, id: &str) -> Option<String> {
        let attrs = self
            .facts
            .example
            .entity(owner)?
            .get("attrs")?
            .as_object()?;
        attrs
            .iter()
            .find(|(_, value)| value.get("__entity").is_some() && uid(value).as_deref() == Some(id))
            .map(|(key, _)| key.clone())
    }

    /// The principal is in it.
    fn member(&self, id: &str) -> bool {
        let parents = self
            .facts
            .example
            .entity(&self.facts.example.request.principal)
            .and_then(|entity| entity.get("parents")?.as_array());
        parents
            .into_iter()
            .flatten()
            .any(|parent| uid(parent).as_deref() == Some(id))
    }

    /// The attribute at `path` has a value.
    fn property(
        &self,
        path: &[&str],
        value: &Value,
        told: &mut Vec<Condition>,
        whose: Whose,
        depth: usize,
    ) {
        let mut tell = |is| {
            let of = path.iter().map(|key| (*key).to_owned()).collect();
            told.push(Condition { of, is });
        };
        match value {
            Value::Bool(holds) => tell(Fact::Flag(*holds)),
            Value::Number(number) => tell(Fact::Value(number.to_string())),
            Value::String(text) => tell(self.text(path, text)),
            Value::Array(elements) => tell(self.set(elements)),
            Value::Object(fields) => {
                if let Some(call) = fields.get("__extn") {
                    tell(Fact::Value(match call.get("arg").and_then(Value::as_str) {
                        Some(told) => told.to_owned(),
                        None => call.to_string(),
                    }));
                } else if let Some(id) = fields.get("__entity").and_then(uid) {
                    self.refers(path, &id, told, whose, depth);
                } else {
                    for (inner, value) in fields {
                        let path: Vec<&str> =
                            path.iter().copied().chain([inner.as_str()]).collect();
                        self.property(&path, value, told, whose, depth);
                    }
                }
            }
            Value::Null => {}
        }
    }

    /// An attribute refers to an entity.
    fn refers(
        &self,
        path: &[&str],
        id: &str,
        told: &mut Vec<Condition>,
        whose: Whose,
        depth: usize,
    ) {
        let of = || path.iter().map(|key| (*key).to_owned());
        let request = &self.facts.example.request;
        let is_known =
            self.vocabulary.ids.contains(id) || *id == request.principal || *id == request.resource;
        let shared = self.belongs(&request.principal, id).is_some();
        if is_known || (shared && whose == Whose::Other) {
            return told.push(Condition {
                of: of().collect(),
                is: Fact::Entity(self.reference(id)),
            });
        }
        let inner = if depth < DEPTH {
            self.about(id, Whose::Other, depth + 1)
        } else {
            Vec::new()
        };
        // What both refer to is told where the other one does.
        let told_there = match whose {
            Whose::Principal => self.belongs(&request.resource, id).is_some(),
            Whose::Other => self.member(id),
        };
        if inner.is_empty() && !told_there {
            told.push(Condition {
                of: of().collect(),
                is: Fact::Present,
            });
        }
        let within = inner.into_iter().map(|condition| Condition {
            of: of().chain(condition.of).collect(),
            is: condition.is,
        });
        told.extend(within);
    }

    /// A text that no policy speaks of is told by what it is not.
    fn text(&self, path: &[&str], text: &str) -> Fact {
        let known = path.last().and_then(|key| self.vocabulary.values.get(*key));
        match known {
            Some(known) if !known.is_empty() && !known.contains(text) => {
                Fact::NoneOf(known.iter().map(|text| quoted(text)).collect())
            }
            _ => Fact::Value(quoted(text)),
        }
    }

    fn set(&self, elements: &[Value]) -> Fact {
        let told = elements
            .iter()
            .map(|element| match (uid(element), element) {
                (Some(id), _) => Element::Entity(self.reference(&id)),
                (None, Value::String(text)) => Element::Value(quoted(text)),
                (None, other) => Element::Value(
                    other
                        .pointer("/__extn/arg")
                        .map_or_else(|| other.to_string(), ToString::to_string),
                ),
            });
        Fact::Set(told.collect())
    }
}

/// Where a value stands, seen from an entity.
fn spot(spot: &bond::Spot, from: Option<&str>) -> Spot {
    let key = spot.key.clone();
    match spot.entity.as_deref() {
        None => Spot::Request { key },
        Some(id) if from == Some(id) => Spot::Own { key },
        Some(id) => Spot::Of {
            kind: short(kind(id)).to_owned(),
            key,
        },
    }
}

#[cfg(test)]
mod unit {
    use std::collections::{BTreeMap, BTreeSet};

    use model::Request;
    use serde_json::json;

    use super::*;
    use crate::example::Example;

    fn told(entities: Value, context: Value) -> String {
        let Value::Array(entities) = entities else {
            unreachable!("a list");
        };
        let facts = Example::new(
            Request {
                principal: "Contractor::\"a\"".into(),
                action: "Action::\"read\"".into(),
                resource: "Record::\"b\"".into(),
                context: context.as_object().cloned().unwrap_or_default(),
            },
            entities,
        );
        let environment = Environment {
            principal: "Contractor".into(),
            action: "Action::\"read\"".into(),
            resource: "Record".into(),
        };
        let known =
            |all: &[&str]| -> BTreeSet<String> { all.iter().map(|s| (*s).into()).collect() };
        let vocabulary = Vocabulary {
            attributes: BTreeSet::new(),
            ids: known(&["Group::\"staff\""]),
            values: BTreeMap::from([("classification".into(), known(&["P0", "P1"]))]),
        };
        let facts = Facts {
            example: facts,
            bonds: Vec::new(),
        };
        situation(&environment, &facts, &vocabulary).words("could")
    }

    #[test]
    fn facts_become_words() {
        insta::assert_snapshot!(told(json!([]), json!({})), @"a Contractor could read a Record");
        let record = json!({"uid": {"type": "Record", "id": "b"}, "parents": [], "attrs": {
            "classification": "P0", "archived": false, "legalHold": true, "clearance": 2,
            "opened": {"__extn": {"fn": "datetime", "arg": "2026-01-01"}},
            "owner": {"__entity": {"type": "Contractor", "id": "a"}},
            "engagement": {"__entity": {"type": "Engagement", "id": "e"}},
            "tags": ["x", "y"]
        }});
        let contractor = json!({"uid": {"type": "Contractor", "id": "a"}, "attrs": {
            "engagement": {"__entity": {"type": "Engagement", "id": "e"}}
        }, "parents": [{"type": "Group", "id": "staff"}]});
        insta::assert_snapshot!(told(json!([record, contractor]), json!({"mfa": false, "purpose": "work"})), @r#"a Contractor who is in Group "staff" could read a Record with legal hold whose classification is "P0" and that is not archived and whose clearance is 2 and whose opened is 2026-01-01 and whose owner is that Contractor and whose engagement is the Contractor's engagement and whose tags holds "x" and "y", in a request without mfa whose purpose is "work""#);
        let far = json!([
            {"uid": {"type": "Record", "id": "b"}, "parents": [{"type": "Folder", "id": "f"}], "attrs": {
                "classification": "", "region": {"__entity": {"type": "Region", "id": "r"}},
                "team": {"__entity": {"type": "Team", "id": "t"}}
            }},
            {"uid": {"type": "Region", "id": "r"}, "parents": [], "attrs": {"jurisdiction": "EU", "open": true}}
        ]);
        insta::assert_snapshot!(told(far, json!({})), @r#"a Contractor could read a Record with a team that is in a Folder and whose classification is neither "P0" nor "P1" and whose region's jurisdiction is "EU" and whose region is open"#);
    }
}
