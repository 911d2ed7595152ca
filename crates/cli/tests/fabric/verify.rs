//! `fabric verify`: three verdicts with their exit statuses, the shape of its JSON, the signed verdict, bad input, and that it
//! works with the network denied.

use std::{collections::BTreeSet, fs::File, process::Command};

use evidence::{
    bundle::Builder,
    checkpoint::Checkpoint,
    dsse,
    ed25519::{SecretKey, Signer},
    entry::{Entry, Receipt},
    hex,
    leaf::{self, Leaf},
    merkle::{self, Tree},
    moment,
    note::{Kind, VerifierKey},
    sha256,
    statement::{DriftPreview, Predicate as _, Statement, Subject},
    verify::{Refusal, Summary},
};
use model::Request;
use policy::Files;
use serde_json::{Value, json};
use verifier::Asked;

use crate::place::{ENTITIES, POLICIES, Place, SCHEMA, request};

const ORIGIN: &str = "example.com/ledger";
const NOW: u64 = 1_795_262_400;

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

fn files(policies: &str) -> Files {
    [
        ("policies.cedar", policies),
        ("policies.cedarschema", SCHEMA),
        ("entities.json", ENTITIES),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text.as_bytes().into()))
    .collect()
}

/// The policies with everybody let in to what is not public.
fn opened() -> String {
    let (kept, _) = POLICIES.split_once("@id(\"guests-stay-out\")").unwrap();
    kept.replace("when { resource.public }", "")
}

fn signed(head: &Checkpoint) -> String {
    let mut note = head.to_note().unwrap();
    note.sign(ORIGIN, &key(1)).unwrap();
    note.to_string()
}

/// A folder with `good.tfb`, the trust file `trust.json`, and checkpoints seen before: `seen.txt`, and `fork.txt` of another past.
/// In the bundle are three previews of an edit that lets Bob in, and the decision that changes.
fn place() -> Place {
    let place = Place::new();
    let (base, head) = (files(POLICIES), files(&opened()));
    let digest = |files: &Files| policy::compile(files).set.digest();
    let (mut tree, mut entries) = (Tree::default(), Vec::new());
    for seq in 0..3_u64 {
        let time = NOW - 100 + seq;
        let said = DriftPreview {
            issued: moment::text(time),
            base: digest(&base),
            head: digest(&head),
            rows: 4,
            gained: 3,
            lost: 0,
            open: 0,
        };
        let subject = Subject::of("policies", opened().as_bytes());
        let statement = Statement::new(vec![subject], &said).unwrap();
        let envelope = statement.seal(&[&key(2)]).unwrap().to_json();
        let salt = sha256(&[&seq.to_be_bytes()]);
        let leaf = Leaf {
            kind: DriftPreview::KIND,
            flags: 0,
            seq,
            digest: leaf::digest(&salt, envelope.as_bytes()),
            keyid: key(2).public().id(),
            time,
        };
        tree.append(leaf.hash()).unwrap();
        let receipt = Some(Receipt { salt, envelope });
        entries.push(Entry { leaf, receipt });
    }
    let checkpoint = |size| Checkpoint {
        origin: ORIGIN.into(),
        size,
        root: merkle::root(&tree, size).unwrap(),
        extensions: Vec::new(),
    };
    let mut builder = Builder::new(NOW, "an audit");
    builder.checkpoint(&signed(&checkpoint(3))).unwrap();
    entries
        .iter()
        .for_each(|entry| builder.entry(entry).unwrap());
    let asked = |who, count| Asked {
        request: serde_json::from_str::<Request>(&request(who, "view", "plan")).unwrap(),
        entities: None,
        count,
    };
    for (name, content) in
        verifier::pack(&base, &head, [asked("bob", 3), asked("alice", 1)]).unwrap()
    {
        builder.artefact(&name, &content).unwrap();
    }
    place.write("good.tfb", builder.seal(&tree, None, &[&key(2)]).unwrap());
    place.write("seen.txt", signed(&checkpoint(2)));
    let fork = Checkpoint {
        root: [7; 32],
        ..checkpoint(2)
    };
    place.write("fork.txt", signed(&fork));
    let log = VerifierKey::new(ORIGIN, Kind::Ed25519, key(1).public()).unwrap();
    let trust = json!({
        "version": 1,
        "policy": [format!("log {log}"), "quorum none"],
        "keys": [{"key": hex(&key(2).public().to_bytes()), "name": "Studio", "roles": ["studio"], "from": "2026-01-01T00:00:00Z"}],
        "receipts": {"bundle": {"roles": ["studio"]}, "drift-preview": {"roles": ["studio"]}},
    });
    place.write("trust.json", trust.to_string());
    place
}

const VERIFY: &[&str] = &["verify", "good.tfb", "--trust", "trust.json"];

/// State of a check.
fn state(verdict: &Value, id: &str) -> String {
    let checks = verdict["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["id"] == id).unwrap();
    check["state"].as_str().unwrap().to_owned()
}

#[test]
fn a_good_bundle_is_verified_and_its_decisions_are_run_again() {
    let place = place();
    let ran = place.run(
        &[
            VERIFY,
            &[
                "--json",
                "--at",
                "2026-11-21T12:00:00Z",
                "--last-seen",
                "seen.txt",
            ],
        ]
        .concat(),
    );
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    let verdict = ran.json();
    assert_eq!(verdict["verdict"], "verified");
    assert_eq!(verdict["subject"]["name"], "good.tfb");
    assert_eq!(
        verdict["subject"]["digest"]["sha256"]
            .as_str()
            .unwrap()
            .len(),
        64
    );
    let checks = verdict["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 21);
    for (number, check) in (1..).zip(checks) {
        let members: BTreeSet<_> = check
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(
            members,
            ["expected", "found", "id", "sentence", "state"].into()
        );
        assert_eq!(check["id"], format!("V{number:02}"));
    }
    assert_eq!(state(&verdict, "V11"), "pass");
    assert_eq!(state(&verdict, "V21"), "pass");
    let text = place.run(VERIFY).fine();
    assert!(text.starts_with("verified: good.tfb; 21 checks"), "{text}");
    assert!(text.contains("✓ V21") && text.contains("– V14"), "{text}");
}

#[test]
fn a_bundle_with_one_bit_changed_fails() {
    let place = place();
    let good = std::fs::read(place.path("good.tfb")).unwrap();
    for at in [0, good.len() / 3, good.len() / 2, good.len() - 1] {
        let mut bent = good.clone();
        bent[at] ^= 4;
        place.write("good.tfb", bent);
        let ran = place.run(VERIFY);
        assert_eq!(ran.status, 1, "byte {at}: {}{}", ran.out, ran.err);
        assert!(
            ran.out.starts_with("failed:") && ran.out.contains("expected:"),
            "{}",
            ran.out
        );
    }
}

#[test]
fn without_trust_nothing_is_decided() {
    let place = place();
    let ran = place.run(&["verify", "good.tfb"]);
    assert_eq!(ran.status, 2);
    assert!(
        ran.out.starts_with("cannot decide:") && ran.out.contains("--trust"),
        "{}",
        ran.out
    );
    let verdict = place.run(&["verify", "good.tfb", "--json"]).json();
    assert_eq!(verdict["verdict"], "cannot_decide");
    assert_eq!(state(&verdict, "V03"), "not_checked");
    // A file that names nobody is an answer, and then nobody signed.
    place.write("trust.json", "{\"version\":1}");
    let ran = place.run(&[VERIFY, &["--json"]].concat());
    assert_eq!(
        (ran.status, state(&ran.json(), "V03").as_str()),
        (1, "fail")
    );
}

#[test]
fn the_moment_and_the_checkpoint_are_the_auditor_s() {
    let place = place();
    let check = |more: &[&str], id: &str| {
        let ran = place.run(&[VERIFY, more, &["--json"]].concat());
        (ran.status, state(&ran.json(), id))
    };
    assert_eq!(
        check(&["--at", "2026-11-21T11:59:00Z"], "V04"),
        (1, "fail".into())
    );
    assert_eq!(
        check(&["--last-seen", "fork.txt"], "V11"),
        (1, "fail".into())
    );
    assert_eq!(
        check(&["--last-seen", "seen.txt"], "V11"),
        (0, "pass".into())
    );
    assert_eq!(check(&[], "V11"), (0, "not_checked".into()));
}

#[test]
fn the_verdict_is_written_as_a_statement_and_signed() {
    let place = place();
    place.run(&["guard", "key", "auditor.key"]).fine();
    let public = place.run(&["guard", "key", "other.key", "--json"]).json();
    let write = |more: &[&str]| {
        place.run(&[VERIFY, &["--verdict", "verdict.json"], more].concat());
        place.read("verdict.json")
    };
    let plain = Statement::parse(write(&[]).trim_end().as_bytes()).unwrap();
    let summary: Summary = plain.predicate().unwrap();
    assert!(summary.properties.contains(&"TRUST_FABRIC_V21".to_owned()));
    assert!(plain.subject[0].is(&std::fs::read(place.path("good.tfb")).unwrap()));
    let sealed = write(&["--key", "other.key"]);
    let digits = public["key"]
        .as_str()
        .unwrap()
        .strip_prefix("ed25519:")
        .unwrap();
    let auditor =
        evidence::ed25519::PublicKey::from_bytes(evidence::unhex(digits).unwrap()).unwrap();
    let payload = dsse::open(sealed.as_bytes(), dsse::IN_TOTO, &[auditor], 1).unwrap();
    assert_eq!(Statement::parse(&payload).unwrap().subject, plain.subject);
    let failed =
        Statement::parse(write(&["--last-seen", "fork.txt"]).trim_end().as_bytes()).unwrap();
    assert_eq!(failed.predicate::<Refusal>().unwrap().checks.len(), 21);
    // Verdicts take each other's place, and nothing else's; nor are folders made for one.
    let trust = place.read("trust.json");
    for (path, code) in [
        ("trust.json", "file_write"),
        ("good.tfb", "file_write"),
        ("nowhere/verdict.json", "file_write"),
        ("home/data/trust-fabric/verdict.json", "bad_call"),
    ] {
        let ran = place.run(&[VERIFY, &["--verdict", path, "--json"]].concat());
        assert_eq!(ran.failed().0, code, "{path}");
    }
    assert_eq!(place.read("trust.json"), trust);
    assert!(!place.path("nowhere").exists());
}

#[test]
fn bad_input_is_told_and_costs_nothing() {
    let place = place();
    let code = |arguments: &[&str]| {
        let ran = place.run(arguments);
        assert_eq!(ran.status, 2, "{arguments:?}");
        ran.failed().0
    };
    assert_eq!(code(&["verify", "none.tfb", "--json"]), "file_read");
    assert_eq!(code(&["verify", "w", "--json"]), "file_read");
    assert_eq!(
        code(&["verify", "good.tfb", "--trust", "good.tfb", "--json"]),
        "trust_invalid"
    );
    assert_eq!(
        code(&["verify", "good.tfb", "--last-seen", "trust.json", "--json"]),
        "checkpoint_invalid"
    );
    assert_eq!(
        code(&["verify", "good.tfb", "--at", "yesterday", "--json"]),
        "bad_call"
    );
    assert_eq!(
        code(&[
            "verify",
            "good.tfb",
            "--verdict",
            "v",
            "--key",
            "trust.json",
            "--json"
        ]),
        "key_invalid"
    );
    place.write("deep.json", "[".repeat(100_000));
    assert_eq!(
        code(&["verify", "good.tfb", "--trust", "deep.json", "--json"]),
        "trust_invalid"
    );
    // Holes: eight gigabytes that nobody wrote.
    File::create(place.path("huge.tfb"))
        .unwrap()
        .set_len(8 << 30)
        .unwrap();
    assert_eq!(code(&["verify", "huge.tfb", "--json"]), "file_read");
    // No archive at all is a failed check, not a failed program.
    for content in [b"".as_slice(), b"\0\0\0", b"PK\x05\x06", b"{}"] {
        place.write("none.tfb", content);
        let ran = place.run(&["verify", "none.tfb", "--trust", "trust.json", "--json"]);
        assert_eq!(
            (ran.status, state(&ran.json(), "V01").as_str()),
            (1, "fail")
        );
    }
}

/// Runs it where the network is denied, and where every call to it is recorded. A machine with neither tool judges nothing, and
/// says so.
#[test]
fn nothing_is_asked_over_the_network() {
    let place = place();
    let plain = place.command(VERIFY);
    let run = |tool: &[&str]| {
        let (program, arguments) = tool.split_first().unwrap();
        let mut command = Command::new(program);
        command
            .args(arguments)
            .arg(plain.get_program())
            .args(plain.get_args());
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.current_dir(plain.get_current_dir().unwrap());
        command.output()
    };
    let can = |tool: &[&str]| {
        let (program, arguments) = tool.split_first().unwrap();
        let done = Command::new(program).args(arguments).arg("true").output();
        done.is_ok_and(|done| done.status.success())
    };
    let mut judged = 0;
    if let Some(tool) = [&["unshare", "-n"][..], &["unshare", "-rn"]]
        .into_iter()
        .find(|tool| can(tool))
    {
        judged += 1;
        let done = run(tool).unwrap();
        assert!(done.status.success(), "{done:?}");
    }
    let record = place.path("calls.txt");
    let strace = [
        "strace",
        "-f",
        "-qq",
        "-e",
        "trace=network",
        "-o",
        record.to_str().unwrap(),
    ];
    if can(&strace) {
        judged += 1;
        let done = run(&strace).unwrap();
        assert!(done.status.success(), "{done:?}");
        let calls = place.read("calls.txt");
        assert!(!calls.contains("socket("), "{calls}");
    }
    if judged == 0 {
        eprintln!("neither `unshare -n` nor `strace` works here: nothing was judged");
    }
}

/// What is no bundle costs no memory and no patience: it is refused by its size and its end, and what is no file is not opened.
#[test]
fn what_cannot_be_a_bundle_is_not_read() {
    let place = place();
    let long = |name: &str, begin: &[u8], length: u64| {
        place.write(name, begin);
        let file = File::options().write(true).open(place.path(name)).unwrap();
        file.set_len(length).unwrap();
    };
    long("s.tfb", b"PK", 3 << 30);
    long("r.pdf", b"%PDF-1.7\n", 3 << 30);
    long("trust-3.json", b"{", 3 << 30);
    for (arguments, why) in [
        (
            ["verify", "s.tfb", "--trust", "trust.json", "--json"],
            "does not end as a bundle does",
        ),
        (
            ["verify", "r.pdf", "--trust", "trust.json", "--json"],
            "no report has more than",
        ),
        (
            ["verify", "good.tfb", "--trust", "trust-3.json", "--json"],
            "it is larger than",
        ),
    ] {
        let ran = place.run(&arguments);
        let (code, said) = ran.failed();
        assert_eq!(code, "file_read");
        assert!(said.contains(why), "{said}");
    }
    #[cfg(unix)]
    {
        let fifo = place.path("pipe");
        assert!(
            Command::new("mkfifo")
                .arg(&fifo)
                .status()
                .unwrap()
                .success()
        );
        for arguments in [
            ["verify", "pipe", "--trust", "trust.json", "--json"],
            ["verify", "good.tfb", "--trust", "pipe", "--json"],
        ] {
            let (code, said) = place.run(&arguments).failed();
            assert_eq!(code, "file_read");
            assert!(said.contains("it is no file"), "{said}");
        }
    }
}
