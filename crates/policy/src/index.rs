//! Which policies could apply to a request at all, told from their scopes alone.
//!
//! INVARIANT: a policy left out for a request would have said no to it, without error: Cedar evaluates the scope first, and
//! a scope that does not match ends the evaluation. Types, actions and ids in `==` hold for *every* hierarchy of entities; what
//! a principal or resource is below counts only where its own entity is known, and then the entity says all of it.
//!
//! Where a scope names nobody, the condition often does: `resource.team == Team::"audit"`. Policies that ask the same and
//! compare it with a value of their own are kept by that value, so that the question is answered once for all of them.
//! INVARIANT: they are left out only if everything their conditions ask before it holds for certain, and the answer is certain.

use std::{cell::LazyCell, collections::HashMap, sync::Arc};

use cedar_policy_core::ast::{
    ActionConstraint, BinaryOp, Entity, EntityReference, EntityUID, Expr, ExprKind, Literal,
    Policy as Ast, PrincipalOrResourceConstraint as Constraint, SlotEnv, SlotId,
};
use smol_str::SmolStr;

use crate::{
    Direct, Material, Policy,
    kernel::{Key, same},
};

/// Fewer policies that ask the same are as quickly evaluated one by one.
const WORTHWHILE: usize = 3;

/// As many names are compared with everything above an entity before that is slower than to look each up.
const FEW: usize = 4;

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
    /// Whoever asks for whatever, by condition.
    any: Vec<u32>,
    questions: HashMap<Question, Cases>,
    /// By the entity that the principal must be or be below, with what is asked of the resource.
    principal: Entities<(u32, Reach)>,
    /// The same of the resource, whoever asks.
    resource: Entities<u32>,
    /// One of them asks what principal or resource is below.
    groups: bool,
}

/// What a condition compares with a value of the policy's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Question {
    /// What has to hold before it is asked.
    first: Vec<Expr>,
    subject: Expr,
    /// Asked with `in`: the subject may also be below the value.
    below: bool,
}

/// Policies by the value they compare with.
#[derive(Debug, Default)]
struct Cases {
    texts: HashMap<SmolStr, Vec<u32>>,
    uids: HashMap<EntityUID, Vec<u32>>,
    all: Vec<u32>,
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
        policies: impl IntoIterator<Item = (u32, &'p Arc<Policy>)>,
        material: &Material,
        shapes: impl IntoIterator<Item = Shape>,
    ) -> Self {
        let policies: Vec<_> = policies
            .into_iter()
            .map(|(place, policy)| (place, policy, question(policy)))
            .collect();
        let mut index = Self::default();
        for shape in shapes {
            index.shapes.entry(shape).or_insert_with(|| {
                let mut candidates = Candidates::default();
                for (place, policy, question) in &policies {
                    if let Some([principal, resource]) = reaches(&policy.ast, material, shape) {
                        candidates.put(*place, principal, resource, question.as_ref());
                    }
                }
                candidates.settle();
                candidates
            });
        }
        index
    }

    /// The policies that could apply to a request, in the order of the set. `uids` are the numbers of principal and resource;
    /// `facts` is asked only if more than these matters, and may have nothing.
    #[must_use]
    pub fn candidates<'a>(
        &self,
        material: &Material,
        shape: Shape,
        uids: [u32; 2],
        facts: impl FnOnce() -> Option<&'a Direct<'a>>,
    ) -> Vec<u32> {
        let (Some(candidates), [Some(principal), Some(resource)]) = (
            self.shapes.get(&shape),
            uids.map(|number| material.entity_uid(number)),
        ) else {
            return Vec::new();
        };
        let facts = if candidates.groups || !candidates.questions.is_empty() {
            facts()
        } else {
            None
        };
        let [above_principal, above_resource] = match facts.map(Direct::above) {
            Some(above) => above.map(Some),
            None => [None, None],
        };
        let above_principal = LazyCell::new(|| above_principal.and_then(|above| above()));
        let above_resource = LazyCell::new(|| above_resource.and_then(|above| above()));
        let mut found = candidates.any.clone();
        for (question, cases) in &candidates.questions {
            if cases.answer(question, facts, &mut found).is_none() {
                found.extend(&cases.all);
            }
        }
        let lets_through = |(_, reach): &&(u32, Reach)| match reach {
            Reach::Any => true,
            Reach::Same(uid) => same(uid, resource),
            Reach::Below(uid) => {
                let above = || above_resource.as_deref();
                same(uid, resource)
                    || above().is_none_or(|above| above.iter().any(|above| same(above, uid)))
            }
        };
        let by_principal = candidates
            .principal
            .of(principal, || above_principal.as_deref());
        found.extend(by_principal.filter(lets_through).map(|(place, _)| *place));
        found.extend(
            candidates
                .resource
                .of(resource, || above_resource.as_deref()),
        );
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl Cases {
    /// Adds the policies whose value is the answer; nothing when that is not certain.
    fn answer(
        &self,
        question: &Question,
        facts: Option<&Direct<'_>>,
        found: &mut Vec<u32>,
    ) -> Option<()> {
        let (facts, slots) = (facts?, SlotEnv::new());
        for condition in &question.first {
            if !facts.test(condition, &slots)? {
                return Some(());
            }
        }
        let key = facts.key(&question.subject, &slots)?;
        match (key, question.below) {
            (Key::Text(text), false) => found.extend(self.texts.get(text).into_iter().flatten()),
            (Key::Uid(uid), below) => {
                let above = if below {
                    facts.around(uid)?
                } else {
                    Vec::new()
                };
                found.extend(self.uids.get(uid).into_iter().flatten());
                let above = above.into_iter().filter_map(|uid| self.uids.get(uid));
                found.extend(above.flatten());
            }
            (Key::Other, false) => {}
            // What is not an entity cannot be below one: an error, for the engine to tell.
            (Key::Text(_) | Key::Other, true) => return None,
        }
        Some(())
    }

    fn put(&mut self, place: u32, values: &[Literal]) {
        self.all.push(place);
        for value in values {
            match value {
                Literal::String(text) => self.texts.entry(text.clone()).or_default().push(place),
                Literal::EntityUID(uid) => {
                    let uids = self.uids.entry(EntityUID::clone(uid)).or_default();
                    uids.push(place);
                }
                Literal::Bool(_) | Literal::Long(_) => {}
            }
        }
    }
}

/// The question that tells a policy from its like, and its own answers: the first about an entity, else the first about a text.
fn question(policy: &Policy) -> Option<(Question, Vec<Literal>)> {
    let mut conditions = Vec::new();
    conjuncts(policy.ast.non_scope_constraints()?, &mut conditions);
    let asked = |entity: bool| {
        conditions.iter().enumerate().find_map(|(at, condition)| {
            let (subject, below, values) = comparison(condition)?;
            let fits = |value: &Literal| match value {
                Literal::EntityUID(_) => entity,
                Literal::String(_) => !entity && !below,
                Literal::Bool(_) | Literal::Long(_) => false,
            };
            let first: Vec<Expr> = conditions.get(..at)?.iter().copied().cloned().collect();
            let plain = |expr: &Expr| expr.slots().next().is_none();
            let subject = Question {
                first,
                subject: subject.clone(),
                below,
            };
            (values.iter().all(fits) && plain(&subject.subject) && subject.first.iter().all(plain))
                .then_some((subject, values))
        })
    };
    asked(true).or_else(|| asked(false))
}

fn conjuncts<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
    match expr.expr_kind() {
        ExprKind::And { left, right } => {
            conjuncts(left, found);
            conjuncts(right, found);
        }
        _ => found.push(expr),
    }
}

/// What is compared, whether with `in`, and with which values.
fn comparison(expr: &Expr) -> Option<(&Expr, bool, Vec<Literal>)> {
    fn literal(expr: &Expr) -> Option<Literal> {
        match expr.expr_kind() {
            ExprKind::Lit(literal) => Some(literal.clone()),
            _ => None,
        }
    }
    let ExprKind::BinaryApp { op, arg1, arg2 } = expr.expr_kind() else {
        return None;
    };
    match (op, literal(arg1), literal(arg2)) {
        (BinaryOp::Eq, None, Some(value)) => Some((arg1, false, vec![value])),
        (BinaryOp::Eq, Some(value), None) => Some((arg2, false, vec![value])),
        (BinaryOp::In, None, Some(value)) => Some((arg1, true, vec![value])),
        (BinaryOp::Contains, None, None) => match arg1.expr_kind() {
            ExprKind::Set(items) => {
                let values: Option<Vec<Literal>> = items.iter().map(literal).collect();
                Some((arg2, false, values?))
            }
            _ => None,
        },
        _ => None,
    }
}

impl Candidates {
    /// Few that ask the same are not worth asking.
    fn settle(&mut self) {
        let any = &mut self.any;
        self.questions.retain(|_, cases| {
            let keep = cases.all.len() >= WORTHWHILE;
            if !keep {
                any.append(&mut cases.all);
            }
            keep
        });
    }

    fn put(
        &mut self,
        place: u32,
        principal: Reach,
        resource: Reach,
        question: Option<&(Question, Vec<Literal>)>,
    ) {
        let below = |reach: &Reach| matches!(reach, Reach::Below(_));
        self.groups |= below(&principal) || below(&resource);
        match (principal, resource) {
            (Reach::Any, Reach::Any) => match question {
                Some((question, values)) => {
                    let cases = self.questions.entry(question.clone()).or_default();
                    cases.put(place, values);
                }
                None => self.any.push(place),
            },
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
        above: impl FnOnce() -> Option<&'s [&'s EntityUID]>,
    ) -> impl Iterator<Item = &'s P> {
        // Nobody need be asked where nothing names what is above.
        let above = match self.below.is_empty() {
            true => Some(&[][..]),
            false => above(),
        };
        let everything = above
            .is_none()
            .then(|| self.below.values())
            .into_iter()
            .flatten();
        // Few names are compared with what it is below, many are looked up by it.
        let few = self.below.len() <= FEW;
        let compared = above.filter(|_| few).map(|above| {
            let is = move |name: &EntityUID| {
                same(name, uid) || above.iter().any(|above| same(name, above))
            };
            let below = self.below.iter().filter(move |(name, _)| is(name));
            below.map(|(_, policies)| policies)
        });
        let named = above.filter(|_| !few).map(|above| {
            let itself = std::iter::once(uid);
            let above = above.iter().copied().filter(move |above| *above != uid);
            itself.chain(above).filter_map(|uid| self.below.get(uid))
        });
        self.same
            .get(uid)
            .into_iter()
            .chain(everything)
            .chain(compared.into_iter().flatten())
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
