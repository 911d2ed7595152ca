//! What is broken is named with a code, a place and something to do, and nothing panics.

use std::sync::Arc;

use model::{Code, Problem};
use policy::{PolicySet, compile, format, read_tests};

use crate::support::{assert_places_exist, clinic_with, files, lines};

fn problems(texts: &[(&str, &str)]) -> Vec<Problem> {
    let files = clinic_with(texts);
    let compiled = compile(&files);
    assert_places_exist(&files, &compiled.problems);
    assert!(
        compiled
            .problems
            .iter()
            .all(|problem| !problem.hint.is_empty())
    );
    compiled.problems
}

#[test]
fn broken_policies() {
    insta::assert_snapshot!(lines(&problems(&[(
        "policies/care.cedar",
        "permit (principal, action, resource)\nwhen { principal.name = \"x\" };\n\nforbid (principal, actoin, resource);\npermit (principal, action, resource) when { 1 + };",
    )])));
}

#[test]
fn unfinished_policies() {
    insta::assert_snapshot!(lines(&problems(&[
        (
            "policies/care.cedar",
            "permit (principal, action, resource) when { context."
        ),
        (
            "policies/guards.cedar",
            "permit (principal, action, resource) when { \"abc };"
        ),
    ])));
}

#[test]
fn duplicate_ids() {
    insta::assert_snapshot!(lines(&problems(&[(
        "policies/more.cedar",
        "@id(\"care-team\")\npermit (principal, action, resource);\n@id(\"opinion-ines-c1\") permit (principal, action, resource);",
    )])));
}

#[test]
fn broken_schema() {
    insta::assert_snapshot!(lines(&problems(&[(
        "schema/clinic.cedarschema",
        "entity Staff in [Unit];\naction read appliesTo { principal: Staf, resource: Staff };"
    )])));
    insta::assert_snapshot!(lines(&problems(&[(
        "schema/clinic.cedarschema",
        "entity Staff = {\n  a: Strin\n  b: Long };"
    )])));
    insta::assert_snapshot!(lines(&problems(&[(
        "schema/clinic.cedarschema.json",
        "{\"\": {\"entityTypes\": 3}}"
    )])));
}

#[test]
fn entities_that_do_not_fit() {
    insta::assert_snapshot!(lines(&problems(&[(
        "entities/more.json",
        r#"[
  { "uid": { "type": "Clinic::Unit", "id": "a" }, "attrs": {}, "parents": [{ "type": "Clinic::Unit", "id": "b" }] },
  { "uid": { "type": "Clinic::Unit", "id": "b" }, "attrs": {}, "parents": [{ "type": "Clinic::Unit", "id": "a" }] },
  { "uid": { "type": "Clinic::Staff", "id": "eve" }, "attrs": { "role": 3 }, "parents": [] },
  { "uid": { "type": "Clinic::Robot", "id": "r" }, "attrs": {}, "parents": [] },
  { "uid": { "type": "Clinic::Staff", "id": "ada" }, "attrs": { "role": "nurse", "grade": 1, "contact": { "mail": "x" } }, "parents": [] },
  { "id": "nothing" }
]"#,
    )])));
    insta::assert_snapshot!(lines(&problems(&[(
        "entities/more.json",
        "[\n  { \"uid\": "
    )])));
}

#[test]
fn links_that_lead_nowhere() {
    insta::assert_snapshot!(lines(&problems(&[(
        "links/more.json",
        r#"[
  { "template_id": "second-opinon", "link_id": "a", "args": {} },
  { "template_id": "second-opinion", "link_id": "b", "args": { "?principal": "Clinic::Staff::\"ada\"" } },
  { "template_id": "second-opinion", "link_id": "c", "args": { "?principal": "ada", "?resource": "Clinic::Chart::\"c1\"" } },
  { "template_id": "second-opinion", "link_id": "d", "args": { "?action": "Clinic::Staff::\"ada\"" } },
  { "template_id": "second-opinion" }
]"#,
    )])));
}

#[test]
fn files_that_are_not_utf8() {
    let mut broken = clinic_with(&[]);
    for path in [
        "policies/care.cedar",
        "schema/clinic.cedarschema",
        "entities/clinic.json",
        "links/opinions.json",
        "tests/clinic.json",
    ] {
        let mut content = broken.get(path).unwrap().to_vec();
        content.splice(30..31, [0xff]);
        broken.insert(path.into(), Arc::from(content));
    }
    let mut problems = compile(&broken).problems;
    problems.extend(read_tests(&broken).1);
    assert_places_exist(&broken, &problems);
    let encoding: Vec<_> = problems
        .into_iter()
        .filter(|problem| problem.code == Code::FileEncoding)
        .collect();
    insta::assert_snapshot!(lines(&encoding));
}

#[test]
fn tests_that_cannot_be_read() {
    let files = files(&[
        (
            "tests/a.json",
            "[\n  {\"name\": \"x\", \"request\": {\"principal\": \"U::\\\"a\\\"\", \"action\": \"A\", \"resource\": \"R\"}, \"decision\": \"alow\"},\n  {\"name\": \"x\"}\n]",
        ),
        ("tests/b.json", "[{]"),
        ("ALLOW/c.json", "{\"principal\": \"U\"}"),
        (
            "ALLOW/same.json",
            "{\"principal\": \"U\", \"action\": \"A\", \"resource\": \"R\"}",
        ),
        (
            "DENY/same.json",
            "{\"principal\": \"U\", \"action\": \"A\", \"resource\": \"R\", \"contxt\": {}}",
        ),
        (
            "tests/d.json",
            "[{\"name\": \"same\", \"request\": {\"principal\": \"U\", \"action\": \"A\", \"resource\": \"R\"}, \"decision\": \"deny\"}]",
        ),
    ]);
    let (tests, problems) = read_tests(&files);
    assert_eq!(
        tests
            .iter()
            .map(|test| test.name.as_str())
            .collect::<Vec<_>>(),
        ["same"]
    );
    assert_places_exist(&files, &problems);
    insta::assert_snapshot!(lines(&problems));
}

#[test]
fn nothing_at_all() {
    let compiled = compile(&files(&[]));
    assert_eq!(compiled.set.policies().len(), 0);
    insta::assert_snapshot!(lines(&compiled.problems));
}

/// Every prefix of a policy file, and the file with each of its tokens left out: read, laid out, never a panic, and what is
/// wrong is inside the text. Policies that are not touched stay readable.
#[test]
fn mutilated_files_are_read_as_far_as_they_can_be() {
    let whole = clinic_with(&[]);
    let text = std::str::from_utf8(whole.get("policies/care.cedar").unwrap()).unwrap();
    let prefixes = text.char_indices().map(|(at, _)| text[..at].to_owned());
    let words: Vec<(usize, &str)> = text
        .split_inclusive(|letter: char| !letter.is_alphanumeric())
        .map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
        .collect();
    let without = words
        .iter()
        .map(|(at, word)| format!("{}{}", &text[..*at], &text[at + word.len()..]));
    let mut broken = 0;
    for mutilated in prefixes.step_by(3).chain(without) {
        let mut files = files(&[("policies/care.cedar", &mutilated)]);
        files.extend(
            whole
                .iter()
                .filter(|(path, _)| path.as_str() == "policies/guards.cedar")
                .map(|(path, content)| (path.clone(), content.clone())),
        );
        let (set, problems) = PolicySet::parse(&files);
        assert_places_exist(&files, &problems);
        assert!(set.get("outside-network").is_some());
        match format("policies/care.cedar", &mutilated, 80) {
            Ok(formatted) => assert!(
                !set.broken()
                    || problems
                        .iter()
                        .any(|problem| problem.code == Code::PolicyDuplicateId),
                "{formatted}"
            ),
            Err(found) => {
                broken += 1;
                assert!(set.broken() && !found.is_empty(), "{mutilated}");
            }
        }
    }
    assert!(broken > 100, "{broken}");
}

#[test]
fn one_broken_policy_does_not_hide_the_others() {
    let files = clinic_with(&[(
        "policies/care.cedar",
        "permit (principal, action, resource);\n@id(\"open\")\npermit (principal, action, resource\nwhen { \"never closed };\n@id(\"b\")\nforbid (principal, action, resource)\nwhen { context.x };\npermit (principal, action, resource);",
    )]);
    let (set, problems) = PolicySet::parse(&files);
    let ids: Vec<_> = set
        .policies()
        .iter()
        .map(|policy| (policy.id.as_str(), policy.source.line))
        .filter(|(id, _)| id.contains("care") || *id == "b")
        .collect();
    assert_eq!(
        ids,
        [
            ("policies/care.cedar#1", 1),
            ("b", 5),
            ("policies/care.cedar#4", 8)
        ]
    );
    assert!(set.broken());
    let errors: Vec<Problem> = problems
        .into_iter()
        .filter(|problem| problem.code == Code::PolicySyntax)
        .collect();
    assert_places_exist(&files, &errors);
    insta::assert_snapshot!(lines(&errors));
}

/// Policies that nest as deep as is allowed are read, decided and compared on a thread with an ordinary stack; deeper ones are
/// problems, and those beside them stay.
#[test]
fn what_nests_too_deep_is_named_and_left_out() {
    let nested = |way: usize, levels: usize| {
        let condition = match way {
            0 => format!("{}true{}", "(".repeat(levels), ")".repeat(levels)),
            1 => format!("true{}", " && true".repeat(levels)),
            2 => format!("{}true", "if false then true else ".repeat(levels)),
            3 => format!("1{} > 0", " + 1".repeat(levels)),
            _ => format!("{}1{} == [1]", "[".repeat(levels), "]".repeat(levels)),
        };
        format!("@id(\"deep\") permit (principal, action, resource) when {{ {condition} }};")
    };
    for (way, most) in [55, 3_900, 480, 480, 50].into_iter().enumerate() {
        let files = clinic_with(&[("policies/deep.cedar", &nested(way, most))]);
        let compiled = compile(&files);
        let deep = compiled.set.get("deep");
        assert!(deep.is_some(), "{way}: {:#?}", compiled.problems);
        let other = clinic_with(&[("policies/deep.cedar", &nested(way, most - 10))]);
        let changes = policy::diff(&compiled.set, &compile(&other).set);
        // Brackets alone, and what the parser folds, are no difference.
        assert!(changes.len() <= 1, "{way}: {changes:#?}");

        for levels in [4_001, 100_000] {
            let text = format!(
                "{}\n@id(\"beside\") permit (principal, action, resource);",
                nested(way, levels)
            );
            let files = clinic_with(&[("policies/deep.cedar", &text)]);
            let compiled = compile(&files);
            assert!(compiled.set.broken() && compiled.set.get("beside").is_some());
            let problems = compiled.problems.iter();
            let found: Vec<_> = problems
                .filter(|problem| problem.code == Code::PolicyTooDeep)
                .map(|problem| (problem.file.as_str(), problem.line))
                .collect();
            assert_eq!(found, [("policies/deep.cedar", 1)], "{way}");
            let unformatted = format("policies/deep.cedar", &text, 80).unwrap_err();
            assert_eq!(unformatted[0].code, Code::PolicyTooDeep);
        }
    }
    let schema = format!(
        "entity A {{ a: {}Long{} }};",
        "Set<".repeat(100_000),
        ">".repeat(100_000)
    );
    let found = problems(&[("schema/clinic.cedarschema", &schema)]);
    assert!(
        found
            .iter()
            .any(|problem| problem.code == Code::PolicyTooDeep)
    );
}
