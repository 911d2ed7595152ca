//! What `SECURITY.md` says is so: the tests it names are there, and the page in the window is shut in as it says.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

fn root() -> PathBuf {
    // Cargo runs tests in the folder of their package.
    PathBuf::from("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn configuration() -> Value {
    serde_json::from_str(&read("src-tauri/tauri.conf.json")).unwrap()
}

/// Whether a file has a test of that name.
fn has_test(source: &str, name: &str) -> bool {
    let head = format!("fn {name}(");
    let mut lines: Vec<&str> = Vec::new();
    for line in source.lines().map(str::trim) {
        if line.starts_with(&head) {
            let above = lines.iter().rev();
            let mut above =
                above.take_while(|line| line.starts_with("#[") || line.starts_with("//"));
            return above.any(|line| *line == "#[test]");
        }
        lines.push(line);
    }
    false
}

#[test]
fn every_threat_names_tests_that_are_there() {
    let text = read("SECURITY.md");
    let rows: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| threat"))
        .collect();
    assert!(rows.len() >= 20, "{} threats", rows.len());
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").collect();
        let [threat, _, held] = cells.as_slice() else {
            panic!("three cells: {row}");
        };
        let mut file: Option<(&str, String)> = None;
        let mut tests = 0;
        for named in held.split('`').skip(1).step_by(2) {
            if named.contains('/') {
                file = Some((named, read(named)));
                continue;
            }
            let (path, source) = file.as_ref().unwrap_or_else(|| panic!("{threat}: no file"));
            assert!(
                has_test(source, named),
                "{threat}: {path} has no test `{named}`"
            );
            tests += 1;
        }
        assert!(tests > 0, "{threat}: held by nothing");
    }
}

#[test]
fn a_test_that_is_not_there_is_noticed() {
    let source = "#[test]\nfn is_there() {}\nfn helper() {}\n";
    assert!(has_test(source, "is_there"));
    for other in ["is_not", "helper", "is_the"] {
        assert!(!has_test(source, other), "{other}");
    }
}

#[test]
fn the_page_runs_nothing_but_its_own_and_reaches_nobody() {
    let configuration = configuration();
    let security = &configuration["app"]["security"];
    assert_eq!(security["freezePrototype"], true);
    assert_eq!(configuration["app"]["withGlobalTauri"], false);
    assert_eq!(
        configuration["build"]["removeUnusedCommands"], true,
        "what is not allowed is not built in"
    );
    let policy: BTreeMap<String, String> = serde_json::from_value(security["csp"].clone()).unwrap();
    for (what, sources) in &policy {
        for source in sources.split(' ') {
            let own = [
                "'self'",
                "'none'",
                "ipc:",
                "http://ipc.localhost",
                "data:",
                "blob:",
            ];
            let fits = match (what.as_str(), source) {
                // WebAssembly of its own; no script from a text.
                ("script-src", "'wasm-unsafe-eval'") => true,
                // Pictures are bytes that are shown; a script or a style from such an address would run.
                (_, "data:" | "blob:") => what == "img-src",
                (_, "ipc:" | "http://ipc.localhost") => what == "connect-src",
                _ => own.contains(&source),
            };
            assert!(fits, "`{what}` allows `{source}`");
        }
    }
    for (what, sources) in [
        ("default-src", "'self'"),
        ("script-src", "'self' 'wasm-unsafe-eval'"),
        ("style-src", "'self'"),
        ("object-src", "'none'"),
        ("base-uri", "'none'"),
        ("frame-ancestors", "'none'"),
        ("form-action", "'none'"),
    ] {
        assert_eq!(
            policy.get(what).map(String::as_str),
            Some(sources),
            "{what}"
        );
    }
}

#[test]
fn the_window_may_call_the_application_and_nothing_else() {
    let named = &configuration()["app"]["security"]["capabilities"];
    assert_eq!(*named, json!(["main"]));
    let folder = root().join("src-tauri/capabilities");
    let files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(files, ["main.json"]);
    let capability: Value =
        serde_json::from_str(&read("src-tauri/capabilities/main.json")).unwrap();
    assert_eq!(
        capability["permissions"],
        json!(["allow-rpc", "allow-events"])
    );
    assert_eq!(capability["windows"], json!(["main"]));
    assert!(
        capability.get("remote").is_none(),
        "pages of others may call nothing"
    );
}

/// Everything the interface is made of, but for what is generated.
fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !["node_modules", "dist", "target"].contains(&name.as_str()) {
            sources(&path, into);
        } else if ["html", "css", "js", "mjs", "ts", "rs"]
            .iter()
            .any(|end| name.ends_with(&format!(".{end}")))
        {
            into.push(path);
        }
    }
}

#[test]
fn the_interface_names_no_other_host() {
    let mut files = Vec::new();
    sources(&root().join("ui"), &mut files);
    assert!(files.len() > 50, "{} files", files.len());
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        for (at, _) in text.match_indices("://") {
            let start = text[..at].rfind(|sign: char| !sign.is_ascii_alphabetic());
            let scheme = &text[start.map_or(0, |start| start + 1)..at];
            let rest: String = text[at + 3..].chars().take(30).collect();
            // The name of a kind of markup, which is never asked for.
            let harmless = rest.starts_with("www.w3.org/");
            let asked = matches!(scheme, "http" | "https" | "ws" | "wss");
            let comment = text[..at].lines().last().is_some_and(|line| {
                line.trim_start().starts_with("//") || line.trim_start().starts_with('*')
            });
            assert!(
                !asked || harmless || comment,
                "{} names {scheme}://{rest}",
                path.display()
            );
        }
    }
}

/// What the page is told is made of the types of `ipc` and `model`: none of them has a field in which a secret would travel.
#[test]
fn no_answer_to_the_page_has_room_for_a_secret() {
    let mut files = Vec::new();
    sources(&root().join("crates/ipc/src"), &mut files);
    sources(&root().join("crates/model/src"), &mut files);
    let mut taken = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let mut within = String::new();
        for line in text.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix("pub struct ") {
                let end = name.find(|sign: char| !sign.is_alphanumeric());
                within = name[..end.unwrap_or(name.len())].to_owned();
            }
            let field = line
                .strip_prefix("pub ")
                .and_then(|line| line.split_once(": "));
            let Some((field, _)) = field else { continue };
            let secret = ["passphrase", "password", "seed_bytes", "secret", "private"];
            if secret.iter().any(|word| field.contains(word)) {
                taken.push(format!("{within}.{field}"));
            }
        }
    }
    // What the user types goes one way.
    assert_eq!(taken, ["Unlock.passphrase"]);
    let list = read("crates/ipc/src/lib.rs");
    let takes: Vec<_> = list
        .lines()
        .filter(|line| line.contains(": Unlock =>"))
        .collect();
    assert_eq!(takes.len(), 1, "{takes:?}");
    assert!(takes[0].ends_with(": Unlock => ();"), "{takes:?}");
    assert!(!list.contains("=> Unlock"), "no answer carries one");
}
