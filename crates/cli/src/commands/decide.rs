//! `fabric decide` and `fabric explain`: one request, its decision and why.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
};

use model::{Code, Explanation, Failure, Request};
use policy::{FileKind, Files};

use super::{FINE, failed, read_set, whole};
use crate::{
    args::Decide,
    render,
    terminal::{Stop, Terminal},
};

pub fn decide(arguments: &Decide, terminal: &Terminal) -> Result<u8, Stop> {
    match answer(arguments)? {
        (Some(request), explained) => terminal.result(&explained, |look| {
            render::decision(&request, &explained, look)
        })?,
        (None, explained) => {
            terminal.result(&explained, |look| render::answer(&explained, look))?;
        }
    }
    Ok(FINE)
}

pub fn explain(arguments: &Decide, terminal: &Terminal) -> Result<u8, Stop> {
    match answer(arguments)? {
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

/// The answer, and the request where there is one: Rego is asked with an input document.
fn answer(arguments: &Decide) -> Result<(Option<Request>, Explanation), Stop> {
    let root = &arguments.dir.dir;
    let files = read_set(root, arguments.bundles.bundle_key.as_deref())?;
    let rego = files
        .keys()
        .any(|path| policy::kind(path) == Some(FileKind::Rego));
    if rego {
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
    Ok((Some(request), explained))
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
