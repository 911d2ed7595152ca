//! What the page promises.

use std::{fs, thread, time::Duration};

use e2e::Error;
use evidence::verify::Outcome;
use serde_json::{Value, json};

use crate::{
    cases::{Case, cases, good, long, mutants},
    page::{Page, built, on, on_page, states},
};

#[test]
fn page_and_command_line_come_to_the_same_verdict() -> Result<(), Error> {
    on_page(|page| {
        let cases = cases();
        for case in cases.iter().chain(&mutants(40)) {
            page.choose(case)?;
            let (shown, said) = (page.shown()?, page.fabric(case));
            let said = String::from_utf8(said.stdout).unwrap();
            assert_eq!(shown.json.clone() + "\n", said, "{}: {shown:?}", case.name);
            let verdict: Value = serde_json::from_str(&said).unwrap();
            assert_eq!(
                verdict["verdict"],
                json!(case.verdict),
                "{}: {verdict:#}",
                case.name
            );
            if !case.name.starts_with("mutant") {
                assert_eq!(
                    states(&verdict, "fail"),
                    case.fails,
                    "{}: {verdict:#}",
                    case.name
                );
            }
            let word = match case.verdict {
                Outcome::Verified => "Verified",
                Outcome::Failed => "Failed",
                Outcome::CannotDecide => "Cannot decide",
            };
            assert!(shown.banner.starts_with(word), "{}: {shown:?}", case.name);
        }
        assert_eq!(page.network.asked(), Vec::<String>::new());
        Ok(())
    })
}

#[test]
fn what_the_auditor_gives_is_refused_in_the_same_words() -> Result<(), Error> {
    on_page(|page| {
        let trust = Case {
            trust: Some("{\"version\":1,\"kees\":[]}".into()),
            ..good()
        };
        let seen = Case {
            seen: Some("example.com/ledger\nthree\n".into()),
            ..good()
        };
        let at = Case {
            at: Some("tomorrow".into()),
            ..good()
        };
        for (case, field) in [(trust, "trust"), (seen, "seen"), (at, "at")] {
            page.choose(&case)?;
            let shown = page.shown()?;
            assert_eq!((shown.state.as_str(), shown.json.as_str()), ("failed", ""));
            let said = page.fabric(&case);
            let failure: Value = serde_json::from_slice(&said.stdout).unwrap();
            let message = failure["error"]["message"].as_str().unwrap();
            assert!(shown.banner.contains(message), "{shown:?}\n{failure:#}");
            let marked = page.session.run(
                "return [...document.querySelectorAll('[aria-invalid=true]')].map(field => field.id)",
                &json!([]),
            )?;
            assert_eq!(marked, json!([field]));
        }
        Ok(())
    })
}

#[test]
fn nothing_is_asked_of_the_network_and_the_page_can_tell() -> Result<(), Error> {
    // A page whose verifier is let out through a door that it should not have.
    let text = fs::read_to_string(built()?).unwrap();
    let door = "progress: (done, total) => {";
    assert!(text.contains(door));
    let open = format!("{door} try {{ fetch('http://outside.test/worker') }} catch {{}}");
    let folder = tempfile::tempdir().unwrap();
    let bent = folder.path().join("bent.html");
    fs::write(&bent, text.replacen(door, &open, 1)).unwrap();
    on(&bent, |page| {
        page.choose(&good())?;
        let verdict: Value = serde_json::from_str(&page.shown()?.json).unwrap();
        assert_eq!(states(&verdict, "fail"), ["V20"]);
        // Nor does the page itself get out.
        let refused = page.session.run_async(
            "const done = arguments[arguments.length - 1];
             fetch('http://outside.test/page').then(() => done('answered'), error => done(String(error)));",
            &json!([]),
        )?;
        assert!(refused.as_str().unwrap().contains("TypeError"), "{refused}");
        assert_eq!(page.network.asked(), Vec::<String>::new());
        // And this network would have noticed.
        let _ = page.session.open("http://outside.test/control");
        let asked = page.network.asked();
        assert!(
            asked
                .iter()
                .any(|line| line.contains("outside.test/control")),
            "{asked:?}"
        );
        Ok(())
    })
}

#[test]
fn the_verifier_is_given_nothing_but_its_host() -> Result<(), Error> {
    on_page(|page| {
        let imports = page.session.run_async(
            "const done = arguments[arguments.length - 1];
             verifier.then(module => done(WebAssembly.Module.imports(module).map(({ name }) => name)));",
            &json!([]),
        )?;
        let imports: Vec<_> = imports
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect();
        let named = |part: &str| imports.iter().filter(|name| name.contains(part)).count();
        assert_eq!(
            (named("progress"), named("connections")),
            (1, 1),
            "{imports:?}"
        );
        // The rest are the bindings' own: texts, numbers, errors.
        let others = imports.iter().filter(|name| {
            !name.contains("progress")
                && !name.contains("connections")
                && !name.contains("__wbindgen_")
        });
        assert_eq!(others.count(), 0, "{imports:?}");
        Ok(())
    })
}

#[test]
fn a_verifier_that_cannot_start_gives_no_verdict() -> Result<(), Error> {
    let text = fs::read_to_string(built()?).unwrap();
    let (before, after) = text.split_once("id=\"verifier\">").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let bent = folder.path().join("bent.html");
    fs::write(
        &bent,
        format!("{before}id=\"verifier\">AAAA{}", after.get(4..).unwrap()),
    )
    .unwrap();
    on(&bent, |page| {
        page.choose(&good())?;
        let shown = page.shown()?;
        assert_eq!((shown.state.as_str(), shown.json.as_str()), ("failed", ""));
        assert!(shown.banner.contains("Nothing is decided"), "{shown:?}");
        Ok(())
    })
}

#[test]
fn a_long_verification_shows_how_far_it_is_and_can_be_cancelled() -> Result<(), Error> {
    on_page(|page| {
        page.choose(&long(4_000))?;
        let far = page.session.run_async(
            "const done = arguments[arguments.length - 1];
             const look = () => {
                 const progress = document.getElementById('progress');
                 if (progress.value > 0 || document.body.dataset.state !== 'working') done(progress.value);
                 else requestAnimationFrame(look);
             };
             look();",
            &json!([]),
        )?;
        assert!(far.as_f64().unwrap() > 0.0, "{far}");
        page.click("#cancel")?;
        let shown = page.shown()?;
        assert!(shown.banner.starts_with("Cancelled"), "{shown:?}");
        assert_eq!(shown.json, "");
        // And then the next one.
        page.choose(&good())?;
        assert!(page.shown()?.banner.starts_with("Verified"));
        Ok(())
    })
}

#[test]
fn files_can_be_dropped_and_names_of_strangers_are_only_names() -> Result<(), Error> {
    on_page(|page| {
        let case = good();
        let name = "<img src=x onerror=alert(1)>\u{202e}.tfb";
        page.session.run(
            "const [name, bundle, trust] = arguments;
             const dropped = new DataTransfer();
             dropped.items.add(new File([trust], 'mine.json'));
             dropped.items.add(new File([new Uint8Array(bundle)], name));
             document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true }));",
            &json!([name, case.bundle, case.trust]),
        )?;
        let shown = page.shown()?;
        assert!(shown.banner.starts_with("Verified: <img"), "{shown:?}");
        assert!(shown.banner.contains("\\u{202e}"), "{shown:?}");
        let verdict: Value = serde_json::from_str(&shown.json).unwrap();
        assert_eq!(verdict["subject"]["name"], name);
        let images = page
            .session
            .run("return document.images.length", &json!([]))?;
        assert_eq!(images, 0);
        Ok(())
    })
}

#[test]
fn everything_can_be_done_by_keyboard_and_the_verdict_saved() -> Result<(), Error> {
    const FIELDS: [&str; 8] = [
        "bundle", "trust", "seen", "at", "now", "submit", "reset", "summary",
    ];
    on_page(|page| {
        let case = good();
        page.choose(&case)?;
        let shown = page.shown()?;
        page.session
            .run("document.activeElement.blur(); window.focus()", &json!([]))?;
        // Wherever it begins and however many stops are the browser's own. What is saved last shows the browser's own list, which
        // may take the focus.
        let mut met = Vec::new();
        for _ in 0..60 {
            page.session.press("Tab")?;
            let focus = page.session.run(
                "const e = document.activeElement; return e.id || e.type || e.localName",
                &json!([]),
            )?;
            met.push(focus.as_str().unwrap_or_default().to_owned());
            if focus == "save" && FIELDS.iter().all(|one| met.iter().any(|had| had == one)) {
                break;
            }
        }
        for field in FIELDS.iter().chain(&["save"]) {
            assert!(met.iter().any(|one| one == field), "{field}: {met:?}");
        }
        assert_eq!(met.last().map(String::as_str), Some("save"), "{met:?}");
        page.session.press("Enter")?;
        let saved = page.folder().join("Downloads/good.tfb.verdict.json");
        for _ in 0..400 {
            if saved.is_file() {
                break;
            }
            thread::sleep(Duration::from_millis(25));
        }
        assert_eq!(fs::read_to_string(saved).unwrap(), shown.json + "\n");
        Ok(())
    })
}

/// Looks at the page in every theme, and adds what is wrong with it.
fn look(page: &Page, what: &str, found: &mut Vec<String>) -> Result<(), Error> {
    for theme in ["light", "dark"] {
        for contrast in ["", "more"] {
            page.session.run(
                "Object.assign(document.documentElement.dataset, { theme: arguments[0], contrast: arguments[1] })",
                &json!([theme, contrast]),
            )?;
            let violations = page.session.violations()?;
            let told = |violation| format!("{what}, {theme} {contrast}: {violation:?}");
            found.extend(violations.iter().map(told));
        }
    }
    Ok(())
}

#[test]
fn assistive_technology_finds_nothing_wrong() -> Result<(), Error> {
    on_page(|page| {
        let mut found = Vec::new();
        look(page, "empty", &mut found)?;
        let all = cases();
        for name in ["good", "v03", "no-trust"] {
            let case = all.iter().find(|case| case.name == name).unwrap();
            page.choose(case)?;
            page.shown()?;
            look(page, name, &mut found)?;
        }
        assert!(found.is_empty(), "{found:#?}");
        Ok(())
    })
}
