//! Moves of a channel without a new version, and of one policy alone; and what a channel ships, carried elsewhere.

use std::fs;

use evidence::{hex, sha256};
use serde_json::{Value, json};

use crate::{
    channels::{change, commit, follow, git, guests, moved, promote, shipping, shipping_rego},
    place::{POLICIES, Place, Ran},
};

fn mode(place: &Place, more: &[&str]) -> Ran {
    let wanted = [&["channel", "mode", "stable"], more].concat();
    moved(place, &[&wanted[..], &["--reason", "a reason"]].concat())
}

fn back(place: &Place, policy: &str) -> Ran {
    let wanted = ["rollback", "stable", "--policy", policy, "--reason", "r"];
    moved(place, &wanted)
}

/// The last move of the channel.
fn tip(place: &Place) -> Value {
    let shown = place.run(&["channel", "--dir", "w", "--json"]).json();
    shown[0]["move"].clone()
}

fn refused(ran: Ran) -> String {
    let (code, message) = ran.failed();
    assert_eq!(code, "promotion_refused", "{message}");
    message
}

#[test]
fn modes_change_without_a_new_version_and_back() {
    let place = shipping("");
    change(&place, &guests());
    promote(&place, "1.1.0", &["--mode-of", "public=audit-only"]).fine();
    let shadow = ["--shadow", "shadow.jsonl"];
    let server = follow(&place, &shadow);
    assert_eq!(server.guest(), (true, 2), "watched, not enforced");
    mode(&place, &["enforce", "--policy", "public"]).fine();
    server.at(3);
    assert_eq!(server.guest(), (false, 3));
    assert_eq!(
        (tip(&place)["kind"].as_str(), &tip(&place)["policies"]),
        (Some("modes"), &json!(["public"]))
    );
    // Switched back: what was before the version is in force again.
    mode(&place, &["audit-only", "--default", "--policy", "public"]).fine();
    server.at(4);
    assert_eq!(server.guest(), (true, 4));
    // And that is a move like any other: it is taken back.
    moved(&place, &["rollback", "stable", "--reason", "r"]).fine();
    server.at(5);
    assert_eq!(server.guest(), (false, 5));
    let history = place.run(&["history", "stable", "--dir", "w", "--policy", "public"]);
    let history = history.fine();
    for said in ["modes", "undoes 4", "enforced, public audit-only"] {
        assert!(history.contains(said), "{said}\n{history}");
    }

    assert!(refused(mode(&place, &["enforce", "--policy", "pubic", "--json"])).contains("`pubic`"));
    assert!(refused(mode(&place, &["enforce", "--group", "g", "--json"])).contains("@group"));
    let same = mode(&place, &["enforce", "--policy", "public", "--json"]);
    assert!(refused(same).contains("already"));
    let unknown = promote(&place, "1.2.0", &["--mode-of", "x=audit-only", "--json"]);
    assert!(refused(unknown).contains("`x`"));
    assert_eq!(mode(&place, &["enforce", "--json"]).failed().0, "bad_call");
    assert_eq!(tip(&place)["sequence"], 5, "nothing moved");
}

#[test]
fn a_policy_that_only_waited_is_taken_back_and_what_decides_stays() {
    let place = shipping("");
    change(&place, &guests());
    promote(&place, "1.1.0", &["--mode-of", "public=audit-only"]).fine();
    let waited = back(&place, "public").fine();
    let said = "  what decides stays as it is: `public` was not enforced\n";
    assert!(waited.ends_with(said), "{waited}");
    change(&place, &guests().replace("!principal.guest", "true"));
    promote(&place, "1.2.0", &["--mode-of", "public=canary=50"]).fine();
    let reached = back(&place, "public").fine();
    assert!(!reached.contains("what decides stays"), "{reached}");
}

#[test]
fn what_is_enforced_stays_so_while_the_next_version_is_watched() {
    let place = shipping("");
    fs::remove_dir_all(place.path("w/ALLOW")).unwrap();
    // `public` is watched and `owner` enforced; of the next version nothing is.
    change(
        &place,
        &guests().replace("resource.owner == principal", "false"),
    );
    promote(&place, "1.1.0", &["--mode-of", "public=audit-only"]).fine();
    let server = follow(&place, &[]);
    let owner = || server.evaluate("alice", "edit", "plan")["decision"] == true;
    assert!(!owner() && server.guest().0);
    change(&place, &guests());
    promote(&place, "1.2.0", &["--mode", "audit-only"]).fine();
    server.at(3);
    assert!(!owner(), "1.1.0 took it away from everybody");
    assert!(server.guest().0, "and this nobody had enforced yet");
}

#[test]
fn modes_need_the_approval_and_the_window_that_a_promotion_needs() {
    let place = shipping("");
    place.write("key", "correct horse battery\n");
    let create = [
        "keys",
        "create",
        "mara",
        "--file",
        "--passphrase-file",
        "key",
        "--json",
    ];
    let public = place.run(&create).json()["public"].clone();
    let rules = format!(
        "tenant = \"acme\"\n[[channel]]\nname = \"stable\"\napprovals = 1\n\
         window = {{ days = [], from = \"08:00\", until = \"09:00\" }}\n\
         [[approver]]\nname = \"Mara <mara@acme.example>\"\nkey = \"{}\"\n",
        public.as_str().unwrap()
    );
    place.write("w/workspace.toml", rules);
    change(&place, &guests());
    promote(&place, "1.1.0", &[]).fine();
    let wanted = ["audit-only", "--policy", "public"];
    let closed = mode(&place, &wanted);
    assert_eq!(closed.status, 1, "{}{}", closed.out, closed.err);
    for gate in ["✗ approvals", "✗ window"] {
        assert!(closed.out.contains(gate), "{}", closed.out);
    }
    let approve = |modes: &[&str]| {
        let by = [
            "--key",
            "mara",
            "--by",
            "Mara <mara@acme.example>",
            "--dir",
            "w",
        ];
        let approve = [
            "approve",
            "1.1.0",
            "--to",
            "stable",
            "--passphrase-file",
            "key",
        ];
        place.run(&[&approve[..], &by, modes].concat()).fine()
    };
    approve(&[]);
    let outside = ["--outside-window", "an incident"];
    let other = mode(&place, &[&wanted[..], &outside].concat());
    assert_eq!(other.status, 1, "an approval of other modes: {}", other.out);
    approve(&["--mode-of", "public=audit-only"]);
    mode(&place, &[&wanted[..], &outside].concat()).fine();
    let tip = tip(&place);
    assert_eq!(
        (&tip["sequence"], &tip["approvers"], &tip["overridden"]),
        (
            &json!(3),
            &json!(["Mara <mara@acme.example>"]),
            &json!(["window"])
        )
    );
}

#[test]
fn one_policy_goes_back_and_everything_else_stays() {
    let place = shipping("");
    let added = "\n@id(\"helpers\")\npermit (principal, action == Action::\"edit\", resource) when { context.mfa };\n";
    let second = guests() + added;
    change(&place, &second);
    promote(&place, "1.1.0", &[]).fine();
    let server = follow(&place, &[]);
    let helped = || server.evaluate("bob", "edit", "menu")["decision"] == true;
    assert!(!server.guest().0 && helped());
    back(&place, "public").fine();
    server.at(3);
    assert!(server.guest().0 && helped());
    let said = tip(&place);
    assert_eq!(
        (&said["kind"], &said["undoes"], &said["policies"]),
        (&json!("partial"), &json!(2), &json!(["public"]))
    );
    let version = said["version"].as_str().unwrap();
    assert!(version.starts_with("1.1.0+partial.3."), "{version}");
    // It is a version like any other: the policy reads as it did, in the words of its author.
    let show = format!("policies/v{version}:policies.cedar");
    assert_eq!(git(&place, &["show", &show]), POLICIES.to_owned() + added);
    // What was added is taken out, and that is taken back as a whole.
    back(&place, "helpers").fine();
    server.at(4);
    assert!(server.guest().0 && !helped());
    moved(&place, &["rollback", "stable", "--reason", "r"]).fine();
    server.at(5);
    assert!(server.guest().0 && helped());
    // What a promotion took out is put in again.
    change(
        &place,
        &guests().replace("@id(\"owner\")", "@id(\"keeper\")"),
    );
    promote(&place, "1.2.0", &[]).fine();
    back(&place, "owner").fine();
    server.at(7);
    assert!(
        server.evaluate("alice", "edit", "plan")["context"]["reasons"]
            == json!(["keeper", "owner"])
    );

    let again = |policy: &str| {
        let wanted = [
            "rollback", "stable", "--policy", policy, "--reason", "r", "--json",
        ];
        refused(moved(&place, &wanted))
    };
    assert!(again("owner").contains("already"));
    assert!(again("nobody").contains("no promotion"));
    assert!(again("guests-stay-out").contains("first version"));
    assert_eq!(tip(&place)["sequence"], 7, "nothing moved");
    let check = ["ledger", "check", "w", "--json"];
    assert_eq!(place.run(&check).status, 0);
}

#[test]
fn a_policy_that_does_not_fit_any_more_stays() {
    let place = shipping("");
    change(&place, &guests());
    let schema = place.read("w/policies.cedarschema");
    promote(&place, "1.1.0", &[]).fine();
    // What it read is gone from the schema.
    place.write(
        "w/policies.cedarschema",
        schema.replace("owner: User, public: Bool", "owner: User"),
    );
    place.write(
        "w/entities.json",
        place
            .read("w/entities.json")
            .replace(", \"public\": false", "")
            .replace(", \"public\": true", ""),
    );
    change(
        &place,
        &POLICIES
            .replace("resource.public }", "true }")
            .replace("unless { true }", ""),
    );
    fs::remove_dir_all(place.path("w/DENY")).unwrap();
    commit(&place);
    promote(&place, "1.2.0", &[]).fine();
    let closed = back(&place, "public");
    assert_eq!(closed.status, 1, "{}{}", closed.out, closed.err);
    assert!(closed.out.contains("✗ validation"), "{}", closed.out);
    assert_eq!(tip(&place)["sequence"], 3);
}

fn export(place: &Place, form: &str, to: &str) -> Ran {
    let export = ["channel", "export", "stable", "--dir", "w", "--to", to];
    place.run(&[&export[..], &["--as", form, "--json"]].concat())
}

#[test]
fn an_oci_layout_holds_what_was_shipped() {
    let place = shipping("");
    for to in ["one", "two"] {
        assert_eq!(export(&place, "oci", to).status, 0);
    }
    let relative = |to: &str| -> Vec<_> {
        let all = place.snapshot(to).into_iter();
        all.map(|(path, content)| {
            (
                path.strip_prefix(place.path(to)).unwrap().to_owned(),
                content,
            )
        })
        .collect()
    };
    assert_eq!(relative("one"), relative("two"));
    let index: Value = serde_json::from_str(&place.read("one/index.json")).unwrap();
    let blob = |described: &Value| {
        let digest = described["digest"]
            .as_str()
            .unwrap()
            .strip_prefix("sha256:");
        let digest = digest.unwrap();
        let bytes = fs::read(place.path(&format!("one/blobs/sha256/{digest}"))).unwrap();
        assert_eq!(hex(&sha256(&[&bytes])), digest);
        assert_eq!(described["size"], bytes.len());
        bytes
    };
    let manifest: Value = serde_json::from_slice(&blob(&index["manifests"][0])).unwrap();
    assert_eq!(manifest["artifactType"], release::ARTIFACT);
    let bundle = blob(&manifest["layers"][0]);
    export(&place, "tfr", "plain").fine();
    assert_eq!(bundle, fs::read(place.path("plain/stable.tfr")).unwrap());
    assert_eq!(export(&place, "opa", "opa").failed().0, "engine_mixed");
}

#[test]
fn a_bundle_of_opa_is_loaded_again() {
    let place = shipping_rego();
    for to in ["one", "two"] {
        assert_eq!(export(&place, "opa", to).status, 0);
    }
    let packed = fs::read(place.path("one/stable.tar.gz")).unwrap();
    assert_eq!(packed, fs::read(place.path("two/stable.tar.gz")).unwrap());
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(&packed[..]));
    let mut names = Vec::new();
    let mut said = Value::Null;
    for entry in tar.entries().unwrap() {
        let entry = entry.unwrap();
        names.push(entry.path().unwrap().display().to_string());
        if names.len() == 1 {
            said = serde_json::from_reader(entry).unwrap();
        }
    }
    assert_eq!(names, [".manifest", "authz.rego", "levels/data.json"]);
    assert_eq!(
        said,
        json!({ "revision": "1.0.0/1", "roots": ["authz", "levels"] })
    );
    place.write("input.json", "{\"user\":\"ann\"}");
    let decide = ["decide", "one/stable.tar.gz", "--request", "input.json"];
    assert!(place.run(&decide).fine().starts_with("allow"));
}

#[test]
fn a_move_says_its_mode_and_the_history_why_and_who() {
    let place = shipping("");
    change(&place, &guests());
    let watched = promote(
        &place,
        "1.1.0",
        &["--mode", "audit-only", "--reason", "first look"],
    );
    let watched = watched.fine();
    let said = "stable ships 1.1.0, audit-only; 1.0.0, enforced, before\n";
    assert!(watched.contains(said), "{watched}");
    let again = promote(&place, "1.1.0", &["--mode", "audit-only", "--json"]);
    assert!(refused(again).contains("already, audit-only"));
    let enforced = mode(&place, &["enforce", "--all"]).fine();
    let said = "stable ships 1.1.0, enforced; 1.1.0, audit-only, before\n";
    assert!(enforced.contains(said), "{enforced}");
    let history = place.run(&["history", "stable", "--dir", "w"]).fine();
    let head = history.lines().next().unwrap();
    assert!(head.contains("policies") && head.ends_with("why"), "{head}");
    assert!(!head.contains("approved"), "nobody did: {head}");
    assert!(history.contains("first look"), "{history}");
    let line = |number: usize| history.lines().nth(number).unwrap();
    assert!(line(1).ends_with("a reason"), "{history}");
    assert!(
        line(2).contains("  1         Ivo <ivo@acme.example>"),
        "{history}"
    );
}

#[test]
fn a_mistyped_channel_is_none() {
    let place = shipping("[[channel]]\nname = \"stable\"\n");
    let whose = ["--dir", "w", "--json"];
    for wanted in [
        &["history", "stabel"][..],
        &["channel", "root", "stabel"],
        &["channel", "export", "stabel", "--to", "out"],
        &["rollback", "stabel", "--reason", "r"],
        &["promote", "1.0.0", "--to", "stabel"],
    ] {
        let message = refused(place.run(&[wanted, &whose].concat()));
        assert!(
            message.contains("`stabel`; the workspace has `stable`"),
            "{message}"
        );
    }
    let empty = place.run(&[&["rollback", "stable", "--reason", ""][..], &whose].concat());
    assert!(refused(empty).contains("reason is empty"));
}

#[test]
fn a_key_goes_when_no_channel_needs_it_any_more() {
    let place = shipping("");
    let pass = ["--passphrase-file", "pass"];
    let needed = ["keys", "revoke", "release", "--dir", "w", "--json"];
    let (code, message) = place.run(&needed).failed();
    assert_eq!(code, "key_needed");
    assert!(message.contains("sign for the ledger"), "{message}");
    let rotate = [
        "keys", "rotate", "release", "--dir", "w", "--file", "--json",
    ];
    let rotated = place.run(&[&rotate[..], &pass].concat()).json();
    assert_eq!(rotated["channels"], json!(["stable"]));
    let old = rotated["old"]["public"].as_str().unwrap();
    place.run(&["keys", "revoke", old, "--dir", "w"]).fine();
    change(&place, &guests());
    promote(&place, "1.1.0", &[]).fine();
    // It was replaced by a program that signed nothing ahead: the root is signed before the key goes.
    let rotated = place.run(&[&rotate[..], &pass].concat()).json();
    let old = rotated["old"]["public"].as_str().unwrap();
    git(&place, &["update-ref", "-d", "refs/fabric/roots/stable"]);
    let revoke = ["keys", "revoke", old, "--dir", "w", "--json"];
    assert_eq!(place.run(&revoke).failed().0, "key_needed");
    let renew = ["channel", "root", "stable", "--renew", "--dir", "w"];
    let renewed = place.run(&[&renew[..], &pass].concat());
    assert!(renewed.err.contains("root 3, sha256:"), "{}", renewed.err);
    renewed.fine();
    place.run(&revoke).fine();
    moved(&place, &["rollback", "stable", "--reason", "r"]).fine();
    change(&place, POLICIES);
    promote(&place, "1.2.0", &[]).fine();
    // Who was told the first root follows.
    let server = follow(&place, &[]);
    server.at(4);
}

#[test]
fn a_channel_left_behind_is_told_of_where_one_looks() {
    let place = shipping("");
    git(&place, &["update-ref", "-d", "refs/fabric/channels/stable"]);
    let told = "the ledger knows of move 1 of `stable`, and the repository ends at move 0: bring the channels";
    let all = place.run(&["channel", "--dir", "w"]);
    assert!(all.err.contains(told), "{}", all.err);
    all.fine();
    let (code, message) = place
        .run(&["history", "stable", "--dir", "w", "--json"])
        .failed();
    assert_eq!(code, "promotion_conflict");
    assert!(told.starts_with(message.trim_end()), "{message}");
}

#[test]
fn a_move_that_was_cut_off_is_told_of_before_it_is_taken_back() {
    let place = shipping("");
    change(&place, &guests());
    promote(&place, "1.1.0", &[]).fine();
    // As after a kill between the receipt and the ref.
    let channel = "refs/fabric/channels/stable";
    git(
        &place,
        &["update-ref", "refs/fabric/pending/stable", channel],
    );
    let before = format!("{channel}^");
    git(&place, &["update-ref", channel, &before]);
    let back = ["rollback", "stable", "--reason", "r"];
    let ran = moved(&place, &back);
    assert_eq!(ran.status, 2);
    let message = "error[move_finished]: move 2 of `stable` to 1.1.0, begun 20";
    assert!(ran.err.starts_with(message), "{}", ran.err);
    assert!(
        ran.err.contains("say `fabric rollback stable` again"),
        "{}",
        ran.err
    );
    assert_eq!(tip(&place)["version"], "1.1.0");
    moved(&place, &back).fine();
    assert_eq!(tip(&place)["version"], "1.0.0");
}
