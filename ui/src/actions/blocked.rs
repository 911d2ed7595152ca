//! Why an action cannot run now, in words; nothing when it can. All of these are tracked.

use leptos::prelude::*;
use model::Severity;

use crate::state::{Studio, Truth};

/// It always can.
pub(super) fn free(_: Studio) -> Option<String> {
    None
}

/// A workspace must be open.
pub(super) fn workspace(studio: Studio) -> Option<String> {
    studio
        .workspace
        .with(Option::is_none)
        .then(|| "no workspace is open".into())
}

/// A file must be open that can be edited here.
pub(super) fn file(studio: Studio) -> Option<String> {
    studio.editing.file.with(|file| match file {
        None => Some("no file is open".into()),
        Some(file) if !file.editable => Some("this file is too large to edit here".into()),
        Some(_) => None,
    })
}

/// There must be something unsaved.
pub(super) fn draft(studio: Studio) -> Option<String> {
    file(studio).or_else(|| {
        let draft = studio
            .editing
            .file
            .with(|file| file.as_ref().is_some_and(|file| file.draft));
        (!draft).then(|| "there is nothing unsaved".into())
    })
}

/// A policy file must be open.
pub(super) fn policies(studio: Studio) -> Option<String> {
    file(studio).or_else(|| {
        let file = studio.editing.file;
        let kind = file.with(|file| file.as_ref().map(|file| file.kind))?;
        (kind != ipc::FileKind::Policies).then(|| "only policies cite".into())
    })
}

/// The file must be one that can be formatted.
pub(super) fn format(studio: Studio) -> Option<String> {
    file(studio).or_else(|| {
        let (kind, path) = studio
            .editing
            .file
            .with(|file| file.as_ref().map(|file| (file.kind, file.path.clone())))?;
        if kind != ipc::FileKind::Policies {
            return Some("only policy files are formatted".into());
        }
        let broken = studio.workspace.with(|workspace| {
            workspace.as_ref().is_some_and(|workspace| {
                workspace.problems.iter().any(|problem| {
                    problem.file == path && problem.code == model::Code::PolicySyntax
                })
            })
        });
        broken.then(|| "the text does not parse; correct the problems first".into())
    })
}

/// The edit must change something.
pub(super) fn changes(studio: Studio) -> Option<String> {
    match studio.truth() {
        Truth::NoLog => Some("there are no recorded decisions yet".into()),
        Truth::First(_) => Some("the changes are not computed yet".into()),
        Truth::Counts(preview, _) => (preview.changes == 0).then(|| "nothing changes".into()),
    }
}

/// A change must be in front.
pub(super) fn change(studio: Studio) -> Option<String> {
    changes(studio).or_else(|| {
        studio
            .review
            .why
            .with(|why| !matches!(why, Some(Ok(_))))
            .then(|| "no change is selected".into())
    })
}

/// There must be the sample's bundle, and nothing that takes long may be running.
pub(super) fn sample(studio: Studio) -> Option<String> {
    let there = studio
        .evidence
        .view
        .with(|view| matches!(view, Some(Ok(view)) if view.sample.is_some()));
    idle(studio).or_else(|| {
        (!there).then(|| "the sample workspace brings it, for who has no trust file yet".into())
    })
}

/// A narrative must be in front.
pub(super) fn narrative(studio: Studio) -> Option<String> {
    let there = studio
        .narratives
        .told
        .with(|told| matches!(told, Some(Ok(_))));
    (!there).then(|| "no narrative is in front".into())
}

/// A channel that ships something must be in front.
pub(super) fn ships(studio: Studio) -> Option<String> {
    let ships = studio.releases.front(|lane| !lane.stops.is_empty());
    (ships != Some(true)).then(|| "no channel is in front that ships something".into())
}

/// The channel in front must have something to go back to.
pub(super) fn way_back(studio: Studio) -> Option<String> {
    workspace(studio).or_else(|| {
        let back = studio.releases.front(|lane| !lane.way_back.is_empty());
        (back != Some(true))
            .then(|| "no channel is in front that has something to go back to".into())
    })
}

/// There must be a problem.
pub(super) fn problems(studio: Studio) -> Option<String> {
    file(studio).or_else(|| {
        let any = studio.workspace.with(|workspace| {
            workspace.as_ref().is_some_and(|workspace| {
                workspace
                    .problems
                    .iter()
                    .any(|problem| problem.severity != Severity::Info)
            })
        });
        (!any).then(|| "there are no problems".into())
    })
}

/// There must be what-ifs, and nothing that takes long may be running.
pub(super) fn packs(studio: Studio) -> Option<String> {
    log(studio).or_else(|| {
        let none = studio
            .packs
            .view
            .with(|view| matches!(view, Some(Ok(view)) if view.packs.is_empty()));
        none.then(|| "there are no what-ifs to run".into())
    })
}

/// A log must not be on its way already.
pub(super) fn log(studio: Studio) -> Option<String> {
    workspace(studio).or_else(|| idle(studio))
}

/// Nothing that takes long may be running.
pub(super) fn idle(studio: Studio) -> Option<String> {
    let own = studio.evidence.busy.get();
    let own = (!own.is_empty()).then(|| format!("busy: {own}"));
    own.or_else(|| {
        studio
            .job
            .with(|job| job.as_ref().map(|job| format!("busy: {}", job.title)))
    })
}

/// A bundle must be in front.
pub(super) fn bundle(studio: Studio) -> Option<String> {
    idle(studio).or_else(|| {
        let none = studio.evidence.path.with(String::is_empty);
        none.then(|| "no bundle is open".into())
    })
}

/// The workspace must have a ledger; whether it has is known once it was asked.
pub(super) fn ledger(studio: Studio) -> Option<String> {
    workspace(studio).or_else(|| idle(studio)).or_else(|| {
        let none = studio
            .evidence
            .ledger
            .with(|ledger| matches!(ledger, Some(Ok(None))));
        none.then(|| "the workspace has no ledger".into())
    })
}
