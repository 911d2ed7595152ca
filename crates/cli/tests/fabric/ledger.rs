//! Keys, ledgers and witnesses as people use them: a key in an encrypted file, a ledger that keeps verdicts, a backup that is
//! noticed, a witness over loopback.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
};

use evidence::{
    checkpoint,
    dsse::Envelope,
    entry::Entry,
    note::{Kind, Note, VerifierKey},
    statement::{DriftPreview, GuardVerdict, Statement, Subject},
    tlog_proof::{Growth, Proof},
};
use serde_json::{Value, json};

use crate::{
    channels,
    place::{PASS, POLICIES, Place, Ran, row},
};

/// The same, where the key opens.
fn opened<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, PASS].concat()
}

/// A workspace with a key in an encrypted file and a ledger.
fn place() -> Place {
    let place = Place::new();
    place.begin_ledger("audit");
    place
}

fn info(place: &Place) -> Value {
    place.run(&["ledger", "info", "w", "--json"]).json()
}

/// The ledger's key.
fn vkey(place: &Place, origin: &str, which: &str) -> VerifierKey {
    vkey_of(place, "audit", origin, which)
}

/// A key as others write it.
fn vkey_of(place: &Place, key: &str, origin: &str, which: &str) -> VerifierKey {
    let shown = place
        .run(&["keys", "show", key, "--origin", origin, "--json"])
        .json();
    VerifierKey::parse(shown[which].as_str().unwrap()).unwrap()
}

/// Adds a receipt: the report of a drift.
fn drift(place: &Place) -> Vec<u8> {
    place.write(
        "x/policies.cedar",
        POLICIES.replace("when { resource.public }", ""),
    );
    for file in ["policies.cedarschema", "entities.json"] {
        place.write(&format!("x/{file}"), place.read(&format!("w/{file}")));
    }
    place.write("log.jsonl", row("alice", "edit", "plan", "allow"));
    let drift = [
        "drift",
        "w",
        "x",
        "--log",
        "log.jsonl",
        "--json",
        "--receipt",
        "w",
    ];
    let ran = place.run(&opened(&drift));
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    ran.out.into_bytes()
}

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
fn verdicts_and_previews_are_kept_and_proven() {
    let place = place();
    let report = drift(&place);
    place.write(
        "t.toml",
        "[default]\ngained = 0\nlost = 0\nopen = 0\nerror_changed = 0\n",
    );
    let guard = [
        "guard",
        "--base",
        "w",
        "--head",
        "x",
        "--log",
        "log.jsonl",
        "--tolerance",
        "t.toml",
        "--receipt",
        "w",
        "--json",
        "report.json",
    ];
    let mut command = place.command(&opened(&guard));
    command.env("CVC5", place.path("no-solver"));
    assert_eq!(command.output().unwrap().status.code(), Some(0));
    let said = info(&place);
    assert_eq!(
        (&said["receipts"], &said["signed"], &said["trouble"]),
        (&json!(2), &json!(2), &Value::Null)
    );

    let ledger = workspace::Ledger::open(
        &place.path("w").canonicalize().unwrap(),
        &workspace::Folders {
            data: place.path("home/data/trust-fabric"),
            state: place.path("home/state/trust-fabric"),
        },
    )
    .unwrap()
    .unwrap();
    let log = vkey(&place, "example.com/l", "log");
    let files = [report, fs::read(place.path("report.json")).unwrap()];
    for (seq, (entry, file)) in (0..).zip(ledger.entries(0..9).unwrap().iter().zip(files)) {
        let text = &entry.receipt.as_ref().unwrap().envelope;
        let envelope = Envelope::parse(text.as_bytes()).unwrap();
        envelope
            .verify(evidence::dsse::IN_TOTO, &[log.key()], 1)
            .unwrap();
        let statement = Statement::parse(&envelope.payload).unwrap();
        assert!(
            statement.subject[0].is(&file),
            "receipt {seq} is about what was printed"
        );
        match seq {
            0 => drop(statement.predicate::<DriftPreview>().unwrap()),
            _ => {
                let verdict: GuardVerdict = statement.predicate().unwrap();
                assert_eq!(verdict.violations, 0);
            }
        }
        // By its number, and by its digest.
        let digest = evidence::hex(&evidence::sha256(&[text.as_bytes()]));
        let by_number = place
            .run(&["ledger", "prove", &seq.to_string(), "w"])
            .fine();
        let by_digest = place.run(&["ledger", "prove", &digest, "w", "--out", "p"]);
        assert_eq!(by_digest.fine(), "");
        assert_eq!(place.read("p"), by_number);
        let proof = Proof::parse(by_number.as_bytes()).unwrap();
        proof
            .verify(&entry.leaf.hash(), std::slice::from_ref(&log), &[])
            .unwrap();
    }
    for unknown in ["2", "-1", "x", &"0".repeat(64)] {
        let ran = place.run(&["ledger", "prove", "--json", "--", unknown, "w"]);
        assert_eq!(ran.failed().0, "bad_call", "{unknown}");
    }
    let checked = place.run(&["ledger", "check", "w", "--json"]).json();
    assert_eq!(
        (&checked["receipts"], &checked["checkpoints"]),
        (&json!(2), &json!(3))
    );
    // In few bytes, everything is as it was.
    let compact = place.run(&["ledger", "compact", "w", "--json"]).json();
    assert_eq!(
        (
            &compact["receipts"],
            &compact["written"],
            &compact["dropped"]
        ),
        (&json!(2), &json!(1), &json!(0))
    );
    let [before, after] = ["before", "after"].map(|side| compact["bytes"][side].as_f64().unwrap());
    assert_eq!(compact["factor"], json!(before / after));
    let by_row = place.run(&["ledger", "prove", "1", "w"]).fine();
    let said = place.run(&["ledger", "compact", "w", "--drop"]).fine();
    assert!(said.contains("2 originals, each read back"), "{said}");
    assert_eq!(place.run(&["ledger", "prove", "1", "w"]).fine(), by_row);
    let again = place.run(&["ledger", "check", "w", "--json"]).json();
    assert_eq!(again, checked);
    place.run(&["ledger", "export", "out", "w"]).fine();
    let note = place.read("out/checkpoint");
    let (head, _) = checkpoint::open(note.as_bytes(), &[log], &[]).unwrap();
    assert_eq!(head.size, 2);
    assert_eq!(
        fs::read(place.path("out/tile/0/000.p/2")).unwrap().len(),
        64
    );
}

#[test]
fn a_receipt_that_cannot_be_kept_is_an_error_and_not_a_verdict() {
    let place = Place::new();
    place.write("log.jsonl", row("alice", "edit", "plan", "allow"));
    let drift = [
        "drift",
        "w",
        "w",
        "--log",
        "log.jsonl",
        "--json",
        "--receipt",
        "w",
    ];
    assert_eq!(place.run(&drift).failed().0, "ledger_missing");
    assert_eq!(
        place.run(&["ledger", "check", "w", "--json"]).failed().0,
        "ledger_missing"
    );
    let init = ["ledger", "init", "w", "--key", "nobody", "--json"];
    assert_eq!(place.run(&init).failed().0, "key_missing");
}

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
    place.run(&revoke).fine();
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
    assert_eq!(
        rotate("pass", &["--dir", "nowhere"]).json()["ledger"],
        Value::Null
    );
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

#[test]
fn a_ledger_whose_key_is_lost_goes_on_with_another_and_so_do_its_channels() {
    let place = channels::shipping("");
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
    let anew = ["channel", "root", "stable", "--begin-again"];
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
    assert_eq!(info(&place)["origin"], "example.com/l");

    let lost = [&other[..], &["--lost"]].concat();
    assert_eq!(with(&lost).json()["origin"], "example.com/l/2");
    let hint = hint(place.run(&revoke), "key_needed");
    assert!(
        hint.contains("`fabric channel root stable --begin-again --dir w`"),
        "{hint}"
    );
    with(&["channel", "root", "stable", "--begin-again", "--dir", "w"]).fine();
    place.run(&["keys", "revoke", old, "--dir", "w"]).fine();

    let trust = ["ledger", "trust", "w", "--out", "trust.json"];
    place.run(&trust).fine();
    with(&["bundle", "w", "--out", "b.tfb"]).fine();
    let verify = ["verify", "b.tfb", "--trust", "trust.json", "--json"];
    assert_eq!(place.run(&verify).json()["verdict"], "verified");
}

#[test]
fn a_witness_watches_over_logs_and_says_which_line_is_one() {
    let place = place();
    let witness = vkey(&place, "example.com/l", "witness").to_string();
    let serve = [
        "witness",
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--state",
        "state",
    ];
    let who = [
        "--key",
        "audit",
        "--name",
        "w.example/w",
        "--json",
        "--log",
        &witness,
    ];
    let (code, said) = place.run(&opened(&[&serve[..], &who].concat())).failed();
    assert_eq!(code, "bad_call");
    assert!(said.contains("witness's key"), "{said}");
    // Nor is the ledger's own key a witness in the file that others are to believe.
    let trust = ["ledger", "trust", "w", "--witness-key", &witness, "--json"];
    let (code, said) = place.run(&trust).failed();
    assert_eq!(code, "bad_call");
    assert!(said.contains("is the ledger's own"), "{said}");
}

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

#[test]
fn receipts_are_listed_by_the_numbers_that_other_commands_take() {
    let place = place();
    assert!(
        place
            .run(&["ledger", "list", "w"])
            .fine()
            .contains("no receipts yet")
    );
    drift(&place);
    let listed = place.run(&["ledger", "list", "w", "--json"]).json();
    let first = &listed["receipts"][0];
    assert_eq!(
        (&first["number"], &first["kind"]),
        (&json!(0), &json!("drift-preview"))
    );
    assert_eq!(first["subjects"][0]["name"], "drift-report.json");
    assert!(evidence::moment::seconds(first["at"].as_str().unwrap()).is_some());
    let text = place.run(&["ledger", "list", "w"]).fine();
    assert!(
        text.starts_with('0') && text.contains("drift-preview"),
        "{text}"
    );
    // A number that is none of them is refused with those that are.
    let bundle = ["bundle", "w", "1", "--out", "b.tfb", "--json"];
    let (code, said) = place.run(&opened(&bundle)).failed();
    assert_eq!(code, "bad_call");
    assert!(said.contains("numbered 0 to 0"), "{said}");
    let one = ["bundle", "w", "0", "--out", "b.tfb"];
    let said = place.run(&opened(&one)).fine();
    assert!(
        said.contains("1 receipt of example.com/l, 0 artefacts"),
        "{said}"
    );
}

/// A witness that ends with its test.
struct Running {
    child: Child,
    url: String,
    key: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn witness(place: &Place) -> Running {
    let log = vkey(place, "example.com/l", "log").to_string();
    // Whoever watches has a key of their own; it is there already when the witness starts again.
    if place.run(&["keys", "show", "watch"]).status != 0 {
        let create = opened(&["keys", "create", "watch", "--file"]);
        place.run(&create).fine();
    }
    let serve = [
        "witness",
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--state",
        "state",
        "--key",
        "watch",
        "--name",
        "witness.example/w1",
        "--log",
        &log,
        "--attest",
        "--json",
    ];
    let mut child = place
        .command(&opened(&serve))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    Running {
        child,
        url: said["url"].as_str().unwrap().to_owned(),
        key: said["witness"].as_str().unwrap().to_owned(),
    }
}

#[test]
fn a_witness_cosigns_outlives_a_kill_and_knows_more_than_a_backup() {
    let place = place();
    drift(&place);
    let sign = |running: &Running| {
        let sign = [
            "ledger",
            "sign",
            "w",
            "--json",
            "--witness",
            &running.url,
            "--witness-key",
            &running.key,
        ];
        place.run(&opened(&sign))
    };
    let running = witness(&place);
    let note = sign(&running).json()["checkpoint"]
        .as_str()
        .unwrap()
        .to_owned();
    let (log, w1) = (
        vkey(&place, "example.com/l", "log"),
        VerifierKey::parse(&running.key).unwrap(),
    );
    assert_eq!(w1.kind(), Kind::Cosignature);
    let (_, signed) = checkpoint::open(note.as_bytes(), &[log], &[w1]).unwrap();
    assert_eq!(signed.len(), 2);
    // What is proven from now on carries the cosignature.
    let proof = Proof::parse(place.run(&["ledger", "prove", "0", "w"]).fine().as_bytes()).unwrap();
    assert_eq!(
        Note::parse(proof.checkpoint.as_bytes())
            .unwrap()
            .signatures
            .len(),
        2
    );
    // Killed and started again, it knows what it cosigned.
    drop(running);
    let running = witness(&place);
    let database = place.path("w/.fabric/ledger.sqlite");
    let backup = fs::read(&database).unwrap();
    drift(&place);
    assert!(sign(&running).status == 0);
    // A machine that lost its mark as well: only the witness knows.
    fs::write(&database, &backup).unwrap();
    for mark in fs::read_dir(place.path("home/state/trust-fabric/ledgers")).unwrap() {
        let mark = mark.unwrap().path();
        if fs::read_to_string(&mark)
            .unwrap()
            .starts_with("example.com/l\n")
        {
            fs::write(&mark, proof.checkpoint.as_bytes()).unwrap();
        }
    }
    assert_eq!(info(&place)["trouble"], Value::Null);
    let (code, said) = sign(&running).failed();
    assert_eq!(code, "ledger_stale", "{said}");
    let (url, key) = (running.url.clone(), running.key.clone());
    let restore = [
        "ledger",
        "restore",
        "w",
        "--key",
        "audit",
        "--by",
        "ana",
        "--json",
        "--witness",
        &url,
        "--witness-key",
        &key,
    ];
    let restored = place.run(&opened(&restore)).json();
    assert_eq!(restored["origin"], "example.com/l/2");
    drop(running);
    assert_eq!(place.run(&opened(&restore)).failed().0, "witness_silent");
}

#[test]
fn a_witness_attests_and_proves_what_it_attested() {
    let place = place();
    let running = witness(&place);
    let ask = |path: &str, body: Option<&str>| {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let url = format!("{}{path}", running.url);
        let mut answer = match body {
            Some(body) => agent.post(&url).send(body),
            None => agent.get(&url).call(),
        }
        .unwrap();
        (
            answer.status().as_u16(),
            answer.body_mut().read_to_string().unwrap(),
        )
    };
    let said = DriftPreview {
        issued: "2026-11-21T12:00:00Z".into(),
        base: "sha256:0".into(),
        head: "sha256:1".into(),
        rows: 1,
        gained: 0,
        lost: 0,
        open: 0,
    };
    let statement = Statement::new(vec![Subject::of("x", b"x")], &said).unwrap();
    let body = evidence::json::to_canonical(&statement).unwrap();
    let own = vkey_of(&place, "watch", "witness.example/w1/ledger", "log");
    for index in 0..3 {
        let (status, text) = ask("/attest", Some(&body));
        assert_eq!(status, 200, "{text}");
        let proof = Proof::parse(text.as_bytes()).unwrap();
        let entry = Entry::parse(std::str::from_utf8(&proof.extra).unwrap()).unwrap();
        assert!(entry.is_bound());
        assert_eq!(proof.index, index);
        proof
            .verify(&entry.leaf.hash(), std::slice::from_ref(&own), &[])
            .unwrap();
        let envelope = Envelope::parse(entry.receipt.unwrap().envelope.as_bytes()).unwrap();
        envelope
            .verify(evidence::dsse::IN_TOTO, &[own.key()], 1)
            .unwrap();
        assert_eq!(envelope.payload, body.as_bytes());
    }
    let (status, text) = ask("/prove?old=2", None);
    assert_eq!(status, 200);
    let growth = Growth::parse(text.as_bytes()).unwrap();
    assert_eq!((growth.old, growth.hashes.is_empty()), (2, false));
    let (status, text) = ask("/prove?index=1", None);
    assert_eq!(
        (status, Proof::parse(text.as_bytes()).unwrap().index),
        (200, 1)
    );
    for (path, body, status) in [
        ("/attest", Some("{}"), 400),
        ("/attest", Some("nothing"), 400),
        ("/prove?index=3", None, 400),
        ("/prove?old=4", None, 400),
        ("/prove?index=+1", None, 400),
        ("/prove?index=01", None, 400),
        ("/prove", None, 400),
    ] {
        assert_eq!(ask(path, body).0, status, "{path}");
    }
}

#[test]
fn the_sample_has_evidence_to_look_around_in() {
    let place = place();
    let sample = ["ledger", "sample", "northwind", "--json"];
    let made = place.run(&sample).json();
    assert_eq!(made["receipts"], 3);
    let named = |name: &str| made[name].as_str().unwrap().to_owned();
    let (bundle, trust) = (named("bundle"), named("trust"));
    let verdict = place.run(&["verify", &bundle, "--trust", &trust, "--json"]);
    assert_eq!(verdict.json()["verdict"], "verified");
    let bytes = fs::read(&bundle).unwrap();
    assert_eq!(place.run(&sample).json(), made);
    assert!(fs::read(&bundle).unwrap() == bytes);
    // Who keeps the ledger drafts a trust file of it: without its witness, or with it, and no more of them than there are.
    let drafted = ["ledger", "trust", "northwind", "--out", "drafted.json"];
    place.run(&drafted).fine();
    let verdict = place.run(&["verify", &bundle, "--trust", "drafted.json", "--json"]);
    assert_eq!(verdict.json()["verdict"], "verified");
    let read = |name: &str| -> Value { serde_json::from_str(&place.read(name)).unwrap() };
    let given = read(&trust)["policy"].as_array().unwrap().clone();
    let witness = given.iter().filter_map(Value::as_str);
    let witness = witness
        .filter_map(|line| line.strip_prefix("witness studio "))
        .next()
        .unwrap();
    let witnessed = [
        "ledger",
        "trust",
        "northwind",
        "--witness-key",
        witness,
        "--json",
    ];
    let policy = place.run(&witnessed).json()["policy"].clone();
    assert_eq!(policy[0], given[1]);
    assert_eq!(policy[1], json!(format!("witness w1 {witness}")));
    assert_eq!(policy[2], json!("quorum w1"));
    for wrong in [
        [&witnessed[..], &["--quorum", "2"]].concat(),
        [&witnessed[..], &["--witness-key", witness]].concat(),
        vec![
            "ledger",
            "trust",
            "northwind",
            "--witness-key",
            "x",
            "--json",
        ],
    ] {
        assert_eq!(place.run(&wrong).failed().0, "bad_call", "{wrong:?}");
    }
    // What opens its key is told, and the ledger goes on.
    place.write("sample", "northwind sample\n");
    let sign = ["ledger", "sign", "northwind", "--passphrase-file", "sample"];
    place.run(&sign).fine();

    // Neither another workspace nor a ledger of one's own becomes the sample's.
    let other = ["ledger", "sample", "w", "--json"];
    assert_eq!(place.run(&other).failed().0, "bad_call");
    place.run(&["init", "--sample", "mine"]).fine();
    place
        .run(&opened(&["ledger", "init", "mine", "--key", "audit"]))
        .fine();
    let own = ["ledger", "sample", "mine", "--json"];
    assert_eq!(place.run(&own).failed().0, "file_write");
    assert_eq!(
        place.run(&["ledger", "info", "mine", "--json"]).json()["receipts"],
        0
    );
}
