//! Bad input of every kind: an error with a code, a place and a hint; nothing lost, nothing half written, no panic.

use std::fs;

use crate::place::{ENTITIES, POLICIES, Place, SCHEMA, request, row};

/// What `check` finds: code, file, line.
fn found(place: &Place) -> Vec<(String, String, u64)> {
    let ran = place.run(&["check", "w", "--json"]);
    assert_eq!(ran.status, 1, "{}{}", ran.out, ran.err);
    let list = ran.json()["problems"].as_array().unwrap().clone();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    list.iter()
        .inspect(|problem| assert!(!text(&problem["hint"]).is_empty(), "{problem}"))
        .map(|problem| {
            (
                text(&problem["code"]),
                text(&problem["file"]),
                problem["line"].as_u64().unwrap(),
            )
        })
        .collect()
}

fn problem(code: &str, file: &str, line: u64) -> (String, String, u64) {
    (code.to_owned(), file.to_owned(), line)
}

#[test]
fn broken_policies_are_placed_and_decide_nothing() {
    let place = Place::new();
    place.write(
        "w/more.cedar",
        "permit (principal, action, resource);\npermit (principal, acton, resource);\n",
    );
    assert!(found(&place).contains(&problem("policy_syntax", "more.cedar", 2)));
    place.write("r.json", request("alice", "edit", "plan"));
    for command in [
        &["decide", "w", "--request", "r.json", "--json"][..],
        &["test", "w", "--json"],
    ] {
        let (code, text) = place.run(command).failed();
        assert_eq!(code, "set_broken", "{command:?}");
        assert!(text.contains("more.cedar:2:"), "{text}");
    }
    place.write("log.jsonl", row("alice", "edit", "plan", "allow"));
    let (code, text) = place
        .run(&["drift", "w", "w", "--log", "log.jsonl", "--json"])
        .failed();
    assert_eq!(code, "set_broken");
    assert!(text.contains("more.cedar:2:"), "{text}");
    let human = place.run(&["decide", "w", "--request", "r.json"]);
    assert_eq!((human.status, human.out.as_str()), (2, ""));
    assert!(
        human
            .err
            .starts_with("error[set_broken]: `w` does not compile"),
        "{}",
        human.err
    );
    assert!(human.err.contains("\nhint: "), "{}", human.err);
}

#[test]
fn a_schema_that_does_not_fit_is_found_on_either_side() {
    let place = Place::new();
    place.write(
        "w/policies.cedarschema",
        SCHEMA.replace("public: Bool", "open: Bool"),
    );
    let codes: Vec<_> = found(&place)
        .into_iter()
        .map(|(code, file, _)| (code, file))
        .collect();
    assert!(
        codes.contains(&("policy_invalid".into(), "policies.cedar".into())),
        "{codes:?}"
    );
    assert!(
        codes.contains(&("entities_invalid".into(), "entities.json".into())),
        "{codes:?}"
    );
    place.write(
        "w/policies.cedarschema",
        "entity User {\n  guest Bool\n};\n",
    );
    assert!(found(&place).contains(&problem("schema_syntax", "policies.cedarschema", 2)));
}

#[test]
fn entities_that_make_no_sense_are_named() {
    let place = Place::new();
    let cyclic = r#"[
{"uid": {"type": "Team", "id": "a"}, "attrs": {}, "parents": [{"type": "Team", "id": "b"}]},
{"uid": {"type": "Team", "id": "b"}, "attrs": {}, "parents": [{"type": "Team", "id": "a"}]}
]"#;
    place.write(
        "w/policies.cedarschema",
        format!("entity Team in [Team];\n{SCHEMA}"),
    );
    place.write("w/entities/teams.json", cyclic);
    assert!(
        found(&place)
            .iter()
            .any(|(code, file, _)| code == "entities_cycle" && file == "entities/teams.json"),
        "{:?}",
        found(&place)
    );
    place.write("w/entities/teams.json", "[\n{\"uid\": 1,\n");
    assert!(
        found(&place)
            .iter()
            .any(|(code, file, _)| code == "entities_syntax" && file == "entities/teams.json"),
        "{:?}",
        found(&place)
    );
    place.write(
        "w/entities/teams.json",
        ENTITIES.replace("\"guest\": false", "\"guest\": true"),
    );
    assert!(
        found(&place)
            .iter()
            .any(|(code, ..)| code == "entities_duplicate"),
        "{:?}",
        found(&place)
    );
    place.write("r.json", request("alice", "edit", "plan"));
    assert_eq!(
        place
            .run(&["decide", "w", "--request", "r.json", "--json"])
            .failed()
            .0,
        "set_broken"
    );
}

#[test]
fn an_id_given_twice_is_found_where_it_stands_again() {
    let place = Place::new();
    place.write(
        "w/z.cedar",
        "@id(\"owner\")\npermit (principal, action, resource);\n",
    );
    assert!(
        found(&place)
            .iter()
            .any(|(code, file, _)| code == "policy_duplicate_id" && file == "z.cedar"),
        "{:?}",
        found(&place)
    );
}

#[test]
fn files_that_are_not_utf8_are_placed() {
    let place = Place::new();
    let bytes = [POLICIES.as_bytes(), b"// caf\xe9\n"].concat();
    place.write("w/policies.cedar", &bytes);
    let line = POLICIES.lines().count() as u64 + 1;
    assert!(
        found(&place).contains(&problem("file_encoding", "policies.cedar", line)),
        "{:?}",
        found(&place)
    );
    let formatted = place.run(&["fmt", "w/policies.cedar", "--json"]);
    assert_eq!(formatted.status, 1);
    assert_eq!(formatted.json()["problems"][0]["line"], line);
    assert_eq!(fs::read(place.path("w/policies.cedar")).unwrap(), bytes);
    place.write("w/ALLOW/x.json", b"{\"principal\": \"\xff\"}");
    assert!(
        found(&place)
            .iter()
            .any(|(code, file, _)| code == "file_encoding" && file == "ALLOW/x.json"),
        "{:?}",
        found(&place)
    );
}

#[test]
fn requests_that_cannot_be_read_or_do_not_fit_say_where_and_why() {
    let place = Place::new();
    for (content, expected) in [
        ("{", "r.json:1:"),
        ("{\n\"principal\": \"User::\\\"alice\\\"\"}", "r.json:2:"),
        ("[]", "r.json:1:"),
        (&request("alice", "fly", "plan"), "fly"),
        (
            &request("alice", "edit", "plan").replace("User::", "User:"),
            "r.json",
        ),
        (
            &request("alice", "edit", "plan").replace("true", "7"),
            "mfa",
        ),
        (
            &request("alice", "edit", "plan").replace("context", "contxt"),
            "contxt",
        ),
    ] {
        place.write("r.json", content);
        let (code, text) = place
            .run(&["explain", "w", "--request", "r.json", "--json"])
            .failed();
        assert_eq!(code, "request_invalid", "{content}");
        assert!(text.contains(expected), "{content}: {text}");
        assert!(text.contains("r.json"), "{content}: {text}");
    }
    assert_eq!(
        place
            .run(&["decide", "w", "--request", "none.json", "--json"])
            .failed()
            .0,
        "file_read"
    );
}

#[test]
fn bad_lines_of_a_log_are_counted_and_numbered() {
    let place = Place::new();
    let good = row("alice", "edit", "plan", "allow");
    let mut log = Vec::new();
    log.extend_from_slice(good.as_bytes());
    log.extend_from_slice(b"not json\n");
    log.extend_from_slice(b"{\"principal\": \"\xff\"}\n");
    log.extend_from_slice(good.as_bytes());
    log.extend_from_slice(&good.as_bytes()[..good.len() / 2]);
    place.write("log.jsonl", log);
    let ran = place.run(&["log", "import", "w", "log.jsonl", "--json"]);
    assert_eq!(ran.status, 1, "{}", ran.err);
    let done = ran.json();
    assert_eq!(done["rows"], 2);
    assert_eq!(
        done["skipped"],
        serde_json::json!([
            {"line": 2, "code": "log_line", "why": "expected ident in column 2"},
            {"line": 3, "code": "log_encoding", "why": "it is not UTF-8"},
            {"line": 5, "code": "log_truncated", "why": done["skipped"][2]["why"]},
        ])
    );
    let named = &done["skipped"];
    let text = place.run(&["log", "import", "w", "log.jsonl"]);
    assert_eq!(text.status, 1);
    assert!(
        text.out.contains("3 lines skipped\n  log_line: line 2\n"),
        "{}",
        text.out
    );
    // What could be read is there.
    assert_eq!(place.run(&["log", "info", "w", "--json"]).json()["rows"], 2);
    // And who replays it is told that it is not all, whether it was imported or is read for this once.
    for log in ["w", "log.jsonl"] {
        let drift = place
            .run(&["drift", "w", "w", "--log", log, "--json"])
            .json();
        assert_eq!(drift["skipped"], 3, "{log}");
        assert_eq!(&drift["first_skipped"], named, "{log}");
        let text = place.run(&["drift", "w", "w", "--log", log]);
        assert!(
            text.out.contains("3 lines of the log could not be read"),
            "{}",
            text.out
        );
        let line = "\n      line 2: expected ident in column 2\n";
        assert!(text.out.contains(line), "{}", text.out);
    }
    // So is who does anything else with it.
    let info = place.run(&["log", "info", "w"]);
    assert!(info.out.contains("line 3: it is not UTF-8"), "{}", info.out);
    let mut slice = vec![
        "log",
        "slice",
        "w",
        "--log",
        "log.jsonl",
        "--out",
        "less.jsonl",
    ];
    let text = place.run(&slice);
    assert_eq!(text.status, 1);
    assert!(text.err.contains("line 3: it is not UTF-8"), "{}", text.err);
    slice.push("--json");
    assert_eq!(&place.run(&slice).json()["first_skipped"], named);
}

#[test]
fn a_log_of_nothing_but_bad_lines_says_what_is_wrong_with_the_first() {
    let place = Place::new();
    place.write("bad.jsonl", "{\"secret\":\"hunter2\"}\n".repeat(7));
    for command in [
        vec!["log", "import", "w", "bad.jsonl"],
        vec!["drift", "w", "w", "--log", "bad.jsonl"],
    ] {
        let ran = place.run(&command);
        assert_eq!(ran.status, 2);
        assert!(
            ran.err
                .contains("7 lines skipped\n  line 1: it has no `principal`\n"),
            "{}",
            ran.err
        );
        assert!(
            ran.err
                .contains("\n  line 5: it has no `principal`\n  and 2 more\n")
        );
        assert!(!ran.err.contains("hunter2"), "{}", ran.err);
    }
}

#[test]
fn a_million_bad_lines_are_survived_and_the_good_one_used() {
    let place = Place::new();
    let mut log = "not a row at all\n".repeat(1_000_000);
    place.write("bad.jsonl", &log);
    let (code, _) = place
        .run(&["log", "import", "w", "bad.jsonl", "--json"])
        .failed();
    assert_eq!(code, "log_empty");
    assert_eq!(
        place.run(&["log", "info", "w", "--json"]).failed().0,
        "log_missing"
    );
    log.push_str(&row("alice", "edit", "plan", "allow"));
    let ran = place.run_with_input(&["log", "import", "w", "-", "--json"], log);
    assert_eq!(ran.status, 1, "{}", ran.err);
    let done = ran.json();
    assert_eq!(
        (done["rows"].as_u64(), done["skipped_total"].as_u64()),
        (Some(1), Some(1_000_000))
    );
    assert_eq!(done["skipped"].as_array().unwrap().len(), 1_000);
}

#[test]
fn a_log_with_nothing_to_replay_leaves_the_old_one_alone() {
    let place = Place::new();
    place.write("log.jsonl", row("alice", "edit", "plan", "allow"));
    place.run(&["log", "import", "w", "log.jsonl"]).fine();
    for (name, content) in [
        ("empty.jsonl", ""),
        ("blank.jsonl", "\n\n\n"),
        ("other.jsonl", "{\"level\":\"info\"}\n"),
    ] {
        place.write(name, content);
        assert_eq!(
            place
                .run(&["log", "import", "w", name, "--json"])
                .failed()
                .0,
            "log_empty",
            "{name}"
        );
    }
    assert_eq!(
        place
            .run(&["log", "import", "w", "none.jsonl", "--json"])
            .failed()
            .0,
        "file_read"
    );
    assert_eq!(place.run(&["log", "info", "w", "--json"]).json()["rows"], 1);
}

#[test]
fn a_damaged_or_newer_store_is_refused_by_name() {
    let place = Place::new();
    assert_eq!(
        place.run(&["log", "info", "w", "--json"]).failed().0,
        "log_missing"
    );
    assert_eq!(
        place
            .run(&["drift", "w", "w", "--log", "w", "--json"])
            .failed()
            .0,
        "log_missing"
    );
    place
        .run(&["log", "generate", "w", "--rows", "500", "--store"])
        .fine();
    let store = place.path("w/.fabric/log.tfl");
    let whole = fs::read(&store).unwrap();
    fs::write(&store, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(
        place.run(&["log", "info", "w", "--json"]).failed().0,
        "log_damaged"
    );
    // The version stands after the eight bytes of the magic.
    let mut newer = whole;
    newer[8..12].copy_from_slice(&99_u32.to_le_bytes());
    fs::write(&store, newer).unwrap();
    assert_eq!(
        place.run(&["log", "info", "w", "--json"]).failed().0,
        "log_newer"
    );
    fs::write(&store, b"something else").unwrap();
    assert_eq!(
        place.run(&["log", "info", "w", "--json"]).failed().0,
        "log_damaged"
    );
    place
        .run(&["log", "generate", "w", "--rows", "500", "--store"])
        .fine();
    place.run(&["log", "info", "w"]).fine();
}

#[test]
fn what_is_not_there_is_named() {
    let place = Place::new();
    fs::create_dir(place.path("empty")).unwrap();
    for folder in ["nothing", "empty", "w/policies.cedar"] {
        let (code, text) = place.run(&["check", folder, "--json"]).failed();
        assert_eq!(code, "workspace_missing", "{folder}");
        assert!(text.contains(folder), "{text}");
    }
    place.write("log.jsonl", row("alice", "edit", "plan", "allow"));
    for side in ["HEAD~3", "empty", "nothing", "log.jsonl"] {
        let (code, text) = place
            .run(&["drift", "w", side, "--log", "log.jsonl", "--json"])
            .failed();
        assert_eq!(code, "revision_unknown", "{side}");
        assert!(text.contains(side), "{text}");
    }
    assert_eq!(
        place
            .run(&["drift", "w", "w", "--log", "none.jsonl", "--json"])
            .failed()
            .0,
        "file_read"
    );
    assert_eq!(
        place.run(&["fmt", "empty", "--json"]).failed().0,
        "workspace_missing"
    );
    assert_eq!(
        place.run(&["fmt", "none.cedar", "--json"]).failed().0,
        "file_read"
    );
}

#[test]
fn a_wrong_command_line_is_a_failure_like_any_other() {
    let place = Place::new();
    for arguments in [
        &["chekc", "--json"][..],
        &["drift", "a", "--json"],
        &["log", "generate", "w", "--rows", "many", "--json"],
    ] {
        assert_eq!(place.run(arguments).failed().0, "bad_call", "{arguments:?}");
    }
    let human = place.run(&["check", "--frobnicate"]);
    assert_eq!((human.status, human.out.as_str()), (2, ""));
    assert!(
        human
            .err
            .starts_with("error[bad_call]: unexpected argument `--frobnicate`"),
        "{}",
        human.err
    );
    assert!(human.err.contains("Usage: fabric check"), "{}", human.err);
    assert_eq!(place.run(&["--help"]).status, 0);
    assert_eq!(
        place.run(&["--version"]).fine(),
        format!("fabric {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn reading_writes_nothing_and_what_cannot_be_written_beside_goes_to_the_state_folder() {
    let place = Place::new();
    place.write("r.json", request("alice", "edit", "plan"));
    place.write("log.jsonl", row("alice", "edit", "plan", "allow"));
    // A file where the folder would be stops even an administrator, whom permissions do not.
    place.write("w/.fabric", "in the way");
    let before = place.snapshot("w");
    place.run(&["check", "w"]).fine();
    place.run(&["decide", "w", "--request", "r.json"]).fine();
    place.run(&["explain", "w", "--request", "r.json"]).fine();
    place.run(&["test", "w"]).fine();
    place.run(&["drift", "w", "w", "--log", "log.jsonl"]).fine();
    place.run(&["log", "generate", "w", "--rows", "10"]).fine();
    assert!(!place.path("home").exists());
    place.run(&["log", "import", "w", "log.jsonl"]).fine();
    assert_eq!(place.run(&["log", "info", "w", "--json"]).json()["rows"], 1);
    assert!(place.path("home/state").exists());
    assert_eq!(place.snapshot("w"), before);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told_and_leaves_nothing_half_done() {
    let place = Place::new();
    let (code, text) = place
        .run(&[
            "log",
            "generate",
            "w",
            "--rows",
            "50k",
            "--out",
            "/dev/full",
            "--json",
        ])
        .failed();
    assert_eq!(code, "store_full");
    assert!(text.contains("/dev/full"), "{text}");
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = place.command(&["codes"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(
        err.starts_with("error[file_write]: cannot write to standard output"),
        "{err}"
    );
    let (code, _) = place
        .run(&[
            "log",
            "generate",
            "w",
            "--rows",
            "10",
            "--out",
            "none/x.jsonl",
            "--json",
        ])
        .failed();
    assert_eq!(code, "file_write");
}
