//! Dialog: the native modal dialog, which keeps focus inside, closes on Escape and gives focus back.

use leptos::{html, prelude::*};

use super::{Button, Kind};
use crate::{icons::Icon, texts::shell};

/// A modal dialog, shown while `open` holds. Its content is built each time it opens.
#[component]
pub fn Dialog(
    title: &'static str,
    #[prop(into)] open: Signal<bool>,
    on_close: impl Fn() + Copy + Send + Sync + 'static,
    #[prop(optional)] wide: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let (Some(node), open) = (node.get(), open.get()) else {
            return;
        };
        if open && !node.open() {
            // Only a detached dialog refuses, and that one is not on screen.
            let _ = node.show_modal();
        } else if !open && node.open() {
            node.close();
        }
    });
    view! {
        <dialog
            class="dialog"
            class:wide=wide
            node_ref=node
            aria-label=title
            on:close=move |_| on_close()
            on:mousedown=move |event| {
                // A press on the backdrop, which belongs to the dialog itself.
                if event.target() == event.current_target() {
                    on_close();
                }
            }
        >
            <header>
                <h2 class="grow">{title}</h2>
                <Button label=shell::CLOSE.get() kind=Kind::Bare picture=Icon::X on_click=on_close/>
            </header>
            {move || open.get().then(|| children())}
        </dialog>
    }
    .into_any()
}
