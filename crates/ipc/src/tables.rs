//! Tables to hand on: which one, and in which form.

use model::GroupBy;
use serde::{Deserialize, Serialize};

use crate::{ChangeFilter, PromoteAsked, ReceiptsOf};

/// A table of the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableOf {
    /// Every change of the last preview that a filter lets through.
    Changes(ChangeFilter),
    /// The same in groups.
    Groups(GroupBy, ChangeFilter),
    /// The policies that differ in the last preview.
    Differences,
    /// What was proven last, by kind of request.
    Proof,
    /// The policies as edited.
    Policies,
    /// Problems of the workspace.
    Problems,
    /// Named tests, and how they fared.
    Tests,
    /// Earlier previews and imports.
    History,
    /// The last results of all scenario packs, a scenario a row.
    WhatIfs,
    /// The checks of the bundle verified last.
    Checks,
    /// Receipts.
    Receipts(ReceiptsOf),
    /// All moves of all channels.
    Moves,
    /// What every gate would say of a promotion now.
    Gates(PromoteAsked),
    /// What can be told, and what was published.
    Narratives,
    /// Articles of the help in a language: those in which words stand, or all when there are none.
    Help(crate::HelpSearch),
}

impl TableOf {
    /// What a file of it would be called, without its ending.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Changes(_) => "drift",
            Self::Groups(..) => "drift-groups",
            Self::Differences => "policies-changed",
            Self::Proof => "proof",
            Self::Policies => "policies",
            Self::Problems => "problems",
            Self::Tests => "tests",
            Self::History => "history",
            Self::WhatIfs => "what-ifs",
            Self::Checks => "checks",
            Self::Receipts(_) => "receipts",
            Self::Moves => "releases",
            Self::Gates(_) => "gates",
            Self::Narratives => "narratives",
            Self::Help(_) => "help",
        }
    }
}

/// A form in which a table is written to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableForm {
    /// RFC 4180.
    Csv,
    /// An array of objects.
    Json,
}

/// A table to be written to a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableExport {
    /// Which.
    pub table: TableOf,
    /// In which form.
    pub form: TableForm,
    /// The file.
    pub path: String,
}
