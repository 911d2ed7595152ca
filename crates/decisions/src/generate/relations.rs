//! How principals and resources are related: they share a value, such as a region, a team, an owner who is the principal,
//! a folder above. People mostly ask for what they have to do with, so requests are drawn along relations. Nothing here
//! knows a policy; which relations give access is measured afterwards.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use crate::generate::random::{Random, Weights};
use crate::generate::world::{World, uid_of};
use crate::intern::Interner;

/// Longer strings are prose, not something two entities share.
const LONGEST: usize = 64;

/// How flat the popularity of resources is.
const FLATNESS: u64 = 5;

/// Principals that have a value under one path go with resources that have it under another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Relation {
    principal: u32,
    resource: u32,
}

/// Entities that have a value, the most popular first.
type Holders = HashMap<u32, Vec<u32>>;

/// What every entity has under which path.
pub(crate) struct Relations {
    /// Path and value of each entity, sorted.
    values: Vec<Vec<(u32, u32)>>,
    /// By type and path.
    holders: HashMap<(String, u32), Holders>,
    zipf: Weights,
}

impl Relations {
    pub(crate) fn new(world: &World) -> Self {
        let mut reader = Reader {
            world,
            paths: Interner::default(),
            values: Interner::default(),
        };
        let values: Vec<Vec<(u32, u32)>> = world
            .entities
            .iter()
            .map(|entity| {
                let mut found = BTreeSet::new();
                reader.put("", &entity.uid, &mut found);
                for above in &entity.ancestors {
                    if let Some(above) = world.entity(*above) {
                        reader.put("in", &above.uid, &mut found);
                    }
                }
                reader.attributes("", &entity.json, true, &mut found);
                found.into_iter().collect()
            })
            .collect();
        let mut holders: HashMap<(String, u32), Holders> = HashMap::new();
        let mut longest = 0;
        for (kind, numbers) in &world.of_kind {
            for &number in numbers {
                for &(path, value) in of(&values, number) {
                    let holders = holders.entry((kind.clone(), path)).or_default();
                    holders.entry(value).or_default().push(number);
                }
            }
            longest = longest.max(numbers.len());
        }
        Self {
            values,
            holders,
            zipf: Weights::zipf(longest, FLATNESS),
        }
    }

    /// At most so many relations between two types, those that reach most principals first.
    pub(crate) fn between(
        &self,
        world: &World,
        principals: &str,
        resources: &str,
        most: usize,
    ) -> Vec<Relation> {
        let mut paths: HashMap<u32, BTreeSet<u32>> = HashMap::new();
        for &number in world.of_kind(resources) {
            for &(path, value) in of(&self.values, number) {
                paths.entry(value).or_default().insert(path);
            }
        }
        let mut reached: BTreeMap<Relation, BTreeSet<u32>> = BTreeMap::new();
        for &number in world.of_kind(principals) {
            for &(principal, value) in of(&self.values, number) {
                for &resource in paths.get(&value).into_iter().flatten() {
                    let relation = Relation {
                        principal,
                        resource,
                    };
                    reached.entry(relation).or_default().insert(number);
                }
            }
        }
        let mut ranked: Vec<(usize, Relation)> = reached
            .into_iter()
            .map(|(relation, reached)| (reached.len(), relation))
            .collect();
        ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        ranked.truncate(most);
        ranked.into_iter().map(|(_, relation)| relation).collect()
    }

    /// A resource of this type that the principal is related to, the popular ones more often.
    pub(crate) fn related(
        &self,
        relation: Relation,
        principal: u32,
        resources: &str,
        random: &mut Random,
    ) -> Option<u32> {
        let values = of(&self.values, principal);
        let start = values.partition_point(|(path, _)| *path < relation.principal);
        let end = values.partition_point(|(path, _)| *path <= relation.principal);
        let (_, value) = random.pick(values.get(start..end)?)?;
        let holders = self
            .holders
            .get(&(resources.to_owned(), relation.resource))?
            .get(value)?;
        self.popular(holders, random)
    }

    /// One of some entities that stand in order of popularity.
    pub(crate) fn popular(&self, numbers: &[u32], random: &mut Random) -> Option<u32> {
        let rank = self.zipf.draw_first(numbers.len(), random)?;
        numbers.get(rank).copied()
    }
}

fn of(values: &[Vec<(u32, u32)>], number: u32) -> &[(u32, u32)] {
    usize::try_from(number)
        .ok()
        .and_then(|at| values.get(at))
        .map_or(&[], Vec::as_slice)
}

/// Reads values off entities.
struct Reader<'a> {
    world: &'a World,
    paths: Interner,
    values: Interner,
}

impl Reader<'_> {
    fn put(&mut self, path: &str, value: &str, found: &mut BTreeSet<(u32, u32)>) {
        found.insert((self.paths.intern(path), self.values.intern(value)));
    }

    fn attributes(
        &mut self,
        prefix: &str,
        json: &Value,
        far: bool,
        found: &mut BTreeSet<(u32, u32)>,
    ) {
        for (name, value) in json
            .get("attrs")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            self.value(&format!("{prefix}.{name}"), value, far, found);
        }
    }

    /// `far`: what an entity spoken of has, and what it is in, counts too.
    fn value(&mut self, path: &str, value: &Value, far: bool, found: &mut BTreeSet<(u32, u32)>) {
        match value {
            Value::String(text) if text.len() <= LONGEST => {
                self.put(path, &format!("text {text}"), found)
            }
            Value::Array(items) => items
                .iter()
                .for_each(|item| self.value(path, item, far, found)),
            Value::Object(members) => {
                if let Some(uid) = members.get("__entity").and_then(uid_of) {
                    self.put(path, &uid, found);
                    let world = self.world;
                    let number = world.numbers.get(&uid).copied();
                    if let Some(entity) = number
                        .filter(|_| far)
                        .and_then(|number| world.entity(number))
                    {
                        for above in &entity.ancestors {
                            if let Some(above) = world.entity(*above) {
                                self.put(&format!("{path} in"), &above.uid, found);
                            }
                        }
                        self.attributes(path, &entity.json, false, found);
                    }
                } else if !members.contains_key("__extn") {
                    for (name, value) in members {
                        self.value(&format!("{path}.{name}"), value, far, found);
                    }
                }
            }
            _ => {}
        }
    }
}
