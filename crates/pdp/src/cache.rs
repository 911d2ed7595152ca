//! Answers kept for a moment. The key is the SHA-256 of everything an answer can depend on, with the number of the engine that
//! gave it: a new engine finds nothing of an older one's. What is hashed is text as it was given, each part with its length, so two
//! questions share an answer only if they are the same to the letter.

use std::{sync::Arc, time::Duration};

use policy::{Posed, Question};
use sha2::{Digest as _, Sha256};

use crate::Answer;

/// What an answer is kept by.
pub(crate) type Key = [u8; 32];

/// A kept answer, with the request where the answer is to be recorded each time it is given.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub answer: Arc<Answer>,
    pub posed: Option<Arc<Posed>>,
}

/// Answers by what was asked.
#[derive(Debug)]
pub(crate) struct Cache(moka::sync::Cache<Key, Kept>);

/// What an entry weighs besides its texts, bytes.
const FIXED: usize = 320;

impl Cache {
    /// Keeps answers for so long, and no more than so many bytes of them.
    pub fn new(ttl: Duration, bytes: u64) -> Self {
        let cache = moka::sync::Cache::builder()
            .max_capacity(bytes)
            .weigher(|_: &Key, kept: &Kept| weight(kept))
            .time_to_live(ttl)
            .build();
        Self(cache)
    }

    pub fn get(&self, key: &Key) -> Option<Kept> {
        self.0.get(key)
    }

    pub fn keep(&self, key: Key, kept: Kept) {
        self.0.insert(key, kept);
    }

    /// Gives the space back.
    pub fn clear(&self) {
        self.0.invalidate_all();
    }
}

fn weight(kept: &Kept) -> u32 {
    let answer = &kept.answer;
    let shadow = answer.shadow.as_ref();
    let reasons = answer.reasons.iter();
    let reasons = reasons.chain(shadow.iter().flat_map(|it| &it.reasons));
    let errors = answer.errors.iter();
    let errors = errors.chain(shadow.iter().flat_map(|it| &it.errors));
    let texts = reasons.map(String::len).sum::<usize>()
        + errors
            .map(|error| error.policy.len() + error.message.len())
            .sum::<usize>();
    // A request is a handful of ids, a context and at most two entities.
    let posed = if kept.posed.is_some() { 4096 } else { 0 };
    u32::try_from(FIXED + texts + posed).unwrap_or(u32::MAX)
}

/// What a question's answer is kept by, as the engine of that number gives it.
pub(crate) fn key(generation: u64, tenant: &str, question: &Question<'_>) -> Key {
    let mut hash = Sha256::new();
    hash.update(generation.to_le_bytes());
    let (principal, resource) = (&question.principal, &question.resource);
    for part in [
        tenant,
        question.action,
        resource.kind,
        resource.id,
        principal.kind,
        principal.id,
        principal.properties,
        resource.properties,
        question.context,
    ] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
