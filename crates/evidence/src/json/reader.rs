//! The strict reader: text to value, in one pass, by recursive descent as deep as the limits admit.

use std::{borrow::Cow, cmp::Ordering};

use super::{Limits, MAX_INTEGER, Value, WHAT, by_utf16, format_number, write_string};
use crate::Error;

/// Reads a text.
///
/// # Errors
/// [`Error::Limit`], or [`Error::Form`] with the byte where it stops being JSON.
pub fn parse(text: &[u8], limits: Limits) -> Result<Value, Error> {
    read(text, limits, false)
}

/// Reads a text that must be its own canonical form: no blanks, members in order, each character and number as RFC 8785 writes it.
///
/// # Errors
/// As [`parse`], and [`Error::Form`] when it is JSON written otherwise.
pub fn parse_canonical(text: &[u8], limits: Limits) -> Result<Value, Error> {
    // Whoever wrote no JSON at all is told so.
    read(text, limits, true).or_else(|_| {
        parse(text, limits)?;
        Err(Error::form(
            WHAT,
            "not written in canonical form (RFC 8785)",
        ))
    })
}

fn read(text: &[u8], limits: Limits, canonical: bool) -> Result<Value, Error> {
    if text.len() > limits.bytes {
        return Err(Error::limit("a JSON text", limits.bytes));
    }
    let text = std::str::from_utf8(text)
        .map_err(|error| Error::form(WHAT, format!("no UTF-8 at byte {}", error.valid_up_to())))?;
    let mut reader = Reader {
        text,
        at: 0,
        limits,
        canonical,
    };
    reader.blanks();
    let value = reader.value(0)?;
    reader.blanks();
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.wrong("something follows the value")),
    }
}

/// A text, and how far it is read.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    limits: Limits,
    /// Only what the canonical form would write.
    canonical: bool,
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
        if self.canonical {
            return;
        }
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
        if !sorted && self.canonical {
            return Err(self.wrong("members out of order"));
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
                    let escape = self.at - 1;
                    let character = self.escape()?;
                    text.push(character);
                    start = self.at;
                    if self.canonical && self.since(escape) != escaped(character) {
                        return Err(self.wrong("a character written otherwise"));
                    }
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
            // A whole number within the limit is written in one way only.
            Ok(number)
                if self.canonical
                    && !self.limits.integers_only
                    && format_number(number) != text =>
            {
                Err(self.wrong("a number written otherwise"))
            }
            Ok(number) if number.is_finite() => Ok(Value::Number(number)),
            _ => Err(self.wrong("a number too large for a double")),
        }
    }
}

/// A character as the canonical form writes it in a string.
fn escaped(character: char) -> String {
    let mut quoted = String::new();
    write_string(&mut quoted, character.encode_utf8(&mut [0; 4]));
    let inside = quoted
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inside.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::to_canonical;
    use proptest::prelude::*;

    fn refused(text: impl AsRef<[u8]>) -> String {
        parse(text.as_ref(), Limits::ANY).unwrap_err().to_string()
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

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = parse(&bytes, Limits::ANY);
        }

        #[test]
        fn canonical_is_what_is_written_again_the_same(text in r#"([\[\]{}",:0-2.\-ab é]|\\[nt"/bu\\]|00|1[fF]|1e5|"a":|"b":|"\\u001f"|"\\u000a"){0,9}"#) {
            let written = parse(text.as_bytes(), Limits::ANY).is_ok_and(|value| value.canonical() == text);
            prop_assert_eq!(parse_canonical(text.as_bytes(), Limits::ANY).is_ok(), written);
        }

        #[test]
        fn it_accepts_no_more_than_serde_json(text in r#"[\[\]{}",:0-9eE.+\-tfnrualse\\ /u]{0,24}"#) {
            if parse(text.as_bytes(), Limits::ANY).is_ok() {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
            }
        }
    }
}
