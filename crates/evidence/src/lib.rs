//! Evidence an auditor can hold: receipts signed with Ed25519 in DSSE envelopes, over canonical JSON, so that anybody can
//! check them with any tool. The crate is pure: no database, no clock, no network, no file system. Time, keys and storage
//! come in through parameters. It is made of small functions on plain values, and each module stands alone.
//!
//! Formats and pinned versions: `docs/evidence.md`.

pub mod base64;
pub mod bundle;
pub mod checkpoint;
pub mod compact;
pub mod dsse;
pub mod ed25519;
pub mod entry;
pub mod json;
pub mod leaf;
pub mod ledger;
pub mod merkle;
pub mod moment;
pub mod note;
pub mod statement;
pub mod tlog_policy;
pub mod tlog_proof;
pub mod trust;
pub mod verify;
pub mod zip;

// Tests that others use too speak of this crate by its name.
#[cfg(test)]
extern crate self as evidence;

use sha2::{Digest as _, Sha256};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// The SHA-256 digest of the parts, one after another.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> Hash {
    let mut state = Sha256::new();
    for part in parts {
        state.update(part);
    }
    state.finalize().into()
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// The bytes of lower-case hexadecimal digits, if they are `N` and nothing else.
#[must_use]
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    data_encoding::HEXLOWER
        .decode(text.as_bytes())
        .ok()?
        .try_into()
        .ok()
}

/// What is wrong with something that was to be read, written or signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// More than the reader admits.
    #[error("{what} is larger than {limit}; evidence of this size is not read")]
    Limit {
        /// Of what there is too much.
        what: String,
        /// How much there may be.
        limit: u64,
    },
    /// Not the form it should have.
    #[error("{what}: {why}")]
    Form {
        /// What was read.
        what: &'static str,
        /// Why it is not one.
        why: String,
    },
    /// A line of a policy that is none.
    #[error("tlog-policy: line {number}: {why}")]
    Line {
        /// Which, from 1.
        number: usize,
        /// Why it is none.
        why: String,
        /// How one is written.
        form: &'static str,
    },
    /// A key that verifies anything, or is no key.
    #[error("`{0}` is no Ed25519 public key that can be trusted")]
    Key(String),
    /// The keeper of the key did not sign.
    #[error("the key did not sign: {0}")]
    Signer(String),
    /// Signed by too few of the keys asked for, or by none.
    #[error("{found} of {needed} trusted keys signed this")]
    Signature {
        /// Distinct keys that did.
        found: usize,
        /// How many must.
        needed: usize,
    },
    /// A known key, and a signature that is not its own.
    #[error("the signature of `{0}`, a known key, does not hold")]
    Forged(String),
    /// A proof that proves something else.
    #[error("{0}")]
    Proof(&'static str),
}

impl Error {
    /// How what was read is written, where that can be told.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Line { form, .. } => Some(format!(
                "write it as {form}; docs/evidence.md has the format and an example"
            )),
            _ => None,
        }
    }

    pub(crate) fn form(what: &'static str, why: impl Into<String>) -> Self {
        Self::Form {
            what,
            why: why.into(),
        }
    }

    pub(crate) fn limit(what: impl Into<String>, limit: usize) -> Self {
        Self::Limit {
            what: what.into(),
            limit: limit as u64,
        }
    }
}
