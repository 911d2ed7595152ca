//! Generates a believable log for any workspace from its schema and entities: popular people and documents, requests along
//! the relations between them, working hours and bursts, some denials, attributes that change over time. Every decision is
//! really made by the workspace's policies. The same workspace, recipe and seed give the same log on every machine.
//!
//! Rows are made a window at a time. What a window asks is planned by one thread; the new requests in it are drawn, and
//! those whose facts changed are decided again, by all threads, each from random numbers of its own; then the rows are put
//! out in order. So neither threads nor windows show in the result.

mod calendar;
mod draw;
mod history;
mod judge;
mod lines;
mod random;
mod recipe;
mod relations;
mod values;
mod view;
mod world;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::Write;

use model::PolicyError;
use policy::{Compiled, Facts};
use rayon::prelude::*;
use serde_json::Value;

pub use recipe::Recipe;

use crate::batch::{Entry, Tables};
use crate::generate::calendar::Hour;
use crate::generate::draw::Draw;
use crate::generate::judge::{Asked, Judge, Ruling};
use crate::generate::lines::Lines;
use crate::generate::random::Random;
use crate::generate::view::{Now, View};
use crate::generate::world::World;
use crate::line::Outcome;
use crate::log::NO_INPUT;
use crate::{Builder, Error, Progress, slice};

/// Rows a window holds at most, about. A short log has many small ones: what it still lacks is seen between windows.
const WINDOW: u64 = 1 << 15;

/// Streams of random numbers. Each new request has one of its own, from `DRAWS` on.
const PLAN: u64 = 5;
const HOURS: u64 = 6;
const DRAWS: u64 = 1 << 48;

/// What was generated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Generated {
    /// Rows.
    pub rows: u64,
    /// Distinct (request, slice) pairs; slices are told apart by all that they may hold, whatever rows carry of it.
    pub distinct: u64,
    /// Rows allowed.
    pub allowed: u64,
}

/// Where rows go.
trait Sink {
    fn row(&mut self, tables: &Tables, entry: &Entry, id: &str) -> Result<(), Error>;
}

impl Sink for Builder {
    fn row(&mut self, _: &Tables, entry: &Entry, id: &str) -> Result<(), Error> {
        self.push_entry(entry, id)
    }
}

/// Generates a log straight into a builder, ready to be finished. `progress` hears of rows.
///
/// # Errors
/// [`Error::Recipe`], [`Error::NoSchema`], [`Error::BrokenPolicies`], [`Error::Cancelled`].
pub fn generate(
    compiled: &Compiled,
    recipe: &Recipe,
    progress: Progress<'_>,
) -> Result<(Builder, Generated), Error> {
    let mut builder = Builder::new(format!("generated, seed {}", recipe.seed));
    let (tables, made) = run(compiled, recipe, &mut builder, progress)?;
    builder.set_tables(tables);
    Ok((builder, made))
}

/// Generates a log as lines of JSON. A slice is given in full where it is first used, and by its digest afterwards.
///
/// # Errors
/// Those of [`generate`], and [`Error::Write`].
pub fn generate_lines(
    compiled: &Compiled,
    recipe: &Recipe,
    out: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<Generated, Error> {
    let mut lines = Lines::new(out);
    let (_, made) = run(compiled, recipe, &mut lines, progress)?;
    lines.flush()?;
    Ok(made)
}

fn run(
    compiled: &Compiled,
    recipe: &Recipe,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<(Tables, Generated), Error> {
    let Some(schema) = compiled.schema.as_deref() else {
        return Err(Error::NoSchema(
            "the workspace has no schema that compiles".to_owned(),
        ));
    };
    if compiled.set.broken() {
        return Err(Error::BrokenPolicies(
            "some policies do not compile".to_owned(),
        ));
    }
    let outline = schema.outline();
    let world = World::new(compiled.entities.to_json(), &outline, recipe);
    let periods = history::periods(&world, &outline, recipe);
    let mut draw = Draw::new(&world, &outline, recipe)?;

    let first_action = number(world.entities.len());
    let mut uids: Vec<String> = world
        .entities
        .iter()
        .map(|entity| entity.uid.clone())
        .collect();
    uids.extend(draw.action_uids().map(str::to_owned));
    let contexts: Vec<String> = draw.contexts.iter().map(str::to_owned).collect();
    let (pairs, shapes) = draw.possible(first_action);
    let judge = Judge::new(compiled, &uids, &contexts, pairs, &shapes);
    let spoken_of = contexts
        .iter()
        .map(|context| spoken_of(&world, context))
        .collect();

    let cuts: Vec<i64> = periods.iter().map(|period| period.from).collect();
    let mut random = Random::new(recipe.seed, HOURS);
    let hours = calendar::hours(recipe.from, recipe.to, recipe.rows, &cuts, &mut random);
    let now = Now::new(&world, &compiled.entities, Some(schema))?;
    let present = history::Period::default();
    let mut last = View::new(&world, &now, &present, 0, None, Some(schema))?;
    draw.measure(
        &judge,
        &Facts::Closed(&last.store),
        first_action,
        recipe.seed,
    );

    let mut maker = Maker {
        recipe,
        draw: &draw,
        judge: &judge,
        first_action,
        uids: &uids,
        contexts: &contexts,
        spoken_of,
        bundle: compiled.set.digest(),
        random: Random::new(recipe.seed, PLAN),
        times: random,
        tables: Tables::default(),
        requests: Vec::new(),
        entries: Vec::new(),
        known: HashMap::new(),
        states: Vec::new(),
        pairs: HashSet::new(),
        past: Vec::new(),
        drawn: 0,
        most_new: usize::MAX,
        made: Generated::default(),
    };
    let mut hours = hours.into_iter().peekable();
    let full = usize::try_from((recipe.rows / 64).clamp(64, WINDOW)).unwrap_or(64);
    for (at, period) in periods.iter().enumerate() {
        let end = periods.get(at + 1).map_or(recipe.to, |next| next.from);
        let before = (at > 0).then_some(last);
        last = View::new(&world, &now, period, at, before, Some(schema))?;
        while hours.peek().is_some_and(|hour| hour.from < end) {
            let mut window = Vec::new();
            while let Some(hour) = hours.next_if(|hour| hour.from < end && window.len() < full) {
                maker.fill(&hour, &mut window);
            }
            maker.make(&window, at, &mut last, sink)?;
            if progress(maker.made.rows, recipe.rows).is_break() {
                return Err(Error::Cancelled);
            }
        }
    }
    if maker.made.rows == 0 && recipe.rows > 0 {
        let why = "no request that fits the schema could be made up";
        return Err(Error::NoSchema(why.to_owned()));
    }
    Ok((maker.tables, maker.made))
}

/// The entities a context speaks of.
fn spoken_of(world: &World, context: &str) -> Vec<u32> {
    let mut found = BTreeSet::new();
    if let Ok(value) = serde_json::from_str::<Value>(context) {
        world.references(&value, &mut found);
    }
    found.into_iter().collect()
}

/// A request's facts and outcome, as long as its facts stay.
#[derive(Clone, Copy)]
struct State {
    period: usize,
    slice: u32,
    outcome: u32,
}

/// What threads find out about a request.
struct Found {
    members: Vec<u32>,
    /// What the rows carry in place of the members: id and canonical text of each.
    least: Option<Vec<(String, String)>>,
    /// The members' digest: what rows carry changes nothing about who asks for what.
    whole: [u8; 32],
    digest: [u8; 32],
    ruling: Ruling,
}

/// Makes rows, window by window.
struct Maker<'a> {
    recipe: &'a Recipe,
    draw: &'a Draw<'a>,
    judge: &'a Judge<'a>,
    first_action: u32,
    uids: &'a [String],
    contexts: &'a [String],
    spoken_of: Vec<Vec<u32>>,
    bundle: String,
    random: Random,
    times: Random,
    tables: Tables,
    requests: Vec<Asked>,
    /// The same by the numbers of the log's tables.
    entries: Vec<Entry>,
    known: HashMap<Asked, usize>,
    states: Vec<Option<State>>,
    pairs: HashSet<(usize, [u8; 32])>,
    /// The request of every row so far: what was asked often is asked again.
    past: Vec<u32>,
    drawn: u64,
    most_new: usize,
    made: Generated,
}

/// A row as planned: when, and whether many others come at once.
struct Moment {
    at: i64,
    burst: bool,
}

impl Maker<'_> {
    /// The moments of an hour's rows, in order.
    fn fill(&mut self, hour: &Hour, window: &mut Vec<Moment>) {
        let span = u64::try_from(hour.to - hour.from).unwrap_or(1);
        let mut offsets: Vec<u64> = (0..hour.rows).map(|_| self.times.below(span)).collect();
        offsets.sort_unstable();
        window.extend(offsets.into_iter().map(|offset| Moment {
            at: hour.from + i64::try_from(offset).unwrap_or(0),
            burst: hour.burst,
        }));
    }

    fn make(
        &mut self,
        window: &[Moment],
        period: usize,
        view: &mut View,
        sink: &mut dyn Sink,
    ) -> Result<(), Error> {
        let start = self.past.len();
        let fresh = self.plan(window);
        let rulings = self.draw_new(fresh, start, view);
        self.refresh(start, rulings, period, view);
        for (moment, request) in window.iter().zip(self.past.iter().skip(start)) {
            let at = index(*request);
            let (Some(entry), Some(Some(state))) = (self.entries.get(at), self.states.get(at))
            else {
                continue;
            };
            let entry = Entry {
                slice: state.slice,
                outcome: state.outcome,
                at: moment.at,
                ..*entry
            };
            self.made.rows += 1;
            let id = format!("{:x}-{:07}", self.recipe.seed, self.made.rows);
            sink.row(&self.tables, &entry, &id)?;
            self.made.allowed += u64::from(self.is_allowed(state.outcome));
        }
        Ok(())
    }

    /// Plans a window: which rows ask something new, and which repeat what was asked before. New requests are numbered on
    /// from the known ones; returns how many there are.
    fn plan(&mut self, window: &[Moment]) -> usize {
        let due = self.due(self.past.len() + window.len());
        let missing = usize::try_from(due.saturating_sub(self.made.distinct)).unwrap_or(usize::MAX);
        let first = usize::from(self.past.is_empty());
        let planned = missing.min(self.most_new).min(window.len()).max(first);
        let known = self.requests.len();
        let allowed = self.made.allowed * 1000 / self.made.rows.max(1);
        let give_up = 850_u64.saturating_sub(allowed) * 5;
        let mut new = 0;
        for (at, moment) in window.iter().enumerate() {
            let left = count(window.len() - at);
            let is_new = self.past.is_empty() || self.random.below(left) < count(planned - new);
            let request = if is_new {
                new += 1;
                number(known + new - 1)
            } else {
                let mut again = self.repeat(moment.burst, known + new);
                // Who was refused asks again less often, the less so the more are refused.
                for _ in 0..3 {
                    if !self.is_refused(again) || !self.random.chance(give_up) {
                        break;
                    }
                    again = self.repeat(moment.burst, known + new);
                }
                again
            };
            self.past.push(request);
        }
        planned
    }

    /// What a row repeats: something recent, anything, or what was asked often before, which makes the popular more popular.
    fn repeat(&mut self, burst: bool, known: usize) -> u32 {
        let (recent, near) = if burst { (700, 300) } else { (350, 20_000) };
        let reach = if self.random.chance(recent) {
            near.min(self.past.len())
        } else if self.random.chance(200) {
            return number(self.random.index(known));
        } else {
            self.past.len()
        };
        let back = 1 + self.random.index(reach);
        let row = self.past.len().checked_sub(back);
        row.and_then(|row| self.past.get(row)).copied().unwrap_or(0)
    }

    fn is_refused(&self, request: u32) -> bool {
        let state = self.states.get(index(request)).copied().flatten();
        state.is_some_and(|state| !self.is_allowed(state.outcome))
    }

    fn is_allowed(&self, outcome: u32) -> bool {
        let key = self.tables.outcomes.get(index(outcome));
        key.starts_with("[\"allow\"")
    }

    /// How many distinct pairs there should be after so many rows: fast at first, then ever slower.
    fn due(&self, rows: usize) -> u64 {
        let (all, rows) = (u128::from(self.recipe.rows.max(1)), u128::from(count(rows)));
        let rows = rows.min(all);
        let due = u128::from(self.recipe.distinct) * (2 * all * rows - rows * rows) / (all * all);
        u64::try_from(due).unwrap_or(u64::MAX)
    }

    /// Draws the new requests of a window, and puts their real numbers into the plan: one may turn out to be known.
    fn draw_new(&mut self, fresh: usize, start: usize, view: &View) -> HashMap<usize, Ruling> {
        let next = self.requests.len();
        let streams = self.drawn..self.drawn + count(fresh);
        self.drawn = streams.end;
        let facts = Facts::Closed(&view.store);
        let drawn: Vec<Option<(Asked, Ruling)>> = streams
            .into_par_iter()
            .map(|stream| {
                let mut random = Random::new(self.recipe.seed, DRAWS + stream);
                self.draw
                    .draw(self.judge, &facts, self.first_action, &mut random)
            })
            .collect();
        let mut rulings = HashMap::new();
        let mut real = Vec::with_capacity(fresh);
        for drawn in drawn {
            // A request that could not be drawn repeats the first; there always is one, or no row at all.
            let Some((asked, ruling)) = drawn else {
                real.push(0);
                continue;
            };
            let at = *self.known.entry(asked).or_insert(self.requests.len());
            if at == self.requests.len() {
                self.requests.push(asked);
                self.states.push(None);
                rulings.insert(at, ruling);
                let entry = self.enter(asked);
                self.entries.push(entry);
            }
            real.push(number(at));
        }
        for planned in self.past.iter_mut().skip(start) {
            if let Some(new) = index(*planned).checked_sub(next) {
                *planned = real.get(new).copied().unwrap_or(0);
            }
        }
        // A small workspace runs out of new requests: look for ever fewer.
        let found = self.requests.len() - next;
        self.most_new = if found * 4 < fresh {
            (fresh / 2).max(32)
        } else {
            self.most_new.saturating_mul(2)
        };
        rulings
    }

    fn enter(&mut self, asked: Asked) -> Entry {
        let uid = |number: u32| self.uids.get(index(number)).map_or("", String::as_str);
        let context = self
            .contexts
            .get(index(asked.context))
            .map_or("{}", String::as_str);
        Entry {
            principal: self.tables.uids.intern(uid(asked.principal)),
            action: self.tables.uids.intern(uid(asked.action)),
            resource: self.tables.uids.intern(uid(asked.resource)),
            context: self.tables.contexts.intern(context),
            input: NO_INPUT,
            slice: 0,
            outcome: 0,
            at: 0,
        }
    }

    /// Finds facts and outcome of the window's requests that have none, or whose facts changed.
    fn refresh(
        &mut self,
        start: usize,
        rulings: HashMap<usize, Ruling>,
        period: usize,
        view: &mut View,
    ) {
        let mut asked: Vec<usize> = self
            .past
            .iter()
            .skip(start)
            .map(|request| index(*request))
            .collect();
        asked.sort_unstable();
        asked.dedup();
        let current = |at: &usize| {
            self.states
                .get(*at)
                .copied()
                .flatten()
                .is_some_and(|state| state.period == period)
        };
        asked.retain(|at| !current(at));
        let facts = Facts::Closed(&view.store);
        let found: Vec<Option<Found>> = asked
            .par_iter()
            .map(|at| {
                let request = *self.requests.get(*at)?;
                let spoken_of = self
                    .spoken_of
                    .get(index(request.context))
                    .map_or(&[][..], Vec::as_slice);
                let members = view.members(request.principal, request.resource, spoken_of);
                let state = self.states.get(*at).copied().flatten();
                if state.is_some_and(|state| !view.changed_since(&members, state.period)) {
                    return None;
                }
                let ruling = match rulings.get(at) {
                    Some(ruling) => ruling.clone(),
                    None => self.judge.decide(request, &facts)?,
                };
                let least = match self.recipe.least {
                    true => Some(self.judge.least(request, &facts)?),
                    false => None,
                };
                let whole = slice::digest(members.iter().map(|member| view.text(*member)));
                let digest = least.as_ref().map_or(whole, |least| {
                    slice::digest(least.iter().map(|(_, text)| text.as_str()))
                });
                Some(Found {
                    members,
                    least,
                    whole,
                    digest,
                    ruling,
                })
            })
            .collect();
        for (at, found) in asked.into_iter().zip(found) {
            let Some(found) = found else {
                if let Some(Some(state)) = self.states.get_mut(at) {
                    state.period = period;
                }
                continue;
            };
            let (tables, view) = (&mut self.tables, &mut *view);
            let entities = &mut tables.entities;
            let content = || -> Box<[u32]> {
                match &found.least {
                    Some(least) => least
                        .iter()
                        .map(|(_, text)| entities.intern(text))
                        .collect(),
                    None => found
                        .members
                        .iter()
                        .map(|member| view.enter(*member, entities))
                        .collect(),
                }
            };
            let slice = tables.slices.intern(found.digest, Some(content));
            let outcome = self.outcome(&found.ruling);
            if self.pairs.insert((at, found.whole)) {
                self.made.distinct += 1;
            }
            if let Some(state) = self.states.get_mut(at) {
                *state = Some(State {
                    period,
                    slice,
                    outcome,
                });
            }
        }
    }

    fn outcome(&mut self, ruling: &Ruling) -> u32 {
        let policies = self.judge.set().policies();
        let id = |policy: &u32| {
            policies
                .get(index(*policy))
                .map_or("", |policy| policy.id.as_str())
        };
        let errors: Vec<PolicyError> = ruling
            .errors
            .iter()
            .map(|(policy, message)| PolicyError {
                policy: id(policy).to_owned(),
                message: message.clone(),
            })
            .collect();
        let mut outcome = Outcome {
            decision: ruling.decision,
            reasons: ruling
                .reasons
                .iter()
                .map(|policy| id(policy).into())
                .collect(),
            errors: errors
                .iter()
                .map(|error| (error.policy.as_str().into(), error.message.as_str().into()))
                .collect(),
            bundle: self.bundle.as_str().into(),
            engine: policy::ENGINE.into(),
            tenant: self.recipe.tenant.as_str().into(),
        };
        let mut key = String::new();
        outcome.write_key(&mut key);
        self.tables.outcomes.intern(&key)
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
