//! Facts of each kind, as a workspace would gather them.

use model::{
    ActionProof, Answer, Condition, Decision, Fact, Found, Judged, PolicyChangeKind, Relation,
    RiskLevel, Situation, Someone,
};
use narrative::facts::*;

/// 21 November 2026, 14:05 UTC.
pub const AT: u64 = 1_795_269_900;
const DAY: u64 = 86_400;

pub fn all() -> Vec<(&'static str, Facts)> {
    vec![
        ("promotion", Facts::Promotion(Box::new(promotion()))),
        ("week", Facts::Week(week())),
        ("rollback", Facts::Rollback(Box::new(rollback()))),
        ("verdict", Facts::Verdict(verdict())),
        ("evidence", Facts::Evidence(evidence())),
    ]
}

pub fn receipt(number: u64) -> Option<Receipt> {
    Some(Receipt {
        number,
        leaf: format!("{number:02x}").repeat(32),
    })
}

pub fn step(sequence: u64, version: &str, at: u64, gained: u64, lost: u64) -> Step {
    Step {
        channel: "production".to_owned(),
        sequence,
        what: What::Promotion,
        version: version.to_owned(),
        at,
        by: "Ana Pérez <ana@northwind.example>".to_owned(),
        reason: Some("Contractors read the records of the projects they work on.".to_owned()),
        left_out: Vec::new(),
        level: None,
        changed: Some(Changed {
            of: 1_000_000,
            gained,
            lost,
            open: 0,
        }),
        receipt: receipt(sequence + 10),
        id: format!("{sequence:x}").repeat(40),
    }
}

fn group(name: &str, gained: u64, lost: u64, open: u64, risk: RiskLevel) -> Group {
    Group {
        name: name.to_owned(),
        gained,
        lost,
        open,
        risk,
    }
}

fn example(
    principal: &str,
    action: &str,
    resource: &str,
    measure: Measure,
    requests: u64,
    risk: RiskLevel,
) -> Example {
    Example {
        principal: principal.to_owned(),
        action: format!("Action::\"{action}\""),
        resource: resource.to_owned(),
        measure,
        requests,
        risk,
        causes: vec!["contractors-read-projects".to_owned()],
    }
}

/// A contractor could read a record that is classified.
fn secrets_read() -> Situation {
    let someone = |kind: &str, conditions| Someone {
        kind: kind.to_owned(),
        name: None,
        conditions,
    };
    let classified = Condition {
        of: vec!["classification".to_owned()],
        is: Fact::Value("\"P0\"".to_owned()),
    };
    Situation {
        principal: someone("Contractor", Vec::new()),
        action: "Action::\"read\"".to_owned(),
        resource: Some(someone("Record", vec![classified])),
        context: Vec::new(),
    }
}

pub fn drift() -> Drift {
    Drift {
        apart: Vec::new(),
        reached: Reached::Everybody,
        changed: Changed {
            of: 1_000_000,
            gained: 24_871,
            lost: 312,
            open: 95,
        },
        reach_gained: (212, 1_843),
        reach_lost: (3, 7),
        sensitive_gained: 2_412,
        sensitive_lost: 0,
        errors: 0,
        disagrees: 0,
        assumed: 0,
        skipped: 4,
        window: Some((AT - 30 * DAY, AT - DAY)),
        generated: false,
        people: vec![
            group("Employee", 0, 312, 95, RiskLevel::Low),
            group("Contractor", 24_059, 0, 0, RiskLevel::High),
            group("Service", 812, 0, 0, RiskLevel::Medium),
        ],
        resources: vec![
            group("Record", 24_871, 0, 95, RiskLevel::High),
            group("Folder", 0, 312, 0, RiskLevel::Low),
        ],
        actions: vec![
            group("Action::\"read\"", 24_871, 0, 95, RiskLevel::High),
            group("Action::\"share\"", 0, 312, 0, RiskLevel::Low),
        ],
        complete: true,
        examples: vec![
            example(
                "Employee::\"bo\"",
                "share",
                "Folder::\"q3\"",
                Measure::Lost,
                300,
                RiskLevel::Low,
            ),
            example(
                "Contractor::\"carol\"",
                "read",
                "Record::\"p0-7\"",
                Measure::Gained,
                41,
                RiskLevel::High,
            ),
            example(
                "Service::\"etl\"",
                "read",
                "Record::\"open|1\"",
                Measure::Gained,
                812,
                RiskLevel::Medium,
            ),
        ],
        distinct: 1_950,
        proof: vec![
            Proof {
                action: "Action::\"read\"".to_owned(),
                relation: Relation::Widens,
                example: Some((
                    "a Contractor could read a Record whose classification is \"P0\"".to_owned(),
                    Decision::Allow,
                )),
                situation: Some(secrets_read()),
                reason: None,
            },
            Proof {
                action: "Action::\"share\"".to_owned(),
                relation: Relation::Narrows,
                example: None,
                situation: None,
                reason: None,
            },
            Proof {
                action: "Action::\"delete\"".to_owned(),
                relation: Relation::Equivalent,
                example: None,
                situation: None,
                reason: None,
            },
        ],
        report: Some("ab".repeat(32)),
    }
}

pub fn gate(name: &str, standing: Standing, found: Found) -> Gate {
    Gate {
        name: name.to_owned(),
        standing,
        found: found.words(),
        finding: Some(found),
        remarks: Vec::new(),
    }
}

fn judged() -> Judged {
    let proof = |action: &str, relation| ActionProof {
        action: format!("Action::\"{action}\""),
        relation,
        reason: None,
    };
    Judged {
        rows: 1_000_000,
        gained: 24_871,
        lost: 312,
        open: 95,
        alike: 1,
        others: vec![
            proof("read", Relation::Widens),
            proof("share", Relation::Narrows),
        ],
        exceeded: 1,
        answer: Some(Answer {
            by: "Bo Lind".to_owned(),
            reason: "agreed with the data owner".to_owned(),
        }),
    }
}

pub fn moved() -> Move {
    Move {
        step: step(7, "2.4.0", AT, 24_871, 312),
        tenant: "northwind".to_owned(),
        environment: "production".to_owned(),
        from: Some("2.3.1".to_owned()),
        policies: vec![
            Policy {
                id: "contractors-read-projects".to_owned(),
                how: Some(PolicyChangeKind::Changed),
                cites: vec![Citation {
                    id: "GDPR Art. 32".to_owned(),
                    title: Some("Security of processing".to_owned()),
                    link: Some("https://eur-lex.europa.eu/eli/reg/2016/679/oj".to_owned()),
                }],
            },
            Policy {
                id: "no-p0-contractors".to_owned(),
                how: Some(PolicyChangeKind::Removed),
                cites: Vec::new(),
            },
        ],
        modes: vec![Applied {
            policy: Some("contractors-read-projects".to_owned()),
            percent: 10,
        }],
        gates: vec![
            gate("validation", Standing::Passed, Found::NoErrors),
            gate("tests", Standing::Passed, Found::TestsPass { count: 18 }),
            gate("drift", Standing::Overridden, Found::Replayed(judged())),
            gate(
                "approvals",
                Standing::Passed,
                Found::Approvals {
                    wanted: 1,
                    by: vec!["Bo Lind <bo@northwind.example>".to_owned()],
                    refused: Vec::new(),
                },
            ),
        ],
        approvals: vec![Approval {
            by: "Bo Lind <bo@northwind.example>".to_owned(),
            at: AT - 3_600,
        }],
        way_back: Some(WayBack {
            version: "2.3.1".to_owned(),
            command: "fabric rollback production".to_owned(),
            bundle: "cd".repeat(32),
        }),
        later: 0,
    }
}

pub fn promotion() -> Promotion {
    Promotion {
        moved: moved(),
        drift: Replayed::Drift(Box::new(drift())),
        before: vec![
            step(4, "2.2.0", AT - 60 * DAY, 120, 4_000),
            step(5, "2.3.0", AT - 40 * DAY, 9_000, 0),
            step(6, "2.3.1", AT - 20 * DAY, 12_600, 10),
        ],
    }
}

pub fn week() -> Week {
    let mut back = step(8, "2.3.1", AT + 2 * DAY, 312, 24_871);
    back.what = What::Rollback(7);
    back.reason = None;
    let mut first = step(7, "2.4.0", AT, 24_871, 312);
    first.left_out = vec!["drift".to_owned()];
    Week {
        channel: "production".to_owned(),
        from: AT - DAY,
        until: AT + 6 * DAY,
        ships: Some("2.3.1".to_owned()),
        moves: vec![first, back],
        before: Some(vec![step(6, "2.3.1", AT - 5 * DAY, 12_600, 10)]),
        earlier: vec![
            step(5, "2.3.0", AT - 40 * DAY, 9_000, 0),
            step(6, "2.3.1", AT - 5 * DAY, 12_600, 10),
        ],
        undo: Some("fabric rollback production --reason …".to_owned()),
    }
}

pub fn rollback() -> Rollback {
    let mut step = step(8, "2.3.1", AT + 2 * DAY, 312, 24_871);
    step.what = What::Rollback(7);
    step.reason = Some("Contractors could open P0 records that are not theirs.".to_owned());
    let drift = Drift {
        changed: Changed {
            of: 1_000_000,
            gained: 312,
            lost: 24_871,
            open: 0,
        },
        reach_gained: (3, 7),
        reach_lost: (212, 1_843),
        sensitive_gained: 0,
        sensitive_lost: 2_412,
        people: vec![
            group("Contractor", 0, 24_059, 0, RiskLevel::Medium),
            group("Service", 0, 812, 0, RiskLevel::Low),
            group("Employee", 312, 0, 0, RiskLevel::Low),
        ],
        resources: vec![
            group("Record", 0, 24_871, 0, RiskLevel::Medium),
            group("Folder", 312, 0, 0, RiskLevel::Low),
        ],
        actions: Vec::new(),
        examples: Vec::new(),
        proof: Vec::new(),
        report: None,
        ..drift()
    };
    Rollback {
        moved: Move {
            step,
            from: Some("2.4.0".to_owned()),
            gates: Vec::new(),
            approvals: Vec::new(),
            modes: Vec::new(),
            way_back: Some(WayBack {
                version: "2.4.0".to_owned(),
                command: "fabric rollback production".to_owned(),
                bundle: "ef".repeat(32),
            }),
            ..moved()
        },
        undone: Some(self::step(7, "2.4.0", AT, 24_871, 312)),
        partial: false,
        drift: Replayed::Drift(Box::new(drift)),
    }
}

pub fn verdict() -> Verdict {
    let bound = |rule: &str, measure, found, limit| Bound {
        rule: rule.to_owned(),
        measure,
        found,
        limit,
    };
    Verdict {
        base: "main".to_owned(),
        head: "draft".to_owned(),
        at: Some(AT),
        ruling: Ruling::Blocked,
        bounds: vec![
            bound("sensitive", Measure::Gained, 2_412, Some(0)),
            bound("sensitive", Measure::Open, 95, Some(100)),
            bound("default", Measure::Gained, 22_459, None),
            bound("default", Measure::Lost, 312, Some(500)),
        ],
        authors: vec!["Ana Pérez <ana@northwind.example>".to_owned()],
        overridden: None,
        drift: Replayed::Drift(Box::new(Drift {
            reached: Reached::Proposed,
            ..drift()
        })),
        receipt: receipt(16),
        tolerance: format!("sha256:{}", "5a".repeat(32)),
    }
}

pub fn evidence() -> Evidence {
    let kind = |kind: &str, receipts| Kind {
        kind: kind.to_owned(),
        receipts,
        last: AT,
    };
    Evidence {
        origin: "northwind/policies".to_owned(),
        receipts: 42,
        period: Some((AT - 60 * DAY, AT)),
        kinds: vec![
            kind("drift-preview", 21),
            kind("guard-verdict", 11),
            kind("promotion", 7),
            kind("rollback", 1),
            kind("override", 1),
            kind("narrative", 1),
        ],
        purged: 0,
        checkpoint: Some(Checkpoint {
            receipts: 42,
            root: "9f".repeat(32),
            witnesses: vec!["witness.example/one".to_owned()],
        }),
        audit: Some(Audit {
            at: AT,
            fault: None,
        }),
        exceptions: vec![Exception {
            at: AT,
            by: "Bo Lind <bo@northwind.example>".to_owned(),
            what: "drift".to_owned(),
            place: "production 2.4.0".to_owned(),
            reason: "Agreed with the data owner.".to_owned(),
            receipt: receipt(17),
        }],
        keys: vec!["release-2025".to_owned(), "release-2026".to_owned()],
        moves: promotion().before,
    }
}
