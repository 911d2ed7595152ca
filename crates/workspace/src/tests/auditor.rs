//! An auditor verifies what a workspace's ledger exported, with no workspace and another user's folders.

use evidence::{
    ed25519::{SecretKey, Signer as _},
    hex,
    note::{Kind, VerifierKey},
    statement::{DriftPreview, Subject},
};
use ipc::{
    BundleVerdict, ChooseTrust, ExportAsked, ReceiptAsked, ReceiptsAsked, ReceiptsOf, Unlock,
    VerifyAsked,
};
use serde_json::json;

use super::*;
use crate::{Ledger, Receipt, vault_of};
use vault::{Keep, Passphrase};

const NOW: u64 = 1_790_000_000;
const ORIGIN: &str = "example.com/small";

/// A keeper of a workspace with a ledger of some receipts, and an auditor elsewhere.
struct Pair {
    keeper: Bench,
    root: PathBuf,
    auditor: Bench,
    trust: String,
    bundle: String,
}

impl Pair {
    fn new(receipts: u64) -> Self {
        let (keeper, auditor) = (Bench::new(), Bench::new());
        let root = keeper.small();
        let folders = &keeper.config.folders;
        let vault = vault_of(folders);
        let passphrase = Passphrase::new("a long walk".to_owned());
        let key = vault.create("audit", Keep::File(&passphrase), NOW).unwrap();
        let signer = vault.signer(&key, &|_| Ok(passphrase.clone())).unwrap();
        let ledger = Ledger::create(&root, folders, Some(ORIGIN), ("audit", &signer), NOW).unwrap();
        let numbers = 0..receipts;
        ledger
            .append(numbers.map(|n| receipt(n, &signer)).collect())
            .unwrap();

        let log = VerifierKey::new(ORIGIN, Kind::Ed25519, signer.public()).unwrap();
        let trust = json!({
            "version": 1,
            "policy": [format!("log {log}"), "quorum none"],
            "keys": [{"key": hex(&signer.public().to_bytes()), "name": "Northwind", "roles": ["studio"], "from": "2026-01-01T00:00:00Z"}],
            "receipts": {"bundle": {"roles": ["studio"]}, "drift-preview": {"roles": ["studio"]}},
        });
        write(&auditor.base, "trust.json", &trust.to_string());
        let bundle = auditor.base.join("b.tfb").display().to_string();
        Self {
            trust: auditor.base.join("trust.json").display().to_string(),
            keeper,
            root,
            auditor,
            bundle,
        }
    }

    fn export(&self, first: u64, last: u64) -> Result<ipc::Exported, Failure> {
        let studio = self.keeper.studio();
        open(&studio, &self.root);
        self.export_by(&studio, first, last)
    }

    fn export_by(&self, studio: &Studio, first: u64, last: u64) -> Result<ipc::Exported, Failure> {
        let given = Unlock {
            passphrase: "a long walk".to_owned(),
        };
        studio.unlock_ledger(given).unwrap();
        studio.export_bundle(ExportAsked {
            first,
            last,
            purpose: "the audit of November".to_owned(),
            path: self.bundle.clone(),
        })
    }

    fn asked(&self) -> VerifyAsked {
        VerifyAsked {
            path: self.bundle.clone(),
            at: None,
            last_seen: None,
        }
    }

    fn trusting(&self) -> Studio {
        let studio = self.auditor.studio();
        let chosen = ChooseTrust {
            path: Some(self.trust.clone()),
        };
        let trust = studio.choose_trust(chosen).unwrap().unwrap();
        assert_eq!(
            (trust.origins.as_slice(), trust.failure),
            (&[ORIGIN.to_owned()][..], None)
        );
        assert_eq!(
            (trust.keys[0].name.as_str(), trust.keys[0].valid.as_str()),
            ("Northwind", "from 2026-01-01")
        );
        studio
    }
}

fn receipt(n: u64, key: &SecretKey) -> Receipt {
    let said = DriftPreview {
        issued: "2026-11-21T12:00:00Z".into(),
        base: "sha256:0123456789abcdef".into(),
        head: "sha256:fedcba9876543210".into(),
        rows: 1_000,
        gained: n,
        lost: 0,
        open: 2,
    };
    Receipt::seal(vec![Subject::of(&format!("edit {n}"), b"x")], &said, &[key]).unwrap()
}

fn page(of: ReceiptsOf, offset: u64, limit: u32) -> ReceiptsAsked {
    ReceiptsAsked { of, offset, limit }
}

#[test]
fn a_bundle_is_judged_by_the_trust_file_and_nothing_else() {
    let pair = Pair::new(600);
    assert_eq!(pair.export(0, 599).unwrap().receipts, 600);
    let studio = pair.auditor.studio();
    assert_eq!(
        code(studio.list_receipts(page(ReceiptsOf::Bundle, 0, 9))),
        Code::BadCall
    );
    // Nobody is trusted: nothing is decided, and nothing is remembered.
    let view = studio.verify_bundle(pair.asked()).unwrap();
    assert_eq!(
        (view.verdict, &view.trust),
        (BundleVerdict::CannotDecide, &None)
    );
    assert_eq!(code(studio.remember_head(())), Code::BadCall);

    let studio = pair.trusting();
    let view = studio.verify_bundle(pair.asked()).unwrap();
    assert_eq!(view.verdict, BundleVerdict::Verified, "{view:#?}");
    assert_eq!((view.checks.len(), view.receipts), (21, 600));
    assert_eq!(view.purpose, "the audit of November");
    let head = view.head.clone().unwrap();
    assert_eq!((head.origin.as_str(), head.size), (ORIGIN, 600));
    assert_eq!(view.last_seen, None);
    let told = lock(&pair.auditor.events);
    assert!(
        told.iter().any(
            |event| matches!(event, Event::Progress { title, .. } if title == "Verifying b.tfb")
        )
    );

    // What is remembered outlives the window, and the next verdict is held against it.
    assert_eq!(studio.remember_head(()).unwrap(), head);
    drop((studio, told));
    let studio = pair.auditor.studio();
    let begin = studio.view_evidence(()).unwrap();
    assert_eq!(begin.trust, view.trust);
    assert_eq!(
        (begin.recent.len(), begin.recent[0].verdict),
        (1, BundleVerdict::Verified)
    );
    let again = studio.verify_bundle(pair.asked()).unwrap();
    assert_eq!(again.last_seen, Some(head));
    let grew = again.checks.iter().find(|check| check.id == "V11").unwrap();
    assert_eq!(grew.state, ipc::CheckState::Pass, "{grew:?}");

    // One bit.
    let mut bytes = fs::read(&pair.bundle).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    fs::write(&pair.bundle, bytes).unwrap();
    let bent = studio.verify_bundle(pair.asked()).unwrap();
    assert_eq!(bent.verdict, BundleVerdict::Failed);
    assert_eq!(code(studio.remember_head(())), Code::BadCall);
}

#[test]
fn receipts_are_told_newest_first_and_lead_to_the_signed_root() {
    let pair = Pair::new(300);
    pair.export(10, 299).unwrap();
    let auditor = pair.trusting();
    let verdict = auditor.verify_bundle(pair.asked()).unwrap();
    let keeper = pair.keeper.studio();
    open(&keeper, &pair.root);
    for (studio, of, total) in [
        (&auditor, ReceiptsOf::Bundle, 290),
        (&keeper, ReceiptsOf::Ledger, 300),
    ] {
        let first = studio.list_receipts(page(of, 0, 2)).unwrap();
        let numbers: Vec<_> = first.items.iter().map(|item| item.number).collect();
        assert_eq!((first.total, numbers), (total, vec![299, 298]));
        assert_eq!(
            first.items[0].says,
            "previewed fedcba987654 against 0123456789ab over 1,000 rows: +299 gain, \u{2212}0 lose, 2 cannot be told"
        );
        assert_eq!(
            (first.items[0].kind.as_str(), first.items[0].purged),
            ("drift-preview", false)
        );
        let last = studio.list_receipts(page(of, total - 1, 9)).unwrap();
        assert_eq!(last.items.len(), 1);
        assert!(
            studio
                .list_receipts(page(of, total, 9))
                .unwrap()
                .items
                .is_empty()
        );
        let proof = studio
            .prove_receipt(ReceiptAsked { of, number: 42 })
            .unwrap();
        let path = proof.path.unwrap();
        assert!(path.holds);
        assert_eq!(Some(&path.head), verdict.head.as_ref());
        assert_eq!(path.steps.last().unwrap().node, path.head.root);
        assert!(
            proof.statement.contains("\"gained\": 42"),
            "{}",
            proof.statement
        );
        assert_eq!(proof.keys.len(), 1);
        assert_eq!(
            code(studio.prove_receipt(ReceiptAsked { of, number: 300 })),
            Code::BadCall
        );
    }
    assert_eq!(
        auditor
            .list_receipts(page(ReceiptsOf::Bundle, 0, 1))
            .unwrap()
            .items[0]
            .signer,
        "Northwind"
    );
    assert_eq!(
        keeper
            .list_receipts(page(ReceiptsOf::Ledger, 0, 1))
            .unwrap()
            .items[0]
            .signer,
        "audit"
    );
}

#[test]
fn a_ledger_is_seen_and_exported_where_its_key_opens() {
    let pair = Pair::new(3);
    let studio = pair.keeper.studio();
    assert_eq!(studio.view_ledger(()).unwrap(), None);
    open(&studio, &pair.root);
    let view = studio.view_ledger(()).unwrap().unwrap();
    assert_eq!(
        (view.origin.as_str(), view.receipts, view.signed),
        (ORIGIN, 3, 0)
    );
    assert!(view.keys[0].vkey.starts_with("example.com/small+"));
    // No checkpoint covers it yet.
    let proof = studio.prove_receipt(ReceiptAsked {
        of: ReceiptsOf::Ledger,
        number: 2,
    });
    assert_eq!(proof.unwrap().path, None);
    let asked = ExportAsked {
        first: 0,
        last: 2,
        purpose: String::new(),
        path: pair.bundle.clone(),
    };
    assert_eq!(code(studio.export_bundle(asked)), Code::KeyLocked);
    let wrong = Unlock {
        passphrase: "a short walk".to_owned(),
    };
    assert_eq!(code(studio.unlock_ledger(wrong)), Code::KeyLocked);
    assert_eq!(code(pair.export_by(&studio, 1, 3)), Code::BadCall);
    assert_eq!(code(pair.export_by(&studio, 2, 1)), Code::BadCall);
    assert!(!Path::new(&pair.bundle).exists());
    assert_eq!(pair.export_by(&studio, 0, 2).unwrap().receipts, 3);
    assert_eq!(studio.check_ledger(()).unwrap().signed, 3);
}

#[test]
fn what_cannot_be_read_is_said_and_nothing_changes() {
    let pair = Pair::new(1);
    pair.export(0, 0).unwrap();
    let studio = pair.trusting();
    for (file, text) in [
        ("none.json", None),
        ("bad.json", Some("{}")),
        ("half.json", Some("{\"version\":1")),
    ] {
        if let Some(text) = text {
            write(&pair.auditor.base, file, text);
        }
        let path = pair.auditor.base.join(file).display().to_string();
        let chosen = studio.choose_trust(ChooseTrust { path: Some(path) });
        let expected = if text.is_some() {
            Code::TrustInvalid
        } else {
            Code::FileRead
        };
        assert_eq!(code(chosen), expected, "{file}");
    }
    assert_eq!(
        studio.view_evidence(()).unwrap().trust.unwrap().path,
        pair.trust
    );
    let missing = VerifyAsked {
        path: pair.auditor.base.display().to_string(),
        ..pair.asked()
    };
    assert_eq!(code(studio.verify_bundle(missing)), Code::FileRead);
    let late = VerifyAsked {
        at: Some("yesterday".to_owned()),
        ..pair.asked()
    };
    assert_eq!(code(studio.verify_bundle(late)), Code::BadCall);
    let seen = VerifyAsked {
        last_seen: Some(pair.trust.clone()),
        ..pair.asked()
    };
    assert_eq!(code(studio.verify_bundle(seen)), Code::CheckpointInvalid);
    // No bundle at all is a failed bundle, with nothing to show in it.
    fs::write(&pair.bundle, b"PK\x03\x04").unwrap();
    let view = studio.verify_bundle(pair.asked()).unwrap();
    assert_eq!(
        (view.verdict, view.receipts, view.head),
        (BundleVerdict::Failed, 0, None)
    );
    assert!(
        studio
            .list_receipts(page(ReceiptsOf::Bundle, 0, 9))
            .is_err()
    );
    // A trust file that has become unreadable is not the same as trusting nobody.
    fs::write(&pair.trust, "{").unwrap();
    assert_eq!(code(studio.verify_bundle(pair.asked())), Code::TrustInvalid);
    assert!(
        studio
            .view_evidence(())
            .unwrap()
            .trust
            .unwrap()
            .failure
            .is_some()
    );
    // A memory that was damaged is an empty one.
    fs::write(pair.auditor.config.folders.data.join("evidence.json"), "{").unwrap();
    assert_eq!(studio.view_evidence(()).unwrap().recent, []);
    assert_eq!(
        studio.choose_trust(ChooseTrust { path: None }).unwrap(),
        None
    );
}
