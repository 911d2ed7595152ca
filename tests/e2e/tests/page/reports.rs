//! Reports as a browser shows them, opened from their files with the network denied: what a guard and a narrative write passes axe by day, by
//! night and on paper, and asks nothing of anybody.

use std::{env, fs, path::Path, process::Command};

use e2e::Error;
use serde_json::{Value, json};

use crate::page::on;

/// What the styles ask of the reader's machine, answered with yes.
const GROUNDS: [(&str, &str); 3] = [
    ("day", "@media never"),
    ("night", "@media (prefers-color-scheme:dark)"),
    ("paper", "@media print"),
];

/// Runs `fabric` in a folder with a home of its own; 1 is a finding, and no failure.
fn fabric(folder: &Path, arguments: &str) {
    let studio = env::var_os("STUDIO_BINARY").unwrap_or_default();
    let mut fabric = Command::new(Path::new(&studio).with_file_name("fabric"));
    fabric.current_dir(folder).env("HOME", folder);
    for (name, value) in [
        ("XDG_DATA_HOME", "data"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CONFIG_HOME", "config"),
    ] {
        fabric.env(name, folder.join(value));
    }
    let ran = fabric.args(arguments.split(' ')).output().unwrap();
    let fine = matches!(ran.status.code(), Some(0 | 1));
    assert!(
        fine,
        "{arguments}: {}",
        String::from_utf8_lossy(&ran.stderr)
    );
}

/// What reads like `fabric guard` and `fabric narrate` wrote it on the sample, with a risky edit in it.
fn written(folder: &Path) -> Vec<&'static str> {
    fs::write(folder.join("pass"), "a long walk home\n").unwrap();
    for arguments in [
        "init --sample w",
        "log generate w --rows 20000 --seed 7 --store",
        "keys create release --file --passphrase-file pass",
        "ledger init w --key release --origin example.com/l --passphrase-file pass",
        "promote 1.0.0 --to canary --dir w --passphrase-file pass",
        "narrate promotion --channel canary --dir w --as html --out promotion.html",
        "narrate week --channel canary --dir w --as html --language de --out week.html",
        "narrate evidence --dir w --as html --language fr --out evidence.html",
        "story apply w 2-contractors",
        "guard --base HEAD --head w --log w --tolerance w/tolerance.toml --html guard.html",
    ] {
        fabric(folder, arguments);
    }
    vec!["promotion", "week", "evidence", "guard"]
}

#[test]
fn a_report_reads_well_by_day_by_night_and_on_paper() -> Result<(), Error> {
    let folder = tempfile::tempdir().unwrap();
    let mut found = Vec::new();
    for name in written(folder.path()) {
        let html = fs::read_to_string(folder.path().join(format!("{name}.html"))).unwrap();
        for (ground, asked) in GROUNDS {
            let file = folder.path().join(format!("{name}-{ground}.html"));
            fs::write(&file, html.replace(asked, "@media all")).unwrap();
            on(&file, |page| {
                let violations = page.session.violations()?;
                let wide = page.session.run(
                    "return document.documentElement.scrollWidth > innerWidth + 1",
                    &json!([]),
                )?;
                assert_eq!(
                    wide,
                    Value::Bool(false),
                    "{name} {ground} is wider than the window"
                );
                let told = |violation| format!("{name}, {ground}: {violation:?}");
                found.extend(violations.iter().map(told));
                assert_eq!(page.network.asked(), Vec::<String>::new());
                Ok(())
            })?;
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    Ok(())
}
