//! Where in a policy the cursor stands, told from tokens alone, so that it works in text that does not parse yet.

use std::ops::Range;

use crate::{
    recover::pieces,
    tokens::{Kind, Token, line_tokens},
};

/// The policy around the cursor.
pub(crate) struct Cursor<'t> {
    pub(crate) text: &'t str,
    /// Byte offset of the cursor.
    pub(crate) at: usize,
    /// Tokens of the policy up to what is being typed.
    pub(crate) before: Vec<Token>,
    /// All tokens of the policy.
    pub(crate) all: Vec<Token>,
    /// What is being typed: a word, a string without its end, the beginning of a slot; empty at the cursor otherwise.
    pub(crate) partial: Range<usize>,
    /// What is being typed is a string; `partial` is its content.
    pub(crate) in_string: bool,
}

/// The part of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// Between policies, or after annotations.
    Top { annotated: bool },
    /// After `@`.
    AnnotationName,
    /// In the brackets of an annotation of that name.
    AnnotationValue(String),
    /// In part 0, 1 or 2 of the scope; the tokens of the part from this one on.
    Scope { part: usize, from: usize },
    /// After the scope or a clause.
    BetweenClauses,
    /// After `when` or `unless`.
    BeforeClause,
    /// In a condition that begins with this token.
    Condition { from: usize },
}

impl<'t> Cursor<'t> {
    /// Nothing in a comment.
    pub(crate) fn new(text: &'t str, at: usize) -> Option<Self> {
        let tokens = line_tokens(text);
        let inside = |token: &&Token| token.span.start < at && at <= token.span.end;
        let touched = tokens.iter().find(inside);
        if touched.is_some_and(|token| token.kind == Kind::Comment) {
            return None;
        }
        let piece = pieces(text)
            .into_iter()
            .rfind(|piece| piece.start < at)
            .filter(|piece| {
                at < piece.end || !text.get(piece.clone()).unwrap_or_default().ends_with(';')
            })
            .unwrap_or(at..at);
        let all: Vec<Token> = tokens
            .into_iter()
            .filter(|token| token.kind != Kind::Comment)
            .filter(|token| token.span.start >= piece.start && token.span.end <= piece.end.max(at))
            .collect();
        let mut before: Vec<Token> = all
            .iter()
            .filter(|token| token.span.start < at)
            .cloned()
            .collect();
        let (mut partial, mut in_string) = (at..at, false);
        if let Some(last) = before.last().filter(|last| last.span.end >= at) {
            let open =
                last.kind == Kind::OpenText || (last.kind == Kind::Text && last.span.end > at);
            if open {
                (partial, in_string) = (last.span.start + 1..at, true);
                before.pop();
            } else if matches!(last.kind, Kind::Word | Kind::Slot) || last.text(text) == "?" {
                partial = last.span.start..at;
                before.pop();
            }
        }
        Some(Self {
            text,
            at,
            before,
            all,
            partial,
            in_string,
        })
    }

    /// Text of a token before the cursor.
    pub(super) fn word(&self, at: usize) -> &'t str {
        self.before
            .get(at)
            .map_or("", |token| token.text(self.text))
    }

    /// Text of the token so many places back; 1 is the last one before what is being typed.
    pub(super) fn back(&self, places: usize) -> &'t str {
        match self.before.len().checked_sub(places) {
            Some(at) => self.word(at),
            None => "",
        }
    }

    /// What is being typed.
    pub(crate) fn typed(&self) -> &'t str {
        self.text.get(self.partial.clone()).unwrap_or_default()
    }

    /// The path that what is being typed continues, as in `k8s::adm`: everything up to the last `::`, and where it begins.
    pub(super) fn path(&self) -> (String, usize) {
        let mut at = self.before.len();
        let mut start = self.partial.start;
        while at >= 2 && self.word(at - 1) == "::" && self.is_word(at - 2) {
            at -= 2;
            start = self.before.get(at).map_or(start, |token| token.span.start);
        }
        let parts: String = (at..self.before.len()).map(|at| self.word(at)).collect();
        (parts, start)
    }

    fn is_word(&self, at: usize) -> bool {
        self.before
            .get(at)
            .is_some_and(|token| token.kind == Kind::Word)
    }

    /// The part of the policy the cursor is in.
    pub(crate) fn section(&self) -> Section {
        let count = self.before.len();
        let mut at = 0;
        let mut annotated = false;
        while self.word(at) == "@" {
            if at + 1 >= count {
                return Section::AnnotationName;
            }
            annotated = true;
            let name = self.word(at + 1);
            at += 2;
            if self.word(at) == "(" {
                if self.word(at + 2) != ")" {
                    return Section::AnnotationValue(name.to_owned());
                }
                at += 3;
            }
        }
        if !matches!(self.word(at), "permit" | "forbid") {
            return Section::Top { annotated };
        }
        let mut clause = match self.scope(at + 1) {
            Ok(end) => end,
            Err(section) => return section,
        };
        while matches!(self.word(clause), "when" | "unless") {
            if self.word(clause + 1) != "{" {
                return Section::BeforeClause;
            }
            match self.closing(clause + 1) {
                Some(end) => clause = end + 1,
                None => return Section::Condition { from: clause + 2 },
            }
        }
        Section::BetweenClauses
    }

    /// The token after a scope that begins at `open`.
    fn scope(&self, open: usize) -> Result<usize, Section> {
        let (mut depth, mut part, mut from) = (0_usize, 0, open + 1);
        for at in open..self.before.len() {
            match self.word(at) {
                "(" | "[" => depth += 1,
                ")" | "]" => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Ok(at + 1);
                    }
                }
                "," if depth == 1 => {
                    part += 1;
                    from = at + 1;
                }
                _ => {}
            }
        }
        Err(Section::Scope { part, from })
    }

    fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for at in open..self.before.len() {
            match self.word(at) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return Some(at);
            }
        }
        None
    }
}
