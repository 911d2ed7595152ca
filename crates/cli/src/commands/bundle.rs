//! `fabric bundle`: receipts of a ledger in one file that verifies offline, with what they speak of.

use std::{collections::BTreeMap, fs, ops::Range, path::Path};

use evidence::zip;
use model::{Code, Failure};
use workspace::{
    Choice, Folders, Ledger, WantedBundle, by_reference, open_named_log, policies_of_moves,
    read_moment, signers, vault_of,
};

use super::{FINE, failed, ledger, may_write, named, near, now, passphrase::ask, root};
use crate::{
    args::Bundle,
    progress::{self, Progress, Unit},
    render,
    terminal::{Stop, Terminal},
    text::{self, counted},
};

pub fn bundle(arguments: &Bundle, terminal: &Terminal) -> Result<u8, Stop> {
    may_write(&arguments.out)?;
    let ledger = ledger::open(&arguments.dir)?;
    let vault = vault_of(&Folders::of_user());
    let keys = signers(&ledger, &vault, &ask(&arguments.opening), now()).map_err(failed)?;
    let keys = by_reference(&keys);
    let signer = keys
        .first()
        .ok_or_else(|| Failure::new(Code::KeyMissing, "the ledger has no key"))?;
    let receipts = ledger
        .choose(&choice(&ledger, arguments)?)
        .map_err(failed)?;
    let mut artefacts = match arguments.reports {
        true => ledger.reports(&receipts).map_err(failed)?,
        false => BTreeMap::new(),
    };
    artefacts.extend(files(&arguments.artefact)?);
    artefacts.extend(decisions(arguments, (&ledger, &receipts), terminal)?);
    let wanted = WantedBundle {
        receipts,
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
    let progress = Progress::start("Exporting", Unit::Parts, terminal);
    let exported = ledger.export_to(
        &wanted,
        *signer,
        now(),
        &arguments.out,
        &mut |done, total| progress.at(done, total),
    );
    drop(progress);
    let bytes = exported.map_err(failed)?;
    let count = wanted.count();
    let json = serde_json::json!({
        "file": arguments.out.display().to_string(),
        "origin": ledger.origin(),
        "receipts": count,
        "artefacts": wanted.artefacts.len(),
        "bytes": bytes,
    });
    terminal.result(&json, |_| {
        format!(
            "{}: {} of {}, {}, {}\n",
            arguments.out.display(),
            counted(count, "receipt"),
            ledger.origin(),
            counted(wanted.artefacts.len() as u64, "artefact"),
            text::bytes(bytes),
        )
    })?;
    Ok(FINE)
}

/// Numbers and runs of receipts in a ledger of that size, as they were written.
pub(super) fn numbers(written: &[String], size: u64) -> Result<Vec<Range<u64>>, Failure> {
    let one = |spec: &String| {
        let (first, last) = spec.split_once('-').unwrap_or((spec, spec));
        match (first.parse::<u64>(), last.parse::<u64>()) {
            (Ok(first), Ok(last)) if first <= last && last < size => Ok(first..last + 1),
            _ => {
                let numbered = match size.checked_sub(1) {
                    None => "which has none yet".to_owned(),
                    Some(last) => format!("whose receipts are numbered 0 to {last}"),
                };
                let message = format!("`{spec}` is no receipt of this ledger, {numbered}");
                let mut failure = Failure::new(Code::BadCall, message);
                "write `7`, or `7-12`; `fabric ledger list` tells which is which"
                    .clone_into(&mut failure.hint);
                Err(failure)
            }
        }
    };
    written.iter().map(one).collect()
}

/// The receipts that were asked for; all, if nobody said which.
fn choice(ledger: &Ledger, arguments: &Bundle) -> Result<Choice, Stop> {
    let size = ledger.size().map_err(failed)?;
    let numbers = numbers(&arguments.receipt, size)?;
    let instant = |text: &Option<String>| text.as_deref().map(read_moment).transpose();
    Ok(Choice {
        numbers,
        from: instant(&arguments.from)?,
        until: instant(&arguments.until)?,
        edits: arguments.edits,
        policies: match arguments.edits {
            true => policies_of_moves(&root(&arguments.dir)?).map_err(failed)?,
            false => BTreeMap::new(),
        },
    })
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
fn decisions(
    arguments: &Bundle,
    (ledger, receipts): (&Ledger, &[Range<u64>]),
    terminal: &Terminal,
) -> Result<BTreeMap<String, Vec<u8>>, Stop> {
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
    terminal.remark(&render::unread(&log.info, terminal.err));
    let replay = {
        let _progress = Progress::start("Replaying", Unit::Rows, terminal);
        workspace::compare(&base, &head, log.clone(), progress::cancelled()).map_err(failed)?
    };
    let (from, to) = (&replay.base().digest, &replay.head().digest);
    if !ledger.speaks_of(receipts, from, to).map_err(failed)? {
        let message = "none of these receipts is about the edit from --base to --head: the bundle would not verify";
        let mut failure = Failure::new(Code::BadCall, message);
        let about = ledger.about(from, to).map_err(failed)?;
        let numbers: Vec<_> = about.iter().map(u64::to_string).collect();
        failure.hint = match numbers.is_empty() {
            true => "no receipt of this ledger is about it: keep one with `fabric guard --receipt DIR` or `fabric drift --receipt DIR`, or leave the decisions out".to_owned(),
            false => format!("take along a receipt that is about it: {}", numbers.join(", ")),
        };
        return Err(failure.into());
    }
    let packed = workspace::changed_decisions(&replay, &log, &base.files, &head.files);
    packed.map_err(failed)
}
