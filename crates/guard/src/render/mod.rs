//! From the report to what people read. What the two forms share is here: words, and the rule that nothing a log or a
//! policy says can act on who reads it.

mod html;
mod markdown;

use model::{
    ChangeClass, Decision, Outcome, PolicyChange, PolicyChangeKind, Relation, RiskLevel, count,
    counted,
};
use similar::{ChangeTag, TextDiff};

use crate::{Measure, Report, Ruling};

pub use html::html;
pub use markdown::markdown;

/// The longest name that is shown whole, in characters.
const LONGEST: usize = 240;
/// Lines of a policy's difference that are shown.
const LINES: usize = 200;

/// A name, fit to be shown: characters that control a display or the direction of text are written out, and what is too long
/// is cut. Escaping for a format comes on top.
#[must_use]
pub fn visible(name: &str) -> String {
    let mut shown = String::with_capacity(name.len().min(LONGEST));
    for (at, c) in name.chars().enumerate() {
        if at == LONGEST {
            shown.push('…');
            break;
        }
        if acts(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Control characters, line separators, and what overrides or isolates the direction of text or takes no space.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}')
}

fn rows(number: u64) -> String {
    counted(number, "row")
}

/// A bound in a sentence.
fn allowed(limit: u64) -> String {
    if limit == 0 {
        "none".to_owned()
    } else {
        count(limit)
    }
}

/// The verdict in a line.
fn headline(report: &Report) -> String {
    let places = report.verdict.violations.len() as u64;
    match report.verdict.verdict {
        Ruling::Pass if report.r#override.is_some() => "Let through by an override".to_owned(),
        Ruling::Pass if report.drift.changes_total == 0 => {
            "Nobody's recorded access changes".to_owned()
        }
        Ruling::Pass => "Within tolerance".to_owned(),
        Ruling::Blocked => format!("Outside tolerance in {}", counted(places, "place")),
        Ruling::Undecided => "The log cannot tell enough to decide".to_owned(),
    }
}

fn level(level: RiskLevel) -> &'static str {
    match level {
        RiskLevel::High => "high",
        RiskLevel::Medium => "medium",
        RiskLevel::Low => "low",
    }
}

fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::Gained => "Gained",
        Measure::Lost => "Lost",
        Measure::Open => "Open",
        Measure::ErrorChanged => "Errors changed",
    }
}

/// A sign and a word for what happens.
fn class(class: ChangeClass, error_changed: bool) -> (&'static str, &'static str) {
    match class {
        ChangeClass::Gained => ("+", "gained"),
        ChangeClass::Lost => ("−", "lost"),
        ChangeClass::MaybeGained => ("?", "maybe gained"),
        ChangeClass::MaybeLost => ("?", "maybe lost"),
        ChangeClass::Undeterminable => ("?", "cannot be told"),
        ChangeClass::Unchanged if error_changed => ("!", "errors changed"),
        ChangeClass::Unchanged => ("=", "unchanged"),
    }
}

fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Equivalent => "proved equivalent",
        Relation::Narrows => "can only lose access",
        Relation::Widens => "can only gain access",
        Relation::Differs => "can gain and lose access",
        Relation::NotProven => "not proven",
    }
}

fn kind(kind: PolicyChangeKind) -> &'static str {
    match kind {
        PolicyChangeKind::Added => "added",
        PolicyChangeKind::Removed => "removed",
        PolicyChangeKind::Changed => "changed",
        PolicyChangeKind::Moved => "moved",
    }
}

/// What one side says, with the policies that say it (`allowed by`, `a`, `b`), or with what it lacks.
fn outcome<'a>(outcome: &'a Outcome, lacks: &'a [String]) -> (&'static str, &'a [String]) {
    match outcome.decision {
        Some(Decision::Allow) => ("allowed by", &outcome.reasons),
        Some(Decision::Deny) if outcome.reasons.is_empty() => ("denied: no permit matches", &[]),
        Some(Decision::Deny) => ("denied by", &outcome.reasons),
        None if lacks.is_empty() => ("not known", &[]),
        None => ("not known: the log lacks", lacks),
    }
}

/// That lines of the log took no part; the report names the first of them.
fn unread(report: &Report) -> Option<String> {
    let lines = (report.drift.skipped > 0).then(|| counted(report.drift.skipped, "line"))?;
    Some(format!(
        "{lines} of the log could not be read and took no part."
    ))
}

/// What a reader of the counts should know besides.
fn notes(report: &Report) -> Vec<String> {
    let totals = &report.drift.totals;
    let mut notes = Vec::new();
    if totals.error_changed > 0 {
        let meaning = if report.drift.skips_failures() {
            "A forbid that fails is skipped, so this matters even where the decision stays."
        } else {
            "A rule that fails leaves no decision."
        };
        notes.push(format!(
            "In {} a policy begins or ceases to fail. {meaning}",
            rows(totals.error_changed)
        ));
    }
    if totals.log_disagrees > 0 {
        notes.push(format!("{} recorded another decision than the base gives: the log is stale, or another engine wrote it.", rows(totals.log_disagrees)));
    }
    if totals.entities_assumed > 0 {
        notes.push(format!(
            "{} without entities: those of the workspace were assumed.",
            rows(totals.entities_assumed)
        ));
    }
    notes
}

/// The lines of a policy before and after, each with `-`, `+` or a blank; and whether there are more.
fn difference(change: &PolicyChange) -> (Vec<(char, String)>, bool) {
    let diff = TextDiff::from_lines(change.before.as_str(), change.after.as_str());
    let mut lines = diff.iter_all_changes().map(|line| {
        let sign = match line.tag() {
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
            ChangeTag::Equal => ' ',
        };
        (sign, visible(line.value().trim_end_matches(['\n', '\r'])))
    });
    let shown = lines.by_ref().take(LINES).collect();
    (shown, lines.next().is_some())
}
