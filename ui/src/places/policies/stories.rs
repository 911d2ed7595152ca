//! The sample's prepared edits as cards, and what stands in the middle when no file is open.

use leptos::prelude::*;

use crate::{
    components::{EmptyState, prose},
    icons::{Icon, icon},
    state::Studio,
    texts::policies,
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
            <EmptyState picture=Icon::FileText title=policies::NO_FILE.get() text=policies::NO_FILE_ABOUT/>
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
                    <span class="step">{policies::Story { number: at as u64 + 1 }.say()}</span>
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
        || policies::STORIES_ABOUT_NO_LOG.into(),
        |rows| policies::StoriesAbout { rows }.say(),
    );
    view! {
        <div class="stories-wrap" data-test="stories">
            <div class="stories">
                <div class="col">
                    <h1>{policies::STORIES_TITLE.get()}</h1>
                    <p class="dim">{rows}</p>
                </div>
                <div class="story-cards">{cards}</div>
                <p class="faint">{policies::STORIES_OR.get()}</p>
            </div>
        </div>
    }
    .into_any()
}
