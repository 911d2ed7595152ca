//! Form fields: Field (a label around a control), Select (the native one), Choice (a row of radio buttons).

use leptos::prelude::*;

use crate::icons::{Icon, icon};

/// A label, a control, and a hint or an error below it.
#[component]
pub fn Field(
    label: &'static str,
    /// Id of the control.
    id: &'static str,
    #[prop(optional)] hint: &'static str,
    #[prop(optional, into)] error: MaybeProp<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {children()}
            {move || match error.get() {
                Some(error) => view! { <span class="error" role="alert">{error}</span> }.into_any(),
                None if !hint.is_empty() => view! { <span class="hint">{hint}</span> }.into_any(),
                None => ().into_any(),
            }}
        </div>
    }
    .into_any()
}

/// The native select, dressed. Options are `(value, label)`.
#[component]
pub fn Select(
    id: &'static str,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    value: RwSignal<String>,
    #[prop(optional)] test: &'static str,
) -> impl IntoView {
    view! {
        <span class="select-wrap">
            <select class="select" id=id data-test=(!test.is_empty()).then_some(test) on:change=move |event| value.set(event_target_value(&event))>
                {move || {
                    options
                        .get()
                        .into_iter()
                        .map(|(key, label)| {
                            let chosen = key.clone();
                            view! { <option value=key selected=move || value.with(|value| *value == chosen)>{label}</option> }
                        })
                        .collect_view()
                }}
            </select>
            {icon(Icon::ChevronDown)}
        </span>
    }
    .into_any()
}

/// One of a few, side by side. Options are `(value, name, label, icon)`; tests find one by its name.
#[component]
pub fn Choice<T: Copy + PartialEq + Send + Sync + 'static>(
    label: &'static str,
    name: &'static str,
    options: Vec<(T, &'static str, &'static str, Icon)>,
    #[prop(into)] value: Signal<T>,
    on_choose: impl Fn(T) + Copy + 'static,
) -> impl IntoView {
    let options = options
        .into_iter()
        .map(|(option, key, word, picture)| {
            view! {
                <label>
                    <input
                        type="radio"
                        name=name
                        data-test=format!("{name}-{key}")
                        prop:checked=move || value.get() == option
                        on:change=move |_| on_choose(option)
                    />
                    {icon(picture)}
                    {word}
                </label>
            }
        })
        .collect_view();
    view! { <div class="choice" role="radiogroup" aria-label=label>{options}</div> }.into_any()
}
