//! The leaf: what the ledger stores of a receipt, 104 bytes that never change. It holds a digest of the envelope and a random
//! salt that lies beside the envelope and is destroyed with it: purging a receipt never touches the tree, and what was purged
//! cannot be guessed back.

use crate::{Error, Hash, merkle, sha256};

/// Bytes of a leaf.
pub const LENGTH: usize = 104;

/// A leaf of version 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Which kind of receipt.
    pub kind: u8,
    /// Reserved: 0.
    pub flags: u16,
    /// Its number in the ledger, from 0: the index of the leaf.
    pub seq: u64,
    /// SHA-256 of salt and envelope.
    pub digest: Hash,
    /// Which key signed the envelope.
    pub keyid: Hash,
    /// When it was signed, in seconds since 1970.
    pub time: u64,
}

/// The digest a leaf holds of an envelope.
#[must_use]
pub fn digest(salt: &[u8; 32], envelope: &[u8]) -> Hash {
    sha256(&[salt, envelope])
}

impl Leaf {
    /// Its bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [
            [1, self.kind].as_slice(),
            &self.flags.to_be_bytes(),
            &self.seq.to_be_bytes(),
            &self.digest,
            &self.keyid,
            &self.time.to_be_bytes(),
            &[0; 20],
        ]
        .concat()
    }

    /// Reads a leaf.
    ///
    /// # Errors
    /// [`Error::Form`] for another length or version, and where what is reserved is not zero.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let wrong = || Error::form("leaf", "not 104 bytes of version 1");
        let read = || {
            let ([version, kind], rest) = bytes.split_first_chunk()?;
            let (flags, rest) = rest.split_first_chunk()?;
            let (seq, rest) = rest.split_first_chunk()?;
            let (digest, rest) = rest.split_first_chunk()?;
            let (keyid, rest) = rest.split_first_chunk()?;
            let (time, reserved) = rest.split_first_chunk()?;
            (*version == 1 && reserved == [0; 20]).then(|| Self {
                kind: *kind,
                flags: u16::from_be_bytes(*flags),
                seq: u64::from_be_bytes(*seq),
                digest: *digest,
                keyid: *keyid,
                time: u64::from_be_bytes(*time),
            })
        };
        read().filter(|leaf| leaf.flags == 0).ok_or_else(wrong)
    }

    /// Its hash in the tree.
    #[must_use]
    pub fn hash(&self) -> Hash {
        merkle::leaf_hash(&self.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_leaf_reads_as_it_was_written_and_only_so(kind in any::<u8>(), seq in any::<u64>(), digest in any::<[u8; 32]>(), keyid in any::<[u8; 32]>(), time in any::<u64>(), cut in 0..LENGTH) {
            let leaf = Leaf { kind, flags: 0, seq, digest, keyid, time };
            let mut bytes = leaf.to_bytes();
            prop_assert_eq!(bytes.len(), LENGTH);
            prop_assert_eq!(Leaf::parse(&bytes).unwrap(), leaf.clone());
            prop_assert!(Leaf::parse(&bytes[..cut]).is_err());
            // Every byte counts: bent, it is no leaf or another one.
            bytes[cut] ^= 1;
            prop_assert!(Leaf::parse(&bytes).is_ok_and(|other| other != leaf) || Leaf::parse(&bytes).is_err());
            bytes.push(0);
            prop_assert!(Leaf::parse(&bytes).is_err());
        }
    }
}
