//! What was found at a gate, and what to do about it, in the language of the window. `Backticks` mark code.

use model::{Broken, Found, Hours, Judged, Remark};

use crate::{
    texts::{Text, releases},
    words,
};

/// What was found.
pub(super) fn told(found: &Found) -> String {
    match found {
        Found::NoErrors => releases::FOUND_NO_ERRORS.into(),
        Found::Errors {
            count,
            file,
            line,
            message,
        } => releases::FoundErrors {
            count: *count,
            place: &format!("{file}:{line}"),
            message,
        }
        .say(),
        Found::NoTests => releases::FOUND_NO_TESTS.into(),
        Found::TestsPass { count } => releases::FoundTestsPass { count: *count }.say(),
        Found::TestsFail { failed, of, first } => releases::FoundTestsFail {
            failed: *failed,
            of: *of,
            first,
        }
        .say(),
        Found::Unlisted { file } => releases::FoundUnlisted { file }.say(),
        Found::ReferencesWhole { count } => releases::FoundReferencesWhole { count: *count }.say(),
        Found::ReferencesBroken {
            broken,
            of,
            first,
            left_out,
        } => {
            let found = match first {
                Broken::List { file } => releases::FoundListGone { file }.say(),
                Broken::Citation {
                    file,
                    line,
                    column,
                    name,
                    amiss,
                } => releases::FoundReferencesBroken {
                    broken: *broken,
                    of: *of,
                    place: &format!("{file}:{line}:{column}"),
                    message: &words::amiss(name, amiss),
                }
                .say(),
            };
            match left_out {
                None => found,
                Some(reason) => releases::FoundLeftOut {
                    found: &found,
                    reason,
                }
                .say(),
            }
        }
        Found::NoTolerance => releases::FOUND_NO_TOLERANCE.into(),
        Found::NothingShipped => releases::FOUND_NOTHING_SHIPPED.into(),
        Found::NoLog => releases::FOUND_NO_LOG.into(),
        Found::Replayed(judged) => replayed(judged),
        Found::NoApprovals => releases::FOUND_NO_APPROVALS.into(),
        Found::Approvals {
            wanted,
            by,
            refused,
        } => {
            let wanted = *wanted;
            let approved = match found.counting() {
                0 => releases::FoundNotApproved { wanted }.say(),
                there => releases::FoundApproved {
                    there,
                    wanted,
                    people: &by.join(", "),
                }
                .say(),
            };
            refused
                .iter()
                .fold(approved, |said, refusal| also(&said, refusal))
        }
        Found::AnyTime => releases::FOUND_ANY_TIME.into(),
        Found::Open { hours } => releases::FoundOpen {
            hours: &open(hours),
        }
        .say(),
        Found::Closed { hours, anyway } => {
            let hours = &open(hours);
            match anyway {
                None => releases::FoundClosed { hours }.say(),
                Some(reason) => releases::FoundAnyway { hours, reason }.say(),
            }
        }
    }
}

/// What to do about it, where something is to be done.
pub(super) fn hint(found: &Found) -> Option<Text> {
    Some(match found {
        Found::Errors { .. } => releases::HINT_ERRORS,
        Found::TestsFail { .. } => releases::HINT_TESTS,
        Found::ReferencesBroken { .. } => releases::HINT_REFERENCES,
        Found::NoLog => releases::HINT_NO_LOG,
        Found::Replayed(_) => releases::HINT_EXCEEDED,
        Found::Approvals { .. } => releases::HINT_APPROVALS,
        Found::Closed { .. } => releases::HINT_CLOSED,
        _ => return None,
    })
}

/// The same, with what is to be known beside it.
pub(super) fn remarked(found: String, remarks: &[Remark]) -> String {
    remarks.iter().fold(found, |found, remark| match remark {
        Remark::OwnApprovals { asked, there } => {
            let (asked, there) = (*asked, *there);
            let why = releases::RemarkOwnApprovals { asked, there }.say();
            own(&found, &why)
        }
        Remark::OwnTolerance { why } => own(&found, why),
        Remark::TestsGone { count, first } => {
            let count = *count;
            also(&found, &releases::RemarkTestsGone { count, first }.say())
        }
        Remark::InBetween => also(&found, releases::REMARK_IN_BETWEEN.get()),
        Remark::NothingDecides => also(&found, releases::REMARK_NOTHING_DECIDES.get()),
        Remark::CanaryLeftOut => also(&found, releases::REMARK_CANARY_LEFT_OUT.get()),
        Remark::NotShipped { count, first } => {
            let count = *count;
            also(&found, &releases::RemarkNotShipped { count, first }.say())
        }
    })
}

fn own(found: &str, why: &str) -> String {
    releases::RemarkOwn { found, why }.say()
}

fn also(found: &str, more: &str) -> String {
    releases::FoundAlso { found, more }.say()
}

fn replayed(judged: &Judged) -> String {
    let mut said = releases::FoundReplayed {
        rows: judged.rows,
        gained: judged.gained,
        lost: judged.lost,
        open: judged.open,
    }
    .say();
    let mut add = |more: String| said = also(&said, &more);
    if judged.has_no_proof() {
        add(releases::FOUND_NO_SCHEMA.into());
    }
    for proof in &judged.others {
        let (_, action) = &words::entity(&proof.action);
        let (relation, _) = words::relation(proof.relation);
        add(match &proof.reason {
            None => releases::FoundProven { action, relation }.say(),
            Some(why) => releases::FoundProvenWhy {
                action,
                relation,
                why,
            }
            .say(),
        });
    }
    if judged.alike > 0 {
        let count = judged.alike;
        add(releases::FoundAlike { count }.say());
    }
    match (&judged.answer, judged.exceeded) {
        (Some(answer), _) => {
            let (by, reason) = (&answer.by, &answer.reason);
            add(releases::FoundAnswer { by, reason }.say());
        }
        (None, 0) => {}
        (None, count) => add(releases::FoundExceeded { count }.say()),
    }
    said
}

pub(super) fn open(hours: &Hours) -> String {
    let day = |day: &model::Weekday| releases::Weekday { day: *day as u64 }.say();
    let days: Vec<String> = hours.days.iter().map(day).collect();
    let (from, until) = (&hours.from, &hours.until);
    releases::Hours {
        days: &days.join(", "),
        from,
        until,
    }
    .say()
}

#[cfg(test)]
mod tests {
    use model::{ActionProof, Answer, Relation, Weekday};

    use super::*;
    use crate::texts::tests::english;

    #[test]
    fn a_finding_is_told_by_its_parts() {
        english();
        let judged = Judged {
            rows: 20_000,
            gained: 3,
            open: 1,
            alike: 2,
            others: vec![ActionProof {
                action: "Action::\"edit\"".into(),
                relation: Relation::NotProven,
                reason: Some("no solver".into()),
            }],
            exceeded: 1,
            ..Judged::default()
        };
        let words = "20,000 rows replayed: +3 gain, −0 lose, 1 open; `edit` not proven (no solver); proven alike for 2 actions";
        assert_eq!(
            told(&Found::Replayed(judged.clone())),
            format!("{words}; 1 bound exceeded")
        );
        let answered = Judged {
            answer: Some(Answer {
                by: "Bo".into(),
                reason: "agreed".into(),
            }),
            ..judged
        };
        assert_eq!(
            told(&Found::Replayed(answered)),
            format!("{words}; Bo answers for it: agreed")
        );
        let hours = Hours {
            days: vec![Weekday::Sun, Weekday::Sat],
            from: "08:00".into(),
            until: "17:30".into(),
        };
        let found = Found::Closed {
            hours,
            anyway: None,
        };
        assert_eq!(told(&found), "Closed: Sun, Sat 08:00 to 17:30 UTC");
        assert_eq!(hint(&found), Some(releases::HINT_CLOSED));
    }

    #[test]
    fn what_is_to_be_known_beside_it_follows() {
        english();
        let remarks = [
            Remark::OwnApprovals { asked: 2, there: 1 },
            Remark::OwnTolerance { why: "gone".into() },
            Remark::TestsGone {
                count: 1,
                first: "a".into(),
            },
            Remark::InBetween,
            Remark::CanaryLeftOut,
            Remark::NothingDecides,
            Remark::NotShipped {
                count: 2,
                first: "b.cedar".into(),
            },
        ];
        assert_eq!(
            remarked("Found".into(), &remarks),
            "Found; by the next version’s rules, for those in force cannot be met: 2 approvals asked for, 1 approver named; \
             by the next version’s rules, for those in force cannot be met: gone; \
             a named test is no longer in it: `a`; \
             as long as some of its policies wait, with those before in their place; \
             what a canary gives to those it reaches is not counted; \
             nothing decides for everybody yet: held against the version that only runs along; \
             2 files do not ship, for git does not have them; the first is `b.cedar`"
        );
    }

    /// In English the window says what the command line says, with code marked as such.
    #[test]
    fn english_is_the_words_that_are_recorded() {
        english();
        for found in [
            Found::NoErrors,
            Found::NoTests,
            Found::TestsPass { count: 1 },
            Found::TestsPass { count: 1_800 },
            Found::TestsFail {
                failed: 2,
                of: 1,
                first: "a".into(),
            },
            Found::Unlisted { file: "f".into() },
            Found::ReferencesWhole { count: 1 },
            Found::ReferencesWhole { count: 2 },
            Found::NoTolerance,
            Found::NothingShipped,
            Found::NoLog,
            Found::NoApprovals,
            Found::Approvals {
                wanted: 2,
                by: Vec::new(),
                refused: vec!["no".into()],
            },
            Found::Approvals {
                wanted: 2,
                by: vec!["Bo".into()],
                refused: Vec::new(),
            },
            Found::AnyTime,
        ] {
            // But for the capital at the front.
            assert_eq!(told(&found).to_lowercase(), found.words().to_lowercase());
        }
    }
}
