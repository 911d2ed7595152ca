//! The checkpoints of a bundle, and what is said of them: by whom they are signed, and that the ledger only grew from one to the
//! next.

use super::receipts::Miss;
use crate::{
    Error,
    bundle::{Bundle, Growth, Part},
    checkpoint::{self, Checkpoint},
    merkle,
    note::{Note, Signed},
    tlog_policy::Policy,
    trust::Trust,
};

/// A checkpoint.
#[derive(Clone, Debug)]
pub(super) struct Head {
    /// Its file's name.
    pub(super) name: String,
    /// The signed note.
    pub(super) text: Vec<u8>,
    pub(super) standing: Standing,
}

/// What is known of a checkpoint.
#[derive(Clone, Debug)]
pub(super) enum Standing {
    /// It is none, or a known key's signature does not hold.
    Broken(Miss),
    /// Nobody is trusted with its ledger.
    Unknown(Checkpoint),
    /// Signed by its ledger, and by these.
    Signed(Checkpoint, Vec<Signed>),
}

impl Head {
    /// The checkpoint, if it could be read.
    pub(super) fn read(&self) -> Option<&Checkpoint> {
        match &self.standing {
            Standing::Broken(_) => None,
            Standing::Unknown(head) | Standing::Signed(head, _) => Some(head),
        }
    }

    /// The checkpoint, if its ledger signed it.
    pub(super) fn signed(&self) -> Option<(&Checkpoint, &[Signed])> {
        match &self.standing {
            Standing::Signed(head, signed) => Some((head, signed)),
            _ => None,
        }
    }
}

/// Every checkpoint of a bundle, smallest first.
pub(super) fn read(bundle: &Bundle<'_>, trust: Option<&Trust>) -> Vec<Head> {
    let sizes = bundle.parts.iter().filter_map(|(part, file)| match part {
        Part::Checkpoint(size) => Some((*size, file)),
        _ => None,
    });
    sizes
        .map(|(size, file)| {
            let content = file.read();
            let standing = match &content {
                Ok(text) => standing(size, text, trust),
                Err(error) => Standing::Broken(Miss::new("a checkpoint", error.to_string())),
            };
            Head {
                name: file.name.to_owned(),
                text: content.unwrap_or_default(),
                standing,
            }
        })
        .collect()
}

fn standing(size: u64, text: &[u8], trust: Option<&Trust>) -> Standing {
    let parsed = Note::parse(text).and_then(|note| Checkpoint::parse(&note.text));
    let head = match parsed {
        Ok(head) if head.size == size && size > 0 => head,
        Ok(head) => {
            let found = format!("one of size {}", head.size);
            return Standing::Broken(Miss::new(format!("a checkpoint of size {size}"), found));
        }
        Err(error) => return Standing::Broken(Miss::new("a checkpoint", error.to_string())),
    };
    let Some(policy) = trust.map(|trust| &trust.policy) else {
        return Standing::Unknown(head);
    };
    let logs = policy.log_keys();
    if !logs.iter().any(|key| key.name() == head.origin) {
        return Standing::Unknown(head);
    }
    match checkpoint::open(text, &logs, &policy.witness_keys()) {
        Ok((head, signed)) => Standing::Signed(head, signed),
        Err(error) => Standing::Broken(Miss::new(
            format!(
                "a signature by the key of `{}` in your trust file",
                head.origin
            ),
            error.to_string(),
        )),
    }
}

/// When the witnesses that are enough had signed: the second of the last one needed. `None` if they are not enough, or none is
/// asked for.
pub(super) fn witnessed(policy: &Policy, signed: &[Signed]) -> Option<u64> {
    if !policy.asks_for_witnesses() {
        return None;
    }
    let mut times: Vec<_> = signed.iter().map(|signed| signed.time).collect();
    times.sort_unstable();
    times.into_iter().find(|time| {
        let by_then: Vec<_> = signed
            .iter()
            .filter(|signed| signed.time <= *time)
            .cloned()
            .collect();
        policy.is_satisfied(&by_then)
    })
}

/// Whether the bundle proves that the ledger grew from one size and root to another; `None` if it holds no such proof.
pub(super) fn grew(
    bundle: &Bundle<'_>,
    old: &Checkpoint,
    new: &Checkpoint,
) -> Option<Result<(), Error>> {
    if old.size == new.size {
        return Some(if old.root == new.root {
            Ok(())
        } else {
            Err(Error::Proof("two trees of one size, with different roots"))
        });
    }
    let (old, new) = if old.size < new.size {
        (old, new)
    } else {
        (new, old)
    };
    let file = bundle.parts.get(&Part::Growth(old.size, new.size))?;
    let prove = || {
        let growth = Growth::parse(&file.read()?)?;
        if (growth.old, growth.new) != (old.size, new.size) {
            return Err(Error::Proof("a proof about other sizes than its name says"));
        }
        merkle::verify_consistency(old.size, &old.root, new.size, &new.root, &growth.hashes)
    };
    Some(prove())
}
