//! Indexed, delta and plain replay agree on every class and every outcome, for random policy sets, edits and logs:
//! hierarchies, templates, evaluation errors, slices that lack entities or attributes, rows without slices.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of a test"
)]

use std::sync::{Arc, OnceLock, atomic::AtomicBool};

use decisions::{Distinct, Log, NO_INPUT, NO_SLICE, NO_TIME, Recorded, Slice, Tally};
use drift::{Filter, OracleRow, RiskRules, Session, Side, oracle};
use model::{ChangeClass, Decision};
use policy::{Compiled, EntityStore, Files, PolicySet, Schema};
use proptest::prelude::*;

const SCHEMA: &str = r#"
entity Team in [Team];
entity Place;
entity User in [Team] { level: Long, region: String, boss?: User, roles?: Set<String>, home?: { city: String, zip?: Long } } tags String;
entity Doc in [Folder] { class: String, owner: User, hold?: Bool, readers?: Set<User>, score?: decimal, since?: datetime };
entity Folder in [Folder];
action "all";
action read, write in ["all"] appliesTo { principal: [User], resource: [Doc, Folder], context: { mfa: Bool, note?: String, from?: ipaddr } };
action visit appliesTo { principal: [User, Team], resource: [Place], context: {} };
"#;

const ENTITIES: &[(&str, &str)] = &[
    (
        "Team::\"a\"",
        r#"{"uid":{"type":"Team","id":"a"},"attrs":{},"parents":[{"type":"Team","id":"top"}]}"#,
    ),
    (
        "Team::\"top\"",
        r#"{"uid":{"type":"Team","id":"top"},"attrs":{},"parents":[]}"#,
    ),
    (
        "User::\"u\"",
        r#"{"uid":{"type":"User","id":"u"},"attrs":{"level":3,"region":"eu","boss":{"__entity":{"type":"User","id":"v"}},"roles":["admin","x"],"home":{"city":"b","zip":7}},"parents":[{"type":"Team","id":"a"}],"tags":{"t":"x"}}"#,
    ),
    (
        "User::\"v\"",
        r#"{"uid":{"type":"User","id":"v"},"attrs":{"level":9,"region":"us","roles":[],"home":{"city":"c"}},"parents":[{"type":"Team","id":"top"}]}"#,
    ),
    // Lacks `level`, which the schema requires: a record that does not carry everything.
    (
        "User::\"u\"",
        r#"{"uid":{"type":"User","id":"u"},"attrs":{"region":"eu"},"parents":[{"type":"Team","id":"a"},{"type":"Team","id":"top"}]}"#,
    ),
    (
        "Doc::\"d\"",
        r#"{"uid":{"type":"Doc","id":"d"},"attrs":{"class":"P0","owner":{"__entity":{"type":"User","id":"u"}},"hold":true,"readers":[{"__entity":{"type":"User","id":"v"}}],"score":{"__extn":{"fn":"decimal","arg":"1.25"}},"since":{"__extn":{"fn":"datetime","arg":"2023-05-01"}}},"parents":[{"type":"Folder","id":"f"}]}"#,
    ),
    (
        "Doc::\"d\"",
        r#"{"uid":{"type":"Doc","id":"d"},"attrs":{"class":"P2","owner":{"__entity":{"type":"User","id":"v"}}},"parents":[]}"#,
    ),
    (
        "Folder::\"f\"",
        r#"{"uid":{"type":"Folder","id":"f"},"attrs":{},"parents":[{"type":"Folder","id":"g"}]}"#,
    ),
    (
        "Folder::\"g\"",
        r#"{"uid":{"type":"Folder","id":"g"},"attrs":{},"parents":[]}"#,
    ),
    // Closes a circle with the folder below it.
    (
        "Folder::\"g\"",
        r#"{"uid":{"type":"Folder","id":"g"},"attrs":{},"parents":[{"type":"Folder","id":"f"}]}"#,
    ),
    // What a log does not carry of what there is.
    (
        "User::\"u\"",
        r#"{"uid":{"type":"User","id":"u"},"attrs":{"level":3,"home":{"city":"b","zip":7}},"omitted":{"attrs":["boss","region"],"tags":["t"]},"parents":[{"type":"Team","id":"a"},{"type":"Team","id":"top"}]}"#,
    ),
    (
        "Doc::\"d\"",
        r#"{"uid":{"type":"Doc","id":"d"},"attrs":{"owner":{"__entity":{"type":"User","id":"u"}}},"omitted":{"attrs":["class","hold"]},"parents":[{"type":"Folder","id":"f"}]}"#,
    ),
    // It lacks a level and a region, for certain.
    (
        "User::\"v\"",
        r#"{"uid":{"type":"User","id":"v"},"attrs":{},"omitted":{},"parents":[]}"#,
    ),
    // An action's groups come from the schema, whatever a record says.
    (
        "Action::\"read\"",
        r#"{"uid":{"type":"Action","id":"read"},"attrs":{},"parents":[{"type":"Action","id":"none"}]}"#,
    ),
];

/// What the workspace itself knows: the complete version of each.
const OWN: [usize; 7] = [0, 1, 2, 3, 5, 7, 8];

const UIDS: &[&str] = &[
    "User::\"u\"",
    "User::\"v\"",
    "Team::\"a\"",
    "Doc::\"d\"",
    "Doc::\"lost\"",
    "Folder::\"f\"",
    "Place::\"p\"",
    "Action::\"read\"",
    "Action::\"write\"",
    "Action::\"visit\"",
    "not an id",
];

const CONTEXTS: &[&str] = &[
    r#"{"mfa":true}"#,
    r#"{"mfa":false,"note":"x","from":{"__extn":{"fn":"ip","arg":"10.1.2.3"}}}"#,
    "{}",
];

fn scope_principal() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "principal",
        "principal == User::\"u\"",
        "principal in Team::\"top\"",
        "principal in Team::\"a\"",
        "principal is User",
        "principal is Team",
        "principal is User in Team::\"a\"",
        "principal == User::\"nobody\"",
    ])
}

fn scope_action() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "action",
        "action == Action::\"read\"",
        "action in Action::\"all\"",
        "action in [Action::\"write\", Action::\"visit\"]",
    ])
}

fn scope_resource() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "resource",
        "resource == Doc::\"d\"",
        "resource in Folder::\"g\"",
        "resource in Folder::\"f\"",
        "resource is Doc",
        "resource is Place",
        "resource is Doc in Folder::\"f\"",
    ])
}

fn condition() -> impl Strategy<Value = String> {
    let atom = prop::sample::select(vec![
        "principal.level > 5",
        "principal.region == \"eu\"",
        "resource.class == \"P0\"",
        "resource.owner == principal",
        "resource.owner.level > 5",
        "principal has boss",
        "principal.boss.region == \"us\"",
        "context.mfa",
        "resource.hold",
        "resource has hold && resource.hold",
        "context has note",
        "principal in Team::\"top\"",
        "resource.owner in Team::\"a\"",
        "principal.level + 9223372036854775807 > 0",
        "true",
        "false",
        "Doc::\"lost\" in Folder::\"f\"",
        "principal.roles.contains(\"admin\")",
        "principal.roles.containsAny([\"admin\", principal.region])",
        "principal.roles.containsAll([\"x\"])",
        "principal.roles.isEmpty()",
        "[\"eu\", \"uk\"].contains(principal.region)",
        "[principal.level, 3] == [3]",
        "principal.region like \"e*\"",
        "principal.level like \"e*\"",
        "principal has home.zip && principal.home.zip * 2 - 1 > 10",
        "principal.home.city == \"b\"",
        "principal.home == {city: \"c\"}",
        "{a: principal.level}.a <= 3",
        "principal.hasTag(\"t\") && principal.getTag(\"t\") == \"x\"",
        "principal.getTag(\"t\") == \"x\"",
        "resource.readers.contains(principal)",
        "principal in resource.readers",
        "principal in [Team::\"a\", User::\"v\"]",
        "principal in [Team::\"a\", principal.level]",
        "resource is Doc in Folder::\"g\"",
        "resource.score.lessThan(decimal(\"1.5\"))",
        "resource.since < datetime(\"2024-01-01\")",
        "resource.since <= principal.level",
        "context.from.isInRange(ip(\"10.0.0.0/8\"))",
        "context == {mfa: true}",
        "context has from",
        "principal == resource",
        "-principal.level < 0",
        "action in Action::\"all\"",
        "principal.level == principal.region",
    ]);
    atom.prop_map(str::to_owned)
        .prop_recursive(2, 6, 2, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
                inner.clone().prop_map(|a| format!("!({a})")),
                (inner.clone(), inner.clone())
                    .prop_map(|(a, b)| format!("(if {a} then {b} else true)")),
            ]
        })
}

prop_compose! {
    fn policy()(
        permit in prop::bool::weighted(0.7), principal in scope_principal(), action in scope_action(),
        resource in scope_resource(), when in prop::option::of(condition()), unless in prop::option::weighted(0.2, condition()),
    ) -> String {
        let effect = if permit { "permit" } else { "forbid" };
        let when = when.map(|text| format!(" when {{ {text} }}")).unwrap_or_default();
        let unless = unless.map(|text| format!(" unless {{ {text} }}")).unwrap_or_default();
        format!("{effect}({principal}, {action}, {resource}){when}{unless};")
    }
}

/// A set: named policies, and which links of the template exist.
#[derive(Clone, Debug)]
struct Set {
    policies: Vec<(u8, String)>,
    template: String,
    links: Vec<(u8, &'static str, &'static str)>,
}

fn template() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "permit(principal == ?principal, action, resource in ?resource);",
        "forbid(principal in ?principal, action, resource == ?resource) when { resource.class == \"P0\" };",
        "permit(principal in ?principal, action == Action::\"read\", resource in ?resource) unless { principal.level > 5 };",
    ])
    .prop_map(str::to_owned)
}

fn set() -> impl Strategy<Value = Set> {
    let link = (
        0..3_u8,
        prop::sample::select(vec!["User::\"u\"", "User::\"v\"", "Team::\"top\""]),
        prop::sample::select(vec!["Doc::\"d\"", "Folder::\"f\"", "Folder::\"g\""]),
    );
    (
        prop::collection::vec((0..12_u8, policy()), 0..7),
        template(),
        prop::collection::vec(link, 0..3),
    )
        .prop_map(|(policies, template, links)| Set {
            policies,
            template,
            links,
        })
}

/// An edit of a set: policies dropped, added, changed, renamed, reordered.
fn edit(base: Set) -> impl Strategy<Value = (Set, Set)> {
    let changes = prop::collection::vec((0..12_u8, policy(), 0..5_u8), 0..3);
    (Just(base), changes, prop::option::weighted(0.2, template())).prop_map(
        |(base, changes, template)| {
            let mut head = base.clone();
            for (id, text, what) in changes {
                match what {
                    0 => head.policies.retain(|(other, _)| *other != id),
                    1 => head.policies.push((id, text)),
                    2 => head
                        .policies
                        .iter_mut()
                        .filter(|(other, _)| *other == id)
                        .for_each(|(_, old)| old.clone_from(&text)),
                    3 => head
                        .policies
                        .iter_mut()
                        .filter(|(other, _)| *other == id)
                        .for_each(|(other, _)| *other += 20),
                    _ => head.policies.reverse(),
                }
            }
            if let Some(template) = template {
                head.template = template;
            }
            (base, head)
        },
    )
}

fn side(label: &str, set: &Set) -> Side {
    let mut names = std::collections::HashSet::new();
    let mut text = String::new();
    for (id, policy) in &set.policies {
        if names.insert(*id) {
            text.push_str(&format!("@id(\"p{id}\")\n{policy}\n"));
        }
    }
    text.push_str(&format!("@id(\"t\") {}\n", set.template));
    let mut linked = std::collections::HashSet::new();
    let links: Vec<_> = set
        .links
        .iter()
        .filter(|(id, _, _)| linked.insert(*id))
        .map(|(id, principal, resource)| {
            serde_json::json!({"template_id": "t", "link_id": format!("l{id}"), "args": {"?principal": principal, "?resource": resource}})
        })
        .collect();
    let own: Vec<&str> = OWN.iter().map(|at| ENTITIES[*at].1).collect();
    let files: Files = [
        ("a.cedar", text),
        ("a.cedarschema", SCHEMA.to_owned()),
        ("linked", serde_json::to_string(&links).unwrap()),
        ("entities.json", format!("[{}]", own.join(","))),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), Arc::from(text.into_bytes())))
    .collect();
    // The schema is the same for all; reading it anew would take most of the time.
    static SCHEMA_ONCE: OnceLock<Option<Arc<Schema>>> = OnceLock::new();
    let schema = SCHEMA_ONCE.get_or_init(|| Schema::parse(&files).0).clone();
    assert!(schema.is_some());
    let (set, problems) = PolicySet::parse(&files);
    assert!(!set.broken(), "{problems:#?}");
    let compiled = Compiled {
        entities: Arc::new(EntityStore::parse(&files, schema.as_deref()).0),
        schema,
        set: Arc::new(set),
        problems,
    };
    Side {
        label: label.to_owned(),
        compiled,
    }
}

type Asked = (
    usize,
    usize,
    usize,
    usize,
    Option<Option<Vec<usize>>>,
    bool,
    u32,
);

fn asked() -> impl Strategy<Value = Asked> {
    let slice = prop::collection::vec(0..ENTITIES.len(), 0..8);
    (
        prop::sample::select(vec![0, 0, 1, 1, 2]),
        prop::sample::select(vec![7, 7, 8, 9]),
        prop_oneof![30 => prop::sample::select(vec![3, 3, 4, 5, 6]), 1 => Just(10)],
        0..CONTEXTS.len(),
        prop_oneof![3 => Just(None), 1 => Just(Some(None)), 12 => slice.prop_map(|slice| Some(Some(slice)))],
        any::<bool>(),
        1..5_u32,
    )
}

fn log(asked: &[Asked]) -> Log {
    let mut log = Log::default();
    log.uids = UIDS.iter().map(|text| (*text).to_owned()).collect();
    log.contexts = CONTEXTS.iter().map(|text| (*text).to_owned()).collect();
    log.entities = ENTITIES
        .iter()
        .map(|(_, json)| (*json).to_owned())
        .collect();
    log.outcomes = [Decision::Allow, Decision::Deny]
        .into_iter()
        .map(|decision| Recorded {
            decision,
            reasons: Vec::new(),
            errors: Vec::new(),
            bundle: String::new(),
            engine: String::new(),
            tenant: String::new(),
        })
        .collect();
    for (number, (principal, action, resource, context, slice, allowed, rows)) in
        (0_u32..).zip(asked)
    {
        let slice = match slice {
            None => NO_SLICE,
            Some(content) => {
                let content = content.as_ref().map(|members| {
                    // An entity stands in a slice once; which of its versions is the first drawn.
                    let mut seen = std::collections::HashSet::new();
                    members
                        .iter()
                        .filter(|at| seen.insert(ENTITIES[**at].0))
                        .map(|at| *at as u32)
                        .collect()
                });
                log.slices.push(Slice {
                    digest: [number as u8; 32],
                    entities: content,
                });
                log.slices.len() as u32 - 1
            }
        };
        let (principal, action, resource, context) = (
            *principal as u32,
            *action as u32,
            *resource as u32,
            *context as u32,
        );
        log.requests.push(Distinct {
            slice,
            principal,
            action,
            resource,
            context,
            input: NO_INPUT,
        });
        let outcome = u32::from(!allowed);
        log.tallies.push(Tally {
            request: number,
            outcome,
            rows: *rows,
            first_at: NO_TIME,
            last_at: NO_TIME,
        });
    }
    log
}

fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap()
        .install(work)
}

/// Both ways over one triple of a set, its edit and a log.
fn agree(base: &Set, head: &Set, asked: &[Asked]) -> Result<(), TestCaseError> {
    let never = AtomicBool::new(false);
    let log = Arc::new(log(asked));
    let (base, head) = (side("base", base), side("head", head));
    let expected = oracle(&log, &base, &head);
    let session = Session::new(Arc::clone(&log), base.clone(), &never).unwrap();
    let replay = session
        .preview(&head, &RiskRules::default(), &never)
        .unwrap();
    let changed = base.compiled.set.digest() != head.compiled.set.digest();
    let mut rows_by_class = std::collections::HashMap::new();
    for (number, expected) in (0_u32..).zip(&expected) {
        let found = replay.change(number);
        let class = found
            .as_ref()
            .map_or(ChangeClass::Unchanged, |change| change.class);
        *rows_by_class.entry(class).or_insert(0) += u64::from(log.tallies[number as usize].rows);
        let OracleRow {
            before: Some(before),
            after: Some(after),
            ..
        } = expected
        else {
            // What cannot be evaluated is open, unless nothing that changed could have applied to it.
            prop_assert!(class == ChangeClass::Undeterminable || class == ChangeClass::Unchanged);
            prop_assert!(changed || class == ChangeClass::Unchanged);
            continue;
        };
        prop_assert_eq!(
            class,
            expected.class,
            "request {}: {:?} / {:#?}",
            number,
            log.request(number),
            expected
        );
        if let Some(found) = found {
            prop_assert_eq!(&found.before, before);
            prop_assert_eq!(&found.after, after);
            prop_assert_eq!(found.error_changed, expected.error_changed);
        } else {
            prop_assert!(!expected.error_changed);
        }
    }
    let totals = replay.totals();
    let sum = |class| rows_by_class.get(&class).copied().unwrap_or(0);
    prop_assert_eq!(totals.gained, sum(ChangeClass::Gained));
    prop_assert_eq!(totals.lost, sum(ChangeClass::Lost));
    prop_assert_eq!(totals.maybe_gained, sum(ChangeClass::MaybeGained));
    prop_assert_eq!(totals.maybe_lost, sum(ChangeClass::MaybeLost));
    prop_assert_eq!(totals.undeterminable, sum(ChangeClass::Undeterminable));
    prop_assert_eq!(totals.unchanged, sum(ChangeClass::Unchanged));

    // The same whatever the threads, and the same again.
    let report = replay.report(usize::MAX);
    // Making threads takes longer than a replay this small: one case in eight.
    let few = if asked.len() % 8 == 1 {
        &[1, 3][..]
    } else {
        &[]
    };
    for threads in few.iter().copied() {
        let again = in_pool(threads, || {
            let session = Session::new(Arc::clone(&log), base.clone(), &never).unwrap();
            session
                .preview(&head, &RiskRules::default(), &never)
                .unwrap()
                .report(usize::MAX)
        });
        prop_assert_eq!(&again, &report);
    }
    let (all, page) = replay.changes(&Filter::default(), 1, 2);
    prop_assert_eq!(all, report.changes_total);
    prop_assert_eq!(
        page.as_slice(),
        report
            .changes
            .get(1..)
            .unwrap_or_default()
            .get(..2)
            .unwrap_or_else(|| report.changes.get(1..).unwrap_or_default())
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    // In four parts, which run side by side.
    #[test]
    fn replay_agrees_with_the_plain_authorizer_1(
        (base, head) in set().prop_flat_map(edit), asked in prop::collection::vec(asked(), 1..24),
    ) {
        agree(&base, &head, &asked)?;
    }

    #[test]
    fn replay_agrees_with_the_plain_authorizer_2(
        (base, head) in set().prop_flat_map(edit), asked in prop::collection::vec(asked(), 1..24),
    ) {
        agree(&base, &head, &asked)?;
    }

    #[test]
    fn replay_agrees_with_the_plain_authorizer_3(
        (base, head) in set().prop_flat_map(edit), asked in prop::collection::vec(asked(), 1..24),
    ) {
        agree(&base, &head, &asked)?;
    }

    #[test]
    fn replay_agrees_with_the_plain_authorizer_4(
        (base, head) in set().prop_flat_map(edit), asked in prop::collection::vec(asked(), 1..24),
    ) {
        agree(&base, &head, &asked)?;
    }

    #[test]
    fn a_set_against_itself_changes_nothing(base in set(), asked in prop::collection::vec(asked(), 1..24)) {
        let never = AtomicBool::new(false);
        let log = Arc::new(log(&asked));
        let base = side("base", &base);
        let replay = Session::new(log, base.clone(), &never).unwrap().preview(&base, &RiskRules::default(), &never).unwrap();
        prop_assert_eq!(replay.totals().unchanged, replay.totals().rows);
        prop_assert_eq!(replay.report(9).changes_total, 0);
    }
}

/// Of each test; thousands in release builds, where they take seconds.
fn cases() -> u32 {
    if cfg!(debug_assertions) { 100 } else { 2500 }
}
