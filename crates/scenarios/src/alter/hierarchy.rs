//! What is in what: the parents that an entity names, and all that is above it by them.

use std::collections::{BTreeSet, HashMap};

use decisions::uid;
use serde_json::{Value, json};

use super::recorded::Recorded;
use crate::value;

/// The ancestors of what a slice does not hold.
type Beyond<'m> = Box<dyn Fn(&str) -> &'m [String] + 'm>;

/// What is in what: by the entities of a slice, and beyond them by the workspace's.
pub(super) struct Hierarchy<'m> {
    pub(super) parents: HashMap<&'m str, &'m [String]>,
    pub(super) beyond: Beyond<'m>,
}

impl<'m> Hierarchy<'m> {
    pub(super) fn of(
        members: &[(u32, &'m Recorded)],
        beyond: impl Fn(&str) -> &'m [String] + 'm,
    ) -> Self {
        let parents = members.iter();
        Self {
            parents: parents
                .map(|(_, it)| (it.uid.as_str(), it.parents.as_slice()))
                .collect(),
            beyond: Box::new(beyond),
        }
    }

    /// All ancestors.
    pub(super) fn above(&self, uid: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![uid.to_owned()];
        while let Some(next) = waiting.pop() {
            let up = match self.parents.get(next.as_str()) {
                Some(parents) => parents,
                None => (self.beyond)(&next),
            };
            for parent in up {
                if found.insert(parent.clone()) {
                    waiting.push(parent.clone());
                }
            }
        }
        found
    }
}

/// The ids of an entity's parents.
pub(super) fn parents(json: &Value) -> Vec<String> {
    let all = json.get("parents").and_then(Value::as_array);
    let id = |parent: &Value| value::comparable(parent).as_str().map(str::to_owned);
    all.into_iter().flatten().filter_map(id).collect()
}

pub(super) fn set_parents(json: &mut Value, parents: &[String]) {
    let id = |uid: &String| uid::parse(uid).map(|(kind, id)| json!({ "type": kind, "id": id }));
    if let Some(all) = json.get_mut("parents") {
        *all = parents.iter().filter_map(id).collect();
    }
}
