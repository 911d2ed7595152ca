//! Facts from elsewhere: who is on call, where an address lies, which tier a customer has. A configuration file says where a table
//! of them is, how a request finds its row, and which attributes of the context, the principal or the resource the row becomes. What
//! comes from here goes before what the request says, and is part of what an answer is kept by.
//!
//! A table is read as a whole, by one of those who need it while the others wait, and used until its time is over. INVARIANT: it is
//! never used for longer: when it cannot be read again, whoever needs it is denied, with the reason.

mod ldif;
mod table;

use std::{
    collections::BTreeMap,
    io,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use model::{Code, Failure};
use moka::{Expiry, sync::Cache};
use policy::{Party, Question};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use table::{Format, Table};

/// A table that could not be read is not asked for again so soon.
const AGAIN: Duration = Duration::from_secs(1);

/// The configuration file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Configured {
    #[serde(default)]
    facts: Vec<Rule>,
}

/// One table, and what is made of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    /// What it is called in reasons.
    name: String,
    /// A file, relative to the configuration's folder.
    file: Option<PathBuf>,
    /// Or an address.
    url: Option<String>,
    /// Otherwise the ending says so.
    format: Option<Format>,
    /// How a row is found.
    find: Find,
    /// What is looked up: `principal`, `resource`, or `context.NAME`.
    by: String,
    /// The column that it is looked up in.
    column: String,
    /// Whose attributes they become.
    #[serde(default)]
    of: Of,
    /// Columns by attribute.
    #[serde(default)]
    attributes: BTreeMap<String, Column>,
    /// Attributes when there is no row; without these it is a denial.
    otherwise: Option<Map<String, Value>>,
    /// Seconds a table is used for.
    #[serde(default = "a_minute")]
    ttl: u64,
    /// Seconds an address has to answer in.
    #[serde(default = "two")]
    timeout: u64,
}

fn a_minute() -> u64 {
    60
}

fn two() -> u64 {
    2
}

/// How a row is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Find {
    /// The column is what is looked up.
    Equal,
    /// The same, in rows whose `from` and `until` (RFC 3339) hold this moment.
    Now,
    /// The column is a network (`10.0.0.0/8`) that holds the address; the narrowest.
    Network,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Of {
    #[default]
    Context,
    Principal,
    Resource,
}

/// Where an attribute comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, untagged)]
enum Column {
    /// A column, as it is.
    Named(String),
    /// A column of texts, read as something else.
    Typed { column: String, r#type: Type },
    /// The same for every row.
    Always { value: Value },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Type {
    String,
    Long,
    Bool,
    Set,
}

/// A table, or why there is none.
type Read = Arc<Result<Table, Failure>>;

#[derive(Debug)]
struct Adapter {
    rule: Rule,
    /// A file with its folder.
    file: Option<PathBuf>,
    format: Format,
    table: Cache<(), Read>,
}

/// How long a table is used.
struct Until(Duration);

impl Expiry<(), Read> for Until {
    fn expire_after_create(&self, (): &(), read: &Read, _: Instant) -> Option<Duration> {
        Some(if read.is_ok() {
            self.0
        } else {
            self.0.min(AGAIN)
        })
    }
}

/// All tables of a configuration.
#[derive(Debug)]
pub struct Context {
    adapters: Vec<Adapter>,
    failures: AtomicU64,
}

/// How a table is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableStatus {
    /// What it is called.
    pub name: String,
    /// Rows; nothing before it was needed, and when it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<usize>,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// A question with what was added.
#[derive(Debug)]
pub(crate) struct Added {
    context: Option<String>,
    principal: Option<String>,
    resource: Option<String>,
}

impl Added {
    pub fn to<'a>(&'a self, question: &Question<'a>) -> Question<'a> {
        let party = |party: &Party<'a>, properties: &'a Option<String>| Party {
            properties: properties.as_deref().unwrap_or(party.properties),
            ..*party
        };
        Question {
            principal: party(&question.principal, &self.principal),
            resource: party(&question.resource, &self.resource),
            context: self.context.as_deref().unwrap_or(question.context),
            action: question.action,
        }
    }
}

fn invalid(why: impl Into<String>) -> Failure {
    Failure::new(Code::ContextInvalid, why)
}

impl Context {
    /// Reads a configuration file. Tables are read when they are needed.
    ///
    /// # Errors
    /// `context_invalid`, `file_read`.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let text = disk::open(path)
            .and_then(io::read_to_string)
            .map_err(|error| {
                Failure::new(Code::FileRead, format!("cannot read `{shown}`: {error}"))
            })?;
        let configured: Configured = toml::from_str(&text).map_err(|error| {
            invalid(format!("`{shown}` cannot be read")).with_details(error.to_string())
        })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let adapters = configured.facts.into_iter();
        Ok(Self {
            adapters: adapters
                .map(|rule| Adapter::new(rule, folder))
                .collect::<Result<_, _>>()?,
            failures: AtomicU64::new(0),
        })
    }

    /// Times that a fact could not be had.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// How the tables are.
    #[must_use]
    pub fn status(&self) -> Vec<TableStatus> {
        let status = |adapter: &Adapter| {
            let read = adapter.table.get(&());
            let rows = read
                .as_ref()
                .and_then(|read| read.as_ref().as_ref().ok().map(Table::len));
            TableStatus {
                name: adapter.rule.name.clone(),
                rows,
                failure: read.and_then(|read| read.as_ref().as_ref().err().cloned()),
            }
        };
        self.adapters.iter().map(status).collect()
    }

    /// Uses no table any more that was read before.
    pub fn forget(&self) {
        for adapter in &self.adapters {
            adapter.table.invalidate_all();
        }
    }

    /// What is known of a question, at a moment in seconds since 1970.
    ///
    /// # Errors
    /// `context_stale` when a table cannot be had or lacks what is looked up, `request_invalid` when the request lacks it.
    pub(crate) fn add(&self, question: &Question<'_>, now: u64) -> Result<Added, Failure> {
        self.added(question, now).inspect_err(|_| {
            self.failures.fetch_add(1, Ordering::Relaxed);
        })
    }

    fn added(&self, question: &Question<'_>, now: u64) -> Result<Added, Failure> {
        let mut context = Map::new();
        let (mut principal, mut resource) = (Map::new(), Map::new());
        for adapter in &self.adapters {
            let found = adapter.find(question, now)?;
            match adapter.rule.of {
                Of::Context => context.extend(found),
                Of::Principal => principal.extend(found),
                Of::Resource => resource.extend(found),
            }
        }
        let laid = |given: &str, found: Map<String, Value>| -> Result<_, Failure> {
            if found.is_empty() {
                return Ok(None);
            }
            let found = Value::Object(found).to_string();
            Ok(Some(policy::laid_over(given, &found)?))
        };
        Ok(Added {
            context: laid(question.context, context)?,
            principal: laid(question.principal.properties, principal)?,
            resource: laid(question.resource.properties, resource)?,
        })
    }
}

fn object(text: &str) -> Result<Map<String, Value>, Failure> {
    if text.is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_str(text)
        .map_err(|error| Failure::new(Code::RequestInvalid, format!("no object: {error}")))
}

impl Adapter {
    fn new(rule: Rule, folder: &Path) -> Result<Self, Failure> {
        let name = &rule.name;
        let place = match (&rule.file, &rule.url) {
            (Some(file), None) => file.to_string_lossy().into_owned(),
            (None, Some(url)) => url.clone(),
            _ => return Err(invalid(format!("`{name}` needs either `file` or `url`"))),
        };
        let format = rule.format.or_else(|| Format::of(&place));
        let format = format
            .ok_or_else(|| invalid(format!("`{name}` needs `format`: json, csv, toml or ldif")))?;
        let by = rule.by.as_str();
        if !matches!(by, "principal" | "resource") && !by.starts_with("context.") {
            return Err(invalid(format!(
                "`{name}` is looked up by `{by}`, which is neither `principal` nor `resource` nor `context.NAME`"
            )));
        }
        let ttl = Duration::from_secs(rule.ttl);
        Ok(Self {
            file: rule.file.as_ref().map(|file| folder.join(file)),
            format,
            table: Cache::builder().expire_after(Until(ttl)).build(),
            rule,
        })
    }

    /// The attributes for a question.
    fn find(&self, question: &Question<'_>, now: u64) -> Result<Map<String, Value>, Failure> {
        let rule = &self.rule;
        let stale =
            |why: String| Failure::new(Code::ContextStale, format!("`{}`: {why}", rule.name));
        let read = self.table.get_with((), || Arc::new(self.read()));
        let table = match read.as_ref() {
            Ok(table) => table,
            Err(why) => return Err(stale(why.message.clone())),
        };
        let key = match rule.by.as_str() {
            "principal" => question.principal.id.to_owned(),
            "resource" => question.resource.id.to_owned(),
            by => in_context(question, by.trim_start_matches("context."))?,
        };
        let row = match rule.find {
            Find::Equal => table.equal(&key).next(),
            Find::Now => {
                let now = i64::try_from(now).unwrap_or(i64::MAX);
                table.equal(&key).find(|row| row.holds(now))
            }
            Find::Network => {
                let address: IpAddr = key.parse().map_err(|_| {
                    let why = format!("`{}` is `{key}`, which is no address", rule.by);
                    Failure::new(Code::RequestInvalid, why)
                })?;
                table.network(address)
            }
        };
        match (row, &rule.otherwise) {
            (Some(row), _) => {
                let attributes = rule.attributes.iter();
                attributes
                    .map(|(name, column)| {
                        let value = row
                            .value(column)
                            .map_err(|why| stale(format!("`{key}`: {why}")))?;
                        Ok((name.clone(), value))
                    })
                    .collect()
            }
            (None, Some(otherwise)) => Ok(otherwise.clone()),
            (None, None) => Err(stale(format!("nothing is known of `{key}`"))),
        }
    }

    fn read(&self) -> Result<Table, Failure> {
        let failed = |place: &str, why: String| {
            Failure::new(Code::ContextStale, format!("cannot read `{place}`: {why}"))
        };
        let (place, text) = if let Some(file) = &self.file {
            let place = file.display().to_string();
            let text = disk::open(file).and_then(io::read_to_string);
            (
                place.clone(),
                text.map_err(|error| failed(&place, error.to_string()))?,
            )
        } else {
            let url = self.rule.url.clone().unwrap_or_default();
            let text = fetch(&url, Duration::from_secs(self.rule.timeout));
            (
                url.clone(),
                text.map_err(|error| failed(&url, error.to_string()))?,
            )
        };
        Table::read(&text, self.format, &self.rule.column, self.rule.find)
            .map_err(|why| failed(&place, why))
    }
}

/// What an address answers.
fn fetch(url: &str, timeout: Duration) -> Result<String, ureq::Error> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(timeout))
        .build();
    let mut answer = config.new_agent().get(url).call()?;
    answer
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_to_string()
}

/// A text or an address of the context.
fn in_context(question: &Question<'_>, name: &str) -> Result<String, Failure> {
    let context = object(question.context)?;
    let value = context.get(name);
    let value = value.and_then(|value| value.pointer("/__extn/arg").or(Some(value)));
    value
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| {
            let why = format!("the context has no `{name}`, which facts are looked up by");
            Failure::new(Code::RequestInvalid, why)
        })
}
