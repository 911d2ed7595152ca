//! The replay of a log against two policy sets, from start to end, for who has no window.

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use decisions::Log;
use drift::{Replay, RiskRules, Session, Side};

use crate::{Checked, Error, check::Compiler, resolve::Resolved};

/// Replays `log` against `base` and `head`. The edit's rules say what is sensitive, or the base's when it has none.
///
/// # Errors
/// `set_broken` when one does not compile, `log_empty`, `cancelled` when the flag was raised.
pub fn compare(
    base: &Resolved,
    head: &Resolved,
    log: Arc<Log>,
    cancel: &AtomicBool,
) -> Result<Replay, Error> {
    let mut compiler = Compiler::default();
    let (before, after) = (compiler.check(&base.files), compiler.check(&head.files));
    let rules = [&after, &before]
        .map(|checked| checked.manifest.risk())
        .into_iter()
        .find(|rules| !rules.rules.is_empty());
    let base = side(&base.label, &before)?;
    let head = side(&head.label, &after)?;
    let session = Session::new(log, base, cancel)?;
    Ok(session.preview(&head, &rules.unwrap_or(RiskRules::default()), cancel)?)
}

/// A side of a comparison; what does not compile is no side.
pub(crate) fn side(label: &str, checked: &Checked) -> Result<Side, Error> {
    if checked.compiled.set.broken() {
        return Err(Error::broken(
            &format!("`{label}`"),
            &checked.compiled.problems,
        ));
    }
    Ok(Side {
        label: label.to_owned(),
        compiled: checked.compiled.clone(),
    })
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
