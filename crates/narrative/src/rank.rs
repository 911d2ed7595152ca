//! What comes first: people gaining access to sensitive things before everything else, then by how many it concerns. Names
//! decide between equals, so that the order in which facts arrive means nothing.

use std::cmp::Reverse;

use crate::facts::{Example, Group, Measure};

/// Groups by consequence.
pub(crate) fn groups(groups: &[Group]) -> Vec<&Group> {
    let mut ranked: Vec<&Group> = groups.iter().collect();
    ranked.sort_by_key(|group| {
        (
            group.risk,
            Reverse(group.gained),
            Reverse(group.lost),
            Reverse(group.open),
            &group.name,
        )
    });
    ranked
}

/// Requests by consequence. Those that differ only in facts of the moment, which nothing here tells, are one.
pub(crate) fn examples(examples: &[Example]) -> Vec<Example> {
    let kind = |measure| match measure {
        Measure::Gained => 0,
        Measure::ErrorChanged => 1,
        Measure::Open => 2,
        Measure::Lost => 3,
    };
    let mut ranked: Vec<Example> = Vec::new();
    for it in examples {
        let same = |other: &&mut Example| {
            (other.risk, other.measure) == (it.risk, it.measure)
                && (&other.principal, &other.action, &other.resource)
                    == (&it.principal, &it.action, &it.resource)
        };
        match ranked.iter_mut().find(same) {
            Some(other) => {
                other.requests = other.requests.saturating_add(it.requests);
                other.causes.extend(it.causes.iter().cloned());
            }
            None => ranked.push(it.clone()),
        }
    }
    ranked.sort_by(|a, b| {
        let key = |it: &Example| (it.risk, kind(it.measure), Reverse(it.requests));
        let name = |it: &Example| {
            let Example {
                principal,
                action,
                resource,
                ..
            } = it;
            (principal.clone(), action.clone(), resource.clone())
        };
        key(a).cmp(&key(b)).then_with(|| name(a).cmp(&name(b)))
    });
    ranked
}

/// The groups that a sentence names: one that has most of it, or the largest. `of` is what is counted.
pub(crate) enum Named<'a> {
    /// Nobody.
    Nobody,
    /// More than half of it.
    Most(&'a Group),
    /// The largest, and how many more there are.
    Largest(Vec<&'a Group>, u64),
}

impl<'a> Named<'a> {
    pub(crate) fn of(groups: &'a [Group], count: impl Fn(&Group) -> u64) -> Self {
        const LARGEST: usize = 3;
        let mut there: Vec<&Group> = groups.iter().filter(|group| count(group) > 0).collect();
        there.sort_by_key(|group| (Reverse(count(group)), &group.name));
        let all: u64 = there.iter().map(|group| count(group)).sum();
        match there.as_slice() {
            [] => Self::Nobody,
            [first, _, ..] if count(first) > all / 2 => Self::Most(first),
            _ => {
                let more = there.len().saturating_sub(LARGEST) as u64;
                there.truncate(LARGEST);
                Self::Largest(there, more)
            }
        }
    }
}
