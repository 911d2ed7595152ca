//! The least slice of a decision: every policy says with it what it says with all there is, and nothing of it can be left out.

use std::{borrow::Cow, collections::BTreeSet, sync::OnceLock};

use model::{Decision, PolicyError, Request};
use policy::{
    Combined, Compiled, EntityStore, Material, PolicySet, Schema, Tables, Verdict, combine, decide,
    least_slice,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{files, request};

const SCHEMA: &str = r#"
entity Team in [Team];
entity Place;
entity User in [Team] { level: Long, region: String, boss?: User, roles?: Set<String>, home?: { city: String, zip?: Long } } tags String;
entity Doc in [Folder] { class: String, owner: User, hold?: Bool, readers?: Set<User> };
entity Folder in [Folder];
action "all";
action read, write in ["all"] appliesTo { principal: [User], resource: [Doc, Place], context: { mfa: Bool } };
"#;

const ENTITIES: &str = r#"[
{"uid":{"type":"Team","id":"top"},"attrs":{},"parents":[]},
{"uid":{"type":"Team","id":"a"},"attrs":{},"parents":[{"type":"Team","id":"top"}]},
{"uid":{"type":"User","id":"u"},"attrs":{"level":3,"region":"eu","boss":{"type":"User","id":"v"},"roles":["admin"],"home":{"city":"b","zip":7}},"parents":[{"type":"Team","id":"a"}],"tags":{"t":"x","s":"y"}},
{"uid":{"type":"User","id":"v"},"attrs":{"level":9,"region":"us"},"parents":[]},
{"uid":{"type":"Folder","id":"g"},"attrs":{},"parents":[]},
{"uid":{"type":"Folder","id":"f"},"attrs":{},"parents":[{"type":"Folder","id":"g"}]},
{"uid":{"type":"Doc","id":"d"},"attrs":{"class":"P0","owner":{"type":"User","id":"v"},"hold":true,"readers":[{"type":"User","id":"u"}]},"parents":[{"type":"Folder","id":"f"}]},
{"uid":{"type":"Doc","id":"e"},"attrs":{"class":"P2","owner":{"type":"User","id":"ghost"}},"parents":[]}
]"#;

fn world() -> &'static (Schema, EntityStore) {
    static WORLD: OnceLock<(Schema, EntityStore)> = OnceLock::new();
    WORLD.get_or_init(|| {
        let files = files(&[("a.cedarschema", SCHEMA), ("entities.json", ENTITIES)]);
        let schema = Schema::parse(&files).0.unwrap();
        let (store, problems) = EntityStore::parse(&files, Some(&schema));
        assert!(problems.is_empty(), "{problems:#?}");
        (std::sync::Arc::into_inner(schema).unwrap(), store)
    })
}

/// What each policy says to a recorded request.
fn replayed(set: &PolicySet, asked: &Request, slice: &[Value]) -> Vec<Verdict> {
    let (schema, store) = world();
    let uids = [&asked.principal, &asked.action, &asked.resource].map(String::clone);
    let contexts = [Value::Object(asked.context.clone()).to_string()];
    let entities: Vec<String> = slice.iter().map(Value::to_string).collect();
    let tables = Tables {
        uids: &uids,
        contexts: &contexts,
        entities: &entities,
        slices: &[],
    };
    let material = Material::new(tables, [(0, 1)], Some(schema), store);
    let members: Vec<u32> = (0..).take(entities.len()).collect();
    let facts = material.open(&members, 0, 1, 2).unwrap();
    let evaluation = material.evaluation(0, 1, 2, 0, &facts).unwrap();
    let policies = set.policies().iter();
    policies.map(|policy| evaluation.verdict(policy)).collect()
}

fn condition() -> impl Strategy<Value = String> {
    let atom = prop::sample::select(vec![
        "principal.level > 5",
        "principal.region == \"eu\"",
        "resource.class == \"P0\"",
        "resource.owner == principal",
        "resource.owner.level > 5",
        "resource.owner has boss",
        "resource.owner in Team::\"top\"",
        "principal has boss",
        "principal.boss.region == \"us\"",
        "principal has home.zip && principal.home.zip > 3",
        "principal.home.city == \"b\"",
        "context.mfa",
        "resource.hold",
        "resource has hold && resource.hold",
        "principal in Team::\"top\"",
        "principal in resource.readers",
        "principal.level + 9223372036854775807 > 0",
        "Doc::\"lost\" in Folder::\"f\"",
        "Doc::\"d\" in Folder::\"g\"",
        "principal.roles.contains(\"admin\")",
        "{a: principal.level}.a <= 3",
        "principal.hasTag(\"t\") && principal.getTag(\"t\") == \"x\"",
        "principal.getTag(principal.region) == \"x\"",
        "resource is Doc in Folder::\"g\"",
        "action in Action::\"all\"",
        "principal.level == principal.region",
        "true",
        "false",
    ]);
    atom.prop_map(str::to_owned)
        .prop_recursive(2, 6, 2, |inner| {
            let two = (inner.clone(), inner.clone());
            prop_oneof![
                two.clone().prop_map(|(a, b)| format!("({a} && {b})")),
                two.clone().prop_map(|(a, b)| format!("({a} || {b})")),
                inner.prop_map(|a| format!("!({a})")),
                two.prop_map(|(a, b)| format!("(if {a} then {b} else true)")),
            ]
        })
}

prop_compose! {
    fn policy()(
        permit in prop::bool::weighted(0.7),
        principal in prop::sample::select(vec!["principal", "principal == User::\"u\"", "principal in Team::\"top\"", "principal is User in Team::\"a\""]),
        action in prop::sample::select(vec!["action", "action == Action::\"read\"", "action in Action::\"all\""]),
        resource in prop::sample::select(vec!["resource", "resource in Folder::\"g\"", "resource is Doc", "resource is Place"]),
        when in prop::option::of(condition()), unless in prop::option::weighted(0.3, condition()),
    ) -> String {
        let effect = if permit { "permit" } else { "forbid" };
        let when = when.map(|text| format!(" when {{ {text} }}")).unwrap_or_default();
        let unless = unless.map(|text| format!(" unless {{ {text} }}")).unwrap_or_default();
        format!("{effect}({principal}, {action}, {resource}){when}{unless};")
    }
}

/// Policies, and one that a template becomes.
fn set() -> impl Strategy<Value = PolicySet> {
    (prop::collection::vec(policy(), 0..5), any::<bool>()).prop_map(|(policies, linked)| {
        let mut text = policies.join("\n");
        text.push_str("\n@id(\"t\") permit(principal in ?principal, action, resource in ?resource) unless { principal.level > 5 };");
        let links = match linked {
            true => r#"[{"template_id":"t","link_id":"l","args":{"?principal":"Team::\"top\"","?resource":"Folder::\"g\""}}]"#,
            false => "[]",
        };
        let (set, problems) = PolicySet::parse(&files(&[("a.cedar", &text), ("linked", links)]));
        assert!(!set.broken(), "{problems:#?}");
        set
    })
}

fn names(entity: &Value, kind: &str) -> BTreeSet<String> {
    let given = entity[kind].as_object().into_iter().flatten();
    let omitted = entity["omitted"][kind].as_array().into_iter().flatten();
    let given = given.map(|(name, _)| name.clone());
    given
        .chain(omitted.map(|name| name.as_str().unwrap().to_owned()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_missing_from_it_and_nothing_too_much(
        set in set(), who in prop::sample::select(vec!["u", "v", "ghost"]), action in prop::sample::select(vec!["read", "write"]),
        what in prop::sample::select(vec!["Doc::\"d\"", "Doc::\"e\"", "Doc::\"lost\"", "Place::\"p\""]), mfa in any::<bool>(),
    ) {
        let (schema, store) = world();
        let asked = request(&format!("User::\"{who}\""), &format!("Action::\"{action}\""), what, json!({ "mfa": mfa }));
        let (decision, reasons, errors) = decide(&set, store, Some(schema), &asked).unwrap();
        let slice = least_slice(&set, store, Some(schema), &asked).unwrap();
        let said = replayed(&set, &asked, &slice);
        let verdicts = set.policies().iter().zip(&said);
        let combined: Combined<String> = combine(verdicts.map(|(policy, said)| (policy.id.clone(), policy.effect, Cow::Borrowed(said))));
        prop_assert_eq!(combined.decision, Some(decision), "{:#?}", slice);
        let mut because = combined.reasons;
        because.sort_unstable();
        prop_assert_eq!(because, reasons);
        // Whether an entity does not exist or has nothing is a matter of words.
        let plain = |policy: String, message: &str| (policy, !message.contains("does not exist") && !message.contains("does not have"));
        let mut failing: Vec<_> = combined.errors.into_iter().map(|(policy, message)| plain(policy, &message)).collect();
        failing.sort_unstable();
        let expected: Vec<_> = errors.into_iter().map(|PolicyError { policy, message }| plain(policy, &message)).collect();
        prop_assert_eq!(failing, expected);

        // What there is stands in it, or is said to be omitted.
        let all: Vec<_> = store.to_json().collect();
        for entity in &slice {
            let whole = all.iter().find(|(.., json)| json["uid"] == entity["uid"]);
            for kind in ["attrs", "tags"] {
                let there = whole.map(|(.., json)| names(json, kind)).unwrap_or_default();
                prop_assert_eq!(names(entity, kind), there);
            }
            let above = whole.map_or_else(|| json!([]), |(.., json)| json["parents"].clone());
            prop_assert_eq!(&entity["parents"], &above);
        }

        // And nothing can be left out.
        for place in 0..slice.len() {
            let mut less = slice.clone();
            less.remove(place);
            prop_assert_ne!(&replayed(&set, &asked, &less), &said, "without {}", slice[place]);
            for kind in ["attrs", "tags"] {
                let given: Vec<String> = slice[place][kind].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
                for name in given {
                    let mut less = slice.clone();
                    less[place][kind].as_object_mut().unwrap().remove(&name);
                    let omitted = less[place]["omitted"].as_object_mut().unwrap();
                    omitted.entry(kind).or_insert_with(|| json!([])).as_array_mut().unwrap().push(json!(name));
                    prop_assert_ne!(&replayed(&set, &asked, &less), &said, "without {} of {}", name, slice[place]);
                }
            }
        }
    }
}

fn told(text: &str, principal: &str, resource: &str) -> (Decision, Vec<Value>) {
    let (schema, store) = world();
    let (set, _) = PolicySet::parse(&files(&[("a.cedar", text)]));
    let asked = request(
        principal,
        "Action::\"read\"",
        resource,
        json!({ "mfa": true }),
    );
    let (decision, ..) = decide(&set, store, Some(schema), &asked).unwrap();
    let slice = least_slice(&set, store, Some(schema), &asked).unwrap();
    (decision, slice)
}

#[test]
fn what_nobody_read_is_said_to_be_omitted() {
    let text = "permit(principal, action, resource) when { principal.level > 2 && resource.owner.region == \"us\" } unless { principal has home && principal.home.city == \"c\" };";
    let (decision, slice) = told(text, "User::\"u\"", "Doc::\"d\"");
    assert_eq!(decision, Decision::Allow);
    let uid = |kind: &str, id: &str| json!({ "type": kind, "id": id });
    assert_eq!(
        slice,
        [
            json!({
                "uid": uid("Doc", "d"), "attrs": { "owner": { "__entity": uid("User", "v") } },
                "omitted": { "attrs": ["class", "hold", "readers"] }, "parents": [uid("Folder", "f"), uid("Folder", "g")],
            }),
            json!({
                "uid": uid("User", "u"), "attrs": { "home": { "city": "b", "zip": 7 }, "level": 3 },
                "omitted": { "attrs": ["boss", "region", "roles"], "tags": ["s", "t"] }, "parents": [uid("Team", "a"), uid("Team", "top")],
            }),
            json!({ "uid": uid("User", "v"), "attrs": { "region": "us" }, "omitted": { "attrs": ["level"] }, "parents": [] }),
        ]
    );
}

#[test]
fn a_decision_that_reads_nothing_needs_nothing() {
    let text = "permit(principal == User::\"v\", action, resource); forbid(principal, action, resource) when { principal.level > 2 && !context.mfa };";
    assert_eq!(
        told(text, "User::\"u\"", "Doc::\"d\""),
        (Decision::Deny, Vec::new())
    );
    // Who does not exist is known not to be there.
    let (decision, slice) = told(
        "permit(principal, action, resource) unless { principal in Team::\"top\" };",
        "User::\"ghost\"",
        "Doc::\"d\"",
    );
    assert_eq!(decision, Decision::Allow);
    assert_eq!(
        slice,
        [
            json!({ "uid": { "type": "User", "id": "ghost" }, "attrs": {}, "omitted": {}, "parents": [] })
        ]
    );
}

#[test]
fn an_entity_says_what_it_omits_and_has_nothing_else() {
    let (schema, store) = world();
    let (set, _) = PolicySet::parse(&files(&[(
        "a.cedar",
        "permit(principal, action, resource) when { principal has boss };\n\
         permit(principal, action, resource) when { principal.level > 1 };\n\
         permit(principal, action, resource) when { principal.hasTag(\"t\") };\n\
         permit(principal, action, resource) when { principal.getTag(\"t\") == \"x\" };",
    )]));
    let compiled = Compiled {
        schema: None,
        set: set.into(),
        entities: EntityStore::parse(&files(&[]), Some(schema)).0.into(),
        problems: Vec::new(),
    };
    let asked = request(
        "User::\"u\"",
        "Action::\"read\"",
        "Doc::\"d\"",
        json!({ "mfa": true }),
    );
    let of = |omitted: Value| {
        let mut user = json!({ "uid": { "type": "User", "id": "u" }, "attrs": { "region": "eu" }, "parents": [] });
        if !omitted.is_null() {
            user["omitted"] = omitted;
        }
        replayed(&compiled.set, &asked, &[user])
    };
    let unknown = |name: &str| Verdict::Unknown(vec![name.to_owned()]);
    // It may lack what every user has; what some have it has not.
    let silent = of(Value::Null);
    assert_eq!(
        silent[..3],
        [
            Verdict::NoMatch,
            unknown("principal.level"),
            Verdict::NoMatch
        ]
    );
    // It lacks nothing, so it has no level.
    let whole = of(json!({}));
    assert_eq!(whole[0], Verdict::NoMatch);
    assert!(matches!(whole[1], Verdict::Error(_)), "{whole:?}");
    let told = of(json!({ "attrs": ["boss", "level"], "tags": ["t"] }));
    assert_eq!(
        told,
        [
            Verdict::Match,
            unknown("principal.level"),
            Verdict::Match,
            unknown("principal.getTag(\"t\")")
        ]
    );
    // Where what is not given is not there, nothing may be omitted.
    let given = |omitted: Value| {
        let user = json!({ "uid": { "type": "User", "id": "u" }, "attrs": {}, "parents": [], "omitted": omitted });
        EntityStore::from_json(&[user], None).is_ok()
    };
    assert!(given(json!({})) && given(json!({ "attrs": [] })));
    assert!(!given(json!({ "attrs": ["level"] })) && !given(json!({ "tags": ["t"] })));
    // Both given and omitted: nobody knows which.
    let odd = json!({ "uid": { "type": "User", "id": "u" }, "attrs": { "region": "eu" }, "parents": [], "omitted": { "attrs": ["region"] } });
    let explained = policy::explain_recorded(&compiled.set, store, Some(schema), &asked, &[odd]);
    assert!(explained.is_err());
}
