//! The root: state, keyboard, address, and which screen is shown.

use std::time::Duration;

use leptos::{ev, leptos_dom::helpers::TimeoutHandle, mount::mount_to, prelude::*};
use web_sys::KeyboardEvent;

use crate::{
    actions::{ACTIONS, Action},
    calls,
    components::{CommandPalette, Toasts, TooltipLayer, live, nothing},
    dom,
    keys::{self, Step},
    places,
    shell::{Overlays, Rail, StatusBar, TopBar, guide},
    state::{Place, Room, Studio, dress},
    texts,
};

/// Begins: the state, which lives as long as the page, and the views, which each language makes anew. The editor outlives them, too.
pub fn begin(language: String) {
    let studio = Studio::new(language);
    provide_context(studio);
    listen_to_keys(studio);
    listen_to_window(studio);
    calls::listen(move |event| studio.hear(event));
    tell_of_long_work(studio);
    studio.start();
    studio.follow_guide();
    Effect::new(move |_| dress(studio.settings.get()));

    let (owner, mut shown) = (Owner::current(), None);
    Effect::new(move |_| {
        studio
            .language
            .with(|tag| dom::mark_root("lang", Some(tag)));
        // What goes must be off the page before what comes is on it: ids are there once.
        drop(shown.take());
        let body = dom::document().and_then(|page| page.body());
        if let (Some(owner), Some(body)) = (&owner, body) {
            shown = Some(owner.with(|| untrack(|| mount_to(body, move || views(studio)))));
        }
    });
}

/// The whole window.
fn views(studio: Studio) -> impl IntoView {
    let open = studio.root();
    view! {
        <div class="shell" data-test="shell" data-place=move || studio.place.get().slug()>
            <a class="btn skip" href="#stage" on:click=move |event| {
                event.prevent_default();
                dom::focus("#stage");
            }>{texts::shell::SKIP.get()}</a>
            <TopBar/>
            <Rail/>
            <main class="stage" id="stage" tabindex="-1">
                {live(move || match studio.started.get() && open.get().is_none() && needs_workspace(studio.place.get()) {
                    true => places::start(),
                    false => nothing(),
                })}
                // Built once per workspace and then only hidden: the editor keeps its histories, and coming back is instant.
                {live(move || match open.get() {
                    Some(_) => view! { <places::Policies/> }.into_any(),
                    None => nothing(),
                })}
                {live(move || match studio.place.get() {
                    Place::Policies => nothing(),
                    Place::Settings => places::settings(),
                    #[cfg(feature = "gallery")]
                    Place::Gallery => places::gallery(),
                    Place::Evidence => places::evidence(),
                    _ if open.get().is_none() => nothing(),
                    Place::Drift => places::drift(),
                    Place::Releases => places::releases(),
                    Place::Narratives => places::narratives(),
                })}
            </main>
            {guide(studio)}
            <StatusBar/>
            <Toasts/>
        </div>
        <Overlays/>
        <CommandPalette/>
        <TooltipLayer/>
        {places::drop_target(studio)}
        <div class="unseen" role="status" aria-live="polite" data-test="said">{move || studio.said.get()}</div>
    }
}

fn needs_workspace(place: Place) -> bool {
    !matches!(place.slug(), "evidence" | "settings" | "gallery")
}

/// How long a first key waits for its second.
const PAUSE: Duration = Duration::from_millis(1200);

fn listen_to_keys(studio: Studio) {
    let before = StoredValue::new(String::new());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let pressed = move |event: KeyboardEvent| {
        if event.default_prevented()
            || event.is_composing()
            || matches!(event.key().as_str(), "Shift" | "Control" | "Alt" | "Meta")
        {
            return;
        }
        let key = keys::name(&event);
        let command = key.starts_with("mod+") || key.contains("alt+") || is_function_key(&key);
        // Dialogs and text fields keep plain keys to themselves.
        if !command && (keys::typing(&event) || studio.overlay.get_untracked().is_some()) {
            return;
        }
        let typed = before.try_update_value(std::mem::take).unwrap_or_default();
        let known = ACTIONS
            .iter()
            .filter(|action| !action.chord.is_empty())
            .map(|action| (action.chord, action));
        match keys::follow(&typed, &key, known) {
            Step::Do(action) => {
                // The field keeps its own undo.
                if matches!(action.id, "undo" | "redo") && keys::typing(&event) {
                    return;
                }
                event.prevent_default();
                Action::perform(action, studio);
            }
            Step::Wait => {
                before.set_value(key);
                if let Some(timer) = timer.try_update_value(Option::take).flatten() {
                    timer.clear();
                }
                timer.set_value(
                    set_timeout_with_handle(move || before.set_value(String::new()), PAUSE).ok(),
                );
            }
            Step::None => {}
        }
    };
    // The listener lives as long as the page.
    let _ = window_event_listener(ev::keydown, pressed);
}

fn is_function_key(key: &str) -> bool {
    key.trim_start_matches("shift+")
        .strip_prefix('f')
        .is_some_and(|rest| rest.parse::<u8>().is_ok())
}

/// Work that took longer than this, in milliseconds, is told of when nobody looks.
const LONG: f64 = 10_000.0;

/// Tells who is elsewhere that long work ended.
fn tell_of_long_work(studio: Studio) {
    let begun = StoredValue::new(None::<(f64, String)>);
    Effect::new(move |_| {
        let job = studio
            .job
            .with(|job| job.as_ref().map(|job| job.title.clone()));
        match (job, begun.get_value()) {
            (Some(title), None) => begun.set_value(Some((dom::now(), title))),
            (None, Some((at, job))) => {
                begun.set_value(None);
                let quiet = studio.settings.with_untracked(|settings| settings.quiet);
                if !quiet && dom::now() - at > LONG && !dom::is_looked_at() {
                    let name = texts::shell::JobDone { job: &job }.say();
                    calls::tell::<ipc::Notify>(ipc::Name { name });
                }
            }
            _ => {}
        }
    });
}

fn listen_to_window(studio: Studio) {
    let follow_hash = move || {
        if let Some(place) = Place::of_hash(&dom::hash()) {
            studio.place.set(place);
        }
    };
    follow_hash();
    let _ = window_event_listener(ev::hashchange, move |_| follow_hash());
    let _ = window_event_listener(ev::resize, move |_| {
        let room = Room::of_width(dom::viewport().0);
        if room != studio.room.get_untracked() {
            studio.room.set(room);
            studio.inspector.set(room == Room::Wide);
            studio.tree.set(room != Room::Narrow);
        }
    });
    // A file dropped beside its target must not replace the page.
    let _ = window_event_listener(ev::dragover, |event| event.prevent_default());
    let _ = window_event_listener(ev::drop, |event| event.prevent_default());
}
