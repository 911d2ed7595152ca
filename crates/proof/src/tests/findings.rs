//! What a solver finds in one set.

use model::{Finding, FindingKind, Lints};

use super::{NEVER, compile, compiled, northwind, prover};
use crate::{Separation, Side};

const SCHEMA: &str = "entity Team; entity User in [Team] { level: Long }; entity Bot; \
    entity Doc { class: String, pages: Long }; \
    action read, write appliesTo { principal: User, resource: Doc }; \
    action scan appliesTo { principal: Bot, resource: Doc };";

const POLICIES: &str = r#"
    @id("contradiction") permit(principal, action == Action::"read", resource)
        when { resource.class == "a" && resource.class == "b" };
    @id("nobody") forbid(principal in Team::"t", action == Action::"scan", resource);
    @id("everybody") permit(principal is User, action == Action::"read", resource);
    @id("product") permit(principal, action == Action::"write", resource)
        when { principal.level * resource.pages > 100 };
    @id("low") permit(principal is User, action == Action::"write", resource) when { principal.level < 5 };
    @id("high") permit(principal is User, action == Action::"write", resource) when { principal.level > 5 };
    @id("middle") permit(principal is User, action == Action::"write", resource) when { principal.level > 3 };
"#;

fn lint(pairs: &[(&str, &str)]) -> Option<Lints> {
    let compiled = compiled(SCHEMA, POLICIES);
    let side = Side {
        label: "set",
        compiled: &compiled,
    };
    let separations: Vec<_> = pairs
        .iter()
        .map(|(a, b)| Separation {
            a: (*a).to_owned(),
            b: (*b).to_owned(),
        })
        .collect();
    let prover = prover()?;
    let lints = prover.lint(side, &separations, &NEVER).unwrap();
    // What is remembered is the same.
    assert_eq!(prover.lint(side, &separations, &NEVER).unwrap(), lints);
    Some(lints)
}

fn of(lints: &Lints, kind: FindingKind) -> Vec<&Finding> {
    let of_kind = |finding: &&Finding| finding.kind == kind;
    lints.findings.iter().filter(of_kind).collect()
}

#[test]
fn dead_broad_and_failing_policies_are_found() {
    let Some(lints) = lint(&[]) else { return };
    assert_eq!(lints.undecided, []);
    let ids = |kind| -> Vec<_> {
        of(&lints, kind)
            .iter()
            .map(|finding| finding.policy.as_str())
            .collect()
    };
    assert_eq!(ids(FindingKind::NeverMatches), ["contradiction", "nobody"]);
    assert_eq!(ids(FindingKind::AlwaysAllows), ["everybody"]);
    assert_eq!(ids(FindingKind::MayError), ["product"]);
    assert_eq!(lints.findings.len(), 4);
    assert_eq!(
        of(&lints, FindingKind::AlwaysAllows)[0].sentence,
        "permits every User to read every Doc"
    );
    let fails = of(&lints, FindingKind::MayError)[0];
    assert!(fails.request.is_some());
    assert!(fails.sentence.contains("overflow"), "{}", fails.sentence);
    assert!(
        fails.sentence.contains("a User whose level is"),
        "{}",
        fails.sentence
    );
    assert_eq!(fails.source.line, 6);
}

#[test]
fn what_is_to_be_separate_is_proven_so_or_shown_not_to_be() {
    let pairs = [
        ("low", "high"),
        ("low", "middle"),
        ("everybody", "low"),
        ("low", "gone"),
    ];
    let Some(lints) = lint(&pairs) else { return };
    let broken = of(&lints, FindingKind::NotSeparate);
    assert_eq!(broken.len(), 1);
    let (policy, other) = (&broken[0].policy, broken[0].other.as_deref());
    assert_eq!((policy.as_str(), other), ("low", Some("middle")));
    assert!(
        broken[0].sentence.contains("a User whose level is 4"),
        "{}",
        broken[0].sentence
    );
    let nothing = of(&lints, FindingKind::NothingToSeparate);
    assert_eq!(nothing.len(), 1);
    assert_eq!(nothing[0].policy, "everybody");
    assert_eq!(lints.undecided.len(), 1);
    assert_eq!(lints.undecided[0].reason, "no policy is called `gone`");
}

#[test]
fn a_policy_is_not_proven_separate_from_itself() {
    let Some(lints) = lint(&[("low", "low")]) else {
        return;
    };
    let undecided: Vec<_> = lints.undecided.iter().map(|it| &*it.reason).collect();
    assert_eq!(undecided, ["no policy is separate from itself"]);
    assert!(of(&lints, FindingKind::NotSeparate).is_empty());
}

#[test]
fn the_sample_has_nothing_to_find() {
    let Some(prover) = prover() else { return };
    let compiled = compile(&northwind());
    let side = Side {
        label: "northwind",
        compiled: &compiled,
    };
    let lints = prover.lint(side, &[], &NEVER).unwrap();
    assert_eq!((lints.findings, lints.undecided), (Vec::new(), Vec::new()));
}
