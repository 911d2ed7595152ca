//! What can be asked of a channel's past.

use registry::{Kind, Query};

use crate::world::*;

#[test]
fn history_is_told_newest_first_in_pages_and_by_question() {
    let world = World::new();
    world.promote("1.0.0");
    let mut change = world.promotion(&world.version("1.1.0"));
    change.policies = vec!["ward-access".into()];
    change.by = "Grace Hopper <grace@example.com>".into();
    world.moved(change);
    world.moved(world.rollback());
    let all: Vec<_> = world
        .registry
        .history("stable", None)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(
        all.iter().map(|it| it.summary.sequence).collect::<Vec<_>>(),
        [3, 2, 1]
    );
    let page: Vec<_> = all[..2].to_vec();
    let rest = world
        .registry
        .history("stable", page[1].parent.as_deref())
        .unwrap();
    assert_eq!(rest.map(Result::unwrap).collect::<Vec<_>>(), all[2..]);
    assert_eq!(world.registry.history("canary", None).unwrap().count(), 0);
    assert!(world.registry.history("stable", Some("x")).is_err());
    let asked = |query: Query| -> Vec<u64> {
        all.iter()
            .filter(|found| query.admits(found))
            .map(|it| it.summary.sequence)
            .collect()
    };
    let of = Query::default;
    assert_eq!(asked(of()), [3, 2, 1]);
    assert_eq!(
        asked(Query {
            person: Some("grace@example.com".into()),
            ..of()
        }),
        [2]
    );
    assert_eq!(
        asked(Query {
            policy: Some("ward-access".into()),
            ..of()
        }),
        [2]
    );
    assert_eq!(
        asked(Query {
            version: Some("1.0.0".into()),
            ..of()
        }),
        [3, 1]
    );
    assert_eq!(
        asked(Query {
            kind: Some(Kind::Rollback),
            ..of()
        }),
        [3]
    );
    let both = Query {
        version: Some("1.0.0".into()),
        kind: Some(Kind::Promotion),
        ..of()
    };
    assert_eq!(asked(both), [1]);
}

#[test]
fn a_version_is_in_force_since_the_channel_came_to_it_whatever_the_modes_were() {
    let world = World::new();
    assert_eq!(world.registry.in_force_since("stable", None).unwrap(), None);
    world.promote("1.0.0");
    let tip = world.promote("1.1.0");
    let mut forward = release(3, "1.1.0");
    forward.modes = audit_only();
    forward.base = Some(files("1.0.0"));
    let mut modes = world.promotion(&world.registry.version("1.1.0").unwrap());
    modes.kind = Kind::Modes;
    modes.bundles = bundles(&forward, Some(&tip));
    world.moved(modes);
    assert_eq!(
        world.registry.in_force_since("stable", None).unwrap(),
        Some(tip)
    );
}
