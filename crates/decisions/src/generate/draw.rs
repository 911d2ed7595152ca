//! Draws requests: an action by its weight, a principal by its popularity, a resource along a relation, a context from the
//! hints. Most requests are allowed, as in any organisation that works. So that this holds for any policies, it is measured
//! beforehand how often each relation leads to access, and a request is drawn again a few times if it turns out otherwise
//! than wanted.

use std::collections::{BTreeMap, BTreeSet};

use model::Decision;
use policy::{Facts, Outline};
use serde_json::{Map, Value};

use crate::Error;
use crate::canonical;
use crate::generate::judge::{Asked, Judge, Ruling};
use crate::generate::random::{Random, Weights};
use crate::generate::recipe::{ContextHint, Recipe};
use crate::generate::relations::{Relation, Relations};
use crate::generate::values::Known;
use crate::generate::world::World;
use crate::intern::Interner;

/// So many of a thousand new requests are meant to be allowed.
const ALLOWED: u64 = 670;

/// How often a request is drawn again when it turns out otherwise than meant.
const TRIES: usize = 6;

/// Requests looked at to measure how often a relation leads to access.
const SAMPLES: u64 = 16;

/// Ways measured in all, about: a schema of many types gets fewer for each pair of them.
const WAYS: usize = 4000;

/// Contexts kept for one action.
const CONTEXTS: usize = 1024;

/// How flat the popularity of principals is.
const FLATNESS: u64 = 10;

/// Streams of random numbers.
const MADE_UP: u64 = 3;
const MEASURING: u64 = 4;

/// One action and who may ask it about what.
struct Action {
    uid: String,
    weight: u64,
    principals: Vec<String>,
    principal_weights: Weights,
    resources: Vec<String>,
    resource_weights: Weights,
    contexts: Contexts,
    /// For each place in `principals` and `resources`.
    ways: BTreeMap<(usize, usize), Vec<Way>>,
}

/// A way to find a resource for a principal: along a relation, or any. How many of a thousand requests it leads to are allowed.
struct Way {
    relation: Option<Relation>,
    allowed: u64,
}

/// The contexts of one action, by number.
struct Contexts {
    numbers: Vec<u32>,
    /// One for each attribute; the number of a context is a number to these bases. Empty: all contexts alike.
    bases: Vec<(usize, Weights)>,
}

/// Draws requests for one workspace.
pub(crate) struct Draw<'a> {
    world: &'a World,
    relations: Relations,
    actions: Vec<Action>,
    weights: Weights,
    popularity: Weights,
    /// Distinct contexts, canonical JSON.
    pub(crate) contexts: Interner,
}

impl<'a> Draw<'a> {
    pub(crate) fn new(world: &'a World, outline: &Outline, recipe: &Recipe) -> Result<Self, Error> {
        check(recipe, outline)?;
        let mut contexts = Interner::default();
        let mut random = Random::new(recipe.seed, MADE_UP);
        let ids = ids(world);
        let words = world.words();
        let known = Known {
            ids: &ids,
            words: &words,
            from: recipe.from,
            to: recipe.to,
        };
        let mut actions = Vec::new();
        for (uid, found) in &outline.actions {
            let there = |kinds: &[String]| -> Vec<String> {
                kinds
                    .iter()
                    .filter(|kind| !world.of_kind(kind).is_empty())
                    .cloned()
                    .collect()
            };
            let (principals, resources) = (there(&found.principals), there(&found.resources));
            if principals.is_empty() || resources.is_empty() {
                continue;
            }
            let by_number = |kinds: &[String]| {
                Weights::new(kinds.iter().map(|kind| count(world.of_kind(kind).len())))
            };
            let choices: Vec<(String, Vec<Option<Value>>, Weights)> = found
                .context
                .iter()
                .map(|(key, attribute)| match hint(recipe, uid, key) {
                    Some(hint) => {
                        let weights = if hint.weights.is_empty() {
                            vec![1; hint.values.len()]
                        } else {
                            hint.weights.clone()
                        };
                        let values = hint.values.iter().cloned().map(Some).collect();
                        (
                            key.clone(),
                            values,
                            Weights::new(weights.into_iter().map(u64::from)),
                        )
                    }
                    None => {
                        let made = known.choices(key, &attribute.value, &mut random);
                        let mut values: Vec<Option<Value>> = made.into_iter().map(Some).collect();
                        let mut weights: Vec<u64> = (0..count(values.len()))
                            .map(|rank| 12 / (rank + 1))
                            .collect();
                        if !attribute.required || values.is_empty() {
                            values.push(None);
                            weights.push(4);
                        }
                        (key.clone(), values, Weights::new(weights))
                    }
                })
                .collect();
            let weight = recipe
                .actions
                .iter()
                .find(|hint| hint.name == *uid)
                .map(|hint| u64::from(hint.weight));
            actions.push(Action {
                uid: uid.clone(),
                weight: weight.unwrap_or_else(|| default_weight(recipe, uid)),
                principal_weights: by_number(&principals),
                resource_weights: by_number(&resources),
                principals,
                resources,
                contexts: Contexts::new(&choices, &mut contexts, &mut random),
                ways: BTreeMap::new(),
            });
        }
        let weights = Weights::new(actions.iter().map(|action| action.weight));
        if weights.total() == 0 {
            return Err(Error::NoSchema(
                "no action of the schema applies to anything".to_owned(),
            ));
        }
        let most = world.of_kind.values().map(Vec::len).max().unwrap_or(0);
        Ok(Self {
            world,
            relations: Relations::new(world),
            actions,
            weights,
            popularity: Weights::zipf(most, FLATNESS),
            contexts,
        })
    }

    /// Ids of the actions, in the order of their numbers.
    pub(crate) fn action_uids(&self) -> impl Iterator<Item = &str> {
        self.actions.iter().map(|action| action.uid.as_str())
    }

    /// All (context, action) pairs that may be drawn, and one request of each shape. Actions are numbered from `first`.
    #[expect(
        clippy::type_complexity,
        reason = "two sets of plain numbers, made for one caller"
    )]
    pub(crate) fn possible(&self, first: u32) -> (BTreeSet<(u32, u32)>, BTreeSet<(u32, u32, u32)>) {
        let mut pairs = BTreeSet::new();
        let mut shapes = BTreeSet::new();
        for (number, action) in (first..).zip(&self.actions) {
            pairs.extend(
                action
                    .contexts
                    .numbers
                    .iter()
                    .map(|context| (*context, number)),
            );
            for principal in action
                .principals
                .iter()
                .filter_map(|kind| self.world.of_kind(kind).first())
            {
                let resources = action
                    .resources
                    .iter()
                    .filter_map(|kind| self.world.of_kind(kind).first());
                shapes.extend(resources.map(|resource| (*principal, number, *resource)));
            }
        }
        (pairs, shapes)
    }

    /// Finds the relations, and measures how often each leads to access.
    pub(crate) fn measure(&mut self, judge: &Judge<'_>, facts: &Facts<'_>, first: u32, seed: u64) {
        let mut between: BTreeMap<(String, String), Vec<Relation>> = BTreeMap::new();
        let mut random = Random::new(seed, MEASURING);
        let combinations = self
            .actions
            .iter()
            .map(|action| action.principals.len() * action.resources.len());
        let most = (WAYS / combinations.sum::<usize>().max(1)).clamp(3, 24);
        for at in 0..self.actions.len() {
            let Some(action) = self.actions.get(at) else {
                continue;
            };
            let mut ways = BTreeMap::new();
            for (p, principals) in action.principals.iter().enumerate() {
                for (r, resources) in action.resources.iter().enumerate() {
                    let relations = between
                        .entry((principals.clone(), resources.clone()))
                        .or_insert_with(|| {
                            self.relations
                                .between(self.world, principals, resources, most)
                        });
                    let relations = relations.iter().copied().map(Some).chain([None]);
                    let found: Vec<Way> = relations
                        .filter_map(|relation| {
                            let mut allowed = 0;
                            let mut asked = 0;
                            for _ in 0..SAMPLES {
                                let drawn = self.request(
                                    action,
                                    number(at, first),
                                    p,
                                    r,
                                    relation,
                                    &mut random,
                                );
                                if let Some(ruling) =
                                    drawn.and_then(|drawn| judge.decide(drawn, facts))
                                {
                                    asked += 1;
                                    allowed += u64::from(ruling.decision == Decision::Allow);
                                }
                            }
                            (asked > 0).then(|| Way {
                                relation,
                                allowed: allowed * 1000 / asked,
                            })
                        })
                        .collect();
                    ways.insert((p, r), found);
                }
            }
            if let Some(action) = self.actions.get_mut(at) {
                action.ways = ways;
            }
        }
    }

    /// A request and what the policies say to it.
    pub(crate) fn draw(
        &self,
        judge: &Judge<'_>,
        facts: &Facts<'_>,
        first: u32,
        random: &mut Random,
    ) -> Option<(Asked, Ruling)> {
        let wanted = if random.chance(ALLOWED) {
            Decision::Allow
        } else {
            Decision::Deny
        };
        let at = self.weights.draw(random)?;
        let action = self.actions.get(at)?;
        let mut last = None;
        for _ in 0..TRIES {
            let p = action.principal_weights.draw(random)?;
            let r = action.resource_weights.draw(random)?;
            let ways = action.ways.get(&(p, r)).map_or(&[][..], Vec::as_slice);
            // Squared, so that the ways that lead there surely are taken mostly; and never none.
            let likely = Weights::new(ways.iter().map(|way| match wanted {
                Decision::Allow => 1 + way.allowed.pow(2),
                Decision::Deny => 1 + (1000 - way.allowed).pow(2),
            }));
            let Some(way) = likely.draw(random).and_then(|way| ways.get(way)) else {
                continue;
            };
            let asked = self.request(action, number(at, first), p, r, way.relation, random);
            let ruled = asked.and_then(|asked| Some((asked, judge.decide(asked, facts)?)));
            if let Some((asked, ruling)) = ruled {
                let done = ruling.decision == wanted;
                last = Some((asked, ruling));
                if done {
                    break;
                }
            }
        }
        last
    }

    fn request(
        &self,
        action: &Action,
        number: u32,
        p: usize,
        r: usize,
        relation: Option<Relation>,
        random: &mut Random,
    ) -> Option<Asked> {
        let principals = self.world.of_kind(action.principals.get(p)?);
        let principal = *principals.get(self.popularity.draw_first(principals.len(), random)?)?;
        let kind = action.resources.get(r)?;
        let resource = match relation {
            Some(relation) => self.relations.related(relation, principal, kind, random)?,
            None => self.relations.popular(self.world.of_kind(kind), random)?,
        };
        Some(Asked {
            principal,
            action: number,
            resource,
            context: action.contexts.draw(random)?,
        })
    }
}

impl Contexts {
    fn new(
        choices: &[(String, Vec<Option<Value>>, Weights)],
        table: &mut Interner,
        random: &mut Random,
    ) -> Self {
        let product = choices.iter().try_fold(1_usize, |product, (_, values, _)| {
            product.checked_mul(values.len())
        });
        let all = product.filter(|product| *product <= CONTEXTS);
        let mut numbers = Vec::new();
        for mut number in 0..all.unwrap_or(CONTEXTS) {
            let mut context = Map::new();
            for (key, values, weights) in choices {
                let at = match all {
                    Some(_) => number % values.len(),
                    None => weights.draw(random).unwrap_or(0),
                };
                number /= values.len().max(1);
                if let Some(Some(value)) = values.get(at) {
                    context.insert(key.clone(), value.clone());
                }
            }
            let mut text = String::new();
            canonical::write_object(&context, &mut text);
            numbers.push(table.intern(&text));
        }
        let bases = choices
            .iter()
            .map(|(_, values, weights)| (values.len(), weights.clone()));
        Self {
            numbers,
            bases: if all.is_some() {
                bases.collect()
            } else {
                Vec::new()
            },
        }
    }

    fn draw(&self, random: &mut Random) -> Option<u32> {
        if self.bases.is_empty() {
            return random.pick(&self.numbers).copied();
        }
        let (mut number, mut scale) = (0, 1);
        for (base, weights) in &self.bases {
            number += weights.draw(random)? * scale;
            scale *= base;
        }
        self.numbers.get(number).copied()
    }
}

fn hint<'a>(recipe: &'a Recipe, action: &str, key: &str) -> Option<&'a ContextHint> {
    let mut fitting = recipe.contexts.iter().filter(|hint| hint.key == key);
    let exact = fitting
        .clone()
        .find(|hint| hint.action.as_deref() == Some(action));
    exact.or_else(|| fitting.find(|hint| hint.action.is_none()))
}

/// Looking is asked for more often than changing.
fn default_weight(recipe: &Recipe, uid: &str) -> u64 {
    if let Some(smallest) = recipe.actions.iter().map(|hint| hint.weight).min() {
        return u64::from(smallest.max(1));
    }
    let name = uid
        .rsplit("::")
        .next()
        .unwrap_or(uid)
        .trim_matches('"')
        .to_lowercase();
    let looks = [
        "read", "view", "get", "list", "see", "open", "watch", "find", "search",
    ];
    if looks.iter().any(|word| name.starts_with(word)) {
        60
    } else {
        10
    }
}

/// Hints that name what the schema does not know are mistakes.
fn check(recipe: &Recipe, outline: &Outline) -> Result<(), Error> {
    let named = recipe.actions.iter().map(|hint| &hint.name);
    let named = named.chain(
        recipe
            .contexts
            .iter()
            .filter_map(|hint| hint.action.as_ref()),
    );
    for action in named {
        if !outline.actions.contains_key(action) {
            return Err(Error::Recipe(format!(
                "the schema has no action `{action}` that applies to anything"
            )));
        }
    }
    for hint in &recipe.contexts {
        let mut actions = outline
            .actions
            .iter()
            .filter(|(uid, _)| hint.action.as_ref().is_none_or(|action| action == *uid));
        if !actions.any(|(_, action)| action.context.contains_key(&hint.key)) {
            return Err(Error::Recipe(format!(
                "no context in the schema has `{}`",
                hint.key
            )));
        }
    }
    for change in recipe.changes.iter().flatten() {
        let kind = outline.types.get(&change.kind);
        if !kind.is_some_and(|kind| kind.attributes.contains_key(&change.attribute)) {
            return Err(Error::Recipe(format!(
                "the schema has no attribute `{}.{}`",
                change.kind, change.attribute
            )));
        }
    }
    Ok(())
}

fn ids(world: &World) -> BTreeMap<String, Vec<String>> {
    let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entity in &world.entities {
        if let Some((_, id)) = crate::uid::parse(&entity.uid) {
            ids.entry(entity.kind.clone())
                .or_default()
                .push(id.into_owned());
        }
    }
    ids
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn number(at: usize, first: u32) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX).saturating_add(first)
}
