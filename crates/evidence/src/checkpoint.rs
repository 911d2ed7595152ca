//! C2SP checkpoints (tlog-checkpoint 1.0.0): the head of a log as the text of a signed note. A log is its origin, not its key:
//! keys change by signing twice for a while, which verifiers that know one of them do not notice.

use crate::{
    Error, Hash, base64, merkle,
    note::{Note, Signed, VerifierKey},
};

const WHAT: &str = "checkpoint";

/// The head of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// Its leaves.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// Further lines, which mean nothing here.
    pub extensions: Vec<String>,
}

/// A decimal number without leading zeros, as C2SP formats write them.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    text.parse::<u64>()
        .ok()
        .filter(|number| number.to_string() == text)
}

impl Checkpoint {
    /// Reads the text of a note.
    ///
    /// # Errors
    /// [`Error::Form`]; also for an empty log whose root is not that of nothing.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = |why| Error::form(WHAT, why);
        let lines = text
            .strip_suffix('\n')
            .ok_or_else(|| wrong("the last line does not end"))?;
        let mut lines = lines.split('\n');
        let origin = lines
            .next()
            .filter(|line| !line.is_empty())
            .ok_or_else(|| wrong("no origin"))?;
        let size = lines
            .next()
            .and_then(decimal)
            .ok_or_else(|| wrong("no tree size"))?;
        let root = lines
            .next()
            .and_then(base64::decode_array)
            .ok_or_else(|| wrong("no root hash"))?;
        let extensions: Vec<_> = lines.map(ToOwned::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(wrong("an empty line"));
        }
        if size == 0 && root != merkle::empty_root() {
            return Err(wrong(
                "a log without entries, and a root that is not that of nothing",
            ));
        }
        Ok(Self {
            origin: origin.to_owned(),
            size,
            root,
            extensions,
        })
    }

    /// A note to sign.
    ///
    /// # Errors
    /// [`Error::Form`] for an origin or extension that breaks the lines.
    pub fn to_note(&self) -> Result<Note, Error> {
        let text = self.to_string();
        if Self::parse(&text).as_ref() != Ok(self) {
            return Err(Error::form(
                WHAT,
                format!("`{}` cannot be written", self.origin),
            ));
        }
        Note::new(text)
    }
}

impl std::fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "{}\n{}\n{}",
            self.origin,
            self.size,
            base64::encode(&self.root)
        )?;
        self.extensions
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// Reads a checkpoint that one of these logs signed: a key named like its origin. With it come all known keys that signed,
/// witnesses too.
///
/// # Errors
/// [`Error::Form`], [`Error::Forged`], [`Error::Signature`].
pub fn open(
    note: &[u8],
    logs: &[VerifierKey],
    witnesses: &[VerifierKey],
) -> Result<(Checkpoint, Vec<Signed>), Error> {
    let note = Note::parse(note)?;
    let checkpoint = Checkpoint::parse(&note.text)?;
    let own = logs.iter().filter(|key| key.name() == checkpoint.origin);
    let known: Vec<_> = own.chain(witnesses).cloned().collect();
    let signed = note.verify(&known)?;
    let by_log = |signed: &Signed| logs.contains(&signed.key);
    if !signed.iter().any(by_log) {
        return Err(Error::Signature {
            found: 0,
            needed: 1,
        });
    }
    Ok((checkpoint, signed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ed25519::{SecretKey, Signer as _},
        note::Kind,
    };
    use proptest::prelude::*;

    /// The body of the specification's example.
    const EXAMPLE: &str =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    #[test]
    fn the_standard_s_example_reads_and_writes() {
        let read = Checkpoint::parse(EXAMPLE).unwrap();
        assert_eq!(
            (read.origin.as_str(), read.size),
            ("example.com/behind-the-sofa", 20_852_163)
        );
        assert_eq!(read.to_string(), EXAMPLE);
    }

    #[test]
    fn what_is_no_checkpoint_is_refused() {
        let hash = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
        for text in [
            String::new(),
            format!("o\n1\n{hash}"),
            format!("\n1\n{hash}\n"),
            format!("o\n01\n{hash}\n"),
            format!("o\n+1\n{hash}\n"),
            format!("o\n-1\n{hash}\n"),
            format!("o\n18446744073709551616\n{hash}\n"),
            format!("o\n0\n{hash}\n"),
            format!("o\n1\n{hash}\n\nx\n"),
            "o\n1\nCsUY\n".into(),
            "o\n1\n".into(),
        ] {
            assert!(Checkpoint::parse(&text).is_err(), "{text:?}");
        }
        assert!(Checkpoint::parse(&format!("o\n1\n{hash}\nextension\n")).is_ok());
    }

    #[test]
    fn a_log_is_its_origin_and_its_keys_change_by_signing_twice() {
        let (old, new, witness) = (
            SecretKey::from_seed(&[1; 32]),
            SecretKey::from_seed(&[2; 32]),
            SecretKey::from_seed(&[3; 32]),
        );
        let key =
            |name: &str, kind, of: &SecretKey| VerifierKey::new(name, kind, of.public()).unwrap();
        let mut note = Checkpoint::parse(EXAMPLE).unwrap().to_note().unwrap();
        let origin = "example.com/behind-the-sofa";
        note.sign(origin, &old).unwrap();
        note.sign(origin, &new).unwrap();
        note.cosign("w", &witness, 5).unwrap();
        let bytes = note.to_string().into_bytes();
        let witnesses = [key("w", Kind::Cosignature, &witness)];
        for trusted in [&old, &new] {
            let (_, signed) =
                open(&bytes, &[key(origin, Kind::Ed25519, trusted)], &witnesses).unwrap();
            assert_eq!(signed.len(), 2);
        }
        // A witness alone is no log, and a key of another origin does not speak for this one.
        assert!(open(&bytes, &[], &witnesses).is_err());
        note.sign("elsewhere", &old).unwrap();
        assert!(
            open(
                note.to_string().as_bytes(),
                &[key("elsewhere", Kind::Ed25519, &old)],
                &witnesses
            )
            .is_err()
        );
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(text in "(o|\n|[0-9]|CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=){0,8}") {
            if let Ok(read) = Checkpoint::parse(&text) {
                prop_assert_eq!(read.to_string(), text);
            }
        }
    }
}
