//! The replay of a log against two policy sets, from start to end, for who has no window.

use std::{
    mem::discriminant,
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use decisions::Log;
use drift::{Replay, RiskRules};
use model::{Code, Failure};

use crate::{Checked, Error, check::Compiler, resolve::Resolved};

/// Replays `log` against `base` and `head`. The edit's rules say what is sensitive, or the base's when it has none.
///
/// # Errors
/// `set_broken` when one does not compile, `engine_mixed` when one is Cedar and the other Rego, `log_empty`, `cancelled`
/// when the flag was raised.
pub fn compare(
    base: &Resolved,
    head: &Resolved,
    log: Arc<Log>,
    cancel: &AtomicBool,
) -> Result<Replay, Error> {
    let mut compiler = Compiler::default();
    let (before, after) = (compiler.check(&base.files), compiler.check(&head.files));
    compare_checked((&base.label, &before), (&head.label, &after), log, cancel)
}

/// The same of what was checked already, each with its label.
pub(crate) fn compare_checked(
    (base, before): (&str, &Checked),
    (head, after): (&str, &Checked),
    log: Arc<Log>,
    cancel: &AtomicBool,
) -> Result<Replay, Error> {
    let rules = [after, before]
        .map(|checked| checked.manifest.risk())
        .into_iter()
        .find(|rules| !rules.rules.is_empty());
    let base = Side::new(base, before)?;
    let head = Side::new(head, after)?;
    if discriminant(&base) != discriminant(&head) {
        return Err(base.mismatch(&head));
    }
    let session = Session::new(log, base, cancel)?;
    session.preview(&head, &rules.unwrap_or(RiskRules::default()), cancel)
}

/// A side of a comparison, in its own engine.
#[derive(Clone, Debug)]
pub(crate) enum Side {
    Cedar(drift::Side),
    Rego(drift::rego::Side),
}

impl Side {
    /// What does not compile is no side, nor is what nobody can tell the engine of.
    pub(crate) fn new(label: &str, checked: &Checked) -> Result<Self, Error> {
        let broken = |problems| Error::broken(&format!("`{label}`"), problems);
        if let Some(rego) = &checked.rego {
            let set = rego.set.clone().ok_or_else(|| broken(&rego.problems))?;
            let label = label.to_owned();
            return Ok(Self::Rego(drift::rego::Side { label, set }));
        }
        if checked.compiled.set.broken() {
            return Err(broken(&checked.compiled.problems));
        }
        if let Some(mixed) = checked
            .problems
            .iter()
            .find(|found| found.code == Code::EngineMixed)
        {
            let message = format!("`{label}` holds both Cedar and Rego");
            let failure = Failure::new(Code::EngineMixed, message);
            return Err(Error::Failed(failure.with_details(mixed.file.clone())));
        }
        Ok(Self::Cedar(drift::Side {
            label: label.to_owned(),
            compiled: checked.compiled.clone(),
        }))
    }

    /// A side for what only Cedar can be asked.
    pub(crate) fn cedar(label: &str, checked: &Checked) -> Result<drift::Side, Error> {
        match Self::new(label, checked)? {
            Self::Cedar(side) => Ok(side),
            Self::Rego(side) => {
                let message = format!(
                    "`{}` is Rego, whose facts are its input: what-ifs need Cedar",
                    side.label
                );
                Err(Error::Failed(Failure::new(Code::EngineMixed, message)))
            }
        }
    }

    fn words(&self) -> (&'static str, &str) {
        match self {
            Self::Cedar(side) => ("Cedar", &side.label),
            Self::Rego(side) => ("Rego", &side.label),
        }
    }

    /// That one is Cedar and the other Rego.
    fn mismatch(&self, other: &Self) -> Error {
        let ((engine, label), (other_engine, other_label)) = (self.words(), other.words());
        let message = format!("`{label}` is {engine} and `{other_label}` is {other_engine}");
        Error::Failed(Failure::new(Code::EngineMixed, message))
    }
}

/// A log and the set in force, in its own engine.
#[derive(Debug)]
pub(crate) enum Session {
    Cedar(drift::Session),
    Rego(drift::rego::Session),
}

impl Session {
    pub(crate) fn new(log: Arc<Log>, base: Side, cancel: &AtomicBool) -> Result<Self, Error> {
        Ok(match base {
            Side::Cedar(base) => Self::Cedar(drift::Session::new(log, base, cancel)?),
            Side::Rego(base) => Self::Rego(drift::rego::Session::new(log, base, cancel)?),
        })
    }

    pub(crate) fn log(&self) -> &Arc<Log> {
        match self {
            Self::Cedar(session) => session.log(),
            Self::Rego(session) => session.log(),
        }
    }

    pub(crate) fn base(&self) -> Side {
        match self {
            Self::Cedar(session) => Side::Cedar(session.base().clone()),
            Self::Rego(session) => Side::Rego(session.base().clone()),
        }
    }

    pub(crate) fn preview(
        &self,
        head: &Side,
        risk: &RiskRules,
        cancel: &AtomicBool,
    ) -> Result<Replay, Error> {
        match (self, head) {
            (Self::Cedar(session), Side::Cedar(head)) => Ok(session.preview(head, risk, cancel)?),
            (Self::Rego(session), Side::Rego(head)) => Ok(session.preview(head, risk, cancel)?),
            (session, head) => Err(session.base().mismatch(head)),
        }
    }
}

/// Makes a workspace: a schema, one policy, one entity of each type and a test, small enough to be read in a minute.
///
/// # Errors
/// `workspace_exists` when something is at `folder`; `file_write`.
pub fn init(folder: &Path) -> Result<(), Error> {
    crate::sample::write_new(folder, STARTER, |_| Ok(()))
}

const STARTER: &[(&str, &[u8])] = &[
    (
        "workspace.toml",
        include_bytes!("../starter/workspace.toml"),
    ),
    (
        "schema.cedarschema",
        include_bytes!("../starter/schema.cedarschema"),
    ),
    (
        "policies/documents.cedar",
        include_bytes!("../starter/policies/documents.cedar"),
    ),
    (
        "entities/entities.json",
        include_bytes!("../starter/entities/entities.json"),
    ),
    (
        "tests/documents.json",
        include_bytes!("../starter/tests/documents.json"),
    ),
];
