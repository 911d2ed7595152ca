//! From recording to enforcing, and back: what an enforcement point recorded of a version that only ran along, and the mode that is
//! wanted from now on.

use ipc::{ChangeMode, CutoverLine, CutoverView, ModeAsked, Picked};
use leptos::prelude::*;
use model::{Decision, Failure};

use super::told::applied;
use super::{
    form::{Sending, gates, modes, nobody_else},
    named,
};
use crate::{
    components::{Kind, Piece, button, callout, entity, field, fill, piece, shown, trouble, typed},
    dom,
    icons::Icon,
    state::Studio,
    texts::{Text, releases},
    words,
};

/// Applies what a channel ships in another mode.
pub fn cutover(studio: Studio) -> AnyView {
    let releases = studio.releases;
    let sending = Sending::new(studio);
    let facts = releases.front(|lane| {
        let newest = lane.stops.first().cloned();
        (lane.name.clone(), newest, lane.nothing_before)
    });
    let (channel, newest, alone) = facts.unwrap_or_default();
    let newest = newest.map(|newest| (newest.version, newest.applied));
    let (version, now) = newest.unwrap_or_default();
    let wanted = StoredValue::new(channel.clone());
    let read = StoredValue::new(String::new());
    releases.recorded.set(None);
    releases.gates.set(None);
    let fields = shown(move || {
        let (channel, version) = (&channel, &version);
        let now = match now.is_enforced() {
            true => releases::ShipsEnforced { channel, version }.say(),
            false => {
                let mode = &applied(&now);
                releases::ShipsInMode {
                    channel,
                    version,
                    mode,
                }
                .say()
            }
        };
        let choose = button(releases::CHOOSE.get(), Some(Icon::FolderOpen), Kind::Plain)
            .with("data-test", "mode-choose")
            .pressed(move || {
                studio.pick_file(Picked::ShadowLog, move |path| {
                    fill("#mode-log", &path);
                    read.set_value(path.clone());
                    studio.read_shadow_log(wanted.get_value(), path);
                });
            });
        piece("div.body").add(piece("p").prose(&now)).add(
            piece("div.row.field-row")
                .add(field(releases::SHADOW_LOG.get(), "mode-log", ""))
                .add(choose),
        )
    });
    let report = shown(move || {
        piece("div.body").add(releases.recorded.with(|found| recorded(found.as_ref())))
    });
    let moves = shown(move || {
        piece("div.body").add(
            piece("div.pair")
                .add(modes(releases::MODE_FROM_NOW, "mode-mode"))
                .add(field(releases::ONLY_POLICY.get(), "mode-policy", ""))
                .add(field(releases::REASON.get(), "mode-reason", ""))
                .add(field(releases::WHY_OUTSIDE.get(), "mode-outside", "")),
        )
    });
    let closed = shown(move || {
        releases.gates.with(|found| match found {
            None => piece("span"),
            found => gates(found.as_ref()),
        })
    });
    let mode = RwSignal::new(String::new());
    let told = shown(move || {
        let doing = sending.told(releases::CHANGING_MODE);
        let warned = nobody_else(&mode.get(), alone);
        piece("div.body.col").all(warned).add(doing)
    });
    let buttons = shown(move || sending.buttons(releases::APPLY, "mode-submit", false));
    dom::focus_soon("#mode-log");
    view! {
        <form
            data-help="enforcement"
            on:change=move |_| {
                mode.set(typed("#mode-mode"));
                let path = typed("#mode-log");
                if read.get_value() != path {
                    read.set_value(path.clone());
                    studio.read_shadow_log(wanted.get_value(), path);
                }
            }
            on:submit=move |event| {
                event.prevent_default();
                let text = |id: &str| typed(id).trim().to_owned();
                let reason = match text("#mode-reason") {
                    none if none.is_empty() => "mode changed in the Studio".to_owned(),
                    reason => reason,
                };
                sending.send::<ChangeMode>(ModeAsked {
                    channel: wanted.get_value(),
                    policy: text("#mode-policy"),
                    mode: text("#mode-mode"),
                    reason,
                    outside_window: text("#mode-outside"),
                });
            }
        >{fields}{report}{moves}{closed}{told}{buttons}</form>
    }
    .into_any()
}

/// What a shadow log comes to.
fn recorded(found: Option<&Result<CutoverView, Failure>>) -> Piece {
    let found = match found {
        None => {
            return piece("p.faint").prose(releases::SHADOW_ABOUT.get());
        }
        Some(Err(failure)) => return trouble(failure),
        Some(Ok(found)) => found,
    };
    let of_others = (found.of_others > 0).then(|| {
        let count = found.of_others;
        piece("p.faint").text(&releases::OfOthers { count }.say())
    });
    let others = (found.others > 0).then(|| {
        let count = found.others;
        piece("p.faint").text(&releases::NotCompared { count }.say())
    });
    let unread = (found.unread > 0).then(|| {
        let count = found.unread;
        piece("p.faint").text(&releases::NotRead { count }.say())
    });
    let others = of_others.into_iter().chain(others).chain(unread);
    let count = found.compared;
    let compared = match found.first_at.as_str() {
        "" => releases::Compared { count }.say(),
        first => {
            let (first, last) = (&words::date_time(first), &words::date_time(&found.last_at));
            releases::ComparedSpan { count, first, last }.say()
        }
    };
    let told = piece("div.col").with("data-test", "recorded");
    let told = told.with("role", "status").add(piece("p").text(&compared));
    if found.changes.is_empty() {
        let (title, text) = match found.compared {
            0 => (releases::NOTHING_TO_GO_BY, releases::NOTHING_TO_GO_BY_ABOUT),
            _ => (releases::NOBODY_NOTICES, releases::NOBODY_NOTICES_ABOUT),
        };
        let title = title.get();
        return told.all(others).add(callout("", title, text.get()));
    }
    let number = |name: Text, tone: &str, count: u64| {
        piece("div.number")
            .add(piece("b").with("class", tone).text(&words::number(count)))
            .add(piece("span.dim").text(name.get()))
    };
    let numbers = piece("div.numbers")
        .add(number(releases::WOULD_BE_DENIED, "lose", found.would_deny))
        .add(number(
            releases::WOULD_BE_ALLOWED,
            "gain",
            found.would_allow,
        ));
    let heads = [
        ("th", releases::COLUMN_WHO),
        ("th", releases::COLUMN_ACTION),
        ("th", releases::COLUMN_WOULD_BE),
        ("th.right", releases::COLUMN_TIMES),
        ("th.right", releases::COLUMN_RESOURCES),
        ("th", releases::COLUMN_BY),
    ];
    let heads = heads.map(|(cell, name)| piece(cell).with("scope", "col").text(name.get()));
    let table = piece("table.facts.recorded")
        .add(piece("thead").add(piece("tr").all(heads)))
        .add(piece("tbody").all(found.changes.iter().map(line)));
    let more = (found.more > 0).then(|| {
        let more = releases::MoreLines { count: found.more };
        piece("p.faint").prose(&more.say())
    });
    let scrolled = piece("div.recorded-lines")
        .with("tabindex", "0")
        .with("role", "region")
        .with("aria-label", releases::WHO_NOTICES.get())
        .add(table);
    told.add(numbers).add(scrolled).all(more).all(others)
}

fn line(line: &CutoverLine) -> Piece {
    let (tone, decision) = match line.decision {
        Decision::Allow => ("gain", releases::ALLOWED),
        Decision::Deny => ("lose", releases::DENIED),
    };
    let (_, action) = words::entity(&line.action);
    let number = |value| piece("td.right.num").text(&words::number(value));
    piece("tr")
        .add(piece("td").add(entity(&line.principal)))
        .add(piece("td").text(&action))
        .add(piece("td").add(piece("span").with("class", tone).text(decision.get())))
        .add(number(line.times))
        .add(number(line.resources))
        .add(piece("td").add(match line.policies.as_slice() {
            [] => piece("span.faint").text(releases::NO_PERMIT.get()),
            some => piece("span.row.wrap").all(some.iter().map(|policy| named(policy))),
        }))
}
