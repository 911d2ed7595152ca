//! How the registry writes people, moments and records into git: `name <address>`, RFC 3339 in UTC, and one line of JSON behind
//! words for people.

use git2::{Signature, Time};
use serde::{Deserialize, Serialize};

use crate::Error;

/// The longest message that is read: a record of thousands of policies.
const MAX_MESSAGE: usize = 4 << 20;

/// The signature of a person, written `name <address>`, at a second since 1970.
pub(crate) fn signature(person: &str, at: u64) -> Result<Signature<'static>, Error> {
    let wrong = || Error::Malformed(format!("`{person}` is nobody: write `name <address>`"));
    let (name, address) = person
        .strip_suffix('>')
        .and_then(|person| person.split_once('<'))
        .filter(|_| !person.contains(char::is_control))
        .ok_or_else(wrong)?;
    let seconds = i64::try_from(at).map_err(|_| wrong())?;
    Signature::new(name.trim(), address.trim(), &Time::new(seconds, 0)).map_err(|_| wrong())
}

/// What is recorded, as one line of canonical JSON.
pub(crate) fn line(record: &impl Serialize) -> Result<String, Error> {
    evidence::json::to_canonical(record).map_err(|error| {
        Error::Malformed(format!("what is to be recorded cannot be written: {error}"))
    })
}

/// Words, a blank line, and a record as one line of JSON.
pub(crate) fn message(words: &str, record: &impl Serialize) -> Result<String, Error> {
    // The record is the last line, whatever the words are.
    Ok(format!("{}\n\n{}\n", words.trim(), line(record)?))
}

/// The words and the record of a message.
pub(crate) fn record<'a, T: Deserialize<'a>>(message: &'a [u8]) -> Result<(&'a str, T), String> {
    let wrong = |why: String| format!("has no record that can be read: {why}");
    if message.len() > MAX_MESSAGE {
        return Err(wrong("it is too long".to_owned()));
    }
    let text = std::str::from_utf8(message).map_err(|error| wrong(error.to_string()))?;
    let text = text.trim_end();
    let (words, line) = text.rsplit_once('\n').unwrap_or(("", text));
    let record = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
    Ok((words.trim_end(), record))
}

/// Whether two of `name`, `address`, `name <address>` share a name or an address, whatever the case and blanks.
pub(crate) fn same_person(one: &str, other: &str) -> bool {
    marks(one).any(|mark| marks(other).any(|known| same_words(mark, known)))
}

/// Whether all that is said is true of a person: their name, their address, or both.
pub(crate) fn is_named(person: &str, said: &str) -> bool {
    let mut said = marks(said).peekable();
    said.peek().is_some() && said.all(|mark| marks(person).any(|known| same_words(mark, known)))
}

fn marks(person: &str) -> impl Iterator<Item = &str> {
    let marks = person.split(['<', '>', ',']);
    marks.filter(|mark| !mark.trim().is_empty())
}

fn same_words(one: &str, other: &str) -> bool {
    let same = |one: &str, other: &str| match one.is_ascii() && other.is_ascii() {
        true => one.eq_ignore_ascii_case(other),
        false => one.to_lowercase() == other.to_lowercase(),
    };
    let (mut one, mut other) = (one.split_whitespace(), other.split_whitespace());
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if same(one, other) => {}
            _ => return false,
        }
    }
}

/// Seconds since 1970, written as RFC 3339 in UTC.
pub(crate) mod moment {
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    pub(crate) fn serialize<S: Serializer>(
        seconds: &u64,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&evidence::moment::text(*seconds))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        evidence::moment::seconds(&text)
            .ok_or_else(|| D::Error::custom(format!("`{text}` is no moment in UTC")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_named_by_what_is_theirs_alone() {
        let ada = "Ada Byron <ada@example.com>";
        for said in [
            ada,
            "ada byron",
            "<ADA@example.com>",
            "Ada  Byron <ada@example.com>",
        ] {
            assert!(is_named(ada, said), "{said}");
        }
        for said in [
            "Ada Byron <ada@evil.example>",
            "Bob <ada@example.com>",
            "",
            "<>",
            "Ada",
        ] {
            assert!(!is_named(ada, said), "{said}");
        }
    }

    #[test]
    fn people_are_known_by_name_or_address() {
        for (one, other) in [
            ("Ada Byron <ada@example.com>", "ada byron"),
            ("Ada  Byron", "Ada Byron <x@example.com>"),
            ("A <ada@example.com>", "B <ADA@example.com>"),
        ] {
            assert!(same_person(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("Ada <a@b>", "Bob <b@b>"),
            ("", ""),
            ("<>", "<>"),
            ("Ada", ""),
        ] {
            assert!(!same_person(one, other), "{one} {other}");
        }
    }

    #[test]
    fn a_person_needs_a_name() {
        let signature = |person: &str| signature(person, 1);
        let ada = signature("Ada Byron <ada@example.com>").unwrap();
        assert_eq!(ada.name().unwrap(), "Ada Byron");
        assert_eq!(ada.email().unwrap(), "ada@example.com");
        assert_eq!(ada.when().seconds(), 1);
        for nobody in ["", " ", "ada", "<ada@example.com>", "ada <>", "a\nb <a@b>"] {
            assert!(signature(nobody).is_err(), "{nobody:?}");
        }
    }

    #[test]
    fn words_hold_no_record() {
        let text = message(
            "Words\n{\"a\":2}",
            &serde_json::json!({"a": 1, "b": "x\ny"}),
        )
        .unwrap();
        let (words, value): (_, serde_json::Value) = record(text.as_bytes()).unwrap();
        assert_eq!((words, &value["a"]), ("Words\n{\"a\":2}", &1.into()));
        assert!(record::<serde_json::Value>(b"words alone").is_err());
        assert!(record::<serde_json::Value>(b"\xff").is_err());
    }
}
