//! Reading a folder as a workspace. A file that cannot be read is named and passed over, so that it keeps nobody from the
//! others; links that lead out of the folder are not followed.

use std::{collections::BTreeMap, fs, io, path::Path, sync::Arc, time::SystemTime};

use model::{Code, Problem, Severity};
use policy::Files;

use crate::{Error, text};

/// A folder with more entries than this is no workspace but, say, somebody's whole disk.
const MOST_ENTRIES: usize = 200_000;
/// A file larger than this is no part of a workspace.
const MOST_BYTES: u64 = 512 << 20;

/// What tells that a file changed without reading it: length and time of the last change.
pub type Stamp = (u64, Option<SystemTime>);

/// True for what is part of a workspace: files of a [`policy::FileKind`], the manifest, a log's recipe, prepared edits.
#[must_use]
pub fn belongs(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let passed_over =
        |part: &str| part.starts_with('.') || part == "target" || part == "node_modules";
    !name.starts_with('.')
        && !(folders.split('/').any(passed_over))
        && (policy::kind(path).is_some()
            || matches!(path, "workspace.toml" | "log.toml")
            || (folders == "stories" && name.ends_with(".toml")))
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
            // A name that is not Unicode has no path in the workspace's own spelling.
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
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

/// The files of a workspace, and a problem for each that could not be read. Content of `known` is taken over where the
/// stamp is the same.
///
/// # Errors
/// When `root` is no folder or cannot be read.
pub fn read(
    root: &Path,
    known: &(BTreeMap<String, Stamp>, Files),
) -> Result<((BTreeMap<String, Stamp>, Files), Vec<Problem>), Error> {
    let mut files = Files::new();
    let mut stamps = BTreeMap::new();
    let mut problems = Vec::new();
    for (path, stamp) in list(root)? {
        let unchanged = known
            .0
            .get(&path)
            .filter(|old| **old == stamp && stamp.1.is_some())
            .and_then(|_| known.1.get(&path));
        let content: io::Result<Arc<[u8]>> = match unchanged {
            Some(content) => Ok(content.clone()),
            None if stamp.0 > MOST_BYTES => Err(io::ErrorKind::FileTooLarge.into()),
            None => fs::read(root.join(&path)).map(Arc::from),
        };
        match content {
            Ok(content) => {
                // The same content keeps its identity, so that what was compiled from it is still good.
                let content = match known.1.get(&path) {
                    Some(old) if *old == content => old.clone(),
                    _ => content,
                };
                files.insert(path.clone(), content);
                stamps.insert(path, stamp);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => problems.push(text::problem_of_file(
                Code::FileRead,
                Severity::Error,
                &path,
                format!("cannot be read: {error}"),
            )),
        }
    }
    Ok(((stamps, files), problems))
}

/// The files of a folder that is a workspace.
///
/// # Errors
/// `workspace_missing` when it holds nothing that belongs to one, `file_read` when one of its files cannot be read.
pub fn read_workspace(root: &Path) -> Result<Files, Error> {
    let ((_, files), problems) = read(root, &Default::default())?;
    if let Some(problem) = problems.first() {
        return Err(Error::Read {
            path: root.join(&problem.file).display().to_string(),
            source: io::Error::other(problem.message.clone()),
        });
    }
    if !files.keys().any(|path| policy::kind(path).is_some()) {
        return Err(Error::NoWorkspace(root.display().to_string()));
    }
    Ok(files)
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
        let (first, problems) = read(folder.path(), &Default::default()).unwrap();
        assert!(problems.is_empty());
        assert_eq!(
            first.1.keys().collect::<Vec<_>>(),
            [
                "b.cedar",
                "policies/a.cedar",
                "stories/1.toml",
                "workspace.toml"
            ]
        );
        write(folder.path(), "b.cedar", "other words");
        write(folder.path(), "policies/a.cedar", "policies/a.cedar");
        let (second, _) = read(folder.path(), &first).unwrap();
        assert!(Arc::ptr_eq(
            &first.1["policies/a.cedar"],
            &second.1["policies/a.cedar"]
        ));
        assert_eq!(&*second.1["b.cedar"], b"other words");
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
