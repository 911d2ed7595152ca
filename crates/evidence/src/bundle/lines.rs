//! Two text formats beside those of C2SP, in their manner: a first line with name and version, numbers, then hashes in base64,
//! one a line. They repeat no checkpoint, because a bundle holds each once.

use crate::{Error, Hash, base64, checkpoint::decimal};

const RANGE: &str = "trustfabric.eu/range-proof@v1";
const GROWTH: &str = "trustfabric.eu/consistency-proof@v1";
/// Two subtrees a level beside a run.
const MAX_HASHES: usize = 128;
const MAX_BYTES: usize = 8 << 10;

/// That a run of leaves is in a tree: [`merkle::verify_range`](crate::merkle::verify_range).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// Number of the first leaf.
    pub first: u64,
    /// Number of the last one.
    pub last: u64,
    /// Size of the tree: that of a checkpoint in the bundle.
    pub size: u64,
    /// The proof.
    pub hashes: Vec<Hash>,
}

/// That a tree grew: [`merkle::verify_consistency`](crate::merkle::verify_consistency).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growth {
    /// Size of the older tree.
    pub old: u64,
    /// Size of the newer one: that of a checkpoint in the bundle.
    pub new: u64,
    /// The proof.
    pub hashes: Vec<Hash>,
}

fn write(header: &str, numbers: &[(&str, u64)], hashes: &[Hash]) -> String {
    let numbers = numbers
        .iter()
        .map(|(name, number)| format!("{name} {number}"));
    let hashes = hashes.iter().map(|hash| base64::encode(hash));
    let lines = std::iter::once(header.to_owned())
        .chain(numbers)
        .chain(hashes);
    lines.map(|line| line + "\n").collect()
}

fn read<const N: usize>(
    what: &'static str,
    bytes: &[u8],
    header: &str,
    names: [&str; N],
) -> Result<([u64; N], Vec<Hash>), Error> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::limit(what, MAX_BYTES));
    }
    let wrong = |why: String| Error::form(what, why);
    let text = std::str::from_utf8(bytes).map_err(|_| wrong("no UTF-8".to_owned()))?;
    let text = text
        .strip_suffix('\n')
        .ok_or_else(|| wrong("the last line does not end".to_owned()))?;
    let mut lines = text.split('\n');
    if lines.next() != Some(header) {
        return Err(wrong(format!("the first line is not `{header}`")));
    }
    let mut numbers = [0; N];
    for (number, name) in numbers.iter_mut().zip(names) {
        let line = lines.next().and_then(|line| line.strip_prefix(name));
        *number = line
            .and_then(|line| decimal(line.strip_prefix(' ')?))
            .ok_or_else(|| wrong(format!("no line `{name} <number>`")))?;
    }
    let mut hashes = Vec::new();
    for line in lines {
        if hashes.len() == MAX_HASHES {
            return Err(Error::limit("the number of hashes of a proof", MAX_HASHES));
        }
        let hash = base64::decode_array(line);
        hashes.push(hash.ok_or_else(|| wrong(format!("`{}` is no hash", line.escape_debug())))?);
    }
    Ok((numbers, hashes))
}

impl Range {
    /// Reads the text.
    ///
    /// # Errors
    /// [`Error::Limit`], [`Error::Form`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let names = ["first", "last", "size"];
        let ([first, last, size], hashes) = read("range proof", bytes, RANGE, names)?;
        Ok(Self {
            first,
            last,
            size,
            hashes,
        })
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let numbers = [
            ("first", self.first),
            ("last", self.last),
            ("size", self.size),
        ];
        f.write_str(&write(RANGE, &numbers, &self.hashes))
    }
}

impl Growth {
    /// Reads the text.
    ///
    /// # Errors
    /// [`Error::Limit`], [`Error::Form`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let ([old, new], hashes) = read("consistency proof", bytes, GROWTH, ["old", "new"])?;
        Ok(Self { old, new, hashes })
    }
}

impl std::fmt::Display for Growth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let numbers = [("old", self.old), ("new", self.new)];
        f.write_str(&write(GROWTH, &numbers, &self.hashes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_proof_reads_as_it_was_written_and_only_so(first in any::<u64>(), last in any::<u64>(), size in any::<u64>(), hashes in prop::collection::vec(any::<[u8; 32]>(), 0..5), place in any::<prop::sample::Index>(), bit in 0..8_u32) {
            let range = Range { first, last, size, hashes: hashes.clone() };
            prop_assert_eq!(Range::parse(range.to_string().as_bytes()).unwrap(), range.clone());
            let growth = Growth { old: first, new: last, hashes };
            prop_assert_eq!(Growth::parse(growth.to_string().as_bytes()).unwrap(), growth);
            let mut bent = range.to_string().into_bytes();
            let at = place.index(bent.len());
            bent[at] ^= 1 << bit;
            prop_assert!(Range::parse(&bent).map_or(true, |other| other != range));
        }
    }

    #[test]
    fn what_is_no_proof_is_refused() {
        let hash = format!("{}\n", base64::encode(&[0; 32]));
        let good = format!("{GROWTH}\nold 6\nnew 13\n{hash}");
        assert!(Growth::parse(good.as_bytes()).is_ok());
        assert!(Range::parse(good.as_bytes()).is_err());
        for (from, to) in [
            ("@v1", "@v2"),
            ("old 6", "old 06"),
            ("old 6\n", ""),
            ("13\n", "13\n\n"),
            ("AAA=", "AAB="),
            ("AAA=\n", "AAA="),
            ("AAA=\n", "AAA=\n\n"),
            ("new 13", "new  13"),
            ("new 13", "new 13 "),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good);
            assert!(Growth::parse(bad.as_bytes()).is_err(), "{to:?}");
        }
        for (count, held) in [(MAX_HASHES, true), (MAX_HASHES + 1, false)] {
            let many = format!("{GROWTH}\nold 6\nnew 13\n{}", hash.repeat(count));
            assert_eq!(Growth::parse(many.as_bytes()).is_ok(), held);
        }
    }
}
