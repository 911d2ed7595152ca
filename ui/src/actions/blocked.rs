//! Why an action cannot run now, in words; nothing when it can. All of these are tracked.

use leptos::prelude::*;
use model::Severity;

use crate::{
    state::{Studio, Truth},
    texts::actions,
};

/// It always can.
pub(super) fn free(_: Studio) -> Option<String> {
    None
}

/// A workspace must be open.
pub(super) fn workspace(studio: Studio) -> Option<String> {
    studio
        .workspace
        .with(Option::is_none)
        .then(|| actions::NO_WORKSPACE.into())
}

/// A file must be open that can be edited here.
pub(super) fn file(studio: Studio) -> Option<String> {
    studio.editing.file.with(|file| match file {
        None => Some(actions::NO_FILE.into()),
        Some(file) if !file.editable => Some(actions::FILE_TOO_LARGE.into()),
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
        (!draft).then(|| actions::NOTHING_UNSAVED.into())
    })
}

/// A policy file must be open.
pub(super) fn policies(studio: Studio) -> Option<String> {
    file(studio).or_else(|| {
        let file = studio.editing.file;
        let kind = file.with(|file| file.as_ref().map(|file| file.kind))?;
        (kind != ipc::FileKind::Policies).then(|| actions::ONLY_POLICIES_CITE.into())
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
            return Some(actions::ONLY_POLICIES_ARE_FORMATTED.into());
        }
        let broken = studio.workspace.with(|workspace| {
            workspace.as_ref().is_some_and(|workspace| {
                workspace.problems.iter().any(|problem| {
                    problem.file == path && problem.code == model::Code::PolicySyntax
                })
            })
        });
        broken.then(|| actions::DOES_NOT_PARSE.into())
    })
}

/// The edit must change something.
pub(super) fn changes(studio: Studio) -> Option<String> {
    match studio.truth() {
        Truth::NoLog => Some(actions::NO_DECISIONS.into()),
        Truth::First(_) => Some(actions::NOT_COMPUTED.into()),
        Truth::Counts(preview, _) => {
            (preview.changes == 0).then(|| actions::NOTHING_CHANGES.into())
        }
    }
}

/// A change must be in front.
pub(super) fn change(studio: Studio) -> Option<String> {
    changes(studio).or_else(|| {
        studio
            .review
            .why
            .with(|why| !matches!(why, Some(Ok(_))))
            .then(|| actions::NO_CHANGE_SELECTED.into())
    })
}

/// There must be the sample's bundle, and nothing that takes long may be running.
pub(super) fn sample(studio: Studio) -> Option<String> {
    let there = studio
        .evidence
        .view
        .with(|view| matches!(view, Some(Ok(view)) if view.sample.is_some()));
    idle(studio).or_else(|| (!there).then(|| actions::NO_SAMPLE_BUNDLE.into()))
}

/// A narrative must be in front.
pub(super) fn narrative(studio: Studio) -> Option<String> {
    let there = studio
        .narratives
        .told
        .with(|told| matches!(told, Some(Ok(_))));
    (!there).then(|| actions::NO_NARRATIVE.into())
}

/// A channel that ships something must be in front.
pub(super) fn ships(studio: Studio) -> Option<String> {
    let ships = studio.releases.front(|lane| !lane.stops.is_empty());
    (ships != Some(true)).then(|| actions::NO_CHANNEL_SHIPS.into())
}

/// The channel in front must have something to go back to.
pub(super) fn way_back(studio: Studio) -> Option<String> {
    workspace(studio).or_else(|| {
        let back = studio.releases.front(|lane| lane.way_back.is_some());
        (back != Some(true)).then(|| actions::NO_WAY_BACK.into())
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
        (!any).then(|| actions::NO_PROBLEMS.into())
    })
}

/// There must be what-ifs, and nothing that takes long may be running.
pub(super) fn packs(studio: Studio) -> Option<String> {
    log(studio).or_else(|| {
        let none = studio
            .packs
            .view
            .with(|view| matches!(view, Some(Ok(view)) if view.packs.is_empty()));
        none.then(|| actions::NO_WHAT_IFS.into())
    })
}

/// A log must not be on its way already.
pub(super) fn log(studio: Studio) -> Option<String> {
    workspace(studio).or_else(|| idle(studio))
}

/// There must be a change to take back.
pub(super) fn last(studio: Studio) -> Option<String> {
    let none = studio.last.with(Option::is_none);
    none.then(|| actions::NOTHING_TO_UNDO.into())
}

/// A table must be in front, and nothing that takes long may be running.
pub(super) fn table(studio: Studio) -> Option<String> {
    idle(studio).or_else(|| (studio.table().is_none()).then(|| actions::NO_TABLE.into()))
}

/// Nothing that takes long may be running.
pub(super) fn idle(studio: Studio) -> Option<String> {
    let own = studio.evidence.busy.get();
    let own = own.map(|own| actions::Busy { job: own.get() }.say());
    own.or_else(|| {
        studio.job.with(|job| {
            job.as_ref()
                .map(|job| actions::Busy { job: &job.title }.say())
        })
    })
}

/// A bundle must be in front.
pub(super) fn bundle(studio: Studio) -> Option<String> {
    idle(studio).or_else(|| {
        let none = studio.evidence.path.with(String::is_empty);
        none.then(|| actions::NO_BUNDLE.into())
    })
}

/// The workspace must have a ledger; whether it has is known once it was asked.
pub(super) fn ledger(studio: Studio) -> Option<String> {
    workspace(studio).or_else(|| idle(studio)).or_else(|| {
        let none = studio
            .evidence
            .ledger
            .with(|ledger| matches!(ledger, Some(Ok(None))));
        none.then(|| actions::NO_LEDGER.into())
    })
}
