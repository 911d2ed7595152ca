//! The author's own git beside the registry: what it shows, checks, packs and prunes. The `git` program judges, where there is one.

use std::{fs, path::Path, process::Command};

use crate::world::*;

/// What git prints, if it is here and content.
fn git(folder: &Path, args: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(args)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("HOME", folder)
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "git {args:?}: {said}");
    assert_eq!(said, "", "git {args:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn git_is_content_with_what_the_registry_writes_and_shows_the_author_nothing_of_it() {
    let world = World::new();
    let folder = world.folder.path();
    if Command::new("git").arg("--version").output().is_err() {
        eprintln!("there is no `git` here: what it makes of a registry was not tested");
        return;
    }
    let shown = |args: &[&str]| git(folder, args).unwrap();
    world.promote("1.0.0");
    world.promote("1.1.0");
    world.moved(world.rollback());
    let subject = registry::Subject::of(&release(4, "1.2.0"));
    let approval = registry::Approval::sign(&subject, ADA, NOW, NOW + 1, &key(1)).unwrap();
    world.registry.approve(&subject, &approval).unwrap();
    let pending = world
        .hold()
        .prepare(world.promotion(&world.registry.version("1.1.0").unwrap()))
        .unwrap();

    assert_eq!(shown(&["status", "--porcelain"]), "");
    assert_eq!(shown(&["branch", "--list"]).lines().count(), 1);
    assert_eq!(shown(&["log", "--oneline"]).lines().count(), 3);
    assert_eq!(
        shown(&["tag", "--list", "policies/*"]),
        "policies/v1.0.0\npolicies/v1.1.0\n"
    );
    assert_eq!(
        shown(&["log", "--format=%s", "refs/fabric/channels/stable"])
            .lines()
            .count(),
        3
    );
    shown(&[
        "fsck",
        "--strict",
        "--full",
        "--no-progress",
        "--no-dangling",
    ]);
    // Packed and pruned at once: every ref and object, the prepared move's too.
    shown(&["pack-refs", "--all"]);
    shown(&["-c", "gc.pruneExpire=now", "gc", "--quiet", "--prune=now"]);
    assert!(
        !world
            .repository
            .path()
            .join("refs/fabric/channels/stable")
            .exists()
    );
    let packed = registry::Registry::open(&folder.join("team")).unwrap();
    assert_eq!(packed.history("stable", None).unwrap().count(), 3);
    assert_eq!(packed.approvals(&subject).unwrap(), [approval]);
    let mut held = packed.hold("stable").unwrap();
    let recovered = held.recover(|_| Ok::<_, registry::Error>(true)).unwrap();
    assert_eq!(recovered, registry::Recovered::Finished(pending));
    drop(held);
    world.moved(world.rollback());
    shown(&[
        "fsck",
        "--strict",
        "--full",
        "--no-progress",
        "--no-dangling",
    ]);
    assert_eq!(shown(&["for-each-ref", "refs/fabric/pending"]), "");
    // The author goes on.
    fs::write(world.path(), "// mine").unwrap();
    shown(&[
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@b",
        "commit",
        "-qam",
        "mine",
    ]);
    shown(&["switch", "-q", "-c", "other"]);
    assert_eq!(shown(&["status", "--porcelain"]), "");
    let clone = tempfile::tempdir().unwrap();
    shown(&[
        "clone",
        "-q",
        folder.to_str().unwrap(),
        clone.path().join("c").to_str().unwrap(),
    ]);
}

#[test]
fn the_checkout_is_seen_as_git_sees_it() {
    let world = World::new();
    let state = || world.registry.working_copy().unwrap();
    let clean = state();
    let head = world.repository.head().unwrap();
    assert_eq!(clean.commit, Some(head.target().unwrap().to_string()));
    assert_eq!(clean.branch.as_deref(), head.shorthand().ok());
    assert_eq!((clean.under_way, clean.changed.len()), (None, 0));
    // Beside the workspace is none of its business.
    fs::write(world.folder.path().join("README"), "x").unwrap();
    fs::write(world.folder.path().join("team/new.cedar"), "x").unwrap();
    fs::write(world.path(), "x").unwrap();
    assert_eq!(state().changed, ["a.cedar", "new.cedar"]);
    fs::write(
        world.repository.path().join("MERGE_HEAD"),
        format!("{}\n", head.target().unwrap()),
    )
    .unwrap();
    assert_eq!(state().under_way, Some("merge"));
    world.repository.cleanup_state().unwrap();
    world
        .repository
        .set_head_detached(head.target().unwrap())
        .unwrap();
    assert_eq!((state().branch, state().commit), (None, clean.commit));
    let empty = tempfile::tempdir().unwrap();
    git2::Repository::init(empty.path()).unwrap();
    let registry = registry::Registry::open(empty.path()).unwrap();
    assert_eq!(registry.working_copy().unwrap().commit, None);
}
