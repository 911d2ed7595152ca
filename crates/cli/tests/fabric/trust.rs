//! The trust file that who keeps a ledger drafts, and one that somebody wrote.

use std::fs;

use serde_json::json;

use crate::ledger::{drift, opened, place, vkey, vkey_of};

#[test]
fn a_drafted_trust_file_names_the_origins_before_a_restore() {
    let place = place();
    drift(&place);
    let database = place.path("w/.fabric/ledger.sqlite");
    let backup = fs::read(&database).unwrap();
    drift(&place);
    place
        .run(&opened(&["bundle", "w", "--out", "before.tfb"]))
        .fine();
    fs::write(&database, &backup).unwrap();
    let restore = |key: &str| {
        let restore = ["ledger", "restore", "w", "--by", "ana", "--key", key];
        place.run(&opened(&restore)).fine();
        drift(&place);
    };
    let trust = |more: &[&str]| {
        // One that says something else is not overwritten.
        let _ = fs::remove_file(place.path("trust.json"));
        let trust = ["ledger", "trust", "w", "--out", "trust.json"];
        place.run(&[&trust[..], more].concat())
    };
    let verdict = |bundle: &str| {
        let verify = ["verify", bundle, "--trust", "trust.json", "--json"];
        place.run(&verify).json()["verdict"].clone()
    };
    let former = vkey(&place, "w.example/w", "witness").to_string();
    place
        .run(&opened(&["keys", "create", "other", "--file"]))
        .fine();
    restore("other");
    place
        .run(&opened(&["bundle", "w", "--out", "after.tfb"]))
        .fine();
    trust(&[]).fine();
    for bundle in ["before.tfb", "after.tfb"] {
        assert_eq!(verdict(bundle), "verified", "{bundle}");
    }
    // The key of the origin before signed the ledger, so it does not watch it.
    let (code, said) = trust(&["--witness-key", &former, "--json"]).failed();
    assert_eq!(code, "bad_call");
    assert!(said.contains("is the ledger's own"), "{said}");
    // Nor do witnesses that count for nothing pass for some that do.
    place
        .run(&opened(&["keys", "create", "watch", "--file"]))
        .fine();
    let watch = vkey_of(&place, "watch", "w.example/w", "witness").to_string();
    let none = ["--witness-key", &watch, "--quorum", "0", "--json"];
    let (code, said) = trust(&none).failed();
    assert_eq!(code, "bad_call");
    assert!(said.contains("count for nothing"), "{said}");
    let two = ["--witness-key", &watch, "--quorum", "2", "--json"];
    let (_, said) = trust(&two).failed();
    assert!(
        said.contains("2 witnesses") && said.contains("1 is named"),
        "{said}"
    );

    // A third origin, with the first one's key: a policy names it once.
    let second = place.path("w/.fabric/ledger-2.sqlite");
    let backup = fs::read(&second).unwrap();
    drift(&place);
    fs::write(&second, &backup).unwrap();
    restore("audit");
    let ran = trust(&[]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.err.contains("--origin example.com/l`"), "{}", ran.err);
    assert_eq!(verdict("after.tfb"), "verified");
    assert_ne!(verdict("before.tfb"), "verified");
    trust(&["--origin", "example.com/l"]).fine();
    assert_eq!(verdict("before.tfb"), "verified");
    let unknown = ["--origin", "example.com/l/9", "--json"];
    assert_eq!(trust(&unknown).failed().0, "bad_call");
}

#[test]
fn a_line_of_a_trust_file_that_is_none_says_how_one_is_written() {
    let place = place();
    let log = vkey(&place, "example.com/l", "log").to_string();
    let bundle = ["bundle", "w", "--out", "b.tfb"];
    drift(&place);
    place.run(&opened(&bundle)).fine();
    for (lines, form) in [
        (
            json!([format!("witness {log}"), "quorum none"]),
            "`witness NAME VKEY`",
        ),
        (
            json!([format!("witness w {log}"), "quorum none"]),
            "`witness NAME VKEY`",
        ),
        (json!(["log x+1+2", "quorum none"]), "`log VKEY`"),
        (json!(["group g 1 w", "quorum g"]), "`group NAME 2 A B C`"),
        (json!(["quorum w"]), "`quorum none`"),
        (json!(["witnesses w", "quorum none"]), "`witness NAME VKEY`"),
    ] {
        let trust = json!({"version": 1, "policy": lines});
        place.write("trust.json", trust.to_string());
        let ran = place.run(&["verify", "b.tfb", "--trust", "trust.json", "--json"]);
        let hint = ran.json()["error"]["hint"].as_str().unwrap().to_owned();
        assert_eq!(ran.failed().0, "trust_invalid", "{lines}");
        assert!(hint.contains(form), "{lines}: {hint}");
    }
}
