//! Contexts of recorded requests as they would be: the edits of contexts, read by the schema, and for each recorded context, action and
//! choice of edits what comes of it, made and checked once.

use std::collections::{BTreeMap, HashMap};

use decisions::{Distinct, Log};
use policy::ValueOutline;
use serde_json::{Map, Value};

use super::{Mask, sub::Texts};
use crate::{
    Error,
    pack::{ContextEdit, Place},
    select::{Resolved, Vocabulary},
    value,
};

/// An edit of contexts.
pub(super) struct ContextPlan<'a> {
    place: &'a Place,
    of: Resolved,
    set: &'a BTreeMap<String, toml::Value>,
    unset: &'a [String],
}

impl<'a> ContextPlan<'a> {
    pub(super) fn new(edit: &'a ContextEdit, known: &Vocabulary<'_>) -> Result<Self, Error> {
        let plan = Self {
            place: &edit.place,
            of: edit.of.resolve(known, &edit.place)?,
            set: &edit.set,
            unset: &edit.unset,
        };
        let Some(outline) = &known.outline else {
            return Ok(plan);
        };
        for name in edit.set.keys().chain(&edit.unset) {
            let chosen = outline
                .actions
                .iter()
                .filter(|(action, _)| plan.of.action(action));
            let mut having = chosen
                .filter_map(|(id, it)| Some((id, it.context.get(name)?)))
                .peekable();
            if having.peek().is_none() {
                return Err(edit
                    .place
                    .wrong(format!("no such request has a `{name}` in its context")));
            }
            for (action, held) in having {
                if let Some(value) = edit.set.get(name) {
                    value::read(value, &held.value, known).map_err(|why| {
                        edit.place
                            .wrong(format!("`{name}` in the context of `{action}`: {why}"))
                    })?;
                } else if held.required {
                    return Err(edit.place.wrong(format!(
                        "every `{action}` has a `{name}` in its context: it cannot be unset"
                    )));
                }
            }
        }
        Ok(plan)
    }

    /// Applies the edit to the context of an action.
    fn apply(
        &self,
        action: &str,
        known: &Vocabulary<'_>,
        context: &mut Map<String, Value>,
    ) -> Result<(), Error> {
        let outline = known.outline.as_ref();
        let of_action = outline.and_then(|outline| outline.actions.get(action));
        for (name, value) in self.set {
            let held = match (of_action, outline) {
                (Some(action), _) => match action.context.get(name) {
                    Some(held) => &held.value,
                    // Another of the actions meant has it.
                    None => continue,
                },
                (None, _) => &ValueOutline::Unknown,
            };
            let value = value::read(value, held, known).map_err(|why| self.place.wrong(why))?;
            if context.get(name).map(value::comparable) != Some(value::comparable(&value)) {
                context.insert(name.clone(), value);
            }
        }
        for name in self.unset {
            context.remove(name);
        }
        Ok(())
    }
}

/// Contexts as they would be, each made once.
pub(super) struct Contexts<'a> {
    plans: &'a [ContextPlan<'a>],
    known: &'a Vocabulary<'a>,
    log: &'a Log,
    /// For each plan, which ids of the log it is about: as action, principal, resource.
    about: Vec<[Vec<bool>; 3]>,
    used: Vec<bool>,
    made: HashMap<(u32, u32, Mask), u32>,
    pub(super) texts: Texts<'a>,
}

impl<'a> Contexts<'a> {
    pub(super) fn new(
        plans: &'a [ContextPlan<'a>],
        known: &'a Vocabulary<'a>,
        log: &'a Log,
    ) -> Self {
        let about = |plan: &ContextPlan<'_>| {
            let uids = || log.uids.iter();
            [
                uids().map(|uid| plan.of.action(uid)).collect(),
                uids().map(|uid| plan.of.principal(uid)).collect(),
                uids().map(|uid| plan.of.resource(uid)).collect(),
            ]
        };
        Self {
            plans,
            known,
            log,
            about: plans.iter().map(about).collect(),
            used: vec![false; plans.len()],
            made: HashMap::new(),
            texts: Texts::new(&log.contexts),
        }
    }

    /// The number of a request's context as it would be; nothing when it stays.
    pub(super) fn of(&mut self, request: &Distinct) -> Result<Option<u32>, Error> {
        let asked = [request.action, request.principal, request.resource];
        let mut mask = 0;
        for (at, (about, used)) in self.about.iter().zip(&mut self.used).enumerate() {
            let holds = |(flags, uid): (&Vec<bool>, u32)| flags.get(uid as usize) == Some(&true);
            if about.iter().zip(asked).all(holds) {
                mask |= 1 << at;
                *used = true;
            }
        }
        if mask == 0 {
            return Ok(None);
        }
        let key = (request.context, request.action, mask);
        let made = match self.made.get(&key) {
            Some(made) => *made,
            None => {
                let made = self.make(request, mask)?;
                self.made.insert(key, made);
                made
            }
        };
        Ok((made != request.context).then_some(made))
    }

    fn make(&mut self, request: &Distinct, mask: Mask) -> Result<u32, Error> {
        let text = |table: &'a [String], number: u32| {
            table.get(number as usize).map_or("", String::as_str)
        };
        let (old, action) = (
            text(&self.log.contexts, request.context),
            text(&self.log.uids, request.action),
        );
        // What cannot be read stays as it is, and cannot be replayed either way.
        let Ok(before) = serde_json::from_str::<Map<String, Value>>(old) else {
            return Ok(request.context);
        };
        let mut context = before.clone();
        let plans = self.plans.iter().enumerate();
        let plans = plans.filter(|(at, _)| mask & (1 << at) != 0);
        let mut place = None;
        for (_, plan) in plans {
            place = Some(plan.place);
            plan.apply(action, self.known, &mut context)?;
        }
        if context == before {
            return Ok(request.context);
        }
        let new = Value::Object(context).to_string();
        if let (Some(schema), Some(place)) = (self.known.schema, place)
            && let Err(why) = schema.admits_context(action, &new)
            && schema.admits_context(action, old).is_ok()
        {
            return Err(place.wrong(format!(
                "the context of `{action}` would not fit the schema: {why}"
            )));
        }
        Ok(self.texts.intern(new))
    }

    /// Which changes meet no request of the log.
    pub(super) fn unused(&self) -> Vec<String> {
        let idle = (1..).zip(&self.used).filter(|(_, used)| !**used);
        idle.map(|(number, _)| {
            format!(
                "no recorded request is of those that [[scenario.context]] number {number} is about"
            )
        })
        .collect()
    }
}
