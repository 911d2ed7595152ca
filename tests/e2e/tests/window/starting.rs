//! Starts that something is in the way of: after a crash, on a small display, without a bus, with a home that cannot be written. All
//! window tests run without a graphics card.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use e2e::{Error, Home, Theme, at};
use serde_json::json;

use crate::{ROWS, narrow};

const TOAST: &str = "[data-test=toast]";

#[test]
fn a_crash_is_told_once_and_diagnostics_are_looked_at_and_saved() -> Result<(), Error> {
    let mut home = Home::with_sample(ROWS)?;
    let out = home.path().join("out.zip");
    home.answer_dialogs_with(&out);
    at(home, "starting-crash", &["--sample"], |stage| {
        stage.find("[data-test=stories]")?;
        assert_eq!(stage.count(TOAST)?, 0, "a first start tells nothing");
        stage.crash_and_start(&["--sample"])?;
        stage.text_when(TOAST, "that it ended", |text| {
            text.contains("ended unexpectedly") && text.contains("drafts")
        })?;
        stage.picture("starting-crash");
        stage.click("[data-test=toast-offer]")?;
        stage.find("[data-test=diagnostics-file]")?;
        assert_eq!(stage.count("[data-test=diagnostics-file]")?, 6);
        stage.click("[data-test=diagnostics-file] summary")?;
        stage.text_when("[data-test=diagnostics-file] pre", "versions", |text| {
            text.contains("\"webview\"") && text.contains("\"engine\"")
        })?;
        for theme in Theme::ALL {
            stage.dress(theme)?;
            stage.picture(&format!("starting-diagnostics-{}", theme.name()));
        }
        stage.click("#diagnostics-3")?;
        stage.click("[data-test=diagnostics-save]")?;
        stage.text_when(TOAST, "that it is saved", |text| text.contains("saved"))?;
        let told = stage.home.fabric(&["diagnose", "--open", "out.zip"])?;
        assert!(
            told.contains("databases.json: left out by the user"),
            "{told}"
        );
        for secret in ["Northwind", "contractors", "amara"] {
            assert!(!told.contains(secret), "{secret} in {told}");
        }

        // In the settings, with what was opened of the help.
        stage.click("[data-test=go-settings]")?;
        stage.session().press("F1")?;
        stage.find("#help-article h1")?;
        stage.session().press("Escape")?;
        stage.gone("#help-article")?;
        stage.click("[data-test=go-policies]")?;
        stage.click("[data-test=go-settings]")?;
        stage.text_when("[data-test=help-counts]", "a count", |text| {
            text.contains("Settings") && text.contains("opened 1 time")
        })?;
        stage.picture("starting-settings");
        narrow(stage)?;
        stage.picture("starting-settings-narrow");
        stage.click("[data-test=count-help]")?;
        stage.text_when("[data-test=help-counts]", "what becomes of them", |text| {
            text.contains("Nothing more is counted")
        })?;
        stage.click("[data-test=clear-counts]")?;
        stage.text_when("[data-test=help-counts]", "none", |text| {
            text.contains("Nothing was counted")
        })?;

        // It came to its end this time.
        stage.close_and_start(&["--sample"])?;
        stage.find("[data-test=stories]")?;
        assert_eq!(stage.count(TOAST)?, 0);
        Ok(())
    })
}

/// A display of its own, of that size.
struct Display {
    server: Child,
    name: String,
}

impl Display {
    /// Nothing where there is no such server.
    fn of(size: &str) -> Option<Self> {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", size, "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut number = String::new();
        BufReader::new(server.stdout.take()?)
            .read_line(&mut number)
            .ok()?;
        let name = format!(":{}", number.trim());
        Some(Self { server, name })
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn a_small_display_without_a_bus_and_with_a_home_that_cannot_be_written() -> Result<(), Error> {
    let Some(display) = Display::of("800x600x24") else {
        println!("not tested: there is no Xvfb");
        return Ok(());
    };
    let mut home = Home::new()?;
    home.surround_with("DISPLAY", &display.name);
    home.surround_with("DBUS_SESSION_BUS_ADDRESS", "");
    home.surround_with("XDG_RUNTIME_DIR", home.path().join("nowhere"));
    // A file where each folder should be: it stops root too, as permissions would not.
    for name in ["data", "state"] {
        let place = home.path().join(name);
        fs::write(&place, "").map_err(|error| Error::System(name.into(), error))?;
    }
    at(home, "starting-small", &[], |stage| {
        stage.find("[data-test=start]")?;
        let size = stage
            .session()
            .run("return [innerWidth, innerHeight];", &json!([]))?;
        assert_eq!(
            size,
            json!([800, 600]),
            "the window takes the display and no more"
        );
        let told = "return [...document.querySelectorAll('[data-test=toast]')].map(it => it.innerText).join('\\n');";
        let told = stage.session().run(told, &json!([]))?;
        let told = told.as_str().unwrap_or_default();
        assert!(
            told.contains("cannot be written") && told.contains("no bus"),
            "{told}"
        );
        stage.picture("starting-small");
        // What is wrong covers nothing for ever.
        for _ in 0..2 {
            stage.click("[data-test=toast] button[aria-label=Dismiss]")?;
        }
        stage.gone(TOAST)?;
        stage.click("[data-test=go-settings]")?;
        stage.find("[data-test=settings]")?;
        stage.picture("starting-small-settings");
        Ok(())
    })
}
