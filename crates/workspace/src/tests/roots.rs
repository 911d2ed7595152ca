//! A channel goes on when the key it is believed by changes: its next root is signed by the key that goes and the one that comes.

use release::{Bundle, Consumer, LIMITS, Root};
use vault::{Keep, Key};

use super::{
    releases::{NOON, Place, RULES, code, moved, passphrase},
    *,
};
use crate::{Ledger, begin_root_again, believed_by, renew_root, renew_roots, roll_back};

/// A place that ships 1.1.0, and 1.0.0 before.
fn shipping() -> Place {
    let place = Place::new(RULES);
    moved(place.promote("1.0.0", NOON, |_| ()));
    place.commit("a.cedar", &POLICIES.replace("owners", "keepers"));
    moved(place.promote("1.1.0", NOON + 1, |_| ()));
    place
}

/// Puts another key in the place of the ledger's.
fn rotate(place: &Place) -> Key {
    let keep = passphrase();
    let (old, new) = place
        .vault
        .rotate("release", Keep::File(&keep), NOON + 2)
        .unwrap();
    let ask: vault::Ask<'_> = &|_| Ok(passphrase());
    crate::rotate_key(&place.ledger, &place.vault, (&old, &new), ask, NOON + 2).unwrap();
    old
}

fn shipped(place: &Place) -> Bundle {
    let registry = place.registry();
    let last = registry.last("stable").unwrap().unwrap();
    Bundle::open(&registry.bundles(&last).unwrap().forward, LIMITS).unwrap()
}

/// Whoever enforces, told a root by hand.
fn told(root: &Root) -> Consumer {
    Consumer::new("acme", "stable", "stable", root.clone())
}

#[test]
fn a_key_that_was_replaced_may_go_once_the_next_root_is_signed() {
    let place = shipping();
    let mut consumer = told(&shipped(&place).roots()[0]);
    let old = rotate(&place);
    let key = old.key().unwrap();
    assert_eq!(believed_by(&place.root, &key).unwrap(), ["stable"]);
    let renewed = place.with(NOON + 3, renew_roots).unwrap();
    assert_eq!(renewed, ["stable"]);
    assert_eq!(believed_by(&place.root, &key).unwrap(), [""; 0]);
    place.vault.revoke(&old.public, NOON + 4).unwrap();

    let back = moved(
        place
            .with(NOON + 5, |with| roll_back(with, "stable", "r"))
            .unwrap(),
    );
    assert_eq!((back.version.as_str(), back.way_back), ("1.0.0", true));
    consumer.accept(&shipped(&place), NOON + 5).unwrap();
    place.commit("a.cedar", POLICIES);
    moved(place.promote("1.2.0", NOON + 6, |_| ()));
    assert_eq!(shipped(&place).roots().len(), 2);
    consumer.accept(&shipped(&place), NOON + 6).unwrap();
}

#[test]
fn without_the_key_the_sealed_way_back_goes_and_a_root_is_begun_anew() {
    let place = shipping();
    let before = shipped(&place).roots()[0].clone();
    let old = rotate(&place);
    place.vault.revoke(&old.public, NOON + 3).unwrap();
    place.commit("a.cedar", POLICIES);
    let locked = place.promoted("1.2.0", NOON + 4, |_| ());
    let failure = Failure::from(locked.err().unwrap());
    assert_eq!(failure.code, Code::KeyMissing);
    for said in [
        "whoever has that key can move the channel",
        "keys recover",
        "channel root stable --begin-again",
    ] {
        assert!(failure.hint.contains(said), "{}", failure.hint);
    }
    let back = place.with(NOON + 5, |with| roll_back(with, "stable", "r"));
    assert!(!moved(back.unwrap()).way_back);
    told(&before).accept(&shipped(&place), NOON + 5).unwrap();
    let again = place.with(NOON + 6, |with| roll_back(with, "stable", "r"));
    assert_eq!(code(again), Code::PromotionRefused);
    assert_eq!(
        code(place.with(NOON + 6, |with| renew_root(with, "stable"))),
        Code::KeyMissing
    );

    let root = place
        .with(NOON + 7, |with| begin_root_again(with, "stable"))
        .unwrap();
    moved(place.promote("1.2.0", NOON + 8, |_| ()));
    told(&root).accept(&shipped(&place), NOON + 8).unwrap();
    assert!(told(&before).accept(&shipped(&place), NOON + 8).is_err());
    let back = place.with(NOON + 9, |with| roll_back(with, "stable", "r"));
    assert!(moved(back.unwrap()).way_back);
}

#[test]
fn a_ledger_restored_with_another_key_goes_on_with_both() {
    let mut place = shipping();
    let mut consumer = told(&shipped(&place).roots()[0]);
    let keep = passphrase();
    let key = place
        .vault
        .create("other", Keep::File(&keep), NOON + 2)
        .unwrap();
    let signer = place.vault.signer(&key, &|_| Ok(passphrase())).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let folders = Folders {
        data: elsewhere.path().join("data"),
        state: elsewhere.path().join("state"),
    };
    let ledger = Ledger::create(
        elsewhere.path(),
        &folders,
        Some("example.com/releases/2"),
        ("other", &signer),
        NOON + 2,
    );
    place.ledger = ledger.unwrap();
    place.commit("a.cedar", POLICIES);
    moved(place.promote("1.2.0", NOON + 3, |_| ()));
    assert_eq!(shipped(&place).roots().len(), 2);
    consumer.accept(&shipped(&place), NOON + 3).unwrap();
}
