//! Projects of others: what is found in them, and what becomes of them.

use std::fs;

use ipc::{Host as _, ProjectAsked, ProjectView};
use model::Code;

use super::{Bench, ENTITIES, POLICIES, SCHEMA, at, code, request, small_log, write};

/// A Cedar project that names its files as it likes.
fn cedar(bench: &Bench) -> std::path::PathBuf {
    let root = bench.base.join("theirs");
    write(&root, "src/app.cedar", POLICIES);
    write(&root, "src/app.cedarschema", SCHEMA);
    write(&root, "fixtures/world.json", ENTITIES);
    write(
        &root,
        "ALLOW/ada_views_menu.json",
        &request("ada", "view", "menu", true),
    );
    write(
        &root,
        "fixtures/ask.json",
        &request("bo", "view", "plan", false),
    );
    write(&root, "src/main.rs", "fn main() {}");
    write(&root, "data.yaml", "a: 1");
    write(&root, ".git/HEAD", "ref: refs/heads/main");
    write(&root, "logs/app.log", "started\nstopped\n");
    fs::rename(small_log(&root), root.join("logs/november.jsonl")).unwrap();
    root
}

fn part<'v>(view: &'v ProjectView, name: &str) -> Option<(Vec<&'v str>, u64)> {
    let part = view.parts.iter().find(|it| it.part == name)?;
    Some((part.files.iter().map(String::as_str).collect(), part.holds))
}

#[test]
fn what_is_in_a_cedar_project_is_told_by_name_and_by_content() {
    let bench = Bench::new();
    let root = cedar(&bench);
    let view = bench
        .studio()
        .look_at_project(at(root.to_str().unwrap()))
        .unwrap();
    assert_eq!(view.name, "theirs");
    assert_eq!(part(&view, "policies"), Some((vec!["src/app.cedar"], 3)));
    assert_eq!(
        part(&view, "schema"),
        Some((vec!["src/app.cedarschema"], 0))
    );
    assert_eq!(
        part(&view, "entities"),
        Some((vec!["entities/world.json"], 5))
    );
    assert_eq!(
        part(&view, "tests"),
        Some((vec!["ALLOW/ada_views_menu.json"], 0))
    );
    assert_eq!(part(&view, "modules"), None);
    let logs: Vec<_> = view.logs.iter().map(|log| log.path.as_str()).collect();
    assert_eq!(logs, [root.join("logs/november.jsonl").to_str().unwrap()]);
    let mut left: Vec<_> = view.left.iter().map(|it| it.path.as_str()).collect();
    left.sort_unstable();
    assert_eq!(left, ["data.yaml", "fixtures/ask.json"]);
    assert_eq!((view.others, view.problems.len()), (2, 0));
}

#[test]
fn a_new_workspace_is_made_of_it_and_opened() {
    let bench = Bench::new();
    let root = cedar(&bench);
    let studio = bench.studio();
    let into = |folder: &std::path::Path| {
        studio.take_project(ProjectAsked {
            path: root.display().to_string(),
            into: Some(folder.display().to_string()),
        })
    };
    let taken = into(&bench.base.join("ours")).unwrap();
    assert_eq!(taken.workspace.name, "theirs");
    assert_eq!((taken.workspace.policies, taken.workspace.entities), (3, 5));
    assert!(taken.workspace.problems.is_empty());
    assert!(studio.run_tests(()).unwrap()[0].passed);
    // A folder that holds something gets another below it, and then is full.
    let below = into(&bench.base).map(|taken| taken.workspace.root);
    assert_eq!(code(below), Code::WorkspaceExists);
    let shelf = bench.base.join("shelf");
    write(&shelf, "notes.md", "mine");
    assert!(
        into(&shelf)
            .unwrap()
            .workspace
            .root
            .ends_with("shelf/theirs")
    );
    assert_eq!(code(into(&shelf)), Code::WorkspaceExists);
}

#[test]
fn a_workspace_takes_what_it_has_not_and_gives_it_back() {
    let bench = Bench::new();
    let root = cedar(&bench);
    let (studio, view) = bench.small_studio();
    let mine = bench.base.join("small");
    // The same path with another text: it stays as it is.
    write(
        &root,
        "policies.cedar",
        "@id(\"theirs\")\npermit (principal, action, resource);\n",
    );
    let found = studio.look_at_project(at(root.to_str().unwrap())).unwrap();
    assert_eq!(found.kept, ["policies.cedar"]);
    let asked = ProjectAsked {
        path: root.display().to_string(),
        into: None,
    };
    let taken = studio.take_project(asked.clone()).unwrap();
    assert_eq!(taken.created.len() as u64, found.added);
    assert_eq!(
        fs::read_to_string(mine.join("policies.cedar")).unwrap(),
        POLICIES
    );
    assert!(mine.join("src/app.cedar").is_file());
    // Twice is once.
    assert!(studio.take_project(asked).unwrap().created.is_empty());
    // What was changed since stays.
    write(&mine, "src/app.cedar", "// mine now\n");
    assert_eq!(
        studio.take_back_project(taken.created).unwrap(),
        ["src/app.cedar"]
    );
    assert!(!mine.join("entities/world.json").exists());
    let after = studio.view_workspace(()).unwrap();
    assert_eq!(after.files.len(), view.files.len() + 1);
}

#[test]
fn an_opa_bundle_brings_the_version_of_its_modules() {
    let bench = Bench::new();
    let path = bench.base.join("authz.tar.gz");
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(
        fs::File::create(&path).unwrap(),
        flate2::Compression::default(),
    ));
    for (name, text) in [
        (".manifest", r#"{"revision": "7", "rego_version": 0}"#),
        (
            "authz/policy.rego",
            "package authz\n\ndefault allow = false\n\nallow { input.user == data.owner }\n",
        ),
        ("data.json", r#"{"owner": "ada"}"#),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap();
    let studio = bench.studio();
    let place = path.to_str().unwrap();
    let view = studio.look_at_project(at(place)).unwrap();
    assert_eq!(part(&view, "modules").unwrap().0, ["authz/policy.rego"]);
    assert_eq!(part(&view, "data").unwrap().0, ["data.json"]);
    assert!(view.problems.is_empty(), "{:?}", view.problems);
    let taken = studio.take_project(ProjectAsked {
        path: place.to_owned(),
        into: Some(bench.base.join("ours").display().to_string()),
    });
    let taken = taken.unwrap();
    assert_eq!(
        (taken.workspace.name.as_str(), taken.workspace.policies),
        ("authz", 2)
    );
    assert!(taken.workspace.problems.is_empty());
    // Cedar does not go into it.
    let cedar = ProjectAsked {
        path: cedar(&bench).display().to_string(),
        into: None,
    };
    assert_eq!(code(studio.take_project(cedar)), Code::EngineMixed);
}

#[test]
fn what_is_no_project_says_why_and_leaves_nothing() {
    let bench = Bench::new();
    let studio = bench.studio();
    write(&bench.base, "empty/notes.md", "x");
    write(&bench.base, "half.tar", "not a tar, whatever its name says");
    let asked = |path: &str| studio.look_at_project(at(bench.base.join(path).to_str().unwrap()));
    assert_eq!(code(asked("empty")), Code::WorkspaceMissing);
    assert_eq!(code(asked("half.tar")), Code::RevisionUnknown);
    assert_eq!(code(asked("nowhere")), Code::FileRead);
    let into = bench.base.join("ours");
    let taken = studio.take_project(ProjectAsked {
        path: bench.base.join("empty").display().to_string(),
        into: Some(into.display().to_string()),
    });
    assert_eq!(code(taken), Code::WorkspaceMissing);
    assert!(!into.exists());
}
