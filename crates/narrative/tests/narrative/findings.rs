//! What was found at a check, in every language.

use model::{ActionProof, Amiss, Answer, Broken, Found, Hours, Judged, Relation, Remark, Weekday};
use narrative::{
    Facts,
    document::Content,
    facts::{Gate, Standing},
    language::{PSEUDO, plain},
    write,
};

use crate::samples;

/// The cell that tells what was found.
fn cell(gate: Gate, tag: &str) -> String {
    let mut promotion = samples::promotion();
    promotion.moved.gates = vec![gate];
    let document = write(&Facts::Promotion(Box::new(promotion)), tag).unwrap();
    let mut blocks = document.blocks.iter();
    let table = blocks.find(|block| block.id == "detail-gates-table");
    let Content::Table(table) = &table.unwrap().content else {
        panic!("no table");
    };
    plain(&table.rows[0][2])
}

fn told(found: Found, tag: &str) -> String {
    cell(samples::gate("gate", Standing::Passed, found), tag)
}

fn tests_fail(failed: u64, of: u64) -> Found {
    Found::TestsFail {
        failed,
        of,
        first: "interns read".into(),
    }
}

fn broken(broken: u64, of: u64) -> Found {
    Found::ReferencesBroken {
        broken,
        of,
        first: Broken::Citation {
            file: "a.cedar".into(),
            line: 3,
            column: 9,
            name: "pentest".into(),
            amiss: Amiss::Expired {
                until: "2026-01-31".into(),
            },
        },
        left_out: Some("it is on paper".into()),
    }
}

fn judged() -> Found {
    let proof = |action: &str| ActionProof {
        action: format!("Action::\"{action}\""),
        relation: Relation::NotProven,
        reason: Some("no solver".into()),
    };
    Found::Replayed(Judged {
        rows: 1,
        gained: 1,
        lost: 2_000,
        open: 0,
        alike: 1,
        others: vec![proof("read"), proof("share")],
        exceeded: 2,
        answer: None,
    })
}

fn closed() -> Found {
    Found::Closed {
        hours: Hours {
            days: vec![Weekday::Mon, Weekday::Fri],
            from: "08:00".into(),
            until: "17:30".into(),
        },
        anyway: Some("an outage".into()),
    }
}

#[test]
fn findings_are_told_in_the_language_and_others_are_quoted() {
    for (tag, found, words) in [
        (
            "en",
            tests_fail(2, 18),
            "failed: 2 of 18 named tests, the first is “interns read”",
        ),
        (
            "de",
            tests_fail(2, 18),
            "2 von 18 benannten Tests nicht bestanden, zuerst „interns read“",
        ),
        (
            "fr",
            tests_fail(2, 18),
            "2 tests nommés sur 18 en échec, le premier est «\u{202f}interns read\u{202f}»",
        ),
        (
            "de",
            tests_fail(1, 1),
            "1 von 1 benannten Test nicht bestanden: „interns read“",
        ),
        (
            "fr",
            tests_fail(1, 18),
            "1 test nommé sur 18 en échec\u{a0}: «\u{202f}interns read\u{202f}»",
        ),
        (
            "de",
            broken(1, 3),
            "ungültig: 1 von 3 Verweisen, der erste in a.cedar:3:9: pentest galt bis 31.\u{a0}Januar 2026; ausgelassen, der \
             angegebene Grund: „it is on paper“",
        ),
        (
            "de",
            judged(),
            "1 Anfrage nachgespielt, davon 1 neu erlaubt, 2.000 neu abgelehnt, 0 offen; read und share: nicht bewiesen (die Engine meldet: „no solver“); für 1 Handlung ist \
             bewiesen, dass keine Anfrage anders beantwortet wird; 2 Grenzen überschritten",
        ),
        (
            "fr",
            judged(),
            "1 demande rejouée\u{a0}: 1 accès gagné, 2\u{202f}000 perdus, 0 inconnu\u{202f}; read et share\u{a0}: non prouvé \
             (le moteur dit\u{a0}: «\u{202f}no solver\u{202f}»)\u{202f}; pour 1 action, il est prouvé qu’aucune demande ne reçoit une autre réponse\u{202f}; 2 limites dépassées",
        ),
        (
            "en",
            closed(),
            "closed (Mon and Fri, 08:00 to 17:30 UTC); moved anyway: “an outage”",
        ),
        (
            "de",
            closed(),
            "außerhalb des Zeitfensters (Mo und Fr, 08:00 bis 17:30 Uhr UTC); der angegebene Grund: „an outage“",
        ),
        (
            "fr",
            closed(),
            "hors du créneau (lun. et ven., de 08\u{a0}h\u{a0}00 à 17\u{a0}h\u{a0}30 UTC)\u{202f}; la raison donnée\u{a0}: «\u{202f}an outage\u{202f}»",
        ),
    ] {
        assert_eq!(told(found, tag), words);
    }
}

#[test]
fn every_kind_of_finding_is_written_by_a_template() {
    let hours = || Hours {
        days: Vec::new(),
        from: "08:00".into(),
        until: "17:00".into(),
    };
    let approvals = |by: &[&str]| Found::Approvals {
        wanted: 2,
        by: by.iter().map(|name| (*name).to_owned()).collect(),
        refused: vec!["no".into()],
    };
    let file = || "authorities.toml".to_owned();
    for found in [
        Found::NoErrors,
        Found::Errors {
            count: 1,
            file: file(),
            line: 1,
            message: "no".into(),
        },
        Found::NoTests,
        Found::TestsPass { count: 1 },
        tests_fail(1, 2),
        Found::Unlisted { file: file() },
        Found::ReferencesWhole { count: 1 },
        broken(1, 1),
        Found::ReferencesBroken {
            broken: 1,
            of: 0,
            first: Broken::List { file: file() },
            left_out: None,
        },
        Found::NoTolerance,
        Found::NothingShipped,
        Found::NoLog,
        judged(),
        Found::Replayed(Judged::default()),
        Found::Replayed(Judged {
            answer: Some(Answer {
                by: "Bo".into(),
                reason: "agreed".into(),
            }),
            ..Judged::default()
        }),
        Found::NoApprovals,
        approvals(&[]),
        approvals(&["Bo"]),
        Found::AnyTime,
        Found::Open { hours: hours() },
        Found::Closed {
            hours: hours(),
            anyway: None,
        },
        closed(),
    ] {
        let words = found.words();
        let text = told(found, PSEUDO);
        assert!(
            text.starts_with('[') && text.ends_with(']'),
            "{words}: {text}"
        );
    }
}

#[test]
fn what_is_to_be_known_beside_a_finding_follows_it() {
    let own = |why: &str| Remark::OwnTolerance { why: why.into() };
    let gone = |count| Remark::TestsGone {
        count,
        first: "interns read".into(),
    };
    for (tag, remark, words) in [
        (
            "en",
            own("there is none"),
            "judged by the rules of the version that came next, for those in force could not be met: “there is none”",
        ),
        (
            "de",
            gone(2),
            "nicht mehr enthalten: 2 benannte Tests, zuerst „interns read“",
        ),
        (
            "fr",
            gone(1),
            "absent désormais\u{a0}: 1 test nommé, «\u{202f}interns read\u{202f}»",
        ),
    ] {
        let mut gate = samples::gate("tests", Standing::Passed, Found::NoTests);
        let alone = cell(gate.clone(), tag);
        gate.remarks.push(remark);
        let semicolon = if tag == "fr" { "\u{202f}; " } else { "; " };
        assert_eq!(cell(gate, tag), format!("{alone}{semicolon}{words}"));
    }
    for remark in [
        Remark::OwnApprovals { asked: 2, there: 1 },
        own("no"),
        gone(1),
        Remark::NotShipped {
            count: 1,
            first: "b.cedar".into(),
        },
    ] {
        let mut gate = samples::gate("tests", Standing::Passed, Found::NoTests);
        let alone = cell(gate.clone(), PSEUDO);
        gate.remarks.push(remark);
        assert!(cell(gate, PSEUDO).len() > alone.len() + 10);
    }
}

#[test]
fn old_facts_and_those_of_a_later_version_are_told_as_they_were_recorded() {
    for more in [
        "",
        r#","finding":null"#,
        r#","finding":{"moon":{"phase":"full"}}"#,
    ] {
        let text =
            format!(r#"{{"name":"drift","standing":"passed","found":"1 row replayed"{more}}}"#);
        let gate: Gate = serde_json::from_str(&text).unwrap();
        assert_eq!(gate.finding, None);
        assert!(!serde_json::to_string(&gate).unwrap().contains("finding"));
        assert_eq!(cell(gate, "de"), "1 row replayed");
    }
}
