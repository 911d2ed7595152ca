//! What an enforcement point answers, and what its shadow log comes to.

use decisions::Cutover;
use pdp::Answer;

use super::{access::word, action, listed};
use crate::text::{Look, counted, visible};

/// How many changes are listed.
const LISTED: usize = 50;

/// One answer.
pub fn enforced(answer: &Answer, look: Look) -> String {
    let side = |decision, reasons: &[String]| match reasons {
        [] => format!("{}  no policy applies\n", look.strong(word(decision))),
        some => format!("{}  by {}\n", look.strong(word(decision)), listed(some)),
    };
    let mut out = side(answer.decision, &answer.reasons);
    for error in &answer.errors {
        let (policy, why) = (visible(&error.policy), visible(&error.message));
        out.push_str(&format!("  ! {policy} could not be evaluated: {why}\n"));
    }
    if let Some(shadow) = &answer.shadow {
        let then = side(shadow.decision, &shadow.reasons);
        out.push_str(&format!("the new version: {then}"));
    }
    out
}

/// What would change if the new version were enforced.
pub fn cutover(found: &Cutover, look: Look) -> String {
    let mut out = format!("{} compared", counted(found.compared, "decision"));
    if !found.first_at.is_empty() {
        out.push_str(&format!(", {} to {}", found.first_at, found.last_at));
    }
    out.push('\n');
    if found.others > 0 {
        let rows = counted(found.others, "row");
        out.push_str(&format!("{rows} that nobody compared\n"));
    }
    if let Some(first) = &found.first_unread {
        let lines = counted(found.unread, "line");
        out.push_str(&format!(
            "{lines} could not be read, in none of the numbers; the first {}:{}: {}\n",
            visible(&first.path),
            first.line,
            visible(&first.why)
        ));
    }
    out.push_str(&format!(
        "  would be denied   {}\n  would be allowed  {}\n",
        found.would_deny, found.would_allow
    ));
    for change in found.changes.iter().take(LISTED) {
        out.push_str(&format!(
            "{}  {} {}  {} on {}  {}\n",
            look.strong(word(change.decision)),
            visible(&change.principal),
            action(&change.action),
            counted(change.times, "time"),
            counted(change.resources, "resource"),
            listed(&change.policies),
        ));
    }
    let more = found.changes.len().saturating_sub(LISTED);
    if more > 0 {
        out.push_str(&format!("and {more} more: `--json` lists all\n"));
    }
    out
}
