//! How values are written for people: numbers, dates, entities, classes of change. English only in this version; every
//! such rule lives here so that locales have one place to go.

use ipc::{BundleVerdict, CheckState};
use model::{
    ChangeClass, Code, Decision, FindingKind, LogInfo, Proof, Relation, RiskLevel, Totals,
};

/// `1,000,000`.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 person`, `2,000 people`.
pub fn count(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(value), if value == 1 { one } else { many })
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Year, month name and day of an RFC 3339 time.
fn day_of(at: &str) -> Option<(&str, &'static str, u32)> {
    let month: usize = at.get(5..7)?.parse().ok()?;
    Some((
        at.get(..4)?,
        MONTHS.get(month.checked_sub(1)?)?,
        at.get(8..10)?.parse().ok()?,
    ))
}

/// `3 Oct 2026`; the text itself when it is no date.
pub fn date(at: &str) -> String {
    day_of(at).map_or_else(
        || at.to_owned(),
        |(year, month, day)| format!("{day} {month} {year}"),
    )
}

/// `3 Oct 2026, 14:02 UTC`.
pub fn date_time(at: &str) -> String {
    match at.get(11..16) {
        Some(time) => format!("{}, {time} UTC", date(at)),
        None => date(at),
    }
}

/// `3 Oct to 20 Nov 2026`; the year is said once when it is the same.
pub fn span(first: &str, last: &str) -> String {
    match (day_of(first), day_of(last)) {
        (Some(a), Some(b)) if a == b => date(first),
        (Some((year, month, day)), Some((last_year, ..))) if year == last_year => {
            format!("{day} {month} to {}", date(last))
        }
        _ => format!("{} to {}", date(first), date(last)),
    }
}

/// `1,000,000 decisions, 3 Oct to 20 Nov 2026`.
pub fn log(info: &LogInfo) -> String {
    let rows = count(info.rows, "decision", "decisions");
    if info.first_at.is_empty() {
        rows
    } else {
        format!("{rows}, {}", span(&info.first_at, &info.last_at))
    }
}

/// `18.2 MB`.
pub fn bytes(value: u64) -> String {
    match value {
        0..1_000 => format!("{value} B"),
        1_000..1_000_000 => format!("{} kB", value / 1_000),
        _ => format!("{}.{} MB", number(value / 1_000_000), value / 100_000 % 10),
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
        ChangeClass::Gained => ("+", "gained", "gain"),
        ChangeClass::Lost => ("−", "lost", "lose"),
        ChangeClass::MaybeGained => ("?+", "may gain", "maybe"),
        ChangeClass::MaybeLost => ("?−", "may lose", "maybe"),
        ChangeClass::Undeterminable => ("?", "undeterminable", "maybe"),
        ChangeClass::Unchanged => ("=", "unchanged", "maybe"),
    }
}

/// Word and colour of a risk.
pub fn risk(level: RiskLevel) -> (&'static str, &'static str) {
    match level {
        RiskLevel::High => ("high", "risk"),
        RiskLevel::Medium => ("medium", "warn"),
        RiskLevel::Low => ("low", "maybe"),
    }
}

/// `allow`, `deny`, `cannot be told`.
pub fn decision(decision: Option<Decision>) -> &'static str {
    match decision {
        Some(Decision::Allow) => "allow",
        Some(Decision::Deny) => "deny",
        None => "cannot be told",
    }
}

/// How the edit relates to what is in force, in a word, and the colour of that word.
pub fn relation(relation: Relation) -> (&'static str, &'static str) {
    match relation {
        Relation::Equivalent => ("the same", "ok"),
        Relation::Narrows => ("only narrows", "lose"),
        Relation::Widens => ("only widens", "gain"),
        Relation::Differs => ("widens and narrows", "maybe"),
        Relation::NotProven => ("not proven", "maybe"),
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
        [one] => format!(", for {one}"),
        [most @ .., last] if changing.len() <= 3 => format!(", for {} and {last}", most.join(", ")),
        more => format!(", for {} actions", more.len()),
    };
    let example = |gains: bool| {
        lines.iter().find_map(|line| {
            let shown = line.counterexample.as_ref()?;
            ((shown.after == Decision::Allow) == gains).then(|| sentence(&shown.sentence))
        })
    };
    let shown = example(true).or_else(|| example(false));
    let says = match proof.relation {
        Relation::Equivalent => {
            "Proven for every possible request: nobody gains or loses access.".to_owned()
        }
        Relation::Widens => format!("Proven: access can only be gained{actions}."),
        Relation::Narrows => format!("Proven: access can only be lost{actions}."),
        Relation::Differs => format!("Proven: access can be gained and lost{actions}."),
        Relation::NotProven if proof.solver.is_none() => "Not proven: no solver.".to_owned(),
        Relation::NotProven => format!("Proven only in part{actions}."),
    };
    (says, shown)
}

/// What was found by proof, in a word, and the colour of that word.
pub fn finding(kind: FindingKind) -> (&'static str, &'static str) {
    match kind {
        FindingKind::NotSeparate => ("not separate", "risk"),
        FindingKind::MayError => ("may fail", "risk"),
        FindingKind::AlwaysAllows => ("always allows", "warn"),
        FindingKind::NeverMatches => ("never matches", "maybe"),
        FindingKind::NothingToSeparate => ("nothing to separate", "maybe"),
    }
}

/// How a verification ended, in words, and the colour of the words.
pub fn verdict(verdict: BundleVerdict) -> (&'static str, &'static str) {
    match verdict {
        BundleVerdict::Verified => ("Verified", "ok"),
        BundleVerdict::Failed => ("Failed", "risk"),
        BundleVerdict::CannotDecide => ("Cannot decide", "warn"),
    }
}

/// How a check ended, in words, and the colour of the words.
pub fn check(state: CheckState) -> (&'static str, &'static str) {
    match state {
        CheckState::Pass => ("holds", "ok"),
        CheckState::Fail => ("does not hold", "risk"),
        CheckState::NotChecked => ("not checked", "warn"),
    }
}

/// `84 ms`, `1.2 s`.
pub fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        _ => format!(
            "{}.{} s",
            number(milliseconds / 1_000),
            milliseconds / 100 % 10
        ),
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
    if totals.gained + totals.lost + open_rows(totals) == 0 {
        return format!(
            "{} recorded decisions: nobody gains or loses access.",
            number(totals.rows)
        );
    }
    format!(
        "{} recorded decisions: {} gain, {} lose, {} undeterminable.",
        number(totals.rows),
        number(totals.gained),
        number(totals.lost),
        number(open_rows(totals))
    )
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

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
            (100_000, "100,000"),
        ] {
            assert_eq!(number(value), text);
        }
        assert_eq!(count(1, "person", "people"), "1 person");
        assert_eq!(count(0, "person", "people"), "0 people");
    }

    #[test]
    fn dates_say_the_year_once() {
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
