//! What a policy's scope says, as far as it is written yet.

use std::ops::Range;

use super::place::Cursor;
use crate::tokens::{Kind, Token};

/// What a part of the scope says.
#[derive(Default)]
pub(super) struct Constraint {
    pub(super) is: Option<String>,
    pub(super) equals: Vec<String>,
    pub(super) within: Vec<String>,
}

/// The constraints on principal, action and resource.
pub(super) fn constraints(cursor: &Cursor<'_>) -> [Constraint; 3] {
    parts(cursor).map(|part| constraint(cursor, part))
}

/// A path such as `k8s::User` that begins at a token, and the token after it.
pub(super) fn path(text: &str, tokens: &[Token], from: usize) -> (String, usize) {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.text(text));
    let kind = |at: usize| tokens.get(at).map(|token| token.kind);
    let (mut name, mut at) = (word(from).to_owned(), from + 1);
    while word(at) == "::" && kind(at + 1) == Some(Kind::Word) {
        name = format!("{name}::{}", word(at + 1));
        at += 2;
    }
    (name, at)
}

/// The tokens of the three parts of the scope, of the whole policy, as far as they are there.
fn parts(cursor: &Cursor<'_>) -> [Range<usize>; 3] {
    let word = |at: usize| {
        cursor
            .all
            .get(at)
            .map_or("", |token| token.text(cursor.text))
    };
    let mut parts = [0..0, 0..0, 0..0];
    let effect = (0..cursor.all.len())
        .find(|at| matches!(word(*at), "permit" | "forbid") && (*at == 0 || word(at - 1) != "@"));
    let Some(open) = effect
        .map(|effect| effect + 1)
        .filter(|open| word(*open) == "(")
    else {
        return parts;
    };
    let (mut depth, mut part, mut start) = (0_usize, 0, open + 1);
    for at in open..cursor.all.len() {
        let ends = match word(at) {
            "(" | "[" => {
                depth += 1;
                false
            }
            "]" => {
                depth = depth.saturating_sub(1);
                false
            }
            ")" => {
                depth = depth.saturating_sub(1);
                depth == 0
            }
            "when" | "unless" | "{" | ";" => true,
            "," if depth == 1 => {
                if let Some(range) = parts.get_mut(part) {
                    *range = start..at;
                }
                (part, start) = (part + 1, at + 1);
                false
            }
            _ => false,
        };
        if ends || at + 1 == cursor.all.len() {
            if let Some(range) = parts.get_mut(part) {
                *range = start..at + usize::from(!ends);
            }
            break;
        }
    }
    parts
}

fn constraint(cursor: &Cursor<'_>, part: Range<usize>) -> Constraint {
    let word = |at: usize| match at < part.end {
        true => cursor
            .all
            .get(at)
            .map_or("", |token| token.text(cursor.text)),
        false => "",
    };
    let mut found = Constraint::default();
    let mut at = part.start + 1;
    let mut equals = false;
    while at < part.end {
        match word(at) {
            "is" => {
                let (kind, next) = path(cursor.text, &cursor.all, at + 1);
                (found.is, at) = (Some(kind), next);
                continue;
            }
            "==" => equals = true,
            "::" => {}
            _ if cursor
                .all
                .get(at)
                .is_some_and(|token| token.kind == Kind::Word) =>
            {
                let (kind, next) = path(cursor.text, &cursor.all, at);
                let id = word(next + 1);
                if word(next) == "::" && id.starts_with('"') {
                    let uids = match equals {
                        true => &mut found.equals,
                        false => &mut found.within,
                    };
                    uids.push(format!("{kind}::{id}"));
                }
                at = next.max(at + 1);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}
