//! How values are written for people: numbers, dates, entities, classes of change. The signs, names and patterns of a language are
//! texts like all others (`locales/<language>/ui/words.ftl`), so that each machine writes the same.

use ipc::{BundleVerdict, CheckState};
use model::{
    Amiss, ChangeClass, Code, Decision, FindingKind, LogInfo, Proof, Relation, RiskLevel, Totals,
};

use crate::texts::{Text, words};

/// `1,000,000`.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push_str(words::GROUP.get());
        }
        text.push(digit);
    }
    text
}

/// `1,234.5`, of tenths.
fn tenths(value: u64) -> String {
    format!(
        "{}{}{}",
        number(value / 10),
        words::DECIMAL.get(),
        value % 10
    )
}

const MONTHS: [Text; 12] = [
    words::JANUARY,
    words::FEBRUARY,
    words::MARCH,
    words::APRIL,
    words::MAY,
    words::JUNE,
    words::JULY,
    words::AUGUST,
    words::SEPTEMBER,
    words::OCTOBER,
    words::NOVEMBER,
    words::DECEMBER,
];

/// Year, month and day of an RFC 3339 time, in words.
fn day_of(at: &str) -> Option<(&str, &'static str, &str)> {
    let month: usize = at.get(5..7)?.parse().ok()?;
    let month = MONTHS.get(month.checked_sub(1)?)?;
    let day = at.get(8..10)?;
    Some((
        at.get(..4)?,
        month.get(),
        day.strip_prefix('0').unwrap_or(day),
    ))
}

/// `3 Oct 2026`; the text itself when it is no date.
pub fn date(at: &str) -> String {
    day_of(at).map_or_else(
        || at.to_owned(),
        |(year, month, day)| words::Date { year, month, day }.say(),
    )
}

/// What is wrong with something that is cited by a name. `Backticks` mark code.
pub fn amiss(name: &str, amiss: &Amiss) -> String {
    match amiss {
        Amiss::Unlisted { list, near: None } => words::AmissUnlisted { name, list }.say(),
        Amiss::Unlisted {
            list,
            near: Some(near),
        } => words::AmissNear { name, list, near }.say(),
        Amiss::Empty { annotation } => words::AmissEmpty { annotation }.say(),
        Amiss::Expired { until } => words::AmissExpired {
            name,
            until: &date(until),
        }
        .say(),
        Amiss::FileGone { path } => words::AmissFileGone { name, path }.say(),
        Amiss::FileChanged { path } => words::AmissFileChanged { name, path }.say(),
        Amiss::NoReceipt => words::AmissNoReceipt { name }.say(),
    }
}

/// `3 Oct 2026, 14:02 UTC`.
pub fn date_time(at: &str) -> String {
    let date = date(at);
    match at.get(11..16) {
        Some(time) => words::DateTime { date: &date, time }.say(),
        None => date,
    }
}

/// Both days, the last one if it is another; the year is said once when it is the same.
pub fn days(first: &str, last: &str) -> (String, Option<String>) {
    let begin = match (day_of(first), day_of(last)) {
        (Some(a), Some(b)) if a == b => return (date(first), None),
        (Some((year, month, day)), Some((last_year, ..))) if year == last_year => {
            words::Day { day, month }.say()
        }
        _ => date(first),
    };
    (begin, Some(date(last)))
}

/// `3 Oct to 20 Nov 2026`.
pub fn span(first: &str, last: &str) -> String {
    match days(first, last) {
        (first, Some(last)) => words::Span {
            first: &first,
            last: &last,
        }
        .say(),
        (day, None) => day,
    }
}

/// `1,000,000 decisions, 3 Oct to 20 Nov 2026`.
pub fn log(info: &LogInfo) -> String {
    let decisions = words::Decisions { count: info.rows }.say();
    if info.first_at.is_empty() {
        return decisions;
    }
    let span = span(&info.first_at, &info.last_at);
    let (decisions, span) = (&decisions, &span);
    words::Log { decisions, span }.say()
}

/// `18.2 MB`.
pub fn bytes(value: u64) -> String {
    match value {
        0..1_000 => words::Bytes { n: value }.say(),
        1_000..1_000_000 => words::Kilobytes { n: value / 1_000 }.say(),
        _ => words::Megabytes {
            n: &tenths(value / 100_000),
        }
        .say(),
    }
}

/// An entity id `Ns::Type::"id"` apart: the last part of the type, and the id without quotes.
pub fn entity(id: &str) -> (&str, String) {
    match id.split_once("::\"") {
        Some((kind, rest)) => {
            let kind = kind.rsplit("::").next().unwrap_or(kind);
            (
                kind,
                rest.strip_suffix('"').unwrap_or(rest).replace("\\\"", "\""),
            )
        }
        None => ("", id.to_owned()),
    }
}

/// The file's name and the folder before it, with its slash.
pub fn file(path: &str) -> (&str, &str) {
    match path.rfind('/') {
        Some(at) => path.split_at(at + 1),
        None => ("", path),
    }
}

/// Sign, word and colour of a class: told three ways, because no one of them reaches every reader.
pub fn class(class: ChangeClass) -> (&'static str, &'static str, &'static str) {
    match class {
        ChangeClass::Gained => ("+", words::GAINED.get(), "gain"),
        ChangeClass::Lost => ("−", words::LOST.get(), "lose"),
        ChangeClass::MaybeGained => ("?+", words::MAYBE_GAINED.get(), "maybe"),
        ChangeClass::MaybeLost => ("?−", words::MAYBE_LOST.get(), "maybe"),
        ChangeClass::Undeterminable => ("?", words::UNDETERMINABLE.get(), "maybe"),
        ChangeClass::Unchanged => ("=", words::UNCHANGED.get(), "maybe"),
    }
}

/// Word and colour of a risk.
pub fn risk(level: RiskLevel) -> (&'static str, &'static str) {
    match level {
        RiskLevel::High => (words::RISK_HIGH.get(), "risk"),
        RiskLevel::Medium => (words::RISK_MEDIUM.get(), "warn"),
        RiskLevel::Low => (words::RISK_LOW.get(), "maybe"),
    }
}

/// `allow`, `deny`, `cannot be told`.
pub fn decision(decision: Option<Decision>) -> &'static str {
    match decision {
        Some(Decision::Allow) => words::ALLOW.get(),
        Some(Decision::Deny) => words::DENY.get(),
        None => words::CANNOT_BE_TOLD.get(),
    }
}

/// How the edit relates to what is in force, in a word, and the colour of that word.
pub fn relation(relation: Relation) -> (&'static str, &'static str) {
    match relation {
        Relation::Equivalent => (words::EQUIVALENT.get(), "ok"),
        Relation::Narrows => (words::NARROWS.get(), "lose"),
        Relation::Widens => (words::WIDENS.get(), "gain"),
        Relation::Differs => (words::DIFFERS.get(), "maybe"),
        Relation::NotProven => (words::NOT_PROVEN.get(), "maybe"),
    }
}

/// What is proven in one sentence, and a request that shows it.
pub fn proof(proof: &Proof) -> (String, Option<String>) {
    let lines = proof.lines();
    let changing: Vec<String> = lines
        .iter()
        .filter(|line| !matches!(line.relation, Relation::Equivalent | Relation::NotProven))
        .map(|line| entity(&line.action).1)
        .collect();
    let actions = match changing.as_slice() {
        [] => String::new(),
        [action] => words::ForOne { action }.say(),
        [most @ .., last] if changing.len() <= 3 => {
            let actions = &most.join(", ");
            words::ForFew { actions, last }.say()
        }
        more => words::ForMany {
            count: more.len() as u64,
        }
        .say(),
    };
    let example = |gains: bool| {
        lines.iter().find_map(|line| {
            let shown = line.counterexample.as_ref()?;
            ((shown.after == Decision::Allow) == gains).then(|| sentence(&shown.sentence))
        })
    };
    let shown = example(true).or_else(|| example(false));
    let actions = &actions;
    let says = match proof.relation {
        Relation::Equivalent => words::PROVEN_EQUIVALENT.into(),
        Relation::Widens => words::ProvenWidens { actions }.say(),
        Relation::Narrows => words::ProvenNarrows { actions }.say(),
        Relation::Differs => words::ProvenDiffers { actions }.say(),
        Relation::NotProven if proof.solver.is_none() => words::PROVEN_NO_SOLVER.into(),
        Relation::NotProven => words::ProvenInPart { actions }.say(),
    };
    (says, shown)
}

/// What was found by proof, in a word, and the colour of that word.
pub fn finding(kind: FindingKind) -> (&'static str, &'static str) {
    match kind {
        FindingKind::NotSeparate => (words::NOT_SEPARATE.get(), "risk"),
        FindingKind::MayError => (words::MAY_ERROR.get(), "risk"),
        FindingKind::AlwaysAllows => (words::ALWAYS_ALLOWS.get(), "warn"),
        FindingKind::NeverMatches => (words::NEVER_MATCHES.get(), "maybe"),
        FindingKind::NothingToSeparate => (words::NOTHING_TO_SEPARATE.get(), "maybe"),
    }
}

/// How a verification ended, in words, and the colour of the words.
pub fn verdict(verdict: BundleVerdict) -> (&'static str, &'static str) {
    match verdict {
        BundleVerdict::Verified => (words::VERIFIED.get(), "ok"),
        BundleVerdict::Failed => (words::FAILED.get(), "risk"),
        BundleVerdict::CannotDecide => (words::CANNOT_DECIDE.get(), "warn"),
    }
}

/// How a check ended, in words, and the colour of the words.
pub fn check(state: CheckState) -> (&'static str, &'static str) {
    match state {
        CheckState::Pass => (words::CHECK_PASSES.get(), "ok"),
        CheckState::Fail => (words::CHECK_FAILS.get(), "risk"),
        CheckState::NotChecked => (words::CHECK_NOT_MADE.get(), "warn"),
    }
}

/// `84 ms`, `1.2 s`.
pub fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => words::Milliseconds { n: milliseconds }.say(),
        _ => words::Seconds {
            n: &tenths(milliseconds / 100),
        }
        .say(),
    }
}

/// A hash or an id by its two ends: `3b7d90…41a6`.
pub fn hash(text: &str) -> String {
    match (
        text.get(..6),
        text.len().checked_sub(4).and_then(|at| text.get(at..)),
    ) {
        (Some(first), Some(last)) if text.len() > 14 => format!("{first}…{last}"),
        _ => text.to_owned(),
    }
}

/// A moment as a date-time field gives it (`2026-11-21T12:00`) or as somebody types it, in RFC 3339 and UTC.
pub fn moment(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches(['Z', 'z']);
    let (day, time) = text.split_once(['T', 't', ' ']).unwrap_or((text, "00:00"));
    let digits = |part: &&str, many: usize| {
        part.len() == many && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let day: Vec<&str> = day.split('-').collect();
    let time: Vec<&str> = time.split(':').collect();
    let ([year, month, date], [hour, minute, second @ ..]) = (day.as_slice(), time.as_slice())
    else {
        return None;
    };
    let second = match second {
        [] => "00",
        [second] => second,
        _ => return None,
    };
    let fits = digits(year, 4)
        && [month, date, hour, minute, &second]
            .into_iter()
            .all(|part| digits(part, 2));
    fits.then(|| format!("{year}-{month}-{date}T{hour}:{minute}:{second}Z"))
}

/// Rows that cannot be told or only may change.
pub fn open_rows(totals: &Totals) -> u64 {
    totals.maybe_gained + totals.maybe_lost + totals.undeterminable
}

/// The counts as one plain sentence, for the live region.
pub fn totals(totals: &Totals) -> String {
    let (rows, open) = (totals.rows, open_rows(totals));
    let (gained, lost) = (totals.gained, totals.lost);
    if gained + lost + open == 0 {
        return words::Nobody { rows }.say();
    }
    words::Totals {
        rows,
        gained,
        lost,
        open,
    }
    .say()
}

/// The words with a capital at the front: failures and hints are written in lower case. Code stays as it is.
pub fn sentence(words: &str) -> String {
    let first = words.split_whitespace().next().unwrap_or_default();
    if first
        .trim_end_matches('.')
        .contains(['.', '_', '/', ':', '`'])
    {
        return words.to_owned();
    }
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// `+37`, `−12`; nothing has no sign.
pub fn signed(sign: char, value: u64) -> String {
    match value {
        0 => "0".to_owned(),
        value => format!("{sign}{}", number(value)),
    }
}

/// A short name for a kind of problem: its code in words.
pub fn code(code: Code) -> String {
    code.as_str().replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::tests::english;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        english();
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
            (100_000, "100,000"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn dates_say_the_year_once() {
        english();
        assert_eq!(
            span("2026-10-03T01:00:00Z", "2026-11-20T02:00:00Z"),
            "3 Oct to 20 Nov 2026"
        );
        assert_eq!(
            span("2025-12-30T01:00:00Z", "2026-01-02T02:00:00Z"),
            "30 Dec 2025 to 2 Jan 2026"
        );
        assert_eq!(
            span("2026-10-03T01:00:00Z", "2026-10-03T23:00:00Z"),
            "3 Oct 2026"
        );
        assert_eq!(date_time("2026-10-03T01:05:00Z"), "3 Oct 2026, 01:05 UTC");
        assert_eq!(date("yesterday"), "yesterday");
        assert_eq!(date("2026-13-03"), "2026-13-03");
    }

    #[test]
    fn moments_are_read_as_fields_and_people_write_them() {
        for (text, told) in [
            ("2026-11-21T12:00", Some("2026-11-21T12:00:00Z")),
            (" 2026-11-21 12:00:09Z", Some("2026-11-21T12:00:09Z")),
            ("2026-11-21", Some("2026-11-21T00:00:00Z")),
            ("2026-11-21T12:00+01:00", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(moment(text).as_deref(), told, "{text}");
        }
    }

    #[test]
    fn hashes_show_both_ends() {
        assert_eq!(hash(&"0123456789abcdef".repeat(4)), "012345…cdef");
        assert_eq!(hash("9c1f02ab"), "9c1f02ab");
        assert_eq!(hash("ääääääääääääääää"), "äää…ää");
    }

    #[test]
    fn entities_come_apart() {
        assert_eq!(entity("User::\"alice\""), ("User", "alice".into()));
        assert_eq!(
            entity("Acme::Hr::User::\"a::\\\"b\""),
            ("User", "a::\"b".into())
        );
        assert_eq!(entity("alice"), ("", "alice".into()));
    }

    #[test]
    fn sizes_and_files() {
        english();
        assert_eq!(bytes(18_240_000), "18.2 MB");
        assert_eq!(bytes(2_500), "2 kB");
        assert_eq!(
            (duration(84), duration(1_290)),
            ("84 ms".into(), "1.2 s".into())
        );
        assert_eq!(sentence("free some space"), "Free some space");
        assert_eq!(sentence("resource.class is P0"), "resource.class is P0");
        assert_eq!(
            (signed('−', 0), signed('+', 1_200)),
            ("0".into(), "+1,200".into())
        );
        assert_eq!(
            file("access/contractors.cedar"),
            ("access/", "contractors.cedar")
        );
        assert_eq!(file("a.cedar"), ("", "a.cedar"));
    }
}
