//! A workspace's ledger for a window: what it is, its receipts, the way of each to a checkpoint, and bundles of them.

use std::{collections::BTreeMap, ops::Range, path::Path};

use evidence::{
    bundle::Way,
    checkpoint::Checkpoint,
    ed25519::Signer,
    entry::Entry,
    hex, merkle,
    note::{Kind, Note, VerifierKey},
    statement::Subject,
};
use ipc::{ExportAsked, Exported, LedgerKeyView, LedgerView, Page, ReceiptProof, ReceiptView};
use model::{Code, Failure};
use serde::Serialize;

use super::{Choice, Ledger, LedgerKey, Wanted, statement_of};
use crate::{Error, auditor::read_moment, logs::Progress, preview::Previewed, receipts};

/// A receipt, and what it is about.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    /// In one line.
    #[serde(flatten)]
    pub receipt: ReceiptView,
    /// Of what it speaks, by name and digest; empty if purged.
    pub subjects: Vec<Subject>,
}

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
            witness: None,
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

    /// Receipts in a line each, with what they are about, in the order of their numbers.
    ///
    /// # Errors
    /// `store_…`, `ledger_damaged`.
    pub fn list(&self, numbers: Range<u64>) -> Result<Vec<Listed>, Error> {
        let named = self.named()?;
        let listed = |entry: &Entry| Listed {
            receipt: receipts::view(entry.leaf.seq, entry, &named),
            subjects: statement_of(entry).map_or_else(Vec::new, |said| said.subject),
        };
        Ok(self.entries(numbers)?.iter().map(listed).collect())
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
            let proof = self.way(number)?;
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

    /// Writes receipts of the workspace at `root` into a bundle. What no checkpoint covers yet gets one, of which `signed` hears.
    ///
    /// # Errors
    /// `bad_call` for receipts that are not there, or a preview that is of another edit than they are; `key_missing`, `file_write`,
    /// `cancelled`, and as [`Ledger::sign`].
    pub(crate) fn export_bundle(
        &self,
        (root, asked): (&Path, &ExportAsked),
        previewed: Option<&Previewed>,
        keys: &[&dyn Signer],
        signed: &dyn Fn(&Self),
        now: u64,
        progress: Progress<'_>,
    ) -> Result<Exported, Error> {
        let moment = |text: &Option<String>| text.as_deref().map(read_moment).transpose();
        let policies = match asked.edits {
            true => crate::policies_of_moves(root)?,
            false => BTreeMap::new(),
        };
        let receipts = self.choose(&Choice {
            numbers: std::iter::once(asked.first..asked.last.saturating_add(1)).collect(),
            from: moment(&asked.from)?,
            until: moment(&asked.until)?,
            edits: asked.edits,
            policies,
        })?;
        let mut artefacts = match asked.reports {
            true => self.reports(&receipts)?,
            false => BTreeMap::new(),
        };
        if let Some(previewed) = previewed {
            let (base, head) = (previewed.replay.base(), previewed.replay.head());
            if !self.speaks_of(&receipts, &base.digest, &head.digest)? {
                let message = "none of these receipts is about the edit that was previewed last";
                let mut failure = Failure::new(Code::BadCall, message);
                "preview the edit they are about in the Drift place, or leave the decisions out"
                    .clone_into(&mut failure.hint);
                return Err(failure.into());
            }
            artefacts.extend(previewed.decisions()?);
        }
        let signer = keys
            .first()
            .ok_or_else(|| Error::NoKey("the ledger has no key".to_owned()))?;
        if self.info()?.signed < receipts.last().map_or(0, |run| run.end) {
            self.sign(keys, now)?;
        }
        signed(self);
        let wanted = Wanted {
            receipts,
            purpose: asked.purpose.clone(),
            artefacts,
            ..Wanted::default()
        };
        let bytes = self.export_to(&wanted, *signer, now, Path::new(&asked.path), progress)?;
        Ok(Exported {
            path: asked.path.clone(),
            bytes,
            receipts: wanted.count(),
            artefacts: wanted.artefacts.len() as u64,
        })
    }
}
