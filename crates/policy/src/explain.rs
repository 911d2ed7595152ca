//! Why a request is decided as it is: which policies determined it, which of their clauses held or failed, and what those
//! clauses read.
//!
//! The decision itself always comes from the engine. The clauses come from asking the engine about each `&&`-part of a
//! policy's condition on its own, so what is shown here cannot disagree with what was decided.

mod clause;
mod reads;
mod residual;

use std::{borrow::Cow, cmp::Reverse, collections::BTreeSet};

use cedar_policy_core::ast::{EntityType, PrincipalOrResourceConstraint as Constraint};
use model::{Clause, Decision, Effect, Explanation, PolicyError, ReadValue, Request};

pub(crate) use self::clause::{Conjunct, conjuncts};
use self::{clause::scope_parts, reads::Reads};
use crate::{
    Combined, EntityStore, Error, Evaluation, Facts, Material, Policy, PolicySet, Schema, Tables,
    Verdict, combine, decide,
};

/// For a deny by default: so many policies that nearly allowed it.
const NEAREST_MISSES: usize = 8;

/// Explains a request decided with all the entities there are.
///
/// # Errors
/// [`Error::Request`] when the request cannot be read or does not fit the schema.
pub fn explain(
    set: &PolicySet,
    store: &EntityStore,
    schema: Option<&Schema>,
    asked: &Request,
) -> Result<Explanation, Error> {
    let (decision, reasons, errors) = decide(set, store, schema, asked)?;
    let facts = Facts::Closed(store);
    let evaluation = facts.evaluation(asked, schema)?;
    let account = Account::new(set, &evaluation);
    Ok(account.explanation(Some(decision), reasons, errors, Vec::new(), &[]))
}

/// Explains a request as a log recorded it: `entities` is its slice, each in Cedar's JSON form, and what is not in it is not
/// known. When the decision depends on that, [`Explanation::needs`] says on what, and the clauses are those that stay open.
///
/// # Errors
/// [`Error::Request`] when the request or its slice cannot be read.
pub fn explain_recorded(
    set: &PolicySet,
    store: &EntityStore,
    schema: Option<&Schema>,
    recorded: &Request,
    entities: &[serde_json::Value],
) -> Result<Explanation, Error> {
    let uids = [&recorded.principal, &recorded.action, &recorded.resource].map(String::clone);
    let contexts = [serde_json::Value::Object(recorded.context.clone()).to_string()];
    let entities: Vec<String> = entities.iter().map(ToString::to_string).collect();
    let tables = Tables {
        uids: &uids,
        contexts: &contexts,
        entities: &entities,
        slices: &[],
    };
    let [principal, action, resource, context] = [0, 1, 2, 0];
    let material = Material::new(tables, [(context, action)], schema, store);
    let slice: Vec<u32> = (0..).take(entities.len()).collect();
    let facts = material
        .open(&slice, principal, action, resource)
        .map_err(Error::Request)?;
    let evaluation = material
        .evaluation(principal, action, resource, context, &facts)
        .map_err(|message| Error::Request(message.to_owned()))?;
    let verdicts: Vec<(&Policy, Verdict)> = set
        .policies()
        .iter()
        .map(|policy| (&**policy, evaluation.verdict(policy)))
        .collect();
    let Combined {
        decision,
        reasons,
        errors,
        needs,
        ..
    } = combine(
        verdicts
            .iter()
            .map(|(policy, verdict)| (policy.id.clone(), policy.effect, Cow::Borrowed(verdict))),
    );
    let open: Vec<&Policy> = verdicts
        .iter()
        .filter(|(_, verdict)| decision.is_none() && matches!(verdict, Verdict::Unknown(_)))
        .map(|(policy, _)| *policy)
        .collect();
    let mut reasons = reasons;
    reasons.sort_unstable();
    let mut errors: Vec<_> = errors
        .into_iter()
        .map(|(policy, message)| PolicyError { policy, message })
        .collect();
    errors.sort_unstable();
    let account = Account::new(set, &evaluation);
    Ok(account.explanation(decision, reasons, errors, needs, &open))
}

/// What asking about one expression came to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Held {
    Yes,
    No,
    /// It depends on what is not known.
    Open,
    Error,
}

impl Held {
    fn shown(&self) -> Option<bool> {
        match self {
            Held::Yes => Some(true),
            Held::No => Some(false),
            Held::Open | Held::Error => None,
        }
    }
}

/// A policy with what became of its parts.
struct Trace<'p> {
    policy: &'p Policy,
    scope: [Held; 3],
    conjuncts: Vec<(Conjunct<'p>, Held)>,
}

impl Trace<'_> {
    fn in_scope(&self) -> bool {
        self.scope
            .iter()
            .all(|held| matches!(held, Held::Yes | Held::Open))
    }

    /// The conjunct that decided: where the engine stopped, or with facts missing, the first that failed for certain.
    fn decisive(&self) -> Option<&(Conjunct<'_>, Held)> {
        let first =
            |wanted: fn(&Held) -> bool| self.conjuncts.iter().find(move |(_, held)| wanted(held));
        first(|held| matches!(held, Held::No | Held::Error))
            .or_else(|| first(|held| *held == Held::Open))
    }

    /// The first conjunct that is not known.
    fn open(&self) -> Option<&(Conjunct<'_>, Held)> {
        self.conjuncts.iter().find(|(_, held)| *held == Held::Open)
    }

    fn missing(&self) -> usize {
        let held = |(_, held): &&(Conjunct<'_>, Held)| *held != Held::Yes;
        self.conjuncts.iter().filter(held).count()
    }
}

/// An explanation being put together.
struct Account<'a> {
    set: &'a PolicySet,
    evaluation: &'a Evaluation<'a>,
    clauses: Vec<Clause>,
    entities: BTreeSet<String>,
}

impl<'a> Account<'a> {
    fn new(set: &'a PolicySet, evaluation: &'a Evaluation<'a>) -> Self {
        Self {
            set,
            evaluation,
            clauses: Vec::new(),
            entities: BTreeSet::new(),
        }
    }

    fn explanation(
        mut self,
        decision: Option<Decision>,
        reasons: Vec<String>,
        errors: Vec<PolicyError>,
        needs: Vec<String>,
        open: &[&'a Policy],
    ) -> Explanation {
        for policy in reasons.iter().filter_map(|id| self.set.get(id)) {
            self.held(policy);
        }
        for policy in open {
            let trace = self.trace(policy);
            self.stopped(&trace, trace.open());
        }
        if decision == Some(Decision::Deny) && reasons.is_empty() {
            self.nearest_misses();
        }
        // A policy that cannot be evaluated is skipped. For a forbid that means access nobody meant to give.
        for policy in errors
            .iter()
            .filter_map(|error| self.set.get(&error.policy))
        {
            if !self.clauses.iter().any(|clause| clause.policy == policy.id) {
                let trace = self.trace(policy);
                self.stopped(&trace, trace.decisive());
            }
        }
        Explanation {
            decision: decision.unwrap_or(Decision::Deny),
            reasons,
            errors,
            needs,
            clauses: self.clauses,
            entities_read: self.entities.into_iter().collect(),
        }
    }

    fn trace(&self, policy: &'a Policy) -> Trace<'a> {
        let ask = |conjunct: &Conjunct<'_>| conjunct.held(self.evaluation, policy);
        let scope = [
            policy.ast.principal_constraint().as_expr(),
            policy.ast.action_constraint().as_expr(),
            policy.ast.resource_constraint().as_expr(),
        ];
        Trace {
            policy,
            scope: scope.map(|part| ask(&Conjunct::of(&part))),
            conjuncts: conjuncts(policy.ast.non_scope_constraints())
                .into_iter()
                .map(|conjunct| {
                    let held = ask(&conjunct);
                    (conjunct, held)
                })
                .collect(),
        }
    }

    /// A policy that applies: all its clauses, or its scope when it has none.
    fn held(&mut self, policy: &'a Policy) {
        let trace = self.trace(policy);
        self.read_scope(policy);
        if trace.conjuncts.is_empty() {
            let (text, source) = clause::scope(policy);
            let reads = Vec::new();
            self.clauses.push(Clause {
                policy: policy.id.clone(),
                effect: policy.effect,
                held: Some(true),
                text,
                source,
                reads,
            });
        }
        for (conjunct, held) in &trace.conjuncts {
            self.clause(policy, conjunct, held);
        }
    }

    /// A policy that does not apply, or for which it is not known: the clause that is to blame.
    fn stopped(&mut self, trace: &Trace<'_>, clause: Option<&(Conjunct<'_>, Held)>) {
        self.read_scope(trace.policy);
        match clause {
            Some((conjunct, held)) if trace.in_scope() => self.clause(trace.policy, conjunct, held),
            _ => self.scope_stopped(trace),
        }
    }

    /// A policy whose scope does not match: the first part of it that did not.
    fn scope_stopped(&mut self, trace: &Trace<'_>) {
        let Some(place) = trace.scope.iter().position(|held| *held != Held::Yes) else {
            return;
        };
        let parts = scope_parts(trace.policy);
        let (Some((text, source)), Some(held)) =
            (parts.into_iter().nth(place), trace.scope.get(place))
        else {
            return;
        };
        let reads = self.scope_reads(trace.policy, place);
        self.clauses.push(Clause {
            policy: trace.policy.id.clone(),
            effect: trace.policy.effect,
            held: held.shown(),
            text,
            source,
            reads,
        });
    }

    fn scope_reads(&mut self, policy: &Policy, place: usize) -> Vec<ReadValue> {
        let part = match place {
            0 => policy.ast.principal_constraint().as_expr(),
            1 => policy.ast.action_constraint().as_expr(),
            _ => policy.ast.resource_constraint().as_expr(),
        };
        Reads::of(&part, policy, self.evaluation, &mut self.entities)
    }

    fn clause(&mut self, policy: &Policy, conjunct: &Conjunct<'_>, held: &Held) {
        let (text, source) = conjunct.text(policy);
        let reads = Reads::of(conjunct.expr, policy, self.evaluation, &mut self.entities);
        self.clauses.push(Clause {
            policy: policy.id.clone(),
            effect: policy.effect,
            held: held.shown(),
            text,
            source,
            reads,
        });
    }

    /// A scope with `in` asks for ancestors.
    fn read_scope(&mut self, policy: &Policy) {
        for place in [0, 2] {
            let _ = self.scope_reads(policy, place);
        }
    }

    /// The permits that came nearest to applying. Those whose scope matched come first, by how few of their clauses failed.
    /// If there are none, those that would have matched had the principal or the resource been in another group.
    fn nearest_misses(&mut self) {
        let traces: Vec<_> = self
            .set
            .policies()
            .iter()
            .filter(|policy| policy.effect == Effect::Permit)
            .map(|policy| self.trace(policy))
            .collect();
        let mut near: Vec<_> = traces.iter().filter(|trace| trace.in_scope()).collect();
        near.sort_by_key(|trace| {
            (
                trace.missing(),
                Reverse(trace.conjuncts.len() - trace.missing()),
            )
        });
        if near.is_empty() {
            near = traces
                .iter()
                .filter(|trace| self.outside_one_group(trace))
                .collect();
            near.sort_by_key(|trace| trace.missing());
        }
        near.truncate(NEAREST_MISSES);
        for trace in near {
            self.stopped(trace, trace.decisive());
        }
    }

    /// Only the principal or only the resource is not in the group the scope names; being of another type is no near miss.
    fn outside_one_group(&self, trace: &Trace<'_>) -> bool {
        let [principal, resource] = self.evaluation.types();
        let group = |constraint: &Constraint, own: Option<&EntityType>| match constraint {
            Constraint::In(_) => true,
            Constraint::IsIn(kind, _) => own == Some(kind),
            _ => false,
        };
        let ast = &trace.policy.ast;
        match &trace.scope {
            [Held::No, Held::Yes, Held::Yes] => {
                group(ast.principal_constraint().as_inner(), principal)
            }
            [Held::Yes, Held::Yes, Held::No] => {
                group(ast.resource_constraint().as_inner(), resource)
            }
            _ => false,
        }
    }
}
