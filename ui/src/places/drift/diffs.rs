//! The edit itself: as text, file by file, and as meaning, policy by policy.

use ipc::FileDiff;
use leptos::{html, prelude::*, task::spawn_local};
use model::{PolicyChange, PolicyChangeKind};

use crate::{
    components::{Button, CodeView, EmptyState, Kind, badge, skeleton},
    dom, editor,
    icons::{Icon, icon},
    places::failed,
    state::{Room, Studio},
    texts::drift,
};

/// The Text tab.
pub fn text(studio: Studio) -> AnyView {
    let beside = RwSignal::new(dom::recall("diff").as_deref() != Some("inline"));
    let set = move |on: bool| {
        beside.set(on);
        dom::remember("diff", if on { "beside" } else { "inline" });
    };
    view! {
        {move || match studio.review.text.get() {
            None => skeleton(),
            Some(Err(failure)) => view! { <div class="section">{failed(&failure)}</div> }.into_any(),
            Some(Ok(files)) if files.is_empty() => view! {
                <EmptyState picture=Icon::FileText title=drift::SAME_TEXT.get() text=drift::SAME_TEXT_ABOUT/>
            }.into_any(),
            Some(Ok(files)) => view! {
                <div class="tools-row">
                    <span class="dim grow">{drift::FilesDiffer { count: files.len() as u64 }.say()}</span>
                    <Button label=drift::SIDE_BY_SIDE.get() kind=Kind::Bare picture=Icon::Columns2 pressed=MaybeProp::derive(move || Some(beside.get())) on_click=move || set(true)/>
                    <Button label=drift::ONE_COLUMN.get() kind=Kind::Bare picture=Icon::Rows2 pressed=MaybeProp::derive(move || Some(!beside.get())) on_click=move || set(false)/>
                </div>
                <div class="diffs" data-test="text-diff">{files.into_iter().map(|file| file_diff(studio, file, beside)).collect_view()}</div>
            }.into_any(),
        }}
    }
    .into_any()
}

fn file_diff(studio: Studio, file: FileDiff, beside: RwSignal<bool>) -> AnyView {
    let host = NodeRef::<html::Div>::new();
    let shown = StoredValue::new_local(None::<editor::Diff>);
    let path = file.path.clone();
    Effect::new(move |_| {
        let (Some(host), beside) = (
            host.get(),
            beside.get() && studio.room.get() != Room::Narrow,
        ) else {
            return;
        };
        let file = file.clone();
        spawn_local(async move {
            let Some(module) = editor::module().await else {
                return;
            };
            if let Some(old) = shown.try_update_value(Option::take).flatten() {
                old.destroy();
            }
            let diff = module.diff(&host, &file.path, &file.before, &file.after, beside);
            if shown
                .try_update_value(|shown| *shown = Some(diff.clone()))
                .is_none()
            {
                diff.destroy();
            }
        });
    });
    on_cleanup(move || {
        if let Some(diff) = shown.try_update_value(Option::take).flatten() {
            diff.destroy();
        }
    });
    let opened = path.clone();
    view! {
        <div class="diff-file">
            <header>
                {icon(Icon::FileCode)}
                <b class="cut mono">{path}</b>
                <span class="push"><Button label=drift::OPEN_IN_EDITOR.get() kind=Kind::Ghost on_click=move || studio.open_file(&opened, None)/></span>
            </header>
            <div node_ref=host></div>
        </div>
    }
    .into_any()
}

/// The Semantic tab.
pub fn semantic(studio: Studio) -> AnyView {
    let policies = Memo::new(move |_| {
        studio.drift.preview.with(|preview| {
            preview
                .as_ref()
                .map(|preview| preview.policies.clone())
                .unwrap_or_default()
        })
    });
    view! {
        <div class="diffs" data-test="semantic-diff">
            {move || {
                let policies = policies.get();
                if policies.is_empty() {
                    return view! {
                        <EmptyState picture=Icon::CircleCheck title=drift::SAME_MEANING.get() text=drift::SAME_MEANING_ABOUT/>
                    }
                    .into_any();
                }
                policies.into_iter().map(|policy| policy_change(studio, policy)).collect_view().into_any()
            }}
        </div>
    }
    .into_any()
}

fn policy_change(studio: Studio, policy: PolicyChange) -> AnyView {
    let (word, colour) = match policy.kind {
        PolicyChangeKind::Added => (drift::ADDED, "gain"),
        PolicyChangeKind::Removed => (drift::REMOVED, "lose"),
        PolicyChangeKind::Changed => (drift::CHANGED, "accent"),
        PolicyChangeKind::Moved => (drift::MOVED, "maybe"),
    };
    let parts = policy.parts.join(", ");
    let was = policy.old_id.map(|id| drift::Was { id: &id }.say());
    let source = policy.source;
    let place = format!("{}:{}", source.file, source.line);
    let both = !policy.before.is_empty()
        && !policy.after.is_empty()
        && policy.kind != PolicyChangeKind::Moved;
    let half = |title: &'static str, text: String, tone: &'static str| {
        (!text.is_empty())
            .then(|| view! { <div><h2 class="label">{title}</h2><CodeView text tone/></div> })
    };
    let (before, after) = if policy.kind == PolicyChangeKind::Moved {
        (String::new(), policy.after)
    } else {
        (policy.before, policy.after)
    };
    view! {
        <div class="section">
            <div class="row wrap">
                {badge(colour, word)}
                <b class="mono">{policy.id}</b>
                <span class="dim">{parts}</span>
                <span class="faint">{was}</span>
                <button type="button" class="linkish mono push" on:click=move |_| studio.open_file(&source.file.clone(), Some(source.clone()))>{place}</button>
            </div>
            <div class="semantic" class:one=!both>
                {half(drift::IN_FORCE.get(), before, "lose")}
                {half(drift::EDITED.get(), after, "gain")}
            </div>
        </div>
    }
    .into_any()
}
