//! Signing keys: Ed25519 (RFC 8032), as text a person can paste. A public key is `ed25519:` and 64 hexadecimal digits, a
//! secret one `ed25519-secret:` and as many. `evidence` signs and verifies; here is how keys are written. Where they are kept,
//! and where the randomness for a new one comes from, is the caller's business.

use evidence::ed25519::{self, Signer as _};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{Error, hex, unhex};

const PUBLIC: &str = "ed25519:";
const SECRET: &str = "ed25519-secret:";

/// A key that signs. It has no `Debug` and no `Display`, so that it ends up in no log, and is wiped when dropped.
pub struct SecretKey(Zeroizing<[u8; 32]>);

impl SecretKey {
    /// The key of 32 random bytes.
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(Zeroizing::new(seed))
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// [`Error::Key`], without the text: it may be a secret after all.
    pub fn read(text: &str) -> Result<Self, Error> {
        let digits = text.trim().strip_prefix(SECRET);
        let seed = digits.and_then(unhex).ok_or_else(|| {
            Error::Key(format!(
                "a key file holds `{SECRET}` and 64 hexadecimal digits, and this one does not"
            ))
        })?;
        Ok(Self::from_seed(seed))
    }

    /// What a key file holds.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{SECRET}{}\n", hex(self.0.as_slice()))
    }

    fn key(&self) -> ed25519::SecretKey {
        ed25519::SecretKey::from_seed(&self.0)
    }

    /// The key that verifies what this one signs.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(format!("{PUBLIC}{}", hex(&self.key().public().to_bytes())))
    }

    /// The signature of a message, as hexadecimal digits.
    pub(crate) fn sign(&self, message: &[u8]) -> String {
        // INVARIANT: a key in memory always signs.
        self.key()
            .sign(message)
            .map_or_else(|_| String::new(), |signature| hex(&signature))
    }
}

/// A key that verifies, as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey(String);

impl PublicKey {
    /// The key as it stands in a tolerance file.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `signature` (hexadecimal digits) is this key's over `message`, as strictly as `evidence` has it.
    pub(crate) fn verifies(&self, message: &[u8], signature: &str) -> bool {
        let (Ok(key), Some(signature)) = (verifying(&self.0), unhex(signature)) else {
            return false;
        };
        key.verifies(message, &signature)
    }
}

fn verifying(text: &str) -> Result<ed25519::PublicKey, Error> {
    text.strip_prefix(PUBLIC)
        .and_then(unhex)
        .and_then(|bytes| ed25519::PublicKey::from_bytes(bytes).ok())
        .ok_or_else(|| {
            Error::Key(format!(
                "`{text}` is no public key: it is `{PUBLIC}` and 64 hexadecimal digits"
            ))
        })
}

impl TryFrom<String> for PublicKey {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        verifying(&text)?;
        Ok(Self(text.to_ascii_lowercase()))
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_as_it_was_written_and_signs_what_its_other_half_verifies() {
        let key = SecretKey::from_seed([7; 32]);
        let again = SecretKey::read(&key.to_text()).unwrap();
        assert_eq!(again.public(), key.public());
        let signature = key.sign(b"message");
        assert!(again.public().verifies(b"message", &signature));
        assert!(!key.public().verifies(b"massage", &signature));
        assert!(!key.public().verifies(b"message", &signature[..126]));
        assert!(
            !SecretKey::from_seed([8; 32])
                .public()
                .verifies(b"message", &signature)
        );
    }

    /// RFC 8032, section 7.1, test 2.
    #[test]
    fn signatures_are_those_of_the_standard() {
        let key = SecretKey::read(
            "ed25519-secret:4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        )
        .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            key.public().as_str(),
            "ed25519:3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        );
        assert_eq!(
            key.sign(&[0x72]),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        );
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_repeated() {
        for text in ["", "ed25519-secret:00", "hunter2", "ed25519-secret:zz"] {
            let error = SecretKey::read(text).err().unwrap().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
        // The last is the neutral element of the group: it verifies almost anything.
        let zeros = format!("ed25519:01{}", "0".repeat(62));
        for text in ["", "ed25519:", "ed25519:é", zeros.as_str()] {
            assert!(PublicKey::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
