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

/// The first promotion of the sample's canary.
fn promoted(studio: &Studio) {
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
    promoted(&studio);
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

#[test]
fn a_week_tells_itself_on_its_day() {
    // Sunday, 2026-11-22, 12:00 UTC.
    const SUNDAY: i64 = 1_795_348_800_000;
    const HOUR: i64 = 3_600_000;
    let bench = Bench::new();
    let (studio, clock) = scenarios::with_clock(&bench, SUNDAY);
    let view = studio.open_sample(()).unwrap();
    promoted(&studio);
    let manifest = Path::new(&view.root).join("workspace.toml");
    let mut text = fs::read_to_string(&manifest).unwrap();
    text.push_str("\n[[narrative]]\nchannel = \"canary\"\nlanguage = \"de\"\n\n[[narrative]]\nchannel = \"nowhere\"\n");
    fs::write(&manifest, text).unwrap();
    studio.poll();
    let none: [u64; 0] = [];
    assert_eq!(studio.tell_due(), none, "its day has not come");
    let weekly = || call::<ipc::ViewNarratives>(&studio, ()).weekly;
    assert_eq!(
        (weekly()[0].at.as_str(), weekly()[0].next_at.as_str()),
        ("monday 06:00", "2026-11-23T06:00:00Z")
    );

    clock.store(SUNDAY + 18 * HOUR, Ordering::Relaxed);
    let told = studio.tell_due();
    assert_eq!(told.len(), 1, "one channel is not there");
    assert_eq!(studio.tell_due(), none, "once a week");
    assert_eq!(weekly()[0].failure, None);
    let failure = weekly()[1].failure.clone().unwrap();
    assert_eq!(failure.code, Code::NothingToTell, "{failure:?}");
    let view = call::<ipc::ViewNarratives>(&studio, ());
    let published = &view.published[0];
    assert_eq!(
        (
            published.receipt,
            published.form.as_str(),
            published.language.as_str()
        ),
        (told[0], "pdf", "de")
    );
    assert_eq!(
        view.published.len(),
        1,
        "what it says was signed, and is no narrative of its own"
    );

    // Two weeks later, wherever the machine was: the last week, once.
    clock.store(SUNDAY + (15 * 24) * HOUR, Ordering::Relaxed);
    assert_eq!(studio.tell_due().len(), 1);
    assert_eq!(studio.tell_due(), none);
}
