//! Opening, editing, saving: what becomes of a text.

use std::{fs, sync::Arc, thread};

use ipc::{FileKind, FormatText, NamedTest, Place, Settings, Suggest, Theme};
use model::Decision;

use super::*;

#[test]
fn a_plain_folder_opens_with_everything_in_it() {
    let bench = Bench::new();
    let (studio, view) = bench.small_studio();
    assert_eq!(
        (view.name.as_str(), view.base.as_str()),
        ("small", "saved files")
    );
    assert_eq!((view.policies, view.templates, view.entities), (3, 0, 5));
    assert!(view.problems.is_empty(), "{:?}", view.problems);
    assert!(view.notices.is_empty(), "{:?}", view.notices);
    let files: Vec<_> = view
        .files
        .iter()
        .map(|file| (file.path.as_str(), file.kind, file.policies))
        .collect();
    assert_eq!(
        files,
        [
            ("ALLOW/ada_views_menu.json", FileKind::Tests, 0),
            ("DENY/bo_views_plan_without_mfa.json", FileKind::Tests, 0),
            ("app.cedarschema", FileKind::Schema, 0),
            ("entities.json", FileKind::Entities, 0),
            ("policies.cedar", FileKind::Policies, 3),
        ]
    );
    assert!(
        view.files
            .iter()
            .all(|file| file.editable && !file.draft && !file.changed)
    );
    let view_action = &view
        .actions
        .iter()
        .find(|action| action.id == "Action::\"view\"")
        .unwrap();
    assert_eq!(
        view_action.context,
        [("mfa".to_owned(), "Bool".to_owned(), true)]
    );
    assert_eq!(
        (
            view_action.principals.as_slice(),
            view_action.resources.as_slice()
        ),
        (&["User".to_owned()][..], &["Doc".to_owned()][..])
    );

    let start = studio.start(()).unwrap();
    assert_eq!(start.workspace, Some(view));
    assert_eq!(
        (
            start.recent.len(),
            start.recent[0].name.as_str(),
            start.recent[0].exists
        ),
        (1, "small", true)
    );
}

#[test]
fn an_edit_is_judged_kept_saved_and_gone_again() {
    let bench = Bench::new();
    let (studio, view) = bench.small_studio();
    let file = studio.open_file(at("policies.cedar")).unwrap();
    assert_eq!(
        (
            file.text.as_str(),
            file.saved.as_str(),
            file.base.as_deref()
        ),
        (POLICIES, POLICIES, Some(POLICIES))
    );
    assert_eq!(
        (file.policies.len(), file.draft, file.conflict),
        (3, false, false)
    );

    let text = POLICIES.replace("resource.owner", "resource.onwer");
    let result = studio.edit_file(edit("policies.cedar", &text, 1)).unwrap();
    assert_eq!(
        (
            result.revision,
            result.draft,
            result.changed,
            result.problems_total
        ),
        (1, true, true, 1)
    );
    assert_eq!(
        (result.problems[0].code, result.problems[0].line),
        (Code::PolicyInvalid, 3)
    );
    assert_eq!(result.unkept, None);

    let text = POLICIES.replace(
        "unless { context.mfa }",
        "unless { context.mfa && principal == resource.owner }",
    );
    let result = studio.edit_file(edit("policies.cedar", &text, 2)).unwrap();
    assert!(result.problems.is_empty(), "{:?}", result.problems);
    assert_eq!(
        fs::read_to_string(bench.base.join("small/policies.cedar")).unwrap(),
        POLICIES
    );
    assert_eq!(
        studio
            .decide(asked("ada", "view", "plan", true).into())
            .unwrap()
            .decision,
        Decision::Deny
    );
    let file = studio.view_workspace(()).unwrap().files.pop().unwrap();
    assert!(file.draft && file.changed);

    let saved = studio.save_file(at("policies.cedar")).unwrap();
    assert_eq!(
        (saved.text.as_str(), saved.saved.as_str(), saved.draft),
        (text.as_str(), text.as_str(), false)
    );
    assert_eq!(
        fs::read_to_string(bench.base.join("small/policies.cedar")).unwrap(),
        text
    );
    assert_eq!(
        studio.history(()).unwrap()[0].title,
        "Saved `policies.cedar`"
    );

    studio.edit_file(edit("policies.cedar", "", 3)).unwrap();
    let back = studio.discard_draft(at("policies.cedar")).unwrap();
    assert_eq!((back.text, back.draft), (text.clone(), false));
    studio.edit_file(edit("policies.cedar", "", 4)).unwrap();
    let result = studio.edit_file(edit("policies.cedar", &text, 5)).unwrap();
    assert!(
        !result.draft,
        "typing a draft back to the saved text ends it"
    );
    drop((studio, view));
    let view = open(&bench.studio(), &bench.base.join("small"));
    assert!(view.recovered.is_empty());
}

#[test]
fn an_edit_overtaken_by_a_later_one_changes_nothing() {
    let bench = Bench::new();
    let (studio, _) = bench.small_studio();
    studio
        .edit_file(edit("policies.cedar", "// new", 8))
        .unwrap();
    let late = studio
        .edit_file(edit("policies.cedar", "// old", 7))
        .unwrap();
    assert_eq!((late.revision, late.draft), (7, true));
    // A window that was reloaded counts from the beginning.
    assert_eq!(
        studio.open_file(at("policies.cedar")).unwrap().text,
        "// new"
    );
    studio
        .edit_file(edit("policies.cedar", "// reloaded", 1))
        .unwrap();
    assert_eq!(
        studio.open_file(at("policies.cedar")).unwrap().text,
        "// reloaded"
    );
}

#[test]
fn drafts_are_offered_again_until_they_are_touched() {
    let bench = Bench::new();
    let (studio, _) = bench.small_studio();
    studio
        .edit_file(edit("policies.cedar", "// draft", 1))
        .unwrap();
    drop(studio);
    let studio = bench.studio();
    let view = open(&studio, &bench.base.join("small"));
    assert_eq!(view.recovered, ["policies.cedar"]);
    let file = studio.open_file(at("policies.cedar")).unwrap();
    assert_eq!(
        (file.text.as_str(), file.draft, file.conflict),
        ("// draft", true, false)
    );
    studio
        .edit_file(edit("policies.cedar", "// more", 1))
        .unwrap();
    assert!(studio.view_workspace(()).unwrap().recovered.is_empty());
}

#[test]
fn a_file_changed_by_another_program_is_not_overwritten() {
    let bench = Bench::new();
    let (studio, _) = bench.small_studio();
    let place = bench.base.join("small/policies.cedar");
    studio
        .edit_file(edit("policies.cedar", "// mine", 1))
        .unwrap();
    fs::write(&place, "// theirs").unwrap();
    assert_eq!(
        code(studio.save_file(at("policies.cedar"))),
        Code::FileConflict
    );
    assert_eq!(fs::read_to_string(&place).unwrap(), "// theirs");
    assert!(studio.poll());
    assert_eq!(lock(&bench.events).last(), Some(&Event::WorkspaceChanged));
    let file = studio.open_file(at("policies.cedar")).unwrap();
    assert_eq!(
        (file.text.as_str(), file.saved.as_str(), file.conflict),
        ("// mine", "// theirs", true)
    );
    // The same conflict is found by the next session.
    drop(studio);
    let studio = bench.studio();
    open(&studio, &bench.base.join("small"));
    assert_eq!(
        code(studio.save_file(at("policies.cedar"))),
        Code::FileConflict
    );
    assert_eq!(
        studio.discard_draft(at("policies.cedar")).unwrap().text,
        "// theirs"
    );

    // What another program wrote in the same words is no conflict, and a file that went away is made again.
    studio
        .edit_file(edit("policies.cedar", "// same", 1))
        .unwrap();
    fs::write(&place, "// same").unwrap();
    assert!(!studio.save_file(at("policies.cedar")).unwrap().draft);
    studio
        .edit_file(edit("policies.cedar", "// again", 2))
        .unwrap();
    fs::remove_file(&place).unwrap();
    studio.save_file(at("policies.cedar")).unwrap();
    assert_eq!(fs::read_to_string(&place).unwrap(), "// again");
    assert!(!studio.poll());
}

#[test]
fn line_endings_are_kept_and_formatting_on_save_is_asked_for() {
    let bench = Bench::new();
    let root = bench.small();
    write(
        &root,
        "crlf.cedar",
        "@id(\"x\")\r\npermit(principal,action,resource);\r\n",
    );
    let studio = bench.studio();
    open(&studio, &root);
    let file = studio.open_file(at("crlf.cedar")).unwrap();
    assert_eq!(
        file.text,
        "@id(\"x\")\npermit(principal,action,resource);\n"
    );
    assert!(
        !studio
            .edit_file(edit("crlf.cedar", &file.text, 1))
            .unwrap()
            .draft
    );
    studio
        .edit_file(edit("crlf.cedar", &file.text.replace('x', "y"), 2))
        .unwrap();
    studio.save_file(at("crlf.cedar")).unwrap();
    assert_eq!(
        fs::read_to_string(root.join("crlf.cedar")).unwrap(),
        "@id(\"y\")\r\npermit(principal,action,resource);\r\n"
    );

    studio
        .save_settings(Settings {
            format_on_save: true,
            theme: Theme::Dark,
            ..Settings::default()
        })
        .unwrap();
    studio
        .edit_file(edit("crlf.cedar", &file.text.replace('x', "z"), 3))
        .unwrap();
    let saved = studio.save_file(at("crlf.cedar")).unwrap();
    assert_eq!(
        saved.text,
        "@id(\"z\")\npermit (principal, action, resource);\n"
    );
    assert_eq!(
        fs::read_to_string(root.join("crlf.cedar")).unwrap(),
        saved.text.replace('\n', "\r\n")
    );
    studio.edit_file(edit("crlf.cedar", "permit(", 4)).unwrap();
    assert_eq!(
        studio.save_file(at("crlf.cedar")).unwrap().text,
        "permit(",
        "what does not parse is saved as it is"
    );
    assert_eq!(studio.start(()).unwrap().settings.theme, Theme::Dark);

    let format = |text: &str| {
        studio.format(FormatText {
            path: "a.cedar".into(),
            text: text.into(),
        })
    };
    assert_eq!(
        format("permit(principal,action,resource);").unwrap(),
        "permit (principal, action, resource);\n"
    );
    assert_eq!(code(format("permit(")), Code::PolicySyntax);
}

#[test]
fn files_are_made_and_nothing_is_overwritten_by_that() {
    let bench = Bench::new();
    let (studio, _) = bench.small_studio();
    let file = studio.create_file(at("access/new.cedar")).unwrap();
    assert_eq!(
        (file.text.as_str(), file.base.as_deref()),
        ("", Some("")),
        "what is saved is the base here"
    );
    assert!(bench.base.join("small/access/new.cedar").is_file());
    assert_eq!(
        code(studio.create_file(at("access/new.cedar"))),
        Code::FileWrite
    );
    assert_eq!(
        code(studio.create_file(at("access/new.txt"))),
        Code::BadCall
    );
    assert!(
        studio
            .view_workspace(())
            .unwrap()
            .files
            .iter()
            .any(|file| file.path == "access/new.cedar")
    );
}

#[test]
fn no_call_leads_out_of_the_workspace() {
    let bench = Bench::new();
    let (studio, _) = bench.small_studio();
    write(&bench.base, "outside.cedar", "// secret");
    for path in [
        "../outside.cedar",
        "/etc/passwd",
        ".fabric/x.cedar",
        "a/../../outside.cedar",
        "",
    ] {
        assert_eq!(
            code(studio.open_file(at(path))),
            Code::FileOutside,
            "{path}"
        );
        assert_eq!(
            code(studio.edit_file(edit(path, "x", 1))),
            Code::FileOutside,
            "{path}"
        );
        assert_eq!(
            code(studio.save_file(at(path))),
            Code::FileOutside,
            "{path}"
        );
        assert_eq!(
            code(studio.create_file(at(path))),
            Code::FileOutside,
            "{path}"
        );
        assert_eq!(
            code(studio.discard_draft(at(path))),
            Code::FileOutside,
            "{path}"
        );
    }
    assert_eq!(
        fs::read_to_string(bench.base.join("outside.cedar")).unwrap(),
        "// secret"
    );
}

#[test]
fn tests_run_against_the_draft_and_are_kept_in_files() {
    let bench = Bench::new();
    let (studio, _) = bench.small_studio();
    let passed = |studio: &Studio| -> Vec<_> {
        studio
            .run_tests(())
            .unwrap()
            .into_iter()
            .map(|test| (test.test.name, test.passed))
            .collect()
    };
    let both = |a, b| {
        vec![
            ("ada_views_menu".to_owned(), a),
            ("bo_views_plan_without_mfa".to_owned(), b),
        ]
    };
    assert_eq!(passed(&studio), both(true, true));
    studio
        .edit_file(edit(
            "policies.cedar",
            &POLICIES.replace("forbid", "permit"),
            1,
        ))
        .unwrap();
    assert_eq!(passed(&studio), both(true, false));
    studio
        .edit_file(edit("policies.cedar", "permit(", 2))
        .unwrap();
    let views = studio.run_tests(()).unwrap();
    assert_eq!(views[0].outcome.as_ref().unwrap_err().code, Code::SetBroken);
    studio.discard_draft(at("policies.cedar")).unwrap();

    let test = NamedTest {
        name: "owners edit".into(),
        request: asked("bo", "edit", "menu", false),
        entities: None,
        decision: Decision::Allow,
        reasons: vec!["owners".into()],
    };
    let views = studio.save_test(test.clone()).unwrap();
    assert_eq!(
        (views.len(), views[2].passed, views[2].file.as_str()),
        (3, true, "tests/saved.json")
    );
    let wrong = NamedTest {
        reasons: vec!["staff-view".into()],
        ..test
    };
    assert!(!studio.save_test(wrong).unwrap()[2].passed);
    assert_eq!(studio.delete_test(name("owners edit")).unwrap().len(), 2);
    assert_eq!(code(studio.delete_test(name("owners edit"))), Code::BadCall);
}

#[test]
fn a_test_may_bring_the_entities_it_speaks_of() {
    let bench = Bench::new();
    let (studio, _) = bench.small_studio();
    let entities = vec![serde_json::json!({
        "uid": {"type": "Doc", "id": "plan"}, "parents": [],
        "attrs": {"owner": {"__entity": {"type": "User", "id": "ada"}}, "secret": false}
    })];
    // In the workspace the plan is secret, and bo's.
    let ask = ipc::Ask {
        request: asked("ada", "edit", "plan", false),
        entities: Some(entities.clone()),
    };
    assert_eq!(
        studio.decide(ask.request.clone().into()).unwrap().decision,
        Decision::Deny
    );
    assert_eq!(
        studio.decide(ask.clone()).unwrap().reasons,
        ["owners".to_owned()]
    );
    let test = NamedTest {
        name: "ada's own plan".into(),
        request: ask.request,
        entities: Some(entities),
        decision: Decision::Allow,
        reasons: Vec::new(),
    };
    let views = studio.save_test(test.clone()).unwrap();
    let kept = views.iter().find(|view| view.test == test).unwrap();
    assert!(kept.passed, "{kept:?}");
    let unreadable = NamedTest {
        name: "nonsense".into(),
        entities: Some(vec![serde_json::json!({"uid": 7})]),
        ..test
    };
    let views = studio.save_test(unreadable).unwrap();
    let kept = views.iter().find(|view| view.test.name == "nonsense");
    let outcome = &kept.unwrap().outcome;
    assert_eq!(outcome.as_ref().unwrap_err().code, Code::RequestInvalid);
}

#[test]
fn requests_are_decided_explained_and_filled_in() {
    let bench = Bench::new();
    let (studio, _) = bench.small_studio();
    let denied = studio
        .decide(asked("ada", "view", "plan", false).into())
        .unwrap();
    assert_eq!(
        (denied.decision, denied.reasons.as_slice()),
        (Decision::Deny, &["nothing-secret".to_owned()][..])
    );
    assert_eq!(denied.clauses[0].text, "resource.secret");
    let suggest = |types: &[&str], text: &str| {
        studio
            .suggest_ids(Suggest {
                types: types.iter().map(|kind| (*kind).to_owned()).collect(),
                text: text.into(),
                limit: 5,
            })
            .unwrap()
    };
    assert_eq!(suggest(&["User"], ""), ["User::\"ada\"", "User::\"bo\""]);
    assert_eq!(suggest(&["Action"], "ed"), ["Action::\"edit\""]);
    let mut bad = asked("ada", "view", "plan", false);
    bad.action = "view".into();
    assert_eq!(code(studio.decide(bad.into())), Code::RequestInvalid);
}

#[test]
fn calls_from_many_threads_end_in_the_newest_text() {
    let bench = Bench::new();
    let (studio, _) = bench.small_studio();
    let studio = Arc::new(studio);
    thread::scope(|scope| {
        for thread in 0..4_u32 {
            let studio = studio.clone();
            scope.spawn(move || {
                for step in 0..25 {
                    let revision = step * 4 + thread + 1;
                    let text = format!("// {revision}\n{POLICIES}");
                    assert_eq!(
                        studio
                            .edit_file(edit("policies.cedar", &text, revision))
                            .unwrap()
                            .revision,
                        revision
                    );
                    studio.run_tests(()).unwrap();
                }
            });
        }
    });
    assert!(
        studio
            .open_file(at("policies.cedar"))
            .unwrap()
            .text
            .starts_with("// 100\n")
    );
    drop(studio);
    let studio = bench.studio();
    open(&studio, &bench.base.join("small"));
    assert!(
        studio
            .open_file(at("policies.cedar"))
            .unwrap()
            .text
            .starts_with("// 100\n"),
        "the newest is also what was kept"
    );
}

#[test]
fn without_a_workspace_every_call_says_so() {
    let bench = Bench::new();
    let (studio, _) = bench.small_studio();
    studio
        .edit_file(edit("policies.cedar", "// kept", 1))
        .unwrap();
    studio.close_workspace(()).unwrap();
    assert_eq!(code(studio.view_workspace(())), Code::WorkspaceMissing);
    assert_eq!(
        code(studio.edit_file(edit("policies.cedar", "", 2))),
        Code::WorkspaceMissing
    );
    assert_eq!(studio.start(()).unwrap().workspace, None);
    assert_eq!(
        open(&studio, &bench.base.join("small")).recovered,
        ["policies.cedar"]
    );
    let view = open(&studio, &bench.base.join("small"));
    assert!(
        view.notices.is_empty(),
        "opening the open workspace again finds no other Studio: {:?}",
        view.notices
    );
}

#[test]
fn the_editor_is_told_what_could_stand_and_what_stands_at_a_place() {
    let bench = Bench::new();
    let (studio, _) = bench.small_studio();
    let text = "permit (principal, action, resource)\nwhen { resource.";
    let place = |path: &str, text: &str, line, column| Place {
        path: path.into(),
        text: text.into(),
        line,
        column,
    };
    let labels = |path: &str| -> Vec<String> {
        let found = studio.complete(place(path, text, 2, 17)).unwrap();
        found
            .into_iter()
            .map(|completion| completion.label)
            .collect()
    };
    let found = labels("policies.cedar");
    assert!(
        found.contains(&"owner".to_owned()) && found.contains(&"secret".to_owned()),
        "{found:?}"
    );
    assert!(labels("entities.json").is_empty());

    let at = POLICIES
        .lines()
        .position(|line| line.contains("resource.owner"))
        .unwrap();
    let column = POLICIES.lines().nth(at).unwrap().find("owner").unwrap() as u32 + 2;
    let place = place("policies.cedar", POLICIES, at as u32 + 1, column);
    let hover = studio.hover(place.clone()).unwrap().unwrap();
    assert!(hover.title.contains("owner"), "{hover:?}");
    let declared = studio.definition(place).unwrap().unwrap();
    assert_eq!(
        (declared.file.as_str(), declared.line),
        ("app.cedarschema", 3)
    );
}
