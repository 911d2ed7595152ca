//! The guide: a first run and a tour whose steps are done by what happens, which can be left, survives a restart, and points at what it speaks of.

use e2e::{Error, Stage};
use serde_json::{Value, json};

use crate::{counted, releases::choose, sample};

/// Waits until a step is shown.
fn step(stage: &Stage, key: &str) -> Result<(), Error> {
    stage.find(&format!("[data-test=guide-says][data-step={key}]"))?;
    stage.picture(&format!("guide-{key}"));
    Ok(())
}

/// Asks where a step happens: the control gets the focus, and a ring.
fn shown(stage: &Stage, control: &str) -> Result<(), Error> {
    // Where a place is drawn anew meanwhile, a person asks again; not while the first answer is on its way.
    let mut looks = 0;
    stage.until(control, || {
        if looks % 40 == 0 {
            stage.click("[data-test=guide-show]")?;
        }
        looks += 1;
        let pointed = stage.session().run(
            "const it = document.activeElement;
             const pointed = it.matches(arguments[0]) && it.hasAttribute('data-pointed');
             return pointed || it.outerHTML.slice(0, 120);",
            &json!([control]),
        )?;
        Ok(match pointed {
            Value::Bool(true) => Ok(()),
            other => Err(other.to_string()),
        })
    })
}

fn command(stage: &Stage, words: &str) -> Result<(), Error> {
    stage.session().press("Control+k")?;
    stage.find("[data-test=palette]")?;
    stage.session().type_text(words)?;
    stage.text_when(
        "[data-test=palette] [role=option][aria-selected=true]",
        words,
        |text| text.to_lowercase().contains(words),
    )?;
    stage.session().press("Enter")?;
    stage.gone("[data-test=palette]")
}

#[test]
fn the_guide_leads_through_the_whole_job_and_believes_only_what_happens() -> Result<(), Error> {
    sample("guide", &[], |stage| {
        step(stage, "open")?;
        shown(stage, "[data-test=open-sample]")?;
        stage.session().press("Enter")?;
        stage.find("[data-test=stories]")?;

        // What is chosen here has effect at once.
        step(stage, "look")?;
        stage.click("label:has([data-test=guide-theme-dark])")?;
        stage.find("[data-theme=dark] [data-test=guide]")?;
        stage.click("label:has([data-test=guide-theme-light])")?;
        stage.find("[data-theme=light] [data-test=guide]")?;
        stage.click("[data-test=guide-on]")?;
        step(stage, "machine")?;
        stage.text_when("[data-test=guide-says]", "solver and keyring", |text| {
            text.contains("olver") && text.contains("keyring")
        })?;
        stage.click("[data-test=guide-on]")?;

        // The sample is open, so its step is done. Being elsewhere is not an edit.
        step(stage, "edit")?;
        stage.click("[data-test=go-drift]")?;
        stage.find("[data-test=drift]")?;
        step(stage, "edit")?;
        shown(stage, "[data-test=story-2-contractors]")?;
        stage.session().press("Enter")?;
        counted(stage)?;
        step(stage, "drift")?;

        // Left, and taken up again where it was, after a restart, too.
        stage.click("[data-test=guide-leave]")?;
        stage.gone("[data-test=guide]")?;
        stage.close_and_start(&["--sample"])?;
        counted(stage)?;
        assert_eq!(stage.count("[data-test=guide]")?, 0);
        command(stage, "take the tour")?;
        step(stage, "drift")?;
        stage.close_and_start(&["--sample"])?;
        counted(stage)?;
        step(stage, "drift")?;

        shown(stage, "[data-test=open-drift]")?;
        stage.session().press("Enter")?;
        step(stage, "why")?;
        shown(stage, "[data-test=next-change]")?;
        stage.session().press("Enter")?;
        step(stage, "promote")?;
        // Channels are asked for anew whenever the place is entered, and drawn anew with the answer.
        stage.click("[data-test=go-releases]")?;
        shown(stage, "[data-test=promote-canary]")?;
        stage.session().press("Enter")?;
        choose(stage, "#promote-mode", "audit-only")?;
        stage.find("[data-test=gate-validation][data-standing=passed]")?;
        stage.click("[data-test=promote-submit]")?;
        step(stage, "enforce")?;
        shown(stage, "[data-test=mode-canary]")?;
        stage.session().press("Enter")?;
        stage.click("[data-test=mode-submit]")?;
        step(stage, "roll-back")?;
        shown(stage, "[data-test=roll-back-canary]")?;
        stage.session().press("Enter")?;
        stage.find("#roll-back-reason")?;
        stage.session().press("Enter")?;
        step(stage, "verify")?;
        shown(stage, "[data-test=verify-sample]")?;
        stage.session().press("Enter")?;
        stage.find("[data-test=verdict][data-verdict=Verified]")?;
        step(stage, "narrative")?;
        shown(stage, "[data-test=go-narratives]")?;
        stage.session().press("Enter")?;
        stage.find("[data-test=sheets] svg")?;
        stage.gone("[data-test=guide]")?;
        stage.picture("guide-end");
        Ok(())
    })
}

#[test]
fn the_palette_finds_entities_and_receipts_and_begins_with_what_was_chosen_last()
-> Result<(), Error> {
    sample("palette", &["--sample"], |stage| {
        counted(stage)?;
        let option = "[data-test=palette] [role=option][aria-selected=true]";
        let look = |words: &str, what: &str| -> Result<(), Error> {
            stage.session().press("Control+k")?;
            stage.find("[data-test=palette]")?;
            stage.session().type_text(words)?;
            stage.text_when(option, what, |text| text.contains(what))?;
            stage.picture(&format!("palette-{what}"));
            stage.session().press("Enter")?;
            stage.gone("[data-test=palette]")
        };
        // A person of the sample, as the request to try begins with.
        let person = stage.session().run_async(
            "const done = arguments[arguments.length - 1];
             const query = { types: ['Employee'], text: '', limit: 1 };
             window.__TAURI_INTERNALS__.invoke('rpc', { name: 'request.suggest', payload: query }).then(
                 ids => done(ids[0]), error => done(JSON.stringify(error)));",
            &json!([]),
        )?;
        let person = person.as_str().unwrap_or_default().to_owned();
        let name = person.split('"').nth(1).unwrap_or_default();
        look(&person, name)?;
        stage.until("the form with the entity", || {
            let fields = stage.session().run(
                "return [...document.querySelectorAll('input')].map(it => it.value);",
                &json!([]),
            )?;
            Ok(
                if fields
                    .as_array()
                    .is_some_and(|all| all.contains(&json!(person)))
                {
                    Ok(())
                } else {
                    Err(fields.to_string())
                },
            )
        })?;

        // The sample's ledger, which is there a moment after the sample was opened.
        stage.click("[data-test=go-evidence]")?;
        stage.click("[data-test=evidence-tab-ledger]")?;
        stage.find("[role=grid] [role=row][aria-rowindex='4']")?;
        stage.click("[data-test=go-policies]")?;
        look("1  ", "receipt")?;
        stage.find("[data-test=receipt-says]")?;

        // Chosen last, first next time.
        stage.session().press("Control+k")?;
        stage.find("[data-test=palette]")?;
        stage.text_when(option, "the receipt", |text| text.contains("receipt"))?;
        stage.session().press("Down")?;
        stage.text_when(option, "the person", |text| text.contains(name))?;
        Ok(())
    })
}
