//! Toast: what happened elsewhere. What happens here is said here instead.

use leptos::prelude::*;

use super::{Button, Kind};
use crate::{
    actions::{Action, action},
    icons::{Icon, icon},
    state::Studio,
    texts::shell,
};

/// All messages, newest last.
#[component]
pub fn Toasts() -> impl IntoView {
    let studio = Studio::here();
    view! {
        <div class="toasts" role="region" aria-label=shell::MESSAGES.get()>
            <For each=move || studio.toasts.get() key=|toast| toast.id let:toast>
                {
                    let id = toast.id;
                    let undo = toast.undo.clone();
                    view! {
                        <div class="toast" role=if toast.bad { "alert" } else { "status" } data-test="toast">
                            <span class=if toast.bad { "risk" } else { "faint" }>
                                {icon(if toast.bad { Icon::CircleAlert } else { Icon::Info })}
                            </span>
                            <div class="grow">
                                <b>{toast.title}</b>
                                <p class="dim">{toast.text}</p>
                            </div>
                            {undo.map(|change| {
                                let undo = move || {
                                    studio.undo(change.clone());
                                    studio.dismiss(id);
                                };
                                view! { <Button label=shell::UNDO.get() kind=Kind::Ghost on_click=undo/> }
                            })}
                            {toast.offer.and_then(action).map(|offered| {
                                let run = move || {
                                    studio.dismiss(id);
                                    Action::perform(offered, studio);
                                };
                                view! { <Button label=offered.title.get() kind=Kind::Ghost test="toast-offer" on_click=run/> }
                            })}
                            <Button label=shell::DISMISS.get() kind=Kind::Tiny picture=Icon::X on_click=move || studio.dismiss(id)/>
                        </div>
                    }
                }
            </For>
        </div>
    }
    .into_any()
}
