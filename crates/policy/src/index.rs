//! Which policies could apply to a request at all, told from their scopes alone.
//!
//! INVARIANT: a policy left out for a request would have said no to it, without error: Cedar evaluates the scope first, and
//! a scope that does not match ends the evaluation. Types, actions and ids in `==` hold for *every* hierarchy of entities; what
//! a principal or resource is below counts only where its own entity is known, and then the entity says all of it.
//!
//! Where a scope names nobody, the condition often does: `resource.team == Team::"audit"`. Policies that ask the same and
//! compare it with a value of their own are kept by that value, so that the question is answered once for all of them.
//! INVARIANT: they are left out only if everything their conditions ask before it holds for certain, and the answer is certain.

use std::{
    borrow::Cow,
    cell::LazyCell,
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use cedar_policy_core::ast::{
    ActionConstraint, BinaryOp, Entity, EntityReference, EntityUID, Expr, ExprKind, Literal,
    Policy as Ast, PrincipalOrResourceConstraint as Constraint, SlotEnv, SlotId, Var,
};
use smol_str::SmolStr;

use crate::{
    Direct, Material, Policy,
    kernel::{Above, Key},
};

/// Fewer policies that ask the same are as quickly evaluated one by one.
const WORTHWHILE: usize = 3;

/// So many answers about contexts are kept for one index, a byte each.
const REMEMBERED: usize = 16 << 20;

/// Type of principal, action, type of resource: the numbers of a [`Material`].
pub type Shape = (u32, u32, u32);

/// Policies, as places in their set, by what their scopes ask for.
#[derive(Debug, Default)]
pub struct ScopeIndex {
    /// Ascending by shape.
    shapes: Vec<(Shape, Candidates)>,
    /// Numbers of entities that only policies name, after those of the material.
    named: HashMap<EntityUID, u32>,
    /// Ascending by place.
    conditions: Vec<(u32, Conditions)>,
}

/// A policy that could apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    place: u32,
    /// Its scope matches for certain.
    in_scope: bool,
}

/// The policies that could apply to requests of a shape, each in one place.
#[derive(Debug, Default)]
struct Candidates {
    /// Whoever asks for whatever, by condition.
    any: Vec<Candidate>,
    questions: HashMap<Question, Cases>,
    /// By the entity that the principal must be or be below, with what is asked of the resource.
    principal: Entities<(Candidate, Reach)>,
    /// The same of the resource, whoever asks.
    resource: Entities<Candidate>,
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
    texts: HashMap<SmolStr, Vec<Candidate>>,
    uids: HashMap<EntityUID, Vec<Candidate>>,
    all: Vec<Candidate>,
}

/// Policies by the number of an entity that their scope names: after `==`, and after `in`.
#[derive(Debug)]
struct Entities<P> {
    same: BTreeMap<u32, Vec<P>>,
    below: BTreeMap<u32, Vec<P>>,
}

/// Which entities of a type a scope lets through, by number.
#[derive(Clone, Copy, Debug)]
enum Reach {
    Any,
    Same(u32),
    Below(u32),
}

/// What a policy asks besides its scope: all of it has to hold, in this order.
#[derive(Debug)]
struct Conditions {
    policy: Arc<Policy>,
    all: Vec<Condition>,
}

#[derive(Debug)]
struct Condition {
    expr: Expr,
    /// It reads nothing but context and action: by the number of the two, what it came to, once somebody asked.
    answers: Box<[AtomicU8]>,
}

impl ScopeIndex {
    /// Indexes policies (with their places in their set, ascending) for the shapes that occur in a log.
    pub fn new<'p>(
        policies: impl IntoIterator<Item = (u32, &'p Arc<Policy>)>,
        material: &Material,
        shapes: impl IntoIterator<Item = Shape>,
    ) -> Self {
        let mut index = Self::default();
        let policies: Vec<_> = policies
            .into_iter()
            .map(|(place, policy)| (place, policy, question(policy)))
            .collect();
        let mut left = REMEMBERED;
        for (place, policy, _) in &policies {
            let conditions = Conditions::new(policy, material.pairs().len(), &mut left);
            index.conditions.push((*place, conditions));
        }
        let mut shapes: Vec<Shape> = shapes.into_iter().collect();
        shapes.sort_unstable();
        shapes.dedup();
        for shape in shapes {
            let mut candidates = Candidates::default();
            for (place, policy, question) in &policies {
                if let Some(scope) = index.scope(&policy.ast, material, shape) {
                    candidates.put(*place, scope, question.as_ref());
                }
            }
            if !candidates.is_empty() {
                candidates.settle();
                index.shapes.push((shape, candidates));
            }
        }
        index
    }

    /// Whether any policy could apply to a request of this shape.
    #[must_use]
    pub fn meets(&self, shape: Shape) -> bool {
        self.at(shape).is_some()
    }

    fn at(&self, shape: Shape) -> Option<&Candidates> {
        let at = self
            .shapes
            .binary_search_by_key(&shape, |(shape, _)| *shape);
        self.shapes.get(at.ok()?).map(|(_, candidates)| candidates)
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
        let found = self.found(material, shape, uids, facts);
        found.into_iter().map(|found| found.place).collect()
    }

    /// The policies that say something to a request, in the order of the set: they match, or only the engine can tell.
    #[must_use]
    pub fn answers<'a>(
        &self,
        material: &Material,
        shape: Shape,
        uids: [u32; 2],
        facts: impl Fn() -> Option<&'a Direct<'a>>,
    ) -> Vec<(u32, Option<bool>)> {
        let found = self.found(material, shape, uids, &facts);
        let answers = found.into_iter().map(|candidate| {
            let answer = facts().and_then(|facts| self.answer(material, candidate, facts));
            (candidate.place, answer)
        });
        answers
            .filter(|(_, answer)| *answer != Some(false))
            .collect()
    }

    /// Whether a candidate's condition holds; nothing when only the engine can tell.
    fn answer(
        &self,
        material: &Material,
        candidate: Candidate,
        facts: &Direct<'_>,
    ) -> Option<bool> {
        let at = self
            .conditions
            .binary_search_by_key(&candidate.place, |(place, _)| *place);
        let (_, conditions) = self.conditions.get(at.ok()?)?;
        if !candidate.in_scope {
            return facts.holds(&conditions.policy);
        }
        for condition in &conditions.all {
            let answer = match condition.of_context(material, facts) {
                Some(answer) => answer,
                None => facts.test(&condition.expr, conditions.policy.ast.env())?,
            };
            if !answer {
                return Some(false);
            }
        }
        Some(true)
    }

    fn found<'a>(
        &self,
        material: &Material,
        shape: Shape,
        uids: [u32; 2],
        facts: impl FnOnce() -> Option<&'a Direct<'a>>,
    ) -> Vec<Candidate> {
        let Some(candidates) = self.at(shape) else {
            return Vec::new();
        };
        let [principal, resource] = uids.map(|number| material.name_of(number));
        let facts = if candidates.groups || !candidates.questions.is_empty() {
            facts()
        } else {
            None
        };
        let above_principal =
            LazyCell::new(|| Some(self.names(material, facts?.above_principal()?)));
        let above_resource = LazyCell::new(|| Some(self.names(material, facts?.above_resource()?)));
        let mut found = candidates.any.clone();
        for (question, cases) in &candidates.questions {
            if cases.answer(question, facts, &mut found).is_none() {
                found.extend(&cases.all);
            }
        }
        let above = || above_principal.as_deref();
        candidates.principal.of(
            principal,
            above,
            |(candidate, reach): &(Candidate, Reach), certain| {
                let in_scope = match *reach {
                    Reach::Any => true,
                    Reach::Same(name) if name == resource => true,
                    Reach::Same(_) => return,
                    Reach::Below(name) => match above_resource.as_deref() {
                        Some(above) if name == resource || above.contains(&name) => true,
                        Some(_) => return,
                        None => false,
                    },
                };
                found.push(candidate.if_certain(certain && in_scope));
            },
        );
        let above = || above_resource.as_deref();
        candidates
            .resource
            .of(resource, above, |candidate, certain| {
                found.push(candidate.if_certain(certain));
            });
        found.sort_unstable();
        found.dedup_by_key(|found| found.place);
        found
    }

    /// By number what is given by id. What has none is nothing that a policy names.
    fn names<'a>(&self, material: &Material, above: Above<'a>) -> Cow<'a, [u32]> {
        match above {
            Above::Names(names) => Cow::Borrowed(names),
            Above::Uids(uids) => {
                let name = |uid: &EntityUID| {
                    let known = material.name(uid);
                    known.or_else(|| self.named.get(uid).copied())
                };
                Cow::Owned(uids.into_iter().filter_map(name).collect())
            }
        }
    }

    /// What a policy's scope asks of principal and resource, and whether that is all it asks; nothing when no request of the
    /// shape can match.
    fn scope(
        &mut self,
        policy: &Ast,
        material: &Material,
        (principal, action, resource): Shape,
    ) -> Option<Scope> {
        // An action that cannot be read makes the row unreplayable; what is left out for it does not matter.
        let (uid, entity) = material.action(action)?;
        let action = policy.action_constraint();
        let entity = entity.map(|entity| &**entity);
        if !action_matches(action, uid, entity) {
            return None;
        }
        let bound = |slot| policy.env().get(&slot);
        let mut certain = entity.is_some() || !matches!(action, ActionConstraint::In(_));
        let (who, what) = (policy.principal_constraint(), policy.resource_constraint());
        let asked = [
            (who.as_inner(), bound(SlotId::principal()), principal),
            (what.as_inner(), bound(SlotId::resource()), resource),
        ];
        let mut reaches = [Reach::Any; 2];
        for (reach, (constraint, slot, kind)) in reaches.iter_mut().zip(asked) {
            let kind = material.entity_type(kind)?;
            let mut named = |reference: &EntityReference| {
                let uid = match reference {
                    EntityReference::EUID(uid) => Some(&**uid),
                    EntityReference::Slot(_) => slot,
                };
                certain &= uid.is_some();
                uid.map(|uid| (uid.clone(), self.number(material, uid)))
            };
            *reach = match constraint {
                Constraint::Any => Reach::Any,
                Constraint::Is(only) if **only == *kind => Reach::Any,
                Constraint::Is(_) => return None,
                Constraint::IsIn(only, _) if **only != *kind => return None,
                Constraint::In(group) | Constraint::IsIn(_, group) => {
                    named(group).map_or(Reach::Any, |(_, name)| Reach::Below(name))
                }
                Constraint::Eq(only) => match named(only) {
                    Some((uid, _)) if uid.entity_type() != kind => return None,
                    only => only.map_or(Reach::Any, |(_, name)| Reach::Same(name)),
                },
            };
        }
        let [principal, resource] = reaches;
        Some(Scope {
            principal,
            resource,
            certain,
        })
    }

    /// The number of an entity that a policy names.
    fn number(&mut self, material: &Material, uid: &EntityUID) -> u32 {
        let next = material.name_count() + self.named.len() as u32;
        material
            .name(uid)
            .unwrap_or_else(|| *self.named.entry(uid.clone()).or_insert(next))
    }
}

/// What a policy's scope asks of principal and resource.
struct Scope {
    principal: Reach,
    resource: Reach,
    /// Nothing else is asked, nor is anything of it open.
    certain: bool,
}

impl Candidate {
    fn if_certain(self, certain: bool) -> Self {
        Self {
            in_scope: self.in_scope && certain,
            ..self
        }
    }
}

impl Conditions {
    /// `pairs` contexts and actions occur together; answers about them are kept while so many are `left`.
    fn new(policy: &Arc<Policy>, pairs: usize, left: &mut usize) -> Self {
        let mut exprs = Vec::new();
        if let Some(condition) = policy.ast.non_scope_constraints() {
            conjuncts(condition, &mut exprs);
        }
        let all = exprs.into_iter().map(|expr| {
            let kept = if *left >= pairs && of_context(expr) {
                *left -= pairs;
                pairs
            } else {
                0
            };
            Condition {
                expr: expr.clone(),
                answers: (0..kept).map(|_| AtomicU8::new(UNASKED)).collect(),
            }
        });
        Self {
            all: all.collect(),
            policy: Arc::clone(policy),
        }
    }
}

const UNASKED: u8 = 0;
const NO: u8 = 1;
const YES: u8 = 2;
/// More than context and action are needed.
const OPEN: u8 = 3;

/// It reads nothing of principal or resource.
fn of_context(expr: &Expr) -> bool {
    expr.subexpressions().all(|part| match part.expr_kind() {
        ExprKind::Var(var) => matches!(var, Var::Context | Var::Action),
        ExprKind::Slot(_) | ExprKind::Unknown(_) => false,
        _ => true,
    })
}

impl Condition {
    /// What it comes to for every request of this context and action; nothing when that depends on more.
    fn of_context(&self, material: &Material, facts: &Direct<'_>) -> Option<bool> {
        let answer = self.answers.get(facts.pair())?;
        let mut known = answer.load(Ordering::Relaxed);
        if known == UNASKED {
            // Two threads may both find it out; they find the same.
            let nobody = material.nobody(facts.pair());
            known = match nobody.and_then(|nobody| nobody.test(&self.expr, &SlotEnv::new())) {
                Some(false) => NO,
                Some(true) => YES,
                None => OPEN,
            };
            answer.store(known, Ordering::Relaxed);
        }
        match known {
            NO => Some(false),
            YES => Some(true),
            _ => None,
        }
    }
}

impl Cases {
    /// Adds the policies whose value is the answer; nothing when that is not certain.
    fn answer(
        &self,
        question: &Question,
        facts: Option<&Direct<'_>>,
        found: &mut Vec<Candidate>,
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

    fn put(&mut self, candidate: Candidate, values: &[Literal]) {
        self.all.push(candidate);
        for value in values {
            match value {
                Literal::String(text) => {
                    let texts = self.texts.entry(text.clone()).or_default();
                    texts.push(candidate);
                }
                Literal::EntityUID(uid) => {
                    let uids = self.uids.entry(EntityUID::clone(uid)).or_default();
                    uids.push(candidate);
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

    fn is_empty(&self) -> bool {
        self.any.is_empty()
            && self.questions.is_empty()
            && self.principal.is_empty()
            && self.resource.is_empty()
    }

    fn put(&mut self, place: u32, scope: Scope, question: Option<&(Question, Vec<Literal>)>) {
        let candidate = Candidate {
            place,
            in_scope: scope.certain,
        };
        let below = |reach: Reach| matches!(reach, Reach::Below(_));
        self.groups |= below(scope.principal) || below(scope.resource);
        match (scope.principal, scope.resource) {
            (Reach::Any, Reach::Any) => match question {
                Some((question, values)) => {
                    let cases = self.questions.entry(question.clone()).or_default();
                    cases.put(candidate, values);
                }
                None => self.any.push(candidate),
            },
            (Reach::Any, Reach::Same(name)) => {
                self.resource.same.entry(name).or_default().push(candidate);
            }
            (Reach::Any, Reach::Below(name)) => {
                self.resource.below.entry(name).or_default().push(candidate);
            }
            (Reach::Same(name), resource) => {
                let same = self.principal.same.entry(name).or_default();
                same.push((candidate, resource));
            }
            (Reach::Below(name), resource) => {
                let below = self.principal.below.entry(name).or_default();
                below.push((candidate, resource));
            }
        }
    }
}

impl<P> Entities<P> {
    fn is_empty(&self) -> bool {
        self.same.is_empty() && self.below.is_empty()
    }

    /// What names an entity, or one of those above it; when these are not known, whatever names any, and that is not certain.
    fn of<'s>(
        &'s self,
        name: u32,
        above: impl FnOnce() -> Option<&'s [u32]>,
        mut each: impl FnMut(&P, bool),
    ) {
        let of = |table: &'s BTreeMap<u32, Vec<P>>, name| table.get(&name).into_iter().flatten();
        of(&self.same, name).for_each(|policy| each(policy, true));
        // Nobody need be asked where nothing names what is above.
        if self.below.is_empty() {
            return;
        }
        match above() {
            Some(above) => {
                for name in std::iter::once(&name).chain(above.iter().filter(|it| **it != name)) {
                    of(&self.below, *name).for_each(|policy| each(policy, true));
                }
            }
            None => {
                let all = self.below.values().flatten();
                all.for_each(|policy| each(policy, false));
            }
        }
    }
}

impl<P> Default for Entities<P> {
    fn default() -> Self {
        Self {
            same: BTreeMap::new(),
            below: BTreeMap::new(),
        }
    }
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
