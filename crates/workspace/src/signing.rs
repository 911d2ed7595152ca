//! What signs for a workspace: the user's keys, those of them that a ledger knows, and the one call by which whatever happened
//! becomes a receipt.

use evidence::{
    ed25519::{SecretKey, Signer},
    moment,
    statement::{self, DriftPreview, GuardVerdict, Subject},
};
use guard::{Report, Ruling};
use model::{Code, DriftReport, Failure};
use vault::{Ask, Kept, State, Vault};

use crate::{Error, Folders, Ledger, Receipt};

/// Changed requests a kept report lists at most: as many as `fabric drift --json` does by itself.
pub const KEPT: usize = 1_000;

/// The user's keys.
#[must_use]
pub fn vault_of(folders: &Folders) -> Vault {
    Vault::at(&folders.data.join("keys"))
}

/// What to do about a ledger's key that is not there.
fn keyless(message: impl Into<String>) -> Failure {
    let mut failure = Failure::new(Code::KeyMissing, message);
    "whoever has the key can do this, where they have it; to do it here, bring the key back from its recovery file, `fabric keys recover FILE --name NAME`; \
     if it is lost, go on under a new origin with another: `fabric ledger restore DIR --key OTHER --by WHO`"
        .clone_into(&mut failure.hint);
    failure
}

/// The same for one that is there and does not open.
fn forgotten(mut failure: Failure) -> Failure {
    failure.hint = format!(
        "{}; if nobody can open it any more, go on under a new origin with another: `fabric ledger restore DIR --key OTHER --by WHO --lost`",
        failure.hint
    );
    failure
}

/// The key a ledger signs with, as the user's keys have it; nothing when it is not among them, or was revoked.
///
/// # Errors
/// As [`Ledger::info`]; `key_locked` when the list of keys cannot be read.
pub fn own_key(ledger: &Ledger, vault: &Vault) -> Result<Option<vault::Key>, Error> {
    let keys = ledger.info()?.keys;
    let in_force = keys.iter().find(|key| key.until.is_none());
    let public = in_force.map(|key| evidence::hex(&key.public.to_bytes()));
    let known = vault.list().map_err(Failure::from)?;
    Ok(known
        .into_iter()
        .find(|key| Some(&key.public) == public.as_ref() && key.state != State::Revoked))
}

/// Whether nobody here can sign for a ledger any more: the secret half of its key is nowhere among the user's, or its owner said that
/// it cannot be opened. What was `said` with that is the passphrase at hand; it is believed of a key that this does not open, and of one
/// whose keyring does not answer.
///
/// # Errors
/// As [`own_key`]; `keyring_missing` where only a keyring that does not answer could tell; `file_read`; `bad_call` for a key that is said to be lost
/// and opens.
pub fn key_is_lost(ledger: &Ledger, vault: &Vault, said: Option<Ask<'_>>) -> Result<bool, Error> {
    let Some(key) = own_key(ledger, vault)? else {
        return Ok(true);
    };
    let Some(ask) = said else {
        return Ok(!vault.holds(&key).map_err(Failure::from)?);
    };
    match vault.opened(&key, ask) {
        Err(unread) if unread.code == Code::FileRead => return Err(unread.into()),
        Err(_) => return Ok(true),
        Ok(_) => {}
    }
    let how = match key.kept {
        Kept::File => "with the passphrase that was given",
        Kept::Keyring | Kept::Memory => "without a passphrase",
    };
    let message = format!(
        "the key `{}` is not lost: it is here and opens {how}",
        key.name
    );
    let mut failure = Failure::new(Code::BadCall, message);
    "put another in its place: `fabric keys rotate NAME --dir DIR`".clone_into(&mut failure.hint);
    Err(failure.into())
}

/// What signs for a ledger now: its key in force, and keys that sign beside it. `ask` is called when a passphrase is needed.
///
/// # Errors
/// `key_missing` when the key in force is not in the vault; `key_locked`, `keyring_missing`.
pub fn signers(
    ledger: &Ledger,
    vault: &Vault,
    ask: Ask<'_>,
    now: u64,
) -> Result<Vec<SecretKey>, Error> {
    let known = vault.list().map_err(Failure::from)?;
    let mut signers = Vec::new();
    for key in ledger.info()?.keys {
        if key.until.is_some_and(|until| until <= now) {
            continue;
        }
        let public = evidence::hex(&key.public.to_bytes());
        let found = known
            .iter()
            .find(|known| known.public == public && known.state != State::Revoked);
        match (found, key.until) {
            (Some(found), until) => match vault.signer(found, ask) {
                Ok(signer) => signers.push(signer),
                Err(error) if until.is_none() && error.code == Code::KeyMissing => {
                    return Err(keyless(error.message).into());
                }
                Err(error) if until.is_none() && error.code == Code::KeyLocked => {
                    return Err(forgotten(error).into());
                }
                Err(error) => return Err(error.into()),
            },
            // A key that was replaced may be gone already.
            (None, Some(_)) => {}
            (None, None) => {
                let message = format!(
                    "the ledger signs with the key `{}`, which is not among yours",
                    key.name
                );
                return Err(keyless(message).into());
            }
        }
    }
    // The key in force goes first: the ledger lists the oldest first.
    signers.reverse();
    Ok(signers)
}

/// What signers are called with.
#[must_use]
pub fn by_reference(signers: &[SecretKey]) -> Vec<&dyn Signer> {
    signers.iter().map(|key| key as &dyn Signer).collect()
}

/// Receipts that were kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Number of the first.
    pub first: u64,
    /// How many.
    pub receipts: u64,
    /// Which log they are in.
    pub origin: String,
    /// The checkpoint over them.
    pub checkpoint: String,
}

/// Puts what happened into a ledger, and signs a checkpoint over it. `seal` says it with the key in force.
///
/// # Errors
/// Those of [`signers`], [`Ledger::append`] and [`Ledger::sign`], and of `seal`.
pub fn record(
    ledger: &Ledger,
    vault: &Vault,
    ask: Ask<'_>,
    now: u64,
    seal: impl FnOnce(&dyn Signer) -> Result<Vec<Receipt>, Error>,
) -> Result<Recorded, Error> {
    let keys = signers(ledger, vault, ask, now)?;
    let keys = by_reference(&keys);
    let first = keys
        .first()
        .ok_or_else(|| Error::NoKey("the ledger has no key".to_owned()))?;
    let numbers = ledger.append(seal(*first)?)?;
    Ok(Recorded {
        first: numbers.start,
        receipts: numbers.end - numbers.start,
        origin: ledger.origin().to_owned(),
        checkpoint: ledger.sign(&keys, now)?,
    })
}

/// Replaces the key a ledger signs with by another of the vault's. Where that fails before the ledger has the new key, [`Vault::take_back`]
/// undoes what the vault did.
///
/// # Errors
/// As [`Ledger::rotate`], `key_missing` for a key that is not there.
pub fn rotate(
    ledger: &Ledger,
    vault: &Vault,
    (old, new): (&vault::Key, &vault::Key),
    ask: Ask<'_>,
    now: u64,
) -> Result<String, Error> {
    let (from, to) = (vault.signer(old, ask)?, vault.signer(new, ask)?);
    ledger.rotate(&from, (&new.name, &to), now)
}

/// Says what a preview found, and keeps the report beside the ledger. Its subject is the report, as one line of JSON.
///
/// # Errors
/// As [`Receipt::seal`] and [`Ledger::keep`].
pub fn preview_receipt(
    ledger: &Ledger,
    report: &DriftReport,
    signer: &dyn Signer,
    now: u64,
) -> Result<Receipt, Error> {
    let json = serde_json::to_string(report)
        .map_err(|error| Failure::new(Code::Internal, error.to_string()))?
        + "\n";
    ledger.keep(json.as_bytes())?;
    let totals = &report.totals;
    let said = DriftPreview {
        issued: moment::text(now),
        base: report.base.digest.clone(),
        head: report.head.digest.clone(),
        rows: totals.rows,
        gained: totals.gained,
        lost: totals.lost,
        open: totals.maybe_gained + totals.maybe_lost + totals.undeterminable,
    };
    let about = Subject::of("drift-report.json", json.as_bytes());
    Receipt::seal(vec![about], &said, &[signer])
}

/// Says who let an edit pass that was beyond the tolerance, and keeps the override beside the ledger. Its subject is the override's file.
///
/// # Errors
/// As [`Receipt::seal`] and [`Ledger::keep`].
pub fn override_receipt(
    ledger: &Ledger,
    given: &guard::Statement,
    file: &[u8],
    signers: &[&dyn Signer],
    now: u64,
) -> Result<Receipt, Error> {
    ledger.keep(file)?;
    let said = statement::Override {
        issued: moment::text(now),
        base: given.base.clone(),
        head: given.head.clone(),
        approver: given.approver.clone(),
        author: given.author.clone(),
        reason: given.reason.clone(),
        expires: given.expires.clone(),
    };
    Receipt::seal(vec![Subject::of("override.json", file)], &said, signers)
}

/// Says what the guard found, and keeps its report beside the ledger. Its subject is the report, as `fabric guard` writes it.
///
/// # Errors
/// As [`Receipt::seal`] and [`Ledger::keep`].
pub fn verdict_receipt(
    ledger: &Ledger,
    report: &Report,
    signer: &dyn Signer,
    now: u64,
) -> Result<Receipt, Error> {
    let json = serde_json::to_string_pretty(report)
        .map_err(|error| Failure::new(Code::Internal, error.to_string()))?
        + "\n";
    ledger.keep(json.as_bytes())?;
    let said = GuardVerdict {
        issued: moment::text(now),
        base: report.drift.base.digest.clone(),
        head: report.drift.head.digest.clone(),
        tolerance: report.verdict.tolerance.digest.clone(),
        verdict: match report.verdict.verdict {
            Ruling::Pass => statement::Ruling::Pass,
            Ruling::Blocked => statement::Ruling::Blocked,
            Ruling::Undecided => statement::Ruling::Undecided,
        },
        violations: report.verdict.violations.len() as u64,
    };
    let about = Subject::of("guard-report.json", json.as_bytes());
    Receipt::seal(vec![about], &said, &[signer])
}
