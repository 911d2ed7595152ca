//! The enforcement point: decisions in process, answers at hand, how soon a promotion is seen, and decisions over HTTP on this
//! machine with who asks beside it. The peer is Cerbos, asked the same over HTTP by the same connections. Every decision of the first
//! pass is held against what the rules mean.

use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use model::{Code, Failure};
use pdp::{
    Engine, Options, Party, Point, Question,
    server::{Limits, Serving, serve},
};
use release::{Modes, Release};
use serde_json::{Value, json};

use super::{
    Measured, Run,
    drift::cerbos::{http::Connection, server::Server},
    family::{Organisation, Request, Requests, Rule, cedar, cerbos, rules},
    percentile,
};
use crate::{args::Bench, terminal::Stop};

/// Policies that decide.
const POLICIES: usize = 100;
/// Rows of the log whose distinct requests are asked.
const ROWS: usize = 20_000;
/// How long HTTP is asked.
const LONG_ENOUGH: Duration = Duration::from_secs(5);
/// Connections that ask, each the next as soon as it was answered.
const CONNECTIONS: usize = 8;
/// Promotions while others ask.
const SWAPS: u64 = 50;
/// How often each request of those that are at hand is asked.
const ROUNDS: usize = 20;

/// One request, as it is asked here and there, and what the rules mean.
struct Case {
    user: String,
    action: &'static str,
    document: String,
    context: &'static str,
    authzen: String,
    cerbos: String,
    means: bool,
}

impl Case {
    fn new(request: &Request<'_>, rules: &[Rule]) -> Self {
        let mut matching = rules.iter().filter(|rule| rule.matches(request)).peekable();
        let any = matching.peek().is_some();
        let means = any && !matching.any(|rule| rule.forbids);
        let context = match (request.second_factor, request.network()) {
            (true, "office") => r#"{"mfa":true,"network":"office"}"#,
            (false, "office") => r#"{"mfa":false,"network":"office"}"#,
            (true, _) => r#"{"mfa":true,"network":"outside"}"#,
            (false, _) => r#"{"mfa":false,"network":"outside"}"#,
        };
        let (user, document) = (request.user.name.clone(), request.document.name.clone());
        let authzen = json!({
            "subject": {"type": "User", "id": user},
            "action": {"name": request.action},
            "resource": {"type": "Document", "id": document},
            "context": {"mfa": request.second_factor, "network": request.network()},
        });
        let cerbos = json!({
            "requestId": "bench",
            "principal": cerbos::principal(request),
            "resources": [{"resource": cerbos::resource(request), "actions": [request.action]}],
        });
        Self {
            user,
            action: request.action,
            document,
            context,
            authzen: authzen.to_string(),
            cerbos: cerbos.to_string(),
            means,
        }
    }

    fn question(&self) -> Question<'_> {
        let party = |kind, id| Party {
            kind,
            id,
            properties: "",
        };
        Question {
            principal: party("User", &self.user),
            action: self.action,
            resource: party("Document", &self.document),
            context: self.context,
        }
    }

    fn agrees(&self, who: &str, allows: Option<bool>) -> Result<(), Failure> {
        if allows == Some(self.means) {
            return Ok(());
        }
        let message = format!("{who} decides {allows:?} on {}", self.authzen);
        Err(Failure::new(Code::BenchDisagrees, message))
    }
}

impl Run<'_> {
    /// Measures the enforcement point.
    pub(super) fn pdp(&mut self, arguments: &Bench) -> Result<(), Stop> {
        let organisation = Organisation::new();
        let rules = rules(POLICIES);
        let asked = Requests::of(&organisation, if arguments.quick { 200 } else { ROWS });
        let asked = asked
            .distinct
            .iter()
            .filter_map(|asked| asked.of(&organisation));
        let cases: Vec<Case> = asked.map(|request| Case::new(&request, &rules)).collect();
        let release = Release {
            tenant: "bench".to_owned(),
            channel: "bench".to_owned(),
            environment: "bench".to_owned(),
            version: "1.0.0".to_owned(),
            sequence: 1,
            undoes: None,
            modes: Modes::default(),
            files: cedar::files(&organisation, &rules),
            base: None,
        };
        let engine = |sequence| {
            let release = Release {
                sequence,
                ..release.clone()
            };
            Engine::new(&release).map_err(Failure::from)
        };
        self.in_process(&engine(1)?, &cases)?;
        let point = Point::new(engine(1)?, Options::new(Box::new(|| 0)));
        self.at_hand(&point, &cases)?;
        self.promoted(&point, &cases, &engine)?;
        let long = if arguments.quick {
            Duration::from_millis(200)
        } else {
            LONG_ENOUGH
        };
        let mut options = Options::new(Box::new(|| 0));
        // Every request is decided: what is at hand was measured.
        options.cache_bytes = 0;
        let found = over_http(Point::new(engine(1)?, options), &cases, long)?;
        let peer = match &arguments.cerbos {
            None => None,
            Some(program) => Some(beside(program, self.place.path(), &rules, &cases, long)?),
        };
        let rate = Measured::new("pdp_http", found.rate, "decisions/s");
        let p99 = Measured::new("pdp_http_p99", found.p99, "ms");
        match peer {
            None => {
                self.measure(rate)?;
                self.measure(p99)?;
            }
            Some(peer) => {
                // More is better here, so the ratio is the other way round.
                let rate = Measured {
                    peer: Some(super::rounded(peer.rate)),
                    ratio: Some(super::rounded(found.rate / peer.rate)),
                    ..rate
                };
                self.measure(rate)?;
                self.measure(p99.against(peer.p99))?;
            }
        }
        Ok(())
    }

    fn in_process(&mut self, engine: &Engine, cases: &[Case]) -> Result<(), Stop> {
        for case in cases {
            let answer = engine.decide(&case.question());
            case.agrees("the enforcement point", Some(answer.allows()))?;
        }
        let mut took: Vec<Duration> = Vec::with_capacity(cases.len() * 3);
        for case in cases.iter().cycle().take(cases.len() * 3) {
            let start = Instant::now();
            let answer = engine.decide(&case.question());
            took.push(start.elapsed());
            std::hint::black_box(answer);
        }
        self.measure(Measured::new(
            "pdp_decide_p50",
            us(percentile(&mut took, 50)),
            "µs",
        ))?;
        self.measure(Measured::new(
            "pdp_decide_p99",
            us(percentile(&mut took, 99)),
            "µs",
        ))
    }

    fn at_hand(&mut self, point: &Point, cases: &[Case]) -> Result<(), Stop> {
        let cases: Vec<&Case> = cases.iter().take(1000).collect();
        let hits = || -> u64 {
            let meters = point.meters();
            meters.iter().map(|it| it.figures().cache_hits).sum()
        };
        let mut took: Vec<Duration> = Vec::new();
        for case in cases.iter().cycle().take(ROUNDS * cases.len()) {
            let before = hits();
            let start = Instant::now();
            let answer = point.decide(&case.question());
            let time = start.elapsed();
            std::hint::black_box(answer);
            if hits() > before {
                took.push(time);
            }
        }
        // The first round finds nothing.
        let (hits, asked) = (took.len(), (ROUNDS - 1) * cases.len());
        if hits < asked * 9 / 10 {
            let message = format!("only {hits} of {asked} answers were at hand");
            return Err(Failure::new(Code::BenchDisagrees, message).into());
        }
        self.measure(Measured::new(
            "pdp_cached_p50",
            us(percentile(&mut took, 50)),
            "µs",
        ))?;
        self.measure(Measured::new(
            "pdp_cached_p99",
            us(percentile(&mut took, 99)),
            "µs",
        ))
    }

    /// From the call until whoever asks all the time has an answer of the new release.
    fn promoted(
        &mut self,
        point: &Point,
        cases: &[Case],
        engine: &impl Fn(u64) -> Result<Engine, Failure>,
    ) -> Result<(), Stop> {
        let (seen, stop) = (AtomicU64::new(1), AtomicBool::new(false));
        let (told, heard) = mpsc::channel();
        let mut took = thread::scope(|scope| {
            let (seen, stop) = (&seen, &stop);
            scope.spawn(move || {
                for case in cases.iter().take(100).cycle() {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let sequence = point.decide(&case.question()).version.sequence;
                    if seen.swap(sequence, Ordering::Relaxed) != sequence {
                        told.send(Instant::now()).unwrap_or_default();
                    }
                }
            });
            let swap = || -> Result<Vec<Duration>, Failure> {
                let mut took = Vec::new();
                for sequence in 2..2 + SWAPS {
                    let engine = engine(sequence)?;
                    let start = Instant::now();
                    let earlier = point.swap(engine);
                    let returned = start.elapsed();
                    let broke = |_| Failure::new(Code::Internal, "nobody asks any more");
                    let visible = heard.recv().map_err(broke)?.duration_since(start);
                    took.push(visible.max(returned));
                    drop(earlier);
                }
                Ok(took)
            };
            let took = swap();
            stop.store(true, Ordering::Relaxed);
            took
        })?;
        self.measure(Measured::new(
            "pdp_promoted_p50",
            us(percentile(&mut took, 50)),
            "µs",
        ))?;
        self.measure(Measured::new(
            "pdp_promoted_max",
            us(percentile(&mut took, 100)),
            "µs",
        ))
    }
}

fn us(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// What was asked over HTTP.
struct Found {
    rate: f64,
    /// Milliseconds.
    p99: f64,
}

fn over_http(point: Point, cases: &[Case], long: Duration) -> Result<Found, Failure> {
    let serving = Serving {
        point: Arc::new(point),
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        exposed: false,
        url: None,
        token: None,
        limits: Limits::default(),
    };
    let (end, ended) = mpsc::channel();
    let (ready, address) = mpsc::channel();
    let server = thread::spawn(move || {
        // Whoever no longer waits for the address asks nothing either.
        let ready = |at| ready.send(at).unwrap_or_default();
        serve(serving, ready, ended)
    });
    let found = match address.recv() {
        Ok(address) => ask(address, "/access/v1/evaluation", cases, long, |case| {
            (&case.authzen, |answer| answer.get("decision")?.as_bool())
        }),
        Err(_) => Err(Failure::new(
            Code::PdpAddress,
            "the enforcement point did not come up",
        )),
    };
    drop(end);
    // Its own failure is the better one.
    match server.join() {
        Ok(Err(error)) => Err(error.into()),
        Ok(Ok(())) | Err(_) => found,
    }
}

fn beside(
    program: &Path,
    place: &Path,
    rules: &[Rule],
    cases: &[Case],
    long: Duration,
) -> Result<Found, Failure> {
    let place = tempfile::tempdir_in(place).map_err(|error| super::local(&error))?;
    let server = Server::start(program, &cerbos::policy(rules), 50, place.path())?;
    ask(
        server.address,
        "/api/check/resources",
        cases,
        long,
        |case| {
            (&case.cerbos, |answer| {
                let actions = answer.pointer("/results/0/actions")?.as_object()?;
                match actions.values().next()?.as_str()? {
                    "EFFECT_ALLOW" => Some(true),
                    "EFFECT_DENY" => Some(false),
                    _ => None,
                }
            })
        },
    )
}

/// The body to send, and how to read what comes back.
type Said<'c> = (&'c String, fn(&Value) -> Option<bool>);

/// Asks everything once and compares; then again and again, and takes the time.
fn ask(
    address: SocketAddr,
    path: &str,
    cases: &[Case],
    long: Duration,
    how: impl Fn(&Case) -> Said<'_> + Sync,
) -> Result<Found, Failure> {
    let mut first = Connection::open(address)?;
    for case in cases {
        let (body, read) = how(case);
        let answer = first.call("POST", path, body)?;
        let answer: Value = serde_json::from_slice(&answer)
            .map_err(|error| Failure::new(Code::BenchPeer, error.to_string()))?;
        case.agrees(path, read(&answer))?;
    }
    let next = AtomicUsize::new(0);
    let start = Instant::now();
    let took: Result<Vec<Vec<Duration>>, Failure> = thread::scope(|scope| {
        let asking: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = Connection::open(address)?;
                    let mut took = Vec::new();
                    while start.elapsed() < long {
                        let number = next.fetch_add(1, Ordering::Relaxed) % cases.len().max(1);
                        let Some(case) = cases.get(number) else { break };
                        let began = Instant::now();
                        connection.call("POST", path, how(case).0)?;
                        took.push(began.elapsed());
                    }
                    Ok(took)
                })
            })
            .collect();
        let broke = || Failure::new(Code::BenchPeer, "a connection broke");
        asking
            .into_iter()
            .map(|asking| asking.join().unwrap_or_else(|_| Err(broke())))
            .collect()
    });
    let whole = start.elapsed();
    let mut took: Vec<Duration> = took?.into_iter().flatten().collect();
    let count = u64::try_from(took.len()).unwrap_or_default();
    Ok(Found {
        rate: super::precise(count) / whole.as_secs_f64(),
        p99: super::ms(percentile(&mut took, 99)),
    })
}
