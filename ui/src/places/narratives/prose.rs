//! The words of the narrative in front, for its author. What is typed is on the pages a moment later, marked as theirs; words whose
//! facts have gone say so.

use ipc::ProseView;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

use crate::{
    components::{Kind, Piece, button, piece, shown, tag},
    icons::Icon,
    state::Studio,
    texts::narratives,
    words,
};

/// The column at the right.
pub fn prose(studio: Studio) -> AnyView {
    let narratives = studio.narratives;
    // Which blocks there are: typing changes their words, and must not take the field away from under the hands.
    let blocks = Memo::new(move |_| {
        narratives.told.with(|told| match told {
            Some(Ok(view)) => view.prose.iter().map(|it| it.id.clone()).collect(),
            _ => Vec::new(),
        })
    });
    let fields = shown(move || {
        let _ = (blocks.get(), narratives.anew.get());
        narratives.told.with_untracked(|told| match told {
            Some(Ok(view)) => piece("div.prose-fields").all(
                view.prose
                    .iter()
                    .enumerate()
                    .map(|(row, it)| field(studio, row, it)),
            ),
            _ => piece("span"),
        })
    });
    let refused = shown(move || match narratives.refused.get() {
        None => piece("span"),
        Some((_, why)) => piece("p.risk")
            .with("role", "alert")
            .text(&words::sentence(&why)),
    });
    view! {
        <aside class="prose" aria-label=narratives::WORDS.get() data-test="prose" data-help="narratives/words">
            <h2 class="label">{narratives::WORDS.get()}</h2>
            <p class="faint">{narratives::WORDS_ABOUT.get()}</p>
            {refused}{fields}
        </aside>
    }
    .into_any()
}

fn field(studio: Studio, row: usize, it: &ProseView) -> Piece {
    let id = it.id.clone();
    let rows = it.text.chars().count() / 44 + it.text.lines().count() + 1;
    let number = row as u64 + 1;
    let area = piece("textarea.input")
        .with("rows", &rows.clamp(2, 14).to_string())
        .with("aria-label", &narratives::Paragraph { number }.say())
        .with("data-test", &format!("prose-{row}"))
        .text(&it.text)
        .hears("input", {
            let id = id.clone();
            Box::new(move |event| {
                let area = event
                    .target()
                    .and_then(|area| area.dyn_into::<HtmlTextAreaElement>().ok());
                if let Some(area) = area {
                    studio.edit_prose(id.clone(), area.value());
                }
            })
        });
    let mark = match (it.by.is_empty(), it.missing.is_empty()) {
        (true, _) => None,
        (false, true) => Some(tag("", narratives::YOURS.get())),
        (false, false) => Some(tag("warn", narratives::WITHOUT_FACTS.get())),
    };
    let back = (!it.by.is_empty()).then(|| {
        button(narratives::BRING_BACK.get(), Some(Icon::Undo2), Kind::Tiny)
            .pressed(move || studio.edit_prose(id.clone(), String::new()))
    });
    let missing = (!it.missing.is_empty()).then(|| piece("small.lose").text(&it.missing));
    piece("div.field")
        .add(area)
        .add(piece("span.row").all(mark).all(back))
        .all(missing)
}
