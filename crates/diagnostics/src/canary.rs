//! The search for secrets in what is about to be written. It knows nothing of how documents are made, and so finds what went
//! wrong there: the secrets that the caller knows, in the ways a program might have written them, and the forms of tokens that
//! somebody else may have given to this machine.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, MatchKind};
use evidence::{base64, hex};
use regex::bytes::RegexSet;

/// Shorter texts are in every file.
const SHORTEST: usize = 4;

/// What is searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Secret {
    /// A passphrase.
    Passphrase,
    /// The secret half of a key.
    Seed,
    /// A token, or what the environment calls a secret.
    Token,
    /// The path of a folder.
    Path,
    /// The name of an account.
    User,
    /// The name of the machine.
    Host,
    /// The id of an entity.
    Entity,
    /// A name that somebody gave: of a workspace, a tenant, a file, a policy.
    Name,
    /// An address of mail.
    Mail,
}

impl Secret {
    /// In words.
    fn words(self) -> &'static str {
        match self {
            Self::Passphrase => "a passphrase",
            Self::Seed => "the secret half of a key",
            Self::Token => "a token",
            Self::Path => "the path of a folder",
            Self::User => "the name of an account",
            Self::Host => "the name of the machine",
            Self::Entity => "the id of an entity",
            Self::Name => "a name that somebody gave",
            Self::Mail => "an address of mail",
        }
    }

    /// Whether it is a secret in the midst of other letters, too; a name is one only by itself.
    fn anywhere(self) -> bool {
        matches!(
            self,
            Self::Passphrase | Self::Seed | Self::Token | Self::Path
        )
    }
}

/// Where something was found. What was found is not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The document.
    pub file: String,
    /// What kind of secret, in words.
    pub what: &'static str,
}

/// Forms that secrets have, whoever gave them. What is not searched for here: digests of 64 digits behind `sha256:`.
const FORMS: &[(Secret, &str)] = &[
    (Secret::Seed, "-----BEGIN [A-Z ]*PRIVATE KEY"),
    (Secret::Seed, "AGE-SECRET-KEY-1"),
    (
        Secret::Seed,
        "untrusted comment: (?:rsign|minisign) encrypted secret key",
    ),
    // 32 bytes in hexadecimal digits or base64.
    (
        Secret::Seed,
        "(?:^|[^:0-9a-fA-F])[0-9a-fA-F]{64}(?:[^0-9a-fA-F]|$)",
    ),
    (
        Secret::Seed,
        "(?:^|[^0-9A-Za-z+/_-])[0-9A-Za-z+/_-]{43}=(?:[^=]|$)",
    ),
    (
        Secret::Token,
        "gh[pousr]_[0-9A-Za-z]{20}|github_pat_[0-9A-Za-z_]{20}",
    ),
    (Secret::Token, "glpat-[0-9A-Za-z_-]{16}"),
    (Secret::Token, "(?:AKIA|ASIA)[0-9A-Z]{16}"),
    (Secret::Token, "AIza[0-9A-Za-z_-]{30}"),
    (Secret::Token, "xox[abposr]-[0-9A-Za-z-]{10}"),
    (
        Secret::Token,
        "(?:^|[^0-9A-Za-z])[sr]k[-_](?:live_|test_|ant-|proj-)?[0-9A-Za-z]{16}",
    ),
    (Secret::Token, "eyJ[0-9A-Za-z_-]{8,}\\.eyJ[0-9A-Za-z_-]{8,}"),
    (Secret::Token, "(?i)authorization\"?: *\"?(?:bearer|basic) "),
    (Secret::Token, "[a-z][a-z0-9+.-]*://[^/ \"]*:[^/ \"]*@"),
    (
        Secret::Mail,
        "[0-9A-Za-z._%+-]+@[0-9A-Za-z-]+\\.[A-Za-z]{2}",
    ),
    (Secret::Path, "/(?:home|Users)/[^/\" ]"),
    (Secret::Path, "(?i)[a-z]:\\\\{1,2}users\\\\"),
    (Secret::Entity, "[A-Za-z_][0-9A-Za-z_]*::\\\\?\""),
];

/// Says whether something stands in these bytes.
type StandsIn = Box<dyn Fn(&[u8]) -> bool + Send>;

/// What is searched for.
#[derive(Default)]
pub struct Canaries {
    known: BTreeSet<(Secret, String)>,
    /// Secrets that are not handed over; their keeper looks for them.
    kept: Vec<(Secret, StandsIn)>,
}

impl Canaries {
    /// Searches for this, too. Texts of less than four bytes are not searched for.
    pub fn add(&mut self, secret: Secret, text: &str) {
        let text = text.trim();
        if text.len() < SHORTEST {
            return;
        }
        let mut add = |text: String| self.known.insert((secret, text));
        add(text.to_owned());
        // As JSON has it, which is what documents are written in.
        let quoted = serde_json::Value::from(text).to_string();
        add(quoted.trim_matches('"').to_owned());
        if matches!(secret, Secret::Passphrase | Secret::Seed | Secret::Token) {
            add(hex(text.as_bytes()));
            add(base64::encode(text.as_bytes()));
        }
    }

    /// Searches for something that its keeper does not hand over: `stands_in` says whether it is in these bytes.
    pub fn ask(&mut self, secret: Secret, stands_in: impl Fn(&[u8]) -> bool + Send + 'static) {
        self.kept.push((secret, Box::new(stands_in)));
    }

    /// The first secret in each of these files. A name that stands in `ours`, the texts of this program in
    /// small letters, or is a number, is none.
    ///
    /// # Errors
    /// In words, when the search itself cannot be made: then nothing may be written.
    pub fn search<'f>(
        &self,
        files: impl IntoIterator<Item = (&'f str, &'f [u8])>,
        ours: &BTreeSet<String>,
    ) -> Result<Vec<Hit>, String> {
        let sought: Vec<_> = self
            .known
            .iter()
            .filter(|(secret, text)| secret.anywhere() || !is_ours(text, ours))
            .collect();
        let known = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .build(sought.iter().map(|(_, text)| text))
            .map_err(|error| error.to_string())?;
        let forms =
            RegexSet::new(FORMS.iter().map(|(_, form)| form)).map_err(|error| error.to_string())?;
        let mut hits = Vec::new();
        for (file, bytes) in files {
            let text = known.find_overlapping_iter(bytes).find_map(|found| {
                let (secret, _) = sought.get(found.pattern().as_usize())?;
                let (start, end) = (found.start(), found.end());
                let counts = match secret {
                    // `/home/ada2` is not the folder `/home/ada`.
                    Secret::Path => free(bytes, Some(end)),
                    _ if secret.anywhere() => true,
                    _ => free(bytes, start.checked_sub(1)) && free(bytes, Some(end)),
                };
                counts.then_some(*secret)
            });
            let form = || {
                let first = forms.matches(bytes).iter().next()?;
                FORMS.get(first).map(|(secret, _)| *secret)
            };
            let kept = || {
                let mut kept = self.kept.iter();
                kept.find_map(|(secret, stands_in)| stands_in(bytes).then_some(*secret))
            };
            if let Some(secret) = text.or_else(kept).or_else(form) {
                hits.push(Hit {
                    file: file.to_owned(),
                    what: secret.words(),
                });
            }
        }
        Ok(hits)
    }
}

/// Whether it stands by itself in one of our own texts, so that nobody could tell whose it is; or is a number.
fn is_ours(text: &str, ours: &BTreeSet<String>) -> bool {
    let text = text.to_lowercase();
    let stands = |own: &String| {
        let mut found = own.match_indices(&text);
        found.any(|(at, _)| {
            let bytes = own.as_bytes();
            free(bytes, at.checked_sub(1)) && free(bytes, Some(at + text.len()))
        })
    };
    text.bytes().all(|byte| byte.is_ascii_digit()) || ours.iter().any(stands)
}

/// Whether no letter or digit stands there.
fn free(bytes: &[u8], at: Option<usize>) -> bool {
    let byte = at.and_then(|at| bytes.get(at));
    byte.is_none_or(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(canaries: &Canaries, text: &str) -> Option<&'static str> {
        let ours = BTreeSet::from(["settings".to_owned()]);
        let hits = canaries.search([("f", text.as_bytes())], &ours).unwrap();
        hits.first().map(|hit| hit.what)
    }

    #[test]
    fn what_is_known_is_found_however_it_was_written() {
        let mut known = Canaries::default();
        known.add(Secret::Passphrase, "correct horse");
        known.add(Secret::Entity, "mallory");
        known.add(Secret::Path, "C:\\secret\\place");
        known.ask(Secret::Seed, |bytes| bytes.starts_with(b"seed"));
        let passphrase = Some("a passphrase");
        for text in [
            "x correct horse y",
            "CORRECT HORSE",
            &hex(b"correct horse"),
            &base64::encode(b"correct horse"),
        ] {
            assert_eq!(found(&known, text), passphrase, "{text}");
        }
        assert_eq!(found(&known, "\"mallory\""), Some("the id of an entity"));
        assert_eq!(found(&known, "Mallory's"), Some("the id of an entity"));
        assert_eq!(
            found(&known, "c:\\\\secret\\\\place\\\\x"),
            Some("the path of a folder")
        );
        assert_eq!(found(&known, "seed"), Some("the secret half of a key"));
        assert_eq!(found(&known, "mallory1 amallory correcthorse"), None);
    }

    #[test]
    fn words_of_the_program_numbers_and_scraps_are_no_names() {
        let mut known = Canaries::default();
        for name in ["settings", "2026", "ada", "Settings"] {
            known.add(Secret::Entity, name);
        }
        assert_eq!(found(&known, "settings 2026 ada"), None);
        // In full they are.
        assert_eq!(
            found(&known, "User::\\\"ada\\\""),
            Some("the id of an entity")
        );
    }

    #[test]
    fn forms_of_tokens_are_found_and_digests_are_none() {
        let none = Canaries::default();
        for (text, what) in [
            (
                "-----BEGIN OPENSSH PRIVATE KEY-----",
                "the secret half of a key",
            ),
            ("ghp_0123456789abcdefghijABCDEFGHIJ", "a token"),
            ("AKIAIOSFODNN7EXAMPLE", "a token"),
            ("sk-ant-0123456789abcdefghij", "a token"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.x", "a token"),
            ("https://ada:pw@host/x", "a token"),
            ("ada.l@example.com", "an address of mail"),
            ("at /home/ada/x.rs", "the path of a folder"),
            ("C:\\\\Users\\\\ada", "the path of a folder"),
            (&"a1".repeat(32), "the secret half of a key"),
            (&base64::encode(&[7; 32]), "the secret half of a key"),
        ] {
            assert_eq!(found(&none, text), Some(what), "{text}");
        }
        for text in [
            &format!("\"sha256:{}\"", "a1".repeat(32)),
            "file:3f9a2c8107 cedar/4.14.1 2026-11-22T10:00:00Z ui/src/app.rs:12:3",
        ] {
            assert_eq!(found(&none, text), None, "{text}");
        }
    }
}
