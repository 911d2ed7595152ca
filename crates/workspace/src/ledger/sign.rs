//! Signing: a checkpoint of what was read back from the disk, and what witnesses put below it.

use evidence::{
    ed25519::{PublicKey, Signer},
    ledger,
    note::{Kind, Note, VerifierKey},
};
use model::Failure;
use witness::Client;

use super::{
    Ledger, LedgerKey, keys,
    tree::{Tiles, entries},
    trust,
};
use crate::Error;

impl Ledger {
    /// Signs a checkpoint of all that is in the ledger, with the key in force and those that sign beside it. The same
    /// receipts give the same checkpoint again.
    ///
    /// # Errors
    /// `key_missing`, `ledger_stale`, `ledger_forked`, `ledger_damaged`, `store_…`, `file_write`: then nothing was handed out.
    pub fn sign(&self, signers: &[&dyn Signer], now: u64) -> Result<String, Error> {
        self.sound()?;
        let held = self.high.hold()?;
        let mark = held
            .read()?
            .ok_or_else(|| Error::LedgerForgotten(self.origin.clone()))?;
        self.store.write(|change| {
            let signers = in_force(&keys(change)?, signers, now)?;
            let size = change.size()?;
            let tiles = Tiles::of(change);
            let known = (mark.size, mark.root);
            let audited = ledger::audit(&tiles, known, size, entries(change, mark.size..size))
                .map_err(|error| tiles.trouble(error))?;
            let signed = mark.size == size && self.signed_by_all(&mark.note, &signers);
            let note = if signed {
                mark.note.clone()
            } else {
                ledger::checkpoint(&self.origin, audited, &signers)?.to_string()
            };
            held.raise(&note)?;
            // The one that is there may have more signatures by now: witnesses'.
            let last = change.last_checkpoint()?;
            if let Some(last) = last.filter(|last| signed && last.size == size) {
                return Ok(last.note);
            }
            change.put_checkpoint(&store::ledger::Checkpoint {
                size,
                note: note.clone(),
            })?;
            Ok(note)
        })
    }

    /// As [`Ledger::sign`], and has a witness cosign. It is asked how far it saw the ledger before anything is signed.
    ///
    /// # Errors
    /// As [`Ledger::sign`]; `ledger_stale` when the witness saw more, `witness_silent`, `witness_refused`.
    pub fn sign_witnessed(
        &self,
        signers: &[&dyn Signer],
        witness: &Client,
        now: u64,
    ) -> Result<String, Error> {
        self.refuse_own(&witness.key())?;
        let known = witness.seen(&self.origin).map_err(Failure::from)?;
        let size = self.size()?;
        if known > size {
            return Err(Error::LedgerStale { size, known });
        }
        self.sign(signers, now)?;
        self.cosign(witness)
    }

    /// Has a witness cosign the checkpoint signed last.
    ///
    /// # Errors
    /// `bad_call` when the witness saw more than that, `witness_silent`, `witness_refused`.
    pub fn cosign(&self, witness: &Client) -> Result<String, Error> {
        self.refuse_own(&witness.key())?;
        let known = witness.seen(&self.origin).map_err(Failure::from)?;
        let growth = self.growth(known)?;
        let lines = witness.add_checkpoint(&growth).map_err(Failure::from)?;
        self.cosigned(&growth.checkpoint, &lines)
    }

    fn refuse_own(&self, witness: &PublicKey) -> Result<(), Error> {
        let logs = self.logs(&[trust::unnamed(*witness, "its last")])?;
        trust::refuse_own(&logs, witness)
    }

    fn signed_by_all(&self, note: &str, signers: &[&dyn Signer]) -> bool {
        let known: Result<Vec<_>, _> = signers
            .iter()
            .map(|signer| VerifierKey::new(&self.origin, Kind::Ed25519, signer.public()))
            .collect();
        known.is_ok_and(|known| {
            Note::parse(note.as_bytes())
                .and_then(|note| note.verify(&known))
                .is_ok_and(|signed| signed.len() == known.len())
        })
    }

    /// Puts signatures of witnesses below the checkpoint signed last. They are not checked here; who reads them does.
    ///
    /// # Errors
    /// `bad_call` when it is not the last one any more, or the lines are no signatures; `store_…`.
    pub fn cosigned(&self, checkpoint: &str, lines: &str) -> Result<String, Error> {
        let more = Note::parse(format!("{checkpoint}{lines}").as_bytes())?;
        self.store.write(|change| {
            let last = change.last_checkpoint()?.ok_or(Error::NoLedger)?;
            let mut note = Note::parse(last.note.as_bytes())?;
            if note.text != more.text {
                return Err(Error::BadCall(
                    "the ledger has a newer checkpoint by now".to_owned(),
                ));
            }
            for signature in more.signatures {
                if !note.signatures.contains(&signature) {
                    note.signatures.push(signature);
                }
            }
            let note = note.to_string();
            change.amend_checkpoint(&note)?;
            Ok(note)
        })
    }
}

/// Those of the signers that may sign now: the key in force, which must be among them, and keys it took the place of lately.
pub(super) fn in_force<'s>(
    keys: &[LedgerKey],
    signers: &[&'s dyn Signer],
    now: u64,
) -> Result<Vec<&'s dyn Signer>, Error> {
    let at_hand = |key: &LedgerKey| {
        let found = signers.iter().find(|signer| signer.public() == key.public);
        found.copied()
    };
    let current = keys
        .iter()
        .find(|key| key.until.is_none())
        .ok_or_else(|| Error::LedgerDamaged("it has no key".to_owned()))?;
    let signer = at_hand(current).ok_or_else(|| {
        Error::NoKey(format!(
            "the ledger signs with the key `{}`, which is not at hand",
            current.name
        ))
    })?;
    let beside = keys
        .iter()
        .filter(|key| key.until.is_some_and(|until| until > now))
        .filter_map(at_hand);
    Ok(std::iter::once(signer).chain(beside).collect())
}
