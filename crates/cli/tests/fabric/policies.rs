//! Policies of a workspace: begun, checked, formatted, asked, tested.

use serde_json::json;

use crate::place::{ENTITIES, POLICIES, Place, SCHEMA, request};

#[test]
fn init_makes_a_workspace_that_checks_tests_and_is_formatted() {
    let place = Place::new();
    place.run(&["init", "new"]).fine();
    assert!(place.run(&["check", "new"]).fine().contains("no problems"));
    assert!(place.run(&["test", "new"]).fine().contains("passed"));
    place.run(&["fmt", "new", "--check"]).fine();
    let again = place.run(&["init", "new", "--json"]);
    assert_eq!(again.failed().0, "workspace_exists");
}

#[test]
fn init_makes_a_workspace_of_a_project_and_says_what_it_left_out() {
    let place = Place::new();
    place.write("theirs/src/app.cedar", POLICIES);
    place.write("theirs/src/app.cedarschema", SCHEMA);
    place.write("theirs/world.json", ENTITIES);
    place.write("theirs/data.yaml", "a: 1");
    let said = place.run(&["init", "ours", "--from", "theirs"]).fine();
    assert!(said.contains("policies  1 file\n"), "{said}");
    assert!(said.contains("left out  data.yaml"), "{said}");
    assert!(place.run(&["check", "ours"]).fine().contains("no problems"));
    // What the manifest names comes along; what it names and is not there is told, as are entries of archives that are not taken.
    place.write("ours/tolerance.toml", "[default]\ngained = 0\n");
    let manifest = place.read("ours/workspace.toml");
    let channel =
        |name: &str| format!("\n[[channel]]\nname = \"{name}\"\ntolerance = \"{name}.toml\"\n");
    place.write(
        "ours/workspace.toml",
        manifest + &channel("tolerance") + &channel("lost"),
    );
    place.write("ours/other.toml", "");
    let said = place.run(&["init", "copy", "--from", "ours"]).fine();
    assert!(
        said.contains("left out  lost.toml: `workspace.toml` names it"),
        "{said}"
    );
    assert_eq!(place.read("copy/tolerance.toml"), "[default]\ngained = 0\n");
    assert!(!place.path("copy/other.toml").exists());

    let again = place.run(&["init", "ours", "--from", "theirs", "--json"]);
    assert_eq!(again.failed().0, "workspace_exists");
    let none = place.run(&["init", "other", "--from", "nowhere", "--json"]);
    assert_eq!(none.failed().0, "file_read");
}

#[test]
fn check_prints_the_fixed_shape() {
    let place = Place::new();
    let fine = place.run(&["check", "w", "--json"]);
    assert_eq!(fine.status, 0);
    assert_eq!(
        fine.json(),
        json!({"policies": 3, "templates": 0, "problems": []})
    );

    place.write(
        "w/policies.cedar",
        POLICIES.replace("resource.public };", "resource.pubic };"),
    );
    let found = place.run(&["check", "w", "--json"]);
    assert_eq!(found.status, 1);
    let problem = &found.json()["problems"][0];
    for key in [
        "code", "severity", "file", "line", "column", "message", "hint",
    ] {
        assert!(!problem[key].is_null(), "{key}: {problem}");
    }
    assert_eq!(
        (
            problem["code"].as_str(),
            problem["severity"].as_str(),
            problem["file"].as_str(),
            problem["line"].as_u64()
        ),
        (
            Some("policy_invalid"),
            Some("error"),
            Some("policies.cedar"),
            Some(7)
        )
    );
    let text = place.run(&["check", "w"]);
    assert_eq!(text.status, 1);
    assert!(
        text.out.contains("7 │ when { resource.pubic };"),
        "{}",
        text.out
    );
    assert!(text.out.contains("│        ^^"), "{}", text.out);
}

#[test]
fn a_folder_of_workspaces_is_checked_and_tested_one_by_one() {
    let place = Place::new();
    for name in ["both/one", "both/two"] {
        for file in [
            "policies.cedar",
            "policies.cedarschema",
            "entities.json",
            "ALLOW/alice_edits.json",
        ] {
            let content = place.read(&format!("w/{file}"));
            place.write(&format!("{name}/{file}"), content);
        }
    }
    assert_eq!(
        place.run(&["check", "both", "--json"]).json()["policies"],
        6
    );
    assert!(
        place
            .run(&["check", "both"])
            .fine()
            .contains("6 policies in 2 workspaces: no problems")
    );
    let tests = place.run(&["test", "both", "--json"]);
    assert_eq!(
        (tests.status, tests.json()["passed"].as_u64()),
        (0, Some(2))
    );
    assert_eq!(
        tests.json()["tests"][1]["file"],
        "two/ALLOW/alice_edits.json"
    );
}

#[test]
fn fmt_formats_once_and_check_changes_nothing() {
    let place = Place::new();
    let untidy = "permit(principal,action,resource);// why\n";
    place.write("w/untidy.cedar", untidy);
    let found = place.run(&["fmt", "w", "--check", "--json"]);
    assert_eq!(found.status, 1);
    let named: Vec<_> = found.json()["files"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|file| file["changed"] == true)
        .map(|file| file["file"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        named.iter().any(|name| name.ends_with("untidy.cedar")),
        "{named:?}"
    );
    assert_eq!(place.read("w/untidy.cedar"), untidy);
    place.run(&["fmt", "w"]).fine();
    assert!(place.read("w/untidy.cedar").contains("// why"));
    place.run(&["fmt", "w", "--check"]).fine();
    let formatted = place.read("w/untidy.cedar");
    assert_eq!(
        place.run_with_input(&["fmt", "-"], untidy).fine(),
        formatted
    );
    assert_eq!(
        place
            .run_with_input(&["fmt", "-", "--check"], untidy)
            .status,
        1
    );

    place.write("w/broken.cedar", "permit(");
    let broken = place.run(&["fmt", "w", "--json"]);
    assert_eq!(broken.status, 1);
    assert_eq!(broken.json()["problems"][0]["code"], "policy_syntax");
    assert_eq!(place.read("w/broken.cedar"), "permit(");
    assert_eq!(place.run_with_input(&["fmt", "-"], "permit(").out, "");
}

#[test]
fn decide_and_explain_tell_the_decision_and_the_clause() {
    let place = Place::new();
    place.write("r.json", request("alice", "edit", "plan"));
    let allowed = place.run(&["decide", "w", "--request", "r.json", "--json"]);
    assert_eq!(allowed.status, 0);
    let answer = allowed.json();
    assert_eq!(
        (&answer["decision"], &answer["reasons"], &answer["errors"]),
        (&json!("allow"), &json!(["owner"]), &json!([]))
    );
    assert_eq!(answer["clauses"][0]["policy"], "owner");

    let denied = place.run_with_input(
        &["explain", "w", "--request", "-"],
        request("bob", "view", "plan"),
    );
    let text = denied.fine();
    assert!(
        text.starts_with("deny  forbidden by guests-stay-out\n"),
        "{text}"
    );
    assert!(
        text.contains("forbid guests-stay-out matched\n  policies.cedar:"),
        "{text}"
    );
    assert!(text.contains("principal.guest"), "{text}");
    let default = place.run_with_input(
        &["decide", "w", "--request", "-"],
        request("alice", "edit", "menu"),
    );
    assert!(default.fine().starts_with("allow  permitted by owner"));
}

#[test]
fn test_runs_every_named_test() {
    let place = Place::new();
    let fine = place.run(&["test", "w", "--json"]);
    assert_eq!(
        (
            fine.status,
            fine.json()["passed"].as_u64(),
            fine.json()["failed"].as_u64()
        ),
        (0, Some(2), Some(0))
    );
    place.write("w/DENY/alice_edits.json", request("alice", "edit", "plan"));
    let found = place.run(&["test", "w", "--json"]);
    assert_eq!(
        (found.status, found.json()["failed"].as_u64()),
        (1, Some(1))
    );
    let failed = found.json()["tests"]
        .as_array()
        .unwrap()
        .iter()
        .find(|test| test["passed"] == false)
        .unwrap()
        .clone();
    assert_eq!(
        (&failed["expected"], &failed["decision"], &failed["reasons"]),
        (&json!("deny"), &json!("allow"), &json!(["owner"]))
    );
    let text = place.run(&["test", "w"]);
    assert!(
        text.out
            .contains("expected deny, got allow: permitted by owner"),
        "{}",
        text.out
    );
}

#[test]
fn what_is_asked_of_channels_is_checked_too() {
    let place = Place::new();
    place.write(
        "w/workspace.toml",
        "[[channel]]\nname = \"stable\"\ntolerance = \"tolerances.toml\"\nwindow = { days = [], from = \"08:00\", until = \"09:00\" }\n",
    );
    let checked = place.run(&["check", "w"]);
    assert_eq!(checked.status, 1, "{}{}", checked.out, checked.err);
    for said in [
        "there is no tolerance file `tolerances.toml`",
        "it never opens",
    ] {
        assert!(checked.out.contains(said), "{}", checked.out);
    }
    place.write("w/tolerances.toml", "[default]\ngained = 0\n");
    place.run(&["check", "w"]).fine();
}
