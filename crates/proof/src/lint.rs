//! What a solver finds in one policy set: policies that never match, permits that always do, policies that can fail to
//! evaluate, and pairs that ought to be separate and are not.

use std::sync::atomic::AtomicBool;

use model::{Effect, Environment, Finding, FindingKind, Lints, Undecided};
use policy::{Asked, ENGINE, EntityStore, Policy, Schema, Vocabulary};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{
    Error, Prover, Side,
    ask::{Asker, Stage, example, lock},
    cache::Key,
    example::{Replay, told},
    solver::Trouble,
    words,
};

/// Two policies that must never match the same request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Separation {
    /// Id of the one.
    pub a: String,
    /// Id of the other.
    pub b: String,
}

/// What was found, and what could not be decided.
#[derive(Clone, Debug, Default)]
pub(crate) struct Linted {
    findings: Vec<Finding>,
    undecided: Vec<Undecided>,
}

/// Kinds of request that are told one by one.
const TOLD: usize = 2;

impl Prover {
    /// What a solver finds in a policy set, and in the pairs that are to be separate.
    ///
    /// # Errors
    /// [`Error::Broken`] and [`Error::NoSchema`]; [`Error::Cancelled`] soon after the flag was raised.
    pub fn lint(
        &self,
        side: Side<'_>,
        separations: &[Separation],
        cancel: &AtomicBool,
    ) -> Result<Lints, Error> {
        let schema = side.schema()?;
        let set = &side.compiled.set;
        let alone = set.policies().iter().map(|policy| (&**policy, None));
        let mut subjects: Vec<_> = alone.collect();
        let mut linted = Linted::default();
        for Separation { a, b } in separations {
            match (set.get(a), set.get(b)) {
                (Some(one), Some(_)) if a == b => linted.undecided.push(Undecided {
                    kind: FindingKind::NotSeparate,
                    policy: one.id.clone(),
                    reason: "no policy is separate from itself".to_owned(),
                }),
                (Some(one), Some(other)) => subjects.push((one, Some(other))),
                (found, _) => linted.undecided.push(Undecided {
                    kind: FindingKind::NotSeparate,
                    policy: a.clone(),
                    reason: format!(
                        "no policy is called `{}`",
                        if found.is_none() { a } else { b }
                    ),
                }),
            }
        }
        let mut open = Vec::new();
        for subject in subjects {
            match lock(&self.linted).get(&key(subject, schema)) {
                Some(known) => linted.add(known, subject.0),
                None => open.push(subject),
            }
        }
        if !open.is_empty() {
            let bench = Bench {
                schema,
                symbolic: &cedar_policy::Schema::from(schema.engine().clone()),
                environments: &schema.environments(),
                side,
            };
            let answers = self.each(&open, cancel, |subject, asker| {
                let mut found = Linted::default();
                let lasting = match *subject {
                    (policy, None) => bench.policy(policy, asker, &mut found)?,
                    (one, Some(other)) => bench.separation(one, other, asker, &mut found)?,
                };
                Ok((found, lasting))
            })?;
            for (subject, (found, lasting)) in open.into_iter().zip(answers) {
                if lasting {
                    lock(&self.linted).put(key(subject, schema), found.clone());
                }
                linted.add(found, subject.0);
            }
        }
        linted
            .findings
            .sort_by(|a, b| (a.kind, &a.policy, &a.other).cmp(&(b.kind, &b.policy, &b.other)));
        linted
            .undecided
            .sort_by(|a, b| (a.kind, &a.policy).cmp(&(b.kind, &b.policy)));
        Ok(Lints {
            version: 1,
            engine: ENGINE.to_owned(),
            solver: self.solver(),
            set: side.info(),
            findings: linted.findings,
            undecided: linted.undecided,
        })
    }
}

impl Linted {
    /// Adds what is known of a policy, which may stand elsewhere by now.
    fn add(&mut self, mut known: Self, policy: &Policy) {
        for finding in &mut known.findings {
            finding.source.clone_from(&policy.source);
        }
        self.findings.append(&mut known.findings);
        self.undecided.append(&mut known.undecided);
    }
}

/// Everything an answer depends on.
fn key((policy, other): (&Policy, Option<&Policy>), schema: &Schema) -> Key {
    let mut hash = Sha256::new();
    hash.update(schema.digest());
    for policy in [Some(policy), other].into_iter().flatten() {
        hash.update([0]);
        hash.update(policy.digest);
        hash.update(&policy.id);
    }
    hash.finalize().into()
}

/// Everything that is needed to ask about a policy.
struct Bench<'a> {
    schema: &'a Schema,
    symbolic: &'a cedar_policy::Schema,
    environments: &'a [Environment],
    side: Side<'a>,
}

/// What a reader of these policies knows.
fn vocabulary(policies: &[&Policy]) -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    policies
        .iter()
        .for_each(|policy| policy.speak(&mut vocabulary));
    vocabulary
}

/// An answer to one kind of question over all kinds of request.
#[derive(Default)]
struct Tally {
    environments: Vec<Environment>,
    /// Why the first that stays open does.
    open: Option<Trouble>,
}

impl Tally {
    /// Notes what was answered for one kind of request; being cancelled ends the work.
    fn note(
        &mut self,
        environment: &Environment,
        answer: Result<bool, Trouble>,
    ) -> Result<bool, Trouble> {
        match answer {
            Ok(true) => {
                self.environments.push(environment.clone());
                Ok(true)
            }
            Ok(false) => Ok(false),
            Err(Trouble::Cancelled) => Err(Trouble::Cancelled),
            Err(trouble) => {
                self.open.get_or_insert(trouble);
                Ok(false)
            }
        }
    }

    /// Says that the question is open, if it is. The second part: it would be the next time too.
    fn open(self, kind: FindingKind, policy: &Policy, found: &mut Linted) -> bool {
        let Some(trouble) = self.open else {
            return true;
        };
        found.undecided.push(Undecided {
            kind,
            policy: policy.id.clone(),
            reason: trouble.reason(),
        });
        !matches!(trouble, Trouble::Failed(_))
    }
}

impl<'a> Bench<'a> {
    /// The kinds of request in the scope of all these policies.
    fn common(&self, policies: &[&Policy]) -> Vec<&'a Environment> {
        self.environments
            .iter()
            .filter(|environment| {
                let scope = self.side.compiled.set.in_scope(environment, self.schema);
                policies
                    .iter()
                    .all(|policy| scope.iter().any(|other| other.id == policy.id))
            })
            .collect()
    }

    /// Dead, too broad, able to fail.
    fn policy(
        &self,
        policy: &Policy,
        asker: &mut Asker<'_>,
        found: &mut Linted,
    ) -> Result<bool, Trouble> {
        let (mut dead, mut broad, mut fails) =
            (Tally::default(), Tally::default(), Tally::default());
        let mut alive = false;
        let mut failure = None;
        for environment in self.common(&[policy]) {
            let compiled = asker
                .may_ask()
                .and_then(|()| Stage::new(self.symbolic, environment))
                .and_then(|stage| stage.policy(policy));
            let compiled = match compiled {
                Ok(compiled) => compiled,
                Err(trouble) => {
                    for tally in [&mut dead, &mut broad, &mut fails] {
                        tally.note(environment, Err(trouble.clone()))?;
                    }
                    continue;
                }
            };
            if !alive {
                let answer =
                    asker.ask(async |solver| solver.check_never_matches_opt(&compiled).await);
                alive = answer == Ok(false);
                dead.note(environment, answer)?;
            }
            if policy.effect == Effect::Permit {
                let answer =
                    asker.ask(async |solver| solver.check_always_matches_opt(&compiled).await);
                broad.note(environment, answer)?;
            }
            if failure.is_none() {
                let answer = asker.ask(async |solver| {
                    solver
                        .check_never_errors_with_counterexample_opt(&compiled)
                        .await
                });
                let answer = answer.and_then(|shown| {
                    shown
                        .map(|shown| self.failing(policy, environment, &shown))
                        .transpose()
                });
                match answer {
                    Ok(shown) => failure = shown,
                    Err(trouble) => drop(fails.note(environment, Err(trouble))?),
                }
            }
        }
        let mut lasting = true;
        let finding = |kind, environments, sentence| Finding {
            kind,
            policy: policy.id.clone(),
            other: None,
            source: policy.source.clone(),
            environments,
            request: None,
            entities: Vec::new(),
            sentence,
        };
        if !alive && dead.open.is_none() {
            let sentence = "matches no request that fits the schema".to_owned();
            found
                .findings
                .push(finding(FindingKind::NeverMatches, Vec::new(), sentence));
        } else if !alive {
            lasting &= dead.open(FindingKind::NeverMatches, policy, found);
        }
        if !broad.environments.is_empty() {
            let environments = std::mem::take(&mut broad.environments);
            let sentence = permits(&environments);
            found
                .findings
                .push(finding(FindingKind::AlwaysAllows, environments, sentence));
        }
        lasting &= broad.open(FindingKind::AlwaysAllows, policy, found);
        match failure {
            Some(finding) => found.findings.push(finding),
            None => lasting &= fails.open(FindingKind::MayError, policy, found),
        }
        Ok(lasting)
    }

    /// A request for which a policy fails to evaluate.
    fn failing(
        &self,
        policy: &Policy,
        environment: &Environment,
        shown: &cedar_policy_symcc::Env,
    ) -> Result<Finding, Trouble> {
        let decide = |store: &EntityStore, asked: &Asked| policy.matches(store, asked);
        let replay = Replay::new(self.schema, &decide);
        let shown = example(shown)?;
        let Some(outcome @ Err(why)) = &replay.outcome(&shown) else {
            return Err(Trouble::Beyond(
                "the solver's example does not replay: the policy does not fail".to_owned(),
            ));
        };
        let vocabulary = vocabulary(&[policy]);
        let (example, facts) = told(&replay, shown, outcome, &vocabulary);
        let told = words::situation(environment, &facts, &vocabulary).words("could ask to");
        Ok(Finding {
            kind: FindingKind::MayError,
            policy: policy.id.clone(),
            other: None,
            source: policy.source.clone(),
            environments: vec![environment.clone()],
            request: Some(example.request),
            entities: example.entities,
            sentence: format!("fails, and is then skipped: {told} ({why})"),
        })
    }

    /// Never matched by the same request.
    fn separation(
        &self,
        one: &Policy,
        other: &Policy,
        asker: &mut Asker<'_>,
        found: &mut Linted,
    ) -> Result<bool, Trouble> {
        let finding = |kind, sentence: String| Finding {
            kind,
            policy: one.id.clone(),
            other: Some(other.id.clone()),
            source: one.source.clone(),
            environments: Vec::new(),
            request: None,
            entities: Vec::new(),
            sentence,
        };
        let common = self.common(&[one, other]);
        if common.is_empty() {
            let sentence = "no kind of request is in the scope of both".to_owned();
            let nothing = finding(FindingKind::NothingToSeparate, sentence);
            found.findings.push(nothing);
            return Ok(true);
        }
        let decide = |store: &EntityStore, asked: &Asked| {
            [one, other].map(|policy| policy.matches(store, asked))
        };
        let replay = Replay::new(self.schema, &decide);
        let vocabulary = vocabulary(&[one, other]);
        let mut tally = Tally::default();
        for environment in common {
            let stage = asker.may_ask();
            let stage = stage.and_then(|()| Stage::new(self.symbolic, environment));
            let answer = stage.and_then(|stage| {
                let pair = (stage.policy(one)?, stage.policy(other)?);
                let shown = asker.ask(async |solver| {
                    solver
                        .check_matches_disjoint_with_counterexample_opt(&pair.0, &pair.1)
                        .await
                })?;
                let Some(shown) = shown else { return Ok(None) };
                let shown = example(&shown)?;
                let both = [Ok(true), Ok(true)];
                if replay.outcome(&shown).as_ref() != Some(&both) {
                    return Err(Trouble::Beyond(
                        "the solver's example does not replay: not both policies match".to_owned(),
                    ));
                }
                let (example, facts) = told(&replay, shown, &both, &vocabulary);
                let told = words::situation(environment, &facts, &vocabulary).words("could ask to");
                let mut shared = finding(
                    FindingKind::NotSeparate,
                    format!("matches together with {}: {told}", other.id),
                );
                shared.environments.push(environment.clone());
                shared.request = Some(example.request);
                shared.entities = example.entities;
                Ok(Some(shared))
            });
            match answer {
                Ok(Some(shared)) => {
                    found.findings.push(shared);
                    return Ok(true);
                }
                Ok(None) => {}
                Err(trouble) => drop(tally.note(environment, Err(trouble))?),
            }
        }
        Ok(tally.open(FindingKind::NotSeparate, one, found))
    }
}

/// `permits every Customer to read every Incident`.
fn permits(environments: &[Environment]) -> String {
    let short = |kind: &str| kind.rsplit("::").next().unwrap_or(kind).to_owned();
    let told: Vec<_> = environments
        .iter()
        .take(TOLD)
        .map(|environment| {
            format!(
                "every {} to {} every {}",
                short(&environment.principal),
                words::name(&environment.action),
                short(&environment.resource)
            )
        })
        .collect();
    let more = match environments.len().saturating_sub(TOLD) {
        0 => String::new(),
        1 => ", and one more kind of request".to_owned(),
        more => format!(", and {more} more kinds of request"),
    };
    format!("permits {}{more}", told.join(" and "))
}
