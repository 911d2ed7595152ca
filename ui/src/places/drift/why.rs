//! Why one change happens: both decisions side by side, the clauses that decided, the values and entities they read.

use ipc::{EntityView, WhyView};
use leptos::prelude::*;
use model::{Change, Decision, Explanation, OpenClause, OpenPolicy, Outcome};

use crate::{
    components::{
        Callout, EmptyState, Entity, Kind, TabLabel, Tabs, badge, class_badge, sentence, skeleton,
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
    let change = why.change.clone();
    let (level, tone) = words::risk(change.risk.level);
    let (_, action) = words::entity(&change.action);
    let disagrees = change.log_disagrees.then(|| {
        let recorded: Vec<_> = why
            .recorded
            .iter()
            .map(|seen| format!("{} {}", words::decision(seen.decision), words::count(seen.rows, "time", "times")))
            .collect();
        view! { <Callout tone="warn" title="The policies in force do not reproduce the log"><span class="dim">{format!("Recorded: {}.", recorded.join(", "))}</span></Callout> }
    });
    let errors = change.error_changed.then(|| view! { <Callout tone="risk" title="An evaluation error appeared or vanished"><span class="dim">"A policy that errs is skipped, a forbid included."</span></Callout> });
    let context = (!why.request.context.is_empty()).then(|| {
        let rows = why
            .request
            .context
            .iter()
            .map(|(name, value)| view! { <dt>{name.clone()}</dt><dd>{value.to_string()}</dd> })
            .collect_view();
        view! { <h2 class="label">"Context"</h2><dl class="reads">{rows}</dl> }
    });
    view! {
        <div class="why" data-test="why-reasons">
            <div class="why-head">
                <div class="grow col">
                    <Entity id=change.principal.clone()/>
                    <span class="row"><code>{action}</code><Entity id=change.resource.clone()/></span>
                </div>
                {class_badge(change.class)}
            </div>
            <p class="dim" data-test="why-sentence">{account(&why)}</p>
            {turns_on(&change)}
            <p>{badge(tone, format!("{level} risk"))}" "{sentence(&change.risk.why)}</p>
            {disagrees}
            {errors}
            <table class="facts">
                <thead><tr><th><span class="unseen">"Fact"</span></th><th scope="col">"In force"</th><th scope="col">"Edited"</th></tr></thead>
                <tbody>
                    <tr><th scope="row">"Decision"</th><td>{outcome(&change.before)}</td><td>{outcome(&change.after)}</td></tr>
                    <tr><th scope="row">"Decided by"</th><td>{decided_by(&change.before)}</td><td>{decided_by(&change.after)}</td></tr>
                    {needs(&change)}
                    {open(&change)}
                </tbody>
            </table>
            {side("Under the edit", &why.after)}
            {side("In force", &why.before)}
            {context}
            <div class="actions">
                {act(studio, "add-test", Kind::Plain, "Add as test")}
                {act(studio, "open-in-editor", Kind::Plain, "Open in editor")}
                {act(studio, "mark-viewed", Kind::Ghost, if why.viewed { "Mark as not viewed" } else { "Mark as viewed" })}
            </div>
        </div>
    }
    .into_any()
}

fn outcome(outcome: &Outcome) -> AnyView {
    let strong = outcome.decision == Some(Decision::Allow);
    view! { <span style:font-weight=if strong { "600" } else { "400" }>{words::decision(outcome.decision)}</span> }.into_any()
}

fn decided_by(outcome: &Outcome) -> AnyView {
    let errors = outcome.errors.iter().map(|error| view! { <p class="risk"><code>{error.policy.clone()}</code>" err: "{error.message.clone()}</p> }).collect_view();
    let by = match (outcome.decision, outcome.reasons.as_slice()) {
        (Some(Decision::Deny), []) => {
            view! { <span class="dim">"no permit matched"</span> }.into_any()
        }
        (None, []) => view! { <span class="dim">"cannot be told"</span> }.into_any(),
        (_, reasons) => reasons
            .iter()
            .map(|policy| view! { <div><code>{policy.clone()}</code></div> })
            .collect_view()
            .into_any(),
    };
    view! { {by}{errors} }.into_any()
}

/// What follows from what the log does not carry.
fn turns_on(change: &Change) -> Option<AnyView> {
    let residual = change.residual.as_ref()?;
    Some(view! { <p data-test="why-residual">{sentence(&residual.words)}</p> }.into_any())
}

/// What the log does not carry.
fn needs(change: &Change) -> Option<AnyView> {
    let lacks = change.lacks();
    if lacks.iter().all(Vec::is_empty) {
        return None;
    }
    let [before, after] = lacks.map(|names| {
        let names = names.into_iter();
        names
            .map(|name| view! { <div><code>{name}</code></div> })
            .collect_view()
    });
    Some(
        view! { <tr><th scope="row">"Depends on"</th><td>{before}</td><td>{after}</td></tr> }
            .into_any(),
    )
}

/// The policies that stay open, with the clauses that keep them so.
fn open(change: &Change) -> Option<AnyView> {
    let residual = change.residual.as_ref()?;
    let clause = |clause: &OpenClause| {
        let (text, truth) = (clause.text.clone(), clause.holds_if.to_string());
        view! { <div class="faint">"if "<code>{text}</code>" is "{truth}</div> }
    };
    let policy = |open: &OpenPolicy| {
        let clauses = open.clauses.iter().map(clause).collect_view();
        view! { <div><code>{open.policy.clone()}</code>" applies"{clauses}</div> }
    };
    let [before, after] =
        [&residual.before, &residual.after].map(|side| side.iter().map(policy).collect_view());
    Some(
        view! { <tr><th scope="row">"Left open by"</th><td>{before}</td><td>{after}</td></tr> }
            .into_any(),
    )
}

fn side(title: &'static str, explanation: &Explanation) -> Option<AnyView> {
    if explanation.clauses.is_empty() {
        return None;
    }
    let clauses = explanation
        .clauses
        .iter()
        .take(3)
        .map(clause)
        .collect_view();
    let more = explanation.clauses.len().saturating_sub(3);
    Some(
        view! {
            <h2 class="label">{title}</h2>
            {clauses}
            {(more > 0).then(|| view! { <p class="faint">{format!("and {} more", words::number(more as u64))}</p> })}
        }
        .into_any(),
    )
}

fn entities(why: WhyView) -> AnyView {
    if why.entities.is_empty() {
        return view! { <EmptyState picture=Icon::Braces title="No entity was read" text="The decision rests on the request alone."/> }.into_any();
    }
    let cards = why.entities.into_iter().map(entity).collect_view();
    view! {
        <div class="why" data-test="why-entities">
            <p class="dim">{if why.entities_assumed {
                "The log carries no entities for this request. These are the workspace's as they are now, which may differ from what they were then."
            } else {
                "As they were recorded with the request."
            }}</p>
            {cards}
        </div>
    }
    .into_any()
}

fn entity(entity: EntityView) -> AnyView {
    let attributes = entity
        .attributes
        .into_iter()
        .map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> })
        .collect_view();
    let parents = (!entity.parents.is_empty())
        .then(|| view! { <p class="faint">"in "<code>{entity.parents.join(", ")}</code></p> });
    view! {
        <div class="clause">
            <Entity id=entity.id/>
            <dl class="reads">{attributes}</dl>
            {parents}
        </div>
    }
    .into_any()
}
