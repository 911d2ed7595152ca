//! A verdict for a terminal: how it ended, then every check with its sign.

use evidence::verify::{Check, Outcome, State, Verdict};

use crate::text::{Look, Tone, counted, paragraph, visible};

/// The verdict. `trusted`: a trust file was given.
pub fn verdict(verdict: &Verdict, trusted: bool, look: Look) -> String {
    let (tone, word) = match verdict.verdict {
        Outcome::Verified => (Tone::Good, "verified:"),
        Outcome::Failed => (Tone::Risk, "failed:"),
        Outcome::CannotDecide => (Tone::Strong, "cannot decide:"),
    };
    let number = |state| {
        verdict
            .checks
            .iter()
            .filter(|check| check.state == state)
            .count()
    };
    let (passed, failed) = (number(State::Pass), number(State::Fail));
    let checks = format!(
        "{}; {} passed, {} failed, {} not checked",
        counted(verdict.checks.len() as u64, "check"),
        passed,
        failed,
        verdict.checks.len() - passed - failed
    );
    let lead = format!("{} ", look.tone(tone, word));
    let what = format!("{}; {checks}", visible(&verdict.subject.name));
    let mut out = paragraph(&lead, word.len() + 1, look.width, &what);
    out.push('\n');
    for one in &verdict.checks {
        out.push_str(&check(one, look));
    }
    let hint = match verdict.verdict {
        Outcome::Failed => {
            "rely on nothing in it: get the file again and verify it once more; if it fails again, send this list to whoever made it"
        }
        _ if !trusted => {
            "give your own trust file with --trust: a bundle does not say whom to believe"
        }
        Outcome::CannotDecide => "each line with ? says what it lacks: get that, and verify again",
        Outcome::Verified => return out,
    };
    let lead = format!("\n{} ", look.quiet("hint:"));
    out.push_str(&paragraph(&lead, 6, look.width, hint));
    out
}

fn check(check: &Check, look: Look) -> String {
    let (tone, sign) = match check.state {
        State::Pass => (Tone::Good, "✓"),
        State::Fail => (Tone::Risk, "✗"),
        State::NotChecked if check.needed => (Tone::Strong, "?"),
        State::NotChecked => (Tone::Quiet, "–"),
    };
    let lead = format!("{} {}  ", look.tone(tone, sign), look.quiet(&check.id));
    let mut out = paragraph(&lead, 7, look.width, &check.sentence);
    let mut line = |word: &str, text: &str| {
        let lead = format!("       {} ", look.quiet(word));
        out.push_str(&paragraph(
            &lead,
            8 + word.len(),
            look.width,
            &visible(text),
        ));
    };
    match check.state {
        State::Pass => {}
        State::NotChecked => line("not checked:", &check.found),
        State::Fail => {
            line("expected:", &check.expected);
            line("found:", &check.found);
            for more in check.detail.iter().skip(1) {
                line("also:", more);
            }
        }
    }
    out
}
