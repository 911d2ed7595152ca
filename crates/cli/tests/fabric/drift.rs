//! Who gains and who loses, between all kinds of sides.

use std::fs;

use serde_json::json;

use crate::place::{POLICIES, Place, keys, row};

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

/// A policy that nobody touched is not to blame where the entities that it reads are others.
#[test]
fn what_other_entities_change_is_not_blamed_on_a_policy() {
    let place = Place::new();
    edited(&place);
    place.write("edit/policies.cedar", POLICIES);
    let promoted = place
        .read("w/entities.json")
        .replace("\"guest\": true", "\"guest\": false")
        .replace("\"public\": true", "\"public\": false");
    place.write("edit/entities.json", promoted);
    let drift = ["drift", "w", "edit", "--log", "log.jsonl"];
    let told = place.run(&drift).out;
    assert!(told.contains("entities that public reads"), "{told}");
    // Where the policy is an edited one, it is named as before.
    edited(&place);
    let told = place.run(&drift).out;
    assert!(!told.contains("entities that"), "{told}");
    // Both at once are told apart, also by the guard.
    let edit = POLICIES.replace("resource.owner == principal", "false");
    place.write("edit/policies.cedar", edit);
    place.write(
        "edit/entities.json",
        place
            .read("w/entities.json")
            .replace("\"public\": true", "\"public\": false"),
    );
    let told = place.run(&drift).out;
    assert!(told.contains("entities that public reads"), "{told}");
    assert!(!told.contains("entities that owner reads"), "{told}");
    place.write("any.toml", "[default]\ngained = 100\nlost = 100\n");
    let mut guard = vec![
        "guard",
        "--base",
        "w",
        "--head",
        "edit",
        "--log",
        "log.jsonl",
    ];
    guard.extend([
        "--tolerance",
        "any.toml",
        "--html",
        "r.html",
        "--markdown",
        "r.md",
    ]);
    let ran = place.run(&guard);
    for name in ["r.html", "r.md"] {
        let report = place.read(name);
        assert!(
            report.contains("entities that "),
            "{}{name}: {report}",
            ran.err
        );
    }
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
