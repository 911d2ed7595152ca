//! Which requests are meant: by action, principal and resource, each by id, by type, or by what it is in. `*` in a name stands
//! for any run of characters. A name that names nothing in the workspace is an error: it is a misspelling or an entity that has
//! gone, and either way the expectation behind it would be empty.

use std::collections::{HashMap, HashSet};

use decisions::uid;
use drift::{glob, type_of};
use policy::{Compiled, EntityStore, Given, Outline, Schema};
use serde::Deserialize;

use crate::{Error, pack::Place};

/// One name, or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Names {
    One(String),
    Many(Vec<String>),
}

impl Names {
    fn all(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Many(names) => names,
        }
    }
}

/// Requests as a pack names them; what is not given is any.
#[derive(Clone, Debug, Default)]
pub(crate) struct Requests {
    pub(crate) action: Option<Names>,
    pub(crate) principal: Option<Names>,
    pub(crate) principal_in: Option<String>,
    pub(crate) resource: Option<Names>,
    pub(crate) resource_in: Option<String>,
}

impl Requests {
    /// In words, behind a number of rows: ` by Contractor to Action::"read" Record`; empty when all are meant.
    pub(crate) fn words(&self) -> String {
        let listed = |names: &Option<Names>| names.as_ref().map(|names| names.all().join(" or "));
        let mut words = String::new();
        let parts = [
            (" by ", listed(&self.principal)),
            (" by who is in ", self.principal_in.clone()),
            (" for ", listed(&self.action)),
            (" on ", listed(&self.resource)),
            (" on what is in ", self.resource_in.clone()),
        ];
        for (lead, name) in parts {
            if let Some(name) = name {
                words.push_str(lead);
                words.push_str(&name);
            }
        }
        words
    }

    /// The same with every name looked up.
    pub(crate) fn resolve(&self, known: &Vocabulary<'_>, place: &Place) -> Result<Resolved, Error> {
        let wrong = |why: String| place.wrong(why);
        let entities = |names: &Option<Names>| -> Result<Option<Vec<Pattern>>, Error> {
            let Some(names) = names else { return Ok(None) };
            let patterns = names.all().iter().map(|name| known.pattern(name));
            let patterns: Vec<_> = patterns.collect::<Result<_, _>>().map_err(wrong)?;
            if patterns.is_empty() {
                return Err(wrong("an empty list names nobody".to_owned()));
            }
            Ok(Some(patterns))
        };
        let inside = |name: &Option<String>| -> Result<Option<HashSet<String>>, Error> {
            let Some(name) = name else { return Ok(None) };
            known.members(name).map(Some).map_err(wrong)
        };
        let actions = match &self.action {
            None => None,
            Some(names) => {
                let patterns = names.all().iter().map(|name| known.action(name));
                Some(patterns.collect::<Result<_, _>>().map_err(wrong)?)
            }
        };
        Ok(Resolved {
            actions,
            principals: entities(&self.principal)?,
            principals_in: inside(&self.principal_in)?,
            resources: entities(&self.resource)?,
            resources_in: inside(&self.resource_in)?,
        })
    }
}

/// A name with `*` in it: of an id (`Employee::"e*"`) or of a type (`Tax::*`).
#[derive(Clone, Debug)]
pub(crate) struct Pattern(String);

impl Pattern {
    fn matches(&self, uid: &str) -> bool {
        if is_id(&self.0) {
            glob(&self.0, uid)
        } else {
            glob(&self.0, type_of(uid))
        }
    }
}

fn is_id(name: &str) -> bool {
    name.contains("::\"")
}

/// Requests, ready to be told from others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resolved {
    actions: Option<Vec<Pattern>>,
    principals: Option<Vec<Pattern>>,
    principals_in: Option<HashSet<String>>,
    resources: Option<Vec<Pattern>>,
    resources_in: Option<HashSet<String>>,
}

fn any(patterns: Option<&Vec<Pattern>>, uid: &str) -> bool {
    patterns.is_none_or(|patterns| patterns.iter().any(|pattern| pattern.matches(uid)))
}

impl Resolved {
    pub(crate) fn action(&self, uid: &str) -> bool {
        any(self.actions.as_ref(), uid)
    }

    pub(crate) fn principal(&self, uid: &str) -> bool {
        let inside = self.principals_in.as_ref();
        any(self.principals.as_ref(), uid) && inside.is_none_or(|members| members.contains(uid))
    }

    pub(crate) fn resource(&self, uid: &str) -> bool {
        let inside = self.resources_in.as_ref();
        any(self.resources.as_ref(), uid) && inside.is_none_or(|members| members.contains(uid))
    }
}

/// What a workspace can be spoken of with: its schema read off, its entities by id.
pub struct Vocabulary<'a> {
    pub(crate) schema: Option<&'a Schema>,
    pub(crate) entities: &'a EntityStore,
    pub(crate) outline: Option<Outline>,
    pub(crate) given: Vec<Given>,
    by_uid: HashMap<String, usize>,
}

impl<'a> Vocabulary<'a> {
    /// Reads it off.
    #[must_use]
    pub fn new(compiled: &'a Compiled) -> Self {
        let schema = compiled.schema.as_deref();
        let given = compiled.entities.given();
        let by_uid = given.iter().enumerate();
        let by_uid = by_uid.map(|(at, it)| (it.uid.clone(), at)).collect();
        Self {
            schema,
            entities: &compiled.entities,
            outline: schema.map(Schema::outline),
            given,
            by_uid,
        }
    }

    /// An entity of the workspace by its id as printed.
    pub(crate) fn get(&self, uid: &str) -> Option<&Given> {
        self.by_uid.get(uid).and_then(|at| self.given.get(*at))
    }

    pub(crate) fn has_type(&self, matches: impl Fn(&str) -> bool) -> bool {
        match &self.outline {
            Some(outline) => outline.types.keys().any(|kind| matches(kind)),
            None => self.given.iter().any(|it| matches(&it.kind)),
        }
    }

    /// The id of an entity that is there, as the engine prints it.
    pub(crate) fn entity(&self, name: &str) -> Result<String, String> {
        let uid = uid::normalize(name)
            .ok_or_else(|| format!("`{name}` is no entity such as `Type::\"id\"`"))?;
        // A type that is enumerated, or has no entities in the files at all, is known by the schema alone.
        let kind = type_of(&uid);
        let outlined = self.outline.as_ref().and_then(|it| it.types.get(kind));
        let listed = match outlined.and_then(|it| it.ids.as_ref()) {
            Some(ids) => uid::parse(&uid).is_some_and(|(_, id)| ids.iter().any(|it| *it == id)),
            None => outlined.is_some() && !self.given.iter().any(|it| it.kind == kind),
        };
        if listed || self.by_uid.contains_key(&uid) {
            Ok(uid)
        } else {
            Err(format!("there is no entity `{uid}` in the workspace"))
        }
    }

    fn pattern(&self, name: &str) -> Result<Pattern, String> {
        if is_id(name) && !name.contains('*') {
            return self.entity(name).map(Pattern);
        }
        let pattern = Pattern(name.to_owned());
        let found = if is_id(name) {
            self.given.iter().any(|it| pattern.matches(&it.uid))
        } else {
            self.has_type(|kind| glob(name, kind))
        };
        match (found, is_id(name)) {
            (true, _) => Ok(pattern),
            (false, true) => Err(format!("there is no entity `{name}` in the workspace")),
            (false, false) => Err(format!("there is no type `{name}`")),
        }
    }

    fn action(&self, name: &str) -> Result<Pattern, String> {
        let name = if name.contains('*') {
            name.to_owned()
        } else {
            uid::normalize(name)
                .ok_or_else(|| format!("`{name}` is no action such as `Action::\"read\"`"))?
        };
        let known = |outline: &Outline| outline.actions.keys().any(|action| glob(&name, action));
        if self.outline.as_ref().is_none_or(known) {
            Ok(Pattern(name))
        } else {
            Err(format!("there is no action `{name}`"))
        }
    }

    /// An entity and everything in it.
    fn members(&self, name: &str) -> Result<HashSet<String>, String> {
        let uid = self.entity(name)?;
        let inside = self.given.iter().filter(|it| it.above.contains(&uid));
        let mut members: HashSet<String> = inside.map(|it| it.uid.clone()).collect();
        if members.is_empty() {
            return Err(format!("nothing is in `{uid}`"));
        }
        members.insert(uid);
        Ok(members)
    }
}
