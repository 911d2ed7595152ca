//! What every policy of a set says to every distinct request of a log, kept small: only what is not a plain "no".

use std::{
    cell::LazyCell,
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use decisions::{Distinct, Log, NO_SLICE};
use policy::{Direct, EntityStore, Facts, Material, Policy, ScopeIndex, Shape, Verdict};
use rayon::prelude::*;

use crate::Error;

/// Requests evaluated between two looks at the cancel flag.
const STRIDE: usize = 512;

/// Verdicts by request: for request `r`, `entries[starts[r]..starts[r + 1]]`.
#[derive(Debug, Default)]
pub(crate) struct Verdicts {
    starts: Vec<u32>,
    entries: Vec<(u32, u32)>,
    /// Distinct verdicts; number 0 is `Match`.
    distinct: Vec<Verdict>,
    /// Requests that cannot be evaluated at all, and why.
    pub(crate) unreplayable: HashMap<u32, String>,
}

impl Verdicts {
    fn entries(&self, request: usize) -> &[(u32, u32)] {
        match self.starts.get(request..) {
            Some([start, end, ..]) => self.entries.get(*start as usize..*end as usize),
            _ => None,
        }
        .unwrap_or_default()
    }

    /// Places of the policies that did not say no to a request, in the order of the set.
    pub(crate) fn places(&self, request: usize) -> impl Iterator<Item = u32> + '_ {
        self.entries(request).iter().map(|(policy, _)| *policy)
    }

    /// Policies (as places in their set) that did not say no to a request, in the order of the set.
    pub(crate) fn of(&self, request: usize) -> impl Iterator<Item = (u32, &Verdict)> + Clone {
        self.entries(request)
            .iter()
            .filter_map(|(policy, verdict)| {
                self.distinct
                    .get(*verdict as usize)
                    .map(|verdict| (*policy, verdict))
            })
    }
}

/// The shapes of a log's requests.
#[derive(Debug)]
pub(crate) struct Shapes {
    /// Each once, ascending.
    distinct: Vec<Shape>,
    /// By request, the place of its shape among them; [`UNREADABLE`] when an id cannot be read.
    of: Vec<u32>,
}

const UNREADABLE: u32 = u32::MAX;

impl Shapes {
    pub(crate) fn new(log: &Log, material: &Material) -> Self {
        let shape = |request: &Distinct| {
            Some((
                material.kind(request.principal)?,
                request.action,
                material.kind(request.resource)?,
            ))
        };
        let mut numbers: HashMap<Shape, u32> = HashMap::new();
        let mut of: Vec<u32> = Vec::with_capacity(log.requests.len());
        for request in &log.requests {
            of.push(shape(request).map_or(UNREADABLE, |shape| {
                let next = numbers.len() as u32;
                *numbers.entry(shape).or_insert(next)
            }));
        }
        let mut ordered: Vec<(Shape, u32)> = numbers.into_iter().collect();
        ordered.sort_unstable();
        let mut places = vec![UNREADABLE; ordered.len()];
        for (place, (_, number)) in (0_u32..).zip(&ordered) {
            if let Some(entry) = places.get_mut(*number as usize) {
                *entry = place;
            }
        }
        for number in &mut of {
            *number = places.get(*number as usize).copied().unwrap_or(UNREADABLE);
        }
        Self {
            distinct: ordered.into_iter().map(|(shape, _)| shape).collect(),
            of,
        }
    }

    /// Each shape once, ascending.
    pub(crate) fn distinct(&self) -> impl Iterator<Item = Shape> + '_ {
        self.distinct.iter().copied()
    }

    /// The shape of a request; nothing when an id cannot be read.
    pub(crate) fn of(&self, request: usize) -> Option<Shape> {
        self.distinct.get(*self.of.get(request)? as usize).copied()
    }

    /// Requests with an id that cannot be read.
    pub(crate) fn unreadable(&self) -> impl Iterator<Item = u32> + '_ {
        let numbered = (0_u32..).zip(&self.of);
        numbered.filter_map(|(request, shape)| (*shape == UNREADABLE).then_some(request))
    }
}

/// Everything an evaluation needs, borrowed for its time.
pub(crate) struct Bench<'a> {
    pub(crate) log: &'a Log,
    pub(crate) material: &'a Material,
    pub(crate) store: &'a EntityStore,
    pub(crate) policies: &'a [Arc<Policy>],
    pub(crate) shapes: &'a Shapes,
    pub(crate) index: &'a ScopeIndex,
    pub(crate) cancel: &'a AtomicBool,
}

/// What is known when a request is decided.
///
/// # Errors
/// In words, when the log does not carry it, or it cannot be used.
pub(crate) fn facts<'a>(
    log: &Log,
    material: &'a Material,
    store: &'a EntityStore,
    request: &Distinct,
) -> Result<Facts<'a>, String> {
    if request.slice == NO_SLICE {
        return Ok(Facts::Closed(store));
    }
    let slice = log
        .slices
        .get(request.slice as usize)
        .ok_or("the row's slice is not in the log")?;
    let Some(entities) = &slice.entities else {
        return Err(
            "the log names the row's entities by digest but does not carry them".to_owned(),
        );
    };
    material.open(
        entities,
        request.principal,
        request.action,
        request.resource,
    )
}

type Found = (u32, Vec<(u32, Verdict)>, Option<String>);

impl Bench<'_> {
    /// Evaluates the indexed policies against every request whose shape they could match, on every core.
    pub(crate) fn evaluate(&self) -> Result<Verdicts, Error> {
        // Where no policy could match a shape, its requests need no other look.
        let shapes = self.shapes.distinct.iter();
        let met: Vec<Option<Shape>> = shapes
            .map(|shape| self.index.meets(*shape).then_some(*shape))
            .collect();
        let (requests, shapes) = (&self.log.requests, &self.shapes.of);
        let found: Vec<Vec<Found>> = requests
            .par_chunks(STRIDE)
            .zip(shapes.par_chunks(STRIDE))
            .enumerate()
            .map(|(chunk, (requests, shapes))| {
                if self.cancel.load(Ordering::Relaxed) {
                    return Err(Error::Cancelled);
                }
                let first = chunk * STRIDE;
                let mut found = Vec::new();
                for ((number, request), shape) in (first..).zip(requests).zip(shapes) {
                    if let Some(Some(shape)) = met.get(*shape as usize) {
                        found.extend(self.one(number, request, *shape));
                    }
                }
                Ok(found)
            })
            .collect::<Result<_, _>>()?;
        Ok(self.collect(found))
    }

    fn one(&self, number: usize, request: &Distinct, shape: Shape) -> Option<Found> {
        let direct = LazyCell::new(|| self.direct(request));
        let answers = self.index.answers(
            self.material,
            shape,
            [request.principal, request.resource],
            || direct.as_ref(),
        );
        let number = number as u32;
        let mut verdicts = Vec::new();
        let mut left: Vec<(u32, &Policy)> = Vec::new();
        for (place, answer) in answers {
            match answer {
                Some(true) => verdicts.push((place, Verdict::Match)),
                Some(false) => {}
                None => left.push((place, self.policies.get(place as usize)?)),
            }
        }
        if !left.is_empty() {
            if let Err(why) = self.ask(request, &left, &mut verdicts) {
                return Some((number, Vec::new(), Some(why)));
            }
            verdicts.sort_unstable_by_key(|(policy, _)| *policy);
        }
        (!verdicts.is_empty()).then_some((number, verdicts, None))
    }

    fn direct(&self, request: &Distinct) -> Option<Direct<'_>> {
        let slice = if request.slice == NO_SLICE {
            None
        } else {
            let slice = self.log.slices.get(request.slice as usize)?;
            Some((request.slice, slice.entities.as_deref()?))
        };
        let numbers = [
            request.principal,
            request.action,
            request.resource,
            request.context,
        ];
        self.material.direct(numbers, slice, self.store)
    }

    /// Asks the engine what is not certain otherwise.
    fn ask(
        &self,
        request: &Distinct,
        policies: &[(u32, &Policy)],
        verdicts: &mut Vec<(u32, Verdict)>,
    ) -> Result<(), String> {
        let facts = facts(self.log, self.material, self.store, request)?;
        let evaluation = self.material.evaluation(
            request.principal,
            request.action,
            request.resource,
            request.context,
            &facts,
        )?;
        for (place, policy) in policies {
            match evaluation.verdict(policy) {
                Verdict::NoMatch => {}
                verdict => verdicts.push((*place, verdict)),
            }
        }
        Ok(())
    }

    /// Puts the chunks' results together, in the order of requests whatever thread found them.
    fn collect(&self, found: Vec<Vec<Found>>) -> Verdicts {
        let mut verdicts = Verdicts {
            distinct: vec![Verdict::Match],
            ..Verdicts::default()
        };
        let mut numbers: HashMap<Verdict, u32> = HashMap::new();
        verdicts.starts.reserve_exact(self.log.requests.len() + 1);
        let mut next = 0;
        for (request, entries, why) in found.into_iter().flatten() {
            while next <= request {
                verdicts.starts.push(verdicts.entries.len() as u32);
                next += 1;
            }
            for (policy, verdict) in entries {
                let number = match verdict {
                    Verdict::Match => 0,
                    other => *numbers.entry(other).or_insert_with_key(|verdict| {
                        verdicts.distinct.push(verdict.clone());
                        verdicts.distinct.len() as u32 - 1
                    }),
                };
                verdicts.entries.push((policy, number));
            }
            if let Some(why) = why {
                verdicts.unreplayable.insert(request, why);
            }
        }
        while verdicts.starts.len() <= self.log.requests.len() {
            verdicts.starts.push(verdicts.entries.len() as u32);
        }
        verdicts
    }
}
