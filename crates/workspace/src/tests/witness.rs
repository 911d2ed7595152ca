//! The sample brings evidence, and has a witness of its own, in the Studio's process; nobody else has, and nothing depends on it.

use evidence::{
    note::{Kind, VerifierKey},
    statement::{DriftPreview, Subject},
};
use ipc::{
    BundleVerdict, BundleView, CheckState, ChooseTrust, ExportAsked, GenerateRows, Name,
    ReceiptsAsked, ReceiptsOf, Revision, SampleBundle, Unlock, VerifyAsked,
};
use vault::{Keep, Passphrase};

use super::*;
use crate::{Ledger, Receipt, copy_sample, loopback::Loopback, signers, vault_of};

const NOW: u64 = 1_790_000_000;
const PASSPHRASE: &str = "a long walk";

/// A ledger in a workspace of the bench, with one receipt.
fn ledger(bench: &Bench, root: &Path) -> Ledger {
    let folders = &bench.config.folders;
    let vault = vault_of(folders);
    let passphrase = Passphrase::new(PASSPHRASE.to_owned());
    let key = match vault.list().unwrap().pop() {
        Some(key) => key,
        None => vault.create("audit", Keep::File(&passphrase), NOW).unwrap(),
    };
    let signer = vault.signer(&key, &|_| Ok(passphrase.clone())).unwrap();
    let ledger = Ledger::create(root, folders, None, ("audit", &signer), NOW).unwrap();
    append(bench, &ledger);
    ledger
}

fn append(bench: &Bench, ledger: &Ledger) {
    let ask = |_: &vault::Key| Ok(Passphrase::new(PASSPHRASE.to_owned()));
    let keys = signers(ledger, &vault_of(&bench.config.folders), &ask, NOW).unwrap();
    let said = DriftPreview {
        issued: "2026-11-21T12:00:00Z".into(),
        base: "sha256:0".into(),
        head: "sha256:1".into(),
        rows: 1,
        gained: 1,
        lost: 0,
        open: 0,
    };
    let about = Subject::of("an edit", b"x");
    let receipt = Receipt::seal(vec![about], &said, &[&keys[0]]).unwrap();
    ledger.append(vec![receipt]).unwrap();
}

/// Exports all of the open workspace's receipts, and has them verified.
fn judged(bench: &Bench, studio: &Studio, receipts: u64) -> BundleView {
    let passphrase = PASSPHRASE.to_owned();
    studio.unlock_ledger(Unlock { passphrase }).unwrap();
    let path = bench.base.join("b.tfb").display().to_string();
    let asked = ExportAsked {
        first: 0,
        last: receipts - 1,
        from: None,
        until: None,
        edits: false,
        reports: false,
        decisions: false,
        purpose: String::new(),
        path: path.clone(),
    };
    assert_eq!(studio.export_bundle(asked).unwrap().receipts, receipts);
    let trust = bench.config.folders.data.join("northwind-trust.json");
    let path_of = |path: &Path| Some(path.display().to_string());
    let chosen = ChooseTrust {
        path: trust.is_file().then(|| path_of(&trust)).flatten(),
    };
    studio.choose_trust(chosen).unwrap();
    let asked = VerifyAsked {
        path,
        at: None,
        last_seen: None,
    };
    studio.verify_bundle(asked).unwrap()
}

/// A copy of the sample, with a ledger of one's own.
fn own(bench: &Bench) -> Ledger {
    let root = Loopback::sample(&bench.config.folders);
    copy_sample(&root).unwrap();
    ledger(bench, &root.canonicalize().unwrap())
}

fn state(view: &BundleView, id: &str) -> (CheckState, bool) {
    let check = view.checks.iter().find(|check| check.id == id);
    let check = check.unwrap();
    (check.state, check.needed)
}

fn told(studio: &Studio) -> Option<String> {
    studio.view_ledger(()).unwrap().unwrap().witness
}

#[test]
fn what_the_sample_signs_is_witnessed_from_one_start_to_the_next() {
    let bench = Bench::new();
    let ledger = own(&bench);
    let studio = bench.studio();
    studio.open_sample(()).unwrap();
    let said = told(&studio).unwrap();
    assert!(
        said.contains("127.0.0.1:") && said.contains("northwind-trust.json"),
        "{said}"
    );
    let view = judged(&bench, &studio, 1);
    assert_eq!(view.verdict, BundleVerdict::Verified, "{:#?}", view.checks);
    assert_eq!(state(&view, "V09"), (CheckState::Pass, true));
    let trust = fs::read(bench.config.folders.data.join("northwind-trust.json")).unwrap();

    // A Studio after this one: the same witness, which remembers what it saw.
    drop(studio);
    append(&bench, &ledger);
    let studio = bench.studio();
    studio.open_sample(()).unwrap();
    let view = judged(&bench, &studio, 2);
    assert_eq!(view.verdict, BundleVerdict::Verified, "{:#?}", view.checks);
    assert_eq!(state(&view, "V09"), (CheckState::Pass, true));
    let again = fs::read(bench.config.folders.data.join("northwind-trust.json")).unwrap();
    assert!(trust == again);

    // Another workspace has none, and the sample's has ended.
    let small = bench.small().canonicalize().unwrap();
    open(&studio, &small);
    self::ledger(&bench, &small);
    assert_eq!(told(&studio), None);
    let address = said
        .split(' ')
        .find(|word| word.starts_with("127."))
        .unwrap();
    let address = address.trim_end_matches(',');
    assert!(std::net::TcpStream::connect(address).is_err());
    studio.open_sample(()).unwrap();
    assert!(told(&studio).unwrap().contains("127.0.0.1:"));
}

#[test]
fn without_its_witness_the_sample_works_and_says_so() {
    let bench = Bench::new();
    let state = &bench.config.folders.state;
    fs::create_dir_all(state).unwrap();
    // Where its folder should be lies a file.
    fs::write(state.join("witness"), "mine").unwrap();
    let ledger = own(&bench);
    let studio = bench.studio();
    studio.open_sample(()).unwrap();
    let said = told(&studio).unwrap();
    assert!(
        said.starts_with("No witness cosigns its checkpoints (") && said.contains("witness"),
        "{said}"
    );
    let view = judged(&bench, &studio, 1);
    assert_eq!(view.verdict, BundleVerdict::CannotDecide);
    assert_eq!(fs::read_to_string(state.join("witness")).unwrap(), "mine");

    // Once there is room for it, it cosigns what was signed without it.
    fs::remove_file(state.join("witness")).unwrap();
    assert!(told(&studio).unwrap().contains("127.0.0.1:"));
    let info = ledger.info().unwrap();
    let vkey = VerifierKey::new(&info.origin, Kind::Ed25519, info.keys[0].public).unwrap();
    let note = evidence::note::Note::parse(info.checkpoint.unwrap().as_bytes()).unwrap();
    assert_eq!(note.signatures.len(), 2);
    assert!(note.verify(&[vkey]).is_ok());
    // A key that cannot be read is not replaced by another.
    studio.close_workspace(()).unwrap();
    fs::write(state.join("witness/key"), "no key").unwrap();
    studio.open_sample(()).unwrap();
    assert!(told(&studio).unwrap().contains("holds no key"));
    assert_eq!(
        fs::read_to_string(state.join("witness/key")).unwrap(),
        "no key"
    );
}

/// The sample's bundle, judged by the sample's trust file.
fn sample_judged(studio: &Studio) -> (SampleBundle, BundleView) {
    let sample = studio.view_evidence(()).unwrap().sample.unwrap();
    let path = Some(sample.trust.clone());
    studio.choose_trust(ChooseTrust { path }).unwrap();
    let asked = VerifyAsked {
        path: sample.bundle.clone(),
        at: None,
        last_seen: None,
    };
    let view = studio.verify_bundle(asked).unwrap();
    (sample, view)
}

#[test]
fn the_sample_brings_evidence_that_anybody_can_run_again() {
    let bench = Bench::new();
    let studio = bench.studio();
    assert_eq!(studio.view_evidence(()).unwrap().sample, None);
    studio.open_sample(()).unwrap();
    let view = studio.view_ledger(()).unwrap().unwrap();
    assert_eq!((view.receipts, view.signed), (3, 3));
    assert!(view.witness.unwrap().contains("127.0.0.1:"));
    let receipts = studio.list_receipts(ReceiptsAsked {
        of: ReceiptsOf::Ledger,
        offset: 0,
        limit: 9,
    });
    let receipts = receipts.unwrap().items;
    let kinds: Vec<_> = receipts.iter().map(|it| it.kind.as_str()).collect();
    assert_eq!(kinds, ["guard-verdict", "drift-preview", "promotion"]);
    assert!(receipts.iter().all(|it| it.signer == "northwind-sample"));

    let (sample, view) = sample_judged(&studio);
    assert_eq!(view.verdict, BundleVerdict::Verified, "{:#?}", view.checks);
    for id in ["V09", "V18", "V21"] {
        assert_eq!(state(&view, id), (CheckState::Pass, true), "{id}");
    }
    let bundle = fs::read(&sample.bundle).unwrap();
    assert!(bundle.len() < 100_000, "{}", bundle.len());
    let text = fs::read_to_string(&sample.trust).unwrap();
    assert!(text.contains("# For the sample alone"), "{text}");

    // The ledger goes on, and nobody is asked for what opens its key.
    studio
        .generate_log(GenerateRows {
            rows: 20_000,
            seed: 3,
        })
        .unwrap();
    let name = "2-contractors".to_owned();
    studio.apply_story(Name { name }).unwrap();
    studio.preview_drift(Revision { revision: 1 }).unwrap();
    assert_eq!(studio.keep_preview(()).unwrap().number, 3);

    // What was made stays as it is.
    drop(studio);
    let studio = bench.studio();
    studio.open_sample(()).unwrap();
    assert_eq!(studio.view_ledger(()).unwrap().unwrap().receipts, 4);
    assert!(fs::read(&sample.bundle).unwrap() == bundle);
    // A bundle that is gone is made again.
    fs::remove_file(&sample.bundle).unwrap();
    assert_eq!(studio.view_evidence(()).unwrap().sample, None);
    studio.close_workspace(()).unwrap();
    studio.open_sample(()).unwrap();
    let (_, view) = sample_judged(&studio);
    assert_eq!(view.verdict, BundleVerdict::Verified, "{:#?}", view.checks);

    // Who trusts somebody already is not offered it.
    let own = bench.base.join("own.json");
    fs::copy(&sample.trust, &own).unwrap();
    let path = Some(own.display().to_string());
    studio.choose_trust(ChooseTrust { path }).unwrap();
    assert_eq!(studio.view_evidence(()).unwrap().sample, None);
}

#[test]
fn a_ledger_of_ones_own_in_the_sample_is_left_alone() {
    let bench = Bench::new();
    let ledger = own(&bench);
    let studio = bench.studio();
    studio.open_sample(()).unwrap();
    let view = studio.view_ledger(()).unwrap().unwrap();
    assert_eq!((view.receipts, view.origin.as_str()), (1, ledger.origin()));
    assert_eq!(studio.view_evidence(()).unwrap().sample, None);
}

#[test]
fn evidence_that_cannot_be_made_is_told_and_keeps_nobody_out() {
    let bench = Bench::new();
    let keys = bench.config.folders.data.join("keys");
    write(&bench.config.folders.data, "keys", "in the way");
    let studio = bench.studio();
    studio.open_sample(()).unwrap();
    for _ in 0..2 {
        let failure = studio.view_ledger(()).unwrap_err();
        assert!(failure.message.contains("keys"), "{failure}");
    }
    assert_eq!(studio.view_evidence(()).unwrap().sample, None);
    fs::remove_file(keys).unwrap();
    studio.close_workspace(()).unwrap();
    studio.open_sample(()).unwrap();
    assert_eq!(studio.view_ledger(()).unwrap().unwrap().receipts, 3);
}
