//! The guard's verdict for a terminal: the drift as ever, then what was counted against which bound, then the verdict.

use std::fmt::Write as _;

use guard::{Band, Limit, Report, Ruling, Stats};
use model::{ProofLine, Relation};

use super::{drift, proof::in_words};
use crate::text::{Columns, Look, Tone, count, counted, paragraph, visible};

/// The whole report, with the verdict last, where a reader of a terminal looks first.
pub fn guard(report: &Report, look: Look) -> String {
    let mut out = drift(&report.drift, look);
    let _ = write!(out, "\n{}\n", look.strong("Tolerance"));
    out.push_str(&bands(&report.verdict.tolerance.bands, look));
    out.push_str(&beyond(&report.verdict.proof, look));
    let (tone, word) = match report.verdict.verdict {
        Ruling::Pass => (Tone::Good, "pass"),
        Ruling::Blocked => (Tone::Risk, "blocked"),
        Ruling::Undecided => (Tone::Strong, "undecided"),
    };
    let places = counted(report.verdict.violations.len() as u64, "place");
    let why = match (&report.r#override, report.verdict.verdict) {
        (Some(given), _) => format!(
            "{} approved what is outside the tolerance, until {}: {}",
            given.approver, given.expires, given.reason
        ),
        (None, Ruling::Pass) => "within the tolerance".to_owned(),
        (None, Ruling::Blocked) => format!("outside the tolerance in {places}"),
        (None, Ruling::Undecided) => "the log cannot tell enough to decide".to_owned(),
    };
    let lead = format!("\n{} ", look.tone(tone, format!("{word}:")));
    out.push_str(&paragraph(&lead, word.len() + 2, look.width, &why));
    out
}

/// What a solver says of requests that the log does not hold: actions that decide alike are counted, the others named.
fn beyond(proof: &[ProofLine], look: Look) -> String {
    let mut out = format!("\n{}\n", look.strong("Beyond the log"));
    let (alike, others): (Vec<_>, Vec<_>) = proof
        .iter()
        .partition(|line| line.relation == Relation::Equivalent);
    if proof.is_empty() {
        out.push_str("  not proven: no solver\n");
    }
    if !alike.is_empty() {
        let actions = counted(alike.len() as u64, "action");
        let _ = writeln!(out, "  {actions} proven to decide alike");
    }
    for line in others {
        let (sign, words, tone) = in_words(line.relation);
        let action = visible(&line.action);
        let said = match (&line.counterexample, &line.reason) {
            (Some(shown), _) => format!("{words}: {}", shown.sentence),
            (None, Some(reason)) => reason.clone(),
            (None, None) => words.to_owned(),
        };
        let lead = format!("  {} {action} ", look.tone(tone, sign));
        out.push_str(&paragraph(&lead, 4, look.width, &said));
    }
    out
}

fn bands(bands: &[Band], look: Look) -> String {
    let mut table = Columns::new(2, &[2, 3]);
    for band in bands {
        for (at, counted) in band.counts.iter().enumerate() {
            let over = counted.limit.exceeded_by(counted.rows);
            let tone = match (over, counted.rows) {
                (true, _) => Tone::Risk,
                (false, 0) => Tone::Quiet,
                (false, _) => Tone::Plain,
            };
            let limit = match counted.limit {
                Limit::AtMost(rows) => count(rows),
                Limit::Any => "any".to_owned(),
            };
            let name = if at == 0 {
                visible(&band.name)
            } else {
                String::new()
            };
            table.row([
                name,
                look.tone(tone, counted.measure.words()),
                look.tone(tone, count(counted.rows)),
                look.quiet(format!("of {limit}")),
                look.tone(Tone::Risk, if over { "over" } else { "" }),
            ]);
        }
    }
    table.text()
}

/// How often the guard was wrong.
pub fn stats(stats: &Stats, look: Look) -> String {
    let mut out = match stats.false_block_rate {
        None => "No block was judged yet.\n".to_owned(),
        Some(rate) => format!(
            "{} of {} wrong: {}\n",
            count(stats.false_blocks),
            counted(stats.judged, "judged block"),
            look.strong(format!("{:.1} %", rate * 100.0))
        ),
    };
    if !stats.unreadable.is_empty() {
        let numbers: Vec<_> = stats
            .unreadable
            .iter()
            .take(10)
            .map(u64::to_string)
            .collect();
        let text = format!(
            "{} of the record cannot be read: {}",
            counted(stats.unreadable.len() as u64, "line"),
            numbers.join(", ")
        );
        out.push_str(&paragraph(
            &format!("{} ", look.quiet("note:")),
            6,
            look.width,
            &text,
        ));
    }
    out
}
