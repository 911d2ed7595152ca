//! The narrative in front: the very pages of its PDF. Links lead to the evidence in the Studio, and nowhere outside.

use leptos::{ev::MouseEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::trouble;
use crate::{
    components::{Kind, button, piece, shown},
    dom,
    icons::Icon,
    state::Studio,
    texts::narratives,
    words,
};

/// The column of pages.
pub fn pages(studio: Studio) -> AnyView {
    let narratives = studio.narratives;
    let sheets = shown(move || {
        narratives.told.with(|told| match told {
            None => piece("p.dim.late")
                .with("role", "status")
                .text(narratives::GATHERING.get()),
            Some(Err(why)) => trouble(&words::sentence(&why.message), &why.hint),
            Some(Ok(view)) => piece("article.sheets")
                .with("aria-label", &view.title)
                .with("data-test", "sheets")
                .all(
                    view.pages
                        .iter()
                        .map(|page| piece("div.sheet-of-paper").drawing(page)),
                ),
        })
    });
    let leave = shown(move || {
        if !narratives.reading.get() {
            return piece("span");
        }
        dom::focus_soon("[data-test=narrative-leave]");
        button(narratives::LEAVE_READING.get(), Some(Icon::X), Kind::Bare)
            .with("data-test", "narrative-leave")
            .pressed(move || narratives.reading.set(false))
    });
    view! {
        <div
            class="paper"
            tabindex="0"
            role="region"
            aria-label=narratives::PAGES.get()
            on:click=move |event| follow(studio, &event)
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    narratives.reading.set(false);
                }
            }
        >{leave}{sheets}</div>
    }
    .into_any()
}

/// Goes where the link that was pressed leads.
pub fn follow(studio: Studio, event: &MouseEvent) {
    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    let Some(link) = target.and_then(|it| it.closest("a").ok().flatten()) else {
        return;
    };
    let Some(to) = link.get_attribute("href") else {
        return;
    };
    // The page's own address names its place; no link may change it.
    event.prevent_default();
    if !studio.follow_link(&to) {
        let name = to.trim_start_matches('#');
        let found = dom::document().and_then(|page| page.get_element_by_id(name));
        if let Some(found) = found {
            found.scroll_into_view();
        }
    }
}
