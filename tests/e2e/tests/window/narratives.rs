//! What happened, told in the window: pages of the PDF, links to the evidence, an author's words, languages, publishing and rating.

use e2e::{Error, Stage};
use serde_json::json;

use crate::{releases::promoted, sample};

/// The words of all pages; they lie unseen under the outlines.
fn said(stage: &Stage) -> Result<String, Error> {
    let said = stage.session().run(
        "return [...document.querySelectorAll('[data-test=sheets] text')].map(it => it.textContent).join(' ');",
        &json!([]),
    )?;
    Ok(said.as_str().unwrap_or_default().to_owned())
}

fn said_when(stage: &Stage, what: &str, is: impl Fn(&str) -> bool) -> Result<String, Error> {
    stage.until(what, || {
        let said = said(stage)?;
        Ok(if is(&said) { Ok(said) } else { Err(said) })
    })
}

#[test]
fn a_promotion_is_told_edited_translated_published_and_rated() -> Result<(), Error> {
    sample("narratives", &[], |stage| {
        stage.click("[data-test=open-sample]")?;
        stage.find("[data-test=stories]")?;
        stage.click("[data-test=go-releases]")?;
        promoted(stage, "stable", "1.0.0")?;
        stage.click("[data-test=go-narratives]")?;
        stage.click("[data-test=tell][data-kind=Promotion]")?;
        let english = said_when(stage, "a narrative", |text| text.contains("1.0.0"))?;
        assert!(english.contains("stable"), "{english}");
        stage.picture("narrative");

        // An author's words are on the page a moment later, and theirs are marked.
        stage.click("[data-test=narrative-edit]")?;
        stage.click("[data-test=prose-0]")?;
        stage.session().press("Control+a")?;
        stage
            .session()
            .type_text("Nothing is different for anybody yet.")?;
        said_when(stage, "the author's words", |text| {
            text.contains("Nothing is different for anybody yet.")
        })?;
        stage.picture("narrative-edit");
        stage.click("[data-test=narrative-edit]")?;

        // The same facts in another language, the edit being one of the English text.
        stage.session().run(
            "const list = document.querySelector('#narrative-language');
             list.value = 'de';
             list.dispatchEvent(new Event('change', { bubbles: true }));",
            &json!([]),
        )?;
        said_when(stage, "German", |text| text.contains("Seite 1 von"))?;
        stage.picture("narrative-german");

        stage.click("[data-test=narrative-read]")?;
        stage.find("[data-test=narrative-leave]")?;
        stage.picture("narrative-reading");
        stage.session().press("Escape")?;
        stage.gone("[data-test=narrative-leave]")?;

        stage.click("[data-test=publish-narrative]")?;
        stage.find("#publish-form")?;
        stage.click("[data-test=publish-submit]")?;
        stage.text_when("[data-test=published]", "what was published", |text| {
            text.contains("PDF") && text.contains("Not rated yet")
        })?;
        stage.click("[data-test=published]")?;
        stage.find("#rate-stars")?;
        stage.click("[data-test=rate-submit]")?;
        stage.text_when("[data-test=published]", "a rating", |text| {
            text.contains("5.0 of 5 by 1 reader")
        })?;
        stage.picture("narrative-published");

        // A margin note leads to its receipt in the ledger.
        let led = stage.session().run(
            "const link = document.querySelector('[data-test=sheets] a[href^=\"#receipt:\"]');
             link?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
             return link !== null;",
            &json!([]),
        )?;
        assert_eq!(led, json!(true));
        stage.text_when("[data-test=receipt-says]", "the receipt", |text| {
            text.contains("stable")
        })?;
        Ok(())
    })
}
