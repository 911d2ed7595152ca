//! What an auditor takes along: receipts of a ledger in one file, with everything that proves them. `choice` says which receipts
//! and what comes with them, `part` lets an export that was interrupted go on.

use std::{collections::BTreeMap, ops::Range, path::Path};

use evidence::{
    bundle::{Builder, PACK},
    checkpoint::Checkpoint,
    ed25519::Signer,
    note::Note,
};
use model::{Code, Failure};
use store::ledger::View;

use super::{
    Ledger,
    part::{Begun, Part},
    tree::{Tiles, entries},
};
use crate::{Error, logs::Progress, replace_file};

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

impl Wanted {
    /// How many receipts.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.receipts.iter().map(|run| run.end - run.start).sum()
    }

    /// The number behind the last one.
    fn end(&self) -> u64 {
        self.receipts.last().map_or(0, |run| run.end)
    }

    /// Numbers of the receipts, by the files they lie in.
    fn packs(&self) -> impl Iterator<Item = Range<u64>> {
        self.receipts.iter().cloned().flat_map(|run| {
            let first = run.start / PACK;
            let last = run.end.div_ceil(PACK);
            (first..last).map(move |pack| {
                (pack * PACK).max(run.start)..(pack.saturating_add(1) * PACK).min(run.end)
            })
        })
    }
}

impl Ledger {
    /// Packs receipts with their proofs against the checkpoint signed last, which must cover them. The same receipts, moment and
    /// key give the same bytes.
    ///
    /// # Errors
    /// `bad_call` for receipts the checkpoint does not cover, or more than a bundle holds, and when its reader saw more than there is;
    /// `ledger_stale`, `ledger_forked`, `store_…`, `ledger_damaged`, `key_missing`.
    pub fn bundle(&self, wanted: &Wanted, signer: &dyn Signer, now: u64) -> Result<Vec<u8>, Error> {
        self.sound()?;
        self.store.read(|view| {
            let last = view.last_checkpoint()?.ok_or(Error::NoLedger)?;
            let begun = Begun::new(&self.origin, wanted, signer, (now, last.note));
            let on = &mut |_, _| std::ops::ControlFlow::Continue(());
            build(view, wanted, signer, &begun, &mut None, on)
        })
    }

    /// As [`Ledger::bundle`], into a file, whose length comes back. An export that is interrupted, however that happens, leaves a
    /// `.part` beside the file; the same export, within a day, goes on from there and writes the bytes the first one would have.
    ///
    /// # Errors
    /// As [`Ledger::bundle`]; `file_write`; `cancelled`.
    pub fn export_to(
        &self,
        wanted: &Wanted,
        signer: &dyn Signer,
        now: u64,
        target: &Path,
        progress: Progress<'_>,
    ) -> Result<u64, Error> {
        self.sound()?;
        self.store.read(|view| {
            let last = view.last_checkpoint()?.ok_or(Error::NoLedger)?;
            let begun = Begun::new(&self.origin, wanted, signer, (now, last.note));
            let texts: Vec<_> = view
                .checkpoints()?
                .into_iter()
                .filter_map(|head| Some(Note::parse(head.note.as_bytes()).ok()?.text))
                .collect();
            let known = |note: &str| {
                Note::parse(note.as_bytes()).is_ok_and(|note| {
                    let head = Checkpoint::parse(&note.text);
                    texts.contains(&note.text) && head.is_ok_and(|head| head.size >= wanted.end())
                })
            };
            // What is one file is done before it could be interrupted. Compact blocks share words, so they are made in one go.
            let opened = match wanted.packs().nth(1) {
                Some(_) if !wanted.compact => Part::open(target, begun.clone(), known),
                _ => None,
            };
            let (mut part, begun) = match opened {
                Some((part, begun)) => (Some(part), begun),
                None => (None, begun),
            };
            let bytes = build(view, wanted, signer, &begun, &mut part, progress)?;
            replace_file(target, &bytes).map_err(Error::write(target))?;
            if let Some(part) = part {
                part.remove();
            }
            Ok(bytes.len() as u64)
        })
    }
}

/// Builds a bundle. What lies in `part` already is taken from there, and what does not is put there.
fn build(
    view: &View<'_>,
    wanted: &Wanted,
    signer: &dyn Signer,
    begun: &Begun,
    part: &mut Option<Part>,
    progress: Progress<'_>,
) -> Result<Vec<u8>, Error> {
    let covered = view.last_checkpoint()?.map_or(0, |last| last.size);
    if let Some(since) = wanted.since.filter(|since| *since == 0 || *since > covered) {
        let why = match since {
            0 => "nobody has seen a checkpoint over none".to_owned(),
            _ => {
                "whoever saw a checkpoint over more saw another history, or this one is an old copy"
                    .to_owned()
            }
        };
        let mut failure = Failure::new(
            Code::BadCall,
            format!(
                "growth from {since} receipts cannot be proven: the last checkpoint covers {covered}, and {why}"
            ),
        );
        "compare the reader's checkpoint with `fabric ledger info`; if theirs is of this ledger, put its newest database back"
            .clone_into(&mut failure.hint);
        return Err(failure.into());
    }
    let tiles = Tiles::of(view);
    let mut builder = Builder::new(begun.issued, &wanted.purpose);
    if wanted.compact {
        builder = builder.compact();
    }
    for (name, content) in &wanted.artefacts {
        builder.artefact(name, content)?;
    }
    builder.checkpoint(&begun.note)?;
    let (mut done, total) = (0, wanted.count());
    let mut packed_before = part.is_some();
    for numbers in wanted.packs() {
        if progress(done, total).is_break() {
            return Err(Error::Cancelled);
        }
        done += numbers.end - numbers.start;
        if let Some(part) = part.as_mut().filter(|_| packed_before) {
            let name = evidence::bundle::Part::Receipts(numbers.start).to_string();
            let known = part.next(&name, |file| {
                builder.packed(numbers.clone(), file, &tiles).ok()
            });
            packed_before = known.is_some();
            if packed_before {
                continue;
            }
        }
        for entry in entries(view, numbers) {
            builder.entry(&entry?)?;
        }
        let packed = builder.pack()?;
        // Where a part cannot be written, the bundle perhaps can.
        if let (Some(file), Some(packed)) = (part.as_mut(), packed)
            && file.put(packed).is_err()
            && let Some(part) = part.take()
        {
            part.remove();
        }
    }
    let sealed = builder.seal(&tiles, wanted.since, &[signer]);
    sealed.map_err(|error| tiles.trouble(error.into()))
}
