//! What is decided, and by which policies.

use model::{Code, Decision, Request};
use pdp::{Engine, Party, Question};
use proptest::prelude::*;
use release::{Files, Mode, Modes, bucket};
use serde_json::{Map, Value, json};

use crate::{enforced, files, modes, party, release, view};

/// Heads and conditions that meet the index, the quick reader and the engine's own, errors among them.
const HEADS: [&str; 14] = [
    "principal, action, resource",
    "principal == User::\"alice\", action, resource",
    "principal == User::\"nobody\", action, resource",
    "principal in Team::\"all\", action == Action::\"view\", resource",
    "principal in Team::\"ops\", action, resource == Doc::\"d1\"",
    "principal is User, action in Action::\"reading\", resource",
    "principal is User in Team::\"all\", action in [Action::\"edit\", Action::\"comment\"], resource",
    "principal is Team, action, resource",
    "principal, action == Action::\"edit\", resource in Folder::\"f\"",
    "principal, action, resource == Doc::\"d2\"",
    "principal, action, resource is Folder",
    "principal, action, resource is Doc in Folder::\"f\"",
    "principal in User::\"bob\", action == Action::\"comment\", resource",
    "principal, action == Action::\"view\", resource in Doc::\"d2\"",
];
const CONDITIONS: [&str; 16] = [
    "",
    "when { principal.level > 3 }",
    "when { resource.owner == principal }",
    "unless { resource.secret }",
    "when { principal.from.isInRange(ip(\"10.0.0.0/8\")) }",
    "when { principal has roles && principal.roles.contains(\"admin\") }",
    "when { principal.boss.level > 2 }",
    "when { resource.owner.boss in Team::\"ops\" }",
    "when { context has from && context.from.isLoopback() }",
    "when { context.mfa }",
    "when { principal.level * 9223372036854775807 > 1 }",
    "when { principal has score && principal.score.greaterThan(decimal(\"1.5\")) }",
    "when { principal in [Team::\"ops\", Doc::\"d1\"] }",
    "when { resource has since && resource.since < datetime(\"2024-05-01\") }",
    "when { principal.level like \"a*\" }",
    "unless { context has age && context.age >= 18 && principal.level < context.age }",
];

#[derive(Clone, Debug)]
struct Text {
    forbid: bool,
    head: usize,
    condition: usize,
    group: bool,
}

fn text() -> impl Strategy<Value = Text> {
    (
        any::<bool>(),
        0..HEADS.len(),
        0..CONDITIONS.len(),
        any::<bool>(),
    )
        .prop_map(|(forbid, head, condition, group)| Text {
            forbid,
            head,
            condition,
            group,
        })
}

fn write(id: usize, text: &Text) -> String {
    let effect = if text.forbid { "forbid" } else { "permit" };
    let group = if text.group { "@group(\"g\")\n" } else { "" };
    let (head, condition) = (HEADS[text.head], CONDITIONS[text.condition]);
    format!("@id(\"p{id}\")\n{group}{effect}({head}) {condition};\n")
}

fn written(texts: &[Option<Text>]) -> String {
    let texts = texts.iter().enumerate();
    let texts = texts.filter_map(|(id, text)| Some(write(id, text.as_ref()?)));
    texts.collect()
}

fn mode() -> impl Strategy<Value = Mode> {
    prop_oneof![
        Just(Mode::AuditOnly),
        Just(Mode::Enforce),
        (0..=100_u8).prop_map(Mode::Canary),
    ]
}

fn all_modes() -> impl Strategy<Value = Modes> {
    (
        mode(),
        prop::collection::btree_map("p[0-7]", mode(), 0..5),
        prop::option::of(mode()),
    )
        .prop_map(|(default, policies, group)| Modes {
            default,
            policies,
            groups: group
                .map(|mode| ("g".to_owned(), mode))
                .into_iter()
                .collect(),
        })
}

fn request() -> impl Strategy<Value = (Request, [Map<String, Value>; 2])> {
    let user = prop_oneof![
        Just("alice"),
        Just("bob"),
        Just("carol"),
        Just("dave"),
        Just("eve")
    ];
    let target = prop_oneof![
        Just(("Doc", "d1")),
        Just(("Doc", "d2")),
        Just(("Doc", "new")),
        Just(("Folder", "f"))
    ];
    let action = prop_oneof![Just("view"), Just("comment"), Just("edit")];
    let user_properties = prop_oneof![
        Just(json!({})),
        Just(json!({"level": 9})),
        Just(json!({"level": 2, "from": "10.1.1.1", "score": "2.5", "undeclared": 1.5})),
        Just(json!({"roles": ["admin", "x"], "boss": {"type": "User", "id": "alice"}})),
    ];
    let doc_properties = prop_oneof![
        Just(json!({})),
        Just(json!({"secret": true, "owner": {"type": "User", "id": "carol"}})),
        Just(json!({"since": "2024-01-01"})),
    ];
    let context = prop_oneof![
        Just(json!({"mfa": true})),
        Just(json!({"mfa": false, "from": "127.0.0.1", "age": 20})),
        Just(json!({"mfa": false, "from": {"__extn": {"fn": "ip", "arg": "127.0.0.1"}}, "age": 3})),
    ];
    let map = |value: Value| value.as_object().cloned().unwrap_or_default();
    (
        user,
        action,
        target,
        context,
        user_properties,
        doc_properties,
    )
        .prop_map(
            move |(user, action, (kind, id), context, user_properties, doc_properties)| {
                let folder = kind == "Folder";
                let action = if folder { "edit" } else { action };
                let request = Request {
                    principal: format!("User::\"{user}\""),
                    action: format!("Action::\"{action}\""),
                    resource: format!("{kind}::\"{id}\""),
                    context: if action == "edit" {
                        Map::new()
                    } else {
                        map(context)
                    },
                };
                let doc_properties = if folder {
                    Map::new()
                } else {
                    map(doc_properties)
                };
                (request, [map(user_properties), doc_properties])
            },
        )
}

fn split(uid: &str) -> (&str, &str) {
    let (kind, id) = uid.split_once("::\"").unwrap();
    (kind, id.trim_end_matches('"'))
}

/// The entities with properties laid over them, made the long way.
fn laid_over(files: &Files, request: &Request, properties: &[Map<String, Value>; 2]) -> Files {
    let mut all: Vec<Value> = serde_json::from_slice(&files["entities.json"]).unwrap();
    for (uid, properties) in [&request.principal, &request.resource]
        .into_iter()
        .zip(properties)
    {
        if properties.is_empty() {
            continue;
        }
        let (kind, id) = split(uid);
        let uid = json!({"type": kind, "id": id});
        if !all.iter().any(|entity| entity["uid"] == uid) {
            all.push(json!({"uid": uid, "attrs": {}, "parents": []}));
        }
        let entity = all.iter_mut().find(|entity| entity["uid"] == uid).unwrap();
        for (name, value) in properties {
            let value = match name.as_str() {
                "undeclared" => continue,
                "from" => json!({"__extn": {"fn": "ip", "arg": value}}),
                "score" => json!({"__extn": {"fn": "decimal", "arg": value}}),
                "since" => json!({"__extn": {"fn": "datetime", "arg": value}}),
                "boss" | "owner" => json!({"__entity": value}),
                _ => value.clone(),
            };
            entity["attrs"][name] = value;
        }
    }
    let mut files = files.clone();
    files.insert(
        "entities.json".into(),
        serde_json::to_vec(&all).unwrap().into(),
    );
    files
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn every_answer_is_the_plain_authorizers(
        new in prop::collection::vec(prop::option::weighted(0.8, text()), 1..8),
        old in prop::option::of(prop::collection::vec(prop::option::weighted(0.8, text()), 0..8)),
        modes in all_modes(),
        (request, properties) in request(),
    ) {
        prop_assume!(new.iter().any(Option::is_some));
        let base = old.as_deref().map(written);
        let shipped = release(3, &written(&new), base.as_deref(), modes.clone());
        let engine = Engine::new(&shipped).unwrap();
        let texts = properties.clone().map(|it| if it.is_empty() { String::new() } else { Value::Object(it).to_string() });
        let context = Value::Object(request.context.clone()).to_string();
        let party = |uid, properties| {
            let (kind, id) = split(uid);
            Party { kind, id, properties }
        };
        let question = Question {
            principal: party(request.principal.as_str(), texts[0].as_str()),
            action: split(&request.action).1,
            resource: party(request.resource.as_str(), texts[1].as_str()),
            context: &context,
        };
        let answer = engine.decide(&question);

        // By hand: each policy from the one or the other.
        let reached = |id: usize, text: &Text| {
            let group = text.group.then_some("g");
            match modes.of(&format!("p{id}"), group) {
                Mode::AuditOnly => false,
                Mode::Enforce => true,
                Mode::Canary(percent) => bucket(&request.principal) < percent,
            }
        };
        let old = old.unwrap_or_default();
        let mixed: Vec<Option<Text>> = (0..8)
            .map(|id| {
                let new = new.get(id).cloned().flatten();
                let old = old.get(id).cloned().flatten();
                let named = new.as_ref().or(old.as_ref())?;
                if reached(id, named) { new } else { old }
            })
            .collect();
        let decide = |texts: &[Option<Text>]| {
            let compiled = policy::compile(&laid_over(&files(&written(texts)), &request, &properties));
            policy::decide(&compiled.set, &compiled.entities, compiled.schema.as_deref(), &request)
        };
        match decide(&mixed) {
            Err(_) => {
                prop_assert!(answer.refused.is_some(), "{answer:?}");
                prop_assert_eq!(answer.decision, Decision::Deny);
            }
            Ok((decision, reasons, errors)) => {
                prop_assert_eq!(&answer.refused, &None);
                prop_assert_eq!((answer.decision, &answer.reasons, &answer.errors), (decision, &reasons, &errors));
                let all = decide(&new).unwrap();
                match &answer.shadow {
                    Some(shadow) => prop_assert_eq!((shadow.decision, shadow.reasons.clone(), shadow.errors.clone()), all),
                    None => prop_assert_eq!((decision, reasons, errors), all),
                }
            }
        }
    }
}

#[test]
fn without_a_schema_values_are_as_json_has_them() {
    let mut shipped = release(
        1,
        r#"permit(principal, action == Action::"view", resource) when { principal.level > 3 && context.ip.isLoopback() };"#,
        None,
        Modes::default(),
    );
    shipped.files.remove("s.cedarschema");
    let engine = Engine::new(&shipped).unwrap();
    let ask = |properties, context| {
        engine.decide(&Question {
            principal: Party {
                kind: "Person",
                id: "p",
                properties,
            },
            action: "view",
            resource: party("Thing", "t"),
            context,
        })
    };
    let ip = r#"{"ip":{"__extn":{"fn":"ip","arg":"127.0.0.1"}}}"#;
    assert!(ask(r#"{"level":4}"#, ip).allows());
    assert!(!ask(r#"{"level":3}"#, ip).allows());
    for (properties, context) in [
        (r#"{"level":4.5}"#, ip),
        (r#"{"level":"#, ip),
        (r#"{"level":4}},"parents":[{"#, ip),
        (r#"{"level":4}"#, "[]"),
    ] {
        let answer = ask(properties, context);
        assert_eq!(
            answer.refused.unwrap().code,
            Code::RequestInvalid,
            "{properties} {context}"
        );
    }
}

#[test]
fn what_cannot_be_read_is_denied_with_the_reason() {
    let engine = enforced(1, "permit(principal, action, resource);");
    assert!(engine.decide(&view("alice", "d1")).allows());
    let refused = |question: Question<'_>| {
        let answer = engine.decide(&question);
        assert_eq!(answer.decision, Decision::Deny);
        answer.refused.unwrap().code
    };
    let plain = view("alice", "d1");
    let user = |properties| Party {
        kind: "User",
        id: "alice",
        properties,
    };
    for question in [
        Question {
            principal: party("Robot", "r"),
            ..plain
        },
        Question {
            principal: party("", "r"),
            ..plain
        },
        Question {
            principal: party("Team", "ops"),
            ..plain
        },
        Question {
            action: "delete",
            ..plain
        },
        Question {
            action: "reading",
            ..plain
        },
        Question {
            context: "{}",
            ..plain
        },
        Question {
            context: r#"{"mfa":1}"#,
            ..plain
        },
        Question {
            context: "{",
            ..plain
        },
        Question {
            context: r#"{"mfa":true,"mfa":true}"#,
            ..plain
        },
        Question {
            context: r#"{"mfa":true,"other":1,"other":1}"#,
            ..plain
        },
        Question {
            principal: user(r#"{"level":"high"}"#),
            ..plain
        },
        Question {
            principal: user(r#"{"level":1,"level":9}"#),
            ..plain
        },
        Question {
            principal: user(r#"[]"#),
            ..plain
        },
    ] {
        assert_eq!(refused(question), Code::RequestInvalid, "{question:?}");
    }
}

#[test]
fn names_are_found_where_only_one_can_be_meant() {
    let engine = enforced(1, "permit(principal, action, resource);");
    let plain = view("alice", "d1");
    for question in [
        Question {
            principal: party("user", "alice"),
            resource: party("DOC", "d1"),
            ..plain
        },
        Question {
            action: "Action::\"view\"",
            ..plain
        },
        Question {
            context: r#"{"mfa":true,"time":"2024-05-31T15:22-07:00","score":0.5}"#,
            ..plain
        },
    ] {
        assert!(engine.decide(&question).allows(), "{question:?}");
    }
}

#[test]
fn a_release_that_does_not_compile_is_none() {
    let shipped = |new, old| release(1, new, old, Modes::default());
    let code = |new, old| Engine::new(&shipped(new, old)).unwrap_err().code();
    let fine = "permit(principal, action, resource);";
    assert_eq!(code("permit(", None), Code::SetBroken);
    assert_eq!(code(fine, Some("permit(")), Code::SetBroken);
    assert_eq!(code("", None), Code::RevisionUnknown);
    let mut rego = shipped(fine, None);
    rego.files
        .insert("a.rego".into(), b"package a".as_slice().into());
    assert_eq!(Engine::new(&rego).unwrap_err().code(), Code::EngineMixed);
}

#[test]
fn what_is_audited_only_takes_nothing_out_of_force() {
    let old = r#"@id("a") permit(principal, action, resource); @id("gone") forbid(principal == User::"bob", action, resource);"#;
    let new = r#"@id("a") permit(principal == User::"alice", action, resource);"#;
    let engine = |default, policies: &[_]| {
        Engine::new(&release(2, new, Some(old), modes(default, policies))).unwrap()
    };
    let audited = engine(Mode::AuditOnly, &[]);
    for (user, now, then) in [
        ("alice", true, true),
        ("bob", false, false),
        ("carol", true, false),
    ] {
        let answer = audited.decide(&view(user, "d1"));
        assert_eq!(answer.allows(), now, "{user}");
        assert_eq!(
            answer.shadow.unwrap().decision == Decision::Allow,
            then,
            "{user}"
        );
    }
    // What is not there any more follows the default, so this forbid no longer holds.
    let partly = engine(Mode::Enforce, &[("a", Mode::AuditOnly)]);
    assert!(partly.decide(&view("bob", "d1")).allows());
    assert!(
        !engine(Mode::Enforce, &[])
            .decide(&view("bob", "d1"))
            .allows()
    );
}
