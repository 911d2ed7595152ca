//! Some thousand lines of a log, read by one thread into tables of their own. Repeated ids, contexts, entities and outcomes
//! are found here, in parallel, so that the one builder behind only meets each once a batch.

use std::collections::HashMap;

use serde_json::value::RawValue;

use crate::canonical;
use crate::intern::Interner;
use crate::line::{self, Context, Entities, Uid};
use crate::log::{NO_INPUT, NO_SLICE};
use crate::skip::{Skipped, Why};
use crate::slice::{self, Slices};

/// The distinct values that rows refer to by number.
#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) uids: Interner,
    pub(crate) contexts: Interner,
    pub(crate) inputs: Interner,
    pub(crate) entities: Interner,
    pub(crate) outcomes: Interner,
    pub(crate) slices: Slices,
}

/// A row as numbers into [`Tables`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) principal: u32,
    pub(crate) action: u32,
    pub(crate) resource: u32,
    pub(crate) context: u32,
    pub(crate) input: u32,
    pub(crate) slice: u32,
    pub(crate) outcome: u32,
    pub(crate) at: i64,
}

/// Rows in order, with the tables they refer to.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) tables: Tables,
    pub(crate) rows: Vec<Entry>,
    /// The rows' own names, one after the other, and where each ends.
    pub(crate) ids: String,
    pub(crate) id_ends: Vec<usize>,
    /// Lines that could not be used, by their number in the file.
    pub(crate) skipped: Skipped,
}

impl Batch {
    /// Appends a row whose parts are already in the tables.
    pub(crate) fn push(&mut self, entry: Entry, id: &str) {
        self.rows.push(entry);
        self.ids.push_str(id);
        self.id_ends.push(self.ids.len());
    }

    /// The rows' names, in order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.id_ends.iter().copied());
        starts
            .zip(&self.id_ends)
            .map(|(start, end)| self.ids.get(start..*end).unwrap_or_default())
    }
}

/// Fills a batch from lines of text, remembering spellings it has seen.
#[derive(Default)]
pub(crate) struct Reader<'a> {
    pub(crate) batch: Batch,
    uids: HashMap<&'a str, Option<u32>>,
    contexts: HashMap<&'a str, Option<u32>>,
    entities: HashMap<&'a str, Option<u32>>,
    /// Printed uid of each entity of the batch's table, by number: slices are sorted by it.
    entity_uids: Vec<String>,
    scratch: String,
}

impl<'a> Reader<'a> {
    /// Reads one line, or says why it cannot be used.
    pub(crate) fn line(&mut self, text: &'a str) -> Result<(), Why> {
        let mut draft = line::read(text)?;
        let principal = self
            .uid(draft.principal)
            .ok_or("`principal` is no entity id")?;
        let action = self.uid(draft.action).ok_or("`action` is no entity id")?;
        let resource = self
            .uid(draft.resource)
            .ok_or("`resource` is no entity id")?;
        let context = self
            .context(draft.context)
            .ok_or("`context` names a member twice or is nested too deeply")?;
        let input = match &draft.input {
            Some(text) => self.batch.tables.inputs.intern(text),
            None => NO_INPUT,
        };
        let slice = match draft.entities {
            Entities::Assumed => NO_SLICE,
            Entities::Digest(digest) => {
                let unknown: Option<fn() -> Box<[u32]>> = None;
                self.batch.tables.slices.intern(digest, unknown)
            }
            Entities::Inline(entities) => self
                .slice(&entities)
                .ok_or("`entities` holds what is no entity, or one with two contents")?,
        };
        self.scratch.clear();
        draft.outcome.write_key(&mut self.scratch);
        let outcome = self.batch.tables.outcomes.intern(&self.scratch);
        self.batch.push(
            Entry {
                principal,
                action,
                resource,
                context,
                input,
                slice,
                outcome,
                at: draft.at,
            },
            &draft.id,
        );
        Ok(())
    }

    fn uid(&mut self, uid: Uid<'a>) -> Option<u32> {
        match uid {
            Uid::Raw(raw) => match self.uids.get(raw.get()) {
                Some(known) => *known,
                None => {
                    let printed = Uid::Raw(raw).printed();
                    let number = printed.map(|text| self.batch.tables.uids.intern(&text));
                    self.uids.insert(raw.get(), number);
                    number
                }
            },
            Uid::Printed(text) => Some(self.batch.tables.uids.intern(&text)),
        }
    }

    fn context(&mut self, context: Context<'a>) -> Option<u32> {
        match context {
            Context::Raw(text) => match self.contexts.get(text) {
                Some(known) => *known,
                None => {
                    self.scratch.clear();
                    let number = canonical::write(text, &mut self.scratch)
                        .ok()
                        .map(|()| self.batch.tables.contexts.intern(&self.scratch));
                    self.contexts.insert(text, number);
                    number
                }
            },
            Context::Canonical(text) => Some(self.batch.tables.contexts.intern(&text)),
        }
    }

    /// Enters an inline slice. The same entity twice is once; two contents for one uid are no slice.
    fn slice(&mut self, entities: &[&'a RawValue]) -> Option<u32> {
        let mut numbers = Vec::with_capacity(entities.len());
        for raw in entities {
            let known = match self.entities.get(raw.get()) {
                Some(known) => *known,
                None => {
                    let known = self.entity(raw.get());
                    self.entities.insert(raw.get(), known);
                    known
                }
            };
            numbers.push(known?);
        }
        let uids = &self.entity_uids;
        let uid = |number: u32| usize::try_from(number).ok().and_then(|at| uids.get(at));
        numbers.sort_unstable_by(|a, b| uid(*a).cmp(&uid(*b)).then(a.cmp(b)));
        numbers.dedup();
        if !numbers.is_sorted_by(|a, b| uid(*a) < uid(*b)) {
            return None;
        }
        let table = &self.batch.tables.entities;
        let texts = numbers
            .iter()
            .map(|number| table.get(usize::try_from(*number).unwrap_or(usize::MAX)));
        let digest = slice::digest(texts);
        let content = Some(|| numbers.into_boxed_slice());
        Some(self.batch.tables.slices.intern(digest, content))
    }

    fn entity(&mut self, json: &str) -> Option<u32> {
        let (uid, text) = slice::canonical_entity(json)?;
        let entity = self.batch.tables.entities.intern(&text);
        if self.entity_uids.len() < self.batch.tables.entities.len() {
            self.entity_uids.push(uid);
        }
        Some(entity)
    }
}
