//! What an auditor reads: bundles and reports of any length, trust files, checkpoints. Nothing is read whole that cannot be what it is
//! said to be.

use std::{
    fmt,
    fs::{self, File},
    io::{Read as _, Seek as _, SeekFrom},
    path::Path,
};

use evidence::{checkpoint::Checkpoint, moment, note::Note, trust::Trust, zip};
use model::{Code, Failure};

use crate::{replace_file, reports};

/// What zip can hold without its extensions.
const MAX_BUNDLE: u64 = u32::MAX as u64;
/// What is read without looking at its end before.
const SHORT: u64 = 64 << 20;
/// What trust files and checkpoints may be; their readers admit less.
const MAX_FILE: u64 = 4 << 20;

fn unreadable(path: &Path, why: impl fmt::Display) -> Failure {
    let message = format!("cannot read `{}`: {why}", path.display());
    Failure::new(Code::FileRead, message)
}

/// The same, with what to do about it.
fn refused(path: &Path, why: impl fmt::Display, hint: &str) -> Failure {
    let mut failure = unreadable(path, why);
    hint.clone_into(&mut failure.hint);
    failure
}

/// A file that may be read whole, and how long it is. What is no file is not opened: a pipe would be waited for.
fn open(path: &Path, limit: u64) -> Result<(File, u64), Failure> {
    let about = fs::metadata(path).map_err(|error| unreadable(path, error))?;
    if !about.is_file() {
        let hint = "name a file: folders, pipes and devices are not read";
        return Err(refused(path, "it is no file", hint));
    }
    let length = about.len();
    if length > limit {
        let why =
            format!("it is larger than {limit} bytes, which is more than any file of its kind");
        let hint = "see whether it is the file you mean, and ask for a smaller one";
        return Err(refused(path, why, hint));
    }
    let file = File::open(path).map_err(|error| unreadable(path, error))?;
    Ok((file, length))
}

/// Refuses, before it is read, what is too long to be read for nothing: a report that is longer than any, or a long file that does not
/// end as a bundle does. What is short is read, and judged.
fn is_worth_reading(path: &Path) -> Result<(), Failure> {
    let (mut file, length) = open(path, MAX_BUNDLE)?;
    if length <= SHORT {
        return Ok(());
    }
    let failed = |error| unreadable(path, error);
    let mut head = [0; 5];
    file.read_exact(&mut head).map_err(failed)?;
    if reports::is_report(&head) {
        let most = pdf::LARGEST as u64;
        return match length > most {
            true => Err(refused(
                path,
                format!("it has {length} bytes, and no report has more than {most}"),
                "ask whoever sent it for the report again",
            )),
            false => Ok(()),
        };
    }
    let mut end = [0; zip::END_LENGTH];
    let at = length.saturating_sub(end.len() as u64);
    file.seek(SeekFrom::Start(at)).map_err(failed)?;
    file.read_exact(&mut end).map_err(failed)?;
    match zip::ends(&end, length) {
        true => Ok(()),
        false => Err(refused(
            path,
            format!(
                "it has {length} bytes and does not end as a bundle does: it was cut off, or is none"
            ),
            "get the file again, and hold its SHA-256 against the sender's",
        )),
    }
}

fn read_up_to(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let (file, _) = open(path, limit)?;
    let mut content = Vec::new();
    file.take(limit)
        .read_to_end(&mut content)
        .map_err(|error| unreadable(path, error))?;
    Ok(content)
}

/// A file that is no bundle: a trust file, a checkpoint, what the auditor remembers.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    read_up_to(path, MAX_FILE)
}

pub(super) fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    replace_file(path, content).map_err(|error| {
        let message = format!("cannot write `{}`: {error}", path.display());
        Failure::new(Code::FileWrite, message)
    })
}

fn invalid(code: Code, path: &Path, error: &evidence::Error) -> Failure {
    let mut failure = Failure::new(code, error.to_string());
    if let Some(hint) = error.hint() {
        failure.hint = hint;
    }
    failure.with_details(path.display().to_string())
}

/// A bundle's bytes.
///
/// # Errors
/// `file_read`, also for what is no file or larger than a bundle can be.
pub fn read_bundle(path: &Path) -> Result<Vec<u8>, Failure> {
    is_worth_reading(path)?;
    read_up_to(path, MAX_BUNDLE)
}

/// A trust file: its text, and what it says.
///
/// # Errors
/// `file_read`, `trust_invalid`.
pub fn read_trust(path: &Path) -> Result<(Vec<u8>, Trust), Failure> {
    let text = read(path)?;
    let trust = Trust::parse(&text).map_err(|error| invalid(Code::TrustInvalid, path, &error))?;
    Ok((text, trust))
}

/// A checkpoint that was seen before.
///
/// # Errors
/// `file_read`, `checkpoint_invalid`.
pub fn read_checkpoint(path: &Path) -> Result<Checkpoint, Failure> {
    let text = read(path)?;
    Note::parse(&text)
        .and_then(|note| Checkpoint::parse(&note.text))
        .map_err(|error| invalid(Code::CheckpointInvalid, path, &error))
}

/// The moment to judge at, in seconds since 1970.
///
/// # Errors
/// `bad_call`.
pub fn read_moment(text: &str) -> Result<u64, Failure> {
    moment::seconds(text).ok_or_else(|| {
        let mut failure = Failure::new(Code::BadCall, format!("`{text}` is no moment in UTC"));
        failure.hint = "write it as 2026-11-21T12:00:00Z".to_owned();
        failure
    })
}
