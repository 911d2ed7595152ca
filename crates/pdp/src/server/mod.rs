//! The enforcement point over HTTP: the OpenID AuthZEN Authorization API 1.0, `/metrics` for Prometheus and `/health`. Bodies are
//! bounded, requests end in time, and no more are worked on at once than was said; who asks beyond that is told to come back. At
//! the end, what was begun is answered.
//!
//! It speaks plain HTTP, on this machine alone unless told otherwise: what stands before it speaks TLS. With a token, whoever asks
//! for decisions must know it.

mod authzen;
mod search;

use std::{
    net::SocketAddr,
    sync::{Arc, mpsc},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, Request as Asked, State as Kept},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

pub use authzen::evaluate;

use crate::{Error, Point};

/// How a server is run.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a body.
    pub body: usize,
    /// How long a request may take, its body included, and how long the end waits for those that were begun.
    pub patience: Duration,
    /// Requests worked on at once.
    pub at_once: usize,
    /// Threads that answer.
    pub threads: usize,
}

impl Default for Limits {
    /// A mebibyte, five seconds, 1024, two.
    fn default() -> Self {
        Self {
            body: 1 << 20,
            patience: Duration::from_secs(5),
            at_once: 1024,
            threads: 2,
        }
    }
}

/// What is served.
pub struct Serving {
    /// Who decides.
    pub point: Arc<Point>,
    /// Where: this machine's own addresses, unless `exposed`.
    pub address: SocketAddr,
    /// The address may be one that others can reach.
    pub exposed: bool,
    /// What the metadata calls this; otherwise the address.
    pub url: Option<String>,
    /// What whoever asks for decisions has to know.
    pub token: Option<String>,
    /// How much of everything.
    pub limits: Limits,
}

struct Desk {
    point: Arc<Point>,
    url: String,
    token: Option<[u8; 32]>,
    places: Semaphore,
    patience: Duration,
}

/// Answers at an address until the other end of `ended` is gone. `ready` is called with the address once somebody can ask.
///
/// # Errors
/// [`Error::Exposed`], [`Error::Listen`].
pub fn serve(
    serving: Serving,
    ready: impl FnOnce(SocketAddr),
    ended: mpsc::Receiver<()>,
) -> Result<(), Error> {
    let Serving {
        point,
        address,
        exposed,
        url,
        token,
        limits,
    } = serving;
    if !exposed && !address.ip().is_loopback() {
        return Err(Error::Exposed(address.to_string()));
    }
    let failed = |source| Error::Listen {
        address: address.to_string(),
        source,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(limits.threads.max(1))
        .enable_all()
        .build()
        .map_err(failed)?;
    let served = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address)
            .await
            .map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let desk = Arc::new(Desk {
            point,
            url: url.unwrap_or_else(|| format!("http://{address}")),
            token: token.map(|token| Sha256::digest(token).into()),
            places: Semaphore::new(limits.at_once),
            patience: limits.patience,
        });
        ready(address);
        let (end, over) = tokio::sync::oneshot::channel::<()>();
        let server = axum::serve(listener, routes(desk, limits.body))
            .with_graceful_shutdown(async move { drop(over.await) });
        let server = tokio::spawn(async move { server.await });
        // An error of the channel is the end that is waited for.
        let _ = tokio::task::spawn_blocking(move || ended.recv()).await;
        drop(end);
        // Whoever keeps a connection open without asking is not waited for longer than that.
        let _ = tokio::time::timeout(limits.patience, server).await;
        Ok(())
    });
    runtime.shutdown_background();
    served
}

fn routes(desk: Arc<Desk>, body: usize) -> Router {
    let decisions = Router::new()
        .route("/access/v1/evaluation", post(evaluation))
        .route("/access/v1/evaluations", post(evaluations))
        .route("/access/v1/search/subject", post(search::subjects))
        .route("/access/v1/search/resource", post(search::resources))
        .route("/access/v1/search/action", post(search::actions))
        .layer(DefaultBodyLimit::max(body))
        .layer(middleware::from_fn_with_state(desk.clone(), admit));
    Router::new()
        .merge(decisions)
        .route("/.well-known/authzen-configuration", get(configuration))
        .route("/metrics", get(metrics))
        .route("/health", get(health))
        .with_state(desk)
}

const REQUEST_ID: &str = "x-request-id";

/// Who may ask, how many at once, and for how long; and the request's own id comes back.
async fn admit(Kept(desk): Kept<Arc<Desk>>, asked: Asked<Body>, next: Next) -> Response {
    let id = asked.headers().get(REQUEST_ID).cloned();
    let mut answer = admitted(&desk, asked, next).await;
    if let Some(id) = id {
        answer.headers_mut().insert(REQUEST_ID, id);
    }
    answer
}

async fn admitted(desk: &Desk, asked: Asked<Body>, next: Next) -> Response {
    if let Some(token) = &desk.token
        && known(asked.headers()).as_ref() != Some(token)
    {
        let how = [(header::WWW_AUTHENTICATE, "Bearer")];
        return (
            StatusCode::UNAUTHORIZED,
            how,
            "the token is missing or wrong\n",
        )
            .into_response();
    }
    // A page of another origin may send text blindly, but not this without asking first.
    if asked.method() == Method::POST && !speaks_json(asked.headers()) {
        return bad("the content-type must be application/json");
    }
    let Ok(_place) = desk.places.try_acquire() else {
        let after = [(header::RETRY_AFTER, "1")];
        return (StatusCode::SERVICE_UNAVAILABLE, after, "too many at once\n").into_response();
    };
    tokio::time::timeout(desk.patience, next.run(asked))
        .await
        .unwrap_or_else(|_| StatusCode::REQUEST_TIMEOUT.into_response())
}

/// The digest of the token that is shown: digests are compared, so that how long that takes tells nothing of the token.
fn known(headers: &HeaderMap) -> Option<[u8; 32]> {
    let shown = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = shown.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| Sha256::digest(token.trim()).into())
}

fn speaks_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// The request itself is wrong; the specification has a text say how.
fn bad(why: &str) -> Response {
    (StatusCode::BAD_REQUEST, format!("{why}\n")).into_response()
}

fn answered(body: String) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

/// Does what takes long where nobody else waits for it.
async fn apart(work: impl FnOnce() -> Response + Send + 'static) -> Response {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

async fn evaluation(Kept(desk): Kept<Arc<Desk>>, body: Bytes) -> Response {
    let answer = || match authzen::evaluation(&desk.point, &body) {
        Ok(answer) => answered(answer),
        Err(why) => bad(&why),
    };
    if desk.point.waits() {
        return tokio::task::block_in_place(answer);
    }
    answer()
}

async fn evaluations(Kept(desk): Kept<Arc<Desk>>, body: Bytes) -> Response {
    apart(move || match authzen::evaluations(&desk.point, &body) {
        Ok(answer) => answered(answer),
        Err(why) => bad(&why),
    })
    .await
}

async fn configuration(Kept(desk): Kept<Arc<Desk>>) -> Response {
    let at = |path: &str| format!("{}/access/v1/{path}", desk.url);
    let found = json!({
        "policy_decision_point": desk.url,
        "access_evaluation_endpoint": at("evaluation"),
        "access_evaluations_endpoint": at("evaluations"),
        "search_subject_endpoint": at("search/subject"),
        "search_resource_endpoint": at("search/resource"),
        "search_action_endpoint": at("search/action"),
    });
    answered(found.to_string())
}

async fn metrics(Kept(desk): Kept<Arc<Desk>>) -> Response {
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], desk.point.metrics()).into_response()
}

async fn health(Kept(desk): Kept<Arc<Desk>>) -> Response {
    match serde_json::to_string(&desk.point.status()) {
        Ok(status) => answered(status),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
