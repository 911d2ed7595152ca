//! Versions, and tags that somebody changed.

use model::Code;
use registry::{NewVersion, Registry, Version};

use crate::world::*;

#[test]
fn a_version_is_an_annotated_tag_that_says_what_it_holds() {
    let world = World::new();
    let made = world.version("1.2.0-rc.1");
    let tag = world
        .repository
        .find_reference("refs/tags/policies/v1.2.0-rc.1")
        .unwrap();
    let tag = tag.peel_to_tag().unwrap();
    assert_eq!(tag.target_id().to_string(), made.commit);
    assert!(tag.message().unwrap().unwrap().contains(&made.digest));
    assert_eq!(
        made.digest,
        evidence::hex(&release::digest(&files("1.2.0-rc.1")))
    );
    assert_eq!((made.by.as_str(), made.at), (ADA, NOW));
    assert_eq!(world.registry.version("1.2.0-rc.1").unwrap(), made);
    for version in ["1.10.0", "1.9.0", "1.2.0"] {
        world.version(version);
    }
    // The author's own tags are no versions.
    let head = world.repository.revparse_single("HEAD").unwrap();
    for name in ["v9.9.9", "policies/v7", "policies/v8.0.0", "policies/vx"] {
        world
            .repository
            .tag_lightweight(name, &head, false)
            .unwrap();
    }
    let all = world.registry.versions().unwrap();
    let all: Vec<_> = all.iter().map(|version| version.version.as_str()).collect();
    assert_eq!(all, ["1.10.0", "1.9.0", "1.2.0", "1.2.0-rc.1"]);
    let by_hand = world.registry.version("8.0.0").unwrap_err();
    assert_eq!(by_hand.code(), Code::RegistryDamaged);
}

#[test]
fn a_version_stays_what_it_is() {
    let world = World::new();
    let made = world.version("1.0.0");
    let again = |digest, commit: &str| {
        world.registry.tag(&NewVersion {
            version: "1.0.0",
            commit,
            digest,
            by: ADA,
            at: NOW + 9,
            words: "again",
        })
    };
    let digest = release::digest(&files("1.0.0"));
    assert_eq!(again(digest, &made.commit).unwrap(), made);
    assert_eq!(
        again([0; 32], &made.commit).unwrap_err().code(),
        Code::VersionTaken
    );
    let other = world.write("// other");
    assert_eq!(
        again(digest, &other).unwrap_err().code(),
        Code::VersionTaken
    );
}

#[test]
fn what_is_no_version_is_refused() {
    let world = World::new();
    for version in [
        "",
        "1",
        "1.0",
        "v1.0.0",
        "1.0.0 ",
        "01.0.0",
        "../1.0.0",
        "1.0.0-a.lock",
    ] {
        let error = world.registry.version(version).unwrap_err();
        assert_eq!(error.code(), Code::BadCall, "{version}");
    }
    assert_eq!(
        world.registry.version("1.0.0").unwrap_err().code(),
        Code::VersionUnknown
    );
    let missing = NewVersion {
        version: "1.0.0",
        commit: "0123456789012345678901234567890123456789",
        digest: [0; 32],
        by: ADA,
        at: NOW,
        words: "",
    };
    assert_eq!(
        world.registry.tag(&missing).unwrap_err().code(),
        Code::FileRead
    );
    let nobody = NewVersion {
        commit: "HEAD",
        by: "ada",
        ..missing
    };
    assert_eq!(
        world.registry.tag(&nobody).unwrap_err().code(),
        Code::BadCall
    );
    let outside = tempfile::tempdir().unwrap();
    assert_eq!(
        Registry::open(outside.path()).err().unwrap().code(),
        Code::RegistryMissing
    );
}

/// Somebody puts the tag elsewhere, with a record that agrees with itself.
#[test]
fn a_tag_that_moved_is_noticed_and_cannot_be_shipped_but_what_was_shipped_can_be_gone_back_to() {
    let world = World::new();
    world.promote("1.0.0");
    let first = world.registry.version("1.0.0").unwrap();
    let unmoved = |version: &Version| {
        let Version {
            version,
            commit,
            digest,
            ..
        } = version;
        world.registry.unmoved(version, commit, digest)
    };
    unmoved(&first).unwrap();
    world.promote("1.1.0");
    let tag = world
        .repository
        .find_reference("refs/tags/policies/v1.0.0")
        .and_then(|tag| tag.peel_to_tag())
        .unwrap();
    world.repository.tag_delete("policies/v1.0.0").unwrap();
    assert_eq!(
        world.registry.version("1.0.0").unwrap_err().code(),
        Code::VersionUnknown
    );
    let commit = world.write("// 1.0.0");
    let moved = NewVersion {
        version: "1.0.0",
        commit: &commit,
        digest: release::digest(&files("1.0.0")),
        by: ADA,
        at: NOW,
        words: "",
    };
    // Not through the registry, which leaves no tag behind.
    let refused = world.registry.tag(&moved).unwrap_err();
    assert_eq!(refused.code(), Code::VersionMoved);
    assert_eq!(
        world.registry.version("1.0.0").unwrap_err().code(),
        Code::VersionUnknown
    );
    let there = world.repository.revparse_single(&commit).unwrap();
    let (by, message) = (tag.tagger().unwrap(), tag.message().unwrap().unwrap());
    world
        .repository
        .tag("policies/v1.0.0", &there, &by, message, false)
        .unwrap();
    let moved = world.registry.version("1.0.0").unwrap();
    let error = unmoved(&moved).unwrap_err();
    assert_eq!(error.code(), Code::VersionMoved);
    assert!(error.to_string().contains(&first.commit), "{error}");
    let refused = world.hold().prepare(world.promotion(&moved)).unwrap_err();
    assert_eq!(refused.code(), Code::VersionMoved);
    // The way back does not depend on tags.
    world.moved(world.rollback());
    assert_eq!(
        world
            .registry
            .tip("stable")
            .unwrap()
            .unwrap()
            .summary
            .version,
        "1.0.0"
    );
}
