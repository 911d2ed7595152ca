//! The decision log of a workspace: importing one, opening it, and logs named by hand.

use std::{ops::ControlFlow, path::Path, sync::Arc, thread};

use decisions::{Log, Recipe, Source};
use model::LogImport;
use policy::{Compiled, Files};

use crate::{Error, Folders, home};

/// Called with what is done and what there is to do (0 = not known); `Break` cancels.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64) -> ControlFlow<()>;

/// Threads a job may use.
pub(crate) fn threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Imports logs into the workspace at `root`, in place of the log it has. When it fails or is cancelled the old one stays.
///
/// # Errors
/// `log_empty` when no row can be replayed, `file_read`, `file_write`, `cancelled`.
pub fn import(
    root: &Path,
    folders: &Folders,
    sources: Vec<Source>,
    progress: Progress<'_>,
) -> Result<LogImport, Error> {
    let place = home::log_to_write(root, folders)?;
    let builder = decisions::import(sources, threads(), progress)?;
    Ok(builder.finish(&place)?)
}

/// The log of the workspace at `root`; nothing when it has none.
///
/// # Errors
/// `log_damaged`, `log_newer`.
pub fn open(root: &Path, folders: &Folders) -> Result<Option<Arc<Log>>, Error> {
    match home::log_to_read(root, folders) {
        Some(path) => Ok(Some(Arc::new(Log::open(&path)?))),
        None => Ok(None),
    }
}

/// The log that somebody named: a workspace's own, a compact store, or a file that is then imported for this once.
///
/// # Errors
/// `log_missing` when the workspace has none; those of [`import`] and [`open`].
pub fn named(path: &Path, folders: &Folders, progress: Progress<'_>) -> Result<Arc<Log>, Error> {
    if path.is_dir() {
        let root = path.canonicalize().map_err(Error::read(path))?;
        return open(&root, folders)?.ok_or(Error::NoLog);
    }
    if decisions::is_store(path) {
        return Ok(Arc::new(Log::open(path)?));
    }
    let builder = decisions::import(vec![Source::named(path)], threads(), progress)?;
    Ok(Arc::new(builder.build()?.0))
}

/// Makes a log for the workspace at `root`, in place of the log it has.
///
/// # Errors
/// `schema_missing`, `set_broken`, `file_write`, `cancelled`.
pub fn generate(
    root: &Path,
    folders: &Folders,
    compiled: &Compiled,
    recipe: &Recipe,
    progress: Progress<'_>,
) -> Result<LogImport, Error> {
    let place = home::log_to_write(root, folders)?;
    let (builder, _) = decisions::generate(compiled, recipe, progress)?;
    Ok(builder.finish(&place)?)
}

/// That no log can be made for Rego: nothing says which inputs make sense.
pub fn not_for_rego() -> Error {
    let what = "it is made from a Cedar schema, and Rego has none; import a log of OPA instead";
    decisions::Error::NoSchema(what.to_owned()).into()
}

/// How many rows a log of this workspace has when nobody says otherwise; nothing when it does not describe one.
#[must_use]
pub(crate) fn described_rows(files: &Files) -> Option<u64> {
    files.get("log.toml")?;
    Recipe::read(files).ok().map(|recipe| recipe.rows)
}
