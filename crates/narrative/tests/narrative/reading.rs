//! Whether people can read it, and whether it says only what is known.

use std::collections::HashSet;

use model::{Condition, Decision, Fact, Relation, RiskLevel, Situation, Someone};
use narrative::{
    Document, Error, Facts,
    document::{Content, Source, Tone},
    facts::{Drift, Group, Part, Reached, Replayed, Week, What, Whom},
    language::{PSEUDO, plain},
    render, tags, write,
};

use crate::samples;

/// The prose up to the detail, with what stands in it for names of policies and commands left out: nobody reads those aloud.
fn first_page(document: &Document) -> String {
    let mut text = String::new();
    let words = |spans: &Vec<narrative::document::Span>| {
        let said: Vec<_> = spans
            .iter()
            .map(|span| match span {
                narrative::document::Span::Code(_) => {
                    narrative::document::Span::Text("it".to_owned())
                }
                other => other.clone(),
            })
            .collect();
        plain(&said) + "\n"
    };
    for block in document
        .blocks
        .iter()
        .take_while(|block| block.id != "detail")
    {
        match &block.content {
            Content::Paragraph(spans) => text += &words(spans),
            Content::List(items) | Content::Callout { items, .. } => {
                items.iter().for_each(|item| text += &words(item))
            }
            _ => {}
        }
    }
    text
}

/// The grade of Flesch and Kincaid (1975): 0.39 words a sentence + 11.8 syllables a word - 15.59. Syllables are counted by
/// groups of vowels, a silent `e` at the end apart.
fn grade(text: &str) -> f64 {
    let syllables = |word: &str| {
        let word: String = word
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphabetic())
            .collect();
        let vowel = |c: char| "aeiouyáéíóú".contains(c);
        let mut groups = 0_u32;
        let mut before = false;
        for c in word.chars() {
            groups += u32::from(vowel(c) && !before);
            before = vowel(c);
        }
        if word.ends_with('e') && !word.ends_with("le") && groups > 1 {
            groups -= 1;
        }
        groups.max(1)
    };
    // A number is read aloud, a point within it ends no sentence.
    let ends = |word: &str| {
        word.trim_end_matches(['”', ')'])
            .ends_with(['.', ':', ';', '!', '?'])
    };
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .collect();
    let sentences = words.iter().filter(|word| ends(word)).count().max(1) as f64;
    let count = words.len() as f64;
    let sounds: u32 = words.iter().map(|word| syllables(word)).sum();
    0.39 * count / sentences + 11.8 * f64::from(sounds) / count - 15.59
}

#[test]
fn the_measure_tells_easy_from_hard() {
    assert!(grade("The cat sat on the mat. The dog ran.") < 2.0);
    let hard = "Notwithstanding the aforementioned considerations, organisational authorisation infrastructure necessitates \
                comprehensive reconfiguration of interdepartmental administrative responsibilities.";
    assert!(grade(hard) > 20.0);
}

#[test]
fn the_english_first_page_is_read_with_twelve_years_of_school() {
    for (kind, facts) in samples::all() {
        let text = first_page(&write(&facts, "en").unwrap());
        let grade = grade(&text);
        assert!(grade <= 12.0, "{kind}: {grade:.1}\n{text}");
        assert!(
            text.split_whitespace().count() <= 450,
            "{kind}: more than a page"
        );
    }
}

#[test]
fn every_text_answers_the_same_questions_in_the_same_order() {
    for (kind, facts) in samples::all() {
        for tag in tags() {
            let document = write(&facts, tag).unwrap();
            let ids: Vec<&str> = document
                .blocks
                .iter()
                .map(|block| block.id.as_str())
                .collect();
            let at = |id: &str| ids.iter().position(|it| *it == id);
            let asked = [
                "changed", "affected", "why", "risk", "undo", "know", "detail", "glossary",
            ];
            let places: Vec<usize> = asked.iter().filter_map(|id| at(id)).collect();
            // Nobody gave a reason for what a ledger holds.
            let missing = if kind == "evidence" { 1 } else { 0 };
            assert_eq!(places.len(), asked.len() - missing, "{kind} {ids:?}");
            assert!(places.is_sorted(), "{kind} {ids:?}");
        }
    }
}

#[test]
fn blocks_have_names_of_their_own_and_notes_lead_to_what_is_there() {
    for (kind, facts) in samples::all() {
        let document = write(&facts, "en").unwrap();
        let ids: HashSet<&str> = document
            .blocks
            .iter()
            .map(|block| block.id.as_str())
            .collect();
        assert_eq!(ids.len(), document.blocks.len(), "{kind}");
        for note in document.blocks.iter().flat_map(|block| &block.notes) {
            if let Some(Source::Block(id)) = &note.source {
                assert!(ids.contains(id.as_str()), "{kind}: {id}");
            }
        }
        for block in &document.blocks {
            let tables = match &block.content {
                Content::Table(table) | Content::Chart { data: table, .. } => table,
                _ => continue,
            };
            assert!(
                tables
                    .rows
                    .iter()
                    .all(|row| row.len() == tables.columns.len()),
                "{kind}: {}",
                block.id
            );
        }
    }
}

#[test]
fn the_same_facts_give_the_same_words_in_whatever_order_they_come() {
    let Facts::Promotion(promotion) = samples::all().remove(0).1 else {
        panic!()
    };
    let mut shuffled = (*promotion).clone();
    let Replayed::Drift(drift) = &mut shuffled.drift else {
        panic!()
    };
    drift.people.reverse();
    drift.resources.reverse();
    drift.actions.reverse();
    drift.examples.reverse();
    let said = |promotion| write(&Facts::Promotion(Box::new(promotion)), "en").unwrap();
    assert_eq!(said(*promotion), said(shuffled));
}

#[test]
fn facts_are_kept_as_they_are() {
    for (_, facts) in samples::all() {
        let json = facts.to_json().unwrap();
        assert_eq!(serde_json::from_str::<Facts>(&json).unwrap(), facts);
        assert_eq!(
            serde_json::from_str::<Facts>(&json)
                .unwrap()
                .to_json()
                .unwrap(),
            json
        );
    }
}

fn level(facts: &Facts) -> (Tone, String, String) {
    let document = write(facts, "en").unwrap();
    let list = |id: &str| {
        let block = document.blocks.iter().find(|block| block.id == id).unwrap();
        match &block.content {
            Content::Callout { tone, items, .. } => (
                *tone,
                items
                    .iter()
                    .map(|item| plain(item))
                    .collect::<Vec<_>>()
                    .join("\n"),
            ),
            Content::Paragraph(spans) => (Tone::Plain, plain(spans)),
            other => panic!("{other:?}"),
        }
    };
    let (tone, reasons) = list("risk-level");
    (tone, reasons, list("risk-unknown").1)
}

#[test]
fn what_is_not_known_is_said_and_is_never_a_low_risk() {
    let with = |drift: Replayed, change: fn(&mut narrative::facts::Move)| {
        let mut promotion = samples::promotion();
        promotion.drift = drift;
        promotion.moved.gates.clear();
        change(&mut promotion.moved);
        Facts::Promotion(Box::new(promotion))
    };
    for replayed in [
        Replayed::NoLog,
        Replayed::First,
        Replayed::Failed("the schema differs".to_owned()),
    ] {
        let (tone, reasons, unknown) = level(&with(replayed, |_| {}));
        assert_eq!(tone, Tone::Caution);
        assert!(
            reasons.contains("not called low") && unknown.contains("nothing was replayed"),
            "{reasons}\n{unknown}"
        );
    }
    let empty = || Drift {
        changed: narrative::facts::Changed {
            of: 12,
            ..Default::default()
        },
        ..Drift::default()
    };
    let (tone, reasons, unknown) = level(&with(Replayed::Drift(Box::new(empty())), |moved| {
        moved.approvals.clear();
        moved.step.reason = Some("  ".to_owned());
        moved.step.receipt = None;
    }));
    assert_eq!(tone, Tone::Plain);
    assert!(
        reasons.starts_with("Nobody in the log gains or loses access"),
        "{reasons}"
    );
    for gap in [
        "12 recorded requests",
        "no times",
        "nobody approved",
        "no reason",
        "no receipt",
        "nothing was proven",
    ] {
        assert!(unknown.contains(gap), "{gap}\n{unknown}");
    }
    let full = samples::promotion();
    let (_, _, unknown) = level(&Facts::Promotion(Box::new(full.clone())));
    assert!(
        !unknown.contains("reason") && !unknown.contains("approved"),
        "{unknown}"
    );
    assert_eq!(level(&Facts::Promotion(Box::new(full))).0, Tone::Risk);
}

#[test]
fn no_more_is_said_of_people_than_the_log_tells() {
    for (language, nobody, generated, really) in [
        (
            "en",
            "Nobody in the log gains",
            "from a generated log",
            "people and programs really",
        ),
        (
            "de",
            "Laut Protokoll gewinnt",
            "aus einem erzeugten Protokoll",
            "Menschen und Programme",
        ),
        (
            "fr",
            "Selon le journal, personne",
            "d’un journal généré",
            "des programmes ont vraiment",
        ),
    ] {
        let told = promoted(language, |promotion| {
            let Replayed::Drift(drift) = &mut promotion.drift else {
                return;
            };
            (drift.changed.gained, drift.changed.lost, drift.changed.open) = (0, 0, 0);
            drift.generated = true;
        });
        assert!(told.contains(nobody) && told.contains(generated), "{told}");
        assert!(!told.contains(really), "{told}");
    }
}

#[test]
fn what_decides_for_nobody_yet_or_for_some_only_would_change_answers() {
    let nobody = "No answer changes yet";
    let some = "decides for a part of all people only";
    for (reached, lead) in [(Reached::Nobody, nobody), (Reached::Some, some)] {
        let mut promotion = samples::promotion();
        let Replayed::Drift(drift) = &mut promotion.drift else {
            panic!()
        };
        drift.reached = reached;
        let text = first_page(&write(&Facts::Promotion(Box::new(promotion)), "en").unwrap());
        assert!(text.contains(lead), "{text}");
        for would in [
            "would be allowed",
            "would be refused",
            "would alter the answer",
        ] {
            assert!(text.contains(would), "{would}\n{text}");
        }
        for is in [
            "now allowed",
            "now refused",
            "newly allowed",
            "are allowed now",
            "again",
            "nobody would notice",
        ] {
            assert!(
                !text.replace("would be newly allowed", "").contains(is),
                "{is}\n{text}"
            );
        }
    }
}

#[test]
fn other_modes_are_no_other_policies() {
    let mut promotion = samples::promotion();
    promotion.moved.step.what = What::Modes;
    let text = first_page(&write(&Facts::Promotion(Box::new(promotion)), "en").unwrap());
    assert!(
        text.contains("Two policies are applied in another way")
            && !text.contains("policies differ"),
        "{text}"
    );
}

#[test]
fn a_check_that_was_left_out_raises_the_level_by_one() {
    let mut promotion = samples::promotion();
    let Replayed::Drift(drift) = &mut promotion.drift else {
        panic!()
    };
    drift.sensitive_gained = 0;
    for group in drift
        .people
        .iter_mut()
        .chain(&mut drift.resources)
        .chain(&mut drift.actions)
    {
        group.risk = RiskLevel::Low;
    }
    drift.proof.clear();
    let tone = |promotion: &narrative::facts::Promotion| {
        level(&Facts::Promotion(Box::new(promotion.clone()))).0
    };
    assert_eq!(tone(&promotion), Tone::Caution);
    promotion.moved.gates.clear();
    assert_eq!(tone(&promotion), Tone::Plain);
}

#[test]
fn nothing_stands_in_a_text_that_no_template_wrote() {
    for (kind, facts) in samples::all() {
        let document = write(&facts, PSEUDO).unwrap();
        for (id, text) in document
            .blocks
            .iter()
            .filter_map(|block| match &block.content {
                Content::Heading { text, .. } => Some((&block.id, text.clone())),
                Content::Callout { title, .. } => Some((&block.id, title.clone())),
                Content::Paragraph(spans) => Some((&block.id, plain(spans))),
                _ => None,
            })
        {
            assert!(
                text.starts_with('[') && text.ends_with(']'),
                "{kind} {id}: {text}"
            );
        }
        assert!(render::html(&document).contains("lang=\"en-XA\""));
    }
}

#[test]
fn an_unknown_language_is_an_error() {
    let (_, facts) = samples::all().remove(0);
    assert_eq!(
        write(&facts, "nl").unwrap_err(),
        Error::Language("nl".to_owned())
    );
}

/// The prose of the first page, after a change to the facts of the promotion.
fn promoted(tag: &str, change: impl Fn(&mut narrative::facts::Promotion)) -> String {
    let mut promotion = samples::promotion();
    change(&mut promotion);
    first_page(&write(&Facts::Promotion(Box::new(promotion)), tag).unwrap())
}

/// All of it, on one line.
fn in_full(tag: &str, change: impl Fn(&mut narrative::facts::Promotion)) -> String {
    let mut promotion = samples::promotion();
    change(&mut promotion);
    let document = write(&Facts::Promotion(Box::new(promotion)), tag).unwrap();
    let words = render::text(&document);
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn reached(tag: &str, reached: Reached) -> String {
    promoted(tag, |promotion| {
        if let Replayed::Drift(drift) = &mut promotion.drift {
            drift.reached = reached;
        }
    })
}

#[test]
fn what_decides_for_everybody_after_a_canary_is_told_as_it_is() {
    for (tag, rest, is, would) in [
        (
            "en",
            "It decides for everybody now",
            "are allowed now",
            "would be allowed",
        ),
        (
            "de",
            "Es gilt jetzt für alle",
            "sind jetzt erlaubt",
            "würden dann erlaubt",
        ),
        (
            "fr",
            "décide maintenant pour tous",
            "sont maintenant acceptées",
            "seraient acceptées",
        ),
    ] {
        for (reached_, told) in [(Reached::Rest, is), (Reached::Again, would)] {
            let text = reached(tag, reached_);
            assert_eq!(text.contains(rest), reached_ == Reached::Rest, "{text}");
            let other = if told == is { would } else { is };
            assert!(text.contains(told) && !text.contains(other), "{text}");
        }
    }
    let text = reached("en", Reached::Withdrawn);
    assert!(
        text.contains("decides for everybody again")
            && text.contains("whom the canary had reached"),
        "{text}"
    );
    let again = reached("en", Reached::Again);
    assert!(
        again.contains("for a part of all people") || again.contains("For a part of all people")
    );
    assert!(
        again.contains("the earlier policies decide again"),
        "{again}"
    );
}

#[test]
fn why_nothing_was_counted_is_told_in_the_language() {
    for why in [Replayed::Canaries, Replayed::NotKept] {
        for (tag, english) in [
            ("de", "canary"),
            ("fr", "canary"),
            ("de", "report"),
            ("fr", "report"),
        ] {
            let text = promoted(tag, |promotion| promotion.drift = why.clone());
            assert!(!text.contains(english), "{text}");
        }
    }
    let text = promoted("de", |it| it.drift = Replayed::Canaries);
    assert!(text.contains("nicht getrennt gezählt"), "{text}");
}

#[test]
fn a_week_says_of_what_was_not_counted_nothing_but_that() {
    let mut week = samples::week();
    week.moves[0].changed = None;
    week.moves[1].changed = Some(Default::default());
    for (tag, first, never) in [
        (
            "en",
            "For 1 of 2 moves it was not counted",
            "Together the moves gave nobody",
        ),
        (
            "de",
            "Bei 1 von 2 Schritten wurde nicht gezählt",
            "niemandem neuen Zugriff",
        ),
        ("fr", "Pour 1\u{a0}étape sur 2", "Ensemble, ces étapes"),
    ] {
        let document = write(&Facts::Week(week.clone()), tag).unwrap();
        let lead = document.blocks.iter().find(|it| it.id == "affected-lead");
        let Content::Paragraph(spans) = &lead.unwrap().content else {
            panic!()
        };
        let text = plain(spans).replace("1 étape", "1\u{a0}étape");
        assert!(text.starts_with(first) && !text.contains(never), "{text}");
    }
    // Nor is anything said of a log that nobody looked at.
    week.moves.clear();
    let text = first_page(&write(&Facts::Week(week), "en").unwrap());
    assert!(!text.contains("in the log"), "{text}");
}

#[test]
fn a_verdict_tells_what_would_change() {
    for (tag, would, is) in [
        ("en", "would gain access", "now"),
        ("de", "würden dann erlaubt", "jetzt"),
        ("fr", "seraient acceptées", "maintenant"),
    ] {
        let document = write(&Facts::Verdict(samples::verdict()), tag).unwrap();
        let text: String = document
            .blocks
            .iter()
            .filter(|block| {
                block.id.starts_with("affected-")
                    || block.id == "risk-level"
                    || block.id == "why-list"
            })
            .map(|block| match &block.content {
                Content::Paragraph(spans) => plain(spans),
                Content::List(items) | Content::Callout { items, .. } => {
                    items.iter().map(|it| plain(it)).collect()
                }
                _ => String::new(),
            })
            .collect();
        assert!(text.contains(would) && !text.contains(is), "{text}");
    }
}

#[test]
fn what_a_table_leaves_out_is_said() {
    let mut evidence = samples::evidence();
    evidence.moves = (1..=46)
        .map(|at| samples::step(at, "1.0.0", samples::AT + at, 0, 0))
        .collect();
    let exception = evidence.exceptions[0].clone();
    evidence.exceptions = vec![exception; 41];
    let document = write(&Facts::Evidence(evidence), "en").unwrap();
    let told = |id: &str| {
        let block = document.blocks.iter().find(|it| it.id == id);
        let Content::Paragraph(spans) = &block.unwrap().content else {
            panic!()
        };
        plain(spans)
    };
    assert_eq!(
        told("detail-moves-cut"),
        "The table shows the last 40 of 46."
    );
    assert_eq!(
        told("detail-exceptions-cut"),
        "The table shows the first 40 of 41."
    );
}

#[test]
fn evidence_names_a_command_that_there_is() {
    for tag in tags() {
        let document = write(&Facts::Evidence(samples::evidence()), tag).unwrap();
        let text = render::text(&document);
        assert!(
            text.contains("fabric bundle . --out evidence.tfb"),
            "{text}"
        );
    }
}

#[test]
fn a_rollback_that_others_came_after_had_its_way_forward() {
    let mut rollback = samples::rollback();
    rollback.moved.way_back = None;
    rollback.moved.later = 2;
    let text = first_page(&write(&Facts::Rollback(Box::new(rollback.clone())), "en").unwrap());
    assert!(
        text.contains("2 moves came after it") && !text.contains("was prepared"),
        "{text}"
    );
    rollback.moved.later = 0;
    let text = first_page(&write(&Facts::Rollback(Box::new(rollback)), "en").unwrap());
    assert!(
        text.contains("No bundle that goes forward again was prepared"),
        "{text}"
    );
}

#[test]
fn a_rollback_of_modes_changes_no_policy() {
    let mut rollback = samples::rollback();
    rollback.moved.from = Some(rollback.moved.step.version.clone());
    let text = first_page(&write(&Facts::Rollback(Box::new(rollback)), "en").unwrap());
    assert!(
        text.contains("Two policies are applied in another way")
            && !text.contains("differ")
            && text.contains("took back a change in how version"),
        "{text}"
    );
}

#[test]
fn checks_and_moments_are_told_in_the_words_of_the_language() {
    for (tag, check, moment) in [
        ("en", "“drift”", "December\u{a0}1, 2026, 23:59 UTC"),
        (
            "de",
            "„Abweichung“",
            "1.\u{a0}Dezember 2026, 23:59 Uhr (UTC)",
        ),
        ("fr", "«\u{202f}écart\u{202f}»", "1\u{a0}décembre 2026"),
    ] {
        let text = promoted(tag, |_| ());
        assert!(text.contains(check), "{text}");
        let mut verdict = samples::verdict();
        verdict.overridden = Some(narrative::facts::Overridden {
            by: "Bo Lind".to_owned(),
            reason: "agreed".to_owned(),
            until: "2026-12-01T23:59:59Z".to_owned(),
            ends: Some(1_796_169_599),
        });
        let text = first_page(&write(&Facts::Verdict(verdict), tag).unwrap());
        assert!(
            text.contains(moment) && !text.contains("T23:59:59Z"),
            "{text}"
        );
    }
}

#[test]
fn a_reason_without_a_full_stop_gets_one_behind_it() {
    let with = |reason: &str| promoted("en", |it| it.moved.step.reason = Some(reason.to_owned()));
    assert!(with("agreed ").contains("“agreed”. "));
    assert!(with("Agreed.").contains("“Agreed.” "));
}

#[test]
fn a_week_is_at_least_as_bad_as_the_worst_of_its_moves() {
    let mut week = samples::week();
    let told = |week: &Week, tag| render::text(&write(&Facts::Week(week.clone()), tag).unwrap());
    for step in &mut week.moves {
        step.level = Some(RiskLevel::Low);
        step.left_out.clear();
    }
    let low = told(&week, "en");
    assert!(
        low.contains("Low risk") && !low.contains("By itself"),
        "{low}"
    );
    week.moves[1].level = Some(RiskLevel::High);
    let number = week.moves[1].sequence;
    for (tag, level, reason) in [
        (
            "en",
            "High risk",
            format!("By itself, move\u{a0}{number} ("),
        ),
        (
            "de",
            "Hohes Risiko",
            format!("Für sich allein hatte Schritt\u{a0}{number} ("),
        ),
        (
            "fr",
            "Risque élevé",
            format!("À elle seule, l’étape\u{a0}{number} ("),
        ),
    ] {
        let text = told(&week, tag);
        assert!(text.contains(level) && text.contains(&reason), "{text}");
    }
    // Of a part that was not counted it is not said that nothing was.
    week.moves[0].changed = None;
    let text = told(&week, "en");
    assert!(
        !text.contains("nothing was replayed.")
            && text.contains("1 of 2 moves: nothing was replayed for them"),
        "{text}"
    );
}

#[test]
fn what_would_change_for_everybody_is_told_beside_what_changes_for_those_reached() {
    let text = promoted("en", |it| {
        let Replayed::Drift(drift) = &mut it.drift else {
            panic!()
        };
        drift.reached = Reached::Some;
        drift.apart = vec![Part {
            whom: Whom::Newly,
            percent: 10,
            gained: 7,
            lost: 0,
            open: 0,
        }];
        let effect = drift.effect().unwrap();
        assert_eq!((effect.gained, effect.lost), (7, 0));
    });
    for told in [
        "If it decided for everybody, this would change",
        "The 10% of people whom a canary reaches since: 7 requests gain access, none loses it.",
    ] {
        assert!(text.contains(told), "{told}\n{text}");
    }
    assert!(!text.contains("not counted apart"), "{text}");
}

#[test]
fn who_is_reached_by_a_canary_is_told_apart() {
    let apart = |tag| {
        promoted(tag, |it| {
            let Replayed::Drift(drift) = &mut it.drift else {
                panic!()
            };
            drift.reached = Reached::Apart;
            drift.apart = [(Whom::Newly, 30, 7, 1), (Whom::Never, 70, 0, 2)]
                .map(|(whom, percent, gained, lost)| Part {
                    whom,
                    percent,
                    gained,
                    lost,
                    open: 0,
                })
                .into();
        })
    };
    for (tag, newly, never) in [
        (
            "en",
            "The 30% of people whom a canary reaches since: 7 requests gain access, 1 loses it.",
            "The 70% of people whom no canary reaches: no request gains access, 2 lose it.",
        ),
        (
            "de",
            "Personen, die ein Probelauf seither erfasst: 7 Anfragen werden neu erlaubt, 1 neu abgelehnt.",
            "Personen, die kein Probelauf erfasst: Keine Anfrage wird neu erlaubt, 2 neu abgelehnt.",
        ),
        (
            "fr",
            "personnes qu’un essai limité touche depuis\u{a0}: 7 demandes sont nouvellement acceptées",
            "personnes qu’aucun essai limité ne touche\u{a0}: aucune demande n’est nouvellement acceptée",
        ),
    ] {
        let text = apart(tag).split_whitespace().collect::<Vec<_>>().join(" ");
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&words(newly)), "{text}");
        assert!(text.contains(&words(never)), "{text}");
    }
}

#[test]
fn what_shows_a_proof_is_told_in_the_language_and_an_engine_is_quoted() {
    let of = |key: &str, is| Condition {
        of: vec![key.to_owned()],
        is,
    };
    let situation = Situation {
        principal: Someone {
            kind: "Contractor".into(),
            name: None,
            conditions: vec![Condition {
                of: Vec::new(),
                is: Fact::In(model::Reference::Named {
                    kind: "Group".into(),
                    name: "\"staff\"".into(),
                }),
            }],
        },
        action: "Action::\"read\"".into(),
        resource: Some(Someone {
            kind: "Record".into(),
            name: None,
            conditions: vec![
                of("archived", Fact::Flag(false)),
                of(
                    "level",
                    Fact::NoneOf(vec!["\"P0\"".into(), "\"P1\"".into()]),
                ),
            ],
        }),
        context: vec![of("mfa", Fact::Flag(true))],
    };
    let told = |tag, after| {
        in_full(tag, |it| {
            let Replayed::Drift(drift) = &mut it.drift else {
                panic!()
            };
            drift.proof[0].situation = Some(situation.clone());
            drift.proof[0].example = Some(("the old sentence".into(), after));
            let mut open = drift.proof[0].clone();
            (open.example, open.situation) = (None, None);
            open.relation = Relation::NotProven;
            open.reason = Some("no solver".into());
            drift.proof.push(open);
        })
    };
    for (tag, sentence, engine) in [
        (
            "en",
            "Contractor could do read on Record where Contractor is in Group \"staff\", archived of Record is false, level of Record is none of \"P0\" and \"P1\", and mfa of the request is true.",
            "the engine says: “no solver”",
        ),
        (
            "de",
            "Contractor könnte read auf Record ausführen, wobei gilt: Contractor gehört zu Group \"staff\", archived von Record trifft nicht zu, level von Record ist keines von \"P0\" und \"P1\" und mfa der Anfrage trifft zu.",
            "die Engine meldet: „no solver“",
        ),
        (
            "fr",
            "Contractor pourrait effectuer read sur Record, quand Contractor fait partie de Group \"staff\", archived de Record est faux, level de Record n’est aucune des valeurs \"P0\" et \"P1\" et mfa de la demande est vrai.",
            "le moteur dit : « no solver »",
        ),
    ] {
        let text = told(tag, Decision::Allow);
        assert!(text.contains(sentence), "{text}");
        assert!(text.contains(engine), "{text}");
        assert!(!text.contains("the old sentence"), "{text}");
    }
    assert!(told("de", Decision::Deny).contains("auf Record nicht mehr ausführen"));
}

#[test]
fn what_is_left_out_of_a_table_is_counted_and_no_request_stands_twice() {
    let text = in_full("en", |it| {
        let Replayed::Drift(drift) = &mut it.drift else {
            panic!()
        };
        let first = drift.examples[0].clone();
        drift.examples = vec![first; 3];
        drift.distinct = 3;
        let group = drift.actions[0].clone();
        drift.actions = (0..50)
            .map(|number| Group {
                name: format!("Action::\"a{number}\""),
                ..group.clone()
            })
            .collect();
    });
    assert!(
        text.contains("The table shows the first 40 of 50."),
        "{text}"
    );
    let requests = &text[text.find("The riskiest requests").unwrap()..];
    let requests = &requests[..requests.find("What is proven, by action").unwrap()];
    let name = samples::drift().examples[0].principal.clone();
    assert_eq!(requests.matches(&name).count(), 1, "{requests}");
    assert!(!requests.contains("The list is cut"), "{requests}");
    let times = samples::drift().examples[0].requests * 3;
    assert!(
        requests.replace(',', "").contains(&times.to_string()),
        "{requests}"
    );
}
