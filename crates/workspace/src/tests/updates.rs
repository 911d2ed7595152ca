//! Updates from files: what is signed, whole, newer and for this is applied, and nothing else.

use std::{fs, path::PathBuf};

use minisign::KeyPair;
use model::Code;
use semver::Version;
use tempfile::TempDir;

use crate::updates::{Applied, Error, Installation, Package, Told, Update, UpdateKey};

/// A folder with an installed program, and a key that signs updates.
struct Place {
    folder: TempDir,
    pair: KeyPair,
    key: UpdateKey,
    here: Installation,
}

const OLD: &[u8] = b"\x7fELF the old program";
const NEW: &[u8] = b"\x7fELF the new program, which is a little longer";

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();
        let file = folder.path().join("key.pub");
        fs::write(&file, pair.pk.to_box().unwrap().to_string()).unwrap();
        let program = folder.path().join("fabric");
        fs::write(&program, OLD).unwrap();
        Self {
            key: UpdateKey::read(&file).unwrap(),
            here: Installation {
                version: Version::new(1, 2, 3),
                platform: "linux-x86_64".into(),
                package: Package::Program,
                program,
            },
            folder,
            pair,
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("update")
    }

    /// What is signed along with the new program.
    fn told(&self) -> Told {
        Told {
            version: Version::new(1, 3, 0),
            platform: "linux-x86_64".into(),
            package: Package::Program,
            size: NEW.len() as u64,
        }
    }

    /// Writes a file, and beside it its signature with this comment.
    fn put(&self, bytes: &[u8], comment: &str) {
        self.put_by(&self.pair, bytes, comment);
    }

    fn put_by(&self, pair: &KeyPair, bytes: &[u8], comment: &str) {
        let signed = minisign::sign(Some(&pair.pk), &pair.sk, bytes, Some(comment), None).unwrap();
        fs::write(self.file(), bytes).unwrap();
        fs::write(self.signature(), signed.to_string()).unwrap();
    }

    fn signature(&self) -> PathBuf {
        self.folder.path().join("update.minisig")
    }

    fn read(&self) -> Result<Update, Error> {
        Update::read(&self.file(), &self.key, &self.here)
    }

    /// Refused with this code; nothing was touched.
    fn refused(&self) -> (Code, String) {
        let error = self.read().expect_err("an update was believed");
        assert_eq!(fs::read(&self.here.program).unwrap(), OLD);
        (error.code(), error.to_string())
    }
}

#[test]
fn a_newer_program_takes_the_place_of_the_old_one_which_is_kept() {
    let place = Place::new();
    place.put(NEW, &place.told().to_string());
    for version in 3..5 {
        let update = place.read().unwrap();
        assert_eq!(update.told, place.told());
        assert_eq!(update.command(&place.file()), None);
        let kept = place.folder.path().join("fabric.previous");
        assert_eq!(
            update.apply(&place.here).unwrap(),
            Applied::Replaced(kept.clone())
        );
        assert_eq!(fs::read(&place.here.program).unwrap(), NEW);
        // The second time, what was kept is what the first update brought.
        assert_eq!(
            fs::read(kept).unwrap(),
            if version == 3 { OLD } else { NEW }
        );
        let left = fs::read_dir(place.folder.path()).unwrap().count();
        assert_eq!(left, 5, "key, update, signature, program, the old program");
    }
}

#[test]
#[cfg(unix)]
fn a_program_can_still_be_run_by_those_who_could() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let mode = || {
        fs::metadata(&place.here.program)
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    fs::set_permissions(&place.here.program, fs::Permissions::from_mode(0o750)).unwrap();
    place.put(NEW, &place.told().to_string());
    place.read().unwrap().apply(&place.here).unwrap();
    assert_eq!(mode(), 0o750);
}

#[test]
fn what_is_older_or_the_same_is_refused() {
    let place = Place::new();
    let at = |version: &str| {
        let version = Version::parse(version).unwrap();
        place.put(
            NEW,
            &Told {
                version,
                ..place.told()
            }
            .to_string(),
        );
        place.refused()
    };
    assert_eq!(at("1.2.2").0, Code::UpdateOlder);
    assert_eq!(at("1.2.3-rc.1").0, Code::UpdateOlder);
    assert_eq!(at("1.2.3").0, Code::UpdateSame);
    assert_eq!(at("1.2.3+rebuilt").0, Code::UpdateSame);
}

#[test]
fn what_is_for_another_system_or_came_in_another_way_is_refused() {
    let mut place = Place::new();
    let platform = "windows-x86_64".to_owned();
    place.put(
        NEW,
        &Told {
            platform,
            ..place.told()
        }
        .to_string(),
    );
    let (code, said) = place.refused();
    assert_eq!(code, Code::UpdateForeign);
    assert!(
        said.contains("a program on windows-x86_64") && said.contains("linux-x86_64"),
        "{said}"
    );

    place.put(NEW, &place.told().to_string());
    place.here.package = Package::Deb;
    assert_eq!(place.refused().0, Code::UpdateForeign);
}

#[test]
fn a_file_cut_short_anywhere_is_incomplete() {
    let place = Place::new();
    place.put(NEW, &place.told().to_string());
    for length in 0..NEW.len() {
        fs::write(place.file(), &NEW[..length]).unwrap();
        let (code, said) = place.refused();
        assert_eq!(code, Code::UpdateIncomplete);
        assert!(
            said.contains(&format!("{length} of {} bytes", NEW.len())),
            "{said}"
        );
    }
}

#[test]
fn a_file_with_any_bit_changed_or_more_at_its_end_is_tampered_with() {
    let place = Place::new();
    place.put(NEW, &place.told().to_string());
    for at in 0..NEW.len() {
        let mut bent = NEW.to_vec();
        bent[at] ^= 1 << (at % 8);
        fs::write(place.file(), bent).unwrap();
        assert_eq!(place.refused().0, Code::UpdateTampered);
    }
    fs::write(place.file(), [NEW, b"more"].concat()).unwrap();
    assert_eq!(place.refused().0, Code::UpdateTampered);
}

#[test]
fn no_changed_signature_is_believed() {
    let place = Place::new();
    place.put(NEW, &place.told().to_string());
    let good = fs::read_to_string(place.signature()).unwrap();

    // A higher version in the trusted comment than was signed.
    fs::write(place.signature(), good.replace("1.3.0", "9.3.0")).unwrap();
    assert_eq!(place.refused().0, Code::UpdateTampered);

    let lines: Vec<_> = good.lines().collect();
    let first = lines[0].len() + 1;
    for (at, c) in good.char_indices().skip(first).filter(|(_, c)| *c != '\n') {
        let mut bent = good.clone();
        let other = if c == 'A' { "B" } else { "A" };
        bent.replace_range(at..at + c.len_utf8(), other);
        fs::write(place.signature(), bent).unwrap();
        let known = [
            Code::UpdateTampered,
            Code::UpdateInvalid,
            Code::UpdateUntrusted,
            Code::UpdateIncomplete,
        ];
        let (code, said) = place.refused();
        assert!(known.contains(&code), "{at}: {said}");
    }
    // Cut after any line.
    for count in 0..4 {
        fs::write(place.signature(), lines[..count].join("\n")).unwrap();
        assert_eq!(place.refused().0, Code::UpdateInvalid);
    }
    fs::write(place.signature(), [0xff, 0x00]).unwrap();
    assert_eq!(place.refused().0, Code::FileRead);
}

#[test]
fn nobody_elses_signature_counts_and_none_is_no_signature() {
    let place = Place::new();
    let stranger = KeyPair::generate_unencrypted_keypair().unwrap();
    place.put_by(&stranger, NEW, &place.told().to_string());
    assert_eq!(place.refused().0, Code::UpdateUntrusted);
    fs::remove_file(place.signature()).unwrap();
    assert_eq!(place.refused().0, Code::UpdateUnsigned);
    fs::remove_file(place.file()).unwrap();
    assert_eq!(place.refused().0, Code::FileRead);
}

#[test]
fn what_is_signed_and_says_something_else_is_no_update() {
    let place = Place::new();
    let told = place.told().to_string();
    for comment in [
        "timestamp:1555779966\tfile:fabric",
        &told.replace("trust-fabric-studio", "another-program"),
        &format!("{told} more"),
        &told.replace("version:1.3.0", "version:1.3"),
        &told.replace("package:program", "package:deb"),
    ] {
        place.put(NEW, comment);
        assert_eq!(place.refused().0, Code::UpdateInvalid, "{comment}");
    }
    let size = 1;
    place.put(
        NEW,
        &Told {
            size,
            ..place.told()
        }
        .to_string(),
    );
    assert_eq!(place.refused().0, Code::UpdateInvalid);
}

#[test]
fn what_a_file_is_told_to_be_follows_from_its_first_bytes() {
    let place = Place::new();
    for (head, package) in [
        (&b"!<arch>\ndebian-binary   1"[..], Package::Deb),
        (b"\xed\xab\xee\xdb\x03", Package::Rpm),
        (b"\x7fELF\x02", Package::Program),
    ] {
        fs::write(place.file(), head).unwrap();
        let told = Told::of(&place.file(), &place.here).unwrap();
        assert_eq!((told.package, told.size), (package, head.len() as u64));
        assert_eq!(told.to_string().parse::<Told>(), Ok(told));
    }
    fs::write(place.file(), "#!/bin/sh").unwrap();
    let refused = Told::of(&place.file(), &place.here).unwrap_err();
    assert_eq!(refused.code(), Code::UpdateInvalid);
}

#[test]
fn a_package_is_handed_to_the_package_manager() {
    let mut place = Place::new();
    place.here.package = Package::Rpm;
    let rpm = b"\xed\xab\xee\xdb no rpm at all";
    let (package, size) = (Package::Rpm, rpm.len() as u64);
    place.put(
        rpm,
        &Told {
            package,
            size,
            ..place.told()
        }
        .to_string(),
    );
    let update = place.read().unwrap();
    let command = update.command(&place.file()).unwrap();
    assert!(command.starts_with("rpm --upgrade /"), "{command}");
}

#[test]
fn what_cannot_be_put_in_place_is_said_and_leaves_nothing() {
    let mut place = Place::new();
    place.put(NEW, &place.told().to_string());
    place.here.program = place.folder.path().join("gone");
    let refused = place.read().unwrap().apply(&place.here).unwrap_err();
    assert_eq!(refused.code(), Code::UpdateFailed);
    assert!(refused.to_string().contains("gone`"), "{refused}");
    let left = fs::read_dir(place.folder.path()).unwrap().count();
    assert_eq!(left, 4, "key, update, signature, program");
}

#[test]
fn a_program_knows_how_it_came_here() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("bin/fabric");
    let kind = folder.path().join("share/trust-fabric/package");
    let here = || crate::updates::installed_as(&program);
    assert_eq!(here(), Package::Program);
    fs::create_dir_all(kind.parent().unwrap()).unwrap();
    for (text, package) in [
        ("deb\n", Package::Deb),
        ("rpm\n", Package::Rpm),
        ("snap\n", Package::Program),
    ] {
        fs::write(&kind, text).unwrap();
        assert_eq!(here(), package);
    }
}

#[test]
fn a_key_that_is_none_is_said_to_be_none() {
    let place = Place::new();
    let file = place.folder.path().join("other.pub");
    for text in ["", "untrusted comment: a key\n", "RWQ\nRWQ\n"] {
        fs::write(&file, text).unwrap();
        let refused = UpdateKey::read(&file).err().unwrap();
        assert_eq!(refused.code(), Code::UpdateKey);
    }
}

#[test]
fn the_key_of_this_build_is_one_or_is_not_there() {
    let lines = include_str!("../../../../installers/update.pub").lines();
    assert_eq!(UpdateKey::built_in().is_ok(), lines.count() > 1);
}
