//! The ways in: nothing, the sample, a folder named on the command line or chosen in a dialog; and what the window refuses.

use std::{fs, path::Path};

use e2e::{Error, Home, scenario};
use serde_json::json;

/// A workspace as small as can be.
fn clinic(folder: &Path) -> Result<(), Error> {
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).map_err(|error| Error::System(name.into(), error))
    };
    fs::create_dir_all(folder).map_err(|error| Error::System("clinic".into(), error))?;
    write(
        "clinic.cedarschema",
        "entity Nurse; entity Chart; action read appliesTo { principal: Nurse, resource: Chart, context: {} };",
    )?;
    write(
        "clinic.cedar",
        "@id(\"nurses-read\") permit (principal is Nurse, action == Action::\"read\", resource is Chart);",
    )
}

#[test]
fn without_a_workspace_the_window_offers_two_ways_in() -> Result<(), Error> {
    scenario("opens", &[], |stage| {
        assert_eq!(stage.session().title()?, "Trust Fabric Studio");
        stage.find("[data-test=open-sample]")?;
        stage.find("[data-test=open-folder]")?;
        stage.picture("start");
        Ok(())
    })
}

#[test]
fn a_folder_named_on_the_command_line_is_open_at_once() -> Result<(), Error> {
    let home = Home::new()?;
    let folder = home.path().join("clinic");
    clinic(&folder)?;
    scenario("command-line", &[&folder.to_string_lossy()], |stage| {
        stage.text_when("[data-test=workspace-name]", "clinic", |name| {
            name.contains("clinic")
        })?;
        stage
            .find("[data-test=tree-item][data-key='clinic.cedar']")
            .map(drop)
    })
}

#[test]
fn a_folder_chosen_in_the_dialog_opens_and_is_remembered() -> Result<(), Error> {
    scenario("dialog", &[], |stage| {
        let folder = stage.home.path().join("clinic");
        clinic(&folder)?;
        stage.home.answer_dialogs_with(&folder);
        stage.close_and_start(&[])?;
        stage.click("[data-test=open-folder]")?;
        stage.find("[data-test=tree-item][data-key='clinic.cedar']")?;
        stage.close_and_start(&[])?;
        let recent = stage.text("[data-test=recent]")?;
        assert!(recent.contains("clinic"), "{recent}");
        stage.click("[data-test=recent]")?;
        stage
            .find("[data-test=tree-item][data-key='clinic.cedar']")
            .map(drop)
    })
}

#[test]
fn a_folder_that_is_not_there_is_named_with_what_to_do() -> Result<(), Error> {
    scenario("missing-folder", &["/no/such/folder"], |stage| {
        let said = stage.text_when("[data-test=start]", "the path", |text| {
            text.contains("/no/such/folder")
        })?;
        assert!(said.contains(".cedar"), "a hint is missing: {said}");
        Ok(())
    })
}

#[test]
fn the_page_can_run_nothing_that_is_not_the_studios_own() -> Result<(), Error> {
    scenario("policy", &[], |stage| {
        stage.find("[data-test=start]")?;
        let refused = stage.session().run_async(
            "const done = arguments[arguments.length - 1];
             addEventListener('securitypolicyviolation', event => done(event.effectiveDirective), { once: true });
             const script = document.createElement('script');
             script.textContent = 'window.ran = true';
             document.head.append(script);
             setTimeout(() => done('nothing'), 2000);",
            &json!([]),
        )?;
        assert_eq!(refused, json!("script-src-elem"));
        let seen = stage.session().run("return [window.ran === undefined, window.__TAURI__ === undefined, Object.isFrozen(Object.prototype)];", &json!([]))?;
        assert_eq!(seen, json!([true, true, true]));

        // Two calls are all it may make: files, shell and the rest of Tauri answer with a refusal.
        for command in [
            "plugin:dialog|open",
            "plugin:window|create",
            "plugin:fs|read_file",
            "plugin:event|listen",
        ] {
            let answer = stage.session().run_async(
                "const done = arguments[arguments.length - 1];
                 window.__TAURI_INTERNALS__.invoke(arguments[0], {}).then(() => done('allowed'), error => done(String(error)));",
                &json!([command]),
            )?;
            let answer = answer.as_str().unwrap_or_default().to_owned();
            assert!(
                answer.contains("not allowed") || answer.contains("not found"),
                "{command}: {answer}"
            );
        }
        Ok(())
    })
}
