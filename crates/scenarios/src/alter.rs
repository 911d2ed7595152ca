//! Facts as they would be. A [`Plan`] is a scenario's edits with every name looked up and every value read by the schema.
//! [`Plan::supposed`] applies them to the workspace's own entities, [`Plan::altered`] to what a log recorded.
//!
//! Selections look at the facts as they were: each recorded version of an entity is chosen, or not, by what it was at that
//! moment, and the edits then apply in the order of the pack. What a slice does not hold stays unknown: nothing is added to it. An
//! entity that an edit may or may not choose, because the log does not carry what it asks for, is not known any more where the
//! edit would change it.
//!
//! [`edit`] is one edit of entities, [`contexts`] are those of contexts; [`supposed`] and [`slices`] apply the former to what the workspace
//! holds and to what the log recorded, and [`sub`] puts together the log that is replayed.

mod contexts;
mod edit;
mod hierarchy;
mod recorded;
mod slices;
mod sub;
mod supposed;

use decisions::{Log, NO_SLICE};
use drift::Altered;

pub(crate) use self::supposed::Supposed;
use self::{
    contexts::{ContextPlan, Contexts},
    edit::Edit,
    sub::{Sub, Texts},
};
use crate::{Error, Scenario, select::Vocabulary};

/// What a scenario changes.
pub(crate) struct Plan<'a> {
    known: &'a Vocabulary<'a>,
    entities: Vec<Edit<'a>>,
    contexts: Vec<ContextPlan<'a>>,
}

/// Which edits apply to an entity, one bit each. A pack has few.
type Mask = u64;

impl<'a> Plan<'a> {
    pub(crate) fn new(scenario: &'a Scenario, known: &'a Vocabulary<'a>) -> Result<Self, Error> {
        if scenario.entities.len() > Mask::BITS as usize
            || scenario.context.len() > Mask::BITS as usize
        {
            let why = format!("a scenario has at most {} changes of a kind", Mask::BITS);
            return Err(scenario.place.wrong(why));
        }
        let entities = scenario.entities.iter().map(|edit| Edit::new(edit, known));
        let contexts = scenario
            .context
            .iter()
            .map(|edit| ContextPlan::new(edit, known));
        Ok(Self {
            known,
            entities: entities.collect::<Result<_, _>>()?,
            contexts: contexts.collect::<Result<_, _>>()?,
        })
    }

    pub(crate) fn changes_entities(&self) -> bool {
        !self.entities.is_empty()
    }

    fn hierarchical(&self) -> bool {
        self.entities.iter().any(Edit::moves)
    }

    fn of(&self, mask: Mask) -> impl Iterator<Item = (usize, &Edit<'a>)> {
        let edits = self.entities.iter().enumerate();
        edits.filter(move |(at, _)| mask & (1 << at) != 0)
    }

    /// The requests of a log whose facts would be otherwise, and what should be known about them. `entities_differ` says that
    /// the workspace's own entities do even without this plan.
    ///
    /// # Errors
    /// When a context would not fit the schema.
    pub(crate) fn altered(
        &self,
        log: &Log,
        supposed: &Supposed,
        entities_differ: bool,
    ) -> Result<(Altered, Vec<String>), Error> {
        let mut entities = Texts::new(&log.entities);
        let (slices, unclear) = self.slices(log, supposed, &mut entities);
        let mut contexts = Contexts::new(&self.contexts, self.known, log);
        let mut sub = Sub::default();
        let mut nameless = false;
        for (number, request) in (0_u32..).zip(&log.requests) {
            let context = contexts.of(request)?;
            let content = log.slices.get(request.slice as usize);
            let other = slices
                .get(request.slice as usize)
                .and_then(Option::as_deref);
            let facts_differ = match content.map(|slice| &slice.entities) {
                // Without a slice the workspace's own entities decide.
                None => request.slice == NO_SLICE && (entities_differ || self.changes_entities()),
                // What is only named cannot be changed, and need not stay.
                Some(None) => {
                    nameless |= self.changes_entities();
                    self.changes_entities()
                }
                Some(Some(_)) => other.is_some(),
            };
            if facts_differ || context.is_some() {
                let context = context.unwrap_or(request.context);
                let texts = (&entities, &contexts.texts);
                sub.push(number, request, (content, other), context, texts);
            }
        }
        let mut notes = contexts.unused();
        notes.extend(unclear);
        if nameless {
            notes.push(
                "some rows name their entities by a digest whose content the log lacks: those cannot be told"
                    .to_owned(),
            );
        }
        let changes_facts = self.changes_entities() || !self.contexts.is_empty();
        if changes_facts && sub.altered.requests.is_empty() {
            notes.push("no recorded request has facts that would be otherwise".to_owned());
        }
        sub.altered.log.uids.clone_from(&log.uids);
        sub.altered.unknown_differs = self.changes_entities();
        Ok((sub.altered, notes))
    }
}
