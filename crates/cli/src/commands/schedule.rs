//! Timers: the files by which this machine, or another, calls `fabric` by itself.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use model::{Code, Failure};
use scenarios::{
    Schedule,
    timer::{self, Job, System},
};

use super::FINE;
use crate::{
    args::{Timer, TimerSystem},
    terminal::{Stop, Terminal},
};

/// What a timer is to do; as [`Job`], with this program.
pub struct What<'a> {
    pub name: &'a str,
    pub about: &'a str,
    pub written_by: &'a str,
    pub arguments: &'a [&'a str],
    pub workspace: &'a str,
}

/// A time of every night, or a time on one day of the week.
pub fn moment(text: &str) -> Result<Schedule, Failure> {
    let schedule = match text.contains(' ') {
        true => Schedule::parse(text),
        false => Schedule::nightly(text),
    };
    schedule.map_err(|why| Failure::new(Code::BadCall, why))
}

/// Writes the files where the system looks for them, and says how it begins.
pub fn write(
    what: &What<'_>,
    schedule: Schedule,
    asked: &Timer,
    terminal: &Terminal,
) -> Result<u8, Stop> {
    let program = env::current_exe().map_err(|error| {
        let message = format!("cannot tell where this program is: {error}");
        Failure::new(Code::FileRead, message)
    })?;
    let job = Job {
        name: what.name,
        about: what.about,
        written_by: what.written_by,
        program: &absolute(&program)?,
        arguments: what.arguments,
        workspace: what.workspace,
    };
    let here = if cfg!(windows) {
        System::Windows
    } else if cfg!(target_os = "macos") {
        System::Launchd
    } else {
        System::Systemd
    };
    let system = match asked.system {
        None => here,
        Some(TimerSystem::Systemd) => System::Systemd,
        Some(TimerSystem::Launchd) => System::Launchd,
        Some(TimerSystem::Windows) => System::Windows,
    };
    let files =
        timer::files(system, &job, schedule).map_err(|why| Failure::new(Code::BadCall, why))?;
    if asked.print {
        if terminal.json {
            let files: Vec<_> = files
                .iter()
                .map(|it| serde_json::json!({ "name": it.name, "content": it.content }))
                .collect();
            terminal.json(&files)?;
            return Ok(FINE);
        }
        for (at, file) in files.iter().enumerate() {
            let gap = if at == 0 { "" } else { "\n" };
            terminal.remark(&format!("{gap}{}\n", file.name));
            terminal.print(&file.content)?;
        }
        return Ok(FINE);
    }
    // What another system is to read is taken there by hand.
    let folder = if system == here {
        place(here)
    } else {
        PathBuf::from(".")
    };
    let mut written = Vec::new();
    for file in &files {
        let path = folder.join(&file.name);
        if system == System::Windows {
            put(&path, &utf16(&file.content))?;
        } else {
            put(&path, file.content.as_bytes())?;
        }
        written.push(path);
    }
    let name = job.unit();
    let last = written
        .last()
        .map(|path| path.display().to_string())
        .unwrap_or_default();
    let begin = match system {
        System::Systemd => format!("systemctl --user enable --now {name}.timer"),
        System::Launchd => format!(
            "launchctl bootstrap gui/$(id -u) '{}'",
            last.replace('\'', r"'\''")
        ),
        System::Windows => format!("schtasks /Create /TN {name} /XML \"{last}\""),
    };
    if terminal.json {
        terminal.json(&serde_json::json!({ "files": written, "begin": begin }))?;
        return Ok(FINE);
    }
    for path in &written {
        terminal.print(&format!("{}\n", path.display()))?;
    }
    terminal.remark(&format!("\nIt begins with\n  {begin}\n"));
    Ok(FINE)
}

/// Where a system looks for what it is to start.
fn place(system: System) -> PathBuf {
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    match system {
        System::Systemd => env::var_os("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .unwrap_or_else(|| home.join(".config"))
            .join("systemd/user"),
        System::Launchd => home.join("Library/LaunchAgents"),
        System::Windows => PathBuf::from("."),
    }
}

/// As the Task Scheduler reads it: with the mark of its byte order first.
fn utf16(text: &str) -> Vec<u8> {
    let units = [0xfeff].into_iter().chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

/// A path as a timer has it.
pub fn absolute(path: &Path) -> Result<String, Failure> {
    let text = path.to_str().ok_or_else(|| {
        let message = format!("`{}` is not Unicode, and a timer is", path.display());
        Failure::new(Code::FileEncoding, message)
    })?;
    // What Windows puts before a path it was asked to resolve is nothing for a command line.
    Ok(text.strip_prefix(r"\\?\").unwrap_or(text).to_owned())
}

/// Writes a file, and the folder it is in.
pub fn put(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| workspace::replace_file(path, content))
        .map_err(|error: io::Error| {
            let full = error.kind() == io::ErrorKind::StorageFull;
            let code = if full {
                Code::StoreFull
            } else {
                Code::FileWrite
            };
            let mut failure =
                Failure::new(code, format!("cannot write `{}`: {error}", path.display()));
            if !full {
                failure.hint = "check that you may write there".to_owned();
            }
            failure
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_utf_16_with_its_mark() {
        assert_eq!(utf16("aé"), [0xff, 0xfe, b'a', 0, 0xe9, 0]);
    }
}
