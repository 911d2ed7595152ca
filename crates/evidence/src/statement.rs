//! Receipts: in-toto Statements (version 1) about what the Studio did. A statement names its subjects by SHA-256 and says one
//! thing about them, the predicate, whose type is a URI with a version. Nine kinds exist; others are read and kept as they
//! are. Members that are not known are ignored, as in-toto asks: what a receipt gains later does not make old readers refuse it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    Error,
    dsse::{self, Envelope},
    ed25519::Signer,
    hex,
    json::{self, Limits, Value},
    moment, sha256, unhex,
};

/// The type of every statement.
pub const STATEMENT: &str = "https://in-toto.io/Statement/v1";

const WHAT: &str = "statement";
const BASE: &str = "https://trustfabric.eu/receipts/";

/// What a statement is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Its name: the path of a file in a bundle, or what people call it.
    pub name: String,
    /// Its digests by algorithm, in hexadecimal digits; `sha256` at least.
    pub digest: BTreeMap<String, String>,
}

impl Subject {
    /// A subject in hand.
    #[must_use]
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            digest: BTreeMap::from([("sha256".to_owned(), hex(&sha256(&[bytes])))]),
        }
    }

    /// Whether these bytes are the subject.
    #[must_use]
    pub fn is(&self, bytes: &[u8]) -> bool {
        self.digest.get("sha256") == Some(&hex(&sha256(&[bytes])))
    }
}

/// A statement. What its predicate says is read by [`Statement::predicate`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    /// What it is about.
    pub subject: Vec<Subject>,
    /// Which type of predicate.
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// The predicate, as it stands.
    pub predicate: Value,
}

/// Something a receipt says.
pub trait Predicate: Serialize + DeserializeOwned {
    /// Its kind in a leaf; 0 for what stands in no ledger.
    const KIND: u8;
    /// Its name and version, the end of its type.
    const NAME: &'static str;

    /// When it was said, RFC 3339 in UTC.
    fn issued(&self) -> &str;

    /// The type as it stands in statements.
    #[must_use]
    fn uri() -> String {
        format!("{BASE}{}", Self::NAME)
    }
}

impl Statement {
    /// Says something about subjects.
    ///
    /// # Errors
    /// [`Error::Form`] without subject, with a digest that is none, or a moment not in RFC 3339 and UTC.
    pub fn new<P: Predicate>(subject: Vec<Subject>, predicate: &P) -> Result<Self, Error> {
        let said = Self {
            kind: STATEMENT.to_owned(),
            subject,
            predicate_type: P::uri(),
            predicate: json::value(predicate)?,
        };
        said.sound()?;
        said.predicate::<P>()?;
        Ok(said)
    }

    /// Reads the payload of an envelope: canonical JSON with whole numbers.
    ///
    /// # Errors
    /// [`Error::Limit`], [`Error::Form`].
    pub fn parse(payload: &[u8]) -> Result<Self, Error> {
        Self::parse_within(payload, Limits::RECEIPT)
    }

    /// As [`Statement::parse`], for another size.
    ///
    /// # Errors
    /// [`Error::Limit`], [`Error::Form`].
    pub fn parse_within(payload: &[u8], limits: Limits) -> Result<Self, Error> {
        Self::shape(json::parse_canonical(payload, limits)?)
    }

    /// The statement of a JSON value.
    pub(crate) fn shape(value: Value) -> Result<Self, Error> {
        let wrong = |error: &dyn std::fmt::Display| Error::form(WHAT, error.to_string());
        let Value::Object(members) = value else {
            return Err(wrong(&"no object"));
        };
        let (mut kind, mut subject, mut predicate_type, mut predicate) = (None, None, None, None);
        for (name, value) in members {
            match (name.as_str(), value) {
                ("_type", Value::String(text)) => kind = Some(text),
                ("predicateType", Value::String(text)) => predicate_type = Some(text),
                ("predicate", value) => predicate = Some(value),
                ("subject", value) => {
                    let read = Vec::<Subject>::deserialize(&value);
                    subject = Some(read.map_err(|error| wrong(&error))?);
                }
                _ => {}
            }
        }
        let missing = |name: &str| wrong(&format!("`{name}` is missing, or no text"));
        let said = Self {
            kind: kind.ok_or_else(|| missing("_type"))?,
            subject: subject.ok_or_else(|| missing("subject"))?,
            predicate_type: predicate_type.ok_or_else(|| missing("predicateType"))?,
            predicate: predicate.ok_or_else(|| missing("predicate"))?,
        };
        said.sound()?;
        Ok(said)
    }

    fn sound(&self) -> Result<(), Error> {
        if self.kind != STATEMENT {
            return Err(Error::form(
                WHAT,
                format!("its type is `{}`, not `{STATEMENT}`", self.kind),
            ));
        }
        let digest = |subject: &Subject| {
            subject
                .digest
                .get("sha256")
                .is_some_and(|text| unhex::<32>(text).is_some())
        };
        if self.subject.is_empty() || !self.subject.iter().all(digest) {
            return Err(Error::form(
                WHAT,
                "it names no subject, or one without SHA-256",
            ));
        }
        Ok(())
    }

    /// What it says, if that is of this type.
    ///
    /// # Errors
    /// [`Error::Form`].
    pub fn predicate<P: Predicate>(&self) -> Result<P, Error> {
        if self.predicate_type != P::uri() {
            let why = format!("it says `{}`, not `{}`", self.predicate_type, P::uri());
            return Err(Error::form(WHAT, why));
        }
        let said = P::deserialize(&self.predicate)
            .map_err(|error| Error::form(WHAT, error.to_string()))?;
        match moment::seconds(said.issued()) {
            Some(_) => Ok(said),
            None => Err(Error::form(
                WHAT,
                format!("`{}` is no moment in UTC", said.issued()),
            )),
        }
    }

    /// The receipt: signed, as canonical JSON in an envelope.
    ///
    /// # Errors
    /// [`Error::Form`] for numbers that JSON does not keep, [`Error::Signer`].
    pub fn seal(&self, signers: &[&dyn Signer]) -> Result<Envelope, Error> {
        dsse::seal(
            dsse::IN_TOTO,
            json::to_canonical(self)?.into_bytes(),
            signers,
        )
    }
}

/// Declares the kinds of receipts: number in leaves, name, and members.
macro_rules! receipts {
    ($($(#[$about:meta])* $number:literal $name:literal $receipt:ident { $($(#[$what:meta])* $member:ident: $type:ty,)* })*) => {
        $(
            $(#[$about])*
            #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(rename_all = "camelCase")]
            pub struct $receipt {
                /// When, RFC 3339 in UTC.
                pub issued: String,
                $($(#[$what])* pub $member: $type,)*
            }

            impl Predicate for $receipt {
                const KIND: u8 = $number;
                const NAME: &'static str = $name;

                fn issued(&self) -> &str {
                    &self.issued
                }
            }
        )*

        /// The number of a predicate type in leaves; `None` for types this version does not know.
        #[must_use]
        pub fn kind_of(predicate_type: &str) -> Option<u8> {
            match predicate_type.strip_prefix(BASE)? {
                $($name => Some($number),)*
                _ => None,
            }
        }

        /// The kinds of receipts: number in leaves, and name with version.
        pub const KINDS: &[(u8, &str)] = &[$(($number, $name)),*];

        /// What a receipt says.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Said {
            $($(#[$about])* $receipt($receipt),)*
        }

        impl Said {
            /// What a statement says, if it has the shape of its type.
            ///
            /// # Errors
            /// [`Error::Form`], also for a type this version does not know.
            pub fn of(statement: &Statement) -> Result<Self, Error> {
                match kind_of(&statement.predicate_type) {
                    $(Some($number) => statement.predicate().map(Self::$receipt),)*
                    _ => Err(Error::form(WHAT, format!("`{}` is not known", statement.predicate_type))),
                }
            }

            /// Its kind in a leaf.
            #[must_use]
            pub fn kind(&self) -> u8 {
                match self {
                    $(Self::$receipt(_) => $number,)*
                }
            }

            /// When it was said, RFC 3339 in UTC.
            #[must_use]
            pub fn issued(&self) -> &str {
                match self {
                    $(Self::$receipt(said) => &said.issued,)*
                }
            }
        }

        /// Checks that what a statement says has the shape of its type.
        ///
        /// # Errors
        /// As [`Said::of`].
        pub fn check(statement: &Statement) -> Result<u8, Error> {
            Said::of(statement).map(|said| said.kind())
        }
    };
}

receipts! {
    /// A preview of what an edit would change, kept.
    1 "drift-preview/v1" DriftPreview {
        /// Digest of the set in force.
        base: String,
        /// Digest of the edit.
        head: String,
        /// Rows replayed.
        rows: u64,
        /// Rows that gain access.
        gained: u64,
        /// Rows that lose access.
        lost: u64,
        /// Rows the log cannot tell.
        open: u64,
    }
    /// What the guard said of an edit.
    2 "guard-verdict/v1" GuardVerdict {
        /// Digest of the set in force.
        base: String,
        /// Digest of the edit.
        head: String,
        /// Digest of the tolerance.
        tolerance: String,
        /// `pass`, `blocked` or `undecided`.
        verdict: Ruling,
        /// Bands that hold more than they may.
        violations: u64,
    }
    /// An approver let an edit pass.
    3 "override/v1" Override {
        /// Digest of the set in force.
        base: String,
        /// Digest of the edit.
        head: String,
        /// Who approved.
        approver: String,
        /// Whose edit it is.
        author: String,
        /// Why.
        reason: String,
        /// Until when, RFC 3339 in UTC.
        expires: String,
    }
    /// A policy set came into force.
    4 "promotion/v1" Promotion {
        /// Where.
        channel: String,
        /// Its number there; never lower than before.
        version: u64,
        /// Digest of the set before.
        from: String,
        /// Digest of the set now.
        to: String,
        /// By whom.
        by: String,
    }
    /// An earlier policy set came into force again, under a higher number.
    5 "rollback/v1" Rollback {
        /// Where.
        channel: String,
        /// Its number there; higher than before.
        version: u64,
        /// The number whose content it has.
        restores: u64,
        /// Digest of the set before.
        from: String,
        /// Digest of the set now.
        to: String,
        /// By whom.
        by: String,
        /// Why.
        reason: String,
    }
    /// A report in words was written.
    6 "narrative/v1" Narrative {
        /// Its language, BCP 47.
        language: String,
        /// Its form: `markdown`, `html`, `pdf`, `slack` or `text`; `document` for the words that a PDF is set from, signed before it.
        format: String,
        /// SHA-256 of the facts it tells.
        facts: String,
    }
    /// A key takes the place of another. Signed by both.
    7 "key-rotation/v1" KeyRotation {
        /// The key that goes: 64 hexadecimal digits.
        old: String,
        /// The key that comes.
        new: String,
        /// What the keys sign.
        role: String,
    }
    /// A ledger was restored from a backup.
    8 "restore/v1" Restore {
        /// Which ledger.
        origin: String,
        /// Its size in the backup.
        backup: u64,
        /// The largest size known to have been signed.
        known: u64,
        /// By whom.
        by: String,
    }
    /// Receipts were destroyed. Their leaves stay.
    9 "purge-manifest/v1" PurgeManifest {
        /// Which, in the order of their numbers.
        receipts: Vec<PurgedReceipt>,
        /// Why.
        reason: String,
        /// By whom.
        by: String,
    }
}

/// Whether a channel can be called that: a part of a ref's name in git and of a file's, the same on every system.
#[must_use]
pub fn is_channel(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    (1..=100).contains(&name.len())
        && name.chars().all(plain)
        && !name.starts_with(['.', '-'])
        && !name.contains("..")
        && ![".", ".lock"].iter().any(|end| name.ends_with(end))
}

/// A receipt that was destroyed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurgedReceipt {
    /// Its number in the ledger.
    pub number: u64,
    /// The hash of its leaf in the tree: 64 hexadecimal digits.
    pub leaf: String,
}

/// What the guard says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// Within the tolerance, or overridden.
    Pass,
    /// Beyond it.
    Blocked,
    /// The log cannot tell.
    Undecided,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ed25519::SecretKey;

    fn promotion() -> Promotion {
        Promotion {
            issued: "2026-11-21T12:00:00Z".into(),
            channel: "production".into(),
            version: 7,
            from: "sha256:1".into(),
            to: "sha256:2".into(),
            by: "ana".into(),
        }
    }

    #[test]
    fn a_receipt_says_what_was_sealed() {
        let key = SecretKey::from_seed(&[1; 32]);
        let subject = Subject::of("policies", b"permit(principal, action, resource);");
        let said = Statement::new(vec![subject], &promotion()).unwrap();
        let text = said.seal(&[&key]).unwrap().to_json();
        let payload = dsse::open(text.as_bytes(), dsse::IN_TOTO, &[key.public()], 1).unwrap();
        let read = Statement::parse(&payload).unwrap();
        assert_eq!(read, said);
        assert_eq!(read.predicate::<Promotion>().unwrap(), promotion());
        assert!(read.predicate::<Rollback>().is_err());
        assert!(read.subject[0].is(b"permit(principal, action, resource);"));
        assert!(!read.subject[0].is(b"forbid(principal, action, resource);"));
        assert_eq!(check(&read), Ok(4));
        assert_eq!(
            kind_of("https://trustfabric.eu/receipts/promotion/v2"),
            None
        );
    }

    #[test]
    fn what_is_not_sound_is_not_said() {
        let subject = vec![Subject::of("x", b"x")];
        assert!(Statement::new(Vec::new(), &promotion()).is_err());
        let local = Promotion {
            issued: "2026-11-21T12:00:00+01:00".into(),
            ..promotion()
        };
        assert!(Statement::new(subject.clone(), &local).is_err());
        let vast = Promotion {
            version: 1 << 53,
            ..promotion()
        };
        let vast = Statement::new(subject.clone(), &vast).unwrap();
        assert!(vast.seal(&[&SecretKey::from_seed(&[1; 32])]).is_err());
        let good = json::to_canonical(&Statement::new(subject, &promotion()).unwrap()).unwrap();
        assert!(Statement::parse(good.as_bytes()).is_ok());
        for (from, to) in [
            ("Statement/v1", "Statement/v2"),
            ("\"sha256\"", "\"sha512\""),
            ("\"version\":7", "\"version\":7.5"),
            ("{\"_type\"", "{ \"_type\""),
        ] {
            assert!(
                Statement::parse(good.replace(from, to).as_bytes()).is_err(),
                "{to}"
            );
        }
        let wrong = Statement::parse(
            good.replace("\"version\":7", "\"version\":\"7\"")
                .as_bytes(),
        )
        .unwrap();
        assert!(check(&wrong).is_err());
    }
}
