//! Tabs: one tab stop, arrow keys between the tabs (ARIA pattern with automatic activation).

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// A tab's label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TabLabel {
    /// Names the tab within its row, and its panel: `{row}-{key}`.
    pub key: &'static str,
    /// Its words.
    pub text: String,
    /// A count beside it.
    pub count: Option<String>,
    /// The count is bad news.
    pub bad: bool,
}

impl TabLabel {
    /// A label without a count.
    pub fn new(key: &'static str, text: impl Into<String>) -> Self {
        Self {
            key,
            text: text.into(),
            count: None,
            bad: false,
        }
    }

    /// The same with a count.
    pub fn with(mut self, count: impl ToString) -> Self {
        self.count = Some(count.to_string());
        self
    }
}

/// A row of tabs. The panel below carries `role="tabpanel"` and `id="{name}-panel"`.
#[component]
pub fn Tabs(
    name: &'static str,
    label: &'static str,
    #[prop(into)] tabs: Signal<Vec<TabLabel>>,
    #[prop(into)] current: Signal<&'static str>,
    #[prop(into)] on_choose: Callback<&'static str>,
    /// Something at the end of the row.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let keys =
        Memo::new(move |_| tabs.with(|tabs| tabs.iter().map(|tab| tab.key).collect::<Vec<_>>()));
    let key = move |event: KeyboardEvent| {
        let keys = keys.get_untracked();
        let here = keys
            .iter()
            .position(|key| *key == current.get_untracked())
            .unwrap_or(0);
        let next = match event.key().as_str() {
            "ArrowRight" => (here + 1) % keys.len().max(1),
            "ArrowLeft" => (here + keys.len().saturating_sub(1)) % keys.len().max(1),
            "Home" => 0,
            "End" => keys.len().saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        if let Some(key) = keys.get(next) {
            on_choose.run(key);
            let row = event
                .current_target()
                .and_then(|target| target.dyn_into::<HtmlElement>().ok());
            let tab = row.and_then(|row| row.query_selector(&format!("[data-tab={key}]")).ok()?);
            if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<HtmlElement>().ok()) {
                // The tab was drawn before it was chosen, so it is there to be focused.
                let _ = tab.focus();
            }
        }
    };
    view! {
        <div class="tabs">
            <div role="tablist" aria-label=label on:keydown=key>
                <For each=move || keys.get() key=|key| *key let:key>
                    {
                        let tab = Memo::new(move |_| tabs.with(|tabs| tabs.iter().find(|tab| tab.key == key).cloned()));
                        view! {
                            <button
                                type="button"
                                class="tab"
                                role="tab"
                                id=format!("{name}-tab-{key}")
                                data-tab=key
                                data-test=format!("{name}-tab-{key}")
                                aria-controls=format!("{name}-panel")
                                aria-selected=move || if current.get() == key { "true" } else { "false" }
                                tabindex=move || if current.get() == key { "0" } else { "-1" }
                                on:click=move |_| on_choose.run(key)
                            >
                                {move || tab.get().map(|tab| tab.text)}
                                {move || tab.get().and_then(|tab| tab.count.map(|count| view! { <em class:risk=tab.bad>{count}</em> }))}
                            </button>
                        }
                    }
                </For>
            </div>
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}
