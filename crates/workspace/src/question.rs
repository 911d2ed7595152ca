//! One question to a set of Rego, answered with the definitions that decided.

use std::collections::BTreeSet;

use model::{Clause, Code, Decision, Effect, Explanation, Failure};
use rego::{Question, Set};

use crate::{Checked, Error};

/// Decides an input document. `rule` is the rule that decides, as OPA writes it (`authz/allow`); without it, the set's own.
///
/// # Errors
/// `set_broken` when the modules do not compile, `rego_entrypoint` when nothing says which rule decides, `request_invalid`
/// when the input is not JSON.
pub fn answer(checked: &Checked, input: &str, rule: Option<&str>) -> Result<Explanation, Error> {
    let rego = checked.rego.as_ref();
    let set = rego.and_then(|rego| rego.set.as_deref()).ok_or_else(|| {
        let problems = rego
            .map(|rego| rego.problems.as_slice())
            .unwrap_or_default();
        Error::broken("the set", problems)
    })?;
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(input) {
        return Err(Error::Failed(rego::Error::Input(error.to_string()).into()));
    }
    let mut question = Question::of(input);
    match rule {
        Some(rule) => {
            question = question.about(rule);
            if !set.answers(question.path.as_deref()) {
                let message = format!("the policies have no rule `{rule}`");
                return Err(Error::Failed(Failure::new(Code::RegoEntrypoint, message)));
            }
        }
        None => {
            set.entrypoint()
                .map_err(|error| Error::Failed(error.into()))?;
        }
    }
    Ok(explain(set, &question, false))
}

/// What a set says to a question, and the definitions that make it say so. `asked` as for [`rego::Evaluator::decide`].
pub(crate) fn explain(set: &Set, question: &Question<'_>, asked: bool) -> Explanation {
    let mut outcome = set.evaluator().decide(question, asked);
    let path = match &question.path {
        Some(path) => path.clone(),
        None => set.entrypoint().unwrap_or_default().to_vec(),
    };
    if let Some(mut prober) = set.prober(set, &BTreeSet::from([path])) {
        outcome.reasons = prober.look(question, &outcome).reasons;
    }
    // A definition that allows is a permit, one that says no a forbid.
    let effect = match outcome.decision {
        Some(Decision::Allow) => Effect::Permit,
        _ => Effect::Forbid,
    };
    let clauses = set
        .rules()
        .iter()
        .filter(|rule| outcome.reasons.contains(&rule.id))
        .map(|rule| Clause {
            policy: rule.id.clone(),
            effect,
            held: Some(true),
            text: rule.text.clone(),
            source: rule.source.clone(),
            reads: Vec::new(),
        })
        .collect();
    Explanation {
        decision: outcome.decision.unwrap_or(Decision::Deny),
        reasons: outcome.reasons,
        errors: outcome.errors,
        needs: outcome.needs,
        clauses,
        entities_read: Vec::new(),
    }
}
