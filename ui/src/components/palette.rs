//! CommandPalette: one field that finds whatever there is ([`crate::state::Found`]), and does it.

use leptos::{html, prelude::*};
use web_sys::KeyboardEvent;

use super::keys;
use crate::{
    icons::{Icon, icon},
    state::{Overlay, Studio, Target},
    texts::{actions, shell},
};

/// The label with what matched made strong.
fn marked(label: &str, ranges: &[(usize, usize)]) -> AnyView {
    let mut parts = Vec::new();
    let mut at = 0;
    for &(from, to) in ranges {
        parts.push(
            label
                .get(at..from)
                .unwrap_or_default()
                .to_owned()
                .into_any(),
        );
        parts.push(
            view! { <mark>{label.get(from..to).unwrap_or_default().to_owned()}</mark> }.into_any(),
        );
        at = to;
    }
    parts.push(label.get(at..).unwrap_or_default().to_owned().into_any());
    parts.collect_view().into_any()
}

/// The palette; placed once, at the root.
#[component]
pub fn CommandPalette() -> impl IntoView {
    let studio = Studio::here();
    let node = NodeRef::<html::Dialog>::new();
    let query = RwSignal::new(String::new());
    let active = RwSignal::new(0_usize);
    let open = Memo::new(move |_| studio.overlay.get() == Some(Overlay::Palette));
    // Nothing is gathered while the palette is closed.
    let found = Memo::new_with_compare(
        move |_| {
            if open.get() {
                studio.find(&query.get())
            } else {
                Vec::new()
            }
        },
        |_, _| true,
    );
    Effect::new(move |_| {
        let (Some(node), open) = (node.get(), open.get()) else {
            return;
        };
        if open && !node.open() {
            query.set(String::new());
            active.set(0);
            studio.gather();
            // Only a detached dialog refuses.
            let _ = node.show_modal();
        } else if !open && node.open() {
            node.close();
        }
    });
    let close = move || {
        if studio.overlay.get_untracked() == Some(Overlay::Palette) {
            studio.overlay.set(None);
        }
    };
    let choose = move |at: usize| {
        let Some(entry) = found.with_untracked(|found| found.get(at).cloned()) else {
            return;
        };
        if entry.blocked.is_some() {
            return;
        }
        close();
        studio.choose_found(entry);
    };
    let key = move |event: KeyboardEvent| {
        let count = found.with_untracked(Vec::len);
        let here = active.get_untracked();
        match event.key().as_str() {
            "ArrowDown" if count > 0 => active.set((here + 1) % count),
            "ArrowUp" if count > 0 => active.set((here + count - 1) % count),
            "Enter" => choose(here),
            _ => return,
        }
        event.prevent_default();
        crate::dom::focus_soon("#palette-input");
        request_animation_frame(|| {
            if let Some(row) = crate::dom::find(".palette-item[aria-selected=true]") {
                row.scroll_into_view_with_scroll_into_view_options(&{
                    let options = web_sys::ScrollIntoViewOptions::new();
                    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                    options
                });
            }
        });
    };
    view! {
        <dialog
            class="palette"
            node_ref=node
            aria-label=actions::PALETTE.get()
            data-test="palette"
            on:close=move |_| close()
            on:mousedown=move |event| {
                if event.target() == event.current_target() {
                    close();
                }
            }
        >
            <div class="palette-input">
                {icon(Icon::Search)}
                <input
                    id="palette-input"
                    type="text"
                    role="combobox"
                    autocomplete="off"
                    spellcheck="false"
                    autofocus
                    placeholder=shell::SEARCH.get()
                    aria-label=shell::SEARCH.get()
                    aria-expanded="true"
                    aria-controls="palette-list"
                    aria-activedescendant=move || format!("palette-{}", active.get())
                    prop:value=query
                    on:input=move |event| {
                        let words = event_target_value(&event);
                        studio.find_entities(words.clone());
                        query.set(words);
                        active.set(0);
                    }
                    on:keydown=key
                />
            </div>
            <div class="palette-list" id="palette-list" role="listbox" aria-label=shell::RESULTS.get()>
                {move || {
                    let found = found.get();
                    if found.is_empty() && open.get() {
                        return view! { <p class="dim">{shell::NOTHING_FITS.get()}</p> }.into_any();
                    }
                    found
                        .into_iter()
                        .enumerate()
                        .map(|(at, entry)| {
                            let chord = match &entry.target {
                                Target::Action(action) => action.chord,
                                _ => "",
                            };
                            let disabled = entry.blocked.is_some();
                            view! {
                                <div
                                    class="palette-item"
                                    role="option"
                                    id=format!("palette-{at}")
                                    aria-selected=move || if active.get() == at { "true" } else { "false" }
                                    aria-disabled=disabled.then_some("true")
                                    on:mousemove=move |_| {
                                        if active.get_untracked() != at {
                                            active.set(at);
                                        }
                                    }
                                    on:click=move |_| choose(at)
                                >
                                    {icon(entry.picture)}
                                    <span class="cut">{marked(&entry.label, &entry.ranges)}</span>
                                    <small class="cut">{entry.blocked.unwrap_or(entry.note)}</small>
                                    <span class="push">{(!chord.is_empty()).then(|| keys(chord))}</span>
                                </div>
                            }
                        })
                        .collect_view()
                        .into_any()
                }}
            </div>
            <div class="palette-foot">
                <span><kbd>"↑"</kbd><kbd>"↓"</kbd>" "{shell::TO_MOVE.get()}</span>
                <span><kbd>{shell::KEY_ENTER.get()}</kbd>" "{shell::TO_CHOOSE.get()}</span>
                <span><kbd>{shell::KEY_ESCAPE.get()}</kbd>" "{shell::TO_CLOSE.get()}</span>
            </div>
        </dialog>
    }
    .into_any()
}
