//! The witness of the sample. It runs in this process, on a port of loopback that the system chooses, so that what a witness does
//! can be seen without setting one up: it cosigns what the sample's ledger signs, and a trust file in the user's data folder
//! names both. Its key lies in the state folder, so it shows something and proves nothing; no other workspace gets it. It
//! is on nobody's way: without it everything works, and one sentence says so.

use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, mpsc},
    thread::{self, JoinHandle},
};

use evidence::{
    ed25519::SecretKey,
    hex,
    note::{Note, VerifierKey},
    unhex,
};
use model::{Code, Failure};
use witness::{
    Client, Name, State,
    server::{Witness, serve_while},
};

use crate::{
    Error, Folders, Ledger, LedgerKey, SampleEvidence,
    ledger::{
        random,
        trust::{Believed, Log, trust_file},
    },
    open::lock,
    replace_file,
};

/// What it is called.
const NAME: &str = "localhost/studio";
/// What its trust file says first.
const ABOUT: &str =
    "# For the sample alone: what cosigns here, and perhaps what signs, lies open on this machine.";
/// Requests in a minute; the Studio makes two for a checkpoint.
const PACE: u32 = 600;

/// Seconds since 1970.
type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Who watches over the sample.
pub(crate) struct Loopback {
    folders: Folders,
    clock: Clock,
    standing: Mutex<Option<Result<Running, Failure>>>,
    /// INVARIANT: held while a witness opens connections, and while those of this process are counted.
    quiet: Mutex<()>,
}

/// A witness that answers.
struct Running {
    address: SocketAddr,
    /// How a trust policy writes its key.
    vkey: String,
    /// Whom it watches over.
    log: Log,
    /// It ends when this does.
    alive: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<Result<(), witness::Error>>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.alive = None;
        if let Some(thread) = self.thread.take() {
            // Whoever begins the next one finds the state free.
            let _ = thread.join();
        }
    }
}

impl Loopback {
    pub(crate) fn new(folders: &Folders, clock: Clock) -> Self {
        Self {
            folders: folders.clone(),
            clock,
            standing: Mutex::default(),
            quiet: Mutex::default(),
        }
    }

    /// Where the user's copy of the sample is.
    pub(crate) fn sample(folders: &Folders) -> PathBuf {
        folders.data.join("northwind")
    }

    /// Whether a workspace (canonical) is that copy.
    pub(crate) fn watches(&self, root: &Path) -> bool {
        let sample = Self::sample(&self.folders).canonicalize();
        sample.is_ok_and(|sample| sample == root)
    }

    /// The trust file that names the ledger and the witness.
    pub(crate) fn trust_file(&self) -> PathBuf {
        SampleEvidence::beside(&Self::sample(&self.folders)).trust
    }

    /// Nobody opens a connection as long as this is held.
    pub(crate) fn quiet(&self) -> MutexGuard<'_, ()> {
        lock(&self.quiet)
    }

    /// Another workspace is opened, or none.
    pub(crate) fn leave(&self) {
        *lock(&self.standing) = None;
    }

    /// Has the witness cosign what was signed last, and begins it where that was not done yet; for the workspace at `root`
    /// (canonical), and only if that is the sample.
    pub(crate) fn watch(&self, root: &Path, ledger: &Ledger) {
        if self.watches(root) {
            // How it stands is told.
            let _ = self.cosign(ledger, &self.trust_file());
        }
    }

    /// The same for any ledger, with the trust file it is to have.
    pub(crate) fn cosign(&self, ledger: &Ledger, trust: &Path) -> Result<(), Failure> {
        let _quiet = self.quiet();
        let mut standing = lock(&self.standing);
        let running = match standing.take() {
            Some(Ok(running)) if running.fits(ledger) => Ok(running),
            // The one before must have ended: they have one state.
            other => {
                drop(other);
                self.begin(ledger, trust)
            }
        };
        let stands = standing.insert(running.and_then(|running| {
            running.cosign(ledger)?;
            Ok(running)
        }));
        stands.as_ref().map(|_| ()).map_err(Clone::clone)
    }

    /// How it stands with the witness of the workspace at `root` (canonical), in one sentence; nothing when it gets none.
    pub(crate) fn told(&self, root: &Path) -> Option<String> {
        if !self.watches(root) {
            return None;
        }
        Some(match lock(&self.standing).as_ref()? {
            Ok(running) => format!(
                "A witness in this Studio, at {}, cosigns its checkpoints; the trust file `{}` names both.",
                running.address,
                self.trust_file().display()
            ),
            Err(failure) => format!(
                "No witness cosigns its checkpoints ({}); everything else works.",
                failure.message
            ),
        })
    }

    fn begin(&self, ledger: &Ledger, path: &Path) -> Result<Running, Failure> {
        let folder = self.folders.state.join("witness");
        // Its lock first: of two Studios one makes the key.
        let state = State::open(&folder.join("logs"))?;
        let signer = key(&folder.join("key"))?;
        let info = ledger.info()?;
        let now = (self.clock)();
        let in_force = |key: &LedgerKey| key.until.is_none_or(|until| until > now);
        let keys: Vec<_> = info.keys.into_iter().filter(in_force).collect();
        let log = Log {
            origin: info.origin,
            keys,
            lost: false,
        };
        let logs = log.verifiers().map_err(Error::Evidence)?;
        let name = Name {
            name: NAME,
            signer: &signer,
        };
        let vkey = name.verifier().map_err(Error::Evidence)?.to_string();
        let trust = trust_file(&Believed {
            about: Some(ABOUT),
            logs: std::slice::from_ref(&log),
            witnesses: &[("studio".to_owned(), vkey.clone())],
            enough: 1,
        })
        .map_err(Error::Evidence)?;
        let clock = self.clock.clone();
        let witness = Witness {
            name: NAME.to_owned(),
            signer: Box::new(signer),
            logs,
            state,
            ledger: None,
            clock: Box::new(move || clock()),
            per_minute: PACE,
        };
        let (alive, ended) = mpsc::channel();
        let (send, ready) = mpsc::channel();
        let thread = thread::spawn(move || {
            let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            let tell = |address| {
                // Who waits for the address hears of an end as well: the channel is gone then.
                let _ = send.send(address);
            };
            serve_while(anywhere, witness, tell, ended)
        });
        let Ok(address) = ready.recv() else {
            let ended = thread.join().unwrap_or(Ok(()));
            let silent = || Failure::new(Code::WitnessSilent, "the witness ended at once");
            return Err(ended.err().map_or_else(silent, Failure::from));
        };
        let running = Running {
            address,
            vkey,
            log,
            alive: Some(alive),
            thread: Some(thread),
        };
        if fs::read_to_string(path).ok().as_deref() != Some(&trust) {
            replace_file(path, trust.as_bytes()).map_err(Error::write(path))?;
        }
        Ok(running)
    }
}

impl Running {
    fn fits(&self, ledger: &Ledger) -> bool {
        let keys = &self.log.keys;
        let known = |key: &LedgerKey| keys.iter().any(|known| known.public == key.public);
        let same = |key: &LedgerKey| key.until.is_some() || known(key);
        self.log.origin == ledger.origin()
            && ledger.info().is_ok_and(|info| info.keys.iter().all(same))
    }

    fn cosign(&self, ledger: &Ledger) -> Result<(), Failure> {
        let info = ledger.info()?;
        let Some(last) = info.checkpoint.filter(|_| info.signed > 0) else {
            return Ok(());
        };
        let key = VerifierKey::parse(&self.vkey).map_err(Error::Evidence)?;
        let cosigned = Note::parse(last.as_bytes()).and_then(|note| note.verify(&[key]));
        if cosigned.is_ok() {
            return Ok(());
        }
        let client = Client::new(&format!("http://{}", self.address), &self.vkey)?;
        ledger.cosign(&client)?;
        Ok(())
    }
}

/// The witness's key: the one in the file, or a new one where there is none.
fn key(path: &Path) -> Result<SecretKey, Error> {
    match fs::read_to_string(path) {
        Ok(text) => match unhex(text.trim_end()) {
            Some(seed) => Ok(SecretKey::from_seed(&seed)),
            // Another key would be another witness, and trust in this one in vain.
            None => Err(Error::NoKey(format!(
                "`{}` holds no key; remove it to have a new one made",
                path.display()
            ))),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let seed = random()?;
            disk::replace_private(path, format!("{}\n", hex(&seed)).as_bytes())
                .map_err(Error::write(path))?;
            Ok(SecretKey::from_seed(&seed))
        }
        Err(error) => Err(Error::read(path)(error)),
    }
}
