//! `fabric diagnose`: shown before it is written, without what is secret, and marked when it has expired.

use std::fs;

use serde_json::Value;

use crate::place::Place;

/// A workspace whose every name is worth hiding.
fn place() -> Place {
    let place = Place::new();
    place.write(
        "w/workspace.toml",
        "name = \"Secret Unit\"\ntenant = \"acme-tenant\"\n",
    );
    place.write(
        "w/entities.json",
        r#"[{"uid": {"type": "User", "id": "mallory"}, "attrs": {"guest": false}, "parents": []}]"#,
    );
    place
}

fn diagnose(place: &Place, more: &[&str]) -> crate::place::Ran {
    place.run(&[&["diagnose", "w"], more].concat())
}

#[test]
fn all_of_it_is_shown_and_nothing_is_written() {
    let place = place();
    let before = place.snapshot("w");
    let shown = diagnose(&place, &[]).fine();
    for part in [
        "about.json",
        "databases.json",
        "log.jsonl",
        "left out",
        "\"policies\": 3",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    for secret in [
        "mallory",
        "Secret Unit",
        "acme-tenant",
        "guests-stay-out",
        &*place.path("").to_string_lossy(),
    ] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    assert_eq!(place.snapshot("w"), before);
    assert!(!place.path("home").exists());
}

#[test]
fn what_was_shown_is_written_read_again_and_expires() {
    let place = place();
    fs::create_dir(place.path("out")).unwrap();
    diagnose(&place, &["--out", "out", "--without", "databases.json"]).fine();
    let written: Vec<_> = fs::read_dir(place.path("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let [name] = written.as_slice() else {
        panic!("{written:?}");
    };
    assert!(
        name.starts_with("trust-fabric-diagnostics-2") && name.contains("-expires-2"),
        "{name}"
    );
    let path = format!("out/{name}");
    let read = place.run(&["diagnose", "--open", &path, "--json"]);
    assert_eq!(read.status, 0, "{}", read.err);
    let opened = read.json();
    assert_eq!(opened["expired"], false);
    let names: Vec<&str> = opened["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file[0].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "about.json",
            "settings.json",
            "features.json",
            "workspace.json",
            "log.jsonl"
        ]
    );
    let left_out = opened["manifest"]["left_out"].as_array().unwrap();
    assert!(left_out.iter().any(|it| it["what"] == "databases.json"));
    let text = place.run(&["diagnose", "--open", &path]).fine();
    assert!(text.contains("left out by the user"), "{text}");

    // One that was made long ago.
    let facts = diagnostics::Fact::map([("files", diagnostics::Fact::Number(3))]);
    let draft = diagnostics::Draft {
        version: "0.1.0",
        made: 1_700_000_000,
        documents: vec![diagnostics::Document::facts(
            "about.json",
            "Counts.",
            &facts,
        )],
        left_out: vec![],
    };
    place.write(
        "old.zip",
        draft.pack(&[], &diagnostics::Canaries::default()).unwrap(),
    );
    let old = place.run(&["diagnose", "--open", "old.zip"]);
    assert_eq!(old.status, 1, "{}", old.err);
    assert!(old.out.starts_with("expired: delete it"), "{}", old.out);
}

#[test]
fn a_secret_in_a_file_is_named_and_the_file_can_be_left_out() {
    let place = place();
    let line = r#"{"at":"2026-11-21T12:00:00Z","level":"error","event":"the application panicked","text":"nothing of mallory is there"}"#;
    place.write(
        "home/state/trust-fabric/logs/studio.log",
        format!("{line}\n"),
    );
    let shown = diagnose(&place, &["--json"]);
    assert_eq!(shown.status, 1, "{}", shown.err);
    let caught: Vec<Value> = shown.json()["files"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|file| !file["caught"].is_null())
        .map(|file| file["name"].clone())
        .collect();
    assert_eq!(caught, ["log.jsonl"]);
    let (code, text) = diagnose(&place, &["--json", "--out", "out.zip"]).failed();
    assert_eq!(code, "diagnostics_secret");
    assert!(
        text.contains("`log.jsonl`") && !text.contains("mallory"),
        "{text}"
    );
    assert!(!place.path("out.zip").exists());
    diagnose(&place, &["--out", "out.zip", "--without", "log.jsonl"]).fine();
    assert!(place.path("out.zip").exists());
}

#[test]
fn what_is_no_archive_or_cannot_be_told_about_is_refused() {
    let place = place();
    place.write("other.zip", "PK no archive");
    let failed = |arguments: &[&str]| place.run(arguments).failed().0;
    assert_eq!(
        failed(&["diagnose", "--open", "other.zip", "--json"]),
        "diagnostics_invalid"
    );
    assert_eq!(
        failed(&["diagnose", "--open", "none.zip", "--json"]),
        "file_read"
    );
    assert_eq!(
        failed(&["diagnose", "nowhere", "--json"]),
        "workspace_missing"
    );
    assert_eq!(
        failed(&[
            "diagnose",
            "w",
            "--out",
            "o.zip",
            "--without",
            "x",
            "--json"
        ]),
        "bad_call"
    );
    assert_eq!(
        failed(&["diagnose", "w", "--open", "other.zip", "--json"]),
        "bad_call"
    );
}
