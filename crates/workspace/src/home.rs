//! Where a Studio keeps what it remembers of a workspace: drafts, history, the compact log, what scenario packs found.
//!
//! **One rule.** That is `.fabric` inside the workspace, for the one Studio that holds its lock. Whatever stands in the way
//! of it (another Studio, a read-only folder, a full disk, a damaged or newer database), the workspace opens all the same, a
//! notice names the reason, and drafts are kept in the user's own state folder instead; when that is not to be had either,
//! they live as long as the window, and a second notice says so. The next Studio that gets `.fabric` takes drafts from
//! the state folder home. So no edit depends on the health of one file, and nothing that cannot be understood is touched.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    sync::Mutex,
};

use model::{Code, Failure};
use sha2::{Digest, Sha256};
use store::{Draft, History, Lock};

use crate::git;

/// Folder of a workspace's own memory.
const FOLDER: &str = ".fabric";
/// The compact log in it.
const LOG: &str = "log.tfl";
/// What people thought of the guard's blocks.
const JUDGEMENTS: &str = "guard.jsonl";

/// The user's folders. `XDG_DATA_HOME` and `XDG_STATE_HOME` are honoured everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// Settings, recently opened workspaces, the user's copy of the sample.
    pub data: PathBuf,
    /// Memory of workspaces that cannot hold it themselves.
    pub state: PathBuf,
}

impl Folders {
    /// The folders of this user, by the conventions of the system.
    #[must_use]
    pub fn of_user() -> Self {
        let home = env::var_os("HOME")
            .or_else(|| env::var_os("USERPROFILE"))
            .map_or_else(env::temp_dir, PathBuf::from);
        // The base directory specification: a relative path in these variables is to be ignored.
        let named = |name: &str| {
            env::var_os(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let (data, state) = if cfg!(target_os = "macos") {
            let support = home.join("Library/Application Support");
            (support.clone(), support)
        } else if cfg!(windows) {
            let local = named("LOCALAPPDATA").unwrap_or_else(|| home.join("AppData/Local"));
            (local.clone(), local)
        } else {
            (home.join(".local/share"), home.join(".local/state"))
        };
        Self {
            data: named("XDG_DATA_HOME").unwrap_or(data).join("trust-fabric"),
            state: named("XDG_STATE_HOME")
                .unwrap_or(state)
                .join("trust-fabric"),
        }
    }

    /// Whether what lies at a path is kept by the program itself: memory of a workspace, keys, marks of ledgers, settings. The copy of the
    /// sample is its user's. Links are followed; a path that is not there yet counts by the folder that is.
    #[must_use]
    pub fn owns(&self, path: &Path) -> bool {
        let Some(place) = real(path) else {
            return false;
        };
        let inside = |folder: &Path| real(folder).is_some_and(|folder| place.starts_with(folder));
        let sample = self.data.join("northwind");
        let own = [&self.data, &self.state];
        place.components().any(|part| part.as_os_str() == FOLDER)
            || own.iter().any(|folder| inside(folder)) && !inside(&sample)
    }

    /// Refuses what somebody named, to be written or to be a folder for what is, where the program keeps what is its own.
    ///
    /// # Errors
    /// `bad_call`.
    pub fn may_write_in(&self, path: &Path) -> Result<(), Failure> {
        if !self.owns(path) {
            return Ok(());
        }
        let message = format!(
            "`{}` is where Trust Fabric keeps what is its own, and is not written to",
            path.display()
        );
        let mut failure = Failure::new(Code::BadCall, message);
        "name a file elsewhere".clone_into(&mut failure.hint);
        Err(failure)
    }

    /// The same for a file, which is not written either where its folder is not there.
    ///
    /// # Errors
    /// `bad_call`, `file_write`.
    pub fn may_write(&self, path: &Path) -> Result<(), Failure> {
        self.may_write_in(path)?;
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        match folder.map(Path::metadata) {
            Some(Err(error)) => Err(unwritten(path, &error)),
            _ => Ok(()),
        }
    }

    /// Memory of the workspace at `root` outside of it.
    fn state_of(&self, root: &Path) -> PathBuf {
        let digest = Sha256::digest(root.as_os_str().as_encoded_bytes());
        let name: String = digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        self.state.join(name)
    }
}

/// A file that cannot be written, and why.
#[must_use]
pub fn unwritten(path: &Path, error: &io::Error) -> Failure {
    let code = match error.kind() {
        io::ErrorKind::StorageFull => Code::StoreFull,
        _ => Code::FileWrite,
    };
    let mut failure = Failure::new(code, format!("cannot write `{}`: {error}", path.display()));
    if code == Code::FileWrite {
        "check that the folder exists and that you may write to it".clone_into(&mut failure.hint);
    }
    failure
}

/// A path without links, as far as it is there.
fn real(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().or_else(|| {
        let folder = path.parent()?;
        let folder = match folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => folder,
        };
        Some(real(folder)?.join(path.file_name()?))
    })
}

/// The memory of an open workspace.
pub struct Home {
    /// Drafts and history.
    pub history: History,
    /// What stood in the way, and what it means.
    pub notices: Vec<Failure>,
    /// Another Studio has the workspace: files are not to be written.
    pub guest: bool,
    lock: Mutex<Option<Lock>>,
}

impl Home {
    /// Opens the memory of the workspace at `root` (canonical).
    #[must_use]
    pub fn open(root: &Path, folders: &Folders) -> Self {
        let inside = root.join(FOLDER);
        let outside = folders.state_of(root);
        let reason = match attempt(&inside) {
            Ok((history, lock)) => {
                let _ = fs::write(inside.join(".gitignore"), "*\n");
                let notices = take_home(&history, &inside, &outside);
                return Self {
                    history,
                    notices,
                    guest: false,
                    lock: Mutex::new(Some(lock)),
                };
            }
            Err(error) => error,
        };
        let guest = reason.code() == Code::StoreLocked;
        let kept = |place: &str| {
            if guest {
                format!(
                    "nothing can be saved here while the other Studio is open; edits are kept {place}"
                )
            } else {
                format!("edits are kept {place}")
            }
        };
        match attempt(&outside) {
            Ok((history, lock)) => {
                let notice = Failure::from(reason)
                    .with_details(kept(&format!("in `{}`", outside.display())));
                Self {
                    history,
                    notices: vec![notice],
                    guest,
                    lock: Mutex::new(Some(lock)),
                }
            }
            Err(second) => {
                let notices = vec![
                    Failure::from(reason).with_details(kept(
                        "in this window only: closing it loses what is not saved",
                    )),
                    Failure::from(second),
                ];
                // INVARIANT: a database in memory needs nothing that could be missing.
                #[expect(clippy::expect_used, reason = "there is nothing left to fall back to")]
                let history = History::in_memory().expect("SQLite opens a database in memory");
                Self {
                    history,
                    notices,
                    guest,
                    lock: Mutex::new(None),
                }
            }
        }
    }

    /// Lets the next Studio in, even while a job of this one is still running down.
    pub fn leave(&self) {
        self.lock
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take();
    }
}

fn attempt(folder: &Path) -> Result<(History, Lock), store::Error> {
    let lock = Lock::take(folder)?;
    Ok((History::open(folder)?, lock))
}

/// Moves drafts from `outside` to the history at `inside`. Two drafts of one file are both kept: the one at `outside` becomes
/// a file in `.fabric/rescued`, and a notice tells.
fn take_home(history: &History, inside: &Path, outside: &Path) -> Vec<Failure> {
    let mut notices = Vec::new();
    if !outside.join("studio.db").is_file() {
        return notices;
    }
    let Ok((away, _lock)) = attempt(outside) else {
        return notices;
    };
    let (Ok(home), Ok(drafts)) = (history.drafts(), away.drafts()) else {
        return notices;
    };
    for draft in drafts {
        let moved = match home.iter().find(|known| known.path == draft.path) {
            None => history.put_draft(&draft).is_ok(),
            Some(known) if known.text == draft.text => true,
            Some(_) => match rescue(inside, &draft) {
                Ok(place) => {
                    let message = format!(
                        "two Studios edited `{}`; the other one's text is kept in `{}`",
                        draft.path,
                        place.display()
                    );
                    notices.push(Failure::new(Code::FileConflict, message));
                    true
                }
                Err(_) => false,
            },
        };
        if moved {
            // Left behind it would merely be found, and be equal, the next time.
            let _ = away.remove_draft(&draft.path);
        }
    }
    notices
}

fn rescue(inside: &Path, draft: &Draft) -> io::Result<PathBuf> {
    let name = format!("{}-{}", draft.updated_at, draft.path.replace('/', "-"));
    let place = inside.join("rescued").join(name);
    disk::replace(&place, draft.text.as_bytes())?;
    Ok(place)
}

/// The compact log of the workspace at `root`, inside it or in the state folder: the one that was written last, because a
/// workspace may have become unwritable, or writable again, since its last import. Nothing when none was imported.
#[must_use]
pub fn log_to_read(root: &Path, folders: &Folders) -> Option<PathBuf> {
    let written = |path: &PathBuf| fs::metadata(path).and_then(|file| file.modified()).ok();
    [folders.state_of(root), root.join(FOLDER)]
        .into_iter()
        .map(|folder| folder.join(LOG))
        .filter(|path| path.is_file())
        .max_by_key(written)
}

/// Where a new compact log of the workspace at `root` is to be written: inside it when that is possible.
///
/// # Errors
/// When neither folder can be written.
pub fn log_to_write(root: &Path, folders: &Folders) -> Result<PathBuf, crate::Error> {
    Ok(to_write(root, folders)?.join(LOG))
}

/// Where judgements of the guard's blocks are appended.
///
/// # Errors
/// When neither folder can be written.
pub fn judgements_to_write(root: &Path, folders: &Folders) -> Result<PathBuf, crate::Error> {
    Ok(to_write(root, folders)?.join(JUDGEMENTS))
}

/// The files such judgements are in: first those of the state folder, then the workspace's own.
pub fn judgements_to_read(root: &Path, folders: &Folders) -> [PathBuf; 2] {
    [folders.state_of(root), root.join(FOLDER)].map(|folder| folder.join(JUDGEMENTS))
}

/// Where results of scenario packs are kept: the workspace's own database when that can be written.
///
/// # Errors
/// When neither folder can be written.
pub fn archive_to_write(root: &Path, folders: &Folders) -> Result<PathBuf, crate::Error> {
    to_write(root, folders)
}

/// Where such results are, without making anything: nothing when none were ever kept.
#[must_use]
pub fn archive_to_read(root: &Path, folders: &Folders) -> Option<PathBuf> {
    [root.join(FOLDER), folders.state_of(root)]
        .into_iter()
        .find(|folder| folder.join("studio.db").is_file())
}

/// Where a new ledger of the workspace at `root` is to be begun: inside it when that is possible; from a linked worktree of git, inside
/// the main one. `git worktree remove` takes a linked one away with all that git ignores in it, and channels belong to all of them.
///
/// # Errors
/// When neither folder can be written.
pub fn ledger_to_write(root: &Path, folders: &Folders) -> Result<PathBuf, crate::Error> {
    to_write(
        git::in_main_worktree(root).as_deref().unwrap_or(root),
        folders,
    )
}

/// The folders a ledger may be in, the one that counts before the others: those of the main worktree, then the workspace's own, which
/// goes before the state folder.
pub fn ledger_to_read(root: &Path, folders: &Folders) -> Vec<PathBuf> {
    let main = git::in_main_worktree(root);
    [main.as_deref(), Some(root)]
        .into_iter()
        .flatten()
        .flat_map(|root| [root.join(FOLDER), folders.state_of(root)])
        .collect()
}

fn to_write(root: &Path, folders: &Folders) -> Result<PathBuf, crate::Error> {
    let inside = root.join(FOLDER);
    let probe = disk::beside(&inside.join("probe"));
    let writable = fs::create_dir_all(&inside)
        .and_then(|()| fs::write(&probe, ""))
        .and_then(|()| fs::remove_file(&probe));
    if writable.is_ok() {
        if !inside.join(".gitignore").exists() {
            let _ = fs::write(inside.join(".gitignore"), "*\n");
        }
        return Ok(inside);
    }
    let outside = folders.state_of(root);
    fs::create_dir_all(&outside).map_err(crate::Error::write(&outside))?;
    Ok(outside)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Place {
        _keep: tempfile::TempDir,
        root: PathBuf,
        folders: Folders,
    }

    fn place() -> Place {
        let keep = tempfile::tempdir().unwrap();
        let base = keep.path().canonicalize().unwrap();
        fs::create_dir(base.join("w")).unwrap();
        Place {
            root: base.join("w"),
            folders: Folders {
                data: base.join("data"),
                state: base.join("state"),
            },
            _keep: keep,
        }
    }

    fn draft(path: &str, text: &str) -> Draft {
        Draft {
            path: path.into(),
            text: text.into(),
            base_digest: None,
            updated_at: 5,
        }
    }

    fn codes(home: &Home) -> Vec<Code> {
        home.notices.iter().map(|notice| notice.code).collect()
    }

    #[test]
    fn the_second_studio_is_told_and_its_drafts_come_home() {
        let Place {
            root,
            folders,
            _keep,
        } = place();
        let first = Home::open(&root, &folders);
        assert!(first.notices.is_empty() && !first.guest);
        let second = Home::open(&root, &folders);
        assert_eq!(
            (codes(&second), second.guest),
            (vec![Code::StoreLocked], true)
        );
        let third = Home::open(&root, &folders);
        assert_eq!(
            (codes(&third), third.guest),
            (vec![Code::StoreLocked, Code::StoreLocked], true)
        );

        first
            .history
            .put_draft(&draft("both.cedar", "of the first"))
            .unwrap();
        second
            .history
            .put_draft(&draft("both.cedar", "of the second"))
            .unwrap();
        second
            .history
            .put_draft(&draft("only.cedar", "of the second"))
            .unwrap();
        assert_eq!(
            first.history.drafts().unwrap(),
            [draft("both.cedar", "of the first")]
        );
        drop((first, second, third));

        let next = Home::open(&root, &folders);
        assert_eq!(codes(&next), [Code::FileConflict]);
        assert_eq!(
            next.history.drafts().unwrap(),
            [
                draft("both.cedar", "of the first"),
                draft("only.cedar", "of the second")
            ]
        );
        assert_eq!(
            fs::read_to_string(root.join(".fabric/rescued/5-both.cedar")).unwrap(),
            "of the second"
        );
        drop(next);
        assert!(Home::open(&root, &folders).notices.is_empty(), "told once");
    }

    #[test]
    fn who_leaves_lets_the_next_one_in() {
        let Place {
            root,
            folders,
            _keep,
        } = place();
        let first = Home::open(&root, &folders);
        first.leave();
        assert!(Home::open(&root, &folders).notices.is_empty());
    }

    #[test]
    fn a_damaged_or_newer_database_is_left_alone_and_drafts_are_kept_elsewhere() {
        for (content, code) in [
            (
                b"garbage that is no database".repeat(40),
                Code::StoreDamaged,
            ),
            (newer(), Code::StoreNewer),
        ] {
            let Place {
                root,
                folders,
                _keep,
            } = place();
            let database = root.join(".fabric/studio.db");
            fs::create_dir(root.join(".fabric")).unwrap();
            fs::write(&database, &content).unwrap();
            let home = Home::open(&root, &folders);
            assert_eq!((codes(&home), home.guest), (vec![code], false));
            home.history.put_draft(&draft("a.cedar", "x")).unwrap();
            drop(home);
            assert_eq!(fs::read(&database).unwrap(), content);
            fs::remove_file(&database).unwrap();
            assert_eq!(
                Home::open(&root, &folders).history.drafts().unwrap(),
                [draft("a.cedar", "x")]
            );
        }
    }

    fn newer() -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        drop(History::open(folder.path()).unwrap());
        let mut bytes = fs::read(folder.path().join("studio.db")).unwrap();
        bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
        bytes
    }

    #[test]
    fn a_log_goes_where_it_can_be_written() {
        let Place {
            root,
            folders,
            _keep,
        } = place();
        assert_eq!(log_to_read(&root, &folders), None);
        let path = log_to_write(&root, &folders).unwrap();
        assert_eq!(path, root.join(".fabric/log.tfl"));
        fs::remove_dir_all(root.join(".fabric")).unwrap();
        fs::write(root.join(".fabric"), "in the way").unwrap();
        let path = log_to_write(&root, &folders).unwrap();
        assert!(path.starts_with(&folders.state));
        fs::write(&path, "x").unwrap();
        assert_eq!(log_to_read(&root, &folders), Some(path));
    }
}
