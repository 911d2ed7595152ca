//! The list of keys: which there are, and nothing that is secret. Whoever changes it is alone with it.

use std::{
    fs::{self, File},
    io,
};

use crate::{Error, Key, Place, State, Vault, lock};

/// The list of keys.
pub(crate) const LIST: &str = "keys.json";

impl Vault {
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

    /// Changes the list, one at a time.
    pub(crate) fn change<T>(
        &self,
        work: impl FnOnce(&mut Vec<Key>) -> Result<T, Error>,
    ) -> Result<T, Error> {
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

/// The key in force of a name; else the one with that public half, unless it is revoked.
pub(crate) fn find<'k>(keys: &'k [Key], name: &str) -> Result<&'k Key, Error> {
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

pub(crate) fn named(name: &str) -> Result<(), Error> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if (1..=64).contains(&name.len()) && name.chars().all(fits) {
        Ok(())
    } else {
        Err(Error::Name(name.to_owned()))
    }
}
