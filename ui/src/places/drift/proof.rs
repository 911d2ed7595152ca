//! What is proven beyond the log: action by action, which requests can change at all, in which direction, with one of each.

use ipc::Ask;
use leptos::prelude::*;
use model::{Counterexample, EnvironmentProof, Relation};

use crate::{
    components::{Button, EmptyState, Kind, badge, prose, skeleton},
    dom,
    icons::Icon,
    places::failed,
    state::{Candidate, Draft, Place, Studio},
    texts::{drift, shell},
    words,
};

/// The Proof tab.
pub fn proof(studio: Studio) -> AnyView {
    let proven = Memo::new(move |_| studio.drift.proven(studio.editing.revision.get()));
    view! {
        <div class="diffs" data-test="proof" data-help="proof">
            {move || match proven.get() {
                None => skeleton(),
                Some(Err(failure)) => view! { <div class="section">{failed(&failure)}</div> }.into_any(),
                Some(Ok(view)) => {
                    let (headline, _) = words::proof(&view.proof);
                    let solver = view.proof.solver.clone().unwrap_or_else(|| drift::NO_SOLVER.into());
                    let (touched, same): (Vec<_>, Vec<_>) = view
                        .proof
                        .environments
                        .into_iter()
                        .partition(|proof| proof.relation != Relation::Equivalent);
                    let list = if touched.is_empty() {
                        view! {
                            <EmptyState picture=Icon::CircleCheck title=drift::NONE_DECIDED_OTHERWISE.get() text=drift::NONE_DECIDED_OTHERWISE_ABOUT/>
                        }
                        .into_any()
                    } else {
                        touched.into_iter().map(|proof| environment(studio, proof)).collect_view().into_any()
                    };
                    let same = (!same.is_empty()).then(|| drift::KindsTheSame { count: same.len() as u64 }.say());
                    view! {
                        <div class="tools-row">
                            <span class="grow" data-test="proof-headline">{headline}</span>
                            <span class="faint num">{drift::Solver { solver: &solver, milliseconds: view.milliseconds.into() }.say()}</span>
                        </div>
                        {list}
                        {same.map(|same| view! { <p class="section dim">{same}</p> })}
                    }
                    .into_any()
                }
            }}
        </div>
    }
    .into_any()
}

fn environment(studio: Studio, proof: EnvironmentProof) -> AnyView {
    let (word, colour) = words::relation(proof.relation);
    let (_, action) = words::entity(&proof.environment.action);
    let (principal, resource) = (&proof.environment.principal, &proof.environment.resource);
    let kinds = drift::PrincipalOnResource {
        principal,
        resource,
    }
    .say();
    let examples = [("gains", proof.gained), ("loses", proof.lost)]
        .into_iter()
        .filter_map(|(test, example)| Some(counterexample(studio, test, example?)))
        .collect_view();
    let reason = proof
        .reason
        .map(|reason| view! { <p class="dim">{words::sentence(&reason)}</p> });
    view! {
        <section class="section" data-test="proof-environment">
            <div class="row">
                {badge(colour, word)}
                <b class="mono">{action}</b>
                <span class="dim">{kinds}</span>
            </div>
            {examples}
            {reason}
        </section>
    }
    .into_any()
}

/// One request that shows it, invented by the solver and replayed by the engine.
fn counterexample(studio: Studio, test: &'static str, example: Counterexample) -> AnyView {
    let facts = serde_json::json!({ "request": example.request, "entities": example.entities });
    let text = serde_json::to_string_pretty(&facts).unwrap_or_default();
    let copied = text.clone();
    let decided = [
        (drift::IN_FORCE, example.before, &example.before_reasons),
        (drift::AS_EDITED, example.after, &example.after_reasons),
    ]
    .map(|(side, decision, reasons)| {
        let decision = words::decision(Some(decision));
        let policies = &reasons.join(", ");
        let decided = match policies.as_str() {
            "" => drift::DecidedByNone { decision }.say(),
            _ => drift::Decided { decision, policies }.say(),
        };
        view! { <dt>{side.get()}</dt><dd>{prose(&decided)}</dd> }
    });
    // The policy to look at is one that decides and that the edit changes.
    let decisive = studio.drift.preview.with_untracked(|preview| {
        let mut reasons = example.after_reasons.iter().chain(&example.before_reasons);
        let changed = &preview.as_ref()?.policies;
        reasons
            .find_map(|id| changed.iter().find(|change| change.id == *id))
            .map(|change| change.source.clone())
    });
    let asked = Ask {
        request: example.request.clone(),
        entities: Some(example.entities.clone()),
    };
    let candidate = Candidate {
        ask: asked.clone(),
        before: example.before,
        after: example.after,
    };
    view! {
        <div class="clause" data-test=format!("proof-{test}")>
            <p>{words::sentence(&example.sentence)}</p>
            <dl class="reads">{decided}</dl>
            <details>
                <summary>{drift::REQUEST_AND_ENTITIES.get()}</summary>
                <pre class="mono">{text}</pre>
            </details>
            <div class="row wrap">
                <Button label=drift::TRY_REQUEST.get() kind=Kind::Plain picture=Icon::Play test="proof-try" on_click=move || {
                    studio.try_request(Draft::of(&asked.request, asked.entities.clone()));
                }/>
                <Button label=drift::ADD_AS_TEST.get() kind=Kind::Plain picture=Icon::FlaskConical test="proof-add-test" on_click=move || studio.offer_test(candidate.clone())/>
                {decisive.map(|source| view! {
                    <Button label=drift::OPEN_POLICY.get() kind=Kind::Plain picture=Icon::Pencil test="proof-open" on_click=move || {
                        studio.go(Place::Policies);
                        studio.open_file(&source.file, Some(source.clone()));
                    }/>
                })}
                <Button label=drift::COPY_JSON.get() kind=Kind::Plain on_click=move || {
                    dom::copy(&copied);
                    studio.say(shell::COPIED);
                }/>
            </div>
        </div>
    }
    .into_any()
}
