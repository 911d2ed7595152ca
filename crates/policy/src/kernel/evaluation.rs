//! Single policies asked about a request by the engine itself, over facts that may not all be known.

use std::collections::HashMap;

use cedar_policy_core::{
    ast::{
        Expr, ExprKind, Literal, PartialValue, Request as AstRequest, SlotEnv, UnaryOp, ValueKind,
    },
    authorizer::Authorizer,
    entities::Entities,
    evaluator::Evaluator,
    extensions::Extensions,
};

use super::Verdict;
use crate::{EntityStore, Policy, PolicySet};

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
pub struct OpenFacts(pub(super) Entities);

/// A request about to be decided, policy by policy.
pub struct Evaluation<'a> {
    pub(super) evaluator: Evaluator<'a>,
    pub(super) entities: &'a Entities,
    pub(super) request: AstRequest,
}

impl std::fmt::Debug for Evaluation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Evaluation")
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

impl<'a> Evaluation<'a> {
    pub(crate) fn new(request: AstRequest, facts: &'a Facts<'_>) -> Self {
        let entities = match facts {
            Facts::Closed(store) => &store.entities,
            Facts::Open(open) => &open.0,
        };
        Self::over(request, entities)
    }

    pub(crate) fn over(request: AstRequest, entities: &'a Entities) -> Self {
        Self {
            evaluator: Evaluator::new(request.clone(), entities, Extensions::all_available()),
            entities,
            request,
        }
    }

    /// What one policy says.
    #[must_use]
    pub fn verdict(&self, policy: &Policy) -> Verdict {
        match self.said(policy) {
            Ok(verdict) => verdict,
            Err(residual) => self.open(&residual, policy.ast.env()),
        }
    }

    /// Whether one policy says this.
    pub(super) fn says(&self, policy: &Policy, expected: &Verdict) -> bool {
        match self.said(policy) {
            Ok(verdict) => verdict == *expected,
            Err(residual) => self.leaves(policy, &residual, expected),
        }
    }

    /// Whether what is left of a policy comes to this. What it needs is put in words only if that decides.
    pub(super) fn leaves(&self, policy: &Policy, residual: &Expr, expected: &Verdict) -> bool {
        let may_match = || self.may_be(true, residual, policy.ast.env());
        match expected {
            Verdict::NoMatch => !may_match(),
            Verdict::Unknown(needs) => may_match() && self.needs(residual) == *needs,
            Verdict::Match | Verdict::Error(_) => false,
        }
    }

    /// What one policy says for certain, or what is left of it.
    pub(super) fn said(&self, policy: &Policy) -> Result<Verdict, Expr> {
        let value = self
            .evaluator
            .partial_interpret(&policy.condition, policy.ast.env());
        Ok(match value {
            Ok(PartialValue::Value(value)) => match value.value_kind() {
                ValueKind::Lit(Literal::Bool(true)) => Verdict::Match,
                ValueKind::Lit(Literal::Bool(false)) => Verdict::NoMatch,
                // `&&` insists on booleans, so a condition is never anything else.
                other => Verdict::Error(format!("the condition is `{other}`, not a boolean")),
            },
            Ok(PartialValue::Residual(residual)) => return Err(residual),
            Err(error) => Verdict::Error(error.to_string()),
        })
    }

    /// The oracle: the engine's own authorizer over the whole set, nothing indexed, nothing kept. One verdict for each
    /// policy that did not say no, by id.
    #[must_use]
    pub fn authorize(&self, set: &PolicySet) -> HashMap<String, Verdict> {
        let response =
            Authorizer::new().is_authorized_core(self.request.clone(), set.whole(), self.entities);
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
        // By name: as policies the engine hands out residuals without what the slots of a template are bound to.
        for policy in response
            .nontrivial_residual_ids()
            .filter_map(|id| set.get(id.as_ref()))
        {
            let verdict = self.verdict(policy);
            if verdict != Verdict::NoMatch {
                verdicts.insert(policy.id.clone(), verdict);
            }
        }
        verdicts
    }

    /// What a residual leaves open. The engine keeps `unknown && false` whole, because the unknown part might also fail to
    /// evaluate; either way the policy does not apply, so nothing is open.
    fn open(&self, residual: &Expr, slots: &SlotEnv) -> Verdict {
        if self.may_be(true, residual, slots) {
            Verdict::Unknown(self.needs(residual))
        } else {
            Verdict::NoMatch
        }
    }

    /// Whether what is unknown could be such that a residual comes to this.
    fn may_be(&self, truth: bool, residual: &Expr, slots: &SlotEnv) -> bool {
        match (residual.expr_kind(), truth) {
            (ExprKind::And { left, right }, true) | (ExprKind::Or { left, right }, false) => {
                self.may_be(truth, left, slots) && self.may_be(truth, right, slots)
            }
            // The right side is come to only by way of the left.
            (ExprKind::And { left, right }, false) | (ExprKind::Or { left, right }, true) => {
                self.may_be(truth, left, slots)
                    || (self.may_be(!truth, left, slots) && self.may_be(truth, right, slots))
            }
            (
                ExprKind::UnaryApp {
                    op: UnaryOp::Not,
                    arg,
                },
                _,
            ) => self.may_be(!truth, arg, slots),
            (
                ExprKind::If {
                    test_expr,
                    then_expr,
                    else_expr,
                },
                _,
            ) => [(true, then_expr), (false, else_expr)]
                .into_iter()
                .any(|(test, branch)| {
                    self.may_be(test, test_expr, slots) && self.may_be(truth, branch, slots)
                }),
            _ => match self.evaluator.partial_interpret(residual, slots) {
                Ok(PartialValue::Value(value)) => {
                    matches!(value.value_kind(), ValueKind::Lit(Literal::Bool(is)) if *is == truth)
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
