//! `cargo xtask run`: the Studio on the sample workspace, or the same job in the terminal.

use std::{
    env, fs,
    time::{Duration, Instant},
};

use crate::{
    child, interface,
    machine::{self, Purpose},
    project::{Project, SELECTION},
    step::{Done, Failed, Step, While, clock, step},
};

/// Rows of the sample's log.
const ROWS: &str = "1000000";
/// The edit that `--headless` previews: the one whose author does not see what it opens.
const STORY: &str = "2-contractors";

/// Builds the application and opens it.
pub fn window(project: &Project, workspace: Option<&str>) -> Result<(), Failed> {
    let began = Instant::now();
    let no_display = |name: &str| env::var_os(name).is_none_or(|value| value.is_empty());
    if cfg!(target_os = "linux") && no_display("DISPLAY") && no_display("WAYLAND_DISPLAY") {
        return Err(Failed::new(
            "there is no display to open a window on",
            "use `cargo xtask run --headless` for the same job in the terminal, or `xvfb-run cargo xtask run`",
        ));
    }
    machine::prepare(project, Purpose::Window)?;
    interface::build(project)?;
    step("application", |step| application(project, step))?;
    println!(
        "  ready in {}; close the window to come back here",
        clock(began.elapsed())
    );

    let mut studio = project.command(project.program("studio"));
    // A path is meant from where the reader stands, not from the checkout.
    studio.current_dir(env::current_dir().during("looking where we are")?);
    match workspace {
        Some(path) => studio.arg(path),
        None => studio.arg("--sample"),
    };
    let status = studio.status().during("starting the Studio")?;
    if status.success() {
        return Ok(());
    }
    Err(Failed::new(
        format!("the Studio ended with {status}"),
        "start it again; drafts are kept. A blank or missing window is often cured by WEBKIT_DISABLE_DMABUF_RENDERER=1",
    ))
}

/// Builds the application as it is shipped, and the command line.
pub fn application(project: &Project, step: &mut Step) -> Result<Done, Failed> {
    programs(project, step, &["studio", "fabric"])
}

/// Builds the application, and what drives and measures it.
pub fn driven(project: &Project, step: &mut Step) -> Result<Done, Failed> {
    programs(project, step, &["studio", "fabric", "e2e"])
}

/// Builds the command line.
pub fn command_line(project: &Project, step: &mut Step) -> Result<Done, Failed> {
    programs(project, step, &["fabric"])
}

fn programs(project: &Project, step: &mut Step, names: &[&str]) -> Result<Done, Failed> {
    let mut cargo = project.cargo(["build", "--release"]);
    cargo.args(SELECTION);
    for name in names {
        cargo.args(["--bin", name]);
    }
    let lines = child::run(project, step, &mut cargo)?;
    Ok(interface::built(&lines))
}

/// Does the main job on the sample workspace in the terminal.
pub fn headless(project: &Project) -> Result<(), Failed> {
    let began = Instant::now();
    machine::prepare(project, Purpose::Terminal)?;
    step("fabric", |step| command_line(project, step))?;

    let base = project.kept("sample/in-force");
    let edit = project.kept("sample/edit");
    let fabric = |words: &[&str]| {
        let mut command = project.command(project.program("fabric"));
        command.args(words);
        command
    };
    step("sample workspace", |step| {
        for folder in [&base, &edit] {
            if folder.exists() && !(folder == &base && same_program(project)) {
                fs::remove_dir_all(folder)
                    .during(format_args!("removing `{}`", folder.display()))?;
            }
            if !folder.exists() {
                child::run(project, step, fabric(&["init", "--sample"]).arg(folder))?;
            }
        }
        Ok(Done::Did)
    })?;
    step("a million recorded decisions", |step| {
        if base.join(".fabric/log.tfl").is_file() {
            return Ok(Done::UpToDate);
        }
        child::run(
            project,
            step,
            fabric(&["log", "generate", "--rows", ROWS, "--store"]).arg(&base),
        )?;
        Ok(Done::Did)
    })?;
    step("an edit", |step| {
        child::run(
            project,
            step,
            fabric(&["story", "apply"]).arg(&edit).arg(STORY),
        )?;
        Ok(Done::With(STORY.into()))
    })?;

    let mut drift = fabric(&["drift"]);
    drift.arg(&base).arg(&edit).arg("--log").arg(&base);
    println!("\n$ {}", child::spelled(&drift));
    let replay = Instant::now();
    let status = drift.status().during("starting `fabric`")?;
    // 1 = something was found, and something should be.
    if !matches!(status.code(), Some(0 | 1)) {
        return Err(Failed::new(
            format!("`fabric drift` ended with {status}"),
            "read what it said above",
        ));
    }
    println!(
        "\n  replayed in {}, {} in all",
        clock(replay.elapsed()),
        clock(began.elapsed())
    );
    println!(
        "  the workspace is `{}`; change its policies and run the line above again",
        edit.display()
    );
    Ok(())
}

/// The kept sample was made by the program as it is now.
fn same_program(project: &Project) -> bool {
    let time = |path: std::path::PathBuf| fs::metadata(path).and_then(|file| file.modified()).ok();
    let made = time(project.kept("sample/in-force/.fabric/log.tfl"));
    made.zip(time(project.program("fabric")))
        .is_some_and(|(made, program)| {
            made.duration_since(program).unwrap_or(Duration::ZERO) > Duration::ZERO
        })
}
