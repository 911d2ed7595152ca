//! The whole job on the sample workspace, and on a small log the counts of which are known.

use std::{
    sync::{Arc, OnceLock, Weak},
    thread,
    time::Instant,
};

use ipc::{
    ChangeFilter, ChangeId, ChangeQuery, GenerateRows, GroupQuery, ImportPaths, Preview, Revision,
    Viewed,
};
use model::{ChangeClass, Decision, GroupBy, RiskLevel};

use super::*;

const CONTRACTORS: &str = "policies/access/contractors.cedar";

fn groups(studio: &Studio, by: GroupBy) -> ipc::Page<model::Group> {
    studio
        .drift_groups(GroupQuery {
            by,
            filter: ChangeFilter::default(),
            offset: 0,
            limit: 50,
        })
        .unwrap()
}

fn changes(studio: &Studio, filter: ChangeFilter) -> ipc::Page<ipc::ChangeView> {
    studio
        .drift_changes(ChangeQuery {
            filter,
            offset: 0,
            limit: 500,
        })
        .unwrap()
}

fn preview(studio: &Studio, revision: u32) -> Preview {
    studio.preview_drift(Revision { revision }).unwrap()
}

fn gains_and_losses(preview: &Preview) -> (u64, u64, u64) {
    (
        preview.totals.rows,
        preview.totals.gained,
        preview.totals.lost,
    )
}

#[test]
fn the_counts_of_a_small_log_are_exact_and_each_change_is_explained() {
    let bench = Bench::new();
    let (studio, _) = bench.small_studio();
    let log = small_log(&bench.base);
    let import = studio
        .import_log(ImportPaths {
            paths: vec![log.display().to_string()],
        })
        .unwrap();
    assert_eq!(
        (import.rows, import.distinct_requests, import.skipped_total),
        (32, 16, 0)
    );
    assert!(matches!(
        lock(&bench.events).last(),
        Some(Event::WorkspaceChanged)
    ));

    let same = preview(&studio, 1);
    assert_eq!(
        (
            gains_and_losses(&same),
            same.totals.log_disagrees,
            same.changes
        ),
        ((32, 0, 0), 0, 0)
    );
    assert_eq!(same.totals.entities_assumed, 32);
    assert_eq!(same.notes.len(), 1);

    // Secrets are no longer kept from those without a second factor: ada views (3), bo views (3) and edits (1).
    let text = POLICIES.replace(
        "when { resource.secret } unless { context.mfa }",
        "when { false }",
    );
    studio.edit_file(edit("policies.cedar", &text, 2)).unwrap();
    let opened = preview(&studio, 2);
    assert_eq!(gains_and_losses(&opened), (32, 7, 0));
    assert_eq!(
        (opened.changes, opened.viewed, opened.base.as_str()),
        (3, 0, "saved files")
    );
    assert_eq!(
        opened
            .policies
            .iter()
            .map(|change| change.id.as_str())
            .collect::<Vec<_>>(),
        ["nothing-secret"]
    );
    let top = &opened.top[0];
    assert_eq!(
        (
            top.title.as_str(),
            top.class,
            top.rows,
            top.principals,
            top.resources
        ),
        ("User: edit, view Doc", ChangeClass::Gained, 7, 2, 1)
    );
    assert_eq!(
        top.cause
            .as_ref()
            .map(|(id, source)| (id.as_str(), source.line)),
        Some(("nothing-secret", 8))
    );

    let all = changes(&studio, ChangeFilter::default());
    assert_eq!((all.total, all.items.len()), (3, 3));
    let ada = changes(
        &studio,
        ChangeFilter {
            text: "ADA".into(),
            ..ChangeFilter::default()
        },
    );
    assert_eq!(ada.total, 1);
    let why = studio
        .why(ChangeId {
            id: ada.items[0].change.id,
        })
        .unwrap();
    assert_eq!(why.request, asked("ada", "view", "plan", false));
    assert_eq!(
        (
            why.before.decision,
            why.after.decision,
            why.entities_assumed
        ),
        (Decision::Deny, Decision::Allow, true)
    );
    assert_eq!(
        (why.before.reasons.as_slice(), why.after.reasons.as_slice()),
        (
            &["nothing-secret".to_owned()][..],
            &["staff-view".to_owned()][..]
        )
    );
    assert!(
        why.entities
            .iter()
            .any(|entity| entity.id == "Doc::\"plan\""
                && entity
                    .attributes
                    .contains(&("secret".into(), "true".into()))),
        "{:?}",
        why.entities
    );
    assert_eq!(
        (
            why.recorded.len(),
            why.recorded[0].rows,
            why.recorded[0].decision
        ),
        (1, 3, Some(Decision::Deny))
    );

    let ids: Vec<u32> = all.items.iter().map(|item| item.change.id).collect();
    let count = studio
        .mark_viewed(Viewed {
            ids: vec![ids[0], ids[2], 9999],
            viewed: true,
        })
        .unwrap();
    assert_eq!((count.viewed, count.total), (2, 3));
    assert_eq!(
        changes(
            &studio,
            ChangeFilter {
                unviewed_only: true,
                ..ChangeFilter::default()
            }
        )
        .total,
        1
    );
    studio
        .mark_viewed(Viewed {
            ids: vec![ids[2]],
            viewed: false,
        })
        .unwrap();
    assert_eq!(
        preview(&studio, 3).viewed,
        1,
        "marks belong to the comparison, not to the preview"
    );

    assert_eq!(
        groups(&studio, GroupBy::Principal)
            .items
            .iter()
            .map(|group| (group.key.as_str(), group.gained))
            .collect::<Vec<_>>()
            .len(),
        2
    );
    let diff = studio.text_diff(()).unwrap();
    assert_eq!(
        (diff.len(), diff[0].before.as_str(), diff[0].after.as_str()),
        (1, POLICIES, text.as_str())
    );
    let history = studio.history(()).unwrap();
    assert_eq!(history[0].title, "Previewed `policies.cedar`");
    assert_eq!(history[0].totals.map(|totals| totals.gained), Some(7));
    assert_eq!(history.len(), 2, "{history:?}");

    // A broken text fails, is kept, and the pages stay those of the last good one.
    studio
        .edit_file(edit("policies.cedar", "permit(", 4))
        .unwrap();
    assert_eq!(
        code(studio.preview_drift(Revision { revision: 4 })),
        Code::SetBroken
    );
    assert_eq!(changes(&studio, ChangeFilter::default()).total, 3);
    assert_eq!(
        studio.open_file(at("policies.cedar")).unwrap().text,
        "permit("
    );

    // Saved, it is the base.
    studio.edit_file(edit("policies.cedar", &text, 5)).unwrap();
    studio.save_file(at("policies.cedar")).unwrap();
    let saved = preview(&studio, 6);
    assert_eq!(
        (gains_and_losses(&saved), saved.totals.log_disagrees),
        ((32, 0, 0), 7)
    );
}

#[test]
fn any_two_versions_are_compared_and_then_the_edit_again() {
    let bench = Bench::new();
    let root = bench.small();
    let author = ("A", "a@b.example");
    crate::git::commit_all(&root, author, 1, "first").unwrap();
    let studio = bench.studio();
    open(&studio, &root);
    let log = small_log(&bench.base);
    let paths = vec![log.display().to_string()];
    studio.import_log(ImportPaths { paths }).unwrap();
    let versions = studio.list_versions(()).unwrap();
    assert_eq!(
        versions
            .iter()
            .map(|version| version.title.as_str())
            .collect::<Vec<_>>(),
        ["first"]
    );

    let opened = POLICIES.replace(
        "when { resource.secret } unless { context.mfa }",
        "when { false }",
    );
    write(&bench.base, "other/policies.cedar", &opened);
    write(&bench.base, "other/app.cedarschema", SCHEMA);
    write(&bench.base, "other/entities.json", ENTITIES);
    let other = bench.base.join("other").display().to_string();
    let compare = |base: Option<&str>, head: Option<&str>| {
        studio.compare_versions(ipc::Versions {
            base: base.map(str::to_owned),
            head: head.map(str::to_owned),
        })
    };
    compare(Some(&versions[0].name), Some(&other)).unwrap();
    let chosen = preview(&studio, 1);
    assert_eq!(gains_and_losses(&chosen), (32, 7, 0));
    assert_eq!((&chosen.base, &chosen.head), (&versions[0].name, &other));
    let text = studio.text_diff(()).unwrap();
    assert!(
        text.iter()
            .any(|file| file.path == "policies.cedar" && file.after == opened),
        "{text:?}"
    );
    // The other way round.
    compare(Some(&other), None).unwrap();
    assert_eq!(gains_and_losses(&preview(&studio, 2)), (32, 0, 7));

    assert_eq!(
        code(compare(Some("no-such-version"), None)),
        Code::RevisionUnknown
    );
    // What could not be chosen changes nothing.
    assert_eq!(gains_and_losses(&preview(&studio, 3)), (32, 0, 7));
    compare(None, None).unwrap();
    let usual = preview(&studio, 4);
    assert_eq!(gains_and_losses(&usual), (32, 0, 0));
    assert!(usual.base.starts_with("HEAD "), "{}", usual.base);

    // A window that starts anew knows nothing of what the one before it compared.
    compare(Some(&other), None).unwrap();
    studio.start(()).unwrap();
    assert_eq!(gains_and_losses(&preview(&studio, 5)), (32, 0, 0));
}

#[test]
fn a_newer_revision_cancels_the_one_that_runs() {
    let bench = Bench::new();
    let studio = Arc::new(bench.studio());
    studio.open_sample(()).unwrap();
    studio
        .generate_log(GenerateRows {
            rows: 20_000,
            seed: 3,
        })
        .unwrap();
    studio.apply_story(name("2-contractors")).unwrap();
    let results: Vec<_> = thread::scope(|scope| {
        let calls: Vec<_> = (1..=6)
            .map(|revision| {
                let studio = studio.clone();
                scope.spawn(move || {
                    studio
                        .preview_drift(Revision { revision })
                        .map(|preview| preview.revision)
                })
            })
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    // Which ones come through depends on the machine; the newest always does, and the others say what became of them.
    assert_eq!(results[5], Ok(6));
    for (revision, result) in (1..).zip(&results) {
        match result {
            Ok(answered) => assert_eq!(*answered, revision),
            Err(failure) => assert_eq!(failure.code, Code::Cancelled),
        }
    }
}

#[test]
fn the_whole_job() {
    let bench = Bench::new();
    let studio = bench.studio();
    let started = Instant::now();
    let view = studio.open_sample(()).unwrap();
    println!("open sample copy: {:?}", started.elapsed());
    assert_eq!(view.name, "Northwind Records");
    assert!(view.base.starts_with("HEAD "), "{}", view.base);
    assert!(
        view.policies >= 40 && view.templates >= 2 && view.entities >= 5000,
        "{} {} {}",
        view.policies,
        view.templates,
        view.entities
    );
    assert!(
        !view
            .problems
            .iter()
            .any(|problem| problem.severity != model::Severity::Info),
        "{:#?}",
        view.problems
    );
    assert_eq!(
        view.stories
            .iter()
            .map(|story| story.name.as_str())
            .collect::<Vec<_>>(),
        ["1-refactor", "2-contractors", "3-on-call"]
    );
    assert_eq!((view.log, view.generate_rows), (None, Some(1_000_000)));
    assert!(
        view.files
            .iter()
            .filter(|file| !file.editable)
            .all(|file| file.path == "entities/entities.json")
    );
    assert!(studio.run_tests(()).unwrap().iter().all(|test| test.passed));

    let started = Instant::now();
    let made = studio
        .generate_log(GenerateRows {
            rows: 20_000,
            seed: 7,
        })
        .unwrap();
    println!("generate 20,000 rows: {:?}", started.elapsed());
    assert_eq!(made.rows, 20_000);
    assert!(
        lock(&bench.events)
            .iter()
            .any(|event| matches!(event, Event::Progress { .. }))
    );
    let log = studio.view_workspace(()).unwrap().log.unwrap();
    assert_eq!(log.rows, 20_000);

    let started = Instant::now();
    let same = preview(&studio, 1);
    println!("first preview: {:?}", started.elapsed());
    assert_eq!(
        (gains_and_losses(&same), same.totals.log_disagrees),
        ((20_000, 0, 0), 0)
    );

    let file = studio.apply_story(name("1-refactor")).unwrap();
    assert!(
        file.draft && file.problems.is_empty(),
        "{:?}",
        file.problems
    );
    let harmless = preview(&studio, 2);
    assert_eq!(gains_and_losses(&harmless), (20_000, 0, 0));
    assert!(!harmless.policies.is_empty(), "it does change policies");
    studio.discard_draft(at(&file.path)).unwrap();

    let file = studio.apply_story(name("2-contractors")).unwrap();
    assert_eq!((file.path.as_str(), file.draft), (CONTRACTORS, true));
    assert_eq!(
        studio.apply_story(name("2-contractors")).unwrap().text,
        file.text
    );
    let started = Instant::now();
    let opened = preview(&studio, 3);
    println!(
        "preview after an edit: {:?}, of which replay {} ms",
        started.elapsed(),
        opened.milliseconds
    );
    assert!(
        opened.totals.gained > 0 && opened.totals.lost == 0,
        "{:?}",
        opened.totals
    );
    let top = &opened.top[0];
    assert_eq!(
        (top.class, top.risk.level),
        (ChangeClass::Gained, RiskLevel::High),
        "{top:?}"
    );
    assert!(
        top.title.starts_with("Contractor: ") && top.title.ends_with("Record (P0)"),
        "{}",
        top.title
    );
    assert_eq!(
        top.cause.as_ref().map(|(_, source)| source.file.as_str()),
        Some(CONTRACTORS)
    );

    let by_policy = groups(&studio, GroupBy::Policy);
    assert_eq!(
        by_policy
            .items
            .iter()
            .map(|group| group.gained)
            .sum::<u64>(),
        opened.totals.gained
    );
    let page = changes(&studio, ChangeFilter::default());
    assert_eq!(page.total, opened.changes);
    let why = studio.why(ChangeId { id: top.change }).unwrap();
    assert_eq!(
        (why.before.decision, why.after.decision),
        (Decision::Deny, Decision::Allow)
    );
    assert!(
        why.request.principal.starts_with("Contractor::") && !why.entities.is_empty(),
        "{why:#?}"
    );
    assert!(
        why.entities.iter().any(|entity| entity
            .attributes
            .contains(&("classification".into(), "\"P0\"".into()))),
        "{:#?}",
        why.entities
    );

    // Typing on and on, with every keystroke judged and kept; how long that takes is `fabric bench`'s to say.
    let mut taken: Vec<_> = (1..=60)
        .map(|revision| {
            let typed = format!("{}\n// {}", file.text, "x".repeat(revision as usize));
            let started = Instant::now();
            let result = studio
                .edit_file(edit(CONTRACTORS, &typed, revision))
                .unwrap();
            let taken = started.elapsed();
            assert!(result.draft && result.problems.is_empty() && result.unkept.is_none());
            taken
        })
        .collect();
    taken.sort();
    println!("a keystroke: median {:?}, p95 {:?}", taken[30], taken[57]);
    studio.edit_file(edit(CONTRACTORS, &file.text, 61)).unwrap();

    let failing: Vec<_> = studio
        .run_tests(())
        .unwrap()
        .into_iter()
        .filter(|test| !test.passed)
        .map(|test| test.test.name)
        .collect();
    assert_eq!(failing, ["contractor cannot read P0"]);
    studio.save_file(at(CONTRACTORS)).unwrap();
    drop(studio);

    let studio = bench.studio();
    let view = studio.open_sample(()).unwrap();
    assert_eq!(view.log.unwrap().rows, 20_000);
    assert!(view.recovered.is_empty() && view.notices.is_empty());
    let contractors = view
        .files
        .iter()
        .find(|file| file.path == CONTRACTORS)
        .unwrap();
    assert!(
        contractors.changed && !contractors.draft,
        "saved, and still compared with the commit"
    );
    let again = preview(&studio, 1);
    assert_eq!(
        (again.totals, again.base.starts_with("HEAD ")),
        (opened.totals, true)
    );
}

#[test]
fn an_import_can_be_cancelled_and_leaves_the_old_log() {
    let mut bench = Bench::new();
    let root = bench.small();
    let log = small_log(&bench.base).display().to_string();
    let import = |studio: &Studio| {
        studio.import_log(ImportPaths {
            paths: vec![log.clone()],
        })
    };
    let first = bench.studio();
    open(&first, &root);
    import(&first).unwrap();
    drop(first);

    // A window that cancels when it sees the first progress.
    let window: Arc<OnceLock<Weak<Studio>>> = Arc::default();
    let cancelling = window.clone();
    bench.config.sink = Arc::new(move |event| {
        if matches!(event, Event::Progress { .. }) {
            let studio = cancelling.get().unwrap().upgrade().unwrap();
            studio.cancel_job(()).unwrap();
        }
    });
    let studio = Arc::new(bench.studio());
    window.set(Arc::downgrade(&studio)).unwrap();
    open(&studio, &root);
    assert_eq!(code(import(&studio)), Code::Cancelled);
    let view = studio.view_workspace(()).unwrap();
    assert_eq!(view.log.unwrap().rows, 32);
    assert_eq!(
        code(import(&studio)),
        Code::Cancelled,
        "the next job is let in"
    );
}
