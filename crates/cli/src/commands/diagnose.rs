//! `fabric diagnose`: what may be told of this machine and a workspace, shown before it is written. Nothing is sent.

use std::{fs, path::Path};

use diagnostics::{Draft, Hit, Opened, open};
use model::Failure;
use serde_json::json;
use workspace::{DiagnosticsSubject, Folders, diagnostics_salt};

use super::{FINE, FOUND, failed, now};
use crate::{
    args::Diagnose,
    terminal::{Stop, Terminal},
    text::{Look, Tone, visible},
};

pub fn diagnose(arguments: &Diagnose, terminal: &Terminal) -> Result<u8, Stop> {
    if let Some(path) = &arguments.open {
        return read(path, terminal);
    }
    let folders = Folders::of_user();
    let root = arguments.dir.dir.canonicalize();
    let root = root.map_err(|_| {
        failed(workspace::Error::NoWorkspace(
            arguments.dir.dir.display().to_string(),
        ))
    })?;
    let subject = DiagnosticsSubject {
        folders: &folders,
        root: Some(&root),
        webview: None,
        now: now(),
    };
    let draft = subject.draft(diagnostics_salt().map_err(failed)?);
    let canaries = subject.canaries();
    let Some(out) = &arguments.out else {
        let caught = draft.search(&canaries).map_err(Failure::from)?;
        return preview(&draft, &arguments.without, &caught, terminal);
    };
    let bytes = draft
        .pack(&arguments.without, &canaries)
        .map_err(Failure::from)?;
    let path = if out.is_dir() {
        out.join(draft.file_name())
    } else {
        out.clone()
    };
    super::may_write(&path)?;
    workspace::write_diagnostics(&path, &bytes).map_err(failed)?;
    let expires = evidence::moment::text(draft.expires());
    let done = json!({ "path": path, "bytes": bytes.len(), "expires": expires });
    terminal.result(&done, |_| {
        format!(
            "{} is written; it expires at {expires}\nnothing was sent: give it to whom you trust\n",
            visible(&path.display().to_string())
        )
    })?;
    Ok(FINE)
}

/// Everything that would be in the archive.
fn preview(
    draft: &Draft,
    without: &[String],
    caught: &[Hit],
    terminal: &Terminal,
) -> Result<u8, Stop> {
    let is_caught = |name: &str| caught.iter().find(|hit| hit.file == name);
    let kept: Vec<_> = draft
        .documents
        .iter()
        .filter(|document| without.iter().all(|name| name != document.name))
        .collect();
    let files: Vec<_> = kept
        .iter()
        .map(|document| {
            json!({
                "name": document.name,
                "about": document.about,
                "text": document.text,
                "caught": is_caught(document.name).map(|hit| hit.what),
            })
        })
        .collect();
    let left_out: Vec<_> = draft
        .left_out
        .iter()
        .map(|(what, why)| json!({ "what": what, "why": why }))
        .collect();
    let shown = json!({ "name": draft.file_name(), "files": files, "left_out": left_out });
    terminal.result(&shown, |look| {
        let mut out = String::new();
        for document in &kept {
            let note = is_caught(document.name).map_or(String::new(), |hit| {
                format!(
                    " {}",
                    look.tone(Tone::Risk, format!("holds {}: leave it out", hit.what))
                )
            });
            out.push_str(&heading(look, document.name, document.about));
            out.push_str(&format!("{note}\n{}\n", document.text));
        }
        out.push_str(&look.tone(Tone::Strong, "left out"));
        for (what, why) in &draft.left_out {
            out.push_str(&format!("\n  {what}: {why}"));
        }
        out + "\n"
    })?;
    terminal.remark("nothing is written; `--out PATH` writes it\n");
    let any = kept
        .iter()
        .any(|document| is_caught(document.name).is_some());
    Ok(if any { FOUND } else { FINE })
}

fn heading(look: Look, name: &str, about: &str) -> String {
    format!("{}  {}", look.tone(Tone::Strong, name), look.quiet(about))
}

fn read(path: &Path, terminal: &Terminal) -> Result<u8, Stop> {
    let bytes = fs::read(path).map_err(|source| {
        failed(workspace::Error::Read {
            path: path.display().to_string(),
            source,
        })
    })?;
    let opened: Opened = open(&bytes, now()).map_err(Failure::from)?;
    terminal.result(&opened, |look| {
        let manifest = &opened.manifest;
        let state = match opened.expired {
            true => look.tone(Tone::Risk, "expired: delete it"),
            false => look.tone(Tone::Strong, "diagnostics"),
        };
        let mut out = format!(
            "{state}  version {}, made {}, expires {}\n",
            visible(&manifest.version),
            visible(&manifest.made),
            visible(&manifest.expires)
        );
        for ((name, text), listed) in opened.files.iter().zip(&manifest.files) {
            out.push_str(&format!(
                "\n{}\n",
                heading(look, &visible(name), &visible(&listed.about))
            ));
            for line in text.lines() {
                out.push_str(&format!("{}\n", visible(line)));
            }
        }
        out.push_str(&format!("\n{}", look.tone(Tone::Strong, "left out")));
        for it in &manifest.left_out {
            out.push_str(&format!("\n  {}: {}", visible(&it.what), visible(&it.why)));
        }
        out + "\n"
    })?;
    Ok(if opened.expired { FOUND } else { FINE })
}
