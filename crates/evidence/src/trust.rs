//! The auditor's trust file: whom to believe, and about what. A strict JSON document that the auditor writes and keeps; nothing
//! in a bundle changes it. Who is not named is not trusted, so that an empty one lets nothing pass. Its form is described in
//! `docs/evidence.md`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::{
    Error,
    ed25519::PublicKey,
    hex,
    json::{self, Limits},
    moment,
    statement::{self, Predicate as _},
    tlog_policy::Policy,
    unhex,
};

const WHAT: &str = "trust file";
const LIMITS: Limits = Limits {
    bytes: 1 << 20,
    depth: 8,
    integers_only: true,
};

/// Whom an auditor trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// Ledgers, witnesses, and which witnesses together are enough.
    pub policy: Policy,
    /// Keys that sign receipts and bundles.
    pub keys: Vec<Key>,
    /// Who may sign what, by the name of the receipt without its version; `bundle` for manifests.
    pub receipts: BTreeMap<String, Rule>,
    /// The policy version last seen in each channel.
    pub channels: BTreeMap<String, u64>,
}

/// A trusted key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key itself.
    pub key: PublicKey,
    /// Whose it is, in words.
    pub name: String,
    /// What it is for.
    pub roles: BTreeSet<String>,
    /// First second it may sign at, since 1970.
    pub from: u64,
    /// The second from which it may no longer sign.
    pub until: Option<u64>,
    /// The second from which somebody else may have had it. Only what witnesses saw before is believed.
    pub revoked: Option<u64>,
}

/// Who may sign a kind of receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Keys with one of these roles.
    pub roles: BTreeSet<String>,
    /// How many distinct ones.
    pub threshold: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u64,
    #[serde(default)]
    policy: Vec<String>,
    #[serde(default)]
    keys: Vec<FileKey>,
    #[serde(default)]
    receipts: BTreeMap<String, FileRule>,
    #[serde(default)]
    channels: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileKey {
    key: String,
    name: String,
    roles: BTreeSet<String>,
    from: String,
    until: Option<String>,
    revoked: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRule {
    roles: BTreeSet<String>,
    #[serde(default = "one")]
    threshold: usize,
}

fn one() -> usize {
    1
}

impl Trust {
    /// Reads a trust file.
    ///
    /// # Errors
    /// [`Error::Limit`], [`Error::Form`], [`Error::Key`]; also for members, kinds and roles that mean nothing, because a
    /// misspelt word must not trust fewer or more than was meant.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let wrong = |why: String| Error::form(WHAT, why);
        json::parse(bytes, LIMITS)?;
        let file: File = serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
        if file.version != 1 {
            return Err(wrong(format!("version {} is not known", file.version)));
        }
        if let Some(line) = file.policy.iter().find(|line| line.contains('\n')) {
            let line = line.escape_debug();
            return Err(wrong(format!("`{line}` is more than one line")));
        }
        let policy = if file.policy.is_empty() {
            "quorum none\n".to_owned()
        } else {
            file.policy.join("\n") + "\n"
        };
        let trust = Self {
            policy: Policy::parse(policy.as_bytes())?,
            keys: file
                .keys
                .into_iter()
                .map(FileKey::read)
                .collect::<Result<_, _>>()?,
            receipts: file
                .receipts
                .into_iter()
                .map(|(kind, FileRule { roles, threshold })| (kind, Rule { roles, threshold }))
                .collect(),
            channels: file.channels,
        };
        let mut ids = BTreeSet::new();
        if let Some(key) = trust.keys.iter().find(|key| !ids.insert(key.key.id())) {
            return Err(wrong(format!("the key of `{}` occurs twice", key.name)));
        }
        for (kind, rule) in &trust.receipts {
            if !kinds().any(|known| known == kind) {
                return Err(wrong(format!("`{kind}` is no kind of receipt")));
            }
            let given = |role: &String| trust.keys.iter().any(|key| key.roles.contains(role));
            if let Some(role) = rule.roles.iter().find(|role| !given(role)) {
                return Err(wrong(format!(
                    "no key has the role `{role}` that `{kind}` asks for"
                )));
            }
            if rule.threshold == 0 || rule.roles.is_empty() {
                return Err(wrong(format!("`{kind}` asks for nobody's signature")));
            }
        }
        Ok(trust)
    }
}

/// The kinds a trust file may speak of.
fn kinds() -> impl Iterator<Item = &'static str> {
    statement::KINDS
        .iter()
        .map(|(_, name)| *name)
        .chain([crate::bundle::Manifest::NAME])
        .filter_map(|name| name.split('/').next())
}

impl FileKey {
    fn read(self) -> Result<Key, Error> {
        let wrong = |why: String| Error::form(WHAT, why);
        let moment = |text: &str| {
            moment::seconds(text).ok_or_else(|| {
                wrong(format!(
                    "`{text}` is no moment in UTC (2026-11-21T12:00:00Z)"
                ))
            })
        };
        let bytes = unhex(&self.key)
            .ok_or_else(|| wrong(format!("`{}` is not 64 hexadecimal digits", self.key)))?;
        let key = Key {
            key: PublicKey::from_bytes(bytes)?,
            from: moment(&self.from)?,
            until: self.until.as_deref().map(moment).transpose()?,
            revoked: self.revoked.as_deref().map(moment).transpose()?,
            name: self.name,
            roles: self.roles,
        };
        if key.until.is_some_and(|until| until <= key.from) {
            return Err(wrong(format!(
                "the key of `{}` ends before it begins",
                key.name
            )));
        }
        Ok(key)
    }
}

impl Key {
    /// Its id, as envelopes name it.
    #[must_use]
    pub fn id(&self) -> String {
        hex(&self.key.id())
    }

    /// Why it could not sign something at a moment that was `witnessed` (if it was) at another, both in seconds since 1970.
    ///
    /// # Errors
    /// The reason, in words.
    pub fn valid(&self, time: u64, witnessed: Option<u64>) -> Result<(), String> {
        let name = &self.name;
        if time < self.from {
            return Err(format!(
                "the key of `{name}` is valid from {}",
                moment::text(self.from)
            ));
        }
        if let Some(until) = self.until.filter(|until| time >= *until) {
            return Err(format!(
                "the key of `{name}` was valid until {}",
                moment::text(until)
            ));
        }
        match self.revoked {
            Some(revoked) if time >= revoked => Err(format!(
                "the key of `{name}` was revoked at {}",
                moment::text(revoked)
            )),
            // Whoever stole the key can write any time into a receipt, but not into what witnesses signed before.
            Some(revoked) if witnessed.is_none_or(|seen| seen >= revoked) => Err(format!(
                "the key of `{name}` was revoked at {}, and no quorum of witnesses saw this before",
                moment::text(revoked)
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ed25519::{SecretKey, Signer as _};
    use serde_json::{Value, json};

    fn key(seed: u8) -> String {
        hex(&SecretKey::from_seed(&[seed; 32]).public().to_bytes())
    }

    fn example() -> Value {
        json!({
            "version": 1,
            "policy": ["# nobody watches", "quorum none"],
            "keys": [
                {"key": key(1), "name": "Ana", "roles": ["release"], "from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"},
                {"key": key(2), "name": "Studio", "roles": ["studio", "release"], "from": "2026-01-01T00:00:00Z", "revoked": "2026-06-01T00:00:00Z"},
            ],
            "receipts": {
                "promotion": {"roles": ["release"]},
                "override": {"roles": ["release", "studio"], "threshold": 2},
                "bundle": {"roles": ["studio"]},
            },
            "channels": {"production": 7},
        })
    }

    #[test]
    fn it_says_who_may_sign_what() {
        let trust = Trust::parse(example().to_string().as_bytes()).unwrap();
        assert_eq!(trust.keys.len(), 2);
        assert_eq!(trust.receipts["override"].threshold, 2);
        assert_eq!(trust.receipts["promotion"].threshold, 1);
        assert_eq!(trust.channels["production"], 7);
        let at = |text| moment::seconds(text).unwrap();
        let (ana, studio) = (&trust.keys[0], &trust.keys[1]);
        assert!(ana.valid(at("2026-01-01T00:00:00Z"), None).is_ok());
        assert!(ana.valid(at("2025-12-31T23:59:59Z"), None).is_err());
        assert!(ana.valid(at("2027-01-01T00:00:00Z"), None).is_err());
        // A revoked key may have written any time; only what was seen before counts.
        let (early, late) = (at("2026-05-01T00:00:00Z"), at("2026-06-01T00:00:00Z"));
        assert!(studio.valid(early, Some(early)).is_ok());
        assert!(studio.valid(early, Some(late)).is_err());
        assert!(studio.valid(early, None).is_err());
        assert!(studio.valid(late, Some(early)).is_err());
    }

    #[test]
    fn an_empty_one_trusts_nobody() {
        let nobody = Trust::parse(b"{\"version\":1}").unwrap();
        assert!(nobody.keys.is_empty() && nobody.receipts.is_empty());
        assert!(nobody.policy.logs.is_empty());
        for text in ["", "{}", "{\"version\":2}", "[]", "{\"version\":1}x"] {
            assert!(Trust::parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_word_that_means_nothing_is_refused() {
        let refused = |at: &str, value: Value| {
            let mut file = example();
            *file.pointer_mut(at).unwrap() = value;
            Trust::parse(file.to_string().as_bytes())
                .unwrap_err()
                .to_string()
        };
        for (at, value, why) in [
            ("/keys/0/key", json!("00"), "64 hexadecimal"),
            ("/keys/0/key", json!("0".repeat(64)), "no Ed25519"),
            ("/keys/0/key", json!(key(2)), "twice"),
            ("/keys/0/from", json!("2026-01-01"), "no moment"),
            (
                "/keys/0/until",
                json!("2026-01-01T00:00:00Z"),
                "before it begins",
            ),
            ("/keys/0/roles", json!("release"), "invalid type"),
            (
                "/receipts",
                json!({"promotions": {"roles": ["release"]}}),
                "no kind",
            ),
            ("/receipts/bundle/roles", json!(["studios"]), "no key has"),
            ("/receipts/bundle/roles", json!([]), "nobody"),
            ("/receipts/override/threshold", json!(0), "nobody"),
            ("/channels/production", json!(-1), "invalid"),
            ("/channels/production", json!(1.5), "whole"),
            ("/policy/1", json!("quorum x"), "quorum"),
            ("/policy/0", json!("# a\n# b"), "more than one line"),
        ] {
            let found = refused(at, value);
            assert!(found.contains(why), "{at}: {found}");
        }
        for at in ["", "/keys/0", "/receipts/bundle"] {
            let mut file = example();
            file.pointer_mut(at).unwrap()["more"] = json!(1);
            assert!(Trust::parse(file.to_string().as_bytes()).is_err(), "{at}");
        }
        let twice =
            example()
                .to_string()
                .replacen("\"version\":1", "\"version\":1,\"version\":1", 1);
        assert!(Trust::parse(twice.as_bytes()).is_err());
    }
}
