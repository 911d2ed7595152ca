//! What was proven, for a terminal: first how much cannot change at all, then each kind of request that can, by action, with
//! one request for each direction. The signs are those of the drift report.

use std::{collections::BTreeMap, fmt::Write as _};

use model::{
    Counterexample, Environment, EnvironmentProof, Finding, FindingKind, Lints, Proof, Relation,
};

use super::{action, listed};
use crate::text::{Columns, Look, Tone, count, counted, paragraph, visible};

/// The whole proof.
pub fn proof(proof: &Proof, look: Look) -> String {
    let policies = |number: u64| counted(number, "policy|policies");
    let mut out = format!(
        "{} {} {} {}\n",
        look.strong(visible(&proof.base.label)),
        look.quiet(format!("({}) →", policies(proof.base.policies))),
        look.strong(visible(&proof.head.label)),
        look.quiet(format!("({})", policies(proof.head.policies))),
    );
    let kinds = counted(proof.environments.len() as u64, "kind|kinds");
    let _ = writeln!(
        out,
        "{kinds} of request, {}\n",
        solver(proof.solver.as_ref())
    );
    out.push_str(&tally(proof, look));
    let mut by_action: BTreeMap<&str, Vec<&EnvironmentProof>> = BTreeMap::new();
    for environment in &proof.environments {
        if environment.relation != Relation::Equivalent {
            by_action
                .entry(&environment.environment.action)
                .or_default()
                .push(environment);
        }
    }
    for (name, environments) in &by_action {
        let _ = writeln!(out, "\n{}", look.strong(action(name)));
        for environment in environments {
            out.push_str(&entry(environment, look));
        }
    }
    if by_action.is_empty() {
        let text = "Proven: no request that fits the schema is decided otherwise.";
        let _ = writeln!(out, "\n{}", look.tone(Tone::Good, text));
    }
    out.push_str(&advice(
        proof.solver.as_ref(),
        proof.relation == Relation::NotProven,
        look,
    ));
    out
}

fn solver(name: Option<&String>) -> String {
    name.map_or_else(
        || "no solver".to_owned(),
        |name| format!("solver {}", visible(name)),
    )
}

fn advice(solver: Option<&String>, open: bool, look: Look) -> String {
    if solver.is_some() || !open {
        return String::new();
    }
    let lead = format!("\n{} ", look.quiet("hint:"));
    paragraph(
        &lead,
        6,
        look.width,
        "install cvc5, or name its program in CVC5",
    )
}

fn tally(proof: &Proof, look: Look) -> String {
    let mut table = Columns::new(2, &[1]);
    for (sign, words, tone, relation) in [
        ("+", "only widened", Tone::Gain, Relation::Widens),
        ("−", "only narrowed", Tone::Loss, Relation::Narrows),
        ("±", "changed both ways", Tone::Strong, Relation::Differs),
        ("?", "not proven", Tone::Strong, Relation::NotProven),
        (" ", "proven equivalent", Tone::Plain, Relation::Equivalent),
    ] {
        let number = proof
            .environments
            .iter()
            .filter(|environment| environment.relation == relation)
            .count() as u64;
        let tone = if number == 0 { Tone::Quiet } else { tone };
        table.row([
            look.tone(tone, format!("{sign} {words}")),
            look.tone(tone, count(number)),
        ]);
    }
    table.text()
}

/// How an edit's decisions relate to those in force: its sign, its words and its tone.
pub(super) fn in_words(relation: Relation) -> (&'static str, &'static str, Tone) {
    match relation {
        Relation::Widens => ("+", "only widened", Tone::Gain),
        Relation::Narrows => ("−", "only narrowed", Tone::Loss),
        Relation::Differs => ("±", "changed both ways", Tone::Strong),
        Relation::NotProven => ("?", "not proven", Tone::Strong),
        Relation::Equivalent => (" ", "equivalent", Tone::Plain),
    }
}

/// `+ Contractor, Record: only widened`, the examples, and what stayed open.
fn entry(proof: &EnvironmentProof, look: Look) -> String {
    let Environment {
        principal,
        resource,
        ..
    } = &proof.environment;
    let (sign, words, tone) = in_words(proof.relation);
    let lead = format!("  {} ", look.tone(tone, sign));
    let told = match &proof.reason {
        Some(reason) => format!("{principal}, {resource}: {words}: {reason}"),
        None => format!("{principal}, {resource}: {words}"),
    };
    let mut out = paragraph(&lead, 4, look.width, &told);
    for (sign, example) in [("+", &proof.gained), ("−", &proof.lost)] {
        if let Some(example) = example {
            out.push_str(&told_in_words(sign, example, look));
        }
    }
    out
}

/// The example, and the policies that decide it.
fn told_in_words(sign: &str, example: &Counterexample, look: Look) -> String {
    let because = match sign {
        "+" if !example.before_reasons.is_empty() => format!(
            "no longer forbidden by {}; permitted by {}",
            listed(&example.before_reasons),
            listed(&example.after_reasons)
        ),
        "+" => format!("permitted by {}", listed(&example.after_reasons)),
        _ if !example.after_reasons.is_empty() => {
            format!("forbidden by {}", listed(&example.after_reasons))
        }
        _ => format!("no longer permitted by {}", listed(&example.before_reasons)),
    };
    let lead = format!("    {sign} ");
    let mut out = paragraph(&lead, 6, look.width, &example.sentence);
    out.push_str(&look.quiet(paragraph("      ", 6, look.width, &because)));
    out
}

/// What was found in one set.
pub fn lints(lints: &Lints, look: Look) -> String {
    let mut out = format!(
        "{} {}\n",
        look.strong(visible(&lints.set.label)),
        look.quiet(format!(
            "({}, {})",
            counted(lints.set.policies, "policy|policies"),
            solver(lints.solver.as_ref())
        )),
    );
    for finding in &lints.findings {
        out.push_str(&found(finding, look));
    }
    if lints.findings.is_empty() && lints.undecided.is_empty() {
        let _ = writeln!(out, "{}", look.tone(Tone::Good, "Nothing found."));
    }
    if !lints.undecided.is_empty() {
        let _ = writeln!(out, "\n{}", look.strong("Not proven"));
    }
    let mut by_reason: BTreeMap<(&str, FindingKind), Vec<String>> = BTreeMap::new();
    for open in &lints.undecided {
        by_reason
            .entry((&open.reason, open.kind))
            .or_default()
            .push(open.policy.clone());
    }
    for ((reason, kind), policies) in by_reason {
        let told = format!("{}: {}: {reason}", title(kind), listed(&policies));
        out.push_str(&paragraph("  ? ", 4, look.width, &told));
    }
    out.push_str(&advice(
        lints.solver.as_ref(),
        !lints.undecided.is_empty(),
        look,
    ));
    out
}

fn title(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::NotSeparate => "not separate",
        FindingKind::NothingToSeparate => "nothing to separate",
        FindingKind::MayError => "may fail",
        FindingKind::AlwaysAllows => "always allows",
        FindingKind::NeverMatches => "never matches",
    }
}

fn found(finding: &Finding, look: Look) -> String {
    let tone = match finding.kind {
        FindingKind::NotSeparate | FindingKind::MayError => Tone::Risk,
        _ => Tone::Strong,
    };
    let lead = format!(
        "\n{} ",
        look.tone(tone, format!("{}:", title(finding.kind)))
    );
    let policies = match &finding.other {
        Some(other) => format!("{} and {other}", finding.policy),
        None => finding.policy.clone(),
    };
    let mut out = paragraph(&lead, 2, look.width, &policies);
    let place = format!("{}:{}", visible(&finding.source.file), finding.source.line);
    let _ = writeln!(out, "  {}", look.quiet(place));
    out.push_str(&paragraph("  ", 2, look.width, &finding.sentence));
    out
}

#[cfg(test)]
mod unit {
    use insta::assert_snapshot;
    use model::{Decision, Request, SetInfo, Source, Undecided};

    use super::*;
    use crate::render::unit::PLAIN;

    fn set(label: &str) -> SetInfo {
        SetInfo {
            label: label.into(),
            digest: format!("sha256:{label}"),
            policies: 40,
        }
    }

    fn environment(action: &str, principal: &str) -> Environment {
        Environment {
            action: format!("Action::\"{action}\""),
            principal: principal.into(),
            resource: "Record".into(),
        }
    }

    fn example(before: &[&str], after: &[&str], sentence: &str) -> Counterexample {
        let ids = |all: &[&str]| all.iter().map(|&id| id.to_owned()).collect();
        Counterexample {
            request: Request {
                principal: "Contractor::\"contractor-1\"".into(),
                action: "Action::\"read\"".into(),
                resource: "Record::\"record-1\"".into(),
                context: serde_json::Map::new(),
            },
            entities: Vec::new(),
            before: Decision::Deny,
            after: Decision::Allow,
            before_reasons: ids(before),
            after_reasons: ids(after),
            sentence: sentence.into(),
            told: None,
        }
    }

    fn proven(environments: Vec<EnvironmentProof>, solver: Option<&str>) -> Proof {
        Proof {
            version: 1,
            engine: "cedar/4.14.1".into(),
            solver: solver.map(Into::into),
            base: set("HEAD"),
            head: set("northwind"),
            relation: environments
                .iter()
                .map(|proof| proof.relation)
                .find(|relation| *relation == Relation::NotProven)
                .unwrap_or(Relation::Differs),
            environments,
        }
    }

    fn of(action: &str, principal: &str, relation: Relation) -> EnvironmentProof {
        EnvironmentProof {
            environment: environment(action, principal),
            relation,
            gained: None,
            lost: None,
            reason: None,
        }
    }

    #[test]
    fn a_proof_tells_what_can_change_and_shows_it() {
        let mut widens = of("read", "Contractor", Relation::Widens);
        widens.gained = Some(example(
            &[],
            &["contractor-engagement"],
            "a Contractor could read a Record whose classification is \"P0\" and whose engagement is the Contractor's engagement",
        ));
        let mut differs = of("edit", "Employee", Relation::Differs);
        differs.gained = Some(example(
            &["suspended"],
            &["owner"],
            "an Employee could edit a Record",
        ));
        differs.lost = Some(example(
            &["owner"],
            &["suspended"],
            "an Employee could no longer edit a Record",
        ));
        let mut open = of("read", "Employee", Relation::NotProven);
        open.lost = Some(example(
            &["owner"],
            &[],
            "an Employee could no longer read a Record",
        ));
        open.reason = Some("the solver did not answer in time".into());
        let all = vec![
            of("list", "Partner", Relation::Equivalent),
            widens,
            differs,
            open,
        ];
        assert_snapshot!(proof(&proven(all, Some("cvc5 1.0.3")), PLAIN), @r#"
        HEAD (40 policies) → northwind (40 policies)
        4 kinds of request, solver cvc5 1.0.3

          + only widened       1
          − only narrowed      0
          ± changed both ways  1
          ? not proven         1
            proven equivalent  1

        edit
          ± Employee, Record: changed both ways
            + an Employee could edit a Record
              no longer forbidden by suspended; permitted by owner
            − an Employee could no longer edit a Record
              forbidden by suspended

        read
          + Contractor, Record: only widened
            + a Contractor could read a Record whose classification is "P0" and whose
              engagement is the Contractor's engagement
              permitted by contractor-engagement
          ? Employee, Record: not proven: the solver did not answer in time
            − an Employee could no longer read a Record
              no longer permitted by owner
        "#);
    }

    #[test]
    fn equivalence_is_said_and_a_missing_solver_too() {
        let same = vec![of("list", "Partner", Relation::Equivalent)];
        assert_snapshot!(proof(&proven(same, Some("cvc5 1.0.3")), PLAIN), @r"
        HEAD (40 policies) → northwind (40 policies)
        1 kind of request, solver cvc5 1.0.3

          + only widened       0
          − only narrowed      0
          ± changed both ways  0
          ? not proven         0
            proven equivalent  1

        Proven: no request that fits the schema is decided otherwise.
        ");
        let mut open = of("read", "Employee", Relation::NotProven);
        open.reason = Some("no solver".into());
        assert_snapshot!(proof(&proven(vec![open], None), PLAIN), @r"
        HEAD (40 policies) → northwind (40 policies)
        1 kind of request, no solver

          + only widened       0
          − only narrowed      0
          ± changed both ways  0
          ? not proven         1
            proven equivalent  0

        read
          ? Employee, Record: not proven: no solver

        hint: install cvc5, or name its program in CVC5
        ");
    }

    #[test]
    fn findings_stand_with_their_policy() {
        let finding = |kind, other: Option<&str>, sentence: &str| Finding {
            kind,
            policy: "owner".into(),
            other: other.map(Into::into),
            source: Source {
                file: "policies/access.cedar".into(),
                line: 12,
                ..Source::default()
            },
            environments: Vec::new(),
            request: None,
            entities: Vec::new(),
            sentence: sentence.into(),
        };
        let open = |policy: &str| Undecided {
            kind: FindingKind::MayError,
            policy: policy.into(),
            reason: "the solver did not answer in time".into(),
        };
        let mut found = Lints {
            version: 1,
            engine: "cedar/4.14.1".into(),
            solver: Some("cvc5 1.0.3".into()),
            set: set("northwind"),
            findings: vec![
                finding(
                    FindingKind::NotSeparate,
                    Some("auditor"),
                    "matches together with auditor: an Employee could ask to read a Record",
                ),
                finding(
                    FindingKind::NeverMatches,
                    None,
                    "matches no request that fits the schema",
                ),
            ],
            undecided: vec![open("a"), open("b"), open("c")],
        };
        assert_snapshot!(lints(&found, PLAIN), @r"
        northwind (40 policies, solver cvc5 1.0.3)

        not separate: owner and auditor
          policies/access.cedar:12
          matches together with auditor: an Employee could ask to read a Record

        never matches: owner
          policies/access.cedar:12
          matches no request that fits the schema

        Not proven
          ? may fail: a, b and 1 more: the solver did not answer in time
        ");
        found.findings.clear();
        found.undecided.clear();
        assert_snapshot!(lints(&found, PLAIN), @r"
        northwind (40 policies, solver cvc5 1.0.3)
        Nothing found.
        ");
    }
}
