//! Narratives: what happened, told on the pages of a PDF that carries its evidence. `list` is what can be told and what was published,
//! `pages` the narrative in front, `prose` its words for its author, `form` what publishes and rates.

mod form;
mod list;
mod pages;
mod prose;

pub use form::{publishing, rating};

use ipc::NarrativeForm;
use leptos::prelude::*;

use crate::{
    components::{Kind, Menu, MenuItem, Piece, button, callout, does, drawn, piece, shown},
    icons::{Icon, icon},
    shell::act,
    state::{Room, Studio},
    texts::{Text, narratives, shell},
};

const FORMS: [(NarrativeForm, Text, &str); 5] = [
    (NarrativeForm::Pdf, narratives::PDF, "narrative.pdf"),
    (NarrativeForm::Html, narratives::HTML, "narrative.html"),
    (
        NarrativeForm::Markdown,
        narratives::MARKDOWN,
        "narrative.md",
    ),
    (NarrativeForm::Slack, narratives::SLACK, "narrative.json"),
    (NarrativeForm::Text, narratives::PLAIN, "narrative.txt"),
];

/// The screen.
pub fn narratives() -> AnyView {
    let studio = Studio::here();
    let narratives = studio.narratives;
    let root = studio.root();
    Effect::new(move |_| {
        if root.with(Option::is_some) {
            studio.view_narratives();
        }
    });
    let there = Memo::new(move |_| narratives.told.with(|told| matches!(told, Some(Ok(_)))));
    let none = Memo::new(move |_| {
        narratives.view.with(|view| {
            matches!(view, Some(Ok(view)) if view.subjects.is_empty() && view.published.is_empty())
        })
    });
    let reading = move || narratives.reading.get();
    let items = move || {
        let item = |(form, label, name): (NarrativeForm, Text, &'static str)| {
            view! { <MenuItem label=label.get() picture=Icon::FileText on_choose=move || studio.export_narrative(form, name)/> }
        };
        FORMS.into_iter().map(item).collect_view()
    };
    let export = view! {
        <Menu id="narrative-export" at_end=true trigger=ViewFn::from(|| view! { <span>{narratives::EXPORT.get()}</span>{icon(Icon::ChevronDown)} })>
            {items}
        </Menu>
    };
    let label = narratives::PUBLISH_DOTS.get();
    let publish = act(studio, "publish-narrative", Kind::Primary, label);
    let tools = shown(move || tools(studio));
    let body = move || {
        if none.get() {
            return shown(move || begin(studio));
        }
        let narrow = studio.room.get() == Room::Narrow;
        let beside = move || !reading() && !narrow;
        let editing = move || narratives.editing.get() && !reading();
        view! {
            <div class="telling" class:reading=reading class:editing=editing>
                {move || beside().then(|| list::list(studio))}
                {pages::pages(studio)}
                {move || editing().then(|| prose::prose(studio))}
            </div>
        }
        .into_any()
    };
    view! {
        <div class="page" data-test="narratives">
            <div class="page-head" hidden=reading>
                <h1>{shell::NARRATIVES.get()}</h1>
                <span class="push row" hidden=move || !there.get()>{tools}{export}{publish}</span>
            </div>
            {body}
        </div>
    }
    .into_any()
}

/// Language and paper, and what is done with the narrative in front.
fn tools(studio: Studio) -> Piece {
    let narratives = studio.narratives;
    let telling = narratives.telling.get();
    let (language, letter) = telling.map_or_else(
        || ("en".to_owned(), false),
        |telling| (telling.language, telling.letter),
    );
    let languages = narratives.view.with(|view| match view {
        Some(Ok(view)) => view.languages.clone(),
        _ => Vec::new(),
    });
    let languages = languages
        .iter()
        .map(|(tag, name)| (tag.as_str(), name.as_str()));
    let papers = [("a4", "A4"), ("letter", narratives::LETTER.get())];
    let editing = narratives.editing.get();
    let read = narratives::READ.get();
    piece("span.row")
        .add(pick(
            narratives::LANGUAGE.get(),
            "narrative-language",
            &language,
            languages,
            move |language| studio.tell(|telling| telling.language = language),
        ))
        .add(pick(
            narratives::PAPER.get(),
            "narrative-paper",
            if letter { "letter" } else { "a4" },
            papers,
            move |paper| studio.tell(|telling| telling.letter = paper == "letter"),
        ))
        .add(
            button(narratives::EDIT.get(), Some(Icon::Pencil), Kind::Plain)
                .with("aria-pressed", if editing { "true" } else { "false" })
                .with("data-test", "narrative-edit")
                .pressed(move || narratives.editing.update(|editing| *editing = !*editing)),
        )
        .add(
            button(read, Some(Icon::BookOpenText), Kind::Plain)
                .with("data-test", "narrative-read")
                .pressed(move || narratives.reading.set(true)),
        )
}

/// A list without a label beside it.
fn pick<'t>(
    label: &str,
    id: &'static str,
    chosen: &str,
    options: impl IntoIterator<Item = (&'t str, &'t str)>,
    choose: impl Fn(String) + 'static,
) -> Piece {
    let options = options.into_iter().map(|(value, words)| {
        piece("option")
            .with("value", value)
            .with_if(value == chosen, "selected", "")
            .text(words)
    });
    let list = piece("select.select")
        .with("id", id)
        .with("aria-label", label)
        .all(options)
        .hears("change", {
            Box::new(move |_| choose(crate::components::typed(&format!("#{id}"))))
        });
    piece("span.select-wrap")
        .add(list)
        .add(drawn(Icon::ChevronDown))
}

fn begin(studio: Studio) -> Piece {
    piece("div.empty")
        .add(drawn(Icon::BookOpenText))
        .add(piece("h2").text(narratives::NOTHING_TO_TELL.get()))
        .add(piece("p").text(narratives::NOTHING_TO_TELL_ABOUT.get()))
        .add(does(studio, "promote", Kind::Plain, ""))
}

/// Why there is no narrative.
fn trouble(message: &str, hint: &str) -> Piece {
    callout("risk", message, hint)
}
