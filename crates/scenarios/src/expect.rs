//! What is expected of a what-if, and whether it holds.

use std::collections::HashMap;

use drift::Replay;
use model::{ChangeClass, ExpectationResult, Expected};
use serde::{Deserialize, Deserializer, de};

use crate::{
    pack::Place,
    select::{Requests, Resolved},
};

/// Who has most of the rows that are too many: so many are named.
const NAMED: usize = 3;

/// One measure of some requests, bounded.
#[derive(Clone, Debug)]
pub(crate) struct Expectation {
    pub(crate) place: Place,
    pub(crate) of: Requests,
    pub(crate) measure: Expected,
    pub(crate) bound: Bound,
}

/// How many rows there may be: a number is exactly so many, `{ at_least = 1, at_most = 20 }` a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) at_least: Option<u64>,
    pub(crate) at_most: Option<u64>,
}

impl Bound {
    /// No number is within it, or every number is, so that nothing is expected.
    pub(crate) fn is_empty(self) -> bool {
        match (self.at_least, self.at_most) {
            (None, None) => true,
            (Some(least), Some(most)) => least > most,
            _ => false,
        }
    }

    fn holds(self, rows: u64) -> bool {
        self.at_least.is_none_or(|least| rows >= least)
            && self.at_most.is_none_or(|most| rows <= most)
    }

    /// `at most 20 rows lost`.
    pub(crate) fn words(self, measure: Expected) -> String {
        let rows = |number: u64| if number == 1 { "row" } else { "rows" };
        let measure = measure.words();
        match (self.at_least, self.at_most) {
            (Some(0) | None, Some(0)) => format!("no rows {measure}"),
            (Some(least), Some(most)) if least == most => {
                format!("exactly {least} {} {measure}", rows(least))
            }
            (Some(least), Some(most)) => format!("{least} to {most} rows {measure}"),
            (Some(least), None) => format!("at least {least} {} {measure}", rows(least)),
            (None, Some(most)) => format!("at most {most} {} {measure}", rows(most)),
            (None, None) => format!("any number of rows {measure}"),
        }
    }
}

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Bound;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number of rows, or a table such as { at_least = 1, at_most = 20 }")
            }

            fn visit_u64<E: de::Error>(self, rows: u64) -> Result<Bound, E> {
                Ok(Bound {
                    at_least: Some(rows),
                    at_most: Some(rows),
                })
            }

            fn visit_i64<E: de::Error>(self, rows: i64) -> Result<Bound, E> {
                match u64::try_from(rows) {
                    Ok(rows) => self.visit_u64(rows),
                    Err(_) => Err(E::invalid_value(de::Unexpected::Signed(rows), &self)),
                }
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Bound, A::Error> {
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields)]
                struct Range {
                    at_least: Option<u64>,
                    at_most: Option<u64>,
                    exactly: Option<u64>,
                }
                let range = Range::deserialize(de::value::MapAccessDeserializer::new(map))?;
                match range.exactly {
                    None => Ok(Bound {
                        at_least: range.at_least,
                        at_most: range.at_most,
                    }),
                    Some(rows) if range.at_least.or(range.at_most).is_none() => {
                        self.visit_u64(rows)
                    }
                    Some(_) => Err(de::Error::custom("`exactly` leaves nothing to the others")),
                }
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

impl Expectation {
    /// In words: `no rows lost by Employee::"elif.kaya"`.
    pub(crate) fn words(&self) -> String {
        self.bound.words(self.measure) + &self.of.words()
    }

    /// What a replay says to it.
    pub(crate) fn judge(&self, of: &Resolved, replay: &Replay) -> ExpectationResult {
        let mut found = 0;
        let mut by: HashMap<&str, u64> = HashMap::new();
        for seen in replay.each() {
            let counts = match self.measure {
                Expected::Gained => seen.class == ChangeClass::Gained,
                Expected::Lost => seen.class == ChangeClass::Lost,
                Expected::Maybe => {
                    matches!(
                        seen.class,
                        ChangeClass::MaybeGained | ChangeClass::MaybeLost
                    )
                }
                Expected::Undeterminable => seen.class == ChangeClass::Undeterminable,
                Expected::ErrorChanged => seen.error_changed,
            };
            if counts
                && of.action(seen.action)
                && of.principal(seen.principal)
                && of.resource(seen.resource)
            {
                found += seen.rows;
                *by.entry(seen.principal).or_default() += seen.rows;
            }
        }
        let too_many = self.bound.at_most.is_some_and(|most| found > most);
        let mut by: Vec<(String, u64)> = by
            .into_iter()
            .filter(|_| too_many)
            .map(|(name, rows)| (name.to_owned(), rows))
            .collect();
        by.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        by.truncate(NAMED);
        ExpectationResult {
            text: self.words(),
            measure: self.measure,
            at_least: self.bound.at_least,
            at_most: self.bound.at_most,
            found,
            met: self.bound.holds(found),
            by,
        }
    }
}
