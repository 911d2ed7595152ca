//! A channel moved from the window: gates as a checklist, the way back, receipts and comparison one click away.

use std::{fs, path::PathBuf, process::Command};

use e2e::{Error, Stage, Theme};
use serde_json::json;

use crate::{CONTRACTORS, languages::speak, narrow, open, sample, to_the_top};

/// Waits until the answer to a move is there.
fn ships(stage: &Stage, channel: &str, version: &str) -> Result<(), Error> {
    let lane = format!("[data-test=lane-{channel}]");
    let force = format!("{version} is in force since");
    stage.text_when(&lane, &force, |text| text.contains(&force))?;
    Ok(())
}

/// Ships the version that is proposed, once its gates were looked at.
pub fn promoted(stage: &Stage, channel: &str, version: &str) -> Result<(), Error> {
    stage.click(&format!("[data-test=promote-{channel}]"))?;
    stage.find("[data-test=gate-window]")?;
    stage.click("[data-test=promote-submit]")?;
    ships(stage, channel, version)
}

/// The sample, as its author has it.
fn folder(stage: &Stage) -> PathBuf {
    stage.home.path().join("data/trust-fabric/northwind")
}

/// What an author does in a terminal.
fn git(stage: &Stage, arguments: &[&str]) -> Result<(), Error> {
    let author = ["user.name=Ivo", "user.email=ivo@northwind.example"];
    let done = Command::new("git")
        .arg("-C")
        .arg(folder(stage))
        .args(author.iter().flat_map(|it| ["-c", it]))
        .args(arguments)
        .output()
        .map_err(|error| Error::System("git".into(), error))?;
    assert!(done.status.success(), "{arguments:?}: {done:?}");
    Ok(())
}

/// Everything that is saved becomes a commit.
fn commit(stage: &Stage, message: &str) -> Result<(), Error> {
    git(stage, &["add", "."])?;
    git(stage, &["commit", "--quiet", "--message", message])
}

/// A list's choice, as a user makes it.
pub fn choose(stage: &Stage, list: &str, value: &str) -> Result<(), Error> {
    stage.find(list)?;
    stage.session().run(
        "const list = document.querySelector(arguments[0]);
         list.value = arguments[1];
         list.dispatchEvent(new Event('change', { bubbles: true }));",
        &json!([list, value]),
    )?;
    Ok(())
}

/// What an enforcement point would have recorded: who, for what, of what, what was decided, and what would be.
const RECORDED: [(&str, &str, &str, &str, &str); 6] = [
    (
        "bea",
        "download",
        "Engagement-14/brief.pdf",
        "allow",
        "deny",
    ),
    ("bea", "download", "Engagement-14/plan.pdf", "allow", "deny"),
    ("bea", "upload", "Engagement-14/notes.md", "allow", "allow"),
    (
        "carl",
        "download",
        "Engagement-9/brief.pdf",
        "allow",
        "deny",
    ),
    ("dora", "read", "Engagement-9/brief.pdf", "deny", "allow"),
    ("dora", "read", "Engagement-14/brief.pdf", "allow", "allow"),
];

/// A file of it, of what a channel of the sample ships, and a row of something else.
pub fn shadow_log(stage: &Stage, channel: &str) -> Result<String, Error> {
    let home = stage.home.path();
    let pairs = workspace::shadow_pairs(&folder(stage), channel);
    let pairs = pairs.map_err(|error| Error::Missing(error.to_string()))?;
    let pair = pairs.first().cloned().unwrap_or_default();
    let reasons = |decision: &str| match decision {
        "allow" => json!(["contractor-download"]),
        _ => json!([]),
    };
    let row = |(at, (who, action, what, now, then)): (usize, &(&str, &str, &str, &str, &str))| {
        let row = json!({
            "v": 1,
            "at": format!("2026-11-1{at}T10:00:00Z"),
            "principal": format!("Contractor::\"{who}\""),
            "action": format!("Action::\"{action}\""),
            "resource": format!("Document::\"{what}\""),
            "decision": now,
            "reasons": reasons(now),
            "bundle": pair.enforced,
            "shadow": { "decision": then, "reasons": reasons(then), "bundle": pair.shadow },
        });
        format!("{row}\n")
    };
    let mut rows: Vec<String> = RECORDED.iter().enumerate().map(row).collect();
    rows.extend(
        rows.last()
            .map(|last| last.replace(&pair.shadow, "sha256:other")),
    );
    let rows = rows.concat();
    let log = home.join("shadow.jsonl");
    fs::write(&log, rows).map_err(|error| Error::System("a log".into(), error))?;
    Ok(log.display().to_string())
}

#[test]
fn what_only_ran_along_is_enforced_and_switched_back() -> Result<(), Error> {
    sample("cutover", &[], |stage| {
        stage.click("[data-test=open-sample]")?;
        stage.find("[data-test=stories]")?;
        stage.click("[data-test=go-releases]")?;
        stage.click("[data-test=promote-canary]")?;
        choose(stage, "#promote-mode", "audit-only")?;
        stage.find("[data-test=gate-validation][data-standing=passed]")?;
        // Nothing is in force that could decide instead.
        stage.find("[data-test=nobody-else]")?;
        in_every_dress(stage, "nobody-else")?;
        stage.click("[data-test=promote-submit]")?;
        ships(stage, "canary", "1.0.0")?;
        stage.text_when("[data-test=lane-canary]", "that all is denied", |text| {
            text.contains("Nothing decides here yet")
        })?;
        in_every_dress(stage, "nothing-decides")?;

        stage.click("[data-test=mode-canary]")?;
        stage.find("#mode-log")?;
        stage.picture("cutover-empty");
        stage.session().type_text(&shadow_log(stage, "canary")?)?;
        stage.session().press("Tab")?;
        let told = stage.text_when("[data-test=recorded]", "what was recorded", |text| {
            text.contains("6 decisions compared")
        })?;
        assert!(told.contains("10 Nov 2026"), "{told}");
        assert!(told.contains("1 row is of other versions"), "{told}");
        stage.picture("cutover");
        narrow(stage)?;
        stage.picture("cutover-narrow");
        stage.session().resize(1440, 900)?;
        stage.click("[data-test=mode-submit]")?;
        stage.text_when("[data-test=move]", "all enforced", |text| {
            text.contains("Modes") && text.contains("enforced")
        })?;
        stage.text_when("[data-test=lane-canary]", "that it decides", |text| {
            !text.contains("Nothing decides here yet")
        })?;
        // The way back names the mode it leads to.
        stage.text_when("[data-test=roll-back-canary]", "the way back", |text| {
            text.contains("Roll back to 1.0.0, audit-only")
        })?;
        stage.click("[data-test=roll-back-canary]")?;
        stage.find("#roll-back-reason")?;
        stage.session().press("Enter")?;
        stage.text_when("[data-test=lane-canary]", "audit only again", |text| {
            text.contains("audit-only") && text.contains("Enforce…")
        })?;
        stage.picture("cutover-back");
        Ok(())
    })
}

#[test]
fn what_a_policy_rests_on_is_found_and_cited() -> Result<(), Error> {
    sample("cite", &[], |stage| {
        stage.click("[data-test=open-sample]")?;
        stage.find("[data-test=stories]")?;
        open(stage, CONTRACTORS)?;
        to_the_top(stage)?;
        stage.session().press("Control+Shift+l")?;
        stage.find("[data-test=citables]")?;
        stage.picture("cite");
        stage.session().type_text("oversight")?;
        let found = stage.text_when("[data-test=citables]", "the one", |text| {
            text.trim_end().ends_with("Oversight")
        })?;
        stage.picture("cite-found");
        let name = found.lines().next().unwrap_or_default().trim().to_owned();
        stage.session().press("Enter")?;
        stage.gone("[data-test=citables]")?;
        let cited = format!("{name}\")");
        stage.until("the citation", || {
            let text = stage.session().run(
                "return document.querySelector('[data-test=editor]').shadowRoot.textContent;",
                &json!([]),
            )?;
            let text = text.as_str().unwrap_or_default().to_owned();
            Ok(if text.contains(&cited) {
                Ok(())
            } else {
                Err(text)
            })
        })?;
        stage.picture("cited");
        // One undo takes it out again.
        stage.session().press("Control+z")?;
        Ok(())
    })
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

#[test]
fn a_closed_gate_says_why_in_the_language_of_the_window() -> Result<(), Error> {
    sample("gates", &[], |stage| {
        stage.click("[data-test=open-sample]")?;
        stage.find("[data-test=stories]")?;
        stage.click("[data-test=go-releases]")?;
        promoted(stage, "stable", "1.0.0")?;
        // Contractors gain secret records, which a test forbids, and rest it on a contract that nobody lists.
        let file = folder(stage).join(CONTRACTORS);
        let text =
            fs::read_to_string(&file).map_err(|error| Error::System("a policy".into(), error))?;
        let wider = text
            .replacen(" &&\n  resource.classification != \"P0\"", "", 1)
            .replacen("MSA 4.2", "MSA 4.20", 1);
        fs::write(&file, wider).map_err(|error| Error::System("a policy".into(), error))?;
        // What else there is to know: tests that went, and a policy that git is told to leave out.
        let gone = folder(stage).join("tests/outside.json");
        fs::remove_file(&gone).map_err(|error| Error::System("tests".into(), error))?;
        for (path, text) in [
            (".gitignore", "mine.cedar\n"),
            (MINE, "permit (principal, action, resource);\n"),
        ] {
            fs::write(folder(stage).join(path), text)
                .map_err(|error| Error::System(path.into(), error))?;
        }
        commit(stage, "Contractors read what is secret")?;
        for (tag, theme, said) in [
            (
                "en",
                Theme::Light,
                [
                    "a file does not ship",
                    "no longer in it",
                    "did you mean MSA 4.2",
                    "exceeded",
                ],
            ),
            (
                "de",
                Theme::Dark,
                [
                    "eine Datei wird nicht ausgeliefert",
                    "nicht mehr enthalten",
                    "ist MSA 4.2 gemeint",
                    "überschritten",
                ],
            ),
            (
                "fr",
                Theme::Light,
                [
                    "fichier n’est pas livré",
                    "n’y figurent plus",
                    "s’agit-il de MSA 4.2",
                    "dépassée",
                ],
            ),
        ] {
            speak(stage, tag)?;
            stage.dress(theme)?;
            stage.click("[data-test=go-releases]")?;
            stage.click("[data-test=promote-stable]")?;
            let gates = [
                ("validation", "passed"),
                ("tests", "blocked"),
                ("references", "blocked"),
                ("drift", "blocked"),
            ];
            for ((gate, standing), said) in gates.into_iter().zip(said) {
                let gate = format!("[data-test=gate-{gate}][data-standing={standing}]");
                stage.text_when(&gate, said, |text| text.contains(said))?;
            }
            stage.picture(&format!("gates-{tag}"));
            narrow(stage)?;
            stage.picture(&format!("gates-{tag}-narrow"));
            stage.session().resize(1440, 900)?;
            stage.session().press("Escape")?;
            stage.gone("[data-test=gate-tests]")?;
            stage.picture(&format!("releases-{tag}-{}", theme.name()));
        }
        Ok(())
    })
}

/// A policy that git does not have.
const MINE: &str = "policies/access/mine.cedar";
const STABLE: &str = "refs/fabric/channels/stable";

/// Pictures light, dark and narrow.
fn in_every_dress(stage: &Stage, name: &str) -> Result<(), Error> {
    stage.picture(name);
    stage.dress(Theme::Dark)?;
    stage.picture(&format!("{name}-dark"));
    narrow(stage)?;
    stage.picture(&format!("{name}-narrow"));
    stage.session().resize(1440, 900)?;
    stage.dress(Theme::Light)
}

/// The sample, whose `stable` moved so many times: 1.0.0, 1.1.0, …
fn moved(stage: &Stage, times: usize) -> Result<(), Error> {
    stage.click("[data-test=open-sample]")?;
    stage.find("[data-test=stories]")?;
    stage.click("[data-test=go-releases]")?;
    promoted(stage, "stable", "1.0.0")?;
    let file = folder(stage).join(CONTRACTORS);
    for time in 1..times {
        let text =
            fs::read_to_string(&file).map_err(|error| Error::System("a policy".into(), error))?;
        let reviewed = format!("// Reviewed.\n{text}");
        fs::write(&file, reviewed).map_err(|error| Error::System("a policy".into(), error))?;
        commit(stage, "Contractors are reviewed")?;
        promoted(stage, "stable", &format!("1.{time}.0"))?;
    }
    Ok(())
}

#[test]
fn a_channel_left_behind_is_told_in_its_lane() -> Result<(), Error> {
    sample("left-behind", &[], |stage| {
        moved(stage, 2)?;
        // As in a clone that was made before the second move.
        git(stage, &["update-ref", STABLE, &format!("{STABLE}~1")])?;
        stage.click("[data-test=go-policies]")?;
        stage.click("[data-test=go-releases]")?;
        let told = "The ledger knows of move 2 of stable, and the repository ends at move 1";
        stage.text_when("[data-test=lane-stable]", told, |text| text.contains(told))?;
        stage.picture("left-behind");
        narrow(stage)?;
        stage.picture("left-behind-narrow");
        stage.session().resize(1440, 900)?;
        stage.dress(Theme::Dark)?;
        stage.picture("left-behind-dark");
        Ok(())
    })
}

#[test]
fn a_move_that_was_cut_off_is_finished_and_told_before_anything_else() -> Result<(), Error> {
    sample("cut-off", &[], |stage| {
        moved(stage, 3)?;
        // As after a kill when the receipt was written, and the channel had not moved yet.
        let cut_off = || -> Result<(), Error> {
            git(stage, &["update-ref", "refs/fabric/pending/stable", STABLE])?;
            git(stage, &["update-ref", STABLE, &format!("{STABLE}~1")])?;
            stage.click("[data-test=go-policies]")?;
            stage.click("[data-test=go-releases]")
        };
        cut_off()?;
        ships(stage, "stable", "1.1.0")?;
        in_every_dress(stage, "cut-off")?;
        let back = |reason: &str| -> Result<(), Error> {
            stage.click("[data-test=roll-back-stable]")?;
            stage.find("#roll-back-reason")?;
            stage.session().type_text(reason)?;
            stage.session().press("Enter")
        };
        // Whoever saw 1.1.0 takes nothing back that they never saw.
        back("partners were locked out")?;
        ships(stage, "stable", "1.2.0")?;
        let told = "Nothing else was done";
        stage.text_when("[data-test=toast][role=alert]", told, |text| {
            text.contains(told)
        })?;
        stage.gone("#roll-back-reason")?;
        in_every_dress(stage, "cut-off-finished")?;
        back("partners were locked out")?;
        ships(stage, "stable", "1.1.0")?;
        // Where there is nothing to roll back to, who promotes can finish it as well.
        cut_off()?;
        ships(stage, "stable", "1.2.0")?;
        stage.click("[data-test=promote-stable]")?;
        let finish = "Finish that move";
        stage.text_when("[data-test=promote-submit]", finish, |text| text == finish)?;
        in_every_dress(stage, "cut-off-promote")?;
        stage.click("[data-test=promote-submit]")?;
        ships(stage, "stable", "1.1.0")?;
        stage.gone("[data-test=promote-submit]")?;
        Ok(())
    })
}
