//! The root of trust: which keys sign what, and how many of them it takes. A [`Root`] is given to a consumer by hand, once; each
//! later version is signed by the keys of the one before it as well as by its own, so that [`Roots`] is a chain that a consumer
//! follows from the one it knows (TUF 1.0, sections 4.3 and 5.3).

use std::collections::{BTreeMap, BTreeSet};

use evidence::{
    ed25519::{PublicKey, Signer},
    hex, moment,
};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    metadata::{Key, Said, Signed, key_id},
};

/// How many versions of the root a chain may have.
pub(crate) const MAX_ROOTS: usize = 1024;

/// Who fills a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its keys.
    pub keys: Vec<PublicKey>,
    /// How many distinct ones must sign.
    pub threshold: usize,
}

/// Who fills the four roles of TUF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles {
    /// Signs the next root: the keys to be kept safest.
    pub root: Role,
    /// Signs what a release consists of.
    pub targets: Role,
    /// Signs which targets go together.
    pub snapshot: Role,
    /// Signs which snapshot is the newest.
    pub timestamp: Role,
}

impl Roles {
    /// One role for the root, one for all that releases are signed with.
    #[must_use]
    pub fn new(root: Role, releases: Role) -> Self {
        Self {
            root,
            targets: releases.clone(),
            snapshot: releases.clone(),
            timestamp: releases,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RootBody {
    consistent_snapshot: bool,
    keys: BTreeMap<String, Key>,
    roles: RoleBodies,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleBodies {
    root: RoleBody,
    snapshot: RoleBody,
    targets: RoleBody,
    timestamp: RoleBody,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleBody {
    keyids: BTreeSet<String>,
    threshold: usize,
}

impl RoleBody {
    fn of(role: &Role) -> Result<Self, Error> {
        let keyids: BTreeSet<_> = role.keys.iter().map(|key| hex(&key_id(key))).collect();
        if keyids.len() != role.keys.len() || !(1..=keyids.len()).contains(&role.threshold) {
            let why = "has a role with a key twice, or that asks for none or more keys than it has";
            return Err(Error::form("the root", why));
        }
        Ok(Self {
            keyids,
            threshold: role.threshold,
        })
    }

    fn role(&self, keys: &BTreeMap<String, PublicKey>) -> Option<Role> {
        let keys: Option<Vec<_>> = self.keyids.iter().map(|id| keys.get(id).copied()).collect();
        let keys = keys.filter(|keys| (1..=keys.len()).contains(&self.threshold))?;
        Some(Role {
            keys,
            threshold: self.threshold,
        })
    }
}

/// A version of the root, signed by its own keys. As text it is `root.json` of TUF.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Root {
    signed: Signed<RootBody>,
    roles: Roles,
}

impl Root {
    /// Makes a version of the root, signed by its own keys and by those of the version before it.
    fn make(
        version: u64,
        roles: &Roles,
        expires: u64,
        before: Option<&Self>,
        signers: &[&dyn Signer],
    ) -> Result<Self, Error> {
        let all = [
            &roles.root,
            &roles.targets,
            &roles.snapshot,
            &roles.timestamp,
        ];
        let keys = all.iter().flat_map(|role| &role.keys);
        let body = RootBody {
            consistent_snapshot: false,
            keys: keys
                .map(|key| (hex(&key_id(key)), Key::from(key)))
                .collect(),
            roles: RoleBodies {
                root: RoleBody::of(&roles.root)?,
                snapshot: RoleBody::of(&roles.snapshot)?,
                targets: RoleBody::of(&roles.targets)?,
                timestamp: RoleBody::of(&roles.timestamp)?,
            },
        };
        let mut signing = vec![&roles.root];
        signing.extend(before.map(|before| &before.roles.root));
        let name = Self::name(version);
        let said = Said::new(&name, version, expires, body);
        let signed = Signed::sign(&name, said, &signing, signers)?;
        // In the order of their ids, as they will be read.
        Self::read(signed)
    }

    /// Reads a root. It is to be believed only if it was given by hand, or follows on one that was.
    ///
    /// # Errors
    /// [`Error::Form`], [`Error::Evidence`].
    pub fn parse(text: &[u8]) -> Result<Self, Error> {
        Self::read(Signed::read("root.json", text)?)
    }

    fn read(mut signed: Signed<RootBody>) -> Result<Self, Error> {
        signed.name = Self::name(signed.said.version);
        let wrong = |why: &str| Error::form(&signed.name, why);
        let RootBody {
            consistent_snapshot,
            keys,
            roles,
        } = &signed.said.body;
        if *consistent_snapshot {
            return Err(wrong("asks for names with digests, which no bundle has"));
        }
        let public = |(id, key): (&String, &Key)| {
            let key = key.public().filter(|key| hex(&key_id(key)) == *id)?;
            Some((id.clone(), key))
        };
        let keys: BTreeMap<_, _> = keys
            .iter()
            .map(public)
            .collect::<Option<_>>()
            .ok_or_else(|| wrong("has a key that is no Ed25519 key, or goes by another id"))?;
        let role = |body: &RoleBody| {
            body.role(&keys).ok_or_else(|| {
                wrong("has a role whose keys are not there, or that asks for none or too many")
            })
        };
        let roles = Roles {
            root: role(&roles.root)?,
            targets: role(&roles.targets)?,
            snapshot: role(&roles.snapshot)?,
            timestamp: role(&roles.timestamp)?,
        };
        Ok(Self { signed, roles })
    }

    /// Whether it follows on another: the next version, signed by the keys of both.
    pub(crate) fn follows(&self, before: &Self) -> Result<(), Error> {
        if self.version() != before.version() + 1 {
            return Err(Error::Root {
                version: self.version(),
                why: "does not follow on the one that is trusted; one between them is missing",
            });
        }
        self.signed.verify(&[&before.roles.root, &self.roles.root])
    }

    /// Its version: 1, 2, 3.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.signed.said.version
    }

    /// The second from which it is not believed any more, since 1970.
    #[must_use]
    pub fn expires(&self) -> u64 {
        moment::seconds(&self.signed.said.expires).unwrap_or_default()
    }

    /// Who fills the roles.
    #[must_use]
    pub fn roles(&self) -> &Roles {
        &self.roles
    }

    /// Its text, as [`Root::parse`] reads it.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.signed.text
    }

    pub(crate) fn fresh(&self, now: u64) -> Result<(), Error> {
        self.signed.said.fresh(&self.signed.name, now)
    }

    /// The name in a bundle.
    pub(crate) fn name(version: u64) -> String {
        format!("metadata/{version}.root.json")
    }
}

impl TryFrom<String> for Root {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        Self::parse(text.as_bytes())
    }
}

impl From<Root> for String {
    fn from(root: Root) -> Self {
        // INVARIANT: JSON is UTF-8.
        Self::from_utf8_lossy(root.text()).into_owned()
    }
}

/// The versions of the root, from the first on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roots {
    first: Root,
    later: Vec<Root>,
}

impl Roots {
    /// Begins a chain. The root is signed by those of `signers` that have a part in it.
    ///
    /// # Errors
    /// [`Error::Form`] for roles that nobody could fill, [`Error::Untrusted`] when too few keys of the root's role are among
    /// the signers, [`Error::Evidence`] when one does not sign.
    pub fn first(roles: &Roles, expires: u64, signers: &[&dyn Signer]) -> Result<Self, Error> {
        Ok(Self {
            first: Root::make(1, roles, expires, None, signers)?,
            later: Vec::new(),
        })
    }

    /// The chain with another version of the root, signed by the keys of the one before it and by its own: for other keys, or
    /// the same ones for longer.
    ///
    /// # Errors
    /// As [`Roots::first`].
    pub fn next(
        mut self,
        roles: &Roles,
        expires: u64,
        signers: &[&dyn Signer],
    ) -> Result<Self, Error> {
        let last = self.last();
        let next = Root::make(last.version() + 1, roles, expires, Some(last), signers)?;
        self.later.push(next);
        self.sound()
    }

    /// Reads a chain, the first version first.
    ///
    /// # Errors
    /// [`Error::Form`] when there is none or it does not begin with version 1, and what keeps one from following on the other.
    pub fn read<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, Error> {
        let mut roots = texts.into_iter().map(Root::parse);
        let first = roots
            .next()
            .ok_or_else(|| Error::form("the root", "is missing"))??;
        let later = roots.collect::<Result<_, _>>()?;
        Self { first, later }.sound()
    }

    fn sound(self) -> Result<Self, Error> {
        if self.first.version() != 1 || self.later.len() >= MAX_ROOTS {
            let why = "does not begin with version 1, or has more versions than are read";
            return Err(Error::form("the chain of roots", why));
        }
        self.first.signed.verify(&[&self.first.roles.root])?;
        for (before, next) in self.all().zip(&self.later) {
            next.follows(before)?;
        }
        Ok(self)
    }

    /// The first version, which a new consumer may be given.
    #[must_use]
    pub fn begin(&self) -> &Root {
        &self.first
    }

    /// The newest version.
    #[must_use]
    pub fn last(&self) -> &Root {
        self.later.last().unwrap_or(&self.first)
    }

    /// Every version, the first first.
    pub fn all(&self) -> impl Iterator<Item = &Root> {
        [&self.first].into_iter().chain(&self.later)
    }
}
