//! Popover and Menu on the native popover: light dismiss and Escape come from the platform, arrow keys from here.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, ToggleEvent};

use crate::{
    dom,
    icons::{Icon, icon},
};

/// A button-like trigger and a floating panel. `menu` makes it a menu for assistive technology and the arrow keys.
#[component]
pub fn Popover(
    id: &'static str,
    /// What the trigger shows.
    trigger: ViewFn,
    /// Class of the trigger.
    #[prop(default = "btn")]
    class: &'static str,
    /// Name of the trigger, when it shows no words.
    #[prop(optional)]
    label: &'static str,
    #[prop(optional)] menu: bool,
    #[prop(optional)] at_end: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let button = NodeRef::<html::Button>::new();
    let open = RwSignal::new(false);
    let toggled = move |event: web_sys::Event| {
        let now_open = event
            .dyn_ref::<ToggleEvent>()
            .is_some_and(|event| event.new_state() == "open");
        open.set(now_open);
        if !now_open {
            return;
        }
        request_animation_frame(move || {
            if let (Some(node), Some(button)) = (node.get_untracked(), button.get_untracked()) {
                dom::place_beside(&node, &button, at_end);
                if menu {
                    step(&node, 0);
                }
            }
        });
    };
    let key = move |event: KeyboardEvent| {
        let Some(node) = node.get_untracked().filter(|_| menu) else {
            return;
        };
        match event.key().as_str() {
            "ArrowDown" => step(&node, 1),
            "ArrowUp" => step(&node, -1),
            "Home" => step(&node, 0),
            "End" => step(&node, i32::MAX),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <button
            type="button"
            class=class
            node_ref=button
            popovertarget=id
            aria-label=(!label.is_empty()).then_some(label)
            data-tip=(!label.is_empty()).then_some(label)
            aria-haspopup=if menu { "menu" } else { "dialog" }
            aria-expanded=move || if open.get() { "true" } else { "false" }
            data-test=format!("{id}-button")
        >
            {trigger.run()}
        </button>
        <div
            class="popover"
            id=id
            popover="auto"
            role=if menu { "menu" } else { "dialog" }
            node_ref=node
            on:beforetoggle=toggled
            on:keydown=key
        >
            {move || open.get().then(|| children())}
        </div>
    }
    .into_any()
}

/// Moves the focus among the items: by one step, to the first (0) or to the last.
fn step(menu: &HtmlElement, by: i32) {
    let Ok(items) = menu.query_selector_all("[role=menuitem]") else {
        return;
    };
    let count = i32::try_from(items.length()).unwrap_or(0);
    if count == 0 {
        return;
    }
    let active = dom::document().and_then(|page| page.active_element());
    let here = (0..count).find(|at| {
        items.item(at.unsigned_abs()).is_some_and(|item| {
            active
                .as_ref()
                .is_some_and(|active| item.is_same_node(Some(active)))
        })
    });
    let next = match (by, here) {
        (0, _) | (1, None) => 0,
        (i32::MAX, _) | (_, None) => count - 1,
        (by, Some(here)) => (here + by).rem_euclid(count),
    };
    if let Some(item) = items
        .item(next.unsigned_abs())
        .and_then(|item| item.dyn_into::<HtmlElement>().ok())
    {
        // A hidden item cannot be focused, which only leaves the focus in place.
        let _ = item.focus();
    }
}

/// A popover that is a menu.
#[component]
pub fn Menu(
    id: &'static str,
    trigger: ViewFn,
    #[prop(default = "btn")] class: &'static str,
    #[prop(optional)] label: &'static str,
    #[prop(optional)] at_end: bool,
    children: ChildrenFn,
) -> impl IntoView {
    view! { <Popover id trigger class label at_end menu=true children/> }
}

/// A line of a menu. Choosing it closes the menu.
#[component]
pub fn MenuItem(
    #[prop(into)] label: String,
    picture: Icon,
    #[prop(optional, into)] note: String,
    /// Why it cannot be chosen now.
    #[prop(default = None)]
    blocked: Option<String>,
    on_choose: impl Fn() + 'static,
) -> impl IntoView {
    let why = blocked.clone();
    let disabled = blocked.is_some();
    view! {
        <button
            type="button"
            class="menu-item"
            role="menuitem"
            aria-disabled=disabled.then_some("true")
            data-tip=why
            on:click=move |event| {
                if disabled {
                    return;
                }
                let popover = event
                    .current_target()
                    .and_then(|target| target.dyn_into::<HtmlElement>().ok())
                    .and_then(|item| item.closest("[popover]").ok().flatten())
                    .and_then(|popover| popover.dyn_into::<HtmlElement>().ok());
                if let Some(popover) = popover {
                    dom::invoke(&popover, "hidePopover");
                }
                on_choose();
            }
        >
            {icon(picture)}
            <span class="grow cut">{label}</span>
            <small>{note}</small>
        </button>
    }
    .into_any()
}
