//! `fabric prove`: with the machine's solver, and without any.

use crate::place::{POLICIES, Place, Ran, SCHEMA};

/// Runs `fabric prove …`; nothing when there is no solver, which a test then says.
fn proven(place: &Place, arguments: &[&str]) -> Option<Ran> {
    let ran = place.run(&[&["prove"], arguments].concat());
    if ran.out.contains("no solver") || ran.out.contains("\"solver\":null") {
        eprintln!("skipped: there is no cvc5; install it, or name it in CVC5");
        return None;
    }
    Some(ran)
}

/// A second workspace beside `w`, with other policies.
fn edited(place: &Place, policies: &str) {
    place.write("e/policies.cedar", policies);
    place.write("e/policies.cedarschema", SCHEMA);
}

#[test]
fn an_edit_that_changes_nothing_is_proven_to() {
    let place = Place::new();
    edited(
        &place,
        &POLICIES.replace("resource.public };", "!(!resource.public) };"),
    );
    let Some(ran) = proven(&place, &["w", "e"]) else {
        return;
    };
    assert!(
        ran.out
            .contains("no request that fits the schema is decided otherwise")
    );
    assert_eq!(ran.status, 0, "{}", ran.out);
}

#[test]
fn an_edit_is_told_by_action_with_a_request() {
    let place = Place::new();
    edited(
        &place,
        &POLICIES.replace("action == Action::\"view\"", "action"),
    );
    let Some(ran) = proven(&place, &["w", "e"]) else {
        return;
    };
    assert_eq!(ran.status, 1, "{}{}", ran.out, ran.err);
    for line in [
        "edit\n  + User, Doc: only widened",
        "a User could edit a Doc that is public",
        "permitted by public",
    ] {
        assert!(ran.out.contains(line), "{line}: {}", ran.out);
    }
    let json = place.run(&["prove", "w", "e", "--json"]).json();
    assert_eq!(json["relation"], "widens");
    let environments = json["environments"].as_array().unwrap();
    let relations: Vec<_> = environments
        .iter()
        .map(|of| {
            (
                of["action"].as_str().unwrap(),
                of["relation"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        relations,
        [
            ("Action::\"edit\"", "widens"),
            ("Action::\"view\"", "equivalent")
        ]
    );
    // The request is one that `fabric decide` takes, with the entities it comes with.
    let gained = &environments[0]["gained"];
    place.write("e/entities.json", gained["entities"].to_string());
    place.write("r.json", gained["request"].to_string());
    let decided = place
        .run(&["decide", "e", "--request", "r.json", "--json"])
        .json();
    assert_eq!(decided["decision"], "allow");
    assert_eq!(decided["reasons"][0], "public");
}

#[test]
fn lints_are_found_and_separations_kept() {
    let place = Place::new();
    let Some(ran) = proven(&place, &["w", "--lints"]) else {
        return;
    };
    assert_eq!(ran.status, 0, "{}", ran.out);
    assert!(ran.out.contains("Nothing found."));
    place.write(
        "w/workspace.toml",
        "[[separation]]\na = \"owner\"\nb = \"public\"\n",
    );
    let ran = place.run(&["prove", "w", "--lints"]);
    assert_eq!(ran.status, 1, "{}", ran.out);
    assert!(
        ran.out.contains("not separate: owner and public"),
        "{}",
        ran.out
    );
    place.write("w/workspace.toml", "[[separation]]\na = \"owner\"\n");
    let ran = place.run(&["prove", "w", "--lints", "--json"]);
    assert_eq!(ran.failed().0, "workspace_config");
}

#[test]
fn a_separation_that_guards_nothing_is_refused() {
    let place = Place::new();
    for (b, why) in [
        ("owner", "stands on both sides"),
        ("gone", "no policy is called `gone`"),
    ] {
        let manifest = format!("[[separation]]\na = \"owner\"\nb = \"{b}\"\n");
        place.write("w/workspace.toml", manifest);
        for command in [vec!["check", "w"], vec!["prove", "w", "--lints"]] {
            let ran = place.run(&command);
            let said = format!("{}{}", ran.out, ran.err);
            assert!(ran.status > 0, "{command:?}: {said}");
            assert!(said.contains(why), "{command:?}: {said}");
            assert!(said.contains("workspace_config"), "{command:?}: {said}");
        }
    }
}

#[test]
fn without_a_solver_a_difference_is_not_proven_and_that_is_no_pass() {
    let place = Place::new();
    edited(
        &place,
        &POLICIES.replace("action == Action::\"view\"", "action"),
    );
    let run = |arguments: &[&str]| -> Ran {
        let mut command = place.command(arguments);
        command
            .env("CVC5", "/nowhere/cvc5")
            .output()
            .unwrap()
            .into()
    };
    let ran = run(&["prove", "w", "e"]);
    assert_eq!(ran.status, 2, "{}", ran.out);
    for line in [
        "no solver",
        "? User, Doc: not proven: no solver",
        "hint: install cvc5",
    ] {
        assert!(ran.out.contains(line), "{line}: {}", ran.out);
    }
    assert_eq!(run(&["prove", "w", "w"]).status, 0);
    assert_eq!(run(&["prove", "w", "--lints"]).status, 2);
    // Everything else works.
    assert_eq!(run(&["check", "w"]).status, 0);
}

#[test]
fn what_cannot_be_proven_at_all_says_why() {
    let place = Place::new();
    place.write("bare/p.cedar", "permit(principal, action, resource);");
    place.write("bad/p.cedar", "permit(");
    for (arguments, code) in [
        (["prove", "bare", "w", "--json"], "proof_schema"),
        (["prove", "w", "bad", "--json"], "set_broken"),
        (["prove", "w", "gone", "--json"], "revision_unknown"),
        (["prove", "w", "--json", "--quiet"], "bad_call"),
    ] {
        assert_eq!(place.run(&arguments).failed().0, code, "{arguments:?}");
    }
}
