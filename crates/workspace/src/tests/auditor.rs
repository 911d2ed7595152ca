//! An auditor verifies what a workspace's ledger exported, with no workspace and another user's folders.

use evidence::{
    ed25519::{SecretKey, Signer as _},
    hex,
    note::{Kind, VerifierKey},
    statement::{DriftPreview, GuardVerdict, Ruling, Subject},
};
use ipc::{
    BundleVerdict, ChooseTrust, ExportAsked, ReceiptAsked, ReceiptsAsked, ReceiptsOf, Unlock,
    VerifyAsked,
};
use serde_json::{Value, json};

use super::*;
use crate::{
    Ledger, Receipt,
    auditor::{Auditor, RECENT},
    vault_of,
};
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
            "receipts": {"bundle": {"roles": ["studio"]}, "drift-preview": {"roles": ["studio"]}, "guard-verdict": {"roles": ["studio"]}},
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
        studio.export_bundle(self.wanted(first, last))
    }

    fn wanted(&self, first: u64, last: u64) -> ExportAsked {
        ExportAsked {
            first,
            last,
            from: None,
            until: None,
            edits: false,
            reports: false,
            decisions: false,
            purpose: "the audit of November".to_owned(),
            path: self.bundle.clone(),
        }
    }

    /// More receipts in the ledger, with numbers as their content.
    fn append(&self, numbers: std::ops::Range<u64>) {
        self.append_of(|key| numbers.map(|n| receipt(n, key)).collect());
    }

    fn append_of(&self, receipts: impl FnOnce(&SecretKey) -> Vec<Receipt>) {
        let folders = &self.keeper.config.folders;
        let ledger = Ledger::open(&self.root, folders).unwrap().unwrap();
        let ask = |_: &vault::Key| Ok(Passphrase::new("a long walk".to_owned()));
        let keys = crate::signers(&ledger, &vault_of(folders), &ask, NOW).unwrap();
        ledger.append(receipts(&keys[0])).unwrap();
    }

    /// Another file for the next bundle.
    fn named(&mut self, name: &str) -> VerifyAsked {
        self.bundle = self.auditor.base.join(name).display().to_string();
        self.asked()
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
    assert_eq!(
        code(studio.export_bundle(pair.wanted(0, 2))),
        Code::KeyLocked
    );
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

#[test]
fn many_who_remember_at_once_lose_nothing() {
    let pair = Pair::new(1);
    pair.export(0, 0).unwrap();
    let copies = (0..RECENT as u64).map(|n| format!("{}-{n}.tfb", pair.bundle));
    let copies: Vec<_> = copies.collect();
    for copy in &copies {
        fs::copy(&pair.bundle, copy).unwrap();
    }
    let folders = &pair.auditor.config.folders;
    let shared = Auditor::new(folders);
    std::thread::scope(|scope| {
        for (n, path) in copies.iter().enumerate() {
            let (pair, shared) = (&pair, &shared);
            scope.spawn(move || {
                // Every other one in another program.
                let own = Auditor::new(folders);
                let auditor = if n % 2 == 0 { shared } else { &own };
                let asked = VerifyAsked {
                    path: path.clone(),
                    ..pair.asked()
                };
                auditor
                    .verify(&asked, NOW, &mut |_, _| std::ops::ControlFlow::Continue(()))
                    .unwrap();
            });
        }
        let chosen = shared.choose_trust(Some(pair.trust.clone()));
        assert!(chosen.unwrap().is_some());
    });
    let view = shared.view();
    assert_eq!(view.trust.unwrap().path, pair.trust);
    let mut paths: Vec<_> = view.recent.into_iter().map(|past| past.path).collect();
    paths.sort();
    let mut expected = copies;
    expected.sort();
    assert_eq!(paths, expected);
}

#[test]
fn a_bundle_that_was_remembered_verifies_when_newer_ones_were_seen() {
    let mut pair = Pair::new(3);
    let studio = pair.trusting();
    let v11 = |view: &ipc::BundleView| {
        let found = view.checks.iter().find(|check| check.id == "V11");
        found.unwrap().found.clone()
    };
    let first = pair.named("3.tfb");
    pair.export(0, 2).unwrap();
    let judged = studio.verify_bundle(first.clone()).unwrap();
    let three = studio.remember_head(()).unwrap();
    assert_eq!(Some(&three), judged.head.as_ref());
    pair.append(3..5);
    let between = pair.named("5.tfb");
    pair.export(0, 4).unwrap();
    pair.append(5..6);
    let last = pair.named("6.tfb");
    pair.export(0, 5).unwrap();
    let judged = studio.verify_bundle(last.clone()).unwrap();
    assert_eq!(
        (judged.verdict, judged.last_seen.as_ref()),
        (BundleVerdict::Verified, Some(&three))
    );
    assert_eq!(studio.remember_head(()).unwrap().size, 6);

    // One that was seen when it was new is held against that.
    let old = studio.verify_bundle(first.clone()).unwrap();
    assert_eq!(
        (old.verdict, old.last_seen.as_ref()),
        (BundleVerdict::Verified, Some(&three))
    );
    // One that was not could be of another history, and the way out is said.
    let unseen = studio.verify_bundle(between).unwrap();
    assert_eq!(unseen.verdict, BundleVerdict::CannotDecide);
    assert!(
        v11(&unseen).contains("exported since size 6"),
        "{}",
        v11(&unseen)
    );
    // Remembering an older one takes nothing back.
    studio.verify_bundle(first).unwrap();
    assert_eq!(studio.remember_head(()).unwrap(), three);
    assert_eq!(
        studio.verify_bundle(last).unwrap().last_seen.unwrap().size,
        6
    );

    // What was compared with something else only does not join what is remembered.
    pair.append(6..7);
    let newest = pair.named("7.tfb");
    pair.export(0, 6).unwrap();
    let seen = pair.auditor.config.folders.state.join("seen");
    let mut earlier = fs::read_dir(seen)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let earlier = earlier.find(|path| path.is_dir()).unwrap();
    let aside = VerifyAsked {
        last_seen: Some(earlier.join("3.checkpoint").display().to_string()),
        ..newest.clone()
    };
    let judged = studio.verify_bundle(aside).unwrap();
    assert_eq!(judged.verdict, BundleVerdict::Verified);
    assert_eq!(code(studio.remember_head(())), Code::BadCall);
    studio.verify_bundle(newest).unwrap();
    assert_eq!(studio.remember_head(()).unwrap().size, 7);
}

#[test]
fn an_export_takes_along_what_belongs_to_it() {
    let pair = Pair::new(2);
    let studio = pair.keeper.studio();
    let log = small_log(&pair.keeper.base);
    open(&studio, &pair.root);
    let paths = vec![log.display().to_string()];
    studio.import_log(ipc::ImportPaths { paths }).unwrap();
    let given = Unlock {
        passphrase: "a long walk".to_owned(),
    };
    studio.unlock_ledger(given).unwrap();
    let preview = |text: &str, revision| {
        studio
            .edit_file(edit("policies.cedar", text, revision))
            .unwrap();
        studio.preview_drift(ipc::Revision { revision }).unwrap()
    };
    let open_to_all = POLICIES.replace("when { resource.secret }", "when { false }");
    assert!(preview(&open_to_all, 1).totals.gained > 0);
    let kept = studio.keep_preview(()).unwrap();
    assert_eq!(kept.number, 2);

    // A verdict on the same edit, and on another one.
    let proof = studio
        .prove_receipt(ReceiptAsked {
            of: ReceiptsOf::Ledger,
            number: 2,
        })
        .unwrap();
    let said: Value = serde_json::from_str(&proof.statement).unwrap();
    let digest = |name: &str| said["predicate"][name].as_str().unwrap().to_owned();
    let verdict = |head: String| GuardVerdict {
        issued: "2026-11-22T12:00:00Z".into(),
        base: digest("base"),
        head,
        tolerance: "sha256:0".into(),
        verdict: Ruling::Blocked,
        violations: 1,
    };
    pair.append_of(|key| {
        let seal = |said: &GuardVerdict| {
            Receipt::seal(vec![Subject::of("guard-report.json", b"r")], said, &[key]).unwrap()
        };
        vec![
            seal(&verdict("sha256:1".into())),
            seal(&verdict(digest("head"))),
        ]
    });

    // From the verdict on screen: what was previewed, the report, and the decisions themselves.
    let asked = ExportAsked {
        edits: true,
        reports: true,
        decisions: true,
        ..pair.wanted(4, 4)
    };
    let exported = studio.export_bundle(asked.clone()).unwrap();
    assert_eq!(exported.receipts, 2);
    assert!(exported.artefacts > 2, "{exported:?}");
    let auditor = pair.trusting();
    let view = auditor.verify_bundle(pair.asked()).unwrap();
    assert_eq!(view.verdict, BundleVerdict::Verified, "{:#?}", view.checks);
    let state = |id: &str| {
        let mut checks = view.checks.iter();
        checks.find(|check| check.id == id).unwrap().state
    };
    for id in ["V06", "V10", "V15", "V21"] {
        assert_eq!(state(id), ipc::CheckState::Pass, "{id}");
    }
    let names: Vec<_> = view.artefacts.iter().map(|it| it.name.as_str()).collect();
    assert!(
        names.contains(&"artefacts/drift-report.json")
            && names.contains(&"artefacts/decisions/rows.jsonl"),
        "{names:?}"
    );
    let told = lock(&pair.keeper.events);
    assert!(told.iter().any(
        |event| matches!(event, Event::Progress { title, .. } if title == "Exporting receipts")
    ));
    drop(told);

    // From a time on, and before one.
    let time = |from: Option<&str>, until: Option<&str>| ExportAsked {
        from: from.map(str::to_owned),
        until: until.map(str::to_owned),
        ..pair.wanted(0, 4)
    };
    for (asked, receipts) in [
        (time(Some("2026-11-22T12:00:00Z"), None), 2),
        (time(None, Some("2026-11-22T12:00:00Z")), 3),
        (
            time(Some("2026-11-21T12:00:00Z"), Some("2026-11-22T12:00:00Z")),
            2,
        ),
    ] {
        assert_eq!(studio.export_bundle(asked).unwrap().receipts, receipts);
    }
    for wrong in [
        time(Some("2027-01-01T00:00:00Z"), None),
        time(Some("tomorrow"), None),
        pair.wanted(4, 5),
    ] {
        assert_eq!(code(studio.export_bundle(wrong)), Code::BadCall);
    }
    // Decisions of another edit prove nothing of these receipts.
    preview(&POLICIES.replace("unless { context.mfa }", ""), 2);
    let failure = studio.export_bundle(asked.clone()).unwrap_err();
    assert!(failure.hint.contains("Drift place"), "{failure:?}");
    // A report that was changed where it lies is not taken for the one that was signed for.
    let folder = pair.root.join(".fabric/kept");
    for file in fs::read_dir(folder).unwrap() {
        fs::write(file.unwrap().path(), "{}").unwrap();
    }
    let without = ExportAsked {
        decisions: false,
        ..asked
    };
    assert_eq!(studio.export_bundle(without).unwrap().artefacts, 0);
}
