//! From two policy sets to what is proven about them. Only kinds of request whose policies in scope differ are put to the
//! solver, on every core; what was proven before for the same policies and schema is remembered.

use std::{
    cell::LazyCell,
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use model::{Environment, EnvironmentProof, Proof, Relation, SetInfo};
use policy::{Compiled, ENGINE, Schema};

use crate::{
    Error,
    ask::{Asker, Supply, lock},
    cache::Cache,
    lint::Linted,
    question::{Answer, Question},
    solver::{self, Limits, Memory, Process, STACK, Trouble},
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
    answers: Memory,
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
            answers: Memory::default(),
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
        // Kinds that differ in the action alone often change by the same request: the first of them is asked first, whatever
        // is remembered, so that the others' answers do not depend on that.
        let mut first: BTreeMap<(String, String), Environment> = BTreeMap::new();
        let [mut firsts, mut others] = [Vec::new(), Vec::new()];
        for (environment, known) in question.environments() {
            if let Some(answer) = known {
                proofs.push(answer);
                continue;
            }
            let kinds = (environment.principal.clone(), environment.resource.clone());
            let like = first.entry(kinds).or_insert_with(|| environment.clone());
            let like = Some(&*like).filter(|like| **like != environment).cloned();
            let key = question.key(&environment, like.as_ref());
            match (lock(&self.proven).get(&key), like) {
                (Some(answer), _) => proofs.push(answer),
                (None, None) => firsts.push((environment, key, None)),
                (None, like) => others.push((environment, key, like)),
            }
        }
        let schema = LazyCell::new(|| cedar_policy::Schema::from(question.schema.engine().clone()));
        for open in [firsts, others] {
            if open.is_empty() {
                continue;
            }
            let (schema, known) = (&*schema, &proofs);
            let answers = self.each(&open, cancel, |(environment, _, like), asker| {
                let like = like.as_ref();
                let like = like.and_then(|like| known.iter().find(|it| it.environment == *like));
                question.answer(environment, like, schema, asker)
            })?;
            for (Answer { proof, lasting }, (_, key, _)) in answers.into_iter().zip(open) {
                if lasting {
                    lock(&self.proven).put(key, proof.clone());
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
            relation: proofs
                .iter()
                .map(|proof| proof.relation)
                .fold(Relation::Equivalent, Relation::and),
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
            &self.answers,
        );
        let next = AtomicUsize::new(0);
        let answers = Mutex::new(BTreeMap::new());
        let work = || {
            let mut asker = Asker::new(&supply);
            loop {
                // From both ends in turn: neighbours often put the same question, and one would wait for the other's answer.
                let turn = next.fetch_add(1, Ordering::Relaxed);
                if turn >= items.len() {
                    break;
                }
                let at = match turn % 2 {
                    0 => turn / 2,
                    _ => items.len() - 1 - turn / 2,
                };
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
