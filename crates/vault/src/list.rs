//! The list of keys: which there are, and nothing that is secret. Whoever changes it is alone with it.

use std::{
    fs::{self, File},
    io,
    path::PathBuf,
};

use evidence::{ed25519::PublicKey, unhex};

use crate::{Error, Key, Place, State, Vault, lock};

/// The list of keys.
pub(crate) const LIST: &str = "keys.json";

impl Vault {
    /// Files with secret halves of keys that the list has not, and those keys: a kill between the one and the other leaves such a file, and so
    /// does an older list that was put back. Nobody can sign with it before it is recovered.
    ///
    /// # Errors
    /// [`Error::List`], [`Error::Read`].
    pub fn unlisted(&self) -> Result<Vec<(PathBuf, PublicKey)>, Error> {
        let Place::Folder(folder) = &self.place else {
            return Ok(Vec::new());
        };
        let all = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            all => all.map_err(Error::read(folder))?,
        };
        // INVARIANT: the list is read after the folder. A key that is made meanwhile may be told for a moment, one that is there is not missed.
        let paths: Vec<_> = all.flatten().map(|one| one.path()).collect();
        let known = self.list()?;
        let unlisted = |path: PathBuf| {
            let public = path.file_name()?.to_str()?.strip_suffix(".key")?;
            let key = PublicKey::from_bytes(unhex(public)?).ok()?;
            let listed = known.iter().any(|it| it.public == public);
            (!listed).then_some((path, key))
        };
        let mut unlisted: Vec<_> = paths.into_iter().filter_map(unlisted).collect();
        unlisted.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(unlisted)
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
