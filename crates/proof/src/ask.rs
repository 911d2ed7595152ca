//! Putting policies to the solver: from our values to the symbolic compiler's and back. Every failure on the way comes out as
//! the reason why something is not proven.

use std::{
    path::Path,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Instant,
};

use cedar_policy::{EntityTypeName, EntityUid, RequestEnv, Schema};
use cedar_policy_core::ast;
use cedar_policy_symcc::{
    CedarSymCompiler, CompiledPolicy, CompiledPolicySet, Env, SymEnv,
    err::{Error as Symbolic, Result as Answer},
};
use model::{Environment, Request};
use policy::Policy;
use serde_json::Value;

use crate::{
    example::Example,
    solver::{Limits, Memory, Process, Session, Trouble, run},
};

/// After so many failed processes the solver is taken to be broken, and nothing more is asked.
const PATIENCE: u32 = 3;

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where solvers come from during one proof.
#[derive(Debug)]
pub(crate) struct Supply<'a> {
    pub program: Option<&'a Path>,
    pub limits: Limits,
    pub cancel: &'a AtomicBool,
    /// Processes that wait for work.
    pub idle: &'a Mutex<Vec<Process>>,
    pub version: &'a Mutex<Option<String>>,
    pub memory: &'a Memory,
    /// When no further question is put.
    until: Instant,
    /// Processes that failed, and why the last one did.
    failures: AtomicU32,
    last: Mutex<String>,
}

impl<'a> Supply<'a> {
    pub fn new(
        program: Option<&'a Path>,
        limits: Limits,
        cancel: &'a AtomicBool,
        idle: &'a Mutex<Vec<Process>>,
        version: &'a Mutex<Option<String>>,
        memory: &'a Memory,
    ) -> Self {
        Self {
            program,
            limits,
            cancel,
            idle,
            version,
            memory,
            until: Instant::now() + limits.whole,
            failures: AtomicU32::new(0),
            last: Mutex::new(String::new()),
        }
    }

    fn take(&self) -> Result<Process, Trouble> {
        let Some(program) = self.program else {
            return Err(Trouble::Failed("no solver".to_owned()));
        };
        if self.failures.load(Ordering::Relaxed) >= PATIENCE {
            return Err(Trouble::Failed(lock(&self.last).clone()));
        }
        // Waiting, a process may have been ended by somebody else.
        while let Some(mut process) = lock(self.idle).pop() {
            if process.runs() {
                return Ok(process);
            }
        }
        let process = Process::start(program, self.limits, self.cancel);
        match &process {
            Ok(process) => *lock(self.version) = Some(process.version.clone()),
            Err(trouble) => self.failed(trouble),
        }
        process
    }

    fn failed(&self, trouble: &Trouble) {
        if *trouble != Trouble::Cancelled {
            *lock(&self.last) = trouble.reason();
            self.failures.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Somebody who asks: one process at a time, a new one when it failed.
pub(crate) struct Asker<'a> {
    supply: &'a Supply<'a>,
    compiler: Option<CedarSymCompiler<Session<'a>>>,
}

impl Drop for Asker<'_> {
    fn drop(&mut self) {
        let process = self
            .compiler
            .as_mut()
            .and_then(|compiler| compiler.solver_mut().process.take());
        lock(self.supply.idle).extend(process);
    }
}

impl<'a> Asker<'a> {
    pub fn new(supply: &'a Supply<'a>) -> Self {
        Self {
            supply,
            compiler: None,
        }
    }

    /// Whether there is time for a question. To be asked before one is made: making it is work, too.
    pub fn may_ask(&self) -> Result<(), Trouble> {
        if self.supply.cancel.load(Ordering::Relaxed) {
            return Err(Trouble::Cancelled);
        }
        match Instant::now() < self.supply.until {
            true => Ok(()),
            false => Err(Trouble::Failed(
                "the time for the whole proof was over".to_owned(),
            )),
        }
    }

    /// Puts one question.
    pub fn ask<T>(
        &mut self,
        question: impl AsyncFnOnce(&mut CedarSymCompiler<Session<'a>>) -> Answer<T>,
    ) -> Result<T, Trouble> {
        self.may_ask()?;
        let compiler = match &mut self.compiler {
            Some(compiler) => compiler,
            none => {
                let process = self.supply.take()?;
                let supply = self.supply;
                let session = Session::new(process, supply.limits, supply.cancel, supply.memory);
                none.insert(CedarSymCompiler::new(session).map_err(|error| words(&error))?)
            }
        };
        compiler.solver_mut().clear();
        let answer = run(question(compiler));
        let trouble = compiler.solver_mut().trouble.take();
        if let Some(trouble) = trouble {
            self.compiler = None;
            self.supply.failed(&trouble);
            return Err(trouble);
        }
        let unknown = compiler.solver_mut().unknown.take();
        answer.map_err(|error| match (&error, unknown) {
            (Symbolic::SolverUnknown, Some(why)) => why,
            _ => words(&error),
        })
    }
}

/// A symbolic compiler's error, for people.
fn words(error: &Symbolic) -> Trouble {
    Trouble::Beyond(match error {
        Symbolic::SolverUnknown => return Trouble::TimeOver,
        Symbolic::PolicyNotWellTyped { errs } => match errs.first() {
            Some(first) => format!("a policy does not fit the schema: {first}"),
            None => "a policy does not fit the schema".to_owned(),
        },
        Symbolic::DecodeModel(why) => format!("the solver's example cannot be read: {why}"),
        Symbolic::ConcretizeError(why) => format!("the solver's example cannot be read: {why}"),
        Symbolic::ModelInvalid { .. } => "the solver's example is none".to_owned(),
        Symbolic::CompileError(why) => format!("this cannot be put to the solver: {why}"),
        Symbolic::EncodeError(why) => format!("this cannot be put to the solver: {why}"),
        other => other.to_string(),
    })
}

/// A kind of request, symbolically.
pub(crate) struct Stage<'a> {
    schema: &'a Schema,
    environment: RequestEnv,
    symbols: SymEnv,
}

impl<'a> Stage<'a> {
    pub fn new(schema: &'a Schema, environment: &Environment) -> Result<Self, Trouble> {
        let unreadable = || Trouble::Beyond("the schema's names cannot be read".to_owned());
        let kind = |name: &str| name.parse::<EntityTypeName>().map_err(|_| unreadable());
        let action: EntityUid = environment.action.parse().map_err(|_| unreadable())?;
        let environment = RequestEnv::new(
            kind(&environment.principal)?,
            action,
            kind(&environment.resource)?,
        );
        let symbols = SymEnv::new(schema, &environment).map_err(|error| words(&error))?;
        Ok(Self {
            schema,
            environment,
            symbols,
        })
    }

    /// Policies that decide together.
    pub fn set(
        &self,
        policies: impl IntoIterator<Item = ast::Policy>,
    ) -> Result<CompiledPolicySet, Trouble> {
        let mut set = ast::PolicySet::new();
        for policy in policies {
            // Two policies of one name come from different versions.
            let mut id = policy.id().clone();
            while set.get(&id).is_some() {
                id = ast::PolicyID::from_string(format!("{id}'"));
            }
            set.add(policy.new_id(id))
                .map_err(|error| Trouble::Beyond(error.to_string()))?;
        }
        CompiledPolicySet::compile_with_custom_symenv(
            &set.into(),
            &self.environment,
            self.schema,
            self.symbols.clone(),
        )
        .map_err(|error| words(&error))
    }

    /// One policy by itself.
    pub fn policy(&self, policy: &Policy) -> Result<CompiledPolicy, Trouble> {
        CompiledPolicy::compile_with_custom_symenv(
            &policy.engine().into(),
            &self.environment,
            self.schema,
            self.symbols.clone(),
        )
        .map_err(|error| words(&error))
    }
}

/// What the solver shows, as plain values.
pub(crate) fn example(shown: &Env) -> Result<Example, Trouble> {
    let unreadable =
        |error: String| Trouble::Beyond(format!("the solver's example cannot be read: {error}"));
    let request: &ast::Request = shown.request.as_ref();
    let uid = |entry: &ast::EntityUIDEntry| entry.uid().map(ToString::to_string);
    let context = match request.context() {
        Some(context) => context
            .to_json_value()
            .map_err(|error| unreadable(error.to_string()))?,
        None => Value::Null,
    };
    let (Some(principal), Some(action), Some(resource), Value::Object(context)) = (
        uid(request.principal()),
        uid(request.action()),
        uid(request.resource()),
        context,
    ) else {
        return Err(unreadable("it is not complete".to_owned()));
    };
    let entities = shown
        .entities
        .to_json_value()
        .map_err(|error| unreadable(error.to_string()))?;
    let Value::Array(entities) = entities else {
        return Err(unreadable("it is not complete".to_owned()));
    };
    Ok(Example::new(
        Request {
            principal,
            action,
            resource,
            context,
        },
        entities,
    ))
}
