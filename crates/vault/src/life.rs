//! The life of a key: made, replaced, revoked, and brought back from its recovery file.

use std::{fs, path::Path};

use evidence::{
    ed25519::{SecretKey, Signer as _},
    hex,
};
use model::Failure;
use zeroize::Zeroizing;

use crate::{
    Ask, Error, Keep, Key, Passphrase, Seed, State, Vault,
    list::{find, named},
    random,
    secrets::unsealed,
};

impl Vault {
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

    /// Brings a key back from its recovery file. A key that is in the list under this name and was lost is the same key again; one that was
    /// revoked stays so.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Read`], [`Error::Here`], [`Error::Ended`], and as [`Vault::create`].
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
            match keys.iter().find(|known| known.public == public) {
                Some(known) if known.state == State::Revoked => {
                    return Err(Error::Ended(known.name.clone()));
                }
                Some(known) if known.name != name => return Err(Error::Here(known.name.clone())),
                _ => {}
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
}
