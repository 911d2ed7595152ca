//! Where the secret halves of keys lie: how one gets there, whether it is there, how it opens, and how it is destroyed.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use evidence::{
    ed25519::{SecretKey, Signer as _},
    hex,
};
use model::Failure;

use crate::{
    Ask, Error, Keep, Kept, Key, Opened, Passphrase, Place, Seed, State, Vault, keyring::Keyring,
    lock, random, sealed,
};

impl Vault {
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

    pub(crate) fn seed(&self, key: &Key, ask: Ask<'_>) -> Result<Seed, Failure> {
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

    /// Puts a seed where it is to be kept. The list does not know of it yet.
    pub(crate) fn put(
        &self,
        name: &str,
        seed: &Seed,
        keep: Keep<'_>,
        now: u64,
    ) -> Result<Key, Error> {
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

    pub(crate) fn sealed(&self, seed: &Seed, passphrase: &Passphrase) -> Result<String, Error> {
        if !passphrase.is_long_enough() {
            return Err(Error::Short);
        }
        sealed::seal(seed, passphrase, self.cost, random()?, random()?)
            .ok_or(Error::System("memory"))
    }

    /// Destroys the secret half of a key.
    pub(crate) fn destroy(&self, key: &Key) -> Result<(), Error> {
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
}

pub(crate) fn unsealed(path: &Path, text: &str, passphrase: &Passphrase) -> Result<Seed, Error> {
    sealed::open(text, passphrase).ok_or_else(|| Error::Locked(path.display().to_string()))
}

pub(crate) fn file(folder: &Path, public: &str) -> PathBuf {
    folder.join(format!("{public}.key"))
}
