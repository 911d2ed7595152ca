//! The Cedar project's example applications and a large schema, where the environment says where they are.

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::Instant,
};

use model::{CompletionKind, Decision, Severity};
use policy::{
    Files, WIDTH, complete, diff, format, missing_entities, read_dir, read_tests, run_test,
    validate,
};

use crate::support::{assert_places_exist, lines, sound};

/// The folder or file a variable names; says so when it is absent.
fn named(variable: &str) -> Option<PathBuf> {
    let path = env::var_os(variable).map(PathBuf::from);
    if path.is_none() {
        println!("{variable} is not set: nothing to test here");
    }
    path
}

/// The folders that hold policies.
fn applications(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    if entries.iter().any(|path| path.ends_with("policies.cedar")) {
        found.push(folder.to_owned());
    } else {
        entries
            .iter()
            .filter(|path| path.is_dir())
            .for_each(|path| applications(path, found));
    }
}

#[test]
fn the_example_applications_decide_as_their_folders_say() {
    let Some(root) = named("FABRIC_CEDAR_EXAMPLES") else {
        return;
    };
    let mut found = Vec::new();
    applications(&root, &mut found);
    assert!(found.len() >= 7, "{found:?}");
    for folder in found {
        let files = read_dir(&folder).unwrap();
        let compiled = sound(&files);
        let schema = compiled.schema.as_deref();
        let name = folder.display();
        let mut problems = compiled.problems.clone();
        problems.extend(validate(&compiled.set, schema.unwrap(), None));
        problems.extend(missing_entities(&compiled.set, &compiled.entities));
        assert_places_exist(&files, &problems);
        println!("{name}\n{}", lines(&problems));
        assert!(
            problems
                .iter()
                .all(|problem| problem.severity != Severity::Error),
            "{name}"
        );

        let (tests, problems) = read_tests(&files);
        assert_eq!(lines(&problems), "", "{name}");
        let decisions = |wanted| tests.iter().filter(|test| test.decision == wanted).count();
        assert!(
            decisions(Decision::Allow) > 0 && decisions(Decision::Deny) > 0,
            "{name}"
        );
        for test in &tests {
            let run = run_test(test, &compiled.set, &compiled.entities, schema);
            let outcome = run.outcome.unwrap();
            assert!(run.passed, "{name}: {}: {outcome:#?}", test.name);
            // Told and decided agree.
            for clause in &outcome.clauses {
                let determines = outcome.reasons.contains(&clause.policy);
                let fails = outcome
                    .errors
                    .iter()
                    .any(|error| error.policy == clause.policy);
                assert!(
                    !determines || clause.held == Some(true),
                    "{name}: {clause:?}"
                );
                assert!(
                    determines || clause.held != Some(true),
                    "{name}: {clause:?}"
                );
                assert!(clause.held.is_some() || fails, "{name}: {clause:?}");
                assert!(
                    !clause.text.is_empty() && clause.source.line > 0,
                    "{name}: {clause:?}"
                );
            }
            for reason in &outcome.reasons {
                assert!(
                    outcome
                        .clauses
                        .iter()
                        .any(|clause| clause.policy == *reason)
                );
            }
        }

        let formatted: Files = files
            .iter()
            .map(|(path, content)| {
                let text = std::str::from_utf8(content).unwrap();
                let formatted = format(path, text, WIDTH).unwrap();
                assert_eq!(
                    format(path, &formatted, WIDTH).unwrap(),
                    formatted,
                    "{name}/{path}"
                );
                (path.clone(), formatted.as_bytes().into())
            })
            .collect();
        assert_eq!(diff(&compiled.set, &sound(&formatted).set), [], "{name}");
    }
}

#[test]
fn a_large_schema_loads_and_validates() {
    let Some(path) = named("FABRIC_CEDAR_K8S") else {
        return;
    };
    let mut files = Files::new();
    files.insert("k8s.cedarschema".into(), fs::read(path).unwrap().into());
    files.insert(
        "a.cedar".into(),
        br#"@id("a") permit (principal is k8s::User, action == k8s::Action::"get", resource is core::v1::Pod) when { resource has metadata };
@id("b") permit (principal is k8s::Usr, action == k8s::Action::"get", resource);"#
            .as_slice()
            .into(),
    );
    let compiled = sound(&files);
    let problems = validate(&compiled.set, compiled.schema.as_ref().unwrap(), None);
    assert_places_exist(&files, &problems);
    println!("{}", lines(&problems));
    assert!(lines(&problems).contains("k8s::Usr"));
}

#[test]
fn a_large_schema_completes() {
    let Some(path) = named("FABRIC_CEDAR_K8S") else {
        return;
    };
    let mut files = Files::new();
    files.insert("k8s.cedarschema".into(), fs::read(path).unwrap().into());
    let compiled = sound(&files);
    let schema = compiled.schema.as_deref();
    let ask = |text: &str| {
        let started = Instant::now();
        let column = u32::try_from(text.len()).unwrap() + 1;
        let found = complete(
            schema,
            Some(&compiled.set),
            Some(&compiled.entities),
            text,
            1,
            column,
        );
        (found, started.elapsed())
    };
    // The first question reads the schema.
    let (_, first) = ask("permit (principal is ");
    println!("first {first:?}");
    for (text, label) in [
        ("permit (principal is ", "k8s::User"),
        ("permit (principal is k8s::S", "k8s::ServiceAccount"),
        ("permit (principal is k8s::User in ", "k8s::Group"),
        (
            "permit (principal, action == k8s::ad",
            "k8s::admission::Action::\"create\"",
        ),
        (
            "permit (principal, action == k8s::admission::Action::\"cr",
            "create",
        ),
        (
            "permit (principal, action == k8s::admission::Action::\"create\", resource is core::v1::Po",
            "core::v1::Pod",
        ),
        (
            "permit (principal, action == k8s::admission::Action::\"create\", resource is core::v1::Pod) when { resource.",
            "spec",
        ),
        (
            "permit (principal, action == k8s::admission::Action::\"create\", resource is core::v1::Pod) when { resource.spec.",
            "hostNetwork",
        ),
        (
            "permit (principal, action == k8s::admission::Action::\"create\", resource) when { resource.metadata.",
            "labels",
        ),
        (
            "permit (principal, action, resource) when { principal.",
            "name",
        ),
        (
            "permit (principal, action, resource) when { resource.",
            "metadata",
        ),
        ("permit (principal, action, resource) when { ", "principal"),
    ] {
        let (found, took) = ask(text);
        println!("{took:?} {} {text}", found.len());
        let labels: Vec<_> = found.into_iter().map(|found| found.label).collect();
        assert!(
            labels.iter().any(|found| found == label),
            "{text}: {labels:?}"
        );
        // Bounds only what would be felt; the measure itself is printed.
    }
    let pods = "permit (principal, action == k8s::admission::Action::\"create\", resource is core::v1::Pod) when { resource.spec has ";
    assert!(
        ask(pods)
            .0
            .iter()
            .all(|found| found.kind == CompletionKind::Attribute)
    );
}
