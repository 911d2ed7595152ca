//! Which policies could apply to a request at all, told from their scopes alone.
//!
//! INVARIANT: a policy left out for a request would have said no to it, without error: Cedar evaluates the scope first, and
//! a scope that does not match ends the evaluation. Only what holds for *every* entity hierarchy is used here (types, and
//! ids in `==`), so the index is right even for slices that do not keep to the schema.

use std::collections::HashMap;

use cedar_policy_core::ast::{
    ActionConstraint, Entity, EntityReference, EntityUID,
    PrincipalOrResourceConstraint as Constraint,
};

use crate::{Material, Policy};

/// Type of principal, action, type of resource: the numbers of a [`Material`].
pub type Shape = (u32, u32, u32);

/// A policy that could apply to requests of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its place in the set.
    pub policy: u32,
    principal: Option<u32>,
    resource: Option<u32>,
}

impl Candidate {
    /// It could apply to this principal and resource (canonical numbers of the material).
    #[must_use]
    pub fn admits(&self, principal: u32, resource: u32) -> bool {
        self.principal.is_none_or(|only| only == principal)
            && self.resource.is_none_or(|only| only == resource)
    }
}

/// Candidates by shape.
#[derive(Debug, Default)]
pub struct ScopeIndex {
    shapes: HashMap<Shape, Vec<Candidate>>,
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
                policies
                    .iter()
                    .filter_map(|(place, policy)| candidate(*place, policy, material, shape))
                    .collect()
            });
        }
        index
    }

    /// The policies that could apply to requests of a shape, in the order of the set.
    #[must_use]
    pub fn candidates(&self, shape: Shape) -> &[Candidate] {
        self.shapes.get(&shape).map_or(&[], Vec::as_slice)
    }
}

fn candidate(
    place: u32,
    policy: &Policy,
    material: &Material,
    (principal, action, resource): Shape,
) -> Option<Candidate> {
    // An action that cannot be read makes the row unreplayable; what is left out for it does not matter.
    let (uid, entity) = material.action(action)?;
    if !action_matches(
        policy.ast.action_constraint(),
        uid,
        entity.map(|entity| &**entity),
    ) {
        return None;
    }
    let principal_constraint = policy.ast.principal_constraint();
    let resource_constraint = policy.ast.resource_constraint();
    Some(Candidate {
        policy: place,
        principal: admitted(principal_constraint.as_inner(), material, principal)?,
        resource: admitted(resource_constraint.as_inner(), material, resource)?,
    })
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

/// Nothing: no entity of this type can match. Otherwise the one entity that can, or any.
fn admitted(constraint: &Constraint, material: &Material, kind: u32) -> Option<Option<u32>> {
    let kind = material.entity_type(kind)?;
    let known = |reference: &EntityReference| match reference {
        EntityReference::EUID(uid) => Some(EntityUID::clone(uid)),
        EntityReference::Slot(_) => None,
    };
    match constraint {
        Constraint::Any | Constraint::In(_) => Some(None),
        Constraint::Is(only) | Constraint::IsIn(only, _) => (**only == *kind).then_some(None),
        Constraint::Eq(reference) => match known(reference) {
            Some(uid) if uid.entity_type() == kind => material.number(&uid).map(Some),
            Some(_) => None,
            None => Some(None),
        },
    }
}
