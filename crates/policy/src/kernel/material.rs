//! Everything a log speaks of, parsed once and on every core.

use std::{collections::HashMap, sync::Arc};

use cedar_policy_core::{
    ast::{
        Context, Entity, EntityType, EntityUID, EntityUIDEntry, Literal, PartialValue,
        Request as AstRequest, RestrictedExpr, Unknown, ValueKind,
    },
    entities::{
        ContextJsonParser, Dereference, Entities, EntityJsonParser, NoEntitiesSchema,
        TCComputation, json::NullContextSchema,
    },
    extensions::Extensions,
    validator::{context_schema_for_action, types::Type},
};
use rayon::prelude::*;
use serde::Deserialize;

use super::{
    Direct, Evaluation, Facts, OpenFacts,
    direct::{Form, Ground},
    least::{unknown_attribute, unknown_tag},
};
use crate::{EntityStore, Schema, entities};

/// What cannot be read has no name.
const NAMELESS: u32 = u32::MAX;

/// The tables of distinct texts a log is made of.
#[derive(Clone, Copy, Debug)]
pub struct Tables<'a> {
    /// Entity ids, `Type::"id"`.
    pub uids: &'a [String],
    /// Contexts, JSON objects.
    pub contexts: &'a [String],
    /// Entities, JSON objects.
    pub entities: &'a [String],
    /// Slices, as numbers of entities.
    pub slices: &'a [&'a [u32]],
}

/// The texts of a log, parsed.
#[derive(Debug)]
pub struct Material {
    uids: Vec<Option<Uid>>,
    types: Vec<EntityType>,
    /// The (context, action) numbers that occur, ascending, and beside them the contexts.
    pairs: Vec<(u32, u32)>,
    contexts: Vec<Option<Context>>,
    pub(super) entities: Vec<Option<Arc<Entity>>>,
    /// A number for every id that occurs, however it is written: what is asked for each request is asked by number.
    known: HashMap<EntityUID, u32>,
    /// For each entity its name in `known` and those of its parents.
    pub(super) above: Vec<(u32, Box<[u32]>)>,
    /// By number of an id in the log's table: its name in `known`.
    names: Vec<u32>,
    /// By number of the slice.
    forms: Vec<Form>,
    pub(super) actions: HashMap<u32, Arc<Entity>>,
    /// Actions whose groups are known, from the schema or the workspace's entities.
    pub(super) settled: HashMap<u32, bool>,
    /// Principals and resources about which there is nothing to know: their type has neither attributes nor parents.
    pub(super) bare: HashMap<u32, Arc<Entity>>,
}

#[derive(Debug)]
struct Uid {
    uid: Arc<EntityUID>,
    kind: u32,
}

impl Material {
    /// Parses the tables. `pairs` are the (context, action) numbers that occur: the action's schema says how its context
    /// is to be read. What cannot be parsed makes only the rows that use it unreplayable.
    #[must_use]
    pub fn new(
        tables: Tables<'_>,
        pairs: impl IntoIterator<Item = (u32, u32)>,
        schema: Option<&Schema>,
        store: &EntityStore,
    ) -> Self {
        let mut types = Vec::new();
        let mut type_numbers = HashMap::new();
        let mut uids = Vec::with_capacity(tables.uids.len());
        // Parsing is the work, and on every core; numbering follows in order, so that numbers depend on the log alone.
        let parsed: Vec<Option<EntityUID>> = tables
            .uids
            .par_iter()
            .map(|text| text.parse().ok())
            .collect();
        for uid in parsed {
            uids.push(uid.map(|uid| {
                let kind = *type_numbers
                    .entry(uid.entity_type().clone())
                    .or_insert_with(|| {
                        types.push(uid.entity_type().clone());
                        types.len() as u32 - 1
                    });
                let uid = Arc::new(uid);
                Uid { uid, kind }
            }));
        }
        let mut known: HashMap<EntityUID, u32> = HashMap::new();
        let mut name = |uid: &EntityUID| {
            let next = known.len() as u32;
            *known.entry(uid.clone()).or_insert(next)
        };
        let mut entities = Vec::with_capacity(tables.entities.len());
        let mut above = Vec::with_capacity(tables.entities.len());
        let parsed: Vec<Option<Entity>> = tables
            .entities
            .par_iter()
            .map(|json| open_entity(json, schema))
            .collect();
        for entity in parsed {
            above.push(
                entity
                    .as_ref()
                    .map_or((NAMELESS, Box::default()), |entity| {
                        (
                            name(entity.uid()),
                            entity.parents().map(&mut name).collect(),
                        )
                    }),
            );
            entities.push(entity.map(Arc::new));
        }
        let names = uids.iter().map(|uid: &Option<Uid>| {
            let uid = uid.as_ref();
            uid.map_or(NAMELESS, |uid| name(&uid.uid))
        });
        let names = names.collect();
        let mut pairs: Vec<(u32, u32)> = pairs.into_iter().collect();
        pairs.sort_unstable();
        pairs.dedup();
        let mut material = Self {
            uids,
            types,
            pairs,
            contexts: Vec::new(),
            entities,
            known,
            above,
            names,
            forms: Vec::new(),
            actions: HashMap::new(),
            settled: HashMap::new(),
            bare: HashMap::new(),
        };
        for place in 0..material.pairs.len() {
            if let Some((_, action)) = material.pairs.get(place).copied() {
                material.settle(action, schema, store);
            }
        }
        material.contexts = material
            .pairs
            .par_iter()
            .map(|(context, action)| {
                let text = tables.contexts.get(*context as usize)?;
                read_context(text, &material.uid(*action)?.uid, schema)
            })
            .collect();
        if let Some(schema) = schema {
            material.find_bare(schema);
        }
        material.forms = tables
            .slices
            .par_iter()
            .map(|slice| material.form(slice))
            .collect();
        material
    }

    /// Type of an entity id, as a number that equal types share; nothing when the id cannot be read.
    #[must_use]
    pub fn kind(&self, uid: u32) -> Option<u32> {
        self.uid(uid).map(|uid| uid.kind)
    }

    /// Name of a type.
    #[must_use]
    pub fn kind_name(&self, kind: u32) -> String {
        self.types
            .get(kind as usize)
            .map(ToString::to_string)
            .unwrap_or_default()
    }

    pub(crate) fn entity_type(&self, kind: u32) -> Option<&EntityType> {
        self.types.get(kind as usize)
    }

    pub(crate) fn action(&self, action: u32) -> Option<(&EntityUID, Option<&Arc<Entity>>)> {
        let settled = self.settled.get(&action).copied().unwrap_or(false);
        self.uid(action)
            .map(|uid| (&*uid.uid, self.actions.get(&action).filter(|_| settled)))
    }

    /// The number of an id, if it occurs.
    pub(crate) fn name(&self, uid: &EntityUID) -> Option<u32> {
        self.known.get(uid).copied()
    }

    /// The name of an id of the log's table; [`NAMELESS`] when it cannot be read.
    pub(crate) fn name_of(&self, uid: u32) -> u32 {
        self.names.get(uid as usize).copied().unwrap_or(NAMELESS)
    }

    /// How many names there are: all are smaller.
    pub(crate) fn name_count(&self) -> u32 {
        self.known.len() as u32
    }

    /// The (context, action) numbers that occur, and how they are numbered themselves.
    pub(crate) fn pairs(&self) -> &[(u32, u32)] {
        &self.pairs
    }

    /// The entity of that id in a slice, with the names of its parents.
    pub(super) fn recorded(&self, slice: &[u32], uid: u32) -> Option<(&Entity, &[u32])> {
        let name = self.name_of(uid);
        let mut members = slice.iter().map(|number| *number as usize);
        members.find_map(|place| {
            let (known, above) = self.above.get(place)?;
            if *known != name || name == NAMELESS {
                return None;
            }
            Some((self.entities.get(place)?.as_deref()?, &**above))
        })
    }

    /// The place of a context, read for an action, among [`Material::pairs`].
    fn pair(&self, context: u32, action: u32) -> Option<usize> {
        self.pairs.binary_search(&(context, action)).ok()
    }

    fn uid(&self, number: u32) -> Option<&Uid> {
        self.uids.get(number as usize).and_then(Option::as_ref)
    }

    fn settle(&mut self, action: u32, schema: Option<&Schema>, store: &EntityStore) {
        if self.settled.contains_key(&action) {
            return;
        }
        let Some(uid) = self.uid(action).map(|uid| Arc::clone(&uid.uid)) else {
            return;
        };
        let found = schema.and_then(|schema| schema.action(&uid)).or_else(|| {
            store
                .entities
                .iter()
                .find(|entity| *entity.uid() == *uid)
                .map(|entity| Arc::new(entity.clone()))
        });
        self.settled.insert(action, found.is_some());
        self.actions.insert(
            action,
            found.unwrap_or_else(|| Arc::new(Entity::with_uid((*uid).clone()))),
        );
    }

    fn find_bare(&mut self, schema: &Schema) {
        let bare: Vec<bool> = self.types.iter().map(|name| schema.bare(name)).collect();
        for (number, uid) in (0_u32..).zip(&self.uids) {
            if let Some(uid) = uid
                .as_ref()
                .filter(|uid| bare.get(uid.kind as usize) == Some(&true))
            {
                self.bare
                    .insert(number, Arc::new(Entity::with_uid((*uid.uid).clone())));
            }
        }
    }

    /// The entities of a slice with what always belongs to a request.
    ///
    /// # Errors
    /// In words, when they cannot be used together: unreadable, given twice, their own ancestors.
    pub fn open(
        &self,
        slice: &[u32],
        principal: u32,
        action: u32,
        resource: u32,
    ) -> Result<Facts<'_>, String> {
        let mut members = Vec::with_capacity(slice.len() + 3);
        for number in slice {
            let entity = self.entities.get(*number as usize).and_then(Option::as_ref);
            members.push(Arc::clone(
                entity.ok_or("an entity of the slice cannot be read")?,
            ));
        }
        if let Some(entity) = self.actions.get(&action)
            && (self.settled.get(&action) == Some(&true)
                || !members.iter().any(|member| member.uid() == entity.uid()))
        {
            members.retain(|member| member.uid() != entity.uid());
            members.push(Arc::clone(entity));
        }
        let same = principal == resource;
        for entity in [principal, resource]
            .iter()
            .take(if same { 1 } else { 2 })
            .filter_map(|number| self.bare.get(number))
        {
            if !members.iter().any(|member| member.uid() == entity.uid()) {
                members.push(Arc::clone(entity));
            }
        }
        let closure = if self.flat(slice) {
            TCComputation::AssumeAlreadyComputed
        } else {
            TCComputation::ComputeNow
        };
        Entities::new()
            .add_entities(
                members,
                None::<&NoEntitiesSchema>,
                closure,
                Extensions::all_available(),
            )
            .map(|entities| Facts::Open(Box::new(OpenFacts(entities.partial()))))
            .map_err(|error| match self.circle(slice) {
                // The engine names whichever it comes upon; a report must not depend on that.
                Some(uid) => format!("the recorded entity `{uid}` is its own ancestor"),
                None => entities::chain(&error),
            })
    }

    /// An attribute of an entity as recorded in a slice, or as the workspace has it when there is no slice. Text without
    /// quotes; other values as the engine prints them.
    #[must_use]
    pub fn attribute(
        &self,
        slice: Option<&[u32]>,
        store: &EntityStore,
        uid: u32,
        name: &str,
    ) -> Option<String> {
        let uid = &self.uid(uid)?.uid;
        match slice {
            Some(slice) => {
                let members = slice
                    .iter()
                    .filter_map(|number| self.entities.get(*number as usize)?.as_ref());
                attribute(
                    members.into_iter().find(|entity| *entity.uid() == **uid)?,
                    name,
                )
            }
            None => match store.entities.entity(uid) {
                Dereference::Data(entity) => attribute(entity, name),
                _ => None,
            },
        }
    }

    /// A request over the facts of a slice (its number and members), or without one over the workspace's own, as they
    /// lie. Nothing when only the engine can make sense of them.
    #[must_use]
    pub fn direct<'a>(
        &'a self,
        [principal, action, resource, context]: [u32; 4],
        slice: Option<(u32, &'a [u32])>,
        store: &'a EntityStore,
    ) -> Option<Direct<'a>> {
        let uid = |number| self.uid(number).map(|uid| (&*uid.uid, number));
        let pair = self.pair(context, action)?;
        let Some(Some(Context::Value(context))) = self.contexts.get(pair) else {
            return None;
        };
        let ground = match slice {
            None => Ground::Closed(&store.entities, &[]),
            Some((number, members)) => match self.forms.get(number as usize)? {
                Form::Odd => return None,
                form => Ground::Open(self, members, *form),
            },
        };
        Some(Direct::new(
            [uid(principal)?, uid(action)?, uid(resource)?],
            (context, pair),
            ground,
        ))
    }

    /// A context and its action, and nobody else: what is certain of these two is certain of every request that has them.
    pub(crate) fn nobody(&self, pair: usize) -> Option<Direct<'_>> {
        let (_, action) = *self.pairs.get(pair)?;
        let Some(Some(Context::Value(context))) = self.contexts.get(pair) else {
            return None;
        };
        let uid = (&*self.uid(action)?.uid, action);
        Some(Direct::new([uid; 3], (context, pair), Ground::Unknown))
    }

    /// Makes ready to ask single policies about a request.
    ///
    /// # Errors
    /// In words, when an id or the context cannot be read.
    pub fn evaluation<'a>(
        &self,
        principal: u32,
        action: u32,
        resource: u32,
        context: u32,
        facts: &'a Facts<'_>,
    ) -> Result<Evaluation<'a>, &'static str> {
        let entry = |number| {
            self.uid(number)
                .map(|uid| EntityUIDEntry::Known {
                    euid: Arc::clone(&uid.uid),
                    loc: None,
                })
                .ok_or("an entity id cannot be read")
        };
        let context_value = self
            .pair(context, action)
            .and_then(|pair| self.contexts.get(pair)?.as_ref())
            .ok_or("the context cannot be read")?;
        let request = AstRequest::new_unchecked(
            entry(principal)?,
            entry(action)?,
            entry(resource)?,
            Some(context_value.clone()),
        );
        Ok(Evaluation::new(request, facts))
    }
}

fn attribute(entity: &Entity, name: &str) -> Option<String> {
    match entity.get(name)? {
        PartialValue::Value(value) => Some(match value.value_kind() {
            ValueKind::Lit(Literal::String(text)) => text.to_string(),
            other => other.to_string(),
        }),
        PartialValue::Residual(_) => None,
    }
}

/// What a recorded entity has and the record does not carry: names of attributes and of tags.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Omitted {
    #[serde(default)]
    attrs: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
}

/// Reads an entity of a slice. What it says it omits is not known; if it does not say, neither is what its type requires.
fn open_entity(json: &str, schema: Option<&Schema>) -> Option<Entity> {
    // Most say nothing, and are not read twice.
    if !json.contains("\"omitted\"") {
        return recorded_entity(json, schema, true);
    }
    let mut members: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(json).ok()?;
    let Some(omitted) = members.remove("omitted") else {
        return recorded_entity(json, schema, true);
    };
    let omitted: Omitted = serde_json::from_value(omitted).ok()?;
    let given = serde_json::Value::Object(members).to_string();
    let entity = recorded_entity(&given, schema, false)?;
    let (uid, mut attrs, indirect, parents, mut tags) = entity.into_inner();
    for name in omitted.attrs {
        let unknown = unknown_attribute(&uid, &name);
        if attrs.insert(name.into(), unknown).is_some() {
            return None;
        }
    }
    for name in omitted.tags {
        let unknown = unknown_tag(&uid, &name);
        if tags.insert(name.into(), unknown).is_some() {
            return None;
        }
    }
    Some(Entity::new_with_attr_partial_value(
        uid, attrs, indirect, parents, tags,
    ))
}

/// The same without what is omitted. One that lacks what its type requires keeps what it has; with `lacking` the rest is not
/// known.
fn recorded_entity(json: &str, schema: Option<&Schema>, lacking: bool) -> Option<Entity> {
    let (entity, mismatch) = entities::parse(json, schema).ok()?;
    let Some(schema) = schema.filter(|_| mismatch.is_some()) else {
        return Some(entity);
    };
    // The schema still says how to read what is there.
    let core = schema.core();
    let entity = EntityJsonParser::new(
        Some(&core),
        Extensions::all_available(),
        TCComputation::AssumeAlreadyComputed,
    )
    .iter_from_json_str(&format!("[{json}]"))
    .ok()
    .and_then(|mut all| all.next())
    .unwrap_or(entity);
    let kind = schema.validator.get_entity_type(entity.uid().entity_type());
    let Some(kind) = kind.filter(|_| lacking) else {
        return Some(entity);
    };
    let missing: Vec<_> = kind
        .attributes()
        .iter()
        .filter(|(name, attribute)| attribute.is_required && entity.get(name).is_none())
        .map(|(name, _)| (name.clone(), unknown_attribute(entity.uid(), name)))
        .collect();
    let (uid, attrs, indirect, parents, tags) = entity.into_inner();
    Some(Entity::new_with_attr_partial_value(
        uid,
        attrs.into_iter().chain(missing),
        indirect,
        parents,
        tags,
    ))
}

/// Reads a recorded context. What the schema requires and the record lacks is not known.
fn read_context(text: &str, action: &EntityUID, schema: Option<&Schema>) -> Option<Context> {
    let fitting = schema.and_then(|schema| schema.fitting().context(text, action));
    fitting.or_else(|| read_context_slowly(text, action, schema))
}

/// The same by the engine's own reader.
pub(crate) fn read_context_slowly(
    text: &str,
    action: &EntityUID,
    schema: Option<&Schema>,
) -> Option<Context> {
    let extensions = Extensions::all_available();
    let plain = || {
        ContextJsonParser::new(None::<&NullContextSchema>, extensions)
            .from_json_str(text)
            .ok()
    };
    let Some(schema) = schema else { return plain() };
    let expected = context_schema_for_action(&schema.validator, action);
    if let Some(expected) = &expected
        && let Ok(context) = ContextJsonParser::new(Some(expected), extensions).from_json_str(text)
    {
        return Some(context);
    }
    let context = plain()?;
    let Some(Type::Record { attrs, .. }) = schema.validator.context_type(action) else {
        return Some(context);
    };
    let present: Vec<(smol_str::SmolStr, RestrictedExpr)> = context.into_iter().collect();
    let missing: Vec<_> = attrs
        .iter()
        .filter(|(name, attribute)| {
            attribute.is_required && !present.iter().any(|(have, _)| have == *name)
        })
        .map(|(name, _)| {
            (
                name.clone(),
                RestrictedExpr::unknown(Unknown::new_untyped(format!("context.{name}"))),
            )
        })
        .collect();
    Context::from_pairs(present.into_iter().chain(missing), extensions).ok()
}
