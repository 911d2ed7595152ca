//! Help: what the thing that has the focus is for, a search through all articles, and every shortcut. It lies over all else, a dialog
//! with half a form in it too, and gives the focus back.

use ipc::HelpHit;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, MouseEvent};

use crate::{
    actions::{ACTIONS, Section},
    components::{Dialog, Kind, Piece, button, does, keys, piece, shown, trouble},
    icons::Icon,
    state::Studio,
    texts::{actions::COPY_MARKDOWN, help},
};

/// The dialog; placed once, at the root.
pub fn help(studio: Studio) -> AnyView {
    let open = studio.help.open;
    let close = move || open.set(false);
    view! {
        <Dialog title=help::TITLE.get() open=open on_close=close wide=true>
            {inside(studio)}
        </Dialog>
    }
    .into_any()
}

fn inside(studio: Studio) -> AnyView {
    let search = shown(move || {
        piece("input.input")
            .with("id", "help-search")
            .with("type", "search")
            .with("placeholder", help::SEARCH.get())
            .with("aria-label", help::SEARCH.get())
            .with("autocomplete", "off")
            .hears("input", {
                Box::new(move |event| {
                    let field = event.target().and_then(|it| it.dyn_into().ok());
                    if let Some(field) = field.map(|field: HtmlInputElement| field.value()) {
                        studio.search_help(field);
                    }
                })
            })
    });
    let article = shown(move || {
        if let Some(hits) = studio.help.hits.get() {
            return match hits {
                Err(failure) => trouble(&failure),
                Ok(hits) if hits.is_empty() => piece("p.dim").text(help::NOTHING.get()),
                Ok(hits) => piece("div")
                    .add(copy(studio))
                    .add(piece("ul.help-hits").all(hits.iter().map(hit))),
            };
        }
        studio.help.article.with(|article| match article {
            None => piece("span"),
            Some(Err(failure)) => trouble(failure),
            Some(Ok(article)) => piece("article").markup(&article.html),
        })
    });
    view! {
        <div class="help-body" data-test="help-body" on:click=move |event| follow(studio, &event)>
            <div class="help-side">
                {search}
                <a class="help-all" href="#" data-test="help-all">{help::ALL.get()}</a>
                {shown(move || {
                    piece("div.row.wrap")
                        .add(does(studio, "tour", Kind::Plain, ""))
                        .add(does(studio, "handbook", Kind::Plain, ""))
                })}
                <div data-test="shortcut-list">
                    <h3 class="label">{help::SHORTCUTS.get()}</h3>
                    {shortcuts()}
                </div>
            </div>
            <div class="help-article" id="help-article" tabindex="0" role="region" aria-label=help::ARTICLE.get()>{article}</div>
        </div>
    }
    .into_any()
}

/// A link leads to another article, or to all of them.
fn follow(studio: Studio, event: &MouseEvent) {
    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    let Some(link) = target.and_then(|it| it.closest("a").ok().flatten()) else {
        return;
    };
    event.prevent_default();
    match link.get_attribute("href").as_deref() {
        None | Some("#") => studio.search_help(String::new()),
        Some(to) => studio.help(to.trim_start_matches('#')),
    }
}

/// Copies the list that is shown.
fn copy(studio: Studio) -> Piece {
    button(COPY_MARKDOWN.get(), Some(Icon::Copy), Kind::Ghost)
        .with("data-test", "copy-help")
        .pressed(move || studio.copy_table(Some(studio.table_of_help())))
}

fn hit(hit: &HelpHit) -> Piece {
    let (to, title) = match hit.anchor.as_str() {
        "" => (format!("#{}", hit.id), hit.title.clone()),
        anchor => (
            format!("#{}/{anchor}", hit.id),
            format!("{}: {}", hit.title, hit.heading),
        ),
    };
    piece("li")
        .add(
            piece("a")
                .with("href", &to)
                .with("data-test", "help-hit")
                .text(&title),
        )
        .add(piece("p.dim").text(&hit.excerpt))
}

fn shortcuts() -> AnyView {
    let section = |section: Section| {
        let lines = ACTIONS
            .iter()
            .filter(|action| action.section == section && !action.chord.is_empty())
            .map(|action| view! { <div class="row"><span>{action.title.get()}</span>{keys(action.chord)}</div> })
            .collect_view();
        view! { <div><h4 class="label">{section.title()}</h4>{lines}</div> }
    };
    let editor = [
        (help::EDITOR_COMPLETE, "mod+space"),
        (help::EDITOR_INDENT, "tab"),
        (help::EDITOR_LEAVE, "escape"),
        (help::EDITOR_FIND, "mod+f"),
        (help::EDITOR_COMMENT, "mod+/"),
    ];
    let editor = editor
        .map(|(title, chord)| view! { <div class="row"><span>{title.get()}</span>{keys(chord)}</div> })
        .collect_view();
    view! {
        <div class="sheet">
            {Section::ALL.into_iter().map(section).collect_view()}
            <div><h4 class="label">{help::IN_THE_EDITOR.get()}</h4>{editor}</div>
        </div>
    }
    .into_any()
}
