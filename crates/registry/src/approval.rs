//! Approvals: what one other than the author signs, so that a change goes to one channel, as the next move, in these modes, and
//! nothing else. Kept as a blob under a ref of its own, named after what is approved and after the key, so that approvals of
//! several people, or from several clones, never meet.

use evidence::{
    ed25519::{PublicKey, Signer},
    hex, json, sha256, unhex,
};
use release::{Modes, Release};
use serde::{Deserialize, Serialize};

use crate::{Details, Error, Registry, Summary, text};

const REFS: &str = "refs/fabric/approvals";
/// Says what the signed bytes are, so that they are nothing else in another place.
const DOMAIN: &[u8] = b"trust-fabric/approval/1\n";

/// What is approved. Changes when anything about the move changes, also when another move came before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The sequence of the move it builds on; 0 when it is the first.
    pub base: u64,
    /// The channel.
    pub channel: String,
    /// [`release::digest`] of the files, in hexadecimal digits.
    pub digest: String,
    /// Where the channel is in force.
    pub environment: String,
    /// The modes it will ship in.
    pub modes: Modes,
    /// Whose channel.
    pub tenant: String,
    /// The version.
    pub version: String,
}

/// Somebody's approval of a [`Subject`], which it does not repeat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Who approves, `name <address>`.
    pub by: String,
    /// When, in seconds since 1970; RFC 3339 where it is written.
    #[serde(with = "text::moment")]
    pub at: u64,
    /// The second from which it does not hold any more.
    #[serde(with = "text::moment")]
    pub expires: u64,
    /// The public key, 64 hexadecimal digits.
    pub key: String,
    /// Ed25519, 128 hexadecimal digits.
    pub signature: String,
}

/// Who may approve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approver {
    /// Who it is, `name <address>`.
    pub person: String,
    /// Their key.
    pub key: PublicKey,
}

impl Approver {
    /// Whether this is what they are called: their name, address or both, and nothing that is not theirs.
    #[must_use]
    pub fn is_named(&self, by: &str) -> bool {
        text::is_named(&self.person, by)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    approval: Approval,
    subject: Subject,
}

impl Subject {
    /// What there is to approve about a release.
    #[must_use]
    pub fn of(release: &Release) -> Self {
        Self {
            base: release.sequence.saturating_sub(1),
            channel: release.channel.clone(),
            digest: hex(&release::digest(&release.files)),
            environment: release.environment.clone(),
            modes: release.modes.clone(),
            tenant: release.tenant.clone(),
            version: release.version.clone(),
        }
    }

    /// What the approvals of a move are of.
    #[must_use]
    pub fn of_move(summary: &Summary, details: &Details) -> Self {
        Self {
            base: summary.sequence.saturating_sub(1),
            channel: summary.channel.clone(),
            digest: summary.digest.clone(),
            environment: details.environment.clone(),
            modes: summary.modes.clone(),
            tenant: details.tenant.clone(),
            version: summary.version.clone(),
        }
    }

    fn canonical(&self) -> Result<String, Error> {
        json::to_canonical(self).map_err(|error| Error::Malformed(error.to_string()))
    }

    /// The folder of its approvals.
    fn folder(&self) -> Result<String, Error> {
        Ok(format!(
            "{REFS}/{}",
            hex(&sha256(&[self.canonical()?.as_bytes()]))
        ))
    }
}

impl Approval {
    /// Approves. It has to be kept by [`Registry::approve`], or passed on by other ways.
    ///
    /// # Errors
    /// [`Error::Approval`] when it would be over before it began, or the key does not sign.
    pub fn sign(
        subject: &Subject,
        by: &str,
        at: u64,
        expires: u64,
        key: &dyn Signer,
    ) -> Result<Self, Error> {
        let mut approval = Self {
            by: by.to_owned(),
            at,
            expires,
            key: hex(&key.public().to_bytes()),
            signature: String::new(),
        };
        if expires <= at {
            return Err(approval.refused("it would be over before it began"));
        }
        let signature = key
            .sign(&approval.signed(subject)?)
            .map_err(|error| approval.refused(&error.to_string()))?;
        approval.signature = hex(&signature);
        Ok(approval)
    }

    fn signed(&self, subject: &Subject) -> Result<Vec<u8>, Error> {
        let said = Stored {
            approval: Self {
                signature: String::new(),
                ..self.clone()
            },
            subject: subject.clone(),
        };
        let text = json::to_canonical(&said).map_err(|error| self.refused(&error.to_string()))?;
        Ok([DOMAIN, text.as_bytes()].concat())
    }

    fn refused(&self, why: &str) -> Error {
        Error::Approval {
            by: self.by.clone(),
            why: why.to_owned(),
        }
    }

    /// Whether it holds: given by one who may, for this subject, in time, and not by an author of the change.
    ///
    /// # Errors
    /// [`Error::Approval`] with the first reason why it does not.
    pub fn check(
        &self,
        subject: &Subject,
        approvers: &[Approver],
        authors: &[String],
        now: u64,
    ) -> Result<(), Error> {
        let approver = approvers
            .iter()
            .find(|known| hex(&known.key.to_bytes()) == self.key)
            .ok_or_else(|| self.refused("its key is of nobody who may approve"))?;
        // What goes into the record is the name that the workspace knows, not one that an approver thinks of.
        if approver.person != self.by {
            return Err(self.refused(&format!("its key is that of `{}`", approver.person)));
        }
        let signed = self.signed(subject)?;
        if !unhex(&self.signature)
            .is_some_and(|signature| approver.key.verifies(&signed, &signature))
        {
            return Err(self.refused("it was given for something else, or changed"));
        }
        if now < self.at {
            return Err(self.refused("it was given at a time that is still to come"));
        }
        if now >= self.expires {
            return Err(self.refused("it expired"));
        }
        let wrote = |author: &String| {
            text::same_person(author, &approver.person) || text::same_person(author, &self.by)
        };
        if authors.iter().any(wrote) {
            return Err(self.refused("the change is their own"));
        }
        Ok(())
    }
}

impl Registry {
    /// Keeps an approval, in the place of an earlier one by the same key.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn approve(&self, subject: &Subject, approval: &Approval) -> Result<(), Error> {
        let key: [u8; 32] =
            unhex(&approval.key).ok_or_else(|| approval.refused("its key is none"))?;
        let name = format!("{}/{}", subject.folder()?, hex(&sha256(&[&key])));
        let stored = Stored {
            approval: approval.clone(),
            subject: subject.clone(),
        };
        let text =
            json::to_canonical(&stored).map_err(|error| approval.refused(&error.to_string()))?;
        self.writer()?.change(&[&name], |repository| {
            let write = || {
                let blob = repository.blob(text.as_bytes())?;
                repository
                    .reference(&name, blob, true, "approved")
                    .map(drop)
            };
            write().map_err(Error::write("the approval"))
        })
    }

    /// The approvals that were kept for a subject. Whether they hold, [`Approval::check`] says.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Damaged`].
    pub fn approvals(&self, subject: &Subject) -> Result<Vec<Approval>, Error> {
        let mut found = Vec::new();
        for name in self.names(&format!("{}/*", subject.folder()?))? {
            let blob = self
                .repository
                .find_reference(&name)
                .and_then(|reference| reference.peel_to_blob())
                .map_err(Error::read(format!("`{name}`")))?;
            let stored: Stored = serde_json::from_slice(blob.content())
                .map_err(|error| Error::damaged(format!("`{name}`"), error.to_string()))?;
            if stored.subject != *subject {
                return Err(Error::damaged(
                    format!("`{name}`"),
                    "approves something else",
                ));
            }
            found.push(stored.approval);
        }
        Ok(found)
    }
}
