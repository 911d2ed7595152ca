//! A promotion judges drift with what is proven beside it, and the same verdict is not worked out twice.

use std::sync::Arc;

use decisions::Log;
use guard::{Ruling, Tolerance};
use model::Relation;
use proof::{Limits, Prover};

use super::{
    releases::{NOON, Place, RULES, blocked, moved},
    *,
};
use crate::{Compiler, Promoted, Resolved, judged::judged};

const ROW: &str = r#"{"v":1,"id":"r","at":"2026-11-03T10:00:00Z","principal":"User::\"bo\"","action":"Action::\"view\"","resource":"Doc::\"plan\"","context":{"mfa":false},"decision":"deny"}"#;

fn log(folder: &Path, rows: &str) -> Arc<Log> {
    let path = folder.join("log.jsonl");
    fs::write(&path, rows).unwrap();
    let folders = Folders {
        data: folder.to_owned(),
        state: folder.to_owned(),
    };
    let go_on = &mut |_, _| std::ops::ControlFlow::Continue(());
    crate::open_named_log(&path, &folders, go_on).unwrap()
}

fn side(policies: &str) -> Resolved {
    let files = [
        ("a.cedar", policies),
        ("s.cedarschema", SCHEMA),
        ("entities.json", ENTITIES),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().into()));
    Resolved {
        label: "a side".to_owned(),
        files: files.into(),
    }
}

/// What the gate found, in words.
fn found(promoted: &Promoted) -> String {
    let gates = match promoted {
        Promoted::Moved(moved) => &moved.gates,
        Promoted::Blocked { gates } => gates,
    };
    let fact = gates.iter().find(|fact| fact.gate == "drift");
    fact.unwrap().found.words()
}

#[test]
fn the_gate_says_what_is_proven_of_each_action() {
    let rules = format!("{RULES}[[channel]]\nname = \"stable\"\ntolerance = \"tolerance.toml\"\n");
    let place = Place::new(&rules);
    place.commit("tolerance.toml", "[default]\ngained = 0\n");
    moved(place.promote("1.0.0", NOON, |_| ()));
    let log = log(place.root.parent().unwrap(), ROW);
    let ship = |version: &str| {
        place.promote(version, NOON + 1, |wanted| {
            wanted.log = Some(Arc::clone(&log));
        })
    };
    // Staff may edit as well: nobody in the log is concerned, and the proof tells all the same.
    place.commit(
        "a.cedar",
        &POLICIES.replace("action == Action::\"view\"", "action"),
    );
    let wider = ship("1.1.0");
    let said = found(&wider);
    assert!(
        said.starts_with("1 row replayed: +0 gain, \u{2212}0 lose, 0 open"),
        "{said}"
    );
    if Prover::default().has_solver() {
        assert!(
            said.contains("; Action::\"edit\" widens; proven alike for 1 action"),
            "{said}"
        );
    } else {
        assert!(said.contains("; Action::\"edit\" not proven ("), "{said}");
    }
    // For programs it is these words.
    let json = serde_json::to_value(&wider).unwrap();
    let gates = json["gates"].as_array().unwrap();
    assert!(gates.iter().any(|gate| gate["found"] == said), "{json}");
    moved(wider);
    place.commit("a.cedar", &POLICIES.replace("resource.secret", "false"));
    assert_eq!(blocked(ship("1.2.0")), ["drift"]);
}

#[test]
fn drift_is_held_against_what_decides_not_against_what_is_only_recorded() {
    let rules = format!("{RULES}[[channel]]\nname = \"stable\"\ntolerance = \"tolerance.toml\"\n");
    let place = Place::new(&rules);
    place.commit("tolerance.toml", "[default]\ngained = 1\n");
    moved(place.promote("1.0.0", NOON, |_| ()));
    let folder = place.root.parent().unwrap();
    let once = log(folder, ROW);
    let twice = log(folder, &format!("{ROW}\n{}", ROW.replace("\"r\"", "\"s\"")));
    let ship = |version: &str, log: &Arc<Log>, modes: release::Modes| {
        place.promote(version, NOON + 1, |wanted| {
            wanted.log = Some(Arc::clone(log));
            wanted.modes = modes;
        })
    };
    // It widens for one recorded request, which is within bounds, and decides for nobody yet.
    place.commit("a.cedar", &POLICIES.replace("resource.secret", "false"));
    let audit = release::Modes {
        default: release::Mode::AuditOnly,
        ..release::Modes::default()
    };
    moved(ship("1.1.0", &once, audit));
    // Against what is recorded nothing changes with it; against what decides, two rows do.
    place.commit("notes.md", "# As before");
    assert_eq!(
        blocked(ship("1.2.0", &twice, release::Modes::default())),
        ["drift"]
    );
    moved(ship("1.2.0", &once, release::Modes::default()));
}

#[test]
fn without_a_solver_the_reason_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let log = log(folder.path(), ROW);
    let tolerance = Tolerance::read("[default]\ngained = 1\n").unwrap();
    let head = side(&POLICIES.replace("resource.secret", "false"));
    let prover = Prover::with(None, Limits::default());
    let kept = folder.path().join("guard");
    let report = judged(
        (&side(POLICIES), &head),
        log,
        &tolerance,
        &prover,
        &mut Compiler::default(),
        &kept,
    )
    .unwrap();
    assert_eq!(report.verdict.verdict, Ruling::Pass);
    let line = &report.verdict.proof[0];
    assert_eq!(line.relation, Relation::NotProven);
    let reason = line.reason.as_deref().unwrap();
    assert!(reason.contains("solver"), "{reason}");
}

#[test]
fn a_verdict_is_worked_out_once_and_anew_when_anything_differs() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("guard");
    let prover = Prover::with(None, Limits::default());
    let base = side(POLICIES);
    let head = side(&POLICIES.replace("resource.secret", "false"));
    let strict = Tolerance::read("[default]\ngained = 0\n").unwrap();
    let loose = Tolerance::read("[default]\ngained = 1\n").unwrap();
    let one = log(folder.path(), ROW);
    let judge = |head: &Resolved, log: &Arc<Log>, tolerance: &Tolerance| {
        let compiler = &mut Compiler::default();
        let log = Arc::clone(log);
        judged((&base, head), log, tolerance, &prover, compiler, &kept).unwrap()
    };
    let there = || fs::read_dir(&kept).map_or(0, Iterator::count);
    let first = judge(&head, &one, &strict);
    assert_eq!((first.verdict.verdict, there()), (Ruling::Blocked, 1));
    assert_eq!(
        judge(&head, &one, &strict),
        first,
        "the very same, time taken and all"
    );
    assert_eq!(there(), 1);

    assert_eq!(judge(&head, &one, &loose).verdict.verdict, Ruling::Pass);
    assert_eq!(judge(&base, &one, &strict).verdict.verdict, Ruling::Pass);
    let two = log(
        folder.path(),
        &format!("{ROW}\n{}", ROW.replace("bo", "ada")),
    );
    assert_eq!(judge(&head, &two, &loose).verdict.verdict, Ruling::Blocked);
    assert_eq!(there(), 4);

    // What was damaged, or written by hand, is no verdict.
    for entry in fs::read_dir(&kept).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("\"blocked\"", "\"pass\"")).unwrap();
    }
    assert_eq!(judge(&head, &one, &strict).verdict.verdict, Ruling::Blocked);
    assert_eq!(judge(&head, &two, &loose).verdict.verdict, Ruling::Blocked);

    for number in 0..20 {
        let rows = ROW.replace("bo", &number.to_string());
        judge(&head, &log(folder.path(), &rows), &strict);
    }
    assert_eq!(there(), 16, "the oldest go");
}
