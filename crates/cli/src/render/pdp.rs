//! What an enforcement point answers, and what its shadow log comes to.

use decisions::{Counts, Cutover};
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

/// What would change if the new version were enforced. Rows of several versions are told apart, the newest last.
pub fn cutover(found: &Cutover, channel: Option<&str>, look: Look) -> String {
    let mut out = String::new();
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
    let apart = found.compared_of.len();
    if apart > 1 {
        out.push_str(&format!(
            "rows of {apart} pairs of versions, told apart, the newest last\n"
        ));
    }
    for one in &found.compared_of {
        out.push_str(&compared(&one.counts));
        out.push_str(&format!(
            "  enforced {}, and along with it ran {}{}\n",
            named(&one.pair.enforced),
            named(&one.pair.shadow),
            match (channel, one.in_force) {
                (Some(channel), Some(true)) => format!(": what `{}` ships now", visible(channel)),
                (Some(channel), Some(false)) =>
                    format!(": not what `{}` ships now", visible(channel)),
                _ => String::new(),
            }
        ));
        out.push_str(&changes(&one.counts, look));
    }
    match channel {
        Some(channel) if found.all.compared == 0 => out.push_str(&format!(
            "no row is of what `{}` ships now: this says nothing about enforcing it\n",
            visible(channel)
        )),
        None if apart == 0 => out.push_str(&(compared(&found.all) + &changes(&found.all, look))),
        None if apart > 1 => out
            .push_str("`--channel CHANNEL` tells which of them are of what a channel ships now\n"),
        _ => {}
    }
    out
}

fn compared(counts: &Counts) -> String {
    let mut out = format!("{} compared", counted(counts.compared, "decision"));
    if !counts.first_at.is_empty() {
        out.push_str(&format!(
            ", {} to {}",
            visible(&counts.first_at),
            visible(&counts.last_at)
        ));
    }
    out + "\n"
}

/// A digest, as long as it takes to tell it from others.
fn named(digest: &str) -> String {
    match digest {
        "" => "what the rows do not name".to_owned(),
        digest => visible(&digest.chars().take(19).collect::<String>()),
    }
}

fn changes(counts: &Counts, look: Look) -> String {
    let mut out = format!(
        "  would be denied   {}\n  would be allowed  {}\n",
        counts.would_deny, counts.would_allow
    );
    for change in counts.changes.iter().take(LISTED) {
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
    let more = counts.changes.len().saturating_sub(LISTED);
    if more > 0 {
        out.push_str(&format!("and {more} more: `--json` lists all\n"));
    }
    out
}
