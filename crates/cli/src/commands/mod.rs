//! One function per command: read arguments, call, print, and say with the exit status whether something was found.

mod bundle;
mod check;
mod decide;
mod diagnose;
mod drift;
mod format;
mod guard;
mod guide;
mod init;
mod keys;
mod ledger;
mod log;
mod narrate;
mod passphrase;
mod pdp;
mod prove;
mod releases;
mod scenarios;
mod schedule;
mod shell;
mod story;
mod test;
mod update;
mod verify;
mod weekly;
mod witness;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use model::{Code, Failure, Problem, Severity};
use policy::Files;
use time::OffsetDateTime;
use workspace::{Folders, Resolved, unwritten};

pub use keys::words as key_words;
pub use ledger::Info;

use crate::{
    args::{Command, Log, Pdp, Scenarios, Story, Witness},
    terminal::{Stop, Terminal},
};

/// Exit status of work that was done and found nothing to object to.
pub const FINE: u8 = 0;
/// Exit status of work that was done and found something.
pub const FOUND: u8 = 1;
/// Exit status of work that was done and could not answer everything.
pub const UNDECIDED: u8 = 2;

/// Runs a command; the exit status comes back.
pub fn run(command: Command, terminal: &Terminal) -> Result<u8, Stop> {
    match command {
        Command::Init(arguments) => init::init(&arguments, terminal),
        Command::Check(arguments) => check::check(&arguments, terminal),
        Command::Fmt(arguments) => format::fmt(&arguments, terminal),
        Command::Decide(arguments) => decide::decide(&arguments, terminal),
        Command::Explain(arguments) => decide::explain(&arguments, terminal),
        Command::Log(Log::Import(arguments)) => log::import(&arguments, terminal),
        Command::Log(Log::Generate(arguments)) => log::generate(&arguments, terminal),
        Command::Log(Log::Slice(arguments)) => log::slice(&arguments, terminal),
        Command::Log(Log::Info(arguments)) => log::info(&arguments, terminal),
        Command::Drift(arguments) => drift::drift(&arguments, terminal),
        Command::Prove(arguments) => prove::prove(&arguments, terminal),
        Command::Guard(arguments) => guard::guard(&arguments, terminal),
        Command::Test(arguments) => test::test(&arguments, terminal),
        Command::Scenarios(Scenarios::Run(arguments)) => scenarios::run(&arguments, terminal),
        Command::Scenarios(Scenarios::List(arguments)) => scenarios::list(&arguments, terminal),
        Command::Scenarios(Scenarios::History(arguments)) => {
            scenarios::history(&arguments, terminal)
        }
        Command::Scenarios(Scenarios::Schedule(arguments)) => {
            scenarios::schedule(&arguments, terminal)
        }
        Command::Story(Story::List(arguments)) => story::list(&arguments, terminal),
        Command::Story(Story::Apply(arguments)) => story::apply(&arguments, terminal),
        Command::Bundle(arguments) => bundle::bundle(&arguments, terminal),
        Command::Verify(arguments) => verify::verify(&arguments, terminal),
        Command::Keys(arguments) => keys::keys(&arguments, terminal),
        Command::Ledger(arguments) => ledger::ledger(&arguments, terminal),
        Command::Witness(Witness::Serve(arguments)) => witness::serve(&arguments, terminal),
        Command::Pdp(Pdp::Serve(arguments)) => pdp::serve(&arguments, terminal),
        Command::Pdp(Pdp::Decide(arguments)) => pdp::decide(&arguments, terminal),
        Command::Pdp(Pdp::Cutover(arguments)) => pdp::cutover(&arguments, terminal),
        Command::Promote(arguments) => releases::promote(&arguments, terminal),
        Command::Rollback(arguments) => releases::rollback(&arguments, terminal),
        Command::Approve(arguments) => releases::approve(&arguments, terminal),
        Command::History(arguments) => releases::history(&arguments, terminal),
        Command::Channel(arguments) => releases::channels(&arguments, terminal),
        Command::Narrate(arguments) => narrate::narrate(&arguments, terminal),
        Command::Update(arguments) => update::update(&arguments, terminal),
        Command::Diagnose(arguments) => diagnose::diagnose(&arguments, terminal),
        Command::Bench(arguments) => crate::bench::bench(&arguments, terminal),
        Command::Completions(arguments) => shell::completions(&arguments, terminal),
        Command::Man(arguments) => shell::man(&arguments, terminal),
        Command::Guide(arguments) => guide::guide(&arguments, terminal),
        Command::Notes(arguments) => guide::notes(&arguments, terminal),
        Command::Codes(arguments) => shell::codes(&arguments, terminal),
    }
}

/// A workspace's failure is the user's.
fn failed(error: workspace::Error) -> Stop {
    Stop::Failed(error.into())
}

/// The files of a workspace.
pub fn read(root: &Path) -> Result<Files, Stop> {
    workspace::read_workspace(root).map_err(failed)
}

/// The files of a workspace, or of an OPA bundle.
fn read_set(path: &Path, bundle_key: Option<&Path>) -> Result<Files, Stop> {
    let archive = path.extension().is_some_and(|end| {
        ["gz", "tgz", "tar", "zst"]
            .iter()
            .any(|known| end == *known)
    });
    if !path.is_file() || !archive {
        return read(path);
    }
    let near = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    Ok(named(&path.display().to_string(), near, bundle_key)?.files)
}

/// A policy set that somebody named.
fn named(spec: &str, near: &Path, bundle_key: Option<&Path>) -> Result<Resolved, Stop> {
    let key = match bundle_key {
        None => None,
        Some(path) => Some(workspace::read_key(path).map_err(failed)?),
    };
    workspace::resolve_with(spec, near, key.as_ref()).map_err(failed)
}

/// The workspace's own folder: what is remembered of it outside goes by this name.
fn root(folder: &Path) -> Result<PathBuf, Failure> {
    folder.canonicalize().map_err(|error| {
        Failure::new(
            Code::FileRead,
            format!("cannot read `{}`: {error}", folder.display()),
        )
    })
}

/// The folder whose repository revisions are looked up in: the one named, else the first of these that is a folder, else the
/// current one.
fn near(repo: Option<&Path>, places: &[&Path]) -> Result<PathBuf, Failure> {
    match repo.or_else(|| places.iter().copied().find(|place| place.is_dir())) {
        Some(folder) => Ok(folder.to_owned()),
        None => env::current_dir().map_err(|error| {
            let message = format!("cannot tell the current folder: {error}");
            Failure::new(Code::FileRead, message)
        }),
    }
}

/// Refuses what somebody named, to be written, where the program keeps ledgers, keys and what it remembers.
fn not_its_own(path: &Path) -> Result<(), Failure> {
    Folders::of_user().may_write_in(path)
}

/// The same for a file, which is not written either where its folder is not there.
fn may_write(path: &Path) -> Result<(), Failure> {
    Folders::of_user().may_write(path)
}

/// The same for a file that is kept as evidence: one of another kind is not overwritten, so that a mistyped name costs nothing.
fn may_write_over(path: &Path, what: &str, is_one: impl Fn(&[u8]) -> bool) -> Result<(), Failure> {
    // What is longer than any of them need not be read.
    const LONGEST: u64 = 64 << 20;
    may_write(path)?;
    let Some(about) = path.metadata().ok().filter(fs::Metadata::is_file) else {
        return Ok(());
    };
    let read = || about.len() <= LONGEST && fs::read(path).is_ok_and(|there| is_one(&there));
    if about.len() == 0 || read() {
        return Ok(());
    }
    let message = format!("`{}` exists already, and is no {what}", path.display());
    let mut failure = Failure::new(Code::FileWrite, message);
    failure.hint = format!("choose another name; only an earlier {what} is overwritten");
    Err(failure)
}

/// Writes a file that somebody named.
fn write_out(path: &Path, content: &[u8]) -> Result<(), Failure> {
    may_write(path)?;
    workspace::replace_file(path, content).map_err(|error| unwritten(path, &error))
}

/// Seconds since 1970.
fn now() -> u64 {
    u64::try_from(OffsetDateTime::now_utc().unix_timestamp()).unwrap_or_default()
}

/// The text of a file, for excerpts.
fn text_of<'a>(files: &'a Files) -> impl Fn(&str) -> Option<String> + 'a {
    |file| Some(String::from_utf8_lossy(files.get(file)?).into_owned())
}

/// Refuses to decide with policies, entities or a schema that could only be read in part: the answer would be that of
/// another set.
fn whole(problems: &[Problem], root: &Path) -> Result<(), Failure> {
    let errors: Vec<_> = problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .collect();
    if errors.is_empty() {
        return Ok(());
    }
    let places: Vec<_> = errors
        .iter()
        .take(10)
        .map(|found| {
            format!(
                "{}:{}:{}: {}",
                found.file, found.line, found.column, found.message
            )
        })
        .collect();
    let message = format!(
        "`{}` does not compile, so nothing can be decided with it",
        root.display()
    );
    Err(Failure::new(Code::SetBroken, message).with_details(places.join("\n")))
}
