//! A disk that takes no more, at each step of a move: something stands where the next file would be.

use std::fs;

use model::Code;
use registry::{Error, Recovered};

use crate::world::*;

#[test]
fn what_cannot_be_written_did_not_happen_and_can_be_done_later() {
    let world = World::new();
    let first = world.promote("1.0.0");
    let version = world.version("1.1.0");
    let git = world.repository.path().to_owned();
    let refused = |failed: Option<Error>| {
        let error = failed.unwrap();
        assert_eq!(error.code(), Code::FileWrite, "{error}");
        assert_eq!(world.registry.tip("stable").unwrap().as_ref(), Some(&first));
    };
    // The objects.
    let change = world.promotion(&version);
    let blob = git2::Oid::hash_object(git2::ObjectType::Blob, &change.bundles.forward)
        .unwrap()
        .to_string();
    let folder = git.join("objects").join(&blob[..2]);
    if folder.exists() {
        fs::rename(&folder, git.join("aside")).unwrap();
    }
    fs::write(&folder, "").unwrap();
    refused(world.hold().prepare(change.clone()).err());
    fs::remove_file(&folder).unwrap();
    if git.join("aside").exists() {
        fs::rename(git.join("aside"), &folder).unwrap();
    }
    // What is pending: the objects are there by now.
    let pending = git.join("refs/fabric/pending/stable.lock");
    fs::create_dir_all(&pending).unwrap();
    refused(world.hold().prepare(change.clone()).err());
    fs::remove_dir(&pending).unwrap();
    // The channel itself: the move stays prepared, and whoever comes next finishes it by its receipt.
    let prepared = world.hold().prepare(change).unwrap();
    let lock = git.join("refs/fabric/channels/stable.lock");
    fs::create_dir_all(&lock).unwrap();
    refused(world.hold().commit(&prepared).err());
    refused(world.hold().recover(|_| Ok::<_, Error>(true)).err());
    fs::remove_dir(&lock).unwrap();
    let recovered = world.hold().recover(|_| Ok::<_, Error>(true)).unwrap();
    assert_eq!(recovered, Recovered::Finished(prepared.clone()));
    assert_eq!(world.registry.tip("stable").unwrap(), Some(prepared));
}
