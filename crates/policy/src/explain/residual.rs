//! The clauses that leave it open whether a policy applies, without those parts of them that are known.

use cedar_policy_core::ast::{ExprKind, UnaryOp};
use model::OpenClause;

use super::{
    Conjunct, Held,
    clause::{scope_parts, span, written},
    conjuncts,
    reads::Reads,
};
use crate::{Evaluation, Policy};

impl Evaluation<'_> {
    /// The clauses of a policy whose verdict is [`crate::Verdict::Unknown`] that stay open; it applies if each comes to what
    /// it must.
    #[must_use]
    pub fn open_clauses(&self, policy: &Policy) -> Vec<OpenClause> {
        let mut open = Open {
            evaluation: self,
            policy,
            clauses: Vec::new(),
        };
        let scope = [
            policy.ast.principal_constraint().as_expr(),
            policy.ast.action_constraint().as_expr(),
            policy.ast.resource_constraint().as_expr(),
        ];
        for (part, (text, _)) in scope.iter().zip(scope_parts(policy)) {
            let part = Conjunct::of(part);
            if open.held(&part) == Held::Open {
                open.clause(text, &part);
            }
        }
        for conjunct in conjuncts(policy.ast.non_scope_constraints()) {
            if open.held(&conjunct) == Held::Open {
                open.reduce(&conjunct);
            }
        }
        open.clauses
    }
}

struct Open<'a> {
    evaluation: &'a Evaluation<'a>,
    policy: &'a Policy,
    clauses: Vec<OpenClause>,
}

impl Open<'_> {
    fn held(&self, conjunct: &Conjunct<'_>) -> Held {
        conjunct.held(self.evaluation, self.policy)
    }

    fn clause(&mut self, text: String, conjunct: &Conjunct<'_>) {
        self.clauses.push(OpenClause {
            text,
            holds_if: !conjunct.negated,
            needs: Reads::unknown(conjunct.expr, self.policy, self.evaluation),
        });
    }

    /// An open clause by what of it matters. INVARIANT: that comes to what it must exactly when the clause does, errors
    /// included; so only parts are left out that are known not to fail.
    fn reduce(&mut self, conjunct: &Conjunct<'_>) {
        let Conjunct { expr, negated } = *conjunct;
        let side = |expr| Conjunct { expr, negated };
        match (expr.expr_kind(), negated) {
            (
                ExprKind::UnaryApp {
                    op: UnaryOp::Not,
                    arg,
                },
                _,
                // The engine reads `a != b` as `!(a == b)`, in the same place.
            ) if span(expr) != span(arg) => self.reduce(&Conjunct {
                expr: arg,
                negated: !negated,
            }),
            (
                ExprKind::If {
                    test_expr,
                    then_expr,
                    else_expr,
                },
                _,
            ) => match self.held(&Conjunct::of(test_expr)) {
                Held::Yes => self.reduce(&side(then_expr)),
                Held::No => self.reduce(&side(else_expr)),
                Held::Open | Held::Error => self.clause(written(expr), conjunct),
            },
            // Both must hold.
            (ExprKind::And { left, right }, false) | (ExprKind::Or { left, right }, true) => {
                let (left, right) = (side(left), side(right));
                match (self.held(&left), self.held(&right)) {
                    (Held::Open, Held::Yes) => self.reduce(&left),
                    (Held::Yes, Held::Open) => self.reduce(&right),
                    (Held::Open, Held::Open) => {
                        self.reduce(&left);
                        self.reduce(&right);
                    }
                    _ => self.clause(written(expr), conjunct),
                }
            }
            // One is enough.
            (ExprKind::And { left, right }, true) | (ExprKind::Or { left, right }, false) => {
                let (left, right) = (side(left), side(right));
                match (self.held(&left), self.held(&right)) {
                    (Held::Open, Held::No) => self.reduce(&left),
                    (Held::No, Held::Open) => self.reduce(&right),
                    _ => self.clause(written(expr), conjunct),
                }
            }
            _ => self.clause(written(expr), conjunct),
        }
    }
}
