//! SplitPane: a movable line between two panes. It sets a custom property on the element around it, in which the layout
//! is written; the width is remembered on this machine. Arrow keys move it, a double click puts it back.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, PointerEvent};

use crate::dom;

/// The line.
#[component]
pub fn Gutter(
    /// Custom property that holds the width.
    property: &'static str,
    label: &'static str,
    /// Widths in pixels.
    smallest: f64,
    largest: f64,
    usual: f64,
    /// The pane is to the right of the line.
    #[prop(optional)]
    right: bool,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let stored = dom::recall(property)
        .and_then(|text| text.parse().ok())
        .unwrap_or(usual);
    let width = RwSignal::new(f64::clamp(stored, smallest, largest));
    let held = RwSignal::new(None::<(f64, f64)>);
    let frame = move || {
        node.get_untracked()
            .and_then(|node| node.parent_element())
            .and_then(|parent| parent.dyn_into::<HtmlElement>().ok())
    };
    Effect::new(move |_| {
        let (Some(_), width) = (node.get(), width.get()) else {
            return;
        };
        if let Some(frame) = frame() {
            // Setting a property by name and value cannot fail on a live element.
            let _ = frame.style().set_property(property, &format!("{width}px"));
        }
    });
    let set = move |value: f64| width.set(value.clamp(smallest, largest).round());
    let keep = move || dom::remember(property, &width.get_untracked().to_string());
    let grow = if right { -1.0 } else { 1.0 };
    let key = move |event: KeyboardEvent| {
        match event.key().as_str() {
            "ArrowLeft" => set(width.get_untracked() - 16.0 * grow),
            "ArrowRight" => set(width.get_untracked() + 16.0 * grow),
            "Home" => set(smallest),
            "End" => set(largest),
            _ => return,
        }
        event.prevent_default();
        keep();
    };
    view! {
        <div
            class="gutter"
            class:held=move || held.get().is_some()
            node_ref=node
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label=label
            aria-valuemin=smallest.to_string()
            aria-valuemax=largest.to_string()
            aria-valuenow=move || width.get().to_string()
            on:keydown=key
            on:dblclick=move |_| {
                set(usual);
                keep();
            }
            on:pointerdown=move |event: PointerEvent| {
                event.prevent_default();
                if let Some(node) = node.get_untracked() {
                    // Without capture the drag only ends at the edge of the line.
                    let _ = node.set_pointer_capture(event.pointer_id());
                }
                held.set(Some((f64::from(event.client_x()), width.get_untracked())));
            }
            on:pointermove=move |event: PointerEvent| {
                if let Some((from, start)) = held.get_untracked() {
                    set(start + (f64::from(event.client_x()) - from) * grow);
                }
            }
            on:pointerup=move |_| {
                held.set(None);
                keep();
            }
            on:pointercancel=move |_| held.set(None)
        ></div>
    }
    .into_any()
}
