//! What people read: nothing that a log or a policy says can act on them, and a report of a million rows stays small.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of a test"
)]

use drift::Seen;
use guard::{Report, Tolerance, html, judge, markdown};
use model::{
    Change, ChangeClass, Code, Counterexample, Decision, DriftReport, Effect, Group, Headline,
    OpenClause, OpenPolicy, Outcome, PolicyChange, PolicyChangeKind, PolicyError, ProofLine,
    Relation, Request, Residual, Risk, RiskLevel, SetInfo, SkippedLine, Source, Totals,
};
use proptest::prelude::*;

/// Changes and groups of a report.
const MANY: u32 = 1_000;

/// A report in which every text is made by `text` from what it would otherwise be.
fn report(text: &dyn Fn(&str) -> String, changes: u32) -> Report {
    let outcome = |decision, needs: &[&str]| Outcome {
        decision,
        reasons: vec![text("a-policy"), text("another")],
        errors: vec![PolicyError {
            policy: text("failing"),
            message: text("type error"),
        }],
        needs: needs.iter().map(|need| text(need)).collect(),
    };
    let risk = |level| Risk {
        level,
        why: text("resource.class is P0"),
    };
    let classes = [
        ChangeClass::Gained,
        ChangeClass::Lost,
        ChangeClass::MaybeGained,
        ChangeClass::Undeterminable,
        ChangeClass::Unchanged,
    ];
    let changes: Vec<Change> = (0..changes)
        .map(|id| Change {
            id,
            class: classes[id as usize % classes.len()],
            rows: 3,
            first_at: "2026-10-03T00:00:00Z".into(),
            last_at: "2026-11-20T00:00:00Z".into(),
            principal: text(&format!("User::\"u{id}\"")),
            action: text("Action::\"read\""),
            resource: text("Record::\"r\""),
            before: outcome(Some(Decision::Deny), &[]),
            after: outcome(None, &["resource.legalHold"]),
            causes: vec![text("a-policy")],
            risk: risk(RiskLevel::High),
            error_changed: true,
            log_disagrees: id == 0,
            residual: (id % 2 == 1).then(|| Residual {
                words: text("gains access if it is known"),
                before: Vec::new(),
                after: vec![OpenPolicy {
                    policy: text("a-policy"),
                    effect: Effect::Permit,
                    clauses: vec![OpenClause {
                        text: text("resource.legalHold"),
                        holds_if: false,
                        needs: vec![text("resource.legalHold")],
                    }],
                }],
            }),
        })
        .collect();
    let group = |key: &str| Group {
        key: text(key),
        gained: 1,
        lost: 2,
        open: 0,
        changes: 3,
        principals: 1,
        resources: 1,
        risk: risk(RiskLevel::Low),
    };
    let groups = |key: &str| (0..changes.len().min(100)).map(|_| group(key)).collect();
    let set = |label: &str| SetInfo {
        label: text(label),
        digest: text("sha256:00"),
        policies: 40,
    };
    let policy = |kind| PolicyChange {
        kind,
        id: text("a-policy"),
        old_id: Some(text("older")),
        parts: vec![text("condition 1")],
        before: format!("permit (\n{}\n);", text("  principal,")),
        after: format!("permit (\n{}\n);", text("  principal is User,")),
        source: Source {
            file: text("a.cedar"),
            ..Source::default()
        },
    };
    let tolerance = Tolerance::read("[[rule]]\nname = \"reading\"\naction = \"*\"\ngained = 1\n[[rule]]\nrisk = \"low\"\nopen = \"any\"\n").unwrap();
    let seen = changes.iter().map(|change| Seen {
        id: change.id,
        class: change.class,
        level: change.risk.level,
        rows: change.rows,
        principal: &change.principal,
        action: &change.action,
        resource: &change.resource,
        error_changed: change.error_changed,
    });
    let proof = vec![ProofLine {
        action: text("Action::\"read\""),
        relation: Relation::Widens,
        counterexample: Some(Counterexample {
            request: Request {
                principal: text("User::\"u\""),
                action: text("Action::\"read\""),
                resource: text("Record::\"r\""),
                context: serde_json::Map::new(),
            },
            entities: Vec::new(),
            before: Decision::Deny,
            after: Decision::Allow,
            before_reasons: Vec::new(),
            after_reasons: Vec::new(),
            sentence: text("anybody could"),
            told: None,
        }),
        reason: None,
    }];
    let mut verdict = judge(&tolerance, seen, proof);
    for found in &mut verdict.violations {
        found.band = text(&found.band);
    }
    for band in &mut verdict.tolerance.bands {
        band.name = text(&band.name);
        band.covers = text(&band.covers);
    }
    Report {
        verdict,
        authors: vec![text("Ivo <ivo@n.example>")],
        r#override: None,
        drift: DriftReport {
            version: 1,
            engine: text("cedar/4"),
            base: set("main"),
            head: set("feature"),
            totals: Totals {
                rows: 1_000_000,
                gained: 3,
                lost: 3,
                error_changed: 3,
                log_disagrees: 1,
                entities_assumed: 1,
                ..Totals::default()
            },
            skipped: 2,
            first_skipped: vec![SkippedLine {
                line: 7,
                code: Code::LogLine,
                why: text("expected value in column 2"),
            }],
            headline: Headline::default(),
            policies: vec![
                policy(PolicyChangeKind::Changed),
                policy(PolicyChangeKind::Moved),
            ],
            changes_total: 1_000_000,
            by_principal: groups("User::\"u\""),
            by_resource: groups("Record::\"r\""),
            by_action: groups("Action::\"read\""),
            by_policy: groups("a-policy"),
            changes,
        },
    }
}

/// The tags of a page, in order. They say how it is built, whatever the texts between them are.
fn tags(page: &str) -> Vec<&str> {
    page.split('<')
        .skip(1)
        .map(|rest| {
            rest.split_once('>')
                .unwrap_or_else(|| panic!("an open tag: {rest}"))
                .0
        })
        .collect()
}

/// The same text with every character replaced that is neither part of an id's form nor the end of a line of a policy.
fn tame(text: &str) -> String {
    text.chars()
        .map(|c| {
            if matches!(c, ':' | '"' | '\n') {
                c
            } else {
                'x'
            }
        })
        .collect()
}

const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "</title></style></pre><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "'><svg/onload=alert(1)>",
    "<!--",
    "]]>",
    "&lt;b&gt;&#60;",
    "javascript:alert(1)",
    "{{constructor}}${7*7}",
    "a\0b\u{7f}\u{1b}[2J",
    "\u{202e}gpj.exe\u{2066}",
    "User::\"<b>\"",
    "```\n# heading\n```",
    "| a | b |\n|--|--|",
    "[x](https://e.example) ![y](https://e.example/p.png) @everyone #1",
    "</details></summary>",
];

#[test]
fn hostile_names_change_nothing_about_the_page() {
    for name in HOSTILE {
        let page = html(&report(&|_| (*name).to_owned(), 12));
        let calm = html(&report(&|_| tame(name), 12));
        assert!(tags(&page) == tags(&calm), "{name}");
        for bad in ['\0', '\u{1b}', '\u{202e}', '\u{2066}'] {
            assert!(!page.contains(bad), "{name:?}");
        }
    }
}

#[test]
fn hostile_names_change_nothing_about_the_comment() {
    // Lines begin as they would with other names, nothing but our own folds is HTML, and fences come in pairs.
    for name in HOSTILE {
        let text = markdown(&report(&|_| (*name).to_owned(), 12));
        let calm = markdown(&report(&|_| "x".to_owned(), 12));
        let folds = |text: &str| {
            text.lines()
                .filter(|line| line.starts_with("<details>") || line.starts_with("</details>"))
                .count()
        };
        assert_eq!(folds(&text), folds(&calm), "{name}");
        assert!(
            !text
                .lines()
                .any(|line| line.starts_with("# heading") || line.starts_with("|--|--|\n")),
            "{text}"
        );
        let columns = |text: &str| {
            text.lines()
                .filter(|line| line.starts_with('|'))
                .map(|line| line.matches('|').count())
                .collect::<Vec<_>>()
        };
        assert_eq!(columns(&text), columns(&calm), "{name}");
    }
}

#[test]
fn a_page_of_a_million_rows_is_small() {
    let long = "x".repeat(10_000);
    let page = html(&report(&|text| format!("{text}{long}"), MANY));
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
    let page = html(&report(&|text| text.to_owned(), MANY));
    assert!(page.len() < 200_000, "{} bytes", page.len());
    assert!(page.contains("50 of 1,000,000 distinct requests"));
    assert!(page.contains("100 or more"));
}

#[test]
fn a_comment_is_never_too_long() {
    let long = "x".repeat(10_000);
    let text = markdown(&report(&|text| format!("{text}{long}\n{text}"), MANY));
    assert!(text.chars().count() < 65_000, "{}", text.chars().count());
    assert!(text.starts_with("### Access drift: blocked\n"));
}

#[test]
fn a_page_asks_for_nothing_and_runs_nothing() {
    let page = html(&report(&|text| text.to_owned(), 12));
    for word in [
        "<script", "src=", "href=", "url(", "@import", "http://", "https://", "<link", "<img",
    ] {
        assert!(!page.contains(word), "{word}");
    }
    for part in [
        "<!DOCTYPE html><html lang=\"en\">",
        "<header>",
        "<main>",
        "<footer>",
        "<title>Access drift: blocked, main to feature</title>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert_eq!(page.matches("<h1>").count(), 1);
    for tag in tags(&page) {
        assert!(
            tag.matches(" class=").count() < 2,
            "an attribute twice: {tag}"
        );
    }
}

#[test]
fn a_report_reads_as_it_was_written() {
    let made = report(&|text| text.to_owned(), 12);
    let text = serde_json::to_string(&made).unwrap();
    assert_eq!(Report::read(&text).unwrap(), made);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    for field in [
        "version",
        "engine",
        "base",
        "head",
        "totals",
        "changes",
        "by_policy",
        "verdict",
        "violations",
        "proof",
        "tolerance",
    ] {
        assert!(json.get(field).is_some(), "{field}");
    }
    assert_eq!(json["proof"][0]["relation"], "widens");
    assert!(Report::read("{}").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_name_changes_how_a_page_is_built(name in "\\PC{0,20}|[<>&\"':/a!-]{0,20}") {
        let page = html(&report(&|_| name.clone(), 6));
        let calm = html(&report(&|_| tame(&name), 6));
        prop_assert!(tags(&page) == tags(&calm));
    }
}
