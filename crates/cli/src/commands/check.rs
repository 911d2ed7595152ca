//! `fabric check`: everything that is wrong with a workspace, or with each of the workspaces in a folder.

use std::fmt::Write as _;

use model::{Problem, Severity};
use serde::Serialize;

use super::{FINE, FOUND, read, text_of};
use crate::{
    args::Check,
    render,
    terminal::{Stop, Terminal},
    text::{Look, Tone, counted},
};

#[derive(Serialize)]
struct Found {
    policies: u64,
    templates: u64,
    problems: Vec<Problem>,
}

pub fn check(arguments: &Check, terminal: &Terminal) -> Result<u8, Stop> {
    let files = read(&arguments.dir.dir)?;
    let mut found = Found {
        policies: 0,
        templates: 0,
        problems: Vec::new(),
    };
    let parts = workspace::apart(&files);
    for part in &parts {
        let checked = workspace::check(&part.files);
        found.policies += checked.compiled.set.policies().len() as u64;
        found.templates += checked.compiled.set.templates() as u64;
        found
            .problems
            .extend(checked.problems.into_iter().map(|mut problem| {
                problem.file = part.path(&problem.file);
                problem
            }));
    }
    terminal.result(&found, |look| {
        let mut out = render::problems(&found.problems, &text_of(&files), look);
        out.push_str(&closing(&found, parts.len(), look));
        out
    })?;
    let counts = |problem: &Problem| match problem.severity {
        Severity::Error => true,
        Severity::Warning => arguments.strict,
        Severity::Info => false,
    };
    Ok(if found.problems.iter().any(counts) {
        FOUND
    } else {
        FINE
    })
}

/// `40 policies, 2 templates: 1 error`.
fn closing(found: &Found, workspaces: usize, look: Look) -> String {
    let mut out = counted(found.policies, "policy|policies");
    if found.templates > 0 {
        let _ = write!(out, ", {}", counted(found.templates, "template"));
    }
    if workspaces > 1 {
        let _ = write!(out, " in {}", counted(workspaces as u64, "workspace"));
    }
    let tally = render::tally(&found.problems, look);
    let _ = writeln!(
        out,
        ": {}",
        tally.unwrap_or_else(|| look.tone(Tone::Good, "no problems"))
    );
    out
}
