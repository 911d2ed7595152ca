//! Versions, channels, approvals and their history, kept in an ordinary git repository, beside the author's own use of it.
//! Everything is a tag, a commit or a blob under a ref; there is no other database. Knows git and signatures, not policies:
//! which files belong to a version, which gates hold and what a receipt is, the caller says.
//!
//! - A **version** is an annotated tag `policies/v1.2.0` on a commit of the author's history, whose message records the digest
//!   of the files ([`Registry::tag`], [`Registry::version`], [`Registry::versions`]).
//! - A **channel** is a chain of commits under `refs/fabric/channels/`, one a move: the message says what happened
//!   ([`Move`]), the tree holds what proves it ([`Registry::details`]), the bundle that was shipped and the one that takes it back
//!   ([`Registry::bundles`]). [`Registry::history`] walks it, newest first.
//! - An **approval** is a signed blob under `refs/fabric/approvals/` ([`Registry::approve`], [`Approval::check`]).
//!
//! **A move happens whole or not at all**, also when the process is killed at any step:
//!
//! ```text
//! let registry = Registry::open(folder)?;
//! let mut held = registry.hold("stable")?;                  // nobody else moves it meanwhile
//! held.recover(|begun| Ok(ledger.has(&begun.id)))?;          // what a killed process left: finished or forgotten
//! let prepared = held.prepare(Change { forward, rollback, .. })?;   // written, durable, read back; nothing moved yet
//! ledger.append(receipt_of(&prepared))?;                     // the caller's receipt decides
//! held.commit(&prepared)?;                                   // the channel moves, if it is still where it was
//! ```
//!
//! Roots signed ahead of a move, while a key changes, are kept by [`Registry::keep_ahead`].
//!
//! [`Registry::working_copy`] says what the author's checkout is in (branch, a merge under way, files not committed); the caller
//! makes gates of it. Formats and rules: `docs/releases.md`.

mod approval;
mod channel;
mod checkout;
mod derived;
mod durable;
mod error;
mod history;
mod judge;
mod record;
mod roots;
mod text;
mod version;

use std::path::Path;

use git2::{Odb, Repository};

pub use approval::{Approval, Approver, Subject};
pub use channel::{Bundles, Change, Held, Recovered};
pub use checkout::WorkingCopy;
pub use error::Error;
pub use history::{History, Query};
pub use record::{Details, Gate, Kind, Move, Outcome, Summary};
pub use roots::Ahead;
pub use version::{NewVersion, Version};

/// The git repository that a workspace lies in.
pub struct Registry {
    repository: Repository,
    /// The workspace's folder inside it, with `/`; empty when it is all of it.
    prefix: String,
}

impl Registry {
    /// Opens the repository of a workspace's folder.
    ///
    /// # Errors
    /// [`Error::NoRepository`], [`Error::Read`] when it is there and cannot be read, as when it belongs to another user.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let missing = || Error::NoRepository(folder.display().to_string());
        let repository = match Repository::discover(folder) {
            Err(error) if error.code() == git2::ErrorCode::NotFound => return Err(missing()),
            found => found.map_err(Error::read("the repository"))?,
        };
        let inside = || {
            let top = repository.workdir()?.canonicalize().ok()?;
            let folder = folder.canonicalize().ok()?;
            let parts = folder.strip_prefix(top).ok()?.components();
            let parts: Vec<_> = parts
                .map(|part| part.as_os_str().to_string_lossy())
                .collect();
            Some(parts.join("/"))
        };
        // A bare repository has no folders; it is all of it.
        let prefix = if repository.is_bare() {
            Some(String::new())
        } else {
            inside()
        };
        Ok(Self {
            prefix: prefix.ok_or_else(missing)?,
            repository,
        })
    }

    /// The workspace's folder inside the repository, with `/`; empty when it is all of it.
    #[must_use]
    pub fn folder(&self) -> &str {
        &self.prefix
    }

    /// The folder that the repository is checked out to; nothing where it is bare.
    #[must_use]
    pub fn top(&self) -> Option<&Path> {
        self.repository.workdir()
    }

    /// The right to change tags and approvals: waits, for that is done in a moment.
    fn writer(&self) -> Result<durable::Writer, Error> {
        durable::Writer::take(self.repository.path(), "names", true)?
            .ok_or_else(|| Error::conflict("names", "another process is changing them"))
    }

    fn odb(&self) -> Result<Odb<'_>, Error> {
        self.repository.odb().map_err(Error::read("the repository"))
    }

    /// The refs of a pattern, sorted.
    fn names(&self, pattern: &str) -> Result<Vec<String>, Error> {
        let list = || -> Result<Vec<String>, git2::Error> {
            let mut names = Vec::new();
            for reference in self.repository.references_glob(pattern)? {
                if let Ok(name) = reference?.name() {
                    names.push(name.to_owned());
                }
            }
            names.sort_unstable();
            Ok(names)
        };
        list().map_err(Error::read(format!("`{pattern}`")))
    }
}
