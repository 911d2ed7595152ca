//! What is told of a channel, a verdict and a ledger is what the repository, the kept reports and the log say.

use std::sync::Arc;

use evidence::{hex, sha256};
use model::RiskLevel;
use narrative::{Facts, document::Mark, edit::Edits, facts::*, render};
use pdf::Paper;
use release::Mode;

use super::{
    releases::{NOON, Place, RULES, moved, passphrase},
    *,
};
use crate::{
    ModeOf, NewModes, change_modes,
    narratives::{
        Form, Ground, Narrative, Rating, Subject, edits, facts, keep_edits, narrate, publish,
        published, rate, ratings,
    },
    roll_back,
};

const DAY: u64 = 24 * 3600;

/// A channel that shipped three versions, on three days, and went back to the second.
struct Told {
    place: Place,
    log: Arc<decisions::Log>,
}

fn log_of(place: &Place) -> Arc<decisions::Log> {
    let beside = place.root.parent().unwrap();
    opened(beside, &small_log(beside))
}

fn opened(beside: &Path, log: &Path) -> Arc<decisions::Log> {
    let folders = Folders {
        data: beside.join("data"),
        state: beside.join("state"),
    };
    let go_on = &mut |_, _| std::ops::ControlFlow::Continue(());
    crate::open_named_log(log, &folders, go_on).unwrap()
}

fn told() -> Told {
    let rules = format!("{RULES}[[channel]]\nname = \"stable\"\ntolerance = \"tolerance.toml\"\n");
    let place = Place::new(&rules);
    let log = log_of(&place);
    place.commit(
        "tolerance.toml",
        "[default]\ngained = \"any\"\nlost = \"any\"\nopen = \"any\"\nerror_changed = \"any\"\n",
    );
    moved(place.promote("1.0.0", NOON, |_| ()));
    place.commit(
        "authorities.toml",
        "[[authority]]\nid = \"GDPR Art. 32\"\ntitle = \"Security of processing\"\nkind = \"regulation\"\nlink = \"https://eur-lex.europa.eu/x\"\n",
    );
    // Staff may edit as well.
    let wider = POLICIES.replace("action == Action::\"view\"", "action");
    let wider = wider.replace(
        "@id(\"staff-view\")",
        "@id(\"staff-view\")\n@authority(\"GDPR Art. 32\")",
    );
    place.commit("a.cedar", &wider);
    let ship = |version, at| {
        moved(place.promote(version, at, |wanted| {
            wanted.log = Some(Arc::clone(&log));
            wanted.reason = Some("Staff write the menu.".to_owned());
        }))
    };
    ship("1.1.0", NOON + DAY);
    place.commit("a.cedar", &wider.replace("resource.secret", "false"));
    ship("1.2.0", NOON + 2 * DAY);
    let back = place.with(NOON + 3 * DAY, |with| {
        roll_back(with, "stable", "Secrets were open.")
    });
    moved(back.unwrap());
    Told { place, log }
}

impl Told {
    fn ground(&self) -> Ground<'_> {
        Ground {
            root: &self.place.root,
            ledger: Some(&self.place.ledger),
            log: Some(Arc::clone(&self.log)),
            now: NOON + 4 * DAY,
        }
    }

    fn facts(&self, subject: Subject) -> Facts {
        facts(&self.ground(), &subject).unwrap()
    }

    fn promotion(&self, sequence: Option<u64>) -> Promotion {
        let channel = "stable".to_owned();
        match self.facts(Subject::Promotion { channel, sequence }) {
            Facts::Promotion(promotion) => *promotion,
            other => panic!("{other:?}"),
        }
    }

    fn narrate(&self, language: &str) -> Narrative {
        let subject = Subject::Promotion {
            channel: "stable".to_owned(),
            sequence: Some(2),
        };
        narrate(&self.ground(), &subject, language).unwrap()
    }
}

fn drift(replayed: &Replayed) -> &Drift {
    match replayed {
        Replayed::Drift(drift) => drift,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_promotion_is_told_from_the_report_by_which_it_was_judged() {
    let told = told();
    let it = told.promotion(Some(2));
    assert_eq!(
        (it.moved.step.version.as_str(), it.moved.from.as_deref()),
        ("1.1.0", Some("1.0.0"))
    );
    assert_eq!(
        it.moved.step.reason.as_deref(),
        Some("Staff write the menu.")
    );
    assert_eq!(
        it.moved.step.receipt.as_ref().map(|receipt| receipt.number),
        Some(1)
    );
    let entry = &told.place.ledger.entries(1..2).unwrap()[0];
    assert_eq!(
        it.moved.step.receipt.as_ref().unwrap().leaf,
        hex(&entry.leaf.hash())
    );
    // Ada of the staff edits the menu, with and without a second factor, and the plan with it.
    let found = drift(&it.drift);
    let expected = Changed {
        of: 32,
        gained: 3,
        lost: 0,
        open: 0,
    };
    assert_eq!(
        (found.changed, it.moved.step.changed),
        (expected, Some(expected))
    );
    assert_eq!((found.reach_gained, found.complete), ((1, 2), true));
    assert_eq!(
        (
            found.people.len(),
            found.people[0].name.as_str(),
            found.people[0].gained
        ),
        (1, "User", 3)
    );
    assert_eq!(found.actions[0].name, "Action::\"edit\"");
    assert!(found.window.is_some() && !found.proof.is_empty());
    // The report is the kept one, under its digest.
    let report = told
        .place
        .ledger
        .kept_at(found.report.as_ref().unwrap())
        .unwrap();
    assert_eq!(hex(&sha256(&[&report])), *found.report.as_ref().unwrap());
    assert_eq!(it.moved.policies.len(), 1);
    let cited = &it.moved.policies[0].cites[0];
    assert_eq!(
        (cited.id.as_str(), cited.title.as_deref()),
        ("GDPR Art. 32", Some("Security of processing"))
    );
    assert!(it.moved.gates.iter().any(|gate| gate.name == "drift"
        && gate.standing == Standing::Passed
        && matches!(gate.finding, Some(model::Found::Replayed(_)))));
    // Others came after it.
    assert_eq!((it.moved.later, it.moved.way_back), (2, None));
}

#[test]
fn what_waits_would_change_answers_and_changes_them_once_it_is_enforced() {
    let place = Place::new(RULES);
    let log = log_of(&place);
    moved(place.promote("1.0.0", NOON, |_| ()));
    let wider = POLICIES.replace("action == Action::\"view\"", "action");
    place.commit("a.cedar", &wider);
    moved(place.promote("1.1.0", NOON + DAY, |wanted| {
        wanted.modes.default = Mode::AuditOnly;
    }));
    let change = |mode, days| {
        let wanted = NewModes {
            channel: "stable",
            of: &[ModeOf::All],
            mode,
            reason: "r",
            outside_window: None,
            log: &|| Ok(None),
        };
        let made = place.with(NOON + days * DAY, |with| change_modes(with, &wanted));
        moved(made.unwrap());
    };
    let modes = [
        Mode::Canary(10),
        Mode::Canary(50),
        Mode::Enforce,
        Mode::AuditOnly,
        Mode::Enforce,
        Mode::Canary(50),
        Mode::AuditOnly,
    ];
    for (days, mode) in (2..).zip(modes) {
        change(mode, days);
    }
    let told = Told { place, log };
    // Ada, who asked for all of it, is reached by some canaries and not by others.
    let ada = release::bucket("User::\"ada\"");
    let reached = |percent| ada < percent;
    let (gains, loses) = ((3, 0), (0, 3));
    let if_so = |so: bool, counts| if so { counts } else { (0, 0) };
    for (sequence, why, counts, changed) in [
        (2, Reached::Nobody, gains, (0, 0)),
        (3, Reached::Some, gains, if_so(reached(10), gains)),
        (5, Reached::Rest, gains, if_so(!reached(50), gains)),
        (6, Reached::Everybody, loses, loses),
        (7, Reached::Everybody, gains, gains),
        (8, Reached::Again, loses, if_so(!reached(50), loses)),
        (9, Reached::Withdrawn, loses, if_so(reached(50), loses)),
    ] {
        let it = told.promotion(Some(sequence));
        let found = drift(&it.drift);
        assert_eq!(
            (found.reached, (found.changed.gained, found.changed.lost)),
            (why, counts),
            "move {sequence}"
        );
        let step = it.moved.step.changed.map(|it| (it.gained, it.lost));
        assert_eq!(step, Some(changed), "move {sequence}");
    }
    // From one canary to another, what changes is what those gain whom the second has reached and the first had not.
    let between = told.promotion(Some(4));
    let found = drift(&between.drift);
    assert_eq!(found.reached, Reached::Apart);
    let parts: Vec<_> = found.apart.iter().map(|it| (it.whom, it.percent)).collect();
    let whom = [(Whom::Still, 10), (Whom::Newly, 40), (Whom::Never, 50)];
    assert_eq!(parts, whom);
    for part in &found.apart {
        assert!(part.whom == Whom::Newly || (part.gained, part.lost, part.open) == (0, 0, 0));
    }
    assert_eq!(between.moved.step.changed, Some(found.changed));
}

/// Two policies of a version: one is enforced for everybody, and one is a canary.
#[test]
fn a_canary_within_a_version_is_counted_by_what_decides_for_who_asked() {
    const VIEW: &str = r#"@id("view") permit (principal, action == Action::"view", resource);"#;
    const EDIT: &str = r#"@id("edit") permit (principal, action == Action::"edit", resource);"#;
    let deny = r#"@id("other") permit (principal == User::"nobody", action, resource);"#;
    // One of the two who ask is reached, and the other is not.
    let buckets = ["ada", "bo"].map(|name| release::bucket(&format!("User::\"{name}\"")));
    assert_ne!(buckets[0], buckets[1]);
    let percent = buckets[0].min(buckets[1]) + 1;
    let place = Place::new(RULES);
    let log = log_of(&place);
    place.commit("a.cedar", deny);
    moved(place.promote("1.0.0", NOON, |_| ()));
    place.commit("a.cedar", &format!("{deny}\n{VIEW}\n{EDIT}"));
    moved(place.promote("1.1.0", NOON + DAY, |wanted| {
        let modes = &mut wanted.modes.policies;
        modes.insert("edit".to_owned(), Mode::Canary(percent));
    }));
    let rolled = place.with(NOON + 2 * DAY, |with| roll_back(with, "stable", "r"));
    moved(rolled.unwrap());
    let told = Told { place, log };
    let it = told.promotion(Some(2));
    let found = drift(&it.drift);
    assert_eq!(found.reached, Reached::Apart);
    // Each asked 12 times to view and 4 times to edit, and nobody could.
    let (newly, never) = (16, 12);
    let parts: Vec<_> = found.apart.iter().map(|it| (it.whom, it.gained)).collect();
    assert_eq!(parts, [(Whom::Newly, newly), (Whom::Never, never)]);
    assert_eq!(
        (found.changed.gained, found.changed.lost),
        (newly + never, 0)
    );
    assert_eq!(it.moved.step.changed, Some(found.changed));
    let groups: u64 = found.people.iter().map(|group| group.gained).sum();
    assert_eq!(groups, newly + never);
    // Taken back, the same people lose the same.
    let subject = Subject::Rollback {
        channel: "stable".to_owned(),
        sequence: None,
    };
    let Facts::Rollback(back) = told.facts(subject) else {
        panic!()
    };
    let found = drift(&back.drift);
    assert_eq!(
        (found.changed.gained, found.changed.lost),
        (0, newly + never)
    );
    let parts: Vec<_> = found.apart.iter().map(|it| (it.whom, it.lost)).collect();
    assert_eq!(parts, [(Whom::NoLonger, newly), (Whom::Never, never)]);
}

/// What other people ask for does not take the place of what is told of those whom a canary reaches.
#[test]
fn one_request_of_the_people_reached_is_told_beside_a_thousand_of_others() {
    let kept = crate::KEPT_CHANGES;
    let named = |wanted: std::ops::Range<u8>| {
        let mut names = (0..).map(|number| format!("u{number}"));
        names.find(|name| wanted.contains(&release::bucket(&format!("User::\"{name}\""))))
    };
    let (newly, never) = (named(10..50).unwrap(), named(50..100).unwrap());
    let place = Place::new(RULES);
    let row = |user: &str, doc: String| {
        let mut row: serde_json::Value =
            serde_json::from_str(&request(user, "edit", &doc, true)).unwrap();
        row["v"] = 1.into();
        row["id"] = format!("{user}-{doc}").into();
        row["at"] = "2026-11-03T10:00:00Z".into();
        row["decision"] = "deny".into();
        row.to_string() + "\n"
    };
    let others = (0..=kept).map(|number| row(&never, format!("a{number}")));
    let lines: String = others.chain([row(&newly, "b".to_owned())]).collect();
    let beside = place.root.parent().unwrap();
    fs::write(beside.join("wide.jsonl"), lines).unwrap();
    let log = opened(beside, &beside.join("wide.jsonl"));
    let (wider, narrow) = (
        r#"@id("all") permit (principal, action, resource);"#,
        r#"@id("all") permit (principal == User::"nobody", action, resource);"#,
    );
    place.commit("a.cedar", narrow);
    moved(place.promote("1.0.0", NOON, |_| ()));
    place.commit("a.cedar", wider);
    for (version, percent, days) in [("1.1.0", 10, 1), ("1.2.0", 50, 2)] {
        place.commit("notes.md", version);
        moved(place.promote(version, NOON + days * DAY, |wanted| {
            wanted.modes.default = Mode::Canary(percent);
        }));
    }
    let told = Told { place, log };
    let it = told.promotion(Some(3));
    let found = drift(&it.drift);
    assert_eq!(found.reached, Reached::Apart);
    assert_eq!((found.changed.gained, found.distinct), (1, 1));
    let shown: Vec<_> = found.examples.iter().map(|it| &it.principal).collect();
    assert_eq!(shown, [&format!("User::\"{newly}\"")]);
}

#[test]
fn an_edit_goes_out_with_the_move_that_shipped_it() {
    let told = told();
    let place = &told.place;
    let digest = drift(&told.promotion(Some(3)).drift).report.clone();
    let report = place.ledger.kept_at(&digest.unwrap()).unwrap();
    let report = guard::Report::read(&String::from_utf8(report).unwrap()).unwrap();
    let seal = |signer: &dyn evidence::ed25519::Signer| {
        Ok(vec![crate::verdict_receipt(
            &place.ledger,
            &report,
            signer,
            NOON + 4 * DAY,
        )?])
    };
    crate::record(
        &place.ledger,
        &place.vault,
        &|_| Ok(passphrase()),
        NOON + 4 * DAY,
        seal,
    )
    .unwrap();
    let chosen = |number: u64| {
        let choice = crate::Choice {
            numbers: std::iter::once(number..number + 1).collect(),
            edits: true,
            policies: crate::policies_of_moves(&place.root).unwrap(),
            ..crate::Choice::default()
        };
        place.ledger.choose(&choice).unwrap()
    };
    // The move to 1.2.0 is receipt 2, and the verdict of it is receipt 4.
    assert_eq!(chosen(4), [2..3, 4..5]);
    assert_eq!(chosen(2), [2..3, 4..5]);
}

#[test]
fn the_first_version_has_nothing_to_be_compared_with() {
    let told = told();
    let it = told.promotion(Some(1));
    assert_eq!(
        (it.drift, it.moved.from, it.before.len()),
        (Replayed::First, None, 0)
    );
    // Without a number it is the last promotion, and not the rollback after it.
    let last = told.promotion(None);
    assert_eq!((last.moved.step.sequence, last.before.len()), (3, 2));
}

#[test]
fn a_rollback_is_replayed_and_names_what_it_undid() {
    let told = told();
    let subject = Subject::Rollback {
        channel: "stable".to_owned(),
        sequence: None,
    };
    let Facts::Rollback(it) = told.facts(subject.clone()) else {
        panic!()
    };
    let undone = it.undone.as_ref().unwrap();
    assert_eq!((undone.sequence, undone.version.as_str()), (3, "1.2.0"));
    assert_eq!(it.moved.step.what, What::Rollback(3));
    let found = drift(&it.drift);
    let before = drift(&told.promotion(Some(3)).drift).changed;
    assert_eq!(
        (found.changed.lost, found.changed.gained),
        (before.gained, before.lost)
    );
    assert_eq!(
        found.report, None,
        "nobody judged it: a rollback passes no gate"
    );
    let way_back = it.moved.way_back.as_ref().unwrap();
    assert_eq!((way_back.version.as_str(), it.moved.later), ("1.2.0", 0));
    // Without a log nothing is said of access.
    let blind = Ground {
        log: None,
        ..told.ground()
    };
    let Facts::Rollback(it) = facts(&blind, &subject).unwrap() else {
        panic!()
    };
    assert_eq!(it.drift, Replayed::NoLog);
}

#[test]
fn a_week_holds_the_moves_of_seven_days() {
    let told = told();
    let week = |until| match told.facts(Subject::Week {
        channel: "stable".to_owned(),
        until,
    }) {
        Facts::Week(week) => week,
        other => panic!("{other:?}"),
    };
    let all = week(NOON + 4 * DAY);
    // Each is rated as its own narrative rates it.
    let levels: Vec<_> = all.moves.iter().map(|it| it.level.unwrap()).collect();
    let own = told.promotion(Some(3));
    let own = narrative::risk::Assessment::of_move(&own.moved, &own.drift, true);
    assert_eq!((levels[2], levels[0]), (own.level, RiskLevel::Medium));
    assert_eq!(
        all.moves
            .iter()
            .map(|step| step.sequence)
            .collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    assert_eq!((all.before, all.ships.as_deref()), (None, Some("1.1.0")));
    assert!(all.undo.is_some());
    // The rollback passed no gate: it is replayed. The first move has nothing to be compared with.
    let counted: Vec<bool> = all.moves.iter().map(|it| it.changed.is_some()).collect();
    assert_eq!(counted, [false, true, true, true]);
    assert_eq!(all.moves[1].changed.map(|changed| changed.gained), Some(3));
    let changed = |place: usize| all.moves[place].changed.unwrap();
    assert_eq!(
        (changed(3).lost, changed(3).gained),
        (changed(2).gained, changed(2).lost)
    );
    let early = week(NOON + DAY + 1);
    assert_eq!(
        (early.moves.len(), early.ships.as_deref(), early.undo),
        (2, Some("1.1.0"), None)
    );
    let next = week(NOON + 8 * DAY + 1);
    assert_eq!(
        (next.moves.len(), next.before.map(|before| before.len())),
        (2, Some(2))
    );
    let quiet = week(NOON + 30 * DAY);
    assert_eq!(
        (
            quiet.moves.len(),
            quiet.before.map(|before| before.len()),
            quiet.undo
        ),
        (0, Some(0), None)
    );
}

#[test]
fn a_ledger_is_told_after_it_was_computed_again() {
    let told = told();
    let Facts::Evidence(it) = told.facts(Subject::Evidence) else {
        panic!()
    };
    assert_eq!((it.receipts, it.moves.len(), it.purged), (4, 4, 0));
    assert_eq!(it.period, Some((NOON, NOON + 3 * DAY)));
    assert_eq!(
        it.kinds
            .iter()
            .map(|kind| (kind.kind.as_str(), kind.receipts))
            .collect::<Vec<_>>(),
        [("promotion", 3), ("rollback", 1)]
    );
    let checkpoint = it.checkpoint.unwrap();
    assert_eq!((checkpoint.receipts, checkpoint.witnesses.len()), (4, 0));
    assert_eq!(
        checkpoint.root,
        hex(&told.place.ledger.check().unwrap().root)
    );
    assert_eq!(
        it.audit,
        Some(Audit {
            at: NOON + 4 * DAY,
            fault: None
        })
    );
    assert_eq!(it.keys, ["release"]);
}

#[test]
fn a_verdict_is_told_from_its_receipt() {
    let told = told();
    let place = &told.place;
    let ledger = &place.ledger;
    let refused = facts(&told.ground(), &Subject::Verdict { receipt: None })
        .err()
        .unwrap();
    assert_eq!(refused.code(), Code::NothingToTell);
    let not_one = facts(&told.ground(), &Subject::Verdict { receipt: Some(0) })
        .err()
        .unwrap();
    assert_eq!(not_one.code(), Code::NothingToTell);
    // The promotion's own report, kept as a verdict.
    let digest = drift(&told.promotion(Some(3)).drift)
        .report
        .clone()
        .unwrap();
    let report = String::from_utf8(ledger.kept_at(&digest).unwrap()).unwrap();
    let report = guard::Report::read(&report).unwrap();
    let seal = |signer: &dyn evidence::ed25519::Signer| {
        Ok(vec![crate::verdict_receipt(
            ledger,
            &report,
            signer,
            NOON + 4 * DAY,
        )?])
    };
    crate::record(
        ledger,
        &place.vault,
        &|_| Ok(passphrase()),
        NOON + 4 * DAY,
        seal,
    )
    .unwrap();
    let Facts::Verdict(it) = told.facts(Subject::Verdict { receipt: None }) else {
        panic!()
    };
    assert_eq!(
        (it.ruling, it.receipt.map(|receipt| receipt.number)),
        (Ruling::Pass, Some(4))
    );
    assert_eq!(drift(&it.drift).changed.gained, report.drift.totals.gained);
    assert_eq!(drift(&it.drift).reached, Reached::Proposed);
    assert!(
        it.bounds
            .iter()
            .all(|bound| bound.rule == "default" && bound.limit.is_none())
    );
}

#[test]
fn every_kind_is_written_in_every_language() {
    let told = told();
    let channel = || "stable".to_owned();
    for subject in [
        Subject::Promotion {
            channel: channel(),
            sequence: None,
        },
        Subject::Promotion {
            channel: channel(),
            sequence: Some(1),
        },
        Subject::Rollback {
            channel: channel(),
            sequence: None,
        },
        Subject::Week {
            channel: channel(),
            until: NOON + 4 * DAY,
        },
        Subject::Evidence,
    ] {
        for language in crate::narratives::languages() {
            let it = narrate(&told.ground(), &subject, language).unwrap();
            assert_eq!(it.document, it.computed);
            assert!(render::html(&it.document).contains(&format!("<html lang=\"{language}\">")));
            // The same facts, the same words.
            assert_eq!(
                narrate(&told.ground(), &subject, language)
                    .unwrap()
                    .document,
                it.document
            );
        }
    }
    let unknown = narrate(&told.ground(), &Subject::Evidence, "xx")
        .err()
        .unwrap();
    assert_eq!(unknown.code(), Code::LanguageUnknown);
}

#[test]
fn what_is_not_there_is_not_told() {
    let told = told();
    for subject in [
        Subject::Promotion {
            channel: "stable".to_owned(),
            sequence: Some(4),
        },
        Subject::Promotion {
            channel: "stable".to_owned(),
            sequence: Some(9),
        },
        Subject::Rollback {
            channel: "stable".to_owned(),
            sequence: Some(1),
        },
        Subject::Promotion {
            channel: "edge".to_owned(),
            sequence: None,
        },
        Subject::Week {
            channel: "edge".to_owned(),
            until: NOON,
        },
    ] {
        let error = facts(&told.ground(), &subject).err().unwrap();
        assert_eq!(error.code(), Code::NothingToTell, "{subject:?}: {error}");
    }
    let blind = Ground {
        ledger: None,
        ..told.ground()
    };
    assert!(facts(&blind, &Subject::Evidence).is_err());
    // A promotion is told without a ledger, and says that there is no receipt.
    let subject = Subject::Promotion {
        channel: "stable".to_owned(),
        sequence: Some(2),
    };
    let it = narrate(&blind, &subject, "en").unwrap();
    assert!(render::text(&it.document).contains("No receipt of this was found"));
}

#[test]
fn what_is_published_is_signed_kept_and_rated() {
    let told = told();
    let ledger = &told.place.ledger;
    let it = told.narrate("de");
    let bytes = render::markdown(&it.document);
    let recorded = told.place.with(NOON + 4 * DAY, |with| {
        let (recorded, printed) = publish(with, &it, Form::Markdown, Paper::A4).unwrap();
        assert_eq!(printed, bytes.as_bytes());
        recorded
    });
    assert_eq!((recorded.first, recorded.receipts), (4, 1));
    assert_eq!(ledger.check().unwrap().size, 5);
    let list = published(ledger).unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(
        (
            list[0].receipt,
            list[0].language.as_str(),
            list[0].format.as_str()
        ),
        (4, "de", "markdown")
    );
    assert_eq!(list[0].digest, hex(&sha256(&[bytes.as_bytes()])));
    assert!(list[0].kept && list[0].average.is_none());
    assert_eq!(ledger.kept_at(&list[0].digest).unwrap(), bytes.as_bytes());
    // The facts can be told again from what was kept.
    let json = it.facts.to_json().unwrap();
    let kept = ledger.kept_at(&hex(&sha256(&[json.as_bytes()]))).unwrap();
    assert_eq!(serde_json::from_slice::<Facts>(&kept).unwrap(), it.facts);

    let rating = |by: &str, stars| Rating {
        receipt: 4,
        stars,
        comment: "Clear.".to_owned(),
        by: by.to_owned(),
        at: "2026-11-27T12:00:00Z".to_owned(),
    };
    rate(ledger, rating("ana", 5)).unwrap();
    rate(ledger, rating("bo", 2)).unwrap();
    // Who rates again changes their mind.
    let now = rate(ledger, rating("bo", 4)).unwrap();
    assert_eq!((now.ratings, now.average), (2, Some(4.5)));
    assert_eq!(ratings(ledger).unwrap().len(), 2);
    for (wrong, code) in [
        (
            Rating {
                stars: 6,
                ..rating("ana", 1)
            },
            Code::BadCall,
        ),
        (
            Rating {
                comment: "x".repeat(5_000),
                ..rating("ana", 1)
            },
            Code::BadCall,
        ),
        (
            Rating {
                receipt: 0,
                ..rating("ana", 1)
            },
            Code::NothingToTell,
        ),
    ] {
        assert_eq!(rate(ledger, wrong).err().unwrap().code(), code);
    }
    assert_eq!(ratings(ledger).unwrap().len(), 2);
}

#[test]
fn an_author_s_words_are_kept_with_the_workspace() {
    let told = told();
    let ledger = &told.place.ledger;
    let it = told.narrate("en");
    let mut changed = Edits::default();
    changed
        .put(&it.computed, "why-lead", "Ivo", "The kitchen asked for it.")
        .unwrap();
    keep_edits(ledger, &it.name, &changed).unwrap();
    assert_eq!(edits(ledger, &it.name).unwrap(), changed);
    let again = told.narrate("en");
    assert_eq!(again.computed, it.computed);
    let block = again
        .document
        .blocks
        .iter()
        .find(|block| block.id == "why-lead")
        .unwrap();
    assert_eq!(
        block.mark,
        Mark::Edited {
            by: "Ivo".to_owned()
        }
    );
    // Another language has words of its own.
    assert_eq!(told.narrate("fr").document, told.narrate("fr").computed);
}

#[test]
fn sensitive_resources_are_those_of_the_workspace_s_rules() {
    let rules = format!("{RULES}[[risk]]\ntype = \"Doc\"\nlevel = \"high\"\n");
    let place = Place::new(&rules);
    let log = log_of(&place);
    moved(place.promote("1.0.0", NOON, |_| ()));
    place.commit(
        "a.cedar",
        &POLICIES.replace("action == Action::\"view\"", "action"),
    );
    moved(place.promote("1.1.0", NOON + 1, |_| ()));
    let told = Told { place, log };
    let it = told.promotion(None);
    // No tolerance is named, so nothing was judged: the log is replayed now.
    let found = drift(&it.drift);
    assert_eq!(
        (
            found.report.as_ref(),
            found.changed.gained,
            found.sensitive_gained
        ),
        (None, 3, 3)
    );
    assert_eq!(found.people[0].risk, RiskLevel::High);
}
