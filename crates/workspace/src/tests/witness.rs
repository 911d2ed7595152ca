//! The sample has a witness of its own, in the Studio's process; nobody else has, and nothing depends on it.

use evidence::{
    note::{Kind, VerifierKey},
    statement::{DriftPreview, Subject},
};
use ipc::{BundleVerdict, BundleView, CheckState, ChooseTrust, ExportAsked, Unlock, VerifyAsked};
use vault::{Keep, Passphrase};

use super::*;
use crate::{Ledger, Receipt, loopback::Loopback, signers, vault_of};

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

fn told(studio: &Studio) -> Option<String> {
    studio.view_ledger(()).unwrap().unwrap().witness
}

#[test]
fn what_the_sample_signs_is_witnessed_from_one_start_to_the_next() {
    let bench = Bench::new();
    let studio = bench.studio();
    studio.open_sample(()).unwrap();
    assert_eq!(studio.view_ledger(()).unwrap(), None);
    let root = Loopback::sample(&bench.config.folders);
    let root = root.canonicalize().unwrap();
    // A ledger that was begun while the sample is open.
    let ledger = ledger(&bench, &root);
    let said = told(&studio).unwrap();
    assert!(
        said.contains("127.0.0.1:") && said.contains("northwind-trust.json"),
        "{said}"
    );
    let view = judged(&bench, &studio, 1);
    assert_eq!(view.verdict, BundleVerdict::Verified, "{:#?}", view.checks);
    let v09 = |view: &BundleView| {
        let check = view.checks.iter().find(|check| check.id == "V09");
        let check = check.unwrap();
        (check.state, check.needed)
    };
    assert_eq!(v09(&view), (CheckState::Pass, true));
    let trust = fs::read(bench.config.folders.data.join("northwind-trust.json")).unwrap();

    // A Studio after this one: the same witness, which remembers what it saw.
    drop(studio);
    append(&bench, &ledger);
    let studio = bench.studio();
    studio.open_sample(()).unwrap();
    let view = judged(&bench, &studio, 2);
    assert_eq!(view.verdict, BundleVerdict::Verified, "{:#?}", view.checks);
    assert_eq!(v09(&view), (CheckState::Pass, true));
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
    let studio = bench.studio();
    studio.open_sample(()).unwrap();
    let root = Loopback::sample(&bench.config.folders);
    let ledger = ledger(&bench, &root.canonicalize().unwrap());
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
