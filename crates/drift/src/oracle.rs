//! The same question answered the plain way: the engine's own authorizer over every distinct request, both sets whole,
//! nothing indexed, nothing kept. Slow, and the measure of everything else here.

use std::{collections::HashMap, sync::Arc};

use decisions::Log;
use model::{ChangeClass, Effect, Outcome};
use policy::{Compiled, Material, PolicySet, Tables, Verdict};

use crate::{Side, classify, verdicts::facts};

/// What the oracle says of one distinct request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OracleRow {
    /// The class.
    pub class: ChangeClass,
    /// Under the base set; nothing when the request cannot be replayed.
    pub before: Option<Outcome>,
    /// Under the edit.
    pub after: Option<Outcome>,
    /// An evaluation error appeared or vanished.
    pub error_changed: bool,
}

/// One row for each distinct request of the log.
#[must_use]
pub fn oracle(log: &Log, base: &Side, head: &Side) -> Vec<OracleRow> {
    let (before, after) = (verdicts(log, &base.compiled), verdicts(log, &head.compiled));
    before
        .into_iter()
        .zip(after)
        .map(|(before, after)| {
            let (Some(before), Some(after)) = (before, after) else {
                return OracleRow {
                    class: ChangeClass::Undeterminable,
                    before: None,
                    after: None,
                    error_changed: false,
                };
            };
            let (base, head) = (&base.compiled.set, &head.compiled.set);
            let (old, new) = (outcome(base, &before), outcome(head, &after));
            let class = if open(base, &before) == open(head, &after) && old.decision == new.decision
            {
                ChangeClass::Unchanged
            } else {
                classify::class(old.decision, new.decision)
            };
            OracleRow {
                class,
                error_changed: failing(base, &old, head, &new),
                before: Some(old),
                after: Some(new),
            }
        })
        .collect()
}

/// A policy fails on one side and not on the other. The same policy is the one of equal meaning, else of equal id and
/// effect.
fn failing(base: &PolicySet, before: &Outcome, head: &PolicySet, after: &Outcome) -> bool {
    let missing = |set: &PolicySet, outcome: &Outcome, other_set: &PolicySet, other: &Outcome| {
        outcome
            .errors
            .iter()
            .filter_map(|error| set.get(&error.policy))
            .any(|policy| {
                !other
                    .errors
                    .iter()
                    .filter_map(|error| other_set.get(&error.policy))
                    .any(|found| {
                        found.digest == policy.digest
                            || (found.id == policy.id && found.effect == policy.effect)
                    })
            })
    };
    missing(base, before, head, after) || missing(head, after, base, before)
}

type Answers = HashMap<String, Verdict>;

fn verdicts(log: &Log, compiled: &Compiled) -> Vec<Option<Answers>> {
    let tables = Tables {
        uids: &log.uids,
        contexts: &log.contexts,
        entities: &log.entities,
        slices: &[],
    };
    let pairs = log
        .requests
        .iter()
        .map(|request| (request.context, request.action));
    let material = Material::new(
        tables,
        pairs,
        compiled.schema.as_deref(),
        &compiled.entities,
    );
    log.requests
        .iter()
        .map(|request| {
            let facts = facts(log, &material, &compiled.entities, request).ok()?;
            let evaluation = material
                .evaluation(
                    request.principal,
                    request.action,
                    request.resource,
                    request.context,
                    &facts,
                )
                .ok()?;
            Some(evaluation.authorize(&compiled.set))
        })
        .collect()
}

fn outcome(set: &PolicySet, answers: &Answers) -> Outcome {
    let placed = (0_u32..)
        .zip(set.policies())
        .filter_map(|(place, policy)| Some((place, answers.get(&policy.id)?)));
    classify::outcome(set, &classify::decide(set, placed))
}

/// What the outcome depends on as long as no forbid matches: the policies that are open, by meaning, and whether a permit
/// matches for certain.
fn open<'a>(set: &'a PolicySet, answers: &'a Answers) -> (Vec<&'a [u8; 32]>, bool) {
    let says = |policy: &Arc<policy::Policy>| answers.get(&policy.id);
    let open = |policy: &&Arc<policy::Policy>| matches!(says(policy), Some(Verdict::Unknown(_)));
    let mut meanings: Vec<_> = set
        .policies()
        .iter()
        .filter(open)
        .map(|policy| &policy.digest)
        .collect();
    meanings.sort_unstable();
    let permits = |policy: &Arc<policy::Policy>| {
        policy.effect == Effect::Permit && says(policy) == Some(&Verdict::Match)
    };
    (meanings, set.policies().iter().any(permits))
}
