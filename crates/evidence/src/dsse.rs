//! DSSE envelopes (secure-systems-lab/dsse, version 1): bytes, what they are, and signatures over both. The signed bytes are
//! built from the decoded payload, never from its text; the key id in an envelope is a hint and decides nothing; a threshold
//! counts distinct keys.

use crate::{
    Error, base64,
    ed25519::{PublicKey, Signer},
    hex,
    json::{self, Limits, Value},
};

/// The payload type of in-toto statements.
pub const IN_TOTO: &str = "application/vnd.in-toto+json";

const WHAT: &str = "DSSE envelope";
const MAX_SIGNATURES: usize = 16;

/// One signature of an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Which key may have made it. Unsigned: a hint.
    pub keyid: String,
    /// Its bytes; 64 of them if it is an Ed25519 one.
    pub bytes: Vec<u8>,
}

/// A signed payload, decoded. Nothing in it is to be believed before [`Envelope::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// What the payload is.
    pub payload_type: String,
    /// What was signed.
    pub payload: Vec<u8>,
    /// By whom.
    pub signatures: Vec<Signature>,
}

/// The bytes that are signed: the pre-authentication encoding.
#[must_use]
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        payload.len()
    );
    [head.as_bytes(), payload].concat()
}

/// Signs a payload with each of the keys.
///
/// # Errors
/// [`Error::Signer`].
pub fn seal(
    payload_type: &str,
    payload: Vec<u8>,
    signers: &[&dyn Signer],
) -> Result<Envelope, Error> {
    let message = pae(payload_type, &payload);
    let sign = |signer: &&dyn Signer| {
        Ok(Signature {
            keyid: hex(&signer.public().id()),
            bytes: signer.sign(&message)?.to_vec(),
        })
    };
    Ok(Envelope {
        payload_type: payload_type.to_owned(),
        signatures: signers.iter().map(sign).collect::<Result<_, _>>()?,
        payload,
    })
}

/// Reads an envelope and verifies it: the payload, if it is of that type and `threshold` distinct keys of `keys` signed it.
///
/// # Errors
/// As [`Envelope::parse`] and [`Envelope::verify`].
pub fn open(
    text: &[u8],
    payload_type: &str,
    keys: &[PublicKey],
    threshold: usize,
) -> Result<Vec<u8>, Error> {
    let envelope = Envelope::parse(text)?;
    envelope.verify(payload_type, keys, threshold)?;
    Ok(envelope.payload)
}

impl Envelope {
    /// Reads an envelope. Members it does not know are ignored, as DSSE asks.
    ///
    /// # Errors
    /// [`Error::Limit`], [`Error::Form`].
    pub fn parse(text: &[u8]) -> Result<Self, Error> {
        // The payload is in base64, inside.
        const LIMITS: Limits = Limits {
            bytes: 24 << 20,
            depth: 8,
            integers_only: false,
        };
        if text.len() > LIMITS.bytes {
            return Err(Error::limit("an envelope", LIMITS.bytes));
        }
        match std::str::from_utf8(text).ok().and_then(Self::canonical) {
            Some(envelope) => Ok(envelope),
            None => Self::from_value(&json::parse(text, LIMITS)?),
        }
    }

    /// The envelope, if it is written as [`Envelope::to_json`] writes it and nothing in it is escaped: found by looking for
    /// quotes, in a fraction of the time.
    fn canonical(text: &str) -> Option<Self> {
        fn quoted<'a>(rest: &mut &'a str, before: &str) -> Option<&'a str> {
            let (text, after) = rest.strip_prefix(before)?.split_once('"')?;
            *rest = after;
            Some(text)
        }
        let plain = |text: &&str| {
            text.bytes()
                .all(|byte| (b' '..0x7f).contains(&byte) && byte != b'\\')
        };
        let mut rest = text;
        let payload = base64::decode(quoted(&mut rest, "{\"payload\":\"")?)?;
        let payload_type = quoted(&mut rest, ",\"payloadType\":\"").filter(plain)?;
        rest = rest.strip_prefix(",\"signatures\":[")?;
        let mut signatures = Vec::new();
        while signatures.len() < MAX_SIGNATURES {
            let keyid = quoted(&mut rest, "{\"keyid\":\"").filter(plain)?.to_owned();
            let bytes = base64::decode(quoted(&mut rest, ",\"sig\":\"")?)?;
            signatures.push(Signature { keyid, bytes });
            if rest == "}]}" {
                return Some(Self {
                    payload_type: payload_type.to_owned(),
                    payload,
                    signatures,
                });
            }
            rest = rest.strip_prefix("},")?;
        }
        None
    }

    /// The envelope of a JSON value.
    ///
    /// # Errors
    /// [`Error::Limit`], [`Error::Form`].
    pub fn from_value(value: &Value) -> Result<Self, Error> {
        let missing = |name: &str| Error::form(WHAT, format!("`{name}` is missing or no text"));
        let text = |value: &Value, name: &str| {
            let found = value.get(name).and_then(Value::as_str);
            found.map(ToOwned::to_owned).ok_or_else(|| missing(name))
        };
        let bytes = |value: &Value, name: &str| {
            let found = value.get(name).and_then(Value::as_str);
            base64::decode(found.ok_or_else(|| missing(name))?)
                .ok_or_else(|| Error::form(WHAT, format!("`{name}` is no strict base64")))
        };
        let signatures = value
            .get("signatures")
            .and_then(Value::as_array)
            .filter(|signatures| !signatures.is_empty())
            .ok_or_else(|| Error::form(WHAT, "`signatures` is missing or empty"))?;
        if signatures.len() > MAX_SIGNATURES {
            return Err(Error::limit("the number of signatures", MAX_SIGNATURES));
        }
        let signature = |value: &Value| {
            Ok(Signature {
                keyid: match value.get("keyid") {
                    None => String::new(),
                    Some(_) => text(value, "keyid")?,
                },
                bytes: bytes(value, "sig")?,
            })
        };
        Ok(Self {
            payload_type: text(value, "payloadType")?,
            payload: bytes(value, "payload")?,
            signatures: signatures
                .iter()
                .map(signature)
                .collect::<Result<_, Error>>()?,
        })
    }

    /// The envelope as canonical JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let text = |text: &str| Value::String(text.to_owned());
        let member = |name: &str, value: Value| (name.to_owned(), value);
        // INVARIANT: members stand in canonical order.
        let signature = |signature: &Signature| {
            Value::Object(vec![
                member("keyid", text(&signature.keyid)),
                member("sig", text(&base64::encode(&signature.bytes))),
            ])
        };
        Value::Object(vec![
            member("payload", text(&base64::encode(&self.payload))),
            member("payloadType", text(&self.payload_type)),
            member(
                "signatures",
                Value::Array(self.signatures.iter().map(signature).collect()),
            ),
        ])
        .canonical()
    }

    /// Which of the keys signed this, each once, in the order of `keys`.
    #[must_use]
    pub fn signers(&self, keys: &[PublicKey]) -> Vec<PublicKey> {
        let message = pae(&self.payload_type, &self.payload);
        let mut found = Vec::new();
        for key in keys {
            let id = hex(&key.id());
            let mut own: Vec<_> = self.signatures.iter().collect();
            // The hint is tried first; when it lies, the others are.
            own.sort_by_key(|signature| signature.keyid != id);
            let signed = own.iter().any(|signature| {
                signature
                    .bytes
                    .as_slice()
                    .try_into()
                    .is_ok_and(|bytes| key.verifies(&message, bytes))
            });
            if signed && !found.contains(key) {
                found.push(*key);
            }
        }
        found
    }

    /// The keys that signed this, if it is of that type and they are at least `threshold`.
    ///
    /// # Errors
    /// [`Error::Form`] for another type, [`Error::Signature`]. A threshold of nothing is never reached.
    pub fn verify(
        &self,
        payload_type: &str,
        keys: &[PublicKey],
        threshold: usize,
    ) -> Result<Vec<PublicKey>, Error> {
        if self.payload_type != payload_type {
            let why = format!(
                "the payload is `{}`, not `{payload_type}`",
                self.payload_type
            );
            return Err(Error::form(WHAT, why));
        }
        let found = self.signers(keys);
        if threshold == 0 || found.len() < threshold {
            return Err(Error::Signature {
                found: found.len(),
                needed: threshold.max(1),
            });
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ed25519::SecretKey;
    use proptest::prelude::*;

    fn key(seed: u8) -> SecretKey {
        SecretKey::from_seed(&[seed; 32])
    }

    /// The example of the DSSE protocol.
    #[test]
    fn the_signed_bytes_are_those_of_the_standard() {
        assert_eq!(
            pae("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
        assert_eq!(pae("", b""), b"DSSEv1 0  0 ");
        // Lengths are of bytes.
        assert_eq!(pae("é", "ü".as_bytes()), "DSSEv1 2 é 2 ü".as_bytes());
    }

    #[test]
    fn an_envelope_opens_with_the_key_that_sealed_it_and_no_other() {
        let (a, b) = (key(1), key(2));
        let sealed = seal(IN_TOTO, b"{}".to_vec(), &[&a]).unwrap().to_json();
        let text = sealed.as_bytes();
        assert_eq!(
            open(text, IN_TOTO, &[b.public(), a.public()], 1).unwrap(),
            b"{}"
        );
        assert!(open(text, IN_TOTO, &[b.public()], 1).is_err());
        assert!(open(text, IN_TOTO, &[], 1).is_err());
        assert!(open(text, IN_TOTO, &[a.public()], 0).is_err());
        assert!(open(text, "text/plain", &[a.public()], 1).is_err());
        assert_eq!(Envelope::parse(text).unwrap().to_json(), sealed);
    }

    #[test]
    fn a_threshold_counts_keys_not_signatures() {
        let (a, b) = (key(1), key(2));
        let mut envelope = seal(IN_TOTO, b"{}".to_vec(), &[&a, &a]).unwrap();
        let keys = [a.public(), a.public(), b.public()];
        assert!(envelope.verify(IN_TOTO, &keys, 1).is_ok());
        assert_eq!(
            envelope.verify(IN_TOTO, &keys, 2),
            Err(Error::Signature {
                found: 1,
                needed: 2
            })
        );
        envelope.signatures = seal(IN_TOTO, b"{}".to_vec(), &[&a, &b]).unwrap().signatures;
        assert_eq!(envelope.verify(IN_TOTO, &keys, 2).unwrap().len(), 2);
    }

    #[test]
    fn the_key_id_is_a_hint() {
        let a = key(1);
        let mut envelope = seal(IN_TOTO, b"{}".to_vec(), &[&a]).unwrap();
        for hint in [String::new(), "x".into(), hex(&key(2).public().id())] {
            envelope.signatures[0].keyid = hint;
            assert!(envelope.verify(IN_TOTO, &[a.public()], 1).is_ok());
            assert!(envelope.verify(IN_TOTO, &[key(2).public()], 1).is_err());
        }
    }

    #[test]
    fn what_is_no_envelope_is_refused() {
        for text in [
            "{}",
            "[]",
            r#"{"payload":"e30=","payloadType":"t","signatures":[]}"#,
            r#"{"payload":"e30","payloadType":"t","signatures":[{"sig":"AA=="}]}"#,
            r#"{"payload":"e30=","payloadType":1,"signatures":[{"sig":"AA=="}]}"#,
            r#"{"payload":"e30=","payload":"e30=","payloadType":"t","signatures":[{"sig":"AA=="}]}"#,
            r#"{"payload":"e30=","payloadType":"t","signatures":[{"keyid":1,"sig":"AA=="}]}"#,
        ] {
            assert!(Envelope::parse(text.as_bytes()).is_err(), "{text}");
        }
        let ok = r#"{"payload":"e30=","payloadType":"t","more":1,"signatures":[{"sig":"AA=="}]}"#;
        let read = Envelope::parse(ok.as_bytes()).unwrap();
        // A signature of another length is no error, but nobody's.
        assert!(read.verify("t", &[key(1).public()], 1).is_err());
        let many = vec![r#"{"sig":"AA=="}"#; 17].join(",");
        let many = format!(r#"{{"payload":"e30=","payloadType":"t","signatures":[{many}]}}"#);
        assert!(matches!(
            Envelope::parse(many.as_bytes()),
            Err(Error::Limit { .. })
        ));
    }

    proptest! {
        #[test]
        fn the_short_way_reads_what_the_long_one_does(kind in "[a\\PC]{0,3}", keys in 1..4_u8, place in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let keys: Vec<_> = (0..keys).map(key).collect();
            let signers: Vec<_> = keys.iter().map(|key| key as &dyn Signer).collect();
            let mut text = seal(&kind, b"{}".to_vec(), &signers).unwrap().to_json().into_bytes();
            for bent in [false, true] {
                if bent {
                    let at = place.index(text.len());
                    text[at] = byte;
                }
                let long = json::parse(&text, Limits::ANY).and_then(|value| Envelope::from_value(&value));
                let short = std::str::from_utf8(&text).ok().and_then(Envelope::canonical);
                prop_assert!(short.is_none() || short == long.clone().ok());
                prop_assert!(bent || kind.contains(|c: char| !c.is_ascii() || "\"\\".contains(c)) || short.is_some());
                prop_assert_eq!(Envelope::parse(&text).ok(), long.ok());
            }
        }

        #[test]
        fn any_payload_comes_back(payload in prop::collection::vec(any::<u8>(), 0..64), kind in ".{0,12}") {
            let a = key(1);
            let text = seal(&kind, payload.clone(), &[&a]).unwrap().to_json();
            prop_assert_eq!(open(text.as_bytes(), &kind, &[a.public()], 1).unwrap(), payload);
            prop_assert!(json::parse_canonical(text.as_bytes(), Limits::RECEIPT).is_ok());
        }
    }
}
