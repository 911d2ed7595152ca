//! Cerbos as a server of its own on this machine, asked over its HTTP API with as many documents a call as it takes, by
//! twice as many connections as there are cores. Calls are written beforehand, and answers read but not parsed while the
//! time is taken. The server is ended however this ends.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
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

/// The number of a call, and the body of its answer.
type Numbered = (usize, Vec<u8>);
/// The status line of a refused call, and its body.
type Refusal = (String, Vec<u8>);

const NAME: &str = "cerbos";
/// Passes over the requests go on for so long.
const LONG_ENOUGH: Duration = Duration::from_secs(1);
/// A large policy takes its time to compile.
const STARTING: Duration = Duration::from_secs(120);
/// No answer takes longer.
const ANSWERING: Duration = Duration::from_secs(60);

/// A server at work.
struct Server {
    child: Child,
    address: SocketAddr,
    said: PathBuf,
}

/// One call: the documents that one principal asks for at one moment.
struct Call {
    body: String,
    /// Number of each request, by document and action.
    numbers: HashMap<(String, String), usize>,
}

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
    let server = Server::start(program, &family::policy(case.rules), place.path())?;
    let calls = calls(case, sample)?;
    let requests = sample.len();
    // The first pass warms up, and is the one that is compared.
    let answers = server.pass(&calls)?.0;
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
        took += server.pass(&calls)?.1;
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

impl Server {
    fn start(program: &Path, policy: &str, place: &Path) -> Result<Self, Failure> {
        let [http, grpc] = [free_port()?, free_port()?];
        let policies = place.join("policies");
        let written = |path: PathBuf, text: &str| {
            fs::write(&path, text)
                .map_err(|error| failed("its files cannot be written", error))
                .map(|()| path)
        };
        fs::create_dir(&policies).map_err(|error| failed("its files cannot be written", error))?;
        written(policies.join("document.yaml"), policy)?;
        let settings = json!({
            "server": {
                "httpListenAddr": http.to_string(),
                "grpcListenAddr": grpc.to_string(),
                "requestLimits": {"maxActionsPerResource": 50, "maxResourcesPerRequest": TOGETHER},
            },
            "storage": {"driver": "disk", "disk": {"directory": policies, "watchForChanges": false}},
            "telemetry": {"disabled": true},
        });
        // YAML reads JSON.
        let settings = written(place.join("settings.yaml"), &settings.to_string())?;
        let said = place.join("said.txt");
        let log =
            File::create(&said).map_err(|error| failed("its files cannot be written", error))?;
        let child = Command::new(program)
            .args(["server", "--log-level=error"])
            .arg(format!("--config={}", settings.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|error| {
                failed(&format!("`{}` cannot be started", program.display()), error)
            })?;
        let mut server = Self {
            child,
            address: http,
            said,
        };
        server.wait()?;
        Ok(server)
    }

    /// Until it answers.
    fn wait(&mut self) -> Result<(), Failure> {
        let start = Instant::now();
        loop {
            let ended = self
                .child
                .try_wait()
                .map_err(|error| failed("it cannot be watched", error))?;
            if ended.is_some()
                || start.elapsed() > STARTING
                || progress::cancelled().load(Ordering::Relaxed)
            {
                let said = fs::read_to_string(&self.said).unwrap_or_default();
                let last: String = said.lines().rev().take(3).collect::<Vec<_>>().join(" ");
                let last: String = last.chars().take(600).collect();
                return Err(failed("it did not come up", last));
            }
            let healthy = Connection::open(self.address)
                .and_then(|mut connection| connection.call("GET", "/_cerbos/health", ""));
            if healthy.is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Makes all calls, and how long it took.
    fn pass(&self, calls: &[Call]) -> Result<(Vec<Vec<u8>>, Duration), Failure> {
        let connections: Vec<_> = (0..cores() * 2)
            .map(|_| Connection::open(self.address))
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
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection that is kept open, HTTP/1.1.
struct Connection(BufReader<TcpStream>);

impl Connection {
    fn open(address: SocketAddr) -> Result<Self, Failure> {
        let open = || -> std::io::Result<Self> {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(ANSWERING))?;
            Ok(Self(BufReader::with_capacity(1 << 16, stream)))
        };
        open().map_err(|error| failed("it cannot be reached", error))
    }

    /// The body of the answer.
    fn call(&mut self, method: &str, path: &str, body: &str) -> Result<Vec<u8>, Failure> {
        self.exchange(method, path, body)
            .map_err(|error| failed("it did not answer", error))?
            .map_err(|(status, body)| {
                failed(
                    &status,
                    String::from_utf8_lossy(&body)
                        .chars()
                        .take(300)
                        .collect::<String>(),
                )
            })
    }

    fn exchange(
        &mut self,
        method: &str,
        path: &str,
        body: &str,
    ) -> std::io::Result<Result<Vec<u8>, Refusal>> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let stream = self.0.get_mut();
        stream.write_all(&[head.as_bytes(), body.as_bytes()].concat())?;
        let status = self.line()?;
        let (mut length, mut chunked) = (0, false);
        loop {
            let line = self.line()?.to_ascii_lowercase();
            match line.split_once(':') {
                Some(("content-length", value)) => length = number(value, 10)?,
                Some(("transfer-encoding", value)) => chunked = value.trim() == "chunked",
                Some(_) => {}
                None => break,
            }
        }
        let mut answer = Vec::new();
        if chunked {
            loop {
                let line = self.line()?;
                let size = number(&line, 16)?;
                self.take(size, &mut answer)?;
                self.line()?;
                if size == 0 {
                    break;
                }
            }
        } else {
            self.take(length, &mut answer)?;
        }
        Ok(if status.split(' ').nth(1) == Some("200") {
            Ok(answer)
        } else {
            Err((status, answer))
        })
    }

    /// A line of the head, without its end.
    fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        if self.0.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }

    fn take(&mut self, bytes: u64, into: &mut Vec<u8>) -> std::io::Result<()> {
        let read = self.0.by_ref().take(bytes).read_to_end(into)?;
        if read as u64 == bytes {
            Ok(())
        } else {
            Err(std::io::ErrorKind::UnexpectedEof.into())
        }
    }
}

fn number(text: &str, base: u32) -> std::io::Result<u64> {
    u64::from_str_radix(text.trim(), base).map_err(|_| std::io::ErrorKind::InvalidData.into())
}

/// A port that nobody uses at this moment.
fn free_port() -> Result<SocketAddr, Failure> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map_err(|error| failed("there is no free port", error))
}

fn failed(what: &str, why: impl std::fmt::Display) -> Failure {
    Failure::new(Code::BenchPeer, format!("Cerbos: {what}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers each connection's first call with these bytes, as they are.
    fn answering(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = [0; 4096];
            assert!(stream.read(&mut head).unwrap() > 0);
            stream.write_all(answer.as_bytes()).unwrap();
        });
        address
    }

    fn asked(answer: &'static str) -> Result<Vec<u8>, Failure> {
        Connection::open(answering(answer))?.call("POST", "/", "{}")
    }

    #[test]
    fn answers_come_whole_or_not_at_all() {
        let plain = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(asked(plain).unwrap(), b"{}");
        let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
        assert_eq!(asked(chunked).unwrap(), b"abc0123456789");
        for broken in [
            "",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
            "HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno",
        ] {
            assert_eq!(asked(broken).unwrap_err().code, Code::BenchPeer, "{broken}");
        }
    }

    #[test]
    fn a_program_that_is_no_server_is_an_error() {
        let place = tempfile::tempdir().unwrap();
        for program in ["no-such-program-anywhere", "false"] {
            let folder = tempfile::tempdir_in(place.path()).unwrap();
            let failure = Server::start(Path::new(program), "", folder.path())
                .err()
                .unwrap();
            assert_eq!(failure.code, Code::BenchPeer, "{failure:?}");
        }
    }
}
