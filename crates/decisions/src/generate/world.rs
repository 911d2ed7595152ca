//! Everything requests can speak of: the workspace's entities, and made-up ones for types that requests need and the
//! workspace has none of. Entities are numbered in order of their ids, so a sorted list of numbers is a slice in order.

use std::collections::{BTreeMap, BTreeSet, HashMap, btree_map::Entry};

use policy::{Outline, TypeOutline};
use serde_json::{Value, json};

use crate::generate::random::Random;
use crate::generate::recipe::Recipe;
use crate::generate::values::{Known, Words};
use crate::uid;

/// An entity.
#[derive(Clone, Debug)]
pub(crate) struct Entity {
    /// As Cedar prints it.
    pub(crate) uid: String,
    pub(crate) kind: String,
    /// `{uid, attrs, parents, tags?}`, `parents` holding all ancestors.
    pub(crate) json: Value,
    /// The workspace has no such entity.
    pub(crate) made_up: bool,
    /// Ancestors that are there, by number.
    pub(crate) ancestors: Vec<u32>,
}

/// All entities.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) entities: Vec<Entity>,
    pub(crate) numbers: HashMap<String, u32>,
    /// The entities of each type, the most popular first.
    pub(crate) of_kind: BTreeMap<String, Vec<u32>>,
}

/// Stream of random numbers for made-up entities, and for popularity.
const MADE_UP: u64 = 1;
const POPULARITY: u64 = 2;

impl World {
    /// Puts the world together. `known` gives type, printed id and JSON of each entity the workspace has.
    pub(crate) fn new(
        known: impl Iterator<Item = (String, String, Value)>,
        outline: &Outline,
        recipe: &Recipe,
    ) -> Self {
        let mut all: BTreeMap<String, (String, Value)> =
            known.map(|(kind, uid, json)| (uid, (kind, json))).collect();
        let theirs: BTreeSet<String> = all.keys().cloned().collect();
        make_up(&mut all, outline, recipe);
        let mut world = Self::default();
        for (number, (uid, (kind, json))) in (0..).zip(all) {
            world.numbers.insert(uid.clone(), number);
            world.of_kind.entry(kind.clone()).or_default().push(number);
            world.entities.push(Entity {
                made_up: !theirs.contains(&uid),
                uid,
                kind,
                json,
                ancestors: Vec::new(),
            });
        }
        for entity in &mut world.entities {
            let parents = entity.json.get("parents").and_then(Value::as_array);
            let numbers = parents
                .into_iter()
                .flatten()
                .filter_map(|parent| world.numbers.get(&uid_of(parent)?));
            entity.ancestors = numbers.copied().collect();
        }
        let mut random = Random::new(recipe.seed, POPULARITY);
        for numbers in world.of_kind.values_mut() {
            random.shuffle(numbers);
        }
        world
    }

    pub(crate) fn entity(&self, number: u32) -> Option<&Entity> {
        self.entities.get(usize::try_from(number).ok()?)
    }

    /// The entities of a type, the most popular first.
    pub(crate) fn of_kind(&self, kind: &str) -> &[u32] {
        self.of_kind.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The short texts in the entities' attributes.
    pub(crate) fn words(&self) -> Words {
        let mut counts: BTreeMap<(String, String), u32> = BTreeMap::new();
        for entity in self.entities.iter().filter(|entity| !entity.made_up) {
            if let Some(attrs) = entity.json.get("attrs") {
                count_words("", attrs, &mut counts);
            }
        }
        let mut words = Words::default();
        let mut common: BTreeMap<String, u32> = BTreeMap::new();
        for ((name, word), count) in counts {
            *common.entry(word.clone()).or_default() += count;
            words.of.entry(name).or_default().push(word);
        }
        // A name under which all are different is a title, not a word.
        words.of.retain(|_, words| words.len() <= MOST_WORDS);
        let mut ranked: Vec<(u32, String)> = common
            .into_iter()
            .map(|(word, count)| (count, word))
            .collect();
        ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        ranked.retain(|(count, _)| *count > 1);
        ranked.truncate(MOST_WORDS);
        words.common = ranked.into_iter().map(|(_, word)| word).collect();
        words
    }

    /// The entities a value speaks of.
    pub(crate) fn references(&self, value: &Value, found: &mut BTreeSet<u32>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.references(item, found)),
            Value::Object(members) => match members.get("__entity").and_then(uid_of) {
                Some(uid) => found.extend(self.numbers.get(&uid)),
                None => members
                    .values()
                    .for_each(|value| self.references(value, found)),
            },
            _ => {}
        }
    }
}

/// More different texts under one name are no longer words to choose from.
const MOST_WORDS: usize = 12;

fn count_words(name: &str, value: &Value, counts: &mut BTreeMap<(String, String), u32>) {
    match value {
        Value::String(word) if word.len() <= 24 => {
            *counts.entry((name.to_owned(), word.clone())).or_default() += 1;
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| count_words(name, item, counts)),
        Value::Object(members)
            if !members.contains_key("__entity") && !members.contains_key("__extn") =>
        {
            for (name, value) in members {
                count_words(name, value, counts);
            }
        }
        _ => {}
    }
}

/// The printed id of `{"type","id"}`.
pub(crate) fn uid_of(value: &Value) -> Option<String> {
    let value = value.get("__entity").unwrap_or(value);
    uid::print(value.get("type")?.as_str()?, value.get("id")?.as_str()?)
}

/// Adds entities of the types that requests need and that have none.
fn make_up(all: &mut BTreeMap<String, (String, Value)>, outline: &Outline, recipe: &Recipe) {
    let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (kind, json) in all.values() {
        let id = json
            .get("uid")
            .and_then(|uid| uid.get("__entity").unwrap_or(uid).get("id"));
        if let Some(id) = id.and_then(Value::as_str) {
            ids.entry(kind.clone()).or_default().push(id.to_owned());
        }
    }
    let missing = missing_types(outline, &ids);
    // A schema of many types needs few entities of each.
    let many = (3000 / missing.len().max(1)).clamp(4, 60);
    for (kind, found) in &missing {
        let made = match &found.ids {
            Some(ids) => ids.clone(),
            None => {
                let name = kind.rsplit("::").next().unwrap_or(kind).to_lowercase();
                (1..=many)
                    .map(|number| format!("{name}-{number:02}"))
                    .collect()
            }
        };
        ids.insert(kind.clone(), made);
    }
    let known = Known {
        ids: &ids,
        words: &Words::default(),
        from: recipe.from,
        to: recipe.to,
    };
    let mut random = Random::new(recipe.seed, MADE_UP);
    for (kind, found) in missing {
        for id in ids.get(&kind).into_iter().flatten() {
            let attrs = known.record(&found.attributes, &mut random);
            let mut parents = Vec::new();
            // Only upwards, to types that are not below this one: nothing becomes its own ancestor.
            for above in &found.ancestors {
                let below = outline
                    .types
                    .get(above)
                    .is_some_and(|above| above.ancestors.contains(&kind));
                if !below && let Some(id) = random.pick(ids.get(above).map_or(&[], Vec::as_slice)) {
                    parents.push(json!({"type": above, "id": id}));
                }
            }
            if let Some(uid) = uid::print(&kind, id) {
                let json =
                    json!({"uid": {"type": kind, "id": id}, "attrs": attrs, "parents": parents});
                all.insert(uid, (kind.clone(), json));
            }
        }
    }
    flatten(all);
}

/// Types without entities: those of principals and resources, and those such entities are in or must speak of.
fn missing_types(
    outline: &Outline,
    ids: &BTreeMap<String, Vec<String>>,
) -> BTreeMap<String, TypeOutline> {
    let mut missing = BTreeMap::new();
    let of_actions = outline.actions.values();
    let mut wanted: Vec<&String> = of_actions
        .flat_map(|action| action.principals.iter().chain(&action.resources))
        .collect();
    while let Some(kind) = wanted.pop() {
        if ids.contains_key(kind) || missing.contains_key(kind) {
            continue;
        }
        let Some(found) = outline.types.get(kind) else {
            continue;
        };
        missing.insert(kind.clone(), found.clone());
        wanted.extend(&found.ancestors);
        for attribute in found.attributes.values() {
            entity_types(&attribute.value, &mut wanted);
        }
    }
    missing
}

fn entity_types<'a>(value: &'a policy::ValueOutline, found: &mut Vec<&'a String>) {
    match value {
        policy::ValueOutline::Entity(kind) => found.push(kind),
        policy::ValueOutline::Set(element) => entity_types(element, found),
        policy::ValueOutline::Record(attributes) => {
            attributes
                .values()
                .for_each(|attribute| entity_types(&attribute.value, found));
        }
        _ => {}
    }
}

/// Gives every entity all its ancestors as parents.
fn flatten(all: &mut BTreeMap<String, (String, Value)>) {
    let parents_of = |json: &Value| -> Vec<Value> {
        json.get("parents")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let direct: BTreeMap<String, Vec<Value>> = all
        .iter()
        .map(|(uid, (_, json))| (uid.clone(), parents_of(json)))
        .collect();
    for (uid, (_, json)) in all.iter_mut() {
        let mut above: BTreeMap<String, Value> = BTreeMap::new();
        let mut wanted = direct.get(uid).cloned().unwrap_or_default();
        while let Some(parent) = wanted.pop() {
            let Some(name) = uid_of(&parent).filter(|name| name != uid) else {
                continue;
            };
            if let Entry::Vacant(free) = above.entry(name) {
                wanted.extend(direct.get(free.key()).into_iter().flatten().cloned());
                free.insert(parent);
            }
        }
        if let Some(parents) = json.get_mut("parents") {
            *parents = above.into_values().collect();
        }
    }
}
