//! From recording to enforcing, and back: what an enforcement point recorded of a version that only ran along, and the mode that is
//! wanted from now on.

use ipc::{ChangeMode, CutoverLine, CutoverView, ModeAsked, Picked};
use leptos::prelude::*;
use model::{Decision, Failure};

use super::{
    form::{MODES, Sending, gates},
    named,
};
use crate::{
    components::{
        Kind, Piece, button, callout, choice, entity, field, fill, piece, shown, trouble, typed,
    },
    dom,
    icons::Icon,
    state::Studio,
    words,
};

/// Applies what a channel ships in another mode.
pub fn cutover(studio: Studio) -> AnyView {
    let releases = studio.releases;
    let sending = Sending::new(studio);
    let facts = releases.front(|lane| {
        let newest = lane.stops.first().cloned();
        (lane.name.clone(), newest)
    });
    let (channel, newest) = facts.unwrap_or_default();
    let (version, mode) = newest.map_or_else(Default::default, |newest| {
        let mode = match newest.mode.as_str() {
            "" => "enforced for everybody".to_owned(),
            mode => mode.to_owned(),
        };
        (newest.version, mode)
    });
    let wanted = StoredValue::new(channel.clone());
    let read = StoredValue::new(String::new());
    releases.recorded.set(None);
    releases.gates.set(None);
    let fields = shown(move || {
        let now = piece("p")
            .add(named(&channel))
            .text(" ships ")
            .add(piece("b").text(&version))
            .text(&format!(", {mode}."));
        let choose = button("Choose…", Some(Icon::FolderOpen), Kind::Plain)
            .with("data-test", "mode-choose")
            .pressed(move || {
                studio.pick_file(Picked::ShadowLog, move |path| {
                    fill("#mode-log", &path);
                    read.set_value(path.clone());
                    studio.read_shadow_log(path);
                });
            });
        piece("div.body").add(now).add(
            piece("div.row.field-row")
                .add(field(
                    "What the enforcement point recorded, a shadow log",
                    "mode-log",
                    "",
                ))
                .add(choose),
        )
    });
    let report = shown(move || {
        piece("div.body").add(releases.recorded.with(|found| recorded(found.as_ref())))
    });
    let moves = shown(move || {
        piece("div.body").add(
            piece("div.pair")
                .add(choice("Mode from now on", "mode-mode", "enforce", MODES))
                .add(field("Only the policy, by its id", "mode-policy", ""))
                .add(field("Reason", "mode-reason", ""))
                .add(field(
                    "Why it cannot wait for the window",
                    "mode-outside",
                    "",
                )),
        )
    });
    let closed = shown(move || {
        releases.gates.with(|found| match found {
            None => piece("span"),
            found => gates(found.as_ref()),
        })
    });
    let told = shown(move || piece("div.body").add(sending.told("Changing the mode…")));
    let buttons = shown(move || sending.buttons("Apply", "mode-submit", false));
    dom::focus_soon("#mode-log");
    view! {
        <form
            on:change=move |_| {
                let path = typed("#mode-log");
                if read.get_value() != path {
                    read.set_value(path.clone());
                    studio.read_shadow_log(path);
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
            return piece("p.faint").prose(
                "`fabric pdp serve --shadow FILE` records what the version would have decided while something else is enforced.",
            );
        }
        Some(Err(failure)) => return trouble(failure),
        Some(Ok(found)) => found,
    };
    let others = (found.others > 0).then(|| {
        let rows = words::count(found.others, "row was", "rows were");
        piece("p.faint").text(&format!(
            "{rows} compared with nothing and count for nothing here."
        ))
    });
    let span = match found.first_at.as_str() {
        "" => String::new(),
        first => format!(
            ", {} to {}",
            words::date_time(first),
            words::date_time(&found.last_at)
        ),
    };
    let compared = piece("p").with("data-test", "recorded").text(&format!(
        "{} compared{span}.",
        words::count(found.compared, "decision", "decisions")
    ));
    let told = piece("div.col").with("role", "status").add(compared);
    if found.changes.is_empty() {
        let (title, text) = match found.compared {
            0 => (
                "Nothing to go by",
                "No decision was compared yet: this says nothing about what enforcing it would change.",
            ),
            _ => (
                "Nobody would notice",
                "Enforced, the version would have decided each of them as it was decided.",
            ),
        };
        return told.all(others).add(callout("", title, text));
    }
    let number = |name: &str, tone: &str, count: u64| {
        piece("div.number")
            .add(piece("b").with("class", tone).text(&words::number(count)))
            .add(piece("span.dim").text(name))
    };
    let numbers = piece("div.numbers")
        .add(number("would be denied", "lose", found.would_deny))
        .add(number("would be allowed", "gain", found.would_allow));
    let head = ["Who", "Action", "Would be", "Times", "Resources", "By"];
    let heads = head.map(|name| {
        let number = matches!(name, "Times" | "Resources");
        piece(if number { "th.right" } else { "th" })
            .with("scope", "col")
            .text(name)
    });
    let table = piece("table.facts.recorded")
        .add(piece("thead").add(piece("tr").all(heads)))
        .add(piece("tbody").all(found.changes.iter().map(line)));
    let more = (found.more > 0).then(|| {
        let more = words::count(found.more, "line more", "lines more");
        piece("p.faint").prose(&format!("{more}: `fabric pdp cutover --json` lists all."))
    });
    let scrolled = piece("div.recorded-lines")
        .with("tabindex", "0")
        .with("role", "region")
        .with("aria-label", "Who would notice")
        .add(table);
    told.add(numbers).add(scrolled).all(more).all(others)
}

fn line(line: &CutoverLine) -> Piece {
    let (tone, decision) = match line.decision {
        Decision::Allow => ("gain", "+ allowed"),
        Decision::Deny => ("lose", "− denied"),
    };
    let (_, action) = words::entity(&line.action);
    let number = |value| piece("td.right.num").text(&words::number(value));
    piece("tr")
        .add(piece("td").add(entity(&line.principal)))
        .add(piece("td").text(&action))
        .add(piece("td").add(piece("span").with("class", tone).text(decision)))
        .add(number(line.times))
        .add(number(line.resources))
        .add(piece("td").add(match line.policies.as_slice() {
            [] => piece("span.faint").text("no permit"),
            some => piece("span.row.wrap").all(some.iter().map(|policy| named(policy))),
        }))
}
