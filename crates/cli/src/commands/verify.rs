//! `fabric verify`: an auditor's view of a bundle, without any workspace.

use std::{
    fs::{self, File},
    io::Read as _,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use evidence::{
    checkpoint::Checkpoint,
    ed25519::{SecretKey, Signer},
    json, moment,
    note::Note,
    trust::Trust,
    unhex,
    verify::{Decisions, Outcome, Replay, Replayed, Verdict},
};
use model::{Code, Failure};

use super::{FINE, FOUND, UNDECIDED, guard};
use crate::{
    args::Verify,
    progress::{Progress, Unit},
    render,
    terminal::{Stop, Terminal},
};

/// What zip can hold without its extensions.
const MAX_BUNDLE: u64 = u32::MAX as u64;
/// What trust files and checkpoints may be; their readers admit less.
const MAX_FILE: u64 = 4 << 20;

pub fn verify(arguments: &Verify, terminal: &Terminal) -> Result<u8, Stop> {
    let trust = match &arguments.trust {
        None => None,
        Some(path) => {
            let text = read(path, MAX_FILE)?;
            let trust =
                Trust::parse(&text).map_err(|error| invalid(Code::TrustInvalid, path, &error))?;
            Some((text, trust))
        }
    };
    let last_seen = arguments.last_seen.as_deref().map(checkpoint).transpose()?;
    let at = arguments.at.as_deref().map(time).transpose()?;
    let key = arguments.key.as_deref().map(secret).transpose()?;
    let bytes = read(&arguments.file, MAX_BUNDLE)?;
    let verdict = {
        let progress = Progress::start("Verifying", Unit::Parts, terminal);
        evidence::verify::verify(
            &bytes,
            trust.as_ref().map(|(_, trust)| trust),
            at,
            last_seen.as_ref(),
            &Host::new(),
            &|at| progress.at(at.done as u64, at.total as u64).is_continue(),
        )
    };
    let Some(mut verdict) = verdict else {
        return Err(Failure::new(Code::Cancelled, "verification was cancelled").into());
    };
    if let Some(name) = arguments.file.file_name() {
        verdict.subject.name = name.to_string_lossy().into_owned();
    }
    let mut printed = false;
    if let Some(path) = &arguments.verdict {
        let text = trust.as_ref().map(|(text, _)| text.as_slice());
        printed = guard::put(path, &statement(&verdict, text, key.as_ref())?, terminal)?;
    }
    if !printed {
        let trusted = trust.is_some();
        terminal.result(&verdict, |look| render::verdict(&verdict, trusted, look))?;
    }
    Ok(match verdict.verdict {
        Outcome::Verified => FINE,
        Outcome::Failed => FOUND,
        Outcome::CannotDecide => UNDECIDED,
    })
}

/// Decides with Cedar, and counts the connections this process has.
struct Host {
    before: Option<u64>,
}

impl Host {
    fn new() -> Self {
        Self { before: sockets() }
    }
}

impl Replay for Host {
    fn replay(&self, decisions: &Decisions<'_>) -> Replayed {
        verifier::Engine.replay(decisions)
    }

    fn connections(&self) -> Option<u64> {
        Some(sockets()?.saturating_sub(self.before?))
    }
}

/// Sockets this process holds open, where the system tells.
fn sockets() -> Option<u64> {
    let open = fs::read_dir("/proc/self/fd").ok()?.flatten();
    let sockets = open.filter(|file| {
        fs::read_link(file.path()).is_ok_and(|path| path.to_string_lossy().starts_with("socket:"))
    });
    Some(sockets.count() as u64)
}

fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let failed = |why: String| {
        let message = format!("cannot read `{}`: {why}", path.display());
        Failure::new(Code::FileRead, message)
    };
    let file = File::open(path).map_err(|error| failed(error.to_string()))?;
    let about = file.metadata().map_err(|error| failed(error.to_string()))?;
    if !about.is_file() {
        return Err(failed("it is no file".to_owned()));
    }
    if about.len() > limit {
        return Err(failed(format!("it is larger than {limit} bytes")));
    }
    let mut content = Vec::new();
    file.take(limit)
        .read_to_end(&mut content)
        .map_err(|error| failed(error.to_string()))?;
    Ok(content)
}

fn invalid(code: Code, path: &Path, error: &evidence::Error) -> Failure {
    Failure::new(code, error.to_string()).with_details(path.display().to_string())
}

fn checkpoint(path: &Path) -> Result<Checkpoint, Failure> {
    let text = read(path, MAX_FILE)?;
    Note::parse(&text)
        .and_then(|note| Checkpoint::parse(&note.text))
        .map_err(|error| invalid(Code::CheckpointInvalid, path, &error))
}

fn time(text: &str) -> Result<u64, Failure> {
    moment::seconds(text).ok_or_else(|| {
        let message = format!("`{text}` is no moment in UTC");
        let mut failure = Failure::new(Code::BadCall, message);
        failure.hint = "write it as 2026-11-21T12:00:00Z".to_owned();
        failure
    })
}

fn secret(path: &Path) -> Result<SecretKey, Failure> {
    let text = guard::secret(path)?.to_text();
    text.trim()
        .rsplit_once(':')
        .and_then(|(_, seed)| unhex(seed))
        .map(|seed| SecretKey::from_seed(&seed))
        .ok_or_else(|| {
            Failure::new(
                Code::KeyInvalid,
                format!("`{}` is no key file", path.display()),
            )
        })
}

/// The verdict as a file: a statement, in an envelope when there is a key.
fn statement(
    verdict: &Verdict,
    trust: Option<&[u8]>,
    key: Option<&SecretKey>,
) -> Result<String, Failure> {
    let internal = |error: evidence::Error| Failure::new(Code::Internal, error.to_string());
    // Before 1970 nobody verifies.
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |since| since.as_secs());
    let statement = verdict.statement(now, trust).map_err(internal)?;
    let text = match key {
        Some(key) => statement
            .seal(&[key as &dyn Signer])
            .map_err(internal)?
            .to_json(),
        None => json::to_canonical(&statement).map_err(internal)?,
    };
    Ok(text + "\n")
}
