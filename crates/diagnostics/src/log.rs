//! The log: one line of JSON for each thing that happened, in files of bounded number and size. It is written through `tracing`, and
//! takes nothing but [`Entry`]: names of commands and codes, moments, durations, places in the source, and of a panic its words
//! without whatever stood in quotes or was no plain word. So there is no level at which a policy, a path or a secret is logged. What
//! other crates send to `tracing` is not taken.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use evidence::moment;
use serde::{Deserialize, Serialize};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

/// What events have to name as their target to be taken.
pub const TARGET: &str = "studio";
/// Bytes of one file.
pub const SIZE: u64 = 256 * 1024;
/// Files: the one that is written and those before it.
pub const FILES: u32 = 4;
/// The longest name and place of an entry.
const LONGEST: usize = 80;
/// The longest words of a panic.
const LONGEST_TEXT: usize = 600;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Good to know.
    Info,
    /// Something was refused or took long.
    Warn,
    /// A fault of the program.
    Error,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// When, RFC 3339 UTC.
    pub at: String,
    /// How much it matters.
    pub level: Level,
    /// What happened: one of a few sentences of this program.
    pub event: String,
    /// The command that was called.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub command: String,
    /// How it failed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// How long it took, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ms: Option<u64>,
    /// Where in the source: `src/app.rs:12:3`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// What a panic said, as far as it may be told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

impl Entry {
    /// Reads a line. Nothing, when it is not of this form: then somebody else wrote it.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        let entry: Self = serde_json::from_str(line).ok()?;
        let at = moment::seconds(&entry.at).map(moment::text);
        let known = |code: &str| model::Code::ALL.iter().any(|it| it.as_str() == code);
        let fits = at.as_ref() == Some(&entry.at)
            && entry.event == words(&entry.event)
            && entry.command == command(&entry.command)
            && (entry.code.is_empty() || known(&entry.code))
            && entry.place == place(&entry.place)
            && entry.text == plain(&entry.text);
        fits.then_some(entry)
    }
}

/// What can have happened.
const EVENTS: [&str; 8] = [
    "began",
    "ended",
    "the run before ended badly",
    "failed",
    "refused",
    "took long",
    "the application panicked",
    "the interface panicked",
];

/// One of these, and nothing else: a message that was put together would say whatever it was put together from.
fn words(text: &str) -> &'static str {
    let known = EVENTS.into_iter().find(|event| *event == text);
    known.unwrap_or_default()
}

/// The name of a command: `file.save`; nothing else.
fn command(text: &str) -> String {
    let part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let fits = text.len() <= LONGEST
        && text
            .split_once('.')
            .is_some_and(|(of, name)| part(of) && part(name));
    if fits { text.to_owned() } else { String::new() }
}

/// The last two names of a path in the source with line and column: where the source lay is nobody's business.
fn place(text: &str) -> String {
    let mut parts = text.rsplitn(3, ':');
    let (column, line, path) = (parts.next(), parts.next(), parts.next());
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<u32>().ok());
    let (Some(column), Some(line), Some(path)) = (number(column), number(line), path) else {
        return String::new();
    };
    let mut names: Vec<_> = path.rsplit(['/', '\\']).take(2).collect();
    names.reverse();
    let fits = |name: &&str| {
        let byte = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        !name.is_empty() && name.len() <= LONGEST / 3 && name.bytes().all(byte)
    };
    let source = path.ends_with(".rs") || path.ends_with(".js");
    if source && names.iter().all(fits) {
        format!("{}:{line}:{column}", names.join("/"))
    } else {
        String::new()
    }
}

/// Stands where something was left out.
const GAP: &str = "…";

/// Plain words and numbers of a text; `…` for everything that stands in quotes, and for every word that is more than letters.
fn plain(text: &str) -> String {
    let mut told: Vec<&str> = Vec::new();
    let mut until = None;
    for word in text.split_whitespace() {
        let mut quoted = until.is_some();
        for sign in word.chars() {
            match until {
                Some(end) if sign == end => until = None,
                None => {
                    until = match sign {
                        '"' | '`' => Some(sign),
                        '“' => Some('”'),
                        '«' => Some('»'),
                        _ => None,
                    };
                    quoted |= until.is_some();
                }
                Some(_) => {}
            }
        }
        if word == GAP && !quoted {
            if told.last() != Some(&GAP) {
                told.push(GAP);
            }
            continue;
        }
        let core = word.trim_matches(['(', ')', ',', ';', ':', '.', '!', '?']);
        let letters = core
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
        let number = core.len() <= 6 && core.bytes().all(|byte| byte.is_ascii_digit());
        // A sign that stands alone.
        let letters = letters || core.is_empty();
        if !quoted && core.len() <= 24 && (letters || number) {
            told.push(word);
        } else if told.last() != Some(&GAP) {
            told.push(GAP);
        }
    }
    let mut told = told.join(" ");
    // Every sign but the gap is one byte.
    while told.len() > LONGEST_TEXT {
        told.pop();
    }
    told.trim_end().to_owned()
}

/// A file that is followed by the next when it is full.
pub struct Writer {
    folder: PathBuf,
    open: Mutex<Option<File>>,
    clock: fn() -> u64,
}

impl Writer {
    /// Writes to `studio.log` in a folder, which is made if there is none.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn to(folder: &Path, clock: fn() -> u64) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let writer = Self {
            folder: folder.to_owned(),
            open: Mutex::new(None),
            clock,
        };
        *writer.lock() = Some(writer.append()?);
        Ok(writer)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<File>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append(&self) -> io::Result<File> {
        let path = file(&self.folder, 0);
        OpenOptions::new().create(true).append(true).open(path)
    }

    /// A log that cannot be written is written no more; there is nobody to tell but the log.
    fn write(&self, entry: &Entry) {
        let Ok(mut line) = serde_json::to_string(entry) else {
            return;
        };
        line.push('\n');
        let mut open = self.lock();
        let full = |file: &File| {
            let length = file.metadata().map(|meta| meta.len()).unwrap_or_default();
            length > 0 && length + line.len() as u64 > SIZE
        };
        if open.as_ref().is_some_and(full) {
            *open = None;
            self.turn();
            *open = self.append().ok();
        }
        let written = open.as_mut().map(|file| file.write_all(line.as_bytes()));
        if let Some(Err(_)) = written {
            *open = None;
        }
    }

    /// Every file becomes the one before it; the oldest goes.
    fn turn(&self) {
        for number in (0..FILES.saturating_sub(1)).rev() {
            // The first few times there is none.
            let _ = fs::rename(file(&self.folder, number), file(&self.folder, number + 1));
        }
    }
}

/// The file that is written, or one before it.
fn file(folder: &Path, number: u32) -> PathBuf {
    folder.join(match number {
        0 => "studio.log".to_owned(),
        number => format!("studio.{number}.log"),
    })
}

/// The newest entries of a log, oldest first, and how many of its last lines are not of their form. A log that is not there is
/// empty.
#[must_use]
pub fn read(folder: &Path, most: usize) -> (Vec<Entry>, usize) {
    let (mut entries, mut foreign) = (Vec::new(), 0);
    'files: for number in 0..FILES {
        // Not Unicode: what can be read of it is judged line by line.
        let bytes = fs::read(file(folder, number)).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        for line in text.lines().rev() {
            if entries.len() >= most {
                break 'files;
            }
            match Entry::read(line) {
                Some(entry) => entries.push(entry),
                None => foreign += 1,
            }
        }
    }
    entries.reverse();
    (entries, foreign)
}

impl Subscriber for Writer {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event()
            && metadata.target() == TARGET
            && *metadata.level() <= tracing::Level::INFO
    }

    fn event(&self, event: &Event<'_>) {
        let level = match *event.metadata().level() {
            tracing::Level::ERROR => Level::Error,
            tracing::Level::WARN => Level::Warn,
            _ => Level::Info,
        };
        let mut said = Said::default();
        event.record(&mut said);
        self.write(&Entry {
            at: moment::text((self.clock)()),
            level,
            event: words(&said.message).to_owned(),
            command: command(&said.command),
            code: said.code.map_or("", model::Code::as_str).to_owned(),
            ms: said.ms,
            place: place(&said.place),
            text: plain(&said.text),
        });
    }

    // There are no spans.
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// What an event says, before it is held against the form.
#[derive(Default)]
struct Said {
    message: String,
    command: String,
    code: Option<model::Code>,
    ms: Option<u64>,
    place: String,
    text: String,
}

impl Visit for Said {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "ms" {
            self.ms = Some(value);
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => value.clone_into(&mut self.message),
            "command" => value.clone_into(&mut self.command),
            "code" => {
                let codes = model::Code::ALL.iter();
                self.code = codes.copied().find(|code| code.as_str() == value);
            }
            "place" => value.clone_into(&mut self.place),
            "text" => value.clone_into(&mut self.text),
            // Not a field of the form.
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        }
    }
}

/// The Studio began.
pub fn began() {
    tracing::info!(target: TARGET, "began");
}

/// The Studio came to its end.
pub fn ended() {
    tracing::info!(target: TARGET, "ended");
}

/// The run before did not come to its end.
pub fn ended_badly() {
    tracing::warn!(target: TARGET, "the run before ended badly");
}

/// A command failed. What was called off is no failure.
pub fn failed(command: &str, code: model::Code, ms: u64) {
    if code == model::Code::Internal {
        tracing::error!(target: TARGET, command, code = code.as_str(), ms, "failed");
    } else if code != model::Code::Cancelled {
        tracing::warn!(target: TARGET, command, code = code.as_str(), ms, "refused");
    }
}

/// A command was answered, but late.
pub fn late(command: &str, ms: u64) {
    tracing::info!(target: TARGET, command, ms, "took long");
}

/// A panic of the application: its words, and where.
pub fn panicked(text: &str, place: &str) {
    tracing::error!(target: TARGET, text, place, "the application panicked");
}

/// A panic of the interface, as it reports one: `panicked at src/x.rs:1:2:`, then its words.
pub fn interface_panicked(report: &str) {
    let (head, text) = report.split_once('\n').unwrap_or(("", report));
    let place = head
        .trim_start_matches("panicked at ")
        .trim_end_matches(':');
    tracing::error!(target: TARGET, text, place, "the interface panicked");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> u64 {
        1_795_262_400
    }

    fn with_log(work: impl FnOnce()) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let writer = Writer::to(folder.path(), clock).unwrap();
        tracing::subscriber::with_default(writer, work);
        let text = fs::read_to_string(folder.path().join("studio.log")).unwrap();
        (folder, text)
    }

    #[test]
    fn what_happened_is_written_and_read_again() {
        let (folder, _) = with_log(|| {
            began();
            failed("file.save", model::Code::FileConflict, 12);
            failed("file.save", model::Code::Cancelled, 12);
            late("drift.preview", 2_300);
            interface_panicked(
                "panicked at ui/src/app.rs:12:3:\nindex out of bounds: the len is 3 but the index is 5",
            );
            panicked(
                "no such place",
                "/home/ada/.cargo/registry/src/x-1.2.3/src/lib.rs:1:2",
            );
        });
        let (entries, foreign) = read(folder.path(), 100);
        assert_eq!(foreign, 0);
        let line = |entry: &Entry| serde_json::to_string(entry).unwrap();
        let lines: Vec<_> = entries.iter().map(line).collect();
        assert_eq!(
            lines,
            [
                r#"{"at":"2026-11-21T12:00:00Z","level":"info","event":"began"}"#,
                r#"{"at":"2026-11-21T12:00:00Z","level":"warn","event":"refused","command":"file.save","code":"file_conflict","ms":12}"#,
                r#"{"at":"2026-11-21T12:00:00Z","level":"info","event":"took long","command":"drift.preview","ms":2300}"#,
                r#"{"at":"2026-11-21T12:00:00Z","level":"error","event":"the interface panicked","place":"src/app.rs:12:3","text":"index out of bounds: the len is 3 but the index is 5"}"#,
                r#"{"at":"2026-11-21T12:00:00Z","level":"error","event":"the application panicked","place":"src/lib.rs:1:2","text":"no such place"}"#,
            ]
        );
    }

    /// Whatever somebody writes into an event, now or later: no secret comes through any field.
    #[test]
    fn no_secret_is_logged() {
        const SECRETS: [&str; 9] = [
            "ghp_0123456789abcdefghijABCDEFGHIJ",
            "/home/ada/policies/secret.cedar",
            "C:\\Users\\ada",
            "User::\"mallory\"",
            "ada@example.com",
            "-----BEGIN PRIVATE KEY-----",
            "`correct horse`",
            "\"battery staple\"",
            "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1",
        ];
        let (_keep, text) = with_log(|| {
            for secret in SECRETS {
                tracing::error!(target: TARGET, command = secret, code = secret, place = secret, text = secret, other = secret, "{secret}");
                tracing::error!(target: TARGET, text = %secret, command = ?secret, "failed");
                tracing::warn!(target: "somebody_else", "{secret}");
                interface_panicked(&format!(
                    "panicked at {secret}:1:2:\ncannot open {secret}: gone"
                ));
                panicked(&format!("{secret} and {secret}"), secret);
            }
        });
        assert_eq!(text.lines().count(), 4 * SECRETS.len());
        for secret in SECRETS {
            let bare = secret.trim_matches(['`', '"']);
            let core = bare.rsplit(['/', '\\', ':']).next().unwrap();
            for part in [bare, core.trim_matches('"')] {
                assert!(!text.contains(part), "{part} in {text}");
            }
        }
        assert!(text.contains("cannot open …"), "{text}");
    }

    /// A message that was put together may be plain words all the same.
    #[test]
    fn no_message_but_ours_is_logged() {
        let (_keep, text) = with_log(|| {
            for name in ["mallory", "correct horse battery"] {
                tracing::error!(target: TARGET, "{name}");
                tracing::error!(target: TARGET, command = name, "failed");
            }
        });
        assert_eq!(text.lines().count(), 4);
        assert!(
            !text.contains("mallory") && !text.contains("horse"),
            "{text}"
        );
    }

    #[test]
    fn lines_of_others_are_counted_and_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let good = r#"{"at":"2026-11-21T12:00:00Z","level":"info","event":"began"}"#;
        let lines = [
            good,
            "token ghp_0123456789abcdefghij",
            r#"{"at":"2026-11-21T12:00:00Z","level":"info","event":"began","who":"mallory"}"#,
            r#"{"at":"mallory","level":"info","event":"began"}"#,
            r#"{"at":"2026-11-21T12:00:00Z","level":"info","event":"Mallory!"}"#,
            r#"{"at":"2026-11-21T12:00:00Z","level":"info","event":"began","command":"User::mallory"}"#,
            r#"{"at":"2026-11-21T12:00:00Z","level":"info","event":"began","code":"mallory"}"#,
            r#"{"at":"2026-11-21T12:00:00Z","level":"info","event":"began","place":"/home/mallory/x.rs:1:2"}"#,
            r#"{"at":"2026-11-21T12:00:00Z","level":"info","event":"began","text":"opened `mallory`"}"#,
            good,
        ];
        fs::write(folder.path().join("studio.log"), lines.join("\n")).unwrap();
        let (entries, foreign) = read(folder.path(), 100);
        assert_eq!((entries.len(), foreign), (2, 8));
        assert_eq!(read(&folder.path().join("none"), 100), (vec![], 0));
    }

    #[test]
    fn files_are_bounded_in_number_and_size() {
        let folder = tempfile::tempdir().unwrap();
        let writer = Writer::to(folder.path(), clock).unwrap();
        let text = "word ".repeat(100);
        tracing::subscriber::with_default(writer, || {
            for number in 0..4_000 {
                panicked(&format!("{text} {number}"), "");
            }
        });
        let sizes: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .collect();
        assert_eq!(sizes.len(), FILES as usize);
        assert!(sizes.iter().all(|size| *size <= SIZE), "{sizes:?}");
        let (entries, foreign) = read(folder.path(), 500);
        assert_eq!((entries.len(), foreign), (500, 0));
        assert!(entries.last().unwrap().text.ends_with(" 3999"));
        assert!(
            entries.first().unwrap().text.ends_with(" 3500"),
            "across files, in order"
        );
    }

    proptest::proptest! {
        #[test]
        fn what_is_told_stays_told(text in ".{0,200}") {
            let once = plain(&text);
            proptest::prop_assert_eq!(plain(&once), once);
        }
    }
}
