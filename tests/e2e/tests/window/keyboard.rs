//! The whole job without a mouse.

use e2e::{Error, Stage};

use crate::{ROWS, counted, sample};

/// Runs a command by the palette.
fn command(stage: &Stage, words: &str) -> Result<(), Error> {
    stage.session().press("Control+k")?;
    stage.find("[data-test=palette]")?;
    stage.session().type_text(words)?;
    stage.find("[data-test=palette] [role=option][aria-selected=true]")?;
    stage.session().press("Enter")?;
    stage.gone("[data-test=palette]")
}

#[test]
fn the_whole_job_without_a_mouse() -> Result<(), Error> {
    sample("keyboard", &[], |stage| {
        let keys = stage.session();
        stage.find("[data-test=start]")?;
        command(stage, "sample")?;
        stage.find("[data-test=stories]")?;

        command(stage, "generate")?;
        stage.find("#generate-rows")?;
        focus(stage, "generate-rows")?;
        keys.press("Control+a")?;
        keys.type_text(&ROWS.to_string())?;
        keys.press("Enter")?;
        counted(stage)?;

        command(stage, "contractors.cedar")?;
        stage.text_when("[data-test=open-file]", "the file", |name| {
            name == "contractors.cedar"
        })?;
        stage.text_when(".cm-content", "a text", |text| text.len() > 1)?;
        // A file that was asked for has the caret.
        in_the_text(stage)?;
        keys.press("Control+Home")?;
        keys.type_text("@id(\"all\") permit (principal is Contractor,action,resource);\n")?;
        stage.text_when("[data-test=truth][data-state=fresh]", "a gain", |text| {
            text.contains("gain") && !text.contains("+0 gain")
        })?;

        // Escape leaves the editor, so that single keys are commands again.
        keys.press("Escape")?;
        keys.press("e")?;
        in_the_text(stage)?;
        keys.press("Escape")?;
        keys.press("g")?;
        keys.press("d")?;
        stage.find("[data-test=drift]")?;
        stage.find("[data-test=viewed]")?;
        keys.press("n")?;
        stage.text_when("[data-test=why]", "a reason", |text| {
            text.contains("The edit allows it")
        })?;
        keys.press("v")?;
        stage.text_when("[data-test=viewed-count]", "one", |text| {
            text.starts_with("1 of ")
        })?;

        // The same place asks what if the facts were others.
        keys.press("g")?;
        keys.press("w")?;
        stage.find("[data-test=pack-row]")?;
        command(stage, "run all what-ifs")?;
        stage.text_when("[data-test=packs-standing]", "all run", |text| {
            text.contains("as expected") && !text.contains("not run yet")
        })?;
        stage.gone("[data-test=packs-running]")?;
        stage.picture("keyboard-what-ifs");

        keys.press("g")?;
        keys.press("p")?;
        stage.find("[data-test=policies]")?;
        keys.press("Control+s")?;
        stage.text_when("[data-test=crumb]", "saved", |text| !text.contains("draft"))?;
        keys.press("Shift+?")?;
        stage.find("[data-test=shortcut-list]")?;
        stage.picture("keyboard-shortcuts");
        keys.press("Escape")?;
        stage.gone("[data-test=shortcut-list]")
    })
}

fn in_the_text(stage: &Stage) -> Result<(), Error> {
    stage.until("the caret in the text", || {
        let inside = stage.session().run(
            "return document.activeElement?.shadowRoot?.activeElement?.className ?? '';",
            &serde_json::json!([]),
        )?;
        let inside = inside.as_str().unwrap_or_default();
        Ok(if inside.contains("cm-content") {
            Ok(())
        } else {
            Err(inside.to_owned())
        })
    })
}

/// Tabs on until an element has the focus.
fn focus(stage: &Stage, id: &str) -> Result<(), Error> {
    stage.until(&format!("the focus on `{id}`"), || {
        let at = stage.session().run(
            "return document.activeElement?.id ?? '';",
            &serde_json::json!([]),
        )?;
        if at == id {
            return Ok(Ok(()));
        }
        stage.session().press("Tab")?;
        Ok(Err(at.to_string()))
    })
}
