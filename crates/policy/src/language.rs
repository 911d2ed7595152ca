//! What an editor asks about a place in a file: what could stand there, what stands there, where it is declared.
//!
//! All of it works on tokens, so that it works in text that is being typed and does not parse; the schema, the policies and
//! the entities may each be missing, and the answers are then shorter. Lines and columns count from 1, columns in UTF-16 code
//! units.

mod catalog;
mod offer;
mod place;
mod scope;
mod target;
mod types;
mod values;
mod words;

use model::{Completion, Hover, Source};

pub(crate) use self::catalog::Catalog;
pub(crate) use self::place::{Cursor, Section};
use self::{
    offer::{Offers, list},
    target::Target,
    types::{Member, Typing},
};
use crate::{EntityStore, FileKind, PolicySet, Schema, kind, text, tokens};

/// What could stand at a place of a policy file; the likeliest first, at most 200.
#[must_use]
pub fn complete(
    schema: Option<&Schema>,
    set: Option<&PolicySet>,
    store: Option<&EntityStore>,
    text: &str,
    line: u32,
    column: u32,
) -> Vec<Completion> {
    let at = text::offset(text, line, column);
    let nothing = Catalog::default();
    let catalog = schema.map_or(&nothing, Schema::catalog);
    let Some(cursor) = Cursor::new(text, at) else {
        return Vec::new();
    };
    let typing = Typing::new(catalog, &cursor);
    Offers::new(&cursor, catalog, &typing, set, store).all()
}

/// What stands at a place of a policy or schema file.
#[must_use]
pub fn hover(
    schema: Option<&Schema>,
    set: Option<&PolicySet>,
    file: &str,
    text: &str,
    line: u32,
    column: u32,
) -> Option<Hover> {
    let at = text::offset(text, line, column);
    let nothing = Catalog::default();
    let catalog = schema.map_or(&nothing, Schema::catalog);
    let (target, span) = found(catalog, file, text, at)?;
    let (title, signature, words) = describe(catalog, set, &target);
    Some(Hover {
        title,
        signature,
        text: words,
        source: text::source(file, text, span),
    })
}

/// Where what stands at a place is declared: an entity type, action or attribute in the schema, the template of a link.
#[must_use]
pub fn definition(
    schema: Option<&Schema>,
    set: Option<&PolicySet>,
    file: &str,
    text: &str,
    line: u32,
    column: u32,
) -> Option<Source> {
    let at = text::offset(text, line, column);
    if kind(file) == Some(FileKind::Links) {
        return template(set?, text, at);
    }
    let catalog = schema?.catalog();
    let (target, _) = found(catalog, file, text, at)?;
    let declared = match &target {
        Target::Type(name) | Target::Entity(name, _) => &catalog.types.get(name)?.declared,
        Target::Action(id) => &catalog.actions.get(id)?.declared,
        Target::Attribute(_, members) => &members.first()?.field.declared,
        Target::Variable(..) | Target::Word(_) | Target::Annotation(_) => &None,
    };
    declared.as_ref().map(catalog::Declared::place)
}

fn found(
    catalog: &Catalog,
    file: &str,
    text: &str,
    at: usize,
) -> Option<(Target, std::ops::Range<usize>)> {
    match kind(file) {
        Some(FileKind::Policies) => target::target(catalog, text, at),
        Some(FileKind::Schema) => target::in_schema(catalog, text, at),
        _ => None,
    }
}

/// The template a links file names at a place.
fn template(set: &PolicySet, text: &str, at: usize) -> Option<Source> {
    let all = tokens::tokens(text);
    let place = all.iter().position(|token| {
        token.span.start <= at && at <= token.span.end && token.kind == tokens::Kind::Text
    })?;
    let word = |at: usize| all.get(at).map_or("", |token| token.text(text));
    if word(place.wrapping_sub(1)) != ":" || word(place.wrapping_sub(2)) != "\"template_id\"" {
        return None;
    }
    let id: String = serde_json::from_str(word(place)).ok()?;
    Some(set.template(&id)?.source.clone())
}

/// Title, signature and words for what was found.
fn describe(
    catalog: &Catalog,
    set: Option<&PolicySet>,
    target: &Target,
) -> (String, String, String) {
    match target {
        Target::Type(name) => {
            let (signature, words) = entity_type(catalog, name);
            (name.clone(), signature, words)
        }
        Target::Entity(kind, id) => {
            let (signature, words) = entity_type(catalog, kind);
            (id.clone(), signature, words)
        }
        Target::Action(id) => {
            let Some(action) = catalog.actions.get(id) else {
                return (id.clone(), String::new(), String::new());
            };
            let mut signature = match action.principals.is_empty() {
                true => String::new(),
                false => format!(
                    "principal: {}\nresource: {}",
                    list(&action.principals),
                    list(&action.resources)
                ),
            };
            if !action.groups.is_empty() {
                signature = format!("{signature}\nin: {}", list(&action.groups))
                    .trim()
                    .to_owned();
            }
            let members = catalog.members(id).len() - 1;
            let group = match members {
                0 => String::new(),
                _ => format!("A group of {members} actions."),
            };
            (
                id.clone(),
                signature,
                sentences([action.doc.as_str(), group.as_str()]),
            )
        }
        Target::Attribute(name, members) => {
            let first = members.first().map(|member| &member.field);
            let signature: Vec<String> = members
                .iter()
                .map(|member| signature_of(name, member))
                .collect();
            let optional = match first.is_some_and(|field| !field.required) {
                true => "Not always set: ask with `has` before reading it.",
                false => "",
            };
            let doc = first.map_or("", |field| &field.doc);
            let named = first.map_or("", |field| catalog.common_doc(&field.ty));
            let words = sentences([if doc.is_empty() { named } else { doc }, optional]);
            (name.clone(), signature.join("\n"), words)
        }
        Target::Variable(entry, typed) => (
            entry.name.to_owned(),
            target::in_words(typed),
            entry.text.to_owned(),
        ),
        Target::Word(entry) => (
            entry.name.to_owned(),
            entry.signature.to_owned(),
            entry.text.to_owned(),
        ),
        Target::Annotation(name) => {
            let used = set.map(values::annotations).unwrap_or_default();
            let times: usize = used.get(name).map_or(0, |values| values.values().sum());
            let words = match name.as_str() {
                "id" => words::ID.to_owned(),
                _ => format!(
                    "A note to people; it decides nothing. {}",
                    self::times(times)
                ),
            };
            (format!("@{name}"), String::new(), words)
        }
    }
}

fn signature_of(name: &str, member: &Member) -> String {
    let optional = if member.field.required { "" } else { "?" };
    let path = match &member.typed.origin {
        Some((_, path)) => path.join("."),
        None => name.to_owned(),
    };
    let owner = match &member.typed.origin {
        Some((kind, path)) if path.len() > 1 => kind.clone(),
        _ => list(member.of.iter().filter(|owner| !owner.starts_with('{'))),
    };
    let dot = if owner.is_empty() { "" } else { "." };
    format!("{owner}{dot}{path}{optional}: {}", member.field.ty.name())
}

fn times(count: usize) -> String {
    match count {
        1 => "Used by one policy here.".to_owned(),
        more => format!("Used by {more} policies here."),
    }
}

fn entity_type(catalog: &Catalog, name: &str) -> (String, String) {
    let Some(entry) = catalog.types.get(name) else {
        return (String::new(), String::new());
    };
    let mut signature = format!("entity {name}");
    if !entry.above.is_empty() {
        signature = format!("{signature} in [{}]", entry.above.join(", "));
    }
    if let Some(ids) = &entry.ids {
        let quoted: Vec<String> = ids
            .iter()
            .map(|id| format!("\"{}\"", id.escape_debug()))
            .collect();
        signature = format!("{signature} enum [{}]", list(&quoted));
    }
    let fields = catalog
        .listed(&entry.fields)
        .filter(|fields| !fields.is_empty());
    if let Some(fields) = fields {
        let lines = fields.iter().take(12).map(|(attribute, field)| {
            let optional = if field.required { "" } else { "?" };
            format!("\n  {attribute}{optional}: {},", field.ty.name())
        });
        let more = match fields.len() > 12 {
            true => format!("\n  // and {} more", fields.len() - 12),
            false => String::new(),
        };
        signature = format!("{signature} = {{{}{more}\n}}", lines.collect::<String>());
    }
    if let Some(tags) = &entry.tags {
        signature = format!("{signature} tags {}", tags.name());
    }
    (signature, entry.doc.clone())
}

fn sentences<'s>(parts: impl IntoIterator<Item = &'s str>) -> String {
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}
