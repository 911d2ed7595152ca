//! Which policies could apply to a request at all, told from their scopes alone.
//!
//! INVARIANT: a policy left out for a request would have said no to it, without error: Cedar evaluates the scope first, and
//! a scope that does not match ends the evaluation. Types, actions and ids in `==` hold for *every* hierarchy of entities; what
//! a principal or resource is below counts only where its own entity is known, and then the entity says all of it.

use std::collections::HashMap;

use cedar_policy_core::ast::{
    ActionConstraint, Entity, EntityReference, EntityUID, Policy as Ast,
    PrincipalOrResourceConstraint as Constraint, SlotId,
};

use crate::{Above, Material, Policy};

/// Type of principal, action, type of resource: the numbers of a [`Material`].
pub type Shape = (u32, u32, u32);

/// Policies, as places in their set, by what their scopes ask for.
#[derive(Debug, Default)]
pub struct ScopeIndex {
    shapes: HashMap<Shape, Candidates>,
}

/// The policies that could apply to requests of a shape, each in one place.
#[derive(Debug, Default)]
struct Candidates {
    /// Whoever asks for whatever.
    any: Vec<u32>,
    /// By the entity that the principal must be or be below, with what is asked of the resource.
    principal: Entities<(u32, Reach)>,
    /// The same of the resource, whoever asks.
    resource: Entities<u32>,
    /// One of them asks what principal or resource is below.
    groups: bool,
}

/// Policies by an entity that their scope names: after `==`, and after `in`.
#[derive(Debug)]
struct Entities<P> {
    same: HashMap<EntityUID, Vec<P>>,
    below: HashMap<EntityUID, Vec<P>>,
}

/// Which entities of a type a scope lets through.
#[derive(Clone, Debug)]
enum Reach {
    Any,
    Same(EntityUID),
    Below(EntityUID),
}

impl ScopeIndex {
    /// Indexes policies (with their places in their set) for the shapes that occur in a log.
    pub fn new<'p>(
        policies: impl IntoIterator<Item = (u32, &'p Policy)>,
        material: &Material,
        shapes: impl IntoIterator<Item = Shape>,
    ) -> Self {
        let policies: Vec<_> = policies.into_iter().collect();
        let mut index = Self::default();
        for shape in shapes {
            index.shapes.entry(shape).or_insert_with(|| {
                let mut candidates = Candidates::default();
                for (place, policy) in &policies {
                    if let Some([principal, resource]) = reaches(&policy.ast, material, shape) {
                        candidates.put(*place, principal, resource);
                    }
                }
                candidates
            });
        }
        index
    }

    /// The policies that could apply to a request, in the order of the set. `uids` are the numbers of principal and resource;
    /// `above` is asked what these are below only if that matters, and may not know.
    #[must_use]
    pub fn candidates<'a>(
        &self,
        material: &Material,
        shape: Shape,
        uids: [u32; 2],
        above: impl FnOnce() -> Option<[Above<'a>; 2]>,
    ) -> Vec<u32> {
        let (Some(candidates), [Some(principal), Some(resource)]) = (
            self.shapes.get(&shape),
            uids.map(|number| material.entity_uid(number)),
        ) else {
            return Vec::new();
        };
        let above = if candidates.groups { above() } else { None };
        let [above_principal, above_resource] = match &above {
            Some([principal, resource]) => [principal.known(), resource.known()],
            None => [None, None],
        };
        let mut found = candidates.any.clone();
        let lets_through = |(_, reach): &&(u32, Reach)| match reach {
            Reach::Any => true,
            Reach::Same(uid) => uid == resource,
            Reach::Below(uid) => {
                uid == resource || above_resource.is_none_or(|above| above.contains(&uid))
            }
        };
        let by_principal = candidates.principal.of(principal, above_principal);
        found.extend(by_principal.filter(lets_through).map(|(place, _)| *place));
        found.extend(candidates.resource.of(resource, above_resource));
        found.sort_unstable();
        found
    }
}

impl Candidates {
    fn put(&mut self, place: u32, principal: Reach, resource: Reach) {
        let below = |reach: &Reach| matches!(reach, Reach::Below(_));
        self.groups |= below(&principal) || below(&resource);
        match (principal, resource) {
            (Reach::Any, Reach::Any) => self.any.push(place),
            (Reach::Any, Reach::Same(uid)) => {
                self.resource.same.entry(uid).or_default().push(place)
            }
            (Reach::Any, Reach::Below(uid)) => {
                self.resource.below.entry(uid).or_default().push(place);
            }
            (Reach::Same(uid), resource) => {
                let same = &mut self.principal.same;
                same.entry(uid).or_default().push((place, resource));
            }
            (Reach::Below(uid), resource) => {
                let below = &mut self.principal.below;
                below.entry(uid).or_default().push((place, resource));
            }
        }
    }
}

impl<P> Entities<P> {
    /// What names an entity, or one of those above it; when these are not known, whatever names any.
    fn of<'s>(
        &'s self,
        uid: &'s EntityUID,
        above: Option<&'s [&'s EntityUID]>,
    ) -> impl Iterator<Item = &'s P> {
        let everything = above
            .is_none()
            .then(|| self.below.values())
            .into_iter()
            .flatten();
        let named = above.map(|above| {
            let itself = std::iter::once(uid);
            let above = above.iter().copied().filter(move |above| *above != uid);
            itself.chain(above).filter_map(|uid| self.below.get(uid))
        });
        self.same
            .get(uid)
            .into_iter()
            .chain(everything)
            .chain(named.into_iter().flatten())
            .flatten()
    }
}

impl<P> Default for Entities<P> {
    fn default() -> Self {
        Self {
            same: HashMap::new(),
            below: HashMap::new(),
        }
    }
}

/// What a policy's scope asks of principal and resource; nothing when no request of the shape can match.
fn reaches(
    policy: &Ast,
    material: &Material,
    (principal, action, resource): Shape,
) -> Option<[Reach; 2]> {
    // An action that cannot be read makes the row unreplayable; what is left out for it does not matter.
    let (uid, entity) = material.action(action)?;
    let action = policy.action_constraint();
    if !action_matches(action, uid, entity.map(|entity| &**entity)) {
        return None;
    }
    let who = policy.principal_constraint();
    let what = policy.resource_constraint();
    let bound = |slot| policy.env().get(&slot);
    Some([
        reach(
            who.as_inner(),
            bound(SlotId::principal()),
            material,
            principal,
        )?,
        reach(
            what.as_inner(),
            bound(SlotId::resource()),
            material,
            resource,
        )?,
    ])
}

/// An action, whose groups its entity knows, could match. Without the entity any group could hold it.
pub(crate) fn action_matches(
    constraint: &ActionConstraint,
    action: &EntityUID,
    entity: Option<&Entity>,
) -> bool {
    match constraint {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(only) => **only == *action,
        ActionConstraint::In(groups) => groups.iter().any(|group| {
            **group == *action || entity.is_none_or(|entity| entity.is_descendant_of(group))
        }),
    }
}

/// Which entities of a type a constraint lets through; nothing: none.
fn reach(
    constraint: &Constraint,
    slot: Option<&EntityUID>,
    material: &Material,
    kind: u32,
) -> Option<Reach> {
    let kind = material.entity_type(kind)?;
    let named = |reference: &EntityReference| match reference {
        EntityReference::EUID(uid) => Some(EntityUID::clone(uid)),
        EntityReference::Slot(_) => slot.cloned(),
    };
    let below = |group: &EntityReference| named(group).map_or(Reach::Any, Reach::Below);
    match constraint {
        Constraint::Any => Some(Reach::Any),
        Constraint::In(group) => Some(below(group)),
        Constraint::Is(only) => (**only == *kind).then_some(Reach::Any),
        Constraint::IsIn(only, group) => (**only == *kind).then(|| below(group)),
        Constraint::Eq(only) => match named(only) {
            Some(uid) if uid.entity_type() != kind => None,
            only => Some(only.map_or(Reach::Any, Reach::Same)),
        },
    }
}
