//! What the validator finds, and where.

use policy::{missing_entities, validate};

use crate::support::{assert_places_exist, clinic, clinic_with, lines, sound};

#[test]
fn the_small_workspace_has_one_fault_and_it_is_found() {
    let compiled = sound(&clinic());
    let problems = validate(&compiled.set, compiled.schema.as_ref().unwrap(), None);
    insta::assert_snapshot!(lines(&problems));
}

#[test]
fn every_mistake_has_its_place() {
    let files = clinic_with(&[
        (
            "policies/more.cedar",
            r#"// Für jede Zeile ein Fehler. 😀
@id("type") permit (principal is Clinic::Staf, action, resource);
@id("action") permit (principal, action == Clinic::Action::"reed", resource);
@id("attribute") permit (principal is Clinic::Staff, action, resource) when { "😀" == "😀" && principal.role == 1 };
@id("name") permit (principal is Clinic::Staff, action, resource) when { "😀" == "😀" && principal.contact.mial like "*" };
@id("kind") permit (principal is Clinic::Staff, action == Clinic::Action::"amend", resource) when { principal.grade == "3" };
@id("guard") permit (principal is Clinic::Staff, action == Clinic::Action::"amend", resource) when { principal.mentor == principal };
@id("never") permit (principal is Clinic::Staff, action == Clinic::Action::"amend", resource is Clinic::Patient);
@id("false") permit (principal is Clinic::Staff, action == Clinic::Action::"amend", resource) when { false };
@id("purpose") permit (principal, action == Clinic::Action::"read", resource) when { context.purpose == Clinic::Purpose::"fun" };
@id("call") permit (principal, action == Clinic::Action::"read", resource) when { ip("10.0.0.x").isLoopback() };
@id("script") permit (principal, action == Clinic::Action::"read", resource) when { resource.kind == "рaper" };
"#,
        ),
        (
            "links/bad.json",
            r#"[{"template_id": "second-opinion", "link_id": "nobody", "args": {"?principal": "Clinic::Robot::\"r\"", "?resource": "Clinic::Chart::\"c1\""}}]"#,
        ),
    ]);
    let compiled = sound(&files);
    let problems = validate(&compiled.set, compiled.schema.as_ref().unwrap(), None);
    assert_places_exist(&files, &problems);
    insta::assert_snapshot!(lines(&problems));
}

#[test]
fn policies_that_look_too_deep_are_told_apart() {
    let compiled = sound(&clinic_with(&[(
        "policies/guards.cedar",
        "@id(\"g\") forbid (principal, action == Clinic::Action::\"amend\", resource) when { resource.patient.doctor.grade < 2 };",
    )]));
    let schema = compiled.schema.as_ref().unwrap();
    assert_eq!(lines(&validate(&compiled.set, schema, Some(3))), "");
    insta::assert_snapshot!(lines(&validate(&compiled.set, schema, Some(2))));
}

#[test]
fn misspelt_entities_are_found() {
    let files = clinic_with(&[(
        "policies/more.cedar",
        r#"@id("a") permit (principal in Clinic::Unit::"word-3", action, resource) when { resource.patient == Clinic::Patient::"p99" };"#,
    )]);
    let compiled = sound(&files);
    let problems = missing_entities(&compiled.set, &compiled.entities);
    assert_places_exist(&files, &problems);
    insta::assert_snapshot!(lines(&problems));
    let sound = sound(&clinic());
    assert_eq!(lines(&missing_entities(&sound.set, &sound.entities)), "");
}
