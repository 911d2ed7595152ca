//! The least a request's decisions need to know: asked with nothing told, the engine names what it lacks, and only that is told
//! it. What turns out not to matter after all is taken away again.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use cedar_policy_core::{
    ast::{Entity, EntityUID, PartialValue, Unknown},
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

/// Whose values are told: names of attributes and of tags.
type Told = BTreeMap<EntityUID, [BTreeSet<SmolStr>; 2]>;

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
        let least = Least {
            of: self,
            always: self.always(schema),
        };
        least
            .told(set)
            .iter()
            .filter_map(|(uid, told)| least.json(uid, told))
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
    fn unknowns(&self, policy: &Policy) -> Vec<SmolStr> {
        let condition = self
            .evaluator
            .partial_interpret(&policy.condition, policy.ast.env());
        match condition {
            Ok(PartialValue::Residual(residual)) => {
                // The engine goes through an expression from its end.
                let mut names: Vec<_> = residual.unknowns().map(|it| it.name.clone()).collect();
                names.reverse();
                names
            }
            _ => Vec::new(),
        }
    }
}

/// The same policy fails whatever the words: those of an entity that does not exist are others.
fn alike(a: &Verdict, b: &Verdict) -> bool {
    a == b || matches!((a, b), (Verdict::Error(_), Verdict::Error(_)))
}

struct Least<'a> {
    of: &'a Evaluation<'a>,
    always: Vec<Arc<Entity>>,
}

impl Least<'_> {
    fn told(&self, set: &PolicySet) -> Told {
        let mut told = Told::new();
        let (nothing, _) = self.world(&told);
        let blind = Evaluation::over(self.of.request.clone(), &nothing);
        // What a policy says for certain it says whatever else there is to know.
        let policies: Vec<(&Policy, Verdict)> = set
            .policies()
            .iter()
            .map(|policy| (&**policy, self.of.verdict(policy)))
            .filter(|(policy, verdict)| !alike(&blind.verdict(policy), verdict))
            .collect();
        let mut asking: Vec<&(&Policy, Verdict)> = policies.iter().collect();
        while !asking.is_empty() {
            let (entities, names) = self.world(&told);
            let evaluation = Evaluation::over(self.of.request.clone(), &entities);
            let mut wanted = Vec::new();
            asking.retain(|(policy, verdict)| {
                if alike(&evaluation.verdict(policy), verdict) {
                    return false;
                }
                let unknowns = evaluation.unknowns(policy);
                let fact = unknowns
                    .iter()
                    .find_map(|name| self.fact(name, &names, &told));
                let more = fact.is_some();
                wanted.extend(fact);
                more
            });
            wanted.into_iter().for_each(|fact| tell(&mut told, fact));
        }
        self.pruned(told, &policies)
    }

    /// Without what made no difference in the end: a value that was read before another made it not matter.
    fn pruned(&self, mut told: Told, policies: &[(&Policy, Verdict)]) -> Told {
        let say = |told: &Told| -> Vec<Verdict> {
            let (entities, _) = self.world(told);
            let evaluation = Evaluation::over(self.of.request.clone(), &entities);
            let policies = policies.iter();
            policies
                .map(|(policy, _)| evaluation.verdict(policy))
                .collect()
        };
        let all = say(&told);
        let values = told.iter().flat_map(|(uid, kinds)| {
            kinds.iter().enumerate().flat_map(move |(kind, names)| {
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
                    let kinds = less.get_mut(uid);
                    if let Some(names) = kinds.and_then(|kinds| kinds.get_mut(*kind)) {
                        names.remove(name);
                    }
                }
            }
            if say(&less) == all {
                told = less;
            }
        }
        told
    }

    /// What a name stands for that the engine does not know; nothing when nobody does.
    fn fact(&self, name: &str, names: &HashMap<SmolStr, Fact>, told: &Told) -> Option<Fact> {
        if let Some(fact) = names.get(name) {
            return Some(fact.clone());
        }
        let uid: EntityUID = name.parse().ok()?;
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

    /// What is told, as entities; and what the names of the rest stand for.
    fn world(&self, told: &Told) -> (Entities, HashMap<SmolStr, Fact>) {
        let mut names = HashMap::new();
        let mut members = self.always.clone();
        for (uid, told) in told {
            let Some(entity) = self.entity(uid) else {
                continue;
            };
            let [attrs, tags] = told;
            let above = entity.ancestors().cloned().collect();
            let (uid, all_attrs, _, _, all_tags) = entity.into_inner();
            let mut veiled =
                |kind, name: SmolStr, value: PartialValue, told: &BTreeSet<SmolStr>| {
                    if told.contains(&name) || matches!(value, PartialValue::Residual(_)) {
                        return (name, value);
                    }
                    let value = match kind {
                        ATTRS => unknown_attribute(&uid, &name),
                        _ => unknown_tag(&uid, &name),
                    };
                    if let PartialValue::Residual(unknown) = &value {
                        let fact = Fact::Value(uid.clone(), kind, name.clone());
                        names.extend(unknown.unknowns().map(|it| (it.name.clone(), fact.clone())));
                    }
                    (name, value)
                };
            let all_attrs: Vec<_> = all_attrs
                .into_iter()
                .map(|(name, value)| veiled(ATTRS, name, value, attrs))
                .collect();
            let all_tags: Vec<_> = all_tags
                .into_iter()
                .map(|(name, value)| veiled(TAGS, name, value, tags))
                .collect();
            members.retain(|member| *member.uid() != uid);
            members.push(Arc::new(Entity::new_with_attr_partial_value(
                uid,
                all_attrs,
                HashSet::new(),
                above,
                all_tags,
            )));
        }
        // INVARIANT: each is there once, with all that is above it, so there is nothing to refuse.
        let entities = Entities::new().add_entities(
            members,
            None::<&NoEntitiesSchema>,
            TCComputation::AssumeAlreadyComputed,
            Extensions::all_available(),
        );
        (entities.unwrap_or_default().partial(), names)
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

fn tell(told: &mut Told, fact: Fact) {
    match fact {
        Fact::Entity(uid) => {
            told.entry(uid).or_default();
        }
        Fact::Value(uid, kind, name) => {
            if let Some(names) = told.entry(uid).or_default().get_mut(kind) {
                names.insert(name);
            }
        }
    }
}
