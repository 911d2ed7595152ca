//! The inspector's Drift page: the riskiest groups of changes in sentences, each leading to the review.

use ipc::{StoryView, TopGroup};
use leptos::prelude::*;

use crate::{
    components::{Button, EmptyState, Kind, badge, prose, sentence, skeleton},
    icons::Icon,
    places::failed,
    state::{Stale, Studio, Truth},
    texts::{policies, shell},
    words,
};

/// The page.
pub fn drift_page() -> AnyView {
    let studio = Studio::here();
    let now = Memo::new(move |_| studio.truth());
    view! {
        {move || story_note(studio)}
        {move || match now.get() {
            Truth::NoLog if studio.job.with(Option::is_some) => skeleton(),
            Truth::NoLog => view! {
                <EmptyState
                    picture=Icon::Database
                    title=policies::NO_LOG.get()
                    text=policies::NO_LOG_ABOUT
                />
            }.into_any(),
            Truth::First(Some(Stale::Failed(failure))) => view! { <div class="section">{failed(&failure)}</div> }.into_any(),
            Truth::First(Some(Stale::Broken(_))) => view! {
                <EmptyState picture=Icon::CircleAlert title=policies::NOTHING_TO_REPLAY.get() text=policies::NOTHING_TO_REPLAY_ABOUT/>
            }.into_any(),
            Truth::First(_) => skeleton(),
            // Older counts are dimmed, but an older "nobody" would read as a claim about this text.
            Truth::Counts(preview, Some(Stale::Computing)) if preview.top.is_empty() => skeleton(),
            Truth::Counts(preview, Some(_)) if preview.top.is_empty() => view! {
                <EmptyState picture=Icon::CircleAlert title=policies::NOT_REPLAYED.get() text=policies::NOT_REPLAYED_ABOUT/>
            }.into_any(),
            Truth::Counts(preview, _) if preview.top.is_empty() => view! {
                <EmptyState
                    picture=Icon::CircleCheck
                    title=policies::NOBODY.get()
                    text=if preview.policies.is_empty() {
                        policies::NobodySame { base: &preview.base, rows: preview.totals.rows }.say()
                    } else {
                        policies::NobodyDiffer { policies: preview.policies.len() as u64, rows: preview.totals.rows }.say()
                    }
                />
            }.into_any(),
            Truth::Counts(preview, stale) => view! {
                <div class:stale=stale.is_some()>
                    {preview.top.iter().cloned().map(|group| top(studio, group)).collect_view()}
                    {preview.notes.iter().cloned().map(|note| view! { <p class="item faint">{note}</p> }).collect_view()}
                    <div class="section"><Button
                        label=policies::Review { changes: preview.changes }.say()
                        chord="g d"
                        on_click=move || studio.show_changes()
                    /></div>
                </div>
            }.into_any(),
        }}
    }
    .into_any()
}

fn top(studio: Studio, group: TopGroup) -> AnyView {
    let (sign, _, colour) = words::class(group.class);
    let (level, tone) = words::risk(group.risk.level);
    let (principals, resources) = (group.principals, group.resources);
    let reach = policies::Reach {
        principals,
        resources,
    }
    .say();
    let change = group.change;
    let cause = group.cause.map(|(policy, source)| {
        let line = source.line.to_string();
        view! {
            <span class="foot">
                <button
                    type="button"
                    class="linkish"
                    on:click=move |event| {
                        event.stop_propagation();
                        studio.open_file(&source.file.clone(), Some(source.clone()));
                    }
                >
                    <code>{policy}</code>
                </button>
                <span>{policies::Line { line: &line }.say()}</span>
            </span>
        }
    });
    view! {
        <div class="item live" data-test="top-group">
            <button type="button" class="whole" on:click=move |_| studio.open_change(change)>
                <span class="title">
                    {badge(colour, format!("{sign} {}", words::number(group.rows)))}
                    <b>{group.title}</b>
                    {badge(tone, level)}
                </span>
                <span class="text">{reach}" "{sentence(&group.risk.why)}</span>
            </button>
            {cause}
        </div>
    }
    .into_any()
}

/// The prepared edit that is being looked at.
fn story_note(studio: Studio) -> Option<AnyView> {
    let name = studio.editing.story.get()?;
    let story = studio.workspace.with(|workspace| {
        workspace
            .as_ref()?
            .stories
            .iter()
            .find(|story| story.name == name)
            .cloned()
    })?;
    let StoryView {
        title,
        summary,
        expect,
        ..
    } = story;
    let others = studio.workspace.with(|workspace| {
        workspace
            .as_ref()
            .map(|workspace| workspace.stories.clone())
            .unwrap_or_default()
    });
    let next = {
        let at = others.iter().position(|story| story.name == name)?;
        others.get((at + 1) % others.len()).cloned()
    };
    Some(
        view! {
            <div class="story-note" data-test="story-note">
                <span class="row"><span class="step grow">{policies::STORY_MEANT.get()}</span>
                    <Button label=shell::CLOSE.get() kind=Kind::Tiny picture=Icon::X on_click=move || studio.editing.story.set(None)/>
                </span>
                <b>{title}</b>
                <p class="dim">{prose(&summary)}</p>
                <p>{prose(&expect)}</p>
                {next.filter(|next| next.name != name).map(|next| {
                    let (name, file) = (next.name.clone(), next.file.clone());
                    view! {
                        <button type="button" class="linkish" on:click=move |_| studio.next_story(name.clone(), file.clone())>
                            {policies::StoryNext { title: &next.title }.say()}
                        </button>
                    }
                })}
            </div>
        }
        .into_any(),
    )
}
