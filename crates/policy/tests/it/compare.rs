//! Policy sets compared, and policies laid out.

use std::{collections::BTreeMap, sync::Arc};

use policy::{Files, PolicySet, WIDTH, diff, format};
use proptest::{
    prelude::*,
    sample::subsequence,
    test_runner::{Config, TestRunner},
};

use crate::support::{clinic, files};

fn set(files: &Files) -> PolicySet {
    let (set, problems) = PolicySet::parse(files);
    assert!(!set.broken(), "{problems:#?}");
    set
}

fn told(base: &str, head: &str) -> String {
    let (base, head) = (files(&[("a.cedar", base)]), files(&[("a.cedar", head)]));
    let changes = diff(&set(&base), &set(&head));
    serde_json::to_string_pretty(&changes)
        .unwrap()
        .replace("\\n", "\n      ")
}

const BASE: &str = r#"
@id("one") @authority("A") permit (principal, action in [Action::"a", Action::"b"], resource) when { context.x == 1 && context.y != 2 } unless { context.z || context.w };
@id("two") forbid (principal is User, action, resource in Folder::"f");
@id("three") permit (principal, action, resource) when { context.mfa };
@id("t") permit (principal == ?principal, action, resource) when { true };
"#;

#[test]
fn changes_are_named_by_their_parts() {
    insta::assert_snapshot!(told(
        BASE,
        &BASE
            .replace("context.y != 2", "context.y != 3 && context.v")
            .replace("|| context.w", "")
            .replace(
                "forbid (principal is User",
                "permit (principal is User in Team::\"t\""
            )
    ));
}

#[test]
fn added_removed_renamed_annotated() {
    insta::assert_snapshot!(told(
        BASE,
        &BASE
            .replace(
                "@id(\"one\") @authority(\"A\")",
                "@id(\"one\") @authority(\"B\") @owner(\"me\")"
            )
            .replace("@id(\"two\")", "@id(\"zwei\")")
            .replace(
                "@id(\"three\") permit (principal,",
                "@id(\"four\") permit (principal == User::\"u\","
            )
            .replace("when { true }", "when { false }")
    ));
}

#[test]
fn grouping_and_order_of_actions_make_no_difference() {
    assert_eq!(
        told(
            BASE,
            &BASE
                .replace(
                    "context.x == 1 && context.y != 2 }",
                    "context.x == 1 } when { (context.y != 2) }"
                )
                .replace(
                    "Action::\"a\", Action::\"b\"",
                    "Action::\"b\", Action::\"a\""
                )
        ),
        "[]"
    );
}

#[test]
fn without_names_policies_are_told_by_what_they_say() {
    let base = "permit (principal, action, resource) when { context.a };\nforbid (principal, action, resource) when { context.b };";
    let head = "permit (principal, action == Action::\"new\", resource) when { context.c };\npermit (principal, action, resource) when { context.a };\nforbid (principal, action, resource) when { context.b && context.d };";
    insta::assert_snapshot!(told(base, head));
    assert_eq!(
        told(
            base,
            "forbid (principal, action, resource) when { context.b };permit (principal, action, resource) when { context.a };"
        ),
        "[]"
    );
}

#[test]
fn links_are_compared_with_their_slots_filled() {
    let mut head = clinic();
    let path = "policies/sharing.cedar";
    let text = String::from_utf8(head.get(path).unwrap().to_vec()).unwrap();
    head.insert(
        path.into(),
        Arc::from(text.replace("when { context.mfa }", "").as_bytes()),
    );
    let changes = diff(&set(&clinic()), &set(&head));
    insta::assert_json_snapshot!(changes);
}

/// The policies of the small workspace, each with its text.
fn pieces() -> Vec<String> {
    clinic()
        .iter()
        .filter(|(path, _)| path.ends_with(".cedar"))
        .flat_map(|(_, content)| {
            let text = String::from_utf8(content.to_vec()).unwrap();
            let pieces = text.split("@id(").skip(1);
            pieces
                .map(|piece| format!("@id({piece}"))
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn order_files_and_layout_make_no_difference() {
    let pieces = pieces();
    let whole = files(&[("all.cedar", &pieces.concat())]);
    let base = set(&whole);
    assert!(base.policies().len() >= 6);
    let mut runner = TestRunner::new(Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    });
    let shuffled = Just(pieces.clone()).prop_shuffle();
    let plan = (
        shuffled,
        subsequence((0..pieces.len()).collect::<Vec<_>>(), 0..pieces.len()),
        30..120_usize,
    );
    runner
        .run(&plan, |(pieces, apart, width)| {
            let mut texts: BTreeMap<String, String> = BTreeMap::new();
            for (at, piece) in pieces.iter().enumerate() {
                let file = match apart.contains(&at) {
                    true => format!("deep/{at}.cedar"),
                    false => "all.cedar".to_owned(),
                };
                texts.entry(file).or_default().push_str(piece);
            }
            let head: Files = texts
                .into_iter()
                .map(|(path, text)| {
                    let formatted = format(&path, &text, width).unwrap();
                    prop_assert_eq!(format(&path, &formatted, width).unwrap(), formatted.clone());
                    Ok((path, Arc::from(formatted.as_bytes())))
                })
                .collect::<Result<_, TestCaseError>>()?;
            let head = set(&head);
            prop_assert_eq!(diff(&base, &head), Vec::new());
            prop_assert_eq!(base.digest(), head.digest());
            Ok(())
        })
        .unwrap();
}

#[test]
fn comments_anywhere_survive_formatting() {
    let policy = "@id ( \"a\" )\npermit ( principal is User in Group::\"g\" , action in [ Action::\"a\" , Action::\"b\" ] , resource == Doc::\"d\" ) when { principal . name == \"x\" && [ 1 , 2 ] . contains ( context . n ) || ( if true then ! ( 1 < 2 ) else { a : 1 } . a == 1 ) } unless { resource has \"weird name\" } ;\n";
    let gaps: Vec<usize> = policy
        .match_indices(' ')
        .map(|(at, _)| at)
        .filter(|at| !policy[..*at].ends_with("\"weird"))
        .collect();
    for places in 1..3 {
        for start in (0..gaps.len()).step_by(2) {
            let mut text = policy.to_owned();
            for (number, gap) in gaps
                .iter()
                .skip(start)
                .step_by(7)
                .take(places)
                .enumerate()
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
            {
                text.insert_str(*gap, &format!(" // comment {number}\n"));
            }
            let formatted = format("a.cedar", &text, WIDTH).unwrap();
            assert_eq!(
                formatted.matches("// comment").count(),
                text.matches("// comment").count(),
                "{text}\n{formatted}"
            );
            assert_eq!(
                format("a.cedar", &formatted, WIDTH).unwrap(),
                formatted,
                "{text}"
            );
            let (before, after) = (
                files(&[("a.cedar", &text)]),
                files(&[("a.cedar", &formatted)]),
            );
            assert_eq!(diff(&set(&before), &set(&after)), []);
        }
    }
}
