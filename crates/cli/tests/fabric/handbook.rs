//! The handbook's commands, run as they stand there. A page is one session: its blocks run in order, in an empty folder with a home of its own.
//!
//! - ```` ```sh ````: each command has to do its work (exit status 0, or 1 where something was found).
//! - ```` ```console ````: lines after `$ ` are commands (`> ` goes on), the others are what they print, standard error included. `…` stands for
//!   any text of a line, or alone for any lines. `$ echo $?` shows a status, which may then be any.
//! - `<!-- sh`, lines, `-->`: commands that make ready what a page takes for granted. No reader sees them.
//! - `needs:` and a program behind the word lets a block pass where the program is missing; `not run:` and a reason leaves it out.
#![cfg(unix)]

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Mutex,
    thread,
};

use crate::place::Place;

/// Blocks that are not run. Each says why; a higher number needs a good reason.
const NOT_RUN: usize = 12;

/// One command of a page.
#[derive(Debug, PartialEq, Eq)]
struct Typed {
    line: usize,
    command: String,
    /// What the page shows; nothing where it shows no output at all.
    shown: Option<String>,
    needs: Option<String>,
}

/// A block that is not run.
#[derive(Debug)]
struct LeftOut {
    line: usize,
    reason: String,
    commands: Vec<String>,
}

/// What a page has to say.
#[derive(Debug, Default)]
struct Page {
    typed: Vec<Typed>,
    left_out: Vec<LeftOut>,
}

fn root() -> PathBuf {
    PathBuf::from("../..")
}

/// README and every page of the handbook, by their paths.
fn pages() -> Vec<(String, Page)> {
    let root = root();
    let mut files = vec![root.join("README.md")];
    let mut folders = vec![root.join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // Records of decisions speak to who works on the project.
            if path.is_dir() && !path.ends_with("decisions") {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().display().to_string();
            let text = fs::read_to_string(&path).unwrap();
            let page = read(&text).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
            (name, page)
        })
        .collect()
}

/// The commands of a page.
fn read(text: &str) -> Result<Page, String> {
    let mut page = Page::default();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let line_number = at + 1;
        let (info, end) = if let Some(info) = line.strip_prefix("```") {
            (info, "```")
        } else if line == "<!-- sh" {
            ("sh", "-->")
        } else if line.trim_start().starts_with("```") {
            return Err(format!("line {line_number}: begin blocks at the left edge"));
        } else {
            continue;
        };
        let body: Vec<_> = lines
            .by_ref()
            .take_while(|(_, line)| *line != end)
            .map(|(at, line)| (at + 1, line))
            .collect();
        let (kind, said) = info.split_once(' ').unwrap_or((info, ""));
        let mut needs = None;
        match said.split_once(": ") {
            Some(("not run", reason)) if reason.len() > 10 => {
                let commands = script(&body).into_iter().map(|typed| typed.command);
                page.left_out.push(LeftOut {
                    line: line_number,
                    reason: reason.to_owned(),
                    commands: commands.collect(),
                });
                continue;
            }
            Some(("needs", program)) => needs = Some(program.to_owned()),
            None if said.is_empty() => {}
            _ => return Err(format!("line {line_number}: `{said}` is not understood")),
        }
        let typed = match kind {
            "sh" => script(&body),
            "console" => session(&body)?,
            "toml" | "json" | "text" | "cedar" => continue,
            _ => return Err(format!("line {line_number}: a block of what? `{info}`")),
        };
        page.typed.extend(typed.into_iter().map(|typed| Typed {
            needs: needs.clone(),
            ..typed
        }));
    }
    Ok(page)
}

/// Commands without their output; one goes on behind a backslash, and to the end of its document behind `<<`.
fn script(body: &[(usize, &str)]) -> Vec<Typed> {
    let mut all: Vec<Typed> = Vec::new();
    let mut open = false;
    let mut document: Option<String> = None;
    for &(line, text) in body {
        match all.last_mut().filter(|_| open || document.is_some()) {
            Some(last) => {
                last.command.push('\n');
                last.command.push_str(text);
            }
            None if text.trim().is_empty() || text.starts_with('#') => continue,
            None => all.push(Typed {
                line,
                command: text.to_owned(),
                shown: None,
                needs: None,
            }),
        }
        if document.as_deref() == Some(text) {
            document = None;
        } else if document.is_none() {
            document = text
                .split_once("<<")
                .map(|(_, end)| end.trim().trim_matches('\'').to_owned());
        }
        open = document.is_none() && text.ends_with('\\');
    }
    all
}

/// Commands with their output.
fn session(body: &[(usize, &str)]) -> Result<Vec<Typed>, String> {
    let mut all: Vec<Typed> = Vec::new();
    for &(line, text) in body {
        if let Some(command) = text.strip_prefix("$ ") {
            all.push(Typed {
                line,
                command: command.to_owned(),
                shown: Some(String::new()),
                needs: None,
            });
            continue;
        }
        let last = all
            .last_mut()
            .ok_or_else(|| format!("line {line}: output before the first `$ `"))?;
        let shown = last.shown.get_or_insert_default();
        match text.strip_prefix("> ").filter(|_| shown.is_empty()) {
            Some(more) => {
                last.command.push('\n');
                last.command.push_str(more);
            }
            None => writeln!(shown, "{text}").unwrap(),
        }
    }
    Ok(all)
}

/// What is printed is what is shown.
fn same(shown: &str, printed: &str) -> bool {
    fn lines(shown: &[&str], printed: &[&str]) -> bool {
        match shown {
            [] => printed.is_empty(),
            ["…", rest @ ..] => (0..=printed.len()).any(|skip| lines(rest, &printed[skip..])),
            [first, rest @ ..] => printed
                .split_first()
                .is_some_and(|(line, others)| text(first, line) && lines(rest, others)),
        }
    }
    fn text(shown: &str, printed: &str) -> bool {
        let Some((before, after)) = shown.split_once('…') else {
            return shown.trim_end() == printed.trim_end();
        };
        let Some(rest) = printed.strip_prefix(before) else {
            return false;
        };
        let mut ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
        ends.any(|at| text(after, &rest[at..]))
    }
    let split = |text: &str| -> Vec<String> {
        let text = text.trim_matches('\n');
        text.lines().map(str::to_owned).collect()
    };
    let (shown, printed) = (split(shown), split(printed));
    let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
    let printed: Vec<&str> = printed.iter().map(String::as_str).collect();
    lines(&shown, &printed)
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// A shell for which `fabric` is the program that was built.
fn shell(place: &Place, script: &str) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_fabric")).parent().unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(program.to_owned()).chain(std::env::split_paths(&path));
    let mut shell = Command::new("sh");
    place.surround(&mut shell);
    shell
        .arg("-c")
        .arg(script)
        .env("PATH", std::env::join_paths(path).unwrap())
        .env("CHECKOUT", root().canonicalize().unwrap())
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null());
    shell
}

/// Runs a page; what did not go as it is shown comes back.
fn run(name: &str, page: &Page) -> Vec<String> {
    let all: Vec<_> = page
        .typed
        .iter()
        .filter(|typed| match &typed.needs {
            Some(program) if !is_there(program) => {
                eprintln!("{name}:{}: not run without `{program}`", typed.line);
                false
            }
            _ => true,
        })
        .collect();
    if all.is_empty() {
        return Vec::new();
    }
    let place = Place::empty();
    place.write(
        "home/.gitconfig",
        "[user]\nname = Ada Lund\nemail = ada@northwind.example\n[init]\ndefaultBranch = main\n",
    );
    fs::create_dir_all(place.path("results")).unwrap();
    fs::create_dir_all(place.path("desk")).unwrap();
    let mut script = String::new();
    for (number, typed) in all.iter().enumerate() {
        let results = place.path("results").join(number.to_string());
        let results = results.display();
        write!(
            script,
            "{{\n{}\n}} >'{results}.out' 2>&1\nstatus=$?\necho $status >'{results}.status'\n(exit $status)\n",
            typed.command
        )
        .unwrap();
    }
    let status = shell(&place, &script)
        .current_dir(place.path("desk"))
        .status()
        .unwrap();
    assert!(status.code().is_some(), "{name}: killed");
    let result = |number: usize, end: &str| {
        let path = place.path("results").join(format!("{number}.{end}"));
        fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    };
    let mut wrong = Vec::new();
    for (number, typed) in all.iter().enumerate() {
        let place = format!("{name}:{}: $ {}", typed.line, typed.command);
        let (Ok(printed), Ok(status)) = (result(number, "out"), result(number, "status")) else {
            wrong.push(format!("{place}\nwas not reached"));
            break;
        };
        let next = all.get(number + 1);
        let asked = next.is_some_and(|next| next.command == "echo $?");
        if !matches!(status.trim(), "0" | "1") && !asked {
            wrong.push(format!("{place}\nended with {}:\n{printed}", status.trim()));
        }
        match &typed.shown {
            Some(shown) if !same(shown, &printed) => {
                wrong.push(format!("{place}\n--- shown\n{shown}--- printed\n{printed}"));
            }
            _ => {}
        }
    }
    wrong
}

#[test]
fn every_command_does_what_the_handbook_shows() {
    let pages = pages();
    let commands: usize = pages.iter().map(|(_, page)| page.typed.len()).sum();
    let waiting = Mutex::new(pages.iter());
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap().next();
                    let Some((name, page)) = next else { return };
                    let found = run(name, page);
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(
        wrong.is_empty(),
        "{} of {commands} commands:\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}

#[test]
fn what_is_not_run_says_why_and_is_understood_all_the_same() {
    let place = Place::empty();
    let mut list = String::new();
    let mut count = 0;
    for (name, page) in pages() {
        for LeftOut {
            line,
            reason,
            commands,
        } in page.left_out
        {
            writeln!(list, "{name}:{line}: {reason}").unwrap();
            count += 1;
            for command in commands {
                if !command.starts_with("fabric ") {
                    continue;
                }
                // Whatever stands before it has to be an option or an argument that the command has.
                let typed = command.split(" #").next().unwrap();
                let typed = typed.split(" > ").next().unwrap();
                let ran = shell(&place, &format!("{typed} --help")).output().unwrap();
                let said = String::from_utf8_lossy(&ran.stderr);
                assert!(ran.status.success(), "{name}:{line}: {command}\n{said}");
            }
        }
    }
    print!("{list}");
    assert_eq!(count, NOT_RUN, "blocks are not run:\n{list}");
}

#[test]
fn the_reference_is_what_the_program_says() {
    let place = Place::empty();
    for (file, arguments) in [
        ("commands.md", ["man", "--markdown"]),
        ("errors.md", ["codes", "--markdown"]),
        ("notes.md", ["notes", "--markdown"]),
    ] {
        let written = fs::read_to_string(root().join("docs").join(file)).unwrap();
        let made = place.run(&arguments).fine();
        assert!(
            written == made,
            "`docs/{file}` is not what the program says any more: run `cargo xtask book`"
        );
    }
}

#[test]
fn blocks_are_taken_apart_as_a_shell_would() {
    let page = read(
        "```sh\n# a remark\none \\\n  two\ncat > f <<'END'\nx \\\nEND\nthree\n```\n\
         ```console needs: cvc5\n$ four \\\n>   five\nout\n> more\n$ six\n```\n\
         <!-- sh\nseven\n-->\n```sh not run: it waits for a guest\neight\n```\n```toml\nx = 1\n```\n",
    )
    .unwrap();
    let commands: Vec<_> = page
        .typed
        .iter()
        .map(|typed| (typed.command.as_str(), typed.shown.as_deref()))
        .collect();
    assert_eq!(
        commands,
        [
            ("one \\\n  two", None),
            ("cat > f <<'END'\nx \\\nEND", None),
            ("three", None),
            ("four \\\n  five", Some("out\n> more\n")),
            ("six", Some("")),
            ("seven", None),
        ]
    );
    assert_eq!(page.typed[3].needs.as_deref(), Some("cvc5"));
    let [left_out] = &page.left_out[..] else {
        panic!("{page:?}")
    };
    assert_eq!(left_out.line, 20);
    assert_eq!(left_out.reason, "it waits for a guest");
    assert_eq!(left_out.commands, ["eight"]);
    for bad in [
        "```sh later\nx\n```",
        "```sh not run: no\nx\n```",
        "```shell\nx\n```",
        "```\nx\n```",
        "- x\n\n  ```sh\n  x\n  ```",
        "```console\nout\n$ x\n```",
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
}

#[test]
fn output_is_compared_but_for_what_differs_each_time() {
    assert!(same("a … c\n", "a b c\n"));
    assert!(same("…\n", ""));
    assert!(same("a\n…\nd\n", "a\nb\nc\nd\n"));
    assert!(same("at …Z by …\n", "at 2026Z by Z by x\n"));
    assert!(!same("a … c\n", "a b d\n"));
    assert!(!same("a\n", "a\nb\n"));
    assert!(!same("a\n…\nd\n", "a\nb\n"));
    assert!(!same("", "b\n"));
}
