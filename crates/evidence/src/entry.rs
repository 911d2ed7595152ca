//! An entry: a receipt with its leaf and its salt, as a ledger keeps it and as a bundle carries it. Written, it is one line of
//! canonical JSON, `{"envelope":{…},"leaf":"…","salt":"…"}`; purged, only `{"leaf":"…"}` is left, which is all the tree needs.
//! Leaf and salt have fixed lengths, so the envelope's own bytes are found without reading them as JSON first.

use crate::{
    Error, base64,
    leaf::{self, Leaf},
};

const HEAD: &str = "{\"envelope\":";
const LEAF: &str = "\"leaf\":\"";
const SALT: &str = "\",\"salt\":\"";
const END: &str = "\"}";
/// Base64 digits of 104 bytes, and of 32.
const LEAF_DIGITS: usize = 140;
const SALT_DIGITS: usize = 44;

/// A receipt in a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its leaf.
    pub leaf: Leaf,
    /// What the leaf is a digest of; `None` once purged.
    pub receipt: Option<Receipt>,
}

/// What a purge destroys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The random bytes that keep the leaf from being guessed.
    pub salt: [u8; 32],
    /// The DSSE envelope as it was written. Nothing in it is to be believed before it is verified.
    pub envelope: String,
}

impl Entry {
    /// Whether the leaf is the digest of this receipt; true of a purged one.
    #[must_use]
    pub fn is_bound(&self) -> bool {
        self.receipt.as_ref().is_none_or(|receipt| {
            leaf::digest(&receipt.salt, receipt.envelope.as_bytes()) == self.leaf.digest
        })
    }

    /// The entry as one line, without the line's end.
    #[must_use]
    pub fn to_line(&self) -> String {
        let leaf = base64::encode(&self.leaf.to_bytes());
        match &self.receipt {
            Some(Receipt { salt, envelope }) => {
                format!(
                    "{HEAD}{envelope},{LEAF}{leaf}{SALT}{}{END}",
                    base64::encode(salt)
                )
            }
            None => format!("{{{LEAF}{leaf}{END}"),
        }
    }

    /// Reads a line. The envelope is taken as it stands.
    ///
    /// # Errors
    /// [`Error::Form`].
    pub fn parse(line: &str) -> Result<Self, Error> {
        let read = || {
            let line = line.strip_suffix(END)?;
            if let Some(leaf) = line
                .strip_prefix('{')
                .and_then(|rest| rest.strip_prefix(LEAF))
            {
                return Some((leaf, None));
            }
            let (rest, salt) = line.split_at_checked(line.len().checked_sub(SALT_DIGITS)?)?;
            let rest = rest.strip_suffix(SALT)?;
            let (rest, leaf) = rest.split_at_checked(rest.len().checked_sub(LEAF_DIGITS)?)?;
            let rest = rest.strip_suffix(LEAF)?.strip_suffix(',')?;
            let receipt = Receipt {
                salt: base64::decode_array(salt)?,
                envelope: rest.strip_prefix(HEAD)?.to_owned(),
            };
            Some((leaf, Some(receipt)))
        };
        let wrong = || Error::form("entry", "not envelope, leaf and salt on one line");
        let (leaf, receipt) = read().ok_or_else(wrong)?;
        let leaf = Leaf::parse(&base64::decode(leaf).ok_or_else(wrong)?)?;
        Ok(Self { leaf, receipt })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{self, Limits};
    use proptest::prelude::*;

    fn entry(envelope: &str, salt: [u8; 32], seq: u64) -> Entry {
        Entry {
            leaf: Leaf {
                kind: 1,
                flags: 0,
                seq,
                digest: leaf::digest(&salt, envelope.as_bytes()),
                keyid: [7; 32],
                time: 9,
            },
            receipt: Some(Receipt {
                salt,
                envelope: envelope.to_owned(),
            }),
        }
    }

    proptest! {
        #[test]
        fn a_line_reads_as_it_was_written_and_only_so(name in "[a-z\"\\\\,]{0,9}", salt in any::<[u8; 32]>(), seq in any::<u64>(), place in any::<prop::sample::Index>(), bit in 0..7u8) {
            let envelope = json::to_canonical(&std::collections::BTreeMap::from([("name", name)])).unwrap();
            let whole = entry(&envelope, salt, seq);
            prop_assert!(whole.is_bound());
            let line = whole.to_line();
            prop_assert_eq!(Entry::parse(&line).unwrap(), whole.clone());
            prop_assert_eq!(json::canonicalize(line.as_bytes(), Limits::RECEIPT).unwrap(), line.clone());
            let purged = Entry { receipt: None, ..whole.clone() };
            prop_assert!(purged.is_bound());
            prop_assert_eq!(Entry::parse(&purged.to_line()).unwrap(), purged);
            // Every byte counts: bent, the line is refused, or the leaf is another one, or no longer bound.
            let mut bytes = line.into_bytes();
            let at = place.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Ok(bent) = String::from_utf8(bytes) {
                prop_assert!(Entry::parse(&bent).map_or(true, |bent| bent.leaf != whole.leaf || !bent.is_bound()));
            }
        }
    }

    #[test]
    fn what_is_no_entry_is_refused() {
        let good = entry("{}", [1; 32], 0).to_line();
        for bad in [
            "",
            "{}",
            "\"}",
            &good[1..],
            &good.replace("leaf", "Leaf"),
            &format!("{good} "),
            &good.replace("AQEB", "é"),
        ] {
            assert!(Entry::parse(bad).is_err(), "{bad}");
        }
    }
}
