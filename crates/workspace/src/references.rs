//! What policies rest on, and whether it is still there. `authorities.toml` lists what may be cited: a clause of a regulation, a
//! contract, a ticket, a report, with a link, a file of the workspace and its digest, or a receipt of its ledger, and until when it
//! holds. Policies cite it by id, `@authority("GDPR Art. 32")`, `@evidence("…")`. A workspace without the list is asked nothing: its
//! annotations are notes to people.
//!
//! Nothing here asks a network, a clock or a ledger: [`Reference::at`] is told the time, and [`Reference::receipt`] says what to look for.

use std::collections::BTreeSet;

use evidence::{hex, sha256, unhex};
use model::{Code, Completion, Problem, Severity};
use policy::{Citable, Files, PolicySet};
use serde::Deserialize;
use time::{Date, Month, OffsetDateTime};
use toml::{Spanned, value::Datetime};

use crate::text;

/// Name of the file.
pub const FILE: &str = "authorities.toml";
/// Files in it are kept with a workspace because policies rest on them.
pub const FOLDER: &str = "evidence/";

/// Something that policies may cite.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Authority {
    id: Spanned<String>,
    title: String,
    kind: Kind,
    /// Where to read it. Nobody goes there.
    #[serde(default)]
    link: String,
    /// A file of the workspace, and the SHA-256 of its content.
    file: Option<String>,
    sha256: Option<Spanned<String>>,
    /// The digest of a receipt of the workspace's ledger.
    receipt: Option<Spanned<String>>,
    /// The last day on which it holds, UTC.
    until: Option<Spanned<Datetime>>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Regulation,
    Standard,
    Contract,
    Policy,
    Ticket,
    Report,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Regulation => "regulation",
            Self::Standard => "standard",
            Self::Contract => "contract",
            Self::Policy => "policy",
            Self::Ticket => "ticket",
            Self::Report => "report",
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    authority: Vec<Authority>,
}

/// The list, as far as it can be read.
#[derive(Clone, Debug, Default)]
pub struct Authorities {
    /// There is a list, and what is cited has to be in it.
    pub listed: bool,
    /// What may be cited, and how that stands.
    all: Vec<(Authority, State)>,
}

/// How a reference stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// What is cited is there, as it was when it was listed.
    Whole,
    /// Nothing of that id is listed; the one that may be meant.
    Unknown(Option<String>),
    /// It held until this day.
    Expired(Date),
    /// Its file or receipt is not what was listed, or gone; in words.
    Changed(String),
    /// There is no id between the quotes or commas.
    Malformed,
}

/// One name that a policy cites, and how that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Who cites what, and where.
    pub citation: policy::Citation,
    /// How it stands, as far as files tell.
    pub state: State,
    /// The digest of the receipt that has to be in the ledger.
    pub receipt: Option<[u8; 32]>,
    until: Option<Date>,
}

impl Authorities {
    /// Reads the list from a workspace's files, with what is wrong with it.
    #[must_use]
    pub fn read(files: &Files) -> (Self, Vec<Problem>) {
        let Some(content) = files.get(FILE) else {
            return (Self::default(), Vec::new());
        };
        let source = String::from_utf8_lossy(content);
        let (all, mut problems) = match toml::from_str::<Written>(&source) {
            Ok(written) => (written.authority, Vec::new()),
            Err(error) => {
                let place = error.span().unwrap_or_default();
                (Vec::new(), vec![wrong(&source, place, error.message())])
            }
        };
        let mut ids = BTreeSet::new();
        for authority in &all {
            let id = authority.id.get_ref();
            let mut found = |at, message: &str| problems.push(wrong(&source, at, message));
            if id.is_empty() || id.contains(',') || id.trim() != id {
                let message = "an id is not empty, and has no comma and no space around it";
                found(authority.id.span(), message);
            } else if !ids.insert(id.as_str()) {
                let message = format!("another authority is called `{id}` too");
                found(authority.id.span(), &message);
            }
            for digest in [&authority.sha256, &authority.receipt]
                .into_iter()
                .flatten()
            {
                if unhex::<32>(digest.get_ref()).is_none() {
                    found(digest.span(), "a digest has 64 hexadecimal digits");
                }
            }
            let outside = |path: &String| !path.starts_with(FOLDER);
            if authority.file.as_ref().is_some_and(outside) {
                let message = format!("what policies rest on lies under `{FOLDER}`");
                found(authority.id.span(), &message);
            }
            if authority.file.is_some() != authority.sha256.is_some() {
                let message = "a file goes with its `sha256`, and that with a `file`";
                found(authority.id.span(), message);
            }
            if let Some(until) = &authority.until
                && date(until.get_ref()).is_none()
            {
                found(until.span(), "write a day: 2027-01-31");
            }
        }
        let judged = all.into_iter().map(|authority| {
            let stands = authority.stands(files);
            (authority, stands)
        });
        let authorities = Self {
            listed: true,
            all: judged.collect(),
        };
        (authorities, problems)
    }

    /// Title and link of what is cited by a name; an empty link where none is listed.
    #[must_use]
    pub fn told(&self, name: &str) -> Option<(&str, &str)> {
        let mut all = self.all.iter().map(|(known, _)| known);
        let known = all.find(|known| known.id.get_ref() == name)?;
        Some((&known.title, &known.link))
    }

    /// How everything stands that policies cite, in their order; nothing where nothing is listed.
    #[must_use]
    pub fn references(&self, set: &PolicySet) -> Vec<Reference> {
        if !self.listed {
            return Vec::new();
        }
        let judge = |citation: policy::Citation| {
            let name = citation.name.as_str();
            let mut all = self.all.iter();
            let listed = all.find(|(known, _)| known.id.get_ref() == name);
            let known = listed.map(|(known, _)| known);
            let state = match listed {
                _ if name.is_empty() => State::Malformed,
                Some((_, stands)) => stands.clone(),
                None => {
                    let ids = self
                        .all
                        .iter()
                        .map(|(known, _)| known.id.get_ref().as_str());
                    State::Unknown(policy::nearest(name, ids).map(str::to_owned))
                }
            };
            Reference {
                receipt: known.and_then(|known| unhex(known.receipt.as_ref()?.get_ref())),
                until: known.and_then(|known| date(known.until.as_ref()?.get_ref())),
                state,
                citation,
            }
        };
        set.citations().into_iter().map(judge).collect()
    }

    /// What could be cited at a place of a policy file; nothing when that is not inside of a citation.
    #[must_use]
    pub fn complete(&self, text: &str, line: u32, column: u32) -> Option<Vec<Completion>> {
        let citable = self.all.iter().map(|(known, _)| Citable {
            name: known.id.get_ref(),
            kind: known.kind.word(),
            title: &known.title,
        });
        policy::complete_citation(citable, text, line, column).filter(|_| self.listed)
    }
}

impl Authority {
    fn stands(&self, files: &Files) -> State {
        let (Some(path), Some(digest)) = (&self.file, &self.sha256) else {
            return State::Whole;
        };
        match files.get(path) {
            None => State::Changed(format!("its file `{path}` is not there")),
            Some(content) if hex(&sha256(&[content])) != *digest.get_ref() => {
                State::Changed(format!("its file `{path}` changed since it was listed"))
            }
            Some(_) => State::Whole,
        }
    }
}

impl Reference {
    /// The same at a time, in seconds since 1970.
    #[must_use]
    pub fn at(mut self, now: u64) -> Self {
        let today = i64::try_from(now)
            .ok()
            .and_then(|now| OffsetDateTime::from_unix_timestamp(now).ok())
            .map(OffsetDateTime::date);
        if let (State::Whole, Some(until)) = (&self.state, self.until)
            && today.is_none_or(|today| today > until)
        {
            self.state = State::Expired(until);
        }
        self
    }

    /// What is wrong with it and how to mend that; `None` for one that is whole.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        let name = &self.citation.name;
        let (code, message, hint) = match &self.state {
            State::Whole => return None,
            State::Unknown(near) => {
                let hint = match near {
                    Some(near) => format!("did you mean `{near}`? else add it to `{FILE}`"),
                    None => format!("add it to `{FILE}`, or cite what is there"),
                };
                let message = format!("`{name}` is not in `{FILE}`");
                (Code::ReferenceUnknown, message, Some(hint))
            }
            State::Malformed => {
                let annotation = self.citation.annotation;
                let message = format!("`@{annotation}` cites nothing between its quotes or commas");
                let hint = "write ids, with a comma between two";
                (Code::ReferenceUnknown, message, Some(hint.to_owned()))
            }
            State::Expired(until) => {
                let message = format!("`{name}` held until {until}");
                (Code::ReferenceExpired, message, None)
            }
            State::Changed(why) => (Code::ReferenceChanged, format!("`{name}`: {why}"), None),
        };
        let at = self.citation.source.clone();
        Some(Problem {
            code,
            // No error: policies decide all the same. A promotion asks for its own reason.
            severity: Severity::Warning,
            file: at.file,
            line: at.line,
            column: at.column,
            end_line: at.end_line,
            end_column: at.end_column,
            message,
            hint: hint.unwrap_or_else(|| code.hint().to_owned()),
        })
    }
}

/// A day, and nothing but a day.
fn date(written: &Datetime) -> Option<Date> {
    let date = written.date.filter(|_| written.time.is_none())?;
    let month = Month::try_from(date.month).ok()?;
    Date::from_calendar_date(i32::from(date.year), month, date.day).ok()
}

fn wrong(source: &str, at: std::ops::Range<usize>, message: &str) -> Problem {
    text::problem(
        Code::AuthorityInvalid,
        Severity::Error,
        FILE,
        source,
        at,
        message,
    )
}
