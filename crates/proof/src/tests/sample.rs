//! The edits of the sample workspace, and what else an edit can be: of the schema, of a link, of nothing.

use std::sync::atomic::AtomicBool;

use model::{EnvironmentProof, Relation};

use super::*;
use crate::{Error, Limits};

/// The sample with pieces of one file replaced.
fn edited(path: &str, edits: &[(&str, &str)]) -> Compiled {
    let mut files = northwind();
    let mut text = String::from_utf8(files[path].to_vec()).unwrap();
    for (find, replace) in edits {
        assert!(text.contains(find), "{find}");
        text = text.replace(find, replace);
    }
    files.insert(path.to_owned(), Arc::from(text.into_bytes()));
    compile(&files)
}

fn touched(proof: &Proof) -> Vec<String> {
    let changed = |proof: &&EnvironmentProof| proof.relation != Relation::Equivalent;
    proof
        .environments
        .iter()
        .filter(changed)
        .map(|proof| {
            let of = &proof.environment;
            let action = of.action.trim_start_matches("Action::");
            format!(
                "{} {action} {} {:?}",
                of.principal, of.resource, proof.relation
            )
        })
        .collect()
}

#[test]
fn the_contractors_edit_widens_two_kinds_of_request() {
    let Some(prover) = prover() else { return };
    let base = compile(&northwind());
    let head = edited(
        "policies/access/contractors.cedar",
        &[(" &&\n  resource.classification != \"P0\"", "")],
    );
    let proof = prove(&prover, &base, &head);
    assert_eq!(
        touched(&proof),
        [
            "Contractor \"comment\" Record Widens",
            "Contractor \"read\" Record Widens"
        ]
    );
    let read = proof.environments.iter().find_map(|of| {
        of.gained
            .as_ref()
            .filter(|_| of.environment.action == "Action::\"read\"")
    });
    let read = read.unwrap();
    assert_eq!(read.after_reasons, ["contractor-engagement"]);
    // What the solver makes up differs by version; what matters does not.
    for part in [
        "a Contractor",
        "could read a Record",
        "whose classification is \"P0\"",
        "whose engagement is the Contractor's engagement",
        "whose opened is no later than the Contractor's until",
    ] {
        assert!(read.sentence.contains(part), "{}", read.sentence);
    }
    for noise in ["title", "owner", "agency", "network", "2026"] {
        assert!(!read.sentence.contains(noise), "{}", read.sentence);
    }
    assert_eq!(read.entities.len(), 2, "{:?}", read.entities);

    // The way back loses what was gained, and nothing is asked twice.
    let back = prove(&prover, &head, &base);
    assert_eq!(back.relation, Relation::Narrows);
    let mut deaf = prover;
    deaf.program = None;
    lock(&deaf.idle).clear();
    let again = prove(&deaf, &base, &head);
    assert_eq!(again.environments, proof.environments);
}

#[test]
fn tidying_the_baseline_changes_nothing() {
    let Some(prover) = prover() else { return };
    let head = edited(
        "policies/access/baseline.cedar",
        &[
            (
                "principal in resource.team &&\n  (resource.classification == \"P1\" || resource.classification == \"P2\")",
                "[\"P1\", \"P2\"].contains(resource.classification) && principal in resource.team",
            ),
            (
                "when { principal in resource.team && resource.classification == \"P0\" }\nunless { principal.clearance < 2 };",
                "when { resource.classification == \"P0\" && principal.clearance >= 2 && principal in resource.team };",
            ),
        ],
    );
    let proof = prove(&prover, &compile(&northwind()), &head);
    assert_eq!(touched(&proof), [""; 0]);
    assert_eq!(proof.relation, Relation::Equivalent);
}

#[test]
fn links_are_policies_too() {
    let Some(prover) = prover() else { return };
    let schema = "entity Team; entity User in [Team]; entity Doc { open: Bool }; \
        action read appliesTo { principal: User, resource: Doc };";
    let template =
        "@id(\"t\") permit(principal in ?principal, action, resource) when { resource.open };";
    let with = |links: &str| {
        compile(&files(&[
            ("s.cedarschema", schema),
            ("p.cedar", template),
            ("links.json", links),
        ]))
    };
    let link = |id: &str| {
        format!(
            r#"{{"template_id": "t", "link_id": "{id}", "args": {{"?principal": "Team::\"{id}\""}}}}"#
        )
    };
    let (one, two) = (
        format!("[{}]", link("a")),
        format!("[{}, {}]", link("a"), link("b")),
    );
    let proof = prove(&prover, &with(&one), &with(&two));
    assert_eq!(proof.relation, Relation::Widens);
    let gained = proof.environments[0].gained.as_ref().unwrap();
    assert_eq!(gained.after_reasons, ["b"]);
    assert_eq!(
        gained.sentence,
        "a User who is in Team \"b\" could read a Doc that is open"
    );
}

#[test]
fn an_edit_of_the_schema_is_not_mistaken_for_one_of_the_policies() {
    let schema = |rest: &str| format!("entity User; entity Doc; action work; {rest}");
    let policy = "permit(principal, action in Action::\"work\", resource);";
    let of = |rest: &str| compiled(&schema(rest), policy);
    let applies = "appliesTo { principal: User, resource: Doc };";
    let old = of(&format!(
        "action read in [work] {applies} action list {applies}"
    ));
    let new = of(&format!("action read {applies} action edit {applies}"));
    let prover = Prover::with(None, Limits::default());
    let proof = prove(&prover, &old, &new);
    let told: Vec<_> = proof
        .environments
        .iter()
        .map(|of| {
            format!(
                "{} {}",
                of.environment.action,
                of.reason.as_deref().unwrap_or("-")
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "Action::\"edit\" the schema in force does not allow such requests yet",
            "Action::\"list\" the edit's schema does not allow such requests any more",
            "Action::\"read\" the schemas put the action into different groups",
        ]
    );
    assert_eq!(proof.relation, Relation::NotProven);
}

#[test]
fn what_cannot_be_judged_at_all_is_an_error() {
    let prover = Prover::with(None, Limits::default());
    let none = compile(&files(&[(
        "p.cedar",
        "permit(principal, action, resource);",
    )]));
    let broken = compile(&files(&[
        ("s.cedarschema", "entity A;"),
        ("p.cedar", "permit("),
    ]));
    let fine = compiled(
        "entity A; action a appliesTo { principal: A, resource: A };",
        "",
    );
    let side = |compiled| Side {
        label: "it",
        compiled,
    };
    let cancel = AtomicBool::new(false);
    let error = |compiled| {
        prover
            .prove(side(&fine), side(compiled), &cancel)
            .unwrap_err()
    };
    assert!(matches!(error(&none), Error::NoSchema(_)));
    assert!(matches!(error(&broken), Error::Broken(_)));
    let told = model::Failure::from(error(&none));
    assert_eq!(told.code, model::Code::ProofSchema);
}

#[test]
fn what_does_not_fit_the_schema_is_not_proven() {
    let Some(prover) = prover() else { return };
    let schema = "entity User { level: Long }; entity Doc; \
        action read appliesTo { principal: User, resource: Doc };";
    let of = |condition: &str| {
        compiled(
            schema,
            &format!("permit(principal, action, resource) when {{ {condition} }};"),
        )
    };
    let proof = prove(
        &prover,
        &of("principal.level > 1"),
        &of("principal.lvel > 1"),
    );
    assert_eq!(proof.relation, Relation::NotProven);
    let reason = proof.environments[0].reason.clone().unwrap();
    assert!(reason.contains("does not fit the schema"), "{reason}");
    assert!(reason.contains("lvel"), "{reason}");
}
