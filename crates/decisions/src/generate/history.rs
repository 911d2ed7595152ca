//! What the entities looked like over time. The span of the log is cut into periods in which nothing changes; the last one
//! shows the entities as the workspace has them, earlier ones with some attributes otherwise, as the recipe's changes say.

use std::collections::{BTreeMap, BTreeSet};

use policy::{Outline, ValueOutline};
use serde_json::Value;

use crate::generate::random::Random;
use crate::generate::recipe::{Change, Recipe};
use crate::generate::world::World;
use crate::instant::DAY;

/// Streams of random numbers for changes start here, one for each change and period.
const CHANGES: u64 = 1 << 32;

/// A stretch of time in which no entity changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Period {
    pub(crate) from: i64,
    /// Attributes that differ from the workspace's, by entity and name.
    pub(crate) other: BTreeMap<(u32, String), Value>,
}

/// The periods of a log, in order; there is at least one.
pub(crate) fn periods(world: &World, outline: &Outline, recipe: &Recipe) -> Vec<Period> {
    let chosen = recipe
        .changes
        .clone()
        .unwrap_or_else(|| choose(world, outline));
    let mut starts = BTreeSet::from([recipe.from]);
    for change in &chosen {
        let back = (1..).map(|periods| recipe.to - periods * change.every);
        starts.extend(back.take_while(|start| *start > recipe.from));
    }
    let mut periods: Vec<Period> = starts
        .into_iter()
        .map(|from| Period {
            from,
            other: BTreeMap::new(),
        })
        .collect();
    for (number, change) in (0..).zip(&chosen) {
        let overrides = overrides(world, recipe, change, number);
        for period in &mut periods {
            // How many whole periods of this change lie between here and the end.
            let back = (recipe.to - 1 - period.from) / change.every;
            if let Some(other) = usize::try_from(back)
                .ok()
                .and_then(|back| overrides.get(back))
            {
                let named = other
                    .iter()
                    .map(|(entity, value)| ((*entity, change.attribute.clone()), value.clone()));
                period.other.extend(named);
            }
        }
    }
    periods
}

/// For each period of one change, going back from the end, the entities whose attribute was otherwise.
fn overrides(
    world: &World,
    recipe: &Recipe,
    change: &Change,
    number: u64,
) -> Vec<BTreeMap<u32, Value>> {
    let back = (recipe.to - 1 - recipe.from) / change.every;
    let mut result = vec![BTreeMap::new()];
    let mut numbers = world.of_kind(&change.kind).to_vec();
    numbers.sort_unstable();
    let now = |entity: u32| {
        world
            .entity(entity)?
            .json
            .get("attrs")?
            .get(&change.attribute)
    };
    let mut not_yet = BTreeMap::new();
    for period in 1..=u64::try_from(back).unwrap_or(0) {
        let mut random = Random::new(recipe.seed, CHANGES + (number << 16) + period);
        let mut other = BTreeMap::new();
        for &entity in &numbers {
            let hit = random.below(1_000_000) < change.share;
            let choice = random.below(1 << 32);
            match (&change.values[..], now(entity)) {
                (_, None) => {}
                ([event], Some(value)) => {
                    if hit
                        && value == event
                        && let Some(before) = before(world, change, event, choice)
                    {
                        not_yet.insert(entity, before);
                    }
                }
                (values, Some(value)) => {
                    let others: Vec<&Value> =
                        values.iter().filter(|other| *other != value).collect();
                    let at = usize::try_from(choice).unwrap_or(0) % others.len().max(1);
                    if hit && let Some(value) = others.get(at) {
                        other.insert(entity, (*value).clone());
                    }
                }
            }
        }
        other.extend(
            not_yet
                .iter()
                .map(|(entity, value)| (*entity, Value::clone(value))),
        );
        result.push(other);
    }
    result
}

/// What an attribute was before an event: the opposite of a boolean, else what others of its kind have.
fn before(world: &World, change: &Change, event: &Value, choice: u64) -> Option<Value> {
    if let Value::Bool(event) = event {
        return Some(Value::Bool(!event));
    }
    let values = seen(world, &change.kind, &change.attribute);
    let others: Vec<&Value> = values.values().filter(|value| *value != event).collect();
    let at = usize::try_from(choice).unwrap_or(0) % others.len().max(1);
    others.get(at).map(|value| (*value).clone())
}

/// The different values an attribute has now, by their text.
fn seen(world: &World, kind: &str, attribute: &str) -> BTreeMap<String, Value> {
    let entities = world
        .of_kind(kind)
        .iter()
        .filter_map(|number| world.entity(*number));
    entities
        .filter_map(|entity| entity.json.get("attrs")?.get(attribute))
        .map(|value| (value.to_string(), value.clone()))
        .collect()
}

/// Changes for a workspace whose recipe names none: the flags of those who ask, else of what is asked for, else a short
/// list of words.
fn choose(world: &World, outline: &Outline) -> Vec<Change> {
    let principals: BTreeSet<&String> = outline
        .actions
        .values()
        .flat_map(|action| &action.principals)
        .collect();
    let resources: BTreeSet<&String> = outline
        .actions
        .values()
        .flat_map(|action| &action.resources)
        .collect();
    let flags = |kinds: &BTreeSet<&String>, share| -> Vec<Change> {
        attributes(outline, kinds, &ValueOutline::Bool)
            .map(|(kind, attribute)| Change {
                kind: kind.clone(),
                attribute: attribute.clone(),
                values: vec![Value::Bool(true), Value::Bool(false)],
                share,
                every: 7 * DAY,
            })
            .collect()
    };
    let mut changes = flags(&principals, 50_000);
    if changes.is_empty() {
        changes = flags(&resources, 30_000);
    }
    if changes.is_empty() {
        let either = principals.union(&resources).copied().collect();
        let words =
            attributes(outline, &either, &ValueOutline::String).filter_map(|(kind, attribute)| {
                let values: Vec<Value> = seen(world, kind, attribute).into_values().collect();
                (2..=8).contains(&values.len()).then(|| Change {
                    kind: kind.clone(),
                    attribute: attribute.clone(),
                    values,
                    share: 20_000,
                    every: 14 * DAY,
                })
            });
        changes = words.take(2).collect();
    }
    changes.truncate(4);
    changes
}

fn attributes<'a>(
    outline: &'a Outline,
    kinds: &BTreeSet<&String>,
    wanted: &'a ValueOutline,
) -> impl Iterator<Item = (&'a String, &'a String)> {
    let kinds = outline
        .types
        .iter()
        .filter(|(kind, _)| kinds.contains(kind));
    let all = kinds.flat_map(|(kind, found)| {
        found
            .attributes
            .iter()
            .map(move |(name, attribute)| (kind, name, attribute))
    });
    let found: Vec<_> = all
        .filter(|(_, _, attribute)| attribute.value == *wanted)
        .map(|(kind, name, _)| (kind, name))
        .collect();
    found.into_iter()
}
