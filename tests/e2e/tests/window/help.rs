//! Help for what has the focus: by key, by search, from an error; over a dialog that keeps what was typed.

use e2e::{Error, Theme};
use serde_json::json;

use crate::{narrow, sample};

#[test]
fn what_has_the_focus_is_explained() -> Result<(), Error> {
    sample("help", &[], |stage| {
        let keys = stage.session();
        let title = |wanted: &'static str| {
            stage.text_when("#help-article h1", wanted, move |text| text == wanted)
        };
        stage.click("[data-test=open-sample]")?;
        stage.find("[data-test=stories]")?;
        keys.press("F1")?;
        title("Policies")?;
        for theme in [Theme::Light, Theme::Dark] {
            stage.dress(theme)?;
            stage.picture(&format!("help-{}", theme.name()));
        }
        // From article to article by its links, and through the search.
        stage.click("[data-test=help-all]")?;
        stage.find("[data-test=help-hit]")?;
        stage.click("#help-search")?;
        keys.type_text("passphrase")?;
        stage.text_when("[data-test=help-hit]", "keys", |text| text.contains("Keys"))?;
        stage.picture("help-search");
        stage.click("[data-test=help-hit]")?;
        title("Keys")?;
        keys.press("Escape")?;
        stage.gone("#help-article")?;

        // Over a dialog, for the dialog; what was typed into it is still there afterwards.
        stage.click("[data-test=go-releases]")?;
        stage.click("[data-test=promote-stable]")?;
        stage.find("[data-test=gate-window]")?;
        let first = "const field = document.querySelector('dialog[open] form input, dialog[open] form textarea'); field.focus();";
        keys.run(first, &json!([]))?;
        keys.type_text("9.9")?;
        keys.press("F1")?;
        title("Releases")?;
        keys.press("Escape")?;
        stage.gone("#help-article")?;
        let typed = keys.run(
            "return document.querySelector('dialog[open] form input, dialog[open] form textarea').value;",
            &json!([]),
        )?;
        assert!(
            typed.as_str().unwrap_or_default().contains("9.9"),
            "{typed}"
        );
        keys.press("Escape")?;

        narrow(stage)?;
        keys.press("F1")?;
        title("Releases")?;
        stage.picture("help-narrow");
        Ok(())
    })
}
