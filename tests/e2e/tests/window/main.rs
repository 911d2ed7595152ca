//! The main job in the real window, by mouse and by keyboard, through a crash, and as assistive technology sees it.

mod accessibility;
mod crash;
mod doors;
mod job;
mod keyboard;
mod pace;

use e2e::{Error, Stage};
use serde_json::json;

/// Rows of the logs made here: enough for every kind of change, few enough to wait for.
const ROWS: &str = "20000";
const CONTRACTORS: &str = "policies/access/contractors.cedar";

/// Waits until the counts under the editor are those of the text on screen, and reads them.
fn counted(stage: &Stage) -> Result<String, Error> {
    stage.find("[data-test=truth][data-state=fresh]")?;
    stage.text("[data-test=truth]")
}

/// Makes a log for the open workspace.
fn generate_log(stage: &Stage) -> Result<(), Error> {
    stage.click("[data-test=generate-log]")?;
    stage.find("#generate-rows")?;
    fill(stage, "#generate-rows", ROWS)?;
    stage.click("[data-test=generate-submit]")?;
    counted(stage).map(drop)
}

/// Replaces what stands in a field, by typing.
fn fill(stage: &Stage, field: &str, text: &str) -> Result<(), Error> {
    stage.click(field)?;
    stage.session().press("Control+a")?;
    stage.session().type_text(text)?;
    stage.until(&format!("`{field}` to hold `{text}`"), || {
        let value = stage.property(field, "value")?;
        Ok(if value == json!(text) {
            Ok(())
        } else {
            Err(value.to_string())
        })
    })
}

/// Opens a file from the tree.
fn open(stage: &Stage, path: &str) -> Result<(), Error> {
    stage.click(&format!("[data-test=tree-item][data-key='{path}']"))?;
    let name = path.rsplit('/').next().unwrap_or(path);
    stage.text_when("[data-test=open-file]", name, |shown| shown == name)?;
    stage
        .text_when(".cm-content", "a text", |text| text.len() > 1)
        .map(drop)
}

/// Puts the caret at the very beginning of the open file.
fn to_the_top(stage: &Stage) -> Result<(), Error> {
    stage.click(".cm-content")?;
    stage.session().press("Control+Home")
}

/// Takes back edits until the file is as it was saved.
fn undo_all(stage: &Stage) -> Result<(), Error> {
    stage.until("the edit to be undone", || {
        stage.session().press("Control+z")?;
        let crumb = stage.text("[data-test=crumb]")?;
        Ok(if crumb.contains("draft") {
            Err(crumb)
        } else {
            Ok(())
        })
    })
}
