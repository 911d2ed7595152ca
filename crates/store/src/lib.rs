//! What the Studio remembers, in SQLite: migrations and typed queries, nothing else. There are three databases: [`App`] holds
//! settings and recently opened workspaces, [`History`] holds one workspace's drafts, imports, previews and viewed marks,
//! with [`Archive`], the part of it that keeps what scenario packs found, and [`Ledger`] holds its receipts.
//! Policies, schemas, entities and named tests are plain files and never rows. [`Index`] finds texts by their words, and forgets them. [`Lock`] tells one Studio that another one
//! has the workspace open.
//!
//! **Durability.** All run in WAL mode. A draft is written on every keystroke, so its commit is
//! `synchronous=NORMAL`: the frames reach the kernel before the call returns, which a killed process cannot undo, and no
//! keystroke waits for the disk. Everything else commits with `synchronous=FULL`, which flushes the whole log, the drafts
//! before it included; a preview is recorded that way, so that even a power cut costs at most what was typed since the
//! last one.

mod app;
mod archive;
mod database;
mod error;
#[cfg(test)]
mod hardship;
mod history;
mod index;
pub mod ledger;
mod lock;
mod shape;

pub use app::{App, Recent};
pub use archive::{Archive, KEPT_FOR, Point, Run, State};
pub use error::Error;
pub use history::{Draft, Entry, EntryKind, History};
pub use index::{Hit, Index, Text};
pub use ledger::Ledger;
pub use lock::Lock;
pub use shape::{Shape, Table, sqlite};
