//! What happened, told by the built program: from a channel that moved to files that people read.

use serde_json::{Value, json};

use crate::{
    channels::{change, guests, moved, promote, shipping},
    place::{Place, Ran, row},
};

fn told(place: &Place, more: &[&str]) -> Ran {
    let what = ["narrate", "promotion", "--channel", "stable"];
    moved(place, &[&what[..], more].concat())
}

/// A channel that moved to 1.1.0, which guests do not like, and a log to say so.
fn place() -> Place {
    let place = shipping("");
    let rows =
        row("bob", "view", "menu", "allow").repeat(3) + &row("alice", "view", "menu", "allow");
    place.write("log.jsonl", rows);
    change(&place, &guests());
    promote(&place, "1.1.0", &["--reason", "Guests see too much."]).fine();
    place
}

#[test]
fn a_promotion_is_told_in_every_form_and_language() {
    let place = place();
    let log = ["--log", "log.jsonl"];
    let text = told(&place, &log).fine();
    for said in [
        "stable now ships 1.1.0",
        "One policy differs: public.",
        "3 requests that were allowed are now refused.",
        "Ivo gave this reason: “Guests see too much.”",
        "fabric rollback stable",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    let german = told(
        &place,
        &[&log[..], &["--language", "de", "--as", "markdown"]].concat(),
    )
    .fine();
    assert!(
        german.starts_with("# stable liefert jetzt 1.1.0\n"),
        "{german}"
    );
    assert!(
        german.contains("3 Anfragen, die erlaubt wurden, sind jetzt abgelehnt."),
        "{german}"
    );
    let french = told(
        &place,
        &[&log[..], &["--language", "fr", "--as", "html"]].concat(),
    )
    .fine();
    assert!(
        french.contains("<html lang=\"fr\">") && !french.contains("<script"),
        "{french}"
    );
    let slack: Value = serde_json::from_str(&told(&place, &["--as", "slack"]).fine()).unwrap();
    assert_eq!(slack["blocks"][0]["type"], "header");
    // Without a log it is said that nobody knows.
    assert!(
        told(&place, &[])
            .fine()
            .contains("There is no decision log that could be replayed")
    );
    let json = told(&place, &[&log[..], &["--json"]].concat()).json();
    assert_eq!(
        (json["facts"]["kind"].as_str(), &json["receipt"]),
        (Some("promotion"), &Value::Null)
    );
    assert_eq!(json["document"]["language"], "en");
}

/// Has an auditor trust the key and the ledger of the workspace.
fn trust(place: &Place) {
    let keys = place.run(&["keys", "list", "--json"]).json();
    let ledger = place.run(&["ledger", "info", "w", "--json"]).json();
    let vkey = ledger["keys"][0]["vkey"].as_str().unwrap();
    let roles = || json!({"roles": ["studio"]});
    let trust = json!({
        "version": 1,
        "policy": [format!("log {vkey}"), "quorum none"],
        "keys": [{"key": keys[0]["public"], "name": "studio", "roles": ["studio"], "from": "2020-01-01T00:00:00Z"}],
        "receipts": {"bundle": roles(), "promotion": roles(), "narrative": roles()},
    });
    place.write("trust.json", trust.to_string());
}

/// A report is held against what it carries before the bundle in it is, and what was changed is named.
fn verified_part_by_part(place: &Place, bytes: &[u8]) {
    let states = |json: &Value| -> Vec<(String, String, String)> {
        let checks = json["checks"].as_array().unwrap().iter();
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        checks
            .filter(|check| text(&check["id"]).starts_with('R'))
            .map(|check| {
                (
                    text(&check["id"]),
                    text(&check["state"]),
                    text(&check["found"]),
                )
            })
            .collect()
    };
    let judged = |more: &[&str]| {
        let ran = place.run(&[&["verify", "it.pdf", "--json"], more].concat());
        let json: Value = serde_json::from_str(&ran.out).unwrap();
        let found: Vec<_> = states(&json).into_iter().map(|it| (it.0, it.1)).collect();
        assert!(json["checks"].as_array().unwrap().len() > 10);
        (
            ran.status,
            json["verdict"].as_str().unwrap().to_owned(),
            found,
        )
    };
    let reports = |signed: &str| {
        [
            ("R01", "pass"),
            ("R02", "pass"),
            ("R03", "pass"),
            ("R04", signed),
        ]
        .map(|(id, state)| (id.to_owned(), state.to_owned()))
        .to_vec()
    };
    // Who trusts nobody decides nothing; who trusts the ledger knows whose words these are.
    let nobody = judged(&[]);
    assert_eq!(
        nobody,
        (2, "cannot_decide".to_owned(), reports("not_checked"))
    );
    trust(place);
    let whole = judged(&["--trust", "trust.json"]);
    assert_eq!(whole, (0, "verified".to_owned(), reports("pass")));
    // Words of one's own beside the same evidence are nobody's.
    let pdf::Carried {
        mut document,
        author,
        date,
        attachment,
        ..
    } = pdf::read(bytes).unwrap();
    document.title.push_str(" by somebody else");
    let options = pdf::Options {
        paper: pdf::Paper::Letter,
        author,
        date,
        attachment,
    };
    place.write("it.pdf", pdf::write(&document, &options).unwrap());
    let forged = judged(&["--trust", "trust.json"]);
    assert_eq!(
        forged,
        (2, "cannot_decide".to_owned(), reports("not_checked"))
    );
    place.write("it.pdf", bytes);

    let starts = bytes.windows(7).enumerate();
    let starts = starts.filter(|(_, window)| *window == b"stream\n");
    let mut named = Vec::new();
    for (start, _) in starts {
        let mut changed = bytes.to_vec();
        changed[start + 40] ^= 1;
        place.write("changed.pdf", &changed);
        let ran = place.run(&["verify", "changed.pdf", "--json"]);
        assert_ne!(ran.status, 0, "{start}");
        if ran.status == 1 {
            let json: Value = serde_json::from_str(&ran.out).unwrap();
            assert_eq!(json["verdict"], "failed");
            named.extend(
                states(&json)
                    .into_iter()
                    .filter(|it| it.1 == "fail")
                    .map(|it| it.2),
            );
        }
    }
    for part in ["page 1", "fonts", "attachment"] {
        assert!(
            named.iter().any(|it| it.contains(part)),
            "{part}: {named:?}"
        );
    }
    place.write("cut.pdf", &bytes[..bytes.len() / 2]);
    let cut = place.run(&["verify", "cut.pdf", "--json"]);
    assert_eq!(cut.failed().0, "report_unreadable");
}

#[test]
fn a_pdf_that_is_published_carries_its_receipts_and_is_rated() {
    let place = place();
    let ran = told(
        &place,
        &[
            "--as",
            "pdf",
            "--paper",
            "letter",
            "--publish",
            "--out",
            "it.pdf",
            "--json",
        ],
    )
    .json();
    let receipt = ran["receipt"].as_u64().unwrap().to_string();
    assert_eq!(ran["file"], "it.pdf");
    let bytes = std::fs::read(place.path("it.pdf")).unwrap();
    let check = pdf::check(&bytes).unwrap();
    assert!(check.holds(), "{:?}", check.parts);
    assert_eq!(
        serde_json::to_value(&check.carried.document).unwrap(),
        ran["document"]
    );
    let carried = check.carried.attachment.unwrap();
    assert_eq!(
        (carried.name.as_str(), carried.bytes.get(..2)),
        ("evidence.tfb", Some(&b"PK"[..]))
    );
    verified_part_by_part(&place, &bytes);

    let dir = ["--dir", "w"];
    let list = |more: &[&str]| place.run(&[&["narrate", "list"], &dir[..], more].concat());
    assert!(list(&[]).fine().contains("en pdf  not rated"));
    let rate = |receipt: &str, stars: &str| {
        place.run(
            &[
                &[
                    "narrate",
                    "rate",
                    receipt,
                    stars,
                    "--comment",
                    "Clear.",
                    "--json",
                ],
                &dir[..],
            ]
            .concat(),
        )
    };
    let rated = rate(&receipt, "4").json();
    assert_eq!(
        (rated["average"].as_f64(), rated["kept"].as_bool()),
        (Some(4.0), Some(true))
    );
    assert_eq!(list(&["--json"]).json()[0]["ratings"], 1);
    assert_eq!(rate("0", "4").failed().0, "nothing_to_tell");
    assert_eq!(rate(&receipt, "6").status, 2);
}

#[test]
fn weeks_rollbacks_and_the_ledger_are_told() {
    let place = place();
    let none = moved(
        &place,
        &["narrate", "rollback", "--channel", "stable", "--json"],
    )
    .failed();
    assert_eq!(none.0, "nothing_to_tell", "{}", none.1);
    moved(
        &place,
        &["rollback", "stable", "--reason", "Guests complained."],
    )
    .fine();
    let back = moved(&place, &["narrate", "rollback", "--channel", "stable"]).fine();
    assert!(
        back.contains("stable is back at 1.0.0") && back.contains("“Guests complained.”"),
        "{back}"
    );
    let week = moved(&place, &["narrate", "week", "--channel", "stable"]).fine();
    assert!(week.contains("3 moves in stable this week"), "{week}");
    let old = [
        "narrate",
        "week",
        "--channel",
        "stable",
        "--until",
        "2020-01-06T00:00:00Z",
    ];
    assert!(
        moved(&place, &old)
            .fine()
            .contains("A quiet week in stable")
    );
    let evidence = moved(&place, &["narrate", "evidence", "--language", "en-GB"]).fine();
    assert!(evidence.contains("3 receipts in the ledger"), "{evidence}");
    // A line ends where it is full.
    let evidence = evidence.replace('\n', " ");
    assert!(
        evidence.contains("the whole ledger was computed again, and all of it held"),
        "{evidence}"
    );
}

#[test]
fn what_cannot_be_told_is_an_error_that_says_what_to_do() {
    let place = place();
    for (more, code) in [
        (&["--language", "xx"][..], "language_unknown"),
        (&["--move", "9"], "nothing_to_tell"),
    ] {
        assert_eq!(told(&place, &[more, &["--json"]].concat()).failed().0, code);
    }
    let verdict = moved(&place, &["narrate", "verdict", "--json"]).failed();
    assert_eq!(verdict.0, "nothing_to_tell");
    // Nothing was written by all that.
    assert!(!place.path("w/.fabric/narratives").exists());
}

#[test]
fn weeks_that_are_due_are_published_once_and_a_timer_calls_for_them() {
    let place = place();
    let weekly = |more: &[&str]| moved(&place, &[&["narrate", "weekly"][..], more].concat());
    assert_eq!(weekly(&["--json"]).failed().0, "nothing_to_tell");
    let timer = ["narrate", "schedule", "w", "--print", "--for", "systemd"];
    let unasked = place.run(&[&timer[..], &["--json"]].concat());
    assert_eq!(unasked.failed().0, "nothing_to_tell");
    let manifest = place.read("w/workspace.toml");
    let rules = |rules: &str| place.write("w/workspace.toml", format!("{manifest}\n{rules}"));
    rules("[[narrative]]\nchannel = \"stable\"\nat = \"nightly 06:00\"\n");
    assert_eq!(weekly(&["--json"]).failed().0, "workspace_config");
    rules("[[narrative]]\nchannel = \"stable\"\nat = \"sunday 04:30\"\nlanguage = \"fr\"\n");
    let told = weekly(&["--out", "reports", "--json"]).json();
    assert_eq!(told["told"].as_array().unwrap().len(), 1, "{told}");
    let files: Vec<_> = std::fs::read_dir(place.path("reports")).unwrap().collect();
    let [Ok(file)] = files.as_slice() else {
        panic!("{files:?}")
    };
    let name = file.file_name().into_string().unwrap();
    assert!(
        name.starts_with("stable-20") && name.ends_with(".fr.pdf"),
        "{name}"
    );
    assert!(
        pdf::check(&std::fs::read(file.path()).unwrap())
            .unwrap()
            .holds()
    );
    let again = weekly(&["--json"]).json();
    assert_eq!(again["told"].as_array().unwrap().len(), 0, "{again}");

    let printed = place
        .run(&[&timer[..], &["--passphrase-file", "pass"]].concat())
        .fine();
    assert!(
        printed.contains("OnCalendar=Sun *-*-* 04:30:00 UTC"),
        "{printed}"
    );
    for word in ["\"narrate\" \"weekly\"", "/pass\"", "Weekly narratives of"] {
        assert!(printed.contains(word), "{word}: {printed}");
    }
    // A channel that never moved keeps nobody else from being told, and is no success.
    rules(
        "[[narrative]]\nchannel = \"nowhere\"\n\n[[narrative]]\nchannel = \"stable\"\nat = \"sunday 04:30\"\nas = \"html\"\n",
    );
    let partly = weekly(&["--json"]);
    let json: Value = serde_json::from_str(&partly.out).unwrap();
    assert_eq!(partly.status, 2);
    assert_eq!(json["told"][0]["channel"], "stable");
    assert_eq!(json["failed"][0]["error"]["code"], "nothing_to_tell");
}
