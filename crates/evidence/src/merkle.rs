//! The Merkle tree of RFC 6962, section 2.1, with SHA-256, stored as C2SP tlog-tiles. Proofs are made and checked by one
//! recursion over the tree's own definition: a subtree of `n` leaves splits at the largest power of two below `n`. Verifiers use
//! every hash of a proof, no more and no fewer; a consistency proof is walked whole, its linear part too. A range proof is what
//! inclusion proofs of neighbouring leaves have in common, once: it proves a run of leaves of any length with at most two hashes
//! a level, and for a single leaf it is the inclusion proof.

use std::{collections::BTreeMap, ops::Range};

use crate::{Error, Hash, sha256};

/// Hashes in a full tile.
pub const TILE_WIDTH: u64 = 256;

/// The hash of an entry.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    sha256(&[&[0], entry])
}

/// The hash of two subtrees.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}

/// The root of a tree without leaves.
#[must_use]
pub fn empty_root() -> Hash {
    sha256(&[])
}

/// The largest power of two below `size`, for a size of two or more.
fn split(size: u64) -> u64 {
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
}

/// Checks that the entry with this leaf hash is at `index` of the tree of that size and root (RFC 9162, section 2.1.3.2).
///
/// # Errors
/// [`Error::Proof`].
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), Error> {
    if index >= size {
        return Err(Error::Proof("the index lies outside of the tree"));
    }
    match way(leaf, index, size, proof)?.last() {
        Some(step) => same(&step.node, root),
        None => same(leaf, root),
    }
}

/// A step on the way from a leaf to the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The hash beside.
    pub beside: Hash,
    /// It stands to the left.
    pub left: bool,
    /// The hash of both.
    pub node: Hash,
}

/// The way that an inclusion proof takes from a leaf to the root it leads to.
///
/// # Errors
/// [`Error::Proof`] for a proof that is none for this place, whatever root it were to lead to.
pub fn way(leaf: &Hash, index: u64, size: u64, proof: &[Hash]) -> Result<Vec<Step>, Error> {
    if index >= size {
        return Err(Error::Proof("the index lies outside of the tree"));
    }
    // From the root down, which sides are taken; the proof names what lies beside, from the leaf up.
    let (mut sides, mut node) = (Vec::new(), 0..size);
    while node.end - node.start > 1 {
        let (inside, beside) = halves(&node, index);
        sides.push(beside.start < inside.start);
        node = inside;
    }
    if proof.len() != sides.len() {
        return Err(Error::Proof(if proof.len() > sides.len() {
            "the proof is too long"
        } else {
            "the proof is too short"
        }));
    }
    let mut below = *leaf;
    let steps = sides.into_iter().rev().zip(proof).map(|(left, beside)| {
        below = if left {
            node_hash(beside, &below)
        } else {
            node_hash(&below, beside)
        };
        Step {
            beside: *beside,
            left,
            node: below,
        }
    });
    Ok(steps.collect())
}

fn same(found: &Hash, root: &Hash) -> Result<(), Error> {
    if found == root {
        Ok(())
    } else {
        Err(Error::Proof("the proof leads to another root"))
    }
}

/// The last hash of a proof: the sibling nearest to the root.
fn last(proof: &mut &[Hash]) -> Result<Hash, Error> {
    let (last, rest) = proof
        .split_last()
        .ok_or(Error::Proof("the proof is too short"))?;
    *proof = rest;
    Ok(*last)
}

/// Checks that these are the leaf hashes from `start` of the tree of that size and root, each in its place.
///
/// # Errors
/// [`Error::Proof`].
pub fn verify_range(
    leaves: &[Hash],
    start: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), Error> {
    same(
        &range_leads_to(leaves, start, size, proof, &mut |_, _| {})?,
        root,
    )
}

/// The inclusion proof of one leaf of a run, from the run and its range proof. It leads where the range proof leads.
///
/// # Errors
/// [`Error::Proof`], as [`verify_range`], and for an index outside of the run.
pub fn proof_within(
    leaves: &[Hash],
    start: u64,
    size: u64,
    proof: &[Hash],
    index: u64,
) -> Result<Vec<Hash>, Error> {
    if index < start || index - start >= leaves.len() as u64 {
        return Err(Error::Proof("the index lies outside of the range"));
    }
    let mut beside = Vec::new();
    // Inner nodes come first, so what lies beside the leaf comes before what lies beside its parents.
    range_leads_to(leaves, start, size, proof, &mut |node, [left, right]| {
        if node.contains(&index) {
            let (inside, other) = halves(node, index);
            beside.push(if other.start < inside.start {
                *left
            } else {
                *right
            });
        }
    })?;
    Ok(beside)
}

/// The root that leaves and a range proof lead to. `told` hears of every node on the way, with the hashes of its halves.
fn range_leads_to(
    leaves: &[Hash],
    start: u64,
    size: u64,
    proof: &[Hash],
    told: &mut impl FnMut(&Range<u64>, [&Hash; 2]),
) -> Result<Hash, Error> {
    let end = start
        .checked_add(leaves.len() as u64)
        .filter(|end| *end <= size && !leaves.is_empty())
        .ok_or(Error::Proof("the range lies outside of the tree"))?;
    let mut rest = proof;
    let found = ranging(leaves, &(start..end), 0..size, &mut rest, told)?;
    if !rest.is_empty() {
        return Err(Error::Proof("the proof is too long"));
    }
    Ok(found)
}

/// The root of the subtree `node`, which holds some leaves of `range`, from these and the proof for what lies beside them.
fn ranging(
    leaves: &[Hash],
    range: &Range<u64>,
    node: Range<u64>,
    proof: &mut &[Hash],
    told: &mut impl FnMut(&Range<u64>, [&Hash; 2]),
) -> Result<Hash, Error> {
    if let ([leaf], 1) = (leaves, node.end - node.start) {
        return Ok(*leaf);
    }
    let middle = node.start + split(node.end - node.start);
    let (left, right) = if middle <= range.start {
        let left = last(proof)?;
        let right = ranging(leaves, range, middle..node.end, proof, told)?;
        (left, right)
    } else if range.end <= middle {
        let right = last(proof)?;
        let left = ranging(leaves, range, node.start..middle, proof, told)?;
        (left, right)
    } else {
        let count = usize::try_from(middle - range.start.max(node.start));
        let (before, after) = count
            .ok()
            .and_then(|count| leaves.split_at_checked(count))
            .ok_or(Error::Proof("the range lies outside of the tree"))?;
        let left = ranging(before, range, node.start..middle, proof, told)?;
        let right = ranging(after, range, middle..node.end, proof, told)?;
        (left, right)
    };
    told(&node, [&left, &right]);
    Ok(node_hash(&left, &right))
}

/// The root of a tree of these leaf hashes.
#[must_use]
pub fn root_of(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let half = usize::try_from(split(leaves.len() as u64)).unwrap_or_default();
            let (left, right) = leaves.split_at(half);
            node_hash(&root_of(left), &root_of(right))
        }
    }
}

/// Checks that the tree of size `old` is the beginning of that of size `new` (RFC 9162, section 2.1.4.2). Equal
/// sizes need equal roots and no proof; of the empty tree nothing can be proven, so that callers say what they take it for.
///
/// # Errors
/// [`Error::Proof`].
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), Error> {
    if old > new {
        return Err(Error::Proof("the older tree is the larger one"));
    }
    if old == 0 {
        return Err(Error::Proof(
            "a tree without leaves is the beginning of any: there is nothing to prove",
        ));
    }
    let mut rest = proof;
    let (before, after) = growing(old, new, true, old_root, &mut rest)?;
    if !rest.is_empty() {
        return Err(Error::Proof("the proof is too long"));
    }
    same(&before, old_root)?;
    same(&after, new_root)
}

/// The roots of the first `old` leaves and of all `new` of a subtree. `whole` while `old` is all of the older tree.
fn growing(
    old: u64,
    new: u64,
    whole: bool,
    old_root: &Hash,
    proof: &mut &[Hash],
) -> Result<(Hash, Hash), Error> {
    if old == new {
        let root = if whole { *old_root } else { last(proof)? };
        return Ok((root, root));
    }
    let (sibling, half) = (last(proof)?, split(new));
    if old <= half {
        let (before, after) = growing(old, half, whole, old_root, proof)?;
        Ok((before, node_hash(&after, &sibling)))
    } else {
        let (before, after) = growing(old - half, new - half, false, old_root, proof)?;
        Ok((node_hash(&sibling, &before), node_hash(&sibling, &after)))
    }
}

/// Where a tile stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// 0 for leaf hashes; each level above stands for 256 times as many leaves.
    pub level: u8,
    /// Number within the level.
    pub index: u64,
    /// Hashes in it, 1 to 256.
    pub width: u16,
}

impl TileId {
    /// Its path in a log, as tlog-tiles has it: `tile/0/x001/x234/067.p/8`.
    #[must_use]
    pub fn path(&self) -> String {
        let mut index = self.index;
        let mut number = format!("{:03}", index % 1000);
        while index >= 1000 {
            index /= 1000;
            number = format!("x{:03}/{number}", index % 1000);
        }
        let partial = if u64::from(self.width) < TILE_WIDTH {
            format!(".p/{}", self.width)
        } else {
            String::new()
        };
        format!("tile/{}/{number}{partial}", self.level)
    }
}

/// The tiles of a tree of that size, partial ones too.
pub fn tiles(size: u64) -> impl Iterator<Item = TileId> {
    (0..8_u8).flat_map(move |level| {
        let hashes = size.checked_shr(8 * u32::from(level)).unwrap_or_default();
        (0..hashes.div_ceil(TILE_WIDTH)).map(move |index| TileId {
            level,
            index,
            width: u16::try_from((hashes - index * TILE_WIDTH).min(TILE_WIDTH)).unwrap_or_default(),
        })
    })
}

/// Where the hashes of full subtrees lie: at `level` (a power of 256) and `index`, as in tiles.
pub trait Hashes {
    /// The root of leaves `index * 256^level .. (index + 1) * 256^level`.
    fn hash(&self, level: u8, index: u64) -> Option<Hash>;
}

/// A tree whose hashes are in memory.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    size: u64,
    hashes: BTreeMap<(u8, u64), Hash>,
}

impl Hashes for Tree {
    fn hash(&self, level: u8, index: u64) -> Option<Hash> {
        self.hashes.get(&(level, index)).copied()
    }
}

impl Tree {
    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf; 256 hashes of a level become one of the next.
    ///
    /// # Errors
    /// [`Error::Proof`] when a hash of the tree is not there, which it always is.
    pub fn append(&mut self, leaf: Hash) -> Result<(), Error> {
        self.hashes.insert((0, self.size), leaf);
        self.size += 1;
        let (mut level, mut index) = (0, self.size);
        while index.is_multiple_of(TILE_WIDTH) {
            index /= TILE_WIDTH;
            let width = 1 << (8 * (u32::from(level) + 1));
            let root = range_root(self, (index - 1) * width..index * width, level)?;
            level += 1;
            self.hashes.insert((level, index - 1), root);
        }
        Ok(())
    }

    /// The bytes of a tile.
    #[must_use]
    pub fn tile(&self, tile: TileId) -> Option<Vec<u8>> {
        let start = tile.index.checked_mul(TILE_WIDTH)?;
        let hashes =
            (start..start + u64::from(tile.width)).map(|index| self.hash(tile.level, index));
        Some(hashes.collect::<Option<Vec<_>>>()?.concat())
    }
}

/// The root of the leaves of a range that is a subtree, aligned as RFC 6962 splits. Nothing above `top` is read.
fn range_root(hashes: &impl Hashes, range: Range<u64>, top: u8) -> Result<Hash, Error> {
    let size = range.end - range.start;
    if size.is_power_of_two() && size.trailing_zeros().is_multiple_of(8) {
        let level = u8::try_from(size.trailing_zeros() / 8).unwrap_or(u8::MAX);
        if level <= top {
            return hashes
                .hash(level, range.start >> (8 * u32::from(level)))
                .ok_or(Error::Proof("a hash of the tree is missing"));
        }
    }
    let middle = range.start + split(size);
    let left = range_root(hashes, range.start..middle, top)?;
    let right = range_root(hashes, middle..range.end, top)?;
    Ok(node_hash(&left, &right))
}

/// The root of the first `size` leaves.
///
/// # Errors
/// [`Error::Proof`] when a hash is missing.
pub fn root(hashes: &impl Hashes, size: u64) -> Result<Hash, Error> {
    if size == 0 {
        Ok(empty_root())
    } else {
        range_root(hashes, 0..size, u8::MAX)
    }
}

/// The proof that leaf `index` is in the tree of that size, from the leaf's sibling upwards.
///
/// # Errors
/// [`Error::Proof`] for an index outside, or when a hash is missing.
pub fn inclusion_proof(hashes: &impl Hashes, index: u64, size: u64) -> Result<Vec<Hash>, Error> {
    if index >= size {
        return Err(Error::Proof("the index lies outside of the tree"));
    }
    let mut proof = Vec::new();
    let mut range = 0..size;
    while range.end - range.start > 1 {
        let (inside, sibling) = halves(&range, index);
        proof.push(range_root(hashes, sibling, u8::MAX)?);
        range = inside;
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that a run of leaves is in the tree of that size: the subtrees beside it, in the order [`verify_range`] asks for
/// them, last one first.
///
/// # Errors
/// [`Error::Proof`] for a range that is empty or outside, or when a hash is missing.
pub fn range_proof(hashes: &impl Hashes, range: Range<u64>, size: u64) -> Result<Vec<Hash>, Error> {
    if range.is_empty() || range.end > size {
        return Err(Error::Proof("the range lies outside of the tree"));
    }
    let mut proof = Vec::new();
    let mut open: Vec<_> = std::iter::once(0..size).collect();
    while let Some(node) = open.pop() {
        if range.start <= node.start && node.end <= range.end {
            continue;
        }
        let middle = node.start + split(node.end - node.start);
        let (left, right) = (node.start..middle, middle..node.end);
        if middle <= range.start {
            proof.push(range_root(hashes, left, u8::MAX)?);
            open.push(right);
        } else if range.end <= middle {
            proof.push(range_root(hashes, right, u8::MAX)?);
            open.push(left);
        } else {
            open.extend([right, left]);
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The half of a range that holds `index`, and the other.
fn halves(range: &Range<u64>, index: u64) -> (Range<u64>, Range<u64>) {
    let middle = range.start + split(range.end - range.start);
    let (left, right) = (range.start..middle, middle..range.end);
    if index < middle {
        (left, right)
    } else {
        (right, left)
    }
}

/// The proof that the tree of size `old` is the beginning of that of size `new`.
///
/// # Errors
/// [`Error::Proof`] when `old` is larger, or a hash is missing.
pub fn consistency_proof(hashes: &impl Hashes, old: u64, new: u64) -> Result<Vec<Hash>, Error> {
    if old > new {
        return Err(Error::Proof("the older tree is the larger one"));
    }
    let mut proof = Vec::new();
    if old == 0 || old == new {
        return Ok(proof);
    }
    let mut range = 0..new;
    while range.end != old {
        let (inside, sibling) = halves(&range, old - 1);
        proof.push(range_root(hashes, sibling, u8::MAX)?);
        range = inside;
    }
    if range.start > 0 {
        proof.push(range_root(hashes, range.start..old, u8::MAX)?);
    }
    proof.reverse();
    Ok(proof)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex;
    use proptest::prelude::*;

    /// RFC 6962, section 2.1, word for word.
    fn mth(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [one] => *one,
            _ => {
                let mut k = 1;
                while k * 2 < leaves.len() {
                    k *= 2;
                }
                node_hash(&mth(&leaves[..k]), &mth(&leaves[k..]))
            }
        }
    }

    /// Section 2.1.1.
    fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
        if leaves.len() == 1 {
            return Vec::new();
        }
        let mut k = 1;
        while k * 2 < leaves.len() {
            k *= 2;
        }
        let (mut proof, sibling) = if m < k {
            (path(m, &leaves[..k]), mth(&leaves[k..]))
        } else {
            (path(m - k, &leaves[k..]), mth(&leaves[..k]))
        };
        proof.push(sibling);
        proof
    }

    /// Section 2.1.2.
    fn subproof(m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
        if m == leaves.len() {
            return if whole { Vec::new() } else { vec![mth(leaves)] };
        }
        let mut k = 1;
        while k * 2 < leaves.len() {
            k *= 2;
        }
        let (mut proof, sibling) = if m <= k {
            (subproof(m, &leaves[..k], whole), mth(&leaves[k..]))
        } else {
            (subproof(m - k, &leaves[k..], false), mth(&leaves[..k]))
        };
        proof.push(sibling);
        proof
    }

    fn grown(size: u64) -> (Vec<Hash>, Tree) {
        let leaves: Vec<_> = (0..size).map(|at| leaf_hash(&at.to_be_bytes())).collect();
        let mut tree = Tree::default();
        leaves.iter().for_each(|leaf| tree.append(*leaf).unwrap());
        (leaves, tree)
    }

    #[test]
    fn hashes_are_those_of_the_standard() {
        assert_eq!(
            hex(&empty_root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(
            hex(&leaf_hash(b"")),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        );
    }

    #[test]
    fn roots_and_proofs_are_those_of_the_definition() {
        let (leaves, tree) = grown(70);
        for size in 1..=leaves.len() {
            let own = &leaves[..size];
            let root_of = root(&tree, size as u64).unwrap();
            assert_eq!((root_of, super::root_of(own)), (mth(own), mth(own)));
            for (index, leaf) in own.iter().enumerate() {
                let proof = inclusion_proof(&tree, index as u64, size as u64).unwrap();
                assert_eq!(proof, path(index, own));
                verify_inclusion(leaf, index as u64, size as u64, &proof, &root_of).unwrap();
                let way = way(leaf, index as u64, size as u64, &proof).unwrap();
                assert!(way.iter().map(|step| &step.beside).eq(&proof));
                assert_eq!(way.last().map_or(*leaf, |step| step.node), root_of);
            }
            for old in 1..=size {
                let proof = consistency_proof(&tree, old as u64, size as u64).unwrap();
                assert_eq!(proof, subproof(old, own, true));
                verify_consistency(old as u64, &mth(&own[..old]), size as u64, &root_of, &proof)
                    .unwrap();
            }
        }
    }

    #[test]
    fn tiles_are_those_of_the_standard() {
        // The specification's own example.
        let all: Vec<_> = tiles(70_000).collect();
        let count = |level, full| {
            all.iter()
                .filter(|tile| tile.level == level && (tile.width == 256) == full)
                .count()
        };
        assert_eq!((count(0, true), count(0, false)), (273, 1));
        assert_eq!((count(1, true), count(1, false)), (1, 1));
        assert_eq!((count(2, true), count(2, false)), (0, 1));
        let widths: Vec<_> = all
            .iter()
            .filter(|tile| tile.width < 256)
            .map(TileId::path)
            .collect();
        assert_eq!(
            widths,
            ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]
        );
        let far = TileId {
            level: 0,
            index: 1_234_067,
            width: 256,
        };
        assert_eq!(far.path(), "tile/0/x001/x234/067");
        assert_eq!(
            tiles(256).map(|tile| tile.path()).collect::<Vec<_>>(),
            ["tile/0/000", "tile/1/000.p/1"]
        );
        assert_eq!(tiles(0).count(), 0);
    }

    #[test]
    fn a_tree_over_several_levels_of_tiles_has_the_root_of_its_leaves() {
        let (leaves, tree) = grown(66_000);
        for size in [255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 66_000] {
            assert_eq!(
                root(&tree, size).unwrap(),
                mth(&leaves[..size as usize]),
                "{size}"
            );
        }
        for tile in tiles(66_000) {
            assert_eq!(tree.tile(tile).unwrap().len(), usize::from(tile.width) * 32);
        }
    }

    #[test]
    fn a_range_proof_is_what_inclusion_proofs_have_in_common() {
        let (leaves, tree) = grown(21);
        for size in 1..=21_u64 {
            let root_of_all = root(&tree, size).unwrap();
            let paths: Vec<_> = (0..size)
                .map(|index| inclusion_proof(&tree, index, size).unwrap())
                .collect();
            assert_eq!(root_of(&leaves[..size as usize]), root_of_all);
            for start in 0..size {
                for end in start + 1..=size {
                    let run = &leaves[start as usize..end as usize];
                    let proof = range_proof(&tree, start..end, size).unwrap();
                    verify_range(run, start, size, &proof, &root_of_all).unwrap();
                    for index in start..end {
                        let own = inclusion_proof(&tree, index, size).unwrap();
                        let within = proof_within(run, start, size, &proof, index).unwrap();
                        assert_eq!(within, own);
                    }
                    assert!(proof_within(run, start, size, &proof, end).is_err());
                    let paths = &paths[start as usize..end as usize];
                    if let [path] = paths {
                        assert_eq!(&proof, path);
                    }
                    // Nothing in it that no inclusion proof needs, and none of a run's own hashes.
                    for hash in &proof {
                        assert!(paths.iter().any(|path| path.contains(hash)));
                        assert!(!run.contains(hash));
                    }
                }
            }
            assert!(range_proof(&tree, 0..size + 1, size).is_err());
            assert!(range_proof(&tree, size..size, size).is_err());
        }
    }

    proptest! {
        #[test]
        fn a_bent_range_proof_proves_nothing(size in 2_u64..300, a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>(), bit in 0_usize..256, which in any::<prop::sample::Index>()) {
            let (leaves, tree) = grown(size);
            let (a, b) = (a.index(size as usize), b.index(size as usize));
            let (start, end) = (a.min(b), a.max(b) + 1);
            let (run, at) = (&leaves[start..end], start as u64);
            let root_of_all = root(&tree, size).unwrap();
            let good = range_proof(&tree, at..end as u64, size).unwrap();
            let holds = |run: &[Hash], start, size, proof: &[Hash], root: &Hash| verify_range(run, start, size, proof, root).is_ok();
            prop_assert!(holds(run, at, size, &good, &root_of_all));
            let bend = |hash: &mut Hash| hash[bit / 8] ^= 1 << (bit % 8);
            if !good.is_empty() {
                let mut bent = good.clone();
                bend(&mut bent[which.index(good.len())]);
                prop_assert!(!holds(run, at, size, &bent, &root_of_all));
                prop_assert!(!holds(run, at, size, &good[1..], &root_of_all));
                prop_assert!(!holds(run, at, size, &good[..good.len() - 1], &root_of_all));
            }
            let mut bent = run.to_vec();
            bend(&mut bent[which.index(run.len())]);
            prop_assert!(!holds(&bent, at, size, &good, &root_of_all));
            prop_assert!(!holds(&run[1..], at, size, &good, &root_of_all));
            prop_assert!(!holds(&run[1..], at + 1, size, &good, &root_of_all));
            prop_assert!(!holds(&run[..run.len() - 1], at, size, &good, &root_of_all));
            prop_assert!(!holds(&[run, &[run[0]]].concat(), at, size, &good, &root_of_all));
            prop_assert!(!holds(run, at, size, &[good.clone(), vec![run[0]]].concat(), &root_of_all));
            prop_assert!(!holds(run, at, size, &[vec![run[0]], good.clone()].concat(), &root_of_all));
            prop_assert!(!holds(run, at + 1, size, &good, &root_of_all));
            prop_assert!(start == 0 || !holds(run, at - 1, size, &good, &root_of_all));
            let mut other = root_of_all;
            bend(&mut other);
            prop_assert!(!holds(run, at, size, &good, &other));
        }

        #[test]
        fn a_bent_proof_proves_nothing(size in 2_u64..200, at in any::<prop::sample::Index>(), bit in 0_usize..256, which in any::<prop::sample::Index>()) {
            let (leaves, tree) = grown(size);
            let index = at.index(size as usize) as u64;
            let root_of = root(&tree, size).unwrap();
            let good = inclusion_proof(&tree, index, size).unwrap();
            let leaf = &leaves[index as usize];
            let mut bent = good.clone();
            bent[which.index(good.len())][bit / 8] ^= 1 << (bit % 8);
            prop_assert!(verify_inclusion(leaf, index, size, &bent, &root_of).is_err());
            prop_assert!(verify_inclusion(leaf, index, size, &good[1..], &root_of).is_err());
            prop_assert!(verify_inclusion(leaf, index, size, &[good.clone(), vec![*leaf]].concat(), &root_of).is_err());
            prop_assert!(verify_inclusion(leaf, (index + 1) % size, size, &good, &root_of).is_err());
            let old = index.max(1);
            let old_root = root(&tree, old).unwrap();
            let good = consistency_proof(&tree, old, size).unwrap();
            if !good.is_empty() {
                let mut bent = good.clone();
                bent[which.index(good.len())][bit / 8] ^= 1 << (bit % 8);
                prop_assert!(verify_consistency(old, &old_root, size, &root_of, &bent).is_err());
                prop_assert!(verify_consistency(old, &old_root, size, &root_of, &good[1..]).is_err());
            }
            let mut other = old_root;
            other[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(verify_consistency(old, &other, size, &root_of, &good).is_err());
        }

        #[test]
        fn no_size_makes_it_panic(index in any::<u64>(), size in any::<u64>(), proof in prop::collection::vec(any::<[u8; 32]>(), 0..70)) {
            let root = [0; 32];
            prop_assert!(verify_inclusion(&root, index, size, &proof, &root).is_err());
            prop_assert!(verify_consistency(index | 1, &root, size, &[1; 32], &proof).is_err());
            prop_assert!(verify_range(&proof, index, size, &proof, &root).is_err());
        }
    }
}
