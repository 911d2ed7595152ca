//! The arithmetic of a ledger: what receipts add to its tree, whether what lies in storage is still what was written, and the
//! checkpoint of what was found to be so. Storage comes in as [`Hashes`] and as entries; nothing is kept here.
//!
//! INVARIANT: nothing is signed that was not recomputed from what is durable. [`checkpoint`] takes an [`Audited`], and only
//! [`audit`] makes one.

use std::collections::HashMap;

use crate::{
    Error, Hash,
    checkpoint::Checkpoint,
    ed25519::Signer,
    entry::{self, Entry},
    leaf::{self, Leaf},
    merkle::{self, Hashes, TILE_WIDTH},
    note::Note,
};

/// A receipt on its way into a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The DSSE envelope, as it is to be kept.
    pub envelope: String,
    /// Which kind of receipt.
    pub kind: u8,
    /// Which key signed the envelope.
    pub keyid: Hash,
    /// When it was signed, in seconds since 1970.
    pub time: u64,
    /// 32 random bytes, of no other receipt.
    pub salt: [u8; 32],
}

/// The root of a full subtree, where tiles have it: of leaves `index * 256^level .. (index + 1) * 256^level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Power of 256.
    pub level: u8,
    /// Number within the level.
    pub index: u64,
    /// The root.
    pub hash: Hash,
}

/// What an append adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition {
    /// The receipts with their leaves, in the order of their numbers.
    pub entries: Vec<Entry>,
    /// The new hashes; within a level in the order of their numbers.
    pub nodes: Vec<Node>,
}

/// What receipts add to the tree of that size.
///
/// # Errors
/// [`Error::Proof`] when a hash of the tree is missing.
pub fn append(hashes: &impl Hashes, size: u64, drafts: Vec<Draft>) -> Result<Addition, Error> {
    let mut grown = Grown {
        hashes,
        new: HashMap::new(),
    };
    let mut added = Addition {
        entries: Vec::with_capacity(drafts.len()),
        nodes: Vec::with_capacity(drafts.len()),
    };
    for (seq, draft) in (size..).zip(drafts) {
        let leaf = Leaf {
            kind: draft.kind,
            flags: 0,
            seq,
            digest: leaf::digest(&draft.salt, draft.envelope.as_bytes()),
            keyid: draft.keyid,
            time: draft.time,
        };
        let mut node = Node {
            level: 0,
            index: seq,
            hash: leaf.hash(),
        };
        loop {
            grown.new.insert((node.level, node.index), node.hash);
            added.nodes.push(node);
            let Some((level, index)) = completed(node.level, node.index) else {
                break;
            };
            let hash = subtree(&grown, level, index)?;
            node = Node { level, index, hash };
        }
        added.entries.push(Entry {
            leaf,
            receipt: Some(entry::Receipt {
                salt: draft.salt,
                envelope: draft.envelope,
            }),
        });
    }
    Ok(added)
}

/// A tree with hashes that are not stored yet.
struct Grown<'a, H> {
    hashes: &'a H,
    new: HashMap<(u8, u64), Hash>,
}

impl<H: Hashes> Hashes for Grown<'_, H> {
    fn hash(&self, level: u8, index: u64) -> Option<Hash> {
        let new = self.new.get(&(level, index)).copied();
        new.or_else(|| self.hashes.hash(level, index))
    }
}

/// The subtree of the next level that a hash is the last of.
fn completed(level: u8, index: u64) -> Option<(u8, u64)> {
    (index % TILE_WIDTH == TILE_WIDTH - 1).then_some((level + 1, index / TILE_WIDTH))
}

/// The root of a full subtree, from the 256 hashes of the level below.
fn subtree(hashes: &impl Hashes, level: u8, index: u64) -> Result<Hash, Error> {
    const MISSING: Error = Error::Proof("a hash of the tree is missing");
    let below = level.checked_sub(1).ok_or(MISSING)?;
    let first = index * TILE_WIDTH;
    let mut row = (first..first + TILE_WIDTH)
        .map(|index| hashes.hash(below, index).ok_or(MISSING))
        .collect::<Result<Vec<_>, _>>()?;
    while row.len() > 1 {
        row = row
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => merkle::node_hash(left, right),
                // INVARIANT: 256 halves to one without remainder.
                rest => rest.first().copied().unwrap_or_default(),
            })
            .collect();
    }
    row.first().copied().ok_or(MISSING)
}

/// The first place where storage disagrees with itself, or with what was signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Fewer receipts than were signed for.
    #[error("the ledger holds {size} receipts, and a checkpoint over {known} was signed")]
    Short {
        /// Receipts there are.
        size: u64,
        /// Receipts that were signed for.
        known: u64,
    },
    /// The same size, another history.
    #[error("the first {size} receipts are others than those that were signed for")]
    Fork {
        /// The size of both.
        size: u64,
    },
    /// A receipt is not the one its leaf, or the tree, says.
    #[error("receipt {seq}: {why}")]
    Receipt {
        /// Its number.
        seq: u64,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A hash is not that of the hashes below it.
    #[error("hash {index} of level {level} is not that of the level below")]
    Tile {
        /// Level of the tile it is in.
        level: u8,
        /// Its number within the level.
        index: u64,
    },
    /// A hash is missing.
    #[error("a hash of the tree of {size} receipts is missing")]
    Missing {
        /// Size of the tree.
        size: u64,
    },
}

/// A size and root that was found to be what lies in storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audited {
    size: u64,
    root: Hash,
}

impl Audited {
    /// How many receipts.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over them.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.root
    }
}

/// Recomputes leaf, tile and root of what lies in storage. `known` is the largest size and root that was signed: up to there the
/// stored hashes must lead to that root, and `entries` begin after it; with a size of 0 everything is recomputed.
///
/// # Errors
/// The first [`Fault`], or the first error of `entries`.
pub fn audit<E: From<Fault>>(
    hashes: &impl Hashes,
    known: (u64, Hash),
    size: u64,
    entries: impl IntoIterator<Item = Result<Entry, E>>,
) -> Result<Audited, E> {
    let (from, signed) = known;
    if from > size {
        return Err(Fault::Short { size, known: from }.into());
    }
    let root = |size| merkle::root(hashes, size).map_err(|_| Fault::Missing { size });
    if root(from)? != signed {
        return Err(Fault::Fork { size: from }.into());
    }
    let mut entries = entries.into_iter();
    for seq in from..size {
        let wrong = |why| E::from(Fault::Receipt { seq, why });
        let entry = entries.next().ok_or_else(|| wrong("it is missing"))??;
        if entry.leaf.seq != seq {
            return Err(wrong("its leaf has another number"));
        }
        if !entry.is_bound() {
            return Err(wrong("it is not the one its leaf was made of"));
        }
        if hashes.hash(0, seq) != Some(entry.leaf.hash()) {
            return Err(wrong("the tree holds another leaf"));
        }
        let mut place = completed(0, seq);
        while let Some((level, index)) = place {
            let found = subtree(hashes, level, index).map_err(|_| Fault::Missing { size })?;
            if hashes.hash(level, index) != Some(found) {
                return Err(Fault::Tile { level, index }.into());
            }
            place = completed(level, index);
        }
    }
    if entries.next().is_some() {
        return Err(Fault::Receipt {
            seq: size,
            why: "it lies beyond the end of the tree",
        }
        .into());
    }
    let root = root(size)?;
    Ok(Audited { size, root })
}

/// The checkpoint of what was audited, signed by each of the log's keys.
///
/// # Errors
/// [`Error::Form`] for an origin that is none, [`Error::Signer`], also without any signer.
pub fn checkpoint(origin: &str, audited: Audited, signers: &[&dyn Signer]) -> Result<Note, Error> {
    if signers.is_empty() {
        return Err(Error::Signer("no key was given".to_owned()));
    }
    let head = Checkpoint {
        origin: origin.to_owned(),
        size: audited.size,
        root: audited.root,
        extensions: Vec::new(),
    };
    let mut note = head.to_note()?;
    for signer in signers {
        note.sign(origin, *signer)?;
    }
    Ok(note)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{checkpoint, ed25519::SecretKey, merkle::Tree, note};
    use proptest::prelude::*;

    fn draft(n: u64) -> Draft {
        Draft {
            envelope: format!("{{\"n\":{n}}}"),
            kind: 1,
            keyid: [7; 32],
            time: n,
            salt: crate::sha256(&[&n.to_be_bytes()]),
        }
    }

    /// What a storage would hold.
    #[derive(Clone, Default)]
    struct Kept {
        entries: Vec<Entry>,
        hashes: HashMap<(u8, u64), Hash>,
    }

    impl Hashes for Kept {
        fn hash(&self, level: u8, index: u64) -> Option<Hash> {
            self.hashes.get(&(level, index)).copied()
        }
    }

    impl Kept {
        fn append(&mut self, drafts: Vec<Draft>) {
            let added = append(self, self.entries.len() as u64, drafts).unwrap();
            self.entries.extend(added.entries);
            for node in added.nodes {
                let before = self.hashes.insert((node.level, node.index), node.hash);
                assert_eq!(before, None, "no hash is written twice");
            }
        }

        fn audit(&self, known: (u64, Hash)) -> Result<Audited, Fault> {
            let from = (known.0 as usize).min(self.entries.len());
            let entries = self.entries[from..].iter().cloned().map(Ok);
            audit(self, known, self.entries.len() as u64, entries)
        }
    }

    fn kept(batches: &[u64]) -> Kept {
        let mut kept = Kept::default();
        for batch in batches {
            let size = kept.entries.len() as u64;
            kept.append((size..size + batch).map(draft).collect());
        }
        kept
    }

    const NOTHING: u64 = 0;

    fn nothing() -> (u64, Hash) {
        (NOTHING, merkle::empty_root())
    }

    #[test]
    fn however_receipts_come_the_tree_is_that_of_their_leaves() {
        for batches in [&[1; 600][..], &[600], &[255, 1, 1, 343], &[0, 256, 344]] {
            let kept = kept(batches);
            let mut tree = Tree::default();
            for entry in &kept.entries {
                tree.append(entry.leaf.hash()).unwrap();
            }
            let audited = kept.audit(nothing()).unwrap();
            assert_eq!(audited.size(), 600);
            assert_eq!(audited.root(), merkle::root(&tree, 600).unwrap());
            assert_eq!(kept.hashes.len(), 602);
        }
    }

    #[test]
    fn several_levels_of_tiles_grow_and_are_audited() {
        let mut kept = kept(&[65_600]);
        // From a signed size on, only what came after it is read.
        let old = (65_000, merkle::root(&kept, 65_000).unwrap());
        let root = merkle::root(&kept, 65_600).unwrap();
        assert_eq!(kept.audit(old).unwrap().root(), root);
        kept.hashes.get_mut(&(2, 0)).unwrap()[5] ^= 1;
        let (level, index) = (2, 0);
        assert_eq!(kept.audit(old), Err(Fault::Tile { level, index }));
        assert_eq!(kept.audit(nothing()), Err(Fault::Tile { level, index }));
    }

    #[test]
    fn a_short_or_forked_ledger_is_not_signed_for() {
        let (mut short, whole) = (kept(&[10]), kept(&[20]));
        let signed = whole.audit(nothing()).unwrap();
        let known = (signed.size(), signed.root());
        assert_eq!(
            short.audit(known),
            Err(Fault::Short {
                size: 10,
                known: 20
            })
        );
        // The backup goes on as if nothing had happened.
        short.append((100..110).map(draft).collect());
        assert_eq!(short.audit(known), Err(Fault::Fork { size: 20 }));
        assert_eq!(whole.audit(known), Ok(signed));
    }

    #[test]
    fn entries_that_are_missing_swapped_or_too_many_are_named() {
        let whole = kept(&[10]);
        let fault = |change: &dyn Fn(&mut Vec<Entry>)| {
            let mut entries = whole.entries.clone();
            change(&mut entries);
            audit::<Fault>(&whole, nothing(), 10, entries.into_iter().map(Ok)).unwrap_err()
        };
        let at = |fault| match fault {
            Fault::Receipt { seq, .. } => seq,
            other => panic!("{other}"),
        };
        assert_eq!(at(fault(&|all| drop(all.pop()))), 9);
        assert_eq!(at(fault(&|all| all.swap(3, 4))), 3);
        assert_eq!(at(fault(&|all| all.push(all[0].clone()))), 10);
        assert_eq!(at(fault(&|all| all[7].leaf.kind = 2)), 7);
        // A purged receipt is no fault.
        let mut purged = whole.entries.clone();
        purged[2].receipt = None;
        audit::<Fault>(&whole, nothing(), 10, purged.into_iter().map(Ok)).unwrap();
    }

    #[test]
    fn a_checkpoint_says_what_was_audited_and_is_signed_by_all() {
        let kept = kept(&[300]);
        let audited = kept.audit(nothing()).unwrap();
        let (old, new) = (
            SecretKey::from_seed(&[1; 32]),
            SecretKey::from_seed(&[2; 32]),
        );
        let signed = checkpoint("example.com/l", audited, &[&old, &new]).unwrap();
        for key in [&old, &new] {
            let known =
                note::VerifierKey::new("example.com/l", note::Kind::Ed25519, key.public()).unwrap();
            let (head, _) = checkpoint::open(signed.to_string().as_bytes(), &[known], &[]).unwrap();
            assert_eq!((head.size, head.root), (300, audited.root()));
        }
        assert!(checkpoint("example.com/l", audited, &[]).is_err());
        assert!(checkpoint("two\nlines", audited, &[&old]).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn one_bent_bit_anywhere_is_found(size in 1_u64..700, entry in any::<prop::sample::Index>(), bit in 0_usize..8, what in 0..4) {
            let mut kept = kept(&[size]);
            let at = entry.index(kept.entries.len());
            match what {
                0 => {
                    let places: Vec<_> = kept.hashes.keys().copied().collect();
                    let place = places[entry.index(places.len())];
                    kept.hashes.get_mut(&place).unwrap()[bit] ^= 1 << bit;
                }
                1 => kept.entries[at].leaf.digest[bit] ^= 1,
                2 => kept.entries[at].receipt.as_mut().unwrap().salt[bit] ^= 1,
                _ => kept.entries[at].receipt.as_mut().unwrap().envelope.push(' '),
            }
            prop_assert!(kept.audit(nothing()).is_err());
        }
    }
}
