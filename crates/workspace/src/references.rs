//! What policies rest on, and whether it is still there. `authorities.toml` lists what may be cited: a clause of a regulation, a
//! contract, a ticket, a report, with a link, a file of the workspace and its digest, or a receipt of its ledger, and until when it
//! holds. Policies cite it by id, `@authority("GDPR Art. 32")`, `@evidence("…")`. A workspace without the list is asked nothing: its
//! annotations are notes to people.
//!
//! Nothing here asks a network, a clock or a ledger: [`Reference::at`] is told the time, and [`Reference::receipt`] says what to look for.

use std::collections::BTreeSet;

use evidence::{hex, sha256, unhex};
use ipc::{CitableView, Place};
use model::{Amiss, Code, Completion, Hover, Problem, Severity};
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
    /// What may be cited, and what is wrong with it.
    all: Vec<(Authority, Option<Amiss>)>,
}

/// One name that a policy cites, and how that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Who cites what, and where.
    pub citation: policy::Citation,
    /// What is wrong with it, as far as files tell.
    pub amiss: Option<Amiss>,
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
            let amiss = authority.amiss(files);
            (authority, amiss)
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
            let amiss = match listed {
                _ if name.is_empty() => Some(Amiss::Empty {
                    annotation: citation.annotation.to_owned(),
                }),
                Some((_, amiss)) => amiss.clone(),
                None => {
                    let ids = self.all.iter();
                    let ids = ids.map(|(known, _)| known.id.get_ref().as_str());
                    Some(Amiss::Unlisted {
                        list: FILE.to_owned(),
                        near: policy::nearest(name, ids).map(str::to_owned),
                    })
                }
            };
            Reference {
                receipt: known.and_then(|known| unhex(known.receipt.as_ref()?.get_ref())),
                until: known.and_then(|known| date(known.until.as_ref()?.get_ref())),
                amiss,
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

    /// Everything that may be cited, as listed, and how it stands at a time, in seconds since 1970.
    #[must_use]
    pub fn citable(&self, now: u64) -> Vec<CitableView> {
        let view = |(known, amiss): &(Authority, Option<Amiss>)| CitableView {
            name: known.id.get_ref().clone(),
            kind: known.kind.word().to_owned(),
            title: known.title.clone(),
            amiss: known.amiss_at(amiss, now),
        };
        self.all.iter().map(view).collect()
    }

    /// What is known of the name that is cited at a place.
    #[must_use]
    pub fn hover(&self, place: &Place, now: u64) -> Option<Hover> {
        if !self.listed {
            return None;
        }
        let (name, source) =
            policy::citation_at(&place.path, &place.text, place.line, place.column)?;
        let mut all = self.all.iter();
        let found = all.find(|(known, _)| *known.id.get_ref() == name);
        let (signature, text) = match found {
            None => (String::new(), format!("not in `{FILE}`")),
            Some((known, amiss)) => {
                let mut said = vec![known.title.clone()];
                if !known.link.is_empty() {
                    said.push(known.link.clone());
                }
                said.extend(known.file.as_ref().map(|file| format!("kept in `{file}`")));
                let until = known.until.as_ref().and_then(|until| date(until.get_ref()));
                match (known.amiss_at(amiss, now), until) {
                    (Some(amiss), _) => said.push(amiss.words(&name)),
                    (None, Some(until)) => said.push(format!("holds until {until}")),
                    (None, None) => {}
                }
                (known.kind.word().to_owned(), said.join("\n\n"))
            }
        };
        Some(Hover {
            title: name,
            signature,
            text,
            source,
        })
    }
}

impl Authority {
    /// Why it should not be cited at a time, in seconds since 1970.
    fn amiss_at(&self, amiss: &Option<Amiss>, now: u64) -> Option<Amiss> {
        let until = self.until.as_ref().and_then(|until| date(until.get_ref()));
        amiss.clone().or_else(|| expired(until, now))
    }

    fn amiss(&self, files: &Files) -> Option<Amiss> {
        let (path, digest) = (self.file.clone()?, self.sha256.as_ref()?);
        match files.get(&path) {
            None => Some(Amiss::FileGone { path }),
            Some(content) if hex(&sha256(&[content])) != *digest.get_ref() => {
                Some(Amiss::FileChanged { path })
            }
            Some(_) => None,
        }
    }
}

impl Reference {
    /// The same at a time, in seconds since 1970.
    #[must_use]
    pub fn at(mut self, now: u64) -> Self {
        self.amiss = self.amiss.or_else(|| expired(self.until, now));
        self
    }

    /// What is wrong with it and how to mend that; `None` for one that is whole.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        let amiss = self.amiss.as_ref()?;
        let at = self.citation.source.clone();
        Some(Problem {
            code: amiss.code(),
            // No error: policies decide all the same. A promotion asks for its own reason.
            severity: Severity::Warning,
            file: at.file,
            line: at.line,
            column: at.column,
            end_line: at.end_line,
            end_column: at.end_column,
            message: amiss.words(&self.citation.name),
            hint: amiss.hint(),
        })
    }
}

/// The day of a time, in seconds since 1970.
fn day(now: u64) -> Option<Date> {
    let now = i64::try_from(now).ok()?;
    Some(OffsetDateTime::from_unix_timestamp(now).ok()?.date())
}

/// A day, and nothing but a day.
fn date(written: &Datetime) -> Option<Date> {
    let date = written.date.filter(|_| written.time.is_none())?;
    let month = Month::try_from(date.month).ok()?;
    Date::from_calendar_date(i32::from(date.year), month, date.day).ok()
}

/// What ended before a time, in seconds since 1970.
fn expired(until: Option<Date>, now: u64) -> Option<Amiss> {
    let until = until.filter(|until| day(now).is_none_or(|today| today > *until))?;
    let until = until.to_string();
    Some(Amiss::Expired { until })
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
