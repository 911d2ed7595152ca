//! Why a release cannot be sealed, read or believed.

use evidence::moment;
use model::{Code, Failure};

/// Why a release cannot be sealed, read or believed. A consumer that gets one keeps what it has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not what a release, a root or a bundle has to be.
    #[error("{what} {why}")]
    Form {
        /// What was read or was to be sealed.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// The container, its JSON, or the key that was to sign.
    #[error("{0}")]
    Evidence(#[from] evidence::Error),
    /// Not as it was signed: changed, left out, added, or put together from several bundles.
    #[error("`{what}` {why}")]
    Altered {
        /// Which file of the bundle.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// Signed by too few of the keys that are trusted with it.
    #[error("`{what}` is signed by {found} of the {needed} trusted keys it needs")]
    Untrusted {
        /// Which file of the bundle.
        what: String,
        /// Distinct trusted keys that signed.
        found: usize,
        /// How many must.
        needed: usize,
    },
    /// A root that does not follow on the one that is trusted.
    #[error("the root of version {version} {why}")]
    Root {
        /// Its version.
        version: u64,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Older than what was accepted before.
    #[error("this is release {}, and release {} was accepted before", numbered(*found), numbered(*seen))]
    Older {
        /// Its number, and how often it was renewed.
        found: (u64, u64),
        /// The same of what was accepted before.
        seen: (u64, u64),
    },
    /// Past the moment until which its signer vouched for it.
    #[error("`{what}` expired at {at}")]
    Expired {
        /// Which file of the bundle.
        what: String,
        /// When, RFC 3339.
        at: String,
    },
    /// Meant for somebody else.
    #[error("this release is for the {what} `{found}`, not for `{ours}`")]
    Foreign {
        /// Tenant, channel or environment.
        what: &'static str,
        /// Whose it is.
        found: String,
        /// Who was to take it.
        ours: String,
    },
}

/// `10`, or `10, renewed once`.
fn numbered((release, renewed): (u64, u64)) -> String {
    match renewed {
        0 => release.to_string(),
        1 => format!("{release}, renewed once"),
        often => format!("{release}, renewed {often} times"),
    }
}

impl Error {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Evidence(evidence::Error::Signer(_)) => Code::KeyMissing,
            Self::Form { .. } | Self::Evidence(_) => Code::ReleaseInvalid,
            Self::Altered { .. } => Code::ReleaseTampered,
            Self::Untrusted { .. } | Self::Root { .. } => Code::ReleaseUntrusted,
            Self::Older { .. } => Code::ReleaseOlder,
            Self::Expired { .. } => Code::ReleaseExpired,
            Self::Foreign { .. } => Code::ReleaseForeign,
        }
    }

    /// That something is past the second until which its signer vouched for it.
    #[must_use]
    pub fn expired(what: &str, at: u64) -> Self {
        Self::Expired {
            what: what.to_owned(),
            at: moment::text(at),
        }
    }

    pub(crate) fn form(what: impl Into<String>, why: impl Into<String>) -> Self {
        let (what, why) = (what.into(), why.into());
        Self::Form { what, why }
    }

    pub(crate) fn altered(what: impl Into<String>, why: impl Into<String>) -> Self {
        let (what, why) = (what.into(), why.into());
        Self::Altered { what, why }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(error.code(), error.to_string())
    }
}
