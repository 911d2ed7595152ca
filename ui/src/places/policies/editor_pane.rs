//! The editor with its path, its tools, and notices about the file.

use ipc::{Complete, HoverAt};
use leptos::{html, prelude::*, task::spawn_local};
use model::Code;

use super::stories::stories;
use crate::{
    calls::call,
    components::{Button, Kind, badge, sentence},
    dom, editor,
    icons::{Icon, icon},
    shell::act,
    state::{OpenFile, Place, Studio},
    texts::{policies, shell},
    words,
};

/// The pane without the line below it.
pub fn editor_pane() -> AnyView {
    let studio = Studio::here();
    let host = NodeRef::<html::Div>::new();
    mount(studio, host);
    let none = move || studio.editing.file.with(Option::is_none);
    view! {
        {crumb(studio)}
        {move || notices(studio)}
        {move || none().then(|| stories(studio))}
        <div class="editor-host" node_ref=host data-test="editor" hidden=none></div>
    }
    .into_any()
}

/// Puts the editor into the page: the one that was there before, with its histories, else a new one when its module has arrived.
fn mount(studio: Studio, host: NodeRef<html::Div>) {
    Effect::new(move |_| {
        let Some(host) = host.get() else { return };
        if studio.editing.move_editor(&host) {
            return;
        }
        let calls = editor::Calls::new(
            move |path, text| studio.changed(path, text),
            move |line, column| studio.editing.cursor.set((line, column)),
            move |name| command(studio, &name),
            |place| async { call::<Complete>(place).await.unwrap_or_default() },
            |place| async { call::<HoverAt>(place).await.unwrap_or_default() },
        );
        spawn_local(async move {
            dom::drawn().await;
            let Some(module) = editor::module().await else {
                let hint = format!("{}.", words::sentence(shell::RELOAD_HINT.get()));
                studio.toast(policies::EDITOR_MISSING, hint, true);
                return;
            };
            // Meanwhile another language may have made the pane anew.
            if !studio.editing.move_editor(&host) {
                studio.editing.set_editor(calls.mount(&module, &host));
                studio.show_early();
            }
        });
    });
    // An editor measures itself, which it cannot do while hidden.
    Effect::new(move |_| {
        if studio.place.get() == Place::Policies && studio.editing.file.with(Option::is_some) {
            request_animation_frame(move || studio.editing.with_editor(editor::Editor::shown));
        }
    });
}

fn command(studio: Studio, name: &str) {
    match name {
        "save" => studio.save(),
        "format" => studio.format(),
        "definition" => studio.definition(),
        "no-problem" => studio.say(policies::NO_PROBLEM_HERE),
        // The next thing after the editor, so that Tab and reading order go on from there.
        "leave" => dom::focus("[data-test=truth]"),
        other => {
            if let Some(message) = other.strip_prefix("problem:") {
                studio.say(message);
            }
        }
    }
}

/// INVARIANT: the tools stay the same elements while one types. A button that is made anew between press and release is never
/// clicked.
fn crumb(studio: Studio) -> AnyView {
    let shown = Memo::new(move |_| {
        studio.editing.file.with(|file| {
            let file = file.as_ref()?;
            let marks = (file.draft, file.changed, file.new, file.editable);
            Some((file.path.clone(), marks))
        })
    });
    let open = Memo::new(move |_| shown.with(Option::is_some));
    let tree = move || {
        (!studio.tree.get()).then(|| view! {
            <Button label=policies::SHOW_TREE.get() kind=Kind::Bare picture=Icon::PanelLeft chord="mod+b" on_click=move || studio.tree.set(true)/>
        })
    };
    let inspector = move || {
        (!studio.inspector.get()).then(|| view! {
            <Button label=policies::SHOW_INSPECTOR.get() kind=Kind::Bare picture=Icon::PanelRight chord="mod+j" test="show-inspector" on_click=move || studio.inspector.set(true)/>
        })
    };
    let names = move || {
        let (path, (draft, changed, new, editable)) = shown.get()?;
        let (folder, name) = words::file(&path);
        Some(view! {
            <span class="path"><span class="faint">{folder.replace('/', " / ")}</span><b data-test="open-file">{name.to_owned()}</b></span>
            {draft.then(|| badge("accent", policies::DRAFT))}
            {(!draft && changed).then(|| badge("", if new { policies::NEW } else { policies::CHANGED }))}
            {(!editable).then(|| badge("", policies::READ_ONLY))}
        })
    };
    let policy = move || {
        studio
            .editing
            .policy_at_cursor()
            .map(|policy| view! { <span class="faint cut"><code>{policy.id}</code></span> })
    };
    let bar = move || {
        if !open.get() {
            return view! {
                <div class="crumb">{tree}<span class="path faint">{policies::NO_FILE.get()}</span><span class="tools">{inspector}</span></div>
            }
            .into_any();
        }
        view! {
            <div class="crumb" data-test="crumb">
                {tree}
                {names}
                {policy}
                <span class="tools">
                    {act(studio, "undo", Kind::Bare, "")}
                    {act(studio, "redo", Kind::Bare, "")}
                    {act(studio, "discard", Kind::Ghost, policies::DISCARD.get())}
                    {act(studio, "format", Kind::Ghost, policies::FORMAT.get())}
                    {act(studio, "save", Kind::Plain, policies::SAVE.get())}
                    {inspector}
                </span>
            </div>
        }
        .into_any()
    };
    bar.into_any()
}

fn notices(studio: Studio) -> AnyView {
    let failure = studio.editing.failure.get().map(|failure| {
        view! {
            <div class="notice risk" role="alert" data-test="file-failure">
                <span class="risk">{icon(Icon::CircleAlert)}</span>
                <span class="grow"><b>{sentence(&failure.message)}</b>" "{sentence(&failure.hint)}</span>
                {(failure.code == Code::FileConflict).then(|| act(studio, "discard", Kind::Plain, policies::TAKE_DISK.get()))}
                <Button label=shell::DISMISS.get() kind=Kind::Tiny picture=Icon::X on_click=move || studio.editing.failure.set(None)/>
            </div>
        }
    });
    let conflict = studio
        .editing
        .file
        .with(|file| matches!(file, Some(OpenFile { conflict: true, .. })))
        .then(|| {
            view! {
                <div class="notice warn" role="note">
                    <span class="warn">{icon(Icon::TriangleAlert)}</span>
                    <span class="grow">{policies::CONFLICT.get()}</span>
                    {act(studio, "discard", Kind::Plain, policies::TAKE_DISK.get())}
                </div>
            }
        });
    let recovered = studio.workspace.with(|workspace| {
        workspace
            .as_ref()
            .map(|workspace| workspace.recovered.clone())
            .unwrap_or_default()
    });
    let recovered = (!recovered.is_empty()).then(|| {
        let files = recovered
            .into_iter()
            .map(|path| {
                let opened = path.clone();
                view! { <button type="button" class="linkish mono" on:click=move |_| studio.open_file(&opened, None)>{path}</button> }
            })
            .collect_view();
        view! {
            <div class="notice info" role="note" data-test="recovered">
                {icon(Icon::History)}
                <span class="grow row wrap">{policies::RECOVERED.get()}" "{files}</span>
                <Button
                    label=shell::DISMISS.get()
                    kind=Kind::Tiny
                    picture=Icon::X
                    on_click=move || studio.workspace.update(|workspace| {
                        if let Some(workspace) = workspace {
                            workspace.recovered.clear();
                        }
                    })
                />
            </div>
        }
    });
    let notices = studio.workspace.with(|workspace| {
        workspace
            .as_ref()
            .map(|workspace| workspace.notices.clone())
            .unwrap_or_default()
    });
    let notices = notices
        .into_iter()
        .map(|notice| view! {
            <div class="notice warn" role="note" data-test="workspace-notice">
                <span class="warn">{icon(Icon::TriangleAlert)}</span>
                <span class="grow"><b>{sentence(&notice.message)}</b>" "{sentence(&notice.hint)}</span>
            </div>
        })
        .collect_view();
    view! { {notices}{recovered}{conflict}{failure} }.into_any()
}
