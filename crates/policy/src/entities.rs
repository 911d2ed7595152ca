//! The entities of a workspace: everything that is known, so that what is not there does not exist.

use std::{cell::RefCell, collections::HashMap, str, sync::Arc};

use cedar_policy_core::{
    ast::{Entity, EntityType, EntityUID},
    entities::{Dereference, Entities, EntityJsonParser, NoEntitiesSchema, TCComputation},
    extensions::Extensions,
};
use model::{Code, Problem, Request, Severity, Source};
use rayon::prelude::*;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::{
    Asked, Error, FileKind, Files, Posed, Schema, decide, digest, kind, schema,
    set::element_offset, text,
};

/// The entities of a workspace, with ancestors worked out and the schema's actions among them.
#[derive(Debug)]
pub struct EntityStore {
    pub(crate) entities: Entities,
    own: usize,
    digest: String,
}

/// One entity of a store, for who would change it.
#[derive(Clone, Debug)]
pub struct Given {
    /// Its type.
    pub kind: String,
    /// Its id, `Type::"id"`.
    pub uid: String,
    /// `{uid, attrs, parents}`, with the parents its file gives it and no other ancestors.
    pub json: serde_json::Value,
    /// All its ancestors, sorted.
    pub above: Vec<String>,
}

/// An entity and where it was read.
struct Placed {
    entity: Entity,
    place: Source,
}

impl EntityStore {
    /// Entities given beside a request, rather than in files. They need not have all that the schema requires.
    ///
    /// # Errors
    /// [`Error::Request`] when one cannot be read, or says that it omits something: here, what is not given is not there.
    pub fn from_json(
        entities: &[serde_json::Value],
        schema: Option<&Schema>,
    ) -> Result<Self, Error> {
        let omits = |entity: &&serde_json::Value| {
            let kinds = entity.get("omitted").and_then(|kinds| kinds.as_object());
            let mut names = kinds.into_iter().flat_map(serde_json::Map::values);
            names.any(|names| names.as_array().is_none_or(|names| !names.is_empty()))
        };
        if let Some(entity) = entities.iter().find(omits) {
            let uid = entity.get("uid").map(ToString::to_string);
            return Err(Error::Request(format!(
                "the log omits part of the entity {}, so nothing can be decided with it alone",
                uid.unwrap_or_default()
            )));
        }
        let text = serde_json::Value::Array(entities.to_vec()).to_string();
        let files = Files::from([("entities/given.json".to_owned(), text.into_bytes().into())]);
        let (store, problems) = Self::parse(&files, schema);
        let lost = store.own < entities.len();
        match problems.first().filter(|_| lost) {
            Some(problem) => Err(Error::Request(format!(
                "an entity given with the request cannot be used: {}",
                problem.message
            ))),
            None => Ok(store),
        }
    }

    /// Reads all entity files. What cannot be read is a problem and is left out; what merely does not fit the schema is
    /// a problem and is kept, because decisions are made with it all the same.
    #[must_use]
    pub fn parse(files: &Files, schema: Option<&Schema>) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut placed: Vec<Placed> = Vec::new();
        for (file, content) in files
            .iter()
            .filter(|(file, _)| kind(file) == Some(FileKind::Entities))
        {
            read_file(file, content, schema, &mut placed, &mut problems);
        }
        let mut by_uid: HashMap<EntityUID, usize> = HashMap::with_capacity(placed.len());
        for (at, Placed { entity, place }) in placed.iter().enumerate() {
            if let Some(earlier) = by_uid
                .get(entity.uid())
                .and_then(|earlier| placed.get(*earlier))
            {
                if !earlier.entity.deep_eq(entity) {
                    let message = format!(
                        "`{}` is given twice with different content; the first is used",
                        entity.uid()
                    );
                    problems.push(text::problem(
                        Code::EntitiesDuplicate,
                        Severity::Error,
                        place.clone(),
                        message,
                    ));
                }
            } else {
                by_uid.insert(entity.uid().clone(), at);
            }
        }
        let cyclic = cyclic(&placed, &by_uid);
        for (at, cycle) in &cyclic {
            let place = placed
                .get(*at)
                .map(|placed| placed.place.clone())
                .unwrap_or_default();
            let message = format!("entities are their own ancestors: {cycle}");
            problems.push(text::problem(
                Code::EntitiesCycle,
                Severity::Error,
                place,
                message,
            ));
        }
        let mut kept: Vec<usize> = by_uid.into_values().collect();
        kept.sort_unstable();
        let own = kept.len();
        let mut placed: Vec<_> = placed.into_iter().map(Some).collect();
        let kept = kept.into_iter().filter_map(|at| {
            let mut entity = placed.get_mut(at)?.take()?.entity;
            if cyclic.contains_key(&at) {
                let parents: Vec<_> = entity.parents().cloned().collect();
                parents
                    .iter()
                    .for_each(|parent| entity.remove_parent(parent));
            }
            Some(entity)
        });
        let actions = schema
            .map(|schema| {
                schema
                    .action_entities()
                    .map(Arc::unwrap_or_clone)
                    .collect::<Vec<_>>()
            })
            .unwrap_or_default();
        let mut all: HashMap<EntityUID, Entity> =
            kept.map(|entity| (entity.uid().clone(), entity)).collect();
        all.extend(
            actions
                .into_iter()
                .map(|entity| (entity.uid().clone(), entity)),
        );
        let entities = Entities::from_entities(
            all.into_values(),
            None::<&NoEntitiesSchema>,
            TCComputation::ComputeNow,
            Extensions::all_available(),
        )
        .unwrap_or_else(|error| {
            let message = format!("the entities cannot be used together: {error}");
            problems.push(text::problem(
                Code::EntitiesInvalid,
                Severity::Error,
                Source::default(),
                message,
            ));
            Entities::new()
        });
        (
            Self {
                entities,
                own,
                digest: digest(files, &[FileKind::Entities]),
            },
            problems,
        )
    }

    /// The same entities with some of them replaced, or added: each `{uid, attrs, parents}`. For those who ask how things
    /// were, or would be, if an attribute were otherwise; far cheaper than reading all of them again.
    ///
    /// # Errors
    /// In words, when one of them cannot be read, or they are their own ancestors.
    pub fn with<'j>(
        &self,
        replaced: impl IntoIterator<Item = &'j serde_json::Value>,
        schema: Option<&Schema>,
    ) -> Result<Self, String> {
        let mut content = Sha256::new_with_prefix(&self.digest);
        let mut added = 0;
        let mut read = Vec::new();
        for json in replaced {
            let json = json.to_string();
            content.update(&json);
            let (entity, _) = parse(&json, schema)?;
            added += usize::from(matches!(
                self.entities.entity(entity.uid()),
                Dereference::NoSuchEntity
            ));
            read.push(Arc::new(entity));
        }
        let entities = self
            .entities
            .clone()
            .upsert_entities(
                read,
                None::<&NoEntitiesSchema>,
                TCComputation::ComputeNow,
                Extensions::all_available(),
            )
            .map_err(|error| chain(&error))?;
        Ok(Self {
            entities,
            own: self.own + added,
            digest: text::sha256_name(&content.finalize()),
        })
    }

    /// Laid over by what a request brought, which is below the same as before.
    pub(crate) fn under(&self, given: &[Arc<Entity>]) -> Result<Entities, Error> {
        let laid = self.entities.clone().upsert_entities(
            given.iter().cloned(),
            None::<&NoEntitiesSchema>,
            TCComputation::AssumeAlreadyComputed,
            Extensions::all_available(),
        );
        laid.map_err(|error| Error::Request(chain(&error)))
    }

    /// The same entities with those that a request brought.
    ///
    /// # Errors
    /// [`Error::Request`] when they cannot be used together.
    pub fn with_given(&self, posed: &Posed) -> Result<Self, Error> {
        Ok(Self {
            entities: self.under(posed.given())?,
            own: self.own,
            digest: self.digest.clone(),
        })
    }

    /// Ids, without the type, of all entities of a type, sorted.
    #[must_use]
    pub fn ids_of(&self, kind: &str) -> Vec<String> {
        let Ok(kind) = kind.parse::<EntityType>() else {
            return Vec::new();
        };
        let mut ids: Vec<String> = self
            .entities
            .iter()
            .filter(|entity| *entity.uid().entity_type() == kind)
            .map(|entity| AsRef::<str>::as_ref(entity.uid().eid()).to_owned())
            .collect();
        ids.sort_unstable();
        ids
    }

    /// How many entities the files give (actions not counted).
    #[must_use]
    pub fn len(&self) -> usize {
        self.own
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.own == 0
    }

    /// `sha256:…` over the entity files.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Ids of all entities, sorted; actions among them when there is a schema.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        let mut ids: Vec<_> = self
            .entities
            .iter()
            .map(|entity| entity.uid().to_string())
            .collect();
        ids.sort_unstable();
        ids
    }

    /// Every entity as its file gives it, by id. For those who change some and ask with [`EntityStore::with`] how things
    /// would be then. Actions are left out.
    #[must_use]
    pub fn given(&self) -> Vec<Given> {
        let own = self.entities.iter().filter(|it| !it.uid().is_action());
        let own: Vec<_> = own.collect();
        let mut all: Vec<_> = own
            .into_par_iter()
            .filter_map(|entity| {
                let mut bare = entity.clone();
                bare.remove_all_indirect_ancestors();
                let mut above: Vec<_> = entity.ancestors().map(ToString::to_string).collect();
                above.sort_unstable();
                Some(Given {
                    kind: entity.uid().entity_type().to_string(),
                    uid: entity.uid().to_string(),
                    json: bare.to_json_value().ok()?,
                    above,
                })
            })
            .collect();
        all.par_sort_unstable_by(|a, b| a.uid.cmp(&b.uid));
        all
    }

    /// Type name and JSON of every entity, by id: `{uid, attrs, parents}` with `parents` holding all ancestors.
    /// For those who write logs. Actions are left out.
    pub fn to_json(&self) -> impl Iterator<Item = (String, String, serde_json::Value)> + '_ {
        let mut all: Vec<_> = self
            .entities
            .iter()
            .filter(|entity| !entity.uid().is_action())
            .collect();
        all.sort_by_cached_key(|entity| entity.uid().to_string());
        all.into_iter().filter_map(|entity| {
            let mut flat = entity.clone();
            let above: Vec<_> = entity.ancestors().cloned().collect();
            flat.remove_all_indirect_ancestors();
            above
                .into_iter()
                .for_each(|ancestor| flat.add_parent(ancestor));
            let mut json = flat.to_json_value().ok()?;
            // The engine keeps parents in a hash set; sorted, equal entities have equal text.
            if let Some(parents) = json
                .get_mut("parents")
                .and_then(serde_json::Value::as_array_mut)
            {
                parents.sort_by_cached_key(ToString::to_string);
            }
            Some((
                entity.uid().entity_type().to_string(),
                entity.uid().to_string(),
                json,
            ))
        })
    }
}

fn read_file(
    file: &str,
    content: &[u8],
    schema: Option<&Schema>,
    placed: &mut Vec<Placed>,
    problems: &mut Vec<Problem>,
) {
    let source = match str::from_utf8(content) {
        Ok(source) => source,
        Err(error) => return problems.push(schema::not_utf8(file, content, error)),
    };
    let elements: Vec<&RawValue> = match serde_json::from_str(source) {
        Ok(elements) => elements,
        Err(error) => {
            let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
            let column = u32::try_from(error.column()).unwrap_or(u32::MAX);
            let at = text::offset(source, line, column);
            let place = text::source(file, source, at..at);
            return problems.push(text::problem(
                Code::EntitiesSyntax,
                Severity::Error,
                place,
                error.to_string(),
            ));
        }
    };
    // Places are found going forward; counting lines from the start for each entity would be quadratic.
    let (mut seen, mut line) = (0, 1_u32);
    // Reading values by their types is nearly all the time that opening a workspace takes.
    let parsed: Vec<_> = elements
        .par_iter()
        .map(|raw| parse(raw.get(), schema))
        .collect();
    for (raw, parsed) in elements.into_iter().zip(parsed) {
        let at = element_offset(source, raw.get());
        let passed = source.get(seen..at).unwrap_or_default();
        line = line.saturating_add(
            u32::try_from(passed.bytes().filter(|byte| *byte == b'\n').count()).unwrap_or(0),
        );
        seen = at;
        let place = Source {
            file: file.to_owned(),
            line,
            column: 1,
            end_line: line,
            end_column: 1,
        };
        match parsed {
            Ok((entity, None)) => placed.push(Placed { entity, place }),
            Ok((entity, Some(mismatch))) => {
                problems.push(text::problem(
                    Code::EntitiesInvalid,
                    Severity::Warning,
                    place.clone(),
                    mismatch,
                ));
                placed.push(Placed { entity, place });
            }
            Err(message) => problems.push(text::problem(
                Code::EntitiesSyntax,
                Severity::Error,
                place,
                message,
            )),
        }
    }
}

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

/// Reads one entity. With a schema its types say how to read the values; an entity that does not fit is read without
/// it, and the mismatch is returned beside it.
pub(crate) fn parse(
    json: &str,
    schema: Option<&Schema>,
) -> Result<(Entity, Option<String>), String> {
    match schema.and_then(|schema| schema.fitting().entity(json)) {
        Some(entity) => Ok((entity, None)),
        None => parse_slowly(json, schema),
    }
}

/// The same by the engine's own reader.
pub(crate) fn parse_slowly(
    json: &str,
    schema: Option<&Schema>,
) -> Result<(Entity, Option<String>), String> {
    let extensions = Extensions::all_available();
    let mismatch = match schema {
        Some(schema) => {
            let core = schema.core();
            match EntityJsonParser::new(
                Some(&core),
                extensions,
                TCComputation::AssumeAlreadyComputed,
            )
            .single_from_json_str(json)
            {
                Ok(entity) => return Ok((entity, None)),
                Err(error) => Some(chain(&error)),
            }
        }
        None => None,
    };
    EntityJsonParser::new(
        None::<&NoEntitiesSchema>,
        extensions,
        TCComputation::AssumeAlreadyComputed,
    )
    .single_from_json_str(json)
    .map(|entity| (entity, mismatch))
    .map_err(|error| chain(&error))
}

/// An error's message with those of its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        cause = inner.source();
    }
    message
}

/// The entities that lie on a cycle of parents, each with the cycle in words for the first of them found.
fn cyclic(placed: &[Placed], by_uid: &HashMap<EntityUID, usize>) -> HashMap<usize, String> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let parents = |at: usize| -> Vec<usize> {
        placed
            .get(at)
            .into_iter()
            .flat_map(|placed| placed.entity.parents())
            .filter_map(|uid| by_uid.get(uid).copied())
            .collect()
    };
    let mut state = vec![State::New; placed.len()];
    let mut found = HashMap::new();
    let mut starts: Vec<usize> = by_uid.values().copied().collect();
    starts.sort_unstable();
    for start in starts {
        if state.get(start) != Some(&State::New) {
            continue;
        }
        // Depth first with an explicit path: hierarchies may be deeper than the stack.
        let mut path = vec![(start, parents(start))];
        if let Some(entry) = state.get_mut(start) {
            *entry = State::Open;
        }
        while let Some((at, rest)) = path.last_mut() {
            let at = *at;
            match rest.pop() {
                Some(parent) => match state.get(parent) {
                    Some(State::New) => {
                        if let Some(entry) = state.get_mut(parent) {
                            *entry = State::Open;
                        }
                        path.push((parent, parents(parent)));
                    }
                    Some(State::Open) => {
                        let ring: Vec<usize> = path
                            .iter()
                            .map(|(node, _)| *node)
                            .skip_while(|node| *node != parent)
                            .collect();
                        let names = ring
                            .iter()
                            .chain([&parent])
                            .filter_map(|node| placed.get(*node));
                        let words = names
                            .map(|placed| format!("`{}`", placed.entity.uid()))
                            .collect::<Vec<_>>()
                            .join(" in ");
                        ring.into_iter().for_each(|node| {
                            found.entry(node).or_insert_with(|| words.clone());
                        });
                    }
                    _ => {}
                },
                None => {
                    if let Some(entry) = state.get_mut(at) {
                        *entry = State::Done;
                    }
                    path.pop();
                }
            }
        }
    }
    found
}

/// An entity id as the engine prints it; nothing when it is none.
#[must_use]
pub fn normalize_uid(text: &str) -> Option<String> {
    text.parse::<EntityUID>().ok().map(|uid| uid.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn replacing_entities_is_reading_them_anew() {
        let team = |parent: &str, open: bool| json!({"uid": {"type": "Team", "id": "t"}, "attrs": {"open": open}, "parents": [{"type": "Org", "id": parent}]});
        let user = json!({"uid": {"type": "User", "id": "u"}, "attrs": {}, "parents": [{"type": "Team", "id": "t"}]});
        let org = json!({"uid": {"type": "Org", "id": "b"}, "attrs": {}, "parents": []});
        let store = |all: &serde_json::Value| {
            let files = Files::from([(
                "entities.json".to_owned(),
                Arc::from(all.to_string().into_bytes()),
            )]);
            EntityStore::parse(&files, None).0
        };
        let before = store(&json!([team("a", true), user]));
        let after = before.with([&team("b", false), &org], None).unwrap();
        let anew = store(&json!([team("b", false), user, org]));
        assert_eq!(
            after.to_json().collect::<Vec<_>>(),
            anew.to_json().collect::<Vec<_>>()
        );
        assert_eq!((before.len(), after.len()), (2, 3));
        assert_ne!(before.digest(), after.digest());
        assert!(before.with([&json!({"uid": 1})], None).is_err());
        let ring = json!({"uid": {"type": "Org", "id": "b"}, "attrs": {}, "parents": [{"type": "User", "id": "u"}]});
        assert!(after.with([&ring], None).is_err());
        let given = before.given();
        let user = given.iter().find(|it| it.uid == "User::\"u\"").unwrap();
        assert_eq!(user.above, ["Org::\"a\"", "Team::\"t\""]);
        assert_eq!(
            user.json["parents"],
            json!([{"type": "Team", "id": "t"}]),
            "the organisation is above the team, and no parent of the user"
        );
        let same = before.with(given.iter().map(|it| &it.json), None).unwrap();
        assert_eq!(
            same.to_json().collect::<Vec<_>>(),
            before.to_json().collect::<Vec<_>>()
        );
    }
}
