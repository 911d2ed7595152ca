//! The witness over HTTP: `add-checkpoint` as C2SP tlog-witness has it, the checkpoint it cosigned last of a log at
//! `/<SHA-256 of the origin>/checkpoint`, and, where the host has a ledger of its own, `attest` and `prove`. Bodies are bounded,
//! requests end in time, and each peer has a pace.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError, mpsc},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, DefaultBodyLimit, Path, RawQuery, Request as Asked, State as Kept},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use evidence::{ed25519::Signer, note::VerifierKey};
use model::{Code, Failure};

use crate::{Error, Name, Refusal, Request, State, limit::Limit};

/// A checkpoint with all the signatures a note may have, and its proof.
const MOST_CHECKPOINT: usize = 256 << 10;
/// A receipt.
const MOST_STATEMENT: usize = 1 << 20;
/// How long a request may take, its body included.
const PATIENCE: Duration = Duration::from_secs(10);

/// A ledger of the witness's own.
pub trait Attests: Send + Sync {
    /// Signs a statement (canonical JSON), appends it, and returns its tlog-proof, with the entry as extra data.
    ///
    /// # Errors
    /// Why it is not signed; `bad_call` is the asker's fault.
    fn attest(&self, statement: &[u8]) -> Result<String, Failure>;

    /// The tlog-proof of an entry.
    ///
    /// # Errors
    /// As [`Attests::attest`].
    fn inclusion(&self, index: u64) -> Result<String, Failure>;

    /// The proof that the ledger grew from a size.
    ///
    /// # Errors
    /// As [`Attests::attest`].
    fn consistency(&self, old: u64) -> Result<String, Failure>;
}

/// What a witness is made of.
pub struct Witness {
    /// Its name.
    pub name: String,
    /// Its key.
    pub signer: Box<dyn Signer + Send + Sync>,
    /// Keys of the logs it watches over.
    pub logs: Vec<VerifierKey>,
    /// What it remembers.
    pub state: State,
    /// Its own ledger, if it attests.
    pub ledger: Option<Box<dyn Attests>>,
    /// Seconds since 1970.
    pub clock: Box<dyn Fn() -> u64 + Send + Sync>,
    /// Requests a peer may make in a minute.
    pub per_minute: u32,
}

struct Desk {
    witness: Witness,
    limit: Mutex<Limit>,
    since: Instant,
}

/// Answers at an address until the process ends. `ready` is called with the address once somebody can ask.
///
/// # Errors
/// [`Error::Listen`].
pub fn serve(
    address: SocketAddr,
    witness: Witness,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), Error> {
    let (_alive, ended) = mpsc::channel();
    serve_while(address, witness, ready, ended)
}

/// As [`serve`], until the other end of `ended` is gone. Whoever asks at that moment gets no answer.
///
/// # Errors
/// [`Error::Listen`].
pub fn serve_while(
    address: SocketAddr,
    witness: Witness,
    ready: impl FnOnce(SocketAddr),
    ended: mpsc::Receiver<()>,
) -> Result<(), Error> {
    let failed = |source| Error::Listen {
        address: address.to_string(),
        source,
    };
    // Name and key fit together, or nothing is begun.
    Name {
        name: &witness.name,
        signer: &*witness.signer,
    }
    .verifier()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(failed)?;
    let served = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address)
            .await
            .map_err(failed)?;
        ready(listener.local_addr().map_err(failed)?);
        let routes = routes(witness).into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(async move { axum::serve(listener, routes).await });
        // An error of the channel is the end that is waited for.
        let _ = tokio::task::spawn_blocking(move || ended.recv()).await;
        server.abort();
        Ok(())
    });
    // Nobody waits for a peer that keeps a connection open.
    runtime.shutdown_background();
    served
}

fn routes(witness: Witness) -> Router {
    let desk = Arc::new(Desk {
        limit: Mutex::new(Limit::new(witness.per_minute)),
        since: Instant::now(),
        witness,
    });
    let most = |bytes| DefaultBodyLimit::max(bytes);
    Router::new()
        .route(
            "/add-checkpoint",
            post(add_checkpoint).layer(most(MOST_CHECKPOINT)),
        )
        .route("/attest", post(attest).layer(most(MOST_STATEMENT)))
        .route("/prove", get(prove))
        .route("/{log}/checkpoint", get(last))
        .layer(middleware::from_fn_with_state(desk.clone(), admit))
        .with_state(desk)
}

/// Keeps a peer's pace, and ends what takes too long.
async fn admit(
    Kept(desk): Kept<Arc<Desk>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    asked: Asked<Body>,
    next: Next,
) -> Response {
    let now = u64::try_from(desk.since.elapsed().as_millis()).unwrap_or(u64::MAX);
    let admitted = desk
        .limit
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .admit(peer.ip(), now);
    if let Err(seconds) = admitted {
        let after = [(header::RETRY_AFTER, seconds.to_string())];
        return (StatusCode::TOO_MANY_REQUESTS, after, "too often\n").into_response();
    }
    tokio::time::timeout(PATIENCE, next.run(asked))
        .await
        .unwrap_or_else(|_| StatusCode::REQUEST_TIMEOUT.into_response())
}

/// Does what waits for the disk where nobody else waits for it.
async fn apart(work: impl FnOnce() -> Response + Send + 'static) -> Response {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// What went wrong here is for who runs the witness, not for who asks.
fn broken(failure: &Failure) -> Response {
    eprintln!("error[{}]: {}", failure.code.as_str(), failure.message);
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

async fn add_checkpoint(Kept(desk): Kept<Arc<Desk>>, body: Bytes) -> Response {
    apart(move || {
        let Desk { witness, .. } = &*desk;
        let name = Name {
            name: &witness.name,
            signer: &*witness.signer,
        };
        let answer = match Request::read(&body, &witness.logs) {
            Ok(request) => witness.state.cosign(&request, &name, (witness.clock)()),
            Err(refusal) => Ok(Err(refusal)),
        };
        match answer {
            Ok(Ok(line)) => line.into_response(),
            Ok(Err(refusal)) => refused(&refusal),
            Err(error) => broken(&error.into()),
        }
    })
    .await
}

fn refused(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    match refusal {
        Refusal::Conflict(size) => {
            let kind = [(header::CONTENT_TYPE, "text/x.tlog.size")];
            (status, kind, format!("{size}\n")).into_response()
        }
        other => (status, format!("{other}\n")).into_response(),
    }
}

async fn last(Kept(desk): Kept<Arc<Desk>>, Path(log): Path<String>) -> Response {
    // Nothing but a digest becomes part of a path.
    if evidence::unhex::<32>(&log).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    apart(move || match desk.witness.state.last(&log) {
        Ok(Some(note)) => note.into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => broken(&error.into()),
    })
    .await
}

/// The answer of the witness's own ledger; without one there is nothing here.
async fn of_ledger(
    desk: Arc<Desk>,
    ask: impl FnOnce(&dyn Attests) -> Result<String, Failure> + Send + 'static,
) -> Response {
    apart(move || match desk.witness.ledger.as_deref().map(ask) {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(Ok(proof)) => proof.into_response(),
        Some(Err(failure)) if failure.code == Code::BadCall => {
            (StatusCode::BAD_REQUEST, format!("{failure}\n")).into_response()
        }
        Some(Err(failure)) => broken(&failure),
    })
    .await
}

async fn attest(Kept(desk): Kept<Arc<Desk>>, body: Bytes) -> Response {
    of_ledger(desk, move |ledger| ledger.attest(&body)).await
}

async fn prove(Kept(desk): Kept<Arc<Desk>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    of_ledger(desk, move |ledger| {
        let number = |name| {
            let value = query.strip_prefix(name)?.strip_prefix('=')?;
            // One way to write a number: no sign, and no zero before others.
            let plain = value == "0" || !value.starts_with(['0', '+']);
            value.parse::<u64>().ok().filter(|_| plain)
        };
        if let Some(index) = number("index") {
            ledger.inclusion(index)
        } else if let Some(old) = number("old") {
            ledger.consistency(old)
        } else {
            Err(Failure::new(
                Code::BadCall,
                "ask for `index=<number>` or `old=<size>`",
            ))
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::TcpStream,
        thread,
    };

    use super::*;
    use crate::{
        Client,
        judge::tests::{ORIGIN, body, growth, key, log, tree},
    };

    /// A witness on a port of its own, which ends with the tests.
    fn running(folder: &std::path::Path, per_minute: u32) -> (SocketAddr, Client) {
        let witness = Witness {
            name: "w".into(),
            signer: Box::new(key(9)),
            logs: vec![log()],
            state: State::open(folder).unwrap(),
            ledger: None,
            clock: Box::new(|| 77),
            per_minute,
        };
        let (send, receive) = mpsc::channel();
        thread::spawn(move || {
            serve("127.0.0.1:0".parse().unwrap(), witness, |address| {
                send.send(address).unwrap();
            })
        });
        let address = receive.recv().unwrap();
        let vkey = Name {
            name: "w",
            signer: &key(9),
        };
        let vkey = vkey.verifier().unwrap().to_string();
        (
            address,
            Client::new(&format!("http://{address}/"), &vkey).unwrap(),
        )
    }

    /// What comes back for raw bytes, whole.
    fn raw(address: SocketAddr, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        // The witness may close before it read all of what it refuses.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    }

    fn post_raw(address: SocketAddr, path: &str, body: &str) -> String {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: w\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        raw(address, (head + body).as_bytes())
    }

    #[test]
    fn a_log_is_cosigned_as_it_grows_and_a_fork_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (address, client) = running(folder.path(), 1000);
        assert_eq!(client.seen(ORIGIN).unwrap(), 0);
        let (small, large) = (tree(7, 0), tree(20, 0));
        client.add_checkpoint(&growth(&small, 0, 1)).unwrap();
        assert_eq!(client.seen(ORIGIN).unwrap(), 7);
        let line = client.add_checkpoint(&growth(&large, 7, 1)).unwrap();
        assert!(line.starts_with("— w ") && line.ends_with('\n'), "{line}");
        let refused = |growth| client.add_checkpoint(&growth).unwrap_err();
        assert_eq!(
            refused(growth(&tree(21, 1), 20, 1)).code(),
            Code::WitnessRefused
        );
        assert_eq!(
            refused(growth(&tree(21, 0), 20, 2)).code(),
            Code::WitnessRefused
        );
        assert_eq!(client.seen(ORIGIN).unwrap(), 20);

        // As the specification has it, byte for byte.
        let conflict = post_raw(address, "/add-checkpoint", &body(&growth(&large, 7, 1)));
        assert!(conflict.starts_with("HTTP/1.1 409 "), "{conflict}");
        assert!(
            conflict.contains("\r\ncontent-type: text/x.tlog.size\r\n"),
            "{conflict}"
        );
        assert!(conflict.ends_with("\r\n\r\n20\n"), "{conflict}");
        let status = |answer: String| answer.split(' ').nth(1).unwrap().to_owned();
        for (path, body, expected) in [
            ("/add-checkpoint", "nothing", "400"),
            ("/add-checkpoint", &"x".repeat(MOST_CHECKPOINT + 1), "413"),
            ("/attest", "{}", "404"),
            ("/prove", "", "405"),
        ] {
            assert_eq!(status(post_raw(address, path, body)), expected, "{path}");
        }
        for (path, expected) in [
            ("/../witness.lock/checkpoint", "404"),
            ("/%2e%2e%2fx/checkpoint", "404"),
            ("/prove?index=0", "404"),
            ("/add-checkpoint", "405"),
        ] {
            let asked = format!("GET {path} HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n");
            assert_eq!(status(raw(address, asked.as_bytes())), expected, "{path}");
        }
    }

    #[test]
    fn a_witness_ends_when_it_is_told_to_whoever_is_connected() {
        let folder = tempfile::tempdir().unwrap();
        let witness = || Witness {
            name: "w".into(),
            signer: Box::new(key(9)),
            logs: vec![log()],
            state: State::open(folder.path()).unwrap(),
            ledger: None,
            clock: Box::new(|| 77),
            per_minute: 100,
        };
        for _ in 0..2 {
            let (alive, ended) = mpsc::channel();
            let (send, receive) = mpsc::channel();
            let witness = witness();
            let server = thread::spawn(move || {
                let address = "127.0.0.1:0".parse().unwrap();
                serve_while(address, witness, |at| send.send(at).unwrap(), ended)
            });
            let address = receive.recv().unwrap();
            let asked = "GET /prove HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n";
            assert!(raw(address, asked.as_bytes()).contains(" 404 "));
            let mut idle = TcpStream::connect(address).unwrap();
            idle.write_all(b"GET /").unwrap();
            drop(alive);
            server.join().unwrap().unwrap();
            assert!(TcpStream::connect(address).is_err());
        }
    }

    #[test]
    fn a_peer_that_asks_too_often_waits() {
        let folder = tempfile::tempdir().unwrap();
        let (address, client) = running(folder.path(), 2);
        client.seen(ORIGIN).unwrap();
        client.seen(ORIGIN).unwrap();
        let error = client.seen(ORIGIN).unwrap_err();
        assert_eq!(error.code(), Code::WitnessSilent);
        assert!(error.to_string().contains("429"), "{error}");
        let answer = post_raw(address, "/add-checkpoint", "");
        assert!(answer.contains("\r\nretry-after: "), "{answer}");
    }

    #[test]
    fn nobody_at_an_address_is_told_from_a_refusal() {
        let vkey = Name {
            name: "w",
            signer: &key(9),
        };
        let vkey = vkey.verifier().unwrap().to_string();
        // A port that was free a moment ago.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let client = Client::new(&format!("http://{address}"), &vkey).unwrap();
        assert_eq!(client.seen(ORIGIN).unwrap_err().code(), Code::WitnessSilent);
        assert!(Client::new("http://x", "no key").is_err());
        for wrong in ["https://w.example", "w.example", "", "http://"] {
            let refused = Client::new(wrong, &vkey).err().map(|error| error.code());
            assert_eq!(refused, Some(Code::BadCall), "{wrong}");
        }
        // Another key's witness is not believed.
        let folder = tempfile::tempdir().unwrap();
        let (address, there) = running(folder.path(), 100);
        there.add_checkpoint(&growth(&tree(7, 0), 0, 1)).unwrap();
        let other = Name {
            name: "w",
            signer: &key(8),
        };
        let other = other.verifier().unwrap().to_string();
        let client = Client::new(&format!("http://{address}"), &other).unwrap();
        assert_eq!(client.seen(ORIGIN).unwrap_err().code(), Code::WitnessSilent);
        let grown = growth(&tree(7, 0), 7, 1);
        assert_eq!(
            client.add_checkpoint(&grown).unwrap_err().code(),
            Code::WitnessSilent
        );
    }
}
