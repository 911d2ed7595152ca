//! Narratives as a window tells them.

use ipc::{
    EditedProse, NarrativeExport, NarrativeForm, NarrativePublish, NarrativeSubject, PromoteAsked,
    Rated, Telling,
};

use super::{wire::call, *};

fn told() -> Telling {
    Telling {
        subject: NarrativeSubject::Promotion {
            channel: "canary".to_owned(),
            sequence: 1,
        },
        language: "en".to_owned(),
        letter: false,
    }
}

#[test]
fn a_window_tells_edits_exports_publishes_and_rates() {
    let bench = Bench::new();
    let studio = bench.studio();
    studio.open_sample(()).unwrap();
    let before = call::<ipc::ViewNarratives>(&studio, ());
    assert!(before.published.is_empty());
    let english = ("en".to_owned(), "English".to_owned());
    assert!(before.languages.contains(&english) && before.languages.len() >= 3);
    studio
        .promote(PromoteAsked {
            channel: "canary".to_owned(),
            version: "1.0.0".to_owned(),
            mode: "enforce".to_owned(),
            reason: "first".to_owned(),
            outside_window: String::new(),
            skip_references: String::new(),
            overriding: String::new(),
        })
        .unwrap();
    let view = call::<ipc::ViewNarratives>(&studio, ());
    let subjects: Vec<_> = view.subjects.iter().map(|it| &it.subject).collect();
    assert!(subjects.contains(&&told().subject), "{subjects:?}");
    assert!(subjects.contains(&&NarrativeSubject::Evidence));

    let narrative = call::<ipc::Tell>(&studio, told());
    assert!(narrative.title.contains("1.0.0"), "{}", narrative.title);
    assert!(narrative.pages.iter().all(|page| page.starts_with("<svg")));
    // Headings lead to places that the pages have, and notes to receipts that the ledger has.
    for heading in &narrative.headings {
        let mark = format!("id=\"{}\"", heading.place);
        assert!(
            narrative.pages.iter().any(|it| it.contains(&mark)),
            "{mark}"
        );
    }
    let (leaf, number) = &narrative.receipts[0];
    assert!(
        narrative
            .pages
            .concat()
            .contains(&format!("#receipt:{leaf}"))
    );
    assert_eq!(
        studio.view_ledger(()).unwrap().unwrap().receipts,
        number + 1
    );

    let edit = |text: &str| EditedProse {
        telling: told(),
        block: narrative.prose[0].id.clone(),
        text: text.to_owned(),
    };
    let edited = call::<ipc::EditProse>(&studio, edit("In my *own* words."));
    assert_eq!(
        edited.prose[0].text.trim(),
        "In my **own** words.".replace("**", "*")
    );
    assert!(!edited.prose[0].by.is_empty() && edited.pages != narrative.pages);
    // Told anew, the edit stays; dropped, everything is as it was computed.
    assert_eq!(call::<ipc::Tell>(&studio, told()), edited);
    assert_eq!(call::<ipc::EditProse>(&studio, edit(" ")), narrative);
    let unknown = EditedProse {
        block: "nowhere".to_owned(),
        ..edit("x")
    };
    assert_eq!(code(studio.edit_prose(unknown)), Code::EditRefused);

    let path = bench.base.join("it.pdf");
    call::<ipc::ExportNarrative>(
        &studio,
        NarrativeExport {
            telling: told(),
            form: NarrativeForm::Pdf,
            path: path.display().to_string(),
        },
    );
    let report = fs::read(&path).unwrap();
    assert!(pdf::check(&report).unwrap().holds());
    // Dropped on the Evidence place, the report is judged with the bundle in it.
    let judged = studio
        .verify_bundle(ipc::VerifyAsked {
            path: path.display().to_string(),
            at: None,
            last_seen: None,
        })
        .unwrap();
    let state = |id: &str| {
        judged
            .checks
            .iter()
            .find(|it| it.id == id)
            .map(|it| it.state)
    };
    assert_eq!(state("R02"), state("R01"));
    assert!(state("R03").is_some() && state("V01").is_some() && judged.receipts > 0);

    let form = NarrativeForm::Markdown;
    let telling = told();
    let receipt = call::<ipc::PublishNarrative>(&studio, NarrativePublish { telling, form });
    let rated = |stars| Rated {
        receipt,
        stars,
        comment: "Clear.".to_owned(),
    };
    let view = call::<ipc::RateNarrative>(&studio, rated(4));
    let published = &view.published[0];
    assert_eq!(
        (published.receipt, published.form.as_str()),
        (receipt, "markdown")
    );
    assert_eq!((published.ratings, published.average), (1, Some(4.0)));
    assert_eq!(code(studio.rate_narrative(rated(6))), Code::BadCall);

    let other = Telling {
        subject: NarrativeSubject::Rollback {
            channel: "canary".to_owned(),
            sequence: 1,
        },
        ..told()
    };
    assert_eq!(code(studio.tell(other)), Code::NothingToTell);
    let klingon = Telling {
        language: "tlh".to_owned(),
        ..told()
    };
    assert_eq!(code(studio.tell(klingon)), Code::LanguageUnknown);
    let policy = studio.find_policy(name("contractor-upload")).unwrap();
    assert_eq!(policy.unwrap().file, "policies/access/contractors.cedar");
    assert_eq!(studio.find_policy(name("nobody")).unwrap(), None);
}
