//! A crash loses no edit.

use e2e::Error;

use crate::{CONTRACTORS, open, sample, to_the_top};

#[test]
fn a_draft_outlives_a_killed_process() -> Result<(), Error> {
    sample("crash", &["--sample"], |stage| {
        open(stage, CONTRACTORS)?;
        to_the_top(stage)?;
        stage.session().type_text("// Half a thought, never sav")?;
        // The application has answered for the last key: from here on nothing may be lost.
        stage.text_when("[data-test=crumb]", "a draft", |text| {
            text.contains("draft")
        })?;
        stage.until("the last key to be stored", || {
            let stored = stored(stage.home.path());
            Ok(if stored.contains("never sav") {
                Ok(())
            } else {
                Err(format!("{} bytes of drafts", stored.len()))
            })
        })?;
        stage.crash_and_start(&["--sample"])?;

        stage.text_when("[data-test=recovered]", "the file", |text| {
            text.contains("contractors.cedar")
        })?;
        stage.picture("crash-recovered");
        open(stage, CONTRACTORS)?;
        stage.text_when(".cm-content", "the draft", |text| {
            text.starts_with("// Half a thought, never sav")
        })?;
        Ok(())
    })
}

/// Everything the Studio has on disk, as text: what a crash would leave behind.
fn stored(folder: &std::path::Path) -> String {
    let mut all = String::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("cache") {
                folders.push(path);
            } else if path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().contains(".db"))
            {
                all.push_str(&String::from_utf8_lossy(
                    &std::fs::read(path).unwrap_or_default(),
                ));
            }
        }
    }
    all
}
