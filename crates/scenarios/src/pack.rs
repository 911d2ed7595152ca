//! The format of a pack, `scenarios/*.toml` in a workspace. A key that is not known is an error: a misspelt expectation would
//! otherwise expect nothing. docs/scenarios.md explains each key, with an example.

use std::collections::{BTreeMap, HashSet};

use model::Expected;
use policy::Files;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use toml::Spanned;

use crate::{
    Error, Schedule, alter,
    expect::{Bound, Expectation},
    select::{self, Vocabulary},
};

/// Folder of the packs in a workspace.
pub const FOLDER: &str = "scenarios/";

/// A pack is read by people, and run at night: these are far beyond both.
const MOST_BYTES: usize = 1 << 20;
const MOST_SCENARIOS: usize = 50;
const MOST_EXPECTATIONS: usize = 50;
const MOST_ROWS: u64 = 10_000_000;

/// Some named what-ifs.
#[derive(Clone, Debug)]
pub struct Pack {
    /// Its file's name without folder and ending.
    pub name: String,
    /// The file, as a path inside the workspace.
    pub file: String,
    /// What it is about, in one line.
    pub title: String,
    /// The same at length; may be empty.
    pub about: String,
    /// When it runs by itself.
    pub schedule: Option<Schedule>,
    /// Where its rows come from.
    pub rows: Rows,
    /// The what-ifs.
    pub scenarios: Vec<Scenario>,
    /// `sha256:…` over what the file says, whatever its comments, formatting and order of keys.
    pub digest: String,
}

/// Where rows come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rows {
    /// The workspace's decision log.
    Log,
    /// Made up from the workspace's schema, entities and `log.toml`.
    Generated {
        /// How many.
        rows: u64,
        /// From which random numbers; nothing = those of `log.toml`.
        seed: Option<u64>,
    },
}

/// The policies on both sides of a scenario, as git revisions; `.` is the workspace as it is saved.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policies {
    /// Decide as things were.
    #[serde(default = "saved")]
    pub base: String,
    /// Decide as things would be.
    #[serde(default = "saved")]
    pub head: String,
}

fn saved() -> String {
    ".".to_owned()
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            base: saved(),
            head: saved(),
        }
    }
}

/// One what-if.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name, unique in the pack.
    pub name: String,
    /// What is supposed, in words; may be empty.
    pub about: String,
    /// The policies compared.
    pub policies: Policies,
    pub(crate) place: Place,
    pub(crate) entities: Vec<EntityEdit>,
    pub(crate) context: Vec<ContextEdit>,
    pub(crate) expectations: Vec<Expectation>,
}

/// Where something stands in a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    file: String,
    line: u32,
    column: u32,
}

impl Place {
    fn of(file: &str, text: &str, byte: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let last = before.rsplit('\n').next().unwrap_or_default();
        let number = |found: usize| u32::try_from(found).unwrap_or(u32::MAX);
        Self {
            file: file.to_owned(),
            line: number(before.matches('\n').count() + 1),
            column: number(last.encode_utf16().count() + 1),
        }
    }

    /// That something is wrong here.
    pub(crate) fn wrong(&self, message: impl Into<String>) -> Error {
        Error::Invalid {
            file: self.file.clone(),
            line: self.line,
            column: self.column,
            message: message.into(),
        }
    }
}

/// Entities that would be otherwise, and how. Values are as written; the schema says how to read them.
#[derive(Clone, Debug)]
pub(crate) struct EntityEdit {
    pub(crate) place: Place,
    pub(crate) what: FileEntities,
}

/// Requests whose context would be otherwise, and how.
#[derive(Clone, Debug)]
pub(crate) struct ContextEdit {
    pub(crate) place: Place,
    pub(crate) of: select::Requests,
    pub(crate) set: BTreeMap<String, toml::Value>,
    pub(crate) unset: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    #[serde(default)]
    about: String,
    schedule: Option<Spanned<String>>,
    rows: Option<Spanned<FileRows>>,
    scenario: Vec<Spanned<FileScenario>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRows {
    generate: u64,
    seed: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileScenario {
    name: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    policies: Policies,
    #[serde(default)]
    entities: Vec<Spanned<FileEntities>>,
    #[serde(default)]
    context: Vec<Spanned<FileContext>>,
    expect: Vec<Spanned<FileExpectation>>,
}

/// `[[scenario.entities]]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileEntities {
    /// Entities of this type…
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    /// …or these.
    #[serde(default)]
    pub(crate) ids: Vec<String>,
    /// Only those in this one.
    #[serde(rename = "in")]
    pub(crate) inside: Option<String>,
    /// Only those whose attributes have these values.
    #[serde(rename = "where", default)]
    pub(crate) having: BTreeMap<String, toml::Value>,
    /// Attributes get these values.
    #[serde(default)]
    pub(crate) set: BTreeMap<String, toml::Value>,
    /// They lose these attributes.
    #[serde(default)]
    pub(crate) unset: Vec<String>,
    /// They come to be in these…
    #[serde(default)]
    pub(crate) join: Vec<String>,
    /// …and are no longer in these.
    #[serde(default)]
    pub(crate) leave: Vec<String>,
}

/// `[[scenario.context]]`. `deny_unknown_fields` and `flatten` do not go together, so the selection is repeated.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileContext {
    action: Option<select::Names>,
    principal: Option<select::Names>,
    principal_in: Option<String>,
    resource: Option<select::Names>,
    resource_in: Option<String>,
    #[serde(default)]
    set: BTreeMap<String, toml::Value>,
    #[serde(default)]
    unset: Vec<String>,
}

/// `[[scenario.expect]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileExpectation {
    action: Option<select::Names>,
    principal: Option<select::Names>,
    principal_in: Option<String>,
    resource: Option<select::Names>,
    resource_in: Option<String>,
    gained: Option<Bound>,
    lost: Option<Bound>,
    maybe: Option<Bound>,
    undeterminable: Option<Bound>,
    error_changed: Option<Bound>,
}

/// The packs among a workspace's files, by name, and what is wrong with those that cannot be read.
#[must_use]
pub fn read(files: &Files) -> (Vec<Pack>, Vec<Error>) {
    let mut packs = Vec::new();
    let mut errors = Vec::new();
    for (file, content) in files {
        let name = file
            .strip_prefix(FOLDER)
            .and_then(|name| name.strip_suffix(".toml"));
        let Some(name) = name.filter(|name| !name.contains('/')) else {
            continue;
        };
        match Pack::read(name, file, content) {
            Ok(pack) => packs.push(pack),
            Err(error) => errors.push(error),
        }
    }
    (packs, errors)
}

impl Pack {
    /// Reads a pack.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the place: no TOML, a key that is not known, a schedule or a number that cannot be, a scenario
    /// that changes nothing, an expectation that expects nothing, two scenarios of one name.
    pub fn read(name: &str, file: &str, content: &[u8]) -> Result<Self, Error> {
        let at = |text: &str, byte: usize| Place::of(file, text, byte);
        if content.len() > MOST_BYTES {
            return Err(at("", 0).wrong(format!("`{file}` is larger than 1 MiB")));
        }
        let text = str::from_utf8(content)
            .map_err(|_| at("", 0).wrong(format!("`{file}` is not UTF-8")))?;
        let wrong = |error: toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            at(text, start).wrong(error.message().trim())
        };
        let said: toml::Table = toml::from_str(text).map_err(wrong)?;
        let read: File = toml::from_str(text).map_err(wrong)?;
        let schedule = match read.schedule {
            None => None,
            Some(said) => {
                let start = said.span().start;
                let schedule = Schedule::parse(said.get_ref());
                Some(schedule.map_err(|why| at(text, start).wrong(why))?)
            }
        };
        let rows = match read.rows {
            None => Rows::Log,
            Some(rows) => {
                let start = rows.span().start;
                let FileRows { generate, seed } = rows.into_inner();
                if generate == 0 || generate > MOST_ROWS {
                    let why = format!("`generate` is a number of rows, from 1 to {MOST_ROWS}");
                    return Err(at(text, start).wrong(why));
                }
                Rows::Generated {
                    rows: generate,
                    seed,
                }
            }
        };
        if read.scenario.is_empty() || read.scenario.len() > MOST_SCENARIOS {
            let why = format!("a pack has one scenario at least, and at most {MOST_SCENARIOS}");
            return Err(at(text, 0).wrong(why));
        }
        let mut names = HashSet::new();
        let mut scenarios = Vec::new();
        for scenario in read.scenario {
            let place = at(text, scenario.span().start);
            let scenario = scenario.into_inner();
            if scenario.name.trim().is_empty() {
                return Err(place.wrong("a scenario needs a name"));
            }
            if !names.insert(scenario.name.clone()) {
                return Err(place.wrong(format!("two scenarios are called `{}`", scenario.name)));
            }
            scenarios.push(Scenario::read(scenario, place, |byte| at(text, byte))?);
        }
        let mut canonical = String::new();
        write_canonical(&toml::Value::Table(said), &mut canonical);
        Ok(Self {
            name: name.to_owned(),
            file: file.to_owned(),
            title: read.title,
            about: read.about,
            schedule,
            rows,
            scenarios,
            digest: hex(&Sha256::digest(canonical)),
        })
    }

    /// Holds the pack against a workspace: everything it speaks of must be there and fit.
    ///
    /// # Errors
    /// The first [`Error::Invalid`].
    pub fn check(&self, known: &Vocabulary<'_>) -> Result<(), Error> {
        for scenario in &self.scenarios {
            alter::Plan::new(scenario, known)?.possible(known.entities, false)?;
            for expectation in &scenario.expectations {
                expectation.of.resolve(known, &expectation.place)?;
            }
        }
        Ok(())
    }
}

impl Scenario {
    fn read(said: FileScenario, place: Place, at: impl Fn(usize) -> Place) -> Result<Self, Error> {
        if said.entities.is_empty()
            && said.context.is_empty()
            && said.policies.base == said.policies.head
        {
            return Err(place.wrong(format!(
                "the scenario `{}` changes nothing: give it [[scenario.entities]], [[scenario.context]] or policies",
                said.name
            )));
        }
        let mut entities = Vec::new();
        for edit in said.entities {
            let place = at(edit.span().start);
            let what = edit.into_inner();
            if what.kind.is_some() != what.ids.is_empty() {
                return Err(place.wrong("say which entities: `type` or `ids`, and not both"));
            }
            let idle = what.set.is_empty()
                && what.unset.is_empty()
                && what.join.is_empty()
                && what.leave.is_empty();
            if idle {
                return Err(place.wrong("say what changes: `set`, `unset`, `join` or `leave`"));
            }
            entities.push(EntityEdit { place, what });
        }
        let mut context = Vec::new();
        for edit in said.context {
            let place = at(edit.span().start);
            let edit = edit.into_inner();
            if edit.set.is_empty() && edit.unset.is_empty() {
                return Err(place.wrong("say what changes: `set` or `unset`"));
            }
            context.push(ContextEdit {
                place,
                of: select::Requests {
                    action: edit.action,
                    principal: edit.principal,
                    principal_in: edit.principal_in,
                    resource: edit.resource,
                    resource_in: edit.resource_in,
                },
                set: edit.set,
                unset: edit.unset,
            });
        }
        if said.expect.is_empty() || said.expect.len() > MOST_EXPECTATIONS {
            return Err(place.wrong(format!(
                "the scenario `{}` needs one [[scenario.expect]] at least, and at most {MOST_EXPECTATIONS}: without it nothing could ever be wrong",
                said.name
            )));
        }
        let mut expectations = Vec::new();
        for expectation in said.expect {
            let place = at(expectation.span().start);
            let said = expectation.into_inner();
            let of = select::Requests {
                action: said.action,
                principal: said.principal,
                principal_in: said.principal_in,
                resource: said.resource,
                resource_in: said.resource_in,
            };
            let bounds = [
                (Expected::Gained, said.gained),
                (Expected::Lost, said.lost),
                (Expected::Maybe, said.maybe),
                (Expected::Undeterminable, said.undeterminable),
                (Expected::ErrorChanged, said.error_changed),
            ];
            let before = expectations.len();
            for (measure, bound) in bounds {
                let Some(bound) = bound else { continue };
                if bound.is_empty() {
                    return Err(
                        place.wrong(format!("no number of rows can be {}", bound.words(measure)))
                    );
                }
                expectations.push(Expectation {
                    place: place.clone(),
                    of: of.clone(),
                    measure,
                    bound,
                });
            }
            if expectations.len() == before {
                return Err(place.wrong(
                    "say what is expected: `gained`, `lost`, `maybe`, `undeterminable` or `error_changed`",
                ));
            }
        }
        Ok(Self {
            name: said.name,
            about: said.about,
            policies: said.policies,
            place,
            entities,
            context,
            expectations,
        })
    }

    /// Every expectation in words.
    #[must_use]
    pub fn expectations(&self) -> Vec<String> {
        self.expectations.iter().map(Expectation::words).collect()
    }
}

/// One text for one meaning: keys in order, whatever keeps them.
fn write_canonical(value: &toml::Value, out: &mut String) {
    match value {
        toml::Value::Table(table) => {
            let mut entries: Vec<_> = table.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            out.push('{');
            for (key, value) in entries {
                out.push_str(&format!("{key:?}:"));
                write_canonical(value, out);
                out.push(',');
            }
            out.push('}');
        }
        toml::Value::Array(items) => {
            out.push('[');
            for item in items {
                write_canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        toml::Value::String(text) => out.push_str(&format!("{text:?}")),
        other => out.push_str(&other.to_string()),
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    format!("sha256:{}", digits.collect::<String>())
}
