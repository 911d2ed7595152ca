//! Base64 of RFC 4648, section 4, strictly: one alphabet, padding, no blanks, and no second way to write the same bytes.

use data_encoding::BASE64;

/// Bytes as text.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// The bytes of a text, if it is exactly what [`encode`] makes of them.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    // The decoder reads padded texts in a row as one: `AA==AA==` would be a second way to write `AAA=`.
    if text.trim_end_matches('=').contains('=') {
        return None;
    }
    BASE64.decode(text.as_bytes()).ok()
}

/// As [`decode`], for a known number of bytes.
#[must_use]
pub fn decode_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    decode(text)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 4648, section 10.
    #[test]
    fn the_standard_s_examples() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).unwrap(), bytes.as_bytes());
        }
    }

    #[test]
    fn there_is_one_way_to_write_bytes() {
        // No padding, padding in excess or before the end, blanks, the other alphabet, bits that mean nothing.
        for text in [
            "Zg",
            "Zg=",
            "Zg===",
            "Zg==Zg==",
            "Zm8=Zm9v",
            "Zg==\n",
            " Zg==",
            "Zm9v\nYmFy",
            "_-8=",
            "Zh==",
            "Zm9=",
            "=",
        ] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_decodes_encodes_to_the_same_text(text in "[A-Za-z0-9+/=_ -]{0,12}|([AQZ]{4}|[AQZ]{3}=|[AQZ]{2}==){0,4}") {
            if let Some(bytes) = decode(&text) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
