//! `fabric fmt`: every named policy file, in place. A file that does not parse is reported and left alone.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use model::{Code, Failure, Problem};
use policy::FileKind;
use serde::Serialize;

use super::{FINE, FOUND};
use crate::{
    args::Fmt,
    render,
    terminal::{Stop, Terminal},
    text::{Look, Tone, counted, visible},
};

#[derive(Serialize)]
struct Formatted {
    files: Vec<File>,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct File {
    file: String,
    /// It was not formatted as it should be (and is now, without `--check`).
    changed: bool,
}

pub fn fmt(arguments: &Fmt, terminal: &Terminal) -> Result<u8, Stop> {
    if arguments.paths == [PathBuf::from("-")] {
        return stream(arguments, terminal);
    }
    let mut done = Formatted {
        files: Vec::new(),
        problems: Vec::new(),
    };
    for path in expand(&arguments.paths)? {
        let name = path.display().to_string();
        match formatted(&path, &name)? {
            Ok((old, new)) => {
                let changed = old != new;
                if changed && !arguments.check {
                    workspace::replace_file(&path, new.as_bytes()).map_err(|error| {
                        Failure::new(Code::FileWrite, format!("cannot write `{name}`: {error}"))
                    })?;
                }
                done.files.push(File {
                    file: name,
                    changed,
                });
            }
            Err(problems) => done.problems.extend(problems),
        }
    }
    terminal.result(&done, |look| text(&done, arguments.check, look))?;
    let untidy = arguments.check && done.files.iter().any(|file| file.changed);
    Ok(if untidy || !done.problems.is_empty() {
        FOUND
    } else {
        FINE
    })
}

/// Standard input to standard output, as editors want it.
fn stream(arguments: &Fmt, terminal: &Terminal) -> Result<u8, Stop> {
    let mut text = Vec::new();
    io::stdin().read_to_end(&mut text).map_err(|error| {
        Failure::new(
            Code::FileRead,
            format!("cannot read standard input: {error}"),
        )
    })?;
    let name = "standard input";
    let (file, problems, output) = match format(text, name) {
        Ok((old, new)) => (
            Some(File {
                file: name.to_owned(),
                changed: old != new,
            }),
            Vec::new(),
            new,
        ),
        Err(problems) => (None, problems, String::new()),
    };
    let untidy = arguments.check && file.as_ref().is_some_and(|file| file.changed);
    let broken = !problems.is_empty();
    let done = Formatted {
        files: file.into_iter().collect(),
        problems,
    };
    if terminal.json {
        terminal.json(&done)?;
    } else if broken {
        // Standard output must hold formatted text or nothing.
        return Err(Failure::new(
            Code::PolicySyntax,
            "standard input is not Cedar, so it is not formatted",
        )
        .with_details(render::problems(&done.problems, &|_| None, terminal.err).trim_end())
        .into());
    } else if !arguments.check {
        terminal.print(&output)?;
    }
    Ok(if untidy || broken { FOUND } else { FINE })
}

/// Folders become the policy files in them.
fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let found = policy::read_dir(path).map_err(Failure::from)?;
            files.extend(
                found
                    .into_keys()
                    .filter(|name| policy::kind(name) == Some(FileKind::Policies))
                    .map(|name| path.join(name)),
            );
        } else {
            files.push(path.clone());
        }
    }
    if files.is_empty() {
        let names: Vec<_> = paths
            .iter()
            .map(|path| format!("`{}`", path.display()))
            .collect();
        return Err(Failure::new(
            Code::WorkspaceMissing,
            format!("no policies in {}", names.join(", ")),
        ));
    }
    Ok(files)
}

/// Old and new text, or why there is none.
type Texts = Result<(String, String), Vec<Problem>>;

fn formatted(path: &Path, name: &str) -> Result<Texts, Failure> {
    let bytes = fs::read(path)
        .map_err(|error| Failure::new(Code::FileRead, format!("cannot read `{name}`: {error}")))?;
    Ok(format(bytes, name))
}

fn format(bytes: Vec<u8>, name: &str) -> Texts {
    let old = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = error
                .as_bytes()
                .get(..error.utf8_error().valid_up_to())
                .unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            let start = before
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1);
            let line_text = String::from_utf8_lossy(before.get(start..).unwrap_or_default());
            let column = line_text.encode_utf16().count() + 1;
            let (line, column) = (
                line.try_into().unwrap_or(u32::MAX),
                column.try_into().unwrap_or(u32::MAX),
            );
            return Err(vec![Problem {
                code: Code::FileEncoding,
                severity: model::Severity::Error,
                file: name.to_owned(),
                line,
                column,
                end_line: line,
                end_column: column,
                message: "the file is not UTF-8 from here on".to_owned(),
                hint: Code::FileEncoding.hint().to_owned(),
            }]);
        }
    };
    // Whoever names a file means it, whatever it is called.
    let called = if policy::kind(name) == Some(FileKind::Policies) {
        name
    } else {
        "policies.cedar"
    };
    match policy::format(called, &old, policy::WIDTH) {
        Ok(new) => Ok((old, new)),
        Err(mut problems) => {
            for problem in &mut problems {
                problem.file = name.to_owned();
            }
            Err(problems)
        }
    }
}

fn text(done: &Formatted, check: bool, look: Look) -> String {
    let mut out = render::problems(&done.problems, &|file| fs::read_to_string(file).ok(), look);
    let changed: Vec<_> = done.files.iter().filter(|file| file.changed).collect();
    for file in &changed {
        let word = if check { "not formatted" } else { "formatted" };
        out.push_str(&format!("{word}  {}\n", visible(&file.file)));
    }
    let same = (done.files.len() - changed.len()) as u64;
    if same > 0 {
        let text = format!("{} in order already", counted(same, "file"));
        out.push_str(&look.quiet(text));
        out.push('\n');
    }
    if let Some(tally) = render::tally(&done.problems, look) {
        out.push_str(&look.tone(Tone::Plain, format!("{tally}\n")));
    }
    out
}
