//! Values made up for a type of the schema: for contexts, and for entities of types of which the workspace has none.

use std::collections::BTreeMap;

use policy::{AttributeOutline, ValueOutline};
use serde_json::{Map, Value, json};

use crate::generate::random::Random;
use crate::instant;

/// How deep made-up records and sets go.
const DEPTH: u32 = 4;

/// Short texts that entities have, for made-up ones to meet them.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// By name of the attribute.
    pub(crate) of: BTreeMap<String, Vec<String>>,
    /// Those that several have.
    pub(crate) common: Vec<String>,
}

impl Words {
    fn under(&self, name: &str) -> &[String] {
        self.of.get(name).unwrap_or(&self.common)
    }
}

/// What made-up values may speak of.
pub(crate) struct Known<'a> {
    /// Ids of the entities of each type.
    pub(crate) ids: &'a BTreeMap<String, Vec<String>>,
    /// The words in the workspace.
    pub(crate) words: &'a Words,
    /// The span of the log, for times.
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl Known<'_> {
    /// Named values of these types; those that are not required are there in seven of ten cases. What cannot be made up is
    /// left out.
    pub(crate) fn record(
        &self,
        attributes: &BTreeMap<String, AttributeOutline>,
        random: &mut Random,
    ) -> Map<String, Value> {
        self.record_within(attributes, random, DEPTH)
    }

    fn record_within(
        &self,
        attributes: &BTreeMap<String, AttributeOutline>,
        random: &mut Random,
        depth: u32,
    ) -> Map<String, Value> {
        let mut record = Map::new();
        for (name, attribute) in attributes {
            if (attribute.required || random.chance(700))
                && let Some(value) = self.value(name, &attribute.value, random, depth)
            {
                record.insert(name.clone(), value);
            }
        }
        record
    }

    /// A few values of a type, to choose from.
    pub(crate) fn choices(
        &self,
        name: &str,
        kind: &ValueOutline,
        random: &mut Random,
    ) -> Vec<Value> {
        let wanted = match kind {
            ValueOutline::Bool => return vec![Value::Bool(true), Value::Bool(false)],
            ValueOutline::String => 6,
            _ => 4,
        };
        let mut choices = Vec::new();
        for _ in 0..wanted * 4 {
            match self.value(name, kind, random, DEPTH) {
                Some(value) if choices.len() < wanted && !choices.contains(&value) => {
                    choices.push(value)
                }
                _ => {}
            }
        }
        choices
    }

    fn value(
        &self,
        name: &str,
        kind: &ValueOutline,
        random: &mut Random,
        depth: u32,
    ) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        Some(match kind {
            ValueOutline::Bool => Value::Bool(random.chance(500)),
            ValueOutline::Long => json!(random.pick(&[0, 1, 2, 3, 5, 10, 25, 100])?),
            ValueOutline::String => Value::String(match random.pick(self.words.under(name)) {
                Some(word) => word.clone(),
                None => format!("{name}-{}", 1 + random.below(4)),
            }),
            ValueOutline::Entity(kind) => {
                let id = random.pick(self.ids.get(kind)?)?;
                json!({"__entity": {"type": kind, "id": id}})
            }
            ValueOutline::Set(element) => {
                let mut set = Vec::new();
                for _ in 0..=random.below(4) {
                    match self.value(name, element, random, depth) {
                        Some(value) if !set.contains(&value) => set.push(value),
                        _ => {}
                    }
                }
                Value::Array(set)
            }
            ValueOutline::Record(attributes) => {
                Value::Object(self.record_within(attributes, random, depth))
            }
            ValueOutline::Extension(function) => self.extension(function, random)?,
            ValueOutline::Unknown => return None,
        })
    }

    fn extension(&self, kind: &str, random: &mut Random) -> Option<Value> {
        let (function, argument) = match kind {
            "ipaddr" => {
                let addresses = [
                    "10.0.4.17",
                    "10.0.8.3",
                    "192.168.1.20",
                    "198.51.100.23",
                    "203.0.113.77",
                ];
                ("ip", (*random.pick(&addresses)?).to_owned())
            }
            "decimal" => (
                "decimal",
                (*random.pick(&["0.25", "1.0", "12.5", "100.0", "2500.0"])?).to_owned(),
            ),
            "duration" => (
                "duration",
                (*random.pick(&["5m", "1h", "8h", "1d"])?).to_owned(),
            ),
            "datetime" => {
                let span = u64::try_from(self.to - self.from).unwrap_or(0);
                let quarter = i64::try_from(random.below(4) * (span / 4)).unwrap_or(0);
                (
                    "datetime",
                    instant::format((self.from + quarter) / 1000 * 1000),
                )
            }
            _ => return None,
        };
        Some(json!({"__extn": {"fn": function, "arg": argument}}))
    }
}
