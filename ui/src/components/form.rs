//! Fields of a form made of pieces: what is typed is read when the form is sent.

use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};

use super::{Piece, drawn, piece};
use crate::{dom, icons::Icon, texts, words};

/// A labelled input of any kind.
pub fn form_field(label: &str, id: &str, input: Piece) -> Piece {
    labelled(label, id, input.with("id", id).with("class", "input"))
}

fn labelled(label: &str, id: &str, field: Piece) -> Piece {
    piece("div.field")
        .add(piece("label").with("for", id).text(label))
        .add(field)
}

/// A labelled text field.
pub fn field(label: &str, id: &str, value: &str) -> Piece {
    form_field(label, id, piece("input").with("value", value))
}

/// A labelled list to choose from: what is sent, and what is said.
pub fn choice<'t>(
    label: &str,
    id: &str,
    chosen: &str,
    options: impl IntoIterator<Item = (&'t str, &'t str)>,
) -> Piece {
    let options = options.into_iter().map(|(value, words)| {
        piece("option")
            .with("value", value)
            .with_if(value == chosen, "selected", "")
            .text(words)
    });
    let list = piece("select.select").with("id", id).all(options);
    let list = piece("span.select-wrap")
        .add(list)
        .add(drawn(Icon::ChevronDown));
    labelled(label, id, list)
}

/// A labelled box to check.
pub fn check(label: &str, id: &str, checked: bool) -> Piece {
    let input = piece("input")
        .with("type", "checkbox")
        .with("id", id)
        .with_if(checked, "checked", "");
    piece("label.check")
        .add(input)
        .add(piece("span").text(label))
}

/// Why a key does not sign, with the field that opens it.
pub fn locked(why: &model::Failure, id: &str) -> Piece {
    let secret = piece("input")
        .with("type", "password")
        .with("autocomplete", "off");
    piece("div.col")
        .add(
            piece("p")
                .with("role", "alert")
                .prose(&words::sentence(&why.message)),
        )
        .add(form_field(texts::shell::PASSPHRASE.get(), id, secret).with("data-test", "passphrase"))
}

fn found<T: JsCast>(id: &str) -> Option<T> {
    dom::find(id)?.dyn_into().ok()
}

/// What was typed or chosen, as it is: blanks may be part of a passphrase.
pub fn typed(id: &str) -> String {
    let text = found::<HtmlInputElement>(id).map(|field| field.value());
    let chosen = || found::<HtmlSelectElement>(id).map(|list| list.value());
    text.or_else(chosen).unwrap_or_default()
}

/// Writes into a field, as if it were typed.
pub fn fill(id: &str, text: &str) {
    if let Some(field) = found::<HtmlInputElement>(id) {
        field.set_value(text);
    }
}

/// Whether a box is checked.
pub fn checked(id: &str) -> bool {
    found::<HtmlInputElement>(id).is_some_and(|field| field.checked())
}
