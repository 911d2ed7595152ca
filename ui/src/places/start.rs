//! The first screen when no workspace is open: a folder, the sample, or one opened before.

use leptos::prelude::*;

use super::failed;
use crate::{
    actions::action,
    components::keys,
    icons::{Icon, icon, icon_with},
    state::Studio,
    words,
};

/// The start screen.
pub fn start() -> AnyView {
    let studio = Studio::here();
    let perform = move |id: &'static str| {
        if let Some(action) = action(id) {
            action.perform(studio);
        }
    };
    let busy = move || {
        studio
            .opening
            .get()
            .map(|what| view! { <p class="dim" role="status">{format!("Opening {what}…")}</p> })
    };
    let recent = move || {
        let recent = studio.recent.get();
        (!recent.is_empty()).then(|| {
            let rows = recent.into_iter().take(6).map(|recent| recent_row(studio, recent)).collect_view();
            view! { <section class="col"><h2 class="label">"Recent"</h2><div class="card">{rows}</div></section> }
        })
    };
    view! {
        <div class="start" data-test="start">
            <div class="start-inner">
                <div class="start-head">
                    {icon_with(Icon::Mark, "icon")}
                    <div>
                        <h1>"See whose access an edit changes"</h1>
                        <p class="dim">"Open a folder of policies, edit, and watch every recorded decision replayed against your edit. Nothing leaves this machine."</p>
                    </div>
                </div>
                {move || studio.trouble.get().map(|failure| failed(&failure))}
                <div class="start-ways">
                    <button type="button" class="way" data-test="open-sample" on:click=move |_| perform("open-sample")>
                        {icon(Icon::Building2)}
                        <b>"Open the sample workspace"</b>
                        <span class="dim">"An organisation with documents, teams, regions and on-call, and three edits whose effect is worth seeing. You get your own copy."</span>
                    </button>
                    <button type="button" class="way" data-test="open-folder" on:click=move |_| perform("open-folder")>
                        {icon(Icon::FolderOpen)}
                        <span class="row"><b>"Open a folder"</b>{keys("mod+o")}</span>
                        <span class="dim">"A workspace, or any folder with .cedar policies, a schema and entities. Files stay where they are; drafts are kept beside them."</span>
                    </button>
                    <button type="button" class="way" data-test="start-verify" on:click=move |_| perform("verify-bundle")>
                        {icon(Icon::ShieldCheck)}
                        <b>"Verify a bundle"</b>
                        <span class="dim">"Check signed evidence with your own trust file. Needs no workspace: choose a .tfb file, or drop one anywhere on the window."</span>
                    </button>
                </div>
                {busy}
                {recent}
            </div>
        </div>
    }
    .into_any()
}

fn recent_row(studio: Studio, recent: ipc::Recent) -> AnyView {
    let path = recent.path.clone();
    let when = if recent.exists {
        words::date(&recent.opened_at)
    } else {
        "the folder is gone".into()
    };
    view! {
        <button
            type="button"
            class="recent-item"
            data-test="recent"
            aria-disabled=(!recent.exists).then_some("true")
            on:click=move |_| {
                if recent.exists {
                    studio.open(path.clone());
                }
            }
        >
            {icon(Icon::Folder)}
            <b>{recent.name}</b>
            <span class="faint cut grow">{recent.path}</span>
            <span class="faint">{when}</span>
        </button>
    }
    .into_any()
}
