//! What was found at a gate of a release, as a value: whoever shows it words it in the reader's language. Names, reasons and what an
//! engine said are texts, and stay as they were said.
//!
//! Its JSON is `"no-errors"` for a kind without members, and `{"tests-pass":{"count":18}}` for one with. The kind is no member among
//! the others, because answers cross to the window by position, where members have no names.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::{Amiss, Relation, count, counted};

/// What was found at a gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// Validation: no file has an error.
    NoErrors,
    /// Validation: there are errors.
    Errors {
        /// How many, at least one.
        count: u64,
        /// The file of the first.
        file: String,
        /// Its line, from 1.
        line: u32,
        /// What is wrong there.
        message: String,
    },
    /// Tests: the version has none with a name.
    NoTests,
    /// Tests: all pass.
    TestsPass {
        /// How many, at least one.
        count: u64,
    },
    /// Tests: some fail.
    TestsFail {
        /// How many, at least one.
        failed: u64,
        /// Of how many.
        of: u64,
        /// The name of the first that fails.
        first: String,
    },
    /// References: the workspace does not list what may be cited.
    Unlisted {
        /// The file that would.
        file: String,
    },
    /// References: what policies cite is there.
    ReferencesWhole {
        /// How many.
        count: u64,
    },
    /// References: something is missing.
    ReferencesBroken {
        /// How many are broken, at least one; the list counts as one.
        broken: u64,
        /// Of how many references.
        of: u64,
        /// The first.
        first: Broken,
        /// Why the gate was left out, if it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left_out: Option<String>,
    },
    /// Drift: the channel names no tolerance file.
    NoTolerance,
    /// Drift: the channel ships nothing to compare with.
    NothingShipped,
    /// Drift: there is no log to replay.
    NoLog,
    /// Drift: a log was replayed.
    Replayed(Judged),
    /// Approvals: the channel asks for none.
    NoApprovals,
    /// Approvals: those there are.
    Approvals {
        /// How many are asked for, at least one.
        wanted: u64,
        /// Who approved, as `name <address>`.
        by: Vec<String>,
        /// Why others do not count.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        refused: Vec<String>,
    },
    /// Window: the channel moves at any time.
    AnyTime,
    /// Window: it is open.
    Open {
        /// When it is.
        hours: Hours,
    },
    /// Window: it is closed.
    Closed {
        /// When it is open.
        hours: Hours,
        /// Why the channel moved anyway, if it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        anyway: Option<String>,
    },
}

/// What is to be known beside a finding; it keeps no channel from moving.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remark {
    /// Approvals: the next version's rules were asked, for those in force ask for more people than there are.
    OwnApprovals {
        /// How many have to approve.
        asked: u64,
        /// How many could.
        there: u64,
    },
    /// Drift: the next version's tolerance was asked, for the one in force cannot be read.
    OwnTolerance {
        /// Why not, in English.
        why: String,
    },
    /// Tests: what the channel ships has named tests that this version does not have.
    TestsGone {
        /// How many, at least one.
        count: u64,
        /// The name of the first.
        first: String,
    },
    /// Tests, drift: it was found of what is in force as long as some of the policies wait, or for whom they do not reach.
    InBetween,
    /// Drift: a canary of the version that ships reaches some people, and what they get by it is not counted.
    CanaryLeftOut,
    /// Drift: nothing decides for everybody, so that the version was held against the one that ships and does not.
    NothingDecides,
    /// Validation: files lie in the workspace, decide there, and are not committed.
    NotShipped {
        /// How many, at least one.
        count: u64,
        /// The first.
        first: String,
    },
}

/// Something that policies rest on and that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Broken {
    /// The list of what may be cited: what is in force has it, the version does not.
    List {
        /// Its file.
        file: String,
    },
    /// A citation of a policy.
    Citation {
        /// The policy's file.
        file: String,
        /// The line of the citation, from 1.
        line: u32,
        /// Its column, from 1.
        column: u32,
        /// What is cited.
        name: String,
        /// What is wrong with it.
        amiss: Amiss,
    },
}

/// A replayed log, judged by a tolerance, and what is proven beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// Rows that were replayed.
    pub rows: u64,
    /// Of them, those that gain access.
    pub gained: u64,
    /// Those that lose it.
    pub lost: u64,
    /// Those that cannot be told.
    pub open: u64,
    /// Actions for which it is proven that every request is decided alike.
    pub alike: u64,
    /// The other actions. Without any of either there was no schema to prove by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<ActionProof>,
    /// Bounds of the tolerance that are exceeded.
    pub exceeded: u64,
    /// Who answers for that, if somebody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
}

/// What is proven of an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionProof {
    /// The action's id, `Action::"read"`.
    pub action: String,
    /// How the version's decisions relate to those in force.
    pub relation: Relation,
    /// Why nothing is proven, where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Somebody's word for what exceeds a tolerance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Whose.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Days and hours in which a channel may move, UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// The days it opens on.
    pub days: Vec<Weekday>,
    /// From when, `08:00`.
    pub from: String,
    /// Until when, `17:00`; not itself.
    pub until: String,
}

/// A day of the week; as a number, days since Sunday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    /// Sunday.
    Sun,
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
}

impl Found {
    /// It in English: what is recorded beside it, and what the command line says.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::NoErrors => "no errors in any file".to_owned(),
            Self::Errors {
                count,
                file,
                line,
                message,
            } => {
                let first = if *count == 1 { "" } else { " the first" };
                let errors = counted(*count, "error");
                format!("{errors},{first} in {file}:{line}: {message}")
            }
            Self::NoTests => "the version has no named tests".to_owned(),
            Self::TestsPass { count: 1 } => "1 named test passes".to_owned(),
            Self::TestsPass { count } => format!("{} pass", counted(*count, "named test")),
            Self::TestsFail { failed, of, first } => {
                let tests = counted(*of, "named test");
                format!(
                    "failed: {} of {tests}, the first is `{first}`",
                    count(*failed)
                )
            }
            Self::Unlisted { file } => format!("the workspace has no `{file}`"),
            Self::ReferencesWhole { count: 1 } => "1 reference is whole".to_owned(),
            Self::ReferencesWhole { count } => {
                format!("{} are whole", counted(*count, "reference"))
            }
            Self::ReferencesBroken {
                broken,
                of,
                first,
                left_out,
            } => {
                let left_out = left_out.as_ref();
                let left_out = left_out.map(|reason| format!("left out: {reason}; "));
                format!(
                    "{}broken: {} of {}, the first in {}",
                    left_out.unwrap_or_default(),
                    count(*broken),
                    counted(*of, "reference"),
                    first.words()
                )
            }
            Self::NoTolerance => "the channel names no tolerance file".to_owned(),
            Self::NothingShipped => {
                "the channel ships nothing yet: there is nothing to compare with".to_owned()
            }
            Self::NoLog => "there is no log to replay".to_owned(),
            Self::Replayed(judged) => judged.words(),
            Self::NoApprovals => "the channel asks for no approval".to_owned(),
            Self::Approvals {
                wanted,
                by,
                refused,
            } => {
                let found = match self.counting() {
                    0 => format!(
                        "{} asked for, and nobody approved",
                        counted(*wanted, "approval")
                    ),
                    there => format!("{} of {}: {}", count(there), count(*wanted), by.join(", ")),
                };
                refused
                    .iter()
                    .fold(found, |found, refusal| found + "; " + refusal)
            }
            Self::AnyTime => "the channel moves at any time".to_owned(),
            Self::Open { hours } => format!("open: {hours}"),
            Self::Closed {
                hours,
                anyway: None,
            } => format!("closed: {hours}"),
            Self::Closed {
                hours,
                anyway: Some(reason),
            } => format!("closed ({hours}); moved anyway: {reason}"),
        }
    }

    /// Approvals of those asked for; more than that count for no more.
    #[must_use]
    pub fn counting(&self) -> u64 {
        match self {
            Self::Approvals { wanted, by, .. } => (by.len() as u64).min(*wanted),
            _ => 0,
        }
    }

    /// Reads what was recorded. A kind that this version does not know reads as nothing: a later version may have recorded it, and
    /// the words beside it say what it was.
    ///
    /// # Errors
    /// Those of the source, where it is no JSON.
    pub fn known<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
        Value::deserialize(from).map(|value| serde_json::from_value(value).ok())
    }
}

impl Remark {
    /// It in English, to be said behind what was found.
    #[must_use]
    pub fn words(&self) -> String {
        const OWN: &str = "by the next version's rules, for those in force cannot be met";
        match self {
            Self::OwnApprovals { asked, there } => {
                format!(
                    "{OWN}: {} to approve, of {} who can",
                    count(*asked),
                    count(*there)
                )
            }
            Self::OwnTolerance { why } => format!("{OWN}: {why}"),
            Self::TestsGone { count, first } => format!(
                "not in it any more: {}, the first is `{first}`",
                counted(*count, "named test")
            ),
            Self::InBetween => {
                "as long as some of its policies wait, with those before in their place".to_owned()
            }
            Self::NothingDecides => {
                "nothing decides for everybody yet: held against the version that only runs along"
                    .to_owned()
            }
            Self::CanaryLeftOut => {
                "what a canary gives to those it reaches is not counted".to_owned()
            }
            Self::NotShipped { count, first } => format!(
                "not shipped, for git does not have it: {}, the first is `{first}`",
                counted(*count, "file")
            ),
        }
    }

    /// Reads what was recorded, but for kinds that this version does not know: the words beside them say what they were.
    ///
    /// # Errors
    /// Those of the source, where it is no JSON, or no list.
    pub fn known<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Self>, D::Error> {
        let all = Vec::<Value>::deserialize(from)?.into_iter();
        Ok(all
            .filter_map(|one| serde_json::from_value(one).ok())
            .collect())
    }
}

impl Broken {
    fn words(&self) -> String {
        match self {
            Self::List { file } => {
                format!("what is in force has `{file}`, and this version has none")
            }
            Self::Citation {
                file,
                line,
                column,
                name,
                amiss,
            } => {
                let (message, hint) = (amiss.words(name), amiss.hint());
                format!("{file}:{line}:{column}: {message}: {hint}")
            }
        }
    }
}

impl Judged {
    fn words(&self) -> String {
        let mut words = format!(
            "{} replayed: +{} gain, \u{2212}{} lose, {} open",
            counted(self.rows, "row"),
            count(self.gained),
            count(self.lost),
            count(self.open)
        );
        if self.has_no_proof() {
            words += "; nothing proven: there is no schema";
        }
        for proof in &self.others {
            let relation = match proof.relation {
                Relation::Equivalent => "proven alike",
                Relation::Narrows => "narrows",
                Relation::Widens => "widens",
                Relation::Differs => "gains and loses",
                Relation::NotProven => "not proven",
            };
            words += &format!("; {} {relation}", proof.action);
            if let Some(reason) = &proof.reason {
                words += &format!(" ({reason})");
            }
        }
        if self.alike > 0 {
            words += &format!("; proven alike for {}", counted(self.alike, "action"));
        }
        match (&self.answer, self.exceeded) {
            (Some(answer), _) => {
                words += &format!("; {} answers for it: {}", answer.by, answer.reason);
            }
            (None, 0) => {}
            (None, exceeded) => words += &format!("; {} exceeded", counted(exceeded, "bound")),
        }
        words
    }

    /// Nothing could be proven: there was no schema.
    #[must_use]
    pub fn has_no_proof(&self) -> bool {
        self.alike == 0 && self.others.is_empty()
    }
}

/// `Mon, Fri 08:00 to 17:30 UTC`.
impl fmt::Display for Hours {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<_> = self.days.iter().map(|day| format!("{day:?}")).collect();
        write!(
            to,
            "{} {} to {} UTC",
            days.join(", "),
            self.from,
            self.until
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hours() -> Hours {
        Hours {
            days: vec![Weekday::Mon, Weekday::Fri],
            from: "08:00".into(),
            until: "17:30".into(),
        }
    }

    fn judged() -> Judged {
        Judged {
            rows: 1_000_000,
            gained: 24_871,
            lost: 312,
            open: 95,
            ..Judged::default()
        }
    }

    fn proof(action: &str, relation: Relation, reason: Option<&str>) -> ActionProof {
        ActionProof {
            action: format!("Action::\"{action}\""),
            relation,
            reason: reason.map(str::to_owned),
        }
    }

    fn broken(first: Broken, left_out: Option<&str>) -> Found {
        Found::ReferencesBroken {
            broken: 2,
            of: 1,
            first,
            left_out: left_out.map(str::to_owned),
        }
    }

    fn citation() -> Broken {
        Broken::Citation {
            file: "a.cedar".into(),
            line: 3,
            column: 9,
            name: "pentest".into(),
            amiss: Amiss::Unlisted {
                list: "authorities.toml".into(),
                near: Some("pentests".into()),
            },
        }
    }

    fn errors(count: u64) -> Found {
        Found::Errors {
            count,
            file: "a.cedar".into(),
            line: 3,
            message: "unexpected `;`".into(),
        }
    }

    fn approvals(wanted: u64, by: &[&str], refused: &[&str]) -> Found {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Found::Approvals {
            wanted,
            by: owned(by),
            refused: owned(refused),
        }
    }

    /// Every kind, and the words it was recorded with before it was a value.
    fn all() -> Vec<(Found, &'static str)> {
        let list = || Broken::List {
            file: "authorities.toml".into(),
        };
        vec![
            (Found::NoErrors, "no errors in any file"),
            (errors(1), "1 error, in a.cedar:3: unexpected `;`"),
            (
                errors(2),
                "2 errors, the first in a.cedar:3: unexpected `;`",
            ),
            (Found::NoTests, "the version has no named tests"),
            (Found::TestsPass { count: 1 }, "1 named test passes"),
            (Found::TestsPass { count: 18 }, "18 named tests pass"),
            (
                Found::TestsFail {
                    failed: 2,
                    of: 18,
                    first: "interns read".into(),
                },
                "failed: 2 of 18 named tests, the first is `interns read`",
            ),
            (
                Found::Unlisted {
                    file: "authorities.toml".into(),
                },
                "the workspace has no `authorities.toml`",
            ),
            (Found::ReferencesWhole { count: 1 }, "1 reference is whole"),
            (
                Found::ReferencesWhole { count: 0 },
                "0 references are whole",
            ),
            (
                broken(citation(), None),
                "broken: 2 of 1 reference, the first in a.cedar:3:9: `pentest` is not in `authorities.toml`: did you mean `pentests`? else add it to `authorities.toml`",
            ),
            (
                broken(list(), Some("it is on paper")),
                "left out: it is on paper; broken: 2 of 1 reference, the first in what is in force has `authorities.toml`, and this version has none",
            ),
            (Found::NoTolerance, "the channel names no tolerance file"),
            (
                Found::NothingShipped,
                "the channel ships nothing yet: there is nothing to compare with",
            ),
            (Found::NoLog, "there is no log to replay"),
            (
                Found::Replayed(judged()),
                "1,000,000 rows replayed: +24,871 gain, \u{2212}312 lose, 95 open; nothing proven: there is no schema",
            ),
            (
                Found::Replayed(Judged {
                    rows: 1,
                    alike: 1,
                    others: vec![
                        proof("edit", Relation::Widens, None),
                        proof("view", Relation::Narrows, None),
                        proof("share", Relation::Differs, None),
                        proof("sign", Relation::NotProven, Some("no solver")),
                    ],
                    exceeded: 2,
                    ..judged()
                }),
                "1 row replayed: +24,871 gain, \u{2212}312 lose, 95 open; Action::\"edit\" widens; Action::\"view\" narrows; \
                 Action::\"share\" gains and loses; Action::\"sign\" not proven (no solver); proven alike for 1 action; 2 bounds exceeded",
            ),
            (
                Found::Replayed(Judged {
                    alike: 3,
                    exceeded: 1,
                    answer: Some(Answer {
                        by: "Bo Lind".into(),
                        reason: "agreed".into(),
                    }),
                    ..judged()
                }),
                "1,000,000 rows replayed: +24,871 gain, \u{2212}312 lose, 95 open; proven alike for 3 actions; Bo Lind answers for it: agreed",
            ),
            (Found::NoApprovals, "the channel asks for no approval"),
            (
                approvals(1, &[], &["the approval of `Ada` does not hold: late"]),
                "1 approval asked for, and nobody approved; the approval of `Ada` does not hold: late",
            ),
            (approvals(1, &["Bo", "Cy"], &[]), "1 of 1: Bo, Cy"),
            (approvals(2, &["Bo"], &["no"]), "1 of 2: Bo; no"),
            (Found::AnyTime, "the channel moves at any time"),
            (
                Found::Open { hours: hours() },
                "open: Mon, Fri 08:00 to 17:30 UTC",
            ),
            (
                Found::Closed {
                    hours: hours(),
                    anyway: None,
                },
                "closed: Mon, Fri 08:00 to 17:30 UTC",
            ),
            (
                Found::Closed {
                    hours: hours(),
                    anyway: Some("an outage".into()),
                },
                "closed (Mon, Fri 08:00 to 17:30 UTC); moved anyway: an outage",
            ),
        ]
    }

    #[test]
    fn every_kind_has_its_words() {
        for (found, words) in all() {
            assert_eq!(found.words(), words);
        }
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Kept {
        #[serde(
            default,
            deserialize_with = "Found::known",
            skip_serializing_if = "Option::is_none"
        )]
        found: Option<Found>,
    }

    #[test]
    fn what_is_recorded_reads_as_it_was() {
        for (found, _) in all() {
            let kept = Kept { found: Some(found) };
            let text = serde_json::to_string(&kept).unwrap();
            assert_eq!(serde_json::from_str::<Kept>(&text).unwrap(), kept, "{text}");
        }
        let form = |found| serde_json::to_value(found).unwrap();
        assert_eq!(form(Found::NoErrors), json!("no-errors"));
        assert_eq!(
            form(Found::TestsPass { count: 18 }),
            json!({"tests-pass": {"count": 18}})
        );
    }

    #[test]
    fn a_remark_has_its_words_and_reads_as_it_was() {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Kept {
            #[serde(default, deserialize_with = "Remark::known")]
            remarks: Vec<Remark>,
        }
        let first = || "a".to_owned();
        for (remark, words) in [
            (
                Remark::OwnApprovals { asked: 2, there: 1 },
                "by the next version's rules, for those in force cannot be met: 2 to approve, of 1 who can",
            ),
            (
                Remark::OwnTolerance { why: "gone".into() },
                "by the next version's rules, for those in force cannot be met: gone",
            ),
            (
                Remark::TestsGone {
                    count: 1,
                    first: first(),
                },
                "not in it any more: 1 named test, the first is `a`",
            ),
            (
                Remark::NotShipped {
                    count: 2,
                    first: first(),
                },
                "not shipped, for git does not have it: 2 files, the first is `a`",
            ),
        ] {
            assert_eq!(remark.words(), words);
            let kept = Kept {
                remarks: vec![remark],
            };
            let text = serde_json::to_string(&kept).unwrap();
            assert_eq!(serde_json::from_str::<Kept>(&text).unwrap(), kept, "{text}");
        }
        let later = r#"{"remarks":[{"moon":{}},{"own-tolerance":{"why":"gone"}}]}"#;
        assert_eq!(
            serde_json::from_str::<Kept>(later).unwrap().remarks.len(),
            1
        );
        assert!(
            serde_json::from_str::<Kept>("{}")
                .unwrap()
                .remarks
                .is_empty()
        );
    }

    #[test]
    fn a_kind_that_is_not_known_reads_as_nothing() {
        for text in [
            r#"{}"#,
            r#"{"found":null}"#,
            r#"{"found":"signed-in-blood"}"#,
            r#"{"found":{"moon":{"phase":"full"}}}"#,
            r#"{"found":{"tests-pass":{}}}"#,
            r#"{"found":{"replayed":{"rows":1,"gained":0,"lost":0,"open":0,"alike":0,"exceeded":0,"others":[{"action":"a","relation":"shifts"}]}}}"#,
            r#"{"found":7}"#,
        ] {
            let kept: Kept = serde_json::from_str(text).unwrap();
            assert_eq!(kept.found, None, "{text}");
        }
        // More than is known of a known kind does no harm.
        let more = r#"{"found":{"tests-pass":{"count":1,"seconds":2}}}"#;
        let kept: Kept = serde_json::from_str(more).unwrap();
        assert_eq!(kept.found, Some(Found::TestsPass { count: 1 }));
    }
}
