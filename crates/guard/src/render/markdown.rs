//! The comment under a pull request: the verdict and what is outside first, everything else folded. GitHub and GitLab both
//! understand it. Names stand in code spans, where neither markup nor mentions work; the whole stays below the 65,536
//! characters a comment may have.

use std::fmt::Write as _;

use model::{Change, Group};

use super::{
    allowed, class, count, counted, difference, headline, kind, level, notes, outcome, relation,
    rows, unread, visible,
};
use crate::{Limit, Measure, Report};

/// Characters a comment may have, with room for what a bot adds.
const BUDGET: usize = 60_000;
const GROUPS: usize = 10;
const CHANGES: usize = 10;
const POLICIES: usize = 20;

/// The report as Markdown.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let mut out = head(report);
    let cause = |policy: &str| match report.drift.is_unedited(policy) {
        true => format!("entities that {} reads", cell(policy)),
        false => cell(policy),
    };
    // Folded parts, the most useful first: when the comment is full, the last ones are missing and it says so.
    let parts = [
        ("Tolerance", tolerance(report)),
        ("Requests, riskiest first", changes(report)),
        ("Caused by", groups(&report.drift.by_policy, cause)),
        ("Who", groups(&report.drift.by_principal, cell)),
        ("On what", groups(&report.drift.by_resource, cell)),
        ("Beyond the log", proof(report)),
        ("Policies", policies(report)),
    ];
    let foot = foot(report);
    let mut missing = Vec::new();
    for (title, body) in parts {
        if body.is_empty() {
            continue;
        }
        let part = format!("\n<details>\n<summary>{title}</summary>\n\n{body}\n</details>\n");
        if out.chars().count() + part.chars().count() + foot.chars().count() > BUDGET {
            missing.push(title);
        } else {
            out.push_str(&part);
        }
    }
    if !missing.is_empty() {
        let _ = write!(
            out,
            "\nToo long for a comment, see the HTML report: {}.\n",
            missing.join(", ")
        );
    }
    out + &foot
}

fn head(report: &Report) -> String {
    let drift = &report.drift;
    let totals = &drift.totals;
    let mut out = format!(
        "### Access drift: {}\n\n{}. {} → {}, {} replayed.\n\n",
        report.verdict.verdict.word(),
        headline(report),
        code(&drift.base.label),
        code(&drift.head.label),
        counted(totals.rows, "recorded decision")
    );
    if let Some(given) = &report.r#override {
        let _ = writeln!(
            out,
            "> Approved by {} until {}: {}\n",
            code(&given.approver),
            code(&given.expires),
            code(&given.reason)
        );
    }
    for found in &report.verdict.violations {
        let _ = write!(
            out,
            "- **{} {}** in {}, {} allowed",
            rows(found.rows),
            found.measure.words(),
            code(&found.band),
            allowed(found.limit)
        );
        if let Some(example) = found.examples.first() {
            let _ = write!(
                out,
                "; {} risk: {} {} {}",
                level(example.risk),
                code(&example.principal),
                code(&example.action),
                code(&example.resource)
            );
        }
        out.push('\n');
    }
    if !report.verdict.violations.is_empty() {
        out.push('\n');
    }
    out.push_str("| gained | lost | open | errors changed | unchanged |\n|--:|--:|--:|--:|--:|\n");
    let _ = writeln!(
        out,
        "| {} | {} | {} | {} | {} |",
        count(totals.gained),
        count(totals.lost),
        count(totals.maybe_gained + totals.maybe_lost + totals.undeterminable),
        count(totals.error_changed),
        count(totals.unchanged)
    );
    if let Some(unread) = unread(report) {
        let _ = write!(out, "\n{unread}\n\n");
        for line in &report.drift.first_skipped {
            let _ = writeln!(out, "- {}", code(&line.to_string()));
        }
    }
    for note in notes(report) {
        let _ = write!(out, "\n{note}\n");
    }
    out
}

fn tolerance(report: &Report) -> String {
    let mut out =
        "| band | gained | lost | open | errors changed |\n|:--|:--|:--|:--|:--|\n".to_owned();
    for band in &report.verdict.tolerance.bands {
        let _ = write!(out, "| {} |", cell(&band.name));
        for of in Measure::ALL {
            match band.counts.iter().find(|counted| counted.measure == of) {
                None => out.push_str(" |"),
                Some(counted) => {
                    let limit = match counted.limit {
                        Limit::AtMost(limit) => count(limit),
                        Limit::Any => "any".to_owned(),
                    };
                    let over = if counted.limit.exceeded_by(counted.rows) {
                        " **over**"
                    } else {
                        ""
                    };
                    let _ = write!(out, " {} of {limit}{over} |", count(counted.rows));
                }
            }
        }
        out.push('\n');
    }
    out
}

fn changes(report: &Report) -> String {
    let mut out = String::new();
    for change in report.drift.changes.iter().take(CHANGES) {
        let (sign, word) = class(change.class, change.error_changed);
        let _ = writeln!(
            out,
            "- **{}** {sign} {word}, {}: {} {} {}  \n  {}",
            level(change.risk.level),
            rows(change.rows),
            code(&change.principal),
            code(&change.action),
            code(&change.resource),
            why(change),
        );
    }
    more(&mut out, report.drift.changes_total, CHANGES);
    out
}

fn why(change: &Change) -> String {
    let side = |of: &model::Outcome, lacks: &[String]| {
        let (words, names) = outcome(of, lacks);
        let names: Vec<_> = names.iter().take(3).map(|name| code(name)).collect();
        format!("{words} {}", names.join(", "))
            .trim_end()
            .to_owned()
    };
    let [before, after] = change.lacks();
    let mut words = format!(
        "{}; now {}",
        side(&change.before, &before),
        side(&change.after, &after)
    );
    if let Some(turns_on) = change.turns_on(code) {
        let _ = write!(words, ". It {turns_on}");
    }
    words
}

fn groups(groups: &[Group], named: impl Fn(&str) -> String) -> String {
    if groups.is_empty() {
        return String::new();
    }
    let mut out =
        "| | risk | gained | lost | open | requests |\n|:--|:--|--:|--:|--:|--:|\n".to_owned();
    for group in groups.iter().take(GROUPS) {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            named(&group.key),
            level(group.risk.level),
            count(group.gained),
            count(group.lost),
            count(group.open),
            count(group.changes)
        );
    }
    if groups.len() > GROUPS {
        let more = groups.len() - GROUPS;
        // A report holds at most a hundred groups.
        let at_least = if groups.len() < 100 { "" } else { " or more" };
        let _ = write!(out, "\nand {more}{at_least} others\n");
    }
    out
}

fn proof(report: &Report) -> String {
    if report.verdict.proof.is_empty() {
        return "Not proven: no solver.\n".to_owned();
    }
    let mut out = String::new();
    for line in &report.verdict.proof {
        let _ = write!(out, "- {}: {}", code(&line.action), relation(line.relation));
        if let Some(reason) = &line.reason {
            let _ = write!(out, ": {}", visible(reason));
        }
        if let Some(found) = &line.counterexample {
            let _ = write!(out, "; {}", code(&found.sentence));
        }
        out.push('\n');
    }
    out
}

fn policies(report: &Report) -> String {
    let mut out = String::new();
    for change in report.drift.policies.iter().take(POLICIES) {
        let _ = writeln!(out, "{} {}\n", code(&change.id), kind(change.kind));
        let (lines, cut) = difference(change);
        if lines.iter().all(|(sign, _)| *sign == ' ') {
            continue;
        }
        let longest = lines.iter().map(|(_, line)| run(line)).max().unwrap_or(0);
        let fence = "`".repeat(3.max(longest + 1));
        let _ = writeln!(out, "{fence}diff");
        for (sign, line) in lines {
            let _ = writeln!(out, "{sign} {line}");
        }
        let _ = writeln!(out, "{}{fence}\n", if cut { "…\n" } else { "" });
    }
    more(&mut out, report.drift.policies.len() as u64, POLICIES);
    out
}

fn more(out: &mut String, total: u64, shown: usize) {
    let more = total.saturating_sub(shown as u64);
    if more > 0 {
        let _ = write!(out, "\nand {} more\n", count(more));
    }
}

fn foot(report: &Report) -> String {
    let drift = &report.drift;
    format!(
        "\n<sub>{} · base {} · head {} · tolerance {}</sub>\n",
        visible(&drift.engine),
        short(&drift.base.digest),
        short(&drift.head.digest),
        short(&report.verdict.tolerance.digest)
    )
}

/// The first digits of a digest.
fn short(digest: &str) -> String {
    let digits = digest.strip_prefix("sha256:").unwrap_or(digest);
    digits
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(12)
        .collect()
}

/// The longest run of backticks.
fn run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A code span, whatever the text holds.
fn code(text: &str) -> String {
    let text = visible(text);
    let text = text.trim();
    if text.is_empty() {
        return "` `".to_owned();
    }
    let fence = "`".repeat(run(text) + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// A code span in a table. There a bar ends the cell even inside of code, and a backslash before it does not always help, so
/// a text with a bar is written as references to its characters, which are never markup.
fn cell(text: &str) -> String {
    if !text.contains('|') {
        return code(text);
    }
    let mut out = "<code>".to_owned();
    for c in visible(text).chars() {
        if c.is_ascii_punctuation() {
            let _ = write!(out, "&#{};", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out + "</code>"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_span_ends_where_it_should(text in "\\PC{0,12}|[`|a \\\\\n<]{0,12}") {
            let span = code(&text);
            let fence = span.len() - span.trim_start_matches('`').len();
            prop_assert!(fence > 0 && !span.contains('\n'));
            prop_assert!(span.ends_with(&"`".repeat(fence)));
            let inside = &span[fence..span.len() - fence];
            prop_assert!(!inside.is_empty() && run(inside) != fence);
            prop_assert!(!inside.starts_with('`') && !inside.ends_with('`'));
            prop_assert!(!cell(&text).contains('|'));
        }
    }

    #[test]
    fn code_spans_hold_whatever_they_are_given() {
        assert_eq!(code("User::\"a\""), "`User::\"a\"`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``"), "``` `` ```");
        assert_eq!(code("a\n\n# b\u{202e}"), "`a\\n\\n# b\\u{202e}`");
        assert_eq!(code(" "), "` `");
        assert_eq!(cell("a|b"), "<code>a&#124;b</code>");
        assert_eq!(cell("a\\|`b`"), "<code>a&#92;&#124;&#96;b&#96;</code>");
        assert_eq!(short("sha256:0123456789abcdef"), "0123456789ab");
    }
}
