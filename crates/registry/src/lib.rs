//! Versions, channels, approvals and their history, kept in an ordinary git repository, beside the author's own use of it.
//! Everything is a tag, a commit or a blob under a ref; there is no other database. Knows git and signatures, not policies:
//! which files belong to a version, which gates hold and what a receipt is, the caller says.
//!
//! - A **version** is an annotated tag `policies/v1.2.0` on a commit of the author's history, whose message records the digest
//!   of the files ([`Registry::tag`], [`Registry::version`], [`Registry::versions`]).
//! - A **channel** is a chain of commits under `refs/fabric/channels/`, one a move: the message is the record ([`Move`]), the
//!   tree holds the bundle that was shipped and the one that takes it back ([`Registry::bundles`]). [`Registry::history`] walks
//!   it, newest first.
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
//! [`Registry::working_copy`] says what the author's checkout is in (branch, a merge under way, files not committed); the caller
//! makes gates of it. Formats and rules: `docs/releases.md`.
