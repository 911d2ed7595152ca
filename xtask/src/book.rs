//! The handbook: the chapters that the program writes itself, then all of `docs` as pages with a search, by mdBook. mdBook is compiled when
//! this is asked for and never for tests.

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::{
    child,
    machine::{self, Purpose},
    project::Project,
    run,
    stamp::{digest, unless_done, write_if_different},
    step::{Done, Failed, Step, While, step},
};

/// Chapters that `fabric` prints.
const WRITTEN: [(&str, [&str; 2]); 3] = [
    ("commands.md", ["man", "--markdown"]),
    ("errors.md", ["codes", "--markdown"]),
    ("notes.md", ["notes", "--markdown"]),
];

/// Renews the reference and builds the handbook in `out`, else in `target/book`.
pub fn book(project: &Project, out: Option<&str>) -> Result<(), Failed> {
    machine::prepare(project, Purpose::Terminal)?;
    step("fabric", |step| run::command_line(project, step))?;
    step("reference", |_| reference(project))?;
    let out: PathBuf = match out {
        None => project.root.join("target/book"),
        Some(out) => env::current_dir().during("finding this folder")?.join(out),
    };
    step("handbook", |step| build(project, step, &out))?;
    println!("{}", out.join("index.html").display());
    Ok(())
}

/// The pages that packages bring.
pub fn folder(project: &Project) -> PathBuf {
    project.kept("handbook")
}

/// Builds them.
pub fn pages(project: &Project) -> Result<(), Failed> {
    step("handbook", |step| {
        let out = folder(project);
        let inputs = digest(&project.root, &["docs", "Cargo.lock"])?;
        unless_done(
            project,
            "handbook",
            &inputs,
            &[out.join("index.html")],
            || build(project, step, &out),
        )
    })
}

fn build(project: &Project, step: &mut Step, out: &Path) -> Result<Done, Failed> {
    let mut book = project.tool("book");
    book.arg(project.root.join("docs")).arg(out);
    child::run(project, step, &mut book)?;
    Ok(Done::Did)
}

fn reference(project: &Project) -> Result<Done, Failed> {
    let mut done = Done::UpToDate;
    for (file, arguments) in WRITTEN {
        let mut fabric = project.command(project.program("fabric"));
        let made = fabric
            .args(arguments)
            .output()
            .during("starting `fabric`")?;
        if !made.status.success() {
            return Err(Failed::new(
                format!(
                    "`fabric {}` ended with {}",
                    arguments.join(" "),
                    made.status
                ),
                String::from_utf8_lossy(&made.stderr),
            ));
        }
        let path = project.root.join("docs").join(file);
        if !matches!(write_if_different(&path, &made.stdout)?, Done::UpToDate) {
            done = Done::Did;
        }
    }
    Ok(done)
}
