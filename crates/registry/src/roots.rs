//! Roots that were signed ahead of the next move of a channel, while the key that goes was still there to sign with the one that
//! comes. A blob under a ref of its own; who enforces sees them with the move that takes them up. Nothing is believed because it lies
//! here: a root holds by its signatures.

use serde::{Deserialize, Serialize};

use crate::{Error, Registry, text};

const ROOTS: &str = "refs/fabric/roots/";

/// A chain of roots for the next move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ahead {
    /// SHA-256 of the newest root that the channel is signed under, in hexadecimal digits: while it is this one, they are for the next
    /// move.
    pub after: String,
    /// The texts of the chain, the first first.
    pub roots: Vec<String>,
}

impl Registry {
    /// The roots that were signed ahead for a channel, if any were; for which of its moves, they say.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::Read`], [`Error::Damaged`].
    pub fn ahead(&self, channel: &str) -> Result<Option<Ahead>, Error> {
        self.channel_id(channel)?;
        let name = format!("{ROOTS}{channel}");
        let reference = match self.repository.find_reference(&name) {
            Err(error) if error.code() == git2::ErrorCode::NotFound => return Ok(None),
            found => found.map_err(Error::read(format!("`{name}`")))?,
        };
        let blob = reference
            .peel_to_blob()
            .map_err(Error::read(format!("`{name}`")))?;
        serde_json::from_slice(blob.content())
            .map(Some)
            .map_err(|error| Error::damaged(format!("`{name}`"), error.to_string()))
    }

    /// Keeps roots for the next move of a channel, in the place of earlier ones.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::Write`].
    pub fn keep_ahead(&self, channel: &str, ahead: &Ahead) -> Result<(), Error> {
        self.channel_id(channel)?;
        let name = format!("{ROOTS}{channel}");
        let text = text::line(ahead)?;
        self.writer()?.change(&[&name], |repository| {
            let write = || {
                let blob = repository.blob(text.as_bytes())?;
                repository
                    .reference(&name, blob, true, "signed ahead")
                    .map(drop)
            };
            write().map_err(Error::write(format!("`{name}`")))
        })
    }
}
