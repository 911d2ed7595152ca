//! C2SP signed notes (version 1.0.0): a text, and lines below it by which keys sign it. Unknown keys are ignored, a known key
//! with a signature that is not its own spoils the whole note, and without a known key nothing is believed. Two kinds of keys
//! are known: Ed25519 over the text (`0x01`), and timestamped cosignatures of witnesses (`0x04`, tlog-cosignature 1.0.1).

use crate::{
    Error, base64,
    ed25519::{PublicKey, Signer},
    hex, sha256, unhex,
};

const WHAT: &str = "signed note";
const MAX_BYTES: usize = 1 << 20;
const MAX_SIGNATURES: usize = 64;

/// How a key signs notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The text itself.
    Ed25519,
    /// The text as head of a log, and when it was seen.
    Cosignature,
}

impl Kind {
    fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 1,
            Self::Cosignature => 4,
        }
    }
}

/// A key that verifies notes, with its name: a *vkey*.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VerifierKey {
    name: String,
    kind: Kind,
    key: PublicKey,
}

impl VerifierKey {
    /// A key under a name.
    ///
    /// # Errors
    /// [`Error::Form`] for an empty name, or one with blanks, `+` or control characters.
    pub fn new(name: &str, kind: Kind, key: PublicKey) -> Result<Self, Error> {
        if !is_name(name) {
            return Err(Error::form(WHAT, format!("`{name}` is no name of a key")));
        }
        let name = name.to_owned();
        Ok(Self { name, kind, key })
    }

    /// Reads `<name>+<id>+<base64 of type and key>`.
    ///
    /// # Errors
    /// [`Error::Form`], [`Error::Key`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = || Error::form("verifier key", format!("`{text}` is none of a known type"));
        // The last part may hold a `+` itself.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong());
        };
        let bytes: [u8; 33] = base64::decode_array(key).ok_or_else(wrong)?;
        let [kind, key @ ..] = bytes;
        let kind = match kind {
            1 => Kind::Ed25519,
            4 => Kind::Cosignature,
            _ => return Err(wrong()),
        };
        let read = Self::new(name, kind, PublicKey::from_bytes(key)?)?;
        match unhex::<4>(id) {
            Some(id) if id == read.id() => Ok(read),
            _ => Err(Error::form(
                "verifier key",
                format!(
                    "`{text}`: name, hash and key do not go together, so one of them is mistyped"
                ),
            )),
        }
    }

    /// Its name: an origin, or a witness.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it signs.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The key itself.
    #[must_use]
    pub fn key(&self) -> PublicKey {
        self.key
    }

    /// Its short id, which together with the name says which signature is meant. It proves nothing.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        let digest = sha256(&[
            self.name.as_bytes(),
            b"\n",
            &[self.kind.byte()],
            &self.key.to_bytes(),
        ]);
        digest.first_chunk().copied().unwrap_or_default()
    }

    /// Whether a signature of this name and id is its own; the second it was made for a cosignature, 0 otherwise.
    fn check(&self, text: &str, signature: &[u8]) -> Option<u64> {
        match self.kind {
            Kind::Ed25519 => {
                let signature = signature.try_into().ok()?;
                self.key.verifies(text.as_bytes(), signature).then_some(0)
            }
            Kind::Cosignature => {
                let (time, signature) = signature.split_first_chunk()?;
                let time = u64::from_be_bytes(*time);
                let signed = i64::try_from(time).is_ok()
                    && self
                        .key
                        .verifies(&cosigned(text, time), signature.try_into().ok()?);
                signed.then_some(time)
            }
        }
    }
}

impl std::fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = [&[self.kind.byte()], self.key.to_bytes().as_slice()].concat();
        write!(
            f,
            "{}+{}+{}",
            self.name,
            hex(&self.id()),
            base64::encode(&bytes)
        )
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

/// What a witness signs.
fn cosigned(text: &str, time: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {time}\n{text}").into_bytes()
}

/// A signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Name of the key.
    pub name: String,
    /// Id of the key.
    pub id: [u8; 4],
    /// What it signed with.
    pub bytes: Vec<u8>,
}

/// A key that signed a note, as [`Note::verify`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The key.
    pub key: VerifierKey,
    /// When, in seconds since 1970, for a cosignature; 0 otherwise.
    pub time: u64,
}

/// A signed note. Its text is not to be believed before [`Note::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The text, with the newline at its end.
    pub text: String,
    /// The lines below.
    pub signatures: Vec<Signature>,
}

impl Note {
    /// A text that nobody signed yet.
    ///
    /// # Errors
    /// [`Error::Form`] for control characters, or without newline at the end.
    pub fn new(text: String) -> Result<Self, Error> {
        if text.chars().any(|c| c < ' ' && c != '\n') || !text.ends_with('\n') {
            let why = "the text holds control characters, or does not end its last line";
            return Err(Error::form(WHAT, why));
        }
        Ok(Self {
            text,
            signatures: Vec::new(),
        })
    }

    /// Reads a note.
    ///
    /// # Errors
    /// [`Error::Limit`], [`Error::Form`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_BYTES {
            return Err(Error::limit("a signed note", MAX_BYTES));
        }
        let all = std::str::from_utf8(bytes).map_err(|_| Error::form(WHAT, "no UTF-8"))?;
        let (text, below) = all
            .rsplit_once("\n\n")
            .ok_or_else(|| Error::form(WHAT, "no blank line before the signatures"))?;
        let mut note = Self::new(format!("{text}\n"))?;
        let lines = below
            .strip_suffix('\n')
            .ok_or_else(|| Error::form(WHAT, "the last line does not end"))?;
        for line in lines.split('\n') {
            if note.signatures.len() == MAX_SIGNATURES {
                return Err(Error::limit("the number of signatures", MAX_SIGNATURES));
            }
            note.signatures.push(Signature::parse(line)?);
        }
        Ok(note)
    }

    /// Adds the signature of a key.
    ///
    /// # Errors
    /// [`Error::Signer`], and [`Error::Form`] for a name that is none.
    pub fn sign(&mut self, name: &str, signer: &dyn Signer) -> Result<(), Error> {
        let key = VerifierKey::new(name, Kind::Ed25519, signer.public())?;
        let bytes = signer.sign(self.text.as_bytes())?.to_vec();
        self.add(&key, bytes);
        Ok(())
    }

    /// Adds the cosignature of a witness, made at `time`, in seconds since 1970.
    ///
    /// # Errors
    /// As [`Note::sign`].
    pub fn cosign(&mut self, name: &str, signer: &dyn Signer, time: u64) -> Result<(), Error> {
        let key = VerifierKey::new(name, Kind::Cosignature, signer.public())?;
        let signature = signer.sign(&cosigned(&self.text, time))?;
        self.add(&key, [time.to_be_bytes().as_slice(), &signature].concat());
        Ok(())
    }

    fn add(&mut self, key: &VerifierKey, bytes: Vec<u8>) {
        self.signatures.push(Signature {
            name: key.name.clone(),
            id: key.id(),
            bytes,
        });
    }

    /// The known keys that signed this note, each once.
    ///
    /// # Errors
    /// [`Error::Forged`] when a known key's signature does not hold, [`Error::Signature`] when no known key signed.
    pub fn verify(&self, known: &[VerifierKey]) -> Result<Vec<Signed>, Error> {
        let mut found: Vec<Signed> = Vec::new();
        for signature in &self.signatures {
            let named = known
                .iter()
                .filter(|key| key.name == signature.name && key.id() == signature.id);
            for key in named {
                let time = key
                    .check(&self.text, &signature.bytes)
                    .ok_or_else(|| Error::Forged(key.name.clone()))?;
                if !found.iter().any(|signed| signed.key == *key) {
                    let key = key.clone();
                    found.push(Signed { key, time });
                }
            }
        }
        if found.is_empty() {
            return Err(Error::Signature {
                found: 0,
                needed: 1,
            });
        }
        Ok(found)
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl Signature {
    /// Reads a signature line, without its newline.
    ///
    /// # Errors
    /// [`Error::Form`].
    pub fn parse(line: &str) -> Result<Self, Error> {
        let read = || {
            let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
            let bytes = base64::decode(signature)?;
            let (id, bytes) = bytes.split_first_chunk()?;
            (is_name(name) && !bytes.is_empty()).then(|| Self {
                name: name.to_owned(),
                id: *id,
                bytes: bytes.to_vec(),
            })
        };
        read().ok_or_else(|| Error::form(WHAT, format!("`{line}` is no signature line")))
    }
}

impl std::fmt::Display for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = [&self.id, self.bytes.as_slice()].concat();
        write!(f, "— {} {}", self.name, base64::encode(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ed25519::SecretKey;
    use proptest::prelude::*;

    /// The example of the specification.
    #[test]
    fn the_standard_s_example_verifies() {
        let key = VerifierKey::parse(
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        )
        .unwrap();
        let text = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
        let note = Note::parse(text.as_bytes()).unwrap();
        assert_eq!(note.verify(std::slice::from_ref(&key)).unwrap().len(), 1);
        assert_eq!(note.to_string(), text);
        assert_eq!(
            key.to_string(),
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
        );
    }

    #[test]
    fn a_mistyped_key_is_told_from_one_of_another_type() {
        let fine = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
        let why = |text: String| VerifierKey::parse(&text).unwrap_err().to_string();
        let mistyped = why(fine.replace("/foo", "/fo"));
        assert!(mistyped.contains("do not go together"), "{mistyped}");
        let other = why(fine.replace("+Ae", "+Ce"));
        assert!(other.contains("known type"), "{other}");
    }

    fn key(seed: u8) -> SecretKey {
        SecretKey::from_seed(&[seed; 32])
    }

    fn known(name: &str, kind: Kind, seed: u8) -> VerifierKey {
        VerifierKey::new(name, kind, key(seed).public()).unwrap()
    }

    #[test]
    fn unknown_keys_are_ignored_and_known_ones_must_hold() {
        let mut note = Note::new("a\n\nb\n".into()).unwrap();
        note.sign("log", &key(1)).unwrap();
        note.sign("stranger", &key(2)).unwrap();
        note.cosign("witness", &key(3), 1_700_000_000).unwrap();
        let note = Note::parse(note.to_string().as_bytes()).unwrap();
        let (log, witness) = (
            known("log", Kind::Ed25519, 1),
            known("witness", Kind::Cosignature, 3),
        );
        let found = note.verify(&[log.clone(), witness.clone()]).unwrap();
        assert_eq!(
            found.iter().map(|signed| signed.time).collect::<Vec<_>>(),
            [0, 1_700_000_000]
        );
        assert_eq!(
            note.verify(&[known("other", Kind::Ed25519, 1)]),
            Err(Error::Signature {
                found: 0,
                needed: 1
            })
        );
        let mut forged = note.clone();
        forged.signatures[2].bytes[3] ^= 1;
        assert_eq!(
            forged.verify(&[log.clone(), witness]),
            Err(Error::Forged("witness".into()))
        );
        assert!(forged.verify(&[log]).is_ok());
    }

    #[test]
    fn a_key_signs_once() {
        let mut note = Note::new("a\n".into()).unwrap();
        note.sign("log", &key(1)).unwrap();
        note.sign("log", &key(1)).unwrap();
        assert_eq!(
            note.verify(&[known("log", Kind::Ed25519, 1)])
                .unwrap()
                .len(),
            1
        );
    }

    #[test]
    fn a_log_s_signature_is_no_witness_s() {
        let mut note = Note::new("a\n".into()).unwrap();
        note.sign("w", &key(1)).unwrap();
        assert!(note.verify(&[known("w", Kind::Cosignature, 1)]).is_err());
    }

    #[test]
    fn what_is_no_note_is_refused() {
        let line = "— n AAAAAAA=";
        assert!(Note::parse(format!("t\n\n{line}\n").as_bytes()).is_ok());
        for text in [
            String::new(),
            format!("t\n{line}\n"),
            format!("t\n\n{line}"),
            format!("t\n\n{line}\n\n"),
            format!("t\r\n\n{line}\n"),
            format!("t\0\n\n{line}\n"),
            "t\n\n— n AAAA\n".into(),
            "t\n\n— n  AAAAAAA=\n".into(),
            "t\n\n— n AA==AAAAAA==\n".into(),
            "t\n\n— n+ AAAAAAA=\n".into(),
            "t\n\n- n AAAAAAA=\n".into(),
            format!("t\n\n{}", format!("{line}\n").repeat(65)),
        ] {
            assert!(Note::parse(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(Note::parse(format!("t\n\n{}", format!("{line}\n").repeat(16)).as_bytes()).is_ok());
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(text in "(t|\n|— n |AAAAAAA=|\\PC){0,12}") {
            let _ = VerifierKey::parse(&text);
            if let Ok(note) = Note::parse(text.as_bytes()) {
                prop_assert_eq!(note.to_string(), text);
            }
        }
    }
}
