//! Plain values in place of those a solver makes up, and which facts are worth telling.
//!
//! A solver likes odd values: the last second of 1969, the empty text, the largest number. Where a plain one comes out the
//! same, an example takes that. And a fact that could as well be another is not told: a request that is refused from one
//! network only is not told with the address it comes from.

use std::net::IpAddr;

use policy::Vocabulary;
use serde_json::{Value, json};

use crate::{
    bond::Spot,
    example::{Example, Replay, kind, uid},
};

/// Days for where any day will do, or any that is later or earlier.
const DAYS: [&str; 3] = ["2026-01-01", "2027-01-01", "2025-01-01"];
/// An address for where any will do; it is set aside for examples (RFC 5737).
const ADDRESS: &str = "192.0.2.1";

/// A value in an example: of an entity's attribute, or of the context.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    pub spot: Spot,
    pub value: Value,
}

impl Leaf {
    pub fn all(example: &Example) -> Vec<Self> {
        let context = example.request.context.iter();
        let context = context.map(|(key, value)| (None, key, value));
        let entities = example.entities.iter().flat_map(|entity| {
            let id = entity.get("uid").and_then(uid);
            let attrs = entity.get("attrs").and_then(Value::as_object);
            attrs
                .into_iter()
                .flatten()
                .map(move |(key, value)| (id.clone(), key, value))
        });
        entities
            .chain(context)
            .map(|(entity, key, value)| Self {
                spot: Spot {
                    entity,
                    key: key.clone(),
                },
                value: value.clone(),
            })
            .collect()
    }

    /// The example with another value here, or with none.
    pub fn with(&self, example: &Example, value: Option<Value>) -> Option<Example> {
        let mut changed = example.clone();
        let fields = match &self.spot.entity {
            None => &mut changed.request.context,
            Some(id) => changed.entity_mut(id)?.get_mut("attrs")?.as_object_mut()?,
        };
        match value {
            Some(value) => fields.insert(self.spot.key.clone(), value),
            None => fields.remove(&self.spot.key),
        };
        Some(changed)
    }

    /// Better values, the best first.
    fn plain(&self, vocabulary: &Vocabulary) -> Vec<Value> {
        let extension =
            |function: &str, text: &str| json!({"__extn": {"fn": function, "arg": text}});
        match &self.value {
            Value::String(_) => {
                let known = vocabulary.values.get(&self.spot.key).into_iter().flatten();
                known.map(|text| json!(text)).collect()
            }
            Value::Number(_) => [0, 1, 2, 10, 100].map(|number| json!(number)).to_vec(),
            Value::Object(fields) => {
                let Some(call) = fields.get("__extn") else {
                    return Vec::new();
                };
                let arg = call.get("arg").and_then(Value::as_str).unwrap_or_default();
                match call.get("fn").and_then(Value::as_str) {
                    Some("offset" | "datetime") => DAYS
                        .map(str::to_owned)
                        .into_iter()
                        .chain(moment(call))
                        .map(|text| extension("datetime", &text))
                        .collect(),
                    Some("ip") => [Some(ADDRESS.to_owned()), address(arg)]
                        .into_iter()
                        .flatten()
                        .map(|text| extension("ip", &text))
                        .collect(),
                    Some("decimal") => {
                        vec![extension("decimal", "0.0"), extension("decimal", "1.0")]
                    }
                    Some("duration") => vec![extension("duration", "0ms")],
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }

    /// Other values it could have, to see whether it matters.
    fn others(&self, vocabulary: &Vocabulary) -> Vec<Value> {
        let mut others = match &self.value {
            Value::Bool(holds) => vec![json!(!holds)],
            Value::String(_) => vec![json!("another")],
            Value::Number(_) => [-1, -1_000_000, 1_000_000]
                .map(|number| json!(number))
                .to_vec(),
            value => match value.get("__entity").and_then(uid) {
                Some(id) => vec![json!({"__entity": {"type": kind(&id), "id": "another"}})],
                None => Vec::new(),
            },
        };
        others.extend(self.plain(vocabulary));
        if let Some(function) = self.value.pointer("/__extn/fn").and_then(Value::as_str) {
            let far: &[&str] = match function {
                "datetime" | "offset" => &["1900-01-01", "2100-01-01"],
                "decimal" => &["-1000000.0", "1000000.0"],
                "duration" => &["-1000d", "1000d"],
                _ => &[],
            };
            let function = if function == "offset" {
                "datetime"
            } else {
                function
            };
            let call = |arg: &&str| json!({"__extn": {"fn": function, "arg": arg}});
            others.extend(far.iter().map(call));
        }
        others
    }
}

impl<O: PartialEq> Replay<'_, O> {
    /// The example with plain values wherever they come out the same.
    pub fn plain(&self, mut example: Example, outcome: &O, vocabulary: &Vocabulary) -> Example {
        // What no policy reads takes a plain value together.
        let (read, unread): (Vec<_>, Vec<_>) = Leaf::all(&example)
            .into_iter()
            .partition(|leaf| vocabulary.attributes.contains(&leaf.spot.key));
        let changed = unread.into_iter().fold(example.clone(), |changed, leaf| {
            let plain = leaf.plain(vocabulary).into_iter().next();
            let better = plain.and_then(|value| leaf.with(&changed, Some(value)));
            better.unwrap_or(changed)
        });
        if self.outcome(&changed).as_ref() == Some(outcome) {
            example = changed;
        }
        // Values that are the same may have to stay so.
        for leaf in &read {
            let same: Vec<_> = Leaf::all(&example)
                .into_iter()
                .filter(|other| other.value == leaf.value)
                .collect();
            let first = leaf.plain(vocabulary).into_iter().next();
            if let (2.., Some(value)) = (same.len(), first.filter(|_| leaf.value.is_object()))
                && let Some(together) = same.iter().try_fold(example.clone(), |changed, other| {
                    other.with(&changed, Some(value.clone()))
                })
                && self.outcome(&together).as_ref() == Some(outcome)
            {
                example = together;
            }
        }
        for leaf in Leaf::all(&example) {
            if !vocabulary.attributes.contains(&leaf.spot.key) {
                continue;
            }
            let plain = leaf.plain(vocabulary);
            if plain.contains(&leaf.value) && !leaf.value.is_object() {
                continue;
            }
            let better = plain
                .into_iter()
                .take_while(|value| *value != leaf.value)
                .filter_map(|value| leaf.with(&example, Some(value)))
                .find(|changed| self.outcome(changed).as_ref() == Some(outcome));
            if let Some(better) = better {
                example = better;
            }
        }
        example
    }

    /// The facts that are worth telling: those the example cannot do without, or with another value.
    pub fn notable(
        &self,
        example: &Example,
        mut facts: Example,
        outcome: &O,
        vocabulary: &Vocabulary,
    ) -> Example {
        let changes = |changed: &Example| self.outcome(changed).as_ref() != Some(outcome);
        for leaf in Leaf::all(&facts) {
            let optional = leaf
                .spot
                .entity
                .as_ref()
                .is_some_and(|id| !self.schema.requires(kind(id), &leaf.spot.key));
            // What an example has though it need not have it, it has for a reason.
            let matters = optional
                || leaf.value.is_array()
                || leaf.value.is_object() && leaf.others(vocabulary).is_empty()
                || leaf
                    .others(vocabulary)
                    .into_iter()
                    .filter_map(|value| leaf.with(example, Some(value)))
                    .any(|changed| changes(&changed));
            if !matters && let Some(less) = leaf.with(&facts, None) {
                facts = less;
            }
        }
        facts
    }
}

/// `offset(datetime("1970-01-01"), duration("-1ms"))`, which is how the symbolic compiler writes a moment, as one date.
fn moment(call: &Value) -> Option<String> {
    let start = call.pointer("/args/0/__extn/arg")?.as_str()?;
    let milliseconds: i64 = call
        .pointer("/args/1/__extn/arg")?
        .as_str()?
        .strip_suffix("ms")?
        .parse()
        .ok()?;
    if start != "1970-01-01" {
        return None;
    }
    const DAY: i64 = 86_400_000;
    let (days, rest) = (milliseconds.div_euclid(DAY), milliseconds.rem_euclid(DAY));
    // Days since 0000-03-01 in eras of 400 years, after Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    let days = days.checked_add(719_468)?;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    if !(0..=9_999).contains(&year) {
        return None;
    }
    let (seconds, thousandths) = (rest / 1_000, rest % 1_000);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{thousandths:03}Z"
    ))
}

/// `0000:0000:…:0000/128` as `::`; nothing when it is short already.
fn address(text: &str) -> Option<String> {
    let (address, prefix) = text.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let whole = if address.is_ipv4() { "32" } else { "128" };
    let short = if prefix == whole {
        address.to_string()
    } else {
        format!("{address}/{prefix}")
    };
    (short != text).then_some(short)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn moments_and_addresses_are_written_as_people_do() {
        let at = |ms: &str| {
            moment(&json!({"fn": "offset", "args": [
                {"__extn": {"fn": "datetime", "arg": "1970-01-01"}},
                {"__extn": {"fn": "duration", "arg": ms}}
            ]}))
        };
        assert_eq!(at("-1ms").unwrap(), "1969-12-31T23:59:59.999Z");
        assert_eq!(at("1709210096789ms").unwrap(), "2024-02-29T12:34:56.789Z");
        assert_eq!(at("9223372036854775807ms"), None);
        assert_eq!(at("1d"), None);
        assert_eq!(
            address("0000:0000:0000:0000:0000:0000:0000:0000/128").unwrap(),
            "::"
        );
        assert_eq!(address("203.0.113.255/32").unwrap(), "203.0.113.255");
        assert_eq!(address("203.0.113.0/24"), None);
    }
}
