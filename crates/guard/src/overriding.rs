//! The override: a signed statement by which an approver lets one edit through, for a reason and for a time. It names the
//! two policy sets and the tolerance by digest, and how many rows of what it accepts, so that it fits what its approver
//! saw and nothing else. Signed is a domain line followed by the statement as JSON without blanks, its keys sorted.
//!
//! An override that does not hold is an error and never a pass, even where nothing would have to be overridden.

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use crate::{Approver, Error, Measure, SecretKey, Tolerance, Violation};

/// Says what the signed bytes are, so that they are nothing else in another place.
const DOMAIN: &[u8] = b"trust-fabric/guard-override/1\n";

/// Rows that are let through although they are too many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// In which band.
    pub band: String,
    /// Of what.
    pub measure: Measure,
    /// How many.
    pub rows: u64,
}

/// What an approver signs.
// INVARIANT: fields are in the order of their names, here and in `Accepted`; that order is the canonical form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// What is let through.
    pub accepts: Vec<Accepted>,
    /// Who approves: a name in the tolerance file.
    pub approver: String,
    /// Whose change it is.
    pub author: String,
    /// Digest of the set in force.
    pub base: String,
    /// When it ends, RFC 3339.
    pub expires: String,
    /// Digest of the edit.
    pub head: String,
    /// Why.
    pub reason: String,
    /// Digest of the tolerance.
    pub tolerance: String,
}

/// A statement and its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Version of this shape: 1.
    pub version: u32,
    /// What is signed.
    pub statement: Statement,
    /// Ed25519, 128 hexadecimal digits.
    pub signature: String,
}

/// What an override must fit.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// Digest of the set in force.
    pub base: &'a str,
    /// Digest of the edit.
    pub head: &'a str,
    /// Who made the edit, as far as is known: names, addresses, or `name <address>`.
    pub authors: &'a [String],
    /// What is to be let through.
    pub violations: &'a [Violation],
}

impl Statement {
    fn message(&self) -> Vec<u8> {
        // INVARIANT: strings and numbers are always JSON.
        let canonical = serde_json::to_vec(self).unwrap_or_default();
        [DOMAIN, &canonical].concat()
    }

    /// What can be known to be wrong before anybody looks at the edit.
    fn sound(&self, now: OffsetDateTime) -> Result<(), Error> {
        if self.reason.trim().is_empty() {
            return Err(Error::NoReason);
        }
        let ends = OffsetDateTime::parse(&self.expires, &Rfc3339)
            .map_err(|_| Error::Moment(self.expires.clone()))?;
        if ends <= now {
            return Err(Error::Expired(self.expires.clone()));
        }
        if same_person(&self.approver, &self.author) {
            return Err(Error::SelfApproved(self.approver.clone()));
        }
        Ok(())
    }
}

impl Override {
    /// Signs a statement.
    ///
    /// # Errors
    /// [`Error::NoReason`], [`Error::Expired`] when it is over already, [`Error::SelfApproved`].
    pub fn sign(statement: Statement, key: &SecretKey, now: OffsetDateTime) -> Result<Self, Error> {
        statement.sound(now)?;
        Ok(Self {
            version: 1,
            signature: key.sign(&statement.message()),
            statement,
        })
    }

    /// Reads an override.
    ///
    /// # Errors
    /// [`Error::OverrideUnreadable`], also for a field or version that is not known.
    pub fn read(text: &str) -> Result<Self, Error> {
        let read: Self = serde_json::from_str(text)
            .map_err(|error| Error::OverrideUnreadable(error.to_string()))?;
        if read.version != 1 {
            let message = format!(
                "it is of version {}, which this program does not know",
                read.version
            );
            return Err(Error::OverrideUnreadable(message));
        }
        Ok(read)
    }

    /// Whether it holds for a case.
    ///
    /// # Errors
    /// The first reason why it does not: [`Error::UnknownApprover`], [`Error::BadSignature`], [`Error::NoReason`],
    /// [`Error::Expired`], [`Error::SelfApproved`], [`Error::OtherCase`], [`Error::Exceeded`].
    pub fn check(
        &self,
        case: Case<'_>,
        tolerance: &Tolerance,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let said = &self.statement;
        let approver = tolerance
            .approvers
            .iter()
            .find(|known| known.name == said.approver)
            .ok_or_else(|| Error::UnknownApprover(said.approver.clone()))?;
        if !approver.key.verifies(&said.message(), &self.signature) {
            return Err(Error::BadSignature(said.approver.clone()));
        }
        said.sound(now)?;
        let wrote = |author: &String| is(approver, author);
        if wrote(&said.author) || case.authors.iter().any(wrote) {
            return Err(Error::SelfApproved(said.approver.clone()));
        }
        for (what, named, actual) in [
            ("base", &said.base, case.base),
            ("head", &said.head, case.head),
            ("tolerance", &said.tolerance, &tolerance.digest()),
        ] {
            if named != actual {
                return Err(Error::OtherCase {
                    what,
                    named: named.clone(),
                    actual: actual.to_owned(),
                });
            }
        }
        for found in case.violations {
            let accepted = said
                .accepts
                .iter()
                .find(|accepted| accepted.band == found.band && accepted.measure == found.measure)
                .map_or(0, |accepted| accepted.rows);
            if found.rows > accepted {
                return Err(Error::Exceeded {
                    band: found.band.clone(),
                    measure: found.measure,
                    accepted,
                    rows: found.rows,
                });
            }
        }
        Ok(())
    }
}

/// The moment an override ends: a moment as RFC 3339 has it, or a day, to its last second in UTC.
///
/// # Errors
/// [`Error::Moment`].
pub fn expiry(text: &str) -> Result<String, Error> {
    let unread = || Error::Moment(text.to_owned());
    let day = time::macros::format_description!("[year]-[month]-[day]");
    let moment = match Date::parse(text, day) {
        Ok(date) => date
            .with_hms(23, 59, 59)
            .map_err(|_| unread())?
            .assume_utc(),
        Err(_) => OffsetDateTime::parse(text, &Rfc3339)
            .map_err(|_| unread())?
            .to_offset(UtcOffset::UTC),
    };
    moment.format(&Rfc3339).map_err(|_| unread())
}

fn is(approver: &Approver, author: &str) -> bool {
    same_person(&approver.name, author)
        || (!approver.email.trim().is_empty() && same_person(&approver.email, author))
}

/// Whether two of `name`, `address`, `name <address>` and lists of them share a name or an address.
fn same_person(one: &str, other: &str) -> bool {
    let other = marks(other);
    marks(one).iter().any(|mark| other.contains(mark))
}

fn marks(person: &str) -> Vec<String> {
    person
        .split(['<', '>', ','])
        .map(|mark| {
            mark.split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .to_lowercase()
        })
        .filter(|mark| !mark.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

    fn key() -> SecretKey {
        SecretKey::from_seed([7; 32])
    }

    fn tolerance() -> Tolerance {
        Tolerance {
            approvers: vec![Approver {
                name: "Dana Okafor".into(),
                email: "dana@northwind.example".into(),
                key: key().public(),
            }],
            ..Tolerance::default()
        }
    }

    fn statement() -> Statement {
        Statement {
            accepts: vec![Accepted {
                band: "default".into(),
                measure: Measure::Gained,
                rows: 12,
            }],
            approver: "Dana Okafor".into(),
            author: "Ivo Brandt <ivo@northwind.example>".into(),
            base: "sha256:a".into(),
            expires: "2026-12-01T00:00:00Z".into(),
            head: "sha256:b".into(),
            reason: "the audit needs them until Friday".into(),
            tolerance: tolerance().digest(),
        }
    }

    fn violations(rows: u64, measure: Measure) -> Vec<Violation> {
        vec![Violation {
            band: "default".into(),
            measure,
            rows,
            limit: 0,
            requests: 1,
            examples: Vec::new(),
        }]
    }

    fn signed(statement: Statement) -> Override {
        // Past every check of the signer, as a forger would.
        Override {
            version: 1,
            signature: key().sign(&statement.message()),
            statement,
        }
    }

    fn check(given: &Override) -> Result<(), Error> {
        let violations = violations(12, Measure::Gained);
        let case = Case {
            base: "sha256:a",
            head: "sha256:b",
            authors: &[],
            violations: &violations,
        };
        given.check(case, &tolerance(), NOW)
    }

    #[test]
    fn one_that_fits_holds_and_reads_as_it_was_written() {
        let made = Override::sign(statement(), &key(), NOW).unwrap();
        let text = serde_json::to_string_pretty(&made).unwrap();
        assert_eq!(Override::read(&text).unwrap(), made);
        assert_eq!(check(&made), Ok(()));
    }

    #[test]
    fn the_signed_bytes_are_sorted_json_under_a_domain() {
        let message = String::from_utf8(statement().message()).unwrap();
        let json = message
            .strip_prefix("trust-fabric/guard-override/1\n")
            .unwrap();
        // `BTreeMap` sorts, whatever features serde_json has elsewhere.
        type Sorted = std::collections::BTreeMap<String, serde_json::Value>;
        let sorted: Sorted = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&sorted).unwrap(), json);
        assert!(json.contains(r#""accepts":[{"band":"default","measure":"gained","rows":12}]"#));
    }

    #[test]
    fn whoever_touches_any_field_breaks_the_signature() {
        let whole = signed(statement());
        let json = serde_json::to_value(&whole.statement).unwrap();
        for (name, value) in json.as_object().unwrap() {
            let mut altered = json.clone();
            altered[name] = match value.as_str() {
                Some(text) => format!("{text} ").into(),
                None => serde_json::json!([]),
            };
            if name == "approver" {
                continue;
            }
            let altered = Override {
                statement: serde_json::from_value(altered).unwrap(),
                ..whole.clone()
            };
            assert_eq!(
                check(&altered),
                Err(Error::BadSignature("Dana Okafor".into())),
                "{name}"
            );
        }
        for signature in [
            "",
            "00",
            &"0".repeat(128),
            &whole.signature.replace('a', "b"),
            "é",
        ] {
            let altered = Override {
                signature: signature.to_owned(),
                ..whole.clone()
            };
            assert_eq!(
                check(&altered),
                Err(Error::BadSignature("Dana Okafor".into()))
            );
        }
    }

    #[test]
    fn each_reason_against_it_is_an_error_of_its_own() {
        let with = |change: &dyn Fn(&mut Statement)| {
            let mut statement = statement();
            change(&mut statement);
            check(&signed(statement))
        };
        assert_eq!(
            with(&|said| said.approver = "Mallory".into()),
            Err(Error::UnknownApprover("Mallory".into()))
        );
        assert_eq!(
            with(&|said| said.expires = "2026-11-20T12:00:00Z".into()),
            Err(Error::Expired("2026-11-20T12:00:00Z".into()))
        );
        assert_eq!(
            with(&|said| said.expires = "never".into()),
            Err(Error::Moment("never".into()))
        );
        assert_eq!(
            with(&|said| said.reason = " \n".into()),
            Err(Error::NoReason)
        );
        for author in [
            "dana okafor",
            "DANA@northwind.example",
            "D. O. <dana@northwind.example>",
            "Dana  Okafor <x@y.example>",
        ] {
            assert_eq!(
                with(&|said| said.author = author.into()),
                Err(Error::SelfApproved("Dana Okafor".into())),
                "{author}"
            );
        }
        for (what, change) in [
            (
                "base",
                (&|said: &mut Statement| said.base = "x".into()) as &dyn Fn(&mut Statement),
            ),
            ("head", &|said| said.head = "x".into()),
            ("tolerance", &|said| said.tolerance = "x".into()),
        ] {
            let refused = with(change);
            assert!(
                matches!(refused, Err(Error::OtherCase { what: found, .. }) if found == what),
                "{refused:?}"
            );
        }
        for rows in [0, 11] {
            let refused = with(&|said| said.accepts[0].rows = rows);
            assert!(
                matches!(refused, Err(Error::Exceeded { accepted, rows: 12, .. }) if accepted == rows),
                "{refused:?}"
            );
        }
        assert!(matches!(
            with(&|said| said.accepts[0].measure = Measure::Lost),
            Err(Error::Exceeded { accepted: 0, .. })
        ));
        assert_eq!(with(&|said| said.accepts[0].rows = 13), Ok(()));
    }

    #[test]
    fn who_made_the_commits_is_the_author_whatever_the_override_says() {
        let case = Case {
            base: "sha256:a",
            head: "sha256:b",
            authors: &[
                "Ivo <ivo@northwind.example>".into(),
                "dana <Dana@Northwind.example>".into(),
            ],
            violations: &[],
        };
        assert_eq!(
            signed(statement()).check(case, &tolerance(), NOW),
            Err(Error::SelfApproved("Dana Okafor".into()))
        );
    }

    #[test]
    fn what_is_no_override_is_not_read() {
        let json = serde_json::to_value(signed(statement())).unwrap();
        let mut newer = json.clone();
        newer["version"] = 2.into();
        let mut more = json.clone();
        more["statement"]["also"] = "this".into();
        for text in ["", "{}", "[]", &newer.to_string(), &more.to_string()] {
            assert!(
                matches!(Override::read(text), Err(Error::OverrideUnreadable(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn nobody_signs_what_would_not_hold() {
        let mut over = statement();
        over.expires = "2026-11-19T00:00:00Z".into();
        assert!(matches!(
            Override::sign(over, &key(), NOW),
            Err(Error::Expired(_))
        ));
        let mut own = statement();
        own.author = "Dana Okafor".into();
        assert!(matches!(
            Override::sign(own, &key(), NOW),
            Err(Error::SelfApproved(_))
        ));
    }

    #[test]
    fn a_day_lasts_until_its_end() {
        assert_eq!(expiry("2026-12-01").unwrap(), "2026-12-01T23:59:59Z");
        assert_eq!(
            expiry("2026-12-01T18:00:00+02:00").unwrap(),
            "2026-12-01T16:00:00Z"
        );
        for text in ["", "tomorrow", "2026-13-01", "2026-12-01 18:00"] {
            assert_eq!(expiry(text), Err(Error::Moment(text.into())));
        }
    }
}
