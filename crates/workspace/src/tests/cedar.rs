//! The plain functions, over a folder as others lay theirs out, over the sample, and over the Cedar example applications when
//! the environment variable `FABRIC_CEDAR_EXAMPLES` names their folder.

use std::{fs, ops::ControlFlow, sync::atomic::AtomicBool};

use model::{Decision, Severity};

use super::*;
use crate::{
    check, compare, copy_sample, init, open_named_log, read_workspace, resolve, run_tests,
};

fn on(_: u64, _: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn a_folder_is_checked_tested_and_compared_without_a_window() {
    let bench = Bench::new();
    let root = bench.small();
    let files = read_workspace(&root).unwrap();
    let checked = check(&files);
    assert_eq!(checked.troubles(), 0, "{:#?}", checked.problems);
    assert!(
        run_tests(&files, &checked.compiled)
            .iter()
            .all(|test| test.passed)
    );

    let edited = bench.base.join("edited");
    for (path, content) in &files {
        write(&edited, path, str::from_utf8(content).unwrap());
    }
    write(
        &edited,
        "policies.cedar",
        &POLICIES.replace("in Group::\"staff\"", "in Group::\"nobody\""),
    );
    let (base, head) = (
        resolve(root.to_str().unwrap(), &root).unwrap(),
        resolve(edited.to_str().unwrap(), &root).unwrap(),
    );
    let log = open_named_log(&small_log(&bench.base), &bench.config.folders, &mut on).unwrap();
    let never = AtomicBool::new(false);
    let replay = compare(&base, &head, log.clone(), &never).unwrap();
    // ada views the menu with and without, the plan with a second factor: three times each.
    assert_eq!((replay.totals().gained, replay.totals().lost), (0, 9));
    assert_eq!(replay.report(10).base.label, base.label);

    write(&edited, "policies.cedar", "permit(");
    let broken = resolve(edited.to_str().unwrap(), &root).unwrap();
    let failure = Failure::from(compare(&base, &broken, log.clone(), &never).unwrap_err());
    assert_eq!(failure.code, Code::SetBroken);
    // The place is said once: what is wrong besides follows.
    assert!(
        failure.message.contains(": policies.cedar:1:"),
        "{failure:?}"
    );
    assert_eq!(failure.details, None);
    write(&edited, "more.cedar", "forbid(");
    let broken = resolve(edited.to_str().unwrap(), &root).unwrap();
    let failure = Failure::from(compare(&base, &broken, log.clone(), &never).unwrap_err());
    assert!(failure.message.contains(": more.cedar:1:"), "{failure:?}");
    assert!(failure.details.unwrap().starts_with("policies.cedar:1:"));
    let none = open_named_log(&root, &bench.config.folders, &mut on);
    assert_eq!(none.unwrap_err().code(), Code::LogMissing);
}

#[test]
fn a_new_workspace_has_nothing_wrong_with_it() {
    let bench = Bench::new();
    for (folder, make) in [
        ("new", init as fn(&Path) -> Result<(), crate::Error>),
        ("sample", copy_sample),
    ] {
        let folder = bench.base.join(folder);
        make(&folder).unwrap();
        let files = read_workspace(&folder).unwrap();
        let checked = check(&files);
        assert!(checked.problems.is_empty(), "{:#?}", checked.problems);
        let tests = run_tests(&files, &checked.compiled);
        assert!(
            !tests.is_empty() && tests.iter().all(|test| test.passed),
            "{tests:#?}"
        );
        assert_eq!(make(&folder).unwrap_err().code(), Code::WorkspaceExists);
    }
    fs::create_dir(bench.base.join("empty")).unwrap();
    init(&bench.base.join("empty")).unwrap();
    assert_eq!(fs::read_dir(bench.base.join("empty")).unwrap().count(), 5);
}

#[test]
fn the_cedar_example_applications_decide_as_their_folders_say() {
    let Some(examples) = std::env::var_os("FABRIC_CEDAR_EXAMPLES") else {
        println!(
            "not tested: FABRIC_CEDAR_EXAMPLES does not name the folder of the Cedar example applications"
        );
        return;
    };
    let mut applications = Vec::new();
    let mut folders = vec![PathBuf::from(examples)];
    while let Some(folder) = folders.pop() {
        let entries: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        if entries
            .iter()
            .any(|path| path.extension().is_some_and(|ending| ending == "cedar"))
        {
            applications.push(folder);
        } else {
            folders.extend(entries.into_iter().filter(|path| path.is_dir()));
        }
    }
    assert!(applications.len() >= 7, "{applications:?}");
    let bench = Bench::new();
    for application in applications {
        // A copy: opening a workspace makes a folder in it.
        let copy = bench
            .base
            .join(application.file_name().unwrap())
            .join("copy");
        for (path, content) in read_workspace(&application).unwrap() {
            write(&copy, &path, str::from_utf8(&content).unwrap());
        }
        let studio = bench.studio();
        let view = open(&studio, &copy);
        let errors: Vec<_> = view
            .problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", application.display());
        let tests = studio.run_tests(()).unwrap();
        let counted = [Decision::Allow, Decision::Deny].map(|decision| {
            tests
                .iter()
                .filter(|test| test.test.decision == decision)
                .count()
        });
        assert!(
            counted[0] > 0 && counted[1] > 0,
            "{}: {counted:?}",
            application.display()
        );
        for test in tests {
            assert!(test.passed, "{}: {test:#?}", application.display());
        }
        fs::remove_dir_all(copy).unwrap();
    }
}
