//! JSON as evidence needs it. The reader is strict: UTF-8 without byte order mark, no duplicate keys, no lone surrogates,
//! numbers that an IEEE double holds, bounded depth and size, nothing after the value. What it reads has exactly one canonical
//! form, that of RFC 8785 (JCS), so that what was signed can be built again byte for byte. Its own code, because `serde_json`
//! lets duplicate keys pass, and because its reading of numbers depends on features that any crate of a build may switch on.

use std::{borrow::Cow, cmp::Ordering, fmt::Write as _};

use serde::Serialize;

use crate::Error;

const WHAT: &str = "JSON";

/// The largest integer that every reader of JSON keeps: 2^53 - 1.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// What a reader admits.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the text.
    pub bytes: usize,
    /// Arrays and objects within each other.
    pub depth: usize,
    /// Only whole numbers of at most [`MAX_INTEGER`], written without fraction or exponent: what receipts hold.
    pub integers_only: bool,
}

impl Limits {
    /// Any JSON of at most 16 MiB.
    pub const ANY: Self = Self {
        bytes: 16 << 20,
        depth: 128,
        integers_only: false,
    };
    /// A receipt: at most 1 MiB, whole numbers.
    pub const RECEIPT: Self = Self {
        bytes: 1 << 20,
        depth: 64,
        integers_only: true,
    };
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An IEEE double; finite.
    Number(f64),
    /// Text.
    String(String),
    /// Values.
    Array(Vec<Self>),
    /// Members in canonical order, each name once.
    Object(Vec<(String, Self)>),
}

impl Value {
    /// The member of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members
                .iter()
                .find_map(|(found, value)| (found == name).then_some(value)),
            _ => None,
        }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The canonical form.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Number(number) => out.push_str(&format_number(*number)),
            Self::String(text) => write_string(out, text),
            Self::Array(elements) => {
                let mut before = '[';
                for element in elements {
                    out.push(before);
                    element.write(out);
                    before = ',';
                }
                out.push_str(if before == '[' { "[]" } else { "]" });
            }
            Self::Object(members) => {
                let mut before = '{';
                for (name, value) in members {
                    out.push(before);
                    write_string(out, name);
                    out.push(':');
                    value.write(out);
                    before = ',';
                }
                out.push_str(if before == '{' { "{}" } else { "}" });
            }
        }
    }
}

/// Reads a text.
///
/// # Errors
/// [`Error::Limit`], or [`Error::Form`] with the byte where it stops being JSON.
pub fn parse(text: &[u8], limits: Limits) -> Result<Value, Error> {
    if text.len() > limits.bytes {
        return Err(Error::limit("a JSON text", limits.bytes));
    }
    let text = std::str::from_utf8(text)
        .map_err(|error| Error::form(WHAT, format!("no UTF-8 at byte {}", error.valid_up_to())))?;
    let mut reader = Reader {
        text,
        at: 0,
        limits,
    };
    reader.blanks();
    let value = reader.value(0)?;
    reader.blanks();
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.wrong("something follows the value")),
    }
}

/// The canonical form (RFC 8785) of a text.
///
/// # Errors
/// As [`parse`].
pub fn canonicalize(text: &[u8], limits: Limits) -> Result<String, Error> {
    parse(text, limits).map(|value| value.canonical())
}

/// Reads a text that must be its own canonical form.
///
/// # Errors
/// As [`parse`], and [`Error::Form`] when it is JSON written otherwise.
pub fn parse_canonical(text: &[u8], limits: Limits) -> Result<Value, Error> {
    let value = parse(text, limits)?;
    if value.canonical().as_bytes() == text {
        Ok(value)
    } else {
        Err(Error::form(
            WHAT,
            "not written in canonical form (RFC 8785)",
        ))
    }
}

/// A value as canonical JSON, with whole numbers only.
///
/// # Errors
/// [`Error::Form`] for a fraction, or a number beyond [`MAX_INTEGER`]: they do not survive every reader.
pub fn to_canonical(value: &impl Serialize) -> Result<String, Error> {
    let text = serde_json::to_vec(value).map_err(|error| Error::form(WHAT, error.to_string()))?;
    canonicalize(
        &text,
        Limits {
            bytes: usize::MAX,
            ..Limits::RECEIPT
        },
    )
}

/// The order of member names: by UTF-16 code units (RFC 8785, section 3.2.3).
fn by_utf16(a: &str, b: &str) -> Ordering {
    if a.is_ascii() || b.is_ascii() {
        a.cmp(b)
    } else {
        a.encode_utf16().cmp(b.encode_utf16())
    }
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let mut characters = special.chars();
        match characters.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\t') => out.push_str("\\t"),
            Some('\n') => out.push_str("\\n"),
            Some('\u{c}') => out.push_str("\\f"),
            Some('\r') => out.push_str("\\r"),
            Some(control) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            None => {}
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// A finite double as ECMAScript writes it (ECMA-262, Number::toString), which is what RFC 8785 asks for. Rust's exponent form
/// gives the shortest digits that read back as the same number, nearest to it where several do; only where to put the point
/// differs.
#[must_use]
pub fn format_number(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let shortest = format!("{:e}", number.abs());
    // Of two equally near, ECMAScript takes the even one, as Rust does for a given number of digits only.
    let precision = shortest.find('e').unwrap_or_default().saturating_sub(2);
    let even = format!("{:.precision$e}", number.abs());
    let scientific = match even.parse::<f64>() {
        Ok(again) if again.to_bits() == number.abs().to_bits() => even,
        _ => shortest,
    };
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = mantissa.replace('.', "");
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let point = exponent.parse::<i32>().unwrap_or_default() + 1;
    let zeros = |number: i32| "0".repeat(usize::try_from(number).unwrap_or_default());
    let sign = if number < 0.0 { "-" } else { "" };
    let split = |at: i32| {
        usize::try_from(at)
            .ok()
            .and_then(|at| digits.split_at_checked(at))
            .unwrap_or((&digits, ""))
    };
    if (count..=21).contains(&point) {
        format!("{sign}{digits}{}", zeros(point - count))
    } else if (1..=21).contains(&point) {
        let (whole, fraction) = split(point);
        format!("{sign}{whole}.{fraction}")
    } else if (-5..=0).contains(&point) {
        format!("{sign}0.{}{digits}", zeros(-point))
    } else {
        let (head, tail) = split(1);
        let dot = if tail.is_empty() { "" } else { "." };
        format!("{sign}{head}{dot}{tail}e{:+}", point - 1)
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    limits: Limits,
}

impl<'a> Reader<'a> {
    fn wrong(&self, why: &str) -> Error {
        Error::form(WHAT, format!("{why} at byte {}", self.at))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn value(&mut self, depth: usize) -> Result<Value, Error> {
        match self.peek() {
            Some(b'{') => self.object(self.deeper(depth)?),
            Some(b'[') => self.array(self.deeper(depth)?),
            Some(b'"') => self.string().map(|text| Value::String(text.into_owned())),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => Err(self.wrong("no value")),
        }
    }

    fn deeper(&self, depth: usize) -> Result<usize, Error> {
        if depth < self.limits.depth {
            Ok(depth + 1)
        } else {
            Err(Error::limit("the depth of a JSON text", self.limits.depth))
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, Error> {
        if self
            .text
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(word))
        {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.wrong("no value"))
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, Error> {
        self.at += 1;
        self.blanks();
        let mut elements = Vec::new();
        if self.eat(b']') {
            return Ok(Value::Array(elements));
        }
        loop {
            self.blanks();
            elements.push(self.value(depth)?);
            self.blanks();
            match self.next() {
                Some(b',') => {}
                Some(b']') => return Ok(Value::Array(elements)),
                _ => return Err(self.wrong("neither `,` nor `]`")),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, Error> {
        self.at += 1;
        self.blanks();
        let mut members: Vec<(String, Value)> = Vec::new();
        if self.eat(b'}') {
            return Ok(Value::Object(members));
        }
        let mut sorted = true;
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err(self.wrong("no name"));
            }
            let name = self.string()?.into_owned();
            self.blanks();
            if !self.eat(b':') {
                return Err(self.wrong("no `:`"));
            }
            self.blanks();
            let value = self.value(depth)?;
            if let Some((last, _)) = members.last() {
                sorted &= by_utf16(last, &name) == Ordering::Less;
            }
            members.push((name, value));
            self.blanks();
            match self.next() {
                Some(b',') => {}
                Some(b'}') => break,
                _ => return Err(self.wrong("neither `,` nor `}`")),
            }
        }
        if !sorted {
            members.sort_by(|(a, _), (b, _)| by_utf16(a, b));
            let twice = members.windows(2).find_map(|pair| match pair {
                [(a, _), (b, _)] if a == b => Some(a),
                _ => None,
            });
            if let Some(name) = twice {
                return Err(Error::form(
                    WHAT,
                    format!("`{name}` occurs twice in one object"),
                ));
            }
        }
        Ok(Value::Object(members))
    }

    /// At the opening quote. Text without escapes is not copied.
    fn string(&mut self) -> Result<Cow<'a, str>, Error> {
        self.at += 1;
        let mut start = self.at;
        let mut owned = None::<String>;
        loop {
            match self.next() {
                Some(b'"') => {
                    let end = self.at - 1;
                    let plain = self.text.get(start..end).unwrap_or_default();
                    return Ok(match owned {
                        None => Cow::Borrowed(plain),
                        Some(text) => Cow::Owned(text + plain),
                    });
                }
                Some(b'\\') => {
                    let plain = self.text.get(start..self.at - 1).unwrap_or_default();
                    let text = owned.get_or_insert_default();
                    text.push_str(plain);
                    text.push(self.escape()?);
                    start = self.at;
                }
                Some(0..=0x1f) => return Err(self.wrong("a control character in a string")),
                Some(_) => {}
                None => return Err(self.wrong("a string without end")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Error> {
        Ok(match self.next() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let high = self.unit()?;
                let mut units = vec![high];
                if (0xd800..0xdc00).contains(&high) && self.eat(b'\\') && self.eat(b'u') {
                    units.push(self.unit()?);
                }
                let mut characters = char::decode_utf16(units);
                match (characters.next(), characters.next()) {
                    (Some(Ok(character)), None) => character,
                    _ => return Err(self.wrong("half a surrogate pair")),
                }
            }
            _ => return Err(self.wrong("an unknown escape")),
        })
    }

    fn unit(&mut self) -> Result<u16, Error> {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or_default();
        let unit = u16::from_str_radix(digits, 16)
            .ok()
            .filter(|_| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .ok_or_else(|| self.wrong("no four hexadecimal digits"))?;
        self.at += 4;
        Ok(unit)
    }

    fn digits(&mut self) -> Result<(), Error> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if start == self.at {
            return Err(self.wrong("no digit"));
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Value, Error> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        let whole = self.at;
        if self.eat(b'.') {
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = self.since(start);
        if self.limits.integers_only {
            let held = text
                .parse::<i64>()
                .is_ok_and(|number| number.unsigned_abs() <= MAX_INTEGER);
            if self.at != whole || !held || text == "-0" {
                return Err(self.wrong("a number that is not a whole one below 2^53"));
            }
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Number(number)),
            _ => Err(self.wrong("a number too large for a double")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sha256;
    use proptest::prelude::*;

    fn canonical(text: &str) -> String {
        canonicalize(text.as_bytes(), Limits::ANY).unwrap()
    }

    fn refused(text: impl AsRef<[u8]>) -> String {
        parse(text.as_ref(), Limits::ANY).unwrap_err().to_string()
    }

    /// RFC 8785, section 3.2.2 and 3.2.3.
    #[test]
    fn the_standard_s_examples() {
        assert_eq!(
            canonical(
                r#"{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
                   "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"#
            ),
            "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
             \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"
        );
        let names =
            r#"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#;
        assert_eq!(
            canonical(names),
            "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}"
        );
    }

    /// RFC 8785, appendix B, and the powers around which the form changes.
    #[test]
    fn numbers_are_written_as_ecmascript_writes_them() {
        for (bits, text) in [
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            assert_eq!(format_number(f64::from_bits(bits)), text);
        }
    }

    /// Smallest normal numbers in a row, and doubles of a chain of SHA-256.
    #[test]
    fn numbers_read_back_as_themselves() {
        let mut block = [0_u8; 32];
        let mut numbers: Vec<u64> = (0..2000).map(|add| 0x0010_0000_0000_0000 + add).collect();
        for _ in 0..2000 {
            block = sha256(&[&block]);
            numbers.extend(
                block
                    .chunks(8)
                    .map(|eight| u64::from_le_bytes(eight.try_into().unwrap())),
            );
        }
        for number in numbers
            .into_iter()
            .map(f64::from_bits)
            .filter(|number| number.is_finite())
        {
            let text = format_number(number);
            assert_eq!(
                text.parse::<f64>().unwrap().to_bits(),
                number.to_bits(),
                "{text}"
            );
            assert!(text.len() <= 25, "{text}");
        }
    }

    #[test]
    fn what_two_readers_could_read_differently_is_refused() {
        assert_eq!(
            refused(r#"{"a":1,"b":2,"\u0061":3}"#),
            "JSON: `a` occurs twice in one object"
        );
        assert_eq!(refused("\u{feff}{}"), "JSON: no value at byte 0");
        assert_eq!(refused([b'"', 0xff, b'"']), "JSON: no UTF-8 at byte 1");
        assert_eq!(
            refused(r#""\ud800""#),
            "JSON: half a surrogate pair at byte 7"
        );
        assert_eq!(
            refused(r#""\udc00\ud800""#),
            "JSON: half a surrogate pair at byte 7"
        );
        assert_eq!(
            refused("1e400"),
            "JSON: a number too large for a double at byte 5"
        );
        assert_eq!(
            refused("1 1"),
            "JSON: something follows the value at byte 2"
        );
        for text in [
            "",
            " ",
            "01",
            "1.",
            ".5",
            "+1",
            "-",
            "NaN",
            "[1,]",
            "{,}",
            "'a'",
            "\"\t\"",
            "\"\\x\"",
            "\"\\u00g0\"",
            "\"\\u+123\"",
            "[",
            "nul",
            "{\"a\"}",
            "\u{c}1",
        ] {
            refused(text);
        }
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let deep = "[".repeat(200_000);
        assert_eq!(
            refused(&deep),
            "the depth of a JSON text is larger than 128; evidence of this size is not read"
        );
        let ok = format!("{}{}", "[".repeat(128), "]".repeat(128));
        assert!(parse(ok.as_bytes(), Limits::ANY).is_ok());
        let small = Limits {
            bytes: 3,
            ..Limits::ANY
        };
        assert!(parse(b"1234", small).is_err());
    }

    #[test]
    fn receipts_hold_whole_numbers_only() {
        for (text, held) in [
            ("9007199254740991", true),
            ("-9007199254740991", true),
            ("0", true),
            ("9007199254740992", false),
            ("1.0", false),
            ("1e2", false),
            ("-0", false),
            ("99999999999999999999", false),
        ] {
            assert_eq!(
                parse(text.as_bytes(), Limits::RECEIPT).is_ok(),
                held,
                "{text}"
            );
        }
        assert!(to_canonical(&1.5).is_err());
        assert!(to_canonical(&u64::MAX).is_err());
        assert_eq!(to_canonical(&(1, "x")).unwrap(), "[1,\"x\"]");
    }

    fn any_value() -> impl Strategy<Value = serde_json::Value> {
        use serde_json::Value as V;
        let leaf = prop_oneof![
            Just(V::Null),
            any::<bool>().prop_map(V::from),
            any::<f64>().prop_map(V::from),
            any::<i32>().prop_map(V::from),
            any::<String>().prop_map(V::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(V::from),
                prop::collection::hash_map(any::<String>(), inner, 0..6)
                    .prop_map(|map| V::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_canonical_form_means_the_same_and_is_its_own(value in any_value()) {
            for text in [serde_json::to_vec(&value).unwrap(), serde_json::to_vec_pretty(&value).unwrap()] {
                let canonical = canonicalize(&text, Limits::ANY).unwrap();
                let again = canonicalize(canonical.as_bytes(), Limits::ANY).unwrap();
                prop_assert_eq!(&canonical, &again);
                prop_assert_eq!(parse(&text, Limits::ANY).unwrap(), parse(canonical.as_bytes(), Limits::ANY).unwrap());
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = parse(&bytes, Limits::ANY);
        }

        #[test]
        fn it_accepts_no_more_than_serde_json(text in r#"[\[\]{}",:0-9eE.+\-tfnrualse\\ /u]{0,24}"#) {
            if parse(text.as_bytes(), Limits::ANY).is_ok() {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
            }
        }
    }
}
