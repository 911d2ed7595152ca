//! What every command has in common: help for shells, codes, colours, what is left out when it is quiet; and the bench.

use serde_json::Value;

use crate::place::{Place, keys};

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
