//! From files to decisions: what compiles, what is wrong and where, what is certain, open, and why.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of a test")]

use std::collections::BTreeSet;

use model::{Decision, Outcome, Severity};
use rego::{Compiled, Files, Question, Set, Settings, compile, diff};

fn files(entries: &[(&str, &str)]) -> Files {
    entries
        .iter()
        .map(|(path, text)| ((*path).to_owned(), text.as_bytes().into()))
        .collect()
}

fn compiled(entries: &[(&str, &str)]) -> Compiled {
    compile(&files(entries), &Settings::default())
}

fn set(entries: &[(&str, &str)]) -> std::sync::Arc<Set> {
    let compiled = compiled(entries);
    compiled
        .set
        .unwrap_or_else(|| panic!("{:?}", compiled.problems))
}

fn problems(compiled: &Compiled) -> String {
    let lines: Vec<_> = compiled
        .problems
        .iter()
        .map(|found| {
            format!(
                "{}:{}:{}-{} {}: {}",
                found.file,
                found.line,
                found.column,
                found.end_column,
                found.code.as_str(),
                found.message
            )
        })
        .collect();
    lines.join("\n")
}

fn decide(set: &Set, input: &str) -> Outcome {
    set.evaluator().decide(&Question::of(input), false)
}

const AUTHZ: &str = "package authz

import data.owners

default allow := false

# Administrators may do everything.
allow if is_admin

allow if {
	input.action == \"read\"
	input.user in owners[input.doc]
}

is_admin if input.user == \"root\"
";
const OWNERS: &str = r#"{"d1":["ada"]}"#;

fn authz() -> std::sync::Arc<Set> {
    set(&[("authz.rego", AUTHZ), ("owners/data.json", OWNERS)])
}

#[test]
fn a_set_decides_by_its_only_allow() {
    let set = authz();
    assert_eq!(set.rules().len(), 4);
    for (input, decision) in [
        (
            r#"{"user":"ada","action":"read","doc":"d1"}"#,
            Decision::Allow,
        ),
        (
            r#"{"user":"ada","action":"write","doc":"d1"}"#,
            Decision::Deny,
        ),
        (r#"{"user":"root"}"#, Decision::Allow),
        ("{}", Decision::Deny),
        ("7", Decision::Deny),
    ] {
        let outcome = decide(&set, input);
        assert_eq!(outcome.decision, Some(decision), "{input}: {outcome:?}");
        assert_eq!((outcome.needs.len(), outcome.errors.len()), (0, 0));
    }
    let open = decide(&set, "{");
    assert_eq!(open.decision, None);
    assert!(open.needs[0].contains("input"), "{open:?}");
}

#[test]
fn every_problem_is_named_in_its_place() {
    insta::assert_snapshot!(problems(&compiled(&[
        ("a.rego", "package a\n\nallow if {\n\tinput.x ==\n}\n"),
        ("b.rego", "package b\n\nallow if é == 1\n"),
        ("c.rego", "package c\n\nallow if {\n\tinput.x == y\n}\n"),
        ("d.rego", "package c\nallow if z\n"),
        ("data.json", "{\"a\": tru}"),
        ("e.rego", "allow := true\n"),
        ("f.rego", "package f\nallow { input.x }\n"),
    ])), @r#"
    a.rego:5:1-2 rego_syntax: expecting expression
    b.rego:3:10-11 rego_syntax: invalid character
    c.rego:4:13-14 rego_invalid: use of undefined variable `y` is unsafe
    d.rego:2:10-11 rego_invalid: use of undefined variable `z` is unsafe
    data.json:1:10-10 rego_data: expected ident
    e.rego:1:1-6 rego_syntax: expecting `package` Missing package declaration
    f.rego:2:7-8 rego_syntax: `if` keyword is required before rule body
    "#);
}

#[test]
fn rules_and_data_may_not_meet() {
    insta::assert_snapshot!(problems(&compiled(&[
        ("authz.rego", "package authz\nallow := true\nallow if false\n"),
        ("authz/data.json", "{\"allow\": false}"),
    ])), @"authz.rego:2:1-14 rego_data: `authz.allow` is both a rule and data");
    insta::assert_snapshot!(problems(&compiled(&[
        (".manifest", r#"{"roots":["authz","users/eu"]}"#),
        ("a.rego", "package authz.sub\nx := 1\n"),
        ("b.rego", "package billing\nx := 1\n"),
        ("users/data.json", r#"{"eu":{"a":1},"us":{"b":2}}"#),
    ])), @r"
    .manifest:0:0-0 rego_data: `data.users.us` is in none of the manifest's roots
    b.rego:0:0-0 rego_data: package `billing` is in none of the manifest's roots
    ");
}

#[test]
fn version_0_is_read_where_it_is_said() {
    let old = "package old\n\ndefault allow = false\n\nallow { input.x }\n\ndeny[msg] { msg := \"no\" }\n";
    assert!(compiled(&[("a.rego", old)]).set.is_none());
    let version = |number| Settings {
        version: Some(number),
        ..Settings::default()
    };
    let set = compile(&files(&[("a.rego", old)]), &version(0))
        .set
        .unwrap();
    assert_eq!(decide(&set, r#"{"x":1}"#).decision, Some(Decision::Allow));
    let mixed = [
        (
            ".manifest",
            r#"{"rego_version":1,"file_rego_versions":{"/old/*":0}}"#,
        ),
        ("authz.rego", AUTHZ),
        ("old/a.rego", &*old.replace("allow", "may")),
        ("owners/data.json", OWNERS),
    ];
    let compiled = compiled(&mixed);
    assert!(compiled.set.is_some(), "{}", problems(&compiled));
    assert!(
        compile(&files(&[("a.rego", old)]), &version(2))
            .set
            .is_none()
    );
}

#[test]
fn the_rule_that_decides_is_named_or_plain() {
    let both = [
        ("a.rego", "package a\nallow := true\n"),
        ("b.rego", "package b\nallow := false\nok := true\n"),
    ];
    let open = decide(&set(&both), "{}");
    assert_eq!(open.decision, None);
    assert!(
        open.needs[0].contains("both `a.allow` and `b.allow`"),
        "{open:?}"
    );
    for (entrypoint, decision) in [
        ("a/allow", Some(Decision::Allow)),
        ("b/allow", Some(Decision::Deny)),
        ("/b/ok", Some(Decision::Allow)),
        // A package decides by its `allow`.
        ("b", Some(Decision::Deny)),
    ] {
        let settings = Settings {
            entrypoint: Some(entrypoint.to_owned()),
            ..Settings::default()
        };
        let set = compile(&files(&both), &settings).set.unwrap();
        assert_eq!(decide(&set, "{}").decision, decision, "{entrypoint}");
    }
    let settings = Settings {
        entrypoint: Some("c/allow".to_owned()),
        ..Settings::default()
    };
    insta::assert_snapshot!(problems(&compile(&files(&both), &settings)), @"workspace.toml:0:0-0 rego_entrypoint: `c/allow` cannot decide: no rule is called `c.allow`");
    let wasm = [
        (
            ".manifest",
            r#"{"wasm":[{"entrypoint":"b/ok","module":"/policy.wasm"}]}"#,
        ),
        both[0],
        both[1],
    ];
    assert_eq!(decide(&set(&wasm), "{}").decision, Some(Decision::Allow));
}

#[test]
fn what_a_rule_gives_is_a_decision_or_open() {
    for (rule, decision) in [
        ("allow := true", Some(Decision::Allow)),
        ("allow := false", Some(Decision::Deny)),
        ("allow if false", Some(Decision::Deny)),
        (
            "allow := {\"allow\": true, \"why\": \"x\"}",
            Some(Decision::Allow),
        ),
        ("allow := {\"allowed\": false}", Some(Decision::Deny)),
        ("allow := {\"allow\": 1}", None),
        ("allow := {\"x\": true}", None),
        ("allow := \"yes\"", None),
        ("allow contains \"x\" if true", None),
    ] {
        let outcome = decide(&set(&[("a.rego", &format!("package a\n{rule}\n"))]), "{}");
        assert_eq!(outcome.decision, decision, "{rule}");
        assert_eq!(outcome.needs.is_empty(), decision.is_some(), "{rule}");
    }
}

/// A question as a log recorded it.
fn asked(set: &Set, document: &str) -> Outcome {
    set.evaluator()
        .decide(&Question::read(document).unwrap(), false)
}

#[test]
fn the_outside_is_never_asked() {
    for (call, arguments) in [
        (
            "http.send({\"method\": \"get\", \"url\": \"http://localhost\"}).status_code == 200",
            None,
        ),
        ("net.lookup_ip_addr(\"localhost\")", None),
        ("opa.runtime().env.HOME", None),
        (
            "rand.intn(\"dice\", 6) < 7",
            Some(r#"{"rand.intn":{"[\"dice\", 6]":3}}"#),
        ),
        ("time.now_ns() > 0", Some(r#"{"time.now_ns":{"[]":5}}"#)),
        ("uuid.rfc4122(\"x\") != \"\"", None),
    ] {
        let policy = format!(
            "package a\ndefault allow := false\nallow if {{\n  input.x\n  {call}\n}}\nallow if input.free\n"
        );
        let compiled = compiled(&[("a.rego", &policy)]);
        let name = call.split('(').next().unwrap();
        let warned: Vec<_> = compiled
            .problems
            .iter()
            .map(|found| (found.severity, found.line))
            .collect();
        assert_eq!(warned, [(Severity::Info, 5)], "{name}");
        let set = compiled.set.unwrap();
        assert_eq!(
            decide(&set, "{}").decision,
            Some(Decision::Deny),
            "{name} is not reached"
        );
        let open = decide(&set, r#"{"x":1}"#);
        assert_eq!(open.decision, None, "{name}");
        assert!(open.needs[0].contains(&format!("`{name}`")), "{open:?}");
        assert_eq!(open.errors, []);
        if let Some(recorded) = arguments {
            let document = format!(r#"{{"input":{{"x":1}},"nd_builtin_cache":{recorded}}}"#);
            assert_eq!(
                asked(&set, &document).decision,
                Some(Decision::Allow),
                "{name}"
            );
            let other = document.replace('6', "7").replace("[]", "[1]");
            assert_eq!(
                asked(&set, &other).decision,
                None,
                "{name}: other arguments"
            );
        }
        // Nothing of one question is left for the next.
        assert_eq!(decide(&set, r#"{"x":1}"#).decision, None, "{name}");
    }
    // `with` puts something in the place of the outside, so it is not reached.
    let mocked = "package a\nnow := time.now_ns()\nallow if now == 7 with time.now_ns as 7\n";
    assert_eq!(
        decide(&set(&[("a.rego", mocked)]), "{}").decision,
        Some(Decision::Allow)
    );
    // `not` does not turn what is not known into a yes.
    let negated = "package a\nallow if not late\nlate if time.now_ns() > 5\n";
    assert_eq!(decide(&set(&[("a.rego", negated)]), "{}").decision, None);
}

#[test]
fn what_masks_took_leaves_the_decision_open() {
    let open = asked(
        &authz(),
        r#"{"input":{"user":"root"},"erased":["/input/token"]}"#,
    );
    assert_eq!(open.decision, None);
    assert_eq!(open.needs, ["`input.token`, which the log's masks took"]);
}

#[test]
fn a_rule_that_is_not_there_is_open_unless_it_was_theirs() {
    let set = authz();
    let question = Question::read(r#"{"input":{},"path":"other/allow"}"#).unwrap();
    assert!(!set.answers(question.path.as_deref()));
    let mut evaluator = set.evaluator();
    assert_eq!(evaluator.decide(&question, false).decision, None);
    assert_eq!(
        evaluator.decide(&question, true).decision,
        Some(Decision::Deny)
    );
}

#[test]
fn what_fails_is_open_and_told() {
    let conflict = "package a\nallow := true if input.x\nallow := false if input.y\n";
    let outcome = decide(&set(&[("a.rego", conflict)]), r#"{"x":1,"y":1}"#);
    assert_eq!(outcome.decision, None);
    assert_eq!(outcome.errors[0].policy, "a.allow");
    let unknown = "package a\nallow if crypto.sha256(input.x) == \"\"\n";
    let outcome = decide(&set(&[("a.rego", unknown)]), r#"{"x":"1"}"#);
    assert!(
        outcome.errors[0].message.contains("crypto.sha256"),
        "{outcome:?}"
    );
    // A function that fails has no value, as with OPA.
    let failing = "package a\ndefault allow := false\nallow if to_number(input.x) == 1\n";
    let outcome = decide(&set(&[("a.rego", failing)]), r#"{"x":"one"}"#);
    assert_eq!(outcome.decision, Some(Decision::Deny));
}

#[test]
fn what_runs_wild_is_stopped() {
    let wild = "package a
n := numbers.range(1, 3000)
allow if count([1 | some x in n; some y in n; some z in n; x + y == z]) == 0
";
    let set = set(&[("a.rego", wild)]);
    let mut evaluator = set.evaluator();
    let outcome = evaluator.decide(&Question::of("{}"), false);
    assert_eq!((outcome.decision, evaluator.given_up()), (None, 1));
    assert!(outcome.needs[0].contains("2 s"), "{outcome:?}");
    for huge in [
        "count(numbers.range(1, 100000000000)) > 1",
        "count(numbers.range_step(1, 9000000000000000000, 2)) > 1",
        "count(net.cidr_expand(\"::/0\")) > 1",
    ] {
        let outcome = decide(
            &self::set(&[("a.rego", &format!("package a\nallow if {huge}\n"))]),
            "{}",
        );
        assert_eq!(outcome.decision, None, "{huge}: {outcome:?}");
    }
    let small = "package a\nallow if { numbers.range(3, 1) == [3, 2, 1]; numbers.range_step(0, 5, 2) == [0, 2, 4]; \"10.0.0.3\" in net.cidr_expand(\"10.0.0.0/30\") }\n";
    assert_eq!(
        decide(&self::set(&[("a.rego", small)]), "{}").decision,
        Some(Decision::Allow)
    );
    let circle = "package a\nallow if b\nb if allow\n";
    assert!(
        compiled(&[("a.rego", circle)])
            .set
            .is_none_or(|set| decide(&set, "{}").decision.is_none())
    );
    let deep = format!(
        "package a\nallow if {}1{} == 1\n",
        "(".repeat(5000),
        ")".repeat(5000)
    );
    assert!(compiled(&[("a.rego", &deep)]).set.is_none());
}

#[test]
fn reasons_and_causes_are_definitions() {
    let base = authz();
    let edited = AUTHZ.replace("== \"root\"", "in {\"root\", \"ops\"}");
    let head = set(&[("authz.rego", &edited), ("owners/data.json", OWNERS)]);
    let asked = BTreeSet::from([vec!["authz".to_owned(), "allow".to_owned()]]);
    let (mut before, mut after) = (
        base.prober(&head, &asked).unwrap(),
        head.prober(&base, &asked).unwrap(),
    );
    let question = Question::of(r#"{"user":"ops","action":"write","doc":"d1"}"#);
    let (old, new) = (
        base.evaluator().decide(&question, false),
        head.evaluator().decide(&question, false),
    );
    assert_eq!(
        (old.decision, new.decision),
        (Some(Decision::Deny), Some(Decision::Allow))
    );
    let (old, new) = (before.look(&question, &old), after.look(&question, &new));
    assert_eq!(old.reasons, [""; 0]);
    assert_eq!(new.reasons, ["authz.allow"]);
    assert_eq!(old.changed.keys().collect::<Vec<_>>(), [""; 0]);
    assert_eq!(new.changed.keys().collect::<Vec<_>>(), ["authz.is_admin"]);
    let reads = Question::of(r#"{"user":"ada","action":"read","doc":"d1"}"#);
    let outcome = base.evaluator().decide(&reads, false);
    assert_eq!(before.look(&reads, &outcome).reasons, ["authz.allow#2"]);
}

#[test]
fn a_diff_names_definitions_and_data() {
    let base = set(&[
        ("authz.rego", AUTHZ),
        ("owners/data.json", OWNERS),
        ("f.rego", "package f\nf(x) := x\n"),
        ("same.rego", "package same\nx := 1\n"),
    ]);
    let edited = AUTHZ
        .replace(
            "# Administrators may do everything.\nallow if is_admin",
            "allow if input.free",
        )
        .replace("\tinput.action", "  input.action")
        .replace(
            "default allow := false\n\n",
            "default allow := false\n\nallow if input.first\n\n",
        );
    let head = set(&[
        ("authz.rego", &edited),
        ("owners/data.json", r#"{"d1":["ada","bo"]}"#),
        ("moved.rego", "package same\nx := 1\n"),
    ]);
    let changes: Vec<_> = diff(&base, &head)
        .iter()
        .map(|change| {
            format!(
                "{:?} {} (was {:?}) {}:{}",
                change.kind, change.id, change.old_id, change.source.file, change.source.line
            )
        })
        .collect();
    insta::assert_snapshot!(changes.join("\n"), @r#"
    Changed authz.allow (was None) authz.rego:7
    Added authz.allow#2 (was None) authz.rego:9
    Removed f.f (was None) f.rego:2
    Moved same.x (was None) moved.rego:2
    Changed owners/data.json (was None) owners/data.json:0
    "#);
    assert_ne!(base.digest(), head.digest());
    assert_eq!(diff(&base, &base), []);
    let reordered = set(&[
        ("a.rego", AUTHZ),
        ("data.json", r#"{"owners": {"d1" : ["ada"]}}"#),
    ]);
    assert_eq!(
        reordered.digest(),
        authz().digest(),
        "files and spelling are no meaning"
    );
}
