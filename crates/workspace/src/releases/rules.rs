//! What `workspace.toml` asks of a channel before it moves: `[[channel]]`, and whose word counts, `[[approver]]`.

use std::{collections::BTreeSet, ops::Range, path::Path};

use evidence::{ed25519::PublicKey, unhex};
use guard::Tolerance;
use model::{Code, Failure, Hours, Problem, Severity, Weekday};
use registry::{Approver, Registry};
use release::Files;
use serde::Deserialize;
use toml::Spanned;

use super::never_moved;
use crate::{Error, Manifest, manifest, text};

/// Seconds of a day.
const DAY: u64 = 24 * 3600;

/// What is asked of a channel. One that is not listed asks for nothing but what every move needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelRules {
    /// Its name.
    pub name: String,
    /// Where it is in force; its own name when nothing is said.
    pub environment: Option<String>,
    /// How many people have to approve, none of whom wrote the change.
    #[serde(default)]
    pub approvals: usize,
    /// The tolerance file by which drift is judged, a path in the workspace.
    pub tolerance: Option<String>,
    /// When it may move.
    pub window: Option<Window>,
}

/// Days and hours in which a channel may move, UTC.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Which days.
    pub days: Vec<Weekday>,
    /// From when, `08:00`.
    pub from: Clock,
    /// Until when, `17:00`; not itself.
    pub until: Clock,
}

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Clock {
    /// Minutes since midnight.
    minutes: u64,
}

impl TryFrom<String> for Clock {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let read = || {
            let (hour, minute) = text.split_once(':')?;
            let number = |part: &str, below: u64| {
                let plain = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
                let number: Option<u64> = part.parse().ok();
                number.filter(|number| plain && *number < below)
            };
            Some(number(hour, 24)? * 60 + number(minute, 60)?)
        };
        let minutes = read().ok_or_else(|| format!("`{text}` is no time of day: write 08:00"))?;
        Ok(Self { minutes })
    }
}

impl std::fmt::Display for Clock {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

impl Window {
    /// Whether a moment, in seconds since 1970, is in it. One that ends before it begins goes over midnight, and belongs to the
    /// day it begins on.
    #[must_use]
    pub fn is_open(&self, now: u64) -> bool {
        let minutes = now % DAY / 60;
        let on = |day: u64| {
            // 1 January 1970 was a Thursday.
            let weekday = (day + 4) % 7;
            self.days.iter().any(|day| *day as u64 == weekday)
        };
        let (from, until) = (self.from.minutes, self.until.minutes);
        let today = now / DAY;
        if from < until {
            on(today) && (from..until).contains(&minutes)
        } else {
            (on(today) && minutes >= from) || (today > 0 && on(today - 1) && minutes < until)
        }
    }

    /// As it is told and recorded.
    #[must_use]
    pub fn hours(&self) -> Hours {
        Hours {
            days: self.days.clone(),
            from: self.from.to_string(),
            until: self.until.to_string(),
        }
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.hours().fmt(to)
    }
}

/// Somebody whose approvals count.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApproverRule {
    /// Who: `name <address>`, by which they are known as the author of a change.
    pub name: String,
    /// Their public key, 64 hexadecimal digits.
    pub key: String,
}

impl ApproverRule {
    fn public(&self) -> Option<PublicKey> {
        PublicKey::from_bytes(unhex::<32>(&self.key)?).ok()
    }
}

/// Those whose approvals count. A key that is none is nobody's: [`problems`] tells of it.
pub(super) fn approvers(rules: &[ApproverRule]) -> Vec<Approver> {
    let read = |rule: &ApproverRule| {
        Some(Approver {
            person: rule.name.clone(),
            key: rule.public()?,
        })
    };
    rules.iter().filter_map(read).collect()
}

/// How many people could approve. Two keys of one person are one person.
fn people(approvers: &[ApproverRule]) -> usize {
    let known = approvers.iter().filter(|rule| rule.public().is_some());
    known.map(|rule| &rule.name).collect::<BTreeSet<_>>().len()
}

/// More have to approve than could.
#[derive(Clone, Copy)]
pub(super) struct TooFew {
    /// How many have to.
    pub(super) asked: u64,
    /// How many could.
    pub(super) there: u64,
}

/// Why nobody could ever approve enough.
pub(super) fn too_few(rules: &ChannelRules, approvers: &[ApproverRule]) -> Option<TooFew> {
    let (asked, there) = (rules.approvals, people(approvers));
    (there < asked).then_some(TooFew {
        asked: asked as u64,
        there: there as u64,
    })
}

/// The tolerance that a channel names, as its file reads.
///
/// # Errors
/// Why drift cannot be judged by it.
pub(super) fn tolerance(path: &str, text: Option<&[u8]>) -> Result<Tolerance, String> {
    let text = text.ok_or_else(|| format!("there is no tolerance file `{path}`"))?;
    let text = str::from_utf8(text).map_err(|_| format!("`{path}` is not UTF-8"))?;
    Tolerance::read(text).map_err(|error| match error {
        guard::Error::Tolerance {
            message,
            line,
            column,
        } => format!("`{path}` is no tolerance file, {path}:{line}:{column}: {message}"),
        other => format!("`{path}` is no tolerance file: {other}"),
    })
}

/// Where `workspace.toml` says what is asked of channels.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Places {
    channel: Vec<ChannelPlaces>,
    approver: Vec<ApproverPlaces>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ChannelPlaces {
    approvals: Option<Spanned<toml::Value>>,
    tolerance: Option<Spanned<toml::Value>>,
    window: Option<WindowPlaces>,
}

#[derive(Deserialize)]
struct WindowPlaces {
    days: Spanned<toml::Value>,
}

#[derive(Deserialize)]
struct ApproverPlaces {
    key: Spanned<toml::Value>,
}

/// What is asked of channels and could never be met, as errors: a channel that shipped it would be locked by it, for what is asked of a change is
/// what was in force before. `read` gives a file of the workspace by its path.
pub(crate) fn problems(files: &Files, read: &dyn Fn(&str) -> Option<Vec<u8>>) -> Vec<Problem> {
    let (manifest, None) = Manifest::read(files) else {
        return Vec::new();
    };
    let source = files.get(manifest::FILE).map(|text| &**text);
    let source = str::from_utf8(source.unwrap_or_default()).unwrap_or_default();
    let places: Places = toml::from_str(source).unwrap_or_default();
    let mut found = Vec::new();
    let mut tell = |severity, place: Option<Range<usize>>, message: String, hint: &str| {
        let place = place.unwrap_or_default();
        let code = Code::WorkspaceConfig;
        let problem = text::problem(code, severity, manifest::FILE, source, place, message);
        found.push(Problem {
            hint: hint.to_owned(),
            ..problem
        });
    };
    for (rule, at) in manifest.approver.iter().zip(&places.approver) {
        if rule.public().is_none() {
            tell(
                Severity::Error,
                Some(at.key.span()),
                format!("the key of the approver `{}` is no public key", rule.name),
                "write the 64 hexadecimal digits that `fabric keys list --json` prints for them",
            );
        }
    }
    for (rules, at) in manifest.channel.iter().zip(&places.channel) {
        if let Some(TooFew { asked, there }) = too_few(rules, &manifest.approver) {
            let message = format!(
                "`{}` asks for {asked} to approve, and {there} of `[[approver]]` can",
                rules.name
            );
            tell(
                Severity::Error,
                at.approvals.as_ref().map(Spanned::span),
                message,
                "list as many people with their keys as `[[approver]]`, or ask for fewer",
            );
        }
        if let Some(path) = &rules.tolerance
            && let Err(message) = tolerance(path, read(path).as_deref())
        {
            tell(
                Severity::Error,
                at.tolerance.as_ref().map(Spanned::span),
                message,
                "name a tolerance file of the workspace, from its folder, and commit it",
            );
        }
        if let Some(window) = &rules.window
            && window.days.is_empty()
        {
            // Each move may say why it cannot wait for it.
            tell(
                Severity::Warning,
                at.window.as_ref().map(|window| window.days.span()),
                format!("the window of `{}` has no day: it never opens", rules.name),
                "name days, `days = [\"mon\", \"tue\"]`, or leave the window out",
            );
        }
    }
    found
}

/// Refuses a channel that a workspace neither lists nor ships to, if it lists any: a mistyped one would be asked nothing.
pub(super) fn is_listed(
    listed: &[ChannelRules],
    registry: &Registry,
    channel: &str,
) -> Result<(), Error> {
    if listed.is_empty() || listed.iter().any(|rules| rules.name == channel) {
        return Ok(());
    }
    let mut known = registry.channels()?;
    if known.iter().any(|known| known == channel) {
        return Ok(());
    }
    known.extend(listed.iter().map(|rules| rules.name.clone()));
    known.sort_unstable();
    known.dedup();
    let names: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
    let message = format!(
        "there is no channel `{channel}`; the workspace has {}",
        names.join(", ")
    );
    let mut failure = Failure::new(Code::PromotionRefused, message);
    failure.hint = match policy::nearest(channel, known.iter().map(String::as_str)) {
        Some(near) => {
            format!("did you mean `{near}`? a new channel is a `[[channel]]` of `workspace.toml`")
        }
        None => "name one of these, or list it in `workspace.toml` as a `[[channel]]`".to_owned(),
    };
    Err(failure.into())
}

/// Refuses a channel that is none, as far as what is committed tells.
///
/// # Errors
/// `promotion_refused` with the channels there are; `registry_missing`.
pub fn known_channel(root: &Path, channel: &str) -> Result<(), Error> {
    let registry = Registry::open(root)?;
    is_listed(&super::view::rules_at(root, "HEAD"), &registry, channel)
}

/// Of a channel without a move: it is none, was not taken over from a remote, or ships nothing yet.
pub(super) fn unknown_or_unmoved(root: &Path, registry: &Registry, channel: &str) -> Error {
    let behind = || Some(registry.is_not_behind(channel).err()?.into());
    is_listed(&super::view::rules_at(root, "HEAD"), registry, channel)
        .err()
        .or_else(behind)
        .unwrap_or_else(|| never_moved(channel))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(text: &str) -> Result<Window, toml::de::Error> {
        toml::from_str(text)
    }

    /// 2026-11-23 was a Monday.
    const MONDAY: u64 = 1_795_392_000;

    #[test]
    fn a_window_is_open_on_its_days_within_its_hours() {
        let office =
            window("days = [\"mon\", \"fri\"]\nfrom = \"08:00\"\nuntil = \"17:30\"").unwrap();
        assert_eq!(office.to_string(), "Mon, Fri 08:00 to 17:30 UTC");
        for (at, open) in [
            (MONDAY, false),
            (MONDAY + 8 * 3600 - 1, false),
            (MONDAY + 8 * 3600, true),
            (MONDAY + 17 * 3600 + 1799, true),
            (MONDAY + 17 * 3600 + 1800, false),
            (MONDAY + DAY + 9 * 3600, false),
            (MONDAY + 4 * DAY + 9 * 3600, true),
        ] {
            assert_eq!(office.is_open(at), open, "{at}");
        }
    }

    #[test]
    fn a_window_over_midnight_belongs_to_the_day_it_begins_on() {
        let night = window("days = [\"mon\"]\nfrom = \"22:00\"\nuntil = \"02:00\"").unwrap();
        for (at, open) in [
            (MONDAY + 3600, false),
            (MONDAY + 23 * 3600, true),
            (MONDAY + DAY + 3600, true),
            (MONDAY + DAY + 2 * 3600, false),
        ] {
            assert_eq!(night.is_open(at), open, "{at}");
        }
    }

    #[test]
    fn times_are_written_in_one_way() {
        for wrong in ["8:00", "24:00", "12:60", "+8:00", "0800", ""] {
            let text = format!("days = []\nfrom = \"{wrong}\"\nuntil = \"10:00\"");
            assert!(window(&text).is_err(), "{wrong}");
        }
    }
}
