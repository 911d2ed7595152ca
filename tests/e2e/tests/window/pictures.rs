//! How every place looks, beside kept pictures: light and dark, as wide as a laptop and as narrow as half of one. What differs from run to
//! run (moments, digests, folders) is written over with what does not. `cargo xtask pictures` keeps them anew.

use std::fs;

use e2e::{Error, Home, Stage, Theme, at, compare};
use serde_json::json;

use crate::{CONTRACTORS, ROWS, counted, open, releases::promoted};

/// No movement, no caret, nothing under a pointer; and a story's worth of words that stay.
const STILL: &str = r"
    const root = document.documentElement;
    root.dataset.still = '';
    if (!document.adoptedStyleSheets.some(it => it.still)) {
        const still = new CSSStyleSheet();
        still.still = true;
        still.replaceSync(`:root[data-still] {
            *, *::before, *::after { transition: none !important; animation-duration: 0s !important; animation-delay: 0s !important; caret-color: transparent !important; }
            .tooltip, .toasts { display: none !important; }
            .shell, dialog { pointer-events: none; }
            [data-test=sheets] svg { visibility: hidden; }
        }`);
        document.adoptedStyleSheets.push(still);
    }
    document.activeElement?.blur();
    const same = [
        [/\d{1,2} [A-Z][a-z]{2} \d{4}, \d{2}:\d{2}(:\d{2})?/g, '1 Jan 2026, 12:00'],
        [/\d{1,2} [A-Z][a-z]{2} \d{4}/g, '1 Jan 2026'],
        [/\d{4}-\d{2}-\d{2}T[\d:.]+Z?/g, '2026-01-01T12:00:00Z'],
        [/\/tmp\/\.tmp\w+/g, '/home/reader'],
        [/\b(?=[0-9a-f]*\d)[0-9a-f]{7,}\b/g, it => '0123456789abcdef'.repeat(8).slice(0, it.length)],
        [/\b[0-9a-f]{6}…[0-9a-f]{4}\b/g, '012345…cdef'],
        [/\b[\w+\/]{40,}=?/g, it => 'A'.repeat(it.length)],
        [/\b[\d.,]+ (ms|s|min|seconds?|minutes?)\b/g, '1 $1'],
        [/\b[\d.,]+ (kB|MB)\b/g, '1.0 $1'],
    ];
    for (const it of document.querySelectorAll('input[type=datetime-local]')) it.value = '2026-01-01T12:00';
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const said = same.reduce((text, [what, by]) => text.replace(what, by), node.nodeValue);
        if (said !== node.nodeValue) node.nodeValue = said;
    }";

/// What is on screen, once it does not change any more.
fn look(stage: &Stage, name: &str, wrong: &mut Vec<String>) -> Result<(), Error> {
    let mut before = None;
    let picture = stage.until("a picture that stays", || {
        stage.session().run(STILL, &json!([]))?;
        let now = stage.look(name)?;
        if before.as_ref() == Some(&now) {
            return Ok(Ok(now));
        }
        before = Some(now);
        Ok(Err("it changes".into()))
    })?;
    stage
        .session()
        .run("delete document.documentElement.dataset.still;", &json!([]))?;
    wrong.extend(compare(name, &picture, &stage.beside()?)?);
    Ok(())
}

/// A place in both themes and widths.
fn place(stage: &Stage, name: &str, wrong: &mut Vec<String>) -> Result<(), Error> {
    stage.gone(".stale")?;
    for width in [1440, 1000] {
        stage.session().resize(width, 900)?;
        stage.until("the width", || {
            let now = stage.session().run("return innerWidth;", &json!([]))?;
            Ok(if now == json!(width) {
                Ok(())
            } else {
                Err(now.to_string())
            })
        })?;
        // The pointer rests where nothing answers to it.
        stage.click(".top .brand")?;
        for theme in [Theme::Light, Theme::Dark] {
            stage.dress(theme)?;
            let theme = theme.name();
            look(stage, &format!("{name}-{theme}-{width}"), wrong)?;
        }
    }
    stage.session().resize(1440, 900)
}

/// Goes to a place as a click does, without a pointer that stays there.
fn go(stage: &Stage, selector: &str) -> Result<(), Error> {
    stage.find(selector)?;
    stage
        .session()
        .run(
            "document.querySelector(arguments[0]).click();",
            &json!([selector]),
        )
        .map(drop)
}

#[test]
fn every_place_looks_as_it_did() -> Result<(), Error> {
    let home = Home::with_sample(ROWS)?;
    // Bars beside the text and not over it, where they fade in their own time.
    let settings = home.path().join("config/gtk-3.0");
    let wrote = fs::create_dir_all(&settings).and_then(|()| {
        fs::write(
            settings.join("settings.ini"),
            "[Settings]\ngtk-overlay-scrolling=0\n",
        )
    });
    wrote.map_err(|error| Error::System("settings.ini".into(), error))?;
    at(home, "pictures", &[], |stage| {
        let mut wrong = Vec::new();
        stage.find("[data-test=start]")?;
        place(stage, "start", &mut wrong)?;
        go(stage, "[data-test=guide-leave]")?;
        go(stage, "[data-test=open-sample]")?;
        stage.find("[data-test=stories]")?;
        go(stage, "[data-test=story-2-contractors]")?;
        stage.find("[data-test=truth-gained]")?;
        open(stage, CONTRACTORS)?;
        counted(stage)?;
        place(stage, "policies", &mut wrong)?;
        go(stage, "[data-test=go-drift]")?;
        stage.find("[data-test=changes] .grid-row [data-test=viewed]")?;
        go(stage, "[data-test=next-change]")?;
        stage.text_when("[data-test=why]", "a reason", |text| {
            text.contains("contractor")
        })?;
        place(stage, "drift", &mut wrong)?;
        go(stage, "[data-test=go-releases]")?;
        promoted(stage, "stable", "1.0.0")?;
        place(stage, "releases", &mut wrong)?;
        go(stage, "[data-test=go-evidence]")?;
        go(stage, "[data-test=verify-sample]")?;
        stage.find("[data-test=verdict][data-verdict=Verified]")?;
        place(stage, "evidence", &mut wrong)?;
        go(stage, "[data-test=go-narratives]")?;
        go(stage, "[data-test=tell][data-kind=Promotion]")?;
        stage.find("[data-test=sheets]")?;
        place(stage, "narratives", &mut wrong)?;
        go(stage, "[data-test=go-settings]")?;
        place(stage, "settings", &mut wrong)?;
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));

        // What this cannot see would be worth nothing: another grey of the lines.
        let before = stage.look("pictures-lines")?;
        stage.session().run(
            "document.documentElement.style.setProperty('--line', 'light-dark(#d5d8de, #363d48)');",
            &json!([]),
        )?;
        stage.until("other lines", || {
            let now = stage.look("pictures-other-lines")?;
            Ok(if now.is_like(&before) {
                Err("the same".into())
            } else {
                Ok(())
            })
        })
    })
}
