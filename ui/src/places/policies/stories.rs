//! The sample's prepared edits as cards, and what stands in the middle when no file is open.

use leptos::prelude::*;

use crate::{
    components::{EmptyState, prose},
    icons::{Icon, icon},
    state::Studio,
    words,
};

/// The middle of the screen while no file is open.
pub fn stories(studio: Studio) -> AnyView {
    let stories = studio.workspace.with(|workspace| {
        workspace
            .as_ref()
            .map(|workspace| workspace.stories.clone())
            .unwrap_or_default()
    });
    if stories.is_empty() {
        return view! {
            <EmptyState picture=Icon::FileText title="No file open" text="Choose a file from the tree, or press Ctrl K and type part of its name."/>
        }
        .into_any();
    }
    let cards = stories
        .into_iter()
        .enumerate()
        .map(|(at, story)| {
            let (name, file) = (story.name.clone(), story.file.clone());
            view! {
                <button type="button" class="story" data-test=format!("story-{}", story.name) on:click=move |_| studio.apply_story(name.clone(), file.clone())>
                    <span class="step">{format!("Edit {}", at + 1)}</span>
                    <b class="name">{story.title}</b>
                    <p class="dim">{prose(&story.summary)}</p>
                    <p>{prose(&story.expect)}</p>
                    <span class="file">{icon(Icon::FileCode)}<code class="cut">{words::file(&story.file).1.to_owned()}</code></span>
                </button>
            }
        })
        .collect_view();
    let log = studio.workspace.with(|workspace| {
        workspace
            .as_ref()
            .and_then(|workspace| workspace.log.as_ref().map(|log| log.rows))
    });
    let rows = log.map_or_else(
        || "Each card makes an edit as a draft. The recorded decisions it is replayed against are not there yet; see the line below.".to_owned(),
        |rows| format!("Each card makes an edit as a draft. {} recorded decisions are replayed against it, and nothing is saved until you say so.", words::number(rows)),
    );
    view! {
        <div class="stories-wrap" data-test="stories">
            <div class="stories">
                <div class="col">
                    <h1>"What would you like to see?"</h1>
                    <p class="dim">{rows}</p>
                </div>
                <div class="story-cards">{cards}</div>
                <p class="faint">"Or open any file from the tree and make an edit of your own."</p>
            </div>
        </div>
    }
    .into_any()
}
