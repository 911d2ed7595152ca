//! Moves that are refused. Afterwards everything is as it was.

use model::Code;
use registry::{Change, Kind};

use crate::world::*;

/// What becomes of the promotion of 1.1.0 after 1.0.0, changed.
fn refusal(change: impl FnOnce(&World, &mut Change)) -> (Code, String) {
    let world = World::new();
    world.promote("1.0.0");
    let mut promotion = world.promotion(&world.version("1.1.0"));
    change(&world, &mut promotion);
    let before = world.registry.tip("stable").unwrap();
    let mut held = world.hold();
    let error = held.prepare(promotion).unwrap_err();
    assert_eq!(world.registry.tip("stable").unwrap(), before);
    let nothing = held.recover(|_| -> Result<bool, registry::Error> { unreachable!() });
    assert_eq!(nothing.unwrap(), registry::Recovered::Nothing);
    (error.code(), error.to_string())
}

#[test]
fn a_clock_that_was_set_back_is_noticed() {
    let (code, why) = refusal(|_, change| change.at = NOW);
    assert_eq!(code, Code::ClockBack);
    assert!(why.contains("2026-11-21T12:00:01Z"), "{why}");
}

#[test]
fn nothing_moves_without_its_way_back() {
    let (code, why) = refusal(|_, change| change.bundles.rollback = None);
    assert!(
        code == Code::ReleaseInvalid && why.contains("rollback bundle is missing"),
        "{why}"
    );
    for wrong in [
        |back: &mut release::Release| back.sequence = 4,
        |back: &mut release::Release| back.undoes = Some(1),
        |back: &mut release::Release| back.undoes = None,
        |back: &mut release::Release| back.files = files("1.1.0"),
        |back: &mut release::Release| back.version = "0.9.0".into(),
        |back: &mut release::Release| back.tenant = "contoso".into(),
        |back: &mut release::Release| back.channel = "canary".into(),
        |back: &mut release::Release| {
            back.modes = audit_only();
            back.base = Some(files("1.0.0"));
        },
    ] {
        let (code, why) = refusal(|_, change| {
            let mut back = release(3, "1.0.0");
            back.undoes = Some(2);
            wrong(&mut back);
            change.bundles.rollback = Some(sealed(&back));
        });
        assert!(
            code == Code::ReleaseInvalid && why.contains("rollback bundle"),
            "{why}"
        );
    }
}

#[test]
fn a_bundle_of_another_move_is_refused() {
    let with = |wrong: fn(&mut release::Release)| {
        refusal(|_, change| {
            let mut forward = release(2, "1.1.0");
            wrong(&mut forward);
            change.bundles.forward = sealed(&forward);
        })
    };
    assert_eq!(
        with(|forward| forward.sequence = 3).0,
        Code::PromotionConflict
    );
    assert_eq!(
        with(|forward| forward.sequence = 1).0,
        Code::PromotionConflict
    );
    assert_eq!(
        with(|forward| forward.channel = "canary".into()).0,
        Code::ReleaseInvalid
    );
    assert_eq!(
        with(|forward| forward.tenant = "contoso".into()).0,
        Code::ReleaseInvalid
    );
    assert_eq!(
        with(|forward| forward.environment = "staging".into()).0,
        Code::ReleaseInvalid
    );
    assert_eq!(
        with(|forward| forward.undoes = Some(1)).0,
        Code::ReleaseInvalid
    );
    // Content that is not that of the tag, a version without one, and the tag of another commit.
    assert_eq!(
        with(|forward| forward.files = files("1.2.0")).0,
        Code::VersionMoved
    );
    assert_eq!(
        with(|forward| forward.version = "1.2.0".into()).0,
        Code::VersionUnknown
    );
    let other = refusal(|world, change| change.commit = world.write("// later"));
    assert_eq!(other.0, Code::VersionMoved);
    let cut = refusal(|_, change| change.bundles.forward.truncate(100));
    assert_eq!(cut.0, Code::ReleaseInvalid);
}

#[test]
fn one_goes_back_to_where_the_channel_was() {
    let (code, why) = refusal(|_, change| {
        let mut forward = release(2, "1.1.0");
        forward.undoes = Some(1);
        change.bundles.forward = sealed(&forward);
        change.kind = Kind::Rollback;
    });
    assert!(
        code == Code::ReleaseInvalid && why.contains("never shipped"),
        "{why}"
    );
}

#[test]
fn who_moves_a_channel_has_a_name() {
    assert_eq!(
        refusal(|_, change| change.by = "ada".into()).0,
        Code::BadCall
    );
}

#[test]
fn names_that_no_channel_can_have_are_refused() {
    let world = World::new();
    for name in ["", "a/b", "..", ".a", "-a", "A", "a b", "a.lock", "ä", "a*"] {
        assert_eq!(
            world.registry.hold(name).err().unwrap().code(),
            Code::BadCall,
            "{name}"
        );
        assert_eq!(
            world.registry.tip(name).unwrap_err().code(),
            Code::BadCall,
            "{name}"
        );
    }
}

#[test]
fn a_channel_that_was_moved_by_other_means_is_not_moved_over() {
    let world = World::new();
    let first = world.promote("1.0.0");
    world.promote("1.1.0");
    let version = world.version("1.2.0");
    let mut held = world.hold();
    let prepared = held.prepare(world.promotion(&version)).unwrap();
    let name = "refs/fabric/channels/stable";
    world
        .repository
        .reference(name, first.id.parse().unwrap(), true, "")
        .unwrap();
    assert_eq!(
        held.commit(&prepared).unwrap_err().code(),
        Code::PromotionConflict
    );
    // It has its receipt, perhaps: it stays prepared until somebody says what is to be.
    drop(held);
    let receipted = world.hold().recover(|_| Ok::<_, registry::Error>(true));
    assert_eq!(receipted.unwrap_err().code(), Code::PromotionConflict);
    world
        .repository
        .find_reference(name)
        .unwrap()
        .delete()
        .unwrap();
    let receipted = world.hold().recover(|_| Ok::<_, registry::Error>(true));
    assert_eq!(receipted.unwrap_err().code(), Code::PromotionConflict);
    let back = prepared.parent.as_ref().unwrap().parse().unwrap();
    world.repository.reference(name, back, true, "").unwrap();
    let receipted = world.hold().recover(|_| Ok::<_, registry::Error>(true));
    assert_eq!(receipted.unwrap(), registry::Recovered::Finished(prepared));
}

#[test]
fn commits_that_are_no_moves_are_damage() {
    let world = World::new();
    world.promote("1.0.0");
    world.promote("1.1.0");
    let head = world.repository.head().unwrap().target().unwrap();
    let name = "refs/fabric/channels/stable";
    world.repository.reference(name, head, true, "").unwrap();
    assert_eq!(
        world.registry.tip("stable").unwrap_err().code(),
        Code::RegistryDamaged
    );
    // A move of another channel, put here.
    world
        .repository
        .reference("refs/fabric/channels/canary", head, true, "")
        .unwrap();
    assert_eq!(
        world.registry.tip("canary").unwrap_err().code(),
        Code::RegistryDamaged
    );
}
