//! The recipe of a generated log, `log.toml` in a workspace. Everything in it is a hint: what it leaves out follows from
//! the schema and the entities.
//!
//! ```toml
//! rows = 1000000                      # how many decisions
//! distinct = 100000                   # about how many different (request, slice) pairs among them
//! seed = 7
//! from = "2026-10-03T00:00:00Z"       # first and last moment
//! to = "2026-11-20T00:00:00Z"
//! tenant = "acme"
//!
//! [[action]]                          # how often it is asked for; an action not named gets the smallest weight named
//! name = 'Action::"read"'
//! weight = 600
//!
//! [[context]]                         # values of a context attribute; without `action`, for every action that has it
//! action = 'Action::"share"'
//! key = "audience"
//! values = ["team", "public"]
//! weights = [60, 3]
//!
//! [[change]]                          # what changes while the log is written
//! type = "Employee"
//! attribute = "onCall"
//! values = [true, false]
//! share = 0.05
//! every = "7d"
//! ```
//!
//! The log ends with the entities as the workspace has them. A change with several values: in each earlier period of
//! `every`, that share of the entities had another one of the values. A change with one value is an event: going back in
//! time, that share of those who have it had not got it yet.

use policy::Files;
use serde::Deserialize;
use serde_json::Value;

use crate::instant::{self, DAY};
use crate::{Error, uid};

/// When logs end for which nothing is said: fixed, so that they are the same whenever they are made.
const DEFAULT_TO: &str = "2026-11-01T00:00:00Z";
const DEFAULT_DAYS: i64 = 60;

/// How a log is made.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// How many decisions.
    pub rows: u64,
    /// About how many different (request, slice) pairs.
    pub distinct: u64,
    /// What the random numbers come from.
    pub seed: u64,
    /// First moment, milliseconds since 1970.
    pub from: i64,
    /// The moment after the last.
    pub to: i64,
    /// Tenant of every row; may be empty.
    pub tenant: String,
    /// Rows carry only what their decisions read, rather than all that they may read.
    pub least: bool,
    pub(crate) actions: Vec<ActionHint>,
    pub(crate) contexts: Vec<ContextHint>,
    /// Nothing: changes are chosen from the schema.
    pub(crate) changes: Option<Vec<Change>>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActionHint {
    pub(crate) name: String,
    pub(crate) weight: u32,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContextHint {
    pub(crate) action: Option<String>,
    pub(crate) key: String,
    pub(crate) values: Vec<Value>,
    #[serde(default)]
    pub(crate) weights: Vec<u32>,
}

/// An attribute that changes over time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    pub(crate) kind: String,
    pub(crate) attribute: String,
    pub(crate) values: Vec<Value>,
    /// Parts of a million.
    pub(crate) share: u64,
    /// Milliseconds.
    pub(crate) every: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rows: Option<u64>,
    distinct: Option<u64>,
    seed: Option<u64>,
    from: Option<String>,
    to: Option<String>,
    #[serde(default)]
    tenant: String,
    #[serde(default)]
    action: Vec<ActionHint>,
    #[serde(default)]
    context: Vec<ContextHint>,
    change: Option<Vec<ChangeHint>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeHint {
    #[serde(rename = "type")]
    kind: String,
    attribute: String,
    values: Vec<Value>,
    share: f64,
    every: String,
}

impl Default for Recipe {
    fn default() -> Self {
        let to = instant::parse(DEFAULT_TO).unwrap_or(0);
        Self {
            rows: 100_000,
            distinct: 10_000,
            seed: 1,
            from: to - DEFAULT_DAYS * DAY,
            to,
            tenant: String::new(),
            least: false,
            actions: Vec::new(),
            contexts: Vec::new(),
            changes: None,
        }
    }
}

impl Recipe {
    /// The recipe among a workspace's files, or the default one.
    ///
    /// # Errors
    /// [`Error::Recipe`].
    pub fn read(files: &Files) -> Result<Self, Error> {
        match files.get("log.toml") {
            None => Ok(Self::default()),
            Some(bytes) => {
                let text = str::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8"))?;
                Self::parse(text)
            }
        }
    }

    /// Reads a recipe.
    ///
    /// # Errors
    /// [`Error::Recipe`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let file: File =
            toml::from_str(text).map_err(|error| wrong(error.to_string().trim_end()))?;
        let default = Self::default();
        let rows = file.rows.unwrap_or(default.rows);
        let time = |text: Option<&String>, otherwise| match text {
            None => Ok(otherwise),
            Some(text) => instant::parse(text)
                .ok_or_else(|| wrong(&format!("`{text}` is no time such as `{DEFAULT_TO}`"))),
        };
        let to = time(file.to.as_ref(), default.to)?;
        let from = time(file.from.as_ref(), to - DEFAULT_DAYS * DAY)?;
        if from >= to {
            return Err(wrong("`from` must be before `to`"));
        }
        let mut actions = file.action;
        for action in &mut actions {
            action.name = normalized(&action.name)?;
        }
        let mut contexts = file.context;
        for hint in &mut contexts {
            if let Some(action) = &mut hint.action {
                *action = normalized(action)?;
            }
            if hint.values.is_empty()
                || !(hint.weights.is_empty() || hint.weights.len() == hint.values.len())
            {
                return Err(wrong(&format!(
                    "context `{}` needs values, and as many weights or none",
                    hint.key
                )));
            }
        }
        let changes = match file.change {
            None => None,
            Some(hints) => Some(
                hints
                    .into_iter()
                    .map(|hint| change(hint, to - from))
                    .collect::<Result<_, _>>()?,
            ),
        };
        Ok(Self {
            rows,
            distinct: file.distinct.unwrap_or(rows / 10),
            seed: file.seed.unwrap_or(default.seed),
            from,
            to,
            tenant: file.tenant,
            least: false,
            actions,
            contexts,
            changes,
        })
    }

    /// The same recipe for another number of rows, with as many distinct ones in proportion.
    #[must_use]
    pub fn with_rows(mut self, rows: u64) -> Self {
        let distinct = u128::from(self.distinct) * u128::from(rows) / u128::from(self.rows.max(1));
        self.distinct = u64::try_from(distinct).unwrap_or(u64::MAX).max(1);
        self.rows = rows;
        self
    }

    /// The same recipe with other random numbers.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The same with rows that carry only what their decisions read, or all that they may read.
    #[must_use]
    pub fn with_least(mut self, least: bool) -> Self {
        self.least = least;
        self
    }
}

fn change(hint: ChangeHint, span: i64) -> Result<Change, Error> {
    let name = format!("change of `{}.{}`", hint.kind, hint.attribute);
    let every = duration(&hint.every).ok_or_else(|| {
        wrong(&format!(
            "{name}: `{}` is no duration such as `7d` or `12h`",
            hint.every
        ))
    })?;
    if span / every > MAX_PERIODS {
        return Err(wrong(&format!(
            "{name}: more than {MAX_PERIODS} periods; make `every` longer"
        )));
    }
    if hint.values.is_empty() || !(0.0..=1.0).contains(&hint.share) {
        return Err(wrong(&format!(
            "{name}: needs values, and a share between 0 and 1"
        )));
    }
    Ok(Change {
        kind: hint.kind,
        attribute: hint.attribute,
        values: hint.values,
        share: parts_of_a_million(hint.share),
        every,
    })
}

/// Each period costs a table of all entities.
const MAX_PERIODS: i64 = 100;

/// `share` is between 0 and 1, so the product fits; the digits decide, not the last bit of a float.
fn parts_of_a_million(share: f64) -> u64 {
    format!("{:.0}", share * 1e6).parse().unwrap_or(0)
}

fn duration(text: &str) -> Option<i64> {
    let unit = text.chars().next_back()?;
    let number: i64 = text
        .strip_suffix(unit)?
        .parse()
        .ok()
        .filter(|number| *number > 0)?;
    let unit = match unit {
        'w' => 7 * DAY,
        'd' => DAY,
        'h' => DAY / 24,
        'm' => DAY / 1440,
        _ => return None,
    };
    number.checked_mul(unit)
}

fn normalized(name: &str) -> Result<String, Error> {
    uid::normalize(name)
        .ok_or_else(|| wrong(&format!("`{name}` is no action such as `Action::\"read\"`")))
}

fn wrong(what: &str) -> Error {
    Error::Recipe(what.to_owned())
}

#[cfg(test)]
mod tests {
    use model::{Code, Failure};
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_every_hint() {
        let recipe = Recipe::parse(
            r#"
            rows = 1000
            seed = 3
            from = "2026-10-01T00:00:00Z"
            to = "2026-11-01T00:00:00Z"
            [[action]]
            name = 'Action :: "read"'
            weight = 5
            [[context]]
            key = "network"
            values = [{ __extn = { fn = "ip", arg = "10.0.0.1" } }, "x", 7, true]
            [[change]]
            type = "User"
            attribute = "onCall"
            values = [true, false]
            share = 0.05
            every = "7d"
            "#,
        )
        .unwrap();
        assert_eq!((recipe.rows, recipe.distinct, recipe.seed), (1000, 100, 3));
        assert_eq!(recipe.to - recipe.from, 31 * DAY);
        assert_eq!(recipe.actions[0].name, "Action::\"read\"");
        assert_eq!(
            recipe.contexts[0].values[0],
            json!({"__extn": {"fn": "ip", "arg": "10.0.0.1"}})
        );
        let change = &recipe.changes.as_ref().unwrap()[0];
        assert_eq!((change.share, change.every), (50_000, 7 * DAY));
        let more = recipe.with_rows(5000).with_seed(9);
        assert_eq!((more.rows, more.distinct, more.seed), (5000, 500, 9));
    }

    #[test]
    fn a_wrong_hint_is_named() {
        let change = "[[change]]\ntype = 'U'\nattribute = 'a'\n";
        for (text, word) in [
            ("row = 1", "row"),
            ("rows = 'many'", "rows"),
            ("from = 'yesterday'", "yesterday"),
            (
                "to = '2020-01-01T00:00:00Z'\nfrom = '2021-01-01T00:00:00Z'",
                "before",
            ),
            ("[[action]]\nname = 'read'\nweight = 1", "`read`"),
            ("[[context]]\nkey = 'k'\nvalues = []", "`k`"),
            (
                "[[context]]\nkey = 'k'\nvalues = [1]\nweights = [1, 2]",
                "`k`",
            ),
            (
                &format!("{change}values = [1]\nshare = 2\nevery = '7d'"),
                "share",
            ),
            (
                &format!("{change}values = [1]\nshare = 0.1\nevery = '7 days'"),
                "7 days",
            ),
            (
                &format!("{change}values = [1]\nshare = 0.1\nevery = '1m'"),
                "periods",
            ),
            (
                &format!("{change}values = []\nshare = 0.1\nevery = '1d'"),
                "values",
            ),
        ] {
            let error = Recipe::parse(text).unwrap_err();
            assert_eq!(error.code(), Code::WorkspaceConfig);
            let failure = Failure::from(error);
            assert!(failure.message.contains(word), "{}", failure.message);
            assert!(failure.hint.contains("log.toml"));
        }
    }

    #[test]
    fn without_a_file_there_is_a_default() {
        assert_eq!(Recipe::read(&Files::new()).unwrap(), Recipe::default());
        let bytes: std::sync::Arc<[u8]> = std::sync::Arc::from(&b"\xff"[..]);
        assert!(Recipe::read(&Files::from([("log.toml".to_owned(), bytes)])).is_err());
    }
}
