//! `cargo xtask bench`: measures a release build and keeps the figures.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{
    child, interface,
    machine::{self, Purpose},
    project::Project,
    run,
    step::{Done, Failed, While, step},
    test,
};

/// What the folder of npm packages is made from, and where the program stands in it.
const CERBOS: &str = "xtask/cerbos";
const CERBOS_KEPT: &str = "target/xtask/cerbos";
const CERBOS_PROGRAM: &str = "node_modules/@cerbos/cerbos-linux-x64/cerbos-linux-x64";

/// Measures the window: builds it as it is shipped and has it driven on a display of its own.
pub fn studio(project: &Project) -> Result<(), Failed> {
    machine::prepare(project, Purpose::WindowTests)?;
    interface::build(project)?;
    step("application and driver", |step| run::driven(project, step))?;
    let stem = stem(project, "studio-");
    let mut driver = project.command(project.program("e2e"));
    driver.arg(&stem);
    let mut driver = test::on_display(project, &driver);
    step("measures", |step| {
        child::run(project, step, &mut driver)?;
        Ok(Done::Did)
    })?;
    show(&stem)?;
    say_what_is_kept(project, &stem);
    Ok(())
}

/// Runs `fabric bench`, shows what it prints and keeps it as JSON, as a table, and as a drawing where there is one.
pub fn bench(project: &Project, arguments: &[&str]) -> Result<(), Failed> {
    machine::prepare(project, Purpose::Terminal)?;
    step("fabric", |step| run::command_line(project, step))?;
    let beside = arguments.contains(&"drift");
    let stem = stem(project, if beside { "drift-" } else { "" });
    let mut fabric = project.command(project.program("fabric"));
    fabric
        .args(["bench", "--json", "--quiet", "--keep"])
        .arg(&stem)
        .args(arguments);
    if (beside || arguments.contains(&"pdp"))
        && !arguments
            .iter()
            .any(|argument| argument.starts_with("--cerbos"))
    {
        fabric.args(cerbos(project)?);
    }
    let mut lines = Vec::new();
    step("measures", |step| {
        lines = child::run(project, step, &mut fabric)?;
        Ok(Done::Did)
    })?;
    for line in &lines {
        println!("{line}");
    }
    if beside {
        println!();
        show(&stem)?;
    }
    say_what_is_kept(project, &stem);
    Ok(())
}

/// What the files of this run begin with.
fn stem(project: &Project, name: &str) -> PathBuf {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());
    project.root.join(format!("target/bench/{name}{now}"))
}

fn show(stem: &Path) -> Result<(), Failed> {
    let table = stem.with_extension("txt");
    let text = fs::read_to_string(&table).during(format_args!("reading `{}`", table.display()))?;
    print!("{text}");
    Ok(())
}

fn say_what_is_kept(project: &Project, stem: &Path) {
    for ending in ["json", "txt", "svg"] {
        let kept = stem.with_extension(ending);
        if kept.is_file() {
            let short = kept.strip_prefix(&project.root).unwrap_or(&kept);
            println!("  kept in `{}`", short.display());
        }
    }
}

/// What to say for Cerbos to be measured, too; nothing where it cannot be had.
fn cerbos(project: &Project) -> Result<Vec<PathBuf>, Failed> {
    let kept = project.root.join(CERBOS_KEPT);
    let program = kept.join(CERBOS_PROGRAM);
    step("Cerbos", |step| {
        fs::create_dir_all(&kept).during(format_args!("making `{}`", kept.display()))?;
        for file in ["package.json", "package-lock.json"] {
            let from = project.root.join(CERBOS).join(file);
            fs::copy(&from, kept.join(file))
                .during(format_args!("copying `{}`", from.display()))?;
        }
        let absent = || Done::With("absent, so it is not measured".to_owned());
        let installed = interface::modules(project, step, CERBOS_KEPT).unwrap_or_else(|_| absent());
        Ok(if program.is_file() {
            installed
        } else {
            absent()
        })
    })?;
    Ok(if program.is_file() {
        vec![Path::new("--cerbos").to_owned(), program]
    } else {
        Vec::new()
    })
}
