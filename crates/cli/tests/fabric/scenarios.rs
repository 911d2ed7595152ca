//! `fabric scenarios`: what is run, kept, drawn and scheduled, and the exit status a pipeline goes by.

use std::process::Stdio;

use serde_json::Value;

use crate::place::{Place, row};

const PACK: &str = r#"
title = "Guests"

[[scenario]]
name = "bob is no guest any more"
[[scenario.entities]]
ids = ['User::"bob"']
set = { guest = false }
[[scenario.expect]]
gained = 0
lost = 0

[[scenario]]
name = "the menu is private"
[[scenario.entities]]
ids = ['Doc::"menu"']
set = { public = false }
[[scenario.expect]]
principal = 'User::"alice"'
lost = 0
[[scenario.expect]]
lost = { at_least = 1 }
"#;

/// A workspace with a log: alice views and edits what is hers, bob views the menu.
fn place() -> Place {
    let place = Place::new();
    place.write("w/scenarios/guests.toml", PACK);
    let rows = [
        row("alice", "edit", "plan", "allow"),
        row("bob", "view", "menu", "allow"),
        row("bob", "view", "menu", "allow"),
        row("bob", "view", "plan", "deny"),
    ];
    place.write("access.jsonl", rows.concat());
    place.run(&["log", "import", "w", "access.jsonl"]).fine();
    place
}

fn counts(run: &Value) -> (u64, u64, u64) {
    let number = |name: &str| run[name].as_u64().unwrap();
    (number("met"), number("expectations"), number("failed"))
}

#[test]
fn the_exit_status_says_whether_all_is_as_expected() {
    let place = place();
    let met = place.run(&["scenarios", "run", "guests", "w", "--json"]);
    assert_eq!((met.status, counts(&met.json())), (0, (4, 4, 0)));
    let scenario = &met.json()["packs"][0]["result"]["scenarios"][1];
    assert_eq!(scenario["totals"]["lost"], 2);
    assert_eq!(scenario["examples"][0]["principal"], "User::\"bob\"");
    assert!(
        scenario["base"]["digest"]
            .as_str()
            .unwrap()
            .starts_with("sha256:")
    );

    // The same in text, and with an expectation that does not hold.
    place.write(
        "w/scenarios/guests.toml",
        PACK.replace("lost = { at_least = 1 }", "lost = { at_most = 1 }"),
    );
    let unmet = place.run(&["scenarios", "run", "w"]);
    assert_eq!(unmet.status, 1, "{}", unmet.out);
    assert!(
        unmet
            .out
            .contains("not met  at most 1 row lost: 2 (User::\"bob\" 2)"),
        "{}",
        unmet.out
    );
    assert!(
        unmet.out.ends_with("3 expectations met, 1 not met\n"),
        "{}",
        unmet.out
    );

    // A pack that cannot be run is worse than one that is not met; the others are run all the same.
    place.write("w/scenarios/broken.toml", "title = \"B\"\nscenarios = 1\n");
    place.write(
        "w/scenarios/gone.toml",
        PACK.replace("User::\"bob\"", "User::\"eve\""),
    );
    let failed = place.run(&["scenarios", "run", "w", "--json"]);
    assert_eq!((failed.status, counts(&failed.json())), (2, (3, 4, 2)));
    let packs = failed.json()["packs"].as_array().unwrap().clone();
    assert_eq!(packs[0]["error"]["code"], "scenario_invalid");
    assert_eq!(packs[0]["error"]["details"], "scenarios/broken.toml:2:1");
    assert!(
        packs[1]["error"]["message"]
            .as_str()
            .unwrap()
            .contains("eve")
    );
    let checked = place.run(&["check", "w", "--json"]);
    assert_eq!(checked.status, 1);
    assert!(
        checked.out.contains("scenarios/gone.toml"),
        "{}",
        checked.out
    );
    let listed = place.run(&["scenarios", "list", "w", "--json"]);
    assert_eq!(
        (
            listed.status,
            listed.json()["packs"].as_array().unwrap().len()
        ),
        (2, 2)
    );
}

#[test]
fn what_cannot_be_run_never_passes() {
    let place = Place::new();
    let (code, message) = place.run(&["scenarios", "run", "w", "--json"]).failed();
    assert_eq!(code, "scenario_invalid");
    assert!(message.contains("has no scenario packs"), "{message}");
    place.write("w/scenarios/guests.toml", PACK);
    let missing = place.run(&["scenarios", "run", "w", "--json"]);
    assert_eq!(missing.status, 2);
    assert_eq!(missing.json()["packs"][0]["error"]["code"], "log_missing");
    for (arguments, expected) in [
        (
            &["scenarios", "run", "nobody", "w", "--json"][..],
            "bad_call",
        ),
        (
            &["scenarios", "run", "guests", "nowhere", "--json"],
            "bad_call",
        ),
        (
            &["scenarios", "history", "nobody", "w", "--json"],
            "bad_call",
        ),
        (
            &["scenarios", "history", "a", "b", "--json"],
            "workspace_missing",
        ),
        (
            &["scenarios", "history", "w", "--svg", "t.svg", "--json"],
            "bad_call",
        ),
        (
            &["scenarios", "schedule", "w", "--at", "late", "--json"],
            "bad_call",
        ),
        (
            &["scenarios", "schedule", "nowhere", "--json"],
            "workspace_missing",
        ),
    ] {
        let (code, message) = place.run(arguments).failed();
        assert_eq!(code, expected, "{arguments:?} {message}");
    }
    assert!(!place.path("t.svg").exists());
}

#[test]
fn runs_are_kept_listed_and_drawn() {
    let place = place();
    assert!(
        place
            .run(&["scenarios", "history", "w"])
            .fine()
            .contains("no pack was run")
    );
    assert!(
        !place.path("w/.fabric/studio.db").exists(),
        "looking makes nothing"
    );
    for _ in 0..2 {
        place.run(&["scenarios", "run", "w"]).fine();
    }
    let history = place
        .run(&["scenarios", "history", "guests", "w", "--json"])
        .json();
    assert_eq!(history.as_array().unwrap().len(), 2);
    assert_eq!(
        (history[0]["state"].as_str(), history[0]["lost"].as_u64()),
        (Some("met"), Some(2))
    );
    place
        .run(&["scenarios", "history", "guests", "w", "--svg", "deep/t.svg"])
        .fine();
    let drawing = place.read("deep/t.svg");
    assert!(
        drawing.starts_with("<svg") && drawing.contains("<title>Guests</title>"),
        "{drawing}"
    );
    assert!(drawing.contains("lost: 2 runs"), "{drawing}");
    let one = [
        "scenarios",
        "history",
        "guests",
        "w",
        "--svg",
        "-",
        "--scenario",
        "bob is no guest any more",
    ];
    let drawing = place.run(&one).fine();
    assert!(
        drawing.contains("lost: 2 runs") && drawing.contains("highest 0"),
        "{drawing}"
    );
    let wrong = [
        "scenarios",
        "history",
        "guests",
        "w",
        "--svg",
        "-",
        "--scenario",
        "x",
        "--json",
    ];
    assert_eq!(place.run(&wrong).failed().0, "bad_call");
}

#[test]
fn results_that_cannot_be_kept_are_printed_all_the_same() {
    let place = place();
    place.write("w/.fabric/studio.db", "no database at all ".repeat(300));
    let run = place.run(&["scenarios", "run", "w", "--json"]);
    assert_eq!((run.status, counts(&run.json())), (0, (4, 4, 0)));
    assert_eq!(run.json()["unkept"]["code"], "store_damaged");
    assert!(
        place
            .run(&["scenarios", "run", "w"])
            .fine()
            .contains("were not kept")
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_schedule_is_written_where_the_system_looks_or_printed() {
    let place = place();
    let printed = place
        .run(&["scenarios", "schedule", "w", "--print", "--at", "03:15"])
        .fine();
    assert!(
        printed.contains("OnCalendar=*-*-* 03:15:00 UTC"),
        "{printed}"
    );
    let workspace = place.path("w").canonicalize().unwrap();
    assert!(
        printed.contains(&format!("\"run\" \"--quiet\" \"{}\"", workspace.display())),
        "{printed}"
    );
    assert!(
        !place.path("home/.config").exists(),
        "printing writes nothing"
    );

    let written = place
        .command(&["scenarios", "schedule", "w", "--json"])
        .env_remove("XDG_CONFIG_HOME")
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let written: Value = serde_json::from_slice(&written.stdout).unwrap();
    let timer = written["files"][1].as_str().unwrap();
    assert!(
        timer.starts_with(place.path("home/.config/systemd/user").to_str().unwrap()),
        "{timer}"
    );
    assert!(
        std::fs::read_to_string(timer)
            .unwrap()
            .contains("02:30:00 UTC")
    );
    assert!(
        written["begin"]
            .as_str()
            .unwrap()
            .starts_with("systemctl --user enable --now fabric-scenarios-")
    );

    // For another system it lies here.
    let task = place
        .run(&["scenarios", "schedule", "w", "--for", "windows", "--json"])
        .json();
    let task = std::fs::read(place.path(task["files"][0].as_str().unwrap())).unwrap();
    assert_eq!(task[..4], [0xff, 0xfe, b'<', 0]);
    let agent = place
        .run(&["scenarios", "schedule", "w", "--for", "launchd", "--print"])
        .fine();
    assert!(agent.contains("<string>scenarios</string>"), "{agent}");
}
