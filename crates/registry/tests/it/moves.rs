//! Moves that are made.

use model::{Code, Found, Remark};
use registry::{Bundles, Change, Error, Gate, Kind, Outcome, Recovered};

use crate::world::*;

#[test]
fn a_channel_moves_back_and_forth_and_remembers_it() {
    let world = World::new();
    assert_eq!(world.registry.tip("stable").unwrap(), None);
    assert!(world.registry.channels().unwrap().is_empty());
    let first = world.promote("1.0.0");
    assert_eq!((first.summary.sequence, &first.parent), (1, &None));
    let version = world.version("1.1.0");
    let mut change = world.promotion(&version);
    change.policies = vec!["ward-access".into()];
    change.reason = Some("a reason\nof two lines".into());
    change.gates = vec![Gate {
        name: "drift".into(),
        outcome: Outcome::Overridden,
        detail: "3 rows".into(),
        found: Some(Found::TestsPass { count: 3 }),
        remarks: vec![Remark::TestsGone {
            count: 1,
            first: "a".into(),
        }],
        evidence: Some("00".repeat(32)),
    }];
    let second = world.moved(change.clone());
    assert_eq!(
        world.registry.tip("stable").unwrap().as_ref(),
        Some(&second)
    );
    let details = world.registry.details(&second.id).unwrap();
    assert_eq!(details.gates, change.gates);
    assert_eq!(second.summary.overridden, ["drift"]);
    assert_eq!(second.summary.reason, change.reason);
    assert_eq!(world.registry.bundles(&second.id).unwrap(), change.bundles);
    let back = world.moved(world.rollback());
    assert_eq!(back.summary.undoes, Some(2));
    let shipped = world.registry.details(&back.id).unwrap().forward;
    assert_eq!(Some(shipped), details.rollback);
    assert_eq!(back.summary.digest, first.summary.digest);
    // And the rollback is taken back in turn.
    let again = world.moved(world.rollback());
    assert_eq!(
        (again.summary.version.as_str(), again.summary.undoes),
        ("1.1.0", Some(3))
    );
    assert_eq!(world.registry.channels().unwrap(), ["stable"]);
    let words = world
        .repository
        .find_commit(back.id.parse().unwrap())
        .unwrap();
    assert_eq!(
        words.summary().unwrap(),
        Some("Roll stable back to 1.0.0 (3, undoes 2)")
    );
    assert_eq!(words.author().to_string(), ADA);
}

#[test]
fn modes_change_without_a_new_version_even_when_the_tag_is_gone() {
    let world = World::new();
    let tip = world.promote("1.0.0");
    world.repository.tag_delete("policies/v1.0.0").unwrap();
    let mut forward = release(2, "1.0.0");
    forward.modes = audit_only();
    forward.base = Some(files("0.9.0"));
    let moved = world.moved(Change {
        bundles: bundles(&forward, Some(&tip)),
        commit: tip.summary.commit.clone(),
        kind: Kind::Modes,
        by: ADA.into(),
        at: NOW + 2,
        reason: None,
        policies: vec![],
        approvals: vec![],
        gates: vec![],
    });
    assert_eq!(moved.summary.kind, Kind::Modes);
    assert_eq!(moved.summary.modes, audit_only());
    let back = world.moved(world.rollback());
    assert!(back.summary.modes.all_enforced());
}

#[test]
fn a_rollback_without_a_key_at_hand_goes_back_all_the_same() {
    let world = World::new();
    world.promote("1.0.0");
    world.promote("1.1.0");
    let mut change = world.rollback();
    change.bundles.rollback = None;
    let moved = world.moved(change);
    assert_eq!(world.registry.details(&moved.id).unwrap().rollback, None);
    // Forward again it goes as any promotion.
    let version = world.registry.version("1.1.0").unwrap();
    world.moved(world.promotion(&version));
}

#[test]
fn what_is_prepared_is_not_there_yet_and_can_be_given_up() {
    let world = World::new();
    let version = world.version("1.0.0");
    let mut held = world.hold();
    let prepared = held.prepare(world.promotion(&version)).unwrap();
    assert_eq!(world.registry.tip("stable").unwrap(), None);
    let second = held.prepare(world.promotion(&version)).unwrap_err();
    assert_eq!(second.code(), Code::PromotionConflict);
    held.forget(&prepared).unwrap();
    assert_eq!(
        held.commit(&prepared).unwrap_err().code(),
        Code::PromotionConflict
    );
    let prepared = held.prepare(world.promotion(&version)).unwrap();
    held.commit(&prepared).unwrap();
    assert_eq!(held.next().unwrap(), 2);
    assert_eq!(
        held.forget(&prepared).unwrap_err().code(),
        Code::PromotionConflict
    );
}

/// A process that ends at each step, and what the next one finds.
#[test]
fn whoever_comes_after_a_crash_finishes_or_forgets() {
    let world = World::new();
    world.promote("1.0.0");
    let version = world.version("1.1.0");
    let unasked = |_: &registry::Move| -> Result<bool, Error> { unreachable!("nothing to ask") };
    assert_eq!(world.hold().recover(unasked).unwrap(), Recovered::Nothing);
    // Before the receipt.
    let prepared = world.hold().prepare(world.promotion(&version)).unwrap();
    let recovered = world
        .hold()
        .recover(|begun| Ok::<_, Error>(begun.id != prepared.id));
    assert_eq!(recovered.unwrap(), Recovered::Forgotten(prepared));
    assert_eq!(
        world
            .registry
            .tip("stable")
            .unwrap()
            .unwrap()
            .summary
            .sequence,
        1
    );
    // After it; and when the question itself fails, everything is as it was.
    let prepared = world.hold().prepare(world.promotion(&version)).unwrap();
    let failed = world
        .hold()
        .recover(|_| Err(Error::Malformed("no ledger".into())));
    assert!(failed.is_err());
    let recovered = world
        .hold()
        .recover(|begun| Ok::<_, Error>(begun.id == prepared.id));
    assert_eq!(recovered.unwrap(), Recovered::Finished(prepared.clone()));
    assert_eq!(
        world.registry.tip("stable").unwrap(),
        Some(prepared.clone())
    );
    // After the pointer moved, before the end: as if the ref of what is pending were still there.
    let pending = "refs/fabric/pending/stable";
    let id = prepared.id.parse().unwrap();
    world.repository.reference(pending, id, false, "").unwrap();
    assert_eq!(
        world.hold().recover(unasked).unwrap(),
        Recovered::Finished(prepared)
    );
    assert!(world.repository.find_reference(pending).is_err());
    assert_eq!(world.hold().recover(unasked).unwrap(), Recovered::Nothing);
}

#[test]
fn one_at_a_time_moves_a_channel() {
    let world = World::new();
    let held = world.hold();
    let other = registry::Registry::open(&world.folder.path().join("team")).unwrap();
    assert_eq!(
        other.hold("stable").err().unwrap().code(),
        Code::PromotionConflict
    );
    other.hold("canary").unwrap();
    drop(held);
    other.hold("stable").unwrap();
}

#[test]
fn the_first_move_may_have_a_way_back_to_nothing() {
    let world = World::new();
    let version = world.version("1.0.0");
    let mut nothing = release(2, "0.0.0");
    nothing.files.clear();
    nothing.undoes = Some(1);
    let mut change = world.promotion(&version);
    let bundles = Bundles {
        rollback: Some(sealed(&nothing)),
        ..change.bundles
    };
    change.bundles = bundles.clone();
    let moved = world.moved(change);
    assert_eq!(world.registry.bundles(&moved.id).unwrap(), bundles);
}
