//! A witness of C2SP tlog-witness (version 1.0.0): it cosigns the checkpoint of a log when the log only grew since the last one
//! it cosigned, and so lets nobody show two histories to two people. [`judge`] decides, with no network and no clock;
//! `state` remembers what was cosigned; `server` speaks HTTP; [`Client`] asks.
//!
//! INVARIANT: what was cosigned is on the disk before the cosignature leaves, and is compared and replaced in one piece.

mod client;
mod judge;
#[cfg(feature = "server")]
mod limit;
#[cfg(feature = "server")]
pub mod server;
mod state;

pub use client::Client;
pub use judge::{Refusal, Request};
pub use state::{Name, State};

use model::{Code, Failure};

/// Why a witness cannot do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The state cannot be read or written.
    #[error("cannot use `{path}`: {source}")]
    State {
        /// The file or folder.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Another witness uses the state.
    #[error("another witness uses `{0}`")]
    Locked(String),
    /// What is remembered of a log cannot be understood. It is never taken for nothing.
    #[error("`{0}` is no checkpoint this witness cosigned")]
    Damaged(String),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A name or key that is none.
    #[error("{0}")]
    Evidence(#[from] evidence::Error),
    /// No address that can be asked.
    #[error(
        "`{0}` is no http:// address of a witness: behind TLS it is asked through a proxy on this machine"
    )]
    Address(String),
    /// The witness asked does not answer, or not in a way that is understood.
    #[error("the witness at `{url}` {why}")]
    Silent {
        /// Where it should be.
        url: String,
        /// What it did instead.
        why: String,
    },
    /// The witness asked refuses.
    #[error("the witness at `{url}` refuses: {why}")]
    Refused {
        /// Where it is.
        url: String,
        /// Its words.
        why: String,
    },
}

impl Error {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::State { .. } => Code::FileWrite,
            Self::Locked(_) => Code::StoreLocked,
            Self::Damaged(_) => Code::LedgerDamaged,
            Self::Listen { .. } | Self::Evidence(_) | Self::Address(_) => Code::BadCall,
            Self::Silent { .. } => Code::WitnessSilent,
            Self::Refused { .. } => Code::WitnessRefused,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(error.code(), error.to_string())
    }
}
