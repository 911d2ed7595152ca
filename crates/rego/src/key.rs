//! Keys that bundles are checked with. The key decides the algorithm, never the bundle: a public RSA key checks RS256 and
//! nothing else, one on the curve P-256 ES256, and a shared secret HS256. So nobody can sign with a public key as the secret.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::pkcs8::DecodePublicKey as _;
use rsa::{
    pkcs1::DecodeRsaPublicKey as _, pkcs8::DecodePublicKey as _, traits::PublicKeyParts as _,
};
use sha2::Sha256;

use crate::Error;

/// RSA keys below this can be broken.
const LEAST_RSA_BYTES: usize = 2048 / 8;
/// A file larger than this is no key.
const MOST_BYTES: usize = 64 << 10;

/// What a bundle's signature is checked with.
#[derive(Clone)]
pub struct Key(Kind);

#[derive(Clone)]
enum Kind {
    Rsa(Box<rsa::RsaPublicKey>),
    P256(p256::ecdsa::VerifyingKey),
    Secret(Vec<u8>),
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A secret is not for logs.
        write!(f, "Key({})", self.algorithm())
    }
}

impl Key {
    /// Reads a key file: a public key in PEM form, or a shared secret, which is all of the file's bytes as with OPA.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn read(content: &[u8]) -> Result<Self, Error> {
        if content.is_empty() || content.len() > MOST_BYTES {
            let what = if content.is_empty() {
                "empty"
            } else {
                "no key: it is too large"
            };
            return Err(Error::Key(format!("the file is {what}")));
        }
        let Some(pem) = str::from_utf8(content)
            .ok()
            .map(str::trim)
            .filter(|text| text.starts_with("-----BEGIN"))
        else {
            return Ok(Self(Kind::Secret(content.to_vec())));
        };
        if pem.contains("PRIVATE KEY") {
            return Err(Error::Key(
                "this is a private key; bundles are checked with the public half".to_owned(),
            ));
        }
        if let Ok(key) = p256::PublicKey::from_public_key_pem(pem) {
            return Ok(Self(Kind::P256(key.into())));
        }
        let rsa = rsa::RsaPublicKey::from_public_key_pem(pem).ok();
        match rsa.or_else(|| rsa::RsaPublicKey::from_pkcs1_pem(pem).ok()) {
            Some(key) if key.size() < LEAST_RSA_BYTES => Err(Error::Key(format!(
                "an RSA key of {} bits can be broken; 2048 is the least",
                key.size() * 8
            ))),
            Some(key) => Ok(Self(Kind::Rsa(Box::new(key)))),
            None => Err(Error::Key(
                "it is neither a public RSA key nor one on the curve P-256".to_owned(),
            )),
        }
    }

    /// The algorithm's name in a JSON Web Signature (RFC 7518, section 3.1).
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        match &self.0 {
            Kind::Rsa(_) => "RS256",
            Kind::P256(_) => "ES256",
            Kind::Secret(_) => "HS256",
        }
    }

    /// The signature is this key's over the message.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.0 {
            Kind::Rsa(key) => {
                use rsa::signature::Verifier as _;
                let key = rsa::pkcs1v15::VerifyingKey::<rsa::sha2::Sha256>::new((**key).clone());
                rsa::pkcs1v15::Signature::try_from(signature)
                    .is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
            Kind::P256(key) => {
                use p256::ecdsa::signature::Verifier as _;
                p256::ecdsa::Signature::from_slice(signature)
                    .is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
            Kind::Secret(secret) => Hmac::<Sha256>::new_from_slice(secret).is_ok_and(|mut mac| {
                mac.update(message);
                mac.verify_slice(signature).is_ok()
            }),
        }
    }
}
