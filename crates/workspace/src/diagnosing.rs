//! What may be told of this machine and a workspace when something is wrong: facts and counts from their own folders, for the
//! archive that `diagnostics` makes of them, and everything here that must never be in it. Nothing is made, opened for writing or
//! repaired, so that it works where nothing else does; what cannot be read is told by its code.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

use diagnostics::{Canaries, Document, Draft, Fact, Redactor, Secret, log};
use ipc::Settings;
use model::Code;
use store::Shape;

use crate::{Checked, Error, Folders, check, git, home, logs, scan, signing, updates::UpdateKey};

/// Lines of the log that are told.
const LINES: usize = 1_000;
/// What the environment calls a secret is one from this length on.
const SECRET: usize = 8;
/// Folder of the log, in the user's state folder.
const LOGS: &str = "logs";
/// What is left out, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "policies, schemas, tests and packs",
        "they are the user's own work; how many there are is told",
    ),
    (
        "decision logs and receipts",
        "they say who asked for what; how many there are is told",
    ),
    (
        "ids of entities and policies",
        "they name people and things; none is needed to find a fault",
    ),
    (
        "names of files, folders, workspaces and tenants",
        "a salted digest stands for each that is told",
    ),
    (
        "names of this machine and its accounts",
        "none is needed to find a fault",
    ),
    ("keys, passphrases and tokens", "they are secret"),
    (
        "words of failures",
        "they quote policies and paths; their codes are told",
    ),
];

/// Where the log of the Studio is written.
#[must_use]
pub fn log_folder(folders: &Folders) -> PathBuf {
    folders.state.join(LOGS)
}

/// What is told about.
pub struct Subject<'a> {
    /// The user's folders.
    pub folders: &'a Folders,
    /// The workspace, if any.
    pub root: Option<&'a Path>,
    /// The version of the web view, where there is one.
    pub webview: Option<&'a str>,
    /// Seconds since 1970 UTC.
    pub now: u64,
}

/// Name and version of the solver, if there is one that runs.
type Solver = Result<Option<String>, String>;

/// A workspace as it is now, if it can be read.
type Read = Option<Result<(policy::Files, Checked), Code>>;

impl Subject<'_> {
    fn read(&self) -> Read {
        self.root.map(|root| {
            let files = scan::read_workspace(root).map_err(|error| error.code())?;
            let checked = check(&files);
            Ok((files, checked))
        })
    }

    /// The archive, not written yet. `salt`: nobody else knows it.
    #[must_use]
    pub fn draft(&self, salt: [u8; 32]) -> Draft {
        let redactor = Redactor::new(salt);
        let read = self.read();
        let solver = proof::solver();
        let (entries, foreign) = log::read(&log_folder(self.folders), LINES);
        let about = self.about(&solver, entries.len(), foreign);
        let documents = vec![
            Document::facts(
                "about.json",
                "Versions of programs and formats, and what this desktop offers.",
                &about,
            ),
            Document::facts("settings.json", "The user's settings.", &self.settings()),
            Document::facts(
                "features.json",
                "Commands this version has, and what they need and find here.",
                &self.features(matches!(solver, Ok(Some(_)))),
            ),
            Document::facts(
                "databases.json",
                "Tables, columns and numbers of rows.",
                &self.databases(),
            ),
            Document::facts(
                "workspace.json",
                "Counts of the open workspace, and what is wrong with it by code.",
                &workspace(self, &read, &redactor),
            ),
            Document::entries("log.jsonl", "The newest lines of the log.", &entries),
        ];
        Draft {
            version: env!("CARGO_PKG_VERSION"),
            made: self.now,
            documents,
            left_out: LEFT_OUT.to_vec(),
        }
    }

    fn about(&self, solver: &Solver, lines: usize, foreign: usize) -> Fact {
        let solver = match solver {
            Ok(Some(version)) => Fact::version(&version.to_lowercase().replace(' ', "/")),
            Ok(None) => Fact::Word("none"),
            Err(_) => Fact::Word("does not run"),
        };
        let session = env::var("XDG_SESSION_TYPE").unwrap_or_default();
        let session = ["x11", "wayland", "tty"]
            .into_iter()
            .find(|it| *it == session);
        let set = |name: &str| Fact::Yes(env::var_os(name).is_some_and(|value| !value.is_empty()));
        Fact::map([
            ("program", Fact::version(env!("CARGO_PKG_VERSION"))),
            ("engine", Fact::version(policy::ENGINE)),
            ("engine_rego", Fact::version(rego::ENGINE)),
            ("solver", solver),
            ("sqlite", Fact::version(store::sqlite())),
            (
                "webview",
                self.webview.map_or(Fact::Word("no window"), Fact::version),
            ),
            ("system", Fact::Word(env::consts::OS)),
            ("architecture", Fact::Word(env::consts::ARCH)),
            (
                "release",
                system_release().map_or(Fact::Nothing, |it| Fact::version(&it)),
            ),
            ("session", session.map_or(Fact::Nothing, Fact::Word)),
            ("display", set("DISPLAY")),
            ("display_wayland", set("WAYLAND_DISPLAY")),
            ("graphics_device", Fact::Yes(Path::new("/dev/dri").exists())),
            (
                "graphics_without_compositing",
                set("WEBKIT_DISABLE_COMPOSITING_MODE"),
            ),
            ("log_lines", count(lines)),
            ("log_lines_left_out", count(foreign)),
        ])
    }

    fn settings(&self) -> Fact {
        let path = self.folders.data.join("app.db");
        let text = match store::App::peek(&path) {
            Ok(text) => text,
            Err(error) => return Fact::map([("failure", code(error.code()))]),
        };
        let read = text.as_deref().map(serde_json::from_str::<Settings>);
        let settings = match &read {
            Some(Ok(settings)) => *settings,
            Some(Err(_)) | None => Settings::default(),
        };
        // Names of choices, as they are stored.
        let word = |value: serde_json::Value| Fact::name(value.as_str().unwrap_or_default());
        let told = |value: serde_json::Result<serde_json::Value>| value.map_or(Fact::Nothing, word);
        Fact::map([
            ("stored", Fact::Yes(read.is_some())),
            ("readable", Fact::Yes(!matches!(read, Some(Err(_))))),
            ("theme", told(serde_json::to_value(settings.theme))),
            ("density", told(serde_json::to_value(settings.density))),
            ("language", Fact::Word(settings.language.tag())),
            ("format_on_save", Fact::Yes(settings.format_on_save)),
            ("help_uncounted", Fact::Yes(settings.help_uncounted)),
        ])
    }

    fn features(&self, solver: bool) -> Fact {
        let commands = help::notes().iter().map(|note| {
            Fact::map([
                ("command", Fact::Word(note.command)),
                ("since", Fact::version(note.since)),
                ("article", Fact::Word(note.article)),
            ])
        });
        let has = Fact::Yes;
        let ledger = self.root.is_some_and(|root| {
            let folders = home::ledger_to_read(root, self.folders);
            folders.iter().any(|it| it.join("ledger.sqlite").is_file())
        });
        let repository = self
            .root
            .is_some_and(|root| matches!(git::head_commit(root), Ok(Some(_))));
        let keys = signing::vault_of(self.folders).list();
        Fact::map([
            ("commands", Fact::List(commands.collect())),
            (
                "here",
                Fact::map([
                    ("solver", has(solver)),
                    ("keyring", has(vault::keyring().is_ok())),
                    (
                        "keys",
                        keys.map_or_else(|error| code(error.code()), |keys| count(keys.len())),
                    ),
                    ("session_bus", has(session_bus())),
                    ("update_key", has(UpdateKey::built_in().is_ok())),
                    ("ledger", has(ledger)),
                    ("repository", has(repository)),
                ]),
            ),
        ])
    }

    /// The databases there may be.
    fn databases(&self) -> Fact {
        let mut paths = vec![("app", self.folders.data.join("app.db"))];
        if let Some(root) = self.root {
            let archive = home::archive_to_read(root, self.folders);
            paths.extend(archive.map(|folder| ("workspace", folder.join("studio.db"))));
            for folder in home::ledger_to_read(root, self.folders) {
                paths.push(("ledger", folder.join("ledger.sqlite")));
            }
        }
        let told = paths
            .into_iter()
            .filter(|(_, path)| path.exists())
            .map(|(name, path)| database(name, &path));
        Fact::List(told.collect())
    }

    /// What must not be in the archive, as far as this machine knows it. What else is secret is found by its form.
    #[must_use]
    pub fn canaries(&self) -> Canaries {
        let mut known = Canaries::default();
        let recent = store::App::peek_recent(&self.folders.data.join("app.db")).unwrap_or_default();
        let homes = ["HOME", "USERPROFILE"].into_iter().filter_map(env::var_os);
        let paths = [self.folders.data.clone(), self.folders.state.clone()]
            .into_iter()
            .chain(homes.map(PathBuf::from))
            .chain(self.root.map(Path::to_owned))
            .chain(recent.iter().map(|recent| PathBuf::from(&recent.path)));
        for path in paths {
            known.add(Secret::Path, &path.to_string_lossy());
        }
        for recent in &recent {
            known.add(Secret::Name, &recent.name);
        }
        for name in ["USER", "LOGNAME", "USERNAME"] {
            let user = env::var(name).unwrap_or_default();
            // The one account that is called so everywhere.
            if user != "root" {
                known.add(Secret::User, &user);
            }
        }
        for name in ["HOSTNAME", "COMPUTERNAME"] {
            known.add(Secret::Host, &env::var(name).unwrap_or_default());
        }
        let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        known.add(Secret::Host, &host);
        for (name, value) in env::vars_os() {
            let value = value.to_string_lossy();
            // `true` and a number are none.
            if is_secret(&name.to_string_lossy()) && value.trim().len() >= SECRET {
                known.add(Secret::Token, &value);
            }
        }
        for key in signing::vault_of(self.folders).list().unwrap_or_default() {
            known.add(Secret::Name, &key.name);
        }
        if let Some(root) = self.root {
            if let Some(name) = root.file_name() {
                known.add(Secret::Name, &name.to_string_lossy());
            }
            if let Ok(user) = git::user(root) {
                let (name, mail) = user.split_once('<').unwrap_or((&user, ""));
                known.add(Secret::User, name);
                known.add(Secret::Mail, mail.trim_end_matches('>'));
            }
        }
        if let Some(Ok((files, checked))) = self.read() {
            for name in files.keys() {
                known.add(Secret::Name, name);
            }
            let manifest = &checked.manifest;
            for name in [&manifest.name, &manifest.tenant, &manifest.residency] {
                known.add(Secret::Name, name);
            }
            for policy in checked.compiled.set.policies() {
                known.add(Secret::Name, &policy.id);
            }
            for uid in checked.compiled.entities.ids() {
                known.add(Secret::Entity, &uid);
                // `Type::"id"`: the id alone is a secret as well.
                let id = uid
                    .split_once("::\"")
                    .map(|(_, id)| id.trim_end_matches('"'));
                known.add(Secret::Entity, id.unwrap_or_default());
            }
        }
        known
    }
}

/// Whether the environment calls a value a secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    [
        "TOKEN",
        "SECRET",
        "PASSWORD",
        "PASSPHRASE",
        "CREDENTIAL",
        "APIKEY",
        "API_KEY",
        "PRIVATE_KEY",
    ]
    .iter()
    .any(|word| name.contains(word))
}

fn count(number: usize) -> Fact {
    Fact::Number(number as u64)
}

fn code(code: Code) -> Fact {
    Fact::Word(code.as_str())
}

fn database(name: &'static str, path: &Path) -> Fact {
    let shape = match Shape::of(path) {
        Ok(shape) => shape,
        Err(error) => {
            return Fact::map([
                ("database", Fact::Word(name)),
                ("failure", code(error.code())),
            ]);
        }
    };
    let tables = shape.tables.iter().map(|table| {
        let columns = table.columns.iter().map(|name| Fact::name(name));
        Fact::map([
            ("table", Fact::name(&table.name)),
            ("columns", Fact::List(columns.collect())),
            ("rows", Fact::Number(table.rows)),
        ])
    });
    Fact::map([
        ("database", Fact::Word(name)),
        ("format", Fact::Number(shape.format)),
        ("bytes", Fact::Number(shape.bytes)),
        ("sound", shape.sound.map_or(Fact::Nothing, Fact::Yes)),
        ("tables", Fact::List(tables.collect())),
    ])
}

fn workspace(subject: &Subject<'_>, read: &Read, redactor: &Redactor) -> Fact {
    let (Some(root), Some(read)) = (subject.root, read) else {
        return Fact::map([("open", Fact::Yes(false))]);
    };
    let place = redactor.digest("path", &root.to_string_lossy());
    let (files, checked) = match read {
        Ok(read) => read,
        Err(why) => {
            return Fact::map([
                ("open", Fact::Yes(true)),
                ("path", place),
                ("failure", code(*why)),
            ]);
        }
    };
    let kinds = counted(files.keys().map(|path| kind(path)));
    let problems = counted(checked.problems.iter().map(|it| it.code.as_str()));
    let compiled = &checked.compiled;
    let engine = if checked.rego.is_some() {
        "rego"
    } else {
        "cedar"
    };
    let types: BTreeSet<_> = compiled
        .entities
        .ids()
        .into_iter()
        .map(|uid| uid.split("::\"").next().unwrap_or_default().to_owned())
        .collect();
    Fact::map([
        ("open", Fact::Yes(true)),
        ("path", place),
        ("name", redactor.digest("name", &checked.manifest.name)),
        (
            "ruleset",
            redactor.digest("ruleset", &compiled.set.digest()),
        ),
        ("engine", Fact::Word(engine)),
        ("files", kinds),
        (
            "bytes",
            Fact::Number(files.values().map(|text| text.len() as u64).sum()),
        ),
        (
            "policies",
            count(compiled.set.policies().len() + checked.rules().len()),
        ),
        ("templates", count(compiled.set.templates())),
        ("schema", Fact::Yes(compiled.schema.is_some())),
        ("entities", count(compiled.entities.len())),
        ("entity_types", count(types.len())),
        ("problems", problems),
        ("log", log_facts(root, subject.folders)),
    ])
}

/// How often each word comes.
fn counted(words: impl Iterator<Item = &'static str>) -> Fact {
    let mut counts = BTreeMap::new();
    for word in words {
        *counts.entry(word).or_insert(0) += 1;
    }
    let told = counts.into_iter();
    Fact::Map(
        told.map(|(word, number)| (word, Fact::Number(number)))
            .collect(),
    )
}

/// What a file is, in one of our words.
fn kind(path: &str) -> &'static str {
    use policy::FileKind::{Entities, Links, Policies, Rego, RegoData, Schema, Tests};
    match policy::kind(path) {
        Some(Policies) => "policies",
        Some(Schema) => "schema",
        Some(Links) => "links",
        Some(Entities) => "entities",
        Some(Tests) => "tests",
        Some(Rego) => "rego",
        Some(RegoData) => "rego_data",
        None => "other",
    }
}

fn log_facts(root: &Path, folders: &Folders) -> Fact {
    match logs::open(root, folders) {
        Ok(None) => Fact::Nothing,
        Ok(Some(log)) => Fact::map([
            ("rows", Fact::Number(log.info.rows)),
            (
                "distinct_requests",
                Fact::Number(log.info.distinct_requests),
            ),
            ("slices", Fact::Number(log.info.slices)),
            ("skipped", Fact::Number(log.info.skipped)),
            ("bytes", Fact::Number(log.info.bytes)),
        ]),
        Err(error) => Fact::map([("failure", code(error.code()))]),
    }
}

/// The system as its maker calls it: `debian-13`.
fn system_release() -> Option<String> {
    let text = fs::read_to_string("/etc/os-release").ok()?;
    let value = |name: &str| {
        let mut lines = text.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
        Some(value.trim_matches('"').to_owned())
    };
    let release = value("VERSION_ID").unwrap_or_default();
    Some(format!("{}-{release}", value("ID")?))
}

/// Whether there is a bus for this user's programs.
pub(crate) fn session_bus() -> bool {
    let named = env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some_and(|it| !it.is_empty());
    let usual = env::var_os("XDG_RUNTIME_DIR").map(|folder| Path::new(&folder).join("bus"));
    named || usual.is_some_and(|path| path.exists())
}

/// Writes an archive, for its owner's eyes alone.
///
/// # Errors
/// The file cannot be written.
pub fn write(path: &Path, archive: &[u8]) -> Result<(), Error> {
    disk::replace_private(path, archive).map_err(Error::write(path))
}

/// A salt that nobody knows.
///
/// # Errors
/// The system gives no chance.
pub fn salt() -> Result<[u8; 32], Error> {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(|error| Error::Config(error.to_string()))?;
    Ok(salt)
}
