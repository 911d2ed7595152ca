//! The sample's evidence: a ledger with three receipts, made where the copy of the sample is opened for the first time, and a bundle of
//! them. The policies came into force, somebody tried an edit, the guard blocked it; everything is as it would be elsewhere, and an
//! auditor can run each decision again. Only the key is anybody's: what opens it stands below, and the trust file beside the bundle
//! names it as the sample's.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use decisions::Recipe;
use evidence::{
    ed25519::Signer,
    moment,
    statement::{Promotion, Subject},
};
use guard::{Report, Tolerance};
use model::Failure;
use policy::Files;
use vault::{Cost, Keep, Passphrase};

use super::{FILES, copy_to, files, is_free};
use crate::{
    Error, Folders, Ledger, Receipt, Resolved, WantedBundle, changed_decisions, check::Compiler,
    compare, ledger::random, loopback::Loopback, prove::not_proven, signing, story,
};

/// What its key is called.
pub(crate) const KEY: &str = "northwind-sample";
/// What opens the key: no secret, for it guards nothing.
const PASSPHRASE: &str = "northwind sample";
/// As little as a sealed key can cost.
const CHEAP: Cost = Cost {
    memory: 8,
    passes: 1,
    lanes: 1,
};
/// The edit that somebody tried.
const STORY: &str = "2-contractors";
/// Rows of the log it was held against: a dozen or two are about that edit.
const ROWS: u64 = 20_000;
const TOLERANCE: &str = "tolerance.toml";

/// The sample's evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleEvidence {
    /// Three receipts, with the reports and decisions they speak of.
    pub bundle: PathBuf,
    /// The trust file that names the ledger, its key and its witness.
    pub trust: PathBuf,
}

impl SampleEvidence {
    /// Where it lies: beside the copy of the sample, and not in it.
    #[must_use]
    pub fn beside(root: &Path) -> Self {
        let named = |end| {
            let mut name = root.file_name().unwrap_or_default().to_owned();
            name.push(end);
            root.with_file_name(name)
        };
        Self {
            bundle: named(".tfb"),
            trust: named("-trust.json"),
        }
    }
}

/// What opens the sample's key.
pub(crate) fn passphrase() -> Passphrase {
    Passphrase::new(PASSPHRASE.to_owned())
}

/// Makes the evidence of a copy of the sample, and the copy where there is none yet. Time is in seconds since 1970. What was made
/// before stays as it is.
///
/// # Errors
/// `file_write` when there is a ledger of one's own; `bad_call` for a folder that is no copy of the sample; those of a ledger and of
/// a witness.
pub fn evidence(folder: &Path, folders: &Folders, now: u64) -> Result<SampleEvidence, Error> {
    if is_free(folder)? {
        copy_to(folder)?;
    }
    let root = folder.canonicalize().map_err(Error::read(folder))?;
    let loopback = Loopback::new(folders, Arc::new(move || now));
    make(&root, folders, &loopback, now)
}

/// As [`evidence`], for the copy at `root` (canonical), with the witness that is there.
pub(crate) fn make(
    root: &Path,
    folders: &Folders,
    loopback: &Loopback,
    now: u64,
) -> Result<SampleEvidence, Error> {
    let made = SampleEvidence::beside(root);
    story::find(&crate::read_workspace(root)?, STORY)
        .map_err(|_| Error::BadCall(format!("`{}` is no copy of the sample", root.display())))?;
    let there = Ledger::open(root, folders)?;
    if let Some(ledger) = &there {
        let info = ledger.info()?;
        if info.keys.iter().all(|key| key.name != KEY) {
            return Err(Error::Exists(info.path.display().to_string()));
        }
        if made.bundle.is_file() && made.trust.is_file() {
            return Ok(made);
        }
    }
    let vault = signing::vault_of(folders).with_cost(CHEAP);
    let ask = |_: &vault::Key| Ok(passphrase());
    let ledger = match there {
        Some(ledger) => ledger,
        None => {
            let key = match vault.find(KEY) {
                Err(vault::Error::Unknown(_) | vault::Error::Revoked(_)) => {
                    vault.create(KEY, Keep::File(&passphrase()), now)
                }
                found => found,
            };
            let key = key.map_err(Failure::from)?;
            let signer = vault.signer(&key, &ask)?;
            // Each copy is a log of its own.
            let origin = format!(
                "northwind.example/sample/{}",
                evidence::hex(&random::<8>()?)
            );
            Ledger::create(root, folders, Some(&origin), (KEY, &signer), now)?
        }
    };
    let keys = signing::signers(&ledger, &vault, &ask, now)?;
    let keys = signing::by_reference(&keys);
    let first = *keys
        .first()
        .ok_or_else(|| Error::NoKey("the ledger has no key".to_owned()))?;
    let tried = Tried::new()?;
    // All three or none: an interrupted beginning has none.
    if ledger.size()? == 0 {
        ledger.append(tried.receipts(&ledger, first, now)?)?;
    }
    ledger.sign(&keys, now)?;
    loopback.cosign(&ledger, &made.trust)?;
    let receipts: Vec<_> = std::iter::once(0..3).collect();
    let mut artefacts = ledger.reports(&receipts)?;
    artefacts.extend(tried.decisions);
    let wanted = WantedBundle {
        receipts,
        purpose: "the sample: what evidence looks like, and proof of nothing".to_owned(),
        artefacts,
        ..WantedBundle::default()
    };
    let bytes = ledger.bundle(&wanted, first, now)?;
    crate::replace_file(&made.bundle, &bytes).map_err(Error::write(&made.bundle))?;
    Ok(made)
}

/// The edit, and what came of it.
struct Tried {
    report: Report,
    decisions: BTreeMap<String, Vec<u8>>,
    /// Digest of no policies at all.
    nothing: String,
}

impl Tried {
    fn new() -> Result<Self, Error> {
        let base = Resolved {
            label: "northwind".to_owned(),
            files: files(),
        };
        let story = story::find(&base.files, STORY)?;
        let file = &story.view.file;
        let before = base
            .files
            .get(file)
            .map(|text| String::from_utf8_lossy(text));
        let after = story.apply(&before.unwrap_or_default())?;
        let mut head = Resolved {
            label: story.view.title.clone(),
            files: base.files.clone(),
        };
        head.files.insert(file.clone(), after.into_bytes().into());

        let compiled = Compiler::default().check(&base.files).compiled;
        let recipe = Recipe::read(&base.files)?.with_rows(ROWS);
        let go_on = &mut |_, _| std::ops::ControlFlow::Continue(());
        let log = Arc::new(decisions::generate(&compiled, &recipe, go_on)?.0.build()?.0);
        let replay = compare(&base, &head, log.clone(), &AtomicBool::new(false))?;
        let tolerance = FILES.iter().find(|(path, _)| *path == TOLERANCE);
        let tolerance = tolerance.map(|(_, text)| String::from_utf8_lossy(text));
        let tolerance = Tolerance::read(&tolerance.unwrap_or_default()).map_err(Failure::from)?;
        Ok(Self {
            report: Report {
                verdict: guard::judge(&tolerance, replay.each(), not_proven(&log)),
                drift: replay.report(signing::KEPT),
                authors: Vec::new(),
                r#override: None,
            },
            decisions: changed_decisions(&replay, &log, &base.files, &head.files)?,
            nothing: Compiler::default()
                .check(&Files::new())
                .compiled
                .set
                .digest(),
        })
    }

    fn receipts(
        &self,
        ledger: &Ledger,
        signer: &dyn Signer,
        now: u64,
    ) -> Result<Vec<Receipt>, Error> {
        let to = &self.report.drift.base.digest;
        let said = Promotion {
            issued: moment::text(now),
            channel: "sample".to_owned(),
            version: 1,
            from: self.nothing.clone(),
            to: to.clone(),
            by: "Northwind Records".to_owned(),
        };
        let hex = to.strip_prefix("sha256:").unwrap_or(to);
        let about = Subject {
            name: "policies".to_owned(),
            digest: BTreeMap::from([("sha256".to_owned(), hex.to_owned())]),
        };
        Ok(vec![
            Receipt::seal(vec![about], &said, &[signer])?,
            signing::preview_receipt(ledger, &self.report.drift, signer, now)?,
            signing::verdict_receipt(ledger, &self.report, signer, now)?,
        ])
    }
}
