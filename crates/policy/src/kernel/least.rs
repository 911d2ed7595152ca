//! The least a request's decisions need to know: asked with nothing told, the engine names what it lacks, and only that is told
//! it. What turns out not to matter after all is taken away again.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use cedar_policy_core::{
    ast::{Entity, EntityUID, Expr, PartialValue, Unknown},
    entities::{Dereference, Entities, NoEntitiesSchema, TCComputation},
    extensions::Extensions,
};
use model::Request;
use serde_json::{Value, json};
use smol_str::SmolStr;

use super::{Evaluation, Facts, Verdict};
use crate::{EntityStore, Error, Policy, PolicySet, Schema};

/// The least slice of a request that is decided with all the entities there are: see [`Evaluation::least_slice`].
///
/// # Errors
/// [`Error::Request`] when the request cannot be read or does not fit the schema.
pub fn least_slice(
    set: &PolicySet,
    store: &EntityStore,
    schema: Option<&Schema>,
    asked: &Request,
) -> Result<Vec<Value>, Error> {
    let facts = Facts::Closed(store);
    Ok(facts.evaluation(asked, schema)?.least_slice(set, schema))
}

/// An attribute that an entity has, whose value is not known.
pub(super) fn unknown_attribute(uid: &EntityUID, name: &str) -> PartialValue {
    PartialValue::unknown(Unknown::new_untyped(format!("{uid}.{name}")))
}

/// A tag likewise.
pub(super) fn unknown_tag(uid: &EntityUID, name: &str) -> PartialValue {
    PartialValue::unknown(Unknown::new_untyped(format!("{uid}.getTag({name:?})")))
}

/// Whose values are told.
type Told = BTreeMap<EntityUID, Known>;

/// Of an entity: the names of the attributes and of the tags that are told, and the entity with the rest veiled.
#[derive(Clone)]
struct Known {
    told: [BTreeSet<SmolStr>; 2],
    shown: Arc<Entity>,
}

const ATTRS: usize = 0;
const TAGS: usize = 1;

/// Something to tell: an entity (what it is below, and the names of what it has), or a value of one.
#[derive(Clone)]
enum Fact {
    Entity(EntityUID),
    Value(EntityUID, usize, SmolStr),
}

impl Evaluation<'_> {
    /// The least slice with which every policy of a set says to this request what it says now, errors included: entities in
    /// Cedar's JSON form, by id. Nothing can be left out of it without changing what some policy says.
    ///
    /// An entity in it names all its ancestors as parents. `omitted` names the `attrs` and `tags` that it has and whose values no
    /// policy asked for; whatever is neither given nor omitted it does not have. One that does not exist has nothing at all;
    /// only the words of an error tell it from one that exists. The request's action belongs to the schema, and is left out.
    #[must_use]
    pub fn least_slice(&self, set: &PolicySet, schema: Option<&Schema>) -> Vec<Value> {
        let policies = set.policies().iter();
        self.least_slice_for(policies.map(|policy| &**policy), schema)
    }

    /// The same, where somebody knows already which policies could apply: the others must say no to the request whatever its
    /// entities are, as [`crate::ScopeIndex::candidates`] tells without facts.
    pub fn least_slice_for<'p>(
        &self,
        policies: impl IntoIterator<Item = &'p Policy>,
        schema: Option<&Schema>,
    ) -> Vec<Value> {
        let mut least = Least {
            of: self,
            always: self.always(schema),
            whole: HashMap::new(),
            names: HashMap::new(),
            uids: HashMap::new(),
        };
        let ends = [self.request.principal(), self.request.resource()];
        for uid in ends.into_iter().filter_map(|end| end.uid()) {
            least.uids.insert(uid.to_string().into(), uid.clone());
        }
        let told = least.told(policies);
        told.iter()
            .filter_map(|(uid, known)| least.json(uid, &known.told))
            .collect()
    }

    /// What a replay knows of a request whatever its slice holds, as [`super::Material::open`] does.
    fn always(&self, schema: Option<&Schema>) -> Vec<Arc<Entity>> {
        let mut always = Vec::new();
        if let Some(action) = self.request.action().uid() {
            always.push(match self.entities.entity(action) {
                Dereference::Data(entity) => Arc::new(entity.clone()),
                _ => Arc::new(Entity::with_uid(action.clone())),
            });
        }
        let ends = [self.request.principal(), self.request.resource()];
        for uid in ends.into_iter().filter_map(|end| end.uid()) {
            let empty = match self.entities.entity(uid) {
                Dereference::Data(entity) => {
                    entity.attrs_len() == 0
                        && entity.tags_len() == 0
                        && entity.ancestors().next().is_none()
                }
                _ => true,
            };
            let bare = schema.is_some_and(|schema| schema.bare(uid.entity_type()));
            if bare && empty && !always.iter().any(|known| known.uid() == uid) {
                always.push(Arc::new(Entity::with_uid(uid.clone())));
            }
        }
        always
    }

    /// Names of what is not known and was come upon, in the order in which it was.
    fn unknowns(residual: &Expr) -> Vec<SmolStr> {
        // The engine goes through an expression from its end.
        let mut names: Vec<_> = residual.unknowns().map(|it| it.name.clone()).collect();
        names.reverse();
        names
    }
}

fn is_told(fact: &Fact, told: &Told) -> bool {
    match fact {
        Fact::Entity(uid) => told.contains_key(uid),
        Fact::Value(uid, kind, name) => {
            let names = told.get(uid).and_then(|known| known.told.get(*kind));
            names.is_some_and(|names| names.contains(name))
        }
    }
}

struct Least<'a> {
    of: &'a Evaluation<'a>,
    always: Vec<Arc<Entity>>,
    /// Entities that were told of, as they are.
    whole: HashMap<EntityUID, Whole>,
    /// What the names of their veiled values stand for.
    names: HashMap<SmolStr, Fact>,
    /// Entities by the names the engine has for them: reading a name is work.
    uids: HashMap<SmolStr, EntityUID>,
}

/// An entity taken apart, so that it need not be for each question.
struct Whole {
    above: HashSet<EntityUID>,
    /// Attributes and tags: name, value, and what stands for the value where it is not told.
    values: [Vec<(SmolStr, PartialValue, PartialValue)>; 2],
}

impl Least<'_> {
    fn told<'p>(&mut self, policies: impl IntoIterator<Item = &'p Policy>) -> Told {
        let mut told = Told::new();
        let nothing = self.world(&told);
        let blind = Evaluation::over(self.of.request.clone(), &nothing);
        // What a policy says for certain it says whatever else there is to know.
        let open = policies.into_iter().filter_map(|policy| {
            let residual = blind.said(policy).err()?;
            let verdict = self.of.verdict(policy);
            let settled = blind.leaves(policy, &residual, &verdict);
            (!settled).then_some(((policy, verdict), residual))
        });
        let (policies, residuals): (Vec<(&Policy, Verdict)>, Vec<Expr>) = open.unzip();
        // What is left of each with nothing told is known already.
        let mut asking: Vec<_> = policies
            .iter()
            .zip(residuals.into_iter().map(Some))
            .collect();
        while !asking.is_empty() {
            let entities = self.world(&told);
            let evaluation = Evaluation::over(self.of.request.clone(), &entities);
            let mut wanted = Vec::new();
            asking.retain_mut(|((policy, verdict), left)| {
                let residual = match left.take() {
                    Some(residual) => residual,
                    // One that is certain has nothing to ask, whatever it says.
                    None => match evaluation.said(policy) {
                        Err(residual) if !evaluation.leaves(policy, &residual, verdict) => residual,
                        _ => return false,
                    },
                };
                let unknowns = Evaluation::unknowns(&residual);
                let fact = unknowns.iter().find_map(|name| self.fact(name, &told));
                let more = fact.is_some();
                wanted.extend(fact);
                more
            });
            wanted
                .into_iter()
                .for_each(|fact| self.tell(&mut told, fact));
        }
        self.pruned(told, &policies)
    }

    /// Without what made no difference in the end: a value that was read before another made it not matter.
    fn pruned(&self, mut told: Told, policies: &[(&Policy, Verdict)]) -> Told {
        let entities = self.world(&told);
        let evaluation = Evaluation::over(self.of.request.clone(), &entities);
        let policies = policies.iter();
        let all: Vec<(&Policy, Verdict)> = policies
            .map(|(policy, _)| (*policy, evaluation.verdict(policy)))
            .collect();
        let values = told.iter().flat_map(|(uid, known)| {
            known
                .told
                .iter()
                .enumerate()
                .flat_map(move |(kind, names)| {
                    let names = names.iter();
                    names.map(move |name| Fact::Value(uid.clone(), kind, name.clone()))
                })
        });
        let entities = told.keys().cloned().map(Fact::Entity);
        let facts: Vec<Fact> = values.chain(entities).collect();
        for fact in facts {
            let mut less = told.clone();
            match &fact {
                Fact::Entity(uid) => {
                    less.remove(uid);
                }
                Fact::Value(uid, kind, name) => {
                    if let Some(known) = less.get_mut(uid)
                        && let Some(names) = known.told.get_mut(*kind)
                    {
                        names.remove(name);
                        known.shown = self.shown(uid, &known.told);
                    }
                }
            }
            let entities = self.world(&less);
            let evaluation = Evaluation::over(self.of.request.clone(), &entities);
            if all
                .iter()
                .all(|(policy, verdict)| evaluation.says(policy, verdict))
            {
                told = less;
            }
        }
        told
    }

    /// What a name stands for that the engine does not know; nothing when nobody does.
    fn fact(&mut self, name: &str, told: &Told) -> Option<Fact> {
        let value = self.names.get(name);
        // Each is told but once, so that asking comes to its end.
        if let Some(fact) = value.filter(|fact| !is_told(fact, told)) {
            return Some(fact.clone());
        }
        let uid = match self.uids.get(name) {
            Some(uid) => uid.clone(),
            None => {
                let uid: EntityUID = name.parse().ok()?;
                self.uids.insert(name.into(), uid.clone());
                uid
            }
        };
        let known = !matches!(self.of.entities.entity(&uid), Dereference::Residual(_));
        (known && !told.contains_key(&uid)).then_some(Fact::Entity(uid))
    }

    /// The entities as they are; without anything when there is none.
    fn entity(&self, uid: &EntityUID) -> Option<Entity> {
        match self.of.entities.entity(uid) {
            Dereference::Data(entity) => Some(entity.clone()),
            Dereference::NoSuchEntity => Some(Entity::with_uid(uid.clone())),
            Dereference::Residual(_) => None,
        }
    }

    fn tell(&mut self, told: &mut Told, fact: Fact) {
        let (uid, value) = match fact {
            Fact::Entity(uid) => (uid, None),
            Fact::Value(uid, kind, name) => (uid, Some((kind, name))),
        };
        self.take_apart(&uid);
        let mut sets = told
            .remove(&uid)
            .map(|known| known.told)
            .unwrap_or_default();
        if let Some((kind, name)) = value
            && let Some(names) = sets.get_mut(kind)
        {
            names.insert(name);
        }
        let shown = self.shown(&uid, &sets);
        told.insert(uid, Known { told: sets, shown });
    }

    /// Looks at an entity, once.
    fn take_apart(&mut self, uid: &EntityUID) {
        if self.whole.contains_key(uid) {
            return;
        }
        let Some(entity) = self.entity(uid) else {
            return;
        };
        let above = entity.ancestors().cloned().collect();
        let (_, attrs, _, _, tags) = entity.into_inner();
        let names = &mut self.names;
        let mut veiled = |kind: usize, (name, value): (SmolStr, PartialValue)| {
            // What the log does not know nobody can be told.
            if matches!(value, PartialValue::Residual(_)) {
                return (name, value.clone(), value);
            }
            let veil = match kind {
                ATTRS => unknown_attribute(uid, &name),
                _ => unknown_tag(uid, &name),
            };
            if let PartialValue::Residual(unknown) = &veil {
                let fact = Fact::Value(uid.clone(), kind, name.clone());
                names.extend(unknown.unknowns().map(|it| (it.name.clone(), fact.clone())));
            }
            (name, value, veil)
        };
        let attrs = attrs.into_iter().map(|it| veiled(ATTRS, it)).collect();
        let tags = tags.into_iter().map(|it| veiled(TAGS, it)).collect();
        let values = [attrs, tags];
        self.whole.insert(uid.clone(), Whole { above, values });
    }

    /// An entity of which only some values are told.
    fn shown(&self, uid: &EntityUID, told: &[BTreeSet<SmolStr>; 2]) -> Arc<Entity> {
        let Some(Whole { above, values }) = self.whole.get(uid) else {
            return Arc::new(Entity::with_uid(uid.clone()));
        };
        let [attrs, tags] = [ATTRS, TAGS].map(|kind| {
            let all = values.get(kind).into_iter().flatten();
            let told = told.get(kind);
            let value = move |(name, value, veil): &(SmolStr, PartialValue, PartialValue)| {
                let told = told.is_some_and(|told| told.contains(name));
                (name.clone(), if told { value } else { veil }.clone())
            };
            all.map(value)
        });
        Arc::new(Entity::new_with_attr_partial_value(
            uid.clone(),
            attrs,
            HashSet::new(),
            above.clone(),
            tags,
        ))
    }

    /// What is told, as entities.
    fn world(&self, told: &Told) -> Entities {
        let always = self.always.iter();
        let always = always.filter(|member| !told.contains_key(member.uid()));
        let members = always.chain(told.values().map(|known| &known.shown));
        // INVARIANT: each is there once, with all that is above it, so there is nothing to refuse.
        let entities = Entities::new().add_entities(
            members.cloned(),
            None::<&NoEntitiesSchema>,
            TCComputation::AssumeAlreadyComputed,
            Extensions::all_available(),
        );
        entities.unwrap_or_default().partial()
    }

    fn json(
        &self,
        uid: &EntityUID,
        [told_attrs, told_tags]: &[BTreeSet<SmolStr>; 2],
    ) -> Option<Value> {
        let entity = self.entity(uid)?;
        let above = entity.ancestors().cloned().collect();
        let (uid, attrs, _, _, tags) = entity.into_inner();
        let split = |all: BTreeMap<SmolStr, PartialValue>, told: &BTreeSet<SmolStr>| {
            let (given, omitted): (Vec<_>, Vec<_>) = all.into_iter().partition(|(name, value)| {
                told.contains(name) && matches!(value, PartialValue::Value(_))
            });
            let names = omitted.into_iter().map(|(name, _)| name.to_string());
            (given, names.collect::<Vec<String>>())
        };
        let (attrs, less_attrs) = split(attrs, told_attrs);
        let (tags, less_tags) = split(tags, told_tags);
        let entity = Entity::new_with_attr_partial_value(uid, attrs, HashSet::new(), above, tags);
        let mut json = entity.to_json_value().ok()?;
        let parents = json.get_mut("parents").and_then(Value::as_array_mut);
        // The engine keeps parents in a hash set; sorted, equal entities have equal text.
        parents?.sort_by_cached_key(Value::to_string);
        let mut omitted = serde_json::Map::new();
        for (kind, names) in [("attrs", less_attrs), ("tags", less_tags)] {
            if !names.is_empty() {
                omitted.insert(kind.to_owned(), json!(names));
            }
        }
        let members = json.as_object_mut()?;
        members.insert("omitted".to_owned(), Value::Object(omitted));
        Some(json)
    }
}
