//! Rust items for the messages: a module for each place; in it a constant for what is said as it stands, and for what has
//! placeholders a struct whose fields they are. What is asked for and not there, not filled, or said by nobody is then found by
//! the compiler.

use std::{
    collections::BTreeMap,
    fmt::{Error, Write},
};

use crate::{Kind, Message, shape};

/// The items. Where they are included there are `Text`, a number that says its message, and `fill(u16, &[Arg]) -> String`, with
/// `Arg::Number(u64)` and `Arg::Words(&str)`.
///
/// # Errors
/// More messages than numbers.
pub fn items(tags: &[&str], messages: &BTreeMap<String, Vec<Message>>) -> Result<String, Error> {
    let mut to = String::new();
    writeln!(to, "const SHAPE: &str = {:?};", shape(messages))?;
    writeln!(
        to,
        "#[cfg(test)]\nconst LANGUAGES: [&str; {}] = {tags:?};",
        tags.len()
    )?;
    let mut number = 0..u16::MAX;
    for (place, messages) in messages {
        writeln!(
            to,
            "#[doc = \"`locales/<language>/ui/{place}.ftl`\"]\npub mod {} {{",
            place.replace('-', "_")
        )?;
        if messages.iter().any(|it| it.placeholders.is_empty()) {
            writeln!(to, "use super::Text;")?;
        }
        if messages.iter().any(|it| !it.placeholders.is_empty()) {
            writeln!(to, "use super::{{Arg, fill}};")?;
        }
        for message in messages {
            item(message, number.next().ok_or(Error)?, &mut to)?;
        }
        writeln!(to, "}}")?;
    }
    Ok(to)
}

fn item(message: &Message, number: u16, to: &mut String) -> Result<(), Error> {
    writeln!(to, "#[doc = {:?}]", message.english)?;
    let placeholders = &message.placeholders;
    if placeholders.is_empty() {
        let name = message.key.replace('-', "_").to_uppercase();
        return writeln!(to, "pub const {name}: Text = Text({number});");
    }
    let name: String = message
        .key
        .split('-')
        .flat_map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            [first.to_uppercase(), rest.to_owned()]
        })
        .collect();
    let life = if placeholders.values().any(|kind| *kind == Kind::Words) {
        "<'t>"
    } else {
        ""
    };
    writeln!(to, "pub struct {name}{life} {{")?;
    for (field, kind) in placeholders {
        let of = match kind {
            Kind::Number => "u64",
            Kind::Words => "&'t str",
        };
        writeln!(to, "    #[doc = \"`${field}`\"]\n    pub {field}: {of},")?;
    }
    let given: String = placeholders
        .iter()
        .map(|(field, kind)| format!("Arg::{kind:?}(self.{field}), "))
        .collect();
    let anyone = if life.is_empty() { "" } else { "<'_>" };
    writeln!(
        to,
        "}}\nimpl {name}{anyone} {{\n    /// It, in the language of the window.\n    \
         pub fn say(self) -> String {{ fill({number}, &[{given}]) }}\n}}"
    )
}
