//! Running another program: its words are kept in a file and shown only when it fails.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    process::{Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::{Duration, Instant},
};

use crate::{
    project::Project,
    step::{Failed, Step, While},
};

/// How much of the output of a failed program is shown.
const SHOWN: usize = 80;

/// What a program printed, and whether it succeeded.
pub struct Finished {
    /// Its exit status was 0.
    pub succeeded: bool,
    /// Standard output and standard error, line by line, in the order they came.
    pub lines: Vec<String>,
}

/// Runs a program to its end and fails when it does.
pub fn run(
    project: &Project,
    step: &mut Step,
    command: &mut Command,
) -> Result<Vec<String>, Failed> {
    let finished = attempt(project, step, command, None)?;
    if finished.succeeded {
        return Ok(finished.lines);
    }
    Err(failure(project, step, command, finished.lines))
}

/// What to say about a program that failed.
pub fn failure(project: &Project, step: &Step, command: &Command, lines: Vec<String>) -> Failed {
    let hint = format!(
        "everything it said is in `{}`",
        project
            .kept("logs")
            .join(format!("{}.txt", step.file()))
            .display()
    );
    let tail = lines.len().saturating_sub(SHOWN);
    Failed::new(format!("`{}` failed", spelled(command)), hint)
        .after(lines.into_iter().skip(tail).collect())
}

/// Runs a program to its end, or until the time is over, and reports how it went.
pub fn attempt(
    project: &Project,
    step: &mut Step,
    command: &mut Command,
    limit: Option<Duration>,
) -> Result<Finished, Failed> {
    let log = project.kept("logs").join(format!("{}.txt", step.file()));
    let keeping = format!("keeping `{}`", log.display());
    fs::create_dir_all(project.kept("logs")).during(&keeping)?;
    let mut log = File::options()
        .create(true)
        .append(true)
        .open(log)
        .during(&keeping)?;
    writeln!(log, "$ {}", spelled(command)).during(&keeping)?;

    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .during(format_args!("starting `{}`", spelled(command)))?;
    let (sender, receiver) = mpsc::channel();
    if let Some(output) = child.stdout.take() {
        forward(output, sender.clone());
    }
    if let Some(output) = child.stderr.take() {
        forward(output, sender);
    }

    let began = Instant::now();
    let mut lines = Vec::new();
    let mut status = None;
    loop {
        match receiver.recv_timeout(Duration::from_millis(200)) {
            Ok(line) => {
                writeln!(log, "{line}").during(&keeping)?;
                if !line.trim().is_empty() {
                    step.say(&line);
                }
                lines.push(line);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                // A program that it left behind may hold the pipe open for ever: once it has ended and all is quiet,
                // nothing more is to come.
                if status.is_some() {
                    break;
                }
                status = child.try_wait().during("waiting")?;
                if limit.is_some_and(|limit| began.elapsed() > limit) {
                    // It may have ended in this very moment.
                    let _ = child.kill();
                }
                step.say(lines.last().map_or("", String::as_str));
            }
        }
    }
    let status = child.wait().during("waiting")?;
    Ok(Finished {
        succeeded: status.success(),
        lines,
    })
}

fn forward(output: impl Read + Send + 'static, sender: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n') {
            let Ok(line) = line else { return };
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if sender.send(line).is_err() {
                return;
            }
        }
    });
}

/// A command as one would type it.
pub fn spelled(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    let mut text = words.join(" ");
    if let Some((cut, _)) = text.char_indices().nth(160) {
        text.truncate(cut);
        text.push('…');
    }
    text
}

/// Whether a program of this name can be started.
pub fn exists(program: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else {
        return false;
    };
    std::env::split_paths(&path).any(|folder| {
        let file = folder.join(program);
        file.is_file()
            || (cfg!(windows)
                && ["exe", "cmd"]
                    .iter()
                    .any(|end| file.with_extension(end).is_file()))
    })
}

/// The first line a program prints, if it succeeds.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output
        .status
        .success()
        .then(|| text.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::step::{Done, step};

    fn shell(script: &str, limit: Option<Duration>) -> Finished {
        let folder = tempfile::tempdir().unwrap();
        let project = Project {
            root: folder.path().to_owned(),
            target: folder.path().join("target"),
        };
        let mut finished = None;
        step("child", |step| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            finished = Some(attempt(&project, step, &mut command, limit)?);
            Ok(Done::Did)
        })
        .unwrap();
        finished.unwrap()
    }

    #[test]
    fn both_streams_are_kept_and_the_status_is_told() {
        let finished = shell("echo out; echo err >&2; printf 'no newline'; exit 3", None);
        assert!(!finished.succeeded);
        for line in ["out", "err", "no newline"] {
            assert!(finished.lines.iter().any(|kept| kept == line), "{line}");
        }
    }

    #[test]
    fn a_program_that_takes_too_long_is_ended() {
        let began = Instant::now();
        let finished = shell("exec sleep 60", Some(Duration::from_millis(1)));
        assert!(!finished.succeeded);
        assert!(began.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn a_program_left_behind_does_not_hold_us_up() {
        let began = Instant::now();
        let finished = shell("sleep 20 & echo done", None);
        assert!(finished.succeeded);
        assert_eq!(finished.lines, ["done"]);
        assert!(began.elapsed() < Duration::from_secs(15));
    }

    #[test]
    fn programs_are_found_by_name() {
        assert!(exists("sh"));
        assert!(!exists("no-such-program-anywhere"));
        assert_eq!(
            answer(Command::new("sh").args(["-c", "echo one; echo two"])),
            Some("one".into())
        );
        assert_eq!(answer(Command::new("sh").args(["-c", "exit 1"])), None);
        assert_eq!(answer(&mut Command::new("no-such-program-anywhere")), None);
    }
}
