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
    texts::{Text, drift},
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
            TabLabel::new("why", drift::WHY),
            TabLabel::new("entities", drift::ENTITIES_READ).with(read),
        ]
    };
    view! {
        <Tabs name="why" label=drift::EXPLANATION.get() tabs=Signal::derive(labels) current=page on_choose=move |key| page.set(key)/>
        <div class="panel" id="why-panel" role="tabpanel" aria-labelledby=move || format!("why-tab-{}", page.get())>
            {move || match review.why.get() {
                None if review.selected.get().is_none() => view! {
                    <EmptyState picture=Icon::CircleDot title=drift::NO_CHANGE.get() text=drift::NO_CHANGE_ABOUT/>
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

/// Two sentences: what the log saw, and what the edit does.
fn account(why: &WhyView) -> String {
    let change = &why.change;
    let seen = match change.before.decision {
        Some(Decision::Allow) => drift::SEEN_ALLOWED,
        Some(Decision::Deny) => drift::SEEN_DENIED,
        None => drift::SEEN_ASKED,
    };
    let now = match change.after.decision {
        Some(Decision::Allow) => drift::NOW_ALLOWED,
        Some(Decision::Deny) => drift::NOW_DENIED,
        None => drift::NOW_OPEN,
    };
    let (seen, times) = (seen.get(), &drift::Times { count: change.rows }.say());
    let (first, last) = words::days(&change.first_at, &change.last_at);
    let seen = match (first.as_str(), last.as_deref()) {
        ("", _) => drift::Seen { seen, times }.say(),
        (day, None) => drift::SeenOn { seen, times, day }.say(),
        (first, Some(last)) => drift::SeenBetween {
            seen,
            times,
            first,
            last,
        }
        .say(),
    };
    format!("{seen} {}", now.get())
}

fn reasons(studio: Studio, why: WhyView) -> AnyView {
    let mark = if why.viewed {
        drift::MARK_NOT_VIEWED
    } else {
        drift::MARK_VIEWED
    };
    view! {
        <div class="why" data-test="why-reasons" data-help="drift/why">
            {shown(move || told(studio, &why))}
            <div class="actions">
                {act(studio, "add-test", Kind::Plain, drift::ADD_AS_TEST.get())}
                {act(studio, "open-in-editor", Kind::Plain, drift::OPEN_IN_EDITOR.get())}
                {act(studio, "mark-viewed", Kind::Ghost, mark.get())}
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
    let risk = tag(tone, &drift::Risk { level }.say());
    let risk = piece("p").add(risk).text(" ");
    told = told.add(risk.prose(&sentence(&change.risk.why)));
    if change.log_disagrees {
        let recorded = why.recorded.iter().map(|seen| {
            let times = &drift::Times { count: seen.rows }.say();
            let decision = words::decision(seen.decision);
            drift::RecordedTimes { decision, times }.say()
        });
        let decisions = &recorded.collect::<Vec<_>>().join(", ");
        told = told.add(callout(
            "warn",
            drift::LOG_DISAGREES.get(),
            &drift::Recorded { decisions }.say(),
        ));
    }
    if change.error_changed {
        told = told.add(callout(
            "risk",
            drift::ERROR_CHANGED.get(),
            drift::ERROR_CHANGED_ABOUT.get(),
        ));
    }
    told = told
        .add(sides(why))
        .all(side(studio, drift::UNDER_EDIT.get(), &why.after))
        .all(side(studio, drift::IN_FORCE.get(), &why.before));
    if !why.request.context.is_empty() {
        let rows = why.request.context.iter();
        let rows = rows.map(|(name, value)| (name.as_str(), value.to_string()));
        told = told
            .add(piece("h2.label").text(drift::CONTEXT.get()))
            .add(read(rows));
    }
    told
}

/// Both sides of it, side by side.
fn sides(why: &WhyView) -> Piece {
    let heads = [drift::IN_FORCE, drift::EDITED]
        .into_iter()
        .map(|head| piece("th").with("scope", "col").text(head.get()));
    let first = piece("th").add(piece("span.unseen").text(drift::FACT.get()));
    let head = piece("thead").add(piece("tr").add(first).all(heads));
    let row = |name: Text, cells: [Piece; 2]| {
        let name = piece("th").with("scope", "row").text(name.get());
        piece("tr").add(name).all(cells)
    };
    let both = [&why.change.before, &why.change.after];
    let mut body = piece("tbody")
        .add(row(drift::DECISION, both.map(outcome)))
        .add(row(drift::DECIDED_BY, both.map(decided_by)));
    for (name, (before, after), kind) in [
        (drift::DEPENDS_ON, &why.lacks, "code"),
        (drift::LEFT_OPEN_BY, &why.left_open, "span"),
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
        (Some(Decision::Deny), []) => {
            piece("td").add(piece("span.dim").text(drift::NO_PERMIT.get()))
        }
        (None, []) => piece("td").add(piece("span.dim").text(words::decision(None))),
        (_, reasons) => piece("td").all(reasons.iter().map(|policy| code(policy))),
    };
    let errors = outcome.errors.iter().map(|error| {
        let policy = piece("code").text(&error.policy);
        let message = &error.message;
        let line = piece("p.risk").add(policy).text(" ");
        line.text(&drift::Errs { message }.say())
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
    let rest = drift::MoreClauses { count: more as u64 }.say();
    let rest = (more > 0).then(|| piece("p.faint").text(&rest));
    let clauses = clauses.iter().take(3);
    let clauses = clauses.map(move |it| clause(studio, it));
    head.into_iter().chain(clauses).chain(rest)
}

fn entities(why: WhyView) -> AnyView {
    if why.entities.is_empty() {
        return view! { <EmptyState picture=Icon::Braces title=drift::NO_ENTITY.get() text=drift::NO_ENTITY_ABOUT/> }.into_any();
    }
    shown(move || {
        let whose = if why.entities_assumed {
            drift::ENTITIES_ASSUMED
        } else {
            drift::ENTITIES_RECORDED
        };
        named("div.why", "why-entities")
            .add(piece("p.dim").text(whose.get()))
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
    let parents = &of.parents.join(", ");
    card.add(piece("p.faint").prose(&drift::InParents { parents }.say()))
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
