//! What is kept of narratives: published forms with their receipts, what readers thought of them, and what authors changed. All of it
//! lies beside the ledger: the bytes under `kept/`, by their digest, and the rest in `narratives/`.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use evidence::{
    ed25519::Signer,
    hex, moment, sha256,
    statement::{self, Said, Subject as About},
};
use model::{Code, Failure};
use narrative::{
    Facts,
    edit::Edits,
    facts::{Receipt as Cited, Step},
};
use serde::{Deserialize, Serialize};

use pdf::Paper;

use super::{
    Narrative, nothing,
    print::{self, print},
};
use crate::{
    Choice, Error, Ledger, Promotion, Receipt, Recorded, WantedBundle, git,
    ledger::statement_of,
    signing::{self, by_reference, signers},
};

/// Bytes of a comment at most.
const COMMENT: usize = 4_000;
/// The form of a receipt over what a PDF says.
const DOCUMENT: &str = "document";

/// A form that is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// The source form.
    Markdown,
    /// One file for browsers.
    Html,
    /// Pages.
    #[default]
    Pdf,
    /// A message.
    Slack,
    /// Plain text.
    Text,
}

/// A narrative that was published.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Published {
    /// The number of its receipt.
    pub receipt: u64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Its language.
    pub language: String,
    /// Its form.
    pub format: String,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub digest: String,
    /// The bytes are kept here.
    pub kept: bool,
    /// How many rated it.
    pub ratings: u64,
    /// What they gave it on average, 1 to 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average: Option<f64>,
}

/// What a reader thought of a narrative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// The number of the narrative's receipt.
    pub receipt: u64,
    /// 1 to 5.
    pub stars: u8,
    /// What they said about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// Who.
    pub by: String,
    /// When, RFC 3339 in UTC.
    pub at: String,
}

impl Form {
    /// As receipts have it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Pdf => "pdf",
            Self::Slack => "slack",
            Self::Text => "text",
        }
    }

    /// How a file of it ends.
    #[must_use]
    pub fn ending(self) -> &'static str {
        let file = self.file();
        file.split_once('.').map_or(file, |(_, ending)| ending)
    }

    /// What a file of it is called.
    fn file(self) -> &'static str {
        match self {
            Self::Markdown => "narrative.md",
            Self::Html => "narrative.html",
            Self::Pdf => "narrative.pdf",
            Self::Slack => "narrative.json",
            Self::Text => "narrative.txt",
        }
    }
}

/// Prints a form, signs a receipt over its bytes and the facts it tells, and keeps both. What a PDF says is signed before, and lies in
/// it with what it cites: so the file alone tells whose words it holds.
///
/// # Errors
/// `key_missing`, `file_write` and the others of [`crate::record`]; those of [`super::print`].
pub fn publish(
    with: &Promotion<'_>,
    narrative: &Narrative,
    form: Form,
    paper: Paper,
) -> Result<(Recorded, Vec<u8>), Error> {
    let bytes = match form {
        Form::Pdf => {
            let text = print::text(narrative, paper)?;
            let signed = sign(
                with,
                narrative,
                DOCUMENT,
                About::of("narrative.json", &text),
            )?;
            let numbers = cited(&narrative.facts).into_keys().chain([signed.first]);
            print::pdf(narrative, paper, bundle(with, numbers)?)?
        }
        form => print(narrative, form, paper, Some(with))?,
    };
    with.ledger.keep(&bytes)?;
    let recorded = sign(with, narrative, form.word(), About::of(form.file(), &bytes))?;
    Ok((recorded, bytes))
}

/// Signs a receipt over something and the facts it tells, which are kept.
fn sign(
    with: &Promotion<'_>,
    narrative: &Narrative,
    format: &str,
    about: About,
) -> Result<Recorded, Error> {
    let facts = narrative.facts.to_json()?;
    signing::record(
        with.ledger,
        with.vault,
        with.ask,
        with.now,
        |signer: &dyn Signer| {
            with.ledger.keep(facts.as_bytes())?;
            let said = statement::Narrative {
                issued: moment::text(with.now),
                language: narrative.document.language.clone(),
                format: format.to_owned(),
                facts: format!("sha256:{}", hex(&sha256(&[facts.as_bytes()]))),
            };
            let about = vec![about.clone(), About::of("facts.json", facts.as_bytes())];
            Ok(vec![Receipt::seal(about, &said, &[signer])?])
        },
    )
}

/// Receipts by their numbers, as a bundle that verifies by itself, with the reports they speak of; nothing for none.
///
/// # Errors
/// As [`crate::record`] and [`Ledger::bundle`].
pub(crate) fn bundle(
    with: &Promotion<'_>,
    numbers: impl Iterator<Item = u64>,
) -> Result<Option<Vec<u8>>, Error> {
    let numbers: Vec<_> = numbers
        .map(|number| number..number.saturating_add(1))
        .collect();
    if numbers.is_empty() {
        return Ok(None);
    }
    let receipts = with.ledger.choose(&Choice {
        numbers,
        ..Choice::default()
    })?;
    let wanted = WantedBundle {
        artefacts: with.ledger.reports(&receipts)?,
        receipts,
        purpose: "what a narrative cites".to_owned(),
        ..WantedBundle::default()
    };
    let keys = signers(with.ledger, with.vault, with.ask, with.now)?;
    let keys = by_reference(&keys);
    let first = keys
        .first()
        .ok_or_else(|| Error::NoKey("the ledger has no key".to_owned()))?;
    Ok(Some(with.ledger.bundle(&wanted, *first, with.now)?))
}

/// The receipts that facts cite, by their numbers.
pub(crate) fn cited(facts: &Facts) -> BTreeMap<u64, &Cited> {
    fn of_steps(steps: &[Step]) -> impl Iterator<Item = &Cited> {
        steps.iter().filter_map(|step| step.receipt.as_ref())
    }
    let found: Vec<&Cited> = match facts {
        Facts::Promotion(it) => it.moved.step.receipt.iter().collect(),
        Facts::Rollback(it) => {
            let undone = of_steps(it.undone.as_slice());
            it.moved.step.receipt.iter().chain(undone).collect()
        }
        Facts::Week(it) => of_steps(&it.moves).collect(),
        Facts::Verdict(it) => it.receipt.iter().collect(),
        Facts::Evidence(it) => {
            let exceptions = it.exceptions.iter().filter_map(|it| it.receipt.as_ref());
            exceptions.chain(of_steps(&it.moves)).collect()
        }
    };
    found.into_iter().map(|it| (it.number, it)).collect()
}

/// Who reads, as git knows them; `somebody` where it knows nobody.
#[must_use]
pub fn reader(root: &Path) -> String {
    git::user(root).unwrap_or_else(|_| "somebody".to_owned())
}

/// The narratives that were published, the newest first.
///
/// # Errors
/// `store_…`, `ledger_damaged`, `file_read`.
pub fn published(ledger: &Ledger) -> Result<Vec<Published>, Error> {
    let ratings = ratings(ledger)?;
    let mut found = Vec::new();
    for entry in ledger.entries(0..u64::MAX)? {
        let Some(statement) = statement_of(&entry) else {
            continue;
        };
        let Ok(Said::Narrative(said)) = Said::of(&statement) else {
            continue;
        };
        if said.format == DOCUMENT {
            continue;
        }
        let first = statement.subject.first();
        let digest = first
            .and_then(|it| it.digest.get("sha256"))
            .cloned()
            .unwrap_or_default();
        let stars: Vec<u8> = ratings
            .iter()
            .filter(|it| it.receipt == entry.leaf.seq)
            .map(|it| it.stars)
            .collect();
        found.push(Published {
            receipt: entry.leaf.seq,
            at: said.issued,
            language: said.language,
            format: said.format,
            kept: ledger.kept_at(&digest).is_some(),
            digest,
            ratings: stars.len() as u64,
            average: average(&stars),
        });
    }
    found.reverse();
    Ok(found)
}

fn average(stars: &[u8]) -> Option<f64> {
    let all: u32 = stars.iter().map(|stars| u32::from(*stars)).sum();
    (!stars.is_empty()).then(|| f64::from(all) / stars.len() as f64)
}

/// Keeps what a reader thought of a published narrative. Who rates again changes their mind.
///
/// # Errors
/// `nothing_to_tell` for a receipt that is no narrative; `bad_call` for stars that are not 1 to 5 or a comment of a book's length;
/// `file_write`.
pub fn rate(ledger: &Ledger, rating: Rating) -> Result<Published, Error> {
    if !(1..=5).contains(&rating.stars) {
        return Err(Error::BadCall(format!(
            "{} stars cannot be given: 1 to 5 can",
            rating.stars
        )));
    }
    if rating.comment.len() > COMMENT {
        return Err(Error::BadCall(format!(
            "a comment has {COMMENT} bytes at most"
        )));
    }
    let number = rating.receipt;
    let is_it = |it: &Published| it.receipt == number;
    if !published(ledger)?.iter().any(is_it) {
        return Err(nothing(format!(
            "receipt {number} is no published narrative"
        )));
    }
    let mut all = ratings(ledger)?;
    all.retain(|it| (it.receipt, &it.by) != (rating.receipt, &rating.by));
    all.push(rating);
    write(&ratings_at(ledger), &all)?;
    published(ledger)?
        .into_iter()
        .find(is_it)
        .ok_or_else(|| nothing("it is gone"))
}

/// What readers thought, in the order in which they said so.
///
/// # Errors
/// `file_read` when the file cannot be read.
pub fn ratings(ledger: &Ledger) -> Result<Vec<Rating>, Error> {
    read(&ratings_at(ledger))
}

/// What authors changed in a narrative, by its name.
///
/// # Errors
/// `file_read`.
pub fn edits(ledger: &Ledger, name: &str) -> Result<Edits, Error> {
    read(&edits_at(ledger, name))
}

/// Keeps what authors changed.
///
/// # Errors
/// `file_write`.
pub fn keep_edits(ledger: &Ledger, name: &str, edits: &Edits) -> Result<(), Error> {
    write(&edits_at(ledger, name), edits)
}

/// When narratives of a week were to be told that were told last, by their names, in seconds since 1970.
pub(super) fn weeks(ledger: &Ledger) -> Result<BTreeMap<String, u64>, Error> {
    read(&weeks_at(ledger))
}

/// Keeps that.
pub(super) fn keep_weeks(ledger: &Ledger, told: &BTreeMap<String, u64>) -> Result<(), Error> {
    write(&weeks_at(ledger), told)
}

fn weeks_at(ledger: &Ledger) -> PathBuf {
    ledger.beside("narratives").join("weeks.json")
}

fn ratings_at(ledger: &Ledger) -> PathBuf {
    ledger.beside("narratives").join("ratings.json")
}

/// A name may hold whatever a channel's may; a digest of it is a file's name everywhere.
fn edits_at(ledger: &Ledger, name: &str) -> PathBuf {
    let digest = hex(&sha256(&[name.as_bytes()]));
    ledger
        .beside("narratives")
        .join(format!("edits-{digest}.json"))
}

/// What is not there is empty.
fn read<T: for<'de> Deserialize<'de> + Default>(path: &PathBuf) -> Result<T, Error> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(T::default()),
        read => read.map_err(Error::read(path))?,
    };
    let damaged = |error: serde_json::Error| io::Error::new(io::ErrorKind::InvalidData, error);
    serde_json::from_str(&text)
        .map_err(damaged)
        .map_err(Error::read(path))
}

fn write<T: Serialize>(path: &PathBuf, value: &T) -> Result<(), Error> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::new(Code::Internal, error.to_string()))?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::write(folder))?;
    }
    crate::replace_file(path, (text + "\n").as_bytes()).map_err(Error::write(path))
}
