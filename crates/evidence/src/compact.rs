//! Compaction: receipts in few bytes, rebuilt to the very bytes that were signed. Receipts of a kind differ in little, so a text is
//! taken apart into its *shape*, which has a hole in the place of every string and number, and into what fills the holes; the
//! payload, JSON in base64 inside the envelope, is taken apart likewise. Shapes and strings that repeat stand once in a
//! [`Dictionary`]; numbers, digests, moments and signatures are written as what they are (`codec`). A leaf is rebuilt
//! from its receipt, or kept where that would give another one.
//!
//! Whatever a text is, JSON or not, it comes back byte for byte: what has no shorter form is written raw, and nothing is written
//! that was not rebuilt and compared. Everything has one form: a reader writes again what it read, and refuses what differs.

mod codec;

use std::{cmp::Reverse, collections::HashMap};

use crate::{Error, Hash, base64, bundle::PACK, entry::Entry, hex, moment};
use codec::{HOLE, Reader, Writer, integer, split};

const WHAT: &str = "compact block";
const VERSION: u8 = 1;

/// What is rebuilt is at most so many times as long as what it is rebuilt from.
pub const FACTOR: usize = 64;
/// Bytes of a block, with the hashes beside it.
pub const MAX_BYTES: usize = 1 << 20;

const MAX_WORDS: usize = 1 << 16;
const MAX_TEXT: usize = 8 << 20;
const MAX_SHAPE: usize = 2048;
const MAX_WORD: usize = 256;

/// Shapes and strings that repeat. A word keeps its number for ever, so that what was written with fewer of them can be read with
/// more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dictionary {
    words: Vec<String>,
    numbers: HashMap<String, usize>,
    text: usize,
}

impl Dictionary {
    /// How many words there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    fn word(&self, number: usize) -> Option<&str> {
        self.words.get(number).map(String::as_str)
    }

    fn number(&self, word: &str) -> Option<usize> {
        self.numbers.get(word).copied()
    }

    /// Adds a word, if it is new, not too long, and there is room.
    fn add(&mut self, word: &str) -> bool {
        let longest = if word.contains(HOLE) {
            MAX_SHAPE
        } else {
            MAX_WORD
        };
        let room = self.len() < MAX_WORDS && self.text + word.len() <= MAX_TEXT;
        if !room || word.len() > longest || self.numbers.contains_key(word) {
            return false;
        }
        self.text += word.len();
        self.numbers.insert(word.to_owned(), self.len());
        self.words.push(word.to_owned());
        true
    }

    /// Learns shapes of receipts, for which few numbers are short, and then what repeats in them, most often first. Learn from those
    /// that are to be written next.
    pub fn learn(&mut self, entries: &[Entry]) {
        let mut seen = HashMap::new();
        for entry in entries {
            if let Some(receipt) = &entry.receipt {
                *seen.entry(hex(&entry.leaf.keyid)).or_default() += 1;
                count(&mut seen, &receipt.envelope, true);
            }
        }
        let mut seen: Vec<_> = seen
            .into_iter()
            .map(|(word, times)| (!word.contains(HOLE), Reverse(times), word))
            // A shape takes no more here than where it stands, and of a rare kind there may be more later.
            .filter(|(string, Reverse(times), word)| !string || *times > 1 && worth(word))
            .collect();
        seen.sort_unstable();
        for (_, _, word) in seen {
            self.add(&word);
        }
    }

    /// The words from a number on, as bytes.
    #[must_use]
    pub fn to_bytes(&self, from: usize) -> Vec<u8> {
        let words = self.words.get(from..).unwrap_or_default();
        let nothing = Self::default();
        let mut writer = Writer::new(&nothing, 0);
        writer.out.push(VERSION);
        writer.number(words.len() as u64);
        for word in words {
            writer.scalar(word, false);
        }
        writer.out
    }

    /// Adds the words that [`Dictionary::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`Error::Form`], also for a word that is there already; [`Error::Limit`].
    pub fn extend(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let nothing = Self::default();
        let from = self.len();
        let mut reader = Reader::new(bytes, &nothing, MAX_TEXT);
        reader.version(VERSION)?;
        let count = reader.number()?;
        for _ in 0..count {
            let word = reader.scalar(false)?;
            if !self.add(&word) {
                let why = "a word twice, too long, or more than a dictionary holds";
                return Err(Error::form("dictionary", why));
            }
        }
        if reader.rest.is_empty() && self.to_bytes(from) == bytes {
            Ok(())
        } else {
            Err(Error::form("dictionary", "not written in its one form"))
        }
    }
}

fn count(seen: &mut HashMap<String, usize>, text: &str, nested: bool) {
    let (shape, holes) = split(text);
    *seen.entry(shape).or_default() += 1;
    for hole in holes {
        match payload(hole).filter(|_| nested) {
            Some(inside) => count(seen, &inside, false),
            None => *seen.entry(hole.to_owned()).or_default() += 1,
        }
    }
}

/// Whether a number in the dictionary is shorter than what the word itself takes.
fn worth(word: &str) -> bool {
    word.len() > 2 && integer(word).is_none() && moment::seconds(word).is_none()
}

/// The JSON object that a string holds in base64.
fn payload(text: &str) -> Option<String> {
    // Base64 of an opening brace begins so.
    let bytes = base64::decode(text.strip_prefix('e').map(|_| text)?)?;
    String::from_utf8(bytes)
        .ok()
        .filter(|text| text.starts_with('{'))
}

/// Writes receipts without gap, the first of them with this number.
///
/// # Errors
/// [`Error::Limit`] for none, more than [`PACK`], or what a reader would refuse: keep such receipts as they are.
pub fn encode(first: u64, entries: &[Entry], dictionary: &Dictionary) -> Result<Vec<u8>, Error> {
    if entries.is_empty() || entries.len() as u64 > PACK {
        return Err(Error::limit("the number of receipts of a block", 256));
    }
    let mut writer = Writer::new(dictionary, dictionary.len());
    for (seq, entry) in (first..=u64::MAX).zip(entries) {
        writer.entry(seq, entry);
    }
    let mut head = Writer::new(dictionary, 0);
    head.out.push(VERSION);
    for number in [first, entries.len() as u64, writer.words as u64] {
        head.number(number);
    }
    let block = [head.out, writer.out].concat();
    if decode(&block, dictionary)? == (first, entries.to_vec()) {
        Ok(block)
    } else {
        Err(Error::form(WHAT, "it would rebuild to something else"))
    }
}

/// Rebuilds the receipts of a block, and the number of the first.
///
/// # Errors
/// [`Error::Form`] for what [`encode`] does not write with this dictionary, [`Error::Limit`].
pub fn decode(block: &[u8], dictionary: &Dictionary) -> Result<(u64, Vec<Entry>), Error> {
    if block.len() > MAX_BYTES {
        return Err(Error::limit("a compact block", MAX_BYTES));
    }
    let wrong = |why| Error::form(WHAT, why);
    let mut reader = Reader::new(block, dictionary, block.len() * FACTOR);
    reader.version(VERSION)?;
    let (first, count, words) = (reader.number()?, reader.number()?, reader.number()?);
    if !(1..=PACK).contains(&count) || first.checked_add(count).is_none() {
        return Err(wrong("a number of receipts that no block has"));
    }
    // What it did not know when it was written, it does not know now.
    let known = usize::try_from(words).unwrap_or(usize::MAX);
    let mut writer = Writer::new(dictionary, known);
    let mut entries = Vec::new();
    for seq in first..first + count {
        let before = reader.rest;
        let entry = reader.entry(seq)?;
        let used = before.len() - reader.rest.len();
        writer.out.clear();
        writer.entry(seq, &entry);
        if before.get(..used) != Some(writer.out.as_slice()) {
            return Err(wrong("a receipt is not written in its one form"));
        }
        entries.push(entry);
    }
    if !reader.rest.is_empty() {
        return Err(wrong("bytes behind the last receipt"));
    }
    if writer.words != known {
        return Err(wrong("it names other words than it uses"));
    }
    Ok((first, entries))
}

/// A block with the leaf hashes that it must rebuild to, as a bundle carries it: how many, the hashes, the block.
///
/// # Errors
/// As [`encode`].
pub fn to_part(first: u64, entries: &[Entry], dictionary: &Dictionary) -> Result<Vec<u8>, Error> {
    let block = encode(first, entries, dictionary)?;
    let hashes: Vec<_> = entries.iter().map(|entry| entry.leaf.hash()).collect();
    // INVARIANT: a block holds at most 256 receipts.
    let count = u16::try_from(hashes.len()).unwrap_or(u16::MAX);
    let part = [&count.to_be_bytes(), hashes.as_flattened(), &block].concat();
    if part.len() > MAX_BYTES {
        return Err(Error::limit("a compact block", MAX_BYTES));
    }
    Ok(part)
}

/// The hashes and the block of what [`to_part`] wrote.
///
/// # Errors
/// [`Error::Form`], [`Error::Limit`].
pub fn read_part(part: &[u8]) -> Result<(&[Hash], &[u8]), Error> {
    if part.len() > MAX_BYTES {
        return Err(Error::limit("a compact block", MAX_BYTES));
    }
    let read = || {
        let (count, rest) = part.split_first_chunk()?;
        let count = u16::from_be_bytes(*count);
        let (hashes, block) = rest.split_at_checked(usize::from(count) * size_of::<Hash>())?;
        let (hashes, _) = hashes.as_chunks();
        (1..=PACK)
            .contains(&u64::from(count))
            .then_some((hashes, block))
    };
    read().ok_or_else(|| Error::form(WHAT, "not hashes of 1 to 256 leaves and a block"))
}

#[cfg(test)]
mod tests;
