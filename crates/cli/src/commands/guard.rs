//! `fabric guard`: the verdict on an edit, and what belongs to it: overrides, keys, judgements, the hook.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use guard::{Error, Judged, Judgement, Override, Report, Ruling, SecretKey, Stats, Tolerance};
use model::{Code, Failure};
use proof::{Limits, Prover};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use workspace::{Folders, open_named_log, override_receipt, vault_of, verdict_receipt};

use super::{FINE, FOUND, UNDECIDED, failed, named, near, passphrase::ask, root};
use crate::{
    args::{Dir, Guard, GuardCommand, GuardJudge, GuardKey, GuardOverride, GuardRun, Opening},
    progress::{self, Progress, Unit},
    render,
    terminal::{Stop, Terminal},
};

/// Requests in the report: as many as a program likes to read at once, and as many as fit a screen.
const KEPT: usize = 1_000;
const SHOWN: usize = 10;

const HOOK: &str = include_str!("../../../../bundles/guard/pre-push");
/// The line by which our own hook is known.
const HOOK_MARK: &str = "# trust-fabric: guard";

pub fn guard(arguments: &Guard, terminal: &Terminal) -> Result<u8, Stop> {
    match (&arguments.command, &arguments.run) {
        (Some(GuardCommand::Override(arguments)), _) => overriding(arguments, terminal),
        (Some(GuardCommand::Key(arguments)), _) => key(arguments, terminal),
        (Some(GuardCommand::Judge(arguments)), _) => judge(arguments, terminal),
        (Some(GuardCommand::Stats(arguments)), _) => stats(arguments, terminal),
        (Some(GuardCommand::Hook(arguments)), _) => hook(arguments, terminal),
        (None, Some(run)) => verdict(run, terminal),
        (None, None) => Err(Failure::new(Code::BadCall, "nothing is named to judge").into()),
    }
}

fn verdict(run: &GuardRun, terminal: &Terminal) -> Result<u8, Stop> {
    // What is wrong with small files is said before a log is read.
    let tolerance = Tolerance::read(&text(&run.tolerance, Code::ToleranceInvalid)?)
        .map_err(|error| placed(error, &run.tolerance))?;
    let given = match &run.overriding {
        None => None,
        Some(path) => {
            let given = Override::read(&text(path, Code::OverrideRefused)?);
            Some((path, given.map_err(|error| placed(error, path))?))
        }
    };
    let near = near(run.repo.as_deref(), &[&run.log])?;
    let base = named(&run.base, &near, run.bundle_key.as_deref())?;
    let head = named(&run.head, &near, run.bundle_key.as_deref())?;
    let log = {
        let progress = Progress::start("Reading the log", Unit::Bytes, terminal);
        open_named_log(&run.log, &Folders::of_user(), &mut |done, total| {
            progress.at(done, total)
        })
        .map_err(failed)?
    };
    workspace::is_readable(&log).map_err(failed)?;
    let replay = {
        let _progress = Progress::start("Replaying", Unit::Rows, terminal);
        workspace::compare(&base, &head, log.clone(), progress::cancelled()).map_err(failed)?
    };
    let proof = {
        let _progress = Progress::start("Proving", Unit::Rows, terminal);
        let prover = Prover::new(Limits::default());
        workspace::proof_lines(&base, &head, &log, &prover, progress::cancelled())
            .map_err(failed)?
    };
    let mut report = Report {
        verdict: guard::judge(&tolerance, replay.each(), proof),
        drift: replay.report(KEPT),
        authors: match workspace::authors(&near, &run.base, &run.head) {
            // Of a clone that lacks older commits nobody can say who wrote the change, and only an override asks.
            Err(error) if error.code() == Code::AuthorUnknown && given.is_none() => Vec::new(),
            authors => authors.map_err(failed)?,
        },
        r#override: None,
    };
    if let Some((path, given)) = given {
        report
            .apply(&given, &tolerance, OffsetDateTime::now_utc())
            .map_err(|error| placed(error, path))?;
    }
    if let Some(dir) = &run.receipt {
        receipt(&report, run, dir, terminal)?;
    }
    let printed = write(&report, run, terminal)?;
    if !printed {
        report.drift.changes.truncate(SHOWN);
        terminal.print(&render::guard(&report, terminal.out))?;
    }
    Ok(match report.verdict.verdict {
        Ruling::Pass => FINE,
        Ruling::Blocked => FOUND,
        Ruling::Undecided => UNDECIDED,
    })
}

/// Keeps a receipt of the verdict, and of the override that let it pass.
fn receipt(report: &Report, run: &GuardRun, dir: &Path, terminal: &Terminal) -> Result<(), Stop> {
    let ledger = super::ledger::open(dir)?;
    let vault = vault_of(&Folders::of_user());
    let now = super::now();
    let given = match (&report.r#override, &run.overriding) {
        (Some(given), Some(path)) => {
            let file = fs::read(path).map_err(|error| {
                Failure::new(
                    Code::FileRead,
                    format!("cannot read `{}`: {error}", path.display()),
                )
            })?;
            Some((file, given))
        }
        _ => None,
    };
    let opening = Opening {
        passphrase_file: run.passphrase_file.clone(),
    };
    let kept = workspace::record(&ledger, &vault, &ask(&opening), now, |signer| {
        let mut receipts = vec![verdict_receipt(&ledger, report, signer, now)?];
        if let Some((file, given)) = given {
            receipts.push(override_receipt(&ledger, given, &file, &[signer], now)?);
        }
        Ok(receipts)
    })
    .map_err(failed)?;
    terminal.remark(&format!("Receipt {} in {}\n", kept.first, kept.origin));
    Ok(())
}

/// Writes the forms that are asked for. True when one of them went to standard output.
fn write(report: &Report, run: &GuardRun, terminal: &Terminal) -> Result<bool, Stop> {
    let mut printed = terminal.json;
    let forms = [
        (&run.html, guard::html as fn(&Report) -> String),
        (&run.markdown, guard::markdown),
    ];
    for (path, form) in forms {
        if let Some(path) = path {
            printed |= put(path, &form(report), terminal)?;
        }
    }
    if terminal.json {
        terminal.json(report)?;
    } else if let Some(path) = &run.json_to {
        put(path, &json(report)?, terminal)?;
    }
    Ok(printed)
}

/// Writes a file, or prints when the path is `-`; true when it was printed.
pub(super) fn put(path: &Path, content: &str, terminal: &Terminal) -> Result<bool, Stop> {
    if path == Path::new("-") {
        terminal.print(content)?;
        return Ok(true);
    }
    super::not_its_own(path)?;
    workspace::replace_file(path, content.as_bytes()).map_err(|error| unwritten(path, &error))?;
    Ok(false)
}

fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value);
    text.map(|text| text + "\n")
        .map_err(|error| Failure::new(Code::Internal, error.to_string()))
}

fn overriding(arguments: &GuardOverride, terminal: &Terminal) -> Result<u8, Stop> {
    if arguments.out != Path::new("-") {
        let is_one = |there: &[u8]| {
            std::str::from_utf8(there).is_ok_and(|there| Override::read(there).is_ok())
        };
        super::may_write_over(&arguments.out, "override", is_one)?;
    }
    let report = report(&arguments.report)?;
    let key = secret(&arguments.key)?;
    let statement = report
        .statement(
            arguments.author.clone(),
            arguments.approver.clone(),
            arguments.reason.clone(),
            guard::expiry(&arguments.expires).map_err(Failure::from)?,
        )
        .map_err(|error| placed(error, &arguments.report))?;
    let signed = Override::sign(statement, &key, OffsetDateTime::now_utc());
    let signed = signed.map_err(Failure::from)?;
    let printed = put(&arguments.out, &json(&signed)?, terminal)?;
    if printed {
        return Ok(FINE);
    }
    if terminal.json {
        terminal.json(&signed)?;
        return Ok(FINE);
    }
    terminal.print(&format!(
        "{}: until {}, signed with {}\n",
        arguments.out.display(),
        signed.statement.expires,
        key.public().as_str()
    ))?;
    Ok(FINE)
}

fn key(arguments: &GuardKey, terminal: &Terminal) -> Result<u8, Stop> {
    super::not_its_own(&arguments.file)?;
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| {
        let message = format!("the system gives no randomness: {error}");
        Failure::new(Code::KeyInvalid, message)
    })?;
    let key = SecretKey::from_seed(seed);
    let path = &arguments.file;
    private(path)
        .and_then(|mut file| {
            file.write_all(key.to_text().as_bytes())?;
            file.sync_all()
        })
        .map_err(|error| {
            let mut failure = unwritten(path, &error);
            if error.kind() == io::ErrorKind::AlreadyExists {
                failure.hint = "choose another name; a key is never overwritten".to_owned();
            }
            failure
        })?;
    let public = key.public();
    if terminal.json {
        terminal.json(&serde_json::json!({ "file": path, "key": public }))?;
    } else {
        terminal.print(&format!("key = \"{}\"\n", public.as_str()))?;
        terminal.remark("\nPut it into the tolerance file, with your name, under [[approver]].\n");
    }
    Ok(FINE)
}

/// A new file that its owner alone can read.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

pub(super) fn secret(path: &Path) -> Result<SecretKey, Failure> {
    let text = text(path, Code::KeyInvalid)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let open = fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
        if open {
            let message = format!("others can read the key in `{}`", path.display());
            let mut failure = Failure::new(Code::KeyInvalid, message);
            failure.hint = format!("chmod 600 {}, and think of who has read it", path.display());
            return Err(failure);
        }
    }
    SecretKey::read(&text).map_err(|error| placed(error, path))
}

fn judge(arguments: &GuardJudge, terminal: &Terminal) -> Result<u8, Stop> {
    let report = report(&arguments.report)?;
    let judgement = if arguments.false_block {
        Judgement::FalseBlock
    } else {
        Judgement::Right
    };
    let now = OffsetDateTime::now_utc()
        .replace_nanosecond(0)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let at = now
        .format(&Rfc3339)
        .map_err(|error| Failure::new(Code::Internal, error.to_string()))?;
    let judged = Judged::of(&report, judgement, at, arguments.note.clone())
        .map_err(|error| placed(error, &arguments.report))?;
    let root = workspace_at(&arguments.dir)?;
    let path =
        workspace::add_judgement(&root, &Folders::of_user(), &judged.to_line()).map_err(failed)?;
    terminal.result(&judged, |_| format!("Recorded in {}\n", path.display()))?;
    Ok(FINE)
}

fn stats(arguments: &Dir, terminal: &Terminal) -> Result<u8, Stop> {
    let root = workspace_at(&arguments.dir)?;
    let text = workspace::judgements(&root, &Folders::of_user()).map_err(failed)?;
    let stats = Stats::read(&text);
    terminal.result(&stats, |look| render::stats(&stats, look))?;
    Ok(FINE)
}

/// A folder that is a workspace, so that a mistyped path does not remember what nobody finds again.
fn workspace_at(folder: &Path) -> Result<std::path::PathBuf, Stop> {
    super::read(folder)?;
    Ok(root(folder)?)
}

fn hook(arguments: &Dir, terminal: &Terminal) -> Result<u8, Stop> {
    let folder = &arguments.dir;
    let hooks = workspace::hooks(folder).map_err(failed)?.ok_or_else(|| {
        let message = format!("`{}` is not in a git repository", folder.display());
        let mut failure = Failure::new(Code::FileRead, message);
        failure.hint = "name a folder of the repository".to_owned();
        failure
    })?;
    let path = hooks.join("pre-push");
    match fs::read(&path) {
        Ok(there)
            if !there.starts_with(b"#!")
                || !String::from_utf8_lossy(&there).contains(HOOK_MARK) =>
        {
            let message = format!("`{}` is somebody else's hook", path.display());
            let mut failure = Failure::new(Code::FileWrite, message);
            failure.hint =
                "it is left as it is: call `fabric guard` from it, as bundles/guard/pre-push does"
                    .to_owned();
            return Err(failure.into());
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => {
            let message = format!("cannot read `{}`: {error}", path.display());
            return Err(Failure::new(Code::FileRead, message).into());
        }
    }
    workspace::replace_file(&path, HOOK.as_bytes())
        .and_then(|()| executable(&path))
        .map_err(|error| unwritten(&path, &error))?;
    let place = path.display().to_string();
    if terminal.json {
        terminal.json(&serde_json::json!({ "hook": place }))?;
    } else {
        terminal.print(&format!("{place}: pushes are judged from now on\n"))?;
    }
    Ok(FINE)
}

fn executable(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(())
}

fn report(path: &Path) -> Result<Report, Failure> {
    Report::read(&text(path, Code::ReportInvalid)?).map_err(|error| placed(error, path))
}

/// The text of a file; one that is not UTF-8 is none of the kind that was asked for.
fn text(path: &Path, kind: Code) -> Result<String, Failure> {
    let name = path.display();
    let content = fs::read(path)
        .map_err(|error| Failure::new(Code::FileRead, format!("cannot read `{name}`: {error}")))?;
    String::from_utf8(content).map_err(|_| Failure::new(kind, format!("`{name}` is not UTF-8")))
}

/// The failure, with the file it is about.
fn placed(error: Error, path: &Path) -> Failure {
    let place = match &error {
        Error::Tolerance { line, column, .. } => format!("{}:{line}:{column}", path.display()),
        _ => path.display().to_string(),
    };
    Failure::from(error).with_details(place)
}

fn unwritten(path: &Path, error: &io::Error) -> Failure {
    let message = format!("cannot write `{}`: {error}", path.display());
    let mut failure = Failure::new(Code::FileWrite, message);
    failure.hint = "check that the folder exists and that you may write to it".to_owned();
    failure
}
