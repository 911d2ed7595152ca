//! The main job in the real window, by mouse and by keyboard, through a crash, and as assistive technology sees it.

mod accessibility;
mod crash;
mod doors;
mod evidence;
mod guide;
mod help;
mod job;
mod keyboard;
mod languages;
mod narratives;
mod offline;
mod open_rows;
mod pace;
mod packages;
mod pictures;
mod releases;
mod starting;

use e2e::{Error, Home, Stage, at};
use serde_json::json;

/// Rows of a small log: enough for every kind of change, few enough to wait for.
const ROWS: u32 = 20_000;
const CONTRACTORS: &str = "policies/access/contractors.cedar";

/// Waits until the counts under the editor are those of the text on screen, and reads them.
fn counted(stage: &Stage) -> Result<String, Error> {
    stage.find("[data-test=truth][data-state=fresh]")?;
    stage.text("[data-test=truth]")
}

/// Runs a test on the sample workspace with a small log.
fn sample(
    name: &str,
    arguments: &[&str],
    test: impl FnOnce(&mut Stage) -> Result<(), Error>,
) -> Result<(), Error> {
    at(Home::with_sample(ROWS)?, name, arguments, test)
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

/// As narrow as a window may be, once the page knows.
fn narrow(stage: &Stage) -> Result<(), Error> {
    stage.session().resize(900, 700)?;
    stage.until("a narrow page", || {
        let width = stage.session().run("return innerWidth;", &json!([]))?;
        Ok(if width == json!(900) {
            Ok(())
        } else {
            Err(width.to_string())
        })
    })
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
