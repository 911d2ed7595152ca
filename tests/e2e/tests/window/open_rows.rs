//! A log that carries only what its decisions read cannot tell everything of an edit that reads more: the window says what it lacks.

use e2e::{Error, Home, Theme, at};

use crate::{CONTRACTORS, ROWS, counted, narrow, open, to_the_top};

const HELD: &str = "@id(\"held\") forbid (principal is Contractor, action == Action::\"read\", resource is Record) when { resource has legalHold && resource.legalHold };\n";

#[test]
fn what_cannot_be_told_says_what_it_turns_on() -> Result<(), Error> {
    let home = Home::with_sample(ROWS)?;
    let sample = home.path().join("data/trust-fabric/northwind");
    let rows = ROWS.to_string();
    home.fabric(&[
        "log",
        "generate",
        "--store",
        "--slices",
        "least",
        "--rows",
        &rows,
        &sample.to_string_lossy(),
    ])?;
    at(home, "open-rows", &[], |stage| {
        stage.click("[data-test=open-sample]")?;
        stage.find("[data-test=stories]")?;
        counted(stage)?;
        open(stage, CONTRACTORS)?;
        to_the_top(stage)?;
        stage.session().type_text(HELD)?;
        stage.text_when("[data-test=truth][data-state=fresh]", "open rows", |text| {
            text.contains("undeterminable") || text.contains("maybe")
        })?;
        stage.click("[data-test=open-drift]")?;
        stage.click("[data-test=next-change]")?;
        let why = stage.text_when("[data-test=why]", "what it turns on", |text| {
            text.contains("resource.legalHold")
        })?;
        assert!(why.contains("held"), "{why}");
        stage.picture("open-row-light");
        stage.dress(Theme::Dark)?;
        narrow(stage)?;
        stage.picture("open-row-narrow");
        Ok(())
    })
}
