//! Bad input and bad luck: each has a code, a place and a hint, and no edit is lost.

use std::fs;

use ipc::{GenerateRows, ImportPaths, Revision};

use super::*;

#[test]
fn a_second_studio_reads_edits_and_previews_but_does_not_save() {
    let bench = Bench::new();
    let (first, _) = bench.small_studio();
    let root = bench.base.join("small");
    let second = bench.studio();
    let view = open(&second, &root);
    assert_eq!(codes(&view.notices), [Code::StoreLocked]);
    assert!(
        view.notices[0]
            .details
            .as_ref()
            .unwrap()
            .contains("edits are kept in")
    );

    first
        .edit_file(edit("policies.cedar", "// first", 1))
        .unwrap();
    let result = second
        .edit_file(edit("policies.cedar", "// second", 1))
        .unwrap();
    assert!(result.draft && result.unkept.is_none());
    assert_eq!(
        code(second.save_file(at("policies.cedar"))),
        Code::StoreLocked
    );
    assert_eq!(code(second.create_file(at("new.cedar"))), Code::StoreLocked);
    drop((first, second));

    let next = bench.studio();
    let view = open(&next, &root);
    assert_eq!(codes(&view.notices), [Code::FileConflict]);
    assert_eq!(
        next.open_file(at("policies.cedar")).unwrap().text,
        "// first"
    );
    let rescued = fs::read_dir(root.join(".fabric/rescued"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    assert_eq!(fs::read_to_string(rescued).unwrap(), "// second");
}

#[test]
fn a_workspace_opens_whatever_became_of_its_database() {
    for (content, expected) in [
        (
            b"no database, but long enough to look like one".repeat(100),
            Code::StoreDamaged,
        ),
        (b"xy".to_vec(), Code::StoreDamaged),
    ] {
        let bench = Bench::new();
        let root = bench.small();
        fs::create_dir(root.join(".fabric")).unwrap();
        fs::write(root.join(".fabric/studio.db"), &content).unwrap();
        let studio = bench.studio();
        assert_eq!(codes(&open(&studio, &root).notices), [expected]);
        studio
            .edit_file(edit("policies.cedar", "// kept", 1))
            .unwrap();
        drop(studio);
        assert_eq!(fs::read(root.join(".fabric/studio.db")).unwrap(), content);
        let studio = bench.studio();
        assert_eq!(open(&studio, &root).recovered, ["policies.cedar"]);
        // A Studio whose own database is damaged still saves.
        studio.save_file(at("policies.cedar")).unwrap();
        assert_eq!(
            fs::read_to_string(root.join("policies.cedar")).unwrap(),
            "// kept"
        );
    }
}

#[test]
fn nowhere_to_write_is_told_and_edits_live_as_long_as_the_window() {
    let bench = Bench::new();
    let root = bench.small();
    // A file where each folder should be: it stops root too, as permissions would not.
    fs::write(root.join(".fabric"), "").unwrap();
    fs::write(bench.base.join("state"), "").unwrap();
    fs::write(bench.base.join("data"), "").unwrap();
    let studio = bench.studio();
    let view = open(&studio, &root);
    assert_eq!(view.notices.len(), 3, "{:?}", view.notices);
    assert!(
        view.notices[0]
            .details
            .as_ref()
            .unwrap()
            .contains("in this window only")
    );
    assert!(
        studio
            .edit_file(edit("policies.cedar", "// here", 1))
            .unwrap()
            .draft
    );
    assert_eq!(
        studio.open_file(at("policies.cedar")).unwrap().text,
        "// here"
    );
    studio.save_file(at("policies.cedar")).unwrap();
    assert_eq!(
        fs::read_to_string(root.join("policies.cedar")).unwrap(),
        "// here"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_draft_that_cannot_be_stored_stays_and_is_stored_when_it_can_be() {
    use std::process::{Command, Stdio};
    const ROOT: &str = "STUDIO_TEST_FULL_DISK";
    if let Some(root) = std::env::var_os(ROOT) {
        let root = Path::new(&root);
        let bench = Bench::new();
        for (path, text) in [("policies.cedar", POLICIES), ("app.cedarschema", SCHEMA)] {
            write(root, path, text);
        }
        let studio = bench.studio();
        assert!(open(&studio, root).notices.is_empty());
        let long = format!("// {}\n{POLICIES}", "x".repeat(900_000));
        let result = studio.edit_file(edit("policies.cedar", &long, 1)).unwrap();
        assert_eq!(result.unkept.unwrap().code, Code::StoreFull);
        assert!(
            result.draft && result.policies.len() == 3,
            "judged all the same"
        );
        assert_eq!(
            codes(&studio.view_workspace(()).unwrap().notices),
            [Code::StoreFull]
        );
        assert_eq!(studio.open_file(at("policies.cedar")).unwrap().text, long);
        let unsaved = studio.save_file(at("policies.cedar")).unwrap_err();
        assert_eq!(unsaved.code, Code::FileWrite);
        assert!(unsaved.hint.contains("kept as a draft"), "{}", unsaved.hint);
        assert_eq!(
            fs::read_to_string(root.join("policies.cedar")).unwrap(),
            POLICIES
        );
        let result = studio
            .edit_file(edit("policies.cedar", "// short", 2))
            .unwrap();
        assert_eq!(result.unkept, None);
        assert!(studio.view_workspace(()).unwrap().notices.is_empty());
        drop(studio);
        assert_eq!(open(&bench.studio(), root).recovered, ["policies.cedar"]);
        println!("\nplayed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-ec"])
        .arg(format!("mount -t tmpfs -o size=700k none \"${ROOT}\"; exec \"$0\" --nocapture --exact tests::trouble::a_draft_that_cannot_be_stored_stays_and_is_stored_when_it_can_be"))
        .arg(std::env::current_exe().unwrap())
        .env(ROOT, folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (said, complained) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    if !said.contains("running 1 test") {
        println!(
            "not tested: this system lets nobody mount a file system of their own: {complained}"
        );
        return;
    }
    assert!(
        output.status.success() && said.contains("played"),
        "{said}{complained}"
    );
}

#[test]
fn broken_files_are_problems_with_a_place_and_keep_nobody_out() {
    let bench = Bench::new();
    let root = bench.small();
    write(
        &root,
        "policies.cedar",
        &format!(
            "{POLICIES}\npermit(principal action resource);\n@id(\"owners\") permit(principal, action, resource);\n"
        ),
    );
    write(
        &root,
        "entities.json",
        r#"[{"uid":{"type":"Group","id":"a"},"attrs":{},"parents":[{"type":"Group","id":"a"}]}]"#,
    );
    write(&root, "ALLOW/bad.json", "{\"principal\": 7}");
    write(&root, "workspace.toml", "name = \"Small\"\nrsik = 1\n");
    write(&root, "stories/one.toml", "titel = 1");
    fs::write(
        root.join("latin.cedar"),
        b"// caf\xe9\npermit(principal, action, resource);",
    )
    .unwrap();
    let studio = bench.studio();
    let view = open(&studio, &root);
    let found = |code: Code| {
        view.problems
            .iter()
            .find(|problem| problem.code == code)
            .unwrap_or_else(|| panic!("{code:?} in {:#?}", view.problems))
    };
    assert_eq!(
        (
            found(Code::PolicySyntax).file.as_str(),
            found(Code::PolicySyntax).line
        ),
        ("policies.cedar", 12)
    );
    assert_eq!(
        (
            found(Code::FileEncoding).file.as_str(),
            found(Code::FileEncoding).line,
            found(Code::FileEncoding).column
        ),
        ("latin.cedar", 1, 7)
    );
    assert_eq!(
        (
            found(Code::TestInvalid).file.as_str(),
            found(Code::TestInvalid).line
        ),
        ("ALLOW/bad.json", 1)
    );
    assert_eq!(found(Code::EntitiesCycle).file, "entities.json");
    let config: Vec<_> = view
        .problems
        .iter()
        .filter(|problem| problem.code == Code::WorkspaceConfig)
        .map(|problem| (problem.file.as_str(), problem.line))
        .collect();
    assert_eq!(config, [("stories/one.toml", 1), ("workspace.toml", 2)]);
    assert!(
        view.problems.iter().all(|problem| problem.hint.len() > 10),
        "{:#?}",
        view.problems
    );

    assert_eq!(
        code(studio.open_file(at("latin.cedar"))),
        Code::FileEncoding
    );
    assert_eq!(
        code(studio.edit_file(edit("latin.cedar", "x", 1))),
        Code::FileEncoding
    );
    assert_eq!(
        code(studio.decide(asked("ada", "view", "menu", true).into())),
        Code::SetBroken
    );
    assert_eq!(
        code(studio.generate_log(GenerateRows { rows: 10, seed: 1 })),
        Code::SetBroken
    );
    assert_eq!(
        code(studio.preview_drift(Revision { revision: 1 })),
        Code::SetBroken
    );
}

#[test]
fn a_preview_says_what_it_lacks() {
    let bench = Bench::new();
    let (studio, _) = bench.small_studio();
    assert_eq!(
        code(studio.preview_drift(Revision { revision: 1 })),
        Code::LogMissing
    );
    assert_eq!(
        code(studio.mark_viewed(ipc::Viewed {
            ids: vec![1],
            viewed: true
        })),
        Code::BadCall
    );
    assert_eq!(code(studio.why(ipc::ChangeId { id: 1 })), Code::BadCall);
}

#[test]
fn a_log_that_is_none_leaves_the_old_one_and_a_damaged_store_is_told() {
    let bench = Bench::new();
    let (studio, view) = bench.small_studio();
    let root = bench.base.join("small");
    let import = |path: &Path| {
        studio.import_log(ImportPaths {
            paths: vec![path.display().to_string()],
        })
    };
    assert_eq!(import(&small_log(&bench.base)).unwrap().rows, 32);
    write(&bench.base, "bad.jsonl", "this\nis\nno log\n");
    assert_eq!(code(import(&bench.base.join("bad.jsonl"))), Code::LogEmpty);
    assert_eq!(
        code(import(&bench.base.join("nowhere.jsonl"))),
        Code::FileRead
    );
    assert_eq!(studio.view_workspace(()).unwrap().log.unwrap().rows, 32);
    assert_eq!(view.log, None);

    let store = root.join(".fabric/log.tfl");
    let whole = fs::read(&store).unwrap();
    drop(studio);
    fs::write(&store, &whole[..whole.len() / 2]).unwrap();
    let studio = bench.studio();
    let view = open(&studio, &root);
    assert_eq!(
        (codes(&view.notices), view.log),
        (vec![Code::LogDamaged], None)
    );
    fs::write(&store, &whole).unwrap();
    assert!(studio.poll(), "another program put it right");
    assert_eq!(studio.view_workspace(()).unwrap().log.unwrap().rows, 32);
}

#[test]
fn what_is_no_workspace_is_not_opened_and_the_open_one_stays() {
    let bench = Bench::new();
    let (studio, _) = bench.small_studio();
    fs::create_dir(bench.base.join("empty")).unwrap();
    for path in ["empty", "nowhere", "small/policies.cedar"] {
        let path = bench.base.join(path);
        assert_eq!(
            code(studio.open_workspace(at(path.to_str().unwrap()))),
            Code::WorkspaceMissing
        );
        assert!(!bench.base.join("empty/.fabric").exists());
    }
    assert_eq!(studio.view_workspace(()).unwrap().name, "small");
}
