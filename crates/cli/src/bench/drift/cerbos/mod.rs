//! Cerbos as a server of its own on this machine, asked over its HTTP API with as many documents a call as it takes, by
//! twice as many connections as there are cores. Calls are written beforehand, and answers read but not parsed while the
//! time is taken.

pub mod http;
pub mod server;

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use model::{Code, Decision, Failure};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    super::{
        cores,
        family::{Request, cerbos as family},
    },
    case::Case,
    peers::{Decided, TOGETHER, moment},
};
use crate::progress;
use http::Connection;
use server::Server;

const NAME: &str = "cerbos";
/// Passes over the requests go on for so long.
const LONG_ENOUGH: Duration = Duration::from_secs(1);

/// One call: the documents that one principal asks for at one moment.
struct Call {
    body: String,
    /// Number of each request, by document and action.
    numbers: HashMap<(String, String), usize>,
}

/// An answer as it came, by number of its call.
type Numbered = (usize, Vec<u8>);

#[derive(Deserialize)]
struct Answer {
    results: Vec<Answered>,
}

#[derive(Deserialize)]
struct Answered {
    resource: Named,
    actions: HashMap<String, String>,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

/// Starts the server, has it decide the sample, compares, takes the time.
pub fn decide(
    case: &Case<'_>,
    sample: &[usize],
    program: &Path,
    place: &Path,
) -> Result<Decided, Failure> {
    let place =
        tempfile::tempdir_in(place).map_err(|error| failed("no temporary folder", error))?;
    let server = Server::start(program, &family::policy(case.rules), TOGETHER, place.path())?;
    let calls = calls(case, sample)?;
    let requests = sample.len();
    // The first pass warms up, and is the one that is compared.
    let answers = pass(server.address, &calls)?.0;
    for (call, answer) in calls.iter().zip(answers) {
        let answer: Answer = serde_json::from_slice(&answer)
            .map_err(|error| failed("an answer cannot be read", error))?;
        let mut said = HashMap::new();
        for result in answer.results {
            for (action, effect) in result.actions {
                said.insert((result.resource.id.clone(), action), effect);
            }
        }
        for (asked, number) in &call.numbers {
            let decision = match said.get(asked).map(String::as_str) {
                Some("EFFECT_ALLOW") => Some(Decision::Allow),
                Some("EFFECT_DENY") => Some(Decision::Deny),
                _ => None,
            };
            case.agrees("Cerbos", *number, decision)?;
        }
    }
    let (mut took, mut decisions) = (Duration::ZERO, 0);
    while took < LONG_ENOUGH {
        took += pass(server.address, &calls)?.1;
        decisions += requests;
    }
    Ok(Decided::new(NAME, decisions, requests, took))
}

fn calls(case: &Case<'_>, sample: &[usize]) -> Result<Vec<Call>, Failure> {
    let mut groups: Vec<Vec<(usize, Request<'_>)>> = Vec::new();
    let mut places = HashMap::new();
    for number in sample {
        let (Some(asked), Some(request)) =
            (case.requests.distinct.get(*number), case.request(*number))
        else {
            return Err(failed("a request is not there", number));
        };
        let place = *places.entry(moment(asked)).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(place) {
            group.push((*number, request));
        }
    }
    let calls = groups.iter().flat_map(|group| group.chunks(TOGETHER));
    Ok(calls.filter_map(call).collect())
}

fn call(requests: &[(usize, Request<'_>)]) -> Option<Call> {
    let (_, first) = requests.first()?;
    let mut resources: Vec<(&str, Value, Vec<&str>)> = Vec::new();
    let mut numbers = HashMap::new();
    for (number, request) in requests {
        let name = request.document.name.as_str();
        numbers.insert((name.to_owned(), request.action.to_owned()), *number);
        match resources.iter_mut().find(|(known, ..)| *known == name) {
            Some((_, _, actions)) => actions.push(request.action),
            None => resources.push((name, family::resource(request), vec![request.action])),
        }
    }
    let resources: Vec<_> = resources
        .into_iter()
        .map(|(_, resource, actions)| json!({"resource": resource, "actions": actions}))
        .collect();
    let body = Map::from_iter([
        ("requestId".to_owned(), json!("bench")),
        ("principal".to_owned(), family::principal(first)),
        ("resources".to_owned(), resources.into()),
    ]);
    Some(Call {
        body: Value::Object(body).to_string(),
        numbers,
    })
}

/// Makes all calls, and how long it took.
fn pass(address: SocketAddr, calls: &[Call]) -> Result<(Vec<Vec<u8>>, Duration), Failure> {
    let connections: Vec<_> = (0..cores() * 2)
        .map(|_| Connection::open(address))
        .collect::<Result<_, _>>()?;
    let next = AtomicUsize::new(0);
    let start = Instant::now();
    let found: Result<Vec<Vec<Numbered>>, Failure> = thread::scope(|scope| {
        let running: Vec<_> = connections
            .into_iter()
            .map(|mut connection| {
                let next = &next;
                scope.spawn(move || {
                    let mut answers = Vec::new();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if progress::cancelled().load(Ordering::Relaxed) {
                            return Err(Failure::new(Code::Cancelled, "the bench was cancelled"));
                        }
                        let Some(call) = calls.get(number) else {
                            return Ok(answers);
                        };
                        answers.push((
                            number,
                            connection.call("POST", "/api/check/resources", &call.body)?,
                        ));
                    }
                })
            })
            .collect();
        running
            .into_iter()
            .map(|running| {
                running
                    .join()
                    .unwrap_or_else(|_| Err(failed("a connection broke", "")))
            })
            .collect()
    });
    let took = start.elapsed();
    let mut answers: Vec<_> = found?.into_iter().flatten().collect();
    answers.sort_unstable_by_key(|(number, _)| *number);
    Ok((
        answers.into_iter().map(|(_, answer)| answer).collect(),
        took,
    ))
}

fn failed(what: &str, why: impl std::fmt::Display) -> Failure {
    Failure::new(Code::BenchPeer, format!("Cerbos: {what}: {why}"))
}
