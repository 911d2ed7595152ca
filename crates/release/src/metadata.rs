//! The metadata of TUF 1.0: what is signed, in the forms of the specification (section 4), and who signed it. A document has one
//! text, its canonical JSON. TUF's canonical form and that of RFC 8785 are the same for all that is written here: no fractions,
//! no control characters, names in ASCII.

use std::collections::BTreeMap;

use evidence::{
    Hash,
    ed25519::{PublicKey, Signer},
    hex,
    json::{self, Limits, Value},
    moment, sha256, unhex,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Error, Role};

/// The version of the specification that is written. Every 1.0 is read.
const SPEC: &str = "1.0.34";

/// A document: a target needs some 160 bytes, and a bundle has at most 65,534.
pub(crate) const JSON: Limits = Limits {
    bytes: 16 << 20,
    depth: 8,
    integers_only: true,
};

/// What one role says.
pub(crate) trait Body: Serialize + DeserializeOwned {}

impl<T: Serialize + DeserializeOwned> Body for T {}

/// The role whose word a document is, by its name: `root` for `metadata/1.root.json`.
fn role_of(name: &str) -> &str {
    let stem = name.strip_suffix(".json").unwrap_or(name);
    stem.rsplit(['/', '.']).next().unwrap_or(stem)
}

/// A file as another document names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    hashes: Hashes,
    length: u64,
    /// Of metadata; targets have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hashes {
    sha256: String,
}

impl File {
    pub fn of(bytes: &[u8], version: Option<u64>) -> Self {
        Self {
            hashes: Hashes {
                sha256: hex(&sha256(&[bytes])),
            },
            length: bytes.len() as u64,
            version,
        }
    }
}

/// `targets.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Targets {
    pub targets: BTreeMap<String, File>,
}

/// `snapshot.json` and `timestamp.json`: each names one other document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Names {
    pub meta: BTreeMap<String, File>,
}

/// What a document says, with what every document says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Said<T> {
    #[serde(rename = "_type")]
    role: String,
    /// RFC 3339; the last second it is believed is the one before.
    pub expires: String,
    spec_version: String,
    pub version: u64,
    #[serde(flatten)]
    pub body: T,
}

impl<T: Body> Said<T> {
    pub fn new(name: &str, version: u64, expires: u64, body: T) -> Self {
        Self {
            role: role_of(name).to_owned(),
            expires: moment::text(expires),
            spec_version: SPEC.to_owned(),
            version,
            body,
        }
    }

    /// Reads the member `signed` of a document.
    fn read(value: Value, what: &str) -> Result<Self, Error> {
        let Value::Object(members) = value else {
            return Err(Error::form(what, "signs no object"));
        };
        let (mut role, mut expires, mut spec, mut version) = (None, None, None, None);
        let mut rest = Vec::new();
        for (name, value) in members {
            match (name.as_str(), value) {
                ("_type", Value::String(text)) => role = Some(text),
                ("expires", Value::String(text)) => expires = Some(text),
                ("spec_version", Value::String(text)) => spec = Some(text),
                ("version", value @ Value::Number(_)) => version = u64::deserialize(&value).ok(),
                (_, value) => rest.push((name, value)),
            }
        }
        let body = T::deserialize(&Value::Object(rest))
            .map_err(|error| Error::form(what, format!("is no metadata: {error}")))?;
        let missing = |name: &str| Error::form(what, format!("needs a sound `{name}`"));
        Ok(Self {
            role: role
                .filter(|role| role == role_of(what))
                .ok_or_else(|| missing("_type"))?,
            expires: expires
                .filter(|text| moment::seconds(text).is_some())
                .ok_or_else(|| missing("expires"))?,
            spec_version: spec
                .filter(|spec| spec.starts_with("1.0."))
                .ok_or_else(|| missing("spec_version"))?,
            version: version
                .filter(|version| *version > 0)
                .ok_or_else(|| missing("version"))?,
            body,
        })
    }

    /// Refuses what is over at that second.
    pub fn fresh(&self, what: &str, now: u64) -> Result<(), Error> {
        if moment::seconds(&self.expires).is_some_and(|expires| now < expires) {
            return Ok(());
        }
        Err(Error::Expired {
            what: what.to_owned(),
            at: self.expires.clone(),
        })
    }
}

/// A document and its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signed<T> {
    /// Its name in a bundle.
    pub name: String,
    pub said: Said<T>,
    /// The whole of it, as it stands in a bundle.
    pub text: Vec<u8>,
    /// What the signatures are over.
    message: Vec<u8>,
    signatures: BTreeMap<Hash, [u8; 64]>,
}

#[derive(Serialize)]
struct Envelope<'a> {
    signatures: Vec<Signature>,
    signed: &'a Value,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    keyid: String,
    sig: String,
}

impl<T: Body> Signed<T> {
    /// Signs with all those keys that have a part in one of the roles.
    pub fn sign(
        name: &str,
        said: Said<T>,
        roles: &[&Role],
        signers: &[&dyn Signer],
    ) -> Result<Self, Error> {
        let value = json::value(&said)?;
        let message = json::to_canonical(&value)?.into_bytes();
        let mut signatures = BTreeMap::new();
        for signer in signers {
            let key = signer.public();
            if roles.iter().any(|role| role.keys.contains(&key)) {
                signatures.insert(key_id(&key), signer.sign(&message)?);
            }
        }
        let listed = signatures.iter().map(|(keyid, sig)| Signature {
            keyid: hex(keyid),
            sig: hex(sig),
        });
        let envelope = Envelope {
            signatures: listed.collect(),
            signed: &value,
        };
        let signed = Self {
            name: name.to_owned(),
            said,
            text: json::to_canonical(&envelope)?.into_bytes(),
            message,
            signatures,
        };
        for role in roles {
            signed.enough(role)?;
        }
        Ok(signed)
    }

    /// Reads a document. Nothing it says is to be believed yet.
    pub fn read(name: &str, text: &[u8]) -> Result<Self, Error> {
        let Value::Object(members) = json::parse_canonical(text, JSON)? else {
            return Err(Error::form(name, "is no object"));
        };
        let [(first, listed), (second, signed)]: [_; 2] = members
            .try_into()
            .map_err(|_| Error::form(name, "has other members than `signatures` and `signed`"))?;
        if (first.as_str(), second.as_str()) != ("signatures", "signed") {
            return Err(Error::form(name, "lacks `signatures` or `signed`"));
        }
        let unread = || Error::form(name, "has a signature that is none, or two of one key");
        let listed = Vec::<Signature>::deserialize(&listed).map_err(|_| unread())?;
        let mut signatures = BTreeMap::new();
        let mut last = None;
        for Signature { keyid, sig } in listed {
            let keyid = unhex(&keyid).ok_or_else(unread)?;
            // In order, so that there is one way to list them, and each key once.
            if last.replace(keyid).is_some_and(|last| last >= keyid) {
                return Err(unread());
            }
            signatures.insert(keyid, unhex(&sig).ok_or_else(unread)?);
        }
        Ok(Self {
            name: name.to_owned(),
            message: signed.canonical().into_bytes(),
            said: Said::read(signed, name)?,
            text: text.to_vec(),
            signatures,
        })
    }

    /// Whether enough distinct keys of the role signed.
    fn enough(&self, role: &Role) -> Result<(), Error> {
        let signed = |key: &&PublicKey| self.signatures.contains_key(&key_id(key));
        let found = role.keys.iter().filter(signed).count();
        if found >= role.threshold {
            return Ok(());
        }
        Err(Error::Untrusted {
            what: self.name.clone(),
            found,
            needed: role.threshold,
        })
    }

    /// Holds the signatures against roles: each is of a key of one of them and holds, and there are enough for every role.
    pub fn verify(&self, roles: &[&Role]) -> Result<(), Error> {
        for role in roles {
            self.enough(role)?;
        }
        for (keyid, signature) in &self.signatures {
            let mut keys = roles.iter().flat_map(|role| &role.keys);
            match keys.find(|key| key_id(key) == *keyid) {
                Some(key) if key.verifies(&self.message, signature) => {}
                Some(_) => {
                    let why = format!("is not what the key `{}` signed", hex(keyid));
                    return Err(Error::altered(&self.name, why));
                }
                None => {
                    let why = format!("is signed by `{}`, which has no part in it", hex(keyid));
                    return Err(Error::altered(&self.name, why));
                }
            }
        }
        Ok(())
    }

    /// Refuses another document than the one that was named.
    pub fn is(&self, named: Option<&File>) -> Result<(), Error> {
        if named == Some(&File::of(&self.text, Some(self.said.version))) {
            return Ok(());
        }
        Err(Error::altered(
            &self.name,
            "is not the one that the bundle names: it is of another bundle, or was changed",
        ))
    }
}

/// A key as metadata writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    keytype: String,
    keyval: KeyValue,
    scheme: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyValue {
    public: String,
}

impl From<&PublicKey> for Key {
    fn from(key: &PublicKey) -> Self {
        Self {
            keytype: "ed25519".to_owned(),
            keyval: KeyValue {
                public: hex(&key.to_bytes()),
            },
            scheme: "ed25519".to_owned(),
        }
    }
}

impl Key {
    /// The key itself, if it is one.
    pub fn public(&self) -> Option<PublicKey> {
        let key = PublicKey::from_bytes(unhex(&self.keyval.public)?).ok()?;
        (*self == Self::from(&key)).then_some(key)
    }
}

/// The id of a key (section 4.2): SHA-256 of its canonical form.
pub(crate) fn key_id(key: &PublicKey) -> Hash {
    let public = hex(&key.to_bytes());
    // INVARIANT: this is `Key` in canonical JSON; a test holds the two together.
    sha256(&[
        b"{\"keytype\":\"ed25519\",\"keyval\":{\"public\":\"",
        public.as_bytes(),
        b"\"},\"scheme\":\"ed25519\"}",
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::key;

    #[test]
    fn a_key_id_is_that_of_the_canonical_key() {
        let public = key(1).public();
        let canonical = json::to_canonical(&Key::from(&public)).unwrap();
        assert_eq!(key_id(&public), sha256(&[canonical.as_bytes()]));
        assert_eq!(Key::from(&public).public(), Some(public));
        let mut other = Key::from(&public);
        other.scheme = "rsassa-pss-sha256".to_owned();
        assert_eq!(other.public(), None);
    }
}
