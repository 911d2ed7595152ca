//! `fabric check`: everything that is wrong with a workspace, or with each of the workspaces in a folder.

use std::fmt::Write as _;

use model::{Problem, Severity};
use serde::Serialize;

use super::{FINE, FOUND, now, read_set, text_of};
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
    /// Definitions of Rego.
    #[serde(skip_serializing_if = "is_zero")]
    rules: u64,
    #[serde(skip)]
    rego: bool,
    problems: Vec<Problem>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

pub fn check(arguments: &Check, terminal: &Terminal) -> Result<u8, Stop> {
    let folder = &arguments.dir.dir;
    let files = read_set(folder, arguments.bundles.bundle_key.as_deref())?;
    let mut found = Found {
        policies: 0,
        templates: 0,
        rules: 0,
        rego: false,
        problems: Vec::new(),
    };
    let parts = workspace::apart(&files);
    for part in &parts {
        let mut checked = workspace::check(&part.files).at(now());
        // An archive holds what is part of a version, and no tolerance file.
        if folder.is_dir() {
            let read = |path: &str| std::fs::read(folder.join(part.path(path))).ok();
            checked = checked.with_rules(&part.files, &read);
        }
        found.policies += checked.compiled.set.policies().len() as u64;
        found.templates += checked.compiled.set.templates() as u64;
        found.rules += checked.rules().len() as u64;
        found.rego |= checked.rego.is_some();
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
    let mut out = if found.rego && found.policies == 0 {
        counted(found.rules, "rule")
    } else {
        counted(found.policies, "policy|policies")
    };
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
