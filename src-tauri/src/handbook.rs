//! The handbook: pages that a package installs beside the program, opened in the system's browser from the disk. Not in a window of ours: their
//! search and their themes are scripts in the pages, which the window's policy for content refuses, and a reader wants them beside it.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use model::{Code, Failure};

/// Where the pages are, if not where a package puts them.
const NAMED: &str = "FABRIC_HANDBOOK";

/// Opens the first page.
///
/// # Errors
/// `help_unknown` when no pages are installed, or nothing opens them.
pub fn open() -> Result<(), Failure> {
    let named = env::var_os(NAMED).filter(|folder| !folder.is_empty());
    let page = match named {
        Some(folder) => Some(PathBuf::from(folder)),
        None => env::current_exe().ok().and_then(|program| beside(&program)),
    };
    let page = page
        .map(|folder| folder.join("index.html"))
        .filter(|page| page.is_file())
        .ok_or_else(|| {
            missing(
                "the handbook is not installed beside this program".into(),
                format!("install the package that brings it, or name its folder in `{NAMED}`"),
            )
        })?;
    let opened = opener(&page)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if opened.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    Err(missing(
        "no browser opens the handbook".into(),
        format!("open `{}` in one", page.display()),
    ))
}

fn missing(message: String, hint: String) -> Failure {
    Failure {
        hint,
        ..Failure::new(Code::HelpUnknown, message)
    }
}

/// What opens a page with the program that the user has chosen for it.
fn opener(page: &Path) -> Command {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        Command::new("explorer")
    } else {
        Command::new("xdg-open")
    };
    command.arg(page);
    command
}

/// The folder of the pages, as packages lay them out around the program.
fn beside(program: &Path) -> Option<PathBuf> {
    let folder = program.parent()?;
    [
        folder.join("../share/trust-fabric/handbook"),
        folder.join("../Resources/handbook"),
        folder.join("handbook"),
    ]
    .into_iter()
    .find(|folder| folder.is_dir())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_pages_are_found_around_the_program() {
        for (program, pages) in [
            ("usr/bin/studio", "usr/share/trust-fabric/handbook"),
            ("Studio.app/MacOS/studio", "Studio.app/Resources/handbook"),
            ("Studio/studio.exe", "Studio/handbook"),
        ] {
            let root = env::temp_dir().join(format!("handbook-{}", std::process::id()));
            let (program, pages) = (root.join(program), root.join(pages));
            fs::create_dir_all(program.parent().unwrap()).unwrap();
            assert_eq!(beside(&program), None);
            fs::create_dir_all(&pages).unwrap();
            let found = beside(&program).unwrap();
            assert_eq!(found.canonicalize().unwrap(), pages.canonicalize().unwrap());
            fs::remove_dir_all(&root).unwrap();
        }
    }
}
