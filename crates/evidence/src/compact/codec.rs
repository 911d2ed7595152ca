//! The bytes of blocks and dictionaries. A number is a LEB128 varint in its shortest form. A text is its shape and then what
//! fills the holes, in order; each of these *scalars* begins with a number:
//!
//! | number | scalar |
//! |---|---|
//! | `2n + 1` | word `n` of the dictionary |
//! | `16n` | the whole number `n` |
//! | `16n + 2` | a moment, `n` seconds from the one before (zigzag) |
//! | `16n + 4` | `n` bytes of UTF-8, which follow |
//! | `6`, `22` | hexadecimal digits of the 32 bytes that follow; the same behind `sha256:` |
//! | `38` | base64 of the 64 bytes that follow |
//! | `54` | base64 of the text that follows |
//!
//! A receipt begins with 0 for a purged one, of which the leaf follows; 1, leaf, salt, and the envelope as a text; or 2, kind of
//! the leaf (a byte), its time (as a moment), the key id in hexadecimal digits (a scalar), salt and envelope: number and digest
//! of such a leaf are those of the receipt. The first form of all that fits is the only one.

use std::borrow::Cow;

use super::{Dictionary, WHAT, payload};
use crate::{
    Error, base64,
    entry::{Entry, Receipt},
    hex,
    json::MAX_INTEGER,
    leaf::{self, Leaf},
    moment, unhex,
};

/// Stands in a shape where a string or number stood. Canonical JSON escapes it, so that it stands in no text that is one.
pub(super) const HOLE: char = '\u{1}';

const PURGED: u8 = 0;
const KEPT: u8 = 1;
const REBUILT: u8 = 2;

const INTEGER: u64 = 0;
const MOMENT: u64 = 1;
const RAW: u64 = 2;
const FIXED: u64 = 3;

const HEX: u64 = 0;
const SHA256: u64 = 1;
const SIGNATURE: u64 = 2;
const PAYLOAD: u64 = 3;

const PREFIX: &str = "sha256:";
/// The last second of the year 9999.
const LAST_MOMENT: u64 = 253_402_300_799;

/// A text as its shape and what fills the holes. Filled, the shape is the text; of what is not like JSON, everything is one hole.
pub(super) fn split(text: &str) -> (String, Vec<&str>) {
    like_json(text).unwrap_or_else(|| (HOLE.to_string(), vec![text]))
}

fn like_json(text: &str) -> Option<(String, Vec<&str>)> {
    if text.contains(HOLE) {
        return None;
    }
    let (mut shape, mut holes) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        let (plain, special) = rest.split_at(at);
        shape.push_str(plain);
        let Some(string) = special.strip_prefix('"') else {
            let part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
            let end = special.find(|c| !part(c)).unwrap_or(special.len());
            let (number, after) = special.split_at(end);
            shape.push(HOLE);
            holes.push(number);
            rest = after;
            continue;
        };
        let mut escaped = false;
        let end = string.bytes().position(|byte| {
            let end = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            end
        })?;
        let (string, after) = string.split_at(end);
        rest = after.strip_prefix('"')?;
        shape.push('"');
        // Names of members belong to the shape.
        if rest.starts_with(':') {
            shape.push_str(string);
        } else {
            shape.push(HOLE);
            holes.push(string);
        }
        shape.push('"');
    }
    shape.push_str(rest);
    Some((shape, holes))
}

/// A whole number that every reader of JSON keeps, written as JSON writes it.
pub(super) fn integer(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number <= MAX_INTEGER && number.to_string() == text).then_some(number)
}

/// Seconds from one moment to another, small if they are near each other.
fn zigzag(from: u64, to: u64) -> u64 {
    if to >= from {
        (to - from) << 1
    } else {
        ((from - to) << 1) - 1
    }
}

/// The moment so far from another.
fn unzigzag(from: u64, way: u64) -> Option<u64> {
    let to = if way & 1 == 0 {
        from.checked_add(way >> 1)
    } else {
        from.checked_sub((way >> 1) + 1)
    };
    to.filter(|to| *to <= LAST_MOMENT)
}

/// Writes.
pub(super) struct Writer<'d> {
    dictionary: &'d Dictionary,
    /// How many of its words may be used.
    known: usize,
    /// The last moment that was written.
    last: u64,
    /// One more than the greatest number of a word that was used.
    pub(super) words: usize,
    pub(super) out: Vec<u8>,
}

impl<'d> Writer<'d> {
    pub(super) fn new(dictionary: &'d Dictionary, known: usize) -> Self {
        Self {
            dictionary,
            known,
            last: 0,
            words: 0,
            out: Vec::new(),
        }
    }

    pub(super) fn number(&mut self, mut number: u64) {
        while number > 0x7f {
            self.out.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.out.push(number as u8);
    }

    fn token(&mut self, kind: u64, number: u64) {
        self.number(number << 4 | kind << 1);
    }

    fn moment(&mut self, to: u64) -> u64 {
        let way = zigzag(self.last, to);
        self.last = to;
        way
    }

    pub(super) fn entry(&mut self, seq: u64, entry: &Entry) {
        let leaf = &entry.leaf;
        let Some(Receipt { salt, envelope }) = &entry.receipt else {
            self.out.push(PURGED);
            self.out.extend(leaf.to_bytes());
            return;
        };
        let rebuilt = Leaf {
            flags: 0,
            seq,
            digest: leaf::digest(salt, envelope.as_bytes()),
            ..*leaf
        };
        if rebuilt == *leaf && leaf.time <= LAST_MOMENT {
            self.out.extend([REBUILT, leaf.kind]);
            let way = self.moment(leaf.time);
            self.number(way);
            self.scalar(&hex(&leaf.keyid), false);
        } else {
            self.out.push(KEPT);
            self.out.extend(leaf.to_bytes());
        }
        self.out.extend(salt);
        self.text(envelope, true);
    }

    fn text(&mut self, text: &str, nested: bool) {
        let (shape, holes) = split(text);
        if !self.word(&shape) {
            self.raw(&shape);
        }
        for hole in holes {
            self.scalar(hole, nested);
        }
    }

    fn word(&mut self, text: &str) -> bool {
        let number = self.dictionary.number(text);
        let number = number.filter(|number| *number < self.known);
        if let Some(number) = number {
            self.words = self.words.max(number + 1);
            self.number((number as u64) << 1 | 1);
        }
        number.is_some()
    }

    fn raw(&mut self, text: &str) {
        self.token(RAW, text.len() as u64);
        self.out.extend(text.as_bytes());
    }

    pub(super) fn scalar(&mut self, text: &str, nested: bool) {
        // What holds holes is long, and stands only for a shape.
        if !text.contains(HOLE) && self.word(text) {
            return;
        }
        if let Some(number) = integer(text) {
            return self.token(INTEGER, number);
        }
        if let Some(seconds) = moment::seconds(text) {
            let way = self.moment(seconds);
            return self.token(MOMENT, way);
        }
        let (kind, digits) = match text.strip_prefix(PREFIX) {
            Some(digits) => (SHA256, digits),
            None => (HEX, text),
        };
        if let Some(bytes) = unhex::<32>(digits) {
            self.token(FIXED, kind);
            self.out.extend(bytes);
        } else if let Some(bytes) = base64::decode_array::<64>(text) {
            self.token(FIXED, SIGNATURE);
            self.out.extend(bytes);
        } else if let Some(inside) = payload(text).filter(|_| nested) {
            self.token(FIXED, PAYLOAD);
            self.text(&inside, false);
        } else {
            self.raw(text);
        }
    }
}

/// Reads. What could be written in another way is for who called to refuse.
pub(super) struct Reader<'a> {
    dictionary: &'a Dictionary,
    last: u64,
    /// Bytes that may still be rebuilt.
    left: usize,
    pub(super) rest: &'a [u8],
}

fn wrong(why: &'static str) -> Error {
    Error::form(WHAT, why)
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], dictionary: &'a Dictionary, most: usize) -> Self {
        Self {
            dictionary,
            last: 0,
            left: most,
            rest: bytes,
        }
    }

    fn take(&mut self, count: u64) -> Result<&'a [u8], Error> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let (bytes, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or_else(|| wrong("it ends too early"))?;
        self.rest = rest;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let bytes = self.take(N as u64)?;
        bytes.try_into().map_err(|_| wrong("it ends too early"))
    }

    /// Takes so much of what may be rebuilt.
    fn grow(&mut self, length: usize) -> Result<(), Error> {
        let left = self.left.checked_sub(length);
        self.left = left
            .ok_or_else(|| Error::limit("what a block rebuilds, in times of it", super::FACTOR))?;
        Ok(())
    }

    pub(super) fn version(&mut self, version: u8) -> Result<(), Error> {
        if self.array()? == [version] {
            Ok(())
        } else {
            Err(wrong("of a version that is not known"))
        }
    }

    pub(super) fn number(&mut self) -> Result<u64, Error> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            let part = u64::from(byte & 0x7f);
            if part << shift >> shift != part || (byte == 0 && shift > 0) {
                break;
            }
            number |= part << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(wrong("a number that is not in its shortest form"))
    }

    fn moment(&mut self, way: u64) -> Result<u64, Error> {
        self.last = unzigzag(self.last, way).ok_or_else(|| wrong("a moment that is none"))?;
        Ok(self.last)
    }

    pub(super) fn entry(&mut self, seq: u64) -> Result<Entry, Error> {
        let [form] = self.array()?;
        if form == PURGED || form == KEPT {
            let leaf = Leaf::parse(self.take(leaf::LENGTH as u64)?)?;
            let receipt = (form == KEPT).then(|| self.receipt()).transpose()?;
            return Ok(Entry { leaf, receipt });
        }
        if form != REBUILT {
            return Err(wrong("a receipt in no known form"));
        }
        let [kind] = self.array()?;
        let way = self.number()?;
        let time = self.moment(way)?;
        let keyid = unhex(&self.scalar(false)?).ok_or_else(|| wrong("a key id that is none"))?;
        let receipt = self.receipt()?;
        Ok(Entry {
            leaf: Leaf {
                kind,
                flags: 0,
                seq,
                digest: leaf::digest(&receipt.salt, receipt.envelope.as_bytes()),
                keyid,
                time,
            },
            receipt: Some(receipt),
        })
    }

    fn receipt(&mut self) -> Result<Receipt, Error> {
        Ok(Receipt {
            salt: self.array()?,
            envelope: self.text(true)?,
        })
    }

    fn text(&mut self, nested: bool) -> Result<String, Error> {
        let mut text = String::new();
        let token = self.number()?;
        let shape = match self.word(token) {
            Some(word) => word?,
            None if token & 0xf == RAW << 1 => self.raw(token >> 4)?,
            None => return Err(wrong("a shape that is none")),
        };
        for (at, piece) in shape.split(HOLE).enumerate() {
            if at > 0 {
                text.push_str(&self.scalar(nested)?);
            }
            self.grow(piece.len())?;
            text.push_str(piece);
        }
        Ok(text)
    }

    fn word(&self, token: u64) -> Option<Result<&'a str, Error>> {
        (token & 1 == 1).then(|| {
            let number = usize::try_from(token >> 1).unwrap_or(usize::MAX);
            let word = self.dictionary.word(number);
            word.ok_or_else(|| wrong("a word that the dictionary does not have"))
        })
    }

    fn raw(&mut self, length: u64) -> Result<&'a str, Error> {
        std::str::from_utf8(self.take(length)?).map_err(|_| wrong("a text that is not UTF-8"))
    }

    pub(super) fn scalar(&mut self, nested: bool) -> Result<Cow<'a, str>, Error> {
        let token = self.number()?;
        if let Some(word) = self.word(token) {
            let word = word?;
            self.grow(word.len())?;
            if word.contains(HOLE) {
                return Err(wrong("a shape in the place of a string"));
            }
            return Ok(Cow::Borrowed(word));
        }
        let number = token >> 4;
        let text = match ((token & 0xf) >> 1, number) {
            (INTEGER, _) => number.to_string(),
            (MOMENT, _) => moment::text(self.moment(number)?),
            (RAW, _) => {
                let text = self.raw(number)?;
                self.grow(text.len())?;
                return Ok(Cow::Borrowed(text));
            }
            (FIXED, HEX) => hex(&self.array::<32>()?),
            (FIXED, SHA256) => format!("{PREFIX}{}", hex(&self.array::<32>()?)),
            (FIXED, SIGNATURE) => base64::encode(&self.array::<64>()?),
            (FIXED, PAYLOAD) if nested => base64::encode(self.text(false)?.as_bytes()),
            _ => return Err(wrong("a value of no known kind")),
        };
        self.grow(text.len())?;
        Ok(Cow::Owned(text))
    }
}
