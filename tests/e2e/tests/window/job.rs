//! The main job by mouse: open the sample, edit, see whose access changes and why, format, undo, close.

use e2e::{Error, scenario};

use crate::{CONTRACTORS, counted, open, sample, to_the_top, undo_all};

#[test]
fn an_edit_shows_whose_access_changes_and_why() -> Result<(), Error> {
    scenario("job", &["--sample"], |stage| {
        stage.find("[data-test=stories]")?;
        // The sample makes its log when it is opened for the first time.
        let before = counted(stage)?;
        assert!(
            before.contains("1,000,000 recorded decisions")
                && before.contains("nobody gains or loses"),
            "{before}"
        );
        stage.picture("job-sample");

        // A prepared edit: its author sees a tidier rule, the log sees contractors at secret records.
        stage.click("[data-test=story-2-contractors]")?;
        stage.find("[data-test=truth-gained]")?;
        let after = counted(stage)?;
        assert!(
            after.contains(" 0 lose") && !after.contains("+0 gain"),
            "{after}"
        );
        stage.picture("job-edit");

        stage.click("[data-test=open-drift]")?;
        let title = stage.text("[data-test=drift-title]")?;
        assert!(
            title.starts_with("contractors.cedar, draft against"),
            "{title}"
        );
        stage.click("[data-test=next-change]")?;
        let why = stage.text_when("[data-test=why]", "a reason", |text| {
            text.contains("contractor-engagement")
        })?;
        assert!(
            why.contains("Denied") && why.contains("The edit allows it"),
            "{why}"
        );
        stage.picture("job-why");

        // Viewed marks are counted and hide what was looked at.
        stage.click("[data-test=changes] [data-test=viewed]")?;
        stage.text_when("[data-test=viewed-count]", "one", |text| {
            text.starts_with("1 of ")
        })?;

        // Back to the editor, and back to how it was.
        stage.click("[data-test=go-policies]")?;
        stage.click("[data-test=discard]")?;
        stage.text_when("[data-test=truth]", "nobody", |text| {
            text.contains("nobody gains or loses")
        })?;
        Ok(())
    })
}

#[test]
fn two_versions_are_compared_and_a_counterexample_becomes_a_test() -> Result<(), Error> {
    sample("versions", &["--sample"], |stage| {
        counted(stage)?;
        stage.click("[data-test=story-2-contractors]")?;
        stage.text_when("[data-test=truth][data-state=fresh]", "a gain", |text| {
            text.contains("gain") && !text.contains("+0 gain")
        })?;
        stage.click("[data-test=go-drift]")?;
        let edit = stage.text_when("[data-test=head-gained] b", "gains", |text| text != "0")?;

        // What the solver found is a request like any other.
        stage.click("[data-test=review-tab-proof]")?;
        stage.find("[data-test=proof-gains]")?;
        stage.picture("proof-panel");
        stage.click("[data-test=proof-add-test]")?;
        stage.click("[data-test=add-test-submit]")?;
        stage.gone("[data-test=add-test-submit]")?;
        stage.click("[data-test=proof-try]")?;
        stage.click("[data-test=decide]")?;
        stage.text_when("[data-test=verdict]", "a decision", |text| {
            text.to_lowercase().contains("allow")
        })?;
        stage.picture("proof-try");

        // HEAD against itself changes nothing, whatever lies in the editor.
        stage.click("[data-test=go-drift]")?;
        stage.click("[data-test=compare-versions]")?;
        for place in ["compare-base", "compare-head"] {
            stage.click(&format!("[data-test={place}]"))?;
            stage.session().type_text("HEAD")?;
            stage.session().press("Tab")?;
        }
        stage.picture("compare");
        stage.click("[data-test=compare-submit]")?;
        stage.text_when("[data-test=drift-title]", "the versions", |text| {
            text == "HEAD → HEAD"
        })?;
        stage.text_when("[data-test=head-gained] b", "nothing", |text| text == "0")?;
        stage.click("[data-test=compare-end]")?;
        stage.text_when("[data-test=head-gained] b", "the edit's gains", |text| {
            text == edit
        })?;
        stage.click("[data-test=go-policies]")?;
        stage.click("[data-test=discard]")?;
        stage.text_when("[data-test=truth]", "nobody", |text| {
            text.contains("nobody gains or loses")
        })?;
        Ok(())
    })
}

#[test]
fn typing_changes_the_counts_and_undo_takes_them_back() -> Result<(), Error> {
    sample("typing", &["--sample"], |stage| {
        counted(stage)?;
        open(stage, CONTRACTORS)?;
        to_the_top(stage)?;
        stage
            .session()
            .type_text("@id(\"all\") permit (principal is Contractor,action,resource);\n")?;
        let opened = stage.text_when("[data-test=truth][data-state=fresh]", "a gain", |text| {
            text.contains("gain") && !text.contains("+0 gain")
        })?;
        assert!(opened.contains("20,000 recorded decisions"), "{opened}");
        stage.text_when("[data-test=crumb]", "a draft", |text| {
            text.contains("draft")
        })?;

        // Formatting is one step of the history like any other.
        stage.click("[data-test=format]")?;
        stage.text_when(".cm-content", "formatted", |text| {
            text.contains("permit (\n  principal is Contractor,\n  action,\n  resource\n);")
        })?;
        let formatted = counted(stage)?;
        assert_eq!(gains(&formatted), gains(&opened));

        // A text that does not parse is said so, and the last counts stay, marked as older.
        to_the_top(stage)?;
        stage.session().type_text("permit permit ")?;
        stage.find("[data-test=truth][data-state=broken]")?;
        stage.click("[data-test=inspector-tab-problems]")?;
        stage.find("[data-test=problem]")?;
        stage.picture("typing-broken");

        stage.click(".cm-content")?;
        undo_all(stage)?;
        stage.text_when("[data-test=truth]", "nobody", |text| {
            text.contains("nobody gains or loses")
        })?;
        Ok(())
    })
}

/// `+37 gain` of a line of counts.
fn gains(counts: &str) -> Option<&str> {
    counts.split_whitespace().find(|word| word.starts_with('+'))
}

#[test]
fn a_saved_edit_is_there_when_the_window_opens_again() -> Result<(), Error> {
    sample("saved", &["--sample"], |stage| {
        open(stage, CONTRACTORS)?;
        to_the_top(stage)?;
        stage.session().type_text("// Read twice.\n")?;
        stage.text_when("[data-test=crumb]", "a draft", |text| {
            text.contains("draft")
        })?;
        stage.click("[data-test=save]")?;
        stage.text_when("[data-test=crumb]", "saved", |text| {
            !text.contains("draft") && text.contains("changed")
        })?;
        stage.close_and_start(&["--sample"])?;
        open(stage, CONTRACTORS)?;
        stage.text_when(".cm-content", "the edit", |text| {
            text.starts_with("// Read twice.")
        })?;
        Ok(())
    })
}
