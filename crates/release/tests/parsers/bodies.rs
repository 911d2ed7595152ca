//! One body a parser: reads, and where it reads, holds that there is no other way to write it. True when it was read.

use release::{Bundle, Consumer, LIMITS, Root};

/// A body.
pub type Body = fn(&[u8]) -> bool;

/// Every one, by name.
pub const ALL: &[(&str, Body)] = &[("release", release), ("root", root)];

/// Bundles, and what a consumer that trusts their own first root makes of them.
pub fn release(bytes: &[u8]) -> bool {
    let Ok(bundle) = Bundle::open(bytes, LIMITS) else {
        return false;
    };
    let claims = bundle.claims();
    assert!(claims.digest().is_ok());
    if let Some(root) = bundle.roots().first() {
        let mut consumer = Consumer::new(
            &claims.tenant,
            &claims.channel,
            &claims.environment,
            root.clone(),
        );
        if let Ok(taken) = consumer.accept(&bundle, 0) {
            assert_eq!(&taken, claims);
        }
    }
    true
}

/// Roots.
pub fn root(bytes: &[u8]) -> bool {
    let Ok(root) = Root::parse(bytes) else {
        return false;
    };
    assert_eq!(root.text(), bytes);
    true
}
