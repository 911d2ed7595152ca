//! The drift report for a terminal: counts, what was edited, what caused it, whom it hits, and the riskiest requests with
//! the reason in one line. `+` gained, `−` lost, `?` open, always with the word beside the sign at first mention.

use std::{collections::HashMap, fmt::Write as _};

use model::{
    Change, ChangeClass, Decision, DriftReport, Group, Outcome, PolicyChange, PolicyChangeKind,
    Reach, RiskLevel,
};

use super::{action, listed, log::bad_lines};
use crate::text::{Columns, Look, Tone, count, counted, fit, paragraph, visible, width};

/// Groups shown of each kind, policies shown.
const GROUPS: usize = 5;
const POLICIES: usize = 12;

/// The whole report; `report.changes` is shown as far as it goes.
pub fn drift(report: &DriftReport, look: Look) -> String {
    let totals = &report.totals;
    let policies = |number: u64| counted(number, "policy|policies");
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} {} {}",
        look.strong(visible(&report.base.label)),
        look.quiet(format!("({}) →", policies(report.base.policies))),
        look.strong(visible(&report.head.label))
            + &look.quiet(format!(" ({})", policies(report.head.policies))),
    );
    let _ = writeln!(out, "{}\n", counted(totals.rows, "recorded decision"));
    out.push_str(&counts(report, look));
    if report.policies.is_empty() {
        out.push_str(match report.changes_total {
            0 => "\nBoth sides hold the same policies.\n",
            _ => "\nBoth sides hold the same policies: what differs is the schema, or the entities.\n",
        });
    } else {
        out.push_str(&edited(&report.policies, look));
    }
    let cause = |policy: &str| match report.is_unedited(policy) {
        true => format!("entities that {policy} reads"),
        false => policy.to_owned(),
    };
    out.push_str(&groups("Caused by", &report.by_policy, cause, look));
    out.push_str(&groups("Who", &report.by_principal, str::to_owned, look));
    out.push_str(&changes(report, look));
    out.push_str(&remarks(report, look));
    out
}

fn counts(report: &DriftReport, look: Look) -> String {
    let totals = &report.totals;
    let headline = &report.headline;
    let reach = |reach: Reach| {
        format!(
            "{}, {}",
            counted(reach.principals, "principal"),
            counted(reach.resources, "resource")
        )
    };
    let mut table = Columns::new(2, &[1]);
    let mut line = |sign: &str, word: &str, tone: Tone, rows: u64, remark: String| {
        let tone = if rows == 0 { Tone::Quiet } else { tone };
        table.row([
            look.tone(tone, format!("{sign} {word}")),
            look.tone(tone, count(rows)),
            look.quiet(remark),
        ]);
    };
    let when = |rows: u64, text: String| if rows > 0 { text } else { String::new() };
    line(
        "+",
        "gained",
        Tone::Gain,
        totals.gained,
        when(totals.gained, reach(headline.gained)),
    );
    line(
        "−",
        "lost",
        Tone::Loss,
        totals.lost,
        when(totals.lost, reach(headline.lost)),
    );
    let open = totals.maybe_gained + totals.maybe_lost + totals.undeterminable;
    let mut open_reach = when(open, reach(headline.open));
    for (word, rows) in [
        ("maybe gained", totals.maybe_gained),
        ("maybe lost", totals.maybe_lost),
        ("undeterminable", totals.undeterminable),
    ] {
        // Always one `?` line, so that its absence cannot be taken for certainty.
        if rows > 0 || (open == 0 && word == "undeterminable") {
            line(
                "?",
                word,
                Tone::Strong,
                rows,
                std::mem::take(&mut open_reach),
            );
        }
    }
    line(
        " ",
        "unchanged",
        Tone::Plain,
        totals.unchanged,
        String::new(),
    );
    if totals.error_changed > 0 {
        line(
            "!",
            "errors changed",
            Tone::Risk,
            totals.error_changed,
            "counted apart".to_owned(),
        );
    }
    table.text()
}

fn edited(policies: &[PolicyChange], look: Look) -> String {
    let entry = |change: &PolicyChange| {
        let (sign, what) = match change.kind {
            PolicyChangeKind::Added => ("+", "added".to_owned()),
            PolicyChangeKind::Removed => ("−", "removed".to_owned()),
            PolicyChangeKind::Changed if change.parts.is_empty() => ("~", "changed".to_owned()),
            PolicyChangeKind::Changed => ("~", change.parts.join(", ")),
            PolicyChangeKind::Moved => (
                " ",
                match &change.old_id {
                    Some(old) if *old != change.id => format!("was {old}"),
                    _ => "moved".to_owned(),
                },
            ),
        };
        let place = format!("{}:{}", visible(&change.source.file), change.source.line);
        (
            format!("{sign} {}", visible(&change.id)),
            visible(&what),
            look.quiet(place),
        )
    };
    let entries: Vec<_> = policies.iter().take(POLICIES).map(entry).collect();
    let mut table = Columns::new(2, &[]);
    for (id, what, place) in &entries {
        table.row([id.clone(), what.clone(), place.clone()]);
    }
    let mut text = table.text();
    if text.lines().any(|line| width(line) > look.width) {
        // Too wide for one line: the place gets a line of its own.
        let lines = |(id, what, place): &(String, String, String)| {
            paragraph(&format!("  {id}  "), 4, look.width, what) + "    " + place + "\n"
        };
        text = entries.iter().map(lines).collect();
    }
    let mut out = format!("\n{}\n{text}", look.strong("Policies"));
    if policies.len() > POLICIES {
        let _ = writeln!(
            out,
            "  … and {} more",
            count((policies.len() - POLICIES) as u64)
        );
    }
    out
}

fn groups(title: &str, groups: &[Group], named: impl Fn(&str) -> String, look: Look) -> String {
    if groups.is_empty() {
        return String::new();
    }
    let signed = |sign: &str, rows: u64, tone| match rows {
        0 => String::new(),
        rows => look.tone(tone, format!("{sign}{}", count(rows))),
    };
    let mut table = Columns::new(2, &[2, 3, 4]);
    for group in groups.iter().take(GROUPS) {
        table.row([
            risk(group.risk.level, look),
            fit(&visible(&named(&group.key)), look.width.saturating_sub(36)),
            signed("+", group.gained, Tone::Gain),
            signed("−", group.lost, Tone::Loss),
            signed("?", group.open, Tone::Strong),
        ]);
    }
    let mut out = format!("\n{}\n{}", look.strong(title), table.text());
    if groups.len() > GROUPS {
        // The report holds at most a hundred groups.
        let more = if groups.len() < 100 {
            count((groups.len() - GROUPS) as u64)
        } else {
            "many".to_owned()
        };
        let _ = writeln!(out, "  {}", look.quiet(format!("… and {more} more")));
    }
    out
}

fn changes(report: &DriftReport, look: Look) -> String {
    if report.changes_total == 0 {
        return "\nNobody's recorded access changes.\n".to_owned();
    }
    let mut out = format!("\n{}\n", look.strong("Requests, riskiest first"));
    // Requests that differ only in what is not shown, the context or the facts at the time, share a line.
    let mut lines: Vec<(String, String, u64, u64)> = Vec::new();
    let mut known: HashMap<(String, String), usize> = HashMap::new();
    for change in &report.changes {
        let (head, reason) = (head(change, look), why(change, report.skips_failures()));
        let place = *known
            .entry((head.clone(), reason.clone()))
            .or_insert(lines.len());
        match lines.get_mut(place) {
            Some((.., rows, variants)) => {
                *rows += change.rows;
                *variants += 1;
            }
            None => lines.push((head, reason, change.rows, 1)),
        }
    }
    for (head, reason, rows, variants) in lines {
        let variants = match variants {
            1 => String::new(),
            more => format!(" in {} variants", count(more)),
        };
        let reason = format!("{}{variants}: {reason}", counted(rows, "row"));
        out.push_str(&head);
        out.push_str(&look.quiet(paragraph(&" ".repeat(LEAD), LEAD, look.width, &reason)));
    }
    let more = report
        .changes_total
        .saturating_sub(report.changes.len() as u64);
    if more > 0 {
        let text = format!("… and {} more; --limit 0 shows all", count(more));
        let _ = writeln!(out, "  {}", look.quiet(text));
    }
    out
}

/// Columns before a request: 2, the widest level (6), a space, the sign, a space.
const LEAD: usize = 11;

/// Level, sign, who, what, on what.
fn head(change: &Change, look: Look) -> String {
    let (sign, tone) = match change.class {
        ChangeClass::Gained => ("+", Tone::Gain),
        ChangeClass::Lost => ("−", Tone::Loss),
        ChangeClass::MaybeGained | ChangeClass::MaybeLost | ChangeClass::Undeterminable => {
            ("?", Tone::Strong)
        }
        ChangeClass::Unchanged => (" ", Tone::Plain),
    };
    let who = format!("{} {}", visible(&change.principal), action(&change.action));
    let what = visible(&change.resource);
    let gap = if LEAD + width(&who) + 1 + width(&what) <= look.width {
        " ".to_owned()
    } else {
        format!("\n{}", " ".repeat(LEAD))
    };
    format!(
        "  {} {} {who}{gap}{what}\n",
        risk(change.risk.level, look),
        look.tone(tone, sign)
    )
}

/// Why, in one sentence: the risk, then what decides now and what decided before.
fn why(change: &Change, skips: bool) -> String {
    let mut parts = Vec::new();
    if !change.risk.why.is_empty() {
        parts.push(change.risk.why.clone());
    }
    match change.class {
        ChangeClass::Gained => {
            if forbidden(&change.before) {
                parts.push(format!(
                    "no longer forbidden by {}",
                    listed(&change.before.reasons)
                ));
            }
            parts.push(format!(
                "now permitted by {}",
                listed(&change.after.reasons)
            ));
        }
        ChangeClass::Lost if forbidden(&change.after) => {
            parts.push(format!(
                "now forbidden by {}",
                listed(&change.after.reasons)
            ));
        }
        ChangeClass::Lost => {
            parts.push(format!(
                "no longer permitted by {}",
                listed(&change.before.reasons)
            ));
        }
        ChangeClass::MaybeGained | ChangeClass::MaybeLost | ChangeClass::Undeterminable => {
            let mut needs = change.lacks().concat();
            needs.sort();
            needs.dedup();
            if !needs.is_empty() {
                // Why nothing can be evaluated is a sentence of its own; an attribute is not.
                let (said, lacks): (Vec<String>, Vec<String>) = needs
                    .into_iter()
                    .partition(|need| need.starts_with("the ") || need.starts_with("an "));
                parts.extend(said);
                if !lacks.is_empty() {
                    parts.push(format!("the log lacks {}", listed(&lacks)));
                }
            }
            parts.extend(change.turns_on(|clause| format!("`{}`", visible(clause))));
        }
        ChangeClass::Unchanged => {}
    }
    if change.error_changed {
        let gone = |from: &Outcome, to: &Outcome| {
            from.errors
                .iter()
                .find(|error| !to.errors.iter().any(|other| other.policy == error.policy))
                .map(|error| error.policy.clone())
        };
        parts.push(
            match (
                gone(&change.after, &change.before),
                gone(&change.before, &change.after),
            ) {
                (Some(policy), _) if skips => {
                    format!("{policy} now fails to evaluate and is skipped")
                }
                (Some(policy), _) => format!("{policy} now fails to evaluate"),
                (None, Some(policy)) => format!("{policy} no longer fails to evaluate"),
                (None, None) => "the evaluation errors differ".to_owned(),
            },
        );
    }
    if change.log_disagrees {
        parts.push("the log recorded another decision".to_owned());
    }
    parts.join("; ")
}

fn forbidden(outcome: &Outcome) -> bool {
    outcome.decision == Some(Decision::Deny) && !outcome.reasons.is_empty()
}

fn remarks(report: &DriftReport, look: Look) -> String {
    let totals = &report.totals;
    let note = |number: u64, noun: &str, text: &str| {
        if number == 0 {
            return String::new();
        }
        let lead = format!("\n{} ", look.quiet("note:"));
        let text = format!("{} {text}", counted(number, noun));
        paragraph(&lead, 6, look.width, &text)
    };
    let mut out = note(
        report.skipped,
        "line",
        "of the log could not be read and took no part.",
    );
    out.push_str(&bad_lines(
        "      ",
        report.skipped,
        &report.first_skipped,
        look,
    ));
    let mut remark = |number, noun, text: &str| out.push_str(&note(number, noun, text));
    remark(
        totals.error_changed,
        "row",
        if report.skips_failures() {
            "where a policy's evaluation error appeared or vanished. A forbid that fails is skipped, so this matters even where the decision stays."
        } else {
            "where a rule begins or ceases to fail. A rule that fails leaves no decision."
        },
    );
    remark(
        totals.log_disagrees,
        "row",
        &format!(
            "recorded another decision than `{}` gives: the log is stale, or another engine wrote it.",
            report.base.label
        ),
    );
    remark(
        totals.entities_assumed,
        "row",
        "without entities: the workspace's are assumed.",
    );
    out
}

/// The level, as wide as the widest.
fn risk(level: RiskLevel, look: Look) -> String {
    match level {
        RiskLevel::High => look.tone(Tone::Risk, "high  "),
        RiskLevel::Medium => "medium".to_owned(),
        RiskLevel::Low => look.quiet("low   "),
    }
}

#[cfg(test)]
mod unit {
    use insta::assert_snapshot;
    use model::{
        Code, Effect, Headline, OpenClause, OpenPolicy, PolicyError, Residual, Risk, SetInfo,
        SkippedLine, Source, Totals,
    };

    use super::*;
    use crate::render::unit::{COLOR, PLAIN};

    fn outcome(decision: Decision, reasons: &[&str]) -> Outcome {
        Outcome {
            decision: Some(decision),
            reasons: reasons.iter().map(|&reason| reason.into()).collect(),
            errors: Vec::new(),
            needs: Vec::new(),
        }
    }

    fn change(class: ChangeClass, level: RiskLevel, why: &str) -> Change {
        Change {
            id: 1,
            class,
            rows: 1_204,
            first_at: "2026-10-03T00:00:00Z".into(),
            last_at: "2026-11-20T00:00:00Z".into(),
            principal: "Contractor::\"mara.lindqvist\"".into(),
            action: "Action::\"read\"".into(),
            resource: "Record::\"audit-file-2291\"".into(),
            before: outcome(Decision::Deny, &[]),
            after: outcome(Decision::Allow, &["contractor-engagement"]),
            causes: vec!["contractor-engagement".into()],
            risk: Risk {
                level,
                why: why.into(),
            },
            error_changed: false,
            log_disagrees: false,
            residual: None,
        }
    }

    fn group(key: &str, gained: u64, lost: u64, open: u64, level: RiskLevel) -> Group {
        Group {
            key: key.into(),
            gained,
            lost,
            open,
            changes: 3,
            principals: 1,
            resources: 2,
            risk: Risk {
                level,
                why: String::new(),
            },
        }
    }

    fn set(label: &str, policies: u64) -> SetInfo {
        SetInfo {
            label: label.into(),
            digest: format!("sha256:{label}"),
            policies,
        }
    }

    fn report() -> DriftReport {
        let source = Source {
            file: "policies/access/contractors.cedar".into(),
            line: 12,
            ..Source::default()
        };
        let mut lost = change(ChangeClass::Lost, RiskLevel::Medium, "resource is P1");
        lost.before = outcome(Decision::Allow, &["on-call-read"]);
        lost.after = outcome(Decision::Deny, &["no-personal-devices"]);
        lost.after.errors = vec![PolicyError {
            policy: "residency".into(),
            message: "no `region`".into(),
        }];
        lost.error_changed = true;
        lost.resource = "Record::\"a-record-with-a-name-that-does-not-fit-on-one-line\"".into();
        let mut open = change(ChangeClass::MaybeGained, RiskLevel::Low, "");
        open.after.decision = None;
        open.after.needs = vec!["resource".into()];
        open.residual = Some(Residual {
            words: String::new(),
            before: Vec::new(),
            after: vec![OpenPolicy {
                policy: "contractor-engagement".into(),
                effect: Effect::Permit,
                clauses: vec![OpenClause {
                    text: "resource.legalHold".into(),
                    holds_if: false,
                    needs: vec!["resource.legalHold".into()],
                }],
            }],
        });
        open.rows = 1;
        open.log_disagrees = true;
        DriftReport {
            version: 1,
            engine: "cedar/4.14.1".into(),
            base: set("HEAD 3f2a91c", 40),
            head: set("northwind", 41),
            totals: Totals {
                rows: 1_000_000,
                unchanged: 998_690,
                gained: 1_240,
                lost: 57,
                maybe_gained: 1,
                maybe_lost: 0,
                undeterminable: 12,
                error_changed: 57,
                log_disagrees: 3,
                entities_assumed: 0,
            },
            skipped: 2,
            first_skipped: vec![SkippedLine {
                line: 7,
                code: Code::LogEncoding,
                why: "it is not UTF-8".into(),
            }],
            headline: Headline {
                gained: Reach {
                    principals: 12,
                    resources: 310,
                },
                lost: Reach {
                    principals: 1,
                    resources: 9,
                },
                open: Reach {
                    principals: 2,
                    resources: 2,
                },
            },
            policies: vec![
                PolicyChange {
                    kind: PolicyChangeKind::Changed,
                    id: "contractor-engagement".into(),
                    old_id: None,
                    parts: vec!["condition 1".into()],
                    before: String::new(),
                    after: String::new(),
                    source: source.clone(),
                },
                PolicyChange {
                    kind: PolicyChangeKind::Added,
                    id: "no-personal-devices".into(),
                    old_id: None,
                    parts: Vec::new(),
                    before: String::new(),
                    after: String::new(),
                    source,
                },
            ],
            changes: vec![
                change(ChangeClass::Gained, RiskLevel::High, "resource is P0"),
                lost,
                open,
            ],
            changes_total: 1_183,
            by_principal: (0..8)
                .map(|at| {
                    group(
                        &format!("Contractor::\"c{at}\""),
                        155,
                        7,
                        1,
                        RiskLevel::Medium,
                    )
                })
                .collect(),
            by_resource: Vec::new(),
            by_action: Vec::new(),
            by_policy: vec![
                group("contractor-engagement", 1_240, 0, 0, RiskLevel::High),
                group("no-personal-devices", 0, 57, 13, RiskLevel::Medium),
            ],
        }
    }

    #[test]
    fn a_report_reads_from_the_counts_to_the_reason() {
        assert_snapshot!(drift(&report(), PLAIN), @r#"
        HEAD 3f2a91c (40 policies) → northwind (41 policies)
        1,000,000 recorded decisions

          + gained            1,240  12 principals, 310 resources
          − lost                 57  1 principal, 9 resources
          ? maybe gained          1  2 principals, 2 resources
          ? undeterminable       12
            unchanged       998,690
          ! errors changed       57  counted apart

        Policies
          ~ contractor-engagement  condition 1  policies/access/contractors.cedar:12
          + no-personal-devices    added        policies/access/contractors.cedar:12

        Caused by
          high    contractor-engagement  +1,240
          medium  no-personal-devices            −57  ?13

        Who
          medium  Contractor::"c0"  +155  −7  ?1
          medium  Contractor::"c1"  +155  −7  ?1
          medium  Contractor::"c2"  +155  −7  ?1
          medium  Contractor::"c3"  +155  −7  ?1
          medium  Contractor::"c4"  +155  −7  ?1
          … and 3 more

        Requests, riskiest first
          high   + Contractor::"mara.lindqvist" read Record::"audit-file-2291"
                   1,204 rows: resource is P0; now permitted by contractor-engagement
          medium − Contractor::"mara.lindqvist" read
                   Record::"a-record-with-a-name-that-does-not-fit-on-one-line"
                   1,204 rows: resource is P1; now forbidden by no-personal-devices;
                   residency now fails to evaluate and is skipped
          low    ? Contractor::"mara.lindqvist" read Record::"audit-file-2291"
                   1 row: the log lacks resource.legalHold; gains access if
                   `resource.legalHold` is false; the log recorded another decision
          … and 1,180 more; --limit 0 shows all

        note: 2 lines of the log could not be read and took no part.
              line 7: it is not UTF-8
              and 1 more

        note: 57 rows where a policy's evaluation error appeared or vanished. A forbid
              that fails is skipped, so this matters even where the decision stays.

        note: 3 rows recorded another decision than `HEAD 3f2a91c` gives: the log is
              stale, or another engine wrote it.
        "#);
    }

    #[test]
    fn no_change_is_said_in_words() {
        let mut same = report();
        same.totals = Totals {
            rows: 10,
            unchanged: 10,
            entities_assumed: 4,
            ..Totals::default()
        };
        same.skipped = 0;
        same.first_skipped.clear();
        same.policies.clear();
        same.changes.clear();
        same.changes_total = 0;
        same.by_principal.clear();
        same.by_policy.clear();
        assert_snapshot!(drift(&same, PLAIN), @r"
        HEAD 3f2a91c (40 policies) → northwind (41 policies)
        10 recorded decisions

          + gained           0
          − lost             0
          ? undeterminable   0
            unchanged       10

        Both sides hold the same policies.

        Nobody's recorded access changes.

        note: 4 rows without entities: the workspace's are assumed.
        ");
    }

    #[test]
    fn colour_adds_nothing_a_reader_without_it_would_miss() {
        let colored = drift(&report(), COLOR);
        let mut plain = String::new();
        let mut escape = false;
        for c in colored.chars() {
            match (escape, c) {
                (true, 'm') => escape = false,
                (true, _) => {}
                (false, '\x1b') => escape = true,
                (false, c) => plain.push(c),
            }
        }
        // Dimmed blanks at the end of a line are not trimmed.
        let trimmed: String = plain
            .lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect();
        assert_eq!(trimmed, drift(&report(), PLAIN));
        assert!(colored.contains("\x1b[94m1,240\x1b[0m"));
        assert!(colored.contains("\x1b[33m57\x1b[0m"));
    }

    #[test]
    fn requests_that_read_alike_share_a_line() {
        let mut alike = report();
        let again = alike.changes[0].clone();
        alike.changes.push(again);
        let text = drift(&alike, PLAIN);
        assert!(
            text.contains("2,408 rows in 2 variants: resource is P0;"),
            "{text}"
        );
        assert_eq!(text.matches("resource is P0").count(), 1);
    }

    #[test]
    fn a_long_name_sends_the_place_to_its_own_line() {
        let mut long = report();
        long.policies[0].parts = vec!["condition 1".into(), "condition 3 removed".into()];
        let text = drift(&long, PLAIN);
        assert!(
            text.contains("  ~ contractor-engagement  condition 1, condition 3 removed\n    policies/access/contractors.cedar:12\n"),
            "{text}"
        );
    }

    #[test]
    fn nothing_is_wider_than_eighty_columns() {
        for line in drift(&report(), PLAIN).lines() {
            assert!(width(line) <= 80, "{line}");
        }
    }
}
