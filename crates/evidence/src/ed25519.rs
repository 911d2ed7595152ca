//! Ed25519 (RFC 8032), verified so strictly that every language can agree: the equation without cofactor, a canonical `S` and
//! `R`, and none of the fourteen encodings of points of small order as key or as `R`. Lenient verifiers accept 208 of the 914
//! CCTV edge cases, each language its own; this one accepts 43. Batches are never verified at once, for they hide weak keys.

use ed25519_dalek::{Signature as Dalek, Signer as _, SigningKey, Verifier as _, VerifyingKey};

use crate::{Error, Hash, hex, sha256};

/// The seven values of *y* of points of small order, sign bit cleared, that are below 2^255: with either sign they are the
/// fourteen encodings listed by CCTV (`ed25519/README.md`), in the same order.
const SMALL_ORDER_Y: [[u8; 32]; 7] = [
    // 0, of order four.
    [0; 32],
    // 1, the neutral element.
    first(1, 0, 0),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
    // p - 1, of order two; p and p + 1, which are 0 and 1 written otherwise.
    first(0xec, 0xff, 0x7f),
    first(0xed, 0xff, 0x7f),
    first(0xee, 0xff, 0x7f),
];

const fn first(low: u8, middle: u8, high: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    let [start, .., end] = &mut bytes;
    *start = low;
    *end = high;
    bytes
}

/// Whether these bytes encode a point of small order, canonically or not.
#[must_use]
pub fn is_small_order(encoding: &[u8; 32]) -> bool {
    let mut y = *encoding;
    let [.., end] = &mut y;
    *end &= 0x7f;
    SMALL_ORDER_Y.contains(&y)
}

/// Whether `signature` is that of `key` over `message`.
#[must_use]
pub fn verify(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    PublicKey::from_bytes(*key).is_ok_and(|key| key.verifies(message, signature))
}

/// A key that verifies. Points of small order are none.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The key of 32 bytes.
    ///
    /// # Errors
    /// [`Error::Key`] when they are no point of the curve, or one of small order.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, Error> {
        VerifyingKey::from_bytes(&bytes)
            .ok()
            .filter(|_| !is_small_order(&bytes))
            .map(Self)
            .ok_or_else(|| Error::Key(hex(&bytes)))
    }

    /// Its 32 bytes.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Its id: SHA-256 of its bytes.
    #[must_use]
    pub fn id(&self) -> Hash {
        sha256(&[self.0.as_bytes()])
    }

    /// Whether `signature` is this key's over `message`: what the library's `verify_strict` says, in less time. That one makes a point
    /// of `R` to see whether it is of small order; here its bytes tell. All else is the same: `S` is canonical, and `R`
    /// is held against the bytes of the point that it has to be, so one written otherwise never holds.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let r_is_small = signature.first_chunk().is_none_or(is_small_order);
        !r_is_small
            && self
                .0
                .verify(message, &Dalek::from_bytes(signature))
                .is_ok()
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKey({})", hex(self.0.as_bytes()))
    }
}

/// What signs: a key in memory, in the system's keyring, on a card.
pub trait Signer {
    /// The key that verifies what this one signs.
    fn public(&self) -> PublicKey;

    /// The signature of a message.
    ///
    /// # Errors
    /// [`Error::Signer`], in words, when the keeper of the key will not.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], Error>;
}

/// A key in memory. It has no `Debug` and no `Display`, so that it ends up in no log, and is wiped when dropped.
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// The key of 32 random bytes.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }
}

impl Signer for SecretKey {
    fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], Error> {
        Ok(self.0.sign(message).to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unhex;
    use curve25519_dalek::Scalar;
    use sha2::{Digest as _, Sha512};

    /// RFC 8032, section 7.1, test 2.
    #[test]
    fn signatures_are_those_of_the_standard() {
        let seed =
            unhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").unwrap();
        let key = SecretKey::from_seed(&seed);
        assert_eq!(
            hex(&key.public().to_bytes()),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        );
        let signature = key.sign(&[0x72]).unwrap();
        assert_eq!(
            hex(&signature),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        );
        assert!(verify(&key.public().to_bytes(), &[0x72], &signature));
        assert!(!verify(&key.public().to_bytes(), &[0x73], &signature));
    }

    #[test]
    fn the_fourteen_encodings_of_small_order_are_known_and_no_others() {
        let mut found = 0;
        for y in SMALL_ORDER_Y {
            for sign in [0, 0x80] {
                let mut bytes = y;
                bytes[31] |= sign;
                found += 1;
                assert!(is_small_order(&bytes));
                assert!(PublicKey::from_bytes(bytes).is_err());
                // Where the curve's own library reads them, it calls each of them weak.
                if let Ok(key) = VerifyingKey::from_bytes(&bytes) {
                    assert!(key.is_weak(), "{}", hex(&bytes));
                }
            }
        }
        assert_eq!(found, 14);
        for seed in 0..100 {
            assert!(!is_small_order(
                &SecretKey::from_seed(&[seed; 32]).public().to_bytes()
            ));
        }
    }

    /// Signatures that hold, but for the order of `R`: what the key's owner can make, and who verifies without looking at `R` takes.
    #[test]
    fn the_library_s_strict_verification_says_the_same() {
        let said = |key: &SecretKey, message: &[u8], signature: &[u8; 64]| {
            let strict = key
                .0
                .verifying_key()
                .verify_strict(message, &Dalek::from_bytes(signature));
            let (lax, ours) = (
                key.0
                    .verifying_key()
                    .verify(message, &Dalek::from_bytes(signature)),
                key.public().verifies(message, signature),
            );
            assert_eq!(strict.is_ok(), ours, "{}", hex(signature));
            (lax.is_ok(), ours)
        };
        let order = Scalar::from(0_u64) - Scalar::from(1_u64);
        let (mut lax, mut held) = (0, 0);
        for seed in 0..64 {
            let key = SecretKey::from_seed(&[seed; 32]);
            let message = [seed, 7];
            let genuine = key.sign(&message).unwrap();
            let mut tried = vec![genuine];
            for (y, sign) in SMALL_ORDER_Y.iter().flat_map(|y| [(y, 0), (y, 0x80)]) {
                let mut r = *y;
                r[31] |= sign;
                let parts = [r.as_slice(), key.0.verifying_key().as_bytes(), &message].concat();
                let k = Scalar::from_bytes_mod_order_wide(&Sha512::digest(&parts).into());
                let s = (k * key.0.to_scalar()).to_bytes();
                tried.push([r, s].concat().try_into().unwrap());
                // The same, with an `R` that belongs to something else.
                tried.push([&genuine[..32], &s].concat().try_into().unwrap());
                tried.push([&r, &genuine[32..]].concat().try_into().unwrap());
            }
            // `S` beyond the order of the group.
            let mut beyond = genuine;
            beyond[63] |= 0x10;
            tried.push(beyond);
            tried.push(
                [&genuine[..32], &order.to_bytes()]
                    .concat()
                    .try_into()
                    .unwrap(),
            );
            for signature in tried {
                let (loose, ours) = said(&key, &message, &signature);
                lax += u32::from(loose);
                held += u32::from(ours);
            }
        }
        assert_eq!(held, 64);
        assert!(
            lax > held,
            "nothing was tried that only a strict verifier refuses"
        );
    }

    #[test]
    fn every_bit_of_a_signature_counts() {
        let key = SecretKey::from_seed(&[7; 32]);
        let signature = key.sign(b"message").unwrap();
        for bit in 0..512 {
            let mut bent = signature;
            bent[bit / 8] ^= 1 << (bit % 8);
            assert!(!key.public().verifies(b"message", &bent), "bit {bit}");
        }
    }
}
