//! The workspace's own entities as they would be. They are all there is, so an edit that chooses none of them is a mistake of the pack,
//! and so is one after which an entity would not fit the schema.

use std::collections::{HashMap, HashSet};

use model::{Code, Failure};
use policy::{EntityStore, Given};
use serde_json::Value;

use super::{
    Mask, Plan,
    hierarchy::{parents, set_parents},
};
use crate::Error;

/// The workspace's entities as they would be.
pub(crate) struct Supposed {
    /// Those that are otherwise, as JSON.
    pub(crate) changed: Vec<Value>,
    /// All of them, where somebody asks: putting hundreds into a hierarchy of thousands takes its time.
    pub(crate) store: Option<EntityStore>,
    /// All ancestors of each, by id, when the plan changes who is in what.
    pub(super) above: HashMap<String, Vec<String>>,
}

impl Plan<'_> {
    /// The workspace's entities as they would be; `closed` when rows are decided by them.
    ///
    /// # Errors
    /// When an edit chooses nobody, when an entity would not fit the schema, when entities would be their own ancestors.
    pub(crate) fn supposed(&self, store: &EntityStore, closed: bool) -> Result<Supposed, Error> {
        let mut supposed = self.possible(store, closed)?;
        if let Some(store) = supposed.store.as_ref().filter(|_| self.hierarchical()) {
            let given = store.given().into_iter();
            supposed.above = given.map(|it| (it.uid, it.above)).collect();
        }
        Ok(supposed)
    }

    /// The same, but for what everybody is in.
    ///
    /// # Errors
    /// As [`Plan::supposed`].
    pub(crate) fn possible(&self, store: &EntityStore, closed: bool) -> Result<Supposed, Error> {
        let mut chosen: Mask = 0;
        let mut left: HashSet<(usize, &str)> = HashSet::new();
        let mut fitting: HashSet<(Mask, &str)> = HashSet::new();
        let mut changed = Vec::new();
        for it in &self.known.given {
            let mask = self.mask(it);
            if mask == 0 {
                continue;
            }
            chosen |= mask;
            let mut json = it.json.clone();
            let mut parents: Vec<String> = parents(&json);
            for (at, edit) in self.of(mask) {
                edit.attributes(&mut json);
                let gone = edit.leave.iter().filter(|gone| it.above.contains(gone));
                left.extend(gone.map(|gone| (at, gone.as_str())));
                let held = |gone: &&String| !parents.contains(gone) && it.above.contains(gone);
                if let Some(gone) = edit.leave.iter().find(held) {
                    return Err(edit.place.wrong(format!(
                        "`{}` is in `{gone}` by being in something else: let it leave that",
                        it.uid
                    )));
                }
                edit.parents(&mut parents);
            }
            set_parents(&mut json, &parents);
            // The same edits put the same values into every entity of a type, so one stands for all.
            if fitting.insert((mask, &it.kind)) {
                self.fits(it, &json, mask)?;
            }
            if json != it.json {
                changed.push(json);
            }
        }
        for (at, edit) in self.entities.iter().enumerate() {
            if chosen & (1 << at) == 0 {
                return Err(edit.place.wrong(format!(
                    "no entity of the workspace is chosen: {}",
                    edit.words()
                )));
            }
            let in_vain = |group: &&String| !left.contains(&(at, group.as_str()));
            if let Some(group) = edit.leave.iter().find(in_vain) {
                let why = format!("none of the entities chosen is in `{group}`");
                return Err(edit.place.wrong(why));
            }
        }
        let mut supposed = Supposed {
            changed,
            store: None,
            above: HashMap::new(),
        };
        if self.hierarchical() || (closed && self.changes_entities()) {
            let store = store.with(&supposed.changed, self.known.schema);
            supposed.store = Some(store.map_err(|why| self.impossible(&why))?);
        }
        Ok(supposed)
    }

    /// Whether an entity would fit the schema. What did not fit before is a problem of the entities, and not of the pack.
    fn fits(&self, it: &Given, json: &Value, mask: Mask) -> Result<(), Error> {
        let Some(schema) = self.known.schema else {
            return Ok(());
        };
        match (schema.admits_entity(json), self.of(mask).last()) {
            (Err(why), Some((_, edit))) if schema.admits_entity(&it.json).is_ok() => Err(edit
                .place
                .wrong(format!("`{}` would not fit the schema: {why}", it.uid))),
            _ => Ok(()),
        }
    }

    fn impossible(&self, why: &str) -> Error {
        let joins = self.entities.iter().find(|edit| !edit.join.is_empty());
        match joins.or(self.entities.first()) {
            Some(edit) => edit
                .place
                .wrong(format!("the entities cannot be so: {why}")),
            None => Error::Replay(Failure::new(Code::Internal, why)),
        }
    }

    fn mask(&self, it: &Given) -> Mask {
        let mut mask = 0;
        for (at, edit) in self.entities.iter().enumerate() {
            // The workspace's own entities are all there is.
            if edit.chooses(&it.uid, &it.json, |_| false) == Some(true)
                && edit
                    .inside
                    .as_ref()
                    .is_none_or(|inside| it.above.contains(inside))
            {
                mask |= 1 << at;
            }
        }
        mask
    }
}
