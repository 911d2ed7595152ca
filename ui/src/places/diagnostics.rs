//! What could be told to somebody who helps: every file with its text, each to be left out, and where it is written.

use leptos::prelude::*;

use crate::{
    components::{Kind, Piece, button, callout, check, checked, drawn, piece, shown, trouble},
    icons::Icon,
    state::Studio,
    texts::{diagnostics, shell},
    words,
};

/// The dialog's content.
pub fn diagnose(studio: Studio) -> AnyView {
    let state = studio.diagnostics;
    let body = shown(move || {
        let body = piece("div.body").with("data-test", "diagnostics");
        let view = match state.gathered.get() {
            None => return body.add(piece("p.dim").text(diagnostics::GATHERING.get())),
            Some(Err(why)) => return body.add(trouble(&why)),
            Some(Ok(view)) => view,
        };
        let expires = words::date(&view.expires);
        let about = diagnostics::About { expires: &expires }.say();
        let caught = view.files.iter().any(|file| file.caught);
        let warning = caught.then(|| {
            let (title, text) = (diagnostics::CAUGHT.get(), diagnostics::CAUGHT_ABOUT.get());
            callout("warn", title, text)
        });
        body.add(piece("p.dim").text(&about))
            .all(warning)
            .all(view.files.iter().enumerate().map(|(at, it)| file(at, it)))
            .add(piece("p.faint").text(diagnostics::LEFT_OUT.get()))
    });
    let failed = shown(move || match state.unsaved.get() {
        Some(why) => piece("div.body").add(trouble(&why)),
        None => piece("span"),
    });
    let buttons = shown(move || {
        let save = move || {
            let Some(Ok(view)) = state.gathered.get_untracked() else {
                return;
            };
            state.unsaved.set(None);
            let files = view.files.into_iter().enumerate();
            let without = files.filter(|(at, file)| file.caught || !checked(&id(*at)));
            let without = without.map(|(_, file)| file.name).collect();
            studio.save_diagnostics(view.name, without);
        };
        let ready = state.gathered.with(|it| matches!(it, Some(Ok(_))));
        piece("footer")
            .add(
                button(shell::CANCEL.get(), None, Kind::Plain)
                    .pressed(move || studio.overlay.set(None)),
            )
            .add(
                button(diagnostics::SAVE.get(), Some(Icon::Save), Kind::Primary)
                    .with("data-test", "diagnostics-save")
                    .with_if(!ready, "aria-disabled", "true")
                    .pressed(save),
            )
    });
    view! { {body}{failed}{buttons} }.into_any()
}

/// The box that keeps a file in.
fn id(at: usize) -> String {
    format!("#diagnostics-{at}")
}

/// A file: whether it goes in, and all that is in it.
fn file(at: usize, file: &ipc::DiagnosticsFile) -> Piece {
    let name = id(at);
    let keep = check(&file.name, name.trim_start_matches('#'), !file.caught);
    let keep = match file.caught {
        true => keep.add(piece("span.badge.risk").text(diagnostics::CAUGHT_HERE.get())),
        false => keep,
    };
    let text = match file.text.is_empty() {
        true => piece("p.faint").text(diagnostics::EMPTY.get()),
        false => piece("pre.code").with("tabindex", "0").text(&file.text),
    };
    let open = piece("summary")
        .add(piece("span.turn").add(drawn(Icon::ChevronRight)))
        .add(piece("span").text(diagnostics::SHOW.get()));
    piece("div.col.told-file")
        .with("data-test", "diagnostics-file")
        .add(keep)
        .add(piece("details.fold").add(open).add(text))
}
