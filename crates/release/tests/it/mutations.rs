//! A good bundle with one bit changed anywhere, or cut, or grown: nothing of it is taken.

use release::Bundle;

use crate::world::*;

#[test]
fn every_bit_counts() {
    let next = ROOTS
        .clone()
        .next(&roles(), ROOT_EXPIRES, &[&key(1)])
        .unwrap();
    let bytes = sealed_with(&audited(1), &next, &[2, 3], 0);
    let bundle = Bundle::open(&bytes, release::LIMITS).unwrap();
    consumer().accept(&bundle, NOW).unwrap();
    let mut bent = bytes.clone();
    for bit in 0..bytes.len() * 8 {
        // Every byte, its bits in turn.
        if bit % 8 != (bit / 8) % 8 {
            continue;
        }
        bent[bit / 8] ^= 1 << (bit % 8);
        assert!(offered(&mut consumer(), &bent, NOW).is_err(), "bit {bit}");
        bent[bit / 8] = bytes[bit / 8];
    }
    for end in 0..bytes.len() {
        assert!(
            Bundle::open(&bytes[..end], release::LIMITS).is_err(),
            "{end}"
        );
    }
    assert!(Bundle::open(&[&bytes, b"\0".as_slice()].concat(), release::LIMITS).is_err());
}
