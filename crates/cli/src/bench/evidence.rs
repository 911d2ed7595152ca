//! Receipts into a ledger, and proofs out of it.

use std::{
    fs,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use evidence::{
    ed25519::SecretKey,
    merkle::{self, Tree},
    moment,
    statement::{DriftPreview, Subject},
    tlog_proof::Proof,
};
use model::{Code, Failure};
use workspace::{Folders, Ledger, Receipt};

use super::{Measured, Run, local, ms, percentile, precise};
use crate::{
    progress::{Progress, Unit},
    terminal::Stop,
};

/// Receipts issued at most, and by how many callers at once; then by one alone.
const ISSUED: u64 = 40_000;
const CALLERS: usize = 256;
const ALONE: u64 = 200;

impl Run<'_> {
    /// Receipts from many callers at once, each signed, put into the tree and on the disk before its caller goes on; then the
    /// ledger read again as a whole, and the size of a proof in a tree with as many leaves as the log has rows.
    pub fn evidence(&mut self, rows: u64) -> Result<(), Stop> {
        let failed = |error: workspace::Error| Stop::Failed(error.into());
        let wrong = |error: evidence::Error| Failure::new(Code::Internal, error.to_string());
        let root = self.place.path().join("ledger");
        fs::create_dir_all(&root).map_err(|error| local(&error))?;
        let folders = Folders {
            data: self.place.path().join("data"),
            state: self.place.path().join("state"),
        };
        let key = SecretKey::from_seed(&[7; 32]);
        let origin = Some("example.com/bench");
        let ledger = Ledger::create(&root, &folders, origin, ("bench", &key), 0).map_err(failed)?;
        let receipt = |number: u64| {
            let said = DriftPreview {
                issued: moment::text(1_795_262_400 + number),
                base: format!("sha256:{}", evidence::hex(&evidence::sha256(&[b"base"]))),
                head: format!(
                    "sha256:{}",
                    evidence::hex(&evidence::sha256(&[&number.to_be_bytes()]))
                ),
                rows: 1_000_000,
                gained: number,
                lost: 0,
                open: 0,
            };
            let about = Subject::of("drift-report.json", &number.to_be_bytes());
            Receipt::seal(vec![about], &said, &[&key])
        };
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
        self.measure(Measured::new("inclusion_proof", precise(size), "bytes"))
    }
}
