//! Canonical JSON: one text for one value, so that values can be compared, interned and digested as text. Keys are sorted
//! by their Unicode scalar values, there is no space, strings carry only the escapes JSON demands (`\"`, `\\`, `\b`, `\f`,
//! `\n`, `\r`, `\t`, `\u00xx` in lower case), and integers keep their digits. Numbers with a fraction or an exponent are
//! kept as written: Cedar has none. An object that names a key twice has no canonical form.

use std::borrow::Cow;

use serde_json::Value;

/// Nesting beyond this is refused: real contexts and attributes have a handful of levels.
const MAX_DEPTH: u32 = 100;

/// The text is not one JSON value, repeats a key, or is nested too deeply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotCanonical;

/// Appends the canonical form of the JSON value that is the whole of `text`.
pub(crate) fn write(text: &str, out: &mut String) -> Result<(), NotCanonical> {
    let mut scanner = Scanner { text, at: 0 };
    let start = out.len();
    let done = scanner.value(out, MAX_DEPTH).and_then(|()| {
        scanner.space();
        if scanner.at == text.len() {
            Ok(())
        } else {
            Err(NotCanonical)
        }
    });
    if done.is_err() {
        out.truncate(start);
    }
    done
}

/// Appends the canonical form of a value already in memory.
pub(crate) fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => write_object(members, out),
    }
}

/// Appends the canonical form of an object already in memory.
pub(crate) fn write_object(members: &serde_json::Map<String, Value>, out: &mut String) {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_unstable_by_key(|(key, _)| *key);
    out.push('{');
    for (index, (key, value)) in sorted.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_string(key, out);
        out.push(':');
        write_value(value, out);
    }
    out.push('}');
}

/// Appends `text` as a JSON string.
pub(crate) fn write_string(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest
        .bytes()
        .position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\')
    {
        let (plain, tail) = rest.split_at(at);
        out.push_str(plain);
        let mut tail = tail.chars();
        match tail.next().unwrap_or_default() {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            other => out.push_str(&format!("\\u{:04x}", u32::from(other))),
        }
        rest = tail.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

/// A member of an object being written: its key, and where its canonical text stands in the output.
struct Member<'a> {
    key: Cow<'a, str>,
    start: usize,
    end: usize,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn slice(&self, start: usize) -> Result<&'a str, NotCanonical> {
        self.text.get(start..self.at).ok_or(NotCanonical)
    }

    fn value(&mut self, out: &mut String, depth: u32) -> Result<(), NotCanonical> {
        let depth = depth.checked_sub(1).ok_or(NotCanonical)?;
        self.space();
        match self.peek().ok_or(NotCanonical)? {
            b'{' => self.object(out, depth),
            b'[' => self.array(out, depth),
            b'"' => {
                let (text, verbatim) = self.string()?;
                match verbatim {
                    Some(verbatim) => out.push_str(verbatim),
                    None => write_string(&text, out),
                }
                Ok(())
            }
            b't' => self.word("true", out),
            b'f' => self.word("false", out),
            b'n' => self.word("null", out),
            _ => self.number(out),
        }
    }

    fn word(&mut self, word: &str, out: &mut String) -> Result<(), NotCanonical> {
        let rest = self.text.get(self.at..).ok_or(NotCanonical)?;
        if !rest.starts_with(word) {
            return Err(NotCanonical);
        }
        self.at += word.len();
        out.push_str(word);
        Ok(())
    }

    fn digits(&mut self) -> Result<(), NotCanonical> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            Err(NotCanonical)
        } else {
            Ok(())
        }
    }

    fn number(&mut self, out: &mut String) -> Result<(), NotCanonical> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        let mut whole = true;
        if self.eat(b'.') {
            whole = false;
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            whole = false;
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        let text = self.slice(start)?;
        out.push_str(if whole && text == "-0" { "0" } else { text });
        Ok(())
    }

    fn array(&mut self, out: &mut String, depth: u32) -> Result<(), NotCanonical> {
        self.at += 1;
        out.push('[');
        self.space();
        if !self.eat(b']') {
            loop {
                self.value(out, depth)?;
                self.space();
                if self.eat(b']') {
                    break;
                }
                if !self.eat(b',') {
                    return Err(NotCanonical);
                }
                out.push(',');
            }
        }
        out.push(']');
        Ok(())
    }

    fn object(&mut self, out: &mut String, depth: u32) -> Result<(), NotCanonical> {
        self.at += 1;
        out.push('{');
        self.space();
        if self.eat(b'}') {
            out.push('}');
            return Ok(());
        }
        let body = out.len();
        let mut members: Vec<Member<'_>> = Vec::new();
        let mut sorted = true;
        loop {
            self.space();
            let start = out.len();
            let (key, verbatim) = self.string()?;
            match verbatim {
                Some(verbatim) => out.push_str(verbatim),
                None => write_string(&key, out),
            }
            self.space();
            if !self.eat(b':') {
                return Err(NotCanonical);
            }
            out.push(':');
            self.value(out, depth)?;
            sorted = sorted && members.last().is_none_or(|last| last.key < key);
            members.push(Member {
                key,
                start,
                end: out.len(),
            });
            self.space();
            if self.eat(b'}') {
                break;
            }
            if !self.eat(b',') {
                return Err(NotCanonical);
            }
            out.push(',');
        }
        if !sorted {
            members.sort_unstable_by(|a, b| a.key.cmp(&b.key));
            if members.is_sorted_by(|a, b| a.key < b.key) {
                let mut ordered = String::with_capacity(out.len() - body);
                for (index, member) in members.iter().enumerate() {
                    if index > 0 {
                        ordered.push(',');
                    }
                    ordered.push_str(out.get(member.start..member.end).ok_or(NotCanonical)?);
                }
                out.truncate(body);
                out.push_str(&ordered);
            } else {
                return Err(NotCanonical);
            }
        }
        out.push('}');
        Ok(())
    }

    /// Reads a string: its content, and its text with the quotes when that is already canonical.
    fn string(&mut self) -> Result<(Cow<'a, str>, Option<&'a str>), NotCanonical> {
        if !self.eat(b'"') {
            return Err(NotCanonical);
        }
        let start = self.at;
        let rest = self.text.as_bytes().get(start..).ok_or(NotCanonical)?;
        let stop = rest
            .iter()
            .position(|byte| *byte < 0x20 || *byte == b'"' || *byte == b'\\')
            .ok_or(NotCanonical)?;
        self.at += stop;
        if self.peek() == Some(b'"') {
            let content = self.slice(start)?;
            self.at += 1;
            return Ok((Cow::Borrowed(content), Some(self.slice(start - 1)?)));
        }
        let mut content = self.slice(start)?.to_owned();
        loop {
            let byte = self.peek().ok_or(NotCanonical)?;
            match byte {
                b'"' => {
                    self.at += 1;
                    return Ok((Cow::Owned(content), None));
                }
                b'\\' => {
                    self.at += 1;
                    content.push(self.escape()?);
                }
                0..0x20 => return Err(NotCanonical),
                _ => {
                    let from = self.at;
                    while self
                        .peek()
                        .is_some_and(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
                    {
                        self.at += 1;
                    }
                    content.push_str(self.slice(from)?);
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, NotCanonical> {
        let byte = self.peek().ok_or(NotCanonical)?;
        self.at += 1;
        Ok(match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex()?;
                let code = if (0xd800..0xdc00).contains(&first) {
                    if !(self.eat(b'\\') && self.eat(b'u')) {
                        return Err(NotCanonical);
                    }
                    let second = self.hex()?;
                    if !(0xdc00..0xe000).contains(&second) {
                        return Err(NotCanonical);
                    }
                    0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
                } else {
                    first
                };
                char::from_u32(code).ok_or(NotCanonical)?
            }
            _ => return Err(NotCanonical),
        })
    }

    fn hex(&mut self) -> Result<u32, NotCanonical> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(NotCanonical)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotCanonical);
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| NotCanonical)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn canonical(text: &str) -> Option<String> {
        let mut out = String::from("before ");
        match write(text, &mut out) {
            Ok(()) => out.strip_prefix("before ").map(str::to_owned),
            Err(NotCanonical) => {
                assert_eq!(out, "before ", "a refused value leaves no trace");
                None
            }
        }
    }

    #[test]
    fn sorts_keys_and_drops_space() {
        let text =
            r#" { "b" : [ 1 , -0 , 2.50 ] , "a" : { "z" : null , "y" : "\u00e9\/\u0001" } } "#;
        assert_eq!(
            canonical(text).unwrap(),
            "{\"a\":{\"y\":\"é/\\u0001\",\"z\":null},\"b\":[1,0,2.50]}"
        );
    }

    #[test]
    fn sorts_by_the_key_and_not_by_its_escaped_text() {
        // `"` sorts before `A`, though its escape `\"` would sort after.
        assert_eq!(canonical(r#"{"A":1,"\"":2}"#).unwrap(), r#"{"\"":2,"A":1}"#);
    }

    #[test]
    fn refuses_what_is_not_one_value() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\":1,\"a\":2}",
            "{\"b\":1,\"a\":2,\"b\":3}",
            "01",
            "1 2",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "tru",
            "\"\u{1}\"",
            "{\"a\" 1}",
            "-",
            "1.",
            "1e",
            "\"\\x\"",
            "\"é",
            "\"\\u00é0\"",
        ] {
            assert_eq!(canonical(text), None, "{text}");
        }
        assert_eq!(canonical(&"[".repeat(1_000_000)), None);
        let deep = format!("{}{}", "[".repeat(99), "]".repeat(99));
        assert_eq!(canonical(&deep).unwrap(), deep);
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn text_and_value_agree_and_mean_the_same(value in json()) {
            for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
                let from_text = canonical(&text).unwrap();
                let mut from_value = String::new();
                write_value(&value, &mut from_value);
                prop_assert_eq!(&from_text, &from_value);
                prop_assert_eq!(serde_json::from_str::<Value>(&from_text).unwrap(), value.clone());
                prop_assert_eq!(canonical(&from_text).unwrap(), from_text);
            }
        }

        #[test]
        fn accepts_only_json(text in "[\\[\\]{}\",:0-9a-f\\\\ue. tn-]{0,24}") {
            if canonical(&text).is_some() {
                prop_assert!(serde_json::from_str::<Value>(&text).is_ok(), "{}", text);
            }
        }
    }
}
