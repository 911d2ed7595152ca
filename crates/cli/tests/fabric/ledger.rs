//! A ledger that keeps verdicts and previews, and proves that it does.

use std::fs;

use evidence::{
    checkpoint,
    dsse::Envelope,
    note::VerifierKey,
    statement::{DriftPreview, GuardVerdict, Statement},
    tlog_proof::Proof,
};
use serde_json::{Value, json};

use crate::place::{PASS, POLICIES, Place, row};

/// The same, where the key opens.
pub fn opened<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, PASS].concat()
}

/// A workspace with a key in an encrypted file and a ledger.
pub fn place() -> Place {
    let place = Place::new();
    place.begin_ledger("audit");
    place
}

pub fn info(place: &Place) -> Value {
    place.run(&["ledger", "info", "w", "--json"]).json()
}

/// The ledger's key.
pub fn vkey(place: &Place, origin: &str, which: &str) -> VerifierKey {
    vkey_of(place, "audit", origin, which)
}

/// A key as others write it.
pub fn vkey_of(place: &Place, key: &str, origin: &str, which: &str) -> VerifierKey {
    let shown = place
        .run(&["keys", "show", key, "--origin", origin, "--json"])
        .json();
    VerifierKey::parse(shown[which].as_str().unwrap()).unwrap()
}

/// Adds a receipt: the report of a drift.
pub fn drift(place: &Place) -> Vec<u8> {
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

#[test]
fn a_second_ledger_and_a_folder_in_the_place_of_one_are_told_as_what_they_are() {
    let place = place();
    let failed = |arguments: &[&str], code: &str| {
        let ran = place.run(arguments);
        let error = ran.json()["error"].to_string();
        assert_eq!(ran.failed().0, code, "{error}");
        error
    };
    let init = opened(&["ledger", "init", "w", "--key", "audit", "--json"]);
    let error = failed(&init, "bad_call");
    assert!(
        error.contains("there is a ledger already: example.com/l"),
        "{error}"
    );
    fs::create_dir(place.path("w/.fabric/ledger-3.sqlite")).unwrap();
    let error = failed(&["ledger", "list", "w", "--json"], "store_damaged");
    assert!(
        error.contains("ledger-3.sqlite` is damaged: it is a folder"),
        "{error}"
    );
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
