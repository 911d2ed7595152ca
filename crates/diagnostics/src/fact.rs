//! What a document is made of. There is no fact that holds a text from outside: it is digested, or it fits a form in which no name,
//! path or secret can be written that somebody would recognise.

use std::collections::{BTreeMap, BTreeSet};

use evidence::{hex, moment, sha256};
use serde::{Serialize, Serializer};

/// The longest version that is told as it is.
const VERSION: usize = 40;
/// Bytes of a digest: enough to tell ten thousand things apart, too few to look one up.
const DIGEST: usize = 5;

/// A value that may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Not known.
    Nothing,
    /// So, or not so.
    Yes(bool),
    /// How many, how long.
    Number(u64),
    /// One of the words of this program.
    Word(&'static str),
    /// A moment, seconds since 1970 UTC.
    Moment(u64),
    /// A text that was found harmless or made so. Only this module makes one.
    Told(Told),
    /// Several.
    List(Vec<Fact>),
    /// By name.
    Map(BTreeMap<&'static str, Fact>),
}

/// A text that may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told(String);

impl Fact {
    /// Facts by name.
    #[must_use]
    pub fn map<const N: usize>(facts: [(&'static str, Fact); N]) -> Self {
        Self::Map(facts.into())
    }

    /// The version of a program, as `regorus/0.14.1` or `2.48.5`: lower-case names, numbers and `. / + - _ ~`, at most 40. Anything
    /// else is told to be something else.
    #[must_use]
    pub fn version(text: &str) -> Self {
        let fits = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"./+-_~".contains(&byte)
        };
        let plain = !text.is_empty() && text.len() <= VERSION && text.bytes().all(fits);
        // Two slashes are a path.
        let plain = plain && !text.starts_with('/') && text.matches('/').count() < 2;
        match plain && text.bytes().any(|byte| byte.is_ascii_digit()) {
            true => Self::Told(Told(text.to_owned())),
            false => Self::Word("not in the form of a version"),
        }
    }

    /// A name that a program gave, as of a table: lower-case letters and `_`, at most 40. Anything else is told to be something else.
    #[must_use]
    pub fn name(text: &str) -> Self {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        match !text.is_empty() && text.len() <= VERSION && text.bytes().all(fits) {
            true => Self::Told(Told(text.to_owned())),
            false => Self::Word("not in the form of a name"),
        }
    }

    /// The words in it that are this program's own: names of facts and its words.
    pub(crate) fn vocabulary(&self, into: &mut BTreeSet<String>) {
        match self {
            Self::Word(word) => {
                into.insert((*word).to_owned());
            }
            Self::Moment(at) => {
                into.insert(moment::text(*at));
            }
            Self::List(facts) => facts.iter().for_each(|fact| fact.vocabulary(into)),
            Self::Map(facts) => {
                for (name, fact) in facts {
                    into.insert((*name).to_owned());
                    fact.vocabulary(into);
                }
            }
            Self::Nothing | Self::Yes(_) | Self::Number(_) | Self::Told(_) => {}
        }
    }
}

impl Serialize for Fact {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => to.serialize_none(),
            Self::Yes(yes) => to.serialize_bool(*yes),
            Self::Number(number) => to.serialize_u64(*number),
            Self::Word(word) => to.serialize_str(word),
            Self::Moment(at) => to.serialize_str(&moment::text(*at)),
            Self::Told(Told(text)) => to.serialize_str(text),
            Self::List(facts) => facts.serialize(to),
            Self::Map(facts) => facts.serialize(to),
        }
    }
}

/// Puts a digest in the place of a text. Equal texts have equal digests within one archive; the salt is thrown away with the
/// redactor, so that nobody finds a text again by trying names.
pub struct Redactor([u8; 32]);

impl Redactor {
    /// With a salt that nobody else has.
    #[must_use]
    pub fn new(salt: [u8; 32]) -> Self {
        Self(salt)
    }

    /// Stands for a text: `file:3f9a2c8107`.
    #[must_use]
    pub fn digest(&self, kind: &'static str, text: &str) -> Fact {
        let digest = sha256(&[&self.0, kind.as_bytes(), &[0], text.as_bytes()]);
        let short = digest.get(..DIGEST).unwrap_or_default();
        Fact::Told(Told(format!("{kind}:{}", hex(short))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_told_and_nothing_else_that_is_said_to_be_one() {
        for version in ["2.48.5", "cedar/4.14.1", "debian-13.2", "1.3.1~rc1+b2"] {
            assert_eq!(Fact::version(version), Fact::Told(Told(version.into())));
        }
        for other in [
            "",
            "/home/ada1",
            "a/b/c1",
            "ada",
            "ada@example.com1",
            "User::\"ada1\"",
            "1 2",
            "Sk-12345",
            &"1".repeat(41),
        ] {
            assert_eq!(
                Fact::version(other),
                Fact::Word("not in the form of a version"),
                "{other}"
            );
        }
    }

    #[test]
    fn a_name_is_told_and_nothing_else_that_is_said_to_be_one() {
        assert_eq!(
            Fact::name("kept_runs"),
            Fact::Told(Told("kept_runs".into()))
        );
        for other in ["", "Ada", "a b", "a.b", "a1", "ä", &"a".repeat(41)] {
            assert_eq!(
                Fact::name(other),
                Fact::Word("not in the form of a name"),
                "{other}"
            );
        }
    }

    #[test]
    fn a_digest_is_the_same_within_one_archive_only_and_for_one_kind() {
        let (one, other) = (Redactor::new([1; 32]), Redactor::new([2; 32]));
        assert_eq!(one.digest("file", "a.cedar"), one.digest("file", "a.cedar"));
        assert_ne!(one.digest("file", "a.cedar"), one.digest("file", "b.cedar"));
        assert_ne!(one.digest("file", "a.cedar"), one.digest("name", "a.cedar"));
        assert_ne!(
            one.digest("file", "a.cedar"),
            other.digest("file", "a.cedar")
        );
    }
}
