//! What an expression read while it was evaluated. Only what the engine really came to: the right side of an `&&` whose left
//! side is false is not among it.

use std::collections::BTreeSet;

use cedar_policy_core::{
    ast::{BinaryOp, EntityUID, Expr, ExprKind, Literal, PartialValue, Value, ValueKind},
    entities::Dereference,
    evaluator::EvaluationError,
};
use model::ReadValue;

use super::clause::written;
use crate::{Evaluation, Policy, tokens};

/// Longer values are cut, so that a set of a thousand entities does not fill the screen.
const LONGEST_VALUE: usize = 240;

const NOT_SET: &str = "not set";
const NOT_KNOWN: &str = "not known";

pub(super) struct Reads<'a> {
    policy: &'a Policy,
    evaluation: &'a Evaluation<'a>,
    values: Vec<ReadValue>,
    entities: &'a mut BTreeSet<String>,
}

/// A truth value as far as it is known; `Err` ends the evaluation.
type Truth = Result<Option<bool>, ()>;

/// What an attribute is called. In `a.b.c()` the engine gives `a.b` the place of the whole, so names are put together.
fn name(expr: &Expr) -> String {
    match expr.expr_kind() {
        ExprKind::GetAttr { expr, attr } => match tokens::is_word(attr) {
            true => format!("{}.{attr}", name(expr)),
            false => format!("{}[\"{}\"]", name(expr), attr.escape_debug()),
        },
        ExprKind::BinaryApp {
            op: BinaryOp::GetTag,
            arg1,
            arg2,
        } => format!("{}.getTag({})", name(arg1), written(arg2)),
        ExprKind::Var(_) | ExprKind::Lit(_) => expr.to_string(),
        _ => written(expr),
    }
}

impl<'a> Reads<'a> {
    /// The values `expr` read, in the order they were read. Entities whose attributes, tags or ancestors were asked for are
    /// added to `entities`.
    pub(super) fn of(
        expr: &Expr,
        policy: &'a Policy,
        evaluation: &'a Evaluation<'a>,
        entities: &'a mut BTreeSet<String>,
    ) -> Vec<ReadValue> {
        let mut reads = Self {
            policy,
            evaluation,
            values: Vec::new(),
            entities,
        };
        reads.walk(expr);
        reads.values
    }

    /// What `expr` would have to read and is not known, sorted.
    pub(super) fn unknown(
        expr: &Expr,
        policy: &Policy,
        evaluation: &Evaluation<'_>,
    ) -> Vec<String> {
        let values = Reads::of(expr, policy, evaluation, &mut BTreeSet::new());
        let unknown = values.into_iter().filter(|read| read.value == NOT_KNOWN);
        let mut names: Vec<String> = unknown.map(|read| read.expression).collect();
        names.sort_unstable();
        names
    }

    fn walk(&mut self, expr: &Expr) {
        match expr.expr_kind() {
            ExprKind::Var(_) => self.read(name(expr), expr),
            ExprKind::GetAttr { expr: base, .. } => {
                self.base(base);
                self.read(name(expr), expr);
            }
            ExprKind::BinaryApp {
                op: op @ (BinaryOp::GetTag | BinaryOp::HasTag),
                arg1,
                arg2,
            } => {
                self.base(arg1);
                self.walk(arg2);
                let op = match op {
                    BinaryOp::GetTag => "getTag",
                    _ => "hasTag",
                };
                self.read(format!("{}.{op}({})", name(arg1), written(arg2)), expr);
            }
            ExprKind::HasAttr { expr: base, attr } => self.has(base, [attr.as_str()]),
            ExprKind::ExtHasAttr { expr: base, attrs } => {
                self.has(base, attrs.iter().map(|attr| attr.as_str()));
            }
            ExprKind::And { left, right } => self.lazy(left, right, false),
            ExprKind::Or { left, right } => self.lazy(left, right, true),
            ExprKind::If {
                test_expr,
                then_expr,
                else_expr,
            } => {
                self.walk(test_expr);
                let truth = self.truth(test_expr);
                if matches!(truth, Ok(Some(true) | None)) {
                    self.walk(then_expr);
                }
                if matches!(truth, Ok(Some(false) | None)) {
                    self.walk(else_expr);
                }
            }
            ExprKind::BinaryApp {
                op: BinaryOp::In,
                arg1,
                arg2,
            } => {
                self.walk(arg1);
                self.walk(arg2);
                self.ancestors(arg1);
            }
            ExprKind::BinaryApp { arg1, arg2, .. } => {
                self.walk(arg1);
                self.walk(arg2);
            }
            ExprKind::UnaryApp { arg, .. } => self.walk(arg),
            ExprKind::Like { expr, .. } | ExprKind::Is { expr, .. } => self.walk(expr),
            ExprKind::ExtensionFunctionApp { args, .. } => {
                args.iter().for_each(|arg| self.walk(arg));
            }
            ExprKind::Set(items) => items.iter().for_each(|item| self.walk(item)),
            ExprKind::Record(fields) => fields.values().for_each(|field| self.walk(field)),
            ExprKind::Lit(_) | ExprKind::Slot(_) | ExprKind::Unknown(_) => {}
        }
    }

    /// Of `a.b.c` only the whole is a value somebody wants to see; what it is taken from counts as read.
    fn base(&mut self, base: &Expr) {
        match base.expr_kind() {
            ExprKind::Var(_) | ExprKind::Lit(_) => {}
            ExprKind::GetAttr { expr: base, .. } => self.base(base),
            _ => self.walk(base),
        }
        if let Some(uid) = self.entity(base) {
            self.entities.insert(uid.to_string());
        }
    }

    fn has<'n>(&mut self, base: &Expr, attrs: impl IntoIterator<Item = &'n str>) {
        self.base(base);
        let mut whole = base.clone();
        for attr in attrs {
            if let Some(uid) = self.entity(&whole) {
                self.entities.insert(uid.to_string());
            }
            whole = Expr::get_attr(whole, attr.into());
        }
        self.read(name(&whole), &whole);
    }

    fn lazy(&mut self, left: &Expr, right: &Expr, ends: bool) {
        self.walk(left);
        match self.truth(left) {
            Ok(truth) if truth != Some(ends) => self.walk(right),
            _ => {}
        }
    }

    fn ancestors(&mut self, of: &Expr) {
        let Some(uid) = self.entity(of) else { return };
        let value = match self.evaluation.entity(&uid) {
            Dereference::Data(entity) => {
                let mut above: Vec<_> = entity.ancestors().map(ToString::to_string).collect();
                above.sort_unstable();
                format!("[{}]", above.join(", "))
            }
            Dereference::NoSuchEntity => "[]".to_owned(),
            Dereference::Residual(_) => NOT_KNOWN.to_owned(),
        };
        self.entities.insert(uid.to_string());
        self.note(format!("ancestors of {}", name(of)), value);
    }

    fn read(&mut self, expression: String, expr: &Expr) {
        let value = match self.value(expr) {
            Ok(PartialValue::Value(value)) => value.to_string(),
            Ok(PartialValue::Residual(_)) => NOT_KNOWN.to_owned(),
            Err(
                EvaluationError::EntityAttrDoesNotExist(_)
                | EvaluationError::RecordAttrDoesNotExist(_)
                | EvaluationError::EntityDoesNotExist(_),
            ) => NOT_SET.to_owned(),
            // Not a value, and the error is told elsewhere.
            Err(_) => return,
        };
        self.note(expression, value);
    }

    fn note(&mut self, expression: String, mut value: String) {
        if let Some((end, _)) = value.char_indices().nth(LONGEST_VALUE) {
            value.truncate(end);
            value.push('…');
        }
        if !self.values.iter().any(|read| read.expression == expression) {
            self.values.push(ReadValue { expression, value });
        }
    }

    fn value(&self, expr: &Expr) -> Result<PartialValue, EvaluationError> {
        self.evaluation.value(expr, self.policy.ast.env())
    }

    fn entity(&self, expr: &Expr) -> Option<EntityUID> {
        match self.value(expr) {
            Ok(PartialValue::Value(Value {
                value: ValueKind::Lit(Literal::EntityUID(uid)),
                ..
            })) => Some((*uid).clone()),
            _ => None,
        }
    }

    fn truth(&self, expr: &Expr) -> Truth {
        match self.value(expr) {
            Ok(PartialValue::Value(Value {
                value: ValueKind::Lit(Literal::Bool(truth)),
                ..
            })) => Ok(Some(truth)),
            Ok(PartialValue::Residual(_)) => Ok(None),
            _ => Err(()),
        }
    }
}
