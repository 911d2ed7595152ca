//! The bytes of blocks and dictionaries. A number is a LEB128 varint in its shortest form. What fills the holes of a text are
//! *scalars*; each begins with a number:
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
//! A text whose shape is not in the dictionary is `16n + 4`, the `n` bytes of its shape, and its scalars. Where the shape is word
//! `n`, the text before it of that shape is its model, and each hole has a *way*: 0, as in the model; 1, another value of the same
//! kind, written without the number; 2, a scalar. It is `4n + 3` if the ways are those of the model (all scalars without one), else
//! `4n + 1` and the ways, four in a byte; then what fills the holes.
//!
//! A receipt begins with 0 for a purged one, of which the leaf follows; 1, leaf, salt, envelope; or 2, to which is added 1 if the
//! kind of its leaf follows (a byte), 2 if the key id follows (a scalar), for they are not those of the receipt before, and 4 if
//! the leaf's time is not the last moment in the envelope; then salt and envelope, and that time (as a moment). Number and digest
//! of such a leaf are those of the receipt. What has two forms is written in one of them by rule, and read in no other.

use std::{borrow::Cow, collections::HashMap, mem::discriminant};

use super::{Dictionary, WHAT, payload};
use crate::{
    Error, Hash, base64,
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
/// What is added to it.
const NEW_KIND: u8 = 1;
const NEW_KEY: u8 = 2;
const NEW_TIME: u8 = 4;

const INTEGER: u64 = 0;
const MOMENT: u64 = 2;
const RAW: u64 = 4;
const HEX: u64 = 6;
const SHA256: u64 = 22;
const SIGNATURE: u64 = 38;
const PAYLOAD: u64 = 54;

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

/// What a string or number is.
enum Value {
    Integer(u64),
    Moment(u64),
    Hex(Hash),
    Sha256(Hash),
    Signature([u8; 64]),
    Payload(String),
    Text,
}

impl Value {
    fn of(text: &str, nested: bool) -> Self {
        let digest = || text.strip_prefix(PREFIX).and_then(unhex);
        let inside = || payload(text).filter(|_| nested);
        None.or_else(|| integer(text).map(Self::Integer))
            .or_else(|| moment::seconds(text).map(Self::Moment))
            .or_else(|| unhex(text).map(Self::Hex))
            .or_else(|| digest().map(Self::Sha256))
            .or_else(|| base64::decode_array(text).map(Self::Signature))
            .or_else(|| inside().map(Self::Payload))
            .unwrap_or(Self::Text)
    }

    /// Whether it takes a byte, or little more, when it is the same as before.
    fn is_small(&self) -> bool {
        matches!(self, Self::Integer(0..0x80) | Self::Moment(_))
    }

    /// Whether it is written like another one.
    fn is_like(&self, other: &Self) -> bool {
        !matches!(self, Self::Text) && discriminant(self) == discriminant(other)
    }
}

/// How a hole is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// As in the model.
    Same,
    /// Another value of the same kind.
    Like,
    /// A scalar.
    Scalar,
}

/// Ways as bytes.
fn pack(ways: &[Way]) -> impl Iterator<Item = u8> {
    ways.chunks(4).map(|four| {
        four.iter()
            .rev()
            .fold(0, |byte, way| byte << 2 | *way as u8)
    })
}

/// The text of a shape before this one.
struct Model {
    holes: Vec<String>,
    /// None of the first text of its shape, which had no model.
    ways: Option<Vec<Way>>,
}

impl Model {
    /// What follows on it.
    fn next(before: Option<&Self>, holes: Vec<String>, ways: Vec<Way>) -> Self {
        let ways = before.map(|_| ways);
        Self { holes, ways }
    }
}

/// What the receipts before one leave behind for it.
#[derive(Default)]
struct Past {
    /// The last moment.
    moment: u64,
    kind: u8,
    keyid: Hash,
    models: HashMap<usize, Model>,
}

/// Writes.
pub(super) struct Writer<'d> {
    dictionary: &'d Dictionary,
    /// How many of its words may be used.
    known: usize,
    past: Past,
    /// One more than the greatest number of a word that was used.
    pub(super) words: usize,
    pub(super) out: Vec<u8>,
}

impl<'d> Writer<'d> {
    pub(super) fn new(dictionary: &'d Dictionary, known: usize) -> Self {
        Self {
            dictionary,
            known,
            past: Past::default(),
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

    fn moment(&mut self, to: u64) -> u64 {
        let way = zigzag(self.past.moment, to);
        self.past.moment = to;
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
        if rebuilt != *leaf || leaf.time > LAST_MOMENT {
            self.out.push(KEPT);
            self.out.extend(leaf.to_bytes());
            self.out.extend(salt);
            self.text(envelope, true);
            return;
        }
        let start = self.out.len();
        let mut form = REBUILT;
        self.out.push(form);
        if leaf.kind != self.past.kind {
            form += NEW_KIND;
            self.out.push(leaf.kind);
        }
        if leaf.keyid != self.past.keyid {
            form += NEW_KEY;
            self.scalar(&hex(&leaf.keyid), false);
        }
        (self.past.kind, self.past.keyid) = (leaf.kind, leaf.keyid);
        self.out.extend(salt);
        self.text(envelope, true);
        if leaf.time != self.past.moment {
            form += NEW_TIME;
            let way = self.moment(leaf.time);
            self.number(way);
        }
        if let Some(first) = self.out.get_mut(start) {
            *first = form;
        }
    }

    fn text(&mut self, text: &str, nested: bool) {
        let (shape, holes) = split(text);
        let Some(number) = self.knows(&shape) else {
            self.raw(&shape);
            for hole in holes {
                self.scalar(hole, nested);
            }
            return;
        };
        self.words = self.words.max(number + 1);
        // A payload may be of the same shape: it is on its own then.
        let model = self.past.models.remove(&number);
        let ways = self.ways(model.as_ref(), &holes, nested);
        let known = model
            .as_ref()
            .is_none_or(|model| model.ways.as_ref() == Some(&ways));
        self.number((number as u64) << 2 | u64::from(known) << 1 | 1);
        if !known {
            self.out.extend(pack(&ways));
        }
        for (hole, way) in holes.iter().zip(&ways) {
            match way {
                Way::Same => {}
                Way::Like => self.value(hole, Value::of(hole, nested), None),
                Way::Scalar => self.scalar(hole, nested),
            }
        }
        let holes = holes.into_iter().map(str::to_owned).collect();
        let model = Model::next(model.as_ref(), holes, ways);
        self.past.models.insert(number, model);
    }

    /// The ways to fill holes. What took few bytes otherwise keeps the way it had, so that ways seldom change.
    fn ways(&self, model: Option<&Model>, holes: &[&str], nested: bool) -> Vec<Way> {
        let Some(model) = model else {
            return vec![Way::Scalar; holes.len()];
        };
        let way = |(at, (hole, before)): (usize, (&&str, &String))| {
            let had = model.ways.as_ref().and_then(|ways| ways.get(at));
            let had = *had.unwrap_or(&Way::Same);
            let known = || self.knows(hole).is_some();
            if *hole == before {
                let keep = match had {
                    Way::Same => false,
                    Way::Like => Value::of(hole, nested).is_small(),
                    Way::Scalar => known() || Value::of(hole, nested).is_small(),
                };
                return if keep { had } else { Way::Same };
            }
            let like = || Value::of(hole, nested).is_like(&Value::of(before, nested));
            if had != Way::Scalar && !known() && like() {
                Way::Like
            } else {
                Way::Scalar
            }
        };
        holes
            .iter()
            .zip(&model.holes)
            .enumerate()
            .map(way)
            .collect()
    }

    fn knows(&self, word: &str) -> Option<usize> {
        let number = self.dictionary.number(word);
        number.filter(|number| *number < self.known)
    }

    fn raw(&mut self, text: &str) {
        self.number((text.len() as u64) << 4 | RAW);
        self.out.extend(text.as_bytes());
    }

    pub(super) fn scalar(&mut self, text: &str, nested: bool) {
        // What holds holes is long, and stands only for a shape.
        if let Some(number) = self.knows(text).filter(|_| !text.contains(HOLE)) {
            self.words = self.words.max(number + 1);
            self.number((number as u64) << 1 | 1);
            return;
        }
        let value = Value::of(text, nested);
        let token = match &value {
            Value::Integer(_) => INTEGER,
            Value::Moment(_) => MOMENT,
            Value::Hex(_) => HEX,
            Value::Sha256(_) => SHA256,
            Value::Signature(_) => SIGNATURE,
            Value::Payload(_) => PAYLOAD,
            Value::Text => RAW,
        };
        self.value(text, value, Some(token));
    }

    /// Writes a value, and what it is if that is to be told.
    fn value(&mut self, text: &str, value: Value, token: Option<u64>) {
        let numbered = |number: u64| token.map_or(number, |token| number << 4 | token);
        match value {
            Value::Integer(number) => self.number(numbered(number)),
            Value::Moment(seconds) => {
                let way = self.moment(seconds);
                self.number(numbered(way));
            }
            Value::Text => return self.raw(text),
            _ => token.into_iter().for_each(|token| self.number(token)),
        }
        match value {
            Value::Hex(bytes) | Value::Sha256(bytes) => self.out.extend(bytes),
            Value::Signature(bytes) => self.out.extend(bytes),
            Value::Payload(inside) => self.text(&inside, false),
            _ => {}
        }
    }
}

/// Reads. What could be written in another way is for who called to refuse.
pub(super) struct Reader<'a> {
    dictionary: &'a Dictionary,
    past: Past,
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
            past: Past::default(),
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
        let moment =
            unzigzag(self.past.moment, way).ok_or_else(|| wrong("a moment that is none"))?;
        self.past.moment = moment;
        Ok(moment)
    }

    pub(super) fn entry(&mut self, seq: u64) -> Result<Entry, Error> {
        let [form] = self.array()?;
        if form == PURGED || form == KEPT {
            let leaf = Leaf::parse(self.take(leaf::LENGTH as u64)?)?;
            let receipt = (form == KEPT).then(|| self.receipt()).transpose()?;
            return Ok(Entry { leaf, receipt });
        }
        let new = form - REBUILT;
        if new > NEW_KIND + NEW_KEY + NEW_TIME {
            return Err(wrong("a receipt in no known form"));
        }
        if new & NEW_KIND != 0 {
            [self.past.kind] = self.array()?;
        }
        if new & NEW_KEY != 0 {
            let digits = self.scalar(false)?;
            self.past.keyid = unhex(&digits).ok_or_else(|| wrong("a key id that is none"))?;
        }
        let (kind, keyid) = (self.past.kind, self.past.keyid);
        let receipt = self.receipt()?;
        if new & NEW_TIME != 0 {
            let way = self.number()?;
            self.moment(way)?;
        }
        Ok(Entry {
            leaf: Leaf {
                kind,
                flags: 0,
                seq,
                digest: leaf::digest(&receipt.salt, receipt.envelope.as_bytes()),
                keyid,
                time: self.past.moment,
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
        let token = self.number()?;
        if token & 1 == 0 {
            let shape = self.raw(token)?;
            return self.fill(shape, |reader, _| reader.scalar(nested));
        }
        let number = usize::try_from(token >> 2).unwrap_or(usize::MAX);
        let shape = self.word(number)?;
        let model = self.past.models.remove(&number);
        let ways = match (token & 2 != 0, &model) {
            (true, None) => vec![Way::Scalar; shape.matches(HOLE).count()],
            (
                true,
                Some(Model {
                    ways: Some(ways), ..
                }),
            ) => ways.clone(),
            (false, Some(_)) => self.ways(shape.matches(HOLE).count())?,
            _ => return Err(wrong("ways that are those of no other text")),
        };
        let mut holes = Vec::new();
        let text = self.fill(shape, |reader, at| {
            let before = model.as_ref().and_then(|model| model.holes.get(at));
            let text = match (ways.get(at), before) {
                (Some(Way::Scalar), _) => reader.scalar(nested)?.into_owned(),
                (Some(Way::Like), Some(before)) => {
                    reader.like(&Value::of(before, nested))?.into_owned()
                }
                (Some(Way::Same), Some(before)) => {
                    reader.grow(before.len())?;
                    before.clone()
                }
                _ => return Err(wrong("a value like another that is not there")),
            };
            holes.push(text.clone());
            Ok(Cow::Owned(text))
        })?;
        let model = Model::next(model.as_ref(), holes, ways);
        self.past.models.insert(number, model);
        Ok(text)
    }

    /// A shape with its holes filled.
    fn fill(
        &mut self,
        shape: &str,
        mut value: impl FnMut(&mut Self, usize) -> Result<Cow<'a, str>, Error>,
    ) -> Result<String, Error> {
        let mut text = String::new();
        for (at, piece) in shape.split(HOLE).enumerate() {
            if let Some(hole) = at.checked_sub(1) {
                text.push_str(&value(self, hole)?);
            }
            self.grow(piece.len())?;
            text.push_str(piece);
        }
        Ok(text)
    }

    fn ways(&mut self, count: usize) -> Result<Vec<Way>, Error> {
        let bytes = self.take(count.div_ceil(4) as u64)?;
        let ways = (0..count).map(|at| match bytes.get(at / 4)? >> (at % 4 * 2) & 3 {
            0 => Some(Way::Same),
            1 => Some(Way::Like),
            2 => Some(Way::Scalar),
            _ => None,
        });
        ways.collect::<Option<_>>()
            .ok_or_else(|| wrong("a way that is none"))
    }

    fn word(&self, number: usize) -> Result<&'a str, Error> {
        let word = self.dictionary.word(number);
        word.ok_or_else(|| wrong("a word that the dictionary does not have"))
    }

    fn raw(&mut self, token: u64) -> Result<&'a str, Error> {
        if token & 0xf != RAW {
            return Err(wrong("no text, where there must be one"));
        }
        std::str::from_utf8(self.take(token >> 4)?).map_err(|_| wrong("a text that is not UTF-8"))
    }

    pub(super) fn scalar(&mut self, nested: bool) -> Result<Cow<'a, str>, Error> {
        let token = self.number()?;
        if token & 1 == 1 {
            let word = self.word(usize::try_from(token >> 1).unwrap_or(usize::MAX))?;
            self.grow(word.len())?;
            if word.contains(HOLE) {
                return Err(wrong("a shape in the place of a string"));
            }
            return Ok(Cow::Borrowed(word));
        }
        match (token & 0xf, token) {
            (INTEGER, _) => self.grown((token >> 4).to_string()),
            (MOMENT, _) => {
                let moment = self.moment(token >> 4)?;
                self.grown(moment::text(moment))
            }
            (RAW, _) => {
                let text = self.raw(token)?;
                self.grow(text.len())?;
                Ok(Cow::Borrowed(text))
            }
            (_, HEX) => self.like(&Value::Hex([0; 32])),
            (_, SHA256) => self.like(&Value::Sha256([0; 32])),
            (_, SIGNATURE) => self.like(&Value::Signature([0; 64])),
            (_, PAYLOAD) if nested => self.like(&Value::Payload(String::new())),
            _ => Err(wrong("a value of no known kind")),
        }
    }

    /// Another value of a kind.
    fn like(&mut self, other: &Value) -> Result<Cow<'a, str>, Error> {
        let text = match other {
            Value::Integer(_) => self.number()?.to_string(),
            Value::Moment(_) => {
                let way = self.number()?;
                moment::text(self.moment(way)?)
            }
            Value::Hex(_) => hex(&self.array::<32>()?),
            Value::Sha256(_) => format!("{PREFIX}{}", hex(&self.array::<32>()?)),
            Value::Signature(_) => base64::encode(&self.array::<64>()?),
            Value::Payload(_) => base64::encode(self.text(false)?.as_bytes()),
            Value::Text => return Err(wrong("another text of no known kind")),
        };
        self.grown(text)
    }

    fn grown(&mut self, text: String) -> Result<Cow<'a, str>, Error> {
        self.grow(text.len())?;
        Ok(Cow::Owned(text))
    }
}
