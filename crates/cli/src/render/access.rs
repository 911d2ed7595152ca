//! One decision, and why.

use std::fmt::Write as _;

use model::{Clause, Decision, Effect, Explanation, Request};

use super::{action, listed};
use crate::text::{Columns, Look, Tone, counted, fit, paragraph, size, visible};

/// Clauses and values after which the rest is only counted.
const CLAUSES: usize = 8;
const READS: usize = 12;

/// The decision in one line, and the policies that could not be evaluated.
pub fn decision(request: &Request, explained: &Explanation, look: Look) -> String {
    let mut out = format!(
        "{}  {}\n",
        look.strong(word(explained.decision)),
        because(explained)
    );
    out.push_str(&paragraph(
        "  ",
        4,
        look.width,
        &format!(
            "{} {} {}",
            request.principal,
            action(&request.action),
            request.resource
        ),
    ));
    out.push_str(&doubts(explained, " and was skipped", look));
    out
}

/// What Rego decides for an input document, and by which definitions.
pub fn answer(explained: &Explanation, look: Look) -> String {
    let (word, why) = match (explained.needs.is_empty(), explained.reasons.as_slice()) {
        (false, _) => ("open", String::new()),
        (true, []) => (word(explained.decision), "no rule holds".to_owned()),
        (true, reasons) => (word(explained.decision), format!("by {}", listed(reasons))),
    };
    let mut out = format!("{}  {why}", look.strong(word))
        .trim_end()
        .to_owned()
        + "\n";
    out.push_str(&doubts(explained, "", look));
    out
}

/// The same with the text of the definitions.
pub fn explained_answer(explained: &Explanation, look: Look) -> String {
    answer(explained, look) + &clauses(explained, look)
}

/// What would have to be known, and what failed.
fn doubts(explained: &Explanation, then: &str, look: Look) -> String {
    let mut out = String::new();
    if !explained.needs.is_empty() {
        let text = format!("certain only with {}", listed(&explained.needs));
        out.push_str(&paragraph("  ? ", 4, look.width, &text));
    }
    for error in &explained.errors {
        let lead = look.tone(Tone::Risk, "  ! ");
        let message = format!(
            "{} could not be evaluated{then}: {}",
            error.policy, error.message
        );
        out.push_str(&paragraph(&lead, 4, look.width, &message));
    }
    out
}

/// The decision, the clauses that made it, and what they read.
pub fn explanation(request: &Request, explained: &Explanation, look: Look) -> String {
    let mut out = decision(request, explained, look) + &clauses(explained, look);
    if !explained.entities_read.is_empty() {
        let read = counted(size(&explained.entities_read), "entity|entities");
        let text = format!("{read} read: {}", explained.entities_read.join(", "));
        out.push('\n');
        out.push_str(&paragraph("", 2, look.width, &text));
    }
    out
}

fn clauses(explained: &Explanation, look: Look) -> String {
    let mut out = String::new();
    for clause in explained.clauses.iter().take(CLAUSES) {
        out.push('\n');
        out.push_str(&one(clause, look));
    }
    if explained.clauses.len() > CLAUSES {
        let more = counted(
            (explained.clauses.len() - CLAUSES) as u64,
            "policy|policies",
        );
        let _ = writeln!(out, "\n… and {more} further away; --json lists all");
    }
    out
}

/// `permitted by x`, `forbidden by y`, `no permit matched`.
pub fn because(explained: &Explanation) -> String {
    match (explained.decision, explained.reasons.as_slice()) {
        (Decision::Allow, reasons) => format!("permitted by {}", listed(reasons)),
        (Decision::Deny, []) => "no permit matched".to_owned(),
        (Decision::Deny, reasons) => format!("forbidden by {}", listed(reasons)),
    }
}

/// `allow` or `deny`.
pub fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => "allow",
        Decision::Deny => "deny",
    }
}

fn one(clause: &Clause, look: Look) -> String {
    let effect = match clause.effect {
        Effect::Permit => "permit",
        Effect::Forbid => "forbid",
    };
    let (held, tone) = match clause.held {
        Some(true) => ("matched", Tone::Strong),
        Some(false) => ("did not match", Tone::Plain),
        None => ("could not be evaluated", Tone::Risk),
    };
    let mut out = format!(
        "{effect} {} {}",
        look.strong(visible(&clause.policy)),
        look.tone(tone, held)
    );
    if !clause.source.file.is_empty() {
        let place = format!("{}:{}", visible(&clause.source.file), clause.source.line);
        let _ = write!(out, "\n  {}", look.quiet(place));
    }
    out.push('\n');
    for line in clause.text.lines() {
        let _ = writeln!(out, "    {}", visible(line.trim_end()));
    }
    let mut values = Columns::new(6, &[]);
    for read in clause.reads.iter().take(READS) {
        let expression = visible(
            &read
                .expression
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "),
        );
        let room = look.width.saturating_sub(10 + expression.chars().count());
        values.row([
            expression,
            format!("= {}", fit(&visible(&read.value), room.max(24))),
        ]);
    }
    out.push_str(&look.quiet(values.text()));
    if clause.reads.len() > READS {
        let _ = writeln!(out, "      … and {} more", clause.reads.len() - READS);
    }
    out
}

#[cfg(test)]
mod unit {
    use insta::assert_snapshot;
    use model::{PolicyError, ReadValue, Source};
    use serde_json::Map;

    use super::*;
    use crate::render::unit::PLAIN;

    fn request() -> Request {
        Request {
            principal: "Contractor::\"mara.lindqvist\"".into(),
            action: "Action::\"read\"".into(),
            resource: "Record::\"audit-file-2291\"".into(),
            context: Map::new(),
        }
    }

    fn clause(policy: &str, effect: Effect, held: Option<bool>) -> Clause {
        Clause {
            policy: policy.into(),
            effect,
            held,
            text: "resource.classification != \"P0\"".into(),
            source: Source {
                file: "policies/access/contractors.cedar".into(),
                line: 14,
                column: 3,
                end_line: 14,
                end_column: 34,
            },
            reads: vec![
                ReadValue {
                    expression: "resource.classification".into(),
                    value: "\"P0\"".into(),
                },
                ReadValue {
                    expression: "principal.nda".into(),
                    value: "not set".into(),
                },
            ],
        }
    }

    #[test]
    fn a_denial_names_the_nearest_miss_and_what_it_read() {
        let explained = Explanation {
            decision: Decision::Deny,
            reasons: Vec::new(),
            errors: vec![PolicyError {
                policy: "contractor-nda".into(),
                message: "`Contractor::\"mara.lindqvist\"` does not have the attribute `nda`"
                    .into(),
            }],
            needs: Vec::new(),
            clauses: vec![
                clause("contractor-engagement", Effect::Permit, Some(false)),
                clause("contractor-nda", Effect::Forbid, None),
            ],
            entities_read: vec![request().principal, request().resource],
        };
        assert_snapshot!(explanation(&request(), &explained, PLAIN), @r#"
        deny  no permit matched
          Contractor::"mara.lindqvist" read Record::"audit-file-2291"
          ! contractor-nda could not be evaluated and was skipped:
            `Contractor::"mara.lindqvist"` does not have the attribute `nda`

        permit contractor-engagement did not match
          policies/access/contractors.cedar:14
            resource.classification != "P0"
              resource.classification  = "P0"
              principal.nda            = not set

        forbid contractor-nda could not be evaluated
          policies/access/contractors.cedar:14
            resource.classification != "P0"
              resource.classification  = "P0"
              principal.nda            = not set

        2 entities read: Contractor::"mara.lindqvist", Record::"audit-file-2291"
        "#);
    }

    #[test]
    fn the_reasons_stand_in_one_line() {
        let mut explained = Explanation {
            decision: Decision::Allow,
            reasons: ["a", "b", "c"].map(String::from).to_vec(),
            errors: Vec::new(),
            needs: Vec::new(),
            clauses: vec![clause("a", Effect::Permit, Some(true)); 10],
            entities_read: Vec::new(),
        };
        assert_eq!(because(&explained), "permitted by a, b and 1 more");
        assert!(
            explanation(&request(), &explained, PLAIN)
                .ends_with("… and 2 policies further away; --json lists all\n")
        );
        explained.decision = Decision::Deny;
        assert_eq!(because(&explained), "forbidden by a, b and 1 more");
    }
}
