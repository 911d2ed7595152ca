//! A policy's condition, cut where its author wrote `&&`, each piece as it stands in the file.

use cedar_policy_core::{
    ast::{Expr, ExprKind, Literal, PartialValue, UnaryOp, ValueKind},
    parser::Loc,
};
use model::Source;

use super::Held;
use crate::{Evaluation, Policy, text, tokens};

/// A piece of a condition that must hold.
pub(crate) struct Conjunct<'p> {
    pub(crate) expr: &'p Expr,
    /// It stands in an `unless`: it holds when the expression does not.
    pub(crate) negated: bool,
}

impl<'p> Conjunct<'p> {
    pub(super) fn of(expr: &'p Expr) -> Self {
        Self {
            expr,
            negated: false,
        }
    }

    pub(super) fn held(&self, evaluation: &Evaluation<'_>, policy: &Policy) -> Held {
        match evaluation.value(self.expr, policy.ast.env()) {
            Ok(PartialValue::Value(value)) => match value.value_kind() {
                ValueKind::Lit(Literal::Bool(truth)) if *truth != self.negated => Held::Yes,
                ValueKind::Lit(Literal::Bool(_)) => Held::No,
                _ => Held::Error,
            },
            Ok(PartialValue::Residual(_)) => Held::Open,
            Err(_) => Held::Error,
        }
    }

    /// The piece as written, on one line, and where it stands. A piece of an `unless` says so.
    pub(super) fn text(&self, policy: &Policy) -> (String, Source) {
        let written = written(self.expr);
        let text = match self.negated {
            true => format!("unless {{ {written} }}"),
            false => written,
        };
        let source = self.expr.source_loc().map_or_else(
            || policy.source.clone(),
            |loc| text::source(&policy.source.file, &loc.src, loc.start()..loc.end()),
        );
        (text, source)
    }
}

/// An expression as its author wrote it, on one line.
pub(super) fn written(expr: &Expr) -> String {
    expr.source_loc()
        .and_then(Loc::snippet)
        .map_or_else(|| expr.to_string(), tokens::one_line)
}

/// The pieces of a policy's `when` and `unless` clauses (its non-scope constraints), in order. `unless { a || b }` is two pieces: neither may hold.
pub(crate) fn conjuncts(conditions: Option<&Expr>) -> Vec<Conjunct<'_>> {
    let mut found = Vec::new();
    let mut waiting: Vec<&Expr> = conditions.into_iter().collect();
    while let Some(expr) = waiting.pop() {
        match expr.expr_kind() {
            ExprKind::And { left, right } if written_apart(expr, left, right) => {
                waiting.extend([&**right, &**left]);
            }
            ExprKind::UnaryApp {
                op: UnaryOp::Not,
                arg,
            } if is_unless(expr) => found.extend(disjuncts(arg)),
            _ => found.push(Conjunct::of(expr)),
        }
    }
    found
}

fn disjuncts(expr: &Expr) -> Vec<Conjunct<'_>> {
    let mut found = Vec::new();
    let mut waiting = vec![expr];
    while let Some(expr) = waiting.pop() {
        match expr.expr_kind() {
            ExprKind::Or { left, right } => waiting.extend([&**right, &**left]),
            _ => found.push(Conjunct {
                expr,
                negated: true,
            }),
        }
    }
    found
}

/// Where an expression stands in its file.
pub(super) fn span(expr: &Expr) -> Option<miette::SourceSpan> {
    expr.source_loc().map(|loc| loc.span)
}

/// The engine reads `principal is T in E` as an `&&` too; its halves then share one place.
fn written_apart(whole: &Expr, left: &Expr, right: &Expr) -> bool {
    span(left) != span(whole) || span(right) != span(whole) || span(whole).is_none()
}

/// The engine reads `unless { … }` as `!(…)`, which then begins with the word.
fn is_unless(expr: &Expr) -> bool {
    expr.source_loc()
        .and_then(Loc::snippet)
        .is_some_and(|snippet| snippet.starts_with("unless"))
}

/// The scope as written, with slots filled, and where it stands.
pub(super) fn scope(policy: &Policy) -> (String, Source) {
    let parts = scope_parts(policy);
    let mut place = parts
        .first()
        .map_or_else(|| policy.source.clone(), |(_, place)| place.clone());
    if let Some((_, last)) = parts.last() {
        (place.end_line, place.end_column) = (last.end_line, last.end_column);
    }
    let texts: Vec<_> = parts.into_iter().map(|(text, _)| text).collect();
    (texts.join(", "), place)
}

/// The three parts of the scope: principal, action, resource.
pub(super) fn scope_parts(policy: &Policy) -> Vec<(String, Source)> {
    let Some((loc, snippet)) = policy
        .ast
        .loc()
        .and_then(|loc| loc.snippet().map(|snippet| (loc, snippet)))
    else {
        return Vec::new();
    };
    let Some(head) = tokens::head(snippet) else {
        return Vec::new();
    };
    head.parts
        .into_iter()
        .map(|part| {
            let mut written = tokens::one_line(snippet.get(part.clone()).unwrap_or_default());
            for (slot, uid) in policy.ast.env() {
                written = written.replace(&slot.to_string(), &uid.to_string());
            }
            let span = loc.start() + part.start..loc.start() + part.end;
            (written, text::source(&policy.source.file, &loc.src, span))
        })
        .collect()
}
