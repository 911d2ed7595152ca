//! Rego from the command line: folders and OPA bundles, signed or not, over a log as OPA writes it.

use std::{fs, path::Path};

use flate2::{Compression, write::GzEncoder};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::place::{Place, Ran};

const LOG: &str = include_str!("../rego/decisions.jsonl");
const AUTHZ: &str = include_str!("../rego/base/authz/authz.rego");
const ROLES: &str = include_str!("../rego/base/roles/data.json");
const SETTINGS: &str = include_str!("../rego/base/workspace.toml");

/// `base` as it is, and `edit` where physicians in an emergency need no reason, and nurses read what is general.
fn place() -> Place {
    let place = Place::new();
    let nurses = "allow if {\n\tinput.action == \"read\"\n\trole(\"nurse\")\n\tinput.resource.class == \"general\"\n}\n\n";
    let edited = AUTHZ
        .replace("\tinput.context.reason != \"\"\n", "")
        .replace("role(name) if", &format!("{nurses}role(name) if"));
    for (folder, authz) in [("base", AUTHZ), ("edit", &edited)] {
        place.write(&format!("{folder}/authz/authz.rego"), authz);
        place.write(&format!("{folder}/roles/data.json"), ROLES);
        place.write(&format!("{folder}/workspace.toml"), SETTINGS);
    }
    place.write("log.jsonl", LOG);
    place.write(
        "t.toml",
        "[default]\ngained = 0\nlost = 0\nopen = \"any\"\nerror_changed = 0\n",
    );
    place
}

/// A bundle with these files.
fn bundle(place: &Place, name: &str, files: &[(&str, &str)]) {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_entry_type(tar::EntryType::Regular);
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_cksum();
        builder.append(&header, content.as_bytes()).unwrap();
    }
    place.write(name, builder.into_inner().unwrap().finish().unwrap());
}

fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn refused(ran: &Ran, code: &str) {
    assert_eq!(ran.status, 2, "{}{}", ran.out, ran.err);
    assert!(
        ran.err.contains(&format!("error[{code}]")),
        "{code}: {}",
        ran.err
    );
    assert_eq!(ran.out, "");
}

#[test]
fn drift_replays_rego_over_a_log_of_opa() {
    let place = place();
    let ran = place.run(&["drift", "base", "edit", "--log", "log.jsonl"]);
    assert_eq!(ran.status, 1, "{}", ran.err);
    assert_snapshot!(ran.out, @r#"
    base (5 policies) → edit (6 policies)
    12 recorded decisions

      + gained          2  2 principals, 2 resources
      − lost            0
      ? undeterminable  1  1 principal, 1 resource
        unchanged       9

    Policies
      ~ clinic.authz.allow#3  definition  authz/authz.rego:21
      + clinic.authz.allow#4  added       authz/authz.rego:27

    Caused by
      high    clinic.authz.allow#3  +1
      medium  clinic.authz.allow#4  +1

    Who
      high    staff::"omar"  +1  ?1
      medium  staff::"theo"  +1

    Requests, riskiest first
      high   + staff::"omar" read record::"p-7"
               1 row: resource.class is psychiatric; now permitted by
               clinic.authz.allow#3
      medium + staff::"theo" read record::"r-101"
               1 row: resource.class is general; now permitted by
               clinic.authz.allow#4
      low    ? staff::"omar" read record::"r-102"
               1 row: the log cannot tell; the log lacks `input.subject.token`,
               which the log's masks took
    "#);
    let same = place.run(&["drift", "base", "base", "--log", "log.jsonl", "--json"]);
    assert_eq!(same.status, 0, "{}", same.err);
    let report = same.json();
    assert_eq!(report["engine"], "regorus/0.14.1");
    assert_eq!(report["totals"]["unchanged"], 12);
    assert_eq!(report["totals"]["log_disagrees"], 0);
}

#[test]
fn a_log_is_imported_once_and_replayed_from_the_store() {
    let place = place();
    let imported = place.run(&["log", "import", "base", "log.jsonl", "--json"]);
    assert_eq!(imported.json()["rows"], 12);
    let named = place.run(&["drift", "base", "edit", "--log", "log.jsonl", "--json"]);
    let stored = place.run(&["drift", "base", "edit", "--log", "base", "--json"]);
    assert_eq!(stored.status, 1, "{}", stored.err);
    assert_eq!(named.json(), stored.json());
}

#[test]
fn check_and_decide_know_rego() {
    let place = place();
    assert_eq!(
        place.run(&["check", "base"]).fine(),
        "5 rules: no problems\n"
    );
    place.write(
        "input.json",
        r#"{"subject":{"id":"ines"},"action":"read","resource":{"class":"general","treating":["ines"]}}"#,
    );
    assert_snapshot!(place.run(&["explain", "base", "-r", "input.json"]).fine(), @r#"
    allow  by clinic.authz.allow

    permit clinic.authz.allow matched
      authz/authz.rego:8
        allow if {
         input.action in {"read", "write"}
         input.subject.id in input.resource.treating
        }
    "#);
    place.write("input.json", "{}");
    assert_eq!(
        place.run(&["decide", "base", "-r", "input.json"]).fine(),
        "deny  no rule holds\n"
    );
    let ran = place.run(&[
        "decide",
        "base",
        "-r",
        "input.json",
        "--entrypoint",
        "clinic/other",
    ]);
    refused(&ran, "rego_entrypoint");
    place.write("input.json", "{");
    refused(
        &place.run(&["decide", "base", "-r", "input.json"]),
        "request_invalid",
    );
    place.write(
        "base/authz/late.rego",
        "package clinic.authz\n\nlate if time.now_ns() > input.until\n",
    );
    place.write(
        "base/authz/bad.rego",
        "package clinic.authz\n\nallow if {\n\tinput.x ==\n}\n",
    );
    let ran = place.run(&["check", "base"]);
    assert_eq!(ran.status, 1);
    assert_snapshot!(ran.out, @r#"
    error[rego_syntax]: expecting expression
      authz/bad.rego:5:1
         5 │ }
           │ ^
      hint: correct the text at the marked place

    note[rego_outside]: `time.now_ns` asks the outside, which a replay never does
      (authz/late.rego:3:9)
      hint: requests that reach the call cannot be replayed, unless the log records
            its answer (nd_builtin_cache)

    0 rules: 1 error, 1 note
    "#);
    refused(
        &place.run(&["decide", "base", "-r", "input.json"]),
        "set_broken",
    );
    refused(
        &place.run(&["drift", "edit", "base", "--log", "log.jsonl"]),
        "set_broken",
    );
}

#[test]
fn the_guard_judges_rego_and_says_that_nothing_is_proven() {
    let place = place();
    let guard = |head: &str, more: &[&str]| {
        let run = [
            "guard",
            "--base",
            "base",
            "--head",
            head,
            "--log",
            "log.jsonl",
            "--tolerance",
            "t.toml",
        ];
        place.run(&[&run, more].concat())
    };
    let blocked = guard("edit", &["--html", "r.html", "--markdown", "r.md"]);
    assert_eq!(blocked.status, 1, "{}", blocked.err);
    let said = "replayed, not proven: no solver reads Rego";
    assert!(unwrapped(&blocked.out).contains(said), "{}", blocked.out);
    for file in ["r.html", "r.md"] {
        assert!(place.read(file).contains(said), "{file}");
    }
    let report = guard("edit", &["--json"]).json();
    assert_eq!(
        report["proof"],
        json!([
            {"action": "Action::\"read\"", "relation": "not_proven", "counterexample": null, "reason": said},
            {"action": "Action::\"write\"", "relation": "not_proven", "counterexample": null, "reason": said},
        ])
    );
    assert_eq!(report["verdict"], "blocked");
    assert_eq!(guard("base", &[]).status, 0);
    for arguments in [
        &["prove", "base", "edit"][..],
        &["prove", "base", "--lints"],
    ] {
        let ran = place.run(arguments);
        refused(&ran, "proof_engine");
        assert!(
            unwrapped(&ran.err).contains("replayed, not proven"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn cedar_and_rego_are_never_compared() {
    let place = place();
    for (base, head) in [("w", "base"), ("base", "w")] {
        let ran = place.run(&["drift", base, head, "--log", "log.jsonl"]);
        refused(&ran, "engine_mixed");
        assert!(unwrapped(&ran.err).contains("`w` is Cedar"), "{}", ran.err);
    }
    place.write("w/stray.rego", AUTHZ);
    let ran = place.run(&["check", "w", "--json"]);
    assert_eq!(ran.status, 1);
    let codes: Vec<_> = ran.json()["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| found["code"].clone())
        .collect();
    assert!(codes.contains(&json!("engine_mixed")), "{codes:?}");
    refused(
        &place.run(&["drift", "w", "w", "--log", "log.jsonl"]),
        "engine_mixed",
    );
    refused(&place.run(&["test", "base"]), "engine_mixed");
}

#[test]
fn a_log_without_inputs_cannot_be_replayed() {
    let place = place();
    place.write(
        "cedar.jsonl",
        crate::place::row("alice", "view", "plan", "allow"),
    );
    let ran = place.run(&["drift", "base", "edit", "--log", "cedar.jsonl"]);
    refused(&ran, "log_empty");
    assert!(
        unwrapped(&ran.err).contains("decision log of the Open Policy Agent"),
        "{}",
        ran.err
    );
}

/// What `crates/rego/tests` has a token for, from `openssl`'s keys.
const POLICY: &str =
    "package authz\n\ndefault allow := false\n\nallow if input.user == data.owner\n";
const DATA: &str = "{ \"owner\": \"ada\", \"n\": 1.50, \"s\": \"a\u{2028}b<&>\" }\n";

fn signed(place: &Place, name: &str, data: &str) {
    let tokens: Value =
        serde_json::from_str(include_str!("../../../rego/tests/keys/tokens.json")).unwrap();
    let signatures = json!({"signatures": [tokens["ES256"]]}).to_string();
    bundle(
        place,
        name,
        &[
            ("/.manifest", r#"{"revision":"r7","roots":[""]}"#),
            ("/.signatures.json", &signatures),
            ("/authz/policy.rego", POLICY),
            ("/data.json", data),
        ],
    );
}

#[test]
fn a_bundle_passes_only_with_the_signature_it_must_have() {
    let place = place();
    place.write("key.pem", include_str!("../../../rego/tests/keys/ec.pub"));
    place.write(
        "other.pem",
        include_str!("../../../rego/tests/keys/rsa.pub"),
    );
    place.write("input.json", r#"{"user":"ada"}"#);
    signed(&place, "good.tar.gz", DATA);
    signed(&place, "evil.tar.gz", &DATA.replace("ada", "eve"));
    bundle(
        &place,
        "plain.tar.gz",
        &[("/authz/policy.rego", POLICY), ("/data.json", DATA)],
    );
    let decide = |bundle: &str, key: &[&str]| {
        place.run(&[&["decide", bundle, "-r", "input.json"], key].concat())
    };
    let key = &["--bundle-key", "key.pem"][..];
    assert_eq!(decide("good.tar.gz", key).fine(), "allow  by authz.allow\n");
    assert_eq!(
        decide("plain.tar.gz", &[]).fine(),
        "allow  by authz.allow\n"
    );
    for (bundle, key, code) in [
        ("evil.tar.gz", key, "bundle_signature"),
        ("plain.tar.gz", key, "bundle_signature"),
        (
            "good.tar.gz",
            &["--bundle-key", "other.pem"][..],
            "bundle_signature",
        ),
        ("good.tar.gz", &[], "bundle_key"),
        ("good.tar.gz", &["--bundle-key", "none.pem"], "file_read"),
    ] {
        refused(&decide(bundle, key), code);
    }
    let event = |user: &str, result: bool| {
        json!({"input": {"user": user, "action": "read", "resource": "x"}, "path": "authz/allow", "result": result}).to_string() + "\n"
    };
    place.write("small.jsonl", event("ada", true) + &event("eve", false));
    let drift = |base: &str, head: &str, key: &[&str]| {
        place.run(&[&["drift", base, head, "--log", "small.jsonl"], key].concat())
    };
    let ran = drift("good.tar.gz", "good.tar.gz", key);
    assert_eq!(ran.status, 0, "{}", ran.err);
    refused(
        &drift("good.tar.gz", "evil.tar.gz", key),
        "bundle_signature",
    );
    // An archive of Cedar is not signed, and so not what was asked for.
    bundle(
        &place,
        "cedar.tar.gz",
        &[("a.cedar", "permit(principal, action, resource);")],
    );
    refused(
        &drift("cedar.tar.gz", "cedar.tar.gz", key),
        "bundle_signature",
    );
    // The workspace may name the key, so that nobody forgets it.
    place.write("repo/workspace.toml", "[rego]\nkey = \"keys/bundle.pem\"\n");
    place.write("repo/keys/bundle.pem", place.read("key.pem"));
    let near = &["--repo", "repo"][..];
    assert_eq!(drift("good.tar.gz", "good.tar.gz", near).status, 0);
    refused(
        &drift("plain.tar.gz", "good.tar.gz", near),
        "bundle_signature",
    );
    place.write("repo/workspace.toml", "[rego]\nkey = \"../key.pem\"\n");
    refused(&drift("good.tar.gz", "good.tar.gz", near), "file_outside");
    place.write("repo/workspace.toml", "[rego]\nkye = \"x\"\n");
    refused(
        &drift("good.tar.gz", "good.tar.gz", near),
        "workspace_config",
    );
}

#[test]
fn a_bundle_that_climbs_out_is_an_error_everywhere() {
    let place = place();
    bundle(
        &place,
        "climbs.tar.gz",
        &[("../authz.rego", AUTHZ), ("a.rego", POLICY)],
    );
    let guard = [
        "guard",
        "--base",
        "base",
        "--head",
        "climbs.tar.gz",
        "--log",
        "log.jsonl",
        "--tolerance",
        "t.toml",
    ];
    for arguments in [
        &["check", "climbs.tar.gz"][..],
        &["drift", "base", "climbs.tar.gz", "--log", "log.jsonl"],
        &guard,
    ] {
        let ran = place.run(arguments);
        refused(&ran, "bundle_invalid");
        assert!(
            unwrapped(&ran.err).contains("`../authz.rego`"),
            "{}",
            ran.err
        );
    }
    assert!(!Path::new(&place.path("../authz.rego")).exists());
    fs::write(
        place.path("cut.tar.gz"),
        &fs::read(place.path("climbs.tar.gz")).unwrap()[..60],
    )
    .unwrap();
    refused(&place.run(&["check", "cut.tar.gz"]), "revision_unknown");
}
