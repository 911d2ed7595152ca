//! A channel: what it ships since when, its last moves as stops on a line, and what is asked before the next.

use ipc::{LaneView, StopView};
use leptos::prelude::*;

use super::told::{applied, ask, did, way_back};
use crate::{
    components::{Kind, Piece, button, callout, drawn, piece, tag, trouble},
    icons::Icon,
    state::{Overlay, Studio},
    texts::{actions, releases},
    words,
};

/// Stops on the line.
const SHOWN: usize = 8;

/// A channel. `chosen` is the move in front, if the channel is.
pub fn lane(studio: Studio, lane: &LaneView, chosen: Option<Option<u64>>) -> Piece {
    let newest = lane.stops.first();
    let offer = |overlay: Overlay, name: &str| {
        let name = name.to_owned();
        move || {
            studio.releases.lane.set(name.clone());
            studio.offer_move(overlay);
        }
    };
    let back = lane.way_back.as_ref().map(|back| {
        let version = &way_back(back);
        button(&releases::RollBackTo { version }.say(), None, Kind::Plain)
            .with("data-test", &format!("roll-back-{}", lane.name))
            .pressed(offer(Overlay::RollBack, &lane.name))
    });
    let promote = button(actions::PROMOTE.get(), None, Kind::Plain)
        .with("data-test", &format!("promote-{}", lane.name))
        .pressed(offer(Overlay::Promote, &lane.name));
    // What is not enforced for everybody is on its way there.
    let mode = newest.map(|newest| {
        let label = match newest.applied.is_enforced() {
            true => releases::MODE_DOTS,
            false => releases::ENFORCE_DOTS,
        };
        button(label.get(), None, Kind::Plain)
            .with("data-test", &format!("mode-{}", lane.name))
            .pressed(offer(Overlay::Mode, &lane.name))
    });
    let environment = (lane.environment != lane.name).then(|| tag("outline", &lane.environment));
    let otherwise = newest.filter(|newest| !newest.applied.is_enforced());
    let head = piece("div.row.wrap")
        .add(piece("h2").text(&lane.name))
        .all(environment)
        .all(otherwise.map(|newest| tag("warn", &applied(&newest.applied))))
        .add(piece("span.push.row").all(back).all(mode).add(promote));
    let mut card = piece("section.card.section.lane")
        .with("aria-label", &releases::Lane { lane: &lane.name }.say())
        .with("data-test", &format!("lane-{}", lane.name))
        .with_if(chosen.is_some(), "data-front", "true")
        .add(head);
    if let Some(failure) = &lane.failure {
        card = card.add(trouble(failure));
        // What the repository has is shown beside what it lacks.
        if lane.stops.is_empty() {
            return card;
        }
    }
    card = card.add(match newest {
        None => piece("p.dim").text(releases::SHIPS_NOTHING.get()),
        Some(newest) => {
            let (version, by) = (&newest.version, who(&newest.by));
            let at = &words::date_time(&lane.since);
            piece("p").prose(&releases::InForceSince { version, at, by }.say())
        }
    });
    if newest.is_some() && lane.nothing_decides {
        let (title, about) = (releases::NOTHING_DECIDES, releases::NOTHING_DECIDES_ABOUT);
        card = card.add(callout("warn", title.get(), about.get()));
    }
    let chosen = chosen.map(|chosen| {
        let newest = newest.map(|newest| newest.sequence);
        chosen.or(newest).unwrap_or_default()
    });
    let older = lane.older + lane.stops.len().saturating_sub(SHOWN) as u64;
    if newest.is_some() {
        let before =
            (older > 0).then(|| piece("li.earlier").text(&releases::Before { count: older }.say()));
        let stops = lane.stops.iter().take(SHOWN).rev();
        card = card.add(
            piece("ol.track")
                .with("aria-label", &releases::Track { lane: &lane.name }.say())
                .all(before)
                .all(stops.map(|stop| node(studio, &lane.name, stop, newest, chosen))),
        );
    }
    if lane.asks.is_empty() {
        return card;
    }
    let asks: Vec<String> = lane.asks.iter().map(ask).collect();
    let asks = asks.join(", ");
    card.add(piece("p.faint").prose(&releases::Asks { asks: &asks }.say()))
}

/// A stop on the line.
fn node(
    studio: Studio,
    channel: &str,
    stop: &StopView,
    newest: Option<&StopView>,
    chosen: Option<u64>,
) -> Piece {
    let (name, sequence) = (channel.to_owned(), stop.sequence);
    let in_force = newest.is_some_and(|newest| newest.sequence == sequence);
    let mark = match stop.did.goes_back() {
        true => drawn(Icon::Undo2),
        false => piece("i"),
    };
    piece("li").with_if(in_force, "data-now", "true").add(
        piece("button.track-stop")
            .with("type", "button")
            .with("data-tip", &did(stop.did))
            .with_if(in_force, "aria-current", "step")
            .with(
                "aria-pressed",
                if chosen == Some(sequence) {
                    "true"
                } else {
                    "false"
                },
            )
            .with("data-test", &format!("stop-{channel}-{sequence}"))
            .add(piece("span.bead").add(mark))
            .add(piece("b").text(&stop.version))
            .add(piece("small").text(&words::date(&stop.at)))
            .pressed(move || {
                studio.releases.lane.set(name.clone());
                studio.releases.stop.set(Some(sequence));
            }),
    )
}

/// Somebody without their address.
pub fn who(person: &str) -> &str {
    match person.split_once(" <") {
        Some((name, _)) if !name.is_empty() => name,
        _ => person,
    }
}
