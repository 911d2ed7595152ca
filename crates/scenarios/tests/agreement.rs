//! What a scenario counts is what comes out when every row's facts are changed by hand and the engine's own authorizer decides
//! all rows anew: for random logs with whole and partial slices, flat and with direct parents, and rows without; for random
//! changes of attributes, of who is in what, and of contexts.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of a test"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, atomic::AtomicBool},
};

use decisions::{Builder, Facts, Log, Row};
use drift::{RiskRules, Session, Side, oracle};
use model::{ChangeClass, Decision, ScenarioResult};
use policy::{Files, compile};
use proptest::prelude::*;
use scenarios::{Pack, Setting, run};
use serde_json::{Value, json};

const SCHEMA: &str = r#"
entity Group in [Group];
entity User in [Group] { level: Long, region: String, boss?: User };
entity Folder in [Folder];
entity Doc in [Folder] { class: String, owner: User };
action read, write appliesTo { principal: User, resource: Doc, context: { mfa: Bool, note?: String } };
"#;

const POLICIES: &str = r#"
@id("in-a") permit (principal in Group::"a", action, resource) when { resource.class == "open" };
@id("top") permit (principal in Group::"top", action == Action::"read", resource in Folder::"g");
@id("level") permit (principal, action, resource) when { principal.level > 2 && context.mfa };
@id("owner") permit (principal, action, resource) when { resource.owner == principal || resource.owner.level < principal.level };
@id("fails") forbid (principal, action, resource) when { principal.boss.level > 8 };
@id("note") forbid (principal, action, resource) when { context has note && context.note == "x" };
@id("b") forbid (principal in Group::"b", action == Action::"write", resource in Folder::"f");
"#;

/// A world: entity to attributes and direct parents.
type World = BTreeMap<String, (Value, BTreeSet<String>)>;

fn uid(text: &str) -> Value {
    let (kind, id) = text.split_once("::").unwrap();
    json!({"type": kind, "id": id.trim_matches('"')})
}

fn workspace() -> World {
    let user = |level: i64, region: &str, boss: Option<&str>| {
        let mut attrs = json!({"level": level, "region": region});
        if let Some(boss) = boss {
            attrs["boss"] = json!({"__entity": uid(boss)});
        }
        attrs
    };
    let doc = |class: &str, owner: &str| json!({"class": class, "owner": {"__entity": uid(owner)}});
    [
        ("Group::\"top\"", json!({}), &[][..]),
        ("Group::\"a\"", json!({}), &["Group::\"top\""]),
        ("Group::\"b\"", json!({}), &["Group::\"top\""]),
        (
            "User::\"u\"",
            user(3, "eu", Some("User::\"w\"")),
            &["Group::\"a\""],
        ),
        // Both in a group and in what the group is in.
        (
            "User::\"v\"",
            user(1, "us", None),
            &["Group::\"b\"", "Group::\"top\""],
        ),
        ("User::\"w\"", user(9, "eu", None), &[]),
        ("Folder::\"g\"", json!({}), &[]),
        ("Folder::\"f\"", json!({}), &["Folder::\"g\""]),
        ("Doc::\"d\"", doc("open", "User::\"u\""), &["Folder::\"f\""]),
        ("Doc::\"e\"", doc("shut", "User::\"w\""), &["Folder::\"g\""]),
    ]
    .into_iter()
    .map(|(id, attrs, parents)| {
        let parents = parents.iter().map(|it| (*it).to_owned()).collect();
        (id.to_owned(), (attrs, parents))
    })
    .collect()
}

fn above(world: &World, id: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![id.to_owned()];
    while let Some(next) = waiting.pop() {
        for parent in world
            .get(&next)
            .map(|(_, parents)| parents)
            .into_iter()
            .flatten()
        {
            if found.insert(parent.clone()) {
                waiting.push(parent.clone());
            }
        }
    }
    found
}

fn entity(id: &str, attrs: &Value, parents: &BTreeSet<String>) -> Value {
    let parents: Vec<_> = parents.iter().map(|it| uid(it)).collect();
    json!({"uid": uid(id), "attrs": attrs, "parents": parents})
}

/// One change of entities, as a pack writes it and as a hand would make it.
#[derive(Clone, Debug)]
struct Edit {
    text: &'static str,
    kind: &'static str,
    inside: Option<&'static str>,
    having: Option<(&'static str, Value)>,
    set: Option<(&'static str, Value)>,
    unset: Option<&'static str>,
    join: Option<&'static str>,
    leave: Option<&'static str>,
}

fn edits() -> Vec<Edit> {
    let plain = |text, kind| Edit {
        text,
        kind,
        inside: None,
        having: None,
        set: None,
        unset: None,
        join: None,
        leave: None,
    };
    vec![
        Edit {
            set: Some(("level", json!(0))),
            ..plain("set = { level = 0 }", "User")
        },
        Edit {
            set: Some(("level", json!(7))),
            having: Some(("region", json!("eu"))),
            ..plain("where = { region = \"eu\" }\nset = { level = 7 }", "User")
        },
        Edit {
            set: Some(("level", json!(5))),
            inside: Some("Group::\"top\""),
            ..plain("in = 'Group::\"top\"'\nset = { level = 5 }", "User")
        },
        Edit {
            unset: Some("boss"),
            ..plain("unset = [\"boss\"]", "User")
        },
        Edit {
            set: Some(("boss", json!({"__entity": uid("User::\"w\"")}))),
            ..plain("set = { boss = 'User::\"w\"' }", "User")
        },
        Edit {
            join: Some("Group::\"b\""),
            ..plain("join = ['Group::\"b\"']", "User")
        },
        Edit {
            leave: Some("Group::\"b\""),
            having: Some(("region", json!("us"))),
            ..plain(
                "where = { region = \"us\" }\nleave = ['Group::\"b\"']",
                "User",
            )
        },
        Edit {
            leave: Some("Group::\"a\""),
            having: Some(("region", json!("eu"))),
            ..plain(
                "where = { region = \"eu\" }\nleave = ['Group::\"a\"']",
                "User",
            )
        },
        Edit {
            set: Some(("class", json!("open"))),
            inside: Some("Folder::\"g\""),
            ..plain("in = 'Folder::\"g\"'\nset = { class = \"open\" }", "Doc")
        },
        Edit {
            set: Some(("owner", json!({"__entity": uid("User::\"v\"")}))),
            having: Some(("owner", json!({"__entity": uid("User::\"w\"")}))),
            ..plain(
                "where = { owner = 'User::\"w\"' }\nset = { owner = 'User::\"v\"' }",
                "Doc",
            )
        },
        // A whole group moves, and everybody in it.
        Edit {
            leave: Some("Group::\"top\""),
            ..plain("leave = ['Group::\"top\"']", "Group")
        },
    ]
}

/// The edits made by hand: chosen by the world as it was, applied in order.
fn changed(world: &World, edits: &[Edit]) -> World {
    let mut then = world.clone();
    for (id, (attrs, parents)) in &mut then {
        let before = &world[id];
        for edit in edits {
            let chosen = id.starts_with(&format!("{}::", edit.kind))
                && edit.inside.is_none_or(|it| above(world, id).contains(it))
                && edit
                    .having
                    .as_ref()
                    .is_none_or(|(name, value)| before.0.get(name) == Some(value));
            if !chosen {
                continue;
            }
            if let Some((name, value)) = &edit.set {
                attrs[*name] = value.clone();
            }
            if let Some(name) = edit.unset {
                attrs.as_object_mut().unwrap().remove(name);
            }
            if let Some(name) = edit.leave {
                parents.remove(name);
            }
            if let Some(name) = edit.join {
                parents.insert(name.to_owned());
            }
        }
    }
    then
}

/// How a row carries its facts.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Carries {
    Nothing,
    /// With the parents each entity has.
    Direct,
    /// With all ancestors as parents, as logs that were made for replay have them.
    Flat,
}

#[derive(Clone, Debug)]
struct Asked {
    principal: &'static str,
    action: &'static str,
    resource: &'static str,
    mfa: bool,
    note: Option<&'static str>,
    carries: Carries,
    /// Entities the slice lacks. Groups and folders are there or all away: what they are in is part of the facts.
    lacks: BTreeSet<&'static str>,
    /// The world of this row: some attributes were otherwise at the time.
    level: i64,
    region: &'static str,
}

fn some_asked() -> impl Strategy<Value = Asked> {
    let pick = |all: &'static [&'static str]| prop::sample::select(all);
    (
        (
            pick(&["User::\"u\"", "User::\"v\"", "User::\"w\""]),
            pick(&["Action::\"read\"", "Action::\"write\""]),
            pick(&["Doc::\"d\"", "Doc::\"e\""]),
            any::<bool>(),
            prop::option::of(pick(&["x", "y"])),
        ),
        prop::sample::select(vec![
            Carries::Nothing,
            Carries::Direct,
            Carries::Flat,
            Carries::Flat,
        ]),
        prop::collection::btree_set(
            pick(&["User::\"u\"", "User::\"w\"", "Doc::\"d\"", "Doc::\"e\""]),
            0..2,
        ),
        0..10_i64,
        pick(&["eu", "us"]),
    )
        .prop_map(
            |((principal, action, resource, mfa, note), carries, lacks, level, region)| Asked {
                principal,
                action,
                resource,
                mfa,
                note,
                carries,
                lacks,
                level,
                region,
            },
        )
}

/// What would be otherwise about requests.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Context {
    Same,
    NoMfa,
    ReadsByGroupA,
    NoNote,
}

fn row(asked: &Asked, edits: &[Edit], context: Context) -> Row {
    let mut world = workspace();
    let attrs = &mut world.get_mut(asked.principal).unwrap().0;
    attrs["level"] = asked.level.into();
    attrs["region"] = asked.region.into();
    let then = changed(&world, edits);
    let mut row = Row::new(
        asked.principal,
        asked.action,
        asked.resource,
        Decision::Deny,
    );
    let (mut mfa, mut note) = (asked.mfa, asked.note);
    match context {
        Context::Same => {}
        Context::NoMfa => mfa = false,
        Context::ReadsByGroupA => {
            let inside = above(&workspace(), asked.principal).contains("Group::\"a\"");
            if inside && asked.action == "Action::\"read\"" {
                note = Some("x");
            }
        }
        Context::NoNote => note = None,
    }
    row.context.insert("mfa".to_owned(), mfa.into());
    if let Some(note) = note {
        row.context.insert("note".to_owned(), note.into());
    }
    if asked.carries != Carries::Nothing {
        let there = then
            .iter()
            .filter(|(id, _)| !asked.lacks.contains(id.as_str()));
        row.entities = Facts::Inline(
            there
                .map(|(id, (attrs, parents))| match asked.carries {
                    Carries::Flat => entity(id, attrs, &above(&then, id)),
                    _ => entity(id, attrs, parents),
                })
                .collect(),
        );
    }
    row
}

fn side(world: &World) -> Side {
    let entities: Vec<_> = world
        .iter()
        .map(|(id, (attrs, parents))| entity(id, attrs, parents))
        .collect();
    let bytes = |text: &str| Arc::from(text.as_bytes());
    let files = Files::from([
        ("s.cedarschema".to_owned(), bytes(SCHEMA)),
        ("p.cedar".to_owned(), bytes(POLICIES)),
        (
            "entities.json".to_owned(),
            bytes(&Value::Array(entities).to_string()),
        ),
    ]);
    let compiled = compile(&files);
    assert!(compiled.problems.is_empty(), "{:?}", compiled.problems);
    Side {
        label: "w".to_owned(),
        compiled,
    }
}

/// The log, and for each row the number of its request.
fn log(rows: &[Row]) -> (Log, Vec<usize>) {
    let mut builder = Builder::new("test");
    for row in rows {
        assert!(builder.push(row).unwrap());
    }
    let (log, _) = builder.build().unwrap();
    let requests = log
        .rows(0..u64::MAX)
        .map(|row| log.tallies[row.unwrap().tally as usize].request as usize)
        .collect();
    (log, requests)
}

#[derive(Debug, Default, PartialEq)]
struct Counts {
    gained: u64,
    lost: u64,
    maybe: u64,
    undeterminable: u64,
    errors: u64,
}

fn by_hand(asked: &[Asked], edits: &[Edit], context: Context) -> Counts {
    let before: Vec<Row> = asked.iter().map(|it| row(it, &[], Context::Same)).collect();
    let after: Vec<Row> = asked.iter().map(|it| row(it, edits, context)).collect();
    let (base, head) = (side(&workspace()), side(&changed(&workspace(), edits)));
    let answers = |rows: &[Row], side: &Side| {
        let (log, requests) = log(rows);
        let answers = oracle(&log, side, side);
        requests
            .into_iter()
            .map(|at| answers[at].before.clone())
            .collect::<Vec<_>>()
    };
    let mut counts = Counts::default();
    for ((before, after), (old, new)) in answers(&before, &base)
        .into_iter()
        .zip(answers(&after, &head))
        .zip(before.iter().zip(&after))
    {
        let (Some(before), Some(after)) = (before, after) else {
            counts.undeterminable += 1;
            continue;
        };
        match (before.decision, after.decision) {
            (Some(a), Some(b)) if a == b => {}
            (Some(Decision::Deny), Some(_)) => counts.gained += 1,
            (Some(Decision::Allow), Some(_)) => counts.lost += 1,
            (None, None) if old == new && edits.is_empty() => {}
            (None, None) => counts.undeterminable += 1,
            _ => counts.maybe += 1,
        }
        let failing = |outcome: &model::Outcome| -> BTreeSet<String> {
            outcome
                .errors
                .iter()
                .map(|error| error.policy.clone())
                .collect()
        };
        counts.errors += u64::from(failing(&before) != failing(&after));
    }
    counts
}

fn by_pack(asked: &[Asked], edits: &[Edit], context: Context) -> ScenarioResult {
    let rows: Vec<Row> = asked.iter().map(|it| row(it, &[], Context::Same)).collect();
    by_rows(&rows, edits, context)
}

fn by_rows(rows: &[Row], edits: &[Edit], context: Context) -> ScenarioResult {
    let mut text = "title = \"T\"\n[[scenario]]\nname = \"s\"\n".to_owned();
    for edit in edits {
        text.push_str(&format!(
            "[[scenario.entities]]\ntype = \"{}\"\n{}\n",
            edit.kind, edit.text
        ));
    }
    text.push_str(match context {
        Context::Same => "",
        Context::NoMfa => "[[scenario.context]]\nset = { mfa = false }\n",
        Context::ReadsByGroupA => {
            "[[scenario.context]]\nprincipal_in = 'Group::\"a\"'\naction = 'Action::\"re*\"'\nset = { note = \"x\" }\n"
        }
        Context::NoNote => "[[scenario.context]]\nunset = [\"note\"]\n",
    });
    text.push_str("[[scenario.expect]]\ngained = 0\n");
    let pack = Pack::read("p", "scenarios/p.toml", text.as_bytes()).unwrap();
    let never = AtomicBool::new(false);
    let base = side(&workspace());
    let session = Session::new(Arc::new(log(rows).0), base.clone(), &never).unwrap();
    let risk = RiskRules::default();
    run(
        &pack.scenarios[0],
        &Setting::new(&session, &base, &risk),
        &never,
    )
    .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_scenario_counts_what_comes_out_by_hand(
        asked in prop::collection::vec(some_asked(), 1..12),
        edits in prop::sample::subsequence(edits(), 0..4).prop_shuffle(),
        context in prop::sample::select(vec![Context::Same, Context::NoMfa, Context::ReadsByGroupA, Context::NoNote]),
    ) {
        prop_assume!(!edits.is_empty() || context != Context::Same);
        let found = by_pack(&asked, &edits, context).totals;
        let found = Counts {
            gained: found.gained,
            lost: found.lost,
            maybe: found.maybe_gained + found.maybe_lost,
            undeterminable: found.undeterminable,
            errors: found.error_changed,
        };
        prop_assert_eq!(found, by_hand(&asked, &edits, context));
    }
}

/// The same row by a log that does not carry everything: some values are said to be omitted, or are missing without a word.
fn veiled(row: &Row, omitted: &BTreeSet<&str>, says: bool) -> Row {
    let mut row = row.clone();
    let Facts::Inline(entities) = &mut row.entities else {
        return row;
    };
    for entity in entities {
        let attrs = entity["attrs"].as_object_mut().unwrap();
        let hidden: Vec<&str> = omitted
            .iter()
            .copied()
            .filter(|name| (says || *name != "boss") && attrs.remove(*name).is_some())
            .collect();
        if says {
            entity["omitted"] = json!({ "attrs": hidden });
        }
    }
    row
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    // What can be told of a log that carries less is what a log tells that carries all.
    #[test]
    fn nothing_is_guessed_of_what_a_log_omits(
        asked in some_asked(),
        edits in prop::sample::subsequence(edits(), 1..4).prop_shuffle(),
        omitted in prop::sample::subsequence(vec!["level", "region", "boss", "class", "owner"], 1..4),
        says in any::<bool>(),
    ) {
        let whole = row(&asked, &[], Context::Same);
        let omitted: BTreeSet<&str> = omitted.into_iter().collect();
        let less = veiled(&whole, &omitted, says);
        let classes = |row: &Row| {
            let totals = by_rows(std::slice::from_ref(row), &edits, Context::Same).totals;
            let open = totals.maybe_gained + totals.maybe_lost + totals.undeterminable;
            ([totals.gained, totals.lost, totals.unchanged], open)
        };
        let ((whole, open_whole), (less, open_less)) = (classes(&whole), classes(&less));
        prop_assert!(open_less == 1 || (open_whole == 0 && less == whole), "{whole:?} {open_whole} {less:?}");
    }
}

#[test]
fn what_a_log_omits_neither_chooses_nor_fails_to() {
    let asked = Asked {
        principal: "User::\"v\"",
        action: "Action::\"write\"",
        resource: "Doc::\"e\"",
        mfa: true,
        note: None,
        carries: Carries::Flat,
        lacks: BTreeSet::new(),
        level: 1,
        region: "eu",
    };
    let row = row(&asked, &[], Context::Same);
    let by = |omitted: &[&str], edit: usize| {
        let less = veiled(&row, &omitted.iter().copied().collect(), true);
        by_rows(&[less], &[edits().swap_remove(edit)], Context::Same)
    };
    // With seven instead of one, `level` permits.
    let whole = by(&[], 1);
    assert_eq!((whole.totals.gained, whole.notes.len()), (1, 0));
    let less = by(&["region"], 1);
    assert_eq!((less.totals.maybe_gained, less.totals.gained), (1, 0));
    assert_eq!(
        less.notes,
        [
            "the log does not carry what would choose 3 entities or not (`region`): what would be changed of them is not known"
        ]
    );
    assert_eq!(
        less.examples[0].residual.as_ref().unwrap().words,
        "gains access if `principal.level > 2` is true, or `resource.owner.level < principal.level` is true"
    );
    // What is set is known, whatever was omitted.
    let set = by(&["level", "region"], 0);
    assert_eq!((set.totals.maybe_lost, set.notes.len()), (1, 0));
}

#[test]
fn what_a_slice_lacks_is_not_taken_for_the_same_unknown() {
    // The slice does not hold the user, whose level the pack changes.
    let asked = Asked {
        principal: "User::\"u\"",
        action: "Action::\"write\"",
        resource: "Doc::\"e\"",
        mfa: true,
        note: None,
        carries: Carries::Flat,
        lacks: BTreeSet::from(["User::\"u\""]),
        level: 3,
        region: "eu",
    };
    let level = edits().swap_remove(0);
    let found = by_pack(std::slice::from_ref(&asked), &[level], Context::Same);
    assert_eq!(
        (found.totals.undeterminable, found.requests_changed),
        (1, 1)
    );
    assert_eq!(found.examples[0].class, ChangeClass::Undeterminable);
    // A context is no entity: what was unknown stays the same unknown.
    let found = by_pack(&[asked], &[], Context::NoNote);
    assert_eq!(
        (found.totals.undeterminable, found.totals.unchanged),
        (0, 1)
    );
}
