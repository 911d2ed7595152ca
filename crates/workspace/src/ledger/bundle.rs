//! What an auditor takes along: receipts of a ledger in one file, with everything that proves them.

use std::{collections::BTreeMap, ops::Range};

use evidence::{bundle::Builder, ed25519::Signer};

use super::{Ledger, Tiles, entries};
use crate::Error;

/// What a bundle is to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Numbers of receipts, ascending, none touching the next.
    pub receipts: Vec<Range<u64>>,
    /// What it is made for.
    pub purpose: String,
    /// Size of the checkpoint its reader saw last: how the ledger grew from there is proven, too.
    pub since: Option<u64>,
    /// Whether receipts are written in compact blocks.
    pub compact: bool,
    /// What receipts speak of, by name below `artefacts/`.
    pub artefacts: BTreeMap<String, Vec<u8>>,
}

impl Ledger {
    /// Packs receipts with their proofs against the checkpoint signed last, which must cover them. The same receipts, moment and
    /// key give the same bytes.
    ///
    /// # Errors
    /// `bad_call` for receipts the checkpoint does not cover, or more than a bundle holds; `store_…`, `ledger_damaged`,
    /// `key_missing`.
    pub fn bundle(&self, wanted: &Wanted, signer: &dyn Signer, now: u64) -> Result<Vec<u8>, Error> {
        let mut builder = Builder::new(now, &wanted.purpose);
        if wanted.compact {
            builder = builder.compact();
        }
        for (name, content) in &wanted.artefacts {
            builder.artefact(name, content)?;
        }
        self.store.read(|view| {
            let last = view.last_checkpoint()?.ok_or(Error::NoLedger)?;
            builder.checkpoint(&last.note)?;
            for run in &wanted.receipts {
                for entry in entries(view, run.clone()) {
                    builder.entry(&entry?)?;
                }
            }
            let tiles = Tiles::of(view);
            let sealed = builder.seal(&tiles, wanted.since, &[signer]);
            sealed.map_err(|error| tiles.trouble(error.into()))
        })
    }
}
