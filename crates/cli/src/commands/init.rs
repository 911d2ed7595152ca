//! `fabric init`: a new workspace, small, the sample, or of somebody's project.

use std::path::Path;

use super::{FINE, failed};
use crate::{
    args::Init,
    terminal::{Stop, Terminal},
};

pub fn init(arguments: &Init, terminal: &Terminal) -> Result<u8, Stop> {
    let folder = &arguments.dir.dir;
    if let Some(project) = &arguments.from {
        return of_project(project, folder, terminal);
    }
    if arguments.sample {
        workspace::copy_sample(folder)
    } else {
        workspace::init(folder)
    }
    .map_err(failed)?;
    let place = folder.display().to_string();
    if terminal.json {
        terminal.json(&serde_json::json!({ "workspace": place }))?;
    } else if arguments.sample {
        terminal.print(&format!(
            "{place}: the sample workspace, Northwind Records\n"
        ))?;
        terminal.remark(&format!(
            "\nTry\n  fabric story list {place}\n  fabric log generate {place} --rows 100k --store\n  \
             fabric story apply {place} 2-contractors\n  fabric drift HEAD {place} --log {place}\n"
        ));
    } else {
        terminal.print(&format!("{place}: a new workspace\n"))?;
        terminal.remark(&format!(
            "\nTry\n  fabric check {place}\n  fabric test {place}\n"
        ));
    }
    Ok(FINE)
}

fn of_project(project: &Path, folder: &Path, terminal: &Terminal) -> Result<u8, Stop> {
    let found = workspace::look_at_project(project).map_err(failed)?;
    found.make(folder).map_err(failed)?;
    let view = found.view(&project.display().to_string(), None);
    let place = folder.display().to_string();
    if terminal.json {
        terminal.json(&serde_json::json!({ "workspace": place, "project": view }))?;
        return Ok(FINE);
    }
    terminal.print(&format!("{place}: a workspace of {}\n", view.path))?;
    for part in &view.parts {
        let files = match part.files.len() {
            1 => "1 file".to_owned(),
            count => format!("{count} files"),
        };
        terminal.print(&format!("  {:<9} {files}\n", part.part))?;
    }
    for left in &view.left {
        terminal.print(&format!("  left out  {}: {}\n", left.path, left.why))?;
    }
    for log in &view.logs {
        let log = &log.path;
        terminal.remark(&format!(
            "\nA decision log: fabric log import {place} {log}\n"
        ));
    }
    if !view.problems.is_empty() {
        terminal.remark(&format!("\nIt has errors: fabric check {place}\n"));
    }
    Ok(FINE)
}
