//! What need not be done again. A stamp holds a digest of everything a step reads; the step is skipped when the digest is
//! still the same and its results are still there. Cargo is its own stamp.

use std::{
    fs,
    hash::{DefaultHasher, Hasher},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use crate::{
    project::Project,
    step::{Done, Failed, While},
};

/// A digest of files, and of all files below folders: their names and contents.
pub fn digest(root: &Path, inputs: &[&str]) -> Result<String, Failed> {
    let mut files = Vec::new();
    for input in inputs {
        let path = root.join(input);
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    // Only ever compared with what the same program wrote, so the standard hasher is good enough.
    let mut hasher = DefaultHasher::new();
    for file in files {
        let bytes = fs::read(&file).during(format_args!("reading `{}`", file.display()))?;
        let name = file.strip_prefix(root).unwrap_or(&file);
        hasher.write(name.to_string_lossy().as_bytes());
        hasher.write_usize(bytes.len());
        hasher.write(&bytes);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Every file below a folder, sorted.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Failed> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let reading = format!("reading `{}`", folder.display());
        for entry in fs::read_dir(&folder).during(&reading)? {
            let path = entry.during(&reading)?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Does the work unless its stamp says that it was done with the same inputs and its results are still there.
pub fn unless_done(
    project: &Project,
    name: &str,
    digest: &str,
    results: &[PathBuf],
    work: impl FnOnce() -> Result<Done, Failed>,
) -> Result<Done, Failed> {
    let stamp = project.kept("stamps").join(name);
    let same = fs::read_to_string(&stamp).is_ok_and(|kept| kept == digest);
    if same && results.iter().all(|result| result.exists()) {
        return Ok(Done::UpToDate);
    }
    let done = work()?;
    write_if_different(&stamp, digest.as_bytes())?;
    Ok(done)
}

/// Writes a file only when its content changes, so that its time tells others whether there is something to do.
pub fn write_if_different(path: &Path, content: &[u8]) -> Result<Done, Failed> {
    let writing = format!("writing `{}`", path.display());
    match fs::read(path) {
        Ok(old) if old == content => return Ok(Done::UpToDate),
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).during(writing),
        _ => {}
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).during(&writing)?;
    }
    fs::write(path, content).during(&writing)?;
    Ok(Done::With(format!("{} bytes", content.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(root: &Path) -> Project {
        Project {
            root: root.to_owned(),
            target: root.join("target"),
        }
    }

    #[test]
    fn a_digest_follows_content_and_names_below_folders() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("src/a"), "one").unwrap();
        let of = |folder: &Path| digest(folder, &["src"]).unwrap();
        let first = of(folder.path());
        assert_eq!(first, of(folder.path()));
        fs::write(folder.path().join("src/a"), "two").unwrap();
        let second = of(folder.path());
        assert_ne!(first, second);
        fs::rename(folder.path().join("src/a"), folder.path().join("src/b")).unwrap();
        assert_ne!(second, of(folder.path()));
    }

    #[test]
    fn work_is_done_once_and_again_when_input_or_result_changes() {
        let folder = tempfile::tempdir().unwrap();
        let project = project(folder.path());
        let result = folder.path().join("result");
        let mut times = 0;
        let mut work = |digest: &str| {
            let done = unless_done(
                &project,
                "work",
                digest,
                std::slice::from_ref(&result),
                || {
                    times += 1;
                    fs::write(&result, "made").during("making")?;
                    Ok(Done::Did)
                },
            );
            matches!(done, Ok(Done::UpToDate))
        };
        assert!(!work("a"));
        assert!(work("a"));
        assert!(!work("b"));
        fs::remove_file(&result).unwrap();
        assert!(!work("b"));
        assert_eq!(times, 3);
    }

    #[test]
    fn failed_work_leaves_no_stamp() {
        let folder = tempfile::tempdir().unwrap();
        let project = project(folder.path());
        let broken = unless_done(&project, "work", "a", &[], || {
            Err(Failed::new("no", "try again"))
        });
        assert!(broken.is_err());
        assert!(matches!(
            unless_done(&project, "work", "a", &[], || Ok(Done::Did)),
            Ok(Done::Did)
        ));
    }

    #[test]
    fn an_unchanged_file_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/file");
        assert!(matches!(write_if_different(&path, b"x"), Ok(Done::With(_))));
        assert!(matches!(
            write_if_different(&path, b"x"),
            Ok(Done::UpToDate)
        ));
        assert!(matches!(write_if_different(&path, b"y"), Ok(Done::With(_))));
    }
}
