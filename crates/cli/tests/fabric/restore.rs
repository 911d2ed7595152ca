//! A ledger that cannot go on as it is: a backup that is noticed, a key that is lost.

use std::fs;

use serde_json::json;

use crate::{
    channels,
    ledger::{drift, info, opened, place},
    place::Ran,
};

#[test]
fn a_backup_is_noticed_and_restored_under_a_new_origin() {
    let place = place();
    drift(&place);
    let database = place.path("w/.fabric/ledger.sqlite");
    let backup = fs::read(&database).unwrap();
    drift(&place);
    fs::write(&database, backup).unwrap();
    let said = info(&place);
    assert_eq!(said["trouble"]["code"], "ledger_stale");
    assert!(
        said["trouble"]["hint"]
            .as_str()
            .unwrap()
            .contains("fabric ledger restore")
    );
    let sign = opened(&["ledger", "sign", "w", "--json"]);
    assert_eq!(place.run(&sign).failed().0, "ledger_stale");
    assert_eq!(
        place.run(&["ledger", "check", "w", "--json"]).failed().0,
        "ledger_stale"
    );
    let restore = opened(&[
        "ledger", "restore", "w", "--key", "audit", "--by", "ana", "--json",
    ]);
    let restored = place.run(&restore).json();
    assert_eq!(
        (&restored["origin"], &restored["receipts"]),
        (&json!("example.com/l/2"), &json!(1))
    );
    drift(&place);
    assert_eq!(info(&place)["receipts"], 2);
    assert_eq!(place.run(&restore).failed().0, "bad_call");
}

/// From the first message to a bundle that verifies beside one of before, by what each message says.
#[test]
fn a_lost_database_is_gone_on_from_by_what_its_mark_knows() {
    let place = channels::shipping("");
    let bundle = |name: &str| opened(&["bundle", "w", "--out", name]).join(" ");
    let run = |line: &str| place.run(&line.split(' ').collect::<Vec<_>>());
    run(&bundle("before.tfb")).fine();
    let listed = run("ledger list w").fine();
    assert!(
        listed.contains("into force in stable as move 1"),
        "{listed}"
    );
    let lose = || {
        for file in fs::read_dir(place.path("w/.fabric")).unwrap() {
            let path = file.unwrap().path();
            if path.to_string_lossy().contains("ledger") {
                fs::remove_file(path).unwrap();
            }
        }
    };
    let failed = |ran: Ran, code: &str| {
        let error = ran.json()["error"].clone();
        assert_eq!(ran.failed().0, code, "{error}");
        error.to_string()
    };
    lose();
    // What anybody tries names the way.
    let key = opened(&["--key", "release", "--json"]).join(" ");
    let init = failed(
        run(&format!("ledger init w --origin example.com/l {key}")),
        "ledger_stale",
    );
    assert!(init.contains("signed for 1 receipt,"), "{init}");
    let way = "fabric ledger restore DIR --origin example.com/l --key KEY --by WHO";
    assert!(init.contains(way), "{init}");
    let restore = failed(
        run(&format!("ledger restore w --by ana {key}")),
        "ledger_missing",
    );
    assert!(restore.contains("--origin ORIGIN"), "{restore}");
    assert!(restore.contains("example.com/l"), "{restore}");
    let misspelt = format!("ledger restore w --origin example.com/i --by ana {key}");
    failed(run(&misspelt), "bad_call");
    let create = opened(&["keys", "create", "other", "--file"]).join(" ");
    run(&create).fine();
    let restore = "ledger restore w --origin example.com/l --by ana --key other";
    let restore = opened(&[restore, "--json"]).join(" ");
    let restored = run(&restore).json();
    assert_eq!(restored["origin"], "example.com/l/2");
    assert_eq!(
        (&restored["receipts"], &restored["signed"]),
        (&json!(1), &json!(1))
    );
    failed(run(&restore), "bad_call");
    let listed = run("ledger list w").fine();
    assert!(
        listed.contains("of 1 receipt that was signed for none is left"),
        "{listed}"
    );

    // What was handed out before verifies, and so does what comes, with the checkpoint that tells the root that was lost.
    run(&(bundle("after.tfb") + " --reports")).fine();
    let trust = run("ledger trust w --out trust.json");
    assert!(
        trust.err.contains("example.com/l: its database is lost"),
        "{}",
        trust.err
    );
    for name in ["before.tfb", "after.tfb"] {
        let verdict = run(&format!("verify {name} --trust trust.json --json")).json();
        assert_eq!(verdict["verdict"], "verified", "{verdict}");
    }
    let after = fs::read(place.path("after.tfb")).unwrap();
    assert!(String::from_utf8_lossy(&after).contains("artefacts/checkpoint"));
    // The channel goes on, by a root of both keys.
    channels::change(&place, &channels::guests());
    place.write(
        "root.json",
        channels::moved(&place, &["channel", "root", "stable", "--renew"]).fine(),
    );
    channels::promote(&place, "1.1.0", &[]).fine();

    // The second is lost, too: the first does not come back in its place.
    lose();
    let said = failed(run(&restore), "ledger_stale");
    assert!(said.contains("--origin example.com/l/2"), "{said}");
    let second = restore.replace("--origin example.com/l", "--origin example.com/l/2");
    assert_eq!(run(&second).json()["origin"], "example.com/l/3");
}

#[test]
fn a_lost_database_whose_key_is_gone_too_is_told_by_an_older_trust_file() {
    let place = place();
    drift(&place);
    fs::remove_dir_all(place.path("w/.fabric")).unwrap();
    fs::remove_dir_all(place.path("home/data/trust-fabric/keys")).unwrap();
    let create = ["keys", "create", "other", "--file"];
    place.run(&opened(&create)).fine();
    let restore = ["ledger", "restore", "w", "--origin", "example.com/l"];
    let how = ["--by", "ana", "--key", "other"];
    place.run(&opened(&[&restore[..], &how].concat())).fine();
    let trust = place.run(&["ledger", "trust", "w", "--out", "trust.json"]);
    assert!(
        trust.err.contains("example.com/l is not named"),
        "{}",
        trust.err
    );
    assert!(!place.read("trust.json").contains("example.com/l+"));
    drift(&place);
    assert_eq!(info(&place)["receipts"], 2);
}

#[test]
fn a_ledger_whose_key_is_lost_goes_on_with_another_and_so_do_its_channels() {
    let place = channels::shipping("");
    let anew = ["channel", "root", "stable", "--begin-again"];
    let (code, said) = channels::moved(&place, &[&anew[..], &["--json"]].concat()).failed();
    assert_eq!(code, "promotion_refused", "{said}");
    let create = ["keys", "create", "other", "--file"];
    place.run(&opened(&create)).fine();
    let restore = ["ledger", "restore", "w", "--key", "other", "--by", "ana"];
    let (code, said) = place
        .run(&opened(&[&restore[..], &["--json"]].concat()))
        .failed();
    assert_eq!(code, "bad_call", "{said}");
    let lost = place.run(&["keys", "show", "release", "--json"]).json()["public"].clone();
    let lost = lost.as_str().unwrap();
    fs::remove_file(place.path(&format!("home/data/trust-fabric/keys/{lost}.key"))).unwrap();
    channels::change(&place, &channels::guests());
    let refused = channels::promote(&place, "1.1.0", &["--json"]);
    let hint = refused.json()["error"]["hint"].as_str().unwrap().to_owned();
    assert_eq!(refused.failed().0, "key_missing");
    for said in [
        "fabric keys recover FILE --name",
        "fabric ledger restore DIR --key",
    ] {
        assert!(hint.contains(said), "{hint}");
    }

    let ran = place.run(&opened(&restore));
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.out.contains("example.com/l/2"), "{}", ran.out);
    assert!(
        ran.err.contains("nothing is lost but its key"),
        "{}",
        ran.err
    );
    place.write("root.json", channels::moved(&place, &anew).fine());
    channels::promote(&place, "1.1.0", &[]).fine();
    let server = channels::follow(&place, &[]);
    server.at(2);
    drop(server);
    // What nobody opens any more can be revoked now.
    place.run(&["keys", "revoke", lost, "--dir", "w"]).fine();
}

/// From the refusal to a bundle that verifies, by what each message says.
#[test]
fn a_ledger_whose_key_nobody_can_open_goes_on_with_another() {
    let place = channels::shipping("");
    place.write("new", "battery staple horse\n");
    let opening = ["--passphrase-file", "new"];
    let with = |arguments: &[&str]| place.run(&[arguments, &opening].concat());
    let hint = |ran: Ran, code: &str| {
        let hint = ran.json()["error"]["hint"].as_str().unwrap().to_owned();
        assert_eq!(ran.failed().0, code);
        hint
    };
    with(&["keys", "create", "other", "--file"]).fine();
    let shown = place.run(&["keys", "show", "release", "--json"]).json();
    let old = shown["public"].as_str().unwrap();

    // Whatever is tried leads to the one way.
    let sign = with(&["ledger", "sign", "w", "--json"]);
    let revoke = ["keys", "revoke", "release", "--dir", "w", "--json"];
    let restore = ["ledger", "restore", "w", "--by", "ana", "--json"];
    let other = [&restore[..], &["--key", "other"]].concat();
    for (ran, code) in [
        (sign, "key_locked"),
        (place.run(&revoke), "key_needed"),
        (with(&other), "bad_call"),
    ] {
        let hint = hint(ran, code);
        assert!(hint.contains("--lost"), "{hint}");
    }
    // It is believed of no key that signs here.
    let own = [&restore[..], &["--key", "release", "--lost"]].concat();
    assert_eq!(place.run(&opened(&own)).failed().0, "bad_call");
    // Nor of one that opens with the passphrase at hand.
    place
        .run(&opened(&["keys", "create", "third", "--file"]))
        .fine();
    let third = [&restore[..], &["--key", "third", "--lost"]].concat();
    let (code, said) = place.run(&opened(&third)).failed();
    assert_eq!(code, "bad_call");
    assert!(said.contains("opens with the passphrase"), "{said}");
    // Nor of nobody.
    for nobody in ["", " \t"] {
        let by = ["ledger", "restore", "w", "--by", nobody, "--json"];
        let ran = with(&[&by[..], &["--key", "other", "--lost"]].concat());
        assert!(hint(ran, "bad_call").contains("--by"));
    }
    assert_eq!(info(&place)["origin"], "example.com/l");

    let lost = [&other[..], &["--lost"]].concat();
    assert_eq!(with(&lost).json()["origin"], "example.com/l/2");
    channels::change(&place, &channels::guests());
    let promote = ["promote", "1.1.0", "--to", "stable", "--dir", "w", "--json"];
    for (ran, code) in [
        (place.run(&revoke), "key_needed"),
        (with(&promote), "key_locked"),
    ] {
        let hint = hint(ran, code);
        assert!(
            hint.contains("`fabric channel root stable --begin-again"),
            "{hint}"
        );
    }
    with(&["channel", "root", "stable", "--begin-again", "--dir", "w"]).fine();
    with(&promote).fine();
    // Whether anybody can open a key that is there is known to its owner alone.
    let revoke = ["keys", "revoke", old, "--dir", "w", "--json"];
    assert!(hint(place.run(&revoke), "key_needed").contains("nobody can open"));
    place
        .run(&[&revoke[..], &["--even-if-needed"]].concat())
        .fine();

    let trust = ["ledger", "trust", "w", "--out", "trust.json"];
    place.run(&trust).fine();
    with(&["bundle", "w", "--out", "b.tfb"]).fine();
    let verify = ["verify", "b.tfb", "--trust", "trust.json", "--json"];
    assert_eq!(place.run(&verify).json()["verdict"], "verified");
}

#[test]
fn a_copy_that_was_restored_to_try_it_takes_no_key_from_the_workspace() {
    let place = channels::shipping("");
    place.copy("w", "copy");
    place.write("new", "battery staple horse\n");
    let with = |arguments: &[&str]| {
        let opening = ["--passphrase-file", "new"];
        place.run(&[arguments, &opening].concat()).fine()
    };
    with(&["keys", "create", "next", "--file"]);
    let restore = ["ledger", "restore", "copy", "--key", "next", "--by", "ana"];
    with(&[&restore[..], &["--lost"]].concat());
    with(&[
        "channel",
        "root",
        "stable",
        "--begin-again",
        "--dir",
        "copy",
    ]);
    let shown = place.run(&["keys", "show", "release", "--json"]).json();
    let old = shown["public"].as_str().unwrap();
    for dirs in [
        &["--dir", "copy"][..],
        &["--dir", "copy", "--dir", "nowhere"],
    ] {
        let revoke = [&["keys", "revoke", old, "--json"][..], dirs].concat();
        let ran = place.run(&revoke);
        let hint = ran.json()["error"]["hint"].as_str().unwrap().to_owned();
        let (code, said) = ran.failed();
        assert_eq!(code, "key_needed");
        assert!(
            said.contains("example.com/l/2 took its place in `copy`"),
            "{said}"
        );
        assert!(hint.contains("--even-if-needed"), "{hint}");
    }
    // That the other goes on is known once it signs.
    drift(&place);
    let revoke = ["keys", "revoke", old, "--dir", "copy", "--json"];
    let (code, said) = place.run(&revoke).failed();
    assert_eq!(code, "key_needed");
    assert!(said.contains("but it signed after that"), "{said}");
    // Nothing is destroyed with a key whose secret half is gone.
    fs::remove_file(place.path(&format!("home/data/trust-fabric/keys/{old}.key"))).unwrap();
    place.run(&["keys", "revoke", old, "--dir", "copy"]).fine();
}
