//! A machine in a bad state: the Studio starts, says what is wrong and what to do, and keeps working.

use ipc::{Settings, StartView, Theme};

use super::*;

/// The Studio's first answer, with a workspace open: it works.
fn start(bench: &Bench) -> (Studio, StartView) {
    let studio = bench.studio();
    let view = studio.start(()).unwrap();
    for notice in &view.notices {
        assert!(notice.hint.len() > 10, "{notice:?}");
    }
    (studio, view)
}

fn works(bench: &Bench, studio: &Studio) {
    let root = bench.small();
    open(studio, &root);
    let edited = studio
        .edit_file(edit("policies.cedar", "// new", 1))
        .unwrap();
    assert!(edited.draft);
    studio.save_file(at("policies.cedar")).unwrap();
}

/// Without a bus in the way, which is a notice of its own.
fn bench() -> Bench {
    let mut bench = Bench::new();
    bench.config.webview = None;
    bench
}

#[test]
fn settings_that_cannot_be_understood_are_told_and_left_until_somebody_sets_some() {
    for stored in ["{\"theme\":\"purple\"}", "{\"theme\":", "[1]", "", "\u{0}"] {
        let bench = bench();
        let app = store::App::open(&bench.config.folders.data).unwrap();
        app.set_settings(stored).unwrap();
        let (studio, view) = start(&bench);
        assert_eq!(codes(&view.notices), [Code::SettingsInvalid], "{stored}");
        assert_eq!(view.settings, Settings::default());
        assert_eq!(app.settings().unwrap().unwrap(), stored);
        works(&bench, &studio);
        let dark = Settings {
            theme: Theme::Dark,
            ..Settings::default()
        };
        studio.save_settings(dark).unwrap();
        let view = studio.start(()).unwrap();
        assert_eq!((view.settings, view.notices), (dark, vec![]));
    }
}

#[test]
fn a_database_of_settings_that_is_damaged_or_cut_in_half_is_told() {
    let whole = bench();
    drop(store::App::open(&whole.config.folders.data).unwrap());
    let bytes = fs::read(whole.config.folders.data.join("app.db")).unwrap();
    for content in [
        &bytes[..bytes.len() / 2],
        b"garbage that is no database, long enough to look like one",
    ] {
        let bench = bench();
        let data = &bench.config.folders.data;
        fs::create_dir_all(data).unwrap();
        fs::write(data.join("app.db"), content).unwrap();
        let (studio, view) = start(&bench);
        assert_eq!(codes(&view.notices), [Code::StoreDamaged]);
        let details = view.notices[0].details.as_deref().unwrap_or_default();
        assert!(details.contains("forgotten"), "{details}");
        works(&bench, &studio);
        assert_eq!(fs::read(data.join("app.db")).unwrap(), content);
    }
}

#[test]
fn a_home_that_cannot_be_written_is_told() {
    let bench = bench();
    // A file where each folder should be: it stops root too, as permissions would not.
    fs::write(bench.base.join("state"), "").unwrap();
    fs::write(bench.base.join("data"), "").unwrap();
    let (studio, view) = start(&bench);
    assert_eq!(view.notices.len(), 1, "{:?}", view.notices);
    assert!(
        studio.begin_run().is_err(),
        "nobody learns how this run ends"
    );
    works(&bench, &studio);
}

#[test]
fn a_clock_ten_years_off_is_told() {
    const YEAR: i64 = 365 * 24 * 60 * 60 * 1000;
    let now = bench().config.clock.clone();
    for (off, told) in [(-10, true), (10, true), (0, false)] {
        let mut bench = bench();
        let now = now.clone();
        bench.config.clock = Arc::new(move || now() + off * YEAR);
        let (studio, view) = start(&bench);
        let expected: &[Code] = if told { &[Code::ClockOff] } else { &[] };
        assert_eq!(codes(&view.notices), expected, "{off}");
        works(&bench, &studio);
    }
    let mut bench = bench();
    bench.config.clock = Arc::new(|| -1_000);
    assert_eq!(codes(&start(&bench).1.notices), [Code::ClockOff]);
}

#[test]
fn a_run_that_ended_badly_is_told_once() {
    let bench = bench();
    let (first, view) = start(&bench);
    assert_eq!(view.ended_badly, None);
    let mut sentinel = first.begin_run().unwrap();
    sentinel.end();
    let second = bench.studio();
    drop(second.begin_run().unwrap());
    assert_eq!(
        second.start(()).unwrap().ended_badly,
        None,
        "the first came to its end"
    );

    let third = bench.studio();
    let mut sentinel = third.begin_run().unwrap();
    let ended = third.start(()).unwrap().ended_badly.unwrap();
    assert_eq!(ended.version, env!("CARGO_PKG_VERSION"));
    assert!(ended.since.starts_with("20"), "{}", ended.since);
    assert_eq!(third.start(()).unwrap().ended_badly, None, "told once");
    sentinel.end();
}

#[test]
#[cfg(target_os = "linux")]
fn a_session_without_a_bus_and_a_keyring_is_told() {
    const ROLE: &str = "STUDIO_TEST_NO_BUS";
    if std::env::var_os(ROLE).is_some() {
        let bench = Bench::new();
        let list = serde_json::json!([{
            "name": "ledger", "public": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "kept": "keyring", "state": "in_force", "created": 1
        }]);
        write(
            &bench.config.folders.data,
            "keys/keys.json",
            &list.to_string(),
        );
        let (studio, view) = start(&bench);
        assert_eq!(
            codes(&view.notices),
            [Code::BusMissing, Code::KeyringMissing]
        );
        works(&bench, &studio);
        println!("\nplayed");
        return;
    }
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--nocapture",
            "--exact",
            "tests::starting::a_session_without_a_bus_and_a_keyring_is_told",
        ])
        .env(ROLE, "1")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("XDG_RUNTIME_DIR")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("played"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
