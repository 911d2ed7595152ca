//! Decision logs: generated, imported, described, cut down.

use std::fs;

use serde_json::{Value, json};

use crate::place::{ENTITIES, Place, SCHEMA, request, row};

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
