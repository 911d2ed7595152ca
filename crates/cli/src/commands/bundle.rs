//! `fabric bundle`: receipts of a ledger in one file that verifies offline, with what they speak of.

use std::{collections::BTreeMap, fs, ops::Range, path::Path};

use evidence::{moment, zip};
use model::{ChangeClass, Code, Failure, Request};
use workspace::{Folders, Ledger, WantedBundle, by_reference, open_named_log, signers, vault_of};

use super::{FINE, failed, keys::ask, ledger, named, near, now};
use crate::{
    args::Bundle,
    progress::{self, Progress, Unit},
    terminal::{Stop, Terminal},
};

pub fn bundle(arguments: &Bundle, terminal: &Terminal) -> Result<u8, Stop> {
    let ledger = ledger::open(&arguments.dir)?;
    let vault = vault_of(&Folders::of_user());
    let keys = signers(&ledger, &vault, &ask(&arguments.opening), now()).map_err(failed)?;
    let keys = by_reference(&keys);
    let signer = keys
        .first()
        .ok_or_else(|| Failure::new(Code::KeyMissing, "the ledger has no key"))?;
    let mut artefacts = files(&arguments.artefact)?;
    artefacts.extend(decisions(arguments, terminal)?);
    let wanted = WantedBundle {
        receipts: receipts(&ledger, arguments)?,
        purpose: arguments.purpose.clone(),
        since: arguments.since,
        compact: arguments.compact,
        artefacts,
    };
    let info = ledger.info().map_err(failed)?;
    let needed = wanted.receipts.last().map_or(0, |run| run.end);
    if info.signed < needed {
        ledger.sign(&keys, now()).map_err(failed)?;
    }
    let bytes = ledger.bundle(&wanted, *signer, now()).map_err(failed)?;
    workspace::replace_file(&arguments.out, &bytes).map_err(|error| {
        let message = format!("cannot write `{}`: {error}", arguments.out.display());
        Failure::new(Code::FileWrite, message)
    })?;
    let count: u64 = wanted.receipts.iter().map(|run| run.end - run.start).sum();
    let json = serde_json::json!({
        "file": arguments.out.display().to_string(),
        "origin": ledger.origin(),
        "receipts": count,
        "artefacts": wanted.artefacts.len(),
        "bytes": bytes.len(),
    });
    terminal.result(&json, |_| {
        format!(
            "{}: {count} receipts of {}, {} artefacts, {} bytes\n",
            arguments.out.display(),
            ledger.origin(),
            wanted.artefacts.len(),
            bytes.len()
        )
    })?;
    Ok(FINE)
}

/// The receipts that were asked for, as runs; all, if nobody said which.
fn receipts(ledger: &Ledger, arguments: &Bundle) -> Result<Vec<Range<u64>>, Stop> {
    let size = ledger.size().map_err(failed)?;
    let refuse = |message: String| Stop::from(Failure::new(Code::BadCall, message));
    let mut numbers = Vec::new();
    for spec in &arguments.receipt {
        let (first, last) = spec.split_once('-').unwrap_or((spec, spec));
        match (first.parse::<u64>(), last.parse::<u64>()) {
            (Ok(first), Ok(last)) if first <= last && last < size => numbers.extend(first..=last),
            _ => {
                return Err(refuse(format!(
                    "`{spec}` is no receipt of this ledger, which has {size}: write `7`, or `7-12`"
                )));
            }
        }
    }
    if arguments.receipt.is_empty() {
        numbers.extend(0..size);
    }
    let instant = |text: &Option<String>| match text {
        None => Ok(None),
        Some(text) => moment::seconds(text)
            .map(Some)
            .ok_or_else(|| refuse(format!("`{text}` is no moment: write 2026-12-01T18:00:00Z"))),
    };
    let (from, until) = (instant(&arguments.from)?, instant(&arguments.until)?);
    numbers.sort_unstable();
    numbers.dedup();
    let mut runs: Vec<Range<u64>> = Vec::new();
    for number in numbers {
        if from.is_some() || until.is_some() {
            let entry = ledger.entries(number..number + 1).map_err(failed)?;
            let inside = entry.first().is_some_and(|entry| {
                from.is_none_or(|from| entry.leaf.time >= from)
                    && until.is_none_or(|until| entry.leaf.time < until)
            });
            if !inside {
                continue;
            }
        }
        match runs.last_mut() {
            Some(run) if run.end == number => run.end += 1,
            _ => runs.push(number..number + 1),
        }
    }
    if runs.is_empty() {
        return Err(refuse(
            "no receipt was chosen: the bundle would prove nothing".to_owned(),
        ));
    }
    Ok(runs)
}

/// The files that receipts speak of, by name.
fn files(given: &[String]) -> Result<BTreeMap<String, Vec<u8>>, Stop> {
    let mut files = BTreeMap::new();
    for spec in given {
        let (name, path) = match spec.split_once('=') {
            Some((name, path)) => (name.to_owned(), Path::new(path)),
            None => {
                let path = Path::new(spec);
                let name = path.file_name().unwrap_or_default();
                (name.to_string_lossy().into_owned(), path)
            }
        };
        let read = fs::metadata(path).and_then(|about| {
            if about.len() > zip::Limits::BUNDLE.file {
                return Err(std::io::Error::other("larger than a bundle holds"));
            }
            fs::read(path)
        });
        let content = read.map_err(|error| {
            let message = format!("cannot read `{}`: {error}", path.display());
            Failure::new(Code::FileRead, message)
        })?;
        files.insert(name, content);
    }
    Ok(files)
}

/// Every recorded decision that an edit changes, with what decides it, so that the reader can run it again.
fn decisions(arguments: &Bundle, terminal: &Terminal) -> Result<BTreeMap<String, Vec<u8>>, Stop> {
    let (Some(base), Some(head), Some(log)) = (&arguments.base, &arguments.head, &arguments.log)
    else {
        return Ok(BTreeMap::new());
    };
    let near = near(None, &[&arguments.dir])?;
    let (base, head) = (named(base, &near, None)?, named(head, &near, None)?);
    let log = {
        let progress = Progress::start("Reading the log", Unit::Bytes, terminal);
        open_named_log(log, &Folders::of_user(), &mut |done, total| {
            progress.at(done, total)
        })
        .map_err(failed)?
    };
    let report = {
        let _progress = Progress::start("Replaying", Unit::Rows, terminal);
        workspace::compare(&base, &head, log.clone(), progress::cancelled())
            .map_err(failed)?
            .report(usize::MAX)
    };
    let decided =
        |change: &&model::Change| matches!(change.class, ChangeClass::Gained | ChangeClass::Lost);
    let asked = report.changes.iter().filter(decided).filter_map(|change| {
        let distinct = log.requests.get(change.id as usize)?;
        let request: Request = log.request(change.id)?;
        let entities = match log.slice(distinct.slice) {
            Some(entities) => {
                let read = entities.iter().map(|entity| serde_json::from_str(entity));
                Some(read.collect::<Result<Vec<_>, _>>().ok()?)
            }
            None => None,
        };
        Some(verifier::Asked {
            request,
            entities,
            count: change.rows,
        })
    });
    Ok(verifier::pack(&base.files, &head.files, asked).map_err(Failure::from)?)
}
