//! `fabric verify`: an auditor's view of a bundle, without any workspace.

use std::{
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use evidence::{
    ed25519::{SecretKey, Signer},
    json, unhex,
    verify::{Outcome, Verdict, is_verdict},
};
use model::{Code, Failure};
use workspace::{read_bundle, read_checkpoint, read_moment, read_trust, verify_bundle};

use super::{FINE, FOUND, UNDECIDED, guard};
use crate::{
    args::Verify,
    progress::{Progress, Unit},
    render,
    terminal::{Stop, Terminal},
};

pub fn verify(arguments: &Verify, terminal: &Terminal) -> Result<u8, Stop> {
    if let Some(path) = arguments
        .verdict
        .as_deref()
        .filter(|it| *it != Path::new("-"))
    {
        super::may_write_over(path, "verdict", is_verdict)?;
    }
    let trust = arguments.trust.as_deref().map(read_trust).transpose()?;
    let last_seen = arguments
        .last_seen
        .as_deref()
        .map(read_checkpoint)
        .transpose()?;
    let at = arguments.at.as_deref().map(read_moment).transpose()?;
    let key = arguments.key.as_deref().map(secret).transpose()?;
    let bytes = read_bundle(&arguments.file)?;
    let mut verdict = {
        let progress = Progress::start("Verifying", Unit::Parts, terminal);
        verify_bundle(
            &bytes,
            trust.as_ref().map(|(_, trust)| trust),
            at,
            last_seen.as_ref(),
            &mut |done, total| progress.at(done, total),
        )?
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
