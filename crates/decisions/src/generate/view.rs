//! The entities during one period: their text, which of them a decision about each may read, and the store the engine
//! decides with.

use std::collections::BTreeSet;

use policy::{EntityStore, Schema};
use serde_json::Value;

use crate::generate::history::Period;
use crate::generate::judge;
use crate::generate::world::World;
use crate::intern::Interner;
use crate::slice;

/// Entities during a period, all lists by entity number.
pub(crate) struct View {
    pub(crate) store: EntityStore,
    /// Canonical JSON.
    texts: Vec<String>,
    /// The entity, those its attributes speak of, and those theirs speak of; sorted. Ancestors are named by `parents` and
    /// need not be there themselves.
    reach: Vec<Box<[u32]>>,
    /// The period in which the text last became another.
    changed: Vec<usize>,
    /// Numbers of the texts in the log's table, once they are in it.
    entered: Vec<Option<u32>>,
}

impl View {
    pub(crate) fn new(
        world: &World,
        period: &Period,
        number: usize,
        before: Option<View>,
        schema: Option<&Schema>,
    ) -> Self {
        let mut json: Vec<Value> = world
            .entities
            .iter()
            .map(|entity| entity.json.clone())
            .collect();
        for ((entity, attribute), value) in &period.other {
            let entity = usize::try_from(*entity)
                .ok()
                .and_then(|at| json.get_mut(at));
            let attrs = entity.and_then(|entity| entity.get_mut("attrs")?.as_object_mut());
            if let Some(attrs) = attrs {
                attrs.insert(attribute.clone(), value.clone());
            }
        }
        let texts: Vec<String> = json
            .iter()
            .map(|json| {
                slice::canonical_entity(&json.to_string())
                    .map_or_else(String::new, |(_, text)| text)
            })
            .collect();
        let near: Vec<BTreeSet<u32>> = (0..)
            .zip(&json)
            .map(|(number, json)| {
                let mut found = BTreeSet::from([number]);
                for part in ["attrs", "tags"] {
                    if let Some(value) = json.get(part) {
                        world.references(value, &mut found);
                    }
                }
                found
            })
            .collect();
        let reach = near
            .iter()
            .map(|near_here| {
                let all: BTreeSet<u32> = near_here
                    .iter()
                    .filter_map(|number| at(&near, *number))
                    .flatten()
                    .copied()
                    .collect();
                all.into_iter().collect()
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
        Self {
            store: judge::store(json.iter(), schema),
            texts,
            reach,
            changed,
            entered,
        }
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
        at(&self.texts, number).map_or("", String::as_str)
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
