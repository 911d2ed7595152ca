//! Reading a folder as a workspace. A file that cannot be read is named and passed over, so that it keeps nobody from the
//! others; links that lead out of the folder are not followed.

use std::{collections::BTreeMap, fs, io, path::Path, sync::Arc, time::SystemTime};

use model::{Code, Problem, Severity};
use policy::Files;

use crate::{Error, references, text};

/// A folder with more entries than this is no workspace but, say, somebody's whole disk.
const MOST_ENTRIES: usize = 200_000;
/// A file larger than this is no part of a workspace.
const MOST_BYTES: u64 = 512 << 20;

/// What tells that a file changed without reading it: length and time of the last change.
pub type Stamp = (u64, Option<SystemTime>);

/// True for what is part of a workspace: files of a [`policy::FileKind`], the manifest, a log's recipe, prepared edits,
/// what-ifs, what policies rest on.
#[must_use]
pub fn belongs(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let passed_over =
        |part: &str| part.starts_with('.') || part == "target" || part == "node_modules";
    !name.starts_with('.')
        && !(folders.split('/').any(passed_over))
        && (policy::kind(path).is_some()
            || matches!(path, "workspace.toml" | "log.toml" | references::FILE)
            || path.starts_with(references::FOLDER)
            || (matches!(folders, "stories" | "scenarios") && name.ends_with(".toml")))
}

/// Something among the files decides, in whichever engine.
#[must_use]
pub fn has_policies(files: &Files) -> bool {
    let decides = |path: &String| {
        matches!(
            policy::kind(path),
            Some(policy::FileKind::Policies | policy::FileKind::Rego)
        )
    };
    files.keys().any(decides)
}

/// The files of a workspace without their content.
///
/// # Errors
/// When `root` is no folder or cannot be read.
pub fn list(root: &Path) -> Result<BTreeMap<String, Stamp>, Error> {
    if !root.is_dir() {
        return Err(Error::NoWorkspace(root.display().to_string()));
    }
    let root = root.canonicalize().map_err(Error::read(root))?;
    let mut found = BTreeMap::new();
    let mut seen = 0;
    let mut folders = vec![(root.clone(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if prefix.is_empty() => return Err(Error::read(&folder)(error)),
            // A folder that went away meanwhile, or that is closed to us, holds nothing.
            Err(_) => continue,
        };
        for entry in entries {
            let entry = entry.map_err(Error::read(&folder))?;
            seen += 1;
            if seen > MOST_ENTRIES {
                return Err(Error::NoWorkspace(root.display().to_string()));
            }
            // A name that is not Unicode has no path in the workspace's own spelling: it is listed, and cannot be read.
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if kind.is_dir() {
                if !name.starts_with('.') && name != "target" && name != "node_modules" {
                    folders.push((entry.path(), format!("{path}/")));
                }
            } else if belongs(&path)
                && let Ok(meta) = fs::metadata(entry.path())
                && meta.is_file()
            {
                if kind.is_symlink()
                    && !entry
                        .path()
                        .canonicalize()
                        .is_ok_and(|real| real.starts_with(&root))
                {
                    continue;
                }
                found.insert(path, (meta.len(), meta.modified().ok()));
            }
        }
    }
    Ok(found)
}

/// A workspace as it is on disk.
#[derive(Clone, Debug, Default)]
pub struct OnDisk {
    /// Its files.
    pub files: Files,
    /// What they looked like when they were read.
    stamps: BTreeMap<String, Stamp>,
    /// A problem for each file that could not be read.
    pub unreadable: Vec<Problem>,
}

impl OnDisk {
    /// What was just written to a file, or that it is gone.
    pub fn note(&mut self, path: &str, place: &Path, content: Option<Arc<[u8]>>) {
        let stamp = fs::metadata(place).map(|meta| (meta.len(), meta.modified().ok()));
        match (content, stamp) {
            (Some(content), Ok(stamp)) => {
                self.stamps.insert(path.to_owned(), stamp);
                self.files.insert(path.to_owned(), content);
            }
            _ => {
                self.stamps.remove(path);
                self.files.remove(path);
            }
        }
    }
}

/// Reads a workspace. Content of `known` is taken over where the stamp is the same.
///
/// # Errors
/// When `root` is no folder or cannot be read.
pub fn read(root: &Path, known: &OnDisk) -> Result<OnDisk, Error> {
    let mut found = OnDisk::default();
    for (path, stamp) in list(root)? {
        let old = known.files.get(&path);
        let unchanged = stamp.1.is_some() && known.stamps.get(&path) == Some(&stamp);
        let content: io::Result<Arc<[u8]>> = match old.filter(|_| unchanged) {
            Some(content) => Ok(content.clone()),
            None if stamp.0 > MOST_BYTES => Err(io::ErrorKind::FileTooLarge.into()),
            None => fs::read(root.join(&path)).map(Arc::from),
        };
        match content {
            Ok(content) => {
                // The same content keeps its identity, so that what was compiled from it is still good.
                let content = old
                    .filter(|old| **old == content)
                    .cloned()
                    .unwrap_or(content);
                found.files.insert(path.clone(), content);
                found.stamps.insert(path, stamp);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // One of the characters that stand where a name is not Unicode; what went away meanwhile has none.
                if path.contains(char::REPLACEMENT_CHARACTER) {
                    let message = "its name is not Unicode: rename it";
                    let problem =
                        text::problem_of_file(Code::FileRead, Severity::Error, &path, message);
                    found.unreadable.push(problem);
                }
            }
            Err(error) => {
                let message = format!("cannot be read: {error}");
                let problem =
                    text::problem_of_file(Code::FileRead, Severity::Error, &path, message);
                found.unreadable.push(problem);
            }
        }
    }
    Ok(found)
}

/// The files of a folder that is a workspace.
///
/// # Errors
/// `workspace_missing` when it holds nothing that belongs to one, `file_read` when one of its files cannot be read.
pub fn read_workspace(root: &Path) -> Result<Files, Error> {
    let found = read(root, &OnDisk::default())?;
    if let Some(problem) = found.unreadable.first() {
        return Err(Error::Read {
            path: root.join(&problem.file).display().to_string(),
            source: io::Error::other(problem.message.clone()),
        });
    }
    if !found.files.keys().any(|path| policy::kind(path).is_some()) {
        return Err(Error::NoWorkspace(root.display().to_string()));
    }
    Ok(found.files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, path: &str, content: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    #[test]
    fn what_belongs_is_read_and_the_same_content_keeps_its_identity() {
        let folder = tempfile::tempdir().unwrap();
        for path in [
            "policies/a.cedar",
            "b.cedar",
            "workspace.toml",
            "stories/1.toml",
            ".git/c.cedar",
            "target/d.cedar",
            "x/.e.cedar",
            "notes.md",
        ] {
            write(folder.path(), path, path);
        }
        let first = read(folder.path(), &OnDisk::default()).unwrap();
        assert!(first.unreadable.is_empty());
        assert_eq!(
            first.files.keys().collect::<Vec<_>>(),
            [
                "b.cedar",
                "policies/a.cedar",
                "stories/1.toml",
                "workspace.toml"
            ]
        );
        write(folder.path(), "b.cedar", "other words");
        write(folder.path(), "policies/a.cedar", "policies/a.cedar");
        let second = read(folder.path(), &first).unwrap();
        assert!(Arc::ptr_eq(
            &first.files["policies/a.cedar"],
            &second.files["policies/a.cedar"]
        ));
        assert_eq!(&*second.files["b.cedar"], b"other words");
    }

    #[test]
    fn a_folder_that_holds_nothing_is_no_workspace() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "notes.md", "x");
        for path in [
            folder.path().to_owned(),
            folder.path().join("nowhere"),
            folder.path().join("notes.md"),
        ] {
            assert_eq!(
                read_workspace(&path).unwrap_err().code(),
                Code::WorkspaceMissing
            );
        }
        write(folder.path(), "only.cedarschema", "");
        assert_eq!(read_workspace(folder.path()).unwrap().len(), 1);
    }

    #[test]
    #[cfg(unix)]
    fn links_out_of_the_folder_and_in_circles_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        write(outside.path(), "secret.cedar", "x");
        write(folder.path(), "a.cedar", "x");
        let link = |to: &Path, name: &str| {
            std::os::unix::fs::symlink(to, folder.path().join(name)).unwrap()
        };
        link(&outside.path().join("secret.cedar"), "b.cedar");
        link(outside.path(), "c");
        link(folder.path(), "d");
        link(Path::new("a.cedar"), "e.cedar");
        link(Path::new("nowhere.cedar"), "f.cedar");
        assert_eq!(
            list(folder.path()).unwrap().into_keys().collect::<Vec<_>>(),
            ["a.cedar", "e.cedar"]
        );
    }
}
