//! `fabric decide` and `fabric explain`: one request, its decision and why.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use decisions::{Facts, Row};
use model::{Code, Explanation, Failure, Request};
use policy::{Compiled, FileKind, Files};
use time::OffsetDateTime;

use super::{FINE, failed, read_set, whole};
use crate::{
    args::{Asked, Decide},
    render,
    terminal::{Stop, Terminal},
};

pub fn decide(arguments: &Decide, terminal: &Terminal) -> Result<u8, Stop> {
    match answer(&arguments.asked, arguments.record.as_deref())? {
        (Some(request), explained) => terminal.result(&explained, |look| {
            render::decision(&request, &explained, look)
        })?,
        (None, explained) => {
            terminal.result(&explained, |look| render::answer(&explained, look))?;
        }
    }
    Ok(FINE)
}

pub fn explain(arguments: &Asked, terminal: &Terminal) -> Result<u8, Stop> {
    match answer(arguments, None)? {
        (Some(request), explained) => terminal.result(&explained, |look| {
            render::explanation(&request, &explained, look)
        })?,
        (None, explained) => {
            terminal.result(&explained, |look| {
                render::explained_answer(&explained, look)
            })?;
        }
    }
    Ok(FINE)
}

/// The answer, and the request where there is one: Rego is asked with an input document. The decision is appended to `log`.
fn answer(arguments: &Asked, log: Option<&Path>) -> Result<(Option<Request>, Explanation), Stop> {
    let root = &arguments.dir.dir;
    let files = read_set(root, arguments.bundles.bundle_key.as_deref())?;
    let rego = files
        .keys()
        .any(|path| policy::kind(path) == Some(FileKind::Rego));
    if rego {
        if log.is_some() {
            let message = "decisions of Rego are recorded by OPA, not here";
            return Err(Failure::new(Code::BadCall, message).into());
        }
        let checked = workspace::check(&files);
        whole(&checked.problems, root)?;
        let (name, content) = content(&arguments.request)?;
        let input = String::from_utf8(content)
            .map_err(|_| Failure::new(Code::RequestInvalid, format!("`{name}` is not UTF-8")))?;
        let rule = arguments.entrypoint.as_deref();
        let explained = workspace::answer(&checked, &input, rule).map_err(failed)?;
        return Ok((None, explained));
    }
    let compiled = policy::compile(&files);
    whole(&compiled.problems, root)?;
    let request = request(&arguments.request)?;
    let explained = policy::explain(
        &compiled.set,
        &compiled.entities,
        compiled.schema.as_deref(),
        &request,
    )
    .map_err(|error| {
        let place = arguments.request.display().to_string();
        Failure::from(error).with_details(place)
    })?;
    if let Some(log) = log {
        record(log, &compiled, &request, &explained)?;
    }
    Ok((Some(request), explained))
}

/// Appends a decision to a log, with the least that it read.
fn record(
    path: &Path,
    compiled: &Compiled,
    request: &Request,
    explained: &Explanation,
) -> Result<(), Failure> {
    let packed = path.extension().and_then(|extension| extension.to_str());
    if matches!(packed, Some("gz" | "zst" | "zstd")) {
        let message = format!(
            "`{}` is compressed: rows are appended to a plain file",
            path.display()
        );
        return Err(Failure::new(Code::BadCall, message));
    }
    let (set, schema) = (&compiled.set, compiled.schema.as_deref());
    let entities = policy::least_slice(set, &compiled.entities, schema, request)?;
    let now = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
    let mut row = Row::new(
        &request.principal,
        &request.action,
        &request.resource,
        explained.decision,
    );
    row.at = i64::try_from(now).unwrap_or(decisions::NO_TIME);
    row.context.clone_from(&request.context);
    row.entities = Facts::Inline(entities);
    row.reasons.clone_from(&explained.reasons);
    row.errors.clone_from(&explained.errors);
    row.bundle = set.digest();
    row.engine = policy::ENGINE.to_owned();
    append(path, &row.to_json()).map_err(|error| workspace::unwritten(path, &error))
}

/// Appends a line, after the end of a last one that has none.
fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut file = File::options()
        .read(true)
        .append(true)
        .create(true)
        .open(path)?;
    let mut text = String::with_capacity(line.len() + 2);
    // What is no file has no end to look at.
    if file.metadata()?.is_file() && file.seek(SeekFrom::End(0))? > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            text.push('\n');
        }
    }
    text.push_str(line);
    text.push('\n');
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// A file's name and content; `-` is standard input.
fn content(path: &Path) -> Result<(String, Vec<u8>), Failure> {
    let (name, content) = if path == Path::new("-") {
        let mut content = Vec::new();
        (
            "standard input".to_owned(),
            io::stdin().read_to_end(&mut content).map(|_| content),
        )
    } else {
        (path.display().to_string(), fs::read(path))
    };
    match content {
        Ok(content) => Ok((name, content)),
        Err(error) => Err(Failure::new(
            Code::FileRead,
            format!("cannot read `{name}`: {error}"),
        )),
    }
}

/// Reads a request from a file, or from standard input when the path is `-`.
fn request(path: &Path) -> Result<Request, Failure> {
    let (name, content) = content(path)?;
    // A request stands in its file as the requests under ALLOW/ and DENY/ do, and one reader reads them all.
    let filed = Files::from([("ALLOW/request.json".to_owned(), content.into())]);
    let (mut tests, problems) = policy::read_tests(&filed);
    match (tests.pop(), problems.first()) {
        (Some(test), None) => Ok(test.request),
        (_, Some(problem)) => {
            let failure = Failure::new(Code::RequestInvalid, problem.message.clone());
            Err(failure.with_details(format!("{name}:{}:{}", problem.line, problem.column)))
        }
        (None, None) => Err(Failure::new(
            Code::RequestInvalid,
            format!("`{name}` holds no request"),
        )),
    }
}
