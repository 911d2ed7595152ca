//! `cargo xtask bench`: measures a release build and keeps the figures.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::{
    child,
    machine::{self, Purpose},
    project::Project,
    run,
    stamp::write_if_different,
    step::{Done, Failed, step},
};

/// Runs `fabric bench`, shows what it prints and keeps the same as JSON.
pub fn bench(project: &Project, arguments: &[&str]) -> Result<(), Failed> {
    machine::prepare(project, Purpose::Terminal)?;
    step("fabric", |step| run::command_line(project, step))?;
    let mut lines = Vec::new();
    step("measures", |step| {
        let mut fabric = project.command(project.program("fabric"));
        fabric.args(["bench", "--json", "--quiet"]).args(arguments);
        lines = child::run(project, step, &mut fabric)?;
        Ok(Done::Did)
    })?;
    for line in &lines {
        println!("{line}");
    }
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());
    let kept = project
        .root
        .join("target/bench")
        .join(format!("{now}.json"));
    let mut text = lines.join("\n");
    text.push('\n');
    write_if_different(&kept, text.as_bytes())?;
    println!(
        "  kept in `{}`",
        kept.strip_prefix(&project.root).unwrap_or(&kept).display()
    );
    Ok(())
}
