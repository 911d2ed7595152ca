//! Receipts into a ledger, proofs out of it, and what an auditor's verification of it costs.

use std::{
    fs,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use ed25519_dalek::VerifyingKey;
use evidence::{
    dsse::{self, Envelope},
    ed25519::{PublicKey, SecretKey, Signer as _},
    hex,
    merkle::{self, Tree},
    moment,
    note::{Kind, VerifierKey},
    statement::{DriftPreview, Promotion, Subject},
    tlog_proof::Proof,
    trust::Trust,
    verify::{Outcome, Verdict},
};
use model::{Code, Failure};
use policy::Files;
use serde_json::json;
use workspace::{Folders, Ledger, Receipt, WantedBundle, verify_bundle};

use super::{Measured, Run, local, ms, percentile, precise};
use crate::{
    progress::{Progress, Unit},
    terminal::Stop,
};

/// Receipts issued at most, and by how many callers at once; then by one alone.
pub(super) const ISSUED: u64 = 100_000;
const CALLERS: usize = 256;
const ALONE: u64 = 200;
/// What the ledger is called.
const ORIGIN: &str = "example.com/bench";
/// When everything happens: 21 November 2026, 12:00, in seconds since 1970.
const NOW: u64 = 1_795_262_400;
/// A bundle of one promotion is verified so often.
const TIMES: usize = 20;

/// One of many receipts, all of them of previews.
pub(super) fn receipt(number: u64, key: &SecretKey) -> Result<Receipt, workspace::Error> {
    let digest = |bytes: &[u8]| format!("sha256:{}", hex(&evidence::sha256(&[bytes])));
    let said = DriftPreview {
        issued: moment::text(NOW + number),
        base: digest(b"base"),
        head: digest(&number.to_be_bytes()),
        rows: 1_000_000,
        gained: number,
        lost: 0,
        open: 0,
    };
    let about = Subject::of("drift-report.json", &number.to_be_bytes());
    Receipt::seal(vec![about], &said, &[key])
}

impl Run<'_> {
    /// Receipts from many callers at once, each signed, put into the tree and on the disk before its caller goes on; then the
    /// ledger read again as a whole, and the size of a proof in a tree with as many leaves as the log has rows. Last, the ledger as
    /// one bundle, verified, beside nothing but its signatures checked on every core; what compact blocks take, beside the receipts
    /// as they are; and the bundle of one promotion.
    pub fn evidence(&mut self, rows: u64, files: &Files) -> Result<(), Stop> {
        let failed = |error: workspace::Error| Stop::Failed(error.into());
        let root = self.place.path().join("ledger");
        fs::create_dir_all(&root).map_err(|error| local(&error))?;
        let folders = Folders {
            data: self.place.path().join("data"),
            state: self.place.path().join("state"),
        };
        let key = SecretKey::from_seed(&[7; 32]);
        let origin = Some(ORIGIN);
        let ledger = Ledger::create(&root, &folders, origin, ("bench", &key), 0).map_err(failed)?;
        let receipt = |number| receipt(number, &key);
        let wanted = rows.min(ISSUED);
        let took = {
            let progress = Progress::start("Issuing", Unit::Rows, self.terminal);
            let issued = AtomicU64::new(0);
            let start = Instant::now();
            thread::scope(|scope| {
                let callers: Vec<_> = (0..CALLERS)
                    .map(|_| {
                        scope.spawn(|| {
                            loop {
                                let number = issued.fetch_add(1, Ordering::Relaxed);
                                if number >= wanted || progress.at(number, wanted).is_break() {
                                    return Ok(());
                                }
                                ledger.append(vec![receipt(number)?])?;
                            }
                        })
                    })
                    .collect();
                callers
                    .into_iter()
                    .try_for_each(|caller| caller.join().unwrap_or(Err(workspace::Error::NoLedger)))
            })
            .map_err(failed)?;
            start.elapsed()
        };
        let rate = |count: u64, took: Duration| precise(count) / took.as_secs_f64();
        self.measure(Measured::new("issue", rate(wanted, took), "receipts/s"))?;
        let mut alone = Vec::new();
        for number in 0..ALONE {
            let start = Instant::now();
            receipt(number)
                .and_then(|receipt| ledger.append(vec![receipt]))
                .map_err(failed)?;
            alone.push(start.elapsed());
        }
        self.measure(Measured::new(
            "issue_alone_p95",
            ms(percentile(&mut alone, 95)),
            "ms",
        ))?;
        let start = Instant::now();
        let note = ledger.sign(&[&key], 0).map_err(failed)?;
        self.measure(Measured::new("checkpoint", ms(start.elapsed()), "ms"))?;
        let start = Instant::now();
        let checked = ledger.check().map_err(failed)?;
        self.measure(Measured::new(
            "check",
            rate(checked.size, start.elapsed()),
            "receipts/s",
        ))?;

        let mut tree = Tree::default();
        for number in 0..rows {
            let leaf = merkle::leaf_hash(&number.to_be_bytes());
            tree.append(leaf).map_err(wrong)?;
        }
        let proof = Proof {
            extra: Vec::new(),
            index: rows / 3,
            hashes: merkle::inclusion_proof(&tree, rows / 3, rows).map_err(wrong)?,
            // Of another size; as long as one of this size, to a digit or two.
            checkpoint: note,
        };
        let size = proof.to_string().len() as u64;
        self.measure(Measured::new("inclusion_proof", precise(size), "bytes"))?;
        self.audit(&ledger, &key)?;
        let saved = ledger.compact(false).map_err(failed)?;
        self.measure(
            Measured::new("compaction", precise(saved.after), "bytes")
                .against(precise(saved.before)),
        )?;
        self.promotion(&ledger, &key, files)
    }

    /// The whole ledger as a bundle.
    fn audit(&mut self, ledger: &Ledger, key: &SecretKey) -> Result<(), Stop> {
        let failed = |error: workspace::Error| Stop::Failed(error.into());
        let trust = trust(key)?;
        let size = ledger.size().map_err(failed)?;
        let all = WantedBundle {
            receipts: std::iter::once(0..size).collect(),
            ..WantedBundle::default()
        };
        let start = Instant::now();
        let bytes = ledger.bundle(&all, key, NOW).map_err(failed)?;
        self.measure(Measured::new("bundle", ms(start.elapsed()), "ms"))?;
        self.measure(Measured::new(
            "bundle_per_receipt",
            precise(bytes.len() as u64) / precise(size),
            "bytes",
        ))?;
        let signed = signatures(ledger, size)?;
        let mut took = Duration::MAX;
        let mut bare = Duration::MAX;
        // The better of two, each: whoever else uses the machine is not what is measured.
        for _ in 0..2 {
            let start = Instant::now();
            verified(&bytes, &trust)?;
            took = took.min(start.elapsed());
            bare = bare.min(checked(&key.public(), &signed)?);
        }
        self.measure(Measured::new("verify", ms(took), "ms").against(ms(bare)))
    }

    /// One promotion: its receipt, the policies before and after, and nothing else of the ledger.
    fn promotion(&mut self, ledger: &Ledger, key: &SecretKey, files: &Files) -> Result<(), Stop> {
        let failed = |error: workspace::Error| Stop::Failed(error.into());
        let digest = |text: &[u8]| format!("sha256:{}", hex(&evidence::sha256(&[text])));
        let policies = files.iter().filter(|(name, _)| name.ends_with(".cedar"));
        let artefacts: std::collections::BTreeMap<_, _> = policies
            .flat_map(|(name, content)| {
                ["before", "after"].map(|side| (format!("{side}/{name}"), content.to_vec()))
            })
            .collect();
        let about = artefacts
            .iter()
            .map(|(name, content)| Subject::of(&format!("artefacts/{name}"), content));
        let said = Promotion {
            issued: moment::text(NOW),
            channel: "production".to_owned(),
            version: 7,
            from: digest(b"before"),
            to: digest(b"after"),
            by: "ana".to_owned(),
        };
        let receipt = Receipt::seal(about.collect(), &said, &[key]).map_err(failed)?;
        let numbers = ledger.append(vec![receipt]).map_err(failed)?;
        ledger.sign(&[key], NOW).map_err(failed)?;
        let wanted = WantedBundle {
            receipts: vec![numbers],
            purpose: "promotion of version 7 to production".to_owned(),
            artefacts,
            ..WantedBundle::default()
        };
        let bytes = ledger.bundle(&wanted, key, NOW).map_err(failed)?;
        self.measure(Measured::new(
            "promotion_bundle",
            precise(bytes.len() as u64),
            "bytes",
        ))?;
        let trust = trust(key)?;
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let start = Instant::now();
            verified(&bytes, &trust)?;
            times.push(start.elapsed());
        }
        let p95 = ms(percentile(&mut times, 95));
        self.measure(Measured::new("promotion_verify_p95", p95, "ms"))
    }
}

fn wrong(error: evidence::Error) -> Failure {
    Failure::new(Code::Internal, error.to_string())
}

/// Who trusts the one key there is.
fn trust(key: &SecretKey) -> Result<Trust, Failure> {
    let log = VerifierKey::new(ORIGIN, Kind::Ed25519, key.public()).map_err(wrong)?;
    let role = json!({"roles": ["studio"]});
    let trust = json!({
        "version": 1,
        "policy": [format!("log {log}"), "quorum none"],
        "keys": [{"key": hex(&key.public().to_bytes()), "name": "bench", "roles": ["studio"], "from": "2020-01-01T00:00:00Z"}],
        "receipts": {"bundle": role, "drift-preview": role, "promotion": role},
    });
    Trust::parse(trust.to_string().as_bytes()).map_err(wrong)
}

/// A verification that does not verify has no time.
fn verified(bytes: &[u8], trust: &Trust) -> Result<Verdict, Failure> {
    let verdict = verify_bundle(bytes, Some(trust), None, None, &mut |_, _| {
        std::ops::ControlFlow::Continue(())
    })?;
    if verdict.verdict == Outcome::Verified {
        return Ok(verdict);
    }
    let failed = verdict
        .checks
        .iter()
        .find(|check| check.state == evidence::verify::State::Fail);
    let why = failed.map_or_else(String::new, |check| {
        format!(": {} {}", check.id, check.found)
    });
    let message = format!("the bundle is not verified{why}");
    Err(Failure::new(Code::BenchDisagrees, message))
}

type Signature = (Vec<u8>, [u8; 64]);

/// What was signed by each receipt, and how.
fn signatures(ledger: &Ledger, size: u64) -> Result<Vec<Signature>, Failure> {
    let entries = ledger.entries(0..size).map_err(Failure::from)?;
    let mut signed = Vec::new();
    for receipt in entries.iter().filter_map(|entry| entry.receipt.as_ref()) {
        let envelope = Envelope::parse(receipt.envelope.as_bytes()).map_err(wrong)?;
        let message = dsse::pae(&envelope.payload_type, &envelope.payload);
        let signature = envelope.signatures.first();
        let bytes = signature.and_then(|signature| signature.bytes.as_slice().try_into().ok());
        signed.extend(bytes.map(|bytes| (message, bytes)));
    }
    Ok(signed)
}

/// Time in which every core together checks nothing but signatures, each by `verify_strict` as the library has it.
fn checked(key: &PublicKey, signed: &[Signature]) -> Result<Duration, Failure> {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let key = VerifyingKey::from_bytes(&key.to_bytes())
        .map_err(|error| Failure::new(Code::Internal, error.to_string()))?;
    let start = Instant::now();
    let held: usize = thread::scope(|scope| {
        let parts = signed.chunks(signed.len().div_ceil(cores).max(1));
        let parts: Vec<_> = parts
            .map(|part| {
                let holds = |(message, bytes): &&Signature| {
                    let signature = ed25519_dalek::Signature::from_bytes(bytes);
                    key.verify_strict(message, &signature).is_ok()
                };
                scope.spawn(move || part.iter().filter(holds).count())
            })
            .collect();
        parts
            .into_iter()
            .map(|part| part.join().unwrap_or_default())
            .sum()
    });
    let took = start.elapsed();
    if held == signed.len() {
        Ok(took)
    } else {
        let message = format!("{held} of {} signatures hold", signed.len());
        Err(Failure::new(Code::BenchDisagrees, message))
    }
}
