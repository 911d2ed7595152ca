//! Under which roots a channel is signed. A channel is believed by the key its ledger had when it was sealed, so the root that names
//! another key has to be signed by both (TUF 1.0, section 6.1): while both are there, it is signed ahead of the next move.

use std::path::Path;

use evidence::{
    ed25519::{PublicKey, Signer},
    hex, sha256,
};
use model::{Code, Failure};
use registry::{Ahead, Registry};
use release::{Role, Roles, Root, Roots};
use vault::State;

use super::{Promotion, never_moved, refused, shipped};
use crate::{
    Error,
    signing::{by_reference, signers},
};

/// Seconds for which a root is believed.
const LASTS: u64 = 5 * 365 * 24 * 3600;

/// The roots under which the next move is sealed: those of the channel, those that were signed ahead of it, or new ones; with the
/// ledger's key of now, if it is another.
pub(super) fn rooted(
    with: &Promotion<'_>,
    registry: &Registry,
    channel: &str,
    roots: Option<&Roots>,
    keys: &[&dyn Signer],
) -> Result<Roots, Error> {
    let (roles, until) = wanted(with, keys)?;
    let Some(roots) = roots else {
        return Ok(Roots::first(&roles, until, keys)?);
    };
    let roots = with_ahead(registry, channel, roots)?;
    if *roots.last().roles() == roles && with.now < roots.last().expires() {
        return Ok(roots);
    }
    // Besides the ledger's, a key of the user's may be needed that the ledger knows nothing of any more.
    let trusted = roots.last().roles().root.clone();
    let known = with.vault.list().map_err(Failure::from)?;
    let mut others = Vec::new();
    for key in &trusted.keys {
        let public = hex(&key.to_bytes());
        let there = known
            .iter()
            .find(|known| known.public == public && known.state != State::Revoked);
        if let Some(there) = there.filter(|_| !keys.iter().any(|at_hand| at_hand.public() == *key))
        {
            match with.vault.signer(there, with.ask) {
                Ok(signer) => others.push(signer),
                // A key that is in the list and lost signs nothing, and the way on is another.
                Err(failure) if failure.code == Code::KeyMissing => {}
                Err(mut failure) => {
                    if failure.code == Code::KeyLocked {
                        failure.hint.push_str(&format!(
                            "; if nobody can open it any more, begin the root of `{channel}` again: `fabric channel root {channel} --begin-again`"
                        ));
                    }
                    return Err(failure.into());
                }
            }
        }
    }
    let mut all = keys.to_vec();
    all.extend(by_reference(&others));
    let at_hand = |key: &&PublicKey| all.iter().any(|signer| signer.public() == **key);
    if trusted.keys.iter().filter(at_hand).count() < trusted.threshold {
        return Err(locked(channel, &trusted));
    }
    Ok(roots.next(&roles, until, &all)?)
}

/// Who is to be believed from now on, and until when.
fn wanted(with: &Promotion<'_>, keys: &[&dyn Signer]) -> Result<(Roles, u64), Error> {
    let first = keys
        .first()
        .ok_or_else(|| Error::NoKey("the ledger has no key".to_owned()))?;
    let role = || Role {
        keys: vec![first.public()],
        threshold: 1,
    };
    Ok((Roles::new(role(), role()), with.now.saturating_add(LASTS)))
}

fn locked(channel: &str, trusted: &Role) -> Error {
    let keys: Vec<_> = trusted
        .keys
        .iter()
        .map(|key| format!("`{}`", hex(&key.to_bytes())))
        .collect();
    let message = format!(
        "`{channel}` is believed by the key {} alone, which is not among yours: no other root can follow on its own",
        keys.join(", ")
    );
    let mut failure = Failure::new(Code::KeyMissing, message);
    failure.hint = format!(
        "whoever has that key can move the channel, and sign its next root where the other key is, too: `fabric channel root {channel} --renew`; \
         to do it here, bring the key back from its recovery file, `fabric keys recover FILE --name NAME`; if it is lost, begin anew with \
         `fabric channel root {channel} --begin-again`, and give that root to whoever enforces the channel"
    );
    failure.into()
}

fn digest(root: &Root) -> String {
    hex(&sha256(&[root.text()]))
}

/// A channel's roots, or those that were signed ahead of the move after them.
fn with_ahead(registry: &Registry, channel: &str, roots: &Roots) -> Result<Roots, Error> {
    match registry.ahead(channel)? {
        Some(ahead) if ahead.after == digest(roots.last()) => {
            Ok(Roots::read(ahead.roots.iter().map(String::as_bytes))?)
        }
        _ => Ok(roots.clone()),
    }
}

/// The roots a channel is signed under now.
fn of_channel(registry: &Registry, channel: &str) -> Result<Roots, Error> {
    let last = registry.last(channel)?;
    let last = last.ok_or_else(|| never_moved(channel))?;
    Ok(shipped(registry, &last)?.roots)
}

fn keep(registry: &Registry, channel: &str, after: &Roots, roots: &Roots) -> Result<(), Error> {
    let text = |root: &Root| String::from_utf8_lossy(root.text()).into_owned();
    let ahead = Ahead {
        after: digest(after.last()),
        roots: roots.all().map(text).collect(),
    };
    Ok(registry.keep_ahead(channel, &ahead)?)
}

/// Signs the root of a channel's next move now, with the keys of the root it has and with the ledger's. Nothing moves. What comes back is
/// the newest root, the one it has if that is by the ledger's key already.
///
/// # Errors
/// `key_missing` when the keys it is believed by are not there; `promotion_refused` for a channel that ships nothing.
pub fn renew_root(with: &Promotion<'_>, channel: &str) -> Result<Root, Error> {
    let registry = Registry::open(with.root)?;
    let before = of_channel(&registry, channel)?;
    let keys = signers(with.ledger, with.vault, with.ask, with.now)?;
    let roots = rooted(
        with,
        &registry,
        channel,
        Some(&before),
        &by_reference(&keys),
    )?;
    if roots != before {
        keep(&registry, channel, &before, &roots)?;
    }
    Ok(roots.last().clone())
}

/// The same for every channel there is; those that get another root come back.
///
/// # Errors
/// As [`renew_root`].
pub fn renew_roots(with: &Promotion<'_>) -> Result<Vec<String>, Error> {
    let registry = match Registry::open(with.root) {
        Err(registry::Error::NoRepository(_)) => return Ok(Vec::new()),
        found => found?,
    };
    let mut renewed = Vec::new();
    for channel in registry.channels()? {
        let before = of_channel(&registry, &channel)?;
        if renew_root(with, &channel)? != *before.last() {
            renewed.push(channel);
        }
    }
    Ok(renewed)
}

/// Begins a chain of roots anew, by the ledger's key alone: for a channel that is believed by keys which are lost. From its next move on,
/// only those believe it who were given this root by hand.
///
/// # Errors
/// `promotion_refused` for a channel that ships nothing, and for one whose root can be followed on, for nobody would believe it any more
/// without need; `key_missing` without the ledger's key.
pub fn begin_root_again(with: &Promotion<'_>, channel: &str) -> Result<Root, Error> {
    let registry = Registry::open(with.root)?;
    let before = of_channel(&registry, channel)?;
    let keys = signers(with.ledger, with.vault, with.ask, with.now)?;
    let keys = by_reference(&keys);
    match rooted(with, &registry, channel, Some(&before), &keys).map_err(Failure::from) {
        Ok(_) => {
            return Err(refused(
                format!(
                    "the keys by which `{channel}` is believed are here, and open: its root goes on"
                ),
                "begin another only where a key is lost: every enforcement point has to be given it by hand. `--renew` signs the next root",
            ));
        }
        Err(failure) if matches!(failure.code, Code::KeyMissing | Code::KeyLocked) => {}
        Err(failure) => return Err(failure.into()),
    }
    let (roles, until) = wanted(with, &keys)?;
    let roots = Roots::first(&roles, until, &keys)?;
    keep(&registry, channel, &before, &roots)?;
    Ok(roots.last().clone())
}

/// The channels of a workspace that nobody could give another root without this key.
///
/// # Errors
/// What keeps the repository from being read.
pub fn believed_by(root: &Path, key: &PublicKey) -> Result<Vec<String>, Error> {
    let registry = match Registry::open(root) {
        Err(registry::Error::NoRepository(_)) => return Ok(Vec::new()),
        found => found?,
    };
    let mut found = Vec::new();
    for channel in registry.channels()? {
        let roots = with_ahead(&registry, &channel, &of_channel(&registry, &channel)?)?;
        let trusted = &roots.last().roles().root;
        let others = trusted.keys.iter().filter(|known| *known != key).count();
        if trusted.keys.contains(key) && others < trusted.threshold {
            found.push(channel);
        }
    }
    Ok(found)
}
