//! A Studio killed while somebody types: a child process, this binary again, plays the Studio.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use super::*;

const ROOT: &str = "STUDIO_TEST_ROOT";

/// Types until killed, when started by the test below; does nothing in an ordinary run.
#[test]
fn child() {
    let Some(root) = std::env::var_os(ROOT) else {
        return;
    };
    let bench = Bench::new();
    let studio = bench.studio();
    open(&studio, Path::new(&root));
    for revision in 1.. {
        let text = format!("// {revision}\n{POLICIES}");
        studio
            .edit_file(edit("policies.cedar", &text, revision))
            .unwrap();
        println!("\ntyped {revision}");
    }
}

#[test]
fn what_was_typed_before_a_kill_is_found_again() {
    let bench = Bench::new();
    let root = bench.small();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::crash::child", "--nocapture"])
        .env(ROOT, &root)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut typed = 0;
    for line in lines.map_while(Result::ok) {
        if let Some(revision) = line.strip_prefix("typed ") {
            typed = revision.parse().unwrap();
            if typed == 20 {
                child.kill().unwrap();
            }
        }
    }
    child.wait().unwrap();
    assert!(typed >= 20);

    let studio = bench.studio();
    let view = open(&studio, &root);
    assert_eq!(view.recovered, ["policies.cedar"]);
    assert!(
        view.notices.is_empty(),
        "a killed Studio holds nothing: {:?}",
        view.notices
    );
    let text = studio.open_file(at("policies.cedar")).unwrap().text;
    let found: u32 = text
        .lines()
        .next()
        .unwrap()
        .trim_start_matches("// ")
        .parse()
        .unwrap();
    assert!(found >= typed, "{typed} was typed and {found} is there");
    assert_eq!(text, format!("// {found}\n{POLICIES}"));
}
