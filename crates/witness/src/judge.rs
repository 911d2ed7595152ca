//! What a witness says to an `add-checkpoint`: the checks in the order of the specification, each with its status.

use evidence::{
    Hash,
    checkpoint::{self, Checkpoint},
    note::{Note, VerifierKey},
    tlog_proof::Growth,
};

/// Why a checkpoint is not cosigned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No request.
    #[error("{0}")]
    Malformed(String),
    /// No log this witness watches over.
    #[error("this witness does not watch over `{0}`")]
    Unknown(String),
    /// Not signed by the log.
    #[error("{0}")]
    Unsigned(String),
    /// Another size than the one cosigned last, or the same with another root.
    #[error("the checkpoint cosigned last covers {0}")]
    Conflict(u64),
    /// It did not only grow.
    #[error("{0}")]
    Inconsistent(String),
}

impl Refusal {
    /// The status of HTTP for it.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::Unsigned(_) => 403,
            Self::Unknown(_) => 404,
            Self::Conflict(_) => 409,
            Self::Inconsistent(_) => 422,
        }
    }
}

/// A checkpoint that a known log signed, and what is said to prove that it only grew.
#[derive(Clone, Debug)]
pub struct Request {
    growth: Growth,
    head: Checkpoint,
    /// The text that is cosigned.
    pub note: Note,
}

impl Request {
    /// Reads a request body.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], [`Refusal::Unknown`], [`Refusal::Unsigned`].
    pub fn read(body: &[u8], logs: &[VerifierKey]) -> Result<Self, Refusal> {
        let malformed = |error: evidence::Error| Refusal::Malformed(error.to_string());
        let growth = Growth::parse(body).map_err(malformed)?;
        let note = Note::parse(growth.checkpoint.as_bytes()).map_err(malformed)?;
        let head = Checkpoint::parse(&note.text).map_err(malformed)?;
        if !logs.iter().any(|key| key.name() == head.origin) {
            return Err(Refusal::Unknown(head.origin));
        }
        checkpoint::open(growth.checkpoint.as_bytes(), logs, &[])
            .map_err(|error| Refusal::Unsigned(error.to_string()))?;
        if growth.old > head.size {
            let why = format!("a log of {} does not grow to {}", growth.old, head.size);
            return Err(Refusal::Malformed(why));
        }
        Ok(Self { growth, head, note })
    }

    /// The head it is about.
    #[must_use]
    pub fn head(&self) -> &Checkpoint {
        &self.head
    }

    /// Whether it follows on what was cosigned last: size and root; `None` when nothing was.
    ///
    /// # Errors
    /// [`Refusal::Conflict`], [`Refusal::Inconsistent`].
    pub fn follows(&self, last: Option<(u64, Hash)>) -> Result<(), Refusal> {
        let (size, root) = last.unwrap_or((0, evidence::merkle::empty_root()));
        if self.growth.old != size || (self.head.size == size && self.head.root != root) {
            return Err(Refusal::Conflict(size));
        }
        self.growth
            .verify(&root, &self.head)
            .map_err(|error| Refusal::Inconsistent(error.to_string()))
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use evidence::{
        ed25519::{SecretKey, Signer as _},
        merkle::{self, Tree},
        note::Kind,
    };
    use proptest::prelude::*;

    pub const ORIGIN: &str = "example.com/log";

    pub fn key(seed: u8) -> SecretKey {
        SecretKey::from_seed(&[seed; 32])
    }

    pub fn log() -> VerifierKey {
        VerifierKey::new(ORIGIN, Kind::Ed25519, key(1).public()).unwrap()
    }

    /// A log whose leaves are `fork` in from number 5 on.
    pub fn tree(size: u64, fork: u8) -> Tree {
        let mut tree = Tree::default();
        for n in 0..size {
            let fork = if n < 5 { 0 } else { fork };
            tree.append(merkle::leaf_hash(&[fork, n as u8])).unwrap();
        }
        tree
    }

    pub fn growth(tree: &Tree, old: u64, signer: u8) -> Growth {
        let head = Checkpoint {
            origin: ORIGIN.into(),
            size: tree.size(),
            root: merkle::root(tree, tree.size()).unwrap(),
            extensions: Vec::new(),
        };
        let mut note = head.to_note().unwrap();
        note.sign(ORIGIN, &key(signer)).unwrap();
        Growth {
            old,
            hashes: merkle::consistency_proof(tree, old.min(tree.size()), tree.size()).unwrap(),
            checkpoint: note.to_string(),
        }
    }

    pub fn root(tree: &Tree) -> Option<(u64, Hash)> {
        Some((tree.size(), merkle::root(tree, tree.size()).unwrap()))
    }

    fn status(growth: &Growth, last: Option<(u64, Hash)>) -> u16 {
        let body = body(growth);
        Request::read(body.as_bytes(), &[log()])
            .and_then(|request| request.follows(last))
            .map_or_else(|refusal| refusal.status(), |()| 200)
    }

    pub fn body(growth: &Growth) -> String {
        growth.to_string()
    }

    #[test]
    fn what_only_grew_is_cosigned_and_each_refusal_has_its_status() {
        let (small, large) = (tree(7, 0), tree(20, 0));
        assert_eq!(status(&growth(&small, 0, 1), None), 200);
        assert_eq!(status(&growth(&large, 7, 1), root(&small)), 200);
        // Again the same: it is cosigned anew.
        assert_eq!(status(&growth(&large, 20, 1), root(&large)), 200);
        assert_eq!(status(&growth(&tree(0, 0), 0, 1), None), 200);

        // Another key, another log, another old size, another history.
        assert_eq!(status(&growth(&small, 0, 2), None), 403);
        let mut elsewhere = growth(&small, 0, 1);
        elsewhere.checkpoint = elsewhere.checkpoint.replace(ORIGIN, "example.com/other");
        assert_eq!(status(&elsewhere, None), 404);
        let mut beyond = growth(&small, 0, 1);
        beyond.old = 8;
        assert_eq!(status(&beyond, None), 400);
        assert_eq!(status(&growth(&large, 0, 1), root(&small)), 409);
        assert_eq!(status(&growth(&large, 7, 1), None), 409);
        assert_eq!(status(&growth(&small, 7, 1), root(&large)), 409);
        assert_eq!(status(&growth(&tree(20, 1), 20, 1), root(&large)), 409);
        assert_eq!(status(&growth(&tree(20, 1), 7, 1), root(&small)), 422);
        let mut stuffed = growth(&small, 0, 1);
        stuffed.hashes.push([0; 32]);
        assert_eq!(status(&stuffed, None), 422);
        let mut stuffed = growth(&large, 20, 1);
        stuffed.hashes.push([0; 32]);
        assert_eq!(status(&stuffed, root(&large)), 422);

        let conflict = Refusal::Conflict(7);
        assert_eq!(conflict.status(), 409);
        for bad in ["", "old 0\n", "old 00\n\n", "old 0\n\nx\n", "new 0\n\n"] {
            let refused = Request::read(bad.as_bytes(), &[log()]).unwrap_err();
            assert_eq!(refused.status(), 400, "{bad}");
        }
    }

    #[test]
    fn a_known_key_whose_signature_does_not_hold_spoils_the_rest() {
        let good = growth(&tree(7, 0), 0, 1);
        let mut note = Note::parse(good.checkpoint.as_bytes()).unwrap();
        let mut forged = note.signatures[0].clone();
        forged.bytes[9] ^= 1;
        note.signatures.push(forged);
        let bad = Growth {
            checkpoint: note.to_string(),
            ..good
        };
        assert_eq!(status(&bad, None), 403);
    }

    proptest! {
        #[test]
        fn no_history_is_cosigned_that_does_not_hold_the_one_before(old in 1_u64..40, new in 0_u64..40, at in any::<prop::sample::Index>(), bit in 0..8) {
            let (before, after) = (tree(old, 0), tree(new, 0));
            let forked = tree(new, 1);
            let fits = |tree: &Tree| {
                let growth = growth(tree, old, 1);
                status(&growth, root(&before)) == 200
            };
            prop_assert_eq!(fits(&after), new >= old);
            prop_assert_eq!(fits(&forked), new >= old && old <= 5);
            // No bent request is believed.
            let mut bytes = body(&growth(&after, old, 1)).into_bytes();
            let place = at.index(bytes.len());
            bytes[place] ^= 1_u8 << bit;
            let bent = Request::read(&bytes, &[log()]).and_then(|request| {
                request.follows(root(&before)).map(|()| request.head().clone())
            });
            if let Ok(head) = bent {
                prop_assert_eq!(Some((head.size, head.root)), root(&after));
            }
        }
    }
}
