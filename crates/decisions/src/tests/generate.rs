//! Generated logs are the same everywhere, believable, and true: what they record is what the policies say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::Code;
use policy::{Compiled, Facts as Known, Files, Material, Tables, combine};
use sha2::{Digest, Sha256};

use super::*;
use crate::log::at;
use crate::{NO_SLICE, Recipe, generate, generate_lines, slice};

const SCHEMA: &str = r#"
    entity Team;
    entity Person in [Team] = { team: Team, onCall: Bool, boss?: Person };
    entity Note = { owner: Person, team: Team, level: String };
    action read appliesTo { principal: Person, resource: Note, context: { mfa: Bool, place?: String } };
    action edit appliesTo { principal: Person, resource: Note, context: { mfa: Bool, place?: String } };
"#;

const POLICIES: &str = r#"
    @id("team") permit(principal, action, resource) when { principal in resource.team };
    @id("low") permit(principal, action == Action::"read", resource) when { resource.level == "low" };
    @id("boss") permit(principal, action == Action::"read", resource) when { resource.owner.boss == principal };
    @id("pager") permit(principal, action, resource) when { principal.onCall };
    @id("mfa") forbid(principal, action == Action::"edit", resource) unless { context.mfa };
"#;

pub(super) const RECIPE: &str = r#"
    rows = 6000
    distinct = 900
    seed = 7
    from = "2026-10-05T00:00:00Z"
    to = "2026-11-02T00:00:00Z"
    tenant = "acme"
    [[action]]
    name = 'Action::"read"'
    weight = 9
    [[action]]
    name = 'Action::"edit"'
    weight = 1
    [[context]]
    key = "mfa"
    values = [true, false]
    weights = [9, 1]
    [[change]]
    type = "Person"
    attribute = "onCall"
    values = [true, false]
    share = 0.1
    every = "7d"
"#;

pub(super) fn files(parts: &[(&str, &str)]) -> Files {
    parts
        .iter()
        .map(|(name, text)| ((*name).to_owned(), Arc::from(text.as_bytes())))
        .collect()
}

/// Eight teams of ten people with ten notes each.
fn entities() -> String {
    let mut all = Vec::new();
    for team in 0..8 {
        let uid = |kind: &str, id: String| json!({"type": kind, "id": id});
        let entity = |kind: &str, id: String| json!({"__entity": uid(kind, id)});
        let here = format!("t{team}");
        all.push(json!({"uid": uid("Team", here.clone()), "attrs": {}, "parents": []}));
        for number in 0..10 {
            let id = format!("p{team}-{number}");
            let mut attrs = json!({"team": entity("Team", here.clone()), "onCall": number == 9});
            if number > 0 {
                attrs["boss"] = entity("Person", format!("p{team}-0"));
            }
            all.push(json!({"uid": uid("Person", id.clone()), "attrs": attrs, "parents": [uid("Team", here.clone())]}));
            let attrs = json!({"owner": entity("Person", id), "team": entity("Team", here.clone()), "level": if number % 2 == 0 { "low" } else { "high" }});
            all.push(json!({"uid": uid("Note", format!("n{team}-{number}")), "attrs": attrs, "parents": []}));
        }
    }
    Value::from(all).to_string()
}

pub(super) fn workspace() -> Compiled {
    let compiled = policy::compile(&files(&[
        ("s.cedarschema", SCHEMA),
        ("p.cedar", POLICIES),
        ("entities.json", &entities()),
    ]));
    assert_eq!(compiled.problems, []);
    compiled
}

pub(super) fn go_on(_: u64, _: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

pub(super) fn lines(compiled: &Compiled, recipe: &Recipe) -> Vec<u8> {
    let mut out = Vec::new();
    generate_lines(compiled, recipe, &mut out, &mut go_on).unwrap();
    out
}

pub(super) fn log(compiled: &Compiled, recipe: &Recipe) -> Log {
    let (builder, _) = generate(compiled, recipe, &mut go_on).unwrap();
    builder.build().unwrap().0
}

fn code(compiled: &Compiled, recipe: &Recipe) -> Code {
    match generate(compiled, recipe, &mut go_on) {
        Ok((_, made)) => panic!("made {made:?}"),
        Err(error) => error.code(),
    }
}

#[test]
fn the_log_is_the_same_everywhere_and_for_any_number_of_threads() {
    let compiled = workspace();
    let recipe = Recipe::parse(RECIPE).unwrap();
    let digests: BTreeSet<String> = [1, 2, 5]
        .into_iter()
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            let lines = String::from_utf8(pool.install(|| lines(&compiled, &recipe))).unwrap();
            // The engine's version and its digest of the policies are not the generator's.
            let lines: String = lines
                .lines()
                .map(|line| line.split(",\"bundle\":").next().unwrap())
                .collect();
            slice::digest_text(&Sha256::digest(&lines).into())
        })
        .collect();
    // Changes only when the generator is meant to change; then every sample log does, too.
    let expected = "sha256:7a35d96f4d8f2022ca747e7172b18e35665a9e074e89c67f0e7e0953ac283dcb";
    assert_eq!(digests.into_iter().collect::<Vec<_>>(), [expected]);
}

#[test]
fn another_seed_gives_another_log() {
    let compiled = workspace();
    let recipe = Recipe::parse(RECIPE).unwrap().with_rows(50);
    assert_ne!(
        lines(&compiled, &recipe),
        lines(&compiled, &recipe.clone().with_seed(8))
    );
}

#[test]
fn lines_and_builder_hold_the_same_rows() {
    let compiled = workspace();
    let recipe = Recipe::parse(RECIPE).unwrap();
    let direct = log(&compiled, &recipe);
    let (read, import) = read(vec![text(lines(&compiled, &recipe))])
        .unwrap()
        .build()
        .unwrap();
    assert_eq!(import.skipped_total, 0);
    assert_eq!(rows(&direct), rows(&read));
    let slices = |log: &Log| -> BTreeMap<String, Vec<String>> {
        (0..log.slices.len())
            .map(|number| {
                let number = u32::try_from(number).unwrap();
                let digest = slice::digest_text(&at(&log.slices, number).unwrap().digest);
                let entities = log.slice(number).unwrap();
                (digest, entities.into_iter().map(str::to_owned).collect())
            })
            .collect()
    };
    assert_eq!(slices(&direct), slices(&read));
    assert_eq!(direct.info.rows, read.info.rows);
    assert_eq!(direct.info.distinct_requests, read.info.distinct_requests);
}

#[test]
fn every_recorded_decision_follows_from_its_slice() {
    let recipe = Recipe::parse(RECIPE).unwrap();
    for least in [false, true] {
        follows(&recipe.clone().with_least(least));
    }
}

fn follows(recipe: &Recipe) {
    let compiled = workspace();
    let log = log(&compiled, recipe);
    let tables = Tables {
        uids: &log.uids,
        contexts: &log.contexts,
        entities: &log.entities,
        slices: &[],
    };
    let pairs = log
        .requests
        .iter()
        .map(|request| (request.context, request.action));
    let material = Material::new(
        tables,
        pairs,
        compiled.schema.as_deref(),
        &compiled.entities,
    );
    for tally in &log.tallies {
        let request = at(&log.requests, tally.request).unwrap();
        let recorded = at(&log.outcomes, tally.outcome).unwrap();
        let members = at(&log.slices, request.slice)
            .unwrap()
            .entities
            .as_deref()
            .unwrap();
        let facts: Known<'_> = material
            .open(members, request.principal, request.action, request.resource)
            .unwrap();
        let evaluation = material
            .evaluation(
                request.principal,
                request.action,
                request.resource,
                request.context,
                &facts,
            )
            .unwrap();
        let verdicts = compiled.set.policies().iter().map(|policy| {
            let verdict = evaluation.verdict(policy);
            (
                policy.id.clone(),
                policy.effect,
                std::borrow::Cow::Owned(verdict),
            )
        });
        let mut combined = combine(verdicts);
        combined.reasons.sort();
        assert_eq!(
            combined.decision,
            Some(recorded.decision),
            "{:?}",
            log.request(tally.request)
        );
        assert_eq!(combined.reasons, recorded.reasons);
        assert_eq!(recorded.bundle, compiled.set.digest());
        assert_eq!(
            (recorded.engine.as_str(), recorded.tenant.as_str()),
            (policy::ENGINE, "acme")
        );
    }
}

#[test]
fn the_log_is_believable() {
    let recipe = Recipe::parse(RECIPE).unwrap();
    let compiled = workspace();
    let log = log(&compiled, &recipe);
    assert_eq!(log.info.rows, 6000);
    assert_eq!(log.info.entities_assumed, 0);
    assert!(log.requests.iter().all(|request| request.slice != NO_SLICE));
    assert!(
        (700..=1000).contains(&log.info.distinct_requests),
        "{}",
        log.info.distinct_requests
    );
    assert!(
        (4200..=5300).contains(&log.info.allowed),
        "{}",
        log.info.allowed
    );

    let rows = rows(&log);
    assert!(rows.is_sorted_by_key(|row| row.at));
    assert!(
        rows.iter()
            .all(|row| (recipe.from..recipe.to).contains(&row.at))
    );
    let ids: BTreeSet<&String> = rows.iter().map(|row| &row.id).collect();
    assert_eq!(ids.len(), rows.len());

    let count = |of: &dyn Fn(&Row) -> &str| -> BTreeMap<String, usize> {
        rows.iter().fold(BTreeMap::new(), |mut counts, row| {
            *counts.entry(of(row).to_owned()).or_default() += 1;
            counts
        })
    };
    let actions = count(&|row| &row.action);
    assert!(
        actions["Action::\"read\""] > 5 * actions["Action::\"edit\""],
        "{actions:?}"
    );
    let mut people: Vec<usize> = count(&|row| &row.principal).into_values().collect();
    people.sort_unstable();
    assert!(
        people.len() > 60 && people.last().unwrap() > &(4 * people[people.len() / 2]),
        "{people:?}"
    );
    let mfa = rows
        .iter()
        .filter(|row| row.context["mfa"] == Value::Bool(true))
        .count();
    assert!((4800..5800).contains(&mfa), "{mfa}");

    // A pager is handed over: the same request, other facts, another answer.
    type Asked = (u32, u32, u32, u32);
    let mut outcomes: BTreeMap<Asked, BTreeSet<(u32, Decision)>> = BTreeMap::new();
    for tally in &log.tallies {
        let request = at(&log.requests, tally.request).unwrap();
        let key = (
            request.principal,
            request.action,
            request.resource,
            request.context,
        );
        let decision = at(&log.outcomes, tally.outcome).unwrap().decision;
        outcomes
            .entry(key)
            .or_default()
            .insert((request.slice, decision));
    }
    let both = |found: &&BTreeSet<(u32, Decision)>| {
        found
            .iter()
            .map(|(_, decision)| decision)
            .collect::<BTreeSet<_>>()
            .len()
            == 2
    };
    assert!(outcomes.values().filter(both).count() > 3);
}

#[test]
fn the_last_period_shows_the_entities_as_they_are() {
    let compiled = workspace();
    let log = log(&compiled, &Recipe::parse(RECIPE).unwrap());
    let now: BTreeSet<String> = compiled
        .entities
        .to_json()
        .map(|(_, _, json)| slice::canonical_entity(&json.to_string()).unwrap().1)
        .collect();
    let differ = log
        .entities
        .iter()
        .filter(|entity| !now.contains(*entity))
        .count();
    assert!(differ > 5, "something changed over time");
    let last = log.rows(log.info.rows - 1000..log.info.rows);
    for row in last {
        let tally = at(&log.tallies, row.unwrap().tally).unwrap();
        let request = at(&log.requests, tally.request).unwrap();
        for entity in log.slice(request.slice).unwrap() {
            assert!(now.contains(entity), "{entity}");
        }
    }
}

#[test]
fn a_workspace_without_entities_or_policies_gets_some_log() {
    let schema = r#"
        entity Color enum ["red", "blue"];
        entity Org in [Org];
        entity User in [Org] = { "name": String, "tint": Color, "seen": Set<datetime>, "at": { "x": Long, "y"?: ipaddr } } tags Bool;
        action paint appliesTo { principal: User, resource: [Color, User], context: { since: datetime, by: User, much?: decimal, tags: Set<String> } };
    "#;
    let compiled = policy::compile(&files(&[("s.cedarschema", schema)]));
    let recipe = Recipe::default().with_rows(500);
    let log = log(&compiled, &recipe);
    assert_eq!((log.info.rows, log.info.allowed), (500, 0));
    for number in 0..log.requests.len() {
        let request = log.request(u32::try_from(number).unwrap()).unwrap();
        policy::decide(
            &compiled.set,
            &compiled.entities,
            compiled.schema.as_deref(),
            &request,
        )
        .unwrap();
    }
    // The made-up entities fit the schema.
    let all = format!("[{}]", log.entities.join(","));
    let again = policy::compile(&files(&[
        ("s.cedarschema", schema),
        ("entities.json", &all),
    ]));
    let wrong: Vec<_> = again
        .problems
        .iter()
        .filter(|problem| problem.code == Code::EntitiesInvalid)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_tiny_workspace_repeats_itself() {
    let all = r#"[{"uid":{"type":"Team","id":"t"},"attrs":{},"parents":[]},
        {"uid":{"type":"Person","id":"p"},"attrs":{"team":{"__entity":{"type":"Team","id":"t"}},"onCall":true},"parents":[]},
        {"uid":{"type":"Note","id":"n"},"attrs":{"owner":{"__entity":{"type":"Person","id":"p"}},"team":{"__entity":{"type":"Team","id":"t"}},"level":"low"},"parents":[]}]"#;
    let compiled = policy::compile(&files(&[
        ("s.cedarschema", SCHEMA),
        ("p.cedar", POLICIES),
        ("entities.json", all),
    ]));
    let log = log(&compiled, &Recipe::default().with_rows(20_000));
    assert_eq!(log.info.rows, 20_000);
    assert!(log.info.distinct_requests < 100);
}

#[test]
fn what_cannot_be_generated_says_why() {
    let recipe = Recipe::default().with_rows(10);
    let schema = ("s.cedarschema", SCHEMA);
    assert_eq!(
        code(&policy::compile(&files(&[("p.cedar", POLICIES)])), &recipe),
        Code::SchemaMissing
    );
    assert_eq!(
        code(
            &policy::compile(&files(&[("s.cedarschema", "entity")])),
            &recipe
        ),
        Code::SchemaMissing
    );
    assert_eq!(
        code(
            &policy::compile(&files(&[("s.cedarschema", "entity U;")])),
            &recipe
        ),
        Code::SchemaMissing
    );
    assert_eq!(
        code(
            &policy::compile(&files(&[schema, ("p.cedar", "permit(")])),
            &recipe
        ),
        Code::SetBroken
    );
    let compiled = workspace();
    for wrong in [
        "[[action]]\nname = 'Action::\"fly\"'\nweight = 1",
        "[[context]]\nkey = 'moon'\nvalues = [1]",
        "[[context]]\nkey = 'mfa'\naction = 'Action::\"fly\"'\nvalues = [true]",
        "[[change]]\ntype = 'Person'\nattribute = 'moon'\nvalues = [1]\nshare = 0.1\nevery = '7d'",
        "[[change]]\ntype = 'Moon'\nattribute = 'onCall'\nvalues = [1]\nshare = 0.1\nevery = '7d'",
    ] {
        assert_eq!(
            code(&compiled, &Recipe::parse(wrong).unwrap()),
            Code::WorkspaceConfig,
            "{wrong}"
        );
    }
}

#[test]
fn generation_can_be_cancelled_and_hears_of_rows() {
    let compiled = workspace();
    let recipe = Recipe::parse(RECIPE).unwrap();
    let mut last = (0, 0);
    generate(&compiled, &recipe, &mut |done, total| {
        last = (done, total);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(last, (6000, 6000));
    let result = generate(&compiled, &recipe, &mut |_, _| ControlFlow::Break(()));
    assert!(matches!(result, Err(Error::Cancelled)));
}

#[test]
fn the_example_applications_get_logs() {
    let Some(folder) = std::env::var_os("FABRIC_CEDAR_EXAMPLES") else {
        eprintln!("FABRIC_CEDAR_EXAMPLES is not set: the example applications were left out");
        return;
    };
    let mut found = 0;
    let mut folders = vec![std::path::PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        folders.extend(
            std::fs::read_dir(&folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.is_dir()),
        );
        if folder.join("policies.cedarschema").exists() {
            let compiled = policy::compile(&policy::read_dir(&folder).unwrap());
            let log = log(&compiled, &Recipe::default().with_rows(2000));
            assert_eq!(log.info.rows, 2000);
            assert!(
                (1300..2000).contains(&log.info.allowed),
                "{}: {} of 2000 allowed",
                folder.display(),
                log.info.allowed
            );
            found += 1;
        }
    }
    assert!(found >= 7, "{found} applications found");
}
