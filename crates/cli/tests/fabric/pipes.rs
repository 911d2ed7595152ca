//! Readers that go away and users who lose patience.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::Stdio,
    time::{Duration, Instant},
};

use crate::place::Place;

#[test]
fn a_reader_that_has_enough_ends_the_program_quietly() {
    let place = Place::new();
    for arguments in [
        &["log", "generate", "w", "--rows", "10M"][..],
        &["completions", "zsh"],
        &["check", "w", "--json"],
    ] {
        let mut child = place.command(arguments).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        lines.read_line(&mut first).unwrap();
        assert!(!first.is_empty());
        drop(lines);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(
            String::from_utf8(output.stderr).unwrap(),
            "",
            "{arguments:?}"
        );
    }
}

#[test]
fn a_reader_that_never_came_is_no_panic() {
    let place = Place::new();
    for arguments in [&["codes"][..], &["--help"], &["check", "nothing", "--json"]] {
        let mut child = place
            .command(arguments)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut err)
            .unwrap();
        assert!(child.wait().unwrap().code().is_some());
        assert!(
            !err.contains("panicked") && !err.contains("internal"),
            "{err}"
        );
    }
}

#[test]
#[cfg(unix)]
fn an_interrupt_cancels_and_leaves_nothing_half_done() {
    let place = Place::new();
    std::fs::create_dir(place.path("out")).unwrap();
    let child = place
        .command(&[
            "log",
            "generate",
            "w",
            "--rows",
            "100M",
            "--out",
            "out/log.jsonl.zst",
            "--json",
        ])
        .spawn()
        .unwrap();
    // The unfinished file is the sign that the work has begun.
    let deadline = Instant::now() + Duration::from_secs(60);
    while place.snapshot("out").is_empty() {
        assert!(Instant::now() < deadline, "nothing was begun");
        std::thread::yield_now();
    }
    let sent = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    let ran: crate::place::Ran = child.wait_with_output().unwrap().into();
    assert_eq!(ran.failed().0, "cancelled");
    assert!(place.snapshot("out").is_empty());
}
