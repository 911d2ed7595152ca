//! A request with its entities: replayed, and stripped of everything without which it comes out the same.
//!
//! Two forms of an example are made. The one handed out fits the schema, so that it can be decided, kept as a test, sent
//! around. The other holds only the facts that are read on the way to the decision; words are made from it. A fact whose
//! absence is not noticed (no policy fails for the lack of it, and every decision stays) says nothing and is left out.

use std::collections::BTreeSet;

use model::Request;
use policy::{Asked, EntityReader, EntityStore, Schema, Vocabulary};
use serde_json::{Map, Value};

use crate::bond::Facts;

/// A request and the entities that exist for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Example {
    pub request: Request,
    pub entities: Vec<Value>,
}

/// The id of an entity, or of a reference to one: `{type, id}`.
pub(crate) fn uid(reference: &Value) -> Option<String> {
    let reference = reference.get("__entity").unwrap_or(reference);
    let (kind, id) = (
        reference.get("type")?.as_str()?,
        reference.get("id")?.as_str()?,
    );
    Some(format!("{kind}::\"{}\"", id.escape_debug()))
}

/// Type of an id.
pub(crate) fn kind(uid: &str) -> &str {
    uid.split_once("::\"").map_or(uid, |(kind, _)| kind)
}

/// Something that may be left out.
enum Cut {
    /// Every entity but these.
    Others(BTreeSet<String>),
    /// Every attribute and fact of the moment but those of these names, which the policies read.
    Unread(BTreeSet<String>),
    Entity(String),
    Parent(String, String),
    /// Of an entity: a key of `attrs` or `tags`.
    Key(String, &'static str, String),
    /// An element of a set in `attrs`.
    Element(String, String, usize),
    Context(String),
}

impl Example {
    pub fn new(request: Request, entities: Vec<Value>) -> Self {
        let mut example = Self { request, entities };
        // The schema gives the actions.
        example.entities.retain(|entity| {
            entity
                .pointer("/uid/type")
                .and_then(Value::as_str)
                .is_none_or(|kind| kind.rsplit("::").next() != Some("Action"))
        });
        for entity in &mut example.entities {
            if let Some(parents) = entity.get_mut("parents").and_then(Value::as_array_mut) {
                parents.sort_by_cached_key(uid);
            }
        }
        example
            .entities
            .sort_by_cached_key(|entity| entity.get("uid").and_then(uid));
        example
    }

    pub fn entity(&self, id: &str) -> Option<&Value> {
        self.entities
            .iter()
            .find(|entity| entity.get("uid").and_then(uid).as_deref() == Some(id))
    }

    pub fn entity_mut(&mut self, id: &str) -> Option<&mut Value> {
        self.entities
            .iter_mut()
            .find(|entity| entity.get("uid").and_then(uid).as_deref() == Some(id))
    }

    fn ids(&self) -> Vec<String> {
        self.entities
            .iter()
            .filter_map(|entity| entity.get("uid").and_then(uid))
            .collect()
    }

    /// The example without something; nothing when it does not hold that.
    fn without(&self, cut: &Cut) -> Option<Self> {
        let mut less = self.clone();
        match cut {
            Cut::Others(kept) => {
                let before = less.entities.len();
                less.entities.retain(|entity| {
                    entity
                        .get("uid")
                        .and_then(uid)
                        .is_none_or(|id| kept.contains(&id))
                });
                (less.entities.len() < before).then_some(less)
            }
            Cut::Unread(read) => {
                less.request.context.retain(|key, _| read.contains(key));
                for entity in &mut less.entities {
                    if let Some(attrs) = entity.get_mut("attrs").and_then(Value::as_object_mut) {
                        attrs.retain(|key, _| read.contains(key));
                    }
                }
                (less != *self).then_some(less)
            }
            Cut::Entity(id) => {
                less.entities
                    .retain(|entity| entity.get("uid").and_then(uid).as_ref() != Some(id));
                (less.entities.len() < self.entities.len()).then_some(less)
            }
            Cut::Parent(id, parent) => {
                let parents = less.entity_mut(id)?.get_mut("parents")?.as_array_mut()?;
                parents.retain(|other| uid(other).as_ref() != Some(parent));
                Some(less)
            }
            Cut::Key(id, part, key) => {
                let keys = less.entity_mut(id)?.get_mut(*part)?.as_object_mut()?;
                keys.remove(key)?;
                Some(less)
            }
            Cut::Element(id, key, at) => {
                let attrs = less.entity_mut(id)?.get_mut("attrs")?;
                let elements = attrs.get_mut(key)?.as_array_mut()?;
                (*at < elements.len()).then(|| drop(elements.remove(*at)))?;
                Some(less)
            }
            Cut::Context(key) => {
                less.request.context.remove(key)?;
                Some(less)
            }
        }
    }

    /// Everything that may be left out, the big pieces first.
    fn cuts(&self, schema: Option<&Schema>, read: &BTreeSet<String>) -> Vec<Cut> {
        let fitting = schema.is_some();
        let asked = [&self.request.principal, &self.request.resource];
        // Who asks and what for exist, in an example that fits.
        let kept = |id: &String| fitting && asked.contains(&id);
        let mut cuts: Vec<_> = Vec::new();
        if fitting {
            cuts.push(Cut::Others(asked.into_iter().cloned().collect()));
        } else {
            cuts.push(Cut::Unread(read.clone()));
        }
        cuts.extend(
            self.ids()
                .into_iter()
                .filter(|id| !kept(id))
                .map(Cut::Entity),
        );
        for entity in &self.entities {
            let Some(id) = entity.get("uid").and_then(uid) else {
                continue;
            };
            let list = |key: &str| entity.get(key).and_then(Value::as_array);
            for parent in list("parents").into_iter().flatten().filter_map(uid) {
                cuts.push(Cut::Parent(id.clone(), parent));
            }
            for part in ["attrs", "tags"] {
                let keys = entity.get(part).and_then(Value::as_object);
                for (key, value) in keys.into_iter().flatten() {
                    let needed = |schema: &Schema| schema.requires(kind(&id), key);
                    if part == "tags" || !schema.is_some_and(needed) {
                        cuts.push(Cut::Key(id.clone(), part, key.clone()));
                    }
                    // From the end, so that places before it stay what they are.
                    let elements = value.as_array().filter(|_| part == "attrs");
                    for at in (0..elements.map_or(0, Vec::len)).rev() {
                        cuts.push(Cut::Element(id.clone(), key.clone(), at));
                    }
                }
            }
        }
        cuts.extend(self.request.context.keys().cloned().map(Cut::Context));
        // What was referred to may not be any more.
        cuts.extend(
            self.ids()
                .into_iter()
                .filter(|id| !kept(id))
                .map(Cut::Entity),
        );
        cuts
    }

    /// The same example with other names for entities.
    pub fn renamed(&self, names: &[(String, String)]) -> Self {
        fn rename(value: &mut Value, names: &[(String, String)]) {
            let known = uid(value).and_then(|id| {
                let (_, new) = names.iter().find(|(old, _)| *old == id)?;
                Some(new.clone())
            });
            match value {
                Value::Object(fields) => {
                    if let Some(new) = known {
                        let place = fields.get_mut("__entity").and_then(Value::as_object_mut);
                        let place: &mut Map<String, Value> = match place {
                            Some(inner) => inner,
                            None => fields,
                        };
                        place.insert("id".to_owned(), Value::String(new));
                    } else {
                        fields.values_mut().for_each(|value| rename(value, names));
                    }
                }
                Value::Array(values) => values.iter_mut().for_each(|value| rename(value, names)),
                _ => {}
            }
        }
        let mut renamed = self.clone();
        for id in [
            &mut renamed.request.principal,
            &mut renamed.request.resource,
        ] {
            if let Some((_, new)) = names.iter().find(|(old, _)| old == id) {
                *id = format!("{}::\"{new}\"", kind(id));
            }
        }
        renamed
            .request
            .context
            .values_mut()
            .chain(&mut renamed.entities)
            .for_each(|value| rename(value, names));
        renamed
    }

    /// Ids that occur anywhere, in order of first mention.
    pub fn mentioned(&self) -> Vec<String> {
        fn mention(value: &Value, all: &mut Vec<String>) {
            if let Some(id) = uid(value) {
                return all.push(id);
            }
            match value {
                Value::Object(fields) => fields.values().for_each(|value| mention(value, all)),
                Value::Array(values) => values.iter().for_each(|value| mention(value, all)),
                _ => {}
            }
        }
        let mut all = vec![
            self.request.principal.clone(),
            self.request.resource.clone(),
        ];
        self.request
            .context
            .values()
            .chain(&self.entities)
            .for_each(|value| mention(value, &mut all));
        let mut seen = BTreeSet::new();
        all.retain(|id| seen.insert(id.clone()));
        all
    }
}

/// Decides a request: the ordinary authorizer's answer.
pub(crate) type Decide<'a, O> = dyn Fn(&EntityStore, &Asked) -> O + 'a;

/// How an example comes out.
pub(crate) struct Replay<'a, O> {
    pub schema: &'a Schema,
    reader: EntityReader<'a>,
    decide: &'a Decide<'a, O>,
}

impl<'a, O: PartialEq> Replay<'a, O> {
    pub fn new(schema: &'a Schema, decide: &'a Decide<'a, O>) -> Self {
        Self {
            schema,
            reader: EntityReader::new(schema),
            decide,
        }
    }

    /// An example, read; nothing when it cannot be, or does not fit the schema though it must.
    pub fn read(&self, example: &Example, fitting: bool) -> Option<(EntityStore, Asked)> {
        let store = self.reader.store(&example.entities, fitting)?;
        let asked = self.reader.request(&example.request, fitting)?;
        Some((store, asked))
    }

    /// The outcome of an example that fits the schema.
    pub fn outcome(&self, example: &Example) -> Option<O> {
        self.replay(example, true)
    }

    fn replay(&self, example: &Example, fitting: bool) -> Option<O> {
        let (store, asked) = self.read(example, fitting)?;
        Some((self.decide)(&store, &asked))
    }

    /// The example without what makes no difference. It still fits the schema.
    pub fn minimal(&self, example: Example, outcome: &O) -> Example {
        self.cut(example, outcome, true, &BTreeSet::new())
    }

    /// The facts of an example that are read on the way to its outcome.
    pub fn facts(&self, example: &Example, outcome: &O, read: &BTreeSet<String>) -> Example {
        self.cut(example.clone(), outcome, false, read)
    }

    fn cut(
        &self,
        mut example: Example,
        outcome: &O,
        fitting: bool,
        read: &BTreeSet<String>,
    ) -> Example {
        for cut in example.cuts(fitting.then_some(self.schema), read) {
            if let Some(less) = example.without(&cut)
                && self.replay(&less, fitting).as_ref() == Some(outcome)
            {
                example = less;
            }
        }
        example
    }
}

/// An example without what does not matter, with readable names and values; and its facts.
pub(crate) fn told<O: PartialEq>(
    replay: &Replay<'_, O>,
    shown: Example,
    outcome: &O,
    vocabulary: &Vocabulary,
) -> (Example, Facts) {
    let small = replay.minimal(shown, outcome);
    let named = small.renamed(&names(&small, vocabulary));
    // Errors may quote a name; then the solver's own stay.
    let example = if replay.outcome(&named).as_ref() == Some(outcome) {
        named
    } else {
        small
    };
    // A name the policies know may stand there by chance.
    let known = example
        .mentioned()
        .into_iter()
        .filter(|id| vocabulary.ids.contains(id));
    let example = known
        .collect::<Vec<_>>()
        .into_iter()
        .fold(example, |example, id| {
            let other = example.renamed(&[(id.clone(), fresh(&id, &example.mentioned()))]);
            if replay.outcome(&other).as_ref() == Some(outcome) {
                other
            } else {
                example
            }
        });
    let example = replay.plain(example, outcome, vocabulary);
    let facts = replay.facts(&example, outcome, &vocabulary.attributes);
    let facts = replay.notable(&example, facts, outcome, vocabulary);
    let facts = replay.bonded(&example, facts, outcome);
    (example, facts)
}

/// A name for an entity that nothing else has: `record-1`.
fn fresh(id: &str, taken: &[String]) -> String {
    let kind = kind(id);
    let short = kind.rsplit("::").next().unwrap_or(kind).to_lowercase();
    (1..)
        .map(|number| format!("{short}-{number}"))
        .find(|name| !taken.contains(&format!("{kind}::\"{name}\"")))
        .unwrap_or_default()
}

/// Names for the entities the solver made up: `record-1`, `record-2`.
fn names(example: &Example, vocabulary: &Vocabulary) -> Vec<(String, String)> {
    let mut taken: Vec<String> = vocabulary.ids.iter().cloned().collect();
    let made_up = example.mentioned().into_iter().filter(|id| {
        !vocabulary.ids.contains(id) && kind(id).rsplit("::").next() != Some("Action")
    });
    made_up
        .map(|id| {
            let name = fresh(&id, &taken);
            taken.push(format!("{}::\"{name}\"", kind(&id)));
            (id, name)
        })
        .collect()
}
