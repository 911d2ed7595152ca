//! What is proven of the text on screen: found in drafts, remembered, given up for newer text, never silently left out.

use ipc::{NamedTest, Revision};
use model::{Counterexample, Decision, FindingKind, Lints};
use serde_json::{Value, json};

use super::*;

const DRAFTED: &str = r#"
@id("dead")
permit (principal, action == Action::"edit", resource)
when { resource.secret && !resource.secret };

@id("broad")
permit (principal, action == Action::"edit", resource);
"#;

fn lint(studio: &Studio, revision: u32) -> Lints {
    let view = studio.lint_edit(Revision { revision }).unwrap();
    assert_eq!(view.revision, revision);
    view.lints
}

fn found(lints: &Lints) -> Vec<(FindingKind, &str, u32)> {
    let told = lints.findings.iter();
    told.map(|it| (it.kind, it.policy.as_str(), it.source.line))
        .collect()
}

/// The small workspace in which two policies are to be kept apart.
fn separate(bench: &Bench) -> Studio {
    let root = bench.small();
    let manifest = "[[separation]]\na = \"owners\"\nb = \"staff-view\"\n";
    write(&root, "workspace.toml", manifest);
    let studio = bench.studio();
    open(&studio, &root);
    studio
}

#[test]
fn a_draft_is_judged_and_its_findings_move_with_their_policies() {
    let bench = Bench::new();
    let studio = separate(&bench);
    let text = format!("{POLICIES}{DRAFTED}");
    studio.edit_file(edit("policies.cedar", &text, 1)).unwrap();
    let lints = lint(&studio, 1);
    if lints.solver.is_none() {
        // What needs a solver is open then, and says so.
        let open = |it: &model::Undecided| it.reason == "no solver";
        assert!(!lints.undecided.is_empty() && lints.undecided.iter().all(open));
        return;
    }
    assert_eq!(lints.undecided, []);
    let expected = |by: u32| {
        [
            (FindingKind::NotSeparate, "owners", 1 + by),
            (FindingKind::AlwaysAllows, "broad", 16 + by),
            (FindingKind::NeverMatches, "dead", 12 + by),
        ]
    };
    assert_eq!(found(&lints), expected(0));
    assert_eq!(
        lints.findings[1].sentence,
        "permits every User to edit every Doc"
    );
    assert!(lints.findings[0].request.is_some());

    let moved = format!("// Moved.\n{text}");
    studio.edit_file(edit("policies.cedar", &moved, 2)).unwrap();
    assert_eq!(found(&lint(&studio, 2)), expected(1));

    // Only the text on screen counts, not what lies on disk.
    studio.discard_draft(at("policies.cedar")).unwrap();
    assert_eq!(
        found(&lint(&studio, 3)),
        [(FindingKind::NotSeparate, "owners", 1)]
    );
}

#[test]
fn what_cannot_be_judged_is_an_error() {
    let bench = Bench::new();
    let studio = separate(&bench);
    studio
        .edit_file(edit("policies.cedar", "permit (", 1))
        .unwrap();
    let judged = |revision| code(studio.lint_edit(Revision { revision }));
    assert_eq!(judged(1), Code::SetBroken);
    studio.discard_draft(at("policies.cedar")).unwrap();
    // A manifest that cannot be read may have asked for more.
    let root = bench.base.join("small");
    write(&root, "workspace.toml", "[[separation]]\na = 1\n");
    assert!(studio.poll());
    assert_eq!(judged(2), Code::WorkspaceConfig);
    fs::remove_file(root.join("workspace.toml")).unwrap();
    fs::remove_file(root.join("app.cedarschema")).unwrap();
    assert!(studio.poll());
    assert_eq!(judged(3), Code::ProofSchema);
    studio.close_workspace(()).unwrap();
    assert_eq!(judged(4), Code::WorkspaceMissing);
}

/// Ids that an example speaks of, and that none of its entities has.
fn missing(example: &Counterexample) -> Vec<Value> {
    fn references<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
        match value {
            Value::Object(members) if members.get("id").is_some_and(Value::is_string) => {
                found.push(value);
            }
            Value::Object(members) => members.values().for_each(|it| references(it, found)),
            Value::Array(items) => items.iter().for_each(|it| references(it, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    let entities = &example.entities;
    entities.iter().for_each(|it| references(it, &mut found));
    let there: Vec<_> = entities.iter().map(|entity| &entity["uid"]).collect();
    found.retain(|reference| !there.contains(reference));
    found.into_iter().cloned().collect()
}

/// What makes no difference is left out of an example, also entities that others name: it is decided, kept and run as it stands.
#[test]
fn an_example_that_names_entities_it_lacks_is_tried_kept_and_run() {
    let bench = Bench::new();
    let (studio, _) = bench.small_studio();
    let text = format!(
        "{POLICIES}
@id(\"zoe\")
permit (principal, action == Action::\"edit\", resource)
when {{ resource.owner == User::\"zoe\" && !resource.secret }};

@id(\"guests\")
permit (principal in Group::\"guests\", action == Action::\"view\", resource)
when {{ !resource.secret }};
"
    );
    studio.edit_file(edit("policies.cedar", &text, 1)).unwrap();
    let view = studio.prove_edit(Revision { revision: 1 }).unwrap();
    let mut examples: Vec<Counterexample> = view
        .proof
        .environments
        .into_iter()
        .filter_map(|environment| environment.gained)
        .collect();
    if view.proof.solver.is_some() {
        assert_eq!(examples.len(), 2);
        assert!(examples.iter().all(|example| !missing(example).is_empty()));
    }
    // As a solver would show it, for machines without one.
    examples.push(Counterexample {
        request: asked("kim", "view", "map", false),
        entities: vec![
            json!({"uid": {"type": "Doc", "id": "map"}, "parents": [],
                "attrs": {"owner": {"__entity": {"type": "User", "id": "nobody"}}, "secret": false}}),
            json!({"uid": {"type": "User", "id": "kim"}, "attrs": {},
                "parents": [{"type": "Group", "id": "guests"}]}),
        ],
        before: Decision::Deny,
        after: Decision::Allow,
        before_reasons: Vec::new(),
        after_reasons: vec!["guests".into()],
        sentence: String::new(),
        told: None,
    });
    for (number, example) in examples.iter().enumerate() {
        assert!(!missing(example).is_empty());
        let ask = ipc::Ask {
            request: example.request.clone(),
            entities: Some(example.entities.clone()),
        };
        let decided = studio.decide(ask).unwrap();
        assert_eq!(
            (decided.decision, &decided.reasons),
            (example.after, &example.after_reasons)
        );
        let test = NamedTest {
            name: format!("example {number}"),
            request: example.request.clone(),
            entities: Some(example.entities.clone()),
            decision: example.after,
            reasons: example.after_reasons.clone(),
        };
        let views = studio.save_test(test.clone()).unwrap();
        assert!(views.iter().any(|view| view.test == test && view.passed));
    }
    // Under the policies in force each comes out as the proof says of them, and the file is none to complain of.
    studio.discard_draft(at("policies.cedar")).unwrap();
    for view in studio.run_tests(()).unwrap() {
        let Some(number) = view.test.name.strip_prefix("example ") else {
            continue;
        };
        let example = &examples[number.parse::<usize>().unwrap()];
        assert_eq!(view.outcome.unwrap().decision, example.before);
    }
    let root = bench.base.join("small");
    let problems = crate::check(&crate::read_workspace(&root).unwrap()).problems;
    assert!(
        problems.iter().all(|it| it.code != Code::TestInvalid),
        "{problems:?}"
    );
}
