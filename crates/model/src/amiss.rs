//! What is wrong with something that policies cite, as a value: whoever shows it words it in the reader's language.

use serde::{Deserialize, Serialize};

use crate::Code;

/// What is wrong with something that a policy cites.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Amiss {
    /// It is not listed.
    Unlisted {
        /// The file that lists what may be cited.
        list: String,
        /// What is listed and written much like it.
        near: Option<String>,
    },
    /// Between two quotes or commas stands nothing.
    Empty {
        /// The annotation.
        annotation: String,
    },
    /// It does not hold any more.
    Expired {
        /// The last day on which it held: `2026-11-23`.
        until: String,
    },
    /// The file it is kept in is not there.
    FileGone {
        /// The file.
        path: String,
    },
    /// The file it is kept in is not the one that was listed.
    FileChanged {
        /// The file.
        path: String,
    },
    /// The receipt it is proven by is not in the ledger.
    NoReceipt,
}

impl Amiss {
    /// The code of its kind.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Unlisted { .. } | Self::Empty { .. } => Code::ReferenceUnknown,
            Self::Expired { .. } => Code::ReferenceExpired,
            Self::FileGone { .. } | Self::FileChanged { .. } | Self::NoReceipt => {
                Code::ReferenceChanged
            }
        }
    }

    /// The same in English, of what is cited by a name.
    #[must_use]
    pub fn words(&self, name: &str) -> String {
        match self {
            Self::Unlisted { list, .. } => format!("`{name}` is not in `{list}`"),
            Self::Empty { annotation } => {
                format!("`@{annotation}` cites nothing between its quotes or commas")
            }
            Self::Expired { until } => format!("`{name}` held until {until}"),
            Self::FileGone { path } => format!("`{name}`: its file `{path}` is not there"),
            Self::FileChanged { path } => {
                format!("`{name}`: its file `{path}` changed since it was listed")
            }
            Self::NoReceipt => format!("`{name}`: its receipt is not in the ledger"),
        }
    }

    /// What to do about it, in English.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Unlisted {
                list,
                near: Some(near),
            } => format!("did you mean `{near}`? else add it to `{list}`"),
            Self::Unlisted { list, near: None } => {
                format!("add it to `{list}`, or cite what is there")
            }
            Self::Empty { .. } => "write ids, with a comma between two".to_owned(),
            _ => self.code().hint().to_owned(),
        }
    }
}
