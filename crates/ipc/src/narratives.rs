//! What the Narratives place shows: what can be told, one narrative as the pages it is printed on, and what was published.

use model::Failure;
use serde::{Deserialize, Serialize};

/// What a narrative is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NarrativeSubject {
    /// A promotion, or a change of modes.
    Promotion {
        /// Of which channel.
        channel: String,
        /// The number of the move.
        sequence: u64,
    },
    /// A rollback.
    Rollback {
        /// Of which channel.
        channel: String,
        /// The number of the move.
        sequence: u64,
    },
    /// The seven days of a channel that end at a moment.
    Week {
        /// Of which channel.
        channel: String,
        /// Seconds since 1970; not included.
        until: u64,
    },
    /// A verdict of the guard.
    Verdict {
        /// The number of its receipt.
        receipt: u64,
    },
    /// What the ledger holds.
    Evidence,
}

/// Something that can be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectView {
    /// What.
    pub subject: NarrativeSubject,
    /// The same in words: `1.1.0 in stable`.
    pub title: String,
    /// What kind of thing it is: `Promotion`.
    pub kind: String,
    /// When it happened, RFC 3339 UTC; empty for what has no moment.
    pub at: String,
}

/// A narrative that was published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublishedView {
    /// The number of its receipt.
    pub receipt: u64,
    /// When, RFC 3339 UTC.
    pub at: String,
    /// Its language, as `en`.
    pub language: String,
    /// Its form, as `pdf`.
    pub form: String,
    /// How many readers rated it.
    pub ratings: u64,
    /// What they gave on average, 1 to 5.
    pub average: Option<f64>,
}

/// What can be told, and what was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NarrativesView {
    /// Newest first.
    pub subjects: Vec<SubjectView>,
    /// The languages there are: tag and name.
    pub languages: Vec<(String, String)>,
    /// Newest first.
    pub published: Vec<PublishedView>,
    /// The channels whose weeks are told by themselves.
    pub weekly: Vec<WeeklyView>,
}

/// A channel whose weeks are told by themselves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WeeklyView {
    /// Which.
    pub channel: String,
    /// When, as `monday 06:00`, in UTC.
    pub at: String,
    /// In which language.
    pub language: String,
    /// The next time, RFC 3339 in UTC.
    pub next_at: String,
    /// Why the last week could not be told.
    pub failure: Option<Failure>,
}

/// What to tell, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// What.
    pub subject: NarrativeSubject,
    /// In which language.
    pub language: String,
    /// On letter paper instead of A4.
    pub letter: bool,
}

/// A heading of a narrative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadingView {
    /// Where it stands: `block:` and the id of its block.
    pub place: String,
    /// 1 opens a part, 2 a part of it.
    pub level: u8,
    /// Its words.
    pub text: String,
}

/// A block whose words its author may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProseView {
    /// Its id.
    pub id: String,
    /// Its words now, as Markdown.
    pub text: String,
    /// Who changed it; empty if nobody did.
    pub by: String,
    /// The facts that it lost; empty if it lost none.
    pub missing: String,
}

/// A narrative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NarrativeView {
    /// What happened, in one line.
    pub title: String,
    /// Whose, where and when.
    pub subtitle: String,
    /// The pages of its PDF, as SVG. Links lead to `#block:…`, `#receipt:…` and `#policy:…`.
    pub pages: Vec<String>,
    /// Its headings.
    pub headings: Vec<HeadingView>,
    /// What can be edited.
    pub prose: Vec<ProseView>,
    /// The numbers of the receipts that it cites, by the hashes of their leaves.
    pub receipts: Vec<(String, u64)>,
}

/// An author's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditedProse {
    /// In which narrative.
    pub telling: Telling,
    /// For which block.
    pub block: String,
    /// As Markdown; nothing for what was computed.
    pub text: String,
}

/// In which form a narrative leaves the Studio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NarrativeForm {
    /// Pages that carry their evidence.
    Pdf,
    /// One file for browsers.
    Html,
    /// The source form.
    Markdown,
    /// A message for Slack, in Block Kit.
    Slack,
    /// Plain text.
    Text,
}

/// A narrative to be written to a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NarrativeExport {
    /// Which.
    pub telling: Telling,
    /// In which form.
    pub form: NarrativeForm,
    /// Where to.
    pub path: String,
}

/// A narrative to be published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NarrativePublish {
    /// Which.
    pub telling: Telling,
    /// In which form.
    pub form: NarrativeForm,
}

/// What a reader thought of a published narrative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rated {
    /// The number of its receipt.
    pub receipt: u64,
    /// 1 to 5.
    pub stars: u8,
    /// What they said; may be empty.
    pub comment: String,
}
