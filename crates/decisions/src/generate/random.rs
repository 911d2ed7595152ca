//! Random numbers that are the same on every machine: ChaCha8 with a key from the seed, one stream a purpose, and nothing
//! but integers. Popularity follows Zipf's law in the form of Mandelbrot, weight 1/(rank + flatness), from a table of
//! integers, because powers of floating-point numbers may differ in the last bit between machines.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of random numbers.
pub(crate) struct Random(ChaCha8Rng);

impl Random {
    /// Stream `stream` of a seed. Streams of one seed are independent.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut key = *b"a decision log is made from seed";
        let (number, _) = key.split_at_mut(8);
        number.copy_from_slice(&seed.to_le_bytes());
        let mut random = ChaCha8Rng::from_seed(key);
        random.set_stream(stream);
        Self(random)
    }

    /// A number below `limit`, evenly; 0 when there is none.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        let product = u128::from(self.0.next_u64()) * u128::from(limit);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// A place in a list of this length.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).unwrap_or(0))).unwrap_or(0)
    }

    /// One of the items, evenly.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.index(items.len()))
    }

    /// True in `part` of a thousand cases.
    pub(crate) fn chance(&mut self, part: u64) -> bool {
        self.below(1000) < part
    }

    /// Puts the items into a random order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }
}

/// Weights and their running sums: draws an index in proportion to its weight.
#[derive(Clone, Debug, Default)]
pub(crate) struct Weights(Vec<u64>);

impl Weights {
    pub(crate) fn new(weights: impl IntoIterator<Item = u64>) -> Self {
        let sums = weights.into_iter().scan(0_u64, |sum, weight| {
            *sum = sum.saturating_add(weight);
            Some(*sum)
        });
        Self(sums.collect())
    }

    /// Zipf's weights for ranks below `length`.
    pub(crate) fn zipf(length: usize, flatness: u64) -> Self {
        let ranks = 0..u64::try_from(length).unwrap_or(0);
        Self::new(ranks.map(|rank| (1 << 40) / (rank + flatness.max(1))))
    }

    /// An index, or nothing when all weights are zero.
    pub(crate) fn draw(&self, random: &mut Random) -> Option<usize> {
        self.draw_first(self.0.len(), random)
    }

    /// The same among the first `length` indices.
    pub(crate) fn draw_first(&self, length: usize, random: &mut Random) -> Option<usize> {
        let sums = self.0.get(..length.min(self.0.len()))?;
        let total = sums.last().copied().filter(|total| *total > 0)?;
        let at = random.below(total);
        Some(sums.partition_point(|sum| *sum <= at))
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.last().copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_the_same_everywhere() {
        let mut random = Random::new(7, 1);
        let numbers: Vec<u64> = (0..4).map(|_| random.below(1000)).collect();
        assert_eq!(numbers, [717, 583, 381, 42]);
        assert_ne!(
            Random::new(7, 2).below(u64::MAX),
            Random::new(7, 1).below(u64::MAX)
        );
        assert_ne!(
            Random::new(8, 1).below(u64::MAX),
            Random::new(7, 1).below(u64::MAX)
        );
    }

    #[test]
    fn weights_are_kept() {
        let weights = Weights::new([0, 3, 0, 1]);
        let mut random = Random::new(1, 1);
        let mut counts = [0; 4];
        for _ in 0..4000 {
            counts[weights.draw(&mut random).unwrap()] += 1;
        }
        assert_eq!((counts[0], counts[2]), (0, 0));
        assert!((2800..3200).contains(&counts[1]), "{counts:?}");
        assert_eq!(Weights::new([0, 0]).draw(&mut random), None);
        assert_eq!(Weights::default().draw(&mut random), None);
    }

    #[test]
    fn the_first_ranks_are_the_popular_ones() {
        let zipf = Weights::zipf(1000, 1);
        let mut random = Random::new(1, 1);
        let mut counts = [0; 1000];
        for _ in 0..100_000 {
            counts[zipf.draw(&mut random).unwrap()] += 1;
        }
        assert!(
            counts[0] > 8 * counts[9] && counts[0] < 12 * counts[9],
            "{} {}",
            counts[0],
            counts[9]
        );
    }
}
