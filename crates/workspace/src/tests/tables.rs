//! Tables as files and as Markdown: all rows of what is shown, whole or not at all.

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use ipc::{
    ChangeFilter, ChangeQuery, HelpSearch, Host as _, ImportPaths, ReceiptsOf, Revision,
    TableExport, TableForm, TableOf,
};
use model::{ChangeClass, Code, GroupBy};
use serde_json::Value;

use super::{Bench, POLICIES, SCHEMA, at, code, edit, open, small_log, write};
use crate::Studio;

/// Where the child of the test with a small disk writes.
const DISK: &str = "FABRIC_TEST_SMALL_DISK";

/// The small workspace with a log, an edit by which staff see no more, and its preview.
fn previewed(bench: &Bench) -> Studio {
    let root = bench.small();
    let studio = bench.studio();
    open(&studio, &root);
    let paths = vec![small_log(&root).display().to_string()];
    studio.import_log(ImportPaths { paths }).unwrap();
    let narrower = POLICIES.replace("Action::\"view\"", "Action::\"edit\"");
    studio
        .edit_file(edit("policies.cedar", &narrower, 1))
        .unwrap();
    studio.preview_drift(Revision { revision: 1 }).unwrap();
    studio
}

fn exported(
    studio: &Studio,
    table: TableOf,
    form: TableForm,
    path: &Path,
) -> Result<u64, model::Failure> {
    studio.export_table(TableExport {
        table,
        form,
        path: path.display().to_string(),
    })
}

fn rows(studio: &Studio, table: TableOf, path: &Path) -> Vec<Value> {
    let count = exported(studio, table, TableForm::Json, path).unwrap();
    let rows: Vec<Value> = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    assert_eq!(rows.len() as u64, count);
    rows
}

fn all() -> TableOf {
    TableOf::Changes(ChangeFilter::default())
}

#[test]
fn what_a_filter_shows_is_what_is_written() {
    let bench = Bench::new();
    let studio = previewed(&bench);
    let path = bench.base.join("out/drift.json");
    for filter in [
        ChangeFilter::default(),
        ChangeFilter {
            classes: vec![ChangeClass::Lost],
            ..ChangeFilter::default()
        },
        ChangeFilter {
            text: "menu".into(),
            ..ChangeFilter::default()
        },
    ] {
        let shown = studio
            .drift_changes(ChangeQuery {
                filter: filter.clone(),
                offset: 0,
                limit: 1000,
            })
            .unwrap()
            .items;
        assert!(!shown.is_empty());
        let written = rows(&studio, TableOf::Changes(filter), &path);
        let field = |key: &str| -> Vec<&str> {
            written
                .iter()
                .map(|row| row[key].as_str().unwrap())
                .collect()
        };
        let of = |get: fn(&model::Change) -> &str| -> Vec<&str> {
            shown.iter().map(|it| get(&it.change)).collect()
        };
        assert_eq!(field("principal"), of(|it| &it.principal));
        assert_eq!(field("action"), of(|it| &it.action));
        assert_eq!(field("resource"), of(|it| &it.resource));
        let counts: Vec<u64> = shown.iter().map(|it| it.change.rows).collect();
        let written: Vec<u64> = written
            .iter()
            .map(|it| it["rows"].as_u64().unwrap())
            .collect();
        assert_eq!(written, counts);
    }
}

#[test]
fn every_table_of_a_workspace_can_be_had() {
    let bench = Bench::new();
    let studio = previewed(&bench);
    let path = bench.base.join("a.json");
    let first = |table: TableOf| rows(&studio, table, &path)[0].clone();
    let group = first(TableOf::Groups(GroupBy::Principal, ChangeFilter::default()));
    assert_eq!(group["key"], "User::\"ada\"");
    assert_eq!(first(TableOf::Differences)["policy"], "staff-view");
    assert_eq!(first(TableOf::Policies)["policy"], "owners");
    assert_eq!(first(TableOf::Policies)["line"], 1);
    assert_eq!(first(TableOf::Tests)["passed"], false);
    assert!(first(TableOf::History)["rows"].as_u64() == Some(32));
    let lang = "en".to_owned();
    let search = HelpSearch {
        words: "ledger".into(),
        lang,
    };
    assert!(first(TableOf::Help(search))["article"].is_string());
    assert!(rows(&studio, TableOf::WhatIfs, &path).is_empty());
    // What is not there says so, and leaves what was written before.
    let before = fs::read(&path).unwrap();
    for (table, expected) in [
        (TableOf::Checks, Code::BadCall),
        (TableOf::Proof, Code::BadCall),
        (TableOf::Receipts(ReceiptsOf::Ledger), Code::LedgerMissing),
        (TableOf::Moves, Code::RegistryMissing),
    ] {
        let failed = exported(&studio, table, TableForm::Csv, &path);
        assert_eq!(code(failed), expected);
    }
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn markdown_is_a_table_of_the_same_rows() {
    let bench = Bench::new();
    let studio = previewed(&bench);
    let text = studio.copy_table(TableOf::Policies).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "| Policy | Kind | Effect | File | Line | Digest |"
    );
    assert!(lines[2].starts_with("| owners | static | permit | policies.cedar | 1 | sha256:"));
    assert_eq!(lines.len(), 2 + 3);
}

#[test]
fn a_hundred_thousand_rows_are_written_and_not_copied() {
    let bench = Bench::new();
    let root = bench.base.join("large");
    write(&root, "app.cedarschema", SCHEMA);
    write(&root, "policies.cedar", POLICIES);
    let log = root.join("access.jsonl");
    let mut lines = std::io::BufWriter::new(fs::File::create(&log).unwrap());
    for user in 0..1000 {
        for doc in 0..100 {
            writeln!(
                lines,
                r#"{{"v":1,"id":"{user}-{doc}","at":"2026-11-03T10:00:00Z","principal":"User::\"u{user}\"","action":"Action::\"view\"","resource":"Doc::\"d{doc}\"","context":{{"mfa":true}},"decision":"deny","entities":[{{"uid":{{"type":"User","id":"u{user}"}},"attrs":{{}},"parents":[]}},{{"uid":{{"type":"User","id":"boss"}},"attrs":{{}},"parents":[]}},{{"uid":{{"type":"Doc","id":"d{doc}"}},"attrs":{{"owner":{{"__entity":{{"type":"User","id":"boss"}}}},"secret":false}},"parents":[]}}]}}"#
            )
            .unwrap();
        }
    }
    drop(lines);
    let studio = bench.studio();
    open(&studio, &root);
    let paths = vec![log.display().to_string()];
    studio.import_log(ImportPaths { paths }).unwrap();
    let wider = format!("{POLICIES}\n@id(\"all\") permit (principal, action, resource);\n");
    studio.edit_file(edit("policies.cedar", &wider, 1)).unwrap();
    let preview = studio.preview_drift(Revision { revision: 1 }).unwrap();
    assert_eq!(preview.changes, 100_000);
    let path = bench.base.join("drift.csv");
    assert_eq!(
        exported(&studio, all(), TableForm::Csv, &path).unwrap(),
        100_000
    );
    let text = fs::read_to_string(&path).unwrap();
    let mut users: Vec<&str> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(1).unwrap())
        .collect();
    assert_eq!(users.len(), 100_000);
    users.sort_unstable();
    users.dedup();
    assert_eq!(users.len(), 1000);
    let told = bench.events.lock().unwrap().iter().any(|event| {
        matches!(event, ipc::Event::Progress { title, total: 100_000, .. } if title == "Exporting a table")
    });
    assert!(told);
    assert_eq!(code(studio.copy_table(all())), Code::BadCall);
    let few = ChangeFilter {
        text: "\"u7\"".into(),
        ..ChangeFilter::default()
    };
    let text = studio.copy_table(TableOf::Changes(few)).unwrap();
    assert_eq!(text.lines().count(), 102);
}

#[test]
fn a_file_that_cannot_be_written_stays_as_it_was() {
    let bench = Bench::new();
    let studio = previewed(&bench);
    let path = bench.base.join("kept.csv");
    fs::write(&path, "old").unwrap();
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let below = path.join("drift.csv");
    for refused in [&path, &below] {
        let failure = exported(&studio, all(), TableForm::Csv, refused).unwrap_err();
        assert_eq!(failure.code, Code::FileWrite);
        assert!(failure.message.contains(refused.to_str().unwrap()));
        assert!(failure.hint.contains("nothing was written"), "{failure:?}");
    }
    assert_eq!(fs::read(&path).unwrap(), b"old");
    // Nothing is under way any more.
    let free = bench.base.join("free.csv");
    assert!(exported(&studio, all(), TableForm::Csv, &free).is_ok());
}

#[test]
fn a_full_disk_takes_nothing() {
    if let Some(disk) = std::env::var_os(DISK) {
        let disk = Path::new(&disk);
        let bench = Bench::new();
        let studio = previewed(&bench);
        let path = disk.join("help.json");
        let words = || {
            TableOf::Help(HelpSearch {
                words: String::new(),
                lang: "en".into(),
            })
        };
        fs::write(disk.join("filler"), vec![0; 60 << 10]).unwrap();
        let failure = exported(&studio, words(), TableForm::Json, &path).unwrap_err();
        assert_eq!(failure.code, Code::StoreFull, "{failure:?}");
        assert!(failure.hint.contains("nothing was written"));
        assert_eq!(fs::read_dir(disk).unwrap().count(), 1);
        fs::remove_file(disk.join("filler")).unwrap();
        assert!(exported(&studio, words(), TableForm::Json, &path).unwrap() > 0);
        println!("\nplayed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-ec"])
        .arg(format!("mount -t tmpfs -o size=64k none \"${DISK}\"; exec \"$0\" --nocapture --exact tests::tables::a_full_disk_takes_nothing"))
        .arg(std::env::current_exe().unwrap())
        .env(DISK, folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (said, complained) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    if !said.contains("running 1 test") {
        println!(
            "not tested: this system lets nobody mount a file system of their own: {complained}"
        );
        return;
    }
    assert!(
        output.status.success() && said.contains("played"),
        "{said}{complained}"
    );
}

/// What somebody chose in a dialog is no more written over what is the program's own than what they name on the command line.
#[test]
fn nothing_is_written_over_what_is_the_program_s_own() {
    let bench = Bench::new();
    let (studio, _) = bench.small_studio();
    let root = bench.base.join("small");
    for folder in [
        root.join(".fabric"),
        bench.config.folders.data.clone(),
        bench.config.folders.state.join("deeper"),
    ] {
        fs::create_dir_all(&folder).unwrap();
        let own = folder.join("kept.json");
        fs::write(&own, "kept").unwrap();
        let path = own.display().to_string();
        let told = || ipc::NarrativeExport {
            telling: ipc::Telling {
                subject: ipc::NarrativeSubject::Promotion {
                    channel: "stable".to_owned(),
                    sequence: 1,
                },
                language: "en".to_owned(),
                letter: false,
            },
            form: ipc::NarrativeForm::Markdown,
            path: path.clone(),
        };
        for refused in [
            exported(&studio, TableOf::Differences, TableForm::Json, &own).map(drop),
            studio.export_help_counts(at(&path)),
            studio.save_diagnostics(ipc::DiagnosticsSave {
                path: path.clone(),
                without: Vec::new(),
            }),
            studio.export_narrative(told()),
            studio
                .export_bundle(ipc::ExportAsked {
                    first: 0,
                    last: 0,
                    from: None,
                    until: None,
                    edits: false,
                    reports: false,
                    decisions: false,
                    purpose: "p".to_owned(),
                    path: path.clone(),
                })
                .map(drop),
        ] {
            let failure = refused.unwrap_err();
            assert!(failure.message.contains("what is its own"), "{failure:?}");
        }
        assert_eq!(fs::read_to_string(&own).unwrap(), "kept");
    }
}
