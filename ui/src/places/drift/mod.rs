//! Drift: the review of what an edit changes. Headline, list (windowed, fetched in pages), and why.

mod diffs;
mod heads;
mod list;
mod packs;
mod proof;
mod why;

use leptos::prelude::*;

use crate::{
    components::{Button, EmptyState, Gutter, Kind, TabLabel, Tabs, skeleton},
    icons::{Icon, icon},
    places::failed,
    shell::act,
    state::{Overlay, Place, Stale, Standing, Studio, Tab, Truth},
    texts::drift,
    words,
};

/// The screen.
pub fn drift() -> AnyView {
    let studio = Studio::here();
    let review = studio.review;
    // Asked again when the tab or the filter changes; a new preview asks by itself.
    Effect::new(move |_| {
        review.tab.track();
        review.filter.track();
        untrack(move || studio.review_again());
    });
    // The line under the editor speaks of the edit, so other versions are compared only while one is here.
    on_cleanup(move || {
        if studio.drift.versions.get_untracked().is_some() {
            studio.compare(None, |_| {});
        }
    });
    let chosen = move || studio.drift.versions.with(Option::is_some);
    let title = move || {
        if chosen() {
            return studio.drift.versions.with(|versions| {
                let versions = versions.clone().unwrap_or_default();
                let base = &versions.base.unwrap_or(drift::BASE_IN_FORCE.into());
                let head = &versions.head.unwrap_or(drift::HEAD_AS_EDITED.into());
                drift::Versions { base, head }.say()
            });
        }
        studio.workspace.with(|workspace| {
            let workspace = workspace.as_ref();
            let files = workspace.into_iter().flat_map(|workspace| &workspace.files);
            let mut drafts = files.filter(|file| file.draft).peekable();
            let first = drafts.peek();
            drift::Title {
                file: first.map_or("", |file| words::file(&file.path).1),
                drafts: drafts.count() as u64,
                base: workspace.map_or("", |workspace| &workspace.base),
            }
            .say()
        })
    };
    let now = Memo::new(move |_| studio.truth());
    let ready = Memo::new(move |_| now.with(|now| matches!(now, Truth::Counts(..))));
    let what_ifs = Memo::new(move |_| studio.packs.front.get());
    // A list that could not be read may be readable now.
    if studio
        .packs
        .view
        .with_untracked(|view| !matches!(view, Some(Ok(_))))
    {
        studio.list_packs();
    }
    view! {
        <div class="page" data-test="drift">
            <div class="page-head">
                <h1 data-test="drift-title">{move || if what_ifs.get() { drift::TITLE_WHAT_IFS.into() } else { title() }}</h1>
                <span class="push row">
                    {move || if what_ifs.get() {
                        act(studio, "run-what-ifs", Kind::Primary, drift::RUN_ALL.get())
                    } else {
                        view! {
                            {move || stale_note(&now.get())}
                            {move || chosen().then(|| view! {
                                <Button label=drift::BACK_TO_EDIT.get() picture=Icon::X test="compare-end" on_click=move || studio.compare(None, |_| {})/>
                            })}
                            {act(studio, "compare-versions", Kind::Plain, drift::COMPARE.get())}
                        }
                        .into_any()
                    }}
                    <Button label=drift::BACK_TO_EDITOR.get() chord="e" picture=Icon::Pencil on_click=move || {
                        studio.go(Place::Policies);
                        studio.go_to(None);
                    }/>
                </span>
            </div>
            {sheets(studio)}
            <div class="sheet-panel" id="drift-panel" role="tabpanel" aria-label=move || if what_ifs.get() { drift::WHAT_IFS.get() } else { drift::CHANGES.get() }>
                {move || match what_ifs.get() {
                    true => packs::packs(studio),
                    false => view! { {move || if ready.get() { body(studio) } else { empty(studio, &now.get()) }} }.into_any(),
                }}
            </div>
        </div>
    }
    .into_any()
}

/// The two questions of the place: what if the rules were others, what if the facts were.
fn sheets(studio: Studio) -> AnyView {
    let labels = move || {
        let changes = TabLabel::new("changes", drift::CHANGES);
        let changes = match studio
            .drift
            .preview
            .with(|preview| preview.as_ref().map(|it| it.changes))
        {
            Some(count) => changes.with(words::number(count)),
            None => changes,
        };
        let what_ifs = TabLabel::new("what-ifs", drift::WHAT_IFS);
        let what_ifs = studio.packs.view.with(|view| match view {
            Some(Ok(view)) => {
                let standings = view.packs.iter().map(Standing::of);
                let bad = standings.filter(|it| it.is_bad()).count() + view.broken.len();
                match bad {
                    0 => what_ifs.with(view.packs.len()),
                    bad => TabLabel {
                        bad: true,
                        ..what_ifs.with(drift::ToLookAt { count: bad as u64 }.say())
                    },
                }
            }
            _ => what_ifs,
        });
        vec![changes, what_ifs]
    };
    let current = Signal::derive(move || {
        if studio.packs.front.get() {
            "what-ifs"
        } else {
            "changes"
        }
    });
    view! {
        <Tabs name="drift" label=drift::SHEETS.get() tabs=Signal::derive(labels) current on_choose=move |key| studio.packs.front.set(key == "what-ifs")/>
    }
    .into_any()
}

fn stale_note(truth: &Truth) -> Option<AnyView> {
    let Truth::Counts(_, Some(stale)) = truth else {
        return None;
    };
    let words = match stale {
        Stale::Computing => drift::COMPUTING.into(),
        Stale::Broken(_) => drift::BROKEN.into(),
        Stale::Failed(failure) => words::sentence(&failure.message),
    };
    Some(view! { <span class="warn row" role="status">{icon(Icon::Clock)}<span class="cut">{words}</span></span> }.into_any())
}

fn empty(studio: Studio, truth: &Truth) -> AnyView {
    match truth {
        Truth::NoLog => view! {
            <EmptyState
                picture=Icon::Database
                title=drift::NO_LOG.get()
                text=drift::NO_LOG_ABOUT
            >
                {act(studio, "import-log", Kind::Primary, "")}
                <Button label=drift::GENERATE.get() on_click=move || studio.overlay.set(Some(Overlay::GenerateLog))/>
            </EmptyState>
        }
        .into_any(),
        Truth::First(Some(Stale::Failed(failure))) => failed(failure),
        Truth::First(Some(Stale::Broken(_))) => view! {
            <EmptyState picture=Icon::CircleAlert title=drift::NO_REPLAY.get() text=drift::NO_REPLAY_ABOUT>
                {act(studio, "show-problems", Kind::Primary, "")}
            </EmptyState>
        }
        .into_any(),
        _ => skeleton(),
    }
}

fn body(studio: Studio) -> AnyView {
    let review = studio.review;
    let current = Signal::derive(move || {
        Tab::ALL
            .iter()
            .find(|(tab, ..)| *tab == review.tab.get())
            .map_or("all", |(_, key, _)| *key)
    });
    let labels = move || {
        Tab::ALL
            .iter()
            .map(|(tab, key, text)| {
                let label = TabLabel::new(key, *text);
                match tab {
                    Tab::All => label.with(studio.drift.preview.with(|preview| {
                        words::number(preview.as_ref().map_or(0, |preview| preview.changes))
                    })),
                    Tab::Semantic => label.with(studio.drift.preview.with(|preview| {
                        preview.as_ref().map_or(0, |preview| preview.policies.len())
                    })),
                    _ => label,
                }
            })
            .collect()
    };
    let choose = move |key: &'static str| {
        if let Some((tab, ..)) = Tab::ALL.iter().find(|(_, name, _)| *name == key) {
            review.row.set(None);
            review.tab.set(*tab);
        }
    };
    let listed =
        Memo::new(move |_| !matches!(review.tab.get(), Tab::Text | Tab::Semantic | Tab::Proof));
    view! {
        {heads::heads(studio)}
        <div class="review" class:single=move || !listed.get()>
            <div class="card">
                <Tabs name="review" label=drift::LAYOUT.get() tabs=Signal::derive(labels) current on_choose=choose/>
                <div class="panel" id="review-panel" role="tabpanel" aria-labelledby=move || format!("review-tab-{}", current.get())>
                    {move || match review.tab.get() {
                        Tab::Text => diffs::text(studio),
                        Tab::Semantic => diffs::semantic(studio),
                        Tab::Proof => proof::proof(studio),
                        Tab::All | Tab::By(_) => list::list(studio),
                    }}
                </div>
            </div>
            {move || listed.get().then(|| view! {
                <Gutter property="--why" label=drift::WHY_WIDTH.get() smallest=300.0 largest=720.0 usual=420.0 right=true/>
                <aside class="card" aria-label=drift::WHY.get() data-test="why">{why::why(studio)}</aside>
            })}
        </div>
    }
    .into_any()
}
