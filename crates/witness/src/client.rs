//! Asking a witness. Plain HTTP, one request at a time, bounded in time and size; what comes back is believed only with the
//! witness's signature on it.

use std::time::Duration;

use evidence::{
    checkpoint::Checkpoint,
    ed25519::PublicKey,
    note::{Note, VerifierKey},
    tlog_proof::Growth,
};
use ureq::{Agent, http::Uri};

use crate::{Error, state::log_id};

/// A witness never says more than this.
const MOST: u64 = 1 << 20;
/// It answers within this time, or is silent.
const PATIENCE: Duration = Duration::from_secs(10);

/// A witness somewhere.
pub struct Client {
    url: String,
    key: VerifierKey,
    agent: Agent,
}

impl Client {
    /// The witness at a URL, with its key as a trust policy writes it.
    ///
    /// # Errors
    /// [`Error::Evidence`] for a key that is none, [`Error::Address`] for another than an `http://` address.
    pub fn new(url: &str, key: &str) -> Result<Self, Error> {
        let parsed: Option<Uri> = url.parse().ok();
        let http = parsed.is_some_and(|uri| uri.scheme_str() == Some("http"));
        if !http {
            return Err(Error::Address(url.to_owned()));
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .build();
        Ok(Self {
            url: url.trim_end_matches('/').to_owned(),
            key: VerifierKey::parse(key)?,
            agent: Agent::new_with_config(config),
        })
    }

    /// The key it is believed by.
    #[must_use]
    pub fn key(&self) -> PublicKey {
        self.key.key()
    }

    fn silent(&self, why: impl Into<String>) -> Error {
        Error::Silent {
            url: self.url.clone(),
            why: why.into(),
        }
    }

    /// An answer that says nothing about the checkpoint.
    fn other(&self, status: u16) -> Error {
        match status {
            429 => {
                self.silent("was asked too often (429), and wants to be asked again in a minute")
            }
            status => self.silent(format!("answers with status {status}: is it a witness?")),
        }
    }

    /// Status and body of an answer.
    fn answer(
        &self,
        answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<(u16, String), Error> {
        let unreachable = |error: ureq::Error| self.silent(format!("does not answer: {error}"));
        let mut answer = answer.map_err(unreachable)?;
        let body = answer
            .body_mut()
            .with_config()
            .limit(MOST)
            .read_to_string()
            .map_err(unreachable)?;
        Ok((answer.status().as_u16(), body))
    }

    /// The head of a log this witness cosigned, if the note below it is that.
    fn cosigned(&self, note: &str) -> Option<Checkpoint> {
        let note = Note::parse(note.as_bytes()).ok()?;
        note.verify(std::slice::from_ref(&self.key)).ok()?;
        Checkpoint::parse(&note.text).ok()
    }

    /// The largest size of a log that the witness cosigned; 0 when it never did.
    ///
    /// # Errors
    /// [`Error::Silent`].
    pub fn seen(&self, origin: &str) -> Result<u64, Error> {
        let url = format!("{}/{}/checkpoint", self.url, log_id(origin));
        let (status, body) = self.answer(self.agent.get(&url).call())?;
        match status {
            404 => Ok(0),
            200 => self
                .cosigned(&body)
                .filter(|head| head.origin == origin)
                .map(|head| head.size)
                .ok_or_else(|| self.silent("answers with a checkpoint it did not cosign")),
            status => Err(self.other(status)),
        }
    }

    /// Asks the witness to cosign a checkpoint, and returns its signature lines.
    ///
    /// # Errors
    /// [`Error::Refused`] with its reason, [`Error::Silent`].
    pub fn add_checkpoint(&self, growth: &Growth) -> Result<String, Error> {
        let url = format!("{}/add-checkpoint", self.url);
        let (status, body) = self.answer(self.agent.post(&url).send(growth.to_string()))?;
        let refused = |why: String| Error::Refused {
            url: self.url.clone(),
            why,
        };
        match status {
            200 => {}
            409 => {
                let size = body.trim_end();
                return Err(refused(format!(
                    "it saw the log at {size}, and not this history of it"
                )));
            }
            400 | 403 | 404 | 422 => return Err(refused(body.trim_end().to_owned())),
            status => return Err(self.other(status)),
        }
        // Signatures of others are not ours to judge; its own must be there and hold.
        self.cosigned(&format!("{}{body}", growth.checkpoint))
            .map(|_| body)
            .ok_or_else(|| self.silent("answers with a cosignature that does not hold"))
    }
}
