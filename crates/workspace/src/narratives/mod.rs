//! Narratives of a workspace: the facts are gathered from the repository's channels, the ledger, the reports kept beside it and the
//! decision log, and handed to `narrative`, which knows none of these. What could not be had is left empty, and the text says so;
//! only when there is nothing to tell of is there an error.
//!
//! Gathering writes nothing. [`publish`] signs a receipt over the bytes of a form and keeps them; readers' ratings and authors' edits
//! are kept beside the ledger.

mod access;
mod apart;
mod channel;
mod effect;
mod evidence;
mod kept;
mod print;
mod subjects;
mod weekly;

use std::{path::Path, sync::Arc};

use decisions::Log;
use model::{Code, Failure};
use narrative::{Document, Facts, edit::Edits};

pub(crate) use kept::cited;
pub use kept::{
    Form, Published, Rating, edits, keep_edits, publish, published, rate, ratings, reader,
};
pub use narrative::{document, edit, language_name, render, tags as languages};
pub use print::{pages, print};
pub use subjects::{Offer, subjects};
pub use weekly::{ToldWeek, Weekly, due, none as no_weeks, tell as tell_week};

use crate::{Error, Ledger};

/// What a narrative is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A promotion, or a change of modes; the last one when no move is named.
    Promotion {
        /// Of which channel.
        channel: String,
        /// The number of the move.
        sequence: Option<u64>,
    },
    /// A rollback; the last one when no move is named.
    Rollback {
        /// Of which channel.
        channel: String,
        /// The number of the move.
        sequence: Option<u64>,
    },
    /// The seven days of a channel that end at a moment.
    Week {
        /// Which channel.
        channel: String,
        /// When they end, in seconds since 1970; not included.
        until: u64,
    },
    /// A verdict of the guard that the ledger has a receipt of; the last one when none is named.
    Verdict {
        /// The number of the receipt.
        receipt: Option<u64>,
    },
    /// What the ledger holds.
    Evidence,
}

/// Where facts are gathered.
#[derive(Clone)]
pub struct Ground<'a> {
    /// The workspace's folder (canonical).
    pub root: &'a Path,
    /// Its ledger, if it has one.
    pub ledger: Option<&'a Ledger>,
    /// What is replayed where no report of it was kept.
    pub log: Option<Arc<Log>>,
    /// Now, in seconds since 1970.
    pub now: u64,
}

/// A narrative.
#[derive(Clone, Debug)]
pub struct Narrative {
    /// What it tells of.
    pub facts: Facts,
    /// As it was computed.
    pub computed: Document,
    /// With its author's edits.
    pub document: Document,
    /// By which its edits are kept.
    pub name: String,
}

/// Gathers the facts.
///
/// # Errors
/// `nothing_to_tell` when there is no such move, receipt or ledger; `registry_missing` and what keeps the repository or the ledger
/// from being read.
pub fn facts(ground: &Ground<'_>, subject: &Subject) -> Result<Facts, Error> {
    match subject {
        Subject::Promotion { channel, sequence } => channel::promotion(ground, channel, *sequence),
        Subject::Rollback { channel, sequence } => channel::rollback(ground, channel, *sequence),
        Subject::Week { channel, until } => channel::week(ground, channel, *until),
        Subject::Verdict { receipt } => evidence::verdict(ground, *receipt),
        Subject::Evidence => evidence::evidence(ground),
    }
}

/// Gathers the facts and writes them in a language, with what authors changed in it.
///
/// # Errors
/// As [`facts`]; `language_unknown`.
pub fn narrate(ground: &Ground<'_>, subject: &Subject, language: &str) -> Result<Narrative, Error> {
    let facts = facts(ground, subject)?;
    let computed = narrative::write(&facts, language)?;
    let name = format!("{}.{language}", name_of(&facts));
    let edits = match ground.ledger {
        Some(ledger) => edits(ledger, &name)?,
        None => Edits::default(),
    };
    Ok(Narrative {
        document: edits.apply(&computed)?,
        facts,
        computed,
        name,
    })
}

/// What it is about, in a few words that no other narrative has.
fn name_of(facts: &Facts) -> String {
    match facts {
        Facts::Promotion(it) => format!(
            "promotion {} {}",
            it.moved.step.channel, it.moved.step.sequence
        ),
        Facts::Rollback(it) => format!(
            "rollback {} {}",
            it.moved.step.channel, it.moved.step.sequence
        ),
        Facts::Week(it) => format!("week {} {}", it.channel, it.until),
        Facts::Verdict(it) => match &it.receipt {
            Some(receipt) => format!("verdict {}", receipt.number),
            None => "verdict".to_owned(),
        },
        Facts::Evidence(it) => format!("evidence {} {}", it.origin, it.receipts),
    }
}

/// That there is nothing of the kind.
fn nothing(message: impl Into<String>) -> Error {
    Failure::new(Code::NothingToTell, message.into()).into()
}
