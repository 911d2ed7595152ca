//! Small sets of entities that are made by the thousand and differ in little, as in search of an example: each entity is read once,
//! and who is above whom is worked out only where they do not say it themselves.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use cedar_policy_core::{
    ast::{Entity, EntityUID},
    entities::{Entities, NoEntitiesSchema, TCComputation},
    extensions::Extensions,
};
use model::Request;

use super::{EntityStore, entity::parse};
use crate::{Asked, Schema, decide};

/// Reads entities one by one and remembers each: for who tries one example after another that differ in little.
#[derive(Debug)]
pub struct EntityReader<'s> {
    schema: &'s Schema,
    /// What every set holds.
    actions: Entities,
    /// By their text.
    read: RefCell<HashMap<String, Option<Fitted>>>,
    ids: RefCell<HashMap<String, EntityUID>>,
}

/// An entity, and whether it fits the schema.
type Fitted = (Arc<Entity>, bool);

impl<'s> EntityReader<'s> {
    /// Reads under a schema.
    #[must_use]
    pub fn new(schema: &'s Schema) -> Self {
        let actions = together(
            Entities::new(),
            schema.action_entities(),
            TCComputation::ComputeNow,
        )
        .unwrap_or_default();
        Self {
            schema,
            actions,
            read: RefCell::default(),
            ids: RefCell::default(),
        }
    }

    /// A request. Nothing when it cannot be read, or does not fit the schema though it must.
    #[must_use]
    pub fn request(&self, request: &Request, fitting: bool) -> Option<Asked> {
        let id = |role: &str, text: &str| {
            let mut known = self.ids.borrow_mut();
            if let Some(id) = known.get(text) {
                return Ok(id.clone());
            }
            let id = decide::uid(role, text)?;
            known.insert(text.to_owned(), id.clone());
            Ok(id)
        };
        decide::request(request, fitting.then_some(self.schema), id).ok()
    }

    /// All entities there are. Nothing when they cannot be read or used together, or do not fit the schema though they must.
    #[must_use]
    pub fn store(&self, entities: &[serde_json::Value], fitting: bool) -> Option<EntityStore> {
        let mut known = self.read.borrow_mut();
        let read = entities.iter().map(|json| {
            let text = json.to_string();
            let entry = known.entry(text).or_insert_with_key(|text| {
                let (entity, mismatch) = parse(text, Some(self.schema)).ok()?;
                Some((Arc::new(entity), mismatch.is_none()))
            });
            let (entity, fits) = entry.as_ref()?;
            (*fits || !fitting).then(|| Arc::clone(entity))
        });
        let read: Vec<Arc<Entity>> = read.collect::<Option<_>>()?;
        // Working out who is above whom takes longer than all else, and the schema's actions are among them.
        let closure = match closed(&read) {
            true => TCComputation::AssumeAlreadyComputed,
            false => TCComputation::ComputeNow,
        };
        Some(EntityStore {
            entities: together(self.actions.clone(), read, closure)?,
            own: entities.len(),
            digest: String::new(),
        })
    }
}

/// A handful of entities each of which already names all it is below, and not itself.
fn closed(entities: &[Arc<Entity>]) -> bool {
    entities.iter().all(|entity| {
        let mut above = entity.ancestors();
        above.all(|parent| {
            let parent = entities.iter().find(|other| other.uid() == parent);
            parent.is_none_or(|parent| {
                let mut beyond = parent.ancestors();
                beyond.all(|uid| uid != entity.uid() && entity.is_descendant_of(uid))
            })
        })
    })
}

/// Entities with more of them, and who is above whom.
fn together(
    entities: Entities,
    more: impl IntoIterator<Item = Arc<Entity>>,
    closure: TCComputation,
) -> Option<Entities> {
    entities
        .add_entities(
            more,
            None::<&NoEntitiesSchema>,
            closure,
            Extensions::all_available(),
        )
        .ok()
}
