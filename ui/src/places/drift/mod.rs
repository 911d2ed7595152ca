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
                let base = versions.base.unwrap_or_else(|| "in force".to_owned());
                let head = versions.head.unwrap_or_else(|| "as edited".to_owned());
                format!("{base} → {head}")
            });
        }
        let base = studio.workspace.with(|workspace| {
            workspace
                .as_ref()
                .map(|workspace| workspace.base.clone())
                .unwrap_or_default()
        });
        let drafts = studio.workspace.with(|workspace| {
            workspace.as_ref().map_or(0, |workspace| {
                workspace.files.iter().filter(|file| file.draft).count()
            })
        });
        match drafts {
            0 => format!("Saved policies against {base}"),
            1 => {
                let file = studio.workspace.with(|workspace| {
                    workspace.as_ref().and_then(|workspace| {
                        workspace
                            .files
                            .iter()
                            .find(|file| file.draft)
                            .map(|file| words::file(&file.path).1.to_owned())
                    })
                });
                format!("{}, draft against {base}", file.unwrap_or_default())
            }
            drafts => format!("{drafts} drafts against {base}"),
        }
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
                <h1 data-test="drift-title">{move || if what_ifs.get() { "What if the facts were different?".to_owned() } else { title() }}</h1>
                <span class="push row">
                    {move || if what_ifs.get() {
                        act(studio, "run-what-ifs", Kind::Primary, "Run all")
                    } else {
                        view! {
                            {move || stale_note(&now.get())}
                            {move || chosen().then(|| view! {
                                <Button label="Back to the edit" picture=Icon::X test="compare-end" on_click=move || studio.compare(None, |_| {})/>
                            })}
                            {act(studio, "compare-versions", Kind::Plain, "Compare…")}
                        }
                        .into_any()
                    }}
                    <Button label="Back to the editor" chord="e" picture=Icon::Pencil on_click=move || {
                        studio.go(Place::Policies);
                        studio.go_to(None);
                    }/>
                </span>
            </div>
            {sheets(studio)}
            <div class="sheet-panel" id="drift-panel" role="tabpanel" aria-label=move || if what_ifs.get() { "What-ifs" } else { "Changes of the edit" }>
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
        let changes = TabLabel::new("changes", "Changes of the edit");
        let changes = match studio
            .drift
            .preview
            .with(|preview| preview.as_ref().map(|it| it.changes))
        {
            Some(count) => changes.with(words::number(count)),
            None => changes,
        };
        let what_ifs = TabLabel::new("what-ifs", "What-ifs");
        let what_ifs = studio.packs.view.with(|view| match view {
            Some(Ok(view)) => {
                let standings = view.packs.iter().map(Standing::of);
                let bad = standings.filter(|it| it.is_bad()).count() + view.broken.len();
                match bad {
                    0 => what_ifs.with(view.packs.len()),
                    bad => TabLabel {
                        bad: true,
                        ..what_ifs.with(format!("{bad} to look at"))
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
        <Tabs name="drift" label="What is asked" tabs=Signal::derive(labels) current on_choose=move |key| studio.packs.front.set(key == "what-ifs")/>
    }
    .into_any()
}

fn stale_note(truth: &Truth) -> Option<AnyView> {
    let Truth::Counts(_, Some(stale)) = truth else {
        return None;
    };
    let words = match stale {
        Stale::Computing => "Replaying the edit…".to_owned(),
        Stale::Broken(_) => {
            "The edit has errors; these changes are of the last text that could be replayed"
                .to_owned()
        }
        Stale::Failed(failure) => words::sentence(&failure.message),
    };
    Some(view! { <span class="warn row" role="status">{icon(Icon::Clock)}<span class="cut">{words}</span></span> }.into_any())
}

fn empty(studio: Studio, truth: &Truth) -> AnyView {
    match truth {
        Truth::NoLog => view! {
            <EmptyState
                picture=Icon::Database
                title="No recorded decisions yet"
                text="Drift replays recorded decisions against your edit and names everyone who gains or loses access, and why. It needs a decision log: import yours, or generate one from the schema and entities."
            >
                {act(studio, "import-log", Kind::Primary, "")}
                <Button label="Generate…" on_click=move || studio.overlay.set(Some(Overlay::GenerateLog))/>
            </EmptyState>
        }
        .into_any(),
        Truth::First(Some(Stale::Failed(failure))) => failed(failure),
        Truth::First(Some(Stale::Broken(_))) => view! {
            <EmptyState picture=Icon::CircleAlert title="Nothing to replay yet" text="The policies do not compile. Correct the problems, and the changes appear here.">
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
                <Tabs name="review" label="Layout of the changes" tabs=Signal::derive(labels) current on_choose=choose/>
                <div class="panel" id="review-panel" role="tabpanel" aria-label=move || current.get()>
                    {move || match review.tab.get() {
                        Tab::Text => diffs::text(studio),
                        Tab::Semantic => diffs::semantic(studio),
                        Tab::Proof => proof::proof(studio),
                        Tab::All | Tab::By(_) => list::list(studio),
                    }}
                </div>
            </div>
            {move || listed.get().then(|| view! {
                <Gutter property="--why" label="Width of the explanation" smallest=300.0 largest=720.0 usual=420.0 right=true/>
                <aside class="card" aria-label="Why" data-test="why">{why::why(studio)}</aside>
            })}
        </div>
    }
    .into_any()
}
