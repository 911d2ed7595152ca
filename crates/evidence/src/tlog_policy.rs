//! C2SP tlog-policy: which logs are accepted, and which witnesses together are enough. The auditor's own; one that comes with
//! the evidence says only what its producer would like.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Error,
    note::{Kind, Signed, VerifierKey},
};

const WHAT: &str = "tlog-policy";
const MAX_BYTES: usize = 1 << 20;
const MAX_LINES: usize = 1024;

/// How lines are written, by their first word.
const FORMS: [(&str, &str); 4] = [
    (
        "log",
        "`log VKEY`, once for each key, with the line `log` that `fabric keys show NAME --origin ORIGIN` prints of it",
    ),
    (
        "witness",
        "`witness NAME VKEY`, once for each key, with a name of yours and the line `witness` that `fabric keys show NAME --origin ORIGIN` prints of it",
    ),
    (
        "group",
        "`group NAME 2 A B C`, or `any` or `all` for the number, of witnesses and groups that stand above, each in one group at most",
    ),
    (
        "quorum",
        "`quorum NAME`, once, of a witness or a group that stands above, or as `quorum none`",
    ),
];
const LINES: &str = "one of `log VKEY`, `witness NAME VKEY`, `group NAME 2 A B C`, `quorum NAME`, or as a remark, `# …`";

/// A log or witness, and where it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Its key.
    pub key: VerifierKey,
    /// Where it answers, if that is said.
    pub url: Option<String>,
}

/// Witnesses and groups of which some must have signed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    needed: usize,
    members: Vec<String>,
}

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Accepted logs.
    pub logs: Vec<Party>,
    /// Known witnesses, by the name the policy gives them.
    pub witnesses: BTreeMap<String, Party>,
    groups: BTreeMap<String, Group>,
    /// `None` where no witness is asked for.
    quorum: Option<String>,
}

impl Policy {
    /// Reads a policy. Names must be UTF-8.
    ///
    /// # Errors
    /// [`Error::Limit`], [`Error::Form`] with the line, [`Error::Key`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_BYTES {
            return Err(Error::limit("a tlog-policy", MAX_BYTES));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Error::form(WHAT, "no UTF-8"))?;
        if text
            .bytes()
            .any(|byte| (byte < b' ' && byte != b'\t' && byte != b'\n') || byte == 0x7f)
        {
            return Err(Error::form(WHAT, "a control character"));
        }
        if !text.is_empty() && !text.ends_with('\n') {
            return Err(Error::form(WHAT, "the last line does not end"));
        }
        let mut policy = Self {
            logs: Vec::new(),
            witnesses: BTreeMap::new(),
            groups: BTreeMap::new(),
            quorum: None,
        };
        let mut quorum = false;
        let mut members = BTreeSet::new();
        for (number, line) in text.lines().enumerate() {
            if number == MAX_LINES {
                return Err(Error::limit(
                    "the number of lines of a tlog-policy",
                    MAX_LINES,
                ));
            }
            let items: Vec<_> = line
                .split([' ', '\t'])
                .filter(|item| !item.is_empty())
                .collect();
            let form = FORMS.iter().find(|(word, _)| items.first() == Some(word));
            let wrong = |why: &str| Error::Line {
                number: number + 1,
                why: why.to_owned(),
                form: form.map_or(LINES, |(_, form)| form),
            };
            let party = |key: &str, url: &[&str], kind| {
                party(key, url, kind).map_err(|error| wrong(&error.to_string()))
            };
            match items.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                ["log", key, url @ ..] if url.len() < 2 => {
                    let party = party(key, url, Kind::Ed25519)?
                        .ok_or_else(|| wrong("this is no key of a log: those are of type 1"))?;
                    if policy
                        .logs
                        .iter()
                        .any(|known| known.key.key() == party.key.key())
                    {
                        return Err(wrong("a log of the same key stands above"));
                    }
                    policy.logs.push(party);
                }
                ["witness", name, key, url @ ..] if url.len() < 2 => {
                    let party = party(key, url, Kind::Cosignature)?
                        .ok_or_else(|| wrong("this is no key of a witness: those are of type 4"))?;
                    if policy
                        .witnesses
                        .values()
                        .any(|known| known.key.key() == party.key.key())
                    {
                        return Err(wrong("a witness of the same key stands above"));
                    }
                    policy
                        .free(name)
                        .ok_or_else(|| wrong("the name is taken"))?;
                    policy.witnesses.insert((*name).to_owned(), party);
                }
                ["group", name, needed, listed @ ..] => {
                    policy
                        .free(name)
                        .ok_or_else(|| wrong("the name is taken"))?;
                    let needed = match *needed {
                        "all" => listed.len(),
                        "any" => 1,
                        number => crate::checkpoint::decimal(number)
                            .and_then(|number| usize::try_from(number).ok())
                            .unwrap_or_default(),
                    };
                    if needed == 0 || needed > listed.len() {
                        return Err(wrong("it asks for none, or for more than its members"));
                    }
                    for member in listed {
                        if !policy.defines(member) {
                            return Err(wrong("a member is not defined above"));
                        }
                        if !members.insert((*member).to_owned()) {
                            return Err(wrong("a member is in a group already"));
                        }
                    }
                    let members = listed.iter().map(|member| (*member).to_owned()).collect();
                    policy
                        .groups
                        .insert((*name).to_owned(), Group { needed, members });
                }
                ["quorum", name] if !quorum => {
                    quorum = true;
                    policy.quorum = match *name {
                        "none" => None,
                        name if policy.defines(name) => Some(name.to_owned()),
                        _ => return Err(wrong("the quorum is not defined above")),
                    };
                }
                _ => return Err(wrong("not understood")),
            }
        }
        if quorum {
            Ok(policy)
        } else {
            Err(Error::form(
                WHAT,
                "no line `quorum`; `quorum none` asks for no witness",
            ))
        }
    }

    fn defines(&self, name: &str) -> bool {
        self.witnesses.contains_key(name) || self.groups.contains_key(name)
    }

    fn free(&self, name: &str) -> Option<()> {
        (name != "none" && !self.defines(name)).then_some(())
    }

    /// Keys of the accepted logs.
    #[must_use]
    pub fn log_keys(&self) -> Vec<VerifierKey> {
        self.logs.iter().map(|party| party.key.clone()).collect()
    }

    /// Keys of the known witnesses.
    #[must_use]
    pub fn witness_keys(&self) -> Vec<VerifierKey> {
        self.witnesses
            .values()
            .map(|party| party.key.clone())
            .collect()
    }

    /// Whether a quorum asks for any witness.
    #[must_use]
    pub fn asks_for_witnesses(&self) -> bool {
        self.quorum.is_some()
    }

    /// Whether those who signed a checkpoint are enough.
    #[must_use]
    pub fn is_satisfied(&self, signed: &[Signed]) -> bool {
        self.quorum
            .as_ref()
            .is_none_or(|name| self.witnessed(name, signed))
    }

    // INVARIANT: groups name only what stands above them, each once, so that this ends.
    fn witnessed(&self, name: &str, signed: &[Signed]) -> bool {
        if let Some(witness) = self.witnesses.get(name) {
            return signed.iter().any(|found| found.key == witness.key);
        }
        self.groups.get(name).is_some_and(|group| {
            let found = group
                .members
                .iter()
                .filter(|member| self.witnessed(member, signed));
            found.count() >= group.needed
        })
    }
}

fn party(key: &str, url: &[&str], kind: Kind) -> Result<Option<Party>, Error> {
    let key = VerifierKey::parse(key)?;
    let url = url.first().map(|url| (*url).to_owned());
    Ok((key.kind() == kind).then_some(Party { key, url }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ed25519::{SecretKey, Signer as _};
    use proptest::prelude::*;

    fn key(name: &str, kind: Kind, seed: u8) -> VerifierKey {
        VerifierKey::new(name, kind, SecretKey::from_seed(&[seed; 32]).public()).unwrap()
    }

    fn witness(seed: u8) -> VerifierKey {
        key(&format!("w{seed}.example"), Kind::Cosignature, seed)
    }

    /// The specification's example, with keys.
    fn example() -> String {
        let mut text = format!(
            "# who may be believed\n\n log {}\thttps://example.com/\n",
            key("example.com/log", Kind::Ed25519, 100)
        );
        for (seed, name) in (1..).zip(["X1", "X2", "X3", "Y1", "Y2", "Y3"]) {
            text += &format!("witness {name} {}\n", witness(seed));
        }
        text + "group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2 Y3\ngroup X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
    }

    #[test]
    fn a_quorum_counts_through_groups() {
        let policy = Policy::parse(example().as_bytes()).unwrap();
        assert_eq!((policy.logs.len(), policy.witnesses.len()), (1, 6));
        for (seeds, enough) in [
            (vec![1, 2, 4], true),
            (vec![2, 3, 6], true),
            (vec![1, 2], false),
            (vec![1, 4, 5], false),
            (vec![4, 5, 6], false),
            (vec![1, 1, 4], false),
            (vec![], false),
        ] {
            let signed: Vec<_> = seeds
                .iter()
                .map(|seed| Signed {
                    key: witness(*seed),
                    time: 1,
                })
                .collect();
            assert_eq!(policy.is_satisfied(&signed), enough, "{seeds:?}");
        }
        let nobody = Policy::parse(b"quorum none\n").unwrap();
        assert!(nobody.is_satisfied(&[]) && !nobody.asks_for_witnesses());
    }

    #[test]
    fn what_could_mislead_is_refused() {
        let good = example();
        for (from, to) in [
            ("quorum X-and-Y\n", ""),
            ("quorum X-and-Y\n", "quorum X-and-Y"),
            ("quorum X-and-Y\n", "quorum X-and-Y\nquorum none\n"),
            ("quorum X-and-Y", "quorum Z"),
            ("X-witnesses 2 X1", "X-witnesses 4 X1"),
            ("X-witnesses 2 X1", "X-witnesses 0 X1"),
            ("X-witnesses 2 X1", "X-witnesses 02 X1"),
            ("any Y1", "any X1"),
            ("any Y1", "any none"),
            ("any Y1", "any Y1 Y1"),
            ("any Y1", "any Y-witnesses"),
            ("group Y-witnesses", "group X1"),
            ("witness X2", "witness X1"),
            ("witness X1", "witness none"),
            ("# who", "who"),
            ("# who", "#\r who"),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good);
            assert!(Policy::parse(bad.as_bytes()).is_err(), "{from} -> {to}");
        }
        // The same key under another name, and keys for another purpose.
        let twice = format!(
            "witness A {}\nwitness B {}\nquorum none\n",
            witness(1),
            key("other", Kind::Cosignature, 1)
        );
        let purpose = format!("log {}\nquorum none\n", witness(1));
        for bad in [twice, purpose] {
            assert!(Policy::parse(bad.as_bytes()).is_err());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(text in "((log|witness|group|quorum|none|all|any|a|b|1|#| |\t|\n){0,20}\n)") {
            let _ = Policy::parse(text.as_bytes());
        }
    }
}
