//! From a preview to what an auditor verifies alone: a receipt in the ledger, a bundle, a trust file, the decisions run again.

use serde_json::{Value, json};

use crate::place::{PASS, POLICIES, Place, row};

/// A workspace whose ledger has the receipt of one preview, the edit beside it, and an auditor's trust file.
fn place() -> Place {
    let place = Place::new();
    let public = place.begin_ledger("audit");
    let open = POLICIES.replace("when { resource.public }", "").replace(
        "unless { resource.public }",
        "unless { action == Action::\"view\" }",
    );
    place.write("x/policies.cedar", open);
    for file in ["policies.cedarschema", "entities.json"] {
        place.write(&format!("x/{file}"), place.read(&format!("w/{file}")));
    }
    place.write("log.jsonl", row("bob", "view", "plan", "deny"));
    let drift = [
        "drift",
        "w",
        "x",
        "--log",
        "log.jsonl",
        "--json",
        "--receipt",
        "w",
    ];
    let ran = place.run(&[&drift, PASS].concat());
    assert_eq!(ran.json()["totals"]["gained"], 1, "{}", ran.err);
    place.write("report.json", ran.out);
    let ledger = place.run(&["ledger", "info", "w", "--json"]).json();
    let vkey = ledger["keys"][0]["vkey"].as_str().unwrap();
    let trust = json!({
        "version": 1,
        "policy": [format!("log {vkey}"), "quorum none"],
        "keys": [{"key": public, "name": "studio", "roles": ["studio"], "from": "2020-01-01T00:00:00Z"}],
        "receipts": {"bundle": {"roles": ["studio"]}, "drift-preview": {"roles": ["studio"]}},
    });
    place.write("trust.json", trust.to_string());
    place
}

fn export(place: &Place, out: &str, more: &[&str]) {
    let bundle = [
        "bundle",
        "w",
        "--out",
        out,
        "--artefact",
        "drift-report.json=report.json",
        "--base",
        "w",
        "--head",
        "x",
        "--log",
        "log.jsonl",
        "--json",
    ];
    let made = place.run(&[&bundle, PASS, more].concat()).json();
    assert_eq!(made["receipts"], 1);
}

#[test]
fn a_bundle_verifies_and_its_decisions_are_run_again() {
    let place = place();
    export(&place, "b.tfb", &[]);
    let verify = ["verify", "b.tfb", "--trust", "trust.json", "--json"];
    let ran = place.run(&verify);
    let verdict = ran.json();
    assert_eq!(
        (ran.status, &verdict["verdict"]),
        (0, &json!("verified")),
        "{verdict:#}"
    );
    let state = |id: &str| {
        let checks = verdict["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["id"] == id).unwrap();
        check["state"].as_str().unwrap().to_owned()
    };
    for id in ["V03", "V06", "V10", "V12", "V13", "V15", "V21"] {
        assert_eq!(state(id), "pass", "{id}: {verdict:#}");
    }
    // Who trusts nobody decides nothing.
    let alone = place.run(&["verify", "b.tfb", "--json"]);
    assert_eq!(
        (alone.status, &alone.json()["verdict"]),
        (2, &json!("cannot_decide"))
    );
}

#[test]
fn decisions_of_another_edit_are_refused_at_export() {
    let place = place();
    let other = |base: &str, head: &str| {
        let edit = ["--base", base, "--head", head, "--log", "log.jsonl"];
        let bundle = ["bundle", "w", "--out", "other.tfb", "--json"];
        let ran = place.run(&[&bundle[..], &edit, PASS].concat());
        assert_eq!(ran.failed().0, "bad_call");
        assert!(!place.path("other.tfb").exists());
        ran.json()["error"]["hint"].as_str().unwrap().to_owned()
    };
    let hint = other("x", "w");
    assert!(hint.contains("--receipt DIR"), "{hint}");
    // A receipt of that edit, which was not chosen, is named.
    let drift = [
        "drift",
        "x",
        "w",
        "--log",
        "log.jsonl",
        "--receipt",
        "w",
        "--json",
    ];
    place.run(&[&drift, PASS].concat()).json();
    let bundle = [
        "bundle", "w", "0", "--out", "o.tfb", "--json", "--base", "x",
    ];
    let edit = ["--head", "w", "--log", "log.jsonl"];
    let ran = place.run(&[&bundle[..], &edit, PASS].concat());
    assert_eq!(ran.failed().0, "bad_call");
    let hint = ran.json()["error"]["hint"].as_str().unwrap().to_owned();
    assert!(hint.ends_with("about it: 1"), "{hint}");
}

#[test]
fn a_compact_bundle_of_a_compact_ledger_verifies_the_same() {
    let place = place();
    let states = |out: &str, more: &[&str]| {
        export(&place, out, more);
        let verify = ["verify", out, "--trust", "trust.json", "--json"];
        let ran = place.run(&verify);
        assert_eq!(ran.status, 0, "{}", ran.out);
        let checks = ran.json()["checks"].as_array().unwrap().clone();
        let state = |check: &Value| (check["id"].clone(), check["state"].clone());
        checks.iter().map(state).collect::<Vec<_>>()
    };
    let lines = states("lines.tfb", &[]);
    place.run(&["ledger", "compact", "w", "--drop"]).fine();
    assert_eq!(states("again.tfb", &[]), lines);
    let blocks = states("blocks.tfb", &["--compact"]);
    for (block, line) in blocks.iter().zip(lines) {
        if block.0 == "V16" {
            assert_eq!((&block.1, &line.1), (&json!("pass"), &json!("not_checked")));
        } else {
            assert_eq!(*block, line);
        }
    }
}

#[test]
fn another_report_than_the_receipt_speaks_of_fails() {
    let place = place();
    let mut report: Value = serde_json::from_str(&place.read("report.json")).unwrap();
    report["totals"]["gained"] = json!(0);
    place.write("report.json", report.to_string());
    export(&place, "b.tfb", &[]);
    let ran = place.run(&["verify", "b.tfb", "--trust", "trust.json", "--json"]);
    assert_eq!(
        (ran.status, &ran.json()["verdict"]),
        (1, &json!("failed")),
        "{}",
        ran.out
    );
}

#[test]
fn what_belongs_to_a_receipt_goes_out_with_it() {
    let place = place();
    let again = [
        "drift",
        "w",
        "x",
        "--log",
        "log.jsonl",
        "--json",
        "--receipt",
        "w",
    ];
    place.run(&[&again, PASS].concat());
    let bundle = [
        "bundle",
        "w",
        "1",
        "--edits",
        "--reports",
        "--out",
        "b.tfb",
        "--json",
    ];
    let made = place.run(&[&bundle, PASS].concat()).json();
    assert_eq!(
        (&made["receipts"], &made["artefacts"]),
        (&json!(2), &json!(1))
    );
    let verdict = place.run(&["verify", "b.tfb", "--trust", "trust.json", "--json"]);
    assert_eq!(verdict.json()["verdict"], "verified", "{}", verdict.out);
}

#[test]
fn receipts_that_are_not_there_are_named() {
    let place = place();
    for wrong in ["7", "1-0", "x", "0-1"] {
        let bundle = ["bundle", "w", wrong, "--out", "b.tfb", "--json"];
        let (code, message) = place.run(&[&bundle, PASS].concat()).failed();
        assert_eq!(code, "bad_call");
        assert!(message.contains(wrong), "{message}");
    }
    let late = [
        "bundle",
        "w",
        "--until",
        "2020-01-01T00:00:00Z",
        "--out",
        "b.tfb",
        "--json",
    ];
    assert_eq!(place.run(&[&late, PASS].concat()).failed().0, "bad_call");
    assert!(!place.path("b.tfb").exists());
}

#[test]
fn a_purge_is_told_to_whoever_verifies() {
    let place = place();
    let again = ["drift", "w", "x", "--log", "log.jsonl", "--receipt", "w"];
    place.run(&[&again, PASS].concat());
    let purge = ["ledger", "purge", "w", "0", "--reason", "asked for"];
    let purge = [&purge, PASS, &["--json"]].concat();
    let done = place.run(&purge).json();
    assert_eq!(
        (&done["purged"], &done["manifest"]),
        (&json!([0]), &json!(2))
    );
    assert_eq!(place.run(&purge).failed().0, "bad_call");
    let checked = place.run(&["ledger", "check", "w", "--json"]).json();
    assert_eq!(
        (&checked["receipts"], &checked["purged"]),
        (&json!(3), &json!(1))
    );

    let bundle = ["bundle", "w", "0-1", "--out", "b.tfb", "--json"];
    let made = place.run(&[&bundle, PASS].concat()).json();
    assert_eq!(made["receipts"], 3, "what says so comes along");
    let verify = ["verify", "b.tfb", "--trust", "trust.json", "--json"];
    // Who may purge, the auditor says.
    assert_eq!(place.run(&verify).json()["verdict"], "failed");
    let trust = place.read("trust.json");
    let role = "\"bundle\":{\"roles\":[\"studio\"]}";
    assert!(trust.contains(role), "{trust}");
    let more = role.replace("bundle", "purge-manifest");
    place.write("trust.json", trust.replace(role, &format!("{role},{more}")));
    let verdict = place.run(&verify).json();
    assert_eq!(verdict["verdict"], "verified", "{verdict:#}");
    let v17 = verdict["checks"].as_array().unwrap().iter();
    let v17: Vec<_> = v17.filter(|it| it["id"] == "V17").collect();
    assert_eq!(v17[0]["state"], "pass");
}
