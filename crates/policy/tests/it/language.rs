//! What the editor is told, at many places.

use std::fmt::Write;

use model::Completion;
use policy::{Compiled, complete, definition, hover};
use proptest::prelude::*;

use crate::support::{clinic, sound};

/// Line and column of the `¦` in a text, and the text without it.
fn cursor(text: &str) -> (String, u32, u32) {
    let at = text.find('¦').unwrap();
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap().encode_utf16().count() + 1;
    (text.replacen('¦', "", 1), line as u32, column as u32)
}

fn completions(compiled: &Compiled, text: &str) -> Vec<Completion> {
    let (text, line, column) = cursor(text);
    complete(
        compiled.schema.as_deref(),
        Some(&compiled.set),
        Some(&compiled.entities),
        &text,
        line,
        column,
    )
}

fn labels(compiled: &Compiled, text: &str) -> Vec<String> {
    completions(compiled, text)
        .into_iter()
        .map(|found| found.label)
        .collect()
}

const SCOPE: &str =
    "permit (principal is Clinic::Staff, action == Clinic::Action::\"read\", resource)\n";

/// A condition of a policy about staff who read.
fn when(condition: &str) -> String {
    format!("{SCOPE}when {{ {condition} }};")
}

#[test]
fn every_place_has_its_completions() {
    let compiled = sound(&clinic());
    let mut told = String::new();
    for place in [
        "¦",
        "per¦",
        "@¦",
        "@authority(\"¦",
        "@id(\"x\")\n¦",
        "permit (¦",
        "permit (principal ¦",
        "permit (principal is ¦",
        "permit (principal is Clinic::Sta¦",
        "permit (principal is Clinic::Staff ¦",
        "permit (principal in ¦",
        "permit (principal == Clinic::Staff::\"¦",
        "permit (principal is Clinic::Patient, action == ¦",
        "permit (principal is Clinic::Patient, action in [Clinic::Action::\"read\", ¦",
        "permit (principal, action == Clinic::Action::\"¦\", resource);",
        "permit (principal, action, ¦",
        "permit (principal, action == Clinic::Action::\"amend\", resource is ¦",
        "permit (principal, action, resource) ¦",
        "permit (principal, action, resource) when ¦",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain(
        [
            "¦",
            "principal.¦",
            "principal.contact.¦",
            "principal.con¦",
            "resource.patient.doctor.¦",
            "resource has ¦",
            "resource has patient.¦",
            "resource.patient.getTag(\"¦",
            "context.¦",
            "context.network.¦",
            "context.purpose == ¦",
            "context.purpose == Clinic::Purpose::\"¦",
            "resource.kind == ¦",
            "resource.kind == \"¦\"",
            "[\"¦\"].contains(resource.kind)",
            "principal.contact.mail == \"¦",
            "principal.role ¦",
            "principal.grade ¦",
            "principal ¦",
            "principal in ¦",
            "resource.written.¦",
            "resource.value.less¦",
            "action ¦",
            "action in ¦",
            "principal == ¦",
            "if context.mfa ¦",
            "(resource.patient).¦",
            "resource[\"patient\"].¦",
            "principal is Clinic::Patient || principal.¦",
            "// principal.¦",
        ]
        .into_iter()
        .map(when),
    ) {
        let shown = place.replace(SCOPE, "… ");
        let _ = writeln!(told, "{}", shown.replace('\n', "⏎"));
        for (number, found) in completions(&compiled, &place).iter().enumerate() {
            if number == 9 {
                let _ = writeln!(told, "    …");
                break;
            }
            let Completion {
                label,
                kind,
                detail,
                info,
                insert,
                from_column,
            } = found;
            let insert = insert.replace('\n', "⏎");
            let insert = if insert == *label {
                String::new()
            } else {
                format!(" → {insert}")
            };
            let _ = writeln!(
                told,
                "    {from_column} {kind:?} {label}{insert} | {detail} | {info}"
            );
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn the_scope_narrows_what_is_offered() {
    let compiled = sound(&clinic());
    let offered = |scope: &str, condition: &str| {
        labels(
            &compiled,
            &format!("permit ({scope}) when {{ {condition} }};"),
        )
    };
    let has = |list: &[String], name: &str| list.iter().any(|label| label == name);
    let staff = offered(
        "principal is Clinic::Staff, action, resource",
        "principal.¦",
    );
    assert!(has(&staff, "grade") && !has(&staff, "consent"), "{staff:?}");
    let patient = offered(
        "principal == Clinic::Patient::\"p1\", action, resource",
        "principal.¦",
    );
    assert!(
        has(&patient, "consent") && !has(&patient, "grade"),
        "{patient:?}"
    );
    let both = offered(
        "principal, action == Clinic::Action::\"read\", resource",
        "principal.¦",
    );
    assert!(has(&both, "consent") && has(&both, "grade"), "{both:?}");
    let in_unit = offered(
        "principal in Clinic::Unit::\"lab\", action, resource",
        "principal.¦",
    );
    assert!(
        has(&in_unit, "grade") && !has(&in_unit, "consent"),
        "{in_unit:?}"
    );
    let amends = offered(
        "principal, action == Clinic::Action::\"amend\", resource",
        "context.¦",
    );
    assert_eq!(amends, ["mfa", "now"]);
    let group = offered(
        "principal, action in Clinic::Action::\"look\", resource",
        "context.¦",
    );
    assert_eq!(group, ["mfa", "network", "purpose"]);
    let summary = offered(
        "principal, action == Clinic::Action::\"read summary\", resource",
        "resource.¦",
    );
    assert!(
        has(&summary, "consent") && !has(&summary, "sealed"),
        "{summary:?}"
    );
    let tested = offered(
        "principal, action, resource",
        "principal is Clinic::Patient && principal.¦",
    );
    assert!(
        has(&tested, "consent") && !has(&tested, "grade"),
        "{tested:?}"
    );
}

#[test]
fn completion_without_a_schema_still_knows_the_language() {
    let labels: Vec<_> = complete(
        None,
        None,
        None,
        "permit (principal, action, resource) when { ",
        1,
        46,
    )
    .into_iter()
    .map(|found| found.label)
    .collect();
    assert!(labels.iter().any(|label| label == "context"), "{labels:?}");
}

#[test]
fn hovering_explains() {
    let compiled = sound(&clinic());
    let schema = compiled.schema.as_deref();
    let text = "@id(\"x\") @authority(\"y\")\npermit (principal is Clinic::Staff in Clinic::Unit::\"lab\", action in [Clinic::Action::\"read\", Clinic::Action::\"look\"], resource)\nwhen { principal.contact has pager && !resource.patient.getTag(\"a\").isEmpty() && context.network.isInRange(ip(\"::1\")) && context.purpose == Clinic::Purpose::\"care\" && principal.mentor.grade >= 3 };\npermit (principal == ?principal, action, resource); // when";
    let mut told = String::new();
    let mut last = None;
    for (at, _) in text.char_indices() {
        let (line, column) = place(text, at);
        let found = hover(schema, Some(&compiled.set), "a.cedar", text, line, column);
        if found != last
            && let Some(found) = &found
        {
            let source = &found.source;
            let _ = writeln!(
                told,
                "{}:{}-{}:{} {}",
                source.line, source.column, source.end_line, source.end_column, found.title
            );
            let _ = writeln!(
                told,
                "    {}\n    {}",
                found.signature.replace('\n', "\n    "),
                found.text
            );
        }
        last = found;
    }
    insta::assert_snapshot!(told);
}

fn place(text: &str, at: usize) -> (u32, u32) {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap().encode_utf16().count() + 1;
    (line as u32, column as u32)
}

#[test]
fn declarations_are_found() {
    let files = clinic();
    let compiled = sound(&files);
    let schema = compiled.schema.as_deref();
    let text_of = |path: &str| String::from_utf8(files.get(path).unwrap().to_vec()).unwrap();
    let mut told = String::new();
    for (file, marked) in [
        (
            "a.cedar",
            "permit (principal is Clinic::St¦aff, action, resource);",
        ),
        (
            "a.cedar",
            "permit (principal, action == Clinic::Action::\"re¦ad\", resource);",
        ),
        (
            "a.cedar",
            "permit (principal, action == Clinic::Action::\"read sum¦mary\", resource);",
        ),
        (
            "a.cedar",
            "permit (principal == Clinic::Patient::\"p¦1\", action, resource);",
        ),
        (
            "a.cedar",
            "permit (principal, action, resource is Clinic::Chart) when { resource.patient.con¦sent };",
        ),
        (
            "a.cedar",
            "permit (principal is Clinic::Staff, action, resource) when { principal.contact.pa¦ger == \"\" };",
        ),
        (
            "a.cedar",
            "permit (principal, action == Clinic::Action::\"amend\", resource) when { context.n¦ow == 1 };",
        ),
        (
            "a.cedar",
            "permit (principal, action == Clinic::Action::\"read\", resource) when { context.m¦fa };",
        ),
        ("a.cedar", "permit (princ¦ipal, action, resource);"),
        ("schema/a.cedarschema", "entity X = { a: Pati¦ent };"),
    ] {
        let (text, line, column) = cursor(marked);
        let found = definition(schema, Some(&compiled.set), file, &text, line, column);
        let found = found.map_or("nowhere".to_owned(), |source| {
            let text = text_of(&source.file);
            let line = text.lines().nth(source.line as usize - 1).unwrap();
            let name = &line[source.column as usize - 1..source.end_column as usize - 1];
            format!(
                "{}:{}:{} `{name}` in `{}`",
                source.file,
                source.line,
                source.column,
                line.trim()
            )
        });
        let _ = writeln!(told, "{marked}\n    {found}");
    }
    let links = text_of("links/opinions.json");
    let (line, column) = place(&links, links.find("second-opinion").unwrap());
    let found = definition(
        schema,
        Some(&compiled.set),
        "links/opinions.json",
        &links,
        line,
        column,
    );
    assert_eq!(found.unwrap().file, "policies/sharing.cedar");
    insta::assert_snapshot!(told);
}

#[test]
fn no_prefix_of_a_policy_breaks_anything() {
    let files = clinic();
    let compiled = sound(&files);
    for (path, content) in files.iter().filter(|(path, _)| path.ends_with(".cedar")) {
        let text = std::str::from_utf8(content).unwrap();
        for (at, _) in text.char_indices() {
            let (line, column) = place(text, at);
            for text in [&text[..at], text] {
                check(&compiled, path, text, line, column);
            }
        }
    }
}

/// Asks everything about a place; answers stay on the line and inside the text.
fn check(compiled: &Compiled, path: &str, text: &str, line: u32, column: u32) {
    let (schema, set) = (compiled.schema.as_deref(), Some(&*compiled.set));
    let found = complete(schema, set, Some(&compiled.entities), text, line, column);
    assert!(found.len() <= 200);
    for completion in found {
        assert!(
            (1..=column).contains(&completion.from_column),
            "{completion:?}"
        );
        assert!(!completion.label.is_empty() && !completion.insert.is_empty());
    }
    if let Some(found) = hover(schema, set, path, text, line, column) {
        let lines: Vec<&str> = text.split('\n').collect();
        let last = lines.get(found.source.end_line as usize - 1).unwrap();
        assert!(found.source.end_column as usize <= last.encode_utf16().count() + 1);
        assert!(!found.title.is_empty());
    }
    let _ = definition(schema, set, path, text, line, column);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_breaks_nothing(pieces in prop::collection::vec(piece(), 0..25), line in 0..4_u32, column in 0..60_u32) {
        let text: String = pieces.concat();
        let mut files = clinic();
        files.insert("policies/any.cedar".into(), text.as_bytes().into());
        let compiled = policy::compile(&files);
        crate::support::assert_places_exist(&files, &compiled.problems);
        let _ = policy::format("policies/any.cedar", &text, 80);
        let found = complete(compiled.schema.as_deref(), Some(&compiled.set), Some(&compiled.entities), &text, line, column);
        prop_assert!(found.len() <= 200);
        let _ = hover(compiled.schema.as_deref(), Some(&compiled.set), "a.cedar", &text, line, column);
        let _ = definition(compiled.schema.as_deref(), Some(&compiled.set), "a.cedar", &text, line, column);
        if let Some(schema) = &compiled.schema {
            let problems = policy::validate(&compiled.set, schema, None);
            crate::support::assert_places_exist(&files, &problems);
        }
    }
}

/// Pieces of policies, so that arbitrary text is nearly a policy.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(vec![
            "permit", "forbid", " (", "principal", "action", "resource", ", ", ")", " when ", " unless ", "{ ", " }", ";", "\n",
            "@id(\"", "\"", "@", " is ", " in ", " == ", " has ", "Clinic::Staff", "Clinic::", "::", "Clinic::Action::\"read\"",
            ".", "context", ".mfa", ".contact", " && ", " || ", "!", "[", "]", "ip(\"", "if ", " then ", " else ", "// ", "?principal", "\\",
            "permit (principal, action, resource);\n", "1", "😀", "\r\n", "is", "like",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ]
}
