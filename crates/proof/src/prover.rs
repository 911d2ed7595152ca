//! From two policy sets to what is proven about them. Only kinds of request whose policies in scope differ are put to the
//! solver, on every core; what was proven before for the same policies and schema is remembered.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use cedar_policy_symcc::CompiledPolicySet;
use model::{
    Counterexample, Decision, Effect, Environment, EnvironmentProof, PolicyError, Proof, Relation,
    SetInfo,
};
use policy::{Compiled, ENGINE, Policy, PolicySet, Schema, Vocabulary};
use sha2::{Digest, Sha256};

use crate::{
    Error,
    ask::{Asker, Stage, Supply, example, lock},
    cache::{Cache, Key},
    example::{Example, Replay, kind},
    lint::Linted,
    solver::{self, Limits, Process, STACK, Trouble},
    words,
};

/// One side of a comparison.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// As the user named it.
    pub label: &'a str,
    /// The files, compiled.
    pub compiled: &'a Compiled,
}

impl<'a> Side<'a> {
    pub(crate) fn schema(&self) -> Result<&'a Schema, Error> {
        if self.compiled.set.broken() {
            return Err(Error::Broken(self.label.to_owned()));
        }
        let schema = self.compiled.schema.as_deref();
        schema.ok_or_else(|| Error::NoSchema(self.label.to_owned()))
    }

    pub(crate) fn info(&self) -> SetInfo {
        SetInfo {
            label: self.label.to_owned(),
            digest: self.compiled.set.digest(),
            policies: self.compiled.set.policies().len() as u64,
        }
    }
}

/// Proves. Keeps solvers running between two proofs and remembers what was proven, so keep it as long as a workspace is open.
#[derive(Debug)]
pub struct Prover {
    pub(crate) program: Option<PathBuf>,
    limits: Limits,
    pub(crate) idle: Mutex<Vec<Process>>,
    version: Mutex<Option<String>>,
    proven: Mutex<Cache<EnvironmentProof>>,
    pub(crate) linted: Mutex<Cache<Linted>>,
}

impl Default for Prover {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Prover {
    /// Proves with the solver that `CVC5` names, else with `cvc5` on the path; without either nothing is proven that needs one.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self::with(solver::find(), limits)
    }

    /// Proves with this solver, or with none.
    #[must_use]
    pub fn with(program: Option<PathBuf>, limits: Limits) -> Self {
        Self {
            program,
            limits,
            idle: Mutex::default(),
            version: Mutex::default(),
            proven: Mutex::default(),
            linted: Mutex::default(),
        }
    }

    /// There is a solver to ask. Whether it works shows when it is asked.
    #[must_use]
    pub fn has_solver(&self) -> bool {
        self.program.is_some()
    }

    /// What an edit changes, by kind of request. A kind that only one of the schemas has, or whose action is in other groups,
    /// is `not_proven`; all others are judged under the edit's schema.
    ///
    /// # Errors
    /// [`Error::Broken`] and [`Error::NoSchema`]; [`Error::Cancelled`] soon after the flag was raised.
    pub fn prove(
        &self,
        base: Side<'_>,
        head: Side<'_>,
        cancel: &AtomicBool,
    ) -> Result<Proof, Error> {
        let question = Question::new(base, head)?;
        let mut proofs = Vec::new();
        let mut open = Vec::new();
        for (environment, known) in question.environments() {
            let answer = known.or_else(|| lock(&self.proven).get(&question.key(&environment)));
            match answer {
                Some(answer) => proofs.push(answer),
                None => open.push(environment),
            }
        }
        if !open.is_empty() {
            let schema = cedar_policy::Schema::from(question.schema.engine().clone());
            let answers = self.each(&open, cancel, |environment, asker| {
                question.answer(environment, &schema, asker)
            })?;
            for Answer { proof, lasting } in answers {
                if lasting {
                    lock(&self.proven).put(question.key(&proof.environment), proof.clone());
                }
                proofs.push(proof);
            }
        }
        proofs.sort_by(|a, b| a.environment.cmp(&b.environment));
        Ok(Proof {
            version: 1,
            engine: ENGINE.to_owned(),
            solver: self.solver(),
            base: base.info(),
            head: head.info(),
            relation: together(&proofs),
            environments: proofs,
        })
    }

    /// Name and version of the solver, once it has said them; its file's name before.
    pub(crate) fn solver(&self) -> Option<String> {
        let program = self.program.as_ref()?;
        let version = lock(&self.version).clone();
        Some(version.unwrap_or_else(|| {
            program
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
        }))
    }

    /// Asks about each item, on every core, in the order of the items.
    pub(crate) fn each<T: Sync, A: Send>(
        &self,
        items: &[T],
        cancel: &AtomicBool,
        ask: impl Fn(&T, &mut Asker<'_>) -> Result<A, Trouble> + Sync,
    ) -> Result<Vec<A>, Error> {
        let supply = Supply::new(
            self.program.as_deref(),
            self.limits,
            cancel,
            &self.idle,
            &self.version,
        );
        let next = AtomicUsize::new(0);
        let answers = Mutex::new(BTreeMap::new());
        let work = || {
            let mut asker = Asker::new(&supply);
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(at) else { break };
                match ask(item, &mut asker) {
                    Ok(answer) => drop(lock(&answers).insert(at, answer)),
                    Err(_) => break,
                }
            }
        };
        let cores = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            for _ in 0..cores.min(items.len()) {
                let thread = thread::Builder::new().stack_size(STACK);
                if thread.spawn_scoped(scope, work).is_err() {
                    work();
                }
            }
        });
        let answers = answers
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if answers.len() < items.len() {
            return Err(Error::Cancelled);
        }
        Ok(answers.into_values().collect())
    }
}

/// What is proven about one kind of request, and whether it would be the next time.
struct Answer {
    proof: EnvironmentProof,
    lasting: bool,
}

/// All environments together.
fn together(proofs: &[EnvironmentProof]) -> Relation {
    let any = |relation| proofs.iter().any(|proof| proof.relation == relation);
    if any(Relation::NotProven) {
        Relation::NotProven
    } else {
        let differs = any(Relation::Differs);
        relation(
            differs || any(Relation::Widens),
            differs || any(Relation::Narrows),
        )
    }
}

fn relation(gains: bool, losses: bool) -> Relation {
    match (gains, losses) {
        (false, false) => Relation::Equivalent,
        (true, false) => Relation::Widens,
        (false, true) => Relation::Narrows,
        (true, true) => Relation::Differs,
    }
}

/// Whether access may be gained, and lost, by an edit that takes some policies away and adds others. A permit more or a
/// forbid less takes access from nobody, whatever they say.
fn directions(old: &[&Policy], new: &[&Policy]) -> [bool; 2] {
    let digests = |policies: &[&Policy]| -> BTreeSet<_> {
        policies.iter().map(|policy| policy.digest).collect()
    };
    let (before, after) = (digests(old), digests(new));
    let removed = old.iter().filter(|policy| !after.contains(&policy.digest));
    let added = new.iter().filter(|policy| !before.contains(&policy.digest));
    let (mut gain, mut lose) = (false, false);
    for (policy, more) in removed
        .map(|policy| (policy, false))
        .chain(added.map(|policy| (policy, true)))
    {
        if (policy.effect == Effect::Permit) == more {
            gain = true;
        } else {
            lose = true;
        }
    }
    [gain, lose]
}

/// What two sets say to a request, and which policies could not be evaluated.
type Outcome = [(Decision, Vec<PolicyError>); 2];

/// Two sets, compared.
struct Question<'a> {
    base: &'a PolicySet,
    head: &'a PolicySet,
    old_schema: &'a Schema,
    schema: &'a Schema,
}

impl<'a> Question<'a> {
    fn new(base: Side<'a>, head: Side<'a>) -> Result<Self, Error> {
        Ok(Self {
            old_schema: base.schema()?,
            schema: head.schema()?,
            base: &base.compiled.set,
            head: &head.compiled.set,
        })
    }

    /// Every kind of request either schema allows, with what is known of it without asking.
    fn environments(&self) -> Vec<(Environment, Option<EnvironmentProof>)> {
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

    /// Everything the answer for an environment depends on. Ids of policies are part of it, because they are told.
    fn key(&self, environment: &Environment) -> Key {
        let mut hash = Sha256::new();
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

    /// Asks whether access can be gained, and whether it can be lost. Only being cancelled is no answer.
    fn answer(
        &self,
        environment: &Environment,
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
        let found = Stage::new(schema, environment).and_then(|stage| {
            let (base, head) = (stage.set(&old)?, stage.set(&new)?);
            let [may_gain, may_lose] = directions(&old, &new);
            let mut ask = |may: bool, more: &CompiledPolicySet, less: &CompiledPolicySet| {
                if !may {
                    return Ok(None);
                }
                asker.ask(async |solver| {
                    solver
                        .check_implies_with_counterexample_opt(more, less)
                        .await
                })
            };
            Ok([ask(may_gain, &head, &base), ask(may_lose, &base, &head)])
        });
        let [gained, lost] = found.unwrap_or_else(|trouble| [Err(trouble.clone()), Err(trouble)]);
        let mut lasting = true;
        let mut relations = [None; 2];
        for (place, (answer, wanted)) in [(gained, Decision::Allow), (lost, Decision::Deny)]
            .into_iter()
            .enumerate()
        {
            let shown = answer.and_then(|shown| {
                shown
                    .map(|shown| {
                        self.counterexample(environment, &example(&shown)?, wanted, &vocabulary)
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
        shown: &Example,
        wanted: Decision,
        vocabulary: &Vocabulary,
    ) -> Result<Counterexample, Trouble> {
        let replay = Replay {
            schema: self.schema,
            decide: &|store, schema, request| -> Option<Outcome> {
                let decide = |set| {
                    let (decision, _, errors) = policy::decide(set, store, schema, request).ok()?;
                    Some((decision, errors))
                };
                Some([decide(self.base)?, decide(self.head)?])
            },
        };
        let differs = |outcome: &Outcome| {
            let [(before, _), (after, _)] = outcome;
            before != after && *after == wanted
        };
        let outcome = replay.outcome(shown).filter(differs).ok_or_else(|| {
            Trouble::Beyond(
                "the solver's example does not replay: the authorizer sees no difference"
                    .to_owned(),
            )
        })?;
        let (example, facts) = told(&replay, shown.clone(), &outcome, vocabulary);
        let reasons = |set| {
            let store = example.store(self.schema, true)?;
            policy::decide(set, &store, Some(self.schema), &example.request).ok()
        };
        let (Some((before, before_reasons, _)), Some((after, after_reasons, _))) =
            (reasons(self.base), reasons(self.head))
        else {
            return Err(Trouble::Beyond("the request cannot be replayed".to_owned()));
        };
        let verb = match wanted {
            Decision::Allow => "could",
            Decision::Deny => "could no longer",
        };
        Ok(Counterexample {
            sentence: words::sentence(environment, verb, &facts, vocabulary),
            request: example.request,
            entities: example.entities,
            before,
            after,
            before_reasons,
            after_reasons,
        })
    }
}

/// An example without what does not matter, with readable names; and its facts.
pub(crate) fn told<O: PartialEq>(
    replay: &Replay<'_, O>,
    shown: Example,
    outcome: &O,
    vocabulary: &Vocabulary,
) -> (Example, Example) {
    let small = replay.minimal(shown, outcome);
    let named = small.renamed(&names(&small, vocabulary));
    // Errors may quote a name; then the solver's own stay.
    let example = if replay.outcome(&named).as_ref() == Some(outcome) {
        named
    } else {
        small
    };
    // A name the policies know may stand there by chance.
    let known = example
        .mentioned()
        .into_iter()
        .filter(|id| vocabulary.ids.contains(id));
    let example = known
        .collect::<Vec<_>>()
        .into_iter()
        .fold(example, |example, id| {
            let other = example.renamed(&[(id.clone(), fresh(&id, &example.mentioned()))]);
            if replay.outcome(&other).as_ref() == Some(outcome) {
                other
            } else {
                example
            }
        });
    let example = replay.plain(example, outcome, vocabulary);
    let facts = replay.facts(&example, outcome, &vocabulary.attributes);
    let facts = replay.notable(&example, facts, outcome, vocabulary);
    (example, facts)
}

/// A name for an entity that nothing else has: `record-1`.
fn fresh(id: &str, taken: &[String]) -> String {
    let kind = kind(id);
    let short = kind.rsplit("::").next().unwrap_or(kind).to_lowercase();
    (1..)
        .map(|number| format!("{short}-{number}"))
        .find(|name| !taken.contains(&format!("{kind}::\"{name}\"")))
        .unwrap_or_default()
}

/// Names for the entities the solver made up: `record-1`, `record-2`.
fn names(example: &Example, vocabulary: &Vocabulary) -> Vec<(String, String)> {
    let mut taken: Vec<String> = vocabulary.ids.iter().cloned().collect();
    let made_up = example.mentioned().into_iter().filter(|id| {
        !vocabulary.ids.contains(id) && kind(id).rsplit("::").next() != Some("Action")
    });
    made_up
        .map(|id| {
            let name = fresh(&id, &taken);
            taken.push(format!("{}::\"{name}\"", kind(&id)));
            (id, name)
        })
        .collect()
}
