//! The wire interface, as AuthZEN has it, over real sockets.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::{Arc, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use model::Code;
use pdp::{
    Error, Options, Point,
    server::{Limits, Serving, serve},
};
use serde_json::{Value, json};

use crate::enforced;

const POLICIES: &str = r#"
    @id("reading") permit(principal, action in Action::"reading", resource) when { context.mfa } unless { resource.secret };
    @id("own") permit(principal, action == Action::"edit", resource is Doc) when { resource.owner == principal };
    @id("inside") forbid(principal, action, resource) when { principal has from && !principal.from.isInRange(ip("10.0.0.0/8")) };
"#;

/// A server on a port of its own, until it is dropped.
struct Running {
    address: SocketAddr,
    point: Arc<Point>,
    end: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<Result<(), Error>>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end = None;
        self.thread.take().unwrap().join().unwrap().unwrap();
    }
}

fn serving(change: impl FnOnce(&mut Serving)) -> Serving {
    let point = Point::new(enforced(1, POLICIES), Options::new(Box::new(|| 100)));
    let mut serving = Serving {
        point: Arc::new(point),
        address: "127.0.0.1:0".parse().unwrap(),
        exposed: false,
        url: None,
        token: None,
        limits: Limits {
            patience: Duration::from_secs(2),
            ..Limits::default()
        },
    };
    change(&mut serving);
    serving
}

fn running(change: impl FnOnce(&mut Serving)) -> Running {
    let serving = serving(change);
    let point = Arc::clone(&serving.point);
    let (end, ended) = mpsc::channel();
    let (ready, address) = mpsc::channel();
    let thread = thread::spawn(move || serve(serving, |at| ready.send(at).unwrap(), ended));
    Running {
        address: address.recv().unwrap(),
        point,
        end: Some(end),
        thread: Some(thread),
    }
}

impl Running {
    /// What comes back for raw bytes: status, head and body.
    fn raw(&self, bytes: &[u8]) -> (u16, String, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        // The server may close before it read all of what it refuses.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_owned(), body.to_owned())
    }

    fn send(&self, path: &str, more: &str, body: &str) -> (u16, String, String) {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: p\r\nConnection: close\r\n{more}Content-Length: {length}\r\n\r\n"
        );
        self.raw((head + body).as_bytes())
    }

    fn text(&self, path: &str, body: &str) -> (u16, String) {
        let (status, _, body) = self.send(path, "Content-Type: application/json\r\n", body);
        (status, body)
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let (status, text) = self.text(path, &body.to_string());
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    fn get(&self, path: &str) -> (u16, String) {
        let asked = format!("GET {path} HTTP/1.1\r\nHost: p\r\nConnection: close\r\n\r\n");
        let (status, _, body) = self.raw(asked.as_bytes());
        (status, body)
    }
}

fn asked(user: &str, action: &str, doc: &str) -> Value {
    json!({
        "subject": {"type": "user", "id": user},
        "action": {"name": action},
        "resource": {"type": "doc", "id": doc},
        "context": if action == "edit" { json!({}) } else { json!({"mfa": true}) },
    })
}

#[test]
fn an_evaluation_is_answered_with_its_reasons() {
    let server = running(|_| {});
    let evaluate = |body: &Value| server.post("/access/v1/evaluation", body);
    assert_eq!(
        evaluate(&asked("bob", "view", "d1")),
        json!({"decision": true, "context": {"reasons": ["reading"], "version": "1.1.0", "sequence": 1, "stale_seconds": 0}})
    );
    assert_eq!(evaluate(&asked("bob", "view", "d2"))["decision"], false);
    // Properties are attributes, read as the schema has them; so are an action's, in the context.
    let mut outside = asked("bob", "view", "d1");
    outside["subject"]["properties"] = json!({"from": "192.168.0.1", "department": "x"});
    let answer = evaluate(&outside);
    assert_eq!(
        (&answer["decision"], &answer["context"]["reasons"]),
        (&json!(false), &json!(["inside"]))
    );
    let mut by_action = asked("bob", "view", "d1");
    by_action["context"] = json!({});
    by_action["action"]["properties"] = json!({"mfa": true, "method": "GET"});
    assert_eq!(evaluate(&by_action)["decision"], true);
    by_action["context"] = json!({"mfa": false});
    assert_eq!(evaluate(&by_action)["decision"], false);
    // What does not fit is denied, and says so.
    by_action["context"] = json!({"mfa": "yes"});
    let answer = evaluate(&by_action);
    assert_eq!(
        (&answer["decision"], &answer["context"]["error"]["code"]),
        (&json!(false), &json!("request_invalid"))
    );
    let mut policy_fails = asked("nobody", "view", "new");
    policy_fails["resource"]["properties"] = json!({});
    let answer = evaluate(&policy_fails);
    assert_eq!(
        answer["context"]["errors"][0]["policy"], "reading",
        "{answer}"
    );
}

#[test]
fn what_is_no_request_is_refused_by_status() {
    let server = running(|serving| serving.limits.body = 4096);
    let at = "/access/v1/evaluation";
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{}",
        r#"{"subject":{"type":"user"},"action":{"name":"view"},"resource":{"type":"doc","id":"d1"}}"#,
        r#"{"subject":{"type":"user","id":7},"action":{"name":"view"},"resource":{"type":"doc","id":"d1"}}"#,
        r#"{"subject":{"type":"user","id":"a"},"action":{},"resource":{"type":"doc","id":"d1"}}"#,
        r#"{"subject":{"type":"user","id":"a"},"action":{"name":"view","properties":[]},"resource":{"type":"doc","id":"d1"}}"#,
        r#"{"subject":{"type":"user","id":"a"},"action":{"name":"view","properties":{"mfa":false,"mfa":true}},"resource":{"type":"doc","id":"d1"}}"#,
        r#"{"subject":{"type":"user","id":"a","id":"b"},"action":{"name":"view"},"resource":{"type":"doc","id":"d1"}}"#,
    ] {
        let (status, text) = server.text(at, body);
        assert_eq!(status, 400, "{body}: {text}");
        assert!(!text.trim().is_empty());
    }
    let whole = asked("bob", "view", "d1").to_string();
    for (path, more, body, expected) in [
        (at, "", whole.as_str(), 400),
        (at, "Content-Type: text/plain\r\n", &whole, 400),
        (
            at,
            "Content-Type: application/json; charset=utf-8\r\n",
            &whole,
            200,
        ),
        (
            at,
            "Content-Type: application/json\r\n",
            &" ".repeat(5000),
            413,
        ),
        (
            "/access/v1/other",
            "Content-Type: application/json\r\n",
            &whole,
            404,
        ),
        ("/health", "Content-Type: application/json\r\n", &whole, 405),
    ] {
        assert_eq!(server.send(path, more, body).0, expected, "{path} {more}");
    }
    assert_eq!(server.get(at).0, 405);
}

#[test]
fn the_requests_id_comes_back_and_the_token_is_asked_for() {
    let server = running(|serving| serving.token = Some("s3cret".into()));
    let body = asked("bob", "view", "d1").to_string();
    let ask = |more: &str| {
        let head = format!("Content-Type: application/json\r\nX-Request-ID: r-1\r\n{more}");
        server.send("/access/v1/evaluation", &head, &body)
    };
    for (more, expected) in [
        ("", 401),
        ("Authorization: Bearer other\r\n", 401),
        ("Authorization: Basic s3cret\r\n", 401),
        ("Authorization: bearer s3cret\r\n", 200),
    ] {
        let (status, head, _) = ask(more);
        assert_eq!(status, expected, "{more}");
        assert!(
            head.contains("\r\nx-request-id: r-1\r\n") || head.ends_with("\r\nx-request-id: r-1"),
            "{head}"
        );
    }
    assert_eq!(server.get("/health").0, 200);
}

#[test]
fn several_evaluations_share_what_is_said_once_and_end_as_asked() {
    let server = running(|_| {});
    let mut batch = asked("bob", "view", "d1");
    batch["evaluations"] = json!([
        {},
        {"resource": {"type": "doc", "id": "d2"}},
        {"action": {"name": "edit"}, "context": {}},
        {"subject": {"type": "user", "id": "alice"}, "action": {"name": "edit"}, "context": {}},
    ]);
    let mut decisions = |semantic: &str| -> Vec<bool> {
        if !semantic.is_empty() {
            batch["options"] = json!({"evaluations_semantic": semantic});
        }
        let answer = server.post("/access/v1/evaluations", &batch);
        let all = answer["evaluations"].as_array().unwrap();
        all.iter()
            .map(|it| it["decision"].as_bool().unwrap())
            .collect()
    };
    assert_eq!(decisions(""), [true, false, false, true]);
    assert_eq!(decisions("execute_all"), [true, false, false, true]);
    assert_eq!(decisions("deny_on_first_deny"), [true, false]);
    assert_eq!(decisions("permit_on_first_permit"), [true]);
    let single = server.post("/access/v1/evaluations", &asked("bob", "view", "d1"));
    assert_eq!(single["decision"], true);
    batch["options"] = json!({"evaluations_semantic": "whatever"});
    assert_eq!(
        server.text("/access/v1/evaluations", &batch.to_string()).0,
        400
    );
    batch["options"] = json!({});
    batch["evaluations"] = json!(vec![json!({}); 1001]);
    assert_eq!(
        server.text("/access/v1/evaluations", &batch.to_string()).0,
        400
    );
    // One that is not whole makes the request none.
    let incomplete = json!({"evaluations": [{"subject": {"type": "user", "id": "bob"}}]});
    assert_eq!(
        server
            .text("/access/v1/evaluations", &incomplete.to_string())
            .0,
        400
    );
}

#[test]
fn searches_find_what_would_be_allowed_page_by_page() {
    let server = running(|_| {});
    let search = |what: &str, body: &Value| server.post(&format!("/access/v1/search/{what}"), body);
    let subjects = json!({"subject": {"type": "user"}, "action": {"name": "edit"}, "resource": {"type": "doc", "id": "d1"}});
    assert_eq!(
        search("subject", &subjects),
        json!({"results": [{"type": "User", "id": "alice"}], "page": {"next_token": ""}})
    );
    let mut resources = asked("alice", "view", "ignored");
    assert_eq!(
        search("resource", &resources)["results"],
        json!([{"type": "Doc", "id": "d1"}])
    );
    resources["action"]["name"] = json!("delete");
    assert_eq!(search("resource", &resources)["results"], json!([]));
    let mut actions = asked("alice", "view", "d1");
    actions.as_object_mut().unwrap().remove("action");
    let all = search("action", &actions);
    assert_eq!(
        all["results"],
        json!([{"name": "comment"}, {"name": "edit"}, {"name": "view"}])
    );
    actions["page"] = json!({"limit": 2});
    let first = search("action", &actions);
    assert_eq!(
        first["results"],
        json!([{"name": "comment"}, {"name": "edit"}])
    );
    actions["page"]["token"] = first["page"]["next_token"].clone();
    let second = search("action", &actions);
    assert_eq!(
        second,
        json!({"results": [{"name": "view"}], "page": {"next_token": ""}})
    );
    // The place is one of this release.
    server.point.swap(enforced(2, POLICIES));
    assert_eq!(
        server
            .text("/access/v1/search/action", &actions.to_string())
            .0,
        400
    );
    // What is looked for is neither counted nor kept.
    let figures = server.point.meters()[0].figures();
    assert_eq!(figures.allowed + figures.denied, 0);
}

#[test]
fn it_says_what_it_is_and_how_it_is() {
    let server = running(|serving| serving.url = Some("https://pdp.example".into()));
    let _ = server.post("/access/v1/evaluation", &asked("bob", "view", "d1"));
    let (_, found) = server.get("/.well-known/authzen-configuration");
    let found: Value = serde_json::from_str(&found).unwrap();
    assert_eq!(found["policy_decision_point"], "https://pdp.example");
    assert_eq!(
        found["access_evaluation_endpoint"],
        "https://pdp.example/access/v1/evaluation"
    );
    let (_, health) = server.get("/health");
    let health: Value = serde_json::from_str(&health).unwrap();
    assert_eq!(
        (
            &health["version"],
            &health["sequence"],
            &health["since"],
            &health["stale_seconds"]
        ),
        (&json!("1.1.0"), &json!(1), &json!(100), &json!(0))
    );
    assert!(health["digest"].as_str().unwrap().starts_with("sha256:"));
    let (_, metrics) = server.get("/metrics");
    assert!(
        metrics.contains(
            "fabric_pdp_decisions_total{version=\"1.1.0\",sequence=\"1\",decision=\"allow\"} 1\n"
        ),
        "{metrics}"
    );
}

#[test]
fn it_ends_in_time_whoever_is_connected_and_answers_what_was_begun() {
    let server = running(|serving| serving.limits.at_once = 1);
    let body = asked("bob", "view", "d1").to_string();
    let head = format!(
        "POST /access/v1/evaluation HTTP/1.1\r\nHost: p\r\nConnection: close\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut begun = TcpStream::connect(server.address).unwrap();
    begun.write_all(head.as_bytes()).unwrap();
    // The body is asked for by whoever has taken the only place.
    let mut go_on = *b"HTTP/1.1 100 Continue\r\n\r\n";
    let wanted = go_on;
    begun.read_exact(&mut go_on).unwrap();
    assert_eq!(go_on, wanted);
    begun.write_all(&body.as_bytes()[..10]).unwrap();
    assert_eq!(server.text("/access/v1/evaluation", &body).0, 503);
    let mut idle = TcpStream::connect(server.address).unwrap();
    idle.write_all(b"GET /").unwrap();
    let finishing = thread::spawn(move || {
        begun.write_all(&body.as_bytes()[10..]).unwrap();
        let mut answer = String::new();
        begun.read_to_string(&mut answer).unwrap();
        answer
    });
    drop(server);
    assert!(finishing.join().unwrap().contains("\"decision\":true"));
}

#[test]
fn it_is_this_machines_alone_unless_told_otherwise() {
    let (_end, ended) = mpsc::channel();
    let open = serving(|serving| serving.address = "0.0.0.0:0".parse().unwrap());
    let refused = serve(open, |_| panic!("it listens"), ended).unwrap_err();
    assert_eq!(refused.code(), Code::PdpAddress);
    let taken = running(|_| {});
    let (_end, ended) = mpsc::channel();
    let again = serving(|serving| serving.address = taken.address);
    assert_eq!(
        serve(again, |_| panic!("it listens"), ended)
            .unwrap_err()
            .code(),
        Code::PdpAddress
    );
}
