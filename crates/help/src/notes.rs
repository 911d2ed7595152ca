//! What came with which version: one note for each command of `fabric`, with the article that explains it. The files are `docs/notes`; the build
//! reads them, and stops where a note and the articles disagree.

/// A release note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Note {
    /// The command: `promote`.
    pub command: &'static str,
    /// The first version that has it: `0.1.0`.
    pub since: &'static str,
    /// What it does, in a sentence.
    pub text: &'static str,
    /// The article that explains it.
    pub article: &'static str,
}

/// All notes, by command.
#[must_use]
pub fn notes() -> &'static [Note] {
    include!(concat!(env!("OUT_DIR"), "/notes.rs"))
}
