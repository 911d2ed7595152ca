//! Why one change happens: both decisions side by side, the clauses that decided, the values and entities they read.

use ipc::{EntityView, WhyView};
use leptos::prelude::*;
use model::{Decision, Explanation, Outcome};

use crate::{
    components::{
        EmptyState, Kind, Piece, TabLabel, Tabs, callout, entity, piece, read, shown, skeleton, tag,
    },
    icons::Icon,
    places::{failed, policies::clause},
    shell::act,
    state::Studio,
    words,
};

/// The panel.
pub fn why(studio: Studio) -> AnyView {
    let review = studio.review;
    let page = RwSignal::new("why");
    let labels = move || {
        let read = review.why.with(|why| match why {
            Some(Ok(why)) => why.entities.len(),
            _ => 0,
        });
        vec![
            TabLabel::new("why", "Why"),
            TabLabel::new("entities", "Entities read").with(read),
        ]
    };
    view! {
        <Tabs name="why" label="Explanation" tabs=Signal::derive(labels) current=page on_choose=move |key| page.set(key)/>
        <div class="panel" id="why-panel" role="tabpanel" aria-label=move || page.get()>
            {move || match review.why.get() {
                None if review.selected.get().is_none() => view! {
                    <EmptyState picture=Icon::CircleDot title="No change selected" text="Choose a change, or press n, to see which policies decide it and what they read."/>
                }.into_any(),
                None => skeleton(),
                Some(Err(failure)) => view! { <div class="section">{failed(&failure)}</div> }.into_any(),
                Some(Ok(why)) => match page.get() {
                    "entities" => entities(why),
                    _ => reasons(studio, why),
                },
            }}
        </div>
    }
    .into_any()
}

/// One sentence: what the log saw, and what the edit does.
fn account(why: &WhyView) -> String {
    let change = &why.change;
    let times = words::count(change.rows, "time", "times");
    let when = match (change.first_at.as_str(), change.last_at.as_str()) {
        ("", _) => String::new(),
        (first, last) => {
            let span = words::span(first, last);
            if span.contains(" to ") {
                format!(" between {}", span.replace(" to ", " and "))
            } else {
                format!(" on {span}")
            }
        }
    };
    let seen = match change.before.decision {
        Some(Decision::Allow) => "Allowed",
        Some(Decision::Deny) => "Denied",
        None => "Asked",
    };
    let now = match change.after.decision {
        Some(Decision::Allow) => "The edit allows it.",
        Some(Decision::Deny) => "The edit denies it.",
        None => "Under the edit it depends on what the log does not record.",
    };
    format!("{seen} {times}{when}. {now}")
}

fn reasons(studio: Studio, why: WhyView) -> AnyView {
    let mark = if why.viewed {
        "Mark as not viewed"
    } else {
        "Mark as viewed"
    };
    view! {
        <div class="why" data-test="why-reasons">
            {shown(move || told(studio, &why))}
            <div class="actions">
                {act(studio, "add-test", Kind::Plain, "Add as test")}
                {act(studio, "open-in-editor", Kind::Plain, "Open in editor")}
                {act(studio, "mark-viewed", Kind::Ghost, mark)}
            </div>
        </div>
    }
    .into_any()
}

/// Everything that is known of it.
fn told(studio: Studio, why: &WhyView) -> Piece {
    let change = &why.change;
    let (level, tone) = words::risk(change.risk.level);
    let (sign, word, colour) = words::class(change.class);
    let asked = piece("span.row")
        .add(piece("code").text(&words::entity(&change.action).1))
        .add(entity(&change.resource));
    let head = piece("div.why-head")
        .add(
            piece("div.grow.col")
                .add(entity(&change.principal))
                .add(asked),
        )
        .add(tag(colour, &format!("{sign} {word}")));
    let mut told = piece("div.contents")
        .add(head)
        .add(named("p.dim", "why-sentence").text(&account(why)));
    if !why.turns_on.is_empty() {
        told = told.add(named("p", "why-residual").prose(&sentence(&why.turns_on)));
    }
    let risk = tag(tone, &format!("{level} risk"));
    let risk = piece("p").add(risk).text(" ");
    told = told.add(risk.prose(&sentence(&change.risk.why)));
    if change.log_disagrees {
        let recorded = why.recorded.iter().map(|seen| {
            let times = words::count(seen.rows, "time", "times");
            format!("{} {times}", words::decision(seen.decision))
        });
        let recorded = recorded.collect::<Vec<_>>().join(", ");
        told = told.add(callout(
            "warn",
            "The policies in force do not reproduce the log",
            &format!("Recorded: {recorded}."),
        ));
    }
    if change.error_changed {
        told = told.add(callout(
            "risk",
            "An evaluation error appeared or vanished",
            "A policy that errs is skipped, a forbid included.",
        ));
    }
    told = told
        .add(sides(why))
        .all(side(studio, "Under the edit", &why.after))
        .all(side(studio, "In force", &why.before));
    if !why.request.context.is_empty() {
        let rows = why.request.context.iter();
        let rows = rows.map(|(name, value)| (name.as_str(), value.to_string()));
        told = told.add(piece("h2.label").text("Context")).add(read(rows));
    }
    told
}

/// Both sides of it, side by side.
fn sides(why: &WhyView) -> Piece {
    let heads = ["In force", "Edited"]
        .into_iter()
        .map(|head| piece("th").with("scope", "col").text(head));
    let first = piece("th").add(piece("span.unseen").text("Fact"));
    let head = piece("thead").add(piece("tr").add(first).all(heads));
    let row = |name: &str, cells: [Piece; 2]| {
        let name = piece("th").with("scope", "row").text(name);
        piece("tr").add(name).all(cells)
    };
    let both = [&why.change.before, &why.change.after];
    let mut body = piece("tbody")
        .add(row("Decision", both.map(outcome)))
        .add(row("Decided by", both.map(decided_by)));
    for (name, (before, after), kind) in [
        ("Depends on", &why.lacks, "code"),
        ("Left open by", &why.left_open, "span"),
    ] {
        if before.is_empty() && after.is_empty() {
            continue;
        }
        let cells = [before, after].map(|texts| {
            let lines = texts.iter();
            piece("td").all(lines.map(|text| piece("div").add(piece(kind).prose(text))))
        });
        body = body.add(row(name, cells));
    }
    piece("table.facts").add(head).add(body)
}

fn outcome(outcome: &Outcome) -> Piece {
    let name = match outcome.decision {
        Some(Decision::Allow) => "b",
        _ => "span",
    };
    piece("td").add(piece(name).text(words::decision(outcome.decision)))
}

fn decided_by(outcome: &Outcome) -> Piece {
    let by = match (outcome.decision, outcome.reasons.as_slice()) {
        (Some(Decision::Deny), []) => piece("td").add(piece("span.dim").text("no permit matched")),
        (None, []) => piece("td").add(piece("span.dim").text("cannot be told")),
        (_, reasons) => piece("td").all(reasons.iter().map(|policy| code(policy))),
    };
    let errors = outcome.errors.iter().map(|error| {
        let policy = piece("code").text(&error.policy);
        let line = piece("p.risk").add(policy).text(" err: ");
        line.text(&error.message)
    });
    by.all(errors)
}

fn side<'e>(
    studio: Studio,
    title: &str,
    explanation: &'e Explanation,
) -> impl Iterator<Item = Piece> + use<'e> {
    let clauses = &explanation.clauses;
    let more = clauses.len().saturating_sub(3);
    let head = (!clauses.is_empty()).then(|| piece("h2.label").text(title));
    let rest = format!("and {} more", words::number(more as u64));
    let rest = (more > 0).then(|| piece("p.faint").text(&rest));
    let clauses = clauses.iter().take(3);
    let clauses = clauses.map(move |it| clause(studio, it));
    head.into_iter().chain(clauses).chain(rest)
}

fn entities(why: WhyView) -> AnyView {
    if why.entities.is_empty() {
        return view! { <EmptyState picture=Icon::Braces title="No entity was read" text="The decision rests on the request alone."/> }.into_any();
    }
    shown(move || {
        let whose = if why.entities_assumed {
            "The log carries no entities for this request. These are the workspace's as they are now, which may differ from what they were then."
        } else {
            "As they were recorded with the request."
        };
        named("div.why", "why-entities")
            .add(piece("p.dim").text(whose))
            .all(why.entities.iter().map(card))
    })
}

fn card(of: &EntityView) -> Piece {
    let attributes = of.attributes.iter();
    let attributes = attributes.map(|(name, value)| (name.as_str(), value.clone()));
    let card = piece("div.clause")
        .add(entity(&of.id))
        .add(read(attributes));
    if of.parents.is_empty() {
        return card;
    }
    let parents = piece("code").text(&of.parents.join(", "));
    card.add(piece("p.faint").text("in ").add(parents))
}

fn named(name: &str, test: &str) -> Piece {
    piece(name).with("data-test", test)
}

/// A name on a line of its own.
fn code(name: &str) -> Piece {
    piece("div").add(piece("code").text(name))
}

fn sentence(text: &str) -> String {
    format!("{}.", words::sentence(text.trim_end_matches('.')))
}
