//! Tooltip: one element for the whole window. Anything with `data-tip` gets it on hover and on keyboard focus.

use std::time::Duration;

use leptos::{ev, html, leptos_dom::helpers::TimeoutHandle, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget};

use super::keys;
use crate::dom;

/// The tooltip; placed once, at the root.
#[component]
pub fn TooltipLayer() -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let content = RwSignal::new((String::new(), String::new()));
    let timer = StoredValue::new(None::<TimeoutHandle>);

    let hide = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        if let Some(node) = node.get_untracked() {
            dom::invoke(&node, "hidePopover");
        }
    };
    let show = move |anchor: Element| {
        let (Some(node), Some(tip)) = (node.get_untracked(), anchor.get_attribute("data-tip"))
        else {
            return;
        };
        content.set((tip, anchor.get_attribute("data-chord").unwrap_or_default()));
        request_animation_frame(move || {
            if anchor.is_connected() {
                dom::invoke(&node, "showPopover");
                dom::place_beside(&node, &anchor, false);
            }
        });
    };
    let soon = move |target: Option<EventTarget>, wait: u64| {
        hide();
        let anchor = target
            .and_then(|target| target.dyn_into::<Element>().ok())
            .and_then(|element| element.closest("[data-tip]").ok()?);
        if let Some(anchor) = anchor {
            timer.set_value(
                set_timeout_with_handle(move || show(anchor), Duration::from_millis(wait)).ok(),
            );
        }
    };
    let handles = [
        window_event_listener(ev::pointerover, move |event| soon(event.target(), 450)),
        window_event_listener(ev::focusin, move |event| {
            let by_keyboard = event
                .target()
                .and_then(|target| target.dyn_into::<Element>().ok())
                .is_some_and(|element| element.matches(":focus-visible").unwrap_or(false));
            if by_keyboard {
                soon(event.target(), 450);
            }
        }),
    ];
    let more = [
        window_event_listener(ev::pointerdown, move |_| hide()),
        window_event_listener(ev::wheel, move |_| hide()),
    ];
    let keyed = window_event_listener(ev::keydown, move |_| hide());
    on_cleanup(move || {
        let [over, focus] = handles;
        over.remove();
        focus.remove();
        let [down, wheel] = more;
        down.remove();
        wheel.remove();
        keyed.remove();
    });
    view! {
        <div class="tooltip" popover="manual" role="tooltip" node_ref=node>
            <span>{move || content.with(|(tip, _)| tip.clone())}</span>
            {move || content.with(|(_, chord)| (!chord.is_empty()).then(|| keys(chord)))}
        </div>
    }
    .into_any()
}
