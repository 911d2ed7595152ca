//! Signing keys, each in one place: the system's keyring, an encrypted file, or, for tests, memory. A list beside them says
//! which keys there are, and nothing that is secret. Keys are Ed25519; a name means the key in force of that name, those before
//! it are kept for as long as they sign beside it. What a key is for is the caller's business.
//!
//! Secrets have no `Debug`, are wiped when dropped, and leave this crate in three ways only: as something that signs, as a
//! file sealed with a recovery passphrase, or into the keyring.

mod error;
mod keyring;
mod life;
mod list;
mod sealed;
mod secrets;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use evidence::{
    ed25519::{PublicKey, SecretKey},
    unhex,
};
use model::Failure;
use serde::{Deserialize, Serialize};

pub use error::Error;
use keyring::Keyring;
use list::LIST;
pub use sealed::{Cost, Passphrase, SHORTEST, Seed};

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
}

fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::System("randomness"))?;
    Ok(bytes)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
