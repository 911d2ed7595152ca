//! `fabric decide` and `fabric explain`: one request, its decision and why.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
};

use model::{Code, Explanation, Failure, Request};
use policy::Files;

use super::{FINE, read, whole};
use crate::{
    args::Decide,
    render,
    terminal::{Stop, Terminal},
};

pub fn decide(arguments: &Decide, terminal: &Terminal) -> Result<u8, Stop> {
    let (request, explained) = answer(arguments)?;
    terminal.result(&explained, |look| {
        render::decision(&request, &explained, look)
    })?;
    Ok(FINE)
}

pub fn explain(arguments: &Decide, terminal: &Terminal) -> Result<u8, Stop> {
    let (request, explained) = answer(arguments)?;
    terminal.result(&explained, |look| {
        render::explanation(&request, &explained, look)
    })?;
    Ok(FINE)
}

fn answer(arguments: &Decide) -> Result<(Request, Explanation), Stop> {
    let root = &arguments.dir.dir;
    let compiled = policy::compile(&read(root)?);
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
    Ok((request, explained))
}

/// Reads a request from a file, or from standard input when the path is `-`.
fn request(path: &Path) -> Result<Request, Failure> {
    let (name, content) = if path == Path::new("-") {
        let mut content = Vec::new();
        (
            "standard input".to_owned(),
            io::stdin().read_to_end(&mut content).map(|_| content),
        )
    } else {
        (path.display().to_string(), fs::read(path))
    };
    let content = content
        .map_err(|error| Failure::new(Code::FileRead, format!("cannot read `{name}`: {error}")))?;
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
