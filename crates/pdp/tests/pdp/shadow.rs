//! The shadow log: what is written, what a replay makes of it, and what it is counted to.

use std::{collections::BTreeSet, fs, ops::ControlFlow, path::Path, sync::Arc};

use decisions::{Cutover, Log, Source, cutover};
use model::Decision;
use pdp::{
    Engine, Options, Point,
    shadow::{Recorder, Recording},
};
use release::Mode;

use crate::{modes, release, view};

const OLD: &str = r#"@id("a") permit(principal, action, resource);"#;
const NEW: &str = r#"@id("a") permit(principal, action, resource) when { principal.level > 3 };
                     @id("b") permit(principal, action == Action::"edit", resource);"#;

fn point(path: &Path, change: impl FnOnce(&mut Recording)) -> Point {
    let shipped = release(2, NEW, Some(OLD), modes(Mode::AuditOnly, &[]));
    let mut recording = Recording::to(path.to_owned(), Box::new(|| 1_700_000_000_000));
    change(&mut recording);
    let mut options = Options::new(Box::new(|| 100));
    options.recorder = Some(Recorder::start(recording).unwrap());
    Point::new(Engine::new(&shipped).unwrap(), options)
}

fn counted(path: &Path) -> Cutover {
    cutover(&[path], None).unwrap()
}

#[test]
fn what_would_change_is_written_counted_and_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shadow.jsonl");
    // Half a line of somebody who was killed.
    fs::write(&path, "{\"v\":1,").unwrap();
    let point = point(&path, |_| {});
    for (user, doc) in [("alice", "d1"), ("bob", "d1"), ("bob", "d1"), ("bob", "d2")] {
        assert!(point.decide(&view(user, doc)).allows());
    }
    assert_eq!(point.meters()[0].figures().shadow_differences, 3);
    drop(point);

    let text = fs::read_to_string(&path).unwrap();
    let whole = text.split_once('\n').unwrap().1;
    fs::write(&path, whole).unwrap();
    let found = counted(&path);
    assert_eq!(
        (
            found.all.compared,
            found.others,
            found.all.would_deny,
            found.all.would_allow
        ),
        (4, 0, 3, 0)
    );
    assert_eq!(found.all.first_at, "2023-11-14T22:13:20Z");
    let change = &found.all.changes[0];
    assert_eq!(
        (change.principal.as_str(), change.action.as_str()),
        ("User::\"bob\"", "Action::\"view\"")
    );
    assert_eq!(
        (change.decision, change.times, change.resources),
        (Decision::Deny, 3, 2)
    );
    assert_eq!(change.policies, ["a"]);
    // The rows name what the engine says of itself.
    let shipped = release(2, NEW, Some(OLD), modes(Mode::AuditOnly, &[]));
    let pairs = Engine::new(&shipped).unwrap().pairs();
    let named = found.compared_of.iter().map(|one| one.pair.clone());
    assert_eq!(named.collect::<BTreeSet<_>>(), pairs);
    assert_eq!(pairs.len(), 1);

    // The least slice is enough for a replay to see the same.
    let store = folder.path().join("log");
    let sources = vec![Source::named(&path)];
    let builder = decisions::import(sources, 1, &mut |_, _| ControlFlow::Continue(())).unwrap();
    builder.finish(&store).unwrap();
    let log = Arc::new(Log::open(&store).unwrap());
    assert_eq!(
        (log.info.rows, log.info.skipped, log.info.entities_assumed),
        (4, 0, 0)
    );
    let side = |text: &str| drift::Side {
        label: "x".into(),
        compiled: policy::compile(&crate::files(text)),
    };
    let never = std::sync::atomic::AtomicBool::new(false);
    let session = drift::Session::new(log, side(OLD), &never).unwrap();
    let replay = session
        .preview(&side(NEW), &drift::RiskRules::default(), &never)
        .unwrap();
    let totals = replay.totals();
    assert_eq!(
        (totals.rows, totals.lost, totals.gained),
        (4, 3, 0),
        "{totals:?}"
    );
}

#[test]
fn a_file_that_has_grown_gets_a_number_and_the_oldest_go() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shadow.jsonl");
    fs::write(folder.path().join("shadow.other.jsonl"), "mine").unwrap();
    let point = point(&path, |recording| {
        recording.rotate = 1500;
        recording.keep = 2;
    });
    for _ in 0..40 {
        let _ = point.decide(&view("bob", "d1"));
    }
    drop(point);
    let mut names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names.len(), 4, "{names:?}");
    assert!(
        names.contains(&"shadow.other.jsonl".to_owned()),
        "{names:?}"
    );
    for name in names.iter().filter(|name| *name != "shadow.other.jsonl") {
        let path = folder.path().join(name);
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        // Each file is a log of its own: what it names it holds.
        assert!(lines[0].contains("\"entities\":[{"), "{name}: {}", lines[0]);
        assert!(
            lines[1..]
                .iter()
                .all(|line| line.contains("\"entities\":\"sha256:")),
            "{name}"
        );
        assert_eq!(counted(&path).all.would_deny, lines.len() as u64);
    }
}

#[test]
fn what_is_not_written_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shadow.jsonl");
    let point = point(&path, |recording| recording.queue = 1);
    let asked = 2000;
    for number in 0..asked {
        let _ = point.decide(&view(&format!("u{number}"), "d1"));
    }
    let text = || point.metrics();
    let of = |text: &str, name: &str| -> u64 {
        let line = text
            .lines()
            .find(|line| line.starts_with(&format!("{name} ")))
            .unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    };
    let dropped = of(&text(), "fabric_pdp_shadow_dropped_total");
    assert!(dropped > 0);
    drop(point);
    let lines = fs::read_to_string(&path).unwrap().lines().count() as u64;
    assert_eq!(lines + dropped, asked);
}
