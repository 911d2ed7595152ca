//! Decisions and what is told about them.

use model::{Decision, Request};
use policy::{decide, explain, explain_recorded, read_tests, run_test};
use serde_json::json;

use crate::support::{clinic, clinic_with, lines, request, sound, told};

fn reads(principal: &str, resource: &str, purpose: &str) -> Request {
    request(
        &format!("Clinic::Staff::\"{principal}\""),
        "Clinic::Action::\"read\"",
        &format!("Clinic::Chart::\"{resource}\""),
        json!({ "mfa": false, "network": "10.1.2.3", "purpose": { "type": "Clinic::Purpose", "id": purpose } }),
    )
}

fn explained(asked: &Request) -> String {
    let compiled = sound(&clinic());
    let explanation = explain(
        &compiled.set,
        &compiled.entities,
        compiled.schema.as_deref(),
        asked,
    )
    .unwrap();
    let (decision, reasons, errors) = decide(
        &compiled.set,
        &compiled.entities,
        compiled.schema.as_deref(),
        asked,
    )
    .unwrap();
    assert_eq!(
        (
            explanation.decision,
            &explanation.reasons,
            &explanation.errors
        ),
        (decision, &reasons, &errors)
    );
    told(&explanation)
}

#[test]
fn an_allow_shows_every_clause_that_held() {
    insta::assert_snapshot!(explained(&reads("ada", "c1", "care")));
}

#[test]
fn a_deny_by_default_shows_the_nearest_misses() {
    insta::assert_snapshot!(explained(&reads("ben", "c1", "care")));
    insta::assert_snapshot!(explained(&reads("ines", "c2", "care")));
}

#[test]
fn a_deny_by_a_forbid_shows_its_clause() {
    let mut asked = reads("ada", "c1", "care");
    asked.context.insert("network".into(), json!("203.0.113.9"));
    insta::assert_snapshot!(explained(&asked));
}

#[test]
fn a_forbid_that_cannot_be_evaluated_is_told() {
    insta::assert_snapshot!(explained(&reads("ines", "c2", "research")));
}

#[test]
fn a_clause_shows_only_what_was_read() {
    let amend = |who: &str| {
        request(
            &format!("Clinic::Staff::\"{who}\""),
            "Clinic::Action::\"amend\"",
            "Clinic::Chart::\"c1\"",
            json!({ "mfa": true, "now": "2026-05-01" }),
        )
    };
    insta::assert_snapshot!(explained(&amend("ada")));
    insta::assert_snapshot!(explained(&amend("ben")));
    insta::assert_snapshot!(explained(&amend("ines")));
}

#[test]
fn a_scope_alone_is_a_clause() {
    let files = clinic_with(&[(
        "policies/board.cedar",
        "@id(\"everyone\") permit (principal is Clinic::Staff, // all of them\n action, resource);",
    )]);
    let compiled = sound(&files);
    let asked = reads("ines", "c2", "billing");
    let schema = compiled.schema.as_deref();
    let explanation = explain(&compiled.set, &compiled.entities, schema, &asked).unwrap();
    insta::assert_snapshot!(told(&explanation));
}

#[test]
fn only_another_group_would_do() {
    let files = clinic_with(&[(
        "policies/care.cedar",
        "@id(\"board-reads\") permit (principal in Clinic::Unit::\"board\", action, resource); @id(\"p\") permit(principal == Clinic::Patient::\"p1\", action, resource);",
    )]);
    let compiled = sound(&files);
    let asked = reads("ines", "c2", "care");
    let schema = compiled.schema.as_deref();
    let explanation = explain(&compiled.set, &compiled.entities, schema, &asked).unwrap();
    insta::assert_snapshot!(told(&explanation));
}

#[test]
fn what_a_log_does_not_hold_stays_open() {
    let compiled = sound(&clinic());
    let schema = compiled.schema.as_deref();
    let why = |asked: &Request, slice: &[serde_json::Value]| {
        explain_recorded(&compiled.set, &compiled.entities, schema, asked, slice)
            .map(|explanation| told(&explanation))
            .unwrap()
    };
    let ada = json!({ "uid": { "type": "Clinic::Staff", "id": "ada" }, "attrs": { "role": "doctor", "grade": 3, "contact": { "mail": "a" } }, "parents": [{ "type": "Clinic::Unit", "id": "ward-3" }] });
    let chart = json!({ "uid": { "type": "Clinic::Chart", "id": "c1" }, "attrs": { "patient": { "type": "Clinic::Patient", "id": "p1" }, "kind": "x-ray", "value": "1.0", "written": "2026-03-01" }, "parents": [] });
    let patient = json!({ "uid": { "type": "Clinic::Patient", "id": "p1" }, "attrs": { "unit": { "type": "Clinic::Unit", "id": "ward-3" }, "doctor": { "type": "Clinic::Staff", "id": "ada" } }, "parents": [] });
    let asked = reads("ada", "c1", "care");
    insta::assert_snapshot!("nothing_recorded", why(&asked, &[]));
    insta::assert_snapshot!(
        "patient_missing",
        why(&asked, &[ada.clone(), chart.clone()])
    );
    insta::assert_snapshot!("all_recorded", why(&asked, &[ada, chart, patient]));
    let mut outside = asked.clone();
    outside
        .context
        .insert("network".into(), json!("203.0.113.9"));
    insta::assert_snapshot!("certain_all_the_same", why(&outside, &[]));
}

#[test]
fn a_slice_that_cannot_be_read_is_an_error() {
    let compiled = sound(&clinic());
    let failed = explain_recorded(
        &compiled.set,
        &compiled.entities,
        compiled.schema.as_deref(),
        &reads("ada", "c1", "care"),
        &[json!({ "uid": "no" })],
    )
    .unwrap_err();
    assert_eq!(
        model::Failure::from(failed).code,
        model::Code::RequestInvalid
    );
}

#[test]
fn named_tests_pass() {
    let files = clinic();
    let compiled = sound(&files);
    let (tests, problems) = read_tests(&files);
    assert_eq!(lines(&problems), "");
    assert_eq!(tests.len(), 5);
    for test in &tests {
        let run = run_test(
            test,
            &compiled.set,
            &compiled.entities,
            compiled.schema.as_deref(),
        );
        assert!(run.passed, "{}: {:?}", test.name, run.outcome);
    }
    let mut wrong = tests.first().unwrap().clone();
    wrong.reasons = vec!["own-chart".to_owned()];
    assert!(
        !run_test(
            &wrong,
            &compiled.set,
            &compiled.entities,
            compiled.schema.as_deref()
        )
        .passed
    );
    wrong.reasons.clear();
    wrong.decision = Decision::Deny;
    assert!(
        !run_test(
            &wrong,
            &compiled.set,
            &compiled.entities,
            compiled.schema.as_deref()
        )
        .passed
    );
}
