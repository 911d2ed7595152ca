//! The archive: documents of facts and lines of the log, and `manifest.json`, which lists them with their digests, says what was left
//! out and why, when it was made and when it expires. Nothing in it is packed, so the bytes that are searched for secrets are
//! those that are written; the same draft gives the same bytes. An expired archive still opens: it is marked, because what it says
//! is no longer what that machine is like, and who got it was asked to delete it.

use std::collections::BTreeSet;

use evidence::{
    hex, moment, sha256,
    zip::{self, Limits, Packed},
};
use serde::{Deserialize, Serialize};

use crate::{Canaries, Error, Fact, Hit, log::Entry};

/// How long an archive is meant to be kept, in days.
pub const DAYS: u64 = 7;
/// Name of the list in the archive.
const MANIFEST: &str = "manifest.json";
/// What an archive says it is.
const FORMAT: &str = "trust-fabric-diagnostics/1";
/// Why a document is not in it.
const LEFT_OUT: &str = "left out by the user";
/// What a reader admits: logs are a megabyte at most.
const LIMITS: Limits = Limits {
    files: 32,
    file: 4 << 20,
    total: 16 << 20,
};
const DAY: u64 = 24 * 60 * 60;

/// A file of the archive.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its name: `log.jsonl`.
    pub name: &'static str,
    /// What it tells, in a sentence.
    pub about: &'static str,
    /// Its text, as it will be written.
    pub text: String,
    ours: BTreeSet<String>,
}

impl Document {
    /// A document of facts.
    #[must_use]
    pub fn facts(name: &'static str, about: &'static str, facts: &Fact) -> Self {
        let mut ours = BTreeSet::new();
        facts.vocabulary(&mut ours);
        // Facts are text, numbers and lists of these: JSON has no way to refuse them.
        let mut text = serde_json::to_string_pretty(facts).unwrap_or_default();
        text.push('\n');
        Self {
            name,
            about,
            text,
            ours,
        }
    }

    /// A document of lines of the log.
    #[must_use]
    pub fn entries(name: &'static str, about: &'static str, entries: &[Entry]) -> Self {
        let lines = entries
            .iter()
            .filter_map(|it| serde_json::to_string(it).ok());
        Self {
            name,
            about,
            text: lines.map(|line| line + "\n").collect(),
            ours: model::Code::ALL
                .iter()
                .map(|it| it.as_str().to_owned())
                .collect(),
        }
    }
}

/// What was left out on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}

/// An archive that is not written yet.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The version of the program that makes it.
    pub version: &'static str,
    /// When it was made, seconds since 1970 UTC.
    pub made: u64,
    /// Its documents.
    pub documents: Vec<Document>,
    /// What is not in it: what, why.
    pub left_out: Vec<(&'static str, &'static str)>,
}

/// A file as the manifest lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// What it tells.
    pub about: String,
    /// Bytes.
    pub bytes: u64,
    /// Its digest: `sha256:…`.
    pub digest: String,
}

/// `manifest.json`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// What this is, and in which form.
    pub format: String,
    /// The version of the program that made it.
    pub version: String,
    /// When it was made, RFC 3339 UTC.
    pub made: String,
    /// When it expires: who has it then is asked to delete it.
    pub expires: String,
    /// Its other files.
    pub files: Vec<Listed>,
    /// What is not in it.
    pub left_out: Vec<LeftOut>,
}

impl Draft {
    /// When it expires, seconds since 1970 UTC.
    #[must_use]
    pub fn expires(&self) -> u64 {
        self.made.saturating_add(DAYS * DAY)
    }

    /// The name of its file, which says when it expires.
    #[must_use]
    pub fn file_name(&self) -> String {
        let day = |at| moment::text(at).chars().take(10).collect::<String>();
        format!(
            "trust-fabric-diagnostics-{}-expires-{}.zip",
            day(self.made),
            day(self.expires())
        )
    }

    /// The documents in which something secret is found: they cannot be written.
    ///
    /// # Errors
    /// When the search cannot be made.
    pub fn search(&self, canaries: &Canaries) -> Result<Vec<Hit>, Error> {
        let files = self
            .documents
            .iter()
            .map(|it| (it.name, it.text.as_bytes()));
        canaries
            .search(files, &self.vocabulary())
            .map_err(Error::Invalid)
    }

    fn vocabulary(&self) -> BTreeSet<String> {
        let mut ours = BTreeSet::new();
        let mut add = |text: &str| ours.insert(text.to_lowercase());
        for document in &self.documents {
            add(document.name);
            add(document.about);
            for word in &document.ours {
                add(word);
            }
        }
        for (what, why) in &self.left_out {
            add(what);
            add(why);
        }
        for text in [
            MANIFEST,
            FORMAT,
            LEFT_OUT,
            self.version,
            "format version made expires files name about bytes digest left_out what why",
        ] {
            add(text);
        }
        ours
    }

    /// The archive, without the documents of these names.
    ///
    /// # Errors
    /// [`Error::Secret`] when something secret is in it, [`Error::Unknown`] for a name that is not in it.
    pub fn pack(&self, without: &[String], canaries: &Canaries) -> Result<Vec<u8>, Error> {
        let unknown = |name: &&String| self.documents.iter().all(|it| it.name != name.as_str());
        if let Some(name) = without.iter().find(unknown) {
            return Err(Error::Unknown(name.clone()));
        }
        let (out, kept): (Vec<_>, Vec<_>) = self
            .documents
            .iter()
            .partition(|it| without.iter().any(|name| name == it.name));
        let mut left_out: Vec<LeftOut> = self
            .left_out
            .iter()
            .map(|(what, why)| LeftOut {
                what: (*what).to_owned(),
                why: (*why).to_owned(),
            })
            .collect();
        left_out.extend(out.iter().map(|it| LeftOut {
            what: it.name.to_owned(),
            why: LEFT_OUT.to_owned(),
        }));
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            version: self.version.to_owned(),
            made: moment::text(self.made),
            expires: moment::text(self.expires()),
            files: kept.iter().map(|it| listed(it)).collect(),
            left_out,
        };
        let invalid = |error: &dyn std::fmt::Display| Error::Invalid(error.to_string());
        let mut text = serde_json::to_string_pretty(&manifest).map_err(|error| invalid(&error))?;
        text.push('\n');
        let mut files = vec![(MANIFEST, text)];
        files.extend(kept.iter().map(|it| (it.name, it.text.clone())));
        let packed = files
            .iter()
            .map(|(name, text)| Packed::stored(name, text.clone().into_bytes()));
        let packed: Result<_, _> = packed.collect();
        let bytes = packed
            .and_then(zip::write)
            .map_err(|error| invalid(&error))?;
        let whole = ("the archive", bytes.as_slice());
        let each = files.iter().map(|(name, text)| (*name, text.as_bytes()));
        let hits = canaries
            .search(each.chain([whole]), &self.vocabulary())
            .map_err(Error::Invalid)?;
        match hits.into_iter().next() {
            Some(Hit { file, what }) => Err(Error::Secret { file, what }),
            None => Ok(bytes),
        }
    }
}

fn listed(document: &Document) -> Listed {
    Listed {
        name: document.name.to_owned(),
        about: document.about.to_owned(),
        bytes: document.text.len() as u64,
        digest: digest(document.text.as_bytes()),
    }
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(&sha256(&[bytes])))
}

/// An archive that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Opened {
    /// Its manifest.
    pub manifest: Manifest,
    /// It is older than it was meant to become: it is to be deleted.
    pub expired: bool,
    /// Its files by name, with their text.
    pub files: Vec<(String, String)>,
}

/// Reads an archive.
///
/// # Errors
/// [`Error::Invalid`] when it is none, or is not what its manifest says.
pub fn open(bytes: &[u8], now: u64) -> Result<Opened, Error> {
    let invalid = |error: &dyn std::fmt::Display| Error::Invalid(error.to_string());
    let archive = zip::Archive::open(bytes, LIMITS).map_err(|error| invalid(&error))?;
    let read = |name: &str| -> Result<String, Error> {
        let file = archive
            .get(name)
            .ok_or_else(|| Error::Invalid(format!("it has no `{name}`")))?;
        let bytes = file.read().map_err(|error| invalid(&error))?;
        String::from_utf8(bytes).map_err(|_| Error::Invalid(format!("`{name}` is no text")))
    };
    let manifest: Manifest =
        serde_json::from_str(&read(MANIFEST)?).map_err(|error| invalid(&error))?;
    if manifest.format != FORMAT {
        return Err(Error::Invalid(format!(
            "it is of the format `{}`, and this program reads `{FORMAT}`",
            manifest.format
        )));
    }
    let expires = moment::seconds(&manifest.expires)
        .ok_or_else(|| Error::Invalid("it does not say when it expires".to_owned()))?;
    if archive.files().len() != manifest.files.len() + 1 {
        return Err(Error::Invalid(
            "it has files that are not listed".to_owned(),
        ));
    }
    let mut files = Vec::new();
    for listed in &manifest.files {
        let text = read(&listed.name)?;
        if digest(text.as_bytes()) != listed.digest {
            return Err(Error::Invalid(format!("`{}` was changed", listed.name)));
        }
        files.push((listed.name.clone(), text));
    }
    Ok(Opened {
        expired: now >= expires,
        manifest,
        files,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Redactor, Secret};

    const MADE: u64 = 1_795_262_400;

    fn draft() -> Draft {
        let redactor = Redactor::new([7; 32]);
        let about = Fact::map([
            ("program", Fact::version("0.1.0")),
            ("theme", Fact::Word("dark")),
            ("files", Fact::Number(12)),
            ("workspace", redactor.digest("name", "Northwind")),
        ]);
        let line = r#"{"at":"2026-11-21T12:00:00Z","level":"error","event":"the application panicked","text":"nothing of mallory is there"}"#;
        Draft {
            version: "0.1.0",
            made: MADE,
            documents: vec![
                Document::facts("about.json", "Versions.", &about),
                Document::entries("log.jsonl", "The log.", &[Entry::read(line).unwrap()]),
            ],
            left_out: vec![("policies", "they are the user's")],
        }
    }

    #[test]
    fn the_same_draft_gives_the_same_bytes_and_is_read_again() {
        let none = Canaries::default();
        let bytes = draft().pack(&[], &none).unwrap();
        assert_eq!(bytes, draft().pack(&[], &none).unwrap());
        let opened = open(&bytes, MADE).unwrap();
        assert_eq!(
            (
                opened.manifest.made.as_str(),
                opened.manifest.expires.as_str()
            ),
            ("2026-11-21T12:00:00Z", "2026-11-28T12:00:00Z")
        );
        let texts: Vec<_> = draft()
            .documents
            .into_iter()
            .map(|it| (it.name.to_owned(), it.text))
            .collect();
        assert_eq!(opened.files, texts);
        assert_eq!(
            draft().file_name(),
            "trust-fabric-diagnostics-2026-11-21-expires-2026-11-28.zip"
        );
        // Nothing is packed: a text stands in the bytes as it is.
        assert!(
            bytes
                .windows(8)
                .any(|part| part == b"\"dark\",\n" || part == b": \"dark\"")
        );
    }

    #[test]
    fn an_archive_expires_to_the_second() {
        let bytes = draft().pack(&[], &Canaries::default()).unwrap();
        let expires = MADE + DAYS * DAY;
        assert!(!open(&bytes, expires - 1).unwrap().expired);
        assert!(open(&bytes, expires).unwrap().expired);
    }

    #[test]
    fn what_redaction_misses_the_search_finds_and_nothing_is_written() {
        let mut known = Canaries::default();
        known.add(Secret::Entity, "mallory");
        let draft = draft();
        let error = draft.pack(&[], &known).unwrap_err();
        assert_eq!(error.code(), model::Code::DiagnosticsSecret);
        let said = error.to_string();
        assert!(
            said.contains("`log.jsonl`") && !said.contains("mallory"),
            "{said}"
        );
        assert_eq!(draft.search(&known).unwrap().len(), 1);
        // Without that document it can be written, and says what is missing.
        let bytes = draft.pack(&["log.jsonl".into()], &known).unwrap();
        let manifest = open(&bytes, MADE).unwrap().manifest;
        let out: Vec<_> = manifest
            .left_out
            .iter()
            .map(|it| it.what.as_str())
            .collect();
        assert_eq!(out, ["policies", "log.jsonl"]);
        assert_eq!(manifest.files.len(), 1);
    }

    #[test]
    fn what_is_digested_or_of_our_own_words_is_not_found() {
        let mut known = Canaries::default();
        for name in [
            "Northwind",
            "dark",
            "about.json",
            "Versions",
            "user's",
            "files",
            "digest",
            "panicked-not",
        ] {
            known.add(Secret::Name, name);
        }
        assert!(draft().pack(&[], &known).is_ok());
    }

    #[test]
    fn what_is_no_archive_or_was_changed_is_refused() {
        let none = Canaries::default();
        let unknown = draft().pack(&["nothing.json".into()], &none).unwrap_err();
        assert_eq!(unknown.code(), model::Code::BadCall);
        let refused = |bytes: &[u8]| open(bytes, MADE).unwrap_err().code();
        let invalid = model::Code::DiagnosticsInvalid;
        assert_eq!(refused(b"PK\x03\x04 half"), invalid);
        let bytes = draft().pack(&[], &none).unwrap();
        for cut in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            assert_eq!(refused(&bytes[..cut]), invalid, "{cut}");
        }
        let stored =
            |name: &str, text: &str| Packed::stored(name, text.as_bytes().to_vec()).unwrap();
        let opened = open(&bytes, MADE).unwrap();
        let manifest = serde_json::to_string(&opened.manifest).unwrap();
        let about = opened.files[0].1.replace("12", "13");
        let whole = |files: Vec<Packed>| zip::write(files).unwrap();
        let (listed, log) = (
            stored(MANIFEST, &manifest),
            stored("log.jsonl", &opened.files[1].1),
        );
        let good = stored("about.json", &opened.files[0].1);
        assert!(
            open(
                &whole(vec![listed.clone(), good.clone(), log.clone()]),
                MADE
            )
            .is_ok()
        );
        for wrong in [
            vec![listed.clone(), stored("about.json", &about), log.clone()],
            vec![listed.clone(), log.clone()],
            vec![
                listed.clone(),
                good.clone(),
                log.clone(),
                stored("more.json", "{}"),
            ],
            vec![
                stored(
                    MANIFEST,
                    &manifest.replace("diagnostics/1", "diagnostics/9"),
                ),
                good,
                log,
            ],
        ] {
            assert_eq!(refused(&whole(wrong)), invalid);
        }
    }
}
