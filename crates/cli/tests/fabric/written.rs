//! What a file that somebody names may take the place of.

use std::fs;

use crate::{
    ledger::{drift, opened, place},
    place::Place,
};

const KEYS: &str = "home/data/trust-fabric/keys";
const MARKS: &str = "home/state/trust-fabric/ledgers";

fn refused(place: &Place, arguments: &[&str], code: &str) {
    let before = (place.snapshot("home"), place.snapshot("w"));
    let ran = place.run(&opened(&[arguments, &["--json"]].concat()));
    assert_eq!(ran.failed().0, code, "{arguments:?}");
    assert_eq!((place.snapshot("home"), place.snapshot("w")), before);
}

#[test]
fn nothing_is_written_over_ledgers_keys_and_marks() {
    let place = place();
    drift(&place);
    let inside = [
        "w/.fabric/ledger.sqlite",
        "w/.fabric/new",
        "w/.fabric/new/new",
        "w/x/../.fabric/new",
        &format!("{KEYS}/keys.json"),
        &format!("{MARKS}/new"),
        "home/data/trust-fabric/app.db",
    ];
    fs::create_dir(place.path("w/x")).unwrap();
    for out in inside {
        for arguments in [
            &["bundle", "w", "--out", out][..],
            &["ledger", "prove", "0", "w", "--out", out],
            &["ledger", "export", out, "w"],
        ] {
            refused(&place, arguments, "bad_call");
        }
    }
    let recovery = ["keys", "export", "audit", "--recovery", "w/.fabric/r"];
    refused(&place, &recovery, "bad_call");
    let key = ["guard", "key", "w/.fabric/k"];
    assert_eq!(
        place.run(&[&key[..], &["--json"]].concat()).failed().0,
        "bad_call"
    );
    // A link leads there, too, and the user's copy of the sample is no such place.
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(place.path("w/.fabric"), place.path("link")).unwrap();
        let out = "link/ledger.sqlite";
        refused(&place, &["bundle", "w", "--out", out], "bad_call");
    }
    fs::create_dir(place.path("home/data/trust-fabric/northwind")).unwrap();
    let out = "home/data/trust-fabric/northwind/b.tfb";
    place.run(&opened(&["bundle", "w", "--out", out])).fine();
}

#[test]
fn no_folder_is_made_and_no_trust_is_overwritten() {
    let place = place();
    drift(&place);
    let trust = |out| ["ledger", "trust", "w", "--out", out];
    let nowhere = "nowhere/x";
    let prove = ["ledger", "prove", "0", "w", "--out", nowhere];
    refused(&place, &prove, "file_write");
    refused(&place, &["bundle", "w", "--out", nowhere], "file_write");
    let ran = place.run(&[&trust(nowhere)[..], &["--json"]].concat());
    assert_eq!(ran.failed().0, "file_write");
    assert!(!place.path("nowhere").exists());

    // What runs again writes again.
    for _ in 0..2 {
        place.run(&trust("t.json")).fine();
        let bundle = ["bundle", "w", "--out", "b.tfb"];
        place.run(&opened(&bundle)).fine();
    }
    let edited = place
        .read("t.json")
        .replace("example.com/l", "example.com/other");
    place.write("t.json", &edited);
    let ran = place.run(&[&trust("t.json")[..], &["--json"]].concat());
    assert_eq!(ran.failed().0, "file_write");
    assert_eq!(place.read("t.json"), edited);
}

#[test]
fn an_export_takes_no_other_ledger_s_place() {
    let place = place();
    drift(&place);
    place.copy("w", "two");
    fs::remove_dir_all(place.path("two/.fabric")).unwrap();
    let init = ["ledger", "init", "two", "--key", "audit", "--origin"];
    place
        .run(&opened(&[&init[..], &["example.com/two"]].concat()))
        .fine();
    let export = |dir| {
        let export = ["ledger", "export", "tiles", dir, "--json"];
        place.run(&opened(&export))
    };
    assert_eq!(export("w").status, 0);
    let before = place.snapshot("tiles");
    let (code, said) = export("two").failed();
    assert_eq!(code, "bad_call");
    assert!(said.contains("is that of example.com/l"), "{said}");
    assert_eq!(place.snapshot("tiles"), before);
    drift(&place);
    assert_eq!(export("w").status, 0);
    place.write("tiles/checkpoint", "a list of my own");
    assert_eq!(export("w").failed().0, "bad_call");
}

#[test]
#[cfg(target_os = "linux")]
fn a_pipe_is_written_to_and_stays() {
    use std::{
        io::Read as _,
        os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _},
        process::Command,
    };
    const NONBLOCK: i32 = 0o4000;
    let place = place();
    drift(&place);
    let path = place.path("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&path)
            .status()
            .unwrap()
            .success()
    );
    let mut reader = fs::File::options()
        .read(true)
        .custom_flags(NONBLOCK)
        .open(&path)
        .unwrap();
    let bundle = ["bundle", "w", "--out", "pipe"];
    place.run(&opened(&bundle)).fine();
    let mut content = Vec::new();
    reader.read_to_end(&mut content).unwrap();
    assert!(content.starts_with(b"PK"), "{} bytes", content.len());
    let there = fs::symlink_metadata(&path).unwrap();
    assert!(there.file_type().is_fifo());
}
