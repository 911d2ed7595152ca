//! A receipt before it is in a ledger: said, checked, signed.

use evidence::{
    Hash,
    ed25519::Signer,
    json::Limits,
    moment,
    statement::{self, Predicate, Statement, Subject},
};

use crate::Error;

/// A signed receipt that is not in a ledger yet.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub(super) envelope: String,
    pub(super) kind: u8,
    pub(super) keyid: Hash,
    pub(super) time: u64,
}

impl Receipt {
    /// Says something about subjects, and signs it with each of the keys.
    ///
    /// # Errors
    /// `key_missing` without a key; what cannot be said in a receipt.
    pub fn seal<P: Predicate>(
        about: Vec<Subject>,
        said: &P,
        signers: &[&dyn Signer],
    ) -> Result<Self, Error> {
        Self::of(&Statement::new(about, said)?, signers)
    }

    /// Signs a statement of a known kind.
    ///
    /// # Errors
    /// As [`Receipt::seal`].
    pub fn of(statement: &Statement, signers: &[&dyn Signer]) -> Result<Self, Error> {
        let kind = statement::check(statement)?;
        let issued = statement.predicate.get("issued").and_then(|at| at.as_str());
        let first = signers
            .first()
            .ok_or_else(|| Error::NoKey("a receipt needs a key that signs it".to_owned()))?;
        let sealed = statement.seal(signers)?;
        if sealed.payload.len() > Limits::RECEIPT.bytes {
            return Err(Error::Evidence(evidence::Error::Limit {
                what: "a receipt".to_owned(),
                limit: Limits::RECEIPT.bytes as u64,
            }));
        }
        Ok(Self {
            envelope: sealed.to_json(),
            kind,
            keyid: first.public().id(),
            // INVARIANT: a statement that was checked says when.
            time: issued.and_then(moment::seconds).unwrap_or_default(),
        })
    }
}
