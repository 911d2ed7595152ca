//! Diagnostics: nothing secret leaves, whatever the workspace, the settings and the log hold.

use std::collections::BTreeMap;

use diagnostics::{Canaries, Secret, log::Writer, open as open_archive};
use ipc::{DiagnosticsSave, DiagnosticsView};

use super::*;
use crate::{DiagnosticsSubject, log_folder};

const NOW: u64 = 1_790_000_000;

/// What stands somewhere on this machine and must stand nowhere in an archive.
const PLANTED: [&str; 9] = [
    "ghp_0123456789abcdefghijABCDEFGHIJ",
    "mallory",
    "mallory@example.com",
    "quarterly-plan",
    "Northwind Secret Unit",
    "acme-tenant",
    "correct horse battery",
    "only-owners-may",
    "contractors-of-acme.cedar",
];

/// A workspace, settings and a log with planted secrets.
fn planted(bench: &Bench) -> PathBuf {
    let root = bench.small();
    write(
        &root,
        "workspace.toml",
        "name = \"Northwind Secret Unit\"\ntenant = \"acme-tenant\"\n",
    );
    write(
        &root,
        "contractors-of-acme.cedar",
        "@id(\"only-owners-may\")\npermit (principal == User::\"mallory\", action, resource);\n",
    );
    write(
        &root,
        "entities/more.json",
        r#"[{"uid": {"type": "User", "id": "mallory"}, "attrs": {}, "parents": []},
            {"uid": {"type": "User", "id": "mallory@example.com"}, "attrs": {}, "parents": []},
            {"uid": {"type": "Doc", "id": "quarterly-plan"}, "attrs": {"owner": {"__entity": {"type": "User", "id": "mallory"}}, "secret": true}, "parents": []}]"#,
    );
    let app = store::App::open(&bench.config.folders.data).unwrap();
    app.set_settings(r#"{"theme":"dark","density":"comfortable","language":"en","format_on_save":true,"token":"ghp_0123456789abcdefghijABCDEFGHIJ"}"#).unwrap();
    let recent = store::Recent {
        path: "/srv/quarterly-plan".into(),
        name: "Northwind Secret Unit".into(),
        opened_at: 1,
    };
    app.touch_recent(&recent).unwrap();
    let writer = Writer::to(&log_folder(&bench.config.folders), || NOW).unwrap();
    tracing::subscriber::with_default(writer, || {
        for secret in PLANTED {
            diagnostics::log::panicked(&format!("no `{secret}` in \"{secret}\""), secret);
            diagnostics::log::failed(secret, Code::FileConflict, 3);
            tracing::error!(target: diagnostics::log::TARGET, text = %secret, "{secret}");
        }
    });
    let mut log = fs::read_to_string(log_folder(&bench.config.folders).join("studio.log")).unwrap();
    log.push_str("a line by hand: mallory@example.com ghp_0123456789abcdefghijABCDEFGHIJ\n");
    fs::write(log_folder(&bench.config.folders).join("studio.log"), log).unwrap();
    root
}

fn texts(view: &DiagnosticsView) -> BTreeMap<&str, serde_json::Value> {
    let read = |text: &str| serde_json::from_str(text).unwrap_or_default();
    view.files
        .iter()
        .map(|file| (file.name.as_str(), read(&file.text)))
        .collect()
}

#[test]
fn planted_secrets_never_appear() {
    let bench = Bench::new();
    let root = planted(&bench);
    let studio = bench.studio();
    open(&studio, &root);
    studio
        .unlock_ledger(ipc::Unlock {
            passphrase: "correct horse battery".into(),
        })
        .ok();
    let view = studio.prepare_diagnostics(()).unwrap();
    let whole: String = view.files.iter().map(|file| file.text.as_str()).collect();
    for secret in PLANTED {
        assert!(!whole.contains(secret), "{secret} in {whole}");
    }
    let base = bench.base.to_string_lossy();
    assert!(!whole.contains(&*base), "{whole}");
    assert!(view.files.iter().all(|file| !file.caught), "{view:?}");

    let facts = texts(&view);
    assert_eq!(facts["about.json"]["program"], env!("CARGO_PKG_VERSION"));
    assert_eq!(facts["about.json"]["webview"], "2.48.5");
    assert_eq!(facts["about.json"]["log_lines_left_out"], 1);
    assert_eq!(facts["settings.json"]["theme"], "dark");
    assert_eq!(facts["settings.json"]["readable"], true);
    assert_eq!(facts["workspace.json"]["files"]["policies"], 2);
    assert_eq!(facts["workspace.json"]["entities"], 8);
    let app = &facts["databases.json"][0];
    assert_eq!(
        (&app["database"], &app["sound"]),
        (&"app".into(), &true.into())
    );
    assert_eq!(app["tables"][0]["table"], "recent");

    let path = bench.base.join(&view.name);
    let save = |without: &[&str]| {
        studio.save_diagnostics(DiagnosticsSave {
            path: path.to_string_lossy().into_owned(),
            without: without.iter().map(|name| (*name).to_owned()).collect(),
        })
    };
    save(&["databases.json"]).unwrap();
    let bytes = fs::read(&path).unwrap();
    let opened = open_archive(&bytes, NOW).unwrap();
    assert!(!opened.expired);
    assert!(
        opened
            .manifest
            .left_out
            .iter()
            .any(|it| it.what == "databases.json")
    );
    for (name, text) in &opened.files {
        let shown = view.files.iter().find(|file| file.name == *name).unwrap();
        assert_eq!(*text, shown.text, "what was shown is what is saved");
    }
    for secret in PLANTED {
        let secret = secret.as_bytes();
        assert!(!bytes.windows(secret.len()).any(|part| part == secret));
    }
    assert_eq!(code(save(&["nothing.json"])), Code::BadCall);
}

#[test]
fn what_redaction_misses_is_caught_and_the_rest_can_be_saved() {
    let bench = Bench::new();
    let root = planted(&bench);
    // A plain word is no secret by its form, and a panic may say plain words: only who knows the entities can tell.
    let writer = Writer::to(&log_folder(&bench.config.folders), || NOW).unwrap();
    tracing::subscriber::with_default(writer, || {
        diagnostics::log::panicked("there is no group of mallory", "src/x.rs:1:2");
    });
    let studio = bench.studio();
    open(&studio, &root);
    let view = studio.prepare_diagnostics(()).unwrap();
    let caught: Vec<_> = view.files.iter().filter(|file| file.caught).collect();
    assert_eq!(caught.len(), 1);
    assert_eq!(caught[0].name, "log.jsonl");

    let path = bench.base.join("out.zip");
    let save = |without: &[&str]| {
        studio.save_diagnostics(DiagnosticsSave {
            path: path.to_string_lossy().into_owned(),
            without: without.iter().map(|name| (*name).to_owned()).collect(),
        })
    };
    let refused = save(&[]).unwrap_err();
    assert_eq!(refused.code, Code::DiagnosticsSecret);
    assert!(refused.message.contains("`log.jsonl`") && !refused.message.contains("mallory"));
    assert!(!path.exists(), "nothing is written");
    save(&["log.jsonl"]).unwrap();
    assert!(path.exists());
}

#[test]
fn nothing_is_saved_that_was_not_shown() {
    let bench = Bench::new();
    let studio = bench.studio();
    let asked = DiagnosticsSave {
        path: bench.base.join("out.zip").to_string_lossy().into_owned(),
        without: vec![],
    };
    assert_eq!(code(studio.save_diagnostics(asked.clone())), Code::BadCall);
    // Without a workspace, and with nothing of the user's on the disk.
    let view = studio.prepare_diagnostics(()).unwrap();
    assert_eq!(texts(&view)["workspace.json"]["open"], false);
    studio.save_diagnostics(asked).unwrap();
}

#[test]
fn the_same_machine_and_salt_give_the_same_bytes() {
    let bench = Bench::new();
    let root = planted(&bench);
    let subject = DiagnosticsSubject {
        folders: &bench.config.folders,
        root: Some(&root),
        webview: None,
        now: NOW,
    };
    let pack = |salt| subject.draft(salt).pack(&[], &subject.canaries()).unwrap();
    assert_eq!(pack([1; 32]), pack([1; 32]));
    assert_ne!(pack([1; 32]), pack([2; 32]));
}

#[test]
fn looking_changes_nothing_and_damage_is_told_by_code() {
    let bench = Bench::new();
    let root = bench.small();
    write(&root, "workspace.toml", "nmae = 1");
    let data = &bench.config.folders.data;
    fs::create_dir_all(data).unwrap();
    fs::write(
        data.join("app.db"),
        "no database, but long enough to look like one",
    )
    .unwrap();
    let before = fs::read(data.join("app.db")).unwrap();
    let subject = DiagnosticsSubject {
        folders: &bench.config.folders,
        root: Some(&root),
        webview: None,
        now: NOW,
    };
    let draft = subject.draft([1; 32]);
    let text = |name: &str| {
        let document = draft.documents.iter().find(|it| it.name == name).unwrap();
        serde_json::from_str::<serde_json::Value>(&document.text).unwrap()
    };
    assert_eq!(text("databases.json")[0]["failure"], "store_damaged");
    assert_eq!(text("settings.json")["failure"], "store_damaged");
    assert_eq!(text("workspace.json")["problems"]["workspace_config"], 1);
    assert_eq!(fs::read(data.join("app.db")).unwrap(), before);
    assert!(!bench.config.folders.state.exists() && !root.join(".fabric").exists());
}

#[test]
fn a_secret_of_the_environment_and_a_passphrase_are_searched_for() {
    let bench = Bench::new();
    let root = planted(&bench);
    let subject = DiagnosticsSubject {
        folders: &bench.config.folders,
        root: Some(&root),
        webview: None,
        now: NOW,
    };
    let mut known: Canaries = subject.canaries();
    let passphrase = vault::Passphrase::new("correct horse battery".into());
    known.ask(Secret::Passphrase, move |bytes| passphrase.stands_in(bytes));
    let found = |text: String| {
        let hits = known.search([("f", text.as_bytes())], &Default::default());
        hits.unwrap().first().map(|hit| hit.what)
    };
    for (text, what) in [
        ("x correct horse battery".to_owned(), "a passphrase"),
        ("\"mallory\"".to_owned(), "the id of an entity"),
        ("quarterly-plan".to_owned(), "the id of an entity"),
        ("acme-tenant".to_owned(), "a name that somebody gave"),
        ("only-owners-may".to_owned(), "a name that somebody gave"),
        (root.to_string_lossy().into_owned(), "the path of a folder"),
        ("/srv/quarterly-plan/x".to_owned(), "the path of a folder"),
    ] {
        assert_eq!(found(text.clone()), Some(what), "{text}");
    }
    assert_eq!(found("nothing of that".into()), None);
}
