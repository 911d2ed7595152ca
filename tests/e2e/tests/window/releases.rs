//! A channel moved from the window: gates as a checklist, the way back, receipts and comparison one click away.

use std::process::Command;

use e2e::{Error, Stage};

use crate::{CONTRACTORS, open, sample, to_the_top};

/// Waits until the answer to a move is there.
fn ships(stage: &Stage, channel: &str, version: &str) -> Result<(), Error> {
    let lane = format!("[data-test=lane-{channel}]");
    let force = format!("{version} is in force since");
    stage.text_when(&lane, &force, |text| text.contains(&force))?;
    Ok(())
}

/// Everything that is saved becomes a commit, as an author would do in a terminal.
fn commit(stage: &Stage, message: &str) -> Result<(), Error> {
    let folder = stage.home.path().join("data/trust-fabric/northwind");
    let git = |arguments: &[&str]| -> Result<(), Error> {
        let done = Command::new("git")
            .arg("-C")
            .arg(&folder)
            .args([
                "-c",
                "user.name=Ivo",
                "-c",
                "user.email=ivo@northwind.example",
            ])
            .args(arguments)
            .output()
            .map_err(|error| Error::System("git".into(), error))?;
        assert!(done.status.success(), "{arguments:?}: {done:?}");
        Ok(())
    };
    git(&["add", "."])?;
    git(&["commit", "--quiet", "--message", message])
}

#[test]
fn a_version_is_shipped_and_taken_back_from_the_window() -> Result<(), Error> {
    sample("releases", &[], |stage| {
        stage.click("[data-test=open-sample]")?;
        stage.find("[data-test=stories]")?;
        stage.click("[data-test=go-releases]")?;
        stage.text_when("[data-test=lane-stable]", "an empty channel", |text| {
            text.contains("Ships nothing yet")
        })?;

        stage.click("[data-test=promote-stable]")?;
        stage.find("[data-test=gate-validation][data-standing=passed]")?;
        stage.find("[data-test=gate-tests][data-standing=passed]")?;
        stage.find("[data-test=gate-drift][data-standing=not-asked]")?;
        stage.picture("promote");
        stage.click("[data-test=promote-submit]")?;
        ships(stage, "stable", "1.0.0")?;
        assert_eq!(stage.count("[data-test=roll-back-stable]")?, 0);

        // A change that is saved and committed becomes the next version, and is judged by recorded decisions.
        stage.click("[data-test=go-policies]")?;
        open(stage, CONTRACTORS)?;
        to_the_top(stage)?;
        stage.session().type_text("// Reviewed.\n")?;
        stage.session().press("Control+s")?;
        stage.text_when("[data-test=crumb]", "a saved file", |text| {
            !text.contains("draft")
        })?;
        commit(stage, "Contractors are reviewed")?;
        stage.click("[data-test=go-releases]")?;
        stage.click("[data-test=promote-stable]")?;
        stage.find("[data-test=gate-drift][data-standing=passed]")?;
        stage.picture("promote-drift");
        stage.click("[data-test=promote-submit]")?;
        ships(stage, "stable", "1.1.0")?;
        stage.picture("releases");

        stage.click("[data-test=roll-back-stable]")?;
        stage.find("#roll-back-reason")?;
        stage.session().type_text("partners were locked out")?;
        stage.picture("roll-back");
        stage.session().press("Enter")?;
        ships(stage, "stable", "1.0.0")?;
        stage.text_when("[data-test=move]", "the rollback", |text| {
            text.contains("Undoes 2") && text.contains("partners were locked out")
        })?;
        stage.picture("releases-back");

        stage.click("[data-test=show-receipt]")?;
        stage.text_when("[data-test=receipt-says]", "the receipt", |text| {
            text.contains("stable")
        })?;
        stage.click("[data-test=go-releases]")?;
        stage.click("[data-test=stop-stable-2]")?;
        stage.click("[data-test=compare-moves]")?;
        let title = "policies/v1.0.0 → policies/v1.1.0";
        stage.text_when("[data-test=drift-title]", title, |text| text == title)?;
        stage.picture("releases-compared");
        Ok(())
    })
}
