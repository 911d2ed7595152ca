//! What was proven already. A keystroke changes one policy, and most kinds of request are out of its scope.

use std::collections::{HashMap, VecDeque};

/// Digest of everything an answer depends on.
pub(crate) type Key = [u8; 32];

/// As many answers as some dozens of edits of a large schema give.
const MOST: usize = 4_096;

/// The latest answers.
#[derive(Debug)]
pub(crate) struct Cache<T> {
    answers: HashMap<Key, T>,
    order: VecDeque<Key>,
}

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self {
            answers: HashMap::new(),
            order: VecDeque::new(),
        }
    }
}

impl<T: Clone> Cache<T> {
    pub fn get(&self, key: &Key) -> Option<T> {
        self.answers.get(key).cloned()
    }

    /// The answer, or a new one in its place.
    pub fn or_put(&mut self, key: Key, answer: impl FnOnce() -> T) -> T {
        self.get(&key).unwrap_or_else(|| {
            let answer = answer();
            self.put(key, answer.clone());
            answer
        })
    }

    pub fn put(&mut self, key: Key, answer: T) {
        if self.answers.insert(key, answer).is_none() {
            self.order.push_back(key);
        }
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.answers.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn the_oldest_answers_are_forgotten() {
        let mut cache = Cache::default();
        let key = |number: usize| {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&number.to_le_bytes());
            key
        };
        for number in 0..=MOST {
            cache.put(key(number), number);
            cache.put(key(number), number);
        }
        assert_eq!(cache.get(&key(0)), None);
        assert_eq!(cache.get(&key(1)), Some(1));
        assert_eq!((cache.answers.len(), cache.order.len()), (MOST, MOST));
    }
}
