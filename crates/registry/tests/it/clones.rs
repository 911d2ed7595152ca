//! Two clones of one repository.

use std::process::Command;

use model::{Code, Failure};
use registry::Registry;

use crate::world::*;

/// What `git fetch origin 'refs/fabric/channels/*:refs/remotes/origin/fabric/channels/*'` brings.
fn fetched(from: &World, to: &World) {
    let name = "refs/fabric/channels/stable";
    let mut remote = to
        .repository
        .remote_anonymous(from.folder.path().to_str().unwrap())
        .unwrap();
    let spec = format!("+{name}:refs/remotes/origin/fabric/channels/stable");
    remote
        .fetch(&[spec.as_str(), "+refs/tags/*:refs/tags/*"], None, None)
        .unwrap();
}

#[test]
fn moves_of_another_clone_are_followed_or_conflict() {
    let (here, there) = (World::new(), World::new());
    there.promote("1.0.0");
    fetched(&there, &here);
    // Nothing here yet: what is there comes first.
    let version = here.registry.version("1.0.0").unwrap();
    let behind = here.hold().prepare(here.promotion(&version)).unwrap_err();
    assert_eq!(behind.code(), Code::PromotionConflict);
    assert!(behind.to_string().contains("`origin`"), "{behind}");
    assert_eq!(here.registry.elsewhere().unwrap(), ["stable"]);
    let hint = Failure::from(behind).hint;
    assert!(
        hint.contains(
            "git update-ref refs/fabric/channels/stable refs/remotes/origin/fabric/channels/stable"
        ),
        "{hint}"
    );
    let followed = here.hold().follow("origin").unwrap();
    assert_eq!(followed, there.registry.tip("stable").unwrap());
    assert_eq!(here.registry.tip("stable").unwrap(), followed);
    // Ahead of it.
    here.promote("2.0.0");
    assert_eq!(
        here.hold()
            .follow("elsewhere")
            .unwrap()
            .unwrap()
            .summary
            .sequence,
        2
    );
    // What is only here is not given up for it.
    assert_eq!(
        here.hold().follow("origin").unwrap(),
        here.registry.tip("stable").unwrap()
    );
    // Both moved.
    there.promote("3.0.0");
    fetched(&there, &here);
    let version = here.version("4.0.0");
    let both = here.hold().prepare(here.promotion(&version)).unwrap_err();
    assert_eq!(both.code(), Code::PromotionConflict);
    assert_eq!(
        here.hold().follow("origin").unwrap_err().code(),
        Code::PromotionConflict
    );
    // Whoever gives up their move takes over the other's.
    let theirs = there.registry.tip("stable").unwrap().unwrap();
    let id = theirs.id.parse().unwrap();
    here.repository
        .reference("refs/fabric/channels/stable", id, true, "")
        .unwrap();
    here.moved(here.promotion(&version));
    assert_eq!(
        here.registry
            .tip("stable")
            .unwrap()
            .unwrap()
            .summary
            .sequence,
        3
    );
}

#[test]
fn what_is_pushed_over_another_s_move_is_refused_by_git_itself() {
    let git = |folder: &std::path::Path, args: &[&str]| {
        Command::new("git")
            .arg("-C")
            .arg(folder)
            .args(args)
            .output()
            .ok()
            .map(|out| out.status.success())
    };
    let (here, there) = (World::new(), World::new());
    let shared = tempfile::tempdir().unwrap();
    git2::Repository::init_bare(shared.path()).unwrap();
    let push = |world: &World| {
        let to = shared.path().to_str().unwrap();
        git(
            world.folder.path(),
            &[
                "push",
                "--atomic",
                "-q",
                to,
                "refs/fabric/channels/*",
                "refs/tags/policies/*",
            ],
        )
    };
    here.promote("1.0.0");
    there.promote("1.1.0");
    let Some(pushed) = push(&here) else {
        eprintln!("there is no `git` here: pushing was not tested");
        return;
    };
    assert!(pushed);
    assert_eq!(push(&there), Some(false));
    // A bare repository, as one on a server, is read like any other.
    let server = Registry::open(shared.path()).unwrap();
    assert_eq!(
        server.tip("stable").unwrap(),
        here.registry.tip("stable").unwrap()
    );
    assert_eq!(server.versions().unwrap().len(), 1);
}
