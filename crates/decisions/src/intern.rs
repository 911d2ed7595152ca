//! A table of distinct strings, numbered in order of first appearance. All text lies in one buffer, and one probe of an
//! open table finds a number: a log of a million rows looks up several million strings.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// A free place of the open table.
const FREE: u64 = u64::MAX;

/// Distinct strings and their numbers.
#[derive(Default)]
pub(crate) struct Interner {
    text: String,
    ends: Vec<usize>,
    /// Upper half: 32 bits of the hash. Lower half: the number. INVARIANT: the length is zero or a power of two, and at
    /// least an eighth of the places is free.
    places: Vec<u64>,
    hasher: RandomState,
}

impl Interner {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, number: usize) -> &str {
        let start = number
            .checked_sub(1)
            .and_then(|before| self.ends.get(before));
        let end = self.ends.get(number);
        end.and_then(|end| self.text.get(start.copied().unwrap_or(0)..*end))
            .unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|number| self.get(number))
    }

    /// The number of `string`, a new one if it was not there.
    pub(crate) fn intern(&mut self, string: &str) -> u32 {
        if self.len() * 8 >= self.places.len() * 7 {
            self.grow();
        }
        let hash = self.hasher.hash_one(string) >> 32;
        let mask = self.places.len().wrapping_sub(1);
        let mut at = usize::try_from(hash).unwrap_or(0) & mask;
        loop {
            let place = self.places.get(at).copied().unwrap_or(FREE);
            if place == FREE {
                break;
            }
            if place >> 32 == hash {
                let number = low_half(place);
                if self.get(usize::try_from(number).unwrap_or(0)) == string {
                    return number;
                }
            }
            at = (at + 1) & mask;
        }
        let number = u32::try_from(self.len()).unwrap_or(u32::MAX);
        self.text.push_str(string);
        self.ends.push(self.text.len());
        if let Some(place) = self.places.get_mut(at) {
            *place = hash << 32 | u64::from(number);
        }
        number
    }

    fn grow(&mut self) {
        let size = (self.places.len() * 2).max(16);
        let mut places = vec![FREE; size];
        for place in self.places.drain(..).filter(|place| *place != FREE) {
            let mut at = usize::try_from(place >> 32).unwrap_or(0) & (size - 1);
            while places.get(at).is_some_and(|other| *other != FREE) {
                at = (at + 1) & (size - 1);
            }
            if let Some(free) = places.get_mut(at) {
                *free = place;
            }
        }
        self.places = places;
    }

    /// The strings, in order of their numbers.
    pub(crate) fn into_strings(self) -> Vec<String> {
        self.iter().map(str::to_owned).collect()
    }
}

fn low_half(place: u64) -> u32 {
    u32::try_from(place & 0xffff_ffff).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_strings_as_a_map_would(strings in prop::collection::vec("[ab]{0,5}", 0..200)) {
            let mut interner = Interner::default();
            let mut map: HashMap<&str, u32> = HashMap::new();
            for string in &strings {
                let next = u32::try_from(map.len()).unwrap();
                let expected = *map.entry(string).or_insert(next);
                prop_assert_eq!(interner.intern(string), expected);
            }
            prop_assert_eq!(interner.len(), map.len());
            for (number, string) in interner.into_strings().iter().enumerate() {
                prop_assert_eq!(map[string.as_str()], u32::try_from(number).unwrap());
            }
        }
    }
}
