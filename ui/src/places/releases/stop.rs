//! The moves of a channel as a timeline, and the one in front with all that is known of it.

use ipc::{LaneView, StopView};
use leptos::prelude::*;

use super::told::{applied, did, gate};
use super::{lane::who, named};
use crate::{
    components::{Kind, Piece, button, copies, facts, piece, tag},
    icons::Icon,
    state::Studio,
    texts::{releases, shell},
    words,
};

/// Policies of a move that are listed; a first version has all of them.
const LISTED: usize = 12;

/// The timeline, with a move in front.
pub fn moves(studio: Studio, lane: &LaneView, chosen: Option<u64>) -> Piece {
    let found = lane
        .stops
        .iter()
        .position(|stop| Some(stop.sequence) == chosen);
    let at = found.unwrap_or_default();
    let lines = lane
        .stops
        .iter()
        .enumerate()
        .map(|(row, stop)| line(studio, stop, row == at));
    let older = (lane.older > 0).then(|| {
        let (count, lane) = (lane.older, lane.name.as_str());
        piece("li.faint").prose(&releases::OlderMoves { count, lane }.say())
    });
    let list = piece("section.card")
        .with("aria-label", releases::MOVES.get())
        .add(piece("h2.label").text(&releases::MovesOf { lane: &lane.name }.say()))
        .add(piece("ol.moves").all(lines).all(older));
    let front = lane.stops.get(at);
    let before = lane.stops.get(at + 1);
    piece("div.pair-of-cards")
        .add(list)
        .all(front.map(|stop| detail(studio, stop, before, at == 0)))
}

fn line(studio: Studio, stop: &StopView, front: bool) -> Piece {
    let sequence = stop.sequence;
    let what = did(stop.did);
    let says = match stop.reason.as_str() {
        "" => what,
        reason => releases::WhatAndWhy {
            what: &what,
            reason,
        }
        .say(),
    };
    piece("li").add(
        piece("button.move")
            .with("type", "button")
            .with("aria-pressed", if front { "true" } else { "false" })
            .add(piece("span.num.faint").text(&words::number(sequence)))
            .add(piece("b").text(&stop.version))
            .add(piece("span.cut.grow").text(&says))
            .add(piece("span.dim.num").text(&words::date_time(&stop.at)))
            .pressed(move || studio.releases.stop.set(Some(sequence))),
    )
}

/// All that is known of a move.
fn detail(studio: Studio, stop: &StopView, before: Option<&StopView>, in_force: bool) -> Piece {
    let span = |text: &str| piece("span").text(text);
    let list = |items: &[String]| span(&items.join(", "));
    let mut lines = vec![
        (releases::WHAT.get(), span(&did(stop.did))),
        (releases::WHEN.get(), span(&words::date_time(&stop.at))),
        (
            releases::BY.get(),
            piece("span").with("title", &stop.by).text(who(&stop.by)),
        ),
    ];
    if !stop.reason.is_empty() {
        lines.push((releases::REASON.get(), span(&stop.reason)));
    }
    lines.push((releases::MODE.get(), span(&applied(&stop.applied))));
    if !stop.policies.is_empty() {
        let each = stop
            .policies
            .iter()
            .take(LISTED)
            .map(|policy| named(policy));
        let more = stop.policies.len().saturating_sub(LISTED) as u64;
        let more = (more > 0).then(|| {
            piece("span.dim")
                .with("data-tip", &stop.policies.join(", "))
                .text(&releases::AndMore { count: more }.say())
        });
        let policies = piece("span.row.wrap").all(each).all(more);
        lines.push((shell::POLICIES.get(), policies));
    }
    if !stop.approvers.is_empty() {
        lines.push((releases::APPROVED_BY.get(), list(&stop.approvers)));
    }
    if !stop.overridden.is_empty() {
        let gates: Vec<_> = stop
            .overridden
            .iter()
            .map(|name| gate(name).get().to_owned())
            .collect();
        lines.push((releases::GATES_PASSED_OVER.get(), list(&gates)));
    }
    let commit = piece("span.row")
        .add(named(stop.commit.get(..10).unwrap_or(&stop.commit)))
        .add(copies(
            studio,
            releases::COPY_COMMIT.get(),
            Kind::Tiny,
            stop.commit.clone(),
        ));
    lines.push((releases::COMMIT.get(), commit));
    let (id, receipt) = (stop.id.clone(), releases::SHOW_RECEIPT.get());
    let compared = before.map(|before| {
        let (before, after) = (before.clone(), stop.clone());
        let version = &before.version;
        let label = releases::CompareWith { version }.say();
        button(&label, Some(Icon::TrendingUp), Kind::Plain)
            .with("data-test", "compare-moves")
            .pressed(move || studio.compare_moves(Some(&before), &after))
    });
    let (version, sequence) = (&stop.version, stop.sequence);
    let state = in_force.then(|| tag("", releases::IN_FORCE.get()));
    piece("section.card.section")
        .with("aria-label", releases::MOVE.get())
        .with("data-test", "move")
        .add(
            piece("div.row")
                .add(piece("h2").text(&releases::VersionAsMove { version, sequence }.say()))
                .all(state),
        )
        .add(facts(lines))
        .add(
            piece("span.row.wrap").all(compared).add(
                button(receipt, Some(Icon::ShieldCheck), Kind::Plain)
                    .with("data-test", "show-receipt")
                    .pressed(move || studio.show_receipt(id.clone())),
            ),
        )
}
