//! What assistive technology meets: axe-core finds nothing serious or critical on any place, in any theme.

use e2e::{Error, Stage, Theme, Violation};
use serde_json::json;

use crate::{
    CONTRACTORS, counted, open,
    releases::{choose, shadow_log},
    sample,
};

/// Nothing fades in: half-way it has no contrast yet.
const STILL: &str = "const still = new CSSStyleSheet();
    still.replaceSync('*, *::before, *::after { transition: none !important; animation-duration: 0s !important; animation-delay: 0s !important; }');
    document.adoptedStyleSheets.push(still)";

/// Looks at what is on screen in every theme, and adds what is wrong with it.
fn look(stage: &Stage, place: &str, found: &mut Vec<String>) -> Result<(), Error> {
    // What is being worked on is pale until it is done.
    stage.gone(".stale")?;
    for theme in Theme::ALL {
        stage.dress(theme)?;
        let theme = theme.name();
        let serious = stage
            .session()
            .violations()?
            .into_iter()
            .filter(Violation::is_serious);
        found.extend(serious.map(|violation| format!("{place}, {theme}: {violation:#?}")));
        stage.picture(&format!("look-{place}-{theme}"));
    }
    Ok(())
}

#[test]
fn nothing_serious_on_any_place_in_any_theme() -> Result<(), Error> {
    sample("accessibility", &[], |stage| {
        let mut found = Vec::new();
        stage.find("[data-test=start]")?;
        stage.session().run(STILL, &json!([]))?;
        look(stage, "start", &mut found)?;

        stage.click("[data-test=open-sample]")?;
        stage.find("[data-test=stories]")?;
        counted(stage)?;
        look(stage, "stories", &mut found)?;
        stage.click("[data-test=story-2-contractors]")?;
        stage.find("[data-test=truth-gained]")?;
        open(stage, CONTRACTORS)?;
        for page in ["drift", "problems", "tests", "history"] {
            stage.click(&format!("[data-test=inspector-tab-{page}]"))?;
            look(stage, &format!("policies-{page}"), &mut found)?;
        }
        stage.click("[data-test=go-drift]")?;
        stage.click("[data-test=next-change]")?;
        stage.text_when("[data-test=why]", "a reason", |text| {
            text.contains("contractor")
        })?;
        look(stage, "drift", &mut found)?;
        stage.click("[data-test=drift-tab-what-ifs]")?;
        stage.find("[data-test=pack-row]")?;
        look(stage, "what-ifs-new", &mut found)?;
        stage.click("[data-test=pack-run]")?;
        stage.find("[data-test=pack-trend]")?;
        look(stage, "what-ifs", &mut found)?;
        for place in ["releases", "evidence", "narratives", "settings"] {
            stage.click(&format!("[data-test=go-{place}]"))?;
            look(stage, place, &mut found)?;
        }
        stage.click("[data-test=go-releases]")?;
        stage.click("[data-test=promote-stable]")?;
        choose(stage, "#promote-mode", "audit-only")?;
        stage.find("[data-test=gate-window]")?;
        look(stage, "promote", &mut found)?;
        stage.click("[data-test=promote-submit]")?;
        stage.find("[data-test=move]")?;
        look(stage, "shipped", &mut found)?;
        stage.click("[data-test=mode-stable]")?;
        stage.find("#mode-log")?;
        stage.session().type_text(&shadow_log(stage, "stable")?)?;
        stage.session().press("Tab")?;
        stage.find("[data-test=recorded]")?;
        look(stage, "mode", &mut found)?;
        stage.session().press("Escape")?;
        stage.click("[data-test=go-narratives]")?;
        stage.click("[data-test=tell][data-kind=Promotion]")?;
        stage.find("[data-test=sheets] svg")?;
        stage.click("[data-test=narrative-edit]")?;
        look(stage, "narrative", &mut found)?;
        stage.click("[data-test=narrative-edit]")?;
        // The sample's ledger and a bundle of it, which are there a moment after the sample was opened.
        stage.click("[data-test=go-evidence]")?;
        stage.click("[data-test=evidence-tab-ledger]")?;
        stage.find("[role=grid] [role=row][aria-rowindex='4']")?;
        look(stage, "ledger", &mut found)?;
        stage.click("[data-test=evidence-tab-bundle]")?;
        stage.click("[data-test=verify-sample]")?;
        stage.find("[data-test=verdict][data-verdict=Verified]")?;
        look(stage, "verdict", &mut found)?;
        stage.click("[data-test=bundle-tab-receipts]")?;
        stage.click("[role=grid] [role=row][aria-rowindex='2']")?;
        stage.find("[data-test=path][data-holds=true]")?;
        look(stage, "receipts", &mut found)?;
        // As narrow as a window may be.
        stage.session().resize(900, 700)?;
        stage.picture("narrow-receipts");
        stage.click("[data-test=bundle-tab-checks]")?;
        stage.picture("narrow-verdict");
        stage.click("[data-test=evidence-tab-ledger]")?;
        stage.picture("narrow-ledger");
        stage.click("[data-test=go-releases]")?;
        stage.picture("narrow-releases");
        stage.click("[data-test=go-narratives]")?;
        stage.find("[data-test=sheets] svg")?;
        stage.picture("narrow-narrative");
        stage.click("[data-test=go-drift]")?;
        stage.picture("narrow-drift");
        stage.session().resize(1440, 900)?;
        stage.session().press("Control+k")?;
        stage.find("[data-test=palette]")?;
        look(stage, "palette", &mut found)?;
        assert!(found.is_empty(), "{}", found.join("\n"));
        Ok(())
    })
}
