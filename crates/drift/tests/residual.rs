//! What an open row is said to turn on is what it turns on: whatever the missing facts are, both sides decide as the residual
//! says they then would.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of a test"
)]

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock, atomic::AtomicBool},
};

use decisions::{Distinct, Log, NO_INPUT, NO_TIME, Recorded, Slice, Tally};
use drift::{RiskRules, Session, Side};
use model::{Change, Decision, Effect, OpenClause, OpenPolicy, Request};
use policy::{Compiled, EntityStore, Files, PolicySet, Schema};
use proptest::prelude::*;
use serde_json::{Value, json};

const SCHEMA: &str = "
entity Team;
entity User in [Team] { guest: Bool, cleared: Bool };
entity Doc { hold: Bool, public: Bool, owner: User, note?: Bool };
action read appliesTo { principal: [User], resource: [Doc], context: { mfa: Bool } };
";

/// The facts that may be missing: the attributes of the three entities that exist.
const FACTS: [(&str, &str); 6] = [
    ("u", "guest"),
    ("u", "cleared"),
    ("d", "hold"),
    ("d", "public"),
    ("v", "guest"),
    ("v", "cleared"),
];

/// Which entities stand in the slice, which facts are in it, and what all of them are.
#[derive(Clone, Debug)]
struct World {
    recorded: [bool; 3],
    known: [bool; 6],
    truth: [bool; 6],
    member: [bool; 2],
}

impl World {
    /// The entities, whole or as recorded.
    fn entities(&self, whole: bool) -> Vec<Value> {
        let attrs = |id: &str| {
            let facts = FACTS.iter().zip(self.known.iter().zip(&self.truth));
            let mut attrs = serde_json::Map::new();
            for ((of, name), (known, truth)) in facts {
                if *of == id && (whole || *known) {
                    attrs.insert((*name).to_owned(), json!(truth));
                }
            }
            attrs
        };
        let user = |id: &str, member: bool| {
            let teams: &[Value] = if member {
                &[json!({ "type": "Team", "id": "t" })]
            } else {
                &[]
            };
            json!({ "uid": { "type": "User", "id": id }, "attrs": attrs(id), "parents": teams })
        };
        let mut doc = attrs("d");
        doc.insert("owner".into(), json!({ "type": "User", "id": "v" }));
        let all = [
            user("u", self.member[0]),
            json!({ "uid": { "type": "Doc", "id": "d" }, "attrs": doc, "parents": [] }),
            user("v", self.member[1]),
        ];
        let there = |at: &usize| whole || self.recorded[*at];
        (0..3).filter(there).map(|at| all[at].clone()).collect()
    }

    /// The same slice over other missing facts.
    fn otherwise(&self, number: u32) -> Self {
        let mut other = self.clone();
        for (at, (of, _)) in FACTS.iter().enumerate() {
            let place = ["u", "d", "v"].iter().position(|id| id == of).unwrap();
            if !self.known[at] || !self.recorded[place] {
                other.truth[at] = number >> at & 1 == 1;
            }
        }
        for (at, place) in [0, 2].into_iter().enumerate() {
            if !self.recorded[place] {
                other.member[at] = number >> (6 + at) & 1 == 1;
            }
        }
        other
    }

    /// What the log does not carry, as policies speak of it.
    fn missing(&self) -> BTreeSet<String> {
        let path = |id: &str| match id {
            "u" => "principal",
            "d" => "resource",
            _ => "resource.owner",
        };
        let mut missing = BTreeSet::new();
        for (at, (of, name)) in FACTS.iter().enumerate() {
            let place = ["u", "d", "v"].iter().position(|id| id == of).unwrap();
            if !self.recorded[place] || !self.known[at] {
                missing.insert(format!("{}.{name}", path(of)));
            }
        }
        for (place, of) in [(0, "principal"), (2, "resource.owner")] {
            if !self.recorded[place] {
                missing.insert(format!("ancestors of {of}"));
            }
        }
        if !self.recorded[1] {
            missing.insert("resource.owner".into());
            missing.insert("resource.owner.guest".into());
            missing.insert("resource.note".into());
        }
        missing
    }
}

fn condition() -> impl Strategy<Value = String> {
    let atom = prop::sample::select(vec![
        "principal.guest",
        "principal.cleared",
        "resource.hold",
        "resource.public",
        "resource.owner.guest",
        "resource.owner == principal",
        "resource.owner in Team::\"t\"",
        "principal in Team::\"t\"",
        "principal.guest == resource.hold",
        "principal.cleared != resource.public",
        "principal has guest && !principal.guest",
        "context.mfa",
        // Nobody has one, so this fails to evaluate.
        "resource.note",
        "resource has note",
        "false",
    ]);
    atom.prop_map(str::to_owned)
        .prop_recursive(3, 8, 2, |inner| {
            let two = (inner.clone(), inner.clone());
            prop_oneof![
                two.clone().prop_map(|(a, b)| format!("({a} && {b})")),
                two.clone().prop_map(|(a, b)| format!("({a} || {b})")),
                inner.clone().prop_map(|a| format!("!({a})")),
                two.prop_map(|(a, b)| format!("(if {a} then {b} else true)")),
            ]
        })
}

prop_compose! {
    fn policy()(
        permit in prop::bool::weighted(0.7), member in prop::bool::weighted(0.2),
        when in prop::option::weighted(0.8, condition()), unless in prop::option::weighted(0.3, condition()),
    ) -> String {
        let effect = if permit { "permit" } else { "forbid" };
        let principal = if member { "principal in Team::\"t\"" } else { "principal" };
        let when = when.map(|text| format!(" when {{ {text} }}")).unwrap_or_default();
        let unless = unless.map(|text| format!(" unless {{ {text} }}")).unwrap_or_default();
        format!("{effect}({principal}, action, resource){when}{unless};")
    }
}

prop_compose! {
    fn world()(
        recorded in prop::array::uniform3(prop::bool::weighted(0.8)),
        known in prop::array::uniform6(prop::bool::weighted(0.6)),
        truth in prop::array::uniform6(any::<bool>()),
        member in prop::array::uniform2(any::<bool>()),
    ) -> World {
        World { recorded, known, truth, member }
    }
}

fn schema() -> Arc<Schema> {
    static SCHEMA_ONCE: OnceLock<Arc<Schema>> = OnceLock::new();
    let parse = || {
        let text: Arc<[u8]> = Arc::from(SCHEMA.as_bytes());
        let files: Files = [("a.cedarschema".to_owned(), text)].into();
        Schema::parse(&files).0.unwrap()
    };
    Arc::clone(SCHEMA_ONCE.get_or_init(parse))
}

fn set(text: &str) -> PolicySet {
    let text: Arc<[u8]> = Arc::from(text.as_bytes());
    let (set, problems) = PolicySet::parse(&[("a.cedar".to_owned(), text)].into());
    assert!(!set.broken(), "{problems:#?}");
    set
}

fn store(world: &World) -> EntityStore {
    let text = Value::Array(world.entities(true)).to_string();
    let files: Files = [("entities.json".to_owned(), Arc::from(text.into_bytes()))].into();
    EntityStore::parse(&files, Some(&schema())).0
}

fn side(label: &str, policies: &[String]) -> Side {
    Side {
        label: label.to_owned(),
        compiled: Compiled {
            schema: Some(schema()),
            set: Arc::new(set(&policies.join("\n"))),
            entities: Arc::new(EntityStore::parse(&Files::new(), Some(&schema())).0),
            problems: Vec::new(),
        },
    }
}

/// One recorded request.
fn log(world: &World) -> Log {
    let mut log = Log::default();
    log.uids = ["User::\"u\"", "Action::\"read\"", "Doc::\"d\""]
        .map(str::to_owned)
        .into();
    log.contexts = vec!["{\"mfa\":true}".to_owned()];
    log.entities = world.entities(false).iter().map(Value::to_string).collect();
    log.slices = vec![Slice {
        digest: [0; 32],
        entities: Some((0..log.entities.len() as u32).collect()),
    }];
    log.requests = vec![Distinct {
        slice: 0,
        principal: 0,
        action: 1,
        resource: 2,
        context: 0,
        input: NO_INPUT,
    }];
    log.outcomes = vec![Recorded {
        decision: Decision::Allow,
        reasons: Vec::new(),
        errors: Vec::new(),
        bundle: String::new(),
        engine: String::new(),
        tenant: String::new(),
    }];
    log.tallies = vec![Tally {
        request: 0,
        outcome: 0,
        rows: 1,
        first_at: NO_TIME,
        last_at: NO_TIME,
    }];
    log
}

fn decide(set: &PolicySet, store: &EntityStore) -> Decision {
    let asked = Request {
        principal: "User::\"u\"".into(),
        action: "Action::\"read\"".into(),
        resource: "Doc::\"d\"".into(),
        context: json!({ "mfa": true }).as_object().cloned().unwrap(),
    };
    policy::decide(set, store, Some(&schema()), &asked)
        .unwrap()
        .0
}

/// What a side would decide, by what is said of it.
fn foretold(open: &[OpenPolicy], store: &EntityStore) -> Decision {
    let holds = |clause: &OpenClause| {
        let (text, wanted) = (&clause.text, clause.holds_if);
        let asked = format!("permit(principal, action, resource) when {{ ({text}) == {wanted} }};");
        decide(&set(&asked), store) == Decision::Allow
    };
    let applies = |effect: Effect| {
        let mut policies = open.iter().filter(|it| it.effect == effect);
        policies.any(|it| it.clauses.iter().all(holds))
    };
    let permitted = open.iter().all(|it| it.effect == Effect::Forbid) || applies(Effect::Permit);
    if permitted && !applies(Effect::Forbid) {
        Decision::Allow
    } else {
        Decision::Deny
    }
}

fn check(change: &Change, world: &World, sides: [&Side; 2]) -> Result<(), TestCaseError> {
    let residual = change.residual.as_ref().unwrap();
    prop_assert!(!residual.words.is_empty());
    let missing = world.missing();
    for clause in residual
        .before
        .iter()
        .chain(&residual.after)
        .flat_map(|it| &it.clauses)
    {
        prop_assert!(!clause.needs.is_empty(), "{clause:?}");
        for need in &clause.needs {
            prop_assert!(missing.contains(need), "{need} is there: {world:?}");
        }
    }
    // All 256 worlds are too many for each case; these have every fact true and false.
    for number in [
        0,
        255,
        0b0101_0101,
        0b1010_1010,
        0b0011_0011,
        0b1100_1100,
        0b0000_1111,
    ] {
        let other = world.otherwise(number);
        let store = store(&other);
        let told = [
            (change.before.decision, &residual.before),
            (change.after.decision, &residual.after),
        ];
        for ((decision, open), side) in told.into_iter().zip(sides) {
            let expected = decide(&side.compiled.set, &store);
            let foretold = decision.unwrap_or_else(|| foretold(open, &store));
            prop_assert_eq!(foretold, expected, "{:#?} in {:?}", change, other);
            prop_assert_eq!(open.is_empty(), decision.is_some());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_row_turns_on_what_it_says(
        world in world(), base in prop::collection::vec(policy(), 0..3), head in prop::collection::vec(policy(), 1..4),
    ) {
        let never = AtomicBool::new(false);
        let (base, head) = (side("base", &base), side("head", &head));
        let session = Session::new(Arc::new(log(&world)), base.clone(), &never).unwrap();
        let replay = session.preview(&head, &RiskRules::default(), &never).unwrap();
        if let Some(change) = replay.change(0) {
            if change.before.decision.is_none() || change.after.decision.is_none() {
                check(&change, &world, [&base, &head])?;
            } else {
                prop_assert!(change.residual.is_none());
            }
        }
    }
}

/// A fact that nobody recorded, by the path that reads it.
#[test]
fn a_row_names_the_exact_path_and_what_follows() {
    let never = AtomicBool::new(false);
    let world = World {
        recorded: [true, true, false],
        known: [true, true, false, true, true, true],
        truth: [false; 6],
        member: [false; 2],
    };
    let base = side(
        "base",
        &["@id(\"none\") forbid(principal, action, resource) when { false };".into()],
    );
    let head = side(
        "head",
        &[
            "@id(\"team\") permit(principal, action, resource) when { resource.owner.cleared && !principal.guest } unless { resource.hold || principal.guest };".into(),
            "@id(\"held\") forbid(principal, action, resource) when { context.mfa && (principal.guest || resource.owner in Team::\"t\") };".into(),
        ],
    );
    let session = Session::new(Arc::new(log(&world)), base, &never).unwrap();
    let replay = session
        .preview(&head, &RiskRules::default(), &never)
        .unwrap();
    let change = replay.change(0).unwrap();
    insta::assert_json_snapshot!(change.residual, @r#"
    {
      "words": "gains access if `resource.owner.cleared` is true and `resource.hold` is false, unless `resource.owner in Team::\"t\"` is true",
      "before": [],
      "after": [
        {
          "policy": "held",
          "effect": "forbid",
          "clauses": [
            {
              "text": "resource.owner in Team::\"t\"",
              "holds_if": true,
              "needs": [
                "ancestors of resource.owner"
              ]
            }
          ]
        },
        {
          "policy": "team",
          "effect": "permit",
          "clauses": [
            {
              "text": "resource.owner.cleared",
              "holds_if": true,
              "needs": [
                "resource.owner.cleared"
              ]
            },
            {
              "text": "resource.hold",
              "holds_if": false,
              "needs": [
                "resource.hold"
              ]
            }
          ]
        }
      ]
    }
    "#);
    let page = replay.changes(&drift::Filter::default(), 0, 1).1;
    assert_eq!(page, [change]);
}
