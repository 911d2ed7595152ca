//! What stands at a place: the one question behind both hovering and going to a definition.

use std::ops::Range;

use super::{
    catalog::{Catalog, Ty},
    place::{Cursor, Section},
    types::{Member, Typed, Typing},
    words,
};
use crate::tokens::{Kind, Token, line_tokens};

/// What a word or string means.
pub(super) enum Target {
    /// An entity type.
    Type(String),
    /// An entity: type and whole id.
    Entity(String, String),
    /// An action.
    Action(String),
    /// An attribute, as each of the types has it.
    Attribute(String, Vec<Member>),
    /// A variable and its types.
    Variable(&'static words::Entry, Vec<Typed>),
    /// A keyword, operator, function or method.
    Word(&'static words::Entry),
    /// An annotation.
    Annotation(String),
}

/// Finds what stands at a byte of a policy file, and what it covers.
pub(super) fn target(catalog: &Catalog, text: &str, at: usize) -> Option<(Target, Range<usize>)> {
    let tokens = line_tokens(text);
    let touches = |token: &&Token| token.span.start <= at && at < token.span.end;
    let ends = |token: &&Token| token.span.end == at && token.kind == Kind::Word;
    let place = tokens
        .iter()
        .position(|token| touches(&token))
        .or_else(|| tokens.iter().position(|token| ends(&token)))?;
    let token = tokens.get(place)?;
    if token.kind == Kind::Comment {
        return None;
    }
    let word = |at: usize| tokens.get(at).map_or("", |token| token.text(text));
    let own = token.text(text);
    // Up to the end of the token: it is then what is being typed.
    let cursor = Cursor::new(text, token.span.end)?;
    let typing = Typing::new(catalog, &cursor);
    let found = |target: Target| Some((target, token.span.clone()));
    match token.kind {
        Kind::Word if word(place.wrapping_sub(1)) == "@" => {
            found(Target::Annotation(own.to_owned()))
        }
        Kind::Word if word(place.wrapping_sub(1)) == "::" || word(place + 1) == "::" => {
            path(catalog, text, &tokens, place)
        }
        Kind::Word => match cursor.back(1) {
            "." | "has" => {
                let members = typing.members(&typing.before(cursor.before.len() - 1));
                let members: Vec<Member> = members
                    .into_iter()
                    .filter(|(name, _)| name == own)
                    .map(|(_, member)| member)
                    .collect();
                match words::method(own).filter(|_| word(place + 1) == "(") {
                    Some(method) if members.is_empty() => found(Target::Word(method)),
                    _ if members.is_empty() => None,
                    _ => found(Target::Attribute(own.to_owned(), members)),
                }
            }
            "is" if catalog.types.contains_key(own) => found(Target::Type(own.to_owned())),
            _ => match words::function(own).filter(|_| word(place + 1) == "(") {
                Some(function) => found(Target::Word(function)),
                None => {
                    let entry = words::meaning(own)?;
                    let inside = matches!(
                        cursor.section(),
                        Section::Scope { .. } | Section::Condition { .. }
                    );
                    match words::VARIABLES
                        .iter()
                        .find(|variable| variable.name == own)
                    {
                        Some(variable) if inside => {
                            found(Target::Variable(variable, typing.variable(own)))
                        }
                        Some(_) => None,
                        None => found(Target::Word(entry)),
                    }
                }
            },
        },
        Kind::Text | Kind::OpenText if word(place.wrapping_sub(1)) == "::" => {
            path(catalog, text, &tokens, place)
        }
        Kind::Sign | Kind::Slot => found(Target::Word(words::meaning(own)?)),
        _ => None,
    }
}

/// A path such as `k8s::User` or `k8s::Action::"get"`, of which one token is given.
fn path(
    catalog: &Catalog,
    text: &str,
    tokens: &[Token],
    place: usize,
) -> Option<(Target, Range<usize>)> {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.text(text));
    let mut first = place;
    while first >= 2 && word(first - 1) == "::" {
        first -= 2;
    }
    let mut last = place;
    while word(last + 1) == "::" && last + 2 < tokens.len() {
        last += 2;
    }
    let name: String = (first..=last).map(word).collect();
    let span = tokens.get(first)?.span.start..tokens.get(last)?.span.end;
    let target = match name.find('"') {
        Some(_) if catalog.actions.contains_key(&name) => Target::Action(name),
        Some(quote) => {
            let kind = name.get(..quote)?.trim_end_matches("::").to_owned();
            Target::Entity(kind, name)
        }
        None => Target::Type(name),
    };
    match &target {
        Target::Type(name) | Target::Entity(name, _) if !catalog.types.contains_key(name) => None,
        _ => Some((target, span)),
    }
}

/// In a schema: the entity type a word names, when only one is meant by it.
pub(super) fn in_schema(
    catalog: &Catalog,
    text: &str,
    at: usize,
) -> Option<(Target, Range<usize>)> {
    let tokens = line_tokens(text);
    let place = tokens.iter().position(|token| {
        token.kind == Kind::Word && token.span.start <= at && at <= token.span.end
    })?;
    if let Some(found) = path(catalog, text, &tokens, place) {
        return Some(found);
    }
    let token = tokens.get(place)?;
    let own = token.text(text);
    let mut named = catalog
        .types
        .keys()
        .filter(|name| name.rsplit("::").next() == Some(own));
    let name = named.next()?;
    match named.next() {
        Some(_) => None,
        None => Some((Target::Type(name.clone()), token.span.clone())),
    }
}

/// Types in words, e.g. `Employee or Contractor`.
pub(super) fn in_words(typed: &[Typed]) -> String {
    let names: Vec<String> = typed
        .iter()
        .map(|typed| match &typed.ty {
            Ty::Record(_) => typed.ty.name(),
            other => other.name(),
        })
        .collect();
    match names.len() {
        0..=6 => names.join(" | "),
        more => format!(
            "{} | and {} more",
            names.get(..6).unwrap_or_default().join(" | "),
            more - 6
        ),
    }
}
