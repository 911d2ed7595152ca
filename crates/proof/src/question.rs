//! What an edit changes, one kind of request at a time: what is known without asking, what the solver is asked, and how its
//! examples are confirmed and told.

use std::{cell::LazyCell, collections::BTreeSet};

use model::{Counterexample, Decision, Environment, EnvironmentProof, PolicyError, Relation};
use policy::{Asked, EntityStore, Policy, PolicySet, Schema, Vocabulary};
use sha2::{Digest, Sha256};

use crate::{
    Error, Side,
    ask::{Asker, Stage},
    cache::Key,
    direction::Direction,
    example::{Example, Replay, told},
    solver::Trouble,
    words,
};

/// What is proven about one kind of request, and whether it would be the next time.
pub(crate) struct Answer {
    pub proof: EnvironmentProof,
    pub lasting: bool,
}

fn relation(gains: bool, losses: bool) -> Relation {
    match (gains, losses) {
        (false, false) => Relation::Equivalent,
        (true, false) => Relation::Widens,
        (false, true) => Relation::Narrows,
        (true, true) => Relation::Differs,
    }
}

/// What two sets say to a request, and which policies could not be evaluated.
type Outcome = [(Decision, Vec<PolicyError>); 2];

fn differs(outcome: &Outcome, wanted: Decision) -> bool {
    let [(before, _), (after, _)] = outcome;
    before != after && *after == wanted
}

/// The example of another kind of request, asked about this action.
fn carried(
    like: &EnvironmentProof,
    environment: &Environment,
    wanted: Decision,
) -> Option<Example> {
    let told = match wanted {
        Decision::Allow => like.gained.as_ref()?,
        Decision::Deny => like.lost.as_ref()?,
    };
    let mut request = told.request.clone();
    request.action.clone_from(&environment.action);
    Some(Example::new(request, told.entities.clone()))
}

/// Two sets, compared.
pub(crate) struct Question<'a> {
    base: &'a PolicySet,
    head: &'a PolicySet,
    old_schema: &'a Schema,
    pub schema: &'a Schema,
}

impl<'a> Question<'a> {
    pub fn new(base: Side<'a>, head: Side<'a>) -> Result<Self, Error> {
        Ok(Self {
            old_schema: base.schema()?,
            schema: head.schema()?,
            base: &base.compiled.set,
            head: &head.compiled.set,
        })
    }

    /// Every kind of request either schema allows, with what is known of it without asking.
    pub fn environments(&self) -> Vec<(Environment, Option<EnvironmentProof>)> {
        let [old, new] = [self.old_schema, self.schema].map(|schema| {
            let all: BTreeSet<_> = schema.environments().into_iter().collect();
            all
        });
        old.union(&new)
            .map(|environment| {
                let known = |relation, reason: Option<&str>| {
                    Some(EnvironmentProof {
                        environment: environment.clone(),
                        relation,
                        gained: None,
                        lost: None,
                        reason: reason.map(str::to_owned),
                    })
                };
                let groups = |schema: &Schema| schema.action_groups(&environment.action);
                let answer = if !new.contains(environment) {
                    let why = "the edit's schema does not allow such requests any more";
                    known(Relation::NotProven, Some(why))
                } else if !old.contains(environment) {
                    let why = "the schema in force does not allow such requests yet";
                    known(Relation::NotProven, Some(why))
                } else if groups(self.old_schema) != groups(self.schema) {
                    let why = "the schemas put the action into different groups";
                    known(Relation::NotProven, Some(why))
                } else if self.digests(self.base, environment)
                    == self.digests(self.head, environment)
                {
                    known(Relation::Equivalent, None)
                } else {
                    None
                };
                (environment.clone(), answer)
            })
            .collect()
    }

    /// What the policies in scope mean. Saying something twice adds nothing.
    fn digests(&self, set: &PolicySet, environment: &Environment) -> BTreeSet<[u8; 32]> {
        set.in_scope(environment, self.schema)
            .iter()
            .map(|policy| policy.digest)
            .collect()
    }

    /// Everything the answer for an environment depends on, the one whose examples it may take over (`like`) included. Ids of
    /// policies are part of it, because they are told.
    pub fn key(&self, environment: &Environment, like: Option<&Environment>) -> Key {
        let mut hash = Sha256::new();
        if let Some(like) = like {
            hash.update(self.key(like, None));
        }
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        for schema in [self.old_schema, self.schema] {
            part(schema.digest().as_bytes());
        }
        for text in [
            &environment.action,
            &environment.principal,
            &environment.resource,
        ] {
            part(text.as_bytes());
        }
        for set in [self.base, self.head] {
            let mut policies: Vec<_> = set.in_scope(environment, self.schema);
            policies.sort_by(|a, b| (a.digest, &a.id).cmp(&(b.digest, &b.id)));
            part(&(policies.len() as u64).to_le_bytes());
            for policy in policies {
                part(&policy.digest);
                part(policy.id.as_bytes());
            }
        }
        hash.finalize().into()
    }

    /// Asks whether access can be gained, and whether it can be lost. An example for another action (`like`) that serves here as
    /// well is an answer, and the solver need not be asked. Only being cancelled is no answer.
    pub fn answer(
        &self,
        environment: &Environment,
        like: Option<&EnvironmentProof>,
        schema: &cedar_policy::Schema,
        asker: &mut Asker<'_>,
    ) -> Result<Answer, Trouble> {
        let mut proof = EnvironmentProof {
            environment: environment.clone(),
            relation: Relation::NotProven,
            gained: None,
            lost: None,
            reason: None,
        };
        let [old, new] = [self.base, self.head].map(|set| set.in_scope(environment, self.schema));
        let mut vocabulary = Vocabulary::default();
        for policy in old.iter().chain(&new) {
            policy.speak(&mut vocabulary);
        }
        // Asked again and again while an example is made small; what comes of it is put to the whole sets.
        let narrow = [self.base, self.head].map(|set| set.narrowed(environment, self.schema));
        let decide = |store: &EntityStore, asked: &Asked| -> Outcome {
            narrow.each_ref().map(|set| {
                let (decision, _, errors) = set.decide(store, asked);
                (decision, errors)
            })
        };
        let replay = Replay::new(self.schema, &decide);
        let stage = LazyCell::new(|| Stage::new(schema, environment));
        let mut ask = |more: &[&'a Policy], less: &[&'a Policy], wanted| {
            let confirmed = |outcome: &Outcome| differs(outcome, wanted);
            let serves =
                |example: &Example| replay.outcome(example).as_ref().is_some_and(confirmed);
            let carried = like.and_then(|like| carried(like, environment, wanted));
            if let Some(example) = carried.filter(serves) {
                return Ok(Some(example));
            }
            let stage = stage.as_ref().map_err(Trouble::clone)?;
            Direction::new(more, less).ask(stage, asker, &replay, confirmed)
        };
        let gained = ask(&new, &old, Decision::Allow);
        let lost = ask(&old, &new, Decision::Deny);
        let mut lasting = true;
        let mut relations = [None; 2];
        for (place, (answer, wanted)) in [(gained, Decision::Allow), (lost, Decision::Deny)]
            .into_iter()
            .enumerate()
        {
            let shown = answer.and_then(|shown| {
                shown
                    .map(|shown| {
                        self.counterexample(environment, &replay, &shown, wanted, &vocabulary)
                    })
                    .transpose()
            });
            let told = match shown {
                Ok(shown) => {
                    if let Some(answer) = relations.get_mut(place) {
                        *answer = Some(shown.is_some());
                    }
                    shown
                }
                Err(Trouble::Cancelled) => return Err(Trouble::Cancelled),
                Err(trouble) => {
                    lasting &= !matches!(trouble, Trouble::Failed(_));
                    proof.reason.get_or_insert_with(|| trouble.reason());
                    None
                }
            };
            match wanted {
                Decision::Allow => proof.gained = told,
                Decision::Deny => proof.lost = told,
            }
        }
        if let [Some(gains), Some(losses)] = relations {
            proof.relation = relation(gains, losses);
        }
        Ok(Answer { proof, lasting })
    }

    /// The solver's example, decided by the ordinary authorizer, made small, and told.
    fn counterexample(
        &self,
        environment: &Environment,
        replay: &Replay<'_, Outcome>,
        shown: &Example,
        wanted: Decision,
        vocabulary: &Vocabulary,
    ) -> Result<Counterexample, Trouble> {
        let spoilt = || {
            Trouble::Beyond(
                "the solver's example does not replay: the authorizer sees no difference"
                    .to_owned(),
            )
        };
        let outcome = replay.outcome(shown);
        let outcome = outcome.filter(|outcome| differs(outcome, wanted));
        let outcome = outcome.ok_or_else(spoilt)?;
        let (example, facts) = told(replay, shown.clone(), &outcome, vocabulary);
        let (store, asked) = replay.read(&example, true).ok_or_else(spoilt)?;
        let [(before, before_reasons, _), (after, after_reasons, _)] =
            [self.base, self.head].map(|set| set.decide(&store, &asked));
        if before == after || after != wanted {
            return Err(spoilt());
        }
        let verb = match wanted {
            Decision::Allow => "could",
            Decision::Deny => "could no longer",
        };
        let told = words::situation(environment, &facts, vocabulary);
        Ok(Counterexample {
            sentence: told.words(verb),
            told: serde_json::to_value(&told).ok(),
            request: example.request,
            entities: example.entities,
            before,
            after,
            before_reasons,
            after_reasons,
        })
    }
}
