//! What is in a bundle, to be looked at: its receipts in their order, and the way of each to a checkpoint. Nothing here is
//! verified; that is for [`verify`](crate::verify).

use std::sync::Arc;

use super::{Bundle, Part, checkpoint, lines};
use crate::{
    Error, Hash,
    checkpoint::Checkpoint,
    compact::{self, Dictionary},
    entry::Entry,
    merkle,
    tlog_proof::Proof,
};

/// The receipts of a bundle.
#[derive(Clone, Debug)]
pub struct Contents<'a> {
    bundle: &'a Bundle<'a>,
    packs: Arc<Packs>,
}

/// What has to be unpacked to find a receipt, kept by who opens the same bundle again.
#[derive(Debug)]
pub struct Packs {
    /// First number of each file of receipts and how many it holds, ascending.
    counted: Vec<(u64, u64)>,
    dictionary: Dictionary,
}

/// First number of a file of receipts, and what is in it.
type Pack = (u64, Vec<Result<Entry, Error>>);

/// The way of a receipt to a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Hash of its leaf.
    pub leaf: Hash,
    /// Steps upwards.
    pub steps: Vec<merkle::Step>,
    /// The checkpoint whose tree it climbs.
    pub head: Checkpoint,
}

impl Way {
    /// Whether it ends at the checkpoint's root.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.steps.last().map_or(self.leaf, |step| step.node) == self.head.root
    }
}

impl<'a> Contents<'a> {
    /// Counts the receipts.
    ///
    /// # Errors
    /// [`Error::Form`] for a file of receipts, or a dictionary, that cannot be read.
    pub fn of(bundle: &'a Bundle<'a>) -> Result<Self, Error> {
        let mut counted = Vec::new();
        for (part, file) in &bundle.parts {
            match part {
                Part::Receipts(first) => {
                    let ends = file.read()?.iter().filter(|byte| **byte == b'\n').count();
                    counted.push((*first, ends as u64));
                }
                Part::Compact(first) => {
                    let part = file.read()?;
                    counted.push((*first, compact::read_part(&part)?.0.len() as u64));
                }
                _ => {}
            }
        }
        counted.sort_unstable();
        let packs = Packs {
            counted,
            dictionary: bundle.dictionary()?,
        };
        Ok(Self::again(bundle, Arc::new(packs)))
    }

    /// The contents of a bundle that was counted before: its bytes must be the same.
    #[must_use]
    pub fn again(bundle: &'a Bundle<'a>, packs: Arc<Packs>) -> Self {
        Self { bundle, packs }
    }

    /// What was counted.
    #[must_use]
    pub fn packs(&self) -> Arc<Packs> {
        self.packs.clone()
    }

    /// The bundle.
    #[must_use]
    pub fn bundle(&self) -> &Bundle<'a> {
        self.bundle
    }

    /// How many receipts there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.packs.counted.iter().map(|(_, lines)| lines).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Numbers of some receipts, the last ones first.
    #[must_use]
    pub fn newest(&self, offset: u64, limit: usize) -> Vec<u64> {
        let numbers = self.packs.counted.iter().rev();
        let numbers =
            numbers.flat_map(|(first, lines)| (*first..first.saturating_add(*lines)).rev());
        numbers
            .skip(usize::try_from(offset).unwrap_or(usize::MAX))
            .take(limit)
            .collect()
    }

    /// The file of receipts that holds a number: its first number, and what is in it.
    fn pack(&self, number: u64) -> Result<Pack, Error> {
        let packs = &self.packs.counted;
        let place = packs.partition_point(|(first, _)| *first <= number);
        let pack = place.checked_sub(1).and_then(|place| packs.get(place));
        let (first, _) = pack
            .filter(|(first, lines)| number - first < *lines)
            .ok_or_else(|| missing(number))?;
        if !self.bundle.parts.contains_key(&Part::Receipts(*first)) {
            let part = self.bundle.read(&Part::Compact(*first))?;
            let (_, block) = compact::read_part(&part)?;
            let (there, entries) = compact::decode(block, &self.packs.dictionary)?;
            return Ok((there, entries.into_iter().map(Ok).collect()));
        }
        let text = String::from_utf8(self.bundle.read(&Part::Receipts(*first))?)
            .map_err(|_| Error::form("receipts", "no UTF-8"))?;
        Ok((*first, text.lines().map(Entry::parse).collect()))
    }

    /// Receipts by number; neighbours are read together.
    ///
    /// # Errors
    /// [`Error::Form`] for one that is not there or cannot be read.
    pub fn entries(&self, numbers: impl IntoIterator<Item = u64>) -> Result<Vec<Entry>, Error> {
        let mut open = (0, Vec::new());
        let mut entries = Vec::new();
        for number in numbers {
            let entry = |(first, pack): &Pack| {
                let at = usize::try_from(number.checked_sub(*first)?).ok()?;
                pack.get(at).cloned()
            };
            if entry(&open).is_none() {
                open = self.pack(number)?;
            }
            entries.push(entry(&open).ok_or_else(|| missing(number))??);
        }
        Ok(entries)
    }

    /// The way of a receipt to a checkpoint in the bundle.
    ///
    /// # Errors
    /// [`Error::Form`], [`Error::Proof`] when there is no proof of it that has the shape of one.
    pub fn way(&self, number: u64) -> Result<Way, Error> {
        let [entry] = <[Entry; 1]>::try_from(self.entries([number])?)
            .map_err(|_| Error::Proof("there is none"))?;
        let leaf = entry.leaf.hash();
        for part in self.bundle.parts.keys() {
            let (size, hashes) = match *part {
                Part::Inclusion(index) if index == number => {
                    let proof = Proof::parse(&self.bundle.read(part)?)?;
                    let head = checkpoint(proof.checkpoint.as_bytes())?;
                    (head.size, proof.hashes)
                }
                Part::Range(first, last) if (first..=last).contains(&number) => {
                    let proof = lines::Range::parse(&self.bundle.read(part)?)?;
                    if last - first >= self.len() {
                        return Err(Error::Proof("it is about more receipts than there are"));
                    }
                    let leaves: Vec<_> = self
                        .entries(first..=last)?
                        .iter()
                        .map(|entry| entry.leaf.hash())
                        .collect();
                    let hashes =
                        merkle::proof_within(&leaves, first, proof.size, &proof.hashes, number)?;
                    (proof.size, hashes)
                }
                _ => continue,
            };
            return Ok(Way {
                leaf,
                steps: merkle::way(&leaf, number, size, &hashes)?,
                head: checkpoint(&self.bundle.read(&Part::Checkpoint(size))?)?,
            });
        }
        Err(Error::Proof("there is none"))
    }
}

fn missing(number: u64) -> Error {
    Error::form("bundle", format!("it holds no receipt {number}"))
}
