//! JSON as evidence needs it. The reader is strict: UTF-8 without byte order mark, no duplicate keys, no lone surrogates,
//! numbers that an IEEE double holds, bounded depth and size, nothing after the value. What it reads has exactly one canonical
//! form, that of RFC 8785 (JCS), so that what was signed can be built again byte for byte. Its own code, because `serde_json`
//! lets duplicate keys pass, and because its reading of numbers depends on features that any crate of a build may switch on.

mod number;
mod reader;
mod serde;

use std::{cmp::Ordering, fmt::Write as _};

use ::serde::Serialize;

pub use number::format_number;
pub use reader::{parse, parse_canonical};

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

/// The canonical form (RFC 8785) of a text.
///
/// # Errors
/// As [`parse`].
pub fn canonicalize(text: &[u8], limits: Limits) -> Result<String, Error> {
    parse(text, limits).map(|value| value.canonical())
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

/// A value as JSON, of any numbers.
///
/// # Errors
/// [`Error::Form`].
pub fn value(of: &impl Serialize) -> Result<Value, Error> {
    let text = serde_json::to_vec(of).map_err(|error| Error::form(WHAT, error.to_string()))?;
    let limits = Limits {
        bytes: usize::MAX,
        ..Limits::ANY
    };
    parse(&text, limits)
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn canonical(text: &str) -> String {
        canonicalize(text.as_bytes(), Limits::ANY).unwrap()
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
                prop_assert_eq!(parse_canonical(&text, Limits::ANY).is_ok(), text == canonical.as_bytes());
                prop_assert_eq!(parse_canonical(canonical.as_bytes(), Limits::ANY), parse(&text, Limits::ANY));
                prop_assert_eq!(parse(&text, Limits::ANY).unwrap(), parse(canonical.as_bytes(), Limits::ANY).unwrap());
            }
        }
    }
}
