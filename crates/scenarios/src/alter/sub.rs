//! The log of those requests alone whose facts would be otherwise. It has tables and numbers of its own; what it takes texts from
//! ([`Texts`]) are the tables of the whole log with the new texts behind the old ones.

use std::collections::HashMap;

use decisions::{Distinct, Slice};
use drift::Altered;

/// A table of texts that grows; those that were there keep their numbers.
pub(super) struct Texts<'a> {
    old: &'a [String],
    new: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(old: &'a [String]) -> Self {
        Self {
            old,
            new: Vec::new(),
            numbers: HashMap::new(),
        }
    }

    pub(super) fn intern(&mut self, text: String) -> u32 {
        let next = (self.old.len() + self.new.len()) as u32;
        *self.numbers.entry(text).or_insert_with_key(|text| {
            self.new.push(text.clone());
            next
        })
    }

    pub(super) fn get(&self, number: u32) -> &str {
        let number = number as usize;
        let new = || self.new.get(number.checked_sub(self.old.len())?);
        self.old.get(number).or_else(new).map_or("", String::as_str)
    }
}

/// The log of the requests that are otherwise, in the making.
#[derive(Default)]
pub(super) struct Sub {
    pub(super) altered: Altered,
    contexts: HashMap<u32, u32>,
    slices: HashMap<u32, u32>,
    entities: HashMap<u32, u32>,
}

impl Sub {
    pub(super) fn push(
        &mut self,
        number: u32,
        request: &Distinct,
        (slice, other): (Option<&Slice>, Option<&[u32]>),
        context: u32,
        (entities, contexts): (&Texts<'_>, &Texts<'_>),
    ) {
        let log = &mut self.altered.log;
        let context = *self.contexts.entry(context).or_insert_with(|| {
            log.contexts.push(contexts.get(context).to_owned());
            log.contexts.len() as u32 - 1
        });
        let numbers = &mut self.entities;
        let slice = match slice {
            None => request.slice,
            Some(slice) => *self.slices.entry(request.slice).or_insert_with(|| {
                let members = other.or(slice.entities.as_deref());
                let members = members.map(|members| {
                    let entity = |number: &u32| {
                        *numbers.entry(*number).or_insert_with(|| {
                            log.entities.push(entities.get(*number).to_owned());
                            log.entities.len() as u32 - 1
                        })
                    };
                    members.iter().map(entity).collect()
                });
                log.slices.push(Slice {
                    digest: slice.digest,
                    entities: members,
                });
                log.slices.len() as u32 - 1
            }),
        };
        self.altered.requests.push(number);
        log.requests.push(Distinct {
            slice,
            context,
            ..*request
        });
    }
}
