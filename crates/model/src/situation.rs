//! A made-up request, told by its parts: who, may do what, to which, under which conditions. Whoever shows it words it in the reader's
//! language; names, keys and values are the policies' own, and stay as they are.

use serde::{Deserialize, Serialize};

/// A request told by what matters in it, and by nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Situation {
    /// Who asks.
    pub principal: Someone,
    /// For what: the action's id, `Action::"read"`.
    pub action: String,
    /// On what; nothing where the principal asks it on itself.
    pub resource: Option<Someone>,
    /// What holds of the request itself.
    pub context: Vec<Condition>,
}

/// A principal or a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Someone {
    /// Its type without the namespace, `Record`.
    pub kind: String,
    /// Its id as policies write it, `"staff"`, where they name it; it stands for any of its type otherwise.
    pub name: Option<String>,
    /// What holds of it.
    pub conditions: Vec<Condition>,
}

/// What holds of an entity or a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Condition {
    /// Of which attribute: its key, with those that lead to it before it. Empty for the entity itself.
    pub of: Vec<String>,
    /// What.
    pub is: Fact,
}

/// What holds of an attribute or an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// It is in another entity.
    In(Reference),
    /// A flag that is set, or is not.
    Flag(bool),
    /// A value, as policies write it: `"P0"`, `2`.
    Value(String),
    /// A value that is none of these, which are all that the policies name; at least one.
    NoneOf(Vec<String>),
    /// It is an entity.
    Entity(Reference),
    /// It is there.
    Present,
    /// A set of these.
    Set(Vec<Element>),
    /// It compares so with another value; of both nothing else matters.
    Compares {
        /// How.
        how: Comparison,
        /// Both are moments: earlier, not less.
        time: bool,
        /// With what.
        to: Spot,
    },
}

/// An element of a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Element {
    /// A value, as policies write it.
    Value(String),
    /// An entity.
    Entity(Reference),
}

/// An entity that something refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reference {
    /// One that policies name.
    Named {
        /// Its type, without the namespace.
        kind: String,
        /// Its id as policies write it, `"staff"`.
        name: String,
    },
    /// The principal or the resource of the request.
    That {
        /// Its type.
        kind: String,
    },
    /// What the principal or the resource refers to.
    Of {
        /// Whose type.
        kind: String,
        /// By which attribute.
        key: String,
    },
    /// Some entity.
    Any {
        /// Its type.
        kind: String,
    },
}

/// Where a value stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spot {
    /// In the request itself.
    Request {
        /// Its key.
        key: String,
    },
    /// In the same entity.
    Own {
        /// Its key.
        key: String,
    },
    /// In another entity.
    Of {
        /// Its type.
        kind: String,
        /// Its key.
        key: String,
    },
}

/// How a value compares with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// Less, or earlier.
    Less,
    /// At most, or no later.
    AtMost,
    /// The same.
    Same,
    /// At least, or no earlier.
    AtLeast,
    /// More, or later.
    More,
    /// Another.
    Other,
}

impl Situation {
    /// It in English, `a Contractor {verb} read a Record whose …`: what the window and the command line say.
    #[must_use]
    pub fn words(&self, verb: &str) -> String {
        let mut out = self.principal.words(Whose::Principal);
        out += &format!(" {verb} {} ", self.act());
        match &self.resource {
            Some(resource) => out += &resource.words(Whose::Other),
            None => out += "itself",
        }
        if !self.context.is_empty() {
            out += ", in a request";
            join(&mut out, &self.context, Whose::Other);
        }
        out
    }

    /// The action by its name, `read` of `Action::"read"`.
    #[must_use]
    pub fn act(&self) -> &str {
        let id = self.action.split_once("::\"");
        id.map_or(self.action.as_str(), |(_, id)| id.trim_end_matches('"'))
    }
}

/// Whom a condition is of.
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

impl Someone {
    fn words(&self, whose: Whose) -> String {
        let mut out = match &self.name {
            Some(name) => format!("{} {name}", self.kind),
            None => article(&self.kind),
        };
        join(&mut out, &self.conditions, whose);
        out
    }
}

impl Condition {
    fn words(&self, whose: Whose) -> String {
        let path: Vec<String> = self.of.iter().map(|key| spaced(key)).collect();
        let words = path.join("'s ");
        let is = |what: String| match path.is_empty() {
            true => format!("{} {what}", whose.is()),
            false => format!("whose {words} is {what}"),
        };
        match &self.is {
            Fact::In(reference) => is(format!("in {}", reference.words())),
            Fact::Flag(holds) => self.flag(*holds, whose),
            Fact::Value(value) => is(value.clone()),
            Fact::NoneOf(values) => is(match values.as_slice() {
                [one] => format!("not {one}"),
                [rest @ .., last] => format!("neither {} nor {last}", rest.join(", ")),
                [] => String::new(),
            }),
            Fact::Entity(reference) => is(reference.words()),
            Fact::Present => match path.as_slice() {
                [] => String::new(),
                [one] => format!("with {}", article(one)),
                [to @ .., last] => format!("whose {} has {}", to.join("'s "), article(last)),
            },
            Fact::Set(elements) => {
                let told: Vec<String> = elements.iter().map(Element::words).collect();
                match told.as_slice() {
                    [] => is("empty".to_owned()),
                    [rest @ .., last] if !rest.is_empty() => {
                        format!("whose {words} holds {} and {last}", rest.join(", "))
                    }
                    _ => format!("whose {words} holds {}", told.concat()),
                }
            }
            Fact::Compares { how, time, to } => {
                is(format!("{}{}", how.words(*time), to.words(whose)))
            }
        }
    }

    fn flag(&self, holds: bool, whose: Whose) -> String {
        let path: Vec<String> = self.of.iter().map(|key| spaced(key)).collect();
        let Some((last, to)) = path.split_last() else {
            return String::new();
        };
        let to = to.join("'s ");
        let not = if holds { "" } else { "not " };
        match (adjective(last), to.is_empty()) {
            (true, is_own) => {
                let last = last.strip_prefix("is ").unwrap_or(last);
                match is_own {
                    true => format!("{} {not}{last}", whose.is()),
                    false => format!("whose {to} is {not}{last}"),
                }
            }
            (false, true) if holds => format!("with {last}"),
            (false, true) => format!("without {last}"),
            (false, false) if holds => format!("whose {to} has {last}"),
            (false, false) => format!("whose {to} has no {last}"),
        }
    }
}

impl Element {
    fn words(&self) -> String {
        match self {
            Self::Value(value) => value.clone(),
            Self::Entity(reference) => reference.words(),
        }
    }
}

impl Reference {
    fn words(&self) -> String {
        match self {
            Self::Named { kind, name } => format!("{kind} {name}"),
            Self::That { kind } => format!("that {kind}"),
            Self::Of { kind, key } => format!("the {kind}'s {}", spaced(key)),
            Self::Any { kind } => article(kind),
        }
    }
}

impl Spot {
    fn words(&self, whose: Whose) -> String {
        match self {
            Self::Request { key } => format!("the request's {}", spaced(key)),
            Self::Own { key } if whose == Whose::Principal => format!("their {}", spaced(key)),
            Self::Own { key } => format!("its {}", spaced(key)),
            Self::Of { kind, key } => format!("the {kind}'s {}", spaced(key)),
        }
    }
}

impl Comparison {
    /// `no later than`, to stand behind `is`; empty for the same value.
    fn words(self, time: bool) -> &'static str {
        match (self, time) {
            (Self::Same, _) => "",
            (Self::Other, _) => "not ",
            (Self::Less, true) => "earlier than ",
            (Self::AtMost, true) => "no later than ",
            (Self::AtLeast, true) => "no earlier than ",
            (Self::More, true) => "later than ",
            (Self::Less, false) => "less than ",
            (Self::AtMost, false) => "at most ",
            (Self::AtLeast, false) => "at least ",
            (Self::More, false) => "more than ",
        }
    }
}

/// ` with a rota and without mfa whose title is "x" and who is on call`: the short ones first.
fn join(out: &mut String, conditions: &[Condition], whose: Whose) {
    let clauses = conditions.iter().map(|condition| condition.words(whose));
    let (short, long): (Vec<_>, Vec<_>) = clauses.partition(|clause| clause.starts_with("with"));
    for clauses in [short, long] {
        for (place, clause) in clauses.iter().enumerate() {
            out.push_str(if place == 0 { " " } else { " and " });
            out.push_str(clause);
        }
    }
}

/// `a Record`, `an Employee`.
fn article(words: &str) -> String {
    let vowel = words.starts_with(['A', 'E', 'I', 'O', 'a', 'e', 'i', 'o']);
    format!("{} {words}", if vowel { "an" } else { "a" })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(keys: &[&str], is: Fact) -> Condition {
        let of = keys.iter().map(|key| (*key).to_owned()).collect();
        Condition { of, is }
    }

    #[test]
    fn parts_become_words_and_are_recorded_as_they_were() {
        let told = Situation {
            principal: Someone {
                kind: "Contractor".into(),
                name: None,
                conditions: vec![of(&["region", "onCall"], Fact::Flag(true))],
            },
            action: "Action::\"read\"".into(),
            resource: Some(Someone {
                kind: "Record".into(),
                name: Some("\"plan\"".into()),
                conditions: vec![
                    of(&["region", "legalHold"], Fact::Flag(false)),
                    of(&["owner"], Fact::Present),
                ],
            }),
            context: vec![of(&["mfa"], Fact::Flag(false))],
        };
        let words = "a Contractor whose region is on call could read Record \"plan\" with an owner whose region has no legal hold, \
                     in a request without mfa";
        assert_eq!(told.words("could"), words);
        let text = serde_json::to_string(&told).unwrap();
        assert_eq!(serde_json::from_str::<Situation>(&text).unwrap(), told);
        let itself = Situation {
            resource: None,
            context: Vec::new(),
            ..told
        };
        assert!(itself.words("could").ends_with("could read itself"));
    }
}
