//! The first screen when no workspace is open: a folder, the sample, or one opened before.

use leptos::prelude::*;

use crate::{
    actions::{Action, action},
    components::{Piece, drawn, piece, shown, trouble},
    icons::Icon,
    keys,
    state::Studio,
    words,
};

/// The start screen.
pub fn start() -> AnyView {
    let studio = Studio::here();
    let ways = move || {
        piece("div.start-ways")
            .add(way(
                studio,
                "open-sample",
                "open-sample",
                "Open the sample workspace",
                "An organisation with documents, teams, regions and on-call, and three edits whose effect is worth seeing. You get your own copy.",
            ))
            .add(way(
                studio,
                "open-folder",
                "open-folder",
                "Open a folder",
                "A workspace, or any folder with .cedar policies, a schema and entities. Files stay where they are; drafts are kept beside them.",
            ))
            .add(way(
                studio,
                "verify-bundle",
                "start-verify",
                "Verify a bundle",
                "Check signed evidence with your own trust file. Needs no workspace: choose a .tfb file, or drop one anywhere on the window.",
            ))
    };
    let about = "Open a folder of policies, edit, and watch every recorded decision replayed against your edit. Nothing leaves this machine.";
    shown(move || {
        let head = piece("div.start-head").add(drawn(Icon::Mark)).add(
            piece("div")
                .add(piece("h1").text("See whose access an edit changes"))
                .add(piece("p.dim").text(about)),
        );
        let mut inner = piece("div.start-inner").add(head);
        if let Some(failure) = studio.trouble.get() {
            inner = inner.add(trouble(&failure));
        }
        inner = inner.add(ways());
        if let Some(what) = studio.opening.get() {
            let opening = format!("Opening {what}…");
            inner = inner.add(piece("p.dim").with("role", "status").text(&opening));
        }
        let recent = studio.recent.get();
        if !recent.is_empty() {
            let rows = recent.into_iter().take(6).map(|it| row(studio, it));
            inner = inner.add(
                piece("section.col")
                    .add(piece("h2.label").text("Recent"))
                    .add(piece("div.card").all(rows)),
            );
        }
        piece("div.start").with("data-test", "start").add(inner)
    })
}

/// A way to begin: an action of the table, with what it is for.
fn way(studio: Studio, id: &str, test: &str, title: &str, about: &str) -> Piece {
    let Some(found) = action(id) else {
        return piece("span");
    };
    let caps = keys::caps(found.chord, keys::apple());
    let caps = caps.iter().map(|cap| piece("kbd").text(cap));
    let head = piece("span.row")
        .add(piece("b").text(title))
        .add(piece("span.keys").all(caps));
    piece("button.way")
        .with("type", "button")
        .with("data-test", test)
        .add(drawn(found.picture))
        .add(head)
        .add(piece("span.dim").text(about))
        .pressed(move || Action::perform(found, studio))
}

fn row(studio: Studio, recent: ipc::Recent) -> Piece {
    let when = if recent.exists {
        words::date(&recent.opened_at)
    } else {
        "the folder is gone".into()
    };
    let row = piece("button.recent-item")
        .with("type", "button")
        .with("data-test", "recent")
        .add(drawn(Icon::Folder))
        .add(piece("b").text(&recent.name))
        .add(piece("span.faint.cut.grow").text(&recent.path))
        .add(piece("span.faint").text(&when));
    if !recent.exists {
        return row.with("aria-disabled", "true");
    }
    row.pressed(move || studio.open(recent.path.clone()))
}
