//! An example in words: `a Contractor could read a Record whose classification is "P0"`. What the policies name is named;
//! what the solver made up is not.

use std::fmt::Write as _;

use model::Environment;
use policy::Vocabulary;
use serde_json::Value;

use crate::{
    bond::{Facts, Spot},
    example::{kind, uid},
};

/// How far into the entities a sentence goes.
const DEPTH: usize = 2;

/// `a Contractor {verb} a Record whose …`. `facts` holds what matters and nothing else.
pub(crate) fn sentence(
    environment: &Environment,
    verb: &str,
    facts: &Facts,
    vocabulary: &Vocabulary,
) -> String {
    let teller = Teller { facts, vocabulary };
    let request = &facts.example.request;
    let mut out = teller.who(&request.principal, &environment.principal);
    join(
        &mut out,
        teller.about(&request.principal, Whose::Principal, 0),
    );
    let _ = write!(out, " {verb} {} ", name(&environment.action));
    if request.resource == request.principal {
        out.push_str("itself");
    } else {
        out.push_str(&teller.who(&request.resource, &environment.resource));
        join(&mut out, teller.about(&request.resource, Whose::Other, 0));
    }
    let mut context = Vec::new();
    for (key, value) in &request.context {
        if !teller.compared(None, key, &mut context) {
            teller.property(&spaced(key), key, value, &mut context, Whose::Other, 0);
        }
    }
    if !context.is_empty() {
        out.push_str(", in a request");
        join(&mut out, context);
    }
    out
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

/// `a Record`, `an Employee`.
pub(crate) fn article(kind: &str) -> String {
    let kind = short(kind);
    let vowel = kind.starts_with(['A', 'E', 'I', 'O', 'a', 'e', 'i', 'o']);
    format!("{} {kind}", if vowel { "an" } else { "a" })
}

/// ` with a rota and without mfa whose title is "x" and who is on call`: the short ones first.
fn join(out: &mut String, clauses: Vec<String>) {
    let (short, long): (Vec<_>, Vec<_>) = clauses
        .into_iter()
        .partition(|clause| clause.starts_with("with"));
    for clauses in [short, long] {
        for (place, clause) in clauses.iter().enumerate() {
            out.push_str(if place == 0 { " " } else { " and " });
            out.push_str(clause);
        }
    }
}

/// `legalHold` as `legal hold`.
fn spaced(key: &str) -> String {
    let mut out = String::new();
    let mut small = false;
    for c in key.chars() {
        if c == '_' || c == '-' {
            out.push(' ');
            small = false;
        } else if c.is_uppercase() && small {
            out.push(' ');
            out.extend(c.to_lowercase());
            small = false;
        } else {
            small = c.is_lowercase();
            out.push(c);
        }
    }
    out
}

/// A flag that reads well after `is`: `archived`, `on call`, `active`.
fn adjective(words: &str) -> bool {
    let endings = [
        "ed", "ive", "able", "ible", "open", "public", "private", "on call",
    ];
    endings.iter().any(|ending| words.ends_with(ending)) || words.starts_with("is ")
}

/// Whom an attribute belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Principal,
    Other,
}

impl Whose {
    fn is(self) -> &'static str {
        match self {
            Self::Principal => "who is",
            Self::Other => "that is",
        }
    }
}

struct Teller<'a> {
    facts: &'a Facts,
    vocabulary: &'a Vocabulary,
}

impl Teller<'_> {
    /// A principal or resource: by name when the policies name it, else by type.
    fn who(&self, id: &str, kind: &str) -> String {
        if self.vocabulary.ids.contains(id) {
            self.named(id)
        } else {
            article(kind)
        }
    }

    /// `Group "staff"`.
    fn named(&self, id: &str) -> String {
        id.split_once("::")
            .map(|_| {
                let kind = kind(id);
                let name = id.get(kind.len() + 2..).unwrap_or_default();
                format!("{} {name}", short(kind))
            })
            .unwrap_or_else(|| id.to_owned())
    }

    /// What is told about an entity.
    fn about(&self, id: &str, whose: Whose, depth: usize) -> Vec<String> {
        let mut clauses = Vec::new();
        let Some(entity) = self.facts.example.entity(id) else {
            return clauses;
        };
        for parent in entity
            .get("parents")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(uid)
        {
            let place = self.reference(&parent);
            clauses.push(format!("{} in {place}", whose.is()));
        }
        for part in ["attrs", "tags"] {
            let fields = entity.get(part).and_then(Value::as_object);
            for (key, value) in fields.into_iter().flatten() {
                if part == "attrs" && self.compared(Some(id), key, &mut clauses) {
                    continue;
                }
                self.property(&spaced(key), key, value, &mut clauses, whose, depth);
            }
        }
        clauses
    }

    /// Tells how a value compares with others, where nothing else about it matters; on one of the sides.
    fn compared(&self, entity: Option<&str>, key: &str, clauses: &mut Vec<String>) -> bool {
        let here = |spot: &Spot| spot.entity.as_deref() == entity && spot.key == key;
        let mut known = false;
        for bond in &self.facts.bonds {
            known |= here(&bond.told) || here(&bond.to);
            if here(&bond.told) {
                let (words, to) = (bond.words(), self.spot(&bond.to, entity));
                clauses.push(format!("whose {} is {words}{to}", spaced(key)));
            }
        }
        known
    }

    /// `the Contractor's until`, `its opened`, `the request's at`.
    fn spot(&self, spot: &Spot, from: Option<&str>) -> String {
        let whose = match spot.entity.as_deref() {
            None => "the request's".to_owned(),
            Some(id) if from == Some(id) && id == self.facts.example.request.principal => {
                "their".to_owned()
            }
            Some(id) if from == Some(id) => "its".to_owned(),
            Some(id) => format!("the {}'s", short(kind(id))),
        };
        format!("{whose} {}", spaced(&spot.key))
    }

    /// An entity that is referred to: by its name, by what it is to the request, or by its type.
    fn reference(&self, id: &str) -> String {
        if self.vocabulary.ids.contains(id) {
            return self.named(id);
        }
        let request = &self.facts.example.request;
        if id == request.principal || id == request.resource {
            return format!("that {}", short(kind(id)));
        }
        [&request.principal, &request.resource]
            .into_iter()
            .find_map(|owner| Some((owner, self.belongs(owner, id)?)))
            .map_or_else(
                || article(kind(id)),
                |(owner, key)| format!("the {}'s {}", short(kind(owner)), spaced(&key)),
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

    /// The attribute `key`, called `words`, has a value.
    fn property(
        &self,
        words: &str,
        key: &str,
        value: &Value,
        clauses: &mut Vec<String>,
        whose: Whose,
        depth: usize,
    ) {
        match value {
            Value::Bool(holds) => {
                let not = if *holds { "" } else { "not " };
                clauses.push(match words {
                    words if adjective(words) => {
                        let words = words.strip_prefix("is ").unwrap_or(words);
                        format!("{} {not}{words}", whose.is())
                    }
                    words if *holds => format!("with {words}"),
                    words => format!("without {words}"),
                });
            }
            Value::Number(number) => clauses.push(format!("whose {words} is {number}")),
            Value::String(text) => clauses.push(format!("whose {words} {}", self.text(key, text))),
            Value::Array(elements) => clauses.push(self.set(words, elements)),
            Value::Object(fields) => {
                if let Some(call) = fields.get("__extn") {
                    let told = match call.get("arg").and_then(Value::as_str) {
                        Some(told) => told.to_owned(),
                        None => call.to_string(),
                    };
                    clauses.push(format!("whose {words} is {told}"));
                } else if let Some(id) = fields.get("__entity").and_then(uid) {
                    self.refers(words, &id, clauses, whose, depth);
                } else {
                    for (inner, value) in fields {
                        let words = format!("{words}'s {}", spaced(inner));
                        self.property(&words, inner, value, clauses, whose, depth);
                    }
                }
            }
            Value::Null => {}
        }
    }

    /// An attribute refers to an entity.
    fn refers(&self, words: &str, id: &str, clauses: &mut Vec<String>, whose: Whose, depth: usize) {
        let request = &self.facts.example.request;
        if self.vocabulary.ids.contains(id) || *id == request.principal || *id == request.resource {
            return clauses.push(format!("whose {words} is {}", self.reference(id)));
        }
        let shared = self.belongs(&request.principal, id).is_some();
        if shared && whose == Whose::Other {
            return clauses.push(format!("whose {words} is {}", self.reference(id)));
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
            clauses.push(format!("with {}", article_of(words)));
        }
        for clause in inner {
            clauses.push(match clause.strip_prefix("whose ") {
                Some(rest) => format!("whose {words}'s {rest}"),
                None => {
                    let clause = clause.strip_prefix("that ").unwrap_or(&clause);
                    format!("whose {words} {clause}")
                }
            });
        }
    }

    /// `is "P0"`; a text that no policy speaks of is told by what it is not.
    fn text(&self, key: &str, text: &str) -> String {
        let quoted = |text: &String| format!("\"{}\"", text.escape_debug());
        match self.vocabulary.values.get(key) {
            Some(known) if !known.is_empty() && !known.contains(text) => {
                let known: Vec<_> = known.iter().map(quoted).collect();
                match known.as_slice() {
                    [one] => format!("is not {one}"),
                    [rest @ .., last] => format!("is neither {} nor {last}", rest.join(", ")),
                    [] => String::new(),
                }
            }
            _ => format!("is {}", quoted(&text.to_owned())),
        }
    }

    fn set(&self, words: &str, elements: &[Value]) -> String {
        let told: Vec<_> = elements
            .iter()
            .map(|element| match (uid(element), element) {
                (Some(id), _) => self.reference(&id),
                (None, Value::String(text)) => format!("\"{}\"", text.escape_debug()),
                (None, other) => other
                    .pointer("/__extn/arg")
                    .map_or_else(|| other.to_string(), ToString::to_string),
            })
            .collect();
        match told.as_slice() {
            [] => format!("whose {words} is empty"),
            [rest @ .., last] if !rest.is_empty() => {
                format!("whose {words} holds {} and {last}", rest.join(", "))
            }
            _ => format!("whose {words} holds {}", told.concat()),
        }
    }
}

/// `an engagement`.
fn article_of(words: &str) -> String {
    let vowel = words.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']);
    format!("{} {words}", if vowel { "an" } else { "a" })
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
        sentence(&environment, "could", &facts, &vocabulary)
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
