//! Piece: elements that do not change once they are made, for pages of facts. They are made by calls and not by types, so a
//! page of them costs little of the size that the interface may have; where something changes, `shown` makes them anew.

use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, HtmlElement};

use super::Kind;
use crate::{
    actions::{Action, action},
    dom, editor,
    icons::{Icon, shapes},
    state::Studio,
    texts, words,
};

/// An element with all that is in it. Without a page there is none.
#[derive(Clone)]
pub struct Piece(Option<Element>);

/// An element by name and classes: `div.row.wrap`. What is put into it is text, never markup.
pub fn piece(name: &str) -> Piece {
    let (name, classes) = name.split_once('.').unwrap_or((name, ""));
    let made = Piece(dom::document().and_then(|page| page.create_element(name).ok()));
    match classes {
        "" => made,
        classes => made.with("class", &classes.replace('.', " ")),
    }
}

/// A picture, as decoration.
pub fn drawn(icon: Icon) -> Piece {
    const SVG: Option<&str> = Some("http://www.w3.org/2000/svg");
    let made = dom::document().and_then(|page| page.create_element_ns(SVG, "svg").ok());
    if let Some(made) = &made {
        made.set_inner_html(shapes(icon));
    }
    Piece(made)
        .with("class", "icon")
        .with("viewBox", "0 0 24 24")
        .with("aria-hidden", "true")
}

impl Piece {
    /// With an attribute.
    pub fn with(self, name: &str, value: &str) -> Self {
        if let Some(element) = &self.0 {
            // Names are written here and are valid.
            let _ = element.set_attribute(name, value);
        }
        self
    }

    /// With an attribute, if so.
    pub fn with_if(self, so: bool, name: &str, value: &str) -> Self {
        if so { self.with(name, value) } else { self }
    }

    /// With a text at the end.
    pub fn text(self, text: &str) -> Self {
        if let Some(element) = &self.0 {
            let _ = element.append_with_str_1(text);
        }
        self
    }

    /// With words in which `backticks` mark code.
    pub fn prose(self, text: &str) -> Self {
        let mut whole = self;
        for (at, part) in text.split('`').enumerate() {
            whole = match at % 2 {
                1 => whole.add(piece("code").text(part)),
                _ => whole.text(part),
            };
        }
        whole
    }

    /// With markup in it, of the application's own making.
    pub fn markup(self, html: &str) -> Self {
        if let Some(element) = &self.0 {
            element.set_inner_html(html);
        }
        self
    }

    /// With a drawing in it, as SVG of the application's own making.
    pub fn drawing(self, svg: &str) -> Self {
        if let Some(element) = &self.0 {
            element.set_inner_html(svg);
        }
        self
    }

    /// Coloured as code, once the editor's module is there.
    pub fn painted(self, text: &str) -> Self {
        let (node, text) = (self.0.clone(), text.to_owned());
        spawn_local(async move {
            let node = node.and_then(|node| node.dyn_into::<HtmlElement>().ok());
            if let (Some(node), Some(module)) = (node, editor::module().await) {
                module.paint(&node, &text, "policy.cedar");
            }
        });
        self
    }

    /// With another at the end.
    pub fn add(self, other: Piece) -> Self {
        if let (Some(element), Some(other)) = (&self.0, &other.0) {
            let _ = element.append_with_node_1(other);
        }
        self
    }

    /// With others at the end.
    pub fn all(self, others: impl IntoIterator<Item = Piece>) -> Self {
        let others: Vec<Piece> = others.into_iter().collect();
        others.into_iter().fold(self, Piece::add)
    }

    /// Does something when it is pressed.
    pub fn pressed(self, does: impl Fn() + 'static) -> Self {
        self.hears("click", Box::new(move |_| does()))
    }

    /// Hears an event.
    pub fn hears(self, name: &str, does: Box<dyn FnMut(Event)>) -> Self {
        if let Some(element) = &self.0 {
            // The page's garbage collector frees it with the element.
            let does = Closure::wrap(does).into_js_value();
            let _ = element.add_event_listener_with_callback(name, does.unchecked_ref());
        }
        self
    }
}

/// A button.
pub fn button(label: &str, picture: Option<Icon>, kind: Kind) -> Piece {
    let made = piece("button")
        .with("type", "button")
        .with("class", kind.class());
    let made = match picture {
        Some(picture) => made.add(drawn(picture)),
        None => made,
    };
    match kind {
        Kind::Bare | Kind::Tiny => made.with("aria-label", label).with("data-tip", label),
        _ => made.add(piece("span").text(label)),
    }
}

/// A button for an action of the table, under its own name or another. Why it cannot run now is said when it is pressed.
pub fn does(studio: Studio, id: &str, kind: Kind, label: &str) -> Piece {
    let Some(found) = action(id) else {
        return piece("span");
    };
    let label = if label.is_empty() {
        found.title.get()
    } else {
        label
    };
    button(label, Some(found.picture), kind)
        .with("data-test", found.id)
        .pressed(move || Action::perform(found, studio))
}

/// A button that puts a text on the clipboard.
pub fn copies(studio: Studio, label: &str, kind: Kind, text: String) -> Piece {
    button(label, Some(Icon::Copy), kind).pressed(move || {
        dom::copy(&text);
        studio.say(texts::shell::COPIED);
    })
}

/// An entity: its id first, its type small beside it.
pub fn entity(id: &str) -> Piece {
    let (kind, name) = words::entity(id);
    piece("span.entity")
        .with("title", id)
        .add(piece("b").text(&name))
        .add(piece("small").text(kind))
}

/// A short fact on a coloured ground.
pub fn tag(tone: &str, text: &str) -> Piece {
    piece("span")
        .with("class", &format!("badge {tone}"))
        .text(text)
}

/// What was read, by name.
pub fn read<'n>(rows: impl Iterator<Item = (&'n str, String)>) -> Piece {
    rows.fold(piece("dl.reads"), |list, (name, value)| {
        list.add(piece("dt").text(name))
            .add(piece("dd").text(&value))
    })
}

/// A table of facts.
pub fn facts(lines: Vec<(&str, Piece)>) -> Piece {
    let rows = lines.into_iter().map(|(name, value)| {
        piece("tr")
            .add(piece("th").with("scope", "row").text(name))
            .add(piece("td").add(value))
    });
    piece("table.facts").add(piece("tbody").all(rows))
}

/// Code, coloured once the editor's module is there. `tone`: `held` or `failed`.
pub fn code_view(text: &str, tone: &str) -> Piece {
    piece("pre.code")
        .with("data-tone", tone)
        .text(text)
        .painted(text)
}

/// Something to know right here. `tone`: `warn` or `risk`.
pub fn callout(tone: &str, title: &str, text: &str) -> Piece {
    let (picture, role) = match tone {
        "risk" => (Icon::CircleAlert, "alert"),
        _ => (Icon::TriangleAlert, "note"),
    };
    let body = piece("div.grow.col")
        .add(piece("b").prose(title))
        .add(piece("span.dim").prose(text));
    piece("div")
        .with("class", &format!("callout {tone}"))
        .with("role", role)
        .add(drawn(picture))
        .add(body)
}

/// A failure where it arose: what happened, what to do, where.
pub fn trouble(failure: &model::Failure) -> Piece {
    let sentence = |text: &str| format!("{}.", words::sentence(text.trim_end_matches('.')));
    let body = piece("div.grow.col")
        .add(piece("b").prose(&words::sentence(&failure.message)))
        .add(piece("span.dim").prose(&sentence(&failure.hint)))
        .add(
            piece("span.row")
                .add(piece("code.faint.copyable").text(failure.code.as_str()))
                .all(explained(failure.code)),
        );
    // What somebody called off is no trouble.
    let kind = match failure.code {
        model::Code::Cancelled => "div.callout",
        _ => "div.callout.risk",
    };
    piece(kind)
        .with("role", "alert")
        .add(drawn(Icon::CircleAlert))
        .add(body)
}

/// What explains an error.
fn explained(code: model::Code) -> Option<Piece> {
    let studio = use_context::<Studio>()?;
    let more = button(
        texts::help::TITLE.get(),
        Some(Icon::CircleQuestionMark),
        Kind::Tiny,
    )
    .with("data-test", "explain")
    .pressed(move || studio.help(code.as_str()));
    Some(more)
}

/// What is made anew whenever what it reads changes.
pub fn shown(make: impl Fn() -> Piece + 'static) -> AnyView {
    show(Box::new(make))
}

fn show(make: Box<dyn Fn() -> Piece>) -> AnyView {
    let node = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if let Some(node) = node.get() {
            let made = make();
            node.set_text_content(None);
            if let Some(made) = made.0 {
                let _ = node.append_with_node_1(&made);
            }
        }
    });
    view! { <div class="contents" node_ref=node></div> }.into_any()
}
