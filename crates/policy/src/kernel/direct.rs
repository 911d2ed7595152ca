//! Evaluates a condition over the facts as they lie: no table of entities is built for the request, nothing is cloned.
//!
//! INVARIANT: it answers only what is certain. Whatever is unknown, fails, overflows or is unusual yields nothing, and the
//! engine is asked instead; so errors and residuals are always the engine's own. `Some(b)` is what the engine would say.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use cedar_policy_core::{
    ast::{
        BinaryOp, Entity, EntityUID, Expr, ExprKind, Literal, PartialValue, Set, SlotEnv, UnaryOp,
        Value, ValueKind, Var,
    },
    entities::{Dereference, Entities},
    evaluator::binary_relation,
    extensions::Extensions,
};
use smol_str::SmolStr;

use super::Material;
use crate::Policy;

/// Conditions nested deeper go to the engine, which watches its stack.
const DEPTH: u32 = 200;

/// How the entities of a recorded slice can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Each entity lists all its ancestors in the slice as parents.
    Flat,
    /// Ancestors are found by going from parent to parent.
    Tree,
    /// Unreadable, contradictory or circular entities: what that means is for the engine to say.
    Odd,
}

/// Where entities are looked up.
pub(crate) enum Ground<'a> {
    /// All there is: what is not there does not exist. What a request brought itself goes before.
    Closed(&'a Entities, &'a [Arc<Entity>]),
    /// What was recorded: what is not there is not known.
    Open(&'a Material, &'a [u32], Form),
    /// No entity is looked at.
    Unknown,
}

/// A request over facts as they lie.
pub struct Direct<'a> {
    principal: &'a EntityUID,
    action: &'a EntityUID,
    resource: &'a EntityUID,
    numbers: [u32; 3],
    context: &'a BTreeMap<SmolStr, Value>,
    /// The place of context and action among those of the material.
    pair: usize,
    ground: Ground<'a>,
    found: [Found<'a>; 2],
    /// Names of all that principal and resource are below, where they lie ready.
    listed: [Option<&'a [u32]>; 2],
}

/// All that an entity is below.
pub(crate) enum Above<'a> {
    /// By the names of the material.
    Names(&'a [u32]),
    Uids(Vec<&'a EntityUID>),
}

/// What a look for an entity yields.
#[derive(Clone, Copy)]
enum Found<'a> {
    Entity(&'a Entity),
    /// It does not exist.
    Nothing,
    /// It is not known.
    Unknown,
}

/// A value, borrowed where that is possible.
#[derive(Clone)]
enum Seen<'e> {
    Bool(bool),
    Long(i64),
    Text(&'e str),
    Uid(&'e EntityUID),
    /// A set, a record or an extension's value.
    Other(Cow<'e, Value>),
}

/// A value as something to look up by.
pub(crate) enum Key<'e> {
    Text(&'e str),
    Uid(&'e EntityUID),
    /// Neither a text nor an entity.
    Other,
}

impl std::fmt::Debug for Direct<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Direct")
            .field("principal", self.principal)
            .field("action", self.action)
            .field("resource", self.resource)
            .finish_non_exhaustive()
    }
}

/// Equality that looks first where ids differ most often: most entities that meet are of one type.
fn same(a: &EntityUID, b: &EntityUID) -> bool {
    a.eid() == b.eid() && a.entity_type() == b.entity_type()
}

impl<'a> Direct<'a> {
    pub(crate) fn new(
        uids: [(&'a EntityUID, u32); 3],
        (context, pair): (&'a BTreeMap<SmolStr, Value>, usize),
        ground: Ground<'a>,
    ) -> Self {
        let [(principal, p), (action, a), (resource, r)] = uids;
        let mut direct = Self {
            principal,
            action,
            resource,
            numbers: [p, a, r],
            context,
            pair,
            ground,
            found: [Found::Unknown; 2],
            listed: [None; 2],
        };
        let looked_for = [(principal, p), (resource, r)].map(|(uid, number)| {
            let (recorded, flat) = match direct.ground {
                Ground::Open(material, slice, form) if !same(uid, action) => {
                    (material.recorded(slice, number), form == Form::Flat)
                }
                Ground::Open(..) | Ground::Closed(..) | Ground::Unknown => (None, false),
            };
            match recorded {
                Some((entity, above)) => (Found::Entity(entity), flat.then_some(above)),
                None => (direct.look_for(uid), None),
            }
        });
        direct.found = looked_for.map(|(found, _)| found);
        direct.listed = looked_for.map(|(_, listed)| listed);
        direct
    }

    /// The place of context and action among those of the material.
    pub(crate) fn pair(&self) -> usize {
        self.pair
    }

    /// Whether a policy's condition holds; nothing when only the engine can tell.
    #[must_use]
    pub fn holds(&self, policy: &Policy) -> Option<bool> {
        self.bool(&policy.condition, policy.ast.env(), 0)
    }

    /// Whether a part of a condition holds.
    pub(crate) fn test(&self, expr: &Expr, slots: &SlotEnv) -> Option<bool> {
        self.bool(expr, slots, 0)
    }

    /// What an expression comes to.
    pub(crate) fn key<'e>(&'e self, expr: &'e Expr, slots: &'e SlotEnv) -> Option<Key<'e>> {
        match self.eval(expr, slots, 0)? {
            Seen::Text(text) => Some(Key::Text(text)),
            Seen::Uid(uid) => Some(Key::Uid(uid)),
            // A text or an id computed by an extension is kept as a value.
            Seen::Other(value) if matches!(value.value_kind(), ValueKind::Lit(_)) => None,
            Seen::Bool(_) | Seen::Long(_) | Seen::Other(_) => Some(Key::Other),
        }
    }

    /// What an entity is below.
    pub(crate) fn around(&self, uid: &EntityUID) -> Option<Vec<&'a EntityUID>> {
        Some(
            self.known(uid)?
                .map_or_else(Vec::new, |entity| self.ancestors(entity)),
        )
    }

    /// What the principal is below; nothing when that is not known.
    pub(crate) fn above_principal(&self) -> Option<Above<'a>> {
        let ([found, _], [listed, _]) = (self.found, self.listed);
        self.above(found, listed)
    }

    /// What the resource is below; nothing when that is not known.
    pub(crate) fn above_resource(&self) -> Option<Above<'a>> {
        let ([_, found], [_, listed]) = (self.found, self.listed);
        self.above(found, listed)
    }

    fn above(&self, found: Found<'a>, listed: Option<&'a [u32]>) -> Option<Above<'a>> {
        match (found, listed) {
            (_, Some(names)) => Some(Above::Names(names)),
            (Found::Entity(entity), None) => Some(Above::Uids(self.ancestors(entity))),
            (Found::Nothing, None) => Some(Above::Names(&[])),
            (Found::Unknown, None) => None,
        }
    }

    fn ancestors(&self, entity: &'a Entity) -> Vec<&'a EntityUID> {
        let mut ancestors: Vec<&EntityUID> = entity.ancestors().collect();
        if matches!(self.ground, Ground::Open(.., Form::Tree)) {
            // A slice of this form is no circle, so the walk ends.
            let mut next = 0;
            while let Some(uid) = ancestors.get(next).copied() {
                next += 1;
                if let Found::Entity(parent) = self.entity(uid) {
                    for uid in parent.ancestors() {
                        if !ancestors.iter().any(|known| same(known, uid)) {
                            ancestors.push(uid);
                        }
                    }
                }
            }
        }
        ancestors
    }

    fn entity(&self, uid: &EntityUID) -> Found<'a> {
        let [principal, resource] = self.found;
        if std::ptr::eq(uid, self.principal) {
            principal
        } else if std::ptr::eq(uid, self.resource) {
            resource
        } else {
            self.look_for(uid)
        }
    }

    fn look_for(&self, uid: &EntityUID) -> Found<'a> {
        let (material, slice) = match &self.ground {
            Ground::Closed(entities, given) => {
                if let Some(entity) = given.iter().find(|entity| same(entity.uid(), uid)) {
                    return Found::Entity(entity);
                }
                return match entities.entity(uid) {
                    Dereference::Data(entity) => Found::Entity(entity),
                    Dereference::NoSuchEntity => Found::Nothing,
                    Dereference::Residual(_) => Found::Unknown,
                };
            }
            Ground::Open(material, slice, _) => (*material, *slice),
            Ground::Unknown => return Found::Unknown,
        };
        let [principal, action, resource] = self.numbers;
        let mine = |number: u32| material.actions.get(&number).map(|entity| &**entity);
        if same(uid, self.action) && material.settled.get(&action) == Some(&true) {
            return mine(action).map_or(Found::Unknown, Found::Entity);
        }
        let recorded = slice
            .iter()
            .filter_map(|number| material.entities.get(*number as usize)?.as_deref())
            .find(|entity| same(entity.uid(), uid));
        if let Some(entity) = recorded {
            return Found::Entity(entity);
        }
        let always = if same(uid, self.action) {
            mine(action)
        } else {
            [(self.principal, principal), (self.resource, resource)]
                .into_iter()
                .find(|(known, _)| same(known, uid))
                .and_then(|(_, number)| material.bare.get(&number))
                .map(|entity| &**entity)
        };
        always.map_or(Found::Unknown, Found::Entity)
    }

    fn eval<'e>(&'e self, expr: &'e Expr, slots: &'e SlotEnv, depth: u32) -> Option<Seen<'e>> {
        if depth > DEPTH {
            return None;
        }
        let deeper = depth + 1;
        match expr.expr_kind() {
            ExprKind::Lit(literal) => Some(literal.into()),
            ExprKind::Var(Var::Principal) => Some(Seen::Uid(self.principal)),
            ExprKind::Var(Var::Action) => Some(Seen::Uid(self.action)),
            ExprKind::Var(Var::Resource) => Some(Seen::Uid(self.resource)),
            ExprKind::Var(Var::Context) => {
                let pairs = self.context.iter();
                let pairs = pairs.map(|(name, value)| (name.clone(), value.clone()));
                Some(Seen::Other(Cow::Owned(Value::record(pairs, None))))
            }
            ExprKind::Slot(slot) => slots.get(slot).map(Seen::Uid),
            ExprKind::If {
                test_expr,
                then_expr,
                else_expr,
            } => {
                let branch = if self.bool(test_expr, slots, deeper)? {
                    then_expr
                } else {
                    else_expr
                };
                self.eval(branch, slots, deeper)
            }
            ExprKind::And { left, right } => Some(Seen::Bool(
                self.bool(left, slots, deeper)? && self.bool(right, slots, deeper)?,
            )),
            ExprKind::Or { left, right } => Some(Seen::Bool(
                self.bool(left, slots, deeper)? || self.bool(right, slots, deeper)?,
            )),
            ExprKind::UnaryApp { op, arg } => {
                let arg = self.eval(arg, slots, deeper)?;
                match (op, &arg) {
                    (UnaryOp::Not, Seen::Bool(bool)) => Some(Seen::Bool(!bool)),
                    (UnaryOp::Neg, Seen::Long(long)) => long.checked_neg().map(Seen::Long),
                    (UnaryOp::IsEmpty, arg) => Some(Seen::Bool(arg.set()?.is_empty())),
                    _ => None,
                }
            }
            ExprKind::BinaryApp { op, arg1, arg2 } => self.binary(*op, arg1, arg2, slots, deeper),
            ExprKind::ExtensionFunctionApp { fn_name, args } => {
                let args = args.iter().map(|arg| {
                    self.eval(arg, slots, deeper)
                        .map(|seen| seen.to_value().into_owned())
                });
                let args: Vec<Value> = args.collect::<Option<_>>()?;
                let function = Extensions::all_available().func(fn_name).ok()?;
                match function.call(&args).ok()? {
                    PartialValue::Value(value) => Some(value.into()),
                    PartialValue::Residual(_) => None,
                }
            }
            ExprKind::GetAttr { expr, attr } => match expr.expr_kind() {
                ExprKind::Var(Var::Context) => self.context.get(attr).map(Seen::from),
                _ => self.attribute(self.eval(expr, slots, deeper)?, attr)?,
            },
            ExprKind::HasAttr { expr, attr } => {
                let has = match expr.expr_kind() {
                    ExprKind::Var(Var::Context) => self.context.contains_key(attr),
                    _ => self
                        .attribute(self.eval(expr, slots, deeper)?, attr)?
                        .is_some(),
                };
                Some(Seen::Bool(has))
            }
            ExprKind::ExtHasAttr { expr, attrs } => {
                let mut value = self.eval(expr, slots, deeper)?;
                for attr in attrs {
                    match self.attribute(value, attr)? {
                        Some(next) => value = next,
                        None => return Some(Seen::Bool(false)),
                    }
                }
                Some(Seen::Bool(true))
            }
            ExprKind::Like { expr, pattern } => match self.eval(expr, slots, deeper)? {
                Seen::Text(text) => Some(Seen::Bool(pattern.wildcard_match(text))),
                Seen::Other(_) | Seen::Bool(_) | Seen::Long(_) | Seen::Uid(_) => None,
            },
            ExprKind::Is { expr, entity_type } => match self.eval(expr, slots, deeper)? {
                Seen::Uid(uid) => Some(Seen::Bool(uid.entity_type() == entity_type)),
                _ => None,
            },
            ExprKind::Set(items) => {
                let items = items.iter().map(|item| {
                    self.eval(item, slots, deeper)
                        .map(|seen| seen.to_value().into_owned())
                });
                let items: Vec<Value> = items.collect::<Option<_>>()?;
                Some(Value::set(items, None).into())
            }
            ExprKind::Record(fields) => {
                let fields = fields.iter().map(|(name, field)| {
                    let value = self.eval(field, slots, deeper)?.to_value().into_owned();
                    Some((name.clone(), value))
                });
                let fields: Vec<(SmolStr, Value)> = fields.collect::<Option<_>>()?;
                Some(Value::record(fields, None).into())
            }
            _ => None,
        }
    }

    fn bool(&self, expr: &Expr, slots: &SlotEnv, depth: u32) -> Option<bool> {
        match self.eval(expr, slots, depth)? {
            Seen::Bool(bool) => Some(bool),
            _ => None,
        }
    }

    fn binary<'e>(
        &'e self,
        op: BinaryOp,
        left: &'e Expr,
        right: &'e Expr,
        slots: &'e SlotEnv,
        depth: u32,
    ) -> Option<Seen<'e>> {
        // A list written out is gone through as it stands.
        match (op, left.expr_kind(), right.expr_kind()) {
            (BinaryOp::In, _, ExprKind::Set(items)) => {
                let Seen::Uid(uid) = self.eval(left, slots, depth)? else {
                    return None;
                };
                let entity = self.known(uid)?;
                let mut is_in = false;
                for item in items.iter() {
                    match self.eval(item, slots, depth)? {
                        // All are looked at: one that is no entity makes the whole an error.
                        Seen::Uid(above) => is_in = is_in || self.below(uid, entity, above)?,
                        _ => return None,
                    }
                }
                return Some(Seen::Bool(is_in));
            }
            (BinaryOp::Contains, ExprKind::Set(items), _) => {
                let wanted = self.eval(right, slots, depth)?;
                let mut contains = false;
                for item in items.iter() {
                    contains |= self.eval(item, slots, depth)?.equals(&wanted);
                }
                return Some(Seen::Bool(contains));
            }
            _ => {}
        }
        let (left, right) = (
            self.eval(left, slots, depth)?,
            self.eval(right, slots, depth)?,
        );
        let result = match (op, &left, &right) {
            (BinaryOp::Eq, ..) => Seen::Bool(left.equals(&right)),
            (BinaryOp::Less, Seen::Long(a), Seen::Long(b)) => Seen::Bool(a < b),
            (BinaryOp::LessEq, Seen::Long(a), Seen::Long(b)) => Seen::Bool(a <= b),
            // Extensions' values have an order too, such as moments in time.
            (BinaryOp::Less | BinaryOp::LessEq, Seen::Other(a), Seen::Other(b)) => {
                binary_relation(op, a, b, Extensions::all_available())
                    .ok()?
                    .into()
            }
            (BinaryOp::Add, Seen::Long(a), Seen::Long(b)) => Seen::Long(a.checked_add(*b)?),
            (BinaryOp::Sub, Seen::Long(a), Seen::Long(b)) => Seen::Long(a.checked_sub(*b)?),
            (BinaryOp::Mul, Seen::Long(a), Seen::Long(b)) => Seen::Long(a.checked_mul(*b)?),
            (BinaryOp::In, Seen::Uid(uid), above) => {
                let entity = self.known(uid)?;
                match above {
                    Seen::Uid(above) => Seen::Bool(self.below(uid, entity, above)?),
                    other => {
                        let mut is_in = false;
                        for item in other.set()?.iter() {
                            match item.value_kind() {
                                ValueKind::Lit(Literal::EntityUID(above)) => {
                                    is_in = is_in || self.below(uid, entity, above)?;
                                }
                                _ => return None,
                            }
                        }
                        Seen::Bool(is_in)
                    }
                }
            }
            (BinaryOp::Contains, ..) => Seen::Bool(left.set()?.contains(&right.to_value())),
            (BinaryOp::ContainsAll, ..) => Seen::Bool(right.set()?.is_subset(left.set()?)),
            (BinaryOp::ContainsAny, ..) => Seen::Bool(!left.set()?.is_disjoint(right.set()?)),
            (BinaryOp::HasTag, Seen::Uid(uid), Seen::Text(tag)) => Seen::Bool(
                self.known(uid)?
                    .is_some_and(|entity| entity.get_tag(tag).is_some()),
            ),
            (BinaryOp::GetTag, Seen::Uid(uid), Seen::Text(tag)) => {
                match self.known(uid)??.get_tag(tag)? {
                    PartialValue::Value(value) => value.into(),
                    PartialValue::Residual(_) => return None,
                }
            }
            _ => return None,
        };
        Some(result)
    }

    /// An entity, or that there is none.
    fn known(&self, uid: &EntityUID) -> Option<Option<&'a Entity>> {
        match self.entity(uid) {
            Found::Entity(entity) => Some(Some(entity)),
            Found::Nothing => Some(None),
            Found::Unknown => None,
        }
    }

    /// Whether an entity is another or below it.
    fn below(
        &self,
        uid: &EntityUID,
        entity: Option<&'a Entity>,
        above: &EntityUID,
    ) -> Option<bool> {
        let Some(entity) = entity else {
            return Some(same(uid, above));
        };
        // A handful; looking at each is quicker than working out where to look.
        if same(uid, above) || entity.ancestors().any(|uid| same(uid, above)) {
            return Some(true);
        }
        if !matches!(self.ground, Ground::Open(.., Form::Tree)) {
            return Some(false);
        }
        let mut ancestors = self.ancestors(entity).into_iter();
        Some(ancestors.any(|uid| same(uid, above)))
    }

    /// A value's attribute, or that it has none. Nothing when that is not known, or the value cannot have attributes.
    fn attribute<'e>(&'e self, value: Seen<'e>, name: &str) -> Option<Option<Seen<'e>>> {
        match value {
            Seen::Uid(uid) => match self.known(uid)?.and_then(|entity| entity.get(name)) {
                Some(PartialValue::Value(value)) => Some(Some(value.into())),
                Some(PartialValue::Residual(_)) => None,
                None => Some(None),
            },
            Seen::Other(Cow::Borrowed(value)) => match value.value_kind() {
                ValueKind::Record(fields) => Some(fields.get(name).map(Seen::from)),
                _ => None,
            },
            Seen::Other(Cow::Owned(value)) => match value.value_kind() {
                ValueKind::Record(fields) => {
                    Some(fields.get(name).map(|value| Seen::from(value.clone())))
                }
                _ => None,
            },
            Seen::Bool(_) | Seen::Long(_) | Seen::Text(_) => None,
        }
    }
}

impl<'e> From<&'e Literal> for Seen<'e> {
    fn from(literal: &'e Literal) -> Self {
        match literal {
            Literal::Bool(bool) => Self::Bool(*bool),
            Literal::Long(long) => Self::Long(*long),
            Literal::String(text) => Self::Text(text),
            Literal::EntityUID(uid) => Self::Uid(uid),
        }
    }
}

impl<'e> From<&'e Value> for Seen<'e> {
    fn from(value: &'e Value) -> Self {
        match value.value_kind() {
            ValueKind::Lit(literal) => literal.into(),
            _ => Self::Other(Cow::Borrowed(value)),
        }
    }
}

impl From<Value> for Seen<'_> {
    fn from(value: Value) -> Self {
        match value.value_kind() {
            ValueKind::Lit(Literal::Bool(bool)) => Self::Bool(*bool),
            ValueKind::Lit(Literal::Long(long)) => Self::Long(*long),
            _ => Self::Other(Cow::Owned(value)),
        }
    }
}

impl<'e> Seen<'e> {
    fn to_value(&self) -> Cow<'_, Value> {
        match self {
            Self::Bool(bool) => Cow::Owned(Value::from(*bool)),
            Self::Long(long) => Cow::Owned(Value::from(*long)),
            Self::Text(text) => Cow::Owned(Value::from(*text)),
            Self::Uid(uid) => Cow::Owned(Value::from(EntityUID::clone(uid))),
            Self::Other(value) => Cow::Borrowed(value),
        }
    }

    fn set(&self) -> Option<&Set> {
        match self {
            Self::Other(value) => match value.value_kind() {
                ValueKind::Set(set) => Some(set),
                _ => None,
            },
            _ => None,
        }
    }

    /// As Cedar's `==`: values of different kinds differ.
    fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Long(a), Self::Long(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Uid(a), Self::Uid(b)) => std::ptr::eq(*a, *b) || same(a, b),
            // A text or an id computed by an extension is kept as a value.
            (Self::Other(_), _) | (_, Self::Other(_)) => self.to_value() == other.to_value(),
            _ => false,
        }
    }
}
