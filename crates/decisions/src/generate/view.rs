//! The entities during one period: their text, which of them a decision about each may read, and the store the engine
//! decides with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use policy::{EntityStore, Schema};
use serde_json::Value;

use crate::generate::history::Period;
use crate::generate::world::World;
use crate::intern::Interner;
use crate::{Error, slice};

/// Entities during a period, all lists by entity number.
pub(crate) struct View {
    pub(crate) store: EntityStore,
    /// Canonical JSON.
    texts: Vec<Arc<str>>,
    /// The entity, those its attributes speak of, and those theirs speak of; sorted. Ancestors are named by `parents` and
    /// need not be there themselves.
    reach: Vec<Box<[u32]>>,
    /// The period in which the text last became another.
    changed: Vec<usize>,
    /// Numbers of the texts in the log's table, once they are in it.
    entered: Vec<Option<u32>>,
}

/// What all periods share: the entities as they are now.
pub(crate) struct Now {
    store: EntityStore,
    texts: Vec<Arc<str>>,
    near: Vec<BTreeSet<u32>>,
}

impl Now {
    pub(crate) fn new(
        world: &World,
        known: &EntityStore,
        schema: Option<&Schema>,
    ) -> Result<Self, Error> {
        let made_up = world.entities.iter().filter(|entity| entity.made_up);
        Ok(Self {
            store: store(known, made_up.map(|entity| &entity.json), schema)?,
            texts: world
                .entities
                .iter()
                .map(|entity| text(&entity.json))
                .collect(),
            near: (0..)
                .zip(&world.entities)
                .map(|(number, entity)| near(world, number, &entity.json))
                .collect(),
        })
    }
}

impl View {
    /// The entities during period `number`, following the view of the period before.
    pub(crate) fn new(
        world: &World,
        now: &Now,
        period: &Period,
        number: usize,
        before: Option<View>,
        schema: Option<&Schema>,
    ) -> Result<Self, Error> {
        let mut other: BTreeMap<u32, Value> = BTreeMap::new();
        for ((number, attribute), value) in &period.other {
            let Some(entity) = world.entity(*number) else {
                continue;
            };
            let json = other.entry(*number).or_insert_with(|| entity.json.clone());
            if let Some(attrs) = json.get_mut("attrs").and_then(Value::as_object_mut) {
                attrs.insert(attribute.clone(), value.clone());
            }
        }
        let mut texts = now.texts.clone();
        let mut near_now = now.near.clone();
        for (number, json) in &other {
            if let Some(place) = place(&mut texts, *number) {
                *place = text(json);
            }
            if let Some(place) = place(&mut near_now, *number) {
                *place = near(world, *number, json);
            }
        }
        let reach = near_now
            .iter()
            .map(|near_here| {
                let far = near_here.iter().filter_map(|number| at(&near_now, *number));
                let mut all: Vec<u32> = far.flatten().copied().collect();
                all.sort_unstable();
                all.dedup();
                all.into_boxed_slice()
            })
            .collect();
        let mut changed = vec![number; texts.len()];
        let mut entered = vec![None; texts.len()];
        if let Some(before) = before {
            let old = before.texts.iter().zip(before.changed).zip(before.entered);
            for (((changed, entered), text), ((old, since), number)) in
                changed.iter_mut().zip(&mut entered).zip(&texts).zip(old)
            {
                if text == old {
                    *changed = since;
                    *entered = number;
                }
            }
        }
        Ok(Self {
            store: store(&now.store, other.values(), schema)?,
            texts,
            reach,
            changed,
            entered,
        })
    }

    /// The number of an entity's text in the log's table.
    pub(crate) fn enter(&mut self, number: u32, table: &mut Interner) -> u32 {
        let place = usize::try_from(number).ok();
        if let Some(Some(known)) = place.and_then(|at| self.entered.get(at)) {
            return *known;
        }
        let entered = table.intern(self.text(number));
        if let Some(place) = place.and_then(|at| self.entered.get_mut(at)) {
            *place = Some(entered);
        }
        entered
    }

    pub(crate) fn text(&self, number: u32) -> &str {
        at(&self.texts, number).map_or("", |text| text)
    }

    /// What a decision about this principal and resource may read, in order.
    pub(crate) fn members(&self, principal: u32, resource: u32, spoken_of: &[u32]) -> Vec<u32> {
        let mut members = Vec::with_capacity(32);
        for number in [principal, resource].iter().chain(spoken_of) {
            members.extend_from_slice(at(&self.reach, *number).map_or(&[], |reach| &**reach));
        }
        members.sort_unstable();
        members.dedup();
        members
    }

    /// Some of these entities became others after that period.
    pub(crate) fn changed_since(&self, members: &[u32], period: usize) -> bool {
        members
            .iter()
            .any(|number| at(&self.changed, *number).is_some_and(|changed| *changed > period))
    }
}

fn at<T>(list: &[T], number: u32) -> Option<&T> {
    list.get(usize::try_from(number).ok()?)
}

fn place<T>(list: &mut [T], number: u32) -> Option<&mut T> {
    list.get_mut(usize::try_from(number).ok()?)
}

/// The canonical text of an entity.
fn text(json: &Value) -> Arc<str> {
    slice::canonical_entity(&json.to_string())
        .map_or_else(|| Arc::from(""), |(_, text)| text.into())
}

/// The entity and those its attributes and tags speak of.
fn near(world: &World, number: u32, json: &Value) -> BTreeSet<u32> {
    let mut found = BTreeSet::from([number]);
    for part in ["attrs", "tags"] {
        if let Some(value) = json.get(part) {
            world.references(value, &mut found);
        }
    }
    found
}

/// A store with some entities otherwise.
fn store<'j>(
    before: &EntityStore,
    other: impl IntoIterator<Item = &'j Value>,
    schema: Option<&Schema>,
) -> Result<EntityStore, Error> {
    before.with(other, schema).map_err(|message| {
        Error::NoSchema(format!("an entity cannot be made otherwise: {message}"))
    })
}
