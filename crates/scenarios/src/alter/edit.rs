//! One edit of entities, read by the schema: which it chooses, by name, type and attributes, and what it makes of those it does or may
//! choose. Whether one is in the group that the edit names is not told by itself alone, so that is asked in [`super::supposed`] and
//! [`super::slices`].

use std::collections::HashSet;

use drift::type_of;
use policy::ValueOutline;
use serde_json::{Map, Value, json};

use super::recorded::omits;
use crate::{
    Error,
    pack::{EntityEdit, Place},
    select::Vocabulary,
    value,
};

/// An edit of entities.
pub(super) struct Edit<'a> {
    pub(super) place: &'a Place,
    kind: Option<&'a str>,
    ids: HashSet<String>,
    pub(super) inside: Option<String>,
    /// Attribute, value as compared, and whether the attribute is a set that is to hold it.
    pub(super) having: Vec<(&'a str, Value, bool)>,
    set: Map<String, Value>,
    unset: &'a [String],
    pub(super) join: Vec<String>,
    pub(super) leave: Vec<String>,
}

impl<'a> Edit<'a> {
    pub(super) fn new(edit: &'a EntityEdit, known: &Vocabulary<'_>) -> Result<Self, Error> {
        let EntityEdit { place, what } = edit;
        let wrong = |why: String| place.wrong(why);
        let entities = |names: &[String]| -> Result<Vec<String>, Error> {
            let found = names.iter().map(|name| known.entity(name));
            found.collect::<Result<_, _>>().map_err(wrong)
        };
        let ids = entities(&what.ids)?;
        let mut kinds: Vec<&str> = ids.iter().map(|uid| type_of(uid)).collect();
        kinds.extend(what.kind.as_deref());
        kinds.sort_unstable();
        kinds.dedup();
        if let Some(kind) = &what.kind
            && !known.has_type(|it| it == kind)
        {
            return Err(wrong(format!("there is no type `{kind}`")));
        }
        let joined = entities(&what.join)?;
        for (kind, group) in kinds
            .iter()
            .flat_map(|kind| joined.iter().map(move |group| (kind, group)))
        {
            let types = known.outline.as_ref().map(|outline| &outline.types);
            let may = types
                .and_then(|types| types.get(*kind))
                .is_none_or(|it| it.ancestors.iter().any(|above| above == type_of(group)));
            if !may {
                return Err(wrong(format!(
                    "a `{kind}` cannot be in `{group}`: the schema has no `{}` above it",
                    type_of(group)
                )));
            }
        }
        let mut having = Vec::new();
        for (name, wanted) in &what.having {
            for kind in &kinds {
                let (of, _) = attribute(known, kind, name).map_err(wrong)?;
                let (of, holds) = match (of, wanted) {
                    (ValueOutline::Set(of), value) if !value.is_array() => (*of, true),
                    (of, _) => (of, false),
                };
                let wanted = value::read(wanted, &of, known)
                    .map_err(|why| wrong(format!("`{name}` of `{kind}`: {why}")))?;
                having.push((name.as_str(), value::comparable(&wanted), holds));
            }
        }
        having.dedup();
        let mut set = Map::new();
        for (name, wanted) in &what.set {
            for kind in &kinds {
                let (of, _) = attribute(known, kind, name).map_err(wrong)?;
                let wanted = value::read(wanted, &of, known)
                    .map_err(|why| wrong(format!("`{name}` of `{kind}`: {why}")))?;
                set.insert(name.clone(), wanted);
            }
        }
        for name in &what.unset {
            for kind in &kinds {
                if attribute(known, kind, name).map_err(wrong)?.1 {
                    return Err(wrong(format!(
                        "every `{kind}` has a `{name}`: it cannot be unset"
                    )));
                }
            }
        }
        Ok(Self {
            place,
            kind: what.kind.as_deref(),
            ids: ids.into_iter().collect(),
            inside: match &what.inside {
                None => None,
                Some(name) => Some(known.entity(name).map_err(wrong)?),
            },
            having,
            set,
            unset: &what.unset,
            join: joined,
            leave: entities(&what.leave)?,
        })
    }

    /// By all but what it is in. Nothing when that is not known; `lacks` says of an attribute that is not there that it may
    /// be all the same.
    pub(super) fn chooses(
        &self,
        uid: &str,
        json: &Value,
        lacks: impl Fn(&str) -> bool,
    ) -> Option<bool> {
        let named = match self.kind {
            Some(kind) => type_of(uid) == kind,
            None => self.ids.contains(uid),
        };
        if !named {
            return Some(false);
        }
        let attributes = json.get("attrs").and_then(Value::as_object);
        let mut known = true;
        for (name, wanted, holds) in &self.having {
            let value = attributes
                .and_then(|all| all.get(*name))
                .map(value::comparable);
            let fits = match (value, holds) {
                (Some(Value::Array(items)), true) => items.contains(wanted),
                (Some(value), false) => value == *wanted,
                (None, _) if lacks(name) => {
                    known = false;
                    true
                }
                _ => false,
            };
            if !fits {
                return Some(false);
            }
        }
        known.then_some(true)
    }

    /// It changes what is in what.
    pub(super) fn moves(&self) -> bool {
        !self.join.is_empty() || !self.leave.is_empty()
    }

    /// Makes unknown what it would change of an entity if it chose it; false when that cannot be said of a recorded entity.
    pub(super) fn veil(&self, json: &mut Value, requires: impl Fn(&str) -> bool) -> bool {
        let known_absent = |json: &Value, name: &str| {
            let given = json.get("attrs").is_some_and(|all| all.get(name).is_some());
            !given && !omits(json, name)
        };
        if self.unset.iter().any(|name| !known_absent(json, name)) {
            return false;
        }
        for (name, value) in &self.set {
            let attrs = json.get("attrs");
            let given = attrs.and_then(|all| all.get(name)).map(value::comparable);
            if given == Some(value::comparable(value)) || omits(json, name) {
                continue;
            }
            // What every entity of the type has is missing without further words from one that does not say what it omits.
            let silent = json.get("omitted").is_none() && requires(name);
            if given.is_none() && !silent {
                return false;
            }
            if let Some(all) = json.get_mut("attrs").and_then(Value::as_object_mut) {
                all.remove(name);
            }
            if silent {
                continue;
            }
            let omitted = json.get_mut("omitted").and_then(Value::as_object_mut);
            let Some(omitted) = omitted else {
                return false;
            };
            let names = omitted.entry("attrs").or_insert_with(|| json!([]));
            if let Some(names) = names.as_array_mut() {
                names.push(json!(name));
            }
        }
        true
    }

    pub(super) fn attributes(&self, json: &mut Value) {
        // What is set is known, and what is unset is known not to be there.
        let omitted = json
            .get_mut("omitted")
            .and_then(|omitted| omitted.get_mut("attrs"));
        if let Some(names) = omitted.and_then(Value::as_array_mut) {
            names.retain(|name| {
                let is = |other: &String| name.as_str() == Some(other);
                !self.set.keys().any(is) && !self.unset.iter().any(is)
            });
        }
        let Some(all) = json.get_mut("attrs").and_then(Value::as_object_mut) else {
            return;
        };
        for (name, value) in &self.set {
            // The same in other words is no change.
            if all.get(name).map(value::comparable) != Some(value::comparable(value)) {
                all.insert(name.clone(), value.clone());
            }
        }
        for name in self.unset {
            all.remove(name);
        }
    }

    pub(super) fn parents(&self, all: &mut Vec<String>) {
        all.retain(|parent| !self.leave.contains(parent));
        for parent in &self.join {
            if !all.contains(parent) {
                all.push(parent.clone());
            }
        }
    }

    pub(super) fn words(&self) -> String {
        let mut words = match self.kind {
            Some(kind) => format!("there is no `{kind}`"),
            None => "none of those named".to_owned(),
        };
        if let Some(inside) = &self.inside {
            words.push_str(&format!(" in `{inside}`"));
        }
        if !self.having.is_empty() {
            let names: Vec<_> = self
                .having
                .iter()
                .map(|(name, ..)| format!("`{name}`"))
                .collect();
            words.push_str(&format!(" with such a value of {}", names.join(" and ")));
        }
        words
    }
}

/// What an attribute of a type holds, and whether it is always there.
pub(super) fn attribute(
    known: &Vocabulary<'_>,
    kind: &str,
    name: &str,
) -> Result<(ValueOutline, bool), String> {
    let Some(outline) = &known.outline else {
        return Ok((ValueOutline::Unknown, false));
    };
    let held = outline
        .types
        .get(kind)
        .and_then(|it| it.attributes.get(name));
    held.map(|it| (it.value.clone(), it.required))
        .ok_or_else(|| format!("a `{kind}` has no `{name}`"))
}
