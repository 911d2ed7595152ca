//! What-ifs for a terminal: counts, each expectation with what was found, and what should be known.

use std::fmt::Write as _;

use ipc::{LastRun, PacksView, RunLine};
use model::{ExpectationResult, Failure, LogInfo, PackOutcome, PackRun, ScenarioResult};
use serde::Serialize;

use crate::text::{Columns, Look, Tone, count, counted, paragraph, visible};

/// Packs that were run: the JSON of `fabric scenarios run`.
#[derive(Debug, Default, Serialize)]
pub struct PacksRun {
    /// Expectations met.
    pub met: u64,
    /// Expectations there are.
    pub expectations: u64,
    /// Packs that could not be run.
    pub failed: u64,
    /// What came of each.
    pub packs: Vec<PackRun>,
    /// What the workspace's log holds, where a pack ran over it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<LogInfo>,
    /// Why the results could not be kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unkept: Option<Failure>,
}

/// Every pack, and one line for all.
pub fn scenarios(run: &PacksRun, look: Look) -> String {
    let mut out = String::new();
    for pack in &run.packs {
        match &pack.outcome {
            PackOutcome::Error(failure) => {
                let _ = writeln!(out, "{}", look.strong(visible(&pack.pack)));
                out.push_str(&super::failure(failure, look));
            }
            PackOutcome::Result(result) => {
                let rows = format!(
                    "{} ({})",
                    counted(result.rows.rows, "row"),
                    visible(&result.rows.origin)
                );
                let _ = writeln!(
                    out,
                    "{}  {}  {}",
                    look.strong(visible(&result.pack)),
                    visible(&result.title),
                    look.quiet(rows)
                );
                for scenario in &result.scenarios {
                    out.push_str(&one(scenario, look));
                }
            }
        }
        out.push('\n');
    }
    if let Some(log) = &run.log {
        out.push_str(&super::unread(log, look));
    }
    if let Some(failure) = &run.unkept {
        let lead = format!("{} ", look.quiet("note:"));
        let why = format!("the results were not kept: {}", failure.message);
        out.push_str(&paragraph(&lead, 6, look.width, &why));
    }
    let unmet = run.expectations - run.met;
    let mut parts = vec![match unmet {
        0 => look.tone(
            Tone::Good,
            format!("{} met", counted(run.met, "expectation")),
        ),
        unmet => format!(
            "{} met, {}",
            counted(run.met, "expectation"),
            look.tone(Tone::Risk, format!("{} not met", count(unmet)))
        ),
    }];
    if run.failed > 0 {
        let failed = format!("{} could not be run", counted(run.failed, "pack"));
        parts.push(look.tone(Tone::Risk, failed));
    }
    let _ = writeln!(out, "{}", parts.join(", "));
    out
}

fn one(scenario: &ScenarioResult, look: Look) -> String {
    let totals = &scenario.totals;
    let mut counts = Vec::new();
    let open = totals.maybe_gained + totals.maybe_lost + totals.undeterminable;
    for (number, word, tone) in [
        (totals.gained, "gained", Tone::Gain),
        (totals.lost, "lost", Tone::Loss),
        (open, "open", Tone::Strong),
        (totals.error_changed, "with another error", Tone::Risk),
    ] {
        if number > 0 {
            counts.push(look.tone(tone, format!("{} {word}", count(number))));
        }
    }
    if counts.is_empty() {
        counts.push(look.quiet("nothing changes"));
    }
    let mut out = paragraph("  ", 4, look.width, &scenario.name);
    let _ = writeln!(out, "    {}", counts.join("  "));
    for expectation in &scenario.expectations {
        let (tone, sign) = if expectation.met {
            (Tone::Good, "met")
        } else {
            (Tone::Risk, "not met")
        };
        let lead = format!("    {}  ", look.tone(tone, format!("{sign:<7}")));
        out.push_str(&paragraph(&lead, 13, look.width, &said(expectation)));
    }
    for note in &scenario.notes {
        let lead = format!("    {}  ", look.quiet("note   "));
        out.push_str(&paragraph(&lead, 13, look.width, note));
    }
    out
}

fn said(expectation: &ExpectationResult) -> String {
    let mut said = expectation.text.clone();
    // "no rows", met, has said it.
    if !expectation.met || expectation.found > 0 {
        let _ = write!(said, ": {}", count(expectation.found));
    }
    let by: Vec<_> = expectation
        .by
        .iter()
        .map(|(who, rows)| format!("{who} {}", count(*rows)))
        .collect();
    if !by.is_empty() {
        let _ = write!(said, " ({})", by.join(", "));
    }
    said
}

/// The packs there are.
pub fn packs(view: &PacksView, look: Look) -> String {
    let mut table = Columns::new(0, &[]);
    for pack in &view.packs {
        let last = match &pack.last {
            None => look.quiet("never run"),
            Some(LastRun {
                outcome: PackOutcome::Error(_),
                ..
            }) => look.tone(Tone::Risk, "could not be run"),
            Some(LastRun {
                outcome: PackOutcome::Result(result),
                ..
            }) if result.is_met() => look.tone(Tone::Good, format!("{} met", count(result.met))),
            Some(LastRun {
                outcome: PackOutcome::Result(result),
                ..
            }) => {
                let unmet = result.expectations - result.met;
                look.tone(Tone::Risk, format!("{} not met", count(unmet)))
            }
        };
        table.row([
            look.strong(visible(&pack.name)),
            visible(&pack.title),
            counted(pack.scenarios.len() as u64, "scenario"),
            look.quiet(pack.schedule.as_deref().unwrap_or("on demand")),
            last,
        ]);
    }
    let mut out = table.text();
    for failure in &view.broken {
        out.push_str(&super::failure(failure, look));
    }
    if out.is_empty() {
        out.push_str("no scenario packs; docs/scenarios.md says how to write some\n");
    }
    out
}

/// How packs went.
pub fn runs(lines: &[RunLine], look: Look) -> String {
    if lines.is_empty() {
        return "no pack was run in the last ninety days\n".to_owned();
    }
    let mut table = Columns::new(0, &[2, 3, 4, 5]);
    for line in lines {
        let ended = match line.state.as_str() {
            "met" => look.tone(Tone::Good, "met"),
            "unmet" => look.tone(Tone::Risk, "not met"),
            _ => look.tone(Tone::Risk, "could not be run"),
        };
        let number = |rows: u64, tone: Tone, word: &str| {
            look.tone(
                if rows > 0 { tone } else { Tone::Quiet },
                format!("{} {word}", count(rows)),
            )
        };
        table.row([
            look.quiet(&line.at),
            visible(&line.pack),
            number(line.gained, Tone::Gain, "gained"),
            number(line.lost, Tone::Loss, "lost"),
            number(line.open, Tone::Strong, "open"),
            format!("{} of {}", count(line.met), count(line.expectations)),
            ended,
        ]);
    }
    table.text()
}
