//! Facts as they would be. A [`Plan`] is a scenario's edits with every name looked up and every value read by the schema.
//! [`Plan::supposed`] applies them to the workspace's own entities, [`Plan::altered`] to what a log recorded.
//!
//! Selections look at the facts as they were: each recorded version of an entity is chosen, or not, by what it was at that
//! moment, and the edits then apply in the order of the pack. What a slice does not hold stays unknown: nothing is added to it. An
//! entity that an edit may or may not choose, because the log does not carry what it asks for, is not known any more where the
//! edit would change it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use decisions::{Distinct, Log, NO_SLICE, Slice, uid};
use drift::{Altered, type_of};
use model::{Code, Failure};
use policy::{EntityStore, Given, ValueOutline};
use serde_json::{Map, Value, json};

use crate::{
    Error, Scenario,
    pack::{ContextEdit, EntityEdit, Place},
    select::{Resolved, Vocabulary},
    value,
};

/// What a scenario changes.
pub(crate) struct Plan<'a> {
    known: &'a Vocabulary<'a>,
    entities: Vec<Edit<'a>>,
    contexts: Vec<ContextPlan<'a>>,
}

/// An edit of entities.
struct Edit<'a> {
    place: &'a Place,
    kind: Option<&'a str>,
    ids: HashSet<String>,
    inside: Option<String>,
    /// Attribute, value as compared, and whether the attribute is a set that is to hold it.
    having: Vec<(&'a str, Value, bool)>,
    set: Map<String, Value>,
    unset: &'a [String],
    join: Vec<String>,
    leave: Vec<String>,
}

struct ContextPlan<'a> {
    place: &'a Place,
    of: Resolved,
    set: &'a BTreeMap<String, toml::Value>,
    unset: &'a [String],
}

/// The workspace's entities as they would be.
pub(crate) struct Supposed {
    /// Those that are otherwise, as JSON.
    pub(crate) changed: Vec<Value>,
    /// All of them, where somebody asks: putting hundreds into a hierarchy of thousands takes its time.
    pub(crate) store: Option<EntityStore>,
    /// All ancestors of each, by id, when the plan changes who is in what.
    above: HashMap<String, Vec<String>>,
}

/// Which edits apply to an entity, one bit each. A pack has few.
type Mask = u64;

/// A recorded entity as it would be: its number, the edits that choose it and those that may, its parents if they are others.
type Edited = (u32, [Mask; 2], Option<Vec<String>>);

/// For each slice, the numbers of its entities as they would be; nothing for those that stay.
type Slices = Vec<Option<Box<[u32]>>>;

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

    fn hierarchical(&self) -> bool {
        self.entities.iter().any(Edit::moves)
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

    /// The slices as they would be, and what to say of entities that could not be chosen.
    fn slices(
        &self,
        log: &Log,
        supposed: &Supposed,
        texts: &mut Texts<'_>,
    ) -> (Slices, Option<String>) {
        if !self.changes_entities() {
            return (Vec::new(), None);
        }
        let recorded: Vec<Option<Recorded>> = log
            .entities
            .iter()
            .map(|json| Recorded::read(json, &self.entities, self.known))
            .collect();
        let mut made: HashMap<Edited, Option<u32>> = HashMap::new();
        let (mut unclear, mut asking) = (BTreeSet::new(), 0);
        let hierarchical = self.hierarchical();
        let mut one = |slice: &Slice| -> Option<Box<[u32]>> {
            let numbers = slice.entities.as_deref()?;
            let of = |number: &u32| Some((*number, recorded.get(*number as usize)?.as_ref()?));
            let members: Vec<(u32, &Recorded)> = numbers.iter().filter_map(of).collect();
            if !hierarchical && members.iter().all(|(_, it)| it.mask | it.maybe == 0) {
                return None;
            }
            let were = Hierarchy::of(&members, |uid| {
                self.known
                    .get(uid)
                    .map_or(&[][..], |it| it.above.as_slice())
            });
            let inside = |mask, (_, it): &(u32, &Recorded)| self.inside(mask, it, &were);
            let masks: Vec<Mask> = members.iter().map(|it| inside(it.1.mask, it)).collect();
            let maybe: Vec<Mask> = members.iter().map(|it| inside(it.1.maybe, it)).collect();
            let may_move: Vec<&str> = members
                .iter()
                .zip(&maybe)
                .filter(|(_, maybe)| self.of(**maybe).any(|(_, edit)| edit.moves()))
                .map(|((_, it), _)| it.uid.as_str())
                .collect();
            let parents = if hierarchical {
                self.reparented(&members, &masks, &were, supposed)
            } else {
                vec![None; members.len()]
            };
            let mut new: HashMap<u32, Option<u32>> = HashMap::new();
            for ((((number, it), mask), maybe), parents) in
                members.iter().zip(masks).zip(maybe).zip(parents)
            {
                if maybe != 0 {
                    unclear.insert(it.uid.as_str());
                    asking |= maybe;
                }
                // Nor is it known what is below something of which it is not known what that is in.
                let adrift = !may_move.is_empty()
                    && (may_move.contains(&it.uid.as_str())
                        || were
                            .above(&it.uid)
                            .iter()
                            .any(|above| may_move.contains(&above.as_str())));
                if adrift {
                    new.insert(*number, None);
                    continue;
                }
                if mask | maybe == 0 && parents.is_none() {
                    continue;
                }
                let key = (*number, [mask, maybe], parents);
                let after = match made.get(&key) {
                    Some(after) => *after,
                    None => {
                        let mut json = it.json.clone();
                        let told = self.of(mask | maybe).all(|(at, edit)| {
                            if maybe & (1 << at) == 0 {
                                edit.attributes(&mut json);
                                return true;
                            }
                            edit.veil(&mut json, |name| it.requires(self.known, name))
                        });
                        if let Some(parents) = &key.2 {
                            set_parents(&mut json, parents);
                        }
                        let after = match (told, json == it.json) {
                            (false, _) => None,
                            (true, true) => Some(*number),
                            (true, false) => Some(texts.intern(json.to_string())),
                        };
                        *made.entry(key).or_insert(after)
                    }
                };
                if after != Some(*number) {
                    new.insert(*number, after);
                }
            }
            let renumber = |number: &u32| new.get(number).copied().unwrap_or(Some(*number));
            (!new.is_empty()).then(|| numbers.iter().filter_map(renumber).collect())
        };
        let slices = log.slices.iter().map(&mut one).collect();
        let unclear = match unclear.len() {
            0 => None,
            1 => Some("1 entity".to_owned()),
            more => Some(format!("{more} entities")),
        };
        let asked: BTreeSet<&str> = self
            .of(asking)
            .flat_map(|(_, edit)| edit.having.iter().map(|(name, ..)| *name))
            .collect();
        let asked: Vec<String> = asked.into_iter().map(|name| format!("`{name}`")).collect();
        let unclear = unclear.map(|entities| {
            format!(
                "the log does not carry what would choose {entities} or not ({}): what would be changed of them is not known",
                asked.join(", ")
            )
        });
        (slices, unclear)
    }

    /// Those of the edits that choose an entity of a slice by what the slice says it is in, too.
    fn inside(&self, mask: Mask, it: &Recorded, were: &Hierarchy<'_>) -> Mask {
        let outside = self.of(mask).filter(|(_, edit)| {
            let inside = edit.inside.as_ref();
            inside.is_some_and(|inside| !were.above(&it.uid).contains(inside))
        });
        outside.fold(mask, |mask, (at, _)| mask & !(1 << at))
    }

    /// The parents of each entity of a slice, where its ancestors would be others. Logs often list all ancestors as parents, so
    /// what someone leaves may stand there several times over: by itself, and by way of something else.
    fn reparented(
        &self,
        members: &[(u32, &Recorded)],
        masks: &[Mask],
        were: &Hierarchy<'_>,
        supposed: &Supposed,
    ) -> Vec<Option<Vec<String>>> {
        let direct: Vec<(&str, Vec<String>)> = members
            .iter()
            .zip(masks)
            .map(|((_, it), mask)| {
                let own = self.known.get(&it.uid).map(|it| parents(&it.json));
                let own = own.unwrap_or_default();
                let mut direct: Vec<String> = it.parents.clone();
                direct.retain(|parent| {
                    let over = |other: &String| {
                        other != parent
                            && were.above(other).contains(parent)
                            && !were.above(parent).contains(other)
                    };
                    own.contains(parent) || !it.parents.iter().any(over)
                });
                for (_, edit) in self.of(*mask) {
                    edit.parents(&mut direct);
                }
                (it.uid.as_str(), direct)
            })
            .collect();
        let then = Hierarchy {
            parents: direct
                .iter()
                .map(|(uid, up)| (*uid, up.as_slice()))
                .collect(),
            beyond: Box::new(|uid| supposed.above.get(uid).map_or(&[][..], Vec::as_slice)),
        };
        let changed = |(_, it): &(u32, &Recorded)| {
            let now = then.above(&it.uid);
            (now != were.above(&it.uid)).then(|| now.into_iter().collect())
        };
        members.iter().map(changed).collect()
    }
}

impl<'a> Edit<'a> {
    fn new(edit: &'a EntityEdit, known: &Vocabulary<'_>) -> Result<Self, Error> {
        let EntityEdit { place, what } = edit;
        let wrong = |why: String| place.wrong(why);
        let entities = |names: &[String]| -> Result<Vec<String>, Error> {
            let found = names.iter().map(|name| known.entity(name));
            found.collect::<Result<_, _>>().map_err(wrong)
        };
        let ids = entities(&what.ids)?;
        let mut kinds: Vec<&str> = ids.iter().map(|uid| type_of(uid)).collect();
        kinds.extend(what.kind.as_deref());
        kinds.sort_unstable();
        kinds.dedup();
        if let Some(kind) = &what.kind
            && !known.has_type(|it| it == kind)
        {
            return Err(wrong(format!("there is no type `{kind}`")));
        }
        let joined = entities(&what.join)?;
        for (kind, group) in kinds
            .iter()
            .flat_map(|kind| joined.iter().map(move |group| (kind, group)))
        {
            let types = known.outline.as_ref().map(|outline| &outline.types);
            let may = types
                .and_then(|types| types.get(*kind))
                .is_none_or(|it| it.ancestors.iter().any(|above| above == type_of(group)));
            if !may {
                return Err(wrong(format!(
                    "a `{kind}` cannot be in `{group}`: the schema has no `{}` above it",
                    type_of(group)
                )));
            }
        }
        let mut having = Vec::new();
        for (name, wanted) in &what.having {
            for kind in &kinds {
                let (of, _) = attribute(known, kind, name).map_err(wrong)?;
                let (of, holds) = match (of, wanted) {
                    (ValueOutline::Set(of), value) if !value.is_array() => (*of, true),
                    (of, _) => (of, false),
                };
                let wanted = value::read(wanted, &of, known)
                    .map_err(|why| wrong(format!("`{name}` of `{kind}`: {why}")))?;
                having.push((name.as_str(), value::comparable(&wanted), holds));
            }
        }
        having.dedup();
        let mut set = Map::new();
        for (name, wanted) in &what.set {
            for kind in &kinds {
                let (of, _) = attribute(known, kind, name).map_err(wrong)?;
                let wanted = value::read(wanted, &of, known)
                    .map_err(|why| wrong(format!("`{name}` of `{kind}`: {why}")))?;
                set.insert(name.clone(), wanted);
            }
        }
        for name in &what.unset {
            for kind in &kinds {
                if attribute(known, kind, name).map_err(wrong)?.1 {
                    return Err(wrong(format!(
                        "every `{kind}` has a `{name}`: it cannot be unset"
                    )));
                }
            }
        }
        Ok(Self {
            place,
            kind: what.kind.as_deref(),
            ids: ids.into_iter().collect(),
            inside: match &what.inside {
                None => None,
                Some(name) => Some(known.entity(name).map_err(wrong)?),
            },
            having,
            set,
            unset: &what.unset,
            join: joined,
            leave: entities(&what.leave)?,
        })
    }

    /// By all but what it is in. Nothing when that is not known; `lacks` says of an attribute that is not there that it may
    /// be all the same.
    fn chooses(&self, uid: &str, json: &Value, lacks: impl Fn(&str) -> bool) -> Option<bool> {
        let named = match self.kind {
            Some(kind) => type_of(uid) == kind,
            None => self.ids.contains(uid),
        };
        if !named {
            return Some(false);
        }
        let attributes = json.get("attrs").and_then(Value::as_object);
        let mut known = true;
        for (name, wanted, holds) in &self.having {
            let value = attributes
                .and_then(|all| all.get(*name))
                .map(value::comparable);
            let fits = match (value, holds) {
                (Some(Value::Array(items)), true) => items.contains(wanted),
                (Some(value), false) => value == *wanted,
                (None, _) if lacks(name) => {
                    known = false;
                    true
                }
                _ => false,
            };
            if !fits {
                return Some(false);
            }
        }
        known.then_some(true)
    }

    /// It changes what is in what.
    fn moves(&self) -> bool {
        !self.join.is_empty() || !self.leave.is_empty()
    }

    /// Makes unknown what it would change of an entity if it chose it; false when that cannot be said of a recorded entity.
    fn veil(&self, json: &mut Value, requires: impl Fn(&str) -> bool) -> bool {
        let known_absent = |json: &Value, name: &str| {
            let given = json.get("attrs").is_some_and(|all| all.get(name).is_some());
            !given && !omits(json, name)
        };
        if self.unset.iter().any(|name| !known_absent(json, name)) {
            return false;
        }
        for (name, value) in &self.set {
            let attrs = json.get("attrs");
            let given = attrs.and_then(|all| all.get(name)).map(value::comparable);
            if given == Some(value::comparable(value)) || omits(json, name) {
                continue;
            }
            // What every entity of the type has is missing without further words from one that does not say what it omits.
            let silent = json.get("omitted").is_none() && requires(name);
            if given.is_none() && !silent {
                return false;
            }
            if let Some(all) = json.get_mut("attrs").and_then(Value::as_object_mut) {
                all.remove(name);
            }
            if silent {
                continue;
            }
            let omitted = json.get_mut("omitted").and_then(Value::as_object_mut);
            let Some(omitted) = omitted else {
                return false;
            };
            let names = omitted.entry("attrs").or_insert_with(|| json!([]));
            if let Some(names) = names.as_array_mut() {
                names.push(json!(name));
            }
        }
        true
    }

    fn attributes(&self, json: &mut Value) {
        // What is set is known, and what is unset is known not to be there.
        let omitted = json
            .get_mut("omitted")
            .and_then(|omitted| omitted.get_mut("attrs"));
        if let Some(names) = omitted.and_then(Value::as_array_mut) {
            names.retain(|name| {
                let is = |other: &String| name.as_str() == Some(other);
                !self.set.keys().any(is) && !self.unset.iter().any(is)
            });
        }
        let Some(all) = json.get_mut("attrs").and_then(Value::as_object_mut) else {
            return;
        };
        for (name, value) in &self.set {
            // The same in other words is no change.
            if all.get(name).map(value::comparable) != Some(value::comparable(value)) {
                all.insert(name.clone(), value.clone());
            }
        }
        for name in self.unset {
            all.remove(name);
        }
    }

    fn parents(&self, all: &mut Vec<String>) {
        all.retain(|parent| !self.leave.contains(parent));
        for parent in &self.join {
            if !all.contains(parent) {
                all.push(parent.clone());
            }
        }
    }

    fn words(&self) -> String {
        let mut words = match self.kind {
            Some(kind) => format!("there is no `{kind}`"),
            None => "none of those named".to_owned(),
        };
        if let Some(inside) = &self.inside {
            words.push_str(&format!(" in `{inside}`"));
        }
        if !self.having.is_empty() {
            let names: Vec<_> = self
                .having
                .iter()
                .map(|(name, ..)| format!("`{name}`"))
                .collect();
            words.push_str(&format!(" with such a value of {}", names.join(" and ")));
        }
        words
    }
}

/// What an attribute of a type holds, and whether it is always there.
fn attribute(
    known: &Vocabulary<'_>,
    kind: &str,
    name: &str,
) -> Result<(ValueOutline, bool), String> {
    let Some(outline) = &known.outline else {
        return Ok((ValueOutline::Unknown, false));
    };
    let held = outline
        .types
        .get(kind)
        .and_then(|it| it.attributes.get(name));
    held.map(|it| (it.value.clone(), it.required))
        .ok_or_else(|| format!("a `{kind}` has no `{name}`"))
}

/// An entity as a slice has it.
struct Recorded {
    uid: String,
    json: Value,
    parents: Vec<String>,
    /// The edits that choose it, whatever it is in.
    mask: Mask,
    /// Those of which that is not known.
    maybe: Mask,
}

impl Recorded {
    fn read(json: &str, edits: &[Edit<'_>], known: &Vocabulary<'_>) -> Option<Self> {
        let json: Value = serde_json::from_str(json).ok()?;
        let uid = value::comparable(json.get("uid")?).as_str()?.to_owned();
        let mut it = Self {
            uid,
            parents: parents(&json),
            json,
            mask: 0,
            maybe: 0,
        };
        for (at, edit) in edits.iter().enumerate() {
            let lacks = |name: &str| {
                let silent = it.json.get("omitted").is_none();
                omits(&it.json, name) || (silent && it.requires(known, name))
            };
            match edit.chooses(&it.uid, &it.json, lacks) {
                Some(true) => it.mask |= 1 << at,
                Some(false) => {}
                None => it.maybe |= 1 << at,
            }
        }
        Some(it)
    }

    /// Every entity of its type has this attribute.
    fn requires(&self, known: &Vocabulary<'_>, name: &str) -> bool {
        attribute(known, type_of(&self.uid), name).is_ok_and(|(_, required)| required)
    }
}

/// A record says of an attribute that it does not carry it.
fn omits(json: &Value, name: &str) -> bool {
    let names = json
        .get("omitted")
        .and_then(|omitted| omitted.get("attrs"))
        .and_then(Value::as_array);
    names.is_some_and(|names| names.iter().any(|it| it == name))
}

/// The ancestors of what a slice does not hold.
type Beyond<'m> = Box<dyn Fn(&str) -> &'m [String] + 'm>;

/// What is in what: by the entities of a slice, and beyond them by the workspace's.
struct Hierarchy<'m> {
    parents: HashMap<&'m str, &'m [String]>,
    beyond: Beyond<'m>,
}

impl<'m> Hierarchy<'m> {
    fn of(members: &[(u32, &'m Recorded)], beyond: impl Fn(&str) -> &'m [String] + 'm) -> Self {
        let parents = members.iter();
        Self {
            parents: parents
                .map(|(_, it)| (it.uid.as_str(), it.parents.as_slice()))
                .collect(),
            beyond: Box::new(beyond),
        }
    }

    /// All ancestors.
    fn above(&self, uid: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![uid.to_owned()];
        while let Some(next) = waiting.pop() {
            let up = match self.parents.get(next.as_str()) {
                Some(parents) => parents,
                None => (self.beyond)(&next),
            };
            for parent in up {
                if found.insert(parent.clone()) {
                    waiting.push(parent.clone());
                }
            }
        }
        found
    }
}

/// The ids of an entity's parents.
fn parents(json: &Value) -> Vec<String> {
    let all = json.get("parents").and_then(Value::as_array);
    let id = |parent: &Value| value::comparable(parent).as_str().map(str::to_owned);
    all.into_iter().flatten().filter_map(id).collect()
}

fn set_parents(json: &mut Value, parents: &[String]) {
    let id = |uid: &String| uid::parse(uid).map(|(kind, id)| json!({ "type": kind, "id": id }));
    if let Some(all) = json.get_mut("parents") {
        *all = parents.iter().filter_map(id).collect();
    }
}

/// A table of texts that grows; those that were there keep their numbers.
struct Texts<'a> {
    old: &'a [String],
    new: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl<'a> Texts<'a> {
    fn new(old: &'a [String]) -> Self {
        Self {
            old,
            new: Vec::new(),
            numbers: HashMap::new(),
        }
    }

    fn intern(&mut self, text: String) -> u32 {
        let next = (self.old.len() + self.new.len()) as u32;
        *self.numbers.entry(text).or_insert_with_key(|text| {
            self.new.push(text.clone());
            next
        })
    }

    fn get(&self, number: u32) -> &str {
        let number = number as usize;
        let new = || self.new.get(number.checked_sub(self.old.len())?);
        self.old.get(number).or_else(new).map_or("", String::as_str)
    }
}

impl<'a> ContextPlan<'a> {
    fn new(edit: &'a ContextEdit, known: &Vocabulary<'_>) -> Result<Self, Error> {
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
struct Contexts<'a> {
    plans: &'a [ContextPlan<'a>],
    known: &'a Vocabulary<'a>,
    log: &'a Log,
    /// For each plan, which ids of the log it is about: as action, principal, resource.
    about: Vec<[Vec<bool>; 3]>,
    used: Vec<bool>,
    made: HashMap<(u32, u32, Mask), u32>,
    texts: Texts<'a>,
}

impl<'a> Contexts<'a> {
    fn new(plans: &'a [ContextPlan<'a>], known: &'a Vocabulary<'a>, log: &'a Log) -> Self {
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
    fn of(&mut self, request: &Distinct) -> Result<Option<u32>, Error> {
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
    fn unused(&self) -> Vec<String> {
        let idle = (1..).zip(&self.used).filter(|(_, used)| !**used);
        idle.map(|(number, _)| {
            format!(
                "no recorded request is of those that [[scenario.context]] number {number} is about"
            )
        })
        .collect()
    }
}

/// The log of the requests that are otherwise, in the making.
#[derive(Default)]
struct Sub {
    altered: Altered,
    contexts: HashMap<u32, u32>,
    slices: HashMap<u32, u32>,
    entities: HashMap<u32, u32>,
}

impl Sub {
    fn push(
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
