//! Who takes releases: what it is for, whom it trusts, and what it saw last. Each rule of TUF 1.0 (section 5) that a bundle can
//! break is one refusal with its own code; a consumer that refuses keeps what it has.

use evidence::{hex, sha256};
use serde::{Deserialize, Serialize};

use crate::{
    Bundle, Error, Release, Root,
    bundle::{MAX_RENEWALS, RELEASE},
};

/// What was accepted last. To be kept on disk: it is what makes an older bundle known for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The sequence of the release.
    pub sequence: u64,
    /// How often it was renewed.
    pub renewed: u64,
    /// [`Release::digest`], in hexadecimal digits.
    pub release: String,
    /// SHA-256 of the bundle's bytes, in hexadecimal digits.
    pub bundle: String,
}

/// One who takes releases. Serialised, it is what is to be kept between two runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consumer {
    /// Whose releases.
    pub tenant: String,
    /// Of which channel.
    pub channel: String,
    /// For where.
    pub environment: String,
    /// The root that is trusted: given by hand at first, later the newest that follows on it.
    pub trusted: Root,
    /// What was accepted last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
}

impl Consumer {
    /// One that has seen nothing yet.
    #[must_use]
    pub fn new(tenant: &str, channel: &str, environment: &str, trusted: Root) -> Self {
        Self {
            tenant: tenant.to_owned(),
            channel: channel.to_owned(),
            environment: environment.to_owned(),
            trusted,
            seen: None,
        }
    }

    /// Takes a release, at a second since 1970. Keep the consumer afterwards, also when it refuses: a newer root is remembered
    /// in any case, so that keys which were taken back stay so.
    ///
    /// # Errors
    /// [`Error::Foreign`], [`Error::Root`], [`Error::Untrusted`], [`Error::Altered`], [`Error::Expired`], [`Error::Older`].
    pub fn accept(&mut self, bundle: &Bundle, now: u64) -> Result<Release, Error> {
        self.is_ours(&bundle.release)?;
        self.follow(&bundle.roots)?;
        self.trusted.fresh(now)?;
        self.is_signed(bundle)?;
        bundle.whole()?;
        bundle.timestamp.said.fresh(&bundle.timestamp.name, now)?;
        bundle.snapshot.said.fresh(&bundle.snapshot.name, now)?;
        bundle.targets.said.fresh(&bundle.targets.name, now)?;
        let seen = Seen {
            sequence: bundle.release.sequence,
            renewed: bundle.timestamp.said.version % MAX_RENEWALS,
            release: hex(&sha256(&[&bundle.manifest])),
            bundle: hex(&bundle.digest),
        };
        if let Some(last) = &self.seen {
            if (seen.sequence, seen.renewed) < (last.sequence, last.renewed) {
                return Err(Error::Older {
                    found: (seen.sequence, seen.renewed),
                    seen: (last.sequence, last.renewed),
                });
            }
            if seen.sequence == last.sequence && seen.release != last.release {
                let why = format!(
                    "is another release {} than the one accepted before",
                    seen.sequence
                );
                return Err(Error::altered(RELEASE, why));
            }
        }
        self.seen = Some(seen);
        Ok(bundle.release.clone())
    }

    /// Takes the very bundle again that was accepted last, whatever the time is: after a restart without its source, an
    /// enforcement point goes on with what it has, and says how old that is.
    ///
    /// # Errors
    /// [`Error::Altered`] when it is another one.
    pub fn resume(&self, bundle: &Bundle) -> Result<Release, Error> {
        if self
            .seen
            .as_ref()
            .is_some_and(|seen| seen.bundle == hex(&bundle.digest))
        {
            return Ok(bundle.release.clone());
        }
        Err(Error::altered(
            RELEASE,
            "is not in the bundle that was accepted last",
        ))
    }

    fn is_ours(&self, release: &Release) -> Result<(), Error> {
        for (what, found, ours) in [
            ("tenant", &release.tenant, &self.tenant),
            ("channel", &release.channel, &self.channel),
            ("environment", &release.environment, &self.environment),
        ] {
            if found != ours {
                let (found, ours) = (found.clone(), ours.clone());
                return Err(Error::Foreign { what, found, ours });
            }
        }
        Ok(())
    }

    /// Follows the chain of roots, as far as it goes.
    fn follow(&mut self, roots: &[Root]) -> Result<(), Error> {
        for root in roots {
            if root.version() > self.trusted.version() {
                root.follows(&self.trusted)?;
                self.trusted = root.clone();
            } else if root.version() == self.trusted.version() && *root != self.trusted {
                return Err(Error::Root {
                    version: root.version(),
                    why: "is another than the one that is trusted",
                });
            }
        }
        Ok(())
    }

    fn is_signed(&self, bundle: &Bundle) -> Result<(), Error> {
        let roles = self.trusted.roles();
        bundle.timestamp.verify(&[&roles.timestamp])?;
        bundle.snapshot.verify(&[&roles.snapshot])?;
        bundle.targets.verify(&[&roles.targets])
    }
}
