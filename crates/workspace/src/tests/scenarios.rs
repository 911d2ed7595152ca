//! Scenario packs: those of the sample hold, the Studio runs and keeps them, the hour runs them, what is wrong is said.

use std::{ops::ControlFlow, sync::atomic::AtomicBool, thread, time::Duration};

use decisions::{Log, Recipe};
use ipc::{FileKind, GenerateRows, ImportPaths, PackView, RunPacks};
use model::{PackOutcome, PackResult};

use super::*;
use crate::{check, packs};

pub const MFA: &str = r#"
title = "Second factor"
schedule = "nightly 02:30"

[[scenario]]
name = "nobody has one"
[[scenario.context]]
set = { mfa = false }
[[scenario.expect]]
lost = 7
gained = 0
[[scenario.expect]]
principal = 'User::"bo"'
action = 'Action::"edit"'
lost = { at_most = 1 }

[[scenario]]
name = "ada is no longer on staff"
[[scenario.entities]]
ids = ['User::"ada"']
leave = ['Group::"staff"']
[[scenario.expect]]
lost = 9
gained = 0
[[scenario.expect]]
principal = 'User::"ada"'
lost = 0
"#;

/// A pack with one scenario.
fn pack(scenario: &str) -> String {
    format!(
        "title = \"T\"\n[[scenario]]\nname = \"s\"\n{scenario}\n[[scenario.expect]]\ngained = 0\n"
    )
}

fn sample_log(checked: &crate::Checked, rows: u64) -> Arc<Log> {
    let recipe = Recipe::read(&crate::sample_files())
        .unwrap()
        .with_rows(rows);
    let go = &mut |_, _| ControlFlow::Continue(());
    let (builder, _) = decisions::generate(&checked.compiled, &recipe, go).unwrap();
    Arc::new(builder.build().unwrap().0)
}

fn run(files: &policy::Files, names: &[&str], log: &Arc<Log>) -> Vec<PackResult> {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let outcomes = packs::run(
        Path::new("/"),
        files,
        &check(files),
        packs::choose(files, &names).unwrap(),
        &mut || Ok(log.clone()),
        &AtomicBool::new(false),
        &mut |_, _, _| ControlFlow::Continue(()),
    )
    .unwrap();
    let result = |(_, outcome)| match outcome {
        PackOutcome::Result(result) => result,
        PackOutcome::Error(failure) => panic!("{failure:?}"),
    };
    outcomes.into_iter().map(result).collect()
}

fn unmet(results: &[PackResult]) -> Vec<String> {
    let scenarios = results.iter().flat_map(|result| &result.scenarios);
    let all = scenarios.flat_map(|it| it.expectations.iter().map(move |found| (it, found)));
    all.filter(|(_, found)| !found.met)
        .map(|(it, found)| format!("{}: {}, found {}", it.name, found.text, found.found))
        .collect()
}

#[test]
fn the_packs_of_the_sample_hold_and_one_tells_a_bad_edit() {
    let mut files = crate::sample_files();
    let log = sample_log(&check(&files), 20_000);
    let results = run(&files, &[], &log);
    assert!(results.len() >= 5, "{}", results.len());
    assert_eq!(unmet(&results), [""; 0]);
    let scenarios: Vec<_> = results
        .iter()
        .flat_map(|result| &result.scenarios)
        .collect();
    for it in &scenarios {
        assert_eq!(it.notes, [""; 0], "{}", it.name);
        assert!(it.requests_changed > 0, "{}", it.name);
    }
    assert_eq!(
        run(&files, &["on-call"], &log),
        [results[3].clone()],
        "the same again"
    );

    let story = crate::find_story(&files, "3-on-call").unwrap();
    let file = story.view.file.clone();
    let text = story
        .apply(&String::from_utf8_lossy(&files[&file]))
        .unwrap();
    files.insert(file, text.into_bytes().into());
    let unmet = unmet(&run(&files, &["on-call"], &log));
    assert_eq!(
        unmet,
        [
            "the EMEA rota is down: at least 1 row lost, found 0",
            "everyone of the EMEA rota takes the pager: at least 1 row gained, found 0"
        ]
    );
}

pub fn small(pack: &str) -> (Bench, Studio) {
    let bench = Bench::new();
    let root = bench.small();
    write(&root, "scenarios/mfa.toml", pack);
    let studio = bench.studio();
    open(&studio, &root);
    let log = small_log(&bench.base).display().to_string();
    studio.import_log(ImportPaths { paths: vec![log] }).unwrap();
    (bench, studio)
}

fn only(studio: &Studio) -> PackView {
    let view = studio.list_packs(()).unwrap();
    assert_eq!(
        (view.packs.len(), view.broken.len(), view.unkept),
        (1, 0, None)
    );
    view.packs.into_iter().next().unwrap()
}

#[test]
fn a_window_lists_runs_and_sees_how_packs_went() {
    let (bench, studio) = small(MFA);
    let view = only(&studio);
    assert_eq!(
        (view.name.as_str(), view.last.as_ref(), view.scenarios.len()),
        ("mfa", None, 2)
    );
    assert_eq!(view.schedule.as_deref(), Some("nightly 02:30"));
    assert!(
        view.next_at.as_ref().unwrap().contains("T02:30:00"),
        "{view:?}"
    );
    assert_eq!(
        view.scenarios[0].expectations[2],
        "at most 1 row lost by User::\"bo\" for Action::\"edit\""
    );
    assert!(view.trend.contains("<desc>No runs yet.</desc>"));

    for _ in 0..2 {
        studio.run_scenarios(RunPacks::default()).unwrap();
    }
    let view = only(&studio);
    let PackOutcome::Result(result) = view.last.unwrap().outcome else {
        panic!("no result")
    };
    assert_eq!(
        (result.met, result.expectations, result.rows.rows),
        (5, 6, 32)
    );
    let by = result.scenarios[1].expectations[2].by.clone();
    assert_eq!(by, [("User::\"ada\"".to_owned(), 9)]);
    assert_eq!(result.scenarios[1].entities_changed, 1);
    assert!(result.scenarios[0].notes[0].contains("without entities"));
    let history = studio.pack_trend(name("mfa")).unwrap();
    assert_eq!((history.runs.len(), history.trends.len()), (2, 2));
    assert_eq!(
        (history.runs[1].state.as_str(), history.runs[1].lost),
        ("unmet", 16)
    );
    assert!(history.trend.contains("<svg") && history.trend.contains("Second factor"));
    assert!(studio.pack_trend(name("gone")).unwrap().runs.is_empty());
    assert_eq!(
        code(studio.run_scenarios(RunPacks {
            packs: vec!["gone".into()]
        })),
        Code::BadCall
    );
    // Another Studio, later: the results are in the workspace, and `fabric` reads the same.
    let root = bench.base.join("small");
    studio.close_workspace(()).unwrap();
    let next = bench.studio();
    open(&next, &root);
    assert!(only(&next).last.is_some());
    let runs = packs::kept_runs(&root, &bench.config.folders, None, 1_790_000_000_000).unwrap();
    assert_eq!(runs.len(), 2);
}

#[test]
fn drafts_are_not_run_and_saved_files_are() {
    let (_bench, studio) = small(MFA);
    let open = POLICIES.replace("unless { context.mfa }", "when { false }");
    studio.edit_file(edit("policies.cedar", &open, 1)).unwrap();
    let lost = |studio: &Studio| {
        studio.run_scenarios(RunPacks::default()).unwrap();
        studio
            .pack_trend(name("mfa"))
            .unwrap()
            .runs
            .last()
            .unwrap()
            .lost
    };
    assert_eq!(lost(&studio), 16);
    studio.save_file(at("policies.cedar")).unwrap();
    // Without that forbid a second factor matters to nobody, and ada has the secret plan to lose as well.
    assert_eq!(lost(&studio), 12);
}

#[test]
fn a_pack_is_edited_like_any_other_file() {
    let (_bench, studio) = small(MFA);
    let path = "scenarios/mfa.toml";
    let view = studio.view_workspace(()).unwrap();
    let file = view.files.iter().find(|file| file.path == path).unwrap();
    assert_eq!((file.kind, file.editable), (FileKind::Scenarios, true));
    assert_eq!(studio.open_file(at(path)).unwrap().text, MFA);
    let title = || studio.list_packs(()).unwrap().packs[0].title.clone();
    let text = MFA.replace("Second factor", "Two factors");
    let edited = studio.edit_file(edit(path, &text, 1)).unwrap();
    assert!(edited.draft && edited.changed);
    assert_eq!(studio.text_diff(()).unwrap()[0].after, text);
    assert_eq!(title(), "Second factor");
    studio.save_file(at(path)).unwrap();
    assert_eq!(title(), "Two factors");
    let other = studio.open_file(at("scenarios/notes.txt"));
    assert_eq!(code(other), Code::BadCall);
}

/// 2026-11-21T02:29:59Z
pub const BEFORE: i64 = 1_795_228_199_000;

/// A Studio whose clock stands still until it is set.
pub fn with_clock(bench: &Bench, now: i64) -> (Studio, Arc<AtomicI64>) {
    let clock = Arc::new(AtomicI64::new(now));
    let seen = clock.clone();
    let mut config = bench.config.clone();
    config.clock = Arc::new(move || seen.load(Ordering::Relaxed));
    (Studio::new(config), clock)
}

#[test]
fn a_pack_runs_at_its_hour_once() {
    const DAY: i64 = 86_400_000;
    let (bench, first) = small(MFA);
    first.close_workspace(()).unwrap();
    let root = bench.base.join("small");
    let (studio, clock) = with_clock(&bench, BEFORE);
    open(&studio, &root);
    let none: [String; 0] = [];
    assert_eq!(
        studio.run_due(),
        none,
        "it never ran, and its hour has not come"
    );
    clock.store(BEFORE + 1000, Ordering::Relaxed);
    assert_eq!(studio.run_due(), ["mfa"]);
    assert_eq!(studio.run_due(), none, "once a night");
    assert_eq!(
        only(&studio).next_at.as_deref(),
        Some("2026-11-22T02:30:00Z")
    );

    // The Studio was closed for three nights: that is one run, at once.
    studio.close_workspace(()).unwrap();
    let (studio, clock) = with_clock(&bench, BEFORE + 3 * DAY + 5000);
    open(&studio, &root);
    assert_eq!(
        studio.run_due(),
        none,
        "what ran before is not known until something may be due"
    );
    clock.store(BEFORE + 4 * DAY + 5000, Ordering::Relaxed);
    assert_eq!(studio.run_due(), ["mfa"]);

    // `fabric scenarios run` has run it meanwhile.
    clock.store(BEFORE + 5 * DAY + 5000, Ordering::Relaxed);
    let outcome = PackOutcome::Error(Failure::new(Code::LogMissing, "none"));
    let at = BEFORE + 5 * DAY + 4000;
    let ran = [packs::run_of("mfa", &outcome, at)];
    packs::keep(&root, &bench.config.folders, &ran, at).unwrap();
    assert_eq!(studio.run_due(), none);
    studio.close_workspace(()).unwrap();
    assert_eq!(studio.run_due(), none);
}

#[test]
fn what_is_cancelled_leaves_nothing_behind() {
    let bench = Bench::new();
    let root = bench.base.join("northwind");
    crate::copy_sample(&root).unwrap();
    let studio = bench.studio();
    open(&studio, &root);
    thread::scope(|scope| {
        // Packs with made-up rows take long enough to be stopped at any moment of them.
        let ran = scope.spawn(|| {
            studio.run_scenarios(RunPacks {
                packs: vec!["contractors".into()],
            })
        });
        let begun = |event: &Event| matches!(event, Event::Progress { .. });
        while !lock(&bench.events).iter().any(begun) && !ran.is_finished() {
            thread::yield_now();
        }
        let busy = studio.generate_log(GenerateRows { rows: 10, seed: 1 });
        assert_eq!(code(busy), Code::BadCall);
        studio.cancel_job(()).unwrap();
        assert_eq!(code(ran.join().unwrap()), Code::Cancelled);
    });
    assert!(
        studio
            .list_packs(())
            .unwrap()
            .packs
            .iter()
            .all(|pack| pack.last.is_none())
    );
    let folders = &bench.config.folders;
    assert_eq!(
        packs::kept_runs(&root, folders, None, i64::MAX).unwrap(),
        []
    );
}

#[test]
fn results_that_cannot_be_kept_are_told_all_the_same() {
    let (bench, studio) = small(MFA);
    let root = bench.base.join("small");
    studio.close_workspace(()).unwrap();
    for file in ["studio.db", "studio.db-wal", "studio.db-shm"] {
        let _ = fs::remove_file(root.join(".fabric").join(file));
    }
    write(
        &root,
        ".fabric/studio.db",
        &"no database at all ".repeat(200),
    );
    open(&studio, &root);
    let log = small_log(&bench.base).display().to_string();
    studio.import_log(ImportPaths { paths: vec![log] }).unwrap();
    let view = studio.run_scenarios(RunPacks::default()).unwrap();
    assert_eq!(view.unkept.unwrap().code, Code::StoreDamaged);
    assert!(matches!(
        view.packs[0].last.as_ref().unwrap().outcome,
        PackOutcome::Result(_)
    ));
    assert_eq!(studio.pack_trend(name("mfa")).unwrap().runs.len(), 1);
}

#[test]
fn what_is_wrong_with_a_pack_is_said_and_never_passes() {
    let set = |set: &str| pack(&format!("[[scenario.entities]]\ntype = \"User\"\n{set}"));
    let context = |rest: &str| pack(&format!("[[scenario.context]]\n{rest}"));
    let cases: Vec<(String, &str, u32)> = vec![
        (
            pack("[[scenario.entities]]\nids = ['User::\"eve\"']\nset = {}"),
            "say what changes",
            4,
        ),
        (
            pack("[[scenario.entities]]\nids = ['User::\"eve\"']\njoin = ['Group::\"staff\"']"),
            "no entity `User::\"eve\"`",
            4,
        ),
        (
            pack("[[scenario.entities]]\nids = ['User']\njoin = ['Group::\"staff\"']"),
            "`User` is no entity",
            4,
        ),
        (
            set("join = ['Group::\"crew\"']"),
            "no entity `Group::\"crew\"`",
            4,
        ),
        (set("join = ['Doc::\"plan\"']"), "cannot be in", 4),
        (set("set = { level = 3 }"), "a `User` has no `level`", 4),
        (
            pack("[[scenario.entities]]\nids = ['User::\"bo\"']\nleave = ['Group::\"staff\"']"),
            "none of the entities chosen is in",
            4,
        ),
        (
            set("where = { level = 3 }\njoin = ['Group::\"staff\"']"),
            "a `User` has no `level`",
            4,
        ),
        (
            set("in = 'Group::\"crew\"'\njoin = ['Group::\"staff\"']"),
            "`Group::\"crew\"`",
            4,
        ),
        (
            set("leave = ['User::\"ada\"']\nids = ['User::\"ada\"']"),
            "not both",
            4,
        ),
        (
            pack("[[scenario.entities]]\ntype = \"Usr\"\njoin = ['Group::\"staff\"']"),
            "no type `Usr`",
            4,
        ),
        (
            pack("[[scenario.entities]]\ntype = \"Doc\"\nset = { secret = \"yes\" }"),
            "true or false is wanted",
            4,
        ),
        (
            pack("[[scenario.entities]]\ntype = \"Doc\"\nset = { owner = 'Doc::\"plan\"' }"),
            "is no `User`",
            4,
        ),
        (
            pack("[[scenario.entities]]\ntype = \"Doc\"\nset = { owner = 'User::\"eve\"' }"),
            "no entity `User::\"eve\"`",
            4,
        ),
        (
            pack("[[scenario.entities]]\ntype = \"Doc\"\nunset = [\"secret\"]"),
            "cannot be unset",
            4,
        ),
        (
            pack(
                "[[scenario.entities]]\ntype = \"Doc\"\nwhere = { owner = 'User::\"ada\"' }\nset = { secret = false }",
            ),
            "no entity of the workspace is chosen",
            4,
        ),
        (
            pack("[[scenario.entities]]\ntype = \"Doc\"\nsets = { secret = false }"),
            "sets",
            6,
        ),
        (context("set = { mfa = 1 }"), "true or false", 4),
        (
            context("set = { vpn = true }"),
            "no such request has a `vpn`",
            4,
        ),
        (context("unset = [\"mfa\"]"), "cannot be unset", 4),
        (
            context("action = 'Action::\"fly\"'\nset = { mfa = true }"),
            "no action `Action::\"fly\"`",
            4,
        ),
        (
            context("principal = 'User::\"eve\"'\nset = { mfa = true }"),
            "no entity",
            4,
        ),
        (
            context("principal_in = 'Group::\"crew\"'\nset = { mfa = true }"),
            "no entity",
            4,
        ),
        (
            context("resource = \"Folder\"\nset = { mfa = true }"),
            "no type `Folder`",
            4,
        ),
        (
            context("resource = []\nset = { mfa = true }"),
            "names nobody",
            4,
        ),
        (pack(""), "changes nothing", 2),
        (
            context("set = { mfa = true }").replace("gained = 0", "gaind = 0"),
            "gaind",
            7,
        ),
        (
            context("set = { mfa = true }")
                .replace("gained = 0", "principal = 'User::\"eve\"'\nlost = 0"),
            "no entity",
            6,
        ),
        (
            context("set = { mfa = true }").replace("gained = 0", ""),
            "say what is expected",
            6,
        ),
        (
            context("set = { mfa = true }")
                .replace("gained = 0", "gained = { at_least = 2, at_most = 1 }"),
            "no number of rows",
            6,
        ),
        (
            context("set = { mfa = true }").replace("gained = 0", "gained = -1"),
            "number of rows",
            7,
        ),
        ("title = \"T\"\nscenario = []".to_owned(), "one scenario", 1),
        (
            format!(
                "schedule = \"nightly 25:00\"\n{}",
                context("set = { mfa = true }")
            ),
            "is no schedule",
            1,
        ),
        (
            format!(
                "rows = {{ generate = 0 }}\n{}",
                context("set = { mfa = true }")
            ),
            "number of rows",
            1,
        ),
    ];
    for (text, message, line) in cases {
        let mut files = policy::Files::from([
            ("policies.cedar".to_owned(), POLICIES.as_bytes().into()),
            ("app.cedarschema".to_owned(), SCHEMA.as_bytes().into()),
            ("entities.json".to_owned(), ENTITIES.as_bytes().into()),
        ]);
        files.insert("scenarios/p.toml".to_owned(), text.as_bytes().into());
        let problems = check(&files).problems;
        let found: Vec<_> = problems
            .iter()
            .filter(|it| it.code == Code::ScenarioInvalid)
            .collect();
        assert_eq!(found.len(), 1, "{text}\n{problems:?}");
        assert!(
            found[0].message.contains(message),
            "{text}\n{}",
            found[0].message
        );
        assert_eq!(
            (found[0].file.as_str(), found[0].line),
            ("scenarios/p.toml", line),
            "{text}"
        );
        // And run, it is a failure with the same code.
        let mut log = || Err(crate::Error::NoLog);
        let outcomes = packs::run(
            Path::new("/"),
            &files,
            &check(&files),
            packs::choose(&files, &["p".to_owned()]).unwrap(),
            &mut log,
            &AtomicBool::new(false),
            &mut |_, _, _| ControlFlow::Continue(()),
        )
        .unwrap();
        match &outcomes[0].1 {
            PackOutcome::Error(failure) => {
                assert_eq!(failure.code, Code::ScenarioInvalid, "{text}")
            }
            PackOutcome::Result(_) => panic!("passed: {text}"),
        }
    }
}

#[test]
fn a_hostile_file_is_one_broken_pack_and_no_more() {
    let deep = format!(
        "title = \"x\"\nx = {}{}",
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    let many = format!(
        "title = \"x\"\n{}",
        pack("").replace("title = \"T\"", "").repeat(60)
    );
    for content in [
        b"\xff\xfe".to_vec(),
        b"\0".repeat(2_000_000),
        deep.into_bytes(),
        many.into_bytes(),
        Vec::new(),
    ] {
        let files = policy::Files::from([
            ("scenarios/bad.toml".to_owned(), content.into()),
            ("scenarios/deeper/not.toml".to_owned(), b"x"[..].into()),
        ]);
        let chosen = packs::choose(&files, &[]).unwrap();
        assert_eq!((chosen.packs.len(), chosen.broken.len()), (0, 1));
        assert_eq!(chosen.broken[0].0, "bad");
        assert_eq!(chosen.broken[0].1.code, Code::ScenarioInvalid);
    }
}

#[test]
fn circles_revisions_and_broken_policies_are_failures_too() {
    let schema = SCHEMA.replace("entity Group;", "entity Group in [Group];");
    let entities = ENTITIES.replacen(
        '[',
        "[{\"uid\": {\"type\": \"Group\", \"id\": \"all\"}, \"attrs\": {}, \"parents\": []},",
        1,
    );
    let entities = entities.replace(
        "\"id\": \"staff\"}, \"attrs\": {}, \"parents\": []",
        "\"id\": \"staff\"}, \"attrs\": {}, \"parents\": [{\"type\": \"Group\", \"id\": \"all\"}]",
    );
    let circle =
        pack("[[scenario.entities]]\nids = ['Group::\"all\"']\njoin = ['Group::\"staff\"']");
    let through =
        pack("[[scenario.entities]]\nids = ['User::\"ada\"']\nleave = ['Group::\"all\"']");
    let revision = pack("policies = { base = \"v9\" }");
    let outside = pack("policies = { head = \"../..\" }");
    for (text, policies, code, words) in [
        (&circle, POLICIES, Code::ScenarioInvalid, "cannot be so"),
        (
            &through,
            POLICIES,
            Code::ScenarioInvalid,
            "by being in something else",
        ),
        (&revision, POLICIES, Code::RevisionUnknown, "v9"),
        (&outside, POLICIES, Code::RevisionUnknown, "../.."),
        (&circle, "permit (", Code::SetBroken, "does not compile"),
    ] {
        let bench = Bench::new();
        let root = bench.small();
        write(&root, "policies.cedar", policies);
        write(&root, "app.cedarschema", &schema);
        write(&root, "entities.json", &entities);
        write(&root, "scenarios/p.toml", text);
        let log = crate::logs::named(
            &small_log(&bench.base),
            &bench.config.folders,
            &mut |_, _| ControlFlow::Continue(()),
        );
        let files = crate::read_workspace(&root).unwrap();
        let outcomes = packs::run(
            &root,
            &files,
            &check(&files),
            packs::choose(&files, &[]).unwrap(),
            &mut || Ok(log.as_ref().unwrap().clone()),
            &AtomicBool::new(false),
            &mut |_, _, _| ControlFlow::Continue(()),
        );
        match &outcomes.unwrap()[0].1 {
            PackOutcome::Error(failure) => {
                assert_eq!(failure.code, code, "{failure:?}");
                assert!(failure.message.contains(words), "{failure:?}");
            }
            PackOutcome::Result(result) => panic!("passed: {result:?}"),
        }
    }
}

#[test]
fn the_watch_looks_for_due_packs_on_a_thread_of_its_own() {
    let (_bench, studio) = small(MFA);
    let studio = Arc::new(studio);
    crate::watch(&studio, Duration::from_millis(1));
    let alive = Arc::downgrade(&studio);
    drop(studio);
    // The threads hold nothing: with the window the Studio ends.
    while alive.strong_count() > 0 {
        thread::yield_now();
    }
}
