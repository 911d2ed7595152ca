//! Every outcome against the ordinary authorizer: for random policy sets, edits, entities and requests. What is called
//! equivalent is decided alike, what only narrows gives nobody access, what only widens takes none away, and every
//! counterexample replays.

use std::sync::Arc;

use model::{Counterexample, Decision, Relation, Request};
use policy::{Compiled, EntityReader, EntityStore, Files};
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

use super::{compiled, prove, prover};

const SCHEMA: &str = r#"
    entity Team in [Team];
    entity User in [Team] { level: Long, admin: Bool, boss?: User, home: Team };
    entity Doc { owner: User, class: String, hidden?: Bool, readers: Set<User>, team: Team } tags String;
    action work;
    action view, edit in [work] appliesTo { principal: User, resource: Doc, context: { mfa: Bool, n: Long, day?: datetime } };
    action list appliesTo { principal: User, resource: Team, context: { mfa: Bool, n: Long } };
"#;

/// Conditions that make sense for every kind of request, and those that need a document.
fn condition() -> impl Strategy<Value = String> {
    let anywhere = select(vec![
        "principal.admin",
        "principal.level > 3",
        "principal.level == 0",
        "principal.level + context.n > 10",
        "principal.level * 2 <= context.n",
        "principal in Team::\"t\"",
        "principal == User::\"u\"",
        "principal has boss",
        "principal has boss && principal.boss.admin",
        "principal.home == Team::\"t\"",
        "principal in principal.home",
        "context.mfa",
        "context.n < 0",
        "resource has hidden && resource.hidden",
        "resource is Doc && resource.class == \"a\"",
        "resource is Doc && [\"a\", \"b\"].contains(resource.class)",
        "resource is Doc && resource.class like \"a*\"",
        "resource is Doc && resource.owner == principal",
        "resource is Doc && resource.owner in Team::\"t\"",
        "resource is Doc && principal in resource.team",
        "resource is Doc && resource.readers.contains(principal)",
        "resource is Doc && resource.hasTag(\"k\") && resource.getTag(\"k\") == \"v\"",
        "resource is Team && principal in resource",
        "context has day && context.day > datetime(\"2026-01-01\")",
    ]);
    anywhere
        .prop_map(str::to_owned)
        .prop_recursive(2, 6, 2, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) && ({b})")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) || ({b})")),
                inner.prop_map(|a| format!("!({a})")),
            ]
        })
}

fn policy() -> impl Strategy<Value = String> {
    let scope = select(vec![
        "principal, action, resource",
        "principal, action in Action::\"work\", resource",
        "principal, action == Action::\"view\", resource",
        "principal in Team::\"t\", action, resource",
        "principal, action, resource is Doc",
        "principal, action == Action::\"list\", resource == Team::\"t\"",
    ]);
    (
        select(vec!["permit", "permit", "forbid"]),
        scope,
        condition(),
    )
        .prop_map(|(effect, scope, condition)| {
            format!("{effect} ({scope}) when {{ {condition} }};")
        })
}

/// A policy set, and an edit of it.
fn edit() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
    (
        vec(policy(), 1..4),
        policy(),
        any::<prop::sample::Index>(),
        0..3,
    )
        .prop_map(|(base, new, place, how)| {
            let mut head = base.clone();
            let at = place.index(base.len());
            match how {
                0 => head.push(new),
                1 => drop(head.remove(at)),
                _ => head[at] = new,
            }
            (base, head)
        })
}

/// Numbers near where things happen.
fn number() -> impl Strategy<Value = i64> {
    prop_oneof![
        -1..12_i64,
        select(vec![i64::MAX, i64::MIN, i64::MAX / 2 + 1])
    ]
}

fn user(id: &'static str) -> impl Strategy<Value = Value> {
    let others = || select(vec!["u", "v"]);
    (number(), any::<bool>(), proptest::option::of(others()), team(), vec(team(), 0..2)).prop_map(
        move |(level, admin, boss, home, teams)| {
            let mut attrs = json!({"level": level, "admin": admin, "home": {"__entity": {"type": "Team", "id": home}}});
            if let Some(boss) = boss {
                attrs["boss"] = json!({"__entity": {"type": "User", "id": boss}});
            }
            let parents: Vec<_> = teams.iter().map(|team| json!({"type": "Team", "id": team})).collect();
            json!({"uid": {"type": "User", "id": id}, "attrs": attrs, "parents": parents})
        },
    )
}

fn team() -> impl Strategy<Value = &'static str> {
    select(vec!["t", "s"])
}

fn doc() -> impl Strategy<Value = Value> {
    let users = || select(vec!["u", "v"]);
    (
        users(),
        select(vec!["a", "b", "ab", ""]),
        proptest::option::of(any::<bool>()),
        vec(users(), 0..2),
        team(),
        proptest::option::of(select(vec!["v", "w"])),
    )
        .prop_map(|(owner, class, hidden, readers, team, tag)| {
            let user = |id: &str| json!({"__entity": {"type": "User", "id": id}});
            let mut attrs = json!({"owner": user(owner), "class": class, "team": {"__entity": {"type": "Team", "id": team}},
                "readers": readers.into_iter().map(user).collect::<Vec<_>>()});
            if let Some(hidden) = hidden {
                attrs["hidden"] = json!(hidden);
            }
            let tags = tag.map_or(json!({}), |tag| json!({"k": tag}));
            json!({"uid": {"type": "Doc", "id": "d"}, "attrs": attrs, "parents": [], "tags": tags})
        })
}

/// A world and a request in it.
fn asked() -> impl Strategy<Value = (Vec<Value>, Request)> {
    let context = (
        any::<bool>(),
        number(),
        proptest::option::of(select(vec!["2025-05-05", "2026-05-05"])),
    );
    let teams = any::<bool>().prop_map(|inside| {
        let parents = if inside {
            json!([{"type": "Team", "id": "s"}])
        } else {
            json!([])
        };
        [("t", parents), ("s", json!([]))].map(|(id, parents)| {
            json!({"uid": {"type": "Team", "id": id}, "attrs": {}, "parents": parents})
        })
    });
    (
        (user("u"), user("v"), doc(), teams),
        (
            select(vec!["u", "v"]),
            select(vec!["view", "edit", "list"]),
            team(),
            context,
        ),
    )
        .prop_map(|((u, v, doc, teams), (who, action, team, (mfa, n, day)))| {
            let mut context = json!({"mfa": mfa, "n": n});
            let list = action == "list";
            if let (Some(day), false) = (day, list) {
                context["day"] = json!({"__extn": {"fn": "datetime", "arg": day}});
            }
            let request = Request {
                principal: format!("User::\"{who}\""),
                action: format!("Action::\"{action}\""),
                resource: if list {
                    format!("Team::\"{team}\"")
                } else {
                    "Doc::\"d\"".into()
                },
                context: context.as_object().unwrap().clone(),
            };
            let mut world = vec![u, v, doc];
            world.extend(teams);
            (world, request)
        })
}

/// The entities, which must fit the schema.
fn store(entities: &[Value], of: &Compiled) -> EntityStore {
    let text = serde_json::to_vec(entities).unwrap();
    let files = Files::from([("entities.json".to_owned(), Arc::from(text))]);
    let (store, problems) = EntityStore::parse(&files, of.schema.as_deref());
    assert_eq!(problems, []);
    store
}

fn decide(of: &Compiled, entities: &EntityStore, request: &Request) -> (Decision, Vec<String>) {
    let decided = policy::decide(&of.set, entities, of.schema.as_deref(), request).unwrap();
    (decided.0, decided.1)
}

fn replays(example: &Counterexample, base: &Compiled, head: &Compiled) {
    let store = store(&example.entities, head);
    let before = decide(base, &store, &example.request);
    let after = decide(head, &store, &example.request);
    assert_eq!(before, (example.before, example.before_reasons.clone()));
    assert_eq!(after, (example.after, example.after_reasons.clone()));
    assert_ne!(example.before, example.after);
}

#[test]
fn what_is_proven_is_what_the_authorizer_does() {
    let Some(prover) = prover() else { return };
    let mut seen = [0; 5];
    let config = Config {
        cases: 60,
        failure_persistence: None,
        ..Config::default()
    };
    let strategy = (edit(), vec(asked(), 40));
    let mut runner = TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    let seen = std::cell::RefCell::new(&mut seen);
    runner
        .run(&strategy, |((old, new), asked)| {
            let (base, head) = (
                compiled(SCHEMA, &old.join("\n")),
                compiled(SCHEMA, &new.join("\n")),
            );
            let proof = prove(&prover, &base, &head);
            for environment in &proof.environments {
                seen.borrow_mut()[environment.relation as usize] += 1;
                let examples = [&environment.gained, &environment.lost];
                let wanted = [Decision::Allow, Decision::Deny];
                for (example, after) in examples.into_iter().zip(wanted) {
                    if let Some(example) = example {
                        prop_assert_eq!(example.after, after);
                        replays(example, &base, &head);
                    }
                }
                let (gains, losses) = (environment.gained.is_some(), environment.lost.is_some());
                match environment.relation {
                    Relation::Equivalent => prop_assert!(!gains && !losses),
                    Relation::Widens => prop_assert!(gains && !losses),
                    Relation::Narrows => prop_assert!(!gains && losses),
                    Relation::Differs => prop_assert!(gains && losses),
                    Relation::NotProven => prop_assert!(environment.reason.is_some()),
                }
                for (world, request) in &asked {
                    let kind = |id: &str| id.split("::").next().unwrap_or_default().to_owned();
                    if request.action != environment.environment.action
                        || kind(&request.resource) != environment.environment.resource
                    {
                        continue;
                    }
                    let store = store(world, &head);
                    let (before, after) = (
                        decide(&base, &store, request).0,
                        decide(&head, &store, request).0,
                    );
                    // Policies out of scope have nothing to say.
                    let schema = head.schema.as_deref().unwrap();
                    let asked = EntityReader::new(schema).request(request, true).unwrap();
                    for set in [&base.set, &head.set] {
                        let narrow = set.narrowed(&environment.environment, schema);
                        prop_assert_eq!(narrow.decide(&store, &asked), set.decide(&store, &asked));
                    }
                    let fits = match environment.relation {
                        Relation::Equivalent => before == after,
                        Relation::Narrows => before == Decision::Allow || after == Decision::Deny,
                        Relation::Widens => before == Decision::Deny || after == Decision::Allow,
                        Relation::Differs | Relation::NotProven => true,
                    };
                    prop_assert!(fits, "{:?}: {request:?} {world:?}", environment.relation);
                }
            }
            Ok(())
        })
        .unwrap();
    // A test that meets only one outcome tests little; one that proves nothing tests nothing.
    let seen = seen.into_inner();
    let [equivalent, narrows, widens, differs, open] = *seen;
    assert!(
        equivalent > 20 && narrows > 5 && widens > 5 && differs > 0,
        "{seen:?}"
    );
    assert!(
        open * 20 < equivalent + narrows + widens + differs,
        "{seen:?}"
    );
}
