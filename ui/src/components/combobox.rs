//! Combobox: a text field with suggestions asked from the application as one types (ARIA 1.2 pattern).

use std::{future::Future, pin::Pin, sync::Arc};

use leptos::{html, prelude::*, task::spawn_local};
use web_sys::KeyboardEvent;

use crate::texts;

/// Answers a text with suggestions.
pub type Suggest = Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = Vec<String>>>> + Send + Sync>;

/// The field. Its text is free: suggestions help, they do not bind.
#[component]
pub fn Combobox(
    id: &'static str,
    value: RwSignal<String>,
    suggest: Suggest,
    #[prop(optional)] placeholder: &'static str,
) -> impl IntoView {
    let list = RwSignal::new(Vec::<String>::new());
    let open = RwSignal::new(false);
    let active = RwSignal::new(None::<usize>);
    let asked = StoredValue::new(0_u32);
    let input = NodeRef::<html::Input>::new();
    let ask = StoredValue::new(suggest);

    let refresh = move |text: String| {
        asked.update_value(|asked| *asked += 1);
        let number = asked.get_value();
        let answer = ask.with_value(|ask| ask(text));
        spawn_local(async move {
            let found = answer.await;
            if asked.try_get_value() == Some(number) {
                active.try_set(None);
                list.try_set(found);
            }
        });
    };
    let choose = move |at: usize| {
        if let Some(text) = list.with_untracked(|list| list.get(at).cloned()) {
            value.set(text);
        }
        open.set(false);
    };
    let key = move |event: KeyboardEvent| {
        let count = list.with_untracked(Vec::len);
        let here = active.get_untracked();
        match event.key().as_str() {
            "ArrowDown" if !open.get_untracked() => {
                open.set(true);
                refresh(value.get_untracked());
            }
            "ArrowDown" if count > 0 => active.set(Some(here.map_or(0, |here| (here + 1) % count))),
            "ArrowUp" if count > 0 => active.set(Some(
                here.map_or(count - 1, |here| (here + count - 1) % count),
            )),
            "Enter" if open.get_untracked() && here.is_some() => choose(here.unwrap_or(0)),
            "Escape" if open.get_untracked() => {
                event.stop_propagation();
                open.set(false);
            }
            _ => return,
        }
        event.prevent_default();
    };
    let shown = move || open.get() && list.with(|list| !list.is_empty());
    view! {
        <div class="combo">
            <input
                class="input mono"
                id=id
                node_ref=input
                type="text"
                role="combobox"
                autocomplete="off"
                spellcheck="false"
                placeholder=placeholder
                aria-expanded=move || if shown() { "true" } else { "false" }
                aria-controls=format!("{id}-list")
                aria-autocomplete="list"
                aria-activedescendant=move || active.get().filter(|_| shown()).map(|at| format!("{id}-{at}"))
                data-test=id
                prop:value=value
                on:input=move |event| {
                    let text = event_target_value(&event);
                    value.set(text.clone());
                    open.set(true);
                    refresh(text);
                }
                on:focus=move |_| {
                    open.set(true);
                    refresh(value.get_untracked());
                }
                on:blur=move |_| open.set(false)
                on:keydown=key
            />
            <ul class="combo-list" id=format!("{id}-list") role="listbox" aria-label=texts::shell::SUGGESTIONS.get() hidden=move || !shown()>
                {move || {
                    list.get()
                        .into_iter()
                        .enumerate()
                        .map(|(at, text)| {
                            view! {
                                <li
                                    id=format!("{id}-{at}")
                                    role="option"
                                    aria-selected=move || if active.get() == Some(at) { "true" } else { "false" }
                                    // Before the blur of the input closes the list.
                                    on:mousedown=move |event| {
                                        event.prevent_default();
                                        choose(at);
                                    }
                                >
                                    {text}
                                </li>
                            }
                        })
                        .collect_view()
                }}
            </ul>
        </div>
    }
    .into_any()
}
