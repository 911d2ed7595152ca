//! Each command does what it says.

use std::fs;

use serde_json::{Value, json};

use crate::place::{ENTITIES, POLICIES, Place, SCHEMA, request, row};

/// Keys of an object, sorted.
fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

#[test]
fn init_makes_a_workspace_that_checks_tests_and_is_formatted() {
    let place = Place::new();
    place.run(&["init", "new"]).fine();
    assert!(place.run(&["check", "new"]).fine().contains("no problems"));
    assert!(place.run(&["test", "new"]).fine().contains("passed"));
    place.run(&["fmt", "new", "--check"]).fine();
    let again = place.run(&["init", "new", "--json"]);
    assert_eq!(again.failed().0, "workspace_exists");
}

#[test]
fn init_makes_a_workspace_of_a_project_and_says_what_it_left_out() {
    let place = Place::new();
    place.write("theirs/src/app.cedar", POLICIES);
    place.write("theirs/src/app.cedarschema", SCHEMA);
    place.write("theirs/world.json", ENTITIES);
    place.write("theirs/data.yaml", "a: 1");
    let said = place.run(&["init", "ours", "--from", "theirs"]).fine();
    assert!(said.contains("policies  1 file\n"), "{said}");
    assert!(said.contains("left out  data.yaml"), "{said}");
    assert!(place.run(&["check", "ours"]).fine().contains("no problems"));
    let again = place.run(&["init", "ours", "--from", "theirs", "--json"]);
    assert_eq!(again.failed().0, "workspace_exists");
    let none = place.run(&["init", "other", "--from", "nowhere", "--json"]);
    assert_eq!(none.failed().0, "file_read");
}

#[test]
fn check_prints_the_fixed_shape() {
    let place = Place::new();
    let fine = place.run(&["check", "w", "--json"]);
    assert_eq!(fine.status, 0);
    assert_eq!(
        fine.json(),
        json!({"policies": 3, "templates": 0, "problems": []})
    );

    place.write(
        "w/policies.cedar",
        POLICIES.replace("resource.public };", "resource.pubic };"),
    );
    let found = place.run(&["check", "w", "--json"]);
    assert_eq!(found.status, 1);
    let problem = &found.json()["problems"][0];
    for key in [
        "code", "severity", "file", "line", "column", "message", "hint",
    ] {
        assert!(!problem[key].is_null(), "{key}: {problem}");
    }
    assert_eq!(
        (
            problem["code"].as_str(),
            problem["severity"].as_str(),
            problem["file"].as_str(),
            problem["line"].as_u64()
        ),
        (
            Some("policy_invalid"),
            Some("error"),
            Some("policies.cedar"),
            Some(7)
        )
    );
    let text = place.run(&["check", "w"]);
    assert_eq!(text.status, 1);
    assert!(
        text.out.contains("7 │ when { resource.pubic };"),
        "{}",
        text.out
    );
    assert!(text.out.contains("│        ^^"), "{}", text.out);
}

#[test]
fn a_folder_of_workspaces_is_checked_and_tested_one_by_one() {
    let place = Place::new();
    for name in ["both/one", "both/two"] {
        for file in [
            "policies.cedar",
            "policies.cedarschema",
            "entities.json",
            "ALLOW/alice_edits.json",
        ] {
            let content = place.read(&format!("w/{file}"));
            place.write(&format!("{name}/{file}"), content);
        }
    }
    assert_eq!(
        place.run(&["check", "both", "--json"]).json()["policies"],
        6
    );
    assert!(
        place
            .run(&["check", "both"])
            .fine()
            .contains("6 policies in 2 workspaces: no problems")
    );
    let tests = place.run(&["test", "both", "--json"]);
    assert_eq!(
        (tests.status, tests.json()["passed"].as_u64()),
        (0, Some(2))
    );
    assert_eq!(
        tests.json()["tests"][1]["file"],
        "two/ALLOW/alice_edits.json"
    );
}

#[test]
fn fmt_formats_once_and_check_changes_nothing() {
    let place = Place::new();
    let untidy = "permit(principal,action,resource);// why\n";
    place.write("w/untidy.cedar", untidy);
    let found = place.run(&["fmt", "w", "--check", "--json"]);
    assert_eq!(found.status, 1);
    let named: Vec<_> = found.json()["files"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|file| file["changed"] == true)
        .map(|file| file["file"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        named.iter().any(|name| name.ends_with("untidy.cedar")),
        "{named:?}"
    );
    assert_eq!(place.read("w/untidy.cedar"), untidy);
    place.run(&["fmt", "w"]).fine();
    assert!(place.read("w/untidy.cedar").contains("// why"));
    place.run(&["fmt", "w", "--check"]).fine();
    let formatted = place.read("w/untidy.cedar");
    assert_eq!(
        place.run_with_input(&["fmt", "-"], untidy).fine(),
        formatted
    );
    assert_eq!(
        place
            .run_with_input(&["fmt", "-", "--check"], untidy)
            .status,
        1
    );

    place.write("w/broken.cedar", "permit(");
    let broken = place.run(&["fmt", "w", "--json"]);
    assert_eq!(broken.status, 1);
    assert_eq!(broken.json()["problems"][0]["code"], "policy_syntax");
    assert_eq!(place.read("w/broken.cedar"), "permit(");
    assert_eq!(place.run_with_input(&["fmt", "-"], "permit(").out, "");
}

#[test]
fn decide_and_explain_tell_the_decision_and_the_clause() {
    let place = Place::new();
    place.write("r.json", request("alice", "edit", "plan"));
    let allowed = place.run(&["decide", "w", "--request", "r.json", "--json"]);
    assert_eq!(allowed.status, 0);
    let answer = allowed.json();
    assert_eq!(
        (&answer["decision"], &answer["reasons"], &answer["errors"]),
        (&json!("allow"), &json!(["owner"]), &json!([]))
    );
    assert_eq!(answer["clauses"][0]["policy"], "owner");

    let denied = place.run_with_input(
        &["explain", "w", "--request", "-"],
        request("bob", "view", "plan"),
    );
    let text = denied.fine();
    assert!(
        text.starts_with("deny  forbidden by guests-stay-out\n"),
        "{text}"
    );
    assert!(
        text.contains("forbid guests-stay-out matched\n  policies.cedar:"),
        "{text}"
    );
    assert!(text.contains("principal.guest"), "{text}");
    let default = place.run_with_input(
        &["decide", "w", "--request", "-"],
        request("alice", "edit", "menu"),
    );
    assert!(default.fine().starts_with("allow  permitted by owner"));
}

#[test]
fn test_runs_every_named_test() {
    let place = Place::new();
    let fine = place.run(&["test", "w", "--json"]);
    assert_eq!(
        (
            fine.status,
            fine.json()["passed"].as_u64(),
            fine.json()["failed"].as_u64()
        ),
        (0, Some(2), Some(0))
    );
    place.write("w/DENY/alice_edits.json", request("alice", "edit", "plan"));
    let found = place.run(&["test", "w", "--json"]);
    assert_eq!(
        (found.status, found.json()["failed"].as_u64()),
        (1, Some(1))
    );
    let failed = found.json()["tests"]
        .as_array()
        .unwrap()
        .iter()
        .find(|test| test["passed"] == false)
        .unwrap()
        .clone();
    assert_eq!(
        (&failed["expected"], &failed["decision"], &failed["reasons"]),
        (&json!("deny"), &json!("allow"), &json!(["owner"]))
    );
    let text = place.run(&["test", "w"]);
    assert!(
        text.out
            .contains("expected deny, got allow: permitted by owner"),
        "{}",
        text.out
    );
}

#[test]
fn a_log_is_generated_imported_and_described() {
    let place = Place::new();
    let seeded = |seed: &str| {
        place
            .run(&["log", "generate", "w", "--rows", "2000", "--seed", seed])
            .fine()
    };
    let lines = seeded("7");
    assert_eq!(lines.lines().count(), 2000);
    assert_eq!(lines, seeded("7"));
    assert_ne!(lines, seeded("8"));

    place.write("log.jsonl", &lines);
    let imported = place.run(&["log", "import", "w", "log.jsonl", "--json"]);
    assert_eq!(imported.status, 0, "{}", imported.err);
    let plain = imported.json();
    assert_eq!(
        (plain["rows"].as_u64(), &plain["skipped"]),
        (Some(2000), &json!([]))
    );
    assert!(plain["distinct_requests"].as_u64() > Some(0) && plain["slices"].as_u64() > Some(0));

    for name in ["log.jsonl.zst", "log.jsonl.gz", "copy.jsonl"] {
        place
            .run(&[
                "log", "generate", "w", "--rows", "2_000", "--seed", "7", "--out", name,
            ])
            .fine();
        assert_eq!(
            place.run(&["log", "import", "w", name, "--json"]).json(),
            plain,
            "{name}"
        );
    }
    assert_eq!(place.read("copy.jsonl"), lines);
    assert!(fs::metadata(place.path("log.jsonl.zst")).unwrap().len() < lines.len() as u64 / 4);
    let piped = place.run_with_input(&["log", "import", "w", "-", "--json"], lines);
    assert_eq!(piped.json(), plain);
    let stored = place.run(&[
        "log", "generate", "w", "--rows", "2k", "--seed", "7", "--store", "--json",
    ]);
    assert_eq!(stored.json()["rows"], 2000);

    let info = place.run(&["log", "info", "w", "--json"]);
    assert_eq!((info.status, info.json()["rows"].as_u64()), (0, Some(2000)));
    assert!(
        place
            .run(&["log", "info", "w"])
            .fine()
            .contains("rows               2,000\n")
    );
    // The policies that made the log reproduce it, and nothing differs from itself.
    let same = place.run(&["drift", "w", "w", "--log", "w", "--json"]);
    let totals = &same.json()["totals"];
    assert_eq!(
        (same.status, &totals["unchanged"], &totals["log_disagrees"]),
        (0, &json!(2000), &json!(0))
    );
}

fn edited(place: &Place) {
    for file in ["policies.cedarschema", "entities.json"] {
        let content = place.read(&format!("w/{file}"));
        place.write(&format!("edit/{file}"), content);
    }
    // Guests get in, and what is public is not public any more.
    let edit = POLICIES
        .replace("when { principal.guest }", "when { false }")
        .replace("when { resource.public };", "when { false };");
    place.write("edit/policies.cedar", edit);
    let log: String = [
        row("alice", "edit", "plan", "allow").repeat(3),
        row("bob", "view", "menu", "allow").repeat(2),
        row("bob", "view", "plan", "deny"),
        row("alice", "view", "menu", "deny"),
    ]
    .concat();
    place.write("log.jsonl", log);
}

#[test]
fn drift_counts_who_gains_and_who_loses() {
    let place = Place::new();
    edited(&place);
    let ran = place.run(&["drift", "w", "edit", "--log", "log.jsonl", "--json"]);
    assert_eq!(ran.status, 1, "{}", ran.err);
    let report = ran.json();
    let totals = &report["totals"];
    assert_eq!(
        keys(totals),
        [
            "entities_assumed",
            "error_changed",
            "gained",
            "log_disagrees",
            "lost",
            "maybe_gained",
            "maybe_lost",
            "rows",
            "unchanged",
            "undeterminable"
        ]
    );
    let number = |name: &str| totals[name].as_u64().unwrap();
    assert_eq!(
        (number("rows"), number("lost"), number("gained")),
        (7, 2, 0)
    );
    assert_eq!(
        (
            number("unchanged"),
            number("log_disagrees"),
            number("entities_assumed")
        ),
        (5, 1, 7)
    );
    let lost = report["changes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|change| change["class"] == "lost")
        .unwrap();
    assert_eq!(
        (&lost["principal"], &lost["causes"]),
        (&json!("User::\"bob\""), &json!(["public"]))
    );

    let text = place.run(&["drift", "w", "edit", "--log", "log.jsonl"]);
    assert_eq!(text.status, 1);
    assert!(text.out.contains("− lost"), "{}", text.out);
    assert!(
        text.out.contains("no longer permitted by public"),
        "{}",
        text.out
    );
    assert!(
        text.out.lines().all(|line| line.chars().count() <= 80),
        "{}",
        text.out
    );
    let same = place.run(&["drift", "w", "w", "--log", "log.jsonl"]);
    assert_eq!(same.status, 0);
    assert!(
        same.out.contains("Nobody's recorded access changes."),
        "{}",
        same.out
    );
    let back = place.run(&["drift", "edit", "w", "--log", "log.jsonl", "--json"]);
    assert_eq!(
        (back.status, back.json()["totals"]["gained"].as_u64()),
        (1, Some(2))
    );
}

#[test]
fn sides_are_folders_revisions_and_archives() {
    let place = Place::new();
    edited(&place);
    place.run(&["init", "repo", "--sample"]).fine();
    let git = place.path("repo/.git");
    fs::rename(git, place.path("w/.git")).unwrap();
    // The commit holds the sample; only that a revision is found where the log's workspace is matters here.
    let ran = place.run(&[
        "drift",
        "HEAD",
        "w",
        "--log",
        "log.jsonl",
        "--repo",
        "w",
        "--json",
    ]);
    assert_eq!(
        ran.json()["base"]["label"],
        "HEAD",
        "{}{}",
        ran.out,
        ran.err
    );
    assert_eq!(ran.json()["base"]["policies"], 55);

    for name in ["edit.tar", "edit.tar.gz", "edit.tar.zst"] {
        let file = fs::File::create(place.path(name)).unwrap();
        let packed: Box<dyn std::io::Write> = match name {
            "edit.tar.gz" => Box::new(flate2::write::GzEncoder::new(file, Default::default())),
            "edit.tar.zst" => Box::new(zstd::Encoder::new(file, 1).unwrap().auto_finish()),
            _ => Box::new(file),
        };
        let mut archive = tar::Builder::new(packed);
        archive.append_dir_all("edit", place.path("edit")).unwrap();
        drop(archive.into_inner().unwrap());
        let ran = place.run(&["drift", "w", name, "--log", "log.jsonl", "--json"]);
        assert_eq!(ran.status, 1, "{name}: {}{}", ran.out, ran.err);
        assert_eq!(ran.json()["totals"]["lost"], 2, "{name}");
    }
}

#[test]
fn drift_limits_what_it_lists() {
    let place = Place::new();
    edited(&place);
    let logged: String = (0..30)
        .map(|n| {
            row("bob", "view", "menu", "allow")
                .replace("true", if n % 2 == 0 { "true" } else { "false" })
        })
        .collect();
    place.write("log.jsonl", logged);
    let limited = |limit: &str| {
        place
            .run(&[
                "drift",
                "w",
                "edit",
                "--log",
                "log.jsonl",
                "--limit",
                limit,
                "--json",
            ])
            .json()
    };
    assert_eq!(
        (
            limited("1")["changes"].as_array().unwrap().len(),
            limited("1")["changes_total"].as_u64()
        ),
        (1, Some(2))
    );
    assert_eq!(limited("0")["changes"].as_array().unwrap().len(), 2);
}

#[test]
fn the_sample_tells_its_story() {
    let place = Place::new();
    place.run(&["init", "north", "--sample"]).fine();
    let checked = place.run(&["check", "north", "--json"]);
    assert_eq!(checked.status, 0, "{}", checked.out);
    assert!(place.run(&["test", "north"]).fine().contains("passed"));
    let stories = place.run(&["story", "list", "north", "--json"]).json();
    let names: Vec<_> = stories
        .as_array()
        .unwrap()
        .iter()
        .map(|story| story["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["1-refactor", "2-contractors", "3-on-call"]);
    place
        .run(&[
            "log", "generate", "north", "--rows", "20k", "--seed", "7", "--store",
        ])
        .fine();

    let drift = |expected: i32| {
        let ran = place.run(&["drift", "HEAD", "north", "--log", "north", "--json"]);
        assert_eq!(ran.status, expected, "{}{}", ran.out, ran.err);
        let totals = ran.json()["totals"].clone();
        let number = |name: &str| totals[name].as_u64().unwrap();
        (number("gained"), number("lost"), number("log_disagrees"))
    };
    assert_eq!(drift(0), (0, 0, 0));
    place.run(&["story", "apply", "north", "1-refactor"]).fine();
    assert_eq!(drift(0), (0, 0, 0));
    place
        .run(&["story", "apply", "north", "2-contractors"])
        .fine();
    let (gained, lost, _) = drift(1);
    assert!(gained > 0 && lost == 0, "{gained} {lost}");
    let again = place.run(&["story", "apply", "north", "2-contractors", "--json"]);
    assert_eq!((again.status, &again.json()["changed"]), (0, &json!(false)));
    place.run(&["story", "apply", "north", "3-on-call"]).fine();
    assert!(drift(1).1 > 0);
    assert_eq!(
        place
            .run(&["story", "apply", "north", "nothing", "--json"])
            .failed()
            .0,
        "bad_call"
    );
    // The edits keep the sample valid.
    assert_eq!(place.run(&["check", "north"]).status, 0);
}

#[test]
fn every_shell_gets_completions_and_man_a_page_per_command() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = place.run(&["completions", shell]).fine();
        assert!(
            script.contains("fabric") && script.contains("explain"),
            "{shell}"
        );
    }
    assert!(place.run(&["man"]).fine().contains(".TH fabric 1"));
    place.run(&["man", "pages"]).fine();
    for page in [
        "fabric.1",
        "fabric-check.1",
        "fabric-log.1",
        "fabric-log-generate.1",
        "fabric-story-apply.1",
    ] {
        assert!(
            place
                .read(&format!("pages/{page}"))
                .contains(".SH SYNOPSIS"),
            "{page}"
        );
    }
}

#[test]
fn codes_are_listed_with_status_and_hint() {
    let place = Place::new();
    let list = place.run(&["codes", "--json"]).json();
    let entry = list
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["code"] == "log_missing")
        .unwrap()
        .clone();
    assert_eq!(keys(&entry), ["code", "exit", "hint", "meaning"]);
    assert_eq!(entry["exit"], 2);
    assert!(place.run(&["codes"]).fine().contains("log_missing"));
}

#[test]
fn colours_are_for_terminals_or_on_demand() {
    let place = Place::new();
    assert!(!place.run(&["codes"]).out.contains('\x1b'));
    assert!(
        place
            .run(&["codes", "--color", "always"])
            .out
            .contains("\x1b[1m")
    );
    assert!(
        place
            .run(&["check", "nothing", "--color=always"])
            .err
            .contains("\x1b[31merror[workspace_missing]:")
    );
    assert!(!place.run(&["check", "nothing"]).err.contains('\x1b'));
}

#[test]
fn quiet_leaves_results_and_nothing_else() {
    let place = Place::new();
    let ran = place.run(&[
        "-q", "log", "generate", "w", "--rows", "10", "--out", "x.jsonl",
    ]);
    assert_eq!(
        (ran.status, ran.out.as_str(), ran.err.as_str()),
        (0, "", "")
    );
    assert!(
        place
            .run(&["log", "generate", "w", "--rows", "10", "--out", "x.jsonl"])
            .err
            .contains("10 rows")
    );
}

#[test]
fn bench_prints_one_object_a_measure() {
    let place = Place::new();
    let ran = place.run(&["bench", "--rows", "2000", "--dir", "w", "--json"]);
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    let measures: Vec<Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for measure in &measures {
        assert_eq!(keys(measure), ["name", "peer", "ratio", "unit", "value"]);
    }
    for name in [
        "import",
        "open_p95",
        "log_size",
        "replay_full",
        "delta_p95",
        "problems_p95",
        "counts_p95",
        "issue",
        "inclusion_proof",
        "compaction",
    ] {
        assert!(
            measures.iter().any(|measure| measure["name"] == name),
            "{name}"
        );
    }
    for (name, least) in [("replay_full", 1.0), ("compaction", 6.0)] {
        let mut found = measures.iter().filter(|measure| measure["name"] == name);
        let measure = found.next().unwrap();
        assert!(measure["ratio"].as_f64().unwrap() > least, "{measure}");
    }
}

#[test]
fn rows_carry_what_their_decisions_read() {
    let place = Place::new();
    place.write("r.json", request("alice", "edit", "plan"));
    let ask = [
        "decide",
        "w",
        "--request",
        "r.json",
        "--record",
        "log.jsonl",
    ];
    // A last line without an end is not made part of the next.
    place.write("log.jsonl", row("bob", "view", "menu", "allow").trim_end());
    place.run(&ask).fine();
    place.run(&ask).fine();
    let log = place.read("log.jsonl");
    let rows: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(
        (&rows[1]["decision"], &rows[1]["reasons"]),
        (&json!("allow"), &json!(["owner"]))
    );
    assert_eq!(rows[1]["entities"], rows[2]["entities"]);
    assert_eq!(
        rows[1]["entities"],
        json!([
            { "uid": { "type": "Doc", "id": "plan" }, "attrs": { "owner": { "__entity": { "type": "User", "id": "alice" } } },
              "omitted": { "attrs": ["public"] }, "parents": [] },
            { "uid": { "type": "User", "id": "alice" }, "attrs": { "guest": false }, "omitted": {}, "parents": [] },
        ])
    );
    let same = place.run(&["drift", "w", "w", "--log", "log.jsonl", "--json"]);
    let totals = &same.json()["totals"];
    assert_eq!(
        (
            &totals["rows"],
            &totals["log_disagrees"],
            &totals["entities_assumed"]
        ),
        (&json!(3), &json!(0), &json!(1))
    );
    // An edit that reads more is told what it turns on.
    place.write(
        "e/policies.cedar",
        "@id(\"all\") permit(principal, action, resource) when { resource.public };",
    );
    place.write("e/policies.cedarschema", SCHEMA);
    let edited = place.run(&["drift", "w", "e", "--log", "log.jsonl", "--json"]);
    let report = edited.json();
    let mut changes = report["changes"].as_array().unwrap().iter();
    let hers = changes
        .find(|change| change["principal"] == "User::\"alice\"")
        .unwrap();
    assert_eq!(
        hers["residual"]["words"],
        "loses access unless `resource.public` is true"
    );
    let packed = place.run(&[
        "decide",
        "w",
        "--request",
        "r.json",
        "--record",
        "log.zst",
        "--json",
    ]);
    assert_eq!(packed.failed().0, "bad_call");
}

#[test]
fn a_log_is_cut_down_to_what_was_read() {
    let place = Place::new();
    let whole: Value = serde_json::from_str(ENTITIES).unwrap();
    let with = |entities: &Value| {
        let mut row: Value = serde_json::from_str(&row("bob", "view", "plan", "deny")).unwrap();
        row["entities"] = entities.clone();
        row.to_string() + "\n"
    };
    let text = with(&whole) + &with(&whole) + &row("alice", "view", "menu", "allow");
    place.write("log.jsonl", text);
    let said = place.run(&[
        "log",
        "slice",
        "w",
        "--log",
        "log.jsonl",
        "--out",
        "less.jsonl",
        "--json",
    ]);
    let said = said.json();
    assert_eq!((&said["rows"], &said["kept"]), (&json!(3), &json!(1)));
    let less = place.read("less.jsonl");
    let rows: Vec<Value> = less
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        rows[0]["entities"],
        json!([
            { "uid": { "type": "Doc", "id": "plan" }, "attrs": { "owner": { "__entity": { "type": "User", "id": "alice" } }, "public": false },
              "omitted": {}, "parents": [] },
            { "uid": { "type": "User", "id": "bob" }, "attrs": { "guest": true }, "omitted": {}, "parents": [] },
        ])
    );
    assert!(rows[1]["entities"].as_str().unwrap().starts_with("sha256:"));
    assert_eq!(rows[2].get("entities"), None);
    // What was cut down once stays as it is.
    let again = place
        .run(&["log", "slice", "w", "--log", "less.jsonl"])
        .fine();
    assert_eq!(again, less);
    // The log itself is not written over, and what cannot be read is told.
    let over = place.run(&[
        "log",
        "slice",
        "w",
        "--log",
        "log.jsonl",
        "--out",
        "./log.jsonl",
        "--json",
    ]);
    assert_eq!(over.failed().0, "bad_call");
    assert!(place.read("log.jsonl").lines().count() == 3);
    place.write("bent.jsonl", place.read("log.jsonl") + "bent\n");
    let bent = place.run(&[
        "log",
        "slice",
        "w",
        "--log",
        "bent.jsonl",
        "--out",
        "c.jsonl",
        "--json",
    ]);
    assert_eq!((bent.status, &bent.json()["skipped"]), (1, &json!(1)));

    place
        .run(&["log", "generate", "w", "--rows", "50", "--out", "a.jsonl"])
        .fine();
    place
        .run(&[
            "log", "generate", "w", "--rows", "50", "--slices", "least", "--out", "b.jsonl",
        ])
        .fine();
    let (a, b) = (place.read("a.jsonl"), place.read("b.jsonl"));
    assert!(!a.contains("\"omitted\"") && b.contains("\"omitted\""));
    assert_eq!(a.lines().count(), b.lines().count());
    let said = place.run(&["drift", "w", "w", "--log", "b.jsonl", "--json"]);
    assert_eq!(said.json()["totals"]["log_disagrees"], 0);
}
