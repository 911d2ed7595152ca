//! The headline: four numbers that are also filters, and what is not known in general.

use leptos::prelude::*;
use model::{ChangeClass, Reach};

use crate::{
    icons::{Icon, icon},
    state::{Studio, Truth},
    texts::drift,
    words,
};

fn reach(reach: Reach) -> String {
    let (principals, resources) = (reach.principals, reach.resources);
    drift::Reach {
        principals,
        resources,
    }
    .say()
}

/// The cards and the notes below them.
pub fn heads(studio: Studio) -> AnyView {
    let review = studio.review;
    let stale = Memo::new(move |_| matches!(studio.truth(), Truth::Counts(_, Some(_))));
    let totals = Memo::new(move |_| {
        studio
            .drift
            .preview
            .with(|preview| {
                preview
                    .as_ref()
                    .map(|preview| (preview.totals, preview.headline))
            })
            .unwrap_or_default()
    });
    const OPEN: &[ChangeClass] = &[
        ChangeClass::MaybeGained,
        ChangeClass::MaybeLost,
        ChangeClass::Undeterminable,
    ];
    let card = move |name: &'static str,
                     label: &'static str,
                     colour: &'static str,
                     classes: &'static [ChangeClass],
                     errors: bool,
                     number: Signal<String>,
                     note: Signal<String>| {
        let pressed = move || {
            review.filter.with(|filter| {
                (filter.classes == classes && !classes.is_empty()) || (errors && filter.errors_only)
            })
        };
        view! {
            <button
                type="button"
                class=move || if number.with(|number| number == "0") { "head".to_owned() } else { format!("head {colour}") }
                class:stale=stale
                data-test=format!("head-{name}")
                aria-pressed=move || if pressed() { "true" } else { "false" }
                data-tip=move || if pressed() { drift::SHOW_ALL_CHANGES.get() } else { drift::SHOW_ONLY_THESE.get() }
                on:click=move |_| review.only(classes, errors)
            >
                <span>{label}</span>
                <b>{number}</b>
                <small>{note}</small>
            </button>
        }
    };
    let notes = move || {
        studio.drift.preview.with(|preview| {
            let preview = preview.as_ref()?;
            let mut notes: Vec<AnyView> = Vec::new();
            if preview.totals.log_disagrees > 0 {
                let on = review.filter.with(|filter| filter.disagreements_only);
                let text = drift::Disagrees { count: preview.totals.log_disagrees }.say();
                notes.push(
                    view! {
                        <span>{icon(Icon::TriangleAlert)}{text}</span>
                        <button type="button" class="linkish" on:click=move |_| review.refine(|filter| filter.disagreements_only = !filter.disagreements_only)>
                            {if on { drift::SHOW_ALL.get() } else { drift::SHOW_DISAGREEING.get() }}
                        </button>
                    }
                    .into_any(),
                );
            }
            notes.extend(preview.notes.iter().cloned().map(|note| view! { <span>{icon(Icon::Info)}{note}</span> }.into_any()));
            Some(notes.collect_view())
        })
    };
    view! {
        <div class="heads" role="group" aria-label=drift::HEADLINE.get()>
            {card("gained", drift::GAIN_ACCESS.get(), "gain", &[ChangeClass::Gained], false,
                Signal::derive(move || words::signed('+', totals.get().0.gained)),
                Signal::derive(move || reach(totals.get().1.gained)))}
            {card("lost", drift::LOSE_ACCESS.get(), "lose", &[ChangeClass::Lost], false,
                Signal::derive(move || words::signed('−', totals.get().0.lost)),
                Signal::derive(move || reach(totals.get().1.lost)))}
            {card("open", drift::UNDETERMINABLE.get(), "maybe", OPEN, false,
                Signal::derive(move || words::number(words::open_rows(&totals.get().0))),
                Signal::derive(move || {
                    let totals = totals.get().0;
                    match (totals.maybe_gained, totals.maybe_lost) {
                        (0, 0) if totals.undeterminable == 0 => drift::ALL_KNOWN.into(),
                        (0, 0) => drift::LOG_LACKS.into(),
                        (gained, lost) => drift::MayChange { gained, lost }.say(),
                    }
                }))}
            {card("errors", drift::ERRORS.get(), "risk", &[], true,
                Signal::derive(move || words::number(totals.get().0.error_changed)),
                Signal::derive(move || if totals.get().0.error_changed == 0 { drift::NO_ERRORS.into() } else { drift::ERRORS_ABOUT.into() }))}
        </div>
        <div class="strip">{notes}</div>
    }
    .into_any()
}
