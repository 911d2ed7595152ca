//! The headline: four numbers that are also filters, and what is not known in general.

use leptos::prelude::*;
use model::{ChangeClass, Reach};

use crate::{
    icons::{Icon, icon},
    state::{Studio, Truth},
    words,
};

fn reach(reach: Reach) -> String {
    format!(
        "{}, {}",
        words::count(reach.principals, "principal", "principals"),
        words::count(reach.resources, "resource", "resources")
    )
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
                data-tip=move || if pressed() { "Show all changes" } else { "Show only these" }
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
                let text = format!(
                    "{} where the policies in force do not reproduce what the log recorded: the log is older than they are, or the engine changed",
                    words::count(preview.totals.log_disagrees, "decision", "decisions")
                );
                notes.push(
                    view! {
                        <span>{icon(Icon::TriangleAlert)}{text}</span>
                        <button type="button" class="linkish" on:click=move |_| review.refine(|filter| filter.disagreements_only = !filter.disagreements_only)>
                            {if on { "Show all" } else { "Show those among the changes" }}
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
        <div class="heads" role="group" aria-label="Headline, also filters">
            {card("gained", "Gain access", "gain", &[ChangeClass::Gained], false,
                Signal::derive(move || words::signed('+', totals.get().0.gained)),
                Signal::derive(move || reach(totals.get().1.gained)))}
            {card("lost", "Lose access", "lose", &[ChangeClass::Lost], false,
                Signal::derive(move || words::signed('−', totals.get().0.lost)),
                Signal::derive(move || reach(totals.get().1.lost)))}
            {card("open", "Undeterminable", "maybe", OPEN, false,
                Signal::derive(move || words::number(words::open_rows(&totals.get().0))),
                Signal::derive(move || {
                    let totals = totals.get().0;
                    match (totals.maybe_gained, totals.maybe_lost) {
                        (0, 0) if totals.undeterminable == 0 => "every outcome is known".to_owned(),
                        (0, 0) => "the log lacks what they depend on".to_owned(),
                        (gained, lost) => format!("{} may gain, {} may lose", words::number(gained), words::number(lost)),
                    }
                }))}
            {card("errors", "Evaluation errors", "risk", &[], true,
                Signal::derive(move || words::number(totals.get().0.error_changed)),
                Signal::derive(move || if totals.get().0.error_changed == 0 { "none appeared or vanished".to_owned() } else { "appeared or vanished; a forbid that errs is skipped".to_owned() }))}
        </div>
        <div class="strip">{notes}</div>
    }
    .into_any()
}
