//! C2SP tlog-proof: that an entry is in a log, as one text file that is checked offline. Also the body of a witness's
//! `add-checkpoint` request (tlog-witness 1.0.0), which proves in the same lines that a log only grew.

use crate::{
    Error, Hash, base64,
    checkpoint::{self, Checkpoint, decimal},
    merkle,
    note::{Signed, VerifierKey},
};

const HEADER: &str = "c2sp.org/tlog-proof@v1\n";
const WHAT: &str = "tlog-proof";
const MAX_BYTES: usize = 2 << 20;
/// No tree is deeper, and tlog-witness admits no more.
const MAX_HASHES: usize = 63;

/// A proof of inclusion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What belongs to it, unsigned; empty if nothing does.
    pub extra: Vec<u8>,
    /// Which leaf.
    pub index: u64,
    /// From its sibling upwards.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint, as it stands.
    pub checkpoint: String,
}

/// Hash lines up to the blank one, and what follows it.
fn hashes<'a>(what: &'static str, text: &'a str) -> Result<(Vec<Hash>, &'a str), Error> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        let (line, after) = rest
            .split_once('\n')
            .ok_or_else(|| Error::form(what, "no checkpoint"))?;
        rest = after;
        if line.is_empty() {
            return Ok((found, rest));
        }
        if found.len() == MAX_HASHES {
            return Err(Error::limit("the number of hashes of a proof", MAX_HASHES));
        }
        found.push(
            base64::decode_array(line)
                .ok_or_else(|| Error::form(what, format!("`{line}` is no hash")))?,
        );
    }
}

fn text<'a>(what: &'static str, bytes: &'a [u8]) -> Result<&'a str, Error> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::limit("a proof", MAX_BYTES));
    }
    std::str::from_utf8(bytes).map_err(|_| Error::form(what, "no UTF-8"))
}

/// The number of a line `<word> <number>`, and what follows the line.
fn numbered<'a>(what: &'static str, word: &str, text: &'a str) -> Result<(u64, &'a str), Error> {
    text.split_once('\n')
        .and_then(|(line, rest)| {
            Some((decimal(line.strip_prefix(word)?.strip_prefix(' ')?)?, rest))
        })
        .ok_or_else(|| Error::form(what, format!("no line `{word} <number>`")))
}

fn write_hashes(
    f: &mut std::fmt::Formatter<'_>,
    hashes: &[Hash],
    checkpoint: &str,
) -> std::fmt::Result {
    hashes
        .iter()
        .try_for_each(|hash| writeln!(f, "{}", base64::encode(hash)))?;
    write!(f, "\n{checkpoint}")
}

impl Proof {
    /// Reads a proof. Its checkpoint is read by [`Proof::verify`].
    ///
    /// # Errors
    /// [`Error::Limit`], [`Error::Form`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let mut rest = text(WHAT, bytes)?
            .strip_prefix(HEADER)
            .ok_or_else(|| Error::form(WHAT, "another first line"))?;
        let mut extra = Vec::new();
        if let Some((line, after)) = rest
            .strip_prefix("extra ")
            .and_then(|rest| rest.split_once('\n'))
        {
            extra = base64::decode(line)
                .filter(|extra| !extra.is_empty())
                .ok_or_else(|| Error::form(WHAT, "`extra` is no strict base64"))?;
            rest = after;
        }
        let (index, rest) = numbered(WHAT, "index", rest)?;
        let (hashes, checkpoint) = hashes(WHAT, rest)?;
        Ok(Self {
            extra,
            index,
            hashes,
            checkpoint: checkpoint.to_owned(),
        })
    }

    /// Checks that one of these logs signed the checkpoint, and that the entry of that leaf hash is in its tree. Whether the
    /// witnesses found are enough is [`tlog_policy`](crate::tlog_policy)'s to say.
    ///
    /// # Errors
    /// As [`checkpoint::open`] and [`merkle::verify_inclusion`].
    pub fn verify(
        &self,
        leaf: &Hash,
        logs: &[VerifierKey],
        witnesses: &[VerifierKey],
    ) -> Result<(Checkpoint, Vec<Signed>), Error> {
        let (head, signed) = checkpoint::open(self.checkpoint.as_bytes(), logs, witnesses)?;
        merkle::verify_inclusion(leaf, self.index, head.size, &self.hashes, &head.root)?;
        Ok((head, signed))
    }
}

impl std::fmt::Display for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(HEADER)?;
        if !self.extra.is_empty() {
            writeln!(f, "extra {}", base64::encode(&self.extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        write_hashes(f, &self.hashes, &self.checkpoint)
    }
}

/// That a log grew from a size to that of a checkpoint: the body of `add-checkpoint`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growth {
    /// The older size.
    pub old: u64,
    /// The consistency proof; empty for an older size of 0.
    pub hashes: Vec<Hash>,
    /// The newer signed checkpoint, as it stands.
    pub checkpoint: String,
}

impl Growth {
    /// Reads a request body.
    ///
    /// # Errors
    /// [`Error::Limit`], [`Error::Form`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        const WHAT: &str = "consistency proof";
        let (old, rest) = numbered(WHAT, "old", text(WHAT, bytes)?)?;
        let (hashes, checkpoint) = hashes(WHAT, rest)?;
        Ok(Self {
            old,
            hashes,
            checkpoint: checkpoint.to_owned(),
        })
    }

    /// Checks that the log of `head`, whose signature the caller has checked, grew from a root at the older size. From nothing
    /// every log grows, and then the proof must be empty.
    ///
    /// # Errors
    /// [`Error::Proof`].
    pub fn verify(&self, old_root: &Hash, head: &Checkpoint) -> Result<(), Error> {
        if self.old > 0 {
            return merkle::verify_consistency(
                self.old,
                old_root,
                head.size,
                &head.root,
                &self.hashes,
            );
        }
        if self.hashes.is_empty() {
            Ok(())
        } else {
            Err(Error::Proof("the proof is too long"))
        }
    }
}

impl std::fmt::Display for Growth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "old {}", self.old)?;
        write_hashes(f, &self.hashes, &self.checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ed25519::{SecretKey, Signer as _},
        merkle::{Tree, consistency_proof, inclusion_proof, leaf_hash, root},
        note::Kind,
    };
    use proptest::prelude::*;

    fn log() -> (Tree, String, [VerifierKey; 1]) {
        let mut tree = Tree::default();
        for entry in 0..13_u8 {
            tree.append(leaf_hash(&[entry])).unwrap();
        }
        let key = SecretKey::from_seed(&[1; 32]);
        let head = Checkpoint {
            origin: "example.com/log".into(),
            size: 13,
            root: root(&tree, 13).unwrap(),
            extensions: Vec::new(),
        };
        let mut note = head.to_note().unwrap();
        note.sign(&head.origin, &key).unwrap();
        let known = VerifierKey::new(&head.origin, Kind::Ed25519, key.public()).unwrap();
        (tree, note.to_string(), [known])
    }

    #[test]
    fn a_proof_holds_for_its_leaf_and_its_log_alone() {
        let (tree, checkpoint, logs) = log();
        let proof = Proof {
            extra: b"more".to_vec(),
            index: 5,
            hashes: inclusion_proof(&tree, 5, 13).unwrap(),
            checkpoint,
        };
        let read = Proof::parse(proof.to_string().as_bytes()).unwrap();
        assert_eq!(read, proof);
        assert_eq!(
            read.verify(&leaf_hash(&[5]), &logs, &[]).unwrap().0.size,
            13
        );
        assert!(read.verify(&leaf_hash(&[6]), &logs, &[]).is_err());
        assert!(read.verify(&leaf_hash(&[5]), &[], &[]).is_err());
    }

    #[test]
    fn growth_holds_for_its_older_root_alone() {
        let (tree, checkpoint, logs) = log();
        let (head, _) = checkpoint::open(checkpoint.as_bytes(), &logs, &[]).unwrap();
        let growth = Growth {
            old: 6,
            hashes: consistency_proof(&tree, 6, 13).unwrap(),
            checkpoint,
        };
        let read = Growth::parse(growth.to_string().as_bytes()).unwrap();
        assert_eq!(read, growth);
        read.verify(&root(&tree, 6).unwrap(), &head).unwrap();
        assert!(read.verify(&root(&tree, 7).unwrap(), &head).is_err());
        let from_nothing = Growth {
            old: 0,
            ..read.clone()
        };
        assert!(from_nothing.verify(&merkle::empty_root(), &head).is_err());
        let from_nothing = Growth {
            hashes: Vec::new(),
            ..from_nothing
        };
        assert!(from_nothing.verify(&merkle::empty_root(), &head).is_ok());
    }

    #[test]
    fn what_is_no_proof_is_refused() {
        let hash = format!("{}\n", base64::encode(&[0; 32]));
        // One byte, padded, and the other 31.
        let in_two = format!("AA=={}", base64::encode(&[0; 31]));
        assert!(Growth::parse(format!("old 1\n{in_two}\n\nx").as_bytes()).is_err());
        for text in [
            String::new(),
            "c2sp.org/tlog-proof@v2\nindex 0\n\nx".into(),
            format!("{HEADER}index 00\n\nx"),
            format!("{HEADER}index 0\n"),
            format!("{HEADER}extra \nindex 0\n\nx"),
            format!("{HEADER}extra AA==AA==\nindex 0\n\nx"),
            format!("{HEADER}index 0\nAAAA\n\nx"),
            format!("{HEADER}index 0\n{in_two}\n\nx"),
            format!("{HEADER}index 0\n{}\nx", hash.repeat(64)),
        ] {
            assert!(Proof::parse(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(
            Proof::parse(format!("{HEADER}index 0\n{}\nx", hash.repeat(63)).as_bytes()).is_ok()
        );
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(text in "(c2sp.org/tlog-proof@v1\n)?(extra (AAAA|AA==){1,2}\n)?((old|index) [0-9]{1,2}\n)?((AA==)?AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n){0,2}\n?\\PC{0,4}") {
            if let Ok(read) = Proof::parse(text.as_bytes()) {
                prop_assert_eq!(read.to_string(), text.clone());
            }
            if let Ok(read) = Growth::parse(text.as_bytes()) {
                prop_assert_eq!(read.to_string(), text);
            }
        }
    }
}
