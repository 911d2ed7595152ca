//! A table of facts: rows of named values, found by one column. Read from JSON (a list of objects), CSV (with a first line of names),
//! TOML (one list of tables, whatever it is called) or LDIF (a directory's export, RFC 2849).

use std::{collections::HashMap, net::IpAddr};

use serde::Deserialize;
use serde_json::{Map, Value};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Column, Find, Type, ldif};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    Json,
    Csv,
    Toml,
    Ldif,
}

impl Format {
    /// What a name's ending says.
    pub fn of(name: &str) -> Option<Self> {
        match name.rsplit('.').next()? {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "toml" => Some(Self::Toml),
            "ldif" => Some(Self::Ldif),
            _ => None,
        }
    }
}

#[derive(Debug)]
pub(super) struct Table {
    rows: Vec<Row>,
    by_key: HashMap<String, Vec<usize>>,
    /// Widest last.
    networks: Vec<(Network, usize)>,
}

#[derive(Debug)]
pub(super) struct Row {
    values: Map<String, Value>,
    /// Seconds since 1970 from which and until which it holds.
    times: Option<(i64, i64)>,
}

/// Addresses with the same first bits.
#[derive(Clone, Copy, Debug)]
struct Network {
    bits: u128,
    kept: u32,
    v6: bool,
}

impl Table {
    /// Reads a table.
    ///
    /// # Errors
    /// In words, what is wrong with it. It is used whole or not at all.
    pub fn read(text: &str, format: Format, column: &str, find: Find) -> Result<Self, String> {
        let mut table = Self {
            rows: Vec::new(),
            by_key: HashMap::new(),
            networks: Vec::new(),
        };
        for (at, values) in rows(text, format)?.into_iter().enumerate() {
            let wrong = |why: String| format!("row {}: {why}", at + 1);
            let keys = match values.get(column) {
                Some(Value::String(key)) => vec![key.clone()],
                Some(Value::Number(key)) => vec![key.to_string()],
                Some(Value::Array(keys)) => keys
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect(),
                _ => return Err(wrong(format!("there is no text in `{column}`"))),
            };
            for key in keys {
                if find == Find::Network {
                    let network = Network::parse(&key)
                        .ok_or_else(|| wrong(format!("`{key}` is no network")))?;
                    table.networks.push((network, at));
                } else {
                    table.by_key.entry(key).or_default().push(at);
                }
            }
            let times = match find {
                Find::Now => Some((
                    moment(&values, "from").map_err(&wrong)?,
                    moment(&values, "until").map_err(&wrong)?,
                )),
                Find::Equal | Find::Network => None,
            };
            table.rows.push(Row { values, times });
        }
        table
            .networks
            .sort_by_key(|(network, _)| std::cmp::Reverse(network.kept));
        Ok(table)
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows of a key, in their order.
    pub fn equal<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a Row> {
        let places = self.by_key.get(key).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|at| self.rows.get(*at))
    }

    /// The row of the narrowest network that an address is in.
    pub fn network(&self, address: IpAddr) -> Option<&Row> {
        let all = self.networks.iter();
        let (_, at) = all
            .into_iter()
            .find(|(network, _)| network.holds(address))?;
        self.rows.get(*at)
    }
}

impl Row {
    /// It holds at a moment, in seconds since 1970.
    pub fn holds(&self, now: i64) -> bool {
        self.times
            .is_some_and(|(from, until)| (from..until).contains(&now))
    }

    /// An attribute's value.
    ///
    /// # Errors
    /// In words, that there is none, or none of that type.
    pub fn value(&self, column: &Column) -> Result<Value, String> {
        let (name, kind) = match column {
            Column::Always { value } => return Ok(value.clone()),
            Column::Named(name) => (name, None),
            Column::Typed { column, r#type } => (column, Some(*r#type)),
        };
        let value = self
            .values
            .get(name)
            .ok_or_else(|| format!("there is no `{name}`"))?;
        let Some(kind) = kind else {
            return Ok(value.clone());
        };
        let read = match (kind, value) {
            (Type::Long, Value::String(text)) => text.trim().parse::<i64>().ok().map(Value::from),
            (Type::Long, Value::Number(number)) => number.as_i64().map(Value::from),
            (Type::Bool, Value::Bool(_))
            | (Type::String, Value::String(_))
            | (Type::Set, Value::Array(_)) => Some(value.clone()),
            (Type::Bool, Value::String(text)) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => Some(Value::Bool(true)),
                "false" | "no" | "0" => Some(Value::Bool(false)),
                _ => None,
            },
            (Type::Set, Value::String(text)) => {
                let items = text
                    .split(';')
                    .map(str::trim)
                    .filter(|item| !item.is_empty());
                Some(items.map(Value::from).collect())
            }
            _ => None,
        };
        read.ok_or_else(|| format!("`{name}` is `{value}`, which cannot be read as it should"))
    }
}

fn moment(values: &Map<String, Value>, name: &str) -> Result<i64, String> {
    let text = values.get(name).and_then(Value::as_str).unwrap_or_default();
    let time = OffsetDateTime::parse(text, &Rfc3339);
    time.map(OffsetDateTime::unix_timestamp)
        .map_err(|_| format!("`{name}` is `{text}`, which is no moment like 2026-11-22T08:00:00Z"))
}

fn rows(text: &str, format: Format) -> Result<Vec<Map<String, Value>>, String> {
    match format {
        Format::Json => serde_json::from_str(text).map_err(|error| error.to_string()),
        Format::Ldif => ldif::entries(text),
        Format::Csv => {
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let names = reader.headers().map_err(|error| error.to_string())?.clone();
            let row = |record: Result<csv::StringRecord, csv::Error>| {
                let record = record.map_err(|error| error.to_string())?;
                let cells = names.iter().zip(record.iter());
                Ok(cells
                    .map(|(name, cell)| (name.to_owned(), Value::from(cell)))
                    .collect())
            };
            reader.records().map(row).collect()
        }
        Format::Toml => {
            let lists: HashMap<String, Vec<Map<String, Value>>> =
                toml::from_str(text).map_err(|error| error.message().to_owned())?;
            let mut lists = lists.into_values();
            match (lists.next(), lists.next()) {
                (Some(only), None) => Ok(only),
                _ => Err("it is to hold one list of tables".to_owned()),
            }
        }
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, kept) = match text.split_once('/') {
            Some((address, kept)) => (address, Some(kept.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().ok()?;
        let all = if address.is_ipv6() { 128 } else { 32 };
        let kept = kept.unwrap_or(all);
        (kept <= all).then(|| Self {
            bits: bits(address),
            kept,
            v6: address.is_ipv6(),
        })
    }

    fn holds(self, address: IpAddr) -> bool {
        let all = if self.v6 { 128 } else { 32 };
        let differ = bits(address) ^ self.bits;
        // All bits may be left out, and then nothing is left to differ.
        address.is_ipv6() == self.v6 && differ.checked_shr(all - self.kept).unwrap_or(0) == 0
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}
