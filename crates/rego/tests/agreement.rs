//! The replay agrees with plain regorus, asked row by row with nothing kept, on every class, for random modules, data, edits
//! and logs, whatever the number of threads.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of a test"
)]

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use decisions::{Log, Source};
use drift::{
    Replay, RiskRules,
    rego::{Session, Side},
};
use model::{ChangeClass, Decision, Totals};
use proptest::prelude::*;
use rego::{Files, Settings, compile};
use regorus::{Engine, Value};
use serde_json::json;

const CONDITIONS: &[&str] = &[
    "input.user == \"u0\"",
    "input.user != \"u1\"",
    "input.n > 1",
    "input.n in data.numbers",
    "data.flags[input.user]",
    "helper",
    "not helper",
    "level == 1",
    "twice(input.n) > 2",
    "input.missing.deep == 1",
    "to_number(input.user) == 1",
    "every x in input.list { x > 0 }",
    "count([x | some x in input.list; x > 1]) > 0",
    "time.now_ns() > 0",
    "rand.intn(\"dice\", 6) > 2",
    "crypto.sha256(input.user) == \"\"",
];

fn body() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(CONDITIONS), 1..4)
        .prop_map(|conditions| conditions.join("\n\t"))
}

/// A body that refers to no other rule, so that no rule is defined by itself.
fn plain_body() -> impl Strategy<Value = String> {
    let plain: Vec<&str> = CONDITIONS
        .iter()
        .copied()
        .filter(|condition| {
            !condition.contains("helper")
                && !condition.contains("level")
                && !condition.contains("twice")
        })
        .collect();
    prop::collection::vec(prop::sample::select(plain), 1..3)
        .prop_map(|conditions| conditions.join("\n\t"))
}

fn module() -> impl Strategy<Value = String> {
    let bodies = |least| prop::collection::vec(body(), least..3);
    let plain = || prop::collection::vec(plain_body(), 1..3);
    (
        prop::option::of(any::<bool>()),
        bodies(0),
        bodies(0),
        plain(),
        plain(),
        1..4_u8,
    )
        .prop_map(|(default, allows, denies, helpers, levels, factor)| {
            let mut text = format!("package p\n\ntwice(x) := x * {factor}\n\n");
            if let Some(value) = default {
                text += &format!("default allow := {value}\n\n");
            }
            for body in allows {
                text += &format!("allow if {{\n\t{body}\n}}\n\n");
            }
            for body in denies {
                text += &format!("allow := false if {{\n\t{body}\n}}\n\n");
            }
            for body in helpers {
                text += &format!("helper if {{\n\t{body}\n}}\n\n");
            }
            for (value, body) in levels.iter().enumerate() {
                text += &format!("level := {value} if {{\n\t{body}\n}}\n\n");
            }
            text
        })
}

fn data() -> impl Strategy<Value = String> {
    (prop::collection::vec(0..3_u8, 0..3), any::<[bool; 2]>()).prop_map(|(numbers, [a, b])| {
        json!({"numbers": numbers, "flags": {"u0": a, "u1": b}}).to_string()
    })
}

/// One event of a decision log.
fn event() -> impl Strategy<Value = String> {
    let input = (0..3_u8, 0..4_u8, prop::collection::vec(0..3_u8, 0..3));
    let path = prop::sample::select(vec![
        Some("p/allow"),
        Some("p/allow"),
        Some("p"),
        None,
        Some("q/allow"),
    ]);
    let known = prop::option::weighted(0.3, 0..6_u8);
    (input, path, any::<bool>(), known, prop::bool::weighted(0.1)).prop_map(
        |((user, n, list), path, result, known, erased)| {
            let mut event = json!({"input": {"user": format!("u{user}"), "n": n, "list": list}, "result": result});
            if let Some(path) = path {
                event["path"] = path.into();
            }
            if let Some(known) = known {
                event["nd_builtin_cache"] = json!({"time.now_ns": {"[]": known}, "rand.intn": {"[\"dice\",6]": known}});
            }
            if erased {
                event["erased"] = json!(["/input/token"]);
            }
            event.to_string()
        },
    )
}

fn log(events: &[String]) -> Arc<Log> {
    let text = events.join("\n");
    let source = Source::Reader(
        "test".to_owned(),
        Box::new(std::io::Cursor::new(text.into_bytes())),
    );
    let builder =
        decisions::import(vec![source], 1, &mut |_, _| ControlFlow::Continue(())).unwrap();
    Arc::new(builder.build().unwrap().0)
}

type Edit = (String, String);

fn side((module, data): &Edit) -> Side {
    let files: Files = [("p.rego", module), ("data.json", data)]
        .map(|(path, text)| (path.to_owned(), text.as_bytes().into()))
        .into();
    let settings = Settings {
        entrypoint: module.contains("allow").then(|| "p/allow".to_owned()),
        ..Settings::default()
    };
    let compiled = compile(&files, &settings);
    let set = compiled
        .set
        .unwrap_or_else(|| panic!("{:?}\n{module}", compiled.problems));
    Side {
        label: "side".to_owned(),
        set,
    }
}

/// What a side says: a decision, or nothing, and whether because it failed.
type Said = (Option<Decision>, bool);

/// Asks regorus itself.
fn plain(edit: &Edit, document: &serde_json::Value, there: bool) -> Said {
    if document.get("erased").is_some() {
        return (None, false);
    }
    let path = document["path"].as_str().unwrap_or("p/allow");
    // A package is there with its module, a rule when it is written.
    if path == "q/allow" || (path == "p/allow" && !edit.0.contains("allow")) {
        let no_entrypoint = document.get("path").is_none();
        return (
            if there && !no_entrypoint {
                Some(Decision::Deny)
            } else {
                None
            },
            false,
        );
    }
    let reached = Arc::new(AtomicBool::new(false));
    let mut engine = Engine::new();
    engine.set_strict_builtin_errors(false);
    engine
        .add_policy("p.rego".to_owned(), edit.0.clone())
        .unwrap();
    engine.add_data_json(&edit.1).unwrap();
    for (name, arguments) in [("time.now_ns", 0), ("rand.intn", 2)] {
        let known = &document["nd_builtin_cache"][name];
        let known = known
            .as_object()
            .and_then(|answers| answers.values().next())
            .cloned();
        let reached = reached.clone();
        let said = move |_: Vec<Value>| match &known {
            Some(known) => Ok(Value::from(known.clone())),
            None => {
                reached.store(true, Ordering::Relaxed);
                Err(anyhow::anyhow!("outside"))
            }
        };
        engine
            .add_extension(name.to_owned(), arguments, Box::new(said))
            .unwrap();
    }
    engine
        .set_input_json(&document["input"].to_string())
        .unwrap();
    let query = format!("data.{}", path.replace('/', "."));
    let value = engine.eval_query(query, false).map(|found| {
        found
            .result
            .first()
            .map_or(Value::Undefined, |first| first.expressions[0].value.clone())
    });
    if reached.load(Ordering::Relaxed) {
        return (None, false);
    }
    let decide = |allow: bool| {
        Some(if allow {
            Decision::Allow
        } else {
            Decision::Deny
        })
    };
    match value {
        Err(_) => (None, true),
        Ok(Value::Undefined) => (Some(Decision::Deny), false),
        Ok(Value::Bool(allow)) => (decide(allow), false),
        Ok(value) => (
            value["allow"]
                .as_bool()
                .ok()
                .and_then(|allow| decide(*allow)),
            false,
        ),
    }
}

fn class(before: Option<Decision>, after: Option<Decision>) -> ChangeClass {
    use Decision::{Allow, Deny};
    match (before, after) {
        (Some(Deny), Some(Allow)) => ChangeClass::Gained,
        (Some(Allow), Some(Deny)) => ChangeClass::Lost,
        (Some(_), Some(_)) => ChangeClass::Unchanged,
        (Some(Deny), None) | (None, Some(Allow)) => ChangeClass::MaybeGained,
        (Some(Allow), None) | (None, Some(Deny)) => ChangeClass::MaybeLost,
        (None, None) => ChangeClass::Undeterminable,
    }
}

/// Class, error changed and log disagrees of every distinct request, and the totals.
fn oracle(
    log: &Log,
    base: &Edit,
    head: &Edit,
    same: bool,
) -> (BTreeMap<u32, (ChangeClass, bool, bool)>, Totals) {
    let mut rows = BTreeMap::new();
    let mut totals = Totals::default();
    for request in 0..log.requests.len() as u32 {
        let document: serde_json::Value =
            serde_json::from_str(log.input(request).unwrap()).unwrap();
        let path = document["path"].as_str().unwrap_or("p/allow");
        let there = path == "p" || (path == "p/allow" && base.0.contains("allow"));
        let (before, failed) = plain(base, &document, false);
        let (after, fails) = plain(head, &document, there);
        let class = if same {
            ChangeClass::Unchanged
        } else {
            class(before, after)
        };
        let mut disagrees = false;
        for tally in log.tallies.iter().filter(|tally| tally.request == request) {
            let rows = u64::from(tally.rows);
            totals.rows += rows;
            let counter = match class {
                ChangeClass::Gained => &mut totals.gained,
                ChangeClass::Lost => &mut totals.lost,
                ChangeClass::MaybeGained => &mut totals.maybe_gained,
                ChangeClass::MaybeLost => &mut totals.maybe_lost,
                ChangeClass::Undeterminable => &mut totals.undeterminable,
                ChangeClass::Unchanged => &mut totals.unchanged,
            };
            *counter += rows;
            if failed != fails {
                totals.error_changed += rows;
            }
            let recorded = log.outcomes[tally.outcome as usize].decision;
            if before.is_some_and(|before| before != recorded) {
                totals.log_disagrees += rows;
                disagrees = true;
            }
        }
        rows.insert(request, (class, failed != fails, disagrees));
    }
    (rows, totals)
}

fn replay(log: &Arc<Log>, base: &Edit, head: &Edit, threads: usize) -> Replay {
    let never = AtomicBool::new(false);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    pool.install(|| {
        let session = Session::new(log.clone(), side(base), &never).unwrap();
        session
            .preview(&side(head), &RiskRules::default(), &never)
            .unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { 300 }))]

    #[test]
    fn replay_agrees_with_plain_regorus(
        base in (module(), data()),
        edited in (prop::option::of(module()), prop::option::of(data())),
        events in prop::collection::vec(event(), 1..14),
    ) {
        let head = (edited.0.unwrap_or_else(|| base.0.clone()), edited.1.unwrap_or_else(|| base.1.clone()));
        let log = log(&events);
        let same = side(&base).set.digest() == side(&head).set.digest();
        let (expected, totals) = oracle(&log, &base, &head, same);
        let replay_1 = replay(&log, &base, &head, 1);
        prop_assert_eq!(replay_1.totals(), totals);
        for (request, (class, error_changed, log_disagrees)) in expected {
            let change = replay_1.change(request);
            if class == ChangeClass::Unchanged && !error_changed && !log_disagrees {
                prop_assert!(change.is_none(), "{:?}", change);
                continue;
            }
            let change = change.unwrap();
            prop_assert_eq!((change.class, change.error_changed, change.log_disagrees), (class, error_changed, log_disagrees));
            // Who decides says by which definition, and whose decision changes names what made the difference.
            if change.after.decision == Some(Decision::Allow) {
                prop_assert!(!change.after.reasons.is_empty());
            }
            if matches!(class, ChangeClass::Gained | ChangeClass::Lost) {
                prop_assert!(!change.causes.is_empty(), "{:?}", change);
            }
        }
        prop_assert_eq!(replay_1.report(100), replay(&log, &base, &head, 3).report(100));
    }
}

#[test]
fn a_replay_can_be_cancelled() {
    let base = (
        "package p\nallow if input.n > 1\n".to_owned(),
        "{}".to_owned(),
    );
    let log = log(&[r#"{"input":{"n":1},"path":"p/allow","result":false}"#.to_owned()]);
    let raised = AtomicBool::new(true);
    let error = Session::new(log.clone(), side(&base), &raised).unwrap_err();
    assert!(matches!(error, drift::Error::Cancelled), "{error}");
    let session = Session::new(log, side(&base), &AtomicBool::new(false)).unwrap();
    let head = (
        "package p\nallow if input.n > 2\n".to_owned(),
        "{}".to_owned(),
    );
    let error = session
        .preview(&side(&head), &RiskRules::default(), &raised)
        .unwrap_err();
    assert!(matches!(error, drift::Error::Cancelled), "{error}");
}
