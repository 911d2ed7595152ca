//! What was found at a check before a move, in the words of the language. What an engine or a person said stands between quotation
//! marks, as it was said.

use model::{ActionProof, Amiss, Broken, Found, Hours, Judged, Remark, Weekday};

use super::{Span, Writer, access::relation, code, exact, say, text, words};
use crate::{
    facts::Gate,
    language::{Arg, name},
    visible::{person, prose},
};

impl Writer<'_> {
    /// What was found, for a cell of a table.
    pub(super) fn found(&self, gate: &Gate) -> Vec<Span> {
        match &gate.finding {
            Some(found) => {
                let remarks = gate.remarks.iter().map(|remark| self.remark(remark));
                self.also(self.finding(found), remarks.collect())
            }
            // An old move, or a kind of finding that this version does not know: what was recorded tells it in English.
            None => vec![Span::Said(prose(&gate.found))],
        }
    }

    fn finding(&self, found: &Found) -> Vec<Span> {
        let language = self.language;
        match found {
            Found::NoErrors => language.say(say::FoundNoErrors {}),
            Found::Errors {
                count,
                file,
                line,
                message,
            } => language.say(say::FoundErrors {
                count: exact(*count),
                place: code(&format!("{file}:{line}")),
                message: Arg::Words(self.engine(message)),
            }),
            Found::NoTests => language.say(say::FoundNoTests {}),
            Found::TestsPass { count } => language.say(say::FoundTestsPass {
                count: exact(*count),
            }),
            Found::TestsFail { failed, of, first } => language.say(say::FoundTestsFail {
                failed: exact(*failed),
                of: exact(*of),
                first: self.said(first),
            }),
            Found::Unlisted { file } => language.say(say::FoundUnlisted { file: code(file) }),
            Found::ReferencesWhole { count } => language.say(say::FoundReferencesWhole {
                count: exact(*count),
            }),
            Found::ReferencesBroken {
                broken,
                of,
                first,
                left_out,
            } => {
                let found = self.broken(*broken, *of, first);
                match left_out {
                    None => found,
                    Some(reason) => language.say(say::FoundLeftOut {
                        found: Arg::Words(found),
                        reason: self.said(reason),
                    }),
                }
            }
            Found::NoTolerance => language.say(say::FoundNoTolerance {}),
            Found::NothingShipped => language.say(say::FoundNothingShipped {}),
            Found::NoLog => language.say(say::FoundNoLog {}),
            Found::Replayed(judged) => self.judged(judged),
            Found::NoApprovals => language.say(say::FoundNoApprovals {}),
            Found::Approvals {
                wanted,
                by,
                refused,
            } => {
                let approved = match found.counting() {
                    0 => language.say(say::FoundNotApproved {
                        wanted: exact(*wanted),
                    }),
                    there => language.say(say::FoundApproved {
                        there: exact(there),
                        wanted: exact(*wanted),
                        people: self.listed_people(by),
                    }),
                };
                let refused = refused
                    .iter()
                    .map(|refusal| language.said(refusal))
                    .collect();
                self.also(approved, refused)
            }
            Found::AnyTime => language.say(say::FoundAnyTime {}),
            Found::Open { hours } => language.say(say::FoundOpen {
                hours: self.hours(hours),
            }),
            Found::Closed {
                hours,
                anyway: None,
            } => language.say(say::FoundClosed {
                hours: self.hours(hours),
            }),
            Found::Closed {
                hours,
                anyway: Some(reason),
            } => language.say(say::FoundAnyway {
                hours: self.hours(hours),
                reason: self.said(reason),
            }),
        }
    }

    fn remark(&self, remark: &Remark) -> Vec<Span> {
        let language = self.language;
        match remark {
            Remark::OwnApprovals { asked, there } => language.say(say::RemarkOwnApprovals {
                asked: exact(*asked),
                there: exact(*there),
            }),
            Remark::OwnTolerance { why } => language.say(say::RemarkOwnTolerance {
                why: self.said(why),
            }),
            Remark::TestsGone { count, first } => language.say(say::RemarkTestsGone {
                count: exact(*count),
                first: self.said(first),
            }),
            Remark::InBetween => language.say(say::RemarkInBetween {}),
            Remark::NothingDecides => language.say(say::RemarkNothingDecides {}),
            Remark::CanaryLeftOut => language.say(say::RemarkCanaryLeftOut {}),
            Remark::NotShipped { count, first } => language.say(say::RemarkNotShipped {
                count: exact(*count),
                first: code(first),
            }),
        }
    }

    fn broken(&self, broken: u64, of: u64, first: &Broken) -> Vec<Span> {
        match first {
            Broken::List { file } => self.language.say(say::FoundListGone { file: code(file) }),
            Broken::Citation {
                file,
                line,
                column,
                name,
                amiss,
            } => self.language.say(say::FoundReferencesBroken {
                broken: exact(broken),
                of: exact(of),
                place: code(&format!("{file}:{line}:{column}")),
                message: Arg::Words(self.amiss(name, amiss)),
            }),
        }
    }

    fn amiss(&self, name: &str, amiss: &Amiss) -> Vec<Span> {
        let (language, name) = (self.language, code(name));
        match amiss {
            Amiss::Unlisted { list, .. } => language.say(say::AmissUnlisted {
                name,
                list: code(list),
            }),
            Amiss::Empty { annotation } => language.say(say::AmissEmpty {
                annotation: code(&format!("@{annotation}")),
            }),
            Amiss::Expired { until } => language.say(say::AmissExpired {
                name,
                until: words(language.day(until)),
            }),
            Amiss::FileGone { path } => language.say(say::AmissFileGone {
                name,
                path: code(path),
            }),
            Amiss::FileChanged { path } => language.say(say::AmissFileChanged {
                name,
                path: code(path),
            }),
            Amiss::NoReceipt => language.say(say::AmissNoReceipt { name }),
        }
    }

    fn judged(&self, judged: &Judged) -> Vec<Span> {
        let language = self.language;
        let found = language.say(say::FoundReplayed {
            rows: exact(judged.rows),
            gained: exact(judged.gained),
            lost: exact(judged.lost),
            open: exact(judged.open),
        });
        let mut more = Vec::new();
        if judged.has_no_proof() {
            more.push(language.say(say::FoundNoSchema {}));
        }
        more.extend(self.proven(&judged.others));
        if judged.alike > 0 {
            more.push(language.say(say::FoundAlike {
                count: exact(judged.alike),
            }));
        }
        match (&judged.answer, judged.exceeded) {
            (Some(answer), _) => more.push(language.say(say::FoundAnswer {
                by: words(person(&answer.by)),
                reason: self.said(&answer.reason),
            })),
            (None, 0) => {}
            (None, exceeded) => more.push(language.say(say::FoundExceeded {
                count: exact(exceeded),
            })),
        }
        self.also(found, more)
    }

    /// What is proven, once for all actions of which the same is said: without a solver that is every one.
    fn proven(&self, proofs: &[ActionProof]) -> Vec<Vec<Span>> {
        let mut said: Vec<(&ActionProof, Vec<&String>)> = Vec::new();
        for proof in proofs {
            let same = said.iter_mut().find(|(first, _)| {
                (first.relation, &first.reason) == (proof.relation, &proof.reason)
            });
            match same {
                Some((_, actions)) => actions.push(&proof.action),
                None => said.push((proof, vec![&proof.action])),
            }
        }
        let told = said.into_iter().map(|(proof, actions)| {
            let actions = self.listed_actions(actions);
            let relation = words(self.word(say::RelationWord {
                relation: relation(proof.relation),
            }));
            match &proof.reason {
                None => self.language.say(say::FoundProven { actions, relation }),
                Some(why) => self.language.say(say::FoundProvenWhy {
                    actions,
                    relation,
                    why: Arg::Words(self.engine(why)),
                }),
            }
        });
        told.collect()
    }

    fn hours(&self, hours: &Hours) -> Arg {
        let day = |day: &Weekday| {
            text(self.word(say::Weekday {
                day: Arg::Choice(match day {
                    Weekday::Sun => "sun",
                    Weekday::Mon => "mon",
                    Weekday::Tue => "tue",
                    Weekday::Wed => "wed",
                    Weekday::Thu => "thu",
                    Weekday::Fri => "fri",
                    Weekday::Sat => "sat",
                }),
            }))
        };
        let days: Vec<_> = hours.days.iter().map(day).collect();
        let clock = |at: &str| match at.split_once(':') {
            Some((hour, minute)) => words(self.word(say::Clock {
                hour: name(hour),
                minute: name(minute),
            })),
            None => name(at),
        };
        Arg::Words(self.language.say(say::Hours {
            days: Arg::Words(self.language.list(&days)),
            from: clock(&hours.from),
            until: clock(&hours.until),
        }))
    }

    /// What was found, and what else is to be said of it.
    fn also(&self, found: Vec<Span>, more: Vec<Vec<Span>>) -> Vec<Span> {
        more.into_iter().fold(found, |found, more| {
            self.language.say(say::FoundAlso {
                found: Arg::Words(found),
                more: Arg::Words(more),
            })
        })
    }

    fn said(&self, others: &str) -> Arg {
        words(self.language.quoted(others))
    }
}
