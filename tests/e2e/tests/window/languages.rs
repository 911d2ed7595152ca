//! The window in other languages: switched while it runs, with nothing lost; and in longer words, with nothing cut off.

use e2e::{Error, Stage};
use serde_json::json;

use crate::{CONTRACTORS, counted, narrow, open, sample};

/// Sets the language as the list in Settings does; the pseudo-language is not offered there.
pub fn speak(stage: &Stage, tag: &str) -> Result<(), Error> {
    stage.click("[data-test=go-settings]")?;
    stage.find("[data-test=language]")?;
    stage.session().run(
        "const list = document.querySelector('#language');
         if (![...list.options].some(it => it.value === arguments[0])) list.add(new Option(arguments[0], arguments[0]));
         list.value = arguments[0];
         list.dispatchEvent(new Event('change', { bubbles: true }));",
        &json!([tag]),
    )?;
    stage.until("the language", || {
        let spoken = stage
            .session()
            .run("return document.documentElement.lang;", &json!([]))?;
        Ok(if spoken == json!(tag) {
            Ok(())
        } else {
            Err(spoken.to_string())
        })
    })
}

/// How many gain access, in the words of the window.
fn gained(stage: &Stage) -> Result<String, Error> {
    counted(stage)?;
    stage.text("[data-test=truth-gained]")
}

#[test]
fn the_language_changes_without_a_restart_and_nothing_is_lost() -> Result<(), Error> {
    sample("languages", &[], |stage| {
        stage.click("[data-test=open-sample]")?;
        stage.click("[data-test=story-2-contractors]")?;
        stage.find("[data-test=truth-gained]")?;
        open(stage, CONTRACTORS)?;
        let english = gained(stage)?;
        for (tag, problems, search) in [
            ("de", "Probleme", "Hilfe durchsuchen"),
            ("fr", "Problèmes", "Chercher dans l’aide"),
        ] {
            speak(stage, tag)?;
            stage.picture(&format!("settings-{tag}"));
            stage.click("[data-test=go-policies]")?;
            // The draft and its file are in front as before, and what it changes is told in the language.
            stage.text_when("[data-test=crumb]", "the file", |text| {
                text.contains("contractors.cedar")
            })?;
            stage.text_when("[data-test=inspector-tab-problems]", problems, |text| {
                text.contains(problems)
            })?;
            assert_ne!(gained(stage)?, english);
            stage.picture(&format!("policies-{tag}"));
            for place in ["drift", "releases", "evidence", "narratives"] {
                stage.click(&format!("[data-test=go-{place}]"))?;
                stage.find(&format!("[data-test={place}]"))?;
                stage.picture(&format!("{place}-{tag}"));
            }
            stage.session().press("F1")?;
            stage.find("#help-article article h1")?;
            let hint = "return document.querySelector('#help-search').placeholder;";
            assert_eq!(stage.session().run(hint, &json!([]))?, json!(search));
            stage.picture(&format!("help-{tag}"));
            stage.session().press("Escape")?;
            stage.gone("#help-article")?;
        }
        speak(stage, "en")?;
        stage.click("[data-test=go-policies]")?;
        assert_eq!(gained(stage)?, english);
        Ok(())
    })
}

/// What is wider than its place, without a sign of it: cut off, or out of the window.
const CUT: &str = "const wide = [];
    if (document.documentElement.scrollWidth > innerWidth + 1) wide.push(`the page: ${document.documentElement.scrollWidth} of ${innerWidth}`);
    for (const it of document.querySelectorAll('body *')) {
        if (!(it instanceof HTMLElement) || it.offsetParent === null || it.clientWidth === 0 || it.closest('.unseen, .cm-editor')) continue;
        const style = getComputedStyle(it);
        const text = [...it.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
        const hides = ['hidden', 'clip'].includes(style.overflowX);
        // Dots are a sign.
        const over = it.scrollWidth > it.clientWidth + 1 && style.textOverflow !== 'ellipsis';
        if (text && over && (hides || it.matches('button, a, label, th, h1, h2, h3'))) wide.push(`${it.tagName}.${it.className} ${it.dataset.test ?? ''}: ${it.textContent.trim().slice(0, 60)} (${it.scrollWidth} of ${it.clientWidth})`);
    }
    return wide;";

fn nothing_cut(stage: &Stage, place: &str, found: &mut Vec<String>) -> Result<(), Error> {
    stage.picture(&format!("pseudo-{place}"));
    let wide = stage.session().run(CUT, &json!([]))?;
    for it in wide.as_array().into_iter().flatten() {
        found.push(format!("{place}: {it}"));
    }
    Ok(())
}

#[test]
fn longer_words_are_not_cut_off() -> Result<(), Error> {
    sample("longer-words", &[], |stage| {
        let mut found = Vec::new();
        stage.click("[data-test=open-sample]")?;
        stage.click("[data-test=story-2-contractors]")?;
        stage.find("[data-test=truth-gained]")?;
        open(stage, CONTRACTORS)?;
        speak(stage, "en-XA")?;
        let places = [
            "settings",
            "drift",
            "releases",
            "evidence",
            "narratives",
            "policies",
        ];
        for place in places {
            stage.click(&format!("[data-test=go-{place}]"))?;
            stage.find(&format!("[data-test={place}]"))?;
            nothing_cut(stage, place, &mut found)?;
        }
        for page in ["problems", "tests", "history", "drift"] {
            stage.click(&format!("[data-test=inspector-tab-{page}]"))?;
            nothing_cut(stage, &format!("policies-{page}"), &mut found)?;
        }
        narrow(stage)?;
        for place in places {
            stage.click(&format!("[data-test=go-{place}]"))?;
            stage.find(&format!("[data-test={place}]"))?;
            nothing_cut(stage, &format!("{place}-narrow"), &mut found)?;
        }
        assert!(found.is_empty(), "{found:#?}");
        Ok(())
    })
}
