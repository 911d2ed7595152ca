//! A seed in an encrypted file: the key comes from a passphrase by Argon2id (RFC 9106), the seed is encrypted with
//! XChaCha20-Poly1305, and the lines before it are authenticated with it. Four lines and a ciphertext, one way to write
//! them. A wrong passphrase and an altered file cannot be told apart, and nobody is told more than that it does not open.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305,
    aead::{Aead as _, Payload},
};
use evidence::{
    base64,
    ed25519::{SecretKey, Signer as _},
    hex, unhex,
};
use zeroize::Zeroizing;

const FORMAT: &str = "trustfabric.eu/sealed-key/v1";
const KEY: &str = "key ed25519:";
const KDF: &str = "argon2id";
const CIPHER: &str = "xchacha20-poly1305";

/// Passphrases are at least this long.
pub const SHORTEST: usize = 8;

/// A seed: what a key is made of. Wiped when dropped.
pub type Seed = Zeroizing<[u8; 32]>;

/// A passphrase. It has no `Debug` and no `Display`, so that it ends up in no log, and is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// What somebody typed.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Whether it stands in a text, as it was typed or in the ways programs write bytes: for whoever is about to hand the text on.
    #[must_use]
    pub fn stands_in(&self, text: &[u8]) -> bool {
        let typed = self.0.as_bytes();
        let base64 = Zeroizing::new(base64::encode(typed));
        let hexadecimal = Zeroizing::new(hex(typed));
        let stands = |form: &[u8]| text.windows(form.len().max(1)).any(|part| part == form);
        !typed.is_empty()
            && [
                typed,
                base64.trim_end_matches('=').as_bytes(),
                hexadecimal.as_bytes(),
            ]
            .into_iter()
            .any(stands)
    }

    /// Whether a key may be sealed with it.
    #[must_use]
    pub fn is_long_enough(&self) -> bool {
        self.0.chars().count() >= SHORTEST
    }
}

/// What deriving the key costs whoever guesses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory, KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Cost {
    /// RFC 9106, section 4, the second recommended choice: 64 MiB.
    pub const RECOMMENDED: Self = Self {
        memory: 64 << 10,
        passes: 3,
        lanes: 4,
    };

    /// Whether a file may ask for so much: at most 1 GiB.
    fn is_bounded(self) -> bool {
        (8 * self.lanes..=1 << 20).contains(&self.memory)
            && (1..=16).contains(&self.passes)
            && (1..=16).contains(&self.lanes)
    }
}

/// A sealed seed, as its file says.
struct Sealed {
    public: [u8; 32],
    cost: Cost,
    salt: [u8; 16],
    nonce: [u8; 24],
    ciphertext: [u8; 48],
}

impl Sealed {
    /// The lines that are authenticated.
    fn head(&self) -> String {
        let Cost {
            memory,
            passes,
            lanes,
        } = self.cost;
        format!(
            "{FORMAT}\n{KEY}{}\n{KDF} {memory} {passes} {lanes} {}\n{CIPHER} {}\n",
            hex(&self.public),
            base64::encode(&self.salt),
            base64::encode(&self.nonce),
        )
    }

    fn to_text(&self) -> String {
        format!("{}{}\n", self.head(), base64::encode(&self.ciphertext))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()? != FORMAT {
            return None;
        }
        let public = unhex(lines.next()?.strip_prefix(KEY)?)?;
        let mut kdf = lines.next()?.split(' ');
        let mut cipher = lines.next()?.split(' ');
        if kdf.next()? != KDF || cipher.next()? != CIPHER {
            return None;
        }
        let mut number = || kdf.next()?.parse().ok();
        let cost = Cost {
            memory: number()?,
            passes: number()?,
            lanes: number()?,
        };
        let read = Self {
            public,
            cost,
            salt: base64::decode_array(kdf.next()?)?,
            nonce: base64::decode_array(cipher.next()?)?,
            ciphertext: base64::decode_array(lines.next()?)?,
        };
        (cost.is_bounded() && read.to_text() == text).then_some(read)
    }

    fn cipher(&self, passphrase: &Passphrase) -> Option<XChaCha20Poly1305> {
        let Cost {
            memory,
            passes,
            lanes,
        } = self.cost;
        let params = Params::new(memory, passes, lanes, Some(32)).ok()?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.0.as_bytes(), &self.salt, key.as_mut())
            .ok()?;
        Some(XChaCha20Poly1305::new((&*key).into()))
    }
}

/// Encrypts a seed. Salt and nonce are random and used for nothing else. `None` when the machine has not the memory.
#[must_use]
pub fn seal(
    seed: &Seed,
    passphrase: &Passphrase,
    cost: Cost,
    salt: [u8; 16],
    nonce: [u8; 24],
) -> Option<String> {
    let mut sealed = Sealed {
        public: SecretKey::from_seed(seed).public().to_bytes(),
        cost,
        salt,
        nonce,
        ciphertext: [0; 48],
    };
    let head = sealed.head();
    let secret = Payload {
        msg: seed.as_slice(),
        aad: head.as_bytes(),
    };
    let ciphertext = sealed
        .cipher(passphrase)?
        .encrypt((&nonce).into(), secret)
        .ok()?;
    sealed.ciphertext = ciphertext.try_into().ok()?;
    Some(sealed.to_text())
}

/// The seed of a file; `None` when it does not open.
#[must_use]
pub fn open(text: &str, passphrase: &Passphrase) -> Option<Seed> {
    let sealed = Sealed::parse(text)?;
    let head = sealed.head();
    let payload = Payload {
        msg: &sealed.ciphertext,
        aad: head.as_bytes(),
    };
    let plain = sealed
        .cipher(passphrase)?
        .decrypt((&sealed.nonce).into(), payload)
        .ok()
        .map(Zeroizing::new)?;
    let seed: Seed = Zeroizing::new(plain.as_slice().try_into().ok()?);
    let same = SecretKey::from_seed(&seed).public().to_bytes() == sealed.public;
    same.then_some(seed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CHEAP: Cost = Cost {
        memory: 8,
        passes: 1,
        lanes: 1,
    };

    fn pass(text: &str) -> Passphrase {
        Passphrase::new(text.to_owned())
    }

    fn sealed(seed: u8, phrase: &str) -> String {
        let seed = Zeroizing::new([seed; 32]);
        seal(&seed, &pass(phrase), CHEAP, [3; 16], [4; 24]).unwrap()
    }

    #[test]
    fn a_passphrase_is_found_in_a_text_however_it_was_written() {
        let phrase = pass("correct horse");
        for text in [
            "x correct horse y",
            &format!("[{}]", hex(b"correct horse")),
            &base64::encode(b"correct horse"),
        ] {
            assert!(phrase.stands_in(text.as_bytes()), "{text}");
        }
        assert!(!phrase.stands_in(b"correct hors") && !phrase.stands_in(b""));
        assert!(!pass("").stands_in(b"anything"));
    }

    #[test]
    fn a_seed_comes_back_with_its_passphrase_and_no_other() {
        let text = sealed(7, "correct horse");
        assert_eq!(*open(&text, &pass("correct horse")).unwrap(), [7; 32]);
        for other in ["", "correct hors", "Correct horse", "correct horse "] {
            assert!(open(&text, &pass(other)).is_none(), "{other}");
        }
        assert!(!text.contains(&hex(&[7; 32])));
    }

    /// RFC 9106, section 5.3, through the parameters used here: the same tag for the same input, whatever the crate's version.
    #[test]
    fn the_derivation_is_argon2id_of_version_19() {
        let mut tag = [0; 32];
        let params = Params::new(32, 3, 4, Some(32)).unwrap();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(&[1; 32], &[2; 16], &mut tag)
            .unwrap();
        // Without secret and associated data, as `argon2 -id -v 13 -m 5 -t 3 -p 4` has it.
        assert_eq!(
            hex(&tag),
            "03aab965c12001c9d7d0d2de33192c0494b684bb148196d73c1df1acaf6d0c2e"
        );
    }

    #[test]
    fn a_file_that_asks_for_too_much_or_is_written_otherwise_is_none() {
        let text = sealed(7, "correct horse");
        for (from, to) in [
            ("argon2id 8 1 1", "argon2id 4294967295 1 1"),
            ("argon2id 8 1 1", "argon2id 8 17 1"),
            ("argon2id 8 1 1", "argon2id 8 1 0"),
            ("argon2id 8 1 1", "argon2id 08 1 1"),
            ("argon2id", "argon2i"),
            ("v1", "v2"),
            ("\n", "\r\n"),
            ("key ed", "key  ed"),
        ] {
            let bad = text.replacen(from, to, 1);
            assert_ne!(bad, text);
            assert!(Sealed::parse(&bad).is_none(), "{bad}");
        }
        assert!(Sealed::parse(&format!("{text}\n")).is_none());
        assert!(Sealed::parse("").is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn no_bent_byte_opens(place in any::<prop::sample::Index>(), bit in 0..8) {
            let text = sealed(9, "correct horse");
            let mut bytes = text.into_bytes();
            let at = place.index(bytes.len());
            bytes[at] ^= 1_u8 << bit;
            if let Ok(bent) = String::from_utf8(bytes) {
                prop_assert!(open(&bent, &pass("correct horse")).is_none());
            }
        }
    }
}
