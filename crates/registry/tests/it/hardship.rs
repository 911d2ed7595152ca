//! A disk that takes no more, at each step of a move: something stands where the next file would be.

use std::{fs, path::Path, process::Command};

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

const ROOT: &str = "REGISTRY_TEST_FULL";

/// A bundle that is larger than what the child may write.
fn large(world: &World) -> registry::Change {
    // Not to be compressed, and the same each time.
    let noise: Vec<u8> = (0..8_000_u32)
        .flat_map(|at| evidence::sha256(&[&at.to_le_bytes()]))
        .collect();
    let mut forward = release(1, "1.0.0");
    forward.files.insert("noise".to_owned(), noise.into());
    let digest = release::digest(&forward.files);
    let new = registry::NewVersion {
        version: "1.0.0",
        commit: "HEAD",
        digest,
        by: ADA,
        at: NOW,
        words: "",
    };
    let mut change = world.promotion(&world.registry.tag(&new).unwrap());
    change.bundles = bundles(&forward, None);
    change
}

/// Prepares a move where files may not become large, when started by the test below; does nothing in an ordinary run.
#[test]
fn child() {
    let Some(root) = std::env::var_os(ROOT) else {
        return;
    };
    let world = World::at(Path::new(&root));
    let error = world.hold().prepare(large(&world)).unwrap_err();
    println!("\nended with {}", error.code().as_str());
}

#[test]
#[cfg(unix)]
fn a_full_disk_is_called_one_and_nothing_stays_behind() {
    let world = World::new();
    let limited = "trap '' XFSZ; ulimit -f 64; exec \"$0\" --exact hardship::child --nocapture";
    let output = Command::new("sh")
        .args(["-c", limited])
        .arg(std::env::current_exe().unwrap())
        .env(ROOT, world.folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("\nended with store_full\n"), "{said}");
    assert_eq!(world.registry.tip("stable").unwrap(), None);
    let recovered = world
        .hold()
        .recover(|_| -> Result<bool, Error> { unreachable!() });
    assert_eq!(recovered.unwrap(), Recovered::Nothing);
    world.moved(large(&world));
}
