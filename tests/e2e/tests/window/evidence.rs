//! The auditor's job in the real window: a bundle handed over, judged by a trust file, looked into; and the ledger it came from.

use std::fs;

use e2e::{Error, Home, Stage, at};
use evidence::{
    ed25519::Signer,
    statement::{DriftPreview, Subject},
};
use serde_json::{Value, json};

const PASSPHRASE: &str = "correct horse battery";

/// A home with a workspace `w` whose ledger has two receipts, a bundle of them, and a trust file for it.
pub fn home() -> Result<Home, Error> {
    let home = Home::new()?;
    let write = |name: &str, text: &str| {
        let path = home.path().join(name);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all);
        written
            .and_then(|()| fs::write(&path, text))
            .map_err(|error| Error::System(name.into(), error))
    };
    let schema = "entity Nurse; entity Chart; action read appliesTo { principal: Nurse, resource: Chart, context: {} };";
    let rule = "@id(\"nurses-read\") permit (principal is Nurse, action == Action::\"read\", resource is Chart);";
    for (folder, policies) in [("w", ""), ("x", rule)] {
        write(&format!("{folder}/clinic.cedarschema"), schema)?;
        write(&format!("{folder}/clinic.cedar"), policies)?;
    }
    let row = json!({"v": 1, "id": "r1", "at": "2026-11-03T10:00:00Z", "principal": "Nurse::\"ana\"", "action": "Action::\"read\"",
        "resource": "Chart::\"7\"", "context": {}, "decision": "deny"});
    write("log.jsonl", &format!("{row}\n"))?;
    write("pass", PASSPHRASE)?;
    let pass = ["--passphrase-file", "pass"];
    let fabric = |arguments: &[&str]| home.fabric(&[arguments, &pass].concat());
    let key = fabric(&["keys", "create", "audit", "--file", "--json"])?;
    fabric(&[
        "ledger",
        "init",
        "w",
        "--key",
        "audit",
        "--origin",
        "example.com/clinic",
    ])?;
    for _ in 0..2 {
        fabric(&["drift", "w", "x", "--log", "log.jsonl", "--receipt", "w"])?;
    }
    fabric(&[
        "bundle",
        "w",
        "--out",
        "clinic.tfb",
        "--base",
        "w",
        "--head",
        "x",
        "--log",
        "log.jsonl",
    ])?;
    let info = home.fabric(&["ledger", "info", "w", "--json"])?;
    let read = |text: &str, place: &str| {
        let value = serde_json::from_str::<Value>(text).ok();
        let found = value
            .as_ref()
            .and_then(|value| value.pointer(place)?.as_str());
        let missing = || Error::Missing(format!("`{place}` in {text}"));
        found.map(str::to_owned).ok_or_else(missing)
    };
    let (key, vkey) = (read(&key, "/public")?, read(&info, "/keys/0/vkey")?);
    let trust = json!({
        "version": 1,
        "policy": [format!("log {vkey}"), "quorum none"],
        "keys": [{"key": key, "name": "Clinic", "roles": ["studio"], "from": "2020-01-01T00:00:00Z"}],
        "receipts": {"bundle": {"roles": ["studio"]}, "drift-preview": {"roles": ["studio"]}},
    });
    write("trust.json", &trust.to_string())?;
    Ok(home)
}

/// Waits for a verdict on the screen.
pub fn judged(stage: &Stage, verdict: &str) -> Result<(), Error> {
    stage
        .find(&format!("[data-test=verdict][data-verdict='{verdict}']"))
        .map(drop)
}

#[test]
fn an_auditor_verifies_without_a_workspace_and_looks_into_it() -> Result<(), Error> {
    let mut home = home()?;
    let bundle = home
        .path()
        .join("clinic.tfb")
        .to_string_lossy()
        .into_owned();
    home.answer_dialogs_with(home.path().join("trust.json"));
    at(home, "auditor", &[&bundle], |stage| {
        // Who trusts nobody decides nothing; choosing whom to trust judges again.
        judged(stage, "Cannot decide")?;
        stage.picture("undecided");
        stage.click("[data-test=choose-trust]")?;
        judged(stage, "Verified")?;
        stage.picture("verified");
        assert_eq!(stage.text("[data-test=evidence-title]")?, "clinic.tfb");
        let checks = "return document.querySelectorAll('[data-test=checks] [data-check]').length;";
        assert_eq!(stage.session().run(checks, &json!([]))?, json!(21));

        stage.click("[data-test=bundle-tab-receipts]")?;
        stage.click("[role=grid] [role=row][aria-rowindex='2']")?;
        stage.find("[data-test=path][data-holds=true]")?;
        let says = stage.text("[data-test=receipt-says]")?;
        assert!(says.contains("+1 gain"), "{says}");
        stage.picture("receipt");

        // Another start hands its bundle over, and ends.
        let bytes = fs::read(&bundle).unwrap();
        let mut bent = bytes.clone();
        bent[bytes.len() / 2] ^= 1;
        fs::write(stage.home.path().join("bent.tfb"), bent).unwrap();
        stage.home.start_again(&["bent.tfb"])?;
        judged(stage, "Failed")?;
        assert_eq!(stage.text("[data-test=evidence-title]")?, "bent.tfb");
        stage.picture("failed");

        // The verdict needs the file no longer, and a file that is gone is said to be.
        fs::remove_file(stage.home.path().join("bent.tfb")).unwrap();
        stage.click("[data-test=verify-again]")?;
        let said = stage.text_when("[data-test=evidence-failure]", "the file", |text| {
            text.contains("bent.tfb")
        })?;
        assert!(said.contains("file_read"), "{said}");

        // What was chosen is there on the next start.
        stage.close_and_start(&[])?;
        stage.find("[data-test=start]")?;
        stage.session().press("g")?;
        stage.session().press("e")?;
        let trust = stage.text("[data-test=trust]")?;
        assert!(trust.contains("trust.json"), "{trust}");
        stage.find("[data-test=recent-bundle]").map(drop)
    })
}

#[test]
fn a_keeper_sees_the_ledger_and_exports_from_it() -> Result<(), Error> {
    let mut home = home()?;
    home.answer_dialogs_with(home.path().join("out.tfb"));
    let workspace = home.path().join("w").to_string_lossy().into_owned();
    at(home, "keeper", &[&workspace], |stage| {
        stage.find("[data-test=workspace-name]")?;
        stage.session().press("g")?;
        stage.session().press("e")?;
        stage.click("[data-test=evidence-tab-ledger]")?;
        let ledger = stage.text_when("[data-test=ledger]", "the ledger", |text| {
            text.contains("example.com/clinic")
        })?;
        assert!(ledger.contains("audit"), "{ledger}");
        stage.picture("ledger");
        stage.click("[data-test=check-ledger]")?;
        stage.find("[data-test=ledger-read]")?;

        // The key lies in a file with a passphrase, which is asked for where it is needed.
        stage.click("[data-test=export-receipts]")?;
        stage.click("[data-test=export-submit]")?;
        stage.find("[data-test=passphrase]")?;
        stage.picture("locked");
        stage.click("[data-test=passphrase] input")?;
        stage.session().type_text(PASSPHRASE)?;
        stage.session().press("Enter")?;
        stage.until("the bundle", || {
            Ok(if stage.home.path().join("out.tfb").is_file() {
                Ok(())
            } else {
                Err("it is not there".into())
            })
        })?;
        let verify = ["verify", "out.tfb", "--trust", "trust.json", "--json"];
        let verified = |stage: &Stage| -> Result<(), Error> {
            let verdict: Value = serde_json::from_str(&stage.home.fabric(&verify)?).unwrap();
            assert_eq!(verdict["verdict"], "verified");
            Ok(())
        };
        verified(stage)?;

        // From the receipt on screen, with the other one about the same edit, and the report both speak of.
        stage.gone("#export-first")?;
        let out = stage.home.path().join("out.tfb");
        fs::remove_file(&out).unwrap();
        stage.click("[data-test=export-receipt]")?;
        assert_eq!(stage.property("#export-first", "value")?, json!("1"));
        assert_eq!(stage.property("#export-edits", "checked")?, json!(true));
        assert_eq!(stage.property("#export-reports", "checked")?, json!(true));
        stage.picture("export");
        stage.click("[data-test=export-submit]")?;
        stage.gone("#export-first")?;
        verified(stage)?;
        let bytes = fs::read(&out).unwrap();
        let name = b"artefacts/drift-report.json";
        assert!(bytes.windows(name.len()).any(|part| part == name));

        // The question whether anything contradicts itself was answered, and stays so.
        stage.click("[data-test=evidence-tab-bundle]")?;
        stage.click("[data-test=evidence-tab-ledger]")?;
        stage.find("[data-test=ledger-read]").map(drop)
    })
}

/// Adds receipts to the ledger of `w`, so many that writing and reading them takes its time.
fn fill(home: &Home, receipts: u64) -> Result<(), Error> {
    let failed = |error: workspace::Error| Error::Missing(error.to_string());
    let folders = workspace::Folders {
        data: home.path().join("data/trust-fabric"),
        state: home.path().join("state/trust-fabric"),
    };
    let root = home.path().join("w");
    let root = root
        .canonicalize()
        .map_err(|error| Error::System("the workspace".into(), error))?;
    let ledger = workspace::Ledger::open(&root, &folders).map_err(failed)?;
    let ledger = ledger.ok_or_else(|| Error::Missing("the ledger of `w`".into()))?;
    let keys = workspace::vault_of(&folders);
    let ask = |_: &vault::Key| Ok(vault::Passphrase::new(PASSPHRASE.to_owned()));
    let sealed = |signer: &dyn Signer| {
        let receipt = |number: u64| {
            let said = DriftPreview {
                issued: "2026-11-20T12:00:00Z".to_owned(),
                base: "sha256:base".to_owned(),
                head: format!("sha256:{number}"),
                rows: 1,
                gained: 1,
                lost: 0,
                open: 0,
            };
            let about = Subject::of("drift-report.json", &number.to_be_bytes());
            workspace::Receipt::seal(vec![about], &said, &[signer])
        };
        (0..receipts).map(receipt).collect()
    };
    let now = 1_795_262_400;
    let recorded = workspace::record(&ledger, &keys, &ask, now, sealed);
    recorded.map(drop).map_err(failed)
}

#[test]
fn what_takes_long_is_cancelled_and_goes_on_where_it_stopped() -> Result<(), Error> {
    let mut home = home()?;
    fill(&home, 60_000)?;
    home.answer_dialogs_with(home.path().join("out.tfb"));
    let workspace = home.path().join("w").to_string_lossy().into_owned();
    at(home, "long", &[&workspace], |stage| {
        let out = stage.home.path().join("out.tfb");
        let part = stage.home.path().join("out.tfb.part");
        stage.find("[data-test=workspace-name]")?;
        stage.session().press("g")?;
        stage.session().press("e")?;
        stage.click("[data-test=evidence-tab-ledger]")?;
        stage.click("[data-test=export-receipts]")?;
        stage.click("[data-test=export-submit]")?;
        stage.click("[data-test=passphrase] input")?;
        stage.session().type_text(PASSPHRASE)?;
        stage.session().press("Enter")?;
        let under_way = |text: &str| text.contains("Exporting: ");
        stage.text_when("dialog[open]", "the export", under_way)?;
        stage.picture("exporting");
        stage.click("[data-test=export-cancel]")?;
        stage.text_when("dialog[open]", "its end", |text| {
            text.contains("goes on where it stopped")
        })?;
        stage.picture("cancelled");
        assert!(part.is_file() && !out.exists());
        let half = fs::read(&part).unwrap();

        stage.click("[data-test=export-submit]")?;
        stage.gone("#export-first")?;
        assert!(out.is_file() && !part.exists());
        // What was written before was not written again.
        let written = fs::read(&out).unwrap();
        assert!(written.len() > half.len());

        // The same of a verification: what was in front stays, and nothing was decided.
        stage.home.start_again(&["out.tfb"])?;
        stage.click("[data-test=evidence-cancel]")?;
        stage.text_when("[data-test=evidence-failure]", "its end", |text| {
            text.contains("cancelled")
        })?;
        stage.picture("verification-cancelled");
        assert_eq!(stage.count("[data-test=verdict]")?, 0);
        stage.click("[data-test=evidence-failure] [data-test=verify-again]")?;
        judged(stage, "Cannot decide")
    })
}

#[test]
fn a_newcomer_finds_evidence_in_the_sample_and_verifies_it() -> Result<(), Error> {
    at(Home::with_sample(1_000)?, "newcomer", &[], |stage| {
        stage.click("[data-test=open-sample]")?;
        stage.find("[data-test=stories]")?;
        stage.click("[data-test=go-evidence]")?;
        stage.click("[data-test=evidence-tab-ledger]")?;
        let ledger = stage.text_when("[data-test=ledger]", "the sample's ledger", |text| {
            text.contains("northwind.example/sample/")
        })?;
        assert!(ledger.contains("127.0.0.1:"), "{ledger}");
        stage.find("[role=grid] [role=row][aria-rowindex='4']")?;
        stage.picture("sample-ledger");

        stage.click("[data-test=evidence-tab-bundle]")?;
        stage.find("[data-test=verify-sample]")?;
        stage.picture("sample-begin");
        stage.click("[data-test=verify-sample]")?;
        judged(stage, "Verified")?;
        assert_eq!(stage.text("[data-test=evidence-title]")?, "northwind.tfb");
        stage.picture("sample-verified");
        stage.click("[data-test=bundle-tab-receipts]")?;
        stage.click("[role=grid] [role=row][aria-rowindex='2']")?;
        let says = stage.text("[data-test=receipt-says]")?;
        assert!(says.contains("blocked"), "{says}");
        Ok(())
    })
}
