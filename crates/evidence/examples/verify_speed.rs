//! How long a cold verification takes, held against nothing but the signatures: `cargo run --release -p evidence --example
//! verify_speed -- 100000`. Prints seconds, their ratio, and sizes as one line of JSON.

use std::{error::Error, thread, time::Instant};

use evidence::{
    bundle::Builder,
    checkpoint::Checkpoint,
    dsse,
    ed25519::{PublicKey, SecretKey, Signer},
    entry::{Entry, Receipt},
    hex,
    leaf::{self, Leaf},
    merkle::{self, Tree},
    moment,
    note::{Kind, VerifierKey},
    sha256,
    statement::{GuardVerdict, Predicate as _, Ruling, Statement, Subject},
    trust::Trust,
    verify::{NoReplay, verify},
};
use serde_json::json;

const ORIGIN: &str = "example.com/ledger";
const NOW: u64 = 1_795_262_400;

fn entry(seq: u64, key: &SecretKey) -> Result<Entry, evidence::Error> {
    let digest = |word: &str| {
        format!(
            "sha256:{}",
            hex(&sha256(&[word.as_bytes(), &seq.to_be_bytes()]))
        )
    };
    let said = GuardVerdict {
        issued: moment::text(NOW + seq / 100),
        base: digest("base"),
        head: digest("head"),
        tolerance: digest("tolerance"),
        verdict: Ruling::Pass,
        violations: 0,
    };
    let subject = Subject::of("policies", &seq.to_be_bytes());
    let envelope = Statement::new(vec![subject], &said)?
        .seal(&[key])?
        .to_json();
    let salt = sha256(&[b"salt", &seq.to_be_bytes()]);
    Ok(Entry {
        leaf: Leaf {
            kind: GuardVerdict::KIND,
            flags: 0,
            seq,
            digest: leaf::digest(&salt, envelope.as_bytes()),
            keyid: key.public().id(),
            time: NOW + seq / 100,
        },
        receipt: Some(Receipt { salt, envelope }),
    })
}

/// The signatures and nothing else, on every core.
fn bare(signed: &[(Vec<u8>, [u8; 64])], key: PublicKey) -> bool {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let all = |part: &[(Vec<u8>, [u8; 64])]| {
        part.iter()
            .all(|(message, signature)| key.verifies(message, signature))
    };
    thread::scope(|scope| {
        let parts = signed.chunks(signed.len().div_ceil(cores).max(1));
        let workers: Vec<_> = parts.map(|part| scope.spawn(move || all(part))).collect();
        workers
            .into_iter()
            .all(|worker| worker.join().unwrap_or(false))
    })
}

/// Ticks of processor time this process has used, where the system tells: steadier than seconds on a busy machine.
fn ticks() -> u64 {
    let about = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let (_, rest) = about.rsplit_once(')').unwrap_or_default();
    let fields = rest.split_whitespace().skip(11).take(2);
    fields.filter_map(|field| field.parse::<u64>().ok()).sum()
}

fn main() -> Result<(), Box<dyn Error>> {
    let count: u64 = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "100000".into())
        .parse()?;
    let (log, key) = (
        SecretKey::from_seed(&[1; 32]),
        SecretKey::from_seed(&[2; 32]),
    );
    let (mut tree, mut entries) = (Tree::default(), Vec::new());
    for seq in 0..count {
        let entry = entry(seq, &key)?;
        tree.append(entry.leaf.hash())?;
        entries.push(entry);
    }
    let head = Checkpoint {
        origin: ORIGIN.into(),
        size: count,
        root: merkle::root(&tree, count)?,
        extensions: Vec::new(),
    };
    let mut note = head.to_note()?;
    note.sign(ORIGIN, &log)?;
    let mut builder = Builder::new(NOW + count, "speed");
    builder.checkpoint(&note.to_string())?;
    let start = Instant::now();
    entries.iter().try_for_each(|entry| builder.entry(entry))?;
    let bytes = builder.seal(&tree, None, &[&key])?;
    let built = start.elapsed().as_secs_f64();
    let log = VerifierKey::new(ORIGIN, Kind::Ed25519, log.public())?;
    let trust = json!({
        "version": 1,
        "policy": [format!("log {log}"), "quorum none"],
        "keys": [{"key": hex(&key.public().to_bytes()), "name": "Studio", "roles": ["studio"], "from": "2026-01-01T00:00:00Z"}],
        "receipts": {"bundle": {"roles": ["studio"]}, "guard-verdict": {"roles": ["studio"]}},
    });
    let trust = Trust::parse(trust.to_string().as_bytes())?;
    let mut signed = Vec::new();
    for entry in &entries {
        let receipt = entry.receipt.as_ref().ok_or("purged")?;
        let envelope = dsse::Envelope::parse(receipt.envelope.as_bytes())?;
        let signature = envelope.signatures.first().ok_or("unsigned")?;
        let bytes = signature.bytes.as_slice().try_into()?;
        signed.push((dsse::pae(&envelope.payload_type, &envelope.payload), bytes));
    }
    drop(entries);
    // Other programs come and go: the best of several, taken in turn.
    let (mut loop_best, mut verify_best, mut first_word) = (f64::MAX, f64::MAX, f64::MAX);
    let (mut loop_ticks, mut verify_ticks) = (0, 0);
    let mut outcome = None;
    for _ in 0..5 {
        let (start, before) = (Instant::now(), ticks());
        if !bare(&signed, key.public()) {
            return Err("a signature does not hold".into());
        }
        loop_best = loop_best.min(start.elapsed().as_secs_f64());
        loop_ticks += ticks() - before;
        let (start, before) = (Instant::now(), ticks());
        let spoken = std::cell::Cell::new(f64::MAX);
        let verdict = verify(&bytes, Some(&trust), None, None, &NoReplay, &|at| {
            if at.done > 0 && spoken.get() == f64::MAX {
                spoken.set(start.elapsed().as_secs_f64());
            }
            true
        });
        verify_best = verify_best.min(start.elapsed().as_secs_f64());
        verify_ticks += ticks() - before;
        first_word = first_word.min(spoken.get());
        outcome = verdict.map(|verdict| verdict.verdict);
    }
    let line = json!({
        "receipts": count,
        "bundle_bytes": bytes.len(),
        "bytes_a_receipt": bytes.len() as u64 / count.max(1),
        "built_s": built,
        "bare_loop_s": loop_best,
        "verify_s": verify_best,
        "ratio": verify_best / loop_best,
        "ratio_of_processor_time": verify_ticks as f64 / (loop_ticks as f64).max(1.0),
        "first_progress_s": first_word,
        "verdict": outcome,
    });
    println!("{line}");
    Ok(())
}
