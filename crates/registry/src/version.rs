//! Versions: annotated tags on the author's own commits. The last line of a tag's message records the digest of the workspace's
//! files at that commit, so that a tag which was moved, or put on another commit, is known for it.

use git2::ObjectType;
use semver::Version as Semver;
use serde::{Deserialize, Serialize};

use crate::{Error, Registry, text};

/// Where versions are.
pub(crate) const TAGS: &str = "refs/tags/policies/v";

/// A version to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVersion<'a> {
    /// Strictly semantic, like `1.2.0`.
    pub version: &'a str,
    /// The commit, as git names it: `HEAD`, or 40 hexadecimal digits.
    pub commit: &'a str,
    /// [`release::digest`] of the workspace's files at that commit.
    pub digest: evidence::Hash,
    /// Who makes it, `name <address>`.
    pub by: &'a str,
    /// When, in seconds since 1970.
    pub at: u64,
    /// What is new in it.
    pub words: &'a str,
}

/// A version, as its tag says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Strictly semantic, like `1.2.0`.
    pub version: String,
    /// The commit, in hexadecimal digits.
    pub commit: String,
    /// [`release::digest`] of the files, in hexadecimal digits.
    pub digest: String,
    /// Who made it, `name <address>`.
    pub by: String,
    /// When, in seconds since 1970.
    pub at: u64,
    /// What is new in it.
    pub words: String,
}

#[derive(Serialize, Deserialize)]
struct Record {
    digest: String,
    version: String,
}

impl Registry {
    /// Makes a version. Done again with the same content, it gives the version that is there.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::VersionTaken`], [`Error::VersionMoved`] when a channel shipped something else by this name,
    /// [`Error::Read`] for a commit that is not there, [`Error::Write`].
    pub fn tag(&self, new: &NewVersion<'_>) -> Result<Version, Error> {
        let name = name(new.version)?;
        let commit = self
            .repository
            .revparse_single(new.commit)
            .and_then(|object| object.peel_to_commit())
            .map_err(Error::read(format!("`{}`", new.commit)))?;
        let wanted = (commit.id().to_string(), evidence::hex(&new.digest));
        match self.version(new.version) {
            Ok(found) if (&found.commit, &found.digest) == (&wanted.0, &wanted.1) => {
                return Ok(found);
            }
            Err(Error::VersionUnknown(_)) => {}
            Ok(_) | Err(_) => return Err(Error::VersionTaken(new.version.to_owned())),
        }
        self.unmoved(new.version, &wanted.0, &wanted.1)?;
        let record = Record {
            digest: wanted.1,
            version: new.version.to_owned(),
        };
        let by = text::signature(new.by, new.at)?;
        let words = if new.words.trim().is_empty() {
            new.version
        } else {
            new.words
        };
        let message = text::message(words, &record)?;
        let mut writer = self.writer()?;
        writer.change(&[&name], |repository| {
            let target = repository
                .find_object(commit.id(), Some(ObjectType::Commit))
                .map_err(Error::read("the commit"))?;
            let short = name.strip_prefix("refs/tags/").unwrap_or(&name);
            let made = repository.tag(short, &target, &by, &message, false);
            made.map_err(|error| match error.code() {
                git2::ErrorCode::Exists => Error::VersionTaken(new.version.to_owned()),
                _ => Error::write(format!("`{name}`"))(error),
            })
        })?;
        self.version(new.version)
    }

    /// The version of that name, as its tag is now.
    ///
    /// # Errors
    /// [`Error::VersionUnknown`], [`Error::Damaged`] for a tag that was made by other means, [`Error::Malformed`].
    pub fn version(&self, version: &str) -> Result<Version, Error> {
        let name = name(version)?;
        let reference = match self.repository.find_reference(&name) {
            Err(error) if error.code() == git2::ErrorCode::NotFound => {
                return Err(Error::VersionUnknown(version.to_owned()));
            }
            found => found.map_err(Error::read(format!("`{name}`")))?,
        };
        let by_hand = || {
            let why =
                "was made by other means: delete it with `git tag -d`, and make the version again";
            Error::damaged(format!("the tag `policies/v{version}`"), why)
        };
        let tag = reference.peel_to_tag().map_err(|_| by_hand())?;
        let message = tag.message_bytes().unwrap_or_default();
        let (words, record): (_, Record) = text::record(message).map_err(|_| by_hand())?;
        let is_commit = tag.target_type() == Some(ObjectType::Commit);
        if record.version != version || !is_commit {
            return Err(by_hand());
        }
        let tagger = tag.tagger().ok_or_else(by_hand)?;
        Ok(Version {
            version: record.version,
            commit: tag.target_id().to_string(),
            digest: record.digest,
            by: tagger.to_string(),
            at: u64::try_from(tagger.when().seconds()).unwrap_or_default(),
            words: words.to_owned(),
        })
    }

    /// Every version, the highest first. Tags of the same kind of name that are no versions are the author's own.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn versions(&self) -> Result<Vec<Version>, Error> {
        let mut found = Vec::new();
        for name in self.names(&format!("{TAGS}*"))? {
            let Some(version) = name.strip_prefix(TAGS) else {
                continue;
            };
            let Ok(order) = Semver::parse(version) else {
                continue;
            };
            match self.version(version) {
                Ok(version) => found.push((order, version)),
                Err(Error::Damaged { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        found.sort_by(|a, b| b.0.cmp(&a.0));
        Ok(found.into_iter().map(|(_, version)| version).collect())
    }

    /// What the version after the highest would be called unless the author knows better: one more feature, or `1.0.0`.
    ///
    /// # Errors
    /// As [`Registry::versions`].
    pub fn next_version(&self) -> Result<String, Error> {
        let highest = self.versions()?.into_iter().next();
        let highest = highest.and_then(|highest| Semver::parse(&highest.version).ok());
        Ok(match highest {
            None => "1.0.0".to_owned(),
            Some(Semver { major, minor, .. }) => {
                Semver::new(major, minor.saturating_add(1), 0).to_string()
            }
        })
    }

    /// Gives up a version that was just made, if its tag is still on that commit.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::Read`], [`Error::Write`].
    pub fn untag(&self, version: &Version) -> Result<(), Error> {
        match self.version(&version.version) {
            Ok(found) if found == *version => {}
            Ok(_) | Err(Error::VersionUnknown(_) | Error::Damaged { .. }) => return Ok(()),
            Err(error) => return Err(error),
        }
        let name = name(&version.version)?;
        self.writer()?.change(&[&name], |repository| {
            let found = repository.find_reference(&name);
            found
                .and_then(|mut found| found.delete())
                .map_err(Error::write(format!("`{name}`")))
        })
    }

    /// Holds a version, by its commit and the digest of its files, against what the channels recorded of it when they moved to it.
    ///
    /// # Errors
    /// [`Error::VersionMoved`], and what keeps a history from being read.
    pub fn unmoved(&self, version: &str, commit: &str, digest: &str) -> Result<(), Error> {
        for channel in self.channels()? {
            for found in self.history(&channel, None)? {
                let shipped = found?.summary;
                if shipped.version != version {
                    continue;
                }
                for (what, then, now) in [
                    ("commit", &*shipped.commit, commit),
                    ("content", &*shipped.digest, digest),
                ] {
                    if then != now {
                        let sequence = shipped.sequence;
                        let why = format!(
                            "its {what} is `{now}`, and was `{then}` in move {sequence} of `{channel}`"
                        );
                        let version = version.to_owned();
                        return Err(Error::VersionMoved { version, why });
                    }
                }
                break;
            }
        }
        Ok(())
    }
}

fn name(version: &str) -> Result<String, Error> {
    let name = format!("{TAGS}{version}");
    if Semver::parse(version).is_err() || !git2::Reference::is_valid_name(&name) {
        let why = format!("`{version}` is no version: write it like `1.2.0`");
        return Err(Error::Malformed(why));
    }
    Ok(name)
}
