//! `fabric update`: a copy of the program takes a newer version from a signed file, and nothing else.

use std::{fs, process::Command};

use minisign::KeyPair;
use serde_json::Value;

use crate::place::{Place, Ran};

/// A file that begins as programs do.
const NEWER: &[u8] = b"\x7fELF a newer program";

/// A place with a copy of the program that may be replaced, a key, and a newer program without a signature.
struct Updating {
    place: Place,
    pair: KeyPair,
}

impl Updating {
    fn new() -> Self {
        let place = Place::new();
        fs::create_dir(place.path("bin")).unwrap();
        fs::copy(env!("CARGO_BIN_EXE_fabric"), place.path("bin/fabric")).unwrap();
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();
        place.write("key.pub", pair.pk.to_box().unwrap().to_string());
        place.write("newer", NEWER);
        Self { place, pair }
    }

    /// The copy runs.
    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new(self.place.path("bin/fabric"));
        command.args(arguments).current_dir(self.place.path(""));
        command.output().unwrap().into()
    }

    /// Signs the newer program as this version.
    fn sign(&self, version: &str) {
        let told = self.run(&["update", "describe", "newer"]).fine();
        let own = format!("version:{} ", env!("CARGO_PKG_VERSION"));
        assert!(told.contains(&own), "{told}");
        let told = told.trim().replace(&own, &format!("version:{version} "));
        let signed = minisign::sign(None, &self.pair.sk, NEWER, Some(&told), None).unwrap();
        self.place.write("newer.minisig", signed.to_string());
    }
}

#[test]
fn a_signed_newer_program_is_checked_and_applied() {
    let updating = Updating::new();
    updating.sign("99.0.0");
    let program = || fs::read(updating.place.path("bin/fabric")).unwrap();
    let old = program();
    let said = updating.run(&["update", "check", "newer", "--key", "key.pub"]);
    let said = said.fine();
    for part in ["99.0.0", "signed and whole", env!("CARGO_PKG_VERSION")] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(program(), old, "a check changes nothing");

    let applied = updating.run(&["update", "apply", "newer", "--key", "key.pub", "--json"]);
    let applied: Value = serde_json::from_str(&applied.fine()).unwrap();
    assert_eq!(applied["update"]["version"], "99.0.0");
    assert_eq!(program(), NEWER);
    let kept = applied["applied"]["replaced"].as_str().unwrap();
    assert_eq!(fs::read(kept).unwrap(), old);
}

#[test]
fn what_is_refused_has_a_code_and_changes_nothing() {
    let updating = Updating::new();
    let before = updating.place.snapshot("bin");
    let refused = |key: &[&str]| {
        let arguments = [&["update", "apply", "newer", "--json"], key].concat();
        updating.run(&arguments).failed().0
    };
    let own = ["--key", "key.pub"];
    assert_eq!(refused(&own), "update_unsigned");
    updating.sign("0.0.1");
    assert_eq!(refused(&own), "update_older");
    updating.sign(env!("CARGO_PKG_VERSION"));
    assert_eq!(refused(&own), "update_same");
    updating.sign("99.0.0");
    updating.place.write("newer", &NEWER[..9]);
    assert_eq!(refused(&own), "update_incomplete");
    updating.place.write("newer", [NEWER, b"!"].concat());
    assert_eq!(refused(&own), "update_tampered");
    updating.place.write("other.pub", "no key");
    assert_eq!(refused(&["--key", "other.pub"]), "update_key");
    assert_eq!(updating.place.snapshot("bin"), before);
}
