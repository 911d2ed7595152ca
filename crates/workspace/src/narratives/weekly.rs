//! Narratives that are told by themselves: `[[narrative]]` in `workspace.toml`, one for each channel whose weeks somebody wants to read.
//! A week ends at midnight, UTC, of the day on which it is told, so that it is the same week whenever the machine wakes up, and keeps
//! its author's edits. Several that were missed are one: the last.

use std::collections::BTreeMap;

use model::{Code, Failure};
use pdf::Paper;
use scenarios::Schedule;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::{Form, Ground, Subject, kept, narrate, publish};
use crate::{Error, Ledger, Promotion};

/// Seconds.
const DAY: u64 = 24 * 3600;
const WEEK: u64 = 7 * DAY;

/// What is told every week.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weekly {
    /// Of which channel.
    pub channel: String,
    /// When, on which day of the week.
    #[serde(default = "monday", deserialize_with = "weekday")]
    pub at: Schedule,
    /// In which language.
    #[serde(default = "english")]
    pub language: String,
    /// In which form; pages if nothing is said.
    #[serde(default, rename = "as")]
    pub form: Form,
    /// On which paper.
    #[serde(default)]
    pub paper: Paper,
}

/// A week that was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToldWeek {
    /// Of which channel.
    pub channel: String,
    /// When its days ended, in seconds since 1970.
    pub until: u64,
    /// The number of its receipt.
    pub receipt: u64,
    /// The published bytes.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

fn monday() -> Schedule {
    Schedule::weekly(0, 6, 0)
}

fn english() -> String {
    "en".to_owned()
}

fn weekday<'de, D: Deserializer<'de>>(from: D) -> Result<Schedule, D::Error> {
    let text = String::deserialize(from)?;
    let schedule = Schedule::parse(&text).map_err(D::Error::custom)?;
    match schedule.day() {
        Some(_) => Ok(schedule),
        None => Err(D::Error::custom(format!(
            "a week is not told `{text}`: write a day, like `monday 06:00` (UTC)"
        ))),
    }
}

impl Weekly {
    /// By which it is kept when it was told last.
    fn name(&self) -> String {
        format!("{} {} {}", self.channel, self.language, self.form.word())
    }

    /// The last moment, up to `now`, at which it is to be told; both in seconds since 1970.
    fn last(&self, now: u64) -> u64 {
        let milliseconds =
            |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX / 2_000) * 1_000;
        let last = self.at.after(milliseconds(now.saturating_sub(WEEK)));
        u64::try_from(last / 1_000).unwrap_or_default()
    }

    /// The next moment after `now`, in seconds since 1970.
    #[must_use]
    pub fn next(&self, now: u64) -> u64 {
        self.last(now) + WEEK
    }
}

/// What is due, each with the end of its week. What was never told waits for its first moment after `since`.
///
/// # Errors
/// `file_read`.
pub fn due(
    ledger: &Ledger,
    rules: &[Weekly],
    since: u64,
    now: u64,
) -> Result<Vec<(Weekly, u64)>, Error> {
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let told = kept::weeks(ledger)?;
    let due = rules.iter().filter_map(|rule| {
        let moment = rule.last(now);
        let due = match told.get(&rule.name()) {
            Some(last) => *last < moment,
            None => moment >= since,
        };
        due.then(|| (rule.clone(), moment / DAY * DAY))
    });
    Ok(due.collect())
}

/// Tells a week, publishes it, and keeps in mind that it was told.
///
/// # Errors
/// `nothing_to_tell`, `language_unknown`, and those of [`publish`].
pub fn tell(
    with: &Promotion<'_>,
    ground: &Ground<'_>,
    rule: &Weekly,
    until: u64,
) -> Result<ToldWeek, Error> {
    let subject = Subject::Week {
        channel: rule.channel.clone(),
        until,
    };
    let narrative = narrate(ground, &subject, &rule.language)?;
    let (recorded, bytes) = publish(with, &narrative, rule.form, rule.paper)?;
    let mut told: BTreeMap<String, u64> = kept::weeks(with.ledger)?;
    told.insert(rule.name(), rule.last(ground.now));
    kept::keep_weeks(with.ledger, &told)?;
    Ok(ToldWeek {
        channel: rule.channel.clone(),
        until,
        receipt: recorded.first,
        bytes,
    })
}

/// That no week was asked for.
#[must_use]
pub fn none() -> Failure {
    let mut failure = Failure::new(
        Code::NothingToTell,
        "`workspace.toml` asks for no narrative of a week",
    );
    "add `[[narrative]]` with `channel = \"stable\"` to it; docs/narratives.md has the rest"
        .clone_into(&mut failure.hint);
    failure
}
