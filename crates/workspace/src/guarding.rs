//! The record of what people thought of the guard's blocks: JSON lines beside the workspace's other memory.

use std::{
    fs::{self, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use crate::{Error, Folders, home};

/// Appends a line (with its end) to the record of the workspace at `root`. The path of the record comes back.
///
/// # Errors
/// `file_write`.
pub fn add_judgement(root: &Path, folders: &Folders, line: &str) -> Result<PathBuf, Error> {
    let path = home::judgements_to_write(root, folders)?;
    append(&path, line).map_err(Error::write(&path))?;
    Ok(path)
}

/// The record of the workspace at `root`; empty when there is none.
///
/// # Errors
/// `file_read`.
pub fn judgements(root: &Path, folders: &Folders) -> Result<String, Error> {
    let mut text = String::new();
    for path in home::judgements_to_read(root, folders) {
        match fs::read(&path) {
            // A line that is not UTF-8 is then one that cannot be read, and is counted as such.
            Ok(content) => text.push_str(&String::from_utf8_lossy(&content)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::read(&path)(error)),
        }
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
    }
    Ok(text)
}

fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .read(true)
        .open(path)?;
    // A line torn by a crash spoils itself and not this one.
    let mut last = [b'\n'];
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    let line = if last == *b"\n" {
        line.to_owned()
    } else {
        format!("\n{line}")
    };
    file.write_all(line.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_and_a_torn_one_spoils_only_itself() {
        let keep = tempfile::tempdir().unwrap();
        let root = keep.path().join("w");
        fs::create_dir(&root).unwrap();
        let folders = Folders {
            data: keep.path().join("data"),
            state: keep.path().join("state"),
        };
        assert_eq!(judgements(&root, &folders).unwrap(), "");
        let path = add_judgement(&root, &folders, "one\n").unwrap();
        assert!(path.starts_with(root.join(".fabric")), "{path:?}");
        let mut torn = fs::read(&path).unwrap();
        torn.extend_from_slice(b"to\xff");
        fs::write(&path, torn).unwrap();
        add_judgement(&root, &folders, "two\n").unwrap();
        assert_eq!(
            judgements(&root, &folders).unwrap(),
            "one\nto\u{fffd}\ntwo\n"
        );
    }
}
