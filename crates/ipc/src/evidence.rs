//! What an auditor sees: a bundle with its verdict, the receipts in it, the trust file it was judged by; and the ledger of the
//! workspace that is open. A bundle needs no workspace.

use model::Failure;
use serde::{Deserialize, Serialize};

/// What the Evidence place begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceView {
    /// The trust file chosen last, as it is now.
    pub trust: Option<TrustView>,
    /// Bundles opened before, newest first.
    pub recent: Vec<RecentBundle>,
    /// The sample's bundle, for who trusts nobody else yet.
    pub sample: Option<SampleBundle>,
}

/// A bundle of the sample, made on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleBundle {
    /// Its file.
    pub bundle: String,
    /// The trust file that names the sample's ledger.
    pub trust: String,
}

/// A bundle opened before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentBundle {
    /// Its file.
    pub path: String,
    /// When, RFC 3339 UTC.
    pub at: String,
    /// What came of it then.
    pub verdict: BundleVerdict,
}

/// Whom the auditor trusts: a trust file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustView {
    /// The file.
    pub path: String,
    /// Its digest; empty if it could not be read.
    pub digest: String,
    /// Ledgers it names.
    pub origins: Vec<String>,
    /// Witnesses it names.
    pub witnesses: u32,
    /// Keys that sign receipts and bundles.
    pub keys: Vec<TrustKey>,
    /// Why it cannot be used.
    pub failure: Option<Failure>,
}

/// A trusted key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustKey {
    /// Whose it is, in words.
    pub name: String,
    /// What it is for, in words.
    pub roles: String,
    /// Its id.
    pub id: String,
    /// When it is valid, in words: `from 2026-01-01`.
    pub valid: String,
}

/// A trust file to judge by; `null` to trust nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChooseTrust {
    /// The file.
    pub path: Option<String>,
}

/// A bundle to verify.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyAsked {
    /// Its file.
    pub path: String,
    /// The moment to judge at, RFC 3339 UTC; nothing may have been signed after it.
    pub at: Option<String>,
    /// A checkpoint seen before, as a file; without one, the one remembered for the bundle's ledger.
    pub last_seen: Option<String>,
}

/// How a verification ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BundleVerdict {
    /// Nothing fails, and everything needed was checked.
    Verified,
    /// Something fails.
    Failed,
    /// Nothing fails, but something needed could not be checked.
    CannotDecide,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// It could not be asked, or there is nothing to ask about.
    NotChecked,
}

/// A check and its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckView {
    /// `V01` to `V21`.
    pub id: String,
    /// How it ended.
    pub state: CheckState,
    /// What holds if it passes.
    pub sentence: String,
    /// What was expected; empty if not checked.
    pub expected: String,
    /// What was found; the reason if not checked.
    pub found: String,
    /// Further failures.
    pub detail: Vec<String>,
    /// Without it, nothing is verified.
    pub needed: bool,
}

/// A head of a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadView {
    /// What the ledger is called.
    pub origin: String,
    /// How many receipts it covers.
    pub size: u64,
    /// Its root, in hexadecimal digits.
    pub root: String,
}

/// A bundle, judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleView {
    /// Its file.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256.
    pub digest: String,
    /// In one word.
    pub verdict: BundleVerdict,
    /// Whom it was judged by; nobody: nothing can be decided.
    pub trust: Option<TrustView>,
    /// The moment it was judged at, if one was given.
    pub at: Option<String>,
    /// How long that took, in milliseconds.
    pub milliseconds: u64,
    /// All checks, in order.
    pub checks: Vec<CheckView>,
    /// What the exporter says it is for; not to be believed unless verified.
    pub purpose: String,
    /// When it was exported, RFC 3339 UTC.
    pub issued: String,
    /// Receipts in it.
    pub receipts: u64,
    /// The newest checkpoint in it.
    pub head: Option<HeadView>,
    /// The checkpoint of the same ledger it was compared with.
    pub last_seen: Option<HeadView>,
    /// Files in it that receipts speak of.
    pub artefacts: Vec<ArtefactView>,
}

/// A file in a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtefactView {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Where receipts are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptsOf {
    /// In the bundle verified last.
    Bundle,
    /// In the ledger of the open workspace.
    Ledger,
}

/// A part of the receipts, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptsAsked {
    /// Which.
    pub of: ReceiptsOf,
    /// Place of the first.
    pub offset: u64,
    /// At most so many.
    pub limit: u32,
}

/// One receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptAsked {
    /// Which receipts.
    pub of: ReceiptsOf,
    /// Its number in the ledger.
    pub number: u64,
}

/// A receipt in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptView {
    /// Its number in the ledger.
    pub number: u64,
    /// When, RFC 3339 UTC.
    pub at: String,
    /// Its type without version: `drift-preview`, `guard-verdict`…; empty if this version does not know it.
    pub kind: String,
    /// What it says, in one sentence.
    pub says: String,
    /// Who signed it: a name of the trust file or of the ledger's keys, else the beginning of the key's id.
    pub signer: String,
    /// It was purged: only its leaf is left.
    pub purged: bool,
}

/// A receipt with all that proves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptProof {
    /// In one line.
    pub receipt: ReceiptView,
    /// The statement, laid out; empty if purged.
    pub statement: String,
    /// The signed envelope as it was written; empty if purged.
    pub envelope: String,
    /// Ids of the keys that signed.
    pub keys: Vec<String>,
    /// The way from its leaf to the root of a checkpoint; nothing when no checkpoint covers it yet.
    pub path: Option<PathView>,
}

/// The way from a leaf to a root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathView {
    /// Hash of the leaf, in hexadecimal digits.
    pub leaf: String,
    /// Steps upwards.
    pub steps: Vec<PathStep>,
    /// The checkpoint it leads to.
    pub head: HeadView,
    /// It leads there: the last node is the root that was signed.
    pub holds: bool,
}

/// A step upwards: the hash beside, and what both make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathStep {
    /// The hash beside, in hexadecimal digits.
    pub beside: String,
    /// It stands to the left.
    pub left: bool,
    /// The hash of both.
    pub node: String,
}

/// The ledger of the open workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerView {
    /// What it is called wherever it is trusted.
    pub origin: String,
    /// Its database.
    pub path: String,
    /// Receipts.
    pub receipts: u64,
    /// Receipts that the last checkpoint covers.
    pub signed: u64,
    /// Its keys, oldest first: name, and how a trust policy writes it.
    pub keys: Vec<LedgerKeyView>,
    /// Why it may not sign.
    pub trouble: Option<Failure>,
    /// Who watches over it, in one sentence; only the sample has a witness of its own.
    pub witness: Option<String>,
}

/// A key of a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerKeyView {
    /// What its keeper calls it.
    pub name: String,
    /// How a trust policy writes it.
    pub vkey: String,
}

/// Receipts to export as a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportAsked {
    /// Number of the first.
    pub first: u64,
    /// Number of the last.
    pub last: u64,
    /// Of these only those signed at this moment or later, RFC 3339 UTC.
    pub from: Option<String>,
    /// Of these only those signed before this moment.
    pub until: Option<String>,
    /// And every other receipt about the edits that these are about.
    pub edits: bool,
    /// With the reports that they speak of, as far as they were kept.
    pub reports: bool,
    /// With the decisions that the last preview found changed, to be run again.
    pub decisions: bool,
    /// What for, in words.
    pub purpose: String,
    /// The file to write.
    pub path: String,
}

/// A bundle that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// Its file.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Receipts in it.
    pub receipts: u64,
    /// Files in it that receipts speak of, and those of decisions.
    pub artefacts: u64,
}

/// A kind of file to ask the user for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Picked {
    /// A bundle.
    Bundle,
    /// A trust file.
    Trust,
    /// A checkpoint.
    Checkpoint,
    /// A shadow log.
    ShadowLog,
    /// An archive with policies.
    Project,
}

/// The passphrase of the ledger's keys. Kept in memory until the application ends.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unlock {
    /// The passphrase.
    pub passphrase: String,
}

// Not derived: a passphrase is in no log.
impl std::fmt::Debug for Unlock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unlock")
    }
}
