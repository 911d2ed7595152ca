//! A witness over loopback.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
};

use evidence::{
    checkpoint,
    dsse::Envelope,
    entry::Entry,
    note::{Kind, Note, VerifierKey},
    statement::{DriftPreview, Statement, Subject},
    tlog_proof::{Growth, Proof},
};
use serde_json::Value;

use crate::{
    ledger::{drift, info, opened, place, vkey, vkey_of},
    place::Place,
};

/// A witness that ends with its test.
struct Running {
    child: Child,
    url: String,
    key: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn witness(place: &Place) -> Running {
    let log = vkey(place, "example.com/l", "log").to_string();
    // Whoever watches has a key of their own; it is there already when the witness starts again.
    if place.run(&["keys", "show", "watch"]).status != 0 {
        let create = opened(&["keys", "create", "watch", "--file"]);
        place.run(&create).fine();
    }
    let serve = [
        "witness",
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--state",
        "state",
        "--key",
        "watch",
        "--name",
        "witness.example/w1",
        "--log",
        &log,
        "--attest",
        "--json",
    ];
    let mut child = place
        .command(&opened(&serve))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    Running {
        child,
        url: said["url"].as_str().unwrap().to_owned(),
        key: said["witness"].as_str().unwrap().to_owned(),
    }
}

#[test]
fn a_witness_watches_over_logs_and_says_which_line_is_one() {
    let place = place();
    let witness = vkey(&place, "example.com/l", "witness").to_string();
    let serve = [
        "witness",
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--state",
        "state",
    ];
    let who = [
        "--key",
        "audit",
        "--name",
        "w.example/w",
        "--json",
        "--log",
        &witness,
    ];
    let (code, said) = place.run(&opened(&[&serve[..], &who].concat())).failed();
    assert_eq!(code, "bad_call");
    assert!(said.contains("witness's key"), "{said}");
    // Nor is the ledger's own key a witness in the file that others are to believe.
    let trust = ["ledger", "trust", "w", "--witness-key", &witness, "--json"];
    let (code, said) = place.run(&trust).failed();
    assert_eq!(code, "bad_call");
    assert!(said.contains("is the ledger's own"), "{said}");
}

#[test]
fn a_witness_cosigns_outlives_a_kill_and_knows_more_than_a_backup() {
    let place = place();
    drift(&place);
    let sign = |running: &Running| {
        let sign = [
            "ledger",
            "sign",
            "w",
            "--json",
            "--witness",
            &running.url,
            "--witness-key",
            &running.key,
        ];
        place.run(&opened(&sign))
    };
    let running = witness(&place);
    let note = sign(&running).json()["checkpoint"]
        .as_str()
        .unwrap()
        .to_owned();
    let (log, w1) = (
        vkey(&place, "example.com/l", "log"),
        VerifierKey::parse(&running.key).unwrap(),
    );
    assert_eq!(w1.kind(), Kind::Cosignature);
    let (_, signed) = checkpoint::open(note.as_bytes(), &[log], &[w1]).unwrap();
    assert_eq!(signed.len(), 2);
    // What is proven from now on carries the cosignature.
    let proof = Proof::parse(place.run(&["ledger", "prove", "0", "w"]).fine().as_bytes()).unwrap();
    assert_eq!(
        Note::parse(proof.checkpoint.as_bytes())
            .unwrap()
            .signatures
            .len(),
        2
    );
    // Killed and started again, it knows what it cosigned.
    drop(running);
    let running = witness(&place);
    let database = place.path("w/.fabric/ledger.sqlite");
    let backup = fs::read(&database).unwrap();
    drift(&place);
    assert!(sign(&running).status == 0);
    // A machine that lost its mark as well: only the witness knows.
    fs::write(&database, &backup).unwrap();
    for mark in fs::read_dir(place.path("home/state/trust-fabric/ledgers")).unwrap() {
        let mark = mark.unwrap().path();
        if fs::read_to_string(&mark)
            .unwrap()
            .starts_with("example.com/l\n")
        {
            fs::write(&mark, proof.checkpoint.as_bytes()).unwrap();
        }
    }
    assert_eq!(info(&place)["trouble"], Value::Null);
    let (code, said) = sign(&running).failed();
    assert_eq!(code, "ledger_stale", "{said}");
    let (url, key) = (running.url.clone(), running.key.clone());
    let restore = [
        "ledger",
        "restore",
        "w",
        "--key",
        "audit",
        "--by",
        "ana",
        "--json",
        "--witness",
        &url,
        "--witness-key",
        &key,
    ];
    let restored = place.run(&opened(&restore)).json();
    assert_eq!(restored["origin"], "example.com/l/2");
    drop(running);
    assert_eq!(place.run(&opened(&restore)).failed().0, "witness_silent");
}

#[test]
fn a_witness_attests_and_proves_what_it_attested() {
    let place = place();
    let running = witness(&place);
    let ask = |path: &str, body: Option<&str>| {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let url = format!("{}{path}", running.url);
        let mut answer = match body {
            Some(body) => agent.post(&url).send(body),
            None => agent.get(&url).call(),
        }
        .unwrap();
        (
            answer.status().as_u16(),
            answer.body_mut().read_to_string().unwrap(),
        )
    };
    let said = DriftPreview {
        issued: "2026-11-21T12:00:00Z".into(),
        base: "sha256:0".into(),
        head: "sha256:1".into(),
        rows: 1,
        gained: 0,
        lost: 0,
        open: 0,
    };
    let statement = Statement::new(vec![Subject::of("x", b"x")], &said).unwrap();
    let body = evidence::json::to_canonical(&statement).unwrap();
    let own = vkey_of(&place, "watch", "witness.example/w1/ledger", "log");
    for index in 0..3 {
        let (status, text) = ask("/attest", Some(&body));
        assert_eq!(status, 200, "{text}");
        let proof = Proof::parse(text.as_bytes()).unwrap();
        let entry = Entry::parse(std::str::from_utf8(&proof.extra).unwrap()).unwrap();
        assert!(entry.is_bound());
        assert_eq!(proof.index, index);
        proof
            .verify(&entry.leaf.hash(), std::slice::from_ref(&own), &[])
            .unwrap();
        let envelope = Envelope::parse(entry.receipt.unwrap().envelope.as_bytes()).unwrap();
        envelope
            .verify(evidence::dsse::IN_TOTO, &[own.key()], 1)
            .unwrap();
        assert_eq!(envelope.payload, body.as_bytes());
    }
    let (status, text) = ask("/prove?old=2", None);
    assert_eq!(status, 200);
    let growth = Growth::parse(text.as_bytes()).unwrap();
    assert_eq!((growth.old, growth.hashes.is_empty()), (2, false));
    let (status, text) = ask("/prove?index=1", None);
    assert_eq!(
        (status, Proof::parse(text.as_bytes()).unwrap().index),
        (200, 1)
    );
    for (path, body, status) in [
        ("/attest", Some("{}"), 400),
        ("/attest", Some("nothing"), 400),
        ("/prove?index=3", None, 400),
        ("/prove?old=4", None, 400),
        ("/prove?index=+1", None, 400),
        ("/prove?index=01", None, 400),
        ("/prove", None, 400),
    ] {
        assert_eq!(ask(path, body).0, status, "{path}");
    }
}
