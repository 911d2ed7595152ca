//! Was the block right? People judge blocks afterwards, one JSON line each, and the share of false ones says whether the
//! tolerance is worth its trouble. A later judgement of the same case replaces an earlier one.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{Error, Report, Ruling};

/// What somebody thinks of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// The edit was fine and should have passed.
    FalseBlock,
    /// It was good that it was stopped.
    Right,
}

/// A line of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// When it was judged, RFC 3339.
    pub at: String,
    /// Digest of the set in force.
    pub base: String,
    /// Digest of the edit.
    pub head: String,
    /// Digest of the tolerance.
    pub tolerance: String,
    /// What the guard said.
    pub verdict: Ruling,
    /// What is thought of it.
    pub judgement: Judgement,
    /// Why, in the words of who judged.
    #[serde(default)]
    pub note: String,
}

impl Judged {
    /// A judgement of what a report says.
    ///
    /// # Errors
    /// [`Error::NoBlock`] when the guard let it pass by itself.
    pub fn of(
        report: &Report,
        judgement: Judgement,
        at: String,
        note: String,
    ) -> Result<Self, Error> {
        if report.verdict.violations.is_empty() {
            return Err(Error::NoBlock("judge"));
        }
        Ok(Self {
            at,
            base: report.drift.base.digest.clone(),
            head: report.drift.head.digest.clone(),
            tolerance: report.verdict.tolerance.digest.clone(),
            verdict: report.verdict.verdict,
            judgement,
            note,
        })
    }

    /// The line, with its end.
    #[must_use]
    pub fn to_line(&self) -> String {
        // INVARIANT: strings are always JSON.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }
}

/// How often the guard was wrong.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Stats {
    /// Blocks somebody has judged.
    pub judged: u64,
    /// Those of them that were wrong.
    pub false_blocks: u64,
    /// Their share, 0 to 1; nothing when no block was judged.
    pub false_block_rate: Option<f64>,
    /// Numbers of the lines that cannot be read, from 1.
    pub unreadable: Vec<u64>,
}

impl Stats {
    /// Counts the lines of a record.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut stats = Self::default();
        let mut last: HashMap<(String, String, String), Judgement> = HashMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim().is_empty() {
                continue;
            }
            match serde_json::from_str::<Judged>(line) {
                Ok(judged) => {
                    last.insert(
                        (judged.base, judged.head, judged.tolerance),
                        judged.judgement,
                    );
                }
                Err(_) => stats.unreadable.push(number),
            }
        }
        stats.judged = last.len() as u64;
        stats.false_blocks = last
            .values()
            .filter(|judgement| **judgement == Judgement::FalseBlock)
            .count() as u64;
        stats.false_block_rate =
            (stats.judged > 0).then(|| stats.false_blocks as f64 / stats.judged as f64);
        stats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(head: &str, judgement: Judgement) -> String {
        Judged {
            at: "2026-11-20T12:00:00Z".into(),
            base: "a".into(),
            head: head.into(),
            tolerance: "t".into(),
            verdict: Ruling::Blocked,
            judgement,
            note: "line\nbreak".into(),
        }
        .to_line()
    }

    #[test]
    fn the_last_word_on_a_case_counts_and_no_line_is_passed_over_in_silence() {
        let text = [
            line("one", Judgement::FalseBlock),
            line("two", Judgement::FalseBlock),
            "{\"at\":\"torn".to_owned() + "\n\n",
            line("one", Judgement::Right),
            line("three", Judgement::Right),
            line("four", Judgement::Right),
        ]
        .concat();
        assert_eq!(
            Stats::read(&text),
            Stats {
                judged: 4,
                false_blocks: 1,
                false_block_rate: Some(0.25),
                unreadable: vec![3],
            }
        );
        assert_eq!(Stats::read("").false_block_rate, None);
    }
}
