//! The first screen when no workspace is open: a folder, the sample, or one opened before.

use leptos::prelude::*;

use crate::{
    actions::{Action, action},
    components::{Piece, drawn, piece, shown, trouble},
    icons::Icon,
    keys,
    state::Studio,
    texts::shell,
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
                shell::START_SAMPLE.get(),
                shell::START_SAMPLE_ABOUT.get(),
            ))
            .add(way(
                studio,
                "open-folder",
                "open-folder",
                shell::START_FOLDER.get(),
                shell::START_FOLDER_ABOUT.get(),
            ))
            .add(way(
                studio,
                "verify-bundle",
                "start-verify",
                shell::START_VERIFY.get(),
                shell::START_VERIFY_ABOUT.get(),
            ))
    };
    shown(move || {
        let head = piece("div.start-head").add(drawn(Icon::Mark)).add(
            piece("div")
                .add(piece("h1").text(shell::START_TITLE.get()))
                .add(piece("p.dim").text(shell::START_ABOUT.get())),
        );
        let mut inner = piece("div.start-inner").add(head);
        if let Some(failure) = studio.trouble.get() {
            inner = inner.add(trouble(&failure));
        }
        inner = inner.add(ways());
        if let Some(what) = studio.opening.get() {
            let opening = shell::StartOpening { what: &what }.say();
            inner = inner.add(piece("p.dim").with("role", "status").text(&opening));
        }
        let recent = studio.recent.get();
        if !recent.is_empty() {
            let rows = recent.into_iter().take(6).map(|it| row(studio, it));
            inner = inner.add(
                piece("section.col")
                    .add(piece("h2.label").text(shell::START_RECENT.get()))
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
        shell::START_GONE.into()
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
