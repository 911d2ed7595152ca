//! The packages that are shipped: each is installed on a clean machine, the Studio in it started and used, and removed without a trace.

use std::{
    collections::BTreeSet,
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use e2e::{Clean, Error, at, not_tested, on_a_clean_machine, said};
use serde_json::Value;

use crate::evidence::{home, judged};

/// The package's name.
const NAME: &str = "trust-fabric-studio";
/// The type of bundles.
const TYPE: &str = "application/vnd.trust-fabric.bundle+zip";
/// What the window is driven with, and who is asked about types of files. No package of ours needs them.
const TOOLS: &str = "webkit2gtk-driver, dbus-daemon, desktop-file-utils, libglib2.0-bin";
/// The largest deb that is shipped, in bytes.
const LARGEST: u64 = 25_000_000;

/// The package of a kind, or nothing where none is made.
fn package(kind: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env::var_os("STUDIO_PACKAGES")?);
    let files = fs::read_dir(&folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path());
    let found = files
        .into_iter()
        .find(|path| path.extension().is_some_and(|end| end == kind));
    if found.is_none() {
        not_tested(&format!(
            "there is no {kind}: this machine has no tools to make one"
        ));
    }
    found
}

/// What a user does with it.
fn used() -> Result<(), Error> {
    let home = home()?;
    let verdict = home.fabric(&["verify", "clinic.tfb", "--trust", "trust.json", "--json"])?;
    let verdict: Value =
        serde_json::from_str(&verdict).map_err(|error| Error::Missing(error.to_string()))?;
    let outcome = verdict.get("verdict").and_then(Value::as_str);
    assert_eq!(outcome, Some("verified"), "{verdict}");

    // The system knows what the file is, and who opens it.
    let bundle = home.path().join("clinic.tfb");
    let kind = said(
        Command::new("gio")
            .args(["info", "--attributes", "standard::content-type"])
            .arg(&bundle),
    )?;
    assert!(kind.contains(TYPE), "{kind}");
    let handler = said(Command::new("gio").args(["mime", TYPE]))?;
    let default = handler.lines().next().unwrap_or_default();
    assert!(
        default.ends_with("trust-fabric-studio.desktop"),
        "{handler}"
    );

    at(home, "installed", &[&bundle.to_string_lossy()], |stage| {
        assert_eq!(stage.session().title()?, "Trust Fabric Studio");
        judged(stage, "Cannot decide")
    })
}

/// Installs the package as `install` does, updates it, uses it, removes it as `remove` does, and looks whether anything is left behind: first with
/// nothing there but what the package needs, then with what the window is driven with.
fn tried(
    clean: &mut Clean,
    version: &str,
    install: impl Fn(&Clean) -> Result<(), Error>,
    update: impl Fn(&Clean) -> Result<(), Error>,
    remove: impl Fn(&Clean) -> Result<(), Error>,
) -> Result<(), Error> {
    let bare = clean.files()?;
    install(clean)?;
    let installed = clean.files()?;
    for file in [
        "usr/bin/studio ",
        "usr/share/trust-fabric/handbook/index.html ",
        "usr/share/applications/trust-fabric-studio.desktop ",
    ] {
        assert!(
            installed.iter().any(|path| path.starts_with(file)),
            "{file}"
        );
    }
    for program in ["studio", "fabric"] {
        let said = clean.run(&[program, "--version"])?;
        assert_eq!(said.trim(), format!("{program} {version}"));
    }
    update(clean)?;
    remove(clean)?;
    left_behind(&bare, &clean.files()?);

    clean.bring(&[TOOLS])?;
    let bare = clean.files()?;
    install(clean)?;
    clean.used()?;
    remove(clean)?;
    left_behind(&bare, &clean.files()?);
    Ok(())
}

fn left_behind(before: &BTreeSet<String>, after: &BTreeSet<String>) {
    let differs: Vec<_> = before.symmetric_difference(after).collect();
    assert!(differs.is_empty(), "left behind, or gone: {differs:#?}");
}

/// What is installed takes the same package under a higher version, signed, and refuses it changed.
fn updated(clean: &Clean, deb: &Path) -> Result<(), Error> {
    let system = |error| Error::System("a newer deb".into(), error);
    let folder = tempfile::tempdir().map_err(system)?;
    let at = |name: &str| folder.path().join(name);
    let text = |name: &str| at(name).to_string_lossy().into_owned();
    said(Command::new("dpkg-deb").arg("-R").arg(deb).arg(at("newer")))?;
    let control = at("newer/DEBIAN/control");
    let old = fs::read_to_string(&control).map_err(system)?;
    fs::write(&control, old.replace("\nVersion: ", "\nVersion: 9")).map_err(system)?;
    let [newer, key] = ["newer.deb", "key.pub"].map(text);
    let pack = ["--root-owner-group", "-Znone", "--build"];
    said(
        Command::new("dpkg-deb")
            .args(pack)
            .arg(at("newer"))
            .arg(&newer),
    )?;

    let told = clean.run(&["fabric", "update", "describe", &newer])?;
    let told = told.trim().replace("version:", "version:9");
    let failed = |error: minisign::PError| Error::Missing(error.to_string());
    let pair = minisign::KeyPair::generate_unencrypted_keypair().map_err(failed)?;
    let file = fs::File::open(&newer).map_err(system)?;
    let signed = minisign::sign(None, &pair.sk, file, Some(&told), None).map_err(failed)?;
    fs::write(text("newer.deb.minisig"), signed.to_string()).map_err(system)?;
    fs::write(&key, pair.pk.to_box().map_err(failed)?.to_string()).map_err(system)?;

    let version = || clean.run(&["dpkg-query", "--show", "--showformat", "${Version}", NAME]);
    let before = version()?;
    let apply = ["fabric", "update", "apply", &newer, "--key", &key];
    clean.run(&apply)?;
    assert_eq!(version()?, format!("9{before}"));

    let file = fs::File::options().write(true).open(&newer);
    file.and_then(|mut file| file.write_all(b"?"))
        .map_err(system)?;
    let refused = clean.run(&apply).err().map(|error| error.to_string());
    let refused = refused.unwrap_or_default();
    assert!(refused.contains("error[update_tampered]"), "{refused}");
    Ok(())
}

#[test]
fn the_deb_is_installed_used_and_removed_without_a_trace() -> Result<(), Error> {
    let Some(deb) = package("deb") else {
        return Ok(());
    };
    on_a_clean_machine(
        "packages::the_deb_is_installed_used_and_removed_without_a_trace",
        |clean| {
            let field = |name| said(Command::new("dpkg-deb").arg("-f").arg(&deb).arg(name));
            clean.bring(&[field("Depends")?.trim()])?;
            clean.share(&deb)?;
            let file = deb.to_string_lossy();
            tried(
                clean,
                field("Version")?.trim(),
                |clean| clean.run(&["dpkg", "--install", &file]).map(drop),
                |clean| updated(clean, &deb),
                |clean| {
                    // Every file is as the package has it, to the end.
                    clean.run(&["dpkg", "--verify", NAME])?;
                    clean.run(&["dpkg", "--purge", NAME]).map(drop)
                },
            )
        },
        used,
    )
}

/// The rpm on a machine of the other family: its own tool unpacks, checks and removes it. What it needs is looked up library by library, because
/// that machine's database knows no rpm, and what is set off there by a new file is done by hand.
#[test]
fn the_rpm_is_installed_used_and_removed_without_a_trace() -> Result<(), Error> {
    let Some(rpm) = package("rpm") else {
        return Ok(());
    };
    on_a_clean_machine(
        "packages::the_rpm_is_installed_used_and_removed_without_a_trace",
        |clean| {
            let asked = |what: &[&str]| {
                said(
                    Command::new("rpm")
                        .arg("--query")
                        .args(what)
                        .arg("--package")
                        .arg(&rpm),
                )
            };
            let needs = asked(&["--requires"])?;
            let libraries: Vec<_> = needs
                .lines()
                .filter_map(|line| line.strip_suffix("()(64bit)"))
                .collect();
            assert!(
                libraries
                    .iter()
                    .any(|name| name.starts_with("libwebkit2gtk-4.1.so")),
                "{needs}"
            );
            let mut owners = Vec::new();
            for library in libraries {
                let owner = said(Command::new("dpkg").args(["--search", &format!("*/{library}")]))?;
                owners.push(
                    owner
                        .split([':', ','])
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                );
            }
            clean.bring(&[&owners.join(", ")])?;
            clean.share(&rpm)?;
            // Every machine of that family has them.
            for folder in [
                "applications",
                "icons/hicolor",
                "licenses",
                "man/man1",
                "mime/packages",
            ] {
                clean.run(&["mkdir", "--parents", &format!("/usr/share/{folder}")])?;
            }

            let manage = |clean: &Clean, what: &[&str]| {
                let mut command = Command::new("rpm");
                command
                    .arg("--root")
                    .arg(clean.root())
                    .args(["--dbpath", "/var/lib/rpm"]);
                said(command.args(what))?;
                clean.run(&["update-mime-database", "/usr/share/mime"])?;
                // Not there as long as the package is alone.
                if clean
                    .inside("/usr/bin/update-desktop-database".as_ref())
                    .exists()
                {
                    clean.run(&["update-desktop-database", "/usr/share/applications"])?;
                }
                Ok(())
            };
            let file = rpm.to_string_lossy();
            tried(
                clean,
                asked(&["--queryformat", "%{VERSION}"])?.trim(),
                |clean| manage(clean, &["--install", "--nodeps", &file]),
                |_| Ok(()),
                |clean| {
                    manage(clean, &["--verify", "--nodeps", NAME])?;
                    manage(clean, &["--erase", "--nodeps", NAME])
                },
            )
        },
        used,
    )
}

#[test]
fn the_deb_is_small_enough_to_be_sent() -> Result<(), Error> {
    let Some(deb) = package("deb") else {
        return Ok(());
    };
    let file = fs::metadata(&deb).map_err(|error| Error::System("the deb".into(), error))?;
    assert!(file.len() <= LARGEST, "{} bytes", file.len());
    Ok(())
}
