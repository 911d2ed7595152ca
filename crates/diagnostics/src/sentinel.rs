//! A file that is there while a Studio runs, and locked. Found without its lock, whoever made it did not come to its end: a
//! crash, a `kill -9`, a power cut. That is told once, because the finder takes the file over.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

/// The file.
const FILE: &str = "running.json";
/// More than this nobody writes into it.
const LONGEST: u64 = 4096;

/// A run that did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// The version of the program that ran.
    pub version: String,
    /// When it was started, seconds since 1970 UTC.
    pub since: u64,
}

/// Says that this run is not over.
pub struct Sentinel {
    path: PathBuf,
    /// Locked; nothing after the end, or while another Studio holds it.
    file: Option<File>,
}

impl Sentinel {
    /// Begins a run: the run before, if it ended badly, comes back. While another Studio of this user runs, that one has the
    /// file, and nothing is known of this one.
    ///
    /// # Errors
    /// The folder cannot be written. Nothing is then known of how this run ends.
    pub fn begin(folder: &Path, version: &str, now: u64) -> io::Result<(Self, Option<Ended>)> {
        fs::create_dir_all(folder)?;
        let path = folder.join(FILE);
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok((Self { path, file: None }, None)),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut found = String::new();
        // What is not ours or was cut off says all the same that somebody did not come to an end.
        let _ = (&mut file).take(LONGEST).read_to_string(&mut found);
        let ended = (!found.is_empty()).then(|| {
            serde_json::from_str(&found).unwrap_or(Ended {
                version: String::new(),
                since: 0,
            })
        });
        let this = Ended {
            version: version.to_owned(),
            since: now,
        };
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(serde_json::to_string(&this)?.as_bytes())?;
        file.sync_all()?;
        let file = Some(file);
        Ok((Self { path, file }, ended))
    }

    /// The run is over, and well.
    pub fn end(&mut self) {
        if let Some(file) = self.file.take() {
            // Emptied first: a file that cannot be removed then says nothing.
            let _ = file.set_len(0);
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead as _, BufReader},
        process::{Command, Stdio},
    };

    use super::*;

    const FOLDER: &str = "SENTINEL_TEST_FOLDER";

    /// Begins a run and waits to be killed, when started by the test below; does nothing in an ordinary run.
    #[test]
    fn child() {
        let Some(folder) = std::env::var_os(FOLDER) else {
            return;
        };
        let begun = Sentinel::begin(Path::new(&folder), "0.9.0", 7).unwrap();
        println!("\nbegun {}", begun.1.is_none());
        // Until the one who reads this line has killed us.
        let _ = io::stdin().read_line(&mut String::new());
        unreachable!("killed while it waits");
    }

    #[test]
    fn a_killed_run_is_told_once_and_one_that_ended_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sentinel::tests::child", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = lines.map_while(Result::ok);
        assert!(said.any(|line| line == "begun true"));

        // While it runs, a second one learns nothing and takes nothing away.
        let (mut second, ended) = Sentinel::begin(folder.path(), "1.0.0", 8).unwrap();
        assert_eq!(ended, None);
        second.end();
        child.kill().unwrap();
        child.wait().unwrap();

        let (mut next, ended) = Sentinel::begin(folder.path(), "1.0.0", 9).unwrap();
        let killed = Ended {
            version: "0.9.0".into(),
            since: 7,
        };
        assert_eq!(ended, Some(killed));
        next.end();
        let (mut after, ended) = Sentinel::begin(folder.path(), "1.0.0", 10).unwrap();
        assert_eq!(ended, None, "told once");
        after.end();
        assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
    }

    #[test]
    fn a_file_that_is_not_ours_tells_that_something_ended_badly() {
        let folder = tempfile::tempdir().unwrap();
        for content in ["{\"version\":\"0.9.0\",\"si", "garbage", "\0\0\0"] {
            fs::write(folder.path().join(FILE), content).unwrap();
            let (mut sentinel, ended) = Sentinel::begin(folder.path(), "1.0.0", 9).unwrap();
            assert_eq!(ended.unwrap().since, 0, "{content}");
            sentinel.end();
        }
        fs::write(folder.path().join("in-the-way"), "").unwrap();
        assert!(Sentinel::begin(&folder.path().join("in-the-way/x"), "1", 9).is_err());
    }
}
