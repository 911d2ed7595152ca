//! Somebody's project as it is: a folder or an archive with Cedar policies, or an OPA bundle. Names that the engines themselves have
//! tell what a file holds ([`policy::kind`]); where a name tells nothing, the content does. Looking changes nothing; what is not taken
//! is named with its reason, and nothing that a workspace has already is ever replaced.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Read as _,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use decisions::Source;
use ipc::{CreatedFile, FoundLog, LeftFile, ProjectPart, ProjectView};
use policy::{FileKind, Files};
use serde_json::Value;

use crate::{Error, Manifest, archive, check, dropped, manifest, path, sample, scan};

/// What is looked at of a file to see whether it is a log.
const SAMPLE: u64 = 256 << 10;
/// A file whose name tells nothing is read up to this size to see what it holds.
const MOST_BYTES: u64 = 64 << 20;
/// Files that a project may have.
const MOST_FILES: usize = 100_000;
/// Files that are named one by one as left out.
const NAMED: usize = 200;

/// A project that was looked at.
pub struct Project {
    /// What it would be called.
    pub name: String,
    /// Its files, as a workspace has them.
    pub files: Files,
    /// Decision logs beside them.
    pub logs: Vec<PathBuf>,
    /// What is not taken, and why.
    left: Vec<LeftFile>,
    /// Files that are nothing of a policy project: code, documents.
    others: u64,
}

/// What a project at a path holds.
///
/// # Errors
/// `file_read` when it cannot be read; `revision_unknown` for a file that is no archive; `bundle_invalid` and `bundle_signature` for an
/// OPA bundle; `workspace_missing` when there is no policy in it.
pub fn look(place: &Path) -> Result<Project, Error> {
    let place = place.canonicalize().map_err(Error::read(place))?;
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let mut project = Project {
        name: stem(&name).to_owned(),
        files: Files::new(),
        logs: Vec::new(),
        left: Vec::new(),
        others: 0,
    };
    if place.is_dir() {
        project.read_folder(&place)?;
    } else if dropped::is_cedar(&place) {
        let content = fs::read(&place).map_err(Error::read(&place))?;
        let path = format!("policies/{}.cedar", name.trim_end_matches(".cedar"));
        project.files.insert(path, content.into());
    } else {
        let (files, left) = archive::look(&place)?;
        (project.files, project.left) = (files, left);
    }
    if !scan::has_policies(&project.files) {
        return Err(Error::NoWorkspace(place.display().to_string()));
    }
    project.take_named(&place);
    project.settle();
    Ok(project)
}

/// The name of an archive without what tells its form.
fn stem(name: &str) -> &str {
    let endings = [".tar.gz", ".tar.zst", ".tgz", ".tar"];
    let short = endings.iter().find_map(|ending| name.strip_suffix(ending));
    short.filter(|short| !short.is_empty()).unwrap_or(name)
}

impl Project {
    fn read_folder(&mut self, root: &Path) -> Result<(), Error> {
        let mut folders = vec![(root.to_owned(), String::new())];
        let mut seen = 0;
        while let Some((folder, prefix)) = folders.pop() {
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) if prefix.is_empty() => return Err(Error::read(&folder)(error)),
                Err(error) => {
                    self.leave(&prefix, &error.to_string());
                    continue;
                }
            };
            for entry in entries {
                let entry = entry.map_err(Error::read(&folder))?;
                seen += 1;
                if seen > MOST_FILES {
                    let why = format!(
                        "holds more than {MOST_FILES} files: choose the folder of its policies"
                    );
                    return Err(Error::revision(&root.display().to_string(), why));
                }
                let name = entry.file_name().to_string_lossy().into_owned();
                let path = format!("{prefix}{name}");
                let hidden = name.starts_with('.') && path != rego::MANIFEST;
                if hidden || name == "target" || name == "node_modules" {
                    continue;
                }
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push((entry.path(), format!("{path}/"))),
                    Ok(kind) if kind.is_file() => self.read_file(&path, &entry.path()),
                    Ok(kind) if kind.is_symlink() && policy::kind(&path).is_some() => {
                        self.leave(&path, archive::LINK);
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Takes the files that the manifest names, and no other of which the name alone tells nothing.
    fn take_named(&mut self, place: &Path) {
        let rules = Manifest::read(&self.files).0.channel;
        let named: BTreeSet<_> = rules.into_iter().filter_map(|it| it.tolerance).collect();
        self.files.retain(|path, _| {
            !path.ends_with(".toml") || scan::belongs(path) || named.contains(path)
        });
        for path in named {
            if self.files.contains_key(&path) {
                continue;
            }
            let content = match place.is_dir() {
                true => path::inside(place, &path)
                    .and_then(|file| fs::read(&file).map_err(Error::read(&file)))
                    .map_err(|error| error.to_string()),
                false => Err("it is not there".to_owned()),
            };
            match content {
                Ok(content) => {
                    self.others = self.others.saturating_sub(1);
                    self.files.insert(path, content.into());
                }
                Err(why) => self.leave(&path, &format!("`{}` names it: {why}", manifest::FILE)),
            }
        }
    }

    fn read_file(&mut self, path: &str, place: &Path) {
        let known = scan::belongs(path) || path == rego::MANIFEST;
        let name = path.rsplit('/').next().unwrap_or(path);
        if !known {
            match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
                "jsonl" | "ndjson" | "log" | "gz" | "zst" => {
                    match is_log(place) {
                        true => self.logs.push(place.to_owned()),
                        false => self.others += 1,
                    }
                    return;
                }
                "json" => {}
                "wasm" => {
                    return self.leave(path, "compiled policies are not read, only their modules");
                }
                "yaml" | "yml" if name.starts_with("data.") => {
                    return self.leave(path, "data is read as JSON: write it as `data.json`");
                }
                _ => {
                    self.others += 1;
                    return;
                }
            }
        }
        let size = place.metadata().map_or(0, |meta| meta.len());
        if size > MOST_BYTES && !known {
            if is_log(place) {
                self.logs.push(place.to_owned());
            } else {
                self.leave(
                    path,
                    "it is too large to be anything but a log, and it is none",
                );
            }
            return;
        }
        match fs::read(place) {
            Ok(content) if known => {
                self.files.insert(path.to_owned(), content.into());
            }
            Ok(content) => self.tell(path, place, content),
            Err(error) => self.leave(path, &format!("cannot be read: {error}")),
        }
    }

    /// A JSON file whose name tells nothing, by what it holds.
    fn tell(&mut self, path: &str, place: &Path, content: Vec<u8>) {
        let name = path.rsplit('/').next().unwrap_or(path);
        let stem = name.trim_end_matches(".json");
        let taken = match serde_json::from_slice::<Value>(&content) {
            Ok(Value::Array(items)) => match items.first() {
                Some(Value::Object(item)) if item.contains_key("uid") => {
                    Some(format!("entities/{name}"))
                }
                Some(Value::Object(item))
                    if item.contains_key("request") && item.contains_key("decision") =>
                {
                    Some(format!("tests/{name}"))
                }
                Some(Value::Object(item)) if item.contains_key("template_id") => {
                    Some(format!("links/{name}"))
                }
                _ => None,
            },
            Ok(Value::Object(object)) if is_schema(&object) => {
                Some(format!("{stem}.cedarschema.json"))
            }
            Ok(Value::Object(object)) if is_request(&object) => {
                let why = "a request without the decision it should have: file it under `ALLOW/` or `DENY/`";
                return self.leave(path, why);
            }
            _ => None,
        };
        match taken {
            Some(to) if self.files.contains_key(&to) => {
                self.leave(path, &format!("`{to}` is there already"));
            }
            Some(to) => {
                self.files.insert(to, content.into());
            }
            None if is_log(place) => self.logs.push(place.to_owned()),
            None => self.others += 1,
        }
    }

    fn leave(&mut self, path: &str, why: &str) {
        let (path, why) = (path.to_owned(), why.to_owned());
        self.left.push(LeftFile { path, why });
    }

    /// Gives it settings, if it has none: its name, and what a bundle's manifest says of its modules.
    fn settle(&mut self) {
        self.logs.sort_unstable();
        let manifest = self.files.remove(rego::MANIFEST);
        let said: Option<Value> = manifest.and_then(|text| serde_json::from_slice(&text).ok());
        let version = said.and_then(|said| said.get("rego_version")?.as_u64());
        self.files
            .entry(manifest::FILE.to_owned())
            .or_insert_with(|| {
                let name = toml::Value::String(self.name.clone());
                let mut text = format!("name = {name}\n");
                if let Some(version) = version {
                    text += &format!("\n[rego]\nversion = {version}\n");
                }
                text.into_bytes().into()
            });
    }

    /// As a window shows it; `here` are the files of the open workspace.
    #[must_use]
    pub fn view(&self, place: &str, here: Option<&Files>) -> ProjectView {
        let checked = check(&self.files);
        let of = |part: &str, kinds: &[FileKind], holds: u64| {
            let fits = |path: &&String| policy::kind(path).is_some_and(|it| kinds.contains(&it));
            let files = self.files.keys().filter(fits).cloned().collect();
            let part = part.to_owned();
            ProjectPart { part, files, holds }
        };
        let set = &checked.compiled.set;
        let cedar = set.policies().len() + set.templates();
        let parts = [
            of("policies", &[FileKind::Policies], cedar as u64),
            of("modules", &[FileKind::Rego], checked.rules().len() as u64),
            of("schema", &[FileKind::Schema], 0),
            of(
                "entities",
                &[FileKind::Entities],
                checked.compiled.entities.len() as u64,
            ),
            of("data", &[FileKind::RegoData], 0),
            of("links", &[FileKind::Links], 0),
            of("tests", &[FileKind::Tests], 0),
        ];
        let (mut added, mut kept) = (0, Vec::new());
        for (path, content) in &self.files {
            match here.and_then(|here| here.get(path)) {
                None => added += 1,
                Some(there) if there == content => {}
                Some(_) => kept.push(path.clone()),
            }
        }
        let severe = |it: &&model::Problem| it.severity == model::Severity::Error;
        let mut left = self.left.clone();
        let unnamed = left.len().saturating_sub(NAMED) as u64;
        left.truncate(NAMED);
        ProjectView {
            path: place.to_owned(),
            name: self.name.clone(),
            parts: parts
                .into_iter()
                .filter(|it| !it.files.is_empty())
                .collect(),
            logs: self.logs.iter().map(|log| found(log)).collect(),
            left,
            others: self.others + unnamed,
            problems: checked.problems.iter().filter(severe).cloned().collect(),
            added,
            kept,
        }
    }

    /// Makes a workspace of it in a folder that is not there yet or empty.
    ///
    /// # Errors
    /// `workspace_exists`, `file_write`. Either all of it is there or nothing.
    pub fn make(&self, folder: &Path) -> Result<(), Error> {
        let files: Vec<(&str, &[u8])> = self
            .files
            .iter()
            .map(|(path, content)| (path.as_str(), &**content))
            .collect();
        sample::write_new(folder, &files, |_| Ok(()))
    }

    /// Adds what is new to the workspace at `root`; the files that were written. What is there stays as it is.
    ///
    /// # Errors
    /// `engine_mixed` when the workspace is of the other engine, `file_write`, `file_outside`; then nothing was added.
    pub fn add(&self, root: &Path, here: &Files) -> Result<Vec<CreatedFile>, Error> {
        let is = |files: &Files, kind| files.keys().any(|path| policy::kind(path) == Some(kind));
        let mixed = |a: &Files, b: &Files| is(a, FileKind::Policies) && is(b, FileKind::Rego);
        if mixed(here, &self.files) || mixed(&self.files, here) {
            let message = format!("`{}` and the workspace are of different engines", self.name);
            return Err(model::Failure::new(model::Code::EngineMixed, message).into());
        }
        let mut created = Vec::new();
        for (path, content) in &self.files {
            if here.contains_key(path) {
                continue;
            }
            let written = path::inside(root, path).and_then(|place| match place.exists() {
                true => Ok(false),
                false => disk::replace(&place, content)
                    .map(|()| true)
                    .map_err(Error::write(&place)),
            });
            match written {
                Ok(true) => created.push(CreatedFile {
                    path: path.clone(),
                    digest: digest(content),
                }),
                Ok(false) => {}
                Err(error) => {
                    take_back(root, &created);
                    return Err(error);
                }
            }
        }
        Ok(created)
    }
}

/// Removes files that were added, those that nobody changed since; the others are named.
pub fn take_back(root: &Path, created: &[CreatedFile]) -> Vec<String> {
    let mut kept = Vec::new();
    for file in created {
        let removed = path::inside(root, &file.path).ok().is_some_and(|place| {
            let same = fs::read(&place).is_ok_and(|content| digest(&content) == file.digest);
            same && fs::remove_file(&place).is_ok()
        });
        if !removed {
            kept.push(file.path.clone());
        }
    }
    kept
}

fn digest(content: &[u8]) -> String {
    evidence::hex(&evidence::sha256(&[content]))
}

fn found(log: &Path) -> FoundLog {
    FoundLog {
        path: log.display().to_string(),
        bytes: log.metadata().map_or(0, |meta| meta.len()),
    }
}

/// The beginning of a file can be imported as a decision log.
pub(crate) fn is_log(place: &Path) -> bool {
    let Ok(file) = File::open(place) else {
        return false;
    };
    let name = place.display().to_string();
    let sample = Source::Reader(name, Box::new(file.take(SAMPLE)));
    let go_on = &mut |_, _| ControlFlow::Continue(());
    let built = decisions::import(vec![sample], 1, go_on).and_then(decisions::Builder::build);
    built.is_ok_and(|(_, import)| import.rows > 0)
}

/// A schema in JSON: namespaces, each with entity types and actions.
pub(crate) fn is_schema(object: &serde_json::Map<String, Value>) -> bool {
    let namespace = |it: &Value| it.get("entityTypes").is_some() && it.get("actions").is_some();
    !object.is_empty() && object.values().all(namespace)
}

fn is_request(object: &serde_json::Map<String, Value>) -> bool {
    let names = ["principal", "action", "resource"];
    names.iter().all(|name| object.contains_key(*name)) && !object.contains_key("decision")
}
