//! Requests as an enforcement point gets them: ids apart from their types, facts as JSON text, and properties of principal and
//! resource brought along. They are read against one schema and its entities, most of them without asking the engine's parsers.
//!
//! With a schema, what it does not declare is left out (no policy that fits it can read that), and what is declared and does not
//! fit is an error. Properties are laid over what the entities say: a property replaces the attribute of its name, and parents
//! are never brought along.

use std::{collections::HashMap, sync::Arc};

use cedar_policy_core::{
    ast::{
        Context, Eid, Entity, EntityType, EntityUID, PartialValue, Request as AstRequest,
        RestrictedExpr,
    },
    entities::{
        ContextJsonParser, Dereference, EntityJsonParser, NoEntitiesSchema, TCComputation,
        json::NullContextSchema,
    },
    extensions::Extensions,
    validator::context_schema_for_action,
};
use model::Request;
use serde_json::{Map, Value, value::RawValue};
use smol_str::SmolStr;

use crate::{
    Asked, EntityStore, Error, Evaluation, Facts, PolicySet, Schema, decide, entities,
    members::Members,
};

/// A principal or resource, as it is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    /// Its type. With a schema also the last part of the name alone, in any case, where only one type ends so.
    pub kind: &'a str,
    /// Its id.
    pub id: &'a str,
    /// Attributes it is said to have, a JSON object; empty for none.
    pub properties: &'a str,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Who asks.
    pub principal: Party<'a>,
    /// What they want to do: the id alone (`view`), or whole (`Docs::Action::"view"`).
    pub action: &'a str,
    /// To what.
    pub resource: Party<'a>,
    /// Facts of the moment, a JSON object; empty for none.
    pub context: &'a str,
}

/// A request, read, with the entities it brought.
#[derive(Clone, Debug)]
pub struct Posed {
    asked: AstRequest,
    given: Vec<Arc<Entity>>,
}

/// Reads requests against a schema and entities.
#[derive(Debug)]
pub struct RequestReader {
    schema: Option<Arc<Schema>>,
    store: Arc<EntityStore>,
    kinds: HashMap<String, EntityType>,
    /// Types by the last part of their name, in lower case; nothing where several end so.
    endings: HashMap<String, Option<EntityType>>,
    /// Actions by their id alone; nothing where several have it.
    actions: HashMap<String, Option<EntityUID>>,
}

impl RequestReader {
    /// Reads under a schema, if there is one, over these entities.
    #[must_use]
    pub fn new(schema: Option<Arc<Schema>>, store: Arc<EntityStore>) -> Self {
        let mut reader = Self {
            schema: None,
            store,
            kinds: HashMap::new(),
            endings: HashMap::new(),
            actions: HashMap::new(),
        };
        for entity in reader.store.entities.iter() {
            let kind = entity.uid().entity_type();
            reader.kinds.insert(kind.to_string(), kind.clone());
        }
        if let Some(schema) = &schema {
            for kind in schema.validator.entity_types() {
                let name = kind.name().to_string();
                let ending = name.rsplit("::").next().unwrap_or(&name).to_lowercase();
                let only = reader.endings.entry(ending);
                only.and_modify(|only| *only = None)
                    .or_insert_with(|| Some(kind.name().clone()));
                reader.kinds.insert(name, kind.name().clone());
            }
            for action in schema.validator.actions() {
                let id = AsRef::<str>::as_ref(action.eid()).to_owned();
                let only = reader.actions.entry(id);
                only.and_modify(|only| *only = None)
                    .or_insert_with(|| Some(action.clone()));
            }
        }
        reader.schema = schema;
        reader
    }

    /// Reads a request.
    ///
    /// # Errors
    /// [`Error::Request`] when it cannot be read or does not fit the schema.
    pub fn read(&self, question: &Question<'_>) -> Result<Posed, Error> {
        let principal = self.uid("principal", &question.principal)?;
        let resource = self.uid("resource", &question.resource)?;
        let action = self.action(question.action)?;
        let context = self.context(question.context, &action)?;
        let mut given: Vec<Arc<Entity>> = Vec::new();
        for (uid, party) in [
            (&principal, &question.principal),
            (&resource, &question.resource),
        ] {
            if party.properties.is_empty() {
                continue;
            }
            let values = self.attributes(uid, party.properties)?;
            // One may ask about oneself.
            match given.iter_mut().find(|entity| entity.uid() == uid) {
                Some(entity) => *entity = laid_over(entity, values),
                None => given.push(match self.store.entities.entity(uid) {
                    Dereference::Data(known) => laid_over(known, values),
                    _ => laid_over(&Entity::with_uid(uid.clone()), values),
                }),
            }
        }
        let asked = AstRequest::new(
            (principal, None),
            (action, None),
            (resource, None),
            context,
            self.schema.as_ref().map(|schema| &schema.validator),
            Extensions::all_available(),
        )
        .map_err(|error| Error::Request(entities::chain(&error)))?;
        Ok(Posed { asked, given })
    }

    /// Reads a request as logs and tests have it.
    ///
    /// # Errors
    /// As [`RequestReader::read`].
    pub fn read_request(&self, request: &Request) -> Result<Posed, Error> {
        let schema = self.schema.as_deref();
        let Asked(asked) = decide::request(request, schema, decide::uid)?;
        Ok(Posed {
            asked,
            given: Vec::new(),
        })
    }

    /// The type that is meant by a name.
    ///
    /// # Errors
    /// [`Error::Request`] when it is no name of a type.
    fn kind(&self, role: &str, name: &str) -> Result<EntityType, Error> {
        if let Some(kind) = self.kinds.get(name) {
            return Ok(kind.clone());
        }
        if let Some(Some(kind)) = self.endings.get(&name.to_lowercase()) {
            return Ok(kind.clone());
        }
        name.parse().map_err(|error| {
            Error::Request(format!(
                "the type of the {role}, `{name}`, is not a type: {error}"
            ))
        })
    }

    /// The name of the type that is meant.
    ///
    /// # Errors
    /// [`Error::Request`] when it is no name of a type.
    pub fn kind_name(&self, name: &str) -> Result<String, Error> {
        self.kind("entity", name).map(|kind| kind.to_string())
    }

    fn uid(&self, role: &str, party: &Party<'_>) -> Result<EntityUID, Error> {
        let kind = self.kind(role, party.kind)?;
        Ok(EntityUID::from_components(kind, Eid::new(party.id), None))
    }

    fn action(&self, name: &str) -> Result<EntityUID, Error> {
        if let Some(Some(action)) = self.actions.get(name) {
            return Ok(action.clone());
        }
        if name.ends_with('"') && name.contains("::\"") {
            return decide::uid("action", name);
        }
        let kind = "Action".parse::<EntityType>();
        let kind = kind.map_err(|error| Error::Request(error.to_string()))?;
        Ok(EntityUID::from_components(kind, Eid::new(name), None))
    }

    fn attributes(
        &self,
        uid: &EntityUID,
        json: &str,
    ) -> Result<Vec<(SmolStr, PartialValue)>, Error> {
        let wrong = |why: String| {
            Error::Request(format!("the properties of `{uid}` cannot be read: {why}"))
        };
        if let Some(schema) = &self.schema {
            let fitting = schema.fitting();
            return fitting.attributes(uid.entity_type(), json).map_err(wrong);
        }
        // Nothing but JSON goes into a text that is made here.
        let json: &RawValue =
            serde_json::from_str(json).map_err(|error| wrong(error.to_string()))?;
        let text = format!(r#"{{"uid":{{"type":"A","id":""}},"attrs":{json},"parents":[]}}"#);
        let parser = EntityJsonParser::new(
            None::<&NoEntitiesSchema>,
            Extensions::all_available(),
            TCComputation::AssumeAlreadyComputed,
        );
        let entity = parser.single_from_json_str(&text);
        let (_, attributes, ..) = entity
            .map_err(|error| wrong(entities::chain(&error)))?
            .into_inner();
        Ok(attributes.into_iter().collect())
    }

    fn context(&self, json: &str, action: &EntityUID) -> Result<Context, Error> {
        let json = if json.is_empty() { "{}" } else { json };
        let wrong = |why: String| Error::Request(format!("the context cannot be read: {why}"));
        let extensions = Extensions::all_available();
        let Some(schema) = &self.schema else {
            return ContextJsonParser::new(None::<&NullContextSchema>, extensions)
                .from_json_str(json)
                .map_err(|error| wrong(entities::chain(&error)));
        };
        let fitting = schema.fitting();
        if let Some(context) = fitting.context(json, action) {
            return Ok(context);
        }
        let mut members = Members::read(json).map_err(|error| wrong(error.to_string()))?;
        members.retain(|name| fitting.admits(action, name));
        let declared = members.to_string();
        if let Some(context) = fitting.context(&declared, action) {
            return Ok(context);
        }
        let expected = context_schema_for_action(&schema.validator, action);
        ContextJsonParser::new(expected.as_ref(), extensions)
            .from_json_str(&declared)
            .map_err(|error| wrong(entities::chain(&error)))
    }
}

fn laid_over(known: &Entity, values: Vec<(SmolStr, PartialValue)>) -> Arc<Entity> {
    let (uid, mut attributes, indirect, parents, tags) = known.clone().into_inner();
    attributes.extend(values);
    let entity = Entity::new_with_attr_partial_value(uid, attributes, indirect, parents, tags);
    Arc::new(entity)
}

impl Posed {
    pub(crate) fn given(&self) -> &[Arc<Entity>] {
        &self.given
    }

    pub(crate) fn ast(&self) -> &AstRequest {
        &self.asked
    }

    /// The request alone, for who asks the engine's own authorizer.
    #[must_use]
    pub fn asked(&self) -> Asked {
        Asked(self.asked.clone())
    }

    /// Who asks, as policies write it.
    #[must_use]
    pub fn principal(&self) -> String {
        let uid = self.asked.principal().uid();
        uid.map(ToString::to_string).unwrap_or_default()
    }

    /// The request as logs have it.
    ///
    /// # Errors
    /// [`Error::Request`] when a value of the context has no JSON.
    pub fn request(&self) -> Result<Request, Error> {
        let uid = |uid: Option<&EntityUID>| uid.map(ToString::to_string).unwrap_or_default();
        let mut context = Map::new();
        for (name, value) in self.asked.context().cloned().unwrap_or_default() {
            context.insert(name.to_string(), json(&value)?);
        }
        Ok(Request {
            principal: uid(self.asked.principal().uid()),
            action: uid(self.asked.action().uid()),
            resource: uid(self.asked.resource().uid()),
            context,
        })
    }

    /// The least slice with which every policy of a set says to this what it says now: see [`crate::least_slice`].
    ///
    /// # Errors
    /// [`Error::Request`] when what the request brought cannot be used with the entities there are.
    pub fn least_slice(
        &self,
        set: &PolicySet,
        store: &EntityStore,
        schema: Option<&Schema>,
    ) -> Result<Vec<Value>, Error> {
        let laid;
        let store = if self.given.is_empty() {
            store
        } else {
            laid = store.with_given(self)?;
            &laid
        };
        let facts = Facts::Closed(store);
        Ok(Evaluation::new(self.asked.clone(), &facts).least_slice(set, schema))
    }
}

fn json(value: &RestrictedExpr) -> Result<Value, Error> {
    use cedar_policy_core::entities::CedarValueJson;
    CedarValueJson::from_expr(value.as_borrowed())
        .map_err(|error| error.to_string())
        .and_then(|value| serde_json::to_value(value).map_err(|error| error.to_string()))
        .map_err(|why| Error::Request(format!("the context cannot be written: {why}")))
}
