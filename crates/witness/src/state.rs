//! What a witness cosigned last of each log: one file a log, the cosigned checkpoint itself, named by the SHA-256 of the
//! log's origin. A file that cannot be understood is an error, never a log that was not seen before.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use evidence::{
    checkpoint::Checkpoint,
    ed25519::Signer,
    hex,
    note::{Kind, Note, VerifierKey},
    sha256,
};

use crate::{Error, Refusal, Request};

/// What a witness remembers.
pub struct State {
    folder: PathBuf,
    /// INVARIANT: comparing with what was cosigned last and replacing it happen under this lock.
    one_at_a_time: Mutex<()>,
    _lock: File,
}

/// How a witness is called, and what signs for it.
pub struct Name<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its key.
    pub signer: &'a dyn Signer,
}

impl Name<'_> {
    /// Its key as trust policies write it.
    ///
    /// # Errors
    /// [`evidence::Error::Form`] for a name that is none.
    pub fn verifier(&self) -> Result<VerifierKey, evidence::Error> {
        VerifierKey::new(self.name, Kind::Cosignature, self.signer.public())
    }
}

/// The name of what is remembered of a log: also its path in the witness's own address.
#[must_use]
pub fn log_id(origin: &str) -> String {
    hex(&sha256(&[origin.as_bytes()]))
}

impl State {
    /// Opens what is remembered in a folder, and makes the folder if there is none.
    ///
    /// # Errors
    /// [`Error::State`]; [`Error::Locked`] when another witness uses it.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let failed = |source| Error::State {
            path: folder.display().to_string(),
            source,
        };
        fs::create_dir_all(folder).map_err(failed)?;
        let lock = File::options()
            .append(true)
            .create(true)
            .open(folder.join("witness.lock"))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                folder: folder.to_owned(),
                one_at_a_time: Mutex::default(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(Error::Locked(folder.display().to_string())),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    fn path(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.checkpoint"))
    }

    /// The cosigned checkpoint of a log, by [`log_id`].
    ///
    /// # Errors
    /// [`Error::State`].
    pub fn last(&self, id: &str) -> Result<Option<String>, Error> {
        let path = self.path(id);
        match fs::read_to_string(&path) {
            Ok(note) => Ok(Some(note)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::State {
                path: path.display().to_string(),
                source,
            }),
        }
    }

    /// Cosigns what follows on what was cosigned last, at `time` in seconds since 1970, and returns the signature line. It is
    /// on the disk by then.
    ///
    /// # Errors
    /// [`Error::State`], [`Error::Damaged`]: nothing was cosigned. The inner error is why the log is refused.
    pub fn cosign(
        &self,
        request: &Request,
        witness: &Name<'_>,
        time: u64,
    ) -> Result<Result<String, Refusal>, Error> {
        let _one = self
            .one_at_a_time
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let head = request.head();
        let id = log_id(&head.origin);
        let last = match self.last(&id)? {
            None => None,
            Some(note) => {
                let known = Note::parse(note.as_bytes())
                    .and_then(|note| Checkpoint::parse(&note.text))
                    .ok()
                    .filter(|known| known.origin == head.origin);
                let damaged = || Error::Damaged(self.path(&id).display().to_string());
                let known = known.ok_or_else(damaged)?;
                Some((known.size, known.root))
            }
        };
        if let Err(refusal) = request.follows(last) {
            return Ok(Err(refusal));
        }
        let mut cosigned = request.note.clone();
        cosigned.cosign(witness.name, witness.signer, time)?;
        let line = cosigned
            .signatures
            .last()
            .map(|line| format!("{line}\n"))
            .unwrap_or_default();
        let path = self.path(&id);
        disk::replace(&path, cosigned.to_string().as_bytes()).map_err(|source| Error::State {
            path: path.display().to_string(),
            source,
        })?;
        Ok(Ok(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::tests::{ORIGIN, body, growth, key, log, tree};

    fn cosign(state: &State, old: u64, size: u64, fork: u8) -> Result<u16, Error> {
        let body = body(&growth(&tree(size, fork), old, 1));
        let request = Request::read(body.as_bytes(), &[log()]).unwrap();
        let name = Name {
            name: "w",
            signer: &key(9),
        };
        let answer = state.cosign(&request, &name, 77)?;
        Ok(answer.map_or_else(|refusal| refusal.status(), |_| 200))
    }

    #[test]
    fn what_was_cosigned_outlives_the_witness() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path()).unwrap();
        assert!(matches!(State::open(folder.path()), Err(Error::Locked(_))));
        assert_eq!(cosign(&state, 0, 7, 0).unwrap(), 200);
        drop(state);
        let state = State::open(folder.path()).unwrap();
        assert_eq!(cosign(&state, 0, 9, 1).unwrap(), 409);
        assert_eq!(cosign(&state, 7, 9, 1).unwrap(), 422);
        assert_eq!(cosign(&state, 7, 9, 0).unwrap(), 200);
        let note = state.last(&log_id(ORIGIN)).unwrap().unwrap();
        let witness = VerifierKey::new("w", Kind::Cosignature, key(9).public()).unwrap();
        let (head, signed) =
            evidence::checkpoint::open(note.as_bytes(), &[log()], &[witness]).unwrap();
        assert_eq!((head.size, signed.len(), signed[1].time), (9, 2, 77));
    }

    #[test]
    fn what_cannot_be_understood_is_not_taken_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path()).unwrap();
        cosign(&state, 0, 7, 0).unwrap();
        let path = state.path(&log_id(ORIGIN));
        let whole = fs::read_to_string(&path).unwrap();
        for bad in [
            "",
            &whole[..40],
            &whole.replace(ORIGIN, "example.com/other"),
        ] {
            fs::write(&path, bad).unwrap();
            assert!(
                matches!(cosign(&state, 0, 9, 1), Err(Error::Damaged(_))),
                "{bad}"
            );
        }
    }

    const FOLDER: &str = "WITNESS_TEST_FOLDER";

    /// Cosigns a log that grows until it is killed, when started by the test below; does nothing in an ordinary run.
    #[test]
    fn child() {
        let Some(folder) = std::env::var_os(FOLDER) else {
            return;
        };
        let state = State::open(Path::new(&folder)).unwrap();
        let last = state.last(&log_id(ORIGIN)).unwrap();
        let mut old = last.map_or(0, |note| {
            let note = Note::parse(note.as_bytes()).unwrap();
            Checkpoint::parse(&note.text).unwrap().size
        });
        loop {
            assert_eq!(cosign(&state, old, old + 1, 0).unwrap(), 200);
            old += 1;
            println!("\ncosigned {old} .");
        }
    }

    #[test]
    fn a_kill_at_any_moment_forgets_nothing_that_was_cosigned() {
        use std::io::{BufRead as _, BufReader};
        let folder = tempfile::tempdir().unwrap();
        let mut most = 0;
        for round in 0..24 {
            let mut child = std::process::Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "state::tests::child", "--nocapture"])
                .env(FOLDER, folder.path())
                .stdout(std::process::Stdio::piped())
                .spawn()
                .unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let mut heard = 0;
            for line in lines.map_while(Result::ok) {
                let size = line
                    .strip_prefix("cosigned ")
                    .and_then(|rest| rest.strip_suffix(" ."));
                if let Some(size) = size {
                    most = size.parse::<u64>().unwrap();
                    heard += 1;
                    if heard == 1 + round % 5 {
                        child.kill().unwrap();
                    }
                }
            }
            child.wait().unwrap();
            let state = State::open(folder.path()).unwrap();
            let note = state.last(&log_id(ORIGIN)).unwrap().unwrap();
            let note = Note::parse(note.as_bytes()).unwrap();
            let known = Checkpoint::parse(&note.text).unwrap();
            assert!(
                known.size >= most,
                "{most} was cosigned, and {} is known",
                known.size
            );
            // Whoever shows another history, from any size, is refused.
            assert_ne!(
                cosign(&state, known.size.max(6), known.size.max(6) + 1, 3).unwrap(),
                200
            );
        }
    }

    #[test]
    fn of_many_who_ask_at_once_one_history_is_cosigned() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path()).unwrap();
        cosign(&state, 0, 5, 0).unwrap();
        let good: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (1..=8)
                .map(|fork| {
                    let state = &state;
                    scope.spawn(move || usize::from(cosign(state, 5, 9, fork).unwrap() == 200))
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .sum()
        });
        assert_eq!(good, 1);
    }
}
