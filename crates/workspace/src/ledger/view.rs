//! A workspace's ledger for a window: what it is, its receipts, the way of each to a checkpoint, and bundles of them.

use std::path::Path;

use evidence::{
    bundle::Way,
    checkpoint::Checkpoint,
    hex, merkle,
    note::{Kind, Note, VerifierKey},
};
use ipc::{ExportAsked, Exported, LedgerKeyView, LedgerView, Page, ReceiptProof, ReceiptView};
use model::{Code, Failure};
use vault::{Ask, Vault};

use super::{Ledger, LedgerKey, Wanted};
use crate::{Error, receipts, replace_file, signing};

impl Ledger {
    /// What a window shows of it.
    ///
    /// # Errors
    /// `store_…`, `ledger_damaged`.
    pub fn view(&self) -> Result<LedgerView, Error> {
        let info = self.info()?;
        let key = |key: &LedgerKey| {
            let vkey = VerifierKey::new(&info.origin, Kind::Ed25519, key.public)?;
            Ok(LedgerKeyView {
                name: key.name.clone(),
                vkey: vkey.to_string(),
            })
        };
        Ok(LedgerView {
            path: info.path.display().to_string(),
            receipts: info.size,
            signed: info.signed,
            keys: info.keys.iter().map(key).collect::<Result<_, Error>>()?,
            trouble: info.trouble.clone(),
            origin: info.origin.clone(),
        })
    }

    /// What its keys are called, by their ids.
    fn named(&self) -> Result<impl Fn(&str) -> Option<String> + use<>, Error> {
        let keys = self.info()?.keys.into_iter();
        let keys: Vec<_> = keys.map(|key| (hex(&key.public.id()), key.name)).collect();
        Ok(move |id: &str| {
            let mut named = keys.iter().filter(|(known, _)| known == id);
            named.next().map(|(_, name)| name.clone())
        })
    }

    /// Its receipts, the newest first.
    ///
    /// # Errors
    /// `store_…`, `ledger_damaged`.
    pub fn page(&self, offset: u64, limit: u32) -> Result<Page<ReceiptView>, Error> {
        let total = self.size()?;
        let end = total.saturating_sub(offset);
        let start = end.saturating_sub(u64::from(limit));
        let named = self.named()?;
        let entries = self.entries(start..end)?;
        let items = entries.iter().rev();
        Ok(Page {
            total,
            offset,
            items: items
                .map(|entry| receipts::view(entry.leaf.seq, entry, &named))
                .collect(),
        })
    }

    /// One of them, with its way to the checkpoint signed last if that covers it.
    ///
    /// # Errors
    /// `bad_call` for one that is not there; `store_…`, `ledger_damaged`.
    pub fn receipt(&self, number: u64) -> Result<ReceiptProof, Error> {
        let entry = self.entries(number..number.saturating_add(1))?.pop();
        let entry =
            entry.ok_or_else(|| Error::BadCall(format!("the ledger has no receipt {number}")))?;
        let way = if number < self.info()?.signed {
            let proof = self.prove(number)?;
            let head = Checkpoint::parse(&Note::parse(proof.checkpoint.as_bytes())?.text)?;
            let leaf = entry.leaf.hash();
            Some(Way {
                leaf,
                steps: merkle::way(&leaf, number, head.size, &proof.hashes)?,
                head,
            })
        } else {
            None
        };
        Ok(receipts::proof(
            number,
            &entry,
            way.as_ref(),
            &self.named()?,
        ))
    }

    /// Writes receipts into a bundle. What no checkpoint covers yet gets one.
    ///
    /// # Errors
    /// `bad_call` for receipts that are not there; `key_locked`, `key_missing`, `file_write`, and as [`Ledger::sign`].
    pub fn export_bundle(
        &self,
        asked: &ExportAsked,
        vault: &Vault,
        ask: Ask<'_>,
        now: u64,
    ) -> Result<Exported, Error> {
        let size = self.size()?;
        if asked.first > asked.last || asked.last >= size {
            return Err(Error::BadCall(format!(
                "the ledger has {size} receipts, numbered from 0: {} to {} are not among them",
                asked.first, asked.last
            )));
        }
        let keys = signing::signers(self, vault, ask, now)?;
        let keys = signing::by_reference(&keys);
        let signer = keys
            .first()
            .ok_or_else(|| Error::NoKey("the ledger has no key".to_owned()))?;
        if self.info()?.signed <= asked.last {
            self.sign(&keys, now)?;
        }
        let numbers = asked.first..asked.last + 1;
        let wanted = Wanted {
            receipts: std::iter::once(numbers).collect(),
            purpose: asked.purpose.clone(),
            ..Wanted::default()
        };
        let bytes = self.bundle(&wanted, *signer, now)?;
        replace_file(Path::new(&asked.path), &bytes).map_err(|error| {
            let message = format!("cannot write `{}`: {error}", asked.path);
            Failure::new(Code::FileWrite, message)
        })?;
        Ok(Exported {
            path: asked.path.clone(),
            bytes: bytes.len() as u64,
            receipts: asked.last - asked.first + 1,
        })
    }
}
