//! `cargo xtask test`: formatting, lints, every test, the real window; and the counts on the last line.

use std::{fmt, ops::AddAssign, process::Command, time::Instant};

use crate::{
    child, interface,
    machine::{self, Purpose},
    package, page,
    project::{Project, SELECTION},
    step::{Done, Failed, Step, clock, step},
};

/// Tests counted over all runners. A check that fails without being a test counts as one failure, so that `0 failed` means
/// that all is well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

impl Counts {
    /// Reads the closing lines of `cargo nextest`, `cargo test` and `node --test --test-reporter=tap`.
    fn read(lines: &[String]) -> Self {
        let mut counts = Counts::default();
        let summary = |line: &str| line.starts_with("Summary [");
        // What nextest shows of a failed test is another runner's closing line, and counted already.
        let nextest = lines.iter().any(|line| summary(line.trim()));
        for line in lines.iter().map(|line| line.trim()) {
            if nextest {
                if let Some((_, tail)) = line.split_once(" run: ").filter(|_| summary(line)) {
                    counts.add_pieces(without_parentheses(tail).split(", "));
                }
            } else if let Some((_, tail)) = line
                .strip_prefix("test result: ")
                .and_then(|tail| tail.split_once(". "))
            {
                counts.add_pieces(tail.split("; "));
            } else if let Some((word, number)) = line
                .strip_prefix("# ")
                .and_then(|tail| tail.split_once(' '))
            {
                counts.add(number, word);
            }
        }
        counts
    }

    fn add_pieces<'a>(&mut self, pieces: impl Iterator<Item = &'a str>) {
        for (number, word) in pieces.filter_map(|piece| piece.trim().split_once(' ')) {
            self.add(number, word);
        }
    }

    fn add(&mut self, number: &str, word: &str) {
        let Ok(number) = number.parse::<u64>() else {
            return;
        };
        match word.trim() {
            "passed" | "pass" => self.passed += number,
            "failed" | "fail" | "timed out" | "exec failed" | "cancelled" => self.failed += number,
            "skipped" | "ignored" | "todo" => self.skipped += number,
            _ => {}
        }
    }
}

/// `3 passed (1 slow, 1 flaky), 0 skipped` without the remarks.
fn without_parentheses(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|c| {
            match c {
                '(' => depth += 1,
                ')' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}

/// Everything, the window included.
pub fn everything(project: &Project) -> Result<(), Failed> {
    finish(|counts| {
        machine::prepare(project, Purpose::WindowTests)?;
        check(counts, || formatting(project))?;
        interface::build(project)?;
        page::build(project)?;
        check(counts, || {
            lints(
                project,
                &[
                    "--workspace",
                    "--features",
                    "studio/custom-protocol,e2e/window,xtask/bindgen",
                ],
            )
        })?;
        step("application and tests", |step| {
            let mut cargo = project.cargo(["build", "--release", "--all-targets"]);
            let lines = child::run(project, step, cargo.args(SELECTION))?;
            Ok(interface::built(&lines))
        })?;
        if cfg!(target_os = "linux") {
            check(counts, || package::for_tests(project))?;
        }
        tests(project, counts, SELECTION)?;
        step("editor tests", |step| editor(project, step, counts))?;
        if !cfg!(target_os = "linux") {
            println!("· window tests  need Linux: WebDriver for the web view exists only there");
        }
        say_what_is_not_tested(project);
        Ok(())
    })
}

/// Everything that needs neither a display nor a web view.
pub fn without_window(project: &Project) -> Result<(), Failed> {
    const LEFT_OUT: [&str; 5] = ["--workspace", "--exclude", "studio", "--exclude", "e2e"];
    finish(|counts| {
        machine::prepare(project, Purpose::Terminal)?;
        check(counts, || formatting(project))?;
        check(counts, || lints(project, &LEFT_OUT))?;
        tests(project, counts, &LEFT_OUT)
    })
}

/// The tests of the window, or of the page, whose names contain one of the words; all when there is none. What they drive must be
/// built.
pub fn driven_only(project: &Project, target: &str, names: &[&str]) -> Result<(), Failed> {
    drive(project, target, names, &[])
}

/// Keeps the pictures of the window anew (`tests/e2e/pictures`), for somebody to look at before they are committed.
pub fn pictures(project: &Project) -> Result<(), Failed> {
    drive(
        project,
        "window",
        &["pictures"],
        &[("STUDIO_PICTURES_RENEW", "1")],
    )
}

fn drive(
    project: &Project,
    target: &str,
    names: &[&str],
    environment: &[(&str, &str)],
) -> Result<(), Failed> {
    finish(|counts| {
        if target == "window" && (names.is_empty() || names.contains(&"packages")) {
            package::for_tests(project)?;
        }
        step("driven tests", |step| {
            let mut cargo = project.cargo(["test", "--release", "--no-fail-fast"]);
            cargo.args(SELECTION).args(["--test", target, "--"]);
            cargo.args(["--test-threads", "1"]).args(names);
            let mut cargo = on_display(project, &cargo);
            cargo.envs(environment.iter().copied());
            count(project, step, counts, &mut cargo)
        })?;
        say_what_is_not_tested(project);
        Ok(())
    })
}

/// A runner shows nothing of a test that passes, so that one which could not be made is told of here, too.
fn say_what_is_not_tested(project: &Project) {
    if !cfg!(target_os = "linux") {
        return;
    }
    let apart = |namespace: &str, words: &[&str]| {
        let mut unshare = project.command("unshare");
        unshare.args(["--map-root-user", namespace]).args(words);
        child::answer(&mut unshare).is_some()
    };
    if !apart("--net", &["ip", "link", "set", "lo", "up"]) {
        println!(
            "· network  NOT TESTED that the window opens no connection: this system makes no network namespace"
        );
    }
    let anywhere = project.root.to_string_lossy();
    if !apart("--mount", &["mount", "-t", "tmpfs", "none", &anywhere]) {
        println!(
            "· packages  NOT TESTED that they install, start and go without a trace: this system makes no mount namespace"
        );
    }
}

/// Runs the steps and always closes with the counts alone on the last line.
fn finish(steps: impl FnOnce(&mut Counts) -> Result<(), Failed>) -> Result<(), Failed> {
    let began = Instant::now();
    let mut counts = Counts::default();
    if let Err(failed) = steps(&mut counts) {
        failed.print();
        counts.failed += 1;
    }
    println!("  in {}", clock(began.elapsed()));
    println!("{counts}");
    if counts.failed == 0 {
        Ok(())
    } else {
        Err(Failed::said())
    }
}

/// A check that may fail without keeping the tests from running.
fn check(counts: &mut Counts, work: impl FnOnce() -> Result<(), Failed>) -> Result<(), Failed> {
    if let Err(failed) = work() {
        failed.print();
        counts.failed += 1;
    }
    Ok(())
}

fn formatting(project: &Project) -> Result<(), Failed> {
    step("formatting", |step| {
        child::run(
            project,
            step,
            &mut project.cargo(["fmt", "--all", "--check"]),
        )
        .map_err(|failed| failed.hint("run `cargo fmt --all`"))?;
        Ok(Done::Did)
    })
}

fn lints(project: &Project, what: &[&str]) -> Result<(), Failed> {
    step("lints", |step| {
        let mut cargo = project.cargo(["clippy", "--release", "--all-targets"]);
        cargo.args(what).args(["--", "--deny", "warnings"]);
        child::run(project, step, &mut cargo)?;
        Ok(Done::Did)
    })
}

fn tests(project: &Project, counts: &mut Counts, what: &[&str]) -> Result<(), Failed> {
    let nextest = child::answer(&mut project.cargo(["nextest", "--version"])).is_some();
    step("tests", |step| {
        let mut cargo = runner(project, nextest);
        cargo.args(what);
        if what == SELECTION && cfg!(target_os = "linux") {
            cargo = on_display(project, &cargo);
        }
        count(project, step, counts, &mut cargo)
    })?;
    if nextest {
        // Examples in the documentation are the one kind that nextest does not run.
        step("documentation tests", |step| {
            let mut cargo = project.cargo(["test", "--release", "--doc", "--no-fail-fast"]);
            cargo.args(what);
            count(project, step, counts, &mut cargo)
        })?;
    }
    Ok(())
}

/// One profile for application, tests and benchmarks, so that every dependency is compiled once.
fn runner(project: &Project, nextest: bool) -> Command {
    if nextest {
        project.cargo([
            "nextest",
            "run",
            "--cargo-profile",
            "release",
            "--no-fail-fast",
            "--no-tests",
            "pass",
        ])
    } else {
        project.cargo(["test", "--release", "--no-fail-fast"])
    }
}

/// Runs tests. Those that fail are shown and counted, and do not keep the next runner from running.
fn count(
    project: &Project,
    step: &mut Step,
    counts: &mut Counts,
    command: &mut Command,
) -> Result<Done, Failed> {
    let finished = child::attempt(project, step, command, None)?;
    let found = Counts::read(&finished.lines);
    *counts += found;
    if !finished.succeeded {
        let failed = child::failure(project, step, command, finished.lines);
        if found.failed == 0 {
            // It never came to running tests.
            return Err(failed);
        }
        failed.print();
    }
    Ok(Done::With(found.to_string()))
}

fn editor(project: &Project, step: &mut Step, counts: &mut Counts) -> Result<Done, Failed> {
    let mut node = project.command("node");
    node.current_dir(project.root.join("ui/editor"))
        .args(["--test", "--test-reporter=tap"]);
    count(project, step, counts, &mut node)
}

/// The same command with a display and a session bus of its own, and what is built for the tests that drive it.
pub fn on_display(project: &Project, cargo: &Command) -> Command {
    let mut command = project.command("dbus-run-session");
    let screen = "-screen 0 1440x900x24";
    command.args([
        "--",
        "xvfb-run",
        "--auto-servernum",
        "--server-args",
        screen,
    ]);
    command.arg(cargo.get_program()).args(cargo.get_args());
    command.envs(
        cargo
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    command.env("STUDIO_BINARY", project.program("studio"));
    command.env("VERIFIER_PAGE", page::file(project));
    command.env("STUDIO_PACKAGES", package::folder(project));
    command.env("STUDIO_PICTURES", project.root.join("target/e2e"));
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (u64, u64, u64) {
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        let counts = Counts::read(&lines);
        (counts.passed, counts.failed, counts.skipped)
    }

    #[test]
    fn nextest_is_understood() {
        assert_eq!(
            read("     Summary [   0.012s] 3 tests run: 3 passed, 1 skipped"),
            (3, 0, 1)
        );
        assert_eq!(
            read("     Summary [   9.0s] 1 test run: 0 passed, 1 failed, 0 skipped"),
            (0, 1, 0)
        );
        assert_eq!(
            read(
                "     Summary [  61.2s] 9/10 tests run: 5 passed (2 slow, 1 flaky), 2 failed, 1 timed out, 1 exec failed, 3 skipped"
            ),
            (5, 4, 3)
        );
    }

    #[test]
    fn what_nextest_shows_of_a_failed_test_is_not_counted_again() {
        let text = "test result: FAILED. 0 passed; 1 failed; 0 ignored\n Summary [ 1.0s] 2 tests run: 1 passed, 1 failed, 0 skipped";
        assert_eq!(read(text), (1, 1, 0));
    }

    #[test]
    fn libtest_is_understood_and_summed() {
        let text = "\
            running 2 tests\n\
            test a ... ok\n\
            test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(read(text), (5, 1, 2));
    }

    #[test]
    fn node_is_understood() {
        let text = "TAP version 13\n# Subtest: completes\nok 1 - completes\n1..1\n# tests 4\n# suites 0\n# pass 2\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 0\n# duration_ms 8.2";
        assert_eq!(read(text), (2, 2, 1));
    }

    #[test]
    fn other_words_are_not_counted() {
        assert_eq!(
            read("Compiling 3 passed v1\n# 7 passed\nSummary: 4 passed\ntest passed ... ok"),
            (0, 0, 0)
        );
    }

    #[test]
    fn the_closing_line_has_its_one_form() {
        let counts = Counts {
            passed: 12,
            failed: 0,
            skipped: 3,
        };
        assert_eq!(counts.to_string(), "12 passed, 0 failed, 3 skipped");
    }
}
