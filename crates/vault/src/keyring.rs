//! The system's keyring: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows. A seed is one entry, named
//! by its public key.

use std::sync::Arc;

use keyring_core::{CredentialStore, Entry};
use zeroize::Zeroizing;

use crate::{Error, Seed};

const SERVICE: &str = "trust-fabric";

/// An open keyring.
pub struct Keyring(Arc<CredentialStore>);

impl Keyring {
    /// The keyring of this user.
    ///
    /// # Errors
    /// [`Error::NoKeyring`] with the system's words.
    pub fn open() -> Result<Self, Error> {
        store().map(Self).map_err(absent)
    }

    fn entry(&self, public: &str) -> Result<Entry, Error> {
        self.0.build(SERVICE, public, None).map_err(absent)
    }

    /// Keeps a seed.
    ///
    /// # Errors
    /// [`Error::NoKeyring`].
    pub fn put(&self, public: &str, seed: &Seed) -> Result<(), Error> {
        self.entry(public)?
            .set_secret(seed.as_slice())
            .map_err(absent)
    }

    /// A seed, if there is one of that name.
    ///
    /// # Errors
    /// [`Error::NoKeyring`].
    pub fn get(&self, public: &str) -> Result<Option<Seed>, Error> {
        match self.entry(public)?.get_secret().map(Zeroizing::new) {
            Ok(secret) => Ok(secret.as_slice().try_into().ok().map(Zeroizing::new)),
            Err(keyring_core::Error::NoEntry) => Ok(None),
            Err(error) => Err(absent(error)),
        }
    }

    /// Destroys a seed.
    ///
    /// # Errors
    /// [`Error::NoKeyring`].
    pub fn remove(&self, public: &str) -> Result<(), Error> {
        match self.entry(public)?.delete_credential() {
            Ok(()) | Err(keyring_core::Error::NoEntry) => Ok(()),
            Err(error) => Err(absent(error)),
        }
    }
}

fn absent(error: keyring_core::Error) -> Error {
    // What a keyring gave back may be a secret, or part of one: only words of the system are repeated.
    let why = match error {
        keyring_core::Error::PlatformFailure(error) => error.to_string(),
        keyring_core::Error::NoStorageAccess(error) => format!("it is locked: {error}"),
        keyring_core::Error::NoDefaultStore | keyring_core::Error::NotSupportedByStore(_) => {
            "there is none for this system".to_owned()
        }
        _ => "it holds something else under this name".to_owned(),
    };
    Error::NoKeyring(why)
}

#[cfg(target_os = "linux")]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    Err(keyring_core::Error::NoDefaultStore)
}
