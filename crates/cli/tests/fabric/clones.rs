//! How a workspace lies in git: in a linked worktree, in a clone that lacks something; and what is said of a channel's first version.

use std::fs;

use crate::{
    channels::{change, commit, git, guests, moved, promote, shipping},
    place::{PASS, POLICIES, Place},
};

/// What was said in one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_linked_worktree_has_the_ledger_of_the_main_one() {
    let place = shipping("");
    git(
        &place,
        &["worktree", "add", "--quiet", "-b", "other", "../linked"],
    );
    let guests_out = guests();
    place.write("linked/policies.cedar", guests_out);
    let (path, main) = (place.path("linked"), place.path("w"));
    git(
        &place,
        &[
            "-C",
            path.to_str().unwrap(),
            "commit",
            "--quiet",
            "--all",
            "-m",
            "c",
        ],
    );
    let wanted = ["promote", "1.1.0", "--to", "stable", "--dir", "linked"];
    place.run(&[&wanted[..], PASS].concat()).fine();
    let again = ["ledger", "init", "linked", "--key", "release", "--json"];
    let (code, said) = place.run(&[&again[..], PASS].concat()).failed();
    assert!(
        code == "bad_call" && said.contains("a ledger already"),
        "{said}"
    );
    git(&place, &["worktree", "remove", path.to_str().unwrap()]);
    assert!(!path.exists() && main.exists());
    let check = place.run(&["ledger", "check", "w"]).fine();
    assert!(check.contains("2 receipts"), "{check}");
}

#[test]
fn a_ledger_is_begun_in_the_main_worktree() {
    let place = Place::new();
    place.write("w/.gitignore", ".fabric/\n");
    git(&place, &["init", "--quiet", "--initial-branch=main", "."]);
    git(&place, &["config", "user.name", "Ivo"]);
    git(&place, &["config", "user.email", "ivo@acme.example"]);
    commit(&place);
    git(
        &place,
        &["worktree", "add", "--quiet", "-b", "other", "../linked"],
    );
    place.write("pass", "correct horse battery\n");
    place
        .run(&[&["keys", "create", "release", "--file"][..], PASS].concat())
        .fine();
    place
        .run(&[&["ledger", "init", "linked", "--key", "release"][..], PASS].concat())
        .fine();
    assert!(place.path("w/.fabric/ledger.sqlite").is_file());
    assert!(!place.path("linked/.fabric/ledger.sqlite").exists());
}

#[test]
fn a_clone_without_channels_is_told_how_to_bring_them() {
    let place = shipping("");
    git(&place, &["clone", "--quiet", ".", "../clone"]);
    let fetch = "git fetch origin 'refs/fabric/*:refs/fabric/*'";
    for wanted in [
        &["promote", "1.1.0", "--to", "stable"][..],
        &["rollback", "stable", "--reason", "r"],
    ] {
        let ran = place.run(&[wanted, &["--dir", "clone"], PASS].concat());
        assert!(ran.err.contains("ledger_missing"), "{}", ran.err);
        assert!(line(&ran.err).contains(fetch), "{}", ran.err);
    }
    let history = place.run(&["history", "stable", "--dir", "clone"]);
    assert!(
        history.err.contains(fetch),
        "{}{}",
        history.out,
        history.err
    );
    assert_eq!(history.fine(), "stable ships nothing here\n");
    let channels = place.run(&["channel", "--dir", "clone"]).fine();
    assert!(channels.contains(fetch), "{channels}");
    // Where no version ever was, a first one may begin.
    let fresh = Place::new();
    git(&fresh, &["init", "--quiet", "--initial-branch=main", "."]);
    let ran = promote(&fresh, "1.0.0", &["--json"]);
    assert!(!ran.out.contains("git fetch"), "{}", ran.out);
}

#[test]
fn a_first_version_that_only_records_says_that_everybody_is_denied() {
    let place = shipping("");
    let back = moved(&place, &["rollback", "stable", "--reason", "r"]);
    assert!(
        line(&back.err).contains("everybody is denied everything"),
        "{}",
        back.err
    );
    let mode = [
        "channel",
        "mode",
        "stable",
        "audit-only",
        "--all",
        "--reason",
        "r",
    ];
    let said = moved(&place, &mode).fine();
    assert!(said.contains("nothing decides now"), "{said}");
    change(&place, &guests());
    let said = promote(&place, "1.1.0", &["--mode", "canary=10"]).fine();
    assert!(said.contains("whom no canary reaches is denied"), "{said}");
    let said = promote(&place, "1.2.0", &[]).fine();
    assert!(!said.contains("nothing decides"), "{said}");
}

#[test]
fn history_names_the_gates_that_were_left_out() {
    let place = shipping("");
    let history = || place.run(&["history", "stable", "--dir", "w"]).fine();
    assert!(!history().contains("overridden"), "{}", history());
    let cited = POLICIES.replacen("@id(\"owner\")", "@id(\"owner\")\n@authority(\"gone\")", 1);
    place.write("w/authorities.toml", "");
    change(&place, &cited);
    promote(&place, "1.1.0", &["--skip-references", "it is on paper"]).fine();
    let told = history();
    assert!(
        told.contains("overridden") && told.contains("references"),
        "{told}"
    );
    // The list itself is one of what is broken.
    fs::remove_file(place.path("w/authorities.toml")).unwrap();
    change(&place, POLICIES);
    let closed = promote(&place, "1.2.0", &[]);
    assert!(
        closed.out.contains("broken: 1 of 1 reference"),
        "{}{}",
        closed.out,
        closed.err
    );
}
