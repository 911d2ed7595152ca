//! One request after another, decided by a set that was made ready once: for an enforcement point, which has no log to prepare
//! for. Policies lie by the action and the entity that their scopes name, and their conditions are read over the facts as they lie
//! ([`crate::Direct`]); what that cannot tell, the engine is asked.
//!
//! INVARIANT: the answer is the one of the engine's own authorizer, errors included. All entities are known here, so a policy whose
//! scope names neither the principal nor anything it is below says no for certain, and so with the resource.

use std::{
    borrow::Cow,
    cell::OnceCell,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use cedar_policy_core::{
    ast::{
        ActionConstraint, Context, Entity, EntityReference, EntityUID, Policy as Ast,
        PrincipalOrResourceConstraint as Constraint, SlotId,
    },
    entities::{Dereference, Entities},
};
use model::{Decision, PolicyError};

use crate::{
    Combined, Decided, Direct, EntityStore, Evaluation, Policy, PolicySet, Posed, Verdict, combine,
    index::action_matches, kernel::Ground,
};

/// A set made ready to decide single requests.
#[derive(Debug)]
pub struct Prepared {
    set: Arc<PolicySet>,
    actions: HashMap<EntityUID, Candidates>,
    /// Of actions that neither policies nor entities name.
    others: Candidates,
}

/// Policies, as places in their set, each in one list.
#[derive(Debug, Default)]
struct Candidates {
    /// By the entity that the principal must be or be below.
    principal: HashMap<EntityUID, Vec<u32>>,
    /// The same of the resource, whoever asks.
    resource: HashMap<EntityUID, Vec<u32>>,
    rest: Vec<u32>,
}

impl Prepared {
    /// Makes a set ready for requests over these entities, or others with the same actions.
    #[must_use]
    pub fn new(set: Arc<PolicySet>, store: &EntityStore) -> Self {
        let mut named: HashSet<&EntityUID> = HashSet::new();
        let entities = store.entities.iter().map(Entity::uid);
        named.extend(entities.filter(|uid| uid.is_action()));
        for policy in set.policies() {
            match policy.ast.action_constraint() {
                ActionConstraint::Any => {}
                ActionConstraint::Eq(uid) => drop(named.insert(uid)),
                ActionConstraint::In(uids) => named.extend(uids.iter().map(|uid| &**uid)),
            }
        }
        let of = |uid: &EntityUID| {
            let entity = match store.entities.entity(uid) {
                Dereference::Data(entity) => Cow::Borrowed(entity),
                _ => Cow::Owned(Entity::with_uid(uid.clone())),
            };
            Candidates::new(&set, |policy| {
                action_matches(policy.action_constraint(), uid, Some(&entity))
            })
        };
        let actions = named.into_iter().map(|uid| (uid.clone(), of(uid)));
        Self {
            actions: actions.collect(),
            others: Candidates::new(&set, |policy| {
                matches!(policy.action_constraint(), ActionConstraint::Any)
            }),
            set,
        }
    }

    /// The set.
    #[must_use]
    pub fn set(&self) -> &Arc<PolicySet> {
        &self.set
    }

    /// Decides a request over the entities there are and those that it brought.
    ///
    /// # Errors
    /// [`crate::Error::Request`] when what the request brought cannot be used with the entities there are.
    pub fn decide(&self, store: &EntityStore, posed: &Posed) -> Result<Decided, crate::Error> {
        let asked = posed.ast();
        let ids = [asked.principal(), asked.action(), asked.resource()].map(|entry| entry.uid());
        let ([Some(principal), Some(action), Some(resource)], Some(Context::Value(context))) =
            (ids, asked.context())
        else {
            return Ok(self.set.decide(&store.with_given(posed)?, &posed.asked()));
        };
        let direct = Direct::new(
            [(principal, 0), (action, 1), (resource, 2)],
            (context, usize::MAX),
            Ground::Closed(&store.entities, posed.given()),
        );
        let candidates = self.actions.get(action).unwrap_or(&self.others);
        // Most requests are decided without it.
        let laid: OnceCell<Entities> = OnceCell::new();
        let mut verdicts = Vec::new();
        for place in candidates.of(&direct, principal, resource) {
            let Some(policy) = self.set.policies().get(place as usize) else {
                continue;
            };
            let verdict = match direct.holds(policy) {
                Some(false) => continue,
                Some(true) => Verdict::Match,
                None => {
                    let entities = if posed.given().is_empty() {
                        &store.entities
                    } else if let Some(laid) = laid.get() {
                        laid
                    } else {
                        let made = store.under(posed.given())?;
                        laid.get_or_init(|| made)
                    };
                    Evaluation::over(asked.clone(), entities).verdict(policy)
                }
            };
            verdicts.push((&**policy, policy.effect, Cow::Owned(verdict)));
        }
        Ok(decided(combine(verdicts)))
    }
}

fn decided(combined: Combined<&Policy>) -> Decided {
    let mut reasons: Vec<String> = combined.reasons.iter().map(|it| it.id.clone()).collect();
    reasons.sort_unstable();
    let errors = combined.errors.into_iter();
    let mut errors: Vec<PolicyError> = errors
        .map(|(policy, message)| PolicyError {
            policy: policy.id.clone(),
            message,
        })
        .collect();
    errors.sort_unstable();
    // Everything is known here, so nothing is left open; and what were open would not be allowed.
    let decision = combined.decision.unwrap_or(Decision::Deny);
    (decision, reasons, errors)
}

impl Candidates {
    fn new(set: &PolicySet, admits: impl Fn(&Ast) -> bool) -> Self {
        let mut candidates = Self::default();
        for (place, policy) in (0_u32..).zip(set.policies()) {
            let ast = &policy.ast;
            if !admits(ast) {
                continue;
            }
            let (who, what) = (ast.principal_constraint(), ast.resource_constraint());
            let bound = |slot| ast.env().get(&slot);
            if let Some(uid) = named(who.as_inner(), bound(SlotId::principal())) {
                let list = candidates.principal.entry(uid.clone()).or_default();
                list.push(place);
            } else if let Some(uid) = named(what.as_inner(), bound(SlotId::resource())) {
                let list = candidates.resource.entry(uid.clone()).or_default();
                list.push(place);
            } else {
                candidates.rest.push(place);
            }
        }
        candidates
    }

    /// Those that could apply, in the order of the set.
    fn of(&self, facts: &Direct<'_>, principal: &EntityUID, resource: &EntityUID) -> Vec<u32> {
        let mut found = self.rest.clone();
        for (lists, uid) in [(&self.principal, principal), (&self.resource, resource)] {
            if lists.is_empty() {
                continue;
            }
            match facts.around(uid) {
                Some(above) => {
                    let uids = std::iter::once(uid).chain(above);
                    found.extend(uids.filter_map(|uid| lists.get(uid)).flatten());
                }
                None => found.extend(lists.values().flatten()),
            }
        }
        found.sort_unstable();
        found
    }
}

/// The entity that a scope names.
fn named<'a>(constraint: &'a Constraint, slot: Option<&'a EntityUID>) -> Option<&'a EntityUID> {
    match constraint {
        Constraint::Any | Constraint::Is(_) => None,
        Constraint::Eq(reference) | Constraint::In(reference) | Constraint::IsIn(_, reference) => {
            match reference {
                EntityReference::EUID(uid) => Some(uid),
                EntityReference::Slot(_) => slot,
            }
        }
    }
}
