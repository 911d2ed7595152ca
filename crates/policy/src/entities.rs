//! The entities of a workspace: everything that is known, so that what is not there does not exist. Here the store of them, what is asked
//! of it, and how it would be with some of them replaced.
//!
//! They come from files (`files`), each read by itself (`entity`) and none above itself (`cycles`); whoever tries one small set after
//! another has an [`EntityReader`].

mod cycles;
mod entity;
mod files;
mod reader;

use std::sync::Arc;

use cedar_policy_core::{
    ast::{Entity, EntityType, EntityUID},
    entities::{Dereference, Entities, NoEntitiesSchema, TCComputation},
    extensions::Extensions,
};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

#[cfg(test)]
pub(crate) use self::entity::parse_slowly;
pub(crate) use self::entity::{chain, parse};
pub use self::reader::EntityReader;
use crate::{Error, Files, Posed, Schema, text};

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
