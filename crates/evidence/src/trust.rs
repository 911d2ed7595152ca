//! The auditor's trust file: whom to believe, and about what. A strict JSON document that the auditor writes and keeps; nothing
//! in a bundle changes it. Who is not named is not trusted, so that an empty one lets nothing pass. Its form is described in
//! `docs/evidence.md`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize as _;

use crate::{
    Error,
    ed25519::PublicKey,
    hex,
    json::{self, Limits, Value},
    moment,
    statement::{self, Predicate as _, is_channel},
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

/// A place in a trust file: what is written there, if anything is, and how that place is called.
struct Place<'v> {
    value: Option<&'v Value>,
    called: String,
}

fn wrong(why: impl Into<String>) -> Error {
    Error::form(WHAT, why)
}

impl<'v> Place<'v> {
    fn is(&self, what: &str) -> Error {
        match self.value {
            None => wrong(format!("{} is missing", self.called)),
            Some(_) => wrong(format!("{} is not {what}", self.called)),
        }
    }

    fn inside(&self, name: &str) -> String {
        match self.called.as_str() {
            "" => format!("`{name}`"),
            place => format!("`{name}` of {place}"),
        }
    }

    /// Names and places of what stands in braces; none where it is left out.
    fn members(&self) -> Result<Vec<(&'v str, Self)>, Error> {
        let members = match self.value {
            None => return Ok(Vec::new()),
            Some(Value::Object(members)) => members,
            Some(_) if self.called.is_empty() => {
                return Err(wrong("it does not stand in braces, `{…}`"));
            }
            Some(_) => return Err(self.is("written in braces, `{…}`")),
        };
        let place = |(name, value): &'v (String, Value)| {
            let called = self.inside(name);
            let value = Some(value);
            (name.as_str(), Self { value, called })
        };
        Ok(members.iter().map(place).collect())
    }

    /// The places of these names, of which there may be no others.
    fn only<const N: usize>(&self, names: [&str; N]) -> Result<[Self; N], Error> {
        let members = self.members()?;
        if let Some((_, other)) = members.iter().find(|(name, _)| !names.contains(name)) {
            let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
            return Err(wrong(format!(
                "{} means nothing: only {} may stand there",
                other.called,
                names.join(", ")
            )));
        }
        Ok(names.map(|name| Self {
            value: self.value.and_then(|value| value.get(name)),
            called: self.inside(name),
        }))
    }

    /// What stands in brackets, each called by its number from 1; nothing where it is left out.
    fn list(&self, each: &str) -> Result<Vec<Self>, Error> {
        let Some(value) = self.value else {
            return Ok(Vec::new());
        };
        let elements = value
            .as_array()
            .ok_or_else(|| self.is("a list in brackets, `[…]`"))?;
        let place = |(number, value): (usize, &'v Value)| Self {
            value: Some(value),
            called: format!("{each} {number}"),
        };
        Ok((1..).zip(elements).map(place).collect())
    }

    fn text(&self) -> Result<&'v str, Error> {
        let text = self.value.and_then(Value::as_str);
        text.ok_or_else(|| self.is("a text in quotes"))
    }

    fn number(&self) -> Result<u64, Error> {
        let number = self.value.and_then(|value| u64::deserialize(value).ok());
        number.ok_or_else(|| self.is("a whole number, 0 or more"))
    }

    /// Words in brackets, which must be there.
    fn words(&self) -> Result<BTreeSet<String>, Error> {
        if self.value.is_none() {
            return Err(self.is(""));
        }
        let words = self.list(&format!("{}, word", self.called))?;
        words
            .iter()
            .map(|word| Ok(word.text()?.to_owned()))
            .collect()
    }

    /// A moment, in seconds since 1970.
    fn moment(&self) -> Result<u64, Error> {
        let text = self.text()?;
        moment::seconds(text).ok_or_else(|| {
            wrong(format!(
                "{} is `{text}`, which is no moment in UTC (2026-11-21T12:00:00Z)",
                self.called
            ))
        })
    }

    /// The same, where it may be left out.
    fn moment_if_any(&self) -> Result<Option<u64>, Error> {
        match self.value {
            None | Some(Value::Null) => Ok(None),
            Some(_) => self.moment().map(Some),
        }
    }
}

impl Trust {
    /// Reads a trust file.
    ///
    /// # Errors
    /// [`Error::Limit`], [`Error::Form`], [`Error::Key`]; also for members, kinds, roles and channels that mean nothing, because a
    /// misspelt word must not trust fewer or more than was meant.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let value = json::parse(bytes, LIMITS).map_err(|error| match error {
            Error::Form { why, .. } => wrong(format!("it cannot be read as JSON: {why}")),
            other => other,
        })?;
        let file = Place {
            value: Some(&value),
            called: String::new(),
        };
        let [version, policy, keys, receipts, channels] =
            file.only(["version", "policy", "keys", "receipts", "channels"])?;
        let version = version.number()?;
        if version != 1 {
            return Err(wrong(format!("version {version} is not known")));
        }
        let trust = Self {
            policy: Policy::parse(lines(&policy)?.as_bytes())?,
            keys: keys
                .list("key")?
                .iter()
                .map(key)
                .collect::<Result<_, _>>()?,
            receipts: receipts
                .members()?
                .iter()
                .map(|(kind, place)| Ok(((*kind).to_owned(), rule(place)?)))
                .collect::<Result<_, Error>>()?,
            channels: channels
                .members()?
                .iter()
                .map(|(channel, place)| match is_channel(channel) {
                    true => Ok(((*channel).to_owned(), place.number()?)),
                    false => Err(wrong(format!(
                        "`{}` in `channels` is no name of a channel: small letters, digits, `-`, `_` and `.`",
                        channel.escape_debug()
                    ))),
                })
                .collect::<Result<_, Error>>()?,
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

/// The lines of the policy, as its own format has them.
fn lines(policy: &Place<'_>) -> Result<String, Error> {
    let mut lines = String::new();
    for line in policy.list("line")? {
        let text = line.text()?;
        if text.contains('\n') {
            let line = text.escape_debug();
            return Err(wrong(format!("`{line}` is more than one line")));
        }
        lines.push_str(text);
        lines.push('\n');
    }
    if lines.is_empty() {
        lines.push_str("quorum none\n");
    }
    Ok(lines)
}

fn rule(place: &Place<'_>) -> Result<Rule, Error> {
    let [roles, threshold] = place.only(["roles", "threshold"])?;
    let threshold = match threshold.value {
        None => 1,
        Some(_) => threshold.number()?,
    };
    Ok(Rule {
        roles: roles.words()?,
        // More than there can be keys is more than there are.
        threshold: usize::try_from(threshold).unwrap_or(usize::MAX),
    })
}

fn key(place: &Place<'_>) -> Result<Key, Error> {
    let [key, name, roles, from, until, revoked] =
        place.only(["key", "name", "roles", "from", "until", "revoked"])?;
    let digits = key.text()?;
    let bytes =
        unhex(digits).ok_or_else(|| wrong(format!("`{digits}` is not 64 hexadecimal digits")))?;
    let key = Key {
        key: PublicKey::from_bytes(bytes)?,
        name: name.text()?.to_owned(),
        roles: roles.words()?,
        from: from.moment()?,
        until: until.moment_if_any()?,
        revoked: revoked.moment_if_any()?,
    };
    if key.until.is_some_and(|until| until <= key.from) {
        return Err(wrong(format!(
            "the key of `{}` ends before it begins",
            key.name
        )));
    }
    Ok(key)
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
            (
                "/keys/0/roles",
                json!("release"),
                "`roles` of key 1 is not a list",
            ),
            ("/keys/1/roles", json!([7]), "word 1 is not a text"),
            ("/keys/1/name", json!(7), "`name` of key 2 is not a text"),
            (
                "/keys/0",
                json!({"name": "Ana"}),
                "`key` of key 1 is missing",
            ),
            ("/keys/0", json!("Ana"), "key 1 is not written in braces"),
            ("/keys", json!({}), "`keys` is not a list"),
            ("/policy", json!(null), "`policy` is not a list"),
            ("/policy/1", json!(4), "line 2 is not a text"),
            ("/version", json!("1"), "`version` is not a whole number"),
            ("/receipts/bundle", json!({}), "`roles` of `bundle`"),
            (
                "/receipts/override/threshold",
                json!("two"),
                "`threshold` of `override` of `receipts` is not a whole number",
            ),
            (
                "/channels",
                json!([]),
                "`channels` is not written in braces",
            ),
            (
                "/channels/production",
                json!("7"),
                "`production` of `channels` is not a whole number",
            ),
            (
                "/receipts",
                json!({"promotions": {"roles": ["release"]}}),
                "no kind",
            ),
            ("/receipts/bundle/roles", json!(["studios"]), "no key has"),
            ("/receipts/bundle/roles", json!([]), "nobody"),
            ("/receipts/override/threshold", json!(0), "nobody"),
            ("/channels/production", json!(-1), "not a whole number"),
            ("/channels/production", json!(1.5), "whole"),
            ("/policy/1", json!("quorum x"), "quorum"),
            ("/policy/0", json!("# a\n# b"), "more than one line"),
        ] {
            let found = refused(at, value);
            assert!(found.contains(why), "{at}: {found}");
        }
        for (at, place) in [
            ("", "`more`"),
            ("/keys/0", "`more` of key 1"),
            ("/receipts/bundle", "`more` of `bundle` of `receipts`"),
        ] {
            let mut file = example();
            file.pointer_mut(at).unwrap()["more"] = json!(1);
            let error = Trust::parse(file.to_string().as_bytes()).unwrap_err();
            let found = error.to_string();
            let said = format!("{place} means nothing: only `");
            assert!(found.contains(&said), "{at}: {found}");
        }
        for channel in [
            "",
            " stable",
            "stable ",
            "Stable",
            "a/b",
            "a..b",
            ".a",
            "-a",
            "a.",
            "a.lock",
            "st\u{e4}ble",
            &"a".repeat(101),
        ] {
            let found = refused("/channels", json!({"production": 7, channel: 1}));
            assert!(found.contains("no name of a channel"), "{channel}: {found}");
        }
        let torn = Trust::parse(b"{\"version\":1").unwrap_err().to_string();
        let said = "trust file: it cannot be read as JSON";
        assert!(torn.starts_with(said), "{torn}");
        // Words of Rust's are no auditor's.
        for text in [
            "[]",
            "7",
            "\"trust\"",
            "{\"version\":[]}",
            "{\"keys\":[[]]}",
        ] {
            let found = Trust::parse(text.as_bytes()).unwrap_err().to_string();
            for word in ["struct", "u64", "invalid type", "expected", "element"] {
                assert!(!found.contains(word), "{text}: {found}");
            }
        }
        let twice =
            example()
                .to_string()
                .replacen("\"version\":1", "\"version\":1,\"version\":1", 1);
        assert!(Trust::parse(twice.as_bytes()).is_err());
    }
}
