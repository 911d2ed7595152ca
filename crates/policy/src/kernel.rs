//! The kernel of a replay: parse everything a log speaks of once, then evaluate single policies against single requests.
//!
//! Facts come in two kinds. The workspace's entities are *closed*: what is not among them does not exist. A recorded slice
//! is *open*: what is not in it is merely not known, so the engine's partial evaluation leaves a residual and the verdict is
//! [`Verdict::Unknown`], never a guess. An attribute the schema requires but the record lacks is not known either.

mod direct;
mod probe;

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use cedar_policy_core::{
    ast::{
        Context, Entity, EntityType, EntityUID, EntityUIDEntry, Expr, ExprKind, Literal,
        PartialValue, Request as AstRequest, RestrictedExpr, SlotEnv, Unknown, ValueKind,
    },
    authorizer::Authorizer,
    entities::{
        ContextJsonParser, Dereference, Entities, EntityJsonParser, NoEntitiesSchema,
        TCComputation, json::NullContextSchema,
    },
    evaluator::Evaluator,
    extensions::Extensions,
    validator::{context_schema_for_action, types::Type},
};
use model::{Decision, Effect, PolicyError, Request};
use rayon::prelude::*;

pub use direct::Direct;
use direct::{Form, Ground};

use crate::{EntityStore, Error, Policy, PolicySet, Schema, entities};

/// The tables of distinct texts a log is made of.
#[derive(Clone, Copy, Debug)]
pub struct Tables<'a> {
    /// Entity ids, `Type::"id"`.
    pub uids: &'a [String],
    /// Contexts, JSON objects.
    pub contexts: &'a [String],
    /// Entities, JSON objects.
    pub entities: &'a [String],
    /// Slices, as numbers of entities.
    pub slices: &'a [&'a [u32]],
}

/// What single policies say to a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The policy does not apply.
    NoMatch,
    /// It applies.
    Match,
    /// It cannot be evaluated; the engine skips it.
    Error(String),
    /// It depends on what is not known, named here, e.g. `resource.legalHold`.
    Unknown(Vec<String>),
}

/// The texts of a log, parsed.
#[derive(Debug)]
pub struct Material {
    uids: Vec<Option<Uid>>,
    types: Vec<EntityType>,
    numbers: HashMap<Arc<EntityUID>, u32>,
    contexts: HashMap<(u32, u32), Option<Context>>,
    entities: Vec<Option<Arc<Entity>>>,
    /// For each entity that has parents: itself and they, as numbers of `known`.
    above: Vec<(u32, Box<[u32]>)>,
    /// By number of the slice.
    forms: Vec<Form>,
    actions: HashMap<u32, Arc<Entity>>,
    /// Actions whose groups are known, from the schema or the workspace's entities.
    settled: HashMap<u32, bool>,
    /// Principals and resources about which there is nothing to know: their type has neither attributes nor parents.
    bare: HashMap<u32, Arc<Entity>>,
}

#[derive(Debug)]
struct Uid {
    uid: Arc<EntityUID>,
    kind: u32,
    /// The first number with this id, should two spellings of one id be in the table.
    number: u32,
}

/// What is known when a request is evaluated.
#[derive(Debug)]
pub enum Facts<'a> {
    /// All there is.
    Closed(&'a EntityStore),
    /// What was recorded.
    Open(Box<OpenFacts>),
}

/// The entities of a slice, ready for evaluation.
#[derive(Debug)]
pub struct OpenFacts(Entities);

impl Material {
    /// Parses the tables. `pairs` are the (context, action) numbers that occur: the action's schema says how its context
    /// is to be read. What cannot be parsed makes only the rows that use it unreplayable.
    #[must_use]
    pub fn new(
        tables: Tables<'_>,
        pairs: impl IntoIterator<Item = (u32, u32)>,
        schema: Option<&Schema>,
        store: &EntityStore,
    ) -> Self {
        let mut types = Vec::new();
        let mut type_numbers = HashMap::new();
        let mut numbers: HashMap<Arc<EntityUID>, u32> = HashMap::with_capacity(tables.uids.len());
        let mut uids = Vec::with_capacity(tables.uids.len());
        // Parsing is the work, and on every core; numbering follows in order, so that numbers depend on the log alone.
        let parsed: Vec<Option<EntityUID>> = tables
            .uids
            .par_iter()
            .map(|text| text.parse().ok())
            .collect();
        for (number, uid) in (0_u32..).zip(parsed) {
            uids.push(uid.map(|uid| {
                let kind = *type_numbers
                    .entry(uid.entity_type().clone())
                    .or_insert_with(|| {
                        types.push(uid.entity_type().clone());
                        types.len() as u32 - 1
                    });
                let uid = Arc::new(uid);
                let number = *numbers.entry(Arc::clone(&uid)).or_insert(number);
                Uid { uid, kind, number }
            }));
        }
        let mut known: HashMap<EntityUID, u32> = HashMap::new();
        let mut name = |uid: &EntityUID| {
            let next = known.len() as u32;
            *known.entry(uid.clone()).or_insert(next)
        };
        let mut entities = Vec::with_capacity(tables.entities.len());
        let mut above = Vec::with_capacity(tables.entities.len());
        let parsed: Vec<Option<Entity>> = tables
            .entities
            .par_iter()
            .map(|json| open_entity(json, schema))
            .collect();
        for entity in parsed {
            above.push(
                entity
                    .as_ref()
                    .map_or((u32::MAX, Box::default()), |entity| {
                        (
                            name(entity.uid()),
                            entity.parents().map(&mut name).collect(),
                        )
                    }),
            );
            entities.push(entity.map(Arc::new));
        }
        let mut material = Self {
            uids,
            types,
            numbers,
            contexts: HashMap::new(),
            entities,
            above,
            forms: Vec::new(),
            actions: HashMap::new(),
            settled: HashMap::new(),
            bare: HashMap::new(),
        };
        let mut distinct: Vec<(u32, u32)> = pairs.into_iter().collect();
        distinct.sort_unstable();
        distinct.dedup();
        for (_, action) in &distinct {
            material.settle(*action, schema, store);
        }
        let contexts: Vec<_> = distinct
            .into_par_iter()
            .map(|(context, action)| {
                let text = tables.contexts.get(context as usize);
                let parsed = text
                    .zip(material.uid(action))
                    .and_then(|(text, action)| read_context(text, &action.uid, schema));
                ((context, action), parsed)
            })
            .collect();
        material.contexts.extend(contexts);
        if let Some(schema) = schema {
            material.find_bare(schema);
        }
        material.forms = tables
            .slices
            .par_iter()
            .map(|slice| material.form(slice))
            .collect();
        material
    }

    /// The number of an entity id in the log's table.
    #[must_use]
    pub(crate) fn number(&self, uid: &EntityUID) -> Option<u32> {
        self.numbers.get(uid).copied()
    }

    /// Type of an entity id, as a number that equal types share; nothing when the id cannot be read.
    #[must_use]
    pub fn kind(&self, uid: u32) -> Option<u32> {
        self.uid(uid).map(|uid| uid.kind)
    }

    /// Name of a type.
    #[must_use]
    pub fn kind_name(&self, kind: u32) -> String {
        self.types
            .get(kind as usize)
            .map(ToString::to_string)
            .unwrap_or_default()
    }

    /// The number under which an id is compared; differs from `uid` only when a log spells one id in two ways.
    #[must_use]
    pub fn canonical(&self, uid: u32) -> u32 {
        self.uid(uid).map_or(uid, |found| found.number)
    }

    pub(crate) fn entity_type(&self, kind: u32) -> Option<&EntityType> {
        self.types.get(kind as usize)
    }

    pub(crate) fn action(&self, action: u32) -> Option<(&EntityUID, Option<&Arc<Entity>>)> {
        let settled = self.settled.get(&action).copied().unwrap_or(false);
        self.uid(action)
            .map(|uid| (&*uid.uid, self.actions.get(&action).filter(|_| settled)))
    }

    fn uid(&self, number: u32) -> Option<&Uid> {
        self.uids.get(number as usize).and_then(Option::as_ref)
    }

    fn settle(&mut self, action: u32, schema: Option<&Schema>, store: &EntityStore) {
        if self.settled.contains_key(&action) {
            return;
        }
        let Some(uid) = self.uid(action).map(|uid| Arc::clone(&uid.uid)) else {
            return;
        };
        let found = schema.and_then(|schema| schema.action(&uid)).or_else(|| {
            store
                .entities
                .iter()
                .find(|entity| *entity.uid() == *uid)
                .map(|entity| Arc::new(entity.clone()))
        });
        self.settled.insert(action, found.is_some());
        self.actions.insert(
            action,
            found.unwrap_or_else(|| Arc::new(Entity::with_uid((*uid).clone()))),
        );
    }

    fn find_bare(&mut self, schema: &Schema) {
        let bare: Vec<bool> = self
            .types
            .iter()
            .map(|name| {
                schema.validator.get_entity_type(name).is_some_and(|found| {
                    !found.is_external()
                        && found.attributes().iter().next().is_none()
                        && found.tag_type().is_none()
                        && !schema
                            .validator
                            .entity_types()
                            .any(|above| above.has_descendant_entity_type(name))
                })
            })
            .collect();
        for (number, uid) in (0_u32..).zip(&self.uids) {
            if let Some(uid) = uid
                .as_ref()
                .filter(|uid| bare.get(uid.kind as usize) == Some(&true))
            {
                self.bare
                    .insert(number, Arc::new(Entity::with_uid((*uid.uid).clone())));
            }
        }
    }

    /// The entities of a slice with what always belongs to a request.
    ///
    /// # Errors
    /// In words, when they cannot be used together: unreadable, given twice, their own ancestors.
    pub fn open(
        &self,
        slice: &[u32],
        principal: u32,
        action: u32,
        resource: u32,
    ) -> Result<Facts<'_>, String> {
        let mut members = Vec::with_capacity(slice.len() + 3);
        for number in slice {
            let entity = self.entities.get(*number as usize).and_then(Option::as_ref);
            members.push(Arc::clone(
                entity.ok_or("an entity of the slice cannot be read")?,
            ));
        }
        if let Some(entity) = self.actions.get(&action)
            && (self.settled.get(&action) == Some(&true)
                || !members.iter().any(|member| member.uid() == entity.uid()))
        {
            members.retain(|member| member.uid() != entity.uid());
            members.push(Arc::clone(entity));
        }
        let same = principal == resource;
        for entity in [principal, resource]
            .iter()
            .take(if same { 1 } else { 2 })
            .filter_map(|number| self.bare.get(number))
        {
            if !members.iter().any(|member| member.uid() == entity.uid()) {
                members.push(Arc::clone(entity));
            }
        }
        let closure = if self.flat(slice) {
            TCComputation::AssumeAlreadyComputed
        } else {
            TCComputation::ComputeNow
        };
        Entities::new()
            .add_entities(
                members,
                None::<&NoEntitiesSchema>,
                closure,
                Extensions::all_available(),
            )
            .map(|entities| Facts::Open(Box::new(OpenFacts(entities.partial()))))
            .map_err(|error| match self.circle(slice) {
                // The engine names whichever it comes upon; a report must not depend on that.
                Some(uid) => format!("the recorded entity `{uid}` is its own ancestor"),
                None => entities::chain(&error),
            })
    }

    /// An attribute of an entity as recorded in a slice, or as the workspace has it when there is no slice. Text without
    /// quotes; other values as the engine prints them.
    #[must_use]
    pub fn attribute(
        &self,
        slice: Option<&[u32]>,
        store: &EntityStore,
        uid: u32,
        name: &str,
    ) -> Option<String> {
        let uid = &self.uid(uid)?.uid;
        match slice {
            Some(slice) => {
                let members = slice
                    .iter()
                    .filter_map(|number| self.entities.get(*number as usize)?.as_ref());
                attribute(
                    members.into_iter().find(|entity| *entity.uid() == **uid)?,
                    name,
                )
            }
            None => match store.entities.entity(uid) {
                Dereference::Data(entity) => attribute(entity, name),
                _ => None,
            },
        }
    }

    /// Every entity of the slice names all its ancestors in the slice as parents, so that nothing has to be worked out.
    fn flat(&self, slice: &[u32]) -> bool {
        let entry = |number: &u32| self.above.get(*number as usize);
        slice.iter().filter_map(entry).all(|(uid, parents)| {
            parents.iter().all(|parent| {
                let grand = slice
                    .iter()
                    .filter_map(entry)
                    .find(|(uid, _)| uid == parent)
                    .map(|(_, above)| above);
                grand.is_none_or(|above| {
                    above
                        .iter()
                        .all(|ancestor| ancestor != uid && parents.contains(ancestor))
                })
            })
        })
    }

    fn form(&self, slice: &[u32]) -> Form {
        let mut members = HashMap::with_capacity(slice.len());
        for number in slice {
            let Some(Some(entity)) = self.entities.get(*number as usize) else {
                return Form::Odd;
            };
            // Actions come from the schema: what a slice says of their groups counts only where there is none.
            if entity.uid().is_action() && entity.parents().next().is_some() {
                return Form::Odd;
            }
            let Some((uid, parents)) = self.above.get(*number as usize) else {
                return Form::Odd;
            };
            if members.insert(*uid, parents).is_some() {
                return Form::Odd;
            }
        }
        if self.flat(slice) {
            return Form::Flat;
        }
        if self.circle(slice).is_none() {
            Form::Tree
        } else {
            Form::Odd
        }
    }

    /// An entity of a slice that is its own ancestor, by name the first.
    fn circle(&self, slice: &[u32]) -> Option<String> {
        let members: HashMap<u32, (u32, &[u32])> = slice
            .iter()
            .filter_map(|number| {
                let (uid, parents) = self.above.get(*number as usize)?;
                Some((*uid, (*number, &**parents)))
            })
            .collect();
        let parents = |uid: &u32| members.get(uid).map_or(&[][..], |(_, parents)| parents);
        // What has nothing above it that is left is left out, again and again; circles and what is below them remain.
        let mut left: HashSet<u32> = members.keys().copied().collect();
        loop {
            let before = left.len();
            let above_nothing =
                |uid: &u32| !parents(uid).iter().any(|parent| left.contains(parent));
            let done: Vec<u32> = left.iter().copied().filter(above_nothing).collect();
            done.iter().for_each(|uid| {
                left.remove(uid);
            });
            if left.len() == before {
                break;
            }
        }
        let above_itself = |uid: &u32| {
            let mut reached: Vec<u32> = parents(uid).to_vec();
            let mut at = 0;
            while let Some(next) = reached.get(at).copied() {
                at += 1;
                if next == *uid {
                    return true;
                }
                for parent in parents(&next) {
                    if !reached.contains(parent) {
                        reached.push(*parent);
                    }
                }
            }
            false
        };
        let name = |uid: u32| {
            let (number, _) = members.get(&uid)?;
            Some(
                self.entities
                    .get(*number as usize)?
                    .as_ref()?
                    .uid()
                    .to_string(),
            )
        };
        left.into_iter().filter(above_itself).filter_map(name).min()
    }

    /// A request over the facts of a slice (its number and members), or without one over the workspace's own, as they
    /// lie. Nothing when only the engine can make sense of them.
    #[must_use]
    pub fn direct<'a>(
        &'a self,
        [principal, action, resource, context]: [u32; 4],
        slice: Option<(u32, &'a [u32])>,
        store: &'a EntityStore,
    ) -> Option<Direct<'a>> {
        let uid = |number| self.uid(number).map(|uid| (&*uid.uid, number));
        let Some(Some(Context::Value(context))) = self.contexts.get(&(context, action)) else {
            return None;
        };
        let ground = match slice {
            None => Ground::Closed(&store.entities),
            Some((number, members)) => match self.forms.get(number as usize)? {
                Form::Odd => return None,
                form => Ground::Open(members, *form),
            },
        };
        Some(Direct::new(
            self,
            [uid(principal)?, uid(action)?, uid(resource)?],
            context,
            ground,
        ))
    }

    /// Makes ready to ask single policies about a request.
    ///
    /// # Errors
    /// In words, when an id or the context cannot be read.
    pub fn evaluation<'a>(
        &self,
        principal: u32,
        action: u32,
        resource: u32,
        context: u32,
        facts: &'a Facts<'_>,
    ) -> Result<Evaluation<'a>, &'static str> {
        let entry = |number| {
            self.uid(number)
                .map(|uid| EntityUIDEntry::Known {
                    euid: Arc::clone(&uid.uid),
                    loc: None,
                })
                .ok_or("an entity id cannot be read")
        };
        let context_value = self
            .contexts
            .get(&(context, action))
            .and_then(Option::as_ref)
            .ok_or("the context cannot be read")?;
        let request = AstRequest::new_unchecked(
            entry(principal)?,
            entry(action)?,
            entry(resource)?,
            Some(context_value.clone()),
        );
        Ok(Evaluation::new(request, facts))
    }
}

/// A request about to be decided, policy by policy.
pub struct Evaluation<'a> {
    evaluator: Evaluator<'a>,
    entities: &'a Entities,
    request: AstRequest,
}

impl std::fmt::Debug for Evaluation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Evaluation")
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

impl<'a> Evaluation<'a> {
    fn new(request: AstRequest, facts: &'a Facts<'_>) -> Self {
        let entities = match facts {
            Facts::Closed(store) => &store.entities,
            Facts::Open(open) => &open.0,
        };
        Self {
            evaluator: Evaluator::new(request.clone(), entities, Extensions::all_available()),
            entities,
            request,
        }
    }

    /// What one policy says.
    #[must_use]
    pub fn verdict(&self, policy: &Policy) -> Verdict {
        match self
            .evaluator
            .partial_interpret(&policy.condition, policy.ast.env())
        {
            Ok(PartialValue::Value(value)) => match value.value_kind() {
                ValueKind::Lit(Literal::Bool(true)) => Verdict::Match,
                ValueKind::Lit(Literal::Bool(false)) => Verdict::NoMatch,
                // `&&` insists on booleans, so a condition is never anything else.
                other => Verdict::Error(format!("the condition is `{other}`, not a boolean")),
            },
            Ok(PartialValue::Residual(residual)) => self.open(&residual, policy.ast.env()),
            Err(error) => Verdict::Error(error.to_string()),
        }
    }

    /// The oracle: the engine's own authorizer over the whole set, nothing indexed, nothing kept. One verdict for each
    /// policy that did not say no, by id.
    #[must_use]
    pub fn authorize(&self, set: &PolicySet) -> HashMap<String, Verdict> {
        let response =
            Authorizer::new().is_authorized_core(self.request.clone(), &set.ast, self.entities);
        let mut verdicts = HashMap::new();
        for policy in response.definitely_satisfied() {
            verdicts.insert(AsRef::<str>::as_ref(policy.id()).to_owned(), Verdict::Match);
        }
        for error in &response.errors {
            let cedar_policy_core::authorizer::AuthorizationError::PolicyEvaluationError {
                id,
                error,
            } = error;
            verdicts.insert(id.to_string(), Verdict::Error(error.to_string()));
        }
        for policy in response.nontrivial_residuals() {
            let verdict = self.open(&policy.condition(), policy.env());
            if verdict != Verdict::NoMatch {
                verdicts.insert(policy.id().to_string(), verdict);
            }
        }
        verdicts
    }

    /// What a residual leaves open. The engine keeps `unknown && false` whole, because the unknown part might also fail to
    /// evaluate; either way the policy does not apply, so nothing is open.
    fn open(&self, residual: &Expr, slots: &SlotEnv) -> Verdict {
        if self.may_hold(residual, slots) {
            Verdict::Unknown(self.needs(residual))
        } else {
            Verdict::NoMatch
        }
    }

    fn may_hold(&self, residual: &Expr, slots: &SlotEnv) -> bool {
        match residual.expr_kind() {
            ExprKind::And { left, right } => {
                self.may_hold(left, slots) && self.may_hold(right, slots)
            }
            ExprKind::Or { left, right } => {
                self.may_hold(left, slots) || self.may_hold(right, slots)
            }
            _ => match self.evaluator.partial_interpret(residual, slots) {
                Ok(PartialValue::Value(value)) => {
                    !matches!(value.value_kind(), ValueKind::Lit(Literal::Bool(false)))
                }
                Ok(PartialValue::Residual(_)) => true,
                Err(_) => false,
            },
        }
    }

    /// Unknowns in the words of the request: `resource.legalHold` rather than `Record::"r1".legalHold`.
    fn needs(&self, residual: &Expr) -> Vec<String> {
        let roles = [
            ("principal", self.request.principal()),
            ("resource", self.request.resource()),
            ("action", self.request.action()),
        ];
        let mut needs: Vec<String> = residual
            .unknowns()
            .map(|unknown| {
                for (role, entry) in &roles {
                    let Some(uid) = entry.uid() else { continue };
                    let uid = uid.to_string();
                    if let Some(rest) = unknown.name.strip_prefix(uid.as_str()) {
                        return if rest.is_empty() {
                            (*role).to_owned()
                        } else {
                            format!("{role}{rest}")
                        };
                    }
                }
                unknown.name.to_string()
            })
            .collect();
        needs.sort_unstable();
        needs.dedup();
        needs
    }
}

/// What a set decides, put together from what its policies say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Combined<P> {
    /// Nothing when it depends on what is not known.
    pub decision: Option<Decision>,
    /// The determining policies.
    pub reasons: Vec<P>,
    /// The policies that could not be evaluated.
    pub errors: Vec<(P, String)>,
    /// What would have to be known; empty when the decision is certain.
    pub needs: Vec<String>,
}

/// Cedar's rule: a forbid that applies denies; else a permit that applies allows; else deny. With unknowns in play the
/// decision is certain only if every way they could turn out gives the same.
pub fn combine<'v, P>(
    verdicts: impl IntoIterator<Item = (P, Effect, Cow<'v, Verdict>)>,
) -> Combined<P> {
    let (mut permits, mut forbids, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    let (mut open_permits, mut open_forbids) = (Vec::new(), Vec::new());
    for (policy, effect, verdict) in verdicts {
        match (verdict.into_owned(), effect) {
            (Verdict::NoMatch, _) => {}
            (Verdict::Match, Effect::Permit) => permits.push(policy),
            (Verdict::Match, Effect::Forbid) => forbids.push(policy),
            (Verdict::Error(message), _) => errors.push((policy, message)),
            (Verdict::Unknown(needs), Effect::Permit) => open_permits.extend(needs),
            (Verdict::Unknown(needs), Effect::Forbid) => open_forbids.extend(needs),
        }
    }
    let certain = |decision, reasons, errors| Combined {
        decision: Some(decision),
        reasons,
        errors,
        needs: Vec::new(),
    };
    if !forbids.is_empty() {
        return certain(Decision::Deny, forbids, errors);
    }
    let may_permit = !permits.is_empty() || !open_permits.is_empty();
    if !may_permit {
        return certain(Decision::Deny, Vec::new(), errors);
    }
    if open_forbids.is_empty() && !permits.is_empty() {
        return certain(Decision::Allow, permits, errors);
    }
    let mut needs = open_forbids;
    if permits.is_empty() {
        needs.extend(open_permits);
    }
    needs.sort_unstable();
    needs.dedup();
    Combined {
        decision: None,
        reasons: Vec::new(),
        errors,
        needs,
    }
}

fn attribute(entity: &Entity, name: &str) -> Option<String> {
    match entity.get(name)? {
        PartialValue::Value(value) => Some(match value.value_kind() {
            ValueKind::Lit(Literal::String(text)) => text.to_string(),
            other => other.to_string(),
        }),
        PartialValue::Residual(_) => None,
    }
}

/// Reads an entity of a slice. One that lacks what its type requires keeps what it has; the rest is not known.
fn open_entity(json: &str, schema: Option<&Schema>) -> Option<Entity> {
    let (entity, mismatch) = entities::parse(json, schema).ok()?;
    let Some(schema) = schema.filter(|_| mismatch.is_some()) else {
        return Some(entity);
    };
    // The schema still says how to read what is there.
    let core = schema.core();
    let entity = EntityJsonParser::new(
        Some(&core),
        Extensions::all_available(),
        TCComputation::AssumeAlreadyComputed,
    )
    .iter_from_json_str(&format!("[{json}]"))
    .ok()
    .and_then(|mut all| all.next())
    .unwrap_or(entity);
    let Some(kind) = schema.validator.get_entity_type(entity.uid().entity_type()) else {
        return Some(entity);
    };
    let missing: Vec<_> = kind
        .attributes()
        .iter()
        .filter(|(name, attribute)| attribute.is_required && entity.get(name).is_none())
        .map(|(name, _)| {
            let unknown = Unknown::new_untyped(format!("{}.{name}", entity.uid()));
            (name.clone(), PartialValue::unknown(unknown))
        })
        .collect();
    let (uid, attrs, indirect, parents, tags) = entity.into_inner();
    Some(Entity::new_with_attr_partial_value(
        uid,
        attrs.into_iter().chain(missing),
        indirect,
        parents,
        tags,
    ))
}

/// Reads a recorded context. What the schema requires and the record lacks is not known.
fn read_context(text: &str, action: &EntityUID, schema: Option<&Schema>) -> Option<Context> {
    let extensions = Extensions::all_available();
    let plain = || {
        ContextJsonParser::new(None::<&NullContextSchema>, extensions)
            .from_json_str(text)
            .ok()
    };
    let Some(schema) = schema else { return plain() };
    let expected = context_schema_for_action(&schema.validator, action);
    if let Some(expected) = &expected
        && let Ok(context) = ContextJsonParser::new(Some(expected), extensions).from_json_str(text)
    {
        return Some(context);
    }
    let context = plain()?;
    let Some(Type::Record { attrs, .. }) = schema.validator.context_type(action) else {
        return Some(context);
    };
    let present: Vec<(smol_str::SmolStr, RestrictedExpr)> = context.into_iter().collect();
    let missing: Vec<_> = attrs
        .iter()
        .filter(|(name, attribute)| {
            attribute.is_required && !present.iter().any(|(have, _)| have == *name)
        })
        .map(|(name, _)| {
            (
                name.clone(),
                RestrictedExpr::unknown(Unknown::new_untyped(format!("context.{name}"))),
            )
        })
        .collect();
    Context::from_pairs(present.into_iter().chain(missing), extensions).ok()
}

/// A request, checked against the schema when there is one.
pub(crate) fn request(request: &Request, schema: Option<&Schema>) -> Result<AstRequest, Error> {
    let uid = |role: &str, text: &str| {
        text.parse::<EntityUID>().map_err(|error| {
            Error::Request(format!("the {role} `{text}` is not an entity id: {error}"))
        })
    };
    let (principal, action, resource) = (
        uid("principal", &request.principal)?,
        uid("action", &request.action)?,
        uid("resource", &request.resource)?,
    );
    let extensions = Extensions::all_available();
    let json = serde_json::Value::Object(request.context.clone());
    let context = match schema
        .and_then(|schema| context_schema_for_action(&schema.validator, &action))
    {
        Some(expected) => ContextJsonParser::new(Some(&expected), extensions).from_json_value(json),
        None => {
            ContextJsonParser::new(None::<&NullContextSchema>, extensions).from_json_value(json)
        }
    }
    .map_err(|error| {
        Error::Request(format!(
            "the context cannot be read: {}",
            entities::chain(&error)
        ))
    })?;
    AstRequest::new(
        (principal, None),
        (action, None),
        (resource, None),
        context,
        schema.map(|schema| &schema.validator),
        extensions,
    )
    .map_err(|error| Error::Request(entities::chain(&error)))
}

/// A decision with the ids of the determining policies and the policies that could not be evaluated.
pub type Decided = (Decision, Vec<String>, Vec<PolicyError>);

/// Decides one request with the engine's own authorizer.
///
/// # Errors
/// [`Error::Request`] when the request cannot be read or does not fit the schema.
pub fn decide(
    set: &PolicySet,
    store: &EntityStore,
    schema: Option<&Schema>,
    asked: &Request,
) -> Result<Decided, Error> {
    let response =
        Authorizer::new().is_authorized(request(asked, schema)?, &set.ast, &store.entities);
    let decision = match response.decision {
        cedar_policy_core::authorizer::Decision::Allow => Decision::Allow,
        cedar_policy_core::authorizer::Decision::Deny => Decision::Deny,
    };
    let mut reasons: Vec<_> = response
        .diagnostics
        .reason
        .iter()
        .map(ToString::to_string)
        .collect();
    reasons.sort_unstable();
    let mut errors: Vec<_> = response
        .diagnostics
        .errors
        .into_iter()
        .map(
            |cedar_policy_core::authorizer::AuthorizationError::PolicyEvaluationError {
                 id,
                 error,
             }| PolicyError {
                policy: id.to_string(),
                message: error.to_string(),
            },
        )
        .collect();
    errors.sort_unstable();
    Ok((decision, reasons, errors))
}

/// An entity id as the engine prints it; nothing when it is none.
#[must_use]
pub fn normalize_uid(text: &str) -> Option<String> {
    text.parse::<EntityUID>().ok().map(|uid| uid.to_string())
}
