//! What another implementation of TUF makes of a bundle: python-tuf, where `FABRIC_PYTHON_TUF` names an interpreter that has it.

use std::{fs, process::Command};

use release::Sealing;

use crate::world::*;

#[test]
fn a_bundle_unpacked_is_a_repository_of_tuf() {
    let Some(python) = std::env::var_os("FABRIC_PYTHON_TUF") else {
        eprintln!("FABRIC_PYTHON_TUF is not set: no other implementation looked at a bundle");
        return;
    };
    // It goes by the clock of the machine.
    const LATER: u64 = 4_000_000_000;
    let roots = release::Roots::first(&roles(), LATER, &[&key(1)]).unwrap();
    let roots = roots.next(&roles(), LATER, &[&key(1)]).unwrap();
    let (one, two) = (key(2), key(3));
    let keys: [&dyn evidence::ed25519::Signer; 2] = [&one, &two];
    let with = Sealing {
        roots: &roots,
        keys: &keys,
        expires: LATER,
        renewed: 0,
    };
    let taken = |change: fn(&mut Parts)| {
        let mut parts = Parts::of(&release::seal(&audited(1), &with).unwrap());
        change(&mut parts);
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in &parts.0 {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let root = folder.path().join("trusted.json");
        fs::write(&root, roots.begin().text()).unwrap();
        let targets = parts
            .0
            .keys()
            .filter_map(|name| name.strip_prefix("targets/"));
        let output = Command::new(&python)
            .arg("tests/it/tuf_client.py")
            .args([&root, folder.path()])
            .args(targets.clone())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let fetched = String::from_utf8_lossy(&output.stdout).lines().count();
        (output.status.success() && fetched == targets.count(), said)
    };
    let (good, said) = taken(|_| {});
    assert!(good, "{said}");
    for name in ["2.root", "targets", "snapshot", "timestamp"] {
        let (bad, _) = taken(match name {
            "2.root" => |parts| parts.say("metadata/2.root.json", &[2], |_| {}),
            "targets" => |parts| parts.say("metadata/targets.json", &[2], |_| {}),
            "snapshot" => |parts| parts.say("metadata/snapshot.json", &[2], |_| {}),
            _ => |parts| parts.say("metadata/timestamp.json", &[2], |_| {}),
        });
        assert!(!bad, "{name}");
    }
}
