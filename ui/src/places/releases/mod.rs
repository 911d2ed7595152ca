//! Releases: every channel as a lane with its moves as stops, and the move in front. `lane` is a channel, `stop` a move, `form` what
//! moves a channel, `found` what its gates say, `told` how all of it is worded, `cutover` what it ships applied otherwise.

mod cutover;
mod form;
mod found;
mod lane;
mod stop;
mod told;

pub use cutover::cutover;
pub use form::{promotion, rollback};

use leptos::prelude::*;
use model::Code;

use crate::{
    components::{Kind, Piece, does, drawn, piece, shown, trouble},
    icons::Icon,
    shell::act,
    state::Studio,
    texts::{releases, shell},
};

/// The screen.
pub fn releases() -> AnyView {
    let studio = Studio::here();
    let root = studio.root();
    Effect::new(move |_| {
        if root.with(Option::is_some) {
            studio.view_releases();
        }
    });
    let promote = act(studio, "promote", Kind::Primary, "");
    view! {
        <div class="page" data-test="releases">
            <div class="page-head">
                <h1>{shell::RELEASES.get()}</h1>
                <span class="push row">{promote}</span>
            </div>
            <div class="sheet-panel">{shown(move || page(studio))}</div>
        </div>
    }
    .into_any()
}

fn page(studio: Studio) -> Piece {
    let releases = studio.releases;
    let front = releases.front(|lane| lane.name.clone());
    let chosen = releases.stop.get();
    releases.view.with(|view| {
        let view = match view {
            None => return piece("span"),
            Some(Err(failure)) if failure.code == Code::RegistryMissing => return without(),
            Some(Err(failure)) => return piece("div.section").add(trouble(failure)),
            Some(Ok(view)) => view,
        };
        if view.lanes.is_empty() {
            return begin(studio);
        }
        let lanes = view.lanes.iter().map(|lane| {
            let front = front.as_deref() == Some(&lane.name);
            lane::lane(studio, lane, front.then_some(chosen))
        });
        let found = view
            .lanes
            .iter()
            .find(|lane| front.as_deref() == Some(&lane.name));
        let moves = found.filter(|lane| !lane.stops.is_empty());
        piece("div.releases")
            .add(piece("div.lanes").all(lanes))
            .all(moves.map(|lane| stop::moves(studio, lane, chosen)))
    })
}

fn without() -> Piece {
    piece("div.empty")
        .add(drawn(Icon::GitBranch))
        .add(piece("h2").text(releases::NO_REPOSITORY.get()))
        .add(piece("p").text(releases::NO_REPOSITORY_ABOUT.get()))
        .add(piece("pre.code").text("git init\ngit add .\ngit commit -m \"Policies\""))
}

fn begin(studio: Studio) -> Piece {
    piece("div.empty")
        .add(drawn(Icon::GitBranch))
        .add(piece("h2").text(releases::NO_RELEASES.get()))
        .add(piece("p").text(releases::NO_RELEASES_ABOUT.get()))
        .add(does(studio, "promote", Kind::Plain, ""))
}

/// A policy or a commit as code.
fn named(text: &str) -> Piece {
    piece("code").text(text)
}
