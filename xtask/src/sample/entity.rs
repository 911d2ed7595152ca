//! Cedar's entity JSON, written by hand so that its bytes depend on nothing else: an entity is one line, its attributes
//! stand in the order they were given, and references and extension values carry their explicit `__entity` and
//! `__extn` forms, so that the file reads the same with and without a schema.

use std::fmt;

/// An attribute's value.
pub(super) enum Value {
    Text(String),
    Long(u64),
    Flag(bool),
    One(&'static str, String),
    Many(&'static str, Vec<String>),
    /// Days since 1970-01-01.
    Date(i64),
    /// Whole euros.
    Euros(u64),
}

/// One entity of the file.
pub(super) struct Entity {
    kind: &'static str,
    id: String,
    attributes: Vec<(&'static str, Value)>,
    parents: Vec<(&'static str, String)>,
}

impl Entity {
    pub(super) fn new(kind: &'static str, id: &str) -> Self {
        Self {
            kind,
            id: id.to_owned(),
            attributes: Vec::new(),
            parents: Vec::new(),
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: Value) -> Self {
        self.attributes.push((name, value));
        self
    }

    /// An optional attribute: absent when there is no value.
    pub(super) fn maybe(self, name: &'static str, value: Option<Value>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(super) fn text(self, name: &'static str, value: &str) -> Self {
        self.with(name, Value::Text(value.to_owned()))
    }

    pub(super) fn flag(self, name: &'static str, value: bool) -> Self {
        self.with(name, Value::Flag(value))
    }

    pub(super) fn date(self, name: &'static str, days: i64) -> Self {
        self.with(name, Value::Date(days))
    }

    /// A reference to another entity; no attribute when `id` is empty.
    pub(super) fn link(self, name: &'static str, kind: &'static str, id: &str) -> Self {
        self.maybe(
            name,
            (!id.is_empty()).then(|| Value::One(kind, id.to_owned())),
        )
    }

    /// A parent in the hierarchy; none when `id` is empty.
    pub(super) fn inside(mut self, kind: &'static str, id: &str) -> Self {
        if !id.is_empty() {
            self.parents.push((kind, id.to_owned()));
        }
        self
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attributes: Vec<String> = (self.attributes.iter())
            .map(|(name, value)| format!("{}:{value}", quoted(name)))
            .collect();
        let parents: Vec<String> = (self.parents.iter())
            .map(|(kind, id)| reference(kind, id))
            .collect();
        write!(
            f,
            r#"{{"uid":{},"attrs":{{{}}},"parents":[{}]}}"#,
            reference(self.kind, &self.id),
            attributes.join(","),
            parents.join(",")
        )
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entity = |kind, id| format!(r#"{{"__entity":{}}}"#, reference(kind, id));
        let extension = |function, argument: &str| {
            format!(r#"{{"__extn":{{"fn":"{function}","arg":"{argument}"}}}}"#)
        };
        match self {
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Long(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::One(kind, id) => f.write_str(&entity(kind, id)),
            Self::Many(kind, ids) => {
                let items: Vec<String> = ids.iter().map(|id| entity(kind, id)).collect();
                write!(f, "[{}]", items.join(","))
            }
            Self::Date(days) => f.write_str(&extension("datetime", &iso_date(*days))),
            Self::Euros(euros) => f.write_str(&extension("decimal", &format!("{euros}.00"))),
        }
    }
}

fn reference(kind: &str, id: &str) -> String {
    format!(r#"{{"type":{},"id":{}}}"#, quoted(kind), quoted(id))
}

/// A JSON string. The tables hold letters, digits and simple punctuation, so quotes and backslashes are all there is to
/// escape.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The civil date of a day count, with years that begin on 1 March so that the leap day comes last.
pub(super) fn iso_date(days: i64) -> String {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let (month, next_year) = if march_month < 10 {
        (march_month + 3, 0)
    } else {
        (march_month - 9, 1)
    };
    let year = era * 400 + year_of_era + next_year;
    format!("{year:04}-{month:02}-{day:02}")
}
