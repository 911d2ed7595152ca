//! The sample workspace, Northwind Records, which the program carries with it. A user's own copy is a git repository with
//! one commit, so that edits have something to be compared with and nothing can be broken for good. `receipts` gives it evidence.

mod receipts;

use std::{fs, io, path::Path};

use policy::Files;

use crate::{Error, git, scan};

pub(crate) use receipts::{KEY, make, passphrase};
pub use receipts::{SampleEvidence, evidence};

const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/sample.rs"));

const AUTHOR: (&str, &str) = ("Northwind Records", "records@northwind.example");
/// 2026-10-01T08:00:00Z, just before the sample's log begins.
const COMMITTED_AT: i64 = 1_790_841_600;
const MESSAGE: &str = "Northwind Records: policies in force";

/// The sample's files, as [`crate::read_workspace`] reads those of a copy.
#[must_use]
pub fn files() -> Files {
    let belongs = FILES.iter().filter(|(path, _)| scan::belongs(path));
    belongs
        .map(|(path, content)| ((*path).to_owned(), (*content).into()))
        .collect()
}

/// Makes a copy of the sample in a folder that is not there yet or empty.
///
/// # Errors
/// `workspace_exists` when something is there; `file_write`. Either the whole copy is made or nothing.
pub fn copy_to(folder: &Path) -> Result<(), Error> {
    write_new(folder, FILES, |folder| {
        git::commit_all(folder, AUTHOR, COMMITTED_AT, MESSAGE)
    })
}

/// Fills a folder that is not there yet or empty, and finishes it, out of sight; then puts it in its place in one step.
pub(crate) fn write_new(
    folder: &Path,
    files: &[(&str, &[u8])],
    finish: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<(), Error> {
    if !is_free(folder)? {
        return Err(Error::NotEmpty(folder.display().to_string()));
    }
    // `.` has no name of its own to put a folder beside it.
    let folder = &std::path::absolute(folder).map_err(Error::write(folder))?;
    // A folder that is there may be somebody's current one, so it is filled and not replaced.
    let there = folder.is_dir();
    let unfinished = if there {
        folder.join(".unfinished")
    } else {
        disk::beside(folder)
    };
    let place = |from: &Path, to: &Path| fs::rename(from, to).map_err(Error::write(to));
    let made = fill(&unfinished, files)
        .and_then(|()| finish(&unfinished))
        .and_then(|()| {
            if !there {
                return place(&unfinished, folder);
            }
            for entry in fs::read_dir(&unfinished).map_err(Error::read(&unfinished))? {
                let entry = entry.map_err(Error::read(&unfinished))?;
                place(&entry.path(), &folder.join(entry.file_name()))?;
            }
            fs::remove_dir(&unfinished).map_err(Error::write(&unfinished))
        });
    if made.is_err() {
        // The error that matters is the first one.
        let _ = fs::remove_dir_all(&unfinished);
    }
    made
}

/// Nothing is there, or an empty folder.
pub(crate) fn is_free(folder: &Path) -> Result<bool, Error> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(false),
        Err(error) => Err(Error::read(folder)(error)),
    }
}

fn fill(folder: &Path, files: &[(&str, &[u8])]) -> Result<(), Error> {
    for (path, content) in files {
        let path = path
            .split('/')
            .fold(folder.to_owned(), |place, part| place.join(part));
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(Error::write(parent))?;
        fs::write(&path, content).map_err(Error::write(&path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use model::Code;

    use super::*;

    #[test]
    fn a_copy_is_whole_committed_and_not_made_twice() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("deep/northwind");
        copy_to(&place).unwrap();
        assert!(scan::read_workspace(&place).unwrap() == files());
        let head = git::head(&place).unwrap().unwrap();
        assert!(head.files == files());
        assert_eq!(copy_to(&place).unwrap_err().code(), Code::WorkspaceExists);
        assert_eq!(fs::read_dir(place.parent().unwrap()).unwrap().count(), 1);
        let empty = folder.path().join("empty");
        fs::create_dir(&empty).unwrap();
        copy_to(&empty).unwrap();
        assert_eq!(git::head(&empty).unwrap().unwrap().commit, head.commit);
    }

    #[test]
    fn a_file_in_the_way_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("northwind");
        fs::write(&place, "mine").unwrap();
        assert_eq!(copy_to(&place).unwrap_err().code(), Code::WorkspaceExists);
        assert_eq!(fs::read_to_string(&place).unwrap(), "mine");
    }
}
