//! Keys as people use them: made, replaced, revoked when nobody needs them any more, brought back.

use std::fs;

use evidence::{checkpoint, note::VerifierKey};
use serde_json::{Value, json};

use crate::{
    channels::{self, git},
    ledger::{drift, info, opened, place, vkey},
    place::Place,
};

#[test]
fn keys_are_made_shown_replaced_revoked_and_recovered() {
    let place = Place::new();
    place.write("pass", "correct horse battery\n");
    place.write("recovery", "staple\u{e9} staple\n");
    assert_eq!(place.run(&["keys", "list", "--json"]).json(), json!([]));
    let create = opened(&["keys", "create", "audit", "--file", "--json"]);
    let made = place.run(&create).json();
    let public = made["public"].as_str().unwrap();
    assert_eq!(place.run(&create).failed().0, "bad_call");
    assert_eq!(
        place.run(&["keys", "export", "audit"]).fine(),
        format!("ed25519:{public}\n")
    );
    let short = place.run_with_input(
        &[
            "keys",
            "create",
            "b",
            "--file",
            "--passphrase-file",
            "-",
            "--json",
        ],
        "short\n",
    );
    assert_eq!(short.failed().0, "bad_call");
    // Nobody can be asked here.
    assert_eq!(
        place
            .run(&["keys", "create", "b", "--file", "--json"])
            .failed()
            .0,
        "bad_call"
    );
    let export = opened(&[
        "keys",
        "export",
        "audit",
        "--recovery",
        "r",
        "--recovery-passphrase-file",
        "recovery",
        "--json",
    ]);
    place.run(&export).fine();
    assert_eq!(place.run(&export).failed().0, "file_write");
    for secret in ["home/data/trust-fabric/keys/keys.json", "r"] {
        assert!(!place.read(secret).contains("secret"), "{secret}");
    }

    let rotated = place
        .run(&opened(&["keys", "rotate", "audit", "--file", "--json"]))
        .json();
    assert_eq!(rotated["old"]["public"], public);
    assert_eq!(
        (&rotated["old"]["state"], &rotated["ledger"]),
        (&json!("replaced"), &Value::Null)
    );
    place.run(&["keys", "revoke", "audit"]).fine();
    place.run(&["keys", "revoke", public]).fine();
    assert_eq!(
        place.run(&["keys", "show", "audit", "--json"]).failed().0,
        "key_missing"
    );
    let recover = |phrase| {
        let recover = [
            "keys",
            "recover",
            "r",
            "--name",
            "again",
            "--recovery-passphrase-file",
            phrase,
            "--file",
            "--json",
        ];
        place.run(&opened(&recover))
    };
    assert_eq!(recover("pass").failed().0, "key_locked");
    // A key that was revoked is revoked.
    let list = "home/data/trust-fabric/keys/keys.json";
    let before = place.read(list);
    let refused = recover("recovery");
    let (code, said) = refused.failed();
    assert_eq!(code, "key_missing");
    assert!(said.contains("`audit` is revoked already"), "{said}");
    let hint = refused.json()["error"]["hint"].clone();
    assert!(
        hint.as_str().unwrap().contains("fabric keys create"),
        "{hint}"
    );
    assert_eq!(place.read(list), before);
    // Elsewhere, nobody revoked it.
    fs::remove_dir_all(place.path("home")).unwrap();
    assert_eq!(recover("recovery").json()["public"], public);
    let list = place.run(&["keys", "list"]).fine();
    assert!(list.contains("again") && list.contains(public), "{list}");
}

#[test]
#[cfg(target_os = "linux")]
fn without_a_keyring_the_way_out_is_named() {
    let place = Place::new();
    let ran = place
        .command(&["keys", "create", "audit"])
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .output()
        .unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(2));
    assert!(
        said.starts_with("error[keyring_missing]:") && said.contains("--file"),
        "{said}"
    );
}

#[test]
fn a_ledger_changes_its_key_with_its_owner_s() {
    let place = place();
    drift(&place);
    let old = vkey(&place, "example.com/l", "log");
    let rotate = opened(&["keys", "rotate", "audit", "--file", "--dir", "w", "--json"]);
    assert_eq!(place.run(&rotate).json()["ledger"], "example.com/l");
    // Standard input is read once, for both keys that sign.
    let sign = ["ledger", "sign", "w", "--passphrase-file", "-"];
    place.run_with_input(&sign, place.read("pass")).fine();
    let new = vkey(&place, "example.com/l", "log");
    drift(&place);
    let said = info(&place);
    assert_eq!(
        (&said["receipts"], said["keys"].as_array().unwrap().len()),
        (&json!(3), 2)
    );
    let note = said["checkpoint"].as_str().unwrap();
    for key in [old.clone(), new.clone()] {
        checkpoint::open(note.as_bytes(), &[key], &[]).unwrap();
    }
    // The old key revoked, the new one signs alone.
    let public = evidence::hex(&old.key().to_bytes());
    let revoke = ["keys", "revoke", &public, "--dir", "w"];
    let ran = place.run(&revoke);
    assert_eq!(ran.status, 0, "{}", ran.err);
    // Nobody needs it, but who trusts it alone is to know.
    for said in [
        "example.com/l would have signed with it, too, until 20",
        "`fabric ledger trust w`",
    ] {
        assert!(ran.err.contains(said), "{}", ran.err);
    }
    drift(&place);
    let note = info(&place)["checkpoint"].as_str().unwrap().to_owned();
    checkpoint::open(note.as_bytes(), &[new], &[]).unwrap();
    assert!(checkpoint::open(note.as_bytes(), &[old], &[]).is_err());
}

#[test]
fn a_key_that_a_ledger_elsewhere_signs_with_is_destroyed_only_by_who_says_so() {
    let place = place();
    fs::create_dir(place.path("elsewhere")).unwrap();
    let list = "home/data/trust-fabric/keys/keys.json";
    let before = place.read(list);
    for dir in ["elsewhere", "nowhere"] {
        let ran = place.run(&["keys", "revoke", "audit", "--dir", dir, "--json"]);
        let hint = ran.json()["error"]["hint"].as_str().unwrap().to_owned();
        let (code, said) = ran.failed();
        assert_eq!(code, "key_needed");
        assert!(said.contains("example.com/l"), "{said}");
        assert!(
            hint.contains("--dir DIR") && hint.contains("--even-if-needed"),
            "{hint}"
        );
    }
    // Nor where a mark cannot be read, and nobody knows which keys it needs.
    let marks = place.path("home/state/trust-fabric/ledgers");
    place.write("home/state/trust-fabric/ledgers/x.checkpoint", "torn");
    let revoke = ["keys", "revoke", "audit", "--dir", "elsewhere", "--json"];
    assert_eq!(place.run(&revoke).failed().0, "ledger_damaged");
    fs::remove_file(marks.join("x.checkpoint")).unwrap();
    assert_eq!(place.read(list), before);
    drift(&place);

    // Of two ledgers that went on to another key, each is looked at.
    let rotate = ["keys", "rotate", "audit", "--file", "--json", "--dir"];
    let make = |origin: &str, dir: &str| {
        place.run(&["init", dir]).fine();
        let init = ["ledger", "init", dir, "--key", "audit", "--origin", origin];
        place.run(&opened(&init)).fine();
    };
    make("example.com/two", "two");
    let first = place.run(&opened(&[&rotate[..], &["w"]].concat())).json();
    let old = first["old"]["public"].as_str().unwrap();
    place.run(&opened(&[&rotate[..], &["two"]].concat())).fine();
    let one = ["keys", "revoke", old, "--json", "--dir", "w"];
    let (code, said) = place.run(&one).failed();
    assert_eq!(code, "key_needed");
    assert!(said.contains("example.com/two"), "{said}");
    place.run(&[&one[..], &["--dir", "two"]].concat()).fine();
    drift(&place);

    // A key that no ledger signed with, and one of which it was said.
    let create = ["keys", "create", "other", "--file"];
    place.run(&opened(&create)).fine();
    place.run(&["keys", "revoke", "other"]).fine();
    let anyway = ["keys", "revoke", "audit", "--even-if-needed"];
    place.run(&anyway).fine();
    let sign = opened(&["ledger", "sign", "two", "--json"]);
    assert_eq!(place.run(&sign).failed().0, "key_missing");
}

#[test]
fn what_a_copy_does_not_hold_is_no_reason_to_destroy_a_key() {
    let place = channels::shipping("");
    place.copy("w", "backup");
    let rotate = ["keys", "rotate", "release", "--file", "--dir", "w"];
    place.run(&opened(&rotate)).fine();
    let list = "home/data/trust-fabric/keys/keys.json";
    let before = place.read(list);
    let refused = |key: &str, dir: &str, why: &str| {
        let ran = place.run(&["keys", "revoke", key, "--dir", dir, "--json"]);
        let hint = ran.json()["error"]["hint"].as_str().unwrap().to_owned();
        let (code, said) = ran.failed();
        assert_eq!(code, "key_needed");
        assert!(said.contains(why) && said.contains(dir), "{said}");
        assert!(
            hint.contains("`--dir`") && hint.contains("--even-if-needed"),
            "{hint}"
        );
        assert_eq!(place.read(list), before);
    };
    // Neither the key in force, of which the backup knows nothing, nor the one before it.
    let old = info(&place)["keys"][0]["vkey"].clone();
    let old = VerifierKey::parse(old.as_str().unwrap()).unwrap();
    let old = evidence::hex(&old.key().to_bytes());
    refused("release", "backup", "the ledger");
    refused(&old, "backup", "the ledger");

    // The channel still needs the old one, and a clone lacks the channel.
    git(&place, &["update-ref", "-d", "refs/fabric/roots/stable"]);
    git(&place, &["clone", "--quiet", ".", "../clone"]);
    place.copy("w/.fabric", "clone/.fabric");
    refused(&old, "clone", "the ledger knows of move 1 of `stable`");
    fs::remove_dir_all(place.path("clone/.git")).unwrap();
    refused(&old, "clone", "git repository");
    let renew = ["channel", "root", "stable", "--renew", "--dir", "w"];
    place.run(&opened(&renew)).fine();
    place.run(&["keys", "revoke", &old, "--dir", "w"]).fine();
    drift(&place);
}

/// A key that nobody has: the public half of RFC 8032's first example.
const STRAY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

#[test]
fn what_an_interrupted_rotation_leaves_is_told_with_what_to_do() {
    let place = place();
    let folder = "home/data/trust-fabric/keys";
    let list = format!("{folder}/keys.json");
    let before = place.read(&list);
    // Killed between the list of keys and the ledger.
    let rotate = |dir, more: &[&str]| {
        let rotate = ["keys", "rotate", "audit", "--file", "--dir", dir];
        place.run(&opened(&[&rotate[..], more].concat()))
    };
    let made = rotate("nowhere", &["--json"]).json();
    let orphan = made["new"]["public"].as_str().unwrap();
    let ran = rotate("w", &[]);
    let way = format!("`fabric keys revoke {orphan}`");
    assert!(ran.err.contains(&way), "{}", ran.err);
    place.run(&["keys", "revoke", orphan, "--dir", "w"]).fine();
    let ran = rotate("w", &[]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    let ran = place.run(&["keys", "list"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    // Killed between the secret half and the list; and an older list, put back, leaves out what a ledger signs with.
    let new = ran.out.lines().last().unwrap();
    let new = new.split_once("ed25519:").unwrap().1.get(..64).unwrap();
    let whole = place.read(&list);
    place.write(&list, before);
    fs::copy(
        place.path(&format!("{folder}/{new}.key")),
        place.path(&format!("{folder}/{STRAY}.key")),
    )
    .unwrap();
    let told = place.run(&["keys", "list"]).err;
    let line = |key: &str| {
        let mut lines = told
            .lines()
            .filter(|line| line.contains(&format!("{key}.key: ")));
        lines.next().unwrap().to_owned()
    };
    assert!(line(STRAY).contains("or remove the file"), "{told}");
    let needed = line(new);
    assert!(
        needed.contains("signed for example.com/l: bring it back"),
        "{told}"
    );
    assert!(!needed.contains("remove"), "{told}");
    let from = format!("{folder}/{new}.key");
    let recover = ["keys", "recover", &from, "--name", "again", "--file"];
    let whose = ["--recovery-passphrase-file", "pass"];
    place.run(&opened(&[&recover[..], &whose].concat())).fine();
    let told = place.run(&["keys", "list"]).err;
    assert!(!told.contains(new), "{told}");
    drift(&place);
    place.write(&list, whole);
}

#[test]
fn a_ledger_that_is_not_the_newest_keeps_no_key_that_it_never_named() {
    let place = place();
    drift(&place);
    let database = place.path("w/.fabric/ledger.sqlite");
    let backup = fs::read(&database).unwrap();
    drift(&place);
    fs::write(&database, backup).unwrap();
    let create = ["keys", "create", "other", "--file"];
    place.run(&opened(&create)).fine();
    let own = ["keys", "revoke", "audit", "--dir", "w", "--json"];
    let (code, said) = place.run(&own).failed();
    assert_eq!(code, "key_needed");
    assert!(said.contains("older copy"), "{said}");
    let ran = place.run(&["keys", "revoke", "other", "--dir", "w"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    // What cannot be opened cannot tell, and the way on is named.
    place
        .run(&opened(&["keys", "create", "third", "--file"]))
        .fine();
    fs::write(&database, "no database at all, and longer than its header").unwrap();
    let ran = place.run(&["keys", "revoke", "third", "--dir", "w", "--json"]);
    let hint = ran.json()["error"]["hint"].as_str().unwrap().to_owned();
    assert_eq!(ran.failed().0, "store_damaged");
    assert!(hint.contains("--even-if-needed"), "{hint}");
}

#[test]
fn a_rotation_that_cannot_be_done_changes_nothing() {
    let place = place();
    drift(&place);
    place.write("wrong", "another passphrase\n");
    let rotate = |pass, more: &[&str]| {
        let rotate = ["keys", "rotate", "audit", "--file", "--json"];
        let opening = ["--passphrase-file", pass];
        place.run(&[&rotate[..], &opening, more].concat())
    };
    let at = ["--dir", "w"];
    let before = place.snapshot("home");
    assert_eq!(rotate("wrong", &at).failed().0, "key_locked");
    assert_eq!(place.snapshot("home"), before);
    let old = place.run(&["keys", "show", "audit", "--json"]).json()["public"].clone();
    let old = old.as_str().unwrap();
    let file = format!("home/data/trust-fabric/keys/{old}.key");
    let sealed = place.read(&file);
    fs::remove_file(place.path(&file)).unwrap();
    let list = place.read("home/data/trust-fabric/keys/keys.json");
    assert_eq!(rotate("pass", &at).failed().0, "key_missing");
    assert_eq!(place.read("home/data/trust-fabric/keys/keys.json"), list);
    place.write(&file, sealed);

    // Replaced where the ledger was not at hand: the hint says what to do, and that works.
    let apart = ["keys", "rotate", "audit", "--file", "--dir", "nowhere"];
    let apart = place.run(&opened(&apart));
    assert_eq!(apart.status, 0);
    let told = format!(
        "example.com/l signed with the old key last: before you revoke it, replace it in the workspace of each, `fabric keys rotate {old} --dir DIR`"
    );
    assert!(apart.err.contains(&told), "{}", apart.err);
    let revoke = ["keys", "revoke", old, "--dir", "w", "--json"];
    let ran = place.run(&revoke);
    let hint = ran.json()["error"]["hint"].as_str().unwrap().to_owned();
    assert_eq!(ran.failed().0, "key_needed");
    assert!(
        hint.contains(&format!("`fabric keys rotate {old} --dir w`")),
        "{hint}"
    );
    let done = rotate("pass", &at).json();
    assert_eq!(
        (
            &done["ledger"],
            &done["old"]["public"],
            &done["new"]["name"]
        ),
        (&json!("example.com/l"), &json!(old), &json!("audit"))
    );
    assert_eq!(info(&place)["keys"][1]["name"], "audit");
    drift(&place);
    place.run(&revoke).fine();
    let (code, said) = place.run(&revoke).failed();
    assert_eq!(code, "key_missing");
    assert!(said.contains("is revoked already"), "{said}");
}

#[test]
fn a_key_that_the_ledger_took_stays_whatever_goes_wrong_after_it() {
    let place = place();
    let marks = fs::read_dir(place.path("home/state/trust-fabric/ledgers")).unwrap();
    let lock = marks
        .map(|one| one.unwrap().path())
        .find(|path| path.extension().is_some_and(|it| it == "lock"))
        .unwrap();
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    let rotate = ["keys", "rotate", "audit", "--file", "--dir", "w", "--json"];
    place.run(&opened(&rotate)).failed();
    fs::remove_dir(&lock).unwrap();
    assert_eq!(info(&place)["keys"].as_array().unwrap().len(), 2);
    drift(&place);
}
