//! Signing keys, each in one place: the system's keyring, an encrypted file, or, for tests, memory. A list beside them says
//! which keys there are, and nothing that is secret. Keys are Ed25519; a name means the key in force of that name, those before
//! it are kept for as long as they sign beside it. What a key is for is the caller's business.
//!
//! Secrets have no `Debug`, are wiped when dropped, and leave this crate in three ways only: as something that signs, as a
//! file sealed with a recovery passphrase, or into the keyring.

mod keyring;
mod sealed;

use std::{
    collections::HashMap,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use evidence::{
    ed25519::{PublicKey, SecretKey, Signer as _},
    hex, unhex,
};
use model::{Code, Failure};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use keyring::Keyring;
pub use sealed::{Cost, Passphrase, SHORTEST, Seed};

/// The list of keys.
const LIST: &str = "keys.json";

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No key of this name, or none that may sign.
    #[error("there is no key `{0}`")]
    Unknown(String),
    /// A key that was revoked.
    #[error("the key `{0}` is revoked already: it signs nothing more")]
    Revoked(String),
    /// The name is that of a key in force.
    #[error("there is a key `{0}` already")]
    Taken(String),
    /// A key that was not lost is to be recovered under another name.
    #[error("the key is here and signs, as `{0}`: recover it under that name, or use it as it is")]
    Here(String),
    /// No name.
    #[error("`{0}` is no name of a key: use letters, digits, `.`, `-` and `_`, at most 64")]
    Name(String),
    /// The passphrase is too short.
    #[error("the passphrase is too short: use at least {SHORTEST} characters")]
    Short,
    /// A sealed key does not open.
    #[error("`{0}` cannot be opened")]
    Locked(String),
    /// The seed is not where the list says.
    #[error("the secret half of the key `{0}` is gone")]
    Gone(String),
    /// The keyring does not answer.
    #[error("this machine's keyring cannot be used: {0}")]
    NoKeyring(String),
    /// The list of keys cannot be understood.
    #[error("`{0}` is no list of keys")]
    List(String),
    /// A file cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// Its path.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write `{path}`: {source}")]
    Write {
        /// Its path.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
    /// No randomness, or no memory.
    #[error("the system gives no {0}")]
    System(&'static str),
}

impl Error {
    fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::Read { path, source }
    }

    fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::Write { path, source }
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Unknown(_) | Self::Revoked(_) | Self::Gone(_) => Code::KeyMissing,
            Self::Taken(_) | Self::Here(_) | Self::Name(_) | Self::Short => Code::BadCall,
            Self::Locked(_) | Self::List(_) => Code::KeyLocked,
            Self::NoKeyring(_) => Code::KeyringMissing,
            Self::Read { .. } => Code::FileRead,
            Self::Write { .. } => Code::FileWrite,
            Self::System(_) => Code::Internal,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let failure = Self::new(error.code(), error.to_string());
        let hint = match error {
            Error::Taken(_) => "choose another name, or replace the key: `fabric keys rotate`",
            Error::Revoked(_) => "name another key: `fabric keys list` shows which sign",
            Error::Gone(name) => {
                let hint = format!(
                    "bring it back from its recovery file: `fabric keys recover FILE --name {name}`"
                );
                return Self { hint, ..failure };
            }
            Error::Short => "several words are easier to remember than signs",
            _ => return failure,
        };
        Self {
            hint: hint.to_owned(),
            ..failure
        }
    }
}

/// Where a secret is to be kept.
#[derive(Clone, Copy)]
pub enum Keep<'p> {
    /// In the system's keyring.
    Keyring,
    /// In a file encrypted with a passphrase.
    File(&'p Passphrase),
    /// Until the vault is dropped.
    Memory,
}

/// Where a secret is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// In the system's keyring.
    Keyring,
    /// In an encrypted file.
    File,
    /// In memory.
    Memory,
}

/// Whether a key may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is what its name means.
    InForce,
    /// Another one took its place; it signs beside that one for a while.
    Replaced,
    /// It signs nothing more, and its secret half is destroyed.
    Revoked,
}

/// What may be known of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// Its public half, 64 hexadecimal digits.
    pub public: String,
    /// Where its secret half is.
    pub kept: Kept,
    /// Whether it may sign.
    pub state: State,
    /// When it was made, seconds since 1970.
    pub created: u64,
    /// When it was replaced or revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<u64>,
}

impl Key {
    /// Its public half as a key.
    ///
    /// # Errors
    /// [`Error::List`] when the list holds no key.
    pub fn key(&self) -> Result<PublicKey, Error> {
        unhex(&self.public)
            .and_then(|bytes| PublicKey::from_bytes(bytes).ok())
            .ok_or_else(|| Error::List(LIST.to_owned()))
    }
}

/// An opened key. Wiped when dropped.
pub struct Opened(Seed);

impl Opened {
    /// What signs with it.
    #[must_use]
    pub fn signer(&self) -> SecretKey {
        SecretKey::from_seed(&self.0)
    }
}

/// Whether this machine has a keyring that answers. Nothing is read from it.
///
/// # Errors
/// [`Error::NoKeyring`] with the system's words.
pub fn keyring() -> Result<(), Error> {
    Keyring::open().map(drop)
}

/// Asked for a passphrase when one is needed.
pub type Ask<'a> = &'a dyn Fn(&Key) -> Result<Passphrase, Failure>;
/// Keys of a user.
pub struct Vault {
    place: Place,
    cost: Cost,
}

enum Place {
    Folder(PathBuf),
    Memory(Mutex<(Vec<Key>, HashMap<String, Seed>)>),
}

impl Vault {
    /// The keys listed in a folder. Nothing is made before there is a key.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self {
            place: Place::Folder(folder.to_owned()),
            cost: Cost::RECOMMENDED,
        }
    }

    /// Keys that are forgotten when this is dropped.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            place: Place::Memory(Mutex::default()),
            cost: Cost::RECOMMENDED,
        }
    }

    /// The same vault, where sealing costs something else.
    #[must_use]
    pub fn with_cost(self, cost: Cost) -> Self {
        Self { cost, ..self }
    }

    /// All keys, the oldest first.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::List`].
    pub fn list(&self) -> Result<Vec<Key>, Error> {
        match &self.place {
            Place::Memory(held) => Ok(lock(held).0.clone()),
            Place::Folder(folder) => {
                let path = folder.join(LIST);
                let text = match fs::read(&path) {
                    Ok(text) => text,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
                    Err(error) => return Err(Error::read(&path)(error)),
                };
                let wrong = || Error::List(path.display().to_string());
                let keys: Vec<Key> = serde_json::from_slice(&text).map_err(|_| wrong())?;
                if keys.iter().any(|key| key.key().is_err()) {
                    return Err(wrong());
                }
                Ok(keys)
            }
        }
    }

    /// The key in force of a name, or any key by its public half.
    ///
    /// # Errors
    /// [`Error::Unknown`], and as [`Vault::list`].
    pub fn find(&self, name: &str) -> Result<Key, Error> {
        find(&self.list()?, name).cloned()
    }

    /// Makes a key.
    ///
    /// # Errors
    /// [`Error::Taken`], [`Error::Name`], [`Error::Short`], [`Error::NoKeyring`], [`Error::Write`].
    pub fn create(&self, name: &str, keep: Keep<'_>, now: u64) -> Result<Key, Error> {
        self.add(name, &Zeroizing::new(random()?), keep, now)
    }

    fn add(&self, name: &str, seed: &Seed, keep: Keep<'_>, now: u64) -> Result<Key, Error> {
        named(name)?;
        self.change(|keys| {
            if find(keys, name).is_ok() {
                return Err(Error::Taken(name.to_owned()));
            }
            let key = self.put(name, seed, keep, now)?;
            keys.retain(|known| known.public != key.public);
            keys.push(key.clone());
            Ok(key)
        })
    }

    /// Makes a key in the place of the one in force of that name, or of the one with that public half, which comes back first. The new
    /// one has the name of the old, and no other key in force has it any more. All of them can sign until they are revoked.
    ///
    /// # Errors
    /// As [`Vault::create`] and [`Vault::find`].
    pub fn rotate(&self, name: &str, keep: Keep<'_>, now: u64) -> Result<(Key, Key), Error> {
        let seed = Zeroizing::new(random()?);
        self.change(|keys| {
            let mut old = find(keys, name)?.clone();
            let new = self.put(&old.name, &seed, keep, now)?;
            let in_force = |key: &&mut Key| key.name == new.name && key.state == State::InForce;
            for key in keys.iter_mut().filter(in_force) {
                key.state = State::Replaced;
                key.ended = Some(now);
                if key.public == old.public {
                    old = key.clone();
                }
            }
            keys.push(new.clone());
            Ok((old, new))
        })
    }

    /// Takes back that a key was replaced by `new`, whose secret half is destroyed: keys of its name are again what they were in
    /// `before`.
    ///
    /// # Errors
    /// As [`Vault::revoke`].
    pub fn take_back(&self, new: &Key, before: &[Key]) -> Result<(), Error> {
        self.change(|keys| {
            keys.retain(|key| key.public != new.public);
            for key in keys.iter_mut().filter(|key| key.name == new.name) {
                if let Some(was) = before.iter().find(|was| was.public == key.public) {
                    was.clone_into(key);
                }
            }
            Ok(())
        })?;
        self.destroy(new)
    }

    /// Whether the secret half of a key is in its place. It is not opened.
    ///
    /// # Errors
    /// [`Error::NoKeyring`] where only a keyring that does not answer could tell.
    pub fn holds(&self, key: &Key) -> Result<bool, Error> {
        Ok(match (&self.place, key.kept) {
            _ if key.state == State::Revoked => false,
            (_, Kept::Keyring) => Keyring::open()?.get(&key.public)?.is_some(),
            (Place::Folder(folder), Kept::File) => {
                let path = file(folder, &key.public);
                path.try_exists().map_err(Error::read(&path))?
            }
            (Place::Memory(held), _) => lock(held).1.contains_key(&key.public),
            (Place::Folder(_), Kept::Memory) => false,
        })
    }

    /// Lets a key sign nothing more, and destroys its secret half.
    ///
    /// # Errors
    /// As [`Vault::find`]; [`Error::NoKeyring`] or [`Error::Write`] when the secret half could not be destroyed: then the key
    /// is revoked all the same.
    pub fn revoke(&self, name: &str, now: u64) -> Result<Key, Error> {
        let key = self.change(|keys| {
            let public = find(keys, name)?.public.clone();
            let key = keys
                .iter_mut()
                .find(|key| key.public == public)
                .ok_or_else(|| Error::Unknown(name.to_owned()))?;
            key.state = State::Revoked;
            key.ended = Some(now);
            Ok(key.clone())
        })?;
        self.destroy(&key)?;
        Ok(key)
    }

    /// Destroys the secret half of a key.
    fn destroy(&self, key: &Key) -> Result<(), Error> {
        match (&self.place, key.kept) {
            (_, Kept::Keyring) => Keyring::open()?.remove(&key.public)?,
            (Place::Folder(folder), Kept::File) => {
                let path = file(folder, &key.public);
                match fs::remove_file(&path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(Error::write(&path)(error));
                    }
                    Ok(()) | Err(_) => {}
                }
            }
            (Place::Memory(held), _) => drop(lock(held).1.remove(&key.public)),
            (Place::Folder(_), Kept::Memory) => {}
        }
        Ok(())
    }

    /// What signs with a key. `ask` is called when a passphrase is needed.
    ///
    /// # Errors
    /// [`Failure`]s of [`Error`]: `key_missing` also for a revoked key, `key_locked`, `keyring_missing`; and those of `ask`.
    pub fn signer(&self, key: &Key, ask: Ask<'_>) -> Result<SecretKey, Failure> {
        Ok(self.opened(key, ask)?.signer())
    }

    /// A key that was opened once, for as many signers as are needed.
    ///
    /// # Errors
    /// As [`Vault::signer`].
    pub fn opened(&self, key: &Key, ask: Ask<'_>) -> Result<Opened, Failure> {
        self.seed(key, ask).map(Opened)
    }

    fn seed(&self, key: &Key, ask: Ask<'_>) -> Result<Seed, Failure> {
        if key.state == State::Revoked {
            return Err(Error::Revoked(key.name.clone()).into());
        }
        let gone = || Error::Gone(key.name.clone());
        let seed = match (&self.place, key.kept) {
            (_, Kept::Keyring) => Keyring::open()?.get(&key.public)?.ok_or_else(gone)?,
            (Place::Folder(folder), Kept::File) => {
                let path = file(folder, &key.public);
                let text = match fs::read_to_string(&path) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {
                        return Err(gone().into());
                    }
                    text => text.map_err(Error::read(&path))?,
                };
                unsealed(&path, &text, &ask(key)?)?
            }
            (Place::Memory(held), _) => lock(held).1.get(&key.public).cloned().ok_or_else(gone)?,
            (Place::Folder(_), Kept::Memory) => return Err(gone().into()),
        };
        if hex(&SecretKey::from_seed(&seed).public().to_bytes()) == key.public {
            Ok(seed)
        } else {
            Err(gone().into())
        }
    }

    /// Writes a key into a file from which it can be brought back with the recovery passphrase, on any machine.
    ///
    /// # Errors
    /// As [`Vault::signer`]; `bad_call` for a passphrase that is too short, `file_write`.
    pub fn back_up(
        &self,
        key: &Key,
        ask: Ask<'_>,
        recovery: &Passphrase,
        path: &Path,
    ) -> Result<(), Failure> {
        let seed = self.seed(key, ask)?;
        let text = self.sealed(&seed, recovery)?;
        disk::replace_private(path, text.as_bytes()).map_err(Error::write(path))?;
        Ok(())
    }

    /// Brings a key back from its recovery file. A key that is in the list under this name and was lost is the same key again.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Read`], [`Error::Here`], and as [`Vault::create`].
    pub fn recover(
        &self,
        name: &str,
        path: &Path,
        recovery: &Passphrase,
        keep: Keep<'_>,
        now: u64,
    ) -> Result<Key, Error> {
        let text = fs::read_to_string(path).map_err(Error::read(path))?;
        let seed = unsealed(path, &text, recovery)?;
        let public = hex(&SecretKey::from_seed(&seed).public().to_bytes());
        named(name)?;
        self.change(|keys| {
            if find(keys, name).is_ok_and(|there| there.public != public) {
                return Err(Error::Taken(name.to_owned()));
            }
            let known = keys.iter().find(|known| known.public == public);
            let signs = known.filter(|known| known.state != State::Revoked);
            if let Some(there) = signs.filter(|known| known.name != name) {
                return Err(Error::Here(there.name.clone()));
            }
            let mut key = self.put(name, &seed, keep, now)?;
            if let Some(before) = keys.iter().find(|known| known.public == public) {
                key.created = before.created;
            }
            keys.retain(|known| known.public != public);
            keys.push(key.clone());
            Ok(key)
        })
    }

    /// Puts a seed where it is to be kept. The list does not know of it yet.
    fn put(&self, name: &str, seed: &Seed, keep: Keep<'_>, now: u64) -> Result<Key, Error> {
        let public = hex(&SecretKey::from_seed(seed).public().to_bytes());
        let kept = match (&self.place, keep) {
            (_, Keep::Keyring) => {
                Keyring::open()?.put(&public, seed)?;
                Kept::Keyring
            }
            (Place::Folder(folder), Keep::File(passphrase)) => {
                let path = file(folder, &public);
                let text = self.sealed(seed, passphrase)?;
                disk::replace_private(&path, text.as_bytes()).map_err(Error::write(&path))?;
                Kept::File
            }
            (Place::Memory(held), _) => {
                lock(held).1.insert(public.clone(), seed.clone());
                Kept::Memory
            }
            (Place::Folder(_), Keep::Memory) => return Err(Error::System("memory for keys")),
        };
        Ok(Key {
            name: name.to_owned(),
            public,
            kept,
            state: State::InForce,
            created: now,
            ended: None,
        })
    }

    fn sealed(&self, seed: &Seed, passphrase: &Passphrase) -> Result<String, Error> {
        if !passphrase.is_long_enough() {
            return Err(Error::Short);
        }
        sealed::seal(seed, passphrase, self.cost, random()?, random()?)
            .ok_or(Error::System("memory"))
    }

    /// Changes the list, one at a time.
    fn change<T>(&self, work: impl FnOnce(&mut Vec<Key>) -> Result<T, Error>) -> Result<T, Error> {
        match &self.place {
            Place::Memory(held) => {
                let mut keys = lock(held).0.clone();
                let done = work(&mut keys)?;
                lock(held).0 = keys;
                Ok(done)
            }
            Place::Folder(folder) => {
                fs::create_dir_all(folder).map_err(Error::write(folder))?;
                let path = folder.join("keys.lock");
                let locked = File::options()
                    .append(true)
                    .create(true)
                    .open(&path)
                    .map_err(Error::write(&path))?;
                match locked.lock() {
                    // Some network file systems know no locks; two people at one list of keys are rare.
                    Err(error) if error.kind() != io::ErrorKind::Unsupported => {
                        return Err(Error::write(&path)(error));
                    }
                    Ok(()) | Err(_) => {}
                }
                let mut keys = self.list()?;
                let done = work(&mut keys)?;
                let list = folder.join(LIST);
                let text = serde_json::to_string_pretty(&keys)
                    .map_err(|_| Error::List(list.display().to_string()))?;
                disk::replace(&list, text.as_bytes()).map_err(Error::write(&list))?;
                Ok(done)
            }
        }
    }
}

fn unsealed(path: &Path, text: &str, passphrase: &Passphrase) -> Result<Seed, Error> {
    sealed::open(text, passphrase).ok_or_else(|| Error::Locked(path.display().to_string()))
}

fn file(folder: &Path, public: &str) -> PathBuf {
    folder.join(format!("{public}.key"))
}

fn named(name: &str) -> Result<(), Error> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if (1..=64).contains(&name.len()) && name.chars().all(fits) {
        Ok(())
    } else {
        Err(Error::Name(name.to_owned()))
    }
}

/// The key in force of a name; else the one with that public half, unless it is revoked.
fn find<'k>(keys: &'k [Key], name: &str) -> Result<&'k Key, Error> {
    keys.iter()
        .find(|key| key.name == name && key.state == State::InForce)
        .or_else(|| {
            let by_key = |key: &&Key| key.public == name && key.state != State::Revoked;
            keys.iter().find(by_key)
        })
        .ok_or_else(|| {
            let known = |key: &Key| key.name == name || key.public == name;
            let revoked = |key: &Key| key.state == State::Revoked && known(key);
            match keys.iter().any(revoked) {
                true => Error::Revoked(name.to_owned()),
                false => Error::Unknown(name.to_owned()),
            }
        })
}

fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::System("randomness"))?;
    Ok(bytes)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost {
        memory: 8,
        passes: 1,
        lanes: 1,
    };

    fn pass(text: &str) -> Passphrase {
        Passphrase::new(text.to_owned())
    }

    fn ask(text: &'static str) -> impl Fn(&Key) -> Result<Passphrase, Failure> {
        move |_| Ok(pass(text))
    }

    fn never(key: &Key) -> Result<Passphrase, Failure> {
        panic!("asked for the passphrase of {}", key.name)
    }

    fn public(signer: &SecretKey) -> String {
        hex(&signer.public().to_bytes())
    }

    /// The same for a vault on disk and one in memory.
    fn life(vault: &Vault, keep: Keep<'_>, ask: Ask<'_>) {
        let key = vault.create("audit", keep, 5).unwrap();
        assert_eq!(vault.list().unwrap(), std::slice::from_ref(&key));
        assert_eq!(public(&vault.signer(&key, ask).unwrap()), key.public);
        assert!(matches!(
            vault.create("audit", keep, 6),
            Err(Error::Taken(_))
        ));
        for bad in ["", "a b", "../x", &"x".repeat(65)] {
            assert!(matches!(vault.create(bad, keep, 6), Err(Error::Name(_))));
        }

        let (old, new) = vault.rotate("audit", keep, 7).unwrap();
        assert_eq!(
            (old.public.as_str(), old.state, old.ended),
            (key.public.as_str(), State::Replaced, Some(7))
        );
        assert_ne!(old.public, new.public);
        assert_eq!(vault.find("audit").unwrap(), new);
        assert_eq!(vault.find(&old.public).unwrap(), old);
        for key in [&old, &new] {
            assert_eq!(public(&vault.signer(key, ask).unwrap()), key.public);
        }

        // An earlier key by its digits: the name goes on, and means one key.
        let before = vault.list().unwrap();
        let (again, newest) = vault.rotate(&old.public, keep, 8).unwrap();
        assert_eq!((&again, newest.name.as_str()), (&old, "audit"));
        assert_eq!(vault.find(&new.public).unwrap().state, State::Replaced);
        assert_eq!(vault.find("audit").unwrap(), newest);
        assert!(vault.holds(&newest).unwrap());
        vault.take_back(&newest, &before).unwrap();
        assert!(!vault.holds(&newest).unwrap());
        assert_eq!(vault.list().unwrap(), before);

        let revoked = vault.revoke(&old.public, 8).unwrap();
        assert!(!vault.holds(&revoked).unwrap());
        assert_eq!(revoked.state, State::Revoked);
        let refused = |key| vault.signer(key, ask).err().unwrap().code;
        assert_eq!(refused(&revoked), Code::KeyMissing);
        // Not even with a stale list: the secret half is gone.
        assert_eq!(refused(&old), Code::KeyMissing);
        for call in [vault.find(&old.public), vault.revoke(&old.public, 9)] {
            assert!(matches!(call, Err(Error::Revoked(_))));
        }
        assert!(vault.signer(&new, ask).is_ok());
        vault.revoke("audit", 9).unwrap();
        assert!(matches!(vault.find("audit"), Err(Error::Revoked(_))));
        assert!(matches!(vault.find("nobody"), Err(Error::Unknown(_))));
        vault.create("audit", keep, 10).unwrap();
    }

    #[test]
    fn a_key_lives_in_memory() {
        life(&Vault::in_memory(), Keep::Memory, &never);
    }

    #[test]
    fn a_key_lives_in_an_encrypted_file_that_is_its_owner_s_alone() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::at(&folder.path().join("keys")).with_cost(CHEAP);
        assert_eq!(vault.list().unwrap(), []);
        assert!(!folder.path().join("keys").exists());
        let phrase = pass("correct horse");
        life(&vault, Keep::File(&phrase), &ask("correct horse"));
        let key = vault.find("audit").unwrap();
        let path = file(&folder.path().join("keys"), &key.public);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
        // The list is no secret, and holds none.
        let again = Vault::at(&folder.path().join("keys"));
        assert_eq!(again.find("audit").unwrap(), key);
        let wrong = again.signer(&key, &ask("incorrect horse")).err().unwrap();
        assert_eq!(wrong.code, Code::KeyLocked);
        fs::write(
            &path,
            fs::read_to_string(&path)
                .unwrap()
                .replace("argon2id 8 1 1", "argon2id 9 1 1"),
        )
        .unwrap();
        let bent = again.signer(&key, &ask("correct horse")).err().unwrap();
        assert_eq!(
            bent.message, wrong.message,
            "bent and wrong are not told apart"
        );
        assert!(matches!(
            vault.create("short", Keep::File(&pass("seven77")), 1),
            Err(Error::Short)
        ));
    }

    #[test]
    fn a_key_comes_back_from_its_recovery_file_on_another_machine() {
        let folder = tempfile::tempdir().unwrap();
        let here = Vault::at(&folder.path().join("here")).with_cost(CHEAP);
        let there = Vault::in_memory();
        let phrase = pass("correct horse");
        let key = here.create("audit", Keep::File(&phrase), 5).unwrap();
        let path = folder.path().join("audit.key");
        let recovery = pass("battery staple");
        here.back_up(&key, &ask("correct horse"), &recovery, &path)
            .unwrap();
        let refused = there.recover("audit", &path, &phrase, Keep::Memory, 6);
        assert!(matches!(refused, Err(Error::Locked(_))));
        let back = there
            .recover("audit", &path, &recovery, Keep::Memory, 6)
            .unwrap();
        assert_eq!(back.public, key.public);
        assert_eq!(public(&there.signer(&back, &never).unwrap()), key.public);
        // What signs here is not given another name.
        let renamed = here.recover("other", &path, &recovery, Keep::File(&recovery), 9);
        assert!(matches!(renamed, Err(Error::Here(name)) if name == "audit"));
        // Its own file lost, it is the same key again; another key of that name is not overwritten.
        fs::remove_file(file(&folder.path().join("here"), &key.public)).unwrap();
        assert_eq!(
            here.signer(&key, &ask("correct horse")).err().unwrap().code,
            Code::KeyMissing
        );
        let again = here
            .recover("audit", &path, &recovery, Keep::File(&recovery), 9)
            .unwrap();
        assert_eq!(
            (again.public.as_str(), again.created),
            (key.public.as_str(), 5)
        );
        assert_eq!(here.list().unwrap().len(), 1);
        assert!(here.signer(&again, &ask("battery staple")).is_ok());
        let other = Vault::in_memory();
        other.create("audit", Keep::Memory, 1).unwrap();
        let taken = other.recover("audit", &path, &recovery, Keep::Memory, 2);
        assert!(matches!(taken, Err(Error::Taken(_))));
    }

    #[test]
    fn a_list_that_is_none_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::at(folder.path()).with_cost(CHEAP);
        for bad in [
            "",
            "{}",
            "[{}]",
            r#"[{"name":"a","public":"00","kept":"file","state":"in_force","created":1}]"#,
        ] {
            fs::write(folder.path().join(LIST), bad).unwrap();
            assert!(matches!(vault.list(), Err(Error::List(_))), "{bad}");
            let phrase = pass("correct horse");
            assert!(vault.create("a", Keep::File(&phrase), 1).is_err());
            assert_eq!(fs::read_to_string(folder.path().join(LIST)).unwrap(), bad);
        }
    }

    /// Without a session bus there is no keyring, and that is said with the way out.
    #[test]
    #[cfg(target_os = "linux")]
    fn no_keyring_is_an_error_with_the_way_out() {
        const ROLE: &str = "VAULT_TEST_NO_BUS";
        if std::env::var_os(ROLE).is_none() {
            let name = "tests::no_keyring_is_an_error_with_the_way_out";
            let child = std::process::Command::new(std::env::current_exe().unwrap())
                .args(["--exact", name, "--nocapture"])
                .env(ROLE, "1")
                .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
                .output()
                .unwrap();
            assert!(
                child.status.success(),
                "{}",
                String::from_utf8_lossy(&child.stdout)
            );
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::at(folder.path());
        let failure = Failure::from(vault.create("audit", Keep::Keyring, 1).unwrap_err());
        assert_eq!(failure.code, Code::KeyringMissing);
        assert!(failure.hint.contains("--file"), "{failure:?}");
        assert!(matches!(keyring(), Err(Error::NoKeyring(_))));
        assert_eq!(vault.list().unwrap(), []);
    }
}
